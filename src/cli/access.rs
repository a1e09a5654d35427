//! `canvass invite` and `canvass passphrase`: what lets people in where not everyone is.

use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;

use serde_json::json;

use super::Outcome;
use super::output::{self, count, say, warn};
use super::write::Batch;
use crate::cli::options::Format;
use crate::response::invitation::Invitation;
use crate::service::{Library, ServiceError, access};

pub(super) fn invite(
    library: &Library,
    survey: &str,
    n: u32,
    out: Option<&Path>,
    public_url: &str,
    format: Format,
) -> Result<Outcome, ServiceError> {
    let invitations = access::invite(library, survey, n)?;
    let address = public_url.trim_end_matches('/');
    let link = |one: &Invitation| format!("{address}/s/{survey}/i/{}", one.as_str());
    let Some(out) = out else {
        let links: Vec<String> = invitations.iter().map(link).collect();
        output::result(format, &links.join("\n"), &json!({ "survey": survey, "invitations": links }));
        return Ok(Outcome::Done);
    };
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = out.file_name().unwrap_or_default().to_string_lossy();
    let failed = |source| ServiceError::File { path: out.display().to_string(), action: "written", source };
    let mut batch = Batch::new(folder)?;
    batch.file(&name, |file| {
        writeln!(file, "link,code").map_err(failed)?;
        for one in &invitations {
            writeln!(file, "{},{}", link(one), one.grouped()).map_err(failed)?;
        }
        Ok(())
    })?;
    batch.publish()?;
    if format == Format::Text {
        say(&format!("{} to {survey}: {}", count(u64::from(n), "invitation"), out.display()));
        say("They are kept nowhere else: without this file they cannot be sent again.");
    } else {
        output::result(format, "", &json!({ "survey": survey, "invitations": n, "out": out }));
    }
    Ok(Outcome::Done)
}

pub(super) fn passphrase(library: &Library, survey: &str, format: Format) -> Result<Outcome, ServiceError> {
    let input = std::io::stdin();
    if input.is_terminal() {
        warn(&format!("Type the passphrase of {survey} and press Enter."));
    }
    let mut phrase = String::new();
    let failed = |source| ServiceError::File { path: "standard input".to_string(), action: "read", source };
    input.lock().read_line(&mut phrase).map_err(failed)?;
    access::set_passphrase(library, survey, &phrase)?;
    output::result(format, &format!("The passphrase of {survey} is set."), &json!({ "survey": survey }));
    Ok(Outcome::Done)
}
