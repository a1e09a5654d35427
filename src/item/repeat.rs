//! `repeat`: the same few questions as often as a person has something to say, such as one's own proposals.

use std::collections::BTreeMap;

use super::options::Names;
use super::{Answer, Fault, FaultKind, Fields, HEAD, Head, Item, ItemType, Kind, Reading, Scale};
use crate::document::Reader;
use crate::document::keys::{Key, Object, Shape};

/// The same few questions, several times.
#[derive(Clone, Debug, PartialEq)]
pub struct Repeat {
    /// What is asked in each entry, with ids of their own.
    pub fields: Vec<Item>,
    /// Fewest entries, once there is any.
    pub min: u32,
    /// Most entries.
    pub max: u32,
    /// What an entry is called, if its author said: "idea".
    pub item_name: Option<String>,
    /// True if what is written in the entries is grouped into themes.
    pub themes: bool,
}

const FIELD_TYPES: &[&str] = &["note", "single", "multi", "text", "number", "date"];
const FIELD: Object = Object::new("field", "A question of each entry", &[HEAD]).of_types(Kind::types, FIELD_TYPES);

impl ItemType for Repeat {
    const KEYS: &'static [Key] = &[
        Key::needed(
            "fields",
            Shape::List(&Shape::Object(&FIELD)),
            "What is asked in each entry, with ids of their own; its rules are about earlier pages, not about the entry",
        ),
        Key::new("min", Shape::COUNT, "Fewest entries, once there is any").or("0"),
        Key::new("max", Shape::Count(1, 20), "Most entries").or("5"),
        Key::new(
            "item_name",
            Shape::Text,
            "What an entry is called; “entry”, in the language of the page, if left out",
        )
        .such_as(&["idea", "proposal"]),
        Key::new("themes", Shape::Flag, "Whether the report groups what is written into themes"),
    ];

    fn define(reader: &Reader<'_>, names: &Names) -> Option<Self> {
        let (min, max) = (reader.count("min"), reader.count("max"));
        if min > max {
            let message = format!("`min` of {} is {min}, above its `max` of {max}", reader.what());
            reader.findings.error("E301", reader.place_of("min"), message, None);
        }
        let mut fields: Vec<Item> = Vec::new();
        for field in reader.each("fields", &format!("a field of {}", reader.what())) {
            let Some(item) = Item::define(&field, names) else { continue };
            if !FIELD_TYPES.contains(&item.kind.name()) {
                let message = format!("`{}` is of the type `{}`, which cannot repeat", item.head.id, item.kind.name());
                let help = format!("the types that can are {}", FIELD_TYPES.join(", "));
                reader.findings.error("E312", field.place_of("type"), message, help);
            }
            if fields.iter().any(|known| known.head.id == item.head.id) {
                let message = format!("field `{}` stands twice in {}", item.head.id, reader.what());
                reader.findings.error("E106", field.place, message, "ids must differ".to_string());
            }
            fields.push(item);
        }
        let asks_nothing = fields.iter().all(|field| matches!(field.kind, Kind::Note(_)));
        if asks_nothing && !fields.is_empty() && fields.len() == reader.list("fields").len() {
            let message = format!("{} has no field that asks something", reader.what());
            reader.findings.error("E110", reader.place_of("fields"), message, "add one to `fields`".to_string());
        }
        let (item_name, themes) = (reader.text("item_name"), reader.flag("themes"));
        Some(Self { fields, min, max, item_name, themes })
    }

    fn read(&self, head: &Head, fields: &Fields) -> Reading {
        let mut entries = Vec::new();
        let mut faults = Vec::new();
        for number in 1..=self.max {
            let mut entry = BTreeMap::new();
            let mut wrong = Vec::new();
            let mut open = Vec::new();
            for (field, item) in self.fields.iter().zip(self.entry(head, number)) {
                let reading = item.read(fields);
                if reading.faults.is_empty() {
                    open.extend(item.unanswered(reading.answer.as_ref()));
                }
                wrong.extend(reading.faults);
                if let Some(answer) = reading.answer {
                    entry.insert(field.head.id.clone(), answer);
                }
            }
            if entry.is_empty() && wrong.is_empty() {
                continue;
            }
            wrong.extend(open);
            faults.extend(wrong.into_iter().map(|fault| Fault { item: head.id.clone(), ..fault }));
            entries.push(entry);
        }
        let given = u32::try_from(entries.len()).unwrap_or(u32::MAX);
        if given > 0 && given < self.min {
            faults.push(self.too_few(head, given));
        }
        entries.retain(|entry| !entry.is_empty());
        Reading { answer: (!entries.is_empty()).then_some(Answer::Entries(entries)), faults }
    }

    fn write(&self, head: &Head, answer: &Answer, fields: &mut Fields) {
        let Answer::Entries(entries) = answer else { return };
        for (number, entry) in (1..).zip(entries) {
            for (field, item) in self.fields.iter().zip(self.entry(head, number)) {
                if let Some(answer) = entry.get(&field.head.id) {
                    item.write(answer, fields);
                }
            }
        }
    }

    fn unanswered(&self, head: &Head, answer: Option<&Answer>) -> Vec<Fault> {
        if answer.is_some() { Vec::new() } else { vec![self.too_few(head, 0)] }
    }

    fn scale(&self) -> Scale<'_> {
        Scale::Entries { fields: &self.fields, max: self.max, themes: self.themes }
    }

    fn fields_mut(&mut self) -> &mut [Item] {
        &mut self.fields
    }
}

impl Repeat {
    /// The fields of the `number`-th entry, counted from 1, under the names they have in a form: `ID.NUMBER.FIELD`.
    pub fn entry(&self, head: &Head, number: u32) -> Vec<Item> {
        let named = |field: &Item| {
            let mut item = field.clone();
            item.head.id = format!("{}.{number}.{}", head.id, field.head.id);
            item
        };
        self.fields.iter().map(named).collect()
    }

    /// Takes away fields by `FIELD`, and options of fields by `FIELD.OPTION`.
    pub(super) fn withhold(&mut self, parts: &[&str]) {
        self.fields.retain(|field| !parts.contains(&field.head.id.as_str()));
        for field in &mut self.fields {
            let own = parts_of(parts, &field.head.id);
            field.withhold(&own);
        }
    }

    /// The fields that ask something.
    pub fn asked(&self) -> impl Iterator<Item = &Item> {
        self.fields.iter().filter(|field| !matches!(field.kind, Kind::Note(_)))
    }

    /// True if there are entries enough, and each has an answer to every field that needs one.
    pub(super) fn is_whole(&self, entries: &[BTreeMap<String, Answer>]) -> bool {
        let has_all = |entry: &BTreeMap<String, Answer>| {
            self.fields.iter().all(|field| field.unanswered(entry.get(&field.head.id)).is_empty())
        };
        entries.len() >= self.min as usize && entries.iter().all(has_all)
    }

    fn too_few(&self, head: &Head, given: u32) -> Fault {
        let kind = FaultKind::TooFewEntries { min: self.min.max(1), name: self.item_name.clone() };
        let first = self.asked().next();
        let part = first.map_or_else(String::new, |field| format!("{}.{}", given + 1, field.head.id));
        head.part_fault(&part, &head.text, kind)
    }
}

/// The parts that belong to a field, by the names they have in it.
pub fn parts_of<'p>(parts: &[&'p str], field: &str) -> Vec<&'p str> {
    parts.iter().filter_map(|part| part.strip_prefix(field)?.strip_prefix('.')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proposals() -> (Head, Repeat) {
        let text = |id: &str, required| Item {
            head: Head { id: id.into(), text: id.into(), required, ..Head::default() },
            kind: Kind::Text(crate::item::Text::default()),
        };
        let head = Head { id: "p".into(), text: "Your proposals".into(), required: true, ..Head::default() };
        let fields = vec![text("name", true), text("detail", false)];
        (head, Repeat { fields, min: 0, max: 3, item_name: Some("idea".into()), themes: true })
    }

    fn fields(typed: &[(&str, &str)]) -> Fields {
        Fields(typed.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())).collect())
    }

    #[test]
    fn entries_left_empty_are_left_out_and_what_is_read_is_written_back() {
        let (head, repeat) = proposals();
        let reading = repeat.read(&head, &fields(&[("p.1.name", " "), ("p.2.name", "Trees"), ("p.2.detail", "Many")]));
        assert!(reading.faults.is_empty());
        let answer = reading.answer.unwrap();
        let mut written = Fields::default();
        repeat.write(&head, &answer, &mut written);
        assert_eq!(written, fields(&[("p.1.name", "Trees"), ("p.1.detail", "Many")]));
        assert_eq!(repeat.read(&head, &written).answer, Some(answer));
    }

    #[test]
    fn a_begun_entry_must_be_complete_and_a_required_repeat_must_have_one() {
        let (head, repeat) = proposals();
        let reading = repeat.read(&head, &fields(&[("p.1.detail", "Many")]));
        assert_eq!((reading.faults[0].item.as_str(), reading.faults[0].field.as_str()), ("p", "p.1.name"));
        assert!(reading.answer.is_some(), "what was written is kept");
        let missing = repeat.unanswered(&head, None);
        assert_eq!(missing[0].field, "p.1.name");
        assert_eq!(missing[0].kind, FaultKind::TooFewEntries { min: 1, name: Some("idea".into()) });
    }
}
