//! The order in which options and rows are presented: as listed, by label, or differently for each person.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

use crate::document::keys::Words;

/// How options and rows are ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// As the definition lists them.
    #[default]
    Listed,
    /// In a random order for each person.
    Random,
    /// By label.
    Alphabetical,
    /// As listed for one half of the people, and the other way round for the other.
    ReverseHalf,
}

impl Order {
    /// The orders by name, as a definition writes them.
    pub const WORDS: Words<Self> = &[
        ("listed", Self::Listed, "As listed"),
        ("random", Self::Random, "In an order of its own for each person"),
        ("alphabetical", Self::Alphabetical, "By label"),
        (
            "reverse_half",
            Self::ReverseHalf,
            "As listed for one half of the people, and the other way round for the other",
        ),
    ];

    /// True if people see different orders, so that the one presented must be stored.
    pub fn differs(self) -> bool {
        matches!(self, Self::Random | Self::ReverseHalf)
    }

    /// Puts things in the order that the person with this seed sees; things `fixed` at the end stay there.
    ///
    /// `group` is what shares an order: an item's id or its `order_group`. The permutation is Fisher and Yates's,
    /// drawn from `ChaCha8` with the SHA-256 of seed and group: the same on every page, after a reload and on another device.
    pub fn arrange<T>(
        self,
        things: &mut Vec<T>,
        seed: &str,
        group: &str,
        label: impl Fn(&T) -> &str,
        fixed: impl Fn(&T) -> bool,
    ) {
        let ends: Vec<T> = things.extract_if(.., |thing| fixed(thing)).collect();
        let dice = || ChaCha8Rng::from_seed(Sha256::digest(format!("order:{seed}:{group}").as_bytes()).into());
        match self {
            Self::Listed => {}
            Self::Alphabetical => things.sort_by_key(|thing| label(thing).to_lowercase()),
            Self::ReverseHalf => {
                if dice().random_bool(0.5) {
                    things.reverse();
                }
            }
            Self::Random => {
                let mut dice = dice();
                for last in (1..things.len()).rev() {
                    things.swap(last, dice.random_range(0..=last));
                }
            }
        }
        things.extend(ends);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arranged(order: Order, seed: &str) -> Vec<&'static str> {
        let mut things = vec!["d", "A", "none", "c", "b"];
        order.arrange(&mut things, seed, "q", |thing| thing, |thing| *thing == "none");
        things
    }

    #[test]
    fn what_is_fixed_stays_at_the_end_and_a_seed_always_gives_the_same_order() {
        assert_eq!(arranged(Order::Alphabetical, ""), ["A", "b", "c", "d", "none"]);
        let orders: std::collections::BTreeSet<Vec<&str>> =
            (0..400).map(|seed| arranged(Order::Random, &seed.to_string())).collect();
        assert_eq!(orders.len(), 24, "every permutation of four turns up");
        assert!(orders.iter().all(|order| order[4] == "none"));
        assert_eq!(arranged(Order::Random, "7"), arranged(Order::Random, "7"));
        let halves = (0..400).filter(|seed| arranged(Order::ReverseHalf, &seed.to_string())[0] == "d").count();
        assert!((150..250).contains(&halves), "{halves} of 400");
    }
}
