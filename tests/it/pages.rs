//! A page that was compiled is, byte for byte, what its template gives: for every page, answer, fault, language and theme.

#![cfg(test)]

use std::sync::Arc;

use canvass::definition::{Survey, parse};
use canvass::item::Fields;
use canvass::render::Renderer;
use canvass::render::theme::{Theme, ThemeFiles};
use canvass::response::{Draft, Screen, simulate};
use canvass::web::{Asking, Site};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use regex::Regex;

use crate::app::TestApp;
use crate::db::each_db;

/// What the surveys in `surveys/` lack: orders, rows on several pages, earlier answers in texts, options with rules, and
/// texts and ids that want to break out.
const ODD: &str = r#"{"format": 1, "id": "odd", "title": "Odd <b>&amp; \"even\" `x='y'`", "language": "en",
"translations": {"ar": {}, "cy": {}, "de": {}},
"lists": {"steps": [{"id": "no", "label": "No <i>\"way\"</i>"}, {"id": "maybe", "label": "Maybe"}, {"id": "yes", "label": "*Yes*"}]},
"checks": [{"rule": "not answered(age) or age <= 60", "level": "warn", "message": "More than <60> & older?"},
  {"rule": "not answered(age) or age >= 3", "message": "Less than 3"}],
"pages": [
{"id": "start", "text": "Text over <b>a</b> single question & its page", "questions": [
  {"id": "age", "type": "number", "text": "How old are you, <b>then</b>?", "decimals": 1, "unit": "years & \"days\"", "hint": "A `number`"}]},
{"id": "lists", "title": "Lists & <orders>", "questions": [
  {"id": "three", "type": "single", "text": "Three", "order": "random", "options": [
    {"id": "a", "label": "A", "hint": "First"}, {"id": "b", "label": "B <b>", "other": "required"}, {"id": "c", "label": "C"}, {"id": "z", "label": "Z", "last": true, "exclusive": true}]},
  {"id": "eight", "type": "multi", "text": "Eight", "order": "random", "max": 3, "required": true, "options": [
    {"id": "a", "label": "A"}, {"id": "b", "label": "B", "other": "optional"}, {"id": "c", "label": "C"}, {"id": "d", "label": "D"},
    {"id": "e", "label": "E"}, {"id": "f", "label": "F"}, {"id": "g", "label": "G"}, {"id": "h", "label": "None", "exclusive": true}]},
  {"id": "half", "type": "single", "style": "dropdown", "text": "Half", "order": "reverse_half", "required_if": "age > 10", "options": [
    {"id": "a", "label": "A < B"}, {"id": "b", "label": "B", "other": "required"}, {"id": "c", "label": "\"C\"", "other": "optional"}]},
  {"id": "ruled", "type": "multi", "text": "Ruled", "options": [
    {"id": "a", "label": "A", "show_if": "age > 5"}, {"id": "b", "label": "B", "show_if": "age > 10"}, {"id": "c", "label": "C"}]},
  {"id": "only", "type": "consent", "text": "Only for the old ones", "show_if": "age > 30"}]},
{"id": "grid", "title": "A long grid", "questions": [
  {"id": "before", "type": "text", "text": "Before"},
  {"id": "rows", "type": "rate", "text": "Rate", "scale": "steps", "order": "reverse_half", "rows_per_page": 3, "items": [
    {"id": "r1", "label": "One"}, {"id": "r2", "label": "Two"}, {"id": "r3", "label": "Three"}, {"id": "r4", "label": "Four"}, {"id": "r5", "label": "Five"}, {"id": "r6", "label": "Six"}, {"id": "r7", "label": "Seven"}]},
  {"id": "after", "type": "text", "text": "After", "lines": 3, "max_chars": 100, "required": true}]},
{"id": "bare", "questions": [
  {"id": "many", "type": "rate", "text": "Rate these", "required": true, "scale": "steps", "rows_per_page": 2, "items": [
    {"id": "hint", "label": "One"}, {"id": "error", "label": "Two"}, {"id": "info", "label": "Three"}]}]},
{"id": "told", "title": "You said {{ three | else 'nothing' }}", "text": "And {{ age | else '?' }}.", "questions": [
  {"id": "piped", "type": "text", "text": "Why {{ three | else 'not' }}?", "hint": "You are {{ age }}"},
  {"id": "plain", "type": "date", "text": "When?"}]},
{"id": "alone", "questions": [{"id": "why", "type": "text", "lines": 5, "text": "Why {{ before | else 'no answer' }}?"}]},
{"id": "often", "title": "Often", "questions": [
  {"id": "each", "type": "repeat", "text": "Each", "min": 1, "max": 4, "item_name": "thing <x>", "fields": [
    {"id": "what", "type": "text", "text": "What?", "required": true}, {"id": "how", "type": "single", "text": "How?", "options": "steps"},
    {"id": "many", "type": "multi", "text": "Which?", "options": [{"id": "a", "label": "A", "other": "optional"}, {"id": "b", "label": "B"}]},
    {"id": "day", "type": "date", "text": "Day?"}, {"id": "n", "type": "number", "text": "N?"}, {"id": "list", "type": "single", "style": "dropdown", "text": "List?", "options": "steps"}]},
  {"id": "rest", "type": "rank", "text": "Rank", "max": 2, "order": "alphabetical", "items": [{"id": "x", "label": "Z"}, {"id": "y", "label": "Y"}, {"id": "z", "label": "X"}]},
  {"id": "points", "type": "allocate", "text": "Share", "total": 20, "step": 5, "items": [{"id": "x", "label": "X <"}, {"id": "y", "label": "Y"}]}]},
{"id": "contact", "store": "contact", "questions": [{"id": "mail", "type": "email", "text": "Mail?"}]}]}"#;

const HOSTILE: [&str; 14] = [
    "",
    " ",
    "<script>alert('1')</script>",
    "\"'`=&<>&amp;",
    "one\r\ntwo\n\nthree",
    "</textarea><b>",
    "{{csrf}} {{{typed}}}",
    "هذا \u{202e}نص",
    "12",
    "3",
    "99",
    "61",
    "2024",
    "yes",
];

fn surveys() -> Vec<Survey> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/surveys");
    let texts = ["w20", "item-gallery", "format-gallery", "digital-ready-workforce"]
        .map(|id| std::fs::read_to_string(format!("{folder}/{id}.json")).unwrap());
    let all = texts.into_iter().chain([ODD.to_string()]);
    all.flat_map(|text| {
        let parsed = parse(&text);
        let survey = parsed.survey.unwrap_or_else(|| panic!("{:?}", parsed.findings));
        let languages: Vec<String> = survey.languages().into_iter().map(str::to_string).collect();
        languages.into_iter().map(move |language| {
            let mut survey = survey.clone();
            survey.translate(&language);
            survey
        })
    })
    .collect()
}

/// The names of the fields on a page, with the values that it offers for each.
fn fields_of(html: &str) -> Vec<(String, Vec<String>)> {
    let tags = Regex::new(r"<(input|select|textarea|option)\b[^>]*>").unwrap();
    let attribute = |tag: &str, name: &str| {
        let value = Regex::new(&format!(r#" {name}="([^"]*)""#)).unwrap();
        value.captures(tag).map(|found| found[1].to_string())
    };
    let mut fields: Vec<(String, Vec<String>)> = Vec::new();
    for tag in tags.find_iter(html).map(|tag| tag.as_str()) {
        match attribute(tag, "name") {
            Some(name) if name.starts_with('_') => {}
            Some(name) => {
                let offered =
                    if tag.contains("checkbox") || tag.contains("radio") { attribute(tag, "value") } else { None };
                match fields.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, values)) => values.extend(offered),
                    None => fields.push((name, offered.into_iter().collect())),
                }
            }
            None => {
                if let (Some(value), Some((_, values))) = (attribute(tag, "value"), fields.last_mut()) {
                    values.push(value);
                }
            }
        }
    }
    fields
}

/// Something that may be posted for these fields.
fn post(fields: &[(String, Vec<String>)], dice: &mut ChaCha8Rng) -> Fields {
    let mut posted = Fields::default();
    let much = dice.random_range(0.1..1.0);
    for (name, offered) in fields {
        if !dice.random_bool(much) {
            continue;
        }
        let name = if name.contains(".1.") {
            name.replace(".1.", [".1.", ".2.", ".3.", ".02.", ".9."][dice.random_range(0..5)])
        } else {
            name.clone()
        };
        for _ in 0..dice.random_range(1..4) {
            let value = match dice.random_range(0..10) {
                0..8 if !offered.is_empty() => offered[dice.random_range(0..offered.len())].clone(),
                _ => HOSTILE[dice.random_range(0..HOSTILE.len())].to_string(),
            };
            posted.push(&name, value);
        }
    }
    posted
}

/// Site and templates of a theme.
struct Look {
    site: Site,
    renderer: Renderer,
}

impl Look {
    fn plain() -> Self {
        Self { site: Site::new("http://127.0.0.1"), renderer: Renderer::new().unwrap() }
    }

    fn with(templates: &[(&str, &str)]) -> Self {
        let templates = templates.iter().map(|(name, text)| ((*name).to_string(), (*text).to_string())).collect();
        let settings = r#"{"name": "The <Town>", "text": "& more", "link": "https://example.org/?a=1&b=2"}"#;
        let files = ThemeFiles { templates, settings: Some(settings.to_string()), ..ThemeFiles::default() };
        let theme = Theme::read(files).unwrap();
        let renderer = Renderer::themed(&theme.templates).unwrap();
        Self { site: Site::new("http://127.0.0.1").with_theme(theme), renderer }
    }

    /// The page, if it is on the way: twice, for what is compiled then stays.
    fn same(&self, asking: Asking<'_>) -> Option<String> {
        let told = asking.view(&self.site).map(|view| self.renderer.render("respond/page", &view).unwrap());
        for _ in 0..2 {
            let html = asking.html(&self.site, &self.renderer).unwrap();
            if html != told {
                let (html, told) = (html.unwrap_or_default(), told.clone().unwrap_or_default());
                let apart = html.lines().zip(told.lines()).find(|(html, told)| html != told);
                panic!("{} {:?}: {apart:?}", asking.survey.id, asking.at);
            }
        }
        told
    }
}

fn asking<'a>(survey: &'a Arc<Survey>, languages: &'a [String], draft: &'a Draft, at: &'a Screen) -> Asking<'a> {
    Asking {
        survey,
        version: 3,
        languages,
        draft,
        at,
        refused: None,
        wall: None,
        guard: "guard-\"<&>",
        making: "m4k1ng",
        from_check: false,
        more: None,
    }
}

/// Compares everything that can be asked of a survey with many answers and faults; gives how many pages there were.
fn compare(look: &Look, survey: &Survey, rounds: u64) -> usize {
    let survey = Arc::new(survey.clone());
    let languages: Vec<String> = survey.languages().into_iter().map(str::to_string).collect();
    let today = jiff::civil::date(2026, 3, 2);
    let mut seen = 0;
    for round in 0..rounds {
        let mut dice = ChaCha8Rng::seed_from_u64(round);
        let invented = simulate::respondent(&survey, 7, round, today).filter(|_| round % 3 == 1);
        let mut draft = invented.unwrap_or_else(|| Draft { seed: format!("s{round}"), today, ..Draft::default() });
        for page in &survey.pages {
            for part in 1..=4 {
                let at = Screen { page: page.id.clone(), part };
                let Some(blank) = look.same(asking(&survey, &languages, &draft, &at)) else { continue };
                seen += 1;
                look.same(Asking { from_check: true, more: Some("each"), ..asking(&survey, &languages, &draft, &at) });
                let posted = post(&fields_of(&blank), &mut dice);
                let faults = draft.save(&survey, &at, posted.clone());
                let refused = Some((&posted, faults.as_slice()));
                look.same(Asking { refused, ..asking(&survey, &languages, &draft, &at) });
                look.same(Asking { more: Some("each"), ..asking(&survey, &languages, &draft, &at) });
            }
        }
    }
    seen
}

#[test]
fn every_page_is_what_its_template_gives() {
    let look = Look::plain();
    for survey in surveys() {
        let before = look.site.pages().by_template();
        let seen = compare(&look, &survey, 3);
        assert!(seen > 8, "{} {}: {seen}", survey.id, survey.language);
        let by_template = look.site.pages().by_template() - before;
        assert_eq!(by_template, 0, "{} {}", survey.id, survey.language);
    }
    assert!(look.site.pages().bytes() < 4_000_000, "{}", look.site.pages().bytes());
}

#[test]
fn what_looks_like_a_mark_is_text() {
    let look = Look::plain();
    let marked = ["\u{f8f0}<3\u{f8f1}", "\u{f8f0}&lt;3\u{f8f1}", "\u{f8f1} \u{f8f0}"];
    let definition = |text: &str| {
        let questions = serde_json::json!([
            {"id": "a", "type": "text", "text": text, "max_chars": 9},
            {"id": "b", "type": "allocate", "text": "B", "total": 10, "items": [{"id": "x", "label": text}, {"id": "y", "label": "Y"}]}]);
        let pages = serde_json::json!([{"id": "p", "title": text, "text": text, "questions": questions}]);
        serde_json::json!({"format": 1, "id": "marks", "title": text, "pages": pages}).to_string()
    };
    for text in ["plain"].into_iter().chain(marked) {
        let survey = Arc::new(parse(&definition(text)).survey.unwrap());
        let (draft, at) = (Draft::default(), Screen::from("p"));
        for typed in marked {
            let fields = Fields(vec![("a".to_string(), typed.repeat(4)), ("b.x".to_string(), typed.to_string())]);
            let faults = draft.clone().save(&survey, &at, fields.clone());
            assert_eq!(faults.len(), 2);
            look.same(Asking { refused: Some((&fields, &[])), ..asking(&survey, &[], &draft, &at) }).unwrap();
            look.same(Asking { refused: Some((&fields, &faults)), ..asking(&survey, &[], &draft, &at) }).unwrap();
        }
    }
}

/// Templates that lay things out otherwise, place things twice, leave things out or look around.
#[test]
fn a_theme_may_change_any_template() {
    let twice = "<p>{{typed}}</p><p id=\"{{head.id}}\">{{typed}}<input name=\"{{head.name}}\" value=\"{{typed}}\">{{{head.label}}}</p>\n";
    let one_line = "{{> part/legend head}}{{#each choices}}<input name=\"{{name}}\" type=\"radio\" value=\"{{code}}\"{{#if checked}} checked{{/if}}>{{{label}}}{{#if checked}} <b>chosen</b>{{/if}}{{/each}}\n";
    let counting = "{{#each choices}}\n<input name=\"{{name}}\" type=\"checkbox\" value=\"{{code}}\"{{#if checked}} checked class=\"é\"{{else}} class=\"è\"{{/if}}>\n{{#if checked}}\n<b>chosen: {{../head.name}} {{@index}} {{@first}}</b>\n{{/if}}\n{{/each}}\n";
    let page = "{{#> layout}}<form data-keep=\"{{keep}}\">{{#each items}}{{#if @first}}<hr>{{/if}}<h2>{{@index}}</h2>\n{{> (lookup this \"template\")}}\n{{#unless @last}}<hr>{{/unless}}{{/each}}{{#each errors}}<a href=\"{{href}}\">{{text}}</a>{{/each}}<input value=\"{{csrf}} {{csrf}}\">{{{heading}}}{{heading}}{{progress}}</form>{{/layout}}\n";
    let titled =
        "{{> part/label head}}<input name=\"{{head.name}}\" title=\"{{@root.shell.title}}\" value=\"{{typed}}\">\n";
    let surveys = surveys();
    let themes: [&[(&str, &str)]; 9] = [
        &[],
        &[("item/text", twice), ("item/number", twice)],
        &[("item/single", one_line)],
        &[("item/multi", counting)],
        &[("respond/page", page)],
        &[("item/number", titled)],
        &[("item/note", "<hr>\n")],
        &[
            ("item/note", "<p>{{{body}}}{{{body}}}</p>\n"),
            ("part/hint", "{{#if hint}}<small>{{{hint}}}</small>{{/if}}"),
        ],
        &[(
            "layout",
            "<title>{{shell.title}} {{shell.title}}</title>{{shell.back}}{{> @partial-block}}{{> part/footer shell}}\n",
        )],
    ];
    for templates in themes {
        let look = Look::with(templates);
        for survey in surveys.iter().filter(|survey| ["odd", "item-gallery"].contains(&survey.id.as_str())).take(2) {
            assert!(compare(&look, survey, 1) > 3, "{templates:?}");
        }
    }
}

each_db! {
    fn the_start_page_and_the_receipt_differ_in_the_reference_and_the_token_alone(db) {
        let app = TestApp::start(db).with_survey("item-gallery");
        // The first is made by the template, and those after it by what was compiled of it.
        let pages: Vec<(String, String)> = (0..3)
            .map(|_| {
                let start = app.visitor().open("/s/item-gallery").expect_status(200).page.body.clone();
                let mut sam = app.respondent("item-gallery");
                sam.answer_gallery();
                sam.continue_().expect_at("/s/item-gallery/sent");
                let (receipt, body) = (sam.receipt(), sam.page.body.clone());
                let guard = Regex::new("name=\"_csrf\" value=\"([^\"]+)\"").unwrap().captures(&body).unwrap()[1].to_string();
                assert!(body.matches(&receipt).count() == 1 && body.matches(&guard).count() == 2, "{body}");
                (start, body.replace(&receipt, "RECEIPT").replace(&guard, "GUARD"))
            })
            .collect();
        assert!(pages.iter().all(|page| *page == pages[0]), "{pages:?}");
        let mut back = app.respondent("item-gallery");
        back.open("/s/item-gallery").expect("continue");
        assert_ne!(back.page.body, pages[0].0, "who has begun is told so");
    }
}
