//! Invented views of every page that a theme can change, so that a template that cannot be filled stops the start and
//! not a respondent's page.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Brand, ThemeError, unfilled};
use crate::definition::parse;
use crate::item::Fields;
use crate::render::form::{self, Filled};
use crate::render::html::Html;
use crate::render::input::Input;
use crate::render::item::{Action, Choice, Choose, Item, Question, Rate, RateRow};
use crate::render::markdown::block;
use crate::render::page::{
    self, Account, Again, AnswerGroup, AnswerRow, Before, Changes, Check, Code, Copy, Ended, Fact, Help, Info, Kept,
    KeptText, Language, Link, Page, Problem, Receipt, Saved, Shell, Start, Statement, Withdraw,
};
use crate::render::wall::{Given, Screen, Wall};
use crate::render::{Renderer, live};
use crate::vocabulary::Words;

/// Surveys with something of everything that can be asked.
const GALLERIES: [&str; 2] =
    [include_str!("../../../surveys/item-gallery.json"), include_str!("../../../surveys/format-gallery.json")];

/// Pages that are tried.
const PAGES: [&str; 15] = [
    "info",
    "statement",
    "respond/start",
    "respond/page",
    "respond/saved",
    "respond/check",
    "respond/receipt",
    "respond/copy",
    "respond/withdraw",
    "respond/ended",
    "respond/closed",
    "respond/problem",
    "respond/code",
    "respond/help",
    "layout",
];

/// True if a theme may bring a template of that name: a page that is tried here, or a part of one.
pub(super) fn may_be_replaced(name: &str) -> bool {
    PAGES.contains(&name) || name.starts_with("part/") || name.starts_with("item/")
}

/// Fills every page with all there can be on it, and with as little as there can be.
pub(super) fn fill_all(renderer: &Renderer, templates: &[(String, String)]) -> Result<(), ThemeError> {
    if templates.is_empty() {
        return Ok(());
    }
    for (name, view) in views() {
        for view in [full(view.clone()), bare(view)] {
            renderer.render(name, &view).map_err(|error| unfilled(&error, templates))?;
        }
    }
    Ok(())
}

/// A view with every fault told.
fn full(view: Value) -> Value {
    match view {
        Value::Object(fields) => fields
            .into_iter()
            .map(|(key, value)| match (key.as_str(), value) {
                ("error" | "error_id" | "described_by", Value::Null) => (key, text("sample")),
                (_, value) => (key, full(value)),
            })
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(list) => list.into_iter().map(full).collect(),
        other => other,
    }
}

/// A view without anything that may be missing; what stands around it stays.
fn bare(view: Value) -> Value {
    let Value::Object(fields) = view else { return view };
    let emptied = fields.into_iter().map(|(key, value)| match value {
        value if key == "shell" => (key, value),
        Value::String(_) => (key, text("")),
        Value::Bool(_) => (key, Value::Bool(false)),
        Value::Array(_) => (key, Value::Array(Vec::new())),
        other => (key, other),
    });
    emptied.collect::<Map<_, _>>().into()
}

fn text(text: &str) -> Value {
    Value::String(text.to_string())
}

fn shell() -> Shell {
    Shell {
        lang: "ar".to_string(),
        dir: Some("rtl"),
        words: &Words::of("en").labels,
        words_lang: Some("en"),
        words_dir: Some("ltr"),
        title: "Sample".to_string(),
        css: "/sample.css".to_string(),
        theme_css: Some("/theme.css".to_string()),
        js: "/sample.js".to_string(),
        staff_js: None,
        brand: Some(Brand {
            name: "Sample".to_string(),
            href: Some("/".to_string()),
            text: Some("Sample".to_string()),
            logo: Some("/sample.svg".to_string()),
        }),
        service: "Sample".to_string(),
        service_href: Some("/".to_string()),
        back: Some("/".to_string()),
        notice: Some("Sample".to_string()),
        account: Some(Account {
            name: "Sample".to_string(),
            href: Some("/"),
            action: "/".to_string(),
            csrf: "x".to_string(),
        }),
        footer: vec![link()],
        owner: Some("Sample".to_string()),
    }
}

fn link() -> Link {
    Link { href: "/sample".to_string(), text: "Sample".to_string() }
}

fn fact() -> Fact {
    Fact { term: "Sample".to_string(), body: html(), ours: true }
}

fn html() -> Html {
    block("Sample")
}

fn language() -> Language {
    Language { tag: "cy".to_string(), dir: "ltr", name: "Cymraeg".to_string() }
}

fn groups() -> Vec<AnswerGroup> {
    let row = |given: &[&str], change| AnswerRow {
        key: html(),
        question: "Sample".to_string(),
        given: given.iter().map(ToString::to_string).collect(),
        is_one_line: given.len() == 1,
        change,
    };
    let rows = vec![row(&["Sample"], Some(link())), row(&["Sample", "Sample"], Some(link())), row(&[], None)];
    vec![AnswerGroup { heading: Some("Sample".to_string()), rows }]
}

fn field() -> Input {
    let question = Question { name: "code".to_string(), label: html(), hint: Some(html()), ..Question::default() };
    Input::code(question, "sample")
}

fn items(words: &'static Words) -> Vec<Item> {
    let surveys = GALLERIES.iter().filter_map(|gallery| parse(gallery).survey);
    let fields = Fields::default();
    let filled =
        Filled { fields: &fields, faults: &[], words, words_lang: Some("en"), lang: "ar", before: &form::NOTHING };
    let of = |survey: crate::definition::Survey| {
        let items: Vec<_> =
            survey.pages.iter().flat_map(|page| &page.questions).map(|question| &question.item).collect();
        form::items(items, filled, false, None)
    };
    surveys.flat_map(of).chain([wall()]).collect()
}

/// A screen of an idea wall with all that any may hold.
fn wall() -> Item {
    let question = |name: &str| Question { name: name.to_string(), label: html(), ..Question::default() };
    let choices = || vec![Choice::new("sample", html())];
    let action = || Action { then: "wall.sample".to_string(), label: some() };
    let row = RateRow {
        code: "sample".to_string(),
        label: html(),
        hint: None,
        error: None,
        choices: choices(),
        action: Some((action(), some())),
    };
    let screen = Screen {
        says: Some(some()),
        own: Some(Input::lines(question("w.own"), "sample", 4, None)),
        caution: Some(some()),
        same: Some(Choose::new(question("w.same"), choices())),
        votes: Some(Rate::new(question("w.vote"), vec![row])),
        hidden: vec![("w.of".to_string(), some())],
        actions: vec![action()],
        given_heading: "Sample",
        given: vec![given()],
    };
    Item::Ideas(Box::new(Wall::new(question("w"), screen)))
}

fn given() -> Given {
    Given { body: html(), says: Some(some()) }
}

/// Each page with its template; all that may be there is there.
fn views() -> Vec<(&'static str, Value)> {
    before_sending().into_iter().chain(after_sending()).chain(any_time()).collect()
}

fn some() -> String {
    "Sample".to_string()
}

fn address() -> String {
    "/sample".to_string()
}

fn csrf() -> String {
    "x".to_string()
}

fn mail() -> page::Mail {
    let (heading, says, button) = ("Sample", "Sample", "Sample");
    page::Mail { heading, says, sent: Some("Sample"), action: address(), csrf: csrf(), field: field(), button }
}

fn leave() -> page::Leave {
    page::Leave { heading: "Sample", says: "Sample", action: address(), csrf: csrf(), button: "Sample" }
}

fn before_sending() -> [(&'static str, Value); 6] {
    let words = Words::of("en");
    let before = Before { says: "Sample", link: link(), someone_else: "Sample", warning: some(), start: "Sample" };
    let start = Start {
        shell: shell(),
        errors: vec![link()],
        door: None,
        heading: some(),
        purpose: html(),
        brief: vec![fact()],
        facts: vec![fact()],
        is_long: true,
        languages: vec![language()],
        other_languages: "Sample",
        address: address(),
        action: address(),
        csrf: csrf(),
        before: None,
        code: link(),
    };
    let begun = Start { before: Some(before), ..start.clone() };
    let door = page::Door { heading: "Sample", says: "Sample", field: field(), action: address() };
    let shut = Start { door: Some(door), ..start.clone() };
    let page = Page {
        shell: shell(),
        heading: Some(html()),
        progress: Some(some()),
        intro: Some(html()),
        errors: vec![link()],
        items: items(words),
        action: address(),
        csrf: csrf(),
        version: 1,
        making: some(),
        keep: address(),
        spoken: live::spoken(words, Some("en")),
        languages: vec![language()],
        can_save: true,
        confirm: vec![1],
        has_actions: true,
        overview: Some(link()),
    };
    let saved = Saved {
        shell: shell(),
        errors: vec![link()],
        mail: Some(mail()),
        leave: leave(),
        link: address(),
        link_text: some(),
        code: some(),
        expires: Some(some()),
        back_to: address(),
    };
    let check = Check {
        shell: shell(),
        barred: Some(page::Barred { heading: "Sample", says: "Sample", link: link() }),
        errors: vec![link()],
        groups: groups(),
        closing: Some(html()),
        declaration: "Sample",
        action: address(),
        csrf: csrf(),
        version: 1,
        languages: vec![language()],
        can_save: true,
    };
    [
        ("respond/start", value(&start)),
        ("respond/start", value(&begun)),
        ("respond/start", value(&shut)),
        ("respond/page", value(&page)),
        ("respond/saved", value(&saved)),
        ("respond/check", value(&check)),
    ]
}

fn after_sending() -> [(&'static str, Value); 5] {
    let changes = Changes {
        heading: some(),
        leads: true,
        says: "Sample",
        action: address(),
        csrf: csrf(),
        button: some(),
        withdraw: link(),
    };
    let receipt = Receipt {
        shell: shell(),
        errors: vec![link()],
        mail: Some(mail()),
        leave: leave(),
        everyone: Some(page::Everyone { link: link(), says: "Sample" }),
        heading: "Sample",
        reference: some(),
        next: html(),
        copy: link(),
        given_heading: "Sample",
        given: vec![given()],
        changes: Some(changes),
        contact: html(),
    };
    let copy = Copy { shell: shell(), heading: "Sample", sent_on: some(), groups: groups(), download: link() };
    let withdraw = Withdraw {
        shell: shell(),
        heading: "Sample",
        says: "Sample",
        action: address(),
        csrf: csrf(),
        button: "Sample",
        keep: link(),
    };
    let ended = Ended { shell: shell(), heading: some(), body: html(), link: Some(link()), contact: Some(html()) };
    [
        ("respond/receipt", value(&receipt)),
        ("respond/copy", value(&copy)),
        ("respond/withdraw", value(&withdraw)),
        ("respond/ended", value(&ended)),
        ("respond/closed", value(&ended)),
    ]
}

fn any_time() -> [(&'static str, Value); 6] {
    let again = Again { action: address(), fields: vec![(some(), some())], code: Some("Sample"), button: "Sample" };
    let texts = vec![KeptText { id: some(), label: some(), text: some() }];
    let problem = Problem {
        shell: shell(),
        heading: "Sample",
        what: "Sample",
        next: "Sample",
        kept: Some(Kept { heading: "Sample", says: "Sample", texts, again: Some(again) }),
        link: Some(link()),
        request_id: Some(some()),
    };
    let code = Code {
        shell: shell(),
        heading: "Sample",
        says: vec!["Sample"],
        start: Some(link()),
        errors: vec![link()],
        action: address(),
        csrf: csrf(),
        field: field(),
    };
    let help = Help {
        shell: shell(),
        heading: "Sample",
        contact: Some(html()),
        no_contact: "Sample",
        come_back: "Sample",
        action: address(),
        csrf: csrf(),
        field: field(),
        start: link(),
    };
    let info = Info { shell: shell(), heading: some(), body: html(), ours: true };
    let statement = Statement { shell: shell(), heading: "Sample", parts: vec![fact()] };
    let plain = Info {
        shell: Shell { brand: None, theme_css: None, back: None, footer: Vec::new(), ..shell() },
        ..info.clone()
    };
    [
        ("respond/problem", value(&problem)),
        ("respond/code", value(&code)),
        ("respond/help", value(&help)),
        ("info", value(&info)),
        ("info", value(&plain)),
        ("statement", value(&statement)),
    ]
}

fn value(view: &impl Serialize) -> Value {
    serde_json::to_value(view).unwrap_or_default()
}
