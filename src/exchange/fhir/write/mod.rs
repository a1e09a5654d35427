//! A definition as a FHIR R4 Questionnaire.

mod items;
mod options;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use serde_json::{Map, Value, json};

use super::condition::{Asked, Offer, Said, say, say_not};
use super::extensions::{control, ours, sdc, standard};
use super::json::{flag, list, put, text};
use super::markdown::{line, plain};
use super::texts::{self, Shape};
use crate::exchange::report::{Fate, Report};

/// Most closing pages whose pages after them are put under the opposite of their rule.
const MAX_ENDS: usize = 20;

/// A Questionnaire made from a definition.
#[derive(Clone, Debug)]
pub struct Written {
    /// The resource.
    pub questionnaire: Value,
    /// What became of everything; `source` is a JSON pointer into the definition, `target` a `linkId`.
    pub report: Report,
}

/// Writes a definition that has been checked as a FHIR R4 Questionnaire.
///
/// Exact for notes, consents, choices, texts, numbers, days, repeating entries and rules that are one flat and/or.
/// A nested rule becomes a `FHIRPath` expression, and what a rule that FHIR cannot say belongs to is hidden: nothing
/// is shown always that was shown under a condition.
pub fn write(definition: &Value) -> Written {
    let mut writing = Writing::new(definition);
    let mut questionnaire = head(&mut writing, definition);
    let items = pages(&mut writing, definition);
    let contained = options::contained(&writing);
    put(&mut questionnaire, "contained", (!contained.is_empty()).then_some(contained));
    around(&mut writing, definition, &mut questionnaire);
    questionnaire.insert("item".into(), items.into());
    Written { questionnaire: Value::Object(questionnaire), report: writing.report }
}

/// The codings of the options in the Questionnaire of a definition, with their labels, by question and option; a field of
/// a repeat is `REPEAT.FIELD`.
pub fn codings(definition: &Value) -> BTreeMap<String, BTreeMap<String, Value>> {
    let writing = Writing::new(definition);
    let mut all = BTreeMap::new();
    let mut add = |question: &Value, id: String| {
        for key in ["options", "scale"] {
            let listed = match question.get(key) {
                Some(Value::String(name)) => definition.get("lists").and_then(|lists| lists.get(name)),
                listed => listed,
            };
            let label = |id: &str| {
                let options = listed.and_then(Value::as_array).into_iter().flatten();
                options
                    .into_iter()
                    .find(|option| text(option, "id") == Some(id))
                    .and_then(|option| text(option, "label"))
            };
            let offers = writing.offers(question, key, &id);
            let coding = |offer: &Offer| {
                let mut coding = offer.coding();
                if let (Value::Object(coding), Some(label)) = (&mut coding, label(&offer.id)) {
                    coding.insert("display".into(), plain(label).into());
                }
                (offer.id.clone(), coding)
            };
            if !offers.is_empty() {
                all.insert(id.clone(), offers.iter().map(coding).collect());
            }
        }
    };
    for question in list(definition, "pages").iter().flat_map(|page| list(page, "questions")) {
        let id = text(question, "id").unwrap_or_default();
        add(question, id.to_string());
        for field in list(question, "fields") {
            add(field, format!("{id}.{}", text(field, "id").unwrap_or_default()));
        }
    }
    all
}

/// What is known while a definition is written.
struct Writing<'d> {
    report: Report,
    definition: &'d Value,
    interventions: Rc<Vec<String>>,
    lists: HashMap<&'d str, Rc<Vec<Offer>>>,
    /// Lists that are written as value sets.
    used: BTreeSet<&'d str>,
    asked: HashMap<&'d str, Asked>,
}

impl<'d> Writing<'d> {
    fn new(definition: &'d Value) -> Self {
        let interventions = list(definition, "interventions").iter().filter_map(|one| text(one, "id"));
        let interventions = Rc::new(interventions.map(str::to_string).collect());
        let lists = definition.get("lists").and_then(Value::as_object).into_iter().flatten().map(|(name, options)| {
            let is_set = options::fits_value_set(options);
            (name.as_str(), Rc::new(options::offers(options, name, is_set)))
        });
        let mut writing = Self {
            report: Report::default(),
            definition,
            interventions,
            lists: lists.collect(),
            used: BTreeSet::new(),
            asked: HashMap::new(),
        };
        for page in list(definition, "pages").iter().filter(|page| text(page, "store").is_none()) {
            for question in list(page, "questions") {
                if let Some(id) = text(question, "id") {
                    let asked = writing.asked(question, id);
                    writing.asked.insert(id, asked);
                }
            }
        }
        writing
    }

    /// How a rule can ask for the answer to a question.
    fn asked(&self, question: &'d Value, id: &str) -> Asked {
        let rows = || match question.get("items") {
            Some(Value::Array(rows)) => {
                Rc::new(rows.iter().filter_map(|row| text(row, "id")).map(str::to_string).collect())
            }
            _ => Rc::clone(&self.interventions),
        };
        match text(question, "type").unwrap_or_default() {
            "consent" => Asked::Consent,
            "single" => {
                let has_text = self.options(question).iter().any(|option| option.get("other").is_some());
                Asked::Single(self.offers(question, "options", id), has_text)
            }
            "multi" => Asked::Multi(self.offers(question, "options", id)),
            "text" => Asked::Text,
            "number" => Asked::Number(items::is_decimal(question)),
            "date" => Asked::Date,
            "rate" => Asked::Rate(rows(), self.offers(question, "scale", id)),
            "rank" => Asked::Rank(rows()),
            "allocate" => Asked::Allocate(rows()),
            "repeat" => Asked::Repeat,
            _ => Asked::Unsaid,
        }
    }

    fn offers(&self, question: &Value, key: &str, id: &str) -> Rc<Vec<Offer>> {
        match question.get(key) {
            Some(Value::String(name)) => self.lists.get(name.as_str()).cloned().unwrap_or_default(),
            Some(options) => Rc::new(options::offers(options, id, false)),
            None => Rc::default(),
        }
    }

    /// The options of a question, also where it names a list.
    fn options(&self, question: &'d Value) -> &'d [Value] {
        let options = match question.get("options") {
            Some(Value::String(name)) => self.definition.get("lists").and_then(|lists| lists.get(name)),
            options => options,
        };
        options.and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    fn lookup(&self, id: &str) -> Option<Asked> {
        self.asked.get(id).cloned()
    }

    /// The translations of a text, by its key.
    fn translations(&self, key: &str) -> Vec<(String, String)> {
        let all = self.definition.get("translations").and_then(Value::as_object).into_iter().flatten();
        all.filter_map(|(language, texts)| Some((language.clone(), text(texts.get(key)?, "text")?.to_string())))
            .collect()
    }

    /// Writes a text of the definition with its translations.
    fn put_text(&self, into: &mut Map<String, Value>, markdown: &str, shape: Shape, key: &str) {
        texts::write(into, "text", markdown, shape, &self.translations(key));
    }

    /// Writes the rule of a page or question, and hides what has a rule that FHIR cannot say.
    fn put_rule(&mut self, element: &Value, pointer: &str, item: &mut Item) {
        if let Some(lost) = element.get("lost_rule") {
            item.extend([standard("questionnaire-hidden", "valueBoolean", true), ours("lost_rule", lost)]);
            let message = "it has a lost rule and is shown to nobody; it is written as hidden";
            self.say("hidden", Fate::Degraded, pointer, &item.link, message);
            return;
        }
        let Some(rule) = text(element, "show_if") else { return };
        item.extend([ours("show_if", &rule.into())]);
        let said = say(rule, &|id| self.lookup(id));
        self.put_said(said, &format!("{pointer}/show_if"), item);
    }

    fn put_said(&mut self, said: Said, pointer: &str, item: &mut Item) {
        match said {
            Said::When(conditions, behavior) => {
                item.put("enableWhen", conditions);
                if let Some(behavior) = behavior {
                    item.put("enableBehavior", behavior);
                }
                self.say("rule", Fate::Exact, pointer, &item.link, "the rule became `enableWhen`");
            }
            Said::Path(path) => {
                let expression = json!({"language": "text/fhirpath", "expression": path});
                item.extend([sdc("enableWhenExpression", "valueExpression", expression)]);
                let message = "the rule is nested and became a FHIRPath expression, which not every program reads";
                self.say("rule-expression", Fate::Degraded, pointer, &item.link, message);
            }
            Said::Unsaid => {
                item.extend([standard("questionnaire-hidden", "valueBoolean", true)]);
                let message = "FHIR has no form of the rule; what it belongs to is written as hidden";
                self.say("rule-lost", Fate::Degraded, pointer, &item.link, message);
            }
        }
    }

    fn say(&mut self, code: &'static str, fate: Fate, pointer: &str, link: &str, message: impl Into<String>) {
        self.report.add(code, fate, pointer, Some(link).filter(|link| !link.is_empty()), message);
    }
}

/// An item as it is written.
struct Item {
    link: String,
    extensions: Vec<Value>,
    json: Map<String, Value>,
    items: Vec<Value>,
}

impl Item {
    fn new(link: impl Into<String>, kind: &str) -> Self {
        let link = link.into();
        let json = Map::from_iter([("linkId".to_string(), link.as_str().into()), ("type".to_string(), kind.into())]);
        Self { link, extensions: Vec::new(), json, items: Vec::new() }
    }

    fn put(&mut self, key: &str, value: impl Into<Value>) {
        self.json.insert(key.to_string(), value.into());
    }

    fn json(&mut self) -> &mut Map<String, Value> {
        &mut self.json
    }

    fn extend(&mut self, extensions: impl IntoIterator<Item = Value>) {
        self.extensions.extend(extensions);
    }

    /// Keeps keys of the definition that FHIR has no place for.
    fn keep(&mut self, element: &Value, keys: &[&str]) {
        self.extensions.extend(keys.iter().filter_map(|key| Some(ours(key, element.get(*key)?))));
    }

    fn done(mut self) -> Value {
        let mut out = Map::new();
        if !self.extensions.is_empty() {
            out.insert("extension".into(), self.extensions.into());
        }
        out.append(&mut self.json);
        if !self.items.is_empty() {
            out.insert("item".into(), self.items.into());
        }
        Value::Object(out)
    }
}

/// What stands before the items: who asks what, and why.
fn head(writing: &mut Writing<'_>, definition: &Value) -> Map<String, Value> {
    let id = text(definition, "id").unwrap_or("survey");
    let mut out = Map::new();
    out.insert("resourceType".into(), "Questionnaire".into());
    // `_` cannot stand in the id of a FHIR resource.
    out.insert("id".into(), id.replace('_', ".").into());
    put(&mut out, "language", text(definition, "language"));
    let source =
        text(definition, "source").filter(|source| source.contains(':') && !source.contains(char::is_whitespace));
    out.insert("url".into(), source.map_or_else(|| format!("urn:canvass:survey:{id}"), str::to_string).into());
    put(&mut out, "version", definition.get("version").map(ToString::to_string));
    out.insert("name".into(), name(id).into());
    let title = text(definition, "title").unwrap_or(id);
    texts::write(&mut out, "title", &line(title), Shape::Line, &writing.translations("title"));
    out.insert("title".into(), title.into());
    out.insert("status".into(), "draft".into());
    if let Some(introduction) = definition.get("introduction") {
        put(&mut out, "publisher", text(introduction, "organisation").map(plain));
        put(&mut out, "description", text(introduction, "purpose"));
        let contact = text(introduction, "contact").map(|contact| json!([{"name": plain(contact)}]));
        put(&mut out, "contact", contact);
    }
    writing.say("questionnaire", Fate::Exact, "", "", "the survey became a Questionnaire of FHIR R4");
    out
}

/// A name that programs can use: `DigitalReadyWorkforce`.
fn name(id: &str) -> String {
    let words = id.split(['_', '-']).filter_map(|word| {
        let (first, rest) = word.split_at_checked(1)?;
        Some(format!("{}{rest}", first.to_ascii_uppercase()))
    });
    words.collect()
}

/// What the survey has that FHIR has no place for.
fn around(writing: &mut Writing<'_>, definition: &Value, out: &mut Map<String, Value>) {
    const KEPT: [&str; 17] = [
        "window",
        "privacy",
        "anonymity",
        "interventions",
        "population",
        "consensus",
        "round",
        "calculated",
        "checks",
        "unfinished",
        "accessibility",
        "results",
        "access",
        "progress",
        "overview",
        "retired",
        "translations",
    ];
    let introduction = definition.get("introduction").unwrap_or(&Value::Null);
    let mut extensions: Vec<Value> =
        ["minutes", "contact"].iter().filter_map(|key| Some(ours(key, introduction.get(*key)?))).collect();
    for key in KEPT {
        let Some(value) = definition.get(key) else { continue };
        extensions.push(ours(key, value));
        let (fate, message) = match key {
            "calculated" => (Fate::Degraded, "other programs do not compute the calculated values"),
            "checks" => (Fate::Degraded, "other programs do not judge the checks"),
            _ => (Fate::Exact, "kept in an extension"),
        };
        writing.say("kept", fate, &format!("/{key}"), "", message);
    }
    let url = out.get("url").and_then(Value::as_str);
    let source = definition.get("source").filter(|source| source.as_str() != url);
    extensions.extend(source.map(|source| ours("source", source)));
    if !extensions.is_empty() {
        out.insert("extension".into(), extensions.into());
    }
    for name in definition.get("lists").and_then(Value::as_object).into_iter().flat_map(|lists| lists.keys()) {
        let named = |question: &Value| ["options", "scale"].iter().any(|key| text(question, key) == Some(name));
        let uses = |question: &Value| named(question) || list(question, "fields").iter().any(named);
        if !list(definition, "pages").iter().any(|page| list(page, "questions").iter().any(uses)) {
            writing.say(
                "list-unused",
                Fate::Dropped,
                &format!("/lists/{name}"),
                "",
                "no question uses the list; it was left out",
            );
        }
    }
}

/// The pages as groups; those after a closing page stand in a group that has the opposite of its rule.
fn pages<'d>(writing: &mut Writing<'d>, definition: &'d Value) -> Vec<Value> {
    let pages = list(definition, "pages");
    let mut levels: Vec<(Option<Item>, Vec<Value>)> = vec![(None, Vec::new())];
    for (at, page) in pages.iter().enumerate() {
        let pointer = format!("/pages/{at}");
        let written = write_page(writing, page, &pointer);
        if let Some((_, items)) = levels.last_mut() {
            items.push(written);
        }
        if text(page, "end").is_some() && at + 1 < pages.len() {
            levels.extend(after_end(writing, page, &pointer, levels.len()).map(|group| (Some(group), Vec::new())));
        }
    }
    let mut inner: Option<Value> = None;
    while let Some((group, mut items)) = levels.pop() {
        items.extend(inner.take());
        let Some(mut group) = group else { return items };
        group.items = items;
        inner = Some(group.done());
    }
    inner.into_iter().collect()
}

/// The group of all that comes after a closing page: it is enabled where the closing page is not.
fn after_end(writing: &mut Writing<'_>, page: &Value, pointer: &str, level: usize) -> Option<Item> {
    let rule = text(page, "show_if")?;
    let mut group = Item::new(format!("after:{}", text(page, "id")?), "group");
    let said = say_not(rule, &|id| writing.lookup(id));
    if said == Said::Unsaid || level > MAX_ENDS {
        let message = "FHIR cannot say that the form ends here; the pages after it are shown all the same";
        writing.say("end-lost", Fate::Degraded, pointer, &group.link, message);
        return None;
    }
    group.extend([ours("after_end", &true.into())]);
    writing.put_said(said, &format!("{pointer}/end"), &mut group);
    Some(group)
}

fn write_page<'d>(writing: &mut Writing<'d>, page: &'d Value, pointer: &str) -> Value {
    let id = text(page, "id").unwrap_or("page");
    let mut group = Item::new(format!("page:{id}"), "group");
    group.extend([ours("page", &id.into())]);
    if let Some(title) = text(page, "title") {
        let key = format!("{id}.title");
        writing.put_text(group.json(), title, Shape::Line, &key);
    }
    group.keep(page, &["end", "store", "source"]);
    writing.put_rule(page, pointer, &mut group);
    writing.say("page", Fate::Exact, pointer, &group.link.clone(), "the page became a group");
    if text(page, "store").is_some() {
        let message = "other programs keep these answers with the others, and not apart";
        writing.say("contact", Fate::Degraded, pointer, &group.link.clone(), message);
    }
    if let Some(body) = text(page, "text") {
        let mut item = Item::new(format!("text:{id}"), "display");
        item.extend([ours("part", &"text".into())]);
        writing.put_text(item.json(), body, Shape::Paragraphs, &format!("{id}.body"));
        group.items.push(item.done());
    }
    for (at, question) in list(page, "questions").iter().enumerate() {
        let item = items::question(writing, question, &format!("{pointer}/questions/{at}"));
        group.items.push(item);
    }
    if group.items.is_empty() {
        // A group must hold something.
        let mut item = Item::new(format!("text:{id}"), "display");
        item.extend([ours("part", &"filler".into())]);
        let title = text(page, "title").unwrap_or(id).to_string();
        writing.put_text(item.json(), &title, Shape::Line, "");
        group.items.push(item.done());
    }
    group.done()
}

/// What explains a question, as an item within it.
fn put_hint(writing: &Writing<'_>, question: &Value, key: &str, item: &mut Item) {
    let Some(hint) = text(question, "hint") else { return };
    let mut inner = Item::new(format!("hint:{}", item.link), "display");
    inner.extend([control("help")]);
    writing.put_text(inner.json(), hint, Shape::Line, &format!("{key}.hint"));
    item.items.push(inner.done());
}

/// True if whoever sees the question must answer it.
fn is_required(question: &Value) -> bool {
    flag(question, "required")
}
