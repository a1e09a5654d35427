//! What goes with the report for those who decide and those who are told: the outcome, and the report on paper.

#![cfg(test)]

use std::fs;

use crate::cli::Desk;

#[test]
fn an_outcome_is_in_the_page_and_in_no_figure() {
    let desk = Desk::with_responses();
    desk.done(&["report", "item-gallery", "--out", "before"]);
    desk.write("outcome.md", "Thank you.\n\n## bikes\n\nA **shed** <b>is</b> built.\n");
    desk.done(&["report", "item-gallery", "--out", "after", "--outcome", "outcome.md"]);
    let read = |file: &str| fs::read_to_string(desk.path(file)).unwrap();
    let (before, after) = (read("before/report.html"), read("after/report.html"));
    assert!(after.contains("<p>A <strong>shed</strong> &lt;b&gt;is&lt;/b&gt; built.</p>"));
    let spaces = |html: &str| html.matches("<div class=\"canvass-space\"").count();
    assert_eq!((spaces(&before), spaces(&after)), (4, 2));
    assert_eq!(read("before/report.json"), read("after/report.json"));
}

#[test]
fn an_outcome_of_no_intervention_is_told_with_its_line_and_nothing_is_written() {
    let desk = Desk::with_responses();
    desk.write("outcome.md", "Thank you.\n\n## bike\n\nA shed is built.\n");
    let said = desk.refused(&["report", "item-gallery", "--out", "out", "--outcome", "outcome.md"]);
    assert!(said.contains("outcome.md") && said.contains('3') && said.contains("did you mean `bikes`?"), "{said}");
    assert!(!desk.path("out").exists());
    let said = desk.refused(&["report", "item-gallery", "--out", "out", "--outcome", "none.md"]);
    assert!(said.contains("none.md cannot be read"), "{said}");
}
