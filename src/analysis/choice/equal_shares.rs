//! Spending a budget by people's approvals: the Method of Equal Shares, and greedily by votes for comparison.
//!
//! Sums are whole numbers: money is counted in a small part of its unit that every share divides into.

/// A project: what it costs, in whole units of money, and who approves of it, by number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Its cost, above 0.
    pub cost: u64,
    /// The voters for it, by number.
    pub voters: Vec<usize>,
}

/// What a voter is thought to get from a project that is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Utility {
    /// What it costs.
    Cost,
    /// One, whatever it costs.
    Cardinality,
}

/// What is carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spending {
    /// The projects, by number, in the order in which they were bought.
    pub chosen: Vec<usize>,
    /// What they cost together.
    pub cost: u64,
    /// Projects that were tied when one of them was bought, a set each time: the one with more voters was bought, then the
    /// one that stands first.
    pub ties: Vec<Vec<usize>>,
}

/// Parts of a unit of money, times the voters.
const PARTS: u128 = 1 << 20;

/// The Method of Equal Shares: everyone has an equal part of the budget, and the project is bought next whose supporters pay
/// least for what they get, each at most what is left to them.
///
/// A project p is bought at the smallest rho with sum over its voters of `min(b_i, rho u)` = cost, u being the utility; it is
/// left out if its voters have too little. What is left unspent is left: see [`with_add1`]. Rates that differ by less than a
/// millionth of a unit are tied. Nothing is chosen without voters. Cost: projects squared times voters. Source: Peters,
/// Pierczyński and Skowron 2021 (`NeurIPS`, "Proportional participatory budgeting with additive utilities").
pub fn equal_shares(projects: &[Project], voters: usize, budget: u64, utility: Utility) -> Spending {
    bought(projects, voters, u128::from(budget) * PARTS, utility)
}

/// Equal Shares, completed: everyone's part is raised by one unit at a time for as long as what is bought costs no more than
/// the budget; the last such outcome and the number of raises.
///
/// It ends, too, once every project that has a voter is bought. Source: Faliszewski et al. 2023 (IJCAI, "Participatory
/// budgeting: data, tools and analysis"), completion Add1.
pub fn with_add1(projects: &[Project], voters: usize, budget: u64, utility: Utility) -> (Spending, u64) {
    let with_voters = projects.iter().filter(|project| !project.voters.is_empty()).count();
    let share = u128::from(budget) * PARTS;
    let (mut last, mut raises) = (bought(projects, voters, share, utility), 0);
    while voters > 0 && last.chosen.len() < with_voters {
        let more = share + u128::from(raises + 1) * PARTS * voters as u128;
        let next = bought(projects, voters, more, utility);
        if next.cost > budget {
            break;
        }
        (last, raises) = (next, raises + 1);
    }
    (last, raises)
}

/// The projects with most votes that fit, one after another.
///
/// Tie rule: of equal votes the one that stands first; the sets are told. This is what most cities do, and it gives a minority
/// nothing.
pub fn greedy(projects: &[Project], budget: u64) -> Spending {
    let mut order: Vec<(usize, &Project)> = projects.iter().enumerate().collect();
    order.sort_by_key(|(_, project)| std::cmp::Reverse(project.voters.len()));
    let equal = order.chunk_by(|(_, one), (_, other)| one.voters.len() == other.voters.len());
    let ties =
        equal.filter(|tied| tied.len() > 1).map(|tied| tied.iter().map(|(number, _)| *number).collect()).collect();
    let mut spending = Spending { chosen: Vec::new(), cost: 0, ties };
    for (number, project) in order {
        if spending.cost.saturating_add(project.cost) <= budget {
            spending.cost += project.cost;
            spending.chosen.push(number);
        }
    }
    spending
}

/// Equal Shares where each of the voters has `share`, in parts of a unit times the number of voters.
fn bought(projects: &[Project], voters: usize, share: u128, utility: Utility) -> Spending {
    let mut left = vec![share; voters];
    let scaled = |project: &Project| u128::from(project.cost) * PARTS * voters as u128;
    let gain = |project: &Project| match utility {
        Utility::Cost => u128::from(project.cost),
        Utility::Cardinality => 1,
    };
    let slack = voters as u128;
    // What each pays at most, of the projects that are not bought and not out of reach. It only rises as money is spent, so
    // that one is calculated anew only when it could be next.
    let mut open: Vec<(usize, &Project, u128)> = projects.iter().enumerate().map(|(at, one)| (at, one, 0)).collect();
    let mut spending = Spending { chosen: Vec::new(), cost: 0, ties: Vec::new() };
    loop {
        let mut best: Option<(u128, u128)> = None;
        open.sort_by(|(_, one, a), (_, other, b)| (a * gain(other)).cmp(&(b * gain(one))));
        let mut out = Vec::new();
        for (at, project, pays) in &mut open {
            let of = gain(project);
            if best.is_some_and(|(most, its)| *pays * its > (most + slack) * of) {
                break;
            }
            match price(project, &left, scaled(project), slack) {
                None => out.push(*at),
                Some(found) => {
                    *pays = found;
                    if best.is_none_or(|(most, its)| found * its < most * of) {
                        best = Some((found, of));
                    }
                }
            }
        }
        open.retain(|(at, ..)| !out.contains(at));
        let Some((most, its)) = best else { return spending };
        let is_tied = |(_, project, pays): &&(usize, &Project, u128)| {
            (*pays * its).abs_diff(most * gain(project)) <= slack * its.max(gain(project))
        };
        let mut tied: Vec<(usize, &Project, u128)> = open.iter().filter(is_tied).copied().collect();
        tied.sort_by_key(|(at, project, _)| (std::cmp::Reverse(project.voters.len()), *at));
        let Some((at, project, pays)) = tied.first().copied() else { return spending };
        if tied.len() > 1 {
            let mut set: Vec<usize> = tied.iter().map(|(at, ..)| *at).collect();
            set.sort_unstable();
            spending.ties.push(set);
        }
        for voter in &project.voters {
            if let Some(money) = left.get_mut(*voter) {
                *money -= pays.min(*money);
            }
        }
        spending.chosen.push(at);
        spending.cost += project.cost;
        open.retain(|(other, ..)| *other != at);
    }
}

/// What each voter of a project pays at most, so that all together pay for it; none where they have too little.
fn price(project: &Project, left: &[u128], cost: u128, slack: u128) -> Option<u128> {
    let money = || project.voters.iter().filter_map(|voter| left.get(*voter)).copied();
    if cost == 0 || money().sum::<u128>() + slack < cost {
        return None;
    }
    let mut pays = 0;
    loop {
        // Those with less than is asked pay all that they have; the others share what remains.
        let (mut poor, mut able) = (0, 0_u128);
        for money in money() {
            if money < pays { poor += money } else { able += 1 }
        }
        let next = cost.saturating_sub(poor).div_ceil(able.max(1));
        if able == 0 || next <= pays {
            return Some(pays);
        }
        pays = next;
    }
}
