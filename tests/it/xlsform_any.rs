//! Any definition goes into a workbook and comes back the same.

#![cfg(test)]

use canvass::exchange::xlsform::{read, write};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Makes a definition of choices that are given one after the other; when they run out, the first is taken.
struct Maker<'a> {
    choices: std::slice::Iter<'a, u8>,
    ids: usize,
    /// Questions of earlier pages, with their types and the ids of their options.
    asked: Vec<(String, &'static str, Vec<String>)>,
}

const TEXTS: [&str; 22] = [
    "How are you?",
    "1",
    "1.0",
    "true",
    "yes",
    "null",
    "[1]",
    "\"a\"",
    " spaced ",
    "two\nlines",
    "carriage\r\nreturn",
    "_x000D_",
    "${q1}",
    "{{ q1 }}",
    "{{q1}} and {{ q1 | else 'you' }}",
    "{{ label('tea') }}",
    "=1+1",
    "$ {",
    "‘curly’ “quotes”",
    "ünï 日本 🎉",
    "a, b",
    "<b>&amp;</b>",
];

impl Maker<'_> {
    fn pick(&mut self, below: usize) -> usize {
        usize::from(*self.choices.next().unwrap_or(&0)) % below
    }

    fn chance(&mut self) -> bool {
        self.pick(3) == 1
    }

    fn text(&mut self) -> Value {
        let at = self.pick(TEXTS.len());
        // Only what earlier pages asked can be quoted, or the page would be cut in two.
        let text = TEXTS[at];
        json!(if text.contains("{{") && self.asked.is_empty() { "Nothing to quote" } else { text })
    }

    fn id(&mut self) -> String {
        self.ids += 1;
        format!("q{}", self.ids)
    }

    fn set(&mut self, object: &mut Map<String, Value>, key: &str, value: Value) {
        if self.chance() {
            object.insert(key.into(), value);
        }
    }

    fn rule(&mut self) -> Option<String> {
        let which = self.pick(self.asked.len().max(1));
        let (id, kind, options) = self.asked.get(which)?.clone();
        let option = options.first().cloned().unwrap_or_default();
        Some(match (kind, self.pick(3)) {
            (_, 0) => format!("answered({id})"),
            ("single", 1) => format!("{id}=='{option}'"),
            ("single", _) => format!("{id} in ['{option}'] or not answered({id})"),
            ("multi", 1) => format!("'{option}' not in {id}"),
            ("multi", _) => format!("count({id}) > 1 and '{option}' in {id}"),
            ("number", _) => format!("{id} * 2 - 1 >= 3"),
            ("text", _) => format!("matches({id}, '^a$')"),
            ("date", _) => format!("years_since({id}) < 18"),
            ("rate", _) => format!("{id}.r1 == '{option}'"),
            _ => format!("not answered({id})"),
        })
    }

    fn options(&mut self) -> Vec<Value> {
        let mut options = Vec::new();
        for number in 0..=self.pick(4) {
            let mut option =
                Map::from_iter([("id".into(), json!(format!("o{number}"))), ("label".into(), self.text())]);
            let hint = self.text();
            self.set(&mut option, "hint", hint);
            self.set(&mut option, "value", json!(number));
            self.set(&mut option, "missing", json!(true));
            self.set(&mut option, "exclusive", json!(number == 1));
            self.set(&mut option, "other", json!("optional"));
            self.set(&mut option, "last", json!(true));
            self.set(&mut option, "source", json!("http://loinc.org|LA33-6"));
            if let Some(rule) = self.rule().filter(|_| number == 2) {
                self.set(&mut option, "show_if", json!(rule));
            } else if number == 3 {
                self.set(&mut option, "lost_rule", json!("${q1} = 'x'"));
            }
            options.push(Value::Object(option));
        }
        options
    }

    fn question(&mut self, field: bool) -> Value {
        const KINDS: [&str; 12] = [
            "note", "consent", "single", "multi", "text", "number", "date", "rate", "rank", "allocate", "repeat",
            "ideas",
        ];
        let kind =
            if field { ["single", "text", "number", "date"][self.pick(4)] } else { KINDS[self.pick(KINDS.len())] };
        let id = self.id();
        let mut question =
            Map::from_iter([("id".into(), json!(id)), ("type".into(), json!(kind)), ("text".into(), self.text())]);
        let (hint, required, source) = (self.text(), self.chance(), self.text());
        self.set(&mut question, "hint", hint);
        self.set(&mut question, "required", json!(required));
        self.set(&mut question, "source", source);
        if let Some(rule) = self.rule() {
            // A field has no `required_if`.
            let keys = ["show_if", "lost_rule", "required_if"];
            let key = keys[self.pick(if field { 2 } else { 3 })];
            self.set(&mut question, key, json!(rule));
        }
        let mut ids = Vec::new();
        match kind {
            "single" | "multi" => {
                let options = self.options();
                ids = options.iter().map(|option| option["id"].as_str().unwrap().to_string()).collect();
                let options = if self.chance() { json!("shared") } else { json!(options) };
                question.insert("options".into(), options);
                for (key, value) in [
                    ("segment", json!("descriptive")),
                    ("order", json!("random")),
                    ("style", json!("dropdown")),
                    ("min", json!(1)),
                    ("max", json!(2)),
                ] {
                    self.set(&mut question, key, value);
                }
            }
            "text" => {
                for (key, value) in [
                    ("lines", json!(4)),
                    ("max_chars", json!(300)),
                    ("pattern", json!("^[a-z]{2}$")),
                    ("pattern_message", json!("Two letters")),
                    ("themes", json!(true)),
                ] {
                    self.set(&mut question, key, value);
                }
            }
            "number" => {
                for (key, value) in [
                    ("min", json!(0.0)),
                    ("max", json!(60)),
                    ("decimals", json!(2)),
                    ("unit", json!("5")),
                    ("step", json!(0.25)),
                ] {
                    self.set(&mut question, key, value);
                }
            }
            "date" => self.set(&mut question, "min", json!("2020-01-01")),
            "rate" | "rank" | "allocate" => {
                let items = if self.chance() {
                    json!("interventions")
                } else {
                    json!([{"id": "r1", "label": "Row"}, {"id": "2", "label": "Two", "source": "R2"}])
                };
                question.insert("items".into(), items);
                if kind == "rate" {
                    let scale = if self.chance() { json!("shared") } else { json!(self.options()) };
                    question.insert("scale".into(), scale);
                    self.set(&mut question, "measure", json!("support"));
                    self.set(&mut question, "support", json!(["o1", "o2"]));
                    ids = vec!["o0".into()];
                }
                self.set(&mut question, "min_items", json!(1));
                self.set(&mut question, "total", json!(10));
            }
            "repeat" => {
                let fields: Vec<Value> = (0..=self.pick(3)).map(|_| self.question(true)).collect();
                question.insert("fields".into(), json!(fields));
                self.set(&mut question, "max", json!(3));
                self.set(&mut question, "item_name", json!("idea"));
            }
            "ideas" => self.set(&mut question, "seeds", json!([{"id": "tea", "label": "Free tea"}])),
            _ => {}
        }
        if !field && !matches!(kind, "note" | "ideas") {
            self.asked.push((id, kind, ids));
        }
        Value::Object(question)
    }

    fn definition(&mut self) -> Value {
        let mut definition = Map::from_iter([
            ("format".into(), json!(1)),
            ("id".into(), json!("s")),
            ("title".into(), self.text()),
            ("lists".into(), json!({"shared": [{"id": "o0", "label": "First"}, {"id": "o1", "label": "Second"}]})),
            (
                "interventions".into(),
                json!([{"id": "r1", "label": "Trees", "breadth": "broad"}, {"id": "tea", "label": "Tea", "audience": "5"}]),
            ),
        ]);
        let purpose = self.text();
        for (key, value) in [
            ("version", json!(3)),
            ("language", json!("en-GB")),
            ("introduction", json!({"purpose": purpose, "minutes": 5})),
            ("consensus", json!({"tau_overall": 0.6, "n_min_overall": 80})),
            ("population", json!({"source": "2026", "margins": {"q1": {"o0": 0.5, "o1": 0.5}}})),
            ("retired", json!(["old"])),
            ("unfinished", json!("keep")),
            (
                "calculated",
                json!([{"id": "score", "value": "1 + 1"}, {"id": "flag", "label": "Flag", "value": "score > 1"}]),
            ),
            (
                "checks",
                json!([{"rule": "score > 1", "message": "No"}, {"lost_rule": "${x}", "message": "${y}", "level": "warn"}]),
            ),
        ] {
            self.set(&mut definition, key, value);
        }
        let mut pages = Vec::new();
        for number in 0..=self.pick(4) {
            let mut page = Map::from_iter([(
                "id".into(),
                json!(if number == 0 { "q1".to_string() } else { format!("p{number}") }),
            )]);
            let (title, body) = (self.text(), self.text());
            self.set(&mut page, "title", title);
            self.set(&mut page, "text", body);
            if let Some(rule) = self.rule() {
                self.set(&mut page, "show_if", json!(rule));
            }
            let before = std::mem::take(&mut self.asked);
            let mut questions = Vec::new();
            let mut asked = before.clone();
            for _ in 0..=self.pick(3) {
                self.asked.clone_from(&before);
                questions.push(self.question(false));
                asked.extend(self.asked.drain(before.len()..));
            }
            self.asked = asked;
            // A wall has a page of its own.
            if let Some(at) = questions.iter().position(|question| question["type"] == "ideas") {
                questions = vec![questions.swap_remove(at)];
                let ids: Vec<&str> = questions.iter().filter_map(|question| question["id"].as_str()).collect();
                self.asked
                    .retain(|(id, ..)| before.iter().any(|(known, ..)| known == id) || ids.contains(&id.as_str()));
            }
            // A page with several questions must have a title.
            page.entry("title").or_insert_with(|| json!("Title"));
            page.insert("questions".into(), json!(questions));
            pages.push(Value::Object(page));
        }
        if self.chance() {
            pages.push(json!({"id": "the_end", "title": "Bye", "end": "finished"}));
        }
        definition.insert("pages".into(), json!(pages));
        if self.chance() {
            let text = self.text();
            definition.insert("translations".into(), json!({
                "cy": {"q1.text": {"text": text, "of": "00000000"}, "q1.title": {"text": "Teitl"}, "shared.o0": {"text": "Cyntaf"}},
                "x-odd": {"interventions.tea": {"text": "Té"}, "nothing": {"text": "Nada"}},
            }));
        }
        Value::Object(definition)
    }
}

/// Where two values first differ.
fn difference(path: &str, a: &Value, b: &Value) -> Option<String> {
    let both = match (a, b) {
        (Value::Object(x), Value::Object(y)) => {
            let keys = x.keys().chain(y.keys().filter(|key| !x.contains_key(*key)));
            keys.map(|key| (key.clone(), x.get(key).cloned(), y.get(key).cloned())).collect::<Vec<_>>()
        }
        (Value::Array(x), Value::Array(y)) => {
            (0..x.len().max(y.len())).map(|at| (at.to_string(), x.get(at).cloned(), y.get(at).cloned())).collect()
        }
        _ => return (a != b).then(|| format!("{path}: {a} became {b}")),
    };
    both.iter().find_map(|(key, a, b)| match (a, b) {
        (Some(a), Some(b)) => difference(&format!("{path}/{key}"), a, b),
        (a, b) => Some(format!("{path}/{key}: {a:?} became {b:?}")),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn any_definition_comes_back_as_it_was_written(choices in prop::collection::vec(any::<u8>(), 0..400)) {
        let definition = Maker { choices: choices.iter(), ids: 0, asked: Vec::new() }.definition();
        let written = write(&definition).unwrap();
        let again = read(&written.workbook).unwrap().definition;
        prop_assert_eq!(difference("", &definition, &again), None);
    }
}
