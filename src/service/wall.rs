//! A respondent takes part in an idea wall: gives ideas, votes on those of other people, comments.
//!
//! What is given lies on the wall at once, under keys that only the respondent's receipt gives, and stays there if the
//! answers are never sent. The draft and the response hold the number of ideas and the votes, and no idea.

pub mod comments;
mod commons;
pub mod moderate;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

pub(super) use self::commons::Commons;
pub use self::commons::Offered;
use self::commons::commons;
use super::collect::{self, Posted, Saved, Settled, Sitting, Wants};
use super::library::Library;
use super::time::Moment;
use super::{ServiceError, wait};
use crate::analysis::text::redact::Redactor;
use crate::analysis::wall::{Candidate, Vote, choose};
use crate::definition::{Page, Survey};
use crate::document::hex;
use crate::item::{Fault, FaultKind, Fields, Head, Ideas, Moderation, characters};
use crate::response::Next;
use crate::response::code::{Receipt, Token};
use crate::store::Conn;
use crate::store::idea::{self, Idea, NewIdea, State};
use crate::store::idea_comment;

/// Ideas that a person is asked about at once.
pub const BATCH: usize = 5;
/// Ideas that are shown as saying the same.
const LIKE: usize = 3;

/// Which part of a wall a person looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// An idea of their own.
    Own,
    /// Ideas of others to vote on, a few at a time.
    Others,
    /// Their votes so far.
    Votes,
}

/// One person's part in a wall, and what they are asked on it now.
#[derive(Clone, Debug)]
pub struct Part {
    /// What they look at.
    pub screen: Screen,
    /// Their ideas.
    pub given: Vec<Given>,
    /// How many more they can give.
    pub left: u32,
    /// On [`Screen::Others`] the ideas they are asked about, on [`Screen::Votes`] those they voted on.
    pub ideas: Vec<Offered>,
    /// How many others they have not voted on.
    pub more: usize,
    /// How many they have voted on.
    pub voted: usize,
    /// On [`Screen::Own`], what is to be thought of before the idea that is typed there is given.
    pub before: Option<Before>,
}

/// What is to be thought of before an idea is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Before {
    /// Names the text that this is about.
    pub of: String,
    /// Ideas that seem to say the same, the likest first.
    pub like: Vec<Offered>,
    /// True if it seems to hold an address, a telephone number or the like.
    pub details: bool,
}

/// An idea that a person gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// What it says.
    pub text: String,
    /// Its language.
    pub language: String,
    /// What became of it.
    pub stands: Stands,
}

/// What became of an idea, as its author is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stands {
    /// Staff look at it before others see it.
    Waiting,
    /// Others see it.
    Shown,
    /// Staff hid it, and said why.
    Hidden(Option<String>),
    /// Staff put it together with this one.
    Merged(String),
}

/// Where a person goes after a wall's page was posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goes {
    /// To a part of the wall.
    To(Screen),
    /// On to the next page.
    On,
}

/// What posting a wall's page gave.
#[derive(Debug)]
pub struct Turn {
    /// The answers as they are now stored.
    pub sitting: Sitting,
    /// What is wrong; then the page is to be shown again with what was typed.
    pub faults: Vec<Fault>,
    /// Their part in the wall, as it is shown beside the faults.
    pub part: Part,
    /// Where to go.
    pub goes: Goes,
    /// The page after this one.
    pub next: Next,
}

/// What came of an idea that was typed.
enum Gave {
    /// It is on the wall, or the one that says the same was agreed with.
    Done,
    /// It stays on the page until what is to be thought of before was seen.
    Waits,
    /// It cannot be given so.
    Refused(Fault),
}

/// One person on one wall.
struct Place<'a> {
    library: &'a Library,
    survey: &'a Survey,
    head: &'a Head,
    ideas: &'a Ideas,
    receipt: Receipt,
    commons: std::sync::Arc<Commons>,
    now: Moment,
}

/// One person's part in the wall of a page, if it has one.
pub fn look(
    library: &Library,
    sitting: &Sitting,
    token: &Token,
    page: &str,
    asked: Option<Screen>,
    typed: &Fields,
    now: Moment,
) -> Result<Option<Part>, ServiceError> {
    let Some((head, ideas)) = sitting.survey.page(page).and_then(Page::wall) else { return Ok(None) };
    let place = Place::of(library, sitting, token, head, ideas, now)?;
    let (given, votes) = place.own()?;
    let has_begun = !given.is_empty() || !votes.is_empty() || sitting.draft.answers.contains_key(&head.id);
    let is_typing = fields_typed(typed, head, "own").is_some();
    let screen = match asked {
        Some(Screen::Own) if place.left(&given) > 0 => Screen::Own,
        Some(Screen::Votes) if !votes.is_empty() => Screen::Votes,
        None if place.left(&given) > 0 && (is_typing || !has_begun) => Screen::Own,
        _ => Screen::Others,
    };
    Ok(Some(place.part(screen, &given, &votes, sitting, typed)))
}

/// Whether what was saved of a page is for its wall: see [`take_part`].
pub fn is_for_wall(saved: &Saved, page: &str, wants: Wants) -> bool {
    has_wall(&saved.sitting.survey, page) && !saved.is_late && wants != Wants::Type
}

/// Whether a page is an idea wall.
pub fn has_wall(survey: &Survey, page: &str) -> bool {
    survey.page(page).is_some_and(|page| page.wall().is_some())
}

/// Takes part in the wall of a page that was saved: stores the votes and the idea, and puts how many they are into the
/// answers.
pub fn take_part(
    library: &Library,
    id: &str,
    token: &Token,
    sitting: &Sitting,
    posted: &Posted<'_>,
    then: &str,
    now: Moment,
) -> Result<Turn, ServiceError> {
    let page = sitting.survey.page(&posted.at.page).ok_or(ServiceError::UnknownPage)?;
    let (head, ideas) = page.wall().ok_or(ServiceError::UnknownPage)?;
    let place = Place::of(library, sitting, token, head, ideas, now)?;
    let fields = &posted.post.fields;
    place.store_votes(fields)?;
    let (given, _) = place.own()?;
    let own = fields_typed(fields, head, "own");
    let is_going_on = posted.wants == Wants::Continue;
    let mut faults = Vec::new();
    let mut kept = own.is_some();
    if let (Some(text), true) = (&own, is_going_on) {
        match place.give(text, fields, &given)? {
            Gave::Done => kept = false,
            Gave::Waits => {}
            Gave::Refused(fault) => faults.push(fault),
        }
    }
    let (given, votes) = place.own()?;
    let asks_own = fields.first(&format!("{}.own", head.id)).is_some();
    let offered = place.offered(&given, &votes, sitting, &Fields::default());
    let goes = match then.strip_prefix("wall.") {
        Some("own") => Goes::To(Screen::Own),
        Some("votes") => Goes::To(Screen::Votes),
        Some(_) => Goes::To(Screen::Others),
        None if kept || !faults.is_empty() => Goes::To(Screen::Own),
        None if asks_own && (own.is_some() || !offered.is_empty()) => Goes::To(Screen::Others),
        None => Goes::On,
    };
    let said = votes.iter().map(|(idea, vote)| (idea.clone(), vote.as_str().to_string())).collect();
    let answer = Fields::default().with_part(head, u32::try_from(given.len()).unwrap_or(u32::MAX), &said);
    let is_done = goes == Goes::On && is_going_on;
    let left = (kept || !faults.is_empty()).then(|| own_field(head, own.as_deref().unwrap_or_default(), fields));
    let settled = Settled { answer, left, is_done };
    let (sitting, found, next) = wait(collect::settle(library, id, token, posted, settled, now))?;
    let mut goes = goes;
    if let Some(fault) = found.into_iter().next() {
        let first = offered.first().map(|idea| format!("vote.{}", idea.id));
        faults.push(match first {
            Some(part) => head.part_fault(&part, &head.text, FaultKind::NotSelected),
            None => fault,
        });
        goes = Goes::To(if offered.is_empty() { Screen::Own } else { Screen::Others });
    }
    let screen = if let Goes::To(screen) = goes { screen } else { Screen::Others };
    let part = place.part(screen, &given, &votes, &sitting, fields);
    Ok(Turn { sitting, faults, part, goes, next })
}

/// The ideas that were given under a receipt, wall by wall, with what became of them.
pub fn given(
    library: &Library,
    survey: &Survey,
    receipt: &Receipt,
    now: Moment,
) -> Result<BTreeMap<String, Vec<Given>>, ServiceError> {
    let mut all = BTreeMap::new();
    for (head, ideas) in survey.pages.iter().filter_map(Page::wall) {
        let commons = commons(library, &survey.id, head, ideas, now)?;
        let place = Place { library, survey, head, ideas, receipt: receipt.clone(), commons, now };
        let (own, _) = place.own()?;
        if !own.is_empty() {
            all.insert(head.id.clone(), own.iter().map(|idea| place.told(idea)).collect());
        }
    }
    Ok(all)
}

/// Takes everything back that a person put on the walls of a survey.
pub(super) fn withdraw(library: &Library, survey: &Survey, receipt: &Receipt) -> Result<(), ServiceError> {
    let walls: Vec<&str> = survey.pages.iter().filter_map(Page::wall).map(|(head, _)| head.id.as_str()).collect();
    for item in walls {
        let keys = (receipt.idea_author(item), receipt.idea_voter(item), receipt.idea_commenter(item));
        // Each in a transaction of its own: rows changed together could be told apart from others.
        library.store.write(|conn| idea::withdraw(conn, &survey.id, item, &keys.0))?;
        library.store.write(|conn| idea::withdraw_votes(conn, &survey.id, item, &keys.1))?;
        library.store.write(|conn| idea_comment::withdraw(conn, &survey.id, item, &keys.2))?;
        library.forget_commons(&survey.id, item);
    }
    Ok(())
}

impl<'a> Place<'a> {
    fn of(
        library: &'a Library,
        sitting: &'a Sitting,
        token: &Token,
        head: &'a Head,
        ideas: &'a Ideas,
        now: Moment,
    ) -> Result<Self, ServiceError> {
        let commons = commons(library, &sitting.survey.id, head, ideas, now)?;
        Ok(Self { library, survey: &sitting.survey, head, ideas, receipt: receipt(sitting, token), commons, now })
    }

    /// The person's ideas, and their votes by the idea that stands for what they voted on.
    fn own(&self) -> Result<(Vec<Idea>, BTreeMap<String, Vote>), ServiceError> {
        let (id, item) = (&self.survey.id, &self.head.id);
        self.library.store.read(|conn: &mut Conn| {
            let given = idea::of_author(conn, id, item, &self.receipt.idea_author(item))?;
            let votes = idea::votes_of(conn, id, item, &self.receipt.idea_voter(item))?;
            Ok((given, self.commons.by_root(votes)))
        })
    }

    fn left(&self, given: &[Idea]) -> u32 {
        self.ideas.max_ideas.saturating_sub(u32::try_from(given.len()).unwrap_or(u32::MAX))
    }

    fn part(
        &self,
        screen: Screen,
        given: &[Idea],
        votes: &BTreeMap<String, Vote>,
        sitting: &Sitting,
        typed: &Fields,
    ) -> Part {
        let own = fields_typed(typed, self.head, "own");
        Part {
            screen,
            given: given.iter().map(|idea| self.told(idea)).collect(),
            left: self.left(given),
            ideas: match screen {
                Screen::Own => Vec::new(),
                Screen::Others => self.offered(given, votes, sitting, typed),
                Screen::Votes => votes.iter().filter_map(|(id, vote)| self.named(id, Some(*vote))).collect(),
            },
            more: self.unseen(given, votes).count(),
            voted: votes.len(),
            before: own.filter(|_| screen == Screen::Own).and_then(|text| self.before(&text, typed, given)),
        }
    }

    /// Ideas of others that the person has not voted on.
    fn unseen<'b>(
        &'b self,
        given: &'b [Idea],
        votes: &'b BTreeMap<String, Vote>,
    ) -> impl Iterator<Item = Candidate<'b>> {
        let is_own = |id: &str| given.iter().any(|idea| idea.id == id || idea.merged_into.as_deref() == Some(id));
        self.commons.candidates().filter(move |idea| !votes.contains_key(idea.id) && !is_own(idea.id))
    }

    /// What the person is asked about: what stood on the page that they typed on, else what is chosen for them.
    fn offered(
        &self,
        given: &[Idea],
        votes: &BTreeMap<String, Vote>,
        sitting: &Sitting,
        typed: &Fields,
    ) -> Vec<Offered> {
        let unseen: Vec<Candidate<'_>> = self.unseen(given, votes).collect();
        let stood = typed.first(&format!("{}.asked", self.head.id)).unwrap_or_default();
        let stood: Vec<&str> =
            stood.split(' ').filter(|id| unseen.iter().any(|idea| idea.id == *id)).take(BATCH).collect();
        if !stood.is_empty() {
            return stood.into_iter().filter_map(|id| self.named(id, None)).collect();
        }
        let seed = format!("{}:{}:{}", sitting.draft.seed, self.head.id, votes.len());
        let chosen = choose(&unseen, BATCH, &seed);
        chosen.into_iter().filter_map(|place| self.named(unseen.get(place)?.id, None)).collect()
    }

    /// An idea that others see, in the words of the person's language if it is the owner's.
    fn named(&self, id: &str, vote: Option<Vote>) -> Option<Offered> {
        let shown = self.commons.shown(id)?;
        let seed = self.ideas.seeds.iter().find(|seed| seed.id == id);
        Some(Offered { text: seed.map_or_else(|| shown.text.clone(), |seed| seed.label.clone()), vote, ..shown })
    }

    fn told(&self, idea: &Idea) -> Given {
        let stands = match (idea.state, &idea.merged_into) {
            (State::Waiting, _) => Stands::Waiting,
            (State::Hidden, _) => Stands::Hidden(idea.reason.clone()),
            (State::Merged, Some(into)) => {
                self.named(into, None).map_or(Stands::Shown, |root| Stands::Merged(root.text))
            }
            _ => Stands::Shown,
        };
        Given { text: idea.text.clone(), language: idea.language.clone(), stands }
    }

    /// What is to be thought of before this text is given; `None` if nothing is.
    fn before(&self, text: &str, fields: &Fields, given: &[Idea]) -> Option<Before> {
        // Who was asked about one idea is not asked about another that came meanwhile.
        let of = short_hash(text);
        let asked =
            fields.first(&format!("{}.like", self.head.id)).filter(|_| settled_hash(fields, self.head) == Some(&of));
        let like: Vec<String> = match asked {
            Some(ids) => ids.split(' ').map(str::to_string).collect(),
            None => self.commons.like(text, LIKE + given.len()),
        };
        let others = like.into_iter().filter(|id| !given.iter().any(|idea| idea.id == *id));
        let like: Vec<Offered> = others.filter_map(|id| self.named(&id, None)).take(LIKE).collect();
        let details = Redactor::new().redact(text) != text;
        (!like.is_empty() || details).then_some(Before { of, like, details })
    }

    /// Gives an idea, or agrees with the one that says the same.
    fn give(&self, text: &str, fields: &Fields, given: &[Idea]) -> Result<Gave, ServiceError> {
        let fault = |part: &str, kind| Gave::Refused(self.head.part_fault(part, &self.head.text, kind));
        let item = &self.head.id;
        let author = self.receipt.idea_author(item);
        let once = short_hash(&format!("{author}:{text}"));
        if given.iter().any(|idea| idea.once == once) {
            return Ok(Gave::Done);
        }
        if characters(text) > self.ideas.max_chars {
            return Ok(fault("own", FaultKind::TooLong { max: self.ideas.max_chars }));
        }
        if self.left(given) == 0 {
            return Ok(fault("own", FaultKind::EnoughIdeas { max: self.ideas.max_ideas }));
        }
        if let Some(before) = self.before(text, fields, given) {
            if settled_hash(fields, self.head) != Some(&before.of) {
                return Ok(Gave::Waits);
            }
            let same = fields.first(&format!("{item}.same")).unwrap_or_default();
            if let Some(idea) = before.like.iter().find(|idea| idea.id == same) {
                let voter = self.receipt.idea_voter(item);
                let agree = Vote::Agree.as_str();
                self.library.store.write(|conn| idea::vote(conn, (&self.survey.id, item), &voter, &idea.id, agree))?;
                return Ok(Gave::Done);
            }
            if same != NEW && !before.like.is_empty() {
                return Ok(fault("same", FaultKind::SameNotSaid));
            }
        }
        let (state, reviewed) = standing(self.ideas.moderation);
        let new = NewIdea {
            survey_id: &self.survey.id,
            item,
            author: &author,
            once: &once,
            text,
            language: &self.survey.language,
            state,
            reviewed,
            given_on: &self.now.day(),
        };
        self.library.store.write(|conn| idea::add(conn, &new))?;
        if state == State::Shown {
            self.library.forget_commons(&self.survey.id, item);
        }
        Ok(Gave::Done)
    }

    /// Stores the votes that were posted, on ideas that others see.
    fn store_votes(&self, fields: &Fields) -> Result<(), ServiceError> {
        let item = &self.head.id;
        let prefix = format!("{item}.vote.");
        let posted = fields.0.iter().filter_map(|(name, vote)| Some((name.strip_prefix(&prefix)?, Vote::read(vote)?)));
        let posted: Vec<(&str, Vote)> = posted.filter(|(idea, _)| self.commons.shown(idea).is_some()).collect();
        if posted.is_empty() {
            return Ok(());
        }
        let voter = self.receipt.idea_voter(item);
        self.library.store.write(|conn| {
            let mut each = posted.iter();
            each.try_for_each(|(idea, vote)| idea::vote(conn, (&self.survey.id, item), &voter, idea, vote.as_str()))
        })?;
        Ok(())
    }
}

/// What is posted for an idea that says something else than those that seem like it.
pub const NEW: &str = "new";

/// How a new idea or comment stands, and whether staff need not look at it.
fn standing(moderation: Moderation) -> (State, bool) {
    match moderation {
        Moderation::Before => (State::Waiting, false),
        Moderation::After => (State::Shown, false),
        Moderation::None => (State::Shown, true),
    }
}

/// The receipt under which a person takes part: that of changed answers is the secret itself.
fn receipt(sitting: &Sitting, token: &Token) -> Receipt {
    if sitting.draft.amends { token.as_receipt() } else { token.receipt() }
}

fn fields_typed(fields: &Fields, head: &Head, part: &str) -> Option<String> {
    fields.typed(&format!("{}.{part}", head.id))
}

/// The text that the person has seen the advice on.
fn settled_hash<'a>(fields: &'a Fields, head: &Head) -> Option<&'a str> {
    fields.first(&format!("{}.of", head.id))
}

/// What stays typed of an idea that is not given yet.
fn own_field(head: &Head, text: &str, fields: &Fields) -> Fields {
    let mut kept = Fields::default();
    kept.push(format!("{}.own", head.id), text);
    if let Some(same) = fields.first(&format!("{}.same", head.id)) {
        kept.push(format!("{}.same", head.id), same);
    }
    kept
}

fn short_hash(text: &str) -> String {
    hex(Sha256::digest(text.as_bytes()).get(..16).unwrap_or_default())
}
