//! The settings of mail: read and checked when the server starts, so that a mistake in them is told then.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::mail::{Mailer, Settings, TIMEOUT};
use crate::service::ServiceError;

/// Where mail is sent through; without it no page offers any.
#[derive(Clone, Debug, Default, Args)]
pub struct MailArgs {
    /// Mail server for the links and copies that people ask for: `smtps://USER@HOST:465`, or `smtp://USER@HOST:587` with STARTTLS.
    #[arg(long, env = "CANVASS_SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<String>,
    /// File that holds the password of the mail server's user.
    #[arg(long, env = "CANVASS_SMTP_PASSWORD_FILE")]
    pub smtp_password_file: Option<PathBuf>,
    /// File with the certificate, in PEM, of an authority of your own that signed the mail server's.
    #[arg(long, env = "CANVASS_SMTP_CA_FILE")]
    pub smtp_ca_file: Option<PathBuf>,
    /// Whom mail comes from: `Consultations <consult@example.org>`.
    #[arg(long, env = "CANVASS_MAIL_FROM")]
    pub mail_from: Option<String>,
    /// How many invitations and reminders are sent in a minute, of those that are queued.
    #[arg(long, env = "CANVASS_MAIL_RATE", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=6000))]
    pub mail_rate: u32,
}

/// The mailer that the settings describe, or none if they name no mail server.
pub(super) fn mailer(args: &MailArgs) -> Result<Option<Mailer>, ServiceError> {
    // Set and empty is not set: that is how it comes out of files of settings.
    let set = |written: &Option<String>| written.clone().filter(|text| !text.trim().is_empty());
    let file = |path: &Option<PathBuf>| path.clone().filter(|path| !path.as_os_str().is_empty());
    let (password_file, ca_file) = (file(&args.smtp_password_file), file(&args.smtp_ca_file));
    let refused = |text: &str| Err(ServiceError::Refused(text.to_string()));
    let (server, from) = match (set(&args.smtp_url), set(&args.mail_from)) {
        (Some(server), Some(from)) => (server, from),
        (Some(_), None) => {
            return refused(
                "there is a mail server and nobody whom mail comes from: add --mail-from consult@example.org",
            );
        }
        (None, None) if password_file.is_none() && ca_file.is_none() => return Ok(None),
        (None, _) => {
            return refused("there are settings of mail and no mail server: add --smtp-url smtps://USER@HOST:465");
        }
    };
    let password = password_file.as_deref().map(read).transpose()?;
    let password = password.map(|bytes| String::from_utf8_lossy(&bytes).trim_end_matches(['\r', '\n']).to_string());
    let authority = ca_file.as_deref().map(read).transpose()?;
    let settings = Settings {
        server: &server,
        password: password.as_deref(),
        authority: authority.as_deref(),
        from: &from,
        timeout: TIMEOUT,
    };
    Mailer::new(&settings).map(Some).map_err(|error| ServiceError::Refused(error.to_string()))
}

fn read(path: &Path) -> Result<Vec<u8>, ServiceError> {
    let failed = |source| ServiceError::File { path: path.display().to_string(), action: "read", source };
    fs::read(path).map_err(failed)
}
