//! Whom each address of the staff area lets in: one table. An address that does not stand in it lets nobody in.

use actix_web::HttpRequest;

use crate::service::account::SignedIn;
use crate::service::responses;
use crate::staff::Right;

/// What an address asks of whoever comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::web) enum Need {
    /// To be signed in.
    SignedIn,
    /// To manage accounts.
    Administrator,
    /// A right to the consultation in the address.
    On(Right),
    /// One of two rights to it.
    OneOf(Right, Right),
    /// The right to the file in the address: see [`of_file`].
    File,
}

/// The addresses that need somebody to be signed in.
pub(in crate::web) const NEEDS: [(&str, Need); 36] = [
    ("/staff", Need::SignedIn),
    ("/staff/sign-out", Need::SignedIn),
    ("/staff/account", Need::SignedIn),
    ("/staff/accounts", Need::Administrator),
    ("/staff/audit", Need::Administrator),
    ("/staff/designs", Need::SignedIn),
    ("/staff/designs/new", Need::SignedIn),
    ("/staff/surveys/{survey}", Need::On(Right::See)),
    ("/staff/surveys/{survey}/design", Need::OneOf(Right::Design, Right::Publish)),
    ("/staff/surveys/{survey}/design/begin", Need::On(Right::Design)),
    ("/staff/surveys/{survey}/design/import", Need::On(Right::Design)),
    ("/staff/surveys/{survey}/design/change", Need::On(Right::Design)),
    ("/staff/surveys/{survey}/design/part", Need::On(Right::Design)),
    ("/staff/surveys/{survey}/design/text", Need::On(Right::Design)),
    ("/staff/surveys/{survey}/design/file", Need::OneOf(Right::Design, Right::Publish)),
    ("/staff/surveys/{survey}/design/translate", Need::On(Right::Design)),
    ("/staff/surveys/{survey}/design/preview", Need::OneOf(Right::Design, Right::Publish)),
    ("/staff/surveys/{survey}/design/preview/{page}", Need::OneOf(Right::Design, Right::Publish)),
    ("/staff/surveys/{survey}/design/links", Need::On(Right::Design)),
    ("/staff/surveys/{survey}/design/publish", Need::On(Right::Publish)),
    ("/staff/surveys/{survey}/people", Need::On(Right::Roles)),
    ("/staff/surveys/{survey}/invitations", Need::On(Right::Contacts)),
    ("/staff/surveys/{survey}/invitations/{letter}", Need::On(Right::Contacts)),
    ("/staff/surveys/{survey}/audit", Need::On(Right::Audit)),
    ("/staff/surveys/{survey}/ideas/{item}", Need::On(Right::Moderate)),
    ("/staff/surveys/{survey}/themes/{item}", Need::On(Right::Code)),
    ("/staff/surveys/{survey}/themes/{item}/{part}", Need::On(Right::Code)),
    ("/staff/surveys/{survey}/redaction", Need::On(Right::Code)),
    ("/staff/surveys/{survey}/live", Need::On(Right::Report)),
    ("/staff/surveys/{survey}/report", Need::On(Right::Report)),
    ("/staff/surveys/{survey}/views", Need::On(Right::Responses)),
    ("/staff/surveys/{survey}/view", Need::On(Right::Responses)),
    ("/staff/surveys/{survey}/view/{file}", Need::On(Right::Responses)),
    ("/staff/surveys/{survey}/compare", Need::On(Right::Report)),
    ("/staff/surveys/{survey}/compare/{file}", Need::On(Right::Report)),
    ("/staff/surveys/{survey}/{file}", Need::File),
];

/// The right that a file of a consultation needs.
pub(in crate::web) fn of_file(file: &str) -> Right {
    match file {
        "report.html" | "report.pdf" | "report.docx" | "report.json" | "crosstabs.csv" | "mentions.csv"
        | "opinions.csv" => Right::Report,
        "ideas.csv" | "moderation.csv" => Right::Moderate,
        _ if responses::Format::of_file(file).is_some() => Right::Responses,
        _ if file.starts_with("codebook.") || file.starts_with("paper") => Right::See,
        // No such file: only who may do everything is told so.
        _ => Right::Roles,
    }
}

/// Whether somebody may come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::web) enum Entrance {
    /// They may.
    Open,
    /// They may not, and are told so.
    Refused,
    /// They are not even to know that it is there.
    Hidden,
}

/// Whether whoever is signed in may come to the address of a request.
pub(in crate::web) fn entrance(request: &HttpRequest, staff: &SignedIn) -> Entrance {
    let pattern = request.match_pattern().unwrap_or_default();
    let need = NEEDS.iter().find(|(address, _)| *address == pattern).map(|(_, need)| *need);
    let part = |name: &str| request.match_info().get(name).unwrap_or_default();
    let on = |rights: &[Right]| {
        let survey = part("survey");
        match (rights.iter().any(|right| staff.may(survey, *right)), staff.may(survey, Right::See)) {
            (true, _) => Entrance::Open,
            (false, true) => Entrance::Refused,
            (false, false) => Entrance::Hidden,
        }
    };
    match need {
        Some(Need::SignedIn) => Entrance::Open,
        Some(Need::Administrator) if staff.is_administrator() => Entrance::Open,
        Some(Need::Administrator) => Entrance::Refused,
        Some(Need::On(right)) => on(&[right]),
        Some(Need::OneOf(one, other)) => on(&[one, other]),
        Some(Need::File) => on(&[of_file(part("file"))]),
        None => Entrance::Hidden,
    }
}
