//! What went wrong, told to a program: `application/problem+json`, as RFC 9457 has it.

use actix_web::HttpResponseBuilder;
use actix_web::http::{StatusCode, header};

use super::shape;
use crate::service::ServiceError;
use crate::service::token::Scope;
use crate::vocabulary::Words;
use crate::web::error::Problem;

/// What a problem is called, before its code.
const KIND: &str = "urn:canvass:problem:";

/// What only a program is told.
#[derive(Clone, Debug)]
pub(in crate::web) struct Told {
    title: &'static str,
    detail: String,
    advice: &'static str,
    about: About,
}

#[derive(Clone, Debug)]
enum About {
    Nothing,
    /// What to show to be let in, as RFC 6750 has it.
    Challenge(&'static str),
    Scope(Scope),
    Parameter(String),
}

/// No token was shown.
pub(super) fn no_token() -> Problem {
    Problem::told(
        StatusCode::UNAUTHORIZED,
        "no-token",
        Told {
            title: "A token is needed",
            detail: "The request shows no token.".to_string(),
            advice: "Send the header \"Authorization: Bearer TOKEN\" with a token that canvass token add has made; no address takes one.",
            about: About::Challenge("Bearer realm=\"canvass\""),
        },
    )
}

/// What was shown is no token that works.
pub(super) fn wrong_token() -> Problem {
    Problem::told(
        StatusCode::UNAUTHORIZED,
        "wrong-token",
        Told {
            title: "The token does not work",
            detail: "There is no such token: it may be mistyped, out of date or revoked.".to_string(),
            advice: "Check it with canvass token list, or have a new one made with canvass token add.",
            about: About::Challenge("Bearer realm=\"canvass\", error=\"invalid_token\""),
        },
    )
}

/// The token may not read this.
pub(super) fn lacks(scope: Scope) -> Problem {
    Problem::told(
        StatusCode::FORBIDDEN,
        "missing-scope",
        Told {
            title: "The token lacks a scope",
            detail: format!("This needs a token with the scope {}.", scope.as_str()),
            advice: "Have a token made with this scope: canvass token add.",
            about: About::Scope(scope),
        },
    )
}

/// There is no such consultation, or the token may not know of it.
pub(super) fn no_survey(survey: &str) -> Problem {
    Problem::told(
        StatusCode::NOT_FOUND,
        "no-survey",
        Told {
            title: "There is no such consultation",
            detail: format!("There is no consultation called {survey} that this token may read."),
            advice: "See which there are at /api/v1/surveys.",
            about: About::Nothing,
        },
    )
}

/// There is no such version.
pub(super) fn no_version(survey: &str, version: &str) -> Problem {
    Problem::told(
        StatusCode::NOT_FOUND,
        "no-version",
        Told {
            title: "There is no such version",
            detail: format!("{survey} has no version {version}."),
            advice: "See which there are at /api/v1/surveys/ID/versions.",
            about: About::Nothing,
        },
    )
}

/// A parameter in the query that cannot be.
pub(super) fn bad_parameter(name: &str, detail: String, advice: &'static str) -> Problem {
    let title = "A parameter is wrong";
    let about = About::Parameter(name.to_string());
    Problem::told(StatusCode::BAD_REQUEST, "bad-parameter", Told { title, detail, advice, about })
}

/// What cannot be done as things stand is no failure of ours here.
pub(super) fn of(error: ServiceError) -> Problem {
    match error {
        ServiceError::Refused(detail) => Problem::told(
            StatusCode::CONFLICT,
            "refused",
            Told {
                title: "This cannot be given",
                detail,
                advice: "Take what is named instead.",
                about: About::Nothing,
            },
        ),
        other => other.into(),
    }
}

/// Tells a program of a problem: the body, and headers that belong to it.
pub(in crate::web) fn tell(response: &mut HttpResponseBuilder, problem: &Problem, reference: &str) -> String {
    response.content_type("application/problem+json");
    let mut body = shape::Problem {
        kind: format!("{KIND}{}", problem.code()),
        title: String::new(),
        status: problem.status().as_u16(),
        detail: String::new(),
        advice: String::new(),
        scope: None,
        parameter: None,
        reference: problem.status().is_server_error().then(|| reference.to_string()),
    };
    let (title, detail, advice) = match (problem.for_programs(), problem.code()) {
        (Some(told), _) => {
            match &told.about {
                About::Nothing => {}
                About::Challenge(challenge) => {
                    response.insert_header((header::WWW_AUTHENTICATE, *challenge));
                }
                About::Scope(scope) => {
                    let scope = scope.as_str();
                    let challenge =
                        format!("Bearer realm=\"canvass\", error=\"insufficient_scope\", scope=\"{scope}\"");
                    response.insert_header((header::WWW_AUTHENTICATE, challenge));
                    body.scope = Some(scope);
                }
                About::Parameter(name) => body.parameter = Some(name.clone()),
            }
            (told.title, told.detail.as_str(), told.advice)
        }
        (None, "not-found") => (
            "There is nothing at this address",
            "The API has no such address.",
            "See which there are at /api/v1/openapi.json.",
        ),
        (None, "wrong-method") => {
            response.insert_header((header::ALLOW, "GET, HEAD"));
            ("The method is wrong", "The API is only read.", "Use GET or HEAD.")
        }
        (None, "too-many") => (
            "Too many wrong tokens",
            "More wrong tokens than may be tried in a minute came from this place.",
            "Wait a minute; a token that works is taken meanwhile.",
        ),
        (None, "busy") => (
            "Too busy",
            "The service has too much to do at this moment, or its database does not answer.",
            "Try again after as many seconds as Retry-After says.",
        ),
        (None, "internal") => (
            "The service failed",
            "Something went wrong in the service.",
            "Try again; if it goes on, name the reference to those who run it.",
        ),
        (None, _) => {
            let said = problem.says(Words::of("en"));
            (said.heading, said.what, said.next)
        }
    };
    body.title = title.to_string();
    body.detail = detail.to_string();
    body.advice = advice.to_string();
    serde_json::to_string(&body).unwrap_or_default()
}
