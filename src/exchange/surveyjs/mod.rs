//! Reads the definitions of SurveyJS (`survey-library`), in the JSON that its editor shows.
//!
//! The way of a definition: [`json`] reads it within bounds, [`reading`] walks through it and makes questions,
//! [`triggers`] adds the rules that stand apart, [`layout`] puts the questions on pages while [`translate`] turns
//! expressions into rules, and [`write`] writes it all.

mod checks;
mod choices;
mod conditions;
mod expression;
mod html;
mod inputs;
mod json;
mod keys;
mod layout;
mod loose;
mod matrix;
mod model;
mod names;
mod notes;
mod pattern;
mod pipes;
mod questions;
mod reading;
mod rule;
mod subject;
mod text;
mod translate;
mod triggers;
mod validators;
mod write;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_rules;

use serde_json::Value as Json;

use super::report::{Fate, Imported, Refusal};
use json::{Element, listed, under};
use layout::{Layout, Page, Placed, Show};
use model::{Body, Draft};
use reading::Reading;
use subject::World;
use text::Text;
use write::Head;

/// Reads a definition of SurveyJS.
///
/// What Canvass has nothing like is left out and reported; a rule that cannot be carried over hides what it belongs to,
/// until its author has mended it. Time and memory are bounded, whatever the bytes are.
///
/// # Errors
/// Bytes that are no definition of SurveyJS, or one beyond the bounds: 10 MB, 150,000 values, 64 levels, 5,000 pages,
/// 5,000 questions, 5,000 options of one question and 20,000 in all, 50,000 rules of 1,000,000 characters in all.
pub fn read(bytes: &[u8]) -> Result<Imported, Refusal> {
    let json = json::parse(bytes)?;
    is_definition(&json)?;
    let root = Element::new(&json, String::new());
    let mut reading = Reading::new(language(&root));
    let head = reading.survey(&root)?;
    let ends = reading.triggers(&root)?;
    reading.emails();
    reading.notes.leftovers(&root, None);
    let mut notes = std::mem::take(&mut reading.notes);
    let ids = std::mem::take(&mut reading.ids);
    let world = World::new(&reading);
    let order = triggers::calculate(&world);
    tell_calculated(&world, &mut notes);
    let mut layout = Layout::new(&world, &mut notes);
    let ends = layout.ends(&ends);
    let mut pages = Vec::new();
    for number in 0..reading.pages.len() {
        pages.extend(layout.page(number));
        pages.extend(ends.iter().filter(|(after, _)| *after == number).map(|(_, page)| closing(page)));
    }
    let checks = layout.checks();
    pages.extend(contact(&reading));
    pages.extend(ends.iter().filter(|(after, _)| *after == usize::MAX).map(|(_, page)| closing(page)));
    let definition = if pages.iter().any(|page| !page.ends) {
        let (definition, untold) = write::definition(&world, &head, ids, &pages, &checks, &order);
        if untold > 0 {
            let message =
                format!("{untold} translations are left out: a definition holds {} at most.", write::MAX_TRANSLATIONS);
            notes.add("translations", Fate::Dropped, "", None, message);
        }
        definition
    } else {
        notes.add(
            "nothing-left",
            Fate::Dropped,
            "",
            None,
            "Nothing of the form could be carried over; the definition holds a note only.",
        );
        nothing_left(&head, &reading.language)
    };
    Ok(Imported { definition, report: notes.finish(&json) })
}

/// Refuses what is no definition, with a word on what it looks like.
fn is_definition(json: &Json) -> Result<(), Refusal> {
    let refuse = |message: String| Err(Refusal::of_file(message));
    let no = "This is no SurveyJS definition: it has no `pages`, `elements` or `questions`.";
    if !matches!(json, Json::Object(_)) {
        return refuse(format!("{no} A definition is an object, and this is something else; export it again."));
    }
    let has = |key: &str| matches!(under(json, key), Json::Array(_));
    let is_own = json::number(under(json, "format")).is_some() && under(json, "id").as_str().is_some() && has("pages");
    if is_own {
        return refuse(
            "This is a definition of Canvass already; check it with `canvass check`, it needs no import.".to_string(),
        );
    }
    if has("pages") || has("elements") || has("questions") {
        return Ok(());
    }
    let looks_like = if under(json, "resourceType").as_str() == Some("Questionnaire") {
        "It looks like a FHIR Questionnaire; import it as FHIR."
    } else if under(json, "resourceType").as_str().is_some() {
        "It looks like a FHIR resource, but not like a Questionnaire."
    } else if has("survey") || has("choices") || has("children") {
        "It looks like an XLSForm as JSON; import the workbook as XLSForm."
    } else if has("components") {
        "It looks like a form.io form, which cannot be imported."
    } else if has("fields") {
        "It looks like a Typeform or another kind of form, which cannot be imported."
    } else if has("SurveyElements") {
        "It looks like a Qualtrics survey, which cannot be imported."
    } else if ["json", "survey", "surveyJson", "schema", "model", "content"].iter().any(|key| {
        ["pages", "elements", "questions"].iter().any(|inner| matches!(under(under(json, key), inner), Json::Array(_)))
    }) {
        "The definition seems to stand inside another object; save the inner object alone."
    } else {
        "Export the definition from the JSON tab of the editor of SurveyJS."
    };
    refuse(format!("{no} {looks_like}"))
}

/// The language of the texts that stand without one.
fn language(root: &Element<'_>) -> String {
    let locale = root.get("locale").as_str().and_then(text::tag);
    match locale {
        // The texts under `default` are English where the locale's own stand beside them.
        Some(tag) if !text::is_written_in(root.json, root.get("locale").as_str().unwrap_or_default()) => tag,
        _ => "en".to_string(),
    }
}

impl Reading {
    /// Reads everything but the triggers.
    fn survey(&mut self, root: &Element<'_>) -> Result<Head, Refusal> {
        if root.get("locale").as_str().is_none() {
            let message = "The definition does not say its language, which SurveyJS takes for English; so does the \
                import. Correct `language` if it is another.";
            self.notes.add("language", Fate::Assumed, "/locale", None, message);
        }
        self.max_text =
            root.number("maxTextLength").filter(|max| *max >= 1.0).map(|max| validators::count(max).clamp(1, 20_000));
        let one_by_one = questions::is_one_of(root.get("questionsOnPageMode"), &["questionPerPage", "inputPerPage"]);
        if one_by_one {
            let message = "Each question stands on a page of its own, as the form asks for.";
            self.notes.add("question-per-page", Fate::Assumed, "/questionsOnPageMode", None, message);
        }
        let pages = root.list("pages");
        if pages.len() > reading::MAX_PAGES {
            let message =
                format!("The definition has more than {} pages; split it into several surveys.", reading::MAX_PAGES);
            return Err(Refusal { source_pointer: "/pages".to_string(), message });
        }
        for (number, page) in pages.iter().enumerate() {
            self.page(&Element::new(page, format!("/pages/{number}")), one_by_one)?;
        }
        if pages.is_empty() {
            self.loose_questions(root, one_by_one)?;
        }
        self.calculated_values(root)?;
        self.told_at_the_end(root);
        let title = self.words(root, &["title"]).unwrap_or_else(|| {
            self.notes.add("title", Fate::Assumed, "/title", None, "The form has no title; write one.");
            Text::plain("Untitled survey")
        });
        let plain = |text: Text| text.map(|text| text.replace(['{', '}'], ""));
        let purpose = self.words(root, &["description"]).map(plain);
        if purpose.is_some() {
            let message = "The description became the purpose on the start page.";
            self.notes.add("description", Fate::Assumed, "/description", None, message);
        }
        Ok(Head { title: plain(title), purpose })
    }

    /// Questions that stand in the survey without a page around them.
    fn loose_questions(&mut self, root: &Element<'_>, one_by_one: bool) -> Result<(), Refusal> {
        let key = if root.list("elements").is_empty() { "questions" } else { "elements" };
        let list = listed(root.any(&["elements", "questions"]));
        self.pages.push(model::SourcePage { at: format!("/{key}"), one_by_one, ..model::SourcePage::default() });
        self.elements(list, &format!("/{key}"), &reading::Seat::default())
    }

    /// Reports what stands in a survey for its end, and for when it is not open.
    fn told_at_the_end(&mut self, root: &Element<'_>) {
        const KEYS: [&str; 9] = [
            "completedHtml",
            "completedHtmlOnCondition",
            "completedBeforeHtml",
            "loadingHtml",
            "navigateToUrl",
            "navigateToUrlOnCondition",
            "startPageHtml",
            "emptySurveyText",
            "surveyPostId",
        ];
        for key in KEYS {
            if triggers::is_written(root.get(key)) {
                let message = format!(
                    "`{key}` is left out: Canvass has its own pages for the start and the end. Put what people must \
                        read into the introduction or a closing page."
                );
                self.notes.add("start-or-end-text", Fate::Dropped, root.pointer(key), None, message);
            }
        }
        if root.flag(&["firstPageIsStartPage", "firstPageIsStarted"]) {
            let message =
                "The first page stays a page; Canvass shows its own start page, with the `introduction`, before it.";
            self.notes.add("start-page", Fate::Assumed, root.pointer("firstPageIsStartPage"), None, message);
        }
        let clear = root.get("clearInvisibleValues");
        if !clear.is_null() {
            let kept = questions::is_one_of(clear, &["none"]);
            let fate = if kept { Fate::Dropped } else { Fate::Exact };
            let message = "Canvass sends no answers to questions that a person no longer sees.";
            self.notes.add("hidden-answers", fate, root.pointer("clearInvisibleValues"), None, message);
        }
        if questions::is_one_of(root.any(&["questionOrder", "questionsOrder"]), &["random"]) {
            let message =
                "The questions stand in the order of the file: Canvass mixes options and rows, not questions.";
            self.notes.add("question-order", Fate::Dropped, "/questionOrder", None, message);
        }
        for key in
            ["storeOthersAsComment", "maxOthersLength", "maxCommentLength", "surveyId", "showDataSaving", "version"]
        {
            root.get(key);
        }
    }
}

/// Reports what became of the calculated values.
fn tell_calculated(world: &World<'_>, notes: &mut notes::Notes) {
    let values = world.values.borrow();
    for (index, entry) in world.reading.calculated.iter().enumerate() {
        let at = entry.value.at.to_string();
        match values.get(&index) {
            Some(Ok(value)) => {
                let (fate, mind) = layout::mind(&value.notes, Fate::Exact);
                let message = format!("‘{}’ is calculated as: {}.{mind}", entry.name, value.text);
                notes.add("calculated", fate, at, Some(&entry.id), message);
            }
            Some(Err(why)) => {
                let message =
                    format!("The calculated value ‘{}’ is left out: {why}. It was: {}", entry.name, entry.value.text);
                notes.add("calculated-lost", Fate::Dropped, at, None, message);
            }
            None => {}
        }
    }
}

/// The page for e-mail addresses, if any are asked for.
fn contact(reading: &Reading) -> Option<Page> {
    let asked = reading.drafts.iter().enumerate().filter(|(_, draft)| matches!(draft.body, Body::Email));
    let questions: Vec<Placed> = asked.map(|(index, draft)| kept_apart(index, draft)).collect();
    let title = Some(Text::plain("Your contact details"));
    let page = Page { name: "contact".to_string(), title, contact: true, questions, ..Page::default() };
    (!page.questions.is_empty()).then_some(page)
}

fn kept_apart(index: usize, draft: &Draft) -> Placed {
    // What was answered must not stand beside an address.
    let plain = |text: &Text| text.map(|text| text.replace('{', "(").replace('}', ")"));
    Placed {
        draft: index,
        show: Show::Everyone,
        required_if: None,
        required: draft.required,
        text: Some(plain(&draft.text)),
        hint: draft.hint.as_ref().map(plain),
        options: Vec::new(),
        fields: Vec::new(),
    }
}

fn closing(page: &Page) -> Page {
    Page { name: page.name.clone(), show: page.show.clone(), ends: true, ..Page::default() }
}

/// A definition for a form of which nothing is left.
fn nothing_left(head: &Head, language: &str) -> serde_json::Value {
    let text = "Nothing of the form could be carried over. The report of the import says why.";
    serde_json::json!({
        "format": 1,
        "id": names::survey_id(&head.title.own),
        "title": head.title.own,
        "language": language,
        "pages": [{
            "id": "empty",
            "title": head.title.own,
            "questions": [{"id": "nothing", "type": "note", "text": text}],
        }],
    })
}
