//! Staff ask a panel once more: the definition of the next round, made from what was answered in this one.

use super::ServiceError;
use super::library::Library;
use crate::analysis::delphi::report::Rounds;
use crate::analysis::delphi::{PanelAnswers, next_round};
use crate::definition;
use crate::response::Record;
use crate::store::{response, survey};

/// The next round of a panel.
#[derive(Debug)]
pub struct Next {
    /// Its definition, to be looked at and published.
    pub definition: String,
    /// Its number.
    pub number: u32,
    /// What came of the rounds so far.
    pub rounds: Rounds,
}

/// Makes the definition of the next round; nothing is published.
///
/// # Errors
///
/// `Refused` where the survey is not asked in rounds, where all that were planned are over, and where too few people have
/// answered in this round for anything to be told to the others.
pub fn next(library: &Library, id: &str) -> Result<Next, ServiceError> {
    let published = library.current(id, None)?;
    let asked = &published.survey;
    let Some(round) = &asked.round else {
        return Err(ServiceError::Refused(format!(
            "{id} is not asked in rounds: write \"round\": {{\"questions\": […]}} in its definition and publish it before \
             anybody answers"
        )));
    };
    if round.number >= round.planned {
        return Err(ServiceError::Refused(format!(
            "round {} of {id} is the last of {} that are planned: publish the definition with a larger `planned` under `round` \
             if there is to be another",
            round.number, round.planned
        )));
    }
    let (text, panel) = library.store.read(|conn| {
        let others = library.rounds_in(conn, id, (published.version, asked))?;
        let mut panel = PanelAnswers::new(asked, others.iter().map(AsRef::as_ref));
        let versions = library.answered_versions_in(conn, id, published.version)?;
        response::for_each(conn, id, |row| {
            let answered = versions.get(&row.version).map_or(asked, |(answered, _)| answered);
            let stored = serde_json::from_str(&row.answers).unwrap_or_default();
            if let Some(panel) = &mut panel {
                panel.push(answered, &Record::from_json(answered, &stored));
            }
            Ok::<_, ServiceError>(())
        })?;
        let told = panel.as_ref().map(PanelAnswers::before).unwrap_or_default();
        let rounds = panel.and_then(|panel| panel.reported());
        Ok::<_, ServiceError>((survey::version(conn, id, published.version)?.definition, (told, rounds)))
    })?;
    let (told, Some(rounds)) = panel else { return Err(ServiceError::UnknownPage) };
    if told.is_empty() {
        let enough = asked.privacy.min_cell.max(1);
        return Err(ServiceError::Refused(format!(
            "fewer than {enough} people have answered in round {}: nobody could be told what all answered",
            round.number
        )));
    }
    let made = next_round(&text, asked, &told).filter(|made| definition::parse(made).survey.is_some());
    let definition = made.ok_or_else(|| {
        ServiceError::Refused(format!(
            "the definition of {id} cannot be carried over by itself: write the next round by hand, with \"number\": {} under \
             `round`",
            round.number + 1
        ))
    })?;
    Ok(Next { definition, number: round.number + 1, rounds })
}
