//! Forms that are larger than those of respondents, or have files in them.

use actix_web::HttpRequest;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Payload, Query};

use super::error::Problem;

/// Largest form with its files, in bytes.
const LARGEST: usize = 12_000_000;

/// What was posted: its fields in order, and the content of the files that were chosen, by field.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Upload {
    pub(super) fields: Vec<(String, String)>,
    pub(super) files: Vec<(String, Vec<u8>)>,
}

impl Upload {
    /// Reads a posted form of either kind.
    pub(super) async fn read(request: &HttpRequest, body: Payload) -> Result<Self, Problem> {
        let Ok(body) = body.to_bytes_limited(LARGEST).await else { return Err(Problem::form_too_large()) };
        let body = body.map_err(|_| Problem::no_form())?;
        let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if let Some(boundary) = boundary(kind) {
            return parts(&body, boundary).ok_or_else(Problem::no_form);
        }
        let text = std::str::from_utf8(&body).map_err(|_| Problem::no_form())?;
        let fields = Query::<Vec<(String, String)>>::from_query(text).map_err(|_| Problem::no_form())?;
        Ok(Self { fields: fields.into_inner(), files: Vec::new() })
    }

    /// What was typed in a field, if it was posted.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The same, empty where it was not.
    pub(super) fn typed(&self, name: &str) -> &str {
        field(&self.fields, name)
    }

    /// The file that was chosen, if one was.
    pub(super) fn file(&self, name: &str) -> Option<&[u8]> {
        self.files.iter().find(|(known, bytes)| known == name && !bytes.is_empty()).map(|(_, bytes)| bytes.as_slice())
    }
}

/// What was posted in a field; nothing if it was not there.
pub(super) fn field<'a>(posted: &'a [(String, String)], name: &str) -> &'a str {
    posted.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
}

/// What parts a body as RFC 7578 has it, by its media type.
fn boundary(kind: &str) -> Option<&str> {
    let rest = kind.strip_prefix("multipart/form-data")?;
    let boundary = rest.split(';').find_map(|part| part.trim().strip_prefix("boundary="))?.trim_matches('"');
    (1..=70).contains(&boundary.len()).then_some(boundary)
}

/// The parts of a body, as browsers write them.
fn parts(body: &[u8], boundary: &str) -> Option<Upload> {
    let first = format!("--{boundary}");
    let next = format!("\r\n--{boundary}");
    let mut rest = body.strip_prefix(first.as_bytes())?;
    let mut upload = Upload::default();
    while let Some(part) = rest.strip_prefix(b"\r\n") {
        let end = find(part, next.as_bytes())?;
        let head = find(part.get(..end)?, b"\r\n\r\n")?;
        let (name, is_file) = named(std::str::from_utf8(part.get(..head)?).ok()?)?;
        let content = part.get(head + 4..end)?;
        if is_file {
            upload.files.push((name, content.to_vec()));
        } else {
            upload.fields.push((name, std::str::from_utf8(content).ok()?.to_string()));
        }
        rest = part.get(end + next.len()..)?;
    }
    rest.starts_with(b"--").then_some(upload)
}

/// The name of a part, and whether it is a file.
fn named(head: &str) -> Option<(String, bool)> {
    let lower = head.to_ascii_lowercase();
    let at = lower.find("content-disposition:")?;
    let line = head.get(at..)?.lines().next()?;
    let start = line.find(" name=\"")? + " name=\"".len();
    let name = line.get(start..)?.split('"').next()?;
    Some((name.to_string(), line.contains("filename")))
}

/// Where `what` begins first. It begins with a byte that is rare in what is posted.
fn find(within: &[u8], what: &[u8]) -> Option<usize> {
    let (first, mut at) = (*what.first()?, 0);
    loop {
        at += within.get(at..)?.iter().position(|byte| *byte == first)?;
        if within.get(at..)?.starts_with(what) {
            return Some(at);
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_browser_posts_comes_apart_as_it_was() {
        let body = b"--x1\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n{\r\n--x\r\n}\r\n--x1\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.xlsx\"\r\nContent-Type: application/octet-stream\r\n\r\nPK\r\n\xff\0\r\n--x1--\r\n";
        let upload = parts(body, boundary("multipart/form-data; boundary=x1").unwrap()).unwrap();
        assert_eq!(upload.get("text"), Some("{\r\n--x\r\n}"));
        assert_eq!(upload.file("file"), Some(&b"PK\r\n\xff\0"[..]));
        assert_eq!((upload.typed("none"), upload.file("text")), ("", None));
    }

    #[test]
    fn what_is_cut_off_or_no_form_is_refused() {
        let whole = b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x--\r\n";
        assert!(parts(whole, "x").is_some());
        for end in 0..whole.len() - 4 {
            assert_eq!(parts(&whole[..end], "x"), None, "{end}");
        }
        assert_eq!(boundary("application/json"), None);
        assert_eq!(boundary("multipart/form-data; boundary="), None);
    }
}
