//! What can go wrong for a person, in their words, with what to do next.

use crate::analysis::coding::decision::Refusal;
use crate::analysis::view::Fault;
use crate::definition::diff::Diff;
use crate::document::Finding;
use crate::embed::EmbedError;
use crate::response::sheet::Misread;
use crate::store::StoreError;

/// Why something could not be done.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// No such consultation.
    #[error("there is no consultation called {id}{}", known_list(.known))]
    UnknownSurvey {
        /// The id asked for.
        id: String,
        /// The ids there are.
        known: Vec<String>,
    },
    /// No such page, or one that does not apply.
    #[error("there is no such page")]
    UnknownPage,
    /// The consultation takes no answers yet.
    #[error("the consultation has not opened yet")]
    NotOpenYet,
    /// The consultation takes no answers any more.
    #[error("the consultation is closed")]
    Closed,
    /// The draft is not there: sent already, deleted, or never begun.
    #[error("there are no answers in progress under this link")]
    NoDraft,
    /// The answers were sent before.
    #[error("these answers have been sent already")]
    AlreadySent,
    /// Nothing was shown that lets a person in.
    #[error("only those who are invited can take part")]
    NotAdmitted,
    /// The invitation let a person in who has sent answers.
    #[error("this invitation has been used")]
    InvitationUsed,
    /// A later round that nobody can begin in who was not there before.
    #[error("this round is for those who took part before")]
    OnlyReturning,
    /// Something is still to be answered.
    #[error("some questions still need an answer")]
    Incomplete,
    /// The sign-in link or the session is not valid.
    #[error("this sign-in link has been used or has expired")]
    SignIn,
    /// The definition has mistakes.
    #[error("{file} has {} that must be mended first", mistakes(.findings.len()))]
    Definition {
        /// The file.
        file: String,
        /// Every mistake.
        findings: Vec<Finding>,
    },
    /// A view that cannot be.
    #[error("{}", .0.iter().map(Fault::says).collect::<Vec<_>>().join(" "))]
    View(Vec<Fault>),
    /// A file that cannot be read or written.
    #[error("{path} cannot be {action}")]
    File {
        /// The file.
        path: String,
        /// `read` or `written`.
        action: &'static str,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// A file whose content is not what it should be.
    #[error("{path}{} {problem}", line.map_or_else(String::new, |line| format!(", line {line}:")))]
    Content {
        /// The file.
        path: String,
        /// The line, where known.
        line: Option<u64>,
        /// What is wrong.
        problem: String,
    },
    /// Cells of a table of answers that cannot be read.
    #[error("{path} has {} that cannot be read", cells(.misread.len()))]
    Cells {
        /// The file.
        path: String,
        /// The line of each, its column and what is wrong.
        misread: Vec<(u64, Misread)>,
    },
    /// A definition that would break answers which people have begun or sent.
    #[error("{file} breaks with version {version} of {survey}, on which {} rest", resting(*.begun, *.sent))]
    Breaking {
        /// The file.
        file: String,
        /// The survey.
        survey: String,
        /// Its current version.
        version: i32,
        /// Answers in progress.
        begun: u64,
        /// Responses.
        sent: u64,
        /// What changed.
        diff: Diff,
    },
    /// Something that cannot be done as things stand; the text says what to do instead.
    #[error("{0}")]
    Refused(String),
    /// Something that cannot be decided about a coding frame; the text says what to do instead.
    #[error(transparent)]
    Coding(#[from] Refusal),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    Random,
    /// The language model.
    #[error(transparent)]
    Embed(#[from] EmbedError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ServiceError {
    /// More is asked than can be done soon.
    pub fn overloaded() -> Self {
        Self::Store(StoreError::Overloaded)
    }

    /// True if trying again later may help: the database is busy, away or not writable at this moment.
    pub fn may_pass(&self) -> bool {
        use StoreError::{Busy, Full, Overloaded, ReadOnly, Unreachable};
        matches!(self, Self::Store(Busy | Overloaded | Full | Unreachable(_) | ReadOnly))
    }

    /// True if more is asked than can be done soon, and nothing else is wrong.
    pub fn is_overload(&self) -> bool {
        matches!(self, Self::Store(StoreError::Overloaded))
    }

    /// Seconds after which trying again may help.
    pub fn passes_in(&self) -> u32 {
        if self.is_overload() { 2 } else { 60 }
    }

    /// What to tell somebody who can do something about it themselves; nothing where they cannot.
    pub fn told(&self) -> Option<String> {
        match self {
            Self::Refused(why) | Self::Store(StoreError::Conflict(why)) => Some(why.clone()),
            Self::Definition { .. } | Self::Breaking { .. } => Some(self.to_string()),
            _ => None,
        }
    }

    /// What to do next, as a sentence.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::UnknownSurvey { .. } => "Check the id, or publish the definition first: canvass publish FILE.",
            Self::UnknownPage => "Go back to the start of the consultation.",
            Self::NotOpenYet => "Come back when it opens.",
            Self::Closed => "Look for its outcome where you found the consultation.",
            Self::NoDraft => "Start again, or use the link you were given to come back.",
            Self::AlreadySent => "There is nothing more to do.",
            Self::NotAdmitted => "Open the link you were given.",
            Self::InvitationUsed => "Come back with your reference to see what was sent.",
            Self::OnlyReturning => "Come back with the reference of your receipt.",
            Self::Incomplete => "Answer the questions that are marked.",
            Self::SignIn => "Ask for a new one: canvass sign-in.",
            Self::Definition { .. } => "Run canvass check FILE to see each mistake with its place.",
            Self::File { action: "read", .. } => "Check the path, and that you may read it.",
            Self::File { .. } => {
                "Check that the folder exists, that you may write to it and that the disk is not full."
            }
            Self::Content { .. } => "Check the file and the options, or export the file anew from where it came.",
            Self::Cells { .. } => "Mend them, or leave these answers out with --lenient.",
            Self::Breaking { .. } => {
                "Give what is asked differently a new id and leave the rest, or publish it with --new-wave: answers in progress then finish on their version, and those to questions that mean something else now are reported apart."
            }
            Self::Refused(_) | Self::View(_) | Self::Coding(_) | Self::Store(StoreError::Unfit(_)) => "",
            Self::Embed(error) => error.advice(),
            Self::Random => "Check that the system's random number generator works.",
            Self::Store(StoreError::NotFound(_)) => {
                "Publish a consultation first (canvass publish FILE), or name another database with --database."
            }
            Self::Store(StoreError::Overloaded) => "Try again in a moment.",
            Self::Store(StoreError::Full) => "Make room on the disk of the database: nothing has to be started anew.",
            Self::Store(StoreError::Busy) => "Wait for the other program to finish, or stop it, and try again.",
            Self::Store(StoreError::Unreachable(_)) => {
                "Check that the database server runs and that its address is right."
            }
            Self::Store(StoreError::NotADatabase(_) | StoreError::Url { .. }) => {
                "Name the database with --database sqlite:PATH or --database postgres://…."
            }
            Self::Store(StoreError::ReadOnly) => "Make the database file and its folder writable.",
            Self::Store(StoreError::Newer { .. }) => "Use the newer program, or another database.",
            Self::Store(StoreError::Conflict(_)) => "Choose another id for a new consultation.",
            Self::Store(_) => "If it goes on, report it with the text above.",
        }
    }
}

fn known_list(known: &[String]) -> String {
    if known.is_empty() { String::new() } else { format!("; there are: {}", known.join(", ")) }
}

fn resting(begun: u64, sent: u64) -> String {
    let counted = |n: u64, one: &str, many: &str| match n {
        0 => None,
        1 => Some(format!("1 {one}")),
        n => Some(format!("{n} {many}")),
    };
    let parts = [counted(sent, "response", "responses"), counted(begun, "draft", "drafts")];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" and ")
}

fn cells(count: usize) -> String {
    if count == 1 { "a cell".to_string() } else { format!("{count} cells") }
}

fn mistakes(count: usize) -> String {
    if count == 1 { "a mistake".to_string() } else { format!("{count} mistakes") }
}
