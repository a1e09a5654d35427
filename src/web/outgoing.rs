//! Mail that is queued for people who are invited: what each says, and the thread that sends it while the service runs.

use std::time::{Duration, Instant};

use super::{Site, views};
use crate::definition::Survey;
use crate::mail::{Address, Letter, Mailer, PostError, one_line};
use crate::render::markdown::words as plain;
use crate::service::outbox::{self, Due};
use crate::service::time::Moment;
use crate::service::{Library, ServiceError};
use crate::staff::letter::{self, Filling};
use crate::staff::outbox::Outcome;

/// How long one program sends before another may.
const TURN: Duration = Duration::from_secs(20);
/// How long it waits when there is nothing to send.
const IDLE: Duration = Duration::from_secs(3);

/// A mail as it goes out.
pub(super) struct Text {
    pub(super) subject: String,
    pub(super) body: String,
    /// Where such mail is stopped.
    pub(super) unsubscribe: String,
}

/// Puts the links of one person into what a mail says.
pub(super) fn text(
    site: &Site,
    (survey, language): (&Survey, Option<&str>),
    letter: &letter::Letter,
    (name, invitation, farewell): (&str, &str, &str),
) -> Text {
    let asked = language.map(|language| format!("?lang={language}")).unwrap_or_default();
    let base = format!("{}/s/{}", site.address, survey.id);
    let unsubscribe = format!("{base}/unsubscribe/{farewell}{asked}");
    let filling = Filling {
        name,
        title: &one_line(&plain(&survey.title)),
        link: &format!("{base}/i/{invitation}{asked}"),
        closes: &views::closing(survey).unwrap_or_default(),
        unsubscribe: &unsubscribe,
    };
    let (subject, body) = letter.filled(&filling);
    Text { subject: one_line(&subject), body: format!("{body}\n"), unsubscribe }
}

/// Sends what is due, at least `pace` between two mails, until there is nothing more or a turn is over; says how many mails
/// had theirs. Nothing where another program on the same Postgres sends now.
///
/// For a reminder that is not needed the mail server is asked whether it would take one, and told none: so what becomes of
/// it, and how fast it goes, tells of the server and the address and not whether somebody has answered.
pub fn send_due(
    library: &Library,
    site: &Site,
    pace: Duration,
    clock: &dyn Fn() -> Moment,
) -> Result<usize, ServiceError> {
    let Some(mailer) = site.mailer() else { return Ok(0) };
    let turn = || {
        outbox::look_after(library, clock())?;
        let (began, mut sent) = (Instant::now(), 0);
        while began.elapsed() < TURN {
            let turn_of_one = Instant::now();
            let Some(due) = outbox::claim(library, sent, clock())? else { break };
            let (outcome, reason) = post(mailer, site, &due);
            if let Some(reason) = &reason {
                tracing::warn!(survey = due.survey.id, ?outcome, reason, "a mail was not sent");
            }
            outbox::settle(library, &due, outcome, reason.as_deref(), clock())?;
            sent += 1;
            std::thread::sleep(pace.saturating_sub(turn_of_one.elapsed()));
        }
        Ok(sent)
    };
    Ok(outbox::alone(library, turn)?.unwrap_or_default())
}

/// Hands one mail over; says what became of it, and what the server had against it.
fn post(mailer: &Mailer, site: &Site, due: &Due) -> (Outcome, Option<String>) {
    let Some(to) = Address::read(&due.to) else {
        return (Outcome::Refused, Some("this is no address that mail can be sent to".to_string()));
    };
    let links = (due.name.as_str(), due.invitation.as_str(), due.farewell.as_str());
    let text = text(site, (&due.survey, due.language.as_deref()), &due.letter, links);
    let Text { subject, body, unsubscribe } = &text;
    let letter = Letter { to: &to, subject, body, id: &due.id, unsubscribe };
    match if due.is_needless { mailer.ask(&to) } else { mailer.post(&letter) } {
        Ok(()) if due.is_needless => (Outcome::Needless, None),
        Ok(()) => (Outcome::Taken, None),
        Err(PostError::NoSuchAddress(why)) => (Outcome::NoSuchAddress, Some(why.to_string())),
        Err(PostError::Letter(why) | PostError::Refused(why)) => (Outcome::Refused, Some(why.to_string())),
        Err(PostError::Later(why)) => (Outcome::Later, Some(why.to_string())),
        Err(PostError::Away(why)) => (Outcome::Away, Some(why.to_string())),
        Err(PostError::Unanswered(why)) => (Outcome::Unanswered, Some(why.to_string())),
    }
}

/// Sends what is queued in a thread of its own until the process ends, so many mails a minute at most.
pub fn keep_sending(library: Library, site: Site, a_minute: u32) {
    let pace = Duration::from_mins(1) / a_minute.max(1);
    std::thread::spawn(move || {
        loop {
            if let Err(error) = send_due(&library, &site, pace, &Moment::now) {
                tracing::warn!(%error, "could not look after queued mail: it is tried again");
            }
            std::thread::sleep(IDLE);
        }
    });
}
