//! `canvass staff`: the accounts of those who run consultations; `canvass audit`: what they did.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use serde_json::json;

use super::Outcome;
use super::options::Format;
use super::output::{self, Bar, warn};
use crate::response::code::Token;
use crate::service::account::{self, Known, Who};
use crate::service::audit;
use crate::service::time::Moment;
use crate::service::{Library, ServiceError};
use crate::staff::Role;
use crate::staff::audit::{Entry, Head};

/// What `staff` takes.
#[derive(Debug, Args)]
pub struct StaffArgs {
    #[command(subcommand)]
    what: StaffWhat,
}

#[derive(Debug, Subcommand)]
enum StaffWhat {
    /// Make an account; prints the link by which its owner sets it up, once and within an hour.
    #[command(after_help = "Example: canvass staff add ana@example.org --name \"Ana Lee\" --administrator")]
    Add {
        /// The address that its owner signs in by.
        email: String,
        /// What its owner is called.
        #[arg(long)]
        name: String,
        /// Its owner manages accounts and reads what staff did; sees no consultation without a role for it.
        #[arg(long)]
        administrator: bool,
        #[command(flatten)]
        at: At,
    },
    /// List the accounts with their roles.
    #[command(after_help = "Example: canvass staff list --format json")]
    List,
    /// Print a link by which the owner of an account sets it up anew; they are signed out until then.
    #[command(after_help = "Example: canvass staff reset ana@example.org")]
    Reset {
        /// The address that its owner signs in by.
        email: String,
        #[command(flatten)]
        at: At,
    },
    /// Let nobody sign in to an account; whoever is signed in is signed out at once.
    #[command(after_help = "Example: canvass staff disable ana@example.org")]
    Disable {
        /// The address that its owner signs in by.
        email: String,
    },
    /// Let the owner of an account sign in again.
    #[command(after_help = "Example: canvass staff enable ana@example.org")]
    Enable {
        /// The address that its owner signs in by.
        email: String,
    },
    /// Give somebody a role for a consultation.
    #[command(after_help = "Example: canvass staff give ana@example.org analyst --survey digital-ready-workforce\n\n\
                      Roles: `owner` may do everything and gives roles; `designer` writes the definition; `publisher` \
                      publishes, opens and closes; `contact-manager` invites and sees no answers; `analyst` reports and \
                      takes answers away and sees no contact details; `coder` sorts what people wrote and looks after \
                      ideas; `auditor` reads what staff did.")]
    Give(RoleOf),
    /// Take a role from somebody.
    #[command(after_help = "Example: canvass staff take ana@example.org analyst --survey digital-ready-workforce")]
    Take(RoleOf),
}

/// Where people reach the service.
#[derive(Debug, Args)]
struct At {
    /// The address that people use, for the link.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080", env = "CANVASS_PUBLIC_URL")]
    public_url: String,
}

#[derive(Debug, Args)]
struct RoleOf {
    /// The address that they sign in by.
    email: String,
    /// The role.
    #[arg(value_parser = roles())]
    role: Role,
    /// The consultation.
    #[arg(long, value_name = "ID")]
    survey: String,
}

fn roles() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::ALL.map(Role::as_str)).try_map(|word| Role::of_word(&word).ok_or("no such role"))
}

/// Looks after accounts.
pub(super) fn run(library: &Library, args: &StaffArgs, format: Format) -> Result<Outcome, ServiceError> {
    let (now, by) = (Moment::now(), Who::Operator);
    match &args.what {
        StaffWhat::Add { email, name, administrator, at } => {
            link(&account::add(library, (email, name, *administrator), &by, now)?, at, format);
        }
        StaffWhat::Reset { email, at } => link(&account::reset(library, email, &by, now)?, at, format),
        StaffWhat::List => list(&account::list(library)?, format),
        StaffWhat::Disable { email } => {
            account::disable(library, email, true, &by, now)?;
            output::result(format, &format!("Nobody signs in as {email} any more."), &json!({ "disabled": email }));
        }
        StaffWhat::Enable { email } => {
            account::disable(library, email, false, &by, now)?;
            output::result(format, &format!("{email} signs in again."), &json!({ "enabled": email }));
        }
        StaffWhat::Give(of) => {
            account::set_role(library, (&of.email, &of.survey, of.role), true, &by, now)?;
            changed(of, "is now", format);
        }
        StaffWhat::Take(of) => {
            account::set_role(library, (&of.email, &of.survey, of.role), false, &by, now)?;
            changed(of, "is no longer", format);
        }
    }
    Ok(Outcome::Done)
}

fn link(link: &Token, at: &At, format: Format) {
    let address = format!("{}/staff/set-up/{}", at.public_url.trim_end_matches('/'), link.as_str());
    output::result(format, &address, &json!({ "address": address }));
    if format == Format::Text {
        warn(
            "Give this link to the owner of the account alone: it sets a password and a second factor, once within an hour.",
        );
    }
}

fn changed(of: &RoleOf, now: &str, format: Format) {
    let RoleOf { email, role, survey } = of;
    let json = json!({ "email": email, "role": role.as_str(), "survey": survey });
    output::result(format, &format!("{email} {now} {role} of {survey}."), &json);
}

fn list(known: &[Known], format: Format) {
    let line = |one: &Known| {
        let administrator = one.is_administrator.then(|| "administrator".to_string());
        let roles = one.roles.iter().map(|(survey, role)| format!("{role} of {survey}"));
        let roles: Vec<String> = administrator.into_iter().chain(roles).collect();
        format!("{}\t{}\t{}\t{}", one.email, one.name, one.state.as_str(), roles.join(", "))
    };
    let row = |one: &Known| {
        let roles = one.roles.iter().map(|(survey, role)| json!({ "survey": survey, "role": role.as_str() }));
        json!({
            "email": one.email, "name": one.name, "state": one.state.as_str(), "administrator": one.is_administrator,
            "roles": roles.collect::<Vec<_>>(),
        })
    };
    let text = known.iter().map(line).collect::<Vec<_>>().join("\n");
    let text = if text.is_empty() { "There is no account yet: canvass staff add makes one.".to_string() } else { text };
    output::result(format, &text, &json!(known.iter().map(row).collect::<Vec<_>>()));
}

/// What `audit` takes.
#[derive(Debug, Args)]
pub struct AuditArgs {
    #[command(subcommand)]
    what: AuditWhat,
}

#[derive(Debug, Subcommand)]
enum AuditWhat {
    /// List what staff did, newest first.
    #[command(after_help = "Example: canvass audit list --survey digital-ready-workforce --most 20")]
    List {
        /// Only what was done with this consultation.
        #[arg(long, value_name = "ID")]
        survey: Option<String>,
        /// At most so many entries.
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
        most: u32,
    },
    /// Print how far the record reaches, to keep it elsewhere.
    #[command(after_help = "Example: canvass audit head > /mnt/elsewhere/audit-head.txt")]
    Head,
    /// Hold every entry against the one before it, and the record against where it once ended.
    #[command(after_help = "Example: canvass audit verify --head \"$(cat /mnt/elsewhere/audit-head.txt)\"")]
    Verify {
        /// What `canvass audit head` printed before: tells whether the record was cut off since.
        #[arg(long, value_name = "NUMBER:HASH", value_parser = read_head)]
        head: Option<Head>,
    },
}

fn read_head(typed: &str) -> Result<Head, String> {
    Head::read(typed).ok_or_else(|| "write it as `canvass audit head` printed it, such as 12:5f…".to_string())
}

/// Reads what staff did, or holds it against itself.
pub(super) fn audit(library: &Library, args: &AuditArgs, format: Format) -> Result<Outcome, ServiceError> {
    match &args.what {
        AuditWhat::List { survey, most } => {
            let entries = audit::latest(library, survey.as_deref(), i64::MAX, *most)?;
            let line = |entry: &Entry| {
                let Entry { number, at, who, act, survey, subject } = entry;
                format!("{number}\t{at}\t{who}\t{act}\t{}\t{subject}", survey.as_deref().unwrap_or("-"))
            };
            let text = entries.iter().map(line).collect::<Vec<_>>().join("\n");
            let row = |entry: &Entry| {
                json!({
                    "number": entry.number, "at": entry.at, "who": entry.who, "act": entry.act, "survey": entry.survey,
                    "subject": entry.subject,
                })
            };
            let text = if text.is_empty() { "Nothing is written down yet.".to_string() } else { text };
            output::result(format, &text, &json!(entries.iter().map(row).collect::<Vec<_>>()));
        }
        AuditWhat::Head => {
            let head = audit::head(library)?;
            output::result(format, &head.to_string(), &json!({ "number": head.number, "hash": head.hash }));
        }
        AuditWhat::Verify { head: kept } => {
            let bar = Bar::new();
            let head = audit::verify(library, kept.as_ref(), &|step, done| bar.tell(step, done))?;
            bar.finish();
            let kept = if kept.is_some() { ", and what was kept is part of it" } else { "" };
            let text =
                format!("All {} entries are as they were written{kept}. The record ends with {head}.", head.number);
            output::result(format, &text, &json!({ "entries": head.number, "head": head.to_string(), "whole": true }));
        }
    }
    Ok(Outcome::Done)
}
