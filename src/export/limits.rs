//! What an answer may be, in words, for who reads the instrument and not the definition.

use crate::item::{Item, Kind};
use crate::vocabulary::Words;

/// What an answer to an item may be: “At most 300 characters”. Empty where its options say it all.
pub fn limits(item: &Item) -> Vec<String> {
    let mut said = Vec::new();
    let english = Words::of("en");
    match &item.kind {
        Kind::Note(_) | Kind::Consent(_) | Kind::Single(_) | Kind::Email(_) => {}
        Kind::Multi(multi) => {
            said.extend(multi.min.filter(|min| *min > 1).map(|min| format!("At least {}", counted(min, "option"))));
            said.extend(multi.max.map(|max| format!("At most {}", counted(max, "option"))));
        }
        Kind::Text(text) => {
            said.extend((text.min_chars > 0).then(|| format!("At least {}", counted(text.min_chars, "character"))));
            said.push(format!("At most {}", counted(text.max_chars, "character")));
        }
        Kind::Number(number) => {
            said.extend(match (number.min, number.max) {
                (Some(min), Some(max)) => Some(format!("From {min} to {max}")),
                (Some(min), None) => Some(format!("At least {min}")),
                (None, Some(max)) => Some(format!("At most {max}")),
                (None, None) => None,
            });
            said.push(match number.decimals {
                0 => "A whole number".to_string(),
                places => format!("At most {}", counted(places, "decimal place")),
            });
            said.extend(number.step.map(|step| match number.min {
                Some(min) if min != 0.0 => format!("In steps of {step} from {min}"),
                _ => format!("In steps of {step}"),
            }));
        }
        Kind::Date(date) => {
            said.extend(date.min.map(|min| format!("Not before {}", english.day(min))));
            said.extend(date.max.map(|max| format!("Not after {}", english.day(max))));
        }
        Kind::Rate(rate) => {
            said.extend(
                rate.min_items.map(|min| format!("At least {} where an answer is needed", counted(min, "row"))),
            );
        }
        Kind::Rank(rank) => {
            said.extend(rank.min.map(|min| format!("At least {}", counted(min, "place"))));
            said.push(format!("At most {}", counted(rank.max, "place")));
        }
        Kind::Allocate(allocate) => {
            said.push(format!("{} in all", counted(allocate.total, "point")));
            said.extend((allocate.step > 1).then(|| format!("In multiples of {}", allocate.step)));
        }
        Kind::Repeat(repeat) => {
            said.extend(
                (repeat.min > 1).then(|| format!("At least {}", entries(repeat.min, repeat.item_name.as_deref()))),
            );
            said.push(format!("At most {}", entries(repeat.max, repeat.item_name.as_deref())));
        }
        Kind::Ideas(ideas) => {
            let length = format!("at most {}", counted(ideas.max_chars, "character"));
            said.extend(
                (ideas.max_ideas > 0).then(|| format!("At most {} of {length}", counted(ideas.max_ideas, "idea"))),
            );
        }
    }
    said
}

/// The pattern that a text must match: a regular expression, for who reads those.
pub fn pattern(item: &Item) -> Option<String> {
    let Kind::Text(text) = &item.kind else { return None };
    text.look.as_ref().map(|look| format!("Must match the pattern {}", look.pattern.as_str()))
}

/// “1 option”, “3 options”.
pub fn counted(n: u32, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// An author's word for an entry has a plural that we do not know: “3 × proposal”.
fn entries(n: u32, name: Option<&str>) -> String {
    match (n, name) {
        (_, None) => format!("{n} {}", if n == 1 { "entry" } else { "entries" }),
        (1, Some(name)) => format!("1 {name}"),
        (_, Some(name)) => format!("{n} × {name}"),
    }
}
