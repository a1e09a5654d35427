//! `email`: an e-mail address, allowed only on a page whose answers are kept apart.

use validator::ValidateEmail;

use super::options::Names;
use super::{Answer, Fault, FaultKind, Fields, Head, ItemType, Reading, Scale};
use crate::document::Reader;
use crate::document::keys::Key;

/// An e-mail address.
#[derive(Clone, Debug, PartialEq)]
pub struct Email;

impl ItemType for Email {
    const KEYS: &'static [Key] = &[];

    fn define(_: &Reader<'_>, _: &Names) -> Option<Self> {
        Some(Self)
    }

    fn read(&self, head: &Head, fields: &Fields) -> Reading {
        let Some(address) = fields.typed(&head.id) else { return Reading::default() };
        if address.chars().any(char::is_control) || !address.validate_email() {
            return Reading::fault(head.fault(FaultKind::NotAnEmail));
        }
        Reading::of(Some(Answer::Text(address)))
    }

    fn write(&self, head: &Head, answer: &Answer, fields: &mut Fields) {
        if let Answer::Text(address) = answer {
            fields.push(&head.id, address);
        }
    }

    fn unanswered(&self, head: &Head, answer: Option<&Answer>) -> Vec<Fault> {
        if answer.is_some() { Vec::new() } else { vec![head.fault(FaultKind::NotEntered)] }
    }

    fn scale(&self) -> Scale<'_> {
        Scale::FreeText { themes: false }
    }
}
