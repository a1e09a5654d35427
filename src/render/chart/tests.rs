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
        overall: Some(("Everyone", 0.715)),
        marks,
    }
}

#[test]
fn a_chart_is_well_formed_and_says_what_it_shows() {
    let svg = dots(&sample(vec![mark("Tom & <Jerry>", Some(0.775)), mark("Few", None)])).to_string();
    let elements = elements(&svg);
    assert!(elements.contains(&"title".to_owned()) && elements.contains(&"desc".to_owned()));
    assert!(svg.contains("role=\"img\" aria-labelledby=\"c-1-t c-1-d\""));
    assert!(svg.contains("<title id=\"c-1-t\">Support &amp; opposition &lt;by&gt; &quot;group&quot;</title>"));
    assert!(!svg.contains("style="), "a policy that allows no inline style must not break it");
}

#[test]
fn figures_in_a_chart_have_the_decimals_of_its_table() {
    let svg = dots(&sample(vec![mark("A", Some(0.775))])).to_string();
    assert!(svg.contains(&format!(">{}, n\u{a0}1,234<", percent(0.775))), "{svg}");
    assert!(svg.contains(&format!("Everyone: {}", percent(0.715))));
}

#[test]
fn a_withheld_group_is_named_and_has_no_mark() {
    let svg = dots(&sample(vec![mark("Few", None)])).to_string();
    assert!(svg.contains("withheld, group too small"));
    assert!(!svg.contains("<circle"));
}

#[test]
fn long_and_wide_labels_are_cut_to_what_a_narrow_screen_holds() {
    let long = "word ".repeat(80);
    let chinese = "给数据分析人员提供受保护的学习时间".repeat(20);
    let unbroken = "x".repeat(300);
    for label in [long.as_str(), &chinese, &unbroken] {
        let lines = draw::wrap(label, draw::LABEL_CHARS);
        assert_eq!(lines.len(), 4);
        assert!(lines.iter().all(|line| draw::width_of(line) <= draw::LABEL_CHARS), "{lines:?}");
        assert!(lines[3].ends_with('…'));
        elements(dots(&sample(vec![mark(label, Some(1.0))])).as_str());
    }
    assert_eq!(draw::wrap("Two words", 29), ["Two words"]);
    assert_eq!(draw::wrap("", 29), [""]);
}

#[test]
fn verdicts_differ_in_shape_and_not_in_colour_alone() {
    let shapes = [Shape::Disc, Shape::Diamond, Shape::Triangle, Shape::Square, Shape::Ring];
    let drawn = shapes.map(|shape| {
        let svg = dots(&sample(vec![Mark { shape, ..mark("A", Some(0.5)) }])).to_string();
        let from = svg.find("overflow=\"visible\">").unwrap();
        svg[from..].split(" fill=").next().unwrap().to_owned()
    });
    for (index, one) in drawn.iter().enumerate() {
        assert!(!drawn[index + 1..].contains(one));
    }
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
    let stack = stack("c-2", "t", Split { support: 5, neutral: 3, oppose: 2 }).unwrap().to_string();
    let marks = [Shape::Disc, Shape::Diamond, Shape::Triangle, Shape::Square, Shape::Ring];
    let dots = dots(&sample(marks.map(|shape| Mark { shape, ..mark("A", Some(0.5)) }).to_vec())).to_string();
    let both = stack + &dots;
    for paint in ["fill=\"", "stroke=\""] {
        for colour in both.split(paint).skip(1).map(|rest| &rest[..7]) {
            let contrast = 1.05 / (luminance(colour) + 0.05);
            assert!(colour == "#FFFFFF" || contrast >= 3.0, "{colour} has {contrast:.2}");
        }
    }
}

#[test]
fn a_stack_says_its_counts_and_is_left_out_where_nobody_answered() {
    let svg = stack("c-2", "t", Split { support: 1412, neutral: 0, oppose: 2 }).unwrap().to_string();
    assert_eq!(elements(&svg).iter().filter(|name| *name == "rect").count(), 2, "an empty part is not drawn");
    assert!(svg.contains("Of 1,414 who answered: Support 1,412, Neutral 0, Oppose 2."));
    assert!(stack("c-2", "t", Split { support: 0, neutral: 0, oppose: 0 }).is_none());
}

#[test]
fn a_mark_lies_where_its_share_says() {
    assert!(
        (draw::x(0.0) - 3.0).abs() < 1e-9 && (draw::x(0.5) - 50.0).abs() < 1e-9 && (draw::x(1.0) - 97.0).abs() < 1e-9
    );
}
