//! From the text of a definition to a checked survey, or to every mistake in it at once.

use std::collections::BTreeMap;

use jiff::civil::DateTime;

use super::consensus::DecisionRule;
use super::pipe::{each_piped_text, is_piped};
use super::rule::{self, Rule, ValueType};
use super::{
    Breadth, Calculated, Check, End, Intervention, Introduction, Page, Population, Privacy, Question, Segment, Storage,
    Survey, Unfinished, Window, check, language,
};
use crate::document::{self, Entry, Finding, Findings, Node, Reader, Severity, Value};
use crate::item::options::{Names, Written, choices, code, is_id, lost_rule, written};
use crate::item::{ID_HELP, Item, Order, Scale, identifier};

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
    let reader = Reader::new(root, "the survey", findings)?;
    if reader.required("format").is_some() && reader.count("format").is_some_and(|format| format != 1) {
        let help = "write \"format\": 1, the only format this program reads".to_string();
        findings.error("E104", reader.place_of("format"), "the survey is written in an unknown format", help);
    }
    let id = reader.text("id");
    if let Some(id) = id.as_deref().filter(|id| !is_survey_id(id)) {
        let help = "use small letters, digits, _ and -, beginning with a letter, 60 characters at most".to_string();
        findings.error("E105", reader.place_of("id"), format!("`{id}` cannot be a survey's id"), help);
    }
    let interventions: Vec<Intervention> =
        reader.list("interventions").iter().filter_map(|node| intervention(node, findings)).collect();
    unique(
        reader.list("interventions"),
        interventions.iter().map(|intervention| &intervention.id),
        "intervention",
        findings,
    );
    let names = Names {
        lists: reader.map("lists").iter().filter_map(|entry| list(entry, findings)).collect(),
        interventions: interventions.iter().map(Into::into).collect(),
    };
    let pages: Vec<Page> = reader.list("pages").iter().filter_map(|node| page(node, &names, findings)).collect();
    if pages.is_empty() {
        findings.error(
            "E104",
            reader.place_of("pages"),
            "the survey has no pages",
            "add `\"pages\": [ … ]`".to_string(),
        );
    }
    let mut survey = Survey {
        id: id.unwrap_or_default(),
        version: reader.count("version").unwrap_or(1),
        title: reader.text("title").unwrap_or_default(),
        language: reader.optional_text("language").unwrap_or_else(|| "en".to_string()),
        introduction: introduction(&reader),
        window: reader.node("window").and_then(|node| window(node, findings)),
        privacy: privacy(&reader),
        population: reader.node("population").and_then(|node| population(node, findings)),
        consensus: reader.node("consensus").map_or_else(DecisionRule::default, |node| decision_rule(node, findings)),
        names,
        interventions,
        pages,
        calculated: reader.list("calculated").iter().filter_map(|node| calculated(node, findings)).collect(),
        checks: (1..)
            .zip(reader.list("checks"))
            .filter_map(|(number, node)| check_between(node, number, findings))
            .collect(),
        unfinished: reader
            .word("unfinished", &[("discard", Unfinished::Discard), ("keep", Unfinished::Keep)])
            .unwrap_or_default(),
        retired: reader.texts("retired").into_iter().map(|(id, _)| id).collect(),
        translations: BTreeMap::new(),
    };
    reader.passing("source");
    // The only mode so far; kept in the definition so that the promise stands beside the questions.
    let _anonymous = reader.word("anonymity", &[("anonymous", ())]);
    check::calculations(&mut survey, findings);
    check::check(&survey, &reader);
    let translations = language::read(&survey, &reader);
    reader.finish();
    Some(Survey { translations, ..survey })
}

fn is_survey_id(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.len() <= 60
        && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-'))
}

fn unique<'a>(nodes: &[Node], ids: impl Iterator<Item = &'a String>, what: &str, findings: &Findings) {
    let mut seen = Vec::new();
    for (id, node) in ids.zip(nodes) {
        if seen.contains(&id) {
            findings.error("E106", node.place, format!("{what} `{id}` stands twice"), "ids must differ".to_string());
        }
        seen.push(id);
    }
}

fn list(entry: &Entry, findings: &Findings) -> Option<(String, Vec<crate::item::options::Choice>)> {
    let what = format!("list `{}`", entry.key);
    if !is_id(&entry.key) {
        findings.error("E105", entry.place, format!("`{}` cannot be a list's id", entry.key), ID_HELP.to_string());
    }
    let Value::List(nodes) = &entry.node.value else {
        findings.error(
            "E103",
            entry.node.place,
            format!("{what} must be a list of options, not {}", entry.node.value.kind()),
            None,
        );
        return None;
    };
    Some((entry.key.clone(), choices(nodes, entry.place, &what, findings)))
}

fn intervention(node: &Node, findings: &Findings) -> Option<Intervention> {
    let reader = Reader::new(node, "an intervention", findings)?;
    reader.passing("source");
    let intervention = Intervention {
        id: code(&reader)?,
        label: reader.text("label").unwrap_or_default(),
        breadth: reader.word("breadth", &[("broad", Breadth::Broad), ("focused", Breadth::Focused)]),
        audience: reader.optional_text("audience"),
        withdrawn: reader.flag("withdrawn", false),
    };
    reader.finish();
    Some(intervention)
}

fn introduction(survey: &Reader<'_>) -> Introduction {
    let Some(reader) =
        survey.node("introduction").and_then(|node| Reader::new(node, "the introduction", survey.findings))
    else {
        return Introduction::default();
    };
    let introduction = Introduction {
        organisation: reader.optional_text("organisation"),
        purpose: reader.optional_text("purpose"),
        minutes: reader.count("minutes"),
        contact: reader.optional_text("contact"),
    };
    reader.finish();
    introduction
}

fn privacy(survey: &Reader<'_>) -> Privacy {
    let default = Privacy { notice: None, retain_days: 730, min_cell: 10 };
    let Some(reader) = survey.node("privacy").and_then(|node| Reader::new(node, "privacy", survey.findings)) else {
        return default;
    };
    let privacy = Privacy {
        notice: reader.optional_text("notice"),
        retain_days: reader.count("retain_days").unwrap_or(default.retain_days),
        min_cell: reader.count("min_cell").unwrap_or(default.min_cell),
    };
    reader.finish();
    privacy
}

fn window(node: &Node, findings: &Findings) -> Option<Window> {
    let reader = Reader::new(node, "the window", findings)?;
    let (opens, closes) = (reader.text("opens"), reader.text("closes"));
    let zone_name = reader.text("timezone");
    let zone = zone_name.as_deref().and_then(|name| {
        let zone = jiff::tz::TimeZone::get(name).ok();
        if zone.is_none() {
            findings.error(
                "E410",
                reader.place_of("timezone"),
                format!("`{name}` is not a time zone"),
                "write one such as Europe/London".to_string(),
            );
        }
        zone
    });
    let instant = |key: &str, written: Option<&String>| {
        let written = written?;
        let local: Option<DateTime> = written.parse().ok();
        if local.is_none() {
            let help = "write it as 2026-03-06T17:00".to_string();
            findings.error(
                "E410",
                reader.place_of(key),
                format!("`{key}` is `{written}`, which is not a date and time"),
                help,
            );
        }
        let local = local?;
        Some((local.to_zoned(zone.clone()?).ok()?.timestamp().as_second(), local))
    };
    let (opens_at, closes_at) = (instant("opens", opens.as_ref()), instant("closes", closes.as_ref()));
    let place = reader.place_of("closes");
    reader.finish();
    let ((opens_at, _), (closes_at, closes)) = (opens_at?, closes_at?);
    if closes_at <= opens_at {
        findings.error("E410", place, "the window closes before it opens", None);
    }
    Some(Window { opens_at, closes_at, closes, timezone: zone_name? })
}

fn population(node: &Node, findings: &Findings) -> Option<Population> {
    let reader = Reader::new(node, "the population", findings)?;
    let mut population =
        Population { source: reader.optional_text("source").unwrap_or_default(), ..Population::default() };
    if let Some(size) = reader.node("size").and_then(|node| Reader::new(node, "the population's size", findings)) {
        population.estimate = size.count("estimate").unwrap_or_default().into();
        population.low = size.count("low").map_or(population.estimate, u64::from);
        population.high = size.count("high").map_or(population.estimate, u64::from);
        size.finish();
    }
    for margin in reader.map("margins") {
        let Value::Map(shares) = &margin.node.value else {
            findings.error(
                "E103",
                margin.node.place,
                format!("the margin `{}` must be an object of shares", margin.key),
                None,
            );
            continue;
        };
        let shares = shares.iter().filter_map(|share| {
            if let Value::Number(written) = &share.node.value
                && let Ok(number) = written.parse::<f64>()
            {
                return Some((share.key.clone(), number));
            }
            findings.error("E103", share.node.place, format!("the share of `{}` must be a number", share.key), None);
            None
        });
        population.margins.insert(margin.key.clone(), shares.collect());
    }
    reader.finish();
    Some(population)
}

fn decision_rule(node: &Node, findings: &Findings) -> DecisionRule {
    let mut rule = DecisionRule::default();
    let Some(reader) = Reader::new(node, "the decision rule", findings) else { return rule };
    let share = |key: &'static str, into: &mut f64| {
        if let Some(number) = reader.number(key) {
            if !(0.0..1.0).contains(&number) {
                findings.error(
                    "E411",
                    reader.place_of(key),
                    format!("`{key}` must be a share from 0 up to, but not including, 1"),
                    None,
                );
            }
            *into = number;
        }
    };
    share("alpha", &mut rule.alpha);
    share("tau_overall", &mut rule.tau_overall);
    share("tau_segment", &mut rule.tau_segment);
    share("tau_polar", &mut rule.tau_polar);
    share("delta", &mut rule.delta);
    share("precision_overall", &mut rule.precision_overall);
    share("precision_segment", &mut rule.precision_segment);
    rule.n_min_overall = reader.count("n_min_overall").unwrap_or(rule.n_min_overall);
    rule.n_min_segment = reader.count("n_min_segment").unwrap_or(rule.n_min_segment);
    rule.n_min_guard = reader.count("n_min_guard").unwrap_or(rule.n_min_guard);
    reader.finish();
    rule
}

fn page(node: &Node, names: &Names, findings: &Findings) -> Option<Page> {
    let mut reader = Reader::new(node, "a page", findings)?;
    let id = identifier(&reader)?;
    reader.name(format!("page `{id}`"));
    let page = Page {
        title: reader.optional_text("title"),
        text: reader.optional_text("text"),
        show_if: show_if(&reader),
        end: reader.word("end", &[("screened_out", End::ScreenedOut), ("finished", End::Finished)]),
        store: reader.word("store", &[("contact", Storage::Contact)]).unwrap_or_default(),
        questions: reader.list("questions").iter().filter_map(|node| question(node, names, findings)).collect(),
        place: node.place,
        id,
    };
    reader.passing("source");
    shape(&page, reader.list("questions").len(), findings);
    reader.finish();
    Some(page)
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

fn question(node: &Node, names: &Names, findings: &Findings) -> Option<Question> {
    let mut reader = Reader::new(node, "a question", findings)?;
    let item = Item::define(&mut reader, names);
    let (show_if, required_if, segment) = (show_if(&reader), rule_under(&reader, "required_if"), segment(&reader));
    reader.passing("source");
    let mut item = item?;
    if let (true, Some(rule)) = (item.head.required, &required_if) {
        let help = "keep one of the two".to_string();
        let message = format!("{} has both `required` and `required_if`", reader.what());
        findings.error("E314", rule.place(), message, help);
    }
    let mut offers = BTreeMap::new();
    for option in item.options_mut().into_iter().flatten() {
        if let Some(written) = option.show_if.take()
            && let Some(rule) = parsed(&written, || format!("option `{}` of {}", option.id, reader.what()), findings)
        {
            offers.insert(option.id.clone(), rule);
        }
    }
    reader.finish();
    let varies = varies(&mut item) || !offers.is_empty();
    Some(Question { item, show_if, required_if, offers, varies, segment, place: node.place })
}

fn varies(item: &mut Item) -> bool {
    let mut varies = item.head.order != Order::Listed;
    each_piped_text(item, &mut |text| varies |= is_piped(text));
    varies
}

fn segment(reader: &Reader<'_>) -> Option<Segment> {
    match reader.node("segment")?.value {
        Value::Text(_) => reader.word("segment", &[("descriptive", Segment::Descriptive)]),
        _ => reader.flag("segment", false).then_some(Segment::Tested),
    }
}

fn show_if(reader: &Reader<'_>) -> Option<Rule> {
    parsed(&written(reader)?, || format!("`show_if` of {}", reader.what()), reader.findings)
}

fn rule_under(reader: &Reader<'_>, key: &'static str) -> Option<Rule> {
    let text = reader.optional_text(key)?;
    let written = Written { text, place: reader.place_of(key).after(1), lost: false };
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

fn calculated(node: &Node, findings: &Findings) -> Option<Calculated> {
    let mut reader = Reader::new(node, "a calculated value", findings)?;
    let id = identifier(&reader)?;
    reader.name(format!("calculated value `{id}`"));
    let label = reader.optional_text("label").unwrap_or_else(|| id.clone());
    let value = reader.required("value").and_then(|_| rule_under(&reader, "value"));
    reader.passing("source");
    reader.finish();
    // The checker says the kind and the page, once it knows all questions.
    Some(Calculated { id, label, value: value?, kind: ValueType::Number, known_after: 0, place: node.place })
}

fn check_between(node: &Node, number: usize, findings: &Findings) -> Option<Check> {
    let reader = Reader::new(node, format!("check {number}"), findings)?;
    let rule = match lost_rule(&reader) {
        Some(lost) => parsed(&lost, String::new, findings),
        None => reader.required("rule").and_then(|_| rule_under(&reader, "rule")),
    };
    let message = reader.text("message").unwrap_or_default();
    let may_go_on = reader.word("level", &[("error", false), ("warn", true)]).unwrap_or(false);
    reader.passing("source");
    reader.finish();
    Some(Check { rule: rule?, message, may_go_on, place: node.place })
}
