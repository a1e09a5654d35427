//! From a survey's questions, the fields typed so far and their faults to what a page places.

use super::html::Html;
use super::item::{
    Action, Allocate, AllocateRow, Choice, Choose, Consent, Date, DatePart, Dropdown, Entries, Entry, Ideas, Input,
    Item, Note, Other, Question, Rank, RankRow, Rate, RateRow, SelectOption,
};
use super::markdown::{inline, words};
use super::page::{AnswerRow, Link};
use crate::item::options::{self, Choice as Offered, ItemRow};
use crate::item::{self, Answer, Fault, FaultKind, Fields, Kind, Scale, Style};

/// What a page shows of its items. Where `heads_page` holds, the only item is the page's heading; where `more` names a
/// repeat, it shows one entry more than was filled in.
pub fn items<'a>(
    items: impl IntoIterator<Item = &'a item::Item>,
    fields: &Fields,
    faults: &[Fault],
    heads_page: bool,
    more: Option<&str>,
) -> Vec<Item> {
    let more = |item: &item::Item| more == Some(item.head.id.as_str());
    items.into_iter().map(|item| view(item, fields, faults, heads_page, more(item))).collect()
}

/// The faults as links to the fields they are about.
pub fn error_links(faults: &[Fault]) -> Vec<Link> {
    faults
        .iter()
        .map(|fault| Link { href: format!("#{}", super::html::id_of(&fault.field)), text: message(fault) })
        .collect()
}

/// The numbers of the checks that only warn: posted as `confirm`, they are not told again.
pub fn confirmable(faults: &[Fault]) -> Vec<usize> {
    let number = |fault: &Fault| match fault.kind {
        FaultKind::Check { number, may_go_on: true, .. } => Some(number),
        _ => None,
    };
    faults.iter().filter_map(number).collect()
}

/// What a person reads of a fault: its texts are an author's Markdown, and an error is plain.
fn message(fault: &Fault) -> String {
    let text = words(&fault.message());
    if fault.may_go_on() { format!("{} If it is right, continue.", ended(&text)) } else { text }
}

fn ended(sentence: &str) -> String {
    if sentence.ends_with(['.', '!', '?']) { sentence.to_string() } else { format!("{sentence}.") }
}

fn view(item: &item::Item, fields: &Fields, faults: &[Fault], heads_page: bool, more: bool) -> Item {
    let head = &item.head;
    let error_of = |field: &str| faults.iter().find(|fault| fault.field == field).map(message);
    let own_error = || faults.iter().find(|fault| fault.item == head.id && !is_row_or_other(item, fault)).map(message);
    let question = Question {
        name: head.id.clone(),
        label: inline(&head.text),
        hint: head.hint.as_deref().map(inline),
        optional: !head.required,
        heading: heads_page,
        error: own_error(),
    };
    let typed = |name: &str| fields.first(name).unwrap_or_default().to_string();
    let row_error = |row: &ItemRow| error_of(&format!("{}.{}", head.id, row.id));
    let row_typed = |row: &ItemRow| typed(&format!("{}.{}", head.id, row.id));
    match &item.kind {
        Kind::Note(_) => Item::Note(Note::new(None, false, &head.text)),
        Kind::Consent(_) => {
            let question = Question { label: Html::text("Your consent"), ..question };
            Item::Consent(Consent::new(question, None, inline(&head.text), fields.typed(&head.id).is_some()))
        }
        Kind::Single(single) if single.style == Style::Dropdown => {
            Item::Dropdown(Dropdown::new(question, to_open(&single.options, &typed(&head.id)), Vec::new()))
        }
        Kind::Single(single) => {
            let question = with_usual_hint(question, "Select one option");
            Item::Single(Choose::new(question, choices(&single.options, &head.id, fields, faults)))
        }
        Kind::Multi(multi) => {
            let hint =
                multi.max.map_or_else(|| "Select all that apply".to_string(), |max| format!("Select up to {max}"));
            Item::Multi(Choose::new(
                with_usual_hint(question, &hint),
                choices(&multi.options, &head.id, fields, faults),
            ))
        }
        Kind::Text(text) if text.lines > 1 => {
            let rows = u8::try_from(text.lines).unwrap_or(u8::MAX);
            Item::Text(Input::lines(question, &typed(&head.id), rows, Some(text.max_chars)))
        }
        Kind::Text(text) => Item::Text(Input::counted_line(question, &typed(&head.id), text.max_chars)),
        Kind::Number(number) => {
            let input = Input::number(question, &typed(&head.id), number.decimals > 0, 5);
            Item::Number(input.with_affixes(None, number.unit.clone()))
        }
        Kind::Email(_) => Item::Email(Input::email(question, &typed(&head.id))),
        Kind::Date(_) => {
            let part = |part: &str| {
                let field = format!("{}.{part}", head.id);
                DatePart {
                    typed: typed(&field),
                    wrong: faults.iter().any(|fault| fault.field == field && part != "day"),
                }
            };
            Item::Date(Date::new(question, part("day"), part("month"), part("year"), false))
        }
        Kind::Rate(rate) => {
            let rows = rate.rows.iter().map(|row| RateRow {
                code: row.id.clone(),
                label: inline(&row.label),
                hint: None,
                error: row_error(row),
                choices: rate.steps.iter().map(|step| choice(step, step.id == row_typed(row))).collect(),
            });
            Item::Rate(Rate::new(question, rows.collect()))
        }
        Kind::Rank(rank) => {
            let rows = rank.rows.iter().map(|row| RankRow {
                code: row.id.clone(),
                label: inline(&row.label),
                error: row_error(row),
                position: row_typed(row),
            });
            Item::Rank(Rank::new(question, rows.collect(), rank.max))
        }
        Kind::Allocate(allocate) => {
            let rows = allocate.rows.iter().map(|row| AllocateRow {
                code: row.id.clone(),
                label: inline(&row.label),
                error: row_error(row),
                typed: row_typed(row),
            });
            Item::Allocate(Allocate::new(
                question,
                rows.collect(),
                &points_left(allocate, fields, &head.id),
                Some("points".to_string()),
            ))
        }
        Kind::Repeat(repeat) => Item::Repeat(entries(head, repeat, question, fields, faults, more)),
        Kind::Ideas(ideas) => Item::Ideas(ideas_wall(head, ideas, question, fields, &error_of)),
    }
}

fn entries(
    head: &item::Head,
    repeat: &item::Repeat,
    question: Question,
    fields: &Fields,
    faults: &[Fault],
    more: bool,
) -> Entries {
    let is_filled = |number: u32| {
        let prefix = format!("{}.{number}.", head.id);
        fields.0.iter().any(|(name, value)| name.starts_with(&prefix) && !value.trim().is_empty())
    };
    let filled = (1..=repeat.max).rev().find(|number| is_filled(*number)).unwrap_or(0);
    let shown = (filled + u32::from(more)).max(repeat.min).max(1).min(repeat.max);
    let name = ended_name(&repeat.item_name);
    let entry = |number: u32| {
        let items = repeat.entry(head, number);
        // Within an entry each field has the faults about itself; what is about the whole stands at the question.
        let about = |fault: &Fault, id: &str| {
            let inside = fault.field.strip_prefix(id).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
            inside && !is_about_whole(fault)
        };
        let within = |id: &str| {
            let own = faults.iter().filter(|fault| about(fault, id));
            own.map(|fault| Fault { item: id.to_string(), ..fault.clone() }).collect::<Vec<_>>()
        };
        let items = items.iter().map(|item| view(item, fields, &within(&item.head.id), false, false)).collect();
        let title = format!("{name} {number}");
        let remove = (shown > 1).then(|| Action {
            then: format!("remove.{}.{number}", head.id),
            label: format!("Remove {} {number}", repeat.item_name),
        });
        Entry { title, items, remove }
    };
    let add = (shown < repeat.max)
        .then(|| Action { then: format!("more.{}", head.id), label: format!("Add another {}", repeat.item_name) });
    Entries::new(question, (1..=shown).map(entry).collect(), add)
}

fn ended_name(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn ideas_wall(
    head: &item::Head,
    ideas: &item::Ideas,
    question: Question,
    fields: &Fields,
    error_of: &dyn Fn(&str) -> Option<String>,
) -> Ideas {
    let typed = |name: &str| fields.first(name).unwrap_or_default().to_string();
    let own = (1..=ideas.max_ideas).map(|number| {
        let name = format!("{}.own.{number}", head.id);
        let label = if ideas.max_ideas == 1 { "Your idea".to_string() } else { format!("Your idea {number}") };
        let error = error_of(&name);
        let asked =
            Question { name: name.clone(), label: Html::text(&label), error, optional: true, ..Question::default() };
        Item::Text(Input::lines(asked, &typed(&name), 2, Some(ideas.max_chars)))
    });
    let rows = ideas.seeds.iter().map(|seed| {
        let name = format!("{}.vote.{}", head.id, seed.id);
        let choices = item::VOTES.iter().map(|(id, label)| {
            let mut choice = Choice::new(id, Html::text(label));
            choice.checked = typed(&name) == *id;
            choice
        });
        RateRow {
            code: seed.id.clone(),
            label: inline(&seed.label),
            hint: None,
            error: error_of(&name),
            choices: choices.collect(),
        }
    });
    let asked = Question {
        name: format!("{}.vote", head.id),
        label: Html::text("What do you think of these ideas?"),
        optional: true,
        ..Question::default()
    };
    let votes = (!ideas.seeds.is_empty()).then(|| Item::Rate(Rate::new(asked, rows.collect())));
    Ideas::new(question, own.chain(votes).collect())
}

/// True for faults of a whole repeat, rather than of one of its fields.
fn is_about_whole(fault: &Fault) -> bool {
    matches!(fault.kind, FaultKind::TooFewEntries { .. } | FaultKind::Check { .. })
}

/// The options of a list to open, with an empty one before them.
fn to_open(options: &[Offered], chosen: &str) -> Vec<SelectOption> {
    let option = |code: &str, text: String| SelectOption { code: code.to_string(), text, selected: chosen == code };
    let empty = option("", "Select an option".to_string());
    std::iter::once(empty).chain(options.iter().map(|known| option(&known.id, words(&known.label)))).collect()
}

fn with_usual_hint(question: Question, hint: &str) -> Question {
    Question { hint: question.hint.or_else(|| Some(Html::text(hint))), ..question }
}

/// True if the fault is shown at a row or at a text beside an option rather than at the question.
fn is_row_or_other(item: &item::Item, fault: &Fault) -> bool {
    if matches!(fault.kind, FaultKind::Check { .. }) {
        return false;
    }
    let other = fault.field.starts_with(&format!("{}.other.", item.head.id));
    let inside = matches!(item.kind, Kind::Repeat(_) | Kind::Ideas(_)) && !is_about_whole(fault);
    other
        || inside
        || matches!(item.kind, Kind::Rate(_) | Kind::Rank(_) | Kind::Allocate(_)) && fault.field != item.head.id
}

fn points_left(allocate: &item::Allocate, fields: &Fields, id: &str) -> String {
    let given = allocate.rows.iter().filter_map(|row| fields.typed(&format!("{id}.{}", row.id))?.parse::<u64>().ok());
    let (total, sum) = (u64::from(allocate.total), given.fold(0, u64::saturating_add));
    let multiples = if allocate.step > 1 { format!(", in multiples of {}", allocate.step) } else { String::new() };
    match sum {
        0 => format!("You have {total} points to share{multiples}."),
        sum if sum > total => format!("You have shared {sum} of {total} points: {} too many.", sum - total),
        sum => format!("You have shared {sum} of {total} points: {} left.", total - sum),
    }
}

fn choices(options: &[Offered], id: &str, fields: &Fields, faults: &[Fault]) -> Vec<Choice> {
    let chosen: Vec<&str> = fields.all(id).collect();
    let mut views: Vec<Choice> = Vec::new();
    for option in options {
        let mut view = choice(option, chosen.contains(&option.id.as_str()));
        if option.exclusive && !views.is_empty() {
            view.divider = Some("or".to_string());
        }
        if option.other != options::Other::None {
            let field = format!("{id}.other.{}", option.id);
            let optional = if option.other == options::Other::Optional { " (optional)" } else { "" };
            let error = faults.iter().find(|fault| fault.field == field).map(message);
            let label = format!("If “{}”, please say what{optional}", words(&option.label));
            view.other = Some(Other::new(&label, fields.first(&field).unwrap_or_default(), error));
        }
        views.push(view);
    }
    views
}

fn choice(option: &Offered, checked: bool) -> Choice {
    let mut view = Choice::new(&option.id, inline(&option.label));
    view.hint = option.hint.as_deref().map(inline);
    view.checked = checked;
    view.exclusive = option.exclusive;
    view
}

/// One line of "check your answers".
pub fn answer_row(item: &item::Item, answer: Option<&Answer>, change: String) -> AnswerRow {
    let change = Link { href: change, text: words(&item.head.text) };
    AnswerRow {
        key: inline(&item.head.text),
        given: answer.map(|answer| in_words(item, answer)).unwrap_or_default(),
        change: Some(change),
    }
}

fn in_words(item: &item::Item, answer: &Answer) -> Vec<String> {
    let label = |options: &[Offered], id: &str| {
        options.iter().find(|option| option.id == id).map_or_else(|| id.to_string(), |option| words(&option.label))
    };
    let row_label = |rows: &[ItemRow], id: &str| {
        rows.iter().find(|row| row.id == id).map_or_else(|| id.to_string(), |row| words(&row.label))
    };
    let beside =
        |text: String, other: Option<&String>| other.map_or_else(|| text.clone(), |other| format!("{text}: {other}"));
    match (item.scale(), answer) {
        (_, Answer::Given) => vec!["Yes".to_string()],
        (Scale::Nominal(options) | Scale::Ordinal(options), Answer::Choice { option, other }) => {
            vec![beside(label(options, option), other.as_ref())]
        }
        (Scale::Multiple(options), Answer::Choices { options: chosen, other }) => {
            chosen.iter().map(|id| beside(label(options, id), other.get(id))).collect()
        }
        (Scale::Ratings { rows, steps }, Answer::Ratings(ratings)) => {
            let rated = rows
                .iter()
                .filter_map(|row| Some(format!("{}: {}", words(&row.label), label(steps, ratings.get(&row.id)?))));
            rated.collect()
        }
        (Scale::Ranking { rows, .. }, Answer::Ranking(order)) => {
            (1..).zip(order).map(|(place, id)| format!("{place}. {}", row_label(rows, id))).collect()
        }
        (Scale::Allocation { rows, .. }, Answer::Points(points)) => rows
            .iter()
            .filter_map(|row| Some(format!("{}: {} points", words(&row.label), points.get(&row.id)?)))
            .collect(),
        (Scale::Entries { fields, .. }, Answer::Entries(entries)) => {
            let lines = (1..).zip(entries).flat_map(|(number, entry)| {
                let given = fields.iter().filter_map(|field| Some((field, entry.get(&field.head.id)?)));
                given.map(move |(field, answer)| {
                    format!("{number}. {}: {}", words(&field.head.text), in_words(field, answer).join("; "))
                })
            });
            lines.collect()
        }
        (Scale::Ideas { seeds, .. }, Answer::Ideas { own, votes }) => {
            let said = |vote: &str| {
                item::VOTES
                    .iter()
                    .find(|(id, _)| *id == vote)
                    .map_or_else(String::new, |(_, label)| (*label).to_string())
            };
            let voted = votes.iter().map(|(seed, vote)| format!("{}: {}", row_label(seeds, seed), said(vote)));
            own.iter().cloned().chain(voted).collect()
        }
        (_, Answer::Text(text)) => text.lines().map(str::to_string).collect(),
        (_, Answer::Number(number)) => match &item.kind {
            Kind::Number(item::Number { unit: Some(unit), .. }) => vec![format!("{number} {unit}")],
            _ => vec![number.clone()],
        },
        (_, Answer::Date(day)) => vec![
            day.parse::<jiff::civil::Date>()
                .map_or_else(|_| day.clone(), |date| date.strftime("%-d %B %Y").to_string()),
        ],
        _ => Vec::new(),
    }
}
