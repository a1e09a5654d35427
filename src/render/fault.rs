//! What a person reads of a fault, in the words of the page.

use super::markdown::words as plain;
use crate::item::{Fault, FaultKind};
use crate::vocabulary::Words;

/// A fault as a sentence: texts within it are an author's Markdown, and an error is plain.
pub(super) fn message(fault: &Fault, words: &Words) -> String {
    let text = plain(&said(fault, words));
    if fault.may_go_on() { words.faults.if_it_is_right.with(&[("message", &ended(&text))]) } else { text }
}

fn ended(sentence: &str) -> String {
    if sentence.ends_with(['.', '!', '?']) { sentence.to_string() } else { format!("{sentence}.") }
}

fn said(fault: &Fault, words: &Words) -> String {
    let said = &words.faults;
    let whole = &fault.about;
    let about = whole.trim_end_matches(['?', '.', ':']);
    let about = ("about", &about as &dyn std::fmt::Display);
    match &fault.kind {
        FaultKind::NotSelected => said.not_selected.with(&[("about", whole)]),
        FaultKind::NotEntered => said.not_entered.with(&[("about", whole)]),
        FaultKind::NotAgreed => said.not_agreed.with(&[about]),
        FaultKind::NotOffered => said.not_offered.with(&[about]),
        FaultKind::OtherNotEntered { option } => said.other_not_entered.with(&[("option", option)]),
        FaultKind::OtherNotChosen { option } => said.other_not_chosen.with(&[("option", option)]),
        FaultKind::TooFew { min } => said.too_few.with(&[about, ("min", min)]),
        FaultKind::TooMany { max } => said.too_many.with(&[about, ("max", max)]),
        FaultKind::EnoughIdeas { max } => said.enough_ideas.with(&[about, ("max", max)]),
        FaultKind::EnoughComments => said.enough_comments.to_string(),
        FaultKind::SameNotSaid => said.same_not_said.to_string(),
        FaultKind::Exclusive { exclusive, other } => said.exclusive.with(&[("exclusive", exclusive), ("other", other)]),
        FaultKind::TooLong { max } => said.too_long.of(u64::from(*max), &[about]),
        FaultKind::TooShort { min } => said.too_short.of(u64::from(*min), &[about]),
        FaultKind::NotThePattern { message: Some(message) } | FaultKind::Check { message, .. } => message.clone(),
        FaultKind::NotThePattern { message: None } => said.not_the_pattern.with(&[about]),
        FaultKind::NotOnStep { step, from } if from == "0" => said.not_a_multiple.with(&[about, ("step", step)]),
        FaultKind::NotOnStep { step, from } => said.not_on_step.with(&[about, ("from", from), ("step", step)]),
        FaultKind::TooEarly { min } => said.too_early.with(&[about, ("day", &words.day(*min))]),
        FaultKind::TooLate { max } => said.too_late.with(&[about, ("day", &words.day(*max))]),
        FaultKind::TooFewEntries { min, name } => {
            let name = ("name", &name.as_deref().unwrap_or(words.form.entry) as &dyn std::fmt::Display);
            match min {
                1 => said.no_entry.with(&[about, name]),
                min => said.too_few_entries.with(&[about, name, ("min", min)]),
            }
        }
        FaultKind::NotANumber => said.not_a_number.with(&[about]),
        FaultKind::NotWhole => said.not_whole.with(&[about]),
        FaultKind::TooPrecise { decimals } => said.too_precise.of(u64::from(*decimals), &[about]),
        FaultKind::BelowMin { min } => said.below_min.with(&[about, ("min", min)]),
        FaultKind::AboveMax { max } => said.above_max.with(&[about, ("max", max)]),
        FaultKind::DateIncomplete { missing } => {
            let parts = words.dates.parts.iter().zip(missing).filter(|(_, missing)| **missing);
            let parts: Vec<&str> = parts.map(|(part, _)| *part).collect();
            let parts = match parts.as_slice() {
                [first, last] => words.dates.and.with(&[("first", first), ("last", last)]),
                other => other.concat(),
            };
            said.date_incomplete.with(&[about, ("parts", &parts)])
        }
        FaultKind::NotADate => said.not_a_date.with(&[about]),
        FaultKind::NotAnEmail => said.not_an_email.to_string(),
        FaultKind::SameRank { place, other } => said.same_rank.with(&[about, ("place", place), ("other", other)]),
        FaultKind::RankGap { place } => said.rank_gap.with(&[about, ("place", place)]),
        FaultKind::TooFewRated { min } => said.too_few_rated.with(&[about, ("min", min)]),
        FaultKind::WrongTotal { total, sum } => {
            let (total_points, given) = (u64::from(*total), *sum);
            let both = [("total", total as &dyn std::fmt::Display), ("sum", sum)];
            match given.checked_sub(total_points) {
                Some(over) if over > 0 => said.points_over.with(&[both.as_slice(), &[("over", &over)]].concat()),
                _ => {
                    let left = total_points.saturating_sub(given);
                    said.points_under.with(&[both.as_slice(), &[("left", &left)]].concat())
                }
            }
        }
        FaultKind::NotAStep { step } => {
            let example = step.saturating_mul(2);
            said.not_a_step.with(&[about, ("step", step), ("example", &example)])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::ALL;

    /// One fault of each kind, and of each way to say it.
    fn each() -> Vec<FaultKind> {
        let day = jiff::civil::date(2026, 3, 2);
        let some = || Some("syniad".to_string());
        vec![
            FaultKind::NotSelected,
            FaultKind::NotEntered,
            FaultKind::NotAgreed,
            FaultKind::NotOffered,
            FaultKind::OtherNotEntered { option: "Arall".into() },
            FaultKind::OtherNotChosen { option: "Arall".into() },
            FaultKind::TooFew { min: 2 },
            FaultKind::TooMany { max: 3 },
            FaultKind::EnoughIdeas { max: 3 },
            FaultKind::EnoughComments,
            FaultKind::SameNotSaid,
            FaultKind::Exclusive { exclusive: "Dim".into(), other: "Te".into() },
            FaultKind::TooLong { max: 1 },
            FaultKind::TooLong { max: 500 },
            FaultKind::TooShort { min: 10 },
            FaultKind::NotThePattern { message: None },
            FaultKind::NotOnStep { step: "5".into(), from: "0".into() },
            FaultKind::NotOnStep { step: "5".into(), from: "1".into() },
            FaultKind::TooEarly { min: day },
            FaultKind::TooLate { max: day },
            FaultKind::TooFewEntries { min: 1, name: None },
            FaultKind::TooFewEntries { min: 2, name: some() },
            FaultKind::NotANumber,
            FaultKind::NotWhole,
            FaultKind::TooPrecise { decimals: 1 },
            FaultKind::TooPrecise { decimals: 2 },
            FaultKind::BelowMin { min: "1".into() },
            FaultKind::AboveMax { max: "9".into() },
            FaultKind::DateIncomplete { missing: [false, true, false] },
            FaultKind::DateIncomplete { missing: [false, true, true] },
            FaultKind::NotADate,
            FaultKind::NotAnEmail,
            FaultKind::SameRank { place: 1, other: "Te".into() },
            FaultKind::RankGap { place: 2 },
            FaultKind::TooFewRated { min: 7 },
            FaultKind::WrongTotal { total: 100, sum: 120 },
            FaultKind::WrongTotal { total: 100, sum: 80 },
            FaultKind::NotAStep { step: 5 },
        ]
    }

    fn told(kind: FaultKind, words: &Words) -> String {
        message(&Fault { item: "q".into(), field: "q".into(), about: "Beth?".into(), kind }, words)
    }

    #[test]
    fn every_fault_is_told_in_every_language_with_all_its_places_filled() {
        for kind in each() {
            let said: Vec<String> = ALL.into_iter().map(|words| told(kind.clone(), words)).collect();
            for text in &said {
                assert!(!text.contains(['{', '}']) && text.len() > 10, "{kind:?}: {text}");
            }
            assert_ne!(said[0], said[1], "{kind:?}");
        }
    }

    #[test]
    fn faults_read_as_sentences() {
        let [english, welsh] = ALL;
        let incomplete = FaultKind::DateIncomplete { missing: [false, true, true] };
        assert_eq!(told(incomplete.clone(), english), "“Beth” must include a month and a year");
        assert_eq!(told(incomplete, welsh), "Rhaid i “Beth” gynnwys mis a blwyddyn");
        let early = FaultKind::TooEarly { min: jiff::civil::date(2026, 3, 2) };
        assert_eq!(told(early.clone(), english), "“Beth” must be 2 March 2026 or later");
        assert_eq!(told(early, welsh), "Rhaid i “Beth” fod ar 2 Mawrth 2026 neu ar ôl hynny");
        let none = FaultKind::TooFewEntries { min: 1, name: Some("idea".into()) };
        assert_eq!(told(none, english), "Add at least one idea to “Beth”");
        let entries = FaultKind::TooFewEntries { min: 2, name: None };
        assert_eq!(told(entries, welsh), "Ychwanegwch o leiaf 2 o'r canlynol at “Beth”: cofnod");
        let caution = FaultKind::Check { number: 1, message: "Too much".into(), may_go_on: true };
        assert_eq!(told(caution, english), "Too much. If it is right, continue.");
        let over = FaultKind::WrongTotal { total: 100, sum: 120 };
        assert_eq!(told(over, english), "The points must add up to 100: you have given 120, which is 20 too many");
    }
}
