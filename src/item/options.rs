//! Option lists: the choices in a question or the steps of a scale, and the rows that are rated, ranked or funded.

use std::collections::BTreeMap;

use crate::document::keys::{Key, Object, Shape, Words, words};
use crate::document::{Findings, Id, Node, Place, Reader, Value, closest};

/// One choice.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    /// Stable id, unique in its list.
    pub id: String,
    /// What the respondent reads.
    pub label: String,
    /// Explains the choice.
    pub hint: Option<String>,
    /// Numeric value on an ordinal scale.
    pub value: Option<i32>,
    /// True for "don't know" and "not applicable": chosen, yet no answer to the question.
    pub missing: bool,
    /// True if choosing it excludes every other one.
    pub exclusive: bool,
    /// Whether a text is asked beside it.
    pub other: Other,
    /// True if it stays at the end in any order.
    pub last: bool,
    /// To whom it is offered; everyone who sees the question if not said.
    pub show_if: Option<Written>,
}

/// A rule as written, with its place: options stand below the rules and do not read them.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// The rule.
    pub text: String,
    /// Where its first character stands.
    pub place: Place,
    /// True for a rule that an import could not carry over: it is kept to be mended and holds for nobody.
    pub lost: bool,
}

/// Whether an option asks for a text of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Other {
    /// No text.
    #[default]
    None,
    /// A text may be given.
    Optional,
    /// A text must be given.
    Required,
}

/// A row of a grid: something that is rated, ranked or given points.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ItemRow {
    /// Stable id, unique among the rows.
    pub id: String,
    /// What the respondent reads.
    pub label: String,
}

/// What items may refer to by name.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// The definition's option lists.
    pub lists: BTreeMap<String, Vec<Choice>>,
    /// The candidate interventions as rows.
    pub interventions: Vec<ItemRow>,
}

/// What every key `source` is: the name that a thing had where it was imported from.
pub const SOURCE: Key = Key::new(
    "source",
    Shape::Text,
    "The name it had where it was imported from; Canvass keeps it and does not read it",
)
.kept();
/// Who sees a page or question, or is offered an option.
pub const SHOW_IF: Key =
    Key::new("show_if", Shape::Rule, "Who sees it, as a rule about answers on earlier pages; everyone if left out")
        .such_as(&["role in ['resident', 'trader']", "count(travel) >= 2"]);
/// What stands in place of a rule that was lost.
pub const LOST_RULE: Key = Key::new(
    "lost_rule",
    Shape::Text,
    "A rule that an import could not carry over: until you say the same with a rule of your own and delete this, \
     it counts for nobody and nothing is published",
);

/// What can be chosen, or a step of a scale.
pub const OPTION: Object = Object::new(
    "option",
    "What can be chosen, or a step of a scale",
    &[&[
        Key::needed("id", Shape::Id(Id::Code), "What is stored and exported; it stays when the label changes"),
        Key::needed("label", Shape::Text, "What respondents read"),
        Key::new("hint", Shape::Text, "Explains the option"),
        Key::new(
            "value",
            Shape::Whole,
            "Its place on a scale; a question all of whose options have one is ordinal (those marked `missing` need none)",
        ),
        Key::new(
            "missing",
            Shape::Flag,
            "True for “don't know” and “not applicable”: it can be chosen, and is counted apart from the answers",
        ),
        Key::new("exclusive", Shape::Flag, "In a question of the type `multi`: cannot be chosen together with another"),
        Key::new("last", Shape::Flag, "Keeps its place at the end, whatever the `order` of the question"),
        SHOW_IF,
        LOST_RULE,
        Key::new(
            "other",
            Shape::Words(|| words(OTHER)),
            "Asks for a text of up to 200 characters beside the option; in `single` and `multi`",
        ),
        SOURCE,
    ]],
);
const OTHER: Words<Other> = &[
    ("optional", Other::Optional, "The text may be left out"),
    ("required", Other::Required, "Whoever chooses the option must write something"),
];

/// What is rated, ranked or given points, and an idea that is there from the start.
pub const ROW: Object = Object::new(
    "row",
    "What is rated, ranked or given points, or an idea that is there from the start",
    &[&[
        Key::needed("id", Shape::Id(Id::Code), "What is stored and exported; it stays when the label changes"),
        Key::needed("label", Shape::Text, "What respondents read"),
        SOURCE,
    ]],
);

/// The name of a list, or options written in place.
pub const OPTIONS: Shape = Shape::Either(&[Shape::Named(Id::Name), Shape::List(&Shape::Object(&OPTION))]);
/// The key `items`: the interventions, or rows written in place.
pub const ITEMS: Key = Key::needed(
    "items",
    Shape::Either(&[Shape::Words(|| words(INTERVENTIONS)), Shape::List(&Shape::Object(&ROW))]),
    "The rows: \"interventions\", or a list of rows",
)
.code("E108");
const INTERVENTIONS: Words<()> = &[("interventions", (), "The candidate interventions of the survey")];

/// True if `id` may name an option, a row or an intervention.
pub fn is_code(id: &str) -> bool {
    Id::Code.allows(id)
}

/// Reads `key` as [`OPTIONS`]: a list's name, or options written in place.
pub fn read_options(reader: &Reader<'_>, key: &'static str, names: &Names) -> Option<Vec<Choice>> {
    let node = reader.node(key)?;
    match &node.value {
        Value::List(nodes) => Some(choices(nodes, node.place, reader.what(), reader.findings)),
        Value::Text(name) if !name.trim().is_empty() => {
            let list = names.lists.get(name);
            if list.is_none() {
                let help = closest(name, names.lists.keys().map(String::as_str))
                    .unwrap_or_else(|| format!("define `{name}` under `lists`, or write the options here"));
                let message = format!("`{key}` of {} names the list `{name}`, which is not defined", reader.what());
                reader.findings.error("E108", node.place, message, help);
            }
            list.cloned()
        }
        _ => None,
    }
}

/// Reads the options of one list.
pub fn choices(nodes: &[Node], place: Place, what: &str, findings: &Findings) -> Vec<Choice> {
    let options: Vec<Choice> = nodes.iter().filter_map(|node| choice(node, what, findings)).collect();
    for (index, option) in options.iter().enumerate() {
        if options.iter().take(index).any(|earlier| earlier.id == option.id) {
            let place = nodes.get(index).map_or(place, |node| node.place);
            findings.error(
                "E106",
                place,
                format!("option `{}` stands twice in {what}", option.id),
                "option ids must differ within a list".to_string(),
            );
        }
    }
    match options.iter().filter(|option| !option.missing).count() {
        0 => findings.error(
            "E110",
            place,
            format!("{what} offers no option to choose from"),
            "add an option that is not `missing`".to_string(),
        ),
        1 => findings.warn(
            "W111",
            place,
            format!("{what} offers only one option to choose from"),
            "add another, or ask with the type `consent`".to_string(),
        ),
        _ => {}
    }
    options
}

/// Reads [`ITEMS`]: `"interventions"`, or rows written in place.
pub fn read_rows(reader: &Reader<'_>, names: &Names) -> Option<Vec<ItemRow>> {
    let read = match reader.node("items")?.value {
        Value::List(_) => rows(reader, "items"),
        _ => reader.word("items", INTERVENTIONS).map(|()| names.interventions.clone())?,
    };
    if read.is_empty() {
        let help = "add one, or define `interventions`".to_string();
        reader.findings.error("E110", reader.place_of("items"), format!("{} has no rows", reader.what()), help);
    }
    Some(read)
}

/// Reads the rows written in place under `key`.
pub fn rows(reader: &Reader<'_>, key: &'static str) -> Vec<ItemRow> {
    let mut read: Vec<ItemRow> = Vec::new();
    for row in reader.each(key, &format!("a row of {}", reader.what())) {
        let (Some(id), Some(label)) = (row.text("id"), row.text("label")) else { continue };
        if read.iter().any(|known| known.id == id) {
            let message = format!("row `{id}` stands twice in {}", reader.what());
            reader.findings.error("E106", reader.place_of(key), message, None);
        }
        read.push(ItemRow { id, label });
    }
    read
}

/// Reads `show_if`, or `lost_rule` in its place.
pub fn written(reader: &Reader<'_>) -> Option<Written> {
    rule(reader, "show_if")
}

/// Reads the rule under `key`, or `lost_rule` in its place: what an import could not carry over, which hides the thing
/// until its author has looked at it.
pub fn rule(reader: &Reader<'_>, key: &'static str) -> Option<Written> {
    // The rule's first character stands one column after the opening quotation mark.
    let under = |key, lost| Some(Written { text: reader.text(key)?, place: reader.place_of(key).after(1), lost });
    let (rule, lost) = (under(key, false), under("lost_rule", true));
    match (&rule, &lost) {
        (Some(_), Some(lost)) => {
            let help = format!("delete `lost_rule` once `{key}` says the same");
            let message = format!("{} has both `{key}` and `lost_rule`", reader.what());
            reader.findings.error("E417", lost.place, message, help);
        }
        (None, Some(lost)) => {
            let message =
                format!("{} is left out, for an import could not read its rule: {}", reader.what(), lost.text);
            let help =
                "say the same with a rule of your own and delete `lost_rule`, or delete it alone to do without a rule";
            reader.findings.warn("W212", lost.place, message, help.to_string());
        }
        _ => {}
    }
    rule.or(lost)
}

fn choice(node: &Node, what: &str, findings: &Findings) -> Option<Choice> {
    let reader = Reader::new(node, format!("an option of {what}"), &OPTION, findings)?;
    let option = Choice {
        hint: reader.text("hint"),
        value: reader.whole("value"),
        missing: reader.flag("missing"),
        exclusive: reader.flag("exclusive"),
        other: reader.word("other", OTHER).unwrap_or_default(),
        last: reader.flag("last"),
        show_if: written(&reader),
        label: reader.text("label").unwrap_or_default(),
        id: reader.text("id")?,
    };
    Some(option)
}
