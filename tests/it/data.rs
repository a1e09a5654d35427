//! Where test data too large for this repository lies.

use std::path::PathBuf;

/// The folder that `CANVASS_DATA` names; `None` where it is not set or not there, and such tests are skipped.
pub(crate) fn data() -> Option<PathBuf> {
    std::env::var_os("CANVASS_DATA").map(PathBuf::from).filter(|folder| folder.is_dir())
}
