//! Whether one rule holds wherever another does, as far as their shape shows it.
//!
//! What cannot be shown is taken not to hold: a rule that was written anew counts as tightened until someone looks.

use std::cell::Cell;
use std::collections::BTreeSet;

use crate::definition::rule::{Expr, Function, Node, Operator, Rule};

/// Most pairs of parts looked at; two rules that need more are not shown to follow.
const MOST_STEPS: u32 = 50_000;

/// True if `later` is shown to hold wherever all of `earlier` hold. No rule holds always, and a lost one never.
pub(super) fn follows(earlier: &[Option<&Rule>], later: Option<&Rule>) -> bool {
    let Some(later) = later else { return true };
    let fuel = Cell::new(MOST_STEPS);
    let shown = |goal: &Node| earlier.iter().flatten().any(|earlier| implies(earlier.root(), goal, &fuel));
    parts(later.root(), Operator::And).into_iter().all(shown)
}

/// True if a rule is the same up to its spacing and brackets. What an import lost is never the same as a rule.
pub(super) fn same(old: Option<&Rule>, new: Option<&Rule>) -> bool {
    match (old, new) {
        (Some(old), Some(new)) => old.is_lost() == new.is_lost() && old.to_string() == new.to_string(),
        (None, None) => true,
        _ => false,
    }
}

fn implies(earlier: &Node, later: &Node, fuel: &Cell<u32>) -> bool {
    if fuel.replace(fuel.get().saturating_sub(1)) == 0 {
        return false;
    }
    match (&earlier.expr, &later.expr) {
        (Expr::Bool(false), _) | (_, Expr::Bool(true)) => return true,
        (Expr::Binary(Operator::Or, left, right), _) => {
            return implies(left, later, fuel) && implies(right, later, fuel);
        }
        (_, Expr::Binary(Operator::And, left, right)) => {
            return implies(earlier, left, fuel) && implies(earlier, right, fuel);
        }
        (Expr::Not(earlier), Expr::Not(later)) if implies(later, earlier, fuel) => return true,
        _ => {}
    }
    let narrower = parts(earlier, Operator::And).into_iter();
    let wider = parts(later, Operator::Or);
    let one_of_all = |part: &&Node| !std::ptr::eq(*part, earlier) && implies(part, later, fuel);
    if narrower.clone().any(|part| one_of_all(&part)) {
        return true;
    }
    if wider.iter().any(|part| !std::ptr::eq(*part, later) && implies(earlier, part, fuel)) {
        return true;
    }
    earlier.to_string() == later.to_string() || atom_implies(earlier, later)
}

/// The parts that `operator` joins, or the whole.
fn parts(node: &Node, operator: Operator) -> Vec<&Node> {
    match &node.expr {
        Expr::Binary(found, left, right) if *found == operator => {
            let mut all = parts(left, operator);
            all.extend(parts(right, operator));
            all
        }
        _ => vec![node],
    }
}

/// What a comparison says of one thing that is given.
#[derive(Debug, PartialEq)]
enum Test {
    /// It is one of these, as a rule writes them.
    OneOf(BTreeSet<String>),
    /// It is answered and none of these, or not answered.
    NoneOf(BTreeSet<String>),
    /// It is at least this, or above it.
    From(f64, Edge),
    /// It is at most this, or below it.
    UpTo(f64, Edge),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Edge {
    Included,
    Excluded,
}

fn atom_implies(earlier: &Node, later: &Node) -> bool {
    let Some((subject, earlier)) = test(earlier) else { return false };
    if let Expr::Call(Function::Answered, named) = &later.expr {
        return named.to_string() == subject && !matches!(earlier, Test::NoneOf(_));
    }
    let Some((_, later)) = test(later).filter(|(later, _)| *later == subject) else { return false };
    match (earlier, later) {
        (Test::OneOf(few), Test::OneOf(many)) | (Test::NoneOf(many), Test::NoneOf(few)) => few.is_subset(&many),
        (Test::OneOf(some), Test::NoneOf(others)) => some.is_disjoint(&others),
        (Test::OneOf(some), bound) => some.iter().all(|literal| within(literal, &bound)),
        (Test::From(high, edge), Test::From(low, wanted)) => reaches(high, edge, low, wanted),
        (Test::UpTo(low, edge), Test::UpTo(high, wanted)) => reaches(-low, edge, -high, wanted),
        _ => false,
    }
}

/// True if all that is from `bound` on is from `wanted` on too.
fn reaches(bound: f64, edge: Edge, wanted: f64, wanted_edge: Edge) -> bool {
    bound > wanted || bound >= wanted && (edge == Edge::Excluded || wanted_edge == Edge::Included)
}

fn within(literal: &str, bound: &Test) -> bool {
    let Ok(number) = literal.parse::<f64>() else { return false };
    match bound {
        Test::From(low, edge) => reaches(number, Edge::Included, *low, *edge),
        Test::UpTo(high, edge) => reaches(-number, Edge::Included, -*high, *edge),
        Test::OneOf(_) | Test::NoneOf(_) => false,
    }
}

/// A comparison of one thing that is given with literals: the thing as written, and the test.
fn test(node: &Node) -> Option<(String, Test)> {
    let Expr::Binary(operator, left, right) = &node.expr else { return None };
    let (given, literals, turned) = match (literals(left), literals(right)) {
        (None, Some(literals)) => (left, literals, false),
        (Some(literals), None) => (right, literals, true),
        _ => return None,
    };
    let bound = || literals.iter().next().and_then(|literal| number(literal));
    let from = |edge| bound().map(|low| Test::From(low, edge));
    let up_to = |edge| bound().map(|high| Test::UpTo(high, edge));
    let test = match (operator, turned) {
        (Operator::Equal, _) | (Operator::In, false) => Test::OneOf(literals),
        (Operator::NotEqual, _) | (Operator::NotIn, false) => Test::NoneOf(literals),
        (Operator::GreaterOrEqual, false) | (Operator::LessOrEqual, true) => from(Edge::Included)?,
        (Operator::Greater, false) | (Operator::Less, true) => from(Edge::Excluded)?,
        (Operator::LessOrEqual, false) | (Operator::GreaterOrEqual, true) => up_to(Edge::Included)?,
        (Operator::Less, false) | (Operator::Greater, true) => up_to(Edge::Excluded)?,
        _ => return None,
    };
    Some((given.to_string(), test))
}

/// The literals of one side of a comparison, as a rule writes them; `None` if anything else stands there.
fn literals(node: &Node) -> Option<BTreeSet<String>> {
    match &node.expr {
        Expr::Text(_) | Expr::Number(_) | Expr::Date(_) => Some(BTreeSet::from([node.to_string()])),
        Expr::List(nodes) => {
            let all: Option<Vec<_>> = nodes.iter().map(literals).collect();
            Some(all?.into_iter().flatten().collect())
        }
        _ => None,
    }
}

/// A number, or a day as the number of days since the year 0. Options are not ordered here: their values may change.
fn number(literal: &str) -> Option<f64> {
    let day = || literal.strip_prefix("date('")?.strip_suffix("')")?.parse::<jiff::civil::Date>().ok();
    let days = |day: jiff::civil::Date| {
        let since = day.since((jiff::Unit::Day, jiff::civil::Date::ZERO)).ok()?;
        Some(f64::from(since.get_days()))
    };
    literal.parse().ok().or_else(|| day().and_then(days))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::rule::parse;
    use crate::document::Place;

    fn shown(earlier: &str, later: &str) -> bool {
        let rule = |text: &str| parse(text, Place::default()).unwrap();
        follows(&[Some(&rule(earlier))], Some(&rule(later)))
    }

    #[test]
    fn what_follows_by_its_shape_is_seen() {
        for (earlier, later) in [
            ("a == 'x'", "a in ['x', 'y']"),
            ("a in ['x', 'y']", "a in ['z', 'y', 'x']"),
            ("a == 'x'", "answered(a)"),
            ("a == 'x' and b > 3", "b > 3"),
            ("a == 'x'", "b > 3 or a == 'x'"),
            ("a == 'x' or b > 4", "b >= 4 or c or a in ['x']"),
            ("b > 3", "b >= 3"),
            ("b == 5", "b > 3"),
            ("3 < b", "b > 2.5"),
            ("d <= date('2026-01-31')", "d < date('2026-02-01') or d == date('2026-02-01') or d <= date('2026-03-01')"),
            ("a not in ['x', 'y']", "a != 'x'"),
            ("a == 'x'", "a != 'y'"),
            ("not (a == 'x' or b > 3)", "not a == 'x'"),
            ("(a == 'x' or a == 'y') and c", "a in ['x', 'y', 'z'] and c"),
            ("count(m) >= 2", "count(m) > 1 or count(m) >= 1"),
            ("'x' in m and c", "'x' in m"),
        ] {
            assert!(shown(earlier, later), "{earlier} => {later}");
        }
    }

    #[test]
    fn what_does_not_follow_is_not_claimed() {
        for (earlier, later) in [
            ("a in ['x', 'y']", "a == 'x'"),
            ("a == 'x'", "b == 'x'"),
            ("b >= 3", "b > 3"),
            ("b > 2", "b > 3"),
            ("b < 4", "b < 3"),
            ("a != 'x'", "answered(a)"),
            ("a != 'x'", "a not in ['x', 'y']"),
            ("a == 'x' or c", "c"),
            ("c", "a == 'x' and c"),
            ("not a == 'x'", "not (a == 'x' or b > 3)"),
            ("'x' in m", "'y' in m"),
            ("a >= 'low'", "a >= 'high'"),
        ] {
            assert!(!shown(earlier, later), "{earlier} => {later}");
        }
    }

    #[test]
    fn long_rules_are_given_up_and_not_hung_upon() {
        let long = |of: &str, join: &str| -> String {
            (0..50).map(|n| format!("({of}a{n} or {of}b{n} and {of}c{n})")).collect::<Vec<_>>().join(join)
        };
        assert!(!shown(&long("p", " and "), &long("q", " or ")));
        assert!(shown(&long("p", " and "), &long("p", " and ")));
        assert!(follows(&[None], None) && !follows(&[None], Some(&parse("a", Place::default()).unwrap())));
    }
}
