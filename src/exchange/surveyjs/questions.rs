//! One question of SurveyJS as one of Canvass, by its type.

use serde_json::Value as Json;

use super::super::report::{Fate, Refusal};
use super::choices::{plain, row};
use super::json::Element;
use super::loose::Scalar;
use super::model::{Body, Choice, Condition, Draft, Target};
use super::names::Ids;
use super::reading::{Calculated, Reading, Seat, bare};
use super::text::Text;
use super::validators::count;

impl Reading {
    /// Reads a question that is no panel.
    ///
    /// # Errors
    /// Too many questions, options or rules.
    pub(super) fn question<'a>(&mut self, element: &Element<'a>, kind: &str, seat: &Seat<'a>) -> Result<(), Refusal> {
        match kind {
            "text" => self.text_question(element, seat)?,
            "comment" => {
                let lines = element.number("rows").filter(|rows| *rows >= 1.0).map_or(4, count).min(20);
                let body = Body::Words { lines, min: None, max: self.max_chars(element), pattern: None };
                self.ask(element, seat, body, "text")?;
            }
            "radiogroup" | "dropdown" | "buttongroup" | "imagepicker" | "checkbox" | "tagbox" => {
                self.choice_question(element, kind, seat)?;
            }
            "boolean" => self.yes_or_no(element, seat)?,
            "rating" => {
                let choices = self.rates(element, &seat.context)?;
                let dropdown = element.any(&["displayMode", "renderAs"]).as_str() == Some("dropdown");
                if choices.is_empty() {
                    self.without_options(element);
                } else {
                    self.ask(element, seat, Body::Single { choices, dropdown }, "single")?;
                }
            }
            "slider" => self.slider(element, seat)?,
            "ranking" => self.ranking(element, seat)?,
            "matrix" => self.matrix(element, seat)?,
            "matrixdropdown" => self.matrix_dropdown(element, seat)?,
            "matrixdynamic" | "paneldynamic" => self.repeated(element, kind, seat)?,
            "multipletext" => self.multiple_text(element, seat)?,
            "html" => self.html(element, seat)?,
            "expression" => self.expression(element, seat)?,
            _ => self.not_carried(element, kind),
        }
        Ok(())
    }

    /// Says that a question has no counterpart.
    fn not_carried(&mut self, element: &Element<'_>, kind: &str) {
        let name = element.get("name").as_str().unwrap_or_default();
        let known = ["file", "signaturepad", "image", "imagemap", "imagepicker", "empty", "panel"].contains(&kind);
        let (code, fate) = if known { ("question-dropped", Fate::Dropped) } else { ("unknown-type", Fate::Unknown) };
        let message = match kind {
            "image" => {
                format!("The picture ‘{name}’ is left out: Canvass shows none. Say in a `note` what it tells.")
            }
            _ => format!("‘{name}’ of the type `{kind}` is left out: Canvass has nothing like it."),
        };
        self.notes.add(code, fate, element.at.as_str(), None, message);
        self.gone(name, "it was left out: Canvass has nothing like it");
    }

    /// Says that a question of choices has none.
    fn without_options(&mut self, element: &Element<'_>) {
        let name = element.get("name").as_str().unwrap_or_default();
        let message = format!("‘{name}’ is left out: it offers no options that stand in the file.");
        self.notes.add("no-options", Fate::Dropped, element.at.as_str(), None, message);
        self.notes.leftovers(element, None);
        self.gone(name, "it was left out: it offers no options");
    }

    /// Adds a question with its validators, and a text field for its comment.
    fn ask<'a>(&mut self, element: &Element<'a>, seat: &Seat<'a>, body: Body, became: &str) -> Result<usize, Refusal> {
        let mut draft = self.base(element, seat, body)?;
        self.validators(element, &mut draft, seat)?;
        self.finish(element, draft, seat, Fate::Exact, became)
    }

    /// Adds a question that is read, with the text field for its comment.
    ///
    /// # Errors
    /// Too many questions.
    pub(super) fn finish(
        &mut self,
        element: &Element<'_>,
        draft: Draft,
        seat: &Seat<'_>,
        fate: Fate,
        became: &str,
    ) -> Result<usize, Refusal> {
        let kind = element.get("type").as_str().or(element.get("cellType").as_str()).unwrap_or("question");
        let message = format!("‘{}’ of the type `{kind}` became a `{became}` question.", draft.name);
        self.notes.add("question", fate, element.at.as_str(), Some(&draft.id), message);
        let has_comment = element.flag(&["showCommentArea", "hasComment", "showComment"]);
        let words = self.words(element, &["commentText"]);
        let (name, shown) = (draft.name.clone(), draft.shown.clone());
        let others = match &draft.body {
            Body::Single { choices, .. } | Body::Multi { choices, .. } => {
                choices.iter().any(|choice| choice.other.is_some())
            }
            _ => false,
        };
        self.notes.leftovers(element, Some(&draft.id));
        let index = self.push(draft)?;
        if others {
            self.name(&format!("{name}-comment"), Target::OtherText(index));
        }
        if has_comment && !others {
            let body = Body::Words { lines: 2, min: None, max: self.max_text, pattern: None };
            let id = self.ids.question(&format!("{name} comment"), "comment");
            let at = element.pointer("showCommentArea");
            let text = words.unwrap_or_else(|| Text::plain("Comment"));
            let comment = bare(id, &format!("{name}-Comment"), &at, text, &Seat { shown, ..seat.clone() }, body);
            let message = "The comment field became a `text` question of its own.";
            self.notes.add("comment", Fate::Exact, comment.at.to_string(), Some(&comment.id), message);
            self.push(comment)?;
        }
        Ok(index)
    }

    fn choice_question<'a>(&mut self, element: &Element<'a>, kind: &str, seat: &Seat<'a>) -> Result<(), Refusal> {
        let several =
            matches!(kind, "checkbox" | "tagbox") || (kind == "imagepicker" && element.flag(&["multiSelect"]));
        let (choices, order) = self.choices(element, seat, several)?;
        if choices.iter().all(|choice| choice.missing) {
            self.without_options(element);
            return Ok(());
        }
        let body = if several {
            let positive = |key| element.number(key).filter(|count| *count >= 1.0).map(count);
            let (min, max) = (positive("minSelectedChoices"), positive("maxSelectedChoices"));
            Body::Multi { choices, min, max }
        } else {
            let others = choices.iter().any(|choice| choice.other.is_some());
            Body::Single { choices, dropdown: kind == "dropdown" && !others }
        };
        if kind == "dropdown" && matches!(body, Body::Single { dropdown: false, .. }) {
            let message =
                "An option that asks for a text needs to be seen: the question shows radio buttons, not a dropdown.";
            self.notes.add("dropdown", Fate::Assumed, element.at.as_str(), None, message);
        }
        element.any(&["placeholder", "placeHolder"]);
        let mut draft = self.base(element, seat, body)?;
        draft.order = order;
        self.validators(element, &mut draft, seat)?;
        self.sound_counts(&mut draft);
        let became = if several { "multi" } else { "single" };
        self.finish(element, draft, seat, Fate::Exact, became).map(|_| ())
    }

    /// Keeps the numbers of answers within what can be given.
    pub(super) fn sound_counts(&mut self, draft: &mut Draft) {
        let (at, id) = (draft.at.to_string(), draft.id.clone());
        let (all, min, max) = match &mut draft.body {
            Body::Multi { choices, min, max } => (choices.len(), min, max),
            Body::Rank { rows, min, max } => (rows.len(), min, max),
            _ => return,
        };
        let all = u32::try_from(all).unwrap_or(u32::MAX);
        let before = (*min, *max);
        *max = max.filter(|max| *max < all);
        *min = min.filter(|min| *min <= max.unwrap_or(all));
        if before.0 != *min {
            let message = "More answers are asked for than can be given; the least number is left out.";
            self.notes.add("bounds", Fate::Dropped, at, Some(&id), message);
        }
    }

    fn yes_or_no<'a>(&mut self, element: &Element<'a>, seat: &Seat<'a>) -> Result<(), Refusal> {
        let mut ids = Ids::default();
        let mut side = |reading: &Self, value: &'static str, label: &'static str, truth: bool, words: &str| {
            let written = Scalar::of(element.get(value)).filter(|value| !value.is_empty());
            let id = written.as_ref().map_or_else(|| words.to_ascii_lowercase(), Scalar::words);
            let mut choice = plain(&mut ids, Scalar::Text(id), words);
            choice.value = written.unwrap_or(Scalar::Flag(truth));
            choice.label = reading.words(element, &[label]).unwrap_or(choice.label);
            choice
        };
        let choices = vec![
            side(self, "valueTrue", "labelTrue", true, "Yes"),
            side(self, "valueFalse", "labelFalse", false, "No"),
        ];
        if self.language != "en" && element.get("labelTrue").is_null() {
            let message = "“Yes” and “No” stand in English, for the form left the words to SurveyJS; translate them.";
            self.notes.add("words-of-surveyjs", Fate::Assumed, element.at.as_str(), None, message);
        }
        let title = self.words(element, &["title"]).or_else(|| self.words(element, &["label"]));
        let seat = Seat { title: seat.title.clone().or(title), ..seat.clone() };
        self.ask(element, &seat, Body::Single { choices, dropdown: false }, "single").map(|_| ())
    }

    fn ranking<'a>(&mut self, element: &Element<'a>, seat: &Seat<'a>) -> Result<(), Refusal> {
        let (mut choices, order) = self.choices(element, seat, false)?;
        choices.retain(|choice| !choice.last);
        if choices.is_empty() || seat.repeated {
            let name = element.get("name").as_str().unwrap_or_default();
            let why = if seat.repeated { "a ranking cannot repeat" } else { "it has no rows that stand in the file" };
            self.notes.add(
                "question-dropped",
                Fate::Dropped,
                element.at.as_str(),
                None,
                format!("‘{name}’ is left out: {why}."),
            );
            self.gone(name, "it was left out");
            self.notes.leftovers(element, None);
            return Ok(());
        }
        let some = element.flag(&["selectToRankEnabled"]);
        let positive = |key| element.number(key).filter(|count| *count >= 1.0).map(count);
        let (min, max) = (positive("minSelectedChoices"), positive("maxSelectedChoices"));
        let mut ids = Ids::default();
        let rows: Vec<_> = choices.iter().map(|choice| row(choice, &mut ids)).collect();
        let all = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let (min, max) = if some { (min, max) } else { (Some(all), None) };
        let mut draft = self.base(element, seat, Body::Rank { rows, min, max })?;
        draft.order = order;
        rows_under_rules(&choices, &mut draft);
        self.validators(element, &mut draft, seat)?;
        self.sound_counts(&mut draft);
        element.any(&["minSelectedChoices", "placeholder"]);
        self.finish(element, draft, seat, Fate::Exact, "rank").map(|_| ())
    }

    fn multiple_text<'a>(&mut self, element: &Element<'a>, seat: &Seat<'a>) -> Result<(), Refusal> {
        let name = seat.name.clone().unwrap_or_else(|| element.get("name").as_str().unwrap_or_default().to_string());
        let title = seat.title.clone().or_else(|| self.words(element, &["title"]));
        let mut shown = seat.shown.clone();
        shown.extend(self.shown(element, &seat.context)?);
        let inner = Seat { shown, ..seat.clone() };
        let description = self.words(element, &["description"]);
        let heading = title.map(|title| title.map(|title| format!("#### {title}")));
        let text = match (heading, description) {
            (Some(heading), Some(description)) => Some(heading.followed_by("\n\n", &description)),
            (heading, description) => heading.or(description),
        };
        if let Some(text) = text {
            self.note(
                &format!("{name} heading"),
                &name,
                &element.at,
                text,
                &Seat { name: None, title: None, ..inner.clone() },
            )?;
        }
        let first = self.drafts.len();
        for (index, json) in element.list("items").iter().enumerate() {
            let item = Element::new(json, format!("{}/items/{index}", element.at));
            let own = item.get("name").as_str().map_or_else(|| format!("{}", index + 1), str::to_string);
            self.text_question(&item, &Seat { name: Some(format!("{name}.{own}")), title: None, ..inner.clone() })?;
        }
        let asked = self.asked_since(first);
        if element.flag(&["isRequired"]) && !seat.repeated {
            self.one_of(element, &asked);
        }
        self.name(&name, Target::Several(asked));
        let message = format!("Each field of ‘{name}’ became a question of its own.");
        self.notes.add("multiple-text", Fate::Assumed, element.at.as_str(), None, message);
        for key in ["requiredIf", "validators"] {
            if !element.get(key).is_null() {
                let message = format!("`{key}` of several fields together is not carried over.");
                self.notes.add("validator-dropped", Fate::Dropped, element.pointer(key), None, message);
            }
        }
        self.notes.leftovers(element, None);
        Ok(())
    }

    fn html<'a>(&mut self, element: &Element<'a>, seat: &Seat<'a>) -> Result<(), Refusal> {
        let name = element.get("name").as_str().unwrap_or_default();
        let text = self.block(element.get("html"), &element.pointer("html"), None);
        self.gone(name, "it is only a text");
        let Some(text) = text else {
            let message = format!("‘{name}’ has no words to read; it is left out.");
            self.notes.add("html-empty", Fate::Dropped, element.at.as_str(), None, message);
            return Ok(());
        };
        let mut shown = seat.shown.clone();
        shown.extend(self.shown(element, &seat.context)?);
        element.any(&["title", "description", "isRequired"]);
        self.note(name, name, &element.at, text, &Seat { shown, ..seat.clone() })?;
        let id = self.drafts.last().map(|draft| draft.id.clone());
        self.notes.add(
            "note",
            Fate::Exact,
            element.at.as_str(),
            id.as_deref(),
            format!("The text ‘{name}’ became a `note`."),
        );
        self.notes.leftovers(element, None);
        Ok(())
    }

    /// A value that is shown: calculated, and told in a note.
    fn expression<'a>(&mut self, element: &Element<'a>, seat: &Seat<'a>) -> Result<(), Refusal> {
        let name = seat.name.clone().unwrap_or_else(|| element.get("name").as_str().unwrap_or_default().to_string());
        let written = element.text("expression").filter(|_| !seat.repeated);
        let Some(written) = written.filter(|_| seat.context.row.is_none()) else {
            let why = if seat.repeated || seat.context.row.is_some() {
                "it is calculated within a table or a repeated group"
            } else {
                "it has no expression"
            };
            let message = format!("The calculated value ‘{name}’ is left out: {why}.");
            self.notes.add("calculated-lost", Fate::Dropped, element.at.as_str(), None, message);
            self.gone(&name, "it was left out: it could not be calculated");
            self.notes.leftovers(element, None);
            return Ok(());
        };
        self.rule(written)?;
        let label = seat.title.clone().or_else(|| self.words(element, &["title"]));
        let value = Condition::written(written, &element.pointer("expression"));
        self.name(&name, Target::Calculated(self.calculated.len()));
        let shown_text = label.clone().unwrap_or_else(|| Text::plain(name.as_str()));
        let id = self.ids.question(&name, "value");
        self.calculated.push(Calculated { id, name: name.clone(), label, value });
        let mut shown = seat.shown.clone();
        shown.extend(self.shown(element, &seat.context)?);
        element.any(&["description", "isRequired", "requiredIf"]);
        let text = shown_text.map(|label| format!("{}: {{{name}}}", label.trim_end_matches(':')));
        self.note(&format!("{name} note"), &name, &element.at, text, &Seat { shown, ..seat.clone() })?;
        self.notes.leftovers(element, None);
        Ok(())
    }
}

/// Hides a question whose rows have rules, which rows of Canvass cannot have.
fn rows_under_rules(rows: &[Choice], draft: &mut Draft) {
    let Some(rule) = rows.iter().find_map(|row| row.shown.first()) else { return };
    let why = "a row cannot have a rule in Canvass: ask about such rows in questions of their own";
    draft.shown.push(Condition::lost(&rule.text, why, &rule.at));
}

/// True if the value of a key is one of a few words.
pub(super) fn is_one_of(json: &Json, words: &[&str]) -> bool {
    json.as_str().is_some_and(|text| words.iter().any(|word| text.eq_ignore_ascii_case(word)))
}
