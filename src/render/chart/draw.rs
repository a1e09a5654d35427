//! The parts that every chart is drawn from: the frame with its words for those who cannot see it, wrapped text, the axis.

use crate::render::html::escape;

/// Dark blue of the Analysis Function palette.
pub(super) const BLUE: &str = "#12436D";
/// Its orange.
pub(super) const ORANGE: &str = "#F46A25";
/// Its dark pink.
pub(super) const PINK: &str = "#801650";
/// Its turquoise, which only just stands out on white: for shapes, never for text.
pub(super) const TURQUOISE: &str = "#28A197";
/// Its dark grey, for text, lines and what is neither for nor against.
pub(super) const GREY: &str = "#3D3D3D";

/// Columns of a label, which is bold: what a screen 320 px wide holds, in the widest font it may fall back to.
pub(super) const LABEL_CHARS: usize = 29;

/// Columns of a line that is not bold, on the same screen.
pub(super) const LINE_CHARS: usize = 33;

/// Most lines of a label; the table has the whole.
const MAX_LINES: usize = 4;

/// Height of a line of text in pixels.
pub(super) const LINE: usize = 19;

/// Left end of the axis and its length, in per cent of the width: a mark at either end keeps inside the frame.
const AXIS: (f64, f64) = (3.0, 94.0);

/// Where a share (0..1) lies, in per cent of the width.
pub(super) fn x(share: f64) -> f64 {
    AXIS.0 + AXIS.1 * share.clamp(0.0, 1.0)
}

/// The whole drawing: its size, its title and its description, tied to it by ids that start with `id`.
pub(super) fn frame(id: &str, title: &str, description: &str, height: usize, content: &str) -> String {
    let (id, title, description) = (escape(id), escape(title), escape(description));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"canvass-chart\" id=\"{id}\" role=\"img\" \
         aria-labelledby=\"{id}-t {id}-d\" width=\"100%\" height=\"{height}\" font-family=\"Arial, sans-serif\" \
         font-size=\"14\" fill=\"{GREY}\"><title id=\"{id}-t\">{title}</title><desc id=\"{id}-d\">{description}</desc>\
         {content}</svg>"
    )
}

/// A line of text starting at the left edge.
pub(super) fn text(y: usize, words: &str, bold: bool) -> String {
    let weight = if bold { " font-weight=\"700\"" } else { "" };
    format!("<text x=\"0\" y=\"{y}\"{weight}>{}</text>", escape(words))
}

/// A line of text ending at the right edge.
pub(super) fn text_at_end(y: usize, words: &str) -> String {
    format!("<text x=\"100%\" y=\"{y}\" text-anchor=\"end\">{}</text>", escape(words))
}

/// The grid from 0 % to 100 % over one row, to be placed where each row's mark is: kept out of the way of the words.
/// `more` is drawn with it.
pub(super) fn lane(id: &str, height: usize, more: &str) -> String {
    let lines = [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| {
        let at = x(share);
        format!("<line class=\"grid\" x1=\"{at}%\" x2=\"{at}%\" y1=\"0\" y2=\"{height}\" stroke=\"#8A8A8A\"/>")
    });
    format!("<defs><g id=\"{}-l\">{}{more}</g></defs>", escape(id), lines.concat())
}

/// Places the grid at `y`.
pub(super) fn place_lane(id: &str, y: usize) -> String {
    format!("<use href=\"#{}-l\" y=\"{y}\"/>", escape(id))
}

/// The figures of the axis.
pub(super) fn axis(y: usize) -> String {
    let figures = [(0, "start"), (50, "middle"), (100, "end")].map(|(percent, anchor)| {
        let at = x(f64::from(percent) / 100.0);
        format!("<text x=\"{at}%\" y=\"{y}\" text-anchor=\"{anchor}\" font-size=\"13\">{percent}\u{a0}%</text>")
    });
    figures.concat()
}

/// A label cut into lines that fit the narrowest screen; what does not fit in four ends with an ellipsis.
///
/// A wide (Chinese, Japanese, Korean) character counts as two and may be broken after.
pub(super) fn wrap(label: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in pieces(label) {
        let wide = width_of(word);
        if used > 0 && used + wide > width {
            lines.push(String::new());
            used = 0;
        }
        let word = if used == 0 { word.trim_start() } else { word };
        if let Some(line) = lines.last_mut() {
            line.push_str(word);
        }
        used += width_of(word);
    }
    if lines.len() > MAX_LINES {
        lines.truncate(MAX_LINES);
        if let Some(last) = lines.last_mut() {
            while width_of(last) + 1 > width {
                last.pop();
            }
            *last = format!("{}…", last.trim_end());
        }
    }
    lines
}

/// Columns that a text takes.
pub(super) fn width_of(text: &str) -> usize {
    text.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

fn is_wide(character: char) -> bool {
    matches!(character, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}')
}

/// Longest run without a place to break, in characters, before one is made.
const LONGEST_WORD: usize = 24;

/// The pieces of a text between which a line may break: words with the space before them, wide characters, and parts
/// of words too long for a line.
fn pieces(label: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut length, mut after_wide) = (0, 0, false);
    for (at, character) in label.char_indices() {
        let breaks = character.is_whitespace() || after_wide || is_wide(character) || length >= LONGEST_WORD;
        if breaks && at > start {
            pieces.extend(label.get(start..at));
            (start, length) = (at, 0);
        }
        after_wide = is_wide(character);
        length += 1;
    }
    pieces.extend(label.get(start..).filter(|rest| !rest.is_empty()));
    pieces
}
