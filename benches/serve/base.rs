//! The databases as seen from outside the program: made, counted, filled and compared, by diesel alone.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use canvass::response::code::{Receipt, Token};
use diesel::connection::{DefaultLoadingMode, SimpleConnection};
use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use serde_json::Value;

use super::people::People;
use super::table::number;

diesel::table! {
    response (survey_id, id) {
        survey_id -> Text,
        id -> Text,
        version -> Integer,
        idem -> Text,
        receipt_hash -> Nullable<Text>,
        mode -> Text,
        answers -> Text,
        submitted_on -> Text,
    }
}

diesel::table! {
    draft (key) {
        key -> Text,
        answers -> Text,
    }
}

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub(crate) enum Conn {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// Which database, and where new ones are made.
pub(crate) enum Kind<'a> {
    /// Files in this folder.
    Sqlite(&'a Path),
    /// Databases of the server at this address, and a folder for what else there is.
    Postgres(&'a str, &'a Path),
}

impl Kind<'_> {
    /// As the table names it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite",
            Self::Postgres(..) => "Postgres",
        }
    }

    /// A folder for this part's files.
    pub(crate) fn folder(&self) -> &Path {
        match self {
            Self::Sqlite(folder) | Self::Postgres(_, folder) => folder,
        }
    }

    /// A new, empty database.
    pub(crate) fn make(&self, name: &str) -> Base {
        match self {
            Self::Sqlite(folder) => Base { url: format!("sqlite:{}", folder.join(format!("{name}.db")).display()) },
            Self::Postgres(server, _) => {
                let name = format!("canvass_bench_{name}");
                let mut conn = PgConnection::establish(server).unwrap();
                conn.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).unwrap();
                conn.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
                let (server, _) = server.rsplit_once('/').unwrap();
                Base { url: format!("{server}/{name}") }
            }
        }
    }

    /// The version of the database.
    pub(crate) fn version(&self) -> String {
        #[derive(QueryableByName)]
        struct Version {
            #[diesel(sql_type = Text)]
            version: String,
        }
        let found = match self {
            Self::Sqlite(_) => {
                let mut conn = SqliteConnection::establish(":memory:").unwrap();
                diesel::sql_query("SELECT sqlite_version() AS version").get_result::<Version>(&mut conn)
            }
            Self::Postgres(server, _) => {
                let mut conn = PgConnection::establish(server).unwrap();
                diesel::sql_query("SELECT current_setting('server_version') AS version").get_result(&mut conn)
            }
        };
        format!("{} {}", self.name(), found.unwrap().version)
    }
}

/// One database.
pub(crate) struct Base {
    /// Its address, as the program takes it.
    pub(crate) url: String,
}

impl Base {
    /// The file of a SQLite database.
    pub(crate) fn file(&self) -> Option<PathBuf> {
        self.url.strip_prefix("sqlite:").map(PathBuf::from)
    }

    /// A connection that writes as durably as the program does.
    pub(crate) fn connect(&self) -> Conn {
        match self.file() {
            Some(file) => {
                let mut conn = SqliteConnection::establish(&file.display().to_string()).unwrap();
                conn.batch_execute(
                    "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
                     PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;",
                )
                .unwrap();
                Conn::Sqlite(conn)
            }
            None => Conn::Postgres(PgConnection::establish(&self.url).unwrap()),
        }
    }

    /// How many responses it holds.
    pub(crate) fn responses(&self) -> u64 {
        let n: i64 = response::table.count().get_result(&mut self.connect()).unwrap();
        u64::try_from(n).unwrap()
    }

    /// Compares what was acknowledged, as secrets and numbers of people, with what is stored, receipt by receipt and
    /// answer by answer. The sentence for the table, and whether all is as it should be.
    pub(crate) fn compare(&self, people: &People, acknowledged: &[(String, u64)]) -> (String, bool) {
        let rows: Vec<(Option<String>, String)> =
            response::table.select((response::receipt_hash, response::answers)).load(&mut self.connect()).unwrap();
        let all = rows.len();
        let stored: HashMap<String, String> =
            rows.into_iter().filter_map(|(hash, answers)| Some((hash?, answers))).collect();
        let (mut missing, mut different) = (0, 0);
        for (secret, number) in acknowledged {
            match stored.get(&hash_of(secret)) {
                None => missing += 1,
                Some(answers) => {
                    let answers: Value = serde_json::from_str(answers).unwrap();
                    different += usize::from(answers != people.stored(*number));
                }
            }
        }
        let is_right = missing == 0 && different == 0 && all == acknowledged.len();
        let [told, all] = [acknowledged.len(), all].map(|count| number(count as f64));
        (format!("{told} acknowledged, {all} stored, {missing} missing, {different} different"), is_right)
    }

    /// Compares drafts with the last thing that each person was told is saved.
    pub(crate) fn compare_drafts(&self, told: &[(String, String)]) -> (String, bool) {
        let mut conn = self.connect();
        let mut lost = 0;
        for (secret, title) in told {
            let key = Token::read(secret).unwrap().draft_key();
            let stored: String = draft::table.find(key).select(draft::answers).first(&mut conn).unwrap();
            let stored: Value = serde_json::from_str(&stored).unwrap();
            lost += usize::from(People::numbered(&stored) != Some(title));
        }
        (format!("{} people's last acknowledged page: {lost} lost", number(told.len() as f64)), lost == 0)
    }

    /// Multiplies the responses that are there to so many, under ids and keys that are random as far as it matters.
    pub(crate) fn fill(&self, rows: u64) {
        let (mut conn, there) = (self.connect(), self.responses());
        let more = rows.saturating_sub(there);
        match &mut conn {
            // Written in the order of the key, and not flushed row by row: only the result is of interest.
            Conn::Sqlite(conn) => conn.batch_execute(&format!(
                "PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; PRAGMA temp_store = MEMORY;
                 CREATE TEMP TABLE pattern AS SELECT row_number() OVER (ORDER BY id) - 1 AS number, * FROM response;
                 CREATE INDEX temp.pattern_number ON pattern (number);
                 INSERT INTO response (survey_id, id, version, idem, receipt_hash, mode, answers, submitted_on)
                 WITH RECURSIVE counter (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counter WHERE n + 1 < {more})
                 SELECT survey_id, printf('%08x', n * 4000) || lower(hex(randomblob(12))), version,
                        lower(hex(randomblob(32))), lower(hex(randomblob(32))), mode, answers, submitted_on
                 FROM counter CROSS JOIN pattern ON number = n % {there};
                 PRAGMA wal_checkpoint(TRUNCATE);"
            )),
            Conn::Postgres(conn) => conn
                .batch_execute(&format!(
                "CREATE TEMP TABLE pattern AS SELECT row_number() OVER (ORDER BY id) - 1 AS number, * FROM response;
                 INSERT INTO response (survey_id, id, version, idem, receipt_hash, mode, answers, submitted_on)
                 SELECT survey_id, lpad(to_hex(n * 4000), 8, '0') || substr(md5(random()::text), 1, 24), version,
                        md5(random()::text) || md5(random()::text), md5(random()::text) || md5(random()::text),
                        mode, answers, submitted_on
                 FROM generate_series(0::bigint, {more} - 1) AS counter (n) JOIN pattern ON number = n % {there}"
            ))
                .and_then(|()| conn.batch_execute("VACUUM ANALYZE response")),
        }
        .unwrap();
        assert_eq!(self.responses(), rows.max(there));
    }

    /// Writes all responses to a file as they are; gives how many, and the time.
    pub(crate) fn select_to_file(&self, file: &Path) -> (u64, Duration) {
        let start = Instant::now();
        let mut out = std::io::BufWriter::with_capacity(1 << 20, std::fs::File::create(file).unwrap());
        let wanted =
            response::table.select((response::id, response::version, response::submitted_on, response::answers));
        let mut rows = 0_u64;
        let mut write = |row: QueryResult<(String, i32, String, String)>| {
            let (id, version, day, answers) = row.unwrap();
            writeln!(out, "{id}\t{version}\t{day}\t{answers}").unwrap();
            rows += 1;
        };
        match &mut self.connect() {
            Conn::Sqlite(conn) => wanted.load_iter::<_, DefaultLoadingMode>(conn).unwrap().for_each(&mut write),
            Conn::Postgres(conn) => wanted.load_iter::<_, PgRowByRowLoadingMode>(conn).unwrap().for_each(&mut write),
        }
        out.flush().unwrap();
        (rows, start.elapsed())
    }

    /// How many bytes the database takes.
    pub(crate) fn size(&self) -> u64 {
        #[derive(QueryableByName)]
        struct Size {
            #[diesel(sql_type = BigInt)]
            size: i64,
        }
        let sql = match self.file() {
            Some(_) => "SELECT page_count * page_size AS size FROM pragma_page_count(), pragma_page_size()",
            None => "SELECT pg_database_size(current_database()) AS size",
        };
        let found: Size = diesel::sql_query(sql).get_result(&mut self.connect()).unwrap();
        u64::try_from(found.size).unwrap()
    }
}

/// What is stored of the receipt of a respondent with this secret.
fn hash_of(secret: &str) -> String {
    Token::read(secret).unwrap().receipt().hash()
}

/// True if a receipt as the thanks page shows it is the one of this secret.
pub(crate) fn is_receipt_of(shown: &str, secret: &str) -> bool {
    Receipt::read(shown).is_some_and(|receipt| receipt.hash() == hash_of(secret))
}
