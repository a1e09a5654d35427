//! Definitions written in the staff area: begun, changed by two people at once, translated, looked at and published.

#![cfg(test)]

use canvass::service::account::{self, Who};
use canvass::service::design::{self, Saved};
use canvass::service::time::Moment;
use canvass::service::{ServiceError, audit, versions};
use canvass::staff::Role;

use crate::app::{Person, TestApp};
use crate::db::each_db;
use crate::form;
use crate::people::Account;

const PARK: &str = "/staff/surveys/park/design";
const TEXT: &str = r#"{
  "format": 1,   "id": "park",
  "title": "The park", "language": "en-GB",
  "pages": [
    { "id": "you", "title": "About you", "questions": [
      { "id": "role", "type": "single", "text": "Who are you?", "options": [
        {"id": "resident", "label": "A resident"}, {"id": "trader", "label": "A trader"} ] }
    ] },
    { "id": "shop", "questions": [ { "id": "shop", "type": "text", "text": "What do you sell?" } ] }
  ]
}
"#;

/// Begins `park` with this text, as the operator.
fn begin(app: &TestApp<'_>, text: &str) -> Person {
    let mut staff = app.staff();
    staff.open("/staff/designs/new").expect_status(200);
    let csrf = guard(&staff);
    let fields = [("_csrf", csrf.as_str()), ("from", "file"), ("id", "")];
    let reply = staff.upload("/staff/designs/new", &fields, ("file", text.as_bytes()));
    assert_eq!(reply.status, 303, "{}", reply.body);
    staff
}

fn guard(person: &Person) -> String {
    form::between(&person.page.body, "name=\"_csrf\" value=\"", "\"").unwrap().to_string()
}

fn text(app: &TestApp<'_>) -> String {
    design::open(&app.library, "park").unwrap().text
}

fn part(at: &str) -> String {
    format!("{PARK}/part?at={at}")
}

each_db! {
    fn a_consultation_is_made_and_published_without_a_command(db) {
        let app = TestApp::start(db);
        let ana = Account::new(&app, "ana@example.org", false, Moment::now());
        let mut browser = ana.browser(&app);
        browser.open("/staff").expect("Working definitions");
        browser.open("/staff/designs/new").answer("title", "The \"park\" & <b>trees</b>").answer("id", "park").continue_();
        browser.expect_at(PARK).expect_status(200).expect("Can be published").expect("The checker finds nothing wrong");
        assert!(!browser.page.body.contains("<b>trees"), "escaped");
        browser.open("/staff/surveys/park").expect_at(PARK);
        browser.open("/staff/surveys/park/people").expect_status(200).expect("ana@example.org").expect("Owner");
        browser.open(&part("/pages/0/questions/0")).answer("k.text", "What would you <i>plant</i>?").answer("k.hint", "Any tree").continue_().expect_at(PARK);
        browser.expect("What would you &lt;i&gt;plant&lt;/i&gt;?");
        browser.open(&format!("{PARK}/publish")).expect("Nothing is published yet");
        browser.turn_to("value=\"publish\"").continue_().expect_status(200).expect("Version 1 is published").expect("/s/park");
        let published = versions::stored(&app.library, "park", None).unwrap().unwrap();
        assert_eq!(published, text(&app), "to the byte");
        app.visitor().open("/s/park").expect_status(200).expect("&quot;park&quot;");
        browser.open("/staff/surveys/park").expect_status(200).expect("Its definition");
        let record: Vec<String> = audit::latest(&app.library, Some("park"), i64::MAX, 20).unwrap().into_iter().map(|entry| entry.act).collect();
        assert_eq!(record, ["published", "designed", "designed", "role-given"]);
        browser.open(&format!("{PARK}/publish")).turn_to("value=\"close\"").continue_().expect_status(422).expect("Tick that you are sure");
        browser.open(&format!("{PARK}/publish")).turn_to("value=\"close\"").tick("sure", "yes").continue_().expect("is closed");
        app.visitor().open("/s/park").expect("closed");
    }

    fn nobody_makes_a_consultation_under_the_id_of_another(db) {
        let app = TestApp::start(db).with_survey("item-gallery");
        let now = Moment::now();
        let (ana, bo) = (Account::new(&app, "ana@example.org", false, now), Account::new(&app, "bo@example.org", false, now));
        let mut bo_there = bo.browser(&app);
        bo_there.open("/staff/designs/new").answer("title", "Bo").answer("id", "bo").continue_().expect_at("/staff/surveys/bo/design");
        let mut ana_there = ana.browser(&app);
        for id in ["item-gallery", "bo", "Not an id", ""] {
            ana_there.open("/staff/designs/new").answer("title", "Mine").answer("id", id).continue_().expect_status(422);
            assert!(ana_there.page.body.contains("value=\"Mine\""), "what was typed is there");
        }
        assert!(account::people(&app.library, "item-gallery").unwrap().is_empty());
        let mut copy = ana_there.open("/staff/designs/new").form.clone();
        copy.retain(|(name, _)| name != "from" && name != "copy");
        copy.extend([("from", "copy"), ("copy", "bo")].map(|(name, value)| (name.to_string(), value.to_string())));
        assert_eq!(ana_there.post("/staff/designs/new", &copy).status, 404, "nor copies what she may not see");
        ana_there.open("/staff/designs/new").answer("title", "Mine").answer("id", "mine").continue_();
        for id in ["item-gallery", "bo"] {
            // Its text says it is another one.
            let stolen = design::open(&app.library, "mine").unwrap().text.replace("\"mine\"", &format!("\"{id}\""));
            ana_there.open("/staff/surveys/mine/design/text").answer("text", &stolen).continue_().expect_status(200);
            ana_there.open("/staff/surveys/mine/design/publish").expect("calls itself");
            let revision = design::open(&app.library, "mine").unwrap().revision;
            let refused = design::publish(&app.library, "mine", revision, false, &Who::Operator, Moment::now());
            assert!(matches!(refused, Err(ServiceError::Refused(_))), "{refused:?}");
        }
        assert_eq!(versions::all(&app.library, "item-gallery").unwrap().len(), 1);
        ana_there.open("/staff/designs").expect("Mine");
        assert!(!ana_there.page.body.contains("/surveys/bo/"));
        ana_there.open("/staff/surveys/bo/design").expect_status(404);
    }

    fn a_definition_with_mistakes_is_kept_and_its_mistakes_stand_at_their_parts(db) {
        let app = TestApp::start(db);
        let mut staff = begin(&app, &TEXT.replace("\"type\": \"text\"", "\"type\": \"txet\"").replace("\"title\": \"About you\", ", "\"titel\": 1, "));
        staff.open(PARK).expect_status(200).expect("Has errors").expect("2 errors");
        let shop = form::between(&staff.page.body, "id=\"p2q1\"", "</section>").unwrap().to_string();
        assert!(shop.contains("which is unknown") && shop.contains("did you mean &#x60;text"), "{shop}");
        let you = form::between(&staff.page.body, "id=\"p1\"", "<section").unwrap().to_string();
        assert!(you.contains("no key &#x60;titel"), "{you}");
        staff.open(&format!("{PARK}/publish")).expect("has errors: mend them first");
        assert!(!staff.page.body.contains("value=\"publish\""));
        staff.open(&format!("{PARK}/preview")).expect("cannot be shown");
        staff.open(&part("/pages/1/questions/0")).expect("which is unknown").answer("k.type", "text").continue_().expect("1 error");
        staff.open(&part("/pages/0")).answer("rest", "{").continue_().expect_status(422).expect("This is not JSON");
        staff.expect("{").answer("rest", "").answer("k.title", "About you").continue_().expect("Can be published");
        staff.open(&format!("{PARK}/text")).answer("text", "{ \"id\": </textarea><script>").continue_().expect_status(200).expect("Has errors").expect("This is not JSON");
        assert_eq!(text(&app), "{ \"id\": </textarea><script>");
        staff.open(&format!("{PARK}/text")).expect("&lt;/textarea&gt;&lt;script&gt;");
        staff.open(PARK).turn_to("value=\"restore\"").form.push(("deed".to_string(), "restore".to_string()));
        staff.continue_().expect_at(PARK).expect("Can be published");
        for page in ["/part?at=/pages", "/part?at=pages", "/part?at=/pages/9", "/preview/page-none", "/preview/none"] {
            staff.open(&format!("{PARK}{page}")).expect_status(404);
        }
    }

    fn what_two_people_change_at_once_is_all_there(db) {
        let app = TestApp::start(db);
        let mut ana = begin(&app, TEXT);
        let mut bo = app.staff();
        let (role, shop) = ("/pages/0/questions/0", "/pages/1/questions/0");
        ana.open(&part(role));
        bo.open(&part(shop)).answer("k.text", "What do you make?").continue_().expect_at(PARK);
        ana.answer("k.options", "resident: A resident\ntrader: Somebody who trades\nA visitor").continue_().expect_status(200).expect_at(PARK);
        let both = text(&app);
        let expected = TEXT.replace("What do you sell?", "What do you make?").replace("A trader", "Somebody who trades");
        assert!(both.contains("What do you make?") && both.contains("Somebody who trades") && both.contains("a_visitor"));
        assert!(both.starts_with(expected.split("\"options\"").next().unwrap()), "{both}");

        ana.open(&part(role));
        bo.open(&part(role)).answer("k.text", "Who is there?").continue_().expect_at(PARK);
        ana.answer("k.text", "Who <b>are</b> you now?").continue_().expect_status(409).expect("Nothing of yours is saved yet");
        ana.expect("Who &lt;b&gt;are&lt;/b&gt; you now?").expect("Who is there?").expect("Another text was saved");
        assert!(text(&app).contains("Who is there?"), "theirs stands");
        ana.continue_().expect_at(PARK).expect("Who &lt;b&gt;are&lt;/b&gt; you now?");

        ana.open(PARK);
        bo.open(PARK).turn_to("value=\"/pages/0\"").form.push(("deed".to_string(), "down".to_string()));
        bo.continue_().expect_at(PARK);
        ana.turn_to("value=\"/pages/1\"").form.push(("deed".to_string(), "remove".to_string()));
        ana.continue_().expect_status(409).expect("It was changed meanwhile by command line");
        assert!(text(&app).contains("\"shop\"") && text(&app).contains("\"role\""));
        ana.turn_to("value=\"/pages/1\"").form.push(("deed".to_string(), "remove".to_string()));
        ana.continue_().expect_at(PARK);
        assert!(text(&app).contains("\"shop\"") && !text(&app).contains("\"role\""));

        let before = design::open(&app.library, "park").unwrap().revision;
        let saved: Vec<bool> = std::thread::scope(|scope| {
            let save = |n: usize| design::save(&app.library, "park", before, &format!("text {n}"), &Who::Operator, Moment::now());
            let all: Vec<_> = (0..8).map(|n| scope.spawn(move || matches!(save(n).unwrap(), Saved::Done(_)))).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(saved.iter().filter(|is_saved| **is_saved).count(), 1, "{saved:?}");
    }

    fn parts_are_added_moved_and_given_rules_from_drop_downs(db) {
        let app = TestApp::start(db);
        let mut staff = begin(&app, TEXT);
        staff.open(&part("/pages/1")).expect("Who are you?").answer("b.1.what", "role=trader").continue_();
        staff.expect("Seen if").expect("A trader");
        assert!(text(&app).contains("\"show_if\": \"role == 'trader'\""));
        staff.open(&part("/pages/1")).answer("b.1.how", "is-not").continue_();
        assert!(text(&app).contains("\"show_if\": \"role != 'trader'\""));
        staff.open(&part("/pages/1")).answer("k.show_if", "role in ['trader']").continue_();
        assert!(text(&app).contains("\"show_if\": \"role in ['trader']\""));
        staff.open(&part("/pages/1"));
        assert!(!staff.page.body.contains("b.1.what"), "a rule that says more than drop-downs stays a text");

        staff.open(PARK).turn_to("value=\"/pages/1/questions\"").form.push(("deed".to_string(), "add".to_string()));
        staff.continue_().expect_status(200).expect_at(&part("/pages/1/questions/1")).answer("k.type", "number").continue_();
        staff.open(&part("/pages/1/questions/1")).answer("k.min", "1").answer("k.text", "How many?").tick("k.required", "true").continue_();
        staff.expect("How many?").expect("Must be answered by everyone");
        staff.open(PARK).turn_to("value=\"/pages\"").form.push(("deed".to_string(), "add".to_string()));
        staff.continue_().expect_at(&part("/pages/2")).expect("New page");
        staff.open(&part("")).expect("Settings of the whole").answer("k.title", "All parks").tick("k.overview", "true").continue_().expect("All parks");
        staff.open(&part("/privacy")).answer("k.notice", "We keep\r\nnothing.").continue_();
        assert!(text(&app).contains("\"notice\": \"We keep\\nnothing.\""));
        assert!(text(&app).starts_with("{\n  \"format\": 1,   \"id\": \"park\",\n"), "the rest is as it was written");
    }

    fn an_import_says_what_became_of_everything_and_shows_it_as_text(db) {
        let app = TestApp::start(db);
        let payload = "\\\"></textarea><script>alert(1)</script>";
        let file = format!(
            r#"{{"title": "{payload}", "pages": [{{"name": "p{payload}", "title": "{payload}", "elements": [
                {{"type": "radiogroup", "name": "q{payload}", "title": "{payload}", "choices": [{{"value": "{payload}", "text": "{payload}"}}], "visibleIf": "{{{payload}}} = 1"}},
                {{"type": "{payload}", "name": "x", "{payload}": "{payload}"}}]}}]}}"#
        );
        let mut staff = app.staff();
        staff.open("/staff/designs/new");
        let csrf = guard(&staff);
        let fields = [("_csrf", csrf.as_str()), ("from", "file"), ("id", "park")];
        let reply = staff.upload("/staff/designs/new", &fields, ("file", file.as_bytes()));
        assert_eq!((reply.status, reply.header("location")), (303, Some("/staff/surveys/park/design/import")), "{}", reply.body);
        for page in ["/import", "", "/text", "/part?at=/pages/0", "/part?at=/pages/0/questions/0", "/part?at=", "/translate?language=cy", "/preview", "/publish"] {
            staff.open(&format!("{PARK}{page}")).expect_status(200);
            assert!(!staff.page.body.contains("<script>alert"), "{page}");
        }
        staff.open(&format!("{PARK}/import")).expect("Look at what was assumed").expect("dropped");
        for bytes in [&b"PK no workbook"[..], b"\xff\xfe"] {
            let fields = [("_csrf", csrf.as_str()), ("from", "file"), ("id", "other")];
            let reply = staff.upload("/staff/designs/new", &fields, ("file", bytes));
            assert_eq!(reply.status, 422);
            assert!(reply.body.contains("cannot be read"), "{}", reply.body);
        }
        let no_guard = staff.upload("/staff/designs/new", &[("from", "file"), ("id", "other")], ("file", b"{}"));
        assert_eq!(no_guard.status, 403);
    }

    fn texts_are_translated_beside_their_source(db) {
        let app = TestApp::start(db);
        let mut staff = begin(&app, TEXT);
        let page = format!("{PARK}/translate?language=cy");
        staff.open(&page).expect("Translate to Cymraeg (cy)").expect("Missing").answer("t.title", "Y parc").answer("t.role.text", "Pwy ydych chi?").continue_();
        staff.expect_at(&page).expect("Y parc");
        assert!(text(&app).contains("\"title\": {\"text\": \"Y parc\", \"of\": \""));
        staff.open(PARK).expect("Cymraeg (cy): ");
        staff.open(&part("/pages/0/questions/0")).answer("k.text", "Who are you, {{ shop }}?").continue_();
        staff.open(&part("/pages/0/questions/0")).answer("k.text", "And who are you?").continue_();
        staff.open(&page).expect("Look at it again").tick("right.role.text", "yes").answer("t.title", "").continue_();
        assert!(!staff.page.body.contains("Look at it again"));
        assert!(!text(&app).contains("Y parc"), "what is emptied has no translation");
        staff.open(&page).answer("t.title", "{{ nobody }}").continue_().expect_status(422).expect("{{ nobody }}");
        for (language, says) in [("en-GB", "choose another language"), ("no tag", "no tag of a language")] {
            staff.open(&format!("{PARK}/translate?language={}", language.replace(' ', "%20"))).expect(says);
        }
    }

    fn a_preview_walks_by_the_rules_in_each_language_and_stores_nothing(db) {
        let app = TestApp::start(db);
        let with_rule = TEXT.replace("{ \"id\": \"shop\", \"questions\"", "{ \"id\": \"shop\", \"show_if\": \"role == 'trader'\", \"questions\"");
        let translated = with_rule.replace("\n  ]\n}\n", "\n  ], \"translations\": {\"cy\": {\"title\": {\"text\": \"Y parc\"}, \"role.text\": {\"text\": \"Pwy ydych chi?\"}}}\n}\n");
        let mut staff = begin(&app, &translated);
        staff.open(&format!("{PARK}/preview")).expect("English (en-GB)").expect("Cymraeg (cy)").expect("Page 2");
        staff.form = form::fields(&staff.page.body);
        staff.answer("days", "7").continue_().expect_status(200).expect("It is not shown again");
        let link = staff.page.body.rsplit_once("/preview/").unwrap().1.split('<').next().unwrap().to_string();
        let shared = format!("/preview/{link}");
        assert!(!app.everything().contains(&link), "only a hash is stored");
        let before = app.everything();

        let mut visitor = app.visitor();
        visitor.open(&shared).expect_status(200).expect("This is a preview");
        assert_eq!(visitor.page.header("x-robots-tag"), Some("noindex, nofollow"));
        assert!(!visitor.page.body.contains("/staff"), "nothing leads to staff");
        visitor.open(&format!("{shared}/page-shop")).expect_status(200).expect("What do you sell?");
        visitor.open(&format!("{shared}/page-you?language=cy")).expect("Pwy ydych chi?");
        visitor.open(&format!("{shared}/start")).expect_status(200).continue_();
        visitor.expect_status(200).expect("Who are you?").answer("role", "trader").continue_().expect("What do you sell?");
        visitor.answer("shop", "Bread").continue_().expect("End of the preview");
        visitor.open(&format!("{shared}/start?language=cy")).continue_().expect("Pwy ydych chi?");
        visitor.answer("role", "resident").continue_().expect("End of the preview");
        let mut must = app.staff();
        must.open(&part("/pages/0/questions/0")).tick("k.required", "true").continue_();
        visitor.open(&format!("{shared}/start")).continue_().continue_().expect_status(422).expect("There is a problem");
        visitor.open(&format!("{shared}/page-you")).continue_().expect_status(422);
        assert!(visitor.page.set_cookies().is_empty());
        let answers = |text: &str| text.lines().filter(|line| line.starts_with("draft") || line.starts_with("response")).count();
        assert_eq!(answers(&app.everything()), answers(&before));

        let token = canvass::response::code::Token::read(&link).unwrap();
        let later = |days: i64| design::shared(&app.library, &token, Moment::now().plus(days * 24 * 60 * 60)).is_ok();
        assert!(later(6) && !later(8), "it ends by itself");
        staff.open(&format!("{PARK}/preview")).turn_to("name=\"end\"").continue_();
        visitor.open(&shared).expect_status(404);
        visitor.open(&format!("{shared}/start")).expect_status(404);
        visitor.open("/preview/7777777777777777777777777").expect_status(404);
    }

    fn where_a_second_person_publishes_nobody_publishes_what_they_changed_last(db) {
        let app = TestApp::start(db);
        let now = Moment::now();
        let mut operator = begin(&app, TEXT);
        let person = |name: &str, role| Account::new(&app, &format!("{name}@example.org"), false, now).with_role(&app, "park", role);
        let (ana, bo) = (person("ana", Role::Owner), person("bo", Role::Publisher));
        let publish = format!("{PARK}/publish");
        let mut owner = ana.browser(&app);
        owner.open(&publish).turn_to("value=\"second\"").tick("second", "yes").continue_().expect_at(&publish);
        operator.open(&publish).expect("You changed it last");
        let csrf = guard(operator.open(&publish));
        let press = [("_csrf", csrf.as_str()), ("deed", "publish"), ("revision", "1")].map(|(name, value)| (name.to_string(), value.to_string()));
        assert_eq!(operator.post(&publish, &press).status, 422, "whatever the page shows");
        let mut publisher = bo.browser(&app);
        publisher.open(PARK).expect_status(200);
        assert!(!publisher.page.body.contains("Change this question") && !publisher.page.body.contains("value=\"up\""));
        publisher.open(&publish).expect("An owner can change that");
        let second = [("_csrf", bo.session.form_guard().as_str()), ("deed", "second")].map(|(name, value)| (name.to_string(), value.to_string()));
        assert_eq!(publisher.post(&publish, &second).status, 403);
        let mut stale = publisher.clone();
        stale.turn_to("value=\"publish\"");
        owner.open(&part("/pages/0/questions/0")).answer("k.text", "Who goes there?").continue_();
        stale.continue_().expect_status(422).expect("changed while you looked");
        publisher.open(&publish).turn_to("value=\"publish\"").continue_().expect("Version 1 is published");
    }

    fn what_breaks_with_answers_is_told_and_needs_a_new_wave(db) {
        let app = TestApp::start(db).with_definition(TEXT);
        let mut staff = app.staff();
        staff.open(PARK).expect("nobody works on another one").continue_().expect_at(PARK).expect("Can be published");
        staff.open(&format!("{PARK}/publish")).expect("What is written here is version 1, which is published");
        assert!(!staff.page.body.contains("value=\"publish\""), "there is nothing to publish");
        assert_eq!(text(&app), TEXT, "it begins with what is published");
        let mut person = app.respondent("park");
        person.answer("role", "trader").continue_().continue_().continue_();
        assert_eq!(app.responses("park").len(), 1);
        let publish = format!("{PARK}/publish");
        staff.open(&part("/pages/0/questions/0")).answer("k.options", "resident: A resident").continue_();
        staff.open(&publish).expect("Breaking").expect("trader").turn_to("value=\"publish\"").continue_().expect_status(422).expect("breaks with version 1");
        staff.open(&publish).turn_to("value=\"publish\"").tick("new-wave", "yes").continue_().expect("Version 2 is published");
        assert_eq!(versions::stored(&app.library, "park", None).unwrap().unwrap(), text(&app));
    }
}

#[test]
fn what_is_too_much_is_refused() {
    let db = crate::db::Db::sqlite();
    let app = TestApp::start(&db);
    let mut staff = begin(&app, TEXT);
    staff.open(PARK);
    let csrf = guard(&staff);
    let fields = [("_csrf", csrf.as_str()), ("revision", "1")];
    let long = format!("\"{}\"", "x".repeat(design::LONGEST));
    assert_eq!(staff.upload(&format!("{PARK}/text"), &fields, ("file", long.as_bytes())).status, 422);
    let deep = "[".repeat(100_000);
    assert_eq!(staff.upload(&format!("{PARK}/text"), &fields, ("file", deep.as_bytes())).status, 303);
    staff.open(PARK).expect_status(200).expect("Has errors");
    assert_eq!(staff.upload(&format!("{PARK}/text"), &fields, ("file", &vec![b'x'; 13_000_000])).status, 413);
}
