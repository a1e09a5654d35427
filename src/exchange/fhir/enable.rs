//! From `enableWhen` to a rule of ours, or to the words of the rule that is lost.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::condition::{Asked, Said, say, say_not};
use super::extensions::{expression, is_set, kept_flag, kept_text, list_named};
use super::json::{choice, list, shortened, text};
use super::options::Offers;
use super::reading::{Reading, Release, Target, What, quoted};
use crate::exchange::report::Fate;
use crate::exchange::rule::{self, Expr, MAX_CHARS, Name, Operator, Part, is_day};

/// How a condition compares.
const OPERATORS: [Operator; 6] = [
    Operator::Equal,
    Operator::NotEqual,
    Operator::Less,
    Operator::LessOrEqual,
    Operator::Greater,
    Operator::GreaterOrEqual,
];

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
    /// As it was written, where it was.
    text: String,
    expr: Expr,
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
        if left.expr == right.expr {
            return Self { original: self.original, rule: Some(left) };
        }
        let expr = Expr::and(left.expr, right.expr);
        let text = expr.to_string();
        if text.chars().count() > MAX_CHARS {
            return Self::lost(&original);
        }
        let rule = Rule { text, expr, page: left.page.max(right.page) };
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
        && let Some((expr, page)) = kept_rule(reading, item, rule, says)
    {
        reading.say("rule", Fate::Exact, pointer, None, format!("the rule {} was taken over", quoted(rule)));
        return Some(Judged { original: rule.to_string(), rule: Some(Rule { text: rule.to_string(), expr, page }) });
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

/// A rule of ours and the last page that it refers to, if it says just what FHIR says beside it.
fn kept_rule(reading: &Reading<'_>, item: &Value, rule: &str, says: Option<&str>) -> Option<(Expr, usize)> {
    let expr = rule::parse(rule)?;
    let mut last = 0;
    for name in expr.items() {
        last = last.max(reading.page_of(name)?);
    }
    let lookup = |id: &str| -> Option<Asked> { Some(reading.known.get(id)?.0.clone()) };
    let is_same = match say(rule, &lookup) {
        Said::Unsaid => is_set(item, "hidden") && says.is_none() && list(item, "enableWhen").is_empty(),
        said => !is_set(item, "hidden") && is_said(&said, item, says),
    };
    is_same.then_some((expr, last))
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

fn translate(reading: &mut Reading<'_>, item: &Value, conditions: &[Value], pointer: &str) -> Result<Rule, String> {
    let all = behavior(reading, item, pointer, conditions.len())?;
    let (mut expr, mut page, mut length) = (Expr::Bool(all), 0, 0);
    let mut wanted = BTreeMap::new();
    for condition in conditions {
        let (part, at) = part(reading, condition)?;
        page = page.max(at);
        length += part.to_string().len();
        if length > 4 * MAX_CHARS {
            break;
        }
        if all
            && let Expr::Binary(Operator::Equal, name, answer) = &part
            && let (Expr::Name(name), Expr::Text(answer)) = (name.as_ref(), answer.as_ref())
            && wanted.insert(name.clone(), answer.clone()).is_some_and(|before| before != *answer)
        {
            return Err("it asks for two options of one question at once, which can never be".into());
        }
        expr = if all { Expr::and(expr, part) } else { Expr::or(expr, part) };
    }
    let text = expr.to_string();
    if length > 4 * MAX_CHARS || text.chars().count() > MAX_CHARS {
        return Err(format!("a rule has at most {MAX_CHARS} characters"));
    }
    Ok(Rule { text, expr, page })
}

/// One condition, and the page of the question that it names.
fn part(reading: &Reading<'_>, condition: &Value) -> Result<(Expr, usize), String> {
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
        let name = target.expr();
        let exists = match &target.what {
            What::OtherText => Expr::binary(Operator::Greater, Expr::call("length", name), Expr::Number("0".into())),
            What::Points => Expr::binary(Operator::Greater, name, Expr::Number("0".into())),
            What::Place { .. } => return Err(why()),
            _ => Expr::call("answered", name),
        };
        let part = if does.ok_or_else(why)? { exists } else { Expr::negated(exists) };
        return Ok((part, target.page));
    }
    let (kind, answer) = answer.ok_or_else(why)?;
    let compared = compared(target, operator, kind, answer).ok_or_else(|| match &target.what {
        What::Single(_) | What::Multi(_) => format!("{} has no option that it could mean", quoted(link)),
        _ => why(),
    })?;
    Ok((compared, target.page))
}

impl Target {
    /// What a rule names.
    fn expr(&self) -> Expr {
        match self.name.split_once('.') {
            Some((item, row)) => Expr::Name(Name { item: item.into(), part: Some(Part::Row(row.into())) }),
            None => Expr::name(&self.name),
        }
    }
}

fn compared(target: &Target, operator: &str, kind: &str, answer: &Value) -> Option<Expr> {
    let operator =
        OPERATORS.iter().find(|known| known.sign() == operator || operator == "=" && known.sign() == "==")?;
    let equal = (!operator.is_ordering()).then_some(*operator == Operator::Equal);
    let is = |text: &str| Some(Expr::binary(*operator, target.expr(), Expr::text(text)));
    match &target.what {
        What::Consent => {
            let is = answer.as_bool()? == equal?;
            Some(if is { target.expr() } else { Expr::negated(target.expr()) })
        }
        What::YesNo => equal.and(is(if answer.as_bool()? { "yes" } else { "no" })),
        What::Single(offers) => match (chosen(offers, kind, answer), equal) {
            (Some(id), Some(_)) => is(id),
            (None, Some(_)) => {
                let text = said(kind, answer).filter(|_| offers.has_text)?;
                let other = Name { item: target.name.clone(), part: Some(Part::Row("other".into())) };
                Some(Expr::binary(*operator, Expr::Name(other), Expr::text(text)))
            }
            // Options are not in an order of their own, but those that are numbers or days can be picked out.
            (_, None) if ["Integer", "Decimal", "Date"].contains(&kind) => {
                let ids: Vec<Expr> = offers.compared(operator.sign(), answer).into_iter().map(Expr::text).collect();
                (!ids.is_empty()).then(|| Expr::binary(Operator::In, target.expr(), Expr::List(ids)))
            }
            (_, None) => None,
        },
        What::Multi(offers) => {
            let within = if equal? { Operator::In } else { Operator::NotIn };
            Some(Expr::binary(within, Expr::text(chosen(offers, kind, answer)?), target.expr()))
        }
        What::Number | What::Points => {
            let number = if kind == "Quantity" { answer.get("value")? } else { answer };
            Some(Expr::binary(*operator, target.expr(), Expr::Number(plain_number(number)?)))
        }
        What::Date => is(answer.as_str().filter(|day| kind == "Date" && is_day(day))?),
        What::Text | What::OtherText => equal.and(is(said(kind, answer)?)),
        What::Place { rank, row } => {
            let place = answer.as_u64().filter(|place| (1..1000).contains(place))?;
            let name = Name { item: rank.clone(), part: Some(Part::Place(usize::try_from(place).ok()?)) };
            equal.map(|_| Expr::binary(*operator, Expr::Name(name), Expr::text(row)))
        }
        What::Existence | What::Gone(_) => None,
    }
}

/// A text that a rule can name.
fn said<'v>(kind: &str, answer: &'v Value) -> Option<&'v str> {
    answer.as_str().filter(|said| kind == "String" && !said.contains('\''))
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
