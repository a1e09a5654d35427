use serde_json::{Value, json};

use super::*;

/// Two interventions, one of them among three groups, the smallest withheld.
pub(super) fn sample() -> Value {
    let group = |id: &str, label: &str, share: Option<f64>| {
        json!({"segment": "sector", "group": id, "label": label, "suppressed": share.is_none(), "role": "tested",
            "support": share.map(|_| 30), "neutral": share.map(|_| 5), "oppose": share.map(|_| 5),
            "missing": share.map(|_| 1), "n": share.map(|_| 1040), "share": share, "interval": share.map(|s| [s - 0.1, s + 0.1])})
    };
    let verdict = |label: &str| json!({"label": label, "reason": null, "p": 0.01, "bound": 0.6, "needed_n": null, "groups": [], "text": "The verdict in full."});
    let one = |id: &str, label: &str, share: Option<f64>, verdict: Value, segments: Value| {
        json!({"id": id, "label": label, "breadth": "broad", "audience": null, "withdrawn": false, "support": 70,
            "neutral": 10, "oppose": 20, "missing": 3, "n": 100, "share": share, "interval": share.map(|s| [s - 0.08, s + 0.08]),
            "priority": null, "spend": null, "verdict": verdict, "segments": segments})
    };
    let groups = json!([
        group("a", "Acute & <mental>", Some(0.775)),
        group("b", "Primary", Some(0.245)),
        group("c", "Tiny", None)
    ]);
    json!({"format": 1, "survey": "s", "title": "Digital <ready>", "language": "en", "version": 2,
        "notices": [{"code": "simulated", "text": "Nobody gave these answers."}, {"code": "self_selected", "text": "People chose to answer."}],
        "base": {"invited": null, "access": {"mode": "open_link", "protection": "Open link: nothing stops two browsers."}, "started": 1200, "completed": 1000, "by_mode": [{"mode": "open_link", "label": "Open link", "started": 1200, "completed": 1000}], "population": null},
        "findings": ["One intervention has broad support."],
        "breadth": {"text": "A few broad ones.", "rows": [{"breadth": "broad", "interventions": 2, "broad_support": 1, "focused": 0, "divisive": 0, "broad_opposition": 0, "not_established": 1}]},
        "segments": [{"id": "sector", "label": "Where do you work?", "descriptive": false, "groups": [{"id": "a", "label": "Acute", "n": 500, "population_share": 0.5, "share": 0.52}]}],
        "interventions": [one("x", "Framework", Some(0.125), verdict("divisive"), json!([])), one("y", "Protected time", Some(0.705), verdict("broad_support"), groups)],
        "questions": [{"id": "q", "label": "Which?", "scale": "nominal", "n": 90, "missing": {"skipped": 2, "not_shown": 0, "not_reached": 0, "dont_know": 0},
            "rows": [{"id": "o", "label": "This", "count": 45, "share": 0.5, "interval": [0.4, 0.6], "first": null, "mean": null},
                {"id": "p", "label": "Rare", "count": null, "share": null, "interval": null, "first": null, "mean": null}], "numbers": null}],
        "themes": [{"question": "w", "label": "Why?", "n": 10, "none": 1, "other": 2, "distinct": 9,
            "themes": [{"id": "t1", "label": "time", "terms": ["time", "hours"], "count": 7, "distinct": 6, "quotes": ["<script>alert(1)</script> no time"]}]}],
        "method": {"rule": serde_json::to_value(crate::definition::consensus::DecisionRule::default()).unwrap(),
            "parameters": {"min_cell": "10"}, "seed": 7, "version": "0.1.0", "notes": ["Intervals by Wilson (1927)."]},
        "hashes": {"definition": "aa", "responses": "bb"}})
}

pub(super) fn html_of(report: Value) -> String {
    let report: Report = serde_json::from_value(report).unwrap();
    report_html(&Renderer::new().unwrap(), &report, "p { color: red } /* </style><b> */").unwrap()
}

/// Texts between an opening tag that starts with `tag` and its end.
fn texts<'a>(html: &'a str, tag: &str, end: &str) -> Vec<&'a str> {
    html.split(tag).skip(1).map(|rest| rest.split_once('>').unwrap().1.split(end).next().unwrap()).collect()
}

#[test]
fn the_page_asks_for_nothing_and_runs_nothing() {
    let html = html_of(sample());
    for never in ["<script", " src=", "url(", "@import", " style=", "<link rel=\"stylesheet"] {
        assert!(!html.contains(never), "{never}");
    }
    assert_eq!(html.matches("</style>").count(), 1);
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt; no time"));
    assert!(html.contains("<h1>Digital &lt;ready&gt;</h1>"));
}

#[test]
fn simulated_answers_are_named_over_every_section_and_table() {
    let html = html_of(sample());
    assert!(html.contains("<h2>Simulated answers</h2><p>Nobody gave these answers.</p>"));
    let headings = texts(&html, "<h2", "</h2>");
    assert!(headings.len() > 8);
    for heading in headings {
        let marked = heading.contains("(simulated answers)") || ["Simulated answers", "Contents"].contains(&heading);
        assert!(marked, "{heading}");
    }
    let captions = texts(&html, "<p class=\"canvass-caption\"", "</p>");
    assert!(captions.len() > 8);
    for caption in captions {
        assert!(caption.contains("(simulated answers)"), "{caption}");
    }
    let mut real = sample();
    real["notices"] = json!([]);
    assert!(!html_of(real).contains("imulated"));
}

#[test]
fn a_chart_has_the_figures_of_its_table() {
    let html = html_of(sample());
    let chart = html.split("id=\"c-1\"").nth(1).unwrap().split("<details>").next().unwrap();
    let table = html.split(" id=\"t-1\"").nth(1).unwrap().split("</table>").next().unwrap();
    for figure in ["78%", "25%", "1,040", "withheld", "Acute &amp; &lt;mental&gt;", "Where do you work?"] {
        assert!(chart.contains(figure) && table.contains(figure), "{figure}");
    }
    assert!(chart.contains("Everyone: 71%"));
}

#[test]
fn findings_come_before_the_cautions_and_the_contents() {
    let html = html_of(sample());
    let places = [
        "<div class=\"canvass-simulated\"",
        "One intervention has",
        "People chose to answer.",
        "<nav",
        "id=\"breadth\"",
    ]
    .map(|text| html.find(text).expect(text));
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn the_verdict_can_be_read_without_opening_anything() {
    let mut report = sample();
    report["interventions"][1]["verdict"]["text"] = json!("It is <shown>.");
    let html = html_of(report);
    let table = html.split(" id=\"t-overview\"").nth(1).unwrap().split("</table>").next().unwrap();
    assert!(table.contains("<b>Broad support</b> It is &lt;shown&gt;."), "{table}");
}

#[test]
fn a_theme_has_its_share_of_the_answers_and_its_other_words() {
    let html = html_of(sample());
    assert!(html.contains("7 of 10 answers, 70%; 6 different"));
    assert!(html.contains("Other words that mark it: hours"));
}

#[test]
fn mentions_stand_by_theme_in_words_and_most_come_first() {
    let mut report = sample();
    let counts = |theme: &str, counts: Option<[u64; 3]>| {
        json!({"theme": theme, "suppressed": counts.is_none(), "people": counts.map(|of| of.iter().sum::<u64>()),
            "people_for": counts.map(|of| of[0]), "people_against": counts.map(|of| of[1]), "people_unclear": counts.map(|of| of[2])})
    };
    report["themes"][0]["interventions"] = json!([
        {"intervention": "x", "label": "Frame<work>", "all": counts("all", None),
         "themes": [counts("t1", None), counts("other", None)], "examples": []},
        {"intervention": "y", "label": "Protected time", "all": counts("all", Some([6, 0, 1])),
         "themes": [counts("t1", Some([6, 0, 1])), counts("other", Some([0, 0, 0]))],
         "examples": [{"polarity": "for", "text": "<b>time</b> please"}]},
    ]);
    let html = html_of(report);
    let table = |id: &str| html.split(id).nth(1).unwrap().split("</table>").next().unwrap();
    let all = table(" id=\"t-m-0\"");
    assert!(all.find("Protected time").unwrap() < all.find("Frame&lt;work&gt;").unwrap());
    for text in ["<b>7</b>70% of answers", "<b>For</b> “&lt;b&gt;time&lt;/b&gt; please”", "<td>withheld</td>"] {
        assert!(all.contains(text), "{text} {all}");
    }
    let by_theme = table(" id=\"t-m-0-0\"");
    assert!(by_theme.contains("time</th><td><b>7</b>6 for\n1 unclear</td><td>withheld</td>"), "{by_theme}");
    assert!(by_theme.contains("In no theme</th><td>0</td>"), "{by_theme}");
}

#[test]
fn a_theme_says_how_many_more_make_a_point_of_it() {
    let mut report = sample();
    report["themes"][0]["themes"][0]["people"] = json!(9);
    assert!(html_of(report).contains("6 different; 2 more make a point of it"));
}

#[test]
fn who_took_part_has_the_question_and_the_population_of_each_segment() {
    let mut report = sample();
    let mut asked = report["questions"][0].clone();
    asked["id"] = json!("sector");
    asked["rows"][0]["id"] = json!("a");
    report["questions"].as_array_mut().unwrap().push(asked);
    let html = html_of(report);
    let base = html.split("<section id=\"base\"").nth(1).unwrap().split("</section>").next().unwrap();
    for text in [
        "Open link</th><td>1,200</td><td>1,000</td>",
        "90 people answered; 2 left it.",
        "52%",
        "40% to 60%",
        "Share of the population",
        "x1=\"50.0%\"",
    ] {
        assert!(base.contains(text), "{text}");
    }
    assert_eq!(html.matches("<p>90 people answered").count(), 2, "once there and once for the other question");
}

#[test]
fn those_who_answered_stand_beside_the_population_and_weighted_figures_beside_raw_ones() {
    let mut report = sample();
    let group = |id: &str, share: Option<f64>| {
        json!({"id": id, "label": format!("Group {id}"), "n": share.map(|_| 30), "share": share, "population": 0.45,
            "gap": share.map(|share| share - 0.45), "text": null})
    };
    report["representativeness"] = json!({"weighted": true, "source": "A census", "texts": ["Nurses are few."],
        "margins": [{"id": "sector", "label": "Where?", "n": 100, "unanswered": 2, "groups": [group("a", Some(0.28)), group("b", None)]}],
        "weights": {"n": 102, "n_eff": 80, "deff": 1.275, "least": 0.5, "most": 2.5, "trimmed": false, "margin_error": 0.0}});
    report["interventions"][1]["weighted"] = json!({"share": 0.613, "oppose": 0.2, "interval": [0.5, 0.7],
        "standard_error": 0.04, "n_eff": 80, "deff": 1.275});
    report["questions"][0]["weighted"] = json!({"n_eff": 70, "deff": 1.3, "mean": null,
        "rows": [{"id": "o", "share": 0.437, "interval": [0.3, 0.5], "mean": null}]});
    let html = html_of(report);
    let section = html.split("<section id=\"population\"").nth(1).unwrap().split("</section>").next().unwrap();
    for text in
        ["<p>Nurses are few.</p>", "A census", "<td>28%</td><td>45%</td><td>−17</td>", "x1=\"45.0%\"", ">withheld<"]
    {
        assert!(section.contains(text), "{text} {section}");
    }
    assert!(html.contains("<a href=\"#population\">"));
    let overview = html.split(" id=\"t-overview\"").nth(1).unwrap().split("</table>").next().unwrap();
    for text in ["Weighted, of effective people", "<b>61%</b>50% to 70%\nof 80", "<td>–</td>"] {
        assert!(overview.contains(text), "{text} {overview}");
    }
    assert!(html.contains("under weights as telling as 70"));
    assert!(html.contains("<td><b>44%</b>30% to 50%</td>"));
}

#[test]
fn readings_under_which_a_verdict_turns_are_a_table_and_the_others_a_sentence() {
    let mut report = sample();
    let one = |id: &str, label: &str| json!({"id": id, "label": label, "verdict": "broad_support", "judged": 2, "same": 1, "text": format!("{label} turns.")});
    let reading = |label: &str, withheld: Option<&str>, verdicts: Value| json!({"id": label, "label": label, "n": 100, "withheld": withheld, "verdicts": verdicts});
    report["robustness"] = json!({"text": "Some turn.", "interventions": [one("x", "First <b>"), one("y", "Second")],
        "readings": [reading("Stricter", None, json!(["divisive", "broad_support"])),
            reading("Laxer", None, json!(["broad_support", "broad_support"])),
            reading("Few", Some("Withheld."), json!([null, null]))]});
    let html = html_of(report);
    let section = html.split("<section id=\"robustness\"").nth(1).unwrap().split("</section>").next().unwrap();
    for text in [
        "First &lt;b&gt; turns.",
        ">Stricter</th>",
        "<b>divided opinion</b>",
        "<td>same</td>",
        "No verdict turns with: Laxer.",
        "too few: Few.",
    ] {
        assert!(section.contains(text), "{text} {section}");
    }
    assert!(!section.contains(">Laxer</th>") && !section.contains(">Few</th>"));
}

#[test]
fn rows_of_a_grid_share_a_table() {
    let mut report = sample();
    let row = |id: &str, label: &str| {
        let mut row = report["questions"][0].clone();
        row["id"] = json!(format!("grid.{id}"));
        row["label"] = json!(format!("How far: do you agree?: {label}"));
        row
    };
    let rows = [row("1", "First"), row("2", "Second: last")];
    report["questions"].as_array_mut().unwrap().extend(rows);
    let html = html_of(report);
    assert!(html.contains("<h3 id=\"q-1\">How far: do you agree?</h3>"));
    let table = html.split(" id=\"t-q-1\"").nth(1).unwrap().split("</table>").next().unwrap();
    for text in
        [">First</th>", ">Second: last</th>", ">This</th>", "<b>50%</b>45\n40% to 60%", ">withheld<", ">Left it</th>"]
    {
        assert!(table.contains(text), "{text} {table}");
    }
    assert!(!table.contains("Not asked"), "a column that is all nought");
}

#[test]
fn interventions_are_sorted_by_support_and_linked_to_their_detail() {
    let html = html_of(sample());
    let table = html.split(" id=\"t-overview\"").nth(1).unwrap();
    assert!(table.find("Protected time").unwrap() < table.find("Framework").unwrap());
    for target in ["i-0", "i-1"] {
        assert!(html.contains(&format!("href=\"#{target}\"")) && html.contains(&format!("id=\"{target}\"")));
    }
}

#[test]
fn labels_in_another_language_say_which() {
    let mut report = sample();
    report["language"] = json!("zh-Hant");
    assert!(html_of(report).contains("<span lang=\"zh-Hant\">Protected time</span>"));
    assert!(!html_of(sample()).contains("<span lang="));
}

#[test]
fn ids_are_unlike_each_other_and_links_lead_somewhere() {
    let html = html_of(sample());
    let ids: Vec<&str> = html.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let different: std::collections::BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), different.len());
    for target in html.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(different.contains(target), "{target}");
    }
}

#[test]
fn a_report_before_any_answer_can_be_read() {
    let mut report = sample();
    for list in ["findings", "segments", "interventions", "questions", "themes"] {
        report[list] = json!([]);
    }
    let html = html_of(report);
    assert!(!html.contains("href=\"#interventions\"") && html.contains("id=\"base\""));
}

/// Groups A and B, and a statement on which the second is withheld.
pub(super) fn grouped() -> Value {
    let votes = |agree: u64, disagree: u64| {
        json!({"agree": agree, "disagree": disagree, "pass": 0, "agree_share": 0.5, "disagree_share": 0.5, "agree_z": 0.0,
            "disagree_z": 0.0, "agree_ratio": 1.0, "disagree_ratio": 1.0, "agree_ratio_z": 0.0, "disagree_ratio_z": 0.0})
    };
    let statement = |id: &str, label: &str, groups: Value, p: Option<f64>, least: Option<f64>| {
        json!({"id": id, "question": "q", "label": label, "votes": {"agree": 60, "disagree": 30, "pass": 10},
            "groups": groups, "consensus": least, "mean_consensus": least, "least_agree": least, "consensus_against": 0.1,
            "least_disagree": 0.1, "p": p, "extremity": 1.0, "priority": 1.0})
    };
    let group = |id: &str, n: u64, represented: Value| json!({"id": id, "n": n, "share": 0.5, "centre": [0.5, -0.2], "represented_by": represented});
    json!({"outcome": "groups", "text": "Two groups.", "people": 1200, "placed": 1000, "least_votes": 7, "votes": 9000,
        "least_group": 50, "least_stability": 0.5, "explained": [0.2, 0.1], "agreed": ["q.y"], "disagreed": [],
        "tried": [{"groups": 2, "silhouette": 0.44, "stability": 0.912, "large_enough": true}],
        "groups": [group("A", 740, json!([{"statement": "q.x", "agrees": false}])), group("B", 260, json!([]))],
        "statements": [
            statement("x", "Frame<work>", json!([votes(10, 30), votes(80, 20)]), Some(0.0001), Some(0.4)),
            statement("y", "Protected time", json!([votes(90, 10), votes(80, 20)]), Some(0.4), Some(0.8)),
            statement("z", "Tiny", json!([votes(5, 5), null]), None, None)]})
}

#[test]
fn opinion_groups_stand_with_what_sets_them_apart_what_they_share_and_where_they_differ() {
    let mut report = sample();
    report["opinions"] = grouped();
    let html = html_of(report);
    let table = |id: &str| html.split(&format!(" id=\"{id}\"")).nth(1).unwrap().split("</table>").next().unwrap();
    assert!(html.contains("<a href=\"#opinions\">Opinion groups</a>") && html.contains("Two groups."));
    assert!(
        html.contains(
            "aria-label=\"The groups by how alike they vote (simulated answers): A 740 people, B 260 people."
        )
    );
    for text in ["Frame&lt;work&gt;", "The group is against it", "<b>25% for</b>75% against\nof 40", "<b>80% for</b>"] {
        assert!(table("t-o-0").contains(text), "{text} {}", table("t-o-0"));
    }
    assert!(table("t-o-shared").contains("Protected time") && !table("t-o-shared").contains("Frame"));
    assert!(table("t-o-differ").contains("p &lt; 0.001") && !table("t-o-differ").contains("Protected time"));
    assert!(table("t-o-all").contains("<td>withheld</td>") && table("t-o-all").contains("p = 0.400"));
    assert!(table("t-o-tried").contains("0.91") && table("t-o-tried").contains("Shown"));
    assert!(html.contains("on 1 of 2 statements"));
    assert!(html.contains("No statement sets it apart that can be shown."));
}

#[test]
fn without_stable_groups_the_reason_stands_and_no_group_does() {
    let mut report = sample();
    let mut opinions = grouped();
    opinions["outcome"] = json!("unstable");
    opinions["text"] = json!("There are no stable groups.");
    opinions["groups"] = json!([]);
    report["opinions"] = opinions;
    let html = html_of(report);
    let section = html.split("id=\"opinions\"").nth(1).unwrap().split("</section>").next().unwrap();
    assert!(
        section.contains("There are no stable groups.") && !section.contains("<svg") && !section.contains("o-differ")
    );
    assert!(section.contains("Most people are for it"), "what everyone together is clearest about needs no groups");
}

#[test]
fn the_measures_of_a_scale_stand_in_one_table_with_what_they_tell() {
    assert!(!html_of(sample()).contains("canvass-measures"));
    let mut report = sample();
    report["questions"][0]["measures"] = json!([
        {"id": "agreement", "label": "Agreement A", "value": 0.25, "reading": "little agreement"},
        {"id": "top_two", "label": "Top two", "value": 0.5, "reading": ""},
    ]);
    let html = html_of(report);
    let table = html.split(" id=\"t-measures\"").nth(1).unwrap().split("</table>").next().unwrap();
    assert!(table.contains("<b>0.25</b>little agreement") && table.contains("<td>50%</td>"), "{table}");
    assert!(html.contains("<dt>Agreement A</dt><dd>1 means that everyone gave one step"));
}

#[test]
fn a_ranking_shows_the_place_of_each_option_by_each_rule_and_marks_ties() {
    let mut report = sample();
    let order = |rule: &str, places: Value| json!({"rule": rule, "label": rule, "places": places, "complete": true, "scores": []});
    report["questions"][0]["choice"] = json!({"beats_all": null, "shares": [],
        "orders": [order("borda", json!([["o"], ["p"]])), order("first_choice", json!([["x", "o"], ["p"]])), order("schulze", json!([["o", "p"]]))]});
    let html = html_of(report.clone());
    let table = html.split(" id=\"o-q-0\"").nth(1).unwrap().split("</table>").next().unwrap();
    assert!(table.contains("none beats each other one"), "{table}");
    assert!(table.contains("<th scope=\"row\">Rare</th><td>2</td><td>3</td><td>1=</td>"), "{table}");
    report["questions"][0]["choice"] =
        json!({"beats_all": null, "orders": [], "shares": [{"id": "o", "mean": 0.25, "interval": [0.2, 0.3]}]});
    assert!(html_of(report).contains("<th scope=\"row\">This</th><td>25%</td><td>20% to 30%</td>"));
}
