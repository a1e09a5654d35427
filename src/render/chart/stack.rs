//! Stacked bars: how all who answered split into for, neither and against, and a plain bar for a tally.

use super::draw::{BLUE, GREY, LINE, ORANGE, frame};
use crate::render::html::Html;
use crate::render::words::grouped;

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
    fn parts(self) -> [(&'static str, u64); 3] {
        [("Support", self.support), ("Neutral", self.neutral), ("Oppose", self.oppose)]
    }

    /// People who answered.
    pub fn n(self) -> u64 {
        self.support + self.neutral + self.oppose
    }
}

/// Draws one bar that is 100 % wide, its parts named above it; nothing where nobody answered.
pub fn stack(id: &str, title: &str, split: Split) -> Option<Html> {
    let n = split.n();
    if n == 0 {
        return None;
    }
    let share = |count: u64| count as f64 / n as f64;
    let (top, height) = (LINE + 6, 26);
    let [(_, support), (_, neutral), (_, oppose)] = split.parts();
    let rect = |class: &str, before: u64, count: u64, paint: &str| {
        let (left, width) = (share(before) * 100.0, share(count) * 100.0);
        format!(
            "<rect class=\"mark {class}\" x=\"{left:.2}%\" y=\"{top}\" width=\"{width:.2}%\" height=\"{height}\" {paint} stroke-width=\"2\"/>"
        )
    };
    // The middle part is hollow, so the three differ in grey as well as in colour; it is drawn last, over the seams.
    let parts = [
        (support, rect("for", 0, support, &format!("fill=\"{BLUE}\" stroke=\"#FFFFFF\""))),
        (oppose, rect("against", support + neutral, oppose, &format!("fill=\"{ORANGE}\" stroke=\"#FFFFFF\""))),
        (neutral, rect("neither", support, neutral, &format!("fill=\"#FFFFFF\" stroke=\"{GREY}\""))),
    ];
    let mut bars: Vec<String> = parts.into_iter().filter(|(count, _)| *count > 0).map(|(_, bar)| bar).collect();
    let anchors = [("0", "start"), ("50%", "middle"), ("100%", "end")];
    for ((name, count), (at, anchor)) in split.parts().into_iter().zip(anchors) {
        bars.push(format!(
            "<text x=\"{at}\" y=\"{}\" text-anchor=\"{anchor}\" font-size=\"13\">{name} {}</text>",
            LINE - 4,
            grouped(count)
        ));
    }
    let words = split.parts().map(|(name, count)| format!("{name} {}", grouped(count)));
    let description = format!("Of {} who answered: {}.", grouped(n), words.join(", "));
    Some(Html::made_here(frame(id, title, &description, top + height + 4, &bars.concat())))
}

/// A bar inside a table's cell; the cell before it has the figure, so it is not heard.
pub fn bar(share: f64) -> Html {
    let width = share.clamp(0.0, 1.0) * 100.0;
    Html::made_here(format!(
        "<svg class=\"canvass-bar\" width=\"100%\" height=\"14\" aria-hidden=\"true\" focusable=\"false\">\
         <rect class=\"mark\" width=\"{width:.1}%\" height=\"14\" fill=\"{BLUE}\"/></svg>"
    ))
}
