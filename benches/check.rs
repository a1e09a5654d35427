//! How long the checker takes for a survey of 200 questions with rules: `cargo bench --bench check`.
//!
//! The bar is 50 ms for each shape of survey.

use canvass::definition::parse;

fn main() {
    divan::main();
}

/// Rules of every kind over answers of every kind, twenty pages of ten questions.
fn mixed() -> String {
    let pages: Vec<String> = (0..20)
        .map(|page| {
            let questions: Vec<String> = (0..10).map(|number| mixed_question(page, number)).collect();
            format!(r#"{{"id": "p{page}", "title": "Page", "questions": [{}]}}"#, questions.join(",\n"))
        })
        .collect();
    let lists = r#"{"abc": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}, {"id": "c", "label": "C"}],
        "xyz": [{"id": "x", "label": "X"}, {"id": "y", "label": "Y"}, {"id": "no", "label": "No", "exclusive": true}]}"#;
    format!(r#"{{"format": 1, "id": "large", "title": "Large", "lists": {lists}, "pages": [{}]}}"#, pages.join(",\n"))
}

fn mixed_question(page: usize, number: usize) -> String {
    let before = page.saturating_sub(1);
    let rule = match number % 5 {
        _ if page == 0 => String::new(),
        0 => format!("q{before}_0 == 'a' and q{before}_1 > {}", number + 2),
        1 => format!("'x' in q{before}_2 or q{before}_0 != 'c' and answered(q{before}_0)"),
        2 => format!("count(q{before}_2) >= 2 and not (q{before}_0 in ['b', 'c'])"),
        3 => format!("q{before}_1 * 2 + 1 < 21 and answered(q{before}_3)"),
        _ => format!("(q{before}_0 == 'a' or q{before}_5 == 'b') and q{before}_6 <= 7"),
    };
    let show_if = if rule.is_empty() { rule } else { format!(r#", "show_if": "{rule}""#) };
    let kind = match number % 5 {
        0 => r#""single", "options": "abc""#,
        1 => r#""number", "min": 0, "max": 20"#,
        2 => r#""multi", "options": "xyz""#,
        _ => r#""text""#,
    };
    format!(r#"{{"id": "q{page}_{number}", "text": "Question?", "type": {kind}{show_if}}}"#)
}

/// Two hundred pages of one question, shown by a rule made of the page's number; ten closing pages between them.
fn pages(rule: impl Fn(usize) -> String) -> String {
    let options = r#""options": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}, {"id": "c", "label": "C"}]"#;
    let page = |page: usize| {
        let show_if = if page == 0 { String::new() } else { format!(r#""show_if": "{}", "#, rule(page)) };
        let question = format!(r#"{{"id": "q{page}", "type": "single", "text": "Question?", {options}}}"#);
        let end = format!(r#"{{"id": "e{page}", "show_if": "q{page} == 'c'", "end": "screened_out"}}"#);
        let end = if page % 20 == 19 { format!(",\n{end}") } else { String::new() };
        format!(r#"{{"id": "p{page}", {show_if}"questions": [{question}]}}{end}"#)
    };
    let pages: Vec<String> = (0..200).map(page).collect();
    format!(r#"{{"format": 1, "id": "large", "title": "Large", "pages": [{}]}}"#, pages.join(",\n"))
}

/// Each page depends on the one before.
fn chain() -> String {
    pages(|page| format!("q{} in ['a', 'b']", page - 1))
}

/// Each page depends on the first and one in the middle.
fn hub() -> String {
    pages(|page| format!("q0 == 'a' or answered(q{}) and q0 == 'b'", page / 2))
}

/// Each page depends on five before it, by a nested rule.
fn nested() -> String {
    pages(|page| {
        let [one, two, three, five, eight] = [1, 2, 3, 5, 8].map(|back| page.saturating_sub(back));
        format!(
            "(q{one} == 'a' or q{two} == 'b' and not (q{three} in ['a', 'c'])) \
             and (answered(q{five}) or q{eight} != 'c') or q0 == 'b'"
        )
    })
}

#[divan::bench(args = ["mixed", "chain", "hub", "nested"])]
fn two_hundred_questions(bencher: divan::Bencher<'_, '_>, shape: &str) {
    let text = match shape {
        "mixed" => mixed(),
        "chain" => chain(),
        "hub" => hub(),
        _ => nested(),
    };
    bencher.bench_local(|| parse(divan::black_box(&text)));
}
