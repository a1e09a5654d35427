//! Type-checks a rule: names that exist on earlier pages, options that are offered, values that can be compared.

use std::cell::Cell;

use jiff::civil::Date;

use super::{Expr, Function, Name, Node, Operator, Part, Rule, has_entries, is_count};
use crate::definition::{Calculated, Page, Storage, Survey};
use crate::document::{Findings, closest};
use crate::item::options::{Choice, ItemRow, Other};
use crate::item::{Item, Scale};

/// What a rule can see: the survey, as far as the pages before its own.
pub struct Scope<'a> {
    /// The survey.
    pub survey: &'a Survey,
    /// Number of pages before the rule's own.
    pub earlier: usize,
    /// The values computed from answers, wherever they are known.
    pub calculated: &'a [Calculated],
}

/// What kind of value an expression gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// A number.
    Number,
    /// Yes or no; never unanswered.
    Condition,
    /// A text.
    Text,
    /// A day.
    Date,
}

impl<'a> Scope<'a> {
    /// An item on an earlier page whose answers belong to the response.
    pub(super) fn item(&self, id: &str) -> Option<&'a Item> {
        let earlier = self.survey.pages.iter().take(self.earlier).filter(|page| page.store == Storage::Response);
        earlier.flat_map(|page| &page.questions).map(|question| &question.item).find(|item| item.head.id == id)
    }

    /// The scale of an item on an earlier page whose answers belong to the response.
    pub(super) fn scale(&self, id: &str) -> Option<Scale<'a>> {
        self.item(id).map(Item::scale)
    }

    fn known(&self, id: &str) -> Option<&'a Calculated> {
        self.calculated.iter().find(|known| known.id == id)
    }
}

/// The day a text says, if it is written as `2026-03-31`.
pub(crate) fn day(written: &str) -> Option<Date> {
    written.parse().ok().filter(|_| written.len() == 10)
}

/// Records every mistake in the rule; true if there is none.
pub fn check(rule: &Rule, scope: &Scope<'_>, findings: &Findings) -> bool {
    let checker = Checker { rule, scope, findings, is_sound: Cell::new(true) };
    match checker.kind(&rule.root) {
        Some(Type::Bool) | None => {}
        Some(other) => {
            checker.error(
                "E205",
                &rule.root,
                format!("the rule is {}, not a condition", other.name()),
                Some("compare it with something, using == or in".into()),
            );
        }
    }
    checker.is_sound.get()
}

/// Records every mistake in a rule that is a name, whatever kind of value it has.
pub fn check_name(name: &Rule, scope: &Scope<'_>, findings: &Findings) {
    let checker = Checker { rule: name, scope, findings, is_sound: Cell::new(true) };
    checker.kind(&name.root);
}

/// Records every mistake in an expression for a computed value; what it gives if there is none.
pub fn check_value(rule: &Rule, scope: &Scope<'_>, findings: &Findings) -> Option<ValueType> {
    let checker = Checker { rule, scope, findings, is_sound: Cell::new(true) };
    let kind = match checker.kind(&rule.root)? {
        Type::Bool => ValueType::Condition,
        Type::Number => ValueType::Number,
        Type::Text => ValueType::Text,
        Type::Day => ValueType::Date,
        other => {
            let message = format!("{} cannot be kept as a value", other.name());
            let help = "give a number, a condition, a text or a date, such as count(travel) or role == 'trader'";
            checker.error("E205", &rule.root, message, Some(help.into()));
            return None;
        }
    };
    checker.is_sound.get().then_some(kind)
}

/// What kind of value a part of a rule has.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Type<'a> {
    Bool,
    Number,
    Text,
    Day,
    Option(&'a [Choice]),
    Options(&'a [Choice]),
    Row(&'a [ItemRow]),
    Rows,
    List,
}

impl Type<'_> {
    fn name(self) -> &'static str {
        match self {
            Self::Bool => "a condition",
            Self::Number => "a number",
            Self::Text => "a text",
            Self::Day => "a date",
            Self::Option(_) => "an option",
            Self::Options(_) => "a set of options",
            Self::Row(_) => "a row",
            Self::Rows => "an answer for several rows",
            Self::List => "a list",
        }
    }
}

struct Checker<'a> {
    rule: &'a Rule,
    scope: &'a Scope<'a>,
    findings: &'a Findings,
    is_sound: Cell<bool>,
}

impl<'a> Checker<'a> {
    fn error(&self, code: &'static str, node: &Node, message: String, help: Option<String>) {
        self.is_sound.set(false);
        self.findings.error(code, self.rule.place_of(node), message, help);
    }

    fn kind(&self, node: &'a Node) -> Option<Type<'a>> {
        match &node.expr {
            Expr::Text(_) => Some(Type::Text),
            Expr::Number(_) => Some(Type::Number),
            Expr::Bool(_) => Some(Type::Bool),
            Expr::Date(_) | Expr::Today => Some(Type::Day),
            Expr::Matches(text, _) => {
                if let Some(kind) = self.kind(text).filter(|kind| *kind != Type::Text) {
                    let message = format!("`matches` looks in a text, and this is {}", kind.name());
                    self.error("E205", text, message, None);
                }
                Some(Type::Bool)
            }
            Expr::List(nodes) => {
                for node in nodes {
                    self.kind(node);
                }
                Some(Type::List)
            }
            Expr::Name(name) => self.name(node, name),
            Expr::Call(function, argument) => self.call(node, *function, argument),
            Expr::Not(inner) => {
                self.condition(inner);
                Some(Type::Bool)
            }
            Expr::Binary(operator, left, right) => Some(self.binary(node, *operator, left, right)),
        }
    }

    fn condition(&self, node: &'a Node) {
        if let Some(kind) = self.kind(node).filter(|kind| *kind != Type::Bool) {
            self.error(
                "E205",
                node,
                format!("{} stands where a condition should", kind.name()),
                Some("compare it with something, using == or in".into()),
            );
        }
    }

    fn name(&self, node: &Node, name: &Name) -> Option<Type<'a>> {
        if let Some(known) = self.scope.known(&name.item) {
            return self.computed(node, name, known);
        }
        let Some(item) = self.scope.item(&name.item) else {
            let kept_apart = |page: &Page| page.questions.iter().any(|question| question.item.head.id == name.item);
            if self.scope.survey.pages.iter().any(|page| page.store == Storage::Contact && kept_apart(page)) {
                let message = format!("`{}` is kept apart from the answers, so nothing may depend on it", name.item);
                self.error("E207", node, message, Some("ask for it in another way, on a page without `store`".into()));
            } else if self.scope.survey.item(&name.item).is_some() {
                let message =
                    format!("`{}` is asked on this page or a later one, so its answer is not known yet", name.item);
                self.error(
                    "E204",
                    node,
                    message,
                    Some("refer to questions on earlier pages, or move one of the two pages".into()),
                );
            } else {
                let questions = self.scope.survey.questions().map(|(_, question)| question.item.head.id.as_str());
                let known = questions.chain(self.scope.calculated.iter().map(|known| known.id.as_str()));
                let help =
                    closest(&name.item, known).or(Some("write a question's id, or a text between ' and '".into()));
                self.error("E202", node, format!("there is no question `{}`", name.item), help);
            }
            return None;
        };
        let row_of = |rows: &'a [ItemRow], row: &str, kind| {
            if rows.iter().any(|known| known.id == row) {
                return Some(kind);
            }
            let help = closest(row, rows.iter().map(|row| row.id.as_str()));
            self.error("E203", node, format!("`{}` has no row `{row}`", name.item), help);
            None
        };
        match (item.scale(), &name.part) {
            (_, None) if has_entries(item) => Some(Type::Rows),
            (_, part) if has_entries(item) && is_count(part.as_ref()) => Some(Type::Number),
            (Scale::Flag, None) => Some(Type::Bool),
            (Scale::Nominal(options) | Scale::Ordinal(options), None) => Some(Type::Option(options)),
            (Scale::Nominal(options) | Scale::Ordinal(options), Some(Part::Row(row)))
                if row == "other" && options.iter().any(|option| option.other != Other::None) =>
            {
                Some(Type::Text)
            }
            (Scale::Multiple(options), None) => Some(Type::Options(options)),
            (Scale::Interval, None) => Some(Type::Number),
            (Scale::Day, None) => Some(Type::Day),
            (Scale::FreeText { .. }, None) => Some(Type::Text),
            (Scale::Ratings { rows, steps }, Some(Part::Row(row))) => row_of(rows, row, Type::Option(steps)),
            (Scale::Allocation { rows, .. }, Some(Part::Row(row))) => row_of(rows, row, Type::Number),
            (Scale::Ranking { rows, places }, Some(Part::Place(place))) if *place <= places => Some(Type::Row(rows)),
            (Scale::Ratings { .. } | Scale::Allocation { .. } | Scale::Ranking { .. }, None) => Some(Type::Rows),
            _ => {
                self.error("E205", node, format!("`{name}` is not part of an answer to `{}`", name.item), None);
                None
            }
        }
    }

    fn computed(&self, node: &Node, name: &Name, known: &Calculated) -> Option<Type<'a>> {
        if known.known_after > self.scope.earlier {
            let message = format!("`{}` is computed from this page or a later one, so it is not known yet", name.item);
            self.error("E204", node, message, Some("refer to it after the last page that it is computed from".into()));
            return None;
        }
        if name.part.is_some() {
            self.error("E205", node, format!("`{name}` is not part of `{}`", name.item), None);
            return None;
        }
        Some(match known.kind {
            ValueType::Number => Type::Number,
            ValueType::Condition => Type::Bool,
            ValueType::Text => Type::Text,
            ValueType::Date => Type::Day,
        })
    }

    fn call(&self, node: &Node, function: Function, argument: &'a Node) -> Option<Type<'a>> {
        let kind = self.kind(argument)?;
        let (fits, gives) = match function {
            Function::Answered => (matches!(argument.expr, Expr::Name(_)), Type::Bool),
            Function::Count => (matches!(kind, Type::Options(_) | Type::Rows | Type::List), Type::Number),
            Function::Length => (kind == Type::Text, Type::Number),
            Function::Sum => (self.is_allocation(argument), Type::Number),
            Function::YearsSince => (kind == Type::Day, Type::Number),
        };
        if !fits {
            self.error("E205", node, format!("`{}` cannot be asked of {}", function.name(), kind.name()), None);
        }
        Some(gives)
    }

    fn is_allocation(&self, node: &Node) -> bool {
        matches!(&node.expr, Expr::Name(Name { item, part: None })
            if matches!(self.scope.scale(item), Some(Scale::Allocation { .. })))
    }

    fn binary(&self, node: &'a Node, operator: Operator, left: &'a Node, right: &'a Node) -> Type<'a> {
        match operator {
            Operator::And | Operator::Or => {
                self.condition(left);
                self.condition(right);
                Type::Bool
            }
            Operator::Plus | Operator::Minus | Operator::Times | Operator::Divide => {
                for side in [left, right] {
                    if let Some(kind) = self.kind(side).filter(|kind| *kind != Type::Number) {
                        self.error(
                            "E205",
                            side,
                            format!("`{}` needs numbers, and this is {}", operator.sign(), kind.name()),
                            None,
                        );
                    }
                }
                Type::Number
            }
            Operator::In | Operator::NotIn => {
                self.membership(operator, left, right);
                Type::Bool
            }
            _ => {
                self.comparison(node, operator, left, right);
                Type::Bool
            }
        }
    }

    fn membership(&self, operator: Operator, left: &'a Node, right: &'a Node) {
        let (Some(left_kind), Some(right_kind)) = (self.kind(left), self.kind(right)) else { return };
        match (left_kind, right_kind, &right.expr) {
            (Type::Text, Type::Options(options), _) => self.literal(left, options),
            (Type::Option(options), _, Expr::List(values)) => {
                for value in values {
                    self.literal(value, options);
                }
            }
            (Type::Row(rows), _, Expr::List(values)) => {
                for value in values {
                    self.row_literal(value, rows);
                }
            }
            (Type::Number, _, Expr::List(values))
                if values.iter().all(|value| matches!(value.expr, Expr::Number(_))) => {}
            (Type::Text, _, Expr::List(values)) if values.iter().all(|value| matches!(value.expr, Expr::Text(_))) => {}
            _ => {
                let message = format!("{} cannot be `{}` {}", left_kind.name(), operator.sign(), right_kind.name());
                let help = "write `question in ['a', 'b']` for one choice, `'a' in question` for several".to_string();
                self.error("E205", left, message, Some(help));
            }
        }
    }

    fn comparison(&self, node: &'a Node, operator: Operator, left: &'a Node, right: &'a Node) {
        let (Some(left_kind), Some(right_kind)) = (self.kind(left), self.kind(right)) else { return };
        let equality = matches!(operator, Operator::Equal | Operator::NotEqual);
        match (left_kind, right_kind) {
            (Type::Option(options), Type::Text) if equality => self.literal(right, options),
            (Type::Option(options), Type::Text) if has_order(options) => self.step_literal(right, options),
            (Type::Text, Type::Option(options)) if !equality && has_order(options) => self.step_literal(left, options),
            (Type::Text, Type::Option(options)) if equality => self.literal(left, options),
            (Type::Row(rows), Type::Text) if equality => self.row_literal(right, rows),
            (Type::Text, Type::Row(rows)) if equality => self.row_literal(left, rows),
            (Type::Option(_), Type::Option(_))
            | (Type::Row(_), Type::Row(_))
            | (Type::Text, Type::Text)
            | (Type::Bool, Type::Bool)
                if equality => {}
            (Type::Number, Type::Number) | (Type::Day, Type::Day) => {}
            (Type::Day, Type::Text) => self.day_literal(right),
            (Type::Text, Type::Day) => self.day_literal(left),
            _ => {
                let help = match (left_kind, right_kind) {
                    (Type::Options(_), Type::Text) => {
                        Some("write `'option' in question` where several can be chosen".to_string())
                    }
                    (Type::Option(_), Type::Text) | (Type::Text, Type::Option(_)) if !equality => {
                        Some("give every option a `value` to put them in order, or name options with in [...]".into())
                    }
                    (Type::Option(_), Type::Option(_)) => {
                        Some("compare each of the two with an option's id".to_string())
                    }
                    _ => None,
                };
                let message = format!(
                    "{} cannot be compared with {} by `{}`",
                    left_kind.name(),
                    right_kind.name(),
                    operator.sign()
                );
                self.error("E205", node, message, help);
            }
        }
    }

    fn literal(&self, node: &Node, options: &[Choice]) {
        self.known(node, "option", &options.iter().map(|option| option.id.as_str()).collect::<Vec<_>>());
    }

    /// An option that others are less or greater than.
    fn step_literal(&self, node: &Node, options: &[Choice]) {
        let missing = |id: &String| options.iter().any(|option| option.id == *id && option.missing);
        if let Expr::Text(id) = &node.expr
            && missing(id)
        {
            let message = format!("`{id}` is marked missing, so nothing is less or greater than it");
            self.error("E205", node, message, Some("compare with == or in".into()));
        } else {
            self.literal(node, options);
        }
    }

    fn row_literal(&self, node: &Node, rows: &[ItemRow]) {
        self.known(node, "row", &rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>());
    }

    fn day_literal(&self, node: &Node) {
        if !matches!(&node.expr, Expr::Text(written) if day(written).is_some()) {
            self.error("E205", node, "a date must stand here".into(), Some("write it as '2026-03-31'".into()));
        }
    }

    fn known(&self, node: &Node, what: &str, ids: &[&str]) {
        match &node.expr {
            Expr::Text(id) if ids.contains(&id.as_str()) => {}
            Expr::Text(id) => {
                let help =
                    closest(id, ids.iter().copied()).unwrap_or_else(|| format!("the {what}s are {}", ids.join(", ")));
                self.error("E203", node, format!("unknown {what} `{id}`"), Some(help));
            }
            _ => self.error(
                "E205",
                node,
                format!("the id of an {what} must stand here, as a text between ' and '"),
                None,
            ),
        }
    }
}

/// True if every option but those marked missing has a value to be compared by.
fn has_order(options: &[Choice]) -> bool {
    options.iter().all(|option| option.missing || option.value.is_some())
}
