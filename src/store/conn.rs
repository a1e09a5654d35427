//! One connection type for both databases, and the macro for what it lacks.

use diesel::{PgConnection, SqliteConnection};

/// A connection inside a transaction, for the functions of the store's nouns.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// To a SQLite file.
    Sqlite(SqliteConnection),
    /// To a Postgres server.
    Postgres(PgConnection),
}

/// Runs the same words on the connection inside, for what diesel's `MultiConnection` lacks.
macro_rules! each_backend {
    ($conn:expr, $inner:ident => $words:expr) => {
        match $conn {
            $crate::store::Conn::Sqlite($inner) => $words,
            $crate::store::Conn::Postgres($inner) => $words,
        }
    };
}
pub(super) use each_backend;
