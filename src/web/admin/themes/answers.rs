//! The answers of one place, to be moved, and what can be done with a theme.

use super::list::{into, quote, size, tags, words};
use super::{Making, answers_in_words, question};
use crate::analysis::coding::decision::{AnswerKey, Place, ThemeId};
use crate::analysis::coding::listed::{Bin, Order, reasons};
use crate::analysis::coding::shown::ThemeShown;
use crate::analysis::findings::thousands;
use crate::render::account::Field;
use crate::render::item::SelectOption;
use crate::render::page::Link;
use crate::render::workbench::{Answer, PartRow, Parted, ThemeDeeds, ThemePage};
use crate::service::coding::room::Room;
use crate::web::error::Problem;

/// Answers on one page.
const PAGE: usize = 50;
/// Most parts of a theme that the computer is asked for.
const PARTS: std::ops::RangeInclusive<usize> = 2..=9;
/// Fewest answers of a theme that the computer can part.
const FEWEST: usize = 4;
/// Quotes of a part.
const QUOTES: usize = 2;

pub(super) fn page(making: &Making<'_>, room: &Room, bin: Bin) -> Result<String, Problem> {
    let (here, typed) = (&making.here, &making.typed);
    let theme = match bin {
        Bin::Theme(theme) => {
            let known = room.frame.themes.iter().find(|known| known.theme == theme);
            Some(known.ok_or_else(Problem::not_found)?)
        }
        _ => None,
    };
    let heading = match (bin, theme) {
        (_, Some(theme)) => theme.name.clone(),
        (Bin::Other, _) => "Answers that fit no theme".to_string(),
        (Bin::None, _) => "Answers that say nothing".to_string(),
        (Bin::Waiting, _) => "Answers that wait to be placed".to_string(),
        _ => "All answers".to_string(),
    };
    let words_wanted = here.words().unwrap_or_default();
    let listed = room.listed((bin, words_wanted, here.order()));
    let all = if here.words().is_some() { room.listed((bin, "", Order::Typical)).len() } else { listed.len() };
    let from = here.asked.from.unwrap_or(0).min(listed.len());
    let shown: Vec<&AnswerKey> = listed.iter().copied().skip(from).take(PAGE).collect();
    let is_open = theme.is_none_or(|theme| !theme.is_locked);
    let chosen = typed.get("do").unwrap_or_default();
    let error = ["do-to", "all", "answers", "own"].into_iter().find_map(|at| making.error_at(at));
    let link = |from: usize, text: &str| Link { href: format!("{}#answers", here.from(from)), text: text.to_string() };
    let view = ThemePage {
        shell: here.shell(making.site, making.staff, &heading),
        heading,
        question: question(room),
        errors: making.errors(),
        done: here.done(room),
        tags: theme.map(tags).unwrap_or_default(),
        about: size(all, room.frame.n),
        words: theme.and_then(|theme| words(&theme.terms)),
        theme: theme.map(|theme| deeds_of(making, room, theme)),
        searched: words_wanted.to_string(),
        orders: orders(here.order()),
        range: range(from, shown.len(), listed.len(), words_wanted),
        answers: if is_open { shown.iter().map(|key| answer(making, room, bin, key)).collect() } else { Vec::new() },
        listed: listed.len(),
        all_ticked: typed.has("all", "yes"),
        deeds: deeds(bin).into_iter().map(|(word, text)| (word, text.to_string(), word == chosen)).collect(),
        to: targets(making, room, bin),
        own: Field {
            name: "own",
            label: "Name of their own theme, for the choice above",
            kind: "text",
            autocomplete: "off",
            typed: typed.back("own").unwrap_or_default(),
            error: making.error_at("own"),
            ..Field::default()
        },
        error,
        earlier: (from > 0).then(|| link(from.saturating_sub(PAGE), "The answers before")),
        later: (from + PAGE < listed.len()).then(|| link(from + PAGE, "The next answers")),
        here: here.page(here.part),
        action: here.from(from),
        csrf: here.csrf.clone(),
    };
    Ok(making.renderer.render("staff/theme", &view)?)
}

/// What can be done with answers of a place.
fn deeds(bin: Bin) -> Vec<(&'static str, &'static str)> {
    let is_theme = matches!(bin, Bin::Theme(_));
    let to = if is_theme {
        "Move them out of this theme to those ticked below"
    } else {
        "Move them to the themes ticked below, out of all others"
    };
    let all = [
        (true, ("to", to)),
        (bin != Bin::Waiting, ("also", "Put them in the themes ticked below as well")),
        (is_theme, ("out", "Take them out of this theme")),
        (bin != Bin::Waiting, ("stay", "Leave them: I have read them and they belong where they are")),
        (true, ("own", "Make them a theme of their own")),
        (bin != Bin::Other, ("other", "They say something that is no theme")),
        (bin != Bin::None, ("none", "They say nothing")),
    ];
    all.into_iter().filter(|(is_possible, _)| *is_possible).map(|(_, deed)| deed).collect()
}

fn targets(making: &Making<'_>, room: &Room, bin: Bin) -> Vec<(String, String, bool)> {
    let open = room.frame.themes.iter().filter(|theme| !theme.is_locked && Bin::Theme(theme.theme) != bin);
    let one = |theme: &ThemeShown| {
        let id = theme.theme.to_string();
        let is_ticked = making.typed.has("to", &id);
        (id, theme.name.clone(), is_ticked)
    };
    open.map(one).collect()
}

fn orders(order: Order) -> Vec<SelectOption> {
    let option = |code: &str, text: &str, of: Order| SelectOption {
        code: code.to_string(),
        text: text.to_string(),
        selected: of == order,
    };
    vec![
        option("typical", "Most typical first", Order::Typical),
        option("unsure", "Where the computer is least sure first", Order::Unsure),
    ]
}

fn range(from: usize, shown: usize, listed: usize, words: &str) -> String {
    let with = if words.is_empty() { String::new() } else { format!(" with “{words}”") };
    if shown == 0 {
        return format!("There are no answers{with} here.");
    }
    let number = |n: usize| thousands(n as u64);
    format!("Answers {} to {} of {}{with}.", number(from + 1), number(from + shown), number(listed))
}

fn answer(making: &Making<'_>, room: &Room, bin: Bin, key: &AnswerKey) -> Answer {
    Answer {
        key: key.to_string(),
        text: room.text(key).to_string(),
        told: told(room, bin, key),
        ticked: making.typed.has("answer", key.as_str()),
    }
}

/// Where an answer is, who put it there and, where it was the machine, by what and how surely.
fn told(room: &Room, bin: Bin, key: &AnswerKey) -> String {
    let Some(coded) = room.coding.codes().get(key) else { return "Not placed yet.".to_string() };
    let name = |theme: ThemeId| room.coding.themes().get(&theme).map(|known| format!("“{}”", known.name));
    let others: Vec<String> = coded.place.themes().filter(|theme| Bin::Theme(*theme) != bin).filter_map(name).collect();
    let place = match (&coded.place, others.as_slice(), bin) {
        (Place::None, ..) => "Says nothing. ".to_string(),
        (Place::Other, ..) => "In no theme. ".to_string(),
        (_, [], _) => String::new(),
        (_, others, Bin::Theme(_)) => format!("Also in {}. ", others.join(", ")),
        (_, others, _) => format!("In {}. ", others.join(", ")),
    };
    if coded.by_person {
        return format!("{place}Placed by a person.");
    }
    let of_theme = match bin {
        Bin::Theme(theme) => Some(theme),
        _ => coded.place.themes().next(),
    };
    let theme = of_theme.and_then(|theme| room.coding.themes().get(&theme));
    let found = theme.map(|theme| reasons(theme, room.text(key))).unwrap_or_default();
    let by = match (theme, found.as_slice()) {
        (None, _) => "Placed by the computer".to_string(),
        (_, []) => "Placed by the computer because it is like the others, not by a word of the theme".to_string(),
        (_, found) => format!("Placed by the computer by “{}”", found.join("”, “")),
    };
    let sure =
        coded.nearness.map(|near| format!("; {near} of 100 near to the middle of the theme")).unwrap_or_default();
    format!("{place}{by}{sure}.")
}

fn deeds_of(making: &Making<'_>, room: &Room, theme: &ThemeShown) -> ThemeDeeds {
    let (typed, id) = (&making.typed, theme.theme.to_string());
    let into = into(room, Some(&id), typed.get("into"));
    let most = (*PARTS.end()).min(theme.count / 2);
    let asked = making.here.asked.parts.filter(|k| PARTS.contains(k));
    let can_part = !theme.is_locked && theme.count >= FEWEST;
    ThemeDeeds {
        is_locked: theme.is_locked,
        is_empty: theme.count == 0,
        name: Field {
            name: "name",
            label: "Name",
            kind: "text",
            autocomplete: "off",
            typed: typed.back("name").unwrap_or_else(|| theme.name.clone()),
            error: making.error_at("name"),
            ..Field::default()
        },
        into: if into.len() > 1 { into } else { Vec::new() },
        merge_error: making.error_at("into"),
        parts: (*PARTS.start()..=most)
            .filter(|_| can_part)
            .map(|k| SelectOption {
                code: k.to_string(),
                text: format!("in {k} parts"),
                selected: asked.unwrap_or(*PARTS.start()) == k,
            })
            .collect(),
        parted: asked.filter(|_| can_part).map(|k| parted(making, room, theme.theme, k)),
        id,
    }
}

fn parted(making: &Making<'_>, room: &Room, theme: ThemeId, k: usize) -> Parted {
    let typed = &making.typed;
    let is_typed = typed.get("do") == Some("part");
    let part = |(number, part): (usize, crate::analysis::coding::parts::ThemePart)| PartRow {
        number,
        name: typed.back(&format!("part.{number}")).unwrap_or(part.label),
        size: answers_in_words(part.answers.len()),
        quotes: part.quotes.iter().take(QUOTES).map(|key| quote(room.text(key))).collect(),
        // The largest part is the theme as it stays.
        ticked: if is_typed { typed.has("part", &number.to_string()) } else { number > 0 },
    };
    Parted {
        k,
        seen: room.answers_of(theme),
        parts: room.parts(theme, k).into_iter().enumerate().map(part).collect(),
        error: making.error_at("parts"),
    }
}
