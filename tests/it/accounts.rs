//! The accounts of staff: set up, signed in to, given roles and ended; who sees what; and the record of what they did.

#![cfg(test)]

use canvass::response::code::Token;
use canvass::service::account::{self, Who};
use canvass::service::sign_in::{self, IDLE_SECONDS, LINK_SECONDS};
use canvass::service::time::Moment;
use canvass::service::{ServiceError, audit, design};
use canvass::staff::audit::Head;
use canvass::staff::second_factor::Secret;
use canvass::staff::{Right, Role};
use canvass::store::Conn;
use diesel::RunQueryDsl;

use crate::app::{Person, TestApp};
use crate::db::{Db, each_db};
use crate::form;
use crate::people::{Account, PASSWORD};

const GALLERY: &str = "item-gallery";
const OTHER: &str = "w20";
const ANA: &str = "ana@example.org";

/// The files and pages of a consultation, with the right that each needs.
const FILES: [(&str, Option<Right>); 41] = [
    ("", Some(Right::See)),
    ("/live", Some(Right::Report)),
    ("/report", Some(Right::Report)),
    ("/compare", Some(Right::Report)),
    ("/views", Some(Right::Responses)),
    ("/view", Some(Right::Responses)),
    ("/view/report.json", Some(Right::Responses)),
    ("/people", Some(Right::Roles)),
    ("/design/part", Some(Right::Design)),
    ("/design/text", Some(Right::Design)),
    ("/design/translate", Some(Right::Design)),
    ("/design/import", Some(Right::Design)),
    ("/design/publish", Some(Right::Publish)),
    ("/redaction", Some(Right::Code)),
    ("/themes/story", Some(Right::Code)),
    ("/themes/story/all", Some(Right::Code)),
    ("/themes/story/history", Some(Right::Code)),
    ("/audit", Some(Right::Audit)),
    ("/invitations", Some(Right::Contacts)),
    ("/invitations/invitation", Some(Right::Contacts)),
    ("/invitations/reminder", Some(Right::Contacts)),
    ("/report.html", Some(Right::Report)),
    ("/report.docx", Some(Right::Report)),
    ("/report.json", Some(Right::Report)),
    ("/crosstabs.csv", Some(Right::Report)),
    ("/mentions.csv", Some(Right::Report)),
    ("/opinions.csv", Some(Right::Report)),
    ("/responses.csv", Some(Right::Responses)),
    ("/responses.xlsx", Some(Right::Responses)),
    ("/responses.sav", Some(Right::Responses)),
    ("/responses.R", Some(Right::Responses)),
    ("/responses.parquet", Some(Right::Responses)),
    ("/responses.jsonl", Some(Right::Responses)),
    ("/responses.ndjson", Some(Right::Responses)),
    ("/moderation.csv", Some(Right::Moderate)),
    ("/ideas.csv", Some(Right::Moderate)),
    ("/codebook.html", Some(Right::See)),
    ("/codebook.csv", Some(Right::See)),
    ("/codebook.xml", Some(Right::See)),
    ("/paper.html", Some(Right::See)),
    ("/no-such-file", None),
];

/// Signs in with what is typed; gives the status.
fn try_in(person: &mut Person, email: &str, password: &str, code: &str) -> u16 {
    person
        .open("/staff/sign-in")
        .expect_status(200)
        .answer("email", email)
        .answer("password", password)
        .answer("code", code);
    person.continue_();
    person.page.status
}

fn run(db: &Db, sql: &str) -> Result<(), String> {
    let done = match &mut db.raw() {
        Conn::Sqlite(conn) => diesel::sql_query(sql).execute(conn),
        Conn::Postgres(conn) => diesel::sql_query(sql).execute(conn),
    };
    done.map(drop).map_err(|error| error.to_string())
}

each_db! {
    fn an_account_is_made_set_up_and_signed_in_to(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let mut operator = app.staff();
        operator.open("/staff/accounts").expect_status(200);
        operator.turn_to("\"add\"").answer("name", "Ana <b>Lee</b>").answer("email", " Ana@Example.org ").tick("administrator", "yes").continue_().expect_status(200);
        let link = form::between(&operator.page.body, "/staff/set-up/", "<").unwrap().to_string();
        operator.open("/staff/accounts").expect("waits to be set up").expect("Ana &lt;b&gt;Lee&lt;/b&gt;");
        assert!(!operator.page.body.contains(&link), "the link is shown once");

        let mut ana = app.visitor();
        let address = format!("/staff/set-up/{link}");
        ana.open(&address).expect_status(200).expect(ANA).expect("<svg");
        let secret = Secret::of_link(&Token::read(&link).unwrap());
        assert!(ana.page.body.contains(&secret.typed()));
        for (password, code, told) in [
            ("short", "123456", "12 characters or more"),
            ("Ana.Lee.2026", "123456", "not made of your name"),
            (PASSWORD, "123", "six digits that your app shows now"),
        ] {
            ana.open(&address).answer("password", password).answer("code", code).continue_().expect_status(422).expect(told);
        }
        let now = Moment::now();
        ana.open(&address).answer("password", PASSWORD).answer("code", &secret.code(now.0).unwrap()).continue_();
        ana.expect_status(200).expect("Keep these codes");
        assert_eq!(ana.page.body.matches("<code>").count(), 8);
        let paper = form::between(&ana.page.body, "<code>", "</code>").unwrap().to_string();
        ana.open("/staff").expect_status(200).expect("Accounts").expect("What staff did").expect("Ana &lt;b&gt;Lee");
        assert!(!ana.page.body.contains("One of each item type"), "whoever manages accounts sees no consultation by that");
        app.visitor().open(&address).expect_status(403).expect("This link no longer works");

        ana.open("/staff").turn_to("/staff/sign-out").continue_().expect_at("/");
        ana.open("/staff/audit").expect_status(401).expect("href=\"/staff/sign-in?to&#x3D;/staff/audit\"");
        // The code that set the account up is used, and so is the step that it is of.
        assert_eq!(try_in(&mut ana, ANA, PASSWORD, &secret.code(now.0).unwrap()), 422);
        let next = secret.code(now.0 + 30).unwrap();
        assert_eq!(try_in(&mut ana, ANA, "four quiet wooden boat", &next), 422);
        ana.open("/staff/sign-in?to=/staff/audit");
        ana.answer("email", "ANA@example.org").answer("password", PASSWORD).answer("code", &next).continue_().expect_at("/staff/audit");
        ana.expect("Signed in").expect("Set the account up").expect("Wrong sign-in");
        let mut elsewhere = app.visitor();
        assert_eq!(try_in(&mut elsewhere, ANA, PASSWORD, &next), 422, "each code once");
        assert_eq!(try_in(&mut elsewhere, ANA, PASSWORD, &paper.to_lowercase()), 200);
        elsewhere.expect_at("/staff");
        assert_eq!(try_in(&mut app.visitor(), ANA, PASSWORD, &paper), 422, "each code on paper once");
        for secret in [PASSWORD, &paper, &next, &link, &secret.typed().replace(' ', "")] {
            assert!(!app.everything().contains(secret), "{secret} is stored");
        }
    }

    fn what_is_wrong_with_a_sign_in_is_not_told(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let now = Moment::now();
        let ana = Account::new(&app, ANA, false, now);
        let cases = [
            (ANA, "wrong password here", ana.secret.code(now.0 + 30).unwrap()),
            (ANA, PASSWORD, "000000".to_string()),
            ("nobody@example.org", PASSWORD, ana.secret.code(now.0 + 30).unwrap()),
            ("no address", PASSWORD, "123456".to_string()),
        ];
        let pages: Vec<String> = cases
            .iter()
            .map(|(email, password, code)| {
                let mut person = app.visitor();
                assert_eq!(try_in(&mut person, email, password, code), 422);
                assert!(person.page.set_cookies().is_empty());
                person.page.body.replace(email, "…")
            })
            .collect();
        assert!(pages.iter().all(|page| *page == pages[0]), "one page for all");
        assert!(pages[0].contains("is not right") && !pages[0].contains(PASSWORD));
        account::disable(&app.library, ANA, true, &Who::Operator, now).unwrap();
        assert_eq!(try_in(&mut app.visitor(), ANA, PASSWORD, &ana.secret.code(now.0 + 30).unwrap()), 422);
    }

    fn one_code_at_once_in_ten_browsers_gives_one_session(db) {
        let app = TestApp::start(db);
        let now = Moment::now();
        let ana = Account::new(&app, ANA, false, now.plus(-300));
        for code in [ana.secret.code(now.0).unwrap(), ana.codes[0].grouped()] {
            let got_in = std::thread::scope(|scope| {
                let all: Vec<_> = (0..10)
                    .map(|_| scope.spawn(|| sign_in::sign_in(&app.library, (ANA, PASSWORD, &code), now).unwrap().is_some()))
                    .collect();
                all.into_iter().map(|one| one.join().unwrap()).filter(|is_in| *is_in).count()
            });
            assert_eq!(got_in, 1, "{code}");
        }
        audit::verify(&app.library, None, &|_, _| {}).unwrap();
    }

    fn wrong_tries_lock_nobody_else_out(db) {
        let app = TestApp::start(db);
        let now = Moment::now();
        let ana = Account::new(&app, ANA, false, now.plus(-600));
        let bo = Account::new(&app, "bo@example.org", false, now.plus(-600));
        let mut own = app.visitor();
        assert_eq!(try_in(&mut own, ANA, PASSWORD, &ana.secret.code(now.0 - 30).unwrap()), 200);
        let mut thief = app.visitor();
        let wrong = (0..11).map(|_| try_in(&mut thief, "Ana@EXAMPLE.org", "password of a thief", "123456")).collect::<Vec<_>>();
        assert_eq!((wrong[9], wrong[10]), (422, 429), "{wrong:?}");
        assert_eq!(try_in(&mut thief, ANA, PASSWORD, &ana.secret.code(now.0).unwrap()), 429, "not even with what is right");
        assert_eq!(try_in(&mut app.visitor(), &bo.email, PASSWORD, &bo.secret.code(now.0).unwrap()), 200, "another account");
        assert_eq!(try_in(&mut own, ANA, PASSWORD, &ana.secret.code(now.0).unwrap()), 200, "the browser that is known");
        let mut forged = app.visitor();
        forged.set_cookie("canvass-browser", &"7".repeat(26));
        assert_eq!(try_in(&mut forged, ANA, PASSWORD, &ana.secret.code(now.0 + 30).unwrap()), 429, "what is made up is none");
    }

    fn sessions_end_with_idleness_disabling_resetting_and_a_new_password(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let now = Moment::now();
        let idle = Account::new(&app, "idle@example.org", false, now.plus(-IDLE_SECONDS - 5));
        idle.browser(&app).open("/staff").expect_status(401);
        let just = Account::new(&app, "just@example.org", false, now.plus(30 - IDLE_SECONDS));
        just.browser(&app).open("/staff").expect_status(200);
        let is_in = |at: Moment| sign_in::signed_in(&app.library, &just.session, at).unwrap().is_some();
        assert!(is_in(now.plus(IDLE_SECONDS - 100)), "going on counts");
        assert!(!is_in(now.plus(3 * IDLE_SECONDS)));

        let ana = Account::new(&app, ANA, false, now);
        ana.browser(&app).open("/staff").expect_status(200);
        account::disable(&app.library, ANA, true, &Who::Operator, now).unwrap();
        ana.browser(&app).open("/staff").expect_status(401);
        account::disable(&app.library, ANA, false, &Who::Operator, now).unwrap();
        ana.browser(&app).open("/staff").expect_status(401);

        let bo = Account::new(&app, "bo@example.org", false, now.plus(-60));
        let second = sign_in::sign_in(&app.library, (&bo.email, PASSWORD, &bo.secret.code(now.0).unwrap()), now).unwrap().unwrap();
        let mut browser = bo.browser(&app);
        browser.open("/staff/account").turn_to("\"password\"").answer("current", "not the one").answer("password", "five quiet wooden boats").continue_();
        browser.expect_status(422).expect("This is not your password");
        browser.open("/staff/account").turn_to("\"password\"").answer("current", PASSWORD).answer("password", "bo.example.org").continue_().expect_status(422);
        browser.open("/staff/account").turn_to("\"password\"").answer("current", PASSWORD).answer("password", "five quiet wooden boats").continue_();
        browser.expect_status(200).expect("Your password is changed");
        browser.open("/staff").expect_status(200);
        assert!(sign_in::signed_in(&app.library, &second, now).unwrap().is_none(), "elsewhere they are signed out");

        let link = account::reset(&app.library, &bo.email, &Who::Operator, now).unwrap();
        browser.open("/staff").expect_status(401);
        let later = account::reset(&app.library, &bo.email, &Who::Operator, now).unwrap();
        let refused = sign_in::linked(&app.library, &link, now);
        assert!(matches!(refused, Err(ServiceError::SignIn)), "a newer link ends the older one");
        assert!(matches!(sign_in::linked(&app.library, &later, now.plus(LINK_SECONDS)), Err(ServiceError::SignIn)));
        assert!(sign_in::linked(&app.library, &later, now.plus(LINK_SECONDS - 1)).is_ok());
        let code = bo.secret.code(now.0 + 60).unwrap();
        assert!(sign_in::sign_in(&app.library, (&bo.email, PASSWORD, &code), now).unwrap().is_none());
        assert!(sign_in::sign_in(&app.library, (&bo.email, PASSWORD, &bo.codes[0].grouped()), now).unwrap().is_none());
    }

    fn each_role_reaches_what_is_its_own_and_nothing_of_another_consultation(db) {
        let app = TestApp::start(db).with_survey(GALLERY).with_survey(OTHER);
        app.respondent(GALLERY).answer_gallery().continue_();
        let now = Moment::now();
        for survey in [GALLERY, OTHER] {
            let text = design::copied(&app.library, survey).unwrap();
            let operator = sign_in::signed_in(&app.library, &app.operator(), now).unwrap().unwrap();
            design::begin(&app.library, survey, (&text, None), &operator, now).unwrap();
        }
        let mut seen = 0;
        for role in Role::ALL {
            let person = Account::new(&app, &format!("{role}@example.org"), false, now).with_role(&app, GALLERY, role);
            let mut browser = person.browser(&app);
            for (file, right) in FILES {
                let status = browser.open(&format!("/staff/surveys/{GALLERY}{file}")).page.status;
                let expected = match right {
                    // A wall's files are not there where there is no wall.
                    Some(Right::Moderate) if role.may(Right::Moderate) => [200, 404],
                    Some(right) if role.may(right) => [200, 200],
                    None if role == Role::Owner => [404, 404],
                    _ => [403, 403],
                };
                assert!(expected.contains(&status), "{role} {file}: {status}");
                seen += u32::from(status == 200);
                let foreign = browser.open(&format!("/staff/surveys/{OTHER}{file}")).page.status;
                assert_eq!(foreign, 404, "{role} {file} of a consultation without a role");
                let unknown = browser.open(&format!("/staff/surveys/unknown{file}")).page.status;
                assert_eq!(unknown, foreign, "what is there and what is not are one to a stranger");
            }
            for page in ["/staff/accounts", "/staff/audit"] {
                browser.open(page).expect_status(403).expect("Your roles do not include this");
            }
            browser.open("/staff").expect_status(200).expect("One of each item type");
            assert!(!browser.page.body.contains(OTHER), "{role} is told of another consultation");
            for link in form::links(&browser.open(&format!("/staff/surveys/{GALLERY}")).page.body.clone()) {
                if link.starts_with("/staff/surveys") {
                    assert_eq!(browser.open(&link).page.status, 200, "{role} is led to {link}");
                }
            }
            let guard = person.session.form_guard();
            let post = |browser: &mut Person, path: &str, fields: &[(&str, &str)]| {
                let fields = [fields, &[("_csrf", guard.as_str())]].concat().into_iter().map(|(name, value)| (name.to_string(), value.to_string()));
                browser.post(path, &fields.collect::<Vec<_>>()).status
            };
            let give = [("deed", "give"), ("email", person.email.as_str()), ("role", "analyst")];
            let given = post(&mut browser, &format!("/staff/surveys/{GALLERY}/people"), &give);
            assert!(if role == Role::Owner { given == 303 } else { given == 403 }, "{role} gives a role: {given}");
            assert_eq!(post(&mut browser, &format!("/staff/surveys/{OTHER}/people"), &give), 404);
            assert_eq!(post(&mut browser, "/staff/accounts", &[("deed", "add"), ("email", "x@example.org"), ("name", "X")]), 403);
            for (page, right) in [("change", Right::Design), ("part", Right::Design), ("text", Right::Design), ("translate", Right::Design), ("begin", Right::Design), ("links", Right::Design), ("publish", Right::Publish)] {
                let fields = [("revision", "7"), ("deed", "no such deed"), ("at", "/no"), ("language", "-"), ("days", "5"), ("end", "no link")];
                let status = post(&mut browser, &format!("/staff/surveys/{GALLERY}/design/{page}"), &fields);
                assert_eq!(status == 403, !role.may(right), "{role} posts to {page}: {status}");
                assert_eq!(post(&mut browser, &format!("/staff/surveys/{OTHER}/design/{page}"), &fields), 404);
            }
            for page in ["", "/file", "/preview", "/preview/start", "/preview/page-choices"] {
                let status = browser.open(&format!("/staff/surveys/{GALLERY}/design{page}")).page.status;
                let may = role.may(Right::Design) || role.may(Right::Publish);
                assert_eq!(status, if may { 200 } else { 403 }, "{role} {page}");
                assert_eq!(browser.open(&format!("/staff/surveys/{OTHER}/design{page}")).page.status, 404);
            }
            let hide = [("action", "hide"), ("subject", "x"), ("reason", "y")];
            let hidden = post(&mut browser, &format!("/staff/surveys/{GALLERY}/ideas/colour"), &hide);
            assert_eq!(hidden, if role.may(Right::Moderate) { 404 } else { 403 }, "{role} hides an idea");
        }
        assert!(seen > 60, "{seen}");
        assert!(!account::list(&app.library).unwrap().iter().any(|known| known.email.starts_with("x@")));
    }

    fn roles_hold_and_end_with_the_next_request(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let ana = Account::new(&app, ANA, false, Moment::now());
        let mut browser = ana.browser(&app);
        let page = format!("/staff/surveys/{GALLERY}/live");
        browser.open(&page).expect_status(404);
        let mut owner = app.staff();
        let people = format!("/staff/surveys/{GALLERY}/people");
        owner.open(&people).turn_to("\"give\"").answer("email", ANA).answer("role", "analyst").continue_().expect_at(&people).expect(ANA);
        browser.open(&page).expect_status(200);
        owner.open(&people).turn_to("\"give\"").answer("email", ANA).answer("role", "analyst").continue_().expect_status(422).expect("is already analyst");
        owner.open(&people).turn_to("\"give\"").answer("email", "anna@example.org").continue_().expect_status(422).expect("did you mean &#x60;ana@example.org");
        let taken = [("deed", "take"), ("email", ANA), ("role", "analyst")].map(|(name, value)| (name.to_string(), value.to_string()));
        assert_eq!(owner.post(&people, &taken).status, 403, "a form without its guard");
        browser.open(&page).expect_status(200);
        let guard = form::between(&owner.open(&people).page.body, "name=\"_csrf\" value=\"", "\"").unwrap().to_string();
        owner.post_to(&people, &[taken.to_vec(), vec![("_csrf".to_string(), guard)]].concat());
        browser.open(&page).expect_status(404);
        let unknown = account::set_role(&app.library, (ANA, "item-galery", Role::Owner), true, &Who::Operator, Moment::now());
        assert!(matches!(unknown, Err(ServiceError::UnknownSurvey { .. })));
    }

    fn nobody_is_their_own_undoing(db) {
        let app = TestApp::start(db);
        let ana = Account::new(&app, ANA, true, Moment::now());
        let mut browser = ana.browser(&app);
        let guard = ana.session.form_guard();
        for deed in ["disable", "reset"] {
            let fields = [("deed", deed), ("of", ANA), ("_csrf", &guard)].map(|(name, value)| (name.to_string(), value.to_string()));
            let reply = browser.post("/staff/accounts", &fields);
            assert_eq!(reply.status, 422);
            assert!(reply.body.contains("Ask another administrator"));
        }
        browser.open("/staff/accounts").expect_status(200);
        browser.open("/staff/accounts").turn_to("\"add\"").answer("name", "Bo").answer("email", "no address").continue_().expect_status(422);
        browser.expect("in the correct format").expect("value=\"no address\"").expect("value=\"Bo\"");
        browser.open("/staff/accounts").turn_to("\"add\"").answer("name", " ").answer("email", "bo@example.org").continue_().expect_status(422).expect("Give a name");
        browser.open("/staff/accounts").turn_to("\"add\"").answer("name", "A").answer("email", ANA).continue_().expect_status(422).expect("There is an account");
    }

    fn codes_on_paper_are_made_anew(db) {
        let app = TestApp::start(db);
        let now = Moment::now();
        let ana = Account::new(&app, ANA, false, now);
        let mut browser = ana.browser(&app);
        browser.open("/staff/account").expect("You have 8 of 8 left");
        assert!(sign_in::sign_in(&app.library, (ANA, PASSWORD, ana.codes[0].as_str()), now).unwrap().is_some());
        browser.open("/staff/account").expect("You have 7 of 8 left");
        let guard = ana.session.form_guard();
        let renew = |password: &str| [("deed", "codes"), ("renew", password), ("_csrf", &guard)].map(|(name, value)| (name.to_string(), value.to_string()));
        assert_eq!(browser.post("/staff/account", &renew("not my password")).status, 422);
        let codes = browser.post("/staff/account", &renew(PASSWORD));
        assert_eq!((codes.status, codes.body.matches("<code>").count()), (200, 8));
        assert!(sign_in::sign_in(&app.library, (ANA, PASSWORD, ana.codes[1].as_str()), now).unwrap().is_none());
        let new = form::between(&codes.body, "<code>", "</code>").unwrap();
        assert!(sign_in::sign_in(&app.library, (ANA, PASSWORD, new), now).unwrap().is_some());
    }

    fn the_record_tells_who_did_what_and_notices_every_change(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        app.respondent(GALLERY).answer_gallery().continue_();
        let now = Moment::now();
        let ana = Account::new(&app, ANA, true, now).with_role(&app, GALLERY, Role::Analyst);
        let mut browser = ana.browser(&app);
        browser.open(&format!("/staff/surveys/{GALLERY}/responses.csv")).expect_status(200);
        browser.open(&format!("/staff/surveys/{GALLERY}/people")).expect_status(403);
        browser.open("/staff/surveys/canary-of-a-typed-address/people").expect_status(404);
        browser.open("/staff/audit").expect("Took a file away").expect("responses.csv").expect("no role allows").expect("Gave a role");
        browser.expect("GET /staff/surveys/{survey}/people");
        let entries = audit::latest(&app.library, Some(GALLERY), i64::MAX, 100).unwrap();
        let told: Vec<(&str, &str)> = entries.iter().rev().map(|entry| (entry.who.as_str(), entry.act.as_str())).collect();
        assert_eq!(told, [("command line", "role-given"), (ANA, "downloaded"), (ANA, "refused")]);

        let head = audit::verify(&app.library, None, &|_, _| {}).unwrap();
        assert_eq!(audit::head(&app.library).unwrap(), head);
        assert!(head.number >= 5);
        for sql in ["UPDATE audit_entry SET who = 'x'", "DELETE FROM audit_entry WHERE number = 2"] {
            let refused = run(db, sql).unwrap_err();
            assert!(refused.contains("what staff did"), "{refused}");
        }
        let dropped = match db.raw() {
            Conn::Sqlite(_) => "DROP TRIGGER audit_entry_keeps_rows; DROP TRIGGER audit_entry_stays",
            Conn::Postgres(_) => "DROP TRIGGER audit_entry_keeps_rows ON audit_entry; DROP TRIGGER audit_entry_stays ON audit_entry",
        };
        dropped.split(';').for_each(|sql| run(db, sql).unwrap());
        let verify = |kept: Option<&Head>| audit::verify(&app.library, kept, &|_, _| {}).map_err(|error| error.to_string());
        run(db, &format!("DELETE FROM audit_entry WHERE number = {}", head.number)).unwrap();
        assert!(verify(None).is_ok(), "what is cut off at the end is not seen in what is left");
        assert!(verify(Some(&head)).unwrap_err().contains(&format!("once reached to {}", head.number)));
        run(db, "UPDATE audit_entry SET subject = 'report.html' WHERE subject = 'responses.csv'").unwrap();
        assert!(verify(None).unwrap_err().contains("is not as it was written"));
        run(db, "DELETE FROM audit_entry WHERE number = 2").unwrap();
        assert!(verify(None).unwrap_err().contains("entry 2 is not there"));
    }
}
