//! The verdict as a sentence to print.

use crate::definition::consensus::DecisionRule;

use super::{GroupKey, Label, MAJORITY, Reason, Verdict};

/// The verdict in plain English; where nothing is established, with the number of replies that would be needed.
///
/// `name` gives a group's label. Lower bounds are rounded down to whole per cents, intervals outwards. Counts of
/// replies are effective ones where the answers are weighted.
///
/// ```
/// use canvass::analysis::verdict::{Candidate, Cell, classify, sentence};
/// use canvass::definition::consensus::DecisionRule;
///
/// let rule = DecisionRule::default();
/// let overall = Cell { support: 30.0, oppose: 5.0, n: 40.0 };
/// let verdicts = classify(&[Candidate { overall, partitions: vec![] }], &rule);
/// let text = sentence(&verdicts[0], &rule, |group| group.to_string());
/// assert!(text.starts_with("Too few replies to tell: 40 overall (100 are needed)"));
/// ```
pub fn sentence(verdict: &Verdict, rule: &DecisionRule, name: impl Fn(&GroupKey) -> String) -> String {
    let names: Vec<String> = verdict.groups().iter().map(name).collect();
    match verdict.label {
        Label::BroadSupport => broad(verdict, rule, ["support", "majority support"]),
        Label::BroadOpposition => broad(verdict, rule, ["oppose", "majority opposition"]),
        Label::Focused => focused(verdict, rule, &names),
        Label::Divisive => divisive(rule, &names),
        Label::NotEstablished(reason) => {
            let found = match reason {
                Reason::TooFewRespondents => too_few(verdict, rule),
                Reason::SmallSegmentDissent => dissent(verdict, rule, &names),
                Reason::MajorityNotBroad => not_broad(verdict, rule, &names),
                Reason::NoMajority => no_majority(verdict, rule),
                Reason::Imprecise => imprecise(verdict, rule),
            };
            format!("{found} {}", needed(verdict))
        }
    }
}

fn broad(verdict: &Verdict, rule: &DecisionRule, [verb, majority]: [&str; 2]) -> String {
    let shown = if is_majority(rule.tau_segment) {
        majority.to_owned()
    } else {
        format!("more than {}", percent(rule.tau_segment))
    };
    format!(
        "{} {verb} overall ({} confidence), {shown} shown in each of {}; no smaller group shows majority dissent.",
        capitalised(&at_least(verdict.bound)),
        confidence(rule),
        tested_groups(verdict, rule),
    )
}

fn focused(verdict: &Verdict, rule: &DecisionRule, names: &[String]) -> String {
    format!(
        "Support is focused: majority support is shown in {}, at least {} percentage points ahead of the other \
         groups; overall, {} support ({} confidence).",
        list(names),
        number(100.0 * rule.delta),
        at_least(verdict.bound),
        confidence(rule),
    )
}

fn divisive(rule: &DecisionRule, names: &[String]) -> String {
    if let [supporter, opponent] = names {
        format!(
            "Opinion is divided: majority support is shown in {supporter}, majority opposition in {opponent} \
             ({} confidence).",
            confidence(rule)
        )
    } else {
        let tau = percent(rule.tau_polar);
        format!(
            "Opinion is divided: more than {tau} support and more than {tau} oppose overall ({} confidence).",
            confidence(rule)
        )
    }
}

fn too_few(verdict: &Verdict, rule: &DecisionRule) -> String {
    format!(
        "Too few replies to tell: {} overall ({} are needed), {} with {}+ replies (2 are needed).",
        thousands(verdict.evidence.overall.n),
        rule.n_min_overall,
        groups(verdict.evidence.n_tested_segments),
        rule.n_min_segment,
    )
}

fn dissent(verdict: &Verdict, rule: &DecisionRule, names: &[String]) -> String {
    let supported = verdict.evidence.adjusted.p_broad <= rule.alpha;
    let [noun, verb] = if supported { ["support", "support"] } else { ["opposition", "oppose"] };
    format!(
        "Not broad {noun}: it is shown overall and in each of {}, but fewer than half {verb} in {}, too small a \
         group to be tested in full ({} confidence).",
        tested_groups(verdict, rule),
        list(names),
        confidence(rule),
    )
}

fn not_broad(verdict: &Verdict, rule: &DecisionRule, names: &[String]) -> String {
    let evidence = &verdict.evidence;
    let mut missing = Vec::new();
    if evidence.broad_multiplier * evidence.p_overall > rule.alpha {
        missing.push(format!("more than {} overall", percent(rule.tau_overall)));
    }
    if !names.is_empty() {
        let share = if is_majority(rule.tau_segment) {
            "a majority".to_owned()
        } else {
            format!("more than {}", percent(rule.tau_segment))
        };
        missing.push(format!("{share} in {}", list(names)));
    }
    format!(
        "A majority supports it overall ({}, {} confidence), but support is not broad; not shown: {}.",
        at_least(verdict.bound),
        confidence(rule),
        missing.join("; "),
    )
}

fn no_majority(verdict: &Verdict, rule: &DecisionRule) -> String {
    format!("No majority is shown: {}.", share_and_interval(verdict, rule))
}

fn imprecise(verdict: &Verdict, rule: &DecisionRule) -> String {
    format!("The replies are too few to settle whether a majority supports it: {}.", share_and_interval(verdict, rule))
}

fn needed(verdict: &Verdict) -> String {
    match verdict.needed_n {
        Some(n) => {
            format!("If the shares stay as they are, {} replies would establish broad support.", thousands(n as f64))
        }
        None => "More replies with the same shares would not establish broad support.".to_owned(),
    }
}

fn share_and_interval(verdict: &Verdict, rule: &DecisionRule) -> String {
    let [low, high] = verdict.evidence.overall_ci;
    format!(
        "{:.1}% support overall ({} interval {:.0}% to {:.0}%)",
        100.0 * verdict.evidence.overall.share(),
        confidence(rule),
        floor_percent(low),
        100.0 - floor_percent(1.0 - high),
    )
}

fn tested_groups(verdict: &Verdict, rule: &DecisionRule) -> String {
    format!("the {} with {}+ replies", groups(verdict.evidence.n_tested_segments), rule.n_min_segment)
}

fn groups(count: usize) -> String {
    match count {
        1 => "1 group".to_owned(),
        _ => format!("{count} groups"),
    }
}

fn at_least(bound: f64) -> String {
    format!("at least {:.0}%", floor_percent(bound))
}

/// Whole per cents, rounded down; a share that is a whole per cent but for rounding stays it.
fn floor_percent(share: f64) -> f64 {
    (100.0 * share + 1e-9).floor()
}

fn confidence(rule: &DecisionRule) -> String {
    percent(1.0 - rule.alpha)
}

fn percent(share: f64) -> String {
    format!("{}%", number(100.0 * share))
}

/// A number with two decimals at most, and none that are zero at the end.
fn number(value: f64) -> String {
    ((100.0 * value).round() / 100.0).to_string()
}

fn is_majority(tau: f64) -> bool {
    (tau - MAJORITY).abs() < 1e-9
}

/// A count rounded down, its thousands set apart by commas.
fn thousands(count: f64) -> String {
    let digits = format!("{:.0}", count.floor());
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// "A", "A and B", "A, B and C".
fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(chars).collect()
}
