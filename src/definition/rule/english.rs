//! Says in plain English when a rule holds, for people who look over a consultation: “‘What are you here?’ is A trader”.

use jiff::civil::Date;
use pulldown_cmark::{Event, Parser, TagEnd};

use super::{Expr, Function, Name, Node, Operator, Part, Rule, ValueType, has_entries, is_count, types};
use crate::definition::{Calculated, Survey};
use crate::item::options::{Choice, ItemRow};
use crate::item::{Item, Kind, Scale};

/// When a rule holds, as part of a sentence: it begins with a small letter or a quotation mark and has no full stop.
/// Labels come from the survey, without their Markdown. Linear in the length of the rule.
pub fn english(rule: &Rule, survey: &Survey) -> String {
    if rule.is_lost() {
        return format!("a rule holds that could not be read: {}", rule.text());
    }
    let words = Words { survey };
    words.said(rule.root(), true).written(false)
}

/// Conditions with every negation inside the single ones.
enum Said {
    One(String),
    All(Vec<Said>),
    Any(Vec<Said>),
}

impl Said {
    fn all(parts: [Said; 2]) -> Self {
        let flat = parts.into_iter().flat_map(|part| if let Self::All(parts) = part { parts } else { vec![part] });
        Self::All(flat.collect())
    }

    fn any(parts: [Said; 2]) -> Self {
        let flat = parts.into_iter().flat_map(|part| if let Self::Any(parts) = part { parts } else { vec![part] });
        Self::Any(flat.collect())
    }

    fn written(&self, among_others: bool) -> String {
        match self {
            Self::One(condition) => condition.clone(),
            Self::All(parts) => parts.iter().map(|part| part.written(true)).collect::<Vec<_>>().join(", and "),
            Self::Any(parts) => {
                // The letters tell where each begins, so that what is joined by “and” inside needs no brackets.
                let parts = parts.iter().enumerate().map(|(index, part)| {
                    let letter = u32::try_from(index).ok().and_then(|index| char::from_digit(index + 10, 36));
                    let label = letter.map_or_else(|| (index + 1).to_string(), String::from);
                    format!("({label}) {}", part.written(false))
                });
                let either = format!("either {}", parts.collect::<Vec<_>>().join(", or "));
                if among_others { format!("[{either}]") } else { either }
            }
        }
    }
}

struct Words<'a> {
    survey: &'a Survey,
}

/// How the values beside a part of a rule are written.
enum Shown<'a> {
    Options(&'a [Choice]),
    Rows(&'a [ItemRow]),
    Day,
    Number(&'a str),
    Plain,
}

impl<'a> Words<'a> {
    fn said(&self, node: &Node, holds: bool) -> Said {
        match &node.expr {
            Expr::Not(inner) => self.said(inner, !holds),
            Expr::Binary(operator @ (Operator::And | Operator::Or), left, right) => {
                let parts = [self.said(left, holds), self.said(right, holds)];
                if (*operator == Operator::And) == holds { Said::all(parts) } else { Said::any(parts) }
            }
            Expr::Binary(Operator::NotEqual, left, right) => self.equal(left, right, !holds),
            Expr::Binary(Operator::Equal, left, right) => self.equal(left, right, holds),
            Expr::Binary(Operator::In, left, right) => Said::One(self.within(left, right, holds)),
            Expr::Binary(Operator::NotIn, left, right) => Said::One(self.within(left, right, !holds)),
            Expr::Binary(operator, left, right) => Said::One(self.ordered(*operator, left, right, holds)),
            Expr::Bool(literal) => Said::One(if *literal == holds { "always" } else { "never" }.to_string()),
            Expr::Call(Function::Answered, argument) => {
                let verb = match &argument.expr {
                    Expr::Name(name) if self.known(name).is_some() => format!("{} known", is(holds)),
                    _ => if holds { "was answered" } else { "was not answered" }.to_string(),
                };
                Said::One(format!("{} {verb}", self.phrase(argument)))
            }
            Expr::Matches(text, pattern) => {
                let verb = if holds { "matches" } else { "does not match" };
                Said::One(format!("{} {verb} the pattern {}", self.phrase(text), pattern.as_str()))
            }
            Expr::Name(name) if self.is_box(name) => Said::One(format!("{} {} ticked", self.subject(name), is(holds))),
            _ => Said::One(format!("{} {} true", self.phrase(node), is(holds))),
        }
    }

    fn equal(&self, left: &Node, right: &Node, holds: bool) -> Said {
        match (&left.expr, &right.expr) {
            (_, Expr::Bool(true)) => self.said(left, holds),
            (Expr::Bool(true), _) => self.said(right, holds),
            // A box is ticked or not answered, so it is never equal to `false`.
            (Expr::Name(name), Expr::Bool(false)) | (Expr::Bool(false), Expr::Name(name)) if self.is_box(name) => {
                Said::One(if holds { "never" } else { "always" }.to_string())
            }
            (_, Expr::Bool(false)) => self.said(left, !holds),
            (Expr::Bool(false), _) => self.said(right, !holds),
            (Expr::Text(_) | Expr::Number(_) | Expr::Date(_), Expr::Name(_) | Expr::Call(..) | Expr::Binary(..)) => {
                self.equal(right, left, holds)
            }
            _ if self.is_condition(left) => {
                let [left, right] = [left, right].map(|side| self.said(side, true).written(false));
                let verb = if holds { "agrees" } else { "does not agree" };
                Said::One(format!("whether [{left}] {verb} with whether [{right}]"))
            }
            _ => {
                let shown = self.shown(left);
                Said::One(format!("{} {} {}", self.phrase(left), is(holds), self.value(right, &shown)))
            }
        }
    }

    fn within(&self, left: &Node, right: &Node, holds: bool) -> String {
        let Expr::List(values) = &right.expr else {
            let verb = if holds { "includes" } else { "does not include" };
            return format!("{} {verb} {}", self.phrase(right), self.value(left, &self.shown(right)));
        };
        let shown = self.shown(left);
        let values: Vec<String> = values.iter().map(|value| self.value(value, &shown)).collect();
        let subject = self.phrase(left);
        match (values.as_slice(), holds) {
            ([], _) => if holds { "never" } else { "always" }.to_string(),
            ([_], _) | (_, true) => format!("{subject} {} {}", is(holds), listed(&values, "or")),
            ([one, other], false) => format!("{subject} is neither {one} nor {other}"),
            (_, false) => format!("{subject} is none of {}", listed(&values, "and")),
        }
    }

    fn ordered(&self, operator: Operator, left: &Node, right: &Node, holds: bool) -> String {
        if matches!(left.expr, Expr::Text(_) | Expr::Number(_) | Expr::Date(_)) && !literal(right) {
            let mirrored = match operator {
                Operator::Less => Operator::Greater,
                Operator::LessOrEqual => Operator::GreaterOrEqual,
                Operator::Greater => Operator::Less,
                Operator::GreaterOrEqual => Operator::LessOrEqual,
                other => other,
            };
            return self.ordered(mirrored, right, left, holds);
        }
        let shown = self.shown(left);
        let (subject, value) = (self.phrase(left), self.value(right, &shown));
        let verb = is(holds);
        match (&shown, operator) {
            (Shown::Options(_), Operator::Less) => format!("{subject} {verb} lower than {value}"),
            (Shown::Options(_), Operator::LessOrEqual) => format!("{subject} {verb} {value} or lower"),
            (Shown::Options(_), Operator::Greater) => format!("{subject} {verb} higher than {value}"),
            (Shown::Options(_), _) => format!("{subject} {verb} {value} or higher"),
            (Shown::Day, Operator::Less) => format!("{subject} {verb} before {value}"),
            (Shown::Day, Operator::LessOrEqual) => format!("{subject} {verb} on or before {value}"),
            (Shown::Day, Operator::Greater) => format!("{subject} {verb} after {value}"),
            (Shown::Day, _) => format!("{subject} {verb} on or after {value}"),
            (_, Operator::Less) => format!("{subject} {verb} less than {value}"),
            (_, Operator::LessOrEqual) => format!("{subject} {verb} at most {value}"),
            (_, Operator::Greater) => format!("{subject} {verb} more than {value}"),
            _ => format!("{subject} {verb} at least {value}"),
        }
    }

    /// A value beside something whose values are shown so.
    fn value(&self, node: &Node, shown: &Shown<'_>) -> String {
        match (&node.expr, shown) {
            (Expr::Text(id), Shown::Options(options)) => {
                let label = options.iter().find(|option| option.id == *id).map(|option| plain(&option.label));
                label.unwrap_or_else(|| id.clone())
            }
            (Expr::Text(id), Shown::Rows(rows)) => label_of(rows, id),
            (Expr::Text(written), Shown::Day) => types::day(written).map_or_else(|| written.clone(), day),
            (Expr::Number(number), Shown::Number(unit)) if !unit.is_empty() => format!("{number} {unit}"),
            _ => self.phrase(node),
        }
    }

    /// A part of a rule as the subject of a sentence.
    fn phrase(&self, node: &Node) -> String {
        match &node.expr {
            Expr::Text(text) => format!("“{text}”"),
            Expr::Number(number) => number.to_string(),
            Expr::Bool(literal) => if *literal { "yes" } else { "no" }.to_string(),
            Expr::Date(written) => day(*written),
            Expr::Today => "today".to_string(),
            Expr::List(nodes) => listed(&nodes.iter().map(|node| self.phrase(node)).collect::<Vec<_>>(), "and"),
            Expr::Name(name) => self.subject(name),
            Expr::Call(Function::Count, argument) => self.counted(argument),
            Expr::Call(Function::Length, argument) => format!("the number of characters in {}", self.phrase(argument)),
            Expr::Call(Function::Sum, argument) => format!("the points given in {}", self.phrase(argument)),
            Expr::Call(Function::YearsSince, argument) => format!("the full years since {}", self.phrase(argument)),
            Expr::Binary(operator @ (Operator::Plus | Operator::Minus | Operator::Times | Operator::Divide), a, b) => {
                let word = match operator {
                    Operator::Plus => "plus",
                    Operator::Minus => "minus",
                    Operator::Times => "times",
                    _ => "divided by",
                };
                let side = |node: &Node| match &node.expr {
                    Expr::Binary(..) => format!("({})", self.phrase(node)),
                    _ => self.phrase(node),
                };
                format!("{} {word} {}", side(a), side(b))
            }
            Expr::Call(Function::Answered, _) | Expr::Matches(..) | Expr::Not(_) | Expr::Binary(..) => {
                format!("[{}]", self.said(node, true).written(false))
            }
        }
    }

    fn counted(&self, argument: &Node) -> String {
        let Expr::Name(name) = &argument.expr else { return format!("the number of {}", self.phrase(argument)) };
        let what = match self.item(name).map(Item::scale) {
            Some(Scale::Multiple(_)) => "options chosen",
            Some(Scale::Ratings { .. }) => "rows rated",
            Some(Scale::Ranking { .. }) => "rows ranked",
            Some(Scale::Allocation { .. }) => "rows given points",
            _ => "entries",
        };
        format!("the number of {what} in {}", self.quoted(&name.item))
    }

    /// A question or a part of its answer.
    fn subject(&self, name: &Name) -> String {
        let question = self.quoted(&name.item);
        match (self.item(name).map(Item::scale), &name.part) {
            (_, None) => question,
            (_, Some(Part::Place(place))) => format!("{} of {question}", ordinal(*place)),
            (Some(Scale::Ratings { rows, .. }), Some(Part::Row(row))) => {
                format!("{question} for ‘{}’", label_of(rows, row))
            }
            (Some(Scale::Allocation { rows, .. }), Some(Part::Row(row))) => {
                format!("the points for ‘{}’ in {question}", label_of(rows, row))
            }
            (_, part) if is_count(part.as_ref()) && self.item(name).is_some_and(has_entries) => {
                format!("the number of entries in {question}")
            }
            (_, Some(Part::Row(_))) => format!("the text beside the choice in {question}"),
        }
    }

    fn item(&self, name: &Name) -> Option<&'a Item> {
        self.survey.item(&name.item)
    }

    fn known(&self, name: &Name) -> Option<&'a Calculated> {
        self.survey.calculated.iter().find(|known| known.id == name.item)
    }

    /// A question's words or a computed value's label, or the id where there are none.
    fn quoted(&self, id: &str) -> String {
        let known = self.survey.calculated.iter().find(|known| known.id == id).map(|known| &known.label);
        let words = self.survey.item(id).map(|item| &item.head.text).or(known).map(|words| plain(words));
        format!("‘{}’", words.as_deref().filter(|words| !words.is_empty()).unwrap_or(id))
    }

    fn is_box(&self, name: &Name) -> bool {
        self.item(name).is_some_and(|item| item.scale() == Scale::Flag)
    }

    fn is_condition(&self, node: &Node) -> bool {
        match &node.expr {
            Expr::Bool(_) | Expr::Not(_) | Expr::Matches(..) | Expr::Call(Function::Answered, _) => true,
            Expr::Name(name) => {
                self.is_box(name) || self.known(name).is_some_and(|known| known.kind == ValueType::Condition)
            }
            Expr::Binary(operator, ..) => {
                !matches!(operator, Operator::Plus | Operator::Minus | Operator::Times | Operator::Divide)
            }
            _ => false,
        }
    }

    /// How values beside this part are shown.
    fn shown(&self, node: &Node) -> Shown<'a> {
        match &node.expr {
            Expr::Date(_) | Expr::Today => Shown::Day,
            Expr::Name(name) if self.known(name).is_some_and(|known| known.kind == ValueType::Date) => Shown::Day,
            Expr::Name(name) => match (self.item(name), self.item(name).map(Item::scale), &name.part) {
                (_, Some(Scale::Nominal(options) | Scale::Ordinal(options) | Scale::Multiple(options)), None)
                | (_, Some(Scale::Ratings { steps: options, .. }), Some(_)) => Shown::Options(options),
                (_, Some(Scale::Ranking { rows, .. }), Some(_)) => Shown::Rows(rows),
                (_, Some(Scale::Day), _) => Shown::Day,
                (Some(Item { kind: Kind::Number(number), .. }), ..) => {
                    Shown::Number(number.unit.as_deref().unwrap_or_default())
                }
                _ => Shown::Plain,
            },
            _ => Shown::Plain,
        }
    }
}

fn literal(node: &Node) -> bool {
    matches!(node.expr, Expr::Text(_) | Expr::Number(_) | Expr::Date(_) | Expr::Bool(_) | Expr::List(_))
}

fn is(holds: bool) -> &'static str {
    if holds { "is" } else { "is not" }
}

fn label_of(rows: &[ItemRow], id: &str) -> String {
    rows.iter().find(|row| row.id == id).map_or_else(|| id.to_string(), |row| plain(&row.label))
}

/// “A, B or C”.
fn listed(values: &[String], word: &str) -> String {
    match values.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} {word} {last}", before.join(", ")),
        None => "nothing".to_string(),
    }
}

fn ordinal(place: usize) -> String {
    const WORDS: [&str; 10] =
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
    let word = place.checked_sub(1).and_then(|index| WORDS.get(index));
    word.map_or_else(|| format!("place {place}"), |word| format!("the {word} place"))
}

/// “2 March 2026”.
fn day(day: Date) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let month = usize::try_from(day.month() - 1).ok().and_then(|index| MONTHS.get(index)).copied().unwrap_or_default();
    format!("{} {month} {}", day.day(), day.year())
}

/// The words of a text, without its Markdown.
fn plain(markdown: &str) -> String {
    let mut words = String::new();
    for event in Parser::new(markdown) {
        match event {
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => words += &text,
            Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::Paragraph | TagEnd::Item) => words.push(' '),
            _ => {}
        }
    }
    words.trim().to_string()
}
