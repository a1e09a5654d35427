//! The sentences at the head of a report are true to the answers: each figure in them is counted anew from what is stored,
//! without any of the analysis.

#![cfg(test)]

use std::collections::BTreeMap;

use canvass::analysis::report::{Intervention, Report};
use canvass::service::time::Moment;
use canvass::service::{Library, import, publish, report, simulate};
use canvass::store::{Store, StoreError, response};
use serde_json::Value;
use statrs::distribution::{Beta, ContinuousCDF};

use crate::data::data;
use crate::db::each_db;

const NOW: Moment = Moment(1_795_000_000);
const FOUNDING: &str = include_str!("../../surveys/digital-ready-workforce.json");
const CONVERSATIONS: [&str; 3] = ["london.youth.policing", "scoop-hivemind.ubi", "vtaiwan.uberx"];

/// Votes for, against and otherwise.
type Votes = BTreeMap<String, [u64; 3]>;

fn stored(store: &Store, id: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut keep = |row: response::Response| {
        all.push(serde_json::from_str(&row.answers).unwrap());
        Ok::<_, StoreError>(())
    };
    store.read(|conn| response::for_each(conn, id, &mut keep)).unwrap();
    all
}

/// How people voted on each row of the question with the measure, by the definition and the stored answers.
fn votes(library: &Library, id: &str, answers: &[Value]) -> Votes {
    let survey = library.current(id, None).unwrap().survey;
    let (item, measure) = survey.support().unwrap();
    let missing: Vec<String> = match item.scale() {
        canvass::item::Scale::Ratings { steps, .. } => {
            steps.iter().filter(|step| step.missing).map(|step| step.id.clone()).collect()
        }
        _ => panic!("support is not rated"),
    };
    let mut votes = Votes::new();
    for one in answers {
        for (row, step) in one["answers"][&item.head.id].as_object().into_iter().flatten() {
            let step = step.as_str().unwrap().to_string();
            let side = match () {
                () if missing.contains(&step) => continue,
                () if measure.support.contains(&step) => 0,
                () if measure.oppose.contains(&step) => 1,
                () => 2,
            };
            votes.entry(row.clone()).or_default()[side] += 1;
        }
    }
    votes
}

/// The share that so many of n are at least, by the beta distribution, in whole per cents rounded down.
fn at_least(k: u64, n: u64) -> String {
    if k == 0 {
        return "0".to_string();
    }
    let beta = Beta::new(k as f64, (n - k + 1) as f64).unwrap();
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if beta.cdf(middle) < 0.05 { low = middle } else { high = middle }
    }
    format!("{:.0}", (100.0 * low).floor())
}

fn quoted(named: &[&Intervention]) -> String {
    let more = named.len().saturating_sub(5);
    let named: Vec<String> = named.iter().take(5).map(|one| format!("“{}”", one.label)).collect();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}.", named.join(", "))
}

/// Holds every sentence but the first, which says who took part, against the votes and the answers.
fn are_true(report: &Report, votes: &Votes, answers: &[Value]) {
    let share = |one: &Intervention| {
        let [support, oppose, neutral] = votes.get(&one.id).copied().unwrap_or_default();
        support as f64 / (support + oppose + neutral).max(1) as f64
    };
    let with = |label: &str| {
        let mut found: Vec<&Intervention> =
            report.interventions.iter().filter(|one| one.verdict.label == label).collect();
        found.sort_by(|a, b| share(b).total_cmp(&share(a)).then_with(|| a.id.cmp(&b.id)));
        found
    };
    let bound = |one: &Intervention, side: usize| {
        let of = votes[&one.id];
        at_least(of[side], of.iter().sum())
    };
    let mut left: Vec<String> = report.findings.iter().skip(1).cloned().collect();
    let mut says = |sentence: String| {
        let place = left.iter().position(|said| *said == sentence);
        assert!(place.is_some(), "{}: “{sentence}” is not among {left:#?}", report.survey);
        left.remove(place.unwrap());
    };
    says(report.breadth.text.clone());
    if let Some(first) = with("broad_support").first() {
        let bound = bound(first, 0);
        says(format!("Supported most broadly: “{}”, by at least {bound}% of those who answered.", first.label));
    }
    let lists = [
        ("focused", "Supported by particular groups only"),
        ("divisive", "Divides opinion"),
        ("broad_opposition", "Opposed broadly"),
    ];
    for (label, lead) in lists {
        let found = with(label);
        if !found.is_empty() {
            says(format!("{lead}: {}", quoted(&found)));
        }
    }
    let open = with("not_established").iter().filter(|one| !one.withdrawn).count();
    let all = report.interventions.iter().filter(|one| !one.withdrawn).count();
    if open > 0 {
        says(format!(
            "For {open} of {all} interventions the answers do not settle the matter; the table says why, and how many answers would."
        ));
    }
    for question in &report.themes {
        let written =
            |one: &&Value| one["answers"][&question.question].as_str().is_some_and(|text| !text.trim().is_empty());
        let n = answers.iter().filter(written).count();
        let most = question.themes.iter().max_by_key(|theme| theme.count).unwrap();
        says(format!(
            "Asked “{}”, people most often spoke of {} ({} of {n} answers).",
            question.label, most.label, most.count
        ));
    }
    assert!(left.is_empty(), "{}: nothing holds {left:#?}", report.survey);

    // The sentence of each verdict has the bound of the votes, and more than that nowhere.
    for one in report.interventions.iter().filter(|one| !one.withdrawn && votes.contains_key(&one.id)) {
        let text = one.verdict.text.to_lowercase();
        let side = usize::from(one.verdict.label == "broad_opposition");
        if let Some((_, rest)) = text.split_once("at least ").filter(|_| one.verdict.label != "focused") {
            let said = rest.split('%').next().unwrap();
            assert_eq!(said, bound(one, side), "{}: {text}", one.label);
        }
        assert_eq!([one.support, one.oppose, one.neutral], votes[&one.id], "{}", one.label);
    }
}

each_db! {
    fn the_main_findings_of_the_founding_consultation_are_true_to_its_answers(db) {
        let store = db.store();
        let library = Library::new(store.clone());
        publish::publish(&library, "founding.json", FOUNDING, NOW).unwrap();
        simulate::simulate(&library, "digital-ready-workforce", 1_061, 7, NOW, &|_, _| {}).unwrap();
        let report = report::build(&library, "digital-ready-workforce", 7, &|_, _| {}).unwrap();
        let answers = stored(&store, "digital-ready-workforce");
        let votes = votes(&library, "digital-ready-workforce", &answers);
        assert_eq!(report.findings[0], "1,061 simulated responses: no person has answered.");
        assert_eq!(answers.len(), 1_061);
        are_true(&report, &votes, &answers);
        assert!(report.findings.len() > 8, "{:?}", report.findings);

        // Which interventions are meant for whom stands in the definition.
        let definition: Value = serde_json::from_str(FOUNDING).unwrap();
        let of = |breadth: &str, label: &str| {
            let meant = definition["interventions"].as_array().unwrap().iter().filter(|one| one["breadth"] == breadth);
            let ids: Vec<&str> = meant.map(|one| one["id"].as_str().unwrap()).collect();
            let found = report.interventions.iter().filter(|one| ids.contains(&one.id.as_str()) && one.verdict.label == label);
            (found.count(), ids.len())
        };
        let ((broad, broad_of), (focused, focused_of)) = (of("broad", "broad_support"), of("focused", "broad_support"));
        let counts = format!("{broad} of {broad_of} interventions meant for everyone have broad support, against {focused} of {focused_of} interventions meant for one group; {} of the latter are supported mainly by particular groups.", of("focused", "focused").0);
        assert!(report.breadth.text.ends_with(&counts), "{} is not {counts}", report.breadth.text);
    }

    fn the_main_findings_of_real_conversations_are_true_to_their_votes(db) {
        let Some(data) = data() else {
            println!("skipped: no data");
            return;
        };
        let store = db.store();
        let library = Library::new(store.clone());
        for folder in CONVERSATIONS {
            let id = folder.replace('.', "-");
            import::polis(&library, &data.join("polis").join(folder), &id, NOW, &|_, _| {}).unwrap();
            let report = report::build(&library, &id, 7, &|_, _| {}).unwrap();
            let answers = stored(&store, &id);
            let votes = votes(&library, &id, &answers);
            let people = answers.len().to_string();
            let said = report.findings[0].replace(',', "");
            assert!(said.starts_with(&format!("{people} people sent answers")), "{id}: {said} of {people}");
            are_true(&report, &votes, &answers);
        }
    }
}
