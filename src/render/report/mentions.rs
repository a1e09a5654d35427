//! What people wrote of the interventions without being asked: for each open question a table, and one by theme.

use serde::Serialize;

use super::Words;
use super::table::{Cell, Column, Table, shows, shows_of, words};
use super::why;
use crate::analysis::figures;
use crate::analysis::report::{InterventionMentions, MentionCounts, QuestionThemes};
use crate::render::html::Html;
use crate::render::words::{WITHHELD, counted, grouped, percent};

/// Most interventions that stand side by side: more do not fit on paper.
const SIDE_BY_SIDE: usize = 6;

/// Said over the tables: what they are not.
const ABOUT: &str = "What people wrote without being asked; found by words alone; not votes.";

/// The mentions in the answers to one question.
#[derive(Serialize)]
pub(super) struct MentionsView {
    id: String,
    about: &'static str,
    all: Table,
    by_theme: Vec<Table>,
}

impl MentionsView {
    /// Nothing where no intervention is mentioned. `index` tells the question from the others.
    pub(super) fn new(index: usize, question: &QuestionThemes, text: &Words<'_>) -> Option<Self> {
        let mut sorted: Vec<&InterventionMentions> = question.interventions.iter().collect();
        sorted.sort_by_key(|one| std::cmp::Reverse(one.all.people));
        if sorted.is_empty() {
            return None;
        }
        let id = format!("m-{index}");
        let blocks = sorted.chunks(SIDE_BY_SIDE).enumerate();
        // A table whose every figure is withheld says nothing.
        let told = blocks.filter(|(_, block)| block.iter().any(|one| !one.all.suppressed));
        let by_theme = told.map(|(part, block)| by_theme(&format!("t-{id}-{part}"), block, question, text).under(&id));
        Some(Self { about: ABOUT, by_theme: by_theme.collect(), all: all(&sorted, question, &id, text), id })
    }
}

/// The question and who answered it.
fn basis(question: &QuestionThemes, text: &Words<'_>) -> [(&'static str, Html); 2] {
    let base = counted(question.n, "answer", "answers");
    [why::asked(&question.label, &question.question, text), why::base(&base)]
}

fn all(sorted: &[&InterventionMentions], question: &QuestionThemes, id: &str, text: &Words<'_>) -> Table {
    let n = question.n;
    let columns = vec![
        words("Intervention"),
        shows(&figures::MENTIONED),
        shows(&figures::MENTIONED_FOR),
        shows(&figures::MENTIONED_AGAINST),
        shows(&figures::MENTIONED_UNCLEAR),
        shows(&figures::IN_THEIR_WORDS),
    ];
    let figure = |count: Option<u64>| Cell::figure(&count.map_or_else(|| WITHHELD.to_owned(), grouped));
    let rows = sorted.iter().map(|one| {
        let people = one.all.people.map_or_else(
            || Cell::figure(WITHHELD),
            |people| {
                Cell::two_lines(&grouped(people), &format!("{} of answers", percent(people as f64 / n.max(1) as f64)))
            },
        );
        vec![
            Cell::head(text.label(&one.label)),
            people,
            figure(one.all.people_for),
            figure(one.all.people_against),
            figure(one.all.people_unclear),
            Cell::html(examples(one, text)),
        ]
    });
    let caption = text.caption("Interventions that answers mention, most first");
    Table::new(format!("t-{id}"), caption, columns, rows.collect()).under(id).of(&basis(question, text), text)
}

fn examples(one: &InterventionMentions, text: &Words<'_>) -> Html {
    let told = one.examples.iter().map(|example| {
        let name = match example.polarity.as_str() {
            "for" => "For",
            "against" => "Against",
            _ => "Unclear",
        };
        format!("<b>{name}</b> “{}” ", text.label(&example.text))
    });
    Html::made_here(told.collect::<String>().trim_end().to_owned())
}

fn by_theme(id: &str, block: &[&InterventionMentions], question: &QuestionThemes, text: &Words<'_>) -> Table {
    let mut columns: Vec<Column> = vec![words("Theme of the answer")];
    columns.extend(block.iter().map(|one| shows_of(text.label(&one.label), &figures::MENTIONED_IN)));
    let heads = question.themes.iter().map(|theme| text.label(&theme.label));
    let heads = heads.chain([Html::text("In no theme")]);
    let rows = heads.enumerate().map(|(place, head)| {
        let cells = block.iter().filter_map(|one| one.themes.get(place)).map(cell);
        std::iter::once(Cell::head(head)).chain(cells).collect()
    });
    let caption = text.caption("People who mention each intervention, by the theme of their answer");
    Table::new(id.to_owned(), caption, columns, rows.collect()).of_file(&basis(question, text), "mentions.csv", text)
}

/// How many mention it, and under that how many for, against and unclear.
fn cell(counts: &MentionCounts) -> Cell {
    let Some(people) = counts.people else { return Cell::figure(WITHHELD) };
    let parts = [(counts.people_for, "for"), (counts.people_against, "against"), (counts.people_unclear, "unclear")];
    let told =
        parts.into_iter().filter_map(|(count, name)| Some(format!("{} {name}", grouped(count.filter(|&n| n > 0)?))));
    let told: Vec<String> = told.collect();
    if told.is_empty() { Cell::figure("0") } else { Cell::two_lines(&grouped(people), &told.join("\n")) }
}
