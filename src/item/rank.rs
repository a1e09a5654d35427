//! `rank`: rows in order of preference, all of them or the first few.

use super::options::{ITEMS, ItemRow, Names, read_rows};
use super::{Answer, Fault, FaultKind, Fields, Head, ItemType, Reading, Scale};
use crate::document::Reader;
use crate::document::keys::{Key, Shape, Words, words};

/// Rows in order of preference.
#[derive(Clone, Debug, PartialEq)]
pub struct Rank {
    /// What is ranked.
    pub rows: Vec<ItemRow>,
    /// Places that can be given.
    pub max: u32,
    /// Places that must be given once any is.
    pub min: Option<u32>,
    /// True if the places measure priority between interventions.
    pub priority: bool,
}

const MEASURES: Words<()> = &[("priority", (), "The ranking is shown with the interventions")];

impl ItemType for Rank {
    const KEYS: &'static [Key] = &[
        ITEMS,
        Key::new("min", Shape::COUNT, "Places that must be given, once any is"),
        Key::new("max", Shape::Count(1, u32::MAX), "Places that can be given; as many as there are rows if left out")
            .code("E301"),
        Key::new("measure", Shape::Words(|| words(MEASURES)), "What the ranking measures"),
    ];

    fn define(reader: &Reader<'_>, names: &Names) -> Option<Self> {
        let (min, max) = (reader.optional_count("min"), reader.optional_count("max"));
        let priority = reader.word("measure", MEASURES).is_some();
        let rows = read_rows(reader, names)?;
        super::multi::check_bounds(reader, min, max, rows.len(), "rows");
        let all = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        Some(Self { max: max.unwrap_or(all), min, rows, priority })
    }

    fn read(&self, head: &Head, fields: &Fields) -> Reading {
        let mut placed: Vec<(u32, &ItemRow)> = Vec::new();
        let mut faults = Vec::new();
        for row in &self.rows {
            let Some(typed) = fields.typed(&format!("{}.{}", head.id, row.id)) else { continue };
            match typed.parse() {
                Ok(place) if (1..=self.max).contains(&place) => placed.push((place, row)),
                _ => faults.push(head.part_fault(&row.id, &row.label, FaultKind::NotOffered)),
            }
        }
        placed.sort_by_key(|(place, _)| *place);
        for pair in placed.windows(2) {
            if let [(earlier, first), (place, row)] = pair
                && earlier == place
            {
                let kind = FaultKind::SameRank { place: *place, other: first.label.clone() };
                faults.push(head.part_fault(&row.id, &row.label, kind));
            }
        }
        let gap = (1..).zip(&placed).find(|(expected, (place, _))| place > expected);
        if let (Some((expected, (_, row))), true) = (gap, faults.is_empty()) {
            faults.push(head.part_fault(&row.id, &head.text, FaultKind::RankGap { place: expected }));
        }
        if let (Some(min), Some((_, row)), true) = (self.min, placed.first(), faults.is_empty())
            && placed.len() < min as usize
        {
            faults.push(head.part_fault(&row.id, &head.text, FaultKind::TooFew { min }));
        }
        let order: Vec<String> = placed.iter().map(|(_, row)| row.id.clone()).collect();
        Reading { answer: (faults.is_empty() && !order.is_empty()).then_some(Answer::Ranking(order)), faults }
    }

    fn write(&self, head: &Head, answer: &Answer, fields: &mut Fields) {
        if let Answer::Ranking(order) = answer {
            for (place, row) in (1..).zip(order) {
                fields.push(format!("{}.{row}", head.id), format!("{place}"));
            }
        }
    }

    fn unanswered(&self, head: &Head, answer: Option<&Answer>) -> Vec<Fault> {
        match (answer, self.rows.first()) {
            (None, Some(row)) => {
                vec![head.part_fault(&row.id, &head.text, FaultKind::TooFew { min: self.min.unwrap_or(1) })]
            }
            _ => Vec::new(),
        }
    }

    fn scale(&self) -> Scale<'_> {
        Scale::Ranking { rows: &self.rows, places: self.max as usize }
    }

    fn rows_mut(&mut self) -> Option<&mut Vec<ItemRow>> {
        Some(&mut self.rows)
    }
}
