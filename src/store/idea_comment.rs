//! Comments on ideas. `author` is a hash like that of an idea, under a prefix of its own: see [`super::idea`].

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::idea::{Change, NewIdea, State};
use super::schema::idea_comment;
use super::{Conn, StoreError, each_backend, id};
use crate::item::ID_PREFIX;

/// A stored comment.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Comment {
    /// The survey.
    pub survey_id: String,
    /// Random.
    pub id: String,
    /// The wall: an item of the survey.
    pub item: String,
    /// The idea or the seed that it is about.
    pub idea: String,
    /// Names its author's comments on this wall.
    pub author: String,
    /// What makes giving it twice one comment.
    pub once: String,
    /// What it says.
    pub text: String,
    /// The language of the page that it was written on.
    pub language: String,
    /// Where it stands; never merged.
    #[diesel(deserialize_as = String)]
    pub state: State,
    /// Whether staff have looked at it, or need not.
    pub reviewed: bool,
    /// Why it was hidden.
    pub reason: Option<String>,
    /// The day.
    pub given_on: String,
}

/// Stores a comment on an idea, once for each survey and `once`.
pub fn add(conn: &mut Conn, idea: &str, new: &NewIdea<'_>) -> Result<(), StoreError> {
    let row = (
        idea_comment::survey_id.eq(new.survey_id),
        idea_comment::id.eq(format!("{ID_PREFIX}{}", id::random()?)),
        idea_comment::item.eq(new.item),
        idea_comment::idea.eq(idea),
        idea_comment::author.eq(new.author),
        idea_comment::once.eq(new.once),
        idea_comment::text.eq(new.text),
        idea_comment::language.eq(new.language),
        idea_comment::state.eq(new.state.as_str()),
        idea_comment::reviewed.eq(new.reviewed),
        idea_comment::given_on.eq(new.given_on),
    );
    each_backend!(conn, c => diesel::insert_into(idea_comment::table)
        .values(row)
        .on_conflict((idea_comment::survey_id, idea_comment::once))
        .do_nothing()
        .execute(c))?;
    Ok(())
}

/// The comments on a wall, the oldest day first and by random id within a day.
pub fn all(conn: &mut Conn, survey_id: &str, item: &str) -> Result<Vec<Comment>, StoreError> {
    Ok(idea_comment::table
        .filter(idea_comment::survey_id.eq(survey_id))
        .filter(idea_comment::item.eq(item))
        .order((idea_comment::given_on, idea_comment::id))
        .load(conn)?)
}

/// How many comments that others see each idea of a wall has.
pub fn counts(conn: &mut Conn, survey_id: &str, item: &str) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(idea_comment::table
        .filter(idea_comment::survey_id.eq(survey_id))
        .filter(idea_comment::item.eq(item))
        .filter(idea_comment::state.eq(State::Shown.as_str()))
        .group_by(idea_comment::idea)
        .select((idea_comment::idea, count_star()))
        .load(conn)?)
}

/// Changes where a comment stands, and marks it as looked at; says whether it is there to be changed.
pub fn change(conn: &mut Conn, survey_id: &str, id: &str, to: &Change<'_>) -> Result<bool, StoreError> {
    let open = idea_comment::table.find((survey_id, id)).filter(idea_comment::state.ne(State::Withdrawn.as_str()));
    let changed = diesel::update(open)
        .set((
            idea_comment::state.eq(to.state.as_str()),
            idea_comment::reviewed.eq(true),
            idea_comment::reason.eq(to.reason),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Takes one person's comments on a wall back: their texts are gone.
pub fn withdraw(conn: &mut Conn, survey_id: &str, item: &str, author: &str) -> Result<(), StoreError> {
    let own = idea_comment::table
        .filter(idea_comment::survey_id.eq(survey_id))
        .filter(idea_comment::item.eq(item))
        .filter(idea_comment::author.eq(author));
    diesel::update(own)
        .set((
            idea_comment::state.eq(State::Withdrawn.as_str()),
            idea_comment::reviewed.eq(true),
            idea_comment::text.eq(""),
        ))
        .execute(conn)?;
    Ok(())
}
