//! What staff did: entries are added one after the other and never changed, which the databases themselves refuse.

use diesel::prelude::*;

use super::schema::audit_entry;
use super::{Conn, StoreError};
use crate::staff::audit::{Entry, Head};

/// One program at a time adds an entry, for each needs the hash of the last one.
const POSTGRES_LOCK: &str = "SELECT pg_advisory_xact_lock(x'43616e7661737301'::bigint)";
/// Entries that are read at a time.
const PAGE: i64 = 1000;

#[derive(Debug, Queryable, Insertable)]
#[diesel(table_name = audit_entry)]
struct Row {
    number: i64,
    at: String,
    who: String,
    act: String,
    survey: Option<String>,
    subject: String,
    hash: String,
}

impl Row {
    fn entry(self) -> (Entry, String) {
        let Self { number, at, who, act, survey, subject, hash } = self;
        (Entry { number, at, who, act, survey, subject }, hash)
    }
}

/// Adds an entry; what stands in it as its number does not matter.
pub fn append(conn: &mut Conn, entry: Entry) -> Result<(), StoreError> {
    if let Conn::Postgres(conn) = conn {
        diesel::sql_query(POSTGRES_LOCK).execute(conn)?;
    }
    let last = head(conn)?;
    let entry = Entry { number: last.number + 1, ..entry };
    let hash = entry.hash(&last.hash);
    let Entry { number, at, who, act, survey, subject } = entry;
    let row = Row { number, at, who, act, survey, subject, hash };
    diesel::insert_into(audit_entry::table).values(row).execute(conn)?;
    Ok(())
}

/// How far the record reaches.
pub fn head(conn: &mut Conn) -> Result<Head, StoreError> {
    let last = audit_entry::table.order(audit_entry::number.desc()).select((audit_entry::number, audit_entry::hash));
    let last: Option<(i64, String)> = last.first(conn).optional()?;
    Ok(last.map_or_else(Head::beginning, |(number, hash)| Head { number, hash }))
}

/// Hands every entry with its hash to `each`, in order, some at a time.
pub fn for_each<E: From<StoreError>>(
    conn: &mut Conn,
    mut each: impl FnMut(Entry, String) -> Result<(), E>,
) -> Result<(), E> {
    let mut after = 0;
    loop {
        let next = audit_entry::table.filter(audit_entry::number.gt(after)).order(audit_entry::number).limit(PAGE);
        let rows: Vec<Row> = next.load(conn).map_err(StoreError::from)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.number;
        for (entry, hash) in rows.into_iter().map(Row::entry) {
            each(entry, hash)?;
        }
    }
}

/// The newest entries before `before`, newest first: of one consultation, or of all there are.
pub fn latest(conn: &mut Conn, survey: Option<&str>, before: i64, most: i64) -> Result<Vec<Entry>, StoreError> {
    let mut found = audit_entry::table.filter(audit_entry::number.lt(before)).into_boxed();
    if let Some(survey) = survey {
        found = found.filter(audit_entry::survey.eq(survey));
    }
    let rows: Vec<Row> = found.order(audit_entry::number.desc()).limit(most).load(conn)?;
    Ok(rows.into_iter().map(|row| row.entry().0).collect())
}
