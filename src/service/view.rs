//! Analysts look at some of the responses: how many a view has, and views that they gave a name.

use rayon::prelude::*;
use serde_json::Value;

use super::audit::Note;
use super::library::Library;
use super::sources::{Row, Versions, has, told};
use super::time::Moment;
use super::{ServiceError, report};
pub use crate::analysis::view::{Asked, Fault, View, groups};
use crate::response::Record;
use crate::staff::audit::Act;
use crate::store::response;
use crate::store::saved_view::{self, SavedView};

/// Most characters of a name.
pub const LONGEST_NAME: usize = 80;
/// Most views of a consultation that are kept.
pub const MOST: usize = 200;

/// How much a view has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Who is in it, as it goes on after “those for whom”; nothing where all are.
    pub who: Option<String>,
    /// Responses in it, and all of them; why not, where they are not to be told.
    pub counted: Result<(u64, u64), String>,
}

/// Counts the responses of a view. Linear in all responses.
///
/// # Errors
/// [`ServiceError::View`] where what is asked cannot be.
pub fn extent(library: &Library, id: &str, asked: &Asked) -> Result<Extent, ServiceError> {
    let (published, view) = report::seen(library, id, asked)?;
    let survey = &*published.survey;
    let (mut n, mut of) = (0, 0);
    library.store.read(|conn| {
        let versions = Versions::of(library, conn, &published)?;
        response::for_each_page(conn, id, |page| {
            let is_in = |row: &Row<'_>| {
                let stored: Value = serde_json::from_str(row.answers).unwrap_or_default();
                let other = versions.answered.get(&row.version);
                let record = Record::from_json(other.map_or(survey, |(answered, _)| answered), &stored);
                has(&view, survey, &record, other)
            };
            of += page.len() as u64;
            n += page.par_iter().map(Row::of).filter(is_in).count() as u64;
            Ok::<_, ServiceError>(())
        })
    })?;
    let min_cell = survey.privacy.min_cell;
    let counted = view.too_few(n, of, min_cell).map_or(Ok((n, of)), |few| Err(told(few, min_cell)));
    Ok(Extent { who: view.who(survey), counted })
}

/// A view that was given a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// Its name.
    pub name: String,
    /// What it asks for.
    pub asked: Asked,
    /// Who made it.
    pub made_by: String,
    /// The day on which it was made, as `YYYY-MM-DD`.
    pub made_on: String,
}

/// The views of a consultation that have a name, by name.
pub fn saved(library: &Library, id: &str) -> Result<Vec<Saved>, ServiceError> {
    library.store.read(|conn| {
        library.current_in(conn, id, None)?;
        let read = |row: SavedView| Saved {
            asked: serde_json::from_str(&row.asked).unwrap_or_default(),
            name: row.name,
            made_by: row.made_by,
            made_on: row.made_on,
        };
        Ok(saved_view::all(conn, id)?.into_iter().map(read).collect())
    })
}

/// Gives a view a name.
///
/// # Errors
/// [`ServiceError::View`] where what is asked cannot be; `Refused` for a name that cannot be or is taken, for the report
/// itself, and where the consultation has [`MOST`] already.
pub fn save(
    library: &Library,
    id: &str,
    name: &str,
    asked: &Asked,
    who: &str,
    now: Moment,
) -> Result<(), ServiceError> {
    let refused = |why: String| Err(ServiceError::Refused(why));
    let (_, view) = report::seen(library, id, asked)?;
    let name = name.trim();
    if !(1..=LONGEST_NAME).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return refused(format!("Enter a name of 1 to {LONGEST_NAME} characters"));
    }
    if view.is_whole() {
        return refused("Choose what the view shows before you save it: this is the report itself".to_string());
    }
    let row = SavedView {
        survey: id.to_string(),
        name: name.to_string(),
        // Texts: it cannot fail.
        asked: serde_json::to_string(view.asked()).unwrap_or_default(),
        made_by: who.to_string(),
        made_on: now.day(),
    };
    library.store.write(|conn| {
        if saved_view::all(conn, id)?.len() >= MOST {
            return refused(format!("There are {MOST} saved views: delete one that is not needed any more"));
        }
        if !saved_view::add(conn, &row)? {
            return refused(format!("There is a view called “{name}”: choose another name, or delete that one first"));
        }
        let subject = format!("save {}", row.name);
        Ok(Note { who, act: Act::Viewed, survey: Some(id), subject: &subject }.write(conn, now)?)
    })
}

/// Takes a view's name away; it is no fault if there is none.
pub fn forget(library: &Library, id: &str, name: &str, who: &str, now: Moment) -> Result<(), ServiceError> {
    library.store.write(|conn| {
        if saved_view::delete(conn, id, name)? {
            let subject = format!("delete {name}");
            Note { who, act: Act::Viewed, survey: Some(id), subject: &subject }.write(conn, now)?;
        }
        Ok(())
    })
}
