//! Labels and hints: their languages, the answers piped into them, and what stands in them as HTML.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::columns::{Headers, Record};
use super::language::{self, Tag};
use super::lists::Lists;
use super::typed::{self, Symbol, Symbols, Type};
use super::xpath::{Piece, pieces};
use crate::definition::language::fingerprint;
use crate::document::Id;
use crate::exchange::report::{Fate, Notes};
use crate::exchange::rule::Expr;

/// The languages of a form.
#[derive(Debug, Default)]
pub(super) struct Languages {
    /// The form's own language, as the columns name it; `None` where they name none.
    own: Option<String>,
    /// Its tag, if it is known.
    pub(super) tag: Option<Tag>,
    /// The others, as the columns name them, with their tags.
    others: Vec<(String, String)>,
}

impl Languages {
    /// The languages of a workbook of ours: what has no language is in the survey's own.
    pub(super) fn of_own(tables: &[&super::columns::Table]) -> Self {
        let mut others: Vec<(String, String)> = Vec::new();
        for language in tables.iter().flat_map(|table| &table.languages) {
            let tag = language::tag(language).tag;
            if !others.iter().any(|(_, known)| *known == tag) {
                others.push((language.clone(), tag));
            }
        }
        Self { own: None, tag: None, others }
    }

    /// Finds out which language is the form's own, as `pyxform` does.
    pub(super) fn of(setting: Option<&str>, survey: &super::columns::Table, lists: &Lists, notes: &mut Notes) -> Self {
        let mut named = survey.languages.clone();
        named.extend(lists.languages.iter().filter(|language| !survey.languages.contains(language)).cloned());
        let with_label = |language: &&String| survey.rows.iter().any(|row| row.text("label", language).is_some());
        let unnamed = survey.rows.iter().any(|row| row.get("label").is_some());
        let set = setting.and_then(|set| named.iter().find(|language| language.eq_ignore_ascii_case(set)));
        let own = match set {
            Some(set) => Some(set.clone()),
            None if unnamed => None,
            None => named.iter().find(with_label).cloned(),
        };
        let tag = own.as_deref().or(setting.filter(|set| *set != "default")).map(language::tag);
        let mut others: Vec<(String, String)> = Vec::new();
        for language in named.into_iter().filter(|language| Some(language) != own.as_ref()) {
            let found = language::tag(&language);
            let is_used = lists
                .all
                .iter()
                .flat_map(|list| &list.options)
                .any(|option| option.row.text("label", &language).is_some());
            if !is_used
                && !with_label(&&language)
                && !survey.rows.iter().any(|row| row.text("hint", &language).is_some())
            {
                continue;
            }
            let taken =
                others.iter().any(|(_, tag)| *tag == found.tag) || tag.as_ref().is_some_and(|own| own.tag == found.tag);
            if taken {
                let message = format!(
                    "`{language}` is read as `{}`, as another language is; its texts were left out.",
                    found.tag
                );
                notes.add("language-twice", Fate::Dropped, "survey!1", None, message);
                continue;
            }
            let (fate, how) = if found.sure {
                (Fate::Exact, "")
            } else {
                (Fate::Assumed, ", which the form does not say; write `Name (code)`")
            };
            notes.add(
                "language",
                fate,
                "survey!1",
                Some(&found.tag),
                format!("`{language}` became `{}`{how}.", found.tag),
            );
            others.push((language, found.tag));
        }
        Self { own, tag, others }
    }

    /// The text of a column in the form's own language, or in another where there is none.
    pub(super) fn text<'a>(&self, row: &'a Record, column: &str) -> Option<&'a str> {
        let own = self.own.as_deref().and_then(|own| row.text(column, own));
        own.or_else(|| row.raw(column)).or_else(|| row.any_text(column))
    }
}

/// What a text must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Line,
    Block,
}

/// Makes texts and collects their translations.
#[derive(Debug)]
pub(super) struct Texts {
    pub(super) languages: Languages,
    pub(super) headers: Headers,
    pub(super) translations: BTreeMap<String, Map<String, Value>>,
}

impl Texts {
    /// A text of a row, ready to be shown, with the questions that are piped into it; its translations are kept under `key`.
    pub(super) fn of(
        &mut self,
        row: &Record,
        column: &str,
        key: &str,
        shape: Shape,
        context: &Piping<'_>,
        notes: &mut Notes,
    ) -> Option<(String, Vec<String>)> {
        let written = self.languages.text(row, column)?;
        let own = self.headers == Headers::Canvass;
        let cleaned = |texts: &Self, written: &str, notes: &mut Notes| match column {
            // Columns of our own hold texts to the letter.
            "value" | "message" | "pattern_message" | "item_name" if own => (written.to_string(), Vec::new()),
            _ => texts.cleaned(written, shape, context, notes),
        };
        let (mut text, mut needs) = cleaned(self, written, notes);
        let verbatim = if column == "hint" { "verbatim_hint" } else { "verbatim" };
        if own {
            if let Some(own) = row.raw(verbatim).filter(|_| matches!(column, "label" | "hint")) {
                text = super::own::unhushed(own);
            }
            needs.extend(piped(&text).iter().flat_map(|id| context.symbols.behind(id)));
        }
        if text.is_empty() {
            return None;
        }
        for (language, tag) in &self.languages.others {
            let Some(translated) = row.text(column, language) else { continue };
            if key.is_empty() {
                continue;
            }
            // What a translation pipes is what its source pipes, or the page may come too early.
            let (translated, others) = cleaned(self, translated, notes);
            if translated.is_empty() || !own && others.iter().any(|other| !needs.contains(other)) {
                continue;
            }
            let entry = json!({"text": translated, "of": fingerprint(&text)});
            self.translations.entry(tag.clone()).or_default().insert(key.to_string(), entry);
        }
        Some((text, needs))
    }

    /// Puts the translations of keys that begin in one way under keys that begin in another as well.
    pub(super) fn copy_translations(&mut self, from: &str, to: &str) {
        for texts in self.translations.values_mut() {
            let copies: Vec<(String, Value)> = texts
                .iter()
                .filter_map(|(key, text)| key.strip_prefix(from).map(|rest| (format!("{to}{rest}"), text.clone())))
                .collect();
            texts.extend(copies);
        }
    }

    /// Moves or copies the translations of one key to another.
    pub(super) fn rename(&mut self, from: &str, to: Option<&str>, keep: bool) {
        for texts in self.translations.values_mut() {
            let Some(text) = texts.get(from).cloned() else { continue };
            if !keep {
                texts.shift_remove(from);
            }
            if let Some(to) = to {
                texts.insert(to.to_string(), text);
            }
        }
    }

    fn cleaned(&self, written: &str, shape: Shape, context: &Piping<'_>, notes: &mut Notes) -> (String, Vec<String>) {
        let mut needs = Vec::new();
        let own = self.headers == Headers::Canvass;
        let marked = if own { written.to_string() } else { markdown(&written.replace("{{", "{ {")) };
        let mut text = String::new();
        for piece in pieces(&marked) {
            match piece {
                Piece::Words(words) => text.push_str(words),
                Piece::Ref(name) => match context.pipe(name, own) {
                    Ok((pipe, behind)) => {
                        text.push_str(&pipe);
                        needs.extend(behind);
                    }
                    Err(why) => {
                        text.extend(["[", name, "]"]);
                        let message = format!(
                            "`${{{name}}}` is not shown in the text: {why}. It reads `[{name}]` now; rewrite it."
                        );
                        notes.add("pipe-lost", Fate::Degraded, context.place.clone(), context.target, message);
                    }
                },
            }
        }
        if !own {
            text = match shape {
                Shape::Line => text.split_whitespace().collect::<Vec<_>>().join(" "),
                Shape::Block => text.replace("\r\n", "\n").trim().to_string(),
            };
        }
        (text, needs)
    }
}

/// What a text may pipe.
pub(super) struct Piping<'a> {
    pub(super) symbols: &'a Symbols,
    /// Where it stands among the rows: only earlier answers can be piped.
    pub(super) order: usize,
    /// Where it stands in the workbook.
    pub(super) place: String,
    pub(super) target: Option<&'a str>,
}

impl Piping<'_> {
    /// The pipe for a name, and the questions behind it.
    fn pipe(&self, name: &str, own: bool) -> Result<(String, Vec<String>), String> {
        if self.place.ends_with(":constraint_message") {
            return Err("messages do not quote answers".into());
        }
        let id = match self.symbols.get(name) {
            None => return Err("there is no such question".into()),
            Some(Symbol::Gone(lost)) => return Err(lost.why.clone()),
            Some(Symbol::Value(typed::Value::Answer(answer) | typed::Value::Label(answer))) => {
                if answer.kind == Type::Repeat {
                    return Err("it has several entries".into());
                }
                let named = Expr::Name(answer.name.clone());
                return self.before(&named, self.symbols.behind(&answer.name.item), own);
            }
            Some(Symbol::Value(typed::Value::Coded { name: Expr::Name(name), .. })) => name.item.clone(),
            Some(Symbol::Value(_)) => return Err("it is not the answer to one question".into()),
        };
        self.before(&Expr::name(&id), self.symbols.behind(&id), own)
    }

    fn before(&self, named: &Expr, behind: Vec<String>, own: bool) -> Result<(String, Vec<String>), String> {
        match self.symbols.last_place(named) {
            // In a workbook of ours the checker says so.
            Some((_, place)) if place >= self.order && !own => Err("it is asked later".into()),
            _ => Ok((format!("{{{{ {named} }}}}"), behind)),
        }
    }
}

/// The ids that a text of ours pipes.
fn piped(text: &str) -> Vec<String> {
    let opened = text.split("{{").skip(1).filter_map(|after| after.split_once("}}"));
    let named = opened.map(|(inside, _)| inside.split(['|', '.', '[']).next().unwrap_or_default().trim().to_string());
    named.filter(|id| Id::Name.allows(id)).collect()
}

/// The HTML that forms use as Markdown; other elements are left out and their words kept.
fn markdown(text: &str) -> String {
    if !text.contains('<') {
        return text.to_string();
    }
    let mut out = String::new();
    let mut links: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        let starts_tag = after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        let Some((tag, after)) = after.split_once('>').filter(|(tag, _)| starts_tag && !tag.contains('<')) else {
            out.push('<');
            rest = after;
            continue;
        };
        rest = after;
        let name = tag.trim_end_matches('/').split_whitespace().next().unwrap_or_default().to_lowercase();
        match name.as_str() {
            "b" | "strong" | "/b" | "/strong" => out.push_str("**"),
            "i" | "em" | "/i" | "/em" => out.push('*'),
            "br" | "/p" | "/div" => out.push('\n'),
            "li" => out.push_str("\n- "),
            "a" => {
                links.push(href(tag).unwrap_or_default());
                out.push('[');
            }
            "/a" => match links.pop() {
                Some(link) => out.extend(["](", link.as_str(), ")"]),
                None => out.push(']'),
            },
            "h1" | "h2" | "h3" | "h4" => out.push_str("\n### "),
            "/h1" | "/h2" | "/h3" | "/h4" => out.push_str("\n\n"),
            _ => {}
        }
    }
    out.push_str(rest);
    out
}

/// The address of a link.
fn href(tag: &str) -> Option<String> {
    let (_, after) = tag.split_once("href")?;
    let after = after.trim_start().strip_prefix('=')?.trim_start();
    let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    after.get(1..)?.split(quote).next().map(|link| link.replace([' ', '(', ')'], ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_becomes_markdown() {
        assert_eq!(markdown("<b>Now</b><br/>2 < 3 <span style=\"x\">red</span>"), "**Now**\n2 < 3 red");
        assert_eq!(markdown("see <a href=\"https://e.org\" target=\"_blank\">this</a>."), "see [this](https://e.org).");
        assert_eq!(markdown("a <= b > c"), "a <= b > c");
    }
}
