//! The `canvass` program: reads the command line, does what it says, ends with its exit code.

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use canvass::cli::{self, Cli};
use clap::Parser;

/// Requests make and drop many small things, in several threads at once.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_env("CANVASS_LOG").unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).init();
    match cli::run(&cli) {
        Ok(outcome) => ExitCode::from(outcome.code()),
        Err(error) => {
            let mut text = error.to_string();
            let mut source = error.source();
            while let Some(cause) = source {
                text = format!("{text}: {cause}");
                source = cause.source();
            }
            let stop = if text.ends_with(['?', '.']) { "" } else { "." };
            let line = format!("canvass: {text}{stop} {}", error.advice());
            let _closed_pipe = writeln!(std::io::stderr(), "{}", line.trim_end());
            ExitCode::from(1)
        }
    }
}
