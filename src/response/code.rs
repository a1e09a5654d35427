//! The one secret a respondent holds, and what is derived from it: the draft's key, the receipt, the guard of a form.

use sha2::{Digest, Sha256};

use crate::document::hex;

/// A respondent's secret: 130 random bits as 26 letters and digits that cannot be mistaken for one another.
///
/// Only hashes of it are stored, and the hash that names the draft cannot be turned into the one that names the response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token(String);

/// Crockford's alphabet: no I, L, O or U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 26;

impl Token {
    /// How many letters and digits it has.
    pub(super) const LENGTH: usize = LENGTH;

    /// Makes a token from random bytes.
    pub fn from_random(bytes: [u8; LENGTH]) -> Self {
        Self(letters(&bytes))
    }

    /// Reads a token however it is typed: small letters, spaces, hyphens and dashes, characters that cannot be
    /// seen, O for 0, I or L for 1.
    pub fn read(typed: &str) -> Option<Self> {
        let text = tidied(typed);
        let known = text.len() == LENGTH && text.bytes().all(|byte| ALPHABET.contains(&byte));
        known.then_some(Self(text))
    }

    /// The token itself, for a cookie or a link.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// In groups that can be read aloud: `7KQ2M-…`.
    pub fn grouped(&self) -> String {
        grouped(&self.0)
    }

    /// The key under which the draft is stored.
    pub fn draft_key(&self) -> String {
        self.derived("draft")
    }

    /// What makes sending the same answers twice one response.
    pub fn idempotency_key(&self) -> String {
        self.derived("response")
    }

    /// What makes contact details given twice one contact; it cannot be turned into the keys of draft or response.
    pub fn contact_key(&self) -> String {
        self.derived("contact")
    }

    /// What is stored of a token by which a program reads.
    pub fn api_key(&self) -> String {
        self.derived("api")
    }

    /// What is stored of a link by which others look at a working definition.
    pub fn preview_key(&self) -> String {
        self.derived("preview")
    }

    /// The key under which a session of staff is stored.
    pub fn session_key(&self) -> String {
        self.derived("session")
    }

    /// What is stored of a code that stands in for an app that makes codes.
    pub fn recovery_key(&self) -> String {
        self.derived("recovery")
    }

    /// What the person's order of options is drawn from; it cannot be turned into any of the keys.
    pub fn order_seed(&self) -> String {
        self.derived("order")
    }

    /// The receipt that this secret is, for someone who comes with a receipt code.
    pub fn as_receipt(&self) -> Receipt {
        Receipt(self.clone())
    }

    /// The value that guards the forms of this respondent against forgery.
    pub fn form_guard(&self) -> String {
        self.derived("form")
    }

    /// The receipt: the same for every attempt to send, so that a retry shows the same one.
    pub fn receipt(&self) -> Receipt {
        let digest = Sha256::digest(format!("receipt:{}", self.0).as_bytes());
        let mut bytes = [0; LENGTH];
        bytes.iter_mut().zip(digest.iter()).for_each(|(byte, hashed)| *byte = *hashed);
        Receipt(Self(letters(&bytes)))
    }

    fn derived(&self, purpose: &str) -> String {
        hex(&Sha256::digest(format!("{purpose}:{}", self.0).as_bytes()))
    }
}

/// A receipt code, shown once to the respondent and stored only as a hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt(Token);

impl Receipt {
    /// Reads a receipt however it is typed.
    pub fn read(typed: &str) -> Option<Self> {
        Token::read(typed).map(Self)
    }

    /// The receipt as a secret of its own, under which answers that were sent are changed.
    pub fn as_token(&self) -> &Token {
        &self.0
    }

    /// What is stored.
    pub fn hash(&self) -> String {
        self.0.derived("receipt-hash")
    }

    /// What names the person's ideas on a wall; it cannot be turned into any of the other keys.
    pub fn idea_author(&self, item: &str) -> String {
        self.0.derived(&format!("idea-author:{item}"))
    }

    /// What names the person's votes on a wall.
    pub fn idea_voter(&self, item: &str) -> String {
        self.0.derived(&format!("idea-voter:{item}"))
    }

    /// What names the person's comments on a wall.
    pub fn idea_commenter(&self, item: &str) -> String {
        self.0.derived(&format!("idea-commenter:{item}"))
    }
}

impl std::fmt::Display for Receipt {
    /// In groups that can be read aloud.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0.grouped())
    }
}

/// What was typed as it is meant: small letters, spaces, hyphens, O for 0, I or L for 1.
pub(super) fn tidied(typed: &str) -> String {
    typed
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}'))
        .filter(|c| !matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}' | '\u{feff}'))
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect()
}

/// In groups of five; a single letter at the end stands with those before it.
pub(super) fn grouped(code: &str) -> String {
    let mut text = String::with_capacity(code.len() + code.len() / 5);
    for (index, letter) in code.chars().enumerate() {
        if index > 0 && index % 5 == 0 && index + 1 < code.len() {
            text.push('-');
        }
        text.push(letter);
    }
    text
}

/// The number that a letter of the alphabet stands for; 0 for any other.
pub(super) fn value(letter: u8) -> u8 {
    ALPHABET.iter().position(|known| *known == letter).and_then(|place| u8::try_from(place).ok()).unwrap_or_default()
}

/// The letters of bytes, by the last five bits of each.
pub(super) fn letters(bytes: &[u8]) -> String {
    bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte & 31))).map(|letter| char::from(*letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_however_it_is_typed_and_a_receipt_is_the_same_every_time() {
        let token = Token::from_random(std::array::from_fn(|i| u8::try_from(i * 9).unwrap()));
        let receipt = token.receipt();
        assert_eq!(Receipt::read(&format!(" {} ", receipt.to_string().to_lowercase())), Some(receipt.clone()));
        assert_eq!(receipt, token.receipt());
        assert_eq!(Token::read(token.as_str()), Some(token.clone()));
        assert_eq!(Token::read("too short"), None);
        assert_ne!(token.draft_key(), token.idempotency_key());
    }
}
