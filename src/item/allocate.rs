//! `allocate`: a fixed number of points shared between rows.

use std::collections::BTreeMap;

use super::options::{ITEMS, ItemRow, Names, read_rows};
use super::{Answer, Fault, FaultKind, Fields, Head, ItemType, Reading, Scale};
use crate::document::Reader;
use crate::document::keys::{Key, Shape, Words, words};

/// Points shared between rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Allocate {
    /// What is given points.
    pub rows: Vec<ItemRow>,
    /// Points to share.
    pub total: u32,
    /// Points are given in multiples of this.
    pub step: u32,
    /// True if the points measure spending between interventions.
    pub spend: bool,
}

const MEASURES: Words<()> = &[("spend", (), "The points are shown with the interventions")];

impl Allocate {
    /// How many points a row was given, as typed; `None` where that is no whole number.
    pub fn points(&self, typed: &str) -> Option<u64> {
        number_of(typed).map(u64::from)
    }
}

/// A whole number as typed: with spaces anywhere, and with commas only before three digits each, for `1,5` is not 15.
fn number_of(typed: &str) -> Option<u32> {
    let typed = typed.replace(' ', "");
    let mut groups = typed.split(',');
    let first = groups.next().filter(|first| !first.is_empty())?;
    let thousands = groups.all(|group| group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_digit()));
    if thousands { format!("{first}{}", typed.get(first.len()..)?.replace(',', "")).parse().ok() } else { None }
}

impl ItemType for Allocate {
    const KEYS: &'static [Key] = &[
        ITEMS,
        Key::new("total", Shape::Count(1, u32::MAX), "Points to share").or("100").code("E302"),
        Key::new("step", Shape::Count(1, u32::MAX), "Points are given in multiples of it; it divides `total`")
            .or("1")
            .code("E302"),
        Key::new("measure", Shape::Words(|| words(MEASURES)), "What the points measure"),
    ];

    fn define(reader: &Reader<'_>, names: &Names) -> Option<Self> {
        let (total, step) = (reader.count("total"), reader.count("step"));
        let spend = reader.word("measure", MEASURES).is_some();
        if step > 0 && !total.is_multiple_of(step) {
            let message = format!("`step` of {} is {step}, which does not divide its total of {total}", reader.what());
            let divisors: Vec<String> =
                (1..=total.min(100)).filter(|n| total.is_multiple_of(*n)).map(|n| n.to_string()).collect();
            reader.findings.error(
                "E302",
                reader.place_of("step"),
                message,
                format!("use one of {}", divisors.join(", ")),
            );
        }
        Some(Self { rows: read_rows(reader, names)?, total, step: step.max(1), spend })
    }

    fn read(&self, head: &Head, fields: &Fields) -> Reading {
        let mut points = BTreeMap::new();
        let mut faults = Vec::new();
        let mut any = false;
        for row in &self.rows {
            let Some(typed) = fields.typed(&format!("{}.{}", head.id, row.id)) else { continue };
            any = true;
            match number_of(&typed) {
                Some(given) if !given.is_multiple_of(self.step) => {
                    faults.push(head.part_fault(&row.id, &row.label, FaultKind::NotAStep { step: self.step }));
                }
                Some(0) => {}
                Some(given) => {
                    points.insert(row.id.clone(), given);
                }
                None => faults.push(head.part_fault(&row.id, &row.label, FaultKind::NotWhole)),
            }
        }
        let sum: u64 = points.values().map(|given| u64::from(*given)).sum();
        if let (true, true, Some(row)) = (any, faults.is_empty(), self.rows.first())
            && sum != u64::from(self.total)
        {
            faults.push(head.part_fault(&row.id, &head.text, FaultKind::WrongTotal { total: self.total, sum }));
        }
        Reading { answer: (any && faults.is_empty()).then_some(Answer::Points(points)), faults }
    }

    fn write(&self, head: &Head, answer: &Answer, fields: &mut Fields) {
        if let Answer::Points(points) = answer {
            for (row, given) in points {
                fields.push(format!("{}.{row}", head.id), given.to_string());
            }
        }
    }

    fn unanswered(&self, head: &Head, answer: Option<&Answer>) -> Vec<Fault> {
        match (answer, self.rows.first()) {
            (None, Some(row)) => {
                vec![head.part_fault(&row.id, &head.text, FaultKind::WrongTotal { total: self.total, sum: 0 })]
            }
            _ => Vec::new(),
        }
    }

    fn scale(&self) -> Scale<'_> {
        Scale::Allocation { rows: &self.rows, total: self.total }
    }

    fn rows_mut(&mut self) -> Option<&mut Vec<ItemRow>> {
        Some(&mut self.rows)
    }
}
