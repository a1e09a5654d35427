//! What must hold for answers, as the checks of Canvass, and the closing pages of those who are done early.

use super::super::report::Fate;
use super::layout::{Layout, Page, Show, long_enough, mind};
use super::model::{Body, Check, CheckRule, Condition, Draft};
use super::rule::Rule;
use super::text::Text;
use super::translate::{self, Translated};

/// A check as Canvass has it.
#[derive(Debug)]
pub(super) struct Judged {
    /// The rule, or the lost one.
    pub rule: Show,
    /// What is said when it does not hold.
    pub message: Text,
    /// Whether the person may go on all the same.
    pub warns: bool,
}

impl Layout<'_, '_> {
    /// The checks of all questions.
    pub(super) fn checks(&mut self) -> Vec<Judged> {
        let drafts = &self.world.reading.drafts;
        let all = drafts.iter().flat_map(|draft| draft.checks.iter().map(move |check| (draft, check)));
        all.filter_map(|(draft, check)| self.check(draft, check)).collect()
    }

    fn check(&mut self, draft: &Draft, check: &Check) -> Option<Judged> {
        let judged = |rule| Some(Judged { rule, message: check.message.clone(), warns: check.warns });
        let unanswered = Rule::answered(&draft.id).negated();
        match &check.rule {
            CheckRule::Matches(pattern) => {
                let rule = Rule::any([unanswered, Rule::test(format!("matches({}, '{pattern}')", draft.id))]);
                rule.text().and_then(|text| judged(Show::If(text)))
            }
            CheckRule::Written(condition) => {
                let found = translate::condition(self.world, condition, usize::MAX);
                self.judge(draft, condition, found, unanswered).and_then(judged)
            }
            CheckRule::Bound(operator, condition) => {
                let is_day = matches!(draft.body, Body::Date { .. });
                let found = translate::bound(self.world, &draft.id, is_day, operator, condition);
                self.judge(draft, condition, found, unanswered).and_then(judged)
            }
            CheckRule::AnyOf(all, at) => {
                let drafts = &self.world.reading.drafts;
                let asked: Vec<&Draft> = all.iter().filter_map(|index| drafts.get(*index)).collect();
                let asked: Vec<&Draft> =
                    asked.into_iter().filter(|draft| !matches!(draft.body, Body::Note | Body::Email)).collect();
                let is_conditional = |draft: &&Draft| {
                    let page = self.world.reading.pages.get(draft.page);
                    !draft.shown.is_empty() || self.is_grouped(draft) || page.is_some_and(|page| !page.shown.is_empty())
                };
                if asked.is_empty() || asked.iter().any(is_conditional) {
                    let message = "That one of these questions needs an answer is left out, for not everyone sees \
                        them; make one of them `required`.";
                    self.notes.add("check-lost", Fate::Dropped, at.to_string(), None, message);
                    return None;
                }
                let text = Rule::any(asked.iter().map(|draft| Rule::answered(&draft.id))).text()?;
                let message = format!("At least one of these questions needs an answer: a check became {text}.");
                self.notes.add("check", Fate::Exact, at.to_string(), None, message);
                judged(Show::If(text))
            }
        }
    }

    /// True if a panel with a rule is around a question.
    fn is_grouped(&self, draft: &Draft) -> bool {
        let mut group = draft.group;
        while let Some(around) = group.and_then(|group| self.world.reading.groups.get(group)) {
            if !around.shown.is_empty() {
                return true;
            }
            group = around.parent;
        }
        false
    }

    /// A check as a rule, which holds for who did not answer the question that it belongs to.
    fn judge(
        &mut self,
        draft: &Draft,
        condition: &Condition,
        found: Result<Translated, String>,
        unanswered: Rule,
    ) -> Option<Show> {
        let made = found.and_then(|found| {
            let rule = Rule::any([unanswered, found.rule.clone()]);
            Ok((long_enough(&rule)?, rule, found))
        });
        match made {
            Ok((_, Rule::Always, _)) => None,
            Ok((text, _, found)) => {
                let (fate, differs) = mind(&found.notes, Fate::Assumed);
                let message = format!("A check became: {text}. It is judged once the question is answered.{differs}");
                self.notes.add("check", fate, condition.at.to_string(), Some(&draft.id), message);
                Some(Show::If(text))
            }
            Err(why) => {
                let message = format!(
                    "A check is kept and not judged until you write its `rule` or delete it: {why}. It was: {}",
                    condition.text
                );
                self.notes.add("check-lost", Fate::Degraded, condition.at.to_string(), Some(&draft.id), message);
                Some(Show::Lost(condition.text.chars().take(2_000).collect()))
            }
        }
    }

    /// The closing pages for those who are done early, each with the page of the source that it follows.
    pub(super) fn ends(&mut self, conditions: &[Condition]) -> Vec<(usize, Page)> {
        let reading = self.world.reading;
        let mut pages = Vec::new();
        let mut lost: Option<String> = None;
        for condition in conditions {
            let made = translate::condition(self.world, condition, usize::MAX)
                .and_then(|found| Ok((long_enough(&found.rule)?, found)));
            match made {
                Ok((_, Translated { rule: Rule::Never | Rule::Always, .. })) => {
                    let message = "The rule of who is done early always or never holds; it is left out.";
                    self.notes.add("complete", Fate::Assumed, condition.at.to_string(), None, message);
                }
                Ok((text, found)) => {
                    let decides = found.needs.iter().next_back().and_then(|index| reading.drafts.get(*index));
                    let after = decides.map_or(0, |draft| draft.page);
                    if reading.drafts.last().is_none_or(|draft| draft.page <= after) {
                        let message =
                            "Nothing is asked after the page that decides who is done early; the trigger is left out.";
                        self.notes.add("complete", Fate::Exact, condition.at.to_string(), None, message);
                        continue;
                    }
                    self.carried("complete", condition, "finished", &text, &found);
                    pages.push((
                        after,
                        Page { name: "finished".to_string(), show: Show::If(text), ends: true, ..Page::default() },
                    ));
                }
                Err(why) => {
                    let message = format!(
                        "Nobody is done early until you write the `show_if` of the last page, or delete the page: \
                            {why}. The rule was: {}",
                        condition.text
                    );
                    self.notes.add(
                        "complete-lost",
                        Fate::Degraded,
                        condition.at.to_string(),
                        Some("finished"),
                        message,
                    );
                    let known = lost.take().map(|known| format!("{known} or ")).unwrap_or_default();
                    lost = Some(format!("{known}({})", condition.text).chars().take(2_000).collect());
                }
            }
        }
        if let Some(text) = lost {
            let page = Page { name: "finished".to_string(), show: Show::Lost(text), ends: true, ..Page::default() };
            pages.push((usize::MAX, page));
        }
        pages
    }
}
