//! Analysts code the answers to a free-text question: the machine suggests themes, people decide, and a blind sample tells
//! how far the coding can be relied on.

pub mod act;
pub mod room;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::library::{Library, Published};
use super::sources::StoredDecision;
use super::time::Moment;
use super::{Progress, ServiceError, embedding, redaction, table};
use crate::analysis::coding::audit::{self, Audit, CODING};
use crate::analysis::coding::coded::{Coding, Standing, replay};
use crate::analysis::coding::decision::{
    AnswerKey, Decision, Entry, Event, Place, Refusal, Suggested, Suggestion, ThemeId,
};
use crate::analysis::coding::reported::CodedQuestion;
use crate::analysis::coding::shown::{self, CodedFrame, Past};
use crate::analysis::dataset::written;
use crate::analysis::redaction::Quotes;
use crate::analysis::text::redact::{Redactor, without_details};
use crate::analysis::text::{Assigned, ThemeOptions, Themes, themes};
use crate::definition::Page;
use crate::document::closest;
use crate::item::Head;
use crate::response::Record;
use crate::store::coding::Row;
use crate::store::{Conn, coding, idea, response};

/// How often an entry is written anew because somebody else wrote one at the same moment.
const TRIES: u32 = 40;
/// How long it waits then, each time longer, so that many take turns.
const PAUSE: Duration = Duration::from_millis(3);
/// Most characters of what a person calls themselves.
const LONGEST_NAME: usize = 254;

/// One question whose answers are coded.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The survey.
    pub survey: &'a str,
    /// The question: an item of the survey.
    pub item: &'a str,
}

/// The coding of a question as it stands now.
#[derive(Debug)]
pub struct Desk {
    /// The question as asked.
    pub label: String,
    /// The themes with their counts.
    pub frame: CodedFrame,
    /// Where each answer is that there is.
    pub coding: Coding,
    /// Every answer that there is, as it was written.
    pub texts: BTreeMap<AnswerKey, String>,
    /// How each may be shown.
    pub quotes: Quotes,
    /// What people decided, from the start.
    pub history: Vec<Past>,
}

/// An answer as a sheet shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetRow {
    /// Its key.
    pub answer: AnswerKey,
    /// Its text without personal details.
    pub text: String,
    /// Where it is, as a person would write it; empty where that is not told, or nowhere yet.
    pub place: String,
}

/// The coding of a question, with all its answers.
pub fn open(library: &Library, of: Question<'_>) -> Result<Desk, ServiceError> {
    let Read { label, texts, entries } = read(library, of)?;
    let standing = replay(&entries);
    let history = shown::history(&entries, &standing);
    let present: BTreeSet<AnswerKey> = texts.keys().cloned().collect();
    let coding = standing.coding.of_present(&present);
    let quotes = quotes(library, of, &texts)?;
    Ok(Desk { label, frame: shown::frame(&coding, &present), coding, texts, quotes, history })
}

/// Has the machine suggest themes for all that no person has decided, and takes them up.
///
/// Equal answers, options and model give an equal suggestion, on either database.
pub fn suggest(
    library: &Library,
    of: Question<'_>,
    by: &str,
    options: &ThemeOptions<'_>,
    now: Moment,
    progress: &Progress<'_>,
) -> Result<Entry, ServiceError> {
    let by = name(by)?;
    progress("Reading responses", 0.0);
    let texts = read(library, of)?.texts;
    // In the order of the texts: equal answers give equal themes, whatever their ids.
    let mut answers: Vec<(&str, &AnswerKey)> = texts.iter().map(|(key, text)| (text.as_str(), key)).collect();
    answers.sort_unstable();
    let written: Vec<&str> = answers.iter().map(|(text, _)| *text).collect();
    let vectors = embedding::of_answers(library, of.survey, &written, progress)?;
    let options = ThemeOptions { vectors: vectors.as_ref(), ..options.clone() };
    let quotes = quotes(library, of, &texts)?;
    let seen: Vec<String> = written.iter().map(|text| quotes.without(text)).collect();
    let left = without_details(&seen.iter().map(String::as_str).collect::<Vec<_>>());
    let left: Vec<&str> = left.iter().map(String::as_str).collect();
    let found = themes(&left, &options, &|done| progress("Grouping answers", done));
    let keys: Vec<&AnswerKey> = answers.into_iter().map(|(_, key)| key).collect();
    append(library, of, &by, now, |_, standing| {
        Ok(Event::Decided(Decision::Suggest(suggestion(&found, &keys, standing.next_theme, &options))))
    })
}

/// How answers may be quoted, as people decided.
fn quotes(library: &Library, of: Question<'_>, texts: &BTreeMap<AnswerKey, String>) -> Result<Quotes, ServiceError> {
    let standing = redaction::standing(library, of.survey)?;
    Ok(standing.quotes(of.item, texts.iter().map(|(key, text)| (key, text.as_str()))))
}

fn suggestion(found: &Themes, keys: &[&AnswerKey], first: u32, options: &ThemeOptions<'_>) -> Suggestion {
    let placed = |wanted: Assigned| -> Vec<AnswerKey> {
        let all = found.assignment.iter().zip(keys);
        all.filter(|(assigned, _)| **assigned == wanted).map(|(_, key)| (*key).clone()).collect()
    };
    let asked = match options.k {
        Some(k) => k.to_string(),
        None => format!("granularity {}", options.granularity),
    };
    let model = options.vectors.map_or_else(|| "none".to_owned(), |vectors| vectors.model().to_owned());
    let made_with = [
        ("seed", options.seed.to_string()),
        ("themes", asked),
        ("model", model),
        ("software", env!("CARGO_PKG_VERSION").to_owned()),
    ];
    Suggestion {
        themes: (first..)
            .zip(found.themes.iter().enumerate())
            .map(|(id, (index, theme))| Suggested {
                theme: ThemeId(id),
                label: theme.label.clone(),
                terms: theme.terms.clone(),
                quotes: theme.quotes.iter().filter_map(|quote| keys.get(*quote)).map(|key| (*key).clone()).collect(),
                answers: placed(Assigned::Theme(index)),
                nearness: nearness(found, index),
            })
            .collect(),
        other: placed(Assigned::Other),
        none: placed(Assigned::None),
        made_with: made_with.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
    }
}

/// How near the answers of a theme are to its middle, in hundredths, in the order in which they were given.
fn nearness(found: &Themes, theme: usize) -> Vec<u8> {
    let of_theme = found.assignment.iter().zip(&found.nearest).filter(|(one, _)| **one == Assigned::Theme(theme));
    let cosine = of_theme.map(|(_, near)| near.map_or(0.0, |near| near.membership));
    cosine.map(hundredths).collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 100")]
fn hundredths(share: f64) -> u8 {
    (share.clamp(0.0, 1.0) * 100.0).round() as u8
}

/// Decides something; `make` is told how the coding stands, and may be asked again if somebody else decides meanwhile.
/// Answers that nobody has coded yet can be coded where they exist.
pub fn decide(
    library: &Library,
    of: Question<'_>,
    by: &str,
    now: Moment,
    mut make: impl FnMut(&Standing) -> Result<Decision, Refusal>,
) -> Result<Entry, ServiceError> {
    decide_all(library, of, by, now, |standing| Ok(vec![make(standing)?]))
}

/// Decides several things one after another, all of them or none; gives the entry of the first.
pub fn decide_all(
    library: &Library,
    of: Question<'_>,
    by: &str,
    now: Moment,
    mut make: impl FnMut(&Standing) -> Result<Vec<Decision>, Refusal>,
) -> Result<Entry, ServiceError> {
    check(library, of)?;
    let by = name(by)?;
    // All answers are read only where one that is named was never coded.
    let mut present: Option<BTreeSet<AnswerKey>> = None;
    loop {
        let mut unknown = false;
        let done = append_all(library, of, &by, now, |_, standing| {
            let decisions = make(standing)?;
            let mut trial = standing.coding.clone();
            for decision in &decisions {
                if let Some(answer) = not_coded(&trial, decision, present.as_ref()) {
                    unknown = present.is_none();
                    return Err(Refusal::UnknownAnswer(answer));
                }
                trial.apply(decision)?;
            }
            Ok(decisions.into_iter().map(Event::Decided).collect())
        });
        match done {
            Err(ServiceError::Coding(Refusal::UnknownAnswer(_))) if unknown => {
                present = Some(read(library, of)?.texts.into_keys().collect());
            }
            done => return done,
        }
    }
}

/// The first answer that a decision codes and that is neither coded nor among those there are.
fn not_coded(coding: &Coding, decision: &Decision, present: Option<&BTreeSet<AnswerKey>>) -> Option<AnswerKey> {
    let Decision::Code { places } = decision else { return None };
    let is_known = |answer: &AnswerKey| {
        coding.codes().contains_key(answer) || present.is_some_and(|present| present.contains(answer))
    };
    places.iter().map(|(answer, _)| answer).find(|answer| !is_known(answer)).cloned()
}

/// Undoes the last decision that is in force.
pub fn undo(library: &Library, of: Question<'_>, by: &str, now: Moment) -> Result<Entry, ServiceError> {
    append(library, of, &name(by)?, now, |_, standing| {
        if standing.in_force.is_empty() { Err(Refusal::NothingToUndo) } else { Ok(Event::Undone) }
    })
}

/// Undoes the decision of entry `first` and all that were made after it, the last first; `seen` is the last decision in
/// force that whoever undoes knows of. Nothing is undone where somebody decided after that.
pub fn undo_from(
    library: &Library,
    of: Question<'_>,
    by: &str,
    (first, seen): (u32, u32),
    now: Moment,
) -> Result<Entry, ServiceError> {
    append_all(library, of, &name(by)?, now, |entries, standing| {
        let from = standing.in_force.iter().position(|number| *number == first).ok_or(Refusal::NotInForce(first))?;
        match standing.in_force.last() {
            Some(last) if *last == seen => Ok(standing.in_force.iter().skip(from).map(|_| Event::Undone).collect()),
            last => {
                let past = shown::history(entries, standing).into_iter().find(|past| Some(&past.number) == last);
                Err(past.map_or(Refusal::NothingToUndo, |past| Refusal::NotTheLast { by: past.by, what: past.text }))
            }
        }
    })
}

/// Does again what was undone last.
pub fn redo(library: &Library, of: Question<'_>, by: &str, now: Moment) -> Result<Entry, ServiceError> {
    append(library, of, &name(by)?, now, |_, standing| {
        if standing.undone.is_empty() { Err(Refusal::NothingToRedo) } else { Ok(Event::Redone) }
    })
}

/// Draws a sample of so many coded answers, which people then judge without seeing where they are. Its number is the
/// entry's.
pub fn draw(library: &Library, of: Question<'_>, by: &str, size: usize, now: Moment) -> Result<Entry, ServiceError> {
    let texts = read(library, of)?.texts;
    let present: BTreeSet<AnswerKey> = texts.into_keys().collect();
    let mut seed = [0; 8];
    getrandom::fill(&mut seed).map_err(|_| ServiceError::Random)?;
    append(library, of, &name(by)?, now, |_, standing| {
        let coding = standing.coding.clone().of_present(&present);
        Ok(Event::Drawn(audit::draw(&coding, size, u64::from_le_bytes(seed))?))
    })
}

/// Keeps where a person thinks that answers of a sample belong; what they say again counts instead.
pub fn judge(
    library: &Library,
    of: Question<'_>,
    by: &str,
    sample: u32,
    places: &[(AnswerKey, Place)],
    now: Moment,
) -> Result<Entry, ServiceError> {
    append(library, of, &name(by)?, now, |entries, _| {
        audit::check(audit::drawn_by(entries, sample)?, places)?;
        Ok(Event::Judged { sample, places: places.to_vec() })
    })
}

/// Settles where answers of a sample belong that people judged differently.
pub fn settle(
    library: &Library,
    of: Question<'_>,
    by: &str,
    sample: u32,
    places: &[(AnswerKey, Place)],
    now: Moment,
) -> Result<Entry, ServiceError> {
    append(library, of, &name(by)?, now, |entries, _| {
        audit::check(audit::drawn_by(entries, sample)?, places)?;
        Ok(Event::Settled { sample, places: places.to_vec() })
    })
}

/// What a sample shows so far.
pub fn audited(library: &Library, of: Question<'_>, sample: u32) -> Result<Audit, ServiceError> {
    check(library, of)?;
    Ok(audit::audit(&entries(library, of)?, sample)?)
}

/// The answers as a sheet to code in: all of them with their places, or those of a sample without, in the order of drawing.
pub fn sheet(library: &Library, of: Question<'_>, sample: Option<u32>) -> Result<Vec<SheetRow>, ServiceError> {
    let Read { texts, entries, .. } = read(library, of)?;
    let (redactor, quotes) = (Redactor::new(), quotes(library, of, &texts)?);
    let row = |answer: &AnswerKey, text: &String, place: String| SheetRow {
        answer: answer.clone(),
        text: quotes.shown(&redactor, text),
        place,
    };
    let Some(sample) = sample else {
        let coding = replay(&entries).coding;
        let place = |answer| coding.codes().get(answer).map(|coded| told(&coded.place)).unwrap_or_default();
        return Ok(texts.iter().map(|(answer, text)| row(answer, text, place(answer))).collect());
    };
    let drawn = &audit::drawn_by(&entries, sample)?.drawn;
    Ok(drawn.iter().filter_map(|(answer, _)| Some(row(answer, texts.get(answer)?, String::new()))).collect())
}

/// A place as a sheet shows it.
fn told(place: &Place) -> String {
    match place {
        Place::None => "none".to_owned(),
        Place::Other => "other".to_owned(),
        Place::Themes(themes) => themes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
    }
}

/// What is written on a sheet: the columns `answer` and `place`; a row without a place says nothing. Themes are named as
/// they are now, or as they were when the sample was drawn.
pub fn read_sheet(
    library: &Library,
    of: Question<'_>,
    sample: Option<u32>,
    file: &Path,
) -> Result<Vec<(AnswerKey, Place)>, ServiceError> {
    check(library, of)?;
    let entries = entries(library, of)?;
    let coding = replay(&entries).coding;
    let known: Vec<(ThemeId, &str)> = match sample {
        Some(sample) => {
            audit::drawn_by(&entries, sample)?.themes.iter().map(|theme| (theme.theme, theme.name.as_str())).collect()
        }
        None => coding.themes().iter().map(|(theme, known)| (*theme, known.name.as_str())).collect(),
    };
    let mut places = Vec::new();
    for (line, cells) in table::read(file, true, &["answer", "place"])?.rows {
        let mut cells = cells.into_iter();
        let (answer, place) = (cells.next().unwrap_or_default(), cells.next().unwrap_or_default());
        if place.trim().is_empty() {
            continue;
        }
        let answer = AnswerKey::read(answer.trim());
        let place = Place::read(&place, &known)
            .map_err(|refusal| table::content(file, Some(line), format!("in the column `place`: {refusal}")))?;
        let is_as_before = |coded: &Place| *coded == place;
        if sample.is_some() || !coding.codes().get(&answer).is_some_and(|coded| is_as_before(&coded.place)) {
            places.push((answer, place));
        }
    }
    if places.is_empty() {
        return Err(table::content(file, None, "changes nothing: write places into the column `place`".to_owned()));
    }
    Ok(places)
}

/// Writes the entry that `make` makes of the record so far; asks it again if somebody else wrote one meanwhile.
fn append(
    library: &Library,
    of: Question<'_>,
    by: &str,
    now: Moment,
    mut make: impl FnMut(&[Entry], &Standing) -> Result<Event, Refusal>,
) -> Result<Entry, ServiceError> {
    append_all(library, of, by, now, |entries, standing| Ok(vec![make(entries, standing)?]))
}

/// The same for several entries, which are written together; gives the first.
fn append_all(
    library: &Library,
    of: Question<'_>,
    by: &str,
    now: Moment,
    mut make: impl FnMut(&[Entry], &Standing) -> Result<Vec<Event>, Refusal>,
) -> Result<Entry, ServiceError> {
    for tried in 1..=TRIES {
        let entries = entries(library, of)?;
        let events = make(&entries, &replay(&entries))?;
        let next = entries.last().map_or(1, |last| last.number.saturating_add(1));
        let new =
            (next..).zip(events).map(|(number, event)| Entry { number, at: now.instant(), by: by.to_owned(), event });
        let new: Vec<Entry> = new.collect();
        let rows: Vec<Row> = new.iter().map(row).collect();
        // Whoever has the first number has those after it: another program that wants them waits, and then begins anew.
        let all_written = library.store.write(|conn| {
            for row in &rows {
                if !coding::add(conn, of.survey, of.item, row)? {
                    return Ok::<_, ServiceError>(false);
                }
            }
            Ok(true)
        })?;
        if all_written {
            return new.into_iter().next().ok_or_else(|| Refusal::Nothing("there is nothing to write").into());
        }
        std::thread::sleep(PAUSE * tried);
    }
    Err(ServiceError::overloaded())
}

fn row(entry: &Entry) -> Row {
    Row {
        number: i32::try_from(entry.number).unwrap_or(i32::MAX),
        at: entry.at.clone(),
        who: entry.by.clone(),
        event: serde_json::to_string(&entry.event).unwrap_or_default(),
    }
}

/// The record of a question.
fn entries(library: &Library, of: Question<'_>) -> Result<Vec<Entry>, ServiceError> {
    let rows = library.store.read(|conn| coding::all(conn, of.survey, of.item))?;
    rows.into_iter().map(|row| parsed(of, row)).collect()
}

fn parsed(of: Question<'_>, row: Row) -> Result<Entry, ServiceError> {
    let newer = |_| {
        let (survey, item, number) = (of.survey, of.item, row.number);
        ServiceError::Refused(format!(
            "entry {number} of the coding of {item} in {survey} was written by a newer program: use that one"
        ))
    };
    let event = serde_json::from_str(&row.event).map_err(newer)?;
    Ok(Entry { number: row.number.unsigned_abs(), at: row.at, by: row.who, event })
}

/// The question's wording, if its answers can be coded.
fn head<'p>(published: &'p Published, of: Question<'_>) -> Result<&'p Head, ServiceError> {
    let questions = published.survey.answered_questions().filter(|question| question.item.scale().is_themed());
    let mut known = Vec::new();
    for question in questions {
        if question.item.head.id == of.item {
            return Ok(&question.item.head);
        }
        known.push(question.item.head.id.as_str());
    }
    let known = match (known.as_slice(), closest(of.item, known.iter().copied())) {
        ([], _) => "it asks nothing that is".to_owned(),
        (_, Some(near)) => near,
        (known, None) => format!("these are: {}", known.join(", ")),
    };
    Err(ServiceError::Refused(format!("{} is no question of {} whose answers are themed; {known}", of.item, of.survey)))
}

fn check(library: &Library, of: Question<'_>) -> Result<(), ServiceError> {
    head(&library.current(of.survey, None)?, of).map(|_| ())
}

/// What there is of a question, at one moment.
struct Read {
    /// The question as asked.
    label: String,
    /// All answers that there are.
    texts: BTreeMap<AnswerKey, String>,
    /// The record of their coding.
    entries: Vec<Entry>,
}

fn read(library: &Library, of: Question<'_>) -> Result<Read, ServiceError> {
    let published = library.current(of.survey, None)?;
    let label = head(&published, of)?.text.clone();
    library.store.read(|conn| {
        let texts = texts(library, conn, &published, of)?;
        let rows = coding::all(conn, of.survey, of.item)?;
        let entries = rows.into_iter().map(|row| parsed(of, row)).collect::<Result<_, _>>()?;
        Ok::<_, ServiceError>(Read { label: label.clone(), texts, entries })
    })
}

/// The coding of a question for the report, with the hash of its record, from that and all answers that there are.
pub(super) fn coded_question(
    survey: &str,
    item: &str,
    decisions: &[StoredDecision],
    texts: BTreeMap<AnswerKey, String>,
) -> Result<(CodedQuestion, [u8; 32]), ServiceError> {
    let of = Question { survey, item };
    let hash = decisions.iter().fold(Sha256::new_with_prefix(item), |hash, one| hash.chain_update(&one.event));
    let row = |one: &StoredDecision| Row {
        number: one.number,
        at: one.at.clone(),
        who: one.by.clone(),
        event: one.event.clone(),
    };
    let entries: Vec<Entry> = decisions.iter().map(|one| parsed(of, row(one))).collect::<Result<_, _>>()?;
    let standing = replay(&entries);
    let present: BTreeSet<AnswerKey> = texts.keys().cloned().collect();
    let in_force = standing.in_force.len() as u64;
    let question = CodedQuestion { coding: standing.coding.of_present(&present), texts, decisions: in_force };
    Ok((question, hash.finalize().into()))
}

/// All answers to a question that there are.
fn texts(
    library: &Library,
    conn: &mut Conn,
    published: &Published,
    of: Question<'_>,
) -> Result<BTreeMap<AnswerKey, String>, ServiceError> {
    let mut texts = BTreeMap::new();
    if published.survey.pages.iter().filter_map(Page::wall).any(|(head, _)| head.id == of.item) {
        for idea in idea::all(conn, of.survey, of.item)? {
            if matches!(idea.state, idea::State::Shown | idea::State::Merged) {
                texts.insert(AnswerKey::new(&idea.id, &idea.text), idea.text);
            }
        }
        return Ok(texts);
    }
    let versions = library.answered_versions_in(conn, of.survey, published.version)?;
    response::for_each(conn, of.survey, |row| {
        let stored: serde_json::Value = serde_json::from_str(&row.answers).unwrap_or_default();
        let record = match versions.get(&row.version) {
            Some((_, diff)) if diff.changed_meaning().contains(of.item) => return Ok(()),
            Some((answered, _)) => Record::from_json(answered, &stored),
            None => Record::from_json(&published.survey, &stored),
        };
        if let Some(text) = record.answers.get(of.item).and_then(written) {
            texts.insert(AnswerKey::new(&row.id, &text), text.into());
        }
        Ok::<_, ServiceError>(())
    })?;
    Ok(texts)
}

/// What a person calls themselves, if it can stand in the record.
pub(super) fn name(by: &str) -> Result<String, ServiceError> {
    let by = by.trim();
    let is_name = !by.is_empty() && by.chars().count() <= LONGEST_NAME && !by.chars().any(char::is_control);
    if is_name && by != CODING {
        return Ok(by.to_owned());
    }
    Err(ServiceError::Refused(format!(
        "`{by}` cannot stand in the record of who decided: name yourself in 1 to {LONGEST_NAME} characters"
    )))
}
