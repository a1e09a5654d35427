//! `canvass coding`: what analysts decide about the themes of a free-text question, by hand or in a spreadsheet.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::Outcome;
use super::options::{Format, ModelArgs};
use super::output::{self, Bar, count, shortened};
use super::write::Batch;
use crate::analysis::coding::audit::Audit;
use crate::analysis::coding::coded::{Coding, Standing};
use crate::analysis::coding::decision::{AnswerKey, Decision, Entry, Part, Place, Refusal, ThemeId};
use crate::analysis::coding::shown::CodedFrame;
use crate::analysis::interval::Estimate;
use crate::analysis::text::ThemeOptions;
use crate::analysis::text::redact::Redactor;
use crate::export::csv::guarded;
use crate::service::coding::{self, Desk, Question, SheetRow};
use crate::service::time::Moment;
use crate::service::{Library, ServiceError, embedding};

/// Whose answers are coded, and what is to be done.
#[derive(Debug, Args)]
pub struct CodingArgs {
    /// The consultation's id.
    survey: String,
    /// The question's id.
    question: String,
    /// Who decides, as the record names them.
    #[arg(long, global = true, env = "USER", hide_env_values = true, default_value = "staff")]
    by: String,
    #[command(subcommand)]
    what: CodingWhat,
}

impl CodingArgs {
    /// The language model that is named, if any is.
    pub(super) fn model(&self) -> Option<&str> {
        match &self.what {
            CodingWhat::Suggest { model, .. } => model.embeddings.as_deref(),
            _ => None,
        }
    }
}

#[derive(Debug, Subcommand)]
enum CodingWhat {
    /// Show the themes with their counts, and what should be mended.
    Show,
    /// Have the computer suggest themes for all that no person has decided.
    Suggest {
        /// Number of themes; suggested if not given.
        #[arg(long, value_parser = clap::value_parser!(u16).range(1..=500))]
        k: Option<u16>,
        /// From 1, few broad themes, to 9, many narrow ones.
        #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=9))]
        granularity: u8,
        /// Seed of everything random.
        #[arg(long, default_value_t = 7)]
        seed: u64,
        #[command(flatten)]
        model: ModelArgs,
    },
    /// List answers with their keys: those of a theme, of `other` or `none`, or those `waiting` to be coded.
    List {
        /// A theme's id or name, `other`, `none` or `waiting`.
        place: String,
        /// Most answers to list.
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// What changes the frame or where answers are.
    #[command(flatten)]
    Decide(Deciding),
    /// Undo the last decision.
    Undo,
    /// Do again what was undone last.
    Redo,
    /// Show who decided what, and when.
    History,
    /// Draw a random sample of answers, to be judged by people who do not see where they are.
    Sample {
        /// Number of answers.
        #[arg(long, default_value_t = 200)]
        size: usize,
    },
    /// Write a spreadsheet to code in: all answers with their places, or those of a sample without.
    Sheet {
        /// The CSV file.
        #[arg(long)]
        out: PathBuf,
        /// The sample's number.
        #[arg(long)]
        sample: Option<u32>,
    },
    /// Take up what was written into the column `place` of a spreadsheet (CSV, TSV or XLSX).
    Take {
        /// The spreadsheet.
        file: PathBuf,
        /// The sample that it is of.
        #[arg(long)]
        sample: Option<u32>,
        /// It settles what people judged differently.
        #[arg(long, requires = "sample")]
        settle: bool,
    },
    /// Tell what a sample shows: how far people and the coding agree, and how many answers truly belong to each theme.
    Audit {
        /// The sample's number.
        sample: u32,
    },
}

#[derive(Debug, Subcommand)]
enum Deciding {
    /// Add a theme.
    Add {
        /// Its name.
        name: String,
    },
    /// Give a theme another name.
    Rename {
        /// The theme.
        theme: ThemeId,
        /// Its new name.
        name: String,
    },
    /// Put the answers of some themes into another.
    Merge {
        /// The themes that end.
        #[arg(required = true)]
        themes: Vec<ThemeId>,
        /// The theme that stays.
        #[arg(long)]
        into: ThemeId,
    },
    /// Make some answers of a theme a theme of their own.
    Split {
        /// The theme.
        theme: ThemeId,
        /// The new theme's name.
        #[arg(long)]
        name: String,
        /// The answers that go there, by their keys.
        #[arg(required = true)]
        answers: Vec<String>,
    },
    /// Remove a theme without answers.
    Remove {
        /// The theme.
        theme: ThemeId,
    },
    /// Keep a theme as it is, whoever does what.
    Lock {
        /// The theme.
        theme: ThemeId,
    },
    /// Let a theme be changed again.
    Unlock {
        /// The theme.
        theme: ThemeId,
    },
    /// Say where answers belong.
    Code {
        /// The answers, by their keys.
        #[arg(required = true)]
        answers: Vec<String>,
        /// `none`, `other`, or themes by id or name, with `;` between them.
        #[arg(long = "as", value_name = "PLACE")]
        place: String,
    },
}

/// Does what `coding` was asked for.
pub(super) fn run(library: &Library, args: &CodingArgs, format: Format) -> Result<Outcome, ServiceError> {
    let of = Question { survey: &args.survey, item: &args.question };
    let (by, now) = (args.by.as_str(), Moment::now());
    match &args.what {
        CodingWhat::Suggest { k, granularity, seed, .. } => {
            let k = k.map(usize::from);
            let options = ThemeOptions { k, granularity: *granularity, seed: *seed, ..ThemeOptions::default() };
            let bar = Bar::new();
            coding::suggest(library, of, by, &options, now, &|step, done| bar.tell(step, done))?;
            bar.finish();
            show(library, of, format)
        }
        CodingWhat::List { place, limit } => list(&coding::open(library, of)?, place, *limit, format),
        CodingWhat::Undo => say_entry(library, of, &coding::undo(library, of, by, now)?, format),
        CodingWhat::Redo => say_entry(library, of, &coding::redo(library, of, by, now)?, format),
        CodingWhat::History => history(library, of, format),
        CodingWhat::Sample { size } => {
            let entry = coding::draw(library, of, by, *size, now)?;
            let text = format!(
                "Sample {0} is drawn. Write its sheet for each person who judges it, and take up what they wrote:\n  \
                 canvass coding {1} {2} sheet --sample {0} --out sample.csv\n  \
                 canvass coding {1} {2} take sample.csv --sample {0} --by NAME",
                entry.number, of.survey, of.item
            );
            output::result(format, &text, &json!({ "question": of.item, "sample": entry.number }));
            Ok(Outcome::Done)
        }
        CodingWhat::Sheet { out, sample } => sheet(library, of, *sample, out, format),
        CodingWhat::Take { file, sample, settle } => {
            let places = coding::read_sheet(library, of, *sample, file)?;
            let entry = match sample {
                None => coding::decide(library, of, by, now, |_| Ok(Decision::Code { places: places.clone() }))?,
                Some(sample) if *settle => coding::settle(library, of, by, *sample, &places, now)?,
                Some(sample) => coding::judge(library, of, by, *sample, &places, now)?,
            };
            say_entry(library, of, &entry, format)
        }
        CodingWhat::Audit { sample } => {
            let found = coding::audited(library, of, *sample)?;
            output::result(format, &audit_text(&found), &json!({ "question": of.item, "audit": found }));
            Ok(Outcome::Done)
        }
        CodingWhat::Show => show(library, of, format),
        CodingWhat::Decide(what) => {
            let entry = coding::decide(library, of, by, now, |standing| decision(what, standing))?;
            say_entry(library, of, &entry, format)
        }
    }
}

/// The decision that is asked for, as the coding stands.
fn decision(what: &Deciding, standing: &Standing) -> Result<Decision, Refusal> {
    let new = ThemeId(standing.next_theme);
    Ok(match what {
        Deciding::Add { name } => Decision::Add { theme: new, name: name.clone() },
        Deciding::Rename { theme, name } => Decision::Rename { theme: *theme, name: name.clone() },
        Deciding::Merge { themes, into } => Decision::Merge { themes: themes.clone(), into: *into },
        Deciding::Split { theme, name, answers } => {
            let part = Part { theme: new, name: name.clone(), answers: keys(answers).collect() };
            Decision::Split { theme: *theme, parts: vec![part] }
        }
        Deciding::Remove { theme } => Decision::Remove { theme: *theme },
        Deciding::Lock { theme } => Decision::Lock { theme: *theme },
        Deciding::Unlock { theme } => Decision::Unlock { theme: *theme },
        Deciding::Code { answers, place } => {
            let place = Place::read(place, &names(&standing.coding))?;
            Decision::Code { places: keys(answers).map(|answer| (answer, place.clone())).collect() }
        }
    })
}

fn show(library: &Library, of: Question<'_>, format: Format) -> Result<Outcome, ServiceError> {
    let desk = coding::open(library, of)?;
    let json = json!({ "question": of.item, "label": desk.label, "coding": desk.frame });
    output::result(format, &frame_text(&desk), &json);
    Ok(Outcome::Done)
}

fn history(library: &Library, of: Question<'_>, format: Format) -> Result<Outcome, ServiceError> {
    let history = coding::open(library, of)?.history;
    let lines = history.iter().map(|past| {
        let undone = if past.is_undone { " (undone)" } else { "" };
        format!("{:>5}  {}  {} {}{undone}", past.number, past.at, past.by, past.text)
    });
    let text = if history.is_empty() { NOTHING_YET.to_owned() } else { lines.collect::<Vec<_>>().join("\n") };
    output::result(format, &text, &json!({ "question": of.item, "history": history }));
    Ok(Outcome::Done)
}

fn sheet(
    library: &Library,
    of: Question<'_>,
    sample: Option<u32>,
    out: &Path,
    format: Format,
) -> Result<Outcome, ServiceError> {
    let rows = coding::sheet(library, of, sample)?;
    write_sheet(out, &rows)?;
    let frame = coding::open(library, of)?.frame;
    let themes: Vec<String> = frame.themes.iter().map(|theme| format!("  {}  {}", theme.theme, theme.name)).collect();
    let text = format!(
        "{} in {}. Write into the column `place`: none, other, or themes with ; between them:\n{}",
        count(rows.len() as u64, "answer"),
        out.display(),
        themes.join("\n")
    );
    output::result(format, &text, &json!({ "question": of.item, "answers": rows.len(), "out": out }));
    Ok(Outcome::Done)
}

/// The directory of the language model that suggestions are shaped by.
pub(super) fn model(args: &CodingArgs) -> Option<PathBuf> {
    embedding::directory(args.model())
}

const NOTHING_YET: &str = "Nothing is coded yet. Begin with: canvass coding SURVEY QUESTION suggest";

fn keys(written: &[String]) -> impl Iterator<Item = AnswerKey> {
    written.iter().map(|key| AnswerKey::read(key))
}

fn names(coding: &Coding) -> Vec<(ThemeId, &str)> {
    coding.themes().iter().map(|(theme, known)| (*theme, known.name.as_str())).collect()
}

/// Says what an entry did, as the history tells it.
fn say_entry(library: &Library, of: Question<'_>, entry: &Entry, format: Format) -> Result<Outcome, ServiceError> {
    let desk = coding::open(library, of)?;
    let past = desk.history.iter().find(|past| past.number == entry.number);
    let text = past.map(|past| format!("{} {}.", past.by, past.text)).unwrap_or_default();
    output::result(format, &text, &json!({ "question": of.item, "entry": past, "coding": desk.frame }));
    Ok(Outcome::Done)
}

fn frame_text(desk: &Desk) -> String {
    let CodedFrame { n, none, other, waiting, several, by_person, themes, advice } = &desk.frame;
    if desk.history.is_empty() {
        return NOTHING_YET.to_owned();
    }
    let redactor = Redactor::new();
    let mut lines = vec![format!(
        "{} to “{}”: {by_person} placed by a person, {several} in several themes.",
        count(*n as u64, "answer"),
        desk.label
    )];
    for theme in themes {
        let state = match (theme.is_locked, theme.is_decided) {
            (true, _) => "locked",
            (false, true) => "decided",
            (false, false) => "",
        };
        lines.push(format!("{:>6}  {:<5} {:<8} {}", theme.count, theme.theme.to_string(), state, theme.name));
        let typical = theme.typical.first().and_then(|key| desk.texts.get(key));
        lines.extend(
            typical.map(|text| format!("                       “{}”", shortened(&desk.quotes.shown(&redactor, text)))),
        );
    }
    let rest = [(other, "other"), (none, "none (nothing said)"), (waiting, "waiting to be coded")];
    lines.extend(rest.map(|(count, what)| format!("{count:>6}  {what}")));
    lines.extend(advice.iter().cloned());
    lines.join("\n")
}

fn list(desk: &Desk, place: &str, limit: usize, format: Format) -> Result<Outcome, ServiceError> {
    let is_waiting = place.trim().eq_ignore_ascii_case("waiting");
    let wanted = if is_waiting { None } else { Some(Place::read(place, &names(&desk.coding))?) };
    let themes: BTreeSet<ThemeId> = wanted.iter().flat_map(Place::themes).collect();
    let is_wanted = |key: &&AnswerKey| match (desk.coding.codes().get(key), &wanted) {
        (None, None) => true,
        (Some(coded), Some(Place::Themes(_))) => themes.iter().any(|theme| coded.place.has(*theme)),
        (Some(coded), Some(wanted)) => coded.place == *wanted,
        _ => false,
    };
    let found: Vec<&AnswerKey> = desk.texts.keys().filter(is_wanted).collect();
    let redactor = Redactor::new();
    let shown: Vec<(String, String)> = found
        .iter()
        .take(limit)
        .map(|key| (key.to_string(), desk.quotes.shown(&redactor, desk.texts.get(*key).map_or("", String::as_str))))
        .collect();
    let mut lines: Vec<String> = shown.iter().map(|(key, text)| format!("{key}  {}", shortened(text))).collect();
    lines.push(format!("{} of {}.", shown.len(), count(found.len() as u64, "answer")));
    let answers: Vec<Value> = shown.iter().map(|(key, text)| json!({ "answer": key, "text": text })).collect();
    output::result(format, &lines.join("\n"), &json!({ "answers": answers, "all": found.len() }));
    Ok(Outcome::Done)
}

fn write_sheet(out: &Path, rows: &[SheetRow]) -> Result<(), ServiceError> {
    let mut sheet = csv::Writer::from_writer(Vec::new());
    // Writing to memory cannot fail.
    let _written = sheet.write_record(["answer", "text", "place"]);
    for row in rows {
        let _written = sheet.write_record([row.answer.as_str(), &guarded(row.text.clone()), &row.place]);
    }
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut batch = Batch::new(folder)?;
    batch.bytes(&out.file_name().unwrap_or_default().to_string_lossy(), &sheet.into_inner().unwrap_or_default())?;
    batch.publish()
}

fn audit_text(found: &Audit) -> String {
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let figure = |estimate: Option<Estimate>| {
        estimate.map_or("not known".to_owned(), |Estimate { value, interval: [low, high] }| {
            format!("{value:.2} ({low:.2} to {high:.2})")
        })
    };
    let mut lines = vec![format!(
        "Sample {}: {} of {} coded answers; {} not judged yet, {} judged differently and not settled.",
        found.number,
        found.drawn,
        found.answers,
        found.unjudged,
        found.open.len()
    )];
    lines.extend(
        found.coders.iter().map(|coder| format!("{} judged {}.", coder.name, count(coder.judged as u64, "answer"))),
    );
    for pair in &found.pairs {
        lines.push(format!(
            "{} and {}: the same place for {} of {} answers; kappa {}.",
            pair.one,
            pair.other,
            pair.alike,
            pair.both,
            figure(pair.kappa)
        ));
    }
    if found.coders.len() > 1 {
        lines.push(format!(
            "Krippendorff’s alpha between people: {}; from 0.80 good, from 0.67 tentative.",
            figure(found.alpha)
        ));
    }
    lines.push(
        "Share of answers, as coded, and corrected with its 95 % interval; kappa of the coding with people:".to_owned(),
    );
    for theme in &found.themes {
        let corrected = theme.corrected.map_or("not known".to_owned(), |Estimate { value, interval: [low, high] }| {
            format!("{} ({} to {})", percent(value), percent(low), percent(high))
        });
        lines.push(format!(
            "{:>8}  {corrected}  kappa {}  {} {}",
            percent(theme.share),
            figure(theme.kappa),
            theme.theme,
            theme.name
        ));
    }
    if !found.open.is_empty() {
        lines.push(
            "Settle what is open, by a sheet of the sample with `take --settle`: until then nothing is corrected."
                .to_owned(),
        );
    }
    lines.join("\n")
}
