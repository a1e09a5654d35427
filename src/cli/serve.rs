//! `canvass serve`: takes the port, says where everything is, and serves until it is told to stop.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;

use super::mail::{self, MailArgs};
use super::options::ModelArgs;
use super::output::{say, warn};
use super::report::unprinted;
use super::{Outcome, theme};
use crate::print::{Browser, PrintError};
use crate::service::time::Moment;
use crate::service::{Library, ServiceError, access, embedding, publish, sign_in, sweep};
use crate::web;

/// What the service is told when it starts.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Address and port to listen on.
    #[arg(long, env = "CANVASS_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: String,
    /// Address and port for figures of how the service does, as Prometheus reads them, at /metrics; none if not given.
    #[arg(long, env = "CANVASS_METRICS", value_name = "ADDRESS:PORT")]
    pub metrics: Option<String>,
    /// Address that people use, if it is another one: `https://consult.example.org`.
    #[arg(long, env = "CANVASS_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// Folder with the look of an organisation: theme.json, logo.svg or logo.png, theme.css, templates/.
    #[arg(long, env = "CANVASS_THEME", value_name = "FOLDER")]
    pub theme: Option<PathBuf>,
    /// Also print a one-time staff sign-in address.
    #[arg(long)]
    pub sign_in: bool,
    /// The browser that makes PDFs of reports for staff; the first in PATH if not given.
    #[arg(long, env = "CANVASS_BROWSER", value_name = "PROGRAM")]
    pub browser: Option<PathBuf>,
    /// Where mail is sent through.
    #[command(flatten)]
    pub mail: MailArgs,
    /// What themes are shaped by.
    #[command(flatten)]
    pub model: ModelArgs,
}

/// The browser that makes PDFs: one that is named must be there; without any the staff pages offer no PDF.
pub(super) fn browser(named: Option<&Path>) -> Result<Option<Browser>, ServiceError> {
    match Browser::find(named) {
        Ok(browser) => Ok(Some(browser)),
        Err(PrintError::NoBrowser) => Ok(None),
        Err(error) => Err(unprinted(&error)),
    }
}

/// Why the address that an option gives cannot be listened on.
pub(super) fn deaf(option: &str, address: &str, error: &std::io::Error) -> ServiceError {
    match error.kind() {
        std::io::ErrorKind::AddrInUse => ServiceError::Refused(format!(
            "another program listens on {address} already: stop it, or choose another port with --{option} 127.0.0.1:8081"
        )),
        _ => ServiceError::Refused(format!(
            "cannot listen on {address} ({error}): give an address of this machine and a free port, such as 127.0.0.1:8080"
        )),
    }
}

fn bound(option: &str, address: &str) -> Result<TcpListener, ServiceError> {
    web::bind(address).map_err(|error| deaf(option, address, &error))
}

/// Serves until it is told to stop; `open` opens the database, and makes it where it is not there.
pub(super) fn run(
    args: &ServeArgs,
    open: impl FnOnce() -> Result<Library, ServiceError>,
) -> Result<Outcome, ServiceError> {
    // Read first: what is wrong with them is told before anything is made.
    let theme = args.theme.as_deref().map(theme::read).transpose()?;
    let mailer = mail::mailer(&args.mail)?;
    let browser = browser(args.browser.as_deref())?;
    let library = open()?.with_embeddings(embedding::directory(args.model.embeddings.as_deref()));
    if let (None, Some(id)) = (&mailer, access::by_mail(&library)?.first()) {
        return Err(ServiceError::Refused(format!(
            "{id} lets people in by a link that is mailed, and no mail server is named: add --smtp-url and --mail-from, or close it"
        )));
    }
    for id in access::check(&library)? {
        warn(&format!("warning: {id} has no passphrase yet, so nobody is let in: canvass passphrase {id}"));
    }
    let listener = bound("listen", &args.listen)?;
    let metrics = args.metrics.as_deref().map(|address| bound("metrics", address)).transpose()?;
    let own =
        listener.local_addr().map_or_else(|_| format!("http://{}", args.listen), |address| format!("http://{address}"));
    let site = web::Site::new(args.public_url.as_deref().unwrap_or(&own)).with_mail(mailer).with_browser(browser);
    let site = match theme {
        Some(theme) => site.with_theme(theme),
        None => site,
    };
    say(&format!("Canvass is serving at {}", site.address));
    for consultation in publish::list(&library)? {
        if consultation.is_open {
            say(&format!("  {}: {}/s/{}", consultation.title, site.address, consultation.id));
        }
    }
    if args.sign_in {
        let token = sign_in::issue(&library, Moment::now())?;
        say(&format!(
            "  Staff sign-in (works once, within an hour): {}/staff/sign-in/{}",
            site.address,
            token.as_str()
        ));
    }
    if let Some(address) = metrics.as_ref().and_then(|listener| listener.local_addr().ok()) {
        say(&format!("  Figures of the service: http://{address}/metrics"));
    }
    say("Press Ctrl+C to stop.");
    sweep_by_the_minute(library.clone());
    if site.mailer().is_some() {
        web::keep_sending(library.clone(), site.clone(), args.mail.mail_rate);
    }
    web::run(listener, metrics, library, site)
        .map_err(|error| ServiceError::Refused(format!("the server stopped: {error}")))?;
    Ok(Outcome::Done)
}

/// Does what time asks for, at once and then each minute until the process ends.
fn sweep_by_the_minute(library: Library) {
    std::thread::spawn(move || {
        let (began, mut doubt) = (Instant::now(), sweep::Doubt::default());
        loop {
            let now = Moment::now();
            if !doubt.allows(now, began.elapsed()) {
                tracing::warn!(now = now.instant(), "the clock has jumped: nothing is closed or deleted for an hour");
                std::thread::sleep(Duration::from_mins(1));
                continue;
            }
            match sweep::sweep(&library, now) {
                Ok(swept) if swept == sweep::Swept::default() => {}
                Ok(sweep::Swept { closed, drafts, results, deleted }) => {
                    tracing::info!(?closed, drafts, results, ?deleted, "swept");
                }
                Err(error) => tracing::warn!(%error, "could not sweep: it is tried again in a minute"),
            }
            std::thread::sleep(Duration::from_mins(1));
        }
    });
}
