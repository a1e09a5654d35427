//! The page of those who come when it is too much: when to come back, and what they posted, to be posted once more.
//!
//! Many are told so at once, so it is made of pieces, without the templates and without the database.

use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::Site;
use super::error::Problem;
use super::info::shell;
use super::session::language;
use crate::definition::Survey;
use crate::render::Renderer;
use crate::render::page::{self, Again, Kept, KeptText};
use crate::service::time::Moment;
use crate::service::{Library, ServiceError};
use crate::vocabulary::Words;

/// The field of all that was posted.
const AGAIN: &str = "_again";

/// What a form gave, or what it gave when it was refused.
pub(super) fn posted(given: Vec<(String, String)>) -> Vec<(String, String)> {
    match given.iter().find(|(name, _)| name == AGAIN) {
        Some((_, all)) => serde_json::from_str(all).unwrap_or_default(),
        None => given,
    }
}

/// Refuses a request, with what it posted if it did.
pub(super) async fn refused(
    request: &HttpRequest,
    survey: &str,
    posted: Option<&[(String, String)]>,
) -> Result<HttpResponse, Problem> {
    let overloaded = ServiceError::overloaded();
    let (Some(renderer), Some(site), Some(library)) =
        (request.app_data::<Data<Renderer>>(), request.app_data::<Data<Site>>(), request.app_data::<Data<Library>>())
    else {
        return Err(overloaded.into());
    };
    let published = library.recent(survey, language(request).as_deref(), Moment::now()).await?;
    let survey = &published.survey;
    let page = match posted {
        None => site.pages.with_texts(renderer, survey, ("respond/problem", 0), &[], |_| view(site, survey, None))?,
        Some(posted) => {
            let typed = typed(posted);
            let all = serde_json::to_string(posted).unwrap_or_default();
            let texts = [request.uri().to_string(), all, typed];
            let texts = texts.each_ref().map(String::as_str);
            let again = |texts: &[String]| view(site, survey, texts.try_into().ok());
            site.pages.with_texts(renderer, survey, ("respond/problem", 1), &texts, again)?
        }
    };
    Ok(HttpResponse::ServiceUnavailable()
        .insert_header((header::RETRY_AFTER, overloaded.passes_in().to_string()))
        .content_type("text/html; charset=utf-8")
        .body(page))
}

/// What a person typed, a line for each field.
fn typed(posted: &[(String, String)]) -> String {
    let typed = posted.iter().filter(|(name, value)| !name.starts_with('_') && !value.trim().is_empty());
    typed.map(|(_, value)| value.as_str()).collect::<Vec<_>>().join("\n")
}

/// `again` is where it was posted, all of it, and what of it was typed.
fn view(site: &Site, survey: &Survey, again: Option<&[String; 3]>) -> page::Problem {
    let words = Words::of(&survey.language);
    let (said, returning) = (&words.problems.busy, &words.returning);
    let kept = again.map(|[action, all, typed]| Kept {
        heading: returning.what_you_typed,
        says: returning.not_saved,
        texts: vec![KeptText {
            id: "kept-1".to_string(),
            label: returning.what_you_typed.to_string(),
            text: typed.clone(),
        }],
        again: Some(Again {
            action: action.clone(),
            fields: vec![(AGAIN.to_string(), all.clone())],
            code: None,
            button: returning.send_again,
        }),
    });
    page::Problem {
        shell: shell(site, survey, page::title(said.heading, &survey.title), None),
        heading: said.heading,
        what: said.what,
        next: said.next,
        kept,
        link: None,
        request_id: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &[(&str, &str)]) -> Vec<(String, String)> {
        fields.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())).collect()
    }

    #[test]
    fn what_was_refused_is_posted_again_as_it_was() {
        let first = form(&[("_csrf", "a"), ("name", "Zoë \"&<\u{0}\n2"), ("name", ""), ("_then", "later")]);
        let again = form(&[(AGAIN, &serde_json::to_string(&first).unwrap())]);
        assert_eq!(posted(again), first);
        assert_eq!(posted(first.clone()), first);
        assert_eq!(posted(form(&[(AGAIN, "no list")])), []);
        assert_eq!(typed(&first), "Zoë \"&<\u{0}\n2");
    }
}
