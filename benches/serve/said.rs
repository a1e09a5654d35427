//! What invented people write: sentences put together from what they want, why, and where, with slips of the pen, so that
//! most answers are written once, some often, and words are rare or common as in answers of people.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// What is said of a topic, in several ways; earlier topics come up more often.
const TOPICS: [&[&str]; 20] = [
    &["protected time to learn", "time away from the ward for training", "study leave that is not cancelled"],
    &["a clear career pathway", "somewhere to go after band 6", "job titles that mean the same in each trust"],
    &["systems that talk to each other", "one login for all systems", "records that follow the patient"],
    &["basic digital skills for everyone", "help with spreadsheets", "training on the system we actually use"],
    &["leaders who understand digital", "a board that knows what informatics is", "managers who listen to analysts"],
    &["new computers", "laptops that start within a minute", "wifi that works on the whole site"],
    &["professional registration", "recognition as a profession", "a register like the one nurses have"],
    &["more staff in the data team", "filling the vacancies", "people who stay longer than a year"],
    &["funding for accredited courses", "apprenticeship money for adults", "paid exams and certificates"],
    &["a mentor", "local networks of people who do the same job", "shadowing in another trust"],
    &["better pay", "pay that keeps up with the private sector", "a recruitment premium for developers"],
    &["flexible working", "working from home two days a week", "part-time posts at senior level"],
    &["less paperwork", "an end to typing the same data three times", "fewer forms and mandatory modules"],
    &["support for returning parents", "childcare near the hospital", "shifts that fit around school"],
    &["a national framework of skills", "one place with all the courses", "a map of roles and skills"],
    &["information governance in plain words", "clear rules on sharing data", "faster approval of data requests"],
    &["clinical safety training", "time for safety cases", "a safety officer in every team"],
    &["open source tools", "permission to install R and Python", "a shared library of code"],
    &["parking", "a canteen that is open at night", "bicycle sheds and showers"],
    &["artificial intelligence used with care", "someone to explain what the model does", "testing of new apps"],
];
const OPENS: [&str; 12] = [
    "We need",
    "I would like",
    "Please give us",
    "What is missing is",
    "For me it is",
    "The most important thing would be",
    "I have been asking for",
    "There should be",
    "Nobody ever offered us",
    "My team wants",
    "It would help to have",
    "In my view we must have",
];
const FOR: [&str; 12] = [
    "for all staff",
    "in every trust",
    "for community nurses",
    "on night shifts",
    "for new starters",
    "in general practice",
    "for people over fifty",
    "at board level",
    "in mental health",
    "for the estates team",
    "across the region",
    "in pharmacy and pathology",
];
const WHY: [&str; 14] = [
    "because we never get released",
    "since half of my day goes on helping others",
    "as good people leave otherwise",
    "because decisions are made without asking us",
    "although it was promised in 2019",
    "so that patients do not wait",
    "because I paid for my own course",
    "as there is nobody to cover",
    "because the last project failed",
    "so we can stop using paper",
    "since no two hospitals do it the same way",
    "because confidence is low",
    "as I am the only one here who does this job",
    "so that what we learn is not lost",
];
const NOTHING: [&str; 8] = ["None", "n/a", "Nothing", "No comment", "-", "no", "Not sure", "Nothing to add"];
const SYLLABLES: [&str; 24] = [
    "ar", "bel", "cor", "dan", "el", "fen", "gar", "hol", "in", "jas", "kel", "lor", "mar", "nor", "ost", "per",
    "quin", "ros", "sul", "tor", "un", "ver", "wes", "yar",
];

/// One answer.
pub(crate) fn text(dice: &mut ChaCha8Rng) -> String {
    match dice.random_range(0..20) {
        0 => one(dice, &NOTHING).to_string(),
        1 | 2 => wanted(dice).to_string(),
        _ => {
            let sentences = 1 + [0, 0, 0, 0, 1, 1, 2, 3][dice.random_range(0..8)];
            (0..sentences).map(|_| sentence(dice)).collect::<Vec<_>>().join(" ")
        }
    }
}

fn sentence(dice: &mut ChaCha8Rng) -> String {
    let mut said = format!("{} {}", one(dice, &OPENS), wanted(dice));
    if dice.random_bool(0.25) {
        said = format!("{said} and {}", wanted(dice));
    }
    if dice.random_bool(0.4) {
        said = format!("{said} {}", one(dice, &FOR));
    }
    if dice.random_bool(0.15) {
        // A name of a place or a system, of which there are very many and a few come up often.
        let parts = dice.random_range(1..=3);
        let name: String = (0..=parts).map(|_| one(dice, &SYLLABLES[..4 + 7 * parts.min(2)])).collect();
        said = format!("{said} at {name}");
    }
    if dice.random_bool(0.5) {
        said = format!("{said}, {}", one(dice, &WHY));
    }
    if dice.random_bool(0.2) {
        said = misspelt(&said, dice);
    }
    said + "."
}

/// One letter is left out, or comes twice.
fn misspelt(said: &str, dice: &mut ChaCha8Rng) -> String {
    let (at, is_left_out) = (dice.random_range(0..said.len()), dice.random_bool(0.5));
    let letters = said.chars().enumerate();
    letters
        .flat_map(|(place, letter)| {
            std::iter::repeat_n(
                letter,
                if place != at {
                    1
                } else if is_left_out {
                    0
                } else {
                    2
                },
            )
        })
        .collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the number of topics")]
fn wanted(dice: &mut ChaCha8Rng) -> &'static str {
    let share: f64 = dice.random();
    one(dice, TOPICS[(share * share * TOPICS.len() as f64) as usize])
}

fn one<'t>(dice: &mut ChaCha8Rng, of: &[&'t str]) -> &'t str {
    of[dice.random_range(0..of.len())]
}
