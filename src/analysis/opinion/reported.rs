//! Opinion groups as the report shows them: nobody alone, and nothing of fewer people than may be shown.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::source::{Source, source};
use super::stats::{self, Standing};
use super::{Groups, HALVINGS, LEAST_STATEMENTS, LEAST_VOTES, Outcome, STABLE, Votes, differences, groups};
use crate::analysis::dataset::Dataset;
use crate::analysis::disclosure;
use crate::analysis::findings::thousands;
use crate::analysis::multiple::holm;
use crate::analysis::text::redact::Redactor;
use crate::analysis::wall::Tally;

/// What stands for an idea that may not leave before somebody looked it through.
const UNREAD: &str = "An idea that is still to be looked through";

/// People who vote alike on interventions and ideas.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Opinions {
    /// A stable code: `groups`, `unrelated`, `unstable`, `too_small`, `too_few_people`, `too_few_statements`.
    pub outcome: String,
    /// The outcome as a sentence.
    pub text: String,
    /// People who voted on at least one statement.
    pub people: u64,
    /// People who voted on enough statements to be placed.
    pub placed: u64,
    /// Votes that it takes to be placed.
    pub least_votes: u64,
    /// Votes in all, one a person and statement.
    pub votes: u64,
    /// The smallest group that is taken for one, in people.
    pub least_group: u64,
    /// The stability from which on groups count, 0 to 1.
    pub least_stability: f64,
    /// Each number of groups that was tried.
    pub tried: Vec<TriedGroups>,
    /// The shares of the variance of votes along the two directions that people are placed by, 0 to 1; `null` where
    /// nobody is placed.
    pub explained: Option<[f64; 2]>,
    /// The groups, the largest first; none unless the outcome is `groups`.
    pub groups: Vec<OpinionGroup>,
    /// One entry a statement: the interventions that are not withdrawn, in the order of the definition, then ideas.
    pub statements: Vec<OpinionStatement>,
    /// The statements that everyone together agrees to most clearly, at most five, each as `question.id`.
    pub agreed: Vec<String>,
    /// Those that everyone together disagrees with most clearly.
    pub disagreed: Vec<String>,
}

/// A number of groups that was tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TriedGroups {
    /// The number of groups.
    pub groups: u64,
    /// Mean silhouette of the base clusters, -1 to 1.
    pub silhouette: f64,
    /// Mean adjusted Rand index of the groups of random halves of the people, about 0 (chance) to 1 (the same).
    pub stability: f64,
    /// Whether every group is large enough.
    pub large_enough: bool,
}

/// People who vote alike.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OpinionGroup {
    /// A letter, `A` for the largest group.
    pub id: String,
    /// People in it.
    pub n: u64,
    /// Their share of those placed, 0 to 1.
    pub share: f64,
    /// The mean place of its people along the two directions, in no unit.
    pub centre: [f64; 2],
    /// The statements that set the group apart, at most five; those it is for come first.
    pub represented_by: Vec<RepresentativeStatement>,
}

/// A statement that sets a group apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RepresentativeStatement {
    /// The statement, as `question.id`.
    pub statement: String,
    /// True where the group is for it, and more than the others are or more clearly than anything else; false where it is
    /// more against it than the others are.
    pub agrees: bool,
}

/// A statement, and how each group voted on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OpinionStatement {
    /// The intervention's or the idea's id.
    pub id: String,
    /// The question that it was voted on in.
    pub question: String,
    /// What it says; in people's ideas without the personal details that the computer recognises.
    pub label: String,
    /// Everyone's votes; `null` where too few people voted to show them.
    pub votes: Option<OpinionVotes>,
    /// Votes by group, in the order of the groups; all `null` where any count of a group is too small to show.
    pub groups: Vec<Option<GroupVotes>>,
    /// Group-informed consensus for it, the product over groups of (A + 1) / (S + 2), 0 to 1; `null` where a group's
    /// votes are withheld or there are no groups.
    pub consensus: Option<f64>,
    /// Its root by the number of groups, 0 to 1, which does not fall with their number.
    pub mean_consensus: Option<f64>,
    /// The smallest of the groups' smoothed shares for it, 0 to 1.
    pub least_agree: Option<f64>,
    /// Group-informed consensus against it.
    pub consensus_against: Option<f64>,
    /// The smallest of the groups' smoothed shares against it.
    pub least_disagree: Option<f64>,
    /// p-value of the test that groups, made without the votes on this statement, are for it by the same share; 0 to 1,
    /// after Holm's correction over the statements; `null` where nothing is tested.
    pub p: Option<f64>,
    /// How far from the middle agreement to this statement alone puts a person, 0 or more; `null` where nobody is placed.
    pub extremity: Option<f64>,
    /// How much a further vote on it would tell, 0 or more; `null` where its votes are withheld.
    pub priority: Option<f64>,
}

impl OpinionStatement {
    /// What other parts of the report call it: `question.id`.
    pub fn key(&self) -> String {
        format!("{}.{}", self.question, self.id)
    }
}

/// How people voted on a statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OpinionVotes {
    /// For it.
    pub agree: u64,
    /// Against it.
    pub disagree: u64,
    /// Neither.
    pub pass: u64,
}

/// How a group voted on a statement, beside the others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GroupVotes {
    /// For it.
    pub agree: u64,
    /// Against it.
    pub disagree: u64,
    /// Neither.
    pub pass: u64,
    /// Smoothed share for it, (A + 1) / (S + 2), 0 to 1.
    pub agree_share: f64,
    /// Smoothed share against it.
    pub disagree_share: f64,
    /// z of the share for it against one half.
    pub agree_z: f64,
    /// z of the share against it against one half.
    pub disagree_z: f64,
    /// Share for it over that of the other groups, above 0.
    pub agree_ratio: f64,
    /// Share against it over that of the other groups.
    pub disagree_ratio: f64,
    /// z of the share for it against that of the other groups.
    pub agree_ratio_z: f64,
    /// z of the share against it against that of the other groups.
    pub disagree_ratio_z: f64,
}

/// The opinion groups of a consultation; none where nothing is voted on. Nothing here depends on the order of
/// respondents.
pub fn opinions(data: &Dataset<'_>, seed: u64) -> Option<Opinions> {
    let mut source = source(data);
    let redactor = Redactor::new();
    for idea in source.statements.iter_mut().filter(|statement| statement.is_idea) {
        let label = data.quote(&idea.question, &redactor, &idea.label);
        idea.label = label.unwrap_or_else(|| UNREAD.to_string());
    }
    if source.statements.is_empty() || source.votes.is_empty() {
        return None;
    }
    let (votes, _) = source.votes.shuffled(seed);
    let min_cell = data.survey.privacy.min_cell;
    let found = groups(&votes, min_cell, seed);
    let p = match found.found() {
        Some((_, tried)) => corrected(&differences(&votes, tried.division.sizes.len(), min_cell as usize, seed)),
        None => vec![None; votes.statements()],
    };
    Some(reported(&source, &votes, &found, &p, min_cell))
}

/// Holm's correction of those p-values that there are.
fn corrected(p: &[Option<f64>]) -> Vec<Option<f64>> {
    let raw: Vec<f64> = p.iter().flatten().copied().collect();
    let mut adjusted = holm(&raw).into_iter();
    p.iter().map(|one| one.and_then(|_| adjusted.next())).collect()
}

/// Puts together what is shown. `votes` are those of `source` in the order that the groups were made in.
fn reported(source: &Source, votes: &Votes, found: &Groups, p: &[Option<f64>], min_cell: u32) -> Opinions {
    let group_of = found.group_of(votes.people());
    let division = found.found().map(|(_, tried)| &tried.division);
    let k = division.map_or(0, |division| division.sizes.len());
    // The last "group" is that of people in none: their votes follow from the totals, so they count when hiding.
    let tallies = votes.tallies(k + 1, |person| Some(group_of.get(person).copied().flatten().unwrap_or(k)));
    let of = |statement: usize| -> Vec<Tally> {
        tallies.iter().map(|group| group.get(statement).copied().unwrap_or_default()).collect()
    };
    let extremity = found.map.as_ref().map(|map| map.components.extremity());
    let mut standings: Vec<Vec<Option<Standing>>> = vec![Vec::new(); k];
    let mut overall: Vec<Option<Tally>> = Vec::new();
    let mut statements = Vec::new();
    for (number, statement) in source.statements.iter().enumerate() {
        let cells = of(number);
        let all = stats::together(&cells);
        let all = Some(all).filter(|all| !disclosure::is_small(all.voted(), min_cell));
        // Where any count of a group is small, no group's votes are shown: then nothing follows from any.
        let is_small = |tally: &Tally| {
            [tally.agree, tally.disagree, tally.pass].iter().any(|&count| disclosure::is_small(count, min_cell))
        };
        let hidden = all.is_none() || cells.iter().any(is_small);
        let grouped = cells.get(..k).unwrap_or_default();
        let shown: Vec<Option<Standing>> = grouped
            .iter()
            .enumerate()
            .map(|(group, tally)| {
                let others = grouped.iter().enumerate().filter(|(other, _)| *other != group).map(|(_, tally)| tally);
                (!hidden).then(|| Standing::new(*tally, stats::together(others)))
            })
            .collect();
        standings.iter_mut().zip(&shown).for_each(|(of_group, one)| of_group.push(*one));
        let extremity = extremity.as_ref().and_then(|all| all.get(number)).copied();
        statements.push(OpinionStatement {
            id: statement.id.clone(),
            question: statement.question.clone(),
            label: statement.label.clone(),
            votes: all.map(|all| OpinionVotes { agree: all.agree, disagree: all.disagree, pass: all.pass }),
            p: p.get(number).copied().flatten().filter(|_| shown.iter().all(Option::is_some)),
            extremity,
            priority: all.map(|all| stats::priority(&all, extremity.unwrap_or(0.0))),
            ..shared(&shown)
        });
        overall.push(all);
    }
    let id = |number: usize| statements.get(number).map(OpinionStatement::key);
    let [agreed, disagreed] = stats::consensus(&overall).map(|found| found.into_iter().filter_map(id).collect());
    let placed = found.map.as_ref().map_or(0, |map| map.placed.len()) as u64;
    let groups = division.into_iter().flat_map(|division| {
        let groups = division.sizes.iter().zip(&division.centres).zip(&standings).zip('A'..);
        groups.map(|(((&n, &centre), standings), letter)| OpinionGroup {
            id: letter.to_string(),
            n,
            share: n as f64 / placed.max(1) as f64,
            centre,
            represented_by: representatives(standings, &id),
        })
    });
    Opinions {
        outcome: code(found.outcome).to_string(),
        text: sentence(found, placed, votes),
        people: votes.people() as u64,
        placed,
        least_votes: LEAST_VOTES.min(votes.statements()) as u64,
        votes: votes.len() as u64,
        least_group: found.least_group,
        least_stability: STABLE,
        tried: found
            .tried
            .iter()
            .map(|tried| TriedGroups {
                groups: tried.division.sizes.len() as u64,
                silhouette: tried.division.silhouette,
                stability: tried.stability,
                large_enough: tried.division.sizes.iter().all(|&size| size >= found.least_group),
            })
            .collect(),
        explained: found.map.as_ref().map(|map| {
            let total = map.components.total;
            map.components.variance.map(|variance| if total > 0.0 { variance / total } else { 0.0 })
        }),
        groups: groups.collect(),
        statements,
        agreed,
        disagreed,
    }
}

/// The statements that represent a group, those that it is for first.
fn representatives(
    standings: &[Option<Standing>],
    key: &impl Fn(usize) -> Option<String>,
) -> Vec<RepresentativeStatement> {
    let found = stats::representative(standings).into_iter().filter_map(|one| {
        // Of what a group is clearest for it is not said that it is against it, though others may be for it still more.
        Some(RepresentativeStatement { statement: key(one.statement)?, agrees: one.agrees || one.is_best_agreed })
    });
    let mut found: Vec<RepresentativeStatement> = found.collect();
    found.sort_by_key(|one| !one.agrees);
    found
}

/// What the groups share on a statement, and their votes.
fn shared(shown: &[Option<Standing>]) -> OpinionStatement {
    let all: Option<Vec<&Standing>> = shown.iter().map(Option::as_ref).collect();
    let all = all.filter(|all| !all.is_empty());
    let least =
        |of: fn(&Standing) -> f64| all.as_ref().map(|all| all.iter().map(|one| of(one)).fold(f64::INFINITY, f64::min));
    let consensus = all.as_ref().map(|all| stats::group_informed_consensus(all.iter().map(|one| &one.tally)));
    OpinionStatement {
        id: String::new(),
        question: String::new(),
        label: String::new(),
        votes: None,
        groups: shown.iter().map(|one| one.as_ref().map(group_votes)).collect(),
        consensus,
        mean_consensus: consensus.map(|consensus| consensus.powf(1.0 / shown.len().max(1) as f64)),
        least_agree: least(|one| one.agree),
        consensus_against: all.as_ref().map(|all| stats::group_informed_disagreement(all.iter().map(|one| &one.tally))),
        least_disagree: least(|one| one.disagree),
        p: None,
        extremity: None,
        priority: None,
    }
}

fn group_votes(one: &Standing) -> GroupVotes {
    GroupVotes {
        agree: one.tally.agree,
        disagree: one.tally.disagree,
        pass: one.tally.pass,
        agree_share: one.agree,
        disagree_share: one.disagree,
        agree_z: one.agree_z,
        disagree_z: one.disagree_z,
        agree_ratio: one.agree_ratio,
        disagree_ratio: one.disagree_ratio,
        agree_ratio_z: one.agree_ratio_z,
        disagree_ratio_z: one.disagree_ratio_z,
    }
}

fn code(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Found(_) => "groups",
        Outcome::Unrelated => "unrelated",
        Outcome::Unstable => "unstable",
        Outcome::TooSmall => "too_small",
        Outcome::TooFewPeople => "too_few_people",
        Outcome::TooFewStatements => "too_few_statements",
    }
}

fn sentence(found: &Groups, placed: u64, votes: &Votes) -> String {
    let (placed, least) = (thousands(placed), found.least_group);
    match found.outcome {
        Outcome::Found(_) => {
            let (sizes, stability) =
                found.found().map_or((&[][..], 0.0), |(_, tried)| (tried.division.sizes.as_slice(), tried.stability));
            let listed: Vec<String> = sizes.iter().copied().map(thousands).collect();
            let (end, rest) = listed.split_last().map_or(("", &[][..]), |(end, rest)| (end.as_str(), rest));
            format!(
                "The {placed} people who voted on enough statements fall into {} groups who vote alike, of {} and {end}. Halves of the people, grouped apart, give similar groups (agreement {stability:.2}, where 0 is chance and 1 the same).",
                listed.len(),
                rest.join(", "),
            )
        }
        Outcome::Unrelated => format!(
            "There are no stable groups: how the {placed} people voted on one statement says no more of how they voted on others than chance would have it."
        ),
        Outcome::Unstable => format!(
            "There are no stable groups: when the {placed} people are halved at random, {HALVINGS} times, and each half is grouped apart, the halves give different groups. Opinions may vary by degrees, or statement by statement, rather than by camp."
        ),
        Outcome::TooSmall => format!(
            "There are no groups to show: however the {placed} people are divided, one group has fewer than {least} people."
        ),
        Outcome::TooFewPeople => format!(
            "There are too few people to look for groups: it takes {} who voted on at least {} statements.",
            2 * least,
            LEAST_VOTES.min(votes.statements())
        ),
        Outcome::TooFewStatements => {
            format!("There are too few statements to look for groups: it takes at least {LEAST_STATEMENTS}.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::simulate::planted;
    use super::super::source::Statement;
    use super::*;

    /// Two groups of 600 by twelve statements; of the last, the first `few` people of each group say something.
    fn opinions_with(few: [usize; 2]) -> Opinions {
        let (all, group_of) = planted(1_200, 12, 2, 0.6, 4);
        let mut votes = Votes::new(12);
        let mut left = few;
        for (person, &group) in group_of.iter().enumerate() {
            let says = left[group] > 0;
            left[group] = left[group].saturating_sub(1);
            votes.push(all.votes_of(person).filter(|(statement, _)| *statement < 11 || says));
        }
        let statement = |n: usize| Statement {
            question: "q".to_string(),
            id: format!("s{n}"),
            label: format!("Statement {n}"),
            is_idea: false,
        };
        let source = Source { statements: (0..12).map(statement).collect(), votes };
        let (votes, _) = source.votes.shuffled(7);
        let found = groups(&votes, 10, 7);
        let p = corrected(&differences(&votes, 2, 10, 7));
        reported(&source, &votes, &found, &p, 10)
    }

    #[test]
    fn where_few_people_of_a_group_say_something_no_groups_votes_are_shown() {
        let opinions = opinions_with([600, 40]);
        assert_eq!((opinions.outcome.as_str(), opinions.groups.len()), ("groups", 2));
        let last = opinions.statements.last().unwrap();
        assert!(last.groups.iter().all(Option::is_none), "40 people, and some of them passed");
        assert!(last.votes.is_some());
        assert_eq!((last.consensus, last.least_agree, last.p), (None, None, None));
        let named = opinions.groups.iter().flat_map(|group| &group.represented_by);
        assert!(named.into_iter().all(|one| one.statement != "q.s11"));
        let shown = opinions_with([600, 600]);
        for statement in &shown.statements {
            let counts = statement.groups.iter().flatten().flat_map(|one| [one.agree, one.disagree, one.pass]);
            let counts: Vec<u64> = counts.collect();
            assert!(counts.len() == 6 && counts.iter().all(|&count| count == 0 || count >= 10), "{counts:?}");
            assert!(statement.p.is_some() && statement.consensus.is_some());
        }
    }

    #[test]
    fn a_statement_that_few_people_voted_on_shows_nothing() {
        let last = opinions_with([5, 4]).statements.pop().unwrap();
        assert_eq!((&last.votes, last.priority, last.p), (&None, None, None));
        assert!(last.groups.iter().all(Option::is_none));
    }

    #[test]
    fn a_group_is_not_said_to_be_against_what_it_is_clearest_for() {
        let tally = |agree, disagree| Tally { agree, disagree, pass: 0 };
        let standing = |inside, outside| Some(Standing::new(inside, outside));
        // 93 in 100 are for it here, and 99 in 100 elsewhere; the other statement is for nobody.
        let standings = [standing(tally(93, 7), tally(990, 10)), standing(tally(40, 60), tally(400, 600))];
        let found = representatives(&standings, &|number| Some(format!("s{number}")));
        assert_eq!(found, [RepresentativeStatement { statement: "s0".to_string(), agrees: true }]);
        assert!(!stats::representative(&standings)[0].agrees, "as Polis has it");
    }

    #[test]
    fn holms_correction_passes_over_what_is_not_tested() {
        assert_eq!(corrected(&[Some(0.01), None, Some(0.5)]), [Some(0.02), None, Some(0.5)]);
    }
}
