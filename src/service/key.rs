//! The key of the server: in a file apart from the database, and made where it is first needed.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::ServiceError;
use crate::response::invitation::Key;

/// Where the key is, and the key once it was read. A clone is the same ring.
#[derive(Clone, Default)]
pub(super) struct Keyring(Arc<Ring>);

#[derive(Default)]
struct Ring {
    file: Option<PathBuf>,
    key: OnceLock<Key>,
    /// A key of this program alone.
    own: OnceLock<Key>,
}

impl Keyring {
    /// With the key in this file.
    pub(super) fn in_file(file: PathBuf) -> Self {
        Self(Arc::new(Ring { file: Some(file), ..Ring::default() }))
    }

    /// With this key.
    pub(super) fn of(key: Key) -> Self {
        Self(Arc::new(Ring { key: key.into(), ..Ring::default() }))
    }

    /// The key; `Refused` where it is not there.
    pub(super) fn key(&self) -> Result<&Key, ServiceError> {
        if let Some(key) = self.0.key.get() {
            return Ok(key);
        }
        let file = self.file()?;
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(ServiceError::Refused(format!(
                    "the key file {} is not there, and without it no invitation or passphrase is known: put it back from \
                     your backup or copy it from the machine that published, or name it with --key-file",
                    file.display()
                )));
            }
            Err(source) => {
                return Err(ServiceError::File { path: file.display().to_string(), action: "read", source });
            }
        };
        let key = Key::read(&text).ok_or_else(|| {
            ServiceError::Refused(format!(
                "{} holds no key, which is 64 hexadecimal digits: name another file with --key-file",
                file.display()
            ))
        })?;
        Ok(self.0.key.get_or_init(|| key))
    }

    /// The same, and a new key where no file is there. Of two programs that make one at once, both take the same.
    pub(super) fn key_or_new(&self) -> Result<&Key, ServiceError> {
        if self.0.key.get().is_none() {
            let file = self.file()?;
            if !file.exists() {
                make(file).map_err(|source| match source {
                    Failed::Random => ServiceError::Random,
                    Failed::Write(source) => {
                        ServiceError::File { path: file.display().to_string(), action: "written", source }
                    }
                })?;
            }
        }
        self.key()
    }

    /// The key; where it is not there, one that this program alone has, until it ends.
    pub(super) fn key_or_own(&self) -> Result<&Key, ServiceError> {
        if let Ok(key) = self.key() {
            return Ok(key);
        }
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|_| ServiceError::Random)?;
        Ok(self.0.own.get_or_init(|| Key::from_bytes(bytes)))
    }

    fn file(&self) -> Result<&Path, ServiceError> {
        let refused = || ServiceError::Refused("no key file is named: name one with --key-file".to_string());
        self.0.file.as_deref().ok_or_else(refused)
    }
}

enum Failed {
    Random,
    Write(std::io::Error),
}

impl From<std::io::Error> for Failed {
    fn from(error: std::io::Error) -> Self {
        Self::Write(error)
    }
}

/// Writes a new key that only this user can read. It has its name only once it is whole, and takes nobody else's.
fn make(file: &Path) -> Result<(), Failed> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| Failed::Random)?;
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let part = file.with_file_name(format!(".{name}.{}.part", super::reference()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(&part)?;
    let linked = writeln!(out, "{}", Key::from_bytes(bytes).to_text())
        .and_then(|()| out.sync_all())
        .and_then(|()| std::fs::hard_link(&part, file));
    let _already_gone = std::fs::remove_file(&part);
    match linked {
        // Another program was first.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        other => Ok(other?),
    }
}
