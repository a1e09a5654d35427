//! A consultation in one file from which anyone makes its report anew: definitions, responses, decisions about themes, and
//! a hash over all answers.

use std::collections::BTreeMap;
use std::io::{Read, Seek, Write};
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::library::{Library, Published};
use super::sources::{self, Row, Sources, Versions};
use super::{Progress, ServiceError, embedding, publish};
use crate::analysis::report::Report;
use crate::analysis::summary::open_texts;
use crate::definition::{self, Survey, diff};
use crate::document::hex;
use crate::export::manifest::{FileSum, Manifest, NAME, Summed};
use crate::export::merkle::{self, Hash};
use crate::item::{Answer, Scale};
use crate::response::Record;
use crate::response::code::Receipt;
use crate::store::survey::{Mode, State};
use crate::store::{response, survey};

/// Version of the bundle's structure.
const FORMAT: u32 = 1;
/// Most bytes of one file in a bundle that is read: what says of itself to be larger is none of ours.
const LARGEST: u64 = 4 << 30;
/// Responses that are handed on at a time.
const AT_ONCE: usize = 512;
const HEAD: &str = "bundle.json";
const RESPONSES: &str = "responses.jsonl";
const REPORT: &str = "report.json";
const READ_ME: &str = "README.txt";

/// What the bundle is, in words.
const ABOUT: &str = "\
This is everything that the report of a consultation rests on, made by Canvass.\n\
\n\
bundle.json        the consultation, its version, the seed, the counts around the responses, ideas, decisions about themes,\n\
                   and `merkle_root`, one hash over all answers (RFC 6962)\n\
definitions/N.json version N of the definition\n\
responses.jsonl    one response a line: its id, version and mode, its answers, and the proof that its receipt gives\n\
report.json        the report\n\
manifest.json      the size and the SHA-256 of each of these\n\
\n\
canvass bundle verify FILE.zip         makes the report anew and compares it byte by byte\n\
canvass receipt CODE --bundle FILE.zip shows a respondent the answers under a receipt, and that the hash covers them\n";

/// What says what is in a bundle.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    format: u32,
    software: String,
    survey: String,
    version: i32,
    mode: String,
    seed: u64,
    /// The hash of the language model that shaped the themes, if one did.
    model: Option<String>,
    responses: usize,
    merkle_root: String,
    disclosure: Disclosure,
    sources: Sources,
}

/// How far single people stand out in the responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disclosure {
    /// The smallest group that the consultation shows.
    pub min_cell: u32,
    /// People who share what they answered to all segment questions with fewer than `min_cell` people, themselves included.
    pub rare: u64,
    /// Answers in people's own words, in which they may say who they are.
    pub own_words: u64,
}

impl Disclosure {
    /// True if nobody stands out.
    pub fn is_safe(self) -> bool {
        self.min_cell == 0 || (self.rare == 0 && self.own_words == 0)
    }

    /// The same among so many responses, to stand within a sentence.
    pub fn in_words(self, responses: usize) -> String {
        let Self { min_cell, rare, own_words } = self;
        format!(
            "{rare} of {responses} people share what they say of themselves with fewer than {min_cell}, and {own_words} answers \
             are in people's own words"
        )
    }
}

/// One response of a bundle.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    id: String,
    version: i32,
    mode: String,
    /// What only the receipt leads to; empty where there is none.
    proof: String,
    /// The answers as they are stored: JSON in a text, so that no byte of it changes.
    answers: String,
}

impl Line {
    fn leaf(&self) -> Hash {
        let Self { id, version, mode, proof, answers } = self;
        merkle::leaf(format!("{id}\n{version}\n{mode}\n{proof}\n{answers}").as_bytes())
    }
}

/// What was bundled.
#[derive(Debug)]
pub struct Bundled {
    /// Responses.
    pub responses: usize,
    /// The hash over all answers, in hexadecimal digits.
    pub merkle_root: String,
    /// How far single people stand out.
    pub disclosure: Disclosure,
}

/// Writes the bundle of a consultation. Equal responses, definitions and seed give equal bytes.
///
/// # Errors
///
/// `Refused` unless it is `confidential`, where single people stand out in it: see [`Disclosure`].
pub fn write<W: Write + Seek>(
    library: &Library,
    id: &str,
    (seed, confidential): (u64, bool),
    out: W,
    progress: &Progress<'_>,
) -> Result<Bundled, ServiceError> {
    let published = library.current(id, None)?;
    progress("Reading responses", 0.0);
    let mut people = People::new(&published.survey);
    let (sources, taken, definitions, lines) = library.store.read(|conn| {
        let sources = Sources::of(conn, &published)?;
        let versions = Versions::of(library, conn, &published)?;
        let mut definitions = BTreeMap::new();
        for version in 1.. {
            if !survey::has_version(conn, id, version)? {
                break;
            }
            definitions.insert(version, survey::version(conn, id, version)?.definition);
        }
        let mut lines = Vec::new();
        let each = |take: &mut dyn FnMut(&[Row<'_>])| {
            response::for_each_page(conn, id, |page| {
                take(&page.iter().map(Row::of).collect::<Vec<_>>());
                let answered =
                    |version: i32| versions.answered.get(&version).map_or(&*published.survey, |(survey, _)| survey);
                people.count(&page, answered);
                for row in page {
                    let proof = row.receipt_hash.as_deref().map(proof).unwrap_or_default();
                    let mode = row.mode.as_str().to_string();
                    lines.push(Line { id: row.id, version: row.version, mode, proof, answers: row.answers });
                }
                Ok(())
            })
        };
        let taken = sources::take(&published, &sources, &versions, each, progress)?;
        Ok::<_, ServiceError>((sources, taken, definitions, lines))
    })?;
    let disclosure = people.disclosure();
    if !confidential && !disclosure.is_safe() {
        return Err(ServiceError::Refused(format!(
            "the responses of {id} can tell who people are: {}. If whoever gets the bundle may read responses, make it with \
             --confidential",
            disclosure.in_words(lines.len())
        )));
    }
    let vectors = embedding::of_answers(library, id, &open_texts(&taken.data), progress)?;
    let model = vectors.as_ref().map(|vectors| vectors.model().to_string());
    let report = sources::report(&published, &sources, taken, (seed, vectors), progress);
    let merkle_root = root_of(&lines);
    let head = Head {
        format: FORMAT,
        software: software(),
        survey: id.to_string(),
        version: published.version,
        mode: published.mode.as_str().to_string(),
        seed,
        model,
        responses: lines.len(),
        merkle_root: merkle_root.clone(),
        disclosure,
        sources,
    };
    progress("Writing the bundle", 0.0);
    pack(out, &head, &definitions, &lines, &report)?;
    Ok(Bundled { responses: lines.len(), merkle_root, disclosure })
}

fn software() -> String {
    format!("canvass {}", env!("CARGO_PKG_VERSION"))
}

/// What a bundle has of a receipt, from the hash that is stored: it leads to neither.
fn proof(receipt_hash: &str) -> String {
    hex(&Sha256::digest(format!("bundle:{receipt_hash}")))
}

fn root_of(lines: &[Line]) -> String {
    hex(&merkle::root(&lines.iter().map(Line::leaf).collect::<Vec<_>>()))
}

fn pack<W: Write + Seek>(
    out: W,
    head: &Head,
    definitions: &BTreeMap<i32, String>,
    lines: &[Line],
    report: &Report,
) -> Result<(), ServiceError> {
    let json = |line: &Line| {
        let mut bytes = serde_json::to_vec(line).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    };
    let mut files: Vec<(String, Vec<u8>)> = vec![
        (READ_ME.to_string(), ABOUT.as_bytes().to_vec()),
        (HEAD.to_string(), serde_json::to_vec_pretty(head).unwrap_or_default()),
    ];
    files.extend(definitions.iter().map(|(version, text)| (definition_name(*version), text.clone().into_bytes())));
    files.push((RESPONSES.to_string(), lines.iter().flat_map(json).collect()));
    files.push((REPORT.to_string(), report.to_json()));
    let sum = |(name, bytes): &(String, Vec<u8>)| {
        let mut summed = Summed::new(std::io::sink());
        // Into nothing: it cannot fail.
        let _ = summed.write_all(bytes);
        summed.sum(name)
    };
    let manifest = Manifest { made_by: software(), files: files.iter().map(sum).collect() };
    files.push((NAME.to_string(), serde_json::to_vec_pretty(&manifest).unwrap_or_default()));
    let unwritten =
        |error: &dyn std::fmt::Display| ServiceError::Refused(format!("the bundle cannot be written: {error}"));
    let mut zip = ZipWriter::new(out);
    for (name, bytes) in &files {
        zip.start_file(name.as_str(), SimpleFileOptions::default().large_file(true))
            .map_err(|error| unwritten(&error))?;
        zip.write_all(bytes).map_err(|error| unwritten(&error))?;
    }
    zip.finish().and_then(|mut out| Ok(out.flush()?)).map_err(|error| unwritten(&error))
}

fn definition_name(version: i32) -> String {
    format!("definitions/{version}.json")
}

/// People by what they answered to all segment questions, and how often they wrote words of their own.
struct People<'a> {
    survey: &'a Survey,
    alike: BTreeMap<Vec<String>, u64>,
    own_words: u64,
}

impl<'a> People<'a> {
    fn new(survey: &'a Survey) -> Self {
        Self { survey, alike: BTreeMap::new(), own_words: 0 }
    }

    /// Counts some more, each by the version that was answered.
    fn count<'s>(&mut self, rows: &[response::Response], answered: impl Fn(i32) -> &'s Survey + Sync) {
        let segments: Vec<&str> = self.survey.segments().map(|(item, ..)| item.head.id.as_str()).collect();
        let one = |row: &response::Response| {
            let answered = answered(row.version);
            let stored = serde_json::from_str(&row.answers).unwrap_or_default();
            let record = Record::from_json(answered, &stored);
            let in_words =
                |item: &&str| record.answers.get(*item).map_or_else(String::new, |answer| format!("{answer:?}"));
            let own = answered.answered_questions().filter(|question| {
                let answer = record.answers.get(&question.item.head.id);
                match question.item.scale() {
                    Scale::FreeText { .. } | Scale::Entries { .. } => answer.is_some(),
                    _ => match answer {
                        Some(Answer::Choice { other, .. }) => other.is_some(),
                        Some(Answer::Choices { other, .. }) => !other.is_empty(),
                        _ => false,
                    },
                }
            });
            (segments.iter().map(in_words).collect::<Vec<String>>(), own.count() as u64)
        };
        for (who, own) in rows.par_iter().map(one).collect::<Vec<_>>() {
            *self.alike.entry(who).or_default() += 1;
            self.own_words += own;
        }
    }

    fn disclosure(self) -> Disclosure {
        let min_cell = self.survey.privacy.min_cell;
        let rare = self.alike.into_values().filter(|n| *n < u64::from(min_cell)).sum();
        Disclosure { min_cell, rare, own_words: self.own_words }
    }
}

/// A bundle that was read, whose files are as its manifest says.
#[derive(Debug)]
struct Bundle {
    head: Head,
    definitions: BTreeMap<i32, String>,
    lines: Vec<Line>,
    report: Vec<u8>,
}

impl Bundle {
    /// Reads a bundle; `name` stands for it in errors.
    fn read<R: Read + Seek>(file: R, name: &str) -> Result<Self, ServiceError> {
        let damaged = |problem: String| ServiceError::Content { path: name.to_string(), line: None, problem };
        let mut zip = ZipArchive::new(file).map_err(|error| damaged(format!("is no bundle: {error}")))?;
        let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        for number in 0..zip.len() {
            let entry = zip.by_index(number).map_err(|error| damaged(format!("is damaged: {error}")))?;
            let known = entry.name().map_err(|error| damaged(format!("is damaged: {error}")))?.into_owned();
            let mut bytes = Vec::new();
            let read = entry.take(LARGEST + 1).read_to_end(&mut bytes);
            read.map_err(|error| damaged(format!("is damaged in {known}: {error}")))?;
            if bytes.len() as u64 > LARGEST {
                return Err(damaged(format!("is no bundle of ours: {known} is larger than {LARGEST} bytes")));
            }
            files.insert(known, bytes);
        }
        let mut take =
            |part: &str| files.remove(part).ok_or_else(|| damaged(format!("is no whole bundle: {part} is missing")));
        let manifest: Manifest =
            parsed(&take(NAME)?).map_err(|error| damaged(format!("is damaged in {NAME}: {error}")))?;
        let mut parts = BTreeMap::new();
        for FileSum { name: part, sha256, .. } in &manifest.files {
            let bytes = take(part)?;
            if hex(&Sha256::digest(&bytes)) != *sha256 {
                return Err(damaged(format!("was changed: {part} is not what the manifest says")));
            }
            parts.insert(part.clone(), bytes);
        }
        if let Some(more) = files.keys().next() {
            return Err(damaged(format!("was changed: it has {more}, of which the manifest does not know")));
        }
        let part =
            |part: &str| parts.get(part).ok_or_else(|| damaged(format!("is no whole bundle: {part} is missing")));
        let head: Head = parsed(part(HEAD)?).map_err(|error| damaged(format!("is damaged in {HEAD}: {error}")))?;
        if head.format != FORMAT {
            return Err(damaged(format!(
                "is of format {}, and this program knows {FORMAT}: use the one it names, {}",
                head.format, head.software
            )));
        }
        let lines = part(RESPONSES)?.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let lines: Result<Vec<Line>, String> = lines.map(parsed).collect();
        let definitions = parts.iter().filter_map(|(name, bytes)| {
            let version = name.strip_prefix("definitions/")?.strip_suffix(".json")?.parse().ok()?;
            Some((version, String::from_utf8_lossy(bytes).into_owned()))
        });
        Ok(Self {
            definitions: definitions.collect(),
            lines: lines.map_err(|error| damaged(format!("is damaged in {RESPONSES}: {error}")))?,
            report: part(REPORT)?.clone(),
            head,
        })
    }
}

fn parsed<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    serde_json::from_slice(bytes).map_err(|error| error.to_string())
}

/// What making a report anew showed.
#[derive(Debug)]
pub struct Verified {
    /// The consultation.
    pub survey: String,
    /// Responses.
    pub responses: usize,
    /// The hash over all answers, as it was calculated anew.
    pub merkle_root: String,
    /// What is not as it should be, a sentence each; nothing where the report is the same to the byte.
    pub faults: Vec<String>,
}

/// Makes the report of a bundle anew and compares it. `name` stands for the file in errors, `embeddings` is the directory of
/// a language model.
///
/// # Errors
///
/// `Content` for what is no whole bundle; `Refused` where the themes were shaped by a language model and none is given.
pub fn verify<R: Read + Seek>(
    file: R,
    name: &str,
    embeddings: Option<&std::path::Path>,
    progress: &Progress<'_>,
) -> Result<Verified, ServiceError> {
    progress("Reading the bundle", 0.0);
    let Bundle { head, definitions, lines, report } = Bundle::read(file, name)?;
    let damaged = |problem: String| ServiceError::Content { path: name.to_string(), line: None, problem };
    let mut faults = Vec::new();
    let merkle_root = root_of(&lines);
    if merkle_root != head.merkle_root {
        faults.push(format!("the hash over all answers is {merkle_root}, and the bundle says {}", head.merkle_root));
    }
    if lines.len() != head.responses {
        faults.push(format!("it holds {} responses, and says {}", lines.len(), head.responses));
    }
    let parse = |version: i32| {
        let text = definitions.get(&version);
        let survey = text.and_then(|text| definition::parse(text).survey).map(Arc::new);
        survey.ok_or_else(|| damaged(format!("has no version {version} of the definition that this program can read")))
    };
    let came_by =
        |word: &str| Mode::try_from(word.to_string()).map_err(|error| damaged(format!("is damaged: {error}")));
    let survey = parse(head.version)?;
    let published = Published {
        hash: definitions.get(&head.version).map(|text| publish::definition_hash(text)).unwrap_or_default(),
        survey: Arc::clone(&survey),
        version: head.version,
        state: State::Open,
        mode: came_by(&head.mode)?,
    };
    let mut versions = Versions::default();
    for version in definitions.keys().filter(|version| **version != head.version) {
        let other = parse(*version)?;
        if survey.round.is_some() {
            versions.rounds.push(Arc::clone(&other));
        }
        let changed = Arc::new(diff::diff(&other, &survey));
        versions.answered.insert(*version, (other, changed));
    }
    let ways = lines.iter().map(|line| came_by(&line.mode)).collect::<Result<Vec<_>, _>>()?;
    let each = |take: &mut dyn FnMut(&[Row<'_>])| {
        for (lines, ways) in lines.chunks(AT_ONCE).zip(ways.chunks(AT_ONCE)) {
            let mut rows = Vec::with_capacity(lines.len());
            for (Line { id, version, answers, .. }, mode) in lines.iter().zip(ways) {
                rows.push(Row { id, version: *version, mode: *mode, answers });
            }
            take(&rows);
        }
        Ok(())
    };
    let taken = sources::take(&published, &head.sources, &versions, each, progress)?;
    let texts = open_texts(&taken.data);
    if head.model.is_some() && embeddings.is_none() && !texts.is_empty() {
        return Err(ServiceError::Refused(format!(
            "themes of {} were shaped by a language model: name its folder with --embeddings",
            head.survey
        )));
    }
    let embeddings = embeddings.filter(|_| head.model.is_some());
    let vectors = embedding::of_texts(embeddings, &texts, progress)?;
    let model = vectors.as_ref().map(|vectors| vectors.model().to_string());
    if model != head.model {
        faults.push("the language model is not the one that shaped the themes".to_string());
    }
    drop(texts);
    let anew = sources::report(&published, &head.sources, taken, (head.seed, vectors), progress);
    if anew.to_json() != report {
        let text = if head.software == software() {
            "the report that comes of it is another one".to_string()
        } else {
            format!(
                "the report that comes of it is another one; it was made by {}, and this is {}",
                head.software,
                software()
            )
        };
        faults.push(text);
    }
    Ok(Verified { survey: head.survey, responses: lines.len(), merkle_root, faults })
}

/// The answers under a receipt in a bundle.
#[derive(Debug)]
pub struct Found {
    /// The consultation.
    pub survey: String,
    /// The answers as they are stored.
    pub answers: serde_json::Value,
    /// The hashes from the answers to the root, the nearest first, each with whether it stands on the left.
    pub path: Vec<(bool, String)>,
    /// The hash over all answers, which that path leads to.
    pub merkle_root: String,
}

/// Looks for the answers under a receipt; `None` if the bundle has none. `name` stands for the file in errors.
pub fn find<R: Read + Seek>(file: R, name: &str, receipt: &Receipt) -> Result<Option<Found>, ServiceError> {
    let Bundle { head, lines, .. } = Bundle::read(file, name)?;
    let sought = proof(&receipt.hash());
    let Some((place, line)) = lines.iter().enumerate().find(|(_, line)| line.proof == sought) else { return Ok(None) };
    let leaves: Vec<Hash> = lines.iter().map(Line::leaf).collect();
    let path = merkle::path(&leaves, place);
    let merkle_root = hex(&merkle::climbed(line.leaf(), &path));
    if merkle_root != head.merkle_root {
        let problem = "was changed: the hash over all answers is not the one it says".to_string();
        return Err(ServiceError::Content { path: name.to_string(), line: None, problem });
    }
    let answers = serde_json::from_str(&line.answers).unwrap_or_default();
    let path = path.into_iter().map(|(is_left, hash)| (is_left, hex(&hash))).collect();
    Ok(Some(Found { survey: head.survey, answers, path, merkle_root }))
}
