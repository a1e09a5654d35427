//! Lays questions out on pages, and splits a page where a rule asks about its own: rules ask only about earlier ones.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::json::shortened;
use super::super::report::Fate;
use super::model::{Body, Condition, Draft, Group, SourcePage, Target};
use super::notes::Notes;
use super::pipes;
use super::rule::Rule;
use super::subject::World;
use super::text::Text;
use super::translate::{self, Translated};

/// Longest text of a rule that is kept for its author to mend, in characters.
const MAX_LOST: usize = 1_000;
/// The same for an option, of which there may be many.
const MAX_LOST_OPTION: usize = 300;

/// To whom something is shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Show {
    /// To everyone who sees what is around it.
    #[default]
    Everyone,
    /// Where a rule holds.
    If(String),
    /// To nobody, until its author has mended the rule.
    Lost(String),
}

/// A page of Canvass.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// Its name in the source; its id is made of it.
    pub name: String,
    /// Its heading.
    pub title: Option<Text>,
    /// What stands under the heading.
    pub text: Option<Text>,
    /// Who sees it.
    pub show: Show,
    /// Whether people go from it to the end.
    pub ends: bool,
    /// Whether its answers are kept apart.
    pub contact: bool,
    /// What it asks.
    pub questions: Vec<Placed>,
}

/// A question on its page.
#[derive(Debug)]
pub(super) struct Placed {
    /// Which of the questions that were read.
    pub draft: usize,
    /// Who sees it.
    pub show: Show,
    /// When it is required.
    pub required_if: Option<String>,
    /// Whether it is always required.
    pub required: bool,
    /// The question, if it repeats answers; as it was read otherwise.
    pub text: Option<Text>,
    /// Help under it, in the same way.
    pub hint: Option<Text>,
    /// For each option, to whom it is offered, and its label in the same way.
    pub options: Vec<(Show, Option<Text>)>,
    /// The fields of a repeated group.
    pub fields: Vec<Placed>,
}

/// Lays out the questions while it reports what became of their rules.
pub(super) struct Layout<'w, 'r> {
    /// What rules can ask about.
    pub world: &'w World<'r>,
    /// The report.
    pub notes: &'w mut Notes,
    /// The rules of panels that were translated so far.
    groups: Vec<Option<Result<Translated, String>>>,
    /// Whether each question is only a note, so that the places of questions can be told quickly.
    is_note: Vec<bool>,
}

/// What a rule became, with what it asks about.
struct Outcome {
    show: Show,
    rule: Option<Rule>,
    needs: BTreeSet<usize>,
}

impl<'w, 'r> Layout<'w, 'r> {
    /// A layout of everything that was read.
    pub(super) fn new(world: &'w World<'r>, notes: &'w mut Notes) -> Self {
        let reading = world.reading;
        let groups = vec![None; reading.groups.len()];
        let is_note = reading.drafts.iter().map(|draft| matches!(draft.body, Body::Note)).collect();
        Self { world, notes, groups, is_note }
    }

    /// The pages of one page of the source.
    pub(super) fn page(&mut self, number: usize) -> Vec<Page> {
        let Some(source) = self.world.reading.pages.get(number) else { return Vec::new() };
        let drafts = &self.world.reading.drafts;
        let first = drafts.partition_point(|draft| draft.page < number);
        let end = drafts.partition_point(|draft| draft.page <= number);
        let whole = self.page_rule(source, first);
        let mut parts: Vec<Vec<Placed>> = vec![Vec::new()];
        for (index, draft) in drafts.iter().enumerate().take(end).skip(first) {
            if matches!(draft.body, Body::Email) || (matches!(draft.body, Body::Note) && self.says_nothing(draft)) {
                continue;
            }
            let (placed, needs) = self.place(index, draft, whole.rule.as_ref());
            self.append(&mut parts, placed, &needs, source.one_by_one);
        }
        let limit = parts.iter().flatten().map(|placed| placed.draft).next().unwrap_or(first);
        let piped =
            |layout: &mut Self, text: &Text| layout.piped(text, limit, &source.at).0.unwrap_or_else(|| text.clone());
        let title = source.title.as_ref().map(|title| piped(self, title));
        let text = source.description.as_ref().map(|text| piped(self, text));
        let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let several = parts.len() > 1;
        if several {
            let message = format!(
                "The page ‘{}’ became {} pages: a rule or a text of Canvass can ask only about earlier pages.",
                source.name,
                parts.len()
            );
            self.notes.add("page-split", Fate::Assumed, source.at.as_str(), None, message);
        } else if !parts.is_empty() {
            self.notes.add(
                "page",
                Fate::Exact,
                source.at.as_str(),
                None,
                format!("The page ‘{}’ is a page.", source.name),
            );
        } else {
            self.notes.add(
                "page-empty",
                Fate::Dropped,
                source.at.as_str(),
                None,
                format!("The page ‘{}’ has nothing to ask or to read any more.", source.name),
            );
        }
        let pages = parts.into_iter().enumerate().map(|(part, questions)| Page {
            name: source.name.clone(),
            title: title.clone(),
            text: text.clone().filter(|_| part == 0),
            show: whole.show.clone(),
            questions,
            ..Page::default()
        });
        pages.collect()
    }

    /// True for a note without words, and for one that tells a value that could not be calculated.
    fn says_nothing(&self, note: &Draft) -> bool {
        let told = match self.world.reading.names.get(&note.name.to_lowercase()) {
            Some(Target::Calculated(index)) => self.world.values.borrow().get(index).is_some_and(Result::is_ok),
            _ => true,
        };
        note.text.own.is_empty() || !told
    }

    /// Adds a question to the last part of its page, or to a new one if it asks about something in it.
    fn append(&self, parts: &mut Vec<Vec<Placed>>, placed: Placed, needs: &BTreeSet<usize>, one_by_one: bool) {
        let is_note = |placed: &Placed| self.is_note.get(placed.draft).copied().unwrap_or(false);
        let Some(current) = parts.last_mut() else { return };
        let asks = current.iter().any(|known| !is_note(known));
        let depends = current.iter().any(|known| needs.contains(&known.draft));
        if depends || (one_by_one && asks && !is_note(&placed)) {
            // Notes right before it, such as a heading, go along.
            let keep = current.iter().rposition(|known| !is_note(known)).map_or(0, |last| last + 1);
            let mut next = current.split_off(keep);
            next.push(placed);
            parts.push(next);
        } else {
            current.push(placed);
        }
    }

    fn page_rule(&mut self, source: &SourcePage, first: usize) -> Outcome {
        let translated = source.shown.iter().map(|condition| self.translate(condition, first)).collect();
        self.outcome("The page", &source.name, translated, &source.shown, None)
    }

    /// Who sees a question, and what it reads.
    fn place(&mut self, index: usize, draft: &Draft, page: Option<&Rule>) -> (Placed, BTreeSet<usize>) {
        let mut translated = Vec::new();
        let mut conditions: Vec<Condition> = Vec::new();
        let mut group = draft.group;
        while let Some((number, around)) =
            group.and_then(|number| Some((number, self.world.reading.groups.get(number)?)))
        {
            group = around.parent;
            if let Some(rule) = self.group(number, around) {
                translated.insert(0, rule);
                conditions.splice(0..0, around.shown.iter().cloned());
            }
        }
        translated.extend(draft.shown.iter().map(|condition| self.translate(condition, index)));
        conditions.extend(draft.shown.iter().cloned());
        let outcome = self.outcome("", &draft.id, translated, &conditions, page);
        let (show, mut needs) = (outcome.show, outcome.needs);
        let (mut required, mut required_if) = (draft.required, None);
        if let Some(rule) = &draft.required_if {
            match self.translate(rule, index).and_then(|found| Ok((long_enough(&found.rule)?, found))) {
                Ok((text, found)) => {
                    required |= found.rule == Rule::Always;
                    if !required && found.rule != Rule::Never {
                        self.carried("required-if", rule, &draft.id, &text, &found);
                        needs.extend(found.needs);
                        required_if = Some(text);
                    }
                }
                Err(why) => {
                    let message = format!("`{}`: {why}. The question is optional; write `required_if`.", rule.text);
                    self.notes.add("required-if-lost", Fate::Degraded, rule.at.to_string(), Some(&draft.id), message);
                }
            }
        }
        let placed = self.words(index, draft, &mut needs);
        (Placed { show, required_if, required, ..placed }, needs)
    }

    /// What a question reads, for everyone.
    fn words(&mut self, index: usize, draft: &Draft, needs: &mut BTreeSet<usize>) -> Placed {
        let (text, more) = self.piped(&draft.text, index, &draft.at);
        needs.extend(more);
        let hint = draft.hint.as_ref().and_then(|hint| {
            let (hint, more) = self.piped(hint, index, &draft.at);
            needs.extend(more);
            hint
        });
        let options = self.options(index, draft, needs);
        let fields = match &draft.body {
            Body::Repeat { fields, .. } => fields.iter().map(|field| self.field(index, field, needs)).collect(),
            _ => Vec::new(),
        };
        Placed {
            draft: index,
            show: Show::Everyone,
            required_if: None,
            required: draft.required,
            text,
            hint,
            options,
            fields,
        }
    }

    /// What a field of a repeated group reads, and who sees it: that is decided before the group is asked.
    fn field(&mut self, index: usize, field: &Draft, needs: &mut BTreeSet<usize>) -> Placed {
        let translated = field.shown.iter().map(|condition| self.translate(condition, index)).collect();
        let outcome = self.outcome("", &field.id, translated, &field.shown, None);
        needs.extend(outcome.needs);
        Placed { show: outcome.show, ..self.words(index, field, needs) }
    }

    /// The options of a question, or the steps of a scale.
    fn options(&mut self, index: usize, draft: &Draft, needs: &mut BTreeSet<usize>) -> Vec<(Show, Option<Text>)> {
        let (Body::Single { choices, .. } | Body::Multi { choices, .. } | Body::Rate { scale: choices, .. }) =
            &draft.body
        else {
            return Vec::new();
        };
        let mut carried = 0;
        let mut lost: Option<(String, Rc<str>, usize)> = None;
        let mut options = Vec::with_capacity(choices.len());
        for choice in choices {
            let (label, more) = self.piped(&choice.label, index, &draft.at);
            needs.extend(more);
            let translated: Result<Vec<_>, _> =
                choice.shown.iter().map(|condition| self.translate(condition, index)).collect();
            let joined = translated.and_then(|found| {
                let rule = Rule::all(found.iter().map(|found| found.rule.clone()));
                match &rule {
                    Rule::Always => Ok((Show::Everyone, found)),
                    Rule::Never => Err("it never holds".to_string()),
                    rule => Ok((Show::If(long_enough(rule)?), found)),
                }
            });
            let show = match joined {
                Ok((show, found)) => {
                    carried += usize::from(!choice.shown.is_empty());
                    needs.extend(found.into_iter().flat_map(|found| found.needs));
                    show
                }
                Err(why) => {
                    let at =
                        choice.shown.first().map_or_else(|| Rc::clone(&draft.at), |condition| Rc::clone(&condition.at));
                    lost = Some(lost.map_or((why, at, 1), |(why, at, count)| (why, at, count + 1)));
                    Show::Lost(written(&choice.shown, MAX_LOST_OPTION))
                }
            };
            options.push((show, label));
        }
        if carried > 0 {
            let at = choices.iter().find_map(|choice| choice.shown.first()).map(|condition| condition.at.to_string());
            let message = format!("{carried} options are offered under a rule.");
            self.notes.add("choice-visible-if", Fate::Exact, at.unwrap_or_default(), Some(&draft.id), message);
        }
        if let Some((why, at, count)) = lost {
            let message = format!(
                "{count} options are kept and offered to nobody until you write their `show_if` or delete their \
                    `lost_rule`: {why}."
            );
            self.notes.add("choice-visible-if-lost", Fate::Degraded, at.to_string(), Some(&draft.id), message);
        }
        options
    }

    fn translate(&self, condition: &Condition, limit: usize) -> Result<Translated, String> {
        translate::condition(self.world, condition, limit)
    }

    /// The rule of a panel, translated once; `None` if it has none.
    fn group(&mut self, number: usize, group: &Group) -> Option<Result<Translated, String>> {
        if group.shown.is_empty() {
            return None;
        }
        if let Some(known) = self.groups.get(number)? {
            return Some(known.clone());
        }
        let parts: Result<Vec<_>, _> =
            group.shown.iter().map(|condition| self.translate(condition, group.first)).collect();
        let found = parts.map(|parts| Translated {
            rule: Rule::all(parts.iter().map(|part| part.rule.clone())),
            notes: parts.iter().flat_map(|part| part.notes.iter().copied()).collect(),
            needs: parts.into_iter().flat_map(|part| part.needs).collect(),
        });
        *self.groups.get_mut(number)? = Some(found.clone());
        Some(found)
    }

    /// Joins the rules of one thing, and reports what became of them. `what` is empty for a question.
    fn outcome(
        &mut self,
        what: &str,
        id: &str,
        translated: Vec<Result<Translated, String>>,
        conditions: &[Condition],
        page: Option<&Rule>,
    ) -> Outcome {
        let everyone = Outcome { show: Show::Everyone, rule: None, needs: BTreeSet::new() };
        let Some(first) = conditions.first() else { return everyone };
        let target = what.is_empty().then_some(id);
        let subject = match (what, id) {
            ("", id) => format!("`{id}`"),
            (what, "") => what.to_string(),
            (what, id) => format!("{what} ‘{id}’"),
        };
        let joined = translated.into_iter().collect::<Result<Vec<_>, _>>().and_then(|found| {
            let rule = Rule::all(found.iter().map(|found| found.rule.clone()));
            if rule == Rule::Never {
                return Err("it never holds, in SurveyJS neither".to_string());
            }
            if page.is_some_and(|page| Rule::all([page.clone(), rule.clone()]) == Rule::Never) {
                return Err("it never holds where its page is shown".to_string());
            }
            let text = if rule == Rule::Always { None } else { Some(long_enough(&rule)?) };
            Ok((rule, text, found))
        });
        match joined {
            Ok((rule, text, found)) => {
                let notes: BTreeSet<&'static str> =
                    found.iter().flat_map(|found| found.notes.iter().copied()).collect();
                let (fate, differs) = mind(&notes, Fate::Exact);
                let became = text.clone().unwrap_or_else(|| "no rule, for it always holds".to_string());
                let message = format!("The rule of {subject} became: {became}.{differs}");
                self.notes.add("visible-if", fate, first.at.to_string(), target, message);
                let needs = found.into_iter().flat_map(|found| found.needs).collect();
                Outcome { show: text.map_or(Show::Everyone, Show::If), rule: Some(rule), needs }
            }
            Err(why) => {
                let text = written(conditions, MAX_LOST);
                let message = format!(
                    "{subject} is kept and shown to nobody until you write its `show_if` or delete its `lost_rule`: \
                        {why}. The rule was: {text}"
                );
                self.notes.add("visible-if-lost", Fate::Degraded, first.at.to_string(), target, message);
                Outcome { show: Show::Lost(text), rule: None, needs: BTreeSet::new() }
            }
        }
    }

    /// Reports a rule that was carried over.
    pub(super) fn carried(&mut self, code: &'static str, rule: &Condition, id: &str, text: &str, found: &Translated) {
        let (fate, differs) = mind(&found.notes, Fate::Exact);
        self.notes.add(code, fate, rule.at.to_string(), Some(id), format!("`{}` became: {text}.{differs}", rule.text));
    }

    /// A text with the answers that it repeats, and the questions that these are of; no text if it repeats none.
    fn piped(&mut self, text: &Text, limit: usize, at: &str) -> (Option<Text>, BTreeSet<usize>) {
        let mut needs = BTreeSet::new();
        if !text.own.contains('{') && text.others.iter().all(|(_, text)| !text.contains('{')) {
            return (None, needs);
        }
        let mut lost = BTreeSet::new();
        let text = text.map(|text| pipes::translate(self.world, text, limit, &mut needs, &mut lost));
        for why in lost {
            let message =
                format!("A text repeats an answer that is not known there: {why}. An ellipsis stands in its place.");
            self.notes.add("pipe-lost", Fate::Degraded, at, None, message);
        }
        (Some(text), needs)
    }
}

/// How much is left of something that differs from SurveyJS in these ways, if any, and a sentence on them.
pub(super) fn mind(notes: &BTreeSet<&'static str>, otherwise: Fate) -> (Fate, String) {
    if notes.is_empty() {
        return (otherwise, String::new());
    }
    let notes: Vec<&str> = notes.iter().copied().collect();
    (Fate::Degraded, format!(" Mind: {}.", notes.join("; ")))
}

/// The text of a rule, if it is not too long for one.
pub(super) fn long_enough(rule: &Rule) -> Result<String, String> {
    rule.text().ok_or_else(|| "it is longer than the 2,000 characters that a rule may have".to_string())
}

/// Rules as they stood in the source, cut to so many characters.
fn written(conditions: &[Condition], max: usize) -> String {
    let mut text = String::new();
    for condition in conditions {
        if text.len() > max * 4 {
            break;
        }
        if !text.is_empty() {
            text.push_str(" and ");
        }
        let (open, close) = if conditions.len() > 1 { ("(", ")") } else { ("", "") };
        text.extend([open, &condition.text, close]);
    }
    shortened(&text, max)
}
