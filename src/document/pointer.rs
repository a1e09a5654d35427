//! The way to a part of a definition, written as RFC 6901 has it: `/pages/0/questions/2`.

use std::fmt;

use super::{Node, Place, Value};

/// A step into a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// To what stands under a key.
    Key(String),
    /// To the part of a list with this number, from 0.
    Index(usize),
}

/// The steps from the top to a part; none is the whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pointer(pub Vec<Step>);

impl Pointer {
    /// Reads what is printed. What is all digits is a number in a list: no key of a definition is.
    ///
    /// ```
    /// use canvass::document::Pointer;
    /// for written in ["", "/pages/0/questions/12", "/lists/a~1b"] {
    ///     assert_eq!(Pointer::read(written).unwrap().to_string(), written);
    /// }
    /// assert_eq!(Pointer::read("pages"), None);
    /// ```
    pub fn read(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::default());
        }
        let step = |part: &str| match part.parse() {
            Ok(index) if part.bytes().all(|byte| byte.is_ascii_digit()) => Step::Index(index),
            _ => Step::Key(part.replace("~1", "/").replace("~0", "~")),
        };
        Some(Self(text.strip_prefix('/')?.split('/').map(step).collect()))
    }

    /// The same and one step further, under a key.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        self.then(Step::Key(key.to_string()))
    }

    /// The same and one step further, in a list.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.then(Step::Index(index))
    }

    fn then(&self, step: Step) -> Self {
        Self(self.0.iter().cloned().chain([step]).collect())
    }

    /// The way to the whole that it is a part of, and the last step; `None` at the top.
    pub fn parent(&self) -> Option<(Self, &Step)> {
        let (last, before) = self.0.split_last()?;
        Some((Self(before.to_vec()), last))
    }

    /// True if this is a part of `whole`, or the same.
    pub fn is_within(&self, whole: &Self) -> bool {
        self.0.starts_with(&whole.0)
    }

    /// The part of a tree, if it is there.
    pub fn find<'n>(&self, root: &'n Node) -> Option<&'n Node> {
        self.0.iter().try_fold(root, |node, step| match step {
            Step::Key(key) => node.get(key),
            Step::Index(index) => node.list().get(*index),
        })
    }

    /// The way to the smallest part of a tree that begins at a place or before it and goes on there, by the places at which
    /// parts begin: what stands after the end of one part and before the next counts as of the first.
    pub fn to(root: &Node, place: Place) -> Self {
        let mut steps = Vec::new();
        let mut node = root;
        loop {
            let (step, inner) = match &node.value {
                Value::List(nodes) => {
                    let Some(at) = nodes.partition_point(|node| node.place <= place).checked_sub(1) else { break };
                    let Some(inner) = nodes.get(at) else { break };
                    (Step::Index(at), inner)
                }
                Value::Map(entries) => {
                    let at = entries.partition_point(|entry| entry.place <= place).checked_sub(1);
                    let Some(entry) = at.and_then(|at| entries.get(at)) else { break };
                    (Step::Key(entry.key.clone()), &entry.node)
                }
                _ => break,
            };
            steps.push(step);
            node = inner;
        }
        Self(steps)
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|step| match step {
            Step::Key(key) => write!(out, "/{}", key.replace('~', "~0").replace('/', "~1")),
            Step::Index(index) => write!(out, "/{index}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::parse;

    #[test]
    fn a_place_leads_to_the_part_that_it_is_in() {
        let root =
            parse("{\"a\": 1,\n \"pages\": [\n  {\"id\": \"x\", \"b\": [1,\n 2]},\n  {\"id\": \"y\"}\n ]}").unwrap();
        let to = |line, column| Pointer::to(&root, Place { line, column }).to_string();
        assert_eq!(to(1, 2), "/a");
        assert_eq!(to(3, 3), "/pages/0");
        assert_eq!(to(3, 10), "/pages/0/id");
        assert_eq!(to(4, 2), "/pages/0/b/1");
        assert_eq!(to(5, 11), "/pages/1/id");
        assert_eq!(to(1, 1), "");
        let way = Pointer::read("/pages/1/id").unwrap();
        assert_eq!(way.find(&root).and_then(Node::text), Some("y"));
        assert!(
            way.is_within(&Pointer::read("/pages/1").unwrap()) && !way.is_within(&Pointer::read("/pages/0").unwrap())
        );
    }
}
