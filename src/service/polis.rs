//! Reads a Polis export: statements, votes and opinion groups, with every row that could not be used.
//!
//! The format is that of the report's "raw data export": `comments.csv`, `votes.csv`, `participants-votes.csv` and
//! `summary.csv`, where a vote of 1 agrees, -1 disagrees and 0 passes. Superseded votes are dropped: the last one wins.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use super::ServiceError;
use super::time::Moment;
use crate::item::Answer;
use crate::item::options::is_code;
use crate::response::{Gap, Record};

/// A conversation, ready to be stored.
#[derive(Debug)]
pub(super) struct Conversation {
    /// A definition whose candidate interventions are the statements.
    pub(super) definition: Value,
    /// One entry a participant who voted.
    pub(super) participants: Vec<Participant>,
    /// What was left out, one sentence each.
    pub(super) losses: Vec<String>,
}

/// A participant's votes.
#[derive(Debug)]
pub(super) struct Participant {
    /// The participant's number in the export.
    pub(super) id: String,
    /// The day of the last vote.
    pub(super) day: String,
    /// The votes and the opinion group.
    pub(super) record: Record,
}

struct Statement {
    id: String,
    text: String,
    moderated_out: bool,
}

struct Votes {
    /// Statement to vote.
    by_statement: BTreeMap<String, i8>,
    last_at: i64,
}

/// Reads the four files of an export. Fails as a whole if one is missing, damaged or shorter than another says.
pub(super) fn read(folder: &Path, id: &str) -> Result<Conversation, ServiceError> {
    let mut losses = Vec::new();
    let summary = summary(&folder.join("summary.csv"))?;
    let statements = statements(&folder.join("comments.csv"), &mut losses)?;
    let votes = votes(&folder.join("votes.csv"))?;
    let groups = groups(&folder.join("participants-votes.csv"), &votes)?;
    let mut unknown: BTreeMap<&str, usize> = BTreeMap::new();
    for statement in votes.values().flat_map(|votes| votes.by_statement.keys()) {
        if !statements.iter().any(|known| known.id == *statement) {
            *unknown.entry(statement).or_default() += 1;
        }
    }
    for (statement, count) in &unknown {
        let votes = if *count == 1 { "1 vote".to_string() } else { format!("{count} votes") };
        losses.push(format!("{votes} on statement {statement}, which has no text in comments.csv"));
    }
    let mut names: Vec<&String> = groups.values().collect();
    names.sort();
    names.dedup();
    let has_groups = names.len() >= 2;
    let definition = definition(id, &summary, &statements, if has_groups { &names } else { &[] });
    let participants = votes
        .iter()
        .map(|(participant, votes)| {
            let ratings = votes.by_statement.iter().filter(|(statement, _)| !unknown.contains_key(statement.as_str()));
            let ratings: BTreeMap<String, String> =
                ratings.map(|(statement, vote)| (statement.clone(), word(*vote).to_string())).collect();
            let mut record = Record::default();
            record.answers.insert("support".to_string(), Answer::Ratings(ratings));
            match groups.get(participant).filter(|_| has_groups) {
                Some(group) => {
                    record
                        .answers
                        .insert("opinion_group".to_string(), Answer::Choice { option: group.clone(), other: None });
                }
                None if has_groups => {
                    record.gaps.insert("opinion_group".to_string(), Gap::NotShown);
                }
                None => {}
            }
            Participant { id: participant.clone(), day: Moment(votes.last_at / 1000).day(), record }
        })
        .collect();
    Ok(Conversation { definition, participants, losses })
}

fn word(vote: i8) -> &'static str {
    match vote {
        1 => "agree",
        -1 => "disagree",
        _ => "pass",
    }
}

fn definition(id: &str, summary: &BTreeMap<String, String>, statements: &[Statement], groups: &[&String]) -> Value {
    let said = |key: &str| summary.get(key).map(|text| text.trim()).filter(|text| !text.is_empty());
    let interventions: Vec<Value> = statements
        .iter()
        .map(|statement| json!({ "id": statement.id, "label": statement.text, "withdrawn": statement.moderated_out }))
        .collect();
    let mut pages = vec![json!({ "id": "statements", "questions": [{
        "id": "support", "type": "rate", "text": "Do you agree with the statement?", "items": "interventions", "scale": "vote",
        "measure": "support", "support": ["agree"], "oppose": ["disagree"],
    }]})];
    if !groups.is_empty() {
        let options: Vec<Value> =
            groups.iter().map(|group| json!({ "id": group, "label": format!("Group {group}") })).collect();
        pages.push(json!({ "id": "groups", "questions": [{
            "id": "opinion_group", "type": "single", "text": "Opinion group, as Polis published it", "segment": "descriptive", "options": options,
        }]}));
    }
    let mut introduction = serde_json::Map::new();
    if let Some(text) = said("conversation-description") {
        introduction.insert("purpose".to_string(), json!(text));
    }
    if let Some(address) = said("url") {
        introduction.insert("organisation".to_string(), json!(format!("Imported from Polis: {address}")));
    }
    json!({
        "format": 1, "id": id, "version": 1, "title": said("topic").unwrap_or(id), "language": "und",
        "introduction": introduction,
        // The export is public already: hiding small groups of it would protect nobody.
        "privacy": { "min_cell": 0 },
        "lists": { "vote": [
            { "id": "agree", "label": "Agree", "value": 1 },
            { "id": "pass", "label": "Pass", "value": 0 },
            { "id": "disagree", "label": "Disagree", "value": -1 },
        ]},
        "interventions": interventions,
        "pages": pages,
    })
}

fn summary(path: &Path) -> Result<BTreeMap<String, String>, ServiceError> {
    let mut reader = open(path, false)?;
    let mut said = BTreeMap::new();
    for row in reader.records() {
        let row = row.map_err(|error| damaged(path, &error))?;
        if let (Some(key), Some(text)) = (row.get(0), row.get(1)) {
            said.insert(key.to_string(), text.to_string());
        }
    }
    Ok(said)
}

fn statements(path: &Path, losses: &mut Vec<String>) -> Result<Vec<Statement>, ServiceError> {
    all_closed(path)?;
    let mut statements: Vec<Statement> = Vec::new();
    table(path, &["comment-id", "moderated", "comment-body"], |line, [id, moderated, text]| {
        if !is_code(id) {
            return Err(content(path, line, format!("has the statement id `{id}`, which is not a number")));
        }
        if statements.iter().any(|known| known.id == *id) {
            losses.push(format!("a second text of statement {id} in comments.csv"));
            return Ok(());
        }
        let text = if text.trim().is_empty() { "(no text)" } else { text.trim() };
        statements.push(Statement {
            id: id.to_string(),
            text: text.to_string(),
            moderated_out: moderated.trim() == "-1",
        });
        Ok(())
    })?;
    statements.sort_by_key(|statement| (statement.id.len(), statement.id.clone()));
    Ok(statements)
}

fn votes(path: &Path) -> Result<BTreeMap<String, Votes>, ServiceError> {
    let mut rows: Vec<(i64, String, String, i8)> = Vec::new();
    table(path, &["timestamp", "voter-id", "comment-id", "vote"], |line, [at, voter, statement, vote]| {
        let at =
            at.parse().map_err(|_| content(path, line, format!("has the timestamp `{at}`, which is not a number")))?;
        let vote = match vote.trim() {
            "1" => 1,
            "-1" => -1,
            "0" => 0,
            other => return Err(content(path, line, format!("has the vote `{other}`, which is none of 1, 0 and -1"))),
        };
        rows.push((at, voter.to_string(), statement.to_string(), vote));
        Ok(())
    })?;
    // The sort is stable: of votes in the same millisecond the later row wins.
    rows.sort_by_key(|(at, ..)| *at);
    let mut votes: BTreeMap<String, Votes> = BTreeMap::new();
    for (at, voter, statement, vote) in rows {
        let mine = votes.entry(voter).or_insert(Votes { by_statement: BTreeMap::new(), last_at: at });
        mine.by_statement.insert(statement, vote);
        mine.last_at = at;
    }
    Ok(votes)
}

/// The published group of each participant who has one. Checks that no vote is missing from `votes.csv`.
fn groups(path: &Path, votes: &BTreeMap<String, Votes>) -> Result<BTreeMap<String, String>, ServiceError> {
    let mut groups = BTreeMap::new();
    let (mut told, mut found) = (0, 0);
    table(path, &["participant", "group-id", "n-votes"], |line, [participant, group, count]| {
        let count: usize = count
            .parse()
            .map_err(|_| content(path, line, format!("has the number of votes `{count}`, which is not a number")))?;
        told += count;
        found += votes.get(participant).map_or(0, |votes| votes.by_statement.len());
        if is_code(group.trim()) {
            groups.insert(participant.to_string(), group.trim().to_string());
        }
        Ok(())
    })?;
    let all: usize = votes.values().map(|votes| votes.by_statement.len()).sum();
    if told != found || all != found {
        let problem = format!("tells of {told} votes and votes.csv of {all}: one of the two files is cut short");
        return Err(ServiceError::Content { path: path.display().to_string(), line: None, problem });
    }
    Ok(groups)
}

/// Checks that every quoted text is closed: of a file cut short within one, the reader would take the rest for whole.
fn all_closed(path: &Path) -> Result<(), ServiceError> {
    let path_text = || path.display().to_string();
    let bytes =
        std::fs::read(path).map_err(|source| ServiceError::File { path: path_text(), action: "read", source })?;
    let is_quoted_at_end = bytes.iter().fold(false, |quoted, byte| quoted != (*byte == b'"'));
    if !is_quoted_at_end {
        return Ok(());
    }
    let problem = "has a quoted text that does not end: the file is cut short".to_string();
    Err(ServiceError::Content { path: path_text(), line: None, problem })
}

fn open(path: &Path, has_headers: bool) -> Result<csv::Reader<std::fs::File>, ServiceError> {
    let file = std::fs::File::open(path).map_err(|source| ServiceError::File {
        path: path.display().to_string(),
        action: "read",
        source,
    })?;
    Ok(csv::ReaderBuilder::new().has_headers(has_headers).flexible(!has_headers).from_reader(file))
}

/// Hands the named columns of every row to `each`, with the row's line.
fn table<const N: usize>(
    path: &Path,
    columns: &[&str; N],
    mut each: impl FnMut(u64, [&str; N]) -> Result<(), ServiceError>,
) -> Result<(), ServiceError> {
    let mut reader = open(path, true)?;
    let header = reader.headers().map_err(|error| damaged(path, &error))?.clone();
    let mut places = [0; N];
    for (place, column) in places.iter_mut().zip(columns) {
        *place = header
            .iter()
            .position(|name| name.trim() == *column)
            .ok_or_else(|| content(path, 1, format!("has no column `{column}`")))?;
    }
    let mut row = csv::StringRecord::new();
    while reader.read_record(&mut row).map_err(|error| damaged(path, &error))? {
        let line = row.position().map_or(0, csv::Position::line);
        each(line, places.map(|place| row.get(place).unwrap_or_default()))?;
    }
    Ok(())
}

fn content(path: &Path, line: u64, problem: String) -> ServiceError {
    ServiceError::Content { path: path.display().to_string(), line: Some(line), problem }
}

/// A file that breaks off, or is not CSV.
pub(super) fn damaged(path: &Path, error: &csv::Error) -> ServiceError {
    let line = error.position().map(csv::Position::line);
    let problem = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!(
                "has {len} columns where the lines before it have {expected_len}: the file is cut short or damaged there"
            )
        }
        csv::ErrorKind::Utf8 { .. } => "is not UTF-8 text: save the file as UTF-8".to_string(),
        _ => "cannot be read as a table".to_string(),
    };
    ServiceError::Content { path: path.display().to_string(), line, problem }
}
