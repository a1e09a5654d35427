//! Numbers, days and texts, and the bounds within which they are answers.

use serde_json::{Map, Value};

use super::condition::Asked;
use super::enable::plain_number;
use super::extensions::{count, has_control, kept_count, kept_number, kept_text, list_named, value};
use super::json::{list, put, text};
use super::markdown::line;
use super::plan::is_beside;
use super::questions::Kind;
use super::reading::{Reading, What, quoted};
use crate::exchange::pattern::{anywhere, whole};
use crate::exchange::report::Fate;
use crate::exchange::rule::is_day;

/// Most characters of a text.
const MAX_CHARS: u64 = 20_000;
/// Longest pattern that is read, and most patterns that are tried.
const MAX_PATTERN: usize = 500;
const MAX_PATTERNS: usize = 60;

/// A number with its bounds and unit.
pub(super) fn numbered(
    reading: &mut Reading<'_>,
    item: &Value,
    pointer: &str,
    key: &str,
    written: &str,
) -> (Kind, Fate) {
    let mut fate = Fate::Exact;
    let decimals = match written {
        "integer" => 0,
        _ => count(item, "maxDecimalPlaces").unwrap_or(9).min(9),
    };
    let mut kind = Kind::new("number", What::Number, Asked::Number(written != "integer"));
    let bound = |name: &str, quantity: &str| {
        let found = value(item, name).or_else(|| value(item, quantity)?.get("value"))?;
        plain_number(found).and_then(|_| Some((found.clone(), found.as_f64()?)))
    };
    let (min, max) = (bound("minValue", "minQuantity"), bound("maxValue", "maxQuantity"));
    let crossed = matches!((&min, &max), (Some((_, min)), Some((_, max))) if min > max);
    if crossed {
        reading.say(
            "bounds-dropped",
            Fate::Degraded,
            pointer,
            Some(key),
            "the least number is above the largest; both were left out",
        );
    } else {
        put(&mut kind.rest, "min", min.map(|(min, _)| min));
        put(&mut kind.rest, "max", max.map(|(max, _)| max));
    }
    computed_bounds(reading, item, pointer, key);
    put(&mut kind.rest, "decimals", (decimals > 0).then_some(decimals));
    let step =
        kept_number(item, "step").cloned().map(Value::Number).or_else(|| value(item, "sliderStepValue").cloned());
    put(&mut kind.rest, "step", step.filter(|step| step.as_f64().is_some_and(|step| step > 0.0)));
    let units: Vec<&Value> = list_named(item, "unitOption").filter_map(|one| one.get("valueCoding")).collect();
    let unit = value(item, "unit").or_else(|| units.first().copied());
    let beside = list(item, "item").iter().find(|inner| is_beside(true, inner) && has_control(inner, &["unit"]));
    let unit = unit.and_then(|unit| text(unit, "display").or_else(|| text(unit, "code")));
    let unit = unit.or_else(|| text(beside?, "text"));
    put(&mut kind.rest, "unit", unit);
    if units.len() > 1 {
        fate = Fate::Degraded;
        let message =
            format!("it could be answered in several units; it is asked in {}", quoted(unit.unwrap_or("one")));
        reading.say("units-dropped", fate, pointer, Some(key), message);
    }
    (kind, fate)
}

/// A day with its bounds.
pub(super) fn dated(reading: &mut Reading<'_>, item: &Value, pointer: &str, key: &str) -> (Kind, Fate) {
    let mut kind = Kind::new("date", What::Date, Asked::Date);
    let bound = |name| value(item, name).and_then(Value::as_str).filter(|day| is_day(day));
    let (min, max) = (bound("minValue"), bound("maxValue"));
    if matches!((min, max), (Some(min), Some(max)) if min > max) {
        reading.say(
            "bounds-dropped",
            Fate::Degraded,
            pointer,
            Some(key),
            "the first day is after the last; both were left out",
        );
    } else {
        put(&mut kind.rest, "min", min);
        put(&mut kind.rest, "max", max);
    }
    for name in ["minValue", "maxValue"] {
        if value(item, name).and_then(Value::as_str).is_some_and(|day| !is_day(day)) {
            let message = format!("the bound `{name}` is not a day and was left out");
            reading.say("bounds-dropped", Fate::Degraded, pointer, Some(key), message);
        }
    }
    computed_bounds(reading, item, pointer, key);
    (kind, Fate::Exact)
}

/// Reports bounds that are computed when the form is filled in, such as “today”.
fn computed_bounds(reading: &mut Reading<'_>, item: &Value, pointer: &str, key: &str) {
    for name in ["minValue", "maxValue"] {
        if list_named(item, name)
            .any(|one| one.as_object().is_some_and(|one| one.keys().any(|key| key.starts_with('_'))))
        {
            let message = format!("the bound `{name}` is computed; write it as a check");
            reading.say("bounds-dropped", Fate::Degraded, pointer, Some(key), message);
        }
    }
}

/// A text with its length and form.
pub(super) fn worded(reading: &mut Reading<'_>, item: &Value, pointer: &str, key: &str, written: &str) -> Kind {
    let mut kind = Kind::new("text", What::Text, Asked::Text);
    match written {
        "time" | "dateTime" => {
            let (pattern, example) = if written == "time" {
                ("^([01][0-9]|2[0-3]):[0-5][0-9]$", "For example, 14:30")
            } else {
                ("^[0-9]{4}-[0-9]{2}-[0-9]{2} ([01][0-9]|2[0-3]):[0-5][0-9]$", "For example, 2026-01-31 14:30")
            };
            kind.what = What::Existence;
            kind.rest.insert("hint".into(), example.into());
            kind.rest.insert("max_chars".into(), 40.into());
            kind.rest.insert("pattern".into(), pattern.into());
            return kind;
        }
        "text" if kept_count(item, "lines").is_none() => put(&mut kind.rest, "lines", Some(4)),
        _ => {}
    }
    let max = item.get("maxLength").and_then(Value::as_u64).filter(|max| *max > 0);
    let min = count(item, "minLength").filter(|min| *min > 0);
    let most = max.unwrap_or(2_000).min(MAX_CHARS);
    put(&mut kind.rest, "max_chars", max.map(|max| max.min(MAX_CHARS)));
    put(&mut kind.rest, "min_chars", min.filter(|min| *min <= most));
    if max.is_some_and(|max| max > MAX_CHARS) || min.is_some_and(|min| min > most) {
        let message = format!("a text has at most {most} characters here; its other bounds were left out");
        reading.say("length-cut", Fate::Degraded, pointer, Some(key), message);
    }
    pattern(reading, item, pointer, key, &mut kind.rest);
    kind
}

fn pattern(reading: &mut Reading<'_>, item: &Value, pointer: &str, key: &str, into: &mut Map<String, Value>) {
    let Some(regex) = value(item, "regex").and_then(Value::as_str).filter(|regex| !regex.is_empty()) else { return };
    let kept = kept_text(item, "pattern").filter(|kept| whole_pattern(kept) == regex);
    let pattern = kept.map_or_else(|| whole(regex), str::to_string);
    if !compiles(reading, &pattern) {
        let message = format!("the pattern {} cannot be used here; write it anew as `pattern`", quoted(regex));
        reading.say("pattern-lost", Fate::Degraded, pointer, Some(key), message);
        return;
    }
    into.insert("pattern".into(), pattern.into());
    if let Some(message) = kept_text(item, "pattern_message") {
        into.insert("pattern_message".into(), message.into());
    } else if let Some(format) =
        value(item, "entryFormat").and_then(Value::as_str).map(line).filter(|said| !said.is_empty())
    {
        into.insert("pattern_message".into(), format!("Write it in this form: {format}").into());
    }
}

/// A pattern of ours, found anywhere unless it says otherwise, for FHIR, where the whole answer must match.
pub(super) fn whole_pattern(pattern: &str) -> String {
    anywhere(pattern, "[\\s\\S]*")
}

fn compiles(reading: &mut Reading<'_>, pattern: &str) -> bool {
    if let Some(known) = reading.patterns.get(pattern) {
        return *known;
    }
    if pattern.len() > MAX_PATTERN || reading.patterns.len() >= MAX_PATTERNS {
        return false;
    }
    let fine = regex::RegexBuilder::new(pattern).size_limit(500_000).nest_limit(50).build().is_ok();
    reading.patterns.insert(pattern.to_string(), fine);
    fine
}
