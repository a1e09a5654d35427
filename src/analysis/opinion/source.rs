//! The votes of a consultation: support for interventions, and votes on the ideas of idea walls, of the same people.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::votes::Votes;
use crate::analysis::dataset::{Cell, Column, Dataset};
use crate::analysis::wall::{Vote, together};
use crate::item::Scale;

/// Respondents whose votes one thread gathers at a time.
const BLOCK: usize = 1024;

/// Something that people voted on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The question: the rating that measures support, or the idea wall.
    pub question: String,
    /// The intervention's or the idea's id.
    pub id: String,
    /// What it says.
    pub label: String,
    /// True for an idea, which people wrote.
    pub is_idea: bool,
}

/// What people voted on, and how; one person a respondent, in their order.
#[derive(Clone, Debug)]
pub struct Source {
    /// The statements, by their numbers in `votes`.
    pub statements: Vec<Statement>,
    /// The votes.
    pub votes: Votes,
}

/// Ratings of one statement, and the vote that each step of the scale stands for.
type Rated<'a> = (&'a [Cell<u16>], &'a [Option<Vote>]);

/// All votes of a consultation.
///
/// A rating for an intervention is a vote for it, against it or, in between, a pass, as everywhere in the report; a step
/// marked as missing and a blank are no vote. Withdrawn interventions are no statements. Of idea walls, votes on the ideas
/// that are shown count, with those on ideas that were put together with one.
pub fn source(data: &Dataset<'_>) -> Source {
    let survey = data.survey;
    let mut statements = Vec::new();
    let mut withdrawn = 0;
    let mut rated: Vec<&[Cell<u16>]> = Vec::new();
    let mut vote_of: Vec<Option<Vote>> = Vec::new();
    if let Some((item, measure)) = survey.support()
        && let Scale::Ratings { rows, steps } = item.scale()
        && let Some(Column::Ratings(columns)) = data.column(&item.head.id)
    {
        vote_of = steps
            .iter()
            .map(|step| match step {
                step if step.missing => None,
                step if measure.support.contains(&step.id) => Some(Vote::Agree),
                step if measure.oppose.contains(&step.id) => Some(Vote::Disagree),
                _ => Some(Vote::Pass),
            })
            .collect();
        for (row, cells) in rows.iter().zip(columns) {
            if survey.interventions.iter().any(|known| known.withdrawn && known.id == row.id) {
                withdrawn += 1;
                continue;
            }
            let (question, id, label) = (item.head.id.clone(), row.id.clone(), row.label.clone());
            statements.push(Statement { question, id, label, is_idea: false });
            rated.push(cells);
        }
    }
    let rated: Vec<Rated<'_>> = rated.into_iter().map(|cells| (cells, vote_of.as_slice())).collect();
    let mut walls = Vec::new();
    for question in survey.answered_questions() {
        if let Scale::Ideas { seeds, .. } = question.item.scale() {
            let item = &question.item.head.id;
            let mut ideas = data.wall(item).to_vec();
            ideas.sort_unstable();
            // The number of the statement that each idea stands in, and whether it is the idea itself.
            let mut numbers: BTreeMap<String, (usize, bool)> = BTreeMap::new();
            let seeds = seeds.iter().map(|seed| (&seed.id, &seed.label, false));
            let shown = ideas.iter().filter(|idea| idea.merged_into.is_none()).map(|idea| (&idea.id, &idea.text, true));
            for (id, label, is_idea) in seeds.chain(shown) {
                numbers.insert(id.clone(), (statements.len(), true));
                let (question, id, label) = (item.clone(), id.clone(), label.clone());
                statements.push(Statement { question, id, label, is_idea });
            }
            for idea in &ideas {
                let mut root = idea;
                for _ in 0..ideas.len() {
                    let next = ideas.iter().find(|other| root.merged_into.as_ref() == Some(&other.id));
                    let Some(next) = next else { break };
                    root = next;
                }
                let root = root.merged_into.as_ref().unwrap_or(&root.id);
                if let (Some(&(number, _)), false) = (numbers.get(root), numbers.contains_key(&idea.id)) {
                    numbers.insert(idea.id.clone(), (number, false));
                }
            }
            walls.push((data.wall_votes(item), numbers));
        }
    }
    let n = statements.len();
    let blocks: Vec<Votes> = (0..data.n.div_ceil(BLOCK))
        .into_par_iter()
        .map(|block| {
            let mut votes = Votes::new(n);
            for person in block * BLOCK..((block + 1) * BLOCK).min(data.n) {
                let ratings = rated.iter().enumerate().filter_map(|(statement, (cells, vote_of))| {
                    let step = cells.get(person)?.ok()?;
                    Some((statement, (*vote_of.get(usize::from(step))?)?))
                });
                let on_walls = walls.iter().flat_map(|(voted, numbers)| on_wall(voted.get(person), numbers));
                votes.push(ratings.chain(on_walls));
            }
            votes
        })
        .collect();
    let mut votes = Votes::new(n).with_withdrawn(withdrawn);
    for block in &blocks {
        votes.append(block);
    }
    Source { statements, votes }
}

/// One person's votes on a wall by statement, one on ideas that were put together.
fn on_wall(voted: Option<&BTreeMap<String, Vote>>, numbers: &BTreeMap<String, (usize, bool)>) -> Vec<(usize, Vote)> {
    let mut said: BTreeMap<usize, (Option<Vote>, Vec<Vote>)> = BTreeMap::new();
    for (idea, &vote) in voted.into_iter().flatten() {
        match numbers.get(idea) {
            Some(&(number, true)) => said.entry(number).or_default().0 = Some(vote),
            Some(&(number, false)) => said.entry(number).or_default().1.push(vote),
            None => {}
        }
    }
    said.into_iter().filter_map(|(number, (itself, others))| Some((number, together(itself, others)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::dataset::WallIdea;
    use crate::analysis::wall::Tally;
    use crate::definition::parse;
    use crate::item::Answer;
    use crate::response::Record;

    const SURVEY: &str = r#"{"format": 1, "id": "both", "title": "Both",
        "interventions": [{"id": "i1", "label": "One"}, {"id": "i2", "label": "Two", "withdrawn": true}, {"id": "i3", "label": "Three"}],
        "pages": [
            {"id": "p", "title": "Page", "questions": [
                {"id": "r", "type": "rate", "text": "How?", "items": "interventions", "measure": "support", "support": ["y"],
                 "oppose": ["n"], "scale": [{"id": "n", "label": "No"}, {"id": "p", "label": "Neither"}, {"id": "y", "label": "Yes"},
                    {"id": "dk", "label": "Don't know", "missing": true}]}]},
            {"id": "w", "title": "Wall", "questions": [
                {"id": "wall", "type": "ideas", "text": "Ideas?", "seeds": [{"id": "seed", "label": "A seed"}]}]}]}"#;

    fn votes(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(id, word)| ((*id).to_string(), (*word).to_string())).collect()
    }

    #[test]
    fn ratings_and_votes_on_ideas_are_the_votes_of_one_person() {
        let survey = parse(SURVEY).survey.unwrap();
        let mut data = Dataset::new(&survey);
        let people = [
            (votes(&[("i1", "y"), ("i2", "n"), ("i3", "p")]), votes(&[("seed", "agree"), ("i-a", "disagree")])),
            (votes(&[("i1", "n"), ("i3", "dk")]), votes(&[("i-b", "agree"), ("i-hidden", "agree")])),
            (votes(&[]), votes(&[("i-a", "agree"), ("i-c", "disagree")])),
        ];
        for (ratings, ideas) in people {
            let mut record = Record::default();
            record.answers.insert("r".to_string(), Answer::Ratings(ratings));
            record.answers.insert("wall".to_string(), Answer::Ideas { own: 0, votes: ideas });
            data.push(&record);
        }
        let idea = |id: &str, text: &str, merged_into: Option<&str>| WallIdea {
            text: text.to_string(),
            id: id.to_string(),
            merged_into: merged_into.map(str::to_string),
        };
        // b says the same as a, and c the same as b.
        data.set_wall(
            "wall",
            vec![idea("i-b", "Bees too", Some("i-a")), idea("i-c", "Cows too", Some("i-b")), idea("i-a", "Bees", None)],
        );
        let source = source(&data);
        let labels: Vec<(&str, bool)> =
            source.statements.iter().map(|statement| (statement.label.as_str(), statement.is_idea)).collect();
        assert_eq!(labels, [("One", false), ("Three", false), ("A seed", false), ("Bees", true)]);
        let tally = |agree, disagree, pass| Tally { agree, disagree, pass };
        // The third person's own vote on a counts, and not the one on c.
        let expected = [tally(1, 1, 0), tally(0, 0, 1), tally(1, 0, 0), tally(2, 1, 0)];
        assert_eq!(source.votes.tallies(1, |_| Some(0)).remove(0), expected);
        assert_eq!((source.votes.people(), source.votes.withdrawn), (3, 1));
    }
}
