//! Polis's statistics of statements (`analysis::opinion::stats`), by the formulas of its Clojure source.

use super::{Damage, Place};
use crate::analysis::opinion::stats;
use crate::analysis::wall::Tally;

/// `prop_test`, `two_prop_test`, `group_informed_consensus` of groups given as agree, disagree and seen, and `priority`.
pub(super) fn compare(vector: &Place<'_>) -> Result<(), Damage> {
    for case in vector.at("prop_test")?.each()? {
        case.at("prop_test")?.is(stats::one_proportion(case.at("succ")?.read()?, case.at("n")?.read()?))?;
    }
    for case in vector.at("two_prop_test")?.each()? {
        let inside = (case.at("succ_in")?.read()?, case.at("n_in")?.read()?);
        let outside = (case.at("succ_out")?.read()?, case.at("n_out")?.read()?);
        case.at("two_prop_test")?.is(stats::two_proportions(inside, outside))?;
    }
    for case in vector.at("group_informed_consensus")?.each()? {
        case.pass_over(&["groups_format"]);
        let groups = case.at("groups")?.each()?;
        let groups = groups.iter().map(|group| tally(group, group.read()?)).collect::<Result<Vec<Tally>, Damage>>()?;
        case.at("gic_agree")?.is(stats::group_informed_consensus(&groups))?;
        case.at("gic_disagree")?.is(stats::group_informed_disagreement(&groups))?;
    }
    for case in vector.at("priority")?.each()? {
        let seen = [case.at("A")?.read()?, case.at("D")?.read()?, case.at("S")?.read()?];
        let ordinary = stats::priority(&tally(&case, seen)?, case.at("extremity")?.read()?);
        let is_meta: bool = case.at("is_meta")?.read()?;
        case.at("priority")?.is(if is_meta { stats::meta_priority() } else { ordinary })?;
    }
    Ok(())
}

/// Votes given as agree, disagree and seen: the rest passed.
fn tally(place: &Place<'_>, [agree, disagree, seen]: [u64; 3]) -> Result<Tally, Damage> {
    let pass = seen.checked_sub(agree + disagree).ok_or_else(|| place.damage("has more votes than were seen"))?;
    Ok(Tally { agree, disagree, pass })
}
