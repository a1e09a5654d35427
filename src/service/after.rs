//! After sending: a respondent sees, changes or withdraws the answers, by the secret of the browser or the receipt's code.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ServiceError;
use super::library::{Door, Library};
use super::time::Moment;
use super::wall::{self, Given};
use crate::definition::{Round, Survey};
use crate::response::code::{Receipt, Token};
use crate::response::{Draft, Record};
use crate::store::response::{self, Response};
use crate::store::survey::Mode;
use crate::store::{Conn, draft};

/// Answers that were sent.
#[derive(Debug)]
pub struct Sent {
    /// The receipt.
    pub receipt: Receipt,
    /// The survey as it was answered, in the language asked for where it has it.
    pub survey: Arc<Survey>,
    /// What was answered; `None` if it was withdrawn.
    pub record: Option<Record>,
    /// The day on which it was sent, `YYYY-MM-DD`.
    pub submitted_on: String,
    /// True while it can be changed or withdrawn.
    pub can_change: bool,
    /// The round that is open to who answered in an earlier one.
    pub next_round: Option<Round>,
    /// The ideas that the person gave, by the wall's question, with what became of them.
    pub ideas: BTreeMap<String, Vec<Given>>,
}

/// The response that belongs to a secret, with its receipt: one sent under it, or the one whose receipt it is.
pub(super) fn held(conn: &mut Conn, id: &str, token: &Token) -> Result<Option<(Response, Receipt)>, ServiceError> {
    if let Some(sent) = response::find_by_idem(conn, id, &token.idempotency_key())? {
        return Ok(Some((sent, token.receipt())));
    }
    let receipt = token.as_receipt();
    Ok(response::find_by_receipt(conn, id, &receipt.hash())?.map(|sent| (sent, receipt)))
}

/// What was sent under a secret; `None` if nothing was.
pub async fn sent(
    library: &Library,
    id: &str,
    token: &Token,
    language: Option<&str>,
    now: Moment,
) -> Result<Option<Sent>, ServiceError> {
    let (id, token, language) = (id.to_string(), token.clone(), language.map(str::to_string));
    let find = move |library: &Library, conn: &mut Conn| {
        let Some((row, receipt)) = held(conn, &id, &token)? else { return Ok(None) };
        let own = library.version_in(conn, &id, row.version, None)?;
        let language = language.as_deref().filter(|language| own.translations.contains_key(*language));
        let survey = library.version_in(conn, &id, row.version, language)?;
        let is_withdrawn = row.mode == Mode::Withdrawn;
        let stored = serde_json::from_str(&row.answers).unwrap_or_default();
        let record = (!is_withdrawn).then(|| Record::from_json(&own, &stored));
        let current = library.recent_in(conn, &id, None, now)?;
        let can_change = !is_withdrawn && current.may_answer(Door::GoOn, now).is_ok();
        let next_round = current.survey.round.clone().filter(|round| can_change && round.number > own.round_number());
        let ideas = wall::given(library, &survey, &receipt, now)?;
        Ok(Some(Sent { receipt, survey, record, submitted_on: row.submitted_on, can_change, next_round, ideas }))
    };
    library.look(find).await
}

/// Opens what was sent for changes, or for the next round where another one is open by now; gives the secret under which they
/// are made. Until they are sent, what was sent counts.
pub fn amend(library: &Library, id: &str, token: &Token, now: Moment) -> Result<Token, ServiceError> {
    library.store.write(|conn| {
        let (row, receipt) = held(conn, id, token)?.ok_or(ServiceError::NoDraft)?;
        let current = library.current_in(conn, id, None)?;
        current.may_answer(Door::GoOn, now)?;
        if row.mode == Mode::Withdrawn {
            return Err(ServiceError::NoDraft);
        }
        let token = receipt.as_token().clone();
        let key = token.draft_key();
        let answered = library.version_in(conn, id, row.version, None)?;
        let returns = current.survey.round_number() > answered.round_number();
        if let Some(begun) = draft::load(conn, id, &key)? {
            let at = library.version_in(conn, id, begun.version, None)?;
            if !returns || at.round_number() == current.survey.round_number() {
                return Ok(token);
            }
            // Changes to an earlier round that were not sent before the next one began.
            draft::delete(conn, id, &key)?;
        }
        let stored = serde_json::from_str(&row.answers).unwrap_or_default();
        let (version, begun) = if returns {
            let earlier = (&*answered, &stored);
            (current.version, Draft::returning(&current.survey, earlier, token.order_seed()))
        } else {
            let record = Record::from_json(&answered, &stored);
            (row.version, Draft::amending(&answered, record, token.order_seed()))
        };
        let new = draft::NewDraft {
            key: &key,
            survey_id: id,
            version,
            mode: row.mode,
            answers: &begun.to_text(),
            started_on: &now.day(),
        };
        draft::start(conn, &new)?;
        Ok(token)
    })
}

/// Takes back what was sent: the answers are deleted, and so are changes that were begun, ideas, votes and comments.
pub fn withdraw(library: &Library, id: &str, token: &Token, now: Moment) -> Result<(), ServiceError> {
    let (survey, receipt) = library.store.write(|conn| {
        let (row, receipt) = held(conn, id, token)?.ok_or(ServiceError::NoDraft)?;
        library.current_in(conn, id, None)?.may_answer(Door::GoOn, now)?;
        take_back(library, conn, id, row.version, &receipt).map(|survey| (survey, receipt))
    })?;
    wall::withdraw(library, &survey, &receipt)
}

/// The same for staff who are asked by letter, also after the close; false if the answers had been withdrawn before.
///
/// What the database's files still tell of them is cleared as far as nobody else is at work in them.
pub fn erase(library: &Library, id: &str, receipt: &Receipt) -> Result<bool, ServiceError> {
    library.current(id, None)?;
    let (survey, was_there) = library.store.write(|conn| {
        let row = response::find_by_receipt(conn, id, &receipt.hash())?.ok_or_else(|| {
            ServiceError::Refused(format!(
                "no answers were sent to {id} under this receipt: check each letter of the code and the consultation's id"
            ))
        })?;
        let survey = take_back(library, conn, id, row.version, receipt)?;
        Ok::<_, ServiceError>((survey, row.mode != Mode::Withdrawn))
    })?;
    // Done again as well: the first time may have been broken off between the two.
    wall::withdraw(library, &survey, receipt)?;
    library.store.empty_log()?;
    Ok(was_there)
}

fn take_back(
    library: &Library,
    conn: &mut Conn,
    id: &str,
    version: i32,
    receipt: &Receipt,
) -> Result<Arc<Survey>, ServiceError> {
    response::withdraw(conn, id, &receipt.hash())?;
    draft::delete(conn, id, &receipt.as_token().draft_key())?;
    library.version_in(conn, id, version, None)
}
