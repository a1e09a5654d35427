//! Agreement and polarisation on a scale (`analysis::measure`), against numpy and scipy, and R's agrmt.

use super::{Damage, Place};
use crate::analysis::measure::{
    bimodality_coefficient, bottom_two, disagreement_index, esteban_ray, interquartile_range, moments, net,
    tastle_wierman, top_share, top_two, van_der_eijk,
};

/// A field and its measure.
type Field = (&'static str, fn(&[u64]) -> Option<f64>);

/// `cases` of `counts` by step, and every measure of them; the last four may be missing.
pub(super) fn compare(vector: &Place<'_>) -> Result<(), Damage> {
    let fields: [Field; 9] = [
        ("van_der_eijk_A", van_der_eijk),
        ("polarization_(1-A)/2", |counts| van_der_eijk(counts).map(|a| (1.0 - a) / 2.0)),
        ("tastle_wierman_consensus", tastle_wierman),
        ("esteban_ray_alpha1.3_unit_spacing", esteban_ray),
        ("bimodality_coefficient", bimodality_coefficient),
        ("mean", |counts| moments(counts).map(|moments| moments.mean)),
        ("sd_sample", |counts| moments(counts).map(|moments| moments.deviation())),
        ("top2_box", top_two),
        ("bottom2_box", bottom_two),
    ];
    let may_be_missing: [Field; 3] =
        [("iqr", interquartile_range), ("top_share", top_share), ("disagreement_index", disagreement_index)];
    for case in vector.at("cases")?.each()? {
        let counts: Vec<u64> = case.at("counts")?.read()?;
        for (name, measure) in fields {
            case.at(name)?.is_maybe(measure(&counts))?;
        }
        case.at("net_support")?.is_maybe(net(&counts))?;
        for (name, measure) in may_be_missing {
            if let Some(expected) = case.maybe(name) {
                expected.is_maybe(measure(&counts))?;
            }
        }
    }
    Ok(())
}
