//! What is known while a Questionnaire is read: the report, the ids given out, and the questions already placed.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use serde_json::{Map, Value};

use super::condition::{Asked, Offer};
use super::ids::Ids;
use super::json::{MAX_WEIGHT, shortened};
use super::options::Offers;
use super::texts::{Text, without_pipes};
use super::valuesets::ValueSets;
use crate::exchange::report::{Fate, Notes};
use crate::exchange::rule::{self, Expr, Name, Part};

/// Most questions that are read.
pub(super) const MAX_QUESTIONS: usize = 5_000;
/// Most characters of what an entry quotes.
const MAX_QUOTED: usize = 120;

/// The release that a file is written for, as far as it can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Release {
    Stu3,
    R4,
    R5,
}

/// What an item of the file became, for the rules that name it.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// How rules call it: `role`, `support.trees`.
    pub(super) name: String,
    /// The page that asks it, counted from 0.
    pub(super) page: usize,
    pub(super) what: What,
}

/// How a rule can ask for the answer to an item.
#[derive(Clone, Debug)]
pub(super) enum What {
    Consent,
    /// A `single` with the options `yes` and `no`.
    YesNo,
    Single(Rc<Offers>),
    Multi(Rc<Offers>),
    Number,
    /// The points of a row: 0 where it has none.
    Points,
    Date,
    Text,
    /// The text beside an option.
    OtherText,
    /// Only whether there is an answer.
    Existence,
    /// The place that a row has in a ranking.
    Place {
        rank: String,
        row: String,
    },
    /// Nothing, for this reason.
    Gone(&'static str),
}

/// Everything that reading a file needs to remember.
pub(super) struct Reading<'a> {
    pub(super) notes: Notes,
    pub(super) release: Release,
    /// The survey's language.
    pub(super) language: String,
    /// The survey's title, for pages that have none.
    pub(super) title: String,
    pub(super) sets: ValueSets<'a>,
    pub(super) ids: Ids,
    pub(super) page_ids: Ids,
    pub(super) lists: Map<String, Value>,
    pub(super) pages: Vec<Value>,
    pub(super) checks: Vec<Value>,
    pub(super) targets: HashMap<&'a str, Target>,
    /// The names of all items, and of those that stand twice.
    pub(super) links: HashSet<&'a str>,
    pub(super) doubles: HashSet<&'a str>,
    /// What a file of ours can name in its rules: how it is asked, and on which page.
    pub(super) known: HashMap<String, (Asked, usize)>,
    /// Ids of rows and options, whose labels can be piped, and the lists they were taken from, by where they stand.
    labels: HashSet<String>,
    labelled: HashSet<usize>,
    /// The values that a file of ours computes, with what each names.
    pub(super) calculated: HashMap<String, Vec<String>>,
    /// Ids of the interventions of a file of ours.
    pub(super) interventions: Rc<Vec<String>>,
    pub(super) questions: usize,
    /// What the JSON texts inside the file may still weigh.
    pub(super) json_left: usize,
    pub(super) patterns: HashMap<String, bool>,
    pub(super) list_ids: Ids,
    /// Value sets already read, by where they stand: the list that each became, if it held any codes.
    pub(super) read_sets: HashMap<usize, Option<(String, Rc<Offers>)>>,
    pub(super) all_options: usize,
    /// The rules of the closing pages of a file of ours, by their ids.
    pub(super) ends: HashMap<String, String>,
    /// True once a question measures support.
    pub(super) has_measure: bool,
    translations: Map<String, Value>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(release: Release, language: String, title: String, sets: ValueSets<'a>) -> Self {
        Self {
            notes: Notes::default(),
            release,
            language,
            title,
            sets,
            ids: Ids::of_questions(),
            page_ids: Ids::default(),
            lists: Map::new(),
            pages: Vec::new(),
            checks: Vec::new(),
            targets: HashMap::new(),
            links: HashSet::new(),
            doubles: HashSet::new(),
            known: HashMap::new(),
            labels: HashSet::new(),
            labelled: HashSet::new(),
            calculated: HashMap::new(),
            interventions: Rc::default(),
            questions: 0,
            json_left: MAX_WEIGHT,
            patterns: HashMap::new(),
            list_ids: Ids::default(),
            read_sets: HashMap::new(),
            all_options: 0,
            ends: HashMap::new(),
            has_measure: false,
            translations: Map::new(),
        }
    }

    /// Adds an entry to the report.
    pub(super) fn say(
        &mut self,
        code: &'static str,
        fate: Fate,
        source: &str,
        target: Option<&str>,
        message: impl Into<String>,
    ) {
        self.notes.add(code, fate, source, target, message);
    }

    /// The page that is being filled, counted from 0.
    pub(super) fn page(&self) -> usize {
        self.pages.len()
    }

    /// Remembers what an item became.
    pub(super) fn place(&mut self, link: &'a str, name: impl Into<String>, what: What) {
        let page = self.page();
        self.targets.insert(link, Target { name: name.into(), page, what });
    }

    /// Remembers how a question is asked, for rules of ours.
    pub(super) fn know(&mut self, id: &str, asked: Asked) {
        let page = self.page();
        let (rows, offers) = match &asked {
            Asked::Rate(rows, offers) => (Some(rows), Some(offers)),
            Asked::Rank(rows) | Asked::Allocate(rows) => (Some(rows), None),
            Asked::Single(offers, _) | Asked::Multi(offers) => (None, Some(offers)),
            _ => (None, None),
        };
        self.labels.extend(rows.into_iter().flat_map(|rows| rows.iter().cloned()));
        if let Some(offers) = offers.filter(|offers| self.labelled.insert(Rc::as_ptr(offers) as usize)) {
            self.labels.extend(offers.iter().map(|offer| offer.id.clone()));
        }
        self.known.insert(id.to_string(), (asked, page));
    }

    /// The page of a question that a rule of ours names, or the last page of those that a computed value needs.
    pub(super) fn page_of(&self, name: &str) -> Option<usize> {
        const MOST: usize = 200;
        let mut open = vec![name];
        let (mut last, mut seen) = (0, 0);
        while let Some(name) = open.pop() {
            seen += 1;
            match self.known.get(name) {
                Some((_, page)) => last = last.max(*page),
                None => open.extend(self.calculated.get(name)?.iter().map(String::as_str)),
            }
            if seen > MOST {
                return None;
            }
        }
        Some(last)
    }

    /// Keeps the translations of a text under its key, and gives the text itself.
    pub(super) fn keep(&mut self, text: Text, key: &str) -> String {
        for (language, content) in text.translations {
            if language != self.language && !content.is_empty() {
                let texts = self.translations.entry(language).or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(texts) = texts {
                    let mut entry = Map::new();
                    entry.insert("text".into(), content.into());
                    texts.insert(key.to_string(), Value::Object(entry));
                }
            }
        }
        if text.is_piped && !self.pipes_hold(&text.markdown) { without_pipes(&text.markdown) } else { text.markdown }
    }

    /// The translations kept so far; none are left.
    pub(super) fn take_translations(&mut self) -> Map<String, Value> {
        std::mem::take(&mut self.translations)
    }

    /// True if everything piped into a text was asked on an earlier page, or is a label that there is.
    fn pipes_hold(&self, markdown: &str) -> bool {
        markdown.split("{{").skip(1).all(|rest| {
            let Some((inside, _)) = rest.split_once("}}") else { return false };
            let name = inside.split('|').next().unwrap_or_default().trim();
            if let Some(label) = name.strip_prefix("label('").and_then(|name| name.strip_suffix("')")) {
                return self.labels.contains(label) || self.interventions.iter().any(|id| id == label);
            }
            let Some(Expr::Name(Name { item, part })) = rule::parse(name) else { return false };
            let fits = match (self.known.get(&item).map(|(asked, _)| asked), part) {
                (Some(Asked::Repeat | Asked::Unsaid), _) => false,
                (Some(Asked::Rate(rows, _) | Asked::Allocate(rows)), Some(Part::Row(row))) => rows.contains(&row),
                (Some(Asked::Single(_, true)), Some(Part::Row(other))) => other == "other",
                (Some(Asked::Rank(rows)), Some(Part::Place(place))) => place <= rows.len(),
                (_, part) => part.is_none(),
            };
            fits && self.page_of(&item).is_some_and(|page| page < self.page())
        })
    }
}

impl Offers {
    /// The codes alone, as rules of ours need them.
    pub(super) fn codes(&self) -> Rc<Vec<Offer>> {
        Rc::clone(&self.all)
    }
}

/// A text of the file, quoted in the report.
pub(super) fn quoted(text: &str) -> String {
    format!("“{}”", shortened(text, MAX_QUOTED))
}
