//! The whole service on a free port, and people who use it: `app.respondent("item-gallery").answer("agree", "yes")`.

#![cfg(test)]

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use canvass::response::code::{Receipt, Token};
use canvass::response::invitation::Key;
use canvass::service::time::Moment;
use canvass::service::{Library, publish, sign_in};
use canvass::store::response::{self, Response};
use canvass::store::{Conn, Store, StoreError};
use canvass::web::{self, Site};
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::db::Db;
use crate::form;

/// The server's key in tests.
pub(crate) const KEY: Key = Key::from_bytes([7; 32]);

/// A running service; it ends with the test.
pub(crate) struct TestApp<'a> {
    pub(crate) store: Store,
    pub(crate) library: Library,
    db: &'a Db,
    address: SocketAddr,
    running: Option<(ServerHandle, JoinHandle<()>)>,
}

impl<'a> TestApp<'a> {
    /// Serves what is in the database, over HTTP.
    pub(crate) fn start(db: &'a Db) -> Self {
        Self::start_as(db, "http://127.0.0.1")
    }

    /// Serves as if people came by this address.
    pub(crate) fn start_as(db: &'a Db, public: &str) -> Self {
        Self::start_with(db, Site::new(public))
    }

    /// Serves a site as it is described.
    pub(crate) fn start_with(db: &'a Db, site: Site) -> Self {
        let store = db.store();
        let library = Library::new(store.clone()).with_key(KEY);
        let listener = web::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let served = library.clone();
        let (tell, told) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async {
                let running = web::serve(listener, served, site).unwrap();
                tell.send(running.handle()).unwrap();
                running.await.unwrap();
            });
        });
        let handle = told.recv().unwrap();
        Self { store, library, db, address, running: Some((handle, thread)) }
    }

    /// Publishes one of `surveys/`.
    pub(crate) fn with_survey(self, id: &str) -> Self {
        let path = format!("{}/surveys/{id}.json", env!("CARGO_MANIFEST_DIR"));
        let definition = std::fs::read_to_string(path).unwrap();
        self.with_definition(&definition)
    }

    /// Publishes a definition.
    pub(crate) fn with_definition(self, definition: &str) -> Self {
        publish::publish(&self.library, "test.json", definition, Moment::now()).unwrap();
        self
    }

    /// Someone with an empty cookie jar.
    pub(crate) fn visitor(&self) -> Person {
        Person::at(self.address)
    }

    /// Someone who has pressed "Start now".
    pub(crate) fn respondent(&self, survey: &str) -> Person {
        let mut person = self.visitor();
        person.open(&format!("/s/{survey}")).continue_();
        person
    }

    /// Someone who has used a sign-in link.
    pub(crate) fn staff(&self) -> Person {
        let mut person = self.visitor();
        person.open(&self.sign_in_address()).continue_();
        person
    }

    /// The session of somebody who has used a sign-in link.
    pub(crate) fn operator(&self) -> Token {
        let link = sign_in::issue(&self.library, Moment::now()).unwrap();
        sign_in::redeem(&self.library, &link, Moment::now()).unwrap()
    }

    /// A new sign-in link, without the host.
    pub(crate) fn sign_in_address(&self) -> String {
        format!("/staff/sign-in/{}", sign_in::issue(&self.library, Moment::now()).unwrap().as_str())
    }

    /// Every response stored.
    pub(crate) fn responses(&self, survey: &str) -> Vec<Response> {
        let mut all = Vec::new();
        let mut keep = |response| {
            all.push(response);
            Ok::<_, StoreError>(())
        };
        self.store.read(|conn| response::for_each(conn, survey, &mut keep)).unwrap();
        all
    }

    /// The answers of the only response.
    pub(crate) fn only_answers(&self, survey: &str) -> serde_json::Value {
        let all = self.responses(survey);
        assert_eq!(all.len(), 1, "responses");
        serde_json::from_str(&all[0].answers).unwrap()
    }

    /// True if the response with this receipt is stored.
    pub(crate) fn has_receipt(&self, survey: &str, receipt: &str) -> bool {
        let hash = Receipt::read(receipt).unwrap().hash();
        self.store.read(|conn| response::find_by_receipt(conn, survey, &hash)).unwrap().is_some()
    }

    /// Everything in the database, as text.
    pub(crate) fn everything(&self) -> String {
        const TABLES: [(&str, &str); 31] = [
            ("survey", "id || version || state || mode || published_at"),
            ("survey_version", "survey_id || version || hash || definition || published_at"),
            (
                "draft",
                "key || survey_id || version || mode || answers || started_on || saved_on || COALESCE(CAST(started_version AS TEXT), '-')",
            ),
            (
                "response",
                "survey_id || id || version || idem || mode || answers || submitted_on || COALESCE(CAST(started_version AS TEXT), '-')",
            ),
            ("contact", "survey_id || id || details || CAST(batched AS TEXT)"),
            (
                "idea",
                "id || item || author || text || state || given_on || COALESCE(reason, '-') || COALESCE(merged_into, '-')",
            ),
            ("idea_vote", "item || idea || voter || vote"),
            ("idea_comment", "id || item || idea || author || text || state || given_on"),
            ("idea_log", "at || subject || action || COALESCE(reason, '-') || COALESCE(merged_into, '-')"),
            ("door", "survey_id || key_check || CAST(issued AS TEXT) || COALESCE(passphrase, '-')"),
            ("spent", "survey_id || mark"),
            ("staff_sign_in", "token_hash || expires_at || COALESCE(used_at, '-')"),
            // That somebody signed in goes on working is no change: `seen_at` is not here.
            ("staff_session", "key_hash || expires_at || COALESCE(account_id, '-')"),
            (
                "account",
                "id || email || name || CAST(is_administrator AS TEXT) || CAST(is_disabled AS TEXT) || COALESCE(password, '-') || COALESCE(second_factor, '-') || CAST(last_step AS TEXT)",
            ),
            ("recovery_code", "account_id || code_hash"),
            ("account_role", "account_id || survey || role"),
            ("account_link", "token_hash || account_id || expires_at"),
            ("design", "survey || CAST(revision AS TEXT) || CAST(second_person AS TEXT) || COALESCE(imported, '-')"),
            ("design_revision", "survey || CAST(number AS TEXT) || text || who"),
            ("preview_link", "token_hash || survey || who || expires_at"),
            ("audit_entry", "CAST(number AS TEXT) || who || act || COALESCE(survey, '-') || subject"),
            (
                "api_token",
                "token_hash || label || scopes || COALESCE(survey, '-') || made_on || COALESCE(expires_on, '-') || COALESCE(used_on, '-')",
            ),
            ("saved_view", "survey || name || asked || made_by || made_on"),
            ("result", "survey_id || made_at || json"),
            ("text_vector", "survey_id || model || text_hash"),
            ("redaction_entry", "survey_id || CAST(number AS TEXT) || who || event"),
            ("attempt", "who || CAST(times AS TEXT) || until"),
            ("person", "survey_id || id || known || address || name || language || COALESCE(stopped, '-')"),
            (
                "outbox",
                "survey_id || person_id || mail || state || CAST(tries AS TEXT) || due_at || COALESCE(reason, '-')",
            ),
            ("letter", "survey_id || kind || language || subject || text"),
            (
                "mailing",
                "survey_id || CAST(is_paused AS TEXT) || COALESCE(failing_since, '-') || COALESCE(reason, '-')",
            ),
        ];
        let mut conn = self.db.raw();
        let mut text = String::new();
        for (table, columns) in TABLES {
            let sql = format!("SELECT {columns} AS line FROM {table} ORDER BY 1");
            let rows: Vec<Row> = match &mut conn {
                Conn::Sqlite(conn) => diesel::sql_query(sql).load(conn).unwrap(),
                Conn::Postgres(conn) => diesel::sql_query(sql).load(conn).unwrap(),
            };
            text.extend(rows.iter().map(|row| format!("{table}: {}\n", row.line)));
        }
        text
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    line: String,
}

impl Drop for TestApp<'_> {
    fn drop(&mut self) {
        if let Some((handle, thread)) = self.running.take() {
            drop(handle.stop(false));
            let _ = thread.join();
        }
    }
}

/// What the service answered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) bytes: Vec<u8>,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn set_cookies(&self) -> Vec<&str> {
        self.headers.iter().filter(|(key, _)| key == "set-cookie").map(|(_, value)| value.as_str()).collect()
    }
}

/// A browser without JavaScript: cookies, the page it shows, and what is typed on it.
#[derive(Clone)]
pub(crate) struct Person {
    address: SocketAddr,
    cookies: BTreeMap<String, String>,
    /// Headers sent with each request besides the usual ones.
    pub(crate) also_sends: Vec<(String, String)>,
    /// Where the page came from.
    pub(crate) at: String,
    pub(crate) page: Reply,
    /// The form on the page, as it would be sent.
    pub(crate) form: Vec<(String, String)>,
}

impl Person {
    pub(crate) fn at(address: SocketAddr) -> Self {
        Self {
            address,
            cookies: BTreeMap::new(),
            also_sends: Vec::new(),
            at: "/".to_string(),
            page: Reply::default(),
            form: Vec::new(),
        }
    }

    /// Goes to an address, wherever it redirects to.
    pub(crate) fn open(&mut self, path: &str) -> &mut Self {
        let reply = self.request("GET", path, None);
        self.arrive(path, reply)
    }

    /// Types into a field or chooses its option, instead of what was there.
    pub(crate) fn answer(&mut self, name: &str, value: &str) -> &mut Self {
        assert!(form::names(&self.page.body).contains(name), "no field {name} on {}:\n{}", self.at, self.page.body);
        self.form.retain(|(key, _)| key != name);
        self.form.push((name.to_string(), value.to_string()));
        self
    }

    /// Ticks one more box.
    pub(crate) fn tick(&mut self, name: &str, value: &str) -> &mut Self {
        assert!(form::names(&self.page.body).contains(name), "no field {name} on {}", self.at);
        self.form.push((name.to_string(), value.to_string()));
        self
    }

    /// Takes the tick or the choice away.
    pub(crate) fn clear(&mut self, name: &str) -> &mut Self {
        self.form.retain(|(key, _)| key != name);
        self
    }

    /// Turns to the form of the page, of several, in which this stands.
    pub(crate) fn turn_to(&mut self, marker: &str) -> &mut Self {
        let forms = self.page.body.split("<form").skip(1).map(|form| form.split("</form>").next().unwrap_or_default());
        let form = forms.into_iter().find(|form| form.contains(marker)).map(|form| format!("<form{form}</form>"));
        self.page.body = form.unwrap_or_else(|| panic!("no form with {marker} on {}", self.at));
        self.form = form::fields(&self.page.body);
        self
    }

    /// Presses the first button, and follows to the next page.
    pub(crate) fn continue_(&mut self) -> &mut Self {
        let reply = self.post_form();
        let path = self.action();
        self.arrive(&path, reply)
    }

    /// Presses "Save and come back later".
    pub(crate) fn save_for_later(&mut self) -> &mut Self {
        self.form.push(("_then".to_string(), "later".to_string()));
        self.continue_()
    }

    /// Presses a button of the page that does not continue.
    pub(crate) fn press(&mut self, then: &str) -> &mut Self {
        let marker = format!("name=\"_then\" value=\"{then}\"");
        assert!(self.page.body.contains(&marker), "no button {then} on {}", self.at);
        self.form.push(("_then".to_string(), then.to_string()));
        self.continue_()
    }

    /// Follows the back link.
    pub(crate) fn back(&mut self) -> &mut Self {
        let link = form::back_link(&self.page.body).unwrap_or_else(|| panic!("no back link on {}", self.at));
        self.open(&link)
    }

    /// Answers what the page of `item-gallery` that is shown needs, and everything else there is on it.
    pub(crate) fn answer_gallery_page(&mut self) -> &mut Self {
        let page = self.at.rsplit('/').next().unwrap().to_string();
        match page.as_str() {
            "welcome" => self.answer("agree", "yes"),
            "choices" => {
                self.answer("colour", "red").answer("month", "q2").tick("drinks", "tea").tick("drinks", "water")
            }
            "typed" => self
                .answer("nickname", "Sam")
                .answer("story", "Long.\r\nAnd loud.")
                .answer("years", "7.5")
                .answer("since.day", "27")
                .answer("since.month", "march")
                .answer("since.year", "2019"),
            "grids" => self
                .answer("support.tea", "yes")
                .answer("support.bikes", "neutral")
                .answer("support.nights", "dk")
                .answer("order.bikes", "1")
                .answer("order.tea", "2")
                .answer("order.nights", "3")
                .answer("points.tea", "4")
                .answer("points.nights", "6"),
            "followup" => self.answer("sugar", "no"),
            "contact" => self.answer("email", "sam@example.org"),
            other => panic!("no such page: {other}\n{}", self.page.body),
        }
    }

    /// Answers `item-gallery` up to "Check your answers".
    pub(crate) fn answer_gallery(&mut self) -> &mut Self {
        for _ in 0..6 {
            self.answer_gallery_page().continue_();
        }
        self.expect_at("/s/item-gallery/check")
    }

    /// The reference on the receipt.
    pub(crate) fn receipt(&self) -> String {
        let text = form::between(&self.page.body, "<strong class=\"canvass-long\">", "</strong>");
        text.unwrap_or_else(|| panic!("no receipt on {}:\n{}", self.at, self.page.body)).to_string()
    }

    /// Posts a form that is not the first of its page, and follows to the next page.
    pub(crate) fn post_to(&mut self, path: &str, form: &[(String, String)]) -> &mut Self {
        let reply = self.post(path, form);
        self.arrive(path, reply)
    }

    pub(crate) fn expect_at(&mut self, path: &str) -> &mut Self {
        assert_eq!(self.at, path, "{}", self.page.body);
        self
    }

    pub(crate) fn expect_status(&mut self, status: u16) -> &mut Self {
        assert_eq!(self.page.status, status, "{}:\n{}", self.at, self.page.body);
        self
    }

    pub(crate) fn expect(&mut self, text: &str) -> &mut Self {
        assert!(self.page.body.contains(text), "“{text}” is not on {}:\n{}", self.at, self.page.body);
        self
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// As one who writes cookies by hand.
    pub(crate) fn set_cookie(&mut self, name: &str, value: &str) -> &mut Self {
        self.cookies.insert(name.to_string(), value.to_string());
        self
    }

    /// Another tab of the same browser.
    pub(crate) fn take_cookies_of(&mut self, other: &Self) -> &mut Self {
        self.cookies.clone_from(&other.cookies);
        self
    }

    /// The same browser, which comes to another program of the service from now on.
    pub(crate) fn led_to(&mut self, app: &TestApp<'_>) -> &mut Self {
        self.address = app.address;
        self
    }

    pub(crate) fn forget_cookies(&mut self) -> &mut Self {
        self.cookies.clear();
        self
    }

    fn arrive(&mut self, path: &str, mut reply: Reply) -> &mut Self {
        self.at = path.to_string();
        for _ in 0..5 {
            let Some(to) = reply.header("location").map(str::to_string) else { break };
            assert_eq!(reply.status, 303);
            // A browser keeps the fragment to itself.
            let to = to.split('#').next().unwrap_or_default().to_string();
            reply = self.request("GET", &to, None);
            self.at = to;
        }
        self.form = form::fields(&reply.body);
        self.page = reply;
        self
    }

    /// Where the page's own form goes; the sign-out form of staff pages is not meant.
    fn action(&self) -> String {
        form::action(&self.page.body).unwrap_or_else(|| panic!("no form on {}:\n{}", self.at, self.page.body))
    }

    /// Posts the form as it stands, and stays on the page.
    pub(crate) fn post_form(&mut self) -> Reply {
        let form = self.form.clone();
        let action = self.action();
        self.post(&action, &form)
    }

    pub(crate) fn post(&mut self, path: &str, form: &[(String, String)]) -> Reply {
        self.try_post(path, form).unwrap_or_else(|error| panic!("POST {path}: {error}"))
    }

    /// Posts a form to a service that may have stopped.
    pub(crate) fn try_post(&mut self, path: &str, form: &[(String, String)]) -> std::io::Result<Reply> {
        let encoded: Vec<String> =
            form.iter().map(|(name, value)| format!("{}={}", form::encode(name), form::encode(value))).collect();
        self.try_request("POST", path, Some(encoded.join("&").as_bytes()))
    }

    /// Posts a form with a file, as a browser does.
    pub(crate) fn upload(&mut self, path: &str, fields: &[(&str, &str)], file: (&str, &[u8])) -> Reply {
        let mut body = Vec::new();
        for (name, value) in fields {
            let head = format!("--b7\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(head.as_bytes());
        }
        let head = format!("--b7\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"a\"\r\n\r\n", file.0);
        body.extend_from_slice(&[head.as_bytes(), file.1, b"\r\n--b7--\r\n"].concat());
        self.also_sends.push(("Content-Type".to_string(), "multipart/form-data; boundary=b7".to_string()));
        let reply = self.request("POST", path, Some(&body));
        self.also_sends.pop();
        reply
    }

    /// One request and its reply; redirects are not followed.
    pub(crate) fn request(&mut self, method: &str, path: &str, body: Option<&[u8]>) -> Reply {
        self.try_request(method, path, body).unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// Posts some tenths of a form, at most all of it, and hangs up without waiting for the answer.
    pub(crate) fn post_and_hang_up(&self, path: &str, form: &[(String, String)], tenths: usize) {
        let encoded: Vec<String> =
            form.iter().map(|(name, value)| format!("{}={}", form::encode(name), form::encode(value))).collect();
        let body = encoded.join("&");
        let whole = [self.head("POST", path, Some(body.len())), body].concat();
        let sent = whole.len() * tenths.min(10) / 10;
        let mut stream = TcpStream::connect(self.address).unwrap();
        let _may_be_refused = stream.write_all(&whole.as_bytes()[..sent]);
    }

    /// The head of a request, to its empty line.
    fn head(&self, method: &str, path: &str, length: Option<usize>) -> String {
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            head.push_str(&["Cookie: ", &cookies.join("; "), "\r\n"].concat());
        }
        for (name, value) in &self.also_sends {
            head.push_str(&[name, ": ", value, "\r\n"].concat());
        }
        if let Some(length) = length {
            head.push_str("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ");
            head.push_str(&[&length.to_string(), "\r\n"].concat());
        }
        head.push_str("\r\n");
        head
    }

    pub(crate) fn try_request(&mut self, method: &str, path: &str, body: Option<&[u8]>) -> std::io::Result<Reply> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let head = self.head(method, path, body.map(<[u8]>::len));
        stream.write_all(head.as_bytes())?;
        // A server that refuses a body may answer before it has read all of it.
        let sent = stream.write_all(body.unwrap_or_default());
        let mut bytes = Vec::new();
        let read = stream.read_to_end(&mut bytes);
        let Some(reply) = read_reply(method, &bytes) else {
            sent.and(read)?;
            return Err(std::io::Error::other("the reply is cut off"));
        };
        for cookie in reply.set_cookies() {
            let (name, value) = cookie.split(';').next().unwrap_or_default().split_once('=').unwrap_or_default();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_string(), value.to_string());
            }
        }
        Ok(reply)
    }
}

/// A complete reply, or none.
/// A body that came in pieces; none without its end.
fn unchunked(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = bytes.windows(2).position(|two| two == b"\r\n")?;
        let size =
            usize::from_str_radix(std::str::from_utf8(&bytes[..line]).ok()?.split(';').next()?.trim(), 16).ok()?;
        bytes = bytes.get(line + 2..)?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(bytes.get(..size)?);
        bytes = bytes.get(size + 2..)?;
    }
}

fn read_reply(method: &str, bytes: &[u8]) -> Option<Reply> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_string()))
        .collect();
    let is_chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    if is_chunked && method != "HEAD" {
        let bytes = unchunked(&bytes[end + 4..])?;
        let body = String::from_utf8_lossy(&bytes).into_owned();
        return Some(Reply { status, headers, bytes, body });
    }
    let bytes = bytes[end + 4..].to_vec();
    let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
    let length: usize = if status == 204 || (method == "HEAD" && is_chunked) || status == 304 { 0 } else { length? };
    let body = String::from_utf8_lossy(&bytes).into_owned();
    // HEAD tells the length of what GET would send, and sends nothing.
    (method == "HEAD" || bytes.len() >= length).then_some(Reply { status, headers, bytes, body })
}
