//! Non-answers: empty texts and those that say only "none", "n/a", "nothing" or "no comment".

/// Folded texts that decline to answer. A refusal with a reason ("nothing, staff were lovely") is an answer.
///
/// "Don't know" and "not sure" are answers too: uncertainty is a finding.
const DECLINED: &[&str] = &[
    "absolutely nothing",
    "absolutely none",
    "as above",
    "blank",
    "cannot think of anything",
    "cant think of any",
    "cant think of anything",
    "cant think of anything else",
    "cant think of anything at the moment",
    "did not answer",
    "didnt answer",
    "i cant think of anything",
    "i cannot think of anything",
    "i have no comment",
    "i have no comments",
    "i have none",
    "i have nothing to add",
    "left blank",
    "n a",
    "na",
    "nil",
    "no",
    "no answer",
    "no answer given",
    "no comment",
    "no comments",
    "no comment at this time",
    "no comments at this time",
    "no further comment",
    "no further comments",
    "no more comments",
    "no other comments",
    "no response",
    "no suggestions",
    "no thank you",
    "no thanks",
    "non",
    "none",
    "none at all",
    "none at present",
    "none at the moment",
    "none at this time",
    "none that i can think of",
    "none whatsoever",
    "nope",
    "not answered",
    "not anything",
    "not applicable",
    "not at all",
    "not at the moment",
    "not at this time",
    "not a thing",
    "not that i can think of",
    "nothing",
    "nothing additional",
    "nothing as such",
    "nothing at all",
    "nothing at present",
    "nothing at the moment",
    "nothing at this moment",
    "nothing at this time",
    "nothing comes to mind",
    "nothing else",
    "nothing else to add",
    "nothing further",
    "nothing further to add",
    "nothing i can think of",
    "nothing in particular",
    "nothing more",
    "nothing more to add",
    "nothing much",
    "nothing really",
    "nothing specific",
    "nothing springs to mind",
    "nothing that i can think of",
    "nothing that comes to mind",
    "nothing to add",
    "nothing to say",
    "nothing to report",
    "nothing whatsoever",
    "null",
    "prefer not to say",
    "refused",
    "skip",
    "unanswered",
    "x",
];

/// Whether a folded text (see [`super::normalise::fold`]) is no answer to the question.
///
/// The phrases are English; an empty text is recognised in any language.
pub(super) fn is_none(folded: &str) -> bool {
    folded.is_empty() || DECLINED.contains(&folded)
}

#[cfg(test)]
mod tests {
    use super::super::normalise::{fold, normalise};
    use super::is_none;

    #[test]
    fn non_answers_are_recognised_whatever_their_punctuation() {
        for text in [
            "",
            " ",
            "-",
            "...",
            "N/A",
            "n.a.",
            "None!",
            "Nothing.",
            "NO COMMENT",
            "Did not answer",
            "Can\u{2019}t think of anything.",
        ] {
            assert!(is_none(&fold(&normalise(text))), "{text:?}");
        }
    }

    #[test]
    fn a_refusal_with_a_reason_is_an_answer() {
        for text in ["Nothing, staff were lovely", "No parking", "Don't know", "Yes", "👍", "Not a lot"] {
            assert!(!is_none(&fold(&normalise(text))), "{text:?}");
        }
    }
}
