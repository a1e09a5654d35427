//! Small conditions that rules are put together from: answered or not, true or not, and how two values compare.

use std::rc::Rc;

use super::expression::{Expr, Operator};
use super::loose::Scalar;
use super::pattern::literal;
use super::rule::{Domain, Rule};
use super::subject::{Amount, Missing, Operand};

/// Two questions that got the same answer.
pub(super) fn same_option(a: &str, of_a: &Rc<Domain>, b: &str, of_b: &Rc<Domain>) -> Result<Rule, String> {
    if of_a == of_b {
        return Ok(or_both_missing(Rule::comparison(a, "==", b), a, b));
    }
    if of_a.ids.len() * of_b.ids.len() > 400 {
        return Err(format!("it compares `{a}` with `{b}`, which have many different options"));
    }
    let mut same = Vec::new();
    for (at, value) in of_a.values.iter().enumerate() {
        let one = Rule::choice(a, of_a, false, |of| of == at);
        let other = Rule::choice(b, of_b, false, |of| of_b.values.get(of).is_some_and(|known| known.equals(value)));
        same.push(Rule::all([one, other]));
    }
    Ok(or_both_missing(Rule::any(same), a, b))
}

/// The condition that something was not answered.
pub(super) fn empty(operand: &Operand) -> Result<Rule, String> {
    Ok(match operand {
        Operand::Missing => Rule::Always,
        Operand::One(value) => truth(value.is_empty()),
        Operand::Many(values) => truth(values.is_empty()),
        Operand::Choice(name, domain) => Rule::choice(name, domain, true, |_| false),
        Operand::Set(name, _)
        | Operand::Words(name)
        | Operand::Whole(name)
        | Operand::Ranking(name, ..)
        | Operand::Day(name, true) => Rule::answered(name).negated(),
        Operand::Number(Amount { text, missing: Missing::Unanswered, .. }) => Rule::answered(text).negated(),
        Operand::Number(Amount { text, missing: Missing::Partly, .. }) => {
            return Err(format!("it asks whether `{text}` is missing"));
        }
        Operand::Number(_) | Operand::Day(_, false) | Operand::Condition(_) => Rule::Never,
        Operand::Several(names) => Rule::all(names.iter().map(|name| Rule::answered(name).negated())),
    })
}

/// The condition that a value counts as true.
pub(super) fn truthy(operand: Operand) -> Result<Rule, String> {
    Ok(match operand {
        Operand::Condition(rule) => rule,
        Operand::One(value) => truth(value.is_truthy()),
        Operand::Many(_) => Rule::Always,
        Operand::Set(name, _) | Operand::Whole(name) | Operand::Ranking(name, ..) => {
            return Err(format!(
                "it takes all that was answered to `{name}` for a condition; write `answered({name})` if that is meant"
            ));
        }
        Operand::Several(_) => return Err("it takes several answers together for a condition".to_string()),
        Operand::Choice(name, domain) => {
            Rule::choice(&name, &domain, false, |at| domain.values.get(at).is_some_and(Scalar::is_truthy))
        }
        Operand::Number(Amount { text, missing: Missing::Partly, .. }) => {
            return Err(format!("`{text}` is a number where a condition should stand"));
        }
        Operand::Number(Amount { text, missing: Missing::Never, .. }) => Rule::number(&text, ">", 0.0),
        Operand::Number(Amount { text, .. }) => {
            Rule::all([Rule::answered(&text), Rule::number(&text, "==", 0.0).negated()])
        }
        operand => empty(&operand)?.negated(),
    })
}

/// The condition that a value is `true` and not only something that is not empty.
pub(super) fn is_true(operand: Operand) -> Rule {
    let is_true = |value: &Scalar| *value == Scalar::Flag(true);
    match operand {
        Operand::Condition(rule) => rule,
        Operand::One(value) => truth(is_true(&value)),
        Operand::Choice(name, domain) => {
            Rule::choice(&name, &domain, false, |at| domain.values.get(at).is_some_and(is_true))
        }
        Operand::Words(name) => written(&name, &Scalar::Flag(true)),
        _ => Rule::Never,
    }
}

pub(super) fn is_comparison(operator: Operator) -> bool {
    use Operator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    matches!(operator, Equal | NotEqual | Less | LessOrEqual | Greater | GreaterOrEqual)
}

pub(super) fn is_membership(operator: Operator) -> bool {
    use Operator::{AllOf, AnyOf, Contains, NoneOf, NotContains};
    matches!(operator, Contains | NotContains | AnyOf | NoneOf | AllOf)
}

/// True for an expression that is `true` or `false` and nothing else.
pub(super) fn is_condition(expr: &Expr) -> bool {
    match expr {
        Expr::Not(_) | Expr::IsEmpty(_) | Expr::Flag(_) => true,
        Expr::Binary(operator, ..) => is_comparison(*operator) || is_membership(*operator),
        Expr::All(parts) | Expr::Any(parts) => parts.iter().all(is_condition),
        _ => false,
    }
}

/// A text that was written in just this way, whatever its capitals.
pub(super) fn written(name: &str, value: &Scalar) -> Rule {
    let words = value.words();
    let words = words.trim();
    let has_case = words.to_lowercase() != words.to_uppercase();
    if has_case || words.contains('\'') {
        Rule::test(format!("matches({name}, '(?i)^{}$')", literal(words)))
    } else {
        Rule::comparison(name, "==", &format!("'{words}'"))
    }
}

/// A text that has another in it, whatever its capitals.
pub(super) fn part_of_text(name: &str, value: &Scalar) -> Rule {
    if !value.is_truthy() {
        return Rule::Never;
    }
    Rule::test(format!("matches({name}, '(?i){}')", literal(&value.words())))
}

/// SurveyJS takes two answers that were not given for equal.
pub(super) fn or_both_missing(rule: Rule, a: &str, b: &str) -> Rule {
    Rule::any([rule, Rule::all([Rule::answered(a).negated(), Rule::answered(b).negated()])])
}

pub(super) fn truth(holds: bool) -> Rule {
    if holds { Rule::Always } else { Rule::Never }
}

pub(super) fn holds(operator: Operator, a: &Scalar, b: &Scalar) -> bool {
    match operator {
        Operator::Equal => a.equals(b),
        Operator::NotEqual => !a.equals(b),
        Operator::Less => a.is_less(b),
        Operator::LessOrEqual => a.equals(b) || a.is_less(b),
        Operator::Greater => b.is_less(a),
        Operator::GreaterOrEqual => a.equals(b) || b.is_less(a),
        _ => false,
    }
}

pub(super) fn flipped(operator: Operator) -> Operator {
    match operator {
        Operator::Less => Operator::Greater,
        Operator::LessOrEqual => Operator::GreaterOrEqual,
        Operator::Greater => Operator::Less,
        Operator::GreaterOrEqual => Operator::LessOrEqual,
        other => other,
    }
}

pub(super) fn sign(operator: Operator) -> &'static str {
    match operator {
        Operator::Less => "<",
        Operator::LessOrEqual => "<=",
        Operator::Greater => ">",
        Operator::GreaterOrEqual => ">=",
        _ => "==",
    }
}
