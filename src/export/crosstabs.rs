//! `crosstabs.csv`: the answers to closed questions by respondent group, one row a figure.

use std::io::Write;

use super::csv::guarded;
use crate::analysis::crosstab::{Crosstab, CrosstabGroup};
use crate::analysis::report::{Missing, Report};

/// What the columns are called.
const COLUMNS: [&str; 16] = [
    "question",
    "question_label",
    "segment",
    "segment_label",
    "group",
    "group_label",
    "figure",
    "answer",
    "answer_label",
    "withheld",
    "n",
    "count",
    "share",
    "low",
    "high",
    "value",
];

/// One figure of a group.
#[derive(Default)]
struct Figure<'a> {
    /// `answer`, `missing`, `top_two`, `bottom_two`, `net`, `q1`, `median`, `q3` or `mean`.
    name: &'a str,
    answer: &'a str,
    count: Option<u64>,
    share: Option<f64>,
    interval: Option<[f64; 2]>,
    value: String,
}

/// Writes a row for each figure of each group of each table; those that are withheld are empty.
pub fn write(report: &Report, out: impl Write) -> Result<(), ::csv::Error> {
    let mut out = ::csv::Writer::from_writer(out);
    out.write_record(COLUMNS)?;
    for table in &report.crosstabs {
        for group in &table.groups {
            for figure in figures(table, group) {
                line(report, table, group, &figure, &mut out)?;
            }
        }
    }
    out.flush()?;
    Ok(())
}

fn figures<'a>(table: &'a Crosstab, group: &'a CrosstabGroup) -> Vec<Figure<'a>> {
    let mut all = Vec::new();
    for (at, answer) in table.answers.iter().enumerate() {
        let mean = group.means.get(at).copied().flatten();
        all.push(Figure {
            name: "answer",
            answer,
            count: group.counts.get(at).copied().flatten(),
            share: group.shares.get(at).copied().flatten(),
            interval: group.intervals.get(at).copied().flatten(),
            value: number(mean),
        });
    }
    let of = |count: fn(&Missing) -> u64| group.missing.as_ref().map(count);
    let kinds = [
        ("skipped", of(|missing| missing.skipped)),
        ("not_shown", of(|missing| missing.not_shown)),
        ("not_reached", of(|missing| missing.not_reached)),
        ("dont_know", of(|missing| missing.dont_know)),
        ("left_out", of(|missing| missing.left_out)),
    ];
    all.extend(kinds.map(|(answer, count)| Figure { name: "missing", answer, count, ..Figure::default() }));
    if let Some(ordered) = &group.ordered {
        let share =
            |count: Option<u64>| count.zip(group.n).filter(|(_, n)| *n > 0).map(|(count, n)| count as f64 / n as f64);
        let ends = [("top_two", ordered.top_two), ("bottom_two", ordered.bottom_two)];
        all.extend(ends.map(|(name, count)| Figure { name, count, share: share(count), ..Figure::default() }));
        all.push(Figure { name: "net", value: number(ordered.net), ..Figure::default() });
        for (name, quartile) in ["q1", "median", "q3"].into_iter().zip(&ordered.quartiles) {
            all.push(Figure { name, value: quartile.clone().unwrap_or_default(), ..Figure::default() });
        }
    }
    if table.answers.is_empty() {
        let numbers = group.numbers.as_ref();
        let of = |name, pick: fn(&crate::analysis::crosstab::GroupNumbers) -> f64| Figure {
            name,
            value: number(numbers.map(pick)),
            ..Figure::default()
        };
        all.extend([
            of("q1", |of| of.q1),
            of("median", |of| of.median),
            of("q3", |of| of.q3),
            of("mean", |of| of.mean),
        ]);
    }
    all
}

fn line(
    report: &Report,
    table: &Crosstab,
    group: &CrosstabGroup,
    figure: &Figure<'_>,
    out: &mut ::csv::Writer<impl Write>,
) -> Result<(), ::csv::Error> {
    let question = report.questions.iter().find(|question| question.id == table.question);
    let segment = report.segments.iter().find(|segment| segment.id == table.segment);
    let known = segment.and_then(|segment| segment.groups.iter().find(|known| known.id == group.group));
    let row = question.and_then(|question| question.rows.iter().find(|row| row.id == figure.answer));
    let texts = [
        table.question.as_str(),
        question.map_or("", |question| &question.label),
        &table.segment,
        segment.map_or("", |segment| &segment.label),
        &group.group,
        known.map_or("", |known| &known.label),
        figure.name,
        figure.answer,
        row.map_or("", |row| &row.label),
    ];
    for text in texts {
        out.write_field(guarded(text.to_string()))?;
    }
    let is_withheld = group.n != Some(0) && figure.count.is_none() && figure.value.is_empty();
    out.write_field(if is_withheld { "1" } else { "0" })?;
    for count in [group.n, figure.count] {
        out.write_field(count.map(|count| count.to_string()).unwrap_or_default())?;
    }
    let [low, high] = figure.interval.map_or([None; 2], |ends| ends.map(Some));
    for share in [figure.share, low, high] {
        out.write_field(number(share))?;
    }
    out.write_field(&figure.value)?;
    out.write_record(None::<&[u8]>)
}

fn number(number: Option<f64>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}
