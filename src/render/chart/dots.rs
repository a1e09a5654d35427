//! Dot-and-whisker: a share and its 95% interval a row, on one axis from 0% to 100%.

use super::shapes::{LINE, Shape};
use crate::render::html::{Html, escape};
use crate::render::words::{counted, grouped, percent};

/// Most rows that do with the axis' figures at the bottom alone.
const ONE_AXIS: usize = 10;

/// A chart of shares, a row each.
#[derive(Clone, Debug)]
pub struct Dots<'a> {
    /// Its id, unlike any other on the page.
    pub id: &'a str,
    /// What it shows, as a headline.
    pub title: &'a str,
    /// What is measured, and over whom.
    pub subtitle: &'a str,
    /// Language of the labels, where it is not the page's.
    pub language: Option<&'a str>,
    /// A share to compare the rows with, drawn as a line with its words: "Everyone".
    pub overall: Option<(&'a str, f64)>,
    /// The rows, by what they are compared on.
    pub panels: Vec<Panel<'a>>,
}

/// Rows under one heading.
#[derive(Clone, Debug)]
pub struct Panel<'a> {
    /// The heading; none where the chart has one panel.
    pub heading: Option<&'a str>,
    /// The rows, in the order to draw them.
    pub marks: Vec<Mark<'a>>,
}

/// One row.
#[derive(Clone, Debug)]
pub struct Mark<'a> {
    /// Its label.
    pub label: &'a str,
    /// Words said beside its figures: the verdict.
    pub note: Option<&'a str>,
    /// The share between 0 and 1; none where withheld or unknown.
    pub share: Option<f64>,
    /// Its 95% interval.
    pub interval: Option<[f64; 2]>,
    /// People the share is of.
    pub n: Option<u64>,
    /// What is said in place of the figures.
    pub instead: &'a str,
    /// What the mark looks like.
    pub shape: Shape,
}

/// Draws the chart.
pub fn dots(chart: &Dots<'_>) -> Html {
    let id = escape(chart.id);
    let (title, subtitle) = (escape(chart.title), escape(chart.subtitle));
    let heard = escape(&format!("{}. {}", chart.title, description(chart)));
    let rows: usize = chart.panels.iter().map(|panel| panel.marks.len()).sum();
    let at_top = |index: usize| if index == 0 && rows > ONE_AXIS { axis() } else { String::new() };
    let panels: String =
        chart.panels.iter().enumerate().map(|(index, part)| panel(part, chart, &at_top(index))).collect();
    let last = axis();
    Html::made_here(format!(
        "<div class=\"canvass-chart\" id=\"{id}\" role=\"img\" aria-label=\"{heard}\">\
         <p class=\"canvass-caption\">{title}</p><p>{subtitle}{}</p>{}{panels}{last}</div>",
        overall(chart),
        key(chart)
    ))
}

/// The key to the line that the rows are compared with, and the line itself for each row to refer to.
fn overall(chart: &Dots<'_>) -> String {
    chart.overall.map_or_else(String::new, |(words, share)| {
        format!(
            ". <svg class=\"canvass-line\"><defs><svg id=\"{}-e\" x=\"{}\" overflow=\"visible\">\
             <use href=\"#{LINE}\"/></svg></defs><use href=\"#{LINE}\" x=\"8\"/></svg> {}: {}",
            escape(chart.id),
            x(share),
            escape(words),
            percent(share)
        )
    })
}

/// The shapes beside the words that rows of theirs carry; nothing where no row has any.
fn key(chart: &Dots<'_>) -> String {
    let mut entries: Vec<(Shape, &str)> = Vec::new();
    for mark in chart.panels.iter().flat_map(|panel| &panel.marks) {
        let entry = mark.note.map(|note| (mark.shape, note));
        entries.extend(entry.filter(|entry| !entries.contains(entry)));
    }
    let spans = entries.into_iter().map(|(shape, note)| {
        let (id, note) = (shape.id(), escape(note));
        format!("<span><svg><use href=\"#{id}\" x=\"50%\" y=\"50%\"/></svg> {note}</span>")
    });
    let entries = spans.collect::<Vec<_>>().concat();
    if entries.is_empty() { entries } else { format!("<p class=\"canvass-key\">{entries}</p>") }
}

fn panel(panel: &Panel<'_>, chart: &Dots<'_>, axis: &str) -> String {
    let heading = panel
        .heading
        .map_or_else(String::new, |heading| format!("<strong{}>{}</strong>", language(chart), escape(heading)));
    let rows: String = panel.marks.iter().map(|mark| row(mark, chart)).collect();
    format!("<section>{heading}{axis}{rows}</section>")
}

/// A row's label, mark and figures.
fn row(mark: &Mark<'_>, chart: &Dots<'_>) -> String {
    let note = mark.note.map_or_else(String::new, |note| format!("<i>{}</i>", escape(note)));
    format!(
        "<div><b><span{}>{}</span>{note}</b><svg>{}{}</svg><i>{}</i></div>",
        language(chart),
        escape(mark.label),
        chart.overall.map_or_else(String::new, |_| format!("<use href=\"#{}-e\"/>", escape(chart.id))),
        mark.share.map_or_else(String::new, |share| drawn(mark, share)),
        figures(mark)
    )
}

fn language(chart: &Dots<'_>) -> String {
    chart.language.map_or_else(String::new, |language| format!(" lang=\"{}\"", escape(language)))
}

/// The whisker, then the mark over it.
fn drawn(mark: &Mark<'_>, share: f64) -> String {
    let whisker = mark.interval.map_or_else(String::new, |[low, high]| {
        format!("<line x1=\"{}\" x2=\"{}\" y1=\"50%\" y2=\"50%\" stroke=\"{}\"/>", x(low), x(high), mark.shape.colour())
    });
    format!("{whisker}<use href=\"#{}\" x=\"{}\" y=\"50%\"/>", mark.shape.id(), x(share))
}

/// Where a share (0..1) lies on the track.
pub(super) fn x(share: f64) -> String {
    format!("{:.1}%", share.clamp(0.0, 1.0) * 100.0)
}

/// The row in figures: what its table says, to the same decimal.
fn figures(mark: &Mark<'_>) -> String {
    match (mark.share, mark.n) {
        (Some(share), Some(n)) => format!("{}, n\u{a0}{}", percent(share), grouped(n)),
        (Some(share), None) => percent(share),
        (None, _) => escape(mark.instead),
    }
}

/// The figures of the axis.
fn axis() -> String {
    let ticks = [0, 25, 50, 75, 100].map(|percent| format!("<i>{percent}%</i>"));
    format!("<div class=\"canvass-axis\"><span>{}</span></div>", ticks.concat())
}

/// The chart in words: its range and where to find every figure.
fn description(chart: &Dots<'_>) -> String {
    let marks = chart.panels.iter().flat_map(|panel| &panel.marks);
    let rows = counted(marks.clone().count() as u64, "row", "rows");
    let shown = marks.filter_map(|mark| mark.share.map(|share| (mark.label, share)));
    let highest = shown.clone().max_by(|a, b| a.1.total_cmp(&b.1));
    let lowest = shown.min_by(|a, b| a.1.total_cmp(&b.1));
    let range = match (highest, lowest) {
        (Some(high), Some(low)) => {
            format!(" Highest: {}, {}. Lowest: {}, {}.", high.0, percent(high.1), low.0, percent(low.1))
        }
        _ => String::new(),
    };
    let compared = chart.overall.map_or_else(String::new, |(words, share)| format!(" {words}: {}.", percent(share)));
    format!("{}. {rows}.{range}{compared} The table after it has every figure.", chart.subtitle)
}
