//! The rules for what has a form: addresses, numbers, dates of birth.

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

use super::{Finding, Kind, check};

/// What a text must hold for a rule to be worth trying.
#[derive(Clone, Copy)]
enum Needs {
    /// An at sign.
    At,
    /// A full stop or a slash inside a word.
    Dot,
    /// "dot" as a word, or an at sign in words.
    SpeltOut,
    /// So many digits.
    Digits(usize),
}

struct Rule {
    kind: Kind,
    reason: &'static str,
    needs: Needs,
    /// The span is the group `it` where there is one; `DATE`, `SEP` and `TEN` stand for what is defined below.
    pattern: &'static str,
    check: fn(&str) -> bool,
}

/// What may stand between the digits of a number.
const SEPARATOR: &str = r"[ .\-/]{0,3}";

/// A month, in full or cut short, in English or Welsh.
const MONTH: &str =
    "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ion|chwe|maw|ebr|mai|meh|gor|aws|med|hyd|tach|rhag)[a-z]*";

/// A whole date: with numbers, with the year first, with the month in words.
const DATE: &str = r"(?:\d{4}[/.\-]\d{1,2}[/.\-]\d{1,2}|\d{1,2} ?[/.\- ] ?\d{1,2} ?[/.\- ] ?(?:\d{4}|\d{2})\b|\d{1,2}(?:st|nd|rd|th|af|ain|eg)?(?: of)?[ \-.]{0,2}MONTH[.,]?[ \-]{0,2}(?:\d{4}|'?\d{2})|MONTH \d{1,2}(?:st|nd|rd|th)?,? \d{4})";

const RULES: &[Rule] = &[
    Rule {
        kind: Kind::Email,
        reason: "a name, an at sign and a domain",
        needs: Needs::At,
        pattern: r"[\p{L}\p{N}][\p{L}\p{N}._%+'\-]* {0,2}@ {0,2}(?:[\p{L}\p{N}\-]+\.)+\p{L}{2,}",
        check: check::any,
    },
    Rule {
        kind: Kind::Email,
        reason: "an e-mail address with its signs in words",
        needs: Needs::SpeltOut,
        pattern: r"(?i)[\p{L}\p{N}][\p{L}\p{N}._%+\-]* ?(?:[(\[{]at[)\]}]|\bat\b) ?(?:[\p{L}\p{N}\-]+\.)*[\p{L}\p{N}\-]+(?: ?(?:[(\[{]dot[)\]}]|\bdot\b) ?\p{L}[\p{L}\p{N}\-]*)+(?:\.\p{L}{2,})*",
        check: check::any,
    },
    Rule {
        kind: Kind::Email,
        reason: "an e-mail address with its at sign in words",
        needs: Needs::SpeltOut,
        pattern: r"(?i)[\p{L}\p{N}][\p{L}\p{N}._%+\-]* ?[(\[{]at[)\]}] ?(?:[\p{L}\p{N}\-]+\.)+\p{L}{2,}",
        check: check::any,
    },
    Rule {
        kind: Kind::Url,
        reason: "begins as web addresses do",
        needs: Needs::Dot,
        pattern: r#"(?i)\b(?:(?:https?|ftp)://|www\.)[^\s<>"]+"#,
        check: check::address,
    },
    Rule {
        kind: Kind::Url,
        reason: "ends in a domain of the web",
        needs: Needs::Dot,
        pattern: r#"\b(?:[A-Za-z0-9][A-Za-z0-9\-]*\.)+(?:uk|com|org|eu|wales|cymru|nhs\.net|CO\.UK|NHS\.UK|ORG\.UK|COM|ORG)\b(?:/[^\s<>"]*)?"#,
        check: check::any,
    },
    Rule {
        kind: Kind::NhsNumber,
        reason: "ten digits whose last is the check digit of an NHS number",
        needs: Needs::Digits(10),
        pattern: r"\d{3}SEP\d{3}SEP\d{4}",
        check: check::nhs,
    },
    Rule {
        kind: Kind::NhsNumber,
        reason: "six and four digits whose last is the check digit of a CHI number",
        needs: Needs::Digits(10),
        pattern: r"\d{6}[ \-]\d{4}",
        check: check::nhs,
    },
    Rule {
        kind: Kind::NhsNumber,
        reason: "digits beside the words “NHS number”",
        needs: Needs::Digits(9),
        pattern: r"(?i)\b(?:(?:nhs|chi|h ?& ?c)\W{0,3}(?:patient |hospital )?(?:number|num|no|nr|id)\b|rhif (?:y )?gig\b)[^\d\n]{0,20}?(?P<it>\d(?:SEP\d){8,10})",
        check: check::any,
    },
    Rule {
        kind: Kind::NiNumber,
        reason: "two letters, six digits and a letter, as National Insurance numbers are written",
        needs: Needs::Digits(6),
        pattern: r"(?i)[a-ceghj-prstw-z][ .\-]?[a-ceghj-nprstw-z]SEP\d{2}SEP\d{2}SEP\d{2}SEP[a-d]",
        check: check::national_insurance,
    },
    Rule {
        kind: Kind::NiNumber,
        reason: "letters and six digits beside the words “National Insurance”",
        needs: Needs::Digits(6),
        pattern: r"(?i)\b(?:ni|nino|national insurance|yswiriant gwladol)\b(?:\W{0,3}(?:number|no|rhif)\b)?[^\d\n]{0,20}?\b(?P<it>[a-z]{2}SEP\d{2}SEP\d{2}SEP\d{2}(?:SEP[a-z])?)\b",
        check: check::any,
    },
    Rule {
        kind: Kind::GmcNumber,
        reason: "seven digits after “GMC” or the words for a doctor's registration",
        needs: Needs::Digits(7),
        pattern: r"(?i)\b(?:gmc|general medical council|doctor'?s? registration|medical register)\b[^\d\n]{0,30}?(?P<it>\d(?:[ \-]?\d){6})",
        check: check::any,
    },
    Rule {
        kind: Kind::GmcNumber,
        reason: "seven digits before “GMC”",
        needs: Needs::Digits(7),
        pattern: r"(?i)(?P<it>\d{7})[^\d\n.]{0,20}\bgmc\b",
        check: check::any,
    },
    Rule {
        kind: Kind::NmcPin,
        reason: "two digits, the letter of a month, four digits and a letter, as PINs of the NMC are written",
        needs: Needs::Digits(6),
        pattern: r"(?i)\b\d{2}[a-l]\d{4}[a-z]\b",
        check: check::any,
    },
    Rule {
        kind: Kind::NmcPin,
        reason: "digits and letters beside “NMC” or “PIN”",
        needs: Needs::Digits(6),
        pattern: r"(?i)\b(?:nmc|pin|nursing and midwifery council)\b[^\d\n]{0,25}?(?P<it>\d{2}[ \-]{0,2}[a-z][ \-]{0,2}\d{4}[ \-]{0,2}[a-z])\b",
        check: check::any,
    },
    Rule {
        kind: Kind::Phone,
        reason: "begins with the code of a country",
        needs: Needs::Digits(9),
        pattern: r"\(?(?:\+|00)[ ]?\(?\d(?:[ .\-/()]{0,3}\d){7,15}",
        check: check::phone_abroad,
    },
    Rule {
        kind: Kind::Phone,
        reason: "ten or eleven digits from 0, as UK telephone numbers are written",
        needs: Needs::Digits(10),
        pattern: r"\(?0(?:[ .\-/()]{0,3}\d){9,10}",
        check: check::uk_phone,
    },
    Rule {
        kind: Kind::Phone,
        reason: "digits after a word for calling",
        needs: Needs::Digits(6),
        pattern: r"(?i)\b(?:phone|tel|telephone|mobile|mob|ring|call|text|whatsapp|number is|ff[ôo]n|ffonio)\b[^\d\n]{0,20}?(?P<it>\d(?:[ \-]?\d){5,10})",
        check: check::local_phone,
    },
    Rule {
        kind: Kind::Phone,
        reason: "digits after a word for an extension or a bleep",
        needs: Needs::Digits(3),
        pattern: r"(?i)\b(?:ext(?:ension|n)?|bleep|bleeper|pager)\b\.?(?: (?:number|no))?[.:#]? ?(?:is )?(?P<it>\d{3,6})\b",
        check: check::any,
    },
    Rule {
        kind: Kind::Postcode,
        reason: "has the form of a postcode and begins with a postcode area",
        needs: Needs::Digits(2),
        pattern: r"[A-Z]{1,2}\d[A-Z\d]?[ \-]{0,2}\d[ABD-HJLNP-UW-Z]{2}",
        check: check::postcode,
    },
    Rule {
        kind: Kind::Postcode,
        reason: "has the form of a postcode in small letters and begins with a postcode area",
        needs: Needs::Digits(2),
        pattern: r"(?i)[a-z]{1,2}\d[a-z\d]?[ \-]{0,2}\d[abd-hjlnp-uw-z]{2}",
        check: check::small_postcode,
    },
    Rule {
        kind: Kind::Postcode,
        reason: "stands beside the word “postcode”",
        needs: Needs::Digits(1),
        pattern: r"(?i)\b(?:post ?code|cod post)\b[^\d\n]{0,12}?\b(?P<it>[a-z]{1,2}\d[a-z\d]?(?:[ \-]{0,2}\d[a-z]{2})?)\b",
        check: check::postcode,
    },
    Rule {
        kind: Kind::BirthDate,
        reason: "a date after a word for birth",
        needs: Needs::Digits(3),
        pattern: r"(?i)\b(?:born|d\.?o\.?b|d/o/b|date of birth|birth ?date|birth ?day|dyddiad geni|ganwyd|ngeni)\b[^\d\n]{0,25}?(?P<it>DATE|MONTH,? \d{4}|\d{8})",
        check: check::any,
    },
    Rule {
        kind: Kind::BirthDate,
        reason: "a date before a word for birth",
        needs: Needs::Digits(3),
        pattern: r"(?i)(?P<it>DATE)[^\d\n]{0,20}\b(?:d\.?o\.?b|date of birth|birth ?date|birth ?day|dyddiad geni|i was born|(?:was|is) born)\b",
        check: check::any,
    },
    Rule {
        kind: Kind::BirthDate,
        reason: "a date beside an age",
        needs: Needs::Digits(3),
        pattern: r"(?i)\b(?:aged?|years? old|yrs? old|oed)\b[^.!?\n]{0,15}?\b(?P<it>DATE)",
        check: check::any,
    },
    Rule {
        kind: Kind::BirthDate,
        reason: "a date beside an age",
        needs: Needs::Digits(3),
        pattern: r"(?i)(?P<it>DATE)[^.!?\n]{0,15}?\b(?:aged?|years? old|yrs? old|oed)\b",
        check: check::any,
    },
];

/// The rules, compiled when first needed.
pub(super) struct Rules(Vec<OnceLock<Option<Regex>>>);

impl Default for Rules {
    fn default() -> Self {
        Self(RULES.iter().map(|_| OnceLock::new()).collect())
    }
}

impl Rules {
    /// What the rules find in a plain text; findings can overlap.
    pub(super) fn find(&self, text: &str) -> Vec<Finding> {
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let has = |needs| match needs {
            Needs::At => text.contains('@'),
            Needs::Dot => text.contains(['.', '/']),
            Needs::SpeltOut => {
                let small = text.to_ascii_lowercase();
                small.contains("dot") || ["(at)", "[at]", "{at}"].iter().any(|at| small.contains(at))
            }
            Needs::Digits(least) => digits >= least,
        };
        let mut found = Vec::new();
        for (rule, compiled) in RULES.iter().zip(&self.0).filter(|(rule, _)| has(rule.needs)) {
            if let Some(pattern) = compiled.get_or_init(|| compile(rule.pattern)) {
                rule.find(pattern, text, &mut found);
            }
        }
        found
    }
}

fn compile(pattern: &str) -> Option<Regex> {
    let whole = pattern.replace("DATE", DATE).replace("MONTH", MONTH).replace("SEP", SEPARATOR);
    Regex::new(&whole).ok()
}

impl Rule {
    fn find(&self, pattern: &Regex, text: &str, found: &mut Vec<Finding>) {
        let mut from = 0;
        while let Some(captures) = pattern.captures_at(text, from) {
            let Some(matched) = captures.name("it").or_else(|| captures.get(0)) else { return };
            let span = self.trimmed(text, matched.range());
            let is_one =
                !span.is_empty() && stands_alone(text, &span) && text.get(span.clone()).is_some_and(self.check);
            // What is refused may hide one that begins within it.
            let start = captures.get(0).map_or(from, |all| all.start());
            let next = text.get(start..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
            from = if is_one { span.end } else { start + next };
            if is_one {
                found.push(Finding { span, kind: self.kind, reason: self.reason });
            }
            if from > text.len() {
                return;
            }
        }
    }

    /// The span without the punctuation that follows an address in a sentence.
    fn trimmed(&self, text: &str, span: Range<usize>) -> Range<usize> {
        if self.kind != Kind::Url {
            return span;
        }
        let address = text.get(span.clone()).unwrap_or_default();
        let end = span.start + address.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'', '"']).len();
        span.start..end
    }
}

/// Whether a span is not a part of a longer number or word, of an amount of money or of a decimal.
fn stands_alone(text: &str, span: &Range<usize>) -> bool {
    let before = text.get(..span.start).unwrap_or_default();
    let inside = text.get(span.clone()).unwrap_or_default();
    let after = text.get(span.end..).unwrap_or_default().chars().next();
    let (first, last) = (inside.chars().next(), inside.chars().next_back());
    let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let mut left = before.chars().rev();
    let next_left = left.next();
    let opens = match first {
        Some('0'..='9') => {
            let decimal = matches!(next_left, Some('.' | ',')) && is_digit(left.next());
            !(is_digit(next_left) || decimal || matches!(next_left, Some('£' | '$' | '€')))
        }
        Some('+' | '(') => !is_digit(next_left),
        Some(c) if c.is_alphabetic() => !next_left.is_some_and(char::is_alphanumeric),
        _ => true,
    };
    let closes = match last {
        Some('0'..='9') => !is_digit(after),
        Some(c) if c.is_alphabetic() => !after.is_some_and(char::is_alphanumeric),
        _ => true,
    };
    opens && closes
}

#[cfg(test)]
mod tests {
    use super::{RULES, compile};

    #[test]
    fn every_rule_compiles() {
        assert!(RULES.iter().all(|rule| compile(rule.pattern).is_some()));
    }
}
