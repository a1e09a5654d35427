//! What somebody signs in with besides a password: codes of an app that change every 30 seconds (RFC 6238), and codes on
//! paper for when the app is lost.

use qrcodegen::{QrCode, QrCodeEcc};
use sha2::{Digest, Sha256};
use totp_rs::{Builder, Totp};

use crate::response::code::Token;
use crate::response::invitation::Key;

/// Bytes of a secret: as many as RFC 4226 advises.
const SECRET: usize = 20;
/// Codes on paper that are given at once.
pub const RECOVERY_CODES: usize = 8;

/// What an app and the server both have, and make codes of.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; SECRET]);

impl Secret {
    /// The secret that a set-up link leads to: the same each time that its page is looked at, so that looking stores nothing.
    pub fn of_link(link: &Token) -> Self {
        let digest = Sha256::digest(format!("second factor:{}", link.as_str()).as_bytes());
        let mut bytes = [0; SECRET];
        bytes.iter_mut().zip(digest.iter()).for_each(|(byte, hashed)| *byte = *hashed);
        Self(bytes)
    }

    /// To store it: nobody reads it without the server's key. `once` is text that no other secret is sealed with.
    pub fn sealed(&self, key: &Key, once: &str) -> String {
        let masked: [u8; SECRET] = self.masked(key, once);
        format!("{once}:{}", crate::document::hex(&masked))
    }

    /// The secret as it was stored; `None` where that is damaged. Another key gives another secret, whose codes are wrong.
    pub fn unsealed(key: &Key, stored: &str) -> Option<Self> {
        let (once, digits) = stored.split_once(':')?;
        let byte = |at: usize| u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok();
        let bytes: Vec<u8> = (0..SECRET).map(byte).collect::<Option<_>>()?;
        Some(Self(Self(bytes.try_into().ok()?).masked(key, once)))
    }

    fn masked(&self, key: &Key, once: &str) -> [u8; SECRET] {
        let mut bytes = self.0;
        bytes.iter_mut().zip(key.pad("second factor", once)).for_each(|(byte, pad)| *byte ^= pad);
        bytes
    }

    /// To type it into an app that cannot read the picture: in groups of four.
    pub fn typed(&self) -> String {
        let letters = totp_rs::Secret::from(self.0.to_vec()).to_base32();
        let letters: Vec<char> = letters.trim_end_matches('=').chars().collect();
        letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join(" ")
    }

    /// What apps take it from, of the account with this address: the form that all of them read.
    pub fn uri(&self, email: &str) -> String {
        let letters = self.typed().replace(' ', "");
        format!("otpauth://totp/Canvass:{}?secret={letters}&issuer=Canvass", percent_encoded(email))
    }

    /// The same as a picture for cameras; `None` for an address that is too long for one.
    pub fn picture(&self, email: &str) -> Option<Picture> {
        QrCode::encode_text(&self.uri(email), QrCodeEcc::Medium).ok().map(Picture)
    }

    /// The step, counted in 30 seconds since 1970, that a code is of: this one, the one before or the one after, for clocks
    /// that are not quite right. Each step is to be taken once.
    pub fn step(&self, code: &str, seconds: i64) -> Option<i64> {
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let step = self.totp()?.check(&digits, u64::try_from(seconds).ok()?)?;
        i64::try_from(step).ok()
    }

    /// The code that is new at a moment, as an app shows it.
    pub fn code(&self, seconds: i64) -> Option<String> {
        Some(self.totp()?.generate(u64::try_from(seconds).ok()?).to_string())
    }

    fn totp(&self) -> Option<Totp> {
        // SHA-1, six digits, 30 seconds and one step to either side are its defaults, and what every app knows.
        Builder::new().with_secret(self.0.to_vec()).build().ok()
    }
}

impl std::fmt::Debug for Secret {
    /// Never the secret itself: it must not get into a log.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Secret")
    }
}

/// Squares, dark and light.
pub struct Picture(QrCode);

impl Picture {
    /// Squares that must stay light around it.
    pub const MARGIN: i32 = 4;

    /// Squares on each side, with the margin.
    pub fn size(&self) -> i32 {
        self.0.size() + 2 * Self::MARGIN
    }

    /// The dark squares as the `d` of an SVG path, in units of one square.
    pub fn path(&self) -> String {
        let side = 0..self.0.size();
        let squares = side.clone().flat_map(|y| side.clone().map(move |x| (x, y)));
        let dark = squares.filter(|(x, y)| self.0.get_module(*x, *y));
        let square = |(x, y): (i32, i32)| format!("M{},{}h1v1h-1z", x + Self::MARGIN, y + Self::MARGIN);
        dark.map(square).collect::<Vec<_>>().concat()
    }
}

fn percent_encoded(text: &str) -> String {
    let kept = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    let encode = |byte: u8| if kept(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: Key = Key::from_bytes([7; 32]);

    #[test]
    fn codes_are_those_of_rfc_6238() {
        let secret = Secret(*b"12345678901234567890");
        // Appendix B, SHA-1, the last six of its eight digits.
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(secret.code(seconds).unwrap(), code);
            assert_eq!(secret.step(code, seconds), Some(seconds / 30));
            assert_eq!(secret.step(&format!(" {} {}", &code[..3], &code[3..]), seconds + 30), Some(seconds / 30));
            assert_eq!(secret.step(code, seconds + 90), None);
        }
        for wrong in ["", "28708", "2870822", "287o82", "\u{0662}87082", "+87082", "-87082", "287 083"] {
            assert_eq!(secret.step(wrong, 59), None, "{wrong}");
        }
        assert_eq!(secret.typed(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert!(
            secret.uri("a+b@example.org").starts_with("otpauth://totp/Canvass:a%2Bb%40example.org?secret=GEZDGNBV")
        );
    }

    #[test]
    fn a_secret_is_read_with_the_key_it_was_sealed_with_alone() {
        let secret = Secret::of_link(&Token::from_random([3; 26]));
        let stored = secret.sealed(&KEY, "abc");
        assert!(Secret::unsealed(&KEY, &stored).as_ref() == Some(&secret));
        assert!(Secret::unsealed(&Key::from_bytes([8; 32]), &stored).as_ref() != Some(&secret));
        assert!(!stored.contains(&crate::document::hex(&secret.0)) && stored != secret.sealed(&KEY, "abd"));
        for damaged in ["", "abc", "abc:", "abc:12", "abc:zz"] {
            assert!(Secret::unsealed(&KEY, damaged).is_none());
        }
    }

    #[test]
    fn the_picture_has_the_three_corners_of_every_such_picture() {
        let picture = Secret::of_link(&Token::from_random([3; 26])).picture("ana@example.org").unwrap();
        let last = picture.size() - Picture::MARGIN - 1;
        for (x, y) in [(4, 4), (last, 4), (4, last)] {
            assert!(picture.path().contains(&format!("M{x},{y}h1v1h-1z")), "{x} {y}");
        }
    }
}
