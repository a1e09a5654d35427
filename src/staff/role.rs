//! Who may do what with a consultation: one table.

use std::fmt;

/// What somebody may do with one consultation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    /// See that it is there, its questions, whether it is open and how many answered.
    See,
    /// Change its definition, up to publishing.
    Design,
    /// Publish, open and close it.
    Publish,
    /// See contact details, invite and remind.
    Contacts,
    /// See what answers come to: the report, its tables, how it goes.
    Report,
    /// Take away what single people answered.
    Responses,
    /// Read what people wrote and place it in themes.
    Code,
    /// Show, hide and put together ideas and comments.
    Moderate,
    /// Read what staff did.
    Audit,
    /// Give roles and take them.
    Roles,
}

impl Right {
    /// Every right.
    pub const ALL: [Self; 10] = [
        Self::See,
        Self::Design,
        Self::Publish,
        Self::Contacts,
        Self::Report,
        Self::Responses,
        Self::Code,
        Self::Moderate,
        Self::Audit,
        Self::Roles,
    ];
}

/// What somebody is for one consultation. Who has several roles has the rights of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Answers for the consultation, and may do everything with it.
    Owner,
    /// Writes the definition.
    Designer,
    /// Publishes what others wrote, opens and closes.
    Publisher,
    /// Invites people, and sees no answers.
    ContactManager,
    /// Reports and takes answers away, and sees no contact details.
    Analyst,
    /// Places what people wrote in themes and looks after ideas; takes nothing away.
    Coder,
    /// Reads what staff did, and no answers.
    Auditor,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 7] =
        [Self::Owner, Self::Designer, Self::Publisher, Self::ContactManager, Self::Analyst, Self::Coder, Self::Auditor];

    /// Whether it has this right.
    pub fn may(self, right: Right) -> bool {
        right == Right::See
            || match self {
                Self::Owner => true,
                Self::Designer => right == Right::Design,
                Self::Publisher => right == Right::Publish,
                Self::ContactManager => right == Right::Contacts,
                Self::Analyst => matches!(right, Right::Report | Right::Responses | Right::Code),
                Self::Coder => matches!(right, Right::Code | Right::Moderate),
                Self::Auditor => right == Right::Audit,
            }
    }

    /// Its word, as it is stored and typed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Designer => "designer",
            Self::Publisher => "publisher",
            Self::ContactManager => "contact-manager",
            Self::Analyst => "analyst",
            Self::Coder => "coder",
            Self::Auditor => "auditor",
        }
    }

    /// The role of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }

    /// What it is called on pages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Owner => "Owner",
            Self::Designer => "Designer",
            Self::Publisher => "Publisher",
            Self::ContactManager => "Contact manager",
            Self::Analyst => "Analyst",
            Self::Coder => "Coder",
            Self::Auditor => "Auditor",
        }
    }

    /// What it lets somebody do, for those who give it.
    pub fn about(self) -> &'static str {
        match self {
            Self::Owner => "everything, also to give roles",
            Self::Designer => "writes the definition, up to publishing",
            Self::Publisher => "publishes, opens and closes",
            Self::ContactManager => "sees contact details and invites; sees no answers",
            Self::Analyst => "sees the report, takes answers away and sorts them into themes; sees no contact details",
            Self::Coder => "sorts what people wrote into themes and looks after ideas",
            Self::Auditor => "reads what staff did; sees no answers and no contact details",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_roles_that_trust_keeps_apart_are_apart() {
        assert!(Right::ALL.into_iter().all(|right| Role::Owner.may(right)));
        assert!(Role::ALL.into_iter().all(|role| role.may(Right::See)));
        let only = |right: Right| -> Vec<Role> { Role::ALL.into_iter().filter(|role| role.may(right)).collect() };
        assert_eq!(only(Right::Roles), [Role::Owner]);
        assert_eq!(only(Right::Contacts), [Role::Owner, Role::ContactManager]);
        assert_eq!(only(Right::Responses), [Role::Owner, Role::Analyst]);
        assert_eq!(only(Right::Audit), [Role::Owner, Role::Auditor]);
        assert_eq!(only(Right::Publish), [Role::Owner, Role::Publisher]);
        for right in [Right::Report, Right::Responses, Right::Code, Right::Moderate] {
            assert!(!Role::ContactManager.may(right) && !Role::Auditor.may(right) && !Role::Designer.may(right));
        }
    }

    #[test]
    fn a_role_is_read_as_it_is_written() {
        assert!(Role::ALL.into_iter().all(|role| Role::of_word(role.as_str()) == Some(role)));
        assert_eq!(Role::of_word("Owner"), None);
    }
}
