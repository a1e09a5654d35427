//! Option lists: the choices in a question or the steps of a scale, and the rows that are rated, ranked or funded.

use std::collections::BTreeMap;

use crate::document::{Findings, Node, Place, Reader, Value, closest};

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

/// True if `id` may name a survey, page, item or list: a small letter, then small letters, digits or `_`, 40 at most.
pub fn is_id(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_lowercase()) && is_code(id)
}

/// True if `id` may name an option or an intervention: small letters, digits or `_`, 40 at most.
pub fn is_code(id: &str) -> bool {
    (1..=40).contains(&id.len()) && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Reads `key` as options: a list's name, or options written in place.
pub fn read_options(reader: &Reader<'_>, key: &'static str, names: &Names) -> Option<Vec<Choice>> {
    match reader.required(key)? {
        Node { value: Value::Text(name), place } => {
            let list = names.lists.get(name);
            if list.is_none() {
                let help = closest(name, names.lists.keys().map(String::as_str))
                    .unwrap_or_else(|| format!("define `{name}` under `lists`, or write the options here"));
                reader.findings.error(
                    "E108",
                    *place,
                    format!("`{key}` of {} names the list `{name}`, which is not defined", reader.what()),
                    help,
                );
            }
            list.cloned()
        }
        Node { value: Value::List(nodes), place } => Some(choices(nodes, *place, reader.what(), reader.findings)),
        node => {
            let message = format!(
                "`{key}` of {} must be the name of a list or a list of options, not {}",
                reader.what(),
                node.value.kind()
            );
            reader.findings.error("E103", node.place, message, None);
            None
        }
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

/// Reads `items` as rows: `"interventions"`, or rows written in place.
pub fn read_rows(reader: &Reader<'_>, names: &Names) -> Option<Vec<ItemRow>> {
    let read = match reader.required("items")? {
        Node { value: Value::Text(name), .. } if name == "interventions" => names.interventions.clone(),
        Node { value: Value::Text(name), place } => {
            let message = format!("`items` of {} is `{name}`, which is unknown", reader.what());
            reader.findings.error(
                "E108",
                *place,
                message,
                closest(name, ["interventions"]).or(Some("write \"interventions\", or a list of rows".into())),
            );
            return None;
        }
        Node { value: Value::List(nodes), .. } => rows(reader, nodes, "items"),
        node => {
            reader.findings.error(
                "E103",
                node.place,
                format!("`items` of {} must be a text or a list", reader.what()),
                None,
            );
            return None;
        }
    };
    if read.is_empty() {
        reader.findings.error(
            "E110",
            reader.place_of("items"),
            format!("{} has no rows", reader.what()),
            "add one, or define `interventions`".to_string(),
        );
    }
    Some(read)
}

/// Reads rows written in place under `key`.
pub fn rows(reader: &Reader<'_>, nodes: &[Node], key: &str) -> Vec<ItemRow> {
    let mut read: Vec<ItemRow> = Vec::new();
    for node in nodes {
        let Some(row) = Reader::new(node, format!("a row of {}", reader.what()), reader.findings) else { continue };
        let (id, label) = (code(&row), row.text("label"));
        row.passing("source");
        row.finish();
        let (Some(id), Some(label)) = (id, label) else { continue };
        if read.iter().any(|known| known.id == id) {
            let message = format!("row `{id}` stands twice in {}", reader.what());
            reader.findings.error("E106", reader.place_of(key), message, None);
        }
        read.push(ItemRow { id, label });
    }
    read
}

/// Reads the `id` of an option, a row or an intervention.
pub fn code(reader: &Reader<'_>) -> Option<String> {
    let id = reader.text("id")?;
    if !is_code(&id) {
        let help = "use small letters, digits and _, 40 characters at most".to_string();
        reader.findings.error("E105", reader.place_of("id"), format!("`{id}` cannot be an id"), help);
    }
    Some(id)
}

/// Reads `show_if`, or `lost_rule` in its place.
pub fn written(reader: &Reader<'_>) -> Option<Written> {
    let show_if = reader.optional_text("show_if");
    // The rule's first character stands one column after the opening quotation mark.
    let show_if = show_if.map(|text| Written { text, place: reader.place_of("show_if").after(1), lost: false });
    let (Some(show_if), Some(lost)) = (&show_if, reader.node("lost_rule")) else {
        return show_if.or_else(|| lost_rule(reader));
    };
    let help = "delete `lost_rule` once `show_if` says the same".to_string();
    let message = format!("{} has both `show_if` and `lost_rule`", reader.what());
    reader.findings.error("E417", lost.place.after(1), message, help);
    Some(show_if.clone())
}

/// Reads `lost_rule`: what an import could not carry over, which hides the thing until its author has looked at it.
pub fn lost_rule(reader: &Reader<'_>) -> Option<Written> {
    let text = reader.optional_text("lost_rule")?;
    let place = reader.place_of("lost_rule").after(1);
    let message = format!("{} is left out, for an import could not read its rule: {text}", reader.what());
    let help = "say the same with a rule of your own and delete `lost_rule`, or delete it alone to do without a rule";
    reader.findings.warn("W212", place, message, help.to_string());
    Some(Written { text, place, lost: true })
}

fn choice(node: &Node, what: &str, findings: &Findings) -> Option<Choice> {
    let reader = Reader::new(node, format!("an option of {what}"), findings)?;
    let id = code(&reader);
    let label = reader.text("label");
    let option = Choice {
        hint: reader.optional_text("hint"),
        value: reader.whole("value"),
        missing: reader.flag("missing", false),
        exclusive: reader.flag("exclusive", false),
        other: reader
            .word("other", &[("optional", Other::Optional), ("required", Other::Required)])
            .unwrap_or_default(),
        last: reader.flag("last", false),
        show_if: written(&reader),
        id: id.unwrap_or_default(),
        label: label.unwrap_or_default(),
    };
    reader.passing("source");
    reader.finish();
    Some(option).filter(|option| !option.id.is_empty())
}
