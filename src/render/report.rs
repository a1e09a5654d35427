//! The consensus summary as one self-contained page: no script, no request, fit for a screen, a board's papers and print.
//!
//! Every number comes from [`Report`], or is the share that two of its counts give; this file and its parts only choose
//! words and decimals.

mod choice;
mod compare;
mod crosstabs;
mod grid;
mod interventions;
mod measures;
mod mentions;
mod method;
mod opinions;
mod outcome;
mod population;
mod questions;
mod robustness;
mod rounds;
mod table;
mod why;

use serde::Serialize;

use crate::analysis::report::{Notice, Report};
use crate::analysis::view::Viewed;
use crate::render::chart;
use crate::render::html::{Html, escape};
use crate::render::page::Link;
use crate::render::words::grouped;
use crate::render::{RenderError, Renderer};
pub use compare::{compare_framed, compare_html};
use interventions::{BreadthView, InterventionsView};
use measures::MeasuresView;
use method::{BaseView, MethodView};
use opinions::OpinionsView;
use outcome::OutcomeView;
pub use outcome::{Mistake, Outcome};
use population::PopulationView;
use questions::{QuestionsView, ThemesView};
use robustness::RobustnessView;
use rounds::RoundsView;
use why::Rests;

/// Makes `report.html`, with the style sheet `css` inside it.
pub fn report_html(renderer: &Renderer, report: &Report, css: &str) -> Result<String, RenderError> {
    report_with(renderer, report, None, css)
}

/// The same with what was done; without it the page has space for it.
pub fn report_with(
    renderer: &Renderer,
    report: &Report,
    outcome: Option<&Outcome>,
    css: &str,
) -> Result<String, RenderError> {
    renderer.render("report/page", &View::new(report, outcome, css))
}

/// Where a report stands among the pages of a service.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Frame {
    /// Address of the style sheet.
    pub css: String,
    /// Where else to go; the first leads back.
    pub links: Vec<Link>,
}

/// A report as a page of a service, which loads its style sheet and leads back.
pub fn report_framed(renderer: &Renderer, report: &Report, frame: Frame) -> Result<String, RenderError> {
    renderer.render("report/page", &View { frame: Some(frame), ..View::new(report, None, "") })
}

/// What the page places.
#[derive(Serialize)]
struct View {
    css: Html,
    /// Not there on a page that stands alone.
    frame: Option<Frame>,
    shapes: Html,
    title: Html,
    plain_title: String,
    version: u32,
    /// Said in every heading and caption where the answers are simulated or not all.
    caution: Option<&'static str>,
    /// Which of the responses are counted, where not all are.
    part: Option<String>,
    banner: Option<String>,
    notices: Vec<String>,
    contents: Vec<Entry>,
    findings: Vec<String>,
    breadth: BreadthView,
    interventions: InterventionsView,
    robustness: Option<RobustnessView>,
    rounds: Option<RoundsView>,
    opinions: Option<OpinionsView>,
    questions: QuestionsView,
    measures: Option<MeasuresView>,
    themes: ThemesView,
    /// None before anyone has answered.
    outcome: Option<OutcomeView>,
    base: BaseView,
    population: Option<PopulationView>,
    method: MethodView,
}

/// A line of the contents.
#[derive(Serialize)]
struct Entry {
    id: &'static str,
    text: &'static str,
}

impl View {
    fn new(report: &Report, outcome: Option<&Outcome>, css: &str) -> Self {
        let words = Words::new(report);
        let view = Self {
            // A style sheet ends at the first closing tag, wherever that stands; CSS reads `<\/` as `</`.
            css: Html::made_here(css.replace("</", "<\\/")),
            frame: None,
            part: report.view.as_ref().and_then(part),
            shapes: chart::shapes(),
            title: words.label(&report.title),
            plain_title: report.title.clone(),
            version: report.version,
            caution: words.caution,
            banner: report.notices.iter().find(|notice| is_simulated(notice)).map(|notice| notice.text.clone()),
            notices: report
                .notices
                .iter()
                .filter(|notice| !is_simulated(notice) && notice.code != "part_of_responses")
                .map(|notice| notice.text.clone())
                .collect(),
            contents: Vec::new(),
            findings: report.findings.clone(),
            breadth: BreadthView::new(&report.breadth, &words),
            interventions: InterventionsView::new(report, &words),
            robustness: RobustnessView::new(report, &words),
            rounds: RoundsView::new(report, &words),
            opinions: report.opinions.as_ref().map(|opinions| OpinionsView::new(opinions, &words)),
            questions: QuestionsView::new(report, &words),
            measures: MeasuresView::new(report, &words),
            themes: ThemesView::new(&report.themes, &words),
            outcome: (report.base.completed > 0 && report.view.is_none())
                .then(|| OutcomeView::new(report, outcome, &words)),
            base: BaseView::new(report, &words),
            population: PopulationView::new(report, &words),
            method: MethodView::new(report, &words),
        };
        Self { contents: view.sections(), ..view }
    }

    /// The sections that there are, in their order.
    fn sections(&self) -> Vec<Entry> {
        let sections = [
            (!self.interventions.is_empty(), "breadth", "Broad or focused"),
            (!self.interventions.is_empty(), "interventions", "Support for each intervention"),
            (!self.interventions.is_empty(), "detail", "Each intervention by group"),
            (self.robustness.is_some(), "robustness", "How steady the verdicts are"),
            (self.rounds.is_some(), "rounds", "The panel, round by round"),
            (self.opinions.is_some(), "opinions", "Opinion groups"),
            (!self.questions.is_empty(), "questions", "Answers to each question"),
            (!self.themes.is_empty(), "themes", "Themes in people’s own words"),
            (self.outcome.is_some(), "outcome", "We asked, you said, we did"),
            (true, "base", "Who took part"),
            (self.population.is_some(), "population", "Who answered, beside the population"),
            (true, "method", "How the numbers were made"),
        ];
        let there = sections.into_iter().filter(|(is_there, ..)| *is_there);
        there.map(|(_, id, text)| Entry { id, text }).collect()
    }
}

fn part(view: &Viewed) -> Option<String> {
    let who = view.only_text.as_ref()?;
    Some(format!("{} of {} responses are counted here: those for whom {who}.", grouped(view.n), grouped(view.of)))
}

fn is_simulated(notice: &Notice) -> bool {
    notice.code == "simulated"
}

/// The caution of answers that nobody gave.
const SIMULATED: &str = "simulated answers";

/// What every part needs to word its labels and captions.
struct Words<'a> {
    /// Language of the labels, where it is not the page's.
    foreign: Option<&'a str>,
    caution: Option<&'static str>,
    survey: &'a str,
    rests: Rests,
}

impl<'a> Words<'a> {
    fn new(report: &'a Report) -> Self {
        let is_simulated = report.notices.iter().any(is_simulated);
        let is_part = report.view.as_ref().is_some_and(Viewed::is_part);
        let caution = match (is_simulated, is_part) {
            (false, false) => None,
            (true, false) => Some(SIMULATED),
            (false, true) => Some("part of the responses"),
            (true, true) => Some("simulated answers, part of them"),
        };
        Self::of((&report.language, &report.survey), caution, Rests::new(report))
    }

    fn of((language, survey): (&'a str, &'a str), caution: Option<&'static str>, rests: Rests) -> Self {
        let primary = language.split('-').next().unwrap_or_default();
        Self {
            foreign: (!primary.eq_ignore_ascii_case("en") && !primary.is_empty()).then_some(language),
            caution,
            survey,
            rests,
        }
    }

    /// A text of the definition or of a respondent, marked with its language where that is not English.
    fn label(&self, text: &str) -> Html {
        match self.foreign {
            Some(language) => {
                let (language, text) = (escape(language), escape(text));
                Html::made_here(format!("<span lang=\"{language}\">{text}</span>"))
            }
            None => Html::text(text),
        }
    }

    /// A caption, with the caution that every caption must carry.
    fn caption(&self, text: &str) -> String {
        self.caution.map_or_else(|| text.to_owned(), |caution| format!("{text} ({caution})"))
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_why;
