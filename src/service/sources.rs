//! What a report rests on: what the database says of a consultation around its responses, and the responses on their way
//! into a report. The same comes from a bundle.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::coding::coded_question;
use super::library::{Library, Other, Others, Published};
use super::{Progress, ServiceError, access, redaction};
use crate::analysis::coding::decision::AnswerKey;
use crate::analysis::coding::reported::CodedQuestion;
use crate::analysis::dataset::{Dataset, WallIdea, written};
use crate::analysis::delphi::PanelAnswers;
use crate::analysis::delphi::report::Rounds;
use crate::analysis::report::{AccessBase, Base, Hashes, ModeBase, PopulationBase, Report};
use crate::analysis::summary::{Context, Seen, summarise};
use crate::analysis::text::Vectors;
use crate::analysis::view::{TooFew, View};
use crate::analysis::weight::weigh;
use crate::definition::{Page, Question, Survey};
use crate::document::hex;
use crate::response::Record;
use crate::store::survey::Mode;
use crate::store::{Conn, coding, door, idea, response, survey};

/// What stands around the responses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Sources {
    /// People who began and who sent, by participation mode.
    pub(super) counts: Vec<ModeCount>,
    /// Responses that were taken back.
    pub(super) withdrawn: i64,
    /// Invitations that were made, where people come with one.
    pub(super) invited: Option<i32>,
    /// Ideas on idea walls that others see, and those that were put together with one.
    pub(super) ideas: Vec<StoredIdea>,
    /// What people decided about themes, by question.
    pub(super) coding: BTreeMap<String, Vec<StoredDecision>>,
    /// What people decided about personal details in answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) redaction: Vec<StoredDecision>,
}

/// Participation in one mode.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ModeCount {
    mode: String,
    started: i64,
    completed: i64,
}

/// An idea on an idea wall.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredIdea {
    item: String,
    id: String,
    state: String,
    text: String,
    merged_into: Option<String>,
}

/// An entry of the record of a coding, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredDecision {
    /// Its place in the record, from 1.
    pub(super) number: i32,
    /// When.
    pub(super) at: String,
    /// Who, as they called themselves.
    pub(super) by: String,
    /// What, as JSON.
    pub(super) event: String,
}

/// A response as a report takes it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'r> {
    /// Its id.
    pub(super) id: &'r str,
    /// The version that was answered.
    pub(super) version: i32,
    /// How it came.
    pub(super) mode: Mode,
    /// The answers, as JSON.
    pub(super) answers: &'r str,
}

impl<'r> Row<'r> {
    /// A stored response.
    pub(super) fn of(stored: &'r response::Response) -> Self {
        Self { id: &stored.id, version: stored.version, mode: stored.mode, answers: &stored.answers }
    }
}

/// Versions besides the current one.
#[derive(Clone, Debug, Default)]
pub(super) struct Versions {
    /// Those that were answered, with what changed from each to the current one.
    pub(super) answered: Others,
    /// All of them, where the survey is asked in rounds.
    pub(super) rounds: Vec<Arc<Survey>>,
}

/// What the responses came to.
#[derive(Debug)]
pub(super) struct Taken<'a> {
    /// The answers.
    pub(super) data: Dataset<'a>,
    hashes: Vec<[u8; 32]>,
    rounds: Option<Rounds>,
    /// What the view is, and the modes of those in it, where it is not the report itself.
    seen: Option<Seen>,
    /// People of earlier rounds who did not come back, by mode.
    not_returned: BTreeMap<&'static str, i64>,
    coded: BTreeMap<String, (CodedQuestion, [u8; 32])>,
}

impl Sources {
    /// What the database says of a consultation.
    pub(super) fn of(conn: &mut Conn, published: &Published) -> Result<Self, ServiceError> {
        let id = &published.survey.id;
        let counts = survey::list(conn)?.into_iter().find(|listed| listed.survey.id == *id);
        let counts = counts.map(|listed| listed.counts).unwrap_or_default();
        let mut ideas = Vec::new();
        for (head, _) in published.survey.pages.iter().filter_map(Page::wall) {
            let mut all = idea::all(conn, id, &head.id)?;
            all.retain(|idea| matches!(idea.state, idea::State::Shown | idea::State::Merged));
            ideas.extend(all.into_iter().map(|idea| StoredIdea {
                item: idea.item,
                id: idea.id,
                state: idea.state.as_str().to_string(),
                text: idea.text,
                merged_into: idea.merged_into,
            }));
        }
        let mut coded = BTreeMap::new();
        for item in coding::items(conn, id)? {
            let asked = |question: &Question| question.item.head.id == item;
            if published.survey.answered_questions().any(|one| asked(one) && one.item.scale().is_themed()) {
                let rows = coding::all(conn, id, &item)?.into_iter();
                let decisions =
                    rows.map(|row| StoredDecision { number: row.number, at: row.at, by: row.who, event: row.event });
                coded.insert(item, decisions.collect());
            }
        }
        let invited = door::of(conn, id)?.filter(|_| published.mode == Mode::Invitation).map(|door| door.issued);
        Ok(Self {
            counts: counts
                .iter()
                .map(|count| ModeCount {
                    mode: count.mode.as_str().to_string(),
                    started: count.started,
                    completed: count.completed,
                })
                .collect(),
            withdrawn: response::withdrawn(conn, id)?,
            invited,
            ideas,
            coding: coded,
            redaction: redaction::stored(conn, id)?,
        })
    }

    /// People who sent answers.
    fn completed(&self) -> i64 {
        self.counts.iter().map(|count| count.completed).sum()
    }
}

impl Versions {
    /// Those of the database that a report needs.
    pub(super) fn of(library: &Library, conn: &mut Conn, published: &Published) -> Result<Self, ServiceError> {
        let id = &published.survey.id;
        Ok(Self {
            answered: library.answered_versions_in(conn, id, published.version)?,
            rounds: library.rounds_in(conn, id, (published.version, &published.survey))?,
        })
    }
}

/// Takes the responses, which `each` hands over some at a time, in any order.
pub(super) fn take<'a>(
    published: &'a Published,
    sources: &Sources,
    versions: &Versions,
    each: impl FnOnce(&mut dyn FnMut(&[Row<'_>])) -> Result<(), ServiceError>,
    progress: &Progress<'_>,
) -> Result<Taken<'a>, ServiceError> {
    take_seen(published, sources, versions, &View::default(), each, progress)
}

/// The same of those responses that are in a view, whose survey `published` has.
///
/// # Errors
/// [`ServiceError::Refused`] where they, or all others, are so few that they could be told apart.
pub(super) fn take_seen<'a>(
    published: &'a Published,
    sources: &Sources,
    versions: &Versions,
    view: &View,
    each: impl FnOnce(&mut dyn FnMut(&[Row<'_>])) -> Result<(), ServiceError>,
    progress: &Progress<'_>,
) -> Result<Taken<'a>, ServiceError> {
    let definition = &*published.survey;
    // Weights are those that people have among everyone.
    let has_margins = definition.population.as_ref().is_some_and(|population| !population.margins.is_empty());
    let mut everyone = (view.is_part() && has_margins).then(|| Dataset::new(definition));
    let mut is_in = Vec::new();
    let total = sources.completed().max(1);
    let mut data = Dataset::new(definition);
    let mut hashes: Vec<[u8; 32]> = Vec::new();
    let mut panel = PanelAnswers::new(definition, versions.rounds.iter().map(AsRef::as_ref));
    let mut not_returned = BTreeMap::new();
    let redacted = redaction::decided(&definition.id, &sources.redaction)?;
    let decided = sources.coding.keys().map(String::as_str).chain(redacted.items());
    let mut texts: BTreeMap<&str, BTreeMap<AnswerKey, String>> = decided.map(|item| (item, BTreeMap::new())).collect();
    let parse = |row: &Row<'_>| {
        let stored: serde_json::Value = serde_json::from_str(row.answers).unwrap_or_default();
        let answered = versions.answered.get(&row.version).map_or(definition, |(answered, _)| answered);
        let hash = Sha256::digest(format!("{}:{}:{}", row.mode.as_str(), row.version, row.answers));
        let record = Record::from_json(answered, &stored);
        let is_in = !view.is_part() || has(view, definition, &record, versions.answered.get(&row.version));
        (record, <[u8; 32]>::from(hash), is_in)
    };
    each(&mut |rows: &[Row<'_>]| {
        let parsed: Vec<(Record, [u8; 32], bool)> = rows.par_iter().map(parse).collect();
        for (row, (record, hash, is_seen)) in rows.iter().zip(parsed) {
            let other = versions.answered.get(&row.version);
            let answered = other.map_or(definition, |(answered, _)| answered);
            if panel.as_ref().is_none_or(|panel| panel.is_latest(answered)) {
                is_in.push(is_seen);
                if let Some(everyone) = &mut everyone {
                    push(everyone, row.version, record.clone(), other);
                }
            }
            if !is_seen {
                continue;
            }
            for (item, texts) in &mut texts {
                if !other.is_some_and(|(_, diff)| diff.changed_meaning().contains(item))
                    && let Some(text) = record.answers.get(*item).and_then(written)
                {
                    texts.insert(AnswerKey::new(row.id, &text), text.into());
                }
            }
            if let Some(panel) = &mut panel {
                panel.push(answered, &record);
            }
            if panel.as_ref().is_none_or(|panel| panel.is_latest(answered)) {
                push(&mut data, row.version, record, other);
                data.came_by(row.mode.as_str());
            } else {
                *not_returned.entry(row.mode.as_str()).or_insert(0) += 1;
            }
            hashes.push(hash);
        }
        progress("Reading responses", is_in.len() as f64 / total as f64);
    })?;
    let (n, of) = (data.n as u64, is_in.len() as u64);
    if let Some(few) = view.too_few(n, of, definition.privacy.min_cell) {
        return Err(ServiceError::Refused(told(few, definition.privacy.min_cell)));
    }
    for (head, _) in definition.pages.iter().filter_map(Page::wall) {
        if view.is_part() {
            // An idea is nobody's, so that no part of the responses has it.
            texts.remove(head.id.as_str());
            continue;
        }
        let ideas = || sources.ideas.iter().filter(|idea| idea.item == head.id);
        let line = |idea: &StoredIdea| format!("idea:{}:{}:{}", idea.item, idea.state, idea.text);
        hashes.extend(ideas().map(|idea| <[u8; 32]>::from(Sha256::digest(line(idea)))));
        let on_wall = |idea: &StoredIdea| WallIdea {
            text: idea.text.clone(),
            id: idea.id.clone(),
            merged_into: idea.merged_into.clone(),
        };
        data.set_wall(&head.id, ideas().map(on_wall).collect());
        if let Some(texts) = texts.get_mut(head.id.as_str()) {
            *texts = ideas().map(|idea| (AnswerKey::new(&idea.id, &idea.text), idea.text.clone())).collect();
        }
    }
    let themed = definition.answered_questions().filter(|question| question.item.scale().is_themed());
    for question in themed.filter(|_| !sources.redaction.is_empty()) {
        let item = question.item.head.id.as_str();
        let texts = texts.get(item).into_iter().flatten();
        data.set_quotes(item, redacted.quotes(item, texts.map(|(key, text)| (key, text.as_str()))));
    }
    let mut coded = BTreeMap::new();
    for (item, texts) in texts {
        let decisions = sources.coding.get(item).map(Vec::as_slice).unwrap_or_default();
        let (question, hash) = coded_question(&definition.id, item, decisions, texts)?;
        if question.decisions > 0 {
            coded.insert(item.to_string(), (question, hash));
        }
    }
    let weighing = everyone.as_ref().and_then(weigh).map(|weighing| weighing.of_part(&is_in));
    let seen = view.viewed(definition, n, of).map(|viewed| Seen { viewed, weighing });
    Ok(Taken { data, hashes, rounds: panel.and_then(|panel| panel.reported()), seen, not_returned, coded })
}

/// Adds a response to any version.
fn push(data: &mut Dataset<'_>, version: i32, record: Record, other: Option<&Other>) {
    match other {
        Some((_, diff)) => data.push_other(u32::try_from(version).unwrap_or_default(), record, diff),
        None => data.push(&record),
    }
}

/// Whether a response to any version is in a view.
pub(super) fn has(view: &View, survey: &Survey, record: &Record, other: Option<&Other>) -> bool {
    let Some((_, diff)) = other else { return view.has(survey, record) };
    let mut same = record.clone();
    for changed in diff.changed_meaning() {
        same.answers.remove(changed);
        same.calculated.remove(changed);
    }
    view.has(survey, &same)
}

/// Why a part of the responses is not shown, and what to do.
pub(super) fn told(few: TooFew, min_cell: u32) -> String {
    match few {
        TooFew::In => format!(
            "Fewer than {min_cell} responses are in this view. To protect people, they are not shown by themselves: ask for more of them."
        ),
        TooFew::Out => format!(
            "Fewer than {min_cell} responses are left out of this view. To protect people, it is not shown: all responses less these would tell what they answered."
        ),
    }
}

/// The report. Equal sources, seed and vectors give an equal one.
pub(super) fn report(
    published: &Published,
    sources: &Sources,
    taken: Taken<'_>,
    (seed, vectors): (u64, Option<Vectors>),
    progress: &Progress<'_>,
) -> Report {
    let decided = taken.coded.values().map(|(_, hash)| *hash).collect::<Vec<_>>();
    let context = Context {
        base: match &taken.seen {
            Some(shown) if shown.viewed.is_part() => base_of_part(published, &taken.data),
            _ => base(published, sources, &taken.not_returned),
        },
        hashes: Hashes {
            definition: published.hash.clone(),
            responses: combined(taken.hashes),
            coding: (!decided.is_empty()).then(|| combined(decided)),
            redaction: (!sources.redaction.is_empty()).then(|| redaction_hash(&sources.redaction)),
            model: vectors.as_ref().map(|vectors| vectors.model().to_string()),
        },
        version: u32::try_from(published.version).unwrap_or_default(),
        seed,
        software: env!("CARGO_PKG_VERSION").to_string(),
        vectors,
        coded: taken.coded.into_iter().map(|(item, (question, _))| (item, question)).collect(),
        rounds: taken.rounds,
        view: taken.seen,
    };
    summarise(&taken.data, context, progress)
}

/// The hash of what people decided about personal details.
fn redaction_hash(record: &[StoredDecision]) -> String {
    hex(&record
        .iter()
        .fold(Sha256::new(), |hash, one| hash.chain_update(&one.by).chain_update("\n").chain_update(&one.event))
        .finalize())
}

/// The hash of many hashes, whatever their order.
pub(super) fn combined(mut hashes: Vec<[u8; 32]>) -> String {
    hashes.sort_unstable();
    hex(&Sha256::digest(hashes.concat()))
}

fn base(published: &Published, sources: &Sources, not_returned: &BTreeMap<&'static str, i64>) -> Base {
    let number = |count: i64| u64::try_from(count).unwrap_or_default();
    let by_mode: Vec<ModeBase> = sources
        .counts
        .iter()
        .map(|count| {
            let left = not_returned.get(count.mode.as_str()).copied().unwrap_or_default();
            ModeBase {
                mode: count.mode.clone(),
                label: Mode::try_from(count.mode.clone())
                    .map_or_else(|_| count.mode.clone(), |mode| label(mode).to_string()),
                started: number(count.started - left),
                completed: number(count.completed - left),
            }
        })
        .collect();
    let completed: u64 = by_mode.iter().map(|mode| mode.completed).sum();
    let access = AccessBase {
        mode: published.mode.as_str().to_string(),
        protection: access::protection(published.mode, &published.survey.access),
    };
    let invited = sources.invited.map(|issued| u64::from(issued.unsigned_abs()));
    let started = by_mode.iter().map(|mode| mode.started).sum();
    let population = population(&published.survey, completed);
    Base { invited, access, started, completed, by_mode, withdrawn: number(sources.withdrawn), population }
}

/// Who took part, of those in a part of the responses: how many began is known of all together alone.
fn base_of_part(published: &Published, data: &Dataset<'_>) -> Base {
    let mut modes: BTreeMap<&'static str, u64> = BTreeMap::new();
    data.modes().for_each(|mode| *modes.entry(mode).or_insert(0) += 1);
    let by_mode = modes.into_iter().map(|(mode, n)| ModeBase {
        mode: mode.to_string(),
        label: Mode::try_from(mode.to_string()).map_or_else(|_| mode.to_string(), |mode| label(mode).to_string()),
        started: n,
        completed: n,
    });
    let access = AccessBase {
        mode: published.mode.as_str().to_string(),
        protection: access::protection(published.mode, &published.survey.access),
    };
    let n = data.n as u64;
    Base { invited: None, access, started: n, completed: n, by_mode: by_mode.collect(), withdrawn: 0, population: None }
}

/// The population that a definition declares, and how much of it so many people are.
pub(super) fn population(survey: &Survey, completed: u64) -> Option<PopulationBase> {
    let declared = survey.population.as_ref().filter(|population| population.estimate > 0)?;
    Some(PopulationBase {
        estimate: declared.estimate,
        low: declared.low,
        high: declared.high,
        source: declared.source.clone(),
        reach: completed as f64 / declared.estimate as f64,
    })
}

/// A participation mode in plain words.
pub(super) fn label(mode: Mode) -> &'static str {
    match mode {
        Mode::OpenLink => "Open link: anyone with the address",
        Mode::Invitation => "By invitation",
        Mode::Passphrase => "By passphrase",
        Mode::EmailDomain => "By e-mail address at certain domains",
        Mode::Imported => "Imported from another tool",
        Mode::Simulated => "Simulated: no real person",
        Mode::Withdrawn => "Withdrawn",
        Mode::Unfinished => "Begun and not sent",
    }
}
