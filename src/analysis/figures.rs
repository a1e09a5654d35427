//! What each figure of a report is and by which formula: the one table that the page, the CSV tables on it and `report.json`
//! explain themselves by.
//!
//! A table of the report is made of these, so that a column cannot be shown without saying what it is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A formula with its source.
#[derive(Debug, PartialEq, Eq)]
pub struct Formula {
    /// Its name in `report.json` and in links.
    pub id: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// The formula in words and signs.
    pub says: &'static str,
    /// Author, year and place.
    pub source: &'static str,
}

/// What a cell holds, or one line of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A whole number of people, answers or verdicts.
    Count,
    /// How many people among how many: `12 of 40`.
    CountOf,
    /// A share from 0 to 1, printed in per cent.
    Share,
    /// The two ends of an interval of shares.
    Interval,
    /// Any other number.
    Number,
    /// Words.
    Words,
}

/// A figure that a column of the report shows.
#[derive(Debug, PartialEq, Eq)]
pub struct Figure {
    /// Its name in `report.json`.
    pub id: &'static str,
    /// The head of its column; empty where that is a label of the definition.
    pub name: &'static str,
    /// How it comes of the answers, in a few words.
    pub is: &'static str,
    /// What a cell holds, a line an entry, and what that is called beside the column's name.
    pub holds: &'static [(Unit, &'static str)],
    /// The formula beyond counting and dividing.
    pub by: Option<&'static Formula>,
}

macro_rules! formulas {
    ($($(#[$about:meta])* $name:ident $id:literal $called:literal: $says:literal, $source:literal;)+) => {
        $($(#[$about])* pub const $name: Formula = Formula { id: $id, name: $called, says: $says, source: $source };)+
        /// Every formula.
        pub const FORMULAS: &[&Formula] = &[$(&$name),+];
    };
}

formulas! {
    /// The intervals that are shown.
    WILSON "wilson" "Wilson’s interval":
        "(p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) ÷ (1 + z²/n), of the share p of n people, with z = 1.96 for 95%.",
        "Wilson 1927, J Am Stat Assoc 22:209";
    /// What verdicts rest on.
    VERDICT "verdict" "The decision rule":
        "Exact one-sided binomial tests of support against the thresholds of the rule, overall and in each tested group. All must pass at once for a broad verdict (intersection-union test). Each family of tests is corrected across the interventions by Holm’s method.",
        "Clopper and Pearson 1934, Biometrika 26:404; Berger 1982, Technometrics 24:295; Holm 1979, Scand J Stat 6:65";
    /// The bound beside a verdict.
    BOUND "bound" "The exact lower bound":
        "The share at which n people would be as many or more on that side with probability alpha: the alpha quantile of Beta(k, n − k + 1), of k among n.",
        "Clopper and Pearson 1934, Biometrika 26:404";
    /// Differences between groups.
    CHI_SQUARE "chi-square" "Test of a difference between groups":
        "The sum of (found − expected)² ÷ expected over groups and answers, against the chi-square distribution; p is corrected by Holm’s method.",
        "Pearson 1900, Phil Mag 50:157; Holm 1979, Scand J Stat 6:65";
    /// Weighted figures.
    RAKING "raking" "Weights by raking, and effective people":
        "Each weight is multiplied by target ÷ weighted share, margin after margin, until all shares are met. Effective people are (sum of weights)² ÷ sum of squared weights, and the interval is Wilson’s of so many.",
        "Deming and Stephan 1940, Ann Math Stat 11:427; Kish 1965, Survey Sampling; Korn and Graubard 1998, Survey Methodology 24:193";
    /// Mean priority.
    BORDA "borda" "Borda points":
        "Of m places the first earns m points, the next m − 1 and so on, what was not ranked none; the mean over those who answered, as a share of the most that one can get.",
        "de Borda 1781, Mémoire sur les élections au scrutin";
    /// Orders of a ranking.
    ORDERS "orders" "Order of a ranking by several rules":
        "Borda points; first choices; Schulze’s strongest paths of pairwise majorities; ranked pairs, the clearest majorities first. Options that a person did not rank share that person’s last place; ties are told and never settled.",
        "de Borda 1781; Schulze 2011, Soc Choice Welf 36:267; Tideman 1987, Soc Choice Welf 4:185";
    /// Intervals of mean shares of points.
    RESAMPLED "resampled" "Interval of a mean share":
        "The 2.5th and 97.5th percentiles of the mean in 9,999 samples of the same people with replacement; from 1,001 answers on mean ± 1.96 standard errors.",
        "Efron 1979, Ann Stat 7:1";
    /// Quartiles and medians.
    QUARTILES "quartiles" "Quartiles and medians":
        "The value at place 1 + (n − 1) q in order, between two values the straight line between them; of the steps of a scale a step, never between two.",
        "Hyndman and Fan 1996, Am Stat 50:361, type 7";
    /// Agreement and polarisation.
    MEASURES "measures" "Agreement and polarisation":
        "From how many people gave each step of the scale; what each measure tells and its source stand below its table.",
        "the source of each stands below its table";
    /// Opinion groups.
    GROUPS "groups" "Opinion groups":
        "Two principal components of the votes, 100 base clusters by k-means, two to five groups of these; they count only if stable in halves of the people and large enough. The silhouette is the mean of (b − a) ÷ max(a, b), of the distances a within the own and b to the nearest other group; stability is the mean adjusted Rand index.",
        "Polis, compdemocracy/polis at 08e03eb, math/src/polismath/math; Rousseeuw 1987, J Comput Appl Math 20:53; Hubert and Arabie 1985, J Classif 2:193";
    /// Themes.
    THEMES "themes" "Themes":
        "Answers with words in common are grouped: TF-IDF, truncated SVD, spherical k-means; an answer is in one theme as a whole. The computer’s first reading, unless people coded the answers.",
        "Spärck Jones 1972, J Doc 28:11; Dhillon and Modha 2001, Mach Learn 42:143";
    /// Mentions.
    MENTIONS "mentions" "Mentions":
        "A clause that has one of the intervention’s phrases, two neighbouring words of its label that no other label has, or words that make 30% of its weight, where rare words weigh more.",
        "Spärck Jones 1972, J Doc 28:11";
    /// Rounds of a panel.
    PANEL "panel" "Consensus and stability of a panel":
        "Consensus by the rule of the definition. Of the same people in two rounds: kappa with squared weights, the signed-rank test that answers moved neither up nor down, the exact test that as many came to agree as ceased to; stable where less than 15% of the distribution changed and the signed-rank test shows no move at 5%. Kendall’s W of the order of the statements, corrected for ties.",
        "Cohen 1968, Psychol Bull 70:213; Wilcoxon 1945, Biometrics Bull 1:80; McNemar 1947, Psychometrika 12:153; Kendall and Babington Smith 1939, Ann Math Stat 10:275";
    /// Verdicts under other readings.
    ROBUSTNESS "robustness" "Other readings":
        "The decision rule again, with one thing changed: a threshold, the weights, or whose answers are counted.",
        "as the decision rule";
}

macro_rules! figures {
    ($($(#[$about:meta])* $name:ident $id:literal $called:literal: $is:literal, $($unit:ident $($part:literal)?)+ $(; by $formula:ident)?;;)+) => {
        $($(#[$about])* pub const $name: Figure = Figure {
            id: $id, name: $called, is: $is, holds: &[$((Unit::$unit, concat!($($part)?))),+], by: figures!(@by $($formula)?),
        };)+
        /// Every figure.
        pub const FIGURES: &[&Figure] = &[$(&$name),+];
    };
    (@by) => { None };
    (@by $formula:ident) => { Some(&$formula) };
}

figures! {
    /// Interventions of a breadth.
    INTERVENTIONS "interventions" "Interventions": "interventions declared so", Count;;
    /// Verdicts of a kind among them.
    BROAD "broad_support" "Broad support": "of these, those with that verdict", Count; by VERDICT;;
    /// Verdicts of a kind among them.
    FOCUSED "focused" "Focused support": "of these, those with that verdict", Count; by VERDICT;;
    /// Verdicts of a kind among them.
    DIVISIVE "divisive" "Divides opinion": "of these, those with that verdict", Count; by VERDICT;;
    /// Verdicts of a kind among them.
    OPPOSED "broad_opposition" "Broad opposition": "of these, those with that verdict", Count; by VERDICT;;
    /// Verdicts of a kind among them.
    OPEN "not_established" "Not established": "of these, those with that verdict", Count; by VERDICT;;

    /// The verdict on an intervention.
    VERDICT_OF "verdict" "Verdict": "the first label of the rule that applies", Words Words "sentence"; by VERDICT;;
    /// Whom an intervention is for.
    MEANT_FOR "meant_for" "Meant for": "what the definition declares", Words;;
    /// Support overall.
    SUPPORT_INTERVAL "support" "Support, 95% interval": "in favour ÷ answered", Share Interval; by WILSON;;
    /// People in favour.
    IN_FAVOUR "in_favour" "In favour": "people who chose a step in favour", Count;;
    /// People neither for nor against.
    NEITHER "neither" "Neither": "people who chose a step neither for nor against", Count;;
    /// People against.
    AGAINST "against" "Against": "people who chose a step against", Count;;
    /// The base.
    ANSWERED "answered" "Answered": "people with an answer that counts", Count;;
    /// Support under weights.
    WEIGHTED_SUPPORT "weighted_support" "Weighted, of effective people": "sum of weights in favour ÷ sum of weights of those who answered", Share Interval Count "effective people"; by RAKING;;
    /// Priority of an intervention.
    PRIORITY "priority" "Priority": "mean Borda points as a share of the most", Share; by BORDA;;
    /// Share of points of an intervention.
    SPEND "spend" "Share of points": "mean share of the points of those who gave any", Share;;

    /// Support in a group.
    SUPPORT "group_support" "Support": "in favour ÷ answered, in the group", Share;;
    /// The interval of a share.
    INTERVAL "interval" "95% interval": "of the share beside it", Interval; by WILSON;;
    /// What a group does in the decision.
    ROLE "role" "In the decision": "tested with enough answers, else may object, else shown only; the least numbers are those of the rule", Words; by VERDICT;;

    /// Reading a verdict: its p-value.
    DECIDING_P "p" "Deciding p": "of the test that decided, after correction across the interventions; rounded up where counts of groups are withheld", Number; by VERDICT;;
    /// Its bound.
    LOWER_BOUND "bound" "Lower bound": "exact one-sided bound of the share in favour, for broad opposition of that against", Share; by BOUND;;
    /// Answers that it would take.
    NEEDED "needed_n" "Answers needed": "at which broad support would be shown, if all shares stayed as they are", Count; by VERDICT;;

    /// People who began.
    STARTED "started" "Started": "people who began, finished or not", Count;;
    /// People who finished.
    SENT "sent" "Sent answers": "people who sent their answers", Count;;
    /// People in a group or with an answer.
    PEOPLE "people" "People": "people who chose it", Count;;
    /// Share of those who answered.
    SHARE "share" "Share": "people ÷ those who answered", Share;;
    /// Share of the population.
    POPULATION "population" "Share of the population": "what the definition states of the population", Share;;
    /// A bar.
    BAR "bar" "As a bar": "the share, drawn", Words;;

    /// Who ranked an option.
    RANKED "ranked" "Ranked it": "people who gave it a place", Count;;
    /// Who gave points.
    FUNDED "funded" "Gave it points": "people who gave it any points", Count;;
    /// First places.
    FIRST "first" "Put it first": "people who gave it the first place", Count;;
    /// Mean share of points.
    MEAN_POINTS "mean_points" "Mean share of points": "mean of points ÷ total, of those who answered", Share;;
    /// Mean priority.
    MEAN_PRIORITY "mean_priority" "Mean priority": "mean Borda points as a share of the most", Share; by BORDA;;
    /// Share under weights.
    WEIGHTED_SHARE "weighted_share" "Weighted share": "sum of weights of those who chose it ÷ sum of weights of those who answered", Share Interval; by RAKING;;
    /// Place by a rule.
    PLACE "place" "": "place by the rule named, = where several share it", Words; by ORDERS;;
    /// Mean share with an interval by resampling.
    MEAN_SHARE "mean_share" "Mean share": "mean of points ÷ total, of those who answered", Share;;
    /// Its interval.
    RESAMPLED_INTERVAL "resampled_interval" "95% interval": "of the mean share", Interval; by RESAMPLED;;

    /// Least number.
    SMALLEST "smallest" "Smallest": "the least number given; withheld where few gave it", Number;;
    /// Quartile.
    LOWER_QUARTILE "lower_quartile" "Lower quartile": "a quarter of the numbers are below", Number; by QUARTILES;;
    /// Median.
    MEDIAN "median" "Median": "half of the numbers are below", Number; by QUARTILES;;
    /// Mean.
    MEAN "mean" "Mean": "sum ÷ how many gave a number", Number;;
    /// Quartile.
    UPPER_QUARTILE "upper_quartile" "Upper quartile": "three quarters of the numbers are below", Number; by QUARTILES;;
    /// Largest number.
    LARGEST "largest" "Largest": "the greatest number given; withheld where few gave it", Number;;

    /// An answer's share in a line of a grid or in a group.
    ANSWER "answer" "": "people who chose it ÷ those who answered, and how many they are", Share "share" Count "people" Interval Share "weighted share"; by WILSON;;
    /// An option's priority in a group.
    ANSWER_RANKED "answer_ranked" "": "mean Borda points as a share of the most, how many put it first, and the interval of their share", Share "mean" Count "first" Interval; by BORDA;;
    /// An option's points in a group.
    ANSWER_FUNDED "answer_funded" "": "mean of points ÷ total, how many gave it any, and the interval of their share", Share "mean" Count "people" Interval; by WILSON;;
    /// The two highest steps.
    TOP_TWO "top_two" "Top two": "people on the two highest steps ÷ those who answered", Share;;
    /// The two lowest steps.
    BOTTOM_TWO "bottom_two" "Bottom two": "people on the two lowest steps ÷ those who answered", Share;;
    /// Their difference.
    NET "net" "Net": "top two less bottom two, in percentage points", Number;;
    /// The median step.
    MEDIAN_STEP "median_step" "Median": "the step of the person in the middle", Words; by QUARTILES;;
    /// Missing by kind.
    SKIPPED "skipped" "Left it": "people who saw it and gave no answer", Count;;
    /// Missing by kind.
    NOT_SHOWN "not_shown" "Not asked": "people who were routed past it", Count;;
    /// Missing by kind.
    NOT_REACHED "not_reached" "Stopped before it": "people who stopped before it", Count;;
    /// Missing by kind.
    DONT_KNOW "dont_know" "Do not know": "people who chose that they do not know or that it does not apply", Count;;
    /// Missing by kind.
    LEFT_OUT "left_out" "Asked otherwise": "people who answered it when it meant something else", Count;;

    /// A measure of a scale.
    MEASURE "measure" "": "from how many people gave each step, without weights", Number Words "reading"; by MEASURES;;

    /// A verdict under another reading.
    READING "reading" "": "the verdict with this changed; “same” is that of the rule", Words; by ROBUSTNESS;;
    /// The verdict of the rule.
    BY_THE_RULE "by_the_rule" "By the rule": "the verdict of this report", Words; by VERDICT;;

    /// People in an opinion group.
    IN_GROUP "in_group" "People": "people placed in the group by how they voted", Count; by GROUPS;;
    /// Their share.
    GROUP_SHARE "group_share" "Share": "people ÷ those who could be placed", Share; by GROUPS;;
    /// Votes of a group.
    GROUP_VOTES "group_votes" "": "votes for ÷ all votes of the group on it, those against likewise, and how many voted", Share "for" Share "against" Count "voted"; by GROUPS;;
    /// Whether groups differ.
    DIFFERENCE_P "difference_p" "Test of a difference": "whether the groups differ, made without the votes on the statement", Words; by CHI_SQUARE;;
    /// Votes for.
    FOR "for" "For": "votes for ÷ all votes on it", Share;;
    /// Votes against.
    VOTES_AGAINST "votes_against" "Against": "votes against ÷ all votes on it", Share;;
    /// Votes.
    VOTED "voted" "Voted": "people who voted on it, passes among them", Count;;
    /// Silhouette.
    SILHOUETTE "silhouette" "Silhouette": "how far groups are apart, at most 1", Number; by GROUPS;;
    /// Stability.
    STABILITY "stability" "Stability": "how far halves of the people give the same groups, at most 1", Number; by GROUPS;;

    /// Share of those who answered, beside the population.
    SAMPLE_SHARE "sample_share" "Share of those who answered": "people ÷ those who answered", Share;;
    /// Its gap.
    GAP "gap" "Difference in percentage points": "share of those who answered less share of the population", Number;;
    /// A figure of the weights.
    OF_WEIGHTS "of_weights" "Found": "of weights that meet all shares at once", Number; by RAKING;;

    /// Answers of a theme.
    THEME "theme" "Answers in a theme": "answers placed in it as a whole, of all answers to the question", Count Share "share"; by THEMES;;
    /// People who make a point of a theme.
    THEME_PEOPLE "theme_people" "People who make a point of it": "answers in it as a whole, or with a clause that is", Count; by THEMES;;
    /// Different texts of a theme.
    THEME_TEXTS "theme_texts" "Different texts": "texts that differ after blanks and case are made alike", Count;;
    /// People who mention an intervention.
    MENTIONED "mentioned" "People who mention it": "answers with a clause that mentions it, each once", Count Share "share"; by MENTIONS;;
    /// Those for it.
    MENTIONED_FOR "mentioned_for" "For": "of these, those that ask for it wherever they clearly say so", Count; by MENTIONS;;
    /// Those against it.
    MENTIONED_AGAINST "mentioned_against" "Against": "of these, those that refuse it wherever they clearly say so", Count; by MENTIONS;;
    /// Those that say neither.
    MENTIONED_UNCLEAR "mentioned_unclear" "Unclear": "of these, those that say neither, or both", Count; by MENTIONS;;
    /// What they say.
    IN_THEIR_WORDS "in_their_words" "In their words": "a clause for it and one against it, without personal details", Words; by MENTIONS;;
    /// Those who agree in a round.
    AGREE "agree" "Agree": "people on the steps in favour ÷ those who answered", Share;;
    /// Those who disagree in a round.
    DISAGREE "disagree" "Disagree": "people on the steps against ÷ those who answered", Share;;
    /// The median of a round.
    MIDDLE "middle" "Middle answer": "the step of the person in the middle, or the two beside it", Words; by QUARTILES;;
    /// The quartiles of a round.
    MIDDLE_HALF "middle_half" "Middle half": "from the lower to the upper quartile", Words; by QUARTILES;;
    /// Where a statement stands.
    STANDS "stands" "Stands": "by the rule of the rounds", Words; by PANEL;;
    /// People in two rounds.
    IN_BOTH "in_both" "People in both": "people who answered it in both rounds", Count;;
    /// Those who changed their answer.
    CHANGED "changed" "Changed answer": "of these, those who chose another step", Share;;
    /// Agreement between two rounds.
    KAPPA "kappa" "Kappa": "agreement of the same people’s answers beyond chance, at most 1", Number Words "95% interval"; by PANEL;;
    /// How far answers moved.
    MOVED "moved" "Moved": "p of the test that answers moved neither up nor down", Number; by PANEL;;
    /// Between for and against.
    TURNED "turned" "Turned": "p of the test that as many came to agree as ceased to", Number; by PANEL;;
    /// Whether a statement is stable.
    STABLE "stable" "Stable": "whether the answers of the same people stayed as they were", Words; by PANEL;;
    /// People of a round.
    TOOK_PART "took_part" "People": "people who sent answers in the round", Count;;
    /// Those who came back.
    KEPT "kept" "Of those before": "people who came back ÷ those of the round before", Share;;
    /// Concordance.
    CONCORDANCE "concordance" "Kendall’s W": "how alike people order the statements, from 0 to 1", Number; by PANEL;;

    /// Mentions in a theme.
    MENTIONED_IN "mentioned_in" "": "answers of the theme that mention it; how many are for, against and unclear", Count Words "of these"; by MENTIONS;;
}

pub mod compare;

/// A figure as `report.json` explains it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FigureTold {
    /// A stable code.
    pub id: String,
    /// The head of its column on the page; empty where that is a label of the definition.
    pub name: String,
    /// How it comes of the answers.
    pub is: String,
    /// The `id` of its formula in `formulas`; `null` where it is counted, or divided as `is` says.
    pub by: Option<String>,
}

/// A formula as `report.json` explains it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FormulaTold {
    /// A stable code.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The formula.
    pub says: String,
    /// Author, year and place.
    pub source: String,
}

/// Every figure, as told in `report.json`.
pub fn figures_told() -> Vec<FigureTold> {
    let told = |figure: &&Figure| FigureTold {
        id: figure.id.to_string(),
        name: figure.name.to_string(),
        is: figure.is.to_string(),
        by: figure.by.map(|formula| formula.id.to_string()),
    };
    FIGURES.iter().map(told).collect()
}

/// Every formula, as told in `report.json`.
pub fn formulas_told() -> Vec<FormulaTold> {
    let told = |formula: &&Formula| FormulaTold {
        id: formula.id.to_string(),
        name: formula.name.to_string(),
        says: formula.says.to_string(),
        source: formula.source.to_string(),
    };
    FORMULAS.iter().map(told).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_figure_and_formula_has_an_id_of_its_own_and_says_something() {
        let ids: BTreeSet<&str> = FIGURES.iter().map(|figure| figure.id).collect();
        assert_eq!(ids.len(), FIGURES.len());
        let ids: BTreeSet<&str> = FORMULAS.iter().map(|formula| formula.id).collect();
        assert_eq!(ids.len(), FORMULAS.len());
        assert!(FIGURES.iter().all(|figure| figure.is.len() > 8 && !figure.holds.is_empty()));
        for formula in FORMULAS {
            assert!(formula.says.len() > 20 && !formula.source.is_empty(), "{}", formula.id);
            assert!(FIGURES.iter().any(|figure| figure.by == Some(formula)), "{} explains nothing", formula.id);
        }
    }

    #[test]
    fn what_has_an_interval_or_a_weight_names_its_formula() {
        for figure in FIGURES {
            let needs = figure.holds.iter().any(|(unit, _)| *unit == Unit::Interval) || figure.id.contains("weight");
            assert!(!needs || figure.by.is_some(), "{}", figure.id);
        }
    }
}
