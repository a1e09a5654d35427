//! Those who answered beside the population: what differs, in words, as tables with a bar a group, and what weights take.

use serde::Serialize;

use super::Words;
use super::table::{Cell, Table, shows, words};
use super::why;
use crate::analysis::figures;
use crate::analysis::report::Report;
use crate::analysis::weight::report::{GroupCompared, MarginCompared, WeightFigures};
use crate::render::chart;
use crate::render::html::Html;
use crate::render::words::{NONE, WITHHELD, counted, decimal, grouped, percent, percent_or_none};

/// The section.
#[derive(Serialize)]
pub(super) struct PopulationView {
    texts: Vec<String>,
    source: Option<String>,
    margins: Vec<MarginView>,
    weights: Option<Table>,
}

/// One question whose shares in the population are known.
#[derive(Serialize)]
struct MarginView {
    id: String,
    label: Html,
    answered: String,
    table: Table,
}

impl PopulationView {
    /// The section; none where the definition states no shares.
    pub(super) fn new(report: &Report, text: &Words<'_>) -> Option<Self> {
        let found = report.representativeness.as_ref()?;
        let margins = found.margins.iter().enumerate();
        Some(Self {
            texts: found.texts.clone(),
            source: (!found.source.is_empty())
                .then(|| format!("Source of the shares in the population: {}.", found.source)),
            margins: margins.map(|(index, margin)| MarginView::new(index, margin, text)).collect(),
            weights: found.weights.as_ref().map(|weights| weight_table(weights, text)),
        })
    }
}

impl MarginView {
    fn new(index: usize, margin: &MarginCompared, text: &Words<'_>) -> Self {
        let id = format!("margin-{index}");
        let base = counted(margin.n, "person answered", "people answered");
        let answered = match margin.unanswered {
            0 => format!("{base}."),
            1 => format!("{base}; 1 gave no answer that counts."),
            n => format!("{base}; {} gave no answer that counts.", grouped(n)),
        };
        let columns = vec![
            words("Group"),
            shows(&figures::PEOPLE),
            shows(&figures::SAMPLE_SHARE),
            shows(&figures::POPULATION),
            shows(&figures::GAP),
            shows(&figures::BAR),
        ];
        let rows = margin.groups.iter().map(|group| cells(group, text)).collect();
        let caption = text.caption("Bar: share of those who answered; line across it: share of the population");
        let basis = [why::asked(&margin.label, &margin.id, text), why::base(&answered)];
        let table = Table::new(format!("t-{id}"), caption, columns, rows).under(&id).of(&basis, text);
        Self { label: text.label(&margin.label), answered, table, id }
    }
}

fn cells(group: &GroupCompared, text: &Words<'_>) -> Vec<Cell> {
    let bar = match (group.share, group.population) {
        (Some(share), Some(population)) => chart::bar_and_line(share, population),
        (Some(share), None) => chart::bar(share),
        (None, _) => Html::default(),
    };
    vec![
        Cell::head(text.label(&group.label)),
        Cell::figure(&group.n.map_or_else(|| WITHHELD.to_owned(), grouped)),
        Cell::figure(&percent_or_none(group.share)),
        Cell::figure(&percent_or_none(group.population)),
        Cell::figure(&group.gap.map_or_else(|| NONE.to_owned(), points)),
        Cell::html(bar),
    ]
}

/// A gap with its sign.
fn points(gap: f64) -> String {
    let whole = (100.0 * gap).round();
    match whole {
        whole if whole > 0.0 => format!("+{whole}"),
        whole if whole < 0.0 => format!("−{}", whole.abs()),
        _ => "0".to_owned(),
    }
}

fn weight_table(weights: &WeightFigures, text: &Words<'_>) -> Table {
    let figures_of = [
        ("People", grouped(weights.n)),
        ("Effective people (Kish)", grouped(weights.n_eff)),
        ("Design effect", decimal(weights.deff)),
        ("Smallest weight, as a multiple of the mean", decimal(weights.least)),
        ("Largest weight, as a multiple of the mean", decimal(weights.most)),
        ("Largest relative error of a share that is left", percent(weights.margin_error)),
    ];
    let rows = figures_of.map(|(name, figure)| vec![Cell::head(Html::text(name)), Cell::figure(&figure)]);
    Table::new(
        "t-weights".to_owned(),
        text.caption("What weights to these shares look like"),
        vec![words("Figure"), shows(&figures::OF_WEIGHTS)],
        rows.to_vec(),
    )
    .of(&[why::base("everyone who sent answers and is in a group with a share")], text)
}
