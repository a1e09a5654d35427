//! The real program, killed while people answer: what it acknowledged is stored.

#![cfg(test)]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use canvass::response::code::{Receipt, Token};
use canvass::store::{Store, StoreError, draft, response};

use crate::app::{Person, Reply};
use crate::db::{Db, each_db};
use crate::smtp::{Sink, Step, Trouble};

const GALLERY: &str = "item-gallery";
const CLIENTS: usize = 4;

/// How often something is done: as often as the environment says, or so often.
fn times(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// The program, serving a database; killed at the end of the test if it still runs.
pub(crate) struct Program {
    child: Child,
    pub(crate) address: SocketAddr,
    /// What it said when it started.
    pub(crate) said: String,
}

impl Program {
    fn command(db: &Db) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_canvass"));
        command.env("CANVASS_DATABASE", &db.url).current_dir(env!("CARGO_MANIFEST_DIR"));
        command
    }

    pub(crate) fn publish(db: &Db) {
        let file = format!("surveys/{GALLERY}.json");
        let done = Self::command(db).args(["publish", &file]).stdout(Stdio::null()).status().unwrap();
        assert!(done.success());
    }

    fn serve(db: &Db) -> Self {
        Self::serve_with(db, &[])
    }

    pub(crate) fn serve_with(db: &Db, settings: &[(&str, &str)]) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut child = Self::command(db)
            .args(["serve", "--sign-in", "--listen", &address.to_string()])
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        while !said.contains("Press Ctrl+C") {
            assert!(lines.read_line(&mut said).unwrap() > 0, "the program ended: {said}");
        }
        // It listens before it says so, and connections wait until it takes them.
        Self { child, address, said }
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop, and gives its exit code and its log.
    pub(crate) fn stop(&mut self) -> (Option<i32>, String) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let status = self.child.wait().unwrap();
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        (status.code(), log)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the program told its clients.
#[derive(Default)]
pub(crate) struct Acknowledged {
    pub(crate) receipts: Vec<String>,
    /// Secrets of respondents and the nickname each was told is saved.
    pub(crate) pages: Vec<(String, String)>,
}

/// What a person does whose answers cannot be saved at this moment.
#[derive(Clone, Copy, PartialEq)]
enum Patience {
    /// That is a failure.
    None,
    /// Presses the button again, as the page says.
    Again,
}

/// Answers whole consultations until the program stops answering.
fn answer_until(stop: &AtomicBool, address: SocketAddr, client: usize, told: &Mutex<Acknowledged>) {
    answer_with(Patience::None, stop, address, client, told);
}

fn answer_with(patience: Patience, stop: &AtomicBool, address: SocketAddr, client: usize, told: &Mutex<Acknowledged>) {
    let mut number = 0;
    while !stop.load(Ordering::Relaxed) {
        number += 1;
        if answer_once(address, &format!("client-{client}-{number}."), told, patience).is_err() {
            return;
        }
    }
}

/// Asks until the program can answer.
fn until_it_can(patience: Patience, mut ask: impl FnMut() -> std::io::Result<Reply>) -> std::io::Result<Reply> {
    let since = Instant::now();
    loop {
        let reply = ask()?;
        if reply.status != 503 || patience == Patience::None || since.elapsed() > Duration::from_mins(1) {
            return Ok(reply);
        }
        assert!(reply.header("retry-after").is_some(), "{}", reply.body);
        assert!(reply.body.contains("Please try again in a minute"), "{}", reply.body);
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn answer_once(
    address: SocketAddr,
    nickname: &str,
    told: &Mutex<Acknowledged>,
    patience: Patience,
) -> std::io::Result<()> {
    let mut person = Person::at(address);
    let pair = |name: &str, value: &str| (name.to_string(), value.to_string());
    until_it_can(patience, || person.try_post("/s/item-gallery/start", &[pair("_csrf", "start")]))?;
    let secret = person.cookie("canvass-item-gallery").unwrap().to_string();
    let guard = Token::read(&secret).unwrap().form_guard();
    let grid = [pair("support.tea", "no"), pair("support.bikes", "yes"), pair("support.nights", "dk")];
    let pages = [
        ("welcome", vec![pair("agree", "yes")]),
        ("choices", vec![pair("colour", "green")]),
        ("typed", vec![pair("nickname", nickname)]),
        ("grids", grid.to_vec()),
        ("contact", vec![pair("email", "")]),
    ];
    for (page, mut fields) in pages {
        fields.push(pair("_csrf", &guard));
        let reply = until_it_can(patience, || person.try_post(&format!("/s/item-gallery/page/{page}"), &fields))?;
        assert_eq!(reply.status, 303, "{page}: {}", reply.body);
        if page == "typed" {
            told.lock().unwrap().pages.push((secret.clone(), nickname.to_string()));
        }
    }
    let reply = until_it_can(patience, || person.try_post("/s/item-gallery/send", &[pair("_csrf", &guard)]))?;
    assert_eq!(reply.status, 303, "send: {}", reply.body);
    person.page = until_it_can(patience, || person.try_request("GET", "/s/item-gallery/sent", None))?;
    let receipt = person.receipt();
    told.lock().unwrap().receipts.push(receipt);
    Ok(())
}

pub(crate) fn expect_kept(store: &Store, told: &Acknowledged) {
    for receipt in &told.receipts {
        let hash = Receipt::read(receipt).unwrap().hash();
        let found = store.read(|conn| response::find_by_receipt(conn, GALLERY, &hash)).unwrap();
        assert!(found.is_some(), "an acknowledged response is lost");
    }
    for (secret, nickname) in &told.pages {
        let token = Token::read(secret).unwrap();
        let kept = store.read(|conn| {
            let draft = draft::load(conn, GALLERY, &token.draft_key())?.map(|draft| draft.answers);
            let sent = response::find_by_idem(conn, GALLERY, &token.idempotency_key())?.map(|sent| sent.answers);
            Ok::<_, StoreError>(draft.or(sent))
        });
        let kept = kept.unwrap();
        assert!(kept.is_some_and(|answers| answers.contains(nickname.as_str())), "an acknowledged page is lost");
    }
}

pub(crate) fn count(store: &Store) -> usize {
    let mut receipts = BTreeSet::new();
    let mut all = 0;
    let mut each = |response: response::Response| {
        all += 1;
        receipts.insert(response.receipt_hash);
        Ok::<_, StoreError>(())
    };
    store.read(|conn| response::for_each(conn, GALLERY, &mut each)).unwrap();
    assert_eq!(all, receipts.len(), "a response is stored twice");
    all
}

/// A Postgres server of this test's own; it ends with the test.
struct Cluster {
    db: Db,
    folder: String,
}

impl Cluster {
    fn script(args: &[&str]) -> String {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/postgres");
        let done = Command::new(script).args(args).output().unwrap();
        assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    }

    fn start() -> Self {
        let said = Self::script(&["start"]);
        let value = |name: &str| said.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_string();
        Self { db: Db::at(&value("CANVASS_TEST_POSTGRES=")), folder: value("CANVASS_TEST_POSTGRES_FOLDER=") }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        Self::script(&["stop", &self.folder]);
    }
}

#[test]
fn postgres_is_killed_and_started_again_and_the_program_goes_on() {
    if std::env::var("CANVASS_TEST_POSTGRES").is_err() {
        println!("skipped: no Postgres (make test starts one)");
        return;
    }
    let cluster = Cluster::start();
    Program::publish(&cluster.db);
    let mut program = Program::serve(&cluster.db);
    let mut stderr = program.child.stderr.take().unwrap();
    let log = std::thread::spawn(move || {
        let mut log = String::new();
        stderr.read_to_string(&mut log).map(|_| log)
    });
    let (told, stop) = (Mutex::<Acknowledged>::default(), AtomicBool::new(false));
    let kills = times("CANVASS_SERVER_KILLS", 2);
    let mut longest = Duration::ZERO;
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (told, stop, address) = (&told, &stop, program.address);
            scope.spawn(move || answer_with(Patience::Again, stop, address, client, told));
        }
        let receipts = || told.lock().unwrap().receipts.len();
        for attempt in 0..kills {
            std::thread::sleep(Duration::from_millis(300 + attempt * 53 % 400));
            Cluster::script(&["kill", &cluster.folder]);
            std::thread::sleep(Duration::from_millis(attempt * 97 % 300));
            Cluster::script(&["again", &cluster.folder]);
            let (before, since) = (receipts(), Instant::now());
            while receipts() < before + CLIENTS {
                assert!(since.elapsed() < Duration::from_secs(30), "it does not go on");
                std::thread::sleep(Duration::from_millis(5));
            }
            longest = longest.max(since.elapsed());
        }
        stop.store(true, Ordering::Relaxed);
    });
    let told = told.into_inner().unwrap();
    let store = cluster.db.store();
    expect_kept(&store, &told);
    assert_eq!(count(&store), told.receipts.len(), "each who pressed again gave one response");
    program.kill();
    let log = log.join().unwrap().unwrap();
    assert!(!log.contains("\"code\":\"internal\""), "{log}");
    let (receipts, pages) = (told.receipts.len(), told.pages.len());
    println!(
        "Postgres killed {kills} times: {receipts} receipts and {pages} pages acknowledged, at most {longest:?} until four more"
    );
}

each_db! {
    fn what_was_acknowledged_before_a_kill_is_stored(db) {
        Program::publish(db);
        let (mut receipts, mut pages, mut broken_off) = (0, 0, 0);
        let kills = times("CANVASS_KILLS", 20);
        for attempt in 0..kills {
            let mut program = Program::serve(db);
            let (told, stop) = (Mutex::<Acknowledged>::default(), AtomicBool::new(false));
            let before = count(&db.store());
            std::thread::scope(|scope| {
                for client in 0..CLIENTS {
                    let (told, stop, address) = (&told, &stop, program.address);
                    scope.spawn(move || answer_until(stop, address, client, told));
                }
                std::thread::sleep(Duration::from_millis(400 + attempt * 53 % 400));
                program.kill();
                stop.store(true, Ordering::Relaxed);
            });
            let told = told.into_inner().unwrap();
            let store = db.store();
            expect_kept(&store, &told);
            broken_off += count(&store) - before - told.receipts.len();
            receipts += told.receipts.len();
            pages += told.pages.len();
        }
        assert!(receipts > 20 && pages > receipts, "too little was under way: {receipts} receipts, {pages} pages");
        println!("killed {kills} times: {receipts} receipts and {pages} pages acknowledged, {broken_off} stored whose receipt was cut off");
    }

    fn a_request_to_stop_lets_answers_under_way_finish(db) {
        Program::publish(db);
        let stops = times("CANVASS_STOPS", 5);
        let (mut receipts, mut longest) = (0, Duration::ZERO);
        for attempt in 0..stops {
            let mut program = Program::serve(db);
            let (told, stop) = (Mutex::<Acknowledged>::default(), AtomicBool::new(false));
            let (code, log) = std::thread::scope(|scope| {
                for client in 0..CLIENTS {
                    let (told, stop, address) = (&told, &stop, program.address);
                    scope.spawn(move || answer_until(stop, address, client, told));
                }
                // Signals are heeded once requests are.
                let since = Instant::now();
                while told.lock().unwrap().pages.is_empty() {
                    assert!(since.elapsed() < Duration::from_secs(30), "nobody is answered");
                    std::thread::sleep(Duration::from_millis(5));
                }
                std::thread::sleep(Duration::from_millis(200 + attempt * 53 % 400));
                let asked = Instant::now();
                let stopped = program.stop();
                longest = longest.max(asked.elapsed());
                stopped
            });
            assert_eq!(code, Some(0), "{log}");
            assert!(!log.contains("request failed"), "{log}");
            let told = told.into_inner().unwrap();
            let store = db.store();
            expect_kept(&store, &told);
            count(&store);
            receipts += told.receipts.len();
        }
        assert!(receipts > 0 && longest < Duration::from_secs(20), "{receipts} receipts, {longest:?}");
        println!("stopped {stops} times, in at most {longest:?}: {receipts} receipts acknowledged, all stored");
    }

    fn no_line_of_the_log_holds_an_answer_a_secret_or_an_address(db) {
        Program::publish(db);
        let sink = Sink::start();
        let server = format!("smtp://127.0.0.1:{}", sink.port);
        let from = "canary-sender@example.org";
        let settings = [("CANVASS_SMTP_URL", server.as_str()), ("CANVASS_MAIL_FROM", from), ("CANVASS_LOG", "info,canvass=trace,lettre=trace,rustls=trace")];
        let mut program = Program::serve_with(db, &settings);
        let canary = "canary-in-the-mine";
        let mut sam = Person::at(program.address);
        sam.also_sends.push(("User-Agent".to_string(), canary.to_string()));
        sam.also_sends.push(("X-Forwarded-For".to_string(), "203.0.113.77".to_string()));
        sam.open("/s/item-gallery").continue_().answer_gallery_page().continue_();
        sam.answer("colour", "other").answer("colour.other.other", canary).continue_();
        sam.answer("nickname", canary).answer("years", canary).continue_().expect_status(422);
        sam.answer("years", "1").save_for_later();
        let secret = sam.cookie("canvass-item-gallery").unwrap().to_string();
        let address = "canary@example.org";
        sam.answer("email", address).continue_();
        sink.has(Some((Step::Rcpt, Trouble::Refuses(550))));
        sam.answer("email", address).continue_().expect_status(503).answer("email", "canary@example").continue_();
        assert_eq!(sink.mails().len(), 1);
        sam.open(&format!("/s/item-gallery/resume/{secret}")).continue_().answer_gallery_page().answer("support.tea", "no").continue_();
        sam.answer("email", address).continue_().continue_().expect("Answers sent");
        let receipt = sam.receipt();
        let sign_in = program.said.split("/staff/sign-in/").nth(1).unwrap().lines().next().unwrap().to_string();
        let mut staff = Person::at(program.address);
        staff.open(&format!("/staff/sign-in/{sign_in}")).continue_().expect_at("/staff");
        staff.request("POST", &format!("/staff/sign-in/{sign_in}"), Some(b""));
        staff.open("/staff/surveys/item-gallery/responses.csv").expect(canary);
        let session = staff.cookie("canvass-staff").unwrap().to_string();
        for path in [format!("/{canary}"), format!("/s/{canary}/page/{secret}"), format!("/s/item-gallery?lang={canary}"), format!("/s/item-gallery/resume/{canary}")] {
            sam.request("GET", &path, None);
            sam.request("POST", &path, Some(format!("x={canary}").as_bytes()));
        }
        let (code, log) = program.stop();
        assert_eq!(code, Some(0));
        assert!(log.lines().count() > 5, "refusals are logged: {log}");
        assert!(log.contains("the mail server refused with 550"), "so is mail that was not sent: {log}");
        for secret in [canary, address, from, "203.0.113.77", &secret, &receipt, &receipt.replace('-', ""), &sign_in, &session] {
            assert!(!log.contains(secret), "{secret} stands in the log:\n{log}");
        }
    }
}
