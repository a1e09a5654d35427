//! The `type` column: what a row of the survey sheet is.

/// What a row is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `begin group` and its like.
    Begin(Block),
    /// `end group` and its like.
    End(Block),
    /// A question whose answer is one of, some of, or an order of a list.
    Choice { ask: Choose, list: String, or_other: bool },
    /// Choices that stand in a file beside the form.
    FileChoice { ask: Choose, file: String },
    /// Free text.
    Text,
    /// A number, whole or not.
    Number { whole: bool },
    /// A number on a slider.
    Range,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A day and a time.
    DateTime,
    /// Something to read.
    Note,
    /// A box to tick.
    Acknowledge,
    /// A value worked out from others.
    Calculate,
    /// What the device or the account tells about the person.
    Personal(String),
    /// A picture, a place or something else that is no answer of ours.
    Media(String),
    /// A file that holds data for the form.
    External(String),
    /// A setting that stands on the survey sheet.
    Setting(&'static str),
    /// Not known.
    Unknown(String),
}

/// What begins and ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Block {
    Group,
    Repeat,
    /// The questions once for each option of a list.
    Loop(String),
}

/// How options are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choose {
    One,
    Many,
    Rank,
}

const CHOICES: &[(&str, Choose)] = &[
    ("add select one prompt using", Choose::One),
    ("add select multiple prompt using", Choose::Many),
    ("select all that apply from", Choose::Many),
    ("select_one_external", Choose::One),
    ("select one external", Choose::One),
    ("select one using", Choose::One),
    ("select multiple using", Choose::Many),
    ("select multiple from", Choose::Many),
    ("select one from", Choose::One),
    ("select all that apply", Choose::Many),
    ("select_multiple", Choose::Many),
    ("select multiple", Choose::Many),
    ("select_one", Choose::One),
    ("select one", Choose::One),
    ("select1", Choose::One),
    ("q select1", Choose::One),
    ("q select", Choose::Many),
    ("rank", Choose::Rank),
];

const FILE_CHOICES: &[(&str, Choose)] = &[
    ("select_one_from_file", Choose::One),
    ("select one from file", Choose::One),
    ("select_multiple_from_file", Choose::Many),
    ("select multiple from file", Choose::Many),
];

const OR_OTHER: [&str; 3] = ["or specify other", "or_other", "or other"];

const PERSONAL: &[&str] = &[
    "start",
    "end",
    "today",
    "deviceid",
    "device id",
    "imei",
    "subscriberid",
    "subscriber id",
    "simserial",
    "sim id",
    "phonenumber",
    "phone number",
    "username",
    "email",
    "audit",
    "start time",
    "end time",
    "start-geopoint",
    "background-geopoint",
    "background-audio",
    "get start time",
    "get end time",
    "get today",
    "get device id",
    "get subscriber id",
    "get sim id",
    "get phone number",
    "uri:deviceid",
    "uri:subscriberid",
    "uri:simserial",
    "uri:phonenumber",
    "uri:username",
    "uri:email",
];

const MEDIA: &[&str] = &[
    "image",
    "photo",
    "picture",
    "annotate",
    "draw",
    "signature",
    "audio",
    "video",
    "file",
    "barcode",
    "geopoint",
    "gps",
    "location",
    "geotrace",
    "geoshape",
    "osm",
];

/// Reads a type as `pyxform` does, in any case.
pub(super) fn kind(written: &str) -> Kind {
    let words = written.split_whitespace().collect::<Vec<_>>().join(" ");
    let lower = words.to_lowercase();
    if let Some(block) = block(&words, &lower) {
        return block;
    }
    if let Some(choice) = choice(&words, &lower) {
        return choice;
    }
    // The oldest forms say `add text prompt` or `q text`.
    let plain = lower.strip_prefix("add ").and_then(|rest| rest.strip_suffix(" prompt"));
    let plain = plain.or_else(|| lower.strip_prefix("q ")).unwrap_or(&lower);
    match plain {
        "text" | "string" => Kind::Text,
        "integer"
        | "int"
        | "number of days in last month"
        | "number of days in last six months"
        | "percentage"
        | "number of days in last year" => Kind::Number { whole: true },
        "decimal" => Kind::Number { whole: false },
        "range" => Kind::Range,
        "date" => Kind::Date,
        "time" => Kind::Time,
        "datetime" | "date time" => Kind::DateTime,
        "note" => Kind::Note,
        "acknowledge" | "trigger" => Kind::Acknowledge,
        "calculate" | "hidden" => Kind::Calculate,
        "form_title" | "set_form_title" => Kind::Setting("form_title"),
        "form_id" | "set_form_id" => Kind::Setting("form_id"),
        "xml-external" | "csv-external" => Kind::External(words),
        _ if PERSONAL.contains(&plain) => Kind::Personal(plain.to_string()),
        _ if MEDIA.contains(&plain.split(' ').next().unwrap_or_default()) => Kind::Media(plain.to_string()),
        _ => Kind::Unknown(words),
    }
}

fn block(words: &str, lower: &str) -> Option<Kind> {
    let begins = lower.starts_with("begin");
    let rest = lower.strip_prefix("begin").or_else(|| lower.strip_prefix("end"))?;
    let rest = rest.strip_prefix([' ', '_'])?;
    let end_or = |block| Some(if begins { Kind::Begin(block) } else { Kind::End(block) });
    match rest {
        "group" => end_or(Block::Group),
        "repeat" | "lgroup" | "looped group" => end_or(Block::Repeat),
        "loop" => end_or(Block::Loop(String::new())),
        _ if rest.starts_with("loop ") => {
            let list = words.split(' ').next_back().unwrap_or_default();
            end_or(Block::Loop(list.to_string()))
        }
        _ => None,
    }
}

fn choice(words: &str, lower: &str) -> Option<Kind> {
    let after = |commands: &[(&str, Choose)]| {
        commands.iter().find_map(|(command, ask)| {
            let rest = words.get(command.len()..).filter(|_| lower.starts_with(command))?;
            Some((*ask, rest.strip_prefix(' ')?.to_string()))
        })
    };
    if let Some((ask, file)) = after(FILE_CHOICES) {
        return Some(Kind::FileChoice { ask, file });
    }
    let (ask, rest) = after(CHOICES)?;
    let (list, other) = rest.split_once(' ').unwrap_or((rest.as_str(), ""));
    let or_other = OR_OTHER.contains(&other.to_lowercase().as_str());
    if list.contains("${") || !(other.is_empty() || or_other) {
        return Some(Kind::Unknown(words.to_string()));
    }
    Some(Kind::Choice { ask, list: list.to_string(), or_other })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(list: &str, or_other: bool) -> Kind {
        Kind::Choice { ask: Choose::One, list: list.into(), or_other }
    }

    #[test]
    fn types_are_read_as_people_write_them() {
        assert_eq!(kind("select_one Yes_No"), one("Yes_No", false));
        assert_eq!(kind("select one from yes_no or specify other"), one("yes_no", true));
        assert_eq!(
            kind("add select multiple prompt using a"),
            Kind::Choice { ask: Choose::Many, list: "a".into(), or_other: false }
        );
        assert_eq!(kind("begin_group"), Kind::Begin(Block::Group));
        assert_eq!(kind("Begin  Repeat"), Kind::Begin(Block::Repeat));
        assert_eq!(kind("end group"), Kind::End(Block::Group));
        assert_eq!(kind("begin loop over Toilets"), Kind::Begin(Block::Loop("Toilets".into())));
        assert_eq!(kind("add text prompt"), Kind::Text);
        assert_eq!(kind("select_one_from_file a.csv"), Kind::FileChoice { ask: Choose::One, file: "a.csv".into() });
        assert_eq!(kind("dateTime"), Kind::DateTime);
        assert_eq!(kind("phone number"), Kind::Personal("phone number".into()));
        assert_eq!(kind("osm c1"), Kind::Media("osm c1".into()));
        assert_eq!(kind("include"), Kind::Unknown("include".into()));
    }
}
