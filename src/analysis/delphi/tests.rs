//! Rules at their thresholds, and rounds in which nothing happened.

use super::*;

#[test]
fn the_comet_rule_needs_every_group() {
    let high = vec![9.0, 8.0, 7.0, 7.0, 5.0];
    let low: Vec<f64> = high.iter().map(|rating| 10.0 - rating).collect();
    assert_eq!(comet(&[high.clone(), high.clone()]), Comet::In);
    assert_eq!(comet(std::slice::from_ref(&low)), Comet::Out);
    assert_eq!(comet(&[high.clone(), low]), Comet::NoConsensus);
    assert_eq!(comet(&[high, Vec::new()]), Comet::NoConsensus);
    assert_eq!(comet(&[]), Comet::NoConsensus);
    // 70 % are enough, 15 % against are too many.
    let mut ten = vec![8.0; 7];
    ten.extend([5.0, 5.0, 2.0]);
    assert_eq!(comet(std::slice::from_ref(&ten)), Comet::In);
    ten[8] = 1.0;
    assert_eq!(comet(&[ten]), Comet::NoConsensus);
}

#[test]
fn nobody_who_changed_is_no_change() {
    let same = wilcoxon(&[(3.0, 3.0), (5.0, 5.0)]);
    assert_eq!((same.n, same.statistic, same.p), (0, 0.0, 1.0));
    let none = mcnemar(0, 0);
    assert_eq!((none.exact, none.p, none.p_corrected), (1.0, 1.0, 1.0));
    assert!((mcnemar(10, 0).p_to_use() - 2.0 / 1024.0).abs() < 1e-12);
    assert_eq!(mcnemar(20, 10).p_to_use().to_bits(), mcnemar(10, 20).p.to_bits());
    assert!(panel(&[]).is_none());
}

#[test]
fn people_of_one_mind_have_full_concordance() {
    let one = vec![vec![1.0, 2.0, 3.0]; 4];
    assert!((kendalls_w(&one).unwrap().w - 1.0).abs() < 1e-12);
    assert!(kendalls_w(&[vec![2.0, 2.0], vec![5.0, 5.0]]).is_none());
    assert!(kendalls_w(&[vec![1.0, 2.0]]).is_none());
    let against = kendalls_w(&[vec![1.0, 2.0, 3.0], vec![3.0, 2.0, 1.0]]).unwrap();
    assert!(against.w.abs() < 1e-12 && against.p > 0.99);
}

#[test]
fn a_panel_whose_dissenters_left_is_doubtful() {
    // All supporters came back, and half of those against left.
    let left = attrition(&[(40, 0), (10, 10)]).unwrap();
    assert!(left.kept > 0.8 && left.is_doubtful());
    assert_eq!(left.by_group, [Some(1.0), Some(0.5)]);
    assert!(!attrition(&[(40, 4), (20, 2)]).unwrap().is_doubtful());
    assert!(attrition(&[(6, 4)]).unwrap().is_doubtful());
    assert!(attrition(&[(0, 0)]).is_none());
}

#[test]
fn rounds_go_on_for_what_is_open_and_end_as_planned() {
    let state = |consensus, stable| ItemState { consensus, stable };
    let open = [state(true, false), state(false, false), state(false, true)];
    assert_eq!(stop(&open, 2, 3), Stop::GoOn(vec![1]));
    assert_eq!(stop(&open, 3, 3), Stop::RoundsOver(vec![1]));
    assert_eq!(stop(&[state(true, true), state(false, true)], 1, 3), Stop::Settled);
    assert!((distribution_change(&[10, 0, 0], &[0, 0, 5]) - 1.0).abs() < 1e-12);
    assert!((distribution_change(&[10, 10], &[12, 8]) - 0.1).abs() < 1e-12);
    assert!(distribution_change(&[], &[]).abs() < 1e-12 && distribution_change(&[1], &[]) > 0.99);
}
