//! Subcommands and their options, each with an example.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// An online consultation engine: from a survey definition to a consensus summary.
#[derive(Debug, Parser)]
#[command(
    name = "canvass",
    version,
    after_help = "Example: canvass publish surveys/digital-ready-workforce.json && canvass serve\n\n\
                  Exit codes: 0 done, 1 failed (one sentence on stderr), 2 wrong usage, 3 done with losses that were reported, or a breaking change found."
)]
pub struct Cli {
    /// Database: `sqlite:PATH` or `postgres://USER@HOST/NAME`.
    #[arg(
        long,
        global = true,
        env = "CANVASS_DATABASE",
        default_value = "sqlite:data/canvass.db",
        hide_env_values = true
    )]
    pub database: String,
    /// How results are printed.
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs: one JSON value.
    Json,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check definitions and report every mistake with its place.
    #[command(after_help = "Example: canvass check surveys/*.json")]
    Check {
        /// Definition files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Publish a definition: it becomes a version that never changes.
    #[command(after_help = "Example: canvass publish surveys/digital-ready-workforce.json")]
    Publish {
        /// A definition file.
        file: PathBuf,
        /// Publish it though it breaks with answers that were begun or sent: they stay with the version they were given to.
        #[arg(long)]
        new_wave: bool,
    },
    /// Tell what changed between two versions of a definition, and what follows for answers.
    #[command(
        after_help = "Example: canvass diff digital-ready-workforce@current surveys/digital-ready-workforce.json\n\n\
                      Exit codes: 0 answers go on in the new version, 1 cannot be read, 3 a change is breaking."
    )]
    Diff {
        /// The earlier one: a definition file, or `ID@VERSION` or `ID@current` of a published survey.
        from: String,
        /// The later one, in the same way.
        to: String,
    },
    /// Serve the published consultations; each starts at /s/ID.
    #[command(after_help = "Example: canvass serve --listen 127.0.0.1:8080 --sign-in")]
    Serve {
        /// Address and port to listen on.
        #[arg(long, default_value = "127.0.0.1:8080")]
        listen: String,
        /// Address that people use, if it is another one: `https://consult.example.org`.
        #[arg(long, env = "CANVASS_PUBLIC_URL")]
        public_url: Option<String>,
        /// Also print a one-time staff sign-in address.
        #[arg(long)]
        sign_in: bool,
    },
    /// Make a one-time staff sign-in address.
    #[command(after_help = "Example: canvass sign-in --public-url https://consult.example.org")]
    SignIn {
        /// Address that people use.
        #[arg(long, env = "CANVASS_PUBLIC_URL", default_value = "http://127.0.0.1:8080")]
        public_url: String,
    },
    /// Close a consultation: it takes no more answers.
    #[command(after_help = "Example: canvass close digital-ready-workforce")]
    Close {
        /// The consultation's id.
        survey: String,
    },
    /// List the consultations with their progress.
    #[command(after_help = "Example: canvass list --format json")]
    List,
    /// Bring in a conversation from another tool.
    #[command(after_help = "Example: canvass import polis exports/my-conversation --id my-conversation")]
    Import {
        /// Which tool it comes from.
        #[command(subcommand)]
        from: From,
    },
    /// Add simulated respondents, marked as such wherever they appear.
    #[command(after_help = "Example: canvass simulate digital-ready-workforce --n 1061 --seed 7")]
    Simulate {
        /// The consultation's id.
        survey: String,
        /// How many respondents.
        #[arg(long, default_value_t = 100)]
        n: u64,
        /// Seed of the invented answers.
        #[arg(long, default_value_t = 7)]
        seed: u64,
    },
    /// Write the consensus summary: report.html, report.json, responses.csv and codebook.csv.
    #[command(after_help = "Example: canvass report digital-ready-workforce --out out/report")]
    Report {
        /// The consultation's id.
        survey: String,
        /// Folder to write to; it is made if it does not exist.
        #[arg(long)]
        out: PathBuf,
        /// Seed of everything random.
        #[arg(long, default_value_t = 7)]
        seed: u64,
    },
    /// Write the contact details people left, which nothing joins to their answers: contacts.csv.
    #[command(after_help = "Example: canvass contacts digital-ready-workforce --out out/contacts")]
    Contacts {
        /// The consultation's id.
        survey: String,
        /// Folder to write to; it is made if it does not exist.
        #[arg(long)]
        out: PathBuf,
    },
    /// Group a column of free text into themes: themes.json, themes.csv and assignments.csv.
    #[command(
        after_help = "Example: canvass themes comments.csv --text-column comment --id-column id --out out/themes"
    )]
    Themes(ThemesArgs),
}

/// Which tool a conversation comes from.
#[derive(Debug, Subcommand)]
pub enum From {
    /// A Polis export: comments.csv, votes.csv, participants-votes.csv and summary.csv.
    #[command(after_help = "Example: canvass import polis exports/my-conversation --id my-conversation")]
    Polis {
        /// The folder with the four files.
        folder: PathBuf,
        /// Id of the consultation; the folder's name if not given.
        #[arg(long)]
        id: Option<String>,
    },
}

/// Options of `themes`.
#[derive(Debug, Args)]
pub struct ThemesArgs {
    /// A CSV or TSV file.
    pub file: PathBuf,
    /// The column of texts: its name, or its number from 1.
    #[arg(long)]
    pub text_column: String,
    /// A column that names each row.
    #[arg(long)]
    pub id_column: Option<String>,
    /// The first line is a row, not the names of columns.
    #[arg(long)]
    pub no_header: bool,
    /// Number of themes; chosen from the texts if not given.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=500))]
    pub k: Option<u16>,
    /// Seed of everything random.
    #[arg(long, default_value_t = 7)]
    pub seed: u64,
    /// A folder with a language model, or `none`.
    #[arg(long, default_value = "none")]
    pub embeddings: String,
    /// Folder to write to; without it the themes are only printed.
    #[arg(long)]
    pub out: Option<PathBuf>,
}
