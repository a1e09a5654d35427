//! Many steps at once on Postgres: one statement for all of a kind in one survey, in the place of several for each.
//!
//! Each statement names its survey, so that it stays where that survey's rows are, however the tables are spread.

use std::collections::{BTreeMap, BTreeSet};

use diesel::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Nullable, Text};

use super::{Change, Draft, Mode, Sent, Step, Stepped};
use crate::store::{StoreError, id};

/// A draft that becomes a response.
struct Sending<'a> {
    number: usize,
    mode: Mode,
    mark: Option<&'a str>,
    response: &'a Sent,
}

/// A draft that is saved.
struct Saving<'a> {
    number: usize,
    key: &'a str,
    version: i32,
    started_version: Option<i32>,
    answers: &'a str,
    saved_on: &'a str,
}

/// Writes the steps of one survey that have no outcome yet, but those that must be written by themselves: changes of what
/// was sent, and the later ones of several steps from the same draft or with the same mark.
///
/// Surveys come in the order of their ids, and of each its drafts are locked first and in the order of their keys, then
/// marks: two writers never wait for each other in a circle.
pub(super) fn write(
    conn: &mut PgConnection,
    survey_id: &str,
    steps: &[&Step],
    outcomes: &mut [Option<Stepped>],
) -> Result<(), StoreError> {
    let mut first: BTreeMap<&str, (usize, &Draft, &Step)> = BTreeMap::new();
    let mut begun = Vec::new();
    for (number, (step, outcome)) in steps.iter().zip(&*outcomes).enumerate() {
        match &step.change {
            _ if outcome.is_some() || step.seen.survey_id != survey_id => {}
            Change::Begin { .. } => begun.push((number, *step)),
            Change::Save { from, .. } | Change::Send { from, .. } => {
                first.entry(&from.key).or_insert((number, from, step));
            }
            Change::Amend { .. } => {}
        }
    }
    begin(conn, survey_id, &begun)?;
    let held = hold(conn, survey_id, &first.values().map(|(_, from, _)| *from).collect::<Vec<_>>())?;
    let (mut saved, mut sent, mut marks) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (key, (number, _, step)) in &first {
        let number = *number;
        match &step.change {
            _ if !held.contains(*key) => {}
            Change::Save { version, started_version, answers, saved_on, .. } => saved.push(Saving {
                number,
                key,
                version: *version,
                started_version: *started_version,
                answers,
                saved_on,
            }),
            Change::Send { mark: Some(mark), .. } if !marks.insert(mark.as_str()) => {}
            Change::Send { mark, response, .. } => {
                sent.push(Sending { number, mode: step.seen.mode, mark: mark.as_deref(), response });
            }
            Change::Begin { .. } | Change::Amend { .. } => {}
        }
    }
    let newly = spend(conn, survey_id, &sent)?;
    let (sent, refused): (Vec<_>, Vec<_>) =
        sent.into_iter().partition(|one| one.mark.is_none_or(|mark| newly.contains(mark)));
    save(conn, survey_id, &saved)?;
    send(conn, survey_id, &sent)?;
    let drafts: Vec<&str> = sent.iter().filter_map(|one| key_of(steps, one.number)).collect();
    if !drafts.is_empty() {
        diesel::sql_query("DELETE FROM draft WHERE survey_id = $1 AND key = ANY($2)")
            .bind::<Text, _>(survey_id)
            .bind::<Array<Text>, _>(drafts)
            .execute(conn)?;
    }
    let done = begun.iter().map(|(number, _)| *number).chain(saved.iter().map(|one| one.number));
    let done = done.chain(sent.iter().map(|one| one.number)).map(|number| (number, Stepped::Done));
    let refused = refused.iter().map(|one| (one.number, Stepped::Spent));
    let stale =
        first.iter().filter(|(key, _)| !held.contains(**key)).map(|(_, (number, ..))| (*number, Stepped::Stale));
    for (number, outcome) in done.chain(refused).chain(stale) {
        if let Some(place) = outcomes.get_mut(number) {
            *place = Some(outcome);
        }
    }
    Ok(())
}

fn key_of<'a>(steps: &[&'a Step], number: usize) -> Option<&'a str> {
    match &steps.get(number)?.change {
        Change::Send { from, .. } => Some(&from.key),
        _ => None,
    }
}

fn begin(conn: &mut PgConnection, survey_id: &str, begun: &[(usize, &Step)]) -> Result<(), StoreError> {
    let (mut keys, mut versions) = (Vec::new(), Vec::new());
    let (mut modes, mut texts, mut days) = (Vec::new(), Vec::new(), Vec::new());
    for (_, step) in begun {
        if let Change::Begin { key, version, answers, started_on } = &step.change {
            keys.push(key.as_str());
            versions.push(*version);
            modes.push(step.seen.mode.as_str());
            texts.push(answers.as_str());
            days.push(started_on.as_str());
        }
    }
    if keys.is_empty() {
        return Ok(());
    }
    let insert = "INSERT INTO draft (key, survey_id, version, mode, answers, started_on, saved_on)
        SELECT key, $1, version, mode, answers, day, day
        FROM unnest($2, $3, $4, $5, $6) AS given (key, version, mode, answers, day)
        ON CONFLICT (survey_id, key) DO NOTHING";
    diesel::sql_query(insert)
        .bind::<Text, _>(survey_id)
        .bind::<Array<Text>, _>(keys)
        .bind::<Array<Integer>, _>(versions)
        .bind::<Array<Text>, _>(modes)
        .bind::<Array<Text>, _>(texts)
        .bind::<Array<Text>, _>(days)
        .execute(conn)?;
    Ok(())
}

/// Locks those drafts that are as they were, and gives their keys.
fn hold(conn: &mut PgConnection, survey_id: &str, from: &[&Draft]) -> Result<BTreeSet<String>, StoreError> {
    if from.is_empty() {
        return Ok(BTreeSet::new());
    }
    let keys: Vec<&str> = from.iter().map(|draft| draft.key.as_str()).collect();
    let versions: Vec<i32> = from.iter().map(|draft| draft.version).collect();
    let texts: Vec<&str> = from.iter().map(|draft| draft.answers.as_str()).collect();
    let select = "SELECT draft.key AS word
        FROM draft JOIN unnest($2, $3, $4) AS given (key, version, answers) ON given.key = draft.key
        WHERE draft.survey_id = $1 AND draft.version = given.version AND draft.answers = given.answers
        ORDER BY draft.key FOR UPDATE OF draft";
    let rows = diesel::sql_query(select)
        .bind::<Text, _>(survey_id)
        .bind::<Array<Text>, _>(keys)
        .bind::<Array<Integer>, _>(versions)
        .bind::<Array<Text>, _>(texts)
        .load(conn)?;
    Ok(words(rows))
}

fn save(conn: &mut PgConnection, survey_id: &str, saved: &[Saving]) -> Result<(), StoreError> {
    if saved.is_empty() {
        return Ok(());
    }
    let update = "UPDATE draft
        SET version = given.version, started_version = given.started, answers = given.answers, saved_on = given.day
        FROM unnest($2, $3, $4, $5, $6) AS given (key, version, started, answers, day)
        WHERE draft.survey_id = $1 AND draft.key = given.key";
    diesel::sql_query(update)
        .bind::<Text, _>(survey_id)
        .bind::<Array<Text>, _>(saved.iter().map(|one| one.key).collect::<Vec<_>>())
        .bind::<Array<Integer>, _>(saved.iter().map(|one| one.version).collect::<Vec<_>>())
        .bind::<Array<Nullable<Integer>>, _>(saved.iter().map(|one| one.started_version).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(saved.iter().map(|one| one.answers).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(saved.iter().map(|one| one.saved_on).collect::<Vec<_>>())
        .execute(conn)?;
    Ok(())
}

/// Spends the marks that are not spent, and gives them.
fn spend(conn: &mut PgConnection, survey_id: &str, sent: &[Sending]) -> Result<BTreeSet<String>, StoreError> {
    let marks: Vec<&str> = sent.iter().filter_map(|one| one.mark).collect();
    if marks.is_empty() {
        return Ok(BTreeSet::new());
    }
    let insert = "INSERT INTO spent (survey_id, mark)
        SELECT $1, mark FROM unnest($2) AS given (mark) ORDER BY mark
        ON CONFLICT DO NOTHING RETURNING mark AS word";
    let rows = diesel::sql_query(insert).bind::<Text, _>(survey_id).bind::<Array<Text>, _>(marks).load(conn)?;
    Ok(words(rows))
}

/// Stores the responses in the order of their random ids: their order in the table is not that of arrival.
fn send(conn: &mut PgConnection, survey_id: &str, sent: &[Sending]) -> Result<(), StoreError> {
    if sent.is_empty() {
        return Ok(());
    }
    let ids = sent.iter().map(|_| id::random()).collect::<Result<Vec<_>, _>>()?;
    let insert = "INSERT INTO response
            (survey_id, id, version, idem, receipt_hash, mode, answers, submitted_on, started_version)
        SELECT $1, given.* FROM unnest($2, $3, $4, $5, $6, $7, $8, $9)
            AS given (id, version, idem, receipt_hash, mode, answers, submitted_on, started_version)
        ORDER BY id
        ON CONFLICT (survey_id, idem) DO NOTHING";
    diesel::sql_query(insert)
        .bind::<Text, _>(survey_id)
        .bind::<Array<Text>, _>(ids)
        .bind::<Array<Integer>, _>(sent.iter().map(|one| one.response.version).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(sent.iter().map(|one| one.response.idem.as_str()).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(sent.iter().map(|one| one.response.receipt_hash.as_str()).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(sent.iter().map(|one| one.mode.as_str()).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(sent.iter().map(|one| one.response.answers.as_str()).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(sent.iter().map(|one| one.response.submitted_on.as_str()).collect::<Vec<_>>())
        .bind::<Array<Nullable<Integer>>, _>(sent.iter().map(|one| one.response.started_version).collect::<Vec<_>>())
        .execute(conn)?;
    Ok(())
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

fn words(rows: Vec<Word>) -> BTreeSet<String> {
    rows.into_iter().map(|row| row.word).collect()
}
