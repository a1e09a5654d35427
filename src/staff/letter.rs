//! What a mail says: a text with places, which are filled as they stand and by nothing that could be a program.

use crate::vocabulary::Words;

/// The places, and whether a mail can do without.
const PLACES: [&str; 5] = ["name", "title", "link", "closes", "unsubscribe"];
/// Most characters of a subject: what mail programs show of it.
const LONGEST_SUBJECT: usize = 150;
/// Most characters of a text.
const LONGEST_TEXT: usize = 20_000;

/// What a mail is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// To invite.
    Invitation,
    /// To remind those who have not answered.
    Reminder,
}

impl Kind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Invitation, Self::Reminder];

    /// Its word, as it is stored and stands in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Reminder => "reminder",
        }
    }

    /// The kind of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// A text with its subject, places and all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letter {
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// What is put into the places.
#[derive(Clone, Copy, Debug)]
pub struct Filling<'a> {
    /// `{name}`: what the person is called. Without a name, the space before it goes too.
    pub name: &'a str,
    /// `{title}`: the consultation.
    pub title: &'a str,
    /// `{link}`: the person's own way in.
    pub link: &'a str,
    /// `{closes}`: the last day.
    pub closes: &'a str,
    /// `{unsubscribe}`: where to ask for no more mail.
    pub unsubscribe: &'a str,
}

impl Letter {
    /// What a mail says where staff wrote nothing else, places and all; in English where the program does not speak the
    /// language. `has_close` says whether there is a last day to name.
    pub fn standard(kind: Kind, language: &str, has_close: bool) -> Self {
        let said = &Words::of(language).mailing;
        let (subject, asks) = match kind {
            Kind::Invitation => (said.invitation_subject, said.invited),
            Kind::Reminder => (said.reminder_subject, said.reminded),
        };
        let as_written = |phrase: crate::vocabulary::Phrase| phrase.with(&[]);
        let paragraphs = [
            Some(as_written(said.greeting)),
            Some(as_written(asks)),
            Some(format!("{}\n{{link}}", said.your_link)),
            has_close.then(|| as_written(said.closes)),
            Some(said.own_link.to_string()),
            Some(as_written(said.stop)),
        ];
        let text = paragraphs.into_iter().flatten().collect::<Vec<_>>().join("\n\n");
        Self { subject: as_written(subject), text }
    }

    /// What is wrong with it, each with the field that it is in: `subject` or `text`. `has_close` says whether there is a
    /// last day to name.
    pub fn faults(&self, has_close: bool) -> Vec<(&'static str, String)> {
        let mut faults = Vec::new();
        let mut wrong = |field, why: String| faults.push((field, why));
        if self.subject.trim().is_empty() {
            wrong("subject", "Enter a subject".to_string());
        }
        if self.subject.chars().count() > LONGEST_SUBJECT || self.subject.chars().any(char::is_control) {
            wrong("subject", format!("Write the subject on one line, with {LONGEST_SUBJECT} characters at most"));
        }
        for place in ["link", "unsubscribe"].iter().filter(|place| has(&self.subject, place)) {
            wrong("subject", format!("Take {{{place}}} out of the subject: it belongs in the text"));
        }
        if self.text.chars().count() > LONGEST_TEXT {
            wrong("text", format!("Shorten the text to {LONGEST_TEXT} characters at most"));
        }
        if self.text.chars().any(|c| c.is_control() && c != '\n') {
            wrong("text", "Take out the characters that cannot be seen".to_string());
        }
        if !has(&self.text, "link") {
            wrong(
                "text",
                "Write {link} where the person’s own link is to stand: without it nobody can answer".to_string(),
            );
        }
        if !has(&self.text, "unsubscribe") {
            wrong("text", "Write {unsubscribe} where the link is to stand that stops these emails".to_string());
        }
        for (field, text) in [("subject", &self.subject), ("text", &self.text)] {
            if !has_close && has(text, "closes") {
                wrong(field, "Take {closes} out: the consultation has no day on which it closes".to_string());
            }
            if let Some(unknown) = places(text).find(|place| !PLACES.contains(place)) {
                let known = PLACES.map(|place| format!("{{{place}}}")).join(", ");
                wrong(field, format!("There is no {{{unknown}}}. You can write {known}"));
            }
        }
        faults
    }

    /// The subject, to be put on one line, and the text of one person's mail. What is put in is not looked through again.
    pub fn filled(&self, with: &Filling<'_>) -> (String, String) {
        (fill(&self.subject, with), fill(&self.text, with))
    }
}

/// As a browser sends lines, in the form in which they are kept.
pub fn lines(posted: &str) -> String {
    posted.replace("\r\n", "\n").replace('\r', "\n").trim().to_string()
}

fn has(text: &str, place: &str) -> bool {
    places(text).any(|found| found == place)
}

/// The words in braces.
fn places(text: &str) -> impl Iterator<Item = &str> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(place, _)| place)
        .filter(|place| is_word(place))
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

fn fill(text: &str, with: &Filling<'_>) -> String {
    let mut pieces = text.split('{');
    let mut out = pieces.next().unwrap_or_default().to_string();
    for piece in pieces {
        let (place, rest) = piece.split_once('}').unwrap_or(("", ""));
        let value = match place {
            "name" => with.name,
            "title" => with.title,
            "link" => with.link,
            "closes" => with.closes,
            "unsubscribe" => with.unsubscribe,
            _ => {
                out.push('{');
                out.push_str(piece);
                continue;
            }
        };
        if place == "name" && value.is_empty() && out.ends_with(' ') {
            out.pop();
        }
        out.push_str(value);
        out.push_str(rest);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAM: Filling<'static> = Filling {
        name: "Sam {link}",
        title: "The {name} park",
        link: "https://x/s/park/i/1",
        closes: "1 May",
        unsubscribe: "https://x/s/park/unsubscribe/1",
    };

    fn letter(subject: &str, text: &str) -> Letter {
        Letter { subject: subject.to_string(), text: text.to_string() }
    }

    #[test]
    fn places_are_filled_once_and_all_else_stays() {
        let (subject, text) =
            letter("{title}", "Hello {name},\n{link} {unsubscribe} {closes}{closes} {{link}} {x} { {").filled(&SAM);
        assert_eq!(subject, "The {name} park");
        assert_eq!(
            text,
            "Hello Sam {link},\nhttps://x/s/park/i/1 https://x/s/park/unsubscribe/1 1 May1 May {https://x/s/park/i/1} {x} { {"
        );
        let nobody = Filling { name: "", ..SAM };
        assert_eq!(letter("", "Hello {name},\n{name}!").filled(&nobody).1, "Hello,\n!");
    }

    #[test]
    fn a_letter_needs_a_subject_its_link_and_a_way_to_stop() {
        assert_eq!(letter("Your say", "{link} {unsubscribe}").faults(false), []);
        let fields = |letter: Letter, has_close| {
            letter.faults(has_close).into_iter().map(|(field, _)| field).collect::<Vec<_>>()
        };
        assert_eq!(fields(letter(" ", "x"), true), ["subject", "text", "text"]);
        assert_eq!(fields(letter("a\nb", "{link}{unsubscribe}"), true), ["subject"]);
        assert_eq!(fields(letter("{link}", "{link}{unsubscribe}"), true), ["subject"]);
        assert_eq!(fields(letter("a", "{link}{unsubscribe}{closes}"), false), ["text"]);
        assert_eq!(fields(letter("a", "{link}{unsubscribe}{closes}"), true), Vec::<&str>::new());
        assert_eq!(fields(letter("a", "{link}{unsubscribe}\u{0}"), true), ["text"]);
        let told = letter("{tittle}", "{link}{unsubscribe} {Not a place} {}").faults(true);
        assert_eq!(told.len(), 1);
        assert!(told[0].1.contains("There is no {tittle}"), "{told:?}");
    }

    #[test]
    fn what_stands_there_at_first_is_right_in_every_language() {
        for (kind, language, has_close) in
            Kind::ALL.into_iter().flat_map(|kind| [(kind, "en", true), (kind, "cy", false), (kind, "ar", true)])
        {
            let letter = Letter::standard(kind, language, has_close);
            assert_eq!(letter.faults(has_close), [], "{kind:?} {language}");
            assert_eq!(lines(&letter.text), letter.text);
            assert_eq!(has(&letter.text, "closes"), has_close);
        }
    }

    #[test]
    fn lines_are_kept_in_one_form() {
        assert_eq!(lines(" a\r\nb\rc\n\n"), "a\nb\nc");
    }
}
