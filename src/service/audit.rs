//! What staff did, written down as it is done, read, and held against itself.

use super::library::Library;
use super::time::Moment;
use super::{Progress, ServiceError};
use crate::staff::audit::{Act, Entry, Head};
use crate::store::{Conn, StoreError, audit};

/// Who acts at the command line: whoever may read and write the database.
pub const COMMAND_LINE: &str = "command line";

/// Something to write down.
#[derive(Clone, Copy, Debug)]
pub struct Note<'a> {
    /// The address somebody signs in by, or [`COMMAND_LINE`].
    pub who: &'a str,
    /// What they did.
    pub act: Act,
    /// The consultation, if it is of one.
    pub survey: Option<&'a str>,
    /// To what: an account, a file, an idea. Never an answer, a secret or a respondent's address.
    pub subject: &'a str,
}

impl Note<'_> {
    /// Writes it down in the transaction in which it is done.
    pub(super) fn write(&self, conn: &mut Conn, now: Moment) -> Result<(), StoreError> {
        let entry = Entry {
            number: 0,
            at: now.instant(),
            who: self.who.to_string(),
            act: self.act.as_str().to_string(),
            survey: self.survey.map(str::to_string),
            subject: self.subject.to_string(),
        };
        audit::append(conn, entry)
    }
}

/// Writes down what is done elsewhere.
pub fn note(library: &Library, note: &Note<'_>, now: Moment) -> Result<(), ServiceError> {
    library.store.write(|conn| Ok(note.write(conn, now)?))
}

/// The newest entries before the one with this number, newest first: of one consultation, or all there are.
pub fn latest(library: &Library, survey: Option<&str>, before: i64, most: u32) -> Result<Vec<Entry>, ServiceError> {
    Ok(library.store.read(|conn| audit::latest(conn, survey, before, i64::from(most)))?)
}

/// How far the record reaches: to keep elsewhere, such as in a mail or on paper.
pub fn head(library: &Library) -> Result<Head, ServiceError> {
    Ok(library.store.read(audit::head)?)
}

/// Holds every entry against the one before it, and the record against a head that was kept elsewhere.
///
/// # Errors
///
/// `Refused` says which entry is not as it was written, is not there, or that the record ends before `kept`.
pub fn verify(library: &Library, kept: Option<&Head>, progress: &Progress) -> Result<Head, ServiceError> {
    let refused = |why: String| {
        ServiceError::Refused(format!(
            "{why}: put the database back from a backup of before, and ask who could write it"
        ))
    };
    let whole = library.store.read(|conn| {
        let last = audit::head(conn)?.number.max(1);
        let mut head = Head::beginning();
        let mut was_there = kept.is_none_or(|kept| *kept == head);
        audit::for_each(conn, |entry, hash| {
            head = head.after(&entry, &hash).map_err(refused)?;
            was_there |= kept == Some(&head);
            progress("Entries", head.number as f64 / last as f64);
            Ok::<_, ServiceError>(())
        })?;
        Ok::<_, ServiceError>((head, was_there))
    });
    match (whole?, kept) {
        ((head, false), Some(kept)) if head.number < kept.number => {
            Err(refused(format!("the record ends with entry {}, and it once reached to {}", head.number, kept.number)))
        }
        ((_, false), Some(kept)) => Err(refused(format!("entry {} is not the one that was kept", kept.number))),
        ((head, _), _) => Ok(head),
    }
}
