//! Carries a subcommand out: reads its input, calls one service, prints or writes what comes of it.

use std::path::Path;

use serde_json::json;

use super::bundle::BundleArgs;
use super::exchange::{Tool, export as export_definition, import as import_definition, template};
use super::options::{Cli, Command, Format, From, Model, TemplateKind, To};
use super::output::{self, Bar, say, warn};
use super::write::Batch;
use super::{
    Outcome, access, analyse, bundle, care, check, coding, compare, config, instrument, model, report, responses,
    round, serve, staff, themes, token, translate, verify, versions,
};
use crate::service::audit::{self, COMMAND_LINE, Note};
use crate::service::time::Moment;
use crate::service::{Library, ServiceError, export, import, publish, sign_in, simulate};
use crate::staff::audit::Act;

/// Carries out what the command line says, and writes down what it did with people's answers and addresses.
pub fn run(cli: &Cli) -> Result<Outcome, ServiceError> {
    let outcome = carry_out(cli)?;
    if let Some((did, survey)) = noted(&cli.command) {
        note(&Library::open(&cli.database)?, did, survey)?;
    }
    Ok(outcome)
}

/// What is written down of a command that only here is known to be one of the command line: what it did, to what. Accounts,
/// tokens and publishing are written down where they are done.
fn noted(command: &Command) -> Option<(&'static str, Option<&str>)> {
    let (did, survey) = match command {
        Command::Invite { survey, .. } => ("invite", survey),
        Command::Passphrase { survey } => ("passphrase", survey),
        Command::Close { survey } => ("close", survey),
        Command::Retention { survey, now: true, .. } => return Some(("retention", survey.as_deref())),
        Command::Erase { survey, .. } => ("erase", survey),
        Command::Simulate { survey, .. } => ("simulate", survey),
        Command::Report(args) => ("report", &args.survey),
        Command::Bundle(args) => ("bundle", args.survey.as_ref()?),
        Command::Responses(args) => ("responses", &args.survey),
        Command::Round(args) => ("round", &args.survey),
        Command::Compare(args) => ("compare", &args.first.survey),
        Command::Contacts { survey, .. } => ("contacts", survey),
        _ => return None,
    };
    Some((did, Some(survey)))
}

/// Writes down what the command line did.
pub(super) fn note(library: &Library, did: &str, survey: Option<&str>) -> Result<(), ServiceError> {
    let note = Note { who: COMMAND_LINE, act: Act::Command, survey, subject: did };
    audit::note(library, &note, Moment::now())
}

fn carry_out(cli: &Cli) -> Result<Outcome, ServiceError> {
    if cli.format == Format::Sarif && !matches!(cli.command, Command::Check { .. }) {
        return Err(ServiceError::Refused(
            "only `canvass check` prints SARIF: write --format text or json".to_string(),
        ));
    }
    let keyed = |library: Library| match &cli.key_file {
        Some(file) => library.with_key_in(file),
        None => library,
    };
    let existing = || Library::open(&cli.database).map(keyed);
    let create = || Library::open_or_create(&cli.database).map(keyed);
    match &cli.command {
        Command::Check { files } => check::check(files, cli.format),
        Command::Publish { file, new_wave } => publish_file(&create()?, file, *new_wave, cli.format),
        Command::Diff { from, to } => versions::compare(cli, from, to),
        Command::Serve(args) => serve::run(args, create),
        Command::Config(args) => Ok(config::run(cli, args)),
        Command::SignIn { public_url } => {
            let token = sign_in::issue(&existing()?, Moment::now())?;
            let address = format!("{}/staff/sign-in/{}", public_url.trim_end_matches('/'), token.as_str());
            output::result(cli.format, &address, &json!({ "address": address }));
            Ok(Outcome::Done)
        }
        Command::Invite { survey, count, out, public_url } => {
            access::invite(&existing()?, survey, *count, out.as_deref(), public_url, cli.format)
        }
        Command::Passphrase { survey } => access::passphrase(&existing()?, survey, cli.format),
        Command::Close { survey } => {
            publish::close(&existing()?, survey, Moment::now())?;
            output::result(
                cli.format,
                &format!("{survey} is closed."),
                &json!({ "survey": survey, "state": "closed" }),
            );
            Ok(Outcome::Done)
        }
        Command::Migrate { down_to: Some(version), confirm, .. } => {
            care::down(&cli.database, version, confirm.as_deref(), cli.format)
        }
        Command::Migrate { check, .. } => care::migrate(&cli.database, *check, cli.format),
        Command::Backup { out } => care::backup(&cli.database, out, cli.format),
        Command::Verify { path } => verify::verify(path, cli.format),
        Command::Restore { file, to } => care::restore(file, to, cli.format),
        Command::Copy { from, to } => care::copy(from, to, cli.format),
        Command::Retention { survey, now, until } => {
            care::retention(&existing()?, survey.as_deref(), *now, until, cli.format)
        }
        Command::Erase { survey, receipt } => care::erase(&existing()?, survey, receipt, cli.format),
        Command::List => list(&existing()?, cli.format),
        Command::Import { from: From::Polis { folder, id } } => {
            import_polis(&create()?, folder, id.as_deref(), cli.format)
        }
        Command::Import { from: From::Xlsform { file, made } } => {
            import_definition(Tool::XlsForm, file, made, cli.format)
        }
        Command::Import { from: From::Surveyjs { file, made } } => {
            import_definition(Tool::SurveyJs, file, made, cli.format)
        }
        Command::Import { from: From::Fhir { file, made } } => import_definition(Tool::Fhir, file, made, cli.format),
        Command::Export { to: To::Xlsform { file, made } } => export_definition(Tool::XlsForm, file, made, cli.format),
        Command::Export { to: To::Fhir { file, made } } => export_definition(Tool::Fhir, file, made, cli.format),
        Command::Template { kind: TemplateKind::Xlsform, out, force } => template(out, *force, cli.format),
        Command::Simulate { survey, n, seed } => {
            let bar = Bar::new();
            let stored =
                simulate::simulate(&existing()?, survey, *n, *seed, Moment::now(), &|step, done| bar.tell(step, done))?;
            bar.finish();
            let text = format!(
                "{stored} simulated responses added to {survey}. They are marked as simulated wherever they appear."
            );
            output::result(cli.format, &text, &json!({ "survey": survey, "simulated": stored }));
            Ok(if stored == *n { Outcome::Done } else { Outcome::DoneWithLosses })
        }
        Command::Report(args) => report::run(&existing()?.with_embeddings(report::model(args)), args, cli.format),
        Command::Compare(args) => compare::run(&existing()?, args, (&cli.database, cli.format)),
        Command::Bundle(BundleArgs { instead: Some(what), .. }) => bundle::instead(what, cli.format),
        Command::Bundle(args) => bundle::write(existing()?, args, cli.format),
        Command::Receipt(args) => bundle::receipt(args, cli.format),
        Command::Token(args) => token::run(&existing()?, args, cli.format),
        Command::Staff(args) => staff::run(&existing()?, args, cli.format),
        Command::Audit(args) => staff::audit(&existing()?, args, cli.format),
        Command::Responses(args) => responses::run(&existing()?, args, cli.format),
        Command::Contacts { survey, out } => write_contacts(&existing()?, survey, out, cli.format),
        Command::Paper { instrument, out, lang } => instrument::paper(cli, instrument, out, lang.as_deref()),
        Command::Codebook { instrument, out } => instrument::codebook(cli, instrument, out),
        Command::Analyse(args) => analyse::run(args, cli.format),
        Command::Round(args) => round::run(&existing()?, args, cli.format),
        Command::Themes(args) => themes::run(args, cli.format),
        Command::Coding(args) => coding::run(&existing()?.with_embeddings(coding::model(args)), args, cli.format),
        Command::Model { what: Model::Distil { from, to } } => model::distil(from, to, cli.format),
        Command::Translate { what } => translate::translate(what, cli.format),
    }
}

pub(super) fn read(file: &Path) -> Result<String, ServiceError> {
    let path = file.display().to_string();
    let bytes =
        std::fs::read(file).map_err(|source| ServiceError::File { path: path.clone(), action: "read", source })?;
    String::from_utf8(bytes).map_err(|_| ServiceError::Content {
        path,
        line: None,
        problem: "is not UTF-8 text".to_string(),
    })
}

fn publish_file(library: &Library, file: &Path, new_wave: bool, format: Format) -> Result<Outcome, ServiceError> {
    let name = file.display().to_string();
    let publish = if new_wave { publish::publish_new_wave } else { publish::publish };
    let published = publish(library, &name, &read(file)?, Moment::now()).inspect_err(|error| {
        if let ServiceError::Breaking { diff, .. } = error {
            versions::lines(diff, warn);
        }
    })?;
    for finding in &published.warnings {
        warn(&output::finding(&name, finding));
    }
    if !published.has_statement {
        warn(&format!(
            "warning: {name} has no `accessibility`: its accessibility statement will say that there is none; \
             add whom to tell of a barrier, when it was tested and what is not accessible"
        ));
    }
    if let Some(changed) = published.changed.as_ref().filter(|changed| !changed.changes.is_empty()) {
        changed.warnings.iter().for_each(|warning| warn(&format!("warning: {warning}")));
        if format == Format::Text {
            versions::lines(changed, say);
            say(&changed.consequence());
        }
    }
    if published.new {
        note(library, &format!("publish version {}", published.version), Some(&published.survey))?;
    }
    let text = if published.new {
        format!(
            "{} is published as version {}. It starts at /s/{}.",
            published.survey, published.version, published.survey
        )
    } else {
        format!("{} is at version {}, which had been published before.", published.survey, published.version)
    };
    output::result(
        format,
        &text,
        &json!({
            "survey": published.survey, "version": published.version, "new": published.new,
            "changed": published.changed.as_ref().map(versions::json),
        }),
    );
    Ok(Outcome::Done)
}

fn list(library: &Library, format: Format) -> Result<Outcome, ServiceError> {
    let consultations = publish::list(library)?;
    let state = |consultation: &publish::Consultation| if consultation.is_open { "open" } else { "closed" };
    let lines = consultations.iter().map(|one| {
        format!("{}\t{}\tstarted {}\tcompleted {}\t{}", one.id, state(one), one.started, one.completed, one.title)
    });
    let rows = consultations.iter().map(|one| {
        json!({
            "survey": one.id, "title": one.title, "version": one.version, "state": state(one), "mode": one.mode,
            "started": one.started, "completed": one.completed, "simulated": one.simulated,
        })
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    let text = if text.is_empty() { "No consultation is published yet.".to_string() } else { text };
    output::result(format, &text, &json!(rows.collect::<Vec<_>>()));
    Ok(Outcome::Done)
}

fn import_polis(library: &Library, folder: &Path, id: Option<&str>, format: Format) -> Result<Outcome, ServiceError> {
    let named = || folder.file_name().map(|name| name.to_string_lossy().replace('.', "-").to_lowercase());
    let id = id
        .map(str::to_string)
        .or_else(named)
        .ok_or_else(|| ServiceError::Refused("name the consultation with --id".to_string()))?;
    let bar = Bar::new();
    let imported = import::polis(library, folder, &id, Moment::now(), &|step, done| bar.tell(step, done))?;
    bar.finish();
    for loss in &imported.losses {
        warn(&format!("left out: {loss}"));
    }
    let text = format!(
        "{} imported: {} statements, {} participants, {} votes (each person's last one on a statement).",
        imported.survey, imported.statements, imported.participants, imported.votes
    );
    let json = json!({
        "survey": imported.survey, "statements": imported.statements, "participants": imported.participants,
        "votes": imported.votes, "losses": imported.losses,
    });
    output::result(format, &text, &json);
    Ok(if imported.losses.is_empty() { Outcome::Done } else { Outcome::DoneWithLosses })
}

fn write_contacts(library: &Library, survey: &str, out: &Path, format: Format) -> Result<Outcome, ServiceError> {
    let mut batch = Batch::new(out)?;
    let rows = batch.file("contacts.csv", |file| export::contacts_csv(library, survey, file, "contacts.csv"))?;
    batch.publish()?;
    let text = format!("{} left contact details.\n  {}/contacts.csv", count_people(rows), out.display());
    output::result(format, &text, &json!({ "survey": survey, "contacts": rows, "out": out }));
    Ok(Outcome::Done)
}

fn count_people(n: u64) -> String {
    if n == 1 { "1 person".to_string() } else { format!("{n} people") }
}
