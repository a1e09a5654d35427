//! Mail: one text to one person, handed to a mail server at once; nothing is kept, queued or tried again. What is queued
//! elsewhere is handed over by [`Mailer::post`], which says what is known of a mail that was not taken.

mod address;
mod error;
mod post;
mod server;

use std::fmt;
use std::time::Duration;

use lettre::message::header::{ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Message, SmtpTransport, Transport};

pub use address::Address;
pub use error::{SendError, SettingsError};
use post::Route;
pub use post::{Letter, PostError};
use server::{Protection, Server};

/// How long a mail server may take for each step.
pub const TIMEOUT: Duration = Duration::from_secs(10);

/// Where mail is sent through, as it was written by who runs the program.
#[derive(Clone, Copy)]
pub struct Settings<'a> {
    /// `smtps://user@host:465`, or `smtp://user@host:587`.
    pub server: &'a str,
    /// The password of the user.
    pub password: Option<&'a str>,
    /// Certificates in PEM of an authority that the server's may be signed by, besides those that browsers trust.
    pub authority: Option<&'a [u8]>,
    /// Whom mail comes from: `Consultations <consult@example.org>`.
    pub from: &'a str,
    /// How long the server may take for each step.
    pub timeout: Duration,
}

/// Sends mail through one server, from one address.
#[derive(Clone)]
pub struct Mailer {
    transport: SmtpTransport,
    route: Route,
    from: Mailbox,
}

impl fmt::Debug for Mailer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Mailer")
    }
}

impl Mailer {
    /// Checks the settings; the server itself is first asked when there is something to send.
    pub fn new(settings: &Settings<'_>) -> Result<Self, SettingsError> {
        let server = Server::read(settings.server)?;
        let from = address::sender(settings.from).ok_or(SettingsError::From)?;
        let tls = || trusting(&server.host, settings.authority);
        let tls = match server.protection {
            Protection::Always => Tls::Wrapper(tls()?),
            Protection::Asked => Tls::Required(tls()?),
            Protection::None => Tls::None,
        };
        let credentials = match (server.user, settings.password) {
            (Some(user), Some(password)) if !password.is_empty() => Some(Credentials::new(user, password.to_string())),
            (Some(_), _) => return Err(SettingsError::NoPassword),
            (None, Some(_)) => return Err(SettingsError::NoUser),
            (None, None) => None,
        };
        let hello = ClientId::Domain(from.email.domain().to_string());
        let (host, port, timeout) = (server.host, server.port, settings.timeout);
        let route = Route { host, port, tls, hello, credentials, timeout };
        let mut transport = SmtpTransport::builder_dangerous(route.host.clone())
            .port(port)
            .tls(route.tls.clone())
            .timeout(Some(timeout))
            .hello_name(route.hello.clone());
        if let Some(credentials) = &route.credentials {
            transport = transport.credentials(credentials.clone());
        }
        Ok(Self { transport: transport.build(), route, from })
    }

    /// Sends a plain text to one person, and returns when the server has taken it or has failed to; it blocks till then.
    ///
    /// A subject of more than one line is refused, and so is one with other control characters.
    pub fn send(&self, to: &Address, subject: &str, body: &str) -> Result<(), SendError> {
        if !is_one_line(subject) {
            return Err(SendError::Subject);
        }
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to.0.clone()))
            .subject(subject)
            .message_id(Some(self.message_id()?))
            .header(SentByProgram)
            .header(ContentType::TEXT_PLAIN)
            .body(whole_lines(body)?)
            .map_err(|_| SendError::Message)?;
        self.transport.send(&message).map(|_| ()).map_err(|error| SendError::of(&error))
    }

    /// Says hello to the server, protected and with the user as for a mail, and leaves; it blocks till then.
    pub fn reach(&self) -> Result<(), SendError> {
        match self.transport.test_connection() {
            Ok(true) => Ok(()),
            Ok(false) => Err(SendError::Misfit("it is not ready")),
            Err(error) => Err(SendError::of(&error)),
        }
    }

    /// Names nothing but the sender's domain: no machine, no time.
    fn message_id(&self) -> Result<String, SendError> {
        let mut random = [0_u8; 16];
        getrandom::fill(&mut random).map_err(|_| SendError::Message)?;
        Ok(format!("<{:032x}@{}>", u128::from_ne_bytes(random), self.from.email.domain()))
    }
}

/// How the server proves that it is this host.
fn trusting(host: &str, authority: Option<&[u8]>) -> Result<TlsParameters, SettingsError> {
    let mut builder = TlsParameters::builder(host.to_string());
    if let Some(pem) = authority {
        let is_pem = String::from_utf8_lossy(pem).contains("-----BEGIN CERTIFICATE-----");
        let read = if is_pem { Certificate::from_pem(pem).ok() } else { None };
        builder = builder.add_root_certificate(read.ok_or(SettingsError::Authority)?);
    }
    builder.build().map_err(|_| SettingsError::Host(host.to_string()))
}

/// A text as a subject takes it: on one line, and without what turns its direction.
///
/// ```
/// assert_eq!(canvass::mail::one_line("\u{2067}Your\r\n town\u{2069}"), "Your town");
/// ```
pub fn one_line(text: &str) -> String {
    let straight: String = text.chars().filter(|c| c.is_whitespace() || !separates(*c)).collect();
    let words = straight.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// True if nothing in a text could begin a line, a header or a direction of its own.
fn is_one_line(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() || separates(c))
}

/// True for what mail programs or terminals may take for the end of a line, or for a turn of direction.
fn separates(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The body in a form that breaks no line, however long, and so no link: as it is, or in base64.
///
/// The library would write lines of more than 76 characters as quoted-printable, which cuts them in the source; mail
/// servers take 998 (RFC 5322, 2.1.1).
fn whole_lines(body: &str) -> Result<Body, SendError> {
    let body = body.replace("\r\n", "\n");
    let is_plain = |c: char| c.is_ascii() && (c == '\n' || !c.is_ascii_control());
    if body.chars().all(is_plain) && body.lines().all(|line| line.len() < 990) {
        let bytes = body.replace('\n', "\r\n").into_bytes();
        return Ok(Body::dangerous_pre_encoded(bytes, ContentTransferEncoding::SevenBit));
    }
    Body::new_with_encoding(body, ContentTransferEncoding::Base64).map_err(|_| SendError::Message)
}

/// Tells other programs not to answer this one.
#[derive(Clone)]
struct SentByProgram;

impl Header for SentByProgram {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_whole_however_it_is_encoded() {
        let link = format!("https://consult.example.org/{}", "x".repeat(300));
        let plain = whole_lines(&format!("Here:\n\n{link}\n")).unwrap();
        assert!(String::from_utf8(plain.into_vec()).unwrap().contains(&format!("\r\n{link}\r\n")));
        for body in [format!("Dyma'r ddolen i chi ddod nôl:\n{link}\n"), "x".repeat(2_000)] {
            assert_eq!(whole_lines(&body).unwrap().encoding(), ContentTransferEncoding::Base64, "{body}");
        }
    }
}
