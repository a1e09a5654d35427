//! The codebook: what every column of `responses.csv` holds, who was asked for it and what its codes mean; and
//! `codebook.csv`, one row a column and code.

use std::collections::BTreeMap;
use std::io::Write;

use super::columns::{Columns, Meaning};
use super::csv::guarded;
pub use crate::definition::codebook::ABOUT_THE_RESPONSE;
use crate::definition::codebook::{Source, Variable, variables};
use crate::definition::routing::{self, Asked, Numbers};
use crate::definition::rule::english_value;
use crate::definition::{Calculated, Page, Question, Survey, plain};
use crate::item::options::Choice;
use crate::item::{Item, Kind, Scale};

/// One column, with where it comes from.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// The column.
    pub variable: Variable,
    /// The survey that has it: the current version, or for what is gone the last that had it.
    pub survey: &'a Survey,
    /// The page, with its number if anyone sees it; none for what is calculated.
    pub page: Option<(Option<usize>, &'a Page)>,
    /// The question, with its number if anyone is asked.
    pub question: Option<(Option<usize>, &'a Question)>,
    /// The item that it holds answers to: the question's, or that of a field of a repeat.
    pub item: Option<&'a Item>,
    /// What is calculated.
    pub calculated: Option<&'a Calculated>,
    /// Who was asked, as a sentence without a full stop.
    pub asked: String,
}

/// Every column of the answers to one version, in the order of the export.
pub fn entries(survey: &Survey) -> Vec<Entry<'_>> {
    let places = Places::new(survey);
    variables(survey).into_iter().map(|variable| places.entry(variable)).collect()
}

/// Where the questions of a version stand, and who is asked them.
struct Places<'a> {
    survey: &'a Survey,
    numbers: Numbers,
    /// Page, question and who is asked, by the question's id.
    placed: BTreeMap<&'a str, (&'a Page, &'a Question, String)>,
}

impl<'a> Places<'a> {
    fn new(survey: &'a Survey) -> Self {
        let numbers = Numbers::new(survey);
        let place = |(page, question): (&'a Page, &'a Question)| {
            let asked = asked_of(survey, &numbers, page, question);
            (question.item.head.id.as_str(), (page, question, asked))
        };
        let placed = survey.questions().map(place).collect();
        Self { survey, numbers, placed }
    }

    fn entry(&self, variable: Variable) -> Entry<'a> {
        let survey = self.survey;
        if variable.source == Source::Calculated {
            let calculated = survey.calculated(&variable.item);
            let asked = "Nobody: it is computed from other answers".to_string();
            return Entry { variable, survey, page: None, question: None, item: None, calculated, asked };
        }
        let found = self.placed.get(variable.item.as_str());
        let asked = found.map(|(_, question, asked)| {
            let field = variable.field().map(|field| field_shown_to(&routing::of_part(survey, question, field)));
            let option = variable.option().map(|option| part_name(&variable, option));
            let option = option.map(|option| offered_to(&routing::of_part(survey, question, &option)));
            let parts = [Some(asked.clone()), field, option].into_iter().flatten();
            parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(". ")
        });
        let item = found.map(|(_, question, _)| match (&question.item.kind, variable.field()) {
            (Kind::Repeat(repeat), Some(id)) => {
                repeat.fields.iter().find(|field| field.head.id == id).unwrap_or(&question.item)
            }
            _ => &question.item,
        });
        Entry {
            survey,
            page: found.map(|(page, ..)| (self.numbers.page(&page.id), *page)),
            question: found.map(|(_, question, _)| (self.numbers.question(&question.item.head.id), *question)),
            item,
            calculated: None,
            asked: asked.unwrap_or_default(),
            variable,
        }
    }
}

/// Columns with where they come from, each in the version that its meaning names.
pub fn entries_of<'a, 'c>(meanings: impl IntoIterator<Item = &'c Meaning<'a>>) -> Vec<Entry<'a>>
where
    'a: 'c,
{
    let mut versions: Vec<Places<'a>> = Vec::new();
    let mut entries = Vec::new();
    for Meaning { variable, survey } in meanings {
        let known = versions.iter().position(|places| std::ptr::eq(places.survey, *survey));
        let known = known.unwrap_or_else(|| {
            versions.push(Places::new(survey));
            versions.len() - 1
        });
        entries.extend(versions.get(known).map(|places| places.entry(variable.clone())));
    }
    entries
}

/// Who is asked a question, as a sentence without a full stop.
pub fn asked_of(survey: &Survey, numbers: &Numbers, page: &Page, question: &Question) -> String {
    let asked = routing::of_question(survey, page, question);
    let ends: Vec<String> = routing::ends_before(survey, page)
        .filter_map(|end| numbers.page(&end.id))
        .map(|number| format!(", unless the consultation ended on page {number}"))
        .collect();
    match asked {
        Asked::Nobody(_) => to_whom(&asked),
        _ => format!("{}{}", to_whom(&asked), ends.concat()),
    }
}

/// “Everyone”, “If ‘What are you here?’ is A trader”, “Nobody: …”.
pub fn to_whom(asked: &Asked) -> String {
    match asked {
        Asked::Everyone => "Everyone".to_string(),
        Asked::If(condition) => format!("If {condition}"),
        Asked::Nobody(rule) => format!("Nobody: an import could not read its rule, {rule}"),
    }
}

/// “Offered if …” or “Offered to nobody: …”; empty where everyone is offered it.
pub fn offered_to(offered: &Asked) -> String {
    match offered {
        Asked::Everyone => String::new(),
        Asked::If(condition) => format!("Offered if {condition}"),
        Asked::Nobody(rule) => format!("Offered to nobody: an import could not read its rule, {rule}"),
    }
}

/// “This field only if …” or “This field nobody: …”; empty where everyone who is asked is shown it.
pub fn field_shown_to(shown: &Asked) -> String {
    match shown {
        Asked::Everyone => String::new(),
        Asked::If(condition) => format!("This field only if {condition}"),
        Asked::Nobody(rule) => format!("This field nobody: an import could not read its rule, {rule}"),
    }
}

/// The name of an option as a part of the question that a column belongs to.
fn part_name(variable: &Variable, option: &str) -> String {
    variable.field().map_or_else(|| option.to_string(), |field| format!("{field}.{option}"))
}

impl Entry<'_> {
    /// The option that a code stands for; of a column for one option, that option.
    pub fn choice(&self, code: &str) -> Option<&Choice> {
        let options = match self.item?.scale() {
            Scale::Nominal(options) | Scale::Ordinal(options) | Scale::Multiple(options) => options,
            Scale::Ratings { steps, .. } => steps,
            _ => return None,
        };
        let id = self.variable.option().unwrap_or(code);
        options.iter().find(|option| option.id == id)
    }

    /// The type of question, as a definition writes it, or `calculated`.
    pub fn kind(&self) -> &'static str {
        self.item.map_or("calculated", |item| item.kind.name())
    }

    /// To whom a code is offered: empty where everyone asked is offered it.
    pub fn offered(&self, code: &str) -> String {
        let question = self.question.map(|(_, question)| question);
        let part = part_name(&self.variable, code);
        question.map_or_else(String::new, |question| offered_to(&routing::of_part(self.survey, question, &part)))
    }

    /// What is calculated, as written and in words.
    pub fn expression(&self) -> Option<(String, String)> {
        let value = &self.calculated?.value;
        Some((value.text().to_string(), english_value(value, self.survey)))
    }

    /// The page, for a table: its number and its title, or its id where it has none.
    pub fn page_name(&self) -> String {
        let Some((number, page)) = self.page else { return String::new() };
        let name = page.title.as_deref().map_or_else(|| page.id.clone(), plain);
        number.map_or_else(|| name.clone(), |number| format!("{number}. {name}"))
    }
}

/// The columns of the codebook as a table.
pub const TABLE: [&str; 14] = [
    "variable",
    "label",
    "scale",
    "code",
    "meaning",
    "value",
    "missing",
    "type",
    "page",
    "number",
    "question",
    "asked",
    "offered",
    "expression",
];

/// Those columns of the table that hold what authors wrote, or are made of it.
const WORDED: [usize; 7] = [1, 4, 8, 10, 11, 12, 13];

/// Writes `codebook.csv` of these columns.
pub fn write<W: Write>(columns: &Columns<'_>, out: W) -> Result<(), ::csv::Error> {
    let mut out = ::csv::Writer::from_writer(out);
    out.write_record(TABLE)?;
    each_row(columns, |row| {
        for (at, cell) in row.into_iter().enumerate() {
            if WORDED.contains(&at) {
                out.write_field(guarded(cell.to_string()))?;
            } else {
                out.write_field(cell)?;
            }
        }
        out.write_record(None::<&[u8]>)
    })?;
    out.flush()?;
    Ok(())
}

/// Hands every row of the table to `take`, one a column and code; stops at its first error.
pub fn each_row<E>(columns: &Columns<'_>, mut take: impl FnMut([&str; 14]) -> Result<(), E>) -> Result<(), E> {
    for (name, label, scale) in ABOUT_THE_RESPONSE {
        take([name, label, scale, "", "", "", "", "", "", "", "", "", "", ""])?;
    }
    for entry in entries_of(columns.meanings()) {
        let variable = &entry.variable;
        let question = entry.question.map_or_else(String::new, |(_, question)| plain(&question.item.head.text));
        let number = entry.question.and_then(|(number, _)| number).map_or_else(String::new, |n| n.to_string());
        let expression = entry.expression().map_or_else(String::new, |(written, _)| written);
        let page = entry.page_name();
        let mut row = |[code, meaning, value, missing, offered]: [&str; 5]| {
            take([
                &variable.name,
                &variable.label,
                variable.scale,
                code,
                meaning,
                value,
                missing,
                entry.kind(),
                &page,
                &number,
                &question,
                &entry.asked,
                offered,
                &expression,
            ])
        };
        if variable.codes.is_empty() {
            row([""; 5])?;
        }
        for code in &variable.codes {
            let value = code.value.map_or_else(String::new, |value| value.to_string());
            let missing = if code.missing { "yes" } else { "no" };
            row([&code.code, &code.meaning, &value, missing, &entry.offered(&code.code)])?;
        }
        for (code, meaning) in variable.reasons() {
            row([code, meaning, "", "yes", ""])?;
        }
        if let Some(meaning) = variable.empty() {
            row(["", meaning, "", "yes", ""])?;
        }
    }
    Ok(())
}
