//! Responses in a table that another program wrote: one row a person, one column a variable of the codebook.

use std::collections::{BTreeMap, BTreeSet};

use super::{Gap, Record};
use crate::definition::codebook::{self, ABOUT_THE_RESPONSE, Cells, MISSING, Source, Variable, variables};
use crate::definition::{Survey, plain};
use crate::document::closest;
use crate::exchange::cell::unguarded;
use crate::item::{Item, Scale};

/// What statistics programs write where there is no value.
const NO_VALUE: [&str; 4] = ["NA", "N/A", "NaN", "."];

/// Which column of a table holds what.
#[derive(Debug)]
pub struct Sheet<'a> {
    items: Vec<(&'a Item, Vec<Place>)>,
    calculated: Vec<(usize, Variable)>,
    /// The column that says how each response came in, if there is one.
    pub mode: Option<usize>,
    /// Columns that hold nothing of this survey, by their headings.
    pub unknown: Vec<String>,
    /// Questions that no column answers, by their ids.
    pub absent: Vec<String>,
}

/// A column and what it holds of an item.
#[derive(Debug)]
struct Place {
    column: usize,
    heading: String,
    holds: Holds,
}

#[derive(Debug)]
enum Holds {
    Variable(Box<Variable>),
    List,
}

/// A cell that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misread {
    /// The heading of its column.
    pub heading: String,
    /// What is wrong with it and what can stand there.
    pub problem: String,
}

impl<'a> Sheet<'a> {
    /// Finds the columns by their headings: the variable's name, or its label, in any case. `named` gives headings of their
    /// own to variables, as (variable, heading). A question with several options or a ranking can also stand in one column
    /// under its id or its text, as a list.
    ///
    /// The error says which name is wrong, or that no column answers any question.
    pub fn new(survey: &'a Survey, headings: &[String], named: &[(String, String)]) -> Result<Self, String> {
        let all = variables(survey);
        let lists: Vec<&Item> =
            survey.answered_questions().map(|question| &question.item).filter(|item| is_list(item)).collect();
        let columns = columns(&all, &lists, headings, named)?;
        let mut sheet =
            Self { items: Vec::new(), calculated: Vec::new(), mode: None, unknown: Vec::new(), absent: Vec::new() };
        let mut used = BTreeSet::new();
        for question in survey.answered_questions() {
            let id = &question.item.head.id;
            let mut places = Vec::new();
            for variable in all.iter().filter(|variable| variable.item == *id && variable.source != Source::Calculated)
            {
                if let Some(&column) = columns.get(&variable.name) {
                    places.push((column, Holds::Variable(Box::new(variable.clone()))));
                }
            }
            if let Some(&column) = columns.get(id).filter(|column| !places.iter().any(|(known, _)| known == *column)) {
                places.push((column, Holds::List));
            }
            used.extend(places.iter().map(|(column, _)| *column));
            if question.item.scale() == Scale::None {
                continue;
            }
            if places.is_empty() {
                sheet.absent.push(id.clone());
            }
            let place = |(column, holds): (usize, Holds)| Place {
                column,
                heading: headings.get(column).cloned().unwrap_or_default(),
                holds,
            };
            sheet.items.push((&question.item, places.into_iter().map(place).collect()));
        }
        for variable in all.into_iter().filter(|variable| variable.source == Source::Calculated) {
            if let Some(&column) = columns.get(&variable.name) {
                used.insert(column);
                sheet.calculated.push((column, variable));
            }
        }
        if used.is_empty() {
            let wanted: Vec<&str> = survey.answered_questions().map(|one| one.item.head.id.as_str()).take(5).collect();
            return Err(format!(
                "no column answers a question of “{}”: name columns as the codebook does, such as {}, or say with \
                 --column VARIABLE=HEADING which is which",
                survey.title,
                wanted.join(", ")
            ));
        }
        sheet.mode = headings.iter().position(|heading| heading.trim() == "mode");
        let about = |heading: &str| ABOUT_THE_RESPONSE.iter().any(|(name, ..)| *name == heading);
        let left =
            headings.iter().enumerate().filter(|(column, heading)| !used.contains(column) && !about(heading.trim()));
        sheet.unknown = left.map(|(_, heading)| heading.clone()).filter(|heading| !heading.trim().is_empty()).collect();
        Ok(sheet)
    }

    /// Reads one row, and every cell of it that cannot be read. An answer with such a cell counts as skipped.
    pub fn read(&self, cells: &[String]) -> (Record, Vec<Misread>) {
        let mut record = Record::default();
        let mut misread = Vec::new();
        for (item, places) in &self.items {
            read_item(item, places, cells, &mut record, &mut misread);
        }
        for (column, variable) in &self.calculated {
            if let Some(cell) = cells.get(*column).filter(|cell| !cell.is_empty()) {
                record.calculated.insert(variable.name.clone(), cell.clone());
            }
        }
        (record, misread)
    }
}

fn read_item(item: &Item, places: &[Place], cells: &[String], record: &mut Record, misread: &mut Vec<Misread>) {
    let id = &item.head.id;
    let (mut given, mut gap, mut withheld, before) = (Cells::default(), None, BTreeSet::new(), misread.len());
    for place in places {
        let cell = cells.get(place.column).map_or("", |cell| cell.trim());
        let is_text = matches!(&place.holds, Holds::Variable(variable) if variable.is_text());
        if let Some((_, reason)) = reasons().into_iter().find(|(code, _)| cell == *code) {
            gap = Some(reason);
            if let Holds::Variable(variable) = &place.holds {
                withheld.extend(variable.field().map(|field| format!("{id}.{field}")));
            }
            continue;
        }
        if cell.is_empty() || !is_text && NO_VALUE.contains(&cell) {
            continue;
        }
        let read = match &place.holds {
            Holds::Variable(variable) if variable.source == Source::Presented => {
                record.presented.insert(id.clone(), cell.split(' ').map(str::to_string).collect());
                Ok(())
            }
            Holds::Variable(variable) if is_text => variable.read(item, unguarded(cell), &mut given),
            Holds::Variable(variable) => variable.read(item, cell, &mut given),
            Holds::List => codebook::read_list(item, cell, &mut given),
        };
        misread.extend(read.err().map(|problem| Misread { heading: place.heading.clone(), problem }));
    }
    let answer = given.finish(item).unwrap_or_else(|problem| {
        let heading = places.first().map(|place| place.heading.clone()).unwrap_or_default();
        misread.push(Misread { heading, problem });
        None
    });
    match answer.filter(|_| misread.len() == before) {
        Some(answer) => {
            record.answers.insert(id.clone(), answer);
            record.gaps.extend(withheld.into_iter().map(|field| (field, Gap::NotShown)));
        }
        None if places.is_empty() => {
            record.gaps.insert(id.clone(), Gap::NotShown);
        }
        None => {
            record.gaps.insert(id.clone(), gap.unwrap_or(Gap::Skipped));
        }
    }
}

fn reasons() -> [(&'static str, Gap); 3] {
    let [skipped, not_shown, not_reached] = MISSING.map(|(code, _)| code);
    [(skipped, Gap::Skipped), (not_shown, Gap::NotShown), (not_reached, Gap::NotReached)]
}

fn is_list(item: &Item) -> bool {
    matches!(item.scale(), Scale::Multiple(_) | Scale::Ranking { .. })
}

/// The column of each variable, and of each list under its item's id.
fn columns(
    all: &[Variable],
    lists: &[&Item],
    headings: &[String],
    named: &[(String, String)],
) -> Result<BTreeMap<String, usize>, String> {
    let mut columns = BTreeMap::new();
    let known = || all.iter().map(|one| one.name.as_str()).chain(lists.iter().map(|item| item.head.id.as_str()));
    for (name, heading) in named {
        if !known().any(|one| one == name) {
            let hint = closest(name, known()).map(|hint| format!(", {hint}")).unwrap_or_default();
            return Err(format!("there is no variable `{name}`{hint}"));
        }
        let Some(column) = headings.iter().position(|known| known.trim() == heading.trim()) else {
            let hint = closest(heading, headings.iter().map(String::as_str)).map(|hint| format!(", {hint}"));
            return Err(format!("there is no column “{heading}” for `{name}`{}", hint.unwrap_or_default()));
        };
        columns.insert(name.clone(), column);
    }
    let is = |heading: &str, known: &str| heading.trim().to_lowercase() == known.to_lowercase();
    let find = |name: &str, label: &str| {
        let by = |known: &str| headings.iter().position(|heading| is(heading, known));
        headings.iter().position(|heading| heading.trim() == name).or_else(|| by(name)).or_else(|| by(label))
    };
    let labels = all.iter().map(|one| (one.name.clone(), one.label.clone()));
    let lists = lists.iter().map(|item| (item.head.id.clone(), plain(&item.head.text)));
    for (name, label) in labels.chain(lists) {
        if let Some(column) = find(&name, &label).filter(|column| !columns.values().any(|taken| taken == column)) {
            columns.entry(name).or_insert(column);
        }
    }
    Ok(columns)
}

#[cfg(test)]
mod tests {
    use super::{Misread, Sheet};
    use crate::definition::{Survey, parse};
    use crate::item::Answer;
    use crate::response::Gap;

    fn survey() -> Survey {
        let text = r#"{"format": 1, "id": "s", "title": "S", "pages": [{"id": "p", "title": "P", "questions": [
            {"id": "role", "type": "single", "text": "Your *role*?", "options": [
                {"id": "nurse", "label": "Nurse"}, {"id": "doctor", "label": "Doctor"}]},
            {"id": "tools", "type": "multi", "text": "Tools?", "options": [
                {"id": "phone", "label": "Phone"}, {"id": "pager", "label": "Pager"}]},
            {"id": "why", "type": "text", "text": "Why?"}]}]}"#;
        parse(text).survey.unwrap()
    }

    fn strings(all: &[&str]) -> Vec<String> {
        all.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn columns_are_found_by_name_by_label_and_by_what_is_said() {
        let survey = survey();
        let named = [("why".to_string(), "Reason".to_string())];
        let sheet = Sheet::new(&survey, &strings(&["your role?", "TOOLS", "Reason", "mode", "Age"]), &named).unwrap();
        assert_eq!((sheet.mode, &sheet.unknown, &sheet.absent), (Some(3), &strings(&["Age"]), &strings(&[])));
        let (record, misread) = sheet.read(&strings(&["Doctor", "phone;Pager", "'=too slow", "open_link", "9"]));
        assert_eq!(misread, []);
        assert_eq!(record.answers.len(), 3);
        assert_eq!(record.answers["why"], Answer::Text("=too slow".to_string()));
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_column_and_counts_as_skipped() {
        let survey = survey();
        let sheet = Sheet::new(&survey, &strings(&["role", "tools.phone", "tools.pager"]), &[]).unwrap();
        assert_eq!(sheet.absent, ["why"]);
        let (record, misread) = sheet.read(&strings(&["Porter", "1", ""]));
        let problem = "“Porter” is not one of nurse, doctor".to_string();
        assert_eq!(misread, [Misread { heading: "role".to_string(), problem }]);
        assert_eq!((record.gaps["role"], record.gaps["why"]), (Gap::Skipped, Gap::NotShown));
        let (record, _) = sheet.read(&strings(&["NA:not_reached", "NA", "NA"]));
        assert_eq!((record.gaps["role"], record.gaps["tools"]), (Gap::NotReached, Gap::Skipped));
    }

    #[test]
    fn names_that_are_not_there_are_told() {
        let survey = survey();
        let named = |variable: &str, heading: &str| [(variable.to_string(), heading.to_string())];
        let new = |named: &[(String, String)]| Sheet::new(&survey, &strings(&["role"]), named).unwrap_err();
        assert_eq!(new(&named("rolle", "role")), "there is no variable `rolle`, did you mean `role`?");
        assert_eq!(new(&named("role", "rol")), "there is no column “rol” for `role`, did you mean `role`?");
        let none = Sheet::new(&survey, &strings(&["a", "b"]), &[]).unwrap_err();
        assert!(none.starts_with("no column answers a question of “S”"), "{none}");
    }
}
