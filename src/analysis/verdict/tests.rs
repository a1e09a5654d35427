//! The decision rule, case by case.

use super::*;

/// Groups of one partition as (support, oppose, n), named "a", "b", ...; overall counts are their sums.
fn candidate(groups: &[(f64, f64, f64)]) -> Candidate {
    let mut overall = Cell::default();
    let mut named = Vec::new();
    for (name, (support, oppose, n)) in ('a'..).zip(groups) {
        overall.support += support;
        overall.oppose += oppose;
        overall.n += n;
        let cell = Cell { support: *support, oppose: *oppose, n: *n };
        named.push((name.to_string(), cell));
    }
    Candidate { overall, partitions: vec![Partition { id: "role".into(), groups: named, circular: false }] }
}

fn judged(groups: &[(f64, f64, f64)]) -> Verdict {
    classify(&[candidate(groups)], &DecisionRule::default()).remove(0)
}

fn names(verdict: &Verdict) -> String {
    verdict.groups().iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn text(verdict: &Verdict) -> String {
    sentence(verdict, &DecisionRule::default(), |key| key.group.to_uppercase())
}

const TOO_FEW: Label = Label::NotEstablished(Reason::TooFewRespondents);
const DISSENT: Label = Label::NotEstablished(Reason::SmallSegmentDissent);
const NOT_BROAD: Label = Label::NotEstablished(Reason::MajorityNotBroad);
const NO_MAJORITY: Label = Label::NotEstablished(Reason::NoMajority);
const IMPRECISE: Label = Label::NotEstablished(Reason::Imprecise);

#[test]
fn broad_support_is_shown_overall_and_in_every_tested_group() {
    let verdict = judged(&[(270.0, 12.0, 300.0), (160.0, 8.0, 180.0), (52.0, 4.0, 60.0)]);
    assert_eq!(verdict.label, Label::BroadSupport);
    assert_eq!(verdict.needed_n, None);
    assert_eq!(
        text(&verdict),
        "At least 86% support overall (95% confidence), majority support shown in each of the 3 groups with \
         50+ replies; no smaller group shows majority dissent."
    );
}

#[test]
fn one_tested_group_at_one_half_is_enough_to_deny_broad_support() {
    let verdict = judged(&[(240.0, 12.0, 300.0), (144.0, 8.0, 180.0), (30.0, 20.0, 60.0)]);
    assert_eq!((verdict.label, names(&verdict).as_str()), (NOT_BROAD, "role.c"));
    assert_eq!(verdict.needed_n, None);
    assert_eq!(
        text(&verdict),
        "A majority supports it overall (at least 73%, 95% confidence), but support is not broad; not shown: a \
         majority in C. More replies with the same shares would not establish broad support."
    );
}

#[test]
fn support_short_of_the_overall_threshold_is_a_majority_that_is_not_broad() {
    let verdict = judged(&[(150.0, 50.0, 210.0), (140.0, 50.0, 200.0)]);
    assert_eq!((verdict.label, names(&verdict).as_str()), (NOT_BROAD, ""));
    assert_eq!(
        text(&verdict),
        "A majority supports it overall (at least 66%, 95% confidence), but support is not broad; not shown: \
         more than 70% overall. If the shares stay as they are, 10,717 replies would establish broad support."
    );
}

#[test]
fn a_group_too_small_to_be_tested_can_object() {
    let verdict = judged(&[(270.0, 12.0, 300.0), (160.0, 8.0, 180.0), (6.0, 21.0, 30.0)]);
    assert_eq!((verdict.label, names(&verdict).as_str()), (DISSENT, "role.c"));
    assert_eq!(
        text(&verdict),
        "Not broad support: it is shown overall and in each of the 2 groups with 50+ replies, but fewer than \
         half support in C, too small a group to be tested in full (95% confidence). More replies with \
         the same shares would not establish broad support."
    );
}

#[test]
fn a_group_of_nine_cannot_object() {
    let verdict = judged(&[(270.0, 12.0, 300.0), (160.0, 8.0, 180.0), (0.0, 9.0, 9.0)]);
    assert_eq!(verdict.label, Label::BroadSupport);
}

#[test]
fn opposition_mirrors_support_and_its_bound_is_of_opposition() {
    let verdict = judged(&[(12.0, 270.0, 300.0), (8.0, 160.0, 180.0), (4.0, 52.0, 60.0)]);
    assert_eq!(verdict.label, Label::BroadOpposition);
    assert_eq!(
        text(&verdict),
        "At least 86% oppose overall (95% confidence), majority opposition shown in each of the 3 groups with \
         50+ replies; no smaller group shows majority dissent."
    );
    let held_up = judged(&[(12.0, 270.0, 300.0), (8.0, 160.0, 180.0), (21.0, 6.0, 30.0)]);
    assert_eq!((held_up.label, names(&held_up).as_str()), (DISSENT, "role.c"));
}

#[test]
fn fewer_than_a_hundred_answers_or_two_tested_groups_are_too_few() {
    assert_eq!(judged(&[(50.0, 0.0, 50.0), (49.0, 0.0, 49.0)]).label, TOO_FEW);
    assert_eq!(judged(&[(50.0, 0.0, 50.0), (50.0, 0.0, 50.0)]).label, Label::BroadSupport);
    let verdict = judged(&[(200.0, 0.0, 200.0), (40.0, 0.0, 40.0)]);
    assert_eq!((verdict.label, verdict.p, verdict.needed_n), (TOO_FEW, None, Some(300)));
    assert_eq!(
        text(&verdict),
        "Too few replies to tell: 240 overall (100 are needed), 1 group with 50+ replies (2 are needed). If \
         the shares stay as they are, 300 replies would establish broad support."
    );
}

#[test]
fn majorities_for_and_against_in_different_groups_are_divisive() {
    let verdict = judged(&[(75.0, 195.0, 300.0), (60.0, 156.0, 240.0), (66.0, 14.0, 90.0)]);
    assert_eq!((verdict.label, names(&verdict).as_str()), (Label::Divisive, "role.c role.a"));
    assert_eq!(
        text(&verdict),
        "Opinion is divided: majority support is shown in C, majority opposition in A (95% confidence)."
    );
}

#[test]
fn much_support_and_much_opposition_in_every_group_are_divisive() {
    let verdict = judged(&[(100.0, 95.0, 200.0), (98.0, 96.0, 200.0)]);
    assert_eq!((verdict.label, names(&verdict).as_str()), (Label::Divisive, ""));
    assert_eq!(
        text(&verdict),
        "Opinion is divided: more than 30% support and more than 30% oppose overall (95% confidence)."
    );
}

#[test]
fn support_that_one_group_leads_is_focused_on_it() {
    let verdict = judged(&[(99.0, 60.0, 300.0), (52.0, 40.0, 180.0), (108.0, 8.0, 130.0)]);
    assert_eq!((verdict.label, names(&verdict).as_str()), (Label::Focused, "role.c"));
    assert_eq!(
        text(&verdict),
        "Support is focused: majority support is shown in C, at least 10 percentage points ahead of the other \
         groups; overall, at least 39% support (95% confidence)."
    );
}

#[test]
fn groups_made_from_the_votes_are_not_tested_for_differences() {
    let mut circular = candidate(&[(99.0, 60.0, 300.0), (52.0, 40.0, 180.0), (108.0, 8.0, 130.0)]);
    circular.partitions[0].circular = true;
    let verdict = classify(&[circular], &DecisionRule::default()).remove(0);
    assert_eq!(verdict.label, NO_MAJORITY);
    assert!(verdict.evidence.het.is_empty() && verdict.evidence.target.is_empty());

    let mut circular = candidate(&[(270.0, 12.0, 300.0), (20.0, 20.0, 60.0)]);
    circular.partitions[0].circular = true;
    let verdict = classify(&[circular], &DecisionRule::default()).remove(0);
    assert_eq!((verdict.label, names(&verdict).as_str()), (NOT_BROAD, "role.b"));
}

#[test]
fn no_majority_is_said_only_where_the_answers_suffice() {
    let precise = judged(&[(300.0, 100.0, 600.0), (250.0, 100.0, 500.0)]);
    assert_eq!(precise.label, NO_MAJORITY);
    assert_eq!(
        text(&precise),
        "No majority is shown: 50.0% support overall (95% interval 47% to 53%). More replies with the same \
         shares would not establish broad support."
    );
    assert_eq!(judged(&[(10.0, 10.0, 60.0), (10.0, 10.0, 60.0)]).label, NO_MAJORITY);
    let wide = judged(&[(33.0, 10.0, 60.0), (33.0, 10.0, 60.0)]);
    assert_eq!(wide.label, IMPRECISE);
    assert_eq!(
        text(&wide),
        "The replies are too few to settle whether a majority supports it: 55.0% support overall (95% interval \
         46% to 64%). More replies with the same shares would not establish broad support."
    );
}

#[test]
fn every_further_candidate_makes_the_proof_harder() {
    let groups = [(60.0, 5.0, 75.0), (60.0, 5.0, 75.0)];
    let alone = judged(&groups);
    let rest = candidate(&[(30.0, 5.0, 75.0), (30.0, 5.0, 75.0)]);
    let mut many = vec![rest; 19];
    many.push(candidate(&groups));
    let among = classify(&many, &DecisionRule::default()).remove(19);
    assert_eq!((alone.label, among.label), (Label::BroadSupport, NOT_BROAD));
    assert!((among.p.unwrap() / alone.p.unwrap() - 20.0).abs() < 1e-9);
    assert!(among.needed_n > Some(150));
}
