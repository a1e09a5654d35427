//! `canvass themes`: groups a column of any table of free text, prints the themes and writes them as a page and as
//! tables; `canvass themes evaluate` says how far they agree with labels that people gave.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::Outcome;
use super::options::{Format, ModelArgs};
use super::output::{self, Bar, count, shortened};
use super::write::Batch;
use crate::analysis::coding::frame::{assigned_id, copies_id, nearest_cells, theme_id};
use crate::analysis::text::evaluate::Agreement;
use crate::analysis::text::{Assigned, ThemeOptions};
use crate::export::csv::guarded;
use crate::render::Renderer;
use crate::render::themes::themes_html;
use crate::service::{ServiceError, embedding, themes};
use crate::web;

/// Halves of the answers that are grouped anew to tell how stable each theme is.
const RESAMPLES: usize = 10;

/// Options of `themes`.
#[derive(Debug, Args)]
pub struct ThemesArgs {
    /// What to do instead of grouping.
    #[command(subcommand)]
    pub what: Option<ThemesWhat>,
    /// A CSV or TSV file, or a workbook with one sheet.
    #[arg(required = true)]
    pub file: Option<PathBuf>,
    /// The column of texts: its name, or its number from 1.
    #[arg(long, required = true)]
    pub text_column: Option<String>,
    /// A column that names each row.
    #[arg(long)]
    pub id_column: Option<String>,
    /// A column that says how many people each row stands for: it counts in the totals and shapes no theme.
    #[arg(long)]
    pub weight_column: Option<String>,
    /// The first line is a row, not the names of columns.
    #[arg(long)]
    pub no_header: bool,
    /// Number of themes; chosen from the texts if not given.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=500))]
    pub k: Option<u16>,
    /// Fewer and broader themes than suggested (1 to 4), as many (5), or more and narrower ones (6 to 9).
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=9), conflicts_with = "k")]
    pub granularity: u8,
    /// Seed of everything random.
    #[arg(long, default_value_t = 7)]
    pub seed: u64,
    /// What themes are shaped by.
    #[command(flatten)]
    pub model: ModelArgs,
    /// Folder to write themes.html, themes.json, themes.csv, assignments.csv and tree.json to; without it the themes are
    /// only printed.
    #[arg(long)]
    pub out: Option<PathBuf>,
}

/// What `themes` does instead of grouping.
#[derive(Debug, Subcommand)]
pub enum ThemesWhat {
    /// Print how far the themes of an assignments.csv agree with labels that people gave: ACC, NMI, ARI, AMI, purity and
    /// coverage.
    #[command(after_help = "Example: canvass themes evaluate out/themes/assignments.csv coded.csv --label-column code")]
    Evaluate {
        /// The assignments.csv that `canvass themes FILE --out` wrote.
        assignments: PathBuf,
        /// The labels: a CSV or TSV file, or a workbook with one sheet.
        labels: PathBuf,
        /// The column of labels: its name, or its number from 1. Rows without a label are left out.
        #[arg(long, default_value = "label")]
        label_column: String,
        /// The column whose ids stand in the assignments; the row's number if not given.
        #[arg(long)]
        id_column: Option<String>,
        /// The first line of the labels is a row, not the names of columns.
        #[arg(long)]
        no_header: bool,
    },
}

/// Does what `themes` was asked for.
pub(super) fn run(args: &ThemesArgs, format: Format) -> Result<Outcome, ServiceError> {
    match (&args.what, &args.file, &args.text_column) {
        (Some(ThemesWhat::Evaluate { assignments, labels, label_column, id_column, no_header }), ..) => {
            let source = themes::Source {
                file: labels,
                text_column: label_column,
                id_column: id_column.as_deref(),
                weight_column: None,
                has_header: !no_header,
            };
            evaluate(assignments, &source, format)
        }
        (None, Some(file), Some(text_column)) => group_file(args, file, text_column, format),
        _ => Err(ServiceError::Refused("name a file and its --text-column".to_string())),
    }
}

fn group_file(args: &ThemesArgs, file: &Path, text_column: &str, format: Format) -> Result<Outcome, ServiceError> {
    let source = themes::Source {
        file,
        text_column,
        id_column: args.id_column.as_deref(),
        weight_column: args.weight_column.as_deref(),
        has_header: !args.no_header,
    };
    let options = ThemeOptions {
        k: args.k.map(usize::from),
        granularity: args.granularity,
        seed: args.seed,
        resamples: RESAMPLES,
        ..ThemeOptions::default()
    };
    let bar = Bar::new();
    let model = embedding::directory(args.model.embeddings.as_deref());
    let found = themes::of_file(&source, &options, model.as_deref(), &|step, done| bar.tell(step, done))?;
    bar.finish();
    let json = told(file, &found);
    if let Some(out) = &args.out {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let page = Renderer::new()
            .and_then(|renderer| themes_html(&renderer, &name, &found.frame, web::REPORT_CSS))
            .map_err(|error| ServiceError::Refused(format!("the page could not be laid out: {error}")))?;
        let mut batch = Batch::new(out)?;
        batch.bytes("themes.html", page.as_bytes())?;
        batch.bytes("themes.json", format!("{json:#}\n").as_bytes())?;
        batch.bytes("themes.csv", themes_table(&found).as_slice())?;
        batch.bytes("assignments.csv", assignments(&found).as_slice())?;
        batch.bytes("tree.json", format!("{:#}\n", json!(found.themes.tree)).as_bytes())?;
        batch.publish()?;
    }
    output::result(format, &themes_text(&found), &json);
    Ok(Outcome::Done)
}

/// The coding frame with the file it was made of.
fn told(file: &Path, found: &themes::FileThemes) -> Value {
    let mut json = json!({ "file": file });
    if let (Value::Object(all), Value::Object(frame)) = (&mut json, json!(found.frame)) {
        all.extend(frame);
    }
    json
}

fn themes_text(found: &themes::FileThemes) -> String {
    let frame = &found.frame;
    let mut lines = vec![format!(
        "{} answers, {} different texts, {} where most of the wording counts; {} without text left out.",
        frame.n,
        frame.distinct,
        frame.arguments,
        count(frame.empty, "row")
    )];
    for theme in &frame.themes {
        lines.push(format!("{:>6}  {}", theme.count, theme.label));
        lines.extend(theme.quotes.first().map(|quote| format!("        “{}”", shortened(quote))));
    }
    lines.push(format!("{:>6}  other", frame.other));
    lines.push(format!("{:>6}  nothing (says that there is nothing)", frame.none.saturating_sub(frame.unanswered)));
    lines.push(format!("{:>6}  unanswered (did not answer)", frame.unanswered));
    let campaigns: Vec<_> = frame.copies.iter().filter(|copies| copies.campaign).collect();
    if !campaigns.is_empty() {
        lines.push("Sent many times, as it is or changed a little:".to_string());
        lines.extend(campaigns.iter().map(|copies| format!("{:>6}  “{}”", copies.count, shortened(&copies.start))));
    }
    lines.extend(frame.advice.iter().cloned());
    lines.join("\n")
}

fn themes_table(found: &themes::FileThemes) -> Vec<u8> {
    let frame = &found.frame;
    let head =
        ["theme", "label", "count", "people", "mentions", "weight", "distinct", "arguments", "stability", "terms"];
    let mut rows = vec![head.map(str::to_string)];
    for theme in &frame.themes {
        rows.push([
            theme.id.clone(),
            guarded(theme.label.clone()),
            theme.count.to_string(),
            theme.people.to_string(),
            theme.mentions.to_string(),
            theme.weight.map(|weight| weight.to_string()).unwrap_or_default(),
            theme.distinct.to_string(),
            theme.arguments.to_string(),
            theme.stability.map(|stability| format!("{stability:.2}")).unwrap_or_default(),
            guarded(theme.terms.join("; ")),
        ]);
    }
    let rest = |id: &str, label: &str, count: u64, weight: Option<f64>| {
        let weight = weight.map(|weight| weight.to_string()).unwrap_or_default();
        let empty = String::new;
        [
            id.to_string(),
            label.to_string(),
            count.to_string(),
            empty(),
            empty(),
            weight,
            empty(),
            empty(),
            empty(),
            empty(),
        ]
    };
    rows.push(rest("other", "Fits no theme well", frame.other, frame.weights.map(|weights| weights.other)));
    let nothing = frame.none.saturating_sub(frame.unanswered);
    let weight = frame.weights.map(|weights| weights.none - weights.unanswered);
    rows.push(rest("nothing", "Says that there is nothing", nothing, weight));
    rows.push(rest("unanswered", "Did not answer", frame.unanswered, frame.weights.map(|weights| weights.unanswered)));
    table(rows)
}

fn assignments(found: &themes::FileThemes) -> Vec<u8> {
    let head = ["id", "theme", "label", "nearest", "membership", "leaf", "duplicate_group", "themes"];
    let mut rows = vec![head.map(str::to_string)];
    let themes = &found.themes;
    let places = themes.assignment.iter().zip(&themes.unanswered).zip(&themes.nearest);
    let places = places.zip(&themes.copies_of).zip(&themes.leaf_of).zip(&themes.several.of_answer);
    for (id, (((((&assigned, &unanswered), &near), &copies), &leaf), of_answer)) in found.ids.iter().zip(places) {
        let (theme, label) = match assigned {
            Assigned::None if unanswered => ("unanswered".to_string(), "Did not answer"),
            Assigned::None => ("nothing".to_string(), "Says that there is nothing"),
            Assigned::Other => (assigned_id(assigned), "Fits no theme well"),
            Assigned::Theme(index) => {
                let label = found.frame.themes.get(index).map_or("", |theme| theme.label.as_str());
                (assigned_id(assigned), label)
            }
        };
        let (nearest, membership) = nearest_cells(near);
        rows.push([
            guarded(id.clone()),
            theme,
            guarded(label.to_string()),
            nearest,
            membership,
            leaf.map(|leaf| leaf.to_string()).unwrap_or_default(),
            copies.map(copies_id).unwrap_or_default(),
            of_answer.iter().map(|&theme| theme_id(theme)).collect::<Vec<_>>().join(" "),
        ]);
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

fn evaluate(assignments: &Path, labels: &themes::Source<'_>, format: Format) -> Result<Outcome, ServiceError> {
    let found = themes::evaluate(assignments, labels)?;
    let coverage = found.placed as f64 / found.labelled.max(1) as f64;
    let kinds = [
        ("all", "every row; other, nothing, unanswered and absent rows are a group each", found.all),
        ("nearest", "every row; what is other stands in its nearest theme", found.nearest),
        ("themed", "rows in a theme alone", found.themed),
    ];
    let mut lines = vec![format!(
        "{} rows with a label, {} of them in a theme: coverage {:.1} %.",
        found.labelled,
        found.placed,
        coverage * 100.0
    )];
    lines.push("     n  themes  labels    ACC    NMI    ARI    AMI  purity".to_string());
    let mut json = json!({ "labelled": found.labelled, "placed": found.placed, "coverage": coverage });
    for (name, what, agreement) in kinds {
        let Some(agreement) = agreement else { continue };
        let Agreement { n, groups, labels, accuracy, nmi, ari, ami, purity } = agreement;
        let percent: String =
            [accuracy, nmi, ari, ami, purity].map(|measure| format!("  {:>5.1}", measure * 100.0)).concat();
        lines.push(format!("{n:>6}  {groups:>6}  {labels:>6}{percent}   {what}"));
        if let Value::Object(all) = &mut json {
            let of = json!({
                "n": n, "themes": groups, "labels": labels, "accuracy": accuracy, "nmi": nmi, "ari": ari, "ami": ami,
                "purity": purity
            });
            all.insert(name.to_string(), of);
        }
    }
    output::result(format, &lines.join("\n"), &json);
    Ok(Outcome::Done)
}
