//! Writes a set of files so that either all of them are new or none is.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::service::ServiceError;

/// Files written beside their final names, which they take together at the end.
pub(super) struct Batch<'a> {
    folder: &'a Path,
    written: Vec<(PathBuf, PathBuf)>,
}

impl<'a> Batch<'a> {
    /// Makes the folder if it does not exist.
    pub(super) fn new(folder: &'a Path) -> Result<Self, ServiceError> {
        fs::create_dir_all(folder).map_err(|source| failed(folder, source))?;
        Ok(Self { folder, written: Vec::new() })
    }

    /// Writes one file by `fill`; it has its final name only after [`Batch::publish`].
    pub(super) fn file<T>(
        &mut self,
        name: &str,
        fill: impl FnOnce(&mut BufWriter<File>) -> Result<T, ServiceError>,
    ) -> Result<T, ServiceError> {
        let (temporary, path) = (self.folder.join(format!(".{name}.part")), self.folder.join(name));
        let mut out = BufWriter::new(File::create(&temporary).map_err(|source| failed(&path, source))?);
        self.written.push((temporary, path.clone()));
        let filled = fill(&mut out)?;
        out.flush().and_then(|()| out.get_ref().sync_all()).map_err(|source| failed(&path, source))?;
        Ok(filled)
    }

    /// Writes one file with these bytes.
    pub(super) fn bytes(&mut self, name: &str, bytes: &[u8]) -> Result<(), ServiceError> {
        let path = self.folder.join(name);
        self.file(name, |out| out.write_all(bytes).map_err(|source| failed(&path, source)))
    }

    /// Gives every file its final name.
    pub(super) fn publish(mut self) -> Result<(), ServiceError> {
        for (temporary, path) in std::mem::take(&mut self.written) {
            fs::rename(&temporary, &path).map_err(|source| failed(&path, source))?;
        }
        Ok(())
    }
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        for (temporary, _) in &self.written {
            let _already_gone = fs::remove_file(temporary);
        }
    }
}

fn failed(path: &Path, source: io::Error) -> ServiceError {
    ServiceError::File { path: path.display().to_string(), action: "written", source }
}
