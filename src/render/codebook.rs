//! The codebook as one self-contained page: what every column of the answers holds, in the order of the survey.

use serde::Serialize;

use crate::definition::codebook::{MISSING, Source, Variable};
use crate::definition::language::is_right_to_left;
use crate::definition::routing::{self, Numbers, Required};
use crate::definition::rule::english;
use crate::definition::{End, Page, Question, Segment, Storage, Survey, plain};
use crate::export::codebook::{ABOUT_THE_RESPONSE, Entry, asked_of, entries, field_shown_to, to_whom};
use crate::export::limits::{limits, pattern};
use crate::item::{Item, Kind, Order};
use crate::render::html::Html;
use crate::render::markdown::inline;
use crate::render::{RenderError, Renderer};
use crate::vocabulary::Words;

/// Makes `codebook.html`, with the style sheet `css` inside it.
///
/// `version` is the number of the published version, if it is one.
pub fn codebook_html(
    renderer: &Renderer,
    survey: &Survey,
    version: Option<u32>,
    css: &str,
) -> Result<String, RenderError> {
    renderer.render("codebook/page", &View::new(survey, version, css))
}

/// What the page places.
#[derive(Serialize)]
struct View {
    css: Html,
    lang: String,
    /// `rtl` where its texts are read from right to left.
    dir: Option<&'static str>,
    /// True where this program's own words are in another language than the survey's.
    foreign: bool,
    title: Html,
    plain_title: String,
    summary: String,
    about: Vec<[&'static str; 3]>,
    reasons: Vec<[&'static str; 2]>,
    pages: Vec<PageView>,
    calculated: Vec<CalculatedView>,
    checks: Vec<CheckView>,
}

/// One page of the survey.
#[derive(Serialize)]
struct PageView {
    id: String,
    heading: Html,
    asked: String,
    notes: Vec<&'static str>,
    questions: Vec<QuestionView>,
}

/// One question with its columns.
#[derive(Serialize)]
struct QuestionView {
    id: String,
    heading: Html,
    facts: Vec<Fact>,
    columns: Vec<Column>,
    codes: Vec<CodeTable>,
}

/// A fact about a question.
#[derive(Serialize)]
struct Fact {
    term: &'static str,
    text: String,
}

/// One column.
#[derive(Serialize)]
struct Column {
    id: String,
    name: String,
    holds: String,
    level: &'static str,
    /// How many codes there are, or what stands there without codes.
    codes: String,
}

/// The codes of columns that share them.
#[derive(Serialize)]
struct CodeTable {
    id: String,
    of: String,
    rows: Vec<CodeRow>,
}

/// A code.
#[derive(Serialize)]
struct CodeRow {
    code: String,
    meaning: String,
    notes: String,
}

/// A column that is calculated.
#[derive(Serialize)]
struct CalculatedView {
    column: Column,
    written: String,
    words: String,
}

/// What must hold between answers.
#[derive(Serialize)]
struct CheckView {
    rule: String,
    level: &'static str,
    message: String,
}

impl View {
    fn new(survey: &Survey, version: Option<u32>, css: &str) -> Self {
        let entries = entries(survey);
        let numbers = Numbers::new(survey);
        let published = version.map_or_else(|| "not published".to_string(), |version| format!("version {version}"));
        let checks = survey.checks.iter().filter(|check| !check.rule.is_lost()).map(|check| CheckView {
            rule: english(&check.rule, survey),
            level: if check.may_go_on {
                "Otherwise people are asked to look again"
            } else {
                "Otherwise people must change their answers"
            },
            message: plain(&check.message),
        });
        Self {
            // A style sheet ends at the first closing tag, wherever that stands; CSS reads `<\/` as `</`.
            css: Html::made_here(css.replace("</", "<\\/")),
            lang: survey.language.clone(),
            dir: is_right_to_left(&survey.language).then_some("rtl"),
            foreign: !Words::of("en").speak(&survey.language),
            title: inline(&survey.title),
            plain_title: plain(&survey.title),
            summary: format!(
                "{}, {published}: {} columns in responses.csv, of which {} are about the response itself.",
                survey.id,
                entries.len() + ABOUT_THE_RESPONSE.len(),
                ABOUT_THE_RESPONSE.len()
            ),
            about: ABOUT_THE_RESPONSE.map(|(name, holds, scale)| [name, holds, level(scale)]).to_vec(),
            reasons: MISSING.map(|(code, meaning)| [code, meaning]).to_vec(),
            pages: survey.pages.iter().map(|page| PageView::new(survey, &numbers, &entries, page)).collect(),
            calculated: entries.iter().filter_map(calculated).collect(),
            checks: checks.collect(),
        }
    }
}

impl PageView {
    fn new(survey: &Survey, numbers: &Numbers, entries: &[Entry<'_>], page: &Page) -> Self {
        let mut notes = Vec::new();
        notes.extend(page.end.map(|end| match end {
            End::ScreenedOut => "The consultation ends here, and nothing that was answered becomes a response.",
            End::Finished => "The consultation ends here, and the answers can be sent.",
        }));
        let apart = page.store == Storage::Contact;
        notes.extend(apart.then_some("Kept apart from the answers: it has no column, and nothing joins the two."));
        Self {
            id: format!("p-{}", page.id),
            heading: match (numbers.page(&page.id), page.title.as_deref().map(inline)) {
                (Some(number), Some(title)) => Html::made_here(format!("Part {number}: {title}")),
                (Some(number), None) => Html::text(&format!("Part {number} ({})", page.id)),
                (None, Some(title)) => title,
                (None, None) => Html::text(&page.id),
            },
            asked: to_whom(&routing::of_page(survey, page)),
            notes,
            questions: page
                .questions
                .iter()
                .filter(|question| !matches!(question.item.kind, Kind::Note(_)))
                .map(|question| QuestionView::new(survey, numbers, entries, page, question))
                .collect(),
        }
    }
}

impl QuestionView {
    fn new(survey: &Survey, numbers: &Numbers, entries: &[Entry<'_>], page: &Page, question: &Question) -> Self {
        let head = &question.item.head;
        let apart = page.store == Storage::Contact;
        let own: Vec<&Entry<'_>> = entries.iter().filter(|entry| !apart && entry.variable.item == head.id).collect();
        let mut facts = vec![
            Fact { term: "Type", text: question.item.kind.name().to_string() },
            Fact { term: "Asked", text: asked_of(survey, numbers, page, question) },
        ];
        let mut fact = |term, text: Option<String>| facts.extend(text.map(|text| Fact { term, text }));
        fact("Fields for some", fields_for_some(survey, question));
        fact("Hint", head.hint.as_deref().map(plain));
        fact(
            "Answer needed",
            match routing::required(survey, question) {
                Required::No => None,
                Required::Yes => Some("Yes".to_string()),
                Required::If(condition) => Some(format!("If {condition}")),
            },
        );
        let limits: Vec<String> = limits(&question.item).into_iter().chain(pattern(&question.item)).collect();
        fact("What is taken", (!limits.is_empty()).then(|| limits.join("; ")));
        fact("Order", order(&question.item).map(str::to_string));
        fact(
            "Groups",
            question.segment.map(|segment| match segment {
                Segment::Tested => "Its options make groups of respondents, tested for differences".to_string(),
                Segment::Descriptive => "Its options make groups of respondents, which are described".to_string(),
            }),
        );
        Self {
            id: format!("q-{}", head.id),
            heading: numbered(numbers.question(&head.id), &head.text),
            facts,
            columns: own.iter().map(|entry| column(entry)).collect(),
            codes: code_tables(&own),
        }
    }
}

/// The fields of a repeat that not everyone is shown, with who is.
fn fields_for_some(survey: &Survey, question: &Question) -> Option<String> {
    let Kind::Repeat(repeat) = &question.item.kind else { return None };
    let said = repeat.fields.iter().filter_map(|field| {
        let shown = field_shown_to(&routing::of_part(survey, question, &field.head.id));
        (!shown.is_empty()).then(|| format!("‘{}’: {}", plain(&field.head.text), lower(&shown)))
    });
    let said: Vec<String> = said.collect();
    (!said.is_empty()).then(|| said.join("; "))
}

fn lower(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

fn numbered(number: Option<usize>, text: &str) -> Html {
    let text = inline(text);
    Html::made_here(number.map_or_else(|| text.to_string(), |number| format!("{number}. {text}")))
}

fn order(item: &Item) -> Option<&'static str> {
    match item.head.order {
        Order::Listed => None,
        Order::Random => Some("At random for each person"),
        Order::Alphabetical => Some("By label"),
        Order::ReverseHalf => Some("As listed for one half of the people, the other way round for the other"),
    }
}

fn column(entry: &Entry<'_>) -> Column {
    let of = &entry.variable;
    let missing = of.codes.iter().filter(|code| code.missing).count();
    let free = match of.scale {
        "interval" | "allocation" => "a number",
        "day" => "a day, YYYY-MM-DD",
        _ if of.source == Source::Presented => "ids in the order shown",
        _ => "any text",
    };
    let mut codes = match (of.codes.len(), missing) {
        (0, _) => free.to_string(),
        (all, 0) => format!("{all} codes").replace("1 codes", "1 code"),
        (all, missing) => format!("{all} codes, {missing} of them no answer"),
    };
    if of.empty().is_some() {
        codes += ", or empty";
    }
    let option = of.option().map(|option| {
        let hint = entry.choice(option).and_then(|choice| choice.hint.as_deref()).map(plain);
        [hint, Some(entry.offered(option)).filter(|offered| !offered.is_empty())]
    });
    let detail = of.detail.clone().unwrap_or_else(|| "the answer".to_string());
    let parts = std::iter::once(detail).chain(option.into_iter().flatten().flatten());
    let holds = parts.collect::<Vec<_>>().join(". ");
    Column {
        id: format!("v-{}", of.name.replace('.', "-")),
        name: of.name.clone(),
        holds,
        level: level(of.scale),
        codes,
    }
}

/// The codes, each set of them once for all columns that have it.
fn code_tables(entries: &[&Entry<'_>]) -> Vec<CodeTable> {
    let alike = |one: &Entry<'_>, other: &Entry<'_>| {
        let codes = &one.variable.codes;
        *codes == other.variable.codes && codes.iter().all(|code| one.offered(&code.code) == other.offered(&code.code))
    };
    let mut sets: Vec<(&Entry<'_>, Vec<&Variable>)> = Vec::new();
    for entry in entries.iter().filter(|entry| !entry.variable.codes.is_empty()) {
        let of = &entry.variable;
        let same = sets.iter_mut().find(|(first, _)| alike(first, entry));
        match same {
            Some((_, with)) => with.push(of),
            None => sets.push((entry, vec![of])),
        }
    }
    let table = |(number, (entry, with)): (usize, (&Entry<'_>, Vec<&Variable>))| {
        let names: Vec<&str> = with.iter().map(|variable| variable.name.as_str()).collect();
        let of = match names.as_slice() {
            [first, second, .., last] if names.len() > 3 => {
                format!("{first}, {second} and {} more, to {last}", names.len() - 2)
            }
            names => names.join(", "),
        };
        let id = format!("c-{}-{}", entry.variable.item, number + 1);
        CodeTable { id, of, rows: code_rows(entry) }
    };
    sets.into_iter().enumerate().map(table).collect()
}

fn code_rows(entry: &Entry<'_>) -> Vec<CodeRow> {
    let of = &entry.variable;
    let own = of.codes.iter().map(|code| {
        let hint = entry.choice(&code.code).filter(|_| of.option().is_none()).and_then(|choice| choice.hint.as_deref());
        let notes = [
            code.value.map(|value| format!("Value {value}")),
            code.missing.then(|| "No answer to the question".to_string()),
            hint.map(plain),
            Some(entry.offered(&code.code)).filter(|offered| !offered.is_empty()),
        ];
        CodeRow {
            code: code.code.clone(),
            meaning: code.meaning.clone(),
            notes: notes.into_iter().flatten().collect::<Vec<_>>().join(". "),
        }
    });
    own.collect()
}

fn calculated(entry: &Entry<'_>) -> Option<CalculatedView> {
    let (written, words) = entry.expression()?;
    let holds = entry.variable.label.clone();
    Some(CalculatedView { column: Column { holds, ..column(entry) }, written, words })
}

/// A level of measurement in words.
fn level(scale: &'static str) -> &'static str {
    match scale {
        "flag" => "yes or no",
        "multiple" => "yes or no for each option",
        "ranking" => "place in an order",
        "allocation" => "points shared",
        "interval" => "number",
        "text" => "text",
        other => other,
    }
}
