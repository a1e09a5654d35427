//! What everyone sees of a wall: the ideas with their votes, read again every few seconds and not for each page.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::analysis::wall::{Alike, Candidate, Prepared, Tally, Vote, tallies, together};
use crate::item::{Head, Ideas};
use crate::service::ServiceError;
use crate::service::library::Library;
use crate::service::time::Moment;
use crate::store::idea::{self, Idea, State};
use crate::store::{Conn, idea_comment};

/// For how many seconds ideas and votes may lag behind.
const LAG: i64 = 2;

/// An idea that others see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// Its id.
    pub id: String,
    /// What it says.
    pub text: String,
    /// Its language, if a person wrote it.
    pub language: Option<String>,
    /// Comments that others see.
    pub comments: u64,
    /// The person's vote.
    pub vote: Option<Vote>,
}

/// The common part of a wall.
#[derive(Debug)]
pub(in crate::service) struct Commons {
    ideas: BTreeMap<String, (Offered, Tally)>,
    /// The idea that stands for each that was merged.
    roots: HashMap<String, String>,
    prepared: HashMap<String, Arc<Prepared>>,
    alike: Alike<String>,
    read: Moment,
}

/// The common part of a wall as it was a moment ago.
pub(super) fn commons(
    library: &Library,
    survey: &str,
    head: &Head,
    ideas: &Ideas,
    now: Moment,
) -> Result<Arc<Commons>, ServiceError> {
    let before = library.commons(survey, &head.id);
    if let Some(fresh) = before.as_ref().filter(|commons| (0..LAG).contains(&(now.0 - commons.read.0))) {
        return Ok(Arc::clone(fresh));
    }
    let read = library.store.read(|conn| Commons::read(conn, survey, head, ideas, before.as_deref(), now))?;
    let read = Arc::new(read);
    library.keep_commons(survey, &head.id, Arc::clone(&read));
    Ok(read)
}

impl Commons {
    pub(super) fn read(
        conn: &mut Conn,
        survey: &str,
        head: &Head,
        wall: &Ideas,
        before: Option<&Self>,
        now: Moment,
    ) -> Result<Self, ServiceError> {
        let item = &head.id;
        let stored = idea::all(conn, survey, item)?;
        let comments: HashMap<String, i64> = idea_comment::counts(conn, survey, item)?.into_iter().collect();
        let roots: HashMap<String, String> = stored.iter().filter_map(merged).collect();
        let counted = counted(conn, survey, item, &roots)?;
        let of = |id: &str, text: &str, language: Option<&str>| {
            let comments = comments.get(id).copied().unwrap_or_default();
            let offered = Offered {
                id: id.to_string(),
                text: text.to_string(),
                language: language.map(str::to_string),
                comments: u64::try_from(comments).unwrap_or_default(),
                vote: None,
            };
            (id.to_string(), (offered, counted.get(id).copied().unwrap_or_default()))
        };
        let seeds = wall.seeds.iter().map(|seed| of(&seed.id, &seed.label, None));
        let shown = stored.iter().filter(|idea| idea.state == State::Shown);
        let ideas: BTreeMap<String, (Offered, Tally)> =
            seeds.chain(shown.map(|idea| of(&idea.id, &idea.text, Some(&idea.language)))).collect();
        // A text never changes, so that what was made of it is kept.
        let prepare = |(id, (offered, _)): (&String, &(Offered, Tally))| {
            let known = before.and_then(|before| before.prepared.get(id));
            (id.clone(), known.map_or_else(|| Arc::new(Prepared::new(&offered.text)), Arc::clone))
        };
        let prepared: HashMap<String, Arc<Prepared>> = ideas.iter().map(prepare).collect();
        let texts = ideas.keys().filter_map(|id| Some((id.clone(), Arc::clone(prepared.get(id)?))));
        Ok(Self { alike: Alike::new(texts.collect()), ideas, roots, prepared, read: now })
    }

    pub(super) fn candidates(&self) -> impl Iterator<Item = Candidate<'_>> {
        self.ideas.iter().map(|(id, (_, tally))| Candidate { id, tally: *tally })
    }

    pub(super) fn shown(&self, id: &str) -> Option<Offered> {
        self.ideas.get(id).map(|(offered, _)| offered.clone())
    }

    pub(super) fn tally(&self, id: &str) -> Tally {
        self.ideas.get(id).map(|(_, tally)| *tally).unwrap_or_default()
    }

    pub(super) fn like(&self, text: &str, most: usize) -> Vec<String> {
        self.alike.find(text, most).into_iter().cloned().collect()
    }

    /// One person's votes by the idea that stands for each, as far as others see it.
    pub(super) fn by_root(&self, votes: Vec<(String, String)>) -> BTreeMap<String, Vote> {
        let mut heard: BTreeMap<String, (Option<Vote>, Vec<Vote>)> = BTreeMap::new();
        for (idea, vote) in votes {
            let Some(vote) = Vote::read(&vote) else { continue };
            match self.roots.get(&idea) {
                Some(root) => heard.entry(root.clone()).or_default().1.push(vote),
                None => heard.entry(idea).or_default().0 = Some(vote),
            }
        }
        let known = heard.into_iter().filter(|(idea, _)| self.ideas.contains_key(idea));
        known.filter_map(|(idea, (own, others))| Some((idea, together(own, others)?))).collect()
    }
}

fn merged(idea: &Idea) -> Option<(String, String)> {
    Some((idea.id.clone(), idea.merged_into.clone().filter(|_| idea.state == State::Merged)?))
}

/// The votes on each idea of a wall; those that were put together are counted person by person.
fn counted(
    conn: &mut Conn,
    survey: &str,
    item: &str,
    roots: &HashMap<String, String>,
) -> Result<BTreeMap<String, Tally>, ServiceError> {
    let mut counted: BTreeMap<String, Tally> = BTreeMap::new();
    for (idea, vote, people) in idea::counts(conn, survey, item)? {
        if let Some(vote) = Vote::read(&vote) {
            counted.entry(idea).or_default().add(vote, u64::try_from(people).unwrap_or_default());
        }
    }
    let together: Vec<&str> = roots.iter().flat_map(|(idea, root)| [idea.as_str(), root.as_str()]).collect();
    let votes = idea::votes_on(conn, survey, item, &together)?;
    let votes = votes.iter().filter_map(|(voter, idea, vote)| Some((voter.as_str(), idea.as_str(), Vote::read(vote)?)));
    let one_by_one = tallies(votes, |idea| roots.get(idea).map(String::as_str));
    counted.extend(one_by_one.into_iter().map(|(idea, tally)| (idea.to_string(), tally)));
    Ok(counted)
}
