//! Who took part, and how the numbers were made: thresholds, parameters, methods, hashes.

use serde::Serialize;

use super::Words;
use super::questions::answered;
use super::table::{Cell, Table, shows, words};
use super::why::{asked as question, base};
use crate::analysis::figures::{self, FIGURES, FORMULAS};
use crate::analysis::report::{Base, Group, PopulationBase, Question, Report, Segment};
use crate::definition::consensus::{DecisionRule, Weighting};
use crate::render::chart;
use crate::render::html::Html;
use crate::render::words::{WITHHELD, decimal, grouped, grouped_or_none, interval_or_none, percent, percent_or_none};

/// Who took part.
#[derive(Serialize)]
pub(super) struct BaseView {
    lines: Vec<String>,
    modes: Option<Table>,
    segments: Vec<SegmentView>,
}

/// The groups of one segment.
#[derive(Serialize)]
struct SegmentView {
    id: String,
    label: Html,
    answered: Option<String>,
    table: Table,
}

impl BaseView {
    pub(super) fn new(report: &Report, text: &Words<'_>) -> Self {
        let compared = report.representativeness.is_some();
        let with_groups = report.segments.iter().enumerate().filter(|(_, segment)| !segment.groups.is_empty());
        let segments = with_groups.map(|(index, segment)| SegmentView {
            id: format!("s-{index}"),
            label: text.label(&segment.label),
            answered: asked(report, segment).map(answered),
            table: groups(index, segment, asked(report, segment), compared, text).under(&format!("s-{index}")),
        });
        Self {
            lines: match &report.view {
                // Who could take part, began or took back is known of all together alone.
                Some(view) if view.is_part() => vec![report.base.access.protection.clone()],
                _ => lines(&report.base),
            },
            modes: (!report.base.by_mode.is_empty()).then(|| modes(&report.base, text)),
            segments: segments.collect(),
        }
    }
}

fn lines(base: &Base) -> Vec<String> {
    let invited = base.invited.map_or_else(
        || "Nobody counted who could have taken part.".to_owned(),
        |invited| format!("{} were made.", counted(invited, "invitation")),
    );
    let took_part = format!("{} started and {} sent their answers.", grouped(base.started), grouped(base.completed));
    let withdrawn = match base.withdrawn {
        0 => None,
        1 => Some("1 person withdrew what they had sent: it is deleted, and no figure here counts it.".to_owned()),
        n => Some(format!(
            "{} people withdrew what they had sent: it is deleted, and no figure here counts it.",
            grouped(n)
        )),
    };
    let population = base.population.as_ref().map(population);
    [Some(base.access.protection.clone()), Some(invited), Some(took_part), withdrawn, population]
        .into_iter()
        .flatten()
        .collect()
}

fn counted(n: u64, what: &str) -> String {
    format!("{} {what}{}", grouped(n), if n == 1 { "" } else { "s" })
}

fn population(population: &PopulationBase) -> String {
    format!(
        "The people it is about number about {} ({} to {}; source: {}). Those who sent their answers are {:.1}% of them.",
        grouped(population.estimate),
        grouped(population.low),
        grouped(population.high),
        population.source,
        population.reach * 100.0
    )
}

fn modes(base: &Base, text: &Words<'_>) -> Table {
    let rows = base.by_mode.iter().map(|mode| {
        vec![
            Cell::head(Html::text(&mode.label)),
            Cell::figure(&grouped(mode.started)),
            Cell::figure(&grouped(mode.completed)),
        ]
    });
    Table::new(
        "t-modes".to_owned(),
        text.caption("How people took part"),
        vec![words("Through"), shows(&figures::STARTED), shows(&figures::SENT)],
        rows.collect(),
    )
    .of(&[("Base", Html::text("everyone who began"))], text)
}

/// The question that a segment is made of; none where its groups came with imported answers.
fn asked<'a>(report: &'a Report, segment: &Segment) -> Option<&'a Question> {
    report.questions.iter().find(|question| question.id == segment.id)
}

/// The groups of a segment; beside the population only where no section of its own compares the two.
fn groups(index: usize, segment: &Segment, asked: Option<&Question>, compared: bool, text: &Words<'_>) -> Table {
    let against_population = !compared && segment.groups.iter().any(|group| group.population_share.is_some());
    let mut columns = vec![words("Group"), shows(&figures::PEOPLE), shows(&figures::SHARE)];
    columns.extend(asked.map(|_| shows(&figures::INTERVAL)));
    columns.extend(against_population.then_some(shows(&figures::POPULATION)));
    columns.push(shows(&figures::BAR));
    let rows = segment.groups.iter().map(|group| {
        let row = asked.map(|question| question.rows.iter().find(|row| row.id == group.id));
        let mut cells = vec![
            Cell::head(text.label(&group.label)),
            Cell::figure(&group.n.map_or_else(|| WITHHELD.to_owned(), grouped)),
            Cell::figure(&percent_or_none(group.share)),
        ];
        cells.extend(row.map(|row| Cell::figure(&interval_or_none(row.and_then(|row| row.interval)))));
        cells.extend(against_population.then(|| Cell::figure(&percent_or_none(group.population_share))));
        cells.push(Cell::html(group_bar(group, against_population)));
        cells
    });
    let caption = if against_population {
        "Bar: share of those who answered; line across it: share of the population"
    } else {
        "Share of those who answered"
    };
    let basis = match asked {
        Some(asked) => vec![question(&asked.label, &asked.id, text), base(&answered(asked))],
        None => vec![question(&segment.label, &segment.id, text), base("everyone whose group came with the answers")],
    };
    Table::new(format!("t-s{index}"), text.caption(caption), columns, rows.collect()).of(&basis, text)
}

fn group_bar(group: &Group, against_population: bool) -> Html {
    match (group.share, group.population_share.filter(|_| against_population)) {
        (Some(share), Some(population)) => chart::bar_and_line(share, population),
        (Some(share), None) => chart::bar(share),
        (None, _) => Html::default(),
    }
}

/// Names a column whose head is a label of the definition.
const LABELLED: &str = "Columns with labels";

/// How the numbers were made.
#[derive(Serialize)]
pub(super) struct MethodView {
    notes: Vec<String>,
    rule: Table,
    parameters: Table,
    has_parameters: bool,
    survey: String,
    version: String,
    seed: String,
    definition_hash: String,
    responses_hash: String,
    /// Empty if there is no model.
    model_hash: String,
    /// Empty if nobody coded.
    coding_hash: String,
    /// How to make the report anew.
    command: String,
    formulas: Vec<FormulaView>,
    figures: Vec<FigureView>,
}

/// A formula with its source.
#[derive(Serialize)]
struct FormulaView {
    id: &'static str,
    name: &'static str,
    says: &'static str,
    source: &'static str,
}

/// What a column shows.
#[derive(Serialize)]
struct FigureView {
    name: &'static str,
    is: &'static str,
    id: Option<&'static str>,
    formula: Option<&'static str>,
}

impl MethodView {
    pub(super) fn new(report: &Report, text: &Words<'_>) -> Self {
        let method = &report.method;
        let parameters = method.parameters.iter();
        let rows = parameters.map(|(name, setting)| vec![Cell::head(Html::text(name)), Cell::words(setting)]);
        Self {
            notes: method.notes.clone(),
            rule: rule(&method.rule, text),
            parameters: Table::new(
                "t-parameters".to_owned(),
                text.caption("Other settings"),
                vec![words("Setting"), words("In force")],
                rows.collect(),
            ),
            has_parameters: !method.parameters.is_empty(),
            survey: report.survey.clone(),
            version: method.version.clone(),
            seed: method.seed.to_string(),
            definition_hash: report.hashes.definition.clone(),
            responses_hash: report.hashes.responses.clone(),
            model_hash: report.hashes.model.clone().unwrap_or_default(),
            coding_hash: report.hashes.coding.clone().unwrap_or_default(),
            command: format!("canvass report {} --seed {} --out FOLDER", report.survey, method.seed),
            formulas: FORMULAS
                .iter()
                .map(|one| FormulaView { id: one.id, name: one.name, says: one.says, source: one.source })
                .collect(),
            figures: FIGURES
                .iter()
                .filter(|one| one.id != "bar")
                .map(|one| FigureView {
                    name: if one.name.is_empty() { LABELLED } else { one.name },
                    is: one.is,
                    id: one.by.map(|formula| formula.id),
                    formula: one.by.map(|formula| formula.name),
                })
                .collect(),
        }
    }
}

fn rule(rule: &DecisionRule, text: &Words<'_>) -> Table {
    let people = |count: u32| grouped_or_none(Some(u64::from(count)));
    let thresholds = [
        ("Error rate of each family of tests", decimal(rule.alpha)),
        ("Broad support: overall support must exceed", percent(rule.tau_overall)),
        ("Broad support: support in every tested group must exceed", percent(rule.tau_segment)),
        ("Divided opinion: support and opposition must both exceed", percent(rule.tau_polar)),
        ("Focused support: its groups must lead the rest by", percentage_points(rule.delta)),
        ("Fewest answers for any verdict", people(rule.n_min_overall)),
        ("Fewest answers for a group to be tested", people(rule.n_min_segment)),
        ("Fewest answers for a group to object", people(rule.n_min_guard)),
        ("Overall interval called imprecise above", plus_or_minus(rule.precision_overall)),
        ("Group interval called imprecise above", plus_or_minus(rule.precision_segment)),
    ];
    let weighting = (rule.weighting != Weighting::None).then(|| {
        let bounds = format!("{} to {} times the mean", decimal(rule.weight_min), decimal(rule.weight_max));
        [("Answers weighted to the population", "by raking".to_owned()), ("Weights from", bounds)]
    });
    let thresholds = thresholds.into_iter().chain(weighting.into_iter().flatten());
    let rows = thresholds.map(|(name, limit)| vec![Cell::head(Html::text(name)), Cell::words(&limit)]);
    Table::new(
        "t-rule".to_owned(),
        text.caption("The decision rule, fixed before the first answer"),
        vec![words("Threshold"), words("Set at")],
        rows.collect(),
    )
}

fn percentage_points(share: f64) -> String {
    format!("{} percentage points", decimal(share * 100.0))
}

fn plus_or_minus(share: f64) -> String {
    format!("± {}", percentage_points(share))
}
