//! The last step of every import: what the checker refuses of the rules that were carried over becomes a loss.

use serde_json::{Map, Value};

use super::report::{Fate, Imported};
use crate::definition;
use crate::document::{self, Finding, Node, Place, Severity};

/// Times that the definition is checked again: taking one rule out can leave another about nothing.
const ROUNDS: usize = 20;

/// A definition that the checker passes: a rule with an error becomes a `lost_rule`, or is left out where nothing shows by it.
///
/// Errors that are in no rule stay, and stand in the report as unknown.
pub fn settle(mut imported: Imported) -> Imported {
    for _ in 0..ROUNDS {
        let text = serde_json::to_string_pretty(&imported.definition).unwrap_or_default();
        let errors =
            definition::parse(&text).findings.into_iter().filter(|finding| finding.severity == Severity::Error);
        let errors: Vec<Finding> = errors.collect();
        let Ok(tree) = document::parse(&text) else { break };
        let mut paths: Vec<(Vec<Step>, &Finding)> =
            errors.iter().filter_map(|finding| Some((path_to(&tree, finding.place)?, finding))).collect();
        // From the end, so that taking an entry out of a list moves none that is still to be found.
        paths.sort_by_key(|(_, finding)| std::cmp::Reverse(finding.place));
        paths.dedup_by(|a, b| a.0 == b.0);
        let mended = paths.iter().filter(|(path, finding)| mend(&mut imported, path, finding)).count();
        if mended == 0 {
            for finding in errors {
                let pointer = format!("line {}", finding.place.line);
                imported.report.add("not-checked", Fate::Unknown, pointer, None, sentence(&finding));
            }
            break;
        }
    }
    imported
}

/// A step into a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
}

/// The way to the text that stands on the line of a place; a definition printed with a line for each value has one.
fn path_to(node: &Node, place: Place) -> Option<Vec<Step>> {
    let (step, inner) = match &node.value {
        document::Value::Text(_) => return (node.place.line == place.line).then(Vec::new),
        document::Value::List(nodes) => {
            let at = nodes.partition_point(|node| node.place.line <= place.line).checked_sub(1)?;
            (Step::Index(at), nodes.get(at)?)
        }
        document::Value::Map(entries) => {
            let at = entries.partition_point(|entry| entry.place.line <= place.line).checked_sub(1)?;
            let entry = entries.get(at)?;
            (Step::Key(entry.key.clone()), &entry.node)
        }
        _ => return None,
    };
    let mut path = path_to(inner, place)?;
    path.insert(0, step);
    Some(path)
}

/// Takes the rule at the end of a path out of the definition; false if there is no rule.
fn mend(imported: &mut Imported, path: &[Step], finding: &Finding) -> bool {
    let [way @ .., Step::Key(key)] = path else { return false };
    let fate = match key.as_str() {
        "show_if" | "rule" | "required_if" => Fate::Degraded,
        "value" => Fate::Dropped,
        _ => return false,
    };
    let Some(element) = way.iter().try_fold(&mut imported.definition, into).and_then(Value::as_object_mut) else {
        return false;
    };
    let id = element.get("id").and_then(Value::as_str).map(str::to_string);
    match key.as_str() {
        "required_if" => {
            element.remove(key);
        }
        "value" => {
            let [list @ .., Step::Index(at)] = way else { return false };
            let entries = list.iter().try_fold(&mut imported.definition, into).and_then(Value::as_array_mut);
            let Some(entries) = entries.filter(|entries| *at < entries.len()) else { return false };
            entries.remove(*at);
        }
        _ => rename(element, key, "lost_rule"),
    }
    let source = imported.report.entries.iter().rfind(|entry| entry.target == id && id.is_some());
    let source = source.map(|entry| entry.source.clone()).unwrap_or_default();
    imported.report.add("rule-rejected", fate, source, id.as_deref(), sentence(finding));
    true
}

fn into<'v>(value: &'v mut Value, step: &Step) -> Option<&'v mut Value> {
    match step {
        Step::Key(key) => value.get_mut(key),
        Step::Index(index) => value.get_mut(index),
    }
}

/// Renames a key where it stands.
fn rename(element: &mut Map<String, Value>, from: &str, to: &str) {
    let entries = std::mem::take(element).into_iter();
    *element = entries.map(|(key, value)| (if key == from { to.to_string() } else { key }, value)).collect();
}

fn sentence(finding: &Finding) -> String {
    match &finding.help {
        Some(help) => format!("{} ({}): {help}", finding.message, finding.code),
        None => format!("{} ({})", finding.message, finding.code),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Report;
    use super::*;

    #[test]
    fn a_rule_that_the_checker_refuses_hides_its_question_and_stands_in_the_report() {
        let mut report = Report::default();
        report.add("question", Fate::Exact, "survey!3", Some("why"), "carried over");
        let definition = json!({
            "format": 1, "id": "s", "title": "S",
            "calculated": [{"id": "sum", "value": "nothing + 1"}],
            "pages": [
                {"id": "a", "questions": [{"id": "home", "type": "single", "text": "Home?", "options": [
                    {"id": "house", "label": "House"}, {"id": "apartments", "label": "Apartments"}]}]},
                {"id": "b", "questions": [
                    {"id": "why", "type": "text", "text": "Why?", "show_if": "home == 'apartment'"}]},
                {"id": "c", "questions": [
                    {"id": "then", "type": "text", "text": "And?", "show_if": "sum > 3"}]},
            ],
        });
        let settled = settle(Imported { definition, report });
        let text = serde_json::to_string(&settled.definition).unwrap();
        let errors = definition::parse(&text).findings.into_iter().filter(|f| f.severity == Severity::Error).count();
        assert_eq!(errors, 0, "{text}");
        assert_eq!(settled.definition["pages"][1]["questions"][0]["lost_rule"], "home == 'apartment'");
        assert_eq!(settled.definition["pages"][2]["questions"][0]["lost_rule"], "sum > 3");
        assert_eq!(settled.definition["calculated"], json!([]));
        let entry = settled
            .report
            .entries
            .iter()
            .find(|entry| entry.target.as_deref() == Some("why") && entry.fate == Fate::Degraded);
        let entry = entry.unwrap();
        assert_eq!(entry.source, "survey!3");
        assert!(entry.message.contains("did you mean `apartments`?"), "{}", entry.message);
    }
}
