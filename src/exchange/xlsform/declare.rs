//! Gives every row its id and every name its meaning, before any rule is read.

use std::rc::Rc;

use super::columns::Headers;
use super::ids::Ids;
use super::import::Import;
use super::kinds::{Block, Choose, Kind};
use super::lists::Lists;
use super::tree::{Node, yes_no};
use super::typed::{Answer, Lost, Options, Symbol, Type, Value};
use crate::exchange::rule::{Name, Part, named};

/// A group that is one question with rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TableOf {
    /// Each row on the scale of a list.
    Rate(String),
    /// Points for each row.
    Allocate,
}

/// Names all rows.
pub(super) fn declare(import: &mut Import, nodes: &mut [Node]) {
    for node in nodes {
        let place = node.place;
        match &node.kind {
            Kind::Begin(Block::Repeat) => repeat(import, node),
            Kind::Begin(_) => {
                node.table = table_of(node, &import.lists, import.headers());
                if node.table.is_some() {
                    table(import, node);
                } else {
                    declare(import, &mut node.inner);
                }
            }
            _ => {
                let symbol = question(import, node);
                if let Symbol::Value(Value::Answer(answer)) = &symbol {
                    import.symbols.place(&answer.name.item, place);
                }
                import.symbols.add(&node.name, place, symbol);
            }
        }
    }
}

/// The id of a row: its own in a workbook of ours, or one made from its name.
fn id_of(import: &mut Import, node: &Node) -> String {
    let own = import.is_own();
    import.ids.question_as(node.row.get("id").filter(|_| own).unwrap_or(&node.name), own)
}

/// The answer that a question gives.
fn question(import: &mut Import, node: &mut Node) -> Symbol {
    let gone = |code, why: &str| Symbol::Gone(Lost::new(code, why.to_string()));
    let kind = match &node.kind {
        Kind::Choice { ask, list, .. } => {
            let Some(names) = list_of(&import.lists, &node.kind).map(super::lists::List::names) else {
                let why = format!("`{}` offers the list `{list}`, which the form does not have", node.name);
                return gone("list-unknown", &why);
            };
            match ask {
                Choose::One => Type::Single(names),
                Choose::Many => Type::Multi(names),
                Choose::Rank => Type::Rank(names),
            }
        }
        Kind::Text if is_shown_only(node) => {
            node.id = id_of(import, node);
            return gone("note", &format!("`{}` is read only, so it has no answer", node.name));
        }
        Kind::Text | Kind::Time | Kind::DateTime => Type::Text,
        Kind::Number { whole } => Type::Number { whole: *whole },
        Kind::Range => Type::Number { whole: true },
        Kind::Date => Type::Date,
        Kind::Acknowledge => Type::Consent,
        Kind::Note => {
            node.id = id_of(import, node);
            return gone("note", &format!("`{}` is a note, which has no answer", node.name));
        }
        Kind::Calculate => {
            node.id = id_of(import, node);
            return gone("calculation-lost", &format!("`{}` is not worked out yet", node.name));
        }
        Kind::FileChoice { file, .. } => {
            return gone("choices-elsewhere", &format!("`{}` offers what stands in `{file}`", node.name));
        }
        Kind::Personal(_) => return gone("privacy", &format!("`{}` is not asked and not kept here", node.name)),
        _ => return gone("type", &format!("`{}` is of a type that there is not here", node.name)),
    };
    node.id = id_of(import, node);
    if let Kind::Choice { ask, or_other: true, .. } = &node.kind {
        let symbol = match ask {
            Choose::One => Symbol::Value(Value::Answer(Answer {
                name: Name { item: node.id.clone(), part: Some(Part::Row("other".into())) },
                kind: Type::Text,
                worked_out: false,
            })),
            _ => gone("function", "rules here cannot name the text beside an option of several"),
        };
        import.symbols.add(&format!("{}_other", node.name), node.place, symbol);
    }
    Symbol::Value(Value::Answer(Answer { name: named(&node.id), kind, worked_out: false }))
}

/// The list of a question.
pub(super) fn list_of<'a>(lists: &'a Lists, kind: &Kind) -> Option<&'a super::lists::List> {
    let Kind::Choice { list, .. } = kind else { return None };
    lists.named(list).or_else(|| lists.external(list)).filter(|list| !list.options.is_empty())
}

/// True if a text can only be read.
pub(super) fn is_shown_only(node: &Node) -> bool {
    node.row.get("read_only").is_some_and(|value| yes_no(value) == Some(true)) && node.row.get("calculation").is_none()
}

fn repeat(import: &mut Import, node: &mut Node) {
    node.id = id_of(import, node);
    let answer = Answer { name: named(&node.id), kind: Type::Repeat, worked_out: false };
    import.symbols.place(&node.id, node.place);
    import.symbols.add(&node.name, node.place, Symbol::Value(Value::Answer(answer)));
    let mut ids = Ids::default();
    let own = import.headers() == Headers::Canvass;
    fields(import, &mut node.inner, &mut ids, own);
}

fn fields(import: &mut Import, nodes: &mut [Node], ids: &mut Ids, own: bool) {
    for node in nodes {
        let why = format!("`{}` is answered once for each entry", node.name);
        import.symbols.add(&node.name, node.place, Symbol::Gone(Lost::new("repeat", why)));
        if matches!(node.kind, Kind::Begin(_)) {
            fields(import, &mut node.inner, ids, own);
        } else {
            let written = node.row.get("id").filter(|_| own).unwrap_or(&node.name);
            node.id = ids.question_as(written, own);
        }
    }
}

fn table(import: &mut Import, node: &mut Node) {
    node.id = id_of(import, node);
    import.symbols.place(&node.id, node.place);
    let kind = match &node.table {
        Some(TableOf::Rate(list)) => Type::Single(
            import.lists.named(list).map_or_else(|| Rc::new(Options::default()), super::lists::List::names),
        ),
        _ => Type::Number { whole: true },
    };
    let mut ids = Ids::default();
    let own = import.is_own();
    for row in node.inner.iter_mut().filter(|row| !is_header(row)) {
        row.id = ids.option(row.row.get("id").filter(|_| own).unwrap_or(&row.name));
        let name = Name { item: node.id.clone(), part: Some(Part::Row(row.id.clone())) };
        let answer = Answer { name, kind: kind.clone(), worked_out: false };
        import.symbols.add(&row.name, row.place, Symbol::Value(Value::Answer(answer)));
    }
    // The group's own name stands for the whole table, as in `count(…)`.
    if import.headers() == Headers::Canvass {
        let kind = Type::Multi(Rc::new(Options::default()));
        let answer = Answer { name: named(&node.id), kind, worked_out: false };
        import.symbols.add(&node.name, node.place, Symbol::Value(Value::Answer(answer)));
    }
}

/// True for the row of a table that only shows the options.
pub(super) fn is_header(row: &Node) -> bool {
    appearance(row).contains(&"label")
}

/// The words of the appearance.
pub(super) fn appearance(node: &Node) -> Vec<&str> {
    node.row.get("appearance").map(|words| words.split_whitespace().collect()).unwrap_or_default()
}

/// What table a group is, if it is one: all its rows ask for one option of the same list, without rules of their own.
fn table_of(group: &Node, lists: &Lists, headers: Headers) -> Option<TableOf> {
    let list_name = |node: &Node| match &node.kind {
        Kind::Choice { ask: Choose::One, list, or_other: false } => Some(list.clone()),
        _ => None,
    };
    if headers == Headers::Canvass {
        return match group.row.get("canvass_type") {
            Some("rate") => {
                let list =
                    group.inner.iter().find_map(list_name).or_else(|| group.row.get("parameters").map(str::to_string));
                list.map(TableOf::Rate)
            }
            Some("allocate") => Some(TableOf::Allocate),
            _ => None,
        };
    }
    let first = list_name(group.inner.first()?)?;
    let has_header = group.inner.iter().any(is_header);
    let as_table = appearance(group).contains(&"table-list")
        || has_header && group.inner.iter().all(|row| is_header(row) || appearance(row).contains(&"list-nolabel"));
    let rows: Vec<&Node> = group.inner.iter().filter(|row| !is_header(row)).collect();
    let required = |row: &Node| row.row.get("required").map(yes_no);
    let alike = rows.iter().all(|row| {
        list_name(row).as_ref() == Some(&first)
            && ["relevant", "constraint", "choice_filter"].iter().all(|column| row.row.get(column).is_none())
            && required(row) == required(rows.first().copied().unwrap_or(row))
    });
    let has_list = lists.named(&first).is_some_and(|list| !list.options.is_empty());
    (as_table && alike && has_list && !rows.is_empty() && rows.len() <= 500).then_some(TableOf::Rate(first))
}
