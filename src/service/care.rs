//! Whoever runs the service brings the tables up to date, backs up, checks, restores and copies the database.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::{Progress, ServiceError};
use crate::document::hex;
pub use crate::store::carry::Verified;
use crate::store::{self, StoreError, carry};
pub use crate::store::{Held, Moved, Standing};

/// Which migrations a database has and lacks; changes nothing.
pub fn standing(database: &str) -> Result<Standing, ServiceError> {
    Ok(store::standing(database)?)
}

/// The same, and none where there is no database.
pub fn standing_of_any(database: &str) -> Result<Option<Standing>, ServiceError> {
    match store::standing(database) {
        Err(StoreError::NotFound(_)) => Ok(None),
        other => Ok(Some(other?)),
    }
}

/// Brings the tables of a database up to date; says what it did.
pub fn migrate(database: &str) -> Result<Moved, ServiceError> {
    Ok(store::to_newest(database)?)
}

/// Takes back the migrations after `version`, and loses what their tables and columns hold.
pub fn down_to(database: &str, version: &str) -> Result<Moved, ServiceError> {
    Ok(store::down_to(database, version)?)
}

/// Writes all that a database holds into one file, which has its name only once it is whole and on the disk; only its owner
/// may read it. An earlier backup of that name is replaced, and nothing else.
pub fn back_up(database: &str, out: &Path, progress: &Progress<'_>) -> Result<Vec<Held>, ServiceError> {
    let failed = |source| ServiceError::File { path: out.display().to_string(), action: "written", source };
    if out.exists() && !carry::is_backup(out) {
        return Err(ServiceError::Refused(format!(
            "{} is there already and is no backup: name another file with --out",
            out.display()
        )));
    }
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Some(name) = out.file_name() else { return Err(failed(io::ErrorKind::IsADirectory.into())) };
    let part = Part(folder.join(format!(".{}.part", name.to_string_lossy())));
    part.remove();
    fs::create_dir_all(folder).map_err(failed)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&part.0).map_err(failed)?;
    let held = carry::back_up(database, &part.0, progress)?;
    File::open(&part.0).and_then(|file| file.sync_all()).map_err(failed)?;
    fs::rename(&part.0, out).map_err(failed)?;
    // So that the name is on the disk too; not every system lets a folder be opened.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(held)
}

/// Counts and sums a backup anew, and says whether it is what was backed up.
pub fn verify(file: &Path, progress: &Progress<'_>) -> Result<Verified, ServiceError> {
    Ok(carry::verify(file, progress)?)
}

/// Writes a backup, which is checked first, to an empty database, and checks what was written.
pub fn restore(file: &Path, to: &str, progress: &Progress<'_>) -> Result<Vec<Held>, ServiceError> {
    Ok(carry::restore(file, to, progress)?)
}

/// Writes all that a database holds to another, empty one, and checks what was written.
pub fn copy(from: &str, to: &str, progress: &Progress<'_>) -> Result<Vec<Held>, ServiceError> {
    Ok(carry::copy(from, to, progress)?)
}

/// One sum over all tables, the same for equal rows in whichever database: SHA-256 over a line for each table.
pub fn sum(held: &[Held]) -> String {
    let lines = held.iter().map(|one| format!("{} {} {}\n", one.table, one.rows, one.sha256));
    hex(&Sha256::digest(lines.collect::<String>()))
}

/// A file that is being written; what is left of it is removed.
struct Part(std::path::PathBuf);

impl Part {
    fn remove(&self) {
        for ending in ["", "-journal"] {
            let mut path = self.0.clone().into_os_string();
            path.push(ending);
            let _not_there = fs::remove_file(path);
        }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.remove();
    }
}
