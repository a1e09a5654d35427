//! XLSForm, both ways: what `pyxform` makes of real forms, what becomes of each construct, and that nothing is lost on the way.

#![cfg(test)]

use canvass::exchange::report::{Fate, Imported};
use canvass::exchange::xlsform::{read, template, write};
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};

use crate::data::data;

/// A workbook of sheets of rows of cells.
pub(crate) fn workbook(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet();
        sheet.set_name(*name).unwrap();
        for (row, cells) in (0u32..).zip(*rows) {
            for (column, text) in (0u16..).zip(*cells).filter(|(_, text)| !text.is_empty()) {
                sheet.write_string(row, column, *text).unwrap();
            }
        }
    }
    workbook.save_to_buffer().unwrap()
}

/// Reads a form of these survey and choices rows.
fn form(survey: &[&[&str]], choices: &[&[&str]]) -> Imported {
    read(&workbook(&[("survey", survey), ("choices", choices)])).unwrap()
}

const CHOICES: &[&[&str]] = &[
    &["list_name", "name", "label", "district"],
    &["yn", "yes", "Yes"],
    &["yn", "no", "No"],
    &["homes", "house", "House", "d1"],
    &["homes", "apartments", "Apartments", "d2"],
    &["n", "1", "One"],
    &["n", "2", "Two"],
    &["n", "3", "Three"],
    &["ds", "d1", "North"],
    &["ds", "d2", "South"],
];

fn questions(imported: &Imported) -> Vec<&Value> {
    let pages = imported.definition["pages"].as_array().unwrap();
    pages.iter().flat_map(|page| page["questions"].as_array().unwrap()).collect()
}

fn question<'a>(imported: &'a Imported, id: &str) -> &'a Value {
    questions(imported).into_iter().find(|question| question["id"] == id).unwrap()
}

/// What the rule of the second of two questions becomes; the rule of its page counts too.
fn rule(first: &str, relevant: &str) -> Value {
    let imported = form(
        &[&["type", "name", "label", "relevant"], &[first, "q", "Q?"], &["text", "then", "Then?", relevant]],
        CHOICES,
    );
    let page = imported.definition["pages"].as_array().unwrap().last().unwrap().clone();
    let then = question(&imported, "then");
    let find = |key: &str| then.get(key).or_else(|| page.get(key)).cloned();
    find("show_if").or_else(|| find("lost_rule").map(|lost| json!({"lost": lost}))).unwrap_or_default()
}

#[test]
fn rules_are_carried_over_by_the_types_of_what_they_name() {
    for (kind, relevant, ours) in [
        ("select_one yn", "${q} = 'yes'", "q == 'yes'"),
        ("select_one yn", "selected(${q}, 'yes')", "q == 'yes'"),
        ("select_one yn", "${q} = ‘yes’", "q == 'yes'"),
        ("select_one yn", "not(${q} = 'yes')", "q != 'yes'"),
        ("select_one yn", "${q} = ''", "not answered(q)"),
        ("select_one yn", "string-length(${q}) > 0", "answered(q)"),
        ("select_one n", "${q} = 1", "q == '1'"),
        ("select_one n", "${q} >= 2", "q in ['2', '3']"),
        ("select_one n", "${q}='1' or ${q}='3'", "q in ['1', '3']"),
        ("select_multiple yn", "selected(${q}, 'no')", "'no' in q"),
        ("select_multiple yn", "not(selected(${q}, 'no'))", "'no' not in q"),
        ("select_multiple n", "count-selected(${q}) >= 2", "count(q) >= 2"),
        ("select_multiple yn", "${q} = 'no'", "'no' in q and count(q) == 1"),
        ("integer", "${q} > 5 and (${q} < 10 or ${q} = 99)", "q > 5 and (q < 10 or q == 99)"),
        ("integer", "(${q} + 1) * 2 div 4 >= -1", "(q + 1) * 2 / 4 >= -1"),
        ("date", "${q} < today()", "q < today()"),
        ("date", "${q} >= date('2020-02-29')", "q >= date('2020-02-29')"),
        ("date", "int((today() - ${q}) div 365.25) >= 18", "years_since(q) >= 18"),
        ("text", "regex(${q}, '[a-z]+')", "matches(q, '^(?:[a-z]+)$')"),
        ("text", "string-length(${q}) > 3", "length(q) > 3"),
        ("text", "contains(${q}, 'a.b')", "matches(q, 'a\\.b')"),
        ("acknowledge", "${q} = 'OK'", "q"),
        ("select_one yn", "if(${q} = 'yes', true(), false())", "q == 'yes'"),
        ("rank n", "selected-at(${q}, 0) = '2'", "q[1] == '2'"),
    ] {
        assert_eq!(rule(kind, relevant), ours, "{relevant}");
    }
}

#[test]
fn a_rule_that_is_always_true_is_no_rule_and_one_that_cannot_be_carried_over_hides_its_question() {
    assert_eq!(rule("text", "true()"), Value::Null);
    for (kind, relevant) in [
        ("select_one homes", "${q} = 'apartment'"),
        ("text", "false()"),
        ("text", "${nothing} = 'a'"),
        ("text", "${then} = 'a'"),
        ("integer", "${q} mod 2 = 0"),
        ("text", "instance('x')/root/item[name = ${q}]/label = 'a'"),
        ("text", "regex(${q}, '(?=a)b')"),
        ("text", "${q} = 'a' or"),
        ("date", "today() - ${q} > 7"),
    ] {
        assert_eq!(rule(kind, relevant), json!({"lost": relevant}), "{relevant}");
    }
}

#[test]
fn an_option_that_is_not_in_the_list_is_reported_with_the_one_that_was_meant() {
    let imported = form(
        &[
            &["type", "name", "label", "relevant"],
            &["select_one homes", "building_type", "Home?"],
            &["text", "floor", "Floor?", "${building_type} = 'apartment'"],
        ],
        CHOICES,
    );
    let entry = imported.report.entries.iter().find(|entry| entry.code == "option-unknown").unwrap();
    assert_eq!((entry.fate, entry.source.as_str()), (Fate::Degraded, "survey!3:relevant"));
    assert_eq!(entry.target.as_deref(), Some("floor"));
    let says = "`apartment` is no option of `building_type`; did you mean `apartments`?";
    assert!(entry.message.contains(says), "{}", entry.message);
}

#[test]
fn constraints_become_limits_exclusive_options_and_checks() {
    let imported = form(
        &[
            &["type", "name", "label", "constraint", "constraint_message"],
            &["integer", "age", "Age?", ". >= 18 and . < 100", "Adults"],
            &["text", "post", "Code?", "regex(., '[A-Z]+') and string-length(.) <= 8", "Capitals"],
            &["select_multiple yn", "any", "Any?", "not(selected(., 'no') and count-selected(.) > 1)"],
            &["integer", "kids", "Children?", ". <= ${age} or . = 99", "Fewer"],
            &["date", "born", "Born?", ". <= today() and . >= '1900-01-01'"],
        ],
        CHOICES,
    );
    assert_eq!((&question(&imported, "age")["min"], &question(&imported, "age")["max"]), (&json!(18), &json!(99)));
    let post = question(&imported, "post");
    assert_eq!((&post["pattern"], &post["max_chars"]), (&json!("^(?:[A-Z]+)$"), &json!(8)));
    assert_eq!(post["pattern_message"], "Capitals");
    assert_eq!(imported.definition["lists"]["yn"][1]["exclusive"], true);
    assert_eq!(question(&imported, "born")["min"], "1900-01-01");
    assert_eq!(
        imported.definition["checks"],
        json!([
            {"rule": "not answered(kids) or (kids <= age or kids == 99)", "message": "Fewer"},
            {"rule": "not answered(born) or born <= today()", "message": "Check your answer to “Born?”"},
        ])
    );
}

#[test]
fn rows_become_pages_and_a_rule_splits_them() {
    let imported = form(
        &[
            &["type", "name", "label", "relevant", "appearance"],
            &["begin group", "g", "Group", "", "field-list"],
            &["select_one yn", "a", "A?"],
            &["text", "b", "B?", "${a} = 'yes'"],
            &["note", "c", "Hello ${b}"],
            &["end group"],
            &["begin_group", "h", "Other", "${a} = 'no'"],
            &["text", "d", "D?"],
            &["end_group"],
            &["text", "e", "E?"],
            &["text", "f", "F?"],
        ],
        CHOICES,
    );
    let pages = imported.definition["pages"].as_array().unwrap();
    let of = |page: &Value| {
        let ids: Vec<&str> = page["questions"].as_array().unwrap().iter().map(|q| q["id"].as_str().unwrap()).collect();
        format!("{} {} {}", page["id"].as_str().unwrap(), page["title"].as_str().unwrap_or("-"), ids.join(","))
    };
    let pages_are: Vec<String> = pages.iter().map(of).collect();
    assert_eq!(pages_are, ["g Group a", "g_2 Group b", "g_3 Group c", "h Other d", "page_5 Imported form e,f"]);
    assert_eq!(pages[3]["show_if"], "a == 'no'");
    assert_eq!(pages[2]["questions"][0]["text"], "Hello {{ b }}");
}

#[test]
fn filters_become_rules_of_the_options() {
    let imported = form(
        &[
            &["type", "name", "label", "choice_filter"],
            &["select_one ds", "d", "District?"],
            &["select_one homes", "home", "Home?", "district = ${d}"],
        ],
        CHOICES,
    );
    assert_eq!(
        question(&imported, "home")["options"],
        json!([
            {"id": "house", "label": "House", "show_if": "d == 'd1'"},
            {"id": "apartments", "label": "Apartments", "show_if": "d == 'd2'"},
        ])
    );
}

#[test]
fn tables_repeats_calculations_and_texts_beside_options_are_read() {
    let imported = form(
        &[
            &["type", "name", "label", "appearance", "calculation", "relevant", "constraint"],
            &["begin group", "t", "Rate these", "table-list"],
            &["select_one n", "t1", "First"],
            &["select_one n", "t2", "Second"],
            &["end group"],
            &["begin repeat", "member", "Member"],
            &["integer", "age", "Age?", "", "", "", ". <= 120"],
            &["end repeat"],
            &["select_one yn or_other", "o", "Or?"],
            &["calculate", "big", "", "", "if(${t1} = '3', '1', '0')"],
            &["text", "why", "Why?", "", "", "${big} = '1' and ${o_other} != ''"],
        ],
        CHOICES,
    );
    let table = question(&imported, "t");
    assert_eq!(
        (&table["type"], &table["scale"], &table["items"][1]["id"]),
        (&json!("rate"), &json!("n"), &json!("t2"))
    );
    assert_eq!(question(&imported, "member")["fields"][0]["max"], 120);
    assert_eq!(question(&imported, "o")["options"][2], json!({"id": "other", "label": "Other", "other": "required"}));
    assert_eq!(imported.definition["calculated"], json!([{"id": "big", "value": "t.t1 == '3'"}]));
    let page = imported.definition["pages"].as_array().unwrap().last().unwrap();
    assert_eq!(page["show_if"], "big and answered(o.other)");
}

#[test]
fn a_field_of_a_repeat_keeps_its_rule_and_is_alone_hidden_where_that_is_lost() {
    let imported = form(
        &[
            &["type", "name", "label", "relevant", "required", "choice_filter"],
            &["select_one yn", "farms", "Farms?"],
            &["select_one homes", "home", "Home?"],
            &["begin repeat", "plot", "Plot"],
            &["text", "crop", "Crop?", "", "yes"],
            &["text", "tree", "Tree?", "${farms} = 'yes'", "yes"],
            &["text", "kind", "Kind?", "${crop} = 'maize'", "${crop} = 'maize'"],
            &["text", "more", "More?", "count(${plot}) > 1"],
            &["begin group", "owner", "Owner", "${home} = 'house'"],
            &["text", "name", "Name?"],
            &["text", "paper", "Paper?", "${farms} = 'no'"],
            &["text", "since", "Since?", "${name} != ''"],
            &["select_one ds", "part", "Part?", "", "", "name = 'd1' or ${farms} = 'yes'"],
            &["select_one ds", "of", "Of?", "", "", "name = ${crop}"],
            &["end group"],
            &["end repeat"],
        ],
        CHOICES,
    );
    let pages = imported.definition["pages"].as_array().unwrap();
    assert!(pages.iter().all(|page| page.get("lost_rule").is_none()));
    let repeat = question(&imported, "plot");
    assert!(repeat.get("lost_rule").is_none() && repeat.get("show_if").is_none());
    let fields: Vec<Value> = repeat["fields"].as_array().unwrap().clone();
    let rules: Vec<Value> = fields
        .iter()
        .map(|field| json!([field["id"], field["show_if"], field["lost_rule"], field["required"]]))
        .collect();
    let house = "home == 'house'";
    assert_eq!(
        rules,
        [
            json!(["crop", null, null, true]),
            json!(["tree", "farms == 'yes'", null, true]),
            json!(["kind", null, "${crop} = 'maize'", null]),
            json!(["more", null, "count(${plot}) > 1", null]),
            json!(["name", house, null, null]),
            json!(["paper", "home == 'house' and farms == 'no'", null, null]),
            json!(["since", null, "(home == 'house') and (${name} != '')", null]),
            json!(["part", house, null, null]),
            json!(["of", house, null, null]),
        ]
    );
    assert_eq!(fields[7]["options"][1]["show_if"], "farms == 'yes'");
    assert_eq!(fields[8]["options"][0]["lost_rule"], "name = ${crop}");
    let fate = |source: &str| imported.report.entries.iter().find(|entry| entry.source == source).unwrap().fate;
    let fates = [("6:relevant", Fate::Exact), ("7:relevant", Fate::Degraded), ("7:required", Fate::Degraded)];
    for (source, wanted) in
        fates.into_iter().chain([("13:choice_filter", Fate::Exact), ("14:choice_filter", Fate::Degraded)])
    {
        assert_eq!(fate(&format!("survey!{source}")), wanted, "{source}");
    }
    let text = canvass::exchange::settle(imported).definition.to_string();
    let findings = canvass::definition::parse(&text).findings;
    let errors = findings.iter().filter(|finding| finding.code.starts_with('E'));
    assert_eq!(errors.count(), 0, "{findings:?}");
}

#[test]
fn what_a_form_has_twice_or_lacks_is_put_right_and_reported() {
    let imported = form(
        &[
            &["Type", "NAME", "caption::English (en)", "label::Français", "disabled"],
            &["select one from yn", "Größe 1", "Big?", "Grand?"],
            &["integer", "x", "", "", "yes"],
            &["start", "start"],
            &["image", "pic", "Picture?"],
            &["end group"],
            &["select_one none", "lost", "Lost?"],
        ],
        CHOICES,
    );
    assert_eq!(question(&imported, "grosse_1")["source"], "Größe 1");
    assert_eq!(imported.definition["language"], "en");
    assert_eq!(imported.definition["translations"]["fr"]["grosse_1.text"]["text"], "Grand?");
    let codes: Vec<&str> = imported.report.entries.iter().map(|entry| entry.code).collect();
    for code in ["row-disabled", "privacy", "type-media", "block-unmatched", "list-unknown"] {
        assert!(codes.contains(&code), "{code} is not in {codes:?}");
    }
}

#[test]
fn what_another_program_changed_in_our_workbook_counts() {
    let read_with = |written: &str| {
        let survey: &[&[&str]] = &[
            &["type", "name", "label", "rule", "relevant", "written"],
            &["begin_group", "a", "A"],
            &["text", "q", "Q?"],
            &["end_group"],
            &["begin_group", "b", "B"],
            &["text", "r", "R?", "q=='a'", "${q} = 'b'", written],
            &["end_group"],
        ];
        let imported =
            read(&workbook(&[("survey", survey), ("canvass", &[&["key", "value"], &["format", "1"]])])).unwrap();
        question(&imported, "r")["show_if"].clone()
    };
    assert_eq!(read_with(""), "q=='a'", "our own words come first");
    assert_eq!(read_with("00000000"), "q == 'b'", "the mark says that `relevant` was another when we wrote it");
}

#[test]
fn other_programs_are_given_expressions_and_told_what_they_lack() {
    let definition = json!({"format": 1, "id": "s", "title": "S", "pages": [
        {"id": "a", "title": "A", "questions": [
            {"id": "role", "type": "single", "text": "Role?", "options": [{"id": "x", "label": "X"}, {"id": "y", "label": "Y", "other": "required"}]},
        ]},
        {"id": "w", "questions": [{"id": "wall", "type": "ideas", "text": "Ideas?"}]},
        {"id": "b", "show_if": "role in ['x', 'y'] and answered(wall)", "questions": [{"id": "why", "type": "text", "text": "Why {{ role }}?"}]},
        {"id": "end", "title": "Bye", "end": "finished"},
    ]});
    let written = write(&definition).unwrap();
    let codes: Vec<&str> = written.report.entries.iter().map(|entry| entry.code).collect();
    assert_eq!(codes, ["ideas", "end"]);
    // The same workbook for a program that knows no sheet of ours.
    let plain = without_sheet(&written.workbook, "canvass");
    let imported = read(&plain).unwrap();
    let pages = imported.definition["pages"].as_array().unwrap();
    assert!(pages.iter().any(|page| page["show_if"] == "role in ['x', 'y'] and answered(wall)"), "{pages:?}");
    assert_eq!(question(&imported, "why")["text"], "Why {{ role }}?");
    assert_eq!(question(&imported, "role_y_text")["type"], "text");
}

/// The workbook with another name for a sheet.
fn without_sheet(workbook: &[u8], name: &str) -> Vec<u8> {
    use std::io::{Read, Write};
    let mut from = zip::ZipArchive::new(std::io::Cursor::new(workbook)).unwrap();
    let mut to = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for at in 0..from.len() {
        let mut part = from.by_index(at).unwrap();
        let part_name = part.name().unwrap().into_owned();
        let mut content = String::new();
        part.read_to_string(&mut content).unwrap();
        to.start_file(part_name, zip::write::SimpleFileOptions::default()).unwrap();
        to.write_all(content.replace(&format!("\"{name}\""), "\"other\"").as_bytes()).unwrap();
    }
    to.finish().unwrap().into_inner()
}

#[test]
fn the_template_reads_back_as_it_was_written() {
    let bytes = template().unwrap();
    let imported = read(&bytes).unwrap();
    assert_eq!(imported.definition["id"], "town-centre");
    assert!(!imported.report.has_losses());
    assert_eq!(read(&write(&imported.definition).unwrap().workbook).unwrap().definition, imported.definition);
}

/// Every form of the corpus with what `pyxform` made of it.
fn corpus() -> Option<Vec<(String, Vec<u8>, Value)>> {
    let folder = data()?.join("forms/xlsform");
    let mut forms = Vec::new();
    for entry in std::fs::read_dir(folder.join("expected")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let expected = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        forms.push((name.clone(), std::fs::read(folder.join(&name)).unwrap(), expected));
    }
    forms.sort_by(|a, b| a.0.cmp(&b.0));
    Some(forms)
}

/// What a question of `pyxform`'s is here; `None` for what is no question, or none of ours by design:
/// groups and repeats are compared by what is in them; `meta` is made by `pyxform`; what the device tells is left out for
/// privacy, pictures, places and codes cannot be asked, and calculations are no questions.
fn ours(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "select one" | "select one external" => "single",
        "select all that apply" => "multi",
        "text" | "string" | "time" | "datetime" | "dateTime" => "text",
        "integer" | "int" | "decimal" | "range" => "number",
        "date" => "date",
        "note" => "note",
        "acknowledge" | "trigger" => "consent",
        _ => return None,
    })
}

/// Questions by the name they had, with type and whether they must be answered; rows and fields count, too.
fn flat(imported: &Imported) -> Vec<(String, String, bool)> {
    let named = |thing: &Value| thing.get("source").unwrap_or(&thing["id"]).as_str().unwrap_or_default().to_string();
    let kind = |question: &Value| question["type"].as_str().unwrap_or_default().to_string();
    let must = |question: &Value| question["required"] == true || question.get("required_if").is_some();
    let mut flat = Vec::new();
    for question in questions(imported) {
        flat.push((named(question), kind(question), must(question)));
        for row in question["items"].as_array().into_iter().flatten() {
            flat.push((named(row), "single".into(), must(question)));
        }
        for field in question["fields"].as_array().into_iter().flatten() {
            flat.push((named(field), kind(field), must(field)));
        }
        if question["options"].as_array().into_iter().flatten().any(|option| option.get("other").is_some()) {
            flat.push((format!("{}_other", named(question)), "text".into(), false));
        }
    }
    flat
}

#[test]
fn names_types_and_required_flags_are_those_of_pyxform() {
    let Some(forms) = corpus() else {
        println!("skipped: no data");
        return;
    };
    let mut compared = 0;
    for (name, bytes, expected) in forms {
        let imported = read(&bytes).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
        let found = flat(&imported);
        let elements = expected["elements"].as_array().into_iter().flatten();
        let loops = elements.filter(|element| element["type"] == "loop");
        let loops: Vec<&str> = loops.map(|element| element["path"][0].as_str().unwrap()).collect();
        for element in expected["elements"].as_array().into_iter().flatten() {
            let wanted = element["path"].as_array().unwrap().last().unwrap().as_str().unwrap();
            let kind = element["type"].as_str().unwrap();
            let Some(ours) = ours(kind) else { continue };
            // The row that only shows the options of a table, and what cannot be read from the workbook alone.
            let beside = element["appearance"] == "label" || wanted.starts_with("reserved_name_for_field_list_labels");
            let from_file = element["list_name"].as_str().is_some_and(|list| list.contains(".csv"));
            let made_up = wanted.starts_with("generated_table_list_label");
            if beside || from_file || made_up {
                continue;
            }
            // A question of a loop is written out for each option: `number_open_pit_latrine`.
            let in_loop =
                element["path"].as_array().unwrap().iter().any(|step| loops.contains(&step.as_str().unwrap()));
            let is_same = |source: &str| if in_loop { source.starts_with(wanted) } else { source == wanted };
            let same: Vec<_> = found.iter().filter(|(source, ..)| is_same(source)).collect();
            let read_only = element.get("readonly").is_some() && ours == "text";
            let ours = if read_only { "note" } else { ours };
            assert!(same.iter().any(|(_, kind, _)| kind == ours), "{name}: {wanted} is {kind}, and here {same:?}");
            // A note needs no answer, and a field of a repeat has no `required_if`.
            let required = element["required"].as_str().unwrap_or("no");
            let required =
                !matches!(required, "no" | "false" | "false()" | "FALSE") && ours != "note" && !required.contains("${");
            assert!(
                same.iter().any(|(.., must)| *must == required),
                "{name}: {wanted} required {required}, here {same:?}"
            );
            compared += 1;
        }
        choices(&name, &imported, &expected["choices"]);
    }
    assert!(compared > 700, "only {compared} questions were compared");
}

/// The options of every list by the names they had, in order; `or_other` adds its option where it is asked, not to the list.
fn choices(name: &str, imported: &Imported, expected: &Value) {
    let lists = imported.definition["lists"].as_object().cloned().unwrap_or_default();
    for (list, options) in expected.as_object().into_iter().flatten() {
        let wanted: Vec<&str> =
            options.as_array().unwrap().iter().map(|option| option["name"].as_str().unwrap()).collect();
        let named = |option: &Value| option.get("source").unwrap_or(&option["id"]).as_str().unwrap().to_string();
        let all = |options: &Value| options.as_array().unwrap().iter().map(named).collect::<Vec<_>>();
        let found = lists.values().map(all).any(|found| {
            found == wanted || wanted.last() == Some(&"other") && found.iter().eq(wanted.iter().take(wanted.len() - 1))
        });
        let inline =
            || questions(imported).into_iter().any(|q| q["options"].is_array() && all(&q["options"]) == wanted);
        assert!(found || inline(), "{name}: the list {list} has other options: {wanted:?}");
    }
}

#[test]
fn rules_and_constraints_of_real_forms_survive() {
    let Some(forms) = corpus() else {
        println!("skipped: no data");
        return;
    };
    let (mut kept, mut all, mut lost_checks, mut constraints) = (0, 0, 0, 0);
    for (name, bytes, expected) in forms.into_iter().filter(|(_, _, expected)| expected["outcome"] == "ok") {
        let imported = read(&bytes).unwrap();
        let of = |column: &str| {
            let ending = format!(":{column}");
            let entries = imported.report.entries.iter().filter(move |entry| entry.source.ends_with(&ending));
            entries.filter(|entry| entry.code != "calculate-relevant").collect::<Vec<_>>()
        };
        all += of("relevant").len();
        kept += of("relevant").iter().filter(|entry| entry.fate <= Fate::Assumed).count();
        constraints += of("constraint").len();
        let lost = of("constraint").iter().filter(|entry| entry.fate > Fate::Assumed).count();
        let kept_as_lost = imported.definition["checks"].as_array().into_iter().flatten();
        assert_eq!(kept_as_lost.filter(|check| check.get("lost_rule").is_some()).count(), lost, "{name}");
        lost_checks += lost;
        let wanted =
            expected["elements"].as_array().unwrap().iter().filter(|element| element.get("constraint").is_some());
        assert!(of("constraint").len() <= wanted.count(), "{name}");
    }
    println!("{kept} of {all} rules, {} of {constraints} constraints", constraints - lost_checks);
    assert!(kept * 100 >= all * 95, "{kept} of {all}");
    assert!(lost_checks <= 4, "{lost_checks} constraints, all of them of fields of repeats");
}

#[test]
fn real_forms_come_back_as_they_were_written() {
    let Some(forms) = corpus() else {
        println!("skipped: no data");
        return;
    };
    for (name, bytes, _) in forms {
        let definition = read(&bytes).unwrap().definition;
        let again = read(&write(&definition).unwrap().workbook).unwrap();
        assert_eq!(again.definition, definition, "{name}");
    }
}

#[test]
fn our_own_surveys_come_back_as_they_were_written() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("surveys");
    let mut read_back = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let definition: Value = serde_json::from_str(&text).unwrap();
        if definition.get("pages").is_none() {
            continue;
        }
        let written = write(&definition).unwrap();
        let imported = read(&written.workbook).unwrap();
        assert_eq!(imported.definition, definition, "{}", path.display());
        assert!(!imported.report.has_losses());
        read_back += 1;
    }
    assert!(read_back > 0);
}
