use super::*;
use crate::render::words::percent;

/// The names of a drawing's elements, after checking that it is well-formed: tags close in order, attributes are
/// quoted and no `&` or `<` stands bare.
fn elements(svg: &str) -> Vec<String> {
    let (mut open, mut seen, mut rest) = (Vec::new(), Vec::new(), svg);
    while let Some(start) = rest.find('<') {
        let end = rest[start..].find('>').expect("a tag ends") + start;
        let (before, tag) = (&rest[..start], &rest[start + 1..end]);
        for reference in before.split('&').skip(1) {
            assert!(
                ["amp;", "lt;", "gt;", "quot;", "#39;"].iter().any(|known| reference.starts_with(known)),
                "{before}"
            );
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name));
        } else {
            let name = tag.split([' ', '/']).next().unwrap().to_owned();
            seen.push(name.clone());
            if !tag.ends_with('/') {
                open.push(name);
            }
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty(), "left open: {open:?}");
    seen
}

fn mark(label: &str, share: Option<f64>) -> Mark<'_> {
    Mark {
        label,
        note: None,
        share,
        interval: share.map(|share| [(share - 0.1).max(0.0), (share + 0.1).min(1.0)]),
        n: share.map(|_| 1234),
        instead: "withheld, group too small",
        shape: Shape::Disc,
    }
}

fn sample(marks: Vec<Mark<'_>>) -> Dots<'_> {
    Dots {
        id: "c-1",
        title: "Support & opposition <by> \"group\"",
        subtitle: "Share in favour",
        language: None,
        overall: Some(("Everyone", 0.715)),
        panels: vec![Panel { heading: None, marks }],
    }
}

#[test]
fn a_chart_is_well_formed_and_heard_as_one_image() {
    let chart = dots(&sample(vec![mark("Tom & <Jerry>", Some(0.775)), mark("Few", None)])).to_string();
    elements(&chart);
    assert_eq!(chart.matches("role=\"img\"").count(), 1);
    let heard = chart.split("aria-label=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(
        heard.starts_with("Support &amp; opposition &lt;by&gt; &quot;group&quot;. Share in favour. 2 rows."),
        "{heard}"
    );
    assert!(heard.contains("Highest: Tom &amp; &lt;Jerry&gt;, 78%.") && heard.contains("Everyone: 72%."), "{heard}");
    assert!(!chart.contains("style=") && !chart.contains("<a "), "no inline style, nothing to focus inside an image");
}

#[test]
fn figures_in_a_chart_have_the_decimals_of_its_table() {
    let chart = dots(&sample(vec![mark("A", Some(0.775))])).to_string();
    assert!(chart.contains(&format!(">{}, n\u{a0}1,234<", percent(0.775))), "{chart}");
    assert!(chart.contains(&format!("Everyone: {}", percent(0.715))));
}

#[test]
fn a_withheld_group_is_named_and_has_no_mark() {
    let svg = dots(&sample(vec![mark("Few", None)])).to_string();
    assert!(svg.contains("withheld, group too small"));
    assert!(!svg.contains("#m-disc"));
    assert!(dots(&sample(vec![mark("Few", Some(0.5))])).as_str().contains("#m-disc"));
}

#[test]
fn a_label_of_any_length_is_shown_whole() {
    let long = "word ".repeat(80);
    let chinese = "给数据分析人员提供受保护的学习时间".repeat(20);
    let unbroken = format!("https://example.org/{}", "x".repeat(300));
    for label in [long.as_str(), &chinese, &unbroken] {
        let chart = dots(&sample(vec![mark(label, Some(1.0))]));
        elements(chart.as_str());
        assert!(chart.as_str().contains(&format!("<span>{label}</span>")));
    }
}

#[test]
fn a_label_in_another_language_says_which() {
    let chart = dots(&Dots { language: Some("zh-Hant"), ..sample(vec![mark("叫車", Some(0.5))]) });
    assert!(chart.as_str().contains("<span lang=\"zh-Hant\">叫車</span>"));
}

#[test]
fn what_a_row_refers_to_is_there() {
    let chart = dots(&sample(vec![mark("A", Some(0.5))])).to_string() + shapes().as_str();
    for target in chart.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert_eq!(chart.matches(&format!(" id=\"{target}\"")).count(), 1, "{target}");
    }
}

const SHAPES: [Shape; 5] = [Shape::Disc, Shape::Diamond, Shape::Triangle, Shape::Square, Shape::Ring];

#[test]
fn verdicts_differ_in_shape_and_not_in_colour_alone() {
    let all = shapes().to_string();
    let drawn = SHAPES.map(|shape| {
        let form = all.split(&format!("id=\"{}\" ", shape.id())).nth(1).unwrap();
        form.split(" fill=").next().unwrap().to_owned()
    });
    for (index, one) in drawn.iter().enumerate() {
        assert!(!drawn[index + 1..].contains(one));
    }
}

#[test]
fn each_verdict_in_use_is_in_the_key_once() {
    let noted = |shape, note| Mark { shape, note: Some(note), ..mark("A", Some(0.5)) };
    let marks = vec![noted(Shape::Disc, "Broad"), noted(Shape::Disc, "Broad"), noted(Shape::Ring, "Open")];
    let chart = dots(&sample(marks)).to_string();
    let key = chart.split("canvass-key").nth(1).unwrap().split("</p>").next().unwrap();
    assert_eq!((key.matches("Broad").count(), key.matches("Open").count()), (1, 1));
    assert!(!dots(&sample(vec![mark("A", None)])).as_str().contains("canvass-key"));
}

/// Relative luminance of WCAG 2.2.
fn luminance(colour: &str) -> f64 {
    let channel = |from: usize| {
        let level = f64::from(u8::from_str_radix(&colour[from..from + 2], 16).unwrap()) / 255.0;
        if level <= 0.040_45 { level / 12.92 } else { ((level + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

#[test]
fn every_colour_stands_out_from_white_by_three_to_one() {
    let stack = stack("t", Split { support: 5, neutral: 3, oppose: 2 }).unwrap().to_string();
    let dots = dots(&sample(SHAPES.map(|shape| Mark { shape, ..mark("A", Some(0.5)) }).to_vec())).to_string();
    let all = [stack, dots, shapes().to_string(), bar_and_line(0.5, 0.4).to_string()].concat();
    let mut seen = 0;
    for paint in ["fill=\"", "stroke=\""] {
        for colour in all.split(paint).skip(1).map(|rest| &rest[..7]) {
            let contrast = 1.05 / (luminance(colour) + 0.05);
            assert!(colour == "#FFFFFF" || contrast >= 3.0, "{colour} has {contrast:.2}");
            seen += 1;
        }
    }
    assert!(seen > 15, "{seen}");
}

#[test]
fn a_stack_says_its_counts_and_is_left_out_where_nobody_answered() {
    let bar = stack("t", Split { support: 1412, neutral: 0, oppose: 2 }).unwrap().to_string();
    assert_eq!(elements(&bar).iter().filter(|name| *name == "rect").count(), 2, "an empty part is not drawn");
    assert!(bar.contains("Of 1,414 who answered: In favour 1,412 (100%), Neither 0 (0%), Against 2 (0%)."));
    assert!(stack("t", Split { support: 0, neutral: 0, oppose: 0 }).is_none());
}

#[test]
fn a_mark_lies_where_its_share_says() {
    let chart = dots(&sample(vec![mark("A", Some(0.25))])).to_string();
    assert!(chart.contains("<line x1=\"15.0%\" x2=\"35.0%\""), "{chart}");
    assert!(chart.contains("<use href=\"#m-disc\" x=\"25.0%\""));
    assert_eq!([0.0, 1.0, 1.5].map(dots::x), ["0.0%", "100.0%", "100.0%"]);
}
