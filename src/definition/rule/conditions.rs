//! From the parts of a rule to conditions over the solver's variables.

use super::cases::LONGEST;
use super::domain::{Domain, Test};
use super::evaluate::{compare, worth};
use super::slots::{Key, Slot, Slots, Term, bit, count};
use super::solve::Formula;
use super::{Expr, Function, Name, Node, Operator, Part, Value, ValueType, has_entries};
use crate::item::options::Choice;
use crate::item::{Item, Scale};

/// Most options of two answers that are compared one by one.
pub(super) const MOST_PAIRS: usize = 30;

/// A comparison with a value that is the same for everyone.
struct Against<'a> {
    operator: Operator,
    value: &'a Value,
    /// True if the value stands on the left.
    is_left: bool,
    /// The options whose order decides, where they are compared by it.
    options: Option<&'a [Choice]>,
}

impl Against<'_> {
    fn holds(&self, found: &Value) -> bool {
        let (found, value) = match self.options {
            Some(options) => (worth(found, options), worth(self.value, options)),
            None => (found.clone(), self.value.clone()),
        };
        if self.is_left { compare(self.operator, &value, &found) } else { compare(self.operator, &found, &value) }
    }
}

impl Slots<'_> {
    /// The condition of a part of a rule, `supposing` that one part of it comes out so.
    pub(super) fn condition(&mut self, node: &Node, supposing: Option<(&Node, bool)>) -> Formula {
        if let Some((part, holds)) = supposing
            && std::ptr::eq(part, node)
        {
            return Formula::Always(holds);
        }
        match &node.expr {
            Expr::Bool(literal) => Formula::Always(*literal),
            Expr::Not(inner) => self.condition(inner, supposing).not(),
            Expr::Binary(Operator::And, left, right) => {
                Formula::All(vec![self.condition(left, supposing), self.condition(right, supposing)])
            }
            Expr::Binary(Operator::Or, left, right) => {
                Formula::Any(vec![self.condition(left, supposing), self.condition(right, supposing)])
            }
            Expr::Binary(Operator::NotEqual, left, right) => self.comparison(Operator::Equal, left, right).not(),
            Expr::Binary(Operator::NotIn, left, right) => self.comparison(Operator::In, left, right).not(),
            Expr::Binary(operator, left, right) => self.comparison(*operator, left, right),
            Expr::Call(Function::Answered, argument) => match &argument.expr {
                Expr::Name(name) => self.answered(name),
                _ => self.open(node.to_string(), &[]),
            },
            Expr::Name(name) => match self.find(&Key::Value(name.clone())) {
                Some(slot) => slot.case(1),
                None => self.open(node.to_string(), &[]),
            },
            Expr::Matches(text, pattern) => {
                if let Some(Value::Text(text)) = self.constant(text) {
                    return Formula::Always(pattern.is_in(&text));
                }
                let Expr::Name(name) = &text.expr else { return self.open(node.to_string(), &[]) };
                let Some(slot) = self.find(&Key::Value(name.clone())) else {
                    return self.open(node.to_string(), &[name]);
                };
                let matching = slot.cases(|value| matches!(value, Value::Text(text) if pattern.is_in(text)));
                let (variable, free) = (slot.variable, slot.free);
                let other = Formula::Test(variable, Test::OneOf(free));
                let other = Formula::All(vec![other, self.open(node.to_string(), &[])]);
                Formula::Any(vec![Formula::Test(variable, Test::OneOf(matching & !free)), other])
            }
            _ => self.open(node.to_string(), &[]),
        }
    }

    /// A comparison that is no negation.
    fn comparison(&mut self, operator: Operator, left: &Node, right: &Node) -> Formula {
        let formula = match (self.constant(left), self.constant(right)) {
            (Some(left), Some(right)) => Some(Formula::Always(compare(operator, &left, &right))),
            (Some(Value::Text(id)), None) if operator == Operator::In => self.member(&id, right),
            (Some(value), None) => self.compared(right, operator, &value, true),
            (None, Some(value)) => self.compared(left, operator, &value, false),
            (None, None) if operator == Operator::Equal => self.alike(left, right),
            (None, None) => None,
        };
        formula.unwrap_or_else(|| {
            // As `!=` is the negation of `==`, one test serves both.
            let mut names = Vec::new();
            needed(left, &mut names);
            if operator != Operator::In {
                needed(right, &mut names);
            }
            self.open(format!("{left} {} {right}", operator.sign()), &names)
        })
    }

    fn member(&self, id: &str, set: &Node) -> Option<Formula> {
        let Expr::Name(name) = &set.expr else { return None };
        let Scale::Multiple(options) = self.item(&name.item)?.scale() else { return None };
        let number = options.iter().position(|option| option.id == *id)?;
        self.set_test(&name.item, Test::Member(count(number)))
    }

    /// The cases of what varies for which a comparison with a value holds.
    fn compared(&self, varies: &Node, operator: Operator, value: &Value, is_left: bool) -> Option<Formula> {
        let term = self.term(varies)?;
        let against = Against { operator, value, is_left, options: None };
        match term {
            Term::Value(name) => {
                let options = match (self.item(&name.item).map(Item::scale), &name.part) {
                    (Some(Scale::Nominal(options) | Scale::Ordinal(options)), None)
                    | (Some(Scale::Ratings { steps: options, .. }), Some(_)) => Some(options),
                    _ => None,
                };
                let against = Against { options: options.filter(|_| operator.is_ordering()), ..against };
                Some(self.find(&Key::Value(name.clone()))?.is(|found| against.holds(found)))
            }
            Term::Length(_) if matches!(value, Value::Number(number) if *number > LONGEST) => None,
            Term::Length(name) => {
                let length = |value: &Value| match value {
                    Value::Text(text) => Value::Number(text.chars().count() as f64),
                    _ => Value::Number(0.0),
                };
                Some(self.find(&Key::Value(name.clone()))?.is(|found| against.holds(&length(found))))
            }
            Term::Years(name) => Some(self.find(&Key::Years(name.clone()))?.is(|found| against.holds(found))),
            Term::Sum(name) => {
                let Scale::Allocation { total, .. } = self.item(&name.item)?.scale() else { return None };
                let given = self.set_test(&name.item, Test::AtLeast(1))?;
                Some(if against.holds(&Value::Number(total.into())) { given } else { Formula::Always(false) })
            }
            Term::Count(name) => self.counted(name, &against),
        }
    }

    /// The sizes of a set for which a comparison with a value holds.
    fn counted(&self, name: &Name, against: &Against<'_>) -> Option<Formula> {
        let slot = self.find(&Key::Set(name.item.clone()))?;
        let Domain::Set { sets, .. } = self.variables.get(slot.variable)?.domain else { return None };
        let at_least = |count| Formula::Test(slot.variable, Test::AtLeast(count));
        let mut runs = Vec::new();
        let mut start = None;
        for number in 0..=sets.members {
            match (against.holds(&Value::Number(number.into())), start) {
                (true, None) => start = Some(number),
                (false, Some(from)) => {
                    runs.push(Formula::All(vec![at_least(from), at_least(number).not()]));
                    start = None;
                }
                _ => {}
            }
        }
        runs.extend(start.map(at_least));
        Some(Formula::Any(runs))
    }

    /// Two answers that are options or rows and must be the same.
    fn alike(&self, left: &Node, right: &Node) -> Option<Formula> {
        let (left, right) = (self.choice(left)?, self.choice(right)?);
        let mut pairs = Vec::new();
        for (index, value) in left.values.iter().enumerate().skip(1) {
            if let Some(other) = right.values.iter().position(|other| other == value) {
                pairs.push(Formula::All(vec![left.case(index), right.case(other)]));
            }
        }
        Some(Formula::Any(pairs))
    }

    /// The variable of an option or a row, if each has a case of its own.
    fn choice(&self, node: &Node) -> Option<&Slot> {
        let Expr::Name(name) = &node.expr else { return None };
        let values = match (self.item(&name.item)?.scale(), &name.part) {
            (Scale::Nominal(options) | Scale::Ordinal(options), None)
            | (Scale::Ratings { steps: options, .. }, Some(_)) => options.len(),
            (Scale::Ranking { rows, .. }, Some(_)) => rows.len(),
            _ => return None,
        };
        let slot = self.find(&Key::Value(name.clone()))?;
        (values <= MOST_PAIRS && values + 1 == slot.values.len()).then_some(slot)
    }

    /// A test of its own that may come out either way, and holds only where these names are answered.
    fn open(&mut self, text: String, names: &[&Name]) -> Formula {
        let mut parts = vec![Formula::Test(self.either(text), Test::OneOf(bit(1)))];
        for name in names {
            parts.push(self.answered(name));
        }
        Formula::All(parts)
    }

    /// The condition that there is an answer.
    pub(super) fn answered(&mut self, name: &Name) -> Formula {
        if self.known(&name.item).is_some_and(|known| known.kind == ValueType::Condition) {
            return Formula::Always(true);
        }
        let item = self.item(&name.item);
        let at_least = |count| self.set_test(&name.item, Test::AtLeast(count));
        let of_set = match (item.map(Item::scale), &name.part) {
            (Some(Scale::Multiple(_) | Scale::Ratings { .. } | Scale::Ranking { .. }), None)
            | (Some(Scale::Allocation { .. }), _) => at_least(1),
            (Some(Scale::Ranking { .. }), Some(Part::Place(place))) => at_least(count(*place)),
            _ if item.is_some_and(has_entries) => at_least(1),
            _ => None,
        };
        if let Some(formula) = of_set {
            return formula;
        }
        match self.find(&Key::Value(name.clone())) {
            Some(slot) => slot.given(),
            None => Formula::Test(self.either(format!("answered({name})")), Test::OneOf(bit(1))),
        }
    }
}

/// Collects the names without whose answers an operand has no value.
pub(super) fn needed<'a>(node: &'a Node, names: &mut Vec<&'a Name>) {
    match &node.expr {
        Expr::Name(name) => names.push(name),
        Expr::Call(Function::Sum | Function::YearsSince, inner) => needed(inner, names),
        Expr::Binary(Operator::Plus | Operator::Minus | Operator::Times | Operator::Divide, left, right) => {
            needed(left, names);
            needed(right, names);
        }
        _ => {}
    }
}
