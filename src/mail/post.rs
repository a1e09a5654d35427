//! Mail that is queued: handed over step by step, so that it is known whether the server was told it.

use std::time::Duration;

use lettre::Message;
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{SmtpConnection, Tls};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;

use super::{Address, Mailer, SendError, SentByProgram, is_one_line, whole_lines};

/// How many times longer than for another step a server may take to accept a message it was told: it may look into it first
/// (RFC 5321, 4.5.3.2.6).
const ACCEPTING: u32 = 12;
/// How long it may take to say goodbye, which nobody waits for.
const LEAVING: Duration = Duration::from_secs(1);

/// How the server is reached.
#[derive(Clone)]
pub(super) struct Route {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) tls: Tls,
    pub(super) hello: ClientId,
    pub(super) credentials: Option<Credentials>,
    pub(super) timeout: Duration,
}

/// A mail to one person, who can stop such mail.
#[derive(Clone, Copy)]
pub struct Letter<'a> {
    /// Who it goes to.
    pub to: &'a Address,
    /// One line.
    pub subject: &'a str,
    /// Plain text.
    pub body: &'a str,
    /// What stands before the `@` of its Message-ID: the same each time this mail is handed over.
    pub id: &'a str,
    /// Where such mail is stopped, by a page or, if it begins with `https:`, by one click in the mail program (RFC 8058).
    pub unsubscribe: &'a str,
}

/// Why a mail was not handed over, and what is known of it.
#[derive(Debug, PartialEq, Eq)]
pub enum PostError {
    /// No message could be made of it; no server was asked.
    Letter(SendError),
    /// The server takes no mail from us now, and was not told this one.
    Away(SendError),
    /// The server says that there is no such address.
    NoSuchAddress(SendError),
    /// The server takes this mail never.
    Refused(SendError),
    /// The server takes this mail later.
    Later(SendError),
    /// The server was told all of it, and did not say whether it takes it.
    Unanswered(SendError),
}

impl Mailer {
    /// Hands a mail over, and returns when the server has taken it or it is known why not; it blocks till then.
    pub fn post(&self, letter: &Letter<'_>) -> Result<(), PostError> {
        let message = self.message(letter).map_err(PostError::Letter)?;
        self.talk(letter.to, |line| {
            line.command(Data).map_err(|error| at_message(&error, PostError::Away))?;
            let patience = self.route.timeout.saturating_mul(ACCEPTING);
            line.set_timeout(Some(patience)).map_err(|error| PostError::Away(SendError::Unreachable(error.kind())))?;
            line.message(&message).map_err(|error| at_message(&error, PostError::Unanswered)).map(drop)
        })
    }

    /// Asks whether the server would take mail to this address, and hands none over: all that [`Mailer::post`] says before
    /// the message itself.
    pub fn ask(&self, to: &Address) -> Result<(), PostError> {
        self.talk(to, |_| Ok(()))
    }

    fn talk(
        &self,
        to: &Address,
        then: impl FnOnce(&mut SmtpConnection) -> Result<(), PostError>,
    ) -> Result<(), PostError> {
        let away = |error: &Failed| PostError::Away(SendError::of(error));
        let mut line = self.route.connect().map_err(|error| away(&error))?;
        let outcome = line
            .command(Mail::new(Some(self.from.email.clone()), Vec::new()))
            .map_err(|error| away(&error))
            .and_then(|_| line.command(Rcpt::new(to.0.clone(), Vec::new())).map_err(|error| at_recipient(&error)))
            .and_then(|_| then(&mut line));
        // However the server takes its leave, what it has taken is sent.
        let _leave = line.set_timeout(Some(self.route.timeout.min(LEAVING))).map(|()| line.abort());
        outcome
    }

    fn message(&self, letter: &Letter<'_>) -> Result<Vec<u8>, SendError> {
        if !is_one_line(letter.subject) {
            return Err(SendError::Subject);
        }
        let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>'));
        if !is_plain(letter.id) || !is_plain(letter.unsubscribe) {
            return Err(SendError::Message);
        }
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, letter.to.0.clone()))
            .subject(letter.subject)
            .message_id(Some(format!("<{}@{}>", letter.id, self.from.email.domain())))
            .header(SentByProgram)
            .header(Unsubscribe(format!("<{}>", letter.unsubscribe)))
            .header(ContentType::TEXT_PLAIN);
        let by_click = letter.unsubscribe.starts_with("https:");
        let message = if by_click { message.header(ByOneClick) } else { message };
        let message = message.body(whole_lines(letter.body)?).map_err(|_| SendError::Message)?;
        Ok(message.formatted())
    }
}

type Failed = lettre::transport::smtp::Error;

impl Route {
    fn connect(&self) -> Result<SmtpConnection, Failed> {
        let from_the_start = if let Tls::Wrapper(tls) = &self.tls { Some(tls) } else { None };
        let place = (self.host.as_str(), self.port);
        let mut line = SmtpConnection::connect(place, Some(self.timeout), &self.hello, from_the_start, None)?;
        if let Tls::Required(tls) = &self.tls {
            line.starttls(tls, &self.hello)?;
        }
        if let Some(credentials) = &self.credentials {
            line.auth(DEFAULT_MECHANISMS, credentials)?;
        }
        Ok(line)
    }
}

/// What the answer to an address means. A refusal for good says that the address does not exist, but for those that are
/// about us: whoever has to prove who they are (530, 535), or what the server calls its policy (`5.7.x` of RFC 3463).
fn at_recipient(error: &Failed) -> PostError {
    let said = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    let about_us = said.trim_start().starts_with("5.7.");
    match SendError::of(error) {
        known @ SendError::Refused(530 | 534 | 535 | 538) => PostError::Away(known),
        known @ SendError::Refused(code) if code >= 500 && about_us => PostError::Away(known),
        known @ SendError::Refused(code) if code >= 500 => PostError::NoSuchAddress(known),
        // The server ends its service (RFC 5321, 3.8).
        known @ SendError::Refused(421) => PostError::Away(known),
        known @ SendError::Refused(_) => PostError::Later(known),
        other => PostError::Away(other),
    }
}

/// What the answer to a message means, and without one.
fn at_message(error: &Failed, without: impl Fn(SendError) -> PostError) -> PostError {
    match SendError::of(error) {
        known @ SendError::Refused(code) if code >= 500 => PostError::Refused(known),
        known @ SendError::Refused(_) => PostError::Later(known),
        other => without(other),
    }
}

/// Where such mail is stopped (RFC 2369).
#[derive(Clone)]
struct Unsubscribe(String);

impl Header for Unsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_string()))
    }

    fn display(&self) -> HeaderValue {
        // As it is, however long: a link that is folded or encoded is none any more.
        HeaderValue::dangerous_new_pre_encoded(Self::name(), self.0.clone(), self.0.clone())
    }
}

/// That a mail program may stop it with one request (RFC 8058).
#[derive(Clone)]
struct ByOneClick;

impl Header for ByOneClick {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe-Post")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "List-Unsubscribe=One-Click".to_string())
    }
}
