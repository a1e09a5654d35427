use std::sync::LazyLock;

use super::html::Html;
use super::item::*;
use super::markdown::inline;
use super::page::*;
use super::*;
use crate::vocabulary::Words;

pub(super) fn shell() -> Shell {
    Shell {
        lang: "en-GB".to_owned(),
        dir: None,
        words_dir: None,
        words: &Words::of("en-GB").labels,
        words_lang: None,
        title: title("Your work", "Digital ready"),
        css: "/assets/canvass.css".to_owned(),
        theme_css: None,
        js: "/assets/canvass.js".to_owned(),
        staff_js: None,
        brand: None,
        service: "Digital ready".to_owned(),
        service_href: None,
        back: Some("/s/x/1".to_owned()),
        notice: None,
        account: None,
        footer: vec![Link { href: "/privacy".to_owned(), text: "Privacy".to_owned() }],
        owner: None,
    }
}

pub(super) fn render_item(item: Item) -> String {
    static RENDERER: LazyLock<Renderer> = LazyLock::new(|| Renderer::new().unwrap());
    let page = Page {
        shell: shell(),
        heading: None,
        progress: None,
        intro: None,
        errors: Vec::new(),
        items: vec![item],
        action: "/s/x/2".to_owned(),
        csrf: "token".to_owned(),
        version: 1,
        making: "m".into(),
        keep: "/s/x/2/keep".into(),
        spoken: live::spoken(Words::of("en"), None),
        languages: Vec::new(),
        overview: None,
        can_save: true,
        confirm: Vec::new(),
        has_actions: false,
    };
    RENDERER.render("respond/page", &page).unwrap()
}

fn question(name: &str, error: Option<&str>) -> Question {
    Question {
        name: name.to_owned(),
        label: inline("What?"),
        hint: Some(inline("Help.")),
        error: error.map(str::to_owned),
        ..Question::default()
    }
}

/// Values of an attribute, in order.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let opening = format!(" {attribute}=\"");
    html.split(opening.as_str()).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

fn choices() -> Vec<Choice> {
    let mut other = Choice::new("else", inline("Something else"));
    other.other = Some(Other::new("Please say", "<b>\"me\"", Some("Enter what else".to_owned())));
    let mut none = Choice::new("none", inline("None of these"));
    none.exclusive = true;
    none.divider = Some("or".to_owned());
    vec![Choice::new("a", inline("A")), other, none]
}

#[test]
fn options_post_the_item_s_id_and_the_first_can_be_linked_to() {
    let html = render_item(Item::Multi(Choose::new(question("tools", Some("Select one")), choices())));
    assert_eq!(values(&html, "name")[4..], ["tools", "tools", "tools.other.else", "tools", "_then"]);
    assert_eq!(values(&html, "value")[3..7], ["a", "else", "&lt;b&gt;&quot;me&quot;", "none"]);
    for id in ["tools", "tools-2", "tools-4", "tools-other-else", "tools-error", "tools-hint"] {
        assert_eq!(html.matches(&format!(" id=\"{id}\"")).count(), 1, "{id}");
    }
    assert!(html.contains("<fieldset class=\"nhsuk-fieldset\" aria-describedby=\"tools-hint tools-error\">"));
    assert!(html.contains("nhsuk-checkboxes__divider\">or</div>") && html.contains("data-behaviour=\"exclusive\""));
}

#[test]
fn every_description_named_is_on_the_page() {
    let limit = CharacterCount { max: 1_500, text: "You can enter up to 1,500 characters".to_owned() };
    let text = Input::lines(question("why", Some("Enter why")), "", 5, Some(limit));
    let html = render_item(Item::Text(text));
    assert_eq!(values(&html, "aria-describedby"), ["why-info why-hint why-error"]);
    for id in ["why-info", "why-hint", "why-error"] {
        assert!(html.contains(&format!(" id=\"{id}\"")), "{id}");
    }
    assert!(html.contains("You can enter up to 1,500 characters"));
}

#[test]
fn what_was_typed_comes_back_as_it_was() {
    let typed = "\n  two spaces\n\ta tab </textarea><script>";
    let html = render_item(Item::Text(Input::lines(question("why", None), typed, 5, None)));
    let box_of_text = html.split("<textarea").nth(1).unwrap();
    let content = box_of_text.split_once('>').unwrap().1.split("</textarea>").next().unwrap();
    // A browser drops the first line end inside the tag.
    assert_eq!(content, "\n\n  two spaces\n\ta tab &lt;/textarea&gt;&lt;script&gt;");
}

#[test]
fn a_date_marks_only_the_part_that_is_wrong() {
    let wrong = DatePart { typed: "13".to_owned(), wrong: true };
    let date = Date::new(
        question("start", Some("Wrong")),
        [DatePart::default(), wrong, DatePart::default()],
        ["D", "M", "Y"],
        false,
    );
    let html = render_item(Item::Date(date));
    assert_eq!(values(&html, "name")[4..7], ["start.day", "start.month", "start.year"]);
    assert_eq!(html.matches("nhsuk-input--error").count(), 1);
    assert!(html.contains("id=\"start-month\" name=\"start.month\" type=\"text\" value=\"13\""));
}

#[test]
fn rows_may_be_called_anything_without_taking_the_question_s_ids() {
    let row = |code: &str| RateRow {
        code: code.to_owned(),
        label: inline("Statement"),
        hint: None,
        error: Some("Select one".to_owned()),
        choices: choices().into_iter().take(1).collect(),
        action: None,
    };
    let rate = Rate::new(question("q", Some("Answer all")), vec![row("hint"), row("error")]);
    let html = render_item(Item::Rate(rate));
    let mut ids = values(&html, "id");
    ids.sort_unstable();
    let count = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), count, "each id once: {ids:?}");
    assert_eq!(html.matches("<fieldset").count(), 3, "one for the question and one a statement");
    assert!(html.contains("id=\"q-hint\" name=\"q.hint\" type=\"radio\""));
}

#[test]
fn ranks_and_points_post_a_field_a_row() {
    let rank = Rank::new(
        question("top", None),
        vec![RankRow { code: "a".to_owned(), label: inline("A"), error: None, wrong: false, position: "2".to_owned() }],
        3,
        "Not ranked",
    );
    let html = render_item(Item::Rank(rank));
    assert!(html.contains("<select class=\"nhsuk-select\" id=\"top-a\" name=\"top.a\">"));
    assert_eq!(values(&html, "value")[3..7], ["", "1", "2", "3"]);
    assert!(html.contains("<option value=\"2\" selected>"));
    let row =
        AllocateRow { code: "a".to_owned(), label: inline("A"), error: None, wrong: true, typed: "1x".to_owned() };
    let html =
        render_item(Item::Allocate(Allocate::new(question("spend", None), vec![row], 100, "100 to give.", None)));
    assert!(html.contains("id=\"spend-a\" name=\"spend.a\" type=\"text\" value=\"1x\""));
    assert!(html.contains("aria-describedby=\"spend--hint spend--total\""));
}

#[test]
fn a_question_alone_on_its_page_is_the_heading() {
    let alone = |name| Question { heading: true, optional: true, ..question(name, None) };
    let single = render_item(Item::Single(Choose::new(alone("a"), choices())));
    assert!(single.contains("<h1 class=\"nhsuk-fieldset__heading\">What? (optional)</h1>"));
    let line = render_item(Item::Text(Input::line(alone("a"), "")));
    assert!(line.contains("<h1 class=\"nhsuk-label-wrapper\"><label class=\"nhsuk-label nhsuk-label--l\" for=\"a\">"));
    assert_eq!(line.matches("<h1").count(), 1);
}

#[test]
fn a_form_is_judged_by_the_server_alone() {
    let html = render_item(Item::Email(Input::email(question("mail", Some("Enter an address")), "a@b")));
    assert!(html.contains("method=\"post\" novalidate "));
    for attribute in [" required", " pattern=", " maxlength="] {
        assert!(!html.contains(attribute), "{attribute}");
    }
    assert!(html.contains(" type=\"email\" spellcheck=\"false\" value=\"a@b\""));
}

#[test]
fn templates_hold_no_script_and_no_inline_style() {
    for path in Templates::iter() {
        let file = Templates::get(&path).unwrap();
        let text = std::str::from_utf8(&file.data).unwrap();
        // The scripts are files of our own, named in the head.
        let text = ["js", "staff_js"].iter().fold(text.to_string(), |text, script| {
            text.replace(&format!("<script type=\"module\" src=\"{{{{shell.{script}}}}}\"></script>"), "")
        });
        for never in ["<script", " style=", " onclick=", " onload=", " onsubmit=", "javascript:"] {
            assert!(!text.contains(never), "{path}: {never}");
        }
        let alone = ["paper/page.hbs", "codebook/page.hbs", "themes/page.hbs", "report/sheet.hbs"];
        let stands_alone = alone.contains(&path.as_ref());
        assert!(!text.contains("<style") || stands_alone, "{path}");
    }
}

#[test]
fn only_fields_of_safe_html_are_placed_unescaped() {
    let safe = [
        "this",
        "label",
        "hint",
        "heading",
        "body",
        "statement",
        "intro",
        "purpose",
        "closing",
        "next",
        "contact",
        "key",
        "css",
        "title",
        "html",
        "split",
        "chart",
        "interventions.chart",
        "shapes",
        "bar",
        "terms",
        "did",
        "outcome.did",
        "csv.href",
    ];
    for path in Templates::iter() {
        let file = Templates::get(&path).unwrap();
        for placed in std::str::from_utf8(&file.data).unwrap().split("{{{").skip(1) {
            let name = placed.split('}').next().unwrap();
            assert!(safe.contains(&name), "{path}: {name}");
        }
    }
}

#[test]
fn a_view_without_what_its_template_names_is_an_error() {
    let renderer = Renderer::new().unwrap();
    let error = renderer.render("info", &serde_json::json!({ "heading": "x" })).unwrap_err();
    assert_eq!(error.to_string(), "template `info` cannot be filled");
    assert!(renderer.render("no/such", &Html::text("")).is_err());
}
