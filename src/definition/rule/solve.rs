//! A small solver: whether conditions over variables with finitely many cases can all hold at once.
//!
//! It searches as Davis, Putnam, Logemann and Loveland (1962) do: what only one choice can satisfy is chosen,
//! then one test is tried both ways. Conditions that tie a variable to others join in when the variable is first
//! restricted; whoever states them sees to it that a variable nobody restricts can satisfy them somehow.

/// A test of one variable.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Test {
    /// Its case is one of these bits.
    OneOf(u128),
    /// The set has the member with this number.
    Member(u32),
    /// The set has at least so many members.
    AtLeast(u32),
}

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

/// What sets a variable may be.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Sets {
    /// Members there are, 128 at most.
    pub(super) members: u32,
    /// Members that stand alone.
    pub(super) exclusive: u128,
    /// Fewest members of a set that is not empty, exclusive ones apart.
    pub(super) min: u32,
    /// Most members.
    pub(super) max: u32,
}

/// What is known of a variable.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Domain {
    /// It has one of these cases.
    Cases(u128),
    /// It is a set with these members in it and those out of it, and so many in all.
    Set { sets: Sets, inside: u128, outside: u128, least: u32, most: u32 },
}

impl Domain {
    /// Any of the sets.
    pub(super) fn set(sets: Sets) -> Self {
        let any = Self::Set { sets, inside: 0, outside: 0, least: 0, most: sets.members };
        any.drawn().unwrap_or(any)
    }

    /// What is known once a test came out so; `None` if it cannot.
    fn with(self, test: Test, holds: bool) -> Option<Self> {
        match (self, test) {
            (Self::Cases(cases), Test::OneOf(of)) => {
                let cases = cases & if holds { of } else { !of };
                (cases != 0).then_some(Self::Cases(cases))
            }
            (Self::Set { sets, inside, outside, least, most }, Test::Member(number)) => {
                let bit = 1_u128.checked_shl(number).unwrap_or(0);
                let (inside, outside) = if holds { (inside | bit, outside) } else { (inside, outside | bit) };
                Self::Set { sets, inside, outside, least, most }.drawn()
            }
            (Self::Set { sets, inside, outside, least, most }, Test::AtLeast(count)) => {
                let (least, most) =
                    if holds { (least.max(count), most) } else { (least, most.min(count.checked_sub(1)?)) };
                Self::Set { sets, inside, outside, least, most }.drawn()
            }
            _ => Some(self),
        }
    }

    /// What follows from what is known of a set: a set is empty, one exclusive member, or some of the others.
    /// So exactly the members and sizes that are left open can be and can be not.
    fn drawn(self) -> Option<Self> {
        let Self::Set { sets, inside, outside, least, most } = self else { return Some(self) };
        let all = 1_u128.checked_shl(sets.members).map_or(u128::MAX, |bit| bit - 1);
        if inside & outside != 0 || least > most {
            return None;
        }
        // Of each kind of set that is possible: what may be in it, what must be, and how many.
        let (mut may, mut must, mut fewest, mut largest) = (0, u128::MAX, u32::MAX, 0);
        let mut possible = |its_may: u128, its_must: u128, from: u32, to: u32| {
            may |= its_may;
            must &= its_must;
            fewest = fewest.min(from);
            largest = largest.max(to);
        };
        if inside == 0 && least == 0 {
            possible(0, 0, 0, 0);
        }
        let alone = if inside == 0 { sets.exclusive & all & !outside } else { sets.exclusive & inside };
        if alone != 0 && inside & !alone == 0 && inside.count_ones() <= 1 && least <= 1 && most >= 1 {
            possible(alone, if alone.is_power_of_two() { alone } else { inside }, 1, 1);
        }
        let others = all & !sets.exclusive & !outside;
        let from = least.max(inside.count_ones()).max(sets.min).max(1);
        let to = most.min(sets.max).min(others.count_ones());
        if inside & !others == 0 && from <= to {
            let its_may = if to == inside.count_ones() { inside } else { others };
            let its_must = if from == others.count_ones() { others } else { inside };
            possible(its_may, its_must, from, to);
        }
        let drawn = Self::Set { sets, inside: must, outside: all & !may, least: fewest, most: largest };
        (fewest <= largest).then_some(drawn)
    }

    /// How a test comes out, if that is certain.
    fn test(self, test: Test) -> Option<bool> {
        let (is, is_not) = match (self, test) {
            (Self::Cases(cases), Test::OneOf(of)) => (cases & !of == 0, cases & of == 0),
            (Self::Set { inside, outside, .. }, Test::Member(number)) => {
                let bit = 1_u128.checked_shl(number).unwrap_or(0);
                (inside & bit != 0, outside & bit != 0 || bit == 0)
            }
            (Self::Set { least, most, .. }, Test::AtLeast(count)) => (least >= count, most < count),
            _ => (false, false),
        };
        if is || is_not { Some(is) } else { None }
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
const MAX_WORK: usize = 20_000;
/// Most tests looked at for one survey.
const MAX_WORK_IN_ALL: usize = 4_000_000;

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
                next = self.settle(&Formula::Same(formula), wanted);
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
        let mut learned = Vec::new();
        self.required(&Formula::Same(formula), wanted, &mut learned)?;
        for (variable, test, holds) in learned {
            self.learn(variable, test, holds)?;
        }
        Ok(())
    }

    /// Collects the tests that must come out in one way for the formula to come out as wanted.
    fn required(
        &mut self,
        formula: &Formula,
        wanted: bool,
        learned: &mut Vec<(usize, Test, bool)>,
    ) -> Result<(), Conflict> {
        // The formulas never change while a question is asked; taking them out lets the rest of `self` be changed.
        let formulas = std::mem::take(&mut self.formulas);
        let result = required(&formulas, &self.known, formula, wanted, learned, &mut self.work);
        self.formulas = formulas;
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
            for constraint in self.of_group.get(group).cloned().unwrap_or_default() {
                self.activate(constraint);
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

    /// Whether the formula comes out as wanted, or the test to try next.
    fn settle(&mut self, formula: &Formula, wanted: bool) -> Settled {
        let formulas = std::mem::take(&mut self.formulas);
        let settled = settle(&formulas, &self.known, formula, wanted, &mut self.work);
        self.formulas = formulas;
        settled
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
