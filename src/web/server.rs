//! Builds the server, the same for the program and for tests.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{Data, FormConfig, PathConfig, QueryConfig};
use actix_web::{App, HttpServer, dev::Server};
use tokio::sync::Semaphore;

use super::api::Api;
use super::crowd::{self, Crowd, Patience, Waiting};
use super::error::Problem;
use super::metrics::{self, Metrics};
use super::{error, routes, security};
use crate::mail::Mailer;
use crate::print::Browser;
use crate::render::Renderer;
use crate::render::compiled::Pages;
use crate::render::theme::{Theme, ThemeError};
use crate::service::Library;

/// Largest posted form, in bytes.
const MAX_FORM_BYTES: usize = 256 * 1024;

/// What the pages need to know of where they are served.
#[derive(Clone, Debug)]
pub struct Site {
    /// The address people use, without a slash at its end: `https://consult.example.org`.
    pub address: String,
    /// What sends mail, if anything does.
    mailer: Option<Mailer>,
    /// What makes PDFs, if anything does; locked while it makes one.
    pub(super) printer: Option<Arc<Mutex<Browser>>>,
    /// Where the style sheet is.
    pub(super) css: String,
    /// Where the style sheet of pages that are read from right to left is.
    pub(super) mirrored_css: String,
    /// Where the script is.
    pub(super) js: String,
    /// Where the script of the pages of staff is.
    pub(super) staff_js: String,
    /// Where the style sheet of a report among the pages of staff is.
    pub(super) report_css: String,
    /// Where the theme's style sheet is, if it has one.
    pub(super) theme_css: Option<String>,
    /// How the pages look besides; nothing of it by default.
    pub(super) theme: Arc<Theme>,
    /// Its pages of questions, compiled as they are asked for.
    pub(super) pages: Arc<Pages>,
    /// When it is too much for it.
    patience: Patience,
    /// Turns at judging a password, which takes a processor for some 30 ms.
    pub(super) judging: Arc<Semaphore>,
    /// How many connections are open.
    pub(super) crowd: Crowd,
    /// What is counted for those who watch the service.
    pub(super) metrics: Metrics,
}

impl Site {
    /// A service that people reach at `address`.
    pub fn new(address: &str) -> Self {
        Self {
            address: address.trim_end_matches('/').to_string(),
            mailer: None,
            printer: None,
            css: super::assets::style_address(),
            mirrored_css: super::assets::mirrored_style_address(),
            js: super::assets::script_address(),
            staff_js: super::assets::staff_script_address(),
            report_css: super::assets::report_style_address(),
            theme_css: None,
            theme: Arc::default(),
            pages: Arc::default(),
            patience: Patience::default(),
            judging: Arc::new(Semaphore::new(1)),
            crowd: Crowd::default(),
            metrics: Metrics::new(),
        }
    }

    /// The same with a browser that makes PDFs of reports, if there is one.
    #[must_use]
    pub fn with_browser(self, browser: Option<Browser>) -> Self {
        Self { printer: browser.map(|browser| Arc::new(Mutex::new(browser))), ..self }
    }

    /// The same in the look of an organisation.
    #[must_use]
    pub fn with_theme(self, mut theme: Theme) -> Self {
        let logo = theme.logo.as_ref().map(super::assets::logo_address);
        if let Some(brand) = &mut theme.brand {
            brand.logo = logo;
        }
        let theme_css = (!theme.css.is_empty()).then(|| super::assets::theme_address(&theme));
        Self { theme_css, theme: Arc::new(theme), pages: Arc::default(), ..self }
    }

    /// The same service with what sends its mail.
    #[must_use]
    pub fn with_mail(self, mailer: Option<Mailer>) -> Self {
        Self { mailer, pages: Arc::default(), ..self }
    }

    /// The same service with other bounds for when it refuses requests.
    #[must_use]
    pub fn with_patience(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    /// What sends mail; none if pages are to offer none.
    pub fn mailer(&self) -> Option<&Mailer> {
        self.mailer.as_ref()
    }

    /// Its pages of questions, as far as they are compiled.
    pub fn pages(&self) -> &Pages {
        &self.pages
    }

    /// True if people come by HTTPS, so that cookies must too.
    pub(super) fn is_https(&self) -> bool {
        self.address.starts_with("https://")
    }
}

/// Takes the address to listen on, such as `127.0.0.1:8080`.
pub fn bind(listen: &str) -> std::io::Result<TcpListener> {
    TcpListener::bind(listen)
}

/// Serves until the process is told to stop (SIGTERM or SIGINT), then finishes the requests under way.
pub fn serve(listener: TcpListener, library: Library, site: Site) -> Result<Server, ServeError> {
    let renderer = Data::new(Renderer::themed(&site.theme.templates)?);
    let (crowd, metrics) = (site.crowd.clone(), Data::new(site.metrics.clone()));
    let (library, site, api) = (Data::new(library), Data::new(site), Data::new(Api::new()));
    let arriving = crowd.clone();
    let server = HttpServer::new(move || {
        App::new()
            .app_data(Waiting::measured())
            .app_data(crowd.clone())
            .app_data(site.patience)
            .app_data(Data::clone(&metrics))
            .app_data(Data::clone(&renderer))
            .app_data(Data::clone(&library))
            .app_data(Data::clone(&site))
            .app_data(Data::clone(&api))
            .app_data(FormConfig::default().limit(MAX_FORM_BYTES).error_handler(|wrong, _| error::bad_form(&wrong)))
            .app_data(PathConfig::default().error_handler(|_, _| Problem::not_found().into()))
            .app_data(QueryConfig::default().error_handler(|_, _| Problem::not_found().into()))
            .wrap(from_fn(security::same_site))
            .wrap(from_fn(error::pages))
            .wrap(security::headers(&site))
            .wrap(Compress::default())
            .wrap(from_fn(crowd::in_pieces))
            .wrap(from_fn(metrics::counted))
            .configure(routes)
            .default_service(actix_web::web::to(|| async { Err::<&str, _>(Problem::not_found()) }))
    });
    let server = server.on_connect(move |socket, extensions| arriving.let_in(socket, extensions));
    Ok(server.h1_write_buffer_size(crowd::GATHERED).workers(2).shutdown_timeout(30).listen(listener)?.run())
}

/// Serves and returns when the server has stopped; with `metrics`, the figures of how it does are served there.
pub fn run(
    listener: TcpListener,
    metrics: Option<TcpListener>,
    library: Library,
    site: Site,
) -> Result<(), ServeError> {
    actix_web::rt::System::new().block_on(async {
        if let Some(metrics) = metrics {
            actix_web::rt::spawn(metrics::serve(metrics, &site)?);
        }
        Ok(serve(listener, library, site)?.await?)
    })
}

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("cannot listen")]
    Listen(#[from] std::io::Error),
    /// A template is broken.
    #[error(transparent)]
    Template(#[from] ThemeError),
}
