//! Compiles the look, `assets/canvass.scss`, to the one stylesheet that the program carries, `$OUT_DIR/canvass.css`.
//!
//! The Sass compiler is a Rust crate, so that a plain `cargo build` needs no Node; only fetching nhsuk-frontend does.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

const LOOK: &str = "assets/canvass.scss";
const NHSUK_FRONTEND: &str = "node_modules/nhsuk-frontend";

fn main() {
    // A path that is missing counts as changed, so a build that failed for want of the package tries again.
    println!("cargo::rerun-if-changed=assets");
    println!("cargo::rerun-if-changed=package-lock.json");
    println!("cargo::rerun-if-changed={NHSUK_FRONTEND}/package.json");
    // Migrations are embedded by a macro that cannot see a new one arrive.
    println!("cargo::rerun-if-changed=migrations");

    if let Err(fault) = compile_look() {
        for line in fault.to_string().lines() {
            println!("cargo::error={line}");
        }
    }
}

/// Writes the stylesheet, without a byte order mark so that a page may also carry it inline.
fn compile_look() -> Result<(), Box<dyn Error>> {
    let sass = Path::new(NHSUK_FRONTEND).join("dist");
    if !sass.is_dir() {
        return Err("run `npm ci --ignore-scripts` first (make run does)".into());
    }
    let options =
        grass::Options::default().style(grass::OutputStyle::Compressed).allows_charset(false).load_path(&sass);
    let css = grass::from_path(LOOK, &options)?;

    let out_dir = env::var("OUT_DIR")?;
    fs::write(Path::new(&out_dir).join("canvass.css"), css)?;
    Ok(())
}
