//! What is posted from the pages of themes, as a deed.

use super::{Here, Part};
use crate::analysis::coding::decision::{AnswerKey, Place, ThemeId};
use crate::analysis::coding::listed::{Bin, Move};
use crate::service::coding::act::Deed;
use crate::service::coding::room::Room;
use crate::web::error::Problem;

/// Fewest and most answers of a sample.
const SAMPLE: std::ops::RangeInclusive<usize> = 10..=1_000;
/// Most characters of a name that are typed back.
const LONGEST: usize = 200;

/// What is wrong, and at which place of the page.
pub(super) struct Fault {
    pub(super) at: String,
    pub(super) text: String,
}

/// What was posted.
#[derive(Default)]
pub(super) struct Typed(Vec<(String, String)>);

impl Typed {
    pub(super) fn of(posted: Vec<(String, String)>) -> Self {
        Self(posted)
    }

    /// What was typed in a field.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// What was typed in a field, shortened: what comes back is no longer than what can be right.
    pub(super) fn back(&self, name: &str) -> Option<String> {
        self.get(name).map(|typed| typed.chars().take(LONGEST).collect())
    }

    /// Everything that was ticked in a field.
    pub(super) fn all<'t>(&'t self, name: &'t str) -> impl Iterator<Item = &'t str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether something was ticked.
    pub(super) fn has(&self, name: &str, value: &str) -> bool {
        self.all(name).any(|one| one == value)
    }

    fn themes(&self, name: &str) -> Vec<ThemeId> {
        self.all(name).filter_map(|theme| theme.parse().ok()).collect()
    }

    fn number<N: std::str::FromStr>(&self, name: &str) -> Option<N> {
        self.get(name)?.trim().parse().ok()
    }
}

fn fault(at: &str, text: &str) -> Fault {
    Fault { at: at.to_string(), text: text.to_string() }
}

/// What is to be done; a form that no page has is not found.
pub(super) fn deed(typed: &Typed, here: &Here<'_>, room: &Room) -> Result<Result<Deed, Fault>, Problem> {
    let word = typed.get("do").unwrap_or_default();
    let name = || typed.get("name").unwrap_or_default().to_string();
    let theme = match here.part {
        Part::Answers(Bin::Theme(theme)) => Some(theme),
        _ => None,
    };
    let simple = match (word, here.part, theme) {
        ("undo", ..) => typed.number("first").zip(typed.number("seen")).map(|(first, seen)| Deed::Undo(first, seen)),
        ("redo", Part::List, _) => Some(Deed::Redo),
        ("suggest", Part::List, _) => typed.number("granularity").map(Deed::Suggest),
        ("add", Part::List, _) => Some(Deed::Add(name())),
        ("rename", _, Some(theme)) => Some(Deed::Rename(theme, name())),
        ("lock", _, Some(theme)) => Some(Deed::Lock(theme)),
        ("unlock", _, Some(theme)) => Some(Deed::Unlock(theme)),
        ("remove", _, Some(theme)) => Some(Deed::Remove(theme)),
        ("merge", ..) => return Ok(merge(typed)),
        ("sample", Part::List, _) => match typed.number("size").filter(|size| SAMPLE.contains(size)) {
            Some(size) => Some(Deed::Draw(size)),
            None => return Ok(Err(fault("size", "Enter a number of answers from 10 to 1,000"))),
        },
        ("part", _, Some(theme)) => return parts(typed, theme),
        ("judge" | "settle", Part::Sample(number), _) => return judged(typed, room, here.by, number, word == "settle"),
        (_, Part::Answers(bin), _) if word != "merge" => return moved(typed, here, room, bin),
        _ => None,
    };
    simple.map(Ok).ok_or_else(Problem::not_found)
}

fn merge(typed: &Typed) -> Result<Deed, Fault> {
    let into = typed.get("into").and_then(|theme| theme.parse().ok());
    // The theme that stays may be ticked with the others.
    let ended: Vec<ThemeId> = typed.themes("themes").into_iter().filter(|theme| Some(*theme) != into).collect();
    match into {
        None => Err(fault("into", "Choose the theme that stays")),
        Some(_) if ended.is_empty() => {
            Err(fault("into", "Tick the themes to merge, and choose another one that stays"))
        }
        Some(into) => Ok(Deed::Merge(ended, into)),
    }
}

fn parts(typed: &Typed, theme: ThemeId) -> Result<Result<Deed, Fault>, Problem> {
    let k = typed.number("k").ok_or_else(Problem::not_found)?;
    let part_of =
        |number: &str| Some((number.parse::<usize>().ok()?, typed.get(&format!("part.{number}"))?.trim().to_string()));
    let names: Vec<(usize, String)> = typed.all("part").filter_map(part_of).collect();
    if names.is_empty() {
        return Ok(Err(fault("parts", "Tick the parts that become themes of their own")));
    }
    let seen = typed.get("was").unwrap_or_default().to_string();
    Ok(Ok(Deed::Part { theme, k, seen, names }))
}

/// What is to be done with answers.
fn moved(typed: &Typed, here: &Here<'_>, room: &Room, bin: Bin) -> Result<Result<Deed, Fault>, Problem> {
    let answers: Vec<AnswerKey> = if typed.get("all") == Some("yes") {
        let listed = room.listed((bin, here.words().unwrap_or_default(), here.order()));
        if typed.number("listed") != Some(listed.len()) {
            return Ok(Err(fault(
                "all",
                "Other answers are listed now than when the page was made: look again before you tick all",
            )));
        }
        listed.into_iter().cloned().collect()
    } else {
        typed.all("answer").map(AnswerKey::read).collect()
    };
    let to = typed.themes("to");
    let deed = match typed.get("do") {
        None | Some("") => return Ok(Err(fault("do-to", "Choose what to do with the ticked answers"))),
        Some("to" | "also") if to.is_empty() => {
            return Ok(Err(fault("do-to", "Tick the themes to move or put them in")));
        }
        Some("to") => Deed::Move(bin, answers, Move::To(to)),
        Some("also") => Deed::Move(bin, answers, Move::Also(to)),
        Some("out") => Deed::Move(bin, answers, Move::Out),
        Some("stay") => Deed::Move(bin, answers, Move::Stay),
        Some("other") => Deed::Move(bin, answers, Move::Other),
        Some("none") => Deed::Move(bin, answers, Move::None),
        Some("own") => Deed::Own(bin, answers, typed.get("own").unwrap_or_default().trim().to_string()),
        Some(_) => return Err(Problem::not_found()),
    };
    match &deed {
        Deed::Move(_, answers, _) | Deed::Own(_, answers, _) if answers.is_empty() => {
            Ok(Err(fault("answers", "Tick the answers first")))
        }
        _ => Ok(Ok(deed)),
    }
}

/// Where answers of a sample are put.
fn judged(typed: &Typed, room: &Room, by: &str, number: u32, settles: bool) -> Result<Result<Deed, Fault>, Problem> {
    let sample = room.sample(number, by)?;
    let answers: Vec<&AnswerKey> = match (settles, &sample.audit) {
        (false, _) => sample.draw.drawn.iter().map(|(key, _)| key).collect(),
        (true, Some(audit)) => audit.open.iter().collect(),
        (true, None) => return Err(Problem::not_found()),
    };
    let mut places = Vec::new();
    for key in answers {
        let field = format!("p.{key}");
        let chosen: Vec<&str> = typed.all(&field).collect();
        let themes: Vec<ThemeId> = typed.themes(&field);
        let place = match chosen.as_slice() {
            [] => continue,
            ["other"] => Place::Other,
            ["none"] => Place::None,
            _ if themes.len() == chosen.len() => Place::of(themes),
            _ => return Ok(Err(fault(&format!("p-{key}"), "Tick themes, or one of the last two"))),
        };
        places.push((key.clone(), place));
    }
    if places.is_empty() {
        let first = typed.0.iter().find_map(|(name, _)| name.strip_prefix("p."));
        return Ok(Err(fault(
            &first.map_or("maincontent".to_string(), |key| format!("p-{key}")),
            "Say where at least one answer belongs",
        )));
    }
    Ok(Ok(if settles { Deed::Settle(number, places) } else { Deed::Judge(number, places) }))
}
