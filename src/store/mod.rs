//! The database: SQLite or Postgres behind one `Store`, and the only place that knows diesel.
//!
//! One file per noun holds its row and its queries, as functions on `&mut Conn`. The caller opens
//! the transaction, by [`Store::read`] or [`Store::write`], so that several queries are one act:
//!
//! ```no_run
//! use canvass::store::{Open, Store, StoreError, survey};
//!
//! let store = Store::open("sqlite:data/canvass.db", Open::Create)?;
//! let surveys = store.read(survey::list)?;
//! # Ok::<(), StoreError>(())
//! ```
//!
//! Ids, hashes and JSON are text, instants `2026-11-22T09:30:00Z`, days `2026-11-22`. The store has
//! no clock: the caller says what time it is.

pub mod account;
pub mod api_token;
pub mod attempt;
pub mod audit;
pub mod carry;
pub mod coding;
mod conn;
mod connect;
pub mod contact;
pub mod design;
pub mod door;
pub mod draft;
mod error;
mod id;
pub mod idea;
pub mod idea_comment;
pub mod idea_log;
pub mod keep;
pub mod mailing;
mod migrate;
pub mod outbox;
pub mod person;
mod place;
pub mod redaction;
pub mod response;
pub mod result;
pub mod saved_view;
mod schema;
pub mod spent;
pub mod staff;
pub mod step;
pub mod survey;
mod table;
pub mod text_vector;
mod writer;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::{ManageConnection, Pool, PooledConnection};
use diesel::sql_types::{Bool, Integer, Text};

use conn::each_backend;
use connect::{Line, Opener, Use, use_write_ahead_log};
use place::Place;
use step::{Step, Stepped};
use writer::Writer;

pub use conn::Conn;
pub use error::{Cause, StoreError};
pub use migrate::{Moved, Standing};
pub use place::Open;
pub use table::Held;

/// How long one connection waits for the locks of others.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const SQLITE_READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;
/// Connections that look things up for requests.
const POSTGRES_GLANCES: usize = 4;
/// Connections that write for requests: one makes its batch while another one's is forced to the disk.
const POSTGRES_WRITERS: usize = 2;
/// How often Postgres may break off a write for the sake of another before the caller hears of it.
const TRIES: u32 = 3;
/// How long a broken-off write waits, so that the other can finish and does not meet it again.
const PAUSE: Duration = Duration::from_millis(10);

/// A database with its tables up to date. A clone is the same store and costs nothing.
#[derive(Clone)]
pub struct Store(Arc<Doors>);

enum Doors {
    Sqlite {
        /// For what takes its time.
        readers: Pool<Opener>,
        /// For requests: as many as threads look at once.
        glances: Mutex<Vec<Line>>,
        reader: Opener,
        /// Writers wait for their turn here: two that waited inside SQLite would sleep and poll.
        writer: Writer,
    },
    Postgres {
        pool: Pool<Opener>,
        glances: Writer,
        writer: Writer,
    },
}

impl Store {
    /// Opens `sqlite:PATH` or `postgres://USER:PASSWORD@HOST:PORT/NAME` and brings its tables up to
    /// date; many programs may do so at once.
    ///
    /// # Errors
    ///
    /// `Url` for another address, `NotFound` for a missing file with `Open::Existing` (and nothing
    /// is made), `NotADatabase`, `ReadOnly`, `Newer`, `Busy`, `Unreachable`. None holds a password.
    pub fn open(url: &str, open: Open) -> Result<Self, StoreError> {
        Self::open_within(BUSY_TIMEOUT, url, open)
    }

    /// [`Store::open`] with another busy timeout, which also holds for every later read and write.
    pub fn open_within(busy: Duration, url: &str, open: Open) -> Result<Self, StoreError> {
        let opener = Opener { place: Place::read(url)?, purpose: Use::Write, busy: busy.max(Duration::from_millis(1)) };
        let Place::Sqlite(path) = &opener.place else {
            first_line(&opener, open, &opener.place.name())?;
            let glances = Writer::start(&opener, POSTGRES_GLANCES, None)?;
            let writer = Writer::start(&opener, POSTGRES_WRITERS, None)?;
            return Ok(Self(Arc::new(Doors::Postgres { pool: pool(opener, POSTGRES_CONNECTIONS), glances, writer })));
        };
        prepare_file(path, open)?;
        let line = first_line(&opener, open, &opener.place.name())?;
        let reader = Opener { purpose: Use::Read, ..opener.clone() };
        Ok(Self(Arc::new(Doors::Sqlite {
            readers: pool(reader.clone(), SQLITE_READERS),
            glances: Mutex::default(),
            reader,
            writer: Writer::start(&opener, 1, Some(line))?,
        })))
    }

    /// Runs `act` in a read transaction: all its queries see the database at one moment.
    pub fn read<T, E: From<StoreError>>(&self, mut act: impl FnMut(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        match &*self.0 {
            Doors::Sqlite { readers: pool, .. } | Doors::Postgres { pool, .. } => {
                take(pool)?.transact(Use::Read, &mut act)
            }
        }
    }

    /// Runs `act` for a request, which takes microseconds: in this thread on SQLite, where handing it to another would take
    /// longer, and beside it on Postgres. Each query sees what is stored at its own moment: what depends on several is
    /// checked again by the [`Step`](step::Step) that is made of it.
    pub async fn look<T, E>(&self, mut act: impl FnMut(&mut Conn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match &*self.0 {
            Doors::Sqlite { glances, reader, .. } => {
                let line = glances.lock().unwrap_or_else(PoisonError::into_inner).pop().filter(Line::stands);
                let mut line = line.map_or_else(|| reader.connect(), Ok)?;
                let outcome = act(&mut line.conn);
                if let Some(line) = line.usable() {
                    glances.lock().unwrap_or_else(PoisonError::into_inner).push(line);
                }
                outcome
            }
            Doors::Postgres { glances, .. } => glances.act(move |line| act(&mut line.conn)).await,
        }
    }

    /// Writes what a respondent's request changes, in one transaction with what others change at the same time; it is on
    /// the disk when this gives `Done`.
    ///
    /// # Errors
    ///
    /// `Overloaded` if more waits than can be written soon; then, and with any other error but `Unreachable`, nothing of it
    /// is written.
    pub async fn step(&self, step: Step) -> Result<Stepped, StoreError> {
        match &*self.0 {
            Doors::Sqlite { writer, .. } | Doors::Postgres { writer, .. } => writer.step(step).await,
        }
    }

    /// [`Store::write`] for a request, which must not wait in its own thread.
    pub async fn write_aside<T, E>(
        &self,
        mut act: impl FnMut(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match &*self.0 {
            Doors::Sqlite { writer, .. } | Doors::Postgres { writer, .. } => {
                writer.act(move |line| with_tries(line, &mut act)).await
            }
        }
    }

    /// Runs `act` in one transaction. On `Ok` all it wrote is on the disk, on `Err` none of it.
    ///
    /// Writers of one SQLite file take turns. Postgres runs them side by side (`READ COMMITTED`:
    /// keys and locked rows, not the isolation, keep them apart) and may break one off for the sake
    /// of another; `act` is then run again, up to three times in all. `act` must not itself call
    /// `write`: on SQLite it would wait for itself.
    pub fn write<T, E: From<StoreError>>(&self, mut act: impl FnMut(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        match &*self.0 {
            Doors::Sqlite { writer, .. } => writer.lend(|line| line.transact(Use::Write, &mut act)),
            Doors::Postgres { pool, .. } => with_tries(&mut *take(pool)?, &mut act),
        }
    }

    /// Runs `act` unless another program on this Postgres is at the same thing; gives nothing then. It ends where a program is
    /// killed. Of programs on one SQLite file each runs it.
    pub fn alone<T, E: From<StoreError>>(
        &self,
        what: &str,
        mut act: impl FnMut() -> Result<T, E>,
    ) -> Result<Option<T>, E> {
        let Doors::Postgres { pool, .. } = &*self.0 else { return act().map(Some) };
        // The lock ends with its transaction, also behind a pooler that lends connections for one transaction each.
        let sql =
            "SELECT pg_try_advisory_xact_lock(hashtextextended(current_schema() || ' canvass ' || $1, 0)) AS is_alone";
        take(pool)?.transact(Use::Write, &mut |conn| {
            let query = diesel::sql_query(sql).bind::<Text, _>(what);
            let asked = query.get_result::<Alone>(conn).map_err(StoreError::from)?;
            if asked.is_alone { act().map(Some) } else { Ok(None) }
        })
    }

    /// Rewrites or clears what the files still tell of deleted rows and of the order of writes.
    ///
    /// For after a survey's close; it costs a copy of a SQLite file. `Busy` if others keep SQLite's
    /// write-ahead log in use.
    pub fn scrub(&self) -> Result<(), StoreError> {
        match &*self.0 {
            Doors::Sqlite { writer, .. } => writer.lend(|line| {
                line.conn.batch_execute("VACUUM")?;
                let log =
                    diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result::<Checkpoint>(&mut line.conn)?;
                if log.busy == 0 { Ok(()) } else { Err(StoreError::Busy) }
            }),
            Doors::Postgres { pool, .. } => Ok(take(pool)?
                .conn
                .batch_execute("VACUUM contact, draft, response, spent, idea, idea_vote, idea_comment, outbox")?),
        }
    }

    /// Empties SQLite's write-ahead log, which keeps the order of writes until it is used again; says whether it could. Where
    /// someone reads, it waits for nobody: it is asked for again and again. Postgres keeps its own log as its server is told.
    pub fn empty_log(&self) -> Result<bool, StoreError> {
        match &*self.0 {
            Doors::Sqlite { writer, reader, .. } => writer.lend(|line| {
                line.conn.batch_execute("PRAGMA busy_timeout = 0")?;
                let log = diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result::<Checkpoint>(&mut line.conn);
                line.conn.batch_execute(&format!("PRAGMA busy_timeout = {}", reader.busy.as_millis()))?;
                match log {
                    Ok(log) => Ok(log.busy == 0),
                    Err(error) if error::is_locked(&error) => Ok(false),
                    Err(error) => Err(error.into()),
                }
            }),
            Doors::Postgres { .. } => Ok(true),
        }
    }
}

#[derive(QueryableByName)]
struct Checkpoint {
    #[diesel(sql_type = Integer)]
    busy: i32,
}

#[derive(QueryableByName)]
struct Alone {
    #[diesel(sql_type = Bool)]
    is_alone: bool,
}

/// A write transaction, tried again if Postgres broke it off for the sake of another.
fn with_tries<T, E: From<StoreError>>(
    line: &mut Line,
    act: &mut impl FnMut(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    let mut tries = 1;
    loop {
        let outcome = line.transact(Use::Write, act);
        if outcome.is_ok() || !line.clashed() || tries == TRIES {
            return outcome;
        }
        std::thread::sleep(PAUSE * tries);
        tries += 1;
    }
}

/// Which migrations a database has and lacks; changes nothing.
pub fn standing(url: &str) -> Result<Standing, StoreError> {
    let (mut line, name) = existing(url)?;
    migrate::standing(&mut line.conn, &name)
}

/// Brings the tables of a database up to date; says what it did.
pub fn to_newest(url: &str) -> Result<Moved, StoreError> {
    let (mut line, name) = existing(url)?;
    migrate::to_newest(&mut line.conn, &name)
}

/// Takes back every migration after `version`, with what the tables and columns that they made hold.
pub fn down_to(url: &str, version: &str) -> Result<Moved, StoreError> {
    let (mut line, name) = existing(url)?;
    migrate::down_to(&mut line.conn, &name, version)
}

/// A connection to a database that is there, whatever its tables are, and what errors call it.
fn existing(url: &str) -> Result<(Line, String), StoreError> {
    let opener = Opener { place: Place::read(url)?, purpose: Use::Write, busy: BUSY_TIMEOUT };
    let name = opener.place.name();
    if let Place::Sqlite(path) = &opener.place {
        prepare_file(path, Open::Existing)?;
    }
    let line = Line::open(&opener, Open::Existing).and_then(|mut line| {
        // SQLite reads a file only now.
        migrate::tables(&mut line.conn)?;
        Ok(line)
    });
    Ok((line.map_err(|error| no_database(error, &name))?, name))
}

/// A missing file is an error or gets its folders; a write-protected one is refused here, since
/// SQLite would open it and fail at the first write.
fn prepare_file(path: &Path, open: Open) -> Result<(), StoreError> {
    match path.metadata() {
        Ok(file) if file.permissions().readonly() => Err(StoreError::ReadOnly),
        // SQLite takes a file too short to be a database for an empty one, and would write over it.
        Ok(file) if (1..512).contains(&file.len()) => Err(StoreError::NotADatabase(path.display().to_string())),
        Ok(_) => Ok(()),
        Err(_) if open == Open::Existing => Err(StoreError::NotFound(format!("database at {}", path.display()))),
        Err(_) => match path.parent() {
            Some(folder) => std::fs::create_dir_all(folder).map_err(StoreError::unreachable),
            None => Ok(()),
        },
    }
}

/// Opens the first connection and brings the tables up to date through it.
fn first_line(opener: &Opener, open: Open, name: &str) -> Result<Line, StoreError> {
    let ready = || {
        let mut line = Line::open(opener, open)?;
        // First, so that the file of another program stays as it is.
        migrate::is_current(&mut line.conn, name)?;
        use_write_ahead_log(&mut line.conn, opener.busy)?;
        migrate::to_newest(&mut line.conn, name)?;
        Ok(line)
    };
    ready().map_err(|error| no_database(error, name))
}

fn no_database(error: StoreError, name: &str) -> StoreError {
    match error {
        StoreError::Database(cause) if cause.to_string() == "file is not a database" => {
            StoreError::NotADatabase(name.to_owned())
        }
        other => other,
    }
}

/// Connections are made when they are needed, so opening a store costs one.
fn pool(opener: Opener, size: u32) -> Pool<Opener> {
    Pool::builder().max_size(size).min_idle(Some(0)).connection_timeout(opener.busy).build_unchecked(opener)
}

fn take(pool: &Pool<Opener>) -> Result<PooledConnection<Opener>, StoreError> {
    pool.get().map_err(|_| {
        if pool.state().connections < pool.max_size() {
            StoreError::unreachable("no connection could be made in time")
        } else {
            StoreError::Busy
        }
    })
}
