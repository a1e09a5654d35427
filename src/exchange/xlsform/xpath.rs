//! Reads the expressions of an XLSForm: the part of `XPath` 1.0 that forms use, with `${question}`.

/// Longest expression, in characters.
const MAX_CHARS: usize = 10_000;
/// Most words and signs: chains of them are walked one inside the other.
const MAX_TOKENS: usize = 2_000;
/// Deepest nesting.
const MAX_DEPTH: usize = 64;

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum XPath {
    Text(String),
    /// A number as written.
    Number(String),
    /// `${question}`.
    Ref(String),
    /// `.`: the answer to the question that the expression belongs to.
    Own,
    /// A bare name or a path: a column of the choices sheet in a filter.
    Path(String),
    Call(String, Vec<XPath>),
    Negative(Box<XPath>),
    Binary(Sign, Box<XPath>, Box<XPath>),
}

/// What stands between two parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Plus,
    Minus,
    Times,
    Divide,
    Remainder,
}

/// Levels of binding, the loosest first.
const LEVELS: [&[(&str, Sign)]; 6] = [
    &[("or", Sign::Or)],
    &[("and", Sign::And)],
    &[("=", Sign::Equal), ("!=", Sign::NotEqual)],
    &[("<=", Sign::LessEqual), (">=", Sign::GreaterEqual), ("<", Sign::Less), (">", Sign::Greater)],
    &[("+", Sign::Plus), ("-", Sign::Minus)],
    &[("*", Sign::Times), ("div", Sign::Divide), ("mod", Sign::Remainder)],
];

/// Parses an expression.
///
/// # Errors
/// What cannot be read, in a few words.
pub(super) fn parse(text: &str) -> Result<XPath, String> {
    if text.chars().count() > MAX_CHARS {
        return Err(format!("it has more than {MAX_CHARS} characters"));
    }
    let text = straight(text);
    let tokens = tokens(&text)?;
    if tokens.len() > MAX_TOKENS {
        return Err(format!("it has more than {MAX_TOKENS} words and signs"));
    }
    let mut parser = Parser { tokens: &tokens, next: 0 };
    let read = parser.level(0, 0)?;
    match parser.tokens.get(parser.next) {
        None => Ok(read),
        Some(token) => Err(format!("it goes on at {token} where it should end")),
    }
}

/// Curly quotation marks as straight ones.
pub(super) fn straight(text: &str) -> String {
    let straight = |c| match c {
        '‘' | '’' => '\'',
        '“' | '”' => '"',
        '\u{a0}' => ' ',
        c => c,
    };
    text.chars().map(straight).collect()
}

/// The questions named as `${…}` in a text, with what stands between them.
pub(super) enum Piece<'a> {
    Words(&'a str),
    Ref(&'a str),
}

/// Cuts a text at its `${…}`.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, name, after)) = rest
        .split_once("${")
        .and_then(|(before, after)| after.split_once('}').map(|(name, after)| (before, name, after)))
    {
        pieces.push(Piece::Words(before));
        pieces.push(Piece::Ref(name.trim()));
        rest = after;
    }
    pieces.push(Piece::Words(rest));
    pieces
}

#[derive(Clone, Debug, PartialEq)]
enum Token<'a> {
    Text(&'a str),
    Number(&'a str),
    Ref(&'a str),
    Word(&'a str),
    Sign(&'static str),
}

impl std::fmt::Display for Token<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => write!(out, "'{text}'"),
            Self::Number(text) | Self::Word(text) | Self::Sign(text) => write!(out, "`{text}`"),
            Self::Ref(text) => write!(out, "`${{{text}}}`"),
        }
    }
}

const SIGNS: [&str; 21] =
    ["<=", ">=", "!=", "//", "..", "::", "=", "<", ">", "(", ")", "+", "-", "*", ",", "/", "[", "]", "@", "|", "."];

fn tokens(text: &str) -> Result<Vec<Token<'_>>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = if let Some(after) = rest.strip_prefix("${") {
            let (name, after) = after.split_once('}').ok_or("a `${` is not closed")?;
            (Token::Ref(name.trim()), after)
        } else if first == '\'' || first == '"' {
            let after = rest.get(1..).unwrap_or_default();
            let (inside, after) = after.split_once(first).ok_or("a text is not closed")?;
            (Token::Text(inside), after)
        } else {
            let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            let number = rest.get(..digits).unwrap_or_default();
            let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
            let word = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
            if number.parse::<f64>().is_ok() && number.contains(|c: char| c.is_ascii_digit()) {
                (Token::Number(number), rest.get(digits..).unwrap_or_default())
            } else if first.is_alphabetic() || first == '_' {
                // A name may contain dots and dashes, but does not end with a dot.
                let length = rest.get(..word).map_or(0, |word| word.trim_end_matches(['.', ':']).len());
                (Token::Word(rest.get(..length).unwrap_or_default()), rest.get(length..).unwrap_or_default())
            } else {
                let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
                let sign = sign.ok_or_else(|| format!("`{first}` cannot stand there"))?;
                (Token::Sign(sign), rest.get(sign.len()..).unwrap_or_default())
            }
        };
        tokens.push(token);
        rest = after.trim_start();
    }
    Ok(tokens)
}

struct Parser<'a> {
    tokens: &'a [Token<'a>],
    next: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Token<'a>> {
        self.tokens.get(self.next)
    }

    fn sign(&mut self, sign: &'static str) -> bool {
        let found = self.peek() == Some(&Token::Sign(sign));
        self.next += usize::from(found);
        found
    }

    /// The operator of a level that stands next.
    fn operator(&mut self, level: usize) -> Option<Sign> {
        let written = match self.peek()? {
            Token::Sign(sign) => *sign,
            Token::Word(word) => *word,
            _ => return None,
        };
        let (_, sign) = LEVELS.get(level)?.iter().find(|(known, _)| *known == written)?;
        self.next += 1;
        Some(*sign)
    }

    fn level(&mut self, level: usize, depth: usize) -> Result<XPath, String> {
        if depth > MAX_DEPTH {
            return Err(format!("it is nested more than {MAX_DEPTH} deep"));
        }
        if level == LEVELS.len() {
            return self.unary(depth);
        }
        let mut left = self.level(level + 1, depth)?;
        while let Some(sign) = self.operator(level) {
            left = XPath::Binary(sign, Box::new(left), Box::new(self.level(level + 1, depth)?));
        }
        Ok(left)
    }

    fn unary(&mut self, depth: usize) -> Result<XPath, String> {
        if self.sign("-") {
            if depth > MAX_DEPTH {
                return Err(format!("it is nested more than {MAX_DEPTH} deep"));
            }
            return Ok(match self.unary(depth + 1)? {
                XPath::Number(number) if !number.starts_with('-') => XPath::Number(format!("-{number}")),
                inner => XPath::Negative(Box::new(inner)),
            });
        }
        self.primary(depth)
    }

    fn primary(&mut self, depth: usize) -> Result<XPath, String> {
        let Some(token) = self.peek() else { return Err("it ends too early".into()) };
        self.next += 1;
        let read = match token {
            Token::Text(text) => XPath::Text((*text).to_string()),
            Token::Number(number) => XPath::Number((*number).to_string()),
            Token::Ref(name) => XPath::Ref((*name).to_string()),
            Token::Sign("(") => {
                let inner = self.level(0, depth + 1)?;
                if !self.sign(")") {
                    return Err("a bracket is not closed".into());
                }
                inner
            }
            Token::Sign("." | ".." | "/" | "//" | "@") | Token::Word(_) => return self.path_or_call(depth),
            Token::Sign(sign) => return Err(format!("`{sign}` stands where a value should")),
        };
        match self.peek() {
            Some(Token::Sign(sign @ ("/" | "[" | "//" | "|"))) => Err(format!("`{sign}` selects parts of the answers")),
            _ => Ok(read),
        }
    }

    fn path_or_call(&mut self, depth: usize) -> Result<XPath, String> {
        self.next -= 1;
        if let Some(Token::Word(word)) = self.peek()
            && self.tokens.get(self.next + 1) == Some(&Token::Sign("("))
        {
            self.next += 2;
            let mut arguments = Vec::new();
            if !self.sign(")") {
                loop {
                    arguments.push(self.level(0, depth + 1)?);
                    if !self.sign(",") {
                        break;
                    }
                }
                if !self.sign(")") {
                    return Err("a bracket is not closed".into());
                }
            }
            if let Some(Token::Sign(sign @ ("/" | "[" | "//" | "|"))) = self.peek() {
                return Err(format!("`{sign}` after `{word}(…)` selects parts of other data"));
            }
            return Ok(XPath::Call((*word).to_string(), arguments));
        }
        let mut path = String::new();
        let mut after_name = false;
        while let Some(token) = self.peek() {
            match token {
                Token::Word(word) if !after_name => {
                    path.push_str(word);
                    after_name = true;
                }
                Token::Sign(step @ ("." | ".." | "@")) if !after_name => {
                    path.push_str(step);
                    after_name = *step != "@";
                }
                Token::Sign(step @ ("/" | "//")) => {
                    path.push_str(step);
                    after_name = false;
                }
                Token::Sign(sign @ ("[" | "|" | "::")) => return Err(format!("`{sign}` selects parts of the answers")),
                _ => break,
            }
            self.next += 1;
        }
        Ok(if path == "." { XPath::Own } else { XPath::Path(path) })
    }
}

impl XPath {
    /// Calls `with` for every question named.
    pub(super) fn each_ref(&self, with: &mut dyn FnMut(&str)) {
        match self {
            Self::Ref(name) => with(name),
            Self::Text(_) | Self::Number(_) | Self::Own | Self::Path(_) => {}
            Self::Call(_, parts) => parts.iter().for_each(|part| part.each_ref(with)),
            Self::Negative(inner) => inner.each_ref(with),
            Self::Binary(_, left, right) => {
                left.each_ref(with);
                right.each_ref(with);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(name: &str) -> XPath {
        XPath::Ref(name.into())
    }

    #[test]
    fn operators_bind_as_in_xpath() {
        let read = parse("${a}='x' or ${b} >= 2 and not(${c})").unwrap();
        let is = XPath::Binary(Sign::Equal, Box::new(question("a")), Box::new(XPath::Text("x".into())));
        let more = XPath::Binary(Sign::GreaterEqual, Box::new(question("b")), Box::new(XPath::Number("2".into())));
        let not = XPath::Call("not".into(), vec![XPath::Ref("c".into())]);
        let and = XPath::Binary(Sign::And, Box::new(more), Box::new(not));
        assert_eq!(read, XPath::Binary(Sign::Or, Box::new(is), Box::new(and)));
        assert_eq!(parse("today()-1").unwrap(), parse("today() - 1").unwrap());
        assert_eq!(parse(".>=0 and .<=30").unwrap(), parse(". >= 0 and . <= 30").unwrap());
        assert_eq!(parse("${a} = ‘x’").unwrap(), parse("${a}=\"x\"").unwrap());
    }

    #[test]
    fn names_may_contain_dashes_and_paths_are_kept() {
        assert_eq!(
            parse("count-selected(.) > 1").unwrap(),
            XPath::Binary(
                Sign::Greater,
                Box::new(XPath::Call("count-selected".into(), vec![XPath::Own])),
                Box::new(XPath::Number("1".into()))
            )
        );
        assert_eq!(
            parse("selected(../q, 'a')").unwrap(),
            XPath::Call("selected".into(), vec![XPath::Path("../q".into()), XPath::Text("a".into())])
        );
        assert_eq!(parse("-1").unwrap(), XPath::Number("-1".into()));
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        for text in ["", "${a", "'x", "(", "${a} = ", "instance('x')/root/item[name=1]", "${a} ${b}", "a = ;", "-"] {
            assert!(parse(text).is_err(), "{text}");
        }
        let deep = "(".repeat(50_000);
        assert!(parse(&deep).is_err() && parse(&"-".repeat(1_900)).is_err() && parse(&"not(".repeat(900)).is_err());
    }
}
