use super::*;

fn files(settings: &str) -> ThemeFiles {
    ThemeFiles { settings: Some(settings.to_string()), ..ThemeFiles::default() }
}

fn wrong(files: ThemeFiles) -> String {
    Theme::read(files).unwrap_err().to_string()
}

fn with_template(name: &str, source: &str) -> ThemeFiles {
    ThemeFiles { templates: vec![(name.to_string(), source.to_string())], ..ThemeFiles::default() }
}

#[test]
fn a_theme_of_nothing_changes_nothing() {
    let theme = Theme::read(ThemeFiles::default()).unwrap();
    assert!(theme.css.is_empty() && theme.brand.is_none() && theme.templates.is_empty());
}

#[test]
fn colours_that_cannot_be_told_apart_are_refused_with_one_that_can() {
    let said = wrong(files(r##"{"colours": {"link": "#ff8800"}}"##));
    assert!(
        said.starts_with("theme.json: `colours.link` #ff8800 has a contrast of 2.") && said.contains("needs 4.5:1"),
        "{said}"
    );
    let nearest = said.split_once("passes is ").unwrap().1.to_string();
    let theme = Theme::read(files(&format!(r#"{{"colours": {{"link": "{nearest}"}}}}"#))).unwrap();
    assert!(theme.css.contains(&nearest));
    for (settings, told) in [
        (r##"{"colours": {"header": "#ffffff"}}"##, "`colours.header_text` #ffffff has a contrast of 1:1"),
        (r##"{"colours": {"header": "#fff", "header_text": "#888"}}"##, "needs 4.5:1"),
        (r##"{"colours": {"button": "#ffeb3b"}}"##, "the white text of buttons"),
        (r#"{"colours": {"link": "blue"}}"#, "write a colour as `#12436d`"),
        ("{\n\"color\": 1}", "theme.json:2: unknown field `color`"),
        (r#"{"name": "A", "link": "javascript:x"}"#, "`link` must begin"),
        (r#"{"text": "A"}"#, "need a `name`"),
    ] {
        let said = wrong(files(settings));
        assert!(said.contains(told), "{said}");
    }
    assert!(
        Theme::read(files(r##"{"colours": {"header": "#fff", "header_text": "#222", "button": "#5b2a86"}}"##)).is_ok()
    );
}

#[test]
fn a_broken_template_is_told_with_its_file_and_line() {
    for (name, source, told) in [
        ("info", "{{#> layout}}\n<h1>{{headline}}</h1>\n{{/layout}}", "templates/info.hbs:2: "),
        ("info", "{{#> layout}}\n\n{{#if heading}}\n{{/layout}}", "templates/info.hbs:"),
        ("part/error", "{{#if error}}\n{{mistake}}{{/if}}", "templates/part/error.hbs:2: "),
        ("item/rank", "{{nothing}}", "templates/item/rank.hbs:1: "),
        ("respond/strat", "", "did you mean `respond/start`?"),
        ("staff/home", "", "can be replaced"),
        ("report/page", "", "can be replaced"),
    ] {
        let said = wrong(with_template(name, source));
        assert!(said.contains(told), "{name}: {said}");
    }
    let own = "{{#> layout}}<h1>{{heading}}</h1><p>Ours</p>{{/layout}}";
    assert_eq!(Theme::read(with_template("info", own)).unwrap().templates.len(), 1);
}

#[test]
fn every_template_that_can_be_replaced_is_tried_and_the_programs_own_pass() {
    let renderer = Renderer::new().unwrap();
    for name in renderer.names().filter(|name| sample::may_be_replaced(name)) {
        let broken = "{{nowhere_at_all}}";
        let said = wrong(with_template(name, broken));
        assert!(said.contains(&format!("templates/{name}.hbs")), "{name} is never tried: {said}");
    }
    let own: Vec<(String, String)> = renderer
        .names()
        .filter(|name| sample::may_be_replaced(name))
        .map(|name| {
            let source =
                std::fs::read_to_string(format!("{}/templates/{name}.hbs", env!("CARGO_MANIFEST_DIR"))).unwrap();
            (name.to_string(), source)
        })
        .collect();
    Theme::read(ThemeFiles { templates: own, ..ThemeFiles::default() }).unwrap();
}

#[test]
fn a_style_sheet_that_loads_from_elsewhere_and_a_logo_without_a_name_are_refused() {
    for css in
        ["@import 'x.css';", "a { background: url(https://elsewhere.example/x.png) }", "a{background:url(//x.example)}"]
    {
        assert!(
            wrong(ThemeFiles { css: Some(css.to_string()), ..ThemeFiles::default() }).contains("from elsewhere"),
            "{css}"
        );
    }
    let svg = Some(b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec());
    assert!(wrong(ThemeFiles { svg: svg.clone(), ..ThemeFiles::default() }).contains("a logo needs a `name`"));
    assert!(Theme::read(ThemeFiles { svg, ..files(r#"{"name": "A"}"#) }).is_ok());
}
