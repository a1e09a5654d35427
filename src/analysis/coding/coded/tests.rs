use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::{Strategy, any, prop, prop_oneof, proptest};

use super::super::decision::{AnswerKey, Decision, Entry, Event, Part, Place, Refusal, Suggested, Suggestion, ThemeId};
use super::{Coding, replay};

fn key(number: usize) -> AnswerKey {
    AnswerKey::read(&format!("a{number:02}"))
}

fn keys(numbers: impl IntoIterator<Item = usize>) -> Vec<AnswerKey> {
    numbers.into_iter().map(key).collect()
}

/// A suggestion with these answers in its themes, whose ids count from `first`; the answers are numbered.
fn suggestion(first: u32, themes: &[&[usize]], other: &[usize]) -> Decision {
    let themes = (first..).zip(themes).map(|(id, answers)| Suggested {
        theme: ThemeId(id),
        label: format!("words {id}"),
        terms: vec![format!("term{id}")],
        quotes: keys(answers.iter().copied().take(2)),
        answers: keys(answers.iter().copied()),
        nearness: answers.iter().map(|_| 70).collect(),
    });
    Decision::Suggest(Suggestion {
        themes: themes.collect(),
        other: keys(other.iter().copied()),
        ..Suggestion::default()
    })
}

fn rename(theme: u32, name: &str) -> Decision {
    Decision::Rename { theme: ThemeId(theme), name: name.to_owned() }
}

fn code(answers: &[usize], themes: &[u32]) -> Decision {
    let place = Place::of(themes.iter().copied().map(ThemeId));
    Decision::Code { places: answers.iter().map(|answer| (key(*answer), place.clone())).collect() }
}

fn record(events: Vec<Event>) -> Vec<Entry> {
    let entry = |(number, event)| Entry { number, at: String::new(), by: "Ann".to_owned(), event };
    (1..).zip(events).map(entry).collect()
}

/// The coding after these decisions, all of which can be carried out.
fn after(decisions: &[Decision]) -> Coding {
    let mut coding = Coding::default();
    for decision in decisions {
        coding.apply(decision).unwrap();
    }
    coding
}

fn of(coding: &Coding, theme: u32) -> Vec<AnswerKey> {
    coding.answers(ThemeId(theme)).cloned().collect()
}

fn refused(coding: &Coding, decision: &Decision) -> Refusal {
    let mut trial = coding.clone();
    let refusal = trial.apply(decision).unwrap_err();
    assert_eq!(&trial, coding, "what is refused changes nothing");
    refusal
}

#[test]
fn themes_are_merged_split_and_moved_between() {
    let mut coding = after(&[suggestion(1, &[&[0, 1, 2], &[3, 4], &[5]], &[6])]);
    assert_eq!(of(&coding, 2), keys([3, 4]));
    coding.apply(&Decision::Merge { themes: vec![ThemeId(2), ThemeId(3)], into: ThemeId(1) }).unwrap();
    assert_eq!(of(&coding, 1), keys(0..6));
    assert_eq!(coding.themes().len(), 1);
    let part = Part { theme: ThemeId(4), name: "Night buses".to_owned(), answers: keys([1, 5]) };
    coding.apply(&Decision::Split { theme: ThemeId(1), parts: vec![part] }).unwrap();
    assert_eq!((of(&coding, 1), of(&coding, 4)), (keys([0, 2, 3, 4]), keys([1, 5])));
    coding.apply(&code(&[6, 0], &[1, 4])).unwrap();
    assert_eq!(of(&coding, 4), keys([0, 1, 5, 6]), "an answer can be in several themes");
    coding.apply(&code(&[6], &[])).unwrap();
    assert_eq!(coding.codes()[&key(6)].place, Place::Other);
    assert!(coding.codes()[&key(6)].by_person && !coding.codes()[&key(2)].by_person);
}

#[test]
fn what_cannot_be_decided_says_why_and_changes_nothing() {
    let coding = after(&[
        suggestion(1, &[&[0, 1], &[2], &[3]], &[]),
        rename(1, " Buses "),
        Decision::Lock { theme: ThemeId(2) },
    ]);
    assert_eq!(coding.themes()[&ThemeId(1)].name, "Buses");
    let said = |decision: Decision| refused(&coding, &decision).to_string();
    assert_eq!(
        said(rename(9, "Rents")),
        "there is no theme c9; there are c1 (“Buses”), c2 (“words 2”), c3 (“words 3”)"
    );
    assert_eq!(said(rename(2, "Rents")), "c2 (“words 2”) is locked: unlock it first");
    assert_eq!(said(rename(3, "buses")), "c1 is called “buses” already: choose another name, or merge the two");
    assert_eq!(said(rename(3, " ")), "a theme's name has 1 to 120 characters");
    let merge = |themes: &[u32], into| Decision::Merge {
        themes: themes.iter().copied().map(ThemeId).collect(),
        into: ThemeId(into),
    };
    assert_eq!(refused(&coding, &merge(&[3, 1], 1)), Refusal::WithItself(ThemeId(1)));
    assert!(matches!(refused(&coding, &merge(&[2], 1)), Refusal::Locked { .. }));
    assert!(matches!(refused(&coding, &merge(&[], 1)), Refusal::Nothing(_)));
    assert!(matches!(refused(&coding, &code(&[2], &[1])), Refusal::Locked { .. }), "nothing leaves a locked theme");
    assert!(matches!(refused(&coding, &code(&[0], &[2])), Refusal::Locked { .. }), "nothing comes to it");
    assert!(matches!(refused(&coding, &code(&[0, 77], &[9])), Refusal::UnknownTheme { .. }));
    let split = |theme: u32, answers: &[usize]| Decision::Split {
        theme: ThemeId(1),
        parts: vec![Part { theme: ThemeId(theme), name: "New".to_owned(), answers: keys(answers.iter().copied()) }],
    };
    assert_eq!(refused(&coding, &split(3, &[0])), Refusal::KnownTheme(ThemeId(3)));
    assert_eq!(refused(&coding, &split(4, &[3])), Refusal::NotInTheme { answer: key(3), theme: ThemeId(1) });
    assert_eq!(refused(&coding, &split(4, &[0, 0])), Refusal::NotInTheme { answer: key(0), theme: ThemeId(1) });
    assert!(matches!(
        refused(&coding, &Decision::Remove { theme: ThemeId(3) }),
        Refusal::HasAnswers { answers: 1, .. }
    ));
}

#[test]
fn a_new_suggestion_overwrites_no_decision() {
    let mut coding = after(&[
        suggestion(1, &[&[0, 1, 2, 3], &[4, 5, 6], &[7, 8], &[9]], &[10]),
        rename(1, "Buses"),
        Decision::Lock { theme: ThemeId(3) },
        code(&[10, 4], &[1]),
    ]);
    // The machine now sees new answers 11 to 14, and everything in another light.
    coding.apply(&suggestion(5, &[&[0, 1, 2, 11, 10], &[3, 5, 6, 12], &[7, 8, 13], &[9, 4]], &[14])).unwrap();
    assert_eq!(of(&coding, 1), keys([0, 1, 2, 3, 4, 10, 11]), "what the theme had, and what joins it");
    assert_eq!(coding.themes()[&ThemeId(1)].name, "Buses");
    assert_eq!(of(&coding, 3), keys([7, 8]), "a locked theme stays as it is");
    assert_eq!(of(&coding, 6), keys([5, 6, 12]), "a theme that nobody worked on is made anew");
    assert_eq!(of(&coding, 7), keys([13]), "what would have joined the locked theme is a theme of its own");
    assert_eq!(of(&coding, 8), keys([9]));
    assert!(!coding.themes().contains_key(&ThemeId(2)) && !coding.themes().contains_key(&ThemeId(5)));
    assert_eq!(coding.codes().len(), 15, "every answer is somewhere");
}

#[test]
fn undoing_goes_back_step_by_step_and_forward_again() {
    use Event::{Decided, Redone, Undone};
    let first = || Decided(suggestion(1, &[&[0, 1], &[2]], &[]));
    let events = vec![first(), Decided(rename(1, "Buses")), Decided(rename(2, "Rents")), Undone, Undone, Redone];
    let standing = replay(&record(events.clone()));
    let name = |standing: &super::Standing, theme| standing.coding.themes()[&ThemeId(theme)].name.clone();
    assert_eq!((name(&standing, 1).as_str(), name(&standing, 2).as_str()), ("Buses", "words 2"));
    assert_eq!((standing.in_force, standing.undone), (vec![1, 2], vec![3]));
    let changed =
        [events, vec![Decided(Decision::Add { theme: ThemeId(3), name: "Trees".to_owned() }), Redone]].concat();
    let standing = replay(&record(changed));
    assert!(standing.undone.is_empty(), "after a new decision there is nothing to do again");
    assert_eq!(standing.next_theme, 4);
    let standing = replay(&record(vec![first(), Undone, Undone]));
    assert_eq!((standing.coding, standing.next_theme), (Coding::default(), 3));
}

fn any_decision() -> impl Strategy<Value = Decision> {
    let theme = || 1_u32..9;
    let some = || prop::collection::vec(0_usize..24, 1..6);
    prop_oneof![
        prop::collection::vec(0_usize..5, 24).prop_map(|groups| {
            let of = |wanted: usize| -> Vec<usize> { (0..24).filter(|&answer| groups[answer] == wanted).collect() };
            let themes: Vec<Vec<usize>> = (0..4).map(of).collect();
            suggestion(100, &themes.iter().map(Vec::as_slice).collect::<Vec<_>>(), &of(4))
        }),
        (theme(), "[a-d]{1,2}").prop_map(|(theme, name)| rename(theme, &name)),
        (theme(), theme()).prop_map(|(one, into)| Decision::Merge { themes: vec![ThemeId(one)], into: ThemeId(into) }),
        (theme(), some()).prop_map(|(theme, answers)| Decision::Split {
            theme: ThemeId(theme),
            parts: vec![Part { theme: ThemeId(50), name: "part".to_owned(), answers: keys(answers) }],
        }),
        (theme(), any::<bool>()).prop_map(|(theme, lock)| {
            let theme = ThemeId(theme);
            if lock { Decision::Lock { theme } } else { Decision::Unlock { theme } }
        }),
        (some(), prop::collection::vec(theme(), 0..3)).prop_map(|(answers, themes)| code(&answers, &themes)),
    ]
}

proptest! {
    #[test]
    fn whatever_people_decide_a_suggestion_keeps_it_and_loses_no_answer(mut decisions in prop::collection::vec(any_decision(), 1..30)) {
        let mut coding = Coding::default();
        coding.apply(&suggestion(1, &[&[0, 1, 2, 3, 4, 5], &[6, 7, 8, 9, 10], &[11, 12, 13, 14], &[15, 16, 17]], &[18, 19, 20, 21, 22, 23])).unwrap();
        let mut number = 200;
        for decision in &mut decisions {
            // Ids are never used again.
            match decision {
                Decision::Suggest(suggestion) => for suggested in &mut suggestion.themes {
                    number += 1;
                    suggested.theme = ThemeId(number);
                },
                Decision::Split { parts, .. } => for part in parts {
                    number += 1;
                    part.theme = ThemeId(number);
                },
                _ => {}
            }
            let before = coding.clone();
            if coding.apply(decision).is_err() {
                assert_eq!(coding, before);
                continue;
            }
            assert_eq!(coding.codes().len(), 24);
            let named: BTreeSet<ThemeId> = coding.codes().values().flat_map(|coded| coded.place.themes()).collect();
            assert!(named.iter().all(|theme| coding.themes().contains_key(theme)), "{named:?}");
            let names: BTreeMap<String, ThemeId> = coding.themes().iter().map(|(id, theme)| (theme.name.to_lowercase(), *id)).collect();
            assert_eq!(names.len(), coding.themes().len(), "no two themes are called alike");
            if matches!(decision, Decision::Suggest(_)) {
                for (key, coded) in before.codes().iter().filter(|(_, coded)| coded.by_person) {
                    assert_eq!(&coding.codes()[key], coded);
                }
                for (id, theme) in before.themes().iter().filter(|(_, theme)| theme.is_decided) {
                    assert_eq!(&coding.themes()[id], theme);
                    let (had, has): (BTreeSet<_>, BTreeSet<_>) = (before.answers(*id).collect(), coding.answers(*id).collect());
                    assert!(has.is_superset(&had) && (!theme.is_locked || has == had));
                }
            }
        }
    }
}
