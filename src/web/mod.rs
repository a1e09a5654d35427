//! HTTP: every address on one screen, handlers that call one service function each, and nothing else.

mod admin;
mod after;
mod api;
mod asking;
mod assets;
mod busy;
mod crowd;
mod door;
mod error;
mod farewell;
mod help;
mod info;
mod limit;
mod mailing;
mod metrics;
mod outgoing;
mod posted;
mod respond;
mod resume;
mod security;
mod server;
mod session;
mod streamed;
mod upload;
mod views;
mod wall;

pub use api::openapi;
pub use asking::Asking;
pub use assets::{CODEBOOK_CSS, CSS, PAPER_CSS, REPORT_CSS};
pub use crowd::Patience;
pub use metrics::serve as serve_metrics;
pub use outgoing::{keep_sending, send_due};
pub use server::{ServeError, Site, bind, run, serve};

use actix_web::Route;
use actix_web::guard::{Any, Get, Head};
use actix_web::web::{ServiceConfig, post, route};
use api::operation;

/// Every address of the API.
const API: [api::Address; 25] = [
    ("/api/v1/openapi.json", &operation::DOCUMENT),
    ("/api/v1/report.schema.json", &operation::REPORT_SCHEMA_FILE),
    ("/api/v1/surveys", &operation::SURVEYS),
    ("/api/v1/surveys/{survey}", &operation::SURVEY),
    ("/api/v1/surveys/{survey}/definition", &operation::DEFINITION),
    ("/api/v1/surveys/{survey}/versions", &operation::VERSIONS),
    ("/api/v1/surveys/{survey}/versions/{version}", &operation::VERSION),
    ("/api/v1/surveys/{survey}/codebook.csv", &operation::CODEBOOK_CSV),
    ("/api/v1/surveys/{survey}/codebook.xml", &operation::CODEBOOK_XML),
    ("/api/v1/surveys/{survey}/codebook.html", &operation::CODEBOOK_HTML),
    ("/api/v1/surveys/{survey}/report", &operation::REPORT),
    ("/api/v1/surveys/{survey}/report.html", &operation::REPORT_HTML),
    ("/api/v1/surveys/{survey}/crosstabs.csv", &operation::CROSSTABS),
    ("/api/v1/surveys/{survey}/mentions.csv", &operation::MENTIONS),
    ("/api/v1/surveys/{survey}/opinions.csv", &operation::OPINIONS),
    ("/api/v1/surveys/{survey}/ideas.csv", &operation::IDEAS),
    ("/api/v1/surveys/{survey}/moderation.csv", &operation::MODERATION),
    ("/api/v1/surveys/{survey}/responses", &operation::RESPONSES),
    ("/api/v1/surveys/{survey}/responses.csv", &operation::RESPONSES_CSV),
    ("/api/v1/surveys/{survey}/responses.jsonl", &operation::RESPONSES_JSONL),
    ("/api/v1/surveys/{survey}/responses.xlsx", &operation::RESPONSES_XLSX),
    ("/api/v1/surveys/{survey}/responses.sav", &operation::RESPONSES_SAV),
    ("/api/v1/surveys/{survey}/responses.R", &operation::RESPONSES_R),
    ("/api/v1/surveys/{survey}/responses.parquet", &operation::RESPONSES_PARQUET),
    ("/api/v1/surveys/{survey}/responses.ndjson", &operation::RESPONSES_FHIR),
];

/// Every address of the service; those of the API are in [`API`].
pub(crate) fn routes(config: &mut ServiceConfig) {
    api::routes(config, &API);
    config
        .route("/", read().to(info::home))
        .route("/healthz", read().to(info::health))
        .route("/readyz", read().to(info::ready))
        .route("/accessibility", read().to(info::accessibility))
        .route("/cookies", read().to(info::cookies))
        .route("/assets/{file}", read().to(assets::file))
        .route("/s/{survey}", read().to(respond::start_page))
        .route("/s/{survey}/i/{code}", read().to(door::link))
        .route("/s/{survey}/unsubscribe/{code}", read().to(farewell::page))
        .route("/s/{survey}/unsubscribe/{code}", post().to(farewell::stop))
        .route("/s/{survey}/enter", post().to(door::enter))
        .route("/s/{survey}/start", post().to(respond::start))
        .route("/s/{survey}/page/{page}", read().to(respond::page))
        .route("/s/{survey}/page/{page}", post().to(respond::save_page))
        .route("/s/{survey}/saved", read().to(respond::saved))
        .route("/s/{survey}/saved", post().to(mailing::link))
        .route("/s/{survey}/page/{page}/keep", post().to(respond::keep_page))
        .route("/s/{survey}/page/{page}/idea/{idea}", read().to(wall::comments_page))
        .route("/s/{survey}/page/{page}/idea/{idea}", post().to(wall::comment))
        .route("/s/{survey}/page/{page}/{part:[0-9]{1,4}}", read().to(respond::page))
        .route("/s/{survey}/page/{page}/{part:[0-9]{1,4}}", post().to(respond::save_page))
        .route("/s/{survey}/page/{page}/{part:[0-9]{1,4}}/keep", post().to(respond::keep_page))
        .route("/s/{survey}/resume", read().to(resume::code_page))
        .route("/s/{survey}/resume", post().to(resume::code))
        .route("/s/{survey}/resume/{token}", read().to(resume::link))
        .route("/s/{survey}/overview", read().to(respond::overview))
        .route("/s/{survey}/overview", post().to(respond::change_overview))
        .route("/s/{survey}/leave", post().to(resume::leave))
        .route("/s/{survey}/left", read().to(resume::left))
        .route("/s/{survey}/continue", read().to(respond::go_on))
        .route("/s/{survey}/check", read().to(respond::check))
        .route("/s/{survey}/send", post().to(respond::send))
        .route("/s/{survey}/sent", read().to(after::receipt))
        .route("/s/{survey}/sent", post().to(mailing::copy))
        .route("/s/{survey}/copy", read().to(after::copy))
        .route("/s/{survey}/copy.txt", read().to(after::copy_as_text))
        .route("/s/{survey}/result", read().to(after::everyone))
        .route("/s/{survey}/amend", post().to(after::amend))
        .route("/s/{survey}/withdraw", read().to(after::withdraw_page))
        .route("/s/{survey}/withdraw", post().to(after::withdraw))
        .route("/s/{survey}/end/{page}", read().to(respond::ended))
        .route("/s/{survey}/help", read().to(help::help))
        .route("/s/{survey}/privacy", read().to(help::privacy))
        .route("/s/{survey}/cookies", read().to(help::cookies))
        .route("/s/{survey}/accessibility", read().to(help::accessibility));
    staff_routes(config);
}

/// Every address of the staff area; what each needs stands in [`admin::need`].
fn staff_routes(config: &mut ServiceConfig) {
    config
        .route("/staff", read().to(admin::home))
        .route("/staff/sign-in", read().to(admin::sign_in::page))
        .route("/staff/sign-in", post().to(admin::sign_in::enter))
        .route("/staff/sign-in/{token}", read().to(admin::sign_in::link_page))
        .route("/staff/sign-in/{token}", post().to(admin::sign_in::enter_by_link))
        .route("/staff/set-up/{token}", read().to(admin::sign_in::set_up_page))
        .route("/staff/set-up/{token}", post().to(admin::sign_in::set_up))
        .route("/staff/sign-out", post().to(admin::sign_in::leave))
        .route("/staff/account", read().to(admin::sign_in::own_page))
        .route("/staff/account", post().to(admin::sign_in::change_own))
        .route("/staff/accounts", read().to(admin::accounts::page))
        .route("/staff/accounts", post().to(admin::accounts::act))
        .route("/staff/audit", read().to(admin::accounts::audit_page))
        .route("/staff/designs", read().to(admin::design::list))
        .route("/staff/designs/new", read().to(admin::design::new))
        .route("/staff/designs/new", post().to(admin::design::begin))
        .route("/staff/surveys/{survey}", read().to(admin::survey))
        .route("/staff/surveys/{survey}/design", read().to(admin::design::page))
        .route("/staff/surveys/{survey}/design/begin", post().to(admin::design::begin_here))
        .route("/staff/surveys/{survey}/design/import", read().to(admin::design::import))
        .route("/staff/surveys/{survey}/design/change", post().to(admin::design::change))
        .route("/staff/surveys/{survey}/design/part", read().to(admin::design::part))
        .route("/staff/surveys/{survey}/design/part", post().to(admin::design::change_part))
        .route("/staff/surveys/{survey}/design/text", read().to(admin::design::text))
        .route("/staff/surveys/{survey}/design/text", post().to(admin::design::save_text))
        .route("/staff/surveys/{survey}/design/file", read().to(admin::design::file))
        .route("/staff/surveys/{survey}/design/translate", read().to(admin::design::translate))
        .route("/staff/surveys/{survey}/design/translate", post().to(admin::design::save_translation))
        .route("/staff/surveys/{survey}/design/preview", read().to(admin::design::preview))
        .route("/staff/surveys/{survey}/design/preview/{page}", read().to(admin::design::preview_page))
        .route("/staff/surveys/{survey}/design/preview/{page}", post().to(admin::design::preview_go))
        .route("/staff/surveys/{survey}/design/links", post().to(admin::design::share))
        .route("/staff/surveys/{survey}/design/publish", read().to(admin::design::publish))
        .route("/staff/surveys/{survey}/design/publish", post().to(admin::design::publish_act))
        .route("/preview/{token}", read().to(admin::design::shared))
        .route("/preview/{token}/{page}", read().to(admin::design::shared_page))
        .route("/preview/{token}/{page}", post().to(admin::design::shared_go))
        .route("/staff/surveys/{survey}/people", read().to(admin::accounts::people))
        .route("/staff/surveys/{survey}/people", post().to(admin::accounts::change_people))
        .route("/staff/surveys/{survey}/audit", read().to(admin::accounts::audit_of_survey))
        .route("/staff/surveys/{survey}/invitations", read().to(admin::invitations::page))
        .route("/staff/surveys/{survey}/invitations", post().to(admin::invitations::act))
        .route("/staff/surveys/{survey}/invitations/{letter}", read().to(admin::letters::page))
        .route("/staff/surveys/{survey}/invitations/{letter}", post().to(admin::letters::act))
        .route("/staff/surveys/{survey}/ideas/{item}", read().to(admin::ideas::page))
        .route("/staff/surveys/{survey}/ideas/{item}", post().to(admin::ideas::act))
        .route("/staff/surveys/{survey}/themes/{item}", read().to(admin::themes::list))
        .route("/staff/surveys/{survey}/themes/{item}", post().to(admin::themes::act_on_list))
        .route("/staff/surveys/{survey}/themes/{item}/{part}", read().to(admin::themes::part))
        .route("/staff/surveys/{survey}/themes/{item}/{part}", post().to(admin::themes::act_on_part))
        .route("/staff/surveys/{survey}/redaction", read().to(admin::redaction::page))
        .route("/staff/surveys/{survey}/redaction", post().to(admin::redaction::act))
        .route("/staff/surveys/{survey}/live", read().to(admin::live::page))
        .route("/staff/surveys/{survey}/report", read().to(admin::views::report_page))
        .route("/staff/surveys/{survey}/views", read().to(admin::views::page))
        .route("/staff/surveys/{survey}/views", post().to(admin::views::change))
        .route("/staff/surveys/{survey}/view", read().to(admin::views::view_page))
        .route("/staff/surveys/{survey}/view/{file}", read().to(admin::views::file))
        .route("/staff/surveys/{survey}/compare", read().to(admin::compare::page))
        .route("/staff/surveys/{survey}/compare/{file}", read().to(admin::compare::file))
        .route("/staff/surveys/{survey}/{file}", read().to(admin::download));
}

/// A page to read: GET, or HEAD for programs that only ask whether it is there.
fn read() -> Route {
    route().guard(Any(Get()).or(Head()))
}
