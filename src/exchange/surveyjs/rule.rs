//! Rules of Canvass being made: what they say is kept in parts, so that they can be joined, negated and simplified.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Longest rule, in characters.
const MAX_CHARS: usize = 2_000;

/// The options of a question, the steps of a scale or the rows of a ranking, by the ids they have in Canvass.
#[derive(Debug, PartialEq)]
pub(super) struct Domain {
    /// The ids.
    pub ids: Vec<String>,
    /// What an expression sees when one is chosen.
    pub values: Vec<super::loose::Scalar>,
}

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Rule {
    /// Holds for everyone.
    Always,
    /// Holds for nobody.
    Never,
    /// One of some options is chosen.
    Choice {
        /// What is asked: `role`, `support.trees`, `top3[1]`.
        name: Rc<str>,
        /// What can be chosen.
        domain: Rc<Domain>,
        /// For each option, whether the condition holds when it is chosen.
        chosen: Vec<bool>,
        /// Whether it holds when nothing is chosen.
        unanswered: bool,
    },
    /// A number or a day beside a literal.
    Bound(Bound),
    /// Anything else, as written, and as written when it must not hold.
    Test(String, String),
    /// All hold.
    All(Vec<Rule>),
    /// At least one holds.
    Any(Vec<Rule>),
}

/// A number or a day beside a literal: `years >= 18`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bound {
    /// What is compared.
    name: String,
    /// `==`, `<`, `<=`, `>` or `>=`.
    operator: &'static str,
    /// The literal as written.
    literal: String,
    /// Where it stands among the others.
    value: f64,
    /// Whether the comparison must not hold.
    negated: bool,
}

impl Bound {
    /// The least and the largest value that it allows to who answered, each with whether it is left out itself.
    fn interval(&self) -> (f64, bool, f64, bool) {
        let (all, least, most) = (f64::NEG_INFINITY, self.value, f64::INFINITY);
        match (self.operator, self.negated) {
            ("==", false) => (least, false, least, false),
            (">", false) | ("<=", true) => (least, true, most, false),
            (">=", false) | ("<", true) => (least, false, most, false),
            ("<", false) | (">=", true) => (all, false, least, true),
            ("<=", false) | (">", true) => (all, false, least, false),
            _ => (all, false, most, false),
        }
    }

    fn text(&self) -> String {
        let Self { name, operator, literal, negated, .. } = self;
        match (*operator, negated) {
            ("==", true) => format!("{name} != {literal}"),
            (operator, true) => format!("not ({name} {operator} {literal})"),
            (operator, false) => format!("{name} {operator} {literal}"),
        }
    }
}

impl Rule {
    /// A number beside a number.
    pub(super) fn number(name: &str, operator: &'static str, value: f64) -> Self {
        let bound = Bound { name: name.to_string(), operator, literal: value.to_string(), value, negated: false };
        if contradicts(&[Self::Bound(bound.clone())]) { Self::Never } else { Self::Bound(bound) }
    }

    /// A day beside a day such as `2026-01-31`.
    pub(super) fn day(name: &str, operator: &'static str, day: &str) -> Self {
        let value = day.replace('-', "").parse().unwrap_or(0.0);
        Self::Bound(Bound { name: name.to_string(), operator, literal: format!("'{day}'"), value, negated: false })
    }

    /// A condition that is negated with `not`.
    pub(super) fn test(text: impl Into<String>) -> Self {
        let text = text.into();
        let negated = format!("not {text}");
        Self::Test(text, negated)
    }

    /// `left OPERATOR right`, negated with brackets where `not` alone would be hard to read.
    pub(super) fn comparison(left: &str, operator: &str, right: &str) -> Self {
        let negated = match operator {
            "==" => format!("{left} != {right}"),
            _ => format!("not ({left} {operator} {right})"),
        };
        Self::Test(format!("{left} {operator} {right}"), negated)
    }

    /// The option `id` is among those chosen.
    pub(super) fn has(id: &str, name: &str) -> Self {
        Self::Test(format!("'{id}' in {name}"), format!("'{id}' not in {name}"))
    }

    /// `answered(name)`.
    pub(super) fn answered(name: &str) -> Self {
        Self::test(format!("answered({name})"))
    }

    /// A condition on what is chosen.
    pub(super) fn choice(name: &str, domain: &Rc<Domain>, unanswered: bool, holds: impl FnMut(usize) -> bool) -> Self {
        let chosen: Vec<bool> = (0..domain.ids.len()).map(holds).collect();
        Self::Choice { name: Rc::from(name), domain: Rc::clone(domain), chosen, unanswered }.settled()
    }

    /// The opposite.
    pub(super) fn negated(self) -> Self {
        match self {
            Self::Always => Self::Never,
            Self::Never => Self::Always,
            Self::Choice { name, domain, chosen, unanswered } => {
                let chosen = chosen.into_iter().map(|holds| !holds).collect();
                Self::Choice { name, domain, chosen, unanswered: !unanswered }
            }
            Self::Test(text, negated) => Self::Test(negated, text),
            Self::Bound(bound) => Self::Bound(Bound { negated: !bound.negated, ..bound }),
            Self::All(parts) => Self::any(parts.into_iter().map(Self::negated)),
            Self::Any(parts) => Self::all(parts.into_iter().map(Self::negated)),
        }
    }

    /// All of them hold.
    pub(super) fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let flat = parts.into_iter().flat_map(|part| if let Self::All(inner) = part { inner } else { vec![part] });
        let mut joined = Vec::new();
        for part in flat {
            match part {
                Self::Always => {}
                Self::Never => return Self::Never,
                part => merge(&mut joined, part, |a, b| a && b),
            }
        }
        if joined.contains(&Self::Never) || contradicts(&joined) {
            return Self::Never;
        }
        joined.retain(|part| *part != Self::Always);
        single(joined, Self::Always, Self::All)
    }

    /// At least one of them holds.
    pub(super) fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let flat = parts.into_iter().flat_map(|part| if let Self::Any(inner) = part { inner } else { vec![part] });
        let mut joined = Vec::new();
        for part in flat {
            match part {
                Self::Never => {}
                Self::Always => return Self::Always,
                part => merge(&mut joined, part, |a, b| a || b),
            }
        }
        if joined.contains(&Self::Always) || has_opposites(&joined) {
            return Self::Always;
        }
        joined.retain(|part| *part != Self::Never);
        single(joined, Self::Never, Self::Any)
    }

    fn settled(self) -> Self {
        match self {
            Self::Choice { chosen, unanswered: false, .. } if !chosen.contains(&true) => Self::Never,
            Self::Choice { chosen, unanswered: true, .. } if !chosen.contains(&false) => Self::Always,
            rule => rule,
        }
    }

    /// The rule as Canvass reads it; `None` if it is longer than a rule may be.
    pub(super) fn text(&self) -> Option<String> {
        let text = self.written();
        (text.chars().count() <= MAX_CHARS).then_some(text)
    }

    fn written(&self) -> String {
        match self {
            Self::Always => "true".to_string(),
            Self::Never => "false".to_string(),
            Self::Test(text, _) => text.clone(),
            Self::Bound(bound) => bound.text(),
            Self::Choice { name, domain, chosen, unanswered } => choice_text(name, domain, chosen, *unanswered),
            Self::All(parts) => parts.iter().map(Self::bracketed).collect::<Vec<_>>().join(" and "),
            Self::Any(parts) => parts.iter().map(Self::bracketed).collect::<Vec<_>>().join(" or "),
        }
    }

    fn bracketed(&self) -> String {
        match self {
            Self::All(_) | Self::Any(_) => format!("({})", self.written()),
            _ => self.written(),
        }
    }
}

fn choice_text(name: &str, domain: &Domain, chosen: &[bool], unanswered: bool) -> String {
    let ids = |wanted: bool| -> Vec<&str> {
        domain.ids.iter().zip(chosen).filter(|(_, holds)| **holds == wanted).map(|(id, _)| id.as_str()).collect()
    };
    let named = |ids: &[&str], one: &str, several: &str| match ids {
        [id] => format!("{name} {one} '{id}'"),
        ids => format!("{name} {several} ['{}']", ids.join("', '")),
    };
    let (inside, outside) = (ids(true), ids(false));
    match (unanswered, inside.len(), outside.len()) {
        (false, _, 0) => format!("answered({name})"),
        (true, 0, _) => format!("not answered({name})"),
        (true, ..) => named(&outside, "!=", "not in"),
        (false, inside, outside_len) if inside > 8 && outside_len * 3 < inside => {
            format!("(answered({name}) and {})", named(&outside, "!=", "not in"))
        }
        (false, ..) => named(&inside, "==", "in"),
    }
}

/// True if one part is the opposite of another.
fn has_opposites(parts: &[Rule]) -> bool {
    let tests: BTreeMap<&str, &str> = parts
        .iter()
        .filter_map(
            |part| if let Rule::Test(text, negated) = part { Some((text.as_str(), negated.as_str())) } else { None },
        )
        .collect();
    tests.values().any(|negated| tests.contains_key(negated))
}

/// True if parts that are all to hold cannot: a test and its opposite, bounds between which nothing lies, or a bound of
/// what must not be answered.
fn contradicts(parts: &[Rule]) -> bool {
    let mut bounds: BTreeMap<String, (bool, f64, bool, f64, bool)> = BTreeMap::new();
    let mut unanswered: BTreeSet<String> = BTreeSet::new();
    for part in parts {
        if let Rule::Test(text, _) = part {
            // Each option that is chosen makes the least number of chosen ones larger.
            if let Some((_, name)) = text.strip_prefix('\'').and_then(|text| text.split_once("' in ")) {
                let entry = bounds.entry(format!("count({name})")).or_insert((true, 0.0, false, f64::INFINITY, false));
                entry.1 += 1.0;
            } else if let Some(name) = text.strip_prefix("not answered(").and_then(|text| text.strip_suffix(')')) {
                unanswered.insert(name.to_string());
            }
        }
    }
    for part in parts {
        let Rule::Bound(bound) = part else { continue };
        // A count is never missing, and never below nothing.
        let counts = bound.name.starts_with("count(")
            || bound.name.starts_with("length(")
            || bound.name.rsplit_once('.').is_some_and(|(_, part)| part == "count");
        let everything = (counts, if counts { 0.0 } else { f64::NEG_INFINITY }, false, f64::INFINITY, false);
        let (answered, low, low_out, high, high_out) = bounds.entry(bound.name.clone()).or_insert(everything);
        let (least, least_out, most, most_out) = bound.interval();
        *answered |= !bound.negated;
        if least > *low || (least >= *low && least_out) {
            (*low, *low_out) = (least, least_out);
        }
        if most < *high || (most <= *high && most_out) {
            (*high, *high_out) = (most, most_out);
        }
    }
    let mut answered = bounds.iter().filter(|(_, (answered, ..))| *answered);
    let empty = answered.any(|(name, (_, low, low_out, high, high_out))| {
        let counted = name.strip_prefix("count(").and_then(|name| name.strip_suffix(')')).filter(|_| *low > 0.0);
        let is_missing = unanswered.contains(name) || counted.is_some_and(|name| unanswered.contains(name));
        low > high || (low >= high && (*low_out || *high_out)) || is_missing
    });
    empty || has_opposites(parts)
}

/// Adds a part; conditions on what is chosen in the same place become one.
fn merge(joined: &mut Vec<Rule>, part: Rule, join: impl Fn(bool, bool) -> bool) {
    if let Rule::Choice { name, chosen: more, unanswered: without, .. } = &part {
        let same = joined.iter_mut().find(|known| matches!(known, Rule::Choice { name: known, .. } if known == name));
        if let Some(known) = same {
            if let Rule::Choice { chosen, unanswered, .. } = known {
                for (holds, more) in chosen.iter_mut().zip(more) {
                    *holds = join(*holds, *more);
                }
                *unanswered = join(*unanswered, *without);
            }
            let merged = std::mem::replace(known, Rule::Always);
            *known = merged.settled();
            return;
        }
    }
    if !joined.contains(&part) {
        joined.push(part);
    }
}

fn single(mut parts: Vec<Rule>, none: Rule, several: impl Fn(Vec<Rule>) -> Rule) -> Rule {
    match (parts.pop(), parts.is_empty()) {
        (None, _) => none,
        (Some(only), true) => only,
        (Some(last), false) => {
            parts.push(last);
            several(parts)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain() -> Rc<Domain> {
        Rc::new(Domain { ids: ["a", "b", "c"].map(String::from).to_vec(), values: Vec::new() })
    }

    fn is(id: &str) -> Rule {
        let domain = domain();
        Rule::choice("q", &domain, false, |at| domain.ids[at] == id)
    }

    #[test]
    fn conditions_on_one_choice_are_joined() {
        assert_eq!(Rule::any([is("a"), is("b")]).text().unwrap(), "q in ['a', 'b']");
        assert_eq!(Rule::all([is("a"), is("b")]), Rule::Never);
        assert_eq!(Rule::any([is("a"), is("b"), is("c")]).text().unwrap(), "answered(q)");
        assert_eq!(is("a").negated().text().unwrap(), "q != 'a'");
        assert_eq!(Rule::all([is("a").negated(), is("b").negated()]).text().unwrap(), "q not in ['a', 'b']");
        assert_eq!(Rule::any([is("a"), is("a").negated()]), Rule::Always);
        assert_eq!(Rule::any([is("a"), is("b"), is("c")]).negated().text().unwrap(), "not answered(q)");
    }

    #[test]
    fn what_cannot_hold_together_never_holds() {
        let n = |operator, value| Rule::number("n", operator, value);
        assert_eq!(Rule::all([n(">", 5.0), n("<", 3.0)]), Rule::Never);
        assert_eq!(Rule::all([n(">=", 5.0), n("<", 5.0)]), Rule::Never);
        assert_eq!(Rule::all([n("==", 5.0), n(">", 4.0).negated()]), Rule::Never);
        assert_ne!(Rule::all([n(">=", 5.0), n("<=", 5.0)]), Rule::Never);
        assert_ne!(
            Rule::all([n(">", 5.0).negated(), n("<", 6.0).negated()]),
            Rule::Never,
            "it holds for who did not answer"
        );
        assert_eq!(Rule::all([n(">", 5.0), Rule::answered("n").negated()]), Rule::Never);
        assert_eq!(Rule::all([Rule::has("a", "m"), Rule::has("a", "m").negated()]), Rule::Never);
        assert_eq!(Rule::any([Rule::has("a", "m"), Rule::has("a", "m").negated()]), Rule::Always);
        let one = Rule::number("count(m)", "==", 1.0);
        assert_eq!(Rule::all([Rule::has("a", "m"), Rule::has("b", "m"), one.clone()]), Rule::Never);
        assert_ne!(Rule::all([Rule::has("a", "m"), one]), Rule::Never);
        assert_eq!(Rule::all([Rule::has("a", "m"), Rule::answered("m").negated()]), Rule::Never);
        assert_eq!(Rule::number("count(m)", "<", 0.0), Rule::Never);
        assert_eq!(Rule::all([Rule::day("d", "<", "2026-01-01"), Rule::day("d", ">", "2026-02-01")]), Rule::Never);
    }

    #[test]
    fn brackets_keep_what_belongs_together() {
        let n = Rule::number("n", ">", 5.0);
        let m = Rule::has("x", "m");
        let both = Rule::all([n.clone(), m.clone()]);
        assert_eq!(Rule::any([both.clone(), is("a")]).text().unwrap(), "(n > 5 and 'x' in m) or q == 'a'");
        assert_eq!(both.negated().text().unwrap(), "not (n > 5) or 'x' not in m");
        assert_eq!(Rule::all([n.clone(), n.clone()]), n);
    }

    #[test]
    fn a_rule_that_is_too_long_has_no_text() {
        let many = Rule::any((0..400).map(|n| Rule::comparison("n", "==", &n.to_string())));
        assert_eq!(many.text(), None);
    }
}
