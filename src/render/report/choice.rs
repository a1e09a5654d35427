//! What rankings come to by several rules, and points with their intervals.

use super::Words;
use super::table::{Cell, Table, figures, words};
use crate::analysis::choice::reported::{Choice, Order};
use crate::analysis::report::Question;
use crate::render::html::Html;
use crate::render::words::{interval_or_none, percent};

/// A table of the orders, or of the mean shares; none for other questions.
pub(super) fn table(id: &str, question: &Question, text: &Words<'_>) -> Option<Table> {
    let choice = question.choice.as_ref()?;
    Some(if choice.orders.is_empty() { shares(id, question, choice, text) } else { orders(id, question, choice, text) })
}

fn label(question: &Question, id: &str, text: &Words<'_>) -> Html {
    text.label(question.rows.iter().find(|row| row.id == id).map_or(id, |row| &row.label))
}

fn orders(id: &str, question: &Question, choice: &Choice, text: &Words<'_>) -> Table {
    let names = |place: &[String]| {
        let names: Vec<String> = place.iter().map(|option| label(question, option, text).to_string()).collect();
        names.join(" = ")
    };
    let line = |order: &Order| {
        let places: Vec<String> =
            (1..).zip(&order.places).map(|(place, options)| format!("{place}. {}", names(options))).collect();
        let more = if order.complete { "" } else { "; more may be tied" };
        vec![Cell::head(Html::text(&order.label)), Cell::html(Html::made_here(format!("{}{more}", places.join("; "))))]
    };
    let mut rows: Vec<Vec<Cell>> = choice.orders.iter().map(line).collect();
    let winner = choice.beats_all.as_ref().map_or(Html::text("None"), |option| label(question, option, text));
    rows.push(vec![Cell::head(Html::text("Beats each other one in pairs")), Cell::html(winner)]);
    let caption =
        text.caption("The order by several rules; = joins what is tied, and what was not ranked counts as last");
    Table::new(format!("o-{id}"), caption, vec![words("Rule"), words("Order")], rows)
}

fn shares(id: &str, question: &Question, choice: &Choice, text: &Words<'_>) -> Table {
    let line = |share: &crate::analysis::choice::reported::MeanShare| {
        vec![
            Cell::head(label(question, &share.id, text)),
            Cell::figure(&percent(share.mean)),
            Cell::figure(&interval_or_none(Some(share.interval))),
        ]
    };
    Table::new(
        format!("o-{id}"),
        text.caption("Mean share of the points"),
        vec![words("Answer"), figures("Mean share"), figures("95% interval")],
        choice.shares.iter().map(line).collect(),
    )
}
