//! Forms that carry files (`multipart/form-data`, RFC 7578), read whole and within bounds; other forms are read as they are.

use actix_web::HttpRequest;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Payload;

use super::error::{Problem, bad_body};

/// Largest body, in bytes: a list of a hundred thousand people, and a workbook of twice as many.
const MOST: usize = 8 * 1024 * 1024;
/// Most parts.
const PARTS: usize = 100;

/// What was posted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Posted {
    /// Fields in their order, by name.
    pub(super) fields: Vec<(String, String)>,
    /// The bytes of files, by the name of their field; one that was not chosen has none.
    pub(super) files: Vec<(String, Vec<u8>)>,
}

impl Posted {
    /// A field's text, or nothing.
    pub(super) fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// A file's bytes, if one was chosen.
    pub(super) fn file(&self, name: &str) -> Option<&[u8]> {
        let found = self.files.iter().find(|(key, bytes)| key == name && !bytes.is_empty());
        found.map(|(_, bytes)| bytes.as_slice())
    }
}

/// Reads what a form posts, with files or without.
pub(super) async fn posted(request: &HttpRequest, body: Payload) -> Result<Posted, Problem> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let body = body.to_bytes_limited(MOST).await.map_err(|_| bad_body(true))?.map_err(|_| bad_body(false))?;
    let read = match boundary(kind) {
        Some(boundary) => parts(&boundary, &body),
        None => serde_urlencoded(&body),
    };
    read.ok_or_else(|| bad_body(false))
}

fn serde_urlencoded(body: &[u8]) -> Option<Posted> {
    let fields = actix_web::web::Query::<Vec<(String, String)>>::from_query(std::str::from_utf8(body).ok()?);
    Some(Posted { fields: fields.ok()?.into_inner(), files: Vec::new() })
}

/// What stands between the parts, if the body has any.
fn boundary(kind: &str) -> Option<String> {
    let (media, rest) = kind.split_once(';')?;
    if !media.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let named = rest.split(';').map(str::trim).find_map(|part| part.strip_prefix("boundary="))?;
    Some(named.trim_matches('"').to_string()).filter(|boundary| (1..=70).contains(&boundary.len()))
}

fn parts(boundary: &str, body: &[u8]) -> Option<Posted> {
    let between = format!("\r\n--{boundary}").into_bytes();
    let mut posted = Posted::default();
    let mut rest = body.strip_prefix(between.get(2..)?)?;
    for _ in 0..=PARTS {
        if rest.starts_with(b"--") {
            return Some(posted);
        }
        let (head, tail) = cut(rest.strip_prefix(b"\r\n")?, b"\r\n\r\n")?;
        let (content, tail) = cut(tail, &between)?;
        rest = tail;
        let head = std::str::from_utf8(head).ok()?;
        let is_it = |line: &&str| line.to_ascii_lowercase().starts_with("content-disposition:");
        let about = head.split("\r\n").find(is_it)?;
        let name = quoted(about, "name")?;
        if quoted(about, "filename").is_some() {
            posted.files.push((name, content.to_vec()));
        } else {
            posted.fields.push((name, String::from_utf8(content.to_vec()).ok()?));
        }
    }
    None
}

/// What stands before the first of these bytes, and what after them.
fn cut<'a>(bytes: &'a [u8], at: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let mut from = 0;
    let first = at.first()?;
    loop {
        from += bytes.get(from..)?.iter().position(|byte| byte == first)?;
        let tail = bytes.get(from..)?;
        if let Some(after) = tail.strip_prefix(at) {
            return Some((bytes.get(..from)?, after));
        }
        from += 1;
    }
}

/// A quoted value of a header, as browsers write it.
fn quoted(line: &str, name: &str) -> Option<String> {
    let value = line.split(';').map(str::trim).find_map(|part| part.strip_prefix(name)?.strip_prefix("=\""))?;
    Some(value.strip_suffix('"').unwrap_or(value).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: &str = "multipart/form-data; boundary=----x";

    fn read(body: &str) -> Option<Posted> {
        parts(&boundary(KIND).unwrap(), body.as_bytes())
    }

    #[test]
    fn fields_and_files_are_read_as_they_were_sent() {
        let body = "------x\r\nContent-Disposition: form-data; name=\"deed\"\r\n\r\nlook\r\n\
                    ------x\r\ncontent-disposition: form-data; name=\"list\"; filename=\"a;b.csv\"\r\nContent-Type: text/csv\r\n\r\n\
                    a\r\n--b\r\n\r\n\r\n------x\r\nContent-Disposition: form-data; name=\"typed\"\r\n\r\n\r\n------x--\r\n";
        let posted = read(body).unwrap();
        assert_eq!((posted.field("deed"), posted.field("typed"), posted.field("none")), ("look", "", ""));
        assert_eq!(posted.file("list"), Some(&b"a\r\n--b\r\n\r\n"[..]));
        assert_eq!(boundary("multipart/form-data; charset=utf-8; boundary=\"a b\"").as_deref(), Some("a b"));
        assert_eq!(boundary("application/x-www-form-urlencoded"), None);
        assert_eq!(serde_urlencoded(b"deed=look&typed=a%26b+c").unwrap().field("typed"), "a&b c");
    }

    #[test]
    fn half_a_form_is_none() {
        let whole = "------x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nlook\r\n------x--";
        assert!(read(whole).is_some());
        for end in 0..whole.len() {
            assert_eq!(read(&whole[..end]), None, "{end}");
        }
        for wrong in [
            "------x\r\n\r\n\r\nlook\r\n------x--",
            "------x\r\nContent-Disposition: form-data\r\n\r\nlook\r\n------x--",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        let many = format!(
            "{}--",
            "------x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n".repeat(200) + "------x"
        );
        assert_eq!(read(&many), None);
        assert_eq!(
            parts("----x", b"------x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\xff\r\n------x--"),
            None
        );
    }
}
