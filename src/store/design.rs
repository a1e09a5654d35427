//! Working definitions: what is written before it is published, its last revisions, and links by which others look at it.

use diesel::prelude::*;

use super::schema::{design, design_revision, preview_link};
use super::{Conn, StoreError, each_backend};

/// Revisions that are kept of a working definition; older ones go as new ones come.
pub const KEPT: i32 = 50;

/// A working definition.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = design)]
pub struct Design {
    /// The id of the consultation that it is of, published or not.
    pub survey: String,
    /// The number of its newest revision, from 1.
    pub revision: i32,
    /// Whether nobody publishes what they changed last.
    pub second_person: bool,
    /// What became of everything in the file that it began as, as JSON, if it was one of another program.
    pub imported: Option<String>,
}

/// One state of a working definition.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = design_revision)]
pub struct Revision {
    /// The id of the consultation.
    pub survey: String,
    /// Its number, from 1.
    pub number: i32,
    /// The text of the definition.
    pub text: String,
    /// When it was saved.
    pub at: String,
    /// By whom.
    pub who: String,
}

/// A link by which others look at a working definition.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = preview_link)]
pub struct PreviewLink {
    /// The hash by which it is found: it leads to no link.
    pub token_hash: String,
    /// The id of the consultation.
    pub survey: String,
    /// Who made it.
    pub who: String,
    /// When it ends.
    pub expires_at: String,
}

/// Stores a working definition with its first revision; false if there is one of this consultation.
pub fn begin(conn: &mut Conn, row: &Design, first: &Revision) -> Result<bool, StoreError> {
    let stored = each_backend!(conn, c => diesel::insert_into(design::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    if stored == 1 {
        diesel::insert_into(design_revision::table).values(first).execute(conn)?;
    }
    Ok(stored == 1)
}

/// The working definition of a consultation.
pub fn find(conn: &mut Conn, survey: &str) -> Result<Option<Design>, StoreError> {
    Ok(design::table.find(survey).first(conn).optional()?)
}

/// Every working definition, by the id of its consultation.
pub fn all(conn: &mut Conn) -> Result<Vec<Design>, StoreError> {
    Ok(design::table.order(design::survey).load(conn)?)
}

/// One revision, if it is kept.
pub fn revision(conn: &mut Conn, survey: &str, number: i32) -> Result<Option<Revision>, StoreError> {
    Ok(design_revision::table.find((survey, number)).first(conn).optional()?)
}

/// The number, instant and author of each revision that is kept, the newest first.
pub fn revisions(conn: &mut Conn, survey: &str) -> Result<Vec<(i32, String, String)>, StoreError> {
    Ok(design_revision::table
        .filter(design_revision::survey.eq(survey))
        .order(design_revision::number.desc())
        .select((design_revision::number, design_revision::at, design_revision::who))
        .load(conn)?)
}

/// Stores the revision after the newest; false if the newest is not the one before it by now.
pub fn push(conn: &mut Conn, row: &Revision) -> Result<bool, StoreError> {
    let newest = design::table.find(&row.survey).filter(design::revision.eq(row.number - 1));
    if diesel::update(newest).set(design::revision.eq(row.number)).execute(conn)? == 0 {
        return Ok(false);
    }
    diesel::insert_into(design_revision::table).values(row).execute(conn)?;
    let of_survey = design_revision::table.filter(design_revision::survey.eq(&row.survey));
    diesel::delete(of_survey.filter(design_revision::number.le(row.number - KEPT))).execute(conn)?;
    Ok(true)
}

/// Says whether nobody publishes what they changed last.
pub fn set_second_person(conn: &mut Conn, survey: &str, is_needed: bool) -> Result<(), StoreError> {
    diesel::update(design::table.find(survey)).set(design::second_person.eq(is_needed)).execute(conn)?;
    Ok(())
}

/// Stores a link.
pub fn add_link(conn: &mut Conn, link: &PreviewLink) -> Result<(), StoreError> {
    diesel::insert_into(preview_link::table).values(link).execute(conn)?;
    Ok(())
}

/// The link with this hash, if it has not ended at `now`.
pub fn link(conn: &mut Conn, token_hash: &str, now: &str) -> Result<Option<PreviewLink>, StoreError> {
    Ok(preview_link::table.find(token_hash).filter(preview_link::expires_at.gt(now)).first(conn).optional()?)
}

/// The links to a working definition, those that end first before the others.
pub fn links(conn: &mut Conn, survey: &str) -> Result<Vec<PreviewLink>, StoreError> {
    let of_survey = preview_link::table.filter(preview_link::survey.eq(survey));
    Ok(of_survey.order((preview_link::expires_at, preview_link::token_hash)).load(conn)?)
}

/// Deletes a link of a consultation; false if it is not there.
pub fn delete_link(conn: &mut Conn, survey: &str, token_hash: &str) -> Result<bool, StoreError> {
    let of_survey = preview_link::table.find(token_hash).filter(preview_link::survey.eq(survey));
    Ok(diesel::delete(of_survey).execute(conn)? == 1)
}

/// Deletes the links that have ended at `now`.
pub fn delete_ended_links(conn: &mut Conn, now: &str) -> Result<(), StoreError> {
    diesel::delete(preview_link::table.filter(preview_link::expires_at.le(now))).execute(conn)?;
    Ok(())
}
