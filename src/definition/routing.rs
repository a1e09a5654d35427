//! Who is asked what, in words, and the numbers that pages and questions have where everything stands at once: on paper
//! and in the codebook.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::rule::{self, Rule, english, english_all};
use super::{End, Page, Question, Survey};
use crate::document::Place;
use crate::item::Kind;

/// Who is asked, offered or told something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Everyone who gets there.
    Everyone,
    /// Those for whom this holds, as part of a sentence.
    If(String),
    /// Nobody, for an import could not read its rule, which is this.
    Nobody(String),
}

/// Who must answer a question, of those who are asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Required {
    /// Nobody.
    No,
    /// Everyone.
    Yes,
    /// Those for whom this holds, as part of a sentence.
    If(String),
}

/// The numbers of pages and questions, from 1 in the order of the survey.
///
/// What is shown to nobody has no number, and neither has a note.
#[derive(Clone, Debug, Default)]
pub struct Numbers {
    pages: BTreeMap<String, usize>,
    questions: BTreeMap<String, usize>,
}

impl Numbers {
    /// Counts the pages and questions of a survey.
    pub fn new(survey: &Survey) -> Self {
        let mut numbers = Self::default();
        for page in survey.pages.iter().filter(|page| is_shown(page)) {
            let number = numbers.pages.len() + 1;
            numbers.pages.insert(page.id.clone(), number);
            for question in page.questions.iter().filter(|question| is_asked(page, question)) {
                let number = numbers.questions.len() + 1;
                numbers.questions.insert(question.item.head.id.clone(), number);
            }
        }
        numbers
    }

    /// The number of a page.
    pub fn page(&self, id: &str) -> Option<usize> {
        self.pages.get(id).copied()
    }

    /// The number of a question.
    pub fn question(&self, id: &str) -> Option<usize> {
        self.questions.get(id).copied()
    }
}

/// True for a rule that an import could not read, so that what it is about is shown to nobody.
pub fn is_lost(rule: Option<&Rule>) -> bool {
    rule.is_some_and(Rule::is_lost)
}

/// Who sees a page, of those who get there.
pub fn of_page(survey: &Survey, page: &Page) -> Asked {
    asked(survey, &[page.show_if.as_ref()])
}

/// Who is asked a question, of those who see its page.
pub fn on_page(survey: &Survey, question: &Question) -> Asked {
    let by_fields = by_fields(question);
    asked(survey, &[question.show_if.as_ref(), by_fields.as_deref()])
}

/// Who is asked a question, of those who get there.
pub fn of_question(survey: &Survey, page: &Page, question: &Question) -> Asked {
    let by_fields = by_fields(question);
    asked(survey, &[page.show_if.as_ref(), question.show_if.as_ref(), by_fields.as_deref()])
}

/// Who is offered an option or shown a field, of those who are asked the question or shown the field that has it.
pub fn of_part(survey: &Survey, question: &Question, part: &str) -> Asked {
    asked(survey, &[question.parts.get(part)])
}

/// True for a question that nobody is asked, for an import could not read its rule or those of all its fields.
pub fn is_lost_question(question: &Question) -> bool {
    is_lost(question.show_if.as_ref()) || is_lost(by_fields(question).as_deref())
}

/// Who is shown a field of a repeat, where that is not everyone: the others are not asked it.
fn by_fields(question: &Question) -> Option<Cow<'_, Rule>> {
    let Kind::Repeat(repeat) = &question.item.kind else { return None };
    let rules: Option<Vec<&Rule>> = repeat.asked().map(|field| question.parts.get(&field.head.id)).collect();
    let rules = rules?;
    let mut texts: Vec<String> = Vec::new();
    for rule in rules.iter().filter(|rule| !rule.is_lost()) {
        let text = format!("({})", rule.text());
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    if texts.is_empty() {
        return rules.first().copied().map(Cow::Borrowed);
    }
    // Rules that can be read can be joined, unless that makes them too long.
    rule::parse(&texts.join(" or "), Place::default()).ok().map(Cow::Owned)
}

/// Who must answer a question, of those who are asked.
pub fn required(survey: &Survey, question: &Question) -> Required {
    match &question.required_if {
        _ if question.item.head.required => Required::Yes,
        Some(rule) => Required::If(english(rule, survey)),
        None => Required::No,
    }
}

/// The pages before `page` on which the consultation ends for those who reach them, with their answers sent.
pub fn ends_before<'a>(survey: &'a Survey, page: &'a Page) -> impl Iterator<Item = &'a Page> {
    let before = survey.pages.iter().take_while(move |before| before.id != page.id);
    before.filter(|before| before.end == Some(End::Finished) && !is_lost(before.show_if.as_ref()))
}

/// The items that a rule names, itself or through calculated values.
pub fn items_named<'a>(survey: &'a Survey, rule: &'a Rule) -> BTreeSet<&'a str> {
    let mut named: BTreeSet<&str> = rule.items().into_iter().collect();
    // A calculated value names only those that stand before it.
    for calculated in survey.calculated.iter().rev() {
        if named.contains(calculated.id.as_str()) {
            named.extend(calculated.value.items());
        }
    }
    named
}

/// True for a page that anyone can see: it asks something or ends the consultation.
fn is_shown(page: &Page) -> bool {
    let shown = page.questions.iter().any(|question| !is_lost_question(question));
    !is_lost(page.show_if.as_ref()) && (shown || page.end.is_some())
}

fn is_asked(page: &Page, question: &Question) -> bool {
    let lost = is_lost(page.show_if.as_ref()) || is_lost_question(question);
    !lost && !matches!(question.item.kind, Kind::Note(_))
}

fn asked(survey: &Survey, rules: &[Option<&Rule>]) -> Asked {
    let rules: Vec<&Rule> = rules.iter().copied().flatten().collect();
    match rules.iter().find(|rule| rule.is_lost()) {
        Some(lost) => Asked::Nobody(lost.text().to_string()),
        None if rules.is_empty() => Asked::Everyone,
        None => Asked::If(english_all(&rules, survey)),
    }
}
