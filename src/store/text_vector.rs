//! What a language model made of answers: a vector for each text, found by the hash of the text and of the model.
//!
//! A vector tells much of its text, and a hash tells a short text to whoever guesses it. So both belong to the survey, and
//! go when any of its answers or ideas is taken back, changed or deleted: the next report computes anew what is left.

use std::collections::HashMap;

use diesel::prelude::*;

use super::schema::text_vector;
use super::{Conn, StoreError, each_backend};

/// Rows in one statement.
const ROWS: usize = 128;

/// The vectors of a survey's texts by one model, by the hash of the text: numbers of 32 bits, the lowest byte first.
pub fn of_model(conn: &mut Conn, survey_id: &str, model: &str) -> Result<HashMap<String, Vec<u8>>, StoreError> {
    let rows: Vec<(String, Vec<u8>)> = text_vector::table
        .filter(text_vector::survey_id.eq(survey_id))
        .filter(text_vector::model.eq(model))
        .select((text_vector::text_hash, text_vector::vector))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Keeps vectors by the hashes of their texts; one that is there already stays.
pub fn keep(conn: &mut Conn, survey_id: &str, model: &str, made: &[(String, Vec<u8>)]) -> Result<(), StoreError> {
    for made in made.chunks(ROWS) {
        let row = |(hash, vector): &'_ (String, Vec<u8>)| {
            (
                text_vector::survey_id.eq(survey_id.to_owned()),
                text_vector::model.eq(model.to_owned()),
                text_vector::text_hash.eq(hash.clone()),
                text_vector::vector.eq(vector.clone()),
            )
        };
        let rows: Vec<_> = made.iter().map(row).collect();
        each_backend!(&mut *conn, c => diesel::insert_into(text_vector::table)
            .values(rows)
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(())
}

/// Deletes the vectors of some texts by one model.
pub fn delete(conn: &mut Conn, survey_id: &str, model: &str, hashes: &[&str]) -> Result<(), StoreError> {
    for hashes in hashes.chunks(ROWS) {
        let of_model =
            text_vector::table.filter(text_vector::survey_id.eq(survey_id)).filter(text_vector::model.eq(model));
        diesel::delete(of_model.filter(text_vector::text_hash.eq_any(hashes))).execute(conn)?;
    }
    Ok(())
}

/// Deletes the vectors of all texts of a survey, by whatever model.
pub fn delete_all(conn: &mut Conn, survey_id: &str) -> Result<(), StoreError> {
    diesel::delete(text_vector::table.filter(text_vector::survey_id.eq(survey_id))).execute(conn)?;
    Ok(())
}
