//! Reads a posted page: the answers that are good, and every fault, at once.

use super::Answers;
use crate::definition::Question;
use crate::item::{Fault, Fields};

/// Answers and faults for the questions shown on a page. Fields that belong to no shown question are ignored.
pub fn read(questions: &[&Question], fields: &Fields) -> (Answers, Vec<Fault>) {
    let mut answers = Answers::new();
    let mut faults = Vec::new();
    for question in questions {
        let item = &question.item;
        let reading = item.read(fields);
        if reading.faults.is_empty() {
            faults.extend(item.unanswered(reading.answer.as_ref()));
        }
        faults.extend(reading.faults);
        if let Some(answer) = reading.answer {
            answers.insert(item.head.id.clone(), answer);
        }
    }
    (answers, faults)
}
