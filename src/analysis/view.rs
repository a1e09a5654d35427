//! A look at some of the responses, by another question, or with weights where the definition has none: the same summary as
//! the report, for those who may take the responses away anyway, and not planned before the answers were seen.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::disclosure::is_small;
use super::report::Notice;
use crate::definition::consensus::Weighting;
use crate::definition::rule::{self, Facts, Name, Rule, Scope, Value, ValueType};
use crate::definition::{Calculated, Segment, Survey, plain};
use crate::document::{Finding, Findings, Place, closest};
use crate::item::{Item, Scale};
use crate::response::Record;

/// What a view asks for, as it is typed, kept and put into addresses. The default is the report itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// A rule in the rule language: only responses that it holds for. Empty: all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub only: String,
    /// The id of a question whose options become groups. Empty: none besides those of the definition.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// Whether answers are weighted to the population. `None`: as the definition says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights: Option<bool>,
}

/// What is wrong with what was asked, by where it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The rule cannot be read, or names what is not there.
    Only {
        /// What is wrong, with the character it begins at, from 1.
        says: String,
    },
    /// Nothing can be grouped by that.
    By {
        /// What is wrong.
        says: String,
    },
    /// There is nothing to weight to.
    Weights {
        /// What is wrong.
        says: String,
    },
}

impl Fault {
    /// What is wrong, as a sentence.
    pub fn says(&self) -> &str {
        let (Self::Only { says } | Self::By { says } | Self::Weights { says }) = self;
        says
    }
}

/// A view of one survey, read and checked.
#[derive(Clone, Debug, Default)]
pub struct View {
    asked: Asked,
    only: Option<Rule>,
}

/// What a report says of the view that it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Viewed {
    /// The rule that the responses meet, in the rule language; `null` where all are in it.
    pub only: Option<String>,
    /// The same in plain English, as it goes on after “those for whom”.
    pub only_text: Option<String>,
    /// The question whose options are groups besides those of the definition.
    pub by: Option<String>,
    /// Whether answers are weighted, where the view says so; `null`: as the definition says.
    pub weights: Option<bool>,
    /// Responses in the view.
    pub n: u64,
    /// All responses.
    pub of: u64,
}

/// Why a part of the responses is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooFew {
    /// The part is small.
    In,
    /// What is left of all the others is: the report less the view would show them.
    Out,
}

impl View {
    /// Reads what was asked of a survey.
    ///
    /// # Errors
    /// Everything that is wrong with it: a rule that cannot be read, that names what is not asked, is kept apart or depends on
    /// the day; a question that has no options to choose from; weights without shares of the population.
    pub fn read(asked: &Asked, survey: &Survey) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let asked = Asked { only: asked.only.trim().to_string(), by: asked.by.trim().to_string(), ..asked.clone() };
        let mut only = None;
        if !asked.only.is_empty() {
            match condition(&asked.only, survey) {
                Ok(rule) => only = Some(rule),
                Err(says) => faults.push(Fault::Only { says }),
            }
        }
        if !asked.by.is_empty() && !groups(survey).any(|(id, _)| id == asked.by) {
            let near = closest(&asked.by, groups(survey).map(|(id, _)| id));
            let end = near.map_or_else(|| ".".to_string(), |near| format!(": {near}"));
            let says = format!("No question called “{}” has options that people can be grouped by{end}", asked.by);
            faults.push(Fault::By { says });
        }
        let has_margins = survey.population.as_ref().is_some_and(|population| !population.margins.is_empty());
        if asked.weights == Some(true) && !has_margins {
            let says = "The definition states no shares of the population, so there is nothing to weight to.";
            faults.push(Fault::Weights { says: says.to_string() });
        }
        if faults.is_empty() { Ok(Self { asked, only }) } else { Err(faults) }
    }

    /// What was asked, without spaces around it.
    pub fn asked(&self) -> &Asked {
        &self.asked
    }

    /// True for the report itself.
    pub fn is_whole(&self) -> bool {
        self.asked == Asked::default()
    }

    /// True where some responses can be left out.
    pub fn is_part(&self) -> bool {
        self.only.is_some()
    }

    /// The survey as the view counts it. The groups it adds are described and not tested: they were chosen afterwards.
    pub fn survey(&self, survey: &Survey) -> Survey {
        let mut seen = survey.clone();
        let questions = seen.pages.iter_mut().flat_map(|page| &mut page.questions);
        for question in questions.filter(|question| question.item.head.id == self.asked.by) {
            question.segment = question.segment.or(Some(Segment::Descriptive));
        }
        if let Some(weights) = self.asked.weights {
            seen.consensus.weighting = if weights { Weighting::Rake } else { Weighting::None };
        }
        seen
    }

    /// Whether a response is in the view. `survey` is the one analysed; of a response to another version, answers that mean
    /// something else are to be left out before.
    pub fn has(&self, survey: &Survey, record: &Record) -> bool {
        let Some(rule) = &self.only else { return true };
        let value = |name: &Name| match survey.calculated(&name.item) {
            Some(calculated) if name.part.is_none() => stored(calculated, record),
            _ => rule::value_of(record.answers.get(&name.item), name.part.as_ref()),
        };
        // No rule that was read asks what day it is.
        rule::evaluate(rule, &Facts { survey, lookup: &value, today: jiff::civil::Date::ZERO })
    }

    /// Who is in it: what goes on after “those for whom”.
    pub fn who(&self, survey: &Survey) -> Option<String> {
        self.only.as_ref().map(|rule| rule::english(rule, survey))
    }

    /// Why `n` of `of` responses cannot be looked at by themselves, if they cannot.
    pub fn too_few(&self, n: u64, of: u64, min_cell: u32) -> Option<TooFew> {
        let rest = of.saturating_sub(n);
        match () {
            () if !self.is_part() || of == 0 => None,
            () if n == 0 || is_small(n, min_cell) => Some(TooFew::In),
            () if rest > 0 && is_small(rest, min_cell) => Some(TooFew::Out),
            () => None,
        }
    }

    /// What the report says of it, `n` of `of` responses being in it; nothing for the report itself.
    pub fn viewed(&self, survey: &Survey, n: u64, of: u64) -> Option<Viewed> {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_string());
        (!self.is_whole()).then(|| Viewed {
            only: given(&self.asked.only),
            only_text: self.who(survey),
            by: given(&self.asked.by),
            weights: self.asked.weights,
            n,
            of,
        })
    }
}

impl Viewed {
    /// True where some responses can be left out.
    pub fn is_part(&self) -> bool {
        self.only.is_some()
    }

    /// What a reader must know of it before the numbers.
    pub(super) fn notices(&self, survey: &Survey) -> Vec<Notice> {
        let notice = |code: &str, text: String| Notice { code: code.to_string(), text };
        let mut notices = Vec::new();
        if let Some(who) = &self.only_text {
            notices.push(notice(
                "part_of_responses",
                format!("Only {} of {} responses are counted here: those for whom {who}.", self.n, self.of),
            ));
        }
        let added = |(item, kind, _): &(&Item, Segment, _)| {
            *kind == Segment::Descriptive && self.by.as_deref() == Some(item.head.id.as_str())
        };
        if let Some((item, ..)) = survey.segments().find(added) {
            let asked = plain(&item.head.text);
            notices.push(notice(
                "also_by",
                format!("Answers are also compared between the answers to “{asked}”. These differences are shown, and not tested."),
            ));
        }
        match self.weights {
            Some(true) => notices.push(notice("weights_switched", "Weights are switched on here.".to_string())),
            Some(false) => notices.push(notice("weights_switched", "Weights are switched off here.".to_string())),
            None => {}
        }
        notices.push(notice(
            "view",
            "This view was chosen after the answers were seen: its verdicts say what the decision rule would have said, and \
             decide nothing. It is for work and not to be published: what it withholds can follow from other views."
                .to_string(),
        ));
        notices
    }
}

/// The questions that people can be grouped by, by their ids: those with options.
pub fn groups(survey: &Survey) -> impl Iterator<Item = (&str, &str)> {
    let has_options = |scale: Scale<'_>| matches!(scale, Scale::Nominal(_) | Scale::Ordinal(_) | Scale::Multiple(_));
    let grouped = survey.answered_questions().filter(move |question| has_options(question.item.scale()));
    grouped.map(|question| (question.item.head.id.as_str(), question.item.head.text.as_str()))
}

/// Reads a condition on whole responses.
fn condition(text: &str, survey: &Survey) -> Result<Rule, String> {
    let start = Place { line: 1, column: 1 };
    let told = |finding: &Finding| {
        let help = finding.help.as_ref().map_or_else(String::new, |help| format!(": {help}"));
        let says = format!("At character {}: {}{help}", finding.place.column, finding.message);
        if says.ends_with(['.', '?']) { says } else { says + "." }
    };
    // A rule is one line, however it was typed.
    let line: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    let rule = rule::parse(&line, start).map_err(|finding| told(&finding))?;
    if rule.is_of_the_day() {
        return Err("A view cannot depend on the day: write a date instead, such as date('2026-03-31').".to_string());
    }
    let findings = Findings::default();
    let scope = Scope { survey, earlier: survey.pages.len(), calculated: &survey.calculated };
    rule::check(&rule, &scope, &findings);
    let found = findings.into_sorted();
    match found.first() {
        Some(finding) => Err(told(finding)),
        None => Ok(rule),
    }
}

/// A calculated value as it is stored with a response.
fn stored(calculated: &Calculated, record: &Record) -> Value {
    let Some(written) = record.calculated.get(&calculated.id) else { return Value::Unanswered };
    match calculated.kind {
        ValueType::Number => written.parse().map_or(Value::Unanswered, Value::Number),
        ValueType::Condition => Value::Bool(written == "1"),
        ValueType::Text | ValueType::Date => Value::Text(written.clone()),
    }
}

#[cfg(test)]
mod tests;
