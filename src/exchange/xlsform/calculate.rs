//! The `calculate` rows: values that are worked out from answers.
//!
//! Our rules have no `if()`. A calculation that gives one of two words becomes a condition; one that gives other values
//! by case is written out where it is used. What cannot be worked out here, such as the days between two dates, becomes a
//! question that is shown to nobody, so that the rules that need it stay as they are until the author decides.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json, json};

use super::import::{Import, Rule, Unit};
use super::kinds::Kind;
use super::translate::{Context, by_cases, fitting};
use super::tree::Node;
use super::typed::{Answer, Lost, Symbol, Type, Value};
use super::xpath::{XPath, parse};
use crate::exchange::report::Fate;
use crate::exchange::rule::{self, Expr, Operator, named};

/// Deepest chain of calculations that name one another.
const MAX_CHAIN: usize = 64;

/// Works out what every calculation becomes, whichever order they stand in.
pub(super) fn calculations(import: &mut Import, nodes: &[Node]) {
    let mut all: BTreeMap<&str, &Node> = BTreeMap::new();
    let mut order = Vec::new();
    collect(nodes, &mut |node| {
        if all.insert(&node.name, node).is_none() {
            order.push(node);
        }
    });
    let mut done = BTreeSet::new();
    for node in order {
        resolve(import, node, &all, &mut done, 0);
    }
}

fn collect<'a>(nodes: &'a [Node], with: &mut impl FnMut(&'a Node)) {
    for node in nodes {
        match &node.kind {
            Kind::Calculate => with(node),
            Kind::Begin(super::kinds::Block::Repeat) => {}
            _ => collect(&node.inner, with),
        }
    }
}

fn resolve<'a>(
    import: &mut Import,
    node: &'a Node,
    all: &BTreeMap<&str, &'a Node>,
    done: &mut BTreeSet<&'a str>,
    depth: usize,
) {
    if !done.insert(&node.name) {
        return;
    }
    if import.is_own()
        && let Some(rule) = node.row.raw("rule").filter(|_| !import.edited(node))
    {
        return own(import, node, &super::own::unhushed(rule));
    }
    let Some(text) = node.row.get("calculation") else {
        let written = if node.row.get("default").is_some() { "default" } else { "calculation" };
        let message = format!("`{}` has nothing to work out; it was left out.", node.name);
        import.notes.add("calculation-missing", Fate::Dropped, node.at(written), None, message);
        let lost = Lost::new("calculation-lost", format!("`{}` has no value", node.name));
        import.symbols.set(&node.name, node.place, Symbol::Gone(lost));
        return;
    };
    let read = parse(text);
    if let Ok(read) = &read {
        let mut names = Vec::new();
        read.each_ref(&mut |name| names.push(name.to_string()));
        for name in names {
            if let Some(other) = all.get(name.as_str()).filter(|_| depth < MAX_CHAIN) {
                resolve(import, other, all, done, depth + 1);
            }
        }
    }
    let context = Context { symbols: &import.symbols, own: None, columns: None };
    let value = match &read {
        Ok(read) => super::translate::value(read, &context),
        Err(why) => Err(Lost::new("syntax", format!("it cannot be read, for {why}"))),
    };
    match value.and_then(coded) {
        Ok(value) => keep(import, node, value),
        Err(lost) => stand_in(import, node, read.ok().as_ref(), &lost),
    }
}

/// A value in our own words, as it is: the checker judges it.
fn own(import: &mut Import, node: &Node, rule: &str) {
    if let Some(expr) = rule::parse(rule) {
        import.symbols.worked_out(&node.id, &expr);
    }
    let name = named(&node.id);
    let is_coded = node.row.get("calculation").is_some_and(|text| text.starts_with("if("));
    let value = if is_coded {
        Value::Coded { name: Expr::Name(name), yes: "1".into(), no: "0".into() }
    } else {
        Value::Answer(Answer { name, kind: Type::Number { whole: false }, worked_out: true })
    };
    import.symbols.set(&node.name, node.place, Symbol::Value(value));
    let mut entry = Map::new();
    entry.insert("id".into(), json!(node.id));
    if let Some((label, _)) = import.line(node, "label", &format!("calculated.{}", node.id)) {
        entry.insert("label".into(), json!(label));
    }
    entry.insert("value".into(), json!(rule));
    import.add_source(&mut entry, node);
    super::own::more(&node.row, &mut entry);
    import.calculated.push(Json::Object(entry));
}

/// Cases that give one of two words, as a condition and its words.
fn coded(value: Value) -> Result<Value, Lost> {
    let Some(words) = two_words(&value) else { return Ok(value) };
    let [first, second] = &words;
    let says_yes = |word: &str| matches!(word.to_lowercase().as_str(), "1" | "yes" | "true" | "y" | "ja" | "oui");
    let (yes, no) = if says_yes(first) && !says_yes(second) { (first, second) } else { (second, first) };
    let (yes, no) = (yes.clone(), no.clone());
    let Value::Cases(cases, otherwise) = value else { return Err(Lost::new("type", "")) };
    let name = by_cases(cases, *otherwise, |leaf| match leaf {
        Value::Coded { name, yes: own, .. } => Ok(if own == yes { name } else { Expr::negated(name) }),
        leaf => super::compare::compare(Operator::Equal, leaf, Value::Text(yes.clone())),
    })?;
    Ok(Value::Coded { name: fitting(name)?, yes, no })
}

/// The two words that cases give, if it is two.
fn two_words(value: &Value) -> Option<[String; 2]> {
    let Value::Cases(cases, otherwise) = value else { return None };
    let mut words = Vec::new();
    for leaf in cases.iter().map(|(_, leaf)| leaf).chain([otherwise.as_ref()]) {
        match leaf {
            Value::Text(word) | Value::Number(word) => words.push(word.clone()),
            Value::Coded { yes, no, .. } => words.extend([yes.clone(), no.clone()]),
            _ => return None,
        }
    }
    words.sort();
    words.dedup();
    words.try_into().ok()
}

/// Keeps a value that can be worked out.
fn keep(import: &mut Import, node: &Node, value: Value) {
    let answer = |kind| Value::Answer(Answer { name: named(&node.id), kind, worked_out: true });
    let (expr, symbol, code, fate, message) = match value {
        Value::Number(number) => (
            Some(Expr::Number(number)),
            answer(Type::Number { whole: false }),
            "calculate",
            Fate::Exact,
            "It is the same for everyone.",
        ),
        Value::Text(text) if !text.contains('\'') => {
            (Some(Expr::Text(text)), answer(Type::Text), "calculate", Fate::Exact, "It is the same for everyone.")
        }
        Value::Sum(expr) => {
            (Some(expr), answer(Type::Number { whole: false }), "calculate", Fate::Exact, "It is worked out as before.")
        }
        Value::Day(expr) => (Some(expr), answer(Type::Date), "calculate", Fate::Exact, "It is worked out as before."),
        Value::Bool(value) => {
            let name = Expr::name(&node.id);
            let symbol = Value::Coded { name, yes: "true".into(), no: "false".into() };
            (Some(Expr::Bool(value)), symbol, "calculate", Fate::Exact, "It is the same for everyone.")
        }
        Value::Condition(expr) => {
            let symbol = Value::Coded { name: Expr::name(&node.id), yes: "true".into(), no: "false".into() };
            (Some(expr), symbol, "calculate", Fate::Exact, "It is a condition, worked out as before.")
        }
        Value::Coded { name: expr, yes, no } => {
            let symbol = Value::Coded { name: Expr::name(&node.id), yes, no };
            (
                Some(expr),
                symbol,
                "calculate-condition",
                Fate::Assumed,
                "It gives one of two words and became a condition; rules that compare it with them are adjusted.",
            )
        }
        same @ (Value::Answer(_) | Value::Label(_)) => (
            None,
            same,
            "calculate-same",
            Fate::Assumed,
            "It repeats an answer; rules and texts name the answer itself.",
        ),
        other => (
            None,
            other,
            "calculate-written-out",
            Fate::Degraded,
            "Its value depends on the case, which the export cannot show; rules that use it have the cases written out.",
        ),
    };
    let is_column = expr.is_some();
    if let Some(expr) = expr {
        match fitting(expr) {
            Ok(expr) => {
                import.symbols.worked_out(&node.id, &expr);
                let mut entry = Map::new();
                entry.insert("id".into(), json!(node.id));
                let key = format!("calculated.{}", node.id);
                if let Some((label, _)) = import.line(node, "label", &key) {
                    entry.insert("label".into(), json!(label));
                }
                entry.insert("value".into(), json!(expr.to_string()));
                import.add_source(&mut entry, node);
                import.calculated.push(Json::Object(entry));
            }
            Err(lost) => return stand_in(import, node, None, &lost),
        }
    }
    import.symbols.set(&node.name, node.place, Symbol::Value(symbol));
    let target = is_column.then_some(node.id.as_str());
    import.notes.add(code, fate, node.at("calculation"), target, message);
    if let Some(relevant) = node.row.get("relevant") {
        let message = format!("The value is worked out for everyone; the form does so only where `{relevant}` holds.");
        import.notes.add("calculate-relevant", Fate::Degraded, node.at("relevant"), target, message);
    }
}

/// A question in the place of a value that cannot be worked out, shown to nobody; nothing if nothing uses it.
fn stand_in(import: &mut Import, node: &Node, read: Option<&XPath>, lost: &Lost) {
    let place = node.at("calculation");
    let why = &lost.why;
    if !import.used.contains(&node.name) {
        let message = format!("`{}` was left out, and nothing uses it: {why}.", node.name);
        import.notes.add("calculation-lost", Fate::Dropped, place, None, message);
        let gone = Lost::new("calculation-lost", format!("`{}` was left out", node.name));
        import.symbols.set(&node.name, node.place, Symbol::Gone(gone));
        return;
    }
    let (kind, name) = read.map_or((Type::Text, "text"), |read| shape(read, import));
    import.symbols.place(&node.id, node.place);
    let answer = Answer { name: named(&node.id), kind: kind.clone(), worked_out: true };
    import.symbols.set(&node.name, node.place, Symbol::Value(Value::Answer(answer)));
    let mut json = Map::new();
    json.insert("id".into(), json!(node.id));
    json.insert("type".into(), json!(name));
    let label =
        import.line(node, "label", &format!("{}.text", node.id)).map_or_else(|| node.name.clone(), |(label, _)| label);
    json.insert("text".into(), json!(label));
    if matches!(kind, Type::Number { .. }) {
        json.insert("decimals".into(), json!(2));
    }
    let calculation = node.row.get("calculation").unwrap_or_default().to_string();
    import.add_source(&mut json, node);
    let unit = Unit { id: node.id.clone(), json, rule: Rule::Lost(calculation), needs: Vec::new() };
    import.stand_ins.insert(node.place, unit);
    let message = format!(
        "`{}` cannot be worked out here: {why}. It became a question that nobody sees; ask for it, or take it out of the rules that use it.",
        node.name
    );
    import.notes.add("calculation-lost", Fate::Degraded, place, Some(&node.id), message);
}

/// What kind of value a calculation gives, as far as it can be told.
fn shape(read: &XPath, import: &Import) -> (Type, &'static str) {
    let number = (Type::Number { whole: false }, "number");
    match read {
        XPath::Number(_) | XPath::Negative(_) | XPath::Binary(..) => number,
        XPath::Call(name, arguments) => match (name.as_str(), arguments.as_slice()) {
            ("if", [_, then, otherwise]) => match shape(then, import) {
                (Type::Text, _) => shape(otherwise, import),
                kind => kind,
            },
            ("coalesce", [first, ..]) => shape(first, import),
            ("date", _) => (Type::Date, "date"),
            (
                "int" | "round" | "number" | "sum" | "count" | "min" | "max" | "floor" | "ceiling" | "abs" | "sqrt"
                | "pow" | "position" | "string-length" | "count-selected" | "decimal-date-time",
                _,
            ) => number,
            _ => (Type::Text, "text"),
        },
        XPath::Ref(name) => match import.symbols.get(name) {
            Some(Symbol::Value(Value::Answer(Answer { kind: Type::Number { .. }, .. }) | Value::Sum(_))) => number,
            Some(Symbol::Value(Value::Answer(Answer { kind: Type::Date, .. }) | Value::Day(_))) => (Type::Date, "date"),
            _ => (Type::Text, "text"),
        },
        _ => (Type::Text, "text"),
    }
}
