//! A small solver: whether conditions over variables with finitely many cases can all hold at once.
//!
//! It searches as Davis, Logemann and Loveland (1962) do: what only one choice can satisfy is chosen,
//! then one test is tried both ways. Conditions that tie a variable to others join in when the variable is first
//! restricted; whoever states them sees to it that a variable nobody restricts can satisfy them somehow.

use super::domain::{Domain, Test};

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Formula {
    Always(bool),
    /// Either is possible, and nothing is known of it: a rule that could not be read.
    Open,
    Test(usize, Test),
    /// Another condition, by its number.
    Same(usize),
    Not(Box<Formula>),
    All(Vec<Formula>),
    Any(Vec<Formula>),
}

impl Formula {
    pub(super) fn not(self) -> Self {
        match self {
            Self::Always(holds) => Self::Always(!holds),
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    /// True exactly if the other is.
    pub(super) fn agrees(self, other: Self) -> Self {
        let neither = Self::All(vec![self.clone().not(), other.clone().not()]);
        Self::Any(vec![Self::All(vec![self, other]), neither])
    }
}

/// One thing that can vary.
#[derive(Clone, Copy, Debug)]
pub(super) struct Variable {
    /// What it may be before anything is asked.
    pub(super) domain: Domain,
    /// The group of conditions that tie it to others, if any.
    pub(super) group: Option<usize>,
    /// True if every case of it is a real one, whatever the others are.
    pub(super) is_exact: bool,
}

/// A condition by its number, and how it must come out.
pub(crate) type Wanted = (usize, bool);

/// What the search found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The conditions cannot all hold.
    Impossible,
    /// They can, by a case that is a real one.
    Possible,
    /// They can, as far as this model of the answers tells.
    Likely,
    /// They can, if a rule of which nothing is known says so.
    Open,
    /// The search was given up.
    Unknown,
}

/// Most tests looked at for one question.
const MAX_WORK: usize = 8_000;
/// Most tests looked at for one survey.
const MAX_WORK_IN_ALL: usize = 1_500_000;

struct Conflict;

/// The conditions, and what is known in the course of a search.
#[derive(Default)]
pub(super) struct Solver {
    formulas: Vec<Formula>,
    variables: Vec<Variable>,
    /// The conditions that join in, by group.
    pub(super) groups: Vec<Vec<Wanted>>,
    constraints: Vec<Wanted>,
    /// The constraints of each group, and the constraints that each variable stands in.
    of_group: Vec<Vec<usize>>,
    watching: Vec<Vec<usize>>,
    known: Vec<Domain>,
    /// What was known before, to be restored.
    trail: Vec<(usize, Domain)>,
    joined: Vec<usize>,
    has_joined: Vec<bool>,
    active: Vec<usize>,
    is_active: Vec<bool>,
    /// The constraints to look at again, each once.
    queue: Vec<usize>,
    is_queued: Vec<bool>,
    /// What one constraint tells, kept to be filled again.
    learned: Vec<(usize, Test, bool)>,
    work: usize,
    work_in_all: usize,
    is_alone: bool,
}

/// A test that was tried, and where to go back to.
struct Decision {
    variable: usize,
    test: Test,
    other: Option<bool>,
    trail: usize,
    joined: usize,
    active: usize,
    settled: usize,
}

enum Settled {
    Yes,
    No,
    Try(usize, Test, bool),
}

impl Solver {
    /// Makes ready for questions, once every formula, variable and group stands.
    pub(super) fn prepare(&mut self, variables: &[Variable]) {
        self.variables = variables.to_vec();
        self.known = variables.iter().map(|variable| variable.domain).collect();
        self.watching = vec![Vec::new(); self.variables.len()];
        self.has_joined = vec![false; self.groups.len()];
        for group in std::mem::take(&mut self.groups) {
            let constraints = group.into_iter().map(|wanted| self.constrain(wanted)).collect();
            self.of_group.push(constraints);
        }
    }

    pub(super) fn is_open(&self, formula: usize) -> bool {
        *named(&self.formulas, formula) == Formula::Open
    }

    /// Leaves a condition open: the search may take it for true or false.
    pub(super) fn open(&mut self, formula: usize) {
        if let Some(formula) = self.formulas.get_mut(formula) {
            *formula = Formula::Open;
        }
    }

    pub(super) fn add(&mut self, formula: Formula) -> usize {
        self.formulas.push(formula);
        self.formulas.len() - 1
    }

    /// Whether these conditions can all hold, together with those that tie the variables, or `alone` without them.
    pub(super) fn ask(&mut self, wanted: &[Wanted], alone: bool) -> Outcome {
        let before = self.constraints.len();
        self.is_alone = alone;
        self.work = 0;
        for wanted in wanted {
            let constraint = self.constrain(*wanted);
            self.activate(constraint);
        }
        let outcome = self.search();
        self.work_in_all += self.work;
        self.undo(0, 0, 0);
        for watching in &mut self.watching {
            while watching.last().is_some_and(|constraint| *constraint >= before) {
                watching.pop();
            }
        }
        self.constraints.truncate(before);
        self.is_active.truncate(before);
        self.is_queued.truncate(before);
        outcome
    }

    fn constrain(&mut self, wanted: Wanted) -> usize {
        let number = self.constraints.len();
        self.constraints.push(wanted);
        self.is_active.push(false);
        self.is_queued.push(false);
        let mut named = Vec::new();
        each_variable(&self.formulas, &Formula::Same(wanted.0), &mut |variable| named.push(variable));
        for variable in named {
            if let Some(watching) = self.watching.get_mut(variable).filter(|all| all.last() != Some(&number)) {
                watching.push(number);
            }
        }
        number
    }

    fn activate(&mut self, constraint: usize) {
        if let Some(is_active) = self.is_active.get_mut(constraint).filter(|is_active| !**is_active) {
            *is_active = true;
            self.active.push(constraint);
            self.look_again(constraint);
        }
    }

    fn look_again(&mut self, constraint: usize) {
        if let Some(is_queued) = self.is_queued.get_mut(constraint).filter(|is_queued| !**is_queued) {
            *is_queued = true;
            self.queue.push(constraint);
        }
    }

    fn forget_queue(&mut self) {
        for constraint in self.queue.drain(..) {
            if let Some(is_queued) = self.is_queued.get_mut(constraint) {
                *is_queued = false;
            }
        }
    }

    fn search(&mut self) -> Outcome {
        let mut decisions: Vec<Decision> = Vec::new();
        let mut settled = 0;
        // A conflict at the start is found by the first round of consequences.
        let mut state = self.consequences();
        loop {
            if self.work > MAX_WORK || self.work_in_all > MAX_WORK_IN_ALL {
                return Outcome::Unknown;
            }
            if state.is_err() {
                let Some(decision) = decisions.pop() else { return Outcome::Impossible };
                self.undo(decision.trail, decision.joined, decision.active);
                settled = decision.settled;
                if let Some(holds) = decision.other {
                    let (variable, test) = (decision.variable, decision.test);
                    decisions.push(Decision { other: None, ..decision });
                    state = self.learn(variable, test, holds).and_then(|()| self.consequences());
                }
                continue;
            }
            let mut next = Settled::Yes;
            while let (Settled::Yes, Some(constraint)) = (&next, self.active.get(settled)) {
                let (formula, wanted) = self.constraints.get(*constraint).copied().unwrap_or((usize::MAX, true));
                next = settle(&self.formulas, &self.known, &Formula::Same(formula), wanted, &mut self.work);
                settled += usize::from(matches!(next, Settled::Yes));
            }
            match next {
                Settled::Yes => return self.found(),
                Settled::No => state = Err(Conflict),
                Settled::Try(variable, test, holds) => {
                    decisions.push(Decision {
                        variable,
                        test,
                        other: Some(!holds),
                        trail: self.trail.len(),
                        joined: self.joined.len(),
                        active: self.active.len(),
                        settled,
                    });
                    state = self.learn(variable, test, holds).and_then(|()| self.consequences());
                }
            }
        }
    }

    /// The kind of case found: a real one if nothing in it was only taken for possible.
    fn found(&self) -> Outcome {
        let inexact =
            |(variable, _): &(usize, Domain)| self.variables.get(*variable).is_none_or(|variable| !variable.is_exact);
        let open = |constraint: &usize| {
            let (formula, _) = self.constraints.get(*constraint).copied().unwrap_or((usize::MAX, true));
            mentions_open(&self.formulas, &Formula::Same(formula))
        };
        if self.active.iter().any(open) {
            Outcome::Open
        } else if self.trail.iter().any(inexact) {
            Outcome::Likely
        } else {
            Outcome::Possible
        }
    }

    /// Draws what follows from what is known, until nothing more does.
    fn consequences(&mut self) -> Result<(), Conflict> {
        while let Some(constraint) = self.queue.pop() {
            if let Some(is_queued) = self.is_queued.get_mut(constraint) {
                *is_queued = false;
            }
            let Some((formula, wanted)) = self.constraints.get(constraint).copied() else { continue };
            if let Err(conflict) = self.force(formula, wanted) {
                self.forget_queue();
                return Err(conflict);
            }
            if self.work > MAX_WORK {
                self.forget_queue();
            }
        }
        Ok(())
    }

    fn force(&mut self, formula: usize, wanted: bool) -> Result<(), Conflict> {
        let mut learned = std::mem::take(&mut self.learned);
        learned.clear();
        let whole = Formula::Same(formula);
        let mut result = required(&self.formulas, &self.known, &whole, wanted, &mut learned, &mut self.work);
        for (variable, test, holds) in &learned {
            result = result.and_then(|()| self.learn(*variable, *test, *holds));
        }
        self.learned = learned;
        result
    }

    fn learn(&mut self, variable: usize, test: Test, holds: bool) -> Result<(), Conflict> {
        let Some(known) = self.known.get_mut(variable) else { return Ok(()) };
        match known.test(test) {
            Some(found) if found == holds => return Ok(()),
            Some(_) => {
                self.forget_queue();
                return Err(Conflict);
            }
            None => {}
        }
        let before = *known;
        *known = before.with(test, holds).ok_or(Conflict)?;
        self.trail.push((variable, before));
        // Taken out while the queue changes, which no watching does.
        let watching = self.watching.get_mut(variable).map(std::mem::take).unwrap_or_default();
        for constraint in &watching {
            if self.is_active.get(*constraint).copied().unwrap_or(false) {
                self.look_again(*constraint);
            }
        }
        if let Some(place) = self.watching.get_mut(variable) {
            *place = watching;
        }
        let group = self.variables.get(variable).and_then(|variable| variable.group).filter(|_| !self.is_alone);
        if let Some(group) = group
            && let Some(has_joined) = self.has_joined.get_mut(group).filter(|has_joined| !**has_joined)
        {
            *has_joined = true;
            self.joined.push(group);
            let constraints = self.of_group.get_mut(group).map(std::mem::take).unwrap_or_default();
            for constraint in &constraints {
                self.activate(*constraint);
            }
            if let Some(place) = self.of_group.get_mut(group) {
                *place = constraints;
            }
        }
        Ok(())
    }

    fn undo(&mut self, trail: usize, joined: usize, active: usize) {
        self.forget_queue();
        for (variable, before) in self.trail.drain(trail..).rev() {
            if let Some(known) = self.known.get_mut(variable) {
                *known = before;
            }
        }
        for group in self.joined.drain(joined..) {
            if let Some(has_joined) = self.has_joined.get_mut(group) {
                *has_joined = false;
            }
        }
        for constraint in self.active.drain(active..) {
            if let Some(is_active) = self.is_active.get_mut(constraint) {
                *is_active = false;
            }
        }
    }
}

fn named(formulas: &[Formula], number: usize) -> &Formula {
    formulas.get(number).unwrap_or(&Formula::Open)
}

fn each_variable(formulas: &[Formula], formula: &Formula, with: &mut impl FnMut(usize)) {
    match formula {
        Formula::Always(_) | Formula::Open => {}
        Formula::Test(variable, _) => with(*variable),
        Formula::Same(number) => each_variable(formulas, named(formulas, *number), with),
        Formula::Not(inner) => each_variable(formulas, inner, with),
        Formula::All(parts) | Formula::Any(parts) => {
            for part in parts {
                each_variable(formulas, part, with);
            }
        }
    }
}

fn mentions_open(formulas: &[Formula], formula: &Formula) -> bool {
    match formula {
        Formula::Open => true,
        Formula::Always(_) | Formula::Test(..) => false,
        Formula::Same(number) => mentions_open(formulas, named(formulas, *number)),
        Formula::Not(inner) => mentions_open(formulas, inner),
        Formula::All(parts) | Formula::Any(parts) => parts.iter().any(|part| mentions_open(formulas, part)),
    }
}

/// How a formula comes out, if that is certain.
fn outcome(formulas: &[Formula], known: &[Domain], formula: &Formula, work: &mut usize) -> Option<bool> {
    match formula {
        Formula::Always(holds) => Some(*holds),
        Formula::Open => None,
        Formula::Test(variable, test) => {
            *work += 1;
            known.get(*variable).and_then(|known| known.test(*test))
        }
        Formula::Same(number) => outcome(formulas, known, named(formulas, *number), work),
        Formula::Not(inner) => outcome(formulas, known, inner, work).map(|holds| !holds),
        Formula::All(parts) | Formula::Any(parts) => {
            let decisive = matches!(formula, Formula::Any(_));
            let mut all = true;
            for part in parts {
                match outcome(formulas, known, part, work) {
                    Some(holds) if holds == decisive => return Some(decisive),
                    Some(_) => {}
                    None => all = false,
                }
            }
            all.then_some(!decisive)
        }
    }
}

/// Collects the tests that must come out in one way for a formula to come out as wanted.
fn required(
    formulas: &[Formula],
    known: &[Domain],
    formula: &Formula,
    wanted: bool,
    learned: &mut Vec<(usize, Test, bool)>,
    work: &mut usize,
) -> Result<(), Conflict> {
    match formula {
        Formula::Always(holds) if *holds != wanted => Err(Conflict),
        Formula::Always(_) | Formula::Open => Ok(()),
        Formula::Test(variable, test) => {
            *work += 1;
            learned.push((*variable, *test, wanted));
            Ok(())
        }
        Formula::Same(number) => required(formulas, known, named(formulas, *number), wanted, learned, work),
        Formula::Not(inner) => required(formulas, known, inner, !wanted, learned, work),
        Formula::All(parts) | Formula::Any(parts) => {
            let is_any = matches!(formula, Formula::Any(_));
            if is_any != wanted {
                // Each part must come out so.
                return parts.iter().try_for_each(|part| required(formulas, known, part, wanted, learned, work));
            }
            // One part must come out so: it is required only if no other can.
            let mut only = None;
            for part in parts {
                match outcome(formulas, known, part, work) {
                    Some(holds) if holds == wanted => return Ok(()),
                    Some(_) => {}
                    None if only.is_some() => return Ok(()),
                    None => only = Some(part),
                }
            }
            only.map_or(Err(Conflict), |part| required(formulas, known, part, wanted, learned, work))
        }
    }
}

/// Whether a formula comes out as wanted, or the test to try next.
fn settle(formulas: &[Formula], known: &[Domain], formula: &Formula, wanted: bool, work: &mut usize) -> Settled {
    match formula {
        Formula::Always(holds) => {
            if *holds == wanted {
                Settled::Yes
            } else {
                Settled::No
            }
        }
        Formula::Open => Settled::Yes,
        Formula::Test(variable, test) => {
            *work += 1;
            match known.get(*variable).and_then(|known| known.test(*test)) {
                Some(holds) if holds == wanted => Settled::Yes,
                Some(_) => Settled::No,
                None => Settled::Try(*variable, *test, wanted),
            }
        }
        Formula::Same(number) => settle(formulas, known, named(formulas, *number), wanted, work),
        Formula::Not(inner) => settle(formulas, known, inner, !wanted, work),
        Formula::All(parts) | Formula::Any(parts) => {
            let one_is_enough = matches!(formula, Formula::Any(_)) == wanted;
            let mut to_try = None;
            for part in parts {
                match settle(formulas, known, part, wanted, work) {
                    Settled::Yes if one_is_enough => return Settled::Yes,
                    Settled::No if !one_is_enough => return Settled::No,
                    found @ Settled::Try(..) if to_try.is_none() => to_try = Some(found),
                    _ => {}
                }
            }
            to_try.unwrap_or(if one_is_enough { Settled::No } else { Settled::Yes })
        }
    }
}
