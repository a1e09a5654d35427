//! Those who answered beside the population, said in plain words.

use super::margins::{Margin, MarginOption, NoWeights, Weighing, cost, whole};
use super::report::{GroupCompared, MarginCompared, Representativeness, WeightFigures};
use super::{Weights, rounded};
use crate::definition::Survey;
use crate::definition::consensus::{DecisionRule, Weighting};

/// A gap in percentage points that is worth a sentence at the head.
const TOLD: f64 = 0.05;
/// The design effect above which readers are warned.
const FAR: f64 = 2.0;
/// Most gaps that are named at the head.
const MOST_TOLD: usize = 3;
/// Said wherever weights are.
pub(super) const NO_MARGIN: &str = "Weighting a self-selected sample gives no margin of error for the population: people who chose to answer can differ \
     from those who did not in ways that no margin shows.";

/// What is not weighted in a report whose shares and verdicts are.
const UNWEIGHTED: &str = "Not weighted are measures of agreement, orders and intervals of rankings and points, quartiles, priority and spend of \
     interventions, single answers by group, opinion groups, themes and mentions: they tell of those who answered.";

/// What the report says of it.
pub fn representativeness(weighing: &Weighing, survey: &Survey) -> Representativeness {
    let rakes = survey.consensus.weighting == Weighting::Rake;
    let weighted = rakes && weighing.weights.is_ok();
    let margins: Vec<MarginCompared> = weighing.margins.iter().map(compared).collect();
    let mut texts = vec![gaps(&margins)];
    match &weighing.weights {
        Ok(weights) => {
            texts.push(if weighted {
                "Shares and verdicts in this report are weighted to these shares of the population, as the decision rule \
                 said before the first answer; counts of people are not."
                    .to_string()
            } else {
                "Nothing in this report is weighted; these figures say what weights would take.".to_string()
            });
            texts.extend(weighted.then(|| UNWEIGHTED.to_string()));
            texts.push(cost(weights));
            texts.extend(far(weights));
            texts.extend(trimmed(weights, survey));
            texts.extend(together(weighing));
        }
        Err(reason) => texts.push(if rakes {
            format!(
                "The decision rule asks for weights, and there are none: all figures are unweighted. {}",
                reason.text()
            )
        } else {
            format!("Nothing in this report is weighted. {}", reason.text())
        }),
    }
    texts.push(NO_MARGIN.to_string());
    Representativeness {
        weighted,
        source: survey.population.as_ref().map(|population| population.source.clone()).unwrap_or_default(),
        texts,
        margins,
        weights: weighing.weights.as_ref().ok().map(figures),
    }
}

fn compared(margin: &Margin) -> MarginCompared {
    let n: u64 = margin.options.iter().map(|option| option.people).sum();
    MarginCompared {
        id: margin.id.clone(),
        label: margin.label.clone(),
        n,
        unanswered: margin.unanswered,
        groups: margin.options.iter().map(|option| group(option, n)).collect(),
    }
}

fn group(option: &MarginOption, n: u64) -> GroupCompared {
    let share = (n > 0 && !option.hidden).then(|| option.people as f64 / n as f64);
    let gap = share.zip(option.population).map(|(share, population)| share - population);
    let text = share.zip(option.population).map(|(share, population)| {
        let points = ((share - population).abs() * 100.0).round();
        let points = format!("{points} percentage point{}", if points > 1.0 { "s" } else { "" });
        let how = match share - population {
            gap if gap.abs() < 0.005 => "the same".to_string(),
            gap if gap < 0.0 => format!("{points} fewer"),
            _ => format!("{points} more"),
        };
        format!(
            "“{}” is {} of the population and {} of those who answered: {how}.",
            option.label,
            percent(population),
            percent(share)
        )
    });
    GroupCompared {
        id: option.id.clone(),
        label: option.label.clone(),
        n: (!option.hidden).then_some(option.people),
        share,
        population: option.population,
        gap,
        text,
    }
}

/// The widest gaps, the widest first.
fn gaps(margins: &[MarginCompared]) -> String {
    let mut wide: Vec<(f64, &GroupCompared)> = margins
        .iter()
        .flat_map(|margin| &margin.groups)
        .filter_map(|group| Some((group.gap?.abs(), group)))
        .filter(|(gap, _)| *gap >= TOLD)
        .collect();
    if wide.is_empty() {
        return "Where shares of the population are known and may be shown, those who answered differ from it by less \
                than 5 percentage points."
            .to_string();
    }
    wide.sort_by(|a, b| b.0.total_cmp(&a.0));
    let named: Vec<&str> = wide.iter().take(MOST_TOLD).filter_map(|(_, group)| group.text.as_deref()).collect();
    let more = wide.len().saturating_sub(named.len());
    let rest = match more {
        0 => String::new(),
        1 => " One more group differs by 5 percentage points or more.".to_string(),
        more => format!(" {more} more groups differ by 5 percentage points or more."),
    };
    format!("{}{rest}", named.join(" "))
}

fn far(weights: &Weights) -> Option<String> {
    (weights.all.design_effect() > FAR).then(|| {
        "The design effect is above 2: weights go so far that weighted figures rest on few people. Do not rely on them \
         where unweighted ones say otherwise."
            .to_string()
    })
}

fn trimmed(weights: &Weights, survey: &Survey) -> Option<String> {
    let rule = &survey.consensus;
    weights.trimmed.then(|| {
        let reached = if weights.margin_error < 0.0005 {
            "and the shares are still met".to_string()
        } else {
            format!("so that some shares are missed, at worst by {:.0}% of themselves", 100.0 * weights.margin_error)
        };
        format!("Weights stay between {} and {} times the mean, {reached}.", rule.weight_min, rule.weight_max)
    })
}

/// What weights do with groups that may not be shown.
fn together(weighing: &Weighing) -> Option<String> {
    let mut options = weighing.margins.iter().flat_map(|margin| &margin.options);
    options.any(|option| option.hidden).then(|| {
        "Groups of a question that may not be shown are weighted as one, and not at all where one of them has no share in \
         the population."
            .to_string()
    })
}

fn figures(weights: &Weights) -> WeightFigures {
    WeightFigures {
        n: whole(weights.all.people),
        n_eff: whole(weights.all.effective_n()),
        deff: rounded(weights.all.design_effect()),
        least: rounded(weights.least),
        most: rounded(weights.most),
        trimmed: weights.trimmed,
        margin_error: rounded(weights.margin_error),
    }
}

fn percent(share: f64) -> String {
    match 100.0 * share {
        share if share > 0.0 && share < 0.95 => format!("{share:.1}%"),
        share => format!("{share:.0}%"),
    }
}

/// The weights that the report uses: those of the decision rule, where there are some.
pub fn in_force<'w>(weighing: Option<&'w Weighing>, survey: &Survey) -> Option<&'w Weights> {
    let rakes = survey.consensus.weighting == Weighting::Rake;
    weighing.filter(|_| rakes).and_then(|weighing| weighing.weights.as_ref().ok())
}

/// The caution at the head of the report where the decision rule asks for weights: its code and text.
pub fn notice(weighing: &Weighing, survey: &Survey) -> Option<(&'static str, String)> {
    match (survey.consensus.weighting, &weighing.weights) {
        (Weighting::None, _) | (_, Err(NoWeights::Nothing)) => None,
        (Weighting::Rake, Ok(weights)) => {
            let far = far(weights).map(|text| format!(" {text}")).unwrap_or_default();
            let text = format!(
                "Shares and verdicts are weighted to the population, as the decision rule says. {}{far} {NO_MARGIN}",
                cost(weights)
            );
            Some(("weighted", text))
        }
        (Weighting::Rake, Err(reason)) => {
            let text = "The decision rule asks for weights, and there are none: all figures are unweighted.";
            Some(("not_weighted", format!("{text} {}", reason.text())))
        }
    }
}

/// How answers are weighted, among the settings.
pub fn setting(rule: &DecisionRule, weights: Option<&Weights>) -> String {
    match weights {
        Some(weights) => format!(
            "raking to the population’s margins, weights from {} to {} times the mean, {} rounds",
            rule.weight_min, rule.weight_max, weights.rounds
        ),
        None => "none".to_string(),
    }
}

/// The method in a paragraph, with its sources.
pub const METHOD: &str = "Weights are found by raking (Deming and Stephan 1940) to the population’s shares and kept within the bounds of the decision rule; groups too small to be shown are weighted as one. Under weights a test takes the weighted share of Kish’s effective number of people (Kish 1965; Korn and Graubard 1998), and differences between groups are tested with the correction of Rao and Scott (1981, 1984). Counts of people are never weighted; weighted figures are rounded.";
