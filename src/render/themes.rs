//! The coding frame of a file as one self-contained page, in the look of the report.

use serde::Serialize;

use crate::analysis::coding::frame::{CodingFrame, CodingTheme};
use crate::render::html::Html;
use crate::render::words::{counted, decimal, grouped, percent};
use crate::render::{RenderError, Renderer, chart};

/// Makes `themes.html`, with the style sheet `css` inside it; `file` is the name of the file that the texts are from.
pub fn themes_html(renderer: &Renderer, file: &str, frame: &CodingFrame, css: &str) -> Result<String, RenderError> {
    renderer.render("themes/page", &View::new(file, frame, css))
}

/// What the page places.
#[derive(Serialize)]
struct View {
    css: Html,
    file: String,
    column: String,
    summary: Vec<String>,
    advice: Vec<String>,
    rows: Vec<RowView>,
    themes: Vec<ThemeView>,
    copies: Vec<CopiesView>,
    method: String,
}

/// A line of the overview.
#[derive(Serialize)]
struct RowView {
    /// The theme's id; none for the rows that are no theme.
    id: Option<String>,
    label: String,
    count: String,
    share: String,
    people: String,
    mentions: String,
    distinct: String,
    arguments: String,
    stability: String,
}

/// One theme in people's words.
#[derive(Serialize)]
struct ThemeView {
    id: String,
    label: String,
    bar: Html,
    count: String,
    quotes: Vec<String>,
    terms: String,
}

/// A wording that several people sent.
#[derive(Serialize)]
struct CopiesView {
    start: String,
    count: String,
    distinct: String,
    kind: &'static str,
    theme: String,
}

impl View {
    fn new(file: &str, frame: &CodingFrame, css: &str) -> Self {
        let rest = |label: &str, count: u64| RowView {
            id: None,
            label: label.to_string(),
            count: grouped(count),
            share: percent(share(count, frame)),
            people: String::new(),
            mentions: String::new(),
            distinct: String::new(),
            arguments: String::new(),
            stability: String::new(),
        };
        let mut rows: Vec<RowView> = frame.themes.iter().map(|theme| RowView::new(theme, frame)).collect();
        rows.push(rest("Other: fits no theme well", frame.other));
        rows.push(rest("Says that there is nothing", frame.none.saturating_sub(frame.unanswered)));
        rows.push(rest("Did not answer", frame.unanswered));
        Self {
            // A style sheet ends at the first closing tag, wherever that stands; CSS reads `<\/` as `</`.
            css: Html::made_here(css.replace("</", "<\\/")),
            file: file.to_string(),
            column: frame.column.clone(),
            summary: summary(frame),
            advice: frame.advice.clone(),
            rows,
            themes: frame.themes.iter().map(|theme| ThemeView::new(theme, frame)).collect(),
            copies: frame
                .copies
                .iter()
                .map(|copies| CopiesView {
                    start: copies.start.clone(),
                    count: grouped(copies.count),
                    distinct: grouped(copies.distinct),
                    kind: if copies.campaign { "campaign" } else { "same words" },
                    theme: name(&copies.theme, frame),
                })
                .collect(),
            method: method(frame),
        }
    }
}

impl RowView {
    fn new(theme: &CodingTheme, frame: &CodingFrame) -> Self {
        Self {
            id: Some(theme.id.clone()),
            label: theme.label.clone(),
            count: grouped(theme.count),
            share: percent(share(theme.count, frame)),
            people: grouped(theme.people),
            mentions: grouped(theme.mentions),
            distinct: grouped(theme.distinct),
            arguments: grouped(theme.arguments),
            stability: theme.stability.map(decimal).unwrap_or_default(),
        }
    }
}

impl ThemeView {
    fn new(theme: &CodingTheme, frame: &CodingFrame) -> Self {
        let share = share(theme.count, frame);
        Self {
            id: theme.id.clone(),
            label: theme.label.clone(),
            bar: chart::bar(share),
            count: format!(
                "{} of {}, {}; {} different",
                grouped(theme.count),
                counted(frame.n, "answer", "answers"),
                percent(share),
                grouped(theme.distinct)
            ),
            quotes: theme.quotes.clone(),
            terms: theme.terms.join(", "),
        }
    }
}

fn method(frame: &CodingFrame) -> String {
    let model = frame.model.as_ref();
    let by = model.map_or_else(String::new, |hash| format!("Vectors of the language model {hash} beside "));
    format!(
        "{by}TF-IDF, neighbour smoothing, truncated SVD, spherical k-means, Ward merging; seed {}. The same file, options, model and seed give the same themes.",
        frame.seed
    )
}

fn share(count: u64, frame: &CodingFrame) -> f64 {
    count as f64 / frame.n.max(1) as f64
}

fn summary(frame: &CodingFrame) -> Vec<String> {
    let mut lines = vec![format!(
        "{}, {} of them different; {} if texts that share most of their wording count as one. {} without text left out.",
        counted(frame.n, "answer", "answers"),
        grouped(frame.distinct),
        grouped(frame.arguments),
        counted(frame.empty, "row", "rows")
    )];
    lines.push("Every answer is in exactly one theme, in “other”, or among those that say nothing.".to_string());
    lines.push("The themes are a machine’s first reading, to be checked, renamed and merged by people.".to_string());
    lines.extend(frame.weights.map(|weights| format!("By weight the answers stand for {}.", decimal(weights.all))));
    lines
}

/// The label of a theme by its id.
fn name(id: &str, frame: &CodingFrame) -> String {
    let theme = frame.themes.iter().find(|theme| theme.id == id);
    theme.map_or_else(|| id.to_string(), |theme| theme.label.clone())
}
