//! A visitor: keeps cookies, takes the hidden fields of each form from the page, presses its button, follows redirects.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::base::is_receipt_of;
use super::client::{Connection, Reply};
use super::latency::Times;
use super::people::People;

/// What stands around the receipt on the thanks page.
const RECEIPT: (&str, &str) = ("<strong class=\"canvass-long\">", "</strong>");

/// Someone who answers W20 over one connection.
pub(crate) struct Visitor {
    /// The connection.
    pub(crate) connection: Connection,
    /// What each request took.
    pub(crate) times: Times,
    /// What the visitor did since this was last set to 0, in the unit of the measurement.
    pub(crate) done: u64,
    /// The person whom the visitor is at the moment.
    pub(crate) who: Who,
    /// People whom the visitor can be, by turns.
    pub(crate) others: Vec<Who>,
}

/// What makes a person to the program: cookies, and the form of the page that is open.
#[derive(Clone, Default)]
pub(crate) struct Who {
    cookies: Vec<(String, String)>,
    /// As it is sent.
    cookie: String,
    /// Where the form of the page goes.
    action: String,
    /// Its hidden fields, as they are posted.
    hidden: String,
}

impl Who {
    /// The respondent's secret.
    pub(crate) fn secret(&self) -> &str {
        self.cookies.iter().find(|(name, _)| name == "canvass-w20").map_or("", |(_, value)| value)
    }

    /// The address of the form that is open.
    pub(crate) fn action(&self) -> &str {
        &self.action
    }

    /// The cookies, as they are sent.
    pub(crate) fn cookie(&self) -> &str {
        &self.cookie
    }

    fn take_cookies(&mut self, reply: &Reply<'_>) {
        for cookie in reply.headers("set-cookie") {
            let pair = cookie.split(';').next().unwrap_or_default();
            let Some((name, value)) = pair.split_once('=') else { continue };
            if self.cookies.iter().any(|(known, old)| known == name && old == value) {
                continue;
            }
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_string(), value.to_string()));
            }
            let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            self.cookie = pairs.join("; ");
        }
    }

    /// Takes where the first form of a page goes, and its hidden fields.
    fn take_form(&mut self, page: &str) {
        let Some(form) = between(page, "<form action=\"", "</form>") else { return };
        self.action.clear();
        self.action.push_str(form.split('"').next().unwrap_or_default());
        self.hidden.clear();
        for field in ["_csrf", "_version", "_making"] {
            if let Some(value) = between(form, &format!("name=\"{field}\" value=\""), "\"") {
                self.hidden.push_str(if self.hidden.is_empty() { "" } else { "&" });
                self.hidden.push_str(field);
                self.hidden.push('=');
                self.hidden.push_str(value);
            }
        }
    }
}

impl Visitor {
    pub(crate) async fn arrive(address: SocketAddr) -> Self {
        let connection = Connection::open(address).await.expect("the program takes connections");
        Self { connection, times: Times::default(), done: 0, who: Who::default(), others: Vec::new() }
    }

    /// Reads a page, and gives its text.
    pub(crate) async fn open(&mut self, path: &str) -> &str {
        let start = Instant::now();
        let reply = self.connection.ask(path, &self.who.cookie, None).await.expect("an answer");
        self.times.add(start.elapsed());
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        self.who.take_cookies(&reply);
        self.who.take_form(reply.text());
        reply.text()
    }

    /// Reads a page as one who only looks.
    pub(crate) async fn look(&mut self, path: &str) {
        let start = Instant::now();
        let reply = self.connection.ask(path, &self.who.cookie, None).await.expect("an answer");
        self.times.add(start.elapsed());
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
    }

    /// Is the next of those whom the visitor can be.
    pub(crate) fn take_turn(&mut self) {
        let turn = usize::try_from(self.done).unwrap() % self.others.len();
        std::mem::swap(&mut self.who, &mut self.others[turn]);
    }

    /// Asks for an address that leads to another one, and gives that.
    pub(crate) async fn led(&mut self, path: &str) -> String {
        let start = Instant::now();
        let reply = self.connection.ask(path, &self.who.cookie, None).await.expect("an answer");
        self.times.add(start.elapsed());
        redirect(&mut self.who, &reply)
    }

    /// Posts the form that is open with these fields, and gives where it leads.
    pub(crate) async fn post(&mut self, fields: &str) -> String {
        let body = self.body(fields);
        let start = Instant::now();
        let reply = self.connection.ask(&self.who.action, &self.who.cookie, Some(&body)).await.expect("an answer");
        self.times.add(start.elapsed());
        redirect(&mut self.who, &reply)
    }

    /// Reads a page, and comes again as often as it is told to.
    pub(crate) async fn come_back_until_read(&mut self, path: &str) {
        loop {
            let reply = self.connection.ask(path, &self.who.cookie, None).await.expect("an answer");
            if reply.status != 503 {
                assert_eq!(reply.status, 200, "{path}: {}", reply.text());
                self.who.take_cookies(&reply);
                self.who.take_form(reply.text());
                return;
            }
            let pause = pause(&reply);
            tokio::time::sleep(pause).await;
        }
    }

    /// Posts the form that is open, and comes again as often as it is told to.
    pub(crate) async fn come_back_until_posted(&mut self, fields: &str) {
        let body = self.body(fields);
        loop {
            let reply = self.connection.ask(&self.who.action, &self.who.cookie, Some(&body)).await.expect("an answer");
            if reply.status != 503 {
                redirect(&mut self.who, &reply);
                return;
            }
            let pause = pause(&reply);
            tokio::time::sleep(pause).await;
        }
    }

    /// Posts the form that is open with fields that are refused: the page comes again.
    pub(crate) async fn post_wrong(&mut self, fields: &str) {
        let body = self.body(fields);
        let start = Instant::now();
        let reply = self.connection.ask(&self.who.action, &self.who.cookie, Some(&body)).await.expect("an answer");
        self.times.add(start.elapsed());
        assert_eq!(reply.status, 422, "{}", self.who.action);
        assert!(reply.text().contains("nhsuk-error-summary"), "the page says what is wrong");
    }

    /// What posting these fields sends.
    pub(crate) fn body(&self, fields: &str) -> String {
        let joint = if fields.is_empty() { "" } else { "&" };
        format!("{}{joint}{fields}", self.who.hidden)
    }

    /// A new person: reads the start page, begins, and comes to the first page.
    pub(crate) async fn begin(&mut self) {
        self.who = Who::default();
        self.open("/s/w20").await;
        let to = self.post("").await;
        let to = self.led(&to).await;
        self.open(&to).await;
    }

    /// A new person with answers on the first so many screens; the next one is open, or the check page.
    pub(crate) async fn answer(&mut self, people: &People, number: u64, screens: usize) {
        self.begin().await;
        for (screen, address) in people.screens().iter().enumerate().take(screens) {
            assert_eq!(self.who.action, *address, "the screen to answer");
            let to = self.post(&people.fields(number, screen)).await;
            self.open(&to).await;
        }
    }

    /// A person's whole way: the start page, all pages, the check, and the thanks page. Gives the receipt.
    pub(crate) async fn walk(&mut self, people: &People, number: u64) -> String {
        self.answer(people, number, people.screens().len()).await;
        let to = self.post("").await;
        let thanks = self.open(&to).await;
        between(thanks, RECEIPT.0, RECEIPT.1).expect("a receipt").to_string()
    }

    /// Looks at the thanks page, which has to show the receipt of this secret.
    pub(crate) async fn expect_receipt_of(&mut self, secret: &str) {
        let thanks = self.open("/s/w20/sent").await;
        let shown = between(thanks, RECEIPT.0, RECEIPT.1).expect("a receipt");
        assert!(is_receipt_of(shown, secret), "{shown} is another receipt");
    }

    /// A finished draft by the shortest way: the same posts, with fewer pages looked at in between.
    pub(crate) async fn finish(&mut self, people: &People, number: u64) {
        self.who = Who { action: "/s/w20/start".to_string(), hidden: "_csrf=start".to_string(), ..Who::default() };
        self.post("").await;
        let screens = people.screens();
        self.open(&screens[0]).await;
        for (screen, address) in screens.iter().enumerate() {
            self.who.action.clone_from(address);
            let to = self.post(&people.fields(number, screen)).await;
            assert_eq!(to, screens.get(screen + 1).map_or("/s/w20/check", String::as_str));
        }
        self.who.action = "/s/w20/send".to_string();
    }
}

/// When one may come again who is told that it is too much.
fn pause(reply: &Reply<'_>) -> Duration {
    Duration::from_secs(
        reply.header("retry-after").and_then(|seconds| seconds.parse().ok()).expect("when to come again"),
    )
}

fn redirect(who: &mut Who, reply: &Reply<'_>) -> String {
    assert_eq!(reply.status, 303, "after {}: {}", who.action, reply.text());
    who.take_cookies(reply);
    reply.header("location").expect("where to go").to_string()
}

/// The text between two others.
pub(crate) fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    Some(rest.split_once(after)?.0)
}
