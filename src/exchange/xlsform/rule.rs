//! The rule language as a tree, for translation: a small parser and a printer in the canonical form.

use std::fmt::Write;

/// Deepest nesting.
pub(super) const MAX_DEPTH: usize = 64;
/// Longest rule, in characters.
pub(super) const MAX_CHARS: usize = 2_000;

/// A rule, or a part of one.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expr {
    Bool(bool),
    /// A number as written.
    Number(String),
    Text(String),
    Date(String),
    List(Vec<Expr>),
    /// A question, or a part of its answer.
    Name(Name),
    /// `answered(x)` and the like.
    Call(String, Vec<Expr>),
    Not(Box<Expr>),
    Binary(Op, Box<Expr>, Box<Expr>),
}

/// A question with a part of its answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    pub(super) id: String,
    pub(super) part: Option<Part>,
}

/// A part of an answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// `support.trees`, `role.other`, `proposals.count`.
    Row(String),
    /// `top3[1]`.
    Place(usize),
}

/// What stands between two parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    In,
    NotIn,
    Plus,
    Minus,
    Times,
    Divide,
}

const OPS: [(Op, &str, u8); 14] = [
    (Op::Or, "or", 1),
    (Op::And, "and", 2),
    (Op::Equal, "==", 4),
    (Op::NotEqual, "!=", 4),
    (Op::Less, "<", 4),
    (Op::LessEqual, "<=", 4),
    (Op::Greater, ">", 4),
    (Op::GreaterEqual, ">=", 4),
    (Op::In, "in", 4),
    (Op::NotIn, "not in", 4),
    (Op::Plus, "+", 5),
    (Op::Minus, "-", 5),
    (Op::Times, "*", 6),
    (Op::Divide, "/", 6),
];

/// How tightly `not` holds.
const NOT: u8 = 3;

impl Op {
    fn row(self) -> (Op, &'static str, u8) {
        OPS.iter().copied().find(|(op, _, _)| *op == self).unwrap_or((Op::Or, "or", 1))
    }

    /// The comparison that is true where this one is false, if there is one.
    pub(super) fn opposite(self) -> Option<Self> {
        match self {
            Self::Equal => Some(Self::NotEqual),
            Self::NotEqual => Some(Self::Equal),
            Self::In => Some(Self::NotIn),
            Self::NotIn => Some(Self::In),
            _ => None,
        }
    }
}

impl Name {
    pub(super) fn of(id: &str) -> Self {
        Self { id: id.to_string(), part: None }
    }
}

impl Expr {
    pub(super) fn name(id: &str) -> Self {
        Self::Name(Name::of(id))
    }

    pub(super) fn call(function: &str, argument: Expr) -> Self {
        Self::Call(function.to_string(), vec![argument])
    }

    pub(super) fn binary(op: Op, left: Expr, right: Expr) -> Self {
        Self::Binary(op, Box::new(left), Box::new(right))
    }

    /// `left and right`, without what says nothing.
    pub(super) fn and(left: Expr, right: Expr) -> Self {
        match (left, right) {
            (Self::Bool(true), other) | (other, Self::Bool(true)) => other,
            (Self::Bool(false), _) | (_, Self::Bool(false)) => Self::Bool(false),
            (left, right) if left == right => left,
            (left, right) => Self::binary(Op::And, left, right),
        }
    }

    /// `left or right`, without what says nothing; several options of one question are written `in`.
    pub(super) fn or(left: Expr, right: Expr) -> Self {
        match (left, right) {
            (Self::Bool(false), other) | (other, Self::Bool(false)) => other,
            (Self::Bool(true), _) | (_, Self::Bool(true)) => Self::Bool(true),
            (left, right) if left == right => left,
            (Self::Binary(Op::Or, first, last), right) => match merged(&last, &right) {
                Some(both) => Self::or(*first, both),
                None => Self::binary(Op::Or, Self::Binary(Op::Or, first, last), right),
            },
            (left, right) => merged(&left, &right).unwrap_or_else(|| Self::binary(Op::Or, left, right)),
        }
    }

    /// `not inner`, written as the opposite comparison where there is one.
    pub(super) fn negated(inner: Expr) -> Self {
        match inner {
            Self::Bool(value) => Self::Bool(!value),
            Self::Not(inner) => *inner,
            Self::Binary(op, left, right) => match op.opposite() {
                Some(opposite) => Self::Binary(opposite, left, right),
                None => Self::Not(Box::new(Self::Binary(op, left, right))),
            },
            inner => Self::Not(Box::new(inner)),
        }
    }

    /// Calls `with` for every name.
    pub(super) fn each_name(&self, with: &mut dyn FnMut(&Name)) {
        match self {
            Self::Name(name) => with(name),
            Self::Bool(_) | Self::Number(_) | Self::Text(_) | Self::Date(_) => {}
            Self::List(parts) | Self::Call(_, parts) => parts.iter().for_each(|part| part.each_name(with)),
            Self::Not(inner) => inner.each_name(with),
            Self::Binary(_, left, right) => {
                left.each_name(with);
                right.each_name(with);
            }
        }
    }

    /// The nesting that a reader of the rule meets.
    pub(super) fn depth(&self) -> usize {
        match self {
            Self::Name(_) | Self::Bool(_) | Self::Number(_) | Self::Text(_) | Self::Date(_) => 1,
            Self::List(parts) | Self::Call(_, parts) => 1 + parts.iter().map(Self::depth).max().unwrap_or(0),
            Self::Not(inner) => 1 + inner.depth(),
            // Chains of one operator are read in a loop.
            Self::Binary(op, left, right) => match left.as_ref() {
                Self::Binary(same, ..) if same == op => left.depth().max(1 + right.depth()),
                left => 1 + left.depth().max(right.depth()),
            },
        }
    }

    fn print(&self, out: &mut String, around: u8) {
        match self {
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Number(number) => out.push_str(number),
            Self::Text(text) => {
                let _ = write!(out, "'{text}'");
            }
            Self::Date(date) => {
                let _ = write!(out, "date('{date}')");
            }
            Self::List(parts) => {
                out.push('[');
                print_all(parts, out);
                out.push(']');
            }
            Self::Name(name) => {
                out.push_str(&name.id);
                let _ = match &name.part {
                    None => Ok(()),
                    Some(Part::Row(row)) => write!(out, ".{row}"),
                    Some(Part::Place(place)) => write!(out, "[{place}]"),
                };
            }
            Self::Call(function, parts) => {
                out.push_str(function);
                out.push('(');
                print_all(parts, out);
                out.push(')');
            }
            Self::Not(inner) => bracketed(out, around > NOT, |out| {
                out.push_str("not ");
                // `not a == b` is read as it should be, but not by everyone.
                let unclear = matches!(inner.as_ref(), Self::Binary(..));
                inner.print(out, if unclear { u8::MAX } else { NOT });
            }),
            Self::Binary(op, left, right) => {
                let (_, sign, strength) = op.row();
                // Comparisons do not chain; `a - (b - c)` needs its brackets.
                let left_around = if strength == 4 { strength + 1 } else { strength };
                bracketed(out, around > strength, |out| {
                    left.print(out, left_around);
                    let _ = write!(out, " {sign} ");
                    right.print(out, strength + 1);
                });
            }
        }
    }
}

impl std::fmt::Display for Expr {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = String::new();
        self.print(&mut text, 0);
        out.write_str(&text)
    }
}

fn bracketed(out: &mut String, brackets: bool, print: impl FnOnce(&mut String)) {
    if brackets {
        out.push('(');
    }
    print(out);
    if brackets {
        out.push(')');
    }
}

fn print_all(parts: &[Expr], out: &mut String) {
    for (number, part) in parts.iter().enumerate() {
        if number > 0 {
            out.push_str(", ");
        }
        part.print(out, 0);
    }
}

/// `a == 'x'` or `a in ['x', 'y']`: the name and the options.
fn choice_of(expr: &Expr) -> Option<(&Name, Vec<&Expr>)> {
    match expr {
        Expr::Binary(Op::Equal, left, right) => match (left.as_ref(), right.as_ref()) {
            (Expr::Name(name), text @ Expr::Text(_)) => Some((name, vec![text])),
            _ => None,
        },
        Expr::Binary(Op::In, left, right) => match (left.as_ref(), right.as_ref()) {
            (Expr::Name(name), Expr::List(parts)) => Some((name, parts.iter().collect())),
            _ => None,
        },
        _ => None,
    }
}

/// `a == 'x' or a == 'y'` as `a in ['x', 'y']`.
fn merged(left: &Expr, right: &Expr) -> Option<Expr> {
    let ((name, mut options), (other, more)) = (choice_of(left)?, choice_of(right)?);
    if name != other {
        return None;
    }
    for option in more {
        if !options.contains(&option) {
            options.push(option);
        }
    }
    let list = Expr::List(options.into_iter().cloned().collect());
    Some(Expr::binary(Op::In, Expr::Name(name.clone()), list))
}

/// Parses a rule; `None` if it cannot be read, for the checker says what is wrong with it.
pub(super) fn parse(text: &str) -> Option<Expr> {
    if text.chars().count() > MAX_CHARS {
        return None;
    }
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens: &tokens, next: 0 };
    let expr = parser.chain(0, 0)?;
    parser.tokens.get(parser.next).is_none().then_some(expr)
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Number(String),
    Text(String),
    Sign(&'static str),
}

const SIGNS: [&str; 16] = ["<=", ">=", "==", "!=", "<", ">", "(", ")", "[", "]", ",", "+", "-", "*", "/", "."];

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let run = |is: fn(char) -> bool| rest.find(|c: char| !is(c)).unwrap_or(rest.len());
        let after_dot = tokens.last() == Some(&Token::Sign("."));
        let (token, length) = if first.is_ascii_alphabetic() || first == '_' || after_dot && first.is_ascii_digit() {
            let length = run(|c| c.is_ascii_alphanumeric() || c == '_');
            (Token::Word(rest.get(..length)?.to_string()), length)
        } else if first.is_ascii_digit() {
            let length = run(|c| c.is_ascii_digit() || c == '.');
            let number = rest.get(..length)?;
            number.parse::<f64>().ok()?;
            (Token::Number(number.to_string()), length)
        } else if first == '\'' {
            let inside = rest.get(1..)?.find('\'')?;
            (Token::Text(rest.get(1..=inside)?.to_string()), inside + 2)
        } else {
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign))?;
            (Token::Sign(sign), sign.len())
        };
        tokens.push(token);
        rest = rest.get(length..)?.trim_start();
    }
    Some(tokens)
}

struct Parser<'a> {
    tokens: &'a [Token],
    next: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    fn take(&mut self, wanted: &Token) -> bool {
        let found = self.peek() == Some(wanted);
        self.next += usize::from(found);
        found
    }

    fn sign(&mut self, sign: &'static str) -> bool {
        self.take(&Token::Sign(sign))
    }

    fn word(&mut self, word: &str) -> bool {
        self.take(&Token::Word(word.to_string()))
    }

    /// `or` (level 0), `and` (1), then comparisons.
    fn chain(&mut self, level: usize, depth: usize) -> Option<Expr> {
        let (word, op) = if level == 0 { ("or", Op::Or) } else { ("and", Op::And) };
        let operand = |parser: &mut Self| if level == 0 { parser.chain(1, depth) } else { parser.comparison(depth) };
        let mut left = operand(self)?;
        while self.word(word) {
            left = Expr::binary(op, left, operand(self)?);
        }
        Some(left)
    }

    fn comparison(&mut self, depth: usize) -> Option<Expr> {
        if depth > MAX_DEPTH {
            return None;
        }
        if self.word("not") {
            return Some(Expr::Not(Box::new(self.comparison(depth + 1)?)));
        }
        let left = self.sum(depth)?;
        let op = match self.peek() {
            Some(Token::Sign(sign)) => {
                OPS.iter().find(|(_, known, strength)| known == sign && *strength == 4).map(|op| op.0)
            }
            Some(Token::Word(word)) if word == "in" => Some(Op::In),
            Some(Token::Word(word)) if word == "not" => Some(Op::NotIn),
            _ => None,
        };
        let Some(op) = op else { return Some(left) };
        self.next += 1;
        if op == Op::NotIn && !self.word("in") {
            return None;
        }
        Some(Expr::binary(op, left, self.sum(depth)?))
    }

    fn sum(&mut self, depth: usize) -> Option<Expr> {
        let mut left = self.product(depth)?;
        loop {
            let op = if self.sign("+") {
                Op::Plus
            } else if self.sign("-") {
                Op::Minus
            } else {
                return Some(left);
            };
            left = Expr::binary(op, left, self.product(depth)?);
        }
    }

    fn product(&mut self, depth: usize) -> Option<Expr> {
        let mut left = self.primary(depth)?;
        loop {
            let op = if self.sign("*") {
                Op::Times
            } else if self.sign("/") {
                Op::Divide
            } else {
                return Some(left);
            };
            left = Expr::binary(op, left, self.primary(depth)?);
        }
    }

    fn primary(&mut self, depth: usize) -> Option<Expr> {
        if depth > MAX_DEPTH {
            return None;
        }
        let token = self.peek()?.clone();
        self.next += 1;
        match token {
            Token::Number(number) => Some(Expr::Number(number)),
            Token::Text(text) => Some(Expr::Text(text)),
            Token::Sign("-") => match self.primary(depth + 1)? {
                Expr::Number(number) if !number.starts_with('-') => Some(Expr::Number(format!("-{number}"))),
                inner => Some(Expr::binary(Op::Minus, Expr::Number("0".into()), inner)),
            },
            Token::Sign("(") => {
                let inner = self.chain(0, depth + 1)?;
                self.sign(")").then_some(inner)
            }
            Token::Sign("[") => {
                let parts = if self.sign("]") { Vec::new() } else { self.all("]", depth)? };
                Some(Expr::List(parts))
            }
            Token::Sign(_) => None,
            Token::Word(word) => match word.as_str() {
                "true" | "false" => Some(Expr::Bool(word == "true")),
                "and" | "or" | "in" | "not" => None,
                _ if self.sign("(") => {
                    let parts = if self.sign(")") { Vec::new() } else { self.all(")", depth)? };
                    match (word.as_str(), parts.as_slice()) {
                        ("date", [Expr::Text(date)]) => Some(Expr::Date(date.clone())),
                        _ => Some(Expr::Call(word, parts)),
                    }
                }
                _ => Some(Expr::Name(Name { id: word, part: self.part()? })),
            },
        }
    }

    fn all(&mut self, end: &'static str, depth: usize) -> Option<Vec<Expr>> {
        let mut parts = vec![self.sum(depth + 1)?];
        while self.sign(",") {
            parts.push(self.sum(depth + 1)?);
        }
        self.sign(end).then_some(parts)
    }

    #[expect(clippy::option_option, reason = "a name without a part, or one whose part cannot be read")]
    fn part(&mut self) -> Option<Option<Part>> {
        if self.sign(".") {
            let Some(Token::Word(row)) = self.peek().cloned() else { return None };
            self.next += 1;
            return Some(Some(Part::Row(row)));
        }
        if self.sign("[") {
            let Some(Token::Number(place)) = self.peek().cloned() else { return None };
            self.next += 1;
            let place = place.parse().ok()?;
            return self.sign("]").then_some(Some(Part::Place(place)));
        }
        Some(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again(text: &str) -> String {
        parse(text).unwrap_or_else(|| panic!("{text} is not read")).to_string()
    }

    #[test]
    fn what_is_canonical_is_printed_as_it_was() {
        for text in [
            "sector in ['acute', 'mental'] and not answered(band)",
            "a == 'x' or b.row_1 != 'y' and top3[1] == 'z'",
            "(a or b) and c",
            "not (a and b)",
            "not a",
            "x - (y - 2) * -3 >= 1.50",
            "since >= date('2026-01-31')",
            "proposals.count > 0 and role.other == 'Mayor'",
            "matches(t, '^[a-z]+$')",
            "years_since(born) >= 18 or today() > since",
        ] {
            assert_eq!(again(text), text);
        }
    }

    #[test]
    fn options_of_one_question_are_gathered_and_denials_turned_round() {
        let is = |option: &str| Expr::binary(Op::Equal, Expr::name("a"), Expr::Text(option.into()));
        let any = Expr::or(Expr::or(is("x"), is("y")), is("z"));
        assert_eq!(any.to_string(), "a in ['x', 'y', 'z']");
        assert_eq!(Expr::negated(any).to_string(), "a not in ['x', 'y', 'z']");
        assert_eq!(Expr::negated(is("x")).to_string(), "a != 'x'");
    }

    #[test]
    fn what_cannot_be_read_is_not_guessed() {
        for text in ["a = 'x'", "a ==", "a == 'x", "(a", "a b", "not", "a[x]", "a < b < c", &"(".repeat(100_000)] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
