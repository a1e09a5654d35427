//! Responses: stored once, never changed, under random ids that tell neither order nor person.

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::schema::response;
use super::survey::Mode;
use super::{Conn, StoreError, each_backend, id, text_vector};

/// Rows in one statement: past this the gain is small and the number of parameters grows.
const BATCH: usize = 256;
/// Rows in memory at once while reading all.
const PAGE: i64 = 512;

/// A stored response.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Response {
    /// The survey.
    pub survey_id: String,
    /// Random: the order of ids is no order of arrival.
    pub id: String,
    /// The version that was answered: the one it was finished on.
    pub version: i32,
    /// The key by which a second submission of the same form is known.
    pub idem: String,
    /// The hash of the receipt, if the respondent got one.
    pub receipt_hash: Option<String>,
    /// How it came.
    #[diesel(deserialize_as = String)]
    pub mode: Mode,
    /// The answers, as JSON.
    pub answers: String,
    /// The day on which it was submitted.
    pub submitted_on: String,
    /// The version that it was begun on, if that is another one than it was finished on.
    pub started_version: Option<i32>,
}

/// A response to store.
#[derive(Clone, Copy)]
pub struct NewResponse<'a> {
    /// The survey.
    pub survey_id: &'a str,
    /// The version that was answered.
    pub version: i32,
    /// The key by which a second submission of the same form is known.
    pub idem: &'a str,
    /// The hash of the receipt, if the respondent gets one.
    pub receipt_hash: Option<&'a str>,
    /// How it comes.
    pub mode: Mode,
    /// The answers, as JSON.
    pub answers: &'a str,
    /// Today.
    pub submitted_on: &'a str,
    /// The version that it was begun on, if that is another one.
    pub started_version: Option<i32>,
}

/// What submitting did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Submitted {
    /// The response is stored.
    Now,
    /// It was stored before, as this row; nothing changed, even if the answers differ.
    AlreadySubmitted(Response),
}

/// Stores a response, once for each survey and `idem`.
///
/// # Errors
///
/// `Conflict` if another response has the receipt or the version does not exist.
pub fn submit(conn: &mut Conn, new: &NewResponse) -> Result<Submitted, StoreError> {
    if insert(conn, std::slice::from_ref(new))? == 1 {
        return Ok(Submitted::Now);
    }
    find_by_idem(conn, new.survey_id, new.idem)?
        .map(Submitted::AlreadySubmitted)
        .ok_or_else(|| StoreError::Conflict("another response has this receipt".to_owned()))
}

/// Stores many responses, leaving out those whose `idem` or receipt the survey has; says how many
/// were new.
pub fn insert_many(conn: &mut Conn, new: &[NewResponse]) -> Result<usize, StoreError> {
    new.chunks(BATCH).map(|batch| insert(conn, batch)).sum()
}

fn insert(conn: &mut Conn, new: &[NewResponse]) -> Result<usize, StoreError> {
    let rows = new
        .iter()
        .map(|new| {
            Ok((
                response::survey_id.eq(new.survey_id),
                response::id.eq(id::random()?),
                response::version.eq(new.version),
                response::idem.eq(new.idem),
                response::receipt_hash.eq(new.receipt_hash),
                response::mode.eq(new.mode.as_str()),
                response::answers.eq(new.answers),
                response::submitted_on.eq(new.submitted_on),
                response::started_version.eq(new.started_version),
            ))
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    Ok(each_backend!(conn, c => diesel::insert_into(response::table)
        .values(rows)
        // Of two at once, Postgres would refuse the later one by whichever of its keys it meets first.
        .on_conflict_do_nothing()
        .execute(c))?)
}

/// The response that was submitted with this key, if there is one.
pub fn find_by_idem(conn: &mut Conn, survey_id: &str, idem: &str) -> Result<Option<Response>, StoreError> {
    Ok(response::table
        .filter(response::survey_id.eq(survey_id))
        .filter(response::idem.eq(idem))
        .first(conn)
        .optional()?)
}

/// The response whose receipt has this hash, if there is one.
pub fn find_by_receipt(conn: &mut Conn, survey_id: &str, receipt_hash: &str) -> Result<Option<Response>, StoreError> {
    Ok(response::table
        .filter(response::survey_id.eq(survey_id))
        .filter(response::receipt_hash.eq(receipt_hash))
        .first(conn)
        .optional()?)
}

/// Puts changed answers in the place of those that were sent; the day stays, for a later one would tell who came back.
pub fn replace(
    conn: &mut Conn,
    survey_id: &str,
    receipt_hash: &str,
    version: i32,
    answers: &str,
) -> Result<(), StoreError> {
    let sent = response::table
        .filter(response::survey_id.eq(survey_id))
        .filter(response::receipt_hash.eq(receipt_hash))
        .filter(response::mode.ne(Mode::Withdrawn.as_str()));
    let changed =
        diesel::update(sent).set((response::version.eq(version), response::answers.eq(answers))).execute(conn)?;
    if changed == 0 {
        return Err(StoreError::NotFound("such response".to_owned()));
    }
    text_vector::delete_all(conn, survey_id)
}

/// Takes a response back: its answers are gone. Its keys stay, so that a late copy of the sending does not bring it back.
pub fn withdraw(conn: &mut Conn, survey_id: &str, receipt_hash: &str) -> Result<(), StoreError> {
    let sent =
        response::table.filter(response::survey_id.eq(survey_id)).filter(response::receipt_hash.eq(receipt_hash));
    diesel::update(sent)
        .set((response::mode.eq(Mode::Withdrawn.as_str()), response::answers.eq("{}")))
        .execute(conn)?;
    text_vector::delete_all(conn, survey_id)
}

/// How many responses of a survey were withdrawn.
pub fn withdrawn(conn: &mut Conn, survey_id: &str) -> Result<i64, StoreError> {
    let rows =
        response::table.filter(response::survey_id.eq(survey_id)).filter(response::mode.eq(Mode::Withdrawn.as_str()));
    Ok(rows.count().get_result(conn)?)
}

/// How many responses of a survey are stored, those that were withdrawn among them.
pub fn count_all(conn: &mut Conn, survey_id: &str) -> Result<i64, StoreError> {
    Ok(response::table.filter(response::survey_id.eq(survey_id)).select(count_star()).first(conn)?)
}

/// Deletes all responses of a survey.
pub fn delete_all(conn: &mut Conn, survey_id: &str) -> Result<usize, StoreError> {
    text_vector::delete_all(conn, survey_id)?;
    Ok(diesel::delete(response::table.filter(response::survey_id.eq(survey_id))).execute(conn)?)
}

/// Hands every response of a survey that was not withdrawn to `each`, by id; stops at its first error.
///
/// The order is the same each time, but ids are random: nothing may depend on it.
pub fn for_each<E: From<StoreError>>(
    conn: &mut Conn,
    survey_id: &str,
    mut each: impl FnMut(Response) -> Result<(), E>,
) -> Result<(), E> {
    for_each_page(conn, survey_id, |page| page.into_iter().try_for_each(&mut each))
}

/// The same, in pages of at most 512, which are all that is in memory.
pub fn for_each_page<E: From<StoreError>>(
    conn: &mut Conn,
    survey_id: &str,
    mut each: impl FnMut(Vec<Response>) -> Result<(), E>,
) -> Result<(), E> {
    let mut after = String::new();
    loop {
        let page = page(conn, survey_id, &after, PAGE)?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after.clone_from(&last.id);
        each(page)?;
    }
}

/// At most `most` responses of a survey that were not withdrawn, by id, from the first whose id stands behind `after`.
pub fn page(conn: &mut Conn, survey_id: &str, after: &str, most: i64) -> Result<Vec<Response>, StoreError> {
    Ok(response::table
        .filter(response::survey_id.eq(survey_id))
        .filter(response::mode.ne(Mode::Withdrawn.as_str()))
        .filter(response::id.gt(after))
        .order(response::id)
        .limit(most)
        .load(conn)?)
}

/// The versions of a survey that responses answered, from the first.
pub fn versions(conn: &mut Conn, survey_id: &str) -> Result<Vec<i32>, StoreError> {
    Ok(response::table
        .filter(response::survey_id.eq(survey_id))
        .filter(response::mode.ne(Mode::Withdrawn.as_str()))
        .select(response::version)
        .distinct()
        .order(response::version)
        .load(conn)?)
}

/// The number of responses of a survey by mode; a mode without any is left out.
pub fn counts(conn: &mut Conn, survey_id: &str) -> Result<Vec<(Mode, i64)>, StoreError> {
    let mut counts = response::table
        .filter(response::survey_id.eq(survey_id))
        .filter(response::mode.ne(Mode::Withdrawn.as_str()))
        .group_by(response::mode)
        .select((response::mode, count_star()))
        .load::<(String, i64)>(conn)?
        .into_iter()
        .map(|(word, n)| match Mode::try_from(word) {
            Ok(mode) => Ok((mode, n)),
            Err(unknown) => Err(diesel::result::Error::DeserializationError(unknown.into())),
        })
        .collect::<Result<Vec<_>, _>>()?;
    counts.sort();
    Ok(counts)
}

/// The number of responses by the day on which they were sent, the first day first; those that were not sent, and those that
/// were withdrawn, are left out.
pub fn by_day(conn: &mut Conn, survey_id: &str) -> Result<Vec<(String, i64)>, StoreError> {
    let others = [Mode::Withdrawn.as_str(), Mode::Unfinished.as_str()];
    Ok(response::table
        .filter(response::survey_id.eq(survey_id))
        .filter(response::mode.ne_all(others))
        .group_by(response::submitted_on)
        .select((response::submitted_on, count_star()))
        .order(response::submitted_on)
        .load(conn)?)
}
