//! `canvass config check`: reads every setting of the service as its start would, tries what can be tried, and says what
//! is wrong, without starting the service or changing a table.

use std::net::IpAddr;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::Outcome;
use super::options::{Cli, Format};
use super::output;
use super::serve::{self, ServeArgs};
use super::{mail, theme};
use crate::document::Severity;
use crate::service::time::Moment;
use crate::service::{Library, ServiceError, access, care, embedding, ready};
use crate::web;

/// What to do with the settings of the service.
#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// What to do with them.
    #[command(subcommand)]
    what: Config,
}

#[derive(Debug, Subcommand)]
enum Config {
    /// Check every setting that `canvass serve` would be started with, from the same options and variables.
    #[command(after_help = "Example: canvass config check --public-url https://consult.example.org\n\n\
                      Exit codes: 0 the service can start, 1 it cannot, or not as it is set.")]
    Check(Box<ServeArgs>),
}

/// What was found of one setting.
struct Looked {
    setting: &'static str,
    /// None if all is well.
    severity: Option<Severity>,
    says: String,
}

/// Checks the settings and prints what was found.
pub(super) fn run(cli: &Cli, args: &ConfigArgs) -> Outcome {
    let Config::Check(settings) = &args.what;
    let (database, library) = database(cli);
    let mut found = vec![database];
    if let Some(library) = &library {
        found.push(key(library));
    }
    found.push(listening("listen", &settings.listen));
    if let Some(address) = &settings.metrics {
        found.push(metrics(address));
    }
    found.push(public_url(settings));
    found.push(mail_server(settings, library.as_ref()));
    if let Some(folder) = &settings.theme {
        found.push(told("theme", theme::read(folder).map(|_| format!("{} can be used", folder.display()))));
    }
    found.push(browser(settings));
    found.push(model(settings));
    print(cli.format, &found);
    if found.iter().any(|one| one.severity == Some(Severity::Error)) { Outcome::MistakesFound } else { Outcome::Done }
}

fn print(format: Format, found: &[Looked]) {
    let word = |one: &Looked| match one.severity {
        None => "ok",
        Some(Severity::Warning) => "warning",
        Some(Severity::Error) => "error",
    };
    let lines: Vec<String> =
        found.iter().map(|one| format!("{:8} {:12} {}", word(one), one.setting, one.says)).collect();
    let json: Vec<Value> =
        found.iter().map(|one| json!({ "setting": one.setting, "found": word(one), "says": one.says })).collect();
    output::result(format, &lines.join("\n"), &Value::Array(json));
}

fn good(setting: &'static str, says: impl Into<String>) -> Looked {
    Looked { setting, severity: None, says: says.into() }
}

fn doubtful(setting: &'static str, says: impl Into<String>) -> Looked {
    Looked { setting, severity: Some(Severity::Warning), says: says.into() }
}

fn wrong(setting: &'static str, says: impl Into<String>) -> Looked {
    Looked { setting, severity: Some(Severity::Error), says: says.into() }
}

/// A setting that can be used, or why it cannot.
fn told(setting: &'static str, used: Result<String, ServiceError>) -> Looked {
    match used {
        Ok(says) => good(setting, says),
        Err(error) => wrong(setting, refusal(&error)),
    }
}

/// A refusal with its causes and what to do about it.
fn refusal(error: &ServiceError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    format!("{text} {}", error.advice()).trim_end().to_string()
}

/// The database, without its address, which may hold a password.
fn database(cli: &Cli) -> (Looked, Option<Library>) {
    let setting = "database";
    let kind = if cli.database.starts_with("sqlite:") { "SQLite" } else { "Postgres" };
    let standing = match care::standing_of_any(&cli.database) {
        Ok(Some(standing)) => standing,
        Ok(None) => return (doubtful(setting, "there is none yet: `canvass serve` makes it"), None),
        Err(error) => return (wrong(setting, refusal(&error)), None),
    };
    if !standing.pending.is_empty() {
        let says = format!(
            "{kind}: `canvass serve` brings its tables up to date ({}); take a backup first",
            standing.pending.join(", ")
        );
        return (doubtful(setting, says), None);
    }
    let library = match Library::open(&cli.database) {
        Ok(library) => library,
        Err(error) => return (wrong(setting, refusal(&error)), None),
    };
    let library = match &cli.key_file {
        Some(file) => library.with_key_in(file),
        None => library,
    };
    if ready::is_ready(&library, Moment::now()) {
        (good(setting, format!("{kind}, up to date, and can be written")), Some(library))
    } else {
        (
            wrong(
                setting,
                format!("{kind}, up to date, but nothing can be written: make room, or mend its permissions"),
            ),
            Some(library),
        )
    }
}

fn key(library: &Library) -> Looked {
    let setting = "key";
    match access::check(library) {
        Err(error) => wrong(setting, refusal(&error)),
        Ok(waiting) if !waiting.is_empty() => doubtful(
            setting,
            format!("nobody is let in to {}: canvass passphrase ID sets the passphrase", waiting.join(", ")),
        ),
        Ok(_) => good(setting, "lets people in wherever a consultation asks for it"),
    }
}

/// Whether the port can be had. It is given back at once.
fn listening(setting: &'static str, address: &str) -> Looked {
    match web::bind(address) {
        Ok(_) => good(setting, format!("{address} is free")),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            doubtful(setting, format!("another program listens on {address} now, perhaps this service"))
        }
        Err(error) => wrong(setting, refusal(&serve::deaf(setting, address, &error))),
    }
}

fn metrics(address: &str) -> Looked {
    let looked = listening("metrics", address);
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host).trim_matches(['[', ']']);
    let is_private = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    match looked.severity {
        None if !is_private => doubtful(
            "metrics",
            format!("{address} is free; whoever reaches it reads the figures: let only your monitoring in"),
        ),
        _ => looked,
    }
}

fn public_url(settings: &ServeArgs) -> Looked {
    let setting = "public-url";
    let Some(url) = &settings.public_url else {
        return doubtful(
            setting,
            format!("not given: links in mail lead to http://{}, which only this machine reaches", settings.listen),
        );
    };
    let example = "write https://consult.example.org";
    let Some((scheme, rest)) = url.split_once("://") else {
        return wrong(setting, format!("{url} is no address: {example}"));
    };
    let place = rest.trim_end_matches('/');
    let host = place.rsplit_once(':').map_or(place, |(host, _)| host);
    match scheme {
        _ if place.is_empty() || place.contains(['/', '?', '#', '@', ' ']) => {
            wrong(setting, format!("{url} is more than a host, or less: {example}"))
        }
        "https" => good(setting, format!("{url}; cookies come back by HTTPS alone")),
        "http" if host == "localhost" || host.starts_with("127.") => {
            good(setting, format!("{url}, for this machine alone"))
        }
        "http" => doubtful(
            setting,
            format!("{url}: answers and sign-ins travel for everyone to read; put TLS before it and {example}"),
        ),
        _ => wrong(setting, format!("{url} is no address of the web: {example}")),
    }
}

fn mail_server(settings: &ServeArgs, library: Option<&Library>) -> Looked {
    let setting = "mail";
    let mailer = match mail::mailer(&settings.mail) {
        Ok(mailer) => mailer,
        Err(error) => return wrong(setting, refusal(&error)),
    };
    let Some(mailer) = mailer else {
        let by_mail = library.map_or(Ok(Vec::new()), access::by_mail).unwrap_or_default();
        return match by_mail.first() {
            Some(id) => wrong(
                setting,
                format!(
                    "{id} lets people in by a link that is mailed, and no mail server is named: add --smtp-url and --mail-from"
                ),
            ),
            None => doubtful(setting, "no mail server is named: nobody is invited, and no page offers mail"),
        };
    };
    match mailer.reach() {
        Ok(()) => good(setting, "the mail server answers, protected and with the user that is named"),
        Err(error) => wrong(setting, error.to_string()),
    }
}

fn browser(settings: &ServeArgs) -> Looked {
    match serve::browser(settings.browser.as_deref()) {
        Ok(Some(_)) => good("browser", "makes PDFs of reports"),
        Ok(None) => doubtful("browser", "there is none: staff take reports as HTML or DOCX, and no PDF is offered"),
        Err(error) => wrong("browser", refusal(&error)),
    }
}

fn model(settings: &ServeArgs) -> Looked {
    match embedding::directory(settings.model.embeddings.as_deref()) {
        None => good("model", "none: themes are made of words alone"),
        Some(folder) => {
            told("model", embedding::check(&folder).map(|()| format!("themes are shaped by {}", folder.display())))
        }
    }
}
