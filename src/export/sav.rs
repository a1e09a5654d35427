//! `responses.sav`: a system file of SPSS, compressed by its byte codes, in UTF-8. Its format is described in the developers'
//! guide of GNU PSPP, "System File Format".

mod dictionary;

use std::collections::{BTreeMap, HashMap, HashSet};

use super::cells::{Cell, Extent, Field, Type, days_since_1970, number, reason_of};
use crate::definition::codebook::{Code, MISSING};
pub use dictionary::dictionary;

/// Most bytes of a text in SPSS.
pub const MOST_BYTES: usize = 32_767;
/// Most bytes of a column's name.
const NAME: usize = 64;
/// Words that cannot be names.
const RESERVED: [&str; 13] = ["all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"];
/// Seconds from 1582-10-14, from which SPSS counts, to 1970-01-01.
const EPOCH: f64 = 12_219_379_200.0;
/// What stands for the reasons why there is no answer, where answers do not come near it.
pub const REASONS: [&str; 3] = ["-9991", "-9992", "-9993"];
/// The same as numbers; where an answer is as low, those of the next line are taken, and below all of them none.
const REASON_NUMBERS: [[f64; 3]; 3] = [
    [-9_991.0, -9_992.0, -9_993.0],
    [-9_999_999_991.0, -9_999_999_992.0, -9_999_999_993.0],
    [-999_999_999_999_991.0, -999_999_999_999_992.0, -999_999_999_999_993.0],
];
/// The first number of options that are no answer, such as “don't know”; the next ones go down from it.
const NO_ANSWER: f64 = -9_001.0;

/// What a variable holds.
#[derive(Clone, Debug, PartialEq)]
enum Holds {
    /// Numbers, with this many decimals.
    Number(usize),
    /// Days, in seconds.
    Day,
    /// Codes by the numbers that stand for them.
    Code(HashMap<String, f64>),
    /// Text of this many bytes at most.
    Text(usize),
}

/// A variable of the file.
#[derive(Clone, Debug)]
struct Column {
    name: String,
    label: String,
    scale: &'static str,
    holds: Holds,
    /// Numbers with what they mean, those for missing values among them.
    labels: Vec<(f64, String)>,
    /// The numbers for the three reasons, in the order of [`MISSING`]; none where nothing can be missing for a reason.
    reasons: Option<[f64; 3]>,
    /// The least and the largest number that is no answer.
    missing: Option<(f64, f64)>,
    /// The question that it is an option of, where several can be chosen together.
    chosen_in: Option<String>,
}

/// The file's variables, and how rows are written by them.
pub struct File {
    columns: Vec<Column>,
    /// Names that had to be changed, with the new ones.
    renamed: Vec<(String, String)>,
}

impl File {
    /// A file with these fields, whose cells take that much.
    pub fn new(fields: &[Field<'_>], extents: &[Extent]) -> Self {
        let (mut taken, mut renamed) = (HashSet::new(), Vec::new());
        let columns = fields.iter().zip(extents).map(|(field, extent)| {
            let name = named(field.name, &mut taken);
            if name != field.name {
                renamed.push((field.name.to_string(), name.clone()));
            }
            column(name, field, extent)
        });
        Self { columns: columns.collect(), renamed }
    }

    /// Names that had to be changed, with the new ones.
    pub fn renamed(&self) -> &[(String, String)] {
        &self.renamed
    }

    /// Writes a response: byte codes in blocks of eight, the last one filled up, so that rows can be made side by side.
    /// Texts are cut to [`MOST_BYTES`].
    pub fn row(&self, out: &mut Vec<u8>, cells: &[Cell]) {
        let mut block = Block::default();
        for (column, cell) in self.columns.iter().zip(cells) {
            match &column.holds {
                Holds::Text(width) => block.text(out, column, *width, cell),
                holds => block.number(out, column.number(holds, cell)),
            }
        }
        block.end(out);
    }
}

impl Column {
    /// The number that stands for a cell; none for what has no value and no reason.
    fn number(&self, holds: &Holds, cell: &Cell) -> Option<f64> {
        let written = match cell {
            Cell::Empty => return None,
            Cell::Missing(gap) => return self.reasons?.get(reason_of(*gap)).copied(),
            Cell::Value(written) | Cell::Text(written) => written,
        };
        match holds {
            Holds::Number(_) => number(written),
            Holds::Day => days_since_1970(written).map(|days| f64::from(days) * 86_400.0 + EPOCH),
            Holds::Code(numbers) => numbers.get(written).copied(),
            Holds::Text(_) => None,
        }
    }
}

fn column(name: String, field: &Field<'_>, extent: &Extent) -> Column {
    let mut column = Column {
        name,
        label: field.label.to_string(),
        scale: field.scale,
        holds: Holds::Number(extent.decimals.min(16)),
        labels: Vec::new(),
        reasons: None,
        missing: None,
        chosen_in: None,
    };
    let has_reasons = field.variable.is_some_and(|variable| !variable.reasons().is_empty());
    match field.kind {
        Type::Whole | Type::Number => {
            let labels = field.codes.iter().filter_map(|code| Some((number(&code.code)?, code.meaning.clone())));
            column.labels.extend(labels);
            let chosen = field.variable.filter(|_| field.scale == "multiple");
            column.chosen_in = chosen.map(|variable| match variable.field() {
                None => variable.item.clone(),
                // Of a repeat, the column without its option: each entry is asked anew.
                Some(_) => variable.name.rsplit_once('.').map_or("", |(before, _)| before).to_string(),
            });
        }
        Type::Day => column.holds = Holds::Day,
        Type::Code => {
            let numbers = numbered(field.codes);
            column.labels = numbers.iter().zip(field.codes).map(|(n, code)| (*n, code.meaning.clone())).collect();
            column.missing = lowest_and_highest(
                numbers.iter().zip(field.codes).filter(|(_, code)| code.missing).map(|(number, _)| *number),
            );
            let codes = field.codes.iter().map(|code| code.code.clone());
            column.holds = Holds::Code(codes.zip(numbers).collect());
        }
        Type::Text => {
            // A text that is missing for a reason has the reason's number, five bytes.
            let least = if has_reasons { 5 } else { 1 };
            column.holds = Holds::Text(extent.longest.clamp(least, MOST_BYTES));
        }
    }
    if has_reasons {
        // A text has no number to be confused with.
        let least = extent.least.filter(|_| field.kind == Type::Number);
        let clear = |reasons: &&[f64; 3]| least.is_none_or(|least| reasons.iter().all(|reason| *reason < least));
        if let Some(reasons) = REASON_NUMBERS.iter().find(clear).copied() {
            column.reasons = Some(reasons);
            column.labels.extend(reasons.into_iter().zip(MISSING.map(|(_, meaning)| meaning.to_string())));
            let known = column.missing.into_iter().flat_map(|(low, high)| [low, high]);
            column.missing = lowest_and_highest(known.chain(reasons));
        }
    }
    column
}

fn lowest_and_highest(numbers: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    numbers.fold(None, |range, number| match range {
        None => Some((number, number)),
        Some((low, high)) => Some((number.min(low), number.max(high))),
    })
}

/// The numbers of codes: their values where each answer has one of its own above −9,000, else their places from 1; what is
/// no answer has −9001, −9002 and so on.
fn numbered(codes: &[Code]) -> Vec<f64> {
    let answers = || codes.iter().filter(|code| !code.missing);
    let values: HashSet<i32> = answers().filter_map(|code| code.value).filter(|value| *value > -9_000).collect();
    let by_value = values.len() == answers().count();
    let (mut place, mut no_answer) = (0.0, NO_ANSWER);
    let number = |code: &Code| {
        if code.missing {
            no_answer -= 1.0;
            return no_answer + 1.0;
        }
        place += 1.0;
        code.value.filter(|_| by_value).map_or(place, f64::from)
    };
    codes.iter().map(number).collect()
}

/// A name that SPSS takes, and no other column has: letters, digits, points and `_`, at most 64 bytes.
fn named(name: &str, taken: &mut HashSet<String>) -> String {
    let fits = |name: &str| name.len() <= NAME && !RESERVED.contains(&name);
    let short = |most: usize| name.get(..name.len().min(most)).unwrap_or_default().trim_end_matches('.');
    let numbered = (1_u32..).map(|n| format!("{}_{n}", short(NAME - 11)));
    let found = std::iter::once(name.to_string()).chain(numbered).find(|name| fits(name) && !taken.contains(name));
    let found = found.unwrap_or_default();
    taken.insert(found.clone());
    found
}

/// Byte codes of SPSS.
const RAW: u8 = 253;
const BLANKS: u8 = 254;
const NOTHING: u8 = 255;
/// What is taken from a byte code that stands for a whole number.
const BIAS: f64 = 100.0;

/// Eight byte codes with what belongs to them.
#[derive(Default)]
struct Block {
    codes: Vec<u8>,
    raw: Vec<u8>,
}

impl Block {
    fn put(&mut self, out: &mut Vec<u8>, code: u8, raw: &[u8]) {
        self.codes.push(code);
        self.raw.extend_from_slice(raw);
        if self.codes.len() == 8 {
            self.end(out);
        }
    }

    /// Writes what there is, the codes filled up with 0, which is passed over.
    fn end(&mut self, out: &mut Vec<u8>) {
        if !self.codes.is_empty() {
            self.codes.resize(8, 0);
            out.append(&mut self.codes);
            out.append(&mut self.raw);
        }
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number from 1 to 251")]
    fn number(&mut self, out: &mut Vec<u8>, number: Option<f64>) {
        match number {
            None => self.put(out, NOTHING, &[]),
            Some(number) if number.fract() == 0.0 && (1.0..=251.0).contains(&(number + BIAS)) => {
                self.put(out, (number + BIAS) as u8, &[]);
            }
            Some(number) => self.put(out, RAW, &number.to_le_bytes()),
        }
    }

    /// A text in the segments of its variable.
    fn text(&mut self, out: &mut Vec<u8>, column: &Column, width: usize, cell: &Cell) {
        let reason;
        let written = match cell {
            Cell::Missing(gap) => {
                let number = column.reasons.and_then(|reasons| reasons.get(reason_of(*gap)).copied());
                reason = number.map(|number| number.to_string()).unwrap_or_default();
                reason.as_str()
            }
            cell => cell.written().unwrap_or_default(),
        };
        let mut left = shortened(written, width).as_bytes();
        for segment in segments(width) {
            let (now, later) = left.split_at(left.len().min(segment.min(255)));
            left = later;
            let mut bytes = now.chunks(8);
            for _ in 0..segment.div_ceil(8) {
                match bytes.next() {
                    None => self.put(out, BLANKS, &[]),
                    Some(bytes) => {
                        let mut eight = [b' '; 8];
                        eight.iter_mut().zip(bytes).for_each(|(to, byte)| *to = *byte);
                        self.put(out, RAW, &eight);
                    }
                }
            }
        }
    }
}

/// The widths of the variables that hold a text: of up to 255 bytes one, else as many as it has pieces of 252.
fn segments(width: usize) -> impl Iterator<Item = usize> {
    let count = if width <= 255 { 1 } else { width.div_ceil(252) };
    (0..count).map(move |n| if n + 1 < count { 255 } else { width - n * 252 })
}

/// As many whole characters as there is room for.
fn shortened(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or_default()).unwrap_or_default()
}

/// Columns that are chosen together: the question with its columns, in their order.
fn sets(columns: &[Column]) -> BTreeMap<&str, Vec<usize>> {
    let mut sets: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, column) in columns.iter().enumerate() {
        if let Some(item) = &column.chosen_in {
            sets.entry(item).or_default().push(at);
        }
    }
    sets.retain(|_, columns| columns.len() > 1);
    sets
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(code: &str, value: Option<i32>, missing: bool) -> Code {
        Code { code: code.to_string(), meaning: code.to_string(), value, missing }
    }

    #[test]
    fn codes_have_their_values_or_their_places() {
        let scale = [code("no", Some(1), false), code("yes", Some(3), false), code("dk", None, true)];
        assert_eq!(numbered(&scale), [1.0, 3.0, -9001.0]);
        let twice = [code("a", Some(1), false), code("b", Some(1), false)];
        assert_eq!(numbered(&twice), [1.0, 2.0]);
        let some =
            [code("na", Some(7), true), code("a", Some(1), false), code("b", None, false), code("dk", None, true)];
        assert_eq!(numbered(&some), [-9001.0, 1.0, 2.0, -9002.0]);
    }

    #[test]
    fn every_name_is_its_own_and_one_that_spss_takes() {
        let mut taken = HashSet::new();
        let long = "q.".to_string() + &"x".repeat(80);
        assert_eq!(named("colour", &mut taken), "colour");
        assert_eq!(named("by", &mut taken), "by_1");
        let (one, two) = (named(&long, &mut taken), named(&(long.clone() + "y"), &mut taken));
        assert!(one != two && one.len() <= NAME && two.len() <= NAME, "{one} {two}");
    }

    #[test]
    fn long_texts_have_as_many_segments_as_readers_expect() {
        let widths = |width| segments(width).collect::<Vec<_>>();
        assert_eq!(widths(1), [1]);
        assert_eq!(widths(255), [255]);
        assert_eq!(widths(256), [255, 4]);
        assert_eq!(widths(504), [255, 252]);
        assert_eq!(widths(505), [255, 255, 1]);
        for width in (256..5_000).chain([MOST_BYTES]) {
            let room: usize = segments(width).map(|segment| segment.min(255)).sum();
            assert!(room >= width, "{width}");
        }
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!((shortened("aé", 2), shortened("aé", 3), shortened("", 4)), ("a", "aé", ""));
    }
}
