//! A whole database as one file, and from one place to another: backed up, checked, restored, copied.
//!
//! A backup is a SQLite file with the tables of the database it was made of and one more, [`MANIFEST`], which says of each
//! table how many rows it has and what they sum up to; so that a later program can still check and restore it, the
//! manifest also says which columns there were. All rows are read at one moment while others write, and are written in
//! one transaction: the new place has all of them or nothing. A few hundred are in memory at a time.

use std::path::Path;

use diesel::connection::{Connection, SimpleConnection};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text};
use diesel::sqlite::SqliteConnection;

use super::connect::{Line, Opener, Use, begin_with, commit, roll_back, use_write_ahead_log};
use super::place::{Access, Open, Place, sqlite_uri};
use super::table::{self, Held, Sum, Table};
use super::{BUSY_TIMEOUT, Conn, StoreError, existing, migrate, no_database, prepare_file};

/// The table of a backup that says what it holds.
const MANIFEST: &str = "backup_manifest";
const MAKE_MANIFEST: &str = "CREATE TABLE backup_manifest (
    position INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    key_columns INTEGER NOT NULL,
    columns TEXT NOT NULL,
    row_count INTEGER NOT NULL,
    sha256 TEXT NOT NULL
)";

/// Tells a step and how far it is, from 0 to 1.
pub type Tell<'a> = dyn Fn(&str, f64) + 'a;

/// What a check of a backup found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// What the file holds, table by table.
    pub held: Vec<Held>,
    /// What is wrong with it, as sentences that name the table; nothing if it is whole.
    pub faults: Vec<String>,
}

/// Writes all that a database holds into the file `into`, which is not there or empty; others may go on writing.
///
/// # Errors
///
/// `Unfit` if the tables are older than this program; then, and with any other error, what `into` holds is no backup.
pub fn back_up(from: &str, into: &Path, tell: &Tell) -> Result<Vec<Held>, StoreError> {
    let (mut line, name) = existing(from)?;
    refuse_old(&mut line.conn, &name)?;
    tell("Reading the database", 0.0);
    let (tables, versions) = (table::all(), migrate::known_versions()?);
    if let Conn::Sqlite(conn) = &mut line.conn {
        let path = into.to_string_lossy();
        diesel::sql_query("VACUUM INTO ?").bind::<Text, _>(path.as_ref()).execute(conn)?;
    } else {
        let place = Place::Sqlite(into.to_path_buf());
        line.transact(Use::Read, &mut |conn: &mut Conn| load(&place, conn, &tables, &versions, None, tell))?;
    }
    let mut file = file_line(into, Access::Write)?;
    // One file, with no log beside it.
    file.batch_execute("PRAGMA journal_mode = DELETE; PRAGMA secure_delete = ON")?;
    let mut file = Conn::Sqlite(file);
    begin_with(&mut file, "BEGIN IMMEDIATE")?;
    file.batch_execute(MAKE_MANIFEST)?;
    let mut meter = Meter::of(&mut file, &tables, tell)?;
    let mut held = Vec::new();
    let listed = table::migrations().into_iter().chain(tables);
    for (position, table) in (0_i32..).zip(listed) {
        let sums = table.sum(&mut file, &mut |rows| meter.note("Checking", rows))?;
        let row = "INSERT INTO backup_manifest (position, name, key_columns, columns, row_count, sha256) VALUES (?, ?, ?, ?, ?, ?)";
        let Conn::Sqlite(file) = &mut file else { continue };
        diesel::sql_query(row)
            .bind::<Integer, _>(position)
            .bind::<Text, _>(&table.name)
            .bind::<BigInt, _>(i64::try_from(table.key).unwrap_or_default())
            .bind::<Text, _>(table.written())
            .bind::<BigInt, _>(sums.rows.cast_signed())
            .bind::<Text, _>(&sums.sha256)
            .execute(file)?;
        if position > 0 {
            held.push(sums);
        }
    }
    commit(&mut file)?;
    Ok(held)
}

/// Whether a file is a backup, be it whole or damaged.
pub fn is_backup(file: &Path) -> bool {
    backup(file).and_then(|mut conn| manifest(&mut conn, file)).is_ok()
}

/// Counts and sums every table of a backup anew, and has SQLite check the file.
///
/// # Errors
///
/// `NotFound`, `NotADatabase` and `Unfit` for what is no backup at all; damage is no error but a fault.
pub fn verify(file: &Path, tell: &Tell) -> Result<Verified, StoreError> {
    let mut conn = backup(file)?;
    let listed = manifest(&mut conn, file)?;
    tell("Checking the file", 0.0);
    let mut faults = file_faults(&mut conn);
    let tables: Vec<Table> = listed.iter().map(|(table, _)| table.clone()).collect();
    for name in migrate::tables(&mut conn)? {
        let is_known = name == MANIFEST || name.starts_with("sqlite_") || tables.iter().any(|table| table.name == name);
        if !is_known {
            faults.push(format!("{name} is a table that the backup was made without"));
        }
    }
    let mut held = Vec::new();
    let mut meter = Meter::of(&mut conn, &tables, tell).unwrap_or_else(|_| Meter::new(tell));
    for (table, said) in listed {
        match table.sum(&mut conn, &mut |rows| meter.note("Checking", rows)) {
            Err(error) => faults.push(format!("{} cannot be read: {}", table.name, told(&error))),
            Ok(sums) => {
                if sums.rows != said.rows {
                    faults.push(format!("{} has {} rows, and had {}", table.name, sums.rows, said.rows));
                } else if sums.sha256 != said.sha256 {
                    faults.push(format!("{} has other rows than it had", table.name));
                }
                held.push(sums);
            }
        }
    }
    held.retain(|one| table::migrations().is_none_or(|table| table.name != one.table));
    Ok(Verified { held, faults })
}

/// Writes what a backup holds to an empty database, whose tables are then brought up to date; says what it holds.
///
/// # Errors
///
/// `Unfit` if the backup is damaged or the database holds anything, `Newer` if a newer program made the backup. With any
/// error the database is left as it was.
pub fn restore(file: &Path, to: &str, tell: &Tell) -> Result<Vec<Held>, StoreError> {
    let place = Place::read(to)?;
    let verified = verify(file, tell)?;
    if let Some(fault) = verified.faults.first() {
        return Err(StoreError::Unfit(format!(
            "{} is damaged: {fault}. Restore another backup; canvass verify tells whether one is whole",
            file.display()
        )));
    }
    let mut conn = backup(file)?;
    let mut listed = manifest(&mut conn, file)?;
    let versions = migrate::applied(&mut conn)?;
    migrate::refuse_newer(&versions, &migrate::known_versions()?)?;
    listed.retain(|(table, _)| !table.name.starts_with("__"));
    let (tables, said): (Vec<Table>, Vec<Held>) = listed.into_iter().unzip();
    load(&place, &mut conn, &tables, &versions, Some(&said), tell)
}

/// Writes all that a database holds to another, empty one; others may go on writing to the first, and what they write
/// from then on is not copied.
///
/// # Errors
///
/// `Unfit` if the tables of the first are older than this program or the second holds anything. With any error the second
/// is left as it was.
pub fn copy(from: &str, to: &str, tell: &Tell) -> Result<Vec<Held>, StoreError> {
    let place = Place::read(to)?;
    let (mut line, name) = existing(from)?;
    refuse_old(&mut line.conn, &name)?;
    let (tables, versions) = (table::all(), migrate::known_versions()?);
    line.transact(Use::Read, &mut |conn: &mut Conn| load(&place, conn, &tables, &versions, None, tell))
}

/// Writes the rows of `source` to the database at `place` in one transaction, reads them back, and compares: with `said`,
/// or with what was read.
fn load(
    place: &Place,
    source: &mut Conn,
    tables: &[Table],
    versions: &[String],
    said: Option<&[Held]>,
    tell: &Tell,
) -> Result<Vec<Held>, StoreError> {
    let name = place.name();
    let is_new = match place {
        Place::Sqlite(path) => {
            let is_new = !path.exists();
            prepare_file(path, Open::Create)?;
            is_new
        }
        Place::Postgres(_) => false,
    };
    let opener = Opener { place: place.clone(), purpose: Use::Write, busy: BUSY_TIMEOUT };
    let filled = Line::open(&opener, Open::Create).map_err(|error| no_database(error, &name)).and_then(|mut line| {
        // First, so that the file of another program stays as it is.
        migrate::standing(&mut line.conn, &name).map_err(|error| no_database(error, &name))?;
        if is_new {
            use_write_ahead_log(&mut line.conn, opener.busy)?;
        }
        migrate::begin_alone(&mut line.conn)?;
        let outcome = fill(&mut line.conn, &name, source, tables, versions, said, tell).and_then(|held| {
            tell("Writing to the disk", 1.0);
            commit(&mut line.conn).map(|()| held)
        });
        if outcome.is_err() {
            // The first error is the one to tell.
            let _ = roll_back(&mut line.conn);
        }
        outcome
    });
    if let (Err(_), true, Place::Sqlite(path)) = (&filled, is_new, place) {
        for ending in ["", "-wal", "-shm"] {
            let mut made = path.clone().into_os_string();
            made.push(ending);
            let _not_there = std::fs::remove_file(made);
        }
    }
    filled
}

fn fill(
    target: &mut Conn,
    name: &str,
    source: &mut Conn,
    tables: &[Table],
    versions: &[String],
    said: Option<&[Held]>,
    tell: &Tell,
) -> Result<Vec<Held>, StoreError> {
    refuse_full(target, name)?;
    migrate::to_exactly(target, versions)?;
    let mut meter = Meter::of(source, tables, tell)?;
    let mut read = Vec::new();
    for table in tables {
        let mut sum = Sum::default();
        table.for_pages(source, |rows| {
            sum.take(rows);
            meter.note("Copying", rows.len());
            table.insert(target, rows)
        })?;
        read.push(sum.held(table));
    }
    meter.again();
    for (table, read) in tables.iter().zip(&read) {
        let written = table.sum(target, &mut |rows| meter.note("Checking what was written", rows))?;
        let said = said.and_then(|said| said.iter().find(|said| said.table == table.name)).unwrap_or(read);
        if written != *said || read != said {
            return Err(StoreError::Unfit(format!(
                "{} came out otherwise than it went in: nothing was written; try again",
                table.name
            )));
        }
    }
    migrate::to_exactly(target, &migrate::known_versions()?)?;
    Ok(read)
}

/// Refuses a database that holds anything of ours: restoring adds to nothing and replaces nothing.
fn refuse_full(conn: &mut Conn, name: &str) -> Result<(), StoreError> {
    let there = migrate::tables(conn)?;
    for table in table::all().into_iter().filter(|table| there.contains(&table.name)) {
        if table.count(conn)? > 0 {
            return Err(StoreError::Unfit(format!(
                "{name} is not empty: it has rows in the table {}; name a database that is new",
                table.name
            )));
        }
    }
    Ok(())
}

fn refuse_old(conn: &mut Conn, name: &str) -> Result<(), StoreError> {
    let standing = migrate::standing(conn, name)?;
    if standing.pending.is_empty() {
        return Ok(());
    }
    if standing.applied.is_empty() {
        return Err(StoreError::Unfit(format!("{name} holds nothing of this program: check its address")));
    }
    Err(StoreError::Unfit(format!(
        "the tables of {name} are older than this program: use the program that they belong to, or bring them up to date first with canvass migrate"
    )))
}

fn file_line(path: &Path, access: Access) -> Result<SqliteConnection, StoreError> {
    Ok(SqliteConnection::establish(&sqlite_uri(path, access))?)
}

fn backup(file: &Path) -> Result<Conn, StoreError> {
    if !file.exists() {
        return Err(StoreError::Unfit(format!("there is no file {}: check the path", file.display())));
    }
    file_line(file, Access::Read).map(Conn::Sqlite)
}

#[derive(QueryableByName)]
struct Listed {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    key_columns: i64,
    #[diesel(sql_type = Text)]
    columns: String,
    #[diesel(sql_type = BigInt)]
    row_count: i64,
    #[diesel(sql_type = Text)]
    sha256: String,
}

/// What a backup says of itself.
fn manifest(conn: &mut Conn, file: &Path) -> Result<Vec<(Table, Held)>, StoreError> {
    let name = file.display();
    let none = || {
        StoreError::Unfit(format!(
            "{name} is no backup, for it does not say what it holds: name a file that canvass backup wrote"
        ))
    };
    let tables = migrate::tables(conn).map_err(|error| no_database(error, &name.to_string()))?;
    if !tables.iter().any(|table| table == MANIFEST) {
        return Err(none());
    }
    let listed = diesel::sql_query(
        "SELECT name, key_columns, columns, row_count, sha256 FROM backup_manifest ORDER BY position",
    )
    .load::<Listed>(conn)?;
    let read = |one: Listed| {
        let table = Table::read(&one.name, usize::try_from(one.key_columns).ok()?, &one.columns)?;
        Some((table, Held { table: one.name, rows: one.row_count.unsigned_abs(), sha256: one.sha256 }))
    };
    let listed = listed.into_iter().map(read).collect::<Option<Vec<_>>>().ok_or_else(none)?;
    if listed.is_empty() { Err(none()) } else { Ok(listed) }
}

#[derive(QueryableByName)]
struct Checked {
    #[diesel(sql_type = Text)]
    integrity_check: String,
}

#[derive(QueryableByName)]
struct Astray {
    #[diesel(sql_type = Text)]
    child: String,
}

/// What SQLite finds wrong with the file itself and with rows that refer to others.
fn file_faults(conn: &mut Conn) -> Vec<String> {
    let mut faults = Vec::new();
    match diesel::sql_query("PRAGMA integrity_check(20)").load::<Checked>(conn) {
        Ok(lines) => {
            let lines = lines.into_iter().map(|line| line.integrity_check).filter(|line| line != "ok");
            faults.extend(lines.map(|line| format!("the file is damaged: {}", line.replace('\n', " "))));
        }
        Err(error) => faults.push(format!("the file is damaged: {error}")),
    }
    let astray = "SELECT DISTINCT \"table\" AS child FROM pragma_foreign_key_check";
    match diesel::sql_query(astray).load::<Astray>(conn) {
        Ok(rows) => {
            let rows = rows.into_iter().map(|row| row.child);
            faults.extend(rows.map(|child| format!("{child} has rows that belong to none")));
        }
        Err(error) => faults.push(format!("the file is damaged: {error}")),
    }
    faults
}

/// An error with what caused it.
fn told(error: &StoreError) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

/// How many rows of all are done.
struct Meter<'a> {
    tell: &'a Tell<'a>,
    all: u64,
    done: u64,
}

impl<'a> Meter<'a> {
    fn new(tell: &'a Tell<'a>) -> Self {
        Self { tell, all: 0, done: 0 }
    }

    fn of(conn: &mut Conn, tables: &[Table], tell: &'a Tell<'a>) -> Result<Self, StoreError> {
        let all = tables.iter().map(|table| table.count(conn)).sum::<Result<u64, _>>()?;
        Ok(Self { tell, all, done: 0 })
    }

    fn note(&mut self, step: &str, rows: usize) {
        self.done += u64::try_from(rows).unwrap_or_default();
        (self.tell)(step, self.done as f64 / self.all.max(1) as f64);
    }

    fn again(&mut self) {
        self.done = 0;
    }
}
