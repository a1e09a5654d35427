//! What stands around the questions of a survey: its introduction, window, privacy, population and interventions.

use std::collections::BTreeMap;

use super::{Access, Accessibility, Breadth, Intervention, Introduction, Population, Privacy, Results, Show, Window};
use crate::document::keys::{Bounds, Key, Object, Shape, Words, words};
use crate::document::{Id, Reader, Value};
use crate::item::options::SOURCE;

/// What the start page says.
pub(super) const INTRODUCTION: Object = Object::new(
    "introduction",
    "What the start page says; all of it may be left out",
    &[&[
        Key::new("organisation", Shape::Text, "Who asks"),
        Key::new("purpose", Shape::Text, "Why"),
        Key::new("minutes", Shape::COUNT, "How long it takes, in minutes"),
        Key::new("contact", Shape::Text, "Whom to ask for help")
            .such_as(&["Write to [the team](mailto:team@example.org)."]),
    ]],
);

/// When answers are taken.
pub(super) const WINDOW: Object = Object::new(
    "window",
    "When answers are taken; always, until the consultation is closed, if it is left out",
    &[&[
        Key::needed("opens", Shape::Time, "The first moment at which answers are taken").such_as(&["2026-11-01T09:00"]),
        Key::needed("closes", Shape::Time, "The first moment at which nobody can begin any more")
            .such_as(&["2027-02-26T17:00"]),
        Key::needed("timezone", Shape::Text, "The time zone of both, by its name")
            .such_as(&["Europe/London"])
            .code("E410"),
        Key::new(
            "grace_minutes",
            Shape::Count(0, 1440),
            "Minutes after the close in which those who have begun can finish",
        )
        .or("60"),
    ]],
);

/// What is promised about the answers.
pub(super) const PRIVACY: Object = Object::new(
    "privacy",
    "What is promised about the answers",
    &[&[
        Key::new("notice", Shape::Text, "The privacy notice, shown on the start page and on a page of its own"),
        Key::new(
            "retain_days",
            Shape::COUNT,
            "Days after the close until the answers are deleted: a promise that `canvass serve` keeps by itself",
        )
        .or("730"),
        Key::new(
            "min_cell",
            Shape::COUNT,
            "The smallest group whose figures the report shows, and the fewest answers to a question whose figures \
             it shows: 5 or more; 0, for answers that are public already, shows all",
        )
        .or("10"),
    ]],
);

/// What the accessibility statement says.
pub(super) const ACCESSIBILITY: Object = Object::new(
    "accessibility",
    "What the accessibility statement of the consultation says; without it the statement says that there is none",
    &[&[
        Key::new("contact", Shape::Text, "Whom to tell of a barrier, and how to get the questions in another form")
            .such_as(&["For large print or a call back, write to [the team](mailto:team@example.org)."]),
        Key::new("tested_on", Shape::Day, "The day on which you last tested the consultation for accessibility")
            .such_as(&["2026-10-05"]),
        Key::new("exceptions", Shape::List(&Shape::Text), "What you know not to be accessible, each with the reason")
            .such_as(&["The linked strategy is a PDF without headings; ask us for it as a web page."]),
    ]],
);

/// What those who answered may see of everyone's answers.
pub(super) const RESULTS: Object = Object::new(
    "results",
    "What those who answered may see of everyone's answers: counts and verdicts, never by group",
    &[&[
        Key::new("show", Shape::Words(|| words(SHOWN)), "When they may see it").or("never"),
        Key::new("min_answers", Shape::Count(10, 100_000), "The fewest responses from which it is made").or("30"),
    ]],
);
const SHOWN: Words<Show> = &[
    ("never", Show::Never, "They may not"),
    ("after_answering", Show::AfterAnswering, "As soon as they have answered and there are enough responses"),
    ("after_close", Show::AfterClose, "Once the consultation has closed"),
];

/// Who may answer.
pub(super) const ACCESS: Object = Object::new(
    "access",
    "Who may answer",
    &[&[
        Key::new("mode", Shape::Words(|| words(MODES)), "How people are let in").or("open_link"),
        Key::new(
            "domains",
            Shape::List(&Shape::Text),
            "The domains of the e-mail addresses that let people in, and no others; only with `email_domain`",
        )
        .such_as(&["example.org"]),
    ]],
);
const MODES: Words<Door> = &[
    ("open_link", Door::OpenLink, "Whoever has the address"),
    ("invitation", Door::Invitation, "Whoever has an invitation, once with each; `canvass invite` makes them"),
    ("passphrase", Door::Passphrase, "Whoever knows the word that `canvass passphrase` sets"),
    ("email_domain", Door::EmailDomain, "Whoever reads mail at an address of `domains`, once for each address"),
];

/// The word of a way in.
#[derive(Clone, Copy)]
enum Door {
    OpenLink,
    Invitation,
    Passphrase,
    EmailDomain,
}

/// Whom the consultation is meant to reach.
pub(super) const POPULATION: Object = Object::new(
    "population",
    "Whom the consultation is meant to reach, so that a reader can see how far the sample differs; it \
     changes no figure unless `consensus` has `weighting`",
    &[&[
        Key::new("size", Shape::Object(&SIZE), "How many people that are; not shown if left out"),
        Key::new("source", Shape::Text, "Where the figures come from"),
        Key::new(
            "margins",
            Shape::Map(&Shape::Named(Id::Name), &Shape::Map(&Shape::Named(Id::Code), &Shape::Number(Bounds::Part))),
            "Shares by the id of a `single` question and of its options; those of a question add up to 1 within 0.005",
        ),
    ]],
);
const SIZE: Object = Object::new(
    "size",
    "A number of people, with how far it may be off",
    &[&[
        Key::needed("estimate", Shape::COUNT, "Best estimate"),
        Key::new("low", Shape::COUNT, "Low end of the estimate; the estimate itself if left out"),
        Key::new("high", Shape::COUNT, "High end of the estimate; the estimate itself if left out"),
    ]],
);

/// Most phrases of an intervention, and most characters of one.
const MOST_PHRASES: usize = 20;
const LONGEST_PHRASE: usize = 80;

/// What could be done.
pub(super) const INTERVENTION: Object = Object::new(
    "intervention",
    "Something that could be done, which the consultation is to decide about",
    &[&[
        Key::needed("id", Shape::Id(Id::Code), "What is stored and exported; it stays when the label changes"),
        Key::needed("label", Shape::Text, "What respondents read"),
        Key::new("breadth", Shape::Words(|| words(BREADTHS)), "Whether it is meant for everyone or for a group"),
        Key::new(
            "audience",
            Shape::Text,
            "Whom a focused one is for; the id of an option of a segment question is shown by that option's label",
        ),
        Key::new(
            "phrases",
            Shape::List(&Shape::Text),
            "Phrases by which answers may speak of it beside its label; one alone is a mention in the report",
        ),
        Key::new("withdrawn", Shape::Flag, "True if it is counted, but no longer judged"),
        SOURCE,
    ]],
);
const BREADTHS: Words<Breadth> =
    &[("broad", Breadth::Broad, "Meant for everyone"), ("focused", Breadth::Focused, "Meant for a group")];

pub(super) fn introduction(reader: &Reader<'_>) -> Introduction {
    Introduction {
        organisation: reader.text("organisation"),
        purpose: reader.text("purpose"),
        minutes: reader.optional_count("minutes"),
        contact: reader.text("contact"),
    }
}

pub(super) fn accessibility(reader: &Reader<'_>) -> Accessibility {
    Accessibility {
        contact: reader.text("contact"),
        tested_on: reader.day("tested_on"),
        exceptions: reader.texts("exceptions").into_iter().map(|(text, _)| text).collect(),
    }
}

/// The fewest people that `min_cell` may be: of smaller groups single people can be guessed.
const LEAST_MIN_CELL: u32 = 5;

pub(super) fn privacy(reader: &Reader<'_>) -> Privacy {
    let min_cell = reader.count("min_cell");
    match min_cell {
        0 => reader.findings.warn(
            "W428",
            reader.place_of("min_cell"),
            "`min_cell` is 0: the report shows what single people answered".to_string(),
            format!("leave it so only if the answers are public already; else write {LEAST_MIN_CELL} or more"),
        ),
        1..LEAST_MIN_CELL => reader.findings.error(
            "E427",
            reader.place_of("min_cell"),
            format!("`min_cell` is {min_cell}: figures of fewer than {LEAST_MIN_CELL} people can tell who they are"),
            format!("write {LEAST_MIN_CELL} or more; the default is 10"),
        ),
        _ => {}
    }
    Privacy { notice: reader.text("notice"), retain_days: reader.count("retain_days"), min_cell }
}

pub(super) fn results(reader: &Reader<'_>) -> Results {
    Results { show: reader.word("show", SHOWN).unwrap_or_default(), min_answers: reader.count("min_answers") }
}

pub(super) fn access(reader: &Reader<'_>) -> Access {
    let door = reader.word("mode", MODES).unwrap_or(Door::OpenLink);
    let written = reader.texts("domains");
    let wrong = |place, message: String, help: &str| reader.findings.error("E419", place, message, help.to_string());
    match door {
        Door::EmailDomain if written.is_empty() => {
            wrong(reader.place, "no domain of e-mail addresses is let in".to_string(), "name one in `domains`");
        }
        Door::OpenLink | Door::Invitation | Door::Passphrase if !written.is_empty() => {
            let help = "write `\"mode\": \"email_domain\"`, or leave them out";
            wrong(reader.place_of("domains"), "`domains` are of use with `email_domain` only".to_string(), help);
        }
        _ => {}
    }
    let mut domains: Vec<String> = Vec::new();
    for (domain, place) in written {
        if is_domain(&domain) {
            domains.push(domain.to_lowercase());
        } else {
            wrong(place, format!("`{domain}` is no domain"), "write what stands behind the @, such as `example.org`");
        }
    }
    match door {
        Door::OpenLink => Access::OpenLink,
        Door::Invitation => Access::Invitation,
        Door::Passphrase => Access::Passphrase,
        Door::EmailDomain => Access::EmailDomain(domains),
    }
}

/// True for names with a dot between them, as stand behind the @ of an address.
fn is_domain(written: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    written.contains('.') && written.len() <= 253 && written.split('.').all(is_label)
}

pub(super) fn window(reader: &Reader<'_>) -> Option<Window> {
    let (opens, closes) = (reader.time("opens"), reader.time("closes"));
    let name = reader.text("timezone")?;
    let Ok(zone) = jiff::tz::TimeZone::get(&name) else {
        let help = "write one such as Europe/London".to_string();
        reader.findings.error("E410", reader.place_of("timezone"), format!("`{name}` is not a time zone"), help);
        return None;
    };
    let (opens, closes) = (opens?, closes?);
    let at = |time: jiff::civil::DateTime| Some(time.to_zoned(zone.clone()).ok()?.timestamp().as_second());
    let (opens_at, closes_at) = (at(opens)?, at(closes)?);
    if closes_at <= opens_at {
        reader.findings.error("E410", reader.place_of("closes"), "the window closes before it opens", None);
    }
    let grace_minutes = reader.count("grace_minutes");
    Some(Window { opens_at, closes_at, closes, timezone: name, grace_minutes })
}

pub(super) fn population(reader: &Reader<'_>) -> Population {
    let mut population = Population { source: reader.text("source").unwrap_or_default(), ..Population::default() };
    if let Some(size) = reader.inner("size", "the population's size") {
        population.estimate = size.count("estimate").into();
        population.low = size.optional_count("low").map_or(population.estimate, u64::from);
        population.high = size.optional_count("high").map_or(population.estimate, u64::from);
    }
    for margin in reader.map("margins") {
        let Value::Map(entries) = &margin.node.value else { continue };
        let share = |value: &Value| if let Value::Number(written) = value { written.parse::<f64>().ok() } else { None };
        let shares = entries.iter().filter_map(|entry| Some((entry.key.clone(), share(&entry.node.value)?)));
        population.margins.insert(margin.key.clone(), shares.collect());
    }
    population
}

pub(super) fn interventions(survey: &Reader<'_>) -> Vec<Intervention> {
    let mut read: Vec<Intervention> = Vec::new();
    let mut taken = BTreeMap::new();
    for reader in survey.each("interventions", "an intervention") {
        let label = reader.text("label").unwrap_or_default();
        let (breadth, audience) = (reader.word("breadth", BREADTHS), reader.text("audience"));
        let withdrawn = reader.flag("withdrawn");
        let Some(id) = reader.text("id") else { continue };
        if read.iter().any(|known| known.id == id) {
            let message = format!("intervention `{id}` stands twice");
            reader.findings.error("E106", reader.place, message, "ids must differ".to_string());
        }
        let phrases = phrases(&reader, &id, &mut taken);
        read.push(Intervention { id, label, breadth, audience, phrases, withdrawn });
    }
    read
}

/// The phrases of an intervention. `taken` says of each phrase so far, in small letters, which intervention has it.
fn phrases(reader: &Reader<'_>, id: &str, taken: &mut BTreeMap<String, String>) -> Vec<String> {
    let written = reader.texts("phrases");
    let wrong = |place, message: String, help: &str| {
        reader.findings.error("E424", place, message, help.to_string());
    };
    if let Some((_, place)) = written.get(MOST_PHRASES) {
        let message = format!("intervention `{id}` has {} phrases", written.len());
        wrong(*place, message, &format!("keep the {MOST_PHRASES} that answers have most"));
    }
    let mut read = Vec::new();
    for (phrase, place) in written {
        let phrase = phrase.split_whitespace().collect::<Vec<_>>().join(" ");
        let length = phrase.chars().count();
        if !phrase.contains(char::is_alphanumeric) {
            let message = format!("intervention `{id}` has a phrase without a word");
            wrong(place, message, "write words that answers may have, or leave it out");
        } else if length > LONGEST_PHRASE {
            let message = format!("a phrase of intervention `{id}` has {length} characters");
            let help = format!("write at most {LONGEST_PHRASE}: an answer must have the phrase word by word");
            wrong(place, message, &help);
        } else if let Some(other) = taken.insert(phrase.to_lowercase(), id.to_string()) {
            let message = if other == id {
                format!("intervention `{id}` has the phrase `{phrase}` twice")
            } else {
                format!("the interventions `{other}` and `{id}` both have the phrase `{phrase}`")
            };
            wrong(place, message, "keep it once, for it tells one intervention from the others");
        }
        read.push(phrase);
    }
    read
}
