//! The tables whose rows are kept when a database is backed up, restored or copied: one list, and what reads and writes
//! all rows of a table as text, the same from SQLite and from Postgres.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, QueryableByName};
use diesel::prelude::*;
use diesel::row::NamedRow;
use diesel::sql_types::{BigInt, Nullable, Text};
use sha2::{Digest, Sha256};

use super::{Conn, StoreError, each_backend};
use crate::document::hex;

/// The tables with their columns, in the order in which rows can be written; a column is a text if it does not say so.
const LIST: [(&str, usize, &str); 33] = [
    ("survey", 1, "id, version integer, state, mode, published_at"),
    ("survey_version", 2, "survey_id, version integer, hash, definition, published_at"),
    ("draft", 2, "survey_id, key, version integer, mode, answers, started_on, saved_on, started_version integer"),
    (
        "response",
        2,
        "survey_id, id, version integer, idem, receipt_hash, mode, answers, submitted_on, started_version integer",
    ),
    ("contact", 2, "survey_id, id, once, details, batched bool"),
    ("door", 1, "survey_id, key_check, issued integer, passphrase"),
    ("spent", 2, "survey_id, mark"),
    ("keep", 2, "survey_id, kind, until"),
    ("attempt", 1, "who, times integer, until"),
    ("api_token", 1, "token_hash, label, scopes, survey, made_on, expires_on, used_on"),
    ("staff_sign_in", 1, "token_hash, expires_at, used_at"),
    ("staff_session", 1, "key_hash, expires_at, account_id, seen_at"),
    (
        "account",
        1,
        "id, email, name, is_administrator bool, is_disabled bool, made_at, password, second_factor, last_step integer",
    ),
    ("recovery_code", 2, "account_id, code_hash"),
    ("account_role", 3, "account_id, survey, role"),
    ("account_link", 1, "token_hash, account_id, expires_at"),
    ("design", 1, "survey, revision integer, second_person bool, imported"),
    ("design_revision", 2, "survey, number integer, text, at, who"),
    ("preview_link", 1, "token_hash, survey, who, expires_at"),
    ("audit_entry", 1, "number integer, at, who, act, survey, subject, hash"),
    (
        "idea",
        2,
        "survey_id, id, item, author, once, text, language, state, reviewed bool, reason, merged_into, given_on",
    ),
    ("idea_vote", 4, "survey_id, item, idea, voter, vote"),
    (
        "idea_comment",
        2,
        "survey_id, id, item, idea, author, once, text, language, state, reviewed bool, reason, given_on",
    ),
    ("idea_log", 2, "survey_id, id, at, item, subject, action, reason, merged_into"),
    ("result", 1, "survey_id, made_at, json"),
    ("saved_view", 2, "survey, name, asked, made_by, made_on"),
    ("coding_entry", 3, "survey_id, item, number integer, at, who, event"),
    ("redaction_entry", 2, "survey_id, number integer, at, who, event"),
    ("text_vector", 3, "survey_id, model, text_hash, vector bytes"),
    ("person", 2, "survey_id, id, known, address, name, language, stopped"),
    ("outbox", 3, "survey_id, person_id, mail, state, tries integer, due_at, reason"),
    ("letter", 3, "survey_id, kind, language, subject, text"),
    ("mailing", 1, "survey_id, is_paused bool, failing_since, reason, failures integer, resume_at, refused integer"),
];
/// Which migrations a database has.
const MIGRATIONS: (&str, usize, &str) = ("__diesel_schema_migrations", 1, "version");

/// Rows that are read, and written, at a time.
const PAGE: usize = 256;

/// How the values of a column are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Integer,
    Bool,
    /// In a row as hexadecimal digits.
    Bytes,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Column {
    name: String,
    kind: Kind,
}

/// A table: its name, its columns, and how many of them, from the first, are its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) key: usize,
    columns: Vec<Column>,
}

/// A table's rows as they were counted and summed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The table.
    pub table: String,
    /// How many rows it has.
    pub rows: u64,
    /// SHA-256 of the rows in the order of their keys, in hexadecimal digits.
    pub sha256: String,
}

/// The values of a row, each as text.
pub(super) struct Row(Vec<Option<String>>);

/// The tables of this program's schema, those first that others refer to.
pub(super) fn all() -> Vec<Table> {
    LIST.iter().filter_map(|(name, key, columns)| Table::read(name, *key, columns)).collect()
}

/// The table that says which migrations a database has.
pub(super) fn migrations() -> Option<Table> {
    Table::read(MIGRATIONS.0, MIGRATIONS.1, MIGRATIONS.2)
}

impl Table {
    /// Reads a table as the list writes it, or as a file says it: nothing but names comes into a statement.
    pub(super) fn read(name: &str, key: usize, columns: &str) -> Option<Self> {
        let is_name =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        let columns = columns.split(", ").map(|column| {
            let (name, kind) = match column.split_once(' ') {
                None => (column, Kind::Text),
                Some((name, "integer")) => (name, Kind::Integer),
                Some((name, "bool")) => (name, Kind::Bool),
                Some((name, "bytes")) => (name, Kind::Bytes),
                Some(_) => return None,
            };
            is_name(name).then(|| Column { name: name.to_owned(), kind })
        });
        let columns = columns.collect::<Option<Vec<_>>>()?;
        (is_name(name) && (1..=columns.len()).contains(&key)).then(|| Self { name: name.to_owned(), key, columns })
    }

    /// The columns as the list writes them.
    pub(super) fn written(&self) -> String {
        let column = |column: &Column| match column.kind {
            Kind::Text => column.name.clone(),
            Kind::Integer => format!("{} integer", column.name),
            Kind::Bool => format!("{} bool", column.name),
            Kind::Bytes => format!("{} bytes", column.name),
        };
        self.columns.iter().map(column).collect::<Vec<_>>().join(", ")
    }

    fn names(&self, many: usize) -> String {
        self.columns.iter().take(many).map(|column| format!("\"{}\"", column.name)).collect::<Vec<_>>().join(", ")
    }

    /// How many rows there are.
    pub(super) fn count(&self, conn: &mut Conn) -> Result<u64, StoreError> {
        let sql = format!("SELECT count(*) AS n FROM \"{}\"", self.name);
        Ok(diesel::sql_query(sql).get_result::<Count>(conn)?.n.unsigned_abs())
    }

    /// Hands every row to `each` in the order of the key, some at a time.
    pub(super) fn for_pages(
        &self,
        conn: &mut Conn,
        mut each: impl FnMut(&[Row]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let digits = |name: &str, conn: &Conn| match conn {
            Conn::Sqlite(_) => format!("lower(hex(\"{name}\"))"),
            Conn::Postgres(_) => format!("encode(\"{name}\", 'hex')"),
        };
        let values = self.columns.iter().enumerate().map(|(index, Column { name, kind })| match kind {
            Kind::Text => format!("\"{name}\" AS c{index}"),
            Kind::Integer => format!("CAST(\"{name}\" AS TEXT) AS c{index}"),
            Kind::Bool => format!("CAST(CAST(\"{name}\" AS INTEGER) AS TEXT) AS c{index}"),
            Kind::Bytes => format!("{} AS c{index}", digits(name, conn)),
        });
        let values = values.collect::<Vec<_>>().join(", ");
        let (table, key) = (&self.name, self.names(self.key));
        let from = self.places(conn, self.key, 1);
        let first = format!("SELECT {values} FROM \"{table}\" ORDER BY {key} LIMIT {PAGE}");
        let next = format!("SELECT {values} FROM \"{table}\" WHERE ({key}) > ({from}) ORDER BY {key} LIMIT {PAGE}");
        let mut after: Option<Row> = None;
        loop {
            let (sql, bound) = match &after {
                None => (&first, None),
                Some(row) => (&next, Some(row.0.iter().take(self.key))),
            };
            let mut rows: Vec<Row> = each_backend!(&mut *conn, c => {
                let mut query = diesel::sql_query(sql).into_boxed();
                for value in bound.into_iter().flatten() {
                    query = query.bind::<Nullable<Text>, _>(value.as_deref());
                }
                query.load(c)
            })?;
            each(&rows)?;
            if rows.len() < PAGE {
                return Ok(());
            }
            after = rows.pop();
        }
    }

    /// Writes rows.
    pub(super) fn insert(&self, conn: &mut Conn, rows: &[Row]) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let width = self.columns.len();
        let places: Vec<String> =
            (0..rows.len()).map(|row| format!("({})", self.places(conn, width, row * width + 1))).collect();
        let sql = format!("INSERT INTO \"{}\" ({}) VALUES {}", self.name, self.names(width), places.join(", "));
        each_backend!(conn, c => {
            let mut query = diesel::sql_query(sql).into_boxed();
            for value in rows.iter().flat_map(|row| &row.0) {
                query = query.bind::<Nullable<Text>, _>(value.as_deref());
            }
            query.execute(c)
        })?;
        Ok(())
    }

    /// What stands for the first columns' values in a statement, the first of which is its `from`th.
    fn places(&self, conn: &Conn, many: usize, from: usize) -> String {
        let place = |(index, column): (usize, &Column)| {
            let place = match conn {
                // SQLite would look each name up among all others.
                Conn::Sqlite(_) => "?".to_owned(),
                Conn::Postgres(_) => format!("${}", from + index),
            };
            match column.kind {
                Kind::Text => place,
                Kind::Integer => format!("CAST({place} AS BIGINT)"),
                Kind::Bool => format!("CAST({place} AS BOOLEAN)"),
                Kind::Bytes => match conn {
                    Conn::Sqlite(_) => format!("unhex({place})"),
                    Conn::Postgres(_) => format!("decode({place}, 'hex')"),
                },
            }
        };
        self.columns.iter().take(many).enumerate().map(place).collect::<Vec<_>>().join(", ")
    }

    /// Counts and sums all rows; tells how many it has read.
    pub(super) fn sum(&self, conn: &mut Conn, tell: &mut dyn FnMut(usize)) -> Result<Held, StoreError> {
        let mut sum = Sum::default();
        self.for_pages(conn, |rows| {
            sum.take(rows);
            tell(rows.len());
            Ok(())
        })?;
        Ok(sum.held(self))
    }
}

/// Rows counted and summed so far.
#[derive(Default)]
pub(super) struct Sum {
    rows: u64,
    hash: Sha256,
}

impl Sum {
    /// Takes the next rows. Each value goes in with its length, so that no two tables of other values have one sum.
    pub(super) fn take(&mut self, rows: &[Row]) {
        for row in rows {
            self.rows += 1;
            for value in &row.0 {
                match value {
                    None => self.hash.update([0]),
                    Some(text) => {
                        self.hash.update([1]);
                        self.hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_le_bytes());
                        self.hash.update(text.as_bytes());
                    }
                }
            }
        }
    }

    pub(super) fn held(self, table: &Table) -> Held {
        Held { table: table.name.clone(), rows: self.rows, sha256: hex(&self.hash.finalize()) }
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

impl<DB: Backend> QueryableByName<DB> for Row
where
    Option<String>: FromSql<Nullable<Text>, DB>,
{
    fn build<'a>(row: &impl NamedRow<'a, DB>) -> deserialize::Result<Self> {
        let values = (0..row.field_count()).map(|index| NamedRow::get::<Nullable<Text>, _>(row, &format!("c{index}")));
        values.collect::<deserialize::Result<Vec<Option<String>>>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table as `schema.rs` writes it: its name, its key, its columns with their types.
    type Written = (String, Vec<String>, Vec<(String, String)>);

    fn in_schema() -> Vec<Written> {
        let tables = include_str!("schema.rs").split("diesel::table! {").skip(1);
        let table = |text: &str| {
            let (head, columns) = text.split_once(") {").unwrap();
            let (name, key) = head.split_once('(').unwrap();
            let columns = columns.lines().filter_map(|line| line.split_once(" -> "));
            (
                name.trim().to_owned(),
                key.split(", ").map(str::to_owned).collect(),
                columns.map(|(name, kind)| (name.trim().to_owned(), kind.trim_end_matches(',').to_owned())).collect(),
            )
        };
        tables.map(table).collect()
    }

    #[test]
    fn every_table_of_the_schema_is_kept_with_all_its_columns() {
        let known = all();
        let schema = in_schema();
        assert_eq!(known.len(), schema.len(), "{:?}", schema.iter().map(|table| &table.0).collect::<Vec<_>>());
        for (name, key, columns) in schema {
            let table = known.iter().find(|table| table.name == name).unwrap_or_else(|| panic!("{name} is not kept"));
            let names: Vec<_> = columns.iter().map(|column| column.0.clone()).collect();
            assert_eq!(table.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>(), names, "{name}");
            assert_eq!(names[..table.key], key, "{name}: its key are its first columns");
            for (column, (_, kind)) in table.columns.iter().zip(columns) {
                let stored = match column.kind {
                    Kind::Text => "Text",
                    // `Integer` or `BigInt`.
                    Kind::Integer => "Int",
                    Kind::Bool => "Bool",
                    Kind::Bytes => "Binary",
                };
                assert!(kind.contains(stored), "{name}.{}: {kind}", column.name);
            }
            assert_eq!(Table::read(&name, table.key, &table.written()).as_ref(), Some(table));
        }
        assert!(migrations().is_some());
    }

    #[test]
    fn nothing_but_names_is_read_as_a_table() {
        for (name, key, columns) in [
            ("survey", 0, "id"),
            ("survey", 2, "id"),
            ("survey\"", 1, "id"),
            ("survey", 1, "id blob"),
            ("survey", 1, "id, x\"y"),
            ("", 1, "id"),
            ("survey", 1, ""),
        ] {
            assert_eq!(Table::read(name, key, columns), None, "{name} {key} {columns}");
        }
    }
}
