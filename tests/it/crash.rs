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

use crate::app::Person;
use crate::db::{Db, each_db};
use crate::smtp::{Sink, Step, Trouble};

const GALLERY: &str = "item-gallery";
const TRIES: u64 = 20;
const CLIENTS: usize = 4;

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

/// Answers whole consultations until the program stops answering.
fn answer_until(stop: &AtomicBool, address: SocketAddr, client: usize, told: &Mutex<Acknowledged>) {
    let mut number = 0;
    while !stop.load(Ordering::Relaxed) {
        number += 1;
        if answer_once(address, &format!("client-{client}-{number}"), told).is_err() {
            return;
        }
    }
}

fn answer_once(address: SocketAddr, nickname: &str, told: &Mutex<Acknowledged>) -> std::io::Result<()> {
    let mut person = Person::at(address);
    let pair = |name: &str, value: &str| (name.to_string(), value.to_string());
    person.try_post("/s/item-gallery/start", &[pair("_csrf", "start")])?;
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
        let reply = person.try_post(&format!("/s/item-gallery/page/{page}"), &fields)?;
        assert_eq!(reply.status, 303, "{page}: {}", reply.body);
        if page == "typed" {
            told.lock().unwrap().pages.push((secret.clone(), nickname.to_string()));
        }
    }
    let reply = person.try_post("/s/item-gallery/send", &[pair("_csrf", &guard)])?;
    assert_eq!(reply.status, 303, "send: {}", reply.body);
    person.page = person.try_request("GET", "/s/item-gallery/sent", None)?;
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

each_db! {
    fn what_was_acknowledged_before_a_kill_is_stored(db) {
        Program::publish(db);
        let (mut receipts, mut pages, mut broken_off) = (0, 0, 0);
        for attempt in 0..TRIES {
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
        println!("{receipts} receipts and {pages} pages acknowledged, {broken_off} stored whose receipt was cut off");
    }

    fn a_request_to_stop_lets_answers_under_way_finish(db) {
        Program::publish(db);
        let mut program = Program::serve(db);
        let (told, stop) = (Mutex::<Acknowledged>::default(), AtomicBool::new(false));
        let asked = Instant::now();
        let (code, _) = std::thread::scope(|scope| {
            for client in 0..CLIENTS {
                let (told, stop, address) = (&told, &stop, program.address);
                scope.spawn(move || answer_until(stop, address, client, told));
            }
            std::thread::sleep(Duration::from_millis(1500));
            program.stop()
        });
        assert_eq!(code, Some(0));
        assert!(asked.elapsed() < Duration::from_secs(20), "it took {:?}", asked.elapsed());
        let told = told.into_inner().unwrap();
        assert!(!told.receipts.is_empty());
        expect_kept(&db.store(), &told);
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
