//! Writes a rule in its canonical form: one space around operators, and brackets only where they are needed.

use std::fmt::{Display, Formatter, Result};

use super::{Expr, Node, Operator, Rule};

/// The canonical text: reading it gives the same rule. What an import could not read stays as it was written.
impl Display for Rule {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        if self.is_lost { out.write_str(&self.text) } else { self.root.fmt(out) }
    }
}

impl Display for Node {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        write(self, Level::Or, out)
    }
}

/// How tightly a part binds; the loosest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Or,
    And,
    Comparison,
    Sum,
    Product,
    Primary,
}

/// The level of a part, and the levels that it needs on its left and on its right.
fn levels(operator: Operator) -> (Level, Level, Level) {
    match operator {
        Operator::Or => (Level::Or, Level::Or, Level::And),
        Operator::And => (Level::And, Level::And, Level::Comparison),
        Operator::Plus | Operator::Minus => (Level::Sum, Level::Sum, Level::Product),
        Operator::Times | Operator::Divide => (Level::Product, Level::Product, Level::Primary),
        _ => (Level::Comparison, Level::Sum, Level::Sum),
    }
}

/// Writes a part where one that binds at least as tightly as `needed` must stand.
fn write(node: &Node, needed: Level, out: &mut Formatter<'_>) -> Result {
    let level = match &node.expr {
        Expr::Binary(operator, ..) => levels(*operator).0,
        Expr::Not(_) => Level::Comparison,
        _ => Level::Primary,
    };
    if level < needed {
        out.write_str("(")?;
        inside(node, out)?;
        return out.write_str(")");
    }
    inside(node, out)
}

fn inside(node: &Node, out: &mut Formatter<'_>) -> Result {
    match &node.expr {
        Expr::Text(text) => write!(out, "'{text}'"),
        Expr::Number(number) => write!(out, "{number}"),
        Expr::Bool(literal) => write!(out, "{literal}"),
        Expr::Date(day) => write!(out, "date('{day}')"),
        Expr::Today => out.write_str("today()"),
        Expr::Name(name) => write!(out, "{name}"),
        Expr::List(nodes) => {
            out.write_str("[")?;
            for (index, node) in nodes.iter().enumerate() {
                out.write_str(if index == 0 { "" } else { ", " })?;
                write(node, Level::Sum, out)?;
            }
            out.write_str("]")
        }
        Expr::Call(function, argument) => {
            write!(out, "{}(", function.name())?;
            write(argument, Level::Sum, out)?;
            out.write_str(")")
        }
        Expr::Matches(text, pattern) => {
            out.write_str("matches(")?;
            write(text, Level::Sum, out)?;
            write!(out, ", '{}')", pattern.as_str())
        }
        Expr::Not(inner) => {
            out.write_str("not ")?;
            write(inner, Level::Comparison, out)
        }
        Expr::Binary(operator, left, right) => {
            let (_, on_left, on_right) = levels(*operator);
            write(left, on_left, out)?;
            write!(out, " {} ", operator.sign())?;
            write(right, on_right, out)
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::super::{Function, Name, Part, Pattern, parse};
    use super::*;
    use crate::document::Place;

    const START: Place = Place { line: 1, column: 1 };

    fn node(expr: Expr) -> Node {
        Node { at: 0, expr }
    }

    /// The same part without its places.
    fn placeless(of: &Node) -> Node {
        let boxed = |inner: &Node| Box::new(placeless(inner));
        node(match &of.expr {
            Expr::List(nodes) => Expr::List(nodes.iter().map(placeless).collect()),
            Expr::Call(function, inner) => Expr::Call(*function, boxed(inner)),
            Expr::Matches(inner, pattern) => Expr::Matches(boxed(inner), pattern.clone()),
            Expr::Not(inner) => Expr::Not(boxed(inner)),
            Expr::Binary(operator, left, right) => Expr::Binary(*operator, boxed(left), boxed(right)),
            other => other.clone(),
        })
    }

    fn any_rule() -> impl Strategy<Value = Node> {
        let id =
            || prop::sample::select(vec!["one", "many", "date", "today", "nothing", "b2"]).prop_map(str::to_string);
        let part = prop_oneof![
            3 => Just(None),
            1 => prop::sample::select(vec!["r1", "2nd", "other", "in"]).prop_map(|row| Some(Part::Row(row.to_string()))),
            1 => (1..999_usize).prop_map(|place| Some(Part::Place(place))),
        ];
        let leaf = prop_oneof![
            "[^'\\PC]{0,6}".prop_map(Expr::Text),
            prop_oneof![(-50..50_i32).prop_map(f64::from), -1e9..1e9, 0.0..1e-9, Just(1e300)].prop_map(Expr::Number),
            any::<bool>().prop_map(Expr::Bool),
            (1..28_i8, 1..13_i8).prop_map(|(day, month)| Expr::Date(date(2026, month, day))),
            Just(Expr::Today),
            (id(), part).prop_map(|(item, part)| Expr::Name(Name { item, part })),
        ];
        leaf.prop_map(node).prop_recursive(6, 24, 3, |inner| {
            let function = prop::sample::select(Function::ALL.map(|(_, function)| function).to_vec());
            let operator = prop::sample::select(vec![
                Operator::Or,
                Operator::And,
                Operator::Equal,
                Operator::NotEqual,
                Operator::In,
                Operator::NotIn,
                Operator::Less,
                Operator::LessOrEqual,
                Operator::Greater,
                Operator::GreaterOrEqual,
                Operator::Plus,
                Operator::Minus,
                Operator::Times,
                Operator::Divide,
            ]);
            let pattern = prop::sample::select(vec!["^a+$", "[0-9]{2}", "", r"\bx\b"]);
            prop_oneof![
                1 => prop::collection::vec(inner.clone(), 0..3).prop_map(Expr::List),
                1 => (function, inner.clone()).prop_map(|(function, node)| Expr::Call(function, Box::new(node))),
                1 => (inner.clone(), pattern)
                    .prop_map(|(node, written)| Expr::Matches(Box::new(node), Pattern::new(written).unwrap())),
                1 => inner.clone().prop_map(|node| Expr::Not(Box::new(node))),
                4 => (operator, inner.clone(), inner)
                    .prop_map(|(operator, a, b)| Expr::Binary(operator, Box::new(a), Box::new(b))),
            ]
            .prop_map(node)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn reading_what_was_written_gives_the_same_rule(root in any_rule()) {
            let text = root.to_string();
            prop_assume!(text.chars().count() <= 2_000);
            let read = parse(&text, START).map_err(|finding| TestCaseError::fail(format!("{text}: {finding:?}")))?;
            prop_assert_eq!(placeless(read.root()), root, "{}", text);
            prop_assert_eq!(read.to_string(), text);
        }
    }

    #[test]
    fn brackets_stand_where_they_are_needed_and_nowhere_else() {
        for (written, canonical) in [
            ("((a=='x'))  or(b == 'y' and (c=='z'))", "a == 'x' or b == 'y' and c == 'z'"),
            ("not (a == 'x') and (b or c)", "not a == 'x' and (b or c)"),
            ("a-(b-1)-(-2) > (1+2)*3", "a - (b - 1) - -2 > (1 + 2) * 3"),
            ("(a == 'x') == true", "(a == 'x') == true"),
            ("top[ 1 ]=='x' and s . 2nd in['a','b']", "top[1] == 'x' and s.2nd in ['a', 'b']"),
            ("date( '2026-01-31' )<=today( )", "date('2026-01-31') <= today()"),
            ("-a > 1.50", "0 - a > 1.5"),
        ] {
            assert_eq!(parse(written, START).unwrap().to_string(), canonical, "{written}");
        }
    }

    #[test]
    fn what_could_not_be_read_is_written_as_it_was() {
        assert_eq!(Rule::lost("${a} = 'b", START).to_string(), "${a} = 'b");
    }
}
