//! The lists of the choices sheet.

use std::rc::Rc;

use super::columns::{Headers, Record, Table};
use super::ids::Ids;
use super::typed::Options;
use crate::document::Id;
use crate::exchange::report::{Fate, Notes};

/// Most options of one list.
const MAX_OPTIONS: usize = 5_000;

/// All lists, in the order in which they begin.
#[derive(Debug, Default)]
pub(super) struct Lists {
    pub(super) all: Vec<List>,
    /// Languages of the labels.
    pub(super) languages: Vec<String>,
}

/// A list of options.
#[derive(Debug)]
pub(super) struct List {
    /// Its name in the form.
    pub(super) name: String,
    pub(super) id: String,
    /// The sheet that it stands on.
    pub(super) sheet: String,
    pub(super) options: Vec<Choice>,
    ids: Ids,
}

/// An option.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) row: Record,
    /// Its name in the form.
    pub(super) name: String,
    pub(super) id: String,
}

impl Lists {
    /// Reads the sheet `choices`, and `external_choices` if there is one.
    pub(super) fn read(sheets: &[Table], headers: Headers, notes: &mut Notes) -> Self {
        let mut lists = Self::default();
        let mut ids = Ids::default();
        for table in sheets {
            // Lists of the two sheets may have the same name.
            let from = lists.all.len();
            for language in &table.languages {
                if !lists.languages.contains(language) {
                    lists.languages.push(language.clone());
                }
            }
            for row in &table.rows {
                lists.add(table, row, from, &mut ids, headers, notes);
            }
        }
        lists
    }

    fn add(&mut self, table: &Table, row: &Record, from: usize, ids: &mut Ids, headers: Headers, notes: &mut Notes) {
        let Some(list_name) = row.get("list_name") else {
            if row.has("name") || row.has("label") {
                let message = "The option names no list; it was left out. Write the list in the column `list_name`.";
                notes.add("list-missing", Fate::Dropped, table.place(row, "list_name"), None, message);
            }
            return;
        };
        let known = self.all.iter().skip(from).position(|list| list.name == list_name).map(|at| at + from);
        let at = known.unwrap_or_else(|| {
            let id = match headers {
                // What is written in our own words stays as it is, so that the checker can say what is wrong with it.
                Headers::Canvass if Id::Name.allows(list_name) => list_name.to_string(),
                _ => ids.question(list_name),
            };
            self.all.push(List {
                name: list_name.to_string(),
                id,
                sheet: table.sheet.clone(),
                options: Vec::new(),
                ids: Ids::default(),
            });
            self.all.len() - 1
        });
        let Some(list) = self.all.get_mut(at) else { return };
        if list.options.len() >= MAX_OPTIONS {
            if list.options.len() == MAX_OPTIONS {
                let message = format!("The list has more than {MAX_OPTIONS} options; the rest was left out.");
                notes.add("options-left-out", Fate::Dropped, table.place(row, ""), Some(&list.id), message);
            }
            return;
        }
        let Some(name) = row.get("name").or_else(|| row.get("label")) else {
            let message = "The option has no name; it was left out. Write one in the column `name`.";
            notes.add("name-missing", Fate::Dropped, table.place(row, "name"), Some(&list.id), message);
            return;
        };
        let own = row.get("id").filter(|_| headers == Headers::Canvass).unwrap_or(name);
        let id = list.ids.option_as(own, headers == Headers::Canvass);
        if list.options.iter().any(|option| option.name == name) {
            let message = format!("`{name}` stands twice in the list `{list_name}`; here it is `{id}`.");
            notes.add("option-twice", Fate::Assumed, table.place(row, "name"), Some(&id), message);
        }
        list.options.push(Choice { row: row.clone(), name: name.to_string(), id });
    }

    /// The list with a name on the sheet `choices`.
    pub(super) fn named(&self, name: &str) -> Option<&List> {
        self.all.iter().find(|list| list.name == name && list.sheet != "external_choices")
    }

    /// The list with a name on the sheet `external_choices`.
    pub(super) fn external(&self, name: &str) -> Option<&List> {
        self.all.iter().find(|list| list.name == name && list.sheet == "external_choices")
    }
}

impl List {
    /// Names and ids, for rules.
    pub(super) fn names(&self) -> Rc<Options> {
        Rc::new(Options(self.options.iter().map(|option| (option.name.clone(), option.id.clone())).collect()))
    }

    /// Names and labels, for what is asked once for each.
    pub(super) fn names_and_labels(&self) -> Vec<(String, String)> {
        let label = |option: &Choice| {
            let label = option.row.get("label").or_else(|| option.row.any_text("label"));
            label.unwrap_or(&option.name).to_string()
        };
        self.options.iter().map(|option| (option.name.clone(), label(option))).collect()
    }
}
