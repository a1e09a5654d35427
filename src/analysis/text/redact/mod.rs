//! Finds what could identify a person in a text, says why, and hides it before the text is quoted.
//!
//! Patterns, check digits and a few words beside them, not understanding: `docs/redaction.md` says what is found, by which
//! rule, and what is not. Quotes must still be read before they are published.

mod check;
mod name;
mod pattern;
mod plain;
mod words;

use std::ops::Range;

use rayon::prelude::*;

use self::pattern::Rules;
use self::plain::Plain;

/// What kind of personal detail was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An e-mail address.
    Email,
    /// A web address.
    Url,
    /// An NHS number, or the number of the same form in Scotland (CHI) or Northern Ireland (H&C).
    NhsNumber,
    /// A National Insurance number.
    NiNumber,
    /// A doctor's number in the register of the General Medical Council.
    GmcNumber,
    /// A nurse's, midwife's or nursing associate's number in the register of the Nursing and Midwifery Council.
    NmcPin,
    /// A telephone, extension or bleep number.
    Phone,
    /// A UK postcode.
    Postcode,
    /// A date of birth.
    BirthDate,
    /// A person's name.
    Name,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Email,
        Self::Url,
        Self::NhsNumber,
        Self::NiNumber,
        Self::GmcNumber,
        Self::NmcPin,
        Self::Phone,
        Self::Postcode,
        Self::BirthDate,
        Self::Name,
    ];

    /// What it is called where it is hidden.
    pub fn label(self) -> &'static str {
        match self {
            Self::Email => "e-mail address",
            Self::Url => "web address",
            Self::NhsNumber => "NHS number",
            Self::NiNumber => "NI number",
            Self::GmcNumber => "GMC number",
            Self::NmcPin => "NMC PIN",
            Self::Phone => "phone number",
            Self::Postcode => "postcode",
            Self::BirthDate => "date of birth",
            Self::Name => "name",
        }
    }
}

/// A personal detail in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The bytes of the text that hold it.
    pub span: Range<usize>,
    /// What it is.
    pub kind: Kind,
    /// Why it is taken for that, in words.
    pub reason: &'static str,
}

/// The rules; each is compiled when a text first needs it.
#[derive(Default)]
pub struct Redactor(Rules);

/// The texts without their personal details: what themes are made from, so that none becomes a word of a label.
pub fn without_details(texts: &[&str]) -> Vec<String> {
    let redactor = Redactor::new();
    texts.par_iter().map(|text| redactor.without(text)).collect()
}

impl Redactor {
    /// The rules of `docs/redaction.md`.
    pub fn new() -> Self {
        Self::default()
    }

    /// Every personal detail in a text, in order; none overlap.
    ///
    /// Digits and letters of other widths, spaces, hyphens and characters without width are read as what they look like.
    /// Where two details overlap, one finding covers both and is of the longer one's kind.
    ///
    /// ```
    /// use canvass::analysis::text::redact::{Kind, Redactor};
    ///
    /// let found = Redactor::new().find("My NHS number is 943\u{a0}476\u{a0}5919.");
    /// assert_eq!(found[0].kind, Kind::NhsNumber);
    /// assert_eq!(found[0].span, 17..31);
    /// ```
    pub fn find(&self, text: &str) -> Vec<Finding> {
        let plain = Plain::of(text);
        let mut found = self.0.find(plain.text());
        name::find(plain.text(), &mut found);
        for finding in &mut found {
            finding.span = plain.original(&finding.span);
        }
        joined(found)
    }

    /// The text with every personal detail replaced by what it is.
    ///
    /// ```
    /// let quote = canvass::analysis::text::redact::Redactor::new().redact("Ring me on 07700 900123 or a.b@example.org");
    /// assert_eq!(quote, "Ring me on [phone number] or [e-mail address]");
    /// ```
    pub fn redact(&self, text: &str) -> String {
        self.replaced(text, |kind| format!("[{}]", kind.label()))
    }

    fn without(&self, text: &str) -> String {
        self.replaced(text, |_| " ".to_string())
    }

    fn replaced(&self, text: &str, with: impl Fn(Kind) -> String) -> String {
        let mut out = String::with_capacity(text.len());
        let mut end = 0;
        for finding in self.find(text) {
            out.push_str(text.get(end..finding.span.start).unwrap_or_default());
            out.push_str(&with(finding.kind));
            end = finding.span.end;
        }
        out.push_str(text.get(end..).unwrap_or_default());
        out
    }
}

/// The findings in order, those that overlap as one.
fn joined(mut found: Vec<Finding>) -> Vec<Finding> {
    found.sort_by(|a, b| (a.span.start, b.span.end, a.kind).cmp(&(b.span.start, a.span.end, b.kind)));
    let mut joined: Vec<Finding> = Vec::with_capacity(found.len());
    for next in found {
        match joined.last_mut() {
            Some(last) if next.span.start < last.span.end => {
                let end = last.span.end.max(next.span.end);
                if next.span.len() > last.span.len() {
                    (last.kind, last.reason) = (next.kind, next.reason);
                }
                last.span.end = end;
            }
            _ => joined.push(next),
        }
    }
    joined
}

#[cfg(test)]
mod tests;
