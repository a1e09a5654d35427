//! The people who are invited to a survey by mail. Nothing here or in a response joins one to the other: an invitation is
//! derived from a person's random id by the server's key, and stored nowhere.

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::schema::person;
use super::{Conn, StoreError, each_backend};

/// Rows in one statement.
const ROWS: usize = 256;

/// Somebody on a list.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Person {
    /// The survey.
    pub survey_id: String,
    /// Random.
    pub id: String,
    /// The address in one form for all its writings; no two people of a survey have one.
    pub known: String,
    /// The address as mail goes to it.
    pub address: String,
    /// What they are called, or nothing.
    pub name: String,
    /// The language to write to them in, or nothing for the survey's own.
    pub language: String,
    /// Why they are mailed no more: `asked`, `bounced` or `staff`.
    pub stopped: Option<String>,
}

/// Stores those whose address is not on the list; says how many.
pub fn add(conn: &mut Conn, people: &[Person]) -> Result<usize, StoreError> {
    let mut stored = 0;
    for people in people.chunks(ROWS) {
        let rows: Vec<_> = people
            .iter()
            .map(|one| {
                (
                    person::survey_id.eq(&one.survey_id),
                    person::id.eq(&one.id),
                    person::known.eq(&one.known),
                    person::address.eq(&one.address),
                    person::name.eq(&one.name),
                    person::language.eq(&one.language),
                    person::stopped.eq(&one.stopped),
                )
            })
            .collect();
        stored += each_backend!(&mut *conn, c => diesel::insert_into(person::table)
            .values(rows)
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(stored)
}

/// The addresses on the list in one form, each with why it is mailed no more, if it is not.
pub fn known(conn: &mut Conn, survey_id: &str) -> Result<Vec<(String, Option<String>)>, StoreError> {
    let all = person::table.filter(person::survey_id.eq(survey_id)).select((person::known, person::stopped));
    Ok(all.load(conn)?)
}

/// Somebody on the list.
pub fn find(conn: &mut Conn, survey_id: &str, id: &str) -> Result<Option<Person>, StoreError> {
    Ok(person::table.find((survey_id, id)).first(conn).optional()?)
}

/// How many people are on the list, and how many of them are mailed no more.
pub fn counts(conn: &mut Conn, survey_id: &str) -> Result<(i64, i64), StoreError> {
    let of = person::table.filter(person::survey_id.eq(survey_id));
    let stopped = of.filter(person::stopped.is_not_null()).select(count_star()).first(conn)?;
    Ok((of.select(count_star()).first(conn)?, stopped))
}

/// Mails somebody no more; false if there is nobody of this id, or they are mailed no more already.
pub fn stop(conn: &mut Conn, survey_id: &str, id: &str, why: &str) -> Result<bool, StoreError> {
    let one = person::table.find((survey_id, id)).filter(person::stopped.is_null());
    Ok(diesel::update(one).set(person::stopped.eq(Some(why))).execute(conn)? == 1)
}

/// The same by address; false if nobody on the list has it.
pub fn stop_address(conn: &mut Conn, survey_id: &str, known: &str, why: &str) -> Result<bool, StoreError> {
    let one = person::table.filter(person::survey_id.eq(survey_id)).filter(person::known.eq(known));
    Ok(diesel::update(one).set(person::stopped.eq(Some(why))).execute(conn)? == 1)
}

/// Mails those again who are mailed no more for this reason; says how many.
pub fn start_again(conn: &mut Conn, survey_id: &str, why: &str) -> Result<usize, StoreError> {
    let those = person::table.filter(person::survey_id.eq(survey_id)).filter(person::stopped.eq(why));
    Ok(diesel::update(those).set(person::stopped.eq(None::<String>)).execute(conn)?)
}

/// Deletes the list of a survey; says how many people were on it.
pub fn delete_all(conn: &mut Conn, survey_id: &str) -> Result<usize, StoreError> {
    Ok(diesel::delete(person::table.filter(person::survey_id.eq(survey_id))).execute(conn)?)
}
