//! Corrections for many tests (`analysis::multiple`), against statsmodels.

use super::{Damage, Place};
use crate::analysis::multiple::{benjamini_hochberg, benjamini_yekutieli, bonferroni, hochberg, holm, simes};

/// Adjusted p-values in the order of the raw ones.
type Correction = fn(&[f64]) -> Vec<f64>;

/// `cases` of p-values `p`, with any of the corrections of them.
pub(super) fn compare(vector: &Place<'_>) -> Result<(), Damage> {
    for case in vector.at("cases")?.each()? {
        let p: Vec<f64> = case.at("p")?.read()?;
        let corrections: [(&str, Correction); 5] = [
            ("bonferroni", bonferroni),
            ("holm", holm),
            ("simes-hochberg", hochberg),
            ("fdr_bh", benjamini_hochberg),
            ("fdr_by", benjamini_yekutieli),
        ];
        for (name, correct) in corrections {
            if let Some(expected) = case.maybe(name) {
                expected.are_in_tail(&correct(&p))?;
            }
        }
        if let Some(expected) = case.maybe("simes_global_p") {
            expected.is_in_tail(simes(&p))?;
        }
    }
    Ok(())
}
