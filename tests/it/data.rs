//! Where test data too large for this repository lies.

use std::path::PathBuf;

/// The folder named by `CANVASS_DATA`, or its usual place; `None` where it is absent, and such tests are skipped.
pub(crate) fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("CANVASS_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    folder.is_dir().then_some(folder)
}
