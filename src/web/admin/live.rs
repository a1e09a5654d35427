//! Staff see how a consultation goes: counted for all who look on at once, and never longer than a small part of the time.

use actix_web::Responder;
use actix_web::rt::spawn;
use actix_web::web::{Data, Path, block};

use super::{open_or_closed, staff_shell};
use crate::analysis::findings::thousands;
use crate::analysis::live::{Groups, SoFar, Support};
use crate::definition::Survey;
use crate::render::Renderer;
use crate::render::markdown::words as plain;
use crate::render::page::Shell;
use crate::render::staff::{Bar, Bars, Figure, Live as View, Progress};
use crate::service::Library;
use crate::service::live::{self, Details, Live, Stop, Totals};
use crate::service::time::Moment;
use crate::vocabulary::Words;
use crate::web::Site;
use crate::web::error::Problem;
use crate::web::info::html;
use crate::web::session::Staff;

/// Days that are shown one by one.
const DAYS: usize = 14;

pub(in crate::web) async fn page(
    id: Path<String>,
    staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let (named, counted) = (id.clone(), Data::clone(&library));
    let live = block(move || live::look(&counted, &named, Moment::now())).await??;
    let named = id.clone();
    // What comes of it is for the next look; a failure is met there.
    spawn(async move { block(move || live::refresh(&library, &named, Moment::now())).await });
    let heading = format!("How it goes: {}", plain(&live.survey.title));
    let shell = Shell { back: Some(format!("/staff/surveys/{id}")), ..staff_shell(&site, &staff, &heading) };
    Ok(html(renderer.render("staff/live", &view(shell, heading, &live))?))
}

fn view(shell: Shell, heading: String, live: &Live) -> View {
    let (totals, details) = (&live.totals, &*live.details);
    let simulated = (totals.simulated > 0)
        .then(|| format!("{} of the responses are simulated. No person gave them.", thousands(totals.simulated)));
    let (days, before) = days(details);
    let (groups, support) = (groups(&details.so_far), support(&details.so_far));
    View {
        shell,
        heading,
        status: open_or_closed(live.is_open),
        notice: simulated,
        as_of: format!("As of {}.", clock(totals.at)),
        details_as_of: (totals.at.0 - details.at.0 > 5)
            .then(|| format!("Days, pages and groups are as of {}.", clock(details.at))),
        facts: facts(totals),
        days,
        before,
        progress: if totals.sent + totals.under_way == 0 { Vec::new() } else { progress(&live.survey, &details.stops) },
        counted: counted(&live.survey, &details.so_far),
        groups,
        support,
    }
}

/// The time of day in UTC, to the second.
fn clock(at: Moment) -> String {
    at.instant().replace('T', " ").replace('Z', " UTC")
}

fn facts(totals: &Totals) -> Vec<Figure> {
    let fact = |name: &str, figure: String| Figure { name: name.to_string(), figure };
    let mut facts =
        vec![fact("Answers sent", thousands(totals.sent)), fact("Begun and not sent", thousands(totals.under_way))];
    if let Some(invited) = totals.invited {
        facts.push(fact("Invitations", thousands(invited)));
        if invited > 0 {
            facts.push(fact("Answered, of those invited", percent(totals.sent as f64 / invited as f64)));
        }
    }
    if totals.withdrawn > 0 {
        facts.push(fact("Withdrawn", thousands(totals.withdrawn)));
    }
    facts
}

fn percent(share: f64) -> String {
    format!("{:.0}%", 100.0 * share)
}

fn days(details: &Details) -> (Vec<Bar>, Option<String>) {
    let most = details.days.iter().map(|(_, n)| *n).max().unwrap_or_default().max(1);
    let shown = details.days.iter().rev().take(DAYS);
    let bar = |(day, n): &(String, u64)| Bar::new(&words_of(day), thousands(*n), Some(*n as f64 / most as f64));
    let before: u64 = details.days.iter().rev().skip(DAYS).map(|(_, n)| n).sum();
    (shown.map(bar).collect(), (before > 0).then(|| format!("{} were sent before.", thousands(before))))
}

/// A day in words.
fn words_of(day: &str) -> String {
    day.parse().map_or_else(|_| day.to_string(), |day| Words::of("en").day(day))
}

fn progress(survey: &Survey, stops: &[Stop]) -> Vec<Progress> {
    let most = stops.first().map_or(0, |stop| stop.reached).max(1);
    let row = |stop: &Stop| Progress {
        page: stop
            .page
            .as_deref()
            .map_or_else(|| "All pages done: to check and send".to_string(), |id| name(survey, id)),
        reached: thousands(stop.reached),
        here: thousands(stop.here),
        idle: thousands(stop.idle),
        share: if stop.reached == 0 { String::new() } else { percent(stop.here as f64 / stop.reached as f64) },
        bar: Bar::new("", String::new(), Some(stop.reached as f64 / most as f64)).bar,
    };
    stops.iter().map(row).collect()
}

/// What a page is called: by its title or else by its first question.
fn name(survey: &Survey, id: &str) -> String {
    let page = survey.pages.iter().find(|page| page.id == id);
    let question = || page.and_then(|page| page.questions.first()).map(|question| question.item.head.text.as_str());
    plain(page.and_then(|page| page.title.as_deref()).or_else(question).unwrap_or(id))
}

fn counted(survey: &Survey, so_far: &SoFar) -> String {
    let min_cell = survey.privacy.min_cell;
    if so_far.n < u64::from(min_cell) || so_far.n == 0 {
        return format!("Who has answered is shown once {} people have.", min_cell.max(1));
    }
    format!(
        "Counted from {} people, and anew with every {} more, so that no single answer can be told by what changes.",
        thousands(so_far.n),
        u64::from(min_cell).max(live::STEP)
    )
}

fn groups(so_far: &SoFar) -> Vec<Bars> {
    let bars = |groups: &Groups| Bars {
        label: Bar::new(&groups.label, String::new(), None).label,
        answered: format!("{} answered.", thousands(groups.n)),
        rows: groups
            .rows
            .iter()
            .map(|(row, population)| {
                let figure = row.share.zip(row.count).map_or_else(
                    || "too few to show".to_string(),
                    |(share, count)| format!("{} ({})", percent(share), thousands(count)),
                );
                let beside =
                    population.map_or_else(String::new, |share| format!("; {} of the population", percent(share)));
                Bar::new(&row.label, format!("{figure}{beside}"), row.share).beside(row.share, *population)
            })
            .collect(),
    };
    so_far.groups.iter().map(bars).collect()
}

fn support(so_far: &SoFar) -> Vec<Bar> {
    let bar = |one: &Support| match one.sides {
        Some([support, neutral, oppose]) => {
            let n = (support + neutral + oppose).max(1) as f64;
            let [support, neutral, oppose] = [support, neutral, oppose].map(|side| side as f64 / n);
            let figure =
                format!("in favour {}, neither {}, against {}", percent(support), percent(neutral), percent(oppose));
            Bar::new(&one.label, figure, Some(support))
        }
        None => Bar::new(&one.label, "too few to show".to_string(), None),
    };
    so_far.support.iter().map(bar).collect()
}
