//! `compare.csv`: each share on two sides with its difference, a row each.

use std::io::Write;

use super::csv::guarded;
use crate::analysis::compare::report::{Comparison, Line, Part};

/// What the columns are called.
const COLUMNS: [&str; 33] = [
    "kind",
    "question",
    "id",
    "label",
    "withheld",
    "first_count",
    "first_n",
    "first_share",
    "first_low",
    "first_high",
    "first_weighted_share",
    "first_n_eff",
    "second_count",
    "second_n",
    "second_share",
    "second_low",
    "second_high",
    "second_weighted_share",
    "second_n_eff",
    "pairs",
    "pairs_first",
    "pairs_second",
    "difference",
    "low",
    "high",
    "p",
    "p_holm",
    "reading",
    "first_verdict",
    "second_verdict",
    "adjusted_by",
    "adjusted_low",
    "adjusted_high",
];

/// Writes a row for each intervention, for each of its differences at one mix of groups (`kind` is `adjusted`), for each answer
/// of each question and for each group, in their order. What is withheld or not there is empty.
pub fn write(comparison: &Comparison, out: impl Write) -> Result<(), ::csv::Error> {
    let mut out = ::csv::Writer::from_writer(out);
    out.write_record(COLUMNS)?;
    for one in &comparison.interventions {
        out.write_record(row("intervention", "", &one.line, one.verdicts.as_ref()))?;
        for adjusted in &one.adjusted {
            let mut fields = head("adjusted", "", &one.line.id, &one.line.label, one.line.withheld);
            fields[6] = adjusted.n[0].to_string();
            fields[13] = adjusted.n[1].to_string();
            fields[22] = adjusted.difference.to_string();
            fields[30] = guarded(adjusted.segment.clone());
            fields[31] = adjusted.interval[0].to_string();
            fields[32] = adjusted.interval[1].to_string();
            out.write_record(fields)?;
        }
    }
    for question in &comparison.questions {
        for line in &question.lines {
            out.write_record(row("answer", &question.id, line, None))?;
        }
    }
    for mix in &comparison.composition {
        for group in &mix.groups {
            let withheld = group.counts.contains(&None);
            let mut fields = head("group", &mix.id, &group.id, &group.label, withheld);
            let [first, second] = group.counts;
            let [share, other] = group.shares;
            (fields[5], fields[6], fields[7]) = (number(first), mix.n[0].to_string(), number(share));
            (fields[12], fields[13], fields[14]) = (number(second), mix.n[1].to_string(), number(other));
            out.write_record(fields)?;
        }
    }
    out.flush()?;
    Ok(())
}

fn number<T: ToString>(number: Option<T>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

fn head(kind: &str, question: &str, id: &str, label: &str, withheld: bool) -> [String; 33] {
    let mut fields = COLUMNS.map(|_| String::new());
    fields[0] = kind.to_string();
    [fields[1], fields[2], fields[3]] = [question, id, label].map(|text| guarded(text.to_string()));
    fields[4] = u8::from(withheld).to_string();
    fields
}

fn row(kind: &str, question: &str, line: &Line, verdicts: Option<&[String; 2]>) -> [String; 33] {
    let mut fields = head(kind, question, &line.id, &line.label, line.withheld);
    let part = |part: &Part| {
        [
            number(part.count),
            part.n.to_string(),
            number(part.share),
            number(part.interval.map(|[low, _]| low)),
            number(part.interval.map(|[_, high]| high)),
            number(part.weighted.map(|weighted| weighted.share)),
            number(part.weighted.map(|weighted| weighted.n_eff)),
        ]
    };
    let change = line.change.as_ref();
    let pairs = change.and_then(|change| change.pairs);
    let changed = [
        number(pairs.map(|pairs| pairs.n)),
        number(pairs.map(|pairs| pairs.counts[0])),
        number(pairs.map(|pairs| pairs.counts[1])),
        number(change.map(|change| change.difference)),
        number(change.map(|change| change.interval[0])),
        number(change.map(|change| change.interval[1])),
        number(change.map(|change| change.p)),
        number(change.map(|change| change.p_holm)),
        change.map(|change| change.reading.clone()).unwrap_or_default(),
    ];
    let verdicts = verdicts.cloned().unwrap_or_default();
    let [first, second] = &line.parts;
    let values = part(first).into_iter().chain(part(second)).chain(changed).chain(verdicts);
    for (field, value) in fields.iter_mut().skip(5).zip(values) {
        *field = value;
    }
    fields
}
