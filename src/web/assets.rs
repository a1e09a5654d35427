//! The style sheet, served under an address that changes with its content, so that browsers may keep it for good.

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, Responder};

use super::Site;
use super::error::Problem;
use crate::definition::language::fingerprint;

/// The style sheet of the pages, compiled by `build.rs`.
pub const CSS: &str = include_str!(concat!(env!("OUT_DIR"), "/canvass.css"));

/// The same, compressed for browsers that take it so: all of them.
const CSS_GZIP: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/canvass.css.gz"));

/// The style sheet of the report, which carries it inside: only what it uses.
pub const REPORT_CSS: &str = include_str!(concat!(env!("OUT_DIR"), "/report.css"));

/// The style sheet of the instrument on paper, which carries it inside.
pub const PAPER_CSS: &str = include_str!(concat!(env!("OUT_DIR"), "/paper.css"));

/// The style sheet of the codebook, which carries it inside.
pub const CODEBOOK_CSS: &str = include_str!(concat!(env!("OUT_DIR"), "/codebook.css"));

/// Where the style sheet is.
pub(super) fn address() -> String {
    format!("/assets/canvass-{}.css", fingerprint(CSS))
}

pub(super) async fn stylesheet(
    file: Path<String>,
    request: HttpRequest,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    if format!("/assets/{file}") != site.css {
        return Err(Problem::not_found());
    }
    let accepted = request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let mut response = HttpResponse::Ok();
    response
        .content_type("text/css; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::VARY, "accept-encoding"));
    if accepted.is_some_and(|accepted| accepted.contains("gzip")) {
        return Ok(response.insert_header((header::CONTENT_ENCODING, "gzip")).body(CSS_GZIP));
    }
    Ok(response.body(CSS))
}
