//! What stands before the rows: the header, the variables with their labels, and the records of extensions.

use std::collections::BTreeMap;

use super::{Column, File, Holds, MOST_BYTES, NAME, segments, sets, shortened};

/// Most bytes of a variable's label and of a value's.
const LABEL: usize = 255;
const VALUE_LABEL: usize = 120;
/// Bytes of a line of the notes.
const LINE: usize = 80;
/// The formats of values: text, plain number, day as year, month and day.
const TEXT: i32 = 1;
const PLAIN: i32 = 5;
const DAY: i32 = 39;

/// Everything before the rows, of which there are `cases`; `title` and `notes` tell what the file is.
pub fn dictionary(file: &File, cases: u64, title: &str, notes: &[String]) -> Vec<u8> {
    let mut out = Out::default();
    let columns = &file.columns;
    let starts = starts(columns);
    let elements: usize = columns.iter().map(elements).sum();
    header(&mut out, cases, elements, title);
    for (column, start) in columns.iter().zip(&starts) {
        variable(&mut out, column, start.segment);
    }
    value_labels(&mut out, columns, &starts);
    document(&mut out, notes);
    extensions(&mut out, columns, &starts, cases);
    out.int(999);
    out.int(0);
    out.0
}

/// Bytes in the making, in little-endian order.
#[derive(Default)]
struct Out(Vec<u8>);

impl Out {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn int(&mut self, number: i32) {
        self.bytes(&number.to_le_bytes());
    }

    fn size(&mut self, size: usize) {
        self.int(i32::try_from(size).unwrap_or(i32::MAX));
    }

    fn float(&mut self, number: f64) {
        self.bytes(&number.to_le_bytes());
    }

    /// A text cut or filled up with blanks to a size.
    fn padded(&mut self, text: &str, size: usize) {
        let text = shortened(text, size);
        self.bytes(text.as_bytes());
        self.0.resize(self.0.len() + size - text.len(), b' ');
    }

    /// An extension record: its number, the size of its parts, and what is in it.
    fn extension(&mut self, number: i32, size: usize, content: &[u8]) {
        self.int(7);
        self.int(number);
        self.size(size);
        self.size(content.len() / size);
        self.bytes(content);
    }
}

/// Where a variable begins: its place among the elements of eight bytes, from 1, and its first segment.
#[derive(Clone, Copy)]
struct Start {
    element: usize,
    segment: usize,
}

fn starts(columns: &[Column]) -> Vec<Start> {
    let (mut element, mut segment) = (1, 1);
    let start = |column: &Column| {
        let start = Start { element, segment };
        element += elements(column);
        segment += widths(column).len();
        start
    };
    columns.iter().map(start).collect()
}

/// The widths of a column's segments; 0 for a number.
fn widths(column: &Column) -> Vec<usize> {
    match &column.holds {
        Holds::Text(width) => segments(*width).collect(),
        _ => vec![0],
    }
}

fn elements(column: &Column) -> usize {
    widths(column).iter().map(|width| width.div_ceil(8).max(1)).sum()
}

/// The name that old programs know a segment by, of at most eight letters.
fn short_name(segment: usize) -> String {
    format!("V{segment}")
}

fn header(out: &mut Out, cases: u64, elements: usize, title: &str) {
    out.bytes(b"$FL2");
    out.padded(&format!("@(#) SPSS DATA FILE canvass {}", env!("CARGO_PKG_VERSION")), 60);
    out.int(2);
    out.size(elements);
    // Byte codes; no weights.
    out.int(1);
    out.int(0);
    out.int(i32::try_from(cases).unwrap_or(-1));
    out.float(super::BIAS);
    // The file has no time of its own, so that equal answers give equal bytes.
    out.bytes(b"01 Jan 7000:00:00");
    out.padded(title, 64);
    out.bytes(&[0; 3]);
}

fn format(holds: &Holds, width: usize) -> i32 {
    let (kind, width, decimals) = match holds {
        Holds::Text(_) => (TEXT, width.clamp(1, 255), 0),
        Holds::Day => (DAY, 10, 0),
        Holds::Number(decimals) => (PLAIN, (12 + decimals).min(40), *decimals),
        Holds::Code(_) => (PLAIN, 8, 0),
    };
    let byte = |number: usize| i32::try_from(number).unwrap_or(0);
    (kind << 16) | (byte(width) << 8) | byte(decimals)
}

/// The record of a variable, and of each further eight bytes of its text.
fn variable(out: &mut Out, column: &Column, first_segment: usize) {
    for (n, width) in widths(column).into_iter().enumerate() {
        let format = format(&column.holds, width);
        // Missing texts of more than eight bytes have a record of their own.
        let missing = match &column.holds {
            Holds::Text(_) if width > 8 => Vec::new(),
            Holds::Text(_) => column.reasons.into_iter().flatten().map(text_code).collect(),
            _ => column.missing.into_iter().flat_map(|(low, high)| [low, high]).map(f64::to_le_bytes).collect(),
        };
        out.int(2);
        out.size(width);
        out.int(i32::from(n == 0));
        out.int(match (&column.holds, missing.len()) {
            (Holds::Text(_), missing) => i32::try_from(missing).unwrap_or(0),
            (_, 0) => 0,
            // A range.
            _ => -2,
        });
        out.int(format);
        out.int(format);
        out.padded(&short_name(first_segment + n), 8);
        if n == 0 {
            let label = ellipsed(&column.label, LABEL);
            out.size(label.len());
            out.padded(&label, label.len().next_multiple_of(4));
        }
        out.bytes(missing.as_flattened());
        for _ in 1..width.div_ceil(8) {
            out.int(2);
            out.int(-1);
            out.bytes(&[0; 16]);
            out.padded("", 8);
        }
    }
}

/// What stands in a text that is missing for a reason.
fn text_code(reason: f64) -> [u8; 8] {
    let mut code = [b' '; 8];
    code.iter_mut().zip(reason.to_string().bytes()).for_each(|(to, byte)| *to = byte);
    code
}

/// A text cut to a size, with a sign that it was.
fn ellipsed(text: &str, most: usize) -> String {
    if text.len() <= most { text.to_string() } else { format!("{}…", shortened(text, most - 3)) }
}

/// The meanings of numbers, once for all variables that have the same ones.
fn value_labels(out: &mut Out, columns: &[Column], starts: &[Start]) {
    let mut sets: BTreeMap<Vec<(u64, String)>, Vec<usize>> = BTreeMap::new();
    for (column, start) in columns.iter().zip(starts) {
        if !matches!(column.holds, Holds::Text(_)) && !column.labels.is_empty() {
            let labels = column.labels.iter();
            let labels = labels.map(|(number, label)| (number.to_bits(), ellipsed(label, VALUE_LABEL))).collect();
            sets.entry(labels).or_default().push(start.element);
        }
    }
    for (labels, elements) in sets {
        out.int(3);
        out.size(labels.len());
        for (bits, label) in labels {
            out.bytes(&bits.to_le_bytes());
            out.bytes(&[u8::try_from(label.len()).unwrap_or(0)]);
            out.padded(&label, (1 + label.len()).next_multiple_of(8) - 1);
        }
        out.int(4);
        out.size(elements.len());
        for element in elements {
            out.size(element);
        }
    }
}

/// Notes for whoever opens the file, in lines of 80 bytes.
fn document(out: &mut Out, notes: &[String]) {
    let mut lines: Vec<String> = Vec::new();
    for note in notes {
        let mut line = String::new();
        for mut word in note.split_whitespace() {
            if !line.is_empty() && line.len() + 1 + word.len() > LINE {
                lines.push(std::mem::take(&mut line));
            }
            while word.len() > LINE {
                let (first, rest) = word.split_at(shortened(word, LINE).len());
                lines.push(first.to_string());
                word = rest;
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    if !lines.is_empty() {
        out.int(6);
        out.size(lines.len());
        for line in &lines {
            out.padded(line, LINE);
        }
    }
}

fn extensions(out: &mut Out, columns: &[Column], starts: &[Start], cases: u64) {
    let ints = |numbers: &[i32]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>();
    // Version 20.0.0, any machine; IEEE numbers, byte codes, little-endian, UTF-8.
    out.extension(3, 4, &ints(&[20, 0, 0, -1, 1, 1, 2, 65_001]));
    // No value, the largest and the least number.
    let lowest = f64::from_bits(f64::MIN.to_bits() - 1);
    let floats: Vec<u8> = [f64::MIN, f64::MAX, lowest].iter().flat_map(|number| number.to_le_bytes()).collect();
    out.extension(4, 8, &floats);
    let sets = answer_sets(columns, starts);
    if !sets.is_empty() {
        out.extension(7, 1, &sets);
    }
    let shown = columns.iter().flat_map(|column| {
        let measure = match (&column.holds, column.scale) {
            (Holds::Text(_), _) | (_, "nominal" | "multiple" | "flag") => 1,
            (_, "ordinal" | "ranking") => 2,
            _ => 3,
        };
        // Text to the left, numbers to the right.
        widths(column)
            .into_iter()
            .flat_map(move |width| [measure, i32::try_from(width.clamp(10, 40)).unwrap_or(10), i32::from(width == 0)])
    });
    out.extension(11, 4, &ints(&shown.collect::<Vec<i32>>()));
    let short = |start: &Start| short_name(start.segment);
    let named = columns.iter().zip(starts).map(|(column, start)| format!("{}={}", short(start), column.name));
    out.extension(13, 1, named.collect::<Vec<_>>().join("\t").as_bytes());
    let very_long = columns.iter().zip(starts).filter_map(|(column, start)| match column.holds {
        Holds::Text(width @ 256..=MOST_BYTES) => Some(format!("{}={width:05}\0\t", short(start))),
        _ => None,
    });
    let very_long: String = very_long.collect();
    if !very_long.is_empty() {
        out.extension(14, 1, very_long.as_bytes());
    }
    let counted: Vec<u8> = [1, cases].iter().flat_map(|number: &u64| number.to_le_bytes()).collect();
    out.extension(16, 8, &counted);
    out.extension(20, 1, b"UTF-8");
    let mut missing = Out::default();
    for column in columns {
        if let (Holds::Text(9..), Some(reasons)) = (&column.holds, column.reasons) {
            missing.size(column.name.len());
            missing.bytes(column.name.as_bytes());
            missing.bytes(&[3]);
            missing.int(8);
            missing.bytes(reasons.map(text_code).as_flattened());
        }
    }
    if !missing.0.is_empty() {
        out.extension(22, 1, &missing.0);
    }
}

/// Which columns are options that can be chosen together; 1 says chosen.
fn answer_sets(columns: &[Column], starts: &[Start]) -> Vec<u8> {
    let mut all = Vec::new();
    for (item, members) in sets(columns) {
        let of = members.iter().filter_map(|at| Some((columns.get(*at)?, starts.get(*at)?)));
        // The question is what their labels begin with in common: each is “question: option”.
        let labels: Vec<&str> = of.clone().map(|(column, _)| column.label.as_str()).collect();
        let label = labels.first().map_or("", |first| {
            let same = |end: &usize| first.get(..*end).is_some_and(|part| labels.iter().all(|l| l.starts_with(part)));
            let ends = first.match_indices(": ").map(|(at, _)| at).filter(same);
            ends.last().and_then(|end| first.get(..end)).unwrap_or_default()
        });
        let label = ellipsed(label, VALUE_LABEL);
        let names: Vec<String> = of.map(|(_, start)| short_name(start.segment).to_lowercase()).collect();
        let item = shortened(item, NAME - 1);
        all.push(format!("${item}=D1 1 {} {label} {}\n", label.len(), names.join(" ")));
    }
    all.concat().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_lines_of_eighty_bytes() {
        let mut out = Out::default();
        document(&mut out, &[format!("a {}", "ŵ".repeat(60)), String::new(), "word ".repeat(20)]);
        let (head, lines) = out.0.split_at(8);
        assert_eq!((head[0], head[4]), (6, 6));
        let line = |bytes| std::str::from_utf8(bytes).unwrap().trim_end().to_string();
        let words = |n| vec!["word"; n].join(" ");
        let expected = ["a".to_string(), "ŵ".repeat(40), "ŵ".repeat(20), String::new(), words(16), words(4)];
        assert_eq!(lines.chunks(LINE).map(line).collect::<Vec<_>>(), expected);
    }
}
