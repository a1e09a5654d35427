//! A browser that prints: a page that stands alone becomes a PDF, by Chromium without a window, a network or scripts.
//!
//! The page is given as a file in a folder of its own, which is removed again, with the browser's profile.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The programs that are looked for, in this order.
const NAMES: [&str; 5] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// How long printing may take. A report with a thousand tables takes some 20 seconds.
pub const PATIENCE: Duration = Duration::from_mins(2);

/// How often is looked whether it is done.
const LOOK: Duration = Duration::from_millis(50);

/// Most characters of what the browser said that an error repeats.
const MOST_SAID: usize = 300;

/// A browser that is there.
#[derive(Clone, Debug)]
pub struct Browser {
    program: PathBuf,
}

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// None was named and none is in `PATH`.
    #[error("no browser is found to make a PDF with: looked for {} in PATH", NAMES.join(", "))]
    NoBrowser,
    /// What was named is no file.
    #[error("there is no browser at {0}")]
    NotThere(PathBuf),
    /// The browser cannot be started, or its files cannot be written.
    #[error("the browser {program} cannot be used")]
    Unusable {
        /// The browser.
        program: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// It ended without a PDF.
    #[error("the browser made no PDF ({status}): {said}")]
    NoPdf {
        /// How it ended.
        status: ExitStatus,
        /// The last of what it said.
        said: String,
    },
    /// It took too long and was ended.
    #[error("the browser was not done within {} seconds", .0.as_secs())]
    TooLong(Duration),
}

impl PrintError {
    /// What to do next.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::NoBrowser | Self::NotThere(_) => {
                "Install Chromium (on Debian: apt-get install chromium), name one with --browser, or open report.html in any browser and print it to a file."
            }
            Self::Unusable { .. } | Self::NoPdf { .. } => {
                "Check that the browser runs by itself, name another one with --browser, or open report.html in any browser and print it to a file."
            }
            Self::TooLong(_) => "Try again when the machine has less to do.",
        }
    }
}

impl Browser {
    /// The browser at `named`, or the first that `PATH` has.
    pub fn find(named: Option<&Path>) -> Result<Self, PrintError> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        Self::find_in(named, &path)
    }

    fn find_in(named: Option<&Path>, path: &OsString) -> Result<Self, PrintError> {
        if let Some(named) = named {
            let there = named.is_file().then(|| Self { program: named.to_path_buf() });
            return there.ok_or_else(|| PrintError::NotThere(named.to_path_buf()));
        }
        let folders = || std::env::split_paths(path).filter(|folder| folder.is_absolute());
        let program =
            NAMES.iter().find_map(|name| folders().map(|folder| folder.join(name)).find(|file| file.is_file()));
        program.map(|program| Self { program }).ok_or(PrintError::NoBrowser)
    }

    /// Prints a page: a tagged PDF with its title, its language and its headings as an outline.
    ///
    /// The page must stand alone. Two PDFs of one page differ, for each holds when it was made.
    pub fn print(&self, html: &str, patience: Duration) -> Result<Vec<u8>, PrintError> {
        let unusable = |source| PrintError::Unusable { program: self.program.clone(), source };
        let folder = Folder::new().map_err(unusable)?;
        let (page, pdf, said) = (folder.0.join("page.html"), folder.0.join("page.pdf"), folder.0.join("said.txt"));
        fs::write(&page, html).map_err(unusable)?;
        let started = Instant::now();
        for sandbox in [true, false] {
            // Chromium has no sandbox for root, and says so.
            if sandbox && is_root() {
                continue;
            }
            let mut child = self.start(&folder.0, &page, &pdf, &said, sandbox).map_err(unusable)?;
            let status = finished(&mut child, patience.saturating_sub(started.elapsed()))
                .map_err(unusable)?
                .ok_or(PrintError::TooLong(patience))?;
            let made = fs::read(&pdf).unwrap_or_default();
            if status.success() && made.starts_with(b"%PDF-") {
                return Ok(made);
            }
            let told = fs::read(&said).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
            if !(sandbox && told.contains("No usable sandbox")) {
                return Err(PrintError::NoPdf { status, said: ending(&told) });
            }
        }
        Err(PrintError::NoBrowser)
    }

    fn start(&self, folder: &Path, page: &Path, pdf: &Path, said: &Path, sandbox: bool) -> io::Result<Child> {
        let with = |option: &str, path: &Path| {
            let mut written = OsString::from(option);
            written.push(path);
            written
        };
        let mut command = Command::new(&self.program);
        command
            .args(["--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"])
            // Nothing is loaded, whatever the page says.
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args(["--disable-extensions", "--no-first-run", "--no-default-browser-check", "--metrics-recording-only"])
            .args(["--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=http://127.0.0.1:9"])
            .args(["--no-pdf-header-footer", "--generate-pdf-document-outline", "--export-tagged-pdf"])
            .args((!sandbox).then_some("--no-sandbox"))
            .arg(with("--user-data-dir=", &folder.join("profile")))
            .arg(with("--print-to-pdf=", pdf))
            .arg(with("file://", page))
            .env("HOME", folder)
            .env("TMPDIR", folder)
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(said)?);
        command.spawn()
    }
}

/// How the child ended, or nothing if it did not in time; it is then ended.
fn finished(child: &mut Child, patience: Duration) -> io::Result<Option<ExitStatus>> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if started.elapsed() >= patience {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        sleep(LOOK);
    }
}

/// The last of a long text, on one line.
fn ending(said: &str) -> String {
    let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let from = words.char_indices().rev().nth(MOST_SAID).map_or(0, |(at, _)| at);
    words.get(from..).unwrap_or_default().to_owned()
}

fn is_root() -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
    }
    #[cfg(not(unix))]
    false
}

/// A folder that nobody else may read, removed when it is no longer needed.
struct Folder(PathBuf);

impl Folder {
    fn new() -> io::Result<Self> {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
        let name = format!("canvass-print-{:016x}", u64::from_le_bytes(bytes));
        let path = std::env::temp_dir().join(name);
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt;
            builder.mode(0o700);
        }
        builder.create(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left of a browser that was ended may still write for a moment: the system clears its folder of
        // temporary files in time.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// A browser that does what `script` says; `$OUT` is the PDF.
    fn browser(folder: &Path, script: &str) -> Browser {
        let program = folder.join("chromium");
        let out = "for a in \"$@\"; do case $a in --print-to-pdf=*) OUT=${a#*=};; esac; done";
        fs::write(&program, format!("#!/bin/sh\n{out}\n{script}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        Browser::find_in(None, &folder.as_os_str().to_owned()).unwrap()
    }

    #[test]
    fn the_first_browser_in_the_path_is_taken_or_the_one_that_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let empty = folder.path().as_os_str().to_owned();
        assert!(matches!(Browser::find_in(None, &empty), Err(PrintError::NoBrowser)));
        assert!(matches!(Browser::find_in(Some(&folder.path().join("x")), &empty), Err(PrintError::NotThere(_))));
        for name in ["google-chrome", "chromium"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let found = Browser::find_in(None, &empty).unwrap();
        assert_eq!(found.program, folder.path().join("chromium"));
        let named = folder.path().join("google-chrome");
        assert_eq!(Browser::find_in(Some(&named), &empty).unwrap().program, named);
    }

    #[test]
    fn what_the_browser_prints_is_given_and_nothing_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let script = format!("pwd > {}/where; printf '%%PDF-1.7 x' > \"$OUT\"", folder.path().display());
        assert_eq!(browser(folder.path(), &script).print("<p>", PATIENCE).unwrap(), b"%PDF-1.7 x");
        let where_it_was = fs::read_to_string(folder.path().join("where")).unwrap();
        assert!(where_it_was.contains("canvass-print-") && !Path::new(where_it_was.trim()).exists());
    }

    #[test]
    fn a_browser_that_fails_or_hangs_is_told_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let failed = browser(folder.path(), "echo out of luck >&2; exit 3").print("<p>", PATIENCE).unwrap_err();
        assert!(failed.to_string().contains("out of luck"), "{failed}");
        let empty = browser(folder.path(), "exit 0").print("<p>", PATIENCE).unwrap_err();
        assert!(matches!(empty, PrintError::NoPdf { .. }) && empty.advice().contains("--browser"));
        let slow = browser(folder.path(), "exec sleep 60").print("<p>", Duration::from_millis(200)).unwrap_err();
        assert!(matches!(slow, PrintError::TooLong(_)), "{slow}");
    }
}
