//! The same for a comparison: what each figure of `compare.html` is and by which formula.

use super::{Figure, Formula, RAKING, Unit, VERDICT, WILSON};

formulas! {
    /// Differences between different people.
    NEWCOMBE "newcombe" "Newcombe’s interval of a difference":
        "d − √((p₂ − l₂)² + (u₁ − p₁)²) to d + √((u₂ − p₂)² + (p₁ − l₁)²), of the difference d = p₂ − p₁ of the shares of different people, with Wilson’s 95% intervals l to u of each.",
        "Newcombe 1998, Stat Med 17:873, method 10";
    /// Differences of the same people.
    PAIRED "paired" "Newcombe’s interval for the same people":
        "As for different people, with −2φ(p₂ − l₂)(u₁ − p₁) and −2φ(u₂ − p₂)(p₁ − l₁) added under the roots: φ is the correlation of a person’s two answers, corrected for continuity.",
        "Newcombe 1998, Stat Med 17:2635, method 10";
    /// Tests between different people.
    SAME_SHARES "same-shares" "Test that two shares are the same":
        "Pearson’s chi-square of the table of sides and answers times (N − 1) ÷ N, at one degree of freedom; where fewer than 1 is expected somewhere, Fisher’s exact test. Corrected by Holm’s method over the family: the k-th smallest of m p-values is multiplied by m − k + 1.",
        "Campbell 2007, Stat Med 26:3661; Fisher 1934, Statistical Methods for Research Workers; Holm 1979, Scand J Stat 6:65";
    /// Tests of the same people.
    MCNEMAR "mcnemar" "Test that as many came as went":
        "Of those who changed: whether as many came to choose it as ceased to; exact where fewer than 25 changed, else (b − c)² ÷ (b + c) against the chi-square distribution. Corrected by Holm’s method over the family.",
        "McNemar 1947, Psychometrika 12:153; Holm 1979, Scand J Stat 6:65";
    /// Differences at one mix.
    STANDARDISED "standardised" "Difference at one mix of groups":
        "The sum over groups of w(p₂ − p₁), where w is the group’s share of both sides together (direct standardisation); Newcombe’s interval with stratified Wilson intervals.",
        "Yan and Su 2010, Stat Biopharm Res 2:329";
    /// Distance of mixes.
    DISTANCE "distance" "Distance of two mixes":
        "Half the sum of the absolute differences of the shares; p of Pearson’s chi-square test that the mixes are one, by Holm’s method over the questions.",
        "Duncan and Duncan 1955, Am Sociol Rev 20:210; Pearson 1900, Phil Mag 50:157; Holm 1979, Scand J Stat 6:65";
}

figures! {
    /// The share on a side.
    PART "part" "": "people in favour, or who chose it, ÷ those who answered on that side, and how many they are", Share Interval CountOf "people"; by WILSON;;
    /// The share on a side under weights.
    WEIGHTED_PART "weighted_part" "": "sum of weights ÷ sum of weights of those who answered, of effective people, as in the report of that side", Share Interval Count "effective people"; by RAKING;;
    /// The difference.
    DIFFERENCE "difference" "Difference in percentage points": "the second side less the first", Number Interval; by NEWCOMBE;;
    /// Its test.
    TEST "test" "p after correction": "of the test that both shares are the same", Number; by SAME_SHARES;;
    /// The same people.
    SAME_PEOPLE "same_people" "Same people, before and after": "of those who answered both times: how many chose it the first time, the second, and how many they are", Words;;
    /// Their change.
    PAIRED_DIFFERENCE "paired_difference" "Their change in percentage points": "of those who answered both times: the share afterwards less the share before", Number Interval; by PAIRED;;
    /// Its test.
    PAIRED_TEST "paired_test" "p after correction": "of the test that as many came to choose it as ceased to", Number; by MCNEMAR;;
    /// What follows.
    SAYS "reading" "What it says": "rose or fell where the corrected p is at most 0.05 and the interval leaves 0 out, else the answers cannot tell", Words;;
    /// Verdicts of both sides.
    VERDICTS "verdicts" "Verdicts": "the verdict on the first side and on the second, each by its own rule", Words; by VERDICT;;
    /// The difference at one mix.
    ADJUSTED "adjusted" "": "the second side less the first, were both the mix of both together by this question", Number Interval; by STANDARDISED;;
    /// The share of a group on a side.
    GROUP "group" "": "people in the group ÷ those who answered the question on that side, and how many they are", Share Count "people";;
    /// The difference of two shares of a group.
    GROUP_GAP "group_gap" "Difference in percentage points": "the second share less the first", Number;;
    /// Whether a question can be compared.
    MATCH "match" "Compared": "by the id of the question and by what changed in it", Words;;
    /// Why.
    BECAUSE "because" "Why": "what changed from the first side to the second", Words;;
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_figure_and_formula_of_a_comparison_says_something() {
        let ids: BTreeSet<&str> = FIGURES.iter().map(|figure| figure.id).collect();
        assert_eq!(ids.len(), FIGURES.len());
        assert!(FIGURES.iter().all(|figure| figure.is.len() > 8 && !figure.holds.is_empty()));
        for figure in FIGURES {
            let needs = figure.holds.iter().any(|(unit, _)| *unit == Unit::Interval);
            assert!(!needs || figure.by.is_some(), "{}", figure.id);
        }
    }
}
