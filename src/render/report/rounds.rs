//! A panel through its rounds: where it stands, a chart of agreement round by round, and who came back.

use serde::Serialize;

use super::Words;
use super::table::{Cell, Table, shows, words};
use super::why;
use crate::analysis::delphi::report::{Change, RoundBase, Rounds, StatementRound, StatementRounds};
use crate::analysis::figures;
use crate::analysis::report::Report;
use crate::render::chart::{self, Dots, Mark, Panel, Shape};
use crate::render::html::Html;
use crate::render::words::{NONE, WITHHELD, decimal, interval_or_none, p_value, percent, percent_or_none};

/// The section.
#[derive(Serialize)]
pub(super) struct RoundsView {
    text: String,
    rule: String,
    chart: Html,
    statements: Table,
    changes: Option<Table>,
    people: Table,
    /// What makes those who are left doubtful, a sentence a round.
    doubts: Vec<String>,
}

impl RoundsView {
    /// The section; none where the survey is not asked in rounds.
    pub(super) fn new(report: &Report, text: &Words<'_>) -> Option<Self> {
        let found = report.rounds.as_ref()?;
        Some(Self {
            text: found.text.clone(),
            rule: found.rule_text.clone(),
            chart: drawn(found, text),
            statements: statements(found, text),
            changes: changes(found, text),
            people: people(found, text),
            doubts: doubts(found),
        })
    }
}

fn drawn(found: &Rounds, text: &Words<'_>) -> Html {
    let names: Vec<String> = (1..=found.number).map(|round| format!("Round {round}")).collect();
    let mark = |asked: &StatementRound| Mark {
        label: names.get(asked.round.saturating_sub(1) as usize).map_or("", String::as_str),
        note: (asked.consensus != "none").then_some("consensus"),
        share: asked.figures.as_ref().map(|figures| figures.agree),
        interval: asked.figures.as_ref().map(|figures| figures.agree_interval),
        n: Some(asked.n),
        instead: WITHHELD,
        shape: if asked.consensus == "none" { Shape::Ring } else { Shape::Disc },
    };
    let panels = found
        .statements
        .iter()
        .map(|one| Panel { heading: Some(&one.label), marks: one.rounds.iter().map(mark).collect() });
    chart::dots(&Dots {
        id: "c-rounds",
        title: &text.caption("How many agree, round by round"),
        subtitle: "Share of those who answered, with its 95% interval; a filled mark has consensus",
        language: text.foreign,
        overall: found.agreement.map(|share| ("Consensus", share)),
        panels: panels.collect(),
    })
}

fn statements(found: &Rounds, text: &Words<'_>) -> Table {
    let shown = [
        &figures::ANSWERED,
        &figures::AGREE,
        &figures::DISAGREE,
        &figures::MIDDLE,
        &figures::MIDDLE_HALF,
        &figures::STANDS,
    ];
    let heads = std::iter::once(words("Round")).chain(shown.map(shows)).collect();
    let rows = |one: &StatementRounds| -> Vec<Vec<Cell>> {
        let last = one.rounds.len();
        (1..).zip(&one.rounds).map(|(place, asked)| row(one, asked, place == last)).collect()
    };
    let groups = found.statements.iter().map(|one| (text.label(&one.label), rows(one)));
    let basis = [why::base("of each round those who sent answers in it")];
    let caption = text.caption("Each statement, round by round");
    Table::grouped("t-rounds".to_owned(), caption, heads, groups).of(&basis, text)
}

fn row(one: &StatementRounds, asked: &StatementRound, is_last: bool) -> Vec<Cell> {
    let figures = asked.figures.as_ref();
    let share = |share: Option<f64>| Cell::figure(&share.map_or_else(|| WITHHELD.to_owned(), percent));
    let words = |told: Option<String>| Cell::words(&told.unwrap_or_else(|| WITHHELD.to_owned()));
    let stands = match (asked.consensus.as_str(), is_last.then_some(one.state.as_str())) {
        ("for", _) => "Consensus: agreed",
        ("against", _) => "Consensus: rejected",
        ("agreed", _) => "Consensus",
        (_, Some("stable")) => "Stable, without consensus",
        (_, Some(_)) => "Open",
        (_, None) => NONE,
    };
    vec![
        Cell::head(Html::text(&asked.round.to_string())),
        Cell::figure(&asked.n.to_string()),
        share(figures.map(|figures| figures.agree)),
        share(figures.map(|figures| figures.disagree)),
        words(figures.map(|figures| between(one, figures.median.floor(), figures.median.ceil()))),
        words(figures.map(|figures| between(one, figures.q1.floor(), figures.q3.ceil()))),
        Cell::words(stands),
    ]
}

/// A step, or two with what lies between.
fn between(one: &StatementRounds, low: f64, high: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a step, numbered from 1")]
    let label = |step: f64| one.steps.get((step as usize).saturating_sub(1)).map_or("", String::as_str);
    if low < high { format!("{} to {}", label(low), label(high)) } else { label(low).to_owned() }
}

fn changes(found: &Rounds, text: &Words<'_>) -> Option<Table> {
    let shown =
        [&figures::IN_BOTH, &figures::CHANGED, &figures::KAPPA, &figures::MOVED, &figures::TURNED, &figures::STABLE];
    let heads = ["Statement", "Rounds"].map(words).into_iter().chain(shown.map(shows)).collect();
    let row = |one: &StatementRounds| -> Option<Vec<Cell>> {
        let change @ Change { from, to, n, moved, .. } = one.change.as_ref()?;
        let kappa = change.kappa.map_or_else(|| NONE.to_owned(), decimal);
        Some(vec![
            Cell::head(text.label(&one.label)),
            Cell::words(&format!("{from} to {to}")),
            Cell::figure(&n.to_string()),
            Cell::figure(&percent(*moved)),
            Cell::two_lines(&kappa, &interval(change.kappa_interval)),
            Cell::figure(&p_value(Some(change.wilcoxon_p))),
            Cell::figure(&p_value(Some(change.mcnemar_p))),
            Cell::words(if change.is_stable { "Yes" } else { "No" }),
        ])
    };
    let rows: Vec<Vec<Cell>> = found.statements.iter().filter_map(row).collect();
    let caption = text.caption("How the same people’s answers changed");
    let basis = [why::base("the same people in both rounds")];
    (!rows.is_empty()).then(|| Table::new("t-changes".to_owned(), caption, heads, rows).of(&basis, text))
}

fn interval(ends: Option<[f64; 2]>) -> String {
    ends.map_or_else(String::new, |[low, high]| format!("{} to {}", decimal(low), decimal(high)))
}

fn people(found: &Rounds, text: &Words<'_>) -> Table {
    let shown = [&figures::TOOK_PART, &figures::KEPT, &figures::INTERVAL, &figures::CONCORDANCE];
    let heads = std::iter::once(words("Round")).chain(shown.map(shows)).collect();
    let rows = found.people.iter().map(|base| {
        let concord = base.concordance.as_ref().map_or_else(|| NONE.to_owned(), |found| decimal(found.w));
        vec![
            Cell::head(Html::text(&base.round.to_string())),
            Cell::figure(&base.n.to_string()),
            Cell::figure(&percent_or_none(base.kept)),
            Cell::figure(&interval_or_none(base.interval)),
            Cell::figure(&concord),
        ]
    });
    let basis = [why::base("everyone who sent answers in a round")];
    let caption = text.caption("Who took part in each round");
    Table::new("t-returned".to_owned(), caption, heads, rows.collect()).of(&basis, text)
}

fn doubts(found: &Rounds) -> Vec<String> {
    let doubt = |base: &RoundBase| {
        let few = base.kept.filter(|kept| *kept < 0.7).map(|kept| format!("only {} came back", percent(kept)));
        let differ = (!base.differs_by.is_empty()).then(|| {
            let by: Vec<String> = base.differs_by.iter().map(|by| format!("“{by}”")).collect();
            format!("who came back differs by what they had answered to {}", by.join(", "))
        });
        let why: Vec<String> = few.into_iter().chain(differ).collect();
        format!(
            "Those who took part in round {} may not speak for those before them: {}.",
            base.round,
            why.join(", and ")
        )
    };
    found.people.iter().filter(|base| base.is_doubtful).map(doubt).collect()
}
