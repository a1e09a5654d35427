//! The style sheets and the scripts, each under an address that changes with its content, so that browsers may keep it
//! for good.

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, Responder};

use super::Site;
use super::error::Problem;
use crate::definition::language::fingerprint;
use crate::render::theme::{Logo, Theme};

/// The style sheet of the pages, compiled by `build.rs`.
pub const CSS: &str = include_str!(concat!(env!("OUT_DIR"), "/canvass.css"));

/// The same, compressed for browsers that take it so: all of them.
const CSS_GZIP: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/canvass.css.gz"));

/// The style sheet of pages that are read from right to left.
const RTL_CSS: &str = include_str!(concat!(env!("OUT_DIR"), "/canvass-rtl.css"));
const RTL_CSS_GZIP: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/canvass-rtl.css.gz"));

/// What the pages gain where script runs.
const JS: &str = include_str!(concat!(env!("OUT_DIR"), "/canvass.js"));
const JS_GZIP: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/canvass.js.gz"));

/// What the pages of staff gain besides.
const STAFF_JS: &str = include_str!(concat!(env!("OUT_DIR"), "/staff.js"));
const STAFF_JS_GZIP: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/staff.js.gz"));

/// The style sheet of the report, which carries it inside: only what it uses.
pub const REPORT_CSS: &str = include_str!(concat!(env!("OUT_DIR"), "/report.css"));

/// The style sheet of the instrument on paper, which carries it inside.
pub const PAPER_CSS: &str = include_str!(concat!(env!("OUT_DIR"), "/paper.css"));

/// The style sheet of the codebook, which carries it inside.
pub const CODEBOOK_CSS: &str = include_str!(concat!(env!("OUT_DIR"), "/codebook.css"));

/// Where the style sheet is.
pub(super) fn style_address() -> String {
    format!("/assets/canvass-{}.css", fingerprint(CSS))
}

/// Where the style sheet of pages that are read from right to left is.
pub(super) fn mirrored_style_address() -> String {
    format!("/assets/canvass-{}.css", fingerprint(RTL_CSS))
}

/// Where the script is.
pub(super) fn script_address() -> String {
    format!("/assets/canvass-{}.js", fingerprint(JS))
}

/// Where the script of the pages of staff is.
pub(super) fn staff_script_address() -> String {
    format!("/assets/staff-{}.js", fingerprint(STAFF_JS))
}

/// Where the style sheet of a report among the pages of staff is.
pub(super) fn report_style_address() -> String {
    format!("/assets/report-{}.css", fingerprint(REPORT_CSS))
}

/// Where the style sheet of a theme is.
pub(super) fn theme_address(theme: &Theme) -> String {
    format!("/assets/theme-{}.css", fingerprint(&theme.css))
}

/// Where a logo is.
pub(super) fn logo_address(logo: &Logo) -> String {
    format!("/assets/logo-{}.{}", fingerprint(&String::from_utf8_lossy(&logo.bytes)), logo.kind)
}

/// Nothing in a logo runs or loads, though it were opened by itself.
const LOGO_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// What a theme brings, from memory: no address ever names a file.
fn themed(asked: &str, theme: &Theme) -> Option<HttpResponse> {
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"));
    if !theme.css.is_empty() && asked == theme_address(theme) {
        return Some(response.content_type("text/css; charset=utf-8").body(theme.css.clone()));
    }
    let logo = theme.logo.as_ref().filter(|logo| asked == logo_address(logo))?;
    response.insert_header((header::CONTENT_SECURITY_POLICY, LOGO_POLICY));
    let kind = if logo.kind == "svg" { "image/svg+xml" } else { "image/png" };
    Some(response.content_type(kind).body(logo.bytes.clone()))
}

pub(super) async fn file(
    file: Path<String>,
    request: HttpRequest,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let asked = format!("/assets/{file}");
    let (kind, text, gzip) = match asked {
        asked if asked == site.css => ("text/css; charset=utf-8", CSS, CSS_GZIP),
        asked if asked == site.mirrored_css => ("text/css; charset=utf-8", RTL_CSS, RTL_CSS_GZIP),
        asked if asked == site.js => ("text/javascript; charset=utf-8", JS, JS_GZIP),
        asked if asked == site.staff_js => ("text/javascript; charset=utf-8", STAFF_JS, STAFF_JS_GZIP),
        // Those who read it are few: what compresses all answers does.
        asked if asked == site.report_css => {
            let mut response = HttpResponse::Ok();
            response.insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"));
            return Ok(response.content_type("text/css; charset=utf-8").body(REPORT_CSS));
        }
        asked => return themed(&asked, &site.theme).ok_or_else(Problem::not_found),
    };
    let accepted = request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let mut response = HttpResponse::Ok();
    response
        .content_type(kind)
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::VARY, "accept-encoding"));
    if accepted.is_some_and(|accepted| accepted.contains("gzip")) {
        return Ok(response.insert_header((header::CONTENT_ENCODING, "gzip")).body(gzip));
    }
    Ok(response.body(text))
}
