//! Carries a subcommand out: reads its input, calls one service, prints or writes what comes of it.

use std::path::Path;

use serde_json::json;

use super::Outcome;
use super::options::{Cli, Command, Format, From, ThemesArgs};
use super::output::{self, Bar, say, warn};
use super::write::Batch;
use crate::analysis::text::{Assigned, ThemeOptions};
use crate::definition;
use crate::document::Severity;
use crate::export::csv::guarded;
use crate::render::{Renderer, report::report_html};
use crate::service::time::Moment;
use crate::service::{Library, ServiceError, export, import, publish, report, sign_in, simulate, themes};
use crate::store::{Open, Store};
use crate::web;

/// Carries out what the command line says.
pub fn run(cli: &Cli) -> Result<Outcome, ServiceError> {
    let existing = || open(&cli.database, Open::Existing);
    let create = || open(&cli.database, Open::Create);
    match &cli.command {
        Command::Check { files } => check(files, cli.format),
        Command::Publish { file } => publish_file(&create()?, file, cli.format),
        Command::Serve { listen, public_url, sign_in } => serve(create()?, listen, public_url.as_deref(), *sign_in),
        Command::SignIn { public_url } => {
            let token = sign_in::issue(&existing()?, Moment::now())?;
            let address = format!("{}/staff/sign-in/{}", public_url.trim_end_matches('/'), token.as_str());
            output::result(cli.format, &address, &json!({ "address": address }));
            Ok(Outcome::Done)
        }
        Command::Close { survey } => {
            publish::close(&existing()?, survey)?;
            output::result(
                cli.format,
                &format!("{survey} is closed."),
                &json!({ "survey": survey, "state": "closed" }),
            );
            Ok(Outcome::Done)
        }
        Command::List => list(&existing()?, cli.format),
        Command::Import { from: From::Polis { folder, id } } => {
            import_polis(&create()?, folder, id.as_deref(), cli.format)
        }
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
        Command::Report { survey, out, seed } => write_report(&existing()?, survey, out, *seed, cli.format),
        Command::Themes(args) => group_file(args, cli.format),
    }
}

fn open(database: &str, open: Open) -> Result<Library, ServiceError> {
    Ok(Library::new(Store::open(database, open)?))
}

fn read(file: &Path) -> Result<String, ServiceError> {
    let path = file.display().to_string();
    let bytes =
        std::fs::read(file).map_err(|source| ServiceError::File { path: path.clone(), action: "read", source })?;
    String::from_utf8(bytes).map_err(|_| ServiceError::Content {
        path,
        line: None,
        problem: "is not UTF-8 text".to_string(),
    })
}

fn check(files: &[std::path::PathBuf], format: Format) -> Result<Outcome, ServiceError> {
    let (mut errors, mut warnings, mut results) = (0, 0, Vec::new());
    for file in files {
        let name = file.display().to_string();
        let findings = definition::parse(&read(file)?).findings;
        for finding in &findings {
            *if finding.severity == Severity::Error { &mut errors } else { &mut warnings } += 1;
            if format == Format::Text {
                say(&output::finding(&name, finding));
            }
        }
        results.push(json!({ "file": name, "findings": findings }));
    }
    let text = match (errors, warnings) {
        (0, 0) => format!("{} checked: no mistakes.", count(files.len(), "file")),
        _ => format!(
            "{} checked: {}, {}.",
            count(files.len(), "file"),
            count(errors, "error"),
            count(warnings, "warning")
        ),
    };
    output::result(format, &text, &json!(results));
    Ok(if errors > 0 { Outcome::MistakesFound } else { Outcome::Done })
}

fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

fn publish_file(library: &Library, file: &Path, format: Format) -> Result<Outcome, ServiceError> {
    let name = file.display().to_string();
    let published = publish::publish(library, &name, &read(file)?, Moment::now())?;
    for finding in &published.warnings {
        warn(&output::finding(&name, finding));
    }
    let text = if published.new {
        format!(
            "{} is published as version {}. It starts at /s/{}.",
            published.survey, published.version, published.survey
        )
    } else {
        format!("{} was published already, as version {}: nothing has changed.", published.survey, published.version)
    };
    output::result(
        format,
        &text,
        &json!({ "survey": published.survey, "version": published.version, "new": published.new }),
    );
    Ok(Outcome::Done)
}

fn serve(
    library: Library,
    listen: &str,
    public_url: Option<&str>,
    with_sign_in: bool,
) -> Result<Outcome, ServiceError> {
    let failed = |source: std::io::Error| match source.kind() {
        std::io::ErrorKind::AddrInUse => ServiceError::Usage(format!(
            "another program listens on {listen} already: stop it, or choose another port with --listen 127.0.0.1:8081"
        )),
        _ => ServiceError::Usage(format!(
            "cannot listen on {listen} ({source}): give an address of this machine and a free port, such as 127.0.0.1:8080"
        )),
    };
    let listener = web::bind(listen).map_err(failed)?;
    let own = listener.local_addr().map_or_else(|_| format!("http://{listen}"), |address| format!("http://{address}"));
    let site = web::Site::new(public_url.unwrap_or(&own));
    say(&format!("Canvass is serving at {}", site.address));
    for consultation in publish::list(&library)? {
        if consultation.listed.survey.state == crate::store::survey::State::Open {
            say(&format!("  {}: {}/s/{}", consultation.title, site.address, consultation.listed.survey.id));
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
    let ended =
        actix_web::rt::System::new().block_on(async { web::serve(listener, library, site)?.await.map_err(Into::into) });
    ended.map_err(|error: web::ServeError| ServiceError::Usage(format!("the server stopped: {error}")))?;
    Ok(Outcome::Done)
}

fn list(library: &Library, format: Format) -> Result<Outcome, ServiceError> {
    let consultations = publish::list(library)?;
    let row = |consultation: &publish::Consultation| {
        let listed = &consultation.listed;
        let sum = |of: fn(&crate::store::survey::Count) -> i64| listed.counts.iter().map(of).sum::<i64>();
        json!({
            "survey": listed.survey.id, "title": consultation.title, "version": listed.survey.version, "state": listed.survey.state.as_str(),
            "mode": listed.survey.mode.as_str(), "started": sum(|count| count.started), "completed": sum(|count| count.completed),
        })
    };
    let rows: Vec<serde_json::Value> = consultations.iter().map(row).collect();
    let lines: Vec<String> = rows
        .iter()
        .map(|row| {
            format!(
                "{}\t{}\tstarted {}\tcompleted {}\t{}",
                text(&row["survey"]),
                text(&row["state"]),
                row["started"],
                row["completed"],
                text(&row["title"])
            )
        })
        .collect();
    let text = if lines.is_empty() { "No consultation is published yet.".to_string() } else { lines.join("\n") };
    output::result(format, &text, &json!(rows));
    Ok(Outcome::Done)
}

fn text(value: &serde_json::Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn import_polis(library: &Library, folder: &Path, id: Option<&str>, format: Format) -> Result<Outcome, ServiceError> {
    let named = || folder.file_name().map(|name| name.to_string_lossy().replace('.', "-").to_lowercase());
    let id = id
        .map(str::to_string)
        .or_else(named)
        .ok_or_else(|| ServiceError::Usage("name the consultation with --id".to_string()))?;
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

fn write_report(
    library: &Library,
    survey: &str,
    out: &Path,
    seed: u64,
    format: Format,
) -> Result<Outcome, ServiceError> {
    let bar = Bar::new();
    let report = report::build(library, survey, seed, &|step, done| bar.tell(step, done))?;
    bar.tell("Writing files", 0.0);
    let failed = |error: &dyn std::fmt::Display| ServiceError::Usage(format!("the report cannot be laid out: {error}"));
    let renderer = Renderer::new().map_err(|error| failed(&error))?;
    let page = report_html(&renderer, &report, web::CSS).map_err(|error| failed(&error))?;
    let mut data = serde_json::to_vec_pretty(&report).map_err(|error| failed(&error))?;
    data.push(b'\n');
    let mut batch = Batch::new(out)?;
    batch.bytes("report.html", page.as_bytes())?;
    batch.bytes("report.json", &data)?;
    let rows = batch.file("responses.csv", |file| export::responses_csv(library, survey, file, "responses.csv"))?;
    batch.file("codebook.csv", |file| export::codebook_csv(library, survey, file, "codebook.csv"))?;
    batch.publish()?;
    bar.finish();
    let folder = out.display();
    let text = format!(
        "{rows} responses.\n  {folder}/report.html\n  {folder}/report.json\n  {folder}/responses.csv\n  {folder}/codebook.csv\n\n{}",
        report.findings.join("\n")
    );
    output::result(
        format,
        &text,
        &json!({ "survey": survey, "responses": rows, "out": out, "findings": report.findings }),
    );
    Ok(Outcome::Done)
}

fn group_file(args: &ThemesArgs, format: Format) -> Result<Outcome, ServiceError> {
    if args.embeddings != "none" {
        return Err(ServiceError::Usage(format!(
            "this version cannot use the language model in {}: leave --embeddings out",
            args.embeddings
        )));
    }
    let source = themes::Source {
        file: &args.file,
        text_column: &args.text_column,
        id_column: args.id_column.as_deref(),
        has_header: !args.no_header,
    };
    let options = ThemeOptions { k: args.k, seed: args.seed, ..ThemeOptions::default() };
    let bar = Bar::new();
    let found = themes::of_file(&source, &options, &|step, done| bar.tell(step, done))?;
    bar.finish();
    let json = json!({ "file": args.file, "seed": args.seed, "empty": found.empty, "themes": found.themes });
    if let Some(out) = &args.out {
        let mut batch = Batch::new(out)?;
        batch.bytes("themes.json", format!("{json:#}\n").as_bytes())?;
        batch.bytes("themes.csv", themes_table(&found).as_slice())?;
        batch.bytes("assignments.csv", assignments(&found).as_slice())?;
        batch.publish()?;
    }
    output::result(format, &themes_text(&found), &json);
    Ok(Outcome::Done)
}

fn themes_text(found: &themes::FileThemes) -> String {
    let themes = &found.themes;
    let mut lines =
        vec![format!("{} answers, {} different; {} rows without text.", themes.n, themes.distinct, found.empty)];
    for theme in &themes.themes {
        lines.push(format!("{:>6}  {}", theme.count, theme.label));
        lines.extend(theme.quotes.first().map(|quote| format!("        “{}”", shortened(quote))));
    }
    lines.push(format!("{:>6}  other", themes.other));
    lines.push(format!("{:>6}  none (nothing said)", themes.none));
    lines.join("\n")
}

fn shortened(quote: &str) -> String {
    let one_line = quote.split_whitespace().collect::<Vec<_>>().join(" ");
    if one_line.chars().count() <= 100 {
        one_line
    } else {
        format!("{}…", one_line.chars().take(100).collect::<String>())
    }
}

fn themes_table(found: &themes::FileThemes) -> Vec<u8> {
    let mut rows = vec![["theme", "label", "count", "distinct", "terms"].map(str::to_string)];
    let row = |id: &str, label: &str, count: u64, distinct: u64, terms: &str| {
        [
            id.to_string(),
            guarded(label.to_string()),
            count.to_string(),
            distinct.to_string(),
            guarded(terms.to_string()),
        ]
    };
    for theme in &found.themes.themes {
        rows.push(row(&theme.id, &theme.label, theme.count, theme.distinct, &theme.terms.join("; ")));
    }
    rows.push(row("other", "Fits no theme well", found.themes.other, 0, ""));
    rows.push(row("none", "Says nothing", found.themes.none, 0, ""));
    table(rows)
}

fn assignments(found: &themes::FileThemes) -> Vec<u8> {
    let mut rows = vec![["id", "theme", "label"].map(str::to_string)];
    for (id, assigned) in &found.rows {
        let (theme, label) = match assigned {
            Assigned::None => ("none", "Says nothing"),
            Assigned::Other => ("other", "Fits no theme well"),
            Assigned::Theme(index) => {
                found.themes.themes.get(*index).map_or(("other", ""), |theme| (theme.id.as_str(), theme.label.as_str()))
            }
        };
        rows.push([guarded(id.clone()), theme.to_string(), guarded(label.to_string())]);
    }
    table(rows)
}

fn table<const N: usize>(rows: Vec<[String; N]>) -> Vec<u8> {
    let mut out = csv::Writer::from_writer(Vec::new());
    for row in rows {
        // Writing to memory cannot fail.
        let _written = out.write_record(row);
    }
    out.into_inner().unwrap_or_default()
}
