//! The answers in columns: one a question, coded as small numbers, ready to be counted.

use std::collections::BTreeMap;

use super::redaction::Quotes;
use super::text::redact::Redactor;
use super::versions::OtherVersions;
use super::wall::Vote;
use crate::definition::Survey;
use crate::definition::diff::Diff;
use crate::item::{Answer, Scale};
use crate::response::{Gap, Record};

/// Rows, by number, and the points given to them.
pub type Allocation = Box<[(u16, u32)]>;

/// A respondent's value, or why there is none.
pub type Cell<T> = Result<T, Gap>;

/// Finished responses in columns.
#[derive(Debug)]
pub struct Dataset<'a> {
    /// The survey that was answered.
    pub survey: &'a Survey,
    /// Respondents.
    pub n: usize,
    /// What of the responses to other versions could not be counted as it is.
    pub others: OtherVersions,
    columns: BTreeMap<&'a str, Column>,
    modes: Vec<u8>,
    mode_names: Vec<&'static str>,
    walls: BTreeMap<&'a str, Vec<WallIdea>>,
    wall_votes: BTreeMap<&'a str, Vec<BTreeMap<String, Vote>>>,
    quotes: BTreeMap<&'a str, Quotes>,
}

/// An idea on an idea wall that others see, or that was put together with one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WallIdea {
    /// What it says.
    pub text: String,
    /// Its id.
    pub id: String,
    /// The idea or the seed that it was put together with.
    pub merged_into: Option<String>,
}

/// The answers to one question, one cell a respondent. Options and rows are numbered in the order of the definition.
#[derive(Debug)]
pub enum Column {
    /// A box ticked.
    Flags(Vec<Cell<()>>),
    /// One option.
    Choices(Vec<Cell<u16>>),
    /// Several options.
    Sets(Vec<Cell<Box<[u16]>>>),
    /// For each row, the step of the scale.
    Ratings(Vec<Vec<Cell<u16>>>),
    /// Rows from the first place on.
    Orders(Vec<Cell<Box<[u16]>>>),
    /// Rows and the points given to them.
    Points(Vec<Cell<Allocation>>),
    /// A number.
    Numbers(Vec<Cell<f64>>),
    /// Text, all texts of a repeat, or a day as `YYYY-MM-DD`; empty for whoever took part in an idea wall.
    Texts(Vec<Cell<Box<str>>>),
}

impl<'a> Dataset<'a> {
    /// An empty dataset with a column for each question of the survey.
    pub fn new(survey: &'a Survey) -> Self {
        let columns = survey.answered_questions().filter_map(|question| {
            let column = match question.item.scale() {
                Scale::None => return None,
                Scale::Flag => Column::Flags(Vec::new()),
                Scale::Nominal(_) | Scale::Ordinal(_) => Column::Choices(Vec::new()),
                Scale::Multiple(_) => Column::Sets(Vec::new()),
                Scale::Ratings { rows, .. } => Column::Ratings(vec![Vec::new(); rows.len()]),
                Scale::Ranking { .. } => Column::Orders(Vec::new()),
                Scale::Allocation { .. } => Column::Points(Vec::new()),
                Scale::Interval => Column::Numbers(Vec::new()),
                Scale::Day | Scale::FreeText { .. } | Scale::Entries { .. } | Scale::Ideas { .. } => {
                    Column::Texts(Vec::new())
                }
            };
            Some((question.item.head.id.as_str(), column))
        });
        let wall_votes = survey
            .answered_questions()
            .filter(|question| matches!(question.item.scale(), Scale::Ideas { .. }))
            .map(|question| (question.item.head.id.as_str(), Vec::new()))
            .collect();
        Self {
            survey,
            n: 0,
            others: OtherVersions::default(),
            columns: columns.collect(),
            modes: Vec::new(),
            mode_names: Vec::new(),
            walls: BTreeMap::new(),
            wall_votes,
            quotes: BTreeMap::new(),
        }
    }

    /// Adds one respondent. A question that the version answered did not have counts as not shown.
    pub fn push(&mut self, record: &Record) {
        self.n += 1;
        for question in self.survey.answered_questions() {
            let id = question.item.head.id.as_str();
            let gap = record.gaps.get(id).copied().unwrap_or(Gap::NotShown);
            if let Some(column) = self.columns.get_mut(id) {
                column.push(question.item.scale(), record.answers.get(id), gap);
            }
            if let Some(voted) = self.wall_votes.get_mut(id) {
                let votes =
                    if let Some(Answer::Ideas { votes, .. }) = record.answers.get(id) { Some(votes) } else { None };
                let votes = votes.into_iter().flatten();
                voted.push(votes.filter_map(|(idea, vote)| Some((idea.clone(), Vote::read(vote)?))).collect());
            }
        }
    }

    /// Adds one respondent who answered another version, from which `diff` leads to this survey. Answers to questions
    /// that mean something else are left out, and counted as such.
    pub fn push_other(&mut self, version: u32, mut record: Record, diff: &Diff) {
        self.others.take(version, &mut record, diff);
        self.push(&record);
    }

    /// Says how the respondent added last took part, by a stable code such as `open_link`. Said of each or of none.
    pub fn came_by(&mut self, mode: &'static str) {
        let known = self.mode_names.iter().position(|name| *name == mode);
        let number = known.unwrap_or_else(|| {
            self.mode_names.push(mode);
            self.mode_names.len() - 1
        });
        self.modes.push(u8::try_from(number).unwrap_or(u8::MAX));
    }

    /// How each respondent took part, in the order of the dataset; nothing where that was not said of all.
    pub fn modes(&self) -> impl Iterator<Item = &'static str> {
        let said = self.modes.len() == self.n;
        let modes = self.modes.iter().filter(move |_| said);
        modes.map(|number| self.mode_names.get(usize::from(*number)).copied().unwrap_or_default())
    }

    /// Sets the ideas of an idea wall: no response has them, so that nothing joins an idea to the answers of its author.
    pub fn set_wall(&mut self, item: &'a str, ideas: Vec<WallIdea>) {
        self.walls.insert(item, ideas);
    }

    /// Sets how the answers to a question may be quoted.
    pub fn set_quotes(&mut self, item: &'a str, quotes: Quotes) {
        self.quotes.insert(item, quotes);
    }

    /// How the answers to a question may be quoted, if people decided anything about that.
    pub fn quotes(&self, item: &str) -> Option<&Quotes> {
        self.quotes.get(item)
    }

    /// An answer to a question as it may leave; none where it may not.
    pub fn quote(&self, item: &str, redactor: &Redactor, text: &str) -> Option<String> {
        self.quotes(item).map_or_else(|| Some(redactor.redact(text)), |quotes| quotes.quote(redactor, text))
    }

    /// The ideas of an idea wall, in no order of their own.
    pub fn wall(&self, item: &str) -> &[WallIdea] {
        self.walls.get(item).map_or(&[], Vec::as_slice)
    }

    /// What each respondent said of the ideas of an idea wall, by their ids.
    pub fn wall_votes(&self, item: &str) -> &[BTreeMap<String, Vote>] {
        self.wall_votes.get(item).map_or(&[], Vec::as_slice)
    }

    /// The answers to one question.
    pub fn column(&self, item: &str) -> Option<&Column> {
        self.columns.get(item)
    }
}

impl Column {
    fn push(&mut self, scale: Scale<'_>, answer: Option<&Answer>, gap: Gap) {
        match (self, scale) {
            (Self::Flags(cells), _) => cells.push(answer.map(|_| ()).ok_or(gap)),
            (Self::Choices(cells), Scale::Nominal(options) | Scale::Ordinal(options)) => {
                let code = if let Some(Answer::Choice { option, .. }) = answer {
                    position(options, |known| known.id == *option)
                } else {
                    None
                };
                cells.push(code.ok_or(gap));
            }
            (Self::Sets(cells), Scale::Multiple(options)) => {
                let set = if let Some(Answer::Choices { options: chosen, .. }) = answer {
                    Some(chosen.iter().filter_map(|id| position(options, |known| known.id == *id)).collect())
                } else {
                    None
                };
                cells.push(set.ok_or(gap));
            }
            (Self::Ratings(columns), Scale::Ratings { rows, steps }) => {
                let ratings = if let Some(Answer::Ratings(ratings)) = answer { Some(ratings) } else { None };
                for (cells, row) in columns.iter_mut().zip(rows) {
                    let step = ratings.and_then(|ratings| ratings.get(&row.id));
                    cells.push(step.and_then(|step| position(steps, |known| known.id == *step)).ok_or(gap));
                }
            }
            (Self::Orders(cells), Scale::Ranking { rows, .. }) => {
                let order = if let Some(Answer::Ranking(order)) = answer {
                    Some(order.iter().filter_map(|id| position(rows, |row| row.id == *id)).collect())
                } else {
                    None
                };
                cells.push(order.ok_or(gap));
            }
            (Self::Points(cells), Scale::Allocation { rows, .. }) => {
                let points = if let Some(Answer::Points(points)) = answer {
                    Some(
                        points
                            .iter()
                            .filter_map(|(id, given)| Some((position(rows, |row| row.id == *id)?, *given)))
                            .collect(),
                    )
                } else {
                    None
                };
                cells.push(points.ok_or(gap));
            }
            (Self::Numbers(cells), _) => {
                let number = if let Some(Answer::Number(written)) = answer { written.parse().ok() } else { None };
                cells.push(number.ok_or(gap));
            }
            (Self::Texts(cells), _) => {
                cells.push(answer.and_then(written).ok_or(gap));
            }
            // `Dataset::new` made each column for its question's scale.
            (Self::Choices(_) | Self::Sets(_) | Self::Ratings(_) | Self::Orders(_) | Self::Points(_), _) => {}
        }
    }
}

/// What was written, the entries of a repeat each on lines of their own.
pub(crate) fn written(answer: &Answer) -> Option<Box<str>> {
    let lines: Vec<&str> = match answer {
        Answer::Text(text) | Answer::Date(text) => vec![text],
        Answer::Ideas { .. } => vec![""],
        Answer::Entries(entries) => {
            let texts = entries.iter().flat_map(std::collections::BTreeMap::values);
            texts
                .filter_map(|answer| if let Answer::Text(text) = answer { Some(text.as_str()) } else { None })
                .collect()
        }
        _ => Vec::new(),
    };
    (!lines.is_empty()).then(|| lines.join("\n").into())
}

fn position<T>(known: &[T], is: impl Fn(&T) -> bool) -> Option<u16> {
    known.iter().position(is).and_then(|index| u16::try_from(index).ok())
}
