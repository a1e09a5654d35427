//! Where every answer is, as the record of decisions says it.

use std::collections::{BTreeMap, BTreeSet};

use super::decision::{
    AnswerKey, Decision, Entry, Event, LONGEST_NAME, Part, Place, Refusal, Suggested, Suggestion, ThemeId,
};

/// Most themes that an error names.
const NAMED: usize = 12;

/// A coding frame and where every answer is in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coding {
    themes: BTreeMap<ThemeId, Theme>,
    codes: BTreeMap<AnswerKey, Coded>,
}

/// One theme.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    /// Its name.
    pub name: String,
    /// Words and phrases that set it apart, strongest first, where the machine found it.
    pub terms: Vec<String>,
    /// Typical answers as the machine found them; some may be elsewhere by now.
    pub typical: Vec<AnswerKey>,
    /// A person has worked on it: its answers stay when the machine suggests themes anew.
    pub is_decided: bool,
    /// Nothing changes in it until it is unlocked.
    pub is_locked: bool,
}

/// Where an answer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coded {
    /// Where.
    pub place: Place,
    /// A person put it there.
    pub by_person: bool,
    /// How near it is to the middle of the theme that the machine put it in, 0 to 100; none where a person, a merger or a
    /// split has put it elsewhere.
    pub nearness: Option<u8>,
}

/// The coding after all entries of a record, and what can be undone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standing {
    /// The coding.
    pub coding: Coding,
    /// The entries whose decisions are in force, in order: the last can be undone.
    pub in_force: Vec<u32>,
    /// The entries that were undone: the last can be done again.
    pub undone: Vec<u32>,
    /// The number after the last theme that any entry names, those undone among them.
    pub next_theme: u32,
}

/// Goes through a record from its start. A decision that cannot be carried out changes nothing.
pub fn replay(entries: &[Entry]) -> Standing {
    let mut standing = Standing { next_theme: 1, ..Standing::default() };
    let mut decisions: BTreeMap<u32, &Decision> = BTreeMap::new();
    for entry in entries {
        match &entry.event {
            Event::Decided(decision) => {
                decisions.insert(entry.number, decision);
                standing.in_force.push(entry.number);
                standing.undone.clear();
                let named = new_themes(decision).map(|theme| theme.0.saturating_add(1)).max();
                standing.next_theme = standing.next_theme.max(named.unwrap_or_default());
            }
            Event::Undone => standing.undone.extend(standing.in_force.pop()),
            Event::Redone => standing.in_force.extend(standing.undone.pop()),
            Event::Drawn(_) | Event::Judged { .. } | Event::Settled { .. } => {}
        }
    }
    for decision in standing.in_force.iter().filter_map(|number| decisions.get(number)) {
        let _changes_nothing = standing.coding.apply(decision);
    }
    standing
}

/// The themes that a decision makes.
fn new_themes(decision: &Decision) -> impl Iterator<Item = ThemeId> {
    let themes: Vec<ThemeId> = match decision {
        Decision::Suggest(suggestion) => suggestion.themes.iter().map(|suggested| suggested.theme).collect(),
        Decision::Add { theme, .. } => vec![*theme],
        Decision::Split { parts, .. } => parts.iter().map(|part| part.theme).collect(),
        _ => Vec::new(),
    };
    themes.into_iter()
}

impl Coding {
    /// The themes by id.
    pub fn themes(&self) -> &BTreeMap<ThemeId, Theme> {
        &self.themes
    }

    /// Where each coded answer is.
    pub fn codes(&self) -> &BTreeMap<AnswerKey, Coded> {
        &self.codes
    }

    /// The answers of a theme.
    pub fn answers(&self, theme: ThemeId) -> impl Iterator<Item = &AnswerKey> {
        self.codes.iter().filter(move |(_, coded)| coded.place.has(theme)).map(|(key, _)| key)
    }

    /// Carries a decision out, or changes nothing.
    pub fn apply(&mut self, decision: &Decision) -> Result<(), Refusal> {
        match decision {
            Decision::Suggest(suggestion) => {
                self.suggest(suggestion);
                Ok(())
            }
            Decision::Add { theme, name } => {
                self.free(*theme, name)?;
                self.themes.insert(*theme, Theme::new(name));
                Ok(())
            }
            Decision::Rename { theme, name } => {
                self.open(*theme)?;
                self.name(name, Some(*theme))?;
                self.decide(*theme, |theme| name.trim().clone_into(&mut theme.name));
                Ok(())
            }
            Decision::Merge { themes, into } => self.merge(themes, *into),
            Decision::Split { theme, parts } => self.split(*theme, parts),
            Decision::Remove { theme } => {
                let name = self.open(*theme)?.name.clone();
                match self.answers(*theme).count() {
                    0 => drop(self.themes.remove(theme)),
                    answers => return Err(Refusal::HasAnswers { theme: *theme, name, answers }),
                }
                Ok(())
            }
            Decision::Lock { theme } => {
                self.theme(*theme)?;
                self.decide(*theme, |theme| theme.is_locked = true);
                Ok(())
            }
            Decision::Unlock { theme } => {
                self.theme(*theme)?;
                self.decide(*theme, |theme| theme.is_locked = false);
                Ok(())
            }
            Decision::Code { places } => self.code(places),
        }
    }

    /// The coding of these answers alone: what was taken back or changed is left out.
    #[must_use]
    pub fn of_present(mut self, present: &BTreeSet<AnswerKey>) -> Self {
        self.codes.retain(|key, _| present.contains(key));
        self
    }

    fn merge(&mut self, themes: &[ThemeId], into: ThemeId) -> Result<(), Refusal> {
        if themes.is_empty() {
            return Err(Refusal::Nothing("name the themes that end"));
        }
        if themes.contains(&into) {
            return Err(Refusal::WithItself(into));
        }
        themes.iter().chain([&into]).try_for_each(|theme| self.open(*theme).map(|_| ()))?;
        for coded in self.codes.values_mut() {
            if let Place::Themes(places) = &mut coded.place {
                let before = places.len();
                places.retain(|place| !themes.contains(place));
                if places.len() < before {
                    places.insert(into);
                    coded.nearness = None;
                }
            }
        }
        let typical: Vec<AnswerKey> =
            themes.iter().filter_map(|theme| self.themes.remove(theme)).flat_map(|theme| theme.typical).collect();
        self.decide(into, |theme| theme.typical.extend(typical));
        Ok(())
    }

    fn split(&mut self, theme: ThemeId, parts: &[Part]) -> Result<(), Refusal> {
        self.open(theme)?;
        if parts.is_empty() {
            return Err(Refusal::Nothing("name the answers that become a theme of their own"));
        }
        let (mut ids, mut names, mut moved) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for part in parts {
            self.free(part.theme, &part.name)?;
            if !ids.insert(part.theme) {
                return Err(Refusal::KnownTheme(part.theme));
            }
            if !names.insert(folded(&part.name)) {
                return Err(Refusal::SameName { theme: part.theme, name: part.name.clone() });
            }
            if part.answers.is_empty() {
                return Err(Refusal::Nothing("each part has at least one answer"));
            }
            for answer in &part.answers {
                let is_there = self.codes.get(answer).is_some_and(|coded| coded.place.has(theme));
                if !is_there || !moved.insert(answer) {
                    return Err(Refusal::NotInTheme { answer: answer.clone(), theme });
                }
            }
        }
        for part in parts {
            for answer in &part.answers {
                if let Some(Coded { place: Place::Themes(places), nearness, .. }) = self.codes.get_mut(answer) {
                    places.remove(&theme);
                    places.insert(part.theme);
                    *nearness = None;
                }
            }
            self.themes.insert(part.theme, Theme::new(&part.name));
        }
        self.decide(theme, |_| {});
        Ok(())
    }

    /// Puts answers where a person says, those among them that nobody has coded yet: whether they exist is for who asks.
    fn code(&mut self, places: &[(AnswerKey, Place)]) -> Result<(), Refusal> {
        if places.is_empty() {
            return Err(Refusal::Nothing("name the answers"));
        }
        let mut named = BTreeSet::new();
        for (answer, place) in places {
            let before = self.codes.get(answer).into_iter().flat_map(|before| before.place.themes());
            before.chain(place.themes()).try_for_each(|theme| self.open(theme).map(|_| ()))?;
            if !named.insert(answer) {
                return Err(Refusal::Twice(answer.clone()));
            }
        }
        for (answer, place) in places {
            self.codes.insert(answer.clone(), Coded { place: place.clone(), by_person: true, nearness: None });
            place.themes().for_each(|theme| self.decide(theme, |_| {}));
        }
        Ok(())
    }

    /// Takes up what the machine suggests. What a person has decided stays: answers that they coded, and themes that they
    /// worked on with all their answers. A suggested theme that is for the greater part one of those adds its other answers
    /// to it, unless it is locked; every other suggested theme is new, without the answers that stay elsewhere.
    fn suggest(&mut self, suggestion: &Suggestion) {
        self.themes.retain(|_, theme| theme.is_decided);
        let themes = &self.themes;
        self.codes.retain(|_, coded| coded.by_person || coded.place.themes().any(|theme| themes.contains_key(&theme)));
        for coded in self.codes.values_mut() {
            if let Place::Themes(places) = &mut coded.place {
                places.retain(|theme| themes.contains_key(theme));
            }
        }
        // Where each suggested theme goes is told by what stays, not by what those before it have added.
        let joined: Vec<ThemeId> = suggestion.themes.iter().map(|one| self.joins(one).unwrap_or(one.theme)).collect();
        for (suggested, theme) in suggestion.themes.iter().zip(joined) {
            let place = Place::of([theme]);
            let mut has_some = false;
            // What joins a theme of people is near to the machine's theme, not to that one.
            let nearness = if theme == suggested.theme { suggested.nearness.as_slice() } else { &[] };
            for (at, answer) in suggested.answers.iter().enumerate() {
                has_some |= self.put(answer, &place, nearness.get(at).copied());
            }
            if has_some && !self.themes.contains_key(&theme) {
                self.themes.insert(theme, Theme::suggested(suggested, self.unused(&suggested.label, theme)));
            }
        }
        for (answers, place) in [(&suggestion.other, Place::Other), (&suggestion.none, Place::None)] {
            for answer in answers {
                self.put(answer, &place, None);
            }
        }
    }

    /// Puts an answer somewhere if nothing keeps it elsewhere; says whether it did.
    fn put(&mut self, answer: &AnswerKey, place: &Place, nearness: Option<u8>) -> bool {
        let is_free = !self.codes.contains_key(answer);
        if is_free {
            self.codes.insert(answer.clone(), Coded { place: place.clone(), by_person: false, nearness });
        }
        is_free
    }

    /// The theme that stays and has more than half of the answers that a suggested theme has.
    fn joins(&self, suggested: &Suggested) -> Option<ThemeId> {
        let mut counts: BTreeMap<ThemeId, usize> = BTreeMap::new();
        for coded in suggested.answers.iter().filter_map(|answer| self.codes.get(answer)) {
            coded.place.themes().for_each(|theme| *counts.entry(theme).or_default() += 1);
        }
        let (&theme, &most) = counts.iter().max_by_key(|&(theme, &count)| (count, std::cmp::Reverse(theme)))?;
        let is_open = self.themes.get(&theme).is_some_and(|theme| !theme.is_locked);
        (is_open && most * 2 > suggested.answers.len()).then_some(theme)
    }

    /// A label that no theme has: with its id where another has it.
    fn unused(&self, label: &str, theme: ThemeId) -> String {
        if self.named(label, None).is_some() { format!("{label} ({theme})") } else { label.to_owned() }
    }

    fn theme(&self, theme: ThemeId) -> Result<&Theme, Refusal> {
        self.themes.get(&theme).ok_or_else(|| {
            let known = if self.themes.len() > NAMED { Vec::new() } else { self.names() };
            Refusal::UnknownTheme { theme, known }
        })
    }

    /// The theme, if it may change.
    fn open(&self, theme: ThemeId) -> Result<&Theme, Refusal> {
        match self.theme(theme)? {
            Theme { is_locked: true, name, .. } => Err(Refusal::Locked { theme, name: name.clone() }),
            open => Ok(open),
        }
    }

    /// Whether a theme can be made so.
    fn free(&self, theme: ThemeId, name: &str) -> Result<(), Refusal> {
        if self.themes.contains_key(&theme) {
            return Err(Refusal::KnownTheme(theme));
        }
        self.name(name, None)
    }

    /// Whether a theme can be called so.
    fn name(&self, name: &str, of: Option<ThemeId>) -> Result<(), Refusal> {
        if name.trim().is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            return Err(Refusal::Name);
        }
        match self.named(name, of) {
            Some(theme) => Err(Refusal::SameName { theme, name: name.trim().to_owned() }),
            None => Ok(()),
        }
    }

    /// The theme, other than `but`, that is called so.
    fn named(&self, name: &str, but: Option<ThemeId>) -> Option<ThemeId> {
        let others = self.themes.iter().filter(|(theme, _)| Some(**theme) != but);
        others.into_iter().find(|(_, theme)| folded(&theme.name) == folded(name)).map(|(theme, _)| *theme)
    }

    fn names(&self) -> Vec<(ThemeId, String)> {
        self.themes.iter().map(|(theme, known)| (*theme, known.name.clone())).collect()
    }

    /// Changes a theme by a person's hand.
    fn decide(&mut self, theme: ThemeId, change: impl FnOnce(&mut Theme)) {
        if let Some(theme) = self.themes.get_mut(&theme) {
            theme.is_decided = true;
            change(theme);
        }
    }
}

impl Theme {
    fn new(name: &str) -> Self {
        Self {
            name: name.trim().to_owned(),
            terms: Vec::new(),
            typical: Vec::new(),
            is_decided: true,
            is_locked: false,
        }
    }

    fn suggested(suggested: &Suggested, name: String) -> Self {
        let (terms, typical) = (suggested.terms.clone(), suggested.quotes.clone());
        Self { name, terms, typical, is_decided: false, is_locked: false }
    }
}

fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

#[cfg(test)]
mod tests;
