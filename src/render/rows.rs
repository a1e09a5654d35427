//! Questions over rows: a rating grid, a ranking, points to share. Each row has its own field, hint and error.

use serde::Serialize;

use crate::render::html::{Html, id_of};
use crate::render::item::{Action, Choice, Head, Question, SelectOption, join, place_all};

/// Longest text of a whole scale, in characters, that still reads well on one line beside its neighbours.
const INLINE_CHARS: usize = 64;

/// Most options that are laid out on one line.
const INLINE_OPTIONS: usize = 6;

/// What every row has.
#[derive(Clone, Debug, Serialize)]
struct Row {
    id: String,
    name: String,
    label: Html,
    hint: Option<Html>,
    error: Option<String>,
    hint_id: String,
    error_id: String,
    described_by: Option<String>,
}

impl Row {
    fn new(head: &Head, code: &str, label: Html, hint: Option<Html>, error: Option<String>) -> Self {
        let name = format!("{}.{code}", head.name);
        let id = id_of(&name);
        let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
        let described_by = [hint.as_ref().map(|_| hint_id.clone()), error.as_ref().map(|_| error_id.clone())];
        Self { described_by: join(described_by.into_iter().flatten()), id, name, label, hint, error, hint_id, error_id }
    }
}

/// The same scale for several statements: a set of radios each, one below the other.
#[derive(Clone, Debug, Serialize)]
pub struct Rate {
    head: Head,
    rows: Vec<PlacedRate>,
    inline: bool,
}

/// One statement to rate.
#[derive(Clone, Debug)]
pub struct RateRow {
    /// The statement's id.
    pub code: String,
    /// The statement.
    pub label: Html,
    /// Help with it.
    pub hint: Option<Html>,
    /// What is wrong with its answer; linked to by `#ID-ROW`.
    pub error: Option<String>,
    /// The scale, with the option chosen.
    pub choices: Vec<Choice>,
    /// A button under it, and what completes it for those who hear it.
    pub action: Option<(Action, String)>,
}

#[derive(Clone, Debug, Serialize)]
struct PlacedRate {
    #[serde(flatten)]
    row: Row,
    choices: Vec<Choice>,
    action: Option<(Action, String)>,
}

impl Rate {
    /// A grid. A short scale lies on one line where the screen is wide enough, a long one is always stacked.
    pub fn new(question: Question, rows: Vec<RateRow>) -> Self {
        let head = Head::over_rows(question);
        let inline = rows.iter().all(|row| {
            let chars: usize = row.choices.iter().map(|choice| choice.label.as_str().chars().count()).sum();
            let plain = row.choices.iter().all(|choice| choice.hint.is_none() && choice.divider.is_none());
            plain && chars <= INLINE_CHARS && row.choices.len() <= INLINE_OPTIONS
        });
        let placed = rows.into_iter().map(|given| {
            let row = Row::new(&head, &given.code, given.label, given.hint, given.error);
            let choices = place_all(given.choices, &row.id, &row.name);
            PlacedRate { row, choices, action: given.action }
        });
        Self { rows: placed.collect(), head, inline }
    }
}

/// Positions for several candidates: a drop-down each.
#[derive(Clone, Debug, Serialize)]
pub struct Rank {
    head: Head,
    max: u32,
    rows: Vec<PlacedRank>,
}

/// One candidate to rank.
#[derive(Clone, Debug)]
pub struct RankRow {
    /// The candidate's id.
    pub code: String,
    /// The candidate.
    pub label: Html,
    /// What is wrong with its position; linked to by `#ID-ROW`.
    pub error: Option<String>,
    /// True where it shares a fault that is told at another row.
    pub wrong: bool,
    /// Its position as posted, empty where not ranked.
    pub position: String,
}

#[derive(Clone, Debug, Serialize)]
struct PlacedRank {
    #[serde(flatten)]
    row: Row,
    wrong: bool,
    options: Vec<SelectOption>,
}

impl Rank {
    /// A ranking with positions 1 to `max`, and one for none of them.
    pub fn new(question: Question, rows: Vec<RankRow>, max: u32, not_ranked: &str) -> Self {
        let head = Head::over_rows(question);
        let placed = rows.into_iter().map(|given| PlacedRank {
            wrong: given.wrong || given.error.is_some(),
            options: positions(&given.position, max, not_ranked),
            row: Row::new(&head, &given.code, given.label, None, given.error),
        });
        Self { rows: placed.collect(), head, max }
    }
}

/// "Not ranked", 1, 2, and so on.
fn positions(chosen: &str, max: u32, not_ranked: &str) -> Vec<SelectOption> {
    let unranked = SelectOption { code: String::new(), text: not_ranked.to_owned(), selected: chosen.is_empty() };
    let ranked = (1..=max).map(|position| {
        let code = position.to_string();
        SelectOption { selected: code == chosen, text: code.clone(), code }
    });
    std::iter::once(unranked).chain(ranked).collect()
}

/// Points to share between several candidates: a box each.
#[derive(Clone, Debug, Serialize)]
pub struct Allocate {
    head: Head,
    rows: Vec<PlacedAllocate>,
    points: u32,
    total: String,
    row_ids: String,
    unit: Option<String>,
}

/// One candidate to give points to.
#[derive(Clone, Debug)]
pub struct AllocateRow {
    /// The candidate's id.
    pub code: String,
    /// The candidate.
    pub label: Html,
    /// What is wrong with its points; linked to by `#ID-ROW`.
    pub error: Option<String>,
    /// True where it shares a fault that is told over all rows.
    pub wrong: bool,
    /// Its points as typed.
    pub typed: String,
}

#[derive(Clone, Debug, Serialize)]
struct PlacedAllocate {
    #[serde(flatten)]
    row: Row,
    wrong: bool,
    typed: String,
}

impl Allocate {
    /// So many points to share; `total` says in words how many there are and, once some are given, how many are left.
    pub fn new(question: Question, rows: Vec<AllocateRow>, points: u32, total: &str, unit: Option<String>) -> Self {
        let head = Head::wire(question, "--", None, Some("total"));
        let placed = rows.into_iter().map(|given| PlacedAllocate {
            wrong: given.wrong || given.error.is_some(),
            row: Row::new(&head, &given.code, given.label, None, given.error),
            typed: given.typed,
        });
        let rows: Vec<PlacedAllocate> = placed.collect();
        let row_ids = rows.iter().map(|row| row.row.id.as_str()).collect::<Vec<_>>().join(" ");
        Self { rows, head, points, total: total.to_owned(), row_ids, unit }
    }
}
