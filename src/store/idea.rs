//! Ideas that people gave on an idea wall, and the votes on them.
//!
//! An idea is read by everyone, so its author may be known to those who read it.
//! `author` and `voter` are hashes of the respondent's receipt under different prefixes: they name one person's ideas
//! and one person's votes within one wall, and lead neither to each other nor to the draft, the response or the contact.
//! Rows carry a day and no time, and are written in transactions of their own, never in one that writes a draft or a
//! response. What a database's own files tell of the order of writes is as with [contacts](super::contact), and
//! [`Store::scrub`](super::Store::scrub) after the close shortens it.

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::schema::{idea, idea_comment, idea_vote};
use super::survey::UnknownWord;
use super::{Conn, StoreError, each_backend, id, text_vector};
use crate::item::ID_PREFIX;

/// Where an idea or a comment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Staff look at it before others see it.
    Waiting,
    /// Others see it.
    Shown,
    /// Staff hid it, for a reason.
    Hidden,
    /// Staff put it together with another that says the same.
    Merged,
    /// Its author took it back.
    Withdrawn,
}

impl State {
    /// The word in the database and in exports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Shown => "shown",
            Self::Hidden => "hidden",
            Self::Merged => "merged",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl TryFrom<String> for State {
    type Error = UnknownWord;

    fn try_from(word: String) -> Result<Self, UnknownWord> {
        let all = [Self::Waiting, Self::Shown, Self::Hidden, Self::Merged, Self::Withdrawn];
        all.into_iter().find(|state| state.as_str() == word).ok_or(UnknownWord(word))
    }
}

/// A stored idea.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Idea {
    /// The survey.
    pub survey_id: String,
    /// Random.
    pub id: String,
    /// The wall: an item of the survey.
    pub item: String,
    /// Names its author's ideas on this wall.
    pub author: String,
    /// What makes giving it twice one idea.
    pub once: String,
    /// What it says.
    pub text: String,
    /// The language of the page that it was written on.
    pub language: String,
    /// Where it stands.
    #[diesel(deserialize_as = String)]
    pub state: State,
    /// Whether staff have looked at it, or need not.
    pub reviewed: bool,
    /// Why it was hidden.
    pub reason: Option<String>,
    /// The idea or the seed that it was put together with.
    pub merged_into: Option<String>,
    /// The day.
    pub given_on: String,
}

/// An idea, or a comment, to store.
#[derive(Clone, Copy)]
pub struct NewIdea<'a> {
    /// The survey.
    pub survey_id: &'a str,
    /// The wall.
    pub item: &'a str,
    /// Names the author's ideas on this wall.
    pub author: &'a str,
    /// What makes giving it twice one idea.
    pub once: &'a str,
    /// What it says.
    pub text: &'a str,
    /// The language of the page that it was written on.
    pub language: &'a str,
    /// Where it stands.
    pub state: State,
    /// Whether staff need not look at it.
    pub reviewed: bool,
    /// Today.
    pub given_on: &'a str,
}

/// How staff change where an idea or a comment stands.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    /// Where it stands then.
    pub state: State,
    /// Why it is hidden.
    pub reason: Option<&'a str>,
    /// What it is put together with.
    pub merged_into: Option<&'a str>,
}

/// Stores an idea, once for each survey and `once`.
pub fn add(conn: &mut Conn, new: &NewIdea<'_>) -> Result<(), StoreError> {
    let row = (
        idea::survey_id.eq(new.survey_id),
        idea::id.eq(format!("{ID_PREFIX}{}", id::random()?)),
        idea::item.eq(new.item),
        idea::author.eq(new.author),
        idea::once.eq(new.once),
        idea::text.eq(new.text),
        idea::language.eq(new.language),
        idea::state.eq(new.state.as_str()),
        idea::reviewed.eq(new.reviewed),
        idea::given_on.eq(new.given_on),
    );
    each_backend!(conn, c => diesel::insert_into(idea::table)
        .values(row)
        .on_conflict((idea::survey_id, idea::once))
        .do_nothing()
        .execute(c))?;
    Ok(())
}

/// The ideas of a wall, by random id.
pub fn all(conn: &mut Conn, survey_id: &str, item: &str) -> Result<Vec<Idea>, StoreError> {
    Ok(idea::table.filter(idea::survey_id.eq(survey_id)).filter(idea::item.eq(item)).order(idea::id).load(conn)?)
}

/// One person's ideas on a wall that were not taken back, the oldest day first.
pub fn of_author(conn: &mut Conn, survey_id: &str, item: &str, author: &str) -> Result<Vec<Idea>, StoreError> {
    Ok(idea::table
        .filter(idea::survey_id.eq(survey_id))
        .filter(idea::item.eq(item))
        .filter(idea::author.eq(author))
        .filter(idea::state.ne(State::Withdrawn.as_str()))
        .order((idea::given_on, idea::id))
        .load(conn)?)
}

/// How many ideas of a wall staff have still to look at.
pub fn to_review(conn: &mut Conn, survey_id: &str, item: &str) -> Result<i64, StoreError> {
    Ok(idea::table
        .filter(idea::survey_id.eq(survey_id))
        .filter(idea::item.eq(item))
        .filter(idea::reviewed.eq(false))
        .select(count_star())
        .first(conn)?)
}

/// Changes where an idea stands, and marks it as looked at; says whether it is there to be changed.
pub fn change(conn: &mut Conn, survey_id: &str, id: &str, to: &Change<'_>) -> Result<bool, StoreError> {
    let open = idea::table.find((survey_id, id)).filter(idea::state.ne(State::Withdrawn.as_str()));
    let changed = diesel::update(open)
        .set((
            idea::state.eq(to.state.as_str()),
            idea::reviewed.eq(true),
            idea::reason.eq(to.reason),
            idea::merged_into.eq(to.merged_into),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Lets the ideas that were merged into `from` follow it into `into`, or stand for themselves again if it goes.
pub fn follow(conn: &mut Conn, survey_id: &str, from: &str, into: Option<&str>) -> Result<(), StoreError> {
    let merged = idea::table.filter(idea::survey_id.eq(survey_id)).filter(idea::merged_into.eq(from));
    match into {
        Some(into) => diesel::update(merged).set(idea::merged_into.eq(into)).execute(conn)?,
        None => diesel::update(merged)
            .set((idea::state.eq(State::Shown.as_str()), idea::merged_into.eq(None::<&str>)))
            .execute(conn)?,
    };
    Ok(())
}

/// Takes one person's ideas on a wall back: their texts are gone, and what was merged into them stands for itself again.
pub fn withdraw(conn: &mut Conn, survey_id: &str, item: &str, author: &str) -> Result<(), StoreError> {
    for taken_back in of_author(conn, survey_id, item, author)? {
        follow(conn, survey_id, &taken_back.id, None)?;
        diesel::update(idea::table.find((survey_id, &taken_back.id)))
            .set((
                idea::state.eq(State::Withdrawn.as_str()),
                idea::reviewed.eq(true),
                idea::text.eq(""),
                idea::merged_into.eq(None::<&str>),
            ))
            .execute(conn)?;
    }
    text_vector::delete_all(conn, survey_id)
}

/// Stores how a person voted on an idea; the last vote counts.
pub fn vote(
    conn: &mut Conn,
    (survey_id, item): (&str, &str),
    voter: &str,
    idea: &str,
    vote: &str,
) -> Result<(), StoreError> {
    let row = (
        idea_vote::survey_id.eq(survey_id),
        idea_vote::item.eq(item),
        idea_vote::idea.eq(idea),
        idea_vote::voter.eq(voter),
        idea_vote::vote.eq(vote),
    );
    each_backend!(conn, c => diesel::insert_into(idea_vote::table)
        .values(row)
        .on_conflict((idea_vote::survey_id, idea_vote::item, idea_vote::idea, idea_vote::voter))
        .do_update()
        .set(idea_vote::vote.eq(vote))
        .execute(c))?;
    Ok(())
}

/// One person's votes on a wall: idea and vote.
pub fn votes_of(
    conn: &mut Conn,
    survey_id: &str,
    item: &str,
    voter: &str,
) -> Result<Vec<(String, String)>, StoreError> {
    Ok(idea_vote::table
        .filter(idea_vote::survey_id.eq(survey_id))
        .filter(idea_vote::item.eq(item))
        .filter(idea_vote::voter.eq(voter))
        .select((idea_vote::idea, idea_vote::vote))
        .order(idea_vote::idea)
        .load(conn)?)
}

/// Takes one person's votes on a wall back.
pub fn withdraw_votes(conn: &mut Conn, survey_id: &str, item: &str, voter: &str) -> Result<(), StoreError> {
    let own = idea_vote::table
        .filter(idea_vote::survey_id.eq(survey_id))
        .filter(idea_vote::item.eq(item))
        .filter(idea_vote::voter.eq(voter));
    diesel::delete(own).execute(conn)?;
    Ok(())
}

/// Deletes all ideas, votes and comments of a survey; the log of what staff did stays, for it names no author.
pub fn delete_all(conn: &mut Conn, survey_id: &str) -> Result<(), StoreError> {
    diesel::delete(idea_vote::table.filter(idea_vote::survey_id.eq(survey_id))).execute(conn)?;
    diesel::delete(idea_comment::table.filter(idea_comment::survey_id.eq(survey_id))).execute(conn)?;
    diesel::delete(idea::table.filter(idea::survey_id.eq(survey_id))).execute(conn)?;
    text_vector::delete_all(conn, survey_id)
}

/// How many votes of each kind each idea of a wall has: idea, vote, number.
pub fn counts(conn: &mut Conn, survey_id: &str, item: &str) -> Result<Vec<(String, String, i64)>, StoreError> {
    Ok(idea_vote::table
        .filter(idea_vote::survey_id.eq(survey_id))
        .filter(idea_vote::item.eq(item))
        .group_by((idea_vote::idea, idea_vote::vote))
        .select((idea_vote::idea, idea_vote::vote, count_star()))
        .load(conn)?)
}

/// The votes on some ideas of a wall one by one: voter, idea, vote.
pub fn votes_on(
    conn: &mut Conn,
    survey_id: &str,
    item: &str,
    ideas: &[&str],
) -> Result<Vec<(String, String, String)>, StoreError> {
    if ideas.is_empty() {
        return Ok(Vec::new());
    }
    Ok(idea_vote::table
        .filter(idea_vote::survey_id.eq(survey_id))
        .filter(idea_vote::item.eq(item))
        .filter(idea_vote::idea.eq_any(ideas))
        .select((idea_vote::voter, idea_vote::idea, idea_vote::vote))
        .load(conn)?)
}
