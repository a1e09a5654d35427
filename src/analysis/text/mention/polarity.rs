//! For or against: a short list of cues within one clause.

use super::Polarity;

/// Words a negation reaches.
const REACH: usize = 5;

/// Cues of several words, tried before single words: 1 for, -1 against, 0 neither.
const PHRASES: &[(&[&str], i32)] = &[
    (&["don't", "have", "enough"], 1),
    (&["do", "not", "have", "enough"], 1),
    (&["couldn't", "agree", "more"], 1),
    (&["could", "not", "agree", "more"], 1),
    (&["can't", "come", "soon"], 1),
    (&["not", "a", "priority"], -1),
    (&["not", "enough"], 1),
    (&["never", "enough"], 1),
    (&["not", "only"], 0),
    (&["not", "just"], 0),
    (&["don't", "have"], 1),
    (&["do", "not", "have"], 1),
    (&["don't", "get"], 1),
    (&["do", "not", "get"], 1),
    (&["didn't", "get"], 1),
    (&["haven't", "got"], 1),
    (&["haven't", "had"], 1),
    (&["never", "had"], 1),
    (&["never", "have"], 1),
    (&["never", "get"], 1),
    (&["never", "got"], 1),
    (&["have", "no"], 1),
    (&["had", "no"], 1),
    (&["is", "no"], 1),
    (&["get", "no"], 1),
    (&["too", "few"], 1),
    (&["too", "little"], 1),
    (&["why", "not"], 1),
    (&["in", "favour"], 1),
    (&["long", "overdue"], 1),
    (&["would", "help"], 1),
    (&["would", "make"], 1),
    (&["should", "not"], -1),
    (&["must", "not"], -1),
    (&["no", "need"], -1),
    (&["no", "point"], -1),
    (&["no", "thanks"], -1),
    (&["no", "more"], -1),
    (&["the", "last", "thing"], -1),
    (&["bad", "idea"], -1),
    (&["too", "many"], -1),
    (&["too", "much"], -1),
    (&["makes", "no", "difference"], -1),
    (&["don't", "know"], 0),
    (&["not", "sure"], 0),
    (&["don't", "mind"], 0),
    (&["no", "idea"], 0),
    (&["no", "opinion"], 0),
];

/// Words that ask for, praise, or say that something is lacking; sorted.
const FOR: &[&str] = &[
    "agree",
    "benefit",
    "better",
    "brilliant",
    "crucial",
    "deserve",
    "essential",
    "excellent",
    "expand",
    "fantastic",
    "fund",
    "give",
    "good",
    "great",
    "help",
    "helped",
    "helpful",
    "helps",
    "important",
    "improve",
    "insufficient",
    "introduce",
    "invest",
    "key",
    "lack",
    "lacking",
    "love",
    "missing",
    "more",
    "must",
    "need",
    "needed",
    "needs",
    "offer",
    "overdue",
    "please",
    "priority",
    "provide",
    "shortage",
    "should",
    "support",
    "useful",
    "valuable",
    "vital",
    "want",
    "wanted",
    "welcome",
    "wish",
    "without",
    "worthwhile",
    "yes",
];

/// Words that refuse; sorted.
const AGAINST: &[&str] = &[
    "abolish",
    "against",
    "already",
    "burden",
    "dangerous",
    "disagree",
    "dislike",
    "distraction",
    "drop",
    "expensive",
    "gimmick",
    "hate",
    "nonsense",
    "oppose",
    "opposed",
    "patronising",
    "pointless",
    "ridiculous",
    "scrap",
    "stop",
    "unnecessary",
    "useless",
    "waste",
    "wasted",
    "wasteful",
    "wasting",
    "worse",
];

/// Words that turn what follows round, and refuse where nothing follows to be turned; sorted.
const NEGATIONS: &[&str] = &[
    "aren't",
    "didn't",
    "doesn't",
    "don't",
    "dont",
    "isn't",
    "never",
    "nobody",
    "not",
    "shouldn't",
    "wasn't",
    "won't",
    "wouldn't",
];

/// Words that turn round and say nothing alone: "I can't get training" asks for it, "I can't see the need" does not.
const WEAK_NEGATIONS: &[&str] = &["can't", "cannot", "couldn't", "hardly", "no"];

/// Words that begin what is wanted after "instead of this".
const RESUMES: &[&str] = &["give", "i", "invest", "let", "please", "they", "we", "you"];

/// The cue that asks also where it is a part of a phrase: "more nurses".
const ASKS: &str = "more";

/// How a clause speaks of what its words at the given places name. From the word `reason` on it says why: there a negation
/// tells what is lacking ("protected time: nobody covers my shifts") and refuses nothing by itself.
pub(super) fn of(terms: &[&str], matched: &[usize], reason: usize) -> Polarity {
    let reason = terms.iter().position(|term| *term == "because").map_or(reason, |because| because.min(reason));
    let refused = refused(terms);
    let inside = matched.iter().filter(|&at| refused.contains(at)).count();
    if inside * 2 > matched.len() {
        return Polarity::Against;
    }
    let (mut favour, mut refuse) = (0, 0);
    let mut count = |sign: i32| match sign {
        1.. => favour += 1,
        0 => {}
        _ => refuse += 1,
    };
    let mut at = 0;
    // The end of what a negation reaches, and whether it refuses by itself as long as it turned nothing round.
    let mut negation: Option<(usize, bool)> = None;
    while let Some(term) = terms.get(at) {
        if refused.contains(&at) {
            at = refused.end;
            continue;
        }
        let rest = terms.get(at..).unwrap_or_default();
        if let Some((phrase, sign)) = PHRASES.iter().find(|(phrase, _)| rest.starts_with(phrase)) {
            count(*sign);
            at += phrase.len();
            continue;
        }
        let sign = i32::from(FOR.binary_search(term).is_ok()) - i32::from(AGAINST.binary_search(term).is_ok());
        if NEGATIONS.binary_search(term).is_ok() || WEAK_NEGATIONS.contains(term) {
            if negation.is_some_and(|(_, refuses)| refuses) {
                count(-1);
            }
            let by_itself = NEGATIONS.binary_search(term).is_ok() && at < reason || *term == "no" && at == 0;
            negation = Some((at + REACH, by_itself));
        } else if sign != 0 && (!matched.contains(&at) || *term == ASKS) {
            match negation {
                Some((end, _)) if at < end => {
                    count(-sign);
                    negation = Some((end, false));
                }
                _ => count(sign),
            }
        }
        at += 1;
    }
    if negation.is_some_and(|(_, refuses)| refuses) {
        count(-1);
    }
    match (favour > 0, refuse > 0) {
        (true, false) => Polarity::For,
        (false, true) => Polarity::Against,
        _ => Polarity::Unclear,
    }
}

/// What stands after "instead of" or "rather than", up to where the sentence says what is wanted.
fn refused(terms: &[&str]) -> std::ops::Range<usize> {
    let hinge = terms.windows(2).position(|pair| matches!(pair, ["instead", "of"] | ["rather", "than"]));
    let Some(hinge) = hinge else { return 0..0 };
    let after = terms.iter().skip(hinge + 2);
    let length = after.take_while(|term| !RESUMES.contains(term)).count();
    hinge..hinge + 2 + length
}

#[cfg(test)]
mod tests {
    use super::{AGAINST, FOR, NEGATIONS};

    #[test]
    fn cues_are_sorted_so_that_they_can_be_searched() {
        assert!(FOR.is_sorted() && AGAINST.is_sorted() && NEGATIONS.is_sorted());
    }
}
