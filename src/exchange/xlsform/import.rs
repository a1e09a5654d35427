//! An import under way: what is known of the form, and what has become of it so far.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json, json};

use super::columns::{Headers, Table, place};
use super::ids::Ids;
use super::lists::Lists;
use super::texts::{Piping, Shape, Texts};
use super::translate::{Context, condition};
use super::tree::Node;
use super::typed::{Answer, Lost, Symbols};
use super::xpath::{Piece, pieces};
use crate::exchange::json::put;
use crate::exchange::report::{Fate, Notes};
use crate::exchange::rule::{self, Expr};

/// What is known, and what has been made.
#[derive(Debug)]
pub(super) struct Import {
    pub(super) notes: Notes,
    pub(super) lists: Lists,
    pub(super) symbols: Symbols,
    pub(super) ids: Ids,
    pub(super) texts: Texts,
    /// Names that some rule, text or calculation uses.
    pub(super) used: BTreeSet<String>,
    pub(super) calculated: Vec<Json>,
    pub(super) checks: Vec<Json>,
    /// Questions in the place of calculations, by their place among the rows.
    pub(super) stand_ins: BTreeMap<usize, Unit>,
    /// Options of lists that several questions name, with the questions that their labels pipe.
    pub(super) shared: BTreeMap<String, (Vec<Json>, Vec<String>)>,
    /// What stands before the keys of translations: the repeat that is being read, with a dot.
    pub(super) prefix: String,
    /// The place of the repeat that is being read: rules of what is in it are about what comes before all of it.
    pub(super) repeat: Option<usize>,
    /// How many questions of several options use each list.
    pub(super) multi_users: BTreeMap<String, usize>,
}

/// Who sees something.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Rule {
    /// Everyone.
    #[default]
    None,
    Holds(Expr),
    /// Whoever our own words say, kept to the letter: the checker judges them.
    Written(String),
    /// Nobody, until the author says the same in other words.
    Lost(String),
}

/// A question with what decides on its page.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    pub(super) id: String,
    pub(super) json: Map<String, Json>,
    pub(super) rule: Rule,
    /// Questions that must be asked on earlier pages.
    pub(super) needs: Vec<String>,
}

impl Unit {
    /// The question with its rule, which stands before what is special to the type.
    pub(super) fn written(self) -> Json {
        const WORDS: [&str; 6] = ["id", "type", "text", "hint", "required", "required_if"];
        let (mut json, rest): (Map<String, Json>, Map<String, Json>) =
            self.json.into_iter().partition(|(key, _)| WORDS.contains(&key.as_str()));
        self.rule.write(&mut json);
        json.extend(rest);
        Json::Object(json)
    }
}

impl Rule {
    /// Both rules; what is partly lost is lost.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::None, other) | (other, Self::None) => other,
            (Self::Holds(left), Self::Holds(right)) => Self::Holds(Expr::and(left, right)),
            (Self::Written(left), Self::Written(right)) => Self::Written(format!("({left}) and ({right})")),
            (Self::Written(left), Self::Holds(right)) | (Self::Holds(right), Self::Written(left)) => {
                Self::Written(format!("({left}) and ({right})"))
            }
            (Self::Lost(left), Self::Lost(right)) if left == right => Self::Lost(left),
            (left, right) => Self::Lost(format!("({}) and ({})", left.text(), right.text())),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::None => String::new(),
            Self::Holds(expr) => expr.to_string(),
            Self::Written(text) | Self::Lost(text) => text.clone(),
        }
    }

    /// Writes the rule into a page, a question or an option.
    pub(super) fn write(&self, json: &mut Map<String, Json>) {
        match self {
            Self::None => {}
            Self::Holds(expr) => drop(json.insert("show_if".into(), json!(expr.to_string()))),
            Self::Written(text) => drop(json.insert("show_if".into(), json!(text))),
            Self::Lost(text) => drop(json.insert("lost_rule".into(), json!(text))),
        }
    }
}

impl Import {
    pub(super) fn headers(&self) -> Headers {
        self.texts.headers
    }

    /// True for a workbook with Canvass's own columns.
    pub(super) fn is_own(&self) -> bool {
        self.texts.headers == Headers::Canvass
    }

    /// A text of one line, such as a label.
    pub(super) fn line(&mut self, node: &Node, column: &str, key: &str) -> Option<(String, Vec<String>)> {
        self.text(node, column, key, Shape::Line)
    }

    pub(super) fn text(&mut self, node: &Node, column: &str, key: &str, shape: Shape) -> Option<(String, Vec<String>)> {
        let place = place("survey", node.row.number, column);
        let target = (!node.id.is_empty()).then_some(node.id.as_str());
        let piping = Piping { symbols: &self.symbols, order: node.place, place, target };
        self.texts.of(&node.row, column, key, shape, &piping, &mut self.notes)
    }

    /// Keeps the name that a thing had, where its id is another.
    pub(super) fn add_source(&self, json: &mut Map<String, Json>, node: &Node) {
        let source = if self.is_own() {
            node.row.raw("source").map(str::to_string)
        } else {
            (node.name != node.id && json.get("id").is_some_and(|id| *id != json!(node.name)))
                .then(|| node.name.clone())
        };
        put(json, "source", source);
    }

    /// The rule of a row's `relevant`, or of our own words for it.
    pub(super) fn relevant(&mut self, node: &Node) -> (Rule, Vec<String>) {
        if self.is_own() {
            if let Some(lost) = node.row.raw("lost_rule") {
                return (Rule::Lost(super::own::unhushed(lost)), Vec::new());
            }
            if let Some(rule) =
                node.row.raw("rule").filter(|_| !self.edited(node) || node.row.get("relevant").is_none())
            {
                return self.own_rule(&super::own::unhushed(rule));
            }
            if node.row.has("more") && super::own::says(&node.row, &["show_if", "lost_rule"]) {
                return (Rule::None, Vec::new());
            }
        }
        let Some(text) = node.row.get("relevant") else { return (Rule::None, Vec::new()) };
        let target = if node.id.is_empty() { None } else { Some(node.id.as_str()) };
        let place = node.at("relevant");
        match self.condition(text, node.place, None) {
            Ok(Expr::Bool(true)) => {
                self.notes.add(
                    "relevant",
                    Fate::Exact,
                    place,
                    target,
                    format!("`{text}` is always so; no rule is needed."),
                );
                (Rule::None, Vec::new())
            }
            Ok(expr) => {
                self.notes.add("relevant", Fate::Exact, place, target, format!("It became `{expr}`."));
                let needs = self.symbols.questions(&expr);
                (Rule::Holds(expr), needs)
            }
            Err(lost) => {
                let message = format!(
                    "`{text}` could not be carried over: {}. Nobody sees this until you say it in `show_if`.",
                    lost.why
                );
                self.notes.add(code("relevant", &lost), Fate::Degraded, place, target, message);
                (Rule::Lost(text.to_string()), Vec::new())
            }
        }
    }

    /// Notes what became of a cell of a row.
    pub(super) fn note(
        &mut self,
        code: &'static str,
        fate: Fate,
        node: &Node,
        column: &str,
        message: impl Into<String>,
    ) {
        let target = (!node.id.is_empty()).then_some(node.id.as_str());
        self.notes.add(code, fate, node.at(column), target, message);
    }

    /// The key of a question's translations: a field's stand under its repeat.
    pub(super) fn key(&self, id: &str) -> String {
        format!("{}{id}", self.prefix)
    }

    /// True if somebody changed what our export wrote for other programs in a row.
    pub(super) fn edited(&self, node: &Node) -> bool {
        let cell = |column: &str| node.row.get(column).unwrap_or_default().to_string();
        let written = node.row.get("written").filter(|_| self.is_own());
        written.is_some_and(|written| seal_of(&cell).as_deref() != Some(written))
    }

    /// True if the definition has a check already that says the same.
    pub(super) fn has_check(&self, rule: &str) -> bool {
        let known = self.checks.iter().filter_map(|check| check.get("rule").and_then(Json::as_str));
        let canonical = |rule: &str| rule::parse(rule).map(|expr| expr.to_string());
        let wanted = canonical(rule);
        known.into_iter().any(|known| known == rule || canonical(known) == wanted)
    }

    /// A rule in our own words, as it is: the checker judges it.
    pub(super) fn own_rule(&self, rule: &str) -> (Rule, Vec<String>) {
        let needs = rule::parse(rule).map(|expr| self.symbols.questions(&expr)).unwrap_or_default();
        (Rule::Written(rule.to_string()), needs)
    }

    /// Translates a condition about earlier questions.
    pub(super) fn condition(&self, text: &str, order: usize, own: Option<&Answer>) -> Result<Expr, Lost> {
        let context = Context { symbols: &self.symbols, own, columns: None };
        let expr = condition(text, &context)?;
        self.earlier(expr, order)
    }

    /// A rule, if it names earlier questions only and can hold.
    pub(super) fn earlier(&self, expr: Expr, order: usize) -> Result<Expr, Lost> {
        if expr == Expr::Bool(false) {
            return Err(Lost::new("never", "it never holds"));
        }
        let order = self.repeat.unwrap_or(order);
        match self.symbols.last_place(&expr) {
            Some((id, place)) if place >= order => {
                Err(Lost::new("forward", format!("`{id}` is asked only here or later; move it to an earlier page")))
            }
            _ => Ok(expr),
        }
    }
}

/// Tells whether the cells of a row that other programs read are as our export wrote them; none where all are empty.
pub(super) fn seal_of(cell: &dyn Fn(&str) -> String) -> Option<String> {
    let written = ["relevant", "constraint", "required", "calculation", "choice_filter"].map(cell);
    written.iter().any(|text| !text.is_empty()).then(|| crate::definition::language::fingerprint(&written.join("\n")))
}

/// The code of a loss in the report.
pub(super) fn code(column: &'static str, lost: &Lost) -> &'static str {
    match (lost.code, column) {
        ("option-unknown", _) => "option-unknown",
        ("name-unknown", _) => "name-unknown",
        ("forward", _) => "forward-reference",
        ("never", _) => "never-shown",
        (_, "constraint") => "constraint-lost",
        (_, "required") => "required-lost",
        (_, "choice_filter") => "filter-lost",
        _ => "relevant-lost",
    }
}

/// The names that the cells of a form use as `${name}`.
pub(super) fn used_names(tables: &[&Table]) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for row in tables.iter().flat_map(|table| &table.rows) {
        for text in row.all() {
            for piece in pieces(text) {
                if let Piece::Ref(name) = piece {
                    used.insert(name.to_string());
                }
            }
        }
    }
    used
}
