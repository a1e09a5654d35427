//! The last step of every import: what the checker refuses of the rules that were carried over becomes a loss.

use serde_json::{Map, Value};

use super::report::{Fate, Imported};
use super::rule::{self, Expr, MAX_CHARS, MAX_DEPTH};
use crate::definition;
use crate::document::{self, Finding, Node, Place, Severity};

/// Times that the definition is checked again: taking one rule out can leave another about nothing.
const ROUNDS: usize = 20;

/// A definition that the checker passes: a rule with an error becomes a `lost_rule`, or is left out where nothing shows by it.
///
/// What must be answered by people who are shown nothing to answer it with is asked of the others alone.
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

/// The way to the text that stands on the line of a place, or to what begins there; a definition printed with a line for each value has one.
fn path_to(node: &Node, place: Place) -> Option<Vec<Step>> {
    let (step, inner) = match &node.value {
        document::Value::Text(_) => return (node.place.line == place.line).then(Vec::new),
        document::Value::List(nodes) => {
            let at = nodes.partition_point(|node| node.place.line <= place.line).checked_sub(1)?;
            (Step::Index(at), nodes.get(at)?)
        }
        document::Value::Map(entries) => {
            let Some(at) = entries.partition_point(|entry| entry.place.line <= place.line).checked_sub(1) else {
                return (node.place.line == place.line).then(Vec::new);
            };
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
    if finding.code == "E309" {
        return mend_unanswerable(imported, path);
    }
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
    note(imported, "rule-rejected", fate, id.as_deref(), sentence(finding));
    true
}

/// Adds an entry about the thing of this id, at the source where it was last spoken of.
fn note(imported: &mut Imported, code: &'static str, fate: Fate, id: Option<&str>, message: String) {
    let source = imported.report.entries.iter().rfind(|entry| entry.target.as_deref() == id && id.is_some());
    let source = source.map(|entry| entry.source.clone()).unwrap_or_default();
    imported.report.add(code, fate, source, id, message);
}

/// Mends a question that must be answered by some who are shown no field of it, or are offered no option of it or of a
/// field: it is asked of the others, or need not be answered where a rule cannot say that.
fn mend_unanswerable(imported: &mut Imported, path: &[Step]) -> bool {
    let Some(question) = path.iter().try_fold(&mut imported.definition, into) else { return false };
    let fields = question.get_mut("fields").and_then(Value::as_array_mut).into_iter().flatten();
    let mut said: Vec<_> = fields.filter_map(|field| narrow(field.as_object_mut()?, "options")).collect();
    // What a field cannot mend is said again in the next round.
    if said.is_empty() {
        let parts = if question.get("fields").is_some() { "fields" } else { "options" };
        said.extend(question.as_object_mut().and_then(|question| narrow(question, parts)));
    }
    for (id, is_asked) in &said {
        let (code, fate, message) = if *is_asked {
            let message =
                format!("`{id}` must be answered, so that only who is shown something to answer it with is asked.");
            ("required-narrowed", Fate::Assumed, message)
        } else {
            let message = format!("`{id}` need not be answered, for some are shown nothing to answer it with.");
            ("required-lost", Fate::Degraded, message)
        };
        note(imported, code, fate, Some(id), message);
    }
    !said.is_empty()
}

/// Shows what must be answered only to those who are shown one of its parts, all of which have rules; gives its id, and
/// whether that could be said: where not, it need not be answered any more.
fn narrow(element: &mut Map<String, Value>, parts: &str) -> Option<(String, bool)> {
    let must = element.get("required") == Some(&Value::Bool(true)) || element.contains_key("required_if");
    let parts = element.get(parts).and_then(Value::as_array).filter(|_| must)?;
    let asked = parts.iter().filter(|part| part.get("type").and_then(Value::as_str) != Some("note"));
    // Of a part that everyone is shown nothing is to be mended here, and of a lost one nothing can be said.
    let rules: Vec<&str> = asked.map(|part| part.get("show_if").and_then(Value::as_str)).collect::<Option<_>>()?;
    if element.contains_key("lost_rule") {
        return None;
    }
    let own = element.get("show_if").and_then(Value::as_str);
    let shown = narrowed(own, &rules);
    let id = element.get("id").and_then(Value::as_str).unwrap_or_default().to_string();
    let Some(shown) = shown else {
        element.shift_remove("required");
        element.shift_remove("required_if");
        return Some((id, false));
    };
    if own == Some(shown.as_str()) {
        return None;
    }
    element.insert("show_if".to_string(), Value::String(shown));
    Some((id, true))
}

/// A rule and one of others; `None` if one of them cannot be read, or all are too much for a rule.
fn narrowed(own: Option<&str>, rules: &[&str]) -> Option<String> {
    let mut any = Expr::Bool(false);
    for rule in rules {
        any = Expr::or(any, rule::parse(rule)?);
        if any.depth() > MAX_DEPTH {
            return None;
        }
    }
    let own = own.map_or(Some(Expr::Bool(true)), rule::parse)?;
    let both = match &own {
        Expr::Binary(rule::Operator::And, _, last) if **last == any => own,
        _ => Expr::and(own, any),
    };
    let text = both.to_string();
    (both.depth() <= MAX_DEPTH && text.chars().count() <= MAX_CHARS).then_some(text)
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

    #[test]
    fn what_must_be_answered_is_asked_of_those_who_are_shown_something_to_answer_it_with() {
        let field = |id: &str, rule: &str| json!({"id": id, "type": "text", "text": "F?", "show_if": rule});
        let settled = |first: &str, own: Option<&str>| {
            let fields =
                json!([field("a", first), field("b", "home == 'tent'"), {"id": "n", "type": "note", "text": "N"}]);
            let mut asked = json!({"id": "x", "type": "repeat", "text": "X?", "required": true, "fields": fields});
            if let Some(own) = own {
                asked["show_if"] = json!(own);
            }
            let homes: Vec<Value> = ["house", "flat", "tent"].iter().map(|id| json!({"id": id, "label": id})).collect();
            let definition = json!({"format": 1, "id": "s", "title": "S", "pages": [
                {"id": "p", "questions": [
                    {"id": "home", "type": "single", "text": "Home?", "required": true, "options": homes}]},
                {"id": "q", "questions": [asked]},
                {"id": "r", "title": "R", "questions": [
                    {"id": "y", "type": "single", "text": "Y?", "required": true, "options": [
                        {"id": "c", "label": "C", "show_if": "home == 'flat'"}]},
                    {"id": "z", "type": "repeat", "text": "Z?", "required": true, "fields": [
                        {"id": "d", "type": "single", "text": "D?", "required": true, "options": [
                            {"id": "e", "label": "E", "show_if": "home == 'flat'"}]}]},
                    {"id": "w", "type": "repeat", "text": "W?", "required": true, "fields": [
                        {"id": "f", "type": "single", "text": "F?", "required": true, "options": [
                            {"id": "g", "label": "G", "show_if": "home == 'flat'"}]},
                        {"id": "h", "type": "text", "text": "H?", "lost_rule": "a"}]}]},
            ]});
            let settled = settle(Imported { definition, report: Report::default() });
            let text = settled.definition.to_string();
            let findings = definition::parse(&text).findings;
            assert!(findings.iter().all(|found| found.severity != Severity::Error), "{findings:?}\n{text}");
            assert!(settled.report.entries.iter().all(|entry| entry.code != "not-checked"));
            settled
        };
        let asked = |settled: &Imported| {
            let asked = settled.definition["pages"][1]["questions"][0].clone();
            (asked["show_if"].as_str().map(str::to_string), asked["required"] == true)
        };
        let narrowed = settled("home == 'house'", None);
        assert_eq!(asked(&narrowed), (Some("home in ['house', 'tent']".to_string()), true));
        let last = &narrowed.definition["pages"][2]["questions"];
        assert_eq!((&last[0]["show_if"], &last[0]["required"]), (&json!("home == 'flat'"), &json!(true)));
        assert_eq!(
            (&last[1]["show_if"], &last[1]["fields"][0]["show_if"]),
            (&json!("home == 'flat'"), &json!("home == 'flat'"))
        );
        assert_eq!((&last[2]["fields"][0]["show_if"], &last[2]["required"]), (&json!("home == 'flat'"), &json!(true)));
        assert!(last[2].get("show_if").is_none(), "of a repeat with a lost field nothing can be said");
        let own = asked(&settled("home == 'house'", Some("answered(home)")));
        assert_eq!(own, (Some("answered(home) and home in ['house', 'tent']".to_string()), true));
        // What is too much for a rule need not be answered any more.
        let long = vec!["home == 'house'"; 98].join(" and ");
        let long = format!("({long}) or not answered(home)");
        assert_eq!(asked(&settled(&long, Some("answered(home)"))), (Some("answered(home)".to_string()), false));
    }
}
