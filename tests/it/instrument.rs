//! The instrument taken away: the form to print and the three codebooks say the same, and leave nothing out.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};

use canvass::definition::codebook::{MISSING, Source, variables};
use canvass::definition::pipe::{Piece, pieces};
use canvass::definition::rule::{english_broken, english_value, parse as parse_rule};
use canvass::definition::{Storage, Survey, parse, plain};
use canvass::document::Place;
use canvass::export::codebook::ABOUT_THE_RESPONSE;
use canvass::export::columns::Columns;
use canvass::export::{codebook, ddi};
use canvass::item::options::{Choice, ItemRow};
use canvass::item::{Item, Kind, Scale, VOTES};
use canvass::render::Renderer;
use canvass::render::codebook::codebook_html;
use canvass::render::html::escape;
use canvass::render::paper::paper_html;
use canvass::vocabulary::Words;
use canvass::web::{CODEBOOK_CSS, PAPER_CSS};

use crate::ddi::columns as ddi_columns;

const EXAMPLES: [&str; 3] = ["item-gallery", "format-gallery", "digital-ready-workforce"];

/// A survey in all the forms in which it is taken away.
struct Taken {
    survey: Survey,
    paper: String,
    html: String,
    csv: Vec<BTreeMap<String, String>>,
    xml: String,
}

impl Taken {
    fn of(definition: &str) -> Self {
        let parsed = parse(definition);
        let survey = parsed.survey.unwrap_or_else(|| panic!("{:?}", parsed.findings));
        let renderer = Renderer::new().unwrap();
        let (mut csv, mut xml) = (Vec::new(), Vec::new());
        codebook::write(&Columns::new(&survey, []), &mut csv).unwrap();
        ddi::write(&Columns::new(&survey, []), Some(2), &mut xml).unwrap();
        let mut reader = csv::Reader::from_reader(csv.as_slice());
        Self {
            paper: paper_html(&renderer, &survey, Some(2), PAPER_CSS).unwrap(),
            html: codebook_html(&renderer, &survey, Some(2), CODEBOOK_CSS).unwrap(),
            csv: reader.deserialize().map(Result::unwrap).collect(),
            xml: String::from_utf8(xml).unwrap(),
            survey,
        }
    }

    fn example(name: &str) -> Self {
        let path = format!("{}/surveys/{name}.json", env!("CARGO_MANIFEST_DIR"));
        Self::of(&std::fs::read_to_string(path).unwrap())
    }

    /// The codes of a column in `codebook.csv`, with their meanings.
    fn codes(&self, variable: &str) -> Vec<(&str, &str)> {
        let rows = self.csv.iter().filter(|row| row["variable"] == variable);
        rows.map(|row| (row["code"].as_str(), row["meaning"].as_str())).collect()
    }

    /// Who was asked for a column, in `codebook.csv`.
    fn asked(&self, variable: &str) -> &str {
        &self.csv.iter().find(|row| row["variable"] == variable).unwrap()["asked"]
    }

    fn expect_on_paper(&self, text: &str) {
        assert!(as_read(&self.paper).contains(text), "not on paper: {text}\n{}", as_read(&self.paper));
    }

    fn expect_nowhere(&self, text: &str) {
        for (file, content) in [("paper", &self.paper), ("html", &self.html), ("xml", &self.xml)] {
            assert!(!content.contains(text), "{text} stands in {file}");
        }
    }
}

/// A page as a person reads it: no style sheet, no tags, one space between words.
fn as_read(html: &str) -> String {
    let body = html.split("</style>").nth(1).unwrap_or(html);
    let mut text = String::new();
    for (number, part) in body.split('<').enumerate() {
        let words = if number == 0 { part } else { part.split_once('>').map_or("", |(_, words)| words) };
        let inside =
            number > 0 && ["span", "/span", "em", "/em", "code", "strong"].iter().any(|tag| part.starts_with(tag));
        text.push_str(if inside { "" } else { " " });
        text.push_str(words);
    }
    let known = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&#x3D;", "="),
        ("&#x60;", "`"),
    ];
    let text = known.iter().fold(text, |text, (entity, letter)| text.replace(entity, letter)).replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of a text as everyone reads them: without Markdown and without what stands for an answer.
fn fixed_words(text: &str) -> Vec<String> {
    let parts = pieces(text).unwrap().into_iter();
    parts.filter_map(|piece| if let Piece::Text(text) = piece { Some(plain(text)) } else { None }).collect()
}

fn options_of(item: &Item) -> &[Choice] {
    match item.scale() {
        Scale::Nominal(options) | Scale::Ordinal(options) | Scale::Multiple(options) => options,
        Scale::Ratings { steps, .. } => steps,
        _ => &[],
    }
}

fn rows_of(item: &Item) -> &[ItemRow] {
    match item.scale() {
        Scale::Ratings { rows, .. } | Scale::Ranking { rows, .. } | Scale::Allocation { rows, .. } => rows,
        Scale::Ideas { seeds, .. } => seeds,
        _ => &[],
    }
}

/// Every text of an item that a respondent reads.
fn texts_of(item: &Item) -> Vec<&str> {
    let mut texts = vec![item.head.text.as_str()];
    texts.extend(item.head.hint.as_deref());
    for option in options_of(item) {
        texts.push(&option.label);
        texts.extend(option.hint.as_deref());
    }
    texts.extend(rows_of(item).iter().map(|row| row.label.as_str()));
    if let Kind::Repeat(repeat) = &item.kind {
        texts.extend(repeat.fields.iter().flat_map(texts_of));
    }
    texts
}

#[test]
fn paper_has_every_text_and_a_place_for_every_code() {
    for name in EXAMPLES {
        let taken = Taken::example(name);
        let read = as_read(&taken.paper);
        let mut texts: Vec<&str> = vec![&taken.survey.title];
        texts.extend(taken.survey.introduction.purpose.as_deref());
        texts.extend(taken.survey.privacy.notice.as_deref());
        for page in &taken.survey.pages {
            texts.extend([&page.title, &page.text].into_iter().flatten().map(String::as_str));
            texts.extend(page.questions.iter().flat_map(|question| texts_of(&question.item)));
        }
        for words in texts.into_iter().flat_map(fixed_words) {
            let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(read.contains(&words), "{name}: {words}");
        }
        let places: BTreeSet<&str> = attributes(&taken.paper, "data-variable").into_iter().collect();
        for variable in variables(&taken.survey) {
            let computed = variable.source != Source::Answer
                || matches!(variable.detail.as_deref(), Some("number of entries" | "number of ideas given"));
            assert!(computed || places.contains(variable.name.as_str()), "{name}: no place for {}", variable.name);
        }
        for variable in
            variables(&taken.survey).iter().filter(|variable| matches!(variable.scale, "nominal" | "ordinal"))
        {
            for code in &variable.codes {
                let place = format!("data-variable=\"{}\" data-code=\"{}\"", variable.name, code.code);
                assert!(taken.paper.contains(&place), "{name}: {place}");
            }
        }
    }
}

/// The values of an attribute, in the order of a page.
fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let parts = html.split(&format!(" {name}=\"")).skip(1).collect::<Vec<_>>();
    parts.into_iter().map(|part| part.split('"').next().unwrap()).collect()
}

#[test]
fn the_three_codebooks_have_every_column_question_code_and_reason() {
    for name in EXAMPLES {
        let taken = Taken::example(name);
        let (columns, dictionary) = (ddi_columns(&taken.xml), variables(&taken.survey));
        let names: Vec<&str> = dictionary.iter().map(|variable| variable.name.as_str()).collect();
        assert_eq!(columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), names, "{name}");
        let mut listed: Vec<&str> = taken.csv.iter().map(|row| row["variable"].as_str()).collect();
        listed.dedup();
        assert_eq!(listed[ABOUT_THE_RESPONSE.len()..], names, "{name}");
        for (variable, column) in dictionary.iter().zip(&columns) {
            let mut codes: Vec<(&str, &str)> =
                variable.codes.iter().map(|code| (code.code.as_str(), code.meaning.as_str())).collect();
            codes.extend(variable.reasons());
            let of_xml: Vec<(&str, &str)> =
                column.codes.iter().map(|(code, label, _)| (code.as_str(), label.as_str())).collect();
            assert_eq!(of_xml, codes, "{name}: {}", variable.name);
            let of_csv: Vec<(&str, &str)> =
                taken.codes(&variable.name).into_iter().filter(|(code, _)| !code.is_empty()).collect();
            assert_eq!(of_csv, codes, "{name}: {}", variable.name);
            for (code, _, missing) in &column.codes {
                let marked = variable.codes.iter().any(|known| known.code == *code && known.missing);
                assert_eq!(*missing, marked || code.starts_with("NA:"), "{name}: {} {code}", variable.name);
            }
            assert_eq!(column.label, variable.label);
            assert!(taken.html.contains(&format!("<code>{}</code>", variable.name)), "{name}: {}", variable.name);
            for code in &variable.codes {
                assert!(taken.html.contains(&format!("<code>{}</code></th>", code.code)), "{name}: {}", code.code);
                assert!(as_read(&taken.html).contains(&code.meaning), "{name}: {}", code.meaning);
            }
        }
        assert!(!taken.html.contains("<tbody>\n</tbody>"), "{name}: an empty table");
        for (code, meaning) in MISSING {
            assert!(taken.html.contains(&format!("<code>{code}</code></th><td>{meaning}</td>")), "{name}: {code}");
        }
        for (page, question) in taken.survey.questions() {
            let text = plain(&question.item.head.text);
            let asked = question.item.scale() != Scale::None;
            assert!(!asked || as_read(&taken.html).contains(&text), "{name}: {text}");
            let in_data = asked && page.store == Storage::Response;
            assert!(!in_data || taken.csv.iter().any(|row| row["question"] == text), "{name}: {text}");
            assert!(!in_data || columns.iter().any(|column| column.question == text), "{name}: {text}");
            if page.store == Storage::Contact {
                assert!(!taken.xml.contains(&escape(&text)), "{name}: a column for {text}");
            }
        }
    }
}

#[test]
fn calculated_presented_and_repeated_columns_are_described() {
    let taken = Taken::example("format-gallery");
    let row = |variable: &str| taken.csv.iter().find(|row| row["variable"] == variable).unwrap().clone();
    let tasks = row("tasks");
    assert_eq!((tasks["type"].as_str(), tasks["expression"].as_str()), ("calculated", "count(work)"));
    let columns = ddi_columns(&taken.xml);
    let tasks = columns.iter().find(|column| column.name == "tasks").unwrap();
    assert_eq!(tasks.derivation, "the number of options chosen in ‘What is part of your work?’count(work)");
    assert_eq!(tasks.derived_from, ["work.care", "work.data", "work.systems", "work.none", "work.presented"]);
    let hours = columns.iter().find(|column| column.name == "hours_a_task").unwrap();
    assert!(hours.derived_from.contains(&"hours".to_string()) && hours.derived_from.contains(&"tasks".to_string()));
    assert_eq!(row("work.presented")["label"], "What is part of your work?: order presented");
    let soon = row("proposals.3.soon");
    assert_eq!((soon["type"].as_str(), soon["label"].as_str()), ("single", "What should change? (3): When?"));
    assert_eq!(taken.codes("proposals.3.soon")[..2], [("now", "Now"), ("later", "Later")]);
    assert!(taken.codes("proposals.3.soon").contains(&("", "Part of an answer that was not given")));
    let votes: Vec<(&str, &str)> = VOTES.into_iter().zip(Words::of("en").form.votes).collect();
    assert_eq!(taken.codes("wall.vote.pond")[..3], votes);
    assert_eq!(row("place")["page"], "1. You and your work");
    assert_eq!(taken.csv.iter().find(|row| row["code"] == "clinic").unwrap()["value"], "2");
    assert!(
        as_read(&taken.html)
            .contains("hours / tasks ‘How many hours a week do you work?’ divided by ‘Number of tasks’")
    );
}

#[test]
fn who_answers_what_stands_in_plain_english() {
    let taken = Taken::example("digital-ready-workforce");
    let sectors =
        "Acute or specialist trust, Mental health trust, Community or ambulance trust or National or arm's length body";
    taken.expect_on_paper(&format!(
        "Part 5 Answer this part if ‘4. Where do you mainly work?’ is {sectors}. If not, go on to part 6."
    ));
    assert_eq!(taken.asked("band"), format!("If ‘Where do you mainly work?’ is {sectors}"));
    let band = ddi_columns(&taken.xml).into_iter().find(|column| column.name == "band").unwrap();
    assert_eq!(band.universe, taken.asked("band"));
    assert!(as_read(&taken.html).contains(&format!("Asked If ‘Where do you mainly work?’ is {sectors}")));
    assert_eq!(taken.asked("role"), "Everyone");
    taken.expect_on_paper("Part 3: Thank you Stop here if ‘2. Do you call yourself an informatician?’ is No, my work");
    taken.expect_on_paper("If not, go on to part 4. This consultation is for people");
    taken.expect_on_paper("There is no need to return this form.");
    taken.expect_on_paper("End of the form. Thank you. The first page says where to return it. Tear this sheet off and return it apart from the form");
    assert!(as_read(&taken.html).contains("Kept apart from the answers: it has no column, and nothing joins the two."));
    taken.expect_on_paper("Tick one box in a row. Please answer at least 7 rows. An answer is needed.");
    taken.expect_on_paper(
        "Write 1 beside what comes first for you, 2 beside the second, and so on to 3. Leave the others empty.",
    );
    taken.expect_on_paper("Share 100 points between these, in multiples of 5. Together they must make 100.");
    taken.expect_on_paper("A particular group please say what:");
}

#[test]
fn fields_of_a_repeat_say_for_whom_they_are() {
    let taken = Taken::example("format-gallery");
    let systems = "‘What is part of your work?’ includes Looking after systems";
    let asked = format!("Everyone. This field only if {systems}");
    assert_eq!((taken.asked("proposals.2.system"), taken.asked("proposals.2.name")), (asked.as_str(), "Everyone"));
    let columns = ddi_columns(&taken.xml);
    assert_eq!(columns.iter().find(|column| column.name == "proposals.2.system").unwrap().universe, asked);
    let offered = "Offered if ‘Where do you work?’ is A clinic or lower";
    let rota = taken.csv.iter().find(|row| row["variable"] == "proposals.1.soon" && row["code"] == "next_rota");
    assert_eq!(rota.unwrap()["offered"], offered);
    assert!(taken.xml.contains(offered), "the category says it too");
    let read = as_read(&taken.html);
    assert!(read.contains(&format!("Fields for some ‘Which system is it about?’: this field only if {systems}")));
    assert!(read.contains(offered));
    let repeat = |fields: &str| {
        let questions = format!(
            r#"{{"id": "p", "type": "repeat", "text": "P?", "fields": [{fields}]}}, {{"id": "q", "type": "text", "text": "Q?"}}"#
        );
        Taken::of(&one_page(&questions).replace("\"questions\"", "\"title\": \"Both\", \"questions\""))
    };
    let lost = r#"{"id": "b", "type": "text", "text": "B?", "lost_rule": "a ~ b"}"#;
    let some = repeat(&format!(r#"{{"id": "a", "type": "text", "text": "A?"}}, {lost}"#));
    some.expect_on_paper("1. P? Entry 1 a. A? Entry 2");
    assert_eq!(some.asked("p.1.b"), "Everyone. This field nobody: an import could not read its rule, a ~ b");
    let none = repeat(lost);
    none.expect_on_paper("1. Q?");
    assert!(!as_read(&none.paper).contains("P?"), "nobody is asked it");
    assert!(none.asked("p.count").starts_with("Nobody: an import could not read its rule, a ~ b"));
}

#[test]
fn paper_says_what_the_web_would_work_out() {
    let taken = Taken::example("format-gallery");
    for line in [
        "Part 2: A usual day, [your answer to 1]",
        "You work [your answer to 5] hours a week.",
        "8. What would help on [your answer to 3]?",
        "Answer this if ‘3. Where do you work?’ is A clinic or lower.",
        "An answer is needed if ‘Number of tasks’ is at least 2. ‘Number of tasks’ is the number of options chosen in ‘4. What is part of your work?’.",
        "Working with data (only if ‘4. What is part of your work?’ includes Working with data)",
        "None of these (tick only this one)",
        "Somewhere else please say what, if you like:",
        "From 0 to 100. At most 1 decimal place. In steps of 0.5.",
        "Look again if ‘5. How many hours a week do you work?’ is more than 60: You said that you work more than 60 hours a week.",
        "Look again if ‘6. When did you start?’ is after today: The day you started must be today or in the past.",
        "Your staff number must be two letters and four digits, like AB1234.",
        "Not before 1 January 1950.",
        "Idea 3 a. What would you call it? At most 60 characters. Needed for each idea. b. When?",
        "With the next rota (only if ‘3. Where do you work?’ is A clinic or lower)",
        "c. Which system is it about? Answer this only if ‘4. What is part of your work?’ includes Looking after systems.",
        "Write up to 2 ideas, of at most 140 characters each. Your idea 1 Your idea 2 What do you think of these ideas?",
        "12. You had ________ tasks and more than one idea.",
        "Answer this part if the number of entries in ‘10. What should change?’ is at least 2. If not, you have finished.",
    ] {
        taken.expect_on_paper(line);
    }
    assert!(!taken.paper.contains("{{") && !taken.paper.contains("[A-Z]"), "no rule of the program on paper");
    // By label, but what stays at the end does.
    let place =
        ["A clinic", "A ward", "An office", "Somewhere else"].map(|label| as_read(&taken.paper).find(label).unwrap());
    assert!(place.is_sorted(), "{place:?}");
    let long = Taken::of(&one_page(
        r#"{"id": "p", "type": "repeat", "text": "P", "max": 12, "fields": [{"id": "a", "type": "text", "text": "A"}]}"#,
    ));
    long.expect_on_paper(
        "Entry 5 a. A For more, up to 12, take another sheet and write the number of this question on it.",
    );
    assert!(!long.paper.contains("Entry 6"));
}

#[test]
fn a_check_that_does_not_hold_is_said_without_double_negation() {
    let survey = Taken::example("format-gallery").survey;
    let broken = |text: &str| english_broken(&parse_rule(text, Place::default()).unwrap(), &survey);
    let hours = "‘How many hours a week do you work?’";
    assert_eq!(broken("not answered(hours) or hours <= 60"), format!("{hours} is more than 60"));
    assert_eq!(
        broken("not answered(hours) or (hours >= 1 and hours < 60)"),
        format!("either (a) {hours} is not at least 1, or (b) {hours} is not less than 60"),
    );
    assert_eq!(broken("hours > 3"), format!("{hours} is not more than 3"), "also where it was not answered");
    assert_eq!(broken("answered(name)"), "‘What should we call you?’ was not answered");
    assert_eq!(broken("not answered(name)"), "‘What should we call you?’ was answered");
    // An option that has no place in the order is neither above nor below.
    assert_eq!(broken("not answered(place) or place <= 'clinic'"), "‘Where do you work?’ is not A clinic or lower");
    let value = |text: &str| english_value(&parse_rule(text, Place::default()).unwrap(), &survey);
    assert_eq!(value("tasks * 2"), "‘Number of tasks’ times 2");
    assert_eq!(value("answered(name)"), "whether ‘What should we call you?’ was answered");
}

fn one_page(question: &str) -> String {
    format!(r#"{{"format": 1, "id": "one", "title": "One", "pages": [{{"id": "p", "questions": [{question}]}}]}}"#)
}

#[test]
fn what_comes_after_an_early_end_says_so() {
    let taken = Taken::of(
        r#"{"format": 1, "id": "ends", "title": "Ends", "pages": [
          {"id": "first", "questions": [{"id": "more", "type": "single", "text": "More?", "options": [{"id": "yes", "label": "Yes"}, {"id": "no", "label": "No"}]}]},
          {"id": "done", "title": "Done", "show_if": "more == 'no'", "end": "finished"},
          {"id": "last", "show_if": "answered(more)", "questions": [{"id": "why", "type": "text", "text": "Why?", "show_if": "more == 'yes' or more != 'no'"}]}
        ]}"#,
    );
    let rule = "‘More?’ was answered, and [either (a) ‘More?’ is Yes, or (b) ‘More?’ is not No]";
    assert_eq!(taken.asked("why"), format!("If {rule}, unless the consultation ended on page 2"));
    taken.expect_on_paper(
        "Stop here if ‘1. More?’ is No. If not, go on to part 3. You have finished. Please return the form.",
    );
    taken.expect_on_paper("Answer this if either (a) ‘1. More?’ is Yes, or (b) ‘1. More?’ is not No.");
}

#[test]
fn what_lost_its_rule_is_asked_nowhere_and_said_to_be_asked_of_nobody() {
    let taken = Taken::of(
        r#"{"format": 1, "id": "lost", "title": "Lost", "pages": [
          {"id": "gone", "title": "Gone page", "lost_rule": "${x} = 1", "questions": [{"id": "a", "type": "text", "text": "Gone with its page"}]},
          {"id": "left", "title": "Left page", "questions": [
            {"id": "b", "type": "text", "text": "Gone alone", "lost_rule": "pulldata('y')"},
            {"id": "c", "type": "multi", "text": "Still asked", "options": [
              {"id": "x", "label": "Kept option"}, {"id": "z", "label": "Kept too"}, {"id": "y", "label": "Gone option", "lost_rule": "q > 'z'"}]},
            {"id": "d", "type": "single", "text": "One of", "options": [
              {"id": "x", "label": "Here"}, {"id": "z", "label": "Here too"}, {"id": "y", "label": "Gone choice", "lost_rule": "w"}]},
            {"id": "r", "type": "repeat", "text": "Again", "fields": [
              {"id": "e", "type": "single", "text": "Which", "options": [{"id": "x", "label": "One"}, {"id": "z", "label": "Two"}, {"id": "y", "label": "Gone within", "lost_rule": "w"}]}]}
          ]}
        ], "checks": [{"lost_rule": "v = 1", "message": "Gone check"}]}"#,
    );
    for gone in
        ["Gone page", "Gone with its page", "Gone alone", "Gone option", "Gone choice", "Gone within", "Gone check"]
    {
        assert!(!taken.paper.contains(gone), "{gone} is on paper");
    }
    taken.expect_on_paper("Part 1: Left page 1. Still asked");
    taken.expect_nowhere("Gone check");
    assert_eq!(taken.asked("a"), "Nobody: an import could not read its rule, ${x} = 1");
    assert_eq!(taken.asked("b"), "Nobody: an import could not read its rule, pulldata('y')");
    assert_eq!(taken.asked("c.y"), "Everyone. Offered to nobody: an import could not read its rule, q > 'z'");
    let choice = taken.csv.iter().find(|row| row["variable"] == "d" && row["code"] == "y").unwrap();
    assert_eq!(choice["offered"], "Offered to nobody: an import could not read its rule, w");
    for column in ddi_columns(&taken.xml).iter().filter(|column| ["a", "b"].contains(&column.name.as_str())) {
        assert!(column.universe.starts_with("Nobody: "), "{}", column.universe);
    }
    assert!(
        as_read(&taken.html).contains("c.y Gone option. Offered to nobody: an import could not read its rule, q > 'z'")
    );
    assert!(as_read(&taken.html).contains("Gone alone Type text Asked Nobody: an import could not read its rule"));
}

const HOSTILE: &str = "</style><script>alert(1)</script>\\u0007 ]]> --> &lt; '\\\" {x}";

#[test]
fn hostile_texts_are_text_in_every_file() {
    let definition = r#"{"format": 1, "id": "bad", "title": "T HOSTILE", "language": "en\"><script>",
        "introduction": {"organisation": "O HOSTILE", "purpose": "P HOSTILE", "contact": "C HOSTILE"},
        "privacy": {"notice": "N HOSTILE"},
        "calculated": [{"id": "calc", "label": "=L HOSTILE", "value": "count(q)"}],
        "checks": [{"rule": "not answered(n) or n > 3", "message": "M HOSTILE"}],
        "pages": [
          {"id": "p", "title": "Page HOSTILE", "text": "Text HOSTILE", "questions": [
            {"id": "q", "type": "multi", "text": "=Q HOSTILE", "hint": "Hint HOSTILE", "options": [
              {"id": "a", "label": "=A HOSTILE", "hint": "AH HOSTILE", "other": "optional"}, {"id": "b", "label": "B HOSTILE"}]},
            {"id": "n", "type": "number", "text": "How many HOSTILE", "unit": "U HOSTILE"},
            {"id": "g", "type": "rate", "text": "Rate HOSTILE", "items": [{"id": "r", "label": "Row HOSTILE"}], "scale": [{"id": "x", "label": "X HOSTILE"}, {"id": "y", "label": "Y"}]},
            {"id": "e", "type": "repeat", "text": "Repeat HOSTILE", "item_name": "name HOSTILE", "fields": [{"id": "f", "type": "text", "text": "Field HOSTILE", "pattern": "a<b", "pattern_message": "PM HOSTILE"}]}
          ]},
          {"id": "z", "title": "Last {{ q }}", "show_if": "'a' in q and n > 3", "questions": [{"id": "t", "type": "text", "text": "And {{ e.count }}?"}]}
        ],
        "translations": {"cy": {"q.text": {"text": "CY HOSTILE"}}}}"#;
    let taken = Taken::of(&definition.replace("HOSTILE", HOSTILE));
    for page in [&taken.paper, &taken.html] {
        assert_eq!(page.matches("<script").count(), 0);
        assert_eq!(page.matches("</style>").count(), 1);
        assert!(page.contains("<html lang=\"en&quot;&gt;&lt;script&gt;\">"));
    }
    let columns = ddi_columns(&taken.xml);
    // Markdown reads the entity and the escaped quotation mark; XML cannot hold the bell.
    assert_eq!(columns[0].question, "=Q </style><script>alert(1)</script>\u{fffd} ]]> --> < '\" {x}");
    assert!(taken.xml.contains("CY &lt;/style&gt;"));
    for row in &taken.csv {
        for (key, cell) in row {
            assert!(!cell.starts_with(['=', '+', '@']), "{key}: {cell}");
        }
    }
    assert!(taken.csv.iter().any(|row| row["question"].starts_with("'=Q ")));
}

#[test]
fn a_translated_form_has_the_translated_texts_and_a_codebook_has_both() {
    let definition = r#"{"format": 1, "id": "town", "title": "The town", "language": "en-GB", "pages": [
          {"id": "p", "questions": [{"id": "live", "type": "single", "text": "Do you live here?", "options": [{"id": "y", "label": "Yes"}, {"id": "n", "label": "No"}]}]},
          {"id": "s", "show_if": "live == 'y'", "questions": [{"id": "why", "type": "text", "text": "Why?"}]}],
        "translations": {"cy": {"title": {"text": "Y dref"}, "live.text": {"text": "Ydych chi'n byw yma?"}, "live.y": {"text": "Ydw"}}}}"#;
    let taken = Taken::of(definition);
    let mut welsh = taken.survey.clone();
    welsh.translate("cy");
    let paper = paper_html(&Renderer::new().unwrap(), &welsh, None, PAPER_CSS).unwrap();
    assert!(paper.contains("<html lang=\"cy\">") && as_read(&paper).contains("1. Ydych chi'n byw yma?"));
    assert!(as_read(&paper).contains("Answer this part if ‘1. Ydych chi'n byw yma?’ is Ydw."));
    assert!(
        paper.contains("<p class=\"canvass-how\" lang=\"en\">Tick one box."),
        "our own words are marked as English"
    );
    assert!(!taken.paper.contains(" lang=\"en\""));
    assert!(!taken.xml.contains("<labl xml:lang=\"cy\">No</labl>"), "what is not translated stands once");
    for line in [
        "<parTitl xml:lang=\"cy\">Y dref</parTitl>",
        "<labl xml:lang=\"cy\">Ydych chi&apos;n byw yma?</labl>",
        "<qstnLit xml:lang=\"cy\">Ydych chi&apos;n byw yma?</qstnLit>",
        "<labl xml:lang=\"cy\">Ydw</labl>",
    ] {
        assert!(taken.xml.contains(line), "{line}\n{}", taken.xml);
    }
    assert_eq!(ddi_columns(&taken.xml)[0].label, "Do you live here?");
}

#[test]
fn what_the_program_says_on_the_web_too_it_says_in_the_same_language_on_paper() {
    let questions = r#"{"id": "c", "type": "consent", "text": "C"}, {"id": "d", "type": "date", "text": "D"},
        {"id": "r", "type": "repeat", "text": "R", "fields": [{"id": "a", "type": "text", "text": "A"}]}"#;
    let told = r#""title": "One", "introduction": {"organisation": "O"}, "privacy": {"notice": "N"}, "language": "#;
    let paper = |language: &str| {
        let wall = r#", {"id": "w", "questions": [{"id": "i", "type": "ideas", "text": "I", "max_ideas": 1, "seeds": [{"id": "s", "label": "S"}]}]}]}"#;
        let page = one_page(questions).replace(r#""id": "p","#, r#""id": "p", "title": "P","#);
        let page = format!("{}{wall}", page.strip_suffix("]}").unwrap());
        Taken::of(&page.replace(r#""title": "One","#, &format!("{told}\"{language}\","))).paper
    };
    let (welsh, french, said) = (paper("cy"), paper("fr"), Words::of("cy"));
    let [day, ..] = said.dates.labels;
    let [agree, ..] = said.form.votes;
    for words in [said.pages.who_asks, said.form.your_consent, said.form.your_idea, day, agree] {
        assert!(as_read(&welsh).contains(words), "{words}");
    }
    for words in ["Your consent", "Agree"] {
        assert!(french.contains(&format!("<bdi lang=\"en\">{words}</bdi>")), "{words}");
    }
}

#[test]
fn a_page_that_nobody_can_see_has_no_number() {
    let taken = Taken::of(
        r#"{"format": 1, "id": "lost", "title": "Lost", "pages": [
          {"id": "gone", "questions": [{"id": "a", "type": "text", "text": "A", "lost_rule": "x"}]},
          {"id": "left", "questions": [{"id": "b", "type": "text", "text": "B"}]}]}"#,
    );
    taken.expect_on_paper("Part 1 1. B");
    assert!(!taken.paper.contains("Part 2"));
}

#[test]
fn the_window_is_the_time_of_collection() {
    let taken = Taken::of(&one_page(r#"{"id": "q", "type": "text", "text": "Q"}"#).replace(
        r#""title": "One","#,
        r#""title": "One", "window": {"opens": "2026-11-01T09:00", "closes": "2027-02-26T17:00", "timezone": "Europe/London"},"#,
    ));
    assert!(taken.xml.contains("<collDate date=\"2026-11-01T09:00:00Z\" event=\"start\">"), "{}", taken.xml);
    assert!(taken.xml.contains("<collDate date=\"2027-02-26T17:00:00Z\" event=\"end\">"));
    assert!(taken.xml.contains("<version>Version 2</version>"));
    assert!(as_read(&taken.paper).contains("Paper form: one, version 2"));
    assert!(as_read(&taken.paper).contains("Before the consultation closes: "));
}
