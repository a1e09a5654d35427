//! The report and the exports: their numbers are those of the stored answers, whatever the order and the database.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use canvass::analysis::dataset::Dataset;
use canvass::analysis::report::{AccessBase, Base, Hashes, ModeBase, Report};
use canvass::analysis::summary::{Context, summarise};
use canvass::definition::codebook::variables;
use canvass::definition::{Survey, parse};
use canvass::export::codebook::ABOUT_THE_RESPONSE;
use canvass::render::Renderer;
use canvass::render::report::report_html;
use canvass::response::Record;
use canvass::service::time::Moment;
use canvass::service::{Library, export, publish, report, simulate};
use canvass::store::response;
use canvass::store::{Store, StoreError};
use proptest::prelude::*;
use serde_json::Value;

use crate::check::{GALLERY, WORKFORCE};
use crate::db::Db;

const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 22);

pub(crate) const NOW: Moment = Moment(1_795_000_000);
const ID: &str = "digital-ready-workforce";
const N: u64 = 1_061;
pub(crate) const MIN_CELL: u64 = 10;

/// A consultation with simulated answers: its report, its exports, and the answers as they are stored.
pub(crate) struct Held {
    pub(crate) survey: Survey,
    pub(crate) report: Report,
    pub(crate) html: String,
    pub(crate) csv: String,
    pub(crate) codebook: String,
    pub(crate) stored: Vec<Value>,
}

fn hold(store: &Store, text: &str, id: &str, n: u64) -> Held {
    let library = Library::new(store.clone());
    publish::publish(&library, "a file", text, NOW).unwrap();
    assert_eq!(simulate::simulate(&library, id, n, 7, NOW, &|_, _| {}).unwrap(), n);
    held(&library, store, text, id)
}

pub(crate) fn held(library: &Library, store: &Store, text: &str, id: &str) -> Held {
    let report = report::build(library, id, 7, &|_, _| {}).unwrap();
    let html = report_html(&Renderer::new().unwrap(), &report, "").unwrap();
    let (mut csv, mut codebook) = (Vec::new(), Vec::new());
    export::responses_csv(library, id, &mut csv, "responses.csv").unwrap();
    export::codebook_csv(library, id, &mut codebook, "codebook.csv").unwrap();
    let mut stored = Vec::new();
    store
        .read(|conn| {
            response::for_each(conn, id, |row| {
                stored.push(serde_json::from_str(&row.answers).unwrap());
                Ok::<_, StoreError>(())
            })
        })
        .unwrap();
    let [csv, codebook] = [csv, codebook].map(|bytes| String::from_utf8(bytes).unwrap());
    Held { survey: parse(text).survey.unwrap(), report, html, csv, codebook, stored }
}

/// The consultation that most tests look at, made once.
fn workforce() -> &'static Held {
    static HELD: OnceLock<Held> = OnceLock::new();
    HELD.get_or_init(|| {
        let db = Db::sqlite();
        hold(&db.store(), WORKFORCE, ID, N)
    })
}

fn answers(stored: &Value) -> &Value {
    &stored["answers"]
}

const FOR: [&str; 2] = ["a", "sa"];
const AGAINST: [&str; 2] = ["d", "sd"];

/// For, neither, against, no answer that counts: straight from the stored answers, by the words of the definition.
fn recount<'a>(stored: impl Iterator<Item = &'a Value>, intervention: &str) -> [u64; 4] {
    let mut counts = [0; 4];
    for one in stored {
        let place = match answers(one)["support"][intervention].as_str() {
            Some(step) if FOR.contains(&step) => 0,
            Some("n") => 1,
            Some(step) if AGAINST.contains(&step) => 2,
            _ => 3,
        };
        counts[place] += 1;
    }
    counts
}

#[test]
fn support_is_what_a_recount_of_the_stored_answers_gives() {
    let held = workforce();
    assert_eq!((held.report.base.completed, held.stored.len() as u64), (N, N));
    assert_eq!(held.report.interventions.len(), 14);
    for one in &held.report.interventions {
        assert_eq!(
            [one.support, one.neutral, one.oppose, one.missing],
            recount(held.stored.iter(), &one.id),
            "{}",
            one.id
        );
        assert_eq!(one.support + one.neutral + one.oppose + one.missing, N, "{}", one.id);
        assert_eq!(one.n, N - one.missing);
        for group in &one.segments {
            let members = held.stored.iter().filter(|stored| answers(stored)[&group.segment] == group.group.as_str());
            let counts = recount(members, &one.id);
            let n = counts[0] + counts[1] + counts[2];
            if group.suppressed {
                assert_eq!((group.n, group.share, group.interval, group.support), (None, None, None, None));
            } else {
                let shown = [group.support, group.neutral, group.oppose, group.missing];
                for (shown, counted) in shown.into_iter().zip(counts) {
                    assert!(shown.is_none_or(|shown| shown == counted), "{} {}", one.id, group.group);
                }
                assert_eq!((group.n, group.missing), (Some(n), Some(counts[3])), "{} {}", one.id, group.group);
                assert_eq!(group.share.is_some(), group.support.is_some() && n > 0, "{} {}", one.id, group.group);
                assert!(n == 0 || n >= MIN_CELL, "{} {} shows {n} people", one.id, group.group);
                let small = shown.into_iter().take(3).flatten().find(|count| (1..MIN_CELL).contains(count));
                assert_eq!(small, None, "{} {}", one.id, group.group);
            }
        }
    }
}

#[test]
fn the_tally_of_each_question_is_a_recount_of_the_stored_answers() {
    let held = workforce();
    for question in &held.report.questions {
        let (item, row) =
            question.id.split_once('.').map_or((question.id.as_str(), None), |(item, row)| (item, Some(row)));
        let value = |stored: &'static Value| row.map_or(&answers(stored)[item], |row| &answers(stored)[item][row]);
        let missing: Vec<&str> = if item == "support" { vec!["dk"] } else { vec!["na"] };
        let counts = |value: &Value| !value.is_null() && !missing.iter().any(|code| value == code);
        let n = held.stored.iter().filter(|stored| counts(value(stored))).count() as u64;
        assert_eq!(question.n, n, "{}", question.id);
        let gap = |name: &str| {
            held.stored.iter().filter(|stored| value(stored).is_null() && stored["missing"][item] == name).count()
                as u64
        };
        let without = &question.missing;
        if row.is_none() {
            assert_eq!((without.skipped, without.not_shown), (gap("skipped"), gap("not_shown")), "{}", question.id);
        }
        let all = question.n + without.skipped + without.not_shown + without.not_reached + without.dont_know;
        assert_eq!(all, N, "{}", question.id);
        for line in &question.rows {
            let chosen = |stored: &'static Value| match value(stored) {
                Value::Bool(ticked) => *ticked,
                Value::String(option) => *option == line.id,
                Value::Array(several) => several.iter().any(|option| option == line.id.as_str()),
                Value::Object(points) => points.contains_key(&line.id),
                _ => false,
            };
            let count = held.stored.iter().filter(|stored| chosen(stored)).count() as u64;
            assert!(
                line.count.is_none_or(|shown| shown == count),
                "{} {}: {:?} {count}",
                question.id,
                line.id,
                line.count
            );
        }
    }
}

#[test]
fn every_share_stands_inside_its_interval_between_0_and_1() {
    let report = &workforce().report;
    let mut seen = 0;
    let mut judge = |share: Option<f64>, interval: Option<[f64; 2]>| {
        assert_eq!(share.is_some(), interval.is_some());
        if let (Some(share), Some([low, high])) = (share, interval) {
            assert!(0.0 <= low && low <= share && share <= high && high <= 1.0, "{low} {share} {high}");
            assert!(low < high);
            seen += 1;
        }
    };
    for one in &report.interventions {
        judge(one.share, one.interval);
        one.segments.iter().for_each(|group| judge(group.share, group.interval));
    }
    report.questions.iter().flat_map(|question| &question.rows).for_each(|row| judge(row.share, row.interval));
    assert!(seen > 300, "{seen}");
}

#[test]
fn groups_and_themes_add_up() {
    let report = &workforce().report;
    for segment in &report.segments {
        let question = report.questions.iter().find(|question| question.id == segment.id).unwrap();
        let shown: u64 = segment.groups.iter().filter_map(|group| group.n).sum();
        if segment.groups.iter().all(|group| group.n.is_some()) {
            assert_eq!(shown, question.n, "{}", segment.id);
        } else {
            assert!(shown < question.n, "{}", segment.id);
        }
    }
    assert!(report.themes.len() >= 4);
    for themes in &report.themes {
        let answered =
            workforce().stored.iter().filter(|stored| !answers(stored)[&themes.question].is_null()).count() as u64;
        let sum: u64 = themes.themes.iter().map(|theme| theme.count).sum();
        assert_eq!((themes.n, themes.none + themes.other + sum), (answered, answered), "{}", themes.question);
        assert!(themes.themes.iter().all(|theme| theme.distinct <= theme.count && !theme.quotes.is_empty()));
    }
}

#[test]
fn the_exports_have_a_row_a_response_and_a_column_a_variable() {
    for held in [workforce(), &{
        let db = Db::sqlite();
        hold(&db.store(), GALLERY, "item-gallery", 200)
    }] {
        let mut reader = csv::Reader::from_reader(held.csv.as_bytes());
        let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_string).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "no name twice");
        let mut codebook: Vec<String> = Vec::new();
        for row in csv::Reader::from_reader(held.codebook.as_bytes()).records() {
            let name = row.unwrap()[0].to_string();
            if codebook.last() != Some(&name) {
                codebook.push(name);
            }
        }
        assert_eq!(names, codebook);
        let variables = variables(&held.survey);
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), held.stored.len());
        for row in &rows {
            assert_eq!(&row[1], "simulated");
            for (cell, variable) in row.iter().skip(ABOUT_THE_RESPONSE.len()).zip(&variables) {
                let coded = variable.codes.iter().any(|known| known.code == cell);
                let free = variable.codes.is_empty() && !cell.starts_with(['=', '+', '@']);
                assert!(coded || free || cell.is_empty() || cell.starts_with("NA:"), "{}: {cell}", variable.name);
            }
        }
    }
}

#[test]
fn what_was_simulated_says_so_everywhere() {
    let held = workforce();
    assert!(held.report.notices.iter().any(|notice| notice.code == "simulated"));
    assert!(held.html.contains("simulated"));
    assert!(held.report.base.by_mode.iter().any(|mode| mode.mode == "simulated" && mode.completed == N));
}

#[test]
fn every_simulated_answer_is_one_that_a_person_could_have_given() {
    let survey = parse(GALLERY).survey.unwrap();
    for number in 0..300 {
        let Some(draft) = canvass::response::simulate::respondent(&survey, 7, number, TODAY) else { continue };
        for (_, question) in survey.questions() {
            let Some(answer) = draft.answers.get(&question.item.head.id) else { continue };
            let mut fields = canvass::item::Fields::default();
            question.item.write(answer, &mut fields);
            let reading = question.item.read(&fields);
            assert_eq!(
                (reading.answer.as_ref(), reading.faults),
                (Some(answer), Vec::new()),
                "{}",
                question.item.head.id
            );
        }
    }
    let nicknames = (0..300).filter(|number| {
        let draft = canvass::response::simulate::respondent(&survey, 7, *number, TODAY).unwrap();
        draft.answers.contains_key("nickname")
    });
    assert!(nicknames.count() > 50, "a text too long for its item is not a reason to leave it out");
}

#[test]
fn equal_answers_give_an_equal_report_on_sqlite_and_postgres() {
    let Some(postgres) = Db::postgres() else {
        println!("skipped: no Postgres (make test starts one)");
        return;
    };
    let other = hold(&postgres.store(), WORKFORCE, ID, N);
    assert_eq!(
        serde_json::to_string_pretty(&workforce().report).unwrap(),
        serde_json::to_string_pretty(&other.report).unwrap()
    );
}

/// A report of these records, in this order.
pub(crate) fn analysed<'a>(survey: &Survey, stored: impl Iterator<Item = &'a Value>) -> Report {
    let mut data = Dataset::new(survey);
    stored.for_each(|stored| data.push(&Record::from_json(survey, stored)));
    let completed = data.n as u64;
    let by_mode = vec![ModeBase { mode: "open_link".into(), label: "Open".into(), started: completed, completed }];
    let context = Context {
        base: Base {
            invited: None,
            access: AccessBase::default(),
            started: completed,
            completed,
            by_mode,
            withdrawn: 0,
            population: None,
        },
        hashes: Hashes {
            definition: String::new(),
            responses: String::new(),
            coding: None,
            redaction: None,
            model: None,
        },
        version: 1,
        seed: 7,
        software: String::new(),
        vectors: None,
        coded: BTreeMap::new(),
        rounds: None,
        view: None,
    };
    summarise(&data, context, &|_, _| {})
}

#[test]
fn the_order_of_respondents_changes_nothing() {
    let held = workforce();
    let forwards = analysed(&held.survey, held.stored.iter().take(400));
    let backwards = analysed(&held.survey, held.stored.iter().take(400).rev());
    assert_eq!(serde_json::to_string(&forwards).unwrap(), serde_json::to_string(&backwards).unwrap());
}

#[test]
fn twice_the_same_respondents_have_the_same_shares() {
    let held = workforce();
    // Without suppression, which depends on the number of people.
    let survey = parse(&WORKFORCE.replace("\"min_cell\": 10", "\"min_cell\": 0")).survey.unwrap();
    let once = analysed(&survey, held.stored.iter().take(300));
    let twice = analysed(&survey, held.stored.iter().take(300).flat_map(|stored| [stored, stored]));
    for (one, two) in once.interventions.iter().zip(&twice.interventions) {
        assert_eq!((one.share, one.support * 2), (two.share, two.support), "{}", one.id);
        for (one, two) in one.segments.iter().zip(&two.segments) {
            assert_eq!(one.share, two.share);
        }
        for (one, two) in [(one.priority, two.priority), (one.spend, two.spend)] {
            assert!((one.unwrap() - two.unwrap()).abs() < 1e-12);
        }
    }
    for (one, two) in once.questions.iter().zip(&twice.questions) {
        assert_eq!(one.n * 2, two.n);
        assert!(one.rows.iter().zip(&two.rows).all(|(one, two)| one.share == two.share), "{}", one.id);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_shuffle_of_respondents_gives_the_same_report(order in Just((0..60_usize).collect::<Vec<_>>()).prop_shuffle()) {
        let held = workforce();
        let sorted = analysed(&held.survey, held.stored.iter().take(60));
        let shuffled = analysed(&held.survey, order.iter().map(|index| &held.stored[*index]));
        prop_assert_eq!(sorted, shuffled);
    }
}
