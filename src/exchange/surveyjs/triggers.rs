//! `triggers`: people who skip pages, who are done early, and what is shown when; and values to be calculated.

use serde_json::Value as Json;

use super::super::report::{Fate, Refusal};
use super::expression::Expr;
use super::json::Element;
use super::loose::Scalar;
use super::model::{Condition, Target};
use super::reading::{Calculated, Reading};
use super::subject::World;
use super::translate;

/// Most triggers that are carried over.
const MAX_TRIGGERS: usize = 300;

impl Reading {
    /// Reads the triggers; gives the rules of those that end the survey.
    ///
    /// # Errors
    /// Too many rules.
    pub(super) fn triggers(&mut self, root: &Element<'_>) -> Result<Vec<Condition>, Refusal> {
        let mut ends = Vec::new();
        for (index, json) in root.list("triggers").iter().enumerate() {
            let trigger = Element::new(json, format!("/triggers/{index}"));
            let kind = trigger.get("type").as_str().unwrap_or_default().to_ascii_lowercase();
            let kind = kind.strip_suffix("trigger").unwrap_or(&kind).to_string();
            if index >= MAX_TRIGGERS {
                let message = format!("Only the first {MAX_TRIGGERS} triggers are carried over.");
                self.notes.add("trigger-dropped", Fate::Dropped, trigger.at.as_str(), None, message);
                break;
            }
            let condition = rule_of(&trigger);
            self.rule(condition.as_ref().map_or("", |condition| &condition.text))?;
            match (kind.as_str(), condition) {
                ("complete", Some(condition)) => ends.push(condition),
                ("skip", Some(condition)) => self.skip(&trigger, &condition)?,
                ("visible", Some(condition)) => self.visible(&trigger, &condition)?,
                ("setvalue" | "copyvalue" | "runexpression", _) => {
                    let message = "Canvass never fills in an answer; the trigger is left out.";
                    self.notes.add("trigger-dropped", Fate::Dropped, trigger.at.as_str(), None, message);
                    for key in ["setToName", "setValue", "fromName", "runExpression", "isVariable", "copyDisplayValue"]
                    {
                        trigger.get(key);
                    }
                }
                ("complete" | "skip" | "visible", None) => {
                    let message = "The trigger has no rule, so it never does anything; it is left out.";
                    self.notes.add("trigger-dropped", Fate::Dropped, trigger.at.as_str(), None, message);
                }
                _ => {
                    let message = format!("The trigger `{kind}` is not known to this import; it is left out.");
                    self.notes.add("trigger-dropped", Fate::Unknown, trigger.at.as_str(), None, message);
                }
            }
            self.notes.leftovers(&trigger, None);
        }
        Ok(ends)
    }

    /// The pages between the last question of a rule and the one gone to are for those for whom it does not hold.
    fn skip(&mut self, trigger: &Element<'_>, condition: &Condition) -> Result<(), Refusal> {
        let to = trigger.get("gotoName").as_str().unwrap_or_default();
        let target = self
            .page_of(to)
            .or_else(|| self.pages.iter().position(|page| !page.name.is_empty() && page.name.eq_ignore_ascii_case(to)));
        let from = condition.expr.as_ref().ok().and_then(|expr| self.last_page(expr));
        let (Some(target), Some(from)) = (target, from.or_else(|| condition.expr.is_err().then_some(0))) else {
            let message =
                format!("The way to ‘{to}’ is left out: it or what decides on it is not in the survey any more.");
            self.notes.add("skip-lost", Fate::Degraded, trigger.at.as_str(), None, message);
            return Ok(());
        };
        if target <= from + 1 {
            let message = format!(
                "‘{to}’ stands on the same page, the next or an earlier one, so nobody misses a page: left out."
            );
            self.notes.add("skip", Fate::Assumed, trigger.at.as_str(), None, message);
            return Ok(());
        }
        let negated = condition.negated();
        for number in from + 1..target {
            self.rule("")?;
            if let Some(page) = self.pages.get_mut(number) {
                page.shown.push(negated.clone());
            }
        }
        let message = format!(
            "The pages before the one with ‘{to}’ are shown only to those who do not skip them; \
            what follows on their own page is shown to all."
        );
        self.notes.add("skip", Fate::Degraded, trigger.at.as_str(), None, message);
        Ok(())
    }

    fn page_of(&self, name: &str) -> Option<usize> {
        let index = match self.names.get(&name.to_lowercase())? {
            Target::Draft(index) | Target::Row(index, _) | Target::OtherText(index) => *index,
            Target::Several(all) => *all.first()?,
            Target::Calculated(_) | Target::Gone(_) => return None,
        };
        self.drafts.get(index).map(|draft| draft.page)
    }

    /// The last page that an expression asks about.
    fn last_page(&self, expr: &Expr) -> Option<usize> {
        let mut last = None;
        each_variable(expr, &mut |name| {
            let first = name.split(['.', '[']).next().unwrap_or(name);
            last = last.max(self.page_of(name).or_else(|| self.page_of(first)));
        });
        last
    }

    /// Questions and pages that are shown where a rule holds.
    fn visible(&mut self, trigger: &Element<'_>, condition: &Condition) -> Result<(), Refusal> {
        let mut found = 0;
        for json in trigger.list("questions") {
            let name = json.as_str().unwrap_or_default().to_lowercase();
            self.rule("")?;
            let Some(Target::Draft(index)) = self.names.get(&name) else { continue };
            if let Some(draft) = self.drafts.get_mut(*index) {
                draft.shown.retain(|known| known.text.as_ref() != "visible: false");
                draft.shown.push(condition.clone());
                found += 1;
            }
        }
        for json in trigger.list("pages") {
            let name = json.as_str().unwrap_or_default();
            self.rule("")?;
            let named = self.pages.iter_mut().find(|page| !name.is_empty() && page.name.eq_ignore_ascii_case(name));
            if let Some(page) = named {
                page.shown.retain(|known| known.text.as_ref() != "visible: false");
                page.shown.push(condition.clone());
                found += 1;
            }
        }
        let (fate, message) = if found > 0 {
            (Fate::Exact, "The trigger became the rule of what it shows.")
        } else {
            (Fate::Dropped, "The trigger shows nothing that is left; it is left out.")
        };
        self.notes.add("trigger-visible", fate, trigger.at.as_str(), None, message);
        Ok(())
    }

    /// Reads `calculatedValues`.
    ///
    /// # Errors
    /// Too many rules.
    pub(super) fn calculated_values(&mut self, root: &Element<'_>) -> Result<(), Refusal> {
        for (index, json) in root.list("calculatedValues").iter().enumerate() {
            let value = Element::new(json, format!("/calculatedValues/{index}"));
            let (Some(name), Some(written)) = (value.text("name"), value.text("expression")) else {
                let message = "A calculated value without a name or an expression is left out.";
                self.notes.add("calculated-lost", Fate::Dropped, value.at.as_str(), None, message);
                continue;
            };
            self.rule(written)?;
            let id = self.ids.question(name, "value");
            self.name(name, Target::Calculated(self.calculated.len()));
            let rule = Condition::written(written, &value.pointer("expression"));
            self.calculated.push(Calculated { id, name: name.to_string(), label: None, value: rule });
            self.notes.leftovers(&value, None);
        }
        Ok(())
    }
}

/// The rule of a trigger, also in the old way of a name, an operator and a value.
fn rule_of(trigger: &Element<'_>) -> Option<Condition> {
    if let Some(rule) = trigger.text("expression") {
        return Some(Condition::written(rule, &trigger.pointer("expression")));
    }
    let name = trigger.text("name")?;
    let operator = trigger.get("operator").as_str().unwrap_or("equal").to_ascii_lowercase();
    let value = trigger.get("value");
    if matches!(operator.as_str(), "empty" | "notempty") {
        return Some(Condition::written(&format!("{{{name}}} {operator}"), &trigger.at));
    }
    let value = match Scalar::of(value)? {
        Scalar::Text(text) if text.contains(['\'', '\\']) => return None,
        Scalar::Text(text) => format!("'{text}'"),
        other => other.words(),
    };
    Some(Condition::written(&format!("{{{name}}} {operator} {value}"), &trigger.at))
}

/// Calls `with` for every name in an expression.
fn each_variable(expr: &Expr, with: &mut impl FnMut(&str)) {
    match expr {
        Expr::Variable(name) => with(name),
        Expr::List(parts) | Expr::Call(_, parts) | Expr::All(parts) | Expr::Any(parts) => {
            for part in parts {
                each_variable(part, with);
            }
        }
        Expr::IsEmpty(inner) | Expr::Not(inner) => each_variable(inner, with),
        Expr::Binary(_, left, right) => {
            each_variable(left, with);
            each_variable(right, with);
        }
        Expr::Missing | Expr::Text(_) | Expr::Number(_) | Expr::Flag(_) => {}
    }
}

/// Calculates the values in an order in which each names only earlier ones; gives that order.
pub(super) fn calculate(world: &World<'_>) -> Vec<usize> {
    let mut order = Vec::new();
    let all = &world.reading.calculated;
    // Ten rounds are enough for chains as people write them; what is left then goes in a circle, or is lost.
    for round in 0..10 {
        let before = order.len();
        for (index, entry) in all.iter().enumerate() {
            if world.values.borrow().contains_key(&index) {
                continue;
            }
            match translate::value(world, &entry.value) {
                Ok(value) => {
                    world.values.borrow_mut().insert(index, Ok(value));
                    order.push(index);
                }
                Err(why) if round == 9 || !why.contains("is calculated later") => {
                    world.values.borrow_mut().insert(index, Err(why));
                }
                Err(_) => {}
            }
        }
        if order.len() == before && round > 0 {
            break;
        }
    }
    for index in 0..all.len() {
        world.values.borrow_mut().entry(index).or_insert_with(|| Err("it is calculated from itself".to_string()));
    }
    order
}

/// True if a definition has something under a key that must be reported.
pub(super) fn is_written(json: &Json) -> bool {
    match json {
        Json::Null | Json::Bool(false) => false,
        Json::String(text) => !text.trim().is_empty(),
        Json::Array(items) => !items.is_empty(),
        _ => true,
    }
}
