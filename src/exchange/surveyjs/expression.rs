//! Reads the expressions of SurveyJS, by the grammar of its own parser.

use std::rc::Rc;

/// Longest expression, in bytes.
const MAX_BYTES: usize = 8_000;
/// Deepest nesting.
const MAX_DEPTH: usize = 40;
/// Most operands that `+ - * /` join into one.
const MAX_CHAIN: usize = 100;

/// A part of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expr {
    /// `null` or `undefined`.
    Missing,
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// `true` or `false`.
    Flag(bool),
    /// `{name}`.
    Variable(String),
    /// `[a, b]`.
    List(Vec<Expr>),
    /// `name(a, b)`.
    Call(String, Vec<Expr>),
    /// `a empty`.
    IsEmpty(Box<Expr>),
    /// `!a`.
    Not(Box<Expr>),
    /// `a and b and c`.
    All(Vec<Expr>),
    /// `a or b or c`.
    Any(Vec<Expr>),
    /// Any other operator between two.
    Binary(Operator, Box<Expr>, Box<Expr>),
}

/// What stands between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    /// `=`.
    Equal,
    /// `!=`.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
    /// `contains`.
    Contains,
    /// `notcontains`.
    NotContains,
    /// `anyof`.
    AnyOf,
    /// `noneof`.
    NoneOf,
    /// `allof`.
    AllOf,
    /// `+`.
    Plus,
    /// `-`.
    Minus,
    /// `*`.
    Times,
    /// `/`.
    Divide,
    /// `%` or `^`, which Canvass does not have.
    Other(&'static str),
}

/// Reads an expression. Time is linear in its length.
///
/// # Errors
/// What cannot be read, as a clause without a subject.
pub(super) fn parse(text: &str) -> Result<Rc<Expr>, String> {
    if text.len() > MAX_BYTES {
        return Err(format!("it is longer than {MAX_BYTES} characters"));
    }
    let mut parser = Parser { tokens: tokens(text)?, next: 0 };
    let expr = parser.or(0)?;
    match parser.peek() {
        None => Ok(Rc::new(expr)),
        Some(token) => Err(format!("it goes on where it should end, at {}", token.shown())),
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Variable(String),
    Text(String),
    Number(f64),
    Word(String),
    Sign(&'static str),
}

impl Token {
    fn shown(&self) -> String {
        match self {
            Self::Variable(name) => format!("`{{{name}}}`"),
            Self::Text(text) => format!("'{text}'"),
            Self::Number(number) => format!("`{number}`"),
            Self::Word(word) => format!("`{word}`"),
            Self::Sign(sign) => format!("`{sign}`"),
        }
    }
}

const SIGNS: [&str; 22] = [
    "||", "&&", "<=", ">=", "==", "!=", "<>", "*=", "=", "<", ">", "+", "-", "*", "/", "%", "^", "(", ")", "[", "]",
    ",",
];

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let after = rest.get(first.len_utf8()..).unwrap_or_default();
        let (token, following) = if first == '{' {
            let (name, following) = after.split_once('}').ok_or("a `{` is not closed")?;
            (Token::Variable(name.trim().to_string()), following)
        } else if matches!(first, '\'' | '"') {
            quoted(after, first)?
        } else if first.is_ascii_digit() {
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            number(rest, end)?
        } else if first.is_ascii_alphabetic() || first == '_' {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            let (word, following) = rest.split_at_checked(end).unwrap_or((rest, ""));
            (Token::Word(word.to_string()), following)
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            (Token::Sign(sign), rest.get(sign.len()..).unwrap_or_default())
        } else if first == '!' {
            (Token::Sign("!"), after)
        } else {
            return Err(format!("`{first}` means nothing there"));
        };
        tokens.push(token);
        rest = following.trim_start();
    }
    Ok(tokens)
}

fn quoted(after: &str, quote: char) -> Result<(Token, &str), String> {
    let mut text = String::new();
    let mut letters = after.char_indices();
    while let Some((at, letter)) = letters.next() {
        if letter == quote {
            return Ok((Token::Text(text), after.get(at + 1..).unwrap_or_default()));
        }
        match letter {
            '\\' if after.get(at + 1..).is_some_and(|next| next.starts_with(['\'', '"'])) => {
                text.extend(letters.next().map(|(_, escaped)| escaped));
            }
            letter => text.push(letter),
        }
    }
    Err(format!("a text is not closed by {quote}"))
}

fn number(rest: &str, end: usize) -> Result<(Token, &str), String> {
    if let Some(digits) = rest.strip_prefix("0x") {
        let end = digits.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(digits.len());
        let (digits, following) = digits.split_at_checked(end).unwrap_or((digits, ""));
        let number = u32::from_str_radix(digits, 16).map_err(|_| format!("`0x{digits}` is no number"))?;
        return Ok((Token::Number(f64::from(number)), following));
    }
    let (written, following) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let number = written.parse().map_err(|_| format!("`{written}` is no number"))?;
    Ok((Token::Number(number), following))
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    /// Takes the next token if it is the sign or one of the words.
    fn take(&mut self, sign: &str, words: &[&str]) -> bool {
        let found = match self.peek() {
            Some(Token::Sign(known)) => !sign.is_empty() && *known == sign,
            Some(Token::Word(word)) => words.iter().any(|known| word.eq_ignore_ascii_case(known)),
            _ => false,
        };
        self.next += usize::from(found);
        found
    }

    fn or(&mut self, depth: usize) -> Result<Expr, String> {
        if depth > MAX_DEPTH {
            return Err(format!("it is nested more than {MAX_DEPTH} deep"));
        }
        let mut parts = vec![self.and(depth)?];
        while self.take("||", &["or"]) {
            parts.push(self.and(depth)?);
        }
        Ok(joined(parts, Expr::Any))
    }

    fn and(&mut self, depth: usize) -> Result<Expr, String> {
        let mut parts = vec![self.comparison(depth)?];
        while self.take("&&", &["and"]) {
            parts.push(self.comparison(depth)?);
        }
        Ok(joined(parts, Expr::All))
    }

    fn comparison(&mut self, depth: usize) -> Result<Expr, String> {
        const OPERATORS: [(&str, &str, Operator); 8] = [
            ("<=", "lessorequal", Operator::LessOrEqual),
            (">=", "greaterorequal", Operator::GreaterOrEqual),
            ("==", "equal", Operator::Equal),
            ("=", "equal", Operator::Equal),
            ("!=", "notequal", Operator::NotEqual),
            ("<>", "notequal", Operator::NotEqual),
            ("<", "less", Operator::Less),
            (">", "greater", Operator::Greater),
        ];
        let left = self.sum(depth)?;
        let Some((_, _, operator)) = OPERATORS.iter().find(|(sign, word, _)| self.take(sign, &[word])) else {
            return Ok(left);
        };
        if *operator == Operator::Equal && matches!(self.peek(), Some(Token::Sign("<" | ">"))) {
            return Err("`=<` and `=>` are no operators: SurveyJS has `<=` and `>=`".to_string());
        }
        Ok(binary(*operator, left, self.sum(depth)?))
    }

    fn sum(&mut self, depth: usize) -> Result<Expr, String> {
        let operators = [("+", "", Operator::Plus), ("-", "", Operator::Minus)];
        self.chain(depth, &operators, Self::product)
    }

    fn product(&mut self, depth: usize) -> Result<Expr, String> {
        let operators = [("*", "", Operator::Times), ("/", "", Operator::Divide), ("%", "", Operator::Other("%"))];
        self.chain(depth, &operators, Self::power)
    }

    fn power(&mut self, depth: usize) -> Result<Expr, String> {
        self.chain(depth, &[("^", "power", Operator::Other("^"))], Self::membership)
    }

    fn membership(&mut self, depth: usize) -> Result<Expr, String> {
        let operators = [
            ("*=", "contains", Operator::Contains),
            ("", "contain", Operator::Contains),
            ("", "notcontains", Operator::NotContains),
            ("", "notcontain", Operator::NotContains),
            ("", "anyof", Operator::AnyOf),
            ("", "noneof", Operator::NoneOf),
            ("", "allof", Operator::AllOf),
        ];
        self.chain(depth, &operators, Self::factor)
    }

    fn chain(
        &mut self,
        depth: usize,
        operators: &[(&str, &str, Operator)],
        tighter: fn(&mut Self, usize) -> Result<Expr, String>,
    ) -> Result<Expr, String> {
        let mut left = tighter(self, depth)?;
        for _ in 0..MAX_CHAIN {
            let found = operators.iter().find(|(sign, word, _)| self.take(sign, &[word]));
            let Some((_, _, operator)) = found else { return Ok(left) };
            left = binary(*operator, left, tighter(self, depth)?);
        }
        Err(format!("it joins more than {MAX_CHAIN} values"))
    }

    fn factor(&mut self, depth: usize) -> Result<Expr, String> {
        if depth > MAX_DEPTH {
            return Err(format!("it is nested more than {MAX_DEPTH} deep"));
        }
        if self.take("!", &["negate"]) {
            return Ok(Expr::Not(Box::new(self.factor(depth + 1)?)));
        }
        let Some(token) = self.peek().cloned() else { return Err("it ends too early".to_string()) };
        self.next += 1;
        let atom = match token {
            Token::Sign("(") => {
                let inner = self.or(depth + 1)?;
                self.close(")")?;
                return Ok(inner);
            }
            Token::Sign("[") => return Ok(Expr::List(self.sequence("]", depth)?)),
            Token::Sign("-") => match self.peek() {
                Some(Token::Number(number)) => {
                    let number = -number;
                    self.next += 1;
                    Expr::Number(number)
                }
                _ => return Err("`-` stands where a value should".to_string()),
            },
            Token::Word(word) if self.peek() == Some(&Token::Sign("(")) => {
                self.next += 1;
                return Ok(Expr::Call(word, self.sequence(")", depth)?));
            }
            Token::Word(word) => match word.to_ascii_lowercase().as_str() {
                "null" | "undefined" => Expr::Missing,
                "true" => Expr::Flag(true),
                "false" => Expr::Flag(false),
                "and" | "or" | "empty" | "notempty" => return Err(format!("`{word}` stands where a value should")),
                "not" => return Err("`not` means nothing to SurveyJS: it has `!`".to_string()),
                _ => Expr::Text(word),
            },
            Token::Variable(name) if name.is_empty() => return Err("`{}` names nothing".to_string()),
            Token::Variable(name) => Expr::Variable(name),
            Token::Text(text) => Expr::Text(text),
            Token::Number(number) => Expr::Number(number),
            Token::Sign(sign) => return Err(format!("`{sign}` stands where a value should")),
        };
        if self.take("", &["empty"]) {
            return Ok(Expr::IsEmpty(Box::new(atom)));
        }
        if self.take("", &["notempty"]) {
            return Ok(Expr::Not(Box::new(Expr::IsEmpty(Box::new(atom)))));
        }
        Ok(atom)
    }

    fn sequence(&mut self, close: &str, depth: usize) -> Result<Vec<Expr>, String> {
        let mut items = Vec::new();
        if self.take(close, &[]) {
            return Ok(items);
        }
        loop {
            items.push(self.or(depth + 1)?);
            if !self.take(",", &[]) {
                self.close(close)?;
                return Ok(items);
            }
        }
    }

    /// A bracket that is still open at the end counts as closed, as in SurveyJS.
    fn close(&mut self, bracket: &str) -> Result<(), String> {
        let is_end = self.peek().is_none() && bracket == ")";
        if is_end || self.take(bracket, &[]) { Ok(()) } else { Err(format!("a `{bracket}` is missing")) }
    }
}

fn binary(operator: Operator, left: Expr, right: Expr) -> Expr {
    Expr::Binary(operator, Box::new(left), Box::new(right))
}

fn joined(mut parts: Vec<Expr>, several: impl Fn(Vec<Expr>) -> Expr) -> Expr {
    match (parts.pop(), parts.is_empty()) {
        (Some(only), true) => only,
        (Some(last), false) => {
            parts.push(last);
            several(parts)
        }
        (None, _) => Expr::Missing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Expr {
        Rc::unwrap_or_clone(parse(text).unwrap_or_else(|error| panic!("{text}: {error}")))
    }

    fn name(name: &str) -> Expr {
        Expr::Variable(name.to_string())
    }

    #[test]
    fn words_and_signs_mean_the_same() {
        for (one, other) in [
            ("{a} = 1 and {b} <> 2", "{a} equal 1 && {b} notequal 2"),
            ("{a} >= 1 or {b} < 2", "{a} greaterorequal 1 || {b} less 2"),
            ("{a} contains 'x'", "{a} *= \"x\""),
            ("!{a}", "negate {a}"),
            ("{a} notempty", "!({a} empty)"),
            ("{ a }=yes", "{a} == 'yes'"),
            ("({a} = 1", "({a} = 1)"),
        ] {
            assert_eq!(read(one), read(other), "{one}");
        }
    }

    #[test]
    fn membership_binds_tighter_than_sums_and_negation_tighter_than_comparison() {
        assert_eq!(
            read("{a} + {b} contains 1"),
            binary(Operator::Plus, name("a"), binary(Operator::Contains, name("b"), Expr::Number(1.0)))
        );
        assert_eq!(read("!{a} = true"), binary(Operator::Equal, Expr::Not(Box::new(name("a"))), Expr::Flag(true)));
        assert_eq!(
            read("{a} - -5 * 2"),
            binary(Operator::Minus, name("a"), binary(Operator::Times, Expr::Number(-5.0), Expr::Number(2.0)))
        );
    }

    #[test]
    fn texts_lists_and_calls() {
        assert_eq!(read(r"'it\'s'"), Expr::Text("it's".into()));
        assert_eq!(read("\"it's\""), Expr::Text("it's".into()));
        assert_eq!(read("['a', 2]"), Expr::List(vec![Expr::Text("a".into()), Expr::Number(2.0)]));
        assert_eq!(read("f({a}, 0x1F)"), Expr::Call("f".into(), vec![name("a"), Expr::Number(31.0)]));
        assert_eq!(read("{a} = null"), binary(Operator::Equal, name("a"), Expr::Missing));
    }

    #[test]
    fn what_surveyjs_cannot_read_is_not_guessed() {
        for text in ["", "{a", "{a} =< 2", "not {a}", "{a} = ", "{a} 5", "'a", "{}", "{a} is 1", "1.2.3", "[1", "§"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn hostile_expressions_are_refused_quickly() {
        assert!(parse(&"(".repeat(7_000)).is_err());
        assert!(parse(&"!".repeat(7_000)).is_err());
        assert!(parse(&"1+".repeat(3_000)).is_err());
        assert!(parse(&"[".repeat(7_000)).is_err());
        assert!(parse(&"f(".repeat(3_500)).is_err());
        assert!(parse(&"x".repeat(9_000)).is_err());
    }
}
