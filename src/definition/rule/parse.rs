//! From the text of a rule to its parts, or to the first place that cannot be read.

use super::{Expr, Function, Name, Node, Operator, Part, Pattern, Rule, types};
use crate::document::{Finding, Place, Severity, closest};

/// Longest rule, in characters.
const MAX_CHARS: usize = 2_000;
/// Deepest nesting.
const MAX_DEPTH: usize = 64;

/// Parses a rule, or an expression for a computed value, that begins at `place`. Time is linear in its length.
///
/// # Errors
/// One finding with code `E201` at the first place that cannot be read.
pub fn parse(text: &str, place: Place) -> Result<Rule, Finding> {
    let fail = |(at, message, help): Fault| Finding {
        severity: Severity::Error,
        code: "E201",
        place: place.after(at),
        message,
        help,
    };
    if text.chars().count() > MAX_CHARS {
        return Err(fail((
            0,
            format!("the rule is longer than {MAX_CHARS} characters"),
            Some("split it, or simplify it".into()),
        )));
    }
    let tokens = tokens(text).map_err(fail)?;
    let mut parser = Parser { tokens: &tokens, next: 0, end: text.chars().count() };
    let root = parser.or(0).map_err(fail)?;
    if let Some((at, token)) = parser.peek() {
        let help = match token {
            Token::Word(word) if word == "is" => Some("write == for “is”".to_string()),
            _ => Some("join conditions with `and` or `or`".to_string()),
        };
        return Err(fail((at, format!("the rule goes on where it should end, at {token}"), help)));
    }
    Ok(Rule { text: text.to_string(), place, root, is_lost: false })
}

/// Characters before the fault, what is wrong, what to do.
type Fault = (usize, String, Option<String>);

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Number(f64),
    Text(String),
    Sign(&'static str),
}

impl std::fmt::Display for Token {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Word(word) => write!(out, "`{word}`"),
            Self::Number(number) => write!(out, "`{number}`"),
            Self::Text(text) => write!(out, "'{text}'"),
            Self::Sign(sign) => write!(out, "`{sign}`"),
        }
    }
}

const SIGNS: [&str; 17] = ["<=", ">=", "==", "!=", "<", ">", "(", ")", "[", "]", ",", "+", "-", "*", "/", ".", "="];

fn tokens(text: &str) -> Result<Vec<(usize, Token)>, Fault> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let rest = chars.get(at..).unwrap_or_default();
        let run = |is: fn(&char) -> bool| rest.iter().take_while(|c| is(c)).count();
        // After a dot a row's name may begin with a digit.
        let after_dot = tokens.last().is_some_and(|(_, token)| *token == Token::Sign("."));
        let (token, length) = if c.is_whitespace() {
            at += 1;
            continue;
        } else if c.is_ascii_alphabetic() || c == '_' || (after_dot && c.is_ascii_digit()) {
            let length = run(|c| c.is_ascii_alphanumeric() || *c == '_');
            (Token::Word(rest.iter().take(length).collect()), length)
        } else if c.is_ascii_digit() {
            let length = run(|c| c.is_ascii_digit() || *c == '.');
            let written: String = rest.iter().take(length).collect();
            let number = written.parse().ok().filter(|number: &f64| number.is_finite());
            (Token::Number(number.ok_or_else(|| (at, format!("`{written}` is not a number"), None))?), length)
        } else if c == '\'' {
            let inside = rest.iter().skip(1).take_while(|c| **c != '\'').count();
            if inside + 2 > rest.len() {
                return Err((at, "a text is not closed".into(), Some("end it with '".into())));
            }
            (Token::Text(rest.iter().skip(1).take(inside).collect()), inside + 2)
        } else if let Some(sign) =
            SIGNS.iter().find(|sign| sign.chars().zip(rest).all(|(a, b)| a == *b) && sign.len() <= rest.len())
        {
            if *sign == "=" {
                return Err((at, "`=` is not a comparison".into(), Some("write == to compare".into())));
            }
            (Token::Sign(sign), sign.len())
        } else {
            let help = match c {
                '&' => "write `and`",
                '|' => "write `or`",
                '!' => "write `not`",
                '"' | '“' | '”' | '‘' | '’' => "put texts between straight single quotation marks: 'acute'",
                _ => "remove it",
            };
            return Err((at, format!("`{c}` cannot stand in a rule"), Some(help.into())));
        };
        tokens.push((at, token));
        at += length;
    }
    Ok(tokens)
}

struct Parser<'a> {
    tokens: &'a [(usize, Token)],
    next: usize,
    end: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<(usize, &'a Token)> {
        self.tokens.get(self.next).map(|(at, token)| (*at, token))
    }

    fn at(&self) -> usize {
        self.peek().map_or(self.end, |(at, _)| at)
    }

    fn take_if(&mut self, wanted: &Token) -> bool {
        let found = self.peek().is_some_and(|(_, token)| token == wanted);
        self.next += usize::from(found);
        found
    }

    fn take_word(&mut self, word: &str) -> bool {
        self.take_if(&Token::Word(word.into()))
    }

    fn expect(&mut self, sign: &'static str, why: &str) -> Result<(), Fault> {
        if self.take_if(&Token::Sign(sign)) {
            return Ok(());
        }
        let found = self.peek().map_or("the end of the rule".to_string(), |(_, token)| token.to_string());
        Err((self.at(), format!("`{sign}` is missing before {found}"), Some(why.to_string())))
    }

    fn or(&mut self, depth: usize) -> Result<Node, Fault> {
        let mut left = self.and(depth)?;
        while self.take_word("or") {
            left = binary(Operator::Or, left, self.and(depth)?);
        }
        Ok(left)
    }

    fn and(&mut self, depth: usize) -> Result<Node, Fault> {
        let mut left = self.comparison(depth)?;
        while self.take_word("and") {
            left = binary(Operator::And, left, self.comparison(depth)?);
        }
        Ok(left)
    }

    fn comparison(&mut self, depth: usize) -> Result<Node, Fault> {
        let at = self.at();
        self.check(depth)?;
        if self.take_word("not") {
            let inner = self.comparison(depth + 1)?;
            return Ok(Node { at, expr: Expr::Not(Box::new(inner)) });
        }
        let left = self.sum(depth)?;
        let operator = match self.peek() {
            Some((_, Token::Sign("=="))) => Operator::Equal,
            Some((_, Token::Sign("!="))) => Operator::NotEqual,
            Some((_, Token::Sign("<"))) => Operator::Less,
            Some((_, Token::Sign("<="))) => Operator::LessOrEqual,
            Some((_, Token::Sign(">"))) => Operator::Greater,
            Some((_, Token::Sign(">="))) => Operator::GreaterOrEqual,
            Some((_, Token::Word(word))) if word == "in" => Operator::In,
            Some((at, Token::Word(word))) if word == "not" => {
                self.next += 1;
                if !self.peek().is_some_and(|(_, token)| *token == Token::Word("in".into())) {
                    return Err((
                        at,
                        "`not` must be followed by `in` here".into(),
                        Some("write `a not in [...]`, or put `not` before the comparison".into()),
                    ));
                }
                Operator::NotIn
            }
            _ => return Ok(left),
        };
        self.next += 1;
        Ok(binary(operator, left, self.sum(depth)?))
    }

    fn sum(&mut self, depth: usize) -> Result<Node, Fault> {
        let mut left = self.product(depth)?;
        loop {
            let operator = if self.take_if(&Token::Sign("+")) {
                Operator::Plus
            } else if self.take_if(&Token::Sign("-")) {
                Operator::Minus
            } else {
                return Ok(left);
            };
            left = binary(operator, left, self.product(depth)?);
        }
    }

    fn product(&mut self, depth: usize) -> Result<Node, Fault> {
        let mut left = self.primary(depth)?;
        loop {
            let operator = if self.take_if(&Token::Sign("*")) {
                Operator::Times
            } else if self.take_if(&Token::Sign("/")) {
                Operator::Divide
            } else {
                return Ok(left);
            };
            left = binary(operator, left, self.primary(depth)?);
        }
    }

    fn check(&self, depth: usize) -> Result<(), Fault> {
        if depth > MAX_DEPTH {
            return Err((self.at(), format!("the rule is nested more than {MAX_DEPTH} deep"), None));
        }
        Ok(())
    }

    fn primary(&mut self, depth: usize) -> Result<Node, Fault> {
        self.check(depth)?;
        let Some((at, token)) = self.peek() else {
            return Err((
                self.end,
                "the rule ends too early".into(),
                Some("add what should stand here, such as a question's id".into()),
            ));
        };
        self.next += 1;
        let expr = match token {
            Token::Number(number) => Expr::Number(*number),
            Token::Text(text) => Expr::Text(text.clone()),
            Token::Sign("-") => {
                if let Some((_, Token::Number(number))) = self.peek() {
                    self.next += 1;
                    return Ok(Node { at, expr: Expr::Number(-number) });
                }
                let zero = Node { at, expr: Expr::Number(0.0) };
                return Ok(binary(Operator::Minus, zero, self.primary(depth + 1)?));
            }
            Token::Sign("(") => {
                let inner = self.or(depth + 1)?;
                self.expect(")", "close every bracket")?;
                return Ok(inner);
            }
            Token::Sign("[") => Expr::List(self.list(depth)?),
            Token::Word(word) if word == "true" || word == "false" => Expr::Bool(word == "true"),
            Token::Word(word) if ["and", "or", "in", "not"].contains(&word.as_str()) => {
                return Err((
                    at,
                    format!("`{word}` stands where a question or a value should"),
                    Some("complete the condition before it".into()),
                ));
            }
            Token::Word(word) if self.take_if(&Token::Sign("(")) => self.call(at, word, depth)?,
            Token::Word(word) => Expr::Name(Name { item: word.clone(), part: self.part()? }),
            Token::Sign(sign) => return Err((at, format!("`{sign}` stands where a question or a value should"), None)),
        };
        Ok(Node { at, expr })
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Node>, Fault> {
        let mut nodes = Vec::new();
        if self.take_if(&Token::Sign("]")) {
            return Ok(nodes);
        }
        loop {
            nodes.push(self.sum(depth + 1)?);
            if !self.take_if(&Token::Sign(",")) {
                self.expect("]", "separate values with commas and close the list")?;
                return Ok(nodes);
            }
        }
    }

    fn call(&mut self, at: usize, word: &str, depth: usize) -> Result<Expr, Fault> {
        let expr = match word {
            "today" => Expr::Today,
            "date" => {
                let (at, day) = self.literal("a day such as '2026-03-31'")?;
                let Some(day) = types::day(day) else {
                    return Err((at, format!("`{day}` is not a day"), Some("write it as '2026-03-31'".into())));
                };
                Expr::Date(day)
            }
            "matches" => {
                let text = self.sum(depth + 1)?;
                self.expect(",", "write matches(question, 'pattern')")?;
                let (at, written) = self.literal("the pattern")?;
                let pattern = Pattern::new(written).map_err(|why| {
                    let help = "write a regular expression, such as '^[0-9]{4}$' for four digits".to_string();
                    (at, format!("`{written}` is not a pattern: {why}"), Some(help))
                })?;
                Expr::Matches(Box::new(text), pattern)
            }
            _ => {
                let Some((_, function)) = Function::ALL.iter().find(|(name, _)| *name == word) else {
                    let names = Function::ALL.iter().map(|(name, _)| *name).chain(["today", "date", "matches"]);
                    let help = closest(word, names.clone())
                        .unwrap_or_else(|| format!("the functions are {}", names.collect::<Vec<_>>().join(", ")));
                    return Err((at, format!("there is no function `{word}`"), Some(help)));
                };
                Expr::Call(*function, Box::new(self.sum(depth + 1)?))
            }
        };
        self.expect(")", "close every bracket")?;
        Ok(expr)
    }

    /// Takes a text that must stand here as it is.
    fn literal(&mut self, what: &str) -> Result<(usize, &'a str), Fault> {
        if let Some((at, Token::Text(text))) = self.peek() {
            self.next += 1;
            return Ok((at, text));
        }
        let message = format!("{what} must stand here, as a text between ' and '");
        Err((self.at(), message, None))
    }

    fn part(&mut self) -> Result<Option<Part>, Fault> {
        if self.take_if(&Token::Sign(".")) {
            let Some((_, Token::Word(row))) = self.peek() else {
                return Err((self.at(), "a row's id must follow the dot".into(), None));
            };
            self.next += 1;
            return Ok(Some(Part::Row(row.clone())));
        }
        if self.take_if(&Token::Sign("[")) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "checked to be a whole number from 1 to 999"
            )]
            let place = match self.peek() {
                Some((_, Token::Number(number))) if number.fract() == 0.0 && (1.0..1000.0).contains(number) => {
                    *number as usize
                }
                _ => return Err((self.at(), "a place counted from 1 must stand between the brackets".into(), None)),
            };
            self.next += 1;
            self.expect("]", "close the bracket")?;
            return Ok(Some(Part::Place(place)));
        }
        Ok(None)
    }
}

fn binary(operator: Operator, left: Node, right: Node) -> Node {
    Node { at: left.at, expr: Expr::Binary(operator, Box::new(left), Box::new(right)) }
}
