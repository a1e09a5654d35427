//! Whether a rule can hold at all: tries every combination of answers that could matter to it, within bounds.

use std::collections::BTreeMap;

use super::{Expr, Facts, Function, Name, Node, Operator, Part, Rule, Scope, Value, evaluate};
use crate::item::Scale;

/// Most combinations tried; a rule that needs more is taken to hold somewhere.
const MAX_COMBINATIONS: usize = 200_000;

/// True if no combination of answers makes the rule hold.
///
/// Values that can matter: every option, no answer, sets of the options named in the rule, and the numbers of the rule
/// with those half and one beside them. A rule with more than 200,000 combinations is not judged, nor one that
/// calculates or compares two things that respondents give, or names more than ten options of one question of several
/// choices: no short list of values stands for all of them.
pub fn never_holds(rule: &Rule, scope: &Scope<'_>) -> bool {
    if compares_unknown_numbers(&rule.root) {
        return false;
    }
    let mut domains: BTreeMap<&Name, Vec<Value>> = BTreeMap::new();
    let mut names: Vec<&Name> = Vec::new();
    rule.root.each_name(&mut |name| names.push(name));
    for name in names {
        let Some(domain) = domain(rule, name, scope) else { return false };
        domains.insert(name, domain);
    }
    let combinations = domains.values().try_fold(1usize, |product, domain| product.checked_mul(domain.len()));
    let Some(combinations) = combinations.filter(|combinations| *combinations <= MAX_COMBINATIONS) else {
        return false;
    };
    !(0..combinations).any(|mut number| {
        let chosen: BTreeMap<&Name, &Value> = domains
            .iter()
            .filter_map(|(name, domain)| {
                let value = domain.get(number % domain.len())?;
                number /= domain.len();
                Some((*name, value))
            })
            .collect();
        let lookup = |name: &Name| chosen.get(name).map_or(Value::Unanswered, |value| (*value).clone());
        evaluate(rule, &Facts { survey: scope.survey, lookup: &lookup, today: jiff::civil::Date::default() })
    })
}

/// True if the rule calculates, or compares two things of which neither is a literal and one may be a number.
fn compares_unknown_numbers(node: &Node) -> bool {
    match &node.expr {
        Expr::Text(_) | Expr::Number(_) | Expr::Bool(_) | Expr::Name(_) => false,
        Expr::List(nodes) => nodes.iter().any(compares_unknown_numbers),
        Expr::Call(function, inner) => *function == Function::YearsSince || compares_unknown_numbers(inner),
        Expr::Not(inner) => compares_unknown_numbers(inner),
        Expr::Date(_)
        | Expr::Today
        | Expr::Matches(..)
        | Expr::Binary(Operator::Plus | Operator::Minus | Operator::Times | Operator::Divide, ..) => true,
        Expr::Binary(Operator::And | Operator::Or, left, right) => {
            compares_unknown_numbers(left) || compares_unknown_numbers(right)
        }
        Expr::Binary(_, left, right) => {
            let varies = |side: &Node| matches!(side.expr, Expr::Name(_) | Expr::Call(..));
            varies(left) && varies(right) || compares_unknown_numbers(left) || compares_unknown_numbers(right)
        }
    }
}

/// The values of a name that could matter; `None` if there are too many.
fn domain(rule: &Rule, name: &Name, scope: &Scope<'_>) -> Option<Vec<Value>> {
    let mut texts = Vec::new();
    let mut numbers = Vec::new();
    rule.root.each_literal(&mut |literal| match literal {
        Expr::Text(text) => texts.push(text.as_str()),
        Expr::Number(number) => numbers.push(*number),
        _ => {}
    });
    let ids = |ids: Vec<&str>| ids.into_iter().map(|id| Value::Text(id.into())).collect::<Vec<_>>();
    let mut values = match (scope.scale(&name.item), &name.part) {
        (Some(Scale::Flag), _) => vec![Value::Bool(true)],
        (Some(Scale::Nominal(options) | Scale::Ordinal(options)), None)
        | (Some(Scale::Ratings { steps: options, .. }), Some(_)) => {
            ids(options.iter().map(|option| option.id.as_str()).collect())
        }
        (Some(Scale::Ranking { rows, .. }), Some(Part::Place(_))) => {
            ids(rows.iter().map(|row| row.id.as_str()).collect())
        }
        (Some(Scale::Multiple(options)), None) => {
            subsets(&options.iter().map(|option| option.id.as_str()).collect::<Vec<_>>(), &texts)?
        }
        (Some(Scale::Interval), _) | (Some(Scale::Allocation { .. }), Some(_)) => around(&numbers),
        (Some(Scale::Ratings { rows, .. } | Scale::Ranking { rows, .. }), None) => {
            (1..=rows.len()).map(|count| Value::List(vec![Value::Bool(true); count])).collect()
        }
        (Some(Scale::Allocation { rows, total }), None) => {
            let given = |rows: u32| {
                let first = f64::from(total) - f64::from(rows - 1);
                Value::List((0..rows).map(|row| Value::Number(if row == 0 { first } else { 1.0 })).collect())
            };
            (1..=u32::try_from(rows.len()).unwrap_or(u32::MAX).min(total)).map(given).collect()
        }
        (Some(Scale::Entries { .. }), Some(_)) => return None,
        (Some(Scale::Entries { max, .. }), None) => {
            (1..=max).map(|count| Value::List(vec![Value::Bool(true); count as usize])).collect()
        }
        (Some(Scale::Day), _) => days(&texts),
        _ => {
            let mut written = ids(texts.clone());
            let lengths = numbers.iter().map(|length| bounded(*length));
            let lengths = lengths.flat_map(|length| [length.saturating_sub(1), length, length + 1]);
            written.extend(lengths.map(|length| Value::Text("x".repeat(length))));
            written.extend(["", "0", "~"].map(|text| Value::Text(text.into())));
            written
        }
    };
    values.push(Value::Unanswered);
    Some(values)
}

/// The days written in the rule, with the day before and the day after each.
fn days(written: &[&str]) -> Vec<Value> {
    let days = written.iter().filter_map(|day| day.parse::<jiff::civil::Date>().ok());
    let near = days.flat_map(|day| [day.yesterday().ok(), Some(day), day.tomorrow().ok()]).flatten();
    near.chain([jiff::civil::date(2000, 1, 1)]).map(|day| Value::Text(day.to_string())).collect()
}

/// Sets of the options named in the rule, alone and with as many others as there are; `None` for more than ten named.
fn subsets(options: &[&str], named: &[&str]) -> Option<Vec<Value>> {
    let (named, others): (Vec<&str>, Vec<&str>) = options.iter().partition(|option| named.contains(*option));
    if named.len() > 10 {
        return None;
    }
    let text = |id: &&str| Value::Text((*id).into());
    let sets = (0..1usize << named.len())
        .flat_map(|bits| {
            let chosen: Vec<Value> =
                named.iter().enumerate().filter(|(index, _)| bits >> index & 1 == 1).map(|(_, id)| text(id)).collect();
            (0..=others.len()).map(move |more| (chosen.clone(), more))
        })
        .map(|(mut chosen, more)| {
            chosen.extend(others.iter().take(more).map(text));
            Value::List(chosen)
        })
        .filter(|set| *set != Value::List(Vec::new()));
    Some(sets.collect())
}

/// The literals, the numbers half and one beside them, their sums and their differences.
fn around(literals: &[f64]) -> Vec<Value> {
    let mut numbers: Vec<f64> =
        literals.iter().flat_map(|number| [number - 1.0, number - 0.5, *number, number + 0.5, number + 1.0]).collect();
    let sums: Vec<f64> = literals.iter().flat_map(|a| literals.iter().flat_map(move |b| [a + b, a - b])).collect();
    numbers.extend(sums);
    numbers.push(0.0);
    numbers.sort_by(f64::total_cmp);
    let between: Vec<f64> = numbers.windows(2).map(|pair| pair.iter().sum::<f64>() / 2.0).collect();
    numbers.extend(between);
    numbers.sort_by(f64::total_cmp);
    numbers.dedup();
    numbers.into_iter().map(Value::Number).collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
fn bounded(length: f64) -> usize {
    length.clamp(0.0, 5_000.0) as usize
}
