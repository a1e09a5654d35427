//! From the text of a definition to a checked survey, or to every mistake in it at once.

use std::collections::BTreeMap;

use super::pipe::{each_piped_text, is_piped};
use super::rule::{self, Rule, ValueType};
use super::{
    Calculated, Check, End, Page, Question, Section, Segment, Storage, Survey, Unfinished, check, consensus, frame,
    language, round,
};
use crate::document::keys::{Key, Need, Object, Shape, Words, words};
use crate::document::{self, Entry, Finding, Findings, Id, Node, Reader, Severity, Value};
use crate::item::options::{self, Choice, LOST_RULE, Names, OPTION, SHOW_IF, SOURCE, Written, choices};
use crate::item::{HEAD, Item, Kind, Order, Scale};

/// A whole definition.
pub const SURVEY: Object = Object::new(
    "survey",
    "The definition of a consultation in Canvass: its questions, who sees which, and how its result is decided",
    &[&[
        Key::new(
            "$schema",
            Shape::Text,
            "The schema that an editor reads, so that it can complete and explain; Canvass does not",
        )
        .kept(),
        Key::needed("format", Shape::Count(1, 1), "The version of the format that the definition is written in")
            .code("E104")
            .kept(),
        Key::needed("id", Shape::Id(Id::Survey), "Names the consultation in addresses and commands"),
        Key::new(
            "version",
            Shape::COUNT,
            "A number for the author's own use; Canvass counts published versions by itself",
        )
        .or("1"),
        Key::needed("title", Shape::Text, "What the consultation is called"),
        Key::new("language", Shape::Text, "Language of the texts, as a tag").or("en").such_as(&["en-GB", "cy"]),
        Key::new("introduction", Shape::Object(&frame::INTRODUCTION), "What the start page says"),
        Key::new("window", Shape::Object(&frame::WINDOW), "When answers are taken"),
        Key::new("privacy", Shape::Object(&frame::PRIVACY), "What is promised about the answers"),
        Key::new("accessibility", Shape::Object(&frame::ACCESSIBILITY), "What the accessibility statement says"),
        Key::new("results", Shape::Object(&frame::RESULTS), "What those who answered may see of everyone's answers"),
        Key::new("access", Shape::Object(&frame::ACCESS), "Who may answer"),
        Key::new("anonymity", Shape::Words(|| words(ANONYMITY)), "How far the respondents are unknown")
            .or("anonymous")
            .kept(),
        Key::new(
            "lists",
            Shape::Map(&Shape::Id(Id::Name), &Shape::List(&Shape::Object(&OPTION))),
            "Lists of options that several questions use, by an id",
        ),
        Key::new("interventions", Shape::List(&Shape::Object(&frame::INTERVENTION)), "The candidate interventions"),
        Key::new("population", Shape::Object(&frame::POPULATION), "Whom the consultation is meant to reach"),
        Key::new("consensus", Shape::Object(&consensus::CONSENSUS), "The decision rule"),
        Key::new("round", Shape::Object(&round::ROUND), "Which round of a panel this is (Delphi)"),
        Key::needed("pages", Shape::List(&Shape::Object(&PAGE)), "The pages, in order"),
        Key::new("calculated", Shape::List(&Shape::Object(&CALCULATED)), "Values computed from answers"),
        Key::new("checks", Shape::List(&Shape::Object(&CHECK)), "What must hold between answers"),
        Key::new(
            "unfinished",
            Shape::Words(|| words(UNFINISHED)),
            "What becomes of answers that were begun and not sent, when the consultation closes",
        )
        .or("discard"),
        Key::new(
            "progress",
            Shape::Flag,
            "Whether a page says its number and how many there are, where the answers so far settle that",
        )
        .or("true"),
        Key::new(
            "overview",
            Shape::Flag,
            "Whether people go from an overview of the sections to each, in the order they like; every page that asks \
             something then has a `section`",
        ),
        Key::new(
            "retired",
            Shape::List(&Shape::Id(Id::Name)),
            "Question ids that were used once and never may be again",
        ),
        Key::new(
            "translations",
            Shape::Map(&Shape::Text, &Shape::Map(&Shape::Text, &Shape::Object(&language::TRANSLATION))),
            "The texts in other languages, by language tag and then by the key of the text",
        ),
        SOURCE,
    ]],
);
const ANONYMITY: Words<()> = &[("anonymous", (), "Nobody knows who answered; the only mode so far")];
const UNFINISHED: Words<Unfinished> = &[
    ("discard", Unfinished::Discard, "They are deleted"),
    (
        "keep",
        Unfinished::Keep,
        "They become a response in which what was not reached is marked so; the start page says it",
    ),
];

/// One page.
const PAGE: Object = Object::new(
    "page",
    "A page: questions that are asked together, or the end of the consultation for some",
    &[&[
        Key::needed("id", Shape::Id(Id::Name), "Names the page, and is part of its address"),
        Key::new(
            "title",
            Shape::Text,
            "The heading; only a page with a single question that is no note, or a closing page, may do without",
        ),
        Key::new("text", Shape::Text, "Text under the heading"),
        Key::new(
            "section",
            Shape::Text,
            "What the part of the survey is called that the page belongs to; the pages of a section stand together",
        ),
        SHOW_IF,
        LOST_RULE,
        Key::new("end", Shape::Words(|| words(ENDS)), "The consultation ends here for whoever reaches the page"),
        Key::new(
            "store",
            Shape::Words(|| words(STORES)),
            "Where the answers of the page are kept; with the response if left out",
        ),
        Key::new("questions", Shape::List(&Shape::Object(&QUESTION)), "What it asks; a page with `end` asks nothing"),
        SOURCE,
    ]],
);
const ENDS: Words<End> = &[
    (
        "screened_out",
        End::ScreenedOut,
        "The consultation is not for these people: nothing they answered becomes a response",
    ),
    (
        "finished",
        End::Finished,
        "There is nothing more to ask: people go to the overview of their answers, to send them",
    ),
];
const STORES: Words<Storage> =
    &[("contact", Storage::Contact, "Apart from the response, with nothing that joins the two: for contact details")];

/// One question.
const QUESTION: Object = Object::new(
    "question",
    "A question, or a note to read",
    &[
        HEAD,
        &[
            Key::new(
                "required_if",
                Shape::Rule,
                "Instead of `required`: who must answer, as a rule about answers on earlier pages",
            ),
            Key::new(
                "segment",
                Shape::Either(&[Shape::Flag, Shape::Words(|| words(SEGMENTS))]),
                "Whether its options split the respondents into groups that the report compares: \
                 true, false or \"descriptive\"; for `single` and `multi`",
            )
            .or("false"),
        ],
    ],
)
.of_types(Kind::types, &[]);
const SEGMENTS: Words<Segment> = &[(
    "descriptive",
    Segment::Descriptive,
    "For groups that were made from the answers they are compared on: differences are shown and not tested",
)];

/// A value computed from answers.
const CALCULATED: Object = Object::new(
    "calculated value",
    "A value that follows from answers, for rules, texts and the export",
    &[&[
        Key::needed("id", Shape::Id(Id::Name), "Its name in rules and texts, and of its column"),
        Key::new("label", Shape::Text, "What it is, for the codebook; the id if left out"),
        Key::needed(
            "value",
            Shape::Expression,
            "A number, a condition, a text or a date, in the language of rules; it may name questions of any page \
             and values before it",
        )
        .such_as(&["count(travel)", "hours / tasks", "years_since(born)"]),
        SOURCE,
    ]],
);

/// What must hold between answers.
const CHECK: Object = Object::new(
    "check",
    "Something that must hold between the answers to several questions",
    &[&[
        Key::new("rule", Shape::Rule, "What must hold; it may name questions of any page that is no contact page")
            .need(Need::Unless("lost_rule"))
            .such_as(&["not answered(started) or started <= today()"]),
        Key::needed("message", Shape::Text, "What is said to whoever's answers it does not hold for"),
        Key::new("level", Shape::Words(|| words(LEVELS)), "What follows where it does not hold").or("error"),
        LOST_RULE,
        SOURCE,
    ]],
);
const LEVELS: Words<bool> = &[
    ("error", false, "The answers must be changed"),
    ("warn", true, "The person may continue after reading the message"),
];

/// What reading a definition gives.
#[derive(Debug)]
pub struct Parsed {
    /// The survey, if there is no error.
    pub survey: Option<Survey>,
    /// Every mistake, in the order of the file.
    pub findings: Vec<Finding>,
}

/// Reads and checks a definition. Time is linear in its length, apart from the bounded search for rules that never hold.
pub fn parse(text: &str) -> Parsed {
    let findings = Findings::default();
    let survey = match document::parse(text) {
        Ok(root) => survey(&root, &findings),
        Err(finding) => return Parsed { survey: None, findings: vec![finding] },
    };
    let survey = survey.filter(|_| !findings.any_error());
    Parsed { survey, findings: findings.into_sorted() }
}

/// Reads a definition without its translations, and gives these as they stand.
///
/// # Errors
/// The mistakes in the rest of it.
pub(super) fn untranslated(text: &str) -> Result<(Survey, Option<Node>), Vec<Finding>> {
    let findings = Findings::default();
    let mut root = document::parse(text).map_err(|finding| vec![finding])?;
    let translations = match &mut root.value {
        Value::Map(entries) => entries.extract_if(.., |entry| entry.key == "translations").next(),
        _ => None,
    };
    match survey(&root, &findings).filter(|_| !findings.any_error()) {
        Some(survey) => Ok((survey, translations.map(|entry| entry.node))),
        None => Err(findings.into_sorted().into_iter().filter(|found| found.severity == Severity::Error).collect()),
    }
}

fn survey(root: &Node, findings: &Findings) -> Option<Survey> {
    let reader = Reader::new(root, "the survey", &SURVEY, findings)?;
    let interventions = frame::interventions(&reader);
    let names = Names {
        lists: reader.map("lists").iter().filter_map(|entry| list(entry, findings)).collect(),
        interventions: interventions.iter().map(Into::into).collect(),
    };
    let pages = reader.each("pages", "a page");
    let checks = (1..).zip(reader.list("checks"));
    let mut survey = Survey {
        id: reader.text("id").unwrap_or_default(),
        version: reader.count("version"),
        title: reader.text("title").unwrap_or_default(),
        language: reader.text("language").unwrap_or_default(),
        translated_from: None,
        introduction: frame::introduction(&reader.inner_or_default("introduction", "the introduction")),
        window: reader.inner("window", "the window").and_then(|window| frame::window(&window)),
        privacy: frame::privacy(&reader.inner_or_default("privacy", "privacy")),
        accessibility: reader.inner("accessibility", "accessibility").map(|inner| frame::accessibility(&inner)),
        results: frame::results(&reader.inner_or_default("results", "the result for those who answered")),
        access: frame::access(&reader.inner_or_default("access", "access")),
        population: reader.inner("population", "the population").map(|population| frame::population(&population)),
        consensus: consensus::read(&reader.inner_or_default("consensus", "the decision rule")),
        round: reader.inner("round", "the round").map(|inner| round::read(&inner)),
        pages: pages.iter().filter_map(|reader| page(reader, &names)).collect(),
        names,
        interventions,
        calculated: reader.each("calculated", "a calculated value").iter().filter_map(calculated).collect(),
        checks: checks.filter_map(|(number, node)| check_between(node, number, findings)).collect(),
        unfinished: reader.word("unfinished", UNFINISHED).unwrap_or_default(),
        progress: reader.node("progress").is_none() || reader.flag("progress"),
        overview: reader.flag("overview"),
        sections: Vec::new(),
        retired: reader.texts("retired").into_iter().map(|(id, _)| id).collect(),
        translations: BTreeMap::new(),
    };
    survey.sections = sections(&survey.pages);
    check::calculations(&mut survey, findings);
    check::check(&survey, &reader);
    let translations = language::read(&survey, &reader);
    Some(Survey { translations, ..survey })
}

fn list(entry: &Entry, findings: &Findings) -> Option<(String, Vec<Choice>)> {
    let Value::List(nodes) = &entry.node.value else { return None };
    Some((entry.key.clone(), choices(nodes, entry.place, &format!("list `{}`", entry.key), findings)))
}

fn page(reader: &Reader<'_>, names: &Names) -> Option<Page> {
    let questions = reader.each("questions", "a question");
    let page = Page {
        title: reader.text("title"),
        text: reader.text("text"),
        section: reader.text("section"),
        show_if: show_if(reader),
        end: reader.word("end", ENDS),
        store: reader.word("store", STORES).unwrap_or_default(),
        questions: questions.iter().filter_map(|reader| question(reader, names)).collect(),
        place: reader.place,
        id: reader.text("id")?,
    };
    shape(&page, reader.list("questions").len(), reader.findings);
    Some(page)
}

/// The sections of the pages, in order.
fn sections(pages: &[Page]) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for page in pages {
        if let Some(name) = page.section.as_ref().filter(|name| !sections.iter().any(|known| known.name == **name)) {
            sections.push(Section { name: name.clone(), title: name.clone(), page: page.id.clone() });
        }
    }
    sections
}

/// Records what is wrong with a page of `listed` questions, whether or not each of them could be read.
fn shape(page: &Page, listed: usize, findings: &Findings) {
    let error = |code, message: String, help: &str| findings.error(code, page.place, message, help.to_string());
    match (page.end, listed) {
        (None, 0) => {
            error("E412", format!("page `{}` asks nothing", page.id), "add `questions`, or `end` for a closing page");
        }
        (Some(_), 1..) => error(
            "E412",
            format!("page `{}` ends the consultation and asks questions", page.id),
            "move the questions to a page before it",
        ),
        (None, 2..) if page.title.is_none() => {
            error("E413", format!("page `{}` has several questions and no heading", page.id), "add a `title`");
        }
        (None, 1) if page.title.is_none() && page.questions.iter().any(|only| only.item.scale() == Scale::None) => {
            error("E413", format!("page `{}` has only a note and no heading", page.id), "add a `title`");
        }
        _ => {}
    }
}

fn question(reader: &Reader<'_>, names: &Names) -> Option<Question> {
    let item = Item::define(reader, names);
    let (required_if, segment) = (rule_under(reader, "required_if"), segment(reader));
    let mut item = item?;
    let show_if = item.head.show_if.take();
    let show_if = show_if.and_then(|rule| parsed(&rule, || format!("`show_if` of {}", reader.what()), reader.findings));
    if let (true, Some(rule)) = (item.head.required, &required_if) {
        let help = "keep one of the two".to_string();
        let message = format!("{} has both `required` and `required_if`", reader.what());
        reader.findings.error("E314", rule.place(), message, help);
    }
    let parts = parts(&mut item, reader.what(), reader.findings);
    let varies = varies(&mut item) || !parts.is_empty();
    Some(Question { item, show_if, required_if, parts, varies, segment, place: reader.place })
}

/// Takes the rules of options and fields out of an item, by the name of the part: `OPTION`, `FIELD`, `FIELD.OPTION`.
fn parts(item: &mut Item, what: &str, findings: &Findings) -> BTreeMap<String, Rule> {
    let mut parts = BTreeMap::new();
    for option in item.options_mut().into_iter().flatten() {
        let written = option.show_if.take();
        let rule = written.and_then(|rule| parsed(&rule, || format!("option `{}` of {what}", option.id), findings));
        parts.extend(rule.map(|rule| (option.id.clone(), rule)));
    }
    for field in item.fields_mut() {
        let (id, what) = (field.head.id.clone(), format!("field `{}` of {what}", field.head.id));
        let written = field.head.show_if.take();
        let rule = written.and_then(|rule| parsed(&rule, || format!("`show_if` of {what}"), findings));
        parts.extend(rule.map(|rule| (id.clone(), rule)));
        let within = self::parts(field, &what, findings);
        parts.extend(within.into_iter().map(|(part, rule)| (format!("{id}.{part}"), rule)));
    }
    parts
}

fn varies(item: &mut Item) -> bool {
    let mut varies = item.head.order != Order::Listed;
    each_piped_text(item, &mut |text| varies |= is_piped(text));
    varies
}

fn segment(reader: &Reader<'_>) -> Option<Segment> {
    match reader.node("segment")?.value {
        Value::Text(_) => reader.word("segment", SEGMENTS),
        _ => reader.flag("segment").then_some(Segment::Tested),
    }
}

fn show_if(reader: &Reader<'_>) -> Option<Rule> {
    rule_or_lost(reader, "show_if")
}

fn rule_or_lost(reader: &Reader<'_>, key: &'static str) -> Option<Rule> {
    parsed(&options::rule(reader, key)?, || format!("`{key}` of {}", reader.what()), reader.findings)
}

fn rule_under(reader: &Reader<'_>, key: &'static str) -> Option<Rule> {
    let written = Written { text: reader.text(key)?, place: reader.place_of(key).after(1), lost: false };
    parsed(&written, || format!("`{key}` of {}", reader.what()), reader.findings)
}

fn parsed(written: &Written, what: impl Fn() -> String, findings: &Findings) -> Option<Rule> {
    if written.lost {
        return Some(Rule::lost(&written.text, written.place));
    }
    match rule::parse(&written.text, written.place) {
        Ok(rule) => Some(rule),
        Err(finding) => {
            let message = format!("{}: {}", what(), finding.message);
            findings.error(finding.code, finding.place, message, finding.help);
            None
        }
    }
}

fn calculated(reader: &Reader<'_>) -> Option<Calculated> {
    let (id, value) = (reader.text("id"), rule_under(reader, "value"));
    let label = reader.text("label").or_else(|| id.clone()).unwrap_or_default();
    // The checker says the kind and the page, once it knows all questions.
    Some(Calculated { id: id?, label, value: value?, kind: ValueType::Number, known_after: 0, place: reader.place })
}

fn check_between(node: &Node, number: usize, findings: &Findings) -> Option<Check> {
    let reader = Reader::new(node, format!("check {number}"), &CHECK, findings)?;
    let rule = rule_or_lost(&reader, "rule");
    let message = reader.text("message").unwrap_or_default();
    let may_go_on = reader.word("level", LEVELS).unwrap_or_default();
    Some(Check { rule: rule?, message, may_go_on, place: reader.place })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::document::asked;

    #[test]
    fn every_key_that_is_read_stands_in_a_table_and_every_key_of_a_table_is_read() {
        for survey in [
            include_str!("../../tests/it/keys/every-key.json"),
            include_str!("../../surveys/digital-ready-workforce.json"),
            include_str!("../../surveys/item-gallery.json"),
            include_str!("../../surveys/format-gallery.json"),
        ] {
            let parsed = parse(survey);
            assert!(parsed.survey.is_some(), "{:#?}", parsed.findings);
        }
        let mut tables = BTreeSet::new();
        for object in SURVEY.with_inner() {
            let keys = object.keys().map(|key| (object.name, key));
            for (owner, key) in keys.chain(object.types().flat_map(|kind| kind.keys.iter().map(|key| (kind.name, key))))
            {
                // The type itself is read to find the table.
                if !key.is_kept && !matches!(key.shape, Shape::Type) {
                    tables.insert((owner, key.name));
                }
            }
        }
        assert_eq!(asked(), tables);
    }
}
