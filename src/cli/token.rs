//! `canvass token`: what programs show to read by the API.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use serde_json::json;

use super::Outcome;
use super::options::Format;
use super::output::{self, say, warn};
use super::run::note;
use crate::service::time::Moment;
use crate::service::token::{self, Known, New, Scope};
use crate::service::{Library, ServiceError};

/// What `token` takes.
#[derive(Debug, Args)]
pub struct TokenArgs {
    #[command(subcommand)]
    what: TokenWhat,
}

#[derive(Debug, Subcommand)]
enum TokenWhat {
    /// Make a token, which is shown this once: only a hash of it is kept.
    #[command(
        after_help = "Example: canvass token add --survey digital-ready-workforce --scope report --label dashboard\n\n\
                      Scopes: `definition` with codebook and versions; `report` with its tables, in which nothing of \
                      few people is told; `responses`, what single people answered. None has contact details."
    )]
    Add {
        /// The only consultation that it lets a program read.
        #[arg(long, value_name = "ID", required_unless_present = "all_surveys", conflicts_with = "all_surveys")]
        survey: Option<String>,
        /// It lets a program read all consultations, also those to come.
        #[arg(long)]
        all_surveys: bool,
        /// What it lets a program read; may be given several times.
        #[arg(long = "scope", required = true, value_delimiter = ',', value_parser = scopes())]
        scopes: Vec<Scope>,
        /// What you call it, such as the program that it is for.
        #[arg(long)]
        label: String,
        /// The first day on which it works no more, in UTC; without it, it works until it is revoked.
        #[arg(long, value_name = "DAY", value_parser = day)]
        expires: Option<jiff::civil::Date>,
    },
    /// List the tokens with what they let a program read and when they were last used.
    #[command(after_help = "Example: canvass token list --format json")]
    List,
    /// Take a token away: it works no more.
    #[command(after_help = "Example: canvass token revoke dashboard")]
    Revoke {
        /// What you call it.
        label: String,
    },
}

fn scopes() -> impl TypedValueParser<Value = Scope> {
    PossibleValuesParser::new(Scope::ALL.map(Scope::as_str))
        .try_map(|word| Scope::of_word(&word).ok_or("no such scope"))
}

fn day(typed: &str) -> Result<jiff::civil::Date, String> {
    typed.parse().map_err(|_| "write a day as YYYY-MM-DD".to_string())
}

/// Makes, lists or takes away.
pub(super) fn run(library: &Library, args: &TokenArgs, format: Format) -> Result<Outcome, ServiceError> {
    let now = Moment::now();
    match &args.what {
        TokenWhat::Add { survey, all_surveys: _, scopes, label, expires } => {
            let new = New { label, scopes, survey: survey.as_deref(), expires_on: *expires };
            let token = token::add(library, &new, now)?;
            note(library, &format!("token add {}", label.trim()), survey.as_deref())?;
            output::result(format, &token, &json!({ "token": token, "label": label.trim() }));
            if format == Format::Text {
                warn("It is shown this once: whoever has it reads what it lets read, until it is revoked.");
            }
        }
        TokenWhat::List => {
            let known = token::list(library, now)?;
            if format == Format::Text {
                say(&text(&known));
            } else {
                output::result(format, "", &json!(known.iter().map(value).collect::<Vec<_>>()));
            }
        }
        TokenWhat::Revoke { label } => {
            token::revoke(library, label)?;
            note(library, &format!("token revoke {}", label.trim()), None)?;
            let said = format!("{} is revoked.", label.trim());
            output::result(format, &said, &json!({ "label": label.trim(), "revoked": true }));
        }
    }
    Ok(Outcome::Done)
}

fn words(one: &Known) -> Vec<&'static str> {
    one.scopes.iter().map(|scope| scope.as_str()).collect()
}

fn text(known: &[Known]) -> String {
    if known.is_empty() {
        return "There is no token.".to_string();
    }
    let line = |one: &Known| {
        let expires = match &one.expires_on {
            Some(day) if one.is_expired => format!("expired {day}"),
            Some(day) => format!("expires {day}"),
            None => "does not expire".to_string(),
        };
        let used = one.used_on.as_ref().map_or_else(|| "never used".to_string(), |day| format!("last used {day}"));
        let survey = one.survey.as_deref().unwrap_or("all consultations");
        format!("{}\t{survey}\t{}\tmade {}\t{expires}\t{used}", one.label, words(one).join(", "), one.made_on)
    };
    known.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn value(one: &Known) -> serde_json::Value {
    json!({
        "label": one.label, "survey": one.survey, "scopes": words(one), "made_on": one.made_on,
        "expires_on": one.expires_on, "expired": one.is_expired, "used_on": one.used_on,
    })
}
