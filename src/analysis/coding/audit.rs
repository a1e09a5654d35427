//! A blind audit: people code a random sample of answers without seeing their codes, which tells how far the coding can be
//! relied on, and how many answers truly belong to each theme.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::coded::Coding;
use super::decision::{AnswerKey, Draw, DrawnTheme, Entry, Event, Place, Refusal, ThemeId};
use crate::analysis::agreement::{Difference, alpha, kappa_of};
use crate::analysis::interval::Estimate;
use crate::analysis::prevalence::{Stratum, prevalence};

/// What the coding is called beside the people who judge it.
pub const CODING: &str = "the coding";

/// What a sample shows so far.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Audit {
    /// The entry that drew the sample.
    pub number: u32,
    /// Coded answers that it was drawn from.
    pub answers: u64,
    /// Answers drawn.
    pub drawn: usize,
    /// Answers drawn that nobody has judged yet.
    pub unjudged: usize,
    /// Answers that people judged differently, and nobody has settled, in the order of drawing.
    pub open: Vec<AnswerKey>,
    /// Who judged, and how many answers.
    pub coders: Vec<Coder>,
    /// Krippendorff's alpha between the people who judged, where two answers' places differ by the share of their themes
    /// that they have not in common; `null` where fewer than two people judged the same answers, or alike throughout.
    pub alpha: Option<Estimate>,
    /// How far each two agree on the whole place of an answer, the coding among them.
    pub pairs: Vec<Pair>,
    /// The themes that there were when the sample was drawn.
    pub themes: Vec<AuditedTheme>,
}

/// One person who judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Coder {
    /// As they called themselves.
    pub name: String,
    /// Answers that they judged.
    pub judged: usize,
}

/// Two who coded the same answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pair {
    /// The one.
    pub one: String,
    /// The other.
    pub other: String,
    /// Answers that both coded.
    pub both: usize,
    /// Of these, answers that both put in the same place.
    pub alike: usize,
    /// Cohen's kappa; `null` where both used one and the same place throughout.
    pub kappa: Option<Estimate>,
}

/// What the sample says of one theme.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AuditedTheme {
    /// The theme.
    pub theme: ThemeId,
    /// Its name when the sample was drawn.
    pub name: String,
    /// Its share of all coded answers then, 0 to 1.
    pub share: f64,
    /// Cohen's kappa between the coding and people: whether an answer belongs to the theme.
    pub kappa: Option<Estimate>,
    /// Its share corrected for what the coding gets wrong; `null` while answers are open, or where too few were judged to say.
    pub corrected: Option<Estimate>,
}

/// Draws a sample of coded answers, all of them if there are no more.
///
/// Each answer has the same chance; equal answers, size and seed give an equal sample.
pub fn draw(coding: &Coding, size: usize, seed: u64) -> Result<Draw, Refusal> {
    if coding.codes().is_empty() || size == 0 {
        return Err(Refusal::NothingCoded);
    }
    let lot = |key: &AnswerKey| <[u8; 32]>::from(Sha256::digest(format!("{seed}\n{key}")));
    let mut lots: Vec<_> = coding.codes().iter().map(|(key, coded)| (lot(key), key, &coded.place)).collect();
    lots.sort_unstable();
    let themes = coding.themes().iter().map(|(theme, known)| DrawnTheme {
        theme: *theme,
        name: known.name.clone(),
        answers: coding.answers(*theme).count() as u64,
    });
    Ok(Draw {
        seed,
        answers: coding.codes().len() as u64,
        themes: themes.collect(),
        drawn: lots.into_iter().take(size).map(|(_, key, place)| (key.clone(), place.clone())).collect(),
    })
}

/// The sample that an entry drew.
pub fn drawn_by(entries: &[Entry], number: u32) -> Result<&Draw, Refusal> {
    let entry = entries.iter().find(|entry| entry.number == number);
    match entry.map(|entry| &entry.event) {
        Some(Event::Drawn(draw)) => Ok(draw),
        _ => Err(Refusal::UnknownSample(number)),
    }
}

/// Whether answers can be judged so in a sample.
pub fn check(draw: &Draw, places: &[(AnswerKey, Place)]) -> Result<(), Refusal> {
    if places.is_empty() {
        return Err(Refusal::Nothing("name the answers"));
    }
    for (answer, place) in places {
        if !draw.drawn.iter().any(|(drawn, _)| drawn == answer) {
            return Err(Refusal::NotDrawn(answer.clone()));
        }
        for theme in place.themes() {
            if !draw.themes.iter().any(|known| known.theme == theme) {
                let known = draw.themes.iter().map(|known| (known.theme, known.name.clone())).collect();
                return Err(Refusal::UnknownTheme { theme, known });
            }
        }
    }
    Ok(())
}

/// What everybody said of the answers of a sample: by answer and person, and what was settled.
struct Judgements<'e> {
    said: BTreeMap<&'e AnswerKey, BTreeMap<&'e str, &'e Place>>,
    settled: BTreeMap<&'e AnswerKey, &'e Place>,
}

impl<'e> Judgements<'e> {
    fn of(entries: &'e [Entry], number: u32) -> Self {
        let mut all = Self { said: BTreeMap::new(), settled: BTreeMap::new() };
        for entry in entries {
            match &entry.event {
                Event::Judged { sample, places } if *sample == number => {
                    for (answer, place) in places {
                        all.said.entry(answer).or_default().insert(&entry.by, place);
                    }
                }
                Event::Settled { sample, places } if *sample == number => {
                    all.settled.extend(places.iter().map(|(answer, place)| (answer, place)));
                }
                _ => {}
            }
        }
        all
    }

    /// Where people say that an answer belongs, if they agree or it was settled.
    fn truth(&self, answer: &AnswerKey) -> Option<&'e Place> {
        if let Some(settled) = self.settled.get(answer) {
            return Some(settled);
        }
        let mut places = self.said.get(answer)?.values();
        let first = places.next()?;
        places.all(|place| place == first).then_some(*first)
    }
}

/// The answers of a sample that somebody judged.
pub fn judged_by<'e>(entries: &'e [Entry], number: u32, by: &str) -> BTreeSet<&'e AnswerKey> {
    let judged = Judgements::of(entries, number);
    judged.said.iter().filter(|(_, said)| said.contains_key(by)).map(|(answer, _)| *answer).collect()
}

/// What people said of an answer of a sample, by name.
pub fn said_of<'e>(entries: &'e [Entry], number: u32, answer: &AnswerKey) -> Vec<(&'e str, &'e Place)> {
    Judgements::of(entries, number).said.remove(answer).into_iter().flatten().collect()
}

/// What the sample that entry `number` drew shows so far.
pub fn audit(entries: &[Entry], number: u32) -> Result<Audit, Refusal> {
    let draw = drawn_by(entries, number)?;
    let judged = Judgements::of(entries, number);
    let truths: Vec<(&Place, &Place)> =
        draw.drawn.iter().filter_map(|(answer, coded)| Some((coded, judged.truth(answer)?))).collect();
    let unjudged = draw
        .drawn
        .iter()
        .filter(|(answer, _)| !judged.said.contains_key(answer) && !judged.settled.contains_key(answer))
        .count();
    let open: Vec<AnswerKey> = draw
        .drawn
        .iter()
        .map(|(answer, _)| answer)
        .filter(|answer| judged.said.contains_key(answer) && judged.truth(answer).is_none())
        .cloned()
        .collect();
    let names: BTreeSet<&str> = judged.said.values().flat_map(BTreeMap::keys).copied().collect();
    let coders = names.iter().map(|name| Coder {
        name: (*name).to_owned(),
        judged: judged.said.values().filter(|said| said.contains_key(name)).count(),
    });
    let themes = draw.themes.iter().map(|theme| audited(draw, theme, &truths, open.is_empty()));
    Ok(Audit {
        number,
        answers: draw.answers,
        drawn: draw.drawn.len(),
        unjudged,
        coders: coders.collect(),
        alpha: between(&judged, draw.seed),
        pairs: pairs(draw, &judged, &names),
        themes: themes.collect(),
        open,
    })
}

fn audited(draw: &Draw, theme: &DrawnTheme, truths: &[(&Place, &Place)], is_settled: bool) -> AuditedTheme {
    let belongs = |place: &Place| place.has(theme.theme);
    let both: Vec<(bool, bool)> = truths.iter().map(|(coded, truth)| (belongs(coded), belongs(truth))).collect();
    let part = |inside: bool| Stratum {
        all: if inside { theme.answers } else { draw.answers.saturating_sub(theme.answers) },
        sampled: both.iter().filter(|(coded, _)| *coded == inside).count() as u64,
        found: both.iter().filter(|(coded, truth)| *coded == inside && *truth).count() as u64,
    };
    AuditedTheme {
        theme: theme.theme,
        name: theme.name.clone(),
        share: theme.answers as f64 / draw.answers.max(1) as f64,
        kappa: kappa_of(&both),
        corrected: prevalence(part(true), part(false)).filter(|_| is_settled),
    }
}

fn between(judged: &Judgements<'_>, seed: u64) -> Option<Estimate> {
    let places: BTreeSet<&Place> = judged.said.values().flat_map(BTreeMap::values).copied().collect();
    let numbers: BTreeMap<&Place, usize> = places.iter().enumerate().map(|(number, place)| (*place, number)).collect();
    let places: Vec<&Place> = places.into_iter().collect();
    let units: Vec<Vec<usize>> = judged
        .said
        .values()
        .map(|said| said.values().filter_map(|place| numbers.get(place).copied()).collect())
        .collect();
    // Alpha squares what it is given.
    let differ =
        |a: usize, b: usize| places.get(a).zip(places.get(b)).map_or(0.0, |(one, other)| apart(one, other).sqrt());
    alpha(&units, places.len(), Difference::By(&differ), seed)
}

/// The share of the themes of two places that only one of them has (Jaccard's distance); 1 where one of them is no theme.
fn apart(one: &Place, other: &Place) -> f64 {
    match (one, other) {
        _ if one == other => 0.0,
        (Place::Themes(one), Place::Themes(other)) => {
            1.0 - one.intersection(other).count() as f64 / one.union(other).count().max(1) as f64
        }
        _ => 1.0,
    }
}

fn pairs(draw: &Draw, judged: &Judgements<'_>, names: &BTreeSet<&str>) -> Vec<Pair> {
    let by_coding: BTreeMap<&AnswerKey, &Place> = draw.drawn.iter().map(|(answer, place)| (answer, place)).collect();
    let by = |name: &str, answer: &AnswerKey| match name {
        CODING => by_coding.get(answer).copied(),
        name => judged.said.get(answer)?.get(name).copied(),
    };
    let all: Vec<&str> = [CODING].into_iter().chain(names.iter().copied()).collect();
    let mut found = Vec::new();
    for (at, one) in all.iter().enumerate() {
        for other in all.iter().skip(at + 1) {
            let both: Vec<(&Place, &Place)> =
                draw.drawn.iter().filter_map(|(answer, _)| Some((by(one, answer)?, by(other, answer)?))).collect();
            if !both.is_empty() {
                found.push(Pair {
                    one: (*one).to_owned(),
                    other: (*other).to_owned(),
                    both: both.len(),
                    alike: both.iter().filter(|(one, other)| one == other).count(),
                    kappa: kappa_of(&both),
                });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::coded::replay;
    use super::super::decision::{AnswerKey, Decision, Entry, Event, Place, Refusal, Suggested, Suggestion, ThemeId};
    use super::{audit, check, draw};

    fn key(number: usize) -> AnswerKey {
        AnswerKey::read(&format!("a{number:03}"))
    }

    fn entry(number: u32, by: &str, event: Event) -> Entry {
        Entry { number, at: "2026-11-22T09:30:00Z".to_owned(), by: by.to_owned(), event }
    }

    /// 200 answers, of which the machine puts 60 in the first theme and 100 in the second.
    fn suggested() -> Entry {
        let theme = |theme: u32, label: &str, answers: std::ops::Range<usize>| Suggested {
            theme: ThemeId(theme),
            label: label.to_owned(),
            terms: Vec::new(),
            quotes: Vec::new(),
            answers: answers.map(key).collect(),
            nearness: Vec::new(),
        };
        let suggestion = Suggestion {
            themes: vec![theme(1, "buses", 0..60), theme(2, "rents", 60..160)],
            other: (160..200).map(key).collect(),
            ..Suggestion::default()
        };
        entry(1, "the machine", Event::Decided(Decision::Suggest(suggestion)))
    }

    #[test]
    fn a_sample_is_random_and_the_same_for_a_seed() {
        let coding = replay(&[suggested()]).coding;
        let [one, same, other] = [5, 5, 6].map(|seed| draw(&coding, 40, seed).unwrap());
        assert!(one == same && one.drawn != other.drawn && one.drawn.len() == 40);
        let in_first = one.drawn.iter().filter(|(_, place)| *place == Place::of([ThemeId(1)])).count();
        assert!((4..=22).contains(&in_first), "{in_first} of 40, where 12 are to be expected");
        assert_eq!(draw(&coding, 999, 1).unwrap().drawn.len(), 200);
        assert_eq!(draw(&replay(&[]).coding, 10, 1), Err(Refusal::NothingCoded));
    }

    #[test]
    fn what_people_say_corrects_what_the_machine_counted() {
        let mut entries = vec![suggested()];
        let sample = draw(&replay(&entries).coding, 100, 3).unwrap();
        let drawn = sample.drawn.clone();
        entries.push(entry(2, "Ann", Event::Drawn(sample.clone())));
        // To both people every answer of the machine's first theme is about rents.
        let seen =
            |place: &Place| if *place == Place::of([ThemeId(1)]) { Place::of([ThemeId(2)]) } else { place.clone() };
        for by in ["Ann", "Ben"] {
            let places = drawn.iter().map(|(answer, place)| (answer.clone(), seen(place))).collect();
            entries.push(entry(3, by, Event::Judged { sample: 2, places }));
        }
        let found = audit(&entries, 2).unwrap();
        assert_eq!((found.drawn, found.unjudged, found.open.len()), (100, 0, 0));
        assert_eq!(found.coders.iter().map(|coder| coder.judged).collect::<Vec<_>>(), [100, 100]);
        assert!((found.alpha.unwrap().value - 1.0).abs() < 1e-12);
        let [buses, rents] = &found.themes[..] else { panic!("{:?}", found.themes) };
        assert!((buses.share - 0.3).abs() < 1e-12 && buses.corrected.unwrap().value < 1e-12);
        assert!((rents.corrected.unwrap().value - 0.8).abs() < 0.1, "{rents:?}");
        assert!(rents.corrected.unwrap().interval[0] > rents.share);
        assert_eq!(found.pairs.len(), 3, "each person with the coding, and with each other");

        // One of them thinks again: what is open must be settled before anything is corrected.
        let again = vec![(drawn[0].0.clone(), Place::None)];
        entries.push(entry(5, "Ben", Event::Judged { sample: 2, places: again.clone() }));
        let found = audit(&entries, 2).unwrap();
        assert_eq!(found.open, [drawn[0].0.clone()]);
        assert!(found.themes.iter().all(|theme| theme.corrected.is_none()) && found.alpha.unwrap().value < 1.0);
        entries.push(entry(6, "Cat", Event::Settled { sample: 2, places: again }));
        let found = audit(&entries, 2).unwrap();
        assert!(found.open.is_empty() && found.themes.iter().all(|theme| theme.corrected.is_some()));
    }

    #[test]
    fn only_what_was_drawn_can_be_judged_by_the_themes_of_then() {
        let entries = [suggested()];
        let sample = draw(&replay(&entries).coding, 10, 3).unwrap();
        let answer = sample.drawn[0].0.clone();
        let judged = |answer: &AnswerKey, place| check(&sample, &[(answer.clone(), place)]);
        assert_eq!(judged(&answer, Place::of([ThemeId(2)])), Ok(()));
        assert!(matches!(judged(&answer, Place::of([ThemeId(9)])), Err(Refusal::UnknownTheme { .. })));
        assert!(matches!(judged(&key(999), Place::None), Err(Refusal::NotDrawn(_))));
        assert_eq!(audit(&entries, 1), Err(Refusal::UnknownSample(1)));
    }
}
