//! What a comparison says in words: the main findings, and what to know before using them.

use super::Relation;
use super::report::{Change, Comparison, Intervention, Line, SideReport};
use crate::analysis::dataset::Dataset;
use crate::analysis::findings::thousands;
use crate::analysis::report::Notice;

/// Most interventions that the findings name one by one, in each direction.
const NAMED: usize = 5;

/// The main findings, the weightiest first.
pub(super) fn findings(comparison: &Comparison) -> Vec<String> {
    let [first, second] = &comparison.sides;
    let mut said = vec![format!("Compared: {} and {}.", people(first), people(second))];
    if let Some(both) = comparison.in_both {
        said.push(format!(
            "{} took part in both; what changed is told of those of them who answered both times.",
            some_people(both)
        ));
    }
    let all: Vec<&Intervention> = comparison.interventions.iter().filter(|one| one.line.change.is_some()).collect();
    if !all.is_empty() {
        let with = |reading: &str| all.iter().filter(|one| reads(&one.line, reading)).count();
        said.push(format!(
            "Support rose for {} of {} interventions that can be compared, and fell for {}; for {} the answers cannot tell.",
            with("rose"),
            all.len(),
            with("fell"),
            with("cannot_tell")
        ));
    }
    for reading in ["rose", "fell"] {
        let mut found: Vec<&Intervention> = all.iter().copied().filter(|one| reads(&one.line, reading)).collect();
        let size = |one: &Intervention| one.line.change.as_ref().map_or(0.0, |change| change.difference.abs());
        found.sort_by(|a, b| size(b).total_cmp(&size(a)).then_with(|| a.line.id.cmp(&b.line.id)));
        said.extend(found.iter().take(NAMED).filter_map(|one| told(&one.line)));
        let more = found.len().saturating_sub(NAMED);
        if more > 0 {
            let word = if more == 1 { "intervention" } else { "interventions" };
            said.push(format!("Support also {reading} for {more} more {word}; the table has them."));
        }
    }
    let verdicts =
        |one: &Intervention| one.verdicts.clone().map(|[before, after]| (one.line.label.clone(), before, after));
    let turned: Vec<(String, String, String)> =
        comparison.interventions.iter().filter_map(verdicts).filter(|(_, before, after)| before != after).collect();
    if !turned.is_empty() {
        let named: Vec<String> = turned
            .iter()
            .take(NAMED)
            .map(|(label, before, after)| format!("“{label}” ({} → {})", verdict(before), verdict(after)))
            .collect();
        let more = turned.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        said.push(format!(
            "The verdict is another one for {} of {} interventions: {}{more}. A verdict can turn without support having changed: it depends on how many answered.",
            turned.len(),
            comparison.interventions.iter().filter(|one| one.verdicts.is_some()).count(),
            named.join("; ")
        ));
    }
    let moved = comparison
        .questions
        .iter()
        .filter(|question| question.lines.iter().any(|line| reads(line, "rose") || reads(line, "fell")));
    if !comparison.questions.is_empty() {
        said.push(format!(
            "In {} of {} questions and rows of grids that can be compared, at least one answer was given more or less often.",
            moved.count(),
            comparison.questions.len()
        ));
    }
    said
}

fn reads(line: &Line, reading: &str) -> bool {
    line.change.as_ref().is_some_and(|change| change.reading == reading)
}

/// One intervention whose support changed.
fn told(line: &Line) -> Option<String> {
    let change = line.change.as_ref()?;
    let of = |share: f64, count: u64, n: u64| format!("{} ({} of {})", percent(share), thousands(count), thousands(n));
    let [before, after] = match change.pairs {
        Some(pairs) => pairs.counts.map(|count| of(count as f64 / pairs.n as f64, count, pairs.n)),
        None => line.parts.each_ref().map(|part| match part.weighted {
            Some(weighted) => format!("{} of {} effective people", percent(weighted.share), thousands(weighted.n_eff)),
            None => of(part.share.unwrap_or_default(), part.count.unwrap_or_default(), part.n),
        }),
    };
    let way = if change.difference > 0.0 { "rose" } else { "fell" };
    Some(format!(
        "Support {way} for “{}”: from {before} to {after}, a difference of {} percentage points ({}).",
        line.label,
        points(change.difference),
        evidence(change)
    ))
}

/// The interval and the p-value behind a difference.
fn evidence(change: &Change) -> String {
    let [low, high] = change.interval.map(points);
    let p = if change.p_holm < 0.001 { "p < 0.001".to_string() } else { format!("p = {:.3}", change.p_holm) };
    format!("95% interval {low} to {high}; {p} after Holm’s correction")
}

/// A share in whole per cent.
fn percent(share: f64) -> String {
    format!("{:.0}%", (share * 100.0).round() + 0.0)
}

/// A difference of shares in percentage points, with its sign and one decimal: `+8.7`, `−3.0`, `0.0`.
pub fn points(difference: f64) -> String {
    let tenths = (difference * 1000.0).round() / 10.0;
    match tenths {
        up if up > 0.0 => format!("+{up:.1}"),
        down if down < 0.0 => format!("−{:.1}", -down),
        _ => "0.0".to_string(),
    }
}

/// A verdict's code in words.
pub fn verdict(code: &str) -> &str {
    match code {
        "broad_support" => "broad support",
        "broad_opposition" => "broad opposition",
        "focused" => "focused support",
        "divisive" => "divides opinion",
        _ => "not established",
    }
}

fn some_people(n: u64) -> String {
    if n == 1 { "1 person".to_string() } else { format!("{} people", thousands(n)) }
}

fn people(side: &SideReport) -> String {
    format!("{} ({})", side.name, some_people(side.people))
}

/// What to know before the numbers.
pub(super) fn notices(
    comparison: &Comparison,
    sides: [&Dataset<'_>; 2],
    judged: Option<Result<(), String>>,
    is_weighted: [bool; 2],
) -> Vec<Notice> {
    let mut notices = Vec::new();
    let mut say = |code: &str, text: String| notices.push(Notice { code: code.to_string(), text });
    for side in comparison.sides.iter().filter(|side| side.simulated > 0) {
        say(
            "simulated",
            if side.simulated == side.people {
                format!("Every answer of {} is simulated. No person gave it, and nothing follows from it.", side.name)
            } else {
                format!(
                    "{} of the {} responses of {} are simulated. No person gave them.",
                    thousands(side.simulated),
                    thousands(side.people),
                    side.name
                )
            },
        );
    }
    match comparison.relation.as_str() {
        "rounds" => say(
            "same_people",
            "The two sides are rounds of one panel, with the same people in both. What changed is told of those who answered both times; people who did not come back are in the figures of their round alone, and may think otherwise. The report of the panel says who came back.".to_string(),
        ),
        "versions" => say(
            "one_consultation",
            "The two sides are versions of one consultation, answered by different people, one after the other. Whoever came later may be another kind of person, and had other days behind them: a difference between versions is not the effect of what changed in the definition.".to_string(),
        ),
        _ => say(
            "may_overlap",
            "Nobody can tell whether some people answered on both sides. The intervals take the sides as different people; where many are the same, they are wider than need be.".to_string(),
        ),
    }
    for (side, data) in comparison.sides.iter().zip(sides) {
        if (1..u64::from(data.survey.privacy.min_cell)).contains(&side.people) {
            say(
                "too_few_to_show",
                format!(
                    "Fewer than {} people have sent answers to {}. To protect them, nothing is compared with what they answered.",
                    data.survey.privacy.min_cell, side.name
                ),
            );
        }
    }
    if let Some(Err(why)) = judged {
        say("support_not_compared", format!("Support for interventions is not compared. {why}"));
    }
    for mix in comparison.composition.iter().filter(|mix| mix.reading == "differs") {
        let Some(distance) = mix.distance else { continue };
        say(
            "mix_differs",
            format!(
                "Those who answered are another mix by “{}”: {} of one side would have to be in another group for the mixes to be one. A difference in support can come of that alone.",
                mix.label,
                percent(distance)
            ),
        );
    }
    let cautions = comparison.matching.iter().filter(|one| one.state == "caution").count();
    if cautions > 0 {
        let (word, was) = if cautions == 1 { ("question", "was") } else { ("questions", "were") };
        say(
            "asked_otherwise",
            format!(
                "{cautions} {word} {was} not asked in quite the same way and {was} compared all the same: “What was asked on both sides” says how."
            ),
        );
    }
    let apart = comparison.matching.iter().filter(|one| one.state == "not_compared").count();
    if apart > 0 {
        let (word, is) = if apart == 1 { ("question", "is") } else { ("questions", "are") };
        say(
            "not_compared",
            format!("{apart} {word} of both sides {is} not compared: “What was asked on both sides” says why."),
        );
    }
    for (side, data) in comparison.sides.iter().zip(sides) {
        for notice in data.others.notices(data.survey) {
            say(&notice.code, format!("{}: {}", side.name, notice.text));
        }
    }
    let [first, second] = &comparison.sides;
    let apart = |weighted: &str, other: &str| {
        format!(
            "{weighted} is weighted to the population in its own report and {other} is not: here both sides count people, and only the verdict on each is that of its report."
        )
    };
    match is_weighted {
        [true, true] => say(
            "weighted",
            "Both sides are weighted to the population, each as its report is; intervals and tests rest on effective people.".to_string(),
        ),
        [false, false] => say("not_weighted", "Answers are not weighted: both sides count people.".to_string()),
        [true, false] => say("not_weighted", apart(&first.name, &second.name)),
        [false, true] => say("not_weighted", apart(&second.name, &first.name)),
    }
    say(
        "self_selected",
        "People chose for themselves whether to take part. An interval tells what chance alone could do among people like those who answered; it gives no margin of error for everyone, on either side.".to_string(),
    );
    notices
}

/// The verdicts of the sides rest on different rules.
pub(super) fn other_rule() -> Notice {
    let text = "The decision rules of the two sides are not the same: verdicts can differ for that alone.";
    Notice { code: "other_rule".to_string(), text: text.to_string() }
}

/// How the numbers were made, and what they do not say.
pub(super) fn method(relation: &Relation<'_>) -> Vec<String> {
    let paired = matches!(relation, Relation::Rounds(_));
    let difference = if paired {
        "The difference is that of the same people: of those who answered both times, the share afterwards less the share before, with Newcombe’s interval for paired shares and McNemar’s test."
    } else {
        "The difference is the share of the second side less that of the first, with Newcombe’s interval for shares of different people and the chi-square test with N − 1 (Fisher’s exact test where fewer than 1 is expected)."
    };
    let notes = [
        "Each side is counted as in its own report. A difference is in percentage points; it is positive where the second side has more.",
        difference,
        "p-values are corrected by Holm’s method over a family: all interventions, and the options of each question. “Rose” and “fell” are said only where the corrected p is at most 0.05 and the 95% interval leaves 0 out; else the answers cannot tell, which is not to say that nothing changed.",
        "Options of one question depend on each other: where one rises, others must fall.",
        "A figure that is withheld in the report of either side is withheld on both, and so is what would follow from the rest of a consultation by subtraction.",
    ];
    notes.map(str::to_string).to_vec()
}
