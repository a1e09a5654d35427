//! Connections: how each is opened, begins and ends a transaction, and is kept in a pool.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::{
    AnsiTransactionManager, Connection, InstrumentationEvent, SimpleConnection, TransactionManager,
};
use diesel::r2d2::{ManageConnection, R2D2Connection};
use diesel::{PgConnection, SqliteConnection};

use super::error::{is_clash, is_locked};
use super::place::{Open, Place, sqlite_uri, without_password};
use super::{Conn, StoreError, each_backend};

/// Memory that SQLite keeps pages of the file in, for a connection that reads and for the one that writes.
const READ_KIB: u32 = 4 * 1024;
const WRITE_KIB: u32 = 32 * 1024;

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Read,
    Write,
}

/// What it takes to open a connection; `busy` is how long that one waits for the locks of others.
#[derive(Clone)]
pub(super) struct Opener {
    pub(super) place: Place,
    pub(super) purpose: Use,
    pub(super) busy: Duration,
}

/// One connection, and what went wrong in its transaction.
///
/// The connection itself notes that, because the error of a caller's closure may hide it.
pub(super) struct Line {
    pub(super) conn: Conn,
    busy: Duration,
    notes: Arc<Notes>,
    /// The SQLite file.
    file: Option<Mark>,
}

/// Which file a connection was opened on: a system that takes it from its place lets everyone go on writing to it, and
/// nothing of that is found again.
struct Mark {
    path: PathBuf,
    id: FileId,
}

impl Mark {
    fn stands(&self) -> bool {
        file_id(&self.path) == Some(self.id)
    }
}

#[cfg(unix)]
type FileId = (u64, u64);
#[cfg(not(unix))]
type FileId = ();

/// The device and number of a file; none if it is not there.
#[cfg(unix)]
fn file_id(path: &Path) -> Option<FileId> {
    use std::os::unix::fs::MetadataExt as _;

    path.metadata().ok().map(|file| (file.dev(), file.ino()))
}

#[cfg(not(unix))]
fn file_id(path: &Path) -> Option<FileId> {
    path.metadata().ok().map(drop)
}

#[derive(Default)]
struct Notes {
    /// A statement failed.
    failed: AtomicBool,
    /// Postgres broke the transaction off for the sake of another.
    clashed: AtomicBool,
}

impl Line {
    /// Opens a connection, and a SQLite file if `open` says so.
    pub(super) fn open(opener: &Opener, open: Open) -> Result<Self, StoreError> {
        let mut conn = match &opener.place {
            Place::Sqlite(path) => {
                let mut conn = SqliteConnection::establish(&sqlite_uri(path, open.into()))?;
                conn.batch_execute(&format!(
                    "PRAGMA busy_timeout = {};
                     PRAGMA synchronous = FULL;
                     PRAGMA foreign_keys = ON;
                     PRAGMA secure_delete = ON;
                     PRAGMA cache_size = -{};
                     PRAGMA wal_autocheckpoint = 4000;
                     PRAGMA query_only = {};",
                    opener.busy.as_millis(),
                    if opener.purpose == Use::Read { READ_KIB } else { WRITE_KIB },
                    u8::from(opener.purpose == Use::Read),
                ))?;
                Conn::Sqlite(conn)
            }
            Place::Postgres(url) => {
                let conn = PgConnection::establish(&with_connect_timeout(url))
                    .map_err(|error| StoreError::unreachable(scrubbed(&error, url)))?;
                Conn::Postgres(conn)
            }
        };
        let notes = Arc::<Notes>::default();
        let taker = Arc::clone(&notes);
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::FinishQuery { error: Some(error), .. } = event {
                taker.failed.store(true, Ordering::Relaxed);
                taker.clashed.fetch_or(is_clash(error), Ordering::Relaxed);
            }
        });
        let file = match &opener.place {
            Place::Sqlite(path) => file_id(path).map(|id| Mark { path: path.clone(), id }),
            Place::Postgres(_) => None,
        };
        Ok(Self { conn, busy: opener.busy, notes, file })
    }

    /// Runs `act` in one transaction for `purpose`: committed if it succeeds, else rolled back.
    pub(super) fn transact<T, E: From<StoreError>>(
        &mut self,
        purpose: Use,
        act: &mut impl FnMut(&mut Conn) -> Result<T, E>,
    ) -> Result<T, E> {
        self.notes.failed.store(false, Ordering::Relaxed);
        self.notes.clashed.store(false, Ordering::Relaxed);
        begin(&mut self.conn, purpose, self.busy)?;
        let outcome = act(&mut self.conn).and_then(|value| match self.commit() {
            Ok(()) if purpose == Use::Write && !self.stands() => {
                Err(StoreError::unreachable("its file is no longer in its place").into())
            }
            Ok(()) => Ok(value),
            Err(error) => Err(error.into()),
        });
        if outcome.is_err() {
            // The first error is the one to tell; a connection that cannot roll back is dropped.
            let _ = roll_back(&mut self.conn);
        }
        outcome
    }

    /// Postgres answers the commit of a failed transaction by rolling back, without an error: a
    /// caller who swallowed the failure would be told that all is stored. So ask first.
    fn commit(&mut self) -> Result<(), StoreError> {
        if self.notes.failed.load(Ordering::Relaxed) {
            self.conn.batch_execute("SELECT 1")?;
        }
        commit(&mut self.conn)
    }

    /// Whether the last transaction failed for the sake of another and may be tried again.
    pub(super) fn clashed(&self) -> bool {
        self.notes.clashed.load(Ordering::Relaxed)
    }

    /// Whether the file is where it was, if there is one.
    pub(super) fn stands(&self) -> bool {
        self.file.as_ref().is_none_or(Mark::stands)
    }

    /// The connection, if it can be used for something else; one on which something failed is asked.
    pub(super) fn usable(mut self) -> Option<Self> {
        let failed = self.notes.failed.swap(false, Ordering::Relaxed);
        (!self.is_broken() && self.stands() && (!failed || self.conn.ping().is_ok())).then_some(self)
    }

    pub(super) fn is_broken(&mut self) -> bool {
        std::thread::panicking() || self.conn.is_broken()
    }
}

fn begin(conn: &mut Conn, purpose: Use, busy: Duration) -> Result<(), StoreError> {
    let sql = match (&*conn, purpose) {
        (Conn::Sqlite(_), Use::Read) => "BEGIN",
        // A deferred transaction could fail when it first writes, after reading.
        (Conn::Sqlite(_), Use::Write) => "BEGIN IMMEDIATE",
        (Conn::Postgres(_), Use::Read) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        (Conn::Postgres(_), Use::Write) => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
    };
    if let Conn::Sqlite(_) = conn {
        return begin_with(conn, sql);
    }
    // Set here and not once per connection, for poolers that share connections.
    let settings = format!("SET LOCAL synchronous_commit = on; SET LOCAL lock_timeout = {}", busy.as_millis());
    begin_with(conn, &format!("{sql}; {settings}"))
}

pub(super) fn begin_with(conn: &mut Conn, sql: &str) -> Result<(), StoreError> {
    each_backend!(conn, c => AnsiTransactionManager::begin_transaction_sql(c, sql)).map_err(StoreError::from)
}

pub(super) fn commit(conn: &mut Conn) -> Result<(), StoreError> {
    each_backend!(conn, c => AnsiTransactionManager::commit_transaction(c)).map_err(StoreError::from)
}

pub(super) fn roll_back(conn: &mut Conn) -> Result<(), StoreError> {
    each_backend!(conn, c => AnsiTransactionManager::rollback_transaction(c)).map_err(StoreError::from)
}

/// Turns the write-ahead log on. SQLite does not always wait for others here, so this does.
pub(super) fn use_write_ahead_log(conn: &mut Conn, busy: Duration) -> Result<(), StoreError> {
    let Conn::Sqlite(conn) = conn else {
        return Ok(());
    };
    let deadline = Instant::now() + busy;
    loop {
        match conn.batch_execute("PRAGMA journal_mode = WAL") {
            Err(error) if is_locked(&error) && Instant::now() < deadline => {
                std::thread::sleep(Duration::from_millis(10));
            }
            outcome => return Ok(outcome?),
        }
    }
}

impl ManageConnection for Opener {
    type Connection = Line;
    type Error = StoreError;

    fn connect(&self) -> Result<Line, StoreError> {
        Line::open(self, Open::Existing)
    }

    fn is_valid(&self, line: &mut Line) -> Result<(), StoreError> {
        match &self.place {
            Place::Sqlite(_) if line.stands() => Ok(()),
            Place::Sqlite(_) => Err(StoreError::unreachable("its file is no longer in its place")),
            Place::Postgres(_) => Ok(line.conn.ping()?),
        }
    }

    fn has_broken(&self, line: &mut Line) -> bool {
        line.is_broken()
    }
}

/// A server that does not answer at all would otherwise hold the caller for minutes.
fn with_connect_timeout(url: &str) -> String {
    if url.contains("connect_timeout=") {
        return url.to_owned();
    }
    let joint = if url.contains('?') { '&' } else { '?' };
    format!("{url}{joint}connect_timeout=5")
}

/// libpq's message, unless it may repeat a piece of the address that it could not read.
fn scrubbed(error: &diesel::ConnectionError, url: &str) -> String {
    let text = error.to_string();
    let is_about_the_server =
        text.starts_with("connection to server") || text.starts_with("could not translate host name");
    if is_about_the_server { text } else { format!("{} cannot be read as an address", without_password(url)) }
}
