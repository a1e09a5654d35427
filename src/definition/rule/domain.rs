//! What is known of one variable of the solver: the cases it may have, or the sets it may be.

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
    pub(super) fn with(self, test: Test, holds: bool) -> Option<Self> {
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
    pub(super) fn test(self, test: Test) -> Option<bool> {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Every set that may be, as bits.
    fn all(sets: Sets) -> Vec<u128> {
        let exclusive = |set: u128| set & sets.exclusive != 0;
        let fits = |set: &u128| match set.count_ones() {
            0 => true,
            1 if exclusive(*set) => true,
            size => !exclusive(*set) && size >= sets.min && size <= sets.max,
        };
        (0..1_u128 << sets.members).filter(fits).collect()
    }

    #[test]
    fn a_test_of_a_set_is_certain_exactly_where_every_set_that_is_left_agrees() {
        for (exclusive, min, max) in
            [(0, 1, 4), (0b1000, 1, 3), (0b1000, 2, 3), (0b1100, 2, 2), (0, 3, 3), (0b1111, 1, 1)]
        {
            let sets = Sets { members: 4, exclusive, min, max };
            let tests: Vec<Test> = (0..4).map(Test::Member).chain((0..=5).map(Test::AtLeast)).collect();
            let holds = |set: u128, test: Test| match test {
                Test::Member(number) => set >> number & 1 == 1,
                Test::AtLeast(count) => set.count_ones() >= count,
                Test::OneOf(_) => false,
            };
            let answers: Vec<(Test, bool)> = tests.iter().flat_map(|test| [(*test, true), (*test, false)]).collect();
            for first in &answers {
                for second in &answers {
                    for third in &answers {
                        let said = [first, second, third];
                        let known = said.iter().try_fold(Domain::set(sets), |known, (test, so)| known.with(*test, *so));
                        let agrees = |set: &u128| said.iter().all(|(test, so)| holds(*set, *test) == *so);
                        let left: Vec<u128> = all(sets).into_iter().filter(agrees).collect();
                        assert_eq!(known.is_some(), !left.is_empty(), "{sets:?} {said:?}");
                        for test in known.iter().flat_map(|_| &tests) {
                            let found: Vec<bool> = left.iter().map(|set| holds(*set, *test)).collect();
                            let certain =
                                found.first().copied().filter(|first| found.iter().all(|other| other == first));
                            assert_eq!(
                                known.and_then(|known| known.test(*test)),
                                certain,
                                "{sets:?} {said:?} {test:?}"
                            );
                        }
                    }
                }
            }
        }
    }
}
