//! A reader can open what is behind each number, and take its table away.

use serde_json::json;

use super::tests::{grouped, html_of, sample};

/// Tables of settings, which no answer decides.
const SETTINGS: [&str; 2] = ["t-rule", "t-parameters"];

fn page() -> String {
    let mut report = sample();
    report["opinions"] = grouped();
    report["interventions"][0]["variable"] = json!("q");
    report["interventions"][0]["verdict"]["groups"] = json!(["sector.a"]);
    report["interventions"][1]["weighted"] = json!({"share": 0.613, "oppose": 0.2, "interval": [0.5, 0.7],
        "standard_error": 0.04, "n_eff": 80, "deff": 1.275});
    html_of(report)
}

fn decoded(href: &str) -> String {
    let mut bytes = Vec::new();
    let mut parts = href.split('%');
    bytes.extend(parts.next().unwrap().bytes());
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend(part[2..].bytes());
    }
    String::from_utf8(bytes).unwrap()
}

/// The table that the page offers under a name that ends so.
fn csv(html: &str, name: &str) -> String {
    let before = html.split(&format!("{name}.csv\"")).next().unwrap();
    let href = before.rsplit("href=\"").next().unwrap().split('"').next().unwrap();
    decoded(href.strip_prefix("data:text/csv;charset=utf-8,").expect(href))
}

#[test]
fn every_table_says_where_its_figures_come_from() {
    let html = page();
    let tables: Vec<&str> = html.split("class=\"canvass-caption\" id=\"").skip(1).collect();
    assert!(tables.len() > 10);
    for table in tables {
        let id = table.split('"').next().unwrap();
        let after = table.split("</table></div>").nth(1).unwrap();
        assert_eq!(
            after.trim_start().starts_with("<details class=\"canvass-why\">"),
            !SETTINGS.contains(&id),
            "{id} {after:.80}"
        );
    }
    for why in html.split("<details class=\"canvass-why\">").skip(1) {
        let why = why.split("</details>").next().unwrap();
        assert!(why.contains("<dt>Base</dt>") && why.contains("<dt>Responses</dt>"), "{why}");
        assert!(why.contains("all 1,000 responses (open link 1,000), to any version, read by version 2"), "{why}");
        assert!(why.contains("href=\"#provenance\"") && !why.contains("<dd></dd>"), "{why}");
        assert!(why.contains(".csv\"") || why.contains("unrounded in <code>"), "{why}");
    }
}

#[test]
fn a_verdict_says_what_it_rests_on() {
    let html = page();
    let detail = html.split("<div id=\"i-0\">").nth(1).unwrap();
    let why = detail.split("<details class=\"canvass-why\">").nth(1).unwrap().split("</details>").next().unwrap();
    for text in [
        "“Framework” (<code>q</code>)",
        "90 people answered; 2 left it.",
        "<dt>Groups named</dt><dd>sector.a</dd>",
        "13%, 70 of 100; 95% interval 5% to 21%",
        "<dt>Deciding p</dt><dd>0.010: ",
        "<dt>Lower bound</dt><dd>60.0%: ",
        "<a href=\"#f-bound\">The exact lower bound</a>",
    ] {
        assert!(why.contains(text), "{text} {why}");
    }
    assert!(html.contains("<dt id=\"f-bound\">The exact lower bound</dt>") && html.contains("href=\"#f-wilson\""));
}

#[test]
fn the_csv_of_a_table_has_its_figures_and_nothing_that_a_spreadsheet_runs() {
    let html = page();
    assert_eq!(
        csv(&html, "s-t-1"),
        "Under,Group,Support,95% interval: low,95% interval: high,Answered,In favour,Neither,Against,In the decision\n\
         sector,Acute & <mental>,0.78,0.68,0.88,1040,30,5,5,Tested\n\
         sector,Primary,0.25,0.14,0.35,1040,30,5,5,Tested\n\
         sector,Tiny,withheld,,,withheld,withheld,withheld,withheld,Tested\n"
    );
    let overview = csv(&html, "s-t-overview");
    assert!(overview.contains("\"Weighted, of effective people: low\",\"Weighted, of effective people: high\",\"Weighted, of effective people: effective people\"\n"));
    assert!(overview.contains("0.71,0.63,0.78,70,100,0.61,0.50,0.70,80\n"), "{overview}");
    let votes = csv(&html, "s-t-o-all");
    assert!(votes.contains("Frame<work>,0.25,0.75,40,0.80,0.20,100,p < 0.001\n"), "{votes}");
    assert!(votes.contains("Tiny,0.50,0.50,10,withheld,,,\n"), "{votes}");
    assert_eq!(csv(&html, "s-themes-w").lines().nth(1), Some("time,7,0.70,0,6"));
    let mut hostile = sample();
    hostile["questions"][0]["rows"][0]["label"] = json!("=cmd|' /C calc'!A0,\"x\"");
    let table = csv(&html_of(hostile), "s-t-q-0");
    assert!(table.contains("\n\"'=cmd|' /C calc'!A0,\"\"x\"\"\",45,0.50,0.40,0.60\n"), "{table}");
}

#[test]
fn the_provenance_has_all_hashes_and_how_to_make_the_report_again() {
    let mut report = sample();
    report["hashes"] = json!({"definition": "aa", "responses": "bb", "coding": "cc", "model": "dd"});
    let html = html_of(report);
    let section = html.split("id=\"provenance\"").nth(1).unwrap().split("</section>").next().unwrap();
    for text in ["canvass report s --seed 7 --out FOLDER", "s, version 2", "<dd>aa<", "<dd>bb<", "<dd>cc<", "<dd>dd<"] {
        assert!(section.contains(text), "{text} {section}");
    }
}

#[test]
fn a_long_table_is_no_link() {
    let mut report = sample();
    let row = |at: usize| json!({"id": format!("o{at}"), "label": format!("A rather long label {at}"), "count": 45, "share": 0.5, "interval": [0.4, 0.6], "first": null, "mean": null});
    report["questions"][0]["rows"] = (0..200).map(row).collect();
    let html = html_of(report);
    let table = html.split("id=\"t-q-0\"").nth(1).unwrap().split("</details>").next().unwrap();
    assert!(table.contains("unrounded in <code>report.json</code>") && !table.contains("data:text/csv"));
}
