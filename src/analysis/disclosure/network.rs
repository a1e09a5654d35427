//! Counts that are bound to each other by published sums, and how far those that are hidden can still move.
//!
//! Each count is an edge from one sum to another: in a table of groups and answers from the group's total to the answer's.
//! What stands at a node is published, so a hidden count can only grow as far as hidden counts around a cycle through it can
//! give way: the most it can be is a maximum flow. In such a network the ends of the feasible interval that a linear
//! programme finds are those that the flow finds, and whole numbers (Hoffman and Kruskal 1956, total unimodularity).

use std::collections::VecDeque;

/// What may be done with a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Hidden, and it must not be known closely: a small count.
    Small,
    /// Hidden or never published, and nothing is lost if it is worked out.
    Unseen,
    /// Published, unless it has to be hidden to protect another.
    Open,
}

/// A count that leaves one sum and enters another.
#[derive(Clone, Copy, Debug)]
pub struct Figure {
    /// Node of the sum that it is part of.
    pub from: usize,
    /// Node of the other sum that it is part of.
    pub to: usize,
    /// People.
    pub count: u64,
    /// The least that a reader knows it to be if it is hidden: 1 where zeros are shown, else 0.
    pub least: u64,
    /// What may be done with it.
    pub standing: Standing,
    /// How dear it is to hide, beside the number of counts hidden.
    pub cost: u64,
}

/// Counts and the sums that bind them; counts that are always published are left out.
#[derive(Clone, Debug, Default)]
pub struct Network {
    figures: Vec<Figure>,
    /// Positions of the figures at each node.
    at: Vec<Vec<usize>>,
}

/// Which way a count is to move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Up,
    Down,
}

/// How far a count moved, what gave way, and the hidden counts once all that gave way are among them.
pub(super) struct Shift {
    pub(super) people: u64,
    pub(super) through: Vec<usize>,
    pub(super) hidden: Vec<bool>,
}

/// So many counts cannot be dearer than one more hidden count.
const ONE_MORE: u64 = 1 << 40;

/// More people than any table has.
const WITHOUT_END: u64 = 1 << 50;

impl Network {
    /// Adds a count; gives its position.
    pub fn add(&mut self, figure: Figure) -> usize {
        let position = self.figures.len();
        let nodes = figure.from.max(figure.to) + 1;
        if self.at.len() < nodes {
            self.at.resize_with(nodes, Vec::new);
        }
        for node in [figure.from, figure.to] {
            if let Some(at) = self.at.get_mut(node) {
                at.push(position);
            }
        }
        self.figures.push(figure);
        position
    }

    /// The counts, in the order in which they were added.
    pub fn figures(&self) -> &[Figure] {
        &self.figures
    }

    /// The least and the most that the count at `position` can be for a reader who knows all but the counts `hidden`: the
    /// ends of the interval that a linear programme gives. A count that is not hidden is what it is.
    pub fn bounds(&self, position: usize, hidden: &[bool]) -> [u64; 2] {
        let Some(figure) = self.figures.get(position) else { return [0, 0] };
        if !is(hidden, position) {
            return [figure.count; 2];
        }
        let down = self.shift(position, Way::Down, figure.count.saturating_sub(figure.least), hidden, false).people;
        let up = self.shift(position, Way::Up, WITHOUT_END, hidden, false).people;
        [figure.count - down, figure.count + up]
    }

    /// Moves the count at `position` by up to `wanted` people and lets hidden counts give way so that all sums stay. Where
    /// these do not suffice, `grow` lets further counts be hidden: as few as each step needs, the cheapest of these first.
    ///
    /// Each step moves along a path on which counts grow against the flow and shrink with it (Ford and Fulkerson 1956), so
    /// that the most people are moved in the end whichever paths are taken.
    pub(super) fn shift(&self, position: usize, way: Way, wanted: u64, hidden: &[bool], grow: bool) -> Shift {
        let mut shift = Shift { people: 0, through: Vec::new(), hidden: hidden.to_vec() };
        let Some(figure) = self.figures.get(position) else { return shift };
        let (source, target) = match way {
            Way::Up => (figure.to, figure.from),
            Way::Down => (figure.from, figure.to),
        };
        // The count itself stands aside, and its own least bound does not matter to those around it.
        let mut counts: Vec<u64> = self.figures.iter().map(|figure| figure.count).collect();
        while shift.people < wanted {
            let Some(path) = self.cheapest(source, target, position, &counts, &shift.hidden, grow) else { break };
            let room = path.iter().map(|(step, along)| self.room(*step, *along, &counts)).min().unwrap_or(0);
            let people = room.min(wanted - shift.people);
            for (step, along) in &path {
                if let (Some(count), Some(hidden)) = (counts.get_mut(*step), shift.hidden.get_mut(*step)) {
                    *count = if *along { *count + people } else { count.saturating_sub(people) };
                    *hidden = true;
                }
                shift.through.push(*step);
            }
            shift.people += people;
        }
        shift
    }

    /// By how much a count can grow (`along` its edge) or shrink.
    fn room(&self, position: usize, along: bool, counts: &[u64]) -> u64 {
        let least = self.figures.get(position).map_or(0, |figure| figure.least);
        if along { WITHOUT_END } else { counts.get(position).map_or(0, |count| count.saturating_sub(least)) }
    }

    /// The path from one node to another that hides the least, as positions and whether each is taken along its edge.
    fn cheapest(
        &self,
        source: usize,
        target: usize,
        aside: usize,
        counts: &[u64],
        hidden: &[bool],
        grow: bool,
    ) -> Option<Vec<(usize, bool)>> {
        let mut best: Vec<Option<u64>> = vec![None; self.at.len()];
        let mut by: Vec<Option<(usize, bool)>> = vec![None; self.at.len()];
        let mut waiting = VecDeque::from([source]);
        *best.get_mut(source)? = Some(0);
        while let Some(node) = waiting.pop_front() {
            let so_far = best.get(node).copied().flatten()?;
            for &position in self.at.get(node)? {
                let figure = self.figures.get(position)?;
                let is_hidden = is(hidden, position);
                let along = figure.from == node;
                if position == aside || !(is_hidden || grow) || self.room(position, along, counts) == 0 {
                    continue;
                }
                let cost = so_far + if is_hidden { 0 } else { ONE_MORE + figure.cost };
                let next = if along { figure.to } else { figure.from };
                let known = best.get_mut(next)?;
                if next != node && known.is_none_or(|known| cost < known) {
                    *known = Some(cost);
                    *by.get_mut(next)? = Some((position, along));
                    waiting.push_back(next);
                }
            }
        }
        best.get(target).copied().flatten()?;
        let (mut path, mut node) = (Vec::new(), target);
        while node != source {
            let (position, along) = by.get(node).copied().flatten()?;
            path.push((position, along));
            let figure = self.figures.get(position)?;
            node = if along { figure.from } else { figure.to };
        }
        Some(path)
    }
}

/// True where `hidden` says so.
pub fn is(hidden: &[bool], position: usize) -> bool {
    hidden.get(position).copied().unwrap_or(false)
}
