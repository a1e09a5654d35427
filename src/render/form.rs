//! From a survey's questions, the fields typed so far and their faults to what a page places.

use std::collections::BTreeMap;

use super::fault::message;
use super::html::Html;
use super::item::{
    Action, Allocate, AllocateRow, CharacterCount, Choice, Choose, Consent, Date, DatePart, Dropdown, Entries, Entry,
    Input, Item, Note, Other, Question, Rank, RankRow, Rate, RateRow, SelectOption,
};
use super::markdown::{inline, words as plain};
use super::page::Link;
use super::wall::{Screen, Wall};
use crate::item::options::{self, Choice as Offered, ItemRow};
use crate::item::{self, Fault, FaultKind, Fields, Kind, Style};
use crate::vocabulary::Words;

/// What a page is filled with, and the words it speaks.
#[derive(Clone, Copy, Debug)]
pub struct Filled<'a> {
    /// What stands in the fields.
    pub fields: &'a Fields,
    /// What is wrong with it.
    pub faults: &'a [Fault],
    /// The program's words for the page.
    pub words: &'static Words,
    /// Their language, where it is not the page's.
    pub words_lang: Option<&'static str>,
    /// The language of the page.
    pub lang: &'a str,
    /// What is told beside what comes back from an earlier round, by the name of the field.
    pub before: &'a Told,
}

/// Html by the name of a field.
pub type Told = BTreeMap<String, Html>;

/// Nothing.
pub static NOTHING: Told = BTreeMap::new();

impl Filled<'_> {
    /// What stands in a field.
    pub fn typed(&self, name: &str) -> String {
        self.fields.first(name).unwrap_or_default().to_string()
    }

    /// Words of the program among those of the author.
    pub fn own(&self, text: &str) -> Html {
        Html::text_in(text, self.words_lang)
    }

    /// A question's hint, with what is told beside it.
    fn with_before(&self, id: &str, hint: Option<Html>) -> Option<Html> {
        match (hint, self.before.get(id)) {
            (Some(hint), Some(told)) => Some(Html::made_here(format!("{hint}<br>{told}"))),
            (hint, told) => hint.or_else(|| told.cloned()),
        }
    }

    /// What is wrong with a field.
    pub fn error_of(&self, field: &str) -> Option<String> {
        self.faults.iter().find(|fault| fault.field == field).map(|fault| message(fault, self.words))
    }
}

/// What a page shows of its items. Where `heads_page` holds, the only item is the page's heading; where `more` names a
/// repeat, it shows one entry more than was filled in.
pub fn items<'a>(
    items: impl IntoIterator<Item = &'a item::Item>,
    filled: Filled<'_>,
    heads_page: bool,
    more: Option<&str>,
) -> Vec<Item> {
    let more = |item: &item::Item| more == Some(item.head.id.as_str());
    items.into_iter().map(|item| view(item, filled, heads_page, more(item))).collect()
}

/// The faults as links to the fields they are about.
pub fn error_links(faults: &[Fault], words: &Words) -> Vec<Link> {
    faults
        .iter()
        .map(|fault| Link { href: format!("#{}", super::html::id_of(&fault.field)), text: message(fault, words) })
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

fn view(item: &item::Item, filled: Filled<'_>, heads_page: bool, more: bool) -> Item {
    let head = &item.head;
    let words = filled.words;
    let own_error = || {
        let own = |fault: &&Fault| fault.item == head.id && !is_row_or_other(item, fault);
        filled.faults.iter().find(own).map(|fault| message(fault, words))
    };
    let question = Question {
        name: head.id.clone(),
        label: inline(&head.text),
        hint: filled.with_before(&head.id, head.hint.as_deref().map(inline)),
        optional: !head.required,
        heading: heads_page,
        error: own_error(),
    };
    let typed = |name: &str| filled.typed(name);
    let row_error = |row: &ItemRow| filled.error_of(&format!("{}.{}", head.id, row.id));
    let row_typed = |row: &ItemRow| typed(&format!("{}.{}", head.id, row.id));
    match &item.kind {
        Kind::Note(_) => Item::Note(Note::new(None, false, &head.text)),
        Kind::Consent(_) => {
            let question = Question { label: filled.own(words.form.your_consent), ..question };
            Item::Consent(Consent::new(question, None, inline(&head.text), filled.fields.typed(&head.id).is_some()))
        }
        Kind::Single(single) if single.style == Style::Dropdown => {
            let options = to_open(&single.options, &typed(&head.id), words.form.select_an_option);
            let others =
                single.options.iter().filter_map(|option| Some((option.id.clone(), other(option, &head.id, filled)?)));
            Item::Dropdown(Dropdown::new(question, options, others.collect()))
        }
        Kind::Single(single) => {
            let question = with_usual_hint(question, filled.own(words.form.select_one));
            Item::Single(Choose::new(question, choices(&single.options, &head.id, filled)))
        }
        Kind::Multi(multi) => {
            let all = || words.form.select_all.to_string();
            let hint = multi.max.map_or_else(all, |max| words.form.select_up_to.with(&[("max", &max)]));
            Item::Multi(Choose::new(
                with_usual_hint(question, filled.own(&hint)),
                choices(&multi.options, &head.id, filled),
            ))
        }
        Kind::Text(text) if text.lines > 1 => {
            let rows = u8::try_from(text.lines).unwrap_or(u8::MAX);
            Item::Text(Input::lines(question, &typed(&head.id), rows, Some(limit(text.max_chars, words))))
        }
        Kind::Text(text) => Item::Text(Input::counted_line(question, &typed(&head.id), limit(text.max_chars, words))),
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
                    wrong: filled.faults.iter().any(|fault| fault.field == field && part != "day"),
                }
            };
            let parts = [part("day"), part("month"), part("year")];
            Item::Date(Date::new(question, parts, words.dates.labels, false))
        }
        Kind::Rate(rate) => {
            let rows = rate.rows.iter().map(|row| RateRow {
                code: row.id.clone(),
                label: inline(&row.label),
                hint: filled.before.get(&format!("{}.{}", head.id, row.id)).cloned(),
                error: row_error(row),
                choices: rate.steps.iter().map(|step| choice(step, step.id == row_typed(row))).collect(),
                action: None,
            });
            Item::Rate(Rate::new(question, rows.collect()))
        }
        Kind::Rank(rank) => {
            let rows = rank.rows.iter().map(|row| RankRow {
                code: row.id.clone(),
                label: inline(&row.label),
                error: row_error(row),
                wrong: shared_places(filled, &head.id).any(|place| row_typed(row).trim() == place),
                position: row_typed(row),
            });
            Item::Rank(Rank::new(question, rows.collect(), rank.max, words.form.not_ranked))
        }
        Kind::Allocate(allocate) => {
            let own = |fault: &Fault| fault.item == head.id && matches!(fault.kind, FaultKind::WrongTotal { .. });
            let is_sum_wrong = filled.faults.iter().any(own);
            let rows = allocate.rows.iter().map(|row| AllocateRow {
                code: row.id.clone(),
                label: inline(&row.label),
                error: if is_sum_wrong { None } else { row_error(row) },
                wrong: is_sum_wrong,
                typed: row_typed(row),
            });
            let left = points_left(allocate, filled.fields, words, &head.id);
            let unit = Some(words.form.points.to_string());
            Item::Allocate(Allocate::new(question, rows.collect(), allocate.total, &left, unit))
        }
        Kind::Repeat(repeat) => Item::Repeat(entries(head, repeat, question, filled, more)),
        // Its screens depend on what lies on the wall: who shows it makes them.
        Kind::Ideas(_) => Item::Ideas(Box::new(Wall::new(question, Screen::default()))),
    }
}

fn entries(head: &item::Head, repeat: &item::Repeat, question: Question, filled: Filled<'_>, more: bool) -> Entries {
    let words = filled.words;
    let shown = entries_shown(head, repeat, filled.fields, more);
    let name = repeat.item_name.as_deref().unwrap_or(words.form.entry);
    let entry = |number: u32| {
        let items = repeat.entry(head, number);
        // Within an entry each field has the faults about itself; what is about the whole stands at the question.
        let about = |fault: &Fault, id: &str| {
            let inside = fault.field.strip_prefix(id).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
            inside && !is_about_whole(fault)
        };
        let within = |id: &str| {
            let own = filled.faults.iter().filter(|fault| about(fault, id));
            own.map(|fault| Fault { item: id.to_string(), ..fault.clone() }).collect::<Vec<_>>()
        };
        let field = |item: &item::Item| view(item, Filled { faults: &within(&item.head.id), ..filled }, false, false);
        let items = items.iter().map(field).collect();
        let title = words.form.numbered.with(&[("name", &capitalised(name)), ("number", &number)]);
        let remove = (shown > 1).then(|| Action {
            then: format!("remove.{}.{number}", head.id),
            label: words.form.remove.with(&[("name", &name), ("number", &number)]),
        });
        Entry { title, items, remove }
    };
    let add = (shown < repeat.max)
        .then(|| Action { then: format!("more.{}", head.id), label: words.form.add_another.with(&[("name", &name)]) });
    Entries::new(question, (1..=shown).map(entry).collect(), add)
}

/// How many entries of a repeat are shown: those filled in, and one `more` where that was asked for.
pub(in crate::render) fn entries_shown(head: &item::Head, repeat: &item::Repeat, fields: &Fields, more: bool) -> u32 {
    let number = |(name, value): &(String, String)| {
        let (number, _) = name.strip_prefix(head.id.as_str())?.strip_prefix('.')?.split_once('.')?;
        // Numbers as they are written here, and no others.
        let is_plain = number.starts_with(|digit: char| ('1'..='9').contains(&digit));
        let number = number.parse().ok().filter(|number| is_plain && *number <= repeat.max)?;
        (!value.trim().is_empty()).then_some(number)
    };
    let last = fields.0.iter().filter_map(number).max().unwrap_or(0);
    (last + u32::from(more)).max(repeat.min).max(1).min(repeat.max)
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// True for faults of a whole repeat, rather than of one of its fields.
fn is_about_whole(fault: &Fault) -> bool {
    matches!(fault.kind, FaultKind::TooFewEntries { .. } | FaultKind::Check { .. })
}

/// The options of a list to open, with an empty one before them.
fn to_open(options: &[Offered], chosen: &str, first: &str) -> Vec<SelectOption> {
    let option = |code: &str, text: String| SelectOption { code: code.to_string(), text, selected: chosen == code };
    let empty = option("", first.to_string());
    std::iter::once(empty).chain(options.iter().map(|known| option(&known.id, plain(&known.label)))).collect()
}

fn with_usual_hint(question: Question, hint: Html) -> Question {
    Question { hint: question.hint.or(Some(hint)), ..question }
}

/// True if the fault is shown at a row or at a text beside an option rather than at the question.
fn is_row_or_other(item: &item::Item, fault: &Fault) -> bool {
    if matches!(fault.kind, FaultKind::Check { .. } | FaultKind::WrongTotal { .. }) {
        return false;
    }
    let other = fault.field.starts_with(&format!("{}.other.", item.head.id));
    let inside = matches!(item.kind, Kind::Repeat(_)) && !is_about_whole(fault);
    other
        || inside
        || matches!(item.kind, Kind::Rate(_) | Kind::Rank(_) | Kind::Allocate(_)) && fault.field != item.head.id
}

/// How much may be typed in a box.
pub fn limit(max: u32, words: &Words) -> CharacterCount {
    let shown = super::words::grouped(u64::from(max));
    CharacterCount { max, text: words.form.up_to_characters.written(u64::from(max), &shown, &[]) }
}

/// The places of a ranking that were given twice.
fn shared_places<'a>(filled: Filled<'a>, id: &'a str) -> impl Iterator<Item = String> + 'a {
    filled.faults.iter().filter(move |fault| fault.item == id).filter_map(|fault| match &fault.kind {
        FaultKind::SameRank { place, .. } => Some(place.to_string()),
        _ => None,
    })
}

/// How many points are left to share, in words.
pub(in crate::render) fn points_left(allocate: &item::Allocate, fields: &Fields, words: &Words, id: &str) -> String {
    let typed = |row: &ItemRow| allocate.points(&fields.typed(&format!("{id}.{}", row.id))?);
    let given = allocate.rows.iter().filter_map(typed);
    let (total, sum) = (u64::from(allocate.total), given.fold(0, u64::saturating_add));
    let form = &words.form;
    match sum {
        0 if allocate.step > 1 => form.points_to_share_by_step.of(total, &[("step", &allocate.step)]),
        0 => form.points_to_share.of(total, &[]),
        sum if sum > total => form.points_over.with(&[("sum", &sum), ("total", &total), ("over", &(sum - total))]),
        sum => form.points_left.with(&[("sum", &sum), ("total", &total), ("left", &(total - sum))]),
    }
}

fn choices(options: &[Offered], id: &str, filled: Filled<'_>) -> Vec<Choice> {
    let words = filled.words;
    let chosen: Vec<&str> = filled.fields.all(id).collect();
    let mut views: Vec<Choice> = Vec::new();
    for option in options {
        let mut view = choice(option, chosen.contains(&option.id.as_str()));
        if option.exclusive && !views.is_empty() {
            view.divider = Some(words.form.or.to_string());
        }
        view.other = other(option, id, filled);
        views.push(view);
    }
    views
}

/// The text that goes with an option, if any does.
fn other(option: &Offered, id: &str, filled: Filled<'_>) -> Option<Other> {
    if option.other == options::Other::None {
        return None;
    }
    let words = filled.words;
    let field = format!("{id}.other.{}", option.id);
    let mut label = words.form.say_what.with(&[("option", &plain(&option.label))]);
    if option.other == options::Other::Optional {
        label = format!("{label} {}", words.labels.optional);
    }
    Some(Other::new(&label, &filled.typed(&field), filled.error_of(&field)))
}

fn choice(option: &Offered, checked: bool) -> Choice {
    let mut view = Choice::new(&option.id, inline(&option.label));
    view.hint = option.hint.as_deref().map(inline);
    view.checked = checked;
    view.exclusive = option.exclusive;
    view
}
