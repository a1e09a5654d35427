//! Three programs on one Postgres, behind a proxy that asks them in turn: killed, and started again, while people answer.
//!
//! Eight seconds by default; `CANVASS_NODES=120` for two minutes.

#![cfg(test)]

use std::collections::BTreeSet;
use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use canvass::response::code::Token;
use canvass::service::limit::{MAILS, WRONG_TRIES, Whose, allows, takes};
use canvass::service::sweep::{Swept, sweep};
use canvass::service::time::Moment;
use canvass::service::{Library, publish, wait};
use canvass::store::StoreError;
use serde_json::json;

use crate::app::{KEY, Person, Reply, TestApp};
use crate::crash::{Acknowledged, Program, count, expect_kept};
use crate::db::{Db, each_db};
use crate::smtp::Sink;

const NODES: usize = 3;
const PEOPLE: usize = 6;
/// Of so many people one asks for the link by mail, and as many stop half-way.
const SOME: usize = 10;
/// Fewer than may be sent in an hour.
const MOST_MAILS: usize = 500;
/// How often one asks again who got no answer.
const TRIES: usize = 400;

/// Hands each connection to the next program that takes one.
struct Proxy {
    address: SocketAddr,
    nodes: Arc<Mutex<Vec<Option<SocketAddr>>>>,
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Proxy {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let nodes: Arc<Mutex<Vec<Option<SocketAddr>>>> = Arc::default();
        let ends = Arc::new(AtomicBool::new(false));
        let (known, over) = (Arc::clone(&nodes), Arc::clone(&ends));
        let thread = std::thread::spawn(move || {
            for (turn, client) in listener.incoming().enumerate() {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                let known = Arc::clone(&known);
                std::thread::spawn(move || pass(client.unwrap(), &known, turn));
            }
        });
        Self { address, nodes, ends, thread: Some(thread) }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        let _wakes_it = TcpStream::connect(self.address);
        let _ = self.thread.take().unwrap().join();
    }
}

fn pass(mut client: TcpStream, nodes: &Mutex<Vec<Option<SocketAddr>>>, turn: usize) {
    let nodes = nodes.lock().unwrap().clone();
    let in_turn = (0..nodes.len()).filter_map(|next| nodes[(turn + next) % nodes.len()]);
    let Some(mut node) = in_turn.map(TcpStream::connect).find_map(Result::ok) else { return };
    let (mut asks, mut asked) = (client.try_clone().unwrap(), node.try_clone().unwrap());
    let there = std::thread::spawn(move || {
        let _either_may_hang_up = io::copy(&mut asks, &mut asked);
        let _ = asked.shutdown(Shutdown::Write);
    });
    let _either_may_hang_up = io::copy(&mut node, &mut client);
    let _ = client.shutdown(Shutdown::Both);
    let _ = there.join();
}

/// The programs and what stands before them.
struct Nodes<'a> {
    db: &'a Db,
    settings: Vec<(&'static str, String)>,
    programs: Vec<Program>,
    proxy: Proxy,
}

impl<'a> Nodes<'a> {
    fn start(db: &'a Db, sink: &Sink) -> Self {
        Program::publish(db);
        let settings = vec![
            ("CANVASS_SMTP_URL", format!("smtp://127.0.0.1:{}", sink.port)),
            ("CANVASS_MAIL_FROM", "consult@example.org".to_string()),
        ];
        let mut nodes = Self { db, settings, programs: Vec::new(), proxy: Proxy::start() };
        nodes.programs = (0..NODES).map(|_| nodes.serve()).collect();
        *nodes.proxy.nodes.lock().unwrap() = nodes.programs.iter().map(|program| Some(program.address)).collect();
        nodes
    }

    fn serve(&self) -> Program {
        let settings: Vec<(&str, &str)> = self.settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Program::serve_with(self.db, &settings)
    }

    /// Ends one, which the proxy finds out by itself, and after a while starts another in its place.
    fn replace(&mut self, number: usize, end: impl FnOnce(&mut Program)) {
        end(&mut self.programs[number]);
        // Its port may be another program's soon.
        self.proxy.nodes.lock().unwrap()[number] = None;
        std::thread::sleep(Duration::from_millis(100));
        self.programs[number] = self.serve();
        self.proxy.nodes.lock().unwrap()[number] = Some(self.programs[number].address);
    }
}

/// What people were told, and how often they asked in vain.
#[derive(Default)]
struct Told {
    acknowledged: Mutex<Acknowledged>,
    /// Addresses that mail was asked for to, once each, and whether it was said to be sent.
    mails: Mutex<Vec<(String, bool)>>,
    /// Those who stopped half-way: secret and nickname.
    waiting: Mutex<Vec<(String, String)>>,
    in_vain: AtomicUsize,
}

impl Told {
    /// Asks until there is an answer.
    fn insist(&self, mut ask: impl FnMut() -> io::Result<Reply>) -> Reply {
        for _ in 0..TRIES {
            if let Ok(reply) = ask() {
                return reply;
            }
            self.in_vain.fetch_add(1, Ordering::Relaxed);
            std::thread::sleep(Duration::from_millis(25));
        }
        panic!("no answer in {TRIES} tries");
    }
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_string(), value.to_string())
}

/// Answers a whole consultation or, as one of some, half of it.
fn answer(proxy: SocketAddr, person: usize, number: usize, told: &Told) {
    let nickname = format!("person-{person}-{number}");
    let mut browser = Person::at(proxy);
    let reply = told.insist(|| browser.try_post("/s/item-gallery/start", &[pair("_csrf", "start")]));
    assert_eq!(reply.status, 303, "start: {}", reply.body);
    let secret = browser.cookie("canvass-item-gallery").unwrap().to_string();
    let guard = Token::read(&secret).unwrap().form_guard();
    let pages = [
        ("welcome", vec![pair("agree", "yes")]),
        ("choices", vec![pair("colour", "green")]),
        ("typed", vec![pair("nickname", &nickname)]),
        ("grids", vec![pair("support.tea", "no"), pair("support.bikes", "yes"), pair("support.nights", "dk")]),
        ("contact", vec![pair("email", "")]),
    ];
    for (page, mut fields) in pages {
        let path = format!("/s/item-gallery/page/{page}");
        fields.push(pair("_csrf", &guard));
        let reply = told.insist(|| browser.try_post(&path, &fields));
        assert_eq!(reply.status, 303, "{page}: {}", reply.body);
        if page == "typed" {
            told.acknowledged.lock().unwrap().pages.push((secret.clone(), nickname.clone()));
            // Another program than the one that saved it shows it.
            let reply = told.insist(|| browser.try_request("GET", &path, None));
            assert!(reply.status == 200 && reply.body.contains(&nickname), "{}", reply.body);
            if number % SOME == 1 && told.mails.lock().unwrap().len() < MOST_MAILS {
                let address = format!("{nickname}@example.org");
                let form = [pair("_csrf", &guard), pair("email", &address)];
                let reply = browser.try_post("/s/item-gallery/saved", &form);
                let status = reply.as_ref().map_or(303, |reply| reply.status);
                assert_eq!(status, 303, "asking for mail");
                told.mails.lock().unwrap().push((address, reply.is_ok()));
            }
            if number % SOME == 2 {
                told.waiting.lock().unwrap().push((secret, nickname));
                return;
            }
        }
    }
    let reply = told.insist(|| browser.try_post("/s/item-gallery/send", &[pair("_csrf", &guard)]));
    assert_eq!(reply.status, 303, "send: {}", reply.body);
    browser.page = told.insist(|| browser.try_request("GET", "/s/item-gallery/sent", None));
    let receipt = browser.receipt();
    told.acknowledged.lock().unwrap().receipts.push(receipt);
}

/// Has people answer while `meanwhile` runs, and bring what they began to its end.
fn while_people_answer(proxy: SocketAddr, told: &Told, meanwhile: impl FnOnce()) {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for person in 0..PEOPLE {
            let stop = &stop;
            scope.spawn(move || {
                let mut number = 0;
                while !stop.load(Ordering::Relaxed) {
                    number += 1;
                    answer(proxy, person, number, told);
                }
            });
        }
        meanwhile();
        stop.store(true, Ordering::Relaxed);
    });
}

/// All that was acknowledged is there, and each person who sent has one response.
fn expect_all(db: &Db, told: &Told) -> (usize, usize) {
    let told = told.acknowledged.lock().unwrap();
    let store = db.store();
    expect_kept(&store, &told);
    let receipts: BTreeSet<&String> = told.receipts.iter().collect();
    assert_eq!(receipts.len(), told.receipts.len(), "two people have one receipt");
    assert_eq!(count(&store), receipts.len(), "a response for each person who sent");
    (told.receipts.len(), told.pages.len())
}

/// Those who stopped half-way go on by the link to come back, on each of the programs.
fn expect_links_everywhere(nodes: &Nodes, told: &Told) {
    let waiting = told.waiting.lock().unwrap();
    assert!(!waiting.is_empty());
    for (secret, nickname) in waiting.iter().take(12) {
        for program in &nodes.programs {
            let mut browser = Person::at(program.address);
            browser.open(&format!("/s/item-gallery/resume/{secret}")).continue_();
            browser.open("/s/item-gallery/page/typed").expect_status(200).expect(nickname);
        }
    }
}

#[test]
fn programs_that_are_killed_in_turn_lose_nothing() {
    let Some(db) = &Db::postgres() else {
        println!("skipped: no Postgres (make test starts one)");
        return;
    };
    let seconds = std::env::var("CANVASS_NODES").ok().and_then(|seconds| seconds.parse().ok());
    let pause = Duration::from_secs(if seconds.is_some() { 5 } else { 2 });
    let sink = Sink::start();
    let mut nodes = Nodes::start(db, &sink);
    let said = nodes.programs[0].said.clone();
    let link = said.split("/staff/sign-in/").nth(1).unwrap().lines().next().unwrap();
    let mut staff = Person::at(nodes.programs[1].address);
    staff.open(&format!("/staff/sign-in/{link}")).continue_().expect_at("/staff");
    let (told, mut kills, start) = (Told::default(), 0, Instant::now());
    let proxy = nodes.proxy.address;
    while_people_answer(proxy, &told, || {
        while start.elapsed() < Duration::from_secs(seconds.unwrap_or(8)) {
            std::thread::sleep(pause);
            nodes.replace(kills % NODES, Program::kill);
            kills += 1;
        }
    });
    assert!(kills >= NODES, "{kills}");
    let (receipts, pages) = expect_all(db, &told);
    assert!(receipts > 20 && pages > receipts, "too little was under way: {receipts} receipts, {pages} pages");
    expect_links_everywhere(&nodes, &told);
    for program in &nodes.programs {
        let mut browser = Person::at(program.address);
        browser.take_cookies_of(&staff).open("/staff").expect_at("/staff").expect_status(200).expect("Sign out");
        // A link that was used on one of them is used up on all.
        let again = Person::at(program.address).request("POST", &format!("/staff/sign-in/{link}"), Some(b""));
        assert!(again.status >= 400, "{}", again.status);
    }
    let mails = sink.mails();
    let asked = told.mails.lock().unwrap();
    for (address, is_acknowledged) in asked.iter() {
        let came = mails.iter().filter(|mail| mail.to.iter().any(|to| to.contains(address.as_str()))).count();
        assert!(came == 1 || came == 0 && !is_acknowledged, "{came} mails to {address}: {is_acknowledged}");
    }
    assert!(!asked.is_empty() && mails.len() <= asked.len());
    println!(
        "{kills} kills in {:.0} s: {receipts} receipts and {pages} pages acknowledged, {} of {} mails, {} asked in vain",
        start.elapsed().as_secs_f64(),
        mails.len(),
        asked.len(),
        told.in_vain.load(Ordering::Relaxed)
    );
}

#[test]
fn programs_that_are_replaced_in_turn_lose_no_form_in_progress() {
    let Some(db) = &Db::postgres() else {
        println!("skipped: no Postgres (make test starts one)");
        return;
    };
    let sink = Sink::start();
    let mut nodes = Nodes::start(db, &sink);
    let mut sam = Person::at(nodes.proxy.address);
    sam.open("/s/item-gallery").continue_().answer_gallery_page().continue_().answer_gallery_page().continue_();
    sam.expect_at("/s/item-gallery/page/typed");
    let told = Told::default();
    while_people_answer(nodes.proxy.address, &told, || {
        for number in 0..NODES {
            nodes.replace(number, |program| assert_eq!(program.stop().0, Some(0)));
        }
    });
    // The page was made by a program that is gone.
    sam.answer_gallery_page().continue_().answer_gallery_page().continue_();
    sam.answer_gallery_page().continue_().answer_gallery_page().continue_().continue_().expect("Answers sent");
    told.acknowledged.lock().unwrap().receipts.push(sam.receipt());
    let (receipts, _) = expect_all(db, &told);
    println!("{receipts} receipts acknowledged, {} asked in vain", told.in_vain.load(Ordering::Relaxed));
}

/// The first second of an hour, and its clock.
const NINE: Moment = Moment(1_795_338_000);

each_db! {
    fn what_one_program_counts_holds_on_the_others(db) {
        let both = [Library::new(db.store()).with_key(KEY), Library::new(db.store()).with_key(KEY)];
        let tries = |library: &Library, place, now| wait(takes(library, WRONG_TRIES, Whose::Place(place), now)).unwrap();
        for number in 0..20 {
            let library = &both[number % 2];
            assert!(wait(allows(library, WRONG_TRIES, Whose::Place("10.0.0.1"), NINE)).unwrap());
            assert!(tries(library, "10.0.0.1", NINE), "{number}");
        }
        for library in &both {
            assert!(!wait(allows(library, WRONG_TRIES, Whose::Place("10.0.0.1"), NINE.plus(59))).unwrap());
            assert!(!tries(library, "10.0.0.1", NINE.plus(59)));
            assert!(wait(allows(library, WRONG_TRIES, Whose::Place("10.0.0.2"), NINE)).unwrap(), "another place");
            assert!(wait(allows(library, WRONG_TRIES, Whose::Place("10.0.0.1"), NINE.plus(60))).unwrap());
        }
        let mail = |library, who, now| wait(takes(library, MAILS, Whose::Secret(who), now)).unwrap();
        let asked = [&both[0], &both[1], &both[0], &both[1]].map(|library| mail(library, "sam", NINE));
        assert_eq!(asked, [true, true, true, false]);
        assert!(mail(&both[0], "eve", NINE) && mail(&both[1], "sam", NINE.plus(60 * 60)));
        let app = TestApp::start(db);
        let counted = |text: &str| text.lines().filter(|line| line.starts_with("attempt:")).count();
        let kept = app.everything();
        assert!(counted(&kept) == 4 && !kept.contains("10.0.0.1") && !kept.contains("sam"), "{kept}");
        sweep(&both[0], NINE.plus(3 * 60 * 60)).unwrap();
        assert_eq!(counted(&app.everything()), 0);
    }

    fn without_the_key_of_the_server_places_are_counted_under_one_that_nobody_has(db) {
        let both = [Library::new(db.store()), Library::new(db.store())];
        for library in &both {
            let tries = (0..25).filter(|_| wait(takes(library, WRONG_TRIES, Whose::Place("10.0.0.1"), NINE)).unwrap());
            assert_eq!(tries.count(), 20, "each program by itself");
        }
    }

    fn what_time_asks_for_is_done_by_one_program_on_postgres(db) {
        let definition = json!({"format": 1, "id": "over", "title": "Over",
            "window": {"opens": "2026-11-01T09:00", "closes": "2026-11-02T09:00", "timezone": "Europe/London"},
            "pages": [{"id": "view", "questions": [{"id": "view", "type": "text", "text": "What do you think?"}]}]});
        let [here, there] = [Library::new(db.store()), Library::new(db.store())];
        publish::publish(&here, "over.json", &definition.to_string(), NINE).unwrap();
        let store = db.store();
        let meanwhile = || sweep(&there, NINE).map_err(|error| StoreError::Conflict(error.to_string()));
        if db.url.starts_with("postgres") {
            assert_eq!(store.alone("sweep", meanwhile).unwrap(), Some(Swept::default()), "someone is at it");
            assert_eq!(store.alone("sweep", || store.alone("other", || Ok::<_, StoreError>(7))).unwrap(), Some(Some(7)));
        }
        let failed = store.alone("sweep", || Err::<(), _>(StoreError::Busy));
        assert!(failed.is_err());
        assert_eq!(sweep(&there, NINE).unwrap().closed, ["over"], "who failed stands in nobody's way");
        assert_eq!(sweep(&here, NINE).unwrap(), Swept::default());
    }
}
