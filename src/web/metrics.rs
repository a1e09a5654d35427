//! Figures for those who watch the service, as Prometheus reads them, on an address of their own: nothing of a person, a
//! consultation or an answer is in them.

use std::fs;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::{Data, get};
use actix_web::{App, HttpResponse, HttpServer, Responder};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::crowd::Crowd;
use super::{ServeError, Site};

/// Bounds of the times that are told apart, in seconds.
const SECONDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// What is counted while the service runs. A clone counts the same.
#[derive(Clone, Debug)]
pub(super) struct Metrics(Arc<Counted>);

#[derive(Debug)]
struct Counted {
    requests: Family<Answered, Counter>,
    seconds: Family<Room, Histogram>,
    connections: Gauge,
    memory: Gauge,
    registry: Registry,
}

/// A request as it is counted: for which part of the service, and with which status.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    room: &'static str,
    status: u16,
}

/// A part of the service.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Room {
    room: &'static str,
}

impl Metrics {
    /// Nothing counted yet.
    pub(super) fn new() -> Self {
        let (requests, connections, memory) = (Family::default(), Gauge::default(), Gauge::default());
        let seconds: Family<Room, Histogram> = Family::new_with_constructor(|| Histogram::new(SECONDS));
        let since = Gauge::<i64>::default();
        since.set(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs().cast_signed()));
        let mut registry = Registry::with_prefix("canvass");
        registry.register(
            "requests",
            "Requests that were answered, by part of the service and status",
            requests.clone(),
        );
        registry.register_with_unit(
            "request_duration",
            "Time until the head of an answer, by part of the service",
            Unit::Seconds,
            seconds.clone(),
        );
        registry.register("connections", "Connections that are open", connections.clone());
        registry.register_with_unit("resident_memory", "Memory in use", Unit::Bytes, memory.clone());
        registry.register_with_unit("start_time", "When the program started, since 1970", Unit::Seconds, since);
        Self(Arc::new(Counted { requests, seconds, connections, memory, registry }))
    }

    fn count(&self, room: &'static str, status: u16, took: Duration) {
        self.0.requests.get_or_create(&Answered { room, status }).inc();
        self.0.seconds.get_or_create(&Room { room }).observe(took.as_secs_f64());
    }

    /// All figures as text.
    fn told(&self, crowd: &Crowd) -> Result<String, std::fmt::Error> {
        self.0.connections.set(i64::try_from(crowd.size()).unwrap_or(i64::MAX));
        self.0.memory.set(resident_bytes().unwrap_or_default());
        let mut text = String::new();
        encode(&mut text, &self.0.registry)?;
        Ok(text)
    }
}

/// The part of the service that an address belongs to.
fn room(path: &str) -> &'static str {
    let first = path.split('/').nth(1).unwrap_or_default();
    match first {
        "s" => "respondents",
        "staff" | "preview" => "staff",
        "api" => "api",
        "assets" => "assets",
        _ => "other",
    }
}

/// What the system says that the process holds in memory; none where there is no `/proc`.
fn resident_bytes() -> Option<i64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse::<i64>().ok().map(|kilobytes| kilobytes * 1024)
}

/// Counts a request once its answer begins.
pub(super) async fn counted<B: MessageBody + 'static>(
    metrics: Data<Metrics>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let (room, began) = (room(request.path()), Instant::now());
    let answered = next.call(request).await;
    let status = match &answered {
        Ok(response) => response.status(),
        Err(error) => error.as_response_error().status_code(),
    };
    metrics.count(room, status.as_u16(), began.elapsed());
    answered
}

/// Serves the figures at `/metrics` until the returned server is stopped.
pub fn serve(listener: TcpListener, site: &Site) -> Result<Server, ServeError> {
    let (metrics, crowd) = (site.metrics.clone(), site.crowd.clone());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(Data::new(metrics.clone()))
            .app_data(Data::new(crowd.clone()))
            .route("/metrics", get().to(page))
    });
    Ok(server.workers(1).disable_signals().shutdown_timeout(1).listen(listener)?.run())
}

async fn page(metrics: Data<Metrics>, crowd: Data<Crowd>) -> impl Responder {
    match metrics.told(&crowd) {
        Ok(text) => {
            HttpResponse::Ok().content_type("application/openmetrics-text; version=1.0.0; charset=utf-8").body(text)
        }
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_part_and_status_and_never_by_address() {
        let metrics = Metrics::new();
        metrics.count(room("/s/town/page/one"), 200, Duration::from_millis(3));
        metrics.count(room("/s/town"), 200, Duration::from_millis(30));
        metrics.count(room("/staff"), 403, Duration::from_secs(9));
        let text = metrics.told(&Crowd::default()).unwrap();
        assert!(text.contains("canvass_requests_total{room=\"respondents\",status=\"200\"} 2\n"), "{text}");
        assert!(text.contains("canvass_requests_total{room=\"staff\",status=\"403\"} 1\n"));
        assert!(
            text.contains("canvass_request_duration_seconds_bucket{le=\"0.005\",room=\"respondents\"} 1\n"),
            "{text}"
        );
        assert!(text.contains("canvass_request_duration_seconds_bucket{le=\"5.0\",room=\"staff\"} 0\n"));
        assert!(text.contains("canvass_connections 0\n") && !text.contains("town") && text.ends_with("# EOF\n"));
        assert_eq!(
            [room("/"), room("/api/v1/surveys"), room("/preview/x"), room("")],
            ["other", "api", "staff", "other"]
        );
    }
}
