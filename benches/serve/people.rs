//! Who answers: invented people whose answers come from the definition of W20, each with a number of their own in one.

use canvass::definition;
use canvass::item::Answer;
use canvass::response::part::Part;
use canvass::response::{Draft, Record, Screen, simulate};
use serde_json::Value;

/// The definition, beside this program's sources.
pub(crate) const DEFINITION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/surveys/w20.json");

/// How many different sets of answers there are.
const KINDS: u64 = 64;
/// The question that says the person's number.
const NUMBERED: &str = "job_title";

const SAID: [&str; 8] = [
    "We need protected time for learning and a clear career pathway.",
    "Basic digital skills training for every member of staff, not only specialists.",
    "Our systems are old and do not talk to each other, which wastes hours each week.",
    "A national framework that everybody recognises would help people move between trusts.",
    "Leadership at board level does not understand informatics as a profession.",
    "Local networks and peer support work better than formal courses for us.",
    "More funding for accredited qualifications and apprenticeships.",
    "Make it easy to find the learning that already exists, in a single place.",
];

/// The survey and the people who answer it.
pub(crate) struct People {
    survey: definition::Survey,
    /// The addresses of the screens, in their order: W20 asks everyone the same.
    screens: Vec<String>,
    drafts: Vec<Draft>,
    /// What each of them posts for each screen, without what says the number.
    posted: Vec<Vec<String>>,
}

impl People {
    /// Reads the definition and makes up the people.
    pub(crate) fn of_w20() -> Self {
        let text = std::fs::read_to_string(DEFINITION).unwrap();
        let survey = definition::parse(&text).survey.unwrap();
        let drafts: Vec<Draft> = (0..KINDS).map(|number| draft(&survey, number)).collect();
        let screens: Vec<Screen> =
            drafts[0].route(&survey).stops.iter().flat_map(|stop| &stop.parts).map(Part::screen).collect();
        let fill_in = |draft: &Draft, screen: &Screen| {
            let fields = draft.fields(&survey, screen).0;
            let pairs = fields.iter().filter(|(name, _)| name != NUMBERED);
            pairs.map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect::<Vec<_>>().join("&")
        };
        let posted = drafts.iter().map(|draft| screens.iter().map(|screen| fill_in(draft, screen)).collect()).collect();
        let screens = screens.iter().map(address).collect();
        Self { survey, screens, drafts, posted }
    }

    /// The addresses of all screens with questions.
    pub(crate) fn screens(&self) -> &[String] {
        &self.screens
    }

    /// What a person posts for a screen besides its hidden fields.
    pub(crate) fn fields(&self, number: u64, screen: usize) -> String {
        let posted = &self.posted[kind(number)][screen];
        if screen == 0 { format!("{posted}&{NUMBERED}={}", encoded(&title(number))) } else { posted.clone() }
    }

    /// What is stored of a person who sent the answers.
    pub(crate) fn stored(&self, number: u64) -> Value {
        let mut draft = self.drafts[kind(number)].clone();
        draft.answers.insert(NUMBERED.to_string(), Answer::Text(title(number)));
        Record::finish(&self.survey, &draft).0.to_json()
    }

    /// What a draft says of the person's number, if it is one of `stored`.
    pub(crate) fn numbered(stored: &Value) -> Option<&str> {
        stored.get("answers")?.get(NUMBERED)?.as_str()
    }
}

/// What the person with this number says to be.
pub(crate) fn title(number: u64) -> String {
    format!("Senior analyst {number}")
}

fn address(screen: &Screen) -> String {
    let page = format!("/s/w20/page/{}", screen.page);
    if screen.part == 1 { page } else { format!("{page}/{}", screen.part) }
}

fn kind(number: u64) -> usize {
    usize::try_from(number % KINDS).unwrap()
}

/// An invented person's answers, with something to say for each question of free text.
fn draft(survey: &definition::Survey, number: u64) -> Draft {
    let today = jiff::civil::date(2026, 11, 22);
    let mut draft = simulate::respondent(survey, 20, number, today).unwrap();
    let said = |from: u64| SAID[usize::try_from((number * 5 + from) % 8).unwrap()];
    for (at, id) in (0..).zip(["works", "challenge", "why", "anything_else"]) {
        draft.answers.insert(id.to_string(), Answer::Text(format!("{} {}", said(at), said(at + 3))));
    }
    draft.answers.insert("heard".to_string(), Answer::Text("A colleague told me".to_string()));
    draft
}

fn digit(half: u8) -> char {
    char::from_digit(u32::from(half), 16).unwrap_or_default()
}

/// A text as forms post it.
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            b'-' | b'.' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => out.push(char::from(byte)),
            _ => out.extend(['%', digit(byte >> 4), digit(byte & 15)]),
        }
    }
    out
}
