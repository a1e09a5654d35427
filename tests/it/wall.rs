//! The idea wall: own ideas, others' ideas, votes, comments, moderation, and that nothing leads from an idea to answers.

#![cfg(test)]

use std::time::Duration;

use canvass::service::time::Moment;
use canvass::service::wall::moderate::{self, Action, State};
use serde_json::{Value, json};

use crate::app::{Person, TestApp};
use crate::db::each_db;

const AT: &str = "/s/square/page/wall";

fn definition(wall: &Value) -> String {
    let mut question = json!({"id": "wall", "type": "ideas", "text": "What about the square?"});
    question.as_object_mut().unwrap().extend(wall.as_object().unwrap().clone());
    json!({"format": 1, "id": "square", "title": "The square", "introduction": {"organisation": "The town"},
    "privacy": {"notice": "We keep nothing.", "min_cell": 5},
    "pages": [
        {"id": "you", "questions": [{"id": "role", "type": "text", "text": "Who are you?"}]},
        {"id": "wall", "questions": [question]},
        {"id": "last", "questions": [{"id": "why", "type": "text", "text": "Anything else?"}]},
    ]})
    .to_string()
}

fn square(wall: &Value) -> String {
    let mut keys = json!({"max_chars": 80, "max_ideas": 2, "moderation": "none",
        "seeds": [{"id": "pond", "label": "A **pond** with ducks"}, {"id": "stage", "label": "A stage for bands"}]});
    keys.as_object_mut().unwrap().extend(wall.as_object().unwrap().clone());
    definition(&keys)
}

/// Someone who has come to the wall.
fn at_wall(app: &TestApp<'_>, role: &str) -> Person {
    let mut person = app.respondent("square");
    person.answer("role", role).continue_().expect_at(AT);
    person
}

/// Gives an idea that is like no other.
fn gives(app: &TestApp<'_>, role: &str, idea: &str) -> Person {
    let mut person = at_wall(app, role);
    person.answer("wall.own", idea).continue_().expect_at(&format!("{AT}?wall=others"));
    person
}

/// The id of an idea by its text.
fn id_of(app: &TestApp<'_>, text: &str) -> String {
    let wall = moderate::wall(&app.library, "square", "wall", Moment::now()).unwrap();
    let found = wall.ideas.into_iter().find(|idea| idea.text == text);
    found.unwrap_or_else(|| panic!("no idea “{text}”")).id
}

fn votes(app: &TestApp<'_>, text: &str) -> (u64, u64, u64) {
    let wall = moderate::wall(&app.library, "square", "wall", Moment::now()).unwrap();
    let tally = wall.ideas.into_iter().find(|idea| idea.text == text).unwrap().tally;
    (tally.agree, tally.disagree, tally.pass)
}

fn sends(person: &mut Person) -> &mut Person {
    person.continue_().expect_at("/s/square/page/last").continue_().expect_at("/s/square/check").continue_()
}

each_db! {
    fn an_own_view_comes_before_those_of_others(db) {
        let app = TestApp::start(db).with_definition(&square(&json!({})));
        let mut ann = at_wall(&app, "Ann");
        ann.expect("First, what do you think?").expect("without your name").expect("your idea – The square</title>");
        assert!(!ann.page.body.contains("pond"), "others' ideas come later");
        ann.answer("wall.own", "Plant lime trees").continue_().expect_at(&format!("{AT}?wall=others"));
        ann.expect("A <strong>pond</strong> with ducks").expect("A stage for bands").expect("Plant lime trees");
        ann.expect("Others can see it.").answer("wall.vote.pond", "agree");
        sends(&mut ann).expect("Answers sent").expect("Plant lime trees").expect("Others can see it.");
        let stored = app.only_answers("square");
        assert_eq!(stored["answers"]["wall"], json!({"own": 1, "votes": {"pond": "agree"}}));

        let mut bob = at_wall(&app, "Bob");
        bob.continue_().expect_at(&format!("{AT}?wall=others")).expect("Plant lime trees");
        assert!(!bob.page.body.contains("Others can see it."), "it is not his");
        let lime = id_of(&app, "Plant lime trees");
        bob.answer(&format!("wall.vote.{lime}"), "disagree").continue_().expect_at("/s/square/page/last");
        assert_eq!(votes(&app, "Plant lime trees"), (0, 1, 0));
        bob.back().expect_at(AT).expect("A stage for bands").press("wall.votes");
        bob.expect_at(&format!("{AT}?wall=votes")).expect("Plant lime trees");
        bob.answer(&format!("wall.vote.{lime}"), "pass").continue_().expect_at("/s/square/page/last");
        assert_eq!(votes(&app, "Plant lime trees"), (0, 0, 1), "the last vote counts, once");
        bob.continue_().expect("Your vote on 1 idea of other people");
    }

    fn what_others_have_said_is_shown_before_it_is_said_again(db) {
        let app = TestApp::start(db).with_definition(&square(&json!({})));
        gives(&app, "Ann", "More benches for old people");
        let mut bob = at_wall(&app, "Bob");
        bob.answer("wall.own", "more benches for the old people!").continue_().expect_at(&format!("{AT}?wall=own"));
        bob.expect("Others have said something like it").expect("Yes: More benches for old people");
        bob.expect("more benches for the old people!");
        let wall = moderate::wall(&app.library, "square", "wall", Moment::now()).unwrap();
        assert_eq!(wall.ideas.len(), 1, "nothing is added yet");
        bob.continue_().expect_status(422).expect("or that yours is different").expect("href=\"#wall-same\"");
        let benches = id_of(&app, "More benches for old people");
        bob.answer("wall.same", &benches).continue_().expect_at(&format!("{AT}?wall=others"));
        assert_eq!(votes(&app, "More benches for old people"), (1, 0, 0), "it counts as agreeing");
        assert!(!bob.page.body.contains("Your ideas"));

        let mut cy = at_wall(&app, "Cy");
        cy.answer("wall.own", "More benches for people").continue_().expect("Others have said something like it");
        // Another text is looked at anew.
        cy.answer("wall.own", "Old people want more benches").answer("wall.same", "new").continue_();
        cy.expect_at(&format!("{AT}?wall=own")).answer("wall.same", "new").continue_();
        cy.expect_at(&format!("{AT}?wall=others")).expect("Old people want more benches");
        let wall = moderate::wall(&app.library, "square", "wall", Moment::now()).unwrap();
        assert_eq!(wall.ideas.len(), 2);
        assert_eq!(wall.ideas[0].like.len(), 1, "staff see them side by side");
    }

    fn too_long_too_many_and_what_could_identify_someone(db) {
        let app = TestApp::start(db).with_definition(&square(&json!({"max_ideas": 1})));
        let mut ann = at_wall(&app, "Ann");
        let long = "x".repeat(81);
        ann.answer("wall.own", &long).continue_().expect_status(422).expect("80 characters or less").expect(&long);
        ann.expect("href=\"#wall-own\"");
        ann.answer("wall.own", "Ring 07700 900123 for trees").continue_().expect_at(&format!("{AT}?wall=own"));
        ann.expect("something else that could identify a person").expect("Ring 07700 900123 for trees");
        let mut tab = app.visitor();
        tab.take_cookies_of(&ann).open(&format!("{AT}?wall=own")).expect("Ring 07700 900123");
        ann.answer("wall.own", "Ring me for trees").continue_().expect_at(&format!("{AT}?wall=others")).expect("Ring me for trees");
        assert!(!ann.page.body.contains("Add an idea of your own"), "one is all");
        tab.answer("wall.own", "Another that is one too many").continue_().expect_status(422);
        tab.expect("You can give 1 at most").expect("Another that is one too many");

        let mut bob = at_wall(&app, "Bob");
        bob.answer("wall.own", "Write to town@example.org").continue_().expect("could identify a person");
        bob.continue_().expect_at(&format!("{AT}?wall=others")).expect("Write to town@example.org");
    }

    fn what_was_typed_and_not_added_comes_back(db) {
        let app = TestApp::start(db).with_definition(&square(&json!({})));
        let mut ann = at_wall(&app, "Ann");
        ann.answer("wall.own", "Half a thou").save_for_later().expect("Your answers are saved");
        ann.open("/s/square/continue").expect_at(AT).expect("Half a thou");
        let wall = moderate::wall(&app.library, "square", "wall", Moment::now()).unwrap();
        assert!(wall.ideas.is_empty(), "nothing is added before it is continued with");
        ann.answer("wall.own", "Half a thought").continue_().expect("Others can see it.");
        // Sent twice, by a retry, it is one.
        let mut bob = at_wall(&app, "Bob");
        bob.answer("wall.own", "Fewer cars around it");
        bob.post_form();
        bob.post_form();
        bob.continue_().expect_at(&format!("{AT}?wall=others"));
        let wall = moderate::wall(&app.library, "square", "wall", Moment::now()).unwrap();
        assert_eq!(wall.ideas.len(), 2);
        // A late copy changes no vote.
        bob.answer("wall.vote.pond", "agree");
        let late = bob.form.clone();
        bob.post_form();
        bob.answer("wall.vote.pond", "disagree").post_form();
        bob.post("/s/square/page/wall", &late);
        bob.open(&format!("{AT}?wall=votes")).continue_().continue_();
        sends_from_check(&mut bob);
        assert_eq!(app.only_answers("square")["answers"]["wall"]["votes"], json!({"pond": "disagree"}));
    }

    fn staff_look_first_and_authors_are_told(db) {
        let app = TestApp::start(db).with_definition(&square(&json!({"moderation": "before"})));
        let mut ann = gives(&app, "Ann", "Free beer on Fridays");
        ann.expect("Staff have still to look at it.");
        let receipt = sends(&mut ann).receipt();
        let mut bob = gives(&app, "Bob", "No cars at night");
        assert!(!bob.page.body.contains("Free beer"), "it waits");

        let mut staff = app.staff();
        staff.open("/staff/surveys/square").expect("What about the square? (2 to look at)");
        staff.open("/staff/surveys/square/ideas/wall").expect("Free beer on Fridays").expect("nobody but its author sees it");
        let (beer, cars) = (id_of(&app, "Free beer on Fridays"), id_of(&app, "No cars at night"));
        let guard = staff.form.iter().find(|(name, _)| name == "_csrf").unwrap().clone();
        let act = |staff: &mut Person, subject: &str, fields: &[(&str, &str)]| {
            let mut form = vec![guard.clone(), ("subject".to_string(), subject.to_string())];
            form.extend(fields.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())));
            staff.post("/staff/surveys/square/ideas/wall?state=waiting", &form)
        };
        assert_eq!(act(&mut staff, &beer, &[("action", "hide"), ("reason", "  ")]).status, 422);
        assert_eq!(act(&mut staff, &beer, &[("action", "hide"), ("reason", "Not ours to give")]).status, 303);
        assert_eq!(act(&mut staff, &cars, &[("action", "show")]).status, 303);
        assert_eq!(app.visitor().post("/staff/surveys/square/ideas/wall", &[]).status, 401, "strangers do nothing");
        staff.open("/staff/surveys/square/ideas/wall").expect("There is nothing here.");

        // Ann is told by her receipt, on another device.
        let mut other = app.visitor();
        other.open("/s/square/resume").answer("code", &receipt).continue_();
        other.expect("Staff have hidden it, for this reason: Not ours to give");
        let mut cy = at_wall(&app, "Cy");
        cy.continue_().expect("No cars at night");
        assert!(!cy.page.body.contains("Free beer"));

        // Put together with the owner's, and taken apart again.
        cy.answer(&format!("wall.vote.{cars}"), "agree").answer("wall.vote.stage", "disagree").continue_();
        assert_eq!(act(&mut staff, &cars, &[("action", "merge"), ("into", "stage")]).status, 303);
        bob.open(AT).expect("Staff have put it together with an idea that says the same: “A stage for bands”");
        cy.open(&format!("{AT}?wall=votes"));
        assert!(!cy.page.body.contains("No cars at night"), "one idea, one vote");
        let mut file = Vec::new();
        moderate::ideas_csv(&app.library, "square", &mut file, "ideas.csv", Moment::now()).unwrap();
        let file = String::from_utf8(file).unwrap();
        let stage = file.lines().find(|line| line.starts_with("wall,stage")).unwrap();
        assert!(stage.ends_with(",0,1,0,0"), "the vote on what stands for both counts: {stage}");
        moderate::act(&app.library, "square", "wall", &cars, &Action::Show, Moment::now()).unwrap();
        assert_eq!(votes(&app, "No cars at night"), (1, 0, 0), "nothing was rewritten");
        let mut log = Vec::new();
        assert_eq!(moderate::moderation_csv(&app.library, "square", &mut log, "moderation.csv").unwrap(), 4);
        let log = String::from_utf8(log).unwrap();
        assert!(log.contains(",hidden,Not ours to give,") && log.contains(",merged,,stage") && log.contains(",parted,,"), "{log}");
        for file in ["ideas.csv", "moderation.csv"] {
            staff.open(&format!("/staff/surveys/square/{file}")).expect_status(200).expect(&cars);
        }
    }

    fn comments_are_read_and_added(db) {
        let app = TestApp::start(db).with_definition(&square(&json!({"comments": true})));
        let mut ann = gives(&app, "Ann", "Plant lime trees");
        ann.answer("wall.vote.pond", "agree").press("comments.pond").expect_at(&format!("{AT}/idea/pond"));
        ann.expect("Nobody has commented on it yet.").continue_().expect_status(422).expect("href=\"#comment\"");
        ann.answer("comment", "Call 07700 900123").continue_().expect_status(422).expect("could identify a person");
        ann.expect("Call 07700 900123").answer("comment", "Ducks <b>need</b> depth").continue_();
        ann.expect_at(&format!("{AT}/idea/pond")).expect("Ducks &lt;b&gt;need&lt;/b&gt; depth").expect("By you.");
        ann.back().expect_at(&format!("{AT}?wall=others#wall-vote-pond")).continue_().continue_();
        assert!(ann.page.body.contains("A pond with ducks: Agree"), "the vote was saved on the way");

        let mut bob = at_wall(&app, "Bob");
        bob.continue_().expect("See 1 comment").open(&format!("{AT}/idea/pond")).expect("depth");
        assert!(!bob.page.body.contains("By you."));
        let wall = moderate::wall(&app.library, "square", "wall", Moment::now()).unwrap();
        moderate::act(&app.library, "square", "wall", &wall.comments[0].id, &Action::Hide("Off the point".into()), Moment::now()).unwrap();
        bob.open(&format!("{AT}/idea/pond")).expect("Nobody has commented on it yet.");
        ann.open(&format!("{AT}/idea/pond")).expect("By you. Staff have hidden it, for this reason: Off the point");
        bob.open(&format!("{AT}/idea/nothing")).expect_status(404);

        let without = square(&json!({})).replace("\"square\"", "\"silent\"");
        let app = app.with_definition(&without);
        let mut cy = app.respondent("silent");
        cy.continue_().continue_();
        assert!(!cy.page.body.contains("Comment on it"));
        cy.open("/s/silent/page/wall/idea/pond").expect_status(404);
    }

    fn whoever_withdraws_takes_everything_back(db) {
        let app = TestApp::start(db).with_definition(&square(&json!({"comments": true})));
        let mut ann = gives(&app, "Ann", "Plant lime trees");
        ann.answer("wall.vote.pond", "agree").press("comments.pond").answer("comment", "Ducks need depth").continue_();
        ann.open(&format!("{AT}?wall=others"));
        sends(&mut ann).expect("Answers sent");
        let mut bob = gives(&app, "Bob", "Trees");
        let (lime, trees) = (id_of(&app, "Plant lime trees"), id_of(&app, "Trees"));
        moderate::act(&app.library, "square", "wall", &trees, &Action::Merge(lime), Moment::now()).unwrap();
        ann.open("/s/square/withdraw").continue_().expect("Your answers are withdrawn");
        let left = app.everything();
        for gone in ["Plant lime trees", "Ducks need depth", "agree"] {
            assert!(!left.lines().any(|line| line.starts_with("idea") && line.contains(gone)), "{gone}\n{left}");
        }
        let wall = moderate::wall(&app.library, "square", "wall", Moment::now()).unwrap();
        assert_eq!(wall.ideas.len(), 1);
        assert_eq!(wall.ideas[0].state, State::Shown, "what was merged into it stands for itself");
        bob.open(AT).expect("Others can see it.");
    }

    fn a_required_wall_wants_an_idea_or_a_vote(db) {
        let app = TestApp::start(db).with_definition(&square(&json!({"required": true})));
        let mut ann = at_wall(&app, "Ann");
        ann.continue_().expect_at(&format!("{AT}?wall=others"));
        ann.continue_().expect_status(422).expect("Select an answer to “What about the square?”");
        assert!(ann.page.body.contains("href=\"#wall-vote-pond\"") || ann.page.body.contains("href=\"#wall-vote-stage\""));
        ann.answer("wall.vote.pond", "pass").continue_().expect_at("/s/square/page/last");

        let none = definition(&json!({"required": true, "moderation": "none"})).replace("\"square\"", "\"bare\"");
        let app = app.with_definition(&none);
        let mut bob = app.respondent("bare");
        bob.continue_().continue_().expect_status(422).expect("href=\"#wall-own\"");
        bob.answer("wall.own", "Something").continue_().expect("There are no ideas of others to see yet.");
        bob.continue_().expect_at("/s/bare/page/last");
    }

    fn five_at_a_time_and_the_same_five_when_loaded_again(db) {
        let seeds: Vec<Value> = (0..12).map(|n| json!({"id": format!("s{n}"), "label": format!("Idea number {n}")})).collect();
        let app = TestApp::start(db).with_definition(&square(&json!({"max_ideas": 0, "seeds": seeds})));
        let mut ann = at_wall(&app, "Ann");
        let asked = |person: &Person| {
            let asked = person.form.iter().find(|(name, _)| name == "wall.asked").map(|(_, ids)| ids.clone());
            asked.unwrap_or_default()
        };
        let first = asked(&ann);
        assert_eq!(first.split(' ').count(), 5);
        assert_eq!(asked(ann.open(AT)), first, "loaded again");
        let mut seen: Vec<String> = Vec::new();
        for _ in 0..3 {
            let ids = asked(&ann);
            for id in ids.split(' ') {
                assert!(!seen.contains(&id.to_string()), "{id} twice");
                seen.push(id.to_string());
                ann.answer(&format!("wall.vote.{id}"), "agree");
            }
            if seen.len() < 12 {
                ann.press("wall.others");
            }
        }
        assert_eq!(seen.len(), 12);
        ann.press("wall.votes").expect("Idea number 11").press("wall.others").expect("every idea that there is so far");
        // Somebody else begins with others, so that all get votes evenly.
        let bob = at_wall(&app, "Bob");
        assert_ne!(asked(&bob), first);
    }

    fn no_key_of_the_wall_is_one_of_the_answers(db) {
        let app = TestApp::start(db).with_definition(&square(&json!({"comments": true})));
        for (role, idea) in [("Ann", "Plant lime trees"), ("Bob", "No cars at night"), ("Cy", "A market on Sundays")] {
            let mut person = gives(&app, role, idea);
            person.answer("wall.vote.pond", "agree").press("comments.pond").answer("comment", &format!("{role} says so"));
            person.continue_().open(&format!("{AT}?wall=others"));
            sends(&mut person).expect("Answers sent");
        }
        let everything = app.everything();
        let hashes = |table: &str| -> Vec<String> {
            let marker = format!("{table}: ");
            let lines = everything.lines().filter(|line| line.starts_with(&marker));
            let pattern = regex::Regex::new("[0-9a-f]{64}").unwrap();
            lines.flat_map(|line| pattern.find_iter(line).map(|found| found.as_str().to_string()).collect::<Vec<_>>()).collect()
        };
        let tables = ["draft", "response", "contact", "idea", "idea_vote", "idea_comment"];
        for (at, one) in tables.iter().enumerate() {
            for other in &tables[at + 1..] {
                let (one_has, other_has) = (hashes(one), hashes(other));
                assert!(one_has.iter().all(|hash| !other_has.contains(hash)), "{one} and {other} share a key");
            }
        }
        assert_eq!(hashes("idea").len(), 3);
        for response in app.responses("square") {
            for idea in ["Plant lime trees", "No cars", "market"] {
                assert!(!response.answers.contains(idea), "{}", response.answers);
            }
        }
        let report = canvass::service::report::build(&app.library, "square", 7, &|_, _| {}).unwrap();
        assert!(report.themes.is_empty(), "three ideas are too few to show");
    }

    fn everyone_votes_at_once_and_each_counts_once(db) {
        let app = TestApp::start(db).with_definition(&square(&json!({})));
        std::thread::scope(|scope| {
            for number in 0..12 {
                let app = &app;
                scope.spawn(move || {
                    let mut person = at_wall(app, &number.to_string());
                    person.continue_().answer("wall.vote.pond", if number % 3 == 0 { "disagree" } else { "agree" });
                    person.post_form();
                    person.post_form();
                });
            }
        });
        std::thread::sleep(Duration::from_millis(10));
        let mut file = Vec::new();
        moderate::ideas_csv(&app.library, "square", &mut file, "ideas.csv", Moment::now()).unwrap();
        let file = String::from_utf8(file).unwrap();
        assert!(file.lines().any(|line| line.starts_with("wall,pond") && line.ends_with(",8,4,0,0")), "{file}");
    }
}

fn sends_from_check(person: &mut Person) {
    person.expect_at("/s/square/check").continue_().expect("Answers sent");
}

#[test]
fn a_wall_has_a_page_of_its_own() {
    let shared =
        square(&json!({})).replace(r#"[{"id":"role""#, r#"[{"id":"w","type":"ideas","text":"W"},{"id":"role""#);
    let checked = canvass::definition::parse(&shared);
    assert!(checked.findings.iter().any(|finding| finding.code == "E423"), "{:?}", checked.findings);
}
