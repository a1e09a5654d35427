//! Rounds of a panel: a new round is a new wave, and what decides consensus is part of what is concluded.

use super::survey::concluded;
use super::words::{names, number, text};
use super::{At, Class, Diff, Effect};
use crate::definition::Round;

pub(super) fn compare(old: Option<&Round>, new: Option<&Round>, found: &mut Diff) {
    let at = At::of("round");
    let (old, new) = match (old, new) {
        (None, None) => return,
        (Some(old), Some(new)) => (old, new),
        (None, Some(_)) => {
            return found.add(&at, Class::Breaking, "The survey is asked in rounds now: people come back to it.");
        }
        (Some(_), None) => {
            return found.add(&at, Class::Breaking, "The survey is asked in rounds no more: nobody comes back to it.");
        }
    };
    let Round { number: own, planned, questions, rule, agreement, newcomers, before } = old;
    if *own != new.number {
        let text = format!(
            "It was round {own} and is now round {}: who answered is asked again, and answers in progress end in theirs.",
            new.number
        );
        found.add_with(&at, Class::Breaking, Effect::Round, text);
    }
    let count = |count: u32| Some(count.to_string());
    let planned = number("The number of rounds that are planned", count(*planned), count(new.planned));
    found.note(&at, Class::Wording, planned);
    let listed = |questions: &[String]| names(questions.iter().map(String::as_str));
    let asked = text("What comes back in each round", Some(&listed(questions)), Some(&listed(&new.questions)));
    found.note(&at, Class::Breaking, asked);
    concluded(&at, text("What counts as consensus", Some(rule.name()), Some(new.rule.name())), found);
    let share = number("The share that must agree", Some(agreement.to_string()), Some(new.agreement.to_string()));
    concluded(&at, share, found);
    if *newcomers != new.newcomers {
        let (class, text) = if new.newcomers {
            (Class::Additive, "People can begin who were not there before.")
        } else {
            (Class::Breaking, "People cannot begin any more who were not there before.")
        };
        found.add(&at, class, text);
    }
    if *before != new.before {
        found.add(&at, Class::Wording, "What people are told of the round before changed.");
    }
}
