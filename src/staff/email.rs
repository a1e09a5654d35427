//! The address by which somebody signs in.

use unicode_normalization::UnicodeNormalization;
use validator::ValidateEmail;

/// Most characters of an address (RFC 5321, 4.5.3.1.3).
const LONGEST: usize = 254;

/// An e-mail address as accounts are known by: in small letters, without space around it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Email(String);

impl Email {
    /// Reads an address; `None` if it is none.
    pub fn read(typed: &str) -> Option<Self> {
        let text: String = typed.trim().nfc().flat_map(char::to_lowercase).collect();
        let is_address =
            text.chars().count() <= LONGEST && !text.chars().any(char::is_control) && text.validate_email();
        is_address.then_some(Self(text))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Email {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_is_one_however_it_is_typed() {
        assert_eq!(Email::read(" Ana.Lee@Example.ORG "), Email::read("ana.lee@example.org"));
        for wrong in ["", "ana", "ana@", "a b@example.org", "ana@example.org\r\nBcc: x@example.org", &"a".repeat(300)] {
            assert_eq!(Email::read(wrong), None, "{wrong}");
        }
    }
}
