//! `note`: text to read, with nothing to answer.

use super::options::Names;
use super::{Answer, Fault, Fields, Head, ItemType, Reading, Scale};
use crate::document::Reader;
use crate::document::keys::Key;

/// Text to read. Its text is the item's `text`.
#[derive(Clone, Debug, PartialEq)]
pub struct Note;

impl ItemType for Note {
    const KEYS: &'static [Key] = &[];

    fn define(reader: &Reader<'_>, _: &Names) -> Option<Self> {
        if reader.flag("required") {
            let help = "use the type `consent` for something to agree to".to_string();
            let message = format!("{} is a note, which nobody can answer", reader.what());
            reader.findings.error("E308", reader.place_of("required"), message, help);
        }
        Some(Self)
    }

    fn read(&self, _: &Head, _: &Fields) -> Reading {
        Reading::default()
    }

    fn write(&self, _: &Head, _: &Answer, _: &mut Fields) {}

    fn unanswered(&self, _: &Head, _: Option<&Answer>) -> Vec<Fault> {
        Vec::new()
    }

    fn scale(&self) -> Scale<'_> {
        Scale::None
    }
}
