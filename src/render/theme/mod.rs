//! A theme: an organisation's name, logo, colours, style sheet and templates, checked whole before anything is served.

mod colour;
mod logo;
mod sample;

pub use logo::Logo;

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::document::closest;
use crate::render::{RenderError, Renderer};
use colour::Colour;

/// The files of a theme folder, as far as they are there.
#[derive(Clone, Debug, Default)]
pub struct ThemeFiles {
    /// `theme.json`.
    pub settings: Option<String>,
    /// `logo.svg`.
    pub svg: Option<Vec<u8>>,
    /// `logo.png`.
    pub png: Option<Vec<u8>>,
    /// `theme.css`.
    pub css: Option<String>,
    /// The templates under `templates/`, each with its path there without `.hbs`.
    pub templates: Vec<(String, String)>,
}

/// A theme that is in order.
#[derive(Clone, Debug, Default)]
pub struct Theme {
    /// What stands in the head of every page.
    pub brand: Option<Brand>,
    /// The logo.
    pub logo: Option<Logo>,
    /// The rules that follow from its colours, then its own; empty if there are none.
    pub css: String,
    /// Templates that stand for the program's, each with its name.
    pub templates: Vec<(String, String)>,
}

/// Whose pages these are, in their head.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Brand {
    /// Its name; that of the logo for those who do not see it.
    pub name: String,
    /// Where the name leads.
    pub href: Option<String>,
    /// What stands beside it.
    pub text: Option<String>,
    /// Address of the logo, where there is one.
    pub logo: Option<String>,
}

/// What is wrong with a theme, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {says}")]
pub struct ThemeError {
    /// The file in the theme folder, with the line where one is to blame.
    pub place: String,
    /// What is wrong, and what to do.
    pub says: String,
}

impl ThemeError {
    fn new(place: impl Into<String>, says: impl Into<String>) -> Self {
        Self { place: place.into(), says: says.into() }
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    name: Option<String>,
    text: Option<String>,
    link: Option<String>,
    #[serde(default)]
    colours: Colours,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Colours {
    header: Option<String>,
    header_text: Option<String>,
    link: Option<String>,
    button: Option<String>,
}

const SETTINGS: &str = "theme.json";

impl Theme {
    /// Reads a theme and tries it on every page that it can change.
    pub fn read(files: ThemeFiles) -> Result<Self, ThemeError> {
        let settings = match &files.settings {
            Some(text) => serde_json::from_str(text)
                .map_err(|error| ThemeError::new(format!("{SETTINGS}:{}", error.line()), error.to_string()))?,
            None => Settings::default(),
        };
        let logo = match (files.svg, files.png) {
            (Some(_), Some(_)) => return Err(ThemeError::new("logo.png", "there is a logo.svg too: keep one of them")),
            (Some(svg), None) => Some(Logo::read("svg", svg).map_err(|says| ThemeError::new("logo.svg", says))?),
            (None, Some(png)) => Some(Logo::read("png", png).map_err(|says| ThemeError::new("logo.png", says))?),
            (None, None) => None,
        };
        let mut css = painted(&settings.colours)?;
        let brand = brand(settings, logo.is_some())?;
        if brand.is_some() {
            css.push_str(BRAND_CSS);
        }
        if let Some(own) = &files.css {
            let loads = own.to_ascii_lowercase();
            if ["@import", "http:", "https:", "url(//", "url('//", "url(\"//"].iter().any(|part| loads.contains(part)) {
                let says =
                    "loads something from elsewhere, which pages never do: put it into the file as a `data:` address";
                return Err(ThemeError::new("theme.css", says));
            }
            css.push_str(own);
        }
        let renderer = Renderer::themed(&files.templates)?;
        sample::fill_all(&renderer, &files.templates)?;
        Ok(Self { brand, logo, css, templates: files.templates })
    }
}

fn brand(settings: Settings, has_logo: bool) -> Result<Option<Brand>, ThemeError> {
    let wrong = |says: &str| Err(ThemeError::new(SETTINGS, says));
    let Some(name) = settings.name.filter(|name| !name.trim().is_empty()) else {
        return match (has_logo, settings.text.is_some() || settings.link.is_some()) {
            (true, _) => wrong("a logo needs a `name`, for those who do not see it"),
            (_, true) => wrong("`text` and `link` need a `name`"),
            _ => Ok(None),
        };
    };
    if let Some(link) = &settings.link
        && !["https://", "http://", "/"].iter().any(|start| link.starts_with(start))
    {
        return wrong("`link` must begin with `https://`, `http://` or `/`");
    }
    Ok(Some(Brand { name, href: settings.link, text: settings.text, logo: None }))
}

const BRAND_CSS: &str = ".canvass-brand{display:flex;flex-wrap:wrap;gap:4px 16px;align-items:center;width:100%;\
color:inherit}.canvass-brand a,.canvass-brand span{color:#fff;color:var(--canvass-header-text,#fff);min-height:24px}\
.canvass-brand a:focus{color:#212b32;background:#ffeb3b;outline:4px solid #ffeb3b;text-decoration:none}\
.canvass-brand img{display:block;height:40px;max-width:100%}\n";

/// The rules that follow from the colours, each pair of which can be told apart.
fn painted(colours: &Colours) -> Result<String, ThemeError> {
    let (header, header_text) =
        (read("header", colours.header.as_deref())?, read("header_text", colours.header_text.as_deref())?);
    let (link, button) = (read("link", colours.link.as_deref())?, read("button", colours.button.as_deref())?);
    let mut css = String::new();
    if header.is_some() || header_text.is_some() {
        let (back, text) = (header.unwrap_or(Colour::HEADER), header_text.unwrap_or(Colour::WHITE));
        expect("header_text", text, &[("the header's background", back, 4.5)])?;
        let _ = writeln!(
            css,
            ":root{{--canvass-header-text:{text}}}@media screen{{.canvass-header{{background-color:{back}}}.canvass-header,\
             .canvass-header__account,.canvass-header .canvass-link-button:not(:focus),\
             .canvass-header .nhsuk-header__service-name:not(:focus){{color:{text}}}}}"
        );
    }
    if let Some(link) = link {
        expect("link", link, &[("the page", Colour::PAGE, 4.5), ("white", Colour::WHITE, 4.5)])?;
        let plain = ":link:not(:hover):not(:focus):not(:active):not(.nhsuk-button)";
        let _ = writeln!(css, "@media screen{{main :not(li)>a{plain},.nhsuk-back-link{plain}{{color:{link}}}}}");
    }
    if let Some(button) = button {
        expect(
            "button",
            button,
            &[("the white text of buttons", Colour::WHITE, 4.5), ("the page", Colour::PAGE, 3.0)],
        )?;
        let (dark, darker) = (button.mixed(Colour::BLACK, 20), button.mixed(Colour::BLACK, 45));
        let plain = ".nhsuk-button:not(.nhsuk-button--secondary):not(.nhsuk-button--warning):not(:focus)";
        let _ = writeln!(
            css,
            "@media screen{{{plain}{{background-color:{button};box-shadow:0 4px 0 {darker}}}{plain}:hover{{background-color:{dark}}}}}"
        );
    }
    Ok(css)
}

fn read(key: &str, written: Option<&str>) -> Result<Option<Colour>, ThemeError> {
    let Some(text) = written else { return Ok(None) };
    let wrong = || ThemeError::new(SETTINGS, format!("`colours.{key}` is `{text}`: write a colour as `#12436d`"));
    Colour::read(text).ok_or_else(wrong).map(Some)
}

/// Refuses a colour that cannot be told from another, with the ratio and the nearest one that can.
fn expect(key: &str, colour: Colour, against: &[(&str, Colour, f64)]) -> Result<(), ThemeError> {
    let Some((what, other, least)) = against.iter().find(|(_, other, least)| colour.contrast(*other) < *least) else {
        return Ok(());
    };
    let all: Vec<(Colour, f64)> = against.iter().map(|(_, other, least)| (*other, *least)).collect();
    let instead = match colour.nearest(&all) {
        Some(nearest) => format!("the nearest colour that passes is {nearest}"),
        None => "no colour near it passes".to_string(),
    };
    // Rounded down, so that no ratio reads as if it passed.
    let ratio = (colour.contrast(*other) * 100.0).floor() / 100.0;
    Err(ThemeError::new(
        SETTINGS,
        format!(
            "`colours.{key}` {colour} has a contrast of {ratio}:1 with {what} ({other}) and needs {least}:1: {instead}"
        ),
    ))
}

impl Renderer {
    /// Compiles the embedded templates, and those of a theme in place of the ones they are named after.
    pub fn themed(templates: &[(String, String)]) -> Result<Self, ThemeError> {
        let mut renderer = Self::new().map_err(|error| ThemeError::new("templates", error.to_string()))?;
        for (name, source) in templates {
            let place = format!("templates/{name}.hbs");
            if !sample::may_be_replaced(name) || !renderer.names().any(|known| known == name) {
                let known = renderer.names().filter(|name| sample::may_be_replaced(name));
                let mut known: Vec<&str> = known.collect();
                known.sort_unstable();
                let help = closest(name, known.iter().copied()).map(|near| format!(": did you mean `{near}`?"));
                let help = help.unwrap_or_else(|| format!("; there are {}", known.join(", ")));
                return Err(ThemeError::new(place, format!("no template of that name can be replaced{help}")));
            }
            renderer.replace(name, source).map_err(|error| {
                let line = error.pos().map(|(line, _)| format!(":{line}")).unwrap_or_default();
                ThemeError::new(format!("{place}{line}"), error.reason().to_string())
            })?;
        }
        Ok(renderer)
    }
}

/// What a template could not be filled with, as the theme's author reads it.
fn unfilled(error: &RenderError, templates: &[(String, String)]) -> ThemeError {
    let RenderError::Fill { name, source } = error else { return ThemeError::new("templates", error.to_string()) };
    let at = source.template_name.as_deref().filter(|at| templates.iter().any(|(own, _)| own == at)).unwrap_or(name);
    let line = source.line_no.map(|line| format!(":{line}")).unwrap_or_default();
    ThemeError::new(format!("templates/{at}.hbs{line}"), format!("{} (filling `{name}`)", source.reason()))
}

#[cfg(test)]
mod tests;
