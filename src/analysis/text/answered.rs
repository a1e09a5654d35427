//! Non-answers: empty texts and those that say only "none", "n/a", "nothing" or "no comment".

/// Folded texts by which people, or those who typed their answers in, say that the question was not answered.
const UNANSWERED: &[&str] = &[
    "as above",
    "blank",
    "did not answer",
    "didnt answer",
    "left blank",
    "n a",
    "na",
    "no answer",
    "no answer given",
    "no response",
    "not answered",
    "not applicable",
    "null",
    "prefer not to say",
    "refused",
    "skip",
    "unanswered",
    "x",
];

/// Folded texts that answer that there is nothing. A refusal with a reason ("nothing, staff were lovely") is an answer.
///
/// "Don't know" and "not sure" are answers too: uncertainty is a finding.
const NOTHING: &[&str] = &[
    "absolutely nothing",
    "absolutely none",
    "cannot think of anything",
    "cant think of any",
    "cant think of anything",
    "cant think of anything else",
    "cant think of anything at the moment",
    "i cant think of anything",
    "i cannot think of anything",
    "i have no comment",
    "i have no comments",
    "i have none",
    "i have nothing to add",
    "nil",
    "no",
    "no comment",
    "no comments",
    "no comment at this time",
    "no comments at this time",
    "no further comment",
    "no further comments",
    "no more comments",
    "no other comments",
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
    "not anything",
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
];

/// Whether a folded text (see [`super::normalise::fold`]) has nothing that a theme could be made of.
///
/// The phrases are English; an empty text is recognised in any language.
pub(super) fn is_none(folded: &str) -> bool {
    is_unanswered(folded) || NOTHING.contains(&folded)
}

/// Whether a folded text leaves the question unanswered, where "nothing" would be an answer to "What could be better?".
pub(in crate::analysis) fn is_unanswered(folded: &str) -> bool {
    folded.is_empty() || UNANSWERED.contains(&folded)
}

#[cfg(test)]
mod tests {
    use super::super::normalise::{fold, normalise};
    use super::{is_none, is_unanswered};

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

    #[test]
    fn to_say_that_there_is_nothing_is_not_to_leave_the_question_unanswered() {
        let unanswered = |text: &str| is_unanswered(&fold(&normalise(text)));
        assert!(["", "…", "N/A", "Did not answer.", "not applicable"].into_iter().all(unanswered));
        assert!(!["Nothing.", "None", "No", "No comment"].into_iter().any(unanswered));
    }
}
