//! Whether a rule can hold at all: tries every combination of answers that could matter to it, within bounds.

use std::collections::BTreeMap;

use super::{Expr, Name, Part, Rule, Scope, Value, evaluate};
use crate::item::Scale;

/// Most combinations tried; a rule that needs more is taken to hold somewhere.
const MAX_COMBINATIONS: usize = 200_000;

/// True if no combination of answers makes the rule hold.
///
/// Values that can matter: every option, no answer, sets of the options named in the rule, and numbers at and between
/// the literals of the rule. A rule with more than 200,000 combinations is not judged.
pub fn never_holds(rule: &Rule, scope: &Scope<'_>) -> bool {
    let mut domains: BTreeMap<&Name, Vec<Value>> = BTreeMap::new();
    rule.root.each_name(&mut |name| {
        domains.entry(name).or_insert_with(|| domain(rule, name, scope));
    });
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
        evaluate(rule, &|name| chosen.get(name).map_or(Value::Unanswered, |value| (*value).clone()))
    })
}

fn domain(rule: &Rule, name: &Name, scope: &Scope<'_>) -> Vec<Value> {
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
            subsets(&options.iter().map(|option| option.id.as_str()).collect::<Vec<_>>(), &texts)
        }
        (Some(Scale::Interval), _) | (Some(Scale::Allocation { .. }), Some(_)) => around(&numbers),
        (Some(Scale::Ratings { rows, .. } | Scale::Ranking { rows, .. }), None) => {
            (1..=rows.len()).map(|count| Value::List(vec![Value::Bool(true); count])).collect()
        }
        (Some(Scale::Allocation { total, .. }), None) => vec![Value::List(vec![Value::Number(total.into())])],
        _ => {
            let mut written = ids(texts.clone());
            written.extend(numbers.iter().map(|length| Value::Text("x".repeat(bounded(*length) + 1))));
            written.extend(["", "0", "~"].map(|text| Value::Text(text.into())));
            written
        }
    };
    values.push(Value::Unanswered);
    values
}

/// Sets of the options named in the rule, alone and with as many others as there are.
fn subsets(options: &[&str], named: &[&str]) -> Vec<Value> {
    let (mut named, others): (Vec<&str>, Vec<&str>) = options.iter().partition(|option| named.contains(*option));
    named.truncate(10);
    let text = |id: &&str| Value::Text((*id).into());
    (0..1usize << named.len())
        .flat_map(|bits| {
            let chosen: Vec<Value> =
                named.iter().enumerate().filter(|(index, _)| bits >> index & 1 == 1).map(|(_, id)| text(id)).collect();
            (0..=others.len()).map(move |more| (chosen.clone(), more))
        })
        .map(|(mut chosen, more)| {
            chosen.extend(others.iter().take(more).map(text));
            Value::List(chosen)
        })
        .filter(|set| *set != Value::List(Vec::new()))
        .collect()
}

/// The literals, and numbers below, between and above them.
fn around(literals: &[f64]) -> Vec<Value> {
    let mut numbers: Vec<f64> =
        literals.iter().flat_map(|number| [number - 1.0, number - 0.5, *number, number + 0.5, number + 1.0]).collect();
    let sums: Vec<f64> = literals.iter().flat_map(|a| literals.iter().flat_map(move |b| [a + b, a - b])).collect();
    numbers.extend(sums);
    numbers.push(0.0);
    numbers.sort_by(f64::total_cmp);
    numbers.dedup();
    numbers.into_iter().map(Value::Number).collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
fn bounded(length: f64) -> usize {
    length.clamp(0.0, 5_000.0) as usize
}
