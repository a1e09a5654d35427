//! Writes a set of files so that either all of them are new or none is.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::export::manifest::{FileSum, Manifest, NAME, Summed};
use crate::service::ServiceError;

/// Files written beside their final names, which they take together at the end.
pub(super) struct Batch<'a> {
    folder: &'a Path,
    written: Vec<(PathBuf, PathBuf)>,
    sums: Vec<FileSum>,
}

/// What a file is written through.
pub(super) type Out = BufWriter<Summed<File>>;

impl<'a> Batch<'a> {
    /// Makes the folder if it does not exist.
    pub(super) fn new(folder: &'a Path) -> Result<Self, ServiceError> {
        fs::create_dir_all(folder).map_err(|source| failed(folder, source))?;
        Ok(Self { folder, written: Vec::new(), sums: Vec::new() })
    }

    /// Writes one file by `fill`; it has its final name only after [`Batch::publish`].
    pub(super) fn file<T>(
        &mut self,
        name: &str,
        fill: impl FnOnce(&mut Out) -> Result<T, ServiceError>,
    ) -> Result<T, ServiceError> {
        let (temporary, path) = (self.folder.join(format!(".{name}.part")), self.folder.join(name));
        let made = File::create(&temporary).map_err(|source| failed(&path, source))?;
        let mut out = BufWriter::new(Summed::new(made));
        self.written.push((temporary, path.clone()));
        let filled = fill(&mut out)?;
        out.flush().and_then(|()| out.get_ref().get_ref().sync_all()).map_err(|source| failed(&path, source))?;
        self.sums.push(out.get_ref().sum(name));
        Ok(filled)
    }

    /// Writes one file with these bytes.
    pub(super) fn bytes(&mut self, name: &str, bytes: &[u8]) -> Result<(), ServiceError> {
        let path = self.folder.join(name);
        self.file(name, |out| out.write_all(bytes).map_err(|source| failed(&path, source)))
    }

    /// Takes on the files of another batch for the same folder, after its own.
    pub(super) fn append(&mut self, mut other: Self) {
        self.written.append(&mut other.written);
        self.sums.append(&mut other.sums);
    }

    /// The same as [`Batch::publish`], with a file more that tells the size, the rows and the hash of each. What a manifest
    /// that was there says of other files in the folder stays in it.
    pub(super) fn publish_with_manifest(mut self) -> Result<(), ServiceError> {
        let made_by = format!("canvass {}", env!("CARGO_PKG_VERSION"));
        let mut files = std::mem::take(&mut self.sums);
        let written: Vec<String> = files.iter().map(|file| file.name.clone()).collect();
        let others = self.manifest_there().into_iter().flat_map(|manifest| manifest.files);
        let is_there = |file: &FileSum| !written.contains(&file.name) && self.folder.join(&file.name).is_file();
        files.extend(others.filter(is_there));
        let manifest = Manifest { made_by, files };
        let mut text = serde_json::to_vec_pretty(&manifest).unwrap_or_default();
        text.push(b'\n');
        self.bytes(NAME, &text)?;
        self.publish()
    }

    fn manifest_there(&self) -> Option<Manifest> {
        serde_json::from_slice(&fs::read(self.folder.join(NAME)).ok()?).ok()
    }

    /// Gives every file its final name. What stood there is put aside until all is done, and put back if it fails.
    pub(super) fn publish(self) -> Result<(), ServiceError> {
        let mut replaced = Vec::new();
        for (temporary, path) in &self.written {
            let done = set_aside(path).and_then(|aside| {
                replaced.push((path, aside));
                fs::rename(temporary, path)
            });
            if let Err(source) = done {
                for (path, aside) in replaced.into_iter().rev() {
                    // The error to tell is the first one; what can be put back is.
                    let _not_there = fs::remove_file(path);
                    let _put_back = aside.map(|aside| fs::rename(aside, path));
                }
                return Err(failed(path, source));
            }
        }
        for aside in replaced.into_iter().filter_map(|(_, aside)| aside) {
            let _already_gone = fs::remove_file(aside);
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

/// Renames the file at `path`, if there is one, and tells its new name. A folder there is refused.
fn set_aside(path: &Path) -> io::Result<Option<PathBuf>> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
        Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Ok(_) => {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let aside = path.with_file_name(format!(".{name}.old"));
            fs::rename(path, &aside)?;
            Ok(Some(aside))
        }
    }
}

fn failed(path: &Path, source: io::Error) -> ServiceError {
    ServiceError::File { path: path.display().to_string(), action: "written", source }
}
