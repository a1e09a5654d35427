//! A view of part of the answers is the report of these answers alone, and only those look who may take the answers away.

#![cfg(test)]

use canvass::analysis::report::Report;
use canvass::service::time::Moment;
use canvass::service::view::{self, Asked};
use canvass::service::{ServiceError, audit, publish, report};
use canvass::store::response::{self, NewResponse};
use canvass::store::survey::Mode;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::db::{Db, each_db};
use crate::form;

const SEED: u64 = 7;
const PAGE: &str = "/staff/surveys/town/views";

/// `segment` says whether the ways to come are groups in the definition; `weighting` as the decision rule has it.
fn definition(segment: Option<&str>, weighting: &str) -> Value {
    let option = |id: &str| json!({"id": id, "label": format!("Label {id}")});
    let mut definition = json!({
        "format": 1, "id": "town", "title": "Town", "privacy": {"notice": "We keep nothing.", "min_cell": 5},
        "lists": {"agree": [{"id": "no", "label": "No", "value": 1}, {"id": "so", "label": "So", "value": 2},
            {"id": "yes", "label": "Yes", "value": 3}]},
        "interventions": [{"id": "x", "label": "More benches", "breadth": "broad"}, {"id": "y", "label": "Fewer cars", "breadth": "focused"}],
        "population": {"size": {"estimate": 1000, "low": 900, "high": 1100}, "source": "The census", "margins": {"role": {"a": 0.5, "b": 0.3, "c": 0.2}}},
        "consensus": {"weighting": weighting},
        "pages": [{"id": "p", "title": "P", "questions": [
            {"id": "role", "type": "single", "text": "Who are you?", "options": [option("a"), option("b"), option("c")], "segment": true},
            {"id": "way", "type": "single", "text": "How do you **come**?", "options": [option("bus"), option("foot")]},
            {"id": "why", "type": "text", "text": "Why do you come?", "themes": true},
            {"id": "years", "type": "number", "text": "Since how many years?"},
            {"id": "support", "type": "rate", "text": "Which?", "items": "interventions", "scale": "agree",
             "measure": "support", "support": ["yes"], "oppose": ["no"]}]}]
    });
    if let Some(kind) = segment {
        definition["pages"][0]["questions"][1]["segment"] = json!(kind);
    }
    definition
}

/// Answers of 90 people that follow from their number.
fn answers(person: usize) -> Value {
    let role = ["a", "b", "b", "c", "b"][person % 5];
    let way = ["bus", "foot", "foot"][person % 3];
    let step = |n: usize| ["yes", "yes", "so", "no", "yes", "no", "yes"][(person + n) % 7];
    let why =
        ["Old trees give shade", "The night bus stops here", "Benches under old trees", "The bus is late at night"];
    let mut answers = json!({"role": role, "way": way, "why": format!("{} {}", why[person % 4], person % 11),
        "support": {"x": step(0), "y": step(person / 7)}});
    if !person.is_multiple_of(4) {
        answers["years"] = json!(((person * 13) % 40).to_string());
    }
    answers
}

fn store(app: &TestApp<'_>, people: impl Iterator<Item = usize>) {
    let stored: Vec<(String, String)> =
        people.map(|person| (format!("idem {person}"), json!({"answers": answers(person)}).to_string())).collect();
    let row = |(idem, answers)| NewResponse {
        survey_id: "town",
        version: 1,
        idem,
        receipt_hash: Some(idem),
        mode: Mode::OpenLink,
        answers,
        submitted_on: "2026-11-22",
        started_version: None,
    };
    let rows: Vec<NewResponse<'_>> = stored.iter().map(|(idem, text)| row((idem.as_str(), text.as_str()))).collect();
    app.store.write(|conn| response::insert_many(conn, &rows)).unwrap();
}

fn town<'a>(db: &'a Db, definition: &Value, people: impl Iterator<Item = usize>) -> TestApp<'a> {
    let app = TestApp::start(db).with_definition(&definition.to_string());
    store(&app, people);
    app
}

fn only(rule: &str) -> Asked {
    Asked { only: rule.to_string(), ..Asked::default() }
}

fn viewed(app: &TestApp<'_>, asked: &Asked) -> Report {
    let kept = report::viewed(&app.library, "town", asked, SEED, &|_, _| {}).unwrap();
    assert_eq!(*kept, report::build_view(&app.library, "town", asked, SEED, &|_, _| {}).unwrap());
    (*kept).clone()
}

fn refused(app: &TestApp<'_>, asked: &Asked) -> String {
    match report::viewed(&app.library, "town", asked, SEED, &|_, _| {}) {
        Err(ServiceError::Refused(why)) => why,
        other => panic!("{other:?}"),
    }
}

/// A report without what it says of itself.
fn figures(report: Report) -> Value {
    let mut figures = serde_json::to_value(report).unwrap();
    for key in ["view", "notices", "base", "findings", "hashes", "representativeness", "method"] {
        figures.as_object_mut().unwrap().remove(key);
    }
    figures
}

/// A rule, and who meets it.
type Case = (&'static str, fn(&Value) -> bool);

each_db! {
    fn a_view_has_the_figures_of_a_consultation_that_only_those_in_it_answered(db) {
        let cases: [Case; 3] = [
            ("role == 'b'", |answers| answers["role"] == "b"),
            ("way == 'foot' and not (role == 'c')", |answers| answers["way"] == "foot" && answers["role"] != "c"),
            ("years >= 20", |answers| answers["years"].as_str().is_some_and(|years| years.parse::<u32>().unwrap() >= 20)),
        ];
        let mut plain = definition(None, "none");
        // Without it nothing is weighted, also not for the robustness of verdicts.
        plain.as_object_mut().unwrap().remove("population");
        let app = town(db, &plain, 0..90);
        let whole = viewed(&app, &Asked::default());
        assert!(whole.view.is_none());
        for (rule, is_in) in cases {
            let found = viewed(&app, &only(rule));
            let people: Vec<usize> = (0..90).filter(|person| is_in(&answers(*person))).collect();
            let view = found.view.clone().unwrap();
            assert_eq!((view.n, view.of), (people.len() as u64, 90), "{rule}");
            assert_eq!(found.base.completed, view.n);
            assert!(found.findings[0].starts_with(&format!("{} of 90 responses: those for whom ", people.len())), "{}", found.findings[0]);
            assert_ne!(found.hashes.responses, whole.hashes.responses);
            let own = Db::sqlite();
            let alone = town(&own, &plain, people.into_iter());
            let alone = viewed(&alone, &Asked::default());
            assert_eq!(found.hashes.responses, alone.hashes.responses, "the same answers");
            assert!(figures(found) == figures(alone), "{rule}");
        }
        assert_eq!(viewed(&app, &Asked::default()), whole, "a view changes nothing of the report that is kept");
    }

    fn comparing_by_a_question_is_having_it_as_described_groups(db) {
        let app = town(db, &definition(None, "none"), 0..90);
        let by = Asked { by: "way".to_string(), ..Asked::default() };
        let found = viewed(&app, &by);
        let own = Db::sqlite();
        let with = town(&own, &definition(Some("descriptive"), "none"), 0..90);
        let expected = viewed(&with, &Asked::default());
        assert!(found.crosstabs.iter().any(|table| table.segment == "way"));
        assert_eq!(figures(found.clone()), figures(expected));
        let codes: Vec<&str> = found.notices.iter().map(|notice| notice.code.as_str()).collect();
        assert!(codes.contains(&"also_by") && !codes.contains(&"groups_from_votes"), "{codes:?}");
        assert_eq!(found.base, viewed(&app, &Asked::default()).base, "everyone is in it");
    }

    fn weights_are_switched_and_in_a_part_are_those_among_everyone(db) {
        let [weighted, plain] = ["rake", "none"].map(|weighting| definition(None, weighting));
        let app = town(db, &weighted, 0..90);
        let own = Db::sqlite();
        let other = town(&own, &plain, 0..90);
        let switch = |weights: bool| Asked { weights: Some(weights), ..Asked::default() };
        assert_eq!(figures(viewed(&app, &switch(false))), figures(viewed(&other, &Asked::default())));
        assert_eq!(figures(viewed(&other, &switch(true))), figures(viewed(&app, &Asked::default())));

        // By hand: one margin, so that a person's weight is the share of their group over its share among all.
        let all: Vec<Value> = (0..90).map(answers).collect();
        let weight = |role: &Value| {
            let n = all.iter().filter(|answers| answers["role"] == *role).count() as f64;
            let target = match role.as_str().unwrap() {
                "a" => 0.5,
                "b" => 0.3,
                _ => 0.2,
            };
            target / (n / 90.0)
        };
        let walkers = all.iter().filter(|answers| answers["way"] == "foot");
        let (mut yes, mut sum) = (0.0, 0.0);
        for answers in walkers {
            sum += weight(&answers["role"]);
            yes += if answers["support"]["x"] == "yes" { weight(&answers["role"]) } else { 0.0 };
        }
        let found = viewed(&app, &only("way == 'foot'"));
        let share = found.interventions[0].weighted.as_ref().unwrap().share;
        assert!((share - yes / sum).abs() < 0.001, "{share} instead of {}", yes / sum);
        assert!(found.representativeness.is_none(), "a part is not there to be like the population");
        assert!(viewed(&app, &Asked { weights: Some(false), ..only("way == 'foot'") }).interventions[0].weighted.is_none());
    }

    fn neither_a_few_nor_all_but_a_few_are_looked_at(db) {
        let app = town(db, &definition(None, "none"), 0..90);
        assert!(refused(&app, &only("years == 39")).starts_with("Fewer than 5 responses are in this view"));
        assert!(refused(&app, &only("years != 39")).starts_with("Fewer than 5 responses are left out"));
        assert!(refused(&app, &only("role == 'a' and role == 'b'")).starts_with("Fewer than 5 responses are in"));
        let counted = view::extent(&app.library, "town", &only("years == 39")).unwrap().counted;
        assert!(counted.unwrap_err().starts_with("Fewer than 5"), "and no number is told");
        let extent = view::extent(&app.library, "town", &only("role == 'c'")).unwrap();
        assert_eq!(extent.counted, Ok((18, 90)));
        assert!(matches!(view::extent(&app.library, "town", &only("roll == 'c'")), Err(ServiceError::View(_))));
    }

    fn analysts_choose_count_read_and_save_on_pages(db) {
        let app = town(db, &definition(None, "none"), 0..90);
        let mut sam = app.staff();
        sam.open("/staff/surveys/town").expect("/staff/surveys/town/report\"").expect("/staff/surveys/town/views\"");
        sam.open("/staff/surveys/town/report").expect_status(200).expect("Main findings").expect("/assets/report-");
        assert!(!sam.page.body.contains("<style"), "the policy of the pages would not apply it");
        let sheet = form::between(&sam.page.body, "rel=\"stylesheet\" href=\"", "\"").unwrap().to_string();
        sam.open(&sheet).expect_status(200).expect("canvass-report");

        sam.open(PAGE).expect_status(200).expect("role &#x3D;&#x3D; &#x27;b&#x27;").expect("How do you come?");
        // Two lists and a rule are one rule.
        let chosen = "where=role+%3D%3D+%27b%27&where=&where=way+%3D%3D+%27foot%27&only=years+%3E+10&by=way&weights=";
        sam.open(&format!("{PAGE}?{chosen}")).expect_status(200);
        let expected = (0..90).map(answers).filter(|a| a["role"] == "b" && a["way"] == "foot" && a["years"].as_str().is_some_and(|y| y.parse::<u32>().unwrap() > 10)).count();
        sam.expect(&format!("{expected} of 90 responses: those for whom "));
        let read = form::links(&sam.page.body).into_iter().find(|link| link.starts_with("/staff/surveys/town/view?")).unwrap();
        sam.open(&read).expect_status(200).expect("A view of part of the responses").expect("part of the responses)");
        sam.open(&format!("{PAGE}?{chosen}"));
        for link in form::links(&sam.page.body.clone()).iter().filter(|link| link.contains("/view/")) {
            sam.open(link).expect_status(200);
        }
        sam.open("/staff/surveys/town/view/responses.csv?only=role+%3D%3D+%27b%27").expect_status(404);

        let name = "Nurses <script>alert(1)</script> & \"others\"";
        sam.open(&format!("{PAGE}?{chosen}")).turn_to("\"save\"").answer("name", " ").continue_().expect_status(422).expect("Enter a name");
        sam.expect(&format!("{expected} of 90"));
        sam.open(&format!("{PAGE}?{chosen}")).turn_to("\"save\"").answer("name", name).continue_().expect_status(200);
        sam.open(PAGE).expect("Nurses &lt;script&gt;").expect("Saved by");
        assert!(!sam.page.body.contains("<script>alert"));
        let saved = view::saved(&app.library, "town").unwrap();
        assert_eq!(saved.len(), 1);
        assert_eq!(saved[0].asked.by, "way");
        sam.open(&format!("{PAGE}?{chosen}")).turn_to("\"save\"").answer("name", name).continue_().expect_status(422).expect("There is a view called");
        sam.open(PAGE).turn_to("\"delete\"").continue_().expect_status(200);
        assert!(view::saved(&app.library, "town").unwrap().is_empty());

        sam.open(&format!("{PAGE}?only=role+%3D+%27b%27")).expect_status(200).expect("There is a problem").expect("role &#x3D; &#x27;b&#x27;").expect("At character 6");
        sam.open(&format!("{PAGE}?by=nothing&weights=yes&only=(")).expect("No question called").expect("id=\"only-error\"");
        sam.open("/staff/surveys/town/view?only=years+%3D%3D+39").expect_status(200).expect_at(&format!("{PAGE}?only=years+%3D%3D+39")).expect("Fewer than 5 responses");
        let noted = audit::latest(&app.library, Some("town"), i64::MAX, 100).unwrap();
        let viewed: Vec<&str> = noted.iter().filter(|entry| entry.act == "viewed").map(|entry| entry.subject.as_str()).collect();
        assert!(viewed.contains(&"only: years == 39"), "{viewed:?}");
        assert!(viewed.iter().any(|subject| subject.starts_with("save Nurses")), "{viewed:?}");
    }

    fn two_sides_are_compared_on_a_page(db) {
        let app = town(db, &definition(None, "none"), 0..90);
        let mut other = definition(None, "none");
        other["id"] = json!("village");
        other["title"] = json!("Village <b>& more</b>");
        publish::publish(&app.library, "village.json", &other.to_string(), Moment::now()).unwrap();
        let mut sam = app.staff();
        let page = "/staff/surveys/town/compare";
        sam.open(page).expect_status(200).expect("Village &lt;b&gt;&amp; more").expect("town: all that its report counts");
        sam.open(&format!("{page}?first=town&second=village")).expect_status(422).expect("There is a problem").expect("id=\"second-error\"");
        let stored: Vec<(String, String)> =
            (0..40).map(|person| (format!("other {person}"), json!({"answers": answers(person * 3)}).to_string())).collect();
        let row = |(idem, answers)| NewResponse {
            survey_id: "village",
            version: 1,
            idem,
            receipt_hash: Some(idem),
            mode: Mode::OpenLink,
            answers,
            submitted_on: "2026-11-22",
            started_version: None,
        };
        let rows: Vec<NewResponse<'_>> = stored.iter().map(|(idem, text)| row((idem.as_str(), text.as_str()))).collect();
        app.store.write(|conn| response::insert_many(conn, &rows)).unwrap();
        sam.open(&format!("{page}?first=town&second=village")).expect_status(200).expect("town and village compared").expect("/assets/report-");
        for link in form::links(&sam.page.body.clone()).iter().filter(|link| link.contains("/compare/")) {
            sam.open(link).expect_status(200);
        }
        sam.open(&format!("{page}/compare.json?first=town&second=village")).expect("\"people\": 40");
        for wrong in ["first=village&second=town", "first=town&second=nowhere", "first=town&second=town@x"] {
            assert_ne!(sam.open(&format!("{page}?{wrong}")).page.status, 200, "{wrong}");
        }
    }
}
