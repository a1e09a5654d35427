//! An analyst compares two sides: consultations, versions of one, or rounds of one.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::library::{Library, Others};
use super::sources::combined;
use super::{Progress, ServiceError};
use crate::analysis::compare::report::{Comparison, SideReport};
use crate::analysis::compare::{Relation, Side, compare};
use crate::analysis::dataset::Dataset;
use crate::definition::Survey;
use crate::response::Record;
use crate::store::response::{self, Response};
use crate::store::{Conn, survey};

/// A side as it is asked for: `ID`, `ID@VERSION`, `ID@current`, or `ID@roundN`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The consultation's id.
    pub survey: String,
    /// Which of its answers.
    pub part: Part,
}

/// Which answers of a consultation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Those that its report counts.
    All,
    /// Those to the current version.
    Current,
    /// Those to one version.
    Version(i32),
    /// Those of one round.
    Round(u32),
}

impl FromStr for Wanted {
    type Err = String;

    fn from_str(named: &str) -> Result<Self, String> {
        let (survey, part) = named.split_once('@').map_or((named, None), |(survey, part)| (survey, Some(part)));
        let unknown = || {
            format!(
                "`{named}` names no side: write ID, ID@VERSION such as {survey}@2, {survey}@current, or {survey}@round2"
            )
        };
        let part = match part {
            None => Part::All,
            Some("current") => Part::Current,
            Some(part) => match part.strip_prefix("round") {
                Some(number) => Part::Round(number.parse().ok().filter(|number| *number > 0).ok_or_else(unknown)?),
                None => Part::Version(part.parse().ok().filter(|number| *number > 0).ok_or_else(unknown)?),
            },
        };
        if survey.is_empty() { Err(unknown()) } else { Ok(Self { survey: survey.to_string(), part }) }
    }
}

/// A side whose definition is known and whose answers are yet to be read.
struct Planned {
    name: String,
    survey: Arc<Survey>,
    version: i32,
    part: Part,
    /// The other versions that were answered, each with what changed from it to `version`.
    others: Others,
    definition: String,
}

/// Compares two sides, each in its database. Equal responses and definitions give an equal comparison, on either database.
///
/// # Errors
///
/// `UnknownSurvey` where there is no such consultation; `Refused` where the sides are the same, share answers without being
/// rounds of one panel, have no question in common that can be compared, or where nobody answered on a side.
pub fn build(
    libraries: [&Library; 2],
    wanted: [&Wanted; 2],
    progress: &Progress<'_>,
) -> Result<Comparison, ServiceError> {
    let one = wanted[0].survey == wanted[1].survey && std::ptr::eq(libraries[0], libraries[1]);
    let [(library, first), (other, second)] = [(libraries[0], wanted[0]), (libraries[1], wanted[1])];
    let first = library.store.read(|conn| plan(library, conn, first))?;
    let plans = [first, other.store.read(|conn| plan(other, conn, second))?];
    if one {
        may_stand_together(&wanted[0].survey, &plans)?;
    }
    progress("Reading responses", 0.0);
    let comparison = if one {
        library.store.read(|conn| of_one(library, conn, &plans))?
    } else {
        let [(first, rest), (second, other_rest)] = [read(library, &plans[0])?, read(other, &plans[1])?];
        let rests = Box::new([rest, other_rest]);
        compare(&[first, second], &Relation::Apart(rests), env!("CARGO_PKG_VERSION"))
    };
    let compares = |one: &crate::analysis::compare::report::Matched| ["same", "caution"].contains(&one.state.as_str());
    if !comparison.matching.iter().any(compares) {
        return Err(nothing_shared(&comparison));
    }
    if let Some(empty) = comparison.sides.iter().find(|side| side.people == 0) {
        return Err(ServiceError::Refused(format!(
            "nobody has sent answers to {}, so that there is nothing to compare: `canvass list` says who answered what",
            empty.name
        )));
    }
    Ok(comparison)
}

/// Says that nothing can be compared, and what to do.
fn nothing_shared(comparison: &Comparison) -> ServiceError {
    let [first, second] = &comparison.sides;
    let apart: Vec<&str> = comparison
        .matching
        .iter()
        .filter(|one| one.state == "not_compared")
        .map(|one| one.id.as_str())
        .take(5)
        .collect();
    let why = if apart.is_empty() {
        "no question has the same id on both sides: questions are matched by their ids, so give those that ask the same the same id"
            .to_string()
    } else {
        format!(
            "of the questions with the same id none asks the same: {}. `canvass diff` says what changed between two definitions",
            apart.join(", ")
        )
    };
    ServiceError::Refused(format!("{} and {} share no question that can be compared; {why}", first.name, second.name))
}

fn plan(library: &Library, conn: &mut Conn, wanted: &Wanted) -> Result<Planned, ServiceError> {
    let id = &wanted.survey;
    let current = library.current_in(conn, id, None)?;
    let refused = |text: String| Err(ServiceError::Refused(text));
    let (version, name) = match wanted.part {
        Part::All => (current.version, id.clone()),
        Part::Current => (current.version, format!("{id}@{}", current.version)),
        Part::Version(version) if survey::has_version(conn, id, version)? => (version, format!("{id}@{version}")),
        Part::Version(version) => {
            return refused(format!(
                "{id} has no version {version}: name another one, or {id}@current, which is version {}",
                current.version
            ));
        }
        Part::Round(round) => {
            let mut found = None;
            for (version, ..) in survey::versions(conn, id)? {
                if library.version_in(conn, id, version, None)?.round_number() == round {
                    found = Some(version);
                }
            }
            match found {
                Some(version) => (version, format!("{id}@round{round}")),
                None if current.survey.round.is_none() => {
                    return refused(format!(
                        "{id} is not asked in rounds: compare its versions with `canvass compare {id} --versions 1 2`"
                    ));
                }
                None => {
                    return refused(format!(
                        "{id} has no round {round}: it is in round {}",
                        current.survey.round_number()
                    ));
                }
            }
        }
    };
    let asked = library.version_in(conn, id, version, None)?;
    if matches!(wanted.part, Part::Version(_) | Part::Current) && current.survey.round.is_some() {
        return refused(format!(
            "{id} is asked in rounds, and who comes back answers a later version: compare its rounds with `canvass compare {id} --rounds 1 2`"
        ));
    }
    Ok(Planned {
        name,
        others: library.answered_versions_in(conn, id, version)?,
        definition: survey::version(conn, id, version)?.hash,
        survey: asked,
        version,
        part: wanted.part,
    })
}

/// Refuses sides of one consultation that are the same, or of which one holds the other.
fn may_stand_together(id: &str, plans: &[Planned; 2]) -> Result<(), ServiceError> {
    let [first, second] = plans;
    let refused = |text: String| Err(ServiceError::Refused(text));
    let in_rounds = first.survey.round.is_some();
    let next = if in_rounds {
        format!("name two rounds: `canvass compare {id} --rounds 1 2`")
    } else {
        format!("name two versions, `canvass compare {id} --versions 1 2`, or another consultation")
    };
    match (first.part, second.part) {
        (Part::Round(one), Part::Round(other)) if one != other => Ok(()),
        (Part::All, Part::All) => refused(format!("both sides are {id}, which is the same twice: {next}")),
        (Part::All, _) | (_, Part::All) => {
            refused(format!("{id} holds the answers of both sides, so that they are not two: {next}"))
        }
        (Part::Round(_), _) | (_, Part::Round(_)) => {
            refused(format!("both sides are the same round, or one is none: {next}"))
        }
        _ if first.version == second.version => {
            refused(format!("both sides are version {} of {id}, which is the same twice: {next}", first.version))
        }
        _ => Ok(()),
    }
}

/// A response as it is taken: the row, the version that it answered, and the answers.
type Take<'t> = dyn FnMut(&Response, &Survey, &Record) + 't;

/// Hands over every response of a consultation with the version that it answered.
fn read_all(library: &Library, conn: &mut Conn, plan: &Planned, take: &mut Take<'_>) -> Result<(), ServiceError> {
    let id = plan.survey.id.clone();
    let mut versions: BTreeMap<i32, Arc<Survey>> = BTreeMap::new();
    for version in response::versions(conn, &id)? {
        versions.insert(version, library.version_in(conn, &id, version, None)?);
    }
    response::for_each(conn, &id, |row| {
        let Some(answered) = versions.get(&row.version) else { return Ok(()) };
        let stored: serde_json::Value = serde_json::from_str(&row.answers).unwrap_or_default();
        take(&row, answered, &Record::from_json(answered, &stored));
        Ok::<_, ServiceError>(())
    })
}

/// A side by itself, with the rest of its consultation where it is a part of one.
fn read<'a>(library: &Library, plan: &'a Planned) -> Result<(Side<'a>, Option<Dataset<'a>>), ServiceError> {
    let mut reading = Reading::new(plan, &plan.survey);
    library.store.read(|conn| {
        read_all(library, conn, plan, &mut |row, answered, record| {
            if !reading.take(row, answered, record) {
                reading.beside(row, answered, record);
            }
        })
    })?;
    let is_part = matches!(plan.part, Part::Version(_) | Part::Current);
    let (side, rest) = reading.done();
    Ok((side, Some(rest).filter(|_| is_part)))
}

/// Two sides of one consultation.
fn of_one(library: &Library, conn: &mut Conn, plans: &[Planned; 2]) -> Result<Comparison, ServiceError> {
    let [one, other] = plans;
    let (mut first, mut second) = (Reading::new(one, &one.survey), Reading::new(other, &one.survey));
    let mut pairs = Vec::new();
    read_all(library, conn, one, &mut |row, answered, record| {
        let places = (first.data.n, second.data.n);
        match (first.take(row, answered, record), second.take(row, answered, record)) {
            (true, true) => pairs.push(places),
            (false, false) => first.beside(row, answered, record),
            _ => {}
        }
    })?;
    let in_rounds = matches!(one.part, Part::Round(_));
    let (first, rest) = first.done();
    let (second, _) = second.done();
    let relation = if in_rounds { Relation::Rounds(pairs) } else { Relation::Versions(Box::new(rest)) };
    Ok(compare(&[first, second], &relation, env!("CARGO_PKG_VERSION")))
}

/// A side while its answers are read.
struct Reading<'a> {
    plan: &'a Planned,
    data: Dataset<'a>,
    /// Everyone else of the consultation.
    rest: Dataset<'a>,
    hashes: Vec<[u8; 32]>,
}

impl<'a> Reading<'a> {
    fn new(plan: &'a Planned, rest: &'a Survey) -> Self {
        Self { plan, data: Dataset::new(&plan.survey), rest: Dataset::new(rest), hashes: Vec::new() }
    }

    /// Takes a response if it is of this side.
    fn take(&mut self, row: &Response, answered: &Survey, record: &Record) -> bool {
        let asked = &self.plan.survey;
        let is_mine = match self.plan.part {
            Part::All => answered.round_number() == asked.round_number(),
            Part::Version(_) | Part::Current => row.version == self.plan.version,
            Part::Round(round) if answered.round_number() == round => true,
            Part::Round(round) => {
                let Some(answers) = record.in_round(asked, round).filter(|_| answered.round_number() > round) else {
                    return false;
                };
                // A person's groups are those that they said last: only what comes back is kept of each round.
                let mut kept = Record { answers, ..Record::default() };
                for (item, ..) in asked.segments() {
                    if let (id, Some(answer)) = (&item.head.id, record.answers.get(&item.head.id)) {
                        kept.answers.entry(id.clone()).or_insert_with(|| answer.clone());
                    }
                }
                self.data.push(&kept);
                self.note(row);
                return true;
            }
        };
        if is_mine {
            match self.plan.others.get(&row.version) {
                Some((_, diff)) => {
                    self.data.push_other(u32::try_from(row.version).unwrap_or_default(), record.clone(), diff);
                }
                None => self.data.push(record),
            }
            self.note(row);
        }
        is_mine
    }

    fn note(&mut self, row: &Response) {
        self.data.came_by(row.mode.as_str());
        let line = format!("{}:{}:{}", row.mode.as_str(), row.version, row.answers);
        self.hashes.push(Sha256::digest(line).into());
    }

    /// Takes a response of the same consultation that is of no side, as far as it answers the same questions.
    fn beside(&mut self, row: &Response, answered: &Survey, record: &Record) {
        if answered.round_number() == self.plan.survey.round_number() {
            match self.plan.others.get(&row.version) {
                Some((_, diff)) => self.rest.push_other(0, record.clone(), diff),
                None => self.rest.push(record),
            }
        }
    }

    /// The side, and the rest of its consultation.
    fn done(self) -> (Side<'a>, Dataset<'a>) {
        let Self { plan, data, rest, hashes } = self;
        let head = SideReport {
            name: plan.name.clone(),
            survey: plan.survey.id.clone(),
            title: plan.survey.title.clone(),
            version: u32::try_from(plan.version).unwrap_or_default(),
            round: if let Part::Round(round) = plan.part { Some(round) } else { None },
            people: 0,
            simulated: 0,
            weighted: false,
            definition: plan.definition.clone(),
            responses: combined(hashes),
        };
        (Side { head, data }, rest)
    }
}
