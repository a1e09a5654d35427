//! The style sheet, served under an address that changes with its content, so that browsers may keep it for good.

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, Responder};

use super::Site;
use super::error::Problem;
use crate::definition::language::fingerprint;

/// The style sheet, compiled by `build.rs`.
pub const CSS: &str = include_str!(concat!(env!("OUT_DIR"), "/canvass.css"));

/// Where the style sheet is.
pub(super) fn address() -> String {
    format!("/assets/canvass-{}.css", fingerprint(CSS))
}

pub(super) async fn stylesheet(file: Path<String>, site: Data<Site>) -> Result<impl Responder, Problem> {
    if format!("/assets/{file}") != site.css {
        return Err(Problem::not_found());
    }
    Ok(HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(CSS))
}
