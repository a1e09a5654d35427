//! What is posted for a page, told from copies of it that come late or twice.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::document::hex;
use crate::item::Fields;

/// What is posted for a page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Post {
    /// What its fields hold.
    pub fields: Fields,
    /// The making of the page that it was typed on: each time a page is made it gets a name of its own. Empty if unknown.
    pub making: String,
    /// Counts what a page with a script posts, from 1; 0 without a script.
    pub number: u32,
}

/// How a post stands to those taken before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// Typed after all of them, as far as can be told.
    New,
    /// The last one again: a second click, or a retry.
    Again,
    /// An earlier one, overtaken by what was typed after it.
    Late,
}

/// A post that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    making: String,
    number: u32,
    hash: String,
}

/// Posts remembered for each page: copies come within minutes, and nobody types so much meanwhile.
const REMEMBERED: usize = 8;

/// Says how a post stands to those taken before, and remembers it if it is new.
///
/// Posts of one making of a page are in the order of their numbers.
/// Without numbers the same fields posted from the same making are a copy: who comes back to a page gets a new making.
/// Between makings, such as two tabs, what comes later was typed later.
pub(super) fn take(taken: &mut Vec<Taken>, post: &Post) -> Arrival {
    let hash = hex(Sha256::digest(serde_json::to_vec(&post.fields).unwrap_or_default()).get(..8).unwrap_or_default());
    let own = || taken.iter().enumerate().filter(|(_, before)| !post.making.is_empty() && before.making == post.making);
    let copy = match post.number {
        0 => own().find(|(_, before)| before.hash == hash),
        number => own().find(|(_, before)| before.number >= number),
    };
    if let Some((place, before)) = copy {
        let is_last = place + 1 == taken.len() && before.hash == hash;
        return if is_last { Arrival::Again } else { Arrival::Late };
    }
    taken.push(Taken { making: post.making.clone(), number: post.number, hash });
    if taken.len() > REMEMBERED {
        taken.remove(0);
    }
    Arrival::New
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(making: &str, number: u32, text: &str) -> Post {
        Post { fields: Fields(vec![("q".into(), text.into())]), making: making.into(), number }
    }

    fn arrivals(posts: &[(&str, u32, &str)]) -> Vec<Arrival> {
        let mut taken = Vec::new();
        posts.iter().map(|(making, number, text)| take(&mut taken, &post(making, *number, text))).collect()
    }

    #[test]
    fn without_a_script_the_same_text_of_the_same_page_is_a_copy() {
        use Arrival::{Again, Late, New};
        assert_eq!(arrivals(&[("a", 0, "x"), ("a", 0, "x"), ("a", 0, "y"), ("a", 0, "x")]), [New, Again, New, Late]);
        assert_eq!(arrivals(&[("a", 0, "x"), ("b", 0, "y"), ("a", 0, "x"), ("c", 0, "x")]), [New, New, Late, New]);
        assert_eq!(arrivals(&[("", 0, "x"), ("", 0, "x")]), [New, New]);
    }

    #[test]
    fn a_script_numbers_what_is_typed() {
        use Arrival::{Again, Late, New};
        assert_eq!(arrivals(&[("a", 2, "xy"), ("a", 1, "x"), ("a", 2, "xy"), ("a", 3, "x")]), [New, Late, Again, New]);
    }

    #[test]
    fn no_more_is_remembered_than_is_of_use() {
        let mut taken = Vec::new();
        for number in 1..=20 {
            take(&mut taken, &post("a", number, "x"));
        }
        assert_eq!(taken.len(), REMEMBERED);
        assert_eq!(take(&mut taken, &post("a", 3, "x")), Arrival::Late);
    }
}
