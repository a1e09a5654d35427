//! Plain text as the Markdown of a definition, and back: what FHIR says is plain, what respondents read is not.

/// A plain text of one line, written so that it is shown as it is.
pub(super) fn line(plain: &str) -> String {
    let joined = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    escaped(&joined)
}

/// A plain text of several lines, each of which becomes a paragraph.
pub(super) fn paragraphs(plain: &str) -> String {
    let lines = plain.lines().map(line).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n\n")
}

/// One line with everything escaped that Markdown or piping would take for its own.
fn escaped(plain: &str) -> String {
    let mut out = String::with_capacity(plain.len() + 8);
    let digits = plain.chars().take_while(char::is_ascii_digit).count();
    let mut before = ' ';
    let mut letters = plain.chars().enumerate().peekable();
    while let Some((at, letter)) = letters.next() {
        let after = letters.peek().map_or(' ', |(_, next)| *next);
        let is_special = match letter {
            '\\' => after.is_ascii_punctuation(),
            '*' => !(before == ' ' && after == ' '),
            '_' => !(before == '_' || after == '_' || before.is_alphanumeric() && after.is_alphanumeric()),
            '`' | '[' => true,
            '<' => after.is_ascii_alphabetic() || matches!(after, '/' | '!' | '?'),
            '&' => after.is_ascii_alphabetic() || after == '#',
            '#' | '-' | '+' | '=' | '>' | '~' => at == 0,
            '.' | ')' => digits > 0 && at == digits && after == ' ',
            _ => false,
        };
        if is_special {
            out.push('\\');
        }
        out.push(letter);
        if letter == '{' && after == '{' {
            out.push(' ');
        }
        before = letter;
    }
    out
}

/// The words of a text, without the signs of emphasis, links and escapes.
pub(super) fn plain(markdown: &str) -> String {
    let chars: Vec<char> = markdown.chars().collect();
    let mut out = String::with_capacity(markdown.len());
    let mut at = 0;
    while let Some(&letter) = chars.get(at) {
        let after = chars.get(at + 1).copied();
        let before = at.checked_sub(1).and_then(|at| chars.get(at)).copied();
        at += 1;
        match letter {
            '\\' if after.is_some_and(|c| c.is_ascii_punctuation()) => {
                out.extend(after);
                at += 1;
            }
            '*' if !(before.is_none_or(char::is_whitespace) && after.is_none_or(char::is_whitespace)) => {}
            '_' if !(before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric)) => {}
            '[' => {
                let rest = chars.get(at..).unwrap_or_default();
                match link(rest) {
                    Some((words, length)) => {
                        out.push_str(&plain(&words));
                        at += length;
                    }
                    None => out.push('['),
                }
            }
            _ => out.push(letter),
        }
    }
    let lines = out.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

/// The words of a link whose opening bracket was read, and the characters up to its end.
fn link(rest: &[char]) -> Option<(String, usize)> {
    const LONGEST: usize = 500;
    let end = rest
        .iter()
        .take(LONGEST)
        .position(|c| matches!(c, ']' | '[' | '\n'))
        .filter(|at| rest.get(*at) == Some(&']'))?;
    if rest.get(end + 1) != Some(&'(') {
        return None;
    }
    let target = rest.get(end + 2..)?;
    let close =
        target.iter().take(LONGEST).position(|c| matches!(c, ')' | '\n')).filter(|at| target.get(*at) == Some(&')'))?;
    Some((rest.get(..end)?.iter().collect(), end + 2 + close + 1))
}
