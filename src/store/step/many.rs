//! Many steps at once on Postgres: one statement for all of a kind, in the place of several for each.

use std::collections::{BTreeMap, BTreeSet};

use diesel::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Nullable, Text};

use super::{Change, Draft, Seen, Sent, Step, Stepped};
use crate::store::{StoreError, id};

/// A draft that becomes a response.
struct Sending<'a> {
    number: usize,
    seen: &'a Seen,
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

/// Writes the steps that have no outcome yet, but those that must be written by themselves: changes of what was sent, and
/// the later ones of several steps from the same draft or with the same mark.
///
/// Drafts are locked first and in the order of their keys, then marks: two writers never wait for each other in a circle.
pub(super) fn write(
    conn: &mut PgConnection,
    steps: &[&Step],
    outcomes: &mut [Option<Stepped>],
) -> Result<(), StoreError> {
    let mut first: BTreeMap<&str, (usize, &Draft, &Step)> = BTreeMap::new();
    let mut begun = Vec::new();
    for (number, (step, outcome)) in steps.iter().zip(&*outcomes).enumerate() {
        match &step.change {
            _ if outcome.is_some() => {}
            Change::Begin { .. } => begun.push((number, *step)),
            Change::Save { from, .. } | Change::Send { from, .. } => {
                first.entry(&from.key).or_insert((number, from, step));
            }
            Change::Amend { .. } => {}
        }
    }
    begin(conn, &begun)?;
    let held = hold(conn, &first.values().map(|(_, from, _)| *from).collect::<Vec<_>>())?;
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
            Change::Send { mark: Some(mark), .. } if !marks.insert(marked(&step.seen, mark)) => {}
            Change::Send { mark, response, .. } => {
                sent.push(Sending { number, seen: &step.seen, mark: mark.as_deref(), response });
            }
            Change::Begin { .. } | Change::Amend { .. } => {}
        }
    }
    let newly = spend(conn, &sent)?;
    let (sent, refused): (Vec<_>, Vec<_>) =
        sent.into_iter().partition(|one| one.mark.is_none_or(|mark| newly.contains(&marked(one.seen, mark))));
    save(conn, &saved)?;
    send(conn, &sent)?;
    let drafts: Vec<&str> = sent.iter().filter_map(|one| key_of(steps, one.number)).collect();
    diesel::sql_query("DELETE FROM draft WHERE key = ANY($1)").bind::<Array<Text>, _>(drafts).execute(conn)?;
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

fn begin(conn: &mut PgConnection, begun: &[(usize, &Step)]) -> Result<(), StoreError> {
    let (mut keys, mut surveys, mut versions) = (Vec::new(), Vec::new(), Vec::new());
    let (mut modes, mut texts, mut days) = (Vec::new(), Vec::new(), Vec::new());
    for (_, step) in begun {
        if let Change::Begin { key, version, answers, started_on } = &step.change {
            keys.push(key.as_str());
            surveys.push(step.seen.survey_id.as_str());
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
        SELECT key, survey_id, version, mode, answers, day, day
        FROM unnest($1, $2, $3, $4, $5, $6) AS given (key, survey_id, version, mode, answers, day)
        ON CONFLICT (key) DO NOTHING";
    diesel::sql_query(insert)
        .bind::<Array<Text>, _>(keys)
        .bind::<Array<Text>, _>(surveys)
        .bind::<Array<Integer>, _>(versions)
        .bind::<Array<Text>, _>(modes)
        .bind::<Array<Text>, _>(texts)
        .bind::<Array<Text>, _>(days)
        .execute(conn)?;
    Ok(())
}

/// Locks those drafts that are as they were, and gives their keys.
fn hold(conn: &mut PgConnection, from: &[&Draft]) -> Result<BTreeSet<String>, StoreError> {
    if from.is_empty() {
        return Ok(BTreeSet::new());
    }
    let keys: Vec<&str> = from.iter().map(|draft| draft.key.as_str()).collect();
    let versions: Vec<i32> = from.iter().map(|draft| draft.version).collect();
    let texts: Vec<&str> = from.iter().map(|draft| draft.answers.as_str()).collect();
    let select = "SELECT draft.key AS word
        FROM draft JOIN unnest($1, $2, $3) AS given (key, version, answers) ON given.key = draft.key
        WHERE draft.version = given.version AND draft.answers = given.answers
        ORDER BY draft.key FOR UPDATE OF draft";
    let rows = diesel::sql_query(select)
        .bind::<Array<Text>, _>(keys)
        .bind::<Array<Integer>, _>(versions)
        .bind::<Array<Text>, _>(texts)
        .load(conn)?;
    Ok(words(rows))
}

fn save(conn: &mut PgConnection, saved: &[Saving]) -> Result<(), StoreError> {
    if saved.is_empty() {
        return Ok(());
    }
    let update = "UPDATE draft
        SET version = given.version, started_version = given.started, answers = given.answers, saved_on = given.day
        FROM unnest($1, $2, $3, $4, $5) AS given (key, version, started, answers, day)
        WHERE draft.key = given.key";
    diesel::sql_query(update)
        .bind::<Array<Text>, _>(saved.iter().map(|one| one.key).collect::<Vec<_>>())
        .bind::<Array<Integer>, _>(saved.iter().map(|one| one.version).collect::<Vec<_>>())
        .bind::<Array<Nullable<Integer>>, _>(saved.iter().map(|one| one.started_version).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(saved.iter().map(|one| one.answers).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(saved.iter().map(|one| one.saved_on).collect::<Vec<_>>())
        .execute(conn)?;
    Ok(())
}

/// Spends the marks that are not spent, and gives them, each with its survey.
fn spend(conn: &mut PgConnection, sent: &[Sending]) -> Result<BTreeSet<String>, StoreError> {
    let marked: Vec<(&str, &str)> =
        sent.iter().filter_map(|one| Some((one.seen.survey_id.as_str(), one.mark?))).collect();
    if marked.is_empty() {
        return Ok(BTreeSet::new());
    }
    let insert = "INSERT INTO spent (survey_id, mark)
        SELECT survey_id, mark FROM unnest($1, $2) AS given (survey_id, mark) ORDER BY survey_id, mark
        ON CONFLICT DO NOTHING RETURNING survey_id || ' ' || mark AS word";
    let (surveys, marks): (Vec<&str>, Vec<&str>) = marked.into_iter().unzip();
    let rows = diesel::sql_query(insert).bind::<Array<Text>, _>(surveys).bind::<Array<Text>, _>(marks).load(conn)?;
    Ok(words(rows))
}

fn marked(seen: &Seen, mark: &str) -> String {
    format!("{} {mark}", seen.survey_id)
}

/// Stores the responses in the order of their random ids: their order in the table is not that of arrival.
fn send(conn: &mut PgConnection, sent: &[Sending]) -> Result<(), StoreError> {
    if sent.is_empty() {
        return Ok(());
    }
    let ids = sent.iter().map(|_| id::random()).collect::<Result<Vec<_>, _>>()?;
    let insert = "INSERT INTO response
            (survey_id, id, version, idem, receipt_hash, mode, answers, submitted_on, started_version)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
            AS given (survey_id, id, version, idem, receipt_hash, mode, answers, submitted_on, started_version)
        ORDER BY id
        ON CONFLICT (survey_id, idem) DO NOTHING";
    diesel::sql_query(insert)
        .bind::<Array<Text>, _>(sent.iter().map(|one| one.seen.survey_id.as_str()).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(ids)
        .bind::<Array<Integer>, _>(sent.iter().map(|one| one.response.version).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(sent.iter().map(|one| one.response.idem.as_str()).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(sent.iter().map(|one| one.response.receipt_hash.as_str()).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(sent.iter().map(|one| one.seen.mode.as_str()).collect::<Vec<_>>())
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
