//! The options of a question: written out, counted, taken from another question, and the special ones.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value as Json;

use super::super::report::{Fate, Refusal};
use super::expression::{Expr, Operator};
use super::json::{Element, listed, under};
use super::loose::Scalar;
use super::model::{Choice, Condition, Context, Row};
use super::names::Ids;
use super::reading::{Reading, Seat};
use super::text::Text;

/// Longest label of an option that is taken from its value.
const MAX_CHARS: usize = 500;

impl Reading {
    /// The options of a question of choices, with the order they stand in.
    ///
    /// # Errors
    /// Too many options or rules.
    pub(super) fn choices<'a>(
        &mut self,
        element: &Element<'a>,
        seat: &Seat<'a>,
        several: bool,
    ) -> Result<(Vec<Choice>, Option<&'static str>), Refusal> {
        let mut ids = Ids::default();
        let own = element.get("choices");
        let copied = element.text("choicesFromQuestion");
        let written = if listed(own).is_empty() { seat.choices.unwrap_or(own) } else { own };
        let mut choices = match copied {
            Some(from) => self.copied(element, from, &mut ids)?,
            None if listed(written).is_empty() => self.counted(element, &mut ids)?,
            None => self.items(written, &element.pointer("choices"), &seat.context, &mut ids, several)?,
        };
        self.filter(element, "choicesVisibleIf", &mut choices, written, &seat.context)?;
        let order = match element.any(&["choicesOrder"]).as_str().unwrap_or_default().to_ascii_lowercase().as_str() {
            "random" => Some("random"),
            "asc" => Some("alphabetical"),
            "desc" => {
                choices.sort_by_key(|choice| std::cmp::Reverse(choice.label.own.to_lowercase()));
                None
            }
            _ => None,
        };
        self.specials(element, &mut choices, &mut ids, several);
        self.count_options(choices.len(), &element.at)?;
        if element.flag(&["showSelectAllItem", "hasSelectAll"]) {
            let message = "Canvass has no option that selects all others; it is left out.";
            self.notes.add("select-all", Fate::Dropped, element.at.as_str(), None, message);
        }
        Ok((choices, order))
    }

    /// Options, steps of a scale or rows that are written out.
    ///
    /// # Errors
    /// Too many options or rules.
    pub(super) fn items(
        &mut self,
        list: &Json,
        at: &str,
        context: &Context,
        ids: &mut Ids,
        several: bool,
    ) -> Result<Vec<Choice>, Refusal> {
        let list = listed(list);
        if list.len() > 5_000 {
            self.count_options(list.len(), at)?;
        }
        let mut choices: Vec<Choice> = Vec::new();
        let mut known = std::collections::BTreeSet::new();
        let (mut twice, mut pictures, mut nameless) = (0, 0, 0);
        for (index, json) in list.iter().enumerate() {
            let item = Element::new(json, format!("{at}/{index}"));
            let Some((value, label)) = self.item(&item) else {
                nameless += 1;
                continue;
            };
            if !known.insert(value.words()) {
                twice += 1;
                continue;
            }
            let mut choice = Choice {
                id: ids.option(&value.words()),
                label,
                number: None,
                missing: false,
                exclusive: several && item.flag(&["isExclusive"]),
                other: None,
                last: false,
                shown: Vec::new(),
                value,
            };
            if item.flag(&["showCommentArea", "hasComment"]) {
                choice.other = Some(if item.denied("isCommentRequired") { "optional" } else { "required" });
            }
            let rule = under(json, "visibleIf").as_str().unwrap_or_default();
            let own = Context { item: Some(properties(&choice.value, json, rule)), row: context.row.clone() };
            choice.shown = self.shown(&item, &own)?;
            pictures += usize::from(!item.get("imageLink").is_null());
            for key in ["enableIf", "elements", "commentPlaceholder", "icon", "score"] {
                item.get(key);
            }
            if !under(item.json, "enableIf").is_null() {
                let message =
                    "What is offered can be chosen in Canvass; the rule about when it is enabled is left out.";
                self.notes.add("enable-if", Fate::Dropped, item.pointer("enableIf"), None, message);
            }
            if !under(item.json, "elements").is_null() {
                let message = "Questions inside an option are left out; ask them on a later page with `show_if`.";
                self.notes.add("questions-in-option", Fate::Dropped, item.pointer("elements"), None, message);
            }
            choices.push(choice);
        }
        let mut say = |count: usize, code, fate, message: &str| {
            if count > 0 {
                self.notes.add(code, fate, at, None, format!("{message} ({count} of them)"));
            }
        };
        say(twice, "choice-twice", Fate::Assumed, "Options whose value stands twice are kept once.");
        say(nameless, "choice-without-value", Fate::Dropped, "Options without a value are left out.");
        say(
            pictures,
            "picture",
            Fate::Degraded,
            "Canvass shows no pictures; the options are read by their labels, which must say what the pictures show.",
        );
        Ok(choices)
    }

    /// The value and the label of an item.
    fn item(&self, item: &Element<'_>) -> Option<(Scalar, Text)> {
        let scalar = match item.json {
            Json::Object(_) => Scalar::of(item.any(&["value", "name", "text"])),
            json => Scalar::of(json),
        }?;
        // An old way to write an item: `value|text`.
        let split = match (&scalar, item.json) {
            (Scalar::Text(text), Json::String(_)) => text.split_once('|'),
            _ => None,
        };
        if let Some((value, text)) = split.filter(|(value, text)| !value.is_empty() && !text.trim().is_empty()) {
            return Some((Scalar::Text(value.to_string()), Text::plain(text).inline()));
        }
        if scalar.is_empty() {
            return None;
        }
        let label = self.words(item, &["text", "title"]);
        let words: String = scalar.words().chars().take(MAX_CHARS).collect();
        let label = label.or_else(|| Some(Text::plain(words).inline()).filter(|label| !label.own.is_empty()))?;
        Some((scalar, label))
    }

    /// `choicesVisibleIf` and the like: one rule that is asked for each item.
    ///
    /// # Errors
    /// Too many rules.
    pub(super) fn filter(
        &mut self,
        element: &Element<'_>,
        key: &'static str,
        choices: &mut [Choice],
        written: &Json,
        context: &Context,
    ) -> Result<(), Refusal> {
        let Some(text) = element.text(key) else { return Ok(()) };
        self.rule(text)?;
        let rule = Condition::written(text, &element.pointer(key));
        let by_value: BTreeMap<String, &Json> =
            listed(written).iter().filter_map(|json| Some((Scalar::of(under(json, "value"))?.words(), json))).collect();
        for choice in choices {
            self.rule("")?;
            let json = by_value.get(&choice.value.words()).copied().unwrap_or(&Json::Null);
            let item = Some(properties(&choice.value, json, text));
            choice.shown.push(rule.within(Context { item, row: context.row.clone() }));
        }
        Ok(())
    }

    /// `choicesFromQuestion`: the options of an earlier question, all or only those that were (not) chosen.
    fn copied(&mut self, element: &Element<'_>, from: &str, ids: &mut Ids) -> Result<Vec<Choice>, Refusal> {
        let mode = element.any(&["choicesFromQuestionMode"]).as_str().unwrap_or("all").to_ascii_lowercase();
        let at = element.pointer("choicesFromQuestion");
        let Some((found, several)) = self.choices_of(from) else {
            let message = format!(
                "The options are those of ‘{from}’, which is no earlier question with options; write them under \
                    `options`."
            );
            self.notes.add("choices-from-question", Fate::Dropped, at, None, message);
            return Ok(Vec::new());
        };
        let mut choices: Vec<Choice> = found.iter().filter(|choice| !choice.last).cloned().collect();
        for choice in &mut choices {
            choice.id = ids.option(&choice.value.words());
            if mode == "all" {
                continue;
            }
            self.rule("")?;
            let operator = if several { Operator::Contains } else { Operator::Equal };
            let value = match &choice.value {
                Scalar::Text(text) => Expr::Text(text.clone()),
                Scalar::Number(number) => Expr::Number(*number),
                Scalar::Flag(flag) => Expr::Flag(*flag),
            };
            let chosen = Expr::Binary(operator, Box::new(Expr::Variable(from.to_string())), Box::new(value));
            let wanted = if mode == "unselected" { Expr::Not(Box::new(chosen)) } else { chosen };
            choice.shown = vec![Condition::implied(&format!("{mode} in {{{from}}}"), wanted, &at)];
        }
        Ok(choices)
    }

    /// `choicesMin` to `choicesMax`.
    fn counted(&mut self, element: &Element<'_>, ids: &mut Ids) -> Result<Vec<Choice>, Refusal> {
        let (least, most) = (element.number("choicesMin").unwrap_or(0.0), element.number("choicesMax").unwrap_or(0.0));
        let step = element.number("choicesStep").filter(|step| *step > 0.0).unwrap_or(1.0);
        if most <= least {
            return Ok(Vec::new());
        }
        if (most - least) / step > 5_000.0 {
            self.count_options(5_001, &element.at)?;
        }
        Ok(numbers(least, most, step).map(|number| plain(ids, Scalar::Number(number), &number.to_string())).collect())
    }

    /// “Other”, “None”, “Refuse to answer” and “Don't know”, which stay at the end.
    pub(super) fn specials(&mut self, element: &Element<'_>, choices: &mut Vec<Choice>, ids: &mut Ids, several: bool) {
        const SPECIALS: [(&[&str], &str, &str, &str); 4] = [
            (&["showNoneItem", "hasNone"], "none", "noneText", "None"),
            (&["showRefuseItem"], "refused", "refuseText", "Refuse to answer"),
            (&["showDontKnowItem"], "dontknow", "dontKnowText", "Don't know"),
            (&["showOtherItem", "hasOther"], "other", "otherText", "Other (describe)"),
        ];
        for (keys, value, text, words) in SPECIALS {
            let label = self.words(element, &[text]);
            if !element.flag(keys) {
                continue;
            }
            if label.is_none() && self.language != "en" {
                let message =
                    format!("“{words}” stands in English, for the form left the words to SurveyJS; translate them.");
                self.notes.add("words-of-surveyjs", Fate::Assumed, element.at.as_str(), None, message);
            }
            let mut choice = plain(ids, Scalar::Text(value.to_string()), words);
            choice.label = label.unwrap_or(choice.label);
            choice.last = true;
            choice.other = (value == "other").then_some("required");
            choice.missing = matches!(value, "refused" | "dontknow");
            choice.exclusive = several && value != "other";
            choices.push(choice);
        }
    }

    /// The options of a rating.
    ///
    /// # Errors
    /// Too many options or rules.
    pub(super) fn rates(&mut self, element: &Element<'_>, context: &Context) -> Result<Vec<Choice>, Refusal> {
        let mut ids = Ids::default();
        let written = element.get("rateValues");
        let generated = matches!(element.get("autoGenerate"), Json::Bool(true));
        let mut choices = if listed(written).is_empty() || generated {
            let step = element.number("rateStep").filter(|step| *step > 0.0).unwrap_or(1.0);
            let count =
                element.number("rateCount").filter(|count| *count >= 1.0).map(|count| (count.min(101.0) - 1.0) * step);
            let (least, most) = (element.number("rateMin"), element.number("rateMax"));
            let (least, most) = match (least, most, count) {
                (None, Some(most), Some(span)) => (most - span, most),
                (least, None, Some(span)) => (least.unwrap_or(1.0), least.unwrap_or(1.0) + span),
                (least, most, _) => (least.unwrap_or(1.0), most.unwrap_or(5.0)),
            };
            let most = most.min(least + 100.0 * step);
            numbers(least, most, step)
                .map(|number| plain(&mut ids, Scalar::Number(number), &number.to_string()))
                .collect()
        } else {
            self.items(written, &element.pointer("rateValues"), context, &mut ids, false)?
        };
        for choice in &mut choices {
            choice.number = whole(&choice.value);
        }
        if choices.iter().any(|choice| choice.number.is_none()) {
            for choice in &mut choices {
                choice.number = None;
            }
        }
        let least = self.words(element, &["minRateDescription", "mininumRateDescription"]);
        let most = self.words(element, &["maxRateDescription", "maximumRateDescription"]);
        let several = choices.len() > 1;
        if let (Some(choice), Some(words)) = (choices.first_mut(), least) {
            choice.label = choice.label.followed_by(" – ", &words);
        }
        if let (Some(choice), Some(words), true) = (choices.last_mut(), most, several) {
            choice.label = choice.label.followed_by(" – ", &words);
        }
        self.count_options(choices.len(), &element.at)?;
        Ok(choices)
    }
}

/// An option as a row.
pub(super) fn row(choice: &Choice, ids: &mut Ids) -> Row {
    Row { id: ids.row(&choice.value.words()), value: choice.value.clone(), label: choice.label.clone() }
}

/// An option with nothing special about it.
pub(super) fn plain(ids: &mut Ids, value: Scalar, label: &str) -> Choice {
    Choice {
        id: ids.option(&value.words()),
        label: Text::plain(label),
        number: None,
        missing: false,
        exclusive: false,
        other: None,
        last: false,
        shown: Vec::new(),
        value,
    }
}

/// The whole number that a value is, within what a scale may have.
#[expect(clippy::cast_possible_truncation, reason = "whole and within a million")]
pub(super) fn whole(value: &Scalar) -> Option<i32> {
    let Scalar::Number(number) = value.clone().settled() else { return None };
    (number.fract() == 0.0 && number.abs() <= 1_000_000.0).then_some(number as i32)
}

/// Numbers from one to another, without the errors of adding up.
fn numbers(least: f64, most: f64, step: f64) -> impl Iterator<Item = f64> {
    let tidy = |number: f64| (number * 1e6).round() / 1e6;
    (0..=5_000_u32).map(move |count| tidy(least + f64::from(count) * step)).take_while(move |number| *number <= most)
}

/// What a rule may ask of an item: itself, and the keys that it carries.
fn properties(value: &Scalar, json: &Json, rule: &str) -> Rc<Vec<(String, Scalar)>> {
    let mut found = vec![(String::new(), value.clone())];
    if let (Json::Object(entries), true) = (json, rule.contains("item.")) {
        let entries = entries.iter().take(50);
        found.extend(entries.filter_map(|(key, value)| Some((key.to_lowercase(), Scalar::of(value)?))));
    }
    Rc::new(found)
}
