//! Fields to type or set something in: texts, numbers, dates, e-mail addresses, sliders.

use super::super::report::{Fate, Refusal};
use super::super::rule::is_day;
use super::json::Element;
use super::model::{Body, Check, CheckRule, Condition, Draft};
use super::reading::{Reading, Seat};
use super::text::Text;
use super::validators::{self, EMAIL, count};

/// Longest text that a question can ask for.
const MAX_TEXT: u32 = 20_000;

impl Reading {
    /// Most characters of a text question.
    pub(super) fn max_chars(&self, element: &Element<'_>) -> Option<u32> {
        let own = element.number("maxLength").filter(|max| *max >= 1.0).map(|max| count(max).clamp(1, MAX_TEXT));
        let denied = element.number("maxLength").is_some_and(|max| max.abs() < 0.5);
        own.or(if denied { None } else { self.max_text })
    }

    pub(super) fn text_question<'a>(&mut self, element: &Element<'a>, seat: &Seat<'a>) -> Result<(), Refusal> {
        let written = element.get("inputType").as_str().unwrap_or("text").to_ascii_lowercase();
        let mask = element.get("maskType").as_str().unwrap_or("none").to_ascii_lowercase();
        let settings = Element::new(element.get("maskSettings"), element.pointer("maskSettings"));
        let kind = match (written.as_str(), mask.as_str()) {
            ("text", "numeric" | "currency") => "number",
            ("text", "datetime") if is_day_mask(settings.get("pattern").as_str().unwrap_or_default()) => "date",
            ("text", _) if validators::has(element, "numeric") => "number",
            ("text", _) if validators::has(element, "email") => "email",
            (kind, _) => kind,
        };
        match kind {
            "number" | "range" => self.number_question(element, &settings, kind, seat),
            "date" => self.date_question(element, seat),
            "email" => self.email_question(element, seat),
            _ => {
                let max = self.max_chars(element);
                let (pattern, example) = input_pattern(kind);
                let pattern = pattern.map(|pattern| (pattern.to_string(), Some(Text::plain(example))));
                let degraded = pattern.is_some();
                let body = Body::Words { lines: 1, min: None, max, pattern };
                let mut draft = self.base(element, seat, body)?;
                self.hint_from_placeholder(element, &mut draft);
                self.validators(element, &mut draft, seat)?;
                if degraded {
                    let message =
                        format!("Canvass has no field for `{kind}`: the answer is a text that must look right.");
                    self.notes.add(
                        "input-type",
                        Fate::Degraded,
                        element.pointer("inputType"),
                        Some(&draft.id),
                        message,
                    );
                }
                if mask != "none" {
                    let message =
                        "Canvass does not shape what is typed; say in the `hint` how to write it, or give a `pattern`.";
                    self.notes.add("mask", Fate::Degraded, element.pointer("maskType"), Some(&draft.id), message);
                }
                if kind == "password" {
                    let message =
                        "What is typed is readable in Canvass, and kept with the answers: ask for no password.";
                    self.notes.add("password", Fate::Degraded, element.pointer("inputType"), Some(&draft.id), message);
                }
                for key in ["min", "max", "step", "minValueExpression", "maxValueExpression"] {
                    if element.get(key).is_null() || !degraded {
                        continue;
                    }
                    let message = format!("`{key}` of a `{kind}` is not checked in Canvass.");
                    self.notes.add("bound-dropped", Fate::Dropped, element.pointer(key), Some(&draft.id), message);
                }
                self.finish(element, draft, seat, Fate::Exact, "text").map(|_| ())
            }
        }
    }

    /// A placeholder as the hint of a question that has none.
    fn hint_from_placeholder(&mut self, element: &Element<'_>, draft: &mut Draft) {
        let placeholder = self.words(element, &["placeholder", "placeHolder"]);
        if draft.hint.is_none() && placeholder.is_some() {
            draft.hint = placeholder;
            let message = "Canvass writes no words into empty fields; the placeholder became the hint.";
            self.notes.add("placeholder", Fate::Assumed, element.pointer("placeholder"), Some(&draft.id), message);
        }
    }

    fn number_question<'a>(
        &mut self,
        element: &Element<'a>,
        settings: &Element<'_>,
        kind: &str,
        seat: &Seat<'a>,
    ) -> Result<(), Refusal> {
        let is_range = kind == "range";
        let step = element.number("step").filter(|step| *step > 0.0);
        let min = element.number("min").or(settings.number("min")).or(is_range.then_some(0.0));
        let max = element.number("max").or(settings.number("max")).or(is_range.then_some(100.0));
        let precision = settings.number("precision").map(count);
        let open = step.is_none() && !is_range && precision.is_none();
        let decimals = match (step, precision) {
            (Some(step), _) => places(step).max(min.map_or(0, places)),
            (None, Some(precision)) => precision.min(9),
            (None, None) if is_range => min.map_or(0, places),
            (None, None) => 2.max(min.map_or(0, places)).max(max.map_or(0, places)),
        };
        let unit = settings.text("suffix").or(settings.text("prefix")).map(|unit| unit.trim().to_string());
        settings.get("pattern");
        let mut draft = self.base(element, seat, Body::Number { min, max, step, decimals, unit })?;
        self.hint_from_placeholder(element, &mut draft);
        self.validators(element, &mut draft, seat)?;
        self.bounds_by_rule(element, &mut draft, seat)?;
        self.sound_bounds(&mut draft);
        if open && matches!(draft.body, Body::Number { step: None, .. }) {
            let message = "SurveyJS takes any decimals here, and the question takes two; write `\"decimals\": 0` if \
                only whole numbers make sense.";
            self.notes.add("decimals", Fate::Assumed, element.at.as_str(), Some(&draft.id), message);
        }
        if !element.get("maskType").is_null() {
            let message = "The mask became the type `number`; its signs for thousands and decimals are left out.";
            self.notes.add("mask", Fate::Assumed, element.pointer("maskType"), Some(&draft.id), message);
        }
        self.finish(element, draft, seat, Fate::Exact, "number").map(|_| ())
    }

    /// Leaves out bounds that contradict each other.
    pub(super) fn sound_bounds(&mut self, draft: &mut Draft) {
        let (at, id) = (draft.at.to_string(), draft.id.clone());
        let contradictory = match &mut draft.body {
            Body::Number { min, max, .. } if matches!((&min, &max), (Some(a), Some(b)) if a > b) => {
                (*min, *max) = (None, None);
                true
            }
            Body::Date { min, max } if matches!((&min, &max), (Some(a), Some(b)) if a > b) => {
                (*min, *max) = (None, None);
                true
            }
            _ => false,
        };
        if contradictory {
            let message = "The least value is above the largest, so nothing could be answered; both are left out.";
            self.notes.add("bounds", Fate::Dropped, at, Some(&id), message);
        }
    }

    /// `minValueExpression`, `maxValueExpression` and bounds that begin with `=`, as checks.
    fn bounds_by_rule(&mut self, element: &Element<'_>, draft: &mut Draft, seat: &Seat<'_>) -> Result<(), Refusal> {
        let sides =
            [(">=", "minValueExpression", "min", "minErrorText"), ("<=", "maxValueExpression", "max", "maxErrorText")];
        for (operator, key, plain, text) in sides {
            let by_sign = element.text(plain).and_then(|text| text.strip_prefix('='));
            let Some(rule) = element.text(key).or(by_sign) else { continue };
            self.rule(rule)?;
            let rule = Condition::written(rule, &element.pointer(key)).within(seat.context.clone());
            if seat.repeated {
                let message = "A bound that is calculated is not carried over inside a repeated group.";
                self.notes.add("bound-dropped", Fate::Dropped, element.pointer(key), Some(&draft.id), message);
                continue;
            }
            let message = self
                .words(element, &[text])
                .unwrap_or_else(|| Text::plain("Check this answer: it is too large or too small."));
            draft.checks.push(Check { rule: CheckRule::Bound(operator, rule), message, warns: false });
        }
        Ok(())
    }

    fn date_question<'a>(&mut self, element: &Element<'a>, seat: &Seat<'a>) -> Result<(), Refusal> {
        let day = |key| element.text(key).and_then(|text| text.get(..10)).filter(|day| is_day(day)).map(str::to_string);
        let mut draft = self.base(element, seat, Body::Date { min: day("min"), max: day("max") })?;
        self.validators(element, &mut draft, seat)?;
        self.bounds_by_rule(element, &mut draft, seat)?;
        self.sound_bounds(&mut draft);
        if !element.get("maskType").is_null() {
            element.get("maskSettings");
            let message = "The mask became the type `date`, with a field each for day, month and year.";
            self.notes.add("mask", Fate::Assumed, element.pointer("maskType"), Some(&draft.id), message);
        }
        element.any(&["placeholder", "placeHolder", "step"]);
        self.finish(element, draft, seat, Fate::Exact, "date").map(|_| ())
    }

    /// An e-mail address: kept apart from the answers, unless [`Reading::emails`] finds that a rule decides on it.
    fn email_question<'a>(&mut self, element: &Element<'a>, seat: &Seat<'a>) -> Result<(), Refusal> {
        let mut draft = self.base(element, seat, Body::Email)?;
        self.hint_from_placeholder(element, &mut draft);
        if seat.repeated {
            self.email_with_answers(&mut draft, "repeats");
        }
        element.any(&["maxLength"]);
        self.validators(element, &mut draft, seat)?;
        self.finish(element, draft, seat, Fate::Exact, "email").map(|_| ())
    }

    /// Makes a text of an e-mail address that cannot be kept apart.
    fn email_with_answers(&mut self, draft: &mut Draft, why: &str) {
        let message = Text::plain("Enter an email address, such as name@example.com.");
        draft.body =
            Body::Words { lines: 1, min: None, max: Some(320), pattern: Some((EMAIL.to_string(), Some(message))) };
        let message = format!(
            "An email address that {why} cannot be kept apart from the answers: it is a `text` question. Ask for it \
                on a contact page, without a rule, or not at all."
        );
        self.notes.add("email-with-answers", Fate::Degraded, draft.at.to_string(), Some(&draft.id), message);
    }

    /// Decides of each e-mail address, once all rules are known, whether it can be kept apart from the answers.
    pub(super) fn emails(&mut self) {
        for index in 0..self.drafts.len() {
            let Some(draft) = self.drafts.get(index).filter(|draft| matches!(draft.body, Body::Email)) else {
                continue;
            };
            let mut is_conditional = !draft.shown.is_empty();
            is_conditional |= self.pages.get(draft.page).is_some_and(|page| !page.shown.is_empty());
            let mut group = draft.group;
            while let Some(around) = group.and_then(|group| self.groups.get(group)) {
                is_conditional |= !around.shown.is_empty();
                group = around.parent;
            }
            let mut drafts = std::mem::take(&mut self.drafts);
            if let Some(draft) = drafts.get_mut(index) {
                if is_conditional {
                    self.email_with_answers(draft, "is asked under a rule");
                } else {
                    self.email_apart(draft);
                }
            }
            self.drafts = drafts;
        }
    }

    fn email_apart(&mut self, draft: &mut Draft) {
        let message = "Email addresses are kept apart from the answers, on a contact page of their own at the end.";
        self.notes.add("email-moved", Fate::Assumed, draft.at.to_string(), Some(&draft.id), message);
        if let Some(rule) = draft.required_if.take() {
            let message = "Whether an email address is required cannot depend on the answers, which it is kept apart \
                from; it is optional.";
            self.notes.add("required-if-lost", Fate::Degraded, rule.at.to_string(), Some(&draft.id), message);
        }
        if !draft.checks.is_empty() {
            draft.checks.clear();
            let message = "What must hold for an email address cannot be checked with the answers; it is left out.";
            self.notes.add("check-lost", Fate::Dropped, draft.at.to_string(), Some(&draft.id), message);
        }
    }

    pub(super) fn slider<'a>(&mut self, element: &Element<'a>, seat: &Seat<'a>) -> Result<(), Refusal> {
        let (least, most) = (element.number("min").unwrap_or(0.0), element.number("max").unwrap_or(100.0));
        let step = element.number("step").filter(|step| *step > 0.0).unwrap_or(1.0);
        let decimals = places(step).max(places(least));
        let body = || Body::Number { min: Some(least), max: Some(most), step: Some(step), decimals, unit: None };
        if element.get("sliderType").as_str() != Some("range") {
            let mut draft = self.base(element, seat, body())?;
            self.bounds_by_rule(element, &mut draft, seat)?;
            self.validators(element, &mut draft, seat)?;
            self.sound_bounds(&mut draft);
            return self.finish(element, draft, seat, Fate::Exact, "number").map(|_| ());
        }
        let name = seat.name.clone().unwrap_or_else(|| element.get("name").as_str().unwrap_or_default().to_string());
        let title = seat
            .title
            .clone()
            .or_else(|| self.words(element, &["title"]))
            .unwrap_or_else(|| Text::plain(name.as_str()));
        for key in ["minRangeLength", "maxRangeLength", "validators"] {
            if !element.get(key).is_null() {
                let message = format!("`{key}` of a slider with two ends is not checked in Canvass.");
                self.notes.add("bound-dropped", Fate::Dropped, element.pointer(key), None, message);
            }
        }
        let message = format!("‘{name}’ asks for a range: it became two `number` questions, one for each end.");
        self.notes.add("slider-range", Fate::Degraded, element.at.as_str(), None, message);
        for (end, words) in [("from", "from"), ("to", "to")] {
            let title = title.followed_by(" – ", &Text::plain(words));
            let seat = Seat { name: Some(format!("{name}.{end}")), title: Some(title), ..seat.clone() };
            let mut draft = self.base(element, &seat, body())?;
            self.sound_bounds(&mut draft);
            self.push(draft)?;
        }
        self.gone(&name, "it is a range, which became two questions");
        self.notes.leftovers(element, None);
        Ok(())
    }
}

/// How many decimal places a number is written with, nine at most.
pub(super) fn places(number: f64) -> u32 {
    let written = number.to_string();
    let places = written.split_once('.').map_or(0, |(_, places)| places.len());
    u32::try_from(places.min(9)).unwrap_or(0)
}

/// True for a mask of days, months and years.
fn is_day_mask(mask: &str) -> bool {
    let letters = |c: char| mask.chars().any(|letter| letter.eq_ignore_ascii_case(&c));
    let known = mask.chars().all(|c| !c.is_alphabetic() || matches!(c, 'd' | 'm' | 'y' | 'D' | 'M' | 'Y'));
    known && letters('d') && letters('m') && letters('y')
}

/// What an answer must look like for a kind of input that Canvass does not have, and how that is said.
fn input_pattern(kind: &str) -> (Option<&'static str>, &'static str) {
    match kind {
        "time" => (Some(r"^([01][0-9]|2[0-3]):[0-5][0-9]$"), "Enter a time of day, such as 09:30."),
        "datetime" | "datetime-local" => (
            Some(r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[T ]([01][0-9]|2[0-3]):[0-5][0-9]$"),
            "Enter a day and a time, such as 2026-01-31 09:30.",
        ),
        "month" => (Some(r"^[0-9]{4}-(0[1-9]|1[0-2])$"), "Enter a year and a month, such as 2026-01."),
        "week" => (Some(r"^[0-9]{4}-W(0[1-9]|[1-4][0-9]|5[0-3])$"), "Enter a year and a week, such as 2026-W05."),
        "color" => (Some(r"^#[0-9a-fA-F]{6}$"), "Enter a colour, such as #005eb8."),
        _ => (None, ""),
    }
}
