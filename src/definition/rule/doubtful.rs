//! Finds the parts of a rule that are true where a question has no answer, which few authors mean: `role != 'trader'`.

use super::conditions::needed;
use super::{Expr, Name, Node, Operator, Rule};

/// A part of a rule that is true where a name has no answer.
pub(crate) struct Doubtful<'a> {
    /// The comparison that is negated, or negates.
    pub(crate) part: &'a Node,
    /// How the comparison comes out where there is no answer.
    pub(crate) holds: bool,
    /// The names that need an answer.
    pub(crate) names: Vec<&'a Name>,
    /// The part with its negation, in canonical form.
    pub(crate) written: String,
}

/// The parts of a rule that are true without an answer, and help the rule to hold.
pub(crate) fn doubtful(rule: &Rule) -> Vec<Doubtful<'_>> {
    let mut found = Vec::new();
    collect(rule.root(), true, &mut found);
    found
}

fn collect<'a>(node: &'a Node, wanted: bool, found: &mut Vec<Doubtful<'a>>) {
    let (names, holds) = match &node.expr {
        Expr::Not(inner) => return collect(inner, !wanted, found),
        Expr::Binary(Operator::And | Operator::Or, left, right) => {
            collect(left, wanted, found);
            return collect(right, wanted, found);
        }
        Expr::Matches(text, _) => (names_of(&[text]), false),
        Expr::Binary(operator, left, right) => {
            (names_of(&[left, right]), matches!(operator, Operator::NotEqual | Operator::NotIn))
        }
        _ => return,
    };
    if holds == wanted && !names.is_empty() {
        let written = if wanted { node.to_string() } else { format!("not {node}") };
        found.push(Doubtful { part: node, holds, names, written });
    }
}

fn names_of<'a>(operands: &[&'a Node]) -> Vec<&'a Name> {
    let mut names = Vec::new();
    for operand in operands {
        needed(operand, &mut names);
    }
    names
}
