//! An analyst takes the responses away, for the program that reads them: streamed, in constant memory.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};

use rayon::prelude::*;

use super::export::{Answered, answered, columns};
use super::library::{Answering, Library};
use super::time::{Lasting, timed};
use super::{Progress, ServiceError};
use crate::definition::Survey;
use crate::export::cells::{Extent, Field, Row, RowHead, cells, fields, settled};
use crate::export::codebook;
use crate::export::columns::Columns;
use crate::export::notes::{About, cut_for_spreadsheet, notes};
use crate::export::xlsx::{self, Say, Workbook};
use crate::export::{csv as table, fhir, jsonl, parquet, r, sav};
use crate::response::Record;
use crate::store::survey::{self, Mode};
use crate::store::{Conn, response};

/// Rows that one thread makes at once.
const ROWS: usize = 64;

/// The signs for why there is no answer in tables, and as words.
const TABLES: [&str; 3] = ["NA:skipped", "NA:not_shown", "NA:not_reached"];
const WORDS: [&str; 3] = ["skipped", "not_shown", "not_reached"];

/// A format that responses are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// `responses.csv`.
    Csv,
    /// `responses.jsonl`: an object a line.
    JsonLines,
    /// `responses.xlsx`: codes, labels, codebook and notes.
    Xlsx,
    /// `responses.sav`, for SPSS and PSPP.
    Sav,
    /// `responses.R`: a script that reads `responses.csv`.
    R,
    /// `responses.parquet`.
    Parquet,
    /// `responses.ndjson`: FHIR R4 `QuestionnaireResponse`s, one a line.
    Fhir,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 7] = [Self::Csv, Self::JsonLines, Self::Xlsx, Self::Sav, Self::R, Self::Parquet, Self::Fhir];

    /// The file's name.
    pub fn file(self) -> &'static str {
        match self {
            Self::Csv => "responses.csv",
            Self::JsonLines => "responses.jsonl",
            Self::Xlsx => "responses.xlsx",
            Self::Sav => "responses.sav",
            Self::R => "responses.R",
            Self::Parquet => "responses.parquet",
            Self::Fhir => "responses.ndjson",
        }
    }

    /// What the file is sent as.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::JsonLines => "application/jsonl",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Sav => "application/x-spss-sav",
            Self::R => "text/plain; charset=utf-8",
            Self::Parquet => "application/vnd.apache.parquet",
            Self::Fhir => "application/fhir+ndjson",
        }
    }

    /// The format of a file, by its name.
    pub fn of_file(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.file() == name)
    }
}

/// Whether the responses there are have room in a format.
///
/// # Errors
///
/// `Refused` with what to take instead, for a workbook; `UnknownSurvey`.
pub fn has_room(library: &Library, id: &str, format: Format) -> Result<(), ServiceError> {
    library.store.read(|conn| {
        let reading = Reading::new(library, conn, id)?;
        if format == Format::Xlsx { reading.fit_a_sheet() } else { Ok(()) }
    })
}

/// Writes the responses in a format; gives their number. `name` stands for the file in errors.
///
/// They are read as they stand at one moment, a few hundred at a time, and their rows made on all processors. A workbook
/// takes two readings, and so do formats that say before the first row how long texts can be.
pub fn write<W: Write>(
    library: &Library,
    id: &str,
    format: Format,
    mut out: W,
    name: &str,
    progress: &Progress<'_>,
) -> Result<u64, ServiceError> {
    let unwritten = |source| ServiceError::File { path: name.to_string(), action: "written", source };
    library.store.read(|conn| {
        let reading = Reading::new(library, conn, id)?;
        let readings = match format {
            Format::Xlsx | Format::Sav | Format::Parquet => 2,
            _ => 1,
        };
        let mut pass = Pass { conn, reading: &reading, name, progress, readings, finished: 0 };
        let out = &mut out;
        match format {
            Format::Csv => write_csv(&mut pass, out)?,
            Format::JsonLines => write_json_lines(&mut pass, out)?,
            Format::Xlsx => write_workbook(&mut pass, out)?,
            Format::Sav => write_sav(&mut pass, out)?,
            Format::R => {
                let columns = reading.columns();
                r::write(&fields(&columns), &reading.lines(TABLES), &mut *out).map_err(unwritten)?;
            }
            Format::Parquet => write_parquet(&mut pass, out)?,
            Format::Fhir => write_fhir(&mut pass, out)?,
        }
        out.flush().map_err(unwritten)?;
        Ok(reading.rows)
    })
}

/// Some responses, and where to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Each as its line of `responses.jsonl`.
    pub lines: Vec<u8>,
    /// The id of the last one, if there are more after it.
    pub next: Option<String>,
}

/// At most `most` responses, in the order of their ids, which are random, from the first whose id stands behind `after`.
///
/// Who goes on from each page to its `next` gets every response once that is there from the first page to the last,
/// whatever comes or goes meanwhile; of one that comes or goes, all or nothing. Each page is of one moment.
///
/// The columns are those of every version that responses answered. Looking for these reads all responses, so it is done
/// anew once twenty times as long has passed as it took, or where a page has a version that was not found.
pub fn page(library: &Library, id: &str, after: &str, most: u16) -> Result<Page, ServiceError> {
    library.store.read(|conn| {
        let current = library.current_in(conn, id, None)?.version;
        let mut rows = response::page(conn, id, after, i64::from(most) + 1)?;
        let is_last = rows.len() <= usize::from(most);
        rows.truncate(most.into());
        let next = rows.last().filter(|_| !is_last).map(|row| row.id.clone());
        let has_all = |known: &Answering| {
            known.0 == current && rows.iter().all(|row| row.version == current || known.1.1.contains_key(&row.version))
        };
        let known = library.answered.lock().unwrap_or_else(PoisonError::into_inner).get(id).and_then(Lasting::get);
        let known = if let Some(known) = known.filter(has_all) {
            known
        } else {
            let (found, took) = timed(|| answered(library, conn, id));
            let found = Arc::new((current, found?));
            let lasting = Lasting::new(Arc::clone(&found), took * 20);
            library.answered.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_string(), lasting);
            found
        };
        let (survey, others) = &known.1;
        let columns = columns(survey, others);
        let fields = fields(&columns);
        let mut lines = Vec::new();
        for stored in &rows {
            let row = row(stored, others.get(&stored.version).unwrap_or(survey));
            jsonl::line(&mut lines, &fields, &cells(&columns, &row)).map_err(|source| ServiceError::File {
                path: "the page".to_string(),
                action: "written",
                source,
            })?;
        }
        Ok(Page { lines, next })
    })
}

/// What is known before the first row.
struct Reading<'a> {
    id: &'a str,
    answered: Answered,
    version: i32,
    rows: u64,
    versions: Vec<i32>,
    modes: Vec<(Mode, i64)>,
    withdrawn: u64,
}

impl<'a> Reading<'a> {
    fn new(library: &Library, conn: &mut Conn, id: &'a str) -> Result<Self, ServiceError> {
        let version = library.current_in(conn, id, None)?.version;
        let answered = answered(library, conn, id)?;
        let modes = response::counts(conn, id)?;
        let rows = modes.iter().map(|(_, n)| u64::try_from(*n).unwrap_or(0)).sum();
        let withdrawn = u64::try_from(response::withdrawn(conn, id)?).unwrap_or(0);
        Ok(Self { id, answered, version, rows, versions: response::versions(conn, id)?, modes, withdrawn })
    }

    fn columns(&self) -> Columns<'_> {
        columns(&self.answered.0, &self.answered.1)
    }

    fn about(&self, reasons: [&'static str; 3]) -> Vec<(&'static str, String)> {
        let survey = &self.answered.0;
        let answered = self.versions.iter().copied().map(number).collect();
        let modes = self.modes.iter().map(|(mode, n)| (mode.as_str(), u64::try_from(*n).unwrap_or(0))).collect();
        let (version, responses, withdrawn) = (number(self.version), self.rows, self.withdrawn);
        notes(&About { survey, version, answered, responses, modes, withdrawn }, reasons)
    }

    /// The notes as lines.
    fn lines(&self, reasons: [&'static str; 3]) -> Vec<String> {
        self.about(reasons).into_iter().map(|(what, said)| format!("{what}: {said}")).collect()
    }

    fn fit_a_sheet(&self) -> Result<(), ServiceError> {
        let columns = self.columns();
        let columns = fields(&columns).len();
        let (most_rows, most_columns) = (xlsx::MOST_ROWS, xlsx::MOST_COLUMNS);
        if self.rows <= most_rows && columns <= most_columns {
            return Ok(());
        }
        let text = format!(
            "a sheet of a workbook has room for {most_rows} responses with {most_columns} columns, and these are {} with \
             {columns}: take responses.csv, responses.parquet or responses.sav",
            self.rows
        );
        Err(ServiceError::Refused(text))
    }
}

fn number(version: i32) -> u32 {
    u32::try_from(version).unwrap_or_default()
}

/// Goes through all responses.
struct Pass<'p> {
    conn: &'p mut Conn,
    reading: &'p Reading<'p>,
    name: &'p str,
    progress: &'p Progress<'p>,
    /// How often it goes through them, and how often it did.
    readings: u8,
    finished: u8,
}

impl Pass<'_> {
    /// Makes something of a few rows at a time, each with its number from 0, and hands it on in their order.
    fn each<T: Send>(
        &mut self,
        make: impl Fn(u64, &[Row<'_>]) -> io::Result<T> + Sync,
        mut take: impl FnMut(T) -> io::Result<()>,
    ) -> Result<(), ServiceError> {
        let (name, reading) = (self.name, self.reading);
        let unwritten = |source| ServiceError::File { path: name.to_string(), action: "written", source };
        let (survey, others) = &reading.answered;
        let (readings, finished) = (f64::from(self.readings), f64::from(self.finished));
        self.finished += 1;
        let mut done = 0;
        response::for_each_page(self.conn, reading.id, |page| {
            let batch: Vec<io::Result<T>> = page
                .par_chunks(ROWS)
                .enumerate()
                .map(|(at, chunk)| {
                    let rows: Vec<Row<'_>> =
                        chunk.iter().map(|stored| row(stored, others.get(&stored.version).unwrap_or(survey))).collect();
                    make(done + (at * ROWS) as u64, &rows)
                })
                .collect();
            for part in batch {
                part.and_then(&mut take).map_err(unwritten)?;
            }
            done += page.len() as u64;
            (self.progress)(name, (finished + done as f64 / reading.rows.max(1) as f64) / readings);
            Ok::<_, ServiceError>(())
        })
    }

    /// Writes what is made of each row.
    fn write<W: Write>(
        &mut self,
        out: &mut W,
        make: impl Fn(u64, &Row<'_>, &mut Vec<u8>) -> io::Result<()> + Sync,
    ) -> Result<(), ServiceError> {
        let make = |first: u64, rows: &[Row<'_>]| {
            let mut text = Vec::new();
            for (number, row) in (first..).zip(rows) {
                make(number, row, &mut text)?;
            }
            Ok(text)
        };
        self.each(make, |text| out.write_all(&text))
    }

    /// What the cells take.
    fn extents(&mut self, columns: &Columns<'_>, fields: &[Field<'_>]) -> Result<Vec<Extent>, ServiceError> {
        let none = || vec![Extent::default(); fields.len()];
        let mut all = none();
        let make = |_, rows: &[Row<'_>]| {
            let mut extents = none();
            for row in rows {
                for ((extent, field), cell) in extents.iter_mut().zip(fields).zip(cells(columns, row)) {
                    extent.take(field, &cell);
                }
            }
            Ok(extents)
        };
        self.each(make, |extents| {
            all.iter_mut().zip(&extents).for_each(|(all, extent)| all.join(extent));
            Ok(())
        })?;
        Ok(all)
    }

    fn unwritten(&self, source: io::Error) -> ServiceError {
        ServiceError::File { path: self.name.to_string(), action: "written", source }
    }
}

fn row<'r>(stored: &'r response::Response, answered: &Survey) -> Row<'r> {
    let answers = serde_json::from_str(&stored.answers).unwrap_or_default();
    Row {
        head: RowHead {
            id: &stored.id,
            mode: stored.mode.as_str(),
            version: number(stored.version),
            started_version: number(stored.started_version.unwrap_or(stored.version)),
            submitted_on: &stored.submitted_on,
        },
        record: Record::from_json(answered, &answers),
    }
}

fn write_csv<W: Write>(pass: &mut Pass<'_>, out: &mut W) -> Result<(), ServiceError> {
    let reading = pass.reading;
    let columns = reading.columns();
    let mut header = csv::Writer::from_writer(&mut *out);
    header
        .write_record(fields(&columns).iter().map(|field| field.name))
        .and_then(|()| Ok(header.flush()?))
        .map_err(|error| pass.unwritten(error.into()))?;
    drop(header);
    let make = |_, rows: &[Row<'_>]| {
        let mut text = csv::Writer::from_writer(Vec::new());
        for row in rows {
            table::row(&mut text, cells(&columns, row))?;
        }
        text.into_inner().map_err(csv::IntoInnerError::into_error)
    };
    pass.each(make, |text| out.write_all(&text))
}

fn write_json_lines<W: Write>(pass: &mut Pass<'_>, out: &mut W) -> Result<(), ServiceError> {
    let columns = pass.reading.columns();
    let fields = fields(&columns);
    pass.write(out, |_, row, out| jsonl::line(out, &fields, &cells(&columns, row)))
}

fn write_workbook<W: Write>(pass: &mut Pass<'_>, out: &mut W) -> Result<(), ServiceError> {
    let reading = pass.reading;
    reading.fit_a_sheet()?;
    let columns = reading.columns();
    let rows = xlsx::Rows::new(fields(&columns));
    let cut = AtomicU64::new(0);
    let mut book = Workbook::new(out, &xlsx::SHEETS).map_err(|error| pass.unwritten(error))?;
    for say in [Say::Codes, Say::Labels] {
        book.responses(&rows, say).map_err(|error| pass.unwritten(error))?;
        cut.store(0, Ordering::Relaxed);
        pass.write(&mut book, |number, row, out| {
            // The first row names the columns, and rows are counted from 1.
            cut.fetch_add(rows.row(out, say, number + 2, &cells(&columns, row)), Ordering::Relaxed);
            Ok(())
        })?;
        book.end().map_err(|error| pass.unwritten(error))?;
    }
    let mut about = reading.about(TABLES);
    about.extend(cut_for_spreadsheet(cut.into_inner()));
    let mut codebook: Vec<[String; 14]> = vec![codebook::TABLE.map(str::to_string)];
    let taken = codebook::each_row(&columns, |row| {
        codebook.push(row.map(str::to_string));
        Ok::<_, std::convert::Infallible>(())
    });
    let Ok(()) = taken;
    let codebook = codebook.iter().map(|row| row.iter().map(String::as_str).collect());
    let notes = about.iter().map(|(what, said)| vec![*what, said.as_str()]);
    book.table(&[24, 48, 12, 14, 32], codebook)
        .and_then(|()| book.table(&[24, 100], std::iter::once(vec!["What", "Note"]).chain(notes)))
        .and_then(|()| book.finish())
        .map_err(|error| pass.unwritten(error))
}

fn write_sav<W: Write>(pass: &mut Pass<'_>, out: &mut W) -> Result<(), ServiceError> {
    let reading = pass.reading;
    let columns = reading.columns();
    let all = fields(&columns);
    let extents = pass.extents(&columns, &all)?;
    let file = sav::File::new(&settled(&all, &extents), &extents);
    let mut lines = reading.lines(sav::REASONS);
    let renamed = file.renamed().iter().map(|(old, new)| format!("Column {old} is called {new} here"));
    lines.extend(renamed);
    let too_long = extents.iter().zip(&all).filter(|(extent, _)| extent.longest > sav::MOST_BYTES);
    lines.extend(too_long.map(|(_, field)| {
        format!(
            "Texts of {} with more than {} bytes are cut; responses.csv has them whole",
            field.name,
            sav::MOST_BYTES
        )
    }));
    let title = &reading.answered.0.title;
    out.write_all(&sav::dictionary(&file, reading.rows, title, &lines)).map_err(|error| pass.unwritten(error))?;
    pass.write(out, |_, row, out| {
        file.row(out, &cells(&columns, row));
        Ok(())
    })
}

fn write_parquet<W: Write>(pass: &mut Pass<'_>, out: &mut W) -> Result<(), ServiceError> {
    let reading = pass.reading;
    let columns = reading.columns();
    let all = fields(&columns);
    let extents = pass.extents(&columns, &all)?;
    let fields = settled(&all, &extents);
    let mut file = parquet::File::new(out, &fields).map_err(|error| pass.unwritten(error))?;
    let make = |_, rows: &[Row<'_>]| Ok(rows.iter().map(|row| cells(&columns, row)).collect::<Vec<_>>());
    pass.each(make, |rows| file.rows(rows))?;
    file.finish(&reading.lines(WORDS)).map_err(|error| pass.unwritten(error))
}

fn write_fhir<W: Write>(pass: &mut Pass<'_>, out: &mut W) -> Result<(), ServiceError> {
    let reading = pass.reading;
    let mut versions = std::collections::BTreeMap::new();
    let answered = reading.answered.1.keys().copied().chain([reading.version]);
    for version in answered {
        let stored = survey::version(pass.conn, reading.id, version)?;
        let text = stored.definition.trim_start_matches('\u{feff}');
        let definition = serde_json::from_str(text).map_err(|error| pass.unwritten(error.into()))?;
        versions.insert(number(version), fhir::Form::new(&definition));
    }
    pass.write(out, |_, row, out| match versions.get(&row.head.version) {
        Some(form) => form.line(out, row),
        None => Ok(()),
    })
}
