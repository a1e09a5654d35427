//! What a name in an expression stands for: a question, a part of one, how many answers there are, a calculated value.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::expression::Expr;
use super::loose::Scalar;
use super::model::{Body, Context, Draft, Target};
use super::names::closest;
use super::reading::Reading;
use super::rule::{Domain, Rule};

/// Comparisons of an option with a value that all rules together may need.
const MAX_WORK: usize = 3_000_000;
/// Names that are looked for like one that is unknown, in all rules together.
const MAX_SUGGESTIONS: usize = 200;

/// What rules can ask about.
pub(super) struct World<'r> {
    /// Everything that was read.
    pub reading: &'r Reading,
    /// The options, steps or rows of each question.
    domains: Vec<Option<Rc<Domain>>>,
    /// The calculated values that were made so far; an error says why there is none.
    pub values: RefCell<BTreeMap<usize, Result<Value, String>>>,
    work: Cell<usize>,
    suggestions: Cell<usize>,
}

/// A calculated value.
#[derive(Clone, Debug)]
pub(super) struct Value {
    /// The expression, as Canvass reads it.
    pub text: String,
    /// What it gives.
    pub kind: Kind,
    /// The questions it depends on.
    pub needs: BTreeSet<usize>,
    /// What differs from SurveyJS.
    pub notes: BTreeSet<&'static str>,
}

/// What a calculated value gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A number.
    Number,
    /// A day.
    Day,
    /// A text.
    Words,
    /// True or false.
    Condition,
}

impl<'r> World<'r> {
    /// The world of a definition.
    pub(super) fn new(reading: &'r Reading) -> Self {
        Self {
            domains: reading.drafts.iter().map(domain).collect(),
            values: RefCell::default(),
            work: Cell::new(MAX_WORK),
            suggestions: Cell::new(MAX_SUGGESTIONS),
            reading,
        }
    }

    /// Takes note of comparisons to be made.
    ///
    /// # Errors
    /// More of them than are made.
    pub(super) fn work(&self, more: usize) -> Result<(), String> {
        let left = self.work.get().checked_sub(more).ok_or("the rules of this definition need too many comparisons")?;
        self.work.set(left);
        Ok(())
    }

    /// A name like the one written, as a clause.
    pub(super) fn suggestion<'n>(&self, written: &str, known: impl IntoIterator<Item = &'n str>) -> String {
        let Some(left) = self.suggestions.get().checked_sub(1) else { return String::new() };
        self.suggestions.set(left);
        closest(written, known).map(|found| format!("; {found}")).unwrap_or_default()
    }

    fn domain(&self, index: usize) -> Result<Rc<Domain>, String> {
        let domain = self.domains.get(index).cloned().flatten().ok_or("it has no options")?;
        self.work(domain.ids.len())?;
        Ok(domain)
    }
}

fn domain(draft: &Draft) -> Option<Rc<Domain>> {
    let pairs: Vec<(&String, &Scalar)> = match &draft.body {
        Body::Single { choices, .. } | Body::Multi { choices, .. } | Body::Rate { scale: choices, .. } => {
            choices.iter().map(|choice| (&choice.id, &choice.value)).collect()
        }
        Body::Rank { rows, .. } => rows.iter().map(|row| (&row.id, &row.value)).collect(),
        _ => return None,
    };
    let ids = pairs.iter().map(|(id, _)| (*id).clone()).collect();
    let values = pairs.iter().map(|(_, value)| (*value).clone().settled()).collect();
    Some(Rc::new(Domain { ids, values }))
}

/// An operand of an expression.
#[derive(Clone, Debug)]
pub(super) enum Operand {
    /// `null`.
    Missing,
    /// A value as written.
    One(Scalar),
    /// A list as written.
    Many(Vec<Scalar>),
    /// One of some options.
    Choice(String, Rc<Domain>),
    /// Several of some options.
    Set(String, Rc<Domain>),
    /// A number.
    Number(Amount),
    /// A day: as Canvass writes it, and whether it may be missing.
    Day(String, bool),
    /// A text.
    Words(String),
    /// A ranking: its rows, and how many places can be given.
    Ranking(String, Rc<Domain>, usize),
    /// An answer that can only be there or not.
    Whole(String),
    /// Several questions that were one.
    Several(Vec<String>),
    /// A condition.
    Condition(Rule),
}

/// A number that is asked for or calculated.
#[derive(Clone, Debug)]
pub(super) struct Amount {
    /// As Canvass writes it.
    pub text: String,
    /// Whether brackets are needed to calculate with it.
    pub compound: bool,
    /// When it is missing.
    pub missing: Missing,
}

/// When a number is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// Never: it is a count.
    Never,
    /// When it was not answered.
    Unanswered,
    /// When something that it is made of is missing.
    Partly,
}

impl Amount {
    /// A number that is never missing.
    fn count(text: String) -> Operand {
        Operand::Number(Self { text, compound: false, missing: Missing::Never })
    }

    /// The answer to a question, or a calculated value.
    pub(super) fn answer(id: String) -> Operand {
        Operand::Number(Self { text: id, compound: false, missing: Missing::Unanswered })
    }
}

/// Translates expressions in one place of the survey.
pub(super) struct Translator<'w, 'r> {
    /// What can be asked about.
    pub world: &'w World<'r>,
    /// Questions from this one on are not answered yet.
    pub limit: usize,
    /// What names mean here alone.
    pub context: &'w Context,
    /// The questions that were asked about.
    pub needs: BTreeSet<usize>,
    /// What differs from SurveyJS.
    pub notes: BTreeSet<&'static str>,
}

impl<'w, 'r> Translator<'w, 'r> {
    /// A translator for the rules of what stands before `limit`.
    pub(super) fn new(world: &'w World<'r>, limit: usize, context: &'w Context) -> Self {
        Self { world, limit, context, needs: BTreeSet::new(), notes: BTreeSet::new() }
    }

    /// What `{written}` stands for.
    pub(super) fn variable(&mut self, written: &str) -> Result<Operand, String> {
        let name = written.trim().trim_start_matches('#').trim().to_lowercase();
        if let Some(found) = self.of_item(&name) {
            return Ok(found);
        }
        if let (Some(prefix), Some(rest)) = (&self.context.row, name.strip_prefix("row.")) {
            return self.named(&format!("{}{rest}", prefix.to_lowercase()), written);
        }
        self.named(&name, written)
    }

    /// What `{item}`, `{choice}` and `{$item.x}` stand for where a rule is asked for each item.
    fn of_item(&self, name: &str) -> Option<Operand> {
        let known = self.context.item.as_ref()?;
        let key = match name {
            "item" | "choice" => "",
            name => name.strip_prefix("$item.").or_else(|| name.strip_prefix("item."))?,
        };
        let value = known.iter().find(|(known, _)| known == key).map(|(_, value)| value.clone().settled());
        Some(value.map_or(Operand::Missing, Operand::One))
    }

    fn named(&mut self, name: &str, written: &str) -> Result<Operand, String> {
        if let Some(target) = self.world.reading.names.get(name) {
            return self.target(target, written);
        }
        let stem = |ending: &str| name.strip_suffix(ending).and_then(|stem| self.world.reading.names.get(stem));
        if let Some(target) = stem("-unwrapped") {
            return self.target(target, written);
        }
        if let Some(target) = stem(".length") {
            return self.length(target, written);
        }
        if let Some((target, place)) = name
            .strip_suffix(']')
            .and_then(|name| name.rsplit_once('['))
            .and_then(|(stem, place)| Some((self.world.reading.names.get(stem)?, place.trim().parse::<usize>().ok()?)))
        {
            return self.place(target, place, written);
        }
        Err(self.unknown(name, written))
    }

    /// Why a name stands for nothing.
    fn unknown(&self, name: &str, written: &str) -> String {
        let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
        if begins(&[
            "panel.",
            "row.",
            "prevpanel.",
            "nextpanel.",
            "prevrow.",
            "nextrow.",
            "parentpanel.",
            "rowindex",
            "panelindex",
            "visiblerowindex",
            "rowname",
            "rowtitle",
        ]) {
            return format!(
                "`{{{written}}}` looks at the other answers of the same entry or row, which rules of Canvass cannot"
            );
        }
        if begins(&["$"]) {
            return format!("`{{{written}}}` asks how something looks and not what was answered");
        }
        let first = name.split(['.', '[']).next().unwrap_or(name);
        if self.world.reading.names.contains_key(first) {
            return format!("`{{{written}}}` names a part of ‘{first}’ that rules of Canvass cannot ask about");
        }
        let known = self.world.reading.names.keys().map(String::as_str);
        format!("there is no question ‘{written}’{}", self.world.suggestion(name, known))
    }

    fn target(&mut self, target: &Target, written: &str) -> Result<Operand, String> {
        match target {
            Target::Draft(index) => self.question(*index, written),
            Target::Row(index, row) => {
                let draft = self.earlier(*index, written)?;
                let Body::Rate { rows, .. } = &draft.body else { return Err(format!("‘{written}’ has no rows")) };
                let row = rows.get(*row).map(|row| row.id.as_str()).unwrap_or_default();
                Ok(Operand::Choice(format!("{}.{row}", draft.id), self.world.domain(*index)?))
            }
            Target::OtherText(index) => {
                let draft = self.earlier(*index, written)?;
                if matches!(draft.body, Body::Single { .. }) {
                    return Ok(Operand::Words(format!("{}.other", draft.id)));
                }
                Err(format!(
                    "the text beside an option of ‘{}’ cannot be asked about, for several can be chosen",
                    draft.name
                ))
            }
            Target::Several(all) => {
                let ids = all.iter().map(|index| self.earlier(*index, written).map(|draft| draft.id.clone()));
                Ok(Operand::Several(ids.collect::<Result<_, _>>()?))
            }
            Target::Calculated(index) => self.calculated(*index, written),
            Target::Gone(why) => Err(format!("it asks about ‘{written}’, but {why}")),
        }
    }

    /// A question, if it is asked before.
    fn earlier(&mut self, index: usize, written: &str) -> Result<&'r Draft, String> {
        let draft = self.world.reading.drafts.get(index).ok_or_else(|| format!("there is no ‘{written}’"))?;
        if index >= self.limit {
            return Err(format!("‘{written}’ is asked later or in the same place, so its answer is not known yet"));
        }
        if matches!(draft.body, Body::Email) {
            return Err(format!("‘{written}’ is kept apart from the answers, so nothing may depend on it"));
        }
        self.needs.insert(index);
        Ok(draft)
    }

    fn question(&mut self, index: usize, written: &str) -> Result<Operand, String> {
        let draft = self.earlier(index, written)?;
        let id = draft.id.clone();
        Ok(match &draft.body {
            Body::Single { .. } => Operand::Choice(id, self.world.domain(index)?),
            Body::Multi { .. } => Operand::Set(id, self.world.domain(index)?),
            Body::Words { .. } => Operand::Words(id),
            Body::Number { .. } => Amount::answer(id),
            Body::Date { .. } => Operand::Day(id, true),
            Body::Rank { rows, max, .. } => {
                let places = max.map_or(rows.len(), |max| (max as usize).min(rows.len()));
                Operand::Ranking(id, self.world.domain(index)?, places)
            }
            Body::Rate { .. } | Body::Repeat { .. } => Operand::Whole(id),
            Body::Note | Body::Email => return Err(format!("‘{written}’ has no answer")),
        })
    }

    fn calculated(&mut self, index: usize, written: &str) -> Result<Operand, String> {
        let known = self.world.values.borrow().get(&index).cloned();
        let value = match known {
            Some(Ok(value)) => value,
            Some(Err(_)) => return Err(format!("‘{written}’ could not be calculated")),
            None => return Err(format!("‘{written}’ is calculated later, or from itself")),
        };
        if value.needs.iter().any(|need| *need >= self.limit) {
            return Err(format!("‘{written}’ is calculated from answers that are not known yet"));
        }
        self.needs.extend(&value.needs);
        let id = self.world.reading.calculated.get(index).map(|value| value.id.clone()).unwrap_or_default();
        Ok(match value.kind {
            Kind::Number => Amount::answer(id),
            Kind::Day => Operand::Day(id, true),
            Kind::Words => Operand::Words(id),
            Kind::Condition => Operand::Condition(Rule::test(id)),
        })
    }

    /// `{name.length}`.
    fn length(&mut self, target: &Target, written: &str) -> Result<Operand, String> {
        let Target::Draft(index) = target else { return Err(format!("`{{{written}}}` has no length")) };
        let draft = self.earlier(*index, written)?;
        Ok(match &draft.body {
            Body::Repeat { .. } => Amount::count(format!("{}.count", draft.id)),
            Body::Multi { .. } | Body::Rank { .. } => Amount::count(format!("count({})", draft.id)),
            Body::Words { .. } => Amount::count(format!("length({})", draft.id)),
            _ => return Err(format!("`{{{written}}}` has no length")),
        })
    }

    /// `{name[0]}`.
    fn place(&mut self, target: &Target, place: usize, written: &str) -> Result<Operand, String> {
        let Target::Draft(index) = target else { return Err(format!("`{{{written}}}` has no places")) };
        match self.question(*index, written)? {
            Operand::Ranking(id, domain, places) if place < places => {
                Ok(Operand::Choice(format!("{id}[{}]", place + 1), domain))
            }
            Operand::Set(..) => {
                Err(format!("`{{{written}}}` asks which option was chosen first, which Canvass does not keep"))
            }
            _ => Err(format!("`{{{written}}}` names a part of an answer that rules of Canvass cannot ask about")),
        }
    }

    /// What a call of a function gives.
    pub(super) fn call(&mut self, name: &str, arguments: &[Expr]) -> Result<Operand, String> {
        let lower = name.to_ascii_lowercase();
        match (lower.as_str(), arguments) {
            ("today" | "currentdate", []) => Ok(Operand::Day("today()".to_string(), false)),
            ("getdate", [day]) => match self.operand(day)? {
                Operand::Day(day, may_miss) => Ok(Operand::Day(day, may_miss)),
                Operand::One(Scalar::Text(day)) => Ok(Operand::One(Scalar::Text(day))),
                _ => Err("`getDate` is asked of something that is no date".to_string()),
            },
            ("age", [birth]) => self.years(birth),
            ("age", [birth, Expr::Text(unit)]) if unit == "years" => self.years(birth),
            ("datediff", [birth, today, Expr::Text(unit)]) if unit == "years" && is_today(today) => self.years(birth),
            ("count", [Expr::Variable(name)]) => match self.variable(name)? {
                Operand::Set(id, _) | Operand::Ranking(id, ..) => Ok(Amount::count(format!("count({id})"))),
                _ => Err(format!("`count` cannot be asked of ‘{name}’")),
            },
            ("sum", [first, rest @ ..]) => {
                let first = self.operand(first)?;
                rest.iter().try_fold(first, |sum, next| {
                    let next = self.operand(next)?;
                    self.calculate("+", sum, next)
                })
            }
            ("getcomment", [Expr::Text(question)]) => self.variable(&format!("{question}-Comment")),
            _ => Err(format!("rules of Canvass have no function `{name}` for this")),
        }
    }

    fn years(&mut self, birth: &Expr) -> Result<Operand, String> {
        match self.operand(birth)? {
            Operand::Day(day, _) if day != "today()" => Ok(Operand::Number(Amount {
                text: format!("years_since({day})"),
                compound: false,
                missing: Missing::Partly,
            })),
            _ => Err("the age can be told only from a date question".to_string()),
        }
    }
}

fn is_today(expr: &Expr) -> bool {
    let Expr::Call(name, arguments) = expr else { return false };
    arguments.is_empty() && ["today", "currentDate"].iter().any(|today| name.eq_ignore_ascii_case(today))
}
