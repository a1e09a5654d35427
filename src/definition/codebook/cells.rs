//! Cells read back: from the columns of an item to its answer, the other way round from [`Variable::cell`].

use std::collections::BTreeMap;

use super::{Part, Variable};
use crate::definition::plain;
use crate::document::closest;
use crate::item::options::Choice;
use crate::item::{Answer, Item, Scale, VOTES};

/// Words for a box that is ticked and for one that is not.
const YES: [&str; 8] = ["1", "yes", "y", "true", "x", "chosen", "ticked", "selected"];
const NO: [&str; 8] = ["0", "no", "n", "false", "-", "not chosen", "not ticked", "not selected"];

/// Most options that a message lists.
const LISTED: usize = 12;

/// What the columns of one item have said so far of one person's answer.
#[derive(Debug, Default)]
pub struct Cells {
    answer: Option<Answer>,
    places: BTreeMap<u32, String>,
    entries: BTreeMap<usize, BTreeMap<String, Cells>>,
    /// Ideas given, and votes by idea.
    votes: Option<(u32, BTreeMap<String, String>)>,
}

impl Variable {
    /// Reads one cell that is not empty. The error says what is wrong with it and what can stand there.
    ///
    /// Options and steps are known by their ids, their values and their labels in any case; ticks by 1 and 0, yes and no and
    /// the like; days are `2026-01-31`; numbers have a decimal point.
    pub fn read(&self, item: &Item, cell: &str, cells: &mut Cells) -> Result<(), String> {
        cells.take(&self.part, item, cell)
    }
}

/// Reads one cell that holds a whole list: the options chosen, or what was ranked from the first place on, with semicolons,
/// bars or lines between them, or commas where no label has one.
pub fn read_list(item: &Item, cell: &str, cells: &mut Cells) -> Result<(), String> {
    match item.scale() {
        Scale::Multiple(options) => {
            let commas = options.iter().any(|option| option.label.contains(','));
            for written in listed(cell, !commas) {
                let option = choice(options, written)?;
                cells.choose(&option);
            }
        }
        Scale::Ranking { rows, .. } => {
            let commas = rows.iter().any(|row| row.label.contains(','));
            for (place, written) in (1..).zip(listed(cell, !commas)) {
                let known = rows.iter().map(|row| (row.id.as_str(), row.label.as_str(), None));
                cells.rank(place, &among(known, written)?)?;
            }
        }
        _ => return Err("is no list".to_string()),
    }
    Ok(())
}

fn listed(cell: &str, commas: bool) -> impl Iterator<Item = &str> {
    let is_between = move |letter: char| matches!(letter, ';' | '|' | '\n') || commas && letter == ',';
    cell.split(is_between).map(str::trim).filter(|written| !written.is_empty())
}

impl Cells {
    /// The answer, if there is one: nothing ticked is none.
    pub fn finish(self, item: &Item) -> Result<Option<Answer>, String> {
        let order: Vec<String> = self.places.into_values().collect();
        if !order.is_empty() {
            return Ok(Some(Answer::Ranking(order)));
        }
        if let Some((own, votes)) = self.votes {
            return Ok(Some(Answer::Ideas { own, votes }));
        }
        match (self.answer, item.scale()) {
            (Some(Answer::Choices { options: chosen, other }), Scale::Multiple(options)) => {
                let place = |id: &String| options.iter().position(|option| option.id == *id);
                let mut chosen = chosen;
                chosen.sort_by_key(place);
                chosen.dedup();
                Ok((!chosen.is_empty()).then_some(Answer::Choices { options: chosen, other }))
            }
            (Some(Answer::Points(points)), Scale::Allocation { total, .. }) => {
                let given: u32 = points.values().fold(0, |sum, points| sum.saturating_add(*points));
                if given != 0 && given != total {
                    return Err(format!("the points add up to {given}, and {total} can be given"));
                }
                Ok((given > 0).then_some(Answer::Points(points)))
            }
            (_, Scale::Entries { fields, .. }) => {
                let mut entries = Vec::new();
                for of_entry in self.entries.into_values() {
                    let mut entry = BTreeMap::new();
                    for (id, cells) in of_entry {
                        let Some(field) = fields.iter().find(|field| field.head.id == id) else { continue };
                        if let Some(answer) = cells.finish(field)? {
                            entry.insert(id, answer);
                        }
                    }
                    if !entry.is_empty() {
                        entries.push(entry);
                    }
                }
                Ok((!entries.is_empty()).then_some(Answer::Entries(entries)))
            }
            (answer, _) => Ok(answer),
        }
    }

    fn take(&mut self, part: &Part, item: &Item, cell: &str) -> Result<(), String> {
        match (part, item.scale()) {
            (Part::Whole, Scale::Flag) => {
                if ticked(cell, &item.head.text)? {
                    self.answer = Some(Answer::Given);
                }
            }
            (Part::Whole, Scale::Nominal(options) | Scale::Ordinal(options)) => {
                self.answer = Some(Answer::Choice { option: choice(options, cell)?, other: None });
            }
            (Part::Whole, Scale::Interval) => self.answer = Some(Answer::Number(number(cell)?)),
            (Part::Whole, Scale::Day) => self.answer = Some(Answer::Date(day(cell)?)),
            (Part::Whole, _) => self.answer = Some(Answer::Text(cell.to_string())),
            (Part::Other, _) => {
                if let Some(Answer::Choice { other, .. }) = &mut self.answer {
                    *other = Some(cell.to_string());
                }
            }
            (Part::Option(id), Scale::Multiple(options)) => {
                let label = options.iter().find(|option| option.id == *id).map_or("", |option| option.label.as_str());
                if is(cell, id) || ticked(cell, label)? {
                    self.choose(id);
                }
            }
            (Part::OptionText(id), _) => {
                if let Some(Answer::Choices { other, .. }) = &mut self.answer {
                    other.insert(id.clone(), cell.to_string());
                }
            }
            (Part::Row(row), Scale::Ratings { steps, .. }) => {
                let step = choice(steps, cell)?;
                if let Answer::Ratings(ratings) = self.answer.get_or_insert_with(|| Answer::Ratings(BTreeMap::new())) {
                    ratings.insert(row.clone(), step);
                }
            }
            (Part::Row(row), Scale::Ranking { .. }) => self.rank(whole(cell, "a place")?, row)?,
            (Part::Row(row), Scale::Allocation { .. }) => {
                let given = whole(cell, "points")?;
                if let Answer::Points(points) = self.answer.get_or_insert_with(|| Answer::Points(BTreeMap::new()))
                    && given > 0
                {
                    points.insert(row.clone(), given);
                }
            }
            (Part::Row(seed), _) => {
                let known = VOTES.map(|vote| (vote, vote, None));
                let vote = among(known.into_iter(), cell)?;
                self.votes.get_or_insert_default().1.insert(seed.clone(), vote);
            }
            (Part::Given, _) => self.votes.get_or_insert_default().0 = whole(cell, "a number of ideas")?,
            (Part::Entry(number, field, part), Scale::Entries { fields, .. }) => {
                let Some(item) = fields.iter().find(|known| known.head.id == *field) else { return Ok(()) };
                let cells = self.entries.entry(*number).or_default().entry(field.clone()).or_default();
                cells.take(part, item, cell)?;
            }
            // How many entries there are follows from them.
            (Part::Count | Part::Option(_) | Part::Entry(..), _) => {}
        }
        Ok(())
    }

    fn choose(&mut self, option: &str) {
        let none = || Answer::Choices { options: Vec::new(), other: BTreeMap::new() };
        if let Answer::Choices { options, .. } = self.answer.get_or_insert_with(none) {
            options.push(option.to_string());
        }
    }

    fn rank(&mut self, place: u32, row: &str) -> Result<(), String> {
        match self.places.insert(place, row.to_string()) {
            Some(other) => Err(format!("is place {place}, which `{other}` has too")),
            None => Ok(()),
        }
    }
}

fn is(written: &str, known: &str) -> bool {
    written.trim().to_lowercase() == known.to_lowercase()
}

/// The id of the option that is meant.
fn choice(options: &[Choice], written: &str) -> Result<String, String> {
    among(options.iter().map(|option| (option.id.as_str(), option.label.as_str(), option.value)), written)
}

/// The id among these, each with its label and value, that is meant by its id, its label or its value.
fn among<'a>(
    known: impl Iterator<Item = (&'a str, &'a str, Option<i32>)> + Clone,
    written: &str,
) -> Result<String, String> {
    let by_id = known.clone().find(|(id, ..)| written.trim() == *id);
    let by_label = || known.clone().find(|(id, label, _)| is(written, &plain(label)) || is(written, id));
    let by_value = || {
        let number = written.trim().parse::<f64>().ok()?;
        known.clone().find(|(.., value)| value.is_some_and(|value| (f64::from(value) - number).abs() < f64::EPSILON))
    };
    if let Some((id, ..)) = by_id.or_else(by_label).or_else(by_value) {
        return Ok(id.to_string());
    }
    let hint = closest(written, known.clone().map(|(id, ..)| id)).map(|hint| format!(", {hint}")).unwrap_or_default();
    let all: Vec<&str> = known.map(|(id, ..)| id).collect();
    let more = if all.len() > LISTED { format!(" and {} more", all.len() - LISTED) } else { String::new() };
    let listed = all.into_iter().take(LISTED).collect::<Vec<_>>().join(", ");
    Err(format!("“{}” is not one of {listed}{more}{hint}", written.trim()))
}

fn ticked(written: &str, label: &str) -> Result<bool, String> {
    if YES.iter().any(|yes| is(written, yes)) || is(written, &plain(label)) {
        Ok(true)
    } else if NO.iter().any(|no| is(written, no)) {
        Ok(false)
    } else {
        Err(format!("“{}” is neither 1 nor 0, yes nor no", written.trim()))
    }
}

fn whole(written: &str, what: &str) -> Result<u32, String> {
    let written = written.trim();
    let whole = written.strip_suffix(".0").unwrap_or(written);
    whole.parse().map_err(|_| format!("“{written}” is not {what}: write a whole number"))
}

fn number(written: &str) -> Result<String, String> {
    let written = written.trim();
    match written.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(written.to_string()),
        _ => Err(format!("“{written}” is not a number: write 1234.5, without units and with a point")),
    }
}

fn day(written: &str) -> Result<String, String> {
    let written = written.trim();
    let day: Result<jiff::civil::Date, _> = written.parse();
    day.map(|day| day.to_string()).map_err(|_| format!("“{written}” is not a day: write 2026-01-31"))
}

#[cfg(test)]
mod tests {
    use super::super::variables;
    use super::{Cells, read_list};
    use crate::definition::{Survey, parse};
    use crate::item::Answer;

    fn survey() -> Survey {
        let text = r#"{"format": 1, "id": "s", "title": "S",
            "interventions": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}, {"id": "c", "label": "C"}],
            "pages": [{"id": "p", "title": "P", "questions": [
            {"id": "role", "type": "single", "text": "Role?", "options": [
                {"id": "nurse", "label": "Nurse, *registered*"}, {"id": "other", "label": "Other", "other": "optional"}]},
            {"id": "tools", "type": "multi", "text": "Tools?", "options": [
                {"id": "phone", "label": "Phone"}, {"id": "pager", "label": "Pager"}]},
            {"id": "order", "type": "rank", "text": "Order?", "items": "interventions"},
            {"id": "money", "type": "allocate", "text": "Money?", "items": "interventions", "total": 100},
            {"id": "age", "type": "number", "text": "Age?"}, {"id": "since", "type": "date", "text": "Since?"}]}]}"#;
        parse(text).survey.unwrap_or_else(|| panic!("{:?}", parse(text).findings))
    }

    /// What the cells of one item say, by the names of their columns.
    fn read(item: &str, given: &[(&str, &str)]) -> Result<Option<Answer>, String> {
        let survey = survey();
        let (_, question) = survey.questions().find(|(_, question)| question.item.head.id == item).unwrap();
        let mut cells = Cells::default();
        for (name, cell) in given {
            match variables(&survey).into_iter().find(|variable| variable.name == *name) {
                Some(variable) => variable.read(&question.item, cell, &mut cells)?,
                None => read_list(&question.item, cell, &mut cells)?,
            }
        }
        cells.finish(&question.item)
    }

    fn chosen(option: &str, other: Option<&str>) -> Answer {
        Answer::Choice { option: option.to_string(), other: other.map(str::to_string) }
    }

    #[test]
    fn an_option_is_known_by_its_id_and_by_its_label() {
        for written in ["nurse", "NURSE", " Nurse, registered "] {
            assert_eq!(read("role", &[("role", written)]), Ok(Some(chosen("nurse", None))));
        }
        assert_eq!(
            read("role", &[("role", "Other"), ("role.other", "Porter")]),
            Ok(Some(chosen("other", Some("Porter"))))
        );
        let error = read("role", &[("role", "nurs")]).unwrap_err();
        assert_eq!(error, "“nurs” is not one of nurse, other, did you mean `nurse`?");
    }

    #[test]
    fn several_options_stand_in_columns_of_their_own_or_in_a_list() {
        let both = Answer::Choices { options: vec!["phone".into(), "pager".into()], other: [].into() };
        assert_eq!(read("tools", &[("tools.pager", "x"), ("tools.phone", "Yes")]), Ok(Some(both.clone())));
        assert_eq!(read("tools", &[("tools", "Pager, phone")]), Ok(Some(both)));
        assert_eq!(read("tools", &[("tools.pager", "0"), ("tools.phone", "no")]), Ok(None));
        assert_eq!(read("tools", &[("tools.pager", "2")]).unwrap_err(), "“2” is neither 1 nor 0, yes nor no");
    }

    #[test]
    fn places_points_numbers_and_days_are_checked() {
        let order = |rows: &[&str]| Ok(Some(Answer::Ranking(rows.iter().map(ToString::to_string).collect())));
        assert_eq!(read("order", &[("order.a", "2"), ("order.c", "1")]), order(&["c", "a"]));
        assert_eq!(read("order", &[("order", "B; a")]), order(&["b", "a"]));
        assert_eq!(read("order", &[("order.a", "1"), ("order.b", "1")]).unwrap_err(), "is place 1, which `a` has too");
        let short = read("money", &[("money.a", "60"), ("money.b", "30")]).unwrap_err();
        assert_eq!(short, "the points add up to 90, and 100 can be given");
        assert!(matches!(read("money", &[("money.a", "60"), ("money.b", "40"), ("money.c", "0")]), Ok(Some(_))));
        assert_eq!(
            read("age", &[("age", "1,5")]).unwrap_err(),
            "“1,5” is not a number: write 1234.5, without units and with a point"
        );
        assert_eq!(
            read("since", &[("since", "2026-02-30")]).unwrap_err(),
            "“2026-02-30” is not a day: write 2026-01-31"
        );
        assert_eq!(read("since", &[("since", "2026-01-31")]), Ok(Some(Answer::Date("2026-01-31".into()))));
    }
}
