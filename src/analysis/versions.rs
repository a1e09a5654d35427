//! Responses to other versions of the survey: what is left out of the figures, and what a reader must know of the rest.

use std::collections::{BTreeMap, BTreeSet};

use super::report::Notice;
use crate::definition::Survey;
use crate::definition::diff::{Diff, Effect};
use crate::response::{Gap, Record};

/// What responses to other versions differ in.
#[derive(Debug, Default)]
pub struct OtherVersions {
    /// Answers that mean something else, by question.
    left_out: BTreeMap<String, LeftOut>,
    /// Answers that could not choose an option which the analysed version has, by question.
    without: BTreeMap<String, Without>,
    /// What decides the verdicts and changed, and the responses that came under another rule.
    judged: (BTreeSet<String>, u64),
}

#[derive(Debug, Default)]
struct LeftOut {
    versions: BTreeSet<u32>,
    answers: u64,
}

#[derive(Debug, Default)]
struct Without {
    options: BTreeSet<String>,
    answers: u64,
}

impl OtherVersions {
    /// Takes from a record what cannot be counted with the analysed version, to which `diff` leads from its own.
    ///
    /// Such a question counts as left out where it was answered, and else as not shown: as it is asked now, the person never
    /// saw it.
    pub(super) fn take(&mut self, version: u32, record: &mut Record, diff: &Diff) {
        let changed = diff.changed_meaning();
        for question in &changed {
            let was_answered = record.answers.remove(*question).is_some();
            let gap = if was_answered { Gap::LeftOut } else { Gap::NotShown };
            record.gaps.insert((*question).to_string(), gap);
            if was_answered {
                let left_out = self.left_out.entry((*question).to_string()).or_default();
                left_out.versions.insert(version);
                left_out.answers += 1;
            }
        }
        let added = diff.changes.iter().filter(|change| change.effect == Effect::Added);
        let mut without: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for change in added {
            let option = change.what.rsplit_once("option ").map(|(_, option)| option.to_string());
            if let (Some(question), Some(option)) = (change.question.as_deref(), option) {
                without.entry(question).or_default().insert(option);
            }
        }
        for (question, options) in without {
            if record.answers.contains_key(question) {
                let known = self.without.entry(question.to_string()).or_default();
                known.options.extend(options);
                known.answers += 1;
            }
        }
        let mut judged = diff.changes.iter().filter(|change| change.effect == Effect::Verdicts).peekable();
        if judged.peek().is_some() {
            self.judged.1 += 1;
        }
        self.judged.0.extend(judged.map(|change| change.what.clone()));
    }

    /// The cautions that follow, with the codes `changed_meaning`, `added_later` and `changed_rule`.
    pub(super) fn notices(&self, survey: &Survey) -> Vec<Notice> {
        let notice = |code: &str, text: String| Notice { code: code.to_string(), text };
        let asked = |id: &str| survey.item(id).map_or_else(|| id.to_string(), |item| item.head.text.clone());
        let mut notices = Vec::new();
        for (question, LeftOut { versions, answers }) in &self.left_out {
            let versions: Vec<String> = versions.iter().map(u32::to_string).collect();
            let (word, are) = if *answers == 1 { ("answer", "is") } else { ("answers", "are") };
            let version = if versions.len() == 1 { "version" } else { "versions" };
            notices.push(notice(
                "changed_meaning",
                format!(
                    "“{}” ({question}) was asked differently in {version} {}: {answers} {word} given there {are} left out of its figures, and kept in responses.csv under that version.",
                    asked(question),
                    versions.join(", "),
                ),
            ));
        }
        for (question, Without { options, answers }) in &self.without {
            let label = |id: &String| survey.item(question).and_then(|item| item.label(id)).unwrap_or(id).to_string();
            let options: Vec<String> = options.iter().map(|id| format!("“{}”", label(id))).collect();
            let people = if *answers == 1 { "1 person".to_string() } else { format!("{answers} people") };
            notices.push(notice(
                "added_later",
                format!(
                    "“{}” ({question}) was answered by {people} before {} could be chosen; they count as not having chosen it.",
                    asked(question),
                    options.join(", "),
                ),
            ));
        }
        let (changed, responses) = &self.judged;
        if *responses > 0 && survey.support().is_some() {
            let (word, were) = if *responses == 1 { ("response", "was") } else { ("responses", "were") };
            let changed = changed.iter().map(String::as_str).collect::<Vec<_>>().join("; ");
            let because = survey.consensus.changed_because.as_ref();
            let because = because.map(|reason| format!(" The reason given: “{reason}”")).unwrap_or_default();
            let text = format!(
                "What the verdicts rest on is not what it was when {responses} {word} {were} given, so it was not fixed before the first answer: {changed}.{because}"
            );
            notices.push(notice("changed_rule", text));
        }
        notices
    }
}
