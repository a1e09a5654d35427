//! Who gets where: finds what is shown to nobody, rules that say nothing, and ways that lead nowhere.

use std::collections::BTreeMap;

use super::rule::{Model, Outcome, QuestionRules, Rule, Wanted, doubtful};
use super::{End, Page, Question, Storage, Survey};
use crate::document::{Findings, Place};
use crate::item::{Item, Kind, Scale};

/// Records what can only be seen by following everyone through the survey.
///
/// Nothing is claimed that may be wrong: where the search for an example is given up, or what a rule says cannot be
/// told from the answers one by one, nothing is said. Rules with mistakes of their own are left out.
pub(super) fn check(survey: &Survey, findings: &Findings) {
    let mut reach = Reach {
        survey,
        model: Model::new(survey),
        findings,
        here: Vec::new(),
        is_cut_off: false,
        can_finish: Outcome::Impossible,
        lets_nobody_send: None,
    };
    for (index, page) in survey.pages.iter().enumerate() {
        if page.store == Storage::Response {
            reach.page(index, page);
        }
    }
    reach.finish();
}

struct Reach<'a> {
    survey: &'a Survey,
    model: Model<'a>,
    findings: &'a Findings,
    /// What holds for everyone who gets to the page at hand: no closing page was for them.
    here: Vec<Wanted>,
    /// True once a closing page was found that lets nobody past.
    is_cut_off: bool,
    /// Whether somebody ends at a page that lets them send their answers.
    can_finish: Outcome,
    /// The last page, if it screens out everyone who gets there.
    lets_nobody_send: Option<(&'a Page, &'a Rule, usize)>,
}

/// What a rule says of those who get to it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Judged {
    /// It holds for nobody.
    Never,
    /// It holds for everybody.
    Always,
    /// It tells people apart, as far as is known.
    Sometimes,
}

impl<'a> Reach<'a> {
    fn page(&mut self, index: usize, page: &'a Page) {
        let Some(rules) = self.model.page(index).cloned() else { return };
        let is_last = index + 1 == self.survey.pages.len();
        if let Some(rule) = &page.show_if {
            let here = self.here.clone();
            match self.judge(rule, rules.shown, &here) {
                Judged::Never => {
                    self.never(rule, rules.shown, None, &format!("page `{}`", page.id));
                    self.model.leave_open(rules.shown);
                }
                Judged::Always if page.end.is_none() || is_last && page.end == Some(End::Finished) => {
                    self.always(rule, rules.shown, None, &format!("page `{}`", page.id));
                }
                Judged::Always if !is_last => {
                    self.closes_for_all(index, page, rule);
                    self.model.leave_open(rules.shown);
                }
                Judged::Always => self.lets_nobody_send = Some((page, rule, rules.shown)),
                Judged::Sometimes => self.unanswered(rule, &here),
            }
        }
        if let Some(end) = page.end {
            if page.show_if.is_none() && !is_last {
                // Said already by who looks at the pages alone.
                self.is_cut_off = true;
                return;
            }
            if end == End::Finished {
                let outcome = self.ask(&[(rules.shown, true)]);
                self.can_finish = more(self.can_finish, outcome);
            }
            self.here.push((rules.shown, false));
            return;
        }
        for (question, numbers) in page.questions.iter().zip(&rules.questions) {
            let mut here = self.here.clone();
            here.push((rules.shown, true));
            let who = format!("question `{}`", question.item.head.id);
            if let Some(rule) = &question.show_if {
                match self.judge(rule, numbers.shown, &here) {
                    Judged::Never => {
                        self.never(rule, numbers.shown, Some((page, rules.shown)), &who);
                        self.model.leave_open(numbers.shown);
                        continue;
                    }
                    Judged::Always => self.always(rule, numbers.shown, Some((page, rules.shown)), &who),
                    Judged::Sometimes => self.unanswered(rule, &here),
                }
            }
            here.push((numbers.shown, true));
            self.parts((page, question), (rules.shown, numbers), here);
        }
    }

    /// Whether conditions can hold for somebody who gets to the page at hand.
    fn ask(&mut self, wanted: &[Wanted]) -> Outcome {
        let wanted: Vec<Wanted> = self.here.iter().chain(wanted).copied().collect();
        self.model.ask(&wanted)
    }

    fn judge(&mut self, _: &Rule, number: usize, here: &[Wanted]) -> Judged {
        if self.model.is_open(number) {
            return Judged::Sometimes;
        }
        let mut wanted = here.to_vec();
        wanted.push((number, true));
        if self.model.ask(&wanted) == Outcome::Impossible {
            return Judged::Never;
        }
        wanted.pop();
        wanted.push((number, false));
        if self.model.ask(&wanted) == Outcome::Impossible { Judged::Always } else { Judged::Sometimes }
    }

    /// Says of a rule that it never holds, and what stands against it.
    fn never(&mut self, rule: &Rule, number: usize, page: Option<(&Page, usize)>, who: &str) {
        let text = rule.text();
        if self.model.ask_alone(&[(number, true)]) == Outcome::Impossible {
            let message = format!("the rule of {who} never holds, so it is never shown: {text}");
            let help = "look for two conditions that exclude each other".to_string();
            return self.findings.error("E206", rule.place(), message, help);
        }
        let message = format!("the rule of {who} never holds for those who get there, so it is never shown: {text}");
        let page_rule = page.and_then(|(page, shown)| Some((page.show_if.as_ref()?, shown)));
        let own: Vec<Wanted> = page.map(|(_, shown)| (shown, true)).into_iter().chain([(number, true)]).collect();
        let help = match page_rule {
            Some((page_rule, _)) if self.model.ask_alone(&own) == Outcome::Impossible => {
                format!("its page is shown only where {}", page_rule.text())
            }
            _ if self.model.ask(&own) == Outcome::Impossible => {
                format!("look at who is asked {}: without an answer, comparisons are false", named(rule))
            }
            _ => "everyone for whom it holds leaves at a closing page before it".to_string(),
        };
        self.findings.error("E206", rule.place(), message, help);
    }

    /// Says of a rule that it holds for everyone who gets to it.
    fn always(&mut self, rule: &Rule, number: usize, page: Option<(&Page, usize)>, who: &str) {
        let text = rule.text();
        if self.model.ask_alone(&[(number, false)]) == Outcome::Impossible {
            let message = format!("the rule of {who} always holds, so it says nothing: {text}");
            return self.findings.warn("W208", rule.place(), message, "leave `show_if` out, or mend it".to_string());
        }
        let message = format!("the rule of {who} holds for everyone who gets there, so it changes nothing: {text}");
        let help = match page.and_then(|(page, shown)| Some((page.show_if.as_ref()?, shown))) {
            Some((page_rule, shown))
                if self.model.ask_alone(&[(shown, true), (number, false)]) == Outcome::Impossible =>
            {
                format!("leave `show_if` out: its page is shown only where {}", page_rule.text())
            }
            _ => format!("leave `show_if` out, or look at who is asked {}", named(rule)),
        };
        self.findings.warn("W209", rule.place(), message, help);
    }

    /// Says of a closing page that nobody gets past it.
    fn closes_for_all(&mut self, index: usize, page: &Page, rule: &Rule) {
        let next = self.survey.pages.get(index + 1).map_or("", |next| next.id.as_str());
        let message = format!(
            "page `{}` ends the consultation for everyone who gets there, so page `{next}` and those after it are \
             never reached: {}",
            page.id,
            rule.text()
        );
        self.findings.error("E405", rule.place(), message, "say in its rule who ends here".to_string());
        self.is_cut_off = true;
    }

    /// Says which parts of a rule hold for people who did not answer, where there are such.
    fn unanswered(&mut self, rule: &Rule, here: &[Wanted]) {
        if rule.is_lost() {
            return;
        }
        let mut said: Vec<&str> = Vec::new();
        for doubtful in doubtful(rule) {
            for name in &doubtful.names {
                let scale = self.survey.item(&name.item).map(crate::item::Item::scale);
                if said.contains(&name.item.as_str()) || scale == Some(Scale::Flag) {
                    continue;
                }
                // Who leaves every box empty has chosen none; who was not asked has not.
                let chosen = matches!(scale, Some(Scale::Multiple(_)));
                let has_none = if chosen { self.model.asked(&name.item) } else { self.model.answered_to(name) };
                let with = self.model.supposing(rule, doubtful.part, doubtful.holds);
                let without = self.model.supposing(rule, doubtful.part, !doubtful.holds);
                let mut wanted = here.to_vec();
                wanted.extend([(has_none, false), (with, true), (without, false)]);
                if !matches!(self.model.ask(&wanted), Outcome::Possible | Outcome::Likely) {
                    continue;
                }
                said.push(&name.item);
                let written = &doubtful.written;
                let message = format!("`{written}` is true also for those who have no answer to `{name}`");
                let help = format!(
                    "write `answered({name}) and {written}` to leave them out, or `not answered({name}) or {written}` \
                     to say that they are meant"
                );
                self.findings.warn("W210", rule.place_of(doubtful.part), message, help);
            }
        }
    }

    /// Says which options and fields are shown to nobody, and whether somebody must answer and cannot.
    fn parts(&mut self, at: (&'a Page, &'a Question), (page, rules): (usize, &QuestionRules), here: Vec<Wanted>) {
        let (on, question) = at;
        let id = &question.item.head.id;
        let who = format!("question `{id}`");
        let by_name: BTreeMap<&str, (&Rule, usize)> = question
            .parts
            .iter()
            .zip(&rules.parts)
            .map(|((name, rule), part)| (name.as_str(), (rule, *part)))
            .collect();
        let Kind::Repeat(repeat) = &question.item.kind else {
            self.options(&question.item, &who, (question.place, rules.required), &by_name, here);
            return;
        };
        for field in &repeat.fields {
            let (name, who) = (field.head.id.as_str(), format!("field `{}` of {who}", field.head.id));
            let mut here = here.clone();
            if let Some((rule, part)) = by_name.get(name) {
                match self.judge(rule, *part, &here) {
                    Judged::Never => {
                        self.never(rule, *part, Some((on, page)), &who);
                        self.model.leave_open(*part);
                        continue;
                    }
                    Judged::Always => self.always(rule, *part, Some((on, page)), &who),
                    Judged::Sometimes => self.unanswered(rule, &here),
                }
                here.push((*part, true));
            }
            let own = |(part, found): (&&'a str, &(&'a Rule, usize))| {
                Some((part.strip_prefix(name)?.strip_prefix('.')?, *found))
            };
            let options = by_name.iter().filter_map(own).collect();
            let required = self.model.always(field.head.required);
            self.options(field, &who, (question.place, required), &options, here);
        }
        let mut wanted = here;
        wanted.extend([(rules.required, true), (rules.some_field, false)]);
        // That it asks nothing at all was said before.
        if repeat.asked().next().is_some() && self.model.ask(&wanted) == Outcome::Possible {
            let message = format!("{who} must be answered, but some who get to it are shown none of its fields");
            let help = "show one field to everyone, or the question only to those with a field".to_string();
            self.findings.error("E309", question.place, message, help);
        }
    }

    /// Says which options are offered to nobody, and whether somebody must choose and is offered none.
    fn options(
        &mut self,
        item: &Item,
        who: &str,
        (place, required): (Place, usize),
        offers: &BTreeMap<&str, (&Rule, usize)>,
        here: Vec<Wanted>,
    ) {
        let mut wanted = here;
        for (option, (rule, offer)) in offers {
            if self.model.is_open(*offer) {
                continue;
            }
            wanted.push((*offer, true));
            if self.model.ask(&wanted) == Outcome::Impossible {
                let message = format!(
                    "option `{option}` of {who} is never offered, for its rule never holds there: {}",
                    rule.text()
                );
                let help = "look at who is asked the question, or take the option away".to_string();
                self.findings.warn("W310", rule.place(), message, help);
                self.model.leave_open(*offer);
            }
            wanted.pop();
        }
        let options = match &item.kind {
            Kind::Single(single) => &single.options,
            Kind::Multi(multi) => &multi.options,
            _ => return,
        };
        if options.iter().any(|option| !offers.contains_key(option.id.as_str())) {
            return;
        }
        wanted.push((required, true));
        wanted.extend(offers.values().map(|(_, offer)| (*offer, false)));
        if self.model.ask(&wanted) == Outcome::Possible {
            let message = format!("{who} must be answered, but some who see it are offered no option");
            let help = "offer one option to everyone, or show the question only to those with an option".to_string();
            self.findings.error("E309", place, message, help);
        }
    }

    /// Says whether nobody can send answers.
    fn finish(mut self) {
        if self.is_cut_off {
            return;
        }
        let past_all = self.ask(&[]);
        if more(self.can_finish, past_all) != Outcome::Impossible {
            if let Some((page, rule, number)) = self.lets_nobody_send {
                self.always(rule, number, None, &format!("page `{}`", page.id));
            }
            return;
        }
        let closing = self.survey.pages.iter().rev().find(|page| page.end == Some(End::ScreenedOut));
        let Some(page) = closing else { return };
        let place = page.show_if.as_ref().map_or(page.place, Rule::place);
        let message = format!("page `{}` screens out everyone who gets there, so nobody can send answers", page.id);
        let help = "say with `show_if` who ends there, or write \"end\": \"finished\"".to_string();
        self.findings.error("E416", place, message, help);
    }
}

/// The outcome of two questions of which one is enough.
fn more(one: Outcome, other: Outcome) -> Outcome {
    if one == Outcome::Impossible { other } else { one }
}

/// The items that a rule names, for a sentence.
fn named(rule: &Rule) -> String {
    let mut items: Vec<String> = Vec::new();
    for item in rule.items() {
        let item = format!("`{item}`");
        if !items.contains(&item) {
            items.push(item);
        }
    }
    items.join(", ")
}
