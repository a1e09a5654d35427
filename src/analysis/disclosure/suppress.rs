//! Which counts to hide besides the small ones, so that nobody can work those out (complementary suppression).

use super::network::{Figure, Network, Standing, Way, is};

/// How far a small count must be able to be from what it is, for a reader who solves all published sums together.
///
/// Either rule also asks that it can be smaller by one. Where even hiding everything would leave a narrower interval,
/// because published totals are small, the interval must be as wide as those totals leave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// It can be `min_cell` or more: the interval covers `count - 1` to `min_cell`. For totals.
    ToThreshold(u32),
    /// It can be greater by `min_cell` or more, so that it is not known to within ±(`min_cell` - 1); and every count hidden
    /// with it can be that much greater or smaller. For cells of tables.
    ByThreshold(u32),
}

impl Width {
    fn up(self, count: u64) -> u64 {
        match self {
            Self::ToThreshold(min_cell) => u64::from(min_cell).saturating_sub(count),
            Self::ByThreshold(min_cell) => u64::from(min_cell),
        }
    }
}

/// Most patterns tried where the best of all is looked for.
const MOST_TRIED: u64 = 300;

/// Which counts are hidden: the small ones, and as few and as small others as are found to do.
///
/// Where few patterns are possible all are tried, and those with the fewest counts and of these the smallest sum is taken.
/// Else each small count in turn is given room along the cheapest cycles (as in network-flow suppression, Kelly, Golden and
/// Assad 1992), and what turns out not to be needed is shown again. Equal input gives equal output.
pub fn suppress(network: &Network, width: Width) -> Vec<bool> {
    let figures = network.figures();
    let always: Vec<bool> = figures.iter().map(|figure| figure.standing != Standing::Open).collect();
    let any = |standing: Standing| figures.iter().any(|figure| figure.standing == standing);
    if !any(Standing::Small) || !any(Standing::Open) {
        return always;
    }
    let goal = Goal { network, width, all: vec![true; figures.len()] };
    let mut hidden = always.clone();
    let through = goal.give_room(&mut hidden);
    goal.show_again(&mut hidden, through);
    goal.fewest(&always, hidden)
}

/// The small counts, and those hidden with them, that a reader knows more closely than the rule allows, by position: none
/// of what [`suppress`] gives.
pub fn leaks(network: &Network, hidden: &[bool], width: Width) -> Vec<usize> {
    let goal = Goal { network, width, all: vec![true; network.figures().len()] };
    (0..network.figures().len()).filter(|position| goal.met(*position, hidden).is_none()).collect()
}

fn is_small(figures: &[Figure], position: usize) -> bool {
    figures.get(position).is_some_and(|figure| figure.standing == Standing::Small)
}

/// How far each count must be able to move: what the rule says, or as far as it can where all is hidden.
struct Goal<'a> {
    network: &'a Network,
    width: Width,
    all: Vec<bool>,
}

impl Goal<'_> {
    fn wanted(&self, position: usize) -> [(Way, u64); 2] {
        let Some(figure) = self.network.figures().get(position) else { return [(Way::Up, 0), (Way::Down, 0)] };
        let [up, down] = match (figure.standing, self.width) {
            (Standing::Small, width) => [width.up(figure.count), 1],
            (Standing::Open, Width::ByThreshold(min_cell)) => {
                let far = u64::from(min_cell);
                [far, far.min(figure.count.saturating_sub(figure.least))]
            }
            _ => [0, 0],
        };
        [(Way::Up, up), (Way::Down, down)]
    }

    /// The counts through which a count can move as far as wanted, or as far as it could were all hidden, which the second
    /// says; `None` if it cannot move so far.
    fn through(&self, position: usize, (way, wanted): (Way, u64), hidden: &[bool]) -> Option<(Vec<usize>, u64)> {
        let found = self.network.shift(position, way, wanted, hidden, false);
        let is_met = found.people >= wanted
            || found.people == self.network.shift(position, way, wanted, &self.all, false).people;
        is_met.then_some((found.through, found.people))
    }

    /// The counts that must stay hidden so that this one is not known too closely; `None` if it is.
    fn met(&self, position: usize, hidden: &[bool]) -> Option<Vec<usize>> {
        let figure = self.network.figures().get(position)?;
        if !is(hidden, position) {
            return (figure.standing != Standing::Small).then(Vec::new);
        }
        let [up, down] = self.wanted(position);
        match figure.standing {
            Standing::Unseen => Some(Vec::new()),
            Standing::Small => {
                let (mut through, _) = self.through(position, up, hidden)?;
                through.extend(self.through(position, down, hidden)?.0);
                Some(through)
            }
            // Enough one way; where neither way goes so far, as far as each can.
            Standing::Open => {
                let [one, other] = [up, down].map(|way| self.through(position, way, hidden));
                let is_far = |of: &Option<(Vec<usize>, u64)>| of.as_ref().is_some_and(|(_, by)| *by >= up.1);
                let found = if is_far(&one) {
                    one
                } else if is_far(&other) {
                    other
                } else {
                    one.zip(other).map(|((one, by), (other, _))| ([one, other].concat(), by))
                };
                found.map(|(through, _)| through)
            }
        }
    }

    fn holds(&self, hidden: &[bool]) -> bool {
        (0..hidden.len()).all(|position| self.met(position, hidden).is_some())
    }

    /// Gives each small count room, and then each that was hidden to give it, which hides more until all have it. Gives for
    /// each hidden count those that must stay hidden for it.
    fn give_room(&self, hidden: &mut Vec<bool>) -> Vec<Vec<usize>> {
        let figures = self.network.figures();
        let mut through: Vec<Vec<usize>> = vec![Vec::new(); figures.len()];
        let count = |at: &usize| figures.get(*at).map(|figure| figure.count);
        let mut waiting: Vec<usize> = (0..figures.len()).filter(|at| is_small(figures, *at)).collect();
        // The last is looked at first.
        waiting.sort_by_key(count);
        while let Some(position) = waiting.pop() {
            let is_small = is_small(figures, position);
            for (way, wanted) in self.wanted(position) {
                if let Some(found) = (!is_small).then(|| self.met(position, hidden)).flatten() {
                    note(&mut through, position, found);
                    break;
                }
                let moved = self.network.shift(position, way, wanted, hidden, true);
                waiting.extend((0..figures.len()).filter(|at| is(&moved.hidden, *at) && !is(hidden, *at)));
                note(&mut through, position, moved.through);
                *hidden = moved.hidden;
            }
        }
        through
    }

    /// Shows again what need not be hidden, the dearest first. `through` says of each count what must stay hidden for it.
    fn show_again(&self, hidden: &mut [bool], mut through: Vec<Vec<usize>>) {
        let figures = self.network.figures();
        let is_open = |at: &usize| figures.get(*at).is_some_and(|figure| figure.standing == Standing::Open);
        let mut extras: Vec<usize> = (0..figures.len()).filter(|at| is(hidden, *at)).filter(is_open).collect();
        extras.sort_by_key(|at| std::cmp::Reverse((figures.get(*at).map(|figure| figure.cost), *at)));
        for shown in extras {
            set(hidden, shown, false);
            // Only what moves through it can come to be known by it.
            let by_it = |at: &usize| *at != shown && through.get(*at).is_some_and(|of| of.contains(&shown));
            let again: Option<Vec<_>> =
                (0..figures.len()).filter(by_it).map(|at| Some((at, self.met(at, hidden)?))).collect();
            match again {
                Some(again) => {
                    for (at, found) in again.into_iter().chain([(shown, Vec::new())]) {
                        if let Some(place) = through.get_mut(at) {
                            *place = found;
                        }
                    }
                }
                None => set(hidden, shown, true),
            }
        }
    }

    /// The pattern of the fewest counts, and of these with the smallest sum, where there are few patterns; else `found`.
    fn fewest(&self, always: &[bool], found: Vec<bool>) -> Vec<bool> {
        let figures = self.network.figures();
        let open: Vec<(usize, u64)> = figures
            .iter()
            .enumerate()
            .filter(|(_, figure)| figure.standing == Standing::Open)
            .map(|(position, figure)| (position, figure.cost))
            .collect();
        let extra = open.iter().filter(|(position, _)| is(&found, *position)).count();
        if extra == 0 {
            return found;
        }
        let mut patterns: Vec<(usize, u64, Vec<usize>)> = vec![(0, 0, Vec::new())];
        let mut last = vec![(0, 0, Vec::new())];
        for size in 1..=extra {
            if choose(open.len(), size).saturating_add(patterns.len() as u64) > MOST_TRIED {
                return found;
            }
            last = last.iter().flat_map(|pattern: &(usize, u64, Vec<usize>)| larger(pattern, &open)).collect();
            patterns.extend(last.iter().cloned());
        }
        patterns.sort();
        for (_, _, pattern) in patterns {
            let mut hidden = always.to_vec();
            for position in pattern {
                set(&mut hidden, position, true);
            }
            if self.holds(&hidden) {
                return hidden;
            }
        }
        found
    }
}

/// The patterns with one count more, behind those that the pattern has.
fn larger((size, cost, pattern): &(usize, u64, Vec<usize>), open: &[(usize, u64)]) -> Vec<(usize, u64, Vec<usize>)> {
    let behind = open.iter().filter(|(position, _)| pattern.last().is_none_or(|last| position > last));
    behind
        .map(|(position, dear)| (size + 1, cost + dear, pattern.iter().copied().chain([*position]).collect()))
        .collect()
}

/// How many ways there are to choose `k` of `n`.
fn choose(n: usize, k: usize) -> u64 {
    (0..k.min(n)).fold(1, |ways: u64, step| ways.saturating_mul((n - step) as u64) / (step as u64 + 1))
}

fn note(through: &mut [Vec<usize>], position: usize, found: Vec<usize>) {
    if let Some(place) = through.get_mut(position) {
        place.extend(found);
    }
}

fn set(hidden: &mut [bool], position: usize, is_hidden: bool) {
    if let Some(place) = hidden.get_mut(position) {
        *place = is_hidden;
    }
}
