//! A list of people to invite, read from a table without trusting it: whom it names, and what is wrong with its other rows.

use std::collections::HashSet;

use super::email::Email;
use crate::exchange::Refusal;
use crate::exchange::cell::{guarded, unguarded};
use crate::exchange::table::{Row, read_csv, read_xlsx};

/// Most characters of a name.
const LONGEST_NAME: usize = 200;
/// What the columns may be called, in any writing; the first is what this program calls it.
const ADDRESS: [&str; 6] = ["address", "email", "e-mail", "e-mail address", "email address", "mail"];
const NAME: [&str; 3] = ["name", "full name", "enw"];
const LANGUAGE: [&str; 3] = ["language", "lang", "iaith"];

/// Somebody to invite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitee {
    /// The address in one form for all its writings.
    pub known: Email,
    /// The address as it was written.
    pub address: String,
    /// What they are called, or nothing.
    pub name: String,
    /// The language to write to them in, or nothing for the survey's own.
    pub language: String,
}

/// What a table says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    /// Those it names, each address once, in its order.
    pub people: Vec<Invitee>,
    /// The rows, as a spreadsheet counts them, whose address stands further up.
    pub again: Vec<usize>,
    /// The rows that name nobody, each with why.
    pub faults: Vec<(usize, String)>,
    /// Columns that are not read.
    pub ignored: Vec<String>,
}

/// Reads a file: a workbook if its first bytes are one's, else CSV.
pub fn read_file(bytes: &[u8], languages: &[&str]) -> Result<People, Refusal> {
    let rows = if bytes.starts_with(b"PK\x03\x04") { read_xlsx(bytes)? } else { read_csv(bytes)? };
    read(&rows, languages)
}

/// Reads rows whose first says what the columns are, or, if an address stands in it, is a person: address, name, language.
///
/// `languages` are those that the survey can be shown in.
pub fn read(rows: &[Row], languages: &[&str]) -> Result<People, Refusal> {
    let head = rows.first().map(|(_, cells)| cells.as_slice()).unwrap_or_default();
    let mut found = People::default();
    let has_head = !head.iter().any(|cell| cell.contains('@'));
    let (columns, rows) = if has_head {
        let is_one_of = |cell: &String, names: &[&str]| names.contains(&cell.trim().to_lowercase().as_str());
        let place = |names: &[&str]| head.iter().position(|cell| is_one_of(cell, names));
        let columns = [place(&ADDRESS), place(&NAME), place(&LANGUAGE)];
        if columns[0].is_none() {
            return Err(Refusal::of_file(
                "no column holds addresses: write “address” over it, and “name” and “language” over the others",
            ));
        }
        let unread = head.iter().enumerate().filter(|(at, cell)| !columns.contains(&Some(*at)) && !cell.is_empty());
        found.ignored = unread.map(|(_, cell)| cell.trim().chars().take(40).collect()).collect();
        (columns, rows.get(1..).unwrap_or_default())
    } else {
        ([Some(0), Some(1), Some(2)], rows)
    };
    let mut seen = HashSet::new();
    for (number, cells) in rows {
        let cell = |at: Option<usize>| at.and_then(|at| cells.get(at)).map_or("", |cell| unguarded(cell).trim());
        let [address, name, language] = columns.map(cell);
        if [address, name, language].iter().all(|cell| cell.is_empty()) {
            continue;
        }
        match invitee(address, name, language, languages) {
            Err(why) => found.faults.push((*number, why)),
            Ok(one) if seen.insert(one.known.as_str().to_string()) => found.people.push(one),
            Ok(_) => found.again.push(*number),
        }
    }
    Ok(found)
}

fn invitee(address: &str, name: &str, language: &str, languages: &[&str]) -> Result<Invitee, String> {
    if address.is_empty() {
        return Err("there is no address".to_string());
    }
    if !address.is_ascii() {
        return Err(format!(
            "“{}” has letters that not every mail server takes: write its domain in the form that begins with xn--",
            short(address)
        ));
    }
    let Some(known) = Email::read(address).filter(|_| !address.contains(['%', '<', '>', '"', ' '])) else {
        return Err(format!("“{}” is no e-mail address, such as name@example.org", short(address)));
    };
    if name.chars().count() > LONGEST_NAME || name.chars().any(is_hidden) {
        return Err(format!("the name has more than {LONGEST_NAME} characters, or some that cannot be seen"));
    }
    let spoken = languages.iter().find(|known| known.eq_ignore_ascii_case(language));
    let language = match spoken {
        Some(language) => (*language).to_string(),
        None if language.is_empty() => String::new(),
        None => {
            return Err(format!(
                "the consultation is not in “{}”: write {}, or nothing for the first of them",
                short(language),
                languages.join(" or ")
            ));
        }
    };
    Ok(Invitee { known, address: address.to_string(), name: name.to_string(), language })
}

/// What may end a line, or turn its direction, in some program.
fn is_hidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn short(text: &str) -> String {
    let mut shown: String = text.chars().filter(|c| !is_hidden(*c)).take(60).collect();
    if text.chars().count() > 60 {
        shown.push('…');
    }
    shown
}

/// People as a table that [`read_file`] reads as the same people.
pub fn write(people: &[Invitee]) -> String {
    let mut out = csv::Writer::from_writer(Vec::new());
    let head = [ADDRESS[0], NAME[0], LANGUAGE[0]].map(str::to_string);
    let rows = people.iter().map(|one| [&one.address, &one.name, &one.language].map(|cell| guarded(cell.clone())));
    for row in std::iter::once(head).chain(rows) {
        // Memory takes what is written to it.
        let _never_fails = out.write_record(&row);
    }
    String::from_utf8(out.into_inner().unwrap_or_default()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> People {
        read_file(text.as_bytes(), &["en", "cy"]).unwrap()
    }

    fn addresses(people: &People) -> Vec<&str> {
        people.people.iter().map(|one| one.address.as_str()).collect()
    }

    #[test]
    fn a_table_is_read_with_a_head_or_without_one() {
        for text in [
            "Name,E-mail,Language\nSam Lee,Sam@Example.org,cy\nAda,ada@example.org,\n",
            "\u{feff}language;name;ADDRESS\nCY;Sam Lee;Sam@Example.org\n;Ada;ada@example.org\n",
            "Sam@Example.org\tSam Lee\tcy\nada@example.org\tAda\n",
        ] {
            let found = read_text(text);
            assert_eq!(addresses(&found), ["Sam@Example.org", "ada@example.org"], "{text}");
            let sam = &found.people[0];
            assert_eq!(
                (sam.known.as_str(), sam.name.as_str(), sam.language.as_str()),
                ("sam@example.org", "Sam Lee", "cy")
            );
            assert_eq!(found.people[1].language, "");
            assert!(found.faults.is_empty() && found.again.is_empty() && found.ignored.is_empty());
        }
        assert_eq!(addresses(&read_text("a@example.org\nb@example.org")), ["a@example.org", "b@example.org"]);
        let refused = read_file(b"name,phone\nSam,123\n", &["en"]).unwrap_err();
        assert!(refused.message.contains("no column holds addresses"), "{refused}");
        assert_eq!(read_text("address,shoe size\na@example.org,43\n").ignored, ["shoe size"]);
    }

    #[test]
    fn each_row_that_names_nobody_says_why_and_where() {
        let found = read_text(
            "address,name,language\nnobody,x,\n,Sam,\n\"a@example.org, b@example.org\",,\na@example.org,Sam,de\n\
             \"c@example.org\",\"Sam\u{202e}\",\nsam@exämple.org,,\n\n<script>@example.org,,\na%0d@example.org,,\nA@Example.org,,\na@example.ORG,,\n",
        );
        let rows: Vec<usize> = found.faults.iter().map(|(row, _)| *row).collect();
        assert_eq!(rows, [2, 3, 4, 5, 6, 7, 8, 9], "{:?}", found.faults);
        for (at, told) in
            [(0, "no e-mail address"), (1, "no address"), (3, "write en or cy"), (4, "cannot be seen"), (5, "xn--")]
        {
            assert!(found.faults[at].1.contains(told), "{:?}", found.faults[at]);
        }
        assert_eq!((addresses(&found), found.again.len()), (vec!["A@Example.org"], 1));
    }

    #[test]
    fn what_is_written_is_read_as_the_same_people() {
        let found = read_text("address,name\nsam@example.org,\"=HYPERLINK(\"\"x\"\"), Sam\"\nada@example.org,'tis\n");
        assert_eq!(read_text(&write(&found.people)).people, found.people);
        assert_eq!(read_text(&write(&[])), People::default());
    }
}
