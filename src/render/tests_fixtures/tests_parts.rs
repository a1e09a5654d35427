//! Parts of pages around the fields, made of the options of nhsuk-frontend.

use regex::{Captures, Regex};
use serde_json::{Value, json};

use super::text;
use crate::render::Renderer;
use crate::render::html::Html;
use crate::render::page::{AnswerRow, Link};
use crate::render::tests::shell;
use crate::vocabulary::Words;

/// Options of the summary of faults.
pub(super) const ERROR_SUMMARY: &[&str] = &[".heading", ".heading.text", ".errorList[].text", ".errorList[].href"];

/// Options of a list of answers.
pub(super) const SUMMARY_LIST: &[&str] = &[
    ".rows[].key",
    ".rows[].key.text",
    ".rows[].value",
    ".rows[].value.text",
    ".rows[].value.html",
    ".rows[].actions.items[].href",
    ".rows[].actions.items[].text",
    ".rows[].actions.items[].visuallyHiddenText",
    ".rows[].actions[].href",
    ".rows[].actions[].text",
    ".rows[].actions[].visuallyHiddenText",
];

/// Options of a panel.
pub(super) const PANEL: &[&str] = &[".heading", ".heading.text", ".heading.size", ".heading.level", ".text", ".html"];

fn render(template: &str, mut view: Value) -> String {
    view["shell"] = serde_json::to_value(shell()).unwrap();
    let mut renderer = Renderer::new().unwrap();
    renderer.replace("a panel", "{{#> part/panel}}{{{body}}}{{/part/panel}}").unwrap();
    renderer.render(template, &view).unwrap()
}

pub(super) fn error_summary(options: &Value) -> Result<String, &'static str> {
    if text(options, &["heading.text", "heading"]) != Some(Words::of("en").labels.there_is_a_problem) {
        return Err("under another heading");
    }
    let link = |error: &Value| -> Result<_, &'static str> {
        let href = text(error, &["href"]).ok_or("with an error that is linked to nothing")?.to_string();
        Ok(Link { href, text: text(error, &["text"]).unwrap().to_string() })
    };
    let errors = options["errorList"].as_array().ok_or("without errors")?.iter().map(link);
    Ok(render("part/error_summary", json!({ "errors": errors.collect::<Result<Vec<_>, _>>()? })))
}

/// Lines of an answer, of those that theirs parts by `<br>` or as paragraphs.
fn given(html: &str) -> Vec<String> {
    html.split('\n').map(|line| line.trim_end_matches("<br>").replace("<p>", "").replace("</p>", "")).collect()
}

pub(super) fn summary_list(options: &Value) -> Result<String, &'static str> {
    let words = &Words::of("en").labels;
    let change = |row: &Value| -> Result<Option<Link>, &'static str> {
        let items = row.get("actions").map(|actions| actions.get("items").unwrap_or(actions));
        let action = match items.and_then(Value::as_array).map(Vec::as_slice) {
            None | Some([]) => return Ok(None),
            Some([action]) => action,
            Some(_) => return Err("with several actions in a row"),
        };
        if text(action, &["text"]) != Some(words.change) {
            return Err("with an action that changes nothing");
        }
        let href = text(action, &["href"]).ok_or("with an action that is no link")?.to_string();
        let text = text(action, &["visuallyHiddenText"]).ok_or("with an action of what is not said")?.to_string();
        Ok(Some(Link { href, text }))
    };
    let answer = |row: &Value| -> Result<_, &'static str> {
        let question = text(row, &["key.text", "key"]).ok_or("with a row without a key")?;
        let plain = text(row, &["value.text", "value"]).map(|line| vec![line.to_string()]);
        let given = plain.or(text(row, &["value.html"]).map(given)).ok_or("with a row without a value")?;
        Ok(AnswerRow {
            key: Html::text(question),
            question: question.to_string(),
            is_one_line: given.len() == 1,
            given,
            change: change(row)?,
        })
    };
    let rows = options["rows"].as_array().unwrap().iter().map(answer).collect::<Result<Vec<_>, _>>()?;
    let changed = rows.iter().filter(|row| row.change.is_some()).count();
    if changed != 0 && changed != rows.len() {
        return Err("of which some rows can be changed and others not");
    }
    Ok(render("part/summary_list", json!({ "rows": rows })))
}

/// Their markup with a paragraph for each line that theirs parts by `<br>`.
pub(super) fn paragraphs(_options: &Value, theirs: &str) -> String {
    let value = Regex::new(r#"(?s)(<dd class="nhsuk-summary-list__value">)(.*?)(</dd>)"#).unwrap();
    let apart = |found: &Captures<'_>| {
        if !found[2].contains("<br>") {
            return found[0].to_string();
        }
        format!("{}<p>{}</p>{}", &found[1], found[2].replace("<br>", "</p><p>"), &found[3])
    };
    value.replace_all(theirs, apart).into_owned()
}

pub(super) fn panel(options: &Value) -> Result<String, &'static str> {
    if options["heading"].get("level").is_some_and(|level| level != 1) {
        return Err("whose heading is not that of the page");
    }
    let heading = text(options, &["heading.text", "heading"]).ok_or("without a heading")?;
    let body =
        text(options, &["html"]).map(str::to_string).or(text(options, &["text"]).map(crate::render::html::escape));
    Ok(render("a panel", json!({ "heading": heading, "body": body.ok_or("without a body")? })))
}
