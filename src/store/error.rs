//! What can go wrong in the store, in the store's words.

use diesel::ConnectionError;
use diesel::result::{DatabaseErrorKind, Error};

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// What was asked for is not there.
    #[error("there is no {0}")]
    NotFound(String),
    /// What is stored forbids it.
    #[error("{0}")]
    Conflict(String),
    /// Another program, or too many at once, kept the database for longer than the busy timeout.
    #[error("the database is busy with the work of others")]
    Busy,
    /// More waits to be written than can be soon; nothing of this was.
    #[error("more people send answers than can be stored at this moment")]
    Overloaded,
    /// The disk takes no more; nothing of this was written.
    #[error("the disk of the database is full")]
    Full,
    /// No connection could be made, or one broke: whether the last write was stored is unknown.
    #[error("the database does not answer")]
    Unreachable(#[source] Cause),
    /// The file is something else, or the database of another program.
    #[error("{0} is not a database of this program")]
    NotADatabase(String),
    /// The database may be read but not written.
    #[error("the database is read-only")]
    ReadOnly,
    /// A newer program has changed the tables.
    #[error("the database has schema {found}, newer than this program's {known}")]
    Newer {
        /// The newest migration in the database.
        found: String,
        /// The newest migration in this program.
        known: String,
    },
    /// The address of the database cannot be understood.
    #[error("\"{given}\" is not the address of a database: {hint}")]
    Url {
        /// The address, without its password.
        given: String,
        /// What to write instead.
        hint: String,
    },
    /// What was named cannot be used for this; the text says what to do instead.
    #[error("{0}")]
    Unfit(String),
    /// The tables could not be made or brought up to date.
    #[error("the tables of the database could not be brought up to date")]
    Migration(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    Random(#[source] getrandom::Error),
    /// Anything else that the database refuses.
    #[error("the database refused a statement")]
    Database(#[source] Error),
}

/// What the database driver says about a failed connection, without passwords.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Cause(String);

impl StoreError {
    /// The same of others that failed with it.
    pub(super) fn again(&self) -> Self {
        match self {
            Self::Busy => Self::Busy,
            Self::Overloaded => Self::Overloaded,
            Self::Full => Self::Full,
            Self::ReadOnly => Self::ReadOnly,
            Self::Unreachable(cause) => Self::unreachable(cause),
            other => Self::Conflict(other.to_string()),
        }
    }

    /// True if it is the database that failed, whatever it was asked: asking for less helps nothing.
    pub(super) fn is_of_all(&self) -> bool {
        matches!(self, Self::Busy | Self::Full | Self::ReadOnly | Self::Unreachable(_))
    }

    pub(super) fn unreachable(cause: impl std::fmt::Display) -> Self {
        // libpq breaks its lines; an error is one.
        let text = cause.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        Self::Unreachable(Cause(text.trim_end().trim_end_matches('.').to_owned()))
    }
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        use DatabaseErrorKind as Kind;
        match &error {
            Error::NotFound => Self::NotFound("such row".to_owned()),
            Error::DatabaseError(Kind::UniqueViolation, _) => {
                Self::Conflict("a row with this key is already stored".to_owned())
            }
            Error::DatabaseError(Kind::ForeignKeyViolation, _) => {
                Self::Conflict("the row belongs to one that is not stored".to_owned())
            }
            Error::DatabaseError(Kind::ReadOnlyTransaction, _) => Self::ReadOnly,
            Error::DatabaseError(Kind::ClosedConnection, info) => Self::unreachable(info.message()),
            Error::DatabaseError(_, info) if info.message().contains("readonly database") => Self::ReadOnly,
            Error::DatabaseError(_, info) if is_full(info.message()) => Self::Full,
            Error::DatabaseError(_, info) if is_away(info.message()) => Self::unreachable(info.message()),
            _ if is_locked(&error) || is_clash(&error) => Self::Busy,
            _ => Self::Database(error),
        }
    }
}

impl From<ConnectionError> for StoreError {
    fn from(error: ConnectionError) -> Self {
        match error {
            ConnectionError::CouldntSetupConfiguration(error) => error.into(),
            other => Self::unreachable(other),
        }
    }
}

/// SQLite's words, and the system's in those of Postgres.
fn is_full(message: &str) -> bool {
    message.contains("disk is full") || message.contains("No space left on device")
}

/// The file or the server went away, and may come back: SQLite's words, then Postgres's, whose kind for it diesel gives only
/// to some.
fn is_away(message: &str) -> bool {
    message == "disk I/O error"
        || message == "unable to open database file"
        || message.starts_with("terminating connection")
        || message.starts_with("the database system is")
        || message.starts_with("server closed the connection")
        || message.starts_with("no connection to the server")
        || message.starts_with("could not receive data from server")
        || message.starts_with("could not send data to server")
}

/// The busy timeout ended before another connection's lock did; diesel has no kind for it.
pub(super) fn is_locked(error: &Error) -> bool {
    matches!(error, Error::DatabaseError(_, info)
        if info.message().starts_with("database") && info.message().contains("is locked")
            || info.message().contains("lock timeout"))
}

/// Postgres ended one of two transactions that were in each other's way: trying again may succeed.
pub(super) fn is_clash(error: &Error) -> bool {
    match error {
        Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
        // Diesel has no kind for a deadlock and does not give the SQLSTATE.
        Error::DatabaseError(DatabaseErrorKind::Unknown, info) => info.message().contains("deadlock"),
        _ => false,
    }
}
