//! `responses.parquet`: the columns of `responses.csv` with their types, plainly encoded and not compressed (Apache Parquet
//! format 2, data pages of version 1, metadata in Thrift's compact protocol).

use std::io::{self, Write};

use serde_json::json;

use super::cells::{Cell, Field, Type, days_since_1970, number};
use super::jsonl::{self, REASONS};

/// Most rows and about the most bytes of a group, all that is in memory.
const GROUP_ROWS: usize = 16_384;
const GROUP_BYTES: usize = 16 << 20;
const MAGIC: &[u8] = b"PAR1";

/// Physical types.
const INT32: i32 = 1;
const DOUBLE: i32 = 5;
const BYTES: i32 = 6;
/// What bytes and numbers stand for.
const UTF8: i32 = 0;
const DATE: i32 = 6;
/// Encodings.
const PLAIN: i32 = 0;
const RLE: i32 = 3;

/// A file in the making.
pub struct File<'f, W: Write> {
    out: W,
    at: u64,
    fields: &'f [Field<'f>],
    /// The columns of the group in the making: those of the fields, and the reasons for what is missing.
    columns: Vec<Column>,
    rows_in_group: usize,
    rows: u64,
    /// The metadata of the groups that are written.
    groups: Vec<Vec<u8>>,
}

/// The values of a column in one group.
#[derive(Default)]
struct Column {
    values: Vec<u8>,
    /// Runs of rows with a value and without.
    runs: Vec<(bool, u32)>,
}

impl<'f, W: Write> File<'f, W> {
    /// Begins a file with these fields, whose cells are what their types say.
    pub fn new(mut out: W, fields: &'f [Field<'f>]) -> io::Result<Self> {
        out.write_all(MAGIC)?;
        let columns = std::iter::repeat_with(Column::default).take(fields.len() + 1).collect();
        Ok(Self { out, at: MAGIC.len() as u64, fields, columns, rows_in_group: 0, rows: 0, groups: Vec::new() })
    }

    /// Takes rows up, and writes the group that they fill.
    pub fn rows(&mut self, rows: Vec<Vec<Cell>>) -> io::Result<()> {
        for cells in rows {
            let mut reasons = Vec::new();
            jsonl::reasons(&mut reasons, self.fields, &cells)?;
            for ((column, field), cell) in self.columns.iter_mut().zip(self.fields).zip(&cells) {
                column.put(field.kind, cell.written());
            }
            if let Some(column) = self.columns.last_mut() {
                column.bytes(&reasons);
                column.mark(true);
            }
            self.rows_in_group += 1;
        }
        let bytes: usize = self.columns.iter().map(|column| column.values.len()).sum();
        if self.rows_in_group >= GROUP_ROWS || bytes >= GROUP_BYTES { self.end_group() } else { Ok(()) }
    }

    fn end_group(&mut self) -> io::Result<()> {
        let rows = std::mem::take(&mut self.rows_in_group);
        if rows == 0 {
            return Ok(());
        }
        self.rows += rows as u64;
        let mut group = Thrift::default();
        let begun = self.at;
        group.list(1, Kind::Struct, self.columns.len());
        let named = self.fields.iter().map(|field| (field.name, physical(field.kind).0)).chain([(REASONS, BYTES)]);
        for (column, (name, kind)) in self.columns.iter_mut().zip(named) {
            let Column { values, runs } = std::mem::take(column);
            let mut levels = Vec::new();
            for (has_value, rows) in runs {
                varint(&mut levels, u64::from(rows) << 1);
                levels.push(u8::from(has_value));
            }
            let size = 4 + levels.len() + values.len();
            let mut page = Thrift::default();
            page.int(1, 0);
            page.size(2, size);
            page.size(3, size);
            page.begin(5);
            page.size(1, rows);
            page.int(2, PLAIN);
            page.int(3, RLE);
            page.int(4, RLE);
            page.end();
            page.end();
            let start = self.at;
            let length = u32::try_from(levels.len()).map_err(io::Error::other)?.to_le_bytes();
            for bytes in [page.out.as_slice(), &length, &levels, &values] {
                self.out.write_all(bytes)?;
                self.at += bytes.len() as u64;
            }
            let written = self.at - start;
            group.begin_in_list();
            group.long(2, start);
            group.begin(3);
            group.int(1, kind);
            group.list(2, Kind::Int, 2);
            group.zigzag(PLAIN.into());
            group.zigzag(RLE.into());
            group.list(3, Kind::Bytes, 1);
            group.text_in_list(name);
            group.int(4, 0);
            group.long(5, rows as u64);
            group.long(6, written);
            group.long(7, written);
            group.long(9, start);
            group.end();
            group.end();
        }
        group.long(2, self.at - begun);
        group.long(3, rows as u64);
        group.end();
        self.groups.push(group.out);
        Ok(())
    }

    /// Ends the file with what its columns mean.
    pub fn finish(mut self, notes: &[String]) -> io::Result<()> {
        self.end_group()?;
        let mut footer = Thrift::default();
        footer.int(1, 1);
        footer.list(2, Kind::Struct, self.fields.len() + 2);
        footer.begin_in_list();
        footer.text(4, "responses");
        footer.size(5, self.fields.len() + 1);
        footer.end();
        let named = self.fields.iter().map(|field| (field.name, physical(field.kind)));
        for (name, (physical, converted)) in named.chain([(REASONS, (BYTES, Some(UTF8)))]) {
            footer.begin_in_list();
            footer.int(1, physical);
            // Optional.
            footer.int(3, 1);
            footer.text(4, name);
            if let Some(converted) = converted {
                footer.int(6, converted);
            }
            footer.end();
        }
        footer.long(3, self.rows);
        footer.list(4, Kind::Struct, self.groups.len());
        self.groups.iter().for_each(|group| footer.out.extend_from_slice(group));
        let codebook = self.fields.iter().map(|field| {
            let codes = field.codes.iter().map(|code| {
                json!({"code": code.code, "meaning": code.meaning, "value": code.value, "missing": code.missing})
            });
            json!({"name": field.name, "label": field.label, "scale": field.scale, "codes": codes.collect::<Vec<_>>()})
        });
        let codebook = json!(codebook.collect::<Vec<_>>()).to_string();
        footer.list(5, Kind::Struct, 2);
        for (key, value) in [("canvass.codebook", codebook), ("canvass.notes", notes.join("\n"))] {
            footer.begin_in_list();
            footer.text(1, key);
            footer.text(2, &value);
            footer.end();
        }
        footer.text(6, &format!("canvass version {}", env!("CARGO_PKG_VERSION")));
        footer.end();
        let length = u32::try_from(footer.out.len()).map_err(io::Error::other)?.to_le_bytes();
        [footer.out.as_slice(), &length, MAGIC].into_iter().try_for_each(|bytes| self.out.write_all(bytes))?;
        self.out.flush()
    }
}

/// How a type is stored, and what it stands for.
fn physical(kind: Type) -> (i32, Option<i32>) {
    match kind {
        Type::Whole => (INT32, None),
        Type::Number => (DOUBLE, None),
        Type::Day => (INT32, Some(DATE)),
        Type::Code | Type::Text => (BYTES, Some(UTF8)),
    }
}

impl Column {
    fn put(&mut self, kind: Type, written: Option<&str>) {
        let is_there = written.is_some_and(|written| match kind {
            Type::Whole => self.plain(written.parse::<i32>().ok().map(i32::to_le_bytes)),
            Type::Day => self.plain(days_since_1970(written).map(i32::to_le_bytes)),
            Type::Number => self.plain(number(written).map(f64::to_le_bytes)),
            Type::Code | Type::Text => {
                self.bytes(written.as_bytes());
                true
            }
        });
        self.mark(is_there);
    }

    fn plain<const N: usize>(&mut self, bytes: Option<[u8; N]>) -> bool {
        self.values.extend(bytes.into_iter().flatten());
        bytes.is_some()
    }

    fn bytes(&mut self, bytes: &[u8]) {
        // A text has at most a few hundred thousand bytes.
        self.values.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or_default().to_le_bytes());
        self.values.extend_from_slice(bytes);
    }

    fn mark(&mut self, has_value: bool) {
        match self.runs.last_mut() {
            Some((same, rows)) if *same == has_value => *rows += 1,
            _ => self.runs.push((has_value, 1)),
        }
    }
}

/// The kinds of the compact protocol.
#[derive(Clone, Copy)]
enum Kind {
    Int = 5,
    Long = 6,
    Bytes = 8,
    List = 9,
    Struct = 12,
}

/// A struct in Thrift's compact protocol, and those within it.
#[derive(Default)]
struct Thrift {
    out: Vec<u8>,
    /// The number of the last field of the struct, and of those around it.
    last: u8,
    around: Vec<u8>,
}

impl Thrift {
    fn field(&mut self, id: u8, kind: Kind) {
        self.out.push(((id - self.last) << 4) | kind as u8);
        self.last = id;
    }

    fn zigzag(&mut self, number: i64) {
        varint(&mut self.out, ((number << 1) ^ (number >> 63)).cast_unsigned());
    }

    fn int(&mut self, id: u8, number: i32) {
        self.field(id, Kind::Int);
        self.zigzag(number.into());
    }

    fn size(&mut self, id: u8, size: usize) {
        self.int(id, i32::try_from(size).unwrap_or(i32::MAX));
    }

    fn long(&mut self, id: u8, number: u64) {
        self.field(id, Kind::Long);
        self.zigzag(i64::try_from(number).unwrap_or(i64::MAX));
    }

    fn text(&mut self, id: u8, text: &str) {
        self.field(id, Kind::Bytes);
        self.text_in_list(text);
    }

    fn text_in_list(&mut self, text: &str) {
        varint(&mut self.out, text.len() as u64);
        self.out.extend_from_slice(text.as_bytes());
    }

    fn list(&mut self, id: u8, of: Kind, count: usize) {
        self.field(id, Kind::List);
        if let Ok(count @ 0..15) = u8::try_from(count) {
            self.out.push((count << 4) | of as u8);
        } else {
            self.out.push(0xf0 | of as u8);
            varint(&mut self.out, count as u64);
        }
    }

    fn begin(&mut self, id: u8) {
        self.field(id, Kind::Struct);
        self.begin_in_list();
    }

    fn begin_in_list(&mut self) {
        self.around.push(std::mem::take(&mut self.last));
    }

    fn end(&mut self) {
        self.out.push(0);
        self.last = self.around.pop().unwrap_or_default();
    }
}

fn varint(out: &mut Vec<u8>, mut number: u64) {
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            return out.push(low);
        }
        out.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_compact_protocol_has_them() {
        let written = |number| {
            let mut thrift = Thrift::default();
            thrift.zigzag(number);
            thrift.out
        };
        // From the specification of the protocol: 50399 zigzagged is 100798.
        assert_eq!(written(50_399), [0xbe, 0x93, 0x06]);
        assert_eq!((written(0), written(-1), written(1)), (vec![0], vec![1], vec![2]));
    }

    #[test]
    fn rows_without_a_value_take_a_run_and_no_value() {
        let mut column = Column::default();
        for written in [Some("1"), Some("2"), None, Some("x")] {
            column.put(Type::Whole, written);
        }
        assert_eq!(column.runs, [(true, 2), (false, 2)]);
        assert_eq!(column.values, [1, 0, 0, 0, 2, 0, 0, 0]);
    }
}
