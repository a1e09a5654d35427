//! HTTP: every address on one screen, handlers that call one service function each, and nothing else.

mod admin;
mod assets;
mod error;
mod info;
mod respond;
mod security;
mod server;
mod session;
mod views;

pub use assets::{CSS, REPORT_CSS};
pub use server::{ServeError, Site, bind, run, serve};

use actix_web::web::{ServiceConfig, get, post};

/// Every address of the service.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .route("/", get().to(info::home))
        .route("/healthz", get().to(info::health))
        .route("/accessibility", get().to(info::accessibility))
        .route("/cookies", get().to(info::cookies))
        .route("/assets/{file}", get().to(assets::stylesheet))
        .route("/s/{survey}", get().to(respond::start_page))
        .route("/s/{survey}/start", post().to(respond::start))
        .route("/s/{survey}/page/{page}", get().to(respond::page))
        .route("/s/{survey}/page/{page}", post().to(respond::save_page))
        .route("/s/{survey}/saved", get().to(respond::saved))
        .route("/s/{survey}/resume/{token}", get().to(respond::resume))
        .route("/s/{survey}/continue", get().to(respond::go_on))
        .route("/s/{survey}/check", get().to(respond::check))
        .route("/s/{survey}/send", post().to(respond::send))
        .route("/s/{survey}/sent", get().to(respond::sent))
        .route("/s/{survey}/end/{page}", get().to(respond::ended))
        .route("/s/{survey}/privacy", get().to(info::privacy))
        .route("/staff", get().to(admin::home))
        .route("/staff/sign-in/{token}", get().to(admin::sign_in_page))
        .route("/staff/sign-in/{token}", post().to(admin::sign_in))
        .route("/staff/sign-out", post().to(admin::sign_out))
        .route("/staff/surveys/{survey}", get().to(admin::survey))
        .route("/staff/surveys/{survey}/{file}", get().to(admin::download));
}
