//! Clauses: one answer, several points.

use std::ops::Range;

use super::normalise::normalise;
use super::tokens::{is_glue, words};

/// Fewest words of a clause, and fewest of them that say something of its subject; what has fewer is joined to a neighbour.
const FEWEST: usize = 3;
const FEWEST_COUNTED: usize = 2;

/// Abbreviations after whose full stop a sentence goes on, in small letters, without their last stop.
const ABBREVIATIONS: [&str; 22] = [
    "a.m", "approx", "apt", "appt", "cf", "dept", "dr", "e.g", "eg", "i.e", "ie", "incl", "messrs", "mr", "mrs", "ms",
    "p.m", "prof", "rev", "st", "viz", "vs",
];

/// Abbreviations that end a sentence only where a capital follows.
const ENDINGS: [&str; 5] = ["a.m", "etc", "hrs", "mins", "p.m"];

/// Words that begin another point.
const TURNS: [&str; 6] = ["although", "but", "however", "though", "whereas", "yet"];

/// Words after which "but" means "except".
const EXCEPT: [&str; 8] = ["all", "anyone", "anything", "everything", "last", "no-one", "none", "nothing"];

/// How clearly a text parts at a place, the least clear first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cut {
    Turn,
    Semicolon,
    Sentence,
    Line,
}

/// The clauses of a text: spans that follow each other and together are the whole text.
///
/// A text parts at the ends of sentences and lines, before bullets and the numbers of a list, after semicolons, and before
/// words such as "but" and "however". Full stops of abbreviations, decimals and addresses part nothing. A clause with fewer
/// than three words, or fewer than two that are no glue, is joined to a neighbour, over the less clear of its two bounds. No text has no clause; a text
/// of punctuation is one.
///
/// ```
/// let text = "The staff were kind, but I waited four hours. Parking costs too much!";
/// let points: Vec<&str> = canvass::analysis::text::clause::clauses(text).into_iter().map(|span| &text[span]).collect();
/// assert_eq!(points, ["The staff were kind, ", "but I waited four hours. ", "Parking costs too much!"]);
/// ```
pub fn clauses(text: &str) -> Vec<Range<usize>> {
    if text.is_empty() {
        return Vec::new();
    }
    let cuts = cuts(text);
    let mut starts = vec![(0, Cut::Line)];
    starts.extend(cuts);
    let ends = starts.iter().skip(1).map(|(at, _)| *at).chain([text.len()]);
    let mut parts: Vec<(Range<usize>, Cut)> =
        starts.iter().zip(ends).map(|(&(start, cut), end)| (start..end, cut)).collect();
    let mut at = 0;
    while let Some((span, cut)) = parts.get(at).cloned() {
        if parts.len() == 1 || stands_alone(text.get(span).unwrap_or_default()) {
            at += 1;
            continue;
        }
        let after = parts.get(at + 1).map(|(_, cut)| *cut);
        // The first part has no bound before it, the last none after it.
        let into = if at == 0 || after.is_some_and(|after| after < cut) { at } else { at - 1 };
        let (joined, _) = parts.remove(into + 1);
        if let Some((kept, _)) = parts.get_mut(into) {
            kept.end = joined.end;
        }
        at = into;
    }
    parts.into_iter().map(|(span, _)| span).collect()
}

fn stands_alone(part: &str) -> bool {
    let words = words(&normalise(part));
    words.len() >= FEWEST && words.iter().filter(|word| !is_glue(&word.term)).count() >= FEWEST_COUNTED
}

/// Where a text parts, in order, each place once.
fn cuts(text: &str) -> Vec<(usize, Cut)> {
    let mut cuts: Vec<(usize, Cut)> = Vec::new();
    let mut add = |at: usize, cut: Cut| {
        if at > 0 && text.get(at..).is_some_and(|rest| !rest.trim().is_empty()) {
            cuts.push((at, cut));
        }
    };
    let mut number = 1;
    for (at, c) in text.char_indices() {
        let after = at + c.len_utf8();
        let rest = text.get(after..).unwrap_or_default();
        let before = text.get(..at).unwrap_or_default();
        let gap = after + (rest.len() - rest.trim_start().len());
        match c {
            '\n' | '\r' => add(gap, Cut::Line),
            '\u{2022}' | '\u{25cf}' | '\u{25e6}' | '\u{2023}' | '\u{b7}' => add(at, Cut::Line),
            ';' if starts_with_space(rest) && !is_reference(before) => add(gap, Cut::Semicolon),
            '.' | '!' | '?' | '\u{2026}' | '\u{3002}' | '\u{ff01}' | '\u{ff1f}' => {
                if let Some(end) = sentence_end(before, c, rest) {
                    add(after + end, Cut::Sentence);
                }
            }
            '0'..='9' | '('
                if opens_word(before) && is_list_number(before, text.get(at..).unwrap_or_default(), number) =>
            {
                add(at, Cut::Line);
                number += 1;
            }
            c if c.is_alphabetic() && opens_word(before) && turns(before, text.get(at..).unwrap_or_default()) => {
                add(at, Cut::Turn);
            }
            _ => {}
        }
    }
    cuts.sort_by(|a, b| (a.0, b.1).cmp(&(b.0, a.1)));
    cuts.dedup_by_key(|(at, _)| *at);
    cuts
}

fn starts_with_space(rest: &str) -> bool {
    rest.starts_with(char::is_whitespace)
}

fn opens_word(before: &str) -> bool {
    before.is_empty() || before.ends_with(char::is_whitespace)
}

/// Whether a semicolon ends a character reference: "&amp;".
fn is_reference(before: &str) -> bool {
    before
        .rsplit_once('&')
        .is_some_and(|(_, name)| !name.is_empty() && name.len() < 8 && !name.contains(char::is_whitespace))
}

/// How many bytes after a mark the next sentence begins; `None` if the mark ends none.
fn sentence_end(before: &str, mark: char, rest: &str) -> Option<usize> {
    let closing =
        rest.len() - rest.trim_start_matches(['"', '\'', ')', ']', '\u{201d}', '\u{2019}', '!', '?', '.']).len();
    let tail = rest.get(closing..).unwrap_or_default();
    let next = tail.trim_start().chars().next()?;
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    let small = word.to_lowercase();
    if matches!(mark, '\u{3002}' | '\u{ff01}' | '\u{ff1f}') {
        return Some(closing + (tail.len() - tail.trim_start().len()));
    }
    if !starts_with_space(tail) {
        // "too long.Parking": the space was forgotten; "trust.nhs.uk", "e.g." and "3.5" stay whole.
        let forgotten = mark != '\u{2026}' && closing == 0 && next.is_uppercase();
        let plain = word.chars().count() > 2 && word.chars().all(|c| c.is_lowercase() || c == '\'');
        return (forgotten && plain).then_some(0);
    }
    if mark == '.' {
        let ends = ENDINGS.contains(&small.as_str());
        let initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase) && word != "I";
        let number = small == "no" && next.is_ascii_digit();
        let listed = (1..=2).contains(&word.len())
            && word.bytes().all(|byte| byte.is_ascii_digit())
            && is_item_start(before, word);
        let stays = !ends && (ABBREVIATIONS.contains(&small.as_str()) || initial || number || listed);
        if stays || ends && !next.is_uppercase() {
            return None;
        }
    }
    Some(closing + (tail.len() - tail.trim_start().len()))
}

/// Whether a number stands where an item of a list begins, so that the stop after it ends nothing.
fn is_item_start(before: &str, word: &str) -> bool {
    let left = before.strip_suffix(word).unwrap_or_default();
    let left_of_space = left.trim_end();
    left_of_space.is_empty()
        || left.ends_with('\n')
        || left_of_space.ends_with(['.', ':', ';', '!', '?', ','])
        || word == "2" && left.contains("1.")
        || word.parse::<u32>().is_ok_and(|number| number > 1 && left.contains(&format!("{}.", number - 1)))
}

/// Whether a list's item with this number begins here: "1. ", "2) ", "(3) ".
fn is_list_number(before: &str, rest: &str, number: u32) -> bool {
    let (inside, opened) = rest.strip_prefix('(').map_or((rest, false), |inside| (inside, true));
    let digits: String = inside.chars().take_while(char::is_ascii_digit).collect();
    let tail = inside.get(digits.len()..).unwrap_or_default();
    let closes = tail.starts_with(')') || !opened && tail.starts_with('.');
    let spaced = tail.get(1..).is_some_and(starts_with_space);
    let first = number > 1
        || before.trim_end().is_empty()
        || before.trim_end().ends_with(['.', ':', ';', ',', '!', '?', '\n'])
        || tail.starts_with(')');
    digits.parse() == Ok(number) && closes && spaced && first
}

/// Whether a word that begins another point begins here.
fn turns(before: &str, rest: &str) -> bool {
    let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
    let word = rest.get(..end).unwrap_or_default().to_lowercase();
    let comma = before.trim_end().ends_with(',');
    let last = before
        .split_whitespace()
        .next_back()
        .unwrap_or_default()
        .trim_matches(|c: char| !c.is_alphanumeric())
        .to_lowercase();
    if word == "but" {
        return !EXCEPT.contains(&last.as_str());
    }
    if word == "and" {
        return comma && rest.get(end..).is_some_and(|tail| tail.trim_start().to_lowercase().starts_with("also "));
    }
    TURNS.contains(&word.as_str())
        && (comma || matches!(word.as_str(), "however" | "whereas"))
        && !(word == "though" && matches!(last.as_str(), "even" | "as"))
}

/// One clause, and the theme it went to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    /// The answer it is from.
    pub answer: usize,
    /// Its theme; `None` where no theme can claim it.
    pub theme: Option<usize>,
    /// How near it is to that theme, 0 to 1.
    pub strength: f64,
}

/// How far a theme reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Answers with at least one clause in it.
    pub people: usize,
    /// Clauses in it.
    pub mentions: usize,
}

/// The themes of answers whose clauses were placed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Several {
    /// The themes of each answer, the strongest first; none where no theme can claim any of its clauses.
    pub of_answer: Vec<Vec<usize>>,
    /// How far each theme reaches.
    pub reach: Vec<Reach>,
    /// Answers without a theme.
    pub other: usize,
}

/// Puts the clauses of each answer together: `answers` and `themes` say how many there are; a clause of another answer or
/// theme is left out.
///
/// The strength of a theme in an answer is the sum of its clauses'; where two are equal, the theme with the lower number
/// comes first. An answer counts once among the people of each of its themes, so that these add up to more than the
/// answers where answers have several themes.
pub fn several(placed: &[Placed], answers: usize, themes: usize) -> Several {
    let mut strengths: Vec<Vec<(usize, f64)>> = vec![Vec::new(); answers];
    let mut reach = vec![Reach::default(); themes];
    for clause in placed {
        let Some((theme, of_answer)) = clause.theme.zip(strengths.get_mut(clause.answer)) else { continue };
        let Some(of_theme) = reach.get_mut(theme) else { continue };
        of_theme.mentions += 1;
        if let Some((_, strength)) = of_answer.iter_mut().find(|(known, _)| *known == theme) {
            *strength += clause.strength;
        } else {
            of_theme.people += 1;
            of_answer.push((theme, clause.strength));
        }
    }
    for of_answer in &mut strengths {
        of_answer.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    }
    let of_answer: Vec<Vec<usize>> =
        strengths.into_iter().map(|themes| themes.into_iter().map(|(theme, _)| theme).collect()).collect();
    let other = of_answer.iter().filter(|themes| themes.is_empty()).count();
    Several { of_answer, reach, other }
}

#[cfg(test)]
mod tests {
    use super::{Placed, Reach, clauses, several};
    use proptest::prelude::{any, proptest};

    fn parts(text: &str) -> Vec<&str> {
        clauses(text).into_iter().map(|span| text[span].trim()).collect()
    }

    #[test]
    fn an_answer_parts_into_its_points() {
        for (text, points) in [
            (
                "More staff on nights. Better computers for wards.",
                vec!["More staff on nights.", "Better computers for wards."],
            ),
            (
                "The nurses were lovely but waiting took four hours",
                vec!["The nurses were lovely", "but waiting took four hours"],
            ),
            (
                "Staff listened very well; parking costs far too much",
                vec!["Staff listened very well;", "parking costs far too much"],
            ),
            (
                "- protected learning time weekly\n- faster laptops for everyone\n\n- fewer pointless passwords please",
                vec![
                    "- protected learning time weekly",
                    "- faster laptops for everyone",
                    "- fewer pointless passwords please",
                ],
            ),
            (
                "I want: 1. more trained staff 2. faster working laptops 3. fewer long meetings",
                vec!["I want: 1. more trained staff", "2. faster working laptops", "3. fewer long meetings"],
            ),
            (
                "1) more trained staff 2) faster working laptops",
                vec!["1) more trained staff", "2) faster working laptops"],
            ),
            (
                "Training was good and useful. However, nobody had time afterwards",
                vec!["Training was good and useful.", "However, nobody had time afterwards"],
            ),
            (
                "Pay nurses more fairly, and also fix broken laptops",
                vec!["Pay nurses more fairly,", "and also fix broken laptops"],
            ),
            (
                "waiting was far too long.Parking cost nine pounds",
                vec!["waiting was far too long.", "Parking cost nine pounds"],
            ),
            ("• kind helpful staff • cold tasteless food", vec!["• kind helpful staff", "• cold tasteless food"]),
        ] {
            assert_eq!(parts(text), points, "{text}");
        }
    }

    #[test]
    fn stops_within_a_point_part_nothing() {
        for text in [
            "Dr. Patel and Mrs. Jones explained new medicines, e.g. statins and others",
            "Waiting took 3.5 hours at ward 4.2 near outpatients entrance",
            "See https://example.org/a.b?c=d for more detailed information",
            "Mail someone.else@trust.nhs.uk about every single problem found",
            "Open until 5 p.m. on every working weekday please",
            "Nothing but praise for every nurse and porter there",
            "J. Smith helped everyone find their way around",
        ] {
            assert_eq!(parts(text).len(), 1, "{:?}", parts(text));
        }
    }

    #[test]
    fn what_is_short_joins_a_neighbour() {
        assert_eq!(parts("Yes. Staff. Food."), ["Yes. Staff. Food."]);
        assert_eq!(parts("Great! More buses to hospital please."), ["Great! More buses to hospital please."]);
        assert_eq!(
            parts("Kind staff, but slow. Parking charges cost too much"),
            ["Kind staff, but slow.", "Parking charges cost too much"]
        );
        assert_eq!(parts(""), Vec::<&str>::new());
    }

    #[test]
    fn people_and_mentions_are_counted_apart() {
        let placed = [
            (0, Some(1), 0.4),
            (0, Some(0), 0.5),
            (0, Some(1), 0.3),
            (1, None, 0.0),
            (2, Some(0), 0.9),
            (9, Some(0), 1.0),
        ]
        .map(|(answer, theme, strength)| Placed { answer, theme, strength });
        let found = several(&placed, 3, 2);
        assert_eq!(found.of_answer, [vec![1, 0], vec![], vec![0]]);
        assert_eq!(found.reach, [Reach { people: 2, mentions: 2 }, Reach { people: 1, mentions: 2 }]);
        assert_eq!(found.other, 1);
    }

    proptest! {
        #[test]
        fn no_character_is_lost(odd in any::<String>(), usual in "[a-c1-3 .,;!?()\n•\"-]{0,60}( but |, and also |; )?[a-e ]{0,20}") {
            for text in [odd, usual] {
                let spans = clauses(&text);
                let whole: String = spans.iter().map(|span| &text[span.clone()]).collect();
                assert_eq!(whole, text);
                assert!(spans.iter().all(|span| !span.is_empty()));
                assert!(spans.len() < 2 || spans.iter().all(|span| super::stands_alone(&text[span.clone()])));
            }
        }
    }
}
