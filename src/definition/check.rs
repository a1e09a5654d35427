//! What can only be seen across the survey: repeated ids, margins, ends, contact details, rules about other questions.

use std::collections::BTreeMap;

use super::codebook::{ABOUT_THE_RESPONSE, Source, Variable, variables};
use super::consensus::Weighting;
use super::rule::{self, Rule, Scope};
use super::{Storage, Survey, pipe, reach, round};
use crate::document::{Findings, Place, Reader, closest};
use crate::item::{Kind, Scale};

/// Records every mistake that involves more than one element.
pub(super) fn check(survey: &Survey, reader: &Reader<'_>) {
    let findings = reader.findings;
    ids(survey, findings);
    columns(survey, findings);
    retired(survey, reader);
    pipes(survey, findings);
    ends(survey, findings);
    headings(survey, findings);
    sections(survey, findings);
    contact(survey, findings);
    walls(survey, findings);
    measures(survey, findings);
    margins(survey, reader);
    guard(survey, reader);
    weighting(survey, reader);
    round::check(survey, reader);
    rules(survey, findings);
}

fn ids(survey: &Survey, findings: &Findings) {
    let mut pages: Vec<&str> = Vec::new();
    for page in &survey.pages {
        if pages.contains(&page.id.as_str()) {
            findings.error(
                "E106",
                page.place,
                format!("page `{}` stands twice", page.id),
                "page ids must differ".to_string(),
            );
        }
        pages.push(&page.id);
    }
    let mut items: Vec<&str> = Vec::new();
    for (_, question) in survey.questions() {
        let id = &question.item.head.id;
        if items.contains(&id.as_str()) {
            findings.error(
                "E106",
                question.place,
                format!("question `{id}` stands twice"),
                "question ids must differ within the survey".to_string(),
            );
        }
        items.push(id);
    }
    for calculated in &survey.calculated {
        if items.contains(&calculated.id.as_str()) {
            findings.error(
                "E106",
                calculated.place,
                format!("calculated value `{}` has the id of something before it", calculated.id),
                "ids of questions and calculated values must differ within the survey".to_string(),
            );
        }
        items.push(&calculated.id);
    }
}

/// Every column of the export has a name of its own.
fn columns(survey: &Survey, findings: &Findings) {
    let twice = |id: &str| survey.questions().filter(|(_, question)| question.item.head.id == id).count() > 1;
    let place = |item: &str| {
        let question = survey.questions().map(|(_, question)| question).find(|question| question.item.head.id == item);
        let calculated = || survey.calculated(item).map(|calculated| calculated.place);
        question.map(|question| question.place).or_else(calculated)
    };
    let what = |variable: &Variable| match (variable.source, variable.option()) {
        (Source::Presented, _) => "the order that was presented".to_string(),
        (_, Some(option)) => format!("its option `{option}`"),
        _ => variable.detail.as_ref().map_or_else(|| "the answer".to_string(), |detail| format!("“{detail}”")),
    };
    let mut known: BTreeMap<String, Variable> = BTreeMap::new();
    // What stands twice in its list, or goes by the id of another, is told as that.
    for variable in variables(survey).into_iter().filter(|variable| !twice(&variable.item)) {
        let Some(place) = place(&variable.item) else { continue };
        let (name, item) = (&variable.name, &variable.item);
        let of = if variable.source == Source::Calculated { "calculated value" } else { "question" };
        if let Some((_, holds, _)) = ABOUT_THE_RESPONSE.iter().find(|(about, ..)| about == name) {
            let message = format!("{of} `{item}` has the name of a column about the response itself: {holds}");
            findings.error("E113", place, message, format!("give it another id, such as `your_{item}`"));
        }
        let Some(first) = known.get(name) else {
            known.insert(name.clone(), variable);
            continue;
        };
        if first.item == *item && !first.is_same_part(&variable) {
            let message =
                format!("two columns of {of} `{item}` are called `{name}`: {} and {}", what(first), what(&variable));
            let id = name.rsplit('.').next().unwrap_or(name);
            let help = format!("give what has the id `{id}` another, such as `{id}_1`");
            findings.error("E113", place, message, help);
        }
    }
}

/// An id that was used once names what was answered then.
fn retired(survey: &Survey, reader: &Reader<'_>) {
    for (_, question) in survey.questions() {
        let id = &question.item.head.id;
        if survey.retired.contains(id) {
            let message = format!("question `{id}` has an id that was retired");
            let help = "give it an id of its own, so that old answers are not taken for new ones".to_string();
            reader.findings.error("E112", question.place, message, help);
        }
    }
}

/// Answers inside texts: of earlier pages, and not in the options that make groups.
fn pipes(survey: &Survey, findings: &Findings) {
    for (number, page) in survey.pages.iter().enumerate() {
        let scope = Scope { survey, earlier: number, calculated: &survey.calculated };
        let check = |text: &str, what: String, place: Place| {
            let pieces = match pipe::pieces(text) {
                Ok(pieces) => pieces,
                Err((_, message)) => {
                    findings.error("E211", place, format!("{what}: {message}"), PIPE_HELP.to_string());
                    return;
                }
            };
            for piece in pieces {
                match piece {
                    pipe::Piece::Text(_) => {}
                    pipe::Piece::Label(id) if pipe::label(survey, id).is_some() => {}
                    pipe::Piece::Label(id) => {
                        let known = survey.interventions.iter().map(|intervention| intervention.id.as_str());
                        let message = format!("{what}: there is no label of `{id}`");
                        findings.error("E211", place, message, closest(id, known).or(Some(PIPE_HELP.to_string())));
                    }
                    pipe::Piece::Answer { name, .. } => {
                        rule::check_name(&Rule::of_name(&name, place), &scope, findings);
                    }
                }
            }
        };
        for (text, part) in [(&page.title, "title"), (&page.text, "text")] {
            if let Some(text) = text {
                check(text, format!("`{part}` of page `{}`", page.id), page.place);
            }
        }
        for question in &page.questions {
            let mut item = question.item.clone();
            let id = item.head.id.clone();
            pipe::each_piped_text(&mut item, &mut |text| check(text, format!("question `{id}`"), question.place));
            let piped = |option: &crate::item::options::Choice| pipe::is_piped(&option.label);
            if question.segment.is_some() && item.options_mut().is_some_and(|options| options.iter().any(piped)) {
                let message = format!("question `{id}` is a segment, so its options must read the same for everyone");
                findings.error("E211", question.place, message, "write the labels without {{ }}".to_string());
            }
        }
    }
}

const PIPE_HELP: &str = "write {{ question }}, {{ question | else 'text' }} or {{ label('id') }}";

fn ends(survey: &Survey, findings: &Findings) {
    let following = survey.pages.iter().skip(1).map(Some).chain([None]);
    for (page, next) in survey.pages.iter().zip(following) {
        if let (Some(_), None, Some(next)) = (page.end, &page.show_if, next) {
            let message = format!(
                "page `{}` ends the consultation for everyone, so page `{}` and those after it are never reached",
                page.id, next.id
            );
            findings.error("E405", page.place, message, "say who ends here with `show_if`".to_string());
        }
    }
}

/// A wall has screens of its own, which nothing else can share.
fn walls(survey: &Survey, findings: &Findings) {
    for page in &survey.pages {
        let Some((head, _)) = page.wall() else { continue };
        let asked = page.questions.iter().filter(|question| question.item.scale() != Scale::None).count();
        if asked > 1 || page.store == Storage::Contact {
            let message = format!("the idea wall `{}` is not alone on its page", head.id);
            let message = if asked > 1 {
                message
            } else {
                format!("the idea wall `{}` is on a page that is kept apart", head.id)
            };
            findings.error("E423", page.place, message, "give it a page of its own".to_string());
        }
    }
}

/// People and screen readers tell pages apart by their headings.
fn headings(survey: &Survey, findings: &Findings) {
    let mut known: BTreeMap<String, &str> = BTreeMap::new();
    for page in survey.pages.iter().filter(|page| page.end.is_none()) {
        let question = || page.questions.first().map(|question| &question.item.head.text);
        let Some(heading) = page.title.as_ref().or_else(question) else { continue };
        let folded = heading.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        if let Some(first) = known.get(&folded) {
            let message = format!("pages `{first}` and `{}` have the same heading: {heading}", page.id);
            let help = "give each a heading of its own, so that people know where they are".to_string();
            findings.warn("W419", page.place, message, help);
        } else {
            known.insert(folded, &page.id);
        }
    }
}

/// Sections are whole, and an overview has some to show.
fn sections(survey: &Survey, findings: &Findings) {
    let asking = || survey.pages.iter().filter(|page| page.end.is_none());
    let mut passed: Vec<&str> = Vec::new();
    let mut before = None;
    for page in asking() {
        let section = page.section.as_deref();
        if let Some(name) = section.filter(|_| section != before)
            && passed.contains(&name)
        {
            let message =
                format!("page `{}` is of the section “{name}”, whose other pages stand apart from it", page.id);
            let help = "put the pages of a section next to each other, or call it otherwise".to_string();
            findings.error("E420", page.place, message, help);
        }
        passed.extend(section);
        before = section;
    }
    if !survey.overview {
        return;
    }
    if survey.sections.len() < 2
        && let Some(page) = survey.pages.first()
    {
        let message = "`overview` is for surveys of two or more sections".to_string();
        let help = "say with `section` what each page belongs to, or leave `overview` out".to_string();
        return findings.error("E421", page.place, message, help);
    }
    for page in asking().filter(|page| page.section.is_none()) {
        let message = format!("page `{}` has no section, so that nobody gets to it from the overview", page.id);
        findings.error("E422", page.place, message, "add a `section`".to_string());
    }
}

fn contact(survey: &Survey, findings: &Findings) {
    for page in survey.pages.iter().filter(|page| page.store == Storage::Contact && page.show_if.is_some()) {
        let message = format!(
            "page `{}` is kept apart and depends on an answer, so having filled it in would tell that answer",
            page.id
        );
        findings.error("E415", page.place, message, "offer it to everyone: leave `show_if` out".to_string());
    }
    for (page, question) in survey.questions() {
        let head = &question.item.head;
        if page.store == Storage::Contact && (question.show_if.is_some() || !question.parts.is_empty()) {
            let message = format!(
                "question `{}` is kept apart and depends on an answer, so having filled it in would tell that answer",
                head.id
            );
            findings.error("E415", question.place, message, "offer it to everyone: leave `show_if` out".to_string());
        }
        if matches!(question.item.kind, Kind::Email(_)) && page.store != Storage::Contact {
            let message =
                format!("question `{}` asks for an e-mail address, which would be kept with the answers", head.id);
            findings.error(
                "E406",
                question.place,
                message,
                "move it to a page with \"store\": \"contact\"".to_string(),
            );
        }
        if page.store == Storage::Contact && question.segment.is_some() {
            findings.error(
                "E407",
                question.place,
                format!("question `{}` is kept apart and cannot be a segment", head.id),
                None,
            );
        }
        let choice = matches!(question.item.scale(), Scale::Nominal(_) | Scale::Ordinal(_) | Scale::Multiple(_));
        if question.segment.is_some() && !choice {
            findings.error(
                "E408",
                question.place,
                format!("question `{}` cannot be a segment: it has no options", head.id),
                None,
            );
        }
    }
}

fn measures(survey: &Survey, findings: &Findings) {
    let mut support = survey
        .questions()
        .filter(|(_, question)| matches!(&question.item.kind, Kind::Rate(rate) if rate.measure.is_some()));
    let first = support.next();
    for (_, question) in support {
        let id = &question.item.head.id;
        let other = first.map_or("", |(_, first)| first.item.head.id.as_str());
        findings.error(
            "E409",
            question.place,
            format!("question `{id}` measures support, and so does `{other}`"),
            "keep one `measure: support`".to_string(),
        );
    }
    if let Some((_, question)) = first
        && let Kind::Rate(rate) = &question.item.kind
        && rate.rows.iter().any(|row| !survey.interventions.iter().any(|intervention| intervention.id == row.id))
    {
        let help = "write \"items\": \"interventions\"".to_string();
        findings.error(
            "E409",
            question.place,
            format!("question `{}` measures support for rows that are not interventions", question.item.head.id),
            help,
        );
    }
}

fn margins(survey: &Survey, reader: &Reader<'_>) {
    let Some(population) = &survey.population else { return };
    let findings = reader.findings;
    let root = reader.node("population").and_then(|node| match &node.value {
        crate::document::Value::Map(entries) => entries.iter().find(|entry| entry.key == "margins"),
        _ => None,
    });
    let Some(crate::document::Value::Map(entries)) = root.map(|entry| &entry.node.value) else { return };
    for entry in entries {
        let Some(shares) = population.margins.get(&entry.key) else { continue };
        let options = match survey.item(&entry.key).map(crate::item::Item::scale) {
            Some(Scale::Nominal(options) | Scale::Ordinal(options)) => options,
            Some(_) => {
                findings.error(
                    "E401",
                    entry.place,
                    format!("the margin `{}` is about a question that is not `single`", entry.key),
                    None,
                );
                continue;
            }
            None => {
                let ids = survey.questions().map(|(_, question)| question.item.head.id.as_str());
                findings.error(
                    "E401",
                    entry.place,
                    format!("the margin `{}` names a question that does not exist", entry.key),
                    closest(&entry.key, ids),
                );
                continue;
            }
        };
        if let crate::document::Value::Map(lines) = &entry.node.value {
            for line in lines.iter().filter(|line| !options.iter().any(|option| option.id == line.key)) {
                let help = closest(&line.key, options.iter().map(|option| option.id.as_str())).unwrap_or_else(|| {
                    format!(
                        "the options are {}",
                        options.iter().map(|option| option.id.as_str()).collect::<Vec<_>>().join(", ")
                    )
                });
                findings.error(
                    "E402",
                    line.place,
                    format!(
                        "the margin `{}` names the option `{}`, which the question does not have",
                        entry.key, line.key
                    ),
                    help,
                );
            }
        }
        let sum: f64 = shares.values().sum();
        let outside = shares.values().any(|share| !(0.0..=1.0).contains(share));
        if outside || (sum - 1.0).abs() > 0.005 {
            let message = if outside {
                format!("the margin `{}` has a share that is not between 0 and 1", entry.key)
            } else {
                format!("the shares of the margin `{}` add up to {sum:.3}, not to 1", entry.key)
            };
            findings.error(
                "E403",
                entry.node.place,
                message,
                "write shares between 0 and 1 that add up to 1".to_string(),
            );
        }
        let uncovered: Vec<&str> = options
            .iter()
            .filter(|option| !option.missing && !shares.contains_key(&option.id))
            .map(|option| option.id.as_str())
            .collect();
        if !uncovered.is_empty() {
            let message = format!("the margin `{}` has no share for {}", entry.key, uncovered.join(", "));
            findings.warn(
                "W404",
                entry.place,
                message,
                "respondents who choose it are left out of comparisons with the population".to_string(),
            );
        }
    }
}

/// A group that is too small to show must not be named by a verdict either.
fn guard(survey: &Survey, reader: &Reader<'_>) {
    let (guard, min_cell) = (survey.consensus.n_min_guard, survey.privacy.min_cell);
    if guard < min_cell {
        let message = format!(
            "`n_min_guard` is {guard}, below `min_cell` of {min_cell}: a verdict could name a group that is too small to show"
        );
        let help = format!("write \"n_min_guard\": {min_cell} under `consensus`");
        reader.findings.error("E414", reader.place_of("consensus"), message, help);
    }
}

/// Weights need shares to reach.
fn weighting(survey: &Survey, reader: &Reader<'_>) {
    let has_margins = survey.population.as_ref().is_some_and(|population| !population.margins.is_empty());
    if survey.consensus.weighting != Weighting::None && !has_margins {
        let message = "answers are to be weighted, and the population has no margins";
        let help = "write the population's shares under `population`, `margins`, or leave `weighting` out".to_string();
        reader.findings.error("E430", reader.place_of("consensus"), message, help);
    }
}

fn rules(survey: &Survey, findings: &Findings) {
    let scope = |earlier| Scope { survey, earlier, calculated: &survey.calculated };
    for (index, page) in survey.pages.iter().enumerate() {
        let scope = scope(index);
        let of_questions = page
            .questions
            .iter()
            .flat_map(|question| question.show_if.iter().chain(&question.required_if).chain(question.parts.values()));
        for rule in page.show_if.iter().chain(of_questions) {
            rule::check(rule, &scope, findings);
        }
    }
    for check in &survey.checks {
        let named = survey.pages_named(&check.rule);
        if rule::check(&check.rule, &scope(survey.pages.len()), findings) && named.is_empty() && !check.rule.is_lost() {
            let help = "name a question in it".to_string();
            findings.error("E418", check.rule.place(), "the check is about no question".to_string(), help);
        }
    }
    reach::check(survey, findings);
}

/// Finds out what kind of value each calculation gives and when it is known; records the mistakes.
pub(super) fn calculations(survey: &mut Survey, findings: &Findings) {
    for number in 0..survey.calculated.len() {
        let (kind, known_after) = {
            let Some((before, [this, ..])) = survey.calculated.split_at_checked(number) else { return };
            let scope = Scope { survey, earlier: survey.pages.len(), calculated: before };
            let kind = rule::check_value(&this.value, &scope, findings);
            (kind, survey.pages_named(&this.value).last().map_or(0, |page| page + 1))
        };
        if let Some(calculated) = survey.calculated.get_mut(number) {
            calculated.kind = kind.unwrap_or(calculated.kind);
            calculated.known_after = known_after;
        }
    }
}
