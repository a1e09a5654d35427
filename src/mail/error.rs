//! Why mail cannot be sent. No text holds an address: what a server answers often does, so only its number is kept.

use std::error::Error;
use std::io::ErrorKind;

/// What is wrong with the settings of mail, with what to write instead.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// No address of a mail server.
    #[error(
        "--smtp-url is no address of a mail server: write smtps://USER@HOST:465, smtp://USER@HOST:587 for one that encrypts when asked, or smtp://127.0.0.1:25 for one on this machine"
    )]
    Server,
    /// The address of the server has a password in it.
    #[error(
        "--smtp-url holds a password, which others on this machine could see: write it to a file that only Canvass can read, and name the file with --smtp-password-file"
    )]
    PasswordInAddress,
    /// No certificate could be for this host.
    #[error("--smtp-url names a host that no certificate can be for: {0}")]
    Host(String),
    /// No certificates of an authority.
    #[error("--smtp-ca-file holds no certificate in PEM, as an authority gives them: -----BEGIN CERTIFICATE-----")]
    Authority,
    /// A user without a password.
    #[error("--smtp-url names a user, and there is no password: name the file that holds it with --smtp-password-file")]
    NoPassword,
    /// A password without a user.
    #[error("there is a password and no user: write the user into --smtp-url, as in smtps://USER@HOST:465")]
    NoUser,
    /// No address of a sender.
    #[error("--mail-from is no e-mail address: write consult@example.org, or Consultations <consult@example.org>")]
    From,
}

/// Why a mail was not sent.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The subject has a line break or a control character.
    #[error("the subject is not one line")]
    Subject,
    /// No message could be made of it.
    #[error("no message could be made")]
    Message,
    /// The server cannot be reached, or broke off.
    #[error("the mail server cannot be reached ({0})")]
    Unreachable(ErrorKind),
    /// The server took too long.
    #[error("the mail server does not answer in time")]
    TimedOut,
    /// The connection cannot be protected: the server does not offer it, or shows a certificate that is not trusted.
    #[error("the connection to the mail server cannot be protected ({0})")]
    Unprotected(String),
    /// The server refused, with this number.
    #[error("the mail server refused with {0}")]
    Refused(u16),
    /// The server does not speak as mail servers do, or lacks what the message needs.
    #[error("the mail server cannot take the message ({0})")]
    Misfit(&'static str),
}

impl SendError {
    pub(super) fn of(error: &lettre::transport::smtp::Error) -> Self {
        if let Some(code) = error.status() {
            return Self::Refused(u16::from(code));
        }
        let io = io_cause(error);
        // A certificate's fault is told by the library of TLS, as the inner cause of an error of input.
        let said = error.source().map(ToString::to_string).unwrap_or_default();
        if error.is_tls() || said.contains("certificate") {
            return Self::Unprotected(said);
        }
        match io {
            Some(ErrorKind::WouldBlock | ErrorKind::TimedOut) => Self::TimedOut,
            Some(kind) => Self::Unreachable(kind),
            None if said.contains("STARTTLS") => Self::Unprotected("it does not offer STARTTLS".to_string()),
            None if error.is_client() => Self::Misfit("it lacks an extension"),
            None if error.is_response() => Self::Misfit("its answers are not SMTP"),
            None => Self::Unreachable(ErrorKind::Other),
        }
    }
}

/// What the network or the system had against it.
fn io_cause(error: &dyn Error) -> Option<ErrorKind> {
    let cause = error.source()?;
    cause.downcast_ref::<std::io::Error>().map(std::io::Error::kind).or_else(|| io_cause(cause))
}
