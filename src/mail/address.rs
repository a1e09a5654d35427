//! E-mail addresses, read once and passed on as a type: of one person, and of the sender.

use lettre::message::Mailbox;
use validator::ValidateEmail;

use super::is_one_line;

/// The address of one person. It has no way to be printed, so that it stands in no log.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(pub(super) lettre::Address);

impl Address {
    /// The address, if that is what was written; spaces around it are left out.
    ///
    /// Refused are line breaks of any kind, and `%`, which some servers take for a second address.
    pub fn read(written: &str) -> Option<Self> {
        let written = written.trim_matches([' ', '\t', '\u{a0}']);
        if !is_one_line(written) || written.contains(char::is_whitespace) || written.contains('%') {
            return None;
        }
        if !written.validate_email() {
            return None;
        }
        written.parse().ok().map(Self)
    }

    /// The part after the `@`, in small letters.
    pub fn domain(&self) -> String {
        self.0.domain().to_lowercase()
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        self.0.as_ref()
    }
}

/// Whom mail comes from: an address alone, or a name and an address in angle brackets.
pub(super) fn sender(written: &str) -> Option<Mailbox> {
    let written = written.trim();
    if !is_one_line(written) {
        return None;
    }
    let mailbox: Mailbox = written.parse().ok()?;
    let address: &str = mailbox.email.as_ref();
    (address.is_ascii() && Address::read(address).is_some()).then_some(mailbox)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What begins a line, or looks like it, in some program.
    const BREAKS: [&str; 16] = [
        "\r\n", "\n", "\r", "\0", "\u{b}", "\u{c}", "\u{1c}", "\u{1d}", "\u{1e}", "\u{85}", "\u{2028}", "\u{2029}",
        "%0d%0a", "%0A", "\u{202e}", "\u{2066}",
    ];

    #[test]
    fn addresses_are_read_as_people_write_them() {
        for (written, read) in [
            ("sam@example.org", "sam@example.org"),
            ("  sam@example.org\t", "sam@example.org"),
            ("Sam.O'Neill+tag@Wales.NHS.UK", "Sam.O'Neill+tag@Wales.NHS.UK"),
        ] {
            assert_eq!(Address::read(written).expect(written).as_str(), read);
        }
        assert_eq!(Address::read("Sam@Wales.NHS.UK").unwrap().domain(), "wales.nhs.uk");
        for written in ["", "sam", "sam@", "@example.org", "sam@example.org, eve@example.org", "Sam <sam@example.org>"]
        {
            assert!(Address::read(written).is_none(), "{written}");
        }
    }

    #[test]
    fn nothing_that_breaks_a_line_is_an_address_or_a_sender() {
        for broken in BREAKS {
            for written in [
                format!("sam@example.org{broken}"),
                format!("{broken}sam@example.org"),
                format!("sam@example.org{broken}Bcc: eve@example.org"),
                format!("sam{broken}@example.org"),
                format!("sam@example{broken}.org"),
                format!("\"sam{broken}\"@example.org"),
            ] {
                assert!(Address::read(&written).is_none(), "{written:?}");
            }
            let name = format!("Consultations{broken}Bcc: eve@example.org <consult@example.org>");
            assert!(broken.starts_with('%') || sender(&name).is_none(), "{name:?}");
            assert!(broken.starts_with('%') || !is_one_line(&format!("Subject{broken}Bcc: eve@example.org")));
        }
    }

    #[test]
    fn a_sender_has_a_name_or_none() {
        for written in ["consult@example.org", "Consultations <consult@example.org>", "Ymgynghoriad Tŷ <c@example.org>"]
        {
            assert!(sender(written).is_some(), "{written}");
        }
        for written in ["", "Consultations", "a@example.org, b@example.org", "Tŷ <tŷ@example.org>"] {
            assert!(sender(written).is_none(), "{written}");
        }
    }
}
