//! What goes with the responses in every file that has room for it: what they are, and what must be known to read them.

use super::xlsx;
use crate::definition::Survey;
use crate::definition::codebook::MISSING;

/// What a file holds.
pub struct About<'a> {
    /// The current version.
    pub survey: &'a Survey,
    /// Its number.
    pub version: u32,
    /// The versions that were answered, from the first.
    pub answered: Vec<u32>,
    /// Responses.
    pub responses: u64,
    /// How many came in each mode, by its word.
    pub modes: Vec<(&'static str, u64)>,
    /// Responses that were withdrawn, of which nothing is there.
    pub withdrawn: u64,
}

/// What and its words, one a line; `reasons` are the file's signs for the reasons in the order of [`MISSING`].
pub fn notes(about: &About<'_>, reasons: [&'static str; 3]) -> Vec<(&'static str, String)> {
    let About { survey, version, .. } = about;
    let list = |numbers: &[u32]| numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let mut notes = vec![
        ("Consultation", format!("{} ({}), version {version}", survey.title, survey.id)),
        ("Made by", format!("canvass {}", env!("CARGO_PKG_VERSION"))),
        ("What this is", "Every response that was sent, one a row; contact details are in no such file".to_string()),
        ("Responses", format!("{}; {} withdrawn, which are not here", about.responses, about.withdrawn)),
    ];
    let modes = about.modes.iter().map(|(mode, n)| format!("{mode} {n}")).collect::<Vec<_>>().join(", ");
    if !modes.is_empty() {
        notes.push(("How they came in", modes));
        notes.push(("Versions answered", list(&about.answered)));
    }
    if about.modes.iter().any(|(mode, n)| *mode == "simulated" && *n > 0) {
        notes.push((
            "Simulated",
            "Responses whose mode is simulated were made up by the program: nobody gave them".into(),
        ));
    }
    notes.push(("Order", "By ids that are random: it says nothing about who came when".to_string()));
    notes.extend(reasons.into_iter().zip(MISSING.map(|(_, meaning)| meaning.to_string())));
    notes.push(("Empty", "Part of an answer that was not given, or a calculation without a value".to_string()));
    notes.push((
        "Disclosure",
        format!(
            "These are answers of single people, with every text as it was written: nothing is withheld, and the least \
             group of {} that reports show does not hold here. Pass the file on only to people who may see single \
             responses. There are no weights.",
            survey.privacy.min_cell
        ),
    ));
    notes
}

/// What is said where texts were cut for a spreadsheet.
pub fn cut_for_spreadsheet(cut: u64) -> Option<(&'static str, String)> {
    let most = xlsx::MOST_CHARACTERS;
    (cut > 0).then(|| {
        let said =
            format!("{cut} texts of more than {most} characters, the most of a cell; responses.csv has them whole");
        ("Cut", said)
    })
}
