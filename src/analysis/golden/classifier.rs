//! The verdicts (`analysis::verdict`), against a reference classifier written in Python with scipy.

use serde_json::json;

use super::{Damage, Place};
use crate::analysis::verdict::{Candidate, Cell, GroupKey, Partition, Reason, Verdict, classify};
use crate::definition::consensus::DecisionRule;

/// `items`: the cells of each partition and everything that is `expected` of the verdict, under the rule of `defaults`.
pub(super) fn compare(vector: &Place<'_>) -> Result<(), Damage> {
    vector.pass_over(&["overall_rule"]);
    let items = vector.at("items")?.each()?;
    let candidates = items.iter().map(candidate).collect::<Result<Vec<_>, _>>()?;
    let verdicts = classify(&candidates, &rule(&vector.at("defaults")?)?);
    for (item, verdict) in items.iter().zip(&verdicts) {
        item.pass_over(&["item"]);
        compare_one(&item.at("expected")?, verdict)?;
    }
    Ok(())
}

fn rule(defaults: &Place<'_>) -> Result<DecisionRule, Damage> {
    let share = |name: &str| defaults.at(name)?.read::<f64>();
    let count = |name: &str| defaults.at(name)?.read::<u32>();
    Ok(DecisionRule {
        alpha: share("alpha")?,
        tau_overall: share("tau_overall")?,
        tau_segment: share("tau_segment")?,
        tau_polar: share("tau_polar")?,
        n_min_overall: count("n_min_overall")?,
        n_min_segment: count("n_min_segment")?,
        n_min_guard: count("n_min_guard")?,
        delta: share("delta")?,
        precision_overall: share("prec_overall")?,
        precision_segment: share("prec_segment")?,
        ..DecisionRule::default()
    })
}

/// Overall counts are the sums over the first partition, as the reference has it.
fn candidate(item: &Place<'_>) -> Result<Candidate, Damage> {
    let mut partitions = Vec::new();
    for (id, groups) in item.at("cells_[support,oppose,n]")?.fields()? {
        let mut cells = Vec::new();
        for (group, cell) in groups.fields()? {
            let [support, oppose, n] = cell.read()?;
            cells.push((group.to_string(), Cell { support, oppose, n }));
        }
        partitions.push(Partition { id: id.to_string(), groups: cells, circular: false });
    }
    let mut overall = Cell::default();
    for (_, cell) in partitions.first().iter().flat_map(|first| &first.groups) {
        overall.support += cell.support;
        overall.oppose += cell.oppose;
        overall.n += cell.n;
    }
    Ok(Candidate { overall, partitions })
}

/// Every field of the reference's answer.
fn compare_one(expected: &Place<'_>, verdict: &Verdict) -> Result<(), Damage> {
    let found = &verdict.evidence;
    for (field, found) in [
        ("p_maj", found.raw.p_maj),
        ("p_overall", found.p_overall),
        ("p_overall_opp", found.p_overall_opp),
        ("p_broad", found.raw.p_broad),
        ("p_broad_opp", found.raw.p_broad_opp),
        ("p_div_seg", found.p_div_seg),
        ("p_div_all", found.p_div_all),
        ("p_div", found.raw.p_div),
        ("p_het", found.raw.p_het),
        ("overall_lcb", found.overall_lcb),
    ] {
        expected.at(field)?.is_in_tail(found)?;
    }
    let adjusted = expected.at("adj")?;
    for (field, found) in [
        ("p_broad", found.adjusted.p_broad),
        ("p_broad_opp", found.adjusted.p_broad_opp),
        ("p_div", found.adjusted.p_div),
        ("p_het", found.adjusted.p_het),
        ("p_maj", found.adjusted.p_maj),
    ] {
        adjusted.at(field)?.is_in_tail(found)?;
    }
    expected.at("overall_ci")?.are_in_tail(&found.overall_ci)?;
    expected.at("n_tested_segments")?.equals(found.n_tested_segments)?;
    let het = expected.at("het")?;
    if het.fields()?.len() != found.het.len() {
        het.equals(json!(found.het))?;
    }
    for (partition, p) in &found.het {
        het.at(partition)?.is_in_tail(*p)?;
    }
    match (expected.maybe("min_segment"), &found.min_segment) {
        (Some(expected), Some((bound, key))) => match expected.each()?.as_slice() {
            [value, partition, group] => {
                value.is_in_tail(*bound)?;
                partition.equals(&key.partition)?;
                group.equals(&key.group)?;
            }
            _ => expected.equals(json!(null))?,
        },
        (Some(expected), None) => expected.equals(json!(null))?,
        (None, Some(_)) => {
            expected.at("min_segment")?;
        }
        (None, None) => {}
    }
    expected.at("target")?.equals(pairs(&found.target))?;
    expected.at("guard")?.equals(pairs(&found.guard))?;
    expected.at("guard_opp")?.equals(pairs(&found.guard_opp))?;
    expected.at("failing")?.equals(pairs(&found.failing))?;
    expected.at("label")?.equals(verdict.label.code())?;
    expected.at("reason")?.equals(verdict.label.reason().map(Reason::code))
}

fn pairs(keys: &[GroupKey]) -> Vec<[&str; 2]> {
    keys.iter().map(|key| [key.partition.as_str(), key.group.as_str()]).collect()
}
