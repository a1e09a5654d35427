//! Dot-and-whisker of differences: a row each, about a line at no difference, on one axis that reaches as far as the whiskers.

use super::shapes::{LINE, Shape};
use crate::render::html::{Html, escape};
use crate::render::words::counted;

/// A chart of differences between two shares, in percentage points.
#[derive(Clone, Debug)]
pub struct Changes<'a> {
    /// Its id, unlike any other on the page.
    pub id: &'a str,
    /// What it shows, as a headline.
    pub title: &'a str,
    /// What is measured.
    pub subtitle: &'a str,
    /// Language of the labels, where it is not the page's.
    pub language: Option<&'a str>,
    /// The rows, in the order to draw them.
    pub rows: Vec<Changed<'a>>,
}

/// One row.
#[derive(Clone, Debug)]
pub struct Changed<'a> {
    /// Its label.
    pub label: &'a str,
    /// Words for what the row says: Rose, Fell, Cannot tell.
    pub note: &'static str,
    /// The difference, between -1 and 1, and its interval; none where withheld or unknown.
    pub difference: Option<(f64, [f64; 2])>,
    /// What is said of it in figures, or in their place.
    pub figures: String,
    /// What the mark looks like.
    pub shape: Shape,
}

/// How far an axis may reach, in percentage points to each side.
const REACHES: [f64; 4] = [10.0, 20.0, 50.0, 100.0];

/// Draws the chart.
pub fn changes(chart: &Changes<'_>) -> Html {
    let ends = chart.rows.iter().filter_map(|row| row.difference).flat_map(|(_, ends)| ends.map(f64::abs));
    let most = ends.fold(0.0, f64::max) * 100.0;
    let reach = REACHES.into_iter().find(|reach| most <= *reach).unwrap_or(100.0);
    let id = escape(chart.id);
    let heard = escape(&format!("{}. {}", chart.title, description(chart)));
    let rows: String = chart.rows.iter().map(|row| drawn(row, chart, reach)).collect();
    let axis = axis(reach);
    Html::made_here(format!(
        "<div class=\"canvass-chart\" id=\"{id}\" role=\"img\" aria-label=\"{heard}\">\
         <p class=\"canvass-caption\">{}</p><p>{}. <svg class=\"canvass-line\"><defs><svg id=\"{id}-e\" x=\"50%\" \
         overflow=\"visible\"><use href=\"#{LINE}\"/></svg></defs><use href=\"#{LINE}\" x=\"8\"/></svg> No difference</p>\
         {}<section>{axis}{rows}</section>{axis}</div>",
        escape(chart.title),
        escape(chart.subtitle),
        key(chart)
    ))
}

/// The shapes beside their words.
fn key(chart: &Changes<'_>) -> String {
    let mut entries: Vec<(Shape, &str)> = Vec::new();
    for row in chart.rows.iter().filter(|row| row.difference.is_some()) {
        if !entries.contains(&(row.shape, row.note)) {
            entries.push((row.shape, row.note));
        }
    }
    let span = |(shape, note): (Shape, &str)| {
        format!("<span><svg><use href=\"#{}\" x=\"50%\" y=\"50%\"/></svg> {}</span>", shape.id(), escape(note))
    };
    let spans: String = entries.into_iter().map(span).collect();
    if spans.is_empty() { spans } else { format!("<p class=\"canvass-key\">{spans}</p>") }
}

fn drawn(row: &Changed<'_>, chart: &Changes<'_>, reach: f64) -> String {
    let language = chart.language.map_or_else(String::new, |language| format!(" lang=\"{}\"", escape(language)));
    let mark = row.difference.map_or_else(String::new, |(difference, [low, high])| {
        format!(
            "<line x1=\"{}\" x2=\"{}\" y1=\"50%\" y2=\"50%\" stroke=\"{}\"/><use href=\"#{}\" x=\"{}\" y=\"50%\"/>",
            x(low, reach),
            x(high, reach),
            row.shape.colour(),
            row.shape.id(),
            x(difference, reach)
        )
    });
    format!(
        "<div><b><span{language}>{}</span><i>{}</i></b><svg><use href=\"#{}-e\"/>{mark}</svg><i>{}</i></div>",
        escape(row.label),
        escape(row.note),
        escape(chart.id),
        escape(&row.figures)
    )
}

/// Where a difference (-1..1) lies on a track that reaches so many percentage points to each side.
fn x(difference: f64, reach: f64) -> String {
    format!("{:.1}%", ((difference * 100.0 / reach).clamp(-1.0, 1.0) + 1.0) * 50.0)
}

/// The figures of the axis, in percentage points.
fn axis(reach: f64) -> String {
    let tick = |of: f64| match reach * of {
        low if low < 0.0 => format!("<i>−{:.0}</i>", -low),
        high if high > 0.0 => format!("<i>+{high:.0}</i>"),
        _ => "<i>0</i>".to_owned(),
    };
    let ticks: String = [-1.0, -0.5, 0.0, 0.5, 1.0].map(tick).concat();
    format!("<div class=\"canvass-axis\"><span>{ticks}</span></div>")
}

/// The chart in words: its range and where to find every figure.
fn description(chart: &Changes<'_>) -> String {
    let shown = || chart.rows.iter().filter_map(|row| row.difference.map(|(difference, _)| (row, difference)));
    let end = |row: Option<(&Changed<'_>, f64)>| row.map(|(row, _)| format!("{}, {}", row.label, row.figures));
    let highest = end(shown().max_by(|a, b| a.1.total_cmp(&b.1)));
    let lowest = end(shown().min_by(|a, b| a.1.total_cmp(&b.1)));
    let range = match (highest, lowest) {
        (Some(highest), Some(lowest)) => format!(" Highest: {highest}. Lowest: {lowest}."),
        _ => String::new(),
    };
    let rows = counted(chart.rows.len() as u64, "row", "rows");
    format!("{}. {rows}.{range} The table after it has every figure.", chart.subtitle)
}
