//! "We asked, you said, we did": what became of what people said, in the words of those who decide.

use serde::Serialize;

use super::Words;
use crate::analysis::report::{Question, Report};
use crate::document::closest;
use crate::render::html::Html;
use crate::render::markdown::{block, part_block};
use crate::render::report::grid;
use crate::render::words::counted;

/// What was done, by intervention.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What stands before the first intervention.
    general: String,
    /// An intervention's id and its text.
    of: Vec<(String, String)>,
}

/// A line of the file that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub problem: String,
}

impl Outcome {
    /// Reads a file in the Markdown of definitions, whose headings of level 2 are ids of `interventions`.
    ///
    /// A heading that is no id, and an id twice, is a mistake: its text would stand nowhere, or twice.
    ///
    /// ```
    /// use canvass::render::report::Outcome;
    /// assert!(Outcome::read("Thank you.\n\n## time\n\nWe did.", &["time"]).is_ok());
    /// assert_eq!(Outcome::read("## tmie", &["time"]).unwrap_err().line, 1);
    /// ```
    pub fn read(text: &str, interventions: &[&str]) -> Result<Self, Mistake> {
        let mut outcome = Self::default();
        for (line, written) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
            let Some(id) = written.strip_prefix("## ").map(str::trim) else {
                let part = outcome.of.last_mut().map_or(&mut outcome.general, |(_, text)| text);
                part.push_str(written);
                part.push('\n');
                continue;
            };
            if !interventions.contains(&id) {
                let meant = closest(id, interventions.iter().copied());
                let meant = meant.map_or_else(String::new, |meant| format!("; {meant}"));
                return Err(Mistake { line, problem: format!("`{id}` is the id of no intervention{meant}") });
            }
            if outcome.of.iter().any(|(known, _)| known == id) {
                return Err(Mistake { line, problem: format!("`{id}` stands here a second time") });
            }
            outcome.of.push((id.to_owned(), String::new()));
        }
        Ok(outcome)
    }

    fn text_of(&self, id: &str) -> &str {
        self.of.iter().find(|(known, _)| known == id).map_or("", |(_, text)| text)
    }
}

/// The section.
#[derive(Serialize)]
pub(super) struct OutcomeView {
    asked: String,
    /// The questions in people's own words.
    open: Vec<Html>,
    said: Vec<String>,
    did: Html,
    parts: Vec<Part>,
}

/// One intervention.
#[derive(Serialize)]
struct Part {
    id: String,
    label: Html,
    said: String,
    /// Empty where nobody has written it yet.
    did: Html,
}

impl OutcomeView {
    /// The section; without an outcome the space for it is left open.
    pub(super) fn new(report: &Report, outcome: Option<&Outcome>, text: &Words<'_>) -> Self {
        let closed: Vec<&Question> = report.questions.iter().collect();
        let closed = closed.chunk_by(|one, next| grid::belong_together(one, next)).count() as u64;
        let asked = [
            (report.interventions.len() as u64, "proposed intervention", "proposed interventions"),
            (closed, "question with answers to choose from", "questions with answers to choose from"),
            (report.themes.len() as u64, "question in people’s own words", "questions in people’s own words"),
        ];
        let asked: Vec<String> =
            asked.into_iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| counted(n, one, many)).collect();
        let parts = report.interventions.iter().enumerate().map(|(index, one)| Part {
            id: format!("w-{index}"),
            label: text.label(&one.label),
            said: one.verdict.text.clone(),
            did: outcome.map_or_else(Html::default, |outcome| part_block(outcome.text_of(&one.id))),
        });
        Self {
            asked: if asked.is_empty() {
                "Nothing that can be shown.".to_owned()
            } else {
                format!("{}.", asked.join("; "))
            },
            open: report.themes.iter().map(|question| text.label(&question.label)).collect(),
            said: report.findings.clone(),
            did: outcome.map_or_else(Html::default, |outcome| block(&outcome.general)),
            parts: parts.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Renderer;
    use crate::render::report::report_with;
    use crate::render::report::tests::{html_of, sample};

    fn section(html: &str) -> &str {
        html.split("id=\"outcome\"").nth(1).unwrap().split("</section>").next().unwrap()
    }

    #[test]
    fn without_an_outcome_the_section_says_what_was_asked_and_said_and_leaves_space() {
        let html = html_of(sample());
        let section = section(&html);
        for text in [
            "2 proposed interventions; 1 question with answers to choose from; 1 question in people’s own words.",
            "<li>One intervention has broad support.</li>",
            "<h3 id=\"w-1\">Protected time</h3>",
            "<dd><p>The verdict in full.</p></dd>",
        ] {
            assert!(section.contains(text), "{text} {section}");
        }
        assert_eq!(section.matches("canvass-space").count(), 3, "one in all, and one an intervention");
        assert!(html.contains("<a href=\"#outcome\">We asked, you said, we did</a>"));
    }

    #[test]
    fn an_outcome_stands_with_its_intervention_and_runs_nothing() {
        let text = "We **thank** you.\n\n## y\n\n# Next\n\n- <script>alert(1)</script>\n- [go](javascript:x)\n";
        let outcome = Outcome::read(text, &["x", "y"]).unwrap();
        let report: Report = serde_json::from_value(sample()).unwrap();
        let html = report_with(&Renderer::new().unwrap(), &report, Some(&outcome), "").unwrap();
        let section = section(&html);
        assert!(section.contains("<dd><p>We <strong>thank</strong> you.</p>"), "{section}");
        let time = section.split("<h3 id=\"w-1\">").nth(1).unwrap();
        assert!(time.contains("<h4") && time.contains("&lt;script&gt;alert(1)") && time.contains("<li>go</li>"));
        assert!(!section.contains("<script") && !section.contains("javascript:x"));
        assert_eq!(section.matches("canvass-space").count(), 1, "only the other intervention is not filled in");
    }

    #[test]
    fn a_heading_that_is_no_intervention_or_stands_twice_is_told_with_its_line() {
        let found = Outcome::read("Text\n\n## protectedtime\n", &["protected-time"]).unwrap_err();
        assert_eq!(found.line, 3);
        assert!(found.problem.contains("did you mean `protected-time`?"), "{}", found.problem);
        let twice = Outcome::read("## a\n## a\n", &["a"]).unwrap_err();
        assert_eq!((twice.line, twice.problem.as_str()), (2, "`a` stands here a second time"));
        assert_eq!(Outcome::read("\u{feff}## a\r\n\r\nDone.\r\n", &["a"]).unwrap().text_of("a"), "\nDone.\n");
    }
}
