//! The command line: an interface like any other, with the same options and exit codes in every subcommand.

mod access;
mod analyse;
mod bundle;
mod care;
mod check;
mod coding;
mod compare;
mod config;
mod exchange;
mod instrument;
mod mail;
mod model;
mod options;
mod output;
mod report;
mod responses;
mod round;
mod run;
mod serve;
mod staff;
mod theme;
mod themes;
mod token;
mod translate;
mod verify;
mod versions;
mod write;

pub use options::Cli;
pub use run::run;

/// What the process ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was done: 0.
    Done,
    /// Done, with losses that were reported: 3.
    DoneWithLosses,
    /// A breaking change was found, as asked: 3.
    Breaking,
    /// There is something to do, as asked: 3.
    Pending,
    /// Mistakes were found, as asked: 1.
    MistakesFound,
}

impl Outcome {
    /// The exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::MistakesFound => 1,
            Self::DoneWithLosses | Self::Breaking | Self::Pending => 3,
        }
    }
}
