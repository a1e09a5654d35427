//! One hash over many values, and the proof that a value is among them.
//!
//! Source: RFC 6962, section 2.1: a leaf is SHA-256 of the byte 0 and the value, a node of the byte 1 and its two children,
//! and of n leaves the left part has the largest power of two below n.

use sha2::{Digest, Sha256};

/// A hash.
pub type Hash = [u8; 32];

/// The hash of one value.
pub fn leaf(value: &[u8]) -> Hash {
    Sha256::new_with_prefix([0]).chain_update(value).finalize().into()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new_with_prefix([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The root over leaves in this order; of none, the hash of nothing.
///
/// ```
/// use canvass::export::merkle::{leaf, root};
/// assert_eq!(root(&[leaf(b"a")]), leaf(b"a"));
/// assert_ne!(root(&[leaf(b"a"), leaf(b"b")]), root(&[leaf(b"b"), leaf(b"a")]));
/// ```
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [one] => *one,
        more => {
            let (left, right) = more.split_at(half(more.len()));
            node(&root(left), &root(right))
        }
    }
}

/// The largest power of two below a number above 1.
fn half(n: usize) -> usize {
    n.next_power_of_two() / 2
}

/// The hashes that lead from the leaf at a place to the root, the nearest first, each with whether it stands on the left.
pub fn path(leaves: &[Hash], place: usize) -> Vec<(bool, Hash)> {
    if leaves.len() < 2 {
        return Vec::new();
    }
    let half = half(leaves.len());
    let (left, right) = leaves.split_at(half);
    let (mut inner, beside) = if place < half {
        (path(left, place), (false, root(right)))
    } else {
        (path(right, place - half), (true, root(left)))
    };
    inner.push(beside);
    inner
}

/// The root that a leaf and its path lead to.
pub fn climbed(leaf: Hash, path: &[(bool, Hash)]) -> Hash {
    path.iter().fold(leaf, |at, (is_left, beside)| if *is_left { node(beside, &at) } else { node(&at, beside) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::hex;

    #[test]
    fn roots_are_those_of_the_test_vectors_of_certificate_transparency() {
        // From google/certificate-transparency, merkle_tree_test.cc.
        let values: [&[u8]; 8] = [
            &[],
            &[0x00],
            &[0x10],
            &[0x20, 0x21],
            &[0x30, 0x31],
            &[0x40, 0x41, 0x42, 0x43],
            &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
            &[0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
        ];
        let leaves: Vec<Hash> = values.iter().map(|value| leaf(value)).collect();
        let roots = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        for (n, expected) in roots.iter().enumerate() {
            assert_eq!(hex(&root(&leaves[..n])), *expected, "{n}");
        }
        for n in 1..=leaves.len() {
            for place in 0..n {
                assert_eq!(climbed(leaves[place], &path(&leaves[..n], place)), root(&leaves[..n]), "{place} of {n}");
            }
        }
    }
}
