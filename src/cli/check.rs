//! `canvass check`: every mistake in definitions, for people, for programs and for code review (SARIF).

use std::path::PathBuf;

use serde_json::{Value, json};

use super::options::Format;
use super::output::{self, count, say};
use super::{Outcome, run};
use crate::definition;
use crate::document::{Finding, Severity};
use crate::service::ServiceError;

/// What the documentation says of each code: the one source of it.
const CODES: &str = include_str!("../../docs/check.md");

/// Checks files and prints what is wrong with them.
pub(super) fn check(files: &[PathBuf], format: Format) -> Result<Outcome, ServiceError> {
    let mut checked = Vec::new();
    for file in files {
        checked.push((file.display().to_string(), definition::parse(&run::read(file)?).findings));
    }
    let all = || checked.iter().flat_map(|(_, findings)| findings);
    let errors = all().filter(|finding| finding.severity == Severity::Error).count() as u64;
    let warnings = all().count() as u64 - errors;
    match format {
        Format::Sarif => say(&format!("{:#}", sarif(&checked))),
        Format::Json => {
            let results = checked.iter().map(|(name, findings)| json!({ "file": name, "findings": findings }));
            say(&format!("{:#}", results.collect::<Value>()));
        }
        Format::Text => {
            for (name, findings) in &checked {
                for finding in findings {
                    say(&output::finding(name, finding));
                }
            }
            let files = count(files.len() as u64, "file");
            say(&match errors + warnings {
                0 => format!("{files} checked: no mistakes."),
                _ => format!("{files} checked: {}, {}.", count(errors, "error"), count(warnings, "warning")),
            });
        }
    }
    Ok(if errors > 0 { Outcome::MistakesFound } else { Outcome::Done })
}

/// The findings as SARIF 2.1.0, the format in which code hosts show findings beside the lines they are about.
fn sarif(checked: &[(String, Vec<Finding>)]) -> Value {
    let rules: Vec<Rule<'_>> = rules().collect();
    let described = rules.iter().map(|rule| {
        json!({
            "id": rule.code,
            "shortDescription": { "text": rule.wrong },
            "help": { "text": rule.mend },
            "defaultConfiguration": { "level": if rule.code.starts_with('E') { "error" } else { "warning" } },
        })
    });
    let results = checked.iter().flat_map(|(name, findings)| findings.iter().map(move |finding| (name, finding)));
    let results = results.map(|(name, finding)| {
        let help = finding.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        let mut result = json!({
            "ruleId": finding.code,
            "level": if finding.severity == Severity::Error { "error" } else { "warning" },
            "message": { "text": format!("{}{help}", finding.message) },
            "locations": [{ "physicalLocation": {
                "artifactLocation": { "uri": uri(name) },
                "region": { "startLine": finding.place.line, "startColumn": finding.place.column },
            }}],
        });
        let index = rules.iter().position(|rule| rule.code == finding.code);
        if let (Some(index), Some(result)) = (index, result.as_object_mut()) {
            result.insert("ruleIndex".to_string(), json!(index));
        }
        result
    });
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "canvass check",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": described.collect::<Value>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results.collect::<Value>(),
        }],
    })
}

/// What the documentation says of one code.
struct Rule<'a> {
    code: &'a str,
    wrong: String,
    mend: String,
}

/// The rows of the tables of codes: the code comes first, then what is wrong; how to mend it comes last.
fn rules() -> impl Iterator<Item = Rule<'static>> {
    let is_code = |cell: &str| {
        let digits = cell.strip_prefix(['E', 'W']).unwrap_or_default();
        digits.len() == 3 && digits.chars().all(|c| c.is_ascii_digit())
    };
    CODES.lines().filter_map(move |line| {
        let cells: Vec<&str> = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").map(str::trim).collect();
        let [code, wrong, .., mend] = cells.as_slice() else { return None };
        let plain = |cell: &str| cell.replace("\\|", "|");
        is_code(code).then(|| Rule { code, wrong: plain(wrong), mend: plain(mend) })
    })
}

/// A path as a reference that a URI may have: what is not a letter, a digit or one of `-._~/` is written `%20`.
fn uri(path: &str) -> String {
    path.replace('\\', "/").bytes().fold(String::with_capacity(path.len()), |mut uri, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.extend(['%', hex_digit(byte >> 4), hex_digit(byte & 15)]);
        }
        uri
    })
}

fn hex_digit(nibble: u8) -> char {
    char::from_digit(nibble.into(), 16).unwrap_or('0').to_ascii_uppercase()
}
