//! Headers on every answer, and the refusal of forms posted from other sites.

use actix_web::ResponseError;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::{DefaultHeaders, Next};

use super::Site;
use super::error::Problem;

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; \
                      connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Headers that keep pages out of frames, caches and other sites' hands.
pub(super) fn headers(site: &Site) -> DefaultHeaders {
    let headers = DefaultHeaders::new();
    // Browsers that came by HTTPS once never come by HTTP again.
    let headers =
        if site.is_https() { headers.add((header::STRICT_TRANSPORT_SECURITY, "max-age=31536000")) } else { headers };
    headers
        .add((header::CONTENT_SECURITY_POLICY, POLICY))
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((header::X_FRAME_OPTIONS, "DENY"))
        .add((header::REFERRER_POLICY, "no-referrer"))
        .add(("cross-origin-opener-policy", "same-origin"))
        .add(("permissions-policy", "camera=(), geolocation=(), microphone=()"))
        .add((header::CACHE_CONTROL, "no-store"))
}

/// Refuses addresses that can be none of ours, and to change anything for a request that a browser says comes from
/// another site.
pub(super) async fn same_site<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    // Postgres takes no NUL in a text, and no address of ours has one.
    if request.uri().path().contains("%00") {
        return Ok(request.into_response(Problem::not_found().error_response()).map_into_right_body());
    }
    let said = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let foreign_fetch = said("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none");
    let foreign_origin = said("origin").is_some_and(|origin| {
        let host = origin.split_once("://").map_or(origin, |(_, host)| host);
        origin != "null" && said("host").is_some_and(|own| own != host)
    });
    if *request.method() == Method::POST && (foreign_fetch || foreign_origin) {
        return Ok(request.into_response(Problem::forged().error_response()).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}
