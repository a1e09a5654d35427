//! What may be a password: long, and not what is tried first (OWASP ASVS 5.0, 6.2). Nothing else is asked of it.

use std::collections::HashSet;
use std::fmt;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

/// Fewest characters.
pub const SHORTEST: usize = 12;
/// Most characters: more would only cost time.
pub const LONGEST: usize = 1000;

/// Passwords that many people have, of which those of `zxcvbn` (MIT licence, Daniel Wolf, after Dan Wheeler and others)
/// are the 3,000 most common and all of [`SHORTEST`] characters or more.
static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// A password that may be set. What is typed to sign in is none: it is compared, whatever it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// Why a text may not be a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordFault {
    /// It has fewer than [`SHORTEST`] characters.
    Short,
    /// It has more than [`LONGEST`] characters.
    Long,
    /// It is among the first that are tried, with or without signs and digits around it, or one part again and again.
    Common,
    /// It is made of the person's name or address, or of this program's name.
    Personal,
}

impl fmt::Display for PasswordFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short => write!(out, "Enter a password of {SHORTEST} characters or more, such as four words"),
            Self::Long => write!(out, "Enter a password of {LONGEST} characters or fewer"),
            Self::Common => out.write_str("Enter a password that is harder to guess: many people have this one"),
            Self::Personal => {
                out.write_str("Enter a password that is not made of your name, your e-mail address or “canvass”")
            }
        }
    }
}

/// A text in the one form in which passwords are compared: the same for each way of typing its letters.
pub fn unified(typed: &str) -> String {
    typed.nfkc().collect()
}

impl Password {
    /// Reads a password of somebody whose name and address are `own`: every character counts, spaces also.
    pub fn read(typed: &str, own: &[&str]) -> Result<Self, PasswordFault> {
        let text = unified(typed);
        match text.chars().count() {
            ..SHORTEST => return Err(PasswordFault::Short),
            SHORTEST..=LONGEST => {}
            _ => return Err(PasswordFault::Long),
        }
        let small = text.to_lowercase();
        let core = small.trim_matches(|c: char| !c.is_alphabetic());
        if [small.as_str(), core].iter().any(|part| COMMON.contains(part)) || repeats(&small) || runs(&small) {
            return Err(PasswordFault::Common);
        }
        let words = own.iter().flat_map(|own| own.split(|c: char| !c.is_alphanumeric()));
        let words: Vec<String> = words.chain(["canvass"]).map(str::to_lowercase).collect();
        // What is left when these words are taken out must itself be something to guess.
        let rest = words
            .iter()
            .filter(|word| word.chars().count() >= 3)
            .fold(small.clone(), |rest, word| rest.replace(word.as_str(), ""));
        if rest.len() < small.len() && rest.chars().filter(|c| c.is_alphabetic()).count() < SHORTEST / 2 {
            return Err(PasswordFault::Personal);
        }
        Ok(Self(text))
    }

    /// The password.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    /// Never the password itself: it must not get into a log.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Password")
    }
}

/// Whether a text is one part of at most a third of it, again and again.
fn repeats(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    (1..=chars.len() / 3).any(|part| chars.iter().zip(chars.iter().skip(part)).all(|(one, other)| one == other))
}

/// Whether each character is the one after or the one before that before it: `abcdefghijkl`, `987654321098`.
fn runs(text: &str) -> bool {
    let codes: Vec<i64> = text.chars().map(|c| i64::from(u32::from(c))).collect();
    let steps: Vec<i64> = codes.iter().zip(codes.iter().skip(1)).map(|(one, next)| next - one).collect();
    let steady = |step: i64| steps.iter().filter(|found| **found == step).count() + 2 >= steps.len();
    steady(1) || steady(-1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(typed: &str) -> Option<PasswordFault> {
        Password::read(typed, &["Ana Lee", "ana.lee@northfield.example"]).err()
    }

    #[test]
    fn long_ones_are_taken_whatever_they_are_made_of() {
        for good in ["correct horse battery", "ünïcödé wörds", "            x            y", "7#kd9!Qx2$pL"] {
            let expected = (good.chars().count() < SHORTEST).then_some(PasswordFault::Short);
            assert_eq!(fault(good), expected, "{good}");
        }
        assert_eq!(fault("four words in a row"), None);
        let long: String = ('a'..='z').cycle().step_by(7).take(LONGEST).collect();
        assert!(long.chars().count() == LONGEST && fault(&format!("{long}x")) == Some(PasswordFault::Long));
    }

    #[test]
    fn what_is_tried_first_is_refused() {
        for common in [
            "1qaz2wsx3edc",
            "counterstrike",
            "CounterStrike",
            "123password123",
            "Password2026!",
            "aaaaaaaaaaaaaaaa",
            "abcabcabcabc",
            "abcdefghijklm",
            "123456789012",
            "!!!sunshine!!!",
        ] {
            assert_eq!(fault(common), Some(PasswordFault::Common), "{common}");
        }
        for personal in ["canvass-2026-11", "Ana.Lee.2026", "northfield-ana-lee", "CanvassCanvass1"] {
            assert_eq!(fault(personal), Some(PasswordFault::Personal), "{personal}");
        }
        assert_eq!(fault("canvass keeps my answers"), None, "one such word among others");
        assert_eq!(fault("elevenchars"), Some(PasswordFault::Short));
    }

    #[test]
    fn one_text_is_one_password_on_every_keyboard() {
        assert_eq!(unified("caf\u{e9}"), unified("cafe\u{301}"));
    }
}
