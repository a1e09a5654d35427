//! From `enableWhen` to a rule of ours, or to the words of the rule that is lost.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::condition::{Asked, Said, is_day, say, say_not};
use super::extensions::{expression, is_set, kept_flag, kept_text, list_named};
use super::json::{choice, list, shortened, text};
use super::options::Offers;
use super::reading::{Reading, Release, Target, What, quoted};
use super::rule::{self, MAX_CHARS};
use crate::exchange::report::Fate;

/// A condition as the file has it, and what became of it.
#[derive(Clone, Debug)]
pub(super) struct Judged {
    /// In the words of the file.
    original: String,
    /// None if it is lost.
    rule: Option<Rule>,
}

/// A rule of ours.
#[derive(Clone, Debug)]
struct Rule {
    text: String,
    /// True if it must stand in brackets beside an `and`.
    is_any: bool,
    /// The last page that it refers to.
    page: usize,
}

impl Judged {
    fn lost(original: &str) -> Self {
        Self { original: shortened(original, MAX_CHARS - 1), rule: None }
    }

    /// The rule, if it stands.
    pub(super) fn rule(&self) -> Option<&str> {
        self.rule.as_ref().map(|rule| rule.text.as_str())
    }

    /// The last page that it refers to, if it stands.
    pub(super) fn page(&self) -> Option<usize> {
        self.rule.as_ref().map(|rule| rule.page)
    }

    /// Writes it as `show_if` or `lost_rule`.
    pub(super) fn put(&self, into: &mut Map<String, Value>) {
        match &self.rule {
            Some(rule) => into.insert("show_if".into(), rule.text.as_str().into()),
            None => into.insert("lost_rule".into(), self.original.as_str().into()),
        };
    }

    /// Both at once; lost if one of them is.
    fn and(self, other: Self) -> Self {
        let original = format!("({}) and ({})", self.original, other.original);
        let (Some(left), Some(right)) = (self.rule, other.rule) else { return Self::lost(&original) };
        if left.text == right.text {
            return Self { original: self.original, rule: Some(left) };
        }
        let bracketed = |rule: &Rule| if rule.is_any { format!("({})", rule.text) } else { rule.text.clone() };
        let text = format!("{} and {}", bracketed(&left), bracketed(&right));
        if text.chars().count() > MAX_CHARS {
            return Self::lost(&original);
        }
        let rule = Rule { text, is_any: false, page: left.page.max(right.page) };
        Self { original: shortened(&original, MAX_CHARS - 1), rule: Some(rule) }
    }
}

/// Both conditions, where there are two.
pub(super) fn both(outer: Option<Judged>, inner: Option<Judged>) -> Option<Judged> {
    match (outer, inner) {
        (Some(outer), Some(inner)) => Some(outer.and(inner)),
        (one, other) => one.or(other),
    }
}

/// The condition of an item itself; what became of it is reported.
pub(super) fn own(reading: &mut Reading<'_>, item: &Value, pointer: &str) -> Option<Judged> {
    if let Some(lost) = kept_text(item, "lost_rule") {
        reading.say(
            "rule-lost",
            Fate::Assumed,
            pointer,
            None,
            "the rule was lost before and still is; write `show_if`",
        );
        return Some(Judged::lost(lost));
    }
    let conditions = list(item, "enableWhen");
    let says = conditions_said(item).next();
    if kept_flag(item, "after_end") && is_after_end(reading, item, says) {
        reading.say("end", Fate::Exact, pointer, None, "what comes after a closing page");
        return None;
    }
    let modifies = list(item, "modifierExtension").first().map(|one| text(one, "url").unwrap_or("?"));
    if modifies.is_none()
        && let Some(rule) = kept_text(item, "show_if")
        && let Some(page) = kept_rule(reading, item, rule, says)
    {
        let is_any = matches!(rule::parse(rule), Some(rule::Expr::Binary("or", ..)));
        reading.say("rule", Fate::Exact, pointer, None, format!("the rule {} was taken over", quoted(rule)));
        return Some(Judged { original: rule.to_string(), rule: Some(Rule { text: rule.to_string(), is_any, page }) });
    }
    let mut words = Vec::new();
    words.extend(modifies.map(|url| format!("modifierExtension {url}")));
    words.extend(says.map(|says| format!("enableWhenExpression: {says}")));
    // A rule of ours that FHIR does not say, or that what is hidden had.
    let is_alone = is_set(item, "hidden") || (conditions.is_empty() && says.is_none());
    words.extend(kept_text(item, "show_if").filter(|_| is_alone).map(str::to_string));
    let is_flat = words.is_empty();
    if !conditions.is_empty() {
        words.push(in_words(conditions, text(item, "enableBehavior")));
    }
    if words.is_empty() {
        return None;
    }
    let original = words.join(" and ");
    let why = if is_flat {
        match translate(reading, item, conditions, pointer) {
            Ok(rule) => {
                let message = format!("the condition {} became the rule {}", quoted(&original), quoted(&rule.text));
                reading.say("rule", Fate::Exact, &format!("{pointer}/enableWhen"), None, message);
                return Some(Judged { original: shortened(&original, MAX_CHARS - 1), rule: Some(rule) });
            }
            Err(why) => why,
        }
    } else if says.is_some() {
        "it is an expression, which is not read".to_string()
    } else {
        "it is in an extension that is not understood".to_string()
    };
    let message = format!("nobody is shown this until you write its rule {} as `show_if`: {why}", quoted(&original));
    reading.say("rule-lost", Fate::Degraded, pointer, None, message);
    Some(Judged::lost(&original))
}

/// The last page that a rule of ours refers to, if it says just what FHIR says beside it.
fn kept_rule(reading: &Reading<'_>, item: &Value, rule: &str, says: Option<&str>) -> Option<usize> {
    let expr = rule::parse(rule)?;
    let mut last = 0;
    for name in rule::items(&expr) {
        last = last.max(reading.page_of(name)?);
    }
    let lookup = |id: &str| -> Option<Asked> { Some(reading.known.get(id)?.0.clone()) };
    let is_same = match say(rule, &lookup) {
        Said::Unsaid => is_set(item, "hidden") && says.is_none() && list(item, "enableWhen").is_empty(),
        said => !is_set(item, "hidden") && is_said(&said, item, says),
    };
    is_same.then_some(last)
}

/// The expressions that say when an item is shown.
pub(super) fn conditions_said(item: &Value) -> impl Iterator<Item = &str> {
    ["enableWhenExpression", "cqif-condition"].into_iter().flat_map(|name| list_named(item, name)).map(expression)
}

/// True if FHIR says of an item just this.
fn is_said(said: &Said, item: &Value, says: Option<&str>) -> bool {
    match said {
        Said::When(conditions, behavior) => {
            conditions == list(item, "enableWhen") && *behavior == text(item, "enableBehavior") && says.is_none()
        }
        Said::Path(path) => says == Some(path.as_str()) && list(item, "enableWhen").is_empty(),
        Said::Unsaid => false,
    }
}

/// True for the group of all that comes after a closing page, if it has just the opposite of that page's rule.
fn is_after_end(reading: &Reading<'_>, item: &Value, says: Option<&str>) -> bool {
    let ends = text(item, "linkId").and_then(|link| reading.ends.get(link.strip_prefix("after:")?));
    let lookup = |id: &str| -> Option<Asked> { Some(reading.known.get(id)?.0.clone()) };
    ends.is_some_and(|rule| is_said(&say_not(rule, &lookup), item, says))
}

/// The conditions in the words of the file: `eye = http://loinc.org|LA33-6`.
fn in_words(conditions: &[Value], behavior: Option<&str>) -> String {
    let each = conditions.iter().take(200).map(|condition| {
        let operator =
            text(condition, "operator").unwrap_or(if condition.get("hasAnswer").is_some() { "exists" } else { "=" });
        let answer = choice(condition, "answer").map(|(_, answer)| answer).or_else(|| condition.get("hasAnswer"));
        let said = match answer {
            Some(Value::String(said)) => format!("'{said}'"),
            Some(coding) if coding.get("code").is_some() => {
                let system = text(coding, "system").map(|system| format!("{system}|")).unwrap_or_default();
                format!("{system}{}", text(coding, "code").unwrap_or_default())
            }
            Some(other) => other.to_string(),
            None => "nothing".into(),
        };
        format!("{} {operator} {said}", text(condition, "question").unwrap_or("?"))
    });
    each.collect::<Vec<_>>().join(if behavior == Some("all") { " and " } else { " or " })
}

/// Whether all or one of the conditions must hold.
fn behavior(reading: &mut Reading<'_>, item: &Value, pointer: &str, count: usize) -> Result<bool, String> {
    match (text(item, "enableBehavior"), reading.release) {
        (Some("all"), _) => Ok(true),
        (Some("any"), _) | (None, Release::Stu3) => Ok(false),
        (None, _) if count == 1 => Ok(true),
        (None, Release::R4) => {
            let message = "several conditions and no `enableBehavior`: one that holds is enough, as R4 says beside it";
            reading.say("behavior", Fate::Assumed, pointer, None, message);
            Ok(false)
        }
        (None, Release::R5) => Err("it does not say whether all or any of its conditions must hold".into()),
        (Some(other), _) => Err(format!("its enableBehavior {} is not known", quoted(other))),
    }
}

/// One condition on its way into a rule.
enum Atom {
    /// A question with one answer is, or is not, this option.
    Is {
        name: String,
        id: String,
        is: bool,
    },
    Text {
        text: String,
        is_any: bool,
    },
}

fn translate(reading: &mut Reading<'_>, item: &Value, conditions: &[Value], pointer: &str) -> Result<Rule, String> {
    let all = behavior(reading, item, pointer, conditions.len())?;
    let (mut atoms, mut page, mut length) = (Vec::new(), 0, 0);
    for condition in conditions {
        let (atom, at) = atom(reading, condition)?;
        page = page.max(at);
        length += match &atom {
            Atom::Is { id, .. } => id.len() + 4,
            Atom::Text { text, .. } => text.len() + 4,
        };
        if length > 4 * MAX_CHARS {
            break;
        }
        atoms.push(atom);
    }
    if all && is_contrary(&atoms) {
        return Err("it asks for two options of one question at once, which can never be".into());
    }
    let parts = merged(atoms, all);
    let alone = parts.len() == 1;
    let bracketed = |(text, is_any): (String, bool)| if is_any && all && !alone { format!("({text})") } else { text };
    let is_any = if alone { parts.first().is_some_and(|(_, is_any)| *is_any) } else { !all };
    let parts: Vec<String> = parts.into_iter().map(bracketed).collect();
    let text = parts.join(if all { " and " } else { " or " });
    if length > 4 * MAX_CHARS || text.chars().count() > MAX_CHARS {
        return Err(format!("a rule has at most {MAX_CHARS} characters"));
    }
    Ok(Rule { text, is_any, page })
}

/// True if one answer would have to be two different ones.
fn is_contrary(atoms: &[Atom]) -> bool {
    let mut wanted = HashMap::new();
    atoms.iter().any(|atom| match atom {
        Atom::Is { name, id, is: true } => *wanted.entry(name).or_insert(id) != id,
        _ => false,
    })
}

/// The texts of the conditions; several on one question become one with `in`.
fn merged(atoms: Vec<Atom>, all: bool) -> Vec<(String, bool)> {
    let mut parts: Vec<(String, bool)> = Vec::new();
    let mut open: Option<(String, Vec<String>)> = None;
    let close = |open: &mut Option<(String, Vec<String>)>, parts: &mut Vec<(String, bool)>| {
        let Some((name, ids)) = open.take() else { return };
        parts.push((
            match ids.as_slice() {
                [id] => format!("{name} {} '{id}'", if all { "!=" } else { "==" }),
                ids => {
                    let ids: Vec<String> = ids.iter().map(|id| format!("'{id}'")).collect();
                    format!("{name} {} [{}]", if all { "not in" } else { "in" }, ids.join(", "))
                }
            },
            false,
        ));
    };
    for atom in atoms {
        match atom {
            Atom::Is { name, id, is } if is != all => match &mut open {
                Some((before, ids)) if *before == name => {
                    if !ids.contains(&id) {
                        ids.push(id);
                    }
                }
                _ => {
                    close(&mut open, &mut parts);
                    open = Some((name, vec![id]));
                }
            },
            Atom::Is { name, id, is } => {
                close(&mut open, &mut parts);
                parts.push((format!("{name} {} '{id}'", if is { "==" } else { "!=" }), false));
            }
            Atom::Text { text, is_any } => {
                close(&mut open, &mut parts);
                parts.push((text, is_any));
            }
        }
    }
    close(&mut open, &mut parts);
    parts
}

/// One condition, and the page of the question that it names.
fn atom(reading: &Reading<'_>, condition: &Value) -> Result<(Atom, usize), String> {
    let link = text(condition, "question").ok_or("a condition names no question")?;
    if reading.doubles.contains(link) {
        return Err(format!("several items are called {}", quoted(link)));
    }
    let Some(target) = reading.targets.get(link) else {
        return Err(if reading.links.contains(link) {
            format!("{} is asked after it", quoted(link))
        } else {
            format!("the file has no item {}", quoted(link))
        });
    };
    let answer = choice(condition, "answer");
    let operator = match (text(condition, "operator"), condition.get("hasAnswer")) {
        (Some(operator), _) => operator,
        (None, Some(_)) => "exists",
        (None, None) => "=",
    };
    let why = || format!("what it asks of {} cannot be asked here", quoted(link));
    if let What::Gone(why) = target.what {
        return Err(format!("{} {why}", quoted(link)));
    }
    if operator == "exists" {
        let does = answer.map(|(_, answer)| answer).or_else(|| condition.get("hasAnswer")).and_then(Value::as_bool);
        let text = match (&target.what, does.ok_or_else(why)?) {
            (What::OtherText, true) => format!("length({}) > 0", target.name),
            (What::OtherText, false) => format!("length({}) == 0", target.name),
            (What::Points, true) => format!("{} > 0", target.name),
            (What::Points, false) => format!("not {} > 0", target.name),
            (What::Place { .. }, _) => return Err(why()),
            (_, true) => format!("answered({})", target.name),
            (_, false) => format!("not answered({})", target.name),
        };
        return Ok((Atom::Text { text, is_any: false }, target.page));
    }
    let (kind, answer) = answer.ok_or_else(why)?;
    let compared = compared(target, operator, kind, answer).ok_or_else(|| match &target.what {
        What::Single(_) | What::Multi(_) => format!("{} has no option that it could mean", quoted(link)),
        _ => why(),
    })?;
    Ok((compared, target.page))
}

fn compared(target: &Target, operator: &str, kind: &str, answer: &Value) -> Option<Atom> {
    let equal = match operator {
        "=" => Some(true),
        "!=" => Some(false),
        _ => None,
    };
    let name = &target.name;
    let sign = if operator == "=" { "==" } else { operator };
    let plain = |text: String| Some(Atom::Text { text, is_any: false });
    match &target.what {
        What::Consent => {
            let is = answer.as_bool()? == equal?;
            plain(if is { name.clone() } else { format!("not {name}") })
        }
        What::YesNo => {
            let id = if answer.as_bool()? { "yes" } else { "no" };
            Some(Atom::Is { name: name.clone(), id: id.into(), is: equal? })
        }
        What::Single(offers) => single(name, offers, operator, kind, answer),
        What::Multi(offers) => {
            let not = if equal? { "" } else { "not " };
            plain(format!("'{}' {not}in {name}", chosen(offers, kind, answer)?))
        }
        What::Number | What::Points => {
            ["=", "!=", "<", "<=", ">", ">="].contains(&operator).then_some(())?;
            let number = if kind == "Quantity" { answer.get("value")? } else { answer };
            plain(format!("{name} {sign} {}", plain_number(number)?))
        }
        What::Date => {
            let day = answer.as_str().filter(|day| kind == "Date" && is_day(day))?;
            ["=", "!=", "<", "<=", ">", ">="].contains(&operator).then_some(())?;
            plain(format!("{name} {sign} '{day}'"))
        }
        What::Text | What::OtherText => {
            let said = answer.as_str().filter(|said| kind == "String" && !said.contains('\''))?;
            equal?;
            plain(format!("{name} {sign} '{said}'"))
        }
        What::Place { rank, row } => {
            let place = answer.as_u64().filter(|place| (1..1000).contains(place))?;
            equal?;
            plain(format!("{rank}[{place}] {sign} '{row}'"))
        }
        What::Existence | What::Gone(_) => None,
    }
}

fn single(name: &str, offers: &Offers, operator: &str, kind: &str, answer: &Value) -> Option<Atom> {
    let plain = |text: String| Some(Atom::Text { text, is_any: false });
    let is = match operator {
        "=" => true,
        "!=" => false,
        // Options are not in an order of their own, but those that are numbers or days can be picked out.
        _ if ["Integer", "Decimal", "Date"].contains(&kind) => {
            let ids: Vec<String> = offers.compared(operator, answer).into_iter().map(|id| format!("'{id}'")).collect();
            return if ids.is_empty() { None } else { plain(format!("{name} in [{}]", ids.join(", "))) };
        }
        _ => return None,
    };
    if let Some(id) = chosen(offers, kind, answer) {
        return Some(Atom::Is { name: name.to_string(), id: id.to_string(), is });
    }
    let said = answer.as_str().filter(|said| kind == "String" && offers.has_text && !said.contains('\''))?;
    plain(format!("{name}.other {} '{said}'", if is { "==" } else { "!=" }))
}

fn chosen<'o>(offers: &'o Offers, kind: &str, answer: &Value) -> Option<&'o str> {
    match (kind, answer) {
        ("Coding", coding) => {
            offers.find(text(coding, "system"), text(coding, "code").or_else(|| text(coding, "display"))?)
        }
        ("Reference", reference) => offers.find(None, text(reference, "reference")?),
        (_, Value::String(said)) => offers.find(None, said.trim()),
        (_, Value::Number(number)) => offers.find(None, &number.to_string()),
        _ => None,
    }
}

/// A number as a rule writes it, without an exponent; none if it is too large to be meant.
pub(super) fn plain_number(value: &Value) -> Option<String> {
    let Value::Number(number) = value else { return None };
    if let Some(whole) = number.as_i64() {
        return (whole.unsigned_abs() < 1_000_000_000_000_000).then(|| whole.to_string());
    }
    number.as_f64().filter(|number| number.abs() < 1e15).map(|number| number.to_string())
}
