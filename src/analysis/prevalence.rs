//! How many answers truly belong to a theme, when a machine coded all of them and people a random sample.

use super::interval::{Estimate, wilson};

/// Those that the machine put in the theme, or those that it did not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stratum {
    /// Answers.
    pub all: u64,
    /// Of these, answers in the sample.
    pub sampled: u64,
    /// Of these, answers that people put in the theme.
    pub found: u64,
}

/// The share of all answers that belong to a theme, corrected for what the machine gets wrong, with its 95 % interval.
///
/// `inside` are the answers that the machine put in the theme, `outside` all others. The share is the mean of what people
/// found in the two parts of the sample, each weighted by how many answers it stands for (double sampling, Tenenbein 1970,
/// J Am Stat Assoc 65:1350). The interval combines Wilson's of the two parts (MOVER, Zou and Donner 2008, Stat Med
/// 27:1693), each with as many answers as tell as much in a sample without replacement: n (N - 1) / (N - n). None where
/// there are no answers, or nothing was sampled of a part that has some: then nothing is known of it.
///
/// ```
/// use canvass::analysis::prevalence::{Stratum, prevalence};
///
/// // The machine found 200 of 1,000; of 50 of these people agree with 40, and of 150 others they add 3.
/// let inside = Stratum { all: 200, sampled: 50, found: 40 };
/// let outside = Stratum { all: 800, sampled: 150, found: 3 };
/// let share = prevalence(inside, outside).unwrap();
/// assert!((share.value - (0.2 * 0.8 + 0.8 * 0.02)).abs() < 1e-12);
/// assert!(share.interval[0] > 0.14 && share.interval[1] < 0.23);
/// ```
pub fn prevalence(inside: Stratum, outside: Stratum) -> Option<Estimate> {
    let total = (inside.all + outside.all) as f64;
    let (mut value, mut below, mut above) = (0.0, 0.0, 0.0);
    for part in [inside, outside] {
        if part.all == 0 {
            continue;
        }
        if part.sampled == 0 {
            return None;
        }
        let (weight, share) = (part.all as f64 / total, part.found as f64 / part.sampled as f64);
        let [low, high] = interval(part, share);
        value += weight * share;
        below += (weight * (share - low)).powi(2);
        above += (weight * (high - share)).powi(2);
    }
    let interval = [(value - below.sqrt()).max(0.0), (value + above.sqrt()).min(1.0)];
    (total > 0.0).then_some(Estimate { value, interval })
}

/// Wilson's interval of a part's share; the share itself where all of it was sampled.
fn interval(part: Stratum, share: f64) -> [f64; 2] {
    let (all, sampled) = (part.all as f64, part.sampled as f64);
    if sampled >= all {
        return [share, share];
    }
    let as_good_as = sampled * (all - 1.0) / (all - sampled);
    wilson(share * as_good_as, as_good_as, 0.05)
}

#[cfg(test)]
mod tests {
    use super::{Stratum, prevalence};
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn nothing_is_said_of_what_was_not_sampled() {
        let none = Stratum::default();
        assert_eq!(prevalence(none, none), None);
        assert_eq!(
            prevalence(Stratum { all: 9, sampled: 0, found: 0 }, Stratum { all: 91, sampled: 20, found: 1 }),
            None
        );
        let all = Stratum { all: 40, sampled: 40, found: 10 };
        let share = prevalence(none, all).unwrap();
        assert_eq!(
            (share.value, share.interval),
            (0.25, [0.25, 0.25]),
            "where everything was looked at there is no doubt"
        );
    }

    #[test]
    fn the_interval_holds_the_truth_as_often_as_it_says() {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        // Answers that belong to the theme, and those that the machine finds of these and of the others, in a hundred.
        for (belongs, finds, adds) in [(10, 80, 5), (40, 70, 20), (4, 60, 2)] {
            let mut draw = |of: u32| rng.next_u32() % of;
            let answers: Vec<(bool, bool)> = (0..2_000)
                .map(|_| {
                    let truly = draw(100) < belongs;
                    (draw(100) < if truly { finds } else { adds }, truly)
                })
                .collect();
            let truth = answers.iter().filter(|answer| answer.1).count() as f64 / answers.len() as f64;
            let mut held = 0;
            for _ in 0..1_000 {
                let mut order: Vec<usize> = (0..answers.len()).collect();
                for place in 0..300 {
                    let other = place + draw(u32::try_from(order.len() - place).unwrap()) as usize;
                    order.swap(place, other);
                }
                let part = |inside: bool| {
                    let drawn = || order[..300].iter().map(|&at| answers[at]).filter(|answer| answer.0 == inside);
                    Stratum {
                        all: answers.iter().filter(|answer| answer.0 == inside).count() as u64,
                        sampled: drawn().count() as u64,
                        found: drawn().filter(|answer| answer.1).count() as u64,
                    }
                };
                let share = prevalence(part(true), part(false)).unwrap();
                held += usize::from(share.interval[0] <= truth && truth <= share.interval[1]);
            }
            assert!((930..=985).contains(&held), "{held} of 1,000 at {belongs} in a hundred");
        }
    }
}
