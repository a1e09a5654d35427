//! A comparison as one self-contained page, made of the building blocks of the report.
//!
//! Every number comes from [`Comparison`]; this file only chooses words and decimals.

use serde::Serialize;

use super::table::{Cell, Table, shows, shows_of, words};
use super::why::{Rests, asked, base};
use super::{Frame, SIMULATED, Words};
use crate::analysis::compare::report::{Change, Comparison, Composition, Line, Part, Question};
use crate::analysis::compare::{points, verdict};
use crate::analysis::figures::{self, compare as shown};
use crate::render::chart::{self, Changed, Changes, Shape};
use crate::render::html::Html;
use crate::render::words::{NONE, WITHHELD, grouped, interval_or_none, percent_or_none};
use crate::render::{RenderError, Renderer};

/// Most interventions whose chart is open from the start, and most questions whose tables are.
const OPEN: usize = 30;
const OPEN_QUESTIONS: usize = 6;

/// Makes `compare.html`, with the style sheet `css` inside it.
pub fn compare_html(renderer: &Renderer, comparison: &Comparison, css: &str) -> Result<String, RenderError> {
    renderer.render("compare/page", &View::new(comparison, css))
}

/// The same as a page of a service.
pub fn compare_framed(renderer: &Renderer, comparison: &Comparison, frame: Frame) -> Result<String, RenderError> {
    renderer.render("compare/page", &View { frame: Some(frame), ..View::new(comparison, "") })
}

/// What the page places.
#[derive(Serialize)]
struct View {
    css: Html,
    /// Not there on a page that stands alone.
    frame: Option<Frame>,
    shapes: Html,
    title: String,
    lead: Vec<Lead>,
    caution: Option<&'static str>,
    banner: Option<String>,
    findings: Vec<String>,
    notices: Vec<String>,
    contents: Vec<Entry>,
    chart: Option<Html>,
    folded: bool,
    interventions: Option<Table>,
    adjusted: Option<Table>,
    composition: Vec<Section>,
    questions: Vec<Section>,
    questions_folded: bool,
    matching: Table,
    notes: Vec<String>,
    formulas: Vec<Formula>,
    sides: Vec<Provenance>,
    command: String,
    software: String,
}

/// What a side is called and what it is.
#[derive(Serialize)]
struct Lead {
    name: String,
    title: Html,
    what: String,
}

/// A line of the contents.
#[derive(Serialize)]
struct Entry {
    id: &'static str,
    text: &'static str,
}

/// A table under a heading and a sentence.
#[derive(Serialize)]
struct Section {
    id: String,
    label: Html,
    text: String,
    table: Table,
}

/// A formula with its source.
#[derive(Serialize)]
struct Formula {
    id: &'static str,
    name: &'static str,
    says: &'static str,
    source: &'static str,
}

/// What a side was made from.
#[derive(Serialize)]
struct Provenance {
    name: String,
    title: Html,
    version: u32,
    people: String,
    definition: String,
    responses: String,
}

impl View {
    fn new(comparison: &Comparison, css: &str) -> Self {
        let [first, second] = &comparison.sides;
        let name = format!("{}-{}", first.survey, second.survey);
        let simulated = comparison.sides.iter().any(|side| side.simulated > 0);
        let text = Words::of((&comparison.language, &name), simulated.then_some(SIMULATED), rests(comparison));
        let formulas = shown::FORMULAS.iter().chain([&&figures::WILSON, &&figures::VERDICT, &&figures::RAKING]);
        let is_simulated = |code: &str| code == "simulated";
        let banner: Vec<String> =
            comparison.notices.iter().filter(|one| is_simulated(&one.code)).map(|one| one.text.clone()).collect();
        let view = Self {
            // A style sheet ends at the first closing tag, wherever that stands; CSS reads `<\/` as `</`.
            css: Html::made_here(css.replace("</", "<\\/")),
            frame: None,
            shapes: chart::shapes(),
            title: format!("{} and {} compared", first.name, second.name),
            lead: comparison
                .sides
                .iter()
                .map(|side| Lead {
                    name: side.name.clone(),
                    title: text.label(&side.title),
                    what: match side.round {
                        Some(round) => format!("round {round}, {} people", grouped(side.people)),
                        None => format!("version {}, {} people", side.version, grouped(side.people)),
                    },
                })
                .collect(),
            caution: text.caution,
            banner: (!banner.is_empty()).then(|| banner.join(" ")),
            findings: comparison.findings.clone(),
            notices: comparison
                .notices
                .iter()
                .filter(|one| !is_simulated(&one.code))
                .map(|one| one.text.clone())
                .collect(),
            contents: Vec::new(),
            chart: (!comparison.interventions.is_empty()).then(|| drawn(comparison, &text)),
            folded: comparison.interventions.len() > OPEN,
            interventions: (!comparison.interventions.is_empty()).then(|| interventions(comparison, &text)),
            adjusted: adjusted(comparison, &text),
            composition: (0..)
                .zip(&comparison.composition)
                .map(|(at, mix)| composed(at, mix, comparison, &text))
                .collect(),
            questions: (0..).zip(&comparison.questions).map(|(at, one)| question(at, one, comparison, &text)).collect(),
            questions_folded: comparison.questions.len() > OPEN_QUESTIONS,
            matching: matching(comparison, &text),
            notes: comparison.method.clone(),
            formulas: formulas
                .map(|one| Formula { id: one.id, name: one.name, says: one.says, source: one.source })
                .collect(),
            sides: comparison
                .sides
                .iter()
                .map(|side| Provenance {
                    name: side.name.clone(),
                    title: text.label(&side.title),
                    version: side.version,
                    people: grouped(side.people),
                    definition: side.definition.clone(),
                    responses: side.responses.clone(),
                })
                .collect(),
            command: format!("canvass compare {} {} --out FOLDER", first.name, second.name),
            software: comparison.software.clone(),
        };
        Self { contents: view.sections(), ..view }
    }

    fn sections(&self) -> Vec<Entry> {
        let sections = [
            (self.interventions.is_some(), "interventions", "Support for each intervention"),
            (!self.composition.is_empty(), "composition", "Who answered"),
            (!self.questions.is_empty(), "questions", "Answers to each question"),
            (true, "matching", "What was asked on both sides"),
            (true, "method", "How the numbers were made"),
        ];
        sections.into_iter().filter(|(there, ..)| *there).map(|(_, id, text)| Entry { id, text }).collect()
    }
}

/// What all tables rest on.
fn rests(comparison: &Comparison) -> Rests {
    let side = |side: &crate::analysis::compare::report::SideReport| {
        format!("{} responses of {}, read by version {}", grouped(side.people), side.name, side.version)
    };
    let [first, second] = &comparison.sides;
    let weights = if first.weighted && second.weighted {
        "in what is named weighted, in differences of support and in verdicts; all else counts people"
    } else {
        "none"
    };
    Rests::said(format!("{}; {}", side(first), side(second)), weights, "compare.csv")
}

fn is_paired(comparison: &Comparison) -> bool {
    comparison.relation == "rounds"
}

/// The words, and the shape, for what a difference says.
fn says(line: &Line) -> (&'static str, Shape) {
    match line.change.as_ref().map(|change| change.reading.as_str()) {
        Some("rose") => ("Rose", Shape::Disc),
        Some("fell") => ("Fell", Shape::Square),
        Some(_) => ("Cannot tell", Shape::Ring),
        None if line.withheld => ("Withheld", Shape::Ring),
        None => ("Not compared", Shape::Ring),
    }
}

fn drawn(comparison: &Comparison, text: &Words<'_>) -> Html {
    let [first, second] = &comparison.sides;
    let row = |one: &'_ crate::analysis::compare::report::Intervention| {
        let (note, shape) = says(&one.line);
        let change = one.line.change.as_ref();
        let figures = change.map_or_else(|| note.to_lowercase(), |change| points(change.difference));
        (note, shape, change.map(|change| (change.difference, change.interval)), figures)
    };
    let rows = comparison.interventions.iter().map(|one| {
        let (note, shape, difference, figures) = row(one);
        Changed { label: &one.line.label, note, difference, figures, shape }
    });
    let mut rows: Vec<Changed<'_>> = rows.collect();
    let size = |row: &Changed<'_>| row.difference.map_or(f64::NEG_INFINITY, |(difference, _)| difference);
    rows.sort_by(|a, b| size(b).total_cmp(&size(a)));
    let whom = if is_paired(comparison) { "of the same people, " } else { "" };
    let subtitle = format!(
        "Difference in support {whom}in percentage points with its 95% interval: {} less {}",
        second.name, first.name
    );
    let title = text.caption("Whether support differs");
    chart::changes(&Changes { id: "c-interventions", title: &title, subtitle: &subtitle, language: text.foreign, rows })
}

/// The columns of a table of shares on both sides after the heads of its rows.
fn columns(comparison: &Comparison, weighted: bool) -> Vec<super::table::Column> {
    let side = |at: &crate::analysis::compare::report::SideReport| shows_of(Html::text(&at.name), &shown::PART);
    let mut columns: Vec<_> = comparison.sides.iter().map(side).collect();
    if weighted {
        let side = |at: &crate::analysis::compare::report::SideReport| {
            shows_of(Html::text(&format!("{}, weighted", at.name)), &shown::WEIGHTED_PART)
        };
        columns.extend(comparison.sides.iter().map(side));
    }
    columns.extend(if is_paired(comparison) {
        vec![shows(&shown::SAME_PEOPLE), shows(&shown::PAIRED_DIFFERENCE), shows(&shown::PAIRED_TEST)]
    } else {
        vec![shows(&shown::DIFFERENCE), shows(&shown::TEST)]
    });
    columns.push(shows(&shown::SAYS));
    columns
}

fn cells(comparison: &Comparison, line: &Line, weighted: bool) -> Vec<Cell> {
    let mut cells: Vec<Cell> = line.parts.iter().map(|part| side(part, line.withheld)).collect();
    if weighted {
        cells.extend(line.parts.iter().map(|part| match part.weighted {
            Some(found) => Cell::two_lines(
                &percent_or_none(Some(found.share)),
                &format!("{}\n{} effective", interval_or_none(Some(found.interval)), grouped(found.n_eff)),
            ),
            None => Cell::figure(if line.withheld { WITHHELD } else { NONE }),
        }));
    }
    if is_paired(comparison) {
        let pairs = line.change.as_ref().and_then(|change| change.pairs);
        let told = pairs.map(|pairs| {
            format!("{} → {} of {}", grouped(pairs.counts[0]), grouped(pairs.counts[1]), grouped(pairs.n))
        });
        cells.push(Cell::words(told.as_deref().unwrap_or(if line.withheld { WITHHELD } else { NONE })));
    }
    cells.extend(change(line.change.as_ref(), line.withheld));
    cells.push(Cell::words(says(line).0));
    cells
}

/// The share on a side with its interval and its counts.
fn side(part: &Part, withheld: bool) -> Cell {
    match part.count {
        Some(count) if part.n > 0 => Cell::two_lines(
            &percent_or_none(part.share),
            &format!("{}\n{} of {}", interval_or_none(part.interval), grouped(count), grouped(part.n)),
        ),
        _ => Cell::figure(if withheld { WITHHELD } else { NONE }),
    }
}

fn change(change: Option<&Change>, withheld: bool) -> [Cell; 2] {
    let Some(change) = change else {
        let instead = if withheld { WITHHELD } else { NONE };
        return [Cell::figure(instead), Cell::figure(instead)];
    };
    let p = match change.p_holm {
        p if p < 0.001 => "< 0.001".to_owned(),
        p => format!("{p:.3}"),
    };
    [Cell::two_lines(&points(change.difference), &interval(change.interval)), Cell::figure(&p)]
}

fn interval([low, high]: [f64; 2]) -> String {
    format!("{} to {}", points(low), points(high))
}

fn interventions(comparison: &Comparison, text: &Words<'_>) -> Table {
    let weighted = comparison.sides.iter().all(|side| side.weighted);
    let mut heads = vec![words("Intervention")];
    heads.extend(columns(comparison, weighted));
    heads.push(shows(&shown::VERDICTS));
    let rows = comparison.interventions.iter().map(|one| {
        let mut row = vec![Cell::head(text.label(&one.line.label))];
        row.extend(cells(comparison, &one.line, weighted));
        row.push(Cell::words(&one.verdicts.as_ref().map_or_else(
            || if one.line.withheld { WITHHELD } else { NONE }.to_owned(),
            |[before, after]| match (verdict(before), verdict(after)) {
                (before, after) if before == after => format!("{before}, both"),
                (before, after) => format!("{before} → {after}"),
            },
        )));
        row
    });
    let caption = text.caption("Support for each intervention on both sides");
    let basis = [base("of each intervention and side those who gave an answer that counts")];
    Table::new("t-interventions".to_owned(), caption, heads, rows.collect()).of(&basis, text)
}

/// The differences at one mix of groups, by each question whose mix differs; none where there is none to tell.
fn adjusted(comparison: &Comparison, text: &Words<'_>) -> Option<Table> {
    let by = |id: &str| comparison.interventions.iter().any(|one| one.adjusted.iter().any(|found| found.segment == id));
    let mixes: Vec<&Composition> = comparison.composition.iter().filter(|mix| by(&mix.id)).collect();
    if mixes.is_empty() {
        return None;
    }
    let mut heads = vec![words("Intervention"), shows(&shown::DIFFERENCE)];
    heads.extend(
        mixes.iter().map(|mix| shows_of(text.label(&format!("At one mix by “{}”", mix.label)), &shown::ADJUSTED)),
    );
    let rows = comparison.interventions.iter().map(|one| {
        let [difference, _] = change(one.line.change.as_ref(), one.line.withheld);
        let mut row = vec![Cell::head(text.label(&one.line.label)), difference];
        row.extend(mixes.iter().map(|mix| match one.adjusted.iter().find(|found| found.segment == mix.id) {
            Some(found) => Cell::two_lines(&points(found.difference), &interval(found.interval)),
            None => Cell::figure(NONE),
        }));
        row
    });
    let caption = text.caption("The same difference if both sides had one mix of people");
    let basis = [base("those whose group is known; – where a group has too few people or may not be shown")];
    Some(Table::new("t-adjusted".to_owned(), caption, heads, rows.collect()).of(&basis, text))
}

fn composed(at: usize, mix: &Composition, comparison: &Comparison, text: &Words<'_>) -> Section {
    let mut heads = vec![words("Group")];
    heads.extend(comparison.sides.iter().map(|side| shows_of(Html::text(&side.name), &shown::GROUP)));
    heads.push(shows(&shown::GROUP_GAP));
    let rows = mix.groups.iter().map(|group| {
        let side = |at: usize| match (group.counts.get(at).copied().flatten(), group.shares.get(at).copied().flatten())
        {
            (Some(count), share) => Cell::two_lines(&percent_or_none(share), &grouped(count)),
            (None, _) => Cell::figure(WITHHELD),
        };
        let gap = match group.shares {
            [Some(first), Some(second)] => points(second - first),
            _ => NONE.to_owned(),
        };
        vec![Cell::head(text.label(&group.label)), side(0), side(1), Cell::figure(&gap)]
    });
    let id = format!("s-{at}");
    let says = match (mix.distance, mix.p_holm) {
        (Some(distance), Some(p)) => {
            let p = if p < 0.001 { "p < 0.001".to_owned() } else { format!("p = {p:.3}") };
            let distance = percent_or_none(Some(distance));
            if mix.reading == "differs" {
                format!(
                    "The mixes differ: {distance} of one side would have to be in another group ({p} after Holm’s correction)."
                )
            } else {
                format!(
                    "Whether the mixes differ cannot be told: {distance} of one side would have to be in another group ({p} after Holm’s correction)."
                )
            }
        }
        _ => "A side has nobody who answered it.".to_owned(),
    };
    let basis = [asked(&mix.label, &mix.id, text), base(&bases(mix.n, comparison))];
    let caption = text.caption("Share of those who answered on each side");
    let table = Table::new(format!("t-s{at}"), caption, heads, rows.collect()).of(&basis, text).under(&id);
    Section { id, label: text.label(&mix.label), text: says, table }
}

/// How many answered on each side.
fn bases([one, other]: [u64; 2], comparison: &Comparison) -> String {
    let [first, second] = &comparison.sides;
    format!("{} answered in {} and {} in {}", grouped(one), first.name, grouped(other), second.name)
}

fn question(at: usize, question: &Question, comparison: &Comparison, text: &Words<'_>) -> Section {
    let weighted = question.lines.iter().any(|line| line.parts.iter().any(|part| part.weighted.is_some()));
    let mut heads = vec![words("Answer")];
    heads.extend(columns(comparison, weighted));
    let rows = question.lines.iter().map(|line| {
        let mut row = vec![Cell::head(text.label(&line.label))];
        row.extend(cells(comparison, line, weighted));
        row
    });
    let counts = match question.counts.as_str() {
        "first" => "Counted is who put it first. ",
        "points" => "Counted is who gave it any points. ",
        _ => "",
    };
    let id = format!("q-{at}");
    let basis = [asked(&question.label, &question.id, text), base(&bases(question.n, comparison))];
    let caption = text.caption("Each answer on both sides");
    let table = Table::new(format!("t-q{at}"), caption, heads, rows.collect()).of(&basis, text).under(&id);
    Section {
        id,
        label: text.label(&question.label),
        text: format!("{counts}{}.", bases(question.n, comparison)),
        table,
    }
}

fn matching(comparison: &Comparison, text: &Words<'_>) -> Table {
    let rows = comparison.matching.iter().map(|one| {
        let state = match one.state.as_str() {
            "same" => "Yes",
            "caution" => "Yes, with caution",
            "not_compared" => "No",
            "only_first" => "Only on the first side",
            _ => "Only on the second side",
        };
        let head = format!("{} <code>{}</code>", text.label(&one.label), Html::text(&one.id));
        vec![Cell::head(Html::made_here(head)), Cell::words(state), Cell::words(&one.reasons.join(" "))]
    });
    let heads = vec![words("Question"), shows(&shown::MATCH), shows(&shown::BECAUSE)];
    let caption = text.caption("The questions of both sides");
    Table::new("t-matching".to_owned(), caption, heads, rows.collect())
        .of(&[base("every question of either side")], text)
}
