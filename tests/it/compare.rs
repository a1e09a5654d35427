//! `canvass compare`: each figure in what it says is that of the stored answers, counted here anew; nothing is shown that a report
//! would withhold; both databases give the same bytes.

#![cfg(test)]

use std::collections::BTreeMap;
use std::fs;

use canvass::analysis::compare::report::Comparison;
use canvass::render::Renderer;
use canvass::render::report::compare_html;
use canvass::service::compare::{Wanted, build};
use canvass::service::{Library, ServiceError, publish, report};
use canvass::store::response::{self, NewResponse};
use canvass::store::survey::Mode;
use canvass::store::{Store, StoreError};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use statrs::distribution::{Binomial, ChiSquared, ContinuousCDF, DiscreteCDF};

use crate::cli::Desk;
use crate::db::{Db, each_db};
use crate::report::NOW;

const IDEAS: [&str; 5] = ["tea", "bikes", "nights", "rooms", "pay"];
const ROLES: [&str; 3] = ["nurse", "clerk", "cook"];
const WAYS: [&str; 3] = ["bus", "foot", "car"];
/// Of 1.
const Z: f64 = 1.959_963_984_540_054;

fn definition(id: &str, extra: &Value) -> Value {
    let options =
        |ids: &[&str]| ids.iter().map(|id| json!({"id": id, "label": format!("Label {id}")})).collect::<Vec<_>>();
    let mut survey = json!({
        "format": 1, "id": id, "title": format!("The {id}"), "privacy": {"min_cell": 5},
        "consensus": {"n_min_overall": 50, "n_min_segment": 30},
        "lists": {"agree": [
            {"id": "no", "label": "No", "value": 1}, {"id": "so", "label": "So so", "value": 2},
            {"id": "yes", "label": "Yes", "value": 3}, {"id": "dk", "label": "Do not know", "missing": true}]},
        "interventions": options(&IDEAS),
        "pages": [{"id": "p", "title": "P", "questions": [
            {"id": "role", "type": "single", "text": "Role?", "options": options(&ROLES), "segment": true},
            {"id": "support", "type": "rate", "text": "Which?", "items": "interventions", "scale": "agree",
             "measure": "support", "support": ["yes"], "oppose": ["no"]},
            {"id": "way", "type": "single", "text": "Way?", "options": options(&WAYS)},
            {"id": "why", "type": "text", "text": "Why?"}]}]
    });
    survey.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    survey
}

/// People of whom so many in a hundred are nurses and in favour of each idea.
fn people(n: usize, seed: u64, nurses: u32, favour: [u32; 5]) -> Vec<Value> {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let one = |_| {
        let role = if dice.random_ratio(nurses, 100) { "nurse" } else { ROLES[1 + dice.random_range(0..2)] };
        let mut support = json!({});
        for (idea, favour) in IDEAS.iter().zip(favour) {
            let step = match dice.random_range(0..20) {
                0 => "dk",
                1 => continue,
                _ if dice.random_ratio(favour, 100) => "yes",
                _ => ["no", "so"][dice.random_range(0..2)],
            };
            support[idea] = json!(step);
        }
        json!({"role": role, "way": WAYS[dice.random_range(0..3)], "support": support})
    };
    (0..n).map(one).collect()
}

fn put(library: &Library, definition: &Value) {
    publish::publish_new_wave(library, "a file", &definition.to_string(), NOW).unwrap();
}

/// Stores what people answered, to this version.
fn store(store: &Store, id: &str, version: i32, records: &[Value]) {
    let texts: Vec<(String, String)> =
        (0..).zip(records).map(|(number, record)| (record.to_string(), format!("{id}-{version}-{number}"))).collect();
    let new = |(answers, idem): &'_ (String, String)| (answers.clone(), idem.clone());
    let texts: Vec<(String, String)> = texts.iter().map(new).collect();
    let rows: Vec<NewResponse<'_>> = texts
        .iter()
        .map(|(answers, idem)| NewResponse {
            survey_id: id,
            version,
            idem,
            receipt_hash: None,
            mode: Mode::OpenLink,
            answers,
            submitted_on: "2026-11-02",
            started_version: None,
        })
        .collect();
    store.write(|conn| response::insert_many(conn, &rows)).unwrap();
}

fn records(answers: &[Value]) -> Vec<Value> {
    answers.iter().map(|answers| json!({"answers": answers, "missing": {}})).collect()
}

/// What is stored of a version.
fn stored(store: &Store, id: &str, version: i32) -> Vec<Value> {
    let mut all = Vec::new();
    let mut keep = |row: response::Response| {
        if row.version == version {
            all.push(serde_json::from_str(&row.answers).unwrap());
        }
        Ok::<_, StoreError>(())
    };
    store.read(|conn| response::for_each(conn, id, &mut keep)).unwrap();
    all
}

fn compared(library: &Library, first: &str, second: &str) -> Result<Comparison, ServiceError> {
    let [first, second]: [Wanted; 2] = [first, second].map(|named| named.parse().unwrap());
    build([library, library], [&first, &second], &|_, _| {})
}

/// What was chosen, by variable.
fn chosen(answers: &Value) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for id in ["role", "way"] {
        all.extend(answers[id].as_str().map(|option| (id.to_string(), option.to_string())));
    }
    for (row, step) in answers["support"].as_object().into_iter().flatten() {
        all.insert(format!("support.{row}"), step.as_str().unwrap().to_string());
    }
    all.retain(|_, step| step != "dk");
    all
}

/// How many chose an option, of how many who answered.
fn count(people: &[Value], variable: &str, option: &str) -> (f64, f64) {
    let of = people.iter().filter_map(|one| chosen(&one["answers"]).remove(variable));
    of.fold((0.0, 0.0), |(k, n), said| (k + f64::from(u8::from(said == option)), n + 1.0))
}

fn wilson((k, n): (f64, f64)) -> (f64, f64) {
    let (p, z2) = (k / n, Z * Z);
    let half = Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    ((p + z2 / (2.0 * n) - half) / (1.0 + z2 / n), (p + z2 / (2.0 * n) + half) / (1.0 + z2 / n))
}

/// The difference, its interval and its p-value before correction, of counts that are not small.
fn difference(first: (f64, f64), second: (f64, f64)) -> (f64, [f64; 2], f64) {
    let ((l1, u1), (l2, u2)) = (wilson(first), wilson(second));
    let (p1, p2) = (first.0 / first.1, second.0 / second.1);
    let d = p2 - p1;
    let interval =
        [d - ((p2 - l2).powi(2) + (u1 - p1).powi(2)).sqrt(), d + ((u2 - p2).powi(2) + (p1 - l1).powi(2)).sqrt()];
    let (k, n) = (first.0 + second.0, first.1 + second.1);
    if k <= 0.0 || k >= n {
        return (d, interval, 1.0);
    }
    let cells = [
        (first.0, k * first.1 / n),
        (first.1 - first.0, (n - k) * first.1 / n),
        (second.0, k * second.1 / n),
        (second.1 - second.0, (n - k) * second.1 / n),
    ];
    let chi: f64 = cells.iter().map(|(seen, expected)| (seen - expected).powi(2) / expected).sum();
    assert!(cells.iter().all(|(_, expected)| *expected >= 1.0), "the exact test is not calculated here");
    (d, interval, ChiSquared::new(1.0).unwrap().sf(chi * (n - 1.0) / n))
}

/// Holm's correction, by its definition.
fn corrected(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
    let mut found = vec![0.0; p.len()];
    let mut highest: f64 = 0.0;
    for (rank, at) in order.into_iter().enumerate() {
        highest = highest.max((p[at] * (p.len() - rank) as f64).min(1.0));
        found[at] = highest;
    }
    found
}

fn reading(p: f64, [low, high]: [f64; 2]) -> &'static str {
    match () {
        () if p <= 0.05 && low > 0.0 => "rose",
        () if p <= 0.05 && high < 0.0 => "fell",
        () => "cannot_tell",
    }
}

fn points(difference: f64) -> String {
    let text = format!("{:+.1}", (difference * 1000.0).round() / 10.0);
    if text.ends_with("0.0") && text.len() == 4 { "0.0".to_string() } else { text.replace('-', "−") }
}

fn p_value(p: f64) -> String {
    if p < 0.001 { "p < 0.001".to_string() } else { format!("p = {p:.3}") }
}

/// Holds every sentence of the findings against the stored answers, and tells how many interventions changed.
fn are_true(found: &Comparison, library: &Library, sides: [(&str, &[Value]); 2]) -> usize {
    let [(first, before), (second, after)] = sides;
    let mut left = found.findings.clone();
    let mut says = |sentence: String| {
        let place = left.iter().position(|said| *said == sentence);
        assert!(place.is_some(), "“{sentence}” is not among {left:#?}");
        left.remove(place.unwrap());
    };
    says(format!("Compared: {first} ({} people) and {second} ({} people).", before.len(), after.len()));
    let counts = IDEAS.map(|idea| {
        let variable = format!("support.{idea}");
        (count(before, &variable, "yes"), count(after, &variable, "yes"))
    });
    let changes = counts.map(|(before, after)| difference(before, after));
    let p = corrected(&changes.map(|(_, _, p)| p));
    let readings: Vec<&str> = changes.iter().zip(&p).map(|((_, interval, _), p)| reading(*p, *interval)).collect();
    let with = |word: &str| readings.iter().filter(|reading| **reading == word).count();
    says(format!(
        "Support rose for {} of 5 interventions that can be compared, and fell for {}; for {} the answers cannot tell.",
        with("rose"),
        with("fell"),
        with("cannot_tell")
    ));
    for (at, idea) in IDEAS.iter().enumerate() {
        let ((k1, n1), (k2, n2)) = counts[at];
        let (d, [low, high], _) = changes[at];
        if readings[at] != "cannot_tell" {
            says(format!(
                "Support {} for “Label {idea}”: from {:.0}% ({k1} of {n1}) to {:.0}% ({k2} of {n2}), a difference of {} percentage points (95% interval {} to {}; {} after Holm’s correction).",
                readings[at],
                100.0 * k1 / n1,
                100.0 * k2 / n2,
                points(d),
                points(low),
                points(high),
                p_value(p[at])
            ));
        }
    }
    // The verdicts are those of the two reports.
    let label = |id: &str| {
        let report = report::build(library, id, 7, &|_, _| {}).unwrap();
        report.interventions.into_iter().map(|one| one.verdict.label).collect::<Vec<_>>()
    };
    let word = |code: &str| match code {
        "broad_support" => "broad support",
        "broad_opposition" => "broad opposition",
        "focused" => "focused support",
        "divisive" => "divides opinion",
        _ => "not established",
    };
    let (one, other) = (label(first), label(second));
    let turned: Vec<String> = IDEAS
        .iter()
        .zip(one.iter().zip(&other))
        .filter(|(_, (one, other))| one != other)
        .map(|(idea, (one, other))| format!("“Label {idea}” ({} → {})", word(one), word(other)))
        .collect();
    if !turned.is_empty() {
        says(format!(
            "The verdict is another one for {} of 5 interventions: {}. A verdict can turn without support having changed: it depends on how many answered.",
            turned.len(),
            turned.join("; ")
        ));
    }
    let variables: Vec<(String, Vec<&str>)> =
        [("role".to_string(), ROLES.to_vec()), ("way".to_string(), WAYS.to_vec())]
            .into_iter()
            .chain(IDEAS.map(|idea| (format!("support.{idea}"), vec!["no", "so", "yes"])))
            .collect();
    let moved = variables.iter().filter(|(variable, options)| {
        let changes: Vec<_> = options
            .iter()
            .map(|option| difference(count(before, variable, option), count(after, variable, option)))
            .collect();
        let p = corrected(&changes.iter().map(|(_, _, p)| *p).collect::<Vec<_>>());
        changes.iter().zip(p).any(|((_, interval, _), p)| reading(p, *interval) != "cannot_tell")
    });
    let place = left.iter().position(|said| {
        *said == format!("In {} of 7 questions and rows of grids that can be compared, at least one answer was given more or less often.", moved.clone().count())
    });
    assert!(place.is_some(), "{left:#?}");
    left.remove(place.unwrap());
    assert!(left.is_empty(), "nothing holds {left:#?}");
    with("rose") + with("fell")
}

each_db! {
    fn what_is_said_of_two_consultations_is_true_to_their_answers(db) {
        let (database, library) = (db.store(), Library::new(db.store()));
        put(&library, &definition("spring", &json!({})));
        put(&library, &definition("autumn", &json!({})));
        store(&database, "spring", 1, &records(&people(700, 3, 60, [80, 50, 30, 60, 20])));
        // Bikes come to be wanted, rooms cease to be, and there are fewer nurses.
        store(&database, "autumn", 1, &records(&people(500, 4, 40, [80, 65, 30, 45, 20])));
        let found = compared(&library, "spring", "autumn").unwrap();
        let sides = ["spring", "autumn"].map(|id| stored(&database, id, 1));
        let changed = are_true(&found, &library, [("spring", &sides[0]), ("autumn", &sides[1])]);
        assert_eq!(changed, 2, "{:#?}", found.findings);
        assert!(found.findings.iter().any(|said| said.starts_with("Support rose for “Label bikes”: from ")));
        assert!(found.findings.iter().any(|said| said.starts_with("Support fell for “Label rooms”: from ")));
        let mix = &found.composition[0];
        let groups: Vec<[f64; 2]> = mix.groups.iter().map(|group| group.counts.map(|count| count.unwrap() as f64)).collect();
        let expected = ROLES.map(|role| sides.each_ref().map(|side| count(side, "role", role).0));
        assert_eq!((groups, mix.reading.as_str()), (expected.to_vec(), "differs"));
        // Standardised to both together, by hand.
        let of = |side: &[Value], role: &str, idea: &str| {
            let there: Vec<Value> = side.iter().filter(|one| one["answers"]["role"] == role).cloned().collect();
            count(&there, &format!("support.{idea}"), "yes")
        };
        for one in &found.interventions {
            let cells = ROLES.map(|role| (of(&sides[0], role, &one.line.id), of(&sides[1], role, &one.line.id)));
            let all: f64 = cells.iter().map(|((_, m), (_, n))| m + n).sum();
            let by_hand: f64 = cells.iter().map(|((k1, n1), (k2, n2))| (n1 + n2) / all * (k2 / n2 - k1 / n1)).sum();
            let adjusted = &one.adjusted[0];
            assert!((adjusted.difference - by_hand).abs() < 1e-12, "{}: {adjusted:?} is not {by_hand}", one.line.id);
            assert!(adjusted.interval[0] < by_hand && by_hand < adjusted.interval[1]);
        }
    }

    fn versions_are_told_apart_and_what_was_asked_otherwise_is_named(db) {
        let (database, library) = (db.store(), Library::new(db.store()));
        put(&library, &definition("town", &json!({})));
        let mut second = definition("town", &json!({}));
        second["pages"][0]["questions"][0]["text"] = json!("Which role?");
        second["pages"][0]["questions"][2]["options"].as_array_mut().unwrap().remove(0);
        put(&library, &second);
        store(&database, "town", 1, &records(&people(300, 5, 60, [80, 50, 30, 60, 20])));
        store(&database, "town", 2, &records(&people(200, 6, 60, [80, 50, 60, 60, 20])));
        let found = compared(&library, "town@1", "town@2").unwrap();
        assert_eq!((found.relation.as_str(), found.sides[0].people, found.sides[1].people), ("versions", 300, 200));
        let state = |id: &str| found.matching.iter().find(|one| one.id == id).unwrap();
        assert_eq!((state("role").state.as_str(), state("way").state.as_str()), ("caution", "not_compared"));
        assert!(state("way").reasons[0].contains("“Label bus” cannot be chosen any more"), "{:?}", state("way"));
        let sides = [1, 2].map(|version| stored(&database, "town", version));
        let line = &found.interventions[2].line;
        let counted = sides.each_ref().map(|side| count(side, "support.nights", "yes"));
        let told = line.parts.each_ref().map(|part| (part.count.unwrap() as f64, part.n as f64));
        assert_eq!((told, line.change.as_ref().unwrap().reading.as_str()), (counted, "rose"));
        // Three who answered a third version would follow from its report, which has everyone.
        put(&library, &definition("town", &json!({"title": "Again"})));
        store(&database, "town", 3, &records(&people(3, 8, 60, [80, 50, 30, 60, 20])));
        let found = compared(&library, "town@1", "town@2").unwrap();
        assert!(found.interventions.iter().all(|one| one.line.withheld && one.verdicts.is_none()));
        let json = String::from_utf8(found.to_json()).unwrap();
        assert!(!json.contains("\"count\": 1") && !json.contains("\"count\": 2"), "a count is shown");
        let page = compare_html(&Renderer::new().unwrap(), &found, "").unwrap();
        assert!(page.contains("withheld") && !found.findings.iter().any(|said| said.contains('%')));
        // The same beside another consultation.
        put(&library, &definition("other", &json!({})));
        store(&database, "other", 1, &records(&people(200, 9, 60, [80, 50, 60, 60, 20])));
        let found = compared(&library, "town@3", "other").unwrap();
        assert!(found.interventions.is_empty());
        assert!(found.questions.iter().flat_map(|question| &question.lines).all(|line| line.withheld));
    }

    fn rounds_are_compared_by_the_same_people(db) {
        let (database, library) = (db.store(), Library::new(db.store()));
        let round = |number: u32| json!({"round": {"number": number, "planned": 3, "questions": ["support"]}});
        put(&library, &definition("panel", &round(1)));
        put(&library, &definition("panel", &round(2)));
        let (before, after) = (people(140, 10, 60, [60, 50, 30, 60, 20]), people(100, 11, 60, [90, 50, 30, 60, 20]));
        let both = before.iter().zip(&after).map(|(before, after)| {
            json!({"answers": after, "missing": {}, "earlier": {"1": {"support": before["support"]}}})
        });
        store(&database, "panel", 2, &both.collect::<Vec<_>>());
        store(&database, "panel", 1, &records(&before[100..]));
        let found = compared(&library, "panel@round1", "panel@round2").unwrap();
        assert_eq!((found.sides[0].people, found.sides[1].people, found.in_both), (140, 100, Some(100)));
        assert!(found.composition.is_empty());
        let mut p = Vec::new();
        for (one, idea) in found.interventions.iter().zip(IDEAS) {
            let variable = format!("support.{idea}");
            let steps = stored(&database, "panel", 2).into_iter().filter_map(|one| {
                let earlier = chosen(&one["earlier"]["1"]).remove(&variable)?;
                Some((earlier == "yes", chosen(&one["answers"]).remove(&variable)? == "yes"))
            });
            let steps: Vec<(bool, bool)> = steps.collect();
            let with = |wanted: (bool, bool)| steps.iter().filter(|pair| **pair == wanted).count() as u64;
            let (went, came) = (with((true, false)), with((false, true)));
            let change = one.line.change.as_ref().unwrap();
            let pairs = change.pairs.unwrap();
            let kept = with((true, true));
            assert_eq!((pairs.n, pairs.counts), (steps.len() as u64, [kept + went, kept + came]), "{idea}");
            assert!((change.difference - (came as f64 - went as f64) / steps.len() as f64).abs() < 1e-12);
            let by_hand = if went + came < 25 {
                let binomial = Binomial::new(0.5, went + came).unwrap();
                (2.0 * binomial.sf(went.max(came) - 1)).min(1.0)
            } else {
                let statistic = (went as f64 - came as f64).powi(2) / (went + came) as f64;
                ChiSquared::new(1.0).unwrap().sf(statistic)
            };
            assert!((change.p - by_hand).abs() < 1e-9, "{idea}: {} is not {by_hand}", change.p);
            p.push(by_hand);
            // Each round is whole in its column.
            let all = count(&records(&before), &variable, "yes");
            assert_eq!((one.line.parts[0].count.unwrap() as f64, one.line.parts[0].n as f64), all);
        }
        let told: Vec<f64> = found.interventions.iter().map(|one| one.line.change.as_ref().unwrap().p_holm).collect();
        assert!(told.iter().zip(corrected(&p)).all(|(told, by_hand)| (told - by_hand).abs() < 1e-9));
        let change = found.interventions[0].line.change.as_ref().unwrap();
        let pairs = change.pairs.unwrap();
        let share = |k: u64| format!("{:.0}% ({k} of {})", 100.0 * k as f64 / pairs.n as f64, pairs.n);
        let begins = format!("Support rose for “Label tea”: from {} to {}, a difference of {} percentage points (95% interval ", share(pairs.counts[0]), share(pairs.counts[1]), points(change.difference));
        assert!(found.findings.iter().any(|said| said.starts_with(&begins)), "{begins}: {:#?}", found.findings);
        let page = compare_html(&Renderer::new().unwrap(), &found, "").unwrap();
        assert!(page.contains("href=\"#f-paired\"") && !page.contains("href=\"#f-newcombe\""), "the interval is that of pairs");
    }

    fn weighted_sides_are_compared_as_their_reports_weigh_them(db) {
        let (database, library) = (db.store(), Library::new(db.store()));
        let weighted = json!({
            "population": {"source": "A register", "margins": {"role": {"nurse": 0.5, "clerk": 0.3, "cook": 0.2}}},
            "consensus": {"weighting": "rake", "n_min_overall": 50, "n_min_segment": 30}});
        put(&library, &definition("spring", &weighted));
        put(&library, &definition("autumn", &weighted));
        store(&database, "spring", 1, &records(&people(400, 12, 70, [80, 50, 30, 60, 20])));
        store(&database, "autumn", 1, &records(&people(400, 13, 30, [80, 70, 30, 60, 20])));
        let found = compared(&library, "spring", "autumn").unwrap();
        assert!(found.sides.iter().all(|side| side.weighted) && found.notices.iter().any(|one| one.code == "weighted"));
        let reports = ["spring", "autumn"].map(|id| report::build(&library, id, 7, &|_, _| {}).unwrap());
        for (at, one) in found.interventions.iter().enumerate() {
            let [before, after] = reports.each_ref().map(|report| report.interventions[at].weighted.clone().unwrap());
            let effective = [&before, &after].map(|side| (side.share * side.n_eff as f64, side.n_eff as f64));
            let (d, interval, p) = difference(effective[0], effective[1]);
            let change = one.line.change.as_ref().unwrap();
            assert!((change.difference - d).abs() < 1e-12 && (change.p - p).abs() < 1e-9, "{change:?}");
            assert!(change.interval.iter().zip(interval).all(|(found, by_hand)| (found - by_hand).abs() < 1e-9));
            assert!(one.adjusted.is_empty(), "weights bring the mixes together already");
        }
        let bikes = &found.interventions[1];
        assert_eq!(bikes.line.change.as_ref().unwrap().reading, "rose");
        assert!(found.findings.iter().any(|said| said.contains("effective people")), "{:#?}", found.findings);
    }
}

#[test]
fn nothing_is_shown_that_the_report_of_either_side_withholds() {
    let db = Db::sqlite();
    let (database, library) = (db.store(), Library::new(db.store()));
    let ids = ["spring", "autumn"];
    for (id, cooks) in ids.into_iter().zip([0, 3]) {
        put(&library, &definition(id, &json!({})));
        let mut all = people(200, 3, 60, [80, 50, 30, 60, 20]);
        for (number, one) in all.iter_mut().enumerate() {
            one["role"] = json!(if number < cooks { "cook" } else { ["nurse", "clerk"][number % 2] });
            // Few were asked, or answered, the one, and nobody rated the pay.
            if number >= 3 {
                one["way"] = json!(null);
            }
            one["support"]["pay"] = json!("dk");
        }
        store(&database, id, 1, &records(&all));
    }
    let found = compared(&library, ids[0], ids[1]).unwrap();
    let reports = ids.map(|id| report::build(&library, id, 7, &|_, _| {}).unwrap());
    let mut withheld = 0;
    for question in &found.questions {
        for line in &question.lines {
            let told = reports.each_ref().map(|report| {
                let tally = report.questions.iter().find(|tally| tally.id == question.id).unwrap();
                tally.rows.iter().find(|row| row.id == line.id).unwrap().count
            });
            let shown = line.parts.each_ref().map(|part| part.count);
            if told.contains(&None) {
                withheld += 1;
                assert_eq!(
                    (shown, line.withheld, line.change.is_none()),
                    ([None; 2], true, true),
                    "{} {}",
                    question.id,
                    line.id
                );
            } else {
                assert_eq!((shown, line.withheld), (told, false), "{} {}", question.id, line.id);
            }
        }
    }
    // All three ways, and of the roles the cooks and one more.
    assert!(withheld >= 5, "{withheld}");
    for group in &found.composition[0].groups {
        let tally = |report: &canvass::analysis::report::Report| {
            report.segments[0].groups.iter().find(|one| one.id == group.id).unwrap().n
        };
        let told = reports.each_ref().map(tally);
        assert_eq!(group.counts, if told.contains(&None) { [None; 2] } else { told }, "{}", group.id);
    }
    assert!(found.interventions.iter().all(|one| one.adjusted.is_empty()));
}

/// The comparison and its page, of these answers in a database of its own.
fn files(db: &Db, backwards: bool) -> [Vec<u8>; 2] {
    let (database, library) = (db.store(), Library::new(db.store()));
    let mut sides = [people(300, 3, 60, [80, 50, 30, 60, 20]), people(200, 4, 40, [80, 65, 30, 45, 20])];
    for (id, side) in ["spring", "autumn"].into_iter().zip(&mut sides) {
        put(&library, &definition(id, &json!({})));
        if backwards {
            side.reverse();
        }
        store(&database, id, 1, &records(side));
    }
    let found = compared(&library, "spring", "autumn").unwrap();
    [found.to_json(), compare_html(&Renderer::new().unwrap(), &found, "").unwrap().into_bytes()]
}

#[test]
fn a_comparison_is_the_same_to_the_byte_on_both_databases_and_in_any_order() {
    let first = files(&Db::sqlite(), false);
    assert!(first == files(&Db::sqlite(), true), "in another order");
    let Some(postgres) = Db::postgres() else {
        println!("skipped: no Postgres (make test starts one)");
        return;
    };
    assert!(first == files(&postgres, true), "on Postgres");
}

#[test]
fn the_program_writes_a_comparison_and_says_what_to_do_where_there_is_none() {
    let desk = Desk::new();
    let spring = definition("spring", &json!({}));
    desk.done(&["publish", &desk.write("spring.json", spring.to_string())]);
    desk.done(&["publish", &desk.write("autumn.json", definition("autumn", &json!({})).to_string())]);
    let mut other = definition("else", &json!({}));
    other["pages"][0]["questions"] =
        json!([{"id": "other", "type": "single", "text": "Other?", "options": [{"id": "a", "label": "A"}]}]);
    other["interventions"] = json!([]);
    desk.done(&["publish", &desk.write("else.json", other.to_string())]);
    desk.done(&["publish", &desk.write("empty.json", definition("empty", &json!({})).to_string())]);
    for id in ["spring", "autumn"] {
        desk.done(&["simulate", id, "--n", "60"]);
    }
    let said = desk.done(&["compare", "spring", "autumn", "--out", "out"]);
    assert!(said.contains("Compared: spring (60 people) and autumn (60 people)."), "{said}");
    for file in ["compare.html", "compare.json", "compare.csv", "manifest.json"] {
        assert!(desk.path("out").join(file).is_file() && said.contains(&format!("out/{file}")), "{file}");
    }
    desk.done(&["verify", "out/manifest.json"]);
    let json: Value = serde_json::from_slice(&fs::read(desk.path("out/compare.json")).unwrap()).unwrap();
    // Every line of the comparison is a row of the table, with its figures unrounded.
    let mut table = csv::Reader::from_path(desk.path("out/compare.csv")).unwrap();
    let names = table.headers().unwrap().clone();
    let rows: Vec<BTreeMap<String, String>> = table
        .records()
        .map(|row| names.iter().map(str::to_string).zip(row.unwrap().iter().map(str::to_string)).collect())
        .collect();
    for one in json["interventions"].as_array().unwrap() {
        let row =
            rows.iter().find(|row| row["kind"] == "intervention" && row["id"] == one["id"].as_str().unwrap()).unwrap();
        let change = &one["change"];
        assert_eq!(row["difference"].parse::<f64>().ok(), change["difference"].as_f64());
        assert_eq!(row["p_holm"].parse::<f64>().ok(), change["p_holm"].as_f64());
        assert_eq!(row["second_n"], one["parts"][1]["n"].to_string());
    }
    let counted: usize =
        json["questions"].as_array().unwrap().iter().map(|one| one["lines"].as_array().unwrap().len()).sum();
    assert_eq!(rows.iter().filter(|row| row["kind"] == "answer").count(), counted);
    assert!(json["notices"].as_array().unwrap().iter().any(|notice| notice["code"] == "simulated"));

    let database = format!("sqlite:{}", desk.path("canvass.db").display());
    fs::copy(desk.path("canvass.db"), desk.path("earlier.db")).unwrap();
    let earlier = format!("sqlite:{}", desk.path("earlier.db").display());
    let said = desk.done(&["compare", "spring", "spring", "--with-database", &earlier, "--out", "copy"]);
    assert!(said.contains("Support rose for 0 of 5 interventions that can be compared, and fell for 0"), "{said}");
    for (args, advice) in [
        (&["compare", "sprin", "autumn", "--out", "x"][..], "there are: autumn, else, empty, spring"),
        (&["compare", "spring", "spring", "--out", "x"], "the same twice: name two versions"),
        (&["compare", "spring", "spring@1", "--out", "x"], "holds the answers of both sides"),
        (&["compare", "spring", "spring", "--with-database", &database, "--out", "x"], "the same twice"),
        (&["compare", "spring", "empty", "--out", "x"], "nobody has sent answers to empty"),
        (&["compare", "spring", "--versions", "1", "1", "--out", "x"], "the same twice"),
        (&["compare", "spring", "--versions", "1", "2", "--out", "x"], "no version 2: name another one"),
        (&["compare", "spring", "--rounds", "1", "2", "--out", "x"], "not asked in rounds: compare its versions"),
        (&["compare", "spring", "else", "--out", "x"], "give those that ask the same the same id"),
    ] {
        let said = desk.refused(args);
        assert!(said.contains(advice), "{args:?}: {said}");
    }
    let output = desk.run(&["compare", "spring@two", "autumn", "--out", "x"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(!desk.path("x").exists(), "nothing is written where nothing is compared");
}
