//! Whether answers can be saved now, for what sends people to this program or to another one.

use std::sync::PoisonError;
use std::time::Duration;

use super::library::Library;
use super::time::{Lasting, Moment, timed};
use crate::store::attempt;

/// How long what was found is told.
const LASTS: Duration = Duration::from_secs(1);
/// Seconds until the row that is written is another one, and the one before may go.
const ROW_SECONDS: i64 = 60 * 60;

/// True if something could be written and is on the disk: a count in a table of counts.
///
/// It is written once a second at most, or in a twentieth of the time if that is less, however many ask.
pub fn is_ready(library: &Library, now: Moment) -> bool {
    let mut known = library.ready.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(is_ready) = known.as_ref().and_then(Lasting::get) {
        return is_ready;
    }
    let who = format!("ready {}", now.0.div_euclid(ROW_SECONDS));
    let until = now.plus(ROW_SECONDS).instant();
    let (written, took) = timed(|| library.store.write(|conn| attempt::count(conn, &who, &until)));
    *known = Some(Lasting::new(written.is_ok(), LASTS.max(took * 20)));
    written.is_ok()
}
