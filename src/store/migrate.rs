//! Bringing the tables up to date, under a lock so that many nodes may start together.

use diesel::backend::Backend;
use diesel::migration::{self, Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connect::{begin_with, commit, roll_back};
use super::{Conn, StoreError, each_backend};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Any number that other programs on the same server are unlikely to lock: "Canvass\0".
const POSTGRES_LOCK: &str = "SELECT pg_advisory_xact_lock(x'43616e7661737300'::bigint)";

/// What bringing the tables to a schema did, by the versions of migrations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// Those that were run, in order.
    pub done: Vec<String>,
    /// Those that were taken back, in order.
    pub undone: Vec<String>,
}

/// Which migrations a database has and lacks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Those it has.
    pub applied: Vec<String>,
    /// Those that this program would run.
    pub pending: Vec<String>,
}

/// Makes the tables, or changes them to this program's schema; refuses a newer one.
///
/// Takes the lock only if there is something to do. `place` is named in errors.
pub(super) fn to_newest(conn: &mut Conn, place: &str) -> Result<Moved, StoreError> {
    if is_current(conn, place)? { Ok(Moved::default()) } else { locked(conn, place, |known| Ok(known.to_vec())) }
}

/// Takes back every migration after `version`, with what its tables and columns hold.
pub(super) fn down_to(conn: &mut Conn, place: &str, version: &str) -> Result<Moved, StoreError> {
    locked(conn, place, |known| {
        if !known.iter().any(|one| one == version) {
            let known = known.join(", ");
            return Err(StoreError::Unfit(format!("there is no schema {version}: name one of {known}")));
        }
        Ok(known.iter().filter(|one| one.as_str() <= version).cloned().collect())
    })
}

/// Begins a transaction that nobody else migrates or restores beside.
pub(super) fn begin_alone(conn: &mut Conn) -> Result<(), StoreError> {
    match conn {
        Conn::Sqlite(_) => begin_with(conn, "BEGIN EXCLUSIVE"),
        Conn::Postgres(_) => begin_with(conn, &format!("BEGIN; {POSTGRES_LOCK}")),
    }
}

/// Brings the tables to the migrations that `choose` takes of those that this program knows, under the lock.
fn locked(
    conn: &mut Conn,
    place: &str,
    choose: impl FnOnce(&[String]) -> Result<Vec<String>, StoreError>,
) -> Result<Moved, StoreError> {
    begin_alone(conn)?;
    // Another node may have changed them while this one waited.
    let outcome = standing(conn, place)
        .and_then(|_| choose(&known_versions()?))
        .and_then(|wanted| to_exactly(conn, &wanted))
        .and_then(|moved| commit(conn).map(|()| moved));
    if outcome.is_err() {
        // The first error is the one to tell; the connection is dropped.
        let _ = roll_back(conn);
    }
    outcome
}

/// Brings the tables to exactly these migrations, in the transaction that the caller has begun.
pub(super) fn to_exactly(conn: &mut Conn, wanted: &[String]) -> Result<Moved, StoreError> {
    each_backend!(conn, c => migrate(c, wanted)).map_err(StoreError::Migration)
}

fn migrate<DB: Backend, C: MigrationHarness<DB>>(conn: &mut C, wanted: &[String]) -> migration::Result<Moved>
where
    Embedded: Migrations<DB>,
{
    let applied: Vec<String> = conn.applied_migrations()?.iter().map(ToString::to_string).collect();
    let mut all: Vec<(String, Box<dyn Migration<DB>>)> =
        Embedded::all()?.into_iter().map(|one| (one.name().version().to_string(), one)).collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    let mut moved = Moved::default();
    for (version, migration) in all.iter().rev() {
        if applied.contains(version) && !wanted.contains(version) {
            conn.revert_migration(migration)?;
            moved.undone.push(version.clone());
        }
    }
    for (version, migration) in &all {
        if wanted.contains(version) && !applied.contains(version) {
            conn.run_migration(migration)?;
            moved.done.push(version.clone());
        }
    }
    Ok(moved)
}

/// The migrations of each database.
struct Embedded;

trait Migrations<DB: Backend> {
    fn all() -> migration::Result<Vec<Box<dyn Migration<DB>>>>;
}

impl Migrations<Sqlite> for Embedded {
    fn all() -> migration::Result<Vec<Box<dyn Migration<Sqlite>>>> {
        SQLITE.migrations()
    }
}

impl Migrations<Pg> for Embedded {
    fn all() -> migration::Result<Vec<Box<dyn Migration<Pg>>>> {
        POSTGRES.migrations()
    }
}

/// The versions of the migrations that this program knows, in order.
pub(super) fn known_versions() -> Result<Vec<String>, StoreError> {
    let migrations = MigrationSource::<Sqlite>::migrations(&SQLITE).map_err(StoreError::Migration)?;
    let mut versions: Vec<String> = migrations.iter().map(|migration| migration.name().version().to_string()).collect();
    versions.sort();
    Ok(versions)
}

/// Whether every known migration was run. Changes nothing, and refuses the database of a newer
/// program or of another one.
pub(super) fn is_current(conn: &mut Conn, place: &str) -> Result<bool, StoreError> {
    Ok(standing(conn, place)?.pending.is_empty())
}

/// Which migrations were run, and which are to be; refuses as [`is_current`] does.
pub(super) fn standing(conn: &mut Conn, place: &str) -> Result<Standing, StoreError> {
    let known = known_versions()?;
    let tables = tables(conn)?;
    if !tables.iter().any(|table| table == "__diesel_schema_migrations") {
        // A Postgres schema may be shared; a file with tables of its own is another program's.
        return match conn {
            Conn::Sqlite(_) if !tables.is_empty() => Err(StoreError::NotADatabase(place.to_owned())),
            _ => Ok(Standing { applied: Vec::new(), pending: known }),
        };
    }
    let applied = applied(conn)?;
    refuse_newer(&applied, &known)?;
    let pending = known.into_iter().filter(|version| !applied.contains(version)).collect();
    Ok(Standing { applied, pending })
}

/// Refuses migrations that this program does not know.
pub(super) fn refuse_newer(applied: &[String], known: &[String]) -> Result<(), StoreError> {
    match applied.iter().rev().find(|applied| !known.contains(applied)) {
        Some(unknown) => {
            Err(StoreError::Newer { found: unknown.clone(), known: known.last().cloned().unwrap_or_default() })
        }
        None => Ok(()),
    }
}

/// The versions of the migrations that a database has, in order; it must have the table that says so.
pub(super) fn applied(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    let applied = diesel::sql_query("SELECT version AS name FROM __diesel_schema_migrations ORDER BY version")
        .load::<Name>(conn)?;
    Ok(applied.into_iter().map(|row| row.name).collect())
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

/// The tables that there are, of whomever.
pub(super) fn tables(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    let sql = match conn {
        Conn::Sqlite(_) => "SELECT name FROM sqlite_master WHERE type = 'table'",
        Conn::Postgres(_) => "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = current_schema()",
    };
    let names = diesel::sql_query(sql).load::<Name>(conn)?;
    Ok(names.into_iter().map(|row| row.name).collect())
}
