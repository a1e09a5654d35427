//! Who may answer: by invitation, once with each, and what happens at the edges.

#![cfg(test)]

use std::collections::BTreeSet;

use canvass::render::{Renderer, report::report_html};
use canvass::response::Post;
use canvass::response::invitation::Invitation;
use canvass::service::collect::{Posted, Wants};
use canvass::service::time::Moment;
use canvass::service::{Library, ServiceError, access, collect, publish, report, simulate, sweep, wait};
use canvass::store::{Conn, spent};
use canvass::web::Site;
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::{Value, json};

use crate::app::{KEY, Person, TestApp};
use crate::check::GALLERY;
use crate::db::{Db, each_db};
use crate::form;
use crate::smtp::Sink;

const TOWN: &str = "town";

/// One question, and contact details.
fn town(access: &Value) -> String {
    json!({"format": 1, "id": TOWN, "title": "The town", "access": access, "pages": [
        {"id": "view", "questions": [{"id": "view", "type": "text", "text": "What do you think?", "required": true}]},
        {"id": "contact", "store": "contact", "title": "Stay in touch",
            "questions": [{"id": "email", "type": "email", "text": "Your address"}]},
    ]})
    .to_string()
}

fn by_invitation() -> String {
    town(&json!({"mode": "invitation"}))
}

fn link(invitation: &Invitation) -> String {
    format!("/s/{TOWN}/i/{}", invitation.as_str())
}

/// Someone who opened the link of an invitation.
fn invited(app: &TestApp<'_>, invitation: &Invitation) -> Person {
    let mut person = app.visitor();
    person.open(&link(invitation)).expect_at("/s/town").expect_status(200);
    person
}

/// Goes from the start page to the overview.
fn answer(person: &mut Person, view: &str) {
    person.continue_().expect_at("/s/town/page/view").answer("view", view).continue_();
    person.answer("email", "sam@example.org").continue_().expect_at("/s/town/check");
}

fn spent_marks(app: &TestApp<'_>) -> i64 {
    app.store.read(|conn| spent::count(conn, TOWN)).unwrap()
}

each_db! {
    fn an_invitation_lets_one_person_answer_once(db) {
        let app = TestApp::start(db).with_definition(&by_invitation());
        let invitations = access::invite(&app.library, TOWN, 2).unwrap();
        let mut sam = invited(&app, &invitations[0]);
        sam.expect("Start now").expect("Does your invitation tell whose answers they are?");
        answer(&mut sam, "A pond");
        assert!(sam.page.body.contains(">Send your answers</button>") && !sam.page.body.contains("Before you send"));
        assert_eq!(spent_marks(&app), 0, "nothing is used up before the answers are sent");
        let sending = sam.form.clone();
        sam.continue_().expect("Answers sent");
        let receipt = sam.receipt();
        assert_eq!((app.responses(TOWN).len(), spent_marks(&app)), (1, 1));
        assert_eq!(app.responses(TOWN)[0].mode.as_str(), "invitation");
        assert_eq!(sam.cookie("canvass-pass-town"), None, "what was used up is forgotten");
        // The same sending again is the same response.
        assert_eq!(sam.post("/s/town/send", &sending).header("location"), Some("/s/town/sent"));
        sam.open("/s/town/sent").expect(&receipt);
        assert_eq!(app.responses(TOWN).len(), 1);
        // The same invitation in another browser.
        let mut again = app.visitor();
        again.open(&link(&invitations[0])).expect_status(403).expect("This invitation cannot be used");
        assert_eq!(again.cookie("canvass-pass-town"), None);
        invited(&app, &invitations[1]).expect("Start now");
    }

    fn without_an_invitation_nobody_starts(db) {
        let app = TestApp::start(db).with_definition(&by_invitation());
        let mut sam = app.visitor();
        sam.open("/s/town").expect_status(200).expect("You need an invitation");
        assert!(!sam.page.body.contains("Start now"));
        let reply = sam.post("/s/town/start", &[("_csrf".to_string(), "start".to_string())]);
        assert_eq!(reply.status, 403);
        assert!(matches!(wait(collect::start(&app.library, TOWN, None, Moment::now())), Err(ServiceError::NotAdmitted)));
        assert!(!app.everything().contains("draft:"));
    }

    fn forged_mistyped_and_used_invitations_are_answered_alike_and_links_are_not_used_up_by_looking(db) {
        let app = TestApp::start(db).with_definition(&by_invitation());
        let invitations = access::invite(&app.library, TOWN, 2).unwrap();
        let mut sam = invited(&app, &invitations[0]);
        answer(&mut sam, "A pond");
        sam.continue_().expect("Answers sent");
        let mut forged = invitations[1].as_str().to_string();
        let last = if forged.ends_with('7') { '8' } else { '7' };
        forged.replace_range(39.., &last.to_string());
        let pages: BTreeSet<(u16, String)> = [invitations[0].as_str(), &forged, "0", "nothing-like-it"]
            .iter()
            .map(|code| {
                let reply = app.visitor().request("GET", &format!("/s/town/i/{code}"), None);
                assert!(reply.set_cookies().is_empty());
                (reply.status, reply.body)
            })
            .collect();
        assert_eq!(pages.len(), 1, "{pages:?}");
        assert_eq!(pages.first().unwrap().0, 403);
        // Mail programs look at links before people do.
        for method in ["HEAD", "GET", "GET"] {
            let reply = app.visitor().request(method, &link(&invitations[1]), None);
            assert_eq!((reply.status, reply.header("location")), (303, Some("/s/town")));
        }
        let mut kim = invited(&app, &invitations[1]);
        answer(&mut kim, "Trees");
        kim.continue_().expect("Answers sent");
        assert_eq!(app.responses(TOWN).len(), 2);
    }

    fn an_invitation_is_typed_as_it_comes(db) {
        let app = TestApp::start(db).with_definition(&by_invitation());
        let invitation = access::invite(&app.library, TOWN, 1).unwrap().remove(0);
        let mut sam = app.visitor();
        sam.open("/s/town").continue_().expect_status(422).expect("Enter the code of your invitation");
        sam.answer("given", "7777-77777").continue_().expect_status(422).expect("href=\"#given\"");
        assert!(!sam.page.body.contains("7777-77777"), "what was entered is not on the page");
        let typed = format!(" {} ", invitation.grouped().to_lowercase().replace('0', "o"));
        sam.answer("given", &typed).continue_().expect_at("/s/town").expect("Start now");
    }

    fn twenty_wrong_codes_a_minute_are_enough(db) {
        let app = TestApp::start(db).with_definition(&by_invitation());
        let mut guesser = app.visitor();
        let statuses: Vec<u16> =
            (0..45).map(|n| guesser.request("GET", &format!("/s/town/i/{n}"), None).status).collect();
        // A minute may have ended meanwhile.
        let refused = statuses.iter().filter(|status| **status == 429).count();
        assert!((5..=25).contains(&refused), "{statuses:?}");
        assert_eq!(statuses[..20], [403; 20]);
        let reply = guesser.request("GET", "/s/town/i/0", None);
        assert!(reply.status == 403 || reply.header("retry-after") == Some("60") && reply.body.contains("Please wait a minute"));
    }

    fn two_who_share_an_invitation_lose_nothing(db) {
        let app = TestApp::start(db).with_definition(&by_invitation());
        let invitation = access::invite(&app.library, TOWN, 1).unwrap().remove(0);
        let (mut sam, mut kim) = (invited(&app, &invitation), invited(&app, &invitation));
        answer(&mut sam, "A pond");
        answer(&mut kim, "Many trees & a bench");
        sam.continue_().expect("Answers sent");
        kim.continue_().expect_status(409).expect("Your answers were not sent").expect("Many trees &amp; a bench");
        kim.open("/s/town/check").expect("Before you send your answers").expect("Many trees &amp; a bench");
        assert_eq!((app.responses(TOWN).len(), spent_marks(&app)), (1, 1));
        let contacts: Vec<_> = app.everything().lines().filter(|line| line.starts_with("contact:")).map(str::to_string).collect();
        assert_eq!(contacts.len(), 1, "{contacts:?}");
        // Refused at the start too.
        let mut late = app.visitor();
        late.take_cookies_of(&kim);
        let mut fields = form::fields(&kim.open("/s/town").expect("answers have been sent with it already").page.body);
        fields.push(("anew".to_string(), "yes".to_string()));
        assert_eq!(late.post("/s/town/start", &fields).status, 409);
    }

    fn twenty_sends_at_once_from_two_browsers_spend_an_invitation_once(db) {
        let app = TestApp::start(db).with_definition(&by_invitation());
        let invitation = access::invite(&app.library, TOWN, 1).unwrap().remove(0);
        let mut people: Vec<Person> = (0..4).map(|_| invited(&app, &invitation)).collect();
        for person in &mut people {
            answer(person, "A pond");
        }
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let sending: Vec<_> = people
                .iter()
                .flat_map(|person| (0..5).map(move |_| person.clone()))
                .map(|mut person| scope.spawn(move || {
                    let form = person.form.clone();
                    person.post("/s/town/send", &form).status
                }))
                .collect();
            sending.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!((app.responses(TOWN).len(), spent_marks(&app)), (1, 1));
        let received = statuses.iter().filter(|status| **status == 303).count();
        assert_eq!(received, 5, "who was first sees the receipt by each of the five: {statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 15, "{statuses:?}");
    }

    fn on_another_device_the_invitation_is_opened_again_before_sending(db) {
        let app = TestApp::start(db).with_definition(&by_invitation());
        let invitation = access::invite(&app.library, TOWN, 1).unwrap().remove(0);
        let mut sam = invited(&app, &invitation);
        sam.continue_().answer("view", "A pond").save_for_later();
        let code = form::between(&sam.page.body, "<p class=\"canvass-long\"><strong>", "</strong>").unwrap().to_string();
        let mut phone = app.visitor();
        phone.open("/s/town/resume").answer("code", &code).continue_().expect_at("/s/town/page/view");
        phone.answer("view", "A pond and a bench").continue_().continue_().expect_at("/s/town/check");
        phone.expect("Open the link of your invitation in this browser");
        assert!(!phone.page.body.contains(">Send your answers</button>"));
        let form = phone.form.clone();
        assert_eq!(phone.post("/s/town/send", &form).header("location"), Some("/s/town/check"));
        phone.open(&link(&invitation)).expect_at("/s/town").expect("Continue from where you stopped");
        phone.open("/s/town/check").expect("A pond and a bench").continue_().expect("Answers sent");
        assert_eq!(app.only_answers(TOWN)["answers"]["view"], "A pond and a bench");
    }

    fn changing_and_withdrawing_need_no_invitation_and_give_none_back(db) {
        let app = TestApp::start(db).with_definition(&by_invitation());
        let invitation = access::invite(&app.library, TOWN, 1).unwrap().remove(0);
        let mut sam = invited(&app, &invitation);
        answer(&mut sam, "A pond");
        sam.continue_().expect("Answers sent");
        let receipt = sam.receipt();
        let mut elsewhere = app.visitor();
        elsewhere.open("/s/town/resume").answer("code", &receipt).continue_().continue_().expect_at("/s/town/check");
        elsewhere.open("/s/town/page/view?from=check").answer("view", "Two ponds").continue_();
        elsewhere.expect(">Send your answers</button>").continue_().expect("Answers sent");
        assert_eq!(app.only_answers(TOWN)["answers"]["view"], "Two ponds");
        elsewhere.open("/s/town/withdraw").continue_().expect("Your answers are withdrawn");
        assert_eq!((app.responses(TOWN).len(), spent_marks(&app)), (0, 1));
        app.visitor().open(&link(&invitation)).expect_status(403);
    }

    fn nothing_that_is_stored_or_dumped_holds_an_invitation(db) {
        let app = TestApp::start(db).with_definition(&by_invitation());
        let invitations = access::invite(&app.library, TOWN, 3).unwrap();
        for (n, invitation) in invitations.iter().enumerate() {
            let mut person = invited(&app, invitation);
            answer(&mut person, "A pond");
            if n > 0 {
                person.continue_();
            }
        }
        let everything = app.everything();
        assert!(everything.contains("door: town"));
        for invitation in &invitations {
            let whole = invitation.as_str();
            for part in [whole, &whole[..26], &whole[26..]] {
                assert!(!everything.contains(part), "{everything}");
            }
        }
    }

    fn the_close_writes_marks_anew_and_a_used_invitation_stays_used(db) {
        let library = Library::new(db.store()).with_key(KEY);
        let now = Moment::now();
        publish::publish(&library, "town.json", &by_invitation(), now).unwrap();
        let invitations = access::invite(&library, TOWN, 40).unwrap();
        for invitation in &invitations {
            send(&library, invitation.as_str(), now).unwrap();
        }
        let before = in_physical_order(db);
        publish::close(&library, TOWN, now).unwrap();
        let after = in_physical_order(db);
        assert_eq!(after.iter().collect::<BTreeSet<_>>(), before.iter().collect::<BTreeSet<_>>());
        assert!(after.is_sorted(), "marks lie in their own order, which says nothing");
    }

    fn the_way_in_changes_only_before_the_first_response(db) {
        let library = Library::new(db.store()).with_key(KEY);
        let now = Moment::now();
        publish::publish(&library, "town.json", &town(&json!({})), now).unwrap();
        assert!(matches!(access::invite(&library, TOWN, 1), Err(ServiceError::Refused(_))));
        publish::publish(&library, "town.json", &by_invitation(), now).unwrap();
        let invitation = access::invite(&library, TOWN, 1).unwrap().remove(0);
        send(&library, invitation.as_str(), now).unwrap();
        let refused = publish::publish(&library, "town.json", &town(&json!({})), now).unwrap_err();
        assert!(matches!(refused, ServiceError::Breaking { .. }), "{refused}");
        let refused = publish::publish_new_wave(&library, "town.json", &town(&json!({})), now).unwrap_err();
        assert!(refused.to_string().contains("takes responses by invitation, which cannot change"), "{refused}");
        assert!(simulate::simulate(&library, TOWN, 3, 7, now, &|_, _| {}).is_err());
    }

    fn a_passphrase_lets_in_whoever_knows_it_until_it_changes(db) {
        let app = TestApp::start(db).with_definition(&town(&json!({"mode": "passphrase"})));
        assert_eq!(access::check(&app.library).unwrap(), [TOWN], "said when the server starts");
        let mut sam = app.visitor();
        sam.open("/s/town").expect("You need the passphrase").answer("given", "anything").continue_().expect_status(422);
        assert!(access::set_passphrase(&app.library, TOWN, "short").is_err());
        access::set_passphrase(&app.library, TOWN, "  three green frogs é\n").unwrap();
        assert_eq!(access::check(&app.library).unwrap(), Vec::<String>::new());
        sam.answer("given", "three red frogs").continue_().expect_status(422).expect("This is not the passphrase");
        assert!(!sam.page.body.contains("three red frogs"), "what was entered is not on the page");
        assert!(!sam.page.body.contains("Start now") && sam.cookie("canvass-pass-town").is_none());
        let mut forger = sam.clone();
        forger.set_cookie("canvass-pass-town", "00000000000000000000000000").open("/s/town").expect("You need the passphrase");
        sam.answer("given", "three green frogs e\u{301} ").continue_().expect_at("/s/town").expect("Start now");
        let mut kim = sam.clone();
        answer(&mut sam, "A pond");
        sam.continue_().expect("Answers sent");
        answer(&mut kim, "Trees");
        let everything = app.everything();
        assert!(everything.contains("$argon2id$v=19$m=19456,t=2,p=1$") && !everything.contains("frogs"), "{everything}");
        access::set_passphrase(&app.library, TOWN, "four blue herons").unwrap();
        kim.open("/s/town/check").expect("Enter the passphrase on the start page");
        kim.open("/s/town").answer("given", "four blue herons").continue_().open("/s/town/check").continue_().expect("Answers sent");
        let modes: Vec<_> = app.responses(TOWN).iter().map(|response| response.mode.as_str()).collect();
        assert_eq!((modes, spent_marks(&app)), (vec!["passphrase"; 2], 0));
        assert!(access::invite(&app.library, TOWN, 1).is_err());
    }

    fn wrong_passphrases_are_limited_and_so_are_right_ones_after_them(db) {
        let app = TestApp::start(db).with_definition(&town(&json!({"mode": "passphrase"})));
        access::set_passphrase(&app.library, TOWN, "three green frogs").unwrap();
        let mut guesser = app.visitor();
        let mut guess = |phrase: &str| guesser.post("/s/town/enter", &[("given".to_string(), phrase.to_string())]).status;
        let statuses: Vec<u16> = (0..42).map(|n| guess(&format!("three green fro{n}"))).collect();
        assert!(statuses.contains(&429), "{statuses:?}");
        // Not in the first second of another minute.
        if statuses[41] == 429 && guess("x") == 429 {
            assert_eq!(guess("three green frogs"), 429);
        }
    }

    fn a_mailed_link_lets_each_address_of_the_domains_answer_once(db) {
        let server = Sink::start();
        let site = Site::new("http://127.0.0.1").with_mail(Some(server.mailer()));
        let access = json!({"mode": "email_domain", "domains": ["example.org", "Example.com"]});
        let app = TestApp::start_with(db, site).with_definition(&town(&access));
        let mut sam = app.visitor();
        sam.open("/s/town").expect("It must end in @example.org or @example.com.");
        for wrong in ["", "sam", "sam@example.net", "sam@sub.example.org", "sam@example.org\r\nBcc: kim@example.org"] {
            sam.answer("given", wrong).continue_().expect_status(422);
        }
        assert!(server.mails().is_empty());
        let link_to = |address: &str| {
            let mut asking = app.visitor();
            asking.open("/s/town").answer("given", address).continue_().expect_status(200).expect("Check your email");
            let page = asking.page.body.clone();
            assert!(!page.contains(address), "what was entered is not on the page");
            let mail = server.mails().pop().unwrap();
            assert_eq!(mail.to, [address]);
            let body = mail.body();
            let link = body.split_whitespace().find(|word| word.contains("/i/")).unwrap();
            (link.strip_prefix("http://127.0.0.1").unwrap().to_string(), page)
        };
        let (link, first_page) = link_to("sam@example.org");
        sam.open(&link).expect_at("/s/town").expect("Start now");
        answer(&mut sam, "A pond");
        sam.continue_().expect("Answers sent");
        // Another writing of the same address gets the same answer, and a link that was used.
        let (again, second_page) = link_to("Sam+more@Example.ORG");
        assert_eq!(second_page, first_page, "the page does not tell whether somebody took part");
        app.visitor().open(&again).expect_status(403);
        let (other, _) = link_to("kim@example.com");
        let mut kim = app.visitor();
        kim.open(&other).expect_at("/s/town");
        answer(&mut kim, "Trees");
        kim.continue_().expect("Answers sent");
        assert_eq!((app.responses(TOWN).len(), spent_marks(&app)), (2, 2));
        let late = access::mailed(&app.library, TOWN, ("lee@example.org", "example.org"), Moment::now().plus(-7200)).unwrap();
        app.visitor().open(&format!("/s/town/i/{late}")).expect_status(403);
        // The contact details say sam@example.org by the test's own doing; nothing else says who asked for a link.
        let everything = app.everything();
        assert!(!everything.contains("kim@") && !everything.contains("lee@"), "{everything}");
    }

    fn the_report_says_who_could_take_part_and_what_that_protects_from(db) {
        let library = Library::new(db.store()).with_key(KEY);
        let now = Moment::now();
        let renderer = Renderer::new().unwrap();
        for (mode, says) in [
            ("open_link", "nothing stops a person with two browsers"),
            ("passphrase", "from telling it"),
            ("invitation", "answers could be sent once with each"),
        ] {
            publish::publish(&library, "town.json", &town(&json!({"mode": mode})), now).unwrap();
            let invited = (mode == "invitation").then(|| access::invite(&library, TOWN, 3).unwrap());
            if let Some(invitations) = &invited {
                send(&library, invitations[0].as_str(), now).unwrap();
            }
            let report = report::build(&library, TOWN, 7, &|_, _| {}).unwrap();
            assert_eq!((report.base.access.mode.as_str(), report.base.invited), (mode, invited.map(|_| 3)));
            let html = report_html(&renderer, &report, "").unwrap();
            assert!(html.contains(says), "{mode}");
            assert_eq!(html.contains("3 invitations were made."), mode == "invitation");
        }
    }

    fn a_second_key_lets_nobody_in_and_is_told(db) {
        let now = Moment::now();
        let library = Library::new(db.store()).with_key(KEY);
        publish::publish(&library, "town.json", &by_invitation(), now).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys/canvass.key");
        let other = Library::new(db.store()).with_key_in(&file);
        for refused in [access::check(&other).unwrap_err(), access::invite(&other, TOWN, 1).unwrap_err()] {
            assert!(refused.to_string().contains("is not there"), "{refused}");
        }
        assert!(publish::publish(&other, "town.json", &by_invitation(), now).is_err(), "a lost key is not made anew");
        assert!(!file.exists());
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, "ab".repeat(32)).unwrap();
        let refused = access::check(&other).unwrap_err();
        assert!(refused.to_string().contains("another key"), "{refused}");
        access::check(&library).unwrap();
        publish::close(&library, TOWN, now).unwrap();
        access::check(&other).unwrap();
    }

    fn the_sweep_empties_the_log_of_writes(db) {
        let library = Library::new(db.store()).with_key(KEY);
        let now = Moment::now();
        publish::publish(&library, "town.json", &by_invitation(), now).unwrap();
        sweep::sweep(&library, now).unwrap();
        if let Some(path) = db.url.strip_prefix("sqlite:") {
            assert_eq!(std::fs::metadata(format!("{path}-wal")).unwrap().len(), 0);
            // Where someone reads, it waits for nobody and is tried again.
            let Conn::Sqlite(mut reader) = db.raw() else { unreachable!() };
            diesel::sql_query("BEGIN").execute(&mut reader).unwrap();
            diesel::sql_query("SELECT id AS line FROM survey").load::<Line>(&mut reader).unwrap();
            access::invite(&library, TOWN, 1).unwrap();
            sweep::sweep(&library, now).unwrap();
            assert!(std::fs::metadata(format!("{path}-wal")).unwrap().len() > 0);
            diesel::sql_query("COMMIT").execute(&mut reader).unwrap();
            sweep::sweep(&library, now).unwrap();
            assert_eq!(std::fs::metadata(format!("{path}-wal")).unwrap().len(), 0);
        }
    }
}

#[test]
fn the_key_is_made_where_it_is_first_needed_and_only_its_owner_reads_it() {
    let db = Db::sqlite();
    let path = db.url.strip_prefix("sqlite:").unwrap();
    let file = std::path::Path::new(path).with_file_name("canvass.key");
    let library = Library::open_or_create(&db.url).unwrap();
    publish::publish(&library, "gallery.json", GALLERY, Moment::now()).unwrap();
    assert!(!file.exists(), "an open link needs none");
    publish::publish(&library, "town.json", &by_invitation(), Moment::now()).unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(text.trim().len(), 64);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    // Another program of the same server knows the invitations of this one.
    let invitation = access::invite(&library, TOWN, 1).unwrap().remove(0);
    let other = Library::open(&db.url).unwrap();
    assert!(access::enter(&other, TOWN, invitation.as_str(), Moment::now()).is_ok());
    let bytes = std::fs::read(path).unwrap();
    assert!(!bytes.windows(64).any(|window| window == text.trim().as_bytes()), "the key is in no database");
}

/// Answers and sends as one who shows this.
fn send(library: &Library, shown: &str, now: Moment) -> Result<(), ServiceError> {
    let (token, _) = wait(collect::start_shown(library, TOWN, None, Some(shown), now))?;
    for page in ["view", "contact"] {
        let fields = canvass::item::Fields(vec![("view".to_string(), "A pond".to_string())]);
        let post = Post { fields, ..Post::default() };
        let posted = Posted { at: &page.into(), post: &post, version: None, wants: Wants::Continue };
        wait(collect::save_page(library, TOWN, &token, &posted, now))?;
    }
    wait(collect::send_shown(library, TOWN, &token, None, Some(shown), now)).map(drop)
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn in_physical_order(db: &Db) -> Vec<String> {
    let rows: Vec<Line> = match &mut db.raw() {
        Conn::Sqlite(conn) => diesel::sql_query("SELECT mark AS line FROM spent").load(conn).unwrap(),
        Conn::Postgres(conn) => diesel::sql_query("SELECT mark AS line FROM spent ORDER BY ctid").load(conn).unwrap(),
    };
    rows.into_iter().map(|row| row.line).collect()
}
