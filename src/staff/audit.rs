//! The record of what staff did: each entry holds a hash over the one before it, so that none can be changed, left out or
//! put between others without every later hash being wrong.

use sha2::{Digest, Sha256};

use crate::document::hex;

/// What stands before the first entry.
pub const BEGINNING: &str = "canvass";

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Somebody signed in.
    SignedIn,
    /// A code on paper was used to sign in.
    RecoveryUsed,
    /// An address, password or code was wrong; the subject is the account, if there is one.
    SignInRefused,
    /// Somebody signed out.
    SignedOut,
    /// An account was made.
    AccountAdded,
    /// Its owner set a password and a second factor.
    AccountSetUp,
    /// It may be set up anew; its sessions ended.
    AccountReset,
    /// Nobody signs in to it any more.
    AccountDisabled,
    /// Its owner signs in again.
    AccountEnabled,
    /// Somebody changed their own password.
    PasswordChanged,
    /// Somebody made new codes on paper.
    RecoveryRenewed,
    /// Somebody was given a role.
    RoleGiven,
    /// A role was taken from somebody.
    RoleTaken,
    /// Somebody asked for what their roles do not let them see or do.
    Refused,
    /// A file was taken away.
    Downloaded,
    /// An idea or a comment was shown, hidden or put together with another.
    Moderated,
    /// Part of the answers was looked at, or a look at them was given a name or lost it.
    Viewed,
    /// A working definition was begun or changed, or who may publish it.
    Designed,
    /// A link to look at a working definition was made or ended.
    Shared,
    /// A working definition was published.
    Published,
    /// A consultation was closed.
    Closed,
    /// Answers were sorted into themes; the entry of the record of that question says how.
    Coded,
    /// An answer was looked through before it is quoted, or it was said when answers are.
    Redacted,
    /// The list of people was changed, a mail written, queued, stopped or tried again; the subject says which.
    Mailed,
    /// The command line changed something, or took something away; the subject is the command.
    Command,
}

impl Act {
    /// Everything that is written down.
    pub const ALL: [Self; 25] = [
        Self::SignedIn,
        Self::RecoveryUsed,
        Self::SignInRefused,
        Self::SignedOut,
        Self::AccountAdded,
        Self::AccountSetUp,
        Self::AccountReset,
        Self::AccountDisabled,
        Self::AccountEnabled,
        Self::PasswordChanged,
        Self::RecoveryRenewed,
        Self::RoleGiven,
        Self::RoleTaken,
        Self::Refused,
        Self::Downloaded,
        Self::Moderated,
        Self::Viewed,
        Self::Designed,
        Self::Shared,
        Self::Published,
        Self::Closed,
        Self::Coded,
        Self::Redacted,
        Self::Mailed,
        Self::Command,
    ];

    /// The act of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.as_str() == word)
    }

    /// What pages call it.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::SignedIn => "Signed in",
            Self::RecoveryUsed => "Signed in with a code on paper",
            Self::SignInRefused => "Wrong sign-in",
            Self::SignedOut => "Signed out",
            Self::AccountAdded => "Made an account",
            Self::AccountSetUp => "Set the account up",
            Self::AccountReset => "Made a link to set an account up anew",
            Self::AccountDisabled => "Disabled an account",
            Self::AccountEnabled => "Enabled an account",
            Self::PasswordChanged => "Changed the password",
            Self::RecoveryRenewed => "Made new codes on paper",
            Self::RoleGiven => "Gave a role",
            Self::RoleTaken => "Took a role away",
            Self::Refused => "Asked for what no role allows",
            Self::Downloaded => "Took a file away",
            Self::Moderated => "Looked after an idea",
            Self::Viewed => "Looked at part of the answers",
            Self::Designed => "Changed a working definition",
            Self::Shared => "Made or ended a link to a preview",
            Self::Published => "Published",
            Self::Closed => "Closed the consultation",
            Self::Coded => "Sorted answers into themes",
            Self::Redacted => "Looked an answer through before it is quoted",
            Self::Mailed => "Looked after invitations",
            Self::Command => "Ran a command",
        }
    }

    /// Its word, as it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignedIn => "signed-in",
            Self::RecoveryUsed => "recovery-used",
            Self::SignInRefused => "sign-in-refused",
            Self::SignedOut => "signed-out",
            Self::AccountAdded => "account-added",
            Self::AccountSetUp => "account-set-up",
            Self::AccountReset => "account-reset",
            Self::AccountDisabled => "account-disabled",
            Self::AccountEnabled => "account-enabled",
            Self::PasswordChanged => "password-changed",
            Self::RecoveryRenewed => "recovery-renewed",
            Self::RoleGiven => "role-given",
            Self::RoleTaken => "role-taken",
            Self::Refused => "refused",
            Self::Downloaded => "downloaded",
            Self::Moderated => "moderated",
            Self::Viewed => "viewed",
            Self::Designed => "designed",
            Self::Shared => "shared",
            Self::Published => "published",
            Self::Closed => "closed",
            Self::Coded => "coded",
            Self::Redacted => "redacted",
            Self::Mailed => "mailed",
            Self::Command => "command",
        }
    }
}

/// What was done, by whom, when and to what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Counted from 1, without gaps.
    pub number: i64,
    /// The moment, `YYYY-MM-DDTHH:MM:SSZ`.
    pub at: String,
    /// The address somebody signs in by, or who acts without an account.
    pub who: String,
    /// [`Act::as_str`].
    pub act: String,
    /// The consultation that it is of, if it is of one.
    pub survey: Option<String>,
    /// What it was done to: an account, a file, an idea.
    pub subject: String,
}

impl Entry {
    /// SHA-256, as 64 hexadecimal digits, over the hash before it and the fields in this order, each after its length in
    /// bytes; a consultation that is not there has no length.
    pub fn hash(&self, before: &str) -> String {
        let mut text = format!("{before}\n{}\n", self.number);
        let survey = self.survey.as_deref();
        for field in [Some(self.at.as_str()), Some(&self.who), Some(&self.act), survey, Some(&self.subject)] {
            text += &field.map_or_else(|| "-\n".to_string(), |field| format!("{}:{field}\n", field.len()));
        }
        hex(&Sha256::digest(text.as_bytes()))
    }
}

/// How far a record reaches: what to keep elsewhere, to know later that its end was not cut off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many entries there are.
    pub number: i64,
    /// The last one's hash.
    pub hash: String,
}

impl Head {
    /// Before the first entry.
    pub fn beginning() -> Self {
        Self { number: 0, hash: BEGINNING.to_string() }
    }

    /// Reads one as it is printed: `12:5f…`.
    pub fn read(text: &str) -> Option<Self> {
        let (number, hash) = text.trim().split_once(':')?;
        Some(Self { number: number.parse().ok().filter(|number| *number >= 0)?, hash: hash.to_string() })
    }

    /// The head after one more entry; an error says what is wrong with it.
    pub fn after(&self, entry: &Entry, hash: &str) -> Result<Self, String> {
        if entry.number != self.number + 1 {
            return Err(format!(
                "entry {} is not there: after {} comes {}",
                self.number + 1,
                self.number,
                entry.number
            ));
        }
        if entry.hash(&self.hash) != hash {
            return Err(format!("entry {} is not as it was written, or the one before it is not", entry.number));
        }
        Ok(Self { number: entry.number, hash: hash.to_string() })
    }
}

impl std::fmt::Display for Head {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}:{}", self.number, self.hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Vec<(Entry, String)> {
        let mut head = Head::beginning();
        (1..=5)
            .map(|number| {
                let entry = Entry {
                    number,
                    at: format!("2026-11-23T10:00:0{number}Z"),
                    who: "ana@example.org".to_string(),
                    act: Act::Downloaded.as_str().to_string(),
                    survey: (number % 2 == 0).then(|| "w20".to_string()),
                    subject: format!("file {number}"),
                };
                let hash = entry.hash(&head.hash);
                head = head.after(&entry, &hash).unwrap();
                (entry, hash)
            })
            .collect()
    }

    fn verify(record: &[(Entry, String)]) -> Result<Head, String> {
        record.iter().try_fold(Head::beginning(), |head, (entry, hash)| head.after(entry, hash))
    }

    #[test]
    fn every_change_of_a_record_is_noticed() {
        let whole = record();
        let head = verify(&whole).unwrap();
        assert_eq!(Head::read(&head.to_string()), Some(head.clone()));
        for at in 0..whole.len() {
            let changed = |change: &dyn Fn(&mut Entry)| {
                let mut copy = whole.clone();
                change(&mut copy[at].0);
                verify(&copy)
            };
            assert!(changed(&|entry| entry.at = "2026-11-23T10:00:09Z".into()).is_err());
            assert!(changed(&|entry| entry.who.push('x')).is_err());
            assert!(changed(&|entry| entry.act = "signed-in".into()).is_err());
            assert!(changed(&|entry| entry.survey = Some(String::new())).is_err());
            assert!(changed(&|entry| entry.subject = "file".into()).is_err());
            assert!(changed(&|entry| entry.number += 1).is_err());
            let mut without = whole.clone();
            without.remove(at);
            // Cutting off the end leaves a record that is right in itself: the head that was kept elsewhere tells.
            let is_last = at + 1 == whole.len();
            assert_eq!(verify(&without).is_ok(), is_last);
            assert!(!is_last || verify(&without).unwrap() != head);
            let mut hash = whole.clone();
            hash[at].1 = "0".repeat(64);
            assert!(verify(&hash).is_err());
        }
        let mut swapped = whole.clone();
        swapped.swap(1, 2);
        assert!(verify(&swapped).is_err());
    }

    #[test]
    fn an_act_is_read_as_it_is_written() {
        assert!(Act::ALL.into_iter().all(|act| Act::of_word(act.as_str()) == Some(act)));
    }

    #[test]
    fn no_two_entries_have_one_text() {
        let entry = |who: &str, subject: &str| Entry {
            number: 1,
            at: String::new(),
            who: who.to_string(),
            act: String::new(),
            survey: None,
            subject: subject.to_string(),
        };
        assert_ne!(entry("a\n0:\n", "").hash(""), entry("a", "0:\n").hash(""));
        assert_ne!(entry("ab", "c").hash(""), entry("a", "bc").hash(""));
    }
}
