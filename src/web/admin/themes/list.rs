//! The themes of a question, with what can be done with all of them.

use super::{Making, Part, answers_in_words, percent, question, sentence};
use crate::analysis::coding::decision::AnswerKey;
use crate::analysis::coding::listed::{Bin, Order};
use crate::analysis::coding::shown::ThemeShown;
use crate::analysis::findings::thousands;
use crate::render::account::Field;
use crate::render::chart;
use crate::render::item::SelectOption;
use crate::render::page::Link;
use crate::render::staff::Figure;
use crate::render::workbench::{ThemeRow, Undo, Workbench};
use crate::service::coding::room::Room;
use crate::web::error::Problem;

/// Quotes for a theme, and characters of each.
const QUOTES: usize = 3;
const LONGEST_QUOTE: usize = 240;
/// Answers of a sample, unless somebody wants another number.
const SAMPLE: &str = "200";

/// What stands beside each step of the number of themes.
const STEPS: [(&str, &str); 9] = [
    ("1", "1: fewest, a quarter of what fits"),
    ("2", "2"),
    ("3", "3: half of what fits"),
    ("4", "4"),
    ("5", "5: as many as fit the answers"),
    ("6", "6"),
    ("7", "7: twice what fits"),
    ("8", "8"),
    ("9", "9: most, four times what fits"),
];

pub(super) fn page(making: &Making<'_>, room: &Room) -> Result<String, Problem> {
    let (here, frame, typed) = (&making.here, &room.frame, &making.typed);
    let heading = "Themes of what people wrote".to_string();
    let fact = |name: &str, n: usize| Figure { name: name.to_string(), figure: thousands(n as u64) };
    let bin = |bin: Bin, name: &str, count: usize| {
        let some = room.listed((bin, "", Order::Typical));
        row(making, room, (bin, name), count, None, some.into_iter().take(QUOTES))
    };
    let options = into(room, None, typed.get("into"));
    let field = |name: &'static str, label: &'static str, hint: Option<&'static str>, usual: &str| Field {
        name,
        label,
        hint,
        kind: "text",
        autocomplete: "off",
        typed: typed.back(name).unwrap_or_else(|| usual.to_string()),
        error: making.error_at(name),
    };
    let step = typed.get("granularity").unwrap_or("5");
    let sample = |(number, at, size): (u32, &str, usize)| Link {
        href: here.page(Part::Sample(number)),
        text: format!("Sample {number}: {} of {}", answers_in_words(size), at.get(..10).unwrap_or_default()),
    };
    let view = Workbench {
        shell: here.shell(making.site, making.staff, &heading),
        heading,
        question: question(room),
        errors: making.errors(),
        done: here.done(room),
        facts: vec![
            fact("Answers", frame.n),
            fact("In themes", frame.n - frame.none - frame.other - frame.waiting),
            fact("In several themes", frame.several),
            fact("In no theme", frame.other),
            fact("Say nothing", frame.none),
            fact("Wait to be placed", frame.waiting),
            fact("Placed by a person", frame.by_person),
        ],
        advice: frame.advice.clone(),
        themes: frame.themes.iter().map(|theme| of_theme(making, room, theme)).collect(),
        bins: vec![
            bin(Bin::Other, "Other: they fit no theme", frame.other),
            bin(Bin::Waiting, "Waiting: they came or were changed since the last suggestion", frame.waiting),
            bin(Bin::None, "They say nothing", frame.none),
        ],
        into: options,
        merge_error: making.error_at("into"),
        add: field("name", "Name", None, ""),
        granularity: STEPS
            .map(|(code, text)| SelectOption { code: code.to_string(), text: text.to_string(), selected: code == step })
            .to_vec(),
        is_new: room.history.is_empty(),
        samples: room.samples().into_iter().map(sample).collect(),
        size: field("size", "Number of answers", None, SAMPLE),
        undo: room.in_force.last().map(|last| Undo { first: *last, seen: *last }),
        can_redo: room.can_redo,
        all: here.page(Part::Answers(Bin::All)),
        history: here.page(Part::History),
        action: here.page(Part::List),
        csrf: here.csrf.clone(),
    };
    Ok(making.renderer.render("staff/themes", &view)?)
}

/// Who a theme is from, and whether it is locked.
pub(super) fn tags(theme: &ThemeShown) -> Vec<(&'static str, &'static str)> {
    let by = if theme.is_decided { ("Decided by people", "blue") } else { ("Suggested by the computer", "grey") };
    [Some(by), theme.is_locked.then_some(("Locked", "yellow"))].into_iter().flatten().collect()
}

/// The themes that others can be merged into, but `but`.
pub(super) fn into(room: &Room, but: Option<&str>, chosen: Option<&str>) -> Vec<SelectOption> {
    let first = SelectOption { code: String::new(), text: "Choose a theme".to_string(), selected: chosen.is_none() };
    let open = room.frame.themes.iter().filter(|theme| !theme.is_locked);
    let option = |theme: &ThemeShown| {
        let code = theme.theme.to_string();
        SelectOption { selected: chosen == Some(&code), code, text: theme.name.clone() }
    };
    let others = open.map(option).filter(|option| but != Some(option.code.as_str()));
    [first].into_iter().chain(others).collect()
}

/// How many answers, and which share of all.
pub(super) fn size(count: usize, n: usize) -> String {
    let share = count as f64 / n.max(1) as f64;
    format!("{}, {} of all", answers_in_words(count), percent(share))
}

/// An answer as it is quoted: in one line and not too long.
pub(super) fn quote(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LONGEST_QUOTE {
        return line;
    }
    format!("{}…", line.chars().take(LONGEST_QUOTE).collect::<String>().trim_end())
}

/// The words of a theme.
pub(super) fn words(terms: &[String]) -> Option<String> {
    (!terms.is_empty()).then(|| terms.join(", "))
}

fn of_theme(making: &Making<'_>, room: &Room, theme: &ThemeShown) -> ThemeRow {
    let bin = Bin::Theme(theme.theme);
    let some: Vec<&AnswerKey> = if theme.typical.is_empty() {
        room.coding.answers(theme.theme).take(QUOTES).collect()
    } else {
        theme.typical.iter().take(QUOTES).collect()
    };
    row(making, room, (bin, &theme.name), theme.count, Some(theme), some.into_iter())
}

fn row<'k>(
    making: &Making<'_>,
    room: &Room,
    (bin, name): (Bin, &str),
    count: usize,
    theme: Option<&ThemeShown>,
    some: impl Iterator<Item = &'k AnswerKey>,
) -> ThemeRow {
    let id = bin.to_string();
    ThemeRow {
        name: sentence(name),
        href: making.here.page(Part::Answers(bin)),
        tags: theme.map(tags).unwrap_or_default(),
        size: size(count, room.frame.n),
        bar: chart::bar(count as f64 / room.frame.n.max(1) as f64),
        words: theme.and_then(|theme| words(&theme.terms)),
        quotes: some.map(|key| quote(room.text(key))).collect(),
        ticked: making.typed.has("themes", &id),
        id,
    }
}
