//! The presentation layer: every template compiled at start, filled from views that carry finished strings.
//!
//! A view is a plain struct; a template only places what is in it. Text is escaped unless it is [`html::Html`],
//! which only Markdown, charts and templates themselves can make.

pub mod account;
pub mod answer;
pub mod chart;
pub mod codebook;
pub mod compiled;
pub mod design;
pub mod docx;
mod entries;
pub mod everyone;
mod fault;
pub mod form;
pub mod html;
pub mod input;
pub mod invitations;
pub mod item;
pub mod live;
pub mod markdown;
pub mod page;
pub mod paper;
pub mod redaction;
pub mod report;
pub mod round;
mod rows;
pub mod staff;
pub mod theme;
pub mod themes;
pub mod views;
pub mod wall;
mod words;
pub mod workbench;

use handlebars::Handlebars;
use rust_embed::RustEmbed;
use serde::Serialize;

/// Why a page could not be made. Either is a mistake in a template or its view, never in what a person typed.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A template does not compile.
    #[error("a template does not compile")]
    Template(#[from] Box<handlebars::TemplateError>),
    /// A template names something that its view does not have, or there is no such template.
    #[error("template `{name}` cannot be filled")]
    Fill {
        /// The template's name.
        name: String,
        /// What handlebars found.
        #[source]
        source: Box<handlebars::RenderError>,
    },
}

#[derive(RustEmbed)]
#[folder = "templates/"]
#[include = "*.hbs"]
struct Templates;

/// Every template, compiled.
pub struct Renderer {
    registry: Handlebars<'static>,
}

impl Renderer {
    /// Compiles every embedded template: a mistake in one stops the program's start, not a respondent's page.
    pub fn new() -> Result<Self, RenderError> {
        let mut registry = Handlebars::new();
        registry.set_strict_mode(true);
        // A partial called on a line of its own must not indent what people typed into a text box.
        registry.set_prevent_indent(true);
        registry.register_embed_templates_with_extension::<Templates>(".hbs").map_err(Box::new)?;
        Ok(Self { registry })
    }

    /// The names of all templates.
    pub(in crate::render) fn names(&self) -> impl Iterator<Item = &str> {
        self.registry.get_templates().keys().map(String::as_str)
    }

    /// Compiles `source` in place of the template `name`.
    pub(in crate::render) fn replace(&mut self, name: &str, source: &str) -> Result<(), handlebars::TemplateError> {
        self.registry.register_template_string(name, source)
    }

    /// Fills the template `name` (its path under `templates/`, without `.hbs`) from a view.
    ///
    /// ```
    /// use canvass::render::{Renderer, RenderError};
    ///
    /// let renderer = Renderer::new()?;
    /// let words = &canvass::vocabulary::Words::of("cy").labels;
    /// let view = serde_json::json!({"label": "Eich rôl", "optional": true, "shell": {"words": words, "words_lang": null, "words_dir": null}});
    /// assert_eq!(renderer.render("part/label_text", &view)?, "Eich rôl (dewisol)");
    /// # Ok::<(), RenderError>(())
    /// ```
    pub fn render(&self, name: &str, view: &impl Serialize) -> Result<String, RenderError> {
        self.registry
            .render(name, view)
            .map_err(|error| RenderError::Fill { name: name.to_owned(), source: Box::new(error) })
    }

    /// The same from a view that is JSON already.
    pub(in crate::render) fn fill(&self, name: &str, view: serde_json::Value) -> Result<String, RenderError> {
        self.registry
            .render_with_context(name, &view.into())
            .map_err(|error| RenderError::Fill { name: name.to_owned(), source: Box::new(error) })
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_fixtures;
