//! An analyst asks for the consensus summary of a consultation.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::coding::coded_question;
use super::library::{Library, Published};
use super::{Progress, ServiceError, access, embedding};
use crate::analysis::dataset::{Dataset, WallIdea};
use crate::analysis::delphi::PanelAnswers;
use crate::analysis::report::{AccessBase, Base, Hashes, ModeBase, PopulationBase, Report};
use crate::analysis::summary::{Context, open_texts, summarise};
use crate::definition::{Page, Survey};
use crate::document::hex;
use crate::response::Record;
use crate::store::idea::{self, Idea};
use crate::store::survey::{Count, Mode};
use crate::store::{coding, door, response, survey};

/// The consensus summary. Equal responses, definition, language model and seed give an equal report, on either database.
pub fn build(library: &Library, id: &str, seed: u64, progress: &Progress<'_>) -> Result<Report, ServiceError> {
    let published = library.current(id, None)?;
    let definition = &published.survey;
    progress("Reading responses", 0.0);
    let (data, hashes, mut counts, coded, (issued, withdrawn), (rounds, not_returned)) =
        library.store.read(|conn| {
            let counts = survey::list(conn)?
                .into_iter()
                .find(|listed| listed.survey.id == id)
                .map(|listed| listed.counts)
                .unwrap_or_default();
            let total = counts.iter().map(|count| count.completed).sum::<i64>().max(1);
            let versions = library.answered_versions_in(conn, id, published.version)?;
            let mut data = Dataset::new(definition);
            let mut hashes: Vec<[u8; 32]> = Vec::new();
            let rounds = library.rounds_in(conn, id, (published.version, definition))?;
            let mut panel = PanelAnswers::new(definition, rounds.iter().map(AsRef::as_ref));
            let mut not_returned = BTreeMap::new();
            response::for_each(conn, id, |row| {
                let stored: serde_json::Value = serde_json::from_str(&row.answers).unwrap_or_default();
                let other = versions.get(&row.version);
                let answered = other.map_or(&**definition, |(answered, _)| answered);
                let record = Record::from_json(answered, &stored);
                if let Some(panel) = &mut panel {
                    panel.push(answered, &record);
                }
                if panel.as_ref().is_none_or(|panel| panel.is_latest(answered)) {
                    match other {
                        Some((_, diff)) => {
                            data.push_other(u32::try_from(row.version).unwrap_or_default(), record, diff);
                        }
                        None => data.push(&record),
                    }
                    data.came_by(row.mode.as_str());
                } else {
                    *not_returned.entry(row.mode).or_insert(0) += 1;
                }
                let response = format!("{}:{}:{}", row.mode.as_str(), row.version, row.answers);
                hashes.push(Sha256::digest(response.as_bytes()).into());
                if data.n.is_multiple_of(500) {
                    progress("Reading responses", data.n as f64 / total as f64);
                }
                Ok::<_, ServiceError>(())
            })?;
            for (head, _) in definition.pages.iter().filter_map(Page::wall) {
                let mut ideas = idea::all(conn, id, &head.id)?;
                ideas.retain(|idea| matches!(idea.state, idea::State::Shown | idea::State::Merged));
                let line = |idea: &Idea| format!("idea:{}:{}:{}", idea.item, idea.state.as_str(), idea.text);
                hashes.extend(ideas.iter().map(|idea| <[u8; 32]>::from(Sha256::digest(line(idea).as_bytes()))));
                let on_wall = |idea: Idea| WallIdea { text: idea.text, id: idea.id, merged_into: idea.merged_into };
                data.set_wall(&head.id, ideas.into_iter().map(on_wall).collect());
            }
            let mut coded = BTreeMap::new();
            for item in coding::items(conn, id)? {
                if definition.answered_questions().any(|one| one.item.head.id == item && one.item.scale().is_themed()) {
                    let (question, hash) = coded_question(library, conn, &published, &item)?;
                    if question.decisions > 0 {
                        coded.insert(item, (question, hash));
                    }
                }
            }
            let issued = door::of(conn, id)?.filter(|_| published.mode == Mode::Invitation).map(|door| door.issued);
            let rounds = (panel.and_then(|panel| panel.reported()), not_returned);
            Ok::<_, ServiceError>((data, hashes, counts, coded, (issued, response::withdrawn(conn, id)?), rounds))
        })?;
    for count in &mut counts {
        let not_returned = not_returned.get(&count.mode).copied().unwrap_or_default();
        count.started -= not_returned;
        count.completed -= not_returned;
    }
    let vectors = embedding::of_answers(library, id, &open_texts(&data), progress)?;
    let model = vectors.as_ref().map(|vectors| vectors.model().to_string());
    let decided = coded.values().map(|(_, hash)| *hash).collect::<Vec<_>>();
    let context = Context {
        base: base(definition, &published, issued, (&counts, withdrawn)),
        hashes: Hashes {
            definition: published.hash.clone(),
            responses: combined(hashes),
            coding: (!decided.is_empty()).then(|| combined(decided)),
            model,
        },
        version: u32::try_from(published.version).unwrap_or_default(),
        seed,
        software: env!("CARGO_PKG_VERSION").to_string(),
        vectors,
        coded: coded.into_iter().map(|(item, (question, _))| (item, question)).collect(),
        rounds,
    };
    Ok(summarise(&data, context, progress))
}

/// The hash of many hashes, whatever their order.
pub(super) fn combined(mut hashes: Vec<[u8; 32]>) -> String {
    hashes.sort_unstable();
    hex(&Sha256::digest(hashes.concat()))
}

fn base(survey: &Survey, published: &Published, issued: Option<i32>, (counts, withdrawn): (&[Count], i64)) -> Base {
    let number = |count: i64| u64::try_from(count).unwrap_or_default();
    let by_mode: Vec<ModeBase> = counts
        .iter()
        .map(|count| ModeBase {
            mode: count.mode.as_str().to_string(),
            label: label(count.mode).to_string(),
            started: number(count.started),
            completed: number(count.completed),
        })
        .collect();
    let completed: u64 = by_mode.iter().map(|mode| mode.completed).sum();
    let access = AccessBase {
        mode: published.mode.as_str().to_string(),
        protection: access::protection(published.mode, &published.survey.access),
    };
    let invited = issued.map(|issued| u64::from(issued.unsigned_abs()));
    let started = by_mode.iter().map(|mode| mode.started).sum();
    let population = population(survey, completed);
    Base { invited, access, started, completed, by_mode, withdrawn: number(withdrawn), population }
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
