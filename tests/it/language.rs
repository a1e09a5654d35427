//! Languages: pages that speak one language throughout, and translations that go out as tables and come back.

#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;

use canvass::definition::language::{State, Work, fingerprint};
use canvass::definition::parse;
use canvass::document::Severity;
use canvass::service::publish;
use canvass::vocabulary::{ALL, Words};
use serde_json::Value;

use crate::app::{Person, TestApp};
use crate::check::{FORMAT, GALLERY, WORKFORCE};
use crate::cli::{Desk, stderr};
use crate::db::each_db;
use crate::form;

const EXAMPLE: &str = "digital-ready-workforce";

/// What is read on a page, each piece of text on its own: between tags, in labels for screen readers, in the title.
fn texts(html: &str) -> Vec<String> {
    let body = html.split_once("<head>").map_or(html, |(_, rest)| rest);
    let labels = body.split("aria-label=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let between = body.split('<').filter_map(|piece| piece.split_once('>').map(|(_, text)| text));
    let all = between.chain(labels).map(|text| form::unescape(text).split_whitespace().collect::<Vec<_>>().join(" "));
    all.filter(|text| !text.is_empty()).collect()
}

/// The words of a language without what stands in places: `“{about}” must be {max} or less` gives two pieces.
fn pieces(words: &Words) -> BTreeSet<String> {
    fn walk(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::String(text) => {
                let outside =
                    text.split('{').flat_map(|part| part.split_once('}').map_or(part, |(_, rest)| rest).lines());
                found.extend(outside.map(|part| part.replace(['#', '*', '`'], "").trim().to_string()));
            }
            Value::Object(fields) => fields.values().for_each(|value| walk(value, found)),
            Value::Array(items) => items.iter().for_each(|value| walk(value, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    walk(&serde_json::to_value(words).unwrap(), &mut found);
    found.retain(|piece| piece.chars().any(char::is_alphabetic));
    found
}

/// The English pieces that are on a page: whole texts of any length, and longer pieces within a text.
fn english_on(html: &str, english: &BTreeSet<String>) -> Vec<String> {
    let texts = texts(html);
    let is_there = |piece: &&String| {
        texts.iter().any(|text| text == *piece || (piece.chars().count() >= 8 && text.contains(piece.as_str())))
    };
    english.iter().filter(is_there).cloned().collect()
}

/// Looks at the page that a person is on: it says that it is Welsh, and holds no English but the button or link to it.
fn expect_welsh(person: &mut Person, english: &BTreeSet<String>) {
    person.expect("<html lang=\"cy\">");
    let to_english = "lang=\"en-GB\" dir=\"ltr\">English</button>";
    let page = person.page.body.replace(to_english, "></button>");
    let to_original = "hreflang=\"en-GB\" lang=\"en-GB\" dir=\"ltr\">English</a>";
    let page = page.replace(to_original, "></a>");
    assert!(!page.contains("lang=\"en"), "{}", person.at);
    assert_eq!(english_on(&page, english), Vec::<String>::new(), "{}:\n{}", person.at, person.page.body);
}

/// The English of the program and of the texts of a survey, without what is the same in Welsh.
fn english(definition: &str) -> BTreeSet<String> {
    let [english, welsh] = ALL;
    let translated = Work::of(definition).unwrap().into_language("cy");
    let sources = translated.iter().filter(|text| text.translation.as_ref() != Some(&text.source));
    let sources = sources.flat_map(|text| text.source.lines()).map(|line| line.replace("**", ""));
    let mut all: BTreeSet<String> = pieces(english).into_iter().chain(sources).collect();
    let mut kept: BTreeSet<String> = pieces(welsh);
    kept.extend(translated.iter().filter_map(|text| text.translation.clone()));
    all.retain(|piece| !piece.trim().is_empty() && !kept.contains(piece));
    all
}

each_db! {
    fn no_english_is_left_on_any_page_of_a_welsh_consultation(db) {
        let app = TestApp::start(db).with_survey(EXAMPLE);
        let english = english(WORKFORCE);
        assert!(english.len() > 250, "{}", english.len());
        let mut sam = app.visitor();
        sam.open("/s/digital-ready-workforce?lang=cy");
        expect_welsh(&mut sam, &english);
        for link in ["help", "privacy", "cookies", "accessibility"] {
            let link = format!("/s/digital-ready-workforce/{link}?lang=cy");
            assert!(form::links(&sam.page.body).contains(&link), "{link}");
            expect_welsh(app.visitor().open(&link), &english);
        }
        sam.continue_();
        let mut faulty = 0;
        // Each page as it is first seen, then with its faults, then answered.
        let answers: [&[(&str, &str)]; 16] = [
            &[("agree", "yes")],
            &[("informatician", "partly")],
            &[("role", "other"), ("role.other.other", "Bardd"), ("sector", "other"), ("region", "london")],
            &[("support.lit_all", "sa"), ("support.profession", "dk"), ("support.career_fw", "n"), ("support.academy", "d"),
              ("support.leaders", "a")],
            &[("support.time", "sd"), ("support.networks", "a")],
            &[("support.records_cert", "a")],
            &[("top3.lit_all", "1"), ("top3.time", "2")],
            &[("budget.lit_all", "60"), ("budget.time", "40")],
            &[("leadership", "Gwrando")], &[("barrier", "Amser")], &[("recognition", "Diolch")], &[("one_thing", "Amser")],
            &[("has_proposal", "yes")],
            &[("proposal", "Llyfrgell"), ("proposal_for", "group"), ("proposal_for.other.group", "Beirdd")],
            &[("email", "sam@example.org")],
            &[],
        ];
        for page in answers {
            expect_welsh(&mut sam, &english);
            if page.is_empty() {
                break;
            }
            let before = sam.at.clone();
            for (name, _) in page {
                // A rank twice; what no option, number of points or address can be.
                sam.answer(name, if name.contains("top3") { "1" } else { "100001" });
            }
            sam.continue_();
            if sam.page.status == 422 {
                faulty += 1;
                sam.expect("<title>Gwall: ").expect("Mae problem");
                expect_welsh(&mut sam, &english);
            } else {
                sam.open(&before);
            }
            for (name, value) in page {
                sam.answer(name, value);
            }
            sam.continue_();
        }
        assert_eq!(faulty, 10, "pages with faults");
        sam.expect_at("/s/digital-ready-workforce/check").expect("Gwiriwch eich atebion").expect("60 pwynt").expect("Ydw");
        let mut later = app.visitor();
        later.open("/s/digital-ready-workforce?lang=cy").continue_();
        later.save_for_later().expect_at("/s/digital-ready-workforce/saved");
        expect_welsh(&mut later, &english);
        later.open("/s/digital-ready-workforce/page/consent").answer("agree", "yes").continue_();
        later.answer("informatician", "no").continue_().expect_at("/s/digital-ready-workforce/end/not_for_you");
        expect_welsh(&mut later, &english);
        sam.continue_().expect_at("/s/digital-ready-workforce/sent").expect("Eich cyfeirnod");
        expect_welsh(&mut sam, &english);
        // The language outlives the answers: on the receipt seen again, and on pages of problems.
        expect_welsh(sam.open("/s/digital-ready-workforce/check").expect_at("/s/digital-ready-workforce/sent"), &english);
        expect_welsh(sam.open("/s/digital-ready-workforce/no/such/page").expect_status(404), &english);
        assert!(form::links(&sam.page.body).contains("/s/digital-ready-workforce?lang=cy"));
        let mut late = app.visitor();
        late.open("/s/digital-ready-workforce?lang=cy").continue_();
        let lost = "/s/digital-ready-workforce/resume/00000000000000000000000000?lang=cy";
        expect_welsh(app.visitor().open(lost).expect_status(404).expect("Nid yw&#x27;r ddolen hon"), &english);
        publish::close(&app.library, EXAMPLE, canvass::service::time::Moment::now()).unwrap();
        expect_welsh(late.answer("agree", "yes").continue_().expect_status(410), &english);
        expect_welsh(late.open("/s/digital-ready-workforce?lang=cy").expect("Nid yw “Adeiladu"), &english);
        expect_welsh(late.open("/?lang=cy"), &english);
    }

    fn every_type_of_question_speaks_the_language_of_its_page(db) {
        for definition in [GALLERY, FORMAT] {
            let id = if definition == GALLERY { "item-gallery" } else { "format-gallery" };
            let own = definition.replacen("\"language\": \"en-GB\"", "\"language\": \"cy\"", 1);
            let app = TestApp::start(db).with_definition(&own);
            // Labels of the galleries are English and stay so.
            let [english, welsh] = ALL;
            let mut english = pieces(english);
            english.retain(|piece| !pieces(welsh).contains(piece) && !own.contains(piece.as_str()));
            let mut sam = app.visitor();
            sam.open(&format!("/s/{id}"));
            expect_welsh(&mut sam, &english);
            sam.continue_();
            let (mut seen, mut faulty) = (BTreeSet::new(), 0);
            while seen.insert(sam.at.clone()) && sam.at.contains("/page/") {
                expect_welsh(&mut sam, &english);
                for name in form::names(&sam.page.body) {
                    if !name.starts_with('_') && !name.contains(".year") {
                        sam.answer(&name, "nonsense");
                    }
                }
                let at = sam.at.clone();
                sam.continue_();
                faulty += usize::from(sam.page.status == 422);
                expect_welsh(&mut sam, &english);
                sam.open(&at);
                for name in form::names(&sam.page.body) {
                    if !name.starts_with('_') {
                        sam.clear(&name);
                    }
                }
                if id == "item-gallery" { sam.answer_gallery_page().continue_() } else { sam.continue_() };
            }
            sam.expect_at(&format!("/s/{id}/check"));
            expect_welsh(&mut sam, &english);
            assert!(faulty >= 2, "{faulty} pages with faults");
            if id == "item-gallery" {
                sam.expect("27 Mawrth 2019").expect("6 phwynt");
            }
        }
    }

    fn the_start_page_of_a_translation_leads_back_to_the_original(db) {
        let app = TestApp::start(db).with_survey(EXAMPLE);
        let mut sam = app.visitor();
        sam.open("/s/digital-ready-workforce").expect("Other languages").expect(">Cymraeg</a>");
        sam.open("/s/digital-ready-workforce?lang=cy").expect("Ieithoedd eraill").expect(">English</a>");
        assert!(!sam.page.body.contains(">Cymraeg</a>"));
        let back = "/s/digital-ready-workforce?lang=en-GB";
        assert!(form::links(&sam.page.body).contains(back), "{:?}", form::links(&sam.page.body));
        sam.open(back).expect("<html lang=\"en-GB\">").continue_().expect("<html lang=\"en-GB\">");
    }

    fn months_are_typed_and_shown_in_the_language_of_the_page(db) {
        let definition = r#"{"format": 1, "id": "dyddiad", "title": "Dyddiad", "language": "cy",
            "window": {"opens": "2020-01-01T00:00", "closes": "2096-03-02T17:00", "timezone": "Europe/London"}, "pages": [
            {"id": "p", "questions": [{"id": "since", "type": "date", "text": "Ers pryd?", "min": "2020-01-01"}]},
            {"id": "q", "title": "Ers {{ since }}", "questions": [{"id": "n", "type": "number", "text": "Faint?"}]}]}"#;
        let app = TestApp::start(db).with_definition(definition);
        app.visitor().open("/s/dyddiad").expect("2 Mawrth 2096 am 17:00 (Europe/London)");
        let mut sam = app.respondent("dyddiad");
        sam.answer("since.day", "2").answer("since.month", "chwef").answer("since.year", "2019").continue_();
        sam.expect_status(422).expect("Rhaid i “Ers pryd” fod ar 1 Ionawr 2020 neu ar ôl hynny");
        sam.answer("since.month", "").continue_().expect("Rhaid i “Ers pryd” gynnwys mis");
        sam.answer("since.month", "Mawrth").answer("since.year", "2026").continue_().expect("Ers 2 Mawrth 2026");
        sam.continue_().expect("2 Mawrth 2026");
        assert!(sam.continue_().at.ends_with("/sent"));
        assert_eq!(app.only_answers("dyddiad")["answers"]["since"], "2026-03-02");
    }

    fn words_of_another_language_than_the_page_say_so(db) {
        let definition = GALLERY.replacen("\"language\": \"en-GB\"", "\"language\": \"fr\"", 1);
        let app = TestApp::start(db).with_definition(&definition);
        let mut sam = app.respondent("item-gallery");
        sam.expect("<html lang=\"fr\">").expect("lang=\"en\">Skip to main content</a>");
        sam.expect("<div class=\"canvass-buttons\" lang=\"en\">");
        sam.answer_gallery_page().continue_();
        sam.expect("<span lang=\"en\">(optional)</span>").expect("<bdi lang=\"en\">Select one option</bdi>");
        let mut all = app.visitor();
        all.open("/s/item-gallery").expect("lang=\"en\">Start now");
    }
}

#[test]
fn the_checker_looks_at_translations() {
    let survey = |language: &str, translations: &str| {
        format!(
            "{{\"format\": 1, \"id\": \"t\", \"title\": \"Town\", \"language\": \"{language}\", \"pages\": [\n\
             {{\"id\": \"a\", \"questions\": [{{\"id\": \"role\", \"type\": \"text\", \"text\": \"Role?\"}}]}},\n\
             {{\"id\": \"b\", \"questions\": [{{\"id\": \"why\", \"type\": \"text\", \"text\": \"Why, {{{{ role | else 'you' }}}}?\"}}]}}],\n\
             \"translations\": {{\n{translations}\n}}}}"
        )
    };
    let cy = |why: &str| {
        format!(
            "\"cy\": {{\n\"title\": {{\"text\": \"Tref\"}}, \"role.text\": {{\"text\": \"Rôl?\"}},\n\"why.text\": {{\"text\": \"{why}\"}}}}"
        )
    };
    let found = |text: &str| -> Vec<(&str, u32, u32)> {
        let findings = parse(text).findings;
        findings.iter().map(|finding| (finding.code, finding.place.line, finding.place.column)).collect()
    };
    assert_eq!(found(&survey("en-GB", &cy("Pam, {{ role | else 'chi' }}?"))), []);
    assert_eq!(found(&survey("en-GB", &cy("Pam?"))), [("E604", 7, 22)]);
    assert_eq!(found(&survey("en-GB", &cy("Pam, {{ rôl }}?"))), [("E604", 7, 22)]);
    assert_eq!(found(&survey("en-GB", &cy("Pam, {{ role ?"))), [("E604", 7, 22)]);
    assert_eq!(found(&survey("en-GB", &cy("Pam, {{ role }}, {{ why }}?"))), [("E604", 7, 22)]);
    let some = "\"cy\": {\"title\": {\"text\": \"Tref\"}},\n\"welsh\": {}";
    assert_eq!(found(&survey("en_GB", some)), [("W605", 1, 55), ("W603", 5, 1), ("W603", 6, 1), ("W605", 6, 1)]);
    let parsed = parse(&survey("en-GB", some));
    assert_eq!(parsed.findings[0].message, "the translation to `cy` has 1 of 3 texts");
    let stale = cy("Pam, {{ role }}?").replacen("\"Tref\"", "\"Tref\", \"of\": \"00000000\"", 1);
    assert_eq!(found(&survey("en-GB", &stale)), [("W602", 6, 1)]);
    let differs = parse(&survey("en-GB", &cy("Pam, {{ rol }}?")));
    assert!(differs.findings[0].message.ends_with("it has {{ rol }} where its source has {{ role }}"));
}

#[test]
fn the_example_is_translated_as_a_whole() {
    let work = Work::of(WORKFORCE).unwrap();
    let progress = work.progress("cy");
    assert!(progress.is_complete() && progress.texts > 90, "{progress:?}");
    assert!(!parse(WORKFORCE).findings.iter().any(|finding| finding.code.contains("60")));
}

/// A desk with the example, and the address of its file.
fn desk() -> (Desk, String) {
    let desk = Desk::new();
    let file = desk.write("example.json", WORKFORCE);
    (desk, file)
}

#[test]
fn a_table_that_comes_back_as_it_went_out_leaves_the_definition_as_it_was() {
    for ending in ["csv", "xlsx"] {
        let (desk, file) = desk();
        let table = desk.path(&format!("cy.{ending}")).display().to_string();
        let said = desk.done(&["translate", "export", &file, "--lang", "cy", "--out", &table]);
        assert!(said.contains("0 without a translation, 0 to look at again"), "{said}");
        let said = desk.done(&["translate", "import", &file, "--lang", "cy", &table]);
        assert!(said.contains("0 added, 0 changed, 0 confirmed") && said.contains("0 empty"), "{said}");
        assert_eq!(fs::read_to_string(&file).unwrap(), WORKFORCE);
        // Into a definition without translations it brings all of them.
        let bare = WORKFORCE.split_once(",\n  \"translations\"").unwrap().0.to_string() + "\n}\n";
        let bare_file = desk.write("bare.json", &bare);
        desk.done(&["translate", "import", &bare_file, "--lang", "cy", &table]);
        let written = fs::read_to_string(&bare_file).unwrap();
        assert!(written.starts_with(bare.trim_end_matches("\n}\n")), "what was there before is there as it was");
        let (one, other) = (Work::of(&written).unwrap(), Work::of(WORKFORCE).unwrap());
        assert_eq!(one.into_language("cy"), other.into_language("cy"));
        desk.done(&["check", &bare_file]);
    }
}

#[test]
fn a_changed_source_makes_its_translation_stale_until_someone_has_looked_at_it() {
    let (desk, _) = desk();
    let changed = WORKFORCE.replacen("\"What is your pay band?\"", "\"What is your present pay band?\"", 1);
    let file = desk.write("changed.json", &changed);
    let report = |expected: i32| {
        let output = desk.run(&["translate", "report", &file]);
        assert_eq!(output.status.code(), Some(expected), "{}", stderr(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let said = report(3);
    assert!(said.contains("0 missing, 1 stale") && said.contains("stale  band.text  What is your present"), "{said}");
    assert!(desk.done(&["check", &file]).contains("W602"));
    let table = desk.path("cy.csv").display().to_string();
    desk.done(&["translate", "export", &file, "--lang", "cy", "--out", &table]);
    let went_out = fs::read_to_string(&table).unwrap();
    assert!(went_out.contains("What is your present pay band?,Beth yw eich band cyflog?,changed,band.text"));
    // Untouched it stays stale; with the mark taken away, or with another translation, it is not.
    desk.done(&["translate", "import", &file, "--lang", "cy", &table]);
    assert_eq!(fs::read_to_string(&file).unwrap(), changed);
    for (from, to) in [(",changed,", ",,"), ("Beth yw eich band cyflog?", "Beth yw eich band cyflog presennol?")] {
        fs::write(&file, &changed).unwrap();
        fs::write(&table, went_out.replacen(from, to, 1)).unwrap();
        desk.done(&["translate", "import", &file, "--lang", "cy", &table]);
        report(0);
        let written = fs::read_to_string(&file).unwrap();
        let differing: Vec<&str> = written.lines().filter(|line| !changed.contains(line)).collect();
        assert_eq!(differing.len(), 1, "one line changed: {differing:?}");
        assert!(differing[0].contains(&fingerprint("What is your present pay band?")));
    }
}

#[test]
fn what_cannot_be_taken_from_a_table_is_told_by_row() {
    let definition = r#"{"format": 1, "id": "t", "title": "Town", "pages": [
        {"id": "a", "questions": [{"id": "role", "type": "text", "text": "Role?"}]},
        {"id": "b", "questions": [{"id": "why", "type": "text", "text": "Why, {{ role }}?"}]}]}"#;
    let desk = Desk::new();
    let file = desk.write("t.json", definition);
    let table = desk.write("t.csv", "source,translation\nTown,Tref\n\"Why, {{ role }}?\",\"Pam, {{ rol }}?\"\n");
    let output = desk.run(&["translate", "import", &file, "--lang", "cy", &table]);
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    assert!(said.contains("row 3: `why.text`: it has {{ rol }} where its source has {{ role }}"), "{said}");
    assert!(said.contains("nothing was written: mend the 1 row above"), "{said}");
    assert_eq!(fs::read_to_string(&file).unwrap(), definition);
    let table = desk.write("t.csv", "source,translation\nTown,Tref\nRole?,\nGone,Mynd\n");
    let output = desk.run(&["translate", "import", &file, "--lang", "cy", &table]);
    assert_eq!(output.status.code(), Some(3), "something was left out");
    let said = stderr(&output);
    assert!(
        said.contains("row 4: left out: the definition has no such text") && said.contains("row 3: empty"),
        "{said}"
    );
    let texts = Work::of(&fs::read_to_string(&file).unwrap()).unwrap().into_language("cy");
    let states: Vec<State> = texts.iter().map(|text| text.state).collect();
    assert_eq!(states, [State::Current, State::Missing, State::Missing]);
    let findings = parse(&fs::read_to_string(&file).unwrap()).findings;
    assert!(findings.iter().all(|finding| finding.severity == Severity::Warning), "{findings:?}");

    assert!(desk.refused(&["translate", "export", &file, "--lang", "cy", "--out", "t.ods"]).contains(".csv or .xlsx"));
    assert!(
        desk.refused(&["translate", "export", &file, "--lang", "en", "--out", "t.csv"]).contains("another language")
    );
    assert!(desk.refused(&["translate", "import", &file, "--lang", "cy", "none.csv"]).contains("none.csv"));
    let odd = desk.write("odd.xlsx", "no workbook");
    assert!(desk.refused(&["translate", "import", &file, "--lang", "cy", &odd]).contains("not an Excel workbook"));
    let bad = desk.run(&["translate", "report", &file, "--lang", "welsh"]);
    assert_eq!(bad.status.code(), Some(2));
}
