//! `rate`: each of several rows on one scale, such as support for each candidate intervention.

use std::collections::BTreeMap;

use super::options::{Choice, ITEMS, ItemRow, Names, OPTIONS, read_options, read_rows};
use super::{Answer, Fault, FaultKind, Fields, Head, ItemType, Reading, Scale};
use crate::document::keys::{Key, Need, Shape, Words, words};
use crate::document::{Id, Reader, closest};

/// Each of several rows on one scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Rate {
    /// What is rated.
    pub rows: Vec<ItemRow>,
    /// The scale.
    pub steps: Vec<Choice>,
    /// Rows that must be rated where the item is required; all of them if not said.
    pub min_items: Option<u32>,
    /// Most rows on one screen; more are asked on several.
    pub rows_per_page: u32,
    /// Set where the ratings measure support for the rows.
    pub measure: Option<Measure>,
}

/// Which steps of the scale count for and against.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measure {
    /// Steps that count as support.
    pub support: Vec<String>,
    /// Steps that count as opposition.
    pub oppose: Vec<String>,
}

const MEASURES: Words<()> = &[("support", (), "The ratings are support for the interventions")];
const STEPS: Shape = Shape::List(&Shape::Named(Id::Code));

impl ItemType for Rate {
    const KEYS: &'static [Key] = &[
        ITEMS,
        Key::needed("scale", OPTIONS, "The scale: the name of a list under `lists`, or options"),
        Key::new(
            "min_items",
            Shape::Count(1, u32::MAX),
            "Rows that must be rated where the question is required; all of them if left out",
        )
        .code("E301"),
        Key::new(
            "rows_per_page",
            Shape::Count(1, 50),
            "Most rows on one screen; more rows are asked on several screens of almost equal size, one after the other",
        )
        .or("6"),
        Key::new(
            "measure",
            Shape::Words(|| words(MEASURES)),
            "What the ratings measure; one question of a survey can have it, and its rows must be interventions",
        ),
        Key::new("support", STEPS, "The ids of the steps of the scale that count as support")
            .need(Need::With("measure")),
        Key::new(
            "oppose",
            STEPS,
            "The ids of the steps that count as opposition; if left out, the mirror image of `support` on the scale",
        ),
    ];

    fn define(reader: &Reader<'_>, names: &Names) -> Option<Self> {
        let rows = read_rows(reader, names);
        let steps = read_options(reader, "scale", names);
        let min_items = reader.optional_count("min_items");
        let rows_per_page = reader.count("rows_per_page").max(1);
        let measured = reader.word("measure", MEASURES).is_some();
        let steps_named = |key| {
            reader
                .texts(key)
                .into_iter()
                .map(|(id, place)| {
                    if let Some(steps) = &steps
                        && !steps.iter().any(|step| step.id == id)
                    {
                        let help = closest(&id, steps.iter().map(|step| step.id.as_str()));
                        reader.findings.error(
                            "E109",
                            place,
                            format!(
                                "`{key}` of {} names the step `{id}`, which its scale does not have",
                                reader.what()
                            ),
                            help,
                        );
                    }
                    id
                })
                .collect::<Vec<_>>()
        };
        let support = steps_named("support");
        let oppose = steps_named("oppose");
        let (rows, steps) = (rows?, steps?);
        if let Some(min) = min_items.filter(|min| *min as usize > rows.len()) {
            let message = format!("`min_items` of {} is {min}, but there are {} rows", reader.what(), rows.len());
            let help = format!("write a number from 1 to {}, or leave it out", rows.len());
            reader.findings.error("E301", reader.place_of("min_items"), message, help);
        }
        if measured && support.is_empty() {
            let help = "name the steps that count as support: \"support\": [\"agree\", …]".to_string();
            reader.findings.error(
                "E307",
                reader.place_of("measure"),
                format!("{} measures support, but no step counts as support", reader.what()),
                help,
            );
        }
        let oppose = if oppose.is_empty() { mirrored(&steps, &support) } else { oppose };
        Some(Self { rows, steps, min_items, rows_per_page, measure: measured.then_some(Measure { support, oppose }) })
    }

    fn read(&self, head: &Head, fields: &Fields) -> Reading {
        let mut ratings = BTreeMap::new();
        let mut faults = Vec::new();
        for row in &self.rows {
            let Some(step) = fields.typed(&format!("{}.{}", head.id, row.id)) else { continue };
            if self.steps.iter().any(|known| known.id == step) {
                ratings.insert(row.id.clone(), step);
            } else {
                faults.push(head.part_fault(&row.id, &row.label, FaultKind::NotOffered));
            }
        }
        Reading {
            answer: Some(Answer::Ratings(ratings)).filter(|answer| *answer != Answer::Ratings(BTreeMap::new())),
            faults,
        }
    }

    fn write(&self, head: &Head, answer: &Answer, fields: &mut Fields) {
        if let Answer::Ratings(ratings) = answer {
            for row in &self.rows {
                if let Some(step) = ratings.get(&row.id) {
                    fields.push(format!("{}.{}", head.id, row.id), step);
                }
            }
        }
    }

    fn unanswered(&self, head: &Head, answer: Option<&Answer>) -> Vec<Fault> {
        let none = BTreeMap::new();
        let ratings = if let Some(Answer::Ratings(ratings)) = answer { ratings } else { &none };
        let missing = self.rows.iter().filter(|row| !ratings.contains_key(&row.id));
        match self.min_items {
            None => missing.map(|row| head.part_fault(&row.id, &row.label, FaultKind::NotSelected)).collect(),
            // Where all rows of a part are rated and too few of the others, it is told at the first.
            Some(min) if ratings.len() < min as usize => missing
                .chain(&self.rows)
                .take(1)
                .map(|row| head.part_fault(&row.id, &head.text, FaultKind::TooFewRated { min }))
                .collect(),
            Some(_) => Vec::new(),
        }
    }

    fn scale(&self) -> Scale<'_> {
        Scale::Ratings { rows: &self.rows, steps: &self.steps }
    }

    fn options_mut(&mut self) -> Option<&mut Vec<Choice>> {
        Some(&mut self.steps)
    }

    fn rows_mut(&mut self) -> Option<&mut Vec<ItemRow>> {
        Some(&mut self.rows)
    }
}

impl Rate {
    /// How many screens it is asked on.
    pub fn parts(&self) -> usize {
        self.rows.len().div_ceil(self.rows_per_page.max(1) as usize).max(1)
    }

    /// Rows that stand in this order, cut into as many parts of almost equal size as it is asked on: 14 by 6 are 5, 5, 4.
    pub fn cut<T: Clone>(&self, rows: &[T]) -> Vec<Vec<T>> {
        let parts = self.parts();
        let (each, more) = (rows.len() / parts, rows.len() % parts);
        let mut rest = rows.iter().cloned();
        (0..parts).map(|part| rest.by_ref().take(each + usize::from(part < more)).collect()).collect()
    }

    /// Leaves one part of its rows. How many must be rated in all is judged with the last part.
    pub fn keep_part(&mut self, rows: &[&str], is_last: bool) {
        self.rows.retain(|row| rows.contains(&row.id.as_str()));
        if !is_last {
            self.min_items = self.min_items.map(|_| 0);
        }
    }
}

/// The steps as far from the other end of the scale as the supporting ones are from theirs: 1 and 2 for 4 and 5 of five.
fn mirrored(steps: &[Choice], support: &[String]) -> Vec<String> {
    let mut values: Vec<i32> = steps.iter().filter(|step| !step.missing).filter_map(|step| step.value).collect();
    values.sort_unstable();
    let (Some(low), Some(high)) = (values.first(), values.last()) else { return Vec::new() };
    let ends = i64::from(*low) + i64::from(*high);
    let supporting =
        |value: i64| steps.iter().any(|step| step.value.map(i64::from) == Some(value) && support.contains(&step.id));
    steps
        .iter()
        .filter(|step| step.value.is_some_and(|value| supporting(ends - i64::from(value))))
        .map(|step| step.id.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_rows_than_a_screen_takes_make_parts_of_almost_equal_size() {
        let sizes = |rows: usize, rows_per_page: u32| -> Vec<usize> {
            let row = |number| ItemRow { id: format!("r{number}"), label: String::new() };
            let rows: Vec<ItemRow> = (0..rows).map(row).collect();
            let rate = Rate { rows: rows.clone(), steps: Vec::new(), min_items: None, rows_per_page, measure: None };
            let parts = rate.cut(&rows);
            assert_eq!(parts.concat(), rows, "each row once, in order");
            parts.iter().map(Vec::len).collect()
        };
        assert_eq!(sizes(6, 6), [6]);
        assert_eq!(sizes(7, 6), [4, 3]);
        assert_eq!(sizes(14, 6), [5, 5, 4]);
        assert_eq!(sizes(3, 1), [1, 1, 1]);
        for rows in 1..60 {
            for most in 1..=50 {
                let sizes = sizes(rows, most);
                assert!(sizes.iter().all(|size| (1..=most as usize).contains(size)), "{rows} by {most}: {sizes:?}");
                assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 1, "{rows} by {most}: {sizes:?}");
            }
        }
    }
}
