//! What is still to be mailed to the people who are invited, and what became of it.
//!
//! A mail is named by the survey, the person and which mail it is, so that queueing twice is queueing once. It is claimed in
//! a transaction of its own before anything is said to a mail server, so that no two programs send it, and a program that
//! dies meanwhile leaves it claimed: nobody then knows whether it was sent, and staff decide.
//!
//! A reminder is queued for everyone who was invited, and only when its turn comes is it asked whether the person has
//! answered. Both then take the same states, so that no row tells who has answered, but for those that the mail server refused
//! or did not answer once it was told the mail itself: they are of people who had not, and staff are not shown whose they are.

use std::collections::HashMap;

use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::schema::{outbox, person};
use super::{Conn, StoreError, each_backend};

/// The mail that invites.
pub const INVITATION: &str = "invitation";
/// What the name of a mail that reminds begins with; its day follows.
pub const REMINDER: &str = "reminder ";

/// A mail to somebody.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Outgoing {
    /// The survey.
    pub survey_id: String,
    /// Who it goes to.
    pub person_id: String,
    /// [`INVITATION`], or [`REMINDER`] with its day.
    pub mail: String,
    /// Where it stands: [`crate::staff::outbox::State::as_str`].
    pub state: String,
    /// How often the server put it off.
    pub tries: i32,
    /// When it is due; of one that is being sent, when it counts as left behind; of one that is over, nothing.
    pub due_at: String,
    /// What the server had against it.
    pub reason: Option<String>,
}

/// Queues the invitation for everyone on the list who has none queued or sent and is mailed; says for how many.
pub fn invite(conn: &mut Conn, survey_id: &str, now: &str) -> Result<usize, StoreError> {
    let sql = "INSERT INTO outbox (survey_id, person_id, mail, state, tries, due_at, reason)
        SELECT survey_id, id, 'invitation', 'waiting', 0, $1, NULL FROM person
        WHERE survey_id = $2 AND stopped IS NULL ON CONFLICT DO NOTHING";
    Ok(each_backend!(conn, c => diesel::sql_query(sql).bind::<Text, _>(now).bind::<Text, _>(survey_id).execute(c))?)
}

/// Queues a reminder for everyone who was sent the invitation and is mailed; says for how many.
pub fn remind(conn: &mut Conn, survey_id: &str, mail: &str, now: &str) -> Result<usize, StoreError> {
    let sql = "INSERT INTO outbox (survey_id, person_id, mail, state, tries, due_at, reason)
        SELECT survey_id, id, $1, 'waiting', 0, $2, NULL FROM person
        WHERE survey_id = $3 AND stopped IS NULL AND EXISTS (SELECT 1 FROM outbox
            WHERE outbox.survey_id = person.survey_id AND person_id = person.id AND mail = 'invitation' AND state = 'sent')
        ON CONFLICT DO NOTHING";
    Ok(each_backend!(conn, c => diesel::sql_query(sql)
        .bind::<Text, _>(mail)
        .bind::<Text, _>(now)
        .bind::<Text, _>(survey_id)
        .execute(c))?)
}

/// How many people are mailed and have no invitation queued or sent.
///
/// `NOT IN` reads each table once; of `NOT EXISTS`, Postgres reads one for each row of the other as long as it has not counted
/// them, which it does a minute after very many were added.
pub fn uninvited(conn: &mut Conn, survey_id: &str) -> Result<i64, StoreError> {
    let invited = outbox::table
        .filter(outbox::survey_id.eq(survey_id))
        .filter(outbox::mail.eq(INVITATION))
        .select(outbox::person_id);
    let left = person::table.filter(person::survey_id.eq(survey_id)).filter(person::stopped.is_null());
    Ok(left.filter(person::id.ne_all(invited)).select(count_star()).first(conn)?)
}

/// How many mails of a survey stand where: the mail, the state, the number.
pub fn counts(conn: &mut Conn, survey_id: &str) -> Result<Vec<(String, String, i64)>, StoreError> {
    let of = outbox::table.filter(outbox::survey_id.eq(survey_id)).group_by((outbox::mail, outbox::state));
    let counted = of.select((outbox::mail, outbox::state, count_star()));
    Ok(counted.order((outbox::mail, outbox::state)).load(conn)?)
}

/// The mail of a survey that is due first.
pub fn due(conn: &mut Conn, survey_id: &str, now: &str) -> Result<Option<Outgoing>, StoreError> {
    let waiting = outbox::table.filter(outbox::survey_id.eq(survey_id)).filter(outbox::state.eq("waiting"));
    let first = waiting.filter(outbox::due_at.le(now)).order((outbox::due_at, outbox::person_id, outbox::mail));
    Ok(first.first(conn).optional()?)
}

/// Claims a mail that waits, to be sent before `until`; false if another program was first.
pub fn claim(conn: &mut Conn, one: &Outgoing, until: &str) -> Result<bool, StoreError> {
    let row = outbox::table.find((&one.survey_id, &one.person_id, &one.mail)).filter(outbox::state.eq("waiting"));
    Ok(diesel::update(row).set((outbox::state.eq("sending"), outbox::due_at.eq(until))).execute(conn)? == 1)
}

/// Takes down what became of a mail that was claimed.
pub fn settle(conn: &mut Conn, one: &Outgoing) -> Result<(), StoreError> {
    let row = outbox::table
        .find((&one.survey_id, &one.person_id, &one.mail))
        .filter(outbox::state.eq_any(["sending", "unsure"]));
    diesel::update(row)
        .set((
            outbox::state.eq(&one.state),
            outbox::tries.eq(one.tries),
            outbox::due_at.eq(&one.due_at),
            outbox::reason.eq(&one.reason),
        ))
        .execute(conn)?;
    Ok(())
}

/// Those that were claimed and left behind may have been sent: says how many there are.
pub fn left_behind(conn: &mut Conn, survey_id: &str, now: &str) -> Result<usize, StoreError> {
    let of = outbox::table.filter(outbox::survey_id.eq(survey_id)).filter(outbox::state.eq("sending"));
    Ok(diesel::update(of.filter(outbox::due_at.le(now))).set(outbox::state.eq("unsure")).execute(conn)?)
}

/// Moves all mails of a survey from one state to another, as if they were new; says how many. They are due then, or over if
/// that is empty.
pub fn restate(conn: &mut Conn, survey_id: &str, from: &str, to: &str, due_at: &str) -> Result<usize, StoreError> {
    let of = outbox::table.filter(outbox::survey_id.eq(survey_id)).filter(outbox::state.eq(from));
    let new = (outbox::state.eq(to), outbox::tries.eq(0), outbox::due_at.eq(due_at), outbox::reason.eq(None::<String>));
    Ok(diesel::update(of).set(new).execute(conn)?)
}

/// Addresses whose invitation is in a state, `most` at most, each with what the server had against it; of reminders, none.
pub fn invited(
    conn: &mut Conn,
    survey_id: &str,
    state: &str,
    most: i64,
) -> Result<Vec<(String, Option<String>)>, StoreError> {
    let of = outbox::table
        .filter(outbox::survey_id.eq(survey_id))
        .filter(outbox::mail.eq(INVITATION))
        .filter(outbox::state.eq(state));
    let first = of.select((outbox::person_id, outbox::reason)).order(outbox::person_id).limit(most);
    let reasons: HashMap<String, Option<String>> = first.load(conn)?.into_iter().collect();
    let people = person::table
        .filter(person::survey_id.eq(survey_id))
        .filter(person::id.eq_any(reasons.keys()))
        .select((person::id, person::address))
        .order(person::known);
    let people: Vec<(String, String)> = people.load(conn)?;
    Ok(people.into_iter().map(|(id, address)| (address, reasons.get(&id).cloned().flatten())).collect())
}

/// Deletes all mails of a survey.
pub fn delete_all(conn: &mut Conn, survey_id: &str) -> Result<usize, StoreError> {
    Ok(diesel::delete(outbox::table.filter(outbox::survey_id.eq(survey_id))).execute(conn)?)
}
