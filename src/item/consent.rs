//! `consent`: a box to tick, such as "I agree to take part".

use super::options::Names;
use super::{Answer, Fault, FaultKind, Fields, Head, ItemType, Reading, Scale};
use crate::document::Reader;
use crate::document::keys::Key;

/// A box to tick.
#[derive(Clone, Debug, PartialEq)]
pub struct Consent;

impl ItemType for Consent {
    const KEYS: &'static [Key] = &[];

    fn define(_: &Reader<'_>, _: &Names) -> Option<Self> {
        Some(Self)
    }

    fn read(&self, head: &Head, fields: &Fields) -> Reading {
        Reading::of(fields.typed(&head.id).map(|_| Answer::Given))
    }

    fn write(&self, head: &Head, _: &Answer, fields: &mut Fields) {
        fields.push(&head.id, "yes");
    }

    fn unanswered(&self, head: &Head, answer: Option<&Answer>) -> Vec<Fault> {
        if answer.is_some() { Vec::new() } else { vec![head.fault(FaultKind::NotAgreed)] }
    }

    fn scale(&self) -> Scale<'_> {
        Scale::Flag
    }
}
