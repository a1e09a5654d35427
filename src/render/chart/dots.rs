//! Dot-and-whisker: a share and its 95 % interval a row, on one axis from 0 % to 100 %.

use super::draw::{
    BLUE, GREY, LABEL_CHARS, LINE, LINE_CHARS, ORANGE, PINK, TURQUOISE, axis, frame, lane, place_lane, text,
    text_at_end, width_of, wrap, x,
};
use crate::render::html::{Html, escape};
use crate::render::words::{counted, percent};

/// Height of the lane that holds a row's mark, in pixels.
const LANE: usize = 24;

/// Space between two rows.
const GAP: usize = 10;

/// Most rows that do with the axis' figures at the bottom alone.
const ONE_AXIS: usize = 10;

/// Columns between a label and the figures on its line.
const APART: usize = 2;

/// A chart of shares, a row each.
#[derive(Clone, Debug)]
pub struct Dots<'a> {
    /// Its id, unlike any other on the page.
    pub id: &'a str,
    /// What it shows, as a headline.
    pub title: &'a str,
    /// What is measured, and over whom.
    pub subtitle: &'a str,
    /// A share to compare the rows with, drawn as a line with its words: "Everyone".
    pub overall: Option<(&'a str, f64)>,
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
    /// Its 95 % interval.
    pub interval: Option<[f64; 2]>,
    /// People the share is of.
    pub n: Option<u64>,
    /// What is said in place of the figures.
    pub instead: &'a str,
    /// What the mark looks like.
    pub shape: Shape,
}

/// What a mark looks like: colour and form say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A dark blue disc: broad support, or nothing in particular.
    Disc,
    /// A turquoise diamond: focused.
    Diamond,
    /// A dark pink triangle: divisive.
    Triangle,
    /// An orange square: broad opposition.
    Square,
    /// A grey ring: not established.
    Ring,
}

impl Shape {
    fn colour(self) -> &'static str {
        match self {
            Self::Disc => BLUE,
            Self::Diamond => TURQUOISE,
            Self::Triangle => PINK,
            Self::Square => ORANGE,
            Self::Ring => GREY,
        }
    }

    /// Around the origin, about 14 px wide.
    fn outline(self) -> &'static str {
        match self {
            Self::Disc => "<circle class=\"mark\" r=\"6\"",
            Self::Diamond => "<path class=\"mark\" d=\"M0-8 8 0 0 8-8 0Z\"",
            Self::Triangle => "<path class=\"mark\" d=\"M0-7 8 7-8 7Z\"",
            Self::Square => "<path class=\"mark\" d=\"M-6-6H6V6H-6Z\"",
            Self::Ring => "<circle class=\"mark ring\" r=\"5\"",
        }
    }

    fn draw(self, share: f64, y: usize) -> String {
        let colour = self.colour();
        let paint = match self {
            Self::Ring => format!("fill=\"#FFFFFF\" stroke=\"{colour}\" stroke-width=\"3\""),
            _ => format!("fill=\"{colour}\""),
        };
        // A nested drawing moves its origin by per cent, which a transform cannot.
        format!("<svg x=\"{:.2}%\" y=\"{y}\" overflow=\"visible\">{} {paint}/></svg>", x(share), self.outline())
    }
}

/// Draws the chart.
pub fn dots(chart: &Dots<'_>) -> Html {
    let (mut content, mut y) = header(chart);
    let overall = chart.overall.map_or_else(String::new, |(_, share)| {
        let at = x(share);
        format!(
            "<line class=\"mark\" x1=\"{at:.2}%\" x2=\"{at:.2}%\" y1=\"0\" y2=\"{LANE}\" stroke=\"{ORANGE}\" \
             stroke-width=\"2\" stroke-dasharray=\"6 3\"/>"
        )
    });
    content.push(lane(chart.id, LANE, &overall));
    if chart.marks.len() > ONE_AXIS {
        y += LINE;
        content.push(axis(y - 5));
    }
    for mark in &chart.marks {
        content.push(row(chart.id, mark, &mut y));
    }
    content.push(axis(y + 8));
    Html::made_here(frame(chart.id, chart.title, &description(chart), y + 16, &content.concat()))
}

/// The subtitle and the key, and where the rows begin.
fn header(chart: &Dots<'_>) -> (Vec<String>, usize) {
    let mut out = Vec::new();
    let mut y = 0;
    for line in wrap(chart.subtitle, LINE_CHARS) {
        y += LINE;
        out.push(text(y - 5, &line, false));
    }
    if let Some((words, share)) = chart.overall {
        y += LINE;
        out.push(format!(
            "<line class=\"mark\" x1=\"0\" x2=\"24\" y1=\"{0}\" y2=\"{0}\" stroke=\"{ORANGE}\" stroke-width=\"2\" \
             stroke-dasharray=\"6 3\"/><text x=\"32\" y=\"{1}\">{2}: {3}</text>",
            y - 10,
            y - 5,
            escape(words),
            percent(share)
        ));
    }
    (out, y + GAP)
}

/// A row's label, figures and mark; moves `y` below it.
fn row(id: &str, mark: &Mark<'_>, y: &mut usize) -> String {
    let mut out = Vec::new();
    let figures = figures(mark);
    let lines = wrap(mark.label, LABEL_CHARS);
    let last_is_short = mark.note.is_none()
        && lines.last().is_some_and(|last| width_of(last) + APART + width_of(&figures) <= LABEL_CHARS);
    let count = lines.len();
    for (index, line) in lines.iter().enumerate() {
        *y += LINE;
        out.push(text(*y - 5, line, true));
        if last_is_short && index + 1 == count {
            out.push(text_at_end(*y - 5, &figures));
        }
    }
    if !last_is_short {
        for line in wrap(&figures, LINE_CHARS) {
            *y += LINE;
            out.push(text(*y - 5, &line, false));
        }
    }
    if let Some(share) = mark.share {
        let middle = *y + LANE / 2;
        out.push(place_lane(id, *y));
        if let Some([low, high]) = mark.interval {
            out.push(format!(
                "<line class=\"mark\" x1=\"{:.2}%\" x2=\"{:.2}%\" y1=\"{middle}\" y2=\"{middle}\" stroke=\"{}\" stroke-width=\"3\"/>",
                x(low),
                x(high),
                mark.shape.colour()
            ));
        }
        out.push(mark.shape.draw(share, middle));
        *y += LANE;
    }
    *y += GAP;
    out.concat()
}

/// The row in figures: what its table says, to the same decimal.
fn figures(mark: &Mark<'_>) -> String {
    let note = mark.note.map_or_else(String::new, |note| format!("{note}, "));
    match (mark.share, mark.n) {
        (Some(share), Some(n)) => format!("{note}{}, n\u{a0}{}", percent(share), crate::render::words::grouped(n)),
        (Some(share), None) => format!("{note}{}", percent(share)),
        (None, _) => format!("{note}{}", mark.instead),
    }
}

/// The chart in words: its range and where to find every figure.
fn description(chart: &Dots<'_>) -> String {
    let shown = chart.marks.iter().filter_map(|mark| mark.share.map(|share| (mark.label, share)));
    let highest = shown.clone().max_by(|a, b| a.1.total_cmp(&b.1));
    let lowest = shown.min_by(|a, b| a.1.total_cmp(&b.1));
    let rows = counted(chart.marks.len() as u64, "row", "rows");
    let range = match (highest, lowest) {
        (Some(high), Some(low)) => {
            format!(" Highest: {}, {}. Lowest: {}, {}.", high.0, percent(high.1), low.0, percent(low.1))
        }
        _ => String::new(),
    };
    format!("{}. {rows}.{range} The table on this page has every figure.", chart.subtitle)
}
