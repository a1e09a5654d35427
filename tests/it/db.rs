//! One test, two databases: a SQLite file, and a Postgres schema of its own.
//!
//! Postgres is the one that `CANVASS_TEST_POSTGRES` names (`scripts/postgres start` makes one).
//! Without it that half of each test says so and passes.

#![cfg(test)]

use canvass::store::{Conn, Open, Store};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use tempfile::TempDir;

/// Makes of one function on `&Db` two tests, `name::on_sqlite` and `name::on_postgres`.
macro_rules! each_db {
    ($($(#[$note:meta])* fn $name:ident($db:ident) $body:block)+) => {$(
        $(#[$note])*
        mod $name {
            use super::*;

            #[test]
            fn on_sqlite() {
                let $db = &$crate::db::Db::sqlite();
                $body
            }

            #[test]
            fn on_postgres() {
                let Some($db) = &$crate::db::Db::postgres() else {
                    println!("skipped: no Postgres (make test starts one)");
                    return;
                };
                $body
            }
        }
    )+};
}
pub(crate) use each_db;

/// An empty database, removed at the end of the test.
pub(crate) struct Db {
    pub(crate) url: String,
    home: Home,
}

enum Home {
    Folder(TempDir),
    Schema { name: String, server: String },
    Server,
}

impl Db {
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("canvass.db").display());
        let home = Home::Folder(folder);
        Self { url, home }
    }

    /// None where there is no server to test with.
    pub(crate) fn postgres() -> Option<Self> {
        let server = std::env::var("CANVASS_TEST_POSTGRES").ok()?;
        let mut bytes = [0_u8; 8];
        getrandom::fill(&mut bytes).unwrap();
        let name = format!("test_{:016x}", u64::from_ne_bytes(bytes));
        let mut conn = PgConnection::establish(&server).unwrap();
        conn.batch_execute(&format!("CREATE SCHEMA {name}")).unwrap();
        let joint = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{joint}options=-csearch_path%3D{name}");
        let home = Home::Schema { name, server };
        Some(Self { url, home })
    }

    /// A Postgres database that someone else looks after.
    pub(crate) fn at(url: &str) -> Self {
        Self { url: url.to_string(), home: Home::Server }
    }

    /// The folder of a SQLite file.
    pub(crate) fn folder(&self) -> &std::path::Path {
        match &self.home {
            Home::Folder(folder) => folder.path(),
            Home::Schema { .. } | Home::Server => panic!("{} is no file", self.url),
        }
    }

    /// A store on this database, which has its tables after that.
    pub(crate) fn store(&self) -> Store {
        Store::open(&self.url, Open::Create).unwrap()
    }

    /// A connection around the store, for what no program should do.
    pub(crate) fn raw(&self) -> Conn {
        match &self.home {
            Home::Folder(folder) => {
                let path = folder.path().join("canvass.db");
                let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
                conn.batch_execute("PRAGMA foreign_keys = ON").unwrap();
                Conn::Sqlite(conn)
            }
            Home::Schema { .. } | Home::Server => Conn::Postgres(PgConnection::establish(&self.url).unwrap()),
        }
    }
}

impl Drop for Db {
    fn drop(&mut self) {
        if let Home::Schema { name, server } = &self.home {
            // Already failing, or the server is gone: the throwaway server forgets the schema anyway.
            if let Ok(mut conn) = PgConnection::establish(server) {
                let _ = conn.batch_execute(&format!("DROP SCHEMA {name} CASCADE"));
            }
        }
    }
}
