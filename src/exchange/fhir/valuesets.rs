//! Value sets that come with a file: those it contains, and those that stand beside it in a Bundle.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::json::{flag, list, text};

/// Most codes that are read of one set.
pub(super) const MAX_CODES: usize = 5_000;
/// Deepest tree of codes.
const MAX_DEPTH: usize = 60;

/// A code of a set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Concept<'a> {
    pub(super) system: Option<&'a str>,
    /// The element that has `code`, `display` and the extensions.
    pub(super) json: &'a Value,
}

/// The codes of a set.
#[derive(Clone, Debug, Default)]
pub(super) struct Codes<'a> {
    pub(super) concepts: Vec<Concept<'a>>,
    /// True if part of the set is described and not listed.
    pub(super) is_partial: bool,
    /// Codes and elements that were looked at.
    pub(super) seen: usize,
    /// True if it has more codes than are read.
    pub(super) is_cut: bool,
}

/// Value sets and code systems by the names that items give them.
#[derive(Clone, Debug, Default)]
pub(super) struct ValueSets<'a> {
    sets: HashMap<String, &'a Value>,
    systems: HashMap<&'a str, &'a Value>,
}

impl<'a> ValueSets<'a> {
    /// Those contained in `questionnaire`, and those among the `others` of a Bundle.
    pub(super) fn of(questionnaire: &'a Value, others: &[&'a Value]) -> Self {
        let mut all = Self::default();
        for resource in list(questionnaire, "contained") {
            all.add(resource);
            if let Some(id) = text(resource, "id") {
                all.sets.insert(format!("#{id}"), resource);
            }
        }
        for resource in others {
            all.add(resource);
        }
        all
    }

    fn add(&mut self, resource: &'a Value) {
        let Some(url) = text(resource, "url") else { return };
        match text(resource, "resourceType") {
            Some("ValueSet") => {
                self.sets.entry(url.to_string()).or_insert(resource);
            }
            Some("CodeSystem") => {
                self.systems.entry(url).or_insert(resource);
            }
            _ => {}
        }
    }

    /// The set that is called so, with or without a version.
    pub(super) fn find(&self, canonical: &str) -> Option<&'a Value> {
        let without_version = canonical.split('|').next().unwrap_or(canonical);
        self.sets.get(canonical).or_else(|| self.sets.get(without_version)).copied()
    }

    /// The codes of a set. Time is linear in their number.
    pub(super) fn codes(&self, set: &'a Value) -> Codes<'a> {
        let mut codes = Codes::default();
        if let Some(expansion) = set.get("expansion").filter(|expansion| !list(expansion, "contains").is_empty()) {
            expanded(list(expansion, "contains"), 0, &mut codes);
            return codes;
        }
        let Some(compose) = set.get("compose") else {
            codes.is_partial = true;
            return codes;
        };
        let mut excluded = HashSet::new();
        for exclude in list(compose, "exclude") {
            codes.is_partial |= list(exclude, "concept").is_empty();
            for concept in list(exclude, "concept") {
                excluded.insert((text(exclude, "system"), text(concept, "code")));
            }
        }
        for include in list(compose, "include") {
            let system = text(include, "system");
            let concepts = list(include, "concept");
            codes.is_partial |= !list(include, "filter").is_empty() || !list(include, "valueSet").is_empty();
            if concepts.is_empty() {
                match system.and_then(|system| self.systems.get(system)) {
                    Some(whole) if list(include, "filter").is_empty() => {
                        codes.is_partial |= text(whole, "content").is_some_and(|content| content != "complete");
                        defined(list(whole, "concept"), system, 0, &mut codes);
                    }
                    _ => codes.is_partial = true,
                }
            }
            for json in concepts {
                codes.push(Concept { system, json });
            }
        }
        codes.concepts.retain(|concept| !excluded.contains(&(concept.system, text(concept.json, "code"))));
        codes
    }
}

impl<'a> Codes<'a> {
    fn push(&mut self, concept: Concept<'a>) {
        self.seen += 1;
        if text(concept.json, "code").is_none() {
            return;
        }
        if self.concepts.len() < MAX_CODES {
            self.concepts.push(concept);
        } else {
            self.is_cut = true;
        }
    }
}

fn expanded<'a>(contains: &'a [Value], depth: usize, codes: &mut Codes<'a>) {
    for json in contains {
        if codes.is_cut {
            return;
        }
        if !flag(json, "abstract") && !flag(json, "inactive") {
            codes.push(Concept { system: text(json, "system"), json });
        }
        if depth < MAX_DEPTH {
            expanded(list(json, "contains"), depth + 1, codes);
        }
    }
}

fn defined<'a>(concepts: &'a [Value], system: Option<&'a str>, depth: usize, codes: &mut Codes<'a>) {
    for json in concepts {
        if codes.is_cut {
            return;
        }
        codes.push(Concept { system, json });
        if depth < MAX_DEPTH {
            defined(list(json, "concept"), system, depth + 1, codes);
        }
    }
}
