//! Reads a theme folder, once, at the start; no request ever reaches it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::render::theme::{Theme, ThemeFiles};
use crate::service::ServiceError;

/// The theme in a folder, or what is wrong with it.
pub(super) fn read(folder: &Path) -> Result<Theme, ServiceError> {
    let refused = |says: String| ServiceError::Refused(format!("the theme {}: {says}", folder.display()));
    let mut files = ThemeFiles::default();
    for path in entries(folder).map_err(refused)? {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_string();
        let unread = |error: std::io::Error| refused(format!("{name} cannot be read: {error}"));
        match name.as_str() {
            "theme.json" => files.settings = Some(fs::read_to_string(&path).map_err(unread)?),
            "theme.css" => files.css = Some(fs::read_to_string(&path).map_err(unread)?),
            "logo.svg" => files.svg = Some(fs::read(&path).map_err(unread)?),
            "logo.png" => files.png = Some(fs::read(&path).map_err(unread)?),
            "templates" if path.is_dir() => templates(&path, "", &mut files.templates).map_err(refused)?,
            other if other.starts_with('.') || other.to_lowercase().starts_with("readme") => {}
            other => {
                return Err(refused(format!(
                    "{other} is none of theme.json, theme.css, logo.svg, logo.png and templates: rename it or take it out"
                )));
            }
        }
    }
    Theme::read(files).map_err(|error| refused(error.to_string()))
}

/// The templates below a folder, each with its path from the top and without `.hbs`.
fn templates(folder: &Path, above: &str, found: &mut Vec<(String, String)>) -> Result<(), String> {
    for path in entries(folder)? {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_string();
        if path.is_dir() {
            templates(&path, &format!("{above}{name}/"), found)?;
        } else if let Some(stem) = name.strip_suffix(".hbs") {
            let source = fs::read_to_string(&path).map_err(|error| format!("{name} cannot be read: {error}"))?;
            found.push((format!("{above}{stem}"), source));
        } else if !name.starts_with('.') {
            return Err(format!("templates/{above}{name} is no template: its name must end with .hbs"));
        }
    }
    Ok(())
}

/// What is in a folder, in the order of the names.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let failed = |error: std::io::Error| format!("{} cannot be read: {error}", folder.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        paths.push(entry.map_err(failed)?.path());
    }
    paths.sort();
    Ok(paths)
}
