//! What people wrote of the candidate interventions without being asked, by theme: found by words alone, and never votes.

use super::disclosure;
use super::report::{InterventionMentions, MentionCounts, MentionExample};
use super::text::Assigned;
use super::text::mention::{self, Mention, Mentioned, Polarity, Wording, by_theme};
use crate::definition::Survey;

/// The place of what is in no theme, and of all answers together.
pub const OTHER: &str = "other";
/// The name of all answers together.
pub const ALL: &str = "all";

/// Mentions looked at for an example, best first: what is hidden in a text can leave none in it.
const LOOKED_AT: usize = 10;

/// Bytes below which a clause says little, and most characters of an example.
const SHORTEST: usize = 40;
const LONGEST: usize = 240;

/// The interventions that the answers to one question speak of, in the order of the definition; those that none speaks of
/// are left out.
///
/// `assignment` says which of the `themes`, by their ids, each text is in; `quote` gives a text as it may leave, if it may; each answer counts once, in that theme or in `other`. Of 1 to
/// `min_cell - 1` answers no figure is shown and no clause, and where that leaves one theme alone or too few answers in
/// all those withheld, more are withheld, so that none follows from the sum of all.
pub fn of_question(
    survey: &Survey,
    texts: &[&str],
    (assignment, themes): (&[Assigned], &[&str]),
    quote: &dyn Fn(&str) -> Option<String>,
) -> Vec<InterventionMentions> {
    if survey.interventions.is_empty() {
        return Vec::new();
    }
    let wordings: Vec<Wording> = survey
        .interventions
        .iter()
        .map(|known| Wording { label: known.label.clone(), phrases: known.phrases.clone() })
        .collect();
    let found = mention::mentions(texts, &wordings);
    let place = |assigned: &Assigned| if let Assigned::Theme(theme) = *assigned { theme } else { themes.len() };
    let places: Vec<Option<usize>> = assignment.iter().map(|assigned| Some(place(assigned))).collect();
    let table = by_theme(&found, &places, (themes.len() + 1, wordings.len()));
    let min_cell = survey.privacy.min_cell;
    let of = |(index, known): (usize, &crate::definition::Intervention)| {
        let cells: Vec<Mentioned> = table.iter().filter_map(|row| row.get(index).copied()).collect();
        let all = cells.iter().fold(Mentioned::default(), |sum, cell| sum.plus(*cell));
        if all.people() == 0 {
            return None;
        }
        let hidden = hidden(&cells, min_cell);
        let is_few = all.people() < min_cell as usize;
        let names = themes.iter().copied().chain([OTHER]).map(str::to_string);
        let by_theme = names.zip(cells).zip(hidden).map(|((theme, cell), hidden)| counts(theme, cell, hidden));
        Some(InterventionMentions {
            intervention: known.id.clone(),
            label: known.label.clone(),
            all: counts(ALL.to_string(), all, is_few),
            themes: by_theme.collect(),
            examples: if is_few { Vec::new() } else { examples(texts, &found, index, &wordings, quote) },
        })
    };
    survey.interventions.iter().enumerate().filter_map(of).collect()
}

/// Which cells of one intervention to withhold: all where all are few; else the small ones, and the smallest of the others
/// until those withheld are two or more, and together no small group themselves.
fn hidden(cells: &[Mentioned], min_cell: u32) -> Vec<bool> {
    let sizes: Vec<u64> = cells.iter().map(|cell| cell.people() as u64).collect();
    let small = |size: u64| size > 0 && size < u64::from(min_cell);
    if small(sizes.iter().sum()) {
        return vec![true; sizes.len()];
    }
    let mut hide = disclosure::hidden(&sizes, min_cell);
    loop {
        let together: u64 = sizes.iter().zip(&hide).filter(|(_, hidden)| **hidden).map(|(size, _)| size).sum();
        let shown = sizes.iter().zip(&hide).enumerate().filter(|(_, (size, hidden))| !**hidden && **size > 0);
        let next = shown.min_by_key(|(_, (size, _))| **size).map(|(index, _)| index);
        match next.and_then(|index| hide.get_mut(index)) {
            Some(also) if small(together) => *also = true,
            _ => return hide,
        }
    }
}

fn counts(theme: String, cell: Mentioned, suppressed: bool) -> MentionCounts {
    let shown = |count: usize| (!suppressed).then_some(count as u64);
    MentionCounts {
        theme,
        suppressed,
        people: shown(cell.people()),
        people_for: shown(cell.people_for),
        people_against: shown(cell.people_against),
        people_unclear: shown(cell.people_unclear),
    }
}

/// The clause that says most of an intervention's wording, for it and against it; one that says neither if there is no other.
fn examples(
    texts: &[&str],
    found: &[Mention],
    intervention: usize,
    wordings: &[Wording],
    quote: &dyn Fn(&str) -> Option<String>,
) -> Vec<MentionExample> {
    let of_polarity = |polarity: Polarity| {
        let is_meant = |one: &&Mention| one.intervention == intervention && one.polarity == polarity;
        let mut best: Vec<&Mention> = found.iter().filter(is_meant).collect();
        let is_short = |one: &Mention| one.clause.len() < SHORTEST;
        best.sort_by(|a, b| {
            let by_share = b.share.total_cmp(&a.share).then(is_short(a).cmp(&is_short(b)));
            by_share.then(a.clause.len().cmp(&b.clause.len())).then(a.text.cmp(&b.text))
        });
        best.into_iter().take(LOOKED_AT).find_map(|one| {
            // What is hidden moves the clauses, so they are found anew in the text that may be shown.
            let text = quote(texts.get(one.text)?)?;
            let again = mention::mentions(&[text.as_str()], wordings);
            let again = again.into_iter().find(|again| is_meant(&again))?;
            Some(MentionExample { polarity: polarity.name().to_string(), text: shown(text.get(again.clause)?) })
        })
    };
    let clear: Vec<MentionExample> = [Polarity::For, Polarity::Against].into_iter().filter_map(of_polarity).collect();
    if clear.is_empty() { of_polarity(Polarity::Unclear).into_iter().collect() } else { clear }
}

/// A clause in one line, without what joined it to the next.
fn shown(clause: &str) -> String {
    let one_line = clause.split_whitespace().collect::<Vec<_>>().join(" ");
    let clause = one_line.trim_matches(|c: char| matches!(c, ',' | ';' | '-' | '\u{2022}') || c.is_whitespace());
    if clause.chars().count() <= LONGEST {
        return clause.to_string();
    }
    format!("{}…", clause.chars().take(LONGEST).collect::<String>().trim_end())
}

#[cfg(test)]
mod tests {
    use super::{InterventionMentions, hidden, of_question};
    use crate::analysis::text::Assigned;
    use crate::analysis::text::mention::Mentioned;
    use crate::analysis::text::redact::Redactor;
    use crate::definition::{Survey, parse};
    use proptest::prelude::{prop, proptest};
    use serde_json::json;

    fn mentions_of(survey: &Survey, texts: &[&str], placed: (&[Assigned], &[&str])) -> Vec<InterventionMentions> {
        of_question(survey, texts, placed, &|text| Some(Redactor::new().redact(text)))
    }

    fn survey(min_cell: u32) -> Survey {
        let definition = json!({
            "format": 1, "id": "town", "title": "The town", "language": "en", "privacy": {"min_cell": min_cell},
            "interventions": [
                {"id": "tram", "label": "A tram line to the hospital", "phrases": ["light rail"]},
                {"id": "market", "label": "A covered market hall"},
                {"id": "pool", "label": "An outdoor swimming pool"},
            ],
            "pages": [{"id": "p", "title": "P", "questions": [{"id": "why", "type": "text", "text": "Why?", "themes": true}]}],
        });
        let parsed = parse(&definition.to_string());
        parsed.survey.unwrap_or_else(|| panic!("{:?}", parsed.findings))
    }

    const TRAM: &str = "We need a tram line to the hospital. Ring me on 07700 900123";
    const NO_TRAM: &str = "No tram line please";
    const RAIL: &str = "Light rail would help us all; a covered market hall";

    #[test]
    fn answers_count_once_for_against_or_unclear_and_by_theme() {
        let texts = [TRAM, TRAM, NO_TRAM, RAIL, "Clean the streets"];
        let places = [Assigned::Theme(0), Assigned::Theme(1), Assigned::Theme(0), Assigned::Other, Assigned::None];
        let found = mentions_of(&survey(0), &texts, (&places, &["t1", "t2"]));
        assert_eq!(found.iter().map(|one| one.intervention.as_str()).collect::<Vec<_>>(), ["tram", "market"]);
        let tram = &found[0];
        let told: Vec<_> = tram
            .themes
            .iter()
            .chain([&tram.all])
            .map(|cell| (cell.theme.as_str(), cell.people, cell.people_for, cell.people_against))
            .collect();
        assert_eq!(
            told,
            [
                ("t1", Some(2), Some(1), Some(1)),
                ("t2", Some(1), Some(1), Some(0)),
                ("other", Some(1), Some(1), Some(0)),
                ("all", Some(4), Some(3), Some(1)),
            ]
        );
        let quoted: Vec<_> = tram.examples.iter().map(|one| (one.polarity.as_str(), one.text.as_str())).collect();
        assert_eq!(quoted, [("for", "Light rail would help us all"), ("against", "No tram line please")]);
        assert_eq!((found[1].all.people_unclear, found[1].examples[0].polarity.as_str()), (Some(1), "unclear"));
    }

    #[test]
    fn no_personal_detail_is_in_an_example() {
        let text = "My doctor, Dr Jane Smith of 07700 900123, wants the tram line to the hospital";
        let found = mentions_of(&survey(0), &[text], (&[Assigned::Other], &[]));
        let quoted = &found[0].examples[0].text;
        assert!(quoted.contains("tram line") && !quoted.contains("Smith") && !quoted.contains("07700"), "{quoted}");
    }

    #[test]
    fn of_few_people_no_figure_and_no_clause_is_shown() {
        let texts = [TRAM; 4];
        let found = mentions_of(&survey(5), &texts, (&[Assigned::Theme(0); 4], &["t1", "t2"]));
        assert!(found[0].all.suppressed && found[0].examples.is_empty());
        assert!(found[0].themes.iter().all(|cell| cell.suppressed && cell.people.is_none()));
        let enough = mentions_of(&survey(0), &texts, (&[Assigned::Theme(0); 4], &["t1", "t2"]));
        assert_eq!((enough[0].all.people, enough[0].themes[0].people), (Some(4), Some(4)));
    }

    fn cells(sizes: &[usize]) -> Vec<Mentioned> {
        sizes.iter().map(|&people_for| Mentioned { people_for, ..Mentioned::default() }).collect()
    }

    #[test]
    fn a_withheld_cell_does_not_follow_from_the_sum() {
        assert_eq!(hidden(&cells(&[50, 12, 3, 0]), 10), [false, true, true, false]);
        assert_eq!(hidden(&cells(&[50, 12, 3, 2]), 10), [false, true, true, true]);
        assert_eq!(hidden(&cells(&[9, 0]), 10), [true, true]);
        assert_eq!(hidden(&cells(&[9, 3]), 10), [true, true]);
    }

    proptest! {
        #[test]
        fn what_is_withheld_is_two_cells_or_more_and_no_small_group(sizes in prop::collection::vec(0_usize..30, 1..8), min_cell in 0_u32..12) {
            let hide = hidden(&cells(&sizes), min_cell);
            let all: usize = sizes.iter().sum();
            let least = min_cell as usize;
            let withheld: Vec<usize> = sizes.iter().zip(&hide).filter(|(_, hide)| **hide).map(|(size, _)| *size).collect();
            for (size, hide) in sizes.iter().zip(&hide) {
                assert!(*hide || *size == 0 || *size >= least);
            }
            if all >= least && !withheld.is_empty() {
                let others = sizes.iter().filter(|size| **size > 0).count();
                assert!(withheld.iter().filter(|size| **size > 0).count() >= 2.min(others));
                assert!(withheld.iter().sum::<usize>() >= least, "{sizes:?} {hide:?}");
            }
        }
    }
}
