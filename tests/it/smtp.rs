//! A mail server on a free port that keeps what it is given, and can fail or hang at each step; and mail sent to it.

#![cfg(test)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use canvass::mail::{Address, Mailer, SendError, Settings};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// Who signed the certificate of the test server, which is for `localhost`.
pub(crate) const AUTHORITY: &str = include_str!("smtp/authority.pem");

/// What a client says, or what it waits for before it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Greeting,
    Ehlo,
    Mail,
    Rcpt,
    Data,
    /// The end of the message.
    Dot,
    Quit,
}

/// What goes wrong at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// An answer with this number, which repeats what was said.
    Refuses(u16),
    /// Never an answer.
    Hangs,
    HangsUp,
    /// An answer that is none.
    Babbles,
}

/// When the server encrypts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tls {
    Never,
    FromTheStart,
    OnRequest,
}

/// A message as it came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mail {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    /// Headers and body, with CR and LF.
    pub(crate) source: String,
    /// True if it came over TLS.
    pub(crate) is_private: bool,
}

impl Mail {
    /// A header's text, unfolded and decoded.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let head = self.source.split("\r\n\r\n").next()?.replace("\r\n ", " ");
        let line = head.lines().find(|line| line.to_lowercase().starts_with(&format!("{}:", name.to_lowercase())))?;
        Some(words_of(line.split_once(':')?.1.trim()))
    }

    /// The body, decoded.
    pub(crate) fn body(&self) -> String {
        let body = self.source.split_once("\r\n\r\n").map(|(_, body)| body).unwrap_or_default();
        match self.header("content-transfer-encoding").as_deref() {
            Some("base64") => String::from_utf8(base64(body)).unwrap(),
            Some("7bit") => body.to_string(),
            other => panic!("encoded as {other:?}: {body}"),
        }
    }
}

/// A header with its encoded words decoded.
fn words_of(header: &str) -> String {
    let decoded = header.split(' ').map(|word| {
        let inside = word.strip_prefix("=?utf-8?b?").and_then(|word| word.strip_suffix("?="));
        inside.map_or_else(|| (word.to_string(), false), |inside| (String::from_utf8(base64(inside)).unwrap(), true))
    });
    let mut text = String::new();
    let mut before = false;
    for (index, (word, encoded)) in decoded.enumerate() {
        if index > 0 && !(before && encoded) {
            text.push(' ');
        }
        text.push_str(&word);
        before = encoded;
    }
    text
}

fn base64(text: &str) -> Vec<u8> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bits, mut held, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.bytes().filter(|letter| !letter.is_ascii_whitespace() && *letter != b'=') {
        let place = LETTERS.iter().position(|known| *known == letter).expect("a letter of base64");
        bits = bits << 6 | u32::try_from(place).unwrap();
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).unwrap());
        }
    }
    bytes
}

#[derive(Default)]
struct Kept {
    mails: Mutex<Vec<Mail>>,
    /// Every line that a client said.
    heard: Mutex<Vec<String>>,
    trouble: Mutex<Option<(Step, Trouble)>>,
    /// Refused at one address only: what stands in it, and the answer.
    refused: Mutex<Option<(String, String)>>,
    ends: AtomicBool,
}

/// The mail server; it ends with the test.
pub(crate) struct Sink {
    pub(crate) port: u16,
    kept: Arc<Kept>,
    thread: Option<JoinHandle<()>>,
}

impl Sink {
    pub(crate) fn start() -> Self {
        Self::with(Tls::Never)
    }

    pub(crate) fn with(tls: Tls) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let kept = Arc::new(Kept::default());
        let seen = Arc::clone(&kept);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if seen.ends.load(Ordering::SeqCst) {
                    break;
                }
                let (stream, kept) = (stream.unwrap(), Arc::clone(&seen));
                std::thread::spawn(move || {
                    let _hung_up = serve(stream, tls, &kept);
                });
            }
        });
        Self { port, kept, thread: Some(thread) }
    }

    /// From now on something goes wrong, or nothing more.
    pub(crate) fn has(&self, trouble: Option<(Step, Trouble)>) {
        *self.kept.trouble.lock().unwrap() = trouble;
    }

    /// From now on addresses with this in them are answered so, or none.
    pub(crate) fn refuses(&self, address: Option<(&str, &str)>) {
        *self.kept.refused.lock().unwrap() = address.map(|(of, says)| (of.to_string(), says.to_string()));
    }

    /// What came whole.
    pub(crate) fn mails(&self) -> Vec<Mail> {
        self.kept.mails.lock().unwrap().clone()
    }

    /// The one message that came.
    pub(crate) fn only(&self) -> Mail {
        let mut mails = self.mails();
        assert_eq!(mails.len(), 1, "{mails:?}");
        mails.remove(0)
    }

    pub(crate) fn heard(&self) -> Vec<String> {
        self.kept.heard.lock().unwrap().clone()
    }

    /// A mailer that sends to it without encryption.
    pub(crate) fn mailer(&self) -> Mailer {
        Self::mailer_of(&format!("smtp://127.0.0.1:{}", self.port), None, None).unwrap()
    }

    fn mailer_of(server: &str, password: Option<&str>, authority: Option<&str>) -> Result<Mailer, String> {
        let settings = Settings {
            server,
            password,
            authority: authority.map(str::as_bytes),
            from: "Ymgynghoriad Tŷ <consult@example.org>",
            timeout: Duration::from_millis(400),
        };
        Mailer::new(&settings).map_err(|error| error.to_string())
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.kept.ends.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

trait Line: Read + Write {}
impl<T: Read + Write> Line for T {}

fn encrypted(stream: TcpStream) -> Box<dyn Line> {
    let chain =
        CertificateDer::pem_slice_iter(include_bytes!("smtp/certificate.pem")).collect::<Result<_, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("smtp/key.pem")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(chain, key).unwrap();
    Box::new(StreamOwned::new(ServerConnection::new(Arc::new(config)).unwrap(), stream))
}

fn serve(stream: TcpStream, tls: Tls, kept: &Kept) -> std::io::Result<()> {
    let plain = stream.try_clone()?;
    let mut is_private = tls == Tls::FromTheStart;
    let mut talk: BufReader<Box<dyn Line>> =
        BufReader::new(if is_private { encrypted(stream) } else { Box::new(stream) });
    let mut mail = Mail::default();
    answer(&mut talk, kept, Step::Greeting, "220 sink ESMTP", "")?;
    loop {
        let mut line = String::new();
        if talk.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let line = line.trim_end().to_string();
        kept.heard.lock().unwrap().push(line.clone());
        let within = |line: &str| line.split(['<', '>']).nth(1).unwrap_or_default().to_string();
        match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => {
                let offer = if tls == Tls::OnRequest && !is_private { "250-STARTTLS\r\n" } else { "" };
                answer(&mut talk, kept, Step::Ehlo, &format!("250-sink\r\n{offer}250 AUTH PLAIN"), &line)?;
            }
            "STARTTLS" => {
                talk.get_mut().write_all(b"220 go on\r\n")?;
                talk = BufReader::new(encrypted(plain.try_clone()?));
                is_private = true;
            }
            "AUTH" => talk.get_mut().write_all(b"235 welcome\r\n")?,
            "MAIL" => {
                mail = Mail { from: within(&line), is_private, ..Mail::default() };
                answer(&mut talk, kept, Step::Mail, "250 ok", &line)?;
            }
            "RCPT" => {
                mail.to.push(within(&line));
                let refused = kept.refused.lock().unwrap().clone().filter(|(of, _)| line.contains(of));
                if let Some((_, says)) = refused {
                    talk.get_mut().write_all(format!("{says}\r\n").as_bytes())?;
                    continue;
                }
                answer(&mut talk, kept, Step::Rcpt, "250 ok", &line)?;
            }
            "DATA" => {
                answer(&mut talk, kept, Step::Data, "354 go on", &line)?;
                loop {
                    let mut line = String::new();
                    if talk.read_line(&mut line)? == 0 {
                        return Ok(());
                    }
                    if line == ".\r\n" {
                        break;
                    }
                    // A line that begins with a dot comes with one more.
                    mail.source.push_str(line.strip_prefix('.').unwrap_or(&line));
                }
                let fails = kept.trouble.lock().unwrap().is_some_and(|(at, _)| at == Step::Dot);
                answer(&mut talk, kept, Step::Dot, "250 taken", &format!("<{}>", mail.to.join(",")))?;
                if !fails {
                    kept.mails.lock().unwrap().push(std::mem::take(&mut mail));
                }
            }
            "QUIT" => return answer(&mut talk, kept, Step::Quit, "221 bye", &line),
            "NOOP" => talk.get_mut().write_all(b"250 here\r\n")?,
            _ => talk.get_mut().write_all(b"500 what?\r\n")?,
        }
    }
}

/// Answers as it should, or with the trouble that there is at this step.
fn answer(talk: &mut BufReader<Box<dyn Line>>, kept: &Kept, step: Step, well: &str, said: &str) -> std::io::Result<()> {
    let trouble = kept.trouble.lock().unwrap().filter(|(at, _)| *at == step).map(|(_, trouble)| trouble);
    let reply = match trouble {
        None => format!("{well}\r\n"),
        Some(Trouble::Refuses(code)) => format!("{code} refused: {said}\r\n"),
        Some(Trouble::Babbles) => format!("hello there {said}\r\n"),
        Some(Trouble::Hangs) => {
            let mut rest = Vec::new();
            talk.read_to_end(&mut rest)?;
            return Err(std::io::ErrorKind::TimedOut.into());
        }
        Some(Trouble::HangsUp) => return Err(std::io::ErrorKind::ConnectionAborted.into()),
    };
    talk.get_mut().write_all(reply.as_bytes())?;
    talk.get_mut().flush()
}

fn sam() -> Address {
    Address::read("sam@example.org").unwrap()
}

#[test]
fn a_mail_comes_whole_to_one_person() {
    let sink = Sink::start();
    let link = format!("https://consult.example.org/s/x/resume/{}", "A".repeat(90));
    let body = format!("Dyma'ch dolen chi, â chofion:\n\n{link}\n\n.\n.dotted\n");
    sink.mailer().send(&sam(), "Dewch nôl at eich atebion: “Ein tref ni a phopeth sydd ynddi”", &body).unwrap();
    let mail = sink.only();
    assert_eq!(
        (mail.from.as_str(), mail.to.as_slice()),
        ("consult@example.org", ["sam@example.org".to_string()].as_slice())
    );
    assert_eq!(mail.header("subject").unwrap(), "Dewch nôl at eich atebion: “Ein tref ni a phopeth sydd ynddi”");
    assert!(mail.header("from").unwrap().ends_with("<consult@example.org>"), "{mail:?}");
    assert_eq!(mail.header("to").unwrap(), "sam@example.org");
    assert_eq!(mail.header("auto-submitted").unwrap(), "auto-generated");
    assert_eq!(mail.header("content-type").unwrap(), "text/plain; charset=utf-8");
    assert!(mail.header("message-id").unwrap().ends_with("@example.org>") && mail.header("date").is_some());
    assert_eq!(mail.body(), body.replace('\n', "\r\n"));
    assert!(sink.heard().iter().any(|line| line == "EHLO example.org"), "{:?}", sink.heard());
    // Plain English goes as it is.
    sink.mailer().send(&sam(), "Your link", &format!("Here:\n\n{link}\n\n.\n")).unwrap();
    let mail = sink.mails().remove(1);
    assert!(mail.source.contains(&format!("\r\n\r\n{link}\r\n\r\n.\r\n")), "{mail:?}");
}

#[test]
fn a_failure_at_any_step_is_told_and_names_nobody() {
    let sink = Sink::start();
    for step in [Step::Greeting, Step::Ehlo, Step::Mail, Step::Rcpt, Step::Data, Step::Dot] {
        for trouble in
            [Trouble::Refuses(451), Trouble::Refuses(550), Trouble::Babbles, Trouble::HangsUp, Trouble::Hangs]
        {
            sink.has(Some((step, trouble)));
            let begun = Instant::now();
            let error = sink.mailer().send(&sam(), "Your link", "Here.\n").expect_err("something went wrong");
            assert!(begun.elapsed() < Duration::from_secs(5), "{step:?} {trouble:?}: {:?}", begun.elapsed());
            let right = match trouble {
                Trouble::Refuses(code) => error == SendError::Refused(code),
                Trouble::Babbles => matches!(error, SendError::Misfit(_)),
                Trouble::HangsUp => matches!(error, SendError::Unreachable(_) | SendError::Misfit(_)),
                Trouble::Hangs => error == SendError::TimedOut,
            };
            assert!(right, "{step:?} {trouble:?}: {error:?}");
            for text in [error.to_string(), format!("{error:?}")] {
                assert!(!text.contains("sam") && !text.contains("example.org"), "{step:?} {trouble:?}: {text}");
            }
        }
    }
    assert!(sink.mails().is_empty());
    // What was taken is sent, however the server takes its leave.
    for trouble in [Trouble::Refuses(500), Trouble::HangsUp, Trouble::Hangs] {
        sink.has(Some((Step::Quit, trouble)));
        sink.mailer().send(&sam(), "Your link", "Here.\n").unwrap();
    }
    assert_eq!(sink.mails().len(), 3);
    let nowhere = { Sink::start().mailer() };
    let error = nowhere.send(&sam(), "Your link", "Here.\n").unwrap_err();
    assert_eq!(error, SendError::Unreachable(std::io::ErrorKind::ConnectionRefused));
}

#[test]
fn a_subject_of_two_lines_is_not_sent() {
    let sink = Sink::start();
    for broken in ["\r\n", "\n", "\r", "\0", "\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}", "\u{202e}"] {
        let subject = format!("Your link{broken}Bcc: eve@example.org");
        assert_eq!(sink.mailer().send(&sam(), &subject, "Here.\n"), Err(SendError::Subject), "{subject:?}");
    }
    assert!(sink.heard().is_empty());
}

#[test]
fn a_password_goes_only_over_a_connection_that_is_protected() {
    for (tls, scheme) in [(Tls::FromTheStart, "smtps"), (Tls::OnRequest, "smtp")] {
        let sink = Sink::with(tls);
        let server = format!("{scheme}://canvass@localhost:{}", sink.port);
        Sink::mailer_of(&server, Some("secret"), Some(AUTHORITY))
            .unwrap()
            .send(&sam(), "Your link", "Here.\n")
            .unwrap();
        assert!(sink.only().is_private, "{scheme}");
        // AUTH PLAIN of canvass and secret.
        assert!(sink.heard().contains(&"AUTH PLAIN AGNhbnZhc3MAc2VjcmV0".to_string()), "{:?}", sink.heard());
    }
}

#[test]
fn a_server_that_cannot_prove_itself_is_told_nothing() {
    for (tls, server, authority) in [
        // Nobody who is trusted signed for it.
        (Tls::FromTheStart, "smtps://canvass@localhost", None),
        (Tls::OnRequest, "smtp://canvass@localhost", None),
        // It is for another host.
        (Tls::FromTheStart, "smtps://canvass@127.0.0.1", Some(AUTHORITY)),
        // It has no certificate.
        (Tls::Never, "smtp://canvass@localhost", Some(AUTHORITY)),
    ] {
        let sink = Sink::with(tls);
        let mailer = Sink::mailer_of(&format!("{server}:{}", sink.port), Some("secret"), authority).unwrap();
        let error = mailer.send(&sam(), "Your link", "Here.\n").unwrap_err();
        assert!(matches!(error, SendError::Unprotected(_)), "{tls:?} {server}: {error:?}");
        let said = sink.heard();
        assert!(said.iter().all(|line| line.starts_with("EHLO") || line == "STARTTLS"), "{tls:?} {server}: {said:?}");
    }
}

#[test]
fn settings_that_cannot_work_are_refused_with_what_to_write() {
    let settings = Settings {
        server: "smtps://canvass@mail.example.org",
        password: Some("secret"),
        authority: None,
        from: "consult@example.org",
        timeout: canvass::mail::TIMEOUT,
    };
    let refused = |settings: &Settings<'_>| Mailer::new(settings).unwrap_err().to_string();
    assert!(Mailer::new(&settings).is_ok());
    assert!(refused(&Settings { server: "mail.example.org", ..settings }).contains("write smtps://USER@HOST:465"));
    assert!(refused(&Settings { server: "smtps://a:b@mail.example.org", ..settings }).contains("--smtp-password-file"));
    assert!(refused(&Settings { password: None, ..settings }).contains("--smtp-password-file"));
    assert!(refused(&Settings { password: Some(""), ..settings }).contains("--smtp-password-file"));
    assert!(refused(&Settings { server: "smtps://mail.example.org", ..settings }).contains("smtps://USER@HOST:465"));
    assert!(refused(&Settings { from: "Consultations", ..settings }).contains("consult@example.org"));
    assert!(refused(&Settings { authority: Some(b"none"), ..settings }).contains("--smtp-ca-file"));
    assert!(!format!("{:?}", Mailer::new(&settings)).contains("secret"));
}
