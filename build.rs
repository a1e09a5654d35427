//! Compiles the looks to the stylesheets that the program carries: `assets/canvass.scss` for its pages and, for the pages
//! that stand alone, `report.scss`, `paper.scss` and `codebook.scss`, each to `$OUT_DIR/NAME.css`; takes the
//! comments out of the scripts; and mirrors the first for pages read from right to left, `canvass-rtl.css`.
//!
//! The Sass compiler is a Rust crate, so that a plain `cargo build` needs no Node; only fetching nhsuk-frontend does.

mod build_mirror;

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::{env, fs};

use flate2::Compression;
use flate2::write::GzEncoder;

const LOOKS: [&str; 4] = ["canvass", "report", "paper", "codebook"];
const SCRIPTS: [&str; 2] = ["canvass.js", "staff.js"];
const NHSUK_FRONTEND: &str = "node_modules/nhsuk-frontend";

fn main() {
    // A path that is missing counts as changed, so a build that failed for want of the package tries again.
    println!("cargo::rerun-if-changed=assets");
    println!("cargo::rerun-if-changed=build_mirror.rs");
    println!("cargo::rerun-if-changed=package-lock.json");
    println!("cargo::rerun-if-changed={NHSUK_FRONTEND}/package.json");
    // Migrations and templates are embedded by macros that cannot see a new one arrive.
    println!("cargo::rerun-if-changed=migrations");
    println!("cargo::rerun-if-changed=templates");

    let built = LOOKS.into_iter().try_for_each(compile_look);
    if let Err(fault) = built.and_then(|()| SCRIPTS.into_iter().try_for_each(strip_script)) {
        for line in fault.to_string().lines() {
            println!("cargo::error={line}");
        }
    }
}

/// Writes one stylesheet, without a byte order mark so that a page may also carry it inline.
fn compile_look(name: &str) -> Result<(), Box<dyn Error>> {
    let sass = Path::new(NHSUK_FRONTEND).join("dist");
    if !sass.is_dir() {
        return Err("run `npm ci --ignore-scripts` first (make run does)".into());
    }
    let options =
        grass::Options::default().style(grass::OutputStyle::Compressed).allows_charset(false).load_path(&sass);
    let css = grass::from_path(Path::new("assets").join(format!("{name}.scss")), &options)?;

    let out_dir = env::var("OUT_DIR")?;
    if name == "canvass" {
        write(&out_dir, "canvass-rtl.css", &build_mirror::mirror(&css))?;
    }
    write(&out_dir, &format!("{name}.css"), &css)
}

/// Writes a file as it is and compressed.
fn write(folder: &str, name: &str, text: &str) -> Result<(), Box<dyn Error>> {
    fs::write(Path::new(folder).join(name), text)?;
    compress(&Path::new(folder).join(format!("{name}.gz")), text)
}

/// Writes a script without its comments and indentation, which nobody reads in a browser.
fn strip_script(name: &str) -> Result<(), Box<dyn Error>> {
    let written = fs::read_to_string(Path::new("assets").join(name))?;
    let lines = written.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    let script = lines.collect::<Vec<_>>().join("\n");
    write(&env::var("OUT_DIR")?, name, &script)
}

/// Compressed once and well here, rather than quickly for each visitor.
fn compress(file: &Path, text: &str) -> Result<(), Box<dyn Error>> {
    let mut compressed = GzEncoder::new(fs::File::create(file)?, Compression::best());
    compressed.write_all(text.as_bytes())?;
    compressed.finish()?;
    Ok(())
}
