//! Rules that can be put together from drop-downs: conditions about whole answers, all joined by `and` or all by `or`.

use crate::definition::rule::{self, Expr, Function, Name, Node, Operator};
use crate::document::Place;

/// What a condition says of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// An option was chosen.
    Is,
    /// It was not, or the question was not answered.
    IsNot,
    /// The question was answered; a box was ticked.
    Answered,
    /// It was not.
    NotAnswered,
}

impl How {
    /// Every one, with its word as it is posted and what it is called.
    pub const ALL: [(Self, &str, &str); 4] = [
        (Self::Is, "is", "is, or includes"),
        (Self::IsNot, "is-not", "is not, and does not include"),
        (Self::Answered, "answered", "was answered"),
        (Self::NotAnswered, "not-answered", "was not answered"),
    ];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(how, ..)| *how == self).map_or("", |(_, word, _)| word)
    }

    /// That of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known, _)| *known == word).map(|(how, ..)| *how)
    }
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// What it says.
    pub how: How,
    /// The id of the question.
    pub question: String,
    /// The id of the option, where it says something of one.
    pub option: Option<String>,
}

/// A rule of this kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Simple {
    /// True if one of the conditions is enough, false if all must hold.
    pub any: bool,
    /// The conditions.
    pub conditions: Vec<Condition>,
}

impl Simple {
    /// Reads a rule; `None` if it says more than drop-downs can.
    pub fn read(text: &str) -> Option<Self> {
        let rule = rule::parse(text, Place::default()).ok()?;
        let any = matches!(rule.root().expr, Expr::Binary(Operator::Or, ..));
        let mut conditions = Vec::new();
        gather(rule.root(), if any { Operator::Or } else { Operator::And }, &mut conditions)?;
        Some(Self { any, conditions })
    }

    /// The rule in the language of rules; `is_set` says of which questions several options can be chosen, `is_box` which
    /// are a box to tick.
    pub fn write(&self, is_set: impl Fn(&str) -> bool, is_box: impl Fn(&str) -> bool) -> String {
        let written = self.conditions.iter().map(|Condition { how, question, option }| {
            let option = option.as_deref().unwrap_or_default();
            match how {
                How::Is if is_set(question) => format!("'{option}' in {question}"),
                How::IsNot if is_set(question) => format!("'{option}' not in {question}"),
                How::Is => format!("{question} == '{option}'"),
                How::IsNot => format!("{question} != '{option}'"),
                How::Answered if is_box(question) => question.clone(),
                How::NotAnswered if is_box(question) => format!("not {question}"),
                How::Answered => format!("answered({question})"),
                How::NotAnswered => format!("not answered({question})"),
            }
        });
        written.collect::<Vec<_>>().join(if self.any { " or " } else { " and " })
    }
}

fn gather(node: &Node, joint: Operator, into: &mut Vec<Condition>) -> Option<()> {
    if let Expr::Binary(operator, left, right) = &node.expr
        && *operator == joint
    {
        gather(left, joint, into)?;
        return gather(right, joint, into);
    }
    into.push(condition(node)?);
    Some(())
}

fn condition(node: &Node) -> Option<Condition> {
    let about = |how: How, question: &str, option: Option<&str>| Condition {
        how,
        question: question.to_string(),
        option: option.map(str::to_string),
    };
    let (option, question, how) = match &node.expr {
        Expr::Binary(Operator::Equal, left, right) => (text(right)?, name(left)?, How::Is),
        Expr::Binary(Operator::NotEqual, left, right) => (text(right)?, name(left)?, How::IsNot),
        Expr::Binary(Operator::In, left, right) => (text(left)?, name(right)?, How::Is),
        Expr::Binary(Operator::NotIn, left, right) => (text(left)?, name(right)?, How::IsNot),
        Expr::Not(inner) => {
            let inner = condition(inner)?;
            return (inner.how == How::Answered).then(|| about(How::NotAnswered, &inner.question, None));
        }
        Expr::Call(Function::Answered, inner) => return Some(about(How::Answered, name(inner)?, None)),
        Expr::Name(_) => return Some(about(How::Answered, name(node)?, None)),
        _ => return None,
    };
    Some(about(how, question, Some(option)))
}

fn name(node: &Node) -> Option<&str> {
    match &node.expr {
        Expr::Name(Name { item, part: None }) => Some(item),
        _ => None,
    }
}

fn text(node: &Node) -> Option<&str> {
    if let Expr::Text(text) = &node.expr { Some(text) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_drop_downs_say_is_read_as_it_is_written() {
        for text in [
            "role == 'trader'",
            "role != 'trader' and 'bus' in travel and answered(years)",
            "agree or not answered(years) or 'bus' not in travel",
            "not agree",
        ] {
            let simple = Simple::read(text).unwrap();
            assert_eq!(simple.write(|id| id == "travel", |id| id == "agree"), text);
        }
        assert_eq!(Simple::read("not role == 'a'"), None);
    }

    #[test]
    fn what_says_more_is_left_to_its_text() {
        for text in [
            "role in ['a', 'b']",
            "a == 'x' and (b == 'y' or c == 'z')",
            "years > 3",
            "top[1] == 'a'",
            "count(x) > 1",
            "x ==",
            "",
        ] {
            assert_eq!(Simple::read(text), None, "{text}");
        }
    }
}
