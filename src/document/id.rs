//! Ids: what names things in a definition, in the stored answers and in addresses.

/// A kind of id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Id {
    /// Names a survey.
    Survey,
    /// Names a page, a question, a list or a calculated value.
    Name,
    /// Names an option, a row or an intervention.
    Code,
}

impl Id {
    /// True if `id` may name such a thing.
    pub fn allows(self, id: &str) -> bool {
        let letter = |c: char| c.is_ascii_lowercase();
        let most = if self == Self::Survey { 60 } else { 40 };
        (1..=most).contains(&id.len())
            && (self == Self::Code || id.starts_with(letter))
            && id.chars().all(|c| letter(c) || c.is_ascii_digit() || c == '_' || (c == '-' && self == Self::Survey))
    }

    /// The same as a regular expression.
    pub fn pattern(self) -> &'static str {
        match self {
            Self::Survey => "^[a-z][a-z0-9_-]{0,59}$",
            Self::Name => "^[a-z][a-z0-9_]{0,39}$",
            Self::Code => "^[a-z0-9_]{1,40}$",
        }
    }

    /// What to write, for who wrote another.
    pub fn help(self) -> &'static str {
        match self {
            Self::Survey => "use small letters, digits, _ and -, beginning with a letter, 60 characters at most",
            Self::Name => "use small letters, digits and _, beginning with a letter, 40 characters at most",
            Self::Code => "use small letters, digits and _, 40 characters at most",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Id;

    proptest! {
        #[test]
        fn what_an_id_may_be_is_what_its_pattern_says(id in "[a-zA-Z0-9_é-]{0,62}|[a-z0-9_-]{0,62}") {
            for kind in [Id::Survey, Id::Name, Id::Code] {
                let pattern = regex::Regex::new(kind.pattern()).unwrap();
                prop_assert_eq!(kind.allows(&id), pattern.is_match(&id), "{:?}", kind);
            }
        }
    }
}
