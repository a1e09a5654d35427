//! Tables and repeated panels: ratings, questions for each row, and what people add as often as they need.

use std::rc::Rc;

use super::super::report::{Fate, Refusal};
use super::choices::{row, whole};
use super::json::Element;
use super::model::{Body, Choice, Condition, Context, Draft, Target};
use super::names::Ids;
use super::questions::is_one_of;
use super::reading::{Reading, Seat, bare};
use super::text::Text;
use super::validators::count;

/// Most entries that can be added where the form does not say.
const USUAL_ENTRIES: u32 = 10;
/// Most entries that Canvass takes.
const MAX_ENTRIES: u32 = 20;

impl Reading {
    /// Rows on one scale: a rating, or a question for each row where rows or columns have rules.
    ///
    /// # Errors
    /// Too many questions, options or rules.
    pub(super) fn matrix<'a>(&mut self, element: &Element<'a>, seat: &Seat<'a>) -> Result<(), Refusal> {
        let several = element.get("cellType").as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("checkbox"));
        let (written_rows, written_columns) = (element.get("rows"), element.get("columns"));
        let mut scratch = Ids::default();
        let at = element.pointer("rows");
        let mut rows = self.items(written_rows, &at, &seat.context, &mut scratch, false)?;
        self.filter(element, "rowsVisibleIf", &mut rows, written_rows, &seat.context)?;
        let mut ids = Ids::default();
        let named: Vec<_> = rows.iter().map(|choice| row(choice, &mut ids)).collect();
        let mut scale = self.items(written_columns, &element.pointer("columns"), &seat.context, &mut ids, several)?;
        self.filter(element, "columnsVisibleIf", &mut scale, written_columns, &seat.context)?;
        let numbers: Option<Vec<i32>> = scale.iter().map(|step| whole(&step.value)).collect();
        for (step, number) in scale.iter_mut().zip(numbers.unwrap_or_default()) {
            step.number = Some(number);
        }
        self.count_options(rows.len() + scale.len(), &element.at)?;
        let each = element.flag(&["eachRowRequired", "isAllRowRequired"]);
        let order = is_one_of(element.any(&["rowOrder", "rowsOrder"]), &["random"]).then_some("random");
        if scale.is_empty() {
            let name = element.get("name").as_str().unwrap_or_default();
            let message = format!("‘{name}’ is left out: it has no columns.");
            self.notes.add("no-options", Fate::Dropped, element.at.as_str(), None, message);
            self.gone(name, "it was left out: it has no columns");
            return Ok(());
        }
        let split = several || seat.repeated || rows.iter().chain(&scale).any(|item| !item.shown.is_empty());
        if split && !rows.is_empty() {
            return self.split_matrix(element, seat, &rows, &scale, several);
        }
        let body = if rows.is_empty() {
            Body::Single { choices: scale, dropdown: false }
        } else {
            let min_items = (!each && rows.len() > 1).then_some(1);
            Body::Rate { rows: named, scale, min_items }
        };
        let mut draft = self.base(element, seat, body)?;
        draft.required |= each;
        draft.order = order;
        if let Body::Rate { min_items, .. } = &mut draft.body
            && !draft.required
            && draft.required_if.is_none()
        {
            *min_items = None;
        }
        self.validators(element, &mut draft, seat)?;
        let name = draft.name.clone();
        let became = if rows.is_empty() { "single" } else { "rate" };
        let index = self.finish(element, draft, seat, Fate::Exact, became)?;
        for (number, row) in rows.iter().enumerate() {
            self.name(&format!("{name}.{}", row.value.words()), Target::Row(index, number));
        }
        Ok(())
    }

    /// A question for each row.
    fn split_matrix(
        &mut self,
        element: &Element<'_>,
        seat: &Seat<'_>,
        rows: &[Choice],
        scale: &[Choice],
        several: bool,
    ) -> Result<(), Refusal> {
        let table = self.table(element, seat)?;
        let each = element.flag(&["eachRowRequired", "isAllRowRequired"]);
        let first = self.drafts.len();
        for row in rows {
            self.count_options(scale.len(), &element.at)?;
            let choices = scale.to_vec();
            let body = if several {
                Body::Multi { choices, min: None, max: None }
            } else {
                Body::Single { choices, dropdown: false }
            };
            let name = format!("{}.{}", table.name, row.value.words());
            let mut shown = table.seat.shown.clone();
            shown.extend(row.shown.iter().cloned());
            let id = self.ids.question(&name, "question");
            let mut draft = bare(id, &name, &element.at, row.label.clone(), &table.seat, body);
            draft.shown = shown;
            draft.required = each;
            self.push(draft)?;
        }
        let why =
            if several { "several answers can be given in a row" } else { "rows or columns have rules, or it repeats" };
        let message = format!("‘{}’ became a question for each row, because {why}.", table.name);
        self.notes.add("matrix-split", Fate::Degraded, element.at.as_str(), None, message);
        self.end_table(element, seat, &table, first);
        Ok(())
    }

    /// Rows whose cells are questions of several types.
    ///
    /// # Errors
    /// Too many questions, options or rules.
    pub(super) fn matrix_dropdown<'a>(&mut self, element: &Element<'a>, seat: &Seat<'a>) -> Result<(), Refusal> {
        let mut scratch = Ids::default();
        let written = element.get("rows");
        let mut rows = self.items(written, &element.pointer("rows"), &seat.context, &mut scratch, false)?;
        self.filter(element, "rowsVisibleIf", &mut rows, written, &seat.context)?;
        let table = self.table(element, seat)?;
        let columns = element.list("columns");
        let muted = self.notes.muted;
        let first = self.drafts.len();
        let mut read = Ok(());
        'rows: for row in &rows {
            let prefix: Rc<str> = format!("{}.{}.", table.name, row.value.words()).into();
            let mut shown = table.seat.shown.clone();
            shown.extend(row.shown.iter().cloned());
            let context = Context { row: Some(Rc::clone(&prefix)), item: None };
            let cell = Seat { shown, context, ..table.seat.clone() };
            if columns.len() > 1 {
                let heading = row.label.map(|label| format!("#### {label}"));
                read = self.note(
                    &format!("{} {} heading", table.name, row.value.words()),
                    &table.name,
                    &element.at,
                    heading,
                    &cell,
                );
            }
            for (index, json) in columns.iter().enumerate() {
                if read.is_err() {
                    break 'rows;
                }
                let column = Element::new(json, format!("{}/columns/{index}", element.at));
                let own = column.any(&["name", "value"]).as_str().or(json.as_str()).unwrap_or_default();
                let title =
                    if columns.len() == 1 { Some(row.label.clone()) } else { self.words(&column, &["title", "text"]) };
                let seat = Seat { name: Some(format!("{prefix}{own}")), title, ..cell.clone() };
                read = self.cell(element, &column, &seat);
            }
            self.notes.muted = true;
        }
        self.notes.muted = muted;
        read?;
        let message = format!("The table ‘{}’ became {} questions, row by row.", table.name, self.drafts.len() - first);
        self.notes.add("matrix-split", Fate::Degraded, element.at.as_str(), None, message);
        self.end_table(element, seat, &table, first);
        Ok(())
    }

    /// One cell of a table: a column's question.
    fn cell<'a>(&mut self, table: &Element<'a>, column: &Element<'a>, seat: &Seat<'a>) -> Result<(), Refusal> {
        let kind = |element: &Element<'a>| {
            element.get("cellType").as_str().map(str::to_ascii_lowercase).filter(|kind| kind != "default")
        };
        let kind = kind(column).or_else(|| kind(table)).unwrap_or_else(|| "dropdown".to_string());
        let choices = Some(table.get("choices")).filter(|choices| !choices.is_null());
        column.any(&["name", "value", "title", "text"]);
        self.question(column, &kind, &Seat { choices, ..seat.clone() })
    }

    /// What a table has in common for all its cells, with a note for its title.
    fn table<'a>(&mut self, element: &Element<'a>, seat: &Seat<'a>) -> Result<Table<'a>, Refusal> {
        let name = seat.name.clone().unwrap_or_else(|| element.get("name").as_str().unwrap_or_default().to_string());
        let mut shown = seat.shown.clone();
        shown.extend(self.shown(element, &seat.context)?);
        let seat = Seat { shown, name: None, ..seat.clone() };
        let title = seat.title.clone().or_else(|| self.words(element, &["title"]));
        let heading = title.unwrap_or_else(|| Text::plain(name.as_str())).map(|title| format!("### {title}"));
        let text = match self.words(element, &["description"]) {
            Some(description) => heading.followed_by("\n\n", &description),
            None => heading,
        };
        let seat = Seat { title: None, ..seat };
        self.note(&format!("{name} heading"), &name, &element.at, text, &seat)?;
        Ok(Table { name, seat })
    }

    /// What holds for a table as a whole, after its cells.
    fn end_table(&mut self, element: &Element<'_>, seat: &Seat<'_>, table: &Table<'_>, first: usize) {
        let asked = self.asked_since(first);
        if element.flag(&["isRequired"]) && !seat.repeated {
            self.one_of(element, &asked);
        }
        self.name(&table.name, Target::Several(asked));
        for key in ["requiredIf", "validators", "columnsVisibleIf"] {
            if !element.get(key).is_null() {
                let message = format!("`{key}` of a whole table is not carried over to the questions that it became.");
                self.notes.add("validator-dropped", Fate::Dropped, element.pointer(key), None, message);
            }
        }
        if element.flag(&["showCommentArea", "hasComment"]) {
            let message = "The comment field of the table is left out; add a `text` question if it matters.";
            self.notes.add("comment", Fate::Dropped, element.at.as_str(), None, message);
        }
        for key in ["choices", "cellType", "rows", "columns", "rowOrder", "rowsOrder", "eachRowRequired"] {
            element.get(key);
        }
        self.details(element);
        self.notes.leftovers(element, None);
    }

    /// Says that the questions below each row are left out.
    fn details(&mut self, element: &Element<'_>) {
        let mode = element.get("detailPanelMode").as_str().unwrap_or("none");
        if mode != "none" && !element.list("detailElements").is_empty() {
            let message = "The questions below each row are left out; ask them in a `repeat` of their own.";
            self.notes.add("details", Fate::Dropped, element.pointer("detailElements"), None, message);
        }
    }

    /// A panel or a table that people add entries to.
    ///
    /// # Errors
    /// Too many questions, options or rules.
    pub(super) fn repeated<'a>(&mut self, element: &Element<'a>, kind: &str, seat: &Seat<'a>) -> Result<(), Refusal> {
        let is_table = kind == "matrixdynamic";
        let fields = self.repeat(element, seat, |reading, seat| {
            if !is_table {
                let at = element.pointer("templateElements");
                return reading.elements(element.list("templateElements"), &at, seat);
            }
            for (index, json) in element.list("columns").iter().enumerate() {
                let column = Element::new(json, format!("{}/columns/{index}", element.at));
                let own = column.any(&["name", "value"]).as_str().or(json.as_str()).unwrap_or_default().to_string();
                let title = reading.words(&column, &["title", "text"]);
                reading.cell(element, &column, &Seat { name: Some(own), title, ..seat.clone() })?;
            }
            Ok(())
        })?;
        if seat.repeated {
            self.notes.leftovers(element, None);
            return Ok(());
        }
        let name = element.get("name").as_str().unwrap_or_default().to_string();
        for key in ["columns", "choices", "cellType"] {
            element.get(key);
        }
        if fields.iter().all(|field| matches!(field.body, Body::Note)) {
            let message = format!("‘{name}’ is left out: nothing in it could be carried over.");
            self.notes.add("question-dropped", Fate::Dropped, element.at.as_str(), None, message);
            self.gone(&name, "it was left out: nothing in it could be carried over");
            self.notes.leftovers(element, None);
            return Ok(());
        }
        let (min, max) = self.entries(element, is_table);
        let mut draft = self.base(element, seat, Body::Repeat { fields: Vec::new(), min, max })?;
        let fields = self.fields(fields, &draft);
        draft.required |= min >= 1 && fields.iter().any(|field| field.required && field.shown.is_empty());
        draft.body = Body::Repeat { fields, min, max };
        if let Some(rule) = element.text("templateVisibleIf") {
            let why = "entries cannot be hidden by what they say";
            draft.shown.push(Condition::lost(rule, why, &element.pointer("templateVisibleIf")));
        }
        self.validators(element, &mut draft, seat)?;
        self.details(element);
        let fate = if is_table { Fate::Degraded } else { Fate::Exact };
        self.finish(element, draft, seat, fate, "repeat").map(|_| ())
    }

    /// How many entries there may be.
    fn entries(&mut self, element: &Element<'_>, is_table: bool) -> (u32, u32) {
        let (least, most, initial, add, remove) = if is_table {
            ("minRowCount", "maxRowCount", "rowCount", "allowAddRows", "allowRemoveRows")
        } else {
            ("minPanelCount", "maxPanelCount", "panelCount", "allowAddPanel", "allowRemovePanel")
        };
        let number = |key| element.number(key).filter(|number| *number >= 0.0).map(count);
        let initial = number(initial).unwrap_or(if is_table { 2 } else { 0 });
        let fixed = element.denied(add) && initial > 0;
        let min = number(least).unwrap_or(0).max(if fixed && element.denied(remove) { initial } else { 0 });
        let wanted = if fixed { Some(initial) } else { number(most).filter(|max| *max > 0) };
        match wanted {
            Some(wanted) if wanted > MAX_ENTRIES => {
                let message = format!("SurveyJS takes up to {wanted} entries here, and Canvass at most {MAX_ENTRIES}.");
                self.notes.add("entries", Fate::Degraded, element.at.as_str(), None, message);
            }
            None => {
                let message = format!(
                    "The form sets no practical limit; up to {USUAL_ENTRIES} entries can be added. Write another \
                        `max`, up to {MAX_ENTRIES}."
                );
                self.notes.add("entries", Fate::Assumed, element.at.as_str(), None, message);
            }
            Some(_) => {}
        }
        let max = wanted.unwrap_or(USUAL_ENTRIES.max(min)).clamp(1, MAX_ENTRIES);
        (min.min(max), max)
    }

    /// Takes from the fields what fields cannot have.
    fn fields(&mut self, mut fields: Vec<Draft>, draft: &Draft) -> Vec<Draft> {
        fields.retain(|field| !matches!(field.body, Body::Note) || !field.text.own.is_empty());
        for field in &mut fields {
            let of_options = match &mut field.body {
                Body::Single { choices, .. } | Body::Multi { choices, .. } => choices.as_mut_slice(),
                _ => &mut [],
            };
            let of_options = of_options.iter_mut().flat_map(|choice| &mut choice.shown);
            // What a table within an entry asks is not known outside of it, where something else may have its name.
            for rule in field.shown.iter_mut().chain(of_options).filter(|rule| rule.context.row.is_some()) {
                *rule = Condition::lost(&rule.text, "it looks at the answers of the same entry", &rule.at);
            }
            if let Some(rule) = field.required_if.take() {
                let message =
                    format!("‘{}’ is optional: a field of a repeated group cannot be required by a rule.", field.name);
                self.notes.add("required-if-lost", Fate::Degraded, rule.at.to_string(), Some(&draft.id), message);
            }
            if !field.checks.is_empty() {
                let message = format!(
                    "What else must hold for ‘{}’ cannot be checked in a repeated group; it is left out.",
                    field.name
                );
                self.notes.add("check-lost", Fate::Dropped, field.at.to_string(), Some(&draft.id), message);
                field.checks.clear();
            }
        }
        fields
    }
}

/// A table while its cells are read.
struct Table<'a> {
    name: String,
    seat: Seat<'a>,
}
