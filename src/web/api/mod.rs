//! The API: what programs read with a token.
//!
//! One table, in `web`, says what stands at each address. The routes are made from it, who may read is decided by it, and the
//! document that describes the API is made from it: none of them can differ from the others.

mod document;
pub(super) mod operation;
pub(super) mod problem;
mod shape;

pub use document::openapi;

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::http::Method;
use actix_web::http::header::{self, ContentDisposition, DispositionParam, DispositionType};
use actix_web::web::{Bytes, Data, Query, ServiceConfig, block, resource};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use serde::Serialize;
use sha2::{Digest, Sha256};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::admin::make;
use super::crowd::{is_too_much, turn_of};
use super::error::Problem;
use super::streamed::{nothing, streamed};
use super::{limit, read};
use crate::document::hex;
use crate::render::Renderer;
use crate::service::time::Moment;
use crate::service::token::{self, Bearer};
use crate::service::view::Asked;
use crate::service::{Library, ServiceError, publish, responses, versions};
use operation::{Act, Needs, Operation};

/// An address with what stands there.
pub(super) type Address = (&'static str, &'static Operation);

/// Reports and files that are made at once. With one smaller thing beside them they leave processors, and connections to
/// the database, to those who answer.
const AT_ONCE: usize = 2;
/// Responses on a page, at most and if nobody says.
const MOST: u16 = 1000;
const USUAL: u16 = 100;

/// What the API needs besides the library.
pub(super) struct Api {
    document: Bytes,
    report_schema: Bytes,
    turns: Arc<Semaphore>,
    glances: Arc<Semaphore>,
}

impl Api {
    /// Makes the document and the schema.
    pub(super) fn new() -> Self {
        Self {
            document: format!("{:#}\n", openapi()).into(),
            report_schema: format!("{:#}\n", document::report_schema()).into(),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            glances: Arc::new(Semaphore::new(1)),
        }
    }

    /// Waits for a turn to make something large. Whoever makes it keeps the turn until it is made, also when the program
    /// that asked for it has gone.
    async fn turn(&self) -> Result<OwnedSemaphorePermit, Problem> {
        turn_of(&self.turns).await
    }

    /// Looks up something small, beside the threads that serve pages.
    async fn glance<T: Send + 'static>(
        &self,
        act: impl FnOnce() -> Result<T, ServiceError> + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = turn_of(&self.glances).await?;
        let looked = block(move || {
            let _until_it_is_done = turn;
            act()
        });
        looked.await?.map_err(problem::of)
    }
}

/// True if an address is the API's, so that problems are told to a program.
pub(super) fn is_ours(path: &str) -> bool {
    path.starts_with("/api/")
}

/// Serves what stands at these addresses.
pub(super) fn routes(config: &mut ServiceConfig, addresses: &'static [Address]) {
    for (path, operation) in addresses {
        let handler =
            move |request: HttpRequest, library, renderer, api| answer(operation, request, library, renderer, api);
        config.service(resource(*path).route(read().to(handler)));
    }
}

async fn answer(
    operation: &'static Operation,
    request: HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    api: Data<Api>,
) -> Result<HttpResponse, Problem> {
    if is_too_much(&request) {
        return Err(ServiceError::overloaded().into());
    }
    let now = Moment::now();
    let bearer = match operation.needs {
        Needs::Nothing => None,
        Needs::Token => Some(admitted(&library, &request, now).await?),
        Needs::Scope(scope) => {
            let bearer = admitted(&library, &request, now).await?;
            Some(bearer.may(scope).then_some(bearer).ok_or_else(|| problem::lacks(scope))?)
        }
    };
    let asked = query(request.query_string(), operation.act.parameters())?;
    let survey = request.match_info().get("survey").map(str::to_string);
    if let Some(survey) = &survey {
        known(&library, bearer.as_ref(), survey, now).await?;
    }
    let survey = survey.unwrap_or_default();
    let give = Give { operation, request: &request };
    match operation.act {
        Act::Document => Ok(give.bytes(api.document.clone())),
        Act::ReportSchema => Ok(give.bytes(api.report_schema.clone())),
        Act::Surveys => {
            let all = api.glance(move || publish::list_lately(&library)).await?;
            let may_see = |id: &str| bearer.as_ref().is_some_and(|bearer| bearer.sees(id));
            let surveys = all.iter().filter(|one| may_see(&one.id)).map(Into::into).collect();
            give.json(&shape::Consultations { surveys })
        }
        Act::Survey => {
            let found = api.glance(move || one(&library, &survey)).await?;
            give.json(&found)
        }
        Act::Definition => {
            let stored = api.glance(move || versions::stored(&library, &survey, None)).await?;
            Ok(give.bytes(stored.ok_or_else(Problem::not_found)?))
        }
        Act::Versions => {
            let id = survey.clone();
            let all = api.glance(move || versions::all(&library, &id)).await?;
            give.json(&shape::Versions { survey, versions: all.into_iter().map(Into::into).collect() })
        }
        Act::Version => {
            let written = request.match_info().get("version").unwrap_or_default();
            let no_version = || problem::no_version(&survey, written);
            let number: i32 = written.parse().map_err(|_| no_version())?;
            let id = survey.clone();
            let stored = api.glance(move || versions::stored(&library, &id, Some(number))).await?;
            Ok(give.bytes(stored.ok_or_else(no_version)?))
        }
        Act::Made(file) => {
            let turn = api.turn().await?;
            let made = block(move || {
                let _until_it_is_made = turn;
                make(&survey, &Asked::default(), file, &library, &renderer)
            });
            Ok(give.bytes(made.await??.1))
        }
        Act::Page => {
            let (after, most) = paging(&asked)?;
            let id = survey.clone();
            let page = api.glance(move || responses::page(&library, &id, &after, most)).await?;
            Ok(give.bytes(listed(&survey, &page)))
        }
        Act::Responses(format) => {
            let (shelf, id) = (Data::clone(&library), survey.clone());
            api.glance(move || responses::has_room(&shelf, &id, format)).await?;
            if *request.method() == Method::HEAD {
                return Ok(give.head().body(nothing()));
            }
            let turn = api.turn().await?;
            let rows = streamed(move |out| {
                let _until_it_is_sent = turn;
                responses::write(&library, &survey, format, out, format.file(), &|_, _| {}).map(drop)
            });
            Ok(give.head().body(rows))
        }
    }
}

/// Who asks, by the token in the header `Authorization`, where alone one is looked for: addresses stand in logs.
async fn admitted(library: &Library, request: &HttpRequest, now: Moment) -> Result<Bearer, Problem> {
    let shown = request.headers().get(header::AUTHORIZATION).ok_or_else(problem::no_token)?;
    let shown = String::from_utf8_lossy(shown.as_bytes());
    let (scheme, shown) = shown.trim().split_once(' ').unwrap_or((&shown, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(problem::no_token());
    }
    if let Some(bearer) = token::bearer(library, shown.trim(), now).await? {
        return Ok(bearer);
    }
    limit::count_wrong_token(library, request, now).await?;
    Err(problem::wrong_token())
}

/// Refuses what the token may not know of in the same words as what is not there.
async fn known(library: &Library, bearer: Option<&Bearer>, survey: &str, now: Moment) -> Result<(), Problem> {
    if !bearer.is_some_and(|bearer| bearer.sees(survey)) {
        return Err(problem::no_survey(survey));
    }
    match library.recent(survey, None, now).await {
        Ok(_) => Ok(()),
        Err(ServiceError::UnknownSurvey { .. }) => Err(problem::no_survey(survey)),
        Err(other) => Err(other.into()),
    }
}

/// What the query asks for, each parameter once and of those that there are.
fn query(written: &str, known: &[&str]) -> Result<BTreeMap<String, String>, Problem> {
    let mut asked = BTreeMap::new();
    let pairs = Query::<Vec<(String, String)>>::from_query(written).map_or_else(|_| Vec::new(), Query::into_inner);
    for (name, value) in pairs {
        if !known.contains(&name.as_str()) {
            let detail = format!("There is no parameter {name} here.");
            let advice =
                "Leave it out. The parameters are those of /api/v1/openapi.json; a token stands in a header alone.";
            return Err(problem::bad_parameter(&name, detail, advice));
        }
        if asked.insert(name.clone(), value).is_some() {
            let detail = format!("The parameter {name} is there twice.");
            return Err(problem::bad_parameter(&name, detail, "Give it once."));
        }
    }
    Ok(asked)
}

/// After which response a page begins, and how many it has at most.
fn paging(asked: &BTreeMap<String, String>) -> Result<(String, u16), Problem> {
    let most = match asked.get("limit") {
        None => USUAL,
        Some(written) => {
            let is_digits = !written.is_empty() && written.bytes().all(|byte| byte.is_ascii_digit());
            let most = written.parse().ok().filter(|most| is_digits && (1..=MOST).contains(most));
            most.ok_or_else(|| {
                let detail = format!("limit is no whole number from 1 to {MOST}.");
                problem::bad_parameter("limit", detail, "Give such a number, or leave it out for 100.")
            })?
        }
    };
    let after = asked.get("after").cloned().unwrap_or_default();
    let is_id = after.len() == 32 && after.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if asked.contains_key("after") && !is_id {
        let detail = "after is no id of a response, which has 32 hexadecimal digits.".to_string();
        return Err(problem::bad_parameter("after", detail, "Give what the page before has as next."));
    }
    Ok((after, most))
}

/// A consultation with its progress, counted anew where it was published since they were counted last.
fn one(library: &Library, id: &str) -> Result<shape::Consultation, ServiceError> {
    if let Some(found) = publish::list_lately(library)?.iter().find(|one| one.id == id) {
        return Ok(found.into());
    }
    let all = publish::list(library)?;
    let found = all.iter().find(|one| one.id == id).map(Into::into);
    found.ok_or_else(|| ServiceError::UnknownSurvey { id: id.to_string(), known: Vec::new() })
}

/// The body of a page: [`shape::ResponsePage`].
fn listed(survey: &str, page: &responses::Page) -> Vec<u8> {
    let mut body = format!("{{\"survey\":{},\"responses\":[", serde_json::json!(survey)).into_bytes();
    for (index, line) in page.lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).enumerate() {
        body.extend_from_slice(if index == 0 { b"\n" } else { b",\n" });
        body.extend_from_slice(line);
    }
    body.extend_from_slice(format!("\n],\"next\":{}}}\n", serde_json::json!(page.next)).as_bytes());
    body
}

/// How an answer is given.
struct Give<'a> {
    operation: &'static Operation,
    request: &'a HttpRequest,
}

impl Give<'_> {
    fn json(&self, value: &impl Serialize) -> Result<HttpResponse, Problem> {
        let mut body = serde_json::to_vec_pretty(value).map_err(Problem::internal)?;
        body.push(b'\n');
        Ok(self.bytes(body))
    }

    /// The whole body, with a tag by which a program that has it already is told so.
    fn bytes(&self, body: impl Into<Bytes>) -> HttpResponse {
        let body = body.into();
        // Weak, because the body may be compressed on its way.
        let tag = format!("W/\"{}\"", hex(&Sha256::digest(&body)));
        let known = self.request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
        let is_known = |one: &str| one == "*" || one.trim_start_matches("W/") == tag.trim_start_matches("W/");
        if known.is_some_and(|known| known.split(',').map(str::trim).any(is_known)) {
            return HttpResponse::NotModified().insert_header((header::ETAG, tag)).finish();
        }
        self.head().insert_header((header::ETAG, tag)).body(body)
    }

    /// The headers of an answer that gives something.
    fn head(&self) -> HttpResponseBuilder {
        let mut response = HttpResponse::Ok();
        response.content_type(self.operation.media);
        if let Some(file) = self.operation.act.file() {
            response.insert_header(ContentDisposition {
                disposition: DispositionType::Attachment,
                parameters: vec![DispositionParam::Filename(file.to_string())],
            });
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use actix_web::rt::time::timeout;

    use super::*;

    #[actix_web::test]
    async fn two_large_things_are_made_at_once_and_others_wait() {
        let api = Api::new();
        let (one, two) = (api.turn().await, api.turn().await);
        assert!(one.is_ok() && two.is_ok());
        let soon = Duration::from_millis(20);
        assert!(timeout(soon, api.turn()).await.is_err(), "a third one waits");
        assert_eq!(api.glance(|| Ok(1)).await.unwrap(), 1, "what is small does not wait for it");
        drop(one);
        assert!(
            timeout(Duration::from_secs(10), api.turn()).await.is_ok_and(|turn| turn.is_ok()),
            "until one of them is made"
        );
    }
}
