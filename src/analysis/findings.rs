//! The main findings in plain English, written from the verdicts and nothing else.

use super::delphi::report::Rounds;
use super::report::{Base, BreadthAnswer, BreadthRow, Intervention, QuestionThemes};
use super::view::Viewed;

/// How many statements of a panel's latest round need not be asked again.
fn settled(rounds: &Rounds) -> String {
    let asked =
        || rounds.statements.iter().filter(|one| one.rounds.last().is_some_and(|last| last.round == rounds.number));
    let with = |state: &str| asked().filter(|one| one.state == state).count();
    format!(
        "After round {} of {}, {} of {} statements have consensus and {} stable answers without it.",
        rounds.number,
        rounds.planned,
        with("consensus"),
        asked().count(),
        with("stable")
    )
}

/// Counts the verdicts by declared breadth and answers "a few broad interventions, or many focused ones?".
pub fn breadth(interventions: &[Intervention]) -> BreadthAnswer {
    let judged = || interventions.iter().filter(|intervention| !intervention.withdrawn);
    let row = |breadth: &str| {
        let of = || judged().filter(|intervention| intervention.breadth.as_deref().unwrap_or("undeclared") == breadth);
        let count = |label: &str| {
            u32::try_from(of().filter(|intervention| intervention.verdict.label == label).count()).unwrap_or(u32::MAX)
        };
        BreadthRow {
            breadth: breadth.to_string(),
            interventions: u32::try_from(of().count()).unwrap_or(u32::MAX),
            broad_support: count("broad_support"),
            focused: count("focused"),
            divisive: count("divisive"),
            broad_opposition: count("broad_opposition"),
            not_established: count("not_established"),
        }
    };
    let rows: Vec<BreadthRow> =
        ["broad", "focused", "undeclared"].map(row).into_iter().filter(|row| row.interventions > 0).collect();
    BreadthAnswer { text: breadth_text(&rows), rows }
}

fn breadth_text(rows: &[BreadthRow]) -> String {
    let find = |breadth: &str| rows.iter().find(|row| row.breadth == breadth);
    let supported = |row: &BreadthRow| format!("{} of {}", row.broad_support, row.interventions);
    match (find("broad"), find("focused"), find("undeclared")) {
        (Some(broad), Some(focused), _) => {
            let counts = format!(
                "{} meant for everyone {} broad support, against {} meant for one group; {} of the latter {} supported mainly by particular groups.",
                capital(&interventions(&supported(broad), broad.interventions)),
                have(broad.broad_support, broad.interventions),
                interventions(&supported(focused), focused.interventions),
                focused.focused,
                if focused.focused == 1 { "is" } else { "are" },
            );
            let share = |row: &BreadthRow| f64::from(row.broad_support) / f64::from(row.interventions);
            let reading = match (broad.broad_support + focused.broad_support, share(broad) - share(focused)) {
                (0, _) => "The answers do not establish broad support for either kind.",
                (_, lead) if lead >= 0.25 => {
                    "Broad support is found mostly among the interventions meant for everyone."
                }
                (_, lead) if lead <= -0.25 => {
                    "Broad support is found mostly among the interventions meant for one group."
                }
                _ => "Broad support is found about as often among both kinds.",
            };
            format!("{reading} {counts}")
        }
        (Some(row), None, _) | (None, Some(row), _) | (None, None, Some(row)) => {
            let kind = match row.breadth.as_str() {
                "broad" => " All were meant for everyone, so they cannot be compared with focused ones.",
                "focused" => " All were meant for one group, so they cannot be compared with broad ones.",
                _ => "",
            };
            format!(
                "{} {} broad support.{kind}",
                capital(&interventions(&supported(row), row.interventions)),
                have(row.broad_support, row.interventions)
            )
        }
        (None, None, None) => "The consultation does not ask about support for interventions.".to_string(),
    }
}

/// The headline findings, the weightiest first.
pub fn headlines(
    base: &Base,
    interventions: &[Intervention],
    breadth: &BreadthAnswer,
    (rounds, themes): (Option<&Rounds>, &[QuestionThemes]),
) -> Vec<String> {
    if base.completed == 0 {
        return vec!["Nobody has sent answers yet.".to_string()];
    }
    told(took_part(base), interventions, breadth, (rounds, themes))
}

/// The same of a part of the responses.
pub fn of_part(
    view: &Viewed,
    interventions: &[Intervention],
    breadth: &BreadthAnswer,
    about: (Option<&Rounds>, &[QuestionThemes]),
) -> Vec<String> {
    let who = view.only_text.as_deref().unwrap_or_default();
    let counted = format!("{} of {} responses: those for whom {who}.", thousands(view.n), thousands(view.of));
    told(counted, interventions, breadth, about)
}

fn told(
    first: String,
    interventions: &[Intervention],
    breadth: &BreadthAnswer,
    (rounds, themes): (Option<&Rounds>, &[QuestionThemes]),
) -> Vec<String> {
    let mut findings = vec![first];
    if !interventions.is_empty() {
        findings.push(breadth.text.clone());
    }
    findings.extend(rounds.map(settled));
    let with = |label: &str| {
        let mut found: Vec<&Intervention> =
            interventions.iter().filter(|intervention| intervention.verdict.label == label).collect();
        let share =
            |one: &Intervention| one.weighted.as_ref().map(|weighted| weighted.share).or(one.share).unwrap_or(0.0);
        found.sort_by(|a, b| share(b).total_cmp(&share(a)).then_with(|| a.id.cmp(&b.id)));
        found
    };
    let supported = with("broad_support");
    if let Some(first) = supported.first() {
        let bound = first.verdict.bound.map_or_else(String::new, |bound| {
            let weighted = if first.weighted.is_some() { ", weighted to the population" } else { "" };
            format!(", by at least {:.0}% of those who answered{weighted}", (bound * 100.0).floor())
        });
        findings.push(format!("Supported most broadly: “{}”{bound}.", first.label));
    }
    let list = |found: &[&Intervention]| {
        let named: Vec<String> = found.iter().take(5).map(|intervention| format!("“{}”", intervention.label)).collect();
        let more = found.len().saturating_sub(named.len());
        if more > 0 { format!("{} and {more} more", named.join(", ")) } else { named.join(", ") }
    };
    for (label, lead) in [
        ("focused", "Supported by particular groups only"),
        ("divisive", "Divides opinion"),
        ("broad_opposition", "Opposed broadly"),
    ] {
        let found = with(label);
        if !found.is_empty() {
            findings.push(format!("{lead}: {}.", list(&found)));
        }
    }
    let open = interventions
        .iter()
        .filter(|intervention| intervention.verdict.label == "not_established" && !intervention.withdrawn)
        .count();
    if open > 0 {
        let all = interventions.iter().filter(|intervention| !intervention.withdrawn).count();
        findings.push(format!("For {open} of {all} intervention{} the answers do not settle the matter; the table says why, and how many answers would.", if all == 1 { "" } else { "s" }));
    }
    for question in themes {
        if let Some(theme) = question.themes.first() {
            findings.push(format!(
                "Asked “{}”, people most often spoke of {} ({} of {} answers).",
                question.label, theme.label, theme.count, question.n
            ));
        }
    }
    findings
}

fn took_part(base: &Base) -> String {
    let people = |n: u64| if n == 1 { "1 person".to_string() } else { format!("{} people", thousands(n)) };
    let of = match (&base.invited, &base.population) {
        (Some(invited), _) if *invited > 0 => format!(" of {} invited", thousands(*invited)),
        (_, Some(population)) if population.estimate > 0 => {
            format!(
                ", about {:.1}% of an estimated {} who could have",
                population.reach * 100.0,
                thousands(population.estimate)
            )
        }
        _ => String::new(),
    };
    let of_mode = |mode: &str| base.by_mode.iter().filter(|by| by.mode == mode).map(|by| by.completed).sum::<u64>();
    let (simulated, unfinished) = (of_mode("simulated"), of_mode("unfinished"));
    let begun = match unfinished {
        0 => String::new(),
        n => format!(" {} more began and did not send; what they answered is counted.", people(n)),
    };
    match base.completed.saturating_sub(simulated + unfinished) {
        0 if unfinished == 0 => format!("{} simulated responses: no person has answered.", thousands(simulated)),
        real if simulated > 0 => {
            format!("{} sent answers; {} more responses are simulated.{begun}", people(real), thousands(simulated))
        }
        real => format!("{} sent answers{of}.{begun}", people(real)),
    }
}

fn interventions(counted: &str, all: u32) -> String {
    format!("{counted} intervention{}", if all == 1 { "" } else { "s" })
}

/// "0 of 7 interventions have", "1 of 7 interventions has".
fn have(n: u32, of: u32) -> &'static str {
    if n == 1 || of == 1 { "has" } else { "have" }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A whole number with commas between thousands.
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
