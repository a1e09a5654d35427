//! Weights: what raking gives is what one works out by hand, in any order of the responses, and no small group shows.

#![cfg(test)]

use canvass::analysis::interval::lower_bound;
use canvass::analysis::report::Report;
use canvass::definition::{Survey, parse};
use serde_json::{Value, json};

use crate::report::analysed;

/// A survey on two interventions with shares of the population by role.
fn survey(margins: &Value, consensus: &Value) -> Survey {
    let option = |id: &str| json!({"id": id, "label": format!("Label {id}")});
    let roles: Vec<Value> = ["a", "b", "c", "d"].map(option).into();
    let places: Vec<Value> = ["north", "south"].map(option).into();
    let definition = json!({
        "format": 1, "id": "weighted", "title": "Weighted",
        "population": {"source": "A register", "margins": margins},
        "consensus": consensus,
        "lists": {"agree": [
            {"id": "no", "label": "No", "value": 1}, {"id": "so", "label": "So", "value": 2}, {"id": "yes", "label": "Yes", "value": 3}]},
        "interventions": [{"id": "x", "label": "First"}, {"id": "y", "label": "Second"}],
        "pages": [{"id": "p", "title": "P", "questions": [
            {"id": "role", "type": "single", "text": "Role?", "options": roles, "segment": true},
            {"id": "place", "type": "single", "text": "Place?", "options": places, "segment": true},
            {"id": "years", "type": "number", "text": "Years?"},
            {"id": "support", "type": "rate", "text": "Which?", "items": "interventions", "scale": "agree",
             "measure": "support", "support": ["yes"], "oppose": ["no"]}]}]
    });
    let parsed = parse(&definition.to_string());
    parsed.survey.unwrap_or_else(|| panic!("{:#?}", parsed.findings))
}

/// `n` people of one role who say the same of both interventions, by turns from either place.
fn people(n: usize, role: &str, says: &str, years: u32) -> Vec<Value> {
    let place = |number: usize| if number.is_multiple_of(2) { "north" } else { "south" };
    let one = |number| {
        json!({"answers": {"role": role, "place": place(number), "years": years.to_string(),
            "support": {"x": says, "y": says}}})
    };
    (0..n).map(one).collect()
}

/// 300 of role a, of whom 240 support, and 100 of role b, of whom 20 do.
fn lopsided() -> Vec<Value> {
    [people(240, "a", "yes", 2), people(60, "a", "no", 2), people(20, "b", "yes", 6), people(80, "b", "no", 6)].concat()
}

fn halves() -> Value {
    json!({"role": {"a": 0.5, "b": 0.5}})
}

fn report(margins: &Value, consensus: &Value, stored: &[Value]) -> Report {
    analysed(&survey(margins, consensus), stored.iter())
}

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
}

#[test]
fn weighted_support_and_verdict_are_those_worked_out_by_hand() {
    let report = report(&halves(), &json!({"weighting": "rake"}), &lopsided());
    let one = &report.interventions[0];
    // The counts stay those of people.
    assert_eq!((one.support, one.oppose, one.n), (260, 140, 400));
    close(one.share.unwrap(), 0.65);
    // Weights of 2/3 and 2: (400)^2 / (300 * 4/9 + 100 * 4) = 300 effective people, half of whom support.
    let weighted = one.weighted.as_ref().unwrap();
    close(weighted.share, 0.5);
    close(weighted.oppose.unwrap(), 0.5);
    assert_eq!(weighted.n_eff, 300);
    close(weighted.deff, 1.333);
    let bound = (lower_bound(150.0, 300.0, 0.05) * 1000.0).floor() / 1000.0;
    close(one.verdict.bound.unwrap(), bound);
    assert!(
        one.verdict.text.ends_with("Answers are weighted; replies so far are effective ones."),
        "{}",
        one.verdict.text
    );
    // Within a role all weigh the same, so that its share stays.
    let role = one.segments.iter().find(|group| group.group == "b").unwrap();
    let shown = role.weighted.as_ref().unwrap();
    close(shown.share, 0.2);
    assert_eq!((role.n, shown.n_eff, shown.deff), (Some(100), 100, 1.0));
    // Role by role half of the weight: the mean of 2 and 6 years.
    let years = report.questions.iter().find(|question| question.id == "years").unwrap();
    close(years.weighted.as_ref().unwrap().mean.unwrap(), 4.0);
    close(years.numbers.as_ref().unwrap().mean, 3.0);
    let asked = report.questions.iter().find(|question| question.id == "role").unwrap().weighted.as_ref().unwrap();
    assert_eq!(asked.rows.iter().map(|row| row.share).collect::<Vec<_>>(), [0.5, 0.5, 0.0, 0.0]);
    assert!(
        report.notices.iter().any(|notice| notice.code == "weighted" && notice.text.contains("no margin of error"))
    );
    assert!(report.method.parameters["weighting"].starts_with("raking"));
}

#[test]
fn without_weighting_every_figure_is_as_it_was_and_the_comparison_is_there_all_the_same() {
    let weighted = report(&halves(), &json!({"weighting": "rake"}), &lopsided());
    let plain = report(&halves(), &json!({}), &lopsided());
    let without = report(&json!({}), &json!({}), &lopsided());
    assert_eq!(plain.interventions, without.interventions);
    assert_eq!(plain.questions, without.questions);
    assert_eq!(plain.notices, without.notices);
    assert_eq!(without.representativeness, None);
    let (with, compared) = (weighted.representativeness.unwrap(), plain.representativeness.unwrap());
    assert_eq!((with.weighted, compared.weighted), (true, false));
    assert_eq!((&with.margins, &with.weights), (&compared.margins, &compared.weights));
    let group = &compared.margins[0].groups[1];
    assert_eq!(
        group.text.as_deref(),
        Some("“Label b” is 50% of the population and 25% of those who answered: 25 percentage points fewer.")
    );
    assert!(
        compared.texts.iter().any(|text| text.contains("tell as much as 300 of equal weight")),
        "{:?}",
        compared.texts
    );
    assert!(compared.texts.iter().any(|text| text.contains("gives no margin of error for the population")));
}

#[test]
fn weighted_figures_are_the_same_in_any_order_of_the_responses() {
    let margins = json!({"role": {"a": 0.41, "b": 0.37, "c": 0.22}, "place": {"north": 0.31, "south": 0.69}});
    let mut stored = [lopsided(), people(37, "c", "so", 3), people(11, "c", "yes", 7)].concat();
    let rule = json!({"weighting": "rake"});
    let forwards = serde_json::to_string(&report(&margins, &rule, &stored)).unwrap();
    stored.reverse();
    assert_eq!(serde_json::to_string(&report(&margins, &rule, &stored)).unwrap(), forwards);
    stored.rotate_left(123);
    assert_eq!(serde_json::to_string(&report(&margins, &rule, &stored)).unwrap(), forwards);
    let met = report(&margins, &rule, &stored).representativeness.unwrap().weights.unwrap();
    assert!(met.margin_error <= 0.0 && !met.trimmed && met.deff > 1.1, "{met:?}");
}

#[test]
fn a_group_that_nobody_is_in_means_no_weights_and_says_why() {
    let report = report(&json!({"role": {"a": 0.4, "b": 0.4, "d": 0.2}}), &json!({"weighting": "rake"}), &lopsided());
    assert_eq!(report.interventions[0].weighted, None);
    let notice = report.notices.iter().find(|notice| notice.code == "not_weighted").unwrap();
    assert!(notice.text.contains("in the group “Label d”, 20% of the population"), "{}", notice.text);
    let compared = report.representativeness.unwrap();
    assert_eq!((compared.weighted, compared.weights), (false, None));
}

#[test]
fn who_is_in_which_of_two_small_groups_changes_no_figure() {
    let margins = json!({"role": {"a": 0.5, "b": 0.3, "c": 0.15, "d": 0.05}});
    let rule = json!({"weighting": "rake", "weight_max": 50});
    let small = |c: usize, d: usize| {
        let stored = [lopsided(), people(c, "c", "yes", 3), people(d, "d", "yes", 3)].concat();
        report(&margins, &rule, &stored)
    };
    let (one, other) = (small(4, 6), small(6, 4));
    let weights = one.representativeness.as_ref().unwrap().weights.as_ref().unwrap();
    assert!(weights.most > 5.0, "the small groups are weighted up together: {weights:?}");
    assert_eq!(one.representativeness, other.representativeness);
    let texts = &one.representativeness.as_ref().unwrap().texts;
    assert!(texts.iter().any(|text| text.starts_with("Groups of a question that may not be shown")), "{texts:?}");
    assert_eq!(one.interventions, other.interventions);
    assert_eq!(one.segments, other.segments);
}

#[test]
fn weights_beyond_the_bounds_are_brought_back_and_what_that_costs_is_said() {
    let margins = json!({"role": {"a": 0.05, "b": 0.95}});
    let report = report(&margins, &json!({"weighting": "rake", "weight_max": 2}), &lopsided());
    let compared = report.representativeness.unwrap();
    let weights = compared.weights.unwrap();
    assert!(
        weights.trimmed && weights.most <= 2.0 && weights.least >= 0.3 && weights.margin_error > 0.1,
        "{weights:?}"
    );
    assert!(
        compared
            .texts
            .iter()
            .any(|text| text.starts_with("Weights stay between 0.3 and 2 times the mean, so that some"))
    );
}

#[test]
fn far_weights_are_warned_of() {
    let margins = json!({"role": {"a": 0.2, "b": 0.8}});
    let stored = [people(380, "a", "yes", 1), people(20, "b", "no", 1)].concat();
    let report = report(&margins, &json!({"weighting": "rake", "weight_max": 100}), &stored);
    let compared = report.representativeness.unwrap();
    assert!(compared.weights.unwrap().deff > 2.0);
    assert!(compared.texts.iter().any(|text| text.starts_with("The design effect is above 2")));
    let notice = report.notices.iter().find(|notice| notice.code == "weighted").unwrap();
    assert!(notice.text.contains("The design effect is above 2"));
}
