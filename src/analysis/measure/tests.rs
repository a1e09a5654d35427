//! Laws of the measures, whatever the counts.

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn every_measure_stays_in_its_range_and_knows_no_sample_size(
        counts in prop::collection::vec(0_u64..500, 2..10), times in 2_u64..5,
    ) {
        for measure in MEASURES {
            let Some(value) = (measure.of)(&counts) else { continue };
            prop_assert!(value.is_finite(), "{}: {value}", measure.id);
            let [low, high] = measure.range;
            prop_assert!(low.is_none_or(|low| value >= low - 1e-12), "{}: {value}", measure.id);
            prop_assert!(high.is_none_or(|high| value <= high + 1e-12), "{}: {value}", measure.id);
            let more: Vec<u64> = counts.iter().map(|count| count * times).collect();
            let again = (measure.of)(&more).unwrap();
            // Quantiles and corrections for bias move a little with the number of answers.
            if !["iqr", "disagreement_index", "bimodality"].contains(&measure.id) {
                prop_assert!((again - value).abs() < 1e-9, "{}: {value} {again}", measure.id);
            }
        }
    }

    #[test]
    fn turning_the_scale_round_changes_no_measure_of_agreement(counts in prop::collection::vec(0_u64..500, 2..10)) {
        let turned: Vec<u64> = counts.iter().rev().copied().collect();
        for measure in MEASURES.iter().filter(|measure| !["top_two", "bottom_two", "net"].contains(&measure.id)) {
            let (one, other) = ((measure.of)(&counts), (measure.of)(&turned));
            prop_assert_eq!(one.is_some(), other.is_some());
            prop_assert!((one.unwrap_or(0.0) - other.unwrap_or(0.0)).abs() < 1e-9, "{}", measure.id);
        }
        prop_assert!((net(&counts).unwrap_or(0.0) + net(&turned).unwrap_or(0.0)).abs() < 1e-12);
    }
}

#[test]
fn two_camps_and_full_agreement_are_the_ends_of_each_measure() {
    let (camps, one) = ([50, 0, 0, 0, 50], [0, 0, 100, 0, 0]);
    let ends = |id: &str| {
        let measure = MEASURES.iter().find(|measure| measure.id == id).unwrap();
        let value = |counts: &[u64]| (measure.of)(counts).unwrap();
        [value(&camps), value(&one)].map(|value| format!("{value:.3}"))
    };
    assert_eq!(ends("agreement"), ["-1.000", "1.000"]);
    assert_eq!(ends("consensus"), ["0.000", "1.000"]);
    assert_eq!(ends("esteban_ray"), ["1.000", "0.000"]);
    assert_eq!(ends("iqr"), ["4.000", "0.000"]);
    assert_eq!(bimodality_coefficient(&one), None);
}

#[test]
fn without_answers_or_steps_there_is_no_value() {
    for counts in [&[][..], &[0, 0, 0, 0, 0]] {
        assert!(MEASURES.iter().all(|measure| (measure.of)(counts).is_none()));
    }
}

#[test]
fn where_a_count_is_withheld_no_measure_tells_it() {
    let row = |count| crate::analysis::report::Row {
        id: "a".to_string(),
        label: "A".to_string(),
        count,
        share: None,
        interval: None,
        first: None,
        mean: None,
    };
    let question = |rows: Vec<_>, scale: &str| Question {
        id: "q".to_string(),
        label: "Q".to_string(),
        scale: scale.to_string(),
        n: 30,
        missing: crate::analysis::report::Missing::default(),
        rows,
        numbers: None,
        weighted: None,
        measures: Vec::new(),
        choice: None,
    };
    let full = || vec![row(Some(10)), row(Some(15)), row(Some(5))];
    let mut questions = [
        question(full(), "ordinal"),
        question(full(), "nominal"),
        question(vec![row(Some(10)), row(None), row(Some(5))], "ordinal"),
    ];
    add(&mut questions);
    assert_eq!(questions.map(|question| question.measures.len()), [MEASURES.len(), 0, 0]);
}
