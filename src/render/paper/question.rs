//! One question on paper: what it asks, of whom, and where the answer goes.

use serde::Serialize;

use super::{Sheet, ended};
use crate::definition::routing::{self, Asked, Required};
use crate::definition::{Question, plain};
use crate::export::limits::{counted, limits};
use crate::item::options::{Choice, ItemRow, Other};
use crate::item::{Allocate, Ideas, Item, Kind, Multi, Number, Order, Rank, Rate, Repeat, Text, VOTES};
use crate::render::html::Html;
use crate::render::markdown::{block, inline};
use crate::vocabulary::Words;

/// Entries of a repeat that are printed; for more, people take another sheet.
const ENTRIES: u32 = 5;
/// Lists longer than this, of short labels, stand in two columns.
const ONE_COLUMN: usize = 8;
/// Characters that are written on one line of a sheet.
const CHARACTERS_A_LINE: u32 = 70;

/// One question.
#[derive(Serialize)]
pub(super) struct Asking {
    id: String,
    /// Its number, or the letter of a field; nothing for a note.
    number: Option<String>,
    /// True within an entry of a repeat.
    nested: bool,
    label: Html,
    hint: Option<Html>,
    /// Who answers it, with what must be worked out first.
    routing: Vec<String>,
    /// How to answer, what the answer may be and whether one is needed: “Tick one box.”
    how: Vec<String>,
    body: Body,
    /// What must hold with other answers.
    checks: Vec<String>,
}

/// Where the answer goes; the tag names its template.
#[derive(Serialize)]
#[serde(tag = "template")]
enum Body {
    #[serde(rename = "paper/note")]
    Note { html: Html },
    #[serde(rename = "paper/ticks")]
    Ticks { boxes: Vec<Tick>, columns: bool },
    #[serde(rename = "paper/lines")]
    Lines(Writing),
    #[serde(rename = "paper/date")]
    Date { variable: String, labels: [Html; 3] },
    #[serde(rename = "paper/grid")]
    Grid(Grid),
    #[serde(rename = "paper/fill")]
    Fill { named_by: String, column: &'static str, rows: Vec<Row>, total: Option<u32> },
    #[serde(rename = "paper/entries")]
    Entries { entries: Vec<Entry>, more: Option<String> },
    #[serde(rename = "paper/ideas")]
    Ideas { own: Vec<Idea>, heading: Html, grid: Option<Grid> },
}

/// A box to tick with its label.
#[derive(Serialize)]
struct Tick {
    variable: String,
    code: String,
    label: Html,
    hint: Option<Html>,
    /// “Tick only this one”, “only if …”.
    notes: Vec<String>,
    /// Asks for a text beside the box.
    say: Option<&'static str>,
}

/// Lines to write on.
#[derive(Serialize)]
struct Writing {
    variable: String,
    lines: Vec<()>,
    /// True for a short line, with a unit after it if there is one.
    short: bool,
    unit: Option<String>,
}

/// Boxes in rows and columns.
#[derive(Serialize)]
struct Grid {
    named_by: String,
    /// True where many columns must stand close.
    close: bool,
    columns: Vec<Column>,
    rows: Vec<Row>,
}

/// A column of a grid.
#[derive(Serialize)]
struct Column {
    code: String,
    label: Html,
    notes: Vec<String>,
}

/// A row of a grid or of numbers to fill in.
#[derive(Serialize)]
struct Row {
    variable: String,
    label: Html,
    codes: Vec<String>,
}

/// An entry of a repeat.
#[derive(Serialize)]
struct Entry {
    title: String,
    questions: Vec<Asking>,
}

/// Room for an idea.
#[derive(Serialize)]
struct Idea {
    title: Html,
    room: Writing,
}

impl Sheet {
    /// A question as paper asks it; `None` for one that nobody is asked.
    pub(super) fn asking(&self, question: &Question) -> Option<Asking> {
        if routing::is_lost_question(question) {
            return None;
        }
        let head = &question.item.head;
        let mut routing = Vec::new();
        if let Asked::If(condition) = routing::on_page(&self.named, question) {
            routing.push(format!("Answer this if {condition}."));
            routing.extend(self.workings(question.show_if.as_ref()));
        }
        let required = match routing::required(&self.named, question) {
            Required::No => None,
            Required::Yes => Some("An answer is needed.".to_string()),
            Required::If(condition) => Some(format!("An answer is needed if {condition}.")),
        };
        let mut item = question.item.clone();
        if head.order != Order::Alphabetical {
            // One order for everyone; what keeps its place at the end still does.
            item.head.order = Order::Listed;
        }
        item.arrange("");
        let number = self.numbers.question(&head.id).map(|number| number.to_string());
        let shown = |part: &str| match question.parts.get(part) {
            Some(rule) if rule.is_lost() => Shown::Nobody,
            Some(rule) => Shown::OnlyIf { condition: self.condition(rule), workings: self.workings(Some(rule)) },
            None => Shown::Everyone,
        };
        let means = Means { shown: &shown, words: self.words, words_lang: self.words_lang };
        let mut asking = asking(&item, number, &head.id, &means);
        asking.routing = routing;
        asking.how.extend(required);
        asking.how.extend(self.workings(question.required_if.as_ref()));
        asking.checks = self.checks_at(&head.id);
        Some(asking)
    }
}

/// Whom an option or a field is for, by the name of the part.
type WhoIsShown<'a> = dyn Fn(&str) -> Shown + 'a;

/// Whom a part of a question is for.
enum Shown {
    Everyone,
    OnlyIf { condition: String, workings: Vec<String> },
    Nobody,
}

impl Shown {
    /// What stands beside an option of whom it is for; `None` if nobody is offered it.
    fn notes(self) -> Option<Vec<String>> {
        match self {
            Self::Everyone => Some(Vec::new()),
            Self::OnlyIf { condition, .. } => Some(vec![format!("only if {condition}")]),
            Self::Nobody => None,
        }
    }
}

/// What every part of a question is asked with.
struct Means<'a> {
    shown: &'a WhoIsShown<'a>,
    /// The program's words for the survey.
    words: &'static Words,
    /// Their language, where it is not the survey's.
    words_lang: Option<&'static str>,
}

impl Means<'_> {
    /// Words of the program among those of the author.
    fn own(&self, text: &str) -> Html {
        Html::text_in(text, self.words_lang)
    }
}

/// An item, with `variable` as the beginning of the names of its columns.
fn asking(item: &Item, number: Option<String>, variable: &str, means: &Means<'_>) -> Asking {
    let head = &item.head;
    let id = format!("q-{}", variable.replace('.', "-"));
    let is_note = matches!(item.kind, Kind::Note(_));
    let look = if let Kind::Text(text) = &item.kind { text.look.as_ref() } else { None };
    let message = look.and_then(|look| look.message.as_deref()).map(plain);
    let limits = shown_limits(item).into_iter();
    let consent = matches!(item.kind, Kind::Consent(_));
    Asking {
        number,
        nested: false,
        label: if is_note {
            Html::default()
        } else if consent {
            means.own(means.words.form.your_consent)
        } else {
            inline(&head.text)
        },
        hint: head.hint.as_deref().map(inline),
        routing: Vec::new(),
        how: how(&item.kind).into_iter().chain(limits.chain(message).map(|note| ended(&note))).collect(),
        body: body(item, variable, &id, means),
        checks: Vec::new(),
        id,
    }
}

/// The limits that how to answer does not say; nobody fills the usual length of a text by hand.
fn shown_limits(item: &Item) -> Vec<String> {
    match &item.kind {
        Kind::Number(_) | Kind::Date(_) => limits(item),
        Kind::Text(text) if text.max_chars != Text::default().max_chars || text.min_chars > 0 => limits(item),
        _ => Vec::new(),
    }
}

/// How to answer, as a sentence.
fn how(kind: &Kind) -> Option<String> {
    Some(match kind {
        Kind::Note(_) | Kind::Text(_) | Kind::Email(_) | Kind::Date(_) | Kind::Repeat(_) => return None,
        Kind::Consent(_) => "Tick the box if you agree.".to_string(),
        Kind::Single(_) => "Tick one box.".to_string(),
        Kind::Multi(multi) => how_many(multi),
        Kind::Number(_) => "Write a number.".to_string(),
        Kind::Rate(rate) => match rate.min_items {
            Some(min) => format!("Tick one box in a row. Please answer at least {}.", counted(min, "row")),
            None => "Tick one box in each row.".to_string(),
        },
        Kind::Rank(rank) => how_to_rank(rank),
        Kind::Allocate(allocate) => how_to_share(allocate),
        Kind::Ideas(ideas) => match ideas.max_ideas {
            0 => return None,
            max => format!("Write up to {}, of at most {} characters each.", counted(max, "idea"), ideas.max_chars),
        },
    })
}

fn how_many(multi: &Multi) -> String {
    match (multi.min.filter(|min| *min > 1), multi.max) {
        (None, None) => "Tick all that apply.".to_string(),
        (None, Some(max)) => format!("Tick up to {}.", boxes(max)),
        (Some(min), None) => format!("Tick at least {}.", boxes(min)),
        (Some(min), Some(max)) if min == max => format!("Tick {}.", boxes(max)),
        (Some(min), Some(max)) => format!("Tick from {min} to {max} boxes."),
    }
}

fn boxes(n: u32) -> String {
    if n == 1 { "1 box".to_string() } else { format!("{n} boxes") }
}

fn how_to_rank(rank: &Rank) -> String {
    let first = "Write 1 beside what comes first for you";
    let order = match rank.max {
        1 => format!("{first}."),
        2 => format!("{first} and 2 beside the second. Leave the others empty."),
        max if max as usize >= rank.rows.len() => format!("{first}, 2 beside the second, and so on to {max}."),
        max => format!("{first}, 2 beside the second, and so on to {max}. Leave the others empty."),
    };
    match rank.min.filter(|min| *min > 0) {
        Some(min) => format!("{order} Please give at least {}.", counted(min, "place")),
        None => order,
    }
}

fn how_to_share(allocate: &Allocate) -> String {
    let steps = if allocate.step > 1 { format!(", in multiples of {}", allocate.step) } else { String::new() };
    format!(
        "Share {} between these{steps}. Together they must make {}.",
        counted(allocate.total, "point"),
        allocate.total
    )
}

fn body(item: &Item, variable: &str, id: &str, means: &Means<'_>) -> Body {
    let named_by = format!("{id}-asked");
    match &item.kind {
        Kind::Note(_) => Body::Note { html: block(&item.head.text) },
        Kind::Consent(_) => {
            let label = inline(&item.head.text);
            let (variable, code) = (variable.to_string(), "1".to_string());
            Body::Ticks {
                boxes: vec![Tick { variable, code, label, hint: None, notes: Vec::new(), say: None }],
                columns: false,
            }
        }
        Kind::Single(single) => {
            let boxes = ticks(&single.options, means.shown, &|option| (variable.to_string(), option.id.clone()), false);
            Body::Ticks { columns: in_columns(&single.options), boxes }
        }
        Kind::Multi(multi) => {
            let named = |option: &Choice| (format!("{variable}.{}", option.id), "1".to_string());
            let boxes = ticks(&multi.options, means.shown, &named, true);
            Body::Ticks { columns: in_columns(&multi.options), boxes }
        }
        Kind::Text(text) => Body::Lines(written(text, variable)),
        Kind::Number(number) => Body::Lines(figure(number, variable)),
        Kind::Email(_) => {
            Body::Lines(Writing { variable: variable.to_string(), lines: vec![()], short: false, unit: None })
        }
        Kind::Date(_) => {
            let labels = means.words.dates.labels.map(|label| means.own(label));
            Body::Date { variable: variable.to_string(), labels }
        }
        Kind::Rate(rate) => Body::Grid(rated(rate, variable, named_by, means.shown)),
        Kind::Rank(rank) => {
            Body::Fill { named_by, column: "Your number", rows: rows(&rank.rows, variable, &[]), total: None }
        }
        Kind::Allocate(allocate) => Body::Fill {
            named_by,
            column: "Points",
            rows: rows(&allocate.rows, variable, &[]),
            total: Some(allocate.total),
        },
        Kind::Repeat(repeat) => repeated(repeat, variable, means),
        Kind::Ideas(ideas) => wall(ideas, variable, named_by, means),
    }
}

fn ticks(
    options: &[Choice],
    shown: &WhoIsShown<'_>,
    named: &dyn Fn(&Choice) -> (String, String),
    several: bool,
) -> Vec<Tick> {
    let tick = |option: &Choice| {
        let only_if = shown(&option.id).notes()?;
        let (variable, code) = named(option);
        let alone = (several && option.exclusive).then(|| "tick only this one".to_string());
        Some(Tick {
            variable,
            code,
            label: inline(&option.label),
            hint: option.hint.as_deref().map(inline),
            notes: alone.into_iter().chain(only_if).collect(),
            say: match option.other {
                Other::None => None,
                Other::Optional => Some("please say what, if you like:"),
                Other::Required => Some("please say what:"),
            },
        })
    };
    options.iter().filter_map(tick).collect()
}

/// True for long lists of short labels.
fn in_columns(options: &[Choice]) -> bool {
    let is_short =
        |option: &Choice| option.hint.is_none() && option.other == Other::None && option.label.chars().count() <= 36;
    options.len() > ONE_COLUMN && options.iter().all(is_short)
}

fn written(text: &Text, variable: &str) -> Writing {
    let needed = text.lines.max(1) as usize;
    Writing { variable: variable.to_string(), lines: vec![(); needed], short: false, unit: None }
}

fn figure(number: &Number, variable: &str) -> Writing {
    Writing { variable: variable.to_string(), lines: vec![()], short: true, unit: number.unit.clone() }
}

fn rows(rows: &[ItemRow], variable: &str, codes: &[String]) -> Vec<Row> {
    let row = |row: &ItemRow| Row {
        variable: format!("{variable}.{}", row.id),
        label: inline(&row.label),
        codes: codes.to_vec(),
    };
    rows.iter().map(row).collect()
}

fn rated(rate: &Rate, variable: &str, named_by: String, shown: &WhoIsShown<'_>) -> Grid {
    let column = |step: &Choice| {
        let only_if = shown(&step.id).notes()?;
        Some(Column { code: step.id.clone(), label: inline(&step.label), notes: only_if })
    };
    let columns: Vec<Column> = rate.steps.iter().filter_map(column).collect();
    let codes: Vec<String> = columns.iter().map(|column| column.code.clone()).collect();
    Grid { named_by, close: columns.len() > 7, rows: rows(&rate.rows, variable, &codes), columns }
}

fn repeated(repeat: &Repeat, variable: &str, means: &Means<'_>) -> Body {
    let printed = repeat.max.min(ENTRIES.max(repeat.min));
    let name = repeat.item_name.as_deref().unwrap_or(means.words.form.entry);
    let entry = |number: u32| {
        let mut letters = 'a'..='z';
        let question = |field: &Item| {
            let id = &field.head.id;
            let routing = match (means.shown)(id) {
                Shown::Nobody => return None,
                Shown::Everyone => Vec::new(),
                Shown::OnlyIf { condition, workings } => {
                    std::iter::once(format!("Answer this only if {condition}.")).chain(workings).collect()
                }
            };
            let shown = |option: &str| (means.shown)(&format!("{id}.{option}"));
            let within = Means { shown: &shown, ..*means };
            let letter = if matches!(field.kind, Kind::Note(_)) { None } else { letters.next() };
            let variable = format!("{variable}.{number}.{id}");
            let mut asking = asking(field, letter.map(String::from), &variable, &within);
            (asking.nested, asking.routing) = (true, routing);
            let needed = field.head.required.then(|| format!("Needed for each {name}."));
            asking.how.extend(needed);
            Some(asking)
        };
        let title = means.words.form.numbered.with(&[("name", &capital(name)), ("number", &number)]);
        Entry { title, questions: repeat.fields.iter().filter_map(question).collect() }
    };
    let more = (printed < repeat.max).then(|| {
        format!("For more, up to {}, take another sheet and write the number of this question on it.", repeat.max)
    });
    Body::Entries { entries: (1..=printed).map(entry).collect(), more }
}

fn wall(ideas: &Ideas, variable: &str, named_by: String, means: &Means<'_>) -> Body {
    let form = &means.words.form;
    let lines = ideas.max_chars.div_ceil(CHARACTERS_A_LINE).clamp(1, 8) as usize;
    let own = (1..=ideas.max_ideas).map(|number| {
        let several = || form.your_idea_number.with(&[("number", &number)]);
        let title = if ideas.max_ideas == 1 { form.your_idea.to_string() } else { several() };
        let variable = format!("{variable}.own.{number}");
        Idea { title: means.own(&title), room: Writing { variable, lines: vec![(); lines], short: false, unit: None } }
    });
    let vote =
        |(code, label): (&&str, &str)| Column { code: (*code).to_string(), label: means.own(label), notes: Vec::new() };
    let codes: Vec<String> = VOTES.iter().map(|code| (*code).to_string()).collect();
    let grid = (!ideas.seeds.is_empty()).then(|| Grid {
        named_by,
        close: false,
        columns: VOTES.iter().zip(form.votes).map(vote).collect(),
        rows: rows(&ideas.seeds, &format!("{variable}.vote"), &codes),
    });
    Body::Ideas { own: own.collect(), heading: means.own(form.what_of_these_ideas), grid }
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
