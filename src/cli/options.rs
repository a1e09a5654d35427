//! Subcommands and their options, each with an example.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::analyse::AnalyseArgs;
use super::bundle::{BundleArgs, ReceiptArgs};
use super::coding::CodingArgs;
use super::compare::CompareArgs;
use super::config::ConfigArgs;
use super::report::ReportArgs;
use super::responses::ResponsesArgs;
use super::round::RoundArgs;
use super::serve::ServeArgs;
use super::staff::{AuditArgs, StaffArgs};
use super::themes::ThemesArgs;
use super::token::TokenArgs;
use crate::definition::language::is_tag;
use crate::service::retention::Kind;

/// An online consultation engine: from a survey definition to a consensus summary.
#[derive(Debug, Parser)]
#[command(
    name = "canvass",
    version,
    after_help = "Example: canvass publish surveys/digital-ready-workforce.json && canvass serve\n\n\
                  Exit codes: 0 done, 1 failed (one sentence on stderr), 2 wrong usage, 3 done with losses that were reported, or what was asked for found: a breaking change, something to do."
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
    /// The server's key, which lets people in where not everyone is: `canvass.key` beside the database if not given.
    #[arg(long, global = true, env = "CANVASS_KEY_FILE")]
    pub key_file: Option<PathBuf>,
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
    /// For code hosts: the findings of `check` as SARIF 2.1.0.
    Sarif,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check definitions and report every mistake with its place.
    #[command(after_help = "Example: canvass check surveys/item-gallery.json")]
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
    Serve(Box<ServeArgs>),
    /// Check the settings of the service before it is started.
    #[command(after_help = "Example: canvass config check --public-url https://consult.example.org")]
    Config(ConfigArgs),
    /// Make a one-time staff sign-in address.
    #[command(after_help = "Example: canvass sign-in --public-url https://consult.example.org")]
    SignIn {
        /// Address that people use.
        #[arg(long, env = "CANVASS_PUBLIC_URL", default_value = "http://127.0.0.1:8080")]
        public_url: String,
    },
    /// Make invitations, each of which lets one person answer once; they are kept nowhere but in what this writes.
    #[command(after_help = "Example: canvass invite digital-ready-workforce --count 500 --out invitations.csv")]
    Invite {
        /// The consultation's id.
        survey: String,
        /// How many invitations.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=i64::from(crate::service::access::MOST)))]
        count: u32,
        /// File to write, with a column for links and one for codes to type; without it the links are printed.
        #[arg(long)]
        out: Option<PathBuf>,
        /// Address that people use.
        #[arg(long, env = "CANVASS_PUBLIC_URL", default_value = "http://127.0.0.1:8080")]
        public_url: String,
    },
    /// Set the passphrase of a consultation, in the place of an earlier one; it is read from standard input.
    #[command(after_help = "Example: canvass passphrase digital-ready-workforce < passphrase.txt")]
    Passphrase {
        /// The consultation's id.
        survey: String,
    },
    /// Close a consultation: it takes no more answers.
    #[command(after_help = "Example: canvass close digital-ready-workforce")]
    Close {
        /// The consultation's id.
        survey: String,
    },
    /// Bring the tables of the database up to date, as `serve` does when it starts, and say what was done.
    #[command(after_help = "Example: canvass migrate --check\n\n\
                            Exit codes: 0 up to date, 1 failed, 3 with --check: something is to be done.")]
    Migrate {
        /// Only tell what there is to do.
        #[arg(long, conflicts_with = "down_to")]
        check: bool,
        /// Take back every change of the tables after this one, with what is stored in them, for an older program.
        #[arg(long, value_name = "VERSION")]
        down_to: Option<String>,
        /// The word that says that what is stored there may be lost.
        #[arg(long, requires = "down_to", value_name = "WORD")]
        confirm: Option<String>,
    },
    /// Write all that the database holds into one file, while the service runs.
    #[command(after_help = "Example: canvass backup --out backups/monday.canvass")]
    Backup {
        /// The file to write; only its owner may read it.
        #[arg(long)]
        out: PathBuf,
    },
    /// Say whether a backup or an export is whole, or whether the statistics are those of other programs.
    #[command(
        after_help = "Example: canvass verify backups/monday.canvass\nExample: canvass verify tests/reference/vectors\n\nExit codes: 0 whole, or every number as expected; 1 damaged, a number not as expected or not compared, or none of the three."
    )]
    Verify {
        /// A file that `backup` wrote, the manifest.json that `report` wrote beside its files, or a folder of golden vectors.
        path: PathBuf,
    },
    /// Write a backup to an empty database.
    #[command(after_help = "Example: canvass restore backups/monday.canvass --to sqlite:data/canvass.db")]
    Restore {
        /// A file that `backup` wrote.
        file: PathBuf,
        /// The database: a SQLite file that is not there yet, or a Postgres database without tables of Canvass or with empty ones.
        #[arg(long, value_name = "DATABASE")]
        to: String,
    },
    /// Write all that one database holds to another, empty one: from SQLite to Postgres, or the other way.
    #[command(
        after_help = "Example: canvass copy --from sqlite:data/canvass.db --to postgres://canvass@localhost/canvass"
    )]
    Copy {
        /// The database to read.
        #[arg(long, value_name = "DATABASE")]
        from: String,
        /// The database to write, which is empty.
        #[arg(long, value_name = "DATABASE")]
        to: String,
    },
    /// Say what is kept of each consultation, by which rule and until when, and what is due to be deleted.
    #[command(after_help = "Example: canvass retention digital-ready-workforce")]
    Retention {
        /// One consultation; all of them if not given.
        survey: Option<String>,
        /// Delete what is due, without waiting for the night. It cannot be undone.
        #[arg(long)]
        now: bool,
        /// Set the last day on which answers or contact details are kept: answers=2027-03-31.
        #[arg(long, value_name = "KIND=DAY", requires = "survey", conflicts_with = "now", value_parser = last_day)]
        until: Vec<LastDay>,
    },
    /// Erase what one person sent, who asks by letter and gives the receipt: what "withdraw" does, also after the close.
    #[command(after_help = "Example: canvass erase --survey digital-ready-workforce --receipt 7KQ2M-…")]
    Erase {
        /// The consultation's id.
        #[arg(long)]
        survey: String,
        /// The receipt's code, as it was shown.
        #[arg(long, value_name = "CODE")]
        receipt: String,
    },
    /// List the consultations with their progress.
    #[command(after_help = "Example: canvass list --format json")]
    List,
    /// Bring in a conversation, or a definition, from another tool.
    #[command(after_help = "Example: canvass import xlsform form.xlsx --out surveys/form.json --report losses.json")]
    Import {
        /// Which tool it comes from.
        #[command(subcommand)]
        from: From,
    },
    /// Write a definition as another tool's file.
    #[command(after_help = "Example: canvass export xlsform surveys/digital-ready-workforce.json --out workforce.xlsx")]
    Export {
        /// Which tool it is for.
        #[command(subcommand)]
        to: To,
    },
    /// Write a workbook in which to write a consultation without JSON.
    #[command(after_help = "Example: canvass template xlsform --out consultation.xlsx")]
    Template {
        /// Which kind of workbook.
        kind: TemplateKind,
        /// The file to write.
        #[arg(long, default_value = "consultation.xlsx")]
        out: PathBuf,
        /// Replace the file if it is there.
        #[arg(long)]
        force: bool,
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
    /// Write the consensus summary: report.html, report.json, responses.csv, codebook.csv and, where there are
    /// respondent groups, crosstabs.csv; where there are interventions and themes, mentions.csv; where there are opinion
    /// groups, opinions.csv.
    #[command(
        after_help = "Example: canvass report digital-ready-workforce --out out/report\nExample: canvass report digital-ready-workforce --only \"role == 'project'\" --out out/view"
    )]
    Report(ReportArgs),
    /// Compare two consultations, or two versions or rounds of one: compare.html, compare.json and compare.csv.
    #[command(after_help = super::compare::EXAMPLES)]
    Compare(CompareArgs),
    /// Write a consultation as one file from which anyone makes its report anew, and compare such a file with its report.
    #[command(
        args_conflicts_with_subcommands = true,
        subcommand_negates_reqs = true,
        after_help = "Example: canvass bundle digital-ready-workforce --out workforce.zip\nExample: canvass bundle verify workforce.zip\n\nExit codes: 0 written, or the same to the byte; 1 refused, or another report."
    )]
    Bundle(BundleArgs),
    /// Show a respondent the answers under a receipt in a bundle, and that the hash over all answers covers them.
    #[command(after_help = "Example: canvass receipt 7KQ2M-… --bundle workforce.zip")]
    Receipt(ReceiptArgs),
    /// Make, list and revoke what programs show to read by the API.
    #[command(
        after_help = "Example: canvass token add --survey digital-ready-workforce --scope report --label dashboard"
    )]
    Token(TokenArgs),
    /// Make the accounts of staff, and give them roles.
    #[command(after_help = "Example: canvass staff add ana@example.org --name \"Ana Lee\" --administrator")]
    Staff(StaffArgs),
    /// Read what staff did, and hold the record against itself.
    #[command(after_help = "Example: canvass audit verify")]
    Audit(AuditArgs),
    /// Write the responses for the programs of analysts: tables, statistics programs, health records.
    #[command(after_help = "Example: canvass responses digital-ready-workforce --as xlsx,sav --out out/responses")]
    Responses(ResponsesArgs),
    /// Write the contact details people left, which nothing joins to their answers: contacts.csv.
    #[command(after_help = "Example: canvass contacts digital-ready-workforce --out out/contacts")]
    Contacts {
        /// The consultation's id.
        survey: String,
        /// Folder to write to; it is made if it does not exist.
        #[arg(long)]
        out: PathBuf,
    },
    /// Write the instrument as a form to print: one HTML page with boxes to tick and lines to write on.
    #[command(after_help = "Example: canvass paper surveys/digital-ready-workforce.json --out out/paper.html")]
    Paper {
        /// A definition file, or the id of a consultation.
        #[arg(value_name = "FILE.json|ID")]
        instrument: String,
        /// File to write; its folder is made if it does not exist.
        #[arg(long)]
        out: PathBuf,
        /// One of the languages that it is translated to; its own if not given.
        #[arg(long)]
        lang: Option<String>,
    },
    /// Write what the columns of the responses mean: codebook.html, codebook.csv and codebook.xml (DDI-Codebook 2.5).
    #[command(after_help = "Example: canvass codebook digital-ready-workforce --out out/codebook")]
    Codebook {
        /// A definition file, or the id of a consultation.
        #[arg(value_name = "FILE.json|ID")]
        instrument: String,
        /// Folder to write to; it is made if it does not exist.
        #[arg(long)]
        out: PathBuf,
    },
    /// Analyse answers that were collected elsewhere: report.html, report.json and, where there are interventions and
    /// themes, mentions.csv.
    #[command(after_help = "Example: canvass analyse --survey town.json --responses answers.csv --out out/town")]
    Analyse(AnalyseArgs),
    /// Write the definition of a panel's next round.
    #[command(after_help = "Example: canvass round delphi-panel --out round-2.json")]
    Round(RoundArgs),
    /// Group a column of free text into themes, or see how far themes agree with labels that people gave.
    #[command(
        args_conflicts_with_subcommands = true,
        subcommand_negates_reqs = true,
        after_help = "Example: canvass themes comments.csv --text-column comment --id-column id --out out/themes"
    )]
    Themes(ThemesArgs),
    /// Code the answers to a free-text question: take up suggested themes, name, merge, split and correct them.
    #[command(after_help = "Example: canvass coding digital-ready-workforce barrier suggest")]
    Coding(CodingArgs),
    /// Make what a language model is used by.
    #[command(after_help = "Example: canvass model distil models/all-MiniLM-L6-v2 models/all-MiniLM-L6-v2-static")]
    Model {
        /// What to make.
        #[command(subcommand)]
        what: Model,
    },
    /// Hand a definition's texts to translators, take their translations back, and see what is left to do.
    #[command(after_help = "Example: canvass translate export town.json --lang cy --out town-cy.xlsx")]
    Translate {
        /// What to do with the translations.
        #[command(subcommand)]
        what: Translate,
    },
}

/// What themes are shaped by beside the words of the answers.
#[derive(Debug, Args)]
pub struct ModelArgs {
    /// Folder with a language model that themes are shaped by, or `none`; if not given, the one that `make model` makes, where it is there.
    #[arg(long, env = "CANVASS_EMBEDDINGS", value_name = "FOLDER")]
    pub embeddings: Option<String>,
}

/// What to make of a language model.
#[derive(Debug, Subcommand)]
pub enum Model {
    /// Make a static table of a sentence-transformers model: a vector for each token, as `Model2Vec` writes it.
    #[command(after_help = "Example: canvass model distil models/all-MiniLM-L6-v2 models/all-MiniLM-L6-v2-static")]
    Distil {
        /// The folder of the model: config.json, tokenizer.json, model.safetensors.
        from: PathBuf,
        /// Folder to write to; it is made if it does not exist.
        to: PathBuf,
    },
}

/// What to do with translations.
#[derive(Debug, Subcommand)]
pub enum Translate {
    /// Write every text with its translation as a table for translators.
    #[command(after_help = "Example: canvass translate export town.json --lang cy --out town-cy.xlsx")]
    Export {
        /// A definition file.
        file: PathBuf,
        /// The language to translate into: a tag such as cy or pl.
        #[arg(long, value_parser = language_tag)]
        lang: String,
        /// The table: a file that ends in .csv or .xlsx.
        #[arg(long)]
        out: PathBuf,
    },
    /// Write the translations of a table into a definition, which stays as it is otherwise.
    #[command(after_help = "Example: canvass translate import town.json --lang cy town-cy.xlsx")]
    Import {
        /// A definition file.
        file: PathBuf,
        /// The language of the translations.
        #[arg(long, value_parser = language_tag)]
        lang: String,
        /// The table: a file that ends in .csv or .xlsx.
        table: PathBuf,
    },
    /// Tell how much is translated, and what is missing or was made from an older text.
    #[command(after_help = "Example: canvass translate report town.json")]
    Report {
        /// A definition file.
        file: PathBuf,
        /// One language; all that there are translations into if not given.
        #[arg(long, value_parser = language_tag)]
        lang: Option<String>,
    },
}

fn language_tag(written: &str) -> Result<String, String> {
    if is_tag(written) { Ok(written.to_string()) } else { Err("a tag has the form cy, en-GB or zh-Hant".to_string()) }
}

/// What an import or an export writes.
#[derive(Clone, Debug, Args)]
pub struct Made {
    /// The file to write.
    #[arg(long)]
    pub out: PathBuf,
    /// Also write what became of everything, as JSON.
    #[arg(long)]
    pub report: Option<PathBuf>,
    /// Fail, and write nothing, if anything is lost.
    #[arg(long)]
    pub strict: bool,
    /// Replace the file if it is there.
    #[arg(long)]
    pub force: bool,
}

/// A tool that reads what is written.
#[derive(Debug, Subcommand)]
pub enum To {
    /// An XLSForm workbook, for spreadsheets and for ODK's tools.
    #[command(after_help = "Example: canvass export xlsform surveys/item-gallery.json --out gallery.xlsx")]
    Xlsform {
        /// A definition file.
        file: PathBuf,
        /// What to write.
        #[command(flatten)]
        made: Made,
    },
    /// A FHIR R4 Questionnaire.
    #[command(after_help = "Example: canvass export fhir surveys/item-gallery.json --out gallery.fhir.json")]
    Fhir {
        /// A definition file.
        file: PathBuf,
        /// What to write.
        #[command(flatten)]
        made: Made,
    },
}

/// The kinds of template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TemplateKind {
    /// A workbook in the XLSForm format with more columns.
    Xlsform,
}

/// Which tool a conversation or a definition comes from.
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
    /// An XLSForm workbook, .xlsx or .xls, as ODK and tools like it use them.
    #[command(after_help = "Example: canvass import xlsform form.xlsx --out surveys/form.json --report losses.json")]
    Xlsform {
        /// The workbook.
        file: PathBuf,
        /// What to write.
        #[command(flatten)]
        made: Made,
    },
    /// A SurveyJS definition.
    #[command(after_help = "Example: canvass import surveyjs form.json --out surveys/form.json --report losses.json")]
    Surveyjs {
        /// The JSON file.
        file: PathBuf,
        /// What to write.
        #[command(flatten)]
        made: Made,
    },
    /// A FHIR Questionnaire: R4, R4B, R5 or STU3.
    #[command(
        after_help = "Example: canvass import fhir questionnaire.json --out surveys/form.json --report losses.json"
    )]
    Fhir {
        /// The JSON file.
        file: PathBuf,
        /// What to write.
        #[command(flatten)]
        made: Made,
    },
}

/// The last day of a kind, as it is set.
#[derive(Clone, Debug)]
pub struct LastDay {
    /// What is kept until then.
    pub kind: Kind,
    /// `YYYY-MM-DD`.
    pub day: String,
}

/// Reads `KIND=DAY`.
fn last_day(typed: &str) -> Result<LastDay, String> {
    let how = "write answers=YYYY-MM-DD or contacts=YYYY-MM-DD";
    let (kind, day) = typed.split_once('=').ok_or(how)?;
    let kind = Kind::SET.into_iter().find(|known| known.as_str() == kind).ok_or(how)?;
    let day = day.parse::<jiff::civil::Date>().map_err(|_| how)?.to_string();
    Ok(LastDay { kind, day })
}
