//! Mirrors a style sheet for pages that are read from right to left, as part of the build.

/// What mirroring cannot work out by itself: an arrow that points back, a dot and a tick, which stays a tick.
const TRANSFORMS: [(&str, &str); 3] = [
    ("rotate(-45deg) translate(-50%, -50%)", "translate(50%, 38%) rotate(-45deg)"),
    ("translate(-50%, -50%)", "translate(50%, -50%)"),
    ("translateX(.1052631579em) rotate(225deg)", "translateX(-.1052631579em) rotate(45deg)"),
];

/// The same style sheet with left and right exchanged in every declaration.
pub(crate) fn mirror(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut part = String::new();
    let mut quote = None;
    let mut depth = 0_usize;
    for character in css.chars() {
        match (quote, character) {
            (Some(open), _) => quote = Some(open).filter(|open| *open != character),
            (None, '"' | '\'') => quote = Some(character),
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            (None, '{') if depth == 0 => out.push_str(&std::mem::take(&mut part)),
            (None, ';' | '}') if depth == 0 => out.push_str(&declaration(&std::mem::take(&mut part))),
            _ => {}
        }
        if quote.is_none() && depth == 0 && matches!(character, '{' | ';' | '}') {
            out.push(character);
        } else {
            part.push(character);
        }
    }
    out + &part
}

fn declaration(text: &str) -> String {
    let Some((name, value)) = text.split_once(':') else { return text.to_string() };
    let swapped = match name.trim() {
        "text-align" | "float" | "clear" => swap(value, ' '),
        "transform" => TRANSFORMS
            .iter()
            .find(|(plain, _)| *plain == value)
            .map_or_else(|| value.to_string(), |(_, mirrored)| (*mirrored).to_string()),
        "margin" | "padding" | "inset" => four(value, [0, 3, 2, 1]),
        "border-radius" => four(value, [1, 0, 3, 2]),
        _ => value.to_string(),
    };
    format!("{}:{swapped}", swap(name, '-'))
}

/// Exchanges the words left and right.
fn swap(text: &str, between: char) -> String {
    let words = text.split(between).map(|word| match word {
        "left" => "right",
        "right" => "left",
        other => other,
    });
    words.collect::<Vec<_>>().join(&between.to_string())
}

/// Puts the four values of a shorthand in another order; fewer values are the same on both sides.
fn four(value: &str, order: [usize; 4]) -> String {
    let (values, important) = value.strip_suffix(" !important").map_or((value, ""), |rest| (rest, " !important"));
    let parts: Vec<&str> = values.split(' ').collect();
    if parts.len() != 4 || value.contains('(') {
        return value.to_string();
    }
    let reordered: Vec<&str> = order.iter().filter_map(|at| parts.get(*at).copied()).collect();
    format!("{}{important}", reordered.join(" "))
}
