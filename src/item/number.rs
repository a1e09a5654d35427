//! `number`: a whole or decimal number within bounds, kept as decimal text so that nothing is rounded.

use unicode_normalization::UnicodeNormalization;

use super::options::Names;
use super::{Answer, Fault, FaultKind, Fields, Head, ItemType, Reading, Scale};
use crate::document::Reader;
use crate::document::keys::{Bounds, Key, Shape};

/// A number.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    /// Least number allowed.
    pub min: Option<f64>,
    /// Largest number allowed.
    pub max: Option<f64>,
    /// Decimal places allowed; 0 asks for a whole number.
    pub decimals: u32,
    /// Distance between the numbers allowed, counted from the least one or from 0.
    pub step: Option<f64>,
    /// Unit shown after the field, such as `years`.
    pub unit: Option<String>,
}

impl ItemType for Number {
    const KEYS: &'static [Key] = &[
        Key::new("min", Shape::Number(Bounds::Any), "Least number"),
        Key::new("max", Shape::Number(Bounds::Any), "Largest number"),
        Key::new(
            "step",
            Shape::Number(Bounds::AboveZero),
            "Distance between the numbers allowed, counted from `min`, or from 0",
        ),
        Key::new("decimals", Shape::Count(0, 9), "Decimal places allowed; 0 asks for a whole number").or("0"),
        Key::new("unit", Shape::Text, "Shown after the field").such_as(&["years", "hours a week"]),
    ];

    fn define(reader: &Reader<'_>, _: &Names) -> Option<Self> {
        let (min, max) = (reader.optional_number("min"), reader.optional_number("max"));
        if let (Some(low), Some(high)) = (min, max)
            && low > high
        {
            let message = format!("`min` of {} is {low}, above its `max` of {high}", reader.what());
            reader.findings.error("E301", reader.place_of("min"), message, None);
        }
        let step = reader.optional_number("step");
        Some(Self { min, max, decimals: reader.count("decimals"), step, unit: reader.text("unit") })
    }

    fn read(&self, head: &Head, fields: &Fields) -> Reading {
        let Some(typed) = fields.typed(&head.id) else { return Reading::default() };
        let fault = |kind| Reading::fault(head.fault(kind));
        let written = plain_number(&typed, self.unit.as_deref());
        let Some((whole, decimals)) = decimal_parts(&written) else { return fault(FaultKind::NotANumber) };
        if decimals.len() > self.decimals as usize {
            return fault(match self.decimals {
                0 => FaultKind::NotWhole,
                decimals => FaultKind::TooPrecise { decimals },
            });
        }
        let kept = if decimals.is_empty() { whole } else { format!("{whole}.{decimals}") };
        let Ok(number) = kept.parse::<f64>() else { return fault(FaultKind::NotANumber) };
        if let Some(min) = self.min.filter(|min| number < *min) {
            return fault(FaultKind::BelowMin { min: min.to_string() });
        }
        if let Some(max) = self.max.filter(|max| number > *max) {
            return fault(FaultKind::AboveMax { max: max.to_string() });
        }
        let from = self.min.unwrap_or(0.0);
        if let Some(step) = self.step.filter(|step| !is_multiple(number - from, *step)) {
            return fault(FaultKind::NotOnStep { step: step.to_string(), from: from.to_string() });
        }
        Reading::of(Some(Answer::Number(kept)))
    }

    fn write(&self, head: &Head, answer: &Answer, fields: &mut Fields) {
        if let Answer::Number(number) = answer {
            fields.push(&head.id, number);
        }
    }

    fn unanswered(&self, head: &Head, answer: Option<&Answer>) -> Vec<Fault> {
        if answer.is_some() { Vec::new() } else { vec![head.fault(FaultKind::NotEntered)] }
    }

    fn scale(&self) -> Scale<'_> {
        Scale::Interval
    }
}

/// True if a distance is a whole number of steps, as far as decimal numbers can be told apart.
fn is_multiple(distance: f64, step: f64) -> bool {
    let steps = distance / step;
    (steps - steps.round()).abs() < 1e-6
}

/// What was typed without its unit, spaces and what cannot be seen, in plain digits, with a point before decimals.
///
/// Commas that part thousands are dropped, `1,500`; one that cannot is a decimal comma: `37,5`, `0,125`.
fn plain_number(typed: &str, unit: Option<&str>) -> String {
    let folded = |text: &str| -> String {
        let seen =
            |c: &char| !c.is_whitespace() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '_');
        text.nfkc().filter(seen).flat_map(char::to_lowercase).collect()
    };
    let written = folded(typed);
    let written = unit.and_then(|unit| written.strip_suffix(&folded(unit))).unwrap_or(&written);
    let (whole, decimals) = written.split_once('.').unwrap_or((written, ""));
    let groups: Vec<&str> = whole.trim_start_matches(['-', '−', '+']).split(',').collect();
    match groups.as_slice() {
        [first, rest @ ..] if *first != "0" && first.len() <= 3 && rest.iter().all(|group| group.len() == 3) => {
            written.replace(',', "")
        }
        [first, rest] if decimals.is_empty() && (*first == "0" || rest.len() != 3) => written.replace(',', "."),
        _ => written.to_string(),
    }
}

/// Sign and whole part without leading zeros, and decimals without trailing ones; `None` if it is not a decimal number.
fn decimal_parts(written: &str) -> Option<(String, String)> {
    let (sign, digits) = match written.strip_prefix('-').or_else(|| written.strip_prefix('−')) {
        Some(rest) => ("-", rest),
        None => ("", written.strip_prefix('+').unwrap_or(written)),
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    if (whole.is_empty() && decimals.is_empty()) || !all_digits(whole) || !all_digits(decimals) || digits.len() > 18 {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let decimals = decimals.trim_end_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let sign = if whole == "0" && decimals.is_empty() { "" } else { sign };
    Some((format!("{sign}{whole}"), decimals.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(number: &Number, typed: &str) -> Reading {
        let head = Head { id: "n".into(), text: "How many?".into(), ..Head::default() };
        number.read(&head, &Fields(vec![("n".into(), typed.into())]))
    }

    #[test]
    fn a_number_is_kept_exactly_however_it_is_typed() {
        let number = Number {
            min: Some(-5.0),
            max: Some(2_000_000.0),
            decimals: 2,
            step: None,
            unit: Some("hours a week".into()),
        };
        for (typed, kept) in [
            ("1,000", "1000"),
            (" 007 ", "7"),
            ("3.10", "3.1"),
            ("-0", "0"),
            ("−2.5", "-2.5"),
            ("+4", "4"),
            (".5", "0.5"),
            ("1,234,567.5", "1234567.5"),
            ("37,5", "37.5"),
            ("0,25", "0.25"),
            ("-2,5", "-2.5"),
            ("１２ ", "12"),
            ("1 000", "1000"),
            ("\u{200e}12\u{200b}", "12"),
            ("12 Hours  a week", "12"),
        ] {
            assert_eq!(read(&number, typed).answer, Some(Answer::Number(kept.into())), "{typed}");
        }
        for typed in [
            "ten",
            "1,2,3",
            "1,23,456",
            "1000,000",
            "1,5.5",
            "1e3",
            "NaN",
            "inf",
            "1.2.3",
            "-",
            "0x10",
            "99999999999999999999",
        ] {
            assert_eq!(read(&number, typed).faults[0].kind, FaultKind::NotANumber, "{typed}");
        }
        assert_eq!(read(&number, "1.234").faults[0].kind, FaultKind::TooPrecise { decimals: 2 });
        assert_eq!(read(&number, "-6").faults[0].kind, FaultKind::BelowMin { min: "-5".into() });
    }

    #[test]
    fn steps_are_counted_from_the_least_number() {
        let number = Number { min: Some(0.1), max: None, decimals: 2, step: Some(0.2), unit: None };
        assert_eq!(read(&number, "0.7").answer, Some(Answer::Number("0.7".into())));
        assert!(matches!(read(&number, "0.8").faults[0].kind, FaultKind::NotOnStep { .. }));
    }
}
