//! The variables of the solver: what each answer can be, as far as the rules of a survey tell its values apart.

use std::collections::BTreeMap;

use super::cases::{self, Literals, MOST, Numbers};
use super::domain::{Domain, Sets, Test};
use super::solve::{Formula, Variable};
use super::{Expr, Facts, Function, Name, Node, Rule, Value, ValueType, has_entries, is_count};
use crate::definition::{Calculated, Survey};
use crate::item::options::Choice;
use crate::item::{Item, Kind, Scale};

/// What a variable stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    /// The value of a name.
    Value(Name),
    /// The years since a day.
    Years(Name),
    /// How many options, rows, places or entries of an item there are, and which.
    Set(String),
}

/// A variable with the values that its cases stand for; the first is always no answer, or no.
pub(super) struct Slot {
    pub(super) variable: usize,
    pub(super) values: Vec<Value>,
    /// Cases that stand for any text of their length.
    pub(super) free: u128,
}

/// Something that varies with one answer.
#[derive(Clone, Copy)]
pub(super) enum Term<'a> {
    Value(&'a Name),
    Length(&'a Name),
    Years(&'a Name),
    Count(&'a Name),
    Sum(&'a Name),
}

/// The variables of a survey.
pub(super) struct Slots<'a> {
    pub(super) survey: &'a Survey,
    pub(super) variables: Vec<Variable>,
    /// The group of conditions of each item or calculated value.
    pub(super) groups: BTreeMap<String, usize>,
    pub(super) by_key: BTreeMap<Key, Slot>,
    literals: BTreeMap<Key, Literals>,
    /// Tests that may come out either way, by their canonical text.
    either: BTreeMap<String, usize>,
}

impl Slot {
    /// The condition that the variable has this case.
    pub(super) fn case(&self, case: usize) -> Formula {
        Formula::Test(self.variable, Test::OneOf(bit(case)))
    }

    /// The condition that its value is one of these.
    pub(super) fn is(&self, holds: impl Fn(&Value) -> bool) -> Formula {
        Formula::Test(self.variable, Test::OneOf(self.cases(holds)))
    }

    /// The cases whose values are such.
    pub(super) fn cases(&self, holds: impl Fn(&Value) -> bool) -> u128 {
        let cases = self.values.iter().enumerate().filter(|(_, value)| holds(value));
        cases.fold(0, |mask, (case, _)| mask | bit(case))
    }

    /// The condition that there is an answer.
    pub(super) fn given(&self) -> Formula {
        Formula::Test(self.variable, Test::OneOf(low_bits(self.values.len()) & !bit(0)))
    }
}

impl<'a> Slots<'a> {
    /// The variables that these rules speak of.
    pub(super) fn new(survey: &'a Survey, rules: &[&Rule]) -> Self {
        let mut slots = Self {
            survey,
            variables: Vec::new(),
            groups: BTreeMap::new(),
            by_key: BTreeMap::new(),
            literals: BTreeMap::new(),
            either: BTreeMap::new(),
        };
        for rule in rules {
            slots.gather(rule.root());
        }
        for name in rules.iter().flat_map(|rule| rule.names()) {
            slots.make(name);
        }
        slots
    }

    /// Notes what answers are compared with.
    fn gather(&mut self, node: &Node) {
        match &node.expr {
            Expr::Call(_, inner) | Expr::Not(inner) | Expr::Matches(inner, _) => self.gather(inner),
            Expr::Binary(operator, left, right) => {
                self.gather(left);
                self.gather(right);
                for (side, other) in [(left, right), (right, left)] {
                    let (Some(term), Some(value)) = (self.term(side), self.constant(other)) else { continue };
                    match term {
                        Term::Length(name) => {
                            let literals = self.literals.entry(Key::Value(name.clone())).or_default();
                            literals.lengths.extend(if let Value::Number(number) = value {
                                Some(number)
                            } else {
                                None
                            });
                        }
                        Term::Value(name) => {
                            let literals = self.literals.entry(Key::Value(name.clone())).or_default();
                            literals.take(&value);
                            literals.ordered |= operator.is_ordering();
                        }
                        Term::Years(name) => {
                            self.literals.entry(Key::Years(name.clone())).or_default().take(&value);
                        }
                        Term::Count(_) | Term::Sum(_) => {}
                    }
                }
            }
            _ => {}
        }
    }

    /// What varies with one answer, if that is all this part is.
    pub(super) fn term<'n>(&self, node: &'n Node) -> Option<Term<'n>> {
        match &node.expr {
            Expr::Name(name) if is_count(name.part.as_ref()) && self.item(&name.item).is_some_and(has_entries) => {
                Some(Term::Count(name))
            }
            Expr::Name(name) => Some(Term::Value(name)),
            Expr::Call(function, argument) => {
                let Expr::Name(name) = &argument.expr else { return None };
                match function {
                    Function::Count => Some(Term::Count(name)),
                    Function::Length => Some(Term::Length(name)),
                    Function::Sum => Some(Term::Sum(name)),
                    Function::YearsSince => Some(Term::Years(name)),
                    Function::Answered => None,
                }
            }
            _ => None,
        }
    }

    /// The value of a part that is the same for everyone on every day.
    pub(super) fn constant(&self, node: &Node) -> Option<Value> {
        fn varies(node: &Node) -> bool {
            match &node.expr {
                Expr::Name(_) | Expr::Today | Expr::Call(Function::YearsSince, _) => true,
                Expr::Call(_, inner) | Expr::Not(inner) | Expr::Matches(inner, _) => varies(inner),
                Expr::Binary(_, left, right) => varies(left) || varies(right),
                Expr::List(nodes) => nodes.iter().any(varies),
                Expr::Text(_) | Expr::Number(_) | Expr::Bool(_) | Expr::Date(_) => false,
            }
        }
        if varies(node) {
            return None;
        }
        let facts = Facts { survey: self.survey, lookup: &|_| Value::Unanswered, today: jiff::civil::Date::default() };
        Some(super::evaluate::value(node, &facts))
    }

    pub(super) fn item(&self, id: &str) -> Option<&'a Item> {
        self.survey.item(id)
    }

    pub(super) fn known(&self, id: &str) -> Option<&'a Calculated> {
        self.survey.calculated.iter().find(|known| known.id == id)
    }

    fn group(&mut self, item: &str) -> usize {
        let next = self.groups.len();
        *self.groups.entry(item.to_string()).or_insert(next)
    }

    fn variable(&mut self, domain: Domain, group: Option<usize>, is_exact: bool) -> usize {
        self.variables.push(Variable { domain, group, is_exact });
        self.variables.len() - 1
    }

    /// Makes the variables of a name, unless they stand already.
    fn make(&mut self, name: &Name) {
        let key = Key::Value(name.clone());
        if self.by_key.contains_key(&key) {
            return;
        }
        let plain = Name { item: name.item.clone(), part: None };
        let literals = self.literals.remove(&key).unwrap_or_default();
        if let Some(known) = self.known(&name.item) {
            match known.kind {
                ValueType::Condition => self.slot(key, vec![Value::Bool(false), Value::Bool(true)], true),
                ValueType::Number => {
                    self.slot(key, answers(cases::numbers(&literals.numbers, Numbers::default())), false);
                }
                ValueType::Date => self.slot(key, answers(cases::days(&literals.texts, None, None)), false),
                ValueType::Text => self.text(&key, &literals, false),
            }
            return;
        }
        let Some(item) = self.item(&name.item) else { return };
        match (item.scale(), &name.part) {
            (Scale::Flag, None) => self.slot(key, answers(vec![Value::Bool(true)]), true),
            (Scale::Nominal(options) | Scale::Ordinal(options), None) => {
                self.slot(key, answers(cases::options(options, &literals)), true);
            }
            (Scale::Nominal(_) | Scale::Ordinal(_), Some(_)) => {
                self.make(&plain);
                self.text(&key, &literals, false);
            }
            (Scale::Multiple(options), _) => self.options_set(item, options),
            (Scale::Ratings { rows, steps }, part) => {
                self.set(&item.head.id, count(rows.len()), true);
                if part.is_some() {
                    self.slot(key, answers(cases::options(steps, &literals)), true);
                }
            }
            (Scale::Ranking { rows, places }, part) => {
                self.set(&item.head.id, count(places), true);
                if part.is_some() {
                    let rows = rows.iter().map(|row| Value::Text(row.id.clone())).collect();
                    self.slot(key, answers(rows), false);
                }
            }
            (Scale::Allocation { rows, total }, part) => {
                self.set(&item.head.id, count(rows.len()).min(total), false);
                if part.is_some() {
                    let allowed = Numbers { min: Some(0.0), max: Some(f64::from(total)), grid: Some((1.0, 1.0)) };
                    // Rows without points are told from those with some.
                    let cuts: Vec<f64> = literals.numbers.iter().copied().chain([0.0]).collect();
                    self.slot(key, answers(cases::numbers(&cuts, allowed)), false);
                }
            }
            (Scale::Interval, None) => {
                let (allowed, is_exact) = Numbers::of(item);
                self.slot(key, answers(cases::numbers(&literals.numbers, allowed)), is_exact);
            }
            (Scale::Day, None) => {
                let (first, last) = if let Kind::Date(date) = &item.kind { (date.min, date.max) } else { (None, None) };
                self.slot(key, answers(cases::days(&literals.texts, first, last)), true);
                let key = Key::Years(name.clone());
                if let Some(literals) = self.literals.remove(&key) {
                    let whole = Numbers { grid: Some((1.0, 1.0)), ..Numbers::default() };
                    self.slot(key, answers(cases::numbers(&literals.numbers, whole)), false);
                }
            }
            (Scale::FreeText { .. }, None) => self.text(&key, &literals, true),
            (Scale::Entries { max, .. }, _) => self.set(&item.head.id, max, false),
            _ => {}
        }
    }

    fn slot(&mut self, key: Key, values: Vec<Value>, is_exact: bool) {
        if values.len() > MOST {
            return;
        }
        let (Key::Value(name) | Key::Years(name)) = &key else { return };
        let group = self.group(&name.item);
        let variable = self.variable(Domain::Cases(low_bits(values.len())), Some(group), is_exact);
        self.by_key.insert(key, Slot { variable, values, free: 0 });
    }

    fn text(&mut self, key: &Key, literals: &Literals, is_exact: bool) {
        let (values, others) = cases::texts(literals);
        let values = answers(values);
        let free = low_bits(values.len()) & !low_bits(values.len().saturating_sub(others));
        self.slot(key.clone(), values, is_exact);
        if let Some(slot) = self.by_key.get_mut(key) {
            slot.free = free;
        }
    }

    fn options_set(&mut self, item: &Item, options: &[Choice]) {
        let Kind::Multi(multi) = &item.kind else { return };
        let exclusive = options.iter().zip(0..).filter(|(option, _)| option.exclusive).map(|(_, number)| bit(number));
        let all = count(options.len());
        self.set_of(
            &item.head.id,
            Sets {
                members: all,
                exclusive: exclusive.fold(0, |all, bit| all | bit),
                min: multi.min.unwrap_or(1),
                max: multi.max.unwrap_or(all),
            },
            true,
        );
    }

    fn set(&mut self, item: &str, members: u32, is_exact: bool) {
        self.set_of(item, Sets { members, exclusive: 0, min: 1, max: members }, is_exact);
    }

    fn set_of(&mut self, item: &str, sets: Sets, is_exact: bool) {
        let key = Key::Set(item.to_string());
        if sets.members as usize > MOST || self.by_key.contains_key(&key) {
            return;
        }
        let group = self.group(item);
        let variable = self.variable(Domain::set(sets), Some(group), is_exact);
        self.by_key.insert(key, Slot { variable, values: Vec::new(), free: 0 });
    }

    pub(super) fn find(&self, key: &Key) -> Option<&Slot> {
        self.by_key.get(key)
    }

    pub(super) fn set_test(&self, item: &str, test: Test) -> Option<Formula> {
        self.find(&Key::Set(item.to_string())).map(|slot| Formula::Test(slot.variable, test))
    }

    /// The number of a test of its own that may come out either way.
    pub(super) fn either(&mut self, text: String) -> usize {
        if let Some(variable) = self.either.get(&text) {
            return *variable;
        }
        let variable = self.variable(Domain::Cases(low_bits(2)), None, false);
        self.either.insert(text, variable);
        variable
    }
}

fn answers(values: Vec<Value>) -> Vec<Value> {
    std::iter::once(Value::Unanswered).chain(values).collect()
}

pub(super) fn bit(case: usize) -> u128 {
    u32::try_from(case).ok().and_then(|case| 1_u128.checked_shl(case)).unwrap_or(0)
}

fn low_bits(count: usize) -> u128 {
    if count >= MOST { u128::MAX } else { bit(count) - 1 }
}

pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
