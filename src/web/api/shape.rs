//! The JSON that the API has of its own, and its schemas; reports, definitions and responses have theirs elsewhere.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::service::{publish, versions};

/// The consultations that the token may read.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Consultations {
    /// By id.
    pub(super) surveys: Vec<Consultation>,
}

/// A consultation with its progress.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Consultation {
    /// Its id, which stands in the addresses.
    survey: String,
    /// Its title in its own language.
    title: String,
    /// The number of the current version, from 1.
    version: u32,
    /// Whether it takes answers.
    state: State,
    /// How people take part.
    mode: String,
    /// The day on which the current version became current, `YYYY-MM-DD` in UTC.
    #[schemars(extend("format" = "date"))]
    opened_on: String,
    /// People who started and whose answers are kept: those who sent them, and those still at it.
    started: u64,
    /// People who sent their answers and did not withdraw them, the simulated among them.
    completed: u64,
    /// Responses that no person gave.
    simulated: u64,
}

/// Whether a consultation takes answers.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ConsultationState")]
enum State {
    Open,
    Closed,
}

impl From<&publish::Consultation> for Consultation {
    fn from(one: &publish::Consultation) -> Self {
        Self {
            survey: one.id.clone(),
            title: one.title.clone(),
            version: u32::try_from(one.version).unwrap_or_default(),
            state: if one.is_open { State::Open } else { State::Closed },
            mode: one.mode.to_string(),
            opened_on: one.opened_on.clone(),
            started: one.started,
            completed: one.completed,
            simulated: one.simulated,
        }
    }
}

/// The published versions of a consultation.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Versions {
    /// The consultation's id.
    pub(super) survey: String,
    /// From the first.
    pub(super) versions: Vec<PublishedVersion>,
}

/// A version, which never changes.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PublishedVersion {
    /// 1 for the first, then counting up.
    version: u32,
    /// SHA-256 of the definition without regard to its spacing, as in the report: 64 hexadecimal digits.
    hash: String,
    /// When it was first published, in UTC: `2026-11-22T09:30:00Z`.
    #[schemars(extend("format" = "date-time"))]
    published_at: String,
    /// True for the one that new respondents get.
    current: bool,
}

impl From<versions::Head> for PublishedVersion {
    fn from(head: versions::Head) -> Self {
        Self {
            version: u32::try_from(head.version).unwrap_or_default(),
            hash: head.hash,
            published_at: head.published_at,
            current: head.is_current,
        }
    }
}

/// Some of the responses. What is sent is put together from their lines in `responses.jsonl`; this says how it looks.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ResponsePage {
    /// The consultation's id.
    survey: String,
    /// At most as many as `limit` said.
    responses: Vec<Row>,
    /// What to give as `after` for the next page; `null` on the last one.
    next: Option<String>,
}

/// A response: what its line in `responses.jsonl` has, a value for each column of `responses.csv`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Response")]
struct Row {
    /// Its id: random, 32 hexadecimal digits.
    response: String,
    /// How it came.
    mode: String,
    /// The version that it was finished on.
    version: u32,
    /// The version that it was begun on.
    started_version: u32,
    /// The day on which it was sent, `YYYY-MM-DD` in UTC.
    #[schemars(extend("format" = "date"))]
    submitted_on: String,
    /// Why values are `null`, by column: `skipped`, `not_shown`, `not_reached` or `empty`.
    #[serde(rename = "NA")]
    missing: BTreeMap<String, String>,
    /// Every other column by its name: a number, a text or `null`.
    #[serde(flatten)]
    answers: BTreeMap<String, serde_json::Value>,
}

/// What went wrong, as RFC 9457 has it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Problem {
    /// What kind of problem it is: a name that stays, and no address to open.
    #[serde(rename = "type")]
    #[schemars(extend("format" = "uri"))]
    pub(super) kind: String,
    /// The same in a few words.
    pub(super) title: String,
    /// The status of the answer.
    #[schemars(range(min = 400, max = 599))]
    pub(super) status: u16,
    /// What is wrong with this request.
    pub(super) detail: String,
    /// What to do next.
    pub(super) advice: String,
    /// The scope that the token lacks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scope: Option<&'static str>,
    /// The parameter that is wrong, as it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) parameter: Option<String>,
    /// What joins it to a line of the service's log, where the service is at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reference: Option<String>,
}
