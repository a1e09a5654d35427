//! Invitations by mail: each person on the list gets each mail once, whatever the mail server and the programs do; those who
//! stop it get none, those who answered are not reminded, and nothing that is kept or shown says who that is.

#![cfg(test)]

use std::time::Duration;

use canvass::definition;
use canvass::service::account::Who;
use canvass::service::invite::{self, Standing};
use canvass::service::outbox::{self, LEASE};
use canvass::service::time::Moment;
use canvass::service::{Library, ServiceError, publish, retention};
use canvass::staff::Role;
use canvass::staff::letter::{Kind, Letter};
use canvass::staff::outbox::{Outcome, State};
use canvass::staff::people;
use canvass::store::outbox as store_outbox;
use canvass::web::{self, Site};
use serde_json::json;

use crate::app::{KEY, TestApp};
use crate::db::{Db, each_db};
use crate::people::Account;
use crate::smtp::{Mail, Sink, Step, Trouble};

const PAGE: &str = "/staff/surveys/park/invitations";
const ADDRESS: &str = "https://consult.example.org";

pub(crate) fn survey(id: &str, access: &str) -> String {
    json!({"format": 1, "id": id, "title": "The *park*", "language": "en", "access": {"mode": access}, "privacy": {"min_cell": 5},
        "translations": {"cy": {"title": {"text": "Y parc"}}},
        "pages": [{"id": "a", "questions": [{"id": "q", "type": "text", "text": "What do you think?", "required": false}]}]})
    .to_string()
}

/// A consultation with a mail server.
struct Post<'a> {
    app: TestApp<'a>,
    site: Site,
    sink: Sink,
}

impl<'a> Post<'a> {
    fn new(db: &'a Db) -> Self {
        let sink = Sink::start();
        let site = Site::new(ADDRESS).with_mail(Some(sink.mailer()));
        let app = TestApp::start_with(db, site.clone()).with_definition(&survey("park", "invitation"));
        Self { app, site, sink }
    }

    /// The same with people on the list, whose invitations are queued.
    fn queued(db: &'a Db, people: usize) -> Self {
        let post = Self::new(db);
        post.list(0, people);
        assert_eq!(invite::invite(&post.app.library, "park", &Who::Operator, Moment::now()).unwrap(), people);
        post
    }

    fn list(&self, from: usize, to: usize) {
        let rows = table(from..to);
        let read = people::read_file(rows.as_bytes(), &["en", "cy"]).unwrap();
        let added = invite::add(&self.app.library, "park", &read.people, &Who::Operator, Moment::now()).unwrap();
        assert_eq!(added, to - from);
    }

    fn send(&self) -> usize {
        self.send_at(Moment::now())
    }

    fn send_at(&self, now: Moment) -> usize {
        web::send_due(&self.app.library, &self.site, Duration::ZERO, &|| now).unwrap()
    }

    fn standing(&self) -> Standing {
        invite::standing(&self.app.library, "park", Moment::now()).unwrap()
    }

    /// Invitations that wait, are being sent, sent, failed, bounced, may have been sent.
    fn states(&self) -> [u64; 6] {
        let counts = self.standing().invitations;
        [State::Waiting, State::Sending, State::Sent, State::Failed, State::Bounced, State::Unsure]
            .map(|state| counts.of(state))
    }

    /// The person of a mail answers; gives the page they end at.
    fn answer(&self, mail: &Mail) {
        let mut person = self.app.visitor();
        person.open(&link(mail)).expect_status(200).continue_();
        person.answer("q", "Trees").continue_();
        person.expect_at("/s/park/check").continue_().expect("Answers sent");
    }
}

/// A table of people.
fn table(numbers: std::ops::Range<usize>) -> String {
    numbers.map(|n| format!("person{n}@example.org,Person {n}")).collect::<Vec<_>>().join("\n")
}

/// The link of a mail, without the host.
fn link(mail: &Mail) -> String {
    let body = mail.body();
    let line = body.lines().find(|line| line.contains("/i/")).unwrap_or_else(|| panic!("no link: {body}"));
    line.trim().strip_prefix(ADDRESS).unwrap().to_string()
}

/// To whom mails went, each with the times it went there.
fn receivers(mails: &[Mail]) -> std::collections::BTreeMap<String, usize> {
    let mut all = std::collections::BTreeMap::new();
    for mail in mails {
        *all.entry(mail.to.join(",")).or_default() += 1;
    }
    all
}

each_db! {
    fn each_person_gets_an_invitation_of_their_own_that_lets_them_answer_once(db) {
        let post = Post::queued(db, 5);
        assert_eq!(post.send(), 5);
        assert_eq!(post.states(), [0, 0, 5, 0, 0, 0]);
        let mails = post.sink.mails();
        assert_eq!(receivers(&mails).len(), 5);
        let mail = mails.iter().find(|mail| mail.to == ["person3@example.org"]).unwrap();
        assert_eq!(mail.header("subject").unwrap(), "You are invited: The park");
        assert!(mail.body().starts_with("Hello Person 3,\r\n"), "{}", mail.body());
        assert_eq!(mail.header("list-unsubscribe-post").unwrap(), "List-Unsubscribe=One-Click");
        post.answer(mail);
        post.app.visitor().open(&link(mail)).expect_status(403);
        // What was sent is nowhere kept: neither the text nor what lets people in.
        let kept = post.app.everything();
        for mail in &mails {
            let code = link(mail).rsplit('/').next().unwrap().to_string();
            assert!(!kept.contains(&code) && !kept.contains("You can answer"), "{kept}");
        }
        // Queued again, nobody has two.
        assert_eq!(invite::invite(&post.app.library, "park", &Who::Operator, Moment::now()).unwrap(), 0);
        post.list(5, 7);
        assert_eq!(post.standing().uninvited, 2);
        assert_eq!(invite::invite(&post.app.library, "park", &Who::Operator, Moment::now()).unwrap(), 2);
        post.send();
        assert_eq!((receivers(&post.sink.mails()).len(), post.sink.mails().len()), (7, 7));
    }

    fn a_mail_server_that_is_down_costs_nothing_but_time(db) {
        let post = Post::queued(db, 3);
        let now = Moment::now();
        for trouble in [Trouble::Refuses(554), Trouble::HangsUp, Trouble::Babbles, Trouble::Refuses(421)] {
            post.sink.has(Some((Step::Greeting, trouble)));
            post.send_at(now.plus(24 * 3600));
            assert_eq!(post.states(), [3, 0, 0, 0, 0, 0], "{trouble:?}");
            let (_, reason, _) = post.standing().failing.expect("it is told");
            assert!(reason.contains("mail server") && !reason.contains('@'), "{reason}");
            // Until its time comes, it is not even asked.
            let heard = post.sink.heard().len();
            assert_eq!(post.send_at(now.plus(24 * 3600)), 0);
            assert_eq!(post.sink.heard().len(), heard);
            invite::pause(&post.app.library, "park", false, &Who::Operator, now).unwrap();
        }
        for step in [Step::Ehlo, Step::Mail] {
            post.sink.has(Some((step, Trouble::Hangs)));
            post.send_at(now.plus(24 * 3600));
            assert_eq!(post.states(), [3, 0, 0, 0, 0, 0], "{step:?}");
            invite::pause(&post.app.library, "park", false, &Who::Operator, now).unwrap();
        }
        post.sink.has(None);
        assert_eq!(post.send_at(now.plus(48 * 3600)), 3);
        assert_eq!((post.states(), post.standing().failing), ([0, 0, 3, 0, 0, 0], None));
        assert_eq!(receivers(&post.sink.mails()).values().sum::<usize>(), 3);
    }

    fn an_address_that_is_none_is_mailed_no_more_and_a_policy_is_not_its_fault(db) {
        let post = Post::queued(db, 3);
        post.sink.refuses(Some(("person1@", "550 5.1.1 no such user")));
        post.send();
        assert_eq!(post.states(), [0, 0, 2, 0, 1, 0]);
        let bounced = post.standing().bounced;
        assert_eq!(bounced, [("person1@example.org".to_string(), Some("the mail server refused with 550".to_string()))]);
        assert_eq!(post.standing().stopped, 1);
        let again = people::read_file(b"address\nPERSON1@EXAMPLE.ORG\nnew@example.org\n", &["en"]).unwrap();
        let preview = invite::preview(&post.app.library, "park", &again).unwrap();
        assert_eq!((preview.new.len(), preview.known, preview.stopped), (1, 0, 1));
        assert_eq!(invite::add(&post.app.library, "park", &again.people, &Who::Operator, Moment::now()).unwrap(), 1);
        // That a server does not relay for us says nothing of an address.
        invite::invite(&post.app.library, "park", &Who::Operator, Moment::now()).unwrap();
        post.sink.refuses(Some(("new@", "554 5.7.1 relay access denied")));
        post.send();
        assert_eq!(post.states(), [1, 0, 2, 0, 1, 0]);
        assert!(post.standing().failing.is_some());
        // Staff had the server put right: what bounced is sent.
        post.sink.refuses(None);
        invite::pause(&post.app.library, "park", false, &Who::Operator, Moment::now()).unwrap();
        assert_eq!(invite::again(&post.app.library, "park", State::Bounced, &Who::Operator, Moment::now()).unwrap(), 1);
        post.send();
        assert_eq!((post.states(), post.standing().stopped), ([0, 0, 4, 0, 0, 0], 0));
    }

    fn ten_refusals_in_a_row_stop_it_before_the_whole_list_is_lost(db) {
        let post = Post::queued(db, 14);
        post.sink.refuses(Some(("@example.org", "550 no")));
        assert_eq!(post.send(), 10);
        assert_eq!(post.states(), [4, 0, 0, 0, 10, 0]);
        let why = post.standing().paused.flatten().expect("it says why");
        assert!(why.contains("in a row") && !why.contains('@'), "{why}");
        assert_eq!(post.send(), 0);
    }

    fn a_mail_that_is_put_off_is_tried_later_and_fails_in_the_end(db) {
        let post = Post::queued(db, 2);
        post.sink.refuses(Some(("person0@", "451 come back later")));
        let mut now = Moment::now();
        post.send_at(now);
        assert_eq!(post.states(), [1, 0, 1, 0, 0, 0]);
        assert_eq!(post.send_at(now.plus(299)), 0, "not before its time");
        for tried in 1..8 {
            now = now.plus(8 * 3600);
            assert_eq!(post.send_at(now), 1, "{tried}");
        }
        assert_eq!(post.states(), [0, 0, 1, 1, 0, 0]);
        assert_eq!(post.standing().failed[0].0, "person0@example.org");
        post.sink.refuses(None);
        assert_eq!(invite::again(&post.app.library, "park", State::Failed, &Who::Operator, now).unwrap(), 1);
        post.send_at(now);
        assert_eq!(post.states(), [0, 0, 2, 0, 0, 0]);
        // A message that the server will not have is not sent to it again and again, and its address is not at fault.
        post.list(2, 3);
        invite::invite(&post.app.library, "park", &Who::Operator, now).unwrap();
        post.sink.has(Some((Step::Dot, Trouble::Refuses(554))));
        post.send_at(now);
        assert_eq!((post.states(), post.standing().stopped), ([0, 0, 2, 1, 0, 0], 0));
    }

    fn what_may_have_been_sent_is_sent_again_only_when_staff_say_so_and_then_as_the_same_mail(db) {
        let post = Post::queued(db, 1);
        let ids = || -> Vec<String> {
            let heard = post.sink.heard();
            heard.iter().filter(|line| line.starts_with("RCPT")).cloned().collect()
        };
        for trouble in [Trouble::HangsUp, Trouble::Hangs, Trouble::Babbles] {
            post.sink.has(Some((Step::Dot, trouble)));
            let before = ids().len();
            post.send();
            assert_eq!(post.states(), [0, 0, 0, 0, 0, 1], "{trouble:?}");
            post.sink.has(None);
            assert_eq!((post.send(), post.send_at(Moment::now().plus(30 * 24 * 3600))), (0, 0));
            assert_eq!(ids().len(), before + 1, "{trouble:?}: it was told once");
            assert_eq!(post.standing().unsure[0].0, "person0@example.org");
            invite::again(&post.app.library, "park", State::Unsure, &Who::Operator, Moment::now()).unwrap();
        }
        post.send();
        assert_eq!(post.states(), [0, 0, 1, 0, 0, 0]);
        let first = post.sink.only().header("message-id").unwrap();
        // The same mail once more is the same to a mail program.
        run(db, "UPDATE outbox SET state = 'unsure'");
        invite::again(&post.app.library, "park", State::Unsure, &Who::Operator, Moment::now()).unwrap();
        post.send();
        assert_eq!(post.sink.mails()[1].header("message-id").unwrap(), first);
        run(db, "UPDATE outbox SET state = 'unsure'");
        assert_eq!(invite::settle(&post.app.library, "park", &Who::Operator, Moment::now()).unwrap(), 1);
        assert_eq!((post.send(), post.states()), (0, [0, 0, 1, 0, 0, 0]));
    }

    fn a_program_that_dies_while_it_sends_leaves_what_staff_decide_about(db) {
        let post = Post::queued(db, 2);
        let now = Moment::now();
        let due = outbox::claim(&post.app.library, 0, now).unwrap().expect("one is due");
        assert_eq!(post.states(), [1, 1, 0, 0, 0, 0], "it is stored before a server is told");
        assert_eq!(post.send(), 1, "the other one is sent");
        assert_eq!(post.send_at(now.plus(LEASE - 5)), 0);
        assert_eq!(post.states(), [0, 1, 1, 0, 0, 0]);
        assert_eq!(post.send_at(now.plus(LEASE)), 0, "nobody sends it again");
        assert_eq!(post.states(), [0, 0, 1, 0, 0, 1]);
        // It was slow and not dead.
        outbox::settle(&post.app.library, &due, Outcome::Taken, None, now).unwrap();
        assert_eq!(post.states(), [0, 0, 2, 0, 0, 0]);
    }

    fn two_programs_on_one_database_send_each_mail_once(db) {
        let post = Post::queued(db, 60);
        let other = Library::new(db.store()).with_key(KEY);
        std::thread::scope(|scope| {
            for library in [&post.app.library, &other, &post.app.library, &other] {
                scope.spawn(|| {
                    for _ in 0..40 {
                        web::send_due(library, &post.site, Duration::ZERO, &Moment::now).unwrap();
                        std::thread::sleep(Duration::from_millis(5));
                    }
                });
            }
        });
        assert_eq!(post.states(), [0, 0, 60, 0, 0, 0]);
        let receivers = receivers(&post.sink.mails());
        assert_eq!((receivers.len(), receivers.values().max()), (60, Some(&1)));
    }

    fn whoever_stops_it_gets_nothing_more(db) {
        let post = Post::queued(db, 4);
        post.send();
        let mails = post.sink.mails();
        let stop = |mail: &Mail| {
            let header = mail.header("list-unsubscribe").unwrap();
            header.trim_matches(['<', '>']).strip_prefix(ADDRESS).unwrap().to_string()
        };
        // As a mail program does it: one request, without a cookie, a page or a guard.
        let click = [("List-Unsubscribe".to_string(), "One-Click".to_string())];
        assert_eq!(post.app.visitor().post(&stop(&mails[0]), &click).status, 200);
        assert_eq!(post.standing().stopped, 1);
        // As a person does it: looking changes nothing.
        let mut sam = post.app.visitor();
        sam.open(&stop(&mails[1])).expect_status(200).expect("Stop emails about this consultation");
        assert_eq!(post.standing().stopped, 1);
        sam.continue_().expect_status(200).expect("You will get no more of these emails");
        assert_eq!(post.standing().stopped, 2);
        // A code that is none gets the same pages, and changes nothing.
        let mut eve = post.app.visitor();
        let own = stop(&mails[1]);
        let made_up = format!("{}{}", &own[..own.len() - 3], "AAA");
        eve.open(&made_up).expect_status(200);
        assert_eq!(eve.page.body.replace(&made_up, ""), sam.open(&own).page.body.replace(&own, ""));
        eve.continue_().expect_status(200).expect("You will get no more of these emails");
        assert_eq!(post.standing().stopped, 2);
        assert_eq!(post.app.visitor().open("/s/nowhere/unsubscribe/X").page.status, 404);
        // Neither on the list again nor among those who are reminded, nor of what was queued before.
        let same = people::read_file(mails[0].to[0].to_uppercase().as_bytes(), &["en"]).unwrap();
        assert_eq!(invite::add(&post.app.library, "park", &same.people, &Who::Operator, Moment::now()).unwrap(), 0);
        run(db, "UPDATE outbox SET state = 'waiting'");
        post.send();
        assert_eq!((post.sink.mails().len(), post.standing().invitations.of(State::Dropped)), (6, 2));
        // The invitation goes on working.
        post.answer(&mails[0]);
    }

    fn only_those_who_have_not_answered_are_reminded_and_nothing_says_who_that_is(db) {
        let post = Post::queued(db, 20);
        let now = Moment::now();
        let remind = |now| invite::remind(&post.app.library, "park", &Who::Operator, now);
        assert!(matches!(remind(now), Err(ServiceError::Refused(why)) if why.contains("No invitation")));
        post.send();
        let mails = post.sink.mails();
        mails.iter().take(4).for_each(|mail| post.answer(mail));
        assert!(matches!(remind(now), Err(ServiceError::Refused(why)) if why.contains("Fewer than 5")));
        mails.iter().skip(4).take(4).for_each(|mail| post.answer(mail));
        remind(now).unwrap();
        assert!(matches!(remind(now), Err(ServiceError::Refused(why)) if why.contains("still being sent")));
        // Somebody answers between queueing and sending.
        post.answer(&mails[8]);
        let waiting = post.standing().reminders;
        assert_eq!((waiting.all(), waiting.of(State::Waiting)), (20, 20), "everyone is queued");
        assert_eq!(post.send(), 20, "everyone has a turn");
        let reminded: Vec<Mail> = post.sink.mails().split_off(20);
        let answered: Vec<&Vec<String>> = mails.iter().take(9).map(|mail| &mail.to).collect();
        assert_eq!(reminded.len(), 11);
        assert!(reminded.iter().all(|mail| !answered.contains(&&mail.to)));
        assert!(reminded.iter().all(|mail| mail.header("subject").unwrap() == "A reminder: The park"));
        let again = reminded.iter().find(|mail| mail.to == mails[12].to).unwrap();
        assert_eq!(link(again), link(&mails[12]), "the same invitation");
        assert_ne!(again.header("message-id"), mails[12].header("message-id"));
        // Of those who have answered, the server is asked all but the mail itself.
        let asked = post.sink.heard().iter().filter(|line| line.starts_with("RCPT")).count();
        assert_eq!(asked, 40);
        // Every row of a reminder is like every other.
        assert_eq!(post.standing().reminders.of(State::Sent), 20);
        let rows: std::collections::BTreeSet<String> = post.app.everything().lines()
            .filter(|line| line.starts_with("outbox: ") && line.contains("reminder"))
            .map(|line| line.split("reminder").nth(1).unwrap().to_string()).collect();
        assert_eq!(rows.len(), 1, "{rows:?}");
        assert!(matches!(remind(now), Err(ServiceError::Refused(why)) if why.contains("today already")));
        // All but a few have answered.
        mails.iter().skip(9).take(7).for_each(|mail| post.answer(mail));
        let tomorrow = now.plus(24 * 3600);
        assert!(matches!(remind(tomorrow), Err(ServiceError::Refused(why)) if why.contains("missing from fewer than 5")));
    }

    fn a_mail_server_that_fails_tells_nothing_of_who_has_answered(db) {
        let post = Post::queued(db, 12);
        post.send();
        let mails = post.sink.mails();
        mails.iter().take(6).for_each(|mail| post.answer(mail));
        invite::remind(&post.app.library, "park", &Who::Operator, Moment::now()).unwrap();
        let now = Moment::now();
        // Whoever's turn it is, answered or not: the server is away, puts off, or knows no such address.
        let mut told = std::collections::BTreeSet::new();
        for (at, mail) in (1_i64..).zip(&mails) {
            let who = mail.to[0].split('@').next().unwrap();
            run(db, &format!("UPDATE outbox SET due_at = '9999' WHERE mail <> 'invitation' AND person_id NOT IN (SELECT id FROM person WHERE name = '{}')", who.replace("person", "Person ")));
            for (step, trouble) in [(Step::Greeting, Trouble::Refuses(554)), (Step::Rcpt, Trouble::Refuses(450)), (Step::Rcpt, Trouble::Refuses(550))] {
                post.sink.has(Some((step, trouble)));
                let later = now.plus(3600 * 24 * at);
                assert_eq!(post.send_at(later), 1, "{who} {trouble:?}");
                let row = post.app.everything().lines()
                    .find(|line| line.contains("reminder") && !line.contains("9999") && line.contains("outbox")).unwrap()
                    .split("reminder").nth(1).unwrap().to_string();
                let failing = post.standing().failing.map(|(_, why, _)| why);
                told.insert(format!("{} {failing:?} {:?}", row.split_at(11).1.replace(&later.plus(300).instant(), "later").replace(&later.instant(), "now"), trouble));
                run(db, "UPDATE outbox SET state = 'waiting', due_at = '2026-01-01T00:00:00Z', tries = 0, reason = NULL WHERE mail <> 'invitation' AND due_at <> '9999'");
                run(db, "UPDATE person SET stopped = NULL");
                invite::pause(&post.app.library, "park", false, &Who::Operator, now).unwrap();
            }
            run(db, "UPDATE outbox SET state = 'sent', due_at = '9999' WHERE mail <> 'invitation' AND due_at <> '9999'");
            run(db, "UPDATE outbox SET due_at = '2026-01-01T00:00:00Z' WHERE mail <> 'invitation' AND state = 'waiting'");
        }
        assert_eq!(told.len(), 3, "{told:#?}");
    }

    fn staff_write_what_the_mails_say_and_it_is_no_program(db) {
        let post = Post::new(db);
        let rows = "sam@example.org,{{#each this}} {link},cy\nada@example.org,,\n";
        let read = people::read_file(rows.as_bytes(), &["en", "cy"]).unwrap();
        invite::add(&post.app.library, "park", &read.people, &Who::Operator, Moment::now()).unwrap();
        let letter = Letter { subject: "{name}: {title}".to_string(), text: "Helo {name}, {{link}} {unsubscribe}".to_string() };
        invite::write_letter(&post.app.library, "park", (Kind::Invitation, "cy"), &letter, &Who::Operator, Moment::now()).unwrap();
        invite::invite(&post.app.library, "park", &Who::Operator, Moment::now()).unwrap();
        post.send();
        let mails = post.sink.mails();
        let sam = mails.iter().find(|mail| mail.to == ["sam@example.org"]).unwrap();
        assert_eq!(sam.header("subject").unwrap(), "{{#each this}} {link}: Y parc");
        assert!(sam.body().starts_with("Helo {{#each this}} {link}, {https://consult.example.org/s/park/i/"), "{}", sam.body());
        assert!(sam.body().contains("?lang=cy}"), "{}", sam.body());
        let ada = mails.iter().find(|mail| mail.to == ["ada@example.org"]).unwrap();
        assert!(ada.body().starts_with("Hello,\r\n"), "{}", ada.body());
    }

    fn paused_and_closed_consultations_mail_nobody_and_the_list_goes_with_the_contacts(db) {
        let post = Post::queued(db, 3);
        let now = Moment::now();
        invite::pause(&post.app.library, "park", true, &Who::Operator, now).unwrap();
        assert_eq!(post.send(), 0);
        assert_eq!(post.standing().paused, Some(None));
        invite::pause(&post.app.library, "park", false, &Who::Operator, now).unwrap();
        publish::close(&post.app.library, "park", now).unwrap();
        assert_eq!((post.send(), post.states()), (0, [3, 0, 0, 0, 0, 0]));
        assert!(invite::invite(&post.app.library, "park", &Who::Operator, now).is_err());
        let kept = |now| retention::plan(&post.app.library, Some("park"), now).unwrap()[2].rows;
        assert_eq!(kept(now), 3);
        let after = now.plus(10 * 366 * 24 * 3600);
        retention::carry_out(&post.app.library, Some("park"), after).unwrap();
        assert_eq!((kept(after), post.standing().people, post.standing().invitations.all()), (0, 0, 0));
        assert!(!post.app.everything().contains("person0@"));
    }

    fn people_are_invited_by_mail_only_where_invitations_let_them_in(db) {
        let post = Post::new(db);
        let open = survey("open", "open_link");
        assert!(definition::parse(&open).survey.is_some());
        publish::publish(&post.app.library, "open.json", &open, Moment::now()).unwrap();
        let refused = invite::invite(&post.app.library, "open", &Who::Operator, Moment::now()).unwrap_err();
        assert!(refused.to_string().contains("\"invitation\""), "{refused}");
    }

    fn staff_look_at_a_list_before_anything_is_stored(db) {
        let post = Post::new(db);
        let mut staff = post.app.staff();
        staff.open("/staff/surveys/park").expect("Invite people by email").open(PAGE).expect_status(200);
        staff.turn_to("\"look\"").continue_().expect_status(422).expect("Choose a file, or paste a list");
        let rows = "address,name,language,shoe size\nsam@example.org,Sam <b>Lee</b>,cy,43\nSAM@EXAMPLE.ORG,,,\nno<body>,,,\nada@example.org,Ada,de,\nbo@example.org,,,";
        staff.open(PAGE).turn_to("\"look\"").answer("pasted", rows).continue_().expect_status(200);
        staff.expect("Sam &lt;b&gt;Lee&lt;/b&gt;").expect("no&lt;body&gt;").expect("write en or cy").expect("shoe size").expect("Put 2 people on the list");
        assert!(!staff.page.body.contains("no<body>") && !staff.page.body.contains("<b>Lee"));
        assert_eq!(post.standing().people, 0, "nothing is stored yet");
        staff.turn_to("\"add\"").continue_().expect_at(&format!("{PAGE}?done=added")).expect("The people are on the list");
        assert_eq!(post.standing().people, 2);
        // Fewer than anything is reported of.
        staff.expect("Only 2 people are on the list, and below 5");
        // The same by a file, and with a form that is not from here.
        let file = |guard: &str| {
            let part = |name: &str, value: &str| format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            let list = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\nE-Mail;Name\r\nfile@example.org;File\r\n\r\n";
            format!("{}{}{list}--x--\r\n", part("_csrf", guard), part("deed", "look"))
        };
        let guard = staff.form.iter().find(|(name, _)| name == "_csrf").unwrap().1.clone();
        let mut browser = staff.clone();
        browser.also_sends.push(("Content-Type".to_string(), "multipart/form-data; boundary=x".to_string()));
        assert_eq!(browser.request("POST", PAGE, Some(file("forged").as_bytes())).status, 403);
        let reply = browser.request("POST", PAGE, Some(file(&guard).as_bytes()));
        assert!(reply.status == 200 && reply.body.contains("file@example.org") && reply.body.contains("Put 1 person on the list"), "{}", reply.body);
        assert_eq!(browser.request("POST", PAGE, Some(b"--x\r\nnonsense")).status, 400);
        assert_eq!(browser.request("POST", PAGE, Some(&vec![b'x'; 13 * 1024 * 1024])).status, 413);
        let told = post.app.everything();
        assert!(told.contains("mailedparkput 2 people on the list"), "{told}");
    }

    fn staff_send_pause_and_read_how_it_goes(db) {
        let post = Post::new(db);
        post.list(0, 6);
        let mut staff = post.app.staff();
        staff.open(PAGE).turn_to("\"send\"").continue_().expect("The invitations are queued").expect("0 of 6 emails have had their turn");
        staff.turn_to("\"pause\"").continue_().expect("Nothing more is sent for now");
        assert_eq!(post.send(), 0);
        staff.turn_to("\"go-on\"").continue_().expect("The sending goes on");
        post.sink.has(Some((Step::Greeting, Trouble::Refuses(554))));
        post.send();
        staff.open(PAGE).expect("No email could be sent since").expect("the mail server refused with 554").expect("6 emails wait and are tried again");
        post.sink.has(None);
        post.sink.refuses(Some(("person2@", "550 no such user")));
        staff.turn_to("\"go-on\"").continue_();
        post.send();
        staff.open(PAGE).expect("6 of 6 emails have had their turn").expect("No such address: 1").expect("person2@example.org: the mail server refused with 550");
        staff.expect("Fewer than 5 answers have come");
        staff.turn_to("\"stop\"").answer("stop", "nobody@example.org").continue_().expect_status(422).expect("Nobody on the list").expect("nobody@example.org");
        staff.open(PAGE).turn_to("\"stop\"").answer("stop", "Person3@example.org").continue_().expect("No more emails go to this address");
        assert_eq!(post.standing().stopped, 2);
        staff.turn_to("\"delete\"").continue_().expect_status(422).expect("Tick the box");
        staff.turn_to("\"delete\"").tick("sure", "yes").continue_().expect("The list is deleted");
        assert!(!post.app.everything().contains("person3@"));
        let mails = post.sink.mails();
        post.answer(&mails[0]);
    }

    fn staff_write_and_try_what_a_mail_says(db) {
        let post = Post::new(db);
        let page = format!("{PAGE}/invitation?lang=cy");
        let mut staff = post.app.staff();
        staff.open(&page).expect_status(200).expect("Gwahoddiad i chi: {title}");
        staff.answer("subject", "{title}").answer("text", "Dim dolen {tittle}").continue_().expect_status(422);
        staff.expect("Write {link} where").expect("Write {unsubscribe} where").expect("There is no {tittle}").expect("Dim dolen {tittle}");
        let mut form = staff.form.clone();
        form.retain(|(name, _)| name != "text" && name != "deed");
        form.push(("text".to_string(), "Helo {name}\r\n{link}\r\n{unsubscribe} <b>".to_string()));
        let with = |deed: &str| [form.clone(), vec![("deed".to_string(), deed.to_string())]].concat();
        staff.post_to(&page, &with("show")).expect_status(200).expect("Helo Sam Example\n").expect("/s/park/i/EXAMPLE?lang&#x3D;cy").expect("Y parc");
        assert!(!staff.page.body.contains(" <b>"));
        assert_eq!(staff.post(&page, &with("test")).status, 404, "the command line has no address");
        staff.post_to(&page, &with("save")).expect("It is saved").expect("Helo {name}\n{link}");
        staff.open(&format!("{PAGE}/invitation")).expect("You are invited: {title}");
        staff.open(&format!("{PAGE}/farewell")).expect_status(404);
        assert_eq!(post.sink.mails().len(), 0);
    }

    fn a_test_goes_to_whoever_writes_and_nothing_typed_is_lost(db) {
        let post = Post::new(db);
        let ana = Account::new(&post.app, "ana@example.org", false, Moment::now());
        let mut ana = ana.with_role(&post.app, "park", Role::ContactManager).browser(&post.app);
        let page = format!("{PAGE}/reminder?lang=en");
        ana.open(&page).expect("Send a test to ana@example.org");
        let guard = ana.form.iter().find(|(name, _)| name == "_csrf").unwrap().clone();
        let field = |name: &str, value: &str| (name.to_string(), value.to_string());
        let form = [guard, field("deed", "test"), field("subject", "Mind {title}"), field("text", "{name} {link} {unsubscribe}")];
        ana.post_to(&page, &form).expect_status(200).expect("A test is sent to your address").expect("Mind {title}");
        let mail = post.sink.only();
        assert_eq!((mail.to.as_slice(), mail.header("subject").unwrap()), (&["ana@example.org".to_string()][..], "Test: Mind The park".to_string()));
        assert!(mail.body().starts_with("Sam Example https://consult.example.org/s/park/i/EXAMPLE "), "{}", mail.body());
        post.sink.has(Some((Step::Greeting, Trouble::Refuses(554))));
        ana.post_to(&page, &form).expect_status(503).expect("refused with 554").expect("Mind {title}");
        // Nothing is saved by it.
        ana.open(&page).expect("A reminder: {title}");
    }

    fn ten_thousand_people_are_put_on_the_list_in_seconds(db) {
        let post = Post::new(db);
        let rows = table(0..10_000);
        let begun = std::time::Instant::now();
        let read = people::read_file(rows.as_bytes(), &["en", "cy"]).unwrap();
        assert_eq!(invite::preview(&post.app.library, "park", &read).unwrap().new.len(), 10_000);
        invite::add(&post.app.library, "park", &read.people, &Who::Operator, Moment::now()).unwrap();
        let listed = begun.elapsed();
        let begun = std::time::Instant::now();
        assert_eq!(invite::invite(&post.app.library, "park", &Who::Operator, Moment::now()).unwrap(), 10_000);
        println!("10,000 people listed in {listed:?}, queued in {:?}", begun.elapsed());
        assert!(listed < Duration::from_secs(20), "{listed:?}");
        let again = invite::preview(&post.app.library, "park", &read).unwrap();
        assert_eq!((again.new.len(), again.known), (0, 10_000));
        run(db, "UPDATE outbox SET state = 'sent'");
        let begun = std::time::Instant::now();
        let queued = post.app.store.write(|conn| store_outbox::remind(conn, "park", "reminder 2026-11-24", "2026-11-24T00:00:00Z"));
        assert_eq!(queued.unwrap(), 10_000);
        let queued = begun.elapsed();
        let begun = std::time::Instant::now();
        post.standing();
        let looked = begun.elapsed();
        println!("10,000 reminders queued in {queued:?}, looked at in {looked:?}");
        assert!(looked < Duration::from_secs(5), "{looked:?}");
    }
}

fn run(db: &Db, sql: &str) {
    use diesel::connection::SimpleConnection as _;
    db.raw().batch_execute(sql).unwrap();
}
