//! Stacked bars: how all who answered split into for, neither and against, and plain bars for a tally.

use super::dots::x;
use super::shapes::{BLUE, GREY, ORANGE};
use crate::render::html::{Html, escape};
use crate::render::words::{grouped, percent};

/// How those who answered split.
#[derive(Clone, Copy, Debug)]
pub struct Split {
    /// People in favour.
    pub support: u64,
    /// People neither for nor against.
    pub neutral: u64,
    /// People against.
    pub oppose: u64,
}

impl Split {
    /// People who answered.
    pub fn n(self) -> u64 {
        self.support + self.neutral + self.oppose
    }
}

/// Draws one bar that is 100% wide, its parts named above it; nothing where nobody answered.
pub fn stack(title: &str, split: Split) -> Option<Html> {
    let n = split.n();
    if n == 0 {
        return None;
    }
    let share = |count: u64| count as f64 / n as f64;
    let part = |before: u64, count: u64, paint: &str| {
        let (left, width) = (x(share(before)), x(share(count)));
        // An empty part would still show its outline.
        if count == 0 {
            return String::new();
        }
        format!("<rect x=\"{left}\" width=\"{width}\" height=\"26\" {paint} stroke-width=\"2\"/>")
    };
    // The middle part is hollow, so the three differ in grey as well as in colour; it is drawn last, over the seams.
    let bars = [
        part(0, split.support, &format!("fill=\"{BLUE}\" stroke=\"#FFFFFF\"")),
        part(split.support + split.neutral, split.oppose, &format!("fill=\"{ORANGE}\" stroke=\"#FFFFFF\"")),
        part(split.support, split.neutral, &format!("fill=\"#FFFFFF\" stroke=\"{GREY}\"")),
    ];
    let words = [("In favour", split.support), ("Neither", split.neutral), ("Against", split.oppose)]
        .map(|(name, count)| format!("{name} {} ({})", grouped(count), percent(share(count))));
    let heard = escape(&format!("{title}. Of {} who answered: {}.", grouped(n), words.join(", ")));
    let names = words.map(|name| format!("<i>{name}</i>"));
    Some(Html::made_here(format!(
        "<div class=\"canvass-stack\" role=\"img\" aria-label=\"{heard}\"><p>{}</p><svg>{}</svg></div>",
        names.concat(),
        bars.concat()
    )))
}

/// A bar inside a table's cell; the cell before it has the figure, so it is not heard.
pub fn bar(share: f64) -> Html {
    Html::made_here(format!("<svg aria-hidden=\"true\">{}</svg>", filled(share)))
}

/// A bar with a line across it at the share to compare it with; cells before it have the figures.
pub fn bar_and_line(share: f64, line: f64) -> Html {
    let at = x(line);
    Html::made_here(format!(
        "<svg aria-hidden=\"true\">{}<line x1=\"{at}\" x2=\"{at}\" y1=\"-4\" y2=\"18\" stroke=\"{ORANGE}\" stroke-width=\"4\"/></svg>",
        filled(share)
    ))
}

fn filled(share: f64) -> String {
    format!("<rect width=\"{}\" height=\"14\" fill=\"{BLUE}\"/>", x(share))
}
