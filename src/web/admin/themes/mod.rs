//! Coders sort what people wrote into themes: the themes of a question, the answers of one, what was decided, and samples
//! that are judged blind. Every deed is a decision in the record that `canvass coding` keeps.

mod answers;
mod history;
mod list;
mod read;
mod sample;

use actix_web::web::{Data, Form, Path, Query, block};
use actix_web::{HttpResponse, Responder};
use serde::Deserialize;

use self::read::{Fault, Typed};
use super::staff_shell;
use crate::analysis::coding::decision::{Entry, ThemeId};
use crate::analysis::coding::listed::{Bin, Order};
use crate::analysis::findings::thousands;
use crate::render::Renderer;
use crate::render::markdown::words as plain;
use crate::render::page::{Link, Shell};
use crate::render::workbench::{Done, Undo};
use crate::service::coding::Question;
use crate::service::coding::act::{Deed, act as carry_out};
use crate::service::coding::room::{Room, enter};
use crate::service::time::Moment;
use crate::service::{Library, ServiceError};
use crate::staff::audit::Act;
use crate::web::Site;
use crate::web::error::Problem;
use crate::web::info::{html, see_other};
use crate::web::session::Staff;

/// What of a page is asked for.
#[derive(Clone, Default, Deserialize)]
pub(in crate::web) struct Asked {
    /// Words to look for.
    words: Option<String>,
    order: Option<String>,
    /// The first answer, or entry, that is shown, from 0.
    from: Option<usize>,
    /// In how many parts the computer is to part a theme.
    parts: Option<usize>,
    /// The first entry of what was done just now.
    done: Option<u32>,
    /// Where on the page: `answers`.
    at: Option<String>,
}

/// The pages of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// Its themes.
    List,
    /// What was decided.
    History,
    /// The answers of a place.
    Answers(Bin),
    /// A sample.
    Sample(u32),
}

impl Part {
    fn read(text: &str) -> Option<Self> {
        match (text, text.strip_prefix("sample-")) {
            ("", _) => Some(Self::List),
            ("history", _) => Some(Self::History),
            (_, Some(number)) => number.parse().ok().map(Self::Sample),
            (place, None) => place.parse().ok().map(Self::Answers),
        }
    }

    fn segment(self) -> String {
        match self {
            Self::List => String::new(),
            Self::History => "/history".to_string(),
            Self::Answers(bin) => format!("/{bin}"),
            Self::Sample(number) => format!("/sample-{number}"),
        }
    }
}

/// Where somebody is.
struct Here<'a> {
    survey: &'a str,
    item: &'a str,
    part: Part,
    asked: &'a Asked,
    by: &'a str,
    csrf: String,
}

impl Here<'_> {
    /// The address of a page of the question.
    fn page(&self, part: Part) -> String {
        format!("/staff/surveys/{}/themes/{}{}", self.survey, self.item, part.segment())
    }

    /// This page with what is looked for, from an answer on.
    fn from(&self, from: usize) -> String {
        let mut query = Vec::new();
        if let Some(words) = self.words() {
            query.push(format!("words={}", encoded(words)));
        }
        if self.order() == Order::Unsure {
            query.push("order=unsure".to_string());
        }
        if let Some(parts) = self.asked.parts {
            query.push(format!("parts={parts}"));
        }
        query.extend((from > 0).then(|| format!("from={from}")));
        let query = query.join("&");
        format!("{}{}{query}", self.page(self.part), if query.is_empty() { "" } else { "?" })
    }

    fn words(&self) -> Option<&str> {
        self.asked.words.as_deref().map(str::trim).filter(|words| !words.is_empty())
    }

    fn order(&self) -> Order {
        if self.asked.order.as_deref() == Some("unsure") { Order::Unsure } else { Order::Typical }
    }

    /// What was done just now, where it was this person who did it.
    fn done(&self, room: &Room) -> Option<Done> {
        let first = self.asked.done?;
        let mut of_deed = room.history.iter().skip_while(|past| past.number != first).peekable();
        let at = of_deed.peek().map(|past| past.at.clone())?;
        let deed: Vec<_> = of_deed.take_while(|past| past.by == self.by && past.at == at).collect();
        let (begun, rest) = deed.split_first()?;
        let again = rest.iter().filter(|past| past.text == begun.text).count();
        let text = match rest.first() {
            _ if again > 0 => format!("You undid {} decisions.", again + 1),
            Some(next) if !next.is_undone => format!("You {}, and {}.", begun.text, next.text),
            _ => format!("You {}.", begun.text),
        };
        let seen = *room.in_force.last().unwrap_or(&0);
        let is_last = room.in_force.contains(&first) && deed.iter().any(|past| past.number == seen);
        Some(Done {
            text,
            undo: is_last.then_some(Undo { first, seen }),
            at_answers: self.asked.at.as_deref() == Some("answers"),
        })
    }

    fn shell(&self, site: &Site, staff: &Staff, heading: &str) -> Shell {
        let back = match self.part {
            Part::List => format!("/staff/surveys/{}", self.survey),
            _ => self.page(Part::List),
        };
        Shell { back: Some(back), ..staff_shell(site, staff, heading) }
    }
}

/// A text as it stands in the query of an address.
fn encoded(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

/// What a page of a question is made of and with.
struct Making<'a> {
    here: Here<'a>,
    staff: &'a Staff,
    site: &'a Site,
    renderer: &'a Renderer,
    /// What was typed and could not be done.
    typed: Typed,
    fault: Option<Fault>,
}

impl Making<'_> {
    fn errors(&self) -> Vec<Link> {
        let told = |fault: &Fault| Link { href: format!("#{}", fault.at), text: fault.text.clone() };
        self.fault.iter().map(told).collect()
    }

    /// What is wrong at a place of the page.
    fn error_at(&self, at: &str) -> Option<String> {
        self.fault.as_ref().filter(|fault| fault.at == at).map(|fault| fault.text.clone())
    }

    fn page(&self, room: &Room) -> Result<String, Problem> {
        match self.here.part {
            Part::List => list::page(self, room),
            Part::History => history::page(self, room),
            Part::Answers(bin) => answers::page(self, room, bin),
            Part::Sample(number) => sample::page(self, room, number),
        }
    }
}

pub(in crate::web) async fn list(
    path: Path<(String, String)>,
    asked: Query<Asked>,
    staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let (survey, item) = path.into_inner();
    show((survey, item, Part::List), asked.into_inner(), staff, library, renderer, site).await
}

pub(in crate::web) async fn part(
    path: Path<(String, String, String)>,
    asked: Query<Asked>,
    staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let (survey, item, part) = path.into_inner();
    let part = Part::read(&part).ok_or_else(Problem::not_found)?;
    show((survey, item, part), asked.into_inner(), staff, library, renderer, site).await
}

async fn show(
    (survey, item, part): (String, String, Part),
    asked: Asked,
    staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    let page = move || {
        let room = enter(&library, Question { survey: &survey, item: &item })?;
        let by = staff.account.who.as_str();
        let csrf = staff.session.form_guard();
        let here = Here { survey: &survey, item: &item, part, asked: &asked, by, csrf };
        let typed = Typed::default();
        Making { here, staff: &staff, site: &site, renderer: &renderer, typed, fault: None }.page(&room)
    };
    Ok(html(block(page).await??))
}

pub(in crate::web) async fn act_on_list(
    path: Path<(String, String)>,
    asked: Query<Asked>,
    staff: Staff,
    posted: Form<Vec<(String, String)>>,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    let (survey, item) = path.into_inner();
    act((survey, item, Part::List), (asked.into_inner(), posted.into_inner()), staff, library, (renderer, site)).await
}

pub(in crate::web) async fn act_on_part(
    path: Path<(String, String, String)>,
    asked: Query<Asked>,
    staff: Staff,
    posted: Form<Vec<(String, String)>>,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    let (survey, item, part) = path.into_inner();
    let part = Part::read(&part).ok_or_else(Problem::not_found)?;
    act((survey, item, part), (asked.into_inner(), posted.into_inner()), staff, library, (renderer, site)).await
}

/// What became of a deed.
enum Outcome {
    /// It was done, and this is where to go now.
    Done(Entry, &'static str, String),
    /// It was not, and this is the page with what was typed.
    Refused(String),
}

async fn act(
    (survey, item, part): (String, String, Part),
    (asked, posted): (Asked, Vec<(String, String)>),
    staff: Staff,
    library: Data<Library>,
    (renderer, site): (Data<Renderer>, Data<Site>),
) -> Result<HttpResponse, Problem> {
    staff.guard(&posted)?;
    let (who, of, named, shelf) = (staff.account.who.clone(), survey.clone(), item.clone(), Data::clone(&library));
    let doing = move || {
        let of = Question { survey: &survey, item: &item };
        let room = enter(&library, of)?;
        let by = staff.account.who.as_str();
        let csrf = staff.session.form_guard();
        let here = Here { survey: &survey, item: &item, part, asked: &asked, by, csrf };
        let typed = Typed::of(posted);
        let fault = match read::deed(&typed, &here, &room)? {
            Ok(deed) => match carry_out(&library, of, by, &deed, Moment::now()) {
                Ok(entry) => {
                    let to = landing(&here, &deed, &entry, &*enter(&library, of)?);
                    return Ok(Outcome::Done(entry, deed.word(), to));
                }
                Err(error) => Fault::of(error, &deed)?,
            },
            Err(fault) => fault,
        };
        let making = Making { here, staff: &staff, site: &site, renderer: &renderer, typed, fault: Some(fault) };
        Ok::<_, Problem>(Outcome::Refused(making.page(&room)?))
    };
    match block(doing).await?? {
        Outcome::Done(entry, word, to) => {
            let subject = format!("{word} {named}, entry {}", entry.number);
            super::write_down_as(&who, Act::Coded, &of, &subject, &shelf).await?;
            Ok(see_other(&to))
        }
        Outcome::Refused(page) => {
            Ok(HttpResponse::UnprocessableEntity().content_type("text/html; charset=utf-8").body(page))
        }
    }
}

/// The page to go to once something is done: the same one, unless its theme is gone.
fn landing(here: &Here<'_>, deed: &Deed, entry: &Entry, room: &Room) -> String {
    let is_there = |theme: ThemeId| room.coding.themes().contains_key(&theme);
    let done = format!("done={}", entry.number);
    let (page, at) = match (here.part, deed) {
        (Part::Answers(Bin::Theme(theme)), _) if !is_there(theme) => match deed {
            Deed::Merge(_, into) => (here.page(Part::Answers(Bin::Theme(*into))), ""),
            _ => (here.page(Part::List), ""),
        },
        (Part::Answers(_), Deed::Part { .. }) => (here.page(here.part), ""),
        (Part::Answers(_), Deed::Move(..) | Deed::Own(..)) => (here.from(here.asked.from.unwrap_or(0)), "&at=answers"),
        (Part::List, Deed::Draw(_)) => (here.page(Part::Sample(entry.number)), ""),
        _ => (here.from(here.asked.from.unwrap_or(0)), ""),
    };
    format!("{page}{}{done}{at}#done", if page.contains('?') { "&" } else { "?" })
}

/// The question's words.
fn question(room: &Room) -> String {
    plain(&room.label)
}

/// A number of answers in words.
fn answers_in_words(n: usize) -> String {
    if n == 1 { "1 answer".to_string() } else { format!("{} answers", thousands(n as u64)) }
}

/// A share as a percentage with one decimal.
fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// The first letter as a capital one, and no full stop at the end.
fn sentence(text: &str) -> String {
    let mut letters = text.trim_end_matches('.').chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

impl Fault {
    /// What a refusal says, at the field that it is about.
    fn of(error: ServiceError, deed: &Deed) -> Result<Self, Problem> {
        let text = match error {
            ServiceError::Refused(why) => why,
            ServiceError::Coding(refusal) => refusal.to_string(),
            other => return Err(other.into()),
        };
        let at = match deed {
            Deed::Add(_) | Deed::Rename(..) => "name",
            Deed::Merge(..) => "into",
            Deed::Move(..) => "do-to",
            Deed::Own(..) => "own",
            Deed::Part { .. } => "parts",
            Deed::Draw(_) => "size",
            Deed::Suggest(_) => "granularity",
            _ => "maincontent",
        };
        Ok(Self { at: at.to_string(), text: sentence(&text) })
    }
}
