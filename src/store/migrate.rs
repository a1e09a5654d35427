//! Bringing the tables up to date, under a lock so that many nodes may start together.

use diesel::migration::MigrationSource;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connect::{begin_with, commit, roll_back};
use super::{Conn, StoreError};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Any number that other programs on the same server are unlikely to lock: "Canvass\0".
const POSTGRES_LOCK: &str = "SELECT pg_advisory_xact_lock(x'43616e7661737300'::bigint)";

/// Makes the tables, or changes them to this program's schema; refuses a newer one.
///
/// Takes the lock only if there is something to do. `place` is named in errors.
pub(super) fn to_newest(conn: &mut Conn, place: &str) -> Result<(), StoreError> {
    if is_current(conn, place)? {
        return Ok(());
    }
    match conn {
        Conn::Sqlite(_) => begin_with(conn, "BEGIN EXCLUSIVE")?,
        Conn::Postgres(_) => begin_with(conn, &format!("BEGIN; {POSTGRES_LOCK}"))?,
    }
    // Another node may have done it while this one waited.
    let outcome = match is_current(conn, place) {
        Ok(true) => Ok(()),
        Ok(false) => run(conn),
        Err(error) => Err(error),
    };
    match outcome.and_then(|()| commit(conn)) {
        Ok(()) => Ok(()),
        Err(error) => {
            // The first error is the one to tell; the connection is dropped.
            let _ = roll_back(conn);
            Err(error)
        }
    }
}

fn run(conn: &mut Conn) -> Result<(), StoreError> {
    match conn {
        Conn::Sqlite(conn) => conn.run_pending_migrations(SQLITE).map(drop),
        Conn::Postgres(conn) => conn.run_pending_migrations(POSTGRES).map(drop),
    }
    .map_err(StoreError::Migration)
}

fn known_versions() -> Result<Vec<String>, StoreError> {
    let migrations = MigrationSource::<Sqlite>::migrations(&SQLITE).map_err(StoreError::Migration)?;
    let mut versions: Vec<String> = migrations.iter().map(|migration| migration.name().version().to_string()).collect();
    versions.sort();
    Ok(versions)
}

/// Whether every known migration was run. Changes nothing, and refuses the database of a newer
/// program or of another one.
pub(super) fn is_current(conn: &mut Conn, place: &str) -> Result<bool, StoreError> {
    let known = known_versions()?;
    let tables = tables(conn)?;
    if !tables.iter().any(|table| table == "__diesel_schema_migrations") {
        // A Postgres schema may be shared; a file with tables of its own is another program's.
        return match conn {
            Conn::Sqlite(_) if !tables.is_empty() => Err(StoreError::NotADatabase(place.to_owned())),
            _ => Ok(false),
        };
    }
    let applied = diesel::sql_query("SELECT version AS name FROM __diesel_schema_migrations ORDER BY version")
        .load::<Name>(conn)?;
    if let Some(unknown) = applied.iter().rev().find(|applied| !known.contains(&applied.name)) {
        return Err(StoreError::Newer {
            found: unknown.name.clone(),
            known: known.last().cloned().unwrap_or_default(),
        });
    }
    Ok(applied.len() == known.len())
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

fn tables(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    let sql = match conn {
        Conn::Sqlite(_) => "SELECT name FROM sqlite_master WHERE type = 'table'",
        Conn::Postgres(_) => "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = current_schema()",
    };
    let names = diesel::sql_query(sql).load::<Name>(conn)?;
    Ok(names.into_iter().map(|row| row.name).collect())
}
