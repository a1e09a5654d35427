//! A program without a plan: each request that sends answers is one transaction of its own, forced to the disk alone.
//!
//! It reads the same draft, makes the same response of it by the same functions, and writes the same rows; it has neither
//! the writer that commits in groups nor any guard, header or log of the real program.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::web::{Data, block, post};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use canvass::definition::Survey;
use canvass::response::code::Token;
use canvass::response::{Draft, Record};
use canvass::service::time::Moment;
use canvass::store::response::NewResponse;
use canvass::store::{Conn, Open, Store, StoreError, draft, response};

use super::people::DEFINITION;

const SURVEY: &str = "w20";

/// Serves a database until the bench ends; the answers of its visitors lie there already.
pub(crate) fn serve(url: &str) -> SocketAddr {
    let store = Store::open(url, Open::Existing).unwrap();
    let survey = Arc::new(canvass::definition::parse(&std::fs::read_to_string(DEFINITION).unwrap()).survey.unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let server = HttpServer::new(move || {
            App::new()
                .app_data(Data::new(store.clone()))
                .app_data(Data::from(Arc::clone(&survey)))
                .route("/s/w20/send", post().to(send))
        });
        let server = server.workers(2).disable_signals().listen(listener).unwrap().run();
        actix_web::rt::System::new().block_on(server).unwrap();
    });
    address
}

async fn send(request: HttpRequest, store: Data<Store>, survey: Data<Survey>) -> HttpResponse {
    let cookie = request.cookie("canvass-w20").unwrap();
    let token = Token::read(cookie.value()).unwrap();
    let written = block(move || store.write(|conn| write(conn, &survey, &token))).await.unwrap();
    match written {
        Ok(()) => HttpResponse::SeeOther().insert_header(("location", "/s/w20/sent")).finish(),
        Err(error) => HttpResponse::InternalServerError().body(error.to_string()),
    }
}

fn write(conn: &mut Conn, survey: &Survey, token: &Token) -> Result<(), StoreError> {
    let (key, now) = (token.draft_key(), Moment::now());
    let row = draft::hold(conn, SURVEY, &key)?.ok_or_else(|| StoreError::NotFound("draft".to_owned()))?;
    let (record, _) = Record::finish(survey, &Draft::from_text(survey, &row.answers, now.date()));
    let new = NewResponse {
        survey_id: SURVEY,
        version: row.version,
        idem: &token.idempotency_key(),
        receipt_hash: Some(&token.receipt().hash()),
        mode: row.mode,
        answers: &record.to_json().to_string(),
        submitted_on: &now.day(),
        started_version: None,
    };
    response::submit(conn, &new)?;
    draft::delete(conn, SURVEY, &key)?;
    Ok(())
}
