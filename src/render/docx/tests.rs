use std::io::Read;

use super::*;

const PAGE: &str = "<!DOCTYPE html><html lang=\"en-GB\"><head><meta charset=\"utf-8\"><title>A &amp; B</title></head><body><main>\
    <h1>A &amp; <span lang=\"cy\">B\u{e2}</span></h1><nav><p>Contents</p></nav>\n<section><h2>One <span>(simulated)</span></h2>\
    <div role=\"img\" aria-label=\"A chart: 2 rows.\"><p>drawn</p><svg><use/></svg></div>\
    <p class=\"canvass-caption\">Shares &lt;1&gt;</p><table><thead><tr><th scope=\"col\">Answer</th><th scope=\"col\">Share</th><th scope=\"col\">As a bar</th></tr></thead>\
    <tbody><tr><th scope=\"rowgroup\" colspan=\"3\">Under</th></tr>\n<tr><th scope=\"row\">Yes</th><td><b>50%</b>40% to 60%\nof 9</td><td><svg><rect/></svg></td></tr></tbody></table>\
    <details class=\"canvass-why\"><summary>Where</summary><div><p>from</p></div></details>\
    <dl><dt>We did</dt><dd><ul><li>This</li></ul><div class=\"canvass-space\"><p></p><p></p></div></dd></dl></section></main></body></html>";

fn part(name: &str) -> String {
    let bytes = docx(PAGE).unwrap();
    let mut package = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    package.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// Every paragraph as its style and its text.
fn paragraphs() -> Vec<(String, String)> {
    let document = part("word/document.xml");
    let paragraphs = document.split("<w:p>").skip(1).map(|paragraph| {
        let style = paragraph.split("<w:pStyle w:val=\"").nth(1).unwrap().split('"').next().unwrap();
        (style.to_owned(), spoken(paragraph.split("</w:p>").next().unwrap()))
    });
    paragraphs.collect()
}

#[test]
fn the_page_is_told_in_styles_and_what_paper_leaves_out_is_left_out() {
    let expected = [
        ("Heading1", "A &amp; B\u{e2}"),
        ("Heading2", "One (simulated)"),
        ("Picture", "A chart: 2 rows."),
        ("Caption", "Shares &lt;1&gt;"),
        ("TableHead", "Answer"),
        ("TableHead", "Share"),
        ("TableHead", "Under"),
        ("TableText", "Yes"),
        ("TableText", "50%40% to 60%of 9"),
        ("AfterTable", ""),
        ("Term", "We did"),
        ("ListBullet", "This"),
        ("Space", ""),
        ("Space", ""),
    ];
    assert_eq!(paragraphs(), expected.map(|(style, text)| (style.to_owned(), text.to_owned())));
}

#[test]
fn every_part_is_well_formed_and_says_the_language_and_the_title() {
    for name in [
        "[Content_Types].xml",
        "_rels/.rels",
        "docProps/core.xml",
        "word/document.xml",
        "word/styles.xml",
        "word/numbering.xml",
        "word/footer1.xml",
        "word/_rels/document.xml.rels",
    ] {
        let text = part(name);
        let mut reader = Reader::from_str(&text);
        while !matches!(reader.read_event().unwrap(), Event::Eof) {}
    }
    assert!(part("docProps/core.xml").contains("<dc:title>A &amp; B</dc:title><dc:language>en-GB</dc:language>"));
    assert!(part("word/styles.xml").contains("<w:lang w:val=\"en-GB\"/>"));
    let document = part("word/document.xml");
    assert!(document.contains("<w:lang w:val=\"cy\"/></w:rPr><w:t xml:space=\"preserve\">B\u{e2}"));
    assert!(document.contains("<w:tblHeader/>") && document.contains("<w:tblCaption w:val=\"Shares &lt;1&gt;\"/>"));
    assert_eq!(document.matches("<w:gridCol").count(), 2, "no column for the bars");
    assert_eq!(docx(PAGE).unwrap(), docx(PAGE).unwrap());
}

#[test]
fn a_page_that_is_not_well_formed_is_refused() {
    assert!(docx("<main><p>open</main>").is_err());
}
