//! Where the database is: the address as written, read into a SQLite file or a Postgres server.

use std::path::{Path, PathBuf};

use super::StoreError;

/// What to do when the database is not there yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    /// A missing database is a mistake: nothing is made.
    Existing,
    /// Make the file and its folders. A Postgres database must exist either way.
    Create,
}

/// What a SQLite file is opened for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// To read; nothing is written beside it either.
    Read,
    /// To write, if it is there.
    Write,
    /// To write; a missing file is made.
    Make,
}

impl From<Open> for Access {
    fn from(open: Open) -> Self {
        match open {
            Open::Existing => Self::Write,
            Open::Create => Self::Make,
        }
    }
}

/// A database address that has been understood. It may hold a password: it has no `Debug`.
#[derive(Clone)]
pub(super) enum Place {
    Sqlite(PathBuf),
    Postgres(String),
}

impl Place {
    /// Reads `sqlite:PATH`, `postgres://...` or `postgresql://...`.
    pub(super) fn read(url: &str) -> Result<Self, StoreError> {
        let refuse = |hint: String| Err(StoreError::Url { given: without_password(url), hint });
        match url.split_once(':') {
            Some(("sqlite", ":memory:")) => refuse("a database in memory would end with the program".to_owned()),
            Some(("sqlite", path)) if !path.is_empty() && !path.starts_with("//") => {
                Ok(Self::Sqlite(PathBuf::from(path)))
            }
            Some(("postgres" | "postgresql", rest)) if rest.starts_with("//") => {
                if has_bare_password_marks(rest) {
                    return refuse("write / in a password as %2F, and @ as %40".to_owned());
                }
                Ok(Self::Postgres(url.to_owned()))
            }
            _ => refuse(suggestion(url)),
        }
    }

    /// What errors call it.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Sqlite(path) => path.display().to_string(),
            Self::Postgres(_) => "this database".to_owned(),
        }
    }
}

/// libpq would read a piece of such a password as the host or port, and show it in its message.
fn has_bare_password_marks(rest: &str) -> bool {
    let rest = rest.trim_start_matches('/');
    let person = rest.split('/').next().unwrap_or_default();
    rest.matches('@').count() > person.matches('@').count().min(1)
}

fn suggestion(url: &str) -> String {
    let (scheme, rest) = url.split_once(':').unwrap_or(("", url));
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let scheme = scheme.to_lowercase();
    if scheme.starts_with("po") || scheme.starts_with("pg") || scheme.starts_with("psql") {
        return format!("did you mean {}?", without_password(&format!("postgres://{rest}")));
    }
    let is_path = scheme.is_empty() || scheme.starts_with("sq") || scheme == "file";
    if is_path && !rest.is_empty() && !rest.contains('=') {
        return format!("did you mean {}?", without_password(&format!("sqlite:{rest}")));
    }
    "it begins with sqlite: or postgres://, as in sqlite:data/canvass.db".to_owned()
}

/// The address as it may be shown: no user, no password, no parameters.
pub(super) fn without_password(url: &str) -> String {
    let shown = match url.rsplit_once('@') {
        Some((before, after)) => {
            let scheme = before.split("//").next().unwrap_or_default();
            let scheme = if before.contains("//") { scheme } else { "" };
            format!("{scheme}//***@{after}")
        }
        None => url.to_owned(),
    };
    match shown.to_ascii_lowercase().find("password") {
        Some(start) => format!("{}***", shown.get(..start).unwrap_or_default()),
        None => shown,
    }
}

/// The file as a SQLite URI, so that only `Access::Make` can ever make one.
pub(super) fn sqlite_uri(path: &Path, access: Access) -> String {
    use std::fmt::Write as _;

    let path = path.to_string_lossy();
    // `//` would begin a host name.
    let (root, tail) = match path.strip_prefix('/') {
        Some(tail) => ("/", tail.trim_start_matches('/')),
        None => ("", path.as_ref()),
    };
    let mut uri = format!("file:{root}");
    for byte in tail.bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri.push_str(match access {
        Access::Read => "?mode=ro",
        Access::Write => "?mode=rw",
        Access::Make => "?mode=rwc",
    });
    uri
}
