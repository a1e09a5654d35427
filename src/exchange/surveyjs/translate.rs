//! Expressions of SurveyJS as rules of Canvass: typed, and true or false for exactly the same answers.
//!
//! A condition on what was chosen is worked out for each option and for no answer at all, by the comparisons of
//! SurveyJS; so it means the same, whatever operator it was written with.

use std::rc::Rc;

use super::super::rule::is_day;
use super::conditions::{
    empty, flipped, holds, is_comparison, is_condition, is_membership, is_true, or_both_missing, part_of_text,
    same_option, sign, truth, truthy, written,
};
use super::expression::{Expr, Operator};
use super::loose::Scalar;
use super::model::Condition;
use super::rule::{Domain, Rule};
use super::subject::{Amount, Kind, Missing, Operand, Translator, Value, World};

/// A rule that was translated.
#[derive(Clone, Debug)]
pub(super) struct Translated {
    /// The rule.
    pub rule: Rule,
    /// The questions it asks about.
    pub needs: std::collections::BTreeSet<usize>,
    /// What differs from SurveyJS.
    pub notes: std::collections::BTreeSet<&'static str>,
}

const CASE: &str = "SurveyJS takes no notice of capitals when it compares two answers, and Canvass does";
const GAPS: &str = "SurveyJS takes a number that was not given for 0, and in Canvass the whole sum is then missing";

/// Translates a rule of what stands before the question number `limit`.
///
/// # Errors
/// Why it cannot be carried over, as a clause.
pub(super) fn condition(world: &World<'_>, condition: &Condition, limit: usize) -> Result<Translated, String> {
    let expr = condition.expr.as_ref().map_err(ToString::to_string)?;
    let mut translator = Translator::new(world, limit, &condition.context);
    let rule = translator.rule(expr, Must::Be)?;
    Ok(Translated { rule, needs: translator.needs, notes: translator.notes })
}

/// Translates an expression that gives a value.
///
/// # Errors
/// Why it cannot be carried over, as a clause.
pub(super) fn value(world: &World<'_>, condition: &Condition) -> Result<Value, String> {
    let expr = condition.expr.as_ref().map_err(ToString::to_string)?;
    let mut translator = Translator::new(world, usize::MAX, &condition.context);
    let operand = translator.operand(expr)?;
    let long = || "it is longer than a rule may be".to_string();
    let (kind, text) = match operand {
        Operand::Number(amount) if amount.text.len() <= 2_000 => (Kind::Number, amount.text),
        Operand::One(Scalar::Number(number)) => (Kind::Number, number.to_string()),
        Operand::Day(day, _) => (Kind::Day, day),
        Operand::Words(name) => (Kind::Words, name),
        Operand::One(Scalar::Text(text)) if !text.contains('\'') && text.len() <= 1_000 => {
            (Kind::Words, format!("'{text}'"))
        }
        Operand::One(Scalar::Flag(flag)) => (Kind::Condition, flag.to_string()),
        Operand::Condition(rule) => (Kind::Condition, rule.text().ok_or_else(long)?),
        Operand::Number(_) => return Err(long()),
        _ => return Err("its value is no number, no date, no text and no condition".to_string()),
    };
    Ok(Value { text, kind, needs: translator.needs, notes: translator.notes })
}

/// `answer OPERATOR expression`, for a bound that is calculated.
///
/// # Errors
/// Why it cannot be carried over, as a clause.
pub(super) fn bound(
    world: &World<'_>,
    id: &str,
    is_day: bool,
    operator: &str,
    bound: &Condition,
) -> Result<Translated, String> {
    let expr = bound.expr.as_ref().map_err(ToString::to_string)?;
    let mut translator = Translator::new(world, usize::MAX, &bound.context);
    let answer = if is_day { Operand::Day(id.to_string(), true) } else { Amount::answer(id.to_string()) };
    let operator = if operator == ">=" { Operator::GreaterOrEqual } else { Operator::LessOrEqual };
    let limit = translator.operand(expr)?;
    let rule = translator.compare(operator, answer, limit)?;
    Ok(Translated { rule, needs: translator.needs, notes: translator.notes })
}

/// What an expression must be for a rule to hold.
///
/// A rule of SurveyJS holds if its value is `true`; but `and`, `or` and `!` take what is not empty for true, and
/// `a and b` has the value of one of the two. So `{age}` never shows anything, and `{age} and {consent} = 'yes'` may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Must {
    /// It counts as true.
    Count,
    /// It is `true`.
    Be,
}

impl Translator<'_, '_> {
    fn rule(&mut self, expr: &Expr, must: Must) -> Result<Rule, String> {
        self.world.work(1)?;
        match expr {
            Expr::All(parts) => {
                let last = parts.len().saturating_sub(1);
                let parts = parts.iter().enumerate();
                let parts = parts.map(|(at, part)| self.rule(part, if at == last { must } else { Must::Count }));
                Ok(Rule::all(parts.collect::<Result<Vec<_>, _>>()?))
            }
            Expr::Any(parts) => self.any(parts, must),
            Expr::Not(inner) => Ok(self.rule(inner, Must::Count)?.negated()),
            Expr::IsEmpty(inner) => {
                let operand = self.operand(inner)?;
                empty(&operand)
            }
            Expr::Call(name, arguments) if name.eq_ignore_ascii_case("iif") => {
                let [condition, then, otherwise] = arguments.as_slice() else {
                    return Err("`iif` needs a condition and two values".to_string());
                };
                let condition = self.rule(condition, Must::Count)?;
                let (then, otherwise) = (self.rule(then, must)?, self.rule(otherwise, must)?);
                let not = condition.clone().negated();
                Ok(Rule::any([Rule::all([condition, then]), Rule::all([not, otherwise])]))
            }
            Expr::Binary(operator, left, right) if is_comparison(*operator) => {
                let (left, right) = (self.operand(left)?, self.operand(right)?);
                self.compare(*operator, left, right)
            }
            Expr::Binary(operator, left, right) if is_membership(*operator) => {
                let (left, right) = (self.operand(left)?, self.operand(right)?);
                self.member(*operator, left, right)
            }
            _ => {
                let operand = self.operand(expr)?;
                if must == Must::Be { Ok(is_true(operand)) } else { truthy(operand) }
            }
        }
    }

    /// The first part that counts as true must be true.
    fn any(&mut self, parts: &[Expr], must: Must) -> Result<Rule, String> {
        let mut before = Vec::new();
        let mut any = Vec::new();
        for part in parts {
            let rule = self.rule(part, must)?;
            any.push(Rule::all(before.iter().cloned().chain([rule])));
            if must == Must::Be && !is_condition(part) {
                before.push(self.rule(part, Must::Count)?.negated());
            }
        }
        Ok(Rule::any(any))
    }

    /// The value of an expression.
    pub(super) fn operand(&mut self, expr: &Expr) -> Result<Operand, String> {
        self.world.work(1)?;
        Ok(match expr {
            Expr::Missing => Operand::Missing,
            Expr::Text(text) => {
                self.world.work(text.len() / 16)?;
                Operand::One(Scalar::Text(text.clone()))
            }
            Expr::Number(number) => Operand::One(Scalar::Number(*number)),
            Expr::Flag(flag) => Operand::One(Scalar::Flag(*flag)),
            Expr::Variable(name) => self.variable(name)?,
            Expr::List(items) => {
                let mut values = Vec::new();
                for item in items {
                    match self.operand(item)? {
                        Operand::One(value) => values.push(value),
                        _ => return Err("a list holds something else than plain values".to_string()),
                    }
                }
                Operand::Many(values)
            }
            Expr::Call(name, arguments) if !name.eq_ignore_ascii_case("iif") => self.call(name, arguments)?,
            Expr::Binary(Operator::Plus, left, right) => self.sum("+", left, right)?,
            Expr::Binary(Operator::Minus, left, right) => self.sum("-", left, right)?,
            Expr::Binary(Operator::Times, left, right) => self.sum("*", left, right)?,
            Expr::Binary(Operator::Divide, left, right) => self.sum("/", left, right)?,
            Expr::Binary(Operator::Other(sign), ..) => return Err(format!("rules of Canvass have no `{sign}`")),
            _ => Operand::Condition(self.rule(expr, Must::Count)?),
        })
    }

    fn sum(&mut self, sign: &str, left: &Expr, right: &Expr) -> Result<Operand, String> {
        let (left, right) = (self.operand(left)?, self.operand(right)?);
        self.calculate(sign, left, right)
    }

    /// `left SIGN right`.
    pub(super) fn calculate(&mut self, sign: &str, left: Operand, right: Operand) -> Result<Operand, String> {
        let mut side = |operand: Operand| match operand {
            Operand::Number(amount) => {
                if amount.missing != Missing::Never {
                    self.notes.insert(GAPS);
                }
                Ok(if amount.compound { format!("({})", amount.text) } else { amount.text })
            }
            Operand::One(Scalar::Number(number)) => Ok(number.to_string()),
            Operand::Words(name) => Err(format!("`{name}` is a text; make it a number to calculate with it")),
            Operand::Choice(name, _) => Err(format!("Canvass does not calculate with the options of `{name}`")),
            _ => Err("Canvass calculates with numbers only".to_string()),
        };
        let text = format!("{} {sign} {}", side(left)?, side(right)?);
        Ok(Operand::Number(Amount { text, compound: true, missing: Missing::Partly }))
    }

    /// `left OPERATOR right`.
    pub(super) fn compare(&mut self, operator: Operator, left: Operand, right: Operand) -> Result<Rule, String> {
        let is_literal = |operand: &Operand| matches!(operand, Operand::One(_) | Operand::Many(_) | Operand::Missing);
        if is_literal(&left) && !is_literal(&right) {
            return self.compare(flipped(operator), right, left);
        }
        if operator == Operator::NotEqual {
            return Ok(self.compare(Operator::Equal, left, right)?.negated());
        }
        let equal = operator == Operator::Equal;
        let or_equal = matches!(operator, Operator::Equal | Operator::LessOrEqual | Operator::GreaterOrEqual);
        match (left, right) {
            (left, Operand::Missing) if or_equal => empty(&left),
            (_, Operand::Missing) => Ok(Rule::Never),
            (left, Operand::One(value)) if value.is_empty() && equal => empty(&left),
            (_, Operand::One(value)) if value.is_empty() => {
                Err("it asks what is more or less than nothing".to_string())
            }
            (Operand::Missing, Operand::One(value)) => Ok(truth(or_equal && value.is_empty())),
            (Operand::One(a), Operand::One(b)) => Ok(truth(holds(operator, &a, &b))),
            (Operand::Many(a), Operand::Many(b)) if equal => {
                Ok(truth(a.len() == b.len() && a.iter().all(|a| b.iter().any(|b| a.equals(b)))))
            }
            (Operand::Choice(name, domain), Operand::One(value)) => self.option(operator, &name, &domain, &value),
            (Operand::Choice(a, of_a), Operand::Choice(b, of_b)) if equal => same_option(&a, &of_a, &b, &of_b),
            (Operand::Set(name, domain), Operand::Many(values)) if equal => {
                let mut parts =
                    values.iter().map(|value| self.has(&name, &domain, value)).collect::<Result<Vec<_>, _>>()?;
                parts.push(Rule::number(&format!("count({name})"), "==", values.len() as f64));
                Ok(Rule::all(parts))
            }
            (Operand::Set(name, domain), Operand::One(value)) => {
                let meant = domain.ids.iter().zip(&domain.values).find(|(_, known)| known.equals(&value));
                let meant =
                    meant.map(|(id, _)| format!("; write `'{id}' in {name}` if that is meant")).unwrap_or_default();
                Err(format!(
                    "it compares all that was chosen with the one value ‘{}’, which never holds in SurveyJS{meant}",
                    value.words()
                ))
            }
            (Operand::Number(amount), Operand::One(value)) => match value.number() {
                Some(number) if !matches!(value, Scalar::Flag(_)) => {
                    Ok(Rule::number(&amount.text, sign(operator), number))
                }
                _ => Err(format!("it compares the number `{}` with ‘{}’", amount.text, value.words())),
            },
            (Operand::Number(a), Operand::Number(b)) => {
                let compared = Rule::comparison(&a.text, sign(operator), &b.text);
                let both = or_equal && a.missing == Missing::Unanswered && b.missing == Missing::Unanswered;
                Ok(if both { or_both_missing(compared, &a.text, &b.text) } else { compared })
            }
            (Operand::Day(name, _), Operand::One(Scalar::Text(day))) if is_day(&day) => {
                Ok(Rule::day(&name, sign(operator), &day))
            }
            (Operand::Day(a, a_may_miss), Operand::Day(b, b_may_miss)) => {
                let compared = Rule::comparison(&a, sign(operator), &b);
                Ok(if or_equal && a_may_miss && b_may_miss { or_both_missing(compared, &a, &b) } else { compared })
            }
            (Operand::Words(name), Operand::One(value)) if equal => Ok(written(&name, &value)),
            (Operand::Words(a), Operand::Words(b)) if equal => {
                self.notes.insert(CASE);
                Ok(or_both_missing(Rule::comparison(&a, "==", &b), &a, &b))
            }
            (Operand::Words(name), _) => {
                Err(format!("`{name}` is a text, which has no order; make it a `number` if numbers are meant"))
            }
            (Operand::Condition(rule), Operand::One(value)) if equal => match value {
                value if Scalar::Flag(true).equals(&value) => Ok(rule),
                value if Scalar::Flag(false).equals(&value) => Ok(rule.negated()),
                value => Err(format!("it compares a condition with ‘{}’", value.words())),
            },
            (Operand::Day(name, _), _) => {
                Err(format!("it compares the date `{name}` with something that is no day such as 2026-01-31"))
            }
            _ => Err("it compares things that Canvass cannot compare".to_string()),
        }
    }

    /// A condition on one chosen option, worked out for each.
    fn option(&mut self, operator: Operator, name: &str, domain: &Rc<Domain>, value: &Scalar) -> Result<Rule, String> {
        self.world.work(domain.ids.len())?;
        let holds: Vec<bool> = domain.values.iter().map(|known| holds(operator, known, value)).collect();
        if operator == Operator::Equal && !holds.contains(&true) {
            return Err(self.unknown_option(name, domain, value));
        }
        Ok(Rule::choice(name, domain, false, |at| holds.get(at).copied().unwrap_or(false)))
    }

    fn unknown_option(&self, name: &str, domain: &Domain, value: &Scalar) -> String {
        let words: Vec<String> = domain.values.iter().take(2_000).map(Scalar::words).collect();
        let suggestion = self.world.suggestion(&value.words(), words.iter().map(String::as_str));
        format!("`{name}` has no option ‘{}’{suggestion}", value.words())
    }

    /// A set has an option.
    fn has(&mut self, name: &str, domain: &Domain, value: &Scalar) -> Result<Rule, String> {
        self.world.work(domain.ids.len())?;
        let found = domain.ids.iter().zip(&domain.values).filter(|(_, known)| known.equals(value));
        match Rule::any(found.map(|(id, _)| Rule::has(id, name))) {
            Rule::Never => Err(self.unknown_option(name, domain, value)),
            rule => Ok(rule),
        }
    }

    /// `left contains right` and the like.
    fn member(&mut self, operator: Operator, left: Operand, right: Operand) -> Result<Rule, String> {
        match (operator, &left, &right) {
            // Of an answer such as 0, SurveyJS says both that it contains 0 and that it does not.
            (Operator::NotContains, Operand::Choice(..), Operand::One(_)) => {
                return Ok(self.member(Operator::AllOf, left, right)?.negated());
            }
            (Operator::NotContains, ..) => return Ok(self.member(Operator::Contains, left, right)?.negated()),
            (Operator::NoneOf, ..) => return Ok(self.member(Operator::AnyOf, left, right)?.negated()),
            _ => {}
        }
        let all = operator == Operator::AllOf;
        let any = operator == Operator::AnyOf;
        match (left, right) {
            (Operand::Set(name, domain), Operand::One(value)) => self.has(&name, &domain, &value),
            (Operand::Set(name, domain), Operand::Many(values)) if !values.is_empty() => {
                let parts =
                    values.iter().map(|value| self.has(&name, &domain, value)).collect::<Result<Vec<_>, _>>()?;
                Ok(if any { Rule::any(parts) } else { Rule::all(parts) })
            }
            (Operand::Set(set, of_set), Operand::Choice(name, domain))
                if of_set.ids.len() * domain.ids.len() <= 400 =>
            {
                let mut both = Vec::new();
                for (at, value) in domain.values.iter().enumerate() {
                    let chosen = Rule::choice(&name, &domain, false, |of| of == at);
                    let has = of_set.ids.iter().zip(&of_set.values).filter(|(_, known)| known.equals(value));
                    both.push(Rule::all([chosen, Rule::any(has.map(|(id, _)| Rule::has(id, &set)))]));
                }
                Ok(Rule::any(both))
            }
            (Operand::Choice(name, domain), Operand::Many(values)) if any && !values.is_empty() => {
                for value in &values {
                    self.option(Operator::Equal, &name, &domain, value)?;
                }
                Ok(Rule::choice(&name, &domain, false, |at| {
                    domain.values.get(at).is_some_and(|known| values.iter().any(|value| known.equals(value)))
                }))
            }
            (Operand::Choice(name, domain), Operand::Many(values)) if all && !values.is_empty() => {
                self.part_of_option(&name, &domain, &values, all)
            }
            (Operand::Choice(name, domain), Operand::One(value)) if !any => {
                self.part_of_option(&name, &domain, &[value], all)
            }
            (Operand::Choice(name, domain), Operand::One(value)) => {
                self.world.work(domain.ids.len())?;
                let holds = |known: &Scalar| value.contains(known);
                if domain.values.iter().any(holds) {
                    return Ok(Rule::choice(&name, &domain, false, |at| domain.values.get(at).is_some_and(holds)));
                }
                Err(self.unknown_option(&name, &domain, &value))
            }
            (Operand::Choice(name, _), Operand::Many(_)) => Err(format!(
                "only one option of `{name}` can be chosen, so it never contains a list; write `{name} in [...]` if \
                    one of them is meant"
            )),
            (Operand::Many(values), Operand::Choice(name, domain)) if operator == Operator::Contains => {
                self.member(Operator::AnyOf, Operand::Choice(name, domain), Operand::Many(values))
            }
            (Operand::Words(name), Operand::One(value)) if operator == Operator::Contains => {
                Ok(part_of_text(&name, &value))
            }
            (Operand::Words(name), Operand::Many(values)) if any && !values.is_empty() => {
                Ok(Rule::any(values.iter().map(|value| written(&name, value))))
            }
            (Operand::Ranking(name, domain, places), Operand::One(value)) if places <= 50 => {
                self.option(Operator::Equal, &name, &domain, &value)?;
                let in_place = |place| self.option(Operator::Equal, &format!("{name}[{place}]"), &domain, &value);
                Ok(Rule::any((1..=places).map(in_place).collect::<Result<Vec<_>, _>>()?))
            }
            (Operand::One(a), Operand::One(b)) => Ok(truth(a.contains(&b))),
            (Operand::Many(all), Operand::One(value)) => Ok(truth(all.iter().any(|known| known.equals(&value)))),
            (Operand::One(value), Operand::Many(all)) if any => Ok(truth(all.iter().any(|known| known.equals(&value)))),
            (Operand::Missing, _) => Ok(Rule::Never),
            _ => Err("it asks what an answer contains that has no such parts in Canvass".to_string()),
        }
    }

    /// A chosen option whose value has some texts in it; `truthy` if it must count as true as well.
    fn part_of_option(
        &mut self,
        name: &str,
        domain: &Rc<Domain>,
        values: &[Scalar],
        truthy: bool,
    ) -> Result<Rule, String> {
        self.world.work(domain.ids.len() * values.len())?;
        let holds = |known: &Scalar| (known.is_truthy() || !truthy) && values.iter().all(|value| known.contains(value));
        match domain.values.iter().find(|known| holds(known)) {
            Some(_) => Ok(Rule::choice(name, domain, false, |at| domain.values.get(at).is_some_and(holds))),
            None => Err(self.unknown_option(name, domain, values.first().unwrap_or(&Scalar::Flag(false)))),
        }
    }
}
