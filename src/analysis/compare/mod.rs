//! Two sides compared: waves, versions or consultations. What can be compared, by how much support and answers differ, whether
//! that could be chance, and whether those who answered are another mix of people.
//!
//! Each side is counted as in its own report, so that nothing is shown here that would be withheld there; sides of one
//! consultation are also held against the rest of it, which would follow by subtraction ([`disclose`]).

mod composition;
mod disclose;
mod matching;
pub mod report;
mod sentences;

#[cfg(test)]
mod tests;

use super::dataset::{Column, Dataset};
use super::delphi::mcnemar;
use super::heterogeneity::same_shares;
use super::interval::{newcombe, newcombe_paired, newcombe_stratified};
use super::multiple::holm;
use super::report as reported;
use super::summary::{Counted, counted};
use super::support::{Stance, stances};
use super::tally::ALPHA;
use crate::item::{Item, Scale};
use disclose::Shown;
use matching::Matching;
use report::{Adjusted, Change, Comparison, Intervention, Line, Pairs, Part, Question, SideReport, Weighted};
pub use sentences::{points, verdict};

/// Version of the comparison's structure.
pub const FORMAT: u32 = 1;

/// Fewest people of a group on each side for a difference at one mix of groups.
const LEAST_IN_GROUP: u64 = 5;

/// One side: what is told of it, and its answers.
pub struct Side<'a> {
    /// What is told of it; `people`, `simulated` and `weighted` are filled in here.
    pub head: SideReport,
    /// The answers.
    pub data: Dataset<'a>,
}

/// How two sides belong together.
pub enum Relation<'a> {
    /// Two consultations. With each side that is a part of one, the rest of it: the other people that its report counts.
    Apart(Box<[Option<Dataset<'a>>; 2]>),
    /// Versions of one consultation, with the other people that its report counts. Nobody is in two of the three.
    Versions(Box<Dataset<'a>>),
    /// Rounds of one panel, with the people in both: their places in the first and in the second.
    Rounds(Vec<(usize, usize)>),
}

/// Compares two sides. Equal input gives an equal comparison, whatever the order of the responses; nothing in it is random.
pub fn compare(sides: &[Side<'_>; 2], relation: &Relation<'_>, software: &str) -> Comparison {
    let [first, second] = sides;
    let counts = [counted(&first.data), counted(&second.data)];
    let in_rounds = matches!(relation, Relation::Rounds(_));
    let matching = Matching::new(first.data.survey, second.data.survey, in_rounds);
    let matched = matching.all();
    let compared =
        |id: &str| matched.iter().any(|one| one.id == id && ["same", "caution"].contains(&one.state.as_str()));
    let shown = Shown::new([&first.data, &second.data], relation);
    let both = Both { sides: [&first.data, &second.data], counts: &counts, relation, shown: &shown };
    let questions = both.questions(&compared);
    let composition = if in_rounds { Vec::new() } else { both.composition(&compared) };
    let judged = matching.support();
    let interventions = if judged == Some(Ok(())) { both.interventions(&composition) } else { Vec::new() };
    let weighted = counts.iter().all(Counted::is_weighted);
    let heads = [head(first, weighted), head(second, weighted)];
    let data = [&first.data, &second.data];
    let [first, second] = data.map(|data| data.survey);
    let mut comparison = Comparison {
        format: FORMAT,
        language: first.language.clone(),
        sides: heads,
        relation: match relation {
            Relation::Apart(_) => "apart",
            Relation::Versions(_) => "versions",
            Relation::Rounds(_) => "rounds",
        }
        .to_string(),
        in_both: if let Relation::Rounds(pairs) = relation { Some(pairs.len() as u64) } else { None },
        findings: Vec::new(),
        notices: Vec::new(),
        matching: matched,
        interventions,
        questions,
        composition,
        method: sentences::method(relation),
        software: software.to_string(),
    };
    let is_weighted = [counts[0].is_weighted(), counts[1].is_weighted()];
    comparison.notices = sentences::notices(&comparison, data, judged, is_weighted);
    if first.consensus != second.consensus && !comparison.interventions.is_empty() {
        comparison.notices.push(sentences::other_rule());
    }
    comparison.findings = sentences::findings(&comparison);
    comparison
}

/// What is told of a side.
fn head(Side { head, data }: &Side<'_>, weighted: bool) -> SideReport {
    SideReport {
        people: data.n as u64,
        simulated: data.modes().filter(|mode| *mode == "simulated").count() as u64,
        weighted,
        ..head.clone()
    }
}

/// Both sides as they are counted, and what of it may be shown.
struct Both<'a> {
    sides: [&'a Dataset<'a>; 2],
    counts: &'a [Counted<'a>; 2],
    relation: &'a Relation<'a>,
    shown: &'a Shown,
}

impl Both<'_> {
    fn is_weighted(&self) -> bool {
        self.counts.iter().all(Counted::is_weighted)
    }

    fn questions(&self, compared: &dyn Fn(&str) -> bool) -> Vec<Question> {
        let [first, second] = self.counts;
        let of = |question: &reported::Question| {
            let item = question.id.split('.').next().unwrap_or_default();
            let other =
                second.questions.iter().find(|other| other.id == question.id && other.scale == question.scale)?;
            (compared(item) && !question.rows.is_empty()).then(|| self.question(item, question, other))
        };
        first.questions.iter().filter_map(of).collect()
    }

    fn question(&self, item: &str, first: &reported::Question, second: &reported::Question) -> Question {
        let counts = match first.scale.as_str() {
            "ranking" => "first",
            "allocation" => "points",
            _ => "chose",
        };
        let pairs = self.pairs(&first.id);
        let line = |row: &reported::Row| {
            let other = second.rows.iter().find(|other| other.id == row.id)?;
            let option = self.option(item, &row.id);
            let changed = option.zip(pairs.as_ref()).map(|(option, pairs)| {
                let yes = |chosen: &[u16]| chosen.contains(&option);
                table(pairs.iter().map(|(before, after)| [yes(before), yes(after)]))
            });
            let counted = |question: &reported::Question, row: &reported::Row| {
                let count = if counts == "first" { row.count.and(row.first) } else { row.count };
                let weighted = question.weighted.as_ref().filter(|_| counts != "first" && self.is_weighted());
                let weighted = weighted.and_then(|tally| {
                    let found = tally.rows.iter().find(|found| found.id == row.id)?;
                    Some(Weighted { share: found.share, interval: found.interval, n_eff: tally.n_eff })
                });
                (count, question.n, weighted)
            };
            let may = self.shown.may(&first.id, Some(&row.id));
            Some(self.line((&row.id, &row.label), may, [counted(first, row), counted(second, other)], changed))
        };
        let mut lines: Vec<Line> = first.rows.iter().filter_map(line).collect();
        adjust(lines.iter_mut().filter_map(|line| line.change.as_mut()));
        let (id, label) = (first.id.clone(), first.label.clone());
        Question { id, label, counts: counts.to_string(), n: [first.n, second.n], lines }
    }

    /// The place of an option among those of a question, as cells of the dataset number them: the same on both sides.
    fn option(&self, item: &str, option: &str) -> Option<u16> {
        let place = |options: &[crate::item::options::Choice]| options.iter().position(|known| known.id == option);
        let found = match self.sides[0].survey.item(item).map(Item::scale)? {
            Scale::Nominal(options) | Scale::Ordinal(options) | Scale::Multiple(options) => place(options),
            Scale::Ratings { steps, .. } => place(steps),
            _ => None,
        };
        found.and_then(|place| u16::try_from(place).ok())
    }

    /// What each person in both rounds chose for a variable, then and now, by the numbers of the first side's options; none for
    /// sides that are no rounds. People without an answer that counts in either are left out.
    fn pairs(&self, variable: &str) -> Option<Vec<(Vec<u16>, Vec<u16>)>> {
        let Relation::Rounds(people) = self.relation else { return None };
        let [first, second] = self.sides.map(|data| chosen(data, variable));
        let (first, second) = (first?, second?);
        let item = variable.split('.').next().unwrap_or_default();
        let ids = |data: &Dataset<'_>| -> Vec<String> {
            match data.survey.item(item).map(Item::scale) {
                Some(Scale::Nominal(options) | Scale::Ordinal(options) | Scale::Multiple(options)) => {
                    options.iter().map(|option| option.id.clone()).collect()
                }
                Some(Scale::Ratings { steps, .. }) => steps.iter().map(|step| step.id.clone()).collect(),
                _ => Vec::new(),
            }
        };
        let (known, now) = (ids(self.sides[0]), ids(self.sides[1]));
        let as_first = |code: &u16| {
            let id = now.get(usize::from(*code))?;
            known.iter().position(|known| known == id).and_then(|place| u16::try_from(place).ok())
        };
        let pair = |(before, after): &(usize, usize)| {
            let (before, after) = (first.get(*before)?.clone()?, second.get(*after)?.as_ref()?);
            Some((before, after.iter().filter_map(as_first).collect()))
        };
        Some(people.iter().filter_map(pair).collect())
    }

    /// A line, without Holm's correction. `changed` is how many of the people in both sides said yes both times, only the first
    /// time, only the second and neither time.
    fn line(
        &self,
        (id, label): (&str, &str),
        may: bool,
        counted: [(Option<u64>, u64, Option<Weighted>); 2],
        changed: Option<[u64; 4]>,
    ) -> Line {
        let withheld = !may || counted.iter().any(|(count, n, _)| count.is_none() && *n > 0);
        let parts = counted.map(|(count, n, weighted)| {
            let count = count.filter(|_| !withheld);
            let (share, interval) = count.map_or((None, None), |count| super::tally::share(count, n));
            Part { count, n, share, interval, weighted: weighted.filter(|_| !withheld) }
        });
        let change = match self.relation {
            _ if withheld || parts.iter().any(|part| part.n == 0) => None,
            Relation::Rounds(_) => changed.and_then(|changed| self.paired([parts[0].n, parts[1].n], changed)),
            Relation::Apart(_) | Relation::Versions(_) => Some(apart(&parts)),
        };
        Line { id: id.to_string(), label: label.to_string(), withheld, parts, change }
    }

    /// What changed among the same people. None where they, or those on one side only, are too few to tell of.
    fn paired(&self, n: [u64; 2], changed: [u64; 4]) -> Option<Change> {
        let [both, first, second, _] = changed;
        let people: u64 = changed.iter().sum();
        let small = |n: u64| super::disclosure::is_small(n, self.shown.min_cell);
        if people == 0 || small(people) || n.iter().any(|n| small(n.saturating_sub(people))) {
            return None;
        }
        let counts = [both + first, both + second];
        Some(Change {
            difference: (counts[1] as f64 - counts[0] as f64) / people as f64,
            interval: newcombe_paired(changed, ALPHA),
            p: mcnemar(first, second).p_to_use(),
            p_holm: 1.0,
            reading: String::new(),
            pairs: Some(Pairs { n: people, counts }),
        })
    }

    fn interventions(&self, composition: &[report::Composition]) -> Vec<Intervention> {
        let [first, second] = self.counts;
        let mut all: Vec<Intervention> = Vec::new();
        for one in &first.interventions {
            let Some(other) = second.interventions.iter().find(|other| other.id == one.id) else { continue };
            let counted = |one: &reported::Intervention| {
                let weighted = one.weighted.as_ref().filter(|_| self.is_weighted());
                let weighted =
                    weighted.map(|found| Weighted { share: found.share, interval: found.interval, n_eff: found.n_eff });
                // Where they are too few, they are counted as missing.
                (Some(one.support).filter(|_| one.n > 0), one.n, weighted)
            };
            let may = self.shown.may(&one.variable, None);
            let line = self.line((&one.id, &one.label), may, [counted(one), counted(other)], self.turned(&one.id));
            let adjusted = composition.iter().filter(|mix| mix.reading == "differs" && !line.withheld);
            let adjusted = adjusted.filter_map(|mix| self.adjusted(mix, [one, other])).collect();
            let told = !line.withheld && line.parts.iter().all(|part| part.n > 0);
            let verdicts = told.then(|| [one, other].map(|one| one.verdict.label.clone()));
            all.push(Intervention { line, verdicts, adjusted });
        }
        let withdrawn = |id: &str| {
            let both = [first, second].map(|side| side.interventions.iter().any(|one| one.id == id && one.withdrawn));
            both.contains(&true)
        };
        // What was withdrawn is counted and belongs to no family.
        let (judged, rest): (Vec<_>, Vec<_>) =
            all.iter_mut().partition(|intervention| !withdrawn(&intervention.line.id));
        adjust(judged.into_iter().filter_map(|one| one.line.change.as_mut()));
        for one in rest {
            one.line.change = None;
        }
        all
    }

    /// How the people in both rounds stood to an intervention: in favour both times, only the first time, only the second,
    /// neither time.
    fn turned(&self, id: &str) -> Option<[u64; 4]> {
        let Relation::Rounds(people) = self.relation else { return None };
        let [first, second] = self.sides.map(|data| {
            let (rows, stances) = stances(data)?;
            let place = rows.iter().position(|row| row.id == id)?;
            stances.into_iter().nth(place)
        });
        let (first, second) = (first?, second?);
        let pair = |(before, after): &(usize, usize)| {
            let stance = |stance: &Stance| (*stance != Stance::Missing).then_some(*stance == Stance::Support);
            Some([stance(first.get(*before)?)?, stance(second.get(*after)?)?])
        };
        Some(table(people.iter().filter_map(pair)))
    }

    /// The difference at the mix of both sides together, of those whose group is known and may be shown.
    fn adjusted(&self, mix: &report::Composition, sides: [&reported::Intervention; 2]) -> Option<Adjusted> {
        if self.is_weighted() || !self.shown.groups || mix.groups.iter().any(|group| group.counts.contains(&None)) {
            return None;
        }
        let of = |side: &reported::Intervention, group: &str| {
            let found = side.segments.iter().find(|one| one.segment == mix.id && one.group == group)?;
            Some((found.support?, found.n?))
        };
        let mut strata = Vec::new();
        for group in &mix.groups {
            let (first, second) = (of(sides[0], &group.id)?, of(sides[1], &group.id)?);
            if first.1 + second.1 > 0 {
                if first.1 < LEAST_IN_GROUP || second.1 < LEAST_IN_GROUP {
                    return None;
                }
                strata.push((first, second));
            }
        }
        let n = strata.iter().fold([0, 0], |[a, b], ((_, first), (_, second))| [a + first, b + second]);
        let all = (n[0] + n[1]) as f64;
        let stratum = |((k1, n1), (k2, n2)): &((u64, u64), (u64, u64))| {
            ([*k1 as f64, *n1 as f64], [*k2 as f64, *n2 as f64], (n1 + n2) as f64 / all)
        };
        let strata: Vec<_> = strata.iter().map(stratum).collect();
        let (difference, interval) = newcombe_stratified(&strata, ALPHA)?;
        Some(Adjusted { segment: mix.id.clone(), n, difference, interval })
    }
}

/// How many said yes both times, only the first time, only the second, neither time.
fn table(pairs: impl Iterator<Item = [bool; 2]>) -> [u64; 4] {
    let [mut both, mut first, mut second, mut neither] = [0; 4];
    for pair in pairs {
        *match pair {
            [true, true] => &mut both,
            [true, false] => &mut first,
            [false, true] => &mut second,
            [false, false] => &mut neither,
        } += 1;
    }
    [both, first, second, neither]
}

/// The difference between two groups of different people, under weights where both have them.
fn apart([first, second]: &[Part; 2]) -> Change {
    let counts = |part: &Part| match part.weighted {
        Some(weighted) => (weighted.share * weighted.n_eff as f64, weighted.n_eff as f64),
        None => (part.count.unwrap_or_default() as f64, part.n as f64),
    };
    let (before, after) = (counts(first), counts(second));
    let share = |part: &Part| part.weighted.map_or(part.share.unwrap_or_default(), |weighted| weighted.share);
    Change {
        difference: share(second) - share(first),
        interval: newcombe(after, before, ALPHA),
        p: same_shares(before, after),
        p_holm: 1.0,
        reading: String::new(),
        pairs: None,
    }
}

/// Corrects the p-values of a family, and says what follows.
fn adjust<'c>(family: impl Iterator<Item = &'c mut Change>) {
    let family: Vec<&mut Change> = family.collect();
    let p: Vec<f64> = family.iter().map(|change| change.p).collect();
    for (change, p_holm) in family.into_iter().zip(holm(&p)) {
        let [low, high] = change.interval;
        change.p_holm = p_holm;
        change.reading = match () {
            () if p_holm <= ALPHA && low > 0.0 => "rose",
            () if p_holm <= ALPHA && high < 0.0 => "fell",
            () => "cannot_tell",
        }
        .to_string();
    }
}

/// What each person chose for a variable, as numbers of options; none where they gave no answer that counts.
fn chosen(data: &Dataset<'_>, variable: &str) -> Option<Vec<Option<Vec<u16>>>> {
    let (item, row) = variable.split_once('.').map_or((variable, None), |(item, row)| (item, Some(row)));
    let counts = |options: &[crate::item::options::Choice], code: u16| {
        options.get(usize::from(code)).is_some_and(|option| !option.missing)
    };
    let one = |options: &[crate::item::options::Choice], cells: &[super::dataset::Cell<u16>]| {
        cells.iter().map(|cell| cell.ok().filter(|code| counts(options, *code)).map(|code| vec![code])).collect()
    };
    match (data.survey.item(item)?.scale(), data.column(item)?) {
        (Scale::Nominal(options) | Scale::Ordinal(options), Column::Choices(cells)) => Some(one(options, cells)),
        (Scale::Ratings { rows, steps }, Column::Ratings(columns)) => {
            let place = rows.iter().position(|known| Some(known.id.as_str()) == row)?;
            Some(one(steps, columns.get(place)?))
        }
        _ => None,
    }
}
