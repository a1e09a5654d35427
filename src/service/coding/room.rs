//! The coding of a question as staff look at it, page after page: the answers are read for all who look on at most a
//! twentieth of the time, the record of decisions whenever it is longer than it was.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::{Question, entries, head, texts};
use crate::analysis::coding::audit::{self, Audit, CODING};
use crate::analysis::coding::coded::{Coding, replay};
use crate::analysis::coding::decision::{AnswerKey, Draw, Entry, Event, Place, ThemeId};
use crate::analysis::coding::listed::{Bin, Order, listed};
use crate::analysis::coding::parts::{ThemePart, parts};
use crate::analysis::coding::shown::{self, CodedFrame, Past};
use crate::analysis::redaction::{self as redaction_record, Quotes};
use crate::analysis::text::redact::Redactor;
use crate::document::hex;
use crate::service::time::{Lasting, timed};
use crate::service::{Library, ServiceError, redaction as redacted};
use crate::store::{StoreError, coding, redaction};

/// For how many times as long as it took to read them answers are not read anew.
const REST: u32 = 20;
/// For how long that is at most: until then an answer that was taken back may still be shown to coders.
const LONGEST: Duration = Duration::from_secs(30);
/// Questions whose answers are kept.
const MOST: usize = 4;
/// Seed of the parts that the machine would make of a theme.
const SEED: u64 = 7;

/// The coding of a question at one moment.
#[derive(Debug)]
pub struct Room {
    /// The question as asked.
    pub label: String,
    /// The themes with their counts.
    pub frame: CodedFrame,
    /// Where each answer is that there is.
    pub coding: Coding,
    /// What people decided, from the start.
    pub history: Vec<Past>,
    /// The entries whose decisions are in force: the last can be undone.
    pub in_force: Vec<u32>,
    /// Whether something was undone that can be done again.
    pub can_redo: bool,
    /// How its answers may be quoted.
    pub quotes: Quotes,
    texts: Arc<Texts>,
    /// Answers whose personal details people looked through, without these.
    reviewed: BTreeMap<AnswerKey, String>,
    entries: Vec<Entry>,
    redactions: u32,
}

/// All answers to a question.
#[derive(Debug)]
struct Texts {
    label: String,
    written: BTreeMap<AnswerKey, String>,
    /// Those in which the program finds personal details, without these.
    found: BTreeMap<AnswerKey, String>,
}

/// A sample that people judge without seeing where its answers are.
#[derive(Debug)]
pub struct Blind<'r> {
    /// The sample as it was drawn.
    pub draw: &'r Draw,
    /// Answers of it that there still are and this person has not judged, in the order of drawing.
    pub left: Vec<&'r AnswerKey>,
    /// Answers that this person judged.
    pub judged: usize,
    /// What the sample shows; none while this person could learn from it what others said: until they have judged all
    /// answers, or two people have.
    pub audit: Option<Audit>,
}

/// The rooms that were entered of late.
#[derive(Default)]
pub(in crate::service) struct Rooms {
    kept: Mutex<Vec<Kept>>,
    /// Held while answers are read.
    reading: Mutex<()>,
    /// Held while the machine suggests themes.
    pub(super) suggesting: Mutex<()>,
    /// The rules, which take a moment to be made.
    pub(in crate::service) redactor: Redactor,
}

struct Kept {
    survey: String,
    item: String,
    version: i32,
    texts: Lasting<Arc<Texts>>,
    room: Arc<Room>,
}

impl fmt::Debug for Rooms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rooms").finish_non_exhaustive()
    }
}

impl Rooms {
    fn kept(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answers as they were read of late, with the room made of them; the question is the last to go from now on.
    fn find(&self, of: Question<'_>, version: i32) -> Option<(Arc<Texts>, Arc<Room>)> {
        let mut kept = self.kept();
        let is_it = |one: &Kept| one.survey == of.survey && one.item == of.item && one.version == version;
        let place = kept.iter().position(is_it)?;
        kept.get_mut(..=place)?.rotate_right(1);
        let first = kept.first()?;
        Some((first.texts.get()?, Arc::clone(&first.room)))
    }

    fn keep(&self, new: Kept) {
        let mut kept = self.kept();
        kept.retain(|one| (&one.survey, &one.item) != (&new.survey, &new.item));
        kept.insert(0, new);
        kept.truncate(MOST);
    }
}

/// The coding of a question for a page.
pub fn enter(library: &Library, of: Question<'_>) -> Result<Arc<Room>, ServiceError> {
    let published = library.current(of.survey, None)?;
    let label = head(&published, of).map_err(|_| ServiceError::UnknownPage)?.text.clone();
    let rooms = &library.rooms;
    let (last, redactions) = library.store.read(|conn| {
        Ok::<_, StoreError>((coding::last(conn, of.survey, of.item)?, redaction::last(conn, of.survey)?))
    })?;
    let [last, redactions] = [last, redactions].map(|number| number.map_or(0, i32::unsigned_abs));
    let is_newest =
        |room: &Room| room.entries.last().map_or(0, |entry| entry.number) == last && room.redactions == redactions;
    if let Some((_, room)) = rooms.find(of, published.version).filter(|(_, room)| is_newest(room)) {
        return Ok(room);
    }
    let _turn = rooms.reading.lock().unwrap_or_else(PoisonError::into_inner);
    let (texts, lasting) = match rooms.find(of, published.version) {
        // Whoever had the turn before read what there is.
        Some((_, room)) if is_newest(&room) => return Ok(room),
        Some((texts, _)) => (texts, None),
        None => {
            let (read, took) = timed(|| {
                let written = library.store.read(|conn| texts(library, conn, &published, of))?;
                let without = |(key, text): (&AnswerKey, &String)| {
                    let shown = rooms.redactor.redact(text);
                    (shown != *text).then(|| (key.clone(), shown))
                };
                let found = written.par_iter().filter_map(without).collect();
                Ok::<_, ServiceError>(Arc::new(Texts { label, written, found }))
            });
            let read = read?;
            (Arc::clone(&read), Some(Lasting::new(read, (took * REST).min(LONGEST))))
        }
    };
    let decided = library.store.read(|conn| redacted::entries(conn, of.survey))?;
    let room = Arc::new(room(texts, entries(library, of)?, (of.item, &decided), &rooms.redactor));
    if let Some(texts) = lasting {
        rooms.keep(Kept {
            survey: of.survey.to_owned(),
            item: of.item.to_owned(),
            version: published.version,
            texts,
            room: Arc::clone(&room),
        });
    } else {
        let mut kept = rooms.kept();
        let is_it = |one: &&mut Kept| one.survey == of.survey && one.item == of.item;
        if let Some(kept) = kept.iter_mut().find(is_it) {
            kept.room = Arc::clone(&room);
        }
    }
    Ok(room)
}

fn room(
    texts: Arc<Texts>,
    entries: Vec<Entry>,
    (item, decided): (&str, &[redaction_record::Entry]),
    redactor: &Redactor,
) -> Room {
    let quotes =
        redaction_record::replay(decided).quotes(item, texts.written.iter().map(|(key, text)| (key, text.as_str())));
    let is_reviewed = texts.written.iter().filter(|(_, text)| quotes.review(text).is_some());
    let reviewed = is_reviewed.map(|(key, text)| (key.clone(), quotes.shown(redactor, text))).collect();
    let standing = replay(&entries);
    let history = shown::history(&entries, &standing);
    let present: BTreeSet<AnswerKey> = texts.written.keys().cloned().collect();
    let coding = standing.coding.of_present(&present);
    Room {
        label: texts.label.clone(),
        frame: shown::frame(&coding, &present),
        coding,
        history,
        in_force: standing.in_force,
        can_redo: !standing.undone.is_empty(),
        quotes,
        texts,
        reviewed,
        entries,
        redactions: decided.last().map_or(0, |entry| entry.number),
    }
}

impl Room {
    /// An answer without personal details; nothing where it is not there any more.
    pub fn text(&self, answer: &AnswerKey) -> &str {
        let shown = self.reviewed.get(answer).or_else(|| self.texts.found.get(answer));
        shown.or_else(|| self.texts.written.get(answer)).map_or("", String::as_str)
    }

    /// An answer as it was written; none where it is not there any more.
    pub fn written(&self, answer: &AnswerKey) -> Option<&str> {
        self.texts.written.get(answer).map(String::as_str)
    }

    /// The answers that have this text.
    pub fn alike(&self, text: &str) -> Vec<&AnswerKey> {
        self.texts.written.iter().filter(|(_, written)| *written == text).map(|(key, _)| key).collect()
    }

    /// Every text once, under the first of its answers: those typical of themes first, then those in which the program finds
    /// personal details, then all others.
    pub fn to_quote(&self) -> Vec<(&AnswerKey, &str)> {
        let typical = self.frame.themes.iter().flat_map(|theme| theme.typical.iter());
        let all = typical.chain(self.texts.found.keys()).chain(self.texts.written.keys());
        let mut seen = BTreeSet::new();
        let texts = all.filter_map(|key| Some((key, self.texts.written.get(key)?.as_str())));
        texts.filter(|(_, text)| seen.insert(*text)).collect()
    }

    /// Whether the program finds personal details in an answer.
    pub fn has_details(&self, answer: &AnswerKey) -> bool {
        self.texts.found.contains_key(answer)
    }

    /// The answers of a place, searched and in an order.
    pub fn listed(&self, wanted: (Bin, &str, Order)) -> Vec<&AnswerKey> {
        listed(&self.coding, self.texts.written.keys().map(|key| (key, self.text(key))), wanted)
    }

    /// How the machine would part a theme.
    pub fn parts(&self, theme: ThemeId, k: usize) -> Vec<ThemePart> {
        parts(self.coding.answers(theme).map(|key| (key, self.text(key))), k, SEED)
    }

    /// A short text that changes with the answers of a theme.
    pub fn answers_of(&self, theme: ThemeId) -> String {
        let hash = self.coding.answers(theme).fold(Sha256::new(), |hash, key| hash.chain_update(key.as_str()));
        hex(&hash.finalize()).chars().take(16).collect()
    }

    /// Every sample that was drawn, the last first, with the number of its answers.
    pub fn samples(&self) -> Vec<(u32, &str, usize)> {
        let drawn = self.entries.iter().rev().filter_map(|entry| match &entry.event {
            Event::Drawn(draw) => Some((entry.number, entry.at.as_str(), draw.drawn.len())),
            _ => None,
        });
        drawn.collect()
    }

    /// A sample as one person sees it.
    pub fn sample(&self, number: u32, by: &str) -> Result<Blind<'_>, ServiceError> {
        let draw = audit::drawn_by(&self.entries, number).map_err(|_| ServiceError::UnknownPage)?;
        let there: Vec<&AnswerKey> =
            draw.drawn.iter().map(|(key, _)| key).filter(|key| self.texts.written.contains_key(*key)).collect();
        let own = audit::judged_by(&self.entries, number, by);
        let left: Vec<&AnswerKey> = there.iter().copied().filter(|key| !own.contains(key)).collect();
        let found = audit::audit(&self.entries, number)?;
        let judged_all = |name: &str| {
            let judged = audit::judged_by(&self.entries, number, name);
            there.iter().all(|key| judged.contains(key))
        };
        let done = found.coders.iter().filter(|coder| coder.name != CODING && judged_all(&coder.name)).count();
        let may_see = (left.is_empty() && !own.is_empty()) || done >= 2;
        Ok(Blind { draw, left, judged: own.len(), audit: may_see.then_some(found) })
    }

    /// What people said of an answer of a sample.
    pub fn said_of(&self, sample: u32, answer: &AnswerKey) -> Vec<(&str, &Place)> {
        audit::said_of(&self.entries, sample, answer)
    }
}
