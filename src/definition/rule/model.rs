//! The rules of a survey as conditions on one another: who is asked what, and which answers can stand together.
//!
//! Whatever this model cannot express, such as sums of two answers, is left open or becomes a test of its own that
//! may come out either way. So what it calls impossible is impossible.

use super::conditions::MOST_PAIRS;
use super::domain::Test;
use super::slots::{Key, Slot, Slots, count};
use super::solve::{Formula, Outcome, Solver, Wanted};
use super::{Name, Node, Part, Rule, Scope, Value, ValueType, check, check_value};
use crate::definition::{Calculated, Question, Survey};
use crate::document::Findings;
use crate::item::options::{Choice, Other};
use crate::item::{Item, Kind, Scale};

/// The numbers of the conditions of one page.
#[derive(Clone)]
pub(crate) struct PageRules {
    /// Who sees it, apart from earlier closing pages.
    pub(crate) shown: usize,
    /// Its questions, in order.
    pub(crate) questions: Vec<QuestionRules>,
}

/// The numbers of the conditions of one question.
#[derive(Clone)]
pub(crate) struct QuestionRules {
    /// Who sees it, of those who see the page.
    pub(crate) shown: usize,
    /// Who must answer it, of those who see it.
    pub(crate) required: usize,
    /// Who is shown its parts, of those who see it, in the order of the rules of `Question::parts`.
    pub(crate) parts: Vec<usize>,
    /// Who is shown a field, of those who see it; everyone if it is no repeat. The others are not asked.
    pub(crate) some_field: usize,
}

/// The conditions of a survey, and a solver that knows them.
pub(crate) struct Model<'a> {
    slots: Slots<'a>,
    solver: Solver,
    pages: Vec<PageRules>,
}

impl<'a> Model<'a> {
    /// Reads all rules of a survey. A rule with a mistake of its own is left open.
    pub(crate) fn new(survey: &'a Survey) -> Self {
        let calculated = &survey.calculated;
        let sound = calculated.iter().filter(|calculated| can_compute(survey, calculated));
        let mut rules: Vec<&Rule> = sound.map(|calculated| &calculated.value).collect();
        for (index, page) in survey.pages.iter().enumerate() {
            let scope = Scope { survey, earlier: index, calculated };
            let of_questions = page.questions.iter().flat_map(|question| {
                question.show_if.iter().chain(&question.required_if).chain(question.parts.values())
            });
            rules.extend(page.show_if.iter().chain(of_questions).filter(|rule| can_read(rule, &scope)));
        }
        let mut model = Self { slots: Slots::new(survey, &rules), solver: Solver::default(), pages: Vec::new() };
        for (index, page) in survey.pages.iter().enumerate() {
            let scope = Scope { survey, earlier: index, calculated };
            let shown = model.rule(page.show_if.as_ref(), &scope);
            let questions = page.questions.iter().map(|question| model.question(question, &scope));
            let questions = questions.collect();
            model.pages.push(PageRules { shown, questions });
        }
        model.tie();
        model.solver.prepare(&model.slots.variables);
        model
    }

    /// The numbers of the conditions of a page.
    pub(crate) fn page(&self, index: usize) -> Option<&PageRules> {
        self.pages.get(index)
    }

    /// Whether these conditions can all hold for somebody.
    pub(crate) fn ask(&mut self, wanted: &[Wanted]) -> Outcome {
        self.solver.ask(wanted, false)
    }

    /// Whether conditions can all hold, whoever is asked which questions.
    pub(crate) fn ask_alone(&mut self, wanted: &[Wanted]) -> Outcome {
        self.solver.ask(wanted, true)
    }

    /// True if a condition may hold or not.
    pub(crate) fn is_open(&self, condition: usize) -> bool {
        self.solver.is_open(condition)
    }

    /// Asks no more of a condition: it may hold or not.
    pub(crate) fn leave_open(&mut self, condition: usize) {
        self.solver.open(condition);
    }

    /// The condition of a rule, were one part of it to come out so.
    pub(crate) fn supposing(&mut self, rule: &Rule, part: &Node, holds: bool) -> usize {
        let formula = self.slots.condition(rule.root(), Some((part, holds)));
        self.solver.add(formula)
    }

    /// The condition that there is an answer.
    pub(crate) fn answered_to(&mut self, name: &Name) -> usize {
        let formula = self.slots.answered(name);
        self.solver.add(formula)
    }

    /// The condition that holds for everyone or for nobody.
    pub(crate) fn always(&mut self, holds: bool) -> usize {
        self.solver.add(Formula::Always(holds))
    }

    /// The condition that whoever gets so far was asked an item.
    pub(crate) fn asked(&mut self, item: &str) -> usize {
        let formula = self.shown(item).unwrap_or(Formula::Open);
        self.solver.add(formula)
    }

    fn rule(&mut self, rule: Option<&Rule>, scope: &Scope<'_>) -> usize {
        let formula = match rule {
            None => Formula::Always(true),
            Some(rule) if can_read(rule, scope) => self.slots.condition(rule.root(), None),
            Some(_) => Formula::Open,
        };
        self.solver.add(formula)
    }

    fn question(&mut self, question: &Question, scope: &Scope<'_>) -> QuestionRules {
        let required = match &question.required_if {
            Some(rule) => self.rule(Some(rule), scope),
            None => self.solver.add(Formula::Always(question.item.head.required)),
        };
        let parts: Vec<usize> = question.parts.values().map(|rule| self.rule(Some(rule), scope)).collect();
        let some_field = some_field(question, &parts);
        QuestionRules {
            shown: self.rule(question.show_if.as_ref(), scope),
            required,
            parts,
            some_field: self.solver.add(some_field),
        }
    }

    /// The condition that an item is shown to whoever gets past its page.
    fn shown(&self, item: &str) -> Option<Formula> {
        let (page, number) = self.place(item)?;
        let question = page.questions.get(number)?;
        let shown = [page.shown, question.shown, question.some_field];
        Some(Formula::All(shown.map(Formula::Same).to_vec()))
    }

    fn place(&self, item: &str) -> Option<(&PageRules, usize)> {
        self.slots.survey.pages.iter().zip(&self.pages).find_map(|(page, rules)| {
            let number = page.questions.iter().position(|question| question.item.head.id == item)?;
            Some((rules, number))
        })
    }

    /// States what ties the variables of each item to one another and to other items.
    fn tie(&mut self) {
        let mut groups: Vec<(usize, String)> =
            self.slots.groups.iter().map(|(item, group)| (*group, item.clone())).collect();
        groups.sort();
        for (_, item) in groups {
            let mut ties = Vec::new();
            if let Some(known) = self.slots.known(&item) {
                let name = Name { item: item.clone(), part: None };
                if known.kind == ValueType::Condition
                    && can_compute(self.slots.survey, known)
                    && let Some(slot) = self.slots.find(&Key::Value(name))
                {
                    let is_so = slot.case(1);
                    ties.push(is_so.agrees(self.slots.condition(known.value.root(), None)));
                }
            } else {
                self.tie_item(&item, &mut ties);
            }
            let group = ties.into_iter().map(|formula| (self.solver.add(formula), true)).collect();
            self.solver.groups.push(group);
        }
    }

    fn tie_item(&mut self, id: &str, ties: &mut Vec<Formula>) {
        let (Some(item), Some(shown)) = (self.slots.item(id), self.shown(id)) else { return };
        let answered = self.slots.answered(&Name { item: id.to_string(), part: None });
        ties.push(Formula::Any(vec![answered.clone().not(), shown.clone()]));
        if let Some((page, number)) = self.place(id)
            && let Some(rules) = page.questions.get(number)
        {
            let enough = match &item.kind {
                Kind::Rate(rate) => rate.min_items.or(u32::try_from(rate.rows.len()).ok()).map(Test::AtLeast),
                _ => None,
            };
            let enough = enough.and_then(|test| self.slots.set_test(id, test)).unwrap_or(answered.clone());
            ties.push(Formula::Any(vec![enough, shown.not(), Formula::Same(rules.required).not()]));
            let question = self.slots.survey.questions().find(|(_, question)| question.item.head.id == id);
            let options = question.into_iter().flat_map(|(_, question)| question.parts.keys());
            for (option, offer) in options.zip(&rules.parts) {
                if let Some(chosen) = self.chosen(item, option) {
                    ties.push(Formula::Any(vec![chosen.not(), Formula::Same(*offer)]));
                }
            }
        }
        self.tie_parts(item, &answered, ties);
    }

    /// The condition that an option is chosen; none if the model does not tell it from others.
    fn chosen(&self, item: &Item, option: &str) -> Option<Formula> {
        if let Scale::Multiple(options) = item.scale() {
            let number = options.iter().position(|known| known.id == option)?;
            return self.slots.set_test(&item.head.id, Test::Member(count(number)));
        }
        let slot = self.slots.find(&Key::Value(Name { item: item.head.id.clone(), part: None }))?;
        let case = slot.values.iter().position(|value| *value == Value::Text(option.to_string()))?;
        Some(slot.case(case))
    }

    /// Ties the parts of an answer to the whole, and parts to one another.
    fn tie_parts(&mut self, item: &Item, answered: &Formula, ties: &mut Vec<Formula>) {
        let id = &item.head.id;
        let mut places: Vec<&Slot> = Vec::new();
        for (key, slot) in &self.slots.by_key {
            let given = slot.given();
            match (key, item.scale()) {
                (Key::Years(name), _) if name.item == *id => ties.push(given.agrees(answered.clone())),
                (Key::Value(Name { item, part: Some(part) }), scale) if item == id => match (scale, part) {
                    (Scale::Nominal(options) | Scale::Ordinal(options), _) => {
                        let plain = self.slots.find(&Key::Value(Name { item: id.clone(), part: None }));
                        let asks = |value: &Value| {
                            let asks = |option: &Choice| option.other != Other::None;
                            matches!(value, Value::Text(id) if options.iter().any(|option| option.id == *id && asks(option)))
                        };
                        ties.extend(plain.map(|plain| Formula::Any(vec![given.not(), plain.is(asks)])));
                    }
                    (Scale::Ratings { rows, .. }, Part::Row(row)) => {
                        let number = rows.iter().position(|known| known.id == *row).map(count);
                        let member = number.and_then(|number| self.slots.set_test(id, Test::Member(number)));
                        ties.extend(member.map(|member| given.agrees(member)));
                    }
                    (Scale::Allocation { rows, .. }, Part::Row(row)) => {
                        ties.push(given.agrees(answered.clone()));
                        let some = slot.is(|value| matches!(value, Value::Number(points) if *points > 0.0));
                        let number = rows.iter().position(|known| known.id == *row).map(count);
                        let member = number.and_then(|number| self.slots.set_test(id, Test::Member(number)));
                        ties.extend(member.map(|member| some.agrees(member)));
                    }
                    (Scale::Ranking { .. }, Part::Place(place)) => {
                        let filled = self.slots.set_test(id, Test::AtLeast(count(*place)));
                        ties.extend(filled.map(|filled| given.agrees(filled)));
                        for earlier in &places {
                            for case in (1..slot.values.len()).take(MOST_PAIRS) {
                                let both = [earlier.case(case), slot.case(case)];
                                ties.push(Formula::All(both.to_vec()).not());
                            }
                        }
                        places.push(slot);
                    }
                    _ => {}
                },
                _ => {}
            }
        }
    }
}

/// The condition that somebody who sees a question is shown one of its fields; always so if it is no repeat.
fn some_field(question: &Question, parts: &[usize]) -> Formula {
    let Kind::Repeat(repeat) = &question.item.kind else { return Formula::Always(true) };
    let by_rule = |field: &Item| question.parts.keys().position(|part| *part == field.head.id);
    let rules: Option<Vec<usize>> = repeat.asked().map(by_rule).collect();
    match rules {
        Some(rules) => {
            Formula::Any(rules.iter().filter_map(|rule| parts.get(*rule)).copied().map(Formula::Same).collect())
        }
        None => Formula::Always(true),
    }
}

fn can_read(rule: &Rule, scope: &Scope<'_>) -> bool {
    !rule.is_lost() && check(rule, scope, &Findings::default())
}

/// True if the rule of a computed value has no mistake.
fn can_compute(survey: &Survey, calculated: &Calculated) -> bool {
    let number = survey.calculated.iter().position(|known| known.id == calculated.id).unwrap_or_default();
    let before = survey.calculated.get(..number).unwrap_or_default();
    let scope = Scope { survey, earlier: survey.pages.len(), calculated: before };
    check_value(&calculated.value, &scope, &Findings::default()).is_some()
}
