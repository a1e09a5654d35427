//! The rule language taken apart, so that a rule can be said in FHIR.

use serde_json::{Number, Value};

/// Longest rule, in characters.
pub(super) const MAX_CHARS: usize = 2_000;
/// Deepest nesting of a rule.
pub(super) const MAX_DEPTH: usize = 64;

/// What a part of a rule says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expr {
    /// `'text'`
    Text(String),
    /// `1.5`
    Number(Number),
    /// `true`
    Bool(bool),
    /// `['a', 'b']`
    List(Vec<Expr>),
    /// `role`, `support.trees`, `top2[1]`
    Name(Name),
    /// `answered(role)`
    Call(String, Vec<Expr>),
    /// `not …`
    Not(Box<Expr>),
    /// `left == right`, with the operator as written; `not in` is one.
    Binary(&'static str, Box<Expr>, Box<Expr>),
}

/// A question, or a part of its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) item: String,
    pub(super) part: Option<Part>,
}

/// A part of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// `support.trees`
    Row(String),
    /// `top2[1]`
    Place(u32),
}

/// Reads a rule; none if it cannot be read.
pub(super) fn parse(text: &str) -> Option<Expr> {
    if text.chars().count() > MAX_CHARS {
        return None;
    }
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens: &tokens, next: 0 };
    let root = parser.any(0)?;
    parser.peek().is_none().then_some(root)
}

/// The questions that a rule names.
pub(super) fn items(expr: &Expr) -> Vec<&str> {
    let mut found = Vec::new();
    each_item(expr, &mut found);
    found
}

fn each_item<'a>(expr: &'a Expr, found: &mut Vec<&'a str>) {
    match expr {
        Expr::Name(name) => found.push(name.item.as_str()),
        Expr::Text(_) | Expr::Number(_) | Expr::Bool(_) => {}
        Expr::List(parts) | Expr::Call(_, parts) => parts.iter().for_each(|part| each_item(part, found)),
        Expr::Not(inner) => each_item(inner, found),
        Expr::Binary(_, left, right) => {
            each_item(left, found);
            each_item(right, found);
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Number(Number),
    Text(String),
    Sign(&'static str),
}

const SIGNS: [&str; 16] = ["<=", ">=", "==", "!=", "<", ">", "(", ")", "[", "]", ",", "+", "-", "*", "/", "."];

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let run = |is: fn(char) -> bool| rest.find(|c| !is(c)).unwrap_or(rest.len());
        let after_dot = tokens.last() == Some(&Token::Sign("."));
        let (token, length) = if first.is_ascii_alphabetic() || first == '_' || (after_dot && first.is_ascii_digit()) {
            let length = run(|c| c.is_ascii_alphanumeric() || c == '_');
            (Token::Word(rest.get(..length)?.to_string()), length)
        } else if first.is_ascii_digit() {
            let length = run(|c| c.is_ascii_digit() || c == '.');
            let Ok(Value::Number(number)) = serde_json::from_str(rest.get(..length)?) else { return None };
            (Token::Number(number), length)
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

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.next)
    }

    fn take(&mut self, sign: &'static str) -> bool {
        let found = self.peek() == Some(&Token::Sign(sign));
        self.next += usize::from(found);
        found
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(next)) if next == word);
        self.next += usize::from(found);
        found
    }

    fn any(&mut self, depth: usize) -> Option<Expr> {
        let mut left = self.all(depth)?;
        while self.take_word("or") {
            left = binary("or", left, self.all(depth)?);
        }
        Some(left)
    }

    fn all(&mut self, depth: usize) -> Option<Expr> {
        let mut left = self.comparison(depth)?;
        while self.take_word("and") {
            left = binary("and", left, self.comparison(depth)?);
        }
        Some(left)
    }

    fn comparison(&mut self, depth: usize) -> Option<Expr> {
        if depth > MAX_DEPTH {
            return None;
        }
        if self.take_word("not") {
            return Some(Expr::Not(Box::new(self.comparison(depth + 1)?)));
        }
        let left = self.sum(depth)?;
        let operator = if self.take_word("in") {
            "in"
        } else if self.take_word("not") {
            if !self.take_word("in") {
                return None;
            }
            "not in"
        } else {
            let signs = ["==", "!=", "<=", ">=", "<", ">"];
            match signs.into_iter().find(|sign| self.take(sign)) {
                Some(sign) => sign,
                None => return Some(left),
            }
        };
        Some(binary(operator, left, self.sum(depth)?))
    }

    fn sum(&mut self, depth: usize) -> Option<Expr> {
        let mut left = self.product(depth)?;
        while let Some(sign) = ["+", "-"].into_iter().find(|sign| self.take(sign)) {
            left = binary(sign, left, self.product(depth)?);
        }
        Some(left)
    }

    fn product(&mut self, depth: usize) -> Option<Expr> {
        let mut left = self.primary(depth)?;
        while let Some(sign) = ["*", "/"].into_iter().find(|sign| self.take(sign)) {
            left = binary(sign, left, self.primary(depth)?);
        }
        Some(left)
    }

    fn primary(&mut self, depth: usize) -> Option<Expr> {
        if depth > MAX_DEPTH {
            return None;
        }
        let token = self.peek()?;
        self.next += 1;
        match token {
            Token::Number(number) => Some(Expr::Number(number.clone())),
            Token::Text(text) => Some(Expr::Text(text.clone())),
            Token::Sign("-") => match self.primary(depth + 1)? {
                Expr::Number(number) => Some(Expr::Number(negative(&number)?)),
                other => Some(binary("-", Expr::Number(0.into()), other)),
            },
            Token::Sign("(") => {
                let inner = self.any(depth + 1)?;
                self.take(")").then_some(inner)
            }
            Token::Sign("[") => self.series("]", depth).map(Expr::List),
            Token::Sign(_) => None,
            Token::Word(word) if ["true", "false"].contains(&word.as_str()) => Some(Expr::Bool(word == "true")),
            Token::Word(word) if ["and", "or", "in", "not"].contains(&word.as_str()) => None,
            Token::Word(word) if self.take("(") => Some(Expr::Call(word.clone(), self.series(")", depth)?)),
            Token::Word(word) => Some(Expr::Name(Name { item: word.clone(), part: self.part()? })),
        }
    }

    /// Expressions between commas up to `close`.
    fn series(&mut self, close: &'static str, depth: usize) -> Option<Vec<Expr>> {
        let mut parts = Vec::new();
        if self.take(close) {
            return Some(parts);
        }
        loop {
            parts.push(self.sum(depth + 1)?);
            if !self.take(",") {
                return self.take(close).then_some(parts);
            }
        }
    }

    /// What stands after a name, if anything; none if it cannot be read.
    #[expect(clippy::option_option, reason = "no part is not the same as a part that cannot be read")]
    fn part(&mut self) -> Option<Option<Part>> {
        if self.take(".") {
            let Some(Token::Word(row)) = self.peek() else { return None };
            self.next += 1;
            return Some(Some(Part::Row(row.clone())));
        }
        if self.take("[") {
            let Some(Token::Number(number)) = self.peek() else { return None };
            self.next += 1;
            let place = number.as_u64().and_then(|place| u32::try_from(place).ok()).filter(|place| *place > 0)?;
            return self.take("]").then_some(Some(Part::Place(place)));
        }
        Some(None)
    }
}

fn negative(number: &Number) -> Option<Number> {
    match number.as_i64() {
        Some(whole) => Some(whole.checked_neg()?.into()),
        None => Number::from_f64(-number.as_f64()?),
    }
}

fn binary(operator: &'static str, left: Expr, right: Expr) -> Expr {
    Expr::Binary(operator, Box::new(left), Box::new(right))
}
