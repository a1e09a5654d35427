//! Constraints between answers, which are expressions: their words are kept as checks that are not judged yet.

use serde_json::{Map, Value};

use super::extensions::{expression, list_named};
use super::json::{list, put, shortened, text};
use super::markdown::line;
use super::reading::{Reading, quoted};
use crate::exchange::report::Fate;

/// Most checks that are kept.
const MAX_CHECKS: usize = 1_000;
/// Most characters of an expression that is kept.
const MAX_CHARS: usize = 2_000;

/// Keeps the constraints of an item, or of the whole Questionnaire, as checks.
pub(super) fn constraints(reading: &mut Reading<'_>, element: &Value, pointer: &str, target: Option<&str>) {
    for one in ["constraint", "targetConstraint"].into_iter().flat_map(|name| list_named(element, name)) {
        let part = |wanted: &str| list(one, "extension").iter().find(|part| text(part, "url") == Some(wanted));
        let said = |wanted: &str| {
            let part = part(wanted)?;
            ["valueString", "valueMarkdown", "valueCode", "valueId"].into_iter().find_map(|kind| text(part, kind))
        };
        let says = part("expression").map_or("", expression);
        let message = said("human").or_else(|| said("requirements")).map(line);
        let mut check = Map::new();
        check.insert("lost_rule".into(), shortened(if says.is_empty() { "?" } else { says }, MAX_CHARS - 1).into());
        check.insert("message".into(), message.unwrap_or_else(|| "Look at your answers again.".into()).into());
        put(&mut check, "level", (said("severity") == Some("warning")).then_some("warn"));
        put(&mut check, "source", said("key"));
        if reading.checks.len() < MAX_CHECKS {
            reading.checks.push(Value::Object(check));
        }
        let message =
            format!("the constraint {} is kept as a check that is not judged; write its `rule`", quoted(says));
        reading.say("constraint-lost", Fate::Degraded, pointer, target, message);
    }
}
