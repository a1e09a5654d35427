use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::definition::parse;

const DAY: Date = Date::constant(2026, 11, 22);

/// A survey of pages with one question each: its name, its rule, and whether it must be answered.
fn survey(pages: &[(&str, Option<String>)]) -> Option<Survey> {
    let options = json!([{"id": "a", "label": "A"}, {"id": "b", "label": "B"}]);
    let page = |(id, rule): &(&str, Option<String>)| {
        let mut page = match *id {
            "out" => json!({"id": "out", "title": "Thank you", "end": "screened_out"}),
            id => json!({"id": id, "questions": [{"id": id, "type": "single", "text": id, "options": options}]}),
        };
        if let Some(rule) = rule {
            page["show_if"] = json!(rule);
        }
        page
    };
    let pages: Vec<Value> = pages.iter().map(page).collect();
    parse(&json!({"format": 1, "id": "way", "title": "Way", "pages": pages}).to_string()).survey
}

fn fixed(pages: &[(&str, &str)]) -> Survey {
    let rule = |rule: &str| (!rule.is_empty()).then(|| rule.to_string());
    let pages: Vec<_> = pages.iter().map(|(id, text)| (*id, rule(text))).collect();
    survey(&pages).unwrap()
}

fn given(answers: &[(&str, &str)]) -> Answers {
    let answer = |option: &str| Answer::Choice { option: option.to_string(), other: None };
    answers.iter().map(|(id, option)| ((*id).to_string(), answer(option))).collect()
}

#[test]
fn what_the_answers_settle_is_counted_exactly() {
    let branch = fixed(&[("p", ""), ("q", "p == 'a'"), ("r", "p != 'a'"), ("s", ""), ("t", "s == 'b'")]);
    let count = |answers: &Answers, from, ways| screens(&branch, answers, (DAY, ""), from, ways);
    assert_eq!(count(&given(&[]), 0, WAYS), (3, 4), "one of q and r, and perhaps t");
    assert_eq!(count(&given(&[]), 0, 1), (2, 5), "where the ways are not tried");
    assert_eq!(count(&given(&[("p", "a")]), 1, WAYS), (3, 4));
    assert_eq!(count(&given(&[("p", "a"), ("s", "b")]), 1, WAYS), (3, 4), "s is open, whatever was said before");
    assert_eq!(count(&given(&[("p", "a"), ("s", "b")]), 4, 1), (4, 4));
}

#[test]
fn who_may_be_screened_out_cannot_be_told_how_far_it_is() {
    let screened = fixed(&[("p", ""), ("out", "p == 'b'"), ("q", ""), ("r", "")]);
    let count = |answers: &Answers, from, ways| screens(&screened, answers, (DAY, ""), from, ways);
    assert_eq!(count(&given(&[]), 0, WAYS), (1, 3));
    assert_eq!(count(&given(&[]), 0, 1), (1, 3));
    assert_eq!(count(&given(&[("p", "a")]), 2, 1), (3, 3));
    assert_eq!(count(&given(&[("p", "b")]), 1, 1), (1, 1));
}

#[test]
fn a_number_is_told_only_where_it_is_reliable() {
    let told = |at, least, most| told(at, (least, most)).map(|progress| (progress.all, progress.is_exact));
    assert_eq!(told(3, 12, 12), Some((12, true)));
    assert_eq!(told(3, 20, 23), Some((23, false)));
    assert_eq!(told(3, 20, 24), None);
    assert_eq!(told(1, 1, 2), None);
}

#[test]
fn a_person_reads_the_number_of_the_screen_where_they_are() {
    let branch = fixed(&[("p", ""), ("q", "p == 'a'"), ("r", "p == 'b'"), ("s", "")]);
    let mut draft = Draft { today: DAY, ..Draft::default() };
    let at = |draft: &Draft, page: &str| of(draft, &branch, &page.into()).map(|progress| (progress.at, progress.all));
    assert_eq!(at(&draft, "p"), None, "two or three");
    let post = |option: &str| crate::item::Fields(vec![("p".into(), option.into())]);
    draft.save(&branch, &"p".into(), post("a"));
    assert_eq!((at(&draft, "q"), at(&draft, "p")), (Some((2, 3)), Some((1, 3))));
    draft.save(&branch, &"p".into(), crate::item::Fields::default());
    assert_eq!(at(&draft, "s"), Some((2, 2)));
    let silent = Survey { progress: false, ..branch.clone() };
    assert_eq!(of(&draft, &silent, &"s".into()), None);
}

/// Every count that answers to the pages from `from` on can give.
fn brute_force(survey: &Survey, answers: &Answers, from: usize) -> (usize, usize) {
    let open: Vec<&str> = survey.questions().map(|(_, question)| question.item.head.id.as_str()).collect();
    let open: Vec<&str> = open.into_iter().filter(|id| survey.page_of(id).unwrap() >= from).collect();
    let mut all = vec![
        answers
            .iter()
            .filter(|(id, _)| !open.contains(&id.as_str()))
            .map(|(id, a)| (id.clone(), a.clone()))
            .collect::<Answers>(),
    ];
    for id in open {
        for before in all.clone() {
            for option in ["a", "b"] {
                let mut more = before.clone();
                more.extend(given(&[(id, option)]));
                all.push(more);
            }
        }
    }
    let counts: Vec<usize> = all.iter().map(|answers| route(survey, answers, DAY, "").screens().count()).collect();
    (*counts.iter().min().unwrap(), *counts.iter().max().unwrap())
}

const NAMES: [&str; 6] = ["p0", "p1", "p2", "p3", "p4", "p5"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_bounds_hold_whatever_is_answered_and_are_exact_where_all_ways_are_tried(
        rules in prop::collection::vec((0..6_usize, 0..6_usize, 0..6_usize), 5),
        out in prop::option::of((1..6_usize, 0..6_usize)),
        answers in prop::collection::vec(prop::option::of(prop::sample::select(vec!["a", "b"])), 6),
        from in 0..7_usize,
    ) {
        let rule = |form: usize, x: usize, y: usize| match form {
            0 | 1 => None,
            2 => Some(format!("{} == 'a'", NAMES[x])),
            3 => Some(format!("{} != 'b'", NAMES[x])),
            4 => Some(format!("answered({}) and not ({} == 'b')", NAMES[x], NAMES[y])),
            _ => Some(format!("{} == 'b' or {} == 'a'", NAMES[x], NAMES[y])),
        };
        let mut pages = vec![("p0", None)];
        for (number, (form, x, y)) in rules.iter().enumerate() {
            let number = number + 1;
            if let Some((at, named)) = out && at == number {
                pages.push(("out", Some(format!("{} == 'b'", NAMES[named % number]))));
            }
            pages.push((NAMES[number], rule(*form, x % number, y % number)));
        }
        // Rules that the checker refuses are no survey's.
        let Some(survey) = survey(&pages) else { return Ok(()) };
        let chosen: Vec<(&str, &str)> = NAMES.iter().zip(answers).filter_map(|(name, option)| Some((*name, option?))).collect();
        let answers = given(&chosen);
        let (least, most) = brute_force(&survey, &answers, from);
        prop_assert_eq!(screens(&survey, &answers, (DAY, ""), from, 100_000), (least, most));
        let (low, high) = screens(&survey, &answers, (DAY, ""), from, 1);
        prop_assert!(low <= least && most <= high, "{low}..{high} is narrower than {least}..{most}");
    }
}

#[test]
fn what_was_counted_is_remembered_by_what_was_chosen_and_never_by_what_was_typed() {
    let branch = fixed(&[("p", ""), ("q", "p == 'a'"), ("r", "p != 'a'"), ("s", ""), ("t", "s == 'b'")]);
    let counted = Counted::of(&branch);
    let draft = |answers: &[(&str, &str)]| Draft { answers: given(answers), today: DAY, ..Draft::default() };
    assert_eq!(counted.key(&draft(&[]), 0), counted.key(&draft(&[("p", "a")]), 0), "p is not answered before it");
    assert_ne!(counted.key(&draft(&[("p", "b")]), 1), counted.key(&draft(&[("p", "a")]), 1));
    assert_ne!(counted.key(&draft(&[("p", "a")]), 4), counted.key(&draft(&[("s", "a")]), 4));
    assert_eq!(counted.key(&draft(&[("q", "b")]), 5), counted.key(&draft(&[]), 5), "no rule names q");
    assert_eq!(counted.screens(&draft(&[("p", "a")]), 1, || (3, 4)), (3, 4));
    assert_eq!(counted.screens(&draft(&[("p", "a"), ("r", "a")]), 1, || (0, 0)), (3, 4));
    assert_eq!(counted.screens(&draft(&[("p", "b")]), 1, || (2, 4)), (2, 4));
    let mut typed = draft(&[]);
    typed.answers.insert("p".to_string(), Answer::Choice { option: "a".to_string(), other: Some("Me".to_string()) });
    for other in [Answer::Text("Me".to_string()), Answer::Number("7".to_string())] {
        assert_eq!(counted.key(&typed, 1), None);
        typed.answers.insert("p".to_string(), other);
    }
    assert_eq!(counted.key(&typed, 1), None);
}
