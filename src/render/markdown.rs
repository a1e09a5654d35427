//! Texts of a definition, a Markdown subset, as safe HTML: paragraphs, emphasis, lists, headings 3 and 4, links.

use pulldown_cmark::{CowStr, Event, HeadingLevel, Parser, Tag, TagEnd, html::push_html};

use crate::definition::plain;
use crate::render::html::{Html, escape};

/// Renders a text that may have paragraphs, lists and headings.
///
/// Raw HTML is shown as the text that it is, an image as its description, and a link that leads anywhere but to
/// `https:`, `http:`, `mailto:`, `tel:` or this site as its words alone.
///
/// ```
/// use canvass::render::markdown::block;
/// assert_eq!(block("Hello *you*").as_str(), "<p>Hello <em>you</em></p>\n");
/// assert_eq!(block("[go](javascript:x)").as_str(), "<p>go</p>\n");
/// ```
pub fn block(markdown: &str) -> Html {
    render(markdown, Shape::BelowHeading2)
}

/// Renders a text that stands right below a page's heading 1: its headings are then 2 and 3, none left out.
///
/// ```
/// use canvass::render::markdown::page_block;
/// assert!(page_block("### Cookies").as_str().starts_with("<h2 "));
/// ```
pub fn page_block(markdown: &str) -> Html {
    render(markdown, Shape::BelowHeading1)
}

/// Renders a text that stands right below a heading 3: all its headings are 4.
///
/// ```
/// use canvass::render::markdown::part_block;
/// assert!(part_block("# Next").as_str().starts_with("<h4 "));
/// ```
pub fn part_block(markdown: &str) -> Html {
    render(markdown, Shape::BelowHeading3)
}

/// Splits a text after its leading paragraphs, as many as have at most `most` characters together; lists and headings
/// are none.
///
/// ```
/// use canvass::render::markdown::leading;
/// assert_eq!(leading("One.\n\nTwo.\n\n- three", 20), ("One.\n\nTwo.", "- three"));
/// assert_eq!(leading("One.\n\nTwo.", 5), ("One.", "Two."));
/// assert_eq!(leading("One.", 3), ("", "One."));
/// assert_eq!(leading("### One", 20), ("", "### One"));
/// ```
pub fn leading(markdown: &str, most: usize) -> (&str, &str) {
    let text = markdown.trim();
    let is_paragraph = |part: &str| {
        let marked = ["#", "- ", "* ", "+ ", ">", "```", "~~~"].iter().any(|mark| part.starts_with(mark));
        !marked && !part.starts_with(|first: char| first.is_ascii_digit() || first.is_whitespace())
    };
    let mut end = 0;
    let mut from = 0;
    for part in text.split("\n\n") {
        let to = from + part.len();
        let fits = text.get(..to).is_some_and(|begun| begun.chars().count() <= most);
        if !is_paragraph(part) || !fits {
            break;
        }
        end = to;
        from = to + 2;
    }
    let (brief, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    (brief, rest.trim_start_matches('\n'))
}

/// Renders a label: emphasis and links, no paragraphs, lists or headings around them.
///
/// ```
/// use canvass::render::markdown::inline;
/// assert_eq!(inline("What is your **role**?").as_str(), "What is your <strong>role</strong>?");
/// ```
pub fn inline(markdown: &str) -> Html {
    Html::made_here(render(markdown, Shape::Inline).as_str().trim().to_owned())
}

/// Renders a label without its links: the words of an option, which is itself something to press.
pub fn words(markdown: &str) -> String {
    plain(markdown)
}

/// Where a text stands, which decides what it may contain.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Inline,
    BelowHeading1,
    BelowHeading2,
    BelowHeading3,
}

impl Shape {
    /// The opening and the closing tag of a heading: an author's highest is the next below the one above the text.
    fn heading(self, level: HeadingLevel) -> (&'static str, &'static str) {
        match (self, level <= HeadingLevel::H3) {
            (Self::BelowHeading1, true) => ("<h2 class=\"nhsuk-heading-m\">", "</h2>\n"),
            (Self::BelowHeading1, false) | (Self::BelowHeading2, true) => ("<h3 class=\"nhsuk-heading-s\">", "</h3>\n"),
            (Self::BelowHeading2, false) | (Self::BelowHeading3, _) => ("<h4 class=\"nhsuk-heading-xs\">", "</h4>\n"),
            (Self::Inline, _) => ("", " "),
        }
    }
}

fn render(markdown: &str, shape: Shape) -> Html {
    let mut out = String::with_capacity(markdown.len() + 16);
    push_html(&mut out, safe(markdown, shape).into_iter());
    Html::made_here(out)
}

/// The events of a text with everything that is not allowed taken out or turned into text.
fn safe(markdown: &str, shape: Shape) -> Vec<Event<'_>> {
    let mut events = Vec::new();
    let mut links = Vec::new();
    for event in Parser::new(markdown) {
        match event {
            // `push_html` escapes text, so HTML is shown and never runs.
            Event::Html(html) | Event::InlineHtml(html) => events.push(Event::Text(html)),
            Event::Start(Tag::Link { dest_url, .. }) => {
                let allowed = is_allowed(&dest_url);
                links.push(allowed);
                if allowed {
                    // Written here and not by `push_html`, so that no title attribute comes along.
                    let open = format!("<a href=\"{}\">", escape(&dest_url));
                    events.push(Event::InlineHtml(CowStr::from(open)));
                }
            }
            Event::End(TagEnd::Link) => {
                let closes = links.pop() == Some(true);
                events.extend(closes.then(|| made("</a>")));
            }
            Event::Start(tag) => events.extend(start(tag, shape)),
            Event::End(tag) => events.extend(end(tag, shape)),
            Event::Text(_) | Event::Code(_) | Event::SoftBreak | Event::HardBreak => {
                events.push(event);
            }
            _ => {}
        }
    }
    events
}

/// What an opening tag becomes.
fn start(tag: Tag<'_>, shape: Shape) -> Option<Event<'_>> {
    match tag {
        Tag::Emphasis | Tag::Strong => Some(Event::Start(tag)),
        _ if shape == Shape::Inline => None,
        Tag::List(None) => Some(made("<ul class=\"nhsuk-list nhsuk-list--bullet\">\n")),
        Tag::List(Some(_)) => Some(made("<ol class=\"nhsuk-list nhsuk-list--number\">\n")),
        Tag::Heading { level, .. } => Some(made(shape.heading(level).0)),
        Tag::Paragraph | Tag::Item | Tag::BlockQuote(_) => Some(Event::Start(tag)),
        _ => None,
    }
}

/// What a closing tag becomes; in a label, a space keeps the words of two paragraphs apart.
fn end(tag: TagEnd, shape: Shape) -> Option<Event<'static>> {
    match tag {
        TagEnd::Emphasis | TagEnd::Strong => Some(Event::End(tag)),
        TagEnd::Heading(level) => Some(made(shape.heading(level).1)),
        TagEnd::Paragraph | TagEnd::Item if shape == Shape::Inline => Some(made(" ")),
        _ if shape == Shape::Inline => None,
        TagEnd::List(false) => Some(made("</ul>\n")),
        TagEnd::List(true) => Some(made("</ol>\n")),
        TagEnd::Paragraph | TagEnd::Item | TagEnd::BlockQuote(_) => Some(Event::End(tag)),
        _ => None,
    }
}

fn made(html: &'static str) -> Event<'static> {
    Event::InlineHtml(CowStr::from(html))
}

/// True for an address that may be linked to.
fn is_allowed(address: &str) -> bool {
    // Browsers drop tabs and line ends inside an address and read `\` as `/`; no honest address has any of them.
    if address.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
        return false;
    }
    let lower = address.to_ascii_lowercase();
    if let Some(rest) = lower.strip_prefix('/') {
        return !rest.starts_with('/');
    }
    if let Some(fragment) = lower.strip_prefix('#') {
        return !fragment.is_empty();
    }
    ["https://", "http://", "mailto:", "tel:"]
        .iter()
        .any(|scheme| lower.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ATTACKS: [&str; 34] = [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
        "<iframe src=javascript:alert(1)>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<body onload=alert(1)>",
        "<style>*{background:url(//evil.example)}</style>",
        "<link rel=stylesheet href=//evil.example>",
        "<meta http-equiv=refresh content=0>",
        "<!-- --><script>alert(1)</script>",
        "<![CDATA[<script>alert(1)</script>]]>",
        "</p></main><script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java&#x0A;script:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](<java\tscript:alert(1)>)",
        "[x](vbscript:msgbox)",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](//evil.example/)",
        "[x](/\\evil.example/)",
        "[x](\\\\evil.example)",
        "[x](https:evil)",
        "[x](https:///evil)",
        "[x](file:///etc/passwd)",
        "[x](blob:https://evil.example/1)",
        "<javascript:alert(1)>",
        "![x](https://evil.example/pixel.png)",
        "![x](javascript:alert(1))",
        "[![x](//evil.example/p.png)](javascript:alert(1))",
        "[x][ref]\n\n[ref]: javascript:alert(1)",
        "`<script>alert(1)</script>`\n\n    <script>alert(2)</script>",
        "<details open ontoggle=alert(1)>\n\n**x**\n\n</details>",
    ];

    /// Tags of a piece of HTML, as written.
    fn tags(html: &str) -> Vec<&str> {
        html.split('<').skip(1).map(|rest| rest.split('>').next().unwrap()).collect()
    }

    #[test]
    fn nothing_in_an_attack_becomes_a_tag_that_runs_or_loads() {
        let harmless = ["p", "/p", "em", "/em", "strong", "/strong", "ul", "/ul", "li", "/li", "code", "/code"];
        for attack in ATTACKS {
            for html in [block(attack), page_block(attack), inline(attack)] {
                for tag in tags(html.as_str()) {
                    assert!(harmless.contains(&tag), "{attack:?} became {html}");
                }
            }
        }
    }

    #[test]
    fn a_quote_in_an_address_stays_inside_its_attribute() {
        let html = block("[x](https://a.example/\"onmouseover=\"alert(1))");
        assert_eq!(html.as_str(), "<p><a href=\"https://a.example/&quot;onmouseover=&quot;alert(1)\">x</a></p>\n");
    }

    #[test]
    fn addresses_of_people_and_of_this_site_are_linked() {
        for address in ["https://a.example/b?c=d", "mailto:a@b.example", "tel:+441130000000", "/privacy", "#a"] {
            let html = inline(&format!("[x]({address})"));
            assert_eq!(html.as_str(), format!("<a href=\"{}\">x</a>", escape(address)));
        }
    }

    #[test]
    fn headings_start_at_three_and_stop_at_four() {
        let html = block("# One\n\n### Three\n\n###### Six");
        assert_eq!(tags(html.as_str()).iter().filter(|tag| tag.starts_with("h3 ")).count(), 2);
        assert_eq!(tags(html.as_str()).iter().filter(|tag| tag.starts_with("h4 ")).count(), 1);
    }

    #[test]
    fn a_label_of_two_paragraphs_is_one_line() {
        assert_eq!(inline("One.\n\nTwo.").as_str(), "One. Two.");
        assert_eq!(words("Read [this](https://a.example) *now*"), "Read this now");
    }

    #[test]
    fn lists_survive_in_texts() {
        let list = "<ul class=\"nhsuk-list nhsuk-list--bullet\">\n<li>a</li>\n<li>b</li>\n</ul>\n";
        assert_eq!(block("- a\n- b").as_str().replace("\n\n", "\n"), list);
    }
}
