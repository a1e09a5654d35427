//! What was decided about the themes of a question, the last first, and the way back to before any of it.

use super::{Making, question, sentence};
use crate::analysis::coding::shown::Past;
use crate::render::page::Link;
use crate::render::workbench::{HistoryPage, PastRow, Undo};
use crate::service::coding::room::Room;
use crate::web::error::Problem;

/// Entries on one page.
const PAGE: usize = 100;

pub(super) fn page(making: &Making<'_>, room: &Room) -> Result<String, Problem> {
    let here = &making.here;
    let heading = "What was decided".to_string();
    let seen = room.in_force.last().copied();
    let row = |past: &Past| PastRow {
        number: past.number,
        at: past.at.replace('T', " ").replace('Z', ""),
        by: past.by.clone(),
        text: format!("{}{}", sentence(&past.text), if past.is_undone { " (undone)" } else { "" }),
        undo: seen.filter(|_| room.in_force.contains(&past.number)).map(|seen| Undo { first: past.number, seen }),
    };
    let from = here.asked.from.unwrap_or(0);
    let link = |from: usize, text: &str| Link { href: here.from(from), text: text.to_string() };
    let view = HistoryPage {
        shell: here.shell(making.site, making.staff, &heading),
        heading,
        question: question(room),
        errors: making.errors(),
        done: here.done(room),
        entries: room.history.iter().rev().skip(from).take(PAGE).map(row).collect(),
        earlier: (from + PAGE < room.history.len()).then(|| link(from + PAGE, "What was decided before")),
        later: (from > 0).then(|| link(from.saturating_sub(PAGE), "What was decided after")),
        action: here.from(from),
        csrf: here.csrf.clone(),
    };
    Ok(making.renderer.render("staff/theme_history", &view)?)
}
