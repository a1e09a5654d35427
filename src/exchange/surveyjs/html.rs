//! HTML as Markdown: the part of it that texts of Canvass may use, and a word on what was left out.

use std::collections::BTreeSet;

/// Deepest nesting that is kept; tags further in are ignored.
const MAX_DEPTH: usize = 12;

/// A converted text.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Converted {
    /// The Markdown.
    pub text: String,
    /// What is not in it any more, such as `iframe`.
    pub lost: BTreeSet<&'static str>,
}

/// Tags whose contents are no text to read.
const SKIPPED: [&str; 14] = [
    "script", "style", "iframe", "video", "audio", "object", "embed", "form", "select", "button", "textarea", "svg",
    "canvas", "input",
];
/// Tags that begin a paragraph.
const BLOCKS: [&str; 14] =
    ["p", "div", "section", "article", "header", "footer", "blockquote", "pre", "center", "hr", "tr", "dl", "dt", "dd"];
/// Tags that change nothing but the looks.
const LOOKS: [&str; 18] = [
    "span", "font", "u", "s", "small", "sub", "sup", "code", "mark", "label", "tbody", "thead", "body", "html", "abbr",
    "big", "nobr", "tt",
];
/// Tags of tables.
const TABLES: [&str; 3] = ["table", "td", "th"];

/// True if a text has HTML in it.
pub(super) fn is_marked_up(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| text.get(at..).and_then(tag).is_some())
}

/// Converts HTML to paragraphs, emphasis, lists, headings and links. Time is linear in its length.
pub(super) fn block(html: &str) -> Converted {
    convert(html, false)
}

/// Converts HTML to one line with emphasis and links.
pub(super) fn inline(html: &str) -> Converted {
    convert(html, true)
}

enum Kind {
    Root,
    Around(&'static str),
    Link(String),
    List(Option<usize>),
    Item,
    Heading(&'static str),
    Skipped,
}

struct Frame {
    tag: String,
    kind: Kind,
    out: String,
}

struct Tag<'a> {
    name: String,
    closes: bool,
    attributes: &'a str,
    length: usize,
}

/// The tag at the beginning of a text, if its name is known.
fn tag(text: &str) -> Option<Tag<'_>> {
    let inside = text.strip_prefix('<')?;
    let (closes, inside) = inside.strip_prefix('/').map_or((false, inside), |inside| (true, inside));
    let end = inside.find(|c: char| !c.is_ascii_alphanumeric())?;
    let (name, rest) = inside.split_at_checked(end)?;
    let name = name.to_ascii_lowercase();
    let known = matches!(
        name.as_str(),
        "b" | "strong" | "i" | "em" | "a" | "ul" | "ol" | "li" | "br" | "img" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6"
    ) || [SKIPPED.as_slice(), &BLOCKS, &LOOKS, &TABLES].iter().any(|tags| tags.contains(&name.as_str()));
    if !known || !rest.starts_with(['>', '/', ' ', '\n', '\t', '\r']) {
        return None;
    }
    // Ending at any `<` keeps the time linear: no tag is looked for twice in the same letters.
    let (attributes, _) = rest.split_at_checked(rest.find(['<', '>'])?).filter(|(_, end)| end.starts_with('>'))?;
    Some(Tag { name, closes, length: text.len() - rest.len() + attributes.len() + 1, attributes })
}

/// The value of an attribute.
fn attribute(attributes: &str, name: &str) -> Option<String> {
    let lower = attributes.to_ascii_lowercase();
    let start = lower.match_indices(name).map(|(at, _)| at + name.len()).find(|at| {
        let before =
            lower.get(..at - name.len()).is_some_and(|before| before.ends_with([' ', '\n', '\t', '\r', '"', '\'']));
        before && lower.get(*at..).is_some_and(|rest| rest.trim_start().starts_with('='))
    })?;
    let value = attributes.get(start..)?.trim_start().strip_prefix('=')?.trim_start();
    let value = match value.chars().next() {
        Some(quote @ ('"' | '\'')) => value.get(1..)?.split(quote).next()?,
        _ => value.split([' ', '\n', '\t', '>']).next()?,
    };
    Some(unescaped(value).trim().to_string())
}

fn convert(html: &str, one_line: bool) -> Converted {
    let root = Frame { tag: String::new(), kind: Kind::Root, out: String::new() };
    let mut state = State { frames: vec![root], one_line, lost: BTreeSet::new() };
    let mut rest = html;
    while !rest.is_empty() {
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
        } else if let Some(found) = tag(rest) {
            state.tag(&found);
            rest = rest.get(found.length..).unwrap_or_default();
        } else {
            let first = rest.chars().next().map_or(1, char::len_utf8);
            let end = rest.get(first..).and_then(|after| after.find('<')).map_or(rest.len(), |at| at + first);
            let (text, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
            state.text(&unescaped(text));
            rest = after;
        }
    }
    while state.frames.len() > 1 {
        state.close();
    }
    let text = state.frames.pop().map(|root| root.out).unwrap_or_default();
    Converted { text: text.trim().to_string(), lost: state.lost }
}

struct State {
    frames: Vec<Frame>,
    one_line: bool,
    lost: BTreeSet<&'static str>,
}

impl State {
    fn out(&mut self) -> Option<&mut String> {
        self.frames.last_mut().map(|frame| &mut frame.out)
    }

    fn skips(&self) -> bool {
        self.frames.iter().any(|frame| matches!(frame.kind, Kind::Skipped))
    }

    fn text(&mut self, text: &str) {
        if self.skips() {
            return;
        }
        let Some(out) = self.out() else { return };
        let mut in_pipe = false;
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            if letter.is_whitespace() {
                if !out.is_empty() && !out.ends_with([' ', '\n']) {
                    out.push(' ');
                }
                continue;
            }
            in_pipe = (in_pipe || letter == '{') && letter != '}';
            let inside_word =
                out.ends_with(char::is_alphanumeric) && letters.peek().is_some_and(|c| c.is_alphanumeric());
            let begins_line = out.is_empty() || out.ends_with('\n');
            let special = match letter {
                '*' | '[' | ']' | '`' | '\\' => true,
                '<' => letters.peek().is_some_and(|next| next.is_ascii_alphabetic() || *next == '/'),
                '&' => letters.peek().is_some_and(|next| next.is_ascii_alphabetic() || *next == '#'),
                '_' => !inside_word,
                '#' | '>' | '+' | '-' => begins_line,
                _ => false,
            };
            if special && !in_pipe {
                out.push('\\');
            }
            out.push(letter);
        }
    }

    /// Begins a paragraph.
    fn paragraph(&mut self) {
        let one_line = self.one_line;
        let nested = matches!(self.frames.last().map(|frame| &frame.kind), Some(Kind::Around(_) | Kind::Link(_)));
        if let Some(out) = self.out() {
            out.truncate(out.trim_end().len());
            if !out.is_empty() {
                out.push_str(if one_line || nested { " " } else { "\n\n" });
            }
        }
    }

    fn tag(&mut self, tag: &Tag<'_>) {
        let name = tag.name.as_str();
        if self.skips() {
            if tag.closes {
                self.end(name);
            }
            return;
        }
        if let Some(skipped) = SKIPPED.iter().find(|skipped| **skipped == name) {
            if !tag.closes {
                self.lost.insert(skipped);
                if *skipped != "input" && !tag.attributes.ends_with('/') {
                    self.open(name, Kind::Skipped);
                }
            }
            return;
        }
        match name {
            "br" => {
                let one_line = self.one_line;
                if let Some(out) = self.out().filter(|out| !out.is_empty()) {
                    out.truncate(out.trim_end_matches(' ').len());
                    out.push_str(if one_line { " " } else { "  \n" });
                }
            }
            "img" => {
                self.lost.insert("img");
                if let Some(description) = attribute(tag.attributes, "alt") {
                    self.text(&description);
                }
            }
            "td" | "th" => {
                self.lost.insert("table");
                self.text(" ");
            }
            "table" => self.paragraph(),
            _ if BLOCKS.contains(&name) => self.paragraph(),
            _ if LOOKS.contains(&name) => {}
            _ if tag.closes => self.end(name),
            "b" | "strong" => self.open(name, Kind::Around("**")),
            "i" | "em" => self.open(name, Kind::Around("*")),
            "a" => self.open(name, Kind::Link(attribute(tag.attributes, "href").unwrap_or_default())),
            "ul" => self.open(name, Kind::List(None)),
            "ol" => self.open(name, Kind::List(Some(0))),
            "li" => self.open(name, Kind::Item),
            "h1" | "h2" | "h3" => self.open(name, Kind::Heading("### ")),
            _ => self.open(name, Kind::Heading("#### ")),
        }
    }

    fn open(&mut self, name: &str, kind: Kind) {
        if matches!(kind, Kind::Item) && matches!(self.frames.last().map(|frame| &frame.kind), Some(Kind::Item)) {
            self.close();
        }
        if self.frames.len() < MAX_DEPTH {
            self.frames.push(Frame { tag: name.to_string(), kind, out: String::new() });
        }
    }

    /// Closes the innermost frame of this tag, with those inside it.
    fn end(&mut self, name: &str) {
        let Some(at) = self.frames.iter().rposition(|frame| frame.tag == name) else { return };
        while self.frames.len() > at.max(1) {
            self.close();
        }
    }

    fn close(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        let inside = frame.out.trim();
        let line = || inside.replace("  \n", " ").replace('\n', " ");
        match frame.kind {
            Kind::Root | Kind::Skipped => {}
            Kind::Around(sign) => self.spaced(&frame.out, &format!("{sign}{}{sign}", line())),
            Kind::Link(target) if is_allowed(&target) => {
                let target = target.replace(' ', "%20").replace('(', "%28").replace(')', "%29").replace(['<', '>'], "");
                self.spaced(&frame.out, &format!("[{}]({target})", line()));
            }
            Kind::Link(_) => self.spaced(&frame.out, &line()),
            Kind::Heading(_) | Kind::List(_) | Kind::Item if self.one_line => {
                self.paragraph();
                self.push(&format!("{} ", line()));
            }
            Kind::Heading(sign) => {
                self.paragraph();
                self.push(&format!("{sign}{}", line()));
                self.paragraph();
            }
            Kind::List(_) => self.list(inside),
            Kind::Item => self.item(inside),
        }
    }

    fn list(&mut self, inside: &str) {
        if matches!(self.frames.last().map(|frame| &frame.kind), Some(Kind::Item)) {
            if let Some(out) = self.out() {
                out.truncate(out.trim_end().len());
                out.push('\n');
            }
            self.push(&format!("{inside}\n"));
        } else {
            self.paragraph();
            self.push(inside);
            self.paragraph();
        }
    }

    fn item(&mut self, inside: &str) {
        let Some(Frame { kind: Kind::List(number), out, .. }) = self.frames.last_mut() else {
            self.paragraph();
            self.push(inside);
            self.paragraph();
            return;
        };
        let sign = match number {
            None => "- ".to_string(),
            Some(number) => {
                *number += 1;
                format!("{number}. ")
            }
        };
        let indent = format!("\n{}", " ".repeat(sign.len()));
        out.push_str(&sign);
        out.push_str(&inside.replace("\n\n", "\n").replace('\n', &indent));
        out.push('\n');
    }

    fn push(&mut self, text: &str) {
        if let Some(out) = self.out() {
            out.push_str(text);
        }
    }

    /// Adds words with the spaces that stood around them.
    fn spaced(&mut self, raw: &str, words: &str) {
        if !raw.trim().is_empty() {
            self.push(words);
        }
        if raw.ends_with([' ', '\n']) && self.out().is_some_and(|out| !out.is_empty() && !out.ends_with([' ', '\n'])) {
            self.push(" ");
        }
    }
}

/// True for an address that a text of Canvass may lead to.
fn is_allowed(target: &str) -> bool {
    let lower = target.to_ascii_lowercase();
    let scheme = ["https:", "http:", "mailto:", "tel:"].iter().any(|scheme| lower.starts_with(scheme));
    scheme || (target.starts_with('/') && !target.starts_with("//"))
}

/// A text with its character references replaced.
fn unescaped(text: &str) -> String {
    const NAMED: [(&str, &str); 14] = [
        ("amp", "&"),
        ("lt", "<"),
        ("gt", ">"),
        ("quot", "\""),
        ("apos", "'"),
        ("nbsp", " "),
        ("ndash", "–"),
        ("mdash", "—"),
        ("hellip", "…"),
        ("rsquo", "’"),
        ("lsquo", "‘"),
        ("ldquo", "“"),
        ("rdquo", "”"),
        ("bull", "•"),
    ];
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let reference = after.char_indices().take(10).find(|(_, c)| *c == ';').and_then(|(at, _)| after.get(..at));
        let meant = reference.and_then(|name| {
            let code = name.strip_prefix('#').and_then(|digits| match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok(),
                None => digits.parse().ok(),
            });
            let letter = code.and_then(char::from_u32).filter(|c| *c != '\0').map(String::from);
            letter.or_else(|| NAMED.iter().find(|(known, _)| *known == name).map(|(_, letter)| (*letter).to_string()))
        });
        if let (Some(name), Some(letter)) = (reference, meant) {
            out.push_str(&letter);
            rest = after.get(name.len() + 1..).unwrap_or_default();
        } else {
            out.push('&');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(html: &str) -> String {
        block(html).text
    }

    #[test]
    fn paragraphs_lists_headings_and_links_become_markdown() {
        assert_eq!(text("<p>One <b>bold </b>word</p><p>Two</p>"), "One **bold** word\n\nTwo");
        assert_eq!(
            text("<h2>Head</h2>text<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>end"),
            "### Head\n\ntext\n\n- a\n- b\n  - c\n\nend"
        );
        assert_eq!(text("<ol><li>a<li>b</ol>"), "1. a\n2. b");
        assert_eq!(text("a<br>b"), "a  \nb");
        assert_eq!(text("<a href='https://x.org/a(b)'>go</a>"), "[go](https://x.org/a%28b%29)");
        assert_eq!(text("Fish &amp; chips &lt;now&gt; &#8364;5&nbsp;"), "Fish & chips \\<now> €5");
    }

    #[test]
    fn what_runs_or_is_no_text_is_left_out_and_told() {
        let found =
            block("<script>alert(1)</script><img src=x alt='A map'><table><tr><td>1</td><td>2</td></tr></table>");
        assert_eq!(found.text, "A map\n\n1 2");
        assert_eq!(found.lost.into_iter().collect::<Vec<_>>(), ["img", "script", "table"]);
        assert_eq!(text("<a href=\"javascript:alert(1)\">go</a>"), "go");
        assert_eq!(text("<a href='//evil.example'>go</a>"), "go");
    }

    #[test]
    fn signs_of_markdown_stay_signs_and_names_of_answers_stay_whole() {
        assert_eq!(text("2 * 3 [x] snake_case _x_ {my_name_}"), "2 \\* 3 \\[x\\] snake_case \\_x\\_ {my_name_}");
        assert_eq!(text("<p># no heading</p><p>- no list</p>"), "\\# no heading\n\n\\- no list");
        assert_eq!(text("a < b and 5<6"), "a < b and 5<6");
    }

    #[test]
    fn one_line_stays_one_line() {
        assert_eq!(inline("<p>One</p><p>two<br/>three</p><ul><li>x</li></ul>").text, "One two three x");
        assert!(is_marked_up("<b>x</b>") && !is_marked_up("a < b and c > d") && !is_marked_up("<5 years"));
    }

    #[test]
    fn hostile_html_is_bounded() {
        let deep = format!("{}x", "<b>".repeat(50_000));
        assert!(text(&deep).contains('x'));
        assert!(text(&"<a href='".repeat(20_000)).len() < 1_000_000);
        assert!(text(&"<".repeat(100_000)).len() <= 200_000);
    }
}
