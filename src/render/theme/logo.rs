//! The logo of a theme: a PNG, or an SVG that is a picture and nothing else.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Largest logo, in bytes.
const MOST_BYTES: usize = 200 * 1024;

/// A picture, as it is served.
#[derive(Clone, Debug)]
pub struct Logo {
    /// What its name ends with: `svg` or `png`.
    pub kind: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

impl Logo {
    pub(super) fn read(kind: &'static str, bytes: Vec<u8>) -> Result<Self, String> {
        if bytes.len() > MOST_BYTES {
            return Err(format!("is {} bytes, and may be {MOST_BYTES} at most", bytes.len()));
        }
        if kind == "svg" {
            harmless(&bytes)?;
        } else if !bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            return Err("is no PNG".to_string());
        }
        Ok(Self { kind, bytes })
    }
}

/// Elements that run, load or hold something else than a picture.
const REFUSED: [&str; 9] =
    ["script", "foreignobject", "iframe", "embed", "object", "handler", "listener", "audio", "video"];

fn harmless(bytes: &[u8]) -> Result<(), String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "is not in UTF-8".to_string())?;
    let mut reader = Reader::from_str(text);
    let mut is_svg = false;
    loop {
        match reader.read_event().map_err(|error| format!("is not well formed: {error}"))? {
            Event::Start(tag) | Event::Empty(tag) => {
                is_svg |= tag.local_name().as_ref() == "svg";
                element(&tag)?;
            }
            Event::DocType(_) => return Err("has a DOCTYPE: take it out".to_string()),
            Event::PI(_) => return Err("has a processing instruction (`<?…?>`): take it out".to_string()),
            Event::Eof => break,
            _ => {}
        }
    }
    if is_svg { Ok(()) } else { Err("is no SVG".to_string()) }
}

fn element(tag: &BytesStart<'_>) -> Result<(), String> {
    let name = tag.local_name().as_ref().to_ascii_lowercase();
    if REFUSED.contains(&name.as_str()) {
        return Err(format!("has `<{name}>`, which a picture must not have: take it out"));
    }
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| format!("is not well formed: {error}"))?;
        let key = attribute.key.local_name().as_ref().to_ascii_lowercase();
        let value: String = attribute.value.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
        if key.starts_with("on") {
            return Err(format!("has `{key}` on `<{name}>`, which runs script: take it out"));
        }
        if key == "href" && !value.starts_with('#') && !value.starts_with("data:image/png;") {
            return Err(format!("refers to another file on `<{name}>`: put the picture itself into it"));
        }
        if value.contains("javascript:") || value.contains("&#") {
            return Err(format!("has an address that runs script on `<{name}>`: take it out"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_taken_and_what_runs_or_loads_is_refused() {
        let svg =
            |inside: &str| format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\">{inside}</svg>");
        for good in ["<path d=\"M0 0h9v9z\"/>", "<title>A</title><use href=\"#a\"/>"] {
            assert!(Logo::read("svg", svg(good).into_bytes()).is_ok(), "{good}");
        }
        for bad in [
            "<script>alert(1)</script>",
            "<SCRIPT/>",
            "<x:script xmlns:x=\"http://www.w3.org/2000/svg\"/>",
            "<path onload=\"alert(1)\"/>",
            "<a href=\"javascript:alert(1)\"><path/></a>",
            "<a href=\"java&#115;cript:x\"/>",
            "<image href=\"https://elsewhere.example/x.png\"/>",
            "<foreignObject><p/></foreignObject>",
            "<animate attributeName=\"href\" to=\"javascript:alert(1)\"/>",
        ] {
            assert!(Logo::read("svg", svg(bad).into_bytes()).is_err(), "{bad}");
        }
        for bad in
            ["<html></html>", "<!DOCTYPE svg [<!ENTITY x \"y\">]><svg/>", "<?xml-stylesheet href=\"x\"?><svg/>", ""]
        {
            assert!(Logo::read("svg", bad.as_bytes().to_vec()).is_err(), "{bad}");
        }
        assert!(Logo::read("png", b"\x89PNG\r\n\x1a\n...".to_vec()).is_ok());
        assert!(Logo::read("png", b"GIF89a".to_vec()).is_err());
    }
}
