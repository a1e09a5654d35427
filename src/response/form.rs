//! Reads a posted page: the answers that are good, and every fault, at once.

use super::Answers;
use super::route::Shown;
use crate::item::{Answer, Fault, Fields, Item};

/// Answers and faults for the items of a page as they were presented. Other fields are ignored.
/// Rows that are asked on other screens keep what they were answered `before`.
pub fn read<'a>(
    items: impl IntoIterator<Item = (&'a Shown<'a>, &'a Item)>,
    fields: &Fields,
    before: &Answers,
) -> (Answers, Vec<Fault>) {
    let mut answers = Answers::new();
    let mut faults = Vec::new();
    for (shown, item) in items {
        let mut reading = item.read(fields);
        if let Some(rows) = &shown.rows {
            reading.answer = rows.join(&shown.question.item, before.get(&item.head.id), reading.answer);
        }
        if reading.faults.is_empty() {
            faults.extend(item.unanswered(reading.answer.as_ref()));
        }
        faults.extend(reading.faults);
        if let Some(answer) = reading.answer {
            answers.insert(item.head.id.clone(), in_listed_order(answer, &shown.question.item));
        }
    }
    (answers, faults)
}

/// Choices in the order of the definition, whatever the order they were presented in.
fn in_listed_order(mut answer: Answer, item: &Item) -> Answer {
    if let (Answer::Choices { options, .. }, crate::item::Scale::Multiple(listed)) = (&mut answer, item.scale()) {
        options.sort_by_key(|id| listed.iter().position(|option| option.id == *id));
    }
    answer
}
