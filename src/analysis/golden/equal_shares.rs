//! The Method of Equal Shares (`analysis::choice::equal_shares`), against pabutools and the official result.

use super::{Damage, Place};
use crate::analysis::choice::equal_shares::{Project, Spending, Utility, equal_shares, greedy, with_add1};

/// The most money and the most voters that are calculated with.
const MOST: (u64, usize) = (1_000_000_000_000, 10_000_000);

/// `projects` with a cost, the `budget`, and who approves of each; the outcome with the utility of costs (`cost`) and of one
/// a project (`card`), and greedily.
pub(super) fn compare(vector: &Place<'_>) -> Result<(), Damage> {
    vector.pass_over(&["meta"]);
    let budget = whole(&vector.at("budget")?)?;
    let voters: usize = vector.at("n_voters")?.read()?;
    if voters > MOST.1 {
        return Err(vector.at("n_voters")?.damage("is more than ten million"));
    }
    let approvals: Vec<Vec<usize>> = vector.at("approvals_by_project_voter_index")?.read()?;
    let listed = vector.at("projects")?.each()?;
    if listed.len() != approvals.len() {
        return Err(vector.at("projects")?.damage("has another number than there are lists of approvals"));
    }
    let (mut ids, mut projects) = (Vec::new(), Vec::new());
    for (place, voters) in listed.iter().zip(approvals) {
        ids.push(place.at("id")?.read::<String>()?);
        place.at("votes")?.equals(voters.len())?;
        projects.push(Project { cost: whole(&place.at("cost")?)?, voters });
    }
    let names = |spending: &Spending| -> Vec<&str> {
        spending.chosen.iter().filter_map(|project| ids.get(*project)).map(String::as_str).collect()
    };
    let sorted = |spending: &Spending| {
        let mut names = names(spending);
        names.sort_unstable();
        names
    };
    let expected = vector.at("expected")?;
    for (name, utility) in [("cost", Utility::Cost), ("card", Utility::Cardinality)] {
        let case = expected.at(name)?;
        case.pass_over(&["pabutools_plain_equal"]);
        let plain = equal_shares(&projects, voters, budget, utility);
        case.at("plain")?.equals(names(&plain))?;
        case.at("plain_cost")?.is(plain.cost as f64)?;
        let (completed, raises) = with_add1(&projects, voters, budget, utility);
        case.at("add1_increments")?.equals(raises)?;
        case.at("add1")?.equals(sorted(&completed))?;
        case.at("add1_cost")?.is(completed.cost as f64)?;
    }
    let greedily = greedy(&projects, budget);
    expected.at("greedy_by_votes")?.equals(sorted(&greedily))?;
    if let Some(official) = expected.maybe("official_selected") {
        official.equals(sorted(&greedily))?;
    }
    Ok(())
}

/// Whole money.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be whole and within bounds")]
fn whole(place: &Place<'_>) -> Result<u64, Damage> {
    let money: f64 = place.read()?;
    let is_whole = money > 0.0 && money <= MOST.0 as f64 && money.fract() <= 0.0;
    if is_whole { Ok(money as u64) } else { Err(place.damage("is no whole sum above 0, of a million million at most")) }
}
