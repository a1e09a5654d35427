//! A consultation as it goes, for staff who look on: what is shown is counted for them all at once and never for longer than
//! a twentieth of the time, so that looking on takes nothing from those who answer.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::ServiceError;
use super::library::{Library, Published};
use super::sources::Versions;
use super::time::{Lasting, Moment, timed};
use crate::analysis::dataset::Dataset;
use crate::analysis::live::{SoFar, so_far, wanted};
use crate::definition::Survey;
use crate::response::{Draft, Next, Record};
use crate::store::survey::{Mode, State};
use crate::store::{Conn, door, draft, response};

/// How many times longer a count is shown than it took.
const REST: u32 = 20;
/// How long the totals are shown at least: with the three seconds after which a page asks again, they are less than five
/// seconds late.
const LEAST: Duration = Duration::from_secs(1);
/// Fewest more people after which those who answered are counted anew, so that nobody is told by what one answer changes.
pub const STEP: u64 = 10;

/// How a consultation goes.
#[derive(Clone, Debug)]
pub struct Live {
    /// Its definition.
    pub survey: Arc<Survey>,
    /// True while answers are taken.
    pub is_open: bool,
    /// What was counted just now.
    pub totals: Totals,
    /// What was counted of late.
    pub details: Arc<Details>,
}

/// What is counted for every look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totals {
    /// When.
    pub at: Moment,
    /// People who sent their answers.
    pub sent: u64,
    /// People who have begun and not sent them; those who change what they sent are among them.
    pub under_way: u64,
    /// People who sent their answers and withdrew them.
    pub withdrawn: u64,
    /// Simulated responses among those sent.
    pub simulated: u64,
    /// Invitations that were made.
    pub invited: Option<u64>,
}

/// What takes longer to count.
#[derive(Clone, Debug)]
pub struct Details {
    /// When.
    pub at: Moment,
    /// Each day from the first to this one, with the people who sent their answers on it.
    pub days: Vec<(String, u64)>,
    /// The pages that everyone is asked, in their order, with the people who came to a stop there.
    pub stops: Vec<Stop>,
    /// Those who have answered; counted anew once ten more people have, or more where smaller groups are not shown.
    pub so_far: SoFar,
}

/// A page, with those who have come that far. A page that only some are asked counts to the one before it: where they stand
/// would tell what they answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// The page's id; none for the end of all pages, where answers are checked and sent.
    pub page: Option<String>,
    /// People who came here or further, those who sent their answers among them.
    pub reached: u64,
    /// People who are here and have not sent them.
    pub here: u64,
    /// Of these, those who did nothing today.
    pub idle: u64,
}

/// What staff were shown of late, by the consultation's id.
#[derive(Debug, Default)]
pub(super) struct Shown {
    totals: Mutex<HashMap<String, Lasting<Totals>>>,
    details: Mutex<HashMap<String, Counted>>,
}

/// Details, and for how long nobody counts them anew.
#[derive(Debug)]
struct Counted {
    lasts: Lasting<()>,
    details: Arc<Details>,
}

/// How a consultation goes: the totals of this moment, and the details as they were counted last.
pub fn look(library: &Library, id: &str, now: Moment) -> Result<Live, ServiceError> {
    let published = library.current(id, None)?;
    let known = library.live.details().get(id).map(|counted| Arc::clone(&counted.details));
    let details = match known {
        Some(details) => details,
        None => count(library, &published, now)?,
    };
    let is_open = published.state == State::Open;
    Ok(Live { totals: totals(library, &published, now)?, survey: published.survey, is_open, details })
}

/// Counts the details anew if it is time, and nobody else does.
pub fn refresh(library: &Library, id: &str, now: Moment) -> Result<(), ServiceError> {
    let is_due = library.live.details().get(id).is_some_and(|counted| counted.lasts.get().is_none());
    if is_due {
        count(library, &library.current(id, None)?, now)?;
    }
    Ok(())
}

impl Shown {
    fn details(&self) -> MutexGuard<'_, HashMap<String, Counted>> {
        self.details.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn totals(library: &Library, published: &Published, now: Moment) -> Result<Totals, ServiceError> {
    let id = &published.survey.id;
    // Held while counting: whoever comes meanwhile is given what comes of it.
    let mut known = library.live.totals.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(totals) = known.get(id).and_then(Lasting::get) {
        return Ok(totals);
    }
    let (totals, took) = timed(|| {
        library.store.read(|conn| {
            let counts = response::counts(conn, id)?;
            let of =
                |wanted: &dyn Fn(Mode) -> bool| counts.iter().filter(|(mode, _)| wanted(*mode)).map(|(_, n)| *n).sum();
            let number = |count: i64| u64::try_from(count).unwrap_or_default();
            let invited = door::of(conn, id)?.filter(|_| published.mode == Mode::Invitation);
            Ok::<_, ServiceError>(Totals {
                at: now,
                sent: number(of(&|mode| mode != Mode::Unfinished)),
                under_way: number(draft::count(conn, id)?),
                withdrawn: number(response::withdrawn(conn, id)?),
                simulated: number(of(&|mode| mode == Mode::Simulated)),
                invited: invited.map(|door| u64::from(door.issued.unsigned_abs())),
            })
        })
    });
    let totals = totals?;
    known.insert(id.clone(), Lasting::new(totals, (took * REST).max(LEAST)));
    Ok(totals)
}

fn count(library: &Library, published: &Published, now: Moment) -> Result<Arc<Details>, ServiceError> {
    let id = &published.survey.id;
    let before = library.live.details().get_mut(id).map(|counted| {
        // Meanwhile nobody else begins.
        counted.lasts = Lasting::new((), Duration::from_hours(1));
        Arc::clone(&counted.details)
    });
    let (found, took) = timed(|| details(library, published, before.as_deref(), now));
    let (shown, failed) = match (found, before) {
        (Ok(details), _) => (Arc::new(details), None),
        (Err(error), Some(before)) => (before, Some(error)),
        (Err(error), None) => return Err(error),
    };
    let counted = Counted { lasts: Lasting::new((), (took * REST).max(LEAST)), details: Arc::clone(&shown) };
    library.live.details().insert(id.clone(), counted);
    failed.map_or(Ok(shown), Err)
}

fn details(
    library: &Library,
    published: &Published,
    before: Option<&Details>,
    now: Moment,
) -> Result<Details, ServiceError> {
    let survey = &published.survey;
    library.store.read(|conn| {
        let days = response::by_day(conn, &survey.id)?;
        let sent = days.iter().map(|(_, n)| n.unsigned_abs()).sum();
        let step = u64::from(survey.privacy.min_cell).max(STEP);
        let so_far = match before.map(|before| &before.so_far) {
            Some(known) if (known.n..known.n + step).contains(&sent) => known.clone(),
            _ => answered(library, conn, published)?,
        };
        Ok(Details { at: now, days: every_day(&days, now), stops: stops(library, conn, survey, sent, now)?, so_far })
    })
}

/// Days without answers stand among the others.
fn every_day(days: &[(String, i64)], now: Moment) -> Vec<(String, u64)> {
    let known: BTreeMap<&str, u64> = days.iter().map(|(day, n)| (day.as_str(), n.unsigned_abs())).collect();
    let first: Option<jiff::civil::Date> = days.first().and_then(|(day, _)| day.parse().ok());
    let each = first.into_iter().flat_map(|first| first.series(jiff::Span::new().days(1)));
    each.take_while(|day| *day <= now.date())
        .map(|day| day.to_string())
        .map(|day| {
            let n = known.get(day.as_str()).copied().unwrap_or_default();
            (day, n)
        })
        .collect()
}

fn stops(
    library: &Library,
    conn: &mut Conn,
    survey: &Survey,
    sent: u64,
    now: Moment,
) -> Result<Vec<Stop>, ServiceError> {
    let today = now.day();
    let for_all = survey.pages.iter().enumerate().filter(|(index, page)| *index == 0 || page.show_if.is_none());
    let pages: Vec<usize> = for_all.filter(|(_, page)| page.end.is_none()).map(|(index, _)| index).collect();
    let mut here = vec![(0_u64, 0_u64); pages.len() + 1];
    for row in draft::all(conn, &survey.id)? {
        let asked = library.version_in(conn, &survey.id, row.version, None)?;
        let begun = Draft::from_text(&asked, &row.answers, now.date());
        if begun.amends {
            continue;
        }
        let place = match begun.next(&asked) {
            Next::Page(screen) => survey.pages.iter().position(|page| page.id == screen.page),
            Next::End(page) => survey.pages.iter().position(|known| known.id == page),
            Next::Check | Next::Overview => None,
        };
        let stop = place.map_or(pages.len(), |place| pages.partition_point(|page| *page <= place).saturating_sub(1));
        if let Some((here, idle)) = here.get_mut(stop) {
            *here += 1;
            *idle += u64::from(row.saved_on < today);
        }
    }
    let mut reached = sent;
    let mut stops: Vec<Stop> = here
        .into_iter()
        .enumerate()
        .rev()
        .map(|(index, (here, idle))| {
            reached += here;
            let page = pages.get(index).and_then(|page| survey.pages.get(*page));
            Stop { page: page.map(|page| page.id.clone()), reached, here, idle }
        })
        .collect();
    stops.reverse();
    Ok(stops)
}

fn answered(library: &Library, conn: &mut Conn, published: &Published) -> Result<SoFar, ServiceError> {
    let survey = &published.survey;
    let versions = Versions::of(library, conn, published)?;
    let wanted = wanted(survey);
    let mut data = Dataset::new(survey);
    response::for_each(conn, &survey.id, |row| {
        if row.mode == Mode::Unfinished {
            return Ok(());
        }
        let stored = serde_json::from_str(&row.answers).unwrap_or_default();
        let other = versions.answered.get(&row.version);
        let mut record = Record::from_json(other.map_or(survey, |(answered, _)| answered), &stored);
        record.answers.retain(|item, _| wanted.contains(item.as_str()));
        match other {
            Some((_, diff)) => data.push_other(u32::try_from(row.version).unwrap_or_default(), record, diff),
            None => data.push(&record),
        }
        Ok::<_, ServiceError>(())
    })?;
    Ok(so_far(&data))
}
