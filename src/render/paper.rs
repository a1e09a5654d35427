//! The instrument on paper: one self-contained page to print, with boxes to tick and lines to write on.
//!
//! Paper shows everything to everyone, so what the web leaves out is said in words: who answers what, where to stop,
//! which earlier answer a text speaks of. What is shown to nobody is left out.

mod pipes;
mod question;

use serde::Serialize;

use crate::definition::language::is_right_to_left;
use crate::definition::routing::{self, Asked, Numbers, items_named};
use crate::definition::rule::{Rule, english, english_broken, english_value};
use crate::definition::{End, Page, Question, Storage, Survey, Window, plain};
use crate::export::limits::counted;
use crate::render::html::Html;
use crate::render::markdown::{block, inline, page_block};
use crate::render::{RenderError, Renderer};
use crate::vocabulary::Words;
use question::Asking;

/// Makes the page, with the style sheet `css` inside it, in the language that the survey's texts are in.
///
/// `version` is the number of the published version, if it is one.
pub fn paper_html(
    renderer: &Renderer,
    survey: &Survey,
    version: Option<u32>,
    css: &str,
) -> Result<String, RenderError> {
    renderer.render("paper/page", &View::new(survey, version, css))
}

/// What the page places.
#[derive(Serialize)]
struct View {
    css: Html,
    lang: String,
    /// `rtl` where its texts are read from right to left.
    dir: Option<&'static str>,
    /// True where this program's own words are in another language than the survey's.
    foreign: bool,
    title: Html,
    plain_title: String,
    edition: String,
    purpose: Html,
    facts: Vec<Fact>,
    /// The privacy notice.
    privacy: Option<Fact>,
    closes: Option<String>,
    /// How to fill in the form, besides ticking boxes.
    advice: Vec<&'static str>,
    has_contact: bool,
    parts: Vec<Part>,
    /// The contact details at the end, after everything that belongs together.
    apart: Vec<Part>,
}

/// Something that the first sheet says.
#[derive(Serialize)]
struct Fact {
    heading: Html,
    body: Html,
}

/// One page of the survey.
#[derive(Serialize)]
struct Part {
    id: String,
    number: usize,
    title: Option<Html>,
    /// Who answers it, and what to do if it is not for the reader.
    routing: Vec<String>,
    intro: Option<Html>,
    questions: Vec<Asking>,
    /// Set where the consultation ends here.
    stop: Option<&'static str>,
    /// True for contact details, which are kept apart from the answers.
    contact: bool,
}

impl View {
    fn new(survey: &Survey, version: Option<u32>, css: &str) -> Self {
        let sheet = Sheet::new(survey);
        let introduction = &survey.introduction;
        let said = &sheet.words.pages;
        let fact =
            |heading: &str, text: &str| Fact { heading: Html::text_in(heading, sheet.words_lang), body: block(text) };
        let mut facts = Vec::new();
        facts.extend(introduction.organisation.as_deref().map(|who| fact(said.who_asks, who)));
        let time = introduction.minutes.map(|minutes| format!("About {}.", counted(minutes, "minute")));
        facts.extend(time.as_deref().map(|time| fact(said.how_long, time)));
        let help = sheet.words.labels.if_you_need_help;
        facts.extend(introduction.contact.as_deref().map(|contact| fact(help, contact)));
        let closes = |window: &Window| Words::of("en").moment(window.closes, &window.timezone);
        let mut parts: Vec<Part> = sheet.shown.pages.iter().filter_map(|page| sheet.part(page)).collect();
        let together = parts.iter().rposition(|part| !part.contact).map_or(0, |last| last + 1);
        let apart = parts.split_off(together);
        let has_contact = survey.pages.iter().any(|page| page.store == Storage::Contact);
        let published = version.map_or_else(|| "not published".to_string(), |version| format!("version {version}"));
        Self {
            // A style sheet ends at the first closing tag, wherever that stands; CSS reads `<\/` as `</`.
            css: Html::made_here(css.replace("</", "<\\/")),
            lang: survey.language.clone(),
            dir: is_right_to_left(&survey.language).then_some("rtl"),
            foreign: !Words::of("en").speak(&survey.language),
            title: inline(&survey.title),
            plain_title: plain(&survey.title),
            edition: format!("{}, {published}", survey.id),
            purpose: page_block(introduction.purpose.as_deref().unwrap_or_default()),
            facts,
            privacy: survey.privacy.notice.as_deref().map(|notice| fact(said.what_happens_to_answers, notice)),
            closes: survey.window.as_ref().map(closes),
            advice: sheet.advice(has_contact),
            has_contact,
            parts,
            apart,
        }
    }
}

/// The survey as paper shows it.
struct Sheet {
    /// Its texts with the numbers of questions in place of answers.
    shown: Survey,
    /// The same with a number before each question, for rules to name it by.
    named: Survey,
    numbers: Numbers,
    /// True where its texts differ from the survey's.
    is_piped: bool,
    /// The program's words for the survey, as far as it has them in languages.
    words: &'static Words,
    /// Their language, where it is not the survey's.
    words_lang: Option<&'static str>,
}

impl Sheet {
    fn new(survey: &Survey) -> Self {
        let numbers = Numbers::new(survey);
        let (shown, is_piped) = pipes::filled(survey, &numbers);
        let mut named = shown.clone();
        for question in named.pages.iter_mut().flat_map(|page| &mut page.questions) {
            let head = &mut question.item.head;
            if let Some(number) = numbers.question(&head.id) {
                // The backslash keeps Markdown from reading a list.
                head.text = format!("{number}\\. {}", head.text);
            }
        }
        let words = Words::of(&survey.language);
        Self { shown, named, numbers, is_piped, words, words_lang: words.stranger_to(&survey.language) }
    }

    /// How to fill in the form, as far as it needs saying.
    fn advice(&self, has_contact: bool) -> Vec<&'static str> {
        let is_for_some = |page: &Page| {
            let for_some = |question: &Question| question.show_if.is_some() || !question.parts.is_empty();
            page.show_if.is_some() || page.questions.iter().any(for_some)
        };
        let is_routed = self.shown.pages.iter().any(is_for_some);
        let routed = "Some parts and questions are only for some people: a line with an arrow says for whom. \
                      Leave out what is not for you.";
        let piped = "“[your answer to 3]” in a text stands for what you answered to question 3.";
        let anonymous = if has_contact {
            "Do not write your name on this form, or anything else that says who you or others are, except on the \
             sheet to tear off."
        } else {
            "Do not write your name on this form, or anything else that says who you or others are."
        };
        let lines = [is_routed.then_some(routed), self.is_piped.then_some(piped), Some(anonymous)];
        lines.into_iter().flatten().collect()
    }

    /// A page; `None` for one that nobody sees.
    fn part(&self, page: &Page) -> Option<Part> {
        let number = self.numbers.page(&page.id)?;
        let questions: Vec<Asking> = page.questions.iter().filter_map(|question| self.asking(question)).collect();
        Some(Part {
            id: page.id.clone(),
            number,
            title: page.title.as_deref().map(inline),
            routing: self.routing_of(page, number),
            intro: page.text.as_deref().map(block),
            questions,
            stop: page.end.map(|end| match end {
                End::ScreenedOut => "There is no need to return this form.",
                End::Finished => "You have finished. Please return the form.",
            }),
            contact: page.store == Storage::Contact,
        })
    }

    fn routing_of(&self, page: &Page, number: usize) -> Vec<String> {
        let Asked::If(condition) = routing::of_page(&self.named, page) else {
            return page.end.map(|_| vec!["Stop here.".to_string()]).unwrap_or_default();
        };
        let next = self.shown.pages.iter().filter_map(|page| self.numbers.page(&page.id)).find(|next| *next > number);
        let verb = if page.end.is_some() { "Stop here" } else { "Answer this part" };
        let otherwise = match next {
            Some(next) => format!("If not, go on to part {next}."),
            None => "If not, you have finished.".to_string(),
        };
        let own = format!("{verb} if {condition}. {otherwise}");
        std::iter::once(own).chain(self.workings(page.show_if.as_ref())).collect()
    }

    /// How to work out the calculated values that a rule names.
    fn workings(&self, rule: Option<&Rule>) -> Vec<String> {
        let Some(rule) = rule else { return Vec::new() };
        let named = items_named(&self.named, rule);
        let used = self.named.calculated.iter().filter(|calculated| named.contains(calculated.id.as_str()));
        used.map(|calculated| {
            let value = english_value(&calculated.value, &self.named);
            format!("‘{}’ is {value}.", plain(&calculated.label))
        })
        .collect()
    }

    /// What must hold between answers, said at the last question that it is about.
    fn checks_at(&self, id: &str) -> Vec<String> {
        let is_here = |rule: &Rule| {
            let named = items_named(&self.named, rule);
            named.into_iter().max_by_key(|item| self.numbers.question(item)) == Some(id)
        };
        let checks = self.named.checks.iter().filter(|check| !check.rule.is_lost() && is_here(&check.rule));
        checks
            .map(|check| {
                let broken = english_broken(&check.rule, &self.named);
                format!("Look again if {broken}: {}", ended(&plain(&check.message)))
            })
            .collect()
    }

    /// When a rule holds, with the questions by their numbers.
    fn condition(&self, rule: &Rule) -> String {
        english(rule, &self.named)
    }
}

fn ended(sentence: &str) -> String {
    if sentence.ends_with(['.', '!', '?']) { sentence.to_string() } else { format!("{sentence}.") }
}
