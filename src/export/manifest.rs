//! What was written: each file with its size, rows and hash, so that whoever gets the files can tell that they are whole.

use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::document::hex;

/// The name of the file that holds it.
pub const NAME: &str = "manifest.json";

/// The files of one export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The program and its version.
    pub made_by: String,
    /// The files in the order of their writing.
    pub files: Vec<FileSum>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSum {
    /// Its name, in the folder of the manifest.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Rows: of a CSV file those after the first, which names the columns; of JSON Lines all; else `null`.
    pub rows: Option<u64>,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
}

/// Sums up what is written through it.
pub struct Summed<W> {
    to: W,
    hash: Sha256,
    bytes: u64,
    /// Ends of lines that are not within quotes, and all of them.
    lines: u64,
    ends: u64,
    is_quoted: bool,
}

impl<W> Summed<W> {
    /// Nothing written yet.
    pub fn new(to: W) -> Self {
        Self { to, hash: Sha256::new(), bytes: 0, lines: 0, ends: 0, is_quoted: false }
    }

    /// Where it is written to.
    pub fn get_ref(&self) -> &W {
        &self.to
    }

    /// What was written so far, as the file `name`.
    pub fn sum(&self, name: &str) -> FileSum {
        FileSum {
            name: name.to_owned(),
            bytes: self.bytes,
            rows: match Path::new(name).extension().and_then(|ending| ending.to_str()) {
                Some("csv") => Some(self.lines.saturating_sub(1)),
                // Each line is whole: JSON has no line breaks within texts.
                Some("jsonl" | "ndjson") => Some(self.ends),
                _ => None,
            },
            sha256: hex(&self.hash.clone().finalize()),
        }
    }

    fn take(&mut self, written: &[u8]) {
        self.hash.update(written);
        self.bytes += written.len() as u64;
        for byte in written {
            match byte {
                b'"' => self.is_quoted = !self.is_quoted,
                b'\n' => {
                    self.ends += 1;
                    self.lines += u64::from(!self.is_quoted);
                }
                _ => {}
            }
        }
    }
}

impl<W: Write> Write for Summed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.take(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// What is wrong with a file, if `found` is what is there now; none if it is as it was written.
pub fn fault(file: &FileSum, found: &FileSum) -> Option<String> {
    let name = &file.name;
    match (file.bytes, found.bytes) {
        (all, now) if now < all => Some(format!("{name} is cut off: it has {now} of {all} bytes")),
        (all, now) if now > all => Some(format!("{name} has {now} bytes, and had {all}")),
        _ if file.sha256 != found.sha256 => Some(format!("{name} was changed: its hash is another one")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Summed, fault};
    use std::io::Write;

    fn sum(text: &str) -> super::FileSum {
        let mut out = Summed::new(Vec::new());
        out.write_all(text.as_bytes()).unwrap();
        out.sum("a.csv")
    }

    #[test]
    fn rows_are_counted_and_not_the_lines_within_them() {
        let text = "id,text\n1,\"two\nlines, and a \"\"quote\"\"\"\n2,x\n";
        assert_eq!((sum(text).rows, sum(text).bytes), (Some(2), text.len() as u64));
        assert_eq!(sum("").rows, Some(0));
    }

    #[test]
    fn a_file_that_is_cut_off_or_changed_is_known() {
        let whole = sum("id\n1\n2\n");
        assert_eq!(fault(&whole, &whole), None);
        assert_eq!(fault(&whole, &sum("id\n1\n")).unwrap(), "a.csv is cut off: it has 5 of 7 bytes");
        assert!(fault(&whole, &sum("id\n1\n3\n")).unwrap().contains("changed"));
        assert!(fault(&whole, &sum("id\n1\n2\n3\n")).unwrap().contains("and had 7"));
    }
}
