//! `canvass themes`: groups a column of any table of free text, prints the themes and writes them as tables.

use serde_json::json;

use super::Outcome;
use super::options::{Format, ThemesArgs};
use super::output::{self, Bar, count};
use super::write::Batch;
use crate::analysis::text::{Assigned, ThemeOptions};
use crate::export::csv::guarded;
use crate::service::{ServiceError, embedding, themes};

pub(super) fn group_file(args: &ThemesArgs, format: Format) -> Result<Outcome, ServiceError> {
    let source = themes::Source {
        file: &args.file,
        text_column: &args.text_column,
        id_column: args.id_column.as_deref(),
        has_header: !args.no_header,
    };
    let options = ThemeOptions { k: args.k.map(usize::from), seed: args.seed, ..ThemeOptions::default() };
    let bar = Bar::new();
    let model = embedding::directory(args.model.embeddings.as_deref());
    let found = themes::of_file(&source, &options, model.as_deref(), &|step, done| bar.tell(step, done))?;
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
    let mut lines = vec![format!(
        "{} answers, {} different texts; {} without text left out.",
        themes.n,
        themes.distinct,
        count(found.empty, "row")
    )];
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
