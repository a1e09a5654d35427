//! A way back that is lost, in English.

use crate::vocabulary::Notice;

/// A link to come back leads to no answers.
pub(super) const LINK_GONE: Notice = Notice {
    heading: "This link does not lead to your answers",
    what: "Answers that were begun are kept for 30 days after the last visit, and then they are deleted. If your last visit was more recent, a part of the link may be missing.",
    next: "Check that you have copied the whole link, or enter your code. If your answers are gone, you can start again.",
};
