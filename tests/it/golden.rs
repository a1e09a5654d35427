//! The statistics against numbers that other programs produced (scipy, statsmodels): every field of every case.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;

use canvass::analysis::agreement::{Difference, Weights, alpha, kappa};
use canvass::analysis::heterogeneity::{cramers_v, pearson_chi2, two_proportion_z};
use canvass::analysis::interval::{clopper_pearson, lower_bound, p_exceeds, wilson};
use canvass::analysis::multiple::{benjamini_hochberg, holm};
use canvass::analysis::verdict::{Candidate, Cell, GroupKey, Partition, Reason, Verdict, classify};
use canvass::definition::consensus::DecisionRule;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::data::data;

#[test]
fn intervals_and_exact_tests_are_those_of_statsmodels_and_scipy() {
    let Some(golden) = load::<Intervals>("intervals").unwrap() else {
        println!("skipped: no data");
        return;
    };
    let mut errors = Errors::default();
    for case in &golden.cases {
        let (k, n, alpha) = (case.k, case.n, case.alpha);
        errors.pair("wilson", wilson(k, n, alpha), case.wilson);
        errors.pair("clopper_pearson", clopper_pearson(k, n, alpha), case.clopper_pearson);
    }
    for case in &golden.one_sided {
        errors.note("p_exact_greater", p_exceeds(case.k, case.n, case.tau), case.p_exact_greater);
        let bound = lower_bound(case.k, case.n, 0.05);
        errors.note("cp_lower", bound, case.cp_lower_one_sided_05);
    }
    for case in &golden.korn_graubard_noninteger {
        let (k, n) = (case.p_hat * case.n_eff, case.n_eff);
        errors.note("kg_lower", lower_bound(k, n, 0.05), case.kg_lower_05);
        errors.note("kg_upper", 1.0 - lower_bound(n - k, n, 0.05), case.kg_upper_05);
        errors.note("kg_p", p_exceeds(k, n, 0.5), case.p_value);
    }
    errors.judge(golden.tolerance);
}

#[test]
fn agreement_is_that_of_krippendorff_and_statsmodels() {
    let Some(golden) = load::<Agreement>("interrater_agreement").unwrap() else {
        println!("skipped: no data");
        return;
    };
    let mut errors = Errors::default();
    let coders = &golden.krippendorff.coders_by_units;
    let domain = &golden.krippendorff.value_domain;
    let number = |value: f64| domain.iter().position(|known| (known - value).abs() < 1e-9);
    let units: Vec<Vec<usize>> = (0..coders[0].len())
        .map(|unit| coders.iter().filter_map(|coder| coder[unit]).filter_map(number).collect())
        .collect();
    let of = |difference: Difference<'_>| alpha(&units, domain.len(), difference, 1).unwrap().value;
    errors.note("nominal", of(Difference::Nominal), golden.krippendorff.nominal);
    errors.note("ordinal", of(Difference::Ordinal), golden.krippendorff.ordinal);
    let distance = |a: usize, b: usize| a as f64 - b as f64;
    errors.note("interval", of(Difference::By(&distance)), golden.krippendorff.interval);
    let kappa = |weights| kappa(&golden.cohen.table, weights).unwrap().value;
    errors.note("kappa", kappa(Weights::None), golden.cohen.kappa);
    errors.note("weighted_linear", kappa(Weights::Linear), golden.cohen.weighted_linear);
    errors.note("weighted_quadratic", kappa(Weights::Quadratic), golden.cohen.weighted_quadratic);
    errors.judge(golden.tolerance);
}

#[test]
fn corrections_are_those_of_statsmodels() {
    let Some(golden) = load::<MultipleTesting>("multiple_testing").unwrap() else {
        println!("skipped: no data");
        return;
    };
    let mut errors = Errors::default();
    for case in &golden.cases {
        errors.list("holm", &holm(&case.p), &case.holm);
        errors.list("fdr_bh", &benjamini_hochberg(&case.p), &case.fdr_bh);
    }
    errors.judge(golden.tolerance);
}

#[test]
fn tests_of_heterogeneity_are_those_of_scipy() {
    let Some(golden) = load::<Heterogeneity>("heterogeneity").unwrap() else {
        println!("skipped: no data");
        return;
    };
    let mut errors = Errors::default();
    for case in &golden.contingency {
        let found = pearson_chi2(&case.table);
        errors.note("pearson_chi2", found.statistic, case.pearson_chi2);
        errors.note("p", found.p, case.p);
        errors.note("cramers_v", cramers_v(&case.table), case.cramers_v);
        assert_eq!(found.df, case.df);
    }
    for case in &golden.two_proportions {
        let z = two_proportion_z((case.k1, case.n1), (case.k2, case.n2));
        errors.note("two_proportions.z", z, case.z);
    }
    errors.judge(golden.tolerance);
}

#[test]
fn verdicts_are_those_of_the_reference_classifier() {
    let Some(golden) = load::<Classifier>("consensus_classifier").unwrap() else {
        println!("skipped: no data");
        return;
    };
    let candidates: Vec<Candidate> = golden.items.iter().map(candidate).collect();
    let verdicts = classify(&candidates, &DecisionRule::default());
    assert_eq!(verdicts.len(), golden.items.len());
    let mut errors = Errors::default();
    for (item, verdict) in golden.items.iter().zip(&verdicts) {
        compare(&item.expected, verdict, &mut errors);
    }
    errors.judge(golden.tolerance);
}

/// Every field of the reference's answer.
fn compare(expected: &Expected, verdict: &Verdict, errors: &mut Errors) {
    let found = &verdict.evidence;
    for (field, found, expected) in [
        ("p_maj", found.raw.p_maj, expected.p_maj),
        ("p_overall", found.p_overall, expected.p_overall),
        ("p_overall_opp", found.p_overall_opp, expected.p_overall_opp),
        ("p_broad", found.raw.p_broad, expected.p_broad),
        ("p_broad_opp", found.raw.p_broad_opp, expected.p_broad_opp),
        ("p_div_seg", found.p_div_seg, expected.p_div_seg),
        ("p_div_all", found.p_div_all, expected.p_div_all),
        ("p_div", found.raw.p_div, expected.p_div),
        ("p_het", found.raw.p_het, expected.p_het),
        ("adj.p_broad", found.adjusted.p_broad, expected.adj.broad),
        ("adj.p_broad_opp", found.adjusted.p_broad_opp, expected.adj.broad_opp),
        ("adj.p_div", found.adjusted.p_div, expected.adj.div),
        ("adj.p_het", found.adjusted.p_het, expected.adj.het),
        ("adj.p_maj", found.adjusted.p_maj, expected.adj.maj),
        ("overall_lcb", found.overall_lcb, expected.overall_lcb),
    ] {
        errors.note(field, found, expected);
    }
    errors.pair("overall_ci", found.overall_ci, expected.overall_ci);
    assert_eq!(found.n_tested_segments, expected.n_tested_segments);
    assert_eq!(found.het.len(), expected.het.len());
    for (partition, p) in &found.het {
        errors.note("het", *p, expected.het.get(partition).copied().unwrap_or(f64::NAN));
    }
    assert_eq!(found.min_segment.is_some(), expected.min_segment.is_some());
    if let (Some((bound, key)), Some((expected_bound, partition, group))) = (&found.min_segment, &expected.min_segment)
    {
        errors.note("min_segment", *bound, *expected_bound);
        assert_eq!((&key.partition, &key.group), (partition, group));
    }
    assert_eq!(pairs(&found.target), expected.target);
    assert_eq!(pairs(&found.guard), expected.guard);
    assert_eq!(pairs(&found.guard_opp), expected.guard_opp);
    assert_eq!(pairs(&found.failing), expected.failing);
    assert_eq!(verdict.label.code(), expected.label);
    assert_eq!(verdict.label.reason().map(Reason::code), expected.reason.as_deref());
}

fn pairs(keys: &[GroupKey]) -> Vec<(String, String)> {
    keys.iter().map(|key| (key.partition.clone(), key.group.clone())).collect()
}

/// Overall counts are the sums over the first partition, as the reference has it.
fn candidate(item: &Item) -> Candidate {
    let mut overall = Cell::default();
    let partitions: Vec<Partition> = item
        .cells
        .iter()
        .map(|(id, groups)| Partition {
            id: id.clone(),
            groups: groups
                .as_object()
                .into_iter()
                .flatten()
                .map(|(group, value)| {
                    let [support, oppose, n] = <[f64; 3]>::deserialize(value).unwrap_or_default();
                    (group.clone(), Cell { support, oppose, n })
                })
                .collect(),
            circular: false,
        })
        .collect();
    for (_, cell) in partitions.first().iter().flat_map(|first| &first.groups) {
        overall.support += cell.support;
        overall.oppose += cell.oppose;
        overall.n += cell.n;
    }
    Candidate { overall, partitions }
}

/// The largest absolute and relative error seen of each field.
#[derive(Default)]
struct Errors(BTreeMap<String, (f64, f64)>);

impl Errors {
    fn note(&mut self, field: &str, found: f64, expected: f64) {
        let absolute = (found - expected).abs();
        let relative = if expected.abs() > 0.0 { absolute / expected.abs() } else { absolute };
        assert!(!absolute.is_nan(), "{field}: {found} where {expected} is expected");
        let seen = self.0.entry(field.to_owned()).or_default();
        *seen = (seen.0.max(absolute), seen.1.max(relative));
    }

    fn pair(&mut self, field: &str, found: [f64; 2], expected: [f64; 2]) {
        self.list(field, &found, &expected);
    }

    fn list(&mut self, field: &str, found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len(), "{field}");
        for (found, expected) in found.iter().zip(expected) {
            self.note(field, *found, *expected);
        }
    }

    /// Both kinds of error stay within the tolerance, so that the far tails are right too.
    fn judge(&self, tolerance: f64) {
        for (field, (absolute, relative)) in &self.0 {
            assert!(
                *absolute <= tolerance && *relative <= tolerance,
                "{field}: off by {absolute:e}, or {relative:e} of itself"
            );
        }
    }
}

/// One golden file, or nothing where there is no data.
fn load<T: DeserializeOwned>(name: &str) -> Result<Option<T>, Box<dyn Error>> {
    let Some(folder) = data() else {
        return Ok(None);
    };
    let text = fs::read_to_string(folder.join("golden").join(name).with_extension("json"))?;
    Ok(Some(serde_json::from_str(&text)?))
}

#[derive(Deserialize)]
struct Agreement {
    tolerance: f64,
    krippendorff: Krippendorff,
    cohen: Cohen,
}

#[derive(Deserialize)]
struct Krippendorff {
    coders_by_units: Vec<Vec<Option<f64>>>,
    value_domain: Vec<f64>,
    nominal: f64,
    ordinal: f64,
    interval: f64,
}

#[derive(Deserialize)]
struct Cohen {
    table: Vec<Vec<f64>>,
    kappa: f64,
    weighted_linear: f64,
    weighted_quadratic: f64,
}

#[derive(Deserialize)]
struct Intervals {
    tolerance: f64,
    cases: Vec<TwoSided>,
    one_sided: Vec<OneSided>,
    korn_graubard_noninteger: Vec<KornGraubard>,
}

#[derive(Deserialize)]
struct TwoSided {
    k: f64,
    n: f64,
    #[serde(rename = "alpha_two_sided")]
    alpha: f64,
    wilson: [f64; 2],
    clopper_pearson: [f64; 2],
}

#[derive(Deserialize)]
struct OneSided {
    k: f64,
    n: f64,
    tau: f64,
    p_exact_greater: f64,
    cp_lower_one_sided_05: f64,
}

#[derive(Deserialize)]
struct KornGraubard {
    p_hat: f64,
    n_eff: f64,
    kg_lower_05: f64,
    kg_upper_05: f64,
    #[serde(rename = "p_value_tau_0.5")]
    p_value: f64,
}

#[derive(Deserialize)]
struct MultipleTesting {
    tolerance: f64,
    cases: Vec<Corrected>,
}

#[derive(Deserialize)]
struct Corrected {
    p: Vec<f64>,
    holm: Vec<f64>,
    fdr_bh: Vec<f64>,
}

#[derive(Deserialize)]
struct Heterogeneity {
    tolerance: f64,
    contingency: Vec<Contingency>,
    two_proportions: Vec<TwoProportions>,
}

#[derive(Deserialize)]
struct Contingency {
    table: Vec<(f64, f64)>,
    pearson_chi2: f64,
    df: u32,
    p: f64,
    cramers_v: f64,
}

#[derive(Deserialize)]
struct TwoProportions {
    k1: f64,
    n1: f64,
    k2: f64,
    n2: f64,
    z: f64,
}

#[derive(Deserialize)]
struct Classifier {
    tolerance: f64,
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    /// Partition, group, then support, oppose and n; in the order of the file, which `serde_json` keeps.
    #[serde(rename = "cells_[support,oppose,n]")]
    cells: serde_json::Map<String, serde_json::Value>,
    expected: Expected,
}

#[derive(Deserialize)]
struct Expected {
    p_maj: f64,
    p_overall: f64,
    p_overall_opp: f64,
    n_tested_segments: usize,
    p_broad: f64,
    p_broad_opp: f64,
    p_div_seg: f64,
    p_div_all: f64,
    p_div: f64,
    het: BTreeMap<String, f64>,
    p_het: f64,
    adj: Adjusted,
    overall_ci: [f64; 2],
    overall_lcb: f64,
    min_segment: Option<(f64, String, String)>,
    target: Vec<(String, String)>,
    guard: Vec<(String, String)>,
    guard_opp: Vec<(String, String)>,
    failing: Vec<(String, String)>,
    label: String,
    reason: Option<String>,
}

#[derive(Deserialize)]
struct Adjusted {
    #[serde(rename = "p_broad")]
    broad: f64,
    #[serde(rename = "p_broad_opp")]
    broad_opp: f64,
    #[serde(rename = "p_div")]
    div: f64,
    #[serde(rename = "p_het")]
    het: f64,
    #[serde(rename = "p_maj")]
    maj: f64,
}
