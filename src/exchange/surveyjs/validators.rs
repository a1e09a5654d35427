//! `validators`: bounds, lengths and patterns of a question, and checks for the rest.

use serde_json::Value as Json;

use super::super::report::{Fate, Refusal};
use super::json::{Element, under};
use super::model::{Body, Check, CheckRule, Condition, Draft};
use super::pattern;
use super::reading::{Reading, Seat};
use super::text::Text;

/// What `emailvalidator` of SurveyJS takes, for Canvass.
pub(super) const EMAIL: &str = r"^[^\s@<>(),;:]+@[^\s@<>(),;:]+\.[^\s@<>(),;:.]{2,}$";

/// The type of a validator, without the ending it may carry.
fn kind(json: &Json) -> String {
    let kind = under(json, "type").as_str().unwrap_or_default().to_ascii_lowercase();
    kind.strip_suffix("validator").map(str::to_string).unwrap_or(kind)
}

/// True if a question has a validator of this type.
pub(super) fn has(element: &Element<'_>, wanted: &str) -> bool {
    element.list("validators").iter().any(|json| kind(json) == wanted)
}

/// A whole number within bounds.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
pub(super) fn count(number: f64) -> u32 {
    number.clamp(0.0, 1_000_000.0) as u32
}

impl Reading {
    /// Carries the validators of a question over to its body and its checks.
    ///
    /// # Errors
    /// Too many rules.
    pub(super) fn validators(
        &mut self,
        element: &Element<'_>,
        draft: &mut Draft,
        seat: &Seat<'_>,
    ) -> Result<(), Refusal> {
        for (index, json) in element.list("validators").iter().enumerate() {
            let validator = Element::new(json, format!("{}/validators/{index}", element.at));
            let message = self.words(&validator, &["text"]);
            let warns = validator.get("notificationType").as_str().is_some_and(|kind| kind != "error");
            let kind = kind(json);
            validator.get("type");
            match kind.as_str() {
                "numeric" => self.numeric(&validator, draft),
                "text" => self.length(&validator, draft, message),
                "answercount" => self.answer_count(&validator, draft),
                "regex" => self.regex(&validator, draft, message, warns),
                "email" => self.email(&validator, draft, message, warns),
                "expression" => {
                    let Some(rule) = validator.text("expression") else { continue };
                    self.rule(rule)?;
                    let rule = Condition::written(rule, &validator.pointer("expression")).within(seat.context.clone());
                    if seat.repeated {
                        let message =
                            "A check inside a repeated group is not carried over; ask for what it needs in the hint.";
                        self.notes.add("check-lost", Fate::Dropped, validator.at.as_str(), Some(&draft.id), message);
                        continue;
                    }
                    let message = message.unwrap_or_else(|| Text::plain("Check this answer."));
                    draft.checks.push(Check { rule: CheckRule::Written(rule), message, warns });
                }
                other => {
                    let message =
                        format!("The validator `{other}` is not known to this import; what it checks is left out.");
                    self.notes.add("unknown-validator", Fate::Unknown, validator.at.as_str(), Some(&draft.id), message);
                }
            }
            self.notes.leftovers(&validator, Some(&draft.id));
        }
        Ok(())
    }

    /// Says that a validator does not fit the type of its question.
    fn misfit(&mut self, validator: &Element<'_>, draft: &Draft, what: &str) {
        let message = format!("{what} cannot be checked for a question of this type in Canvass; it is left out.");
        self.notes.add("validator-dropped", Fate::Dropped, validator.at.as_str(), Some(&draft.id), message);
    }

    fn numeric(&mut self, validator: &Element<'_>, draft: &mut Draft) {
        let (least, most) = (validator.number("minValue"), validator.number("maxValue"));
        let Body::Number { min, max, .. } = &mut draft.body else {
            return self.misfit(validator, draft, "A least and a largest number");
        };
        *min = tighter(*min, least, f64::max);
        *max = tighter(*max, most, f64::min);
        self.carried(validator, draft, "`min` and `max`");
    }

    fn carried(&mut self, validator: &Element<'_>, draft: &Draft, to: &str) {
        let message = format!("The validator became {to}.");
        self.notes.add("validator", Fate::Exact, validator.at.as_str(), Some(&draft.id), message);
    }

    fn length(&mut self, validator: &Element<'_>, draft: &mut Draft, message: Option<Text>) {
        let positive = |number: Option<f64>| number.filter(|number| *number >= 1.0).map(count);
        let (least, most) = (positive(validator.number("minLength")), positive(validator.number("maxLength")));
        let no_digits = validator.denied("allowDigits");
        let Body::Words { min, max, pattern, .. } = &mut draft.body else {
            return self.misfit(validator, draft, "A length");
        };
        *min = (*min).max(least);
        *max = match (*max, most) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        if no_digits {
            // SurveyJS looks at the end of the text only.
            let ends_without = r"(^|[^0-9])$".to_string();
            if pattern.is_none() {
                *pattern = Some((ends_without, message));
            } else {
                let message = message.unwrap_or_else(|| Text::plain("Leave out the digits at the end."));
                draft.checks.push(Check { rule: CheckRule::Matches(ends_without), message, warns: false });
            }
        }
        self.carried(validator, draft, "`min_chars` and `max_chars`");
    }

    fn answer_count(&mut self, validator: &Element<'_>, draft: &mut Draft) {
        let positive = |number: Option<f64>| number.filter(|number| *number >= 1.0).map(count);
        let (least, most) = (positive(validator.number("minCount")), positive(validator.number("maxCount")));
        let (Body::Multi { min, max, .. } | Body::Rank { min, max, .. }) = &mut draft.body else {
            return self.misfit(validator, draft, "A number of answers");
        };
        *min = least.or(*min);
        *max = most.or(*max);
        self.carried(validator, draft, "`min` and `max`");
    }

    fn regex(&mut self, validator: &Element<'_>, draft: &mut Draft, message: Option<Text>, warns: bool) {
        let Some(written) = validator.text("regex") else { return };
        let any_case = validator.flag(&["caseInsensitive", "insensitive"]);
        let compiled = match self.patterns.checked_sub(1) {
            Some(left) => {
                self.patterns = left;
                pattern::translate(written, any_case)
            }
            None => Err("the definition has too many patterns".to_string()),
        };
        match compiled {
            Err(why) => {
                let message = format!("The pattern `{written}` is left out: {why}. Write another under `pattern`.");
                self.notes.add("pattern-lost", Fate::Dropped, validator.pointer("regex"), Some(&draft.id), message);
            }
            Ok(found) => self.pattern(validator, draft, found, message, warns),
        }
    }

    fn email(&mut self, validator: &Element<'_>, draft: &mut Draft, message: Option<Text>, warns: bool) {
        match &draft.body {
            Body::Email => self.carried(validator, draft, "the type `email`"),
            Body::Words { pattern: Some((known, _)), .. } if known == EMAIL => {}
            _ => self.pattern(validator, draft, EMAIL.to_string(), message, warns),
        }
    }

    fn pattern(
        &mut self,
        validator: &Element<'_>,
        draft: &mut Draft,
        found: String,
        message: Option<Text>,
        warns: bool,
    ) {
        match &mut draft.body {
            Body::Words { pattern: empty @ None, .. } if !warns => *empty = Some((found, message)),
            Body::Words { .. } if found.chars().count() <= 500 && !found.contains('\'') => {
                let message = message.unwrap_or_else(|| Text::plain("Check how this answer is written."));
                draft.checks.push(Check { rule: CheckRule::Matches(found), message, warns });
            }
            _ => return self.misfit(validator, draft, "A pattern"),
        }
        self.carried(validator, draft, "`pattern`");
    }
}

/// The tighter of two bounds.
fn tighter(known: Option<f64>, more: Option<f64>, tighter: fn(f64, f64) -> f64) -> Option<f64> {
    match (known, more) {
        (Some(a), Some(b)) => Some(tighter(a, b)),
        (a, b) => a.or(b),
    }
}
