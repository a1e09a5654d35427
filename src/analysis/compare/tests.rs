//! What a comparison finds, matches and withholds.

use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use super::composition::{distance, same_mix};
use super::disclose::hidden;
use super::report::{Change, Comparison, SideReport};
use super::{Relation, Side, adjust, compare, points};
use crate::analysis::dataset::Dataset;
use crate::analysis::disclosure::network::{Figure, Network, Standing};
use crate::analysis::disclosure::suppress::{Width, leaks};
use crate::analysis::interval::{newcombe, newcombe_paired, newcombe_stratified};
use crate::definition::{Survey, parse};
use crate::response::Record;

fn definition() -> Value {
    let option = |id: &str| json!({"id": id, "label": format!("Label {id}")});
    json!({
        "format": 1, "id": "town", "title": "Town", "privacy": {"min_cell": 5},
        "lists": {"agree": [{"id": "no", "label": "No", "value": 1}, {"id": "so", "label": "So", "value": 2},
            {"id": "yes", "label": "Yes", "value": 3}]},
        "interventions": [{"id": "x", "label": "First"}, {"id": "y", "label": "Second"}],
        "pages": [{"id": "p", "title": "P", "questions": [
            {"id": "role", "type": "single", "text": "Role?", "options": [option("a"), option("b"), option("c")], "segment": true},
            {"id": "way", "type": "single", "text": "Way?", "options": [option("bus"), option("foot")]},
            {"id": "support", "type": "rate", "text": "Which?", "items": "interventions", "scale": "agree",
             "measure": "support", "support": ["yes"], "oppose": ["no"]}]}]
    })
}

fn survey(definition: &Value) -> Survey {
    let parsed = parse(&definition.to_string());
    parsed.survey.unwrap_or_else(|| panic!("{:#?}", parsed.findings))
}

/// So many people of a role who say this of `x`, and nothing of `y`.
fn people(n: usize, role: &str, says: &str) -> Vec<Value> {
    vec![json!({"answers": {"role": role, "way": "bus", "support": {"x": says}}}); n]
}

fn data<'a>(survey: &'a Survey, stored: &[Value]) -> Dataset<'a> {
    let mut data = Dataset::new(survey);
    for one in stored {
        data.push(&Record::from_json(survey, one));
    }
    data
}

fn side<'a>(survey: &'a Survey, name: &str, stored: &[Value]) -> Side<'a> {
    let head = SideReport {
        name: name.to_string(),
        survey: survey.id.clone(),
        title: survey.title.clone(),
        version: 1,
        round: None,
        people: 0,
        simulated: 0,
        weighted: false,
        definition: String::new(),
        responses: String::new(),
    };
    Side { head, data: data(survey, stored) }
}

fn apart(first: (&Value, &[Value]), second: (&Value, &[Value])) -> Comparison {
    let [one, other] = [survey(first.0), survey(second.0)];
    let sides = [side(&one, "first", first.1), side(&other, "second", second.1)];
    compare(&sides, &Relation::Apart(Box::new([None, None])), "test")
}

fn state<'c>(comparison: &'c Comparison, id: &str) -> (&'c str, String) {
    let found = comparison.matching.iter().find(|one| one.id == id).unwrap();
    (found.state.as_str(), found.reasons.join(" "))
}

#[test]
fn a_question_is_compared_where_it_asks_the_same_and_else_says_why_not() {
    let (before, mut after) = (definition(), definition());
    let questions = &mut after["pages"][0]["questions"];
    questions[0]["text"] = json!("What is your role?");
    questions[1]["options"].as_array_mut().unwrap().push(json!({"id": "car", "label": "Car"}));
    questions.as_array_mut().unwrap().push(json!({"id": "since", "type": "number", "text": "Since?"}));
    after["interventions"][0]["label"] = json!("The first");
    let answers = people(20, "a", "yes");
    let found = apart((&before, &answers), (&after, &answers));
    let (role, said) = state(&found, "role");
    assert_eq!(role, "caution");
    assert!(said.contains("Role?") && said.contains("What is your role?"), "{said}");
    let (way, said) = state(&found, "way");
    assert_eq!(way, "not_compared");
    assert!(said.contains("Option car") && said.contains("is new"), "{said}");
    // The label of an intervention is told with the question that it is a row of, and support is still compared.
    let (support, said) = state(&found, "support");
    assert_eq!((support, found.interventions.len()), ("caution", 2));
    assert!(said.contains("Row x: It was “First” and is “The first”."), "{said}");
    assert_eq!(state(&found, "since").0, "only_second");
    assert!(!found.questions.iter().any(|question| question.id == "way"));
}

#[test]
fn support_is_not_compared_where_another_scale_or_other_steps_count() {
    let (before, answers) = (definition(), people(20, "a", "yes"));
    let mut scale = definition();
    scale["lists"]["agree"].as_array_mut().unwrap().push(json!({"id": "sure", "label": "Sure", "value": 4}));
    let found = apart((&before, &answers), (&scale, &answers));
    assert_eq!((state(&found, "support").0, found.interventions.len()), ("not_compared", 0));
    assert!(found.questions.iter().all(|question| !question.id.starts_with("support")));
    let mut steps = definition();
    steps["pages"][0]["questions"][2]["support"] = json!(["yes", "so"]);
    let found = apart((&before, &answers), (&steps, &answers));
    assert_eq!(found.interventions.len(), 0);
    assert!(found.notices.iter().any(|notice| notice.code == "support_not_compared"), "{:?}", found.notices);
    assert!(found.questions.iter().any(|question| question.id == "support.x"), "the answers themselves are the same");
}

#[test]
fn a_difference_is_said_only_where_interval_and_corrected_p_agree() {
    let change = |p: f64, interval: [f64; 2]| Change {
        difference: f64::midpoint(interval[0], interval[1]),
        interval,
        p,
        p_holm: 1.0,
        reading: String::new(),
        pairs: None,
    };
    let mut family = [
        change(0.01, [0.02, 0.2]),
        change(0.02, [-0.3, -0.01]),
        change(0.04, [0.01, 0.1]),
        change(0.001, [-0.01, 0.1]),
    ];
    adjust(family.iter_mut());
    let found: Vec<(String, &str)> =
        family.iter().map(|one| (format!("{:.3}", one.p_holm), one.reading.as_str())).collect();
    let expected = [("0.030", "rose"), ("0.040", "fell"), ("0.040", "rose"), ("0.004", "cannot_tell")]
        .map(|(p, reading)| (p.to_string(), reading));
    assert_eq!(found, expected);
}

/// Agresti 2007, An Introduction to Categorical Data Analysis, table 2.5: party identification by gender has chi-square 30.1 at two
/// degrees of freedom.
#[test]
fn mixes_are_compared_as_in_a_published_table() {
    let (women, men) = ([762, 327, 468], [484, 239, 477]);
    let p = same_mix(&women, &men).unwrap();
    // exp(-30.07 / 2), as two degrees of freedom have it.
    assert!((p / (-30.0701_f64 / 2.0).exp() - 1.0).abs() < 0.01, "{p}");
    let by_hand = (468.0_f64 / 1557.0 - 477.0 / 1200.0).abs();
    assert!((distance(&women, &men).unwrap() - by_hand).abs() < 1e-12);
    assert_eq!((distance(&[0], &[3]), same_mix(&[3, 0], &[0, 0])), (None, None));
    assert_eq!((distance(&[4, 0], &[7, 0]), same_mix(&[4, 0], &[7, 0])), (Some(0.0), Some(1.0)));
}

/// The first side is mostly a, of whom nine in ten are in favour, the second mostly b, of whom one in ten is: the groups did not
/// change at all.
#[test]
fn a_difference_that_comes_of_the_mix_alone_goes_away_at_one_mix() {
    let of = |a: usize, b: usize| {
        [people(a * 9, "a", "yes"), people(a, "a", "no"), people(b, "b", "yes"), people(b * 9, "b", "no")].concat()
    };
    let definition = definition();
    let found = apart((&definition, &of(30, 10)), (&definition, &of(10, 30)));
    let one = &found.interventions[0];
    let change = one.line.change.as_ref().unwrap();
    assert_eq!((points(change.difference), change.reading.as_str()), ("−40.0".to_string(), "fell"));
    let mix = &found.composition[0];
    assert_eq!((mix.reading.as_str(), mix.distance.map(points)), ("differs", Some("+50.0".to_string())));
    assert!(found.notices.iter().any(|notice| notice.code == "mix_differs"));
    let adjusted = &one.adjusted[0];
    assert!(adjusted.difference.abs() < 1e-12 && adjusted.interval[0] < 0.0 && adjusted.interval[1] > 0.0);
    // Nobody rated the other: there is nothing to compare, and it is in no family.
    assert_eq!(found.interventions[1].line.change, None);
    assert!(one.adjusted.len() == 1 && found.interventions[1].adjusted.is_empty());
}

#[test]
fn of_few_people_nothing_is_told_on_either_side() {
    let definition = definition();
    let found = apart((&definition, &people(4, "a", "yes")), (&definition, &people(60, "a", "no")));
    assert!(found.interventions.is_empty());
    for line in found.questions.iter().flat_map(|question| &question.lines) {
        assert!(
            line.withheld && line.change.is_none() && line.parts.iter().all(|part| part.count.is_none()),
            "{line:?}"
        );
    }
    assert!(found.composition.iter().all(|mix| mix.groups.iter().all(|group| group.counts == [None; 2])));
    assert!(found.notices.iter().any(|notice| notice.code == "too_few_to_show"));
    assert!(!found.findings.iter().any(|said| said.contains("rose")), "{:?}", found.findings);
}

/// The report of the consultation has everyone: what two versions say leaves those of the third, who are too few to show.
#[test]
fn what_is_left_of_a_consultation_by_subtraction_is_withheld_with_the_rest() {
    let survey = survey(&definition());
    let sides = || [side(&survey, "one", &people(40, "a", "yes")), side(&survey, "two", &people(50, "a", "no"))];
    let with_rest = |rest: &[Value]| compare(&sides(), &Relation::Versions(Box::new(data(&survey, rest))), "test");
    let alone = with_rest(&[]);
    assert!(alone.interventions[0].line.change.is_some());
    let many = with_rest(&people(9, "b", "no"));
    assert!(many.interventions[0].line.change.is_some());
    let few = with_rest(&people(3, "b", "no"));
    let line = &few.interventions[0].line;
    assert!(line.withheld && line.change.is_none() && line.parts.iter().all(|part| part.share.is_none()), "{line:?}");
    assert!(few.questions.iter().flat_map(|question| &question.lines).all(|line| line.withheld));
    assert!(few.findings.iter().all(|said| !said.contains('%')), "{:?}", few.findings);
}

/// Three of group c answered the second version, none the first: the report shows the sizes of all, so that more than c has to
/// be hidden, on both sides.
#[test]
fn a_small_group_does_not_follow_from_the_other_side_and_the_whole() {
    let survey = survey(&definition());
    let first = [people(20, "a", "yes"), people(30, "b", "no")].concat();
    let second = [people(25, "a", "yes"), people(35, "b", "no"), people(3, "c", "no")].concat();
    let sides = [side(&survey, "one", &first), side(&survey, "two", &second)];
    let found = compare(&sides, &Relation::Versions(Box::new(data(&survey, &[]))), "test");
    let groups = &found.composition[0].groups;
    let hidden: Vec<&str> =
        groups.iter().filter(|group| group.counts == [None; 2]).map(|group| group.id.as_str()).collect();
    assert!(hidden.contains(&"c") && hidden.len() > 1, "{groups:?}");
    let tallied = found.questions.iter().find(|question| question.id == "role").unwrap();
    for line in &tallied.lines {
        assert_eq!(line.withheld, hidden.contains(&line.id.as_str()), "{line:?}");
    }
    // No adjusted figure has a withheld count behind it.
    assert!(found.interventions.iter().all(|one| one.adjusted.is_empty()));
}

#[test]
fn parts_of_a_whole_hide_no_more_than_needed() {
    let all = |parts: &[[u64; 3]]| parts.iter().map(|part| part.to_vec()).collect::<Vec<_>>();
    let none = [false; 3];
    assert_eq!(hidden(&all(&[[20, 30, 9], [25, 35, 8], [0, 0, 0]]), &none, 5), none);
    assert_eq!(hidden(&all(&[[20, 30, 3], [25, 35, 8], [0, 0, 0]]), &none, 5).iter().filter(|hide| **hide).count(), 2);
    // A few in the rest of the consultation, who are shown nowhere but follow from what is.
    let of_rest = hidden(&all(&[[20, 30, 9], [25, 35, 8], [40, 50, 2]]), &none, 5);
    assert!(of_rest[2], "{of_rest:?}");
}

proptest! {
    /// A reader who knows all sums, and that of the rest of the consultation, knows no small size more closely than the sums leave it.
    #[test]
    fn hidden_sizes_cannot_be_worked_out_from_the_parts_and_the_whole(
        parts in proptest::collection::vec(proptest::collection::vec(0_u64..14, 5), 2..4),
    ) {
        let found = hidden(&parts, &[false; 5], 5);
        let mut network = Network::default();
        let mut is_hidden = Vec::new();
        for (part, sizes) in parts.iter().enumerate() {
            let is_rest = part + 1 == parts.len();
            for (group, &count) in sizes.iter().enumerate() {
                let standing = if (1..5).contains(&count) { Standing::Small } else { Standing::Unseen };
                network.add(Figure { from: part, to: parts.len() + group, count, least: 0, standing, cost: 0 });
                is_hidden.push(is_rest || found[group]);
                let shows = standing == Standing::Small && !is_rest && !found[group];
                prop_assert!(!shows, "a small size is shown");
            }
        }
        prop_assert_eq!(leaks(&network, &is_hidden, Width::ToThreshold(5)), Vec::<usize>::new());
    }
}

/// Rounds of a panel: ten came to be in favour and two ceased to, of forty; ten more answered only the first time.
#[test]
fn the_same_people_are_compared_with_themselves() {
    let asked = definition();
    let asked = asked
        .as_object()
        .unwrap()
        .clone()
        .into_iter()
        .chain([("round".to_string(), json!({"planned": 2, "questions": ["support"]}))]);
    let survey = survey(&Value::Object(asked.collect()));
    let first = [people(12, "a", "yes"), people(28, "a", "no"), people(10, "a", "yes")].concat();
    let second = [people(2, "a", "no"), people(20, "a", "yes"), people(18, "a", "no")].concat();
    let sides = || [side(&survey, "one", &first), side(&survey, "two", &second)];
    let pairs: Vec<(usize, usize)> = (0..40).map(|person| (person, person)).collect();
    let found = compare(&sides(), &Relation::Rounds(pairs.clone()), "test");
    let change = found.interventions[0].line.change.as_ref().unwrap();
    assert_eq!(change.pairs, Some(super::Pairs { n: 40, counts: [12, 20] }));
    assert_eq!(change.interval.map(points), newcombe_paired([10, 2, 10, 18], 0.05).map(points));
    // The exact test: 79 of the 4,096 outcomes of twelve are as extreme on a side, 2 (1 + 12 + 66) of them on both.
    assert!((change.p - 158.0 / 4096.0).abs() < 1e-12, "{}", change.p);
    assert!(found.composition.is_empty() && found.relation == "rounds");
    assert_eq!(state(&found, "role").0, "not_compared");
    let rated = found.questions.iter().find(|question| question.id == "support.x").unwrap();
    let yes = rated.lines.iter().find(|line| line.id == "yes").unwrap();
    assert_eq!(yes.change.as_ref().unwrap().pairs, change.pairs);
    // Were only three to leave, what they answered would follow from both rounds and the change.
    let few: Vec<Value> = first.iter().take(43).cloned().collect();
    let sides = [side(&survey, "one", &few), side(&survey, "two", &second)];
    let found = compare(&sides, &Relation::Rounds(pairs), "test");
    assert_eq!(found.interventions[0].line.change, None);
}

#[test]
fn one_group_alone_has_newcombes_interval() {
    for ((k1, n1), (k2, n2)) in [((56.0, 70.0), (48.0, 80.0)), ((0.0, 10.0), (9.0, 10.0)), ((10.0, 10.0), (0.0, 10.0))]
    {
        let (difference, found) = newcombe_stratified(&[([k1, n1], [k2, n2], 1.0)], 0.05).unwrap();
        assert!((difference - (k2 / n2 - k1 / n1)).abs() < 1e-12);
        for (found, expected) in found.into_iter().zip(newcombe((k2, n2), (k1, n1), 0.05)) {
            assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
        }
    }
    assert_eq!(newcombe_stratified(&[], 0.05), None);
    assert_eq!(newcombe_stratified(&[([0.0, 0.0], [1.0, 2.0], 1.0)], 0.05), None);
}

/// How often an interval holds the truth, of 4,000 drawn: with 95% the standard error is 0.34 points.
fn coverage(mut holds: impl FnMut(&mut ChaCha8Rng) -> bool) -> f64 {
    let mut chance = ChaCha8Rng::seed_from_u64(7);
    (0..4_000).filter(|_| holds(&mut chance)).count() as f64 / 4_000.0
}

fn drawn(chance: &mut ChaCha8Rng, n: u32, share: f64) -> f64 {
    f64::from(u32::try_from((0..n).filter(|_| chance.random_bool(share)).count()).unwrap())
}

#[test]
fn intervals_of_differences_hold_the_truth_in_95_of_100_samples() {
    for (n1, p1, n2, p2) in [(40, 0.5, 60, 0.7), (200, 0.9, 80, 0.8), (30, 0.2, 300, 0.2)] {
        let found = coverage(|chance| {
            let (k1, k2) = (drawn(chance, n1, p1), drawn(chance, n2, p2));
            let [low, high] = newcombe((k2, f64::from(n2)), (k1, f64::from(n1)), 0.05);
            (low..=high).contains(&(p2 - p1))
        });
        assert!((0.935..0.975).contains(&found), "{n1} {p1} {n2} {p2}: {found}");
    }
    // The same people: 60 of whom each keeps an answer with probability 0.7, and else gives one anew.
    let found = coverage(|chance| {
        let pairs = (0..60).map(|_| {
            let before = chance.random_bool(0.5);
            [before, if chance.random_bool(0.7) { before } else { chance.random_bool(0.8) }]
        });
        let [low, high] = newcombe_paired(super::table(pairs), 0.05);
        (low..=high).contains(&0.09)
    });
    assert!((0.935..0.98).contains(&found), "the same people: {found}");
    // Three groups in another mix on each side, weighted as both together.
    let groups = [(60_u32, 20_u32, 0.8, 0.7), (30, 40, 0.5, 0.5), (20, 60, 0.2, 0.35)];
    let all = f64::from(groups.iter().map(|(m, n, ..)| m + n).sum::<u32>());
    let weight = |m: u32, n: u32| f64::from(m + n) / all;
    let truth: f64 = groups.iter().map(|(m, n, p1, p2)| weight(*m, *n) * (p2 - p1)).sum();
    let found = coverage(|chance| {
        let strata = groups.map(|(m, n, p1, p2)| {
            let (k1, k2) = (drawn(chance, m, p1), drawn(chance, n, p2));
            ([k1, f64::from(m)], [k2, f64::from(n)], weight(m, n))
        });
        let (_, [low, high]) = newcombe_stratified(&strata, 0.05).unwrap();
        (low..=high).contains(&truth)
    });
    assert!((0.935..0.975).contains(&found), "at one mix: {found}");
}
