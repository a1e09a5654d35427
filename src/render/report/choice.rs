//! The places that rankings give by several rules, and points with their intervals.

use super::Words;
use super::questions::{basis, unweighted};
use super::table::{Cell, Table, shows, shows_of, words};
use crate::analysis::choice::reported::{Choice, Order};
use crate::analysis::figures;
use crate::analysis::report::Question;
use crate::render::html::Html;
use crate::render::words::{NONE, interval_or_none, percent};

/// A table of the orders, or of the mean shares; none for other questions.
pub(super) fn table(id: &str, question: &Question, text: &Words<'_>) -> Option<Table> {
    let choice = question.choice.as_ref()?;
    Some(if choice.orders.is_empty() { shares(id, question, choice, text) } else { orders(id, question, choice, text) })
}

fn label(question: &Question, id: &str, text: &Words<'_>) -> Html {
    text.label(question.rows.iter().find(|row| row.id == id).map_or(id, |row| &row.label))
}

/// A line an option, the first by Schulze's rule first; in it the place by each rule.
fn orders(id: &str, question: &Question, choice: &Choice, text: &Words<'_>) -> Table {
    // As in sport: after two that share the third place comes the fifth.
    let place = |order: &Order, option: &String| {
        let mut before = 0;
        for options in &order.places {
            if options.contains(option) {
                return Cell::figure(&format!("{}{}", before + 1, if options.len() > 1 { "=" } else { "" }));
            }
            before += options.len();
        }
        Cell::figure(NONE)
    };
    let by_schulze = choice.orders.iter().find(|order| order.rule == "schulze").or(choice.orders.first());
    let options = by_schulze.into_iter().flat_map(|order| order.places.iter().flatten());
    let line = |option: &String| {
        let places = choice.orders.iter().map(|order| place(order, option));
        std::iter::once(Cell::head(label(question, option, text))).chain(places).collect()
    };
    let names = choice.orders.iter().map(|order| shows_of(Html::text(&order.label), &figures::PLACE));
    let columns = std::iter::once(words("Answer")).chain(names).collect();
    let beats = match &choice.beats_all {
        Some(_) => "the first by pairs beats each other one",
        None => "none beats each other one",
    };
    let more = if choice.orders.iter().all(|order| order.complete) { "" } else { "; by ranked pairs more may be tied" };
    let caption = format!(
        "Places by four rules; = marks ties; what was not ranked counts as last; {beats}{more}{}",
        unweighted(question)
    );
    Table::new(format!("o-{id}"), text.caption(&caption), columns, options.map(line).collect())
        .of(&basis(question, text), text)
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
        text.caption(&format!("Mean share of the points{}", unweighted(question))),
        vec![words("Answer"), shows(&figures::MEAN_SHARE), shows(&figures::RESAMPLED_INTERVAL)],
        choice.shares.iter().map(line).collect(),
    )
    .of(&basis(question, text), text)
}
