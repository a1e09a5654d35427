//! `canvass serve`: takes the port, says where everything is, and serves until it is told to stop.

use std::path::Path;
use std::time::{Duration, Instant};

use super::Outcome;
use super::output::{say, warn};
use super::report::unprinted;
use crate::mail::Mailer;
use crate::print::{Browser, PrintError};
use crate::render::theme::Theme;
use crate::service::time::Moment;
use crate::service::{Library, ServiceError, access, publish, sign_in, sweep};
use crate::web;

/// The browser that makes PDFs: one that is named must be there; without any the staff pages offer no PDF.
pub(super) fn browser(named: Option<&Path>) -> Result<Option<Browser>, ServiceError> {
    match Browser::find(named) {
        Ok(browser) => Ok(Some(browser)),
        Err(PrintError::NoBrowser) => Ok(None),
        Err(error) => Err(unprinted(&error)),
    }
}

pub(super) fn serve(
    library: Library,
    listen: &str,
    public_url: Option<&str>,
    theme: Option<Theme>,
    with_sign_in: bool,
    mailer: Option<(Mailer, u32)>,
    browser: Option<Browser>,
) -> Result<Outcome, ServiceError> {
    let failed = |source: std::io::Error| match source.kind() {
        std::io::ErrorKind::AddrInUse => ServiceError::Refused(format!(
            "another program listens on {listen} already: stop it, or choose another port with --listen 127.0.0.1:8081"
        )),
        _ => ServiceError::Refused(format!(
            "cannot listen on {listen} ({source}): give an address of this machine and a free port, such as 127.0.0.1:8080"
        )),
    };
    if let (None, Some(id)) = (&mailer, access::by_mail(&library)?.first()) {
        return Err(ServiceError::Refused(format!(
            "{id} lets people in by a link that is mailed, and no mail server is named: add --smtp-url and --mail-from, or close it"
        )));
    }
    for id in access::check(&library)? {
        warn(&format!("warning: {id} has no passphrase yet, so nobody is let in: canvass passphrase {id}"));
    }
    let listener = web::bind(listen).map_err(failed)?;
    let own = listener.local_addr().map_or_else(|_| format!("http://{listen}"), |address| format!("http://{address}"));
    let (mailer, rate) = mailer.map_or((None, 1), |(mailer, rate)| (Some(mailer), rate));
    let site = web::Site::new(public_url.unwrap_or(&own)).with_mail(mailer).with_browser(browser);
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
    if with_sign_in {
        let token = sign_in::issue(&library, Moment::now())?;
        say(&format!(
            "  Staff sign-in (works once, within an hour): {}/staff/sign-in/{}",
            site.address,
            token.as_str()
        ));
    }
    say("Press Ctrl+C to stop.");
    sweep_by_the_minute(library.clone());
    if site.mailer().is_some() {
        web::keep_sending(library.clone(), site.clone(), rate);
    }
    web::run(listener, library, site).map_err(|error| ServiceError::Refused(format!("the server stopped: {error}")))?;
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
