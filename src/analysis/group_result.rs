//! What those who answered may see of everyone's answers: counts, and the verdicts that name no group. Each result stands
//! until enough more people have answered, so that no two that follow each other tell what one person answered.

use serde::{Deserialize, Serialize};

use super::disclosure::{hidden, protect_rows};
use super::report::{Intervention, Question, Report};

/// Fewest people by whom two results that follow each other differ, whatever the definition says.
pub const LEAST_STEP: u64 = 10;

/// The counts that are shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupResult {
    /// Language of the labels, as a BCP 47 tag.
    pub language: String,
    /// Responses counted.
    pub n: u64,
    /// Cautions that belong to the figures: simulated answers.
    pub cautions: Vec<String>,
    /// What is counted, interventions first.
    pub counted: Vec<Counted>,
}

/// The counts of one statement or question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Counted {
    /// The variable's name in the report.
    pub id: String,
    /// What was asked.
    pub label: String,
    /// People who answered it.
    pub n: u64,
    /// True for an intervention, whose rows are `support`, `neutral` and `oppose` and have no labels.
    pub is_rated: bool,
    /// One entry an option.
    pub rows: Vec<Part>,
    /// What the decision rule says, as a sentence in English; none where it names a group or few people.
    pub verdict: Option<String>,
}

/// One line of counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// The option's id.
    pub id: String,
    /// Its label.
    pub label: String,
    /// People, and their share (0..1) of those who answered; none where they are too few to show.
    pub people: Option<(u64, f64)>,
}

impl GroupResult {
    /// What may be shown of a report. Nothing that fewer than `min_cell` people answered or said is in it, and nothing
    /// of segments, numbers, rankings, points and texts.
    pub fn of(report: &Report, min_cell: u32) -> Self {
        let enough = |n: u64| n > 0 && n >= u64::from(min_cell);
        let rated = report.interventions.iter().filter(|one| enough(one.n)).map(|one| intervention(one, min_cell));
        let is_rated = |id: &str| {
            let row = id.split_once('.').map(|(_, row)| row);
            row.is_some_and(|row| report.interventions.iter().any(|one| one.id == row))
        };
        let asked = report.questions.iter().filter(|question| {
            matches!(question.scale.as_str(), "nominal" | "ordinal" | "multiple") && question.numbers.is_none()
        });
        let asked = asked.filter(|question| enough(question.n) && !is_rated(&question.id));
        let simulated = report.notices.iter().filter(|notice| notice.code == "simulated");
        Self {
            language: report.language.clone(),
            n: report.base.completed,
            cautions: simulated.map(|notice| notice.text.clone()).collect(),
            counted: rated.chain(asked.map(|one| question(one, min_cell))).collect(),
        }
    }

    /// The result that may follow another one; none if too few more people have answered.
    ///
    /// Figures of a question that too few more people have answered stay as they were.
    #[must_use]
    pub fn after(self, before: &Self, min_cell: u32) -> Option<Self> {
        let step = u64::from(min_cell).max(LEAST_STEP);
        if self.n < before.n + step {
            return None;
        }
        let stands = |new: Counted| match before.counted.iter().find(|old| old.id == new.id) {
            Some(old) if new.n < old.n + step => old.clone(),
            _ => new,
        };
        Some(Self { counted: self.counted.into_iter().map(stands).collect(), ..self })
    }
}

fn intervention(one: &Intervention, min_cell: u32) -> Counted {
    let counts = [("support", one.support), ("neutral", one.neutral), ("oppose", one.oppose)];
    let hide = hidden(&counts.map(|(_, count)| count), min_cell);
    let shows_all = hide.iter().all(|hide| !hide);
    let part = |((id, count), hide): ((&str, u64), &bool)| Part {
        id: id.to_string(),
        label: String::new(),
        people: (!hide).then(|| (count, count as f64 / one.n as f64)),
    };
    Counted {
        id: one.id.clone(),
        label: one.label.clone(),
        n: one.n,
        is_rated: true,
        rows: counts.into_iter().zip(&hide).map(part).collect(),
        verdict: (shows_all && one.verdict.groups.is_empty()).then(|| one.verdict.text.clone()),
    }
}

fn question(one: &Question, min_cell: u32) -> Counted {
    let mut rows = one.rows.clone();
    protect_rows(&mut rows, min_cell);
    let part = |row: super::report::Row| Part {
        id: row.id,
        label: row.label,
        people: row.count.map(|count| (count, count as f64 / one.n as f64)),
    };
    Counted {
        id: one.id.clone(),
        label: one.label.clone(),
        n: one.n,
        is_rated: false,
        rows: rows.into_iter().map(part).collect(),
        verdict: None,
    }
}
