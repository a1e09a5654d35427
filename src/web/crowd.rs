//! Very many people at once: what each open connection keeps in memory stays small, and nobody waits long to be told that
//! it is too much.
//!
//! A worker takes requests up in the order in which they came. [`Waiting`] measures how long that takes: a task that wants
//! to run every [`EVERY`] finds how late it is. Where that is longer than is bearable, the worker is offered more than it
//! can do, and whoever comes next is refused at once ([`is_too_much`]) with a page that can send again what was typed:
//! that is quick, so those before them are answered in time.

use std::any::Any;
use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use actix_web::HttpRequest;
use actix_web::body::{BodySize, BoxBody, EitherBody, MessageBody};
use actix_web::dev::{Extensions, ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::rt::time::timeout;
use actix_web::web::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::error::Problem;
use crate::service::ServiceError;

/// How long somebody waits for a turn at what only so many do at once.
const A_TURN: Duration = Duration::from_secs(10);
/// How often a worker looks how late it is.
const EVERY: Duration = Duration::from_millis(20);

/// From so many connections on, answers leave in pieces.
const MANY: usize = 2048;

/// Such a piece, in bytes: it fits into what a connection has for writing from its start, 8 KiB with what is written already.
const PIECE: usize = 4 * 1024;

/// What a connection gathers before it writes, in bytes.
pub(super) const GATHERED: usize = 4 * 1024;

/// When requests are refused.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Where requests wait longer than this to be taken up,
    pub waiting: Duration,
    /// and more connections than this are open: so few do not wait for each other, but for something else.
    pub connections: usize,
}

impl Default for Patience {
    fn default() -> Self {
        Self { waiting: Duration::from_millis(80), connections: 256 }
    }
}

/// How many connections are open.
#[derive(Clone, Debug, Default)]
pub(super) struct Crowd(Arc<AtomicUsize>);

/// One of them, until it is closed.
struct Guest(Crowd);

impl Crowd {
    /// Counts a connection that has been opened.
    pub(super) fn let_in(&self, _: &dyn Any, connection: &mut Extensions) {
        self.0.fetch_add(1, Ordering::Relaxed);
        connection.insert(Guest(self.clone()));
    }

    pub(super) fn size(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How long requests wait until this worker takes them up.
#[derive(Debug)]
pub(super) struct Waiting {
    /// When it last looked.
    looked: Cell<Instant>,
    /// How late that was.
    late: Cell<Duration>,
}

impl Waiting {
    /// Measures from now on, in the thread of a worker.
    pub(super) fn measured() -> Rc<Self> {
        let waiting = Rc::new(Self { looked: Cell::new(Instant::now()), late: Cell::default() });
        let measured = Rc::downgrade(&waiting);
        actix_web::rt::spawn(async move {
            while let Some(waiting) = measured.upgrade() {
                waiting.late.set(waiting.looked.get().elapsed().saturating_sub(EVERY));
                waiting.looked.set(Instant::now());
                drop(waiting);
                actix_web::rt::time::sleep(EVERY).await;
            }
        });
        waiting
    }

    /// As it was found last, or longer if nothing was found since.
    fn time(&self) -> Duration {
        self.late.get().max(self.looked.get().elapsed().saturating_sub(EVERY))
    }
}

/// Waits for a turn at what only so many do at once, for [`A_TURN`] at most. Whoever waits holds no thread.
pub(super) async fn turn_of(turns: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Problem> {
    let turn = timeout(A_TURN, Arc::clone(turns).acquire_owned()).await;
    turn.ok().and_then(Result::ok).ok_or_else(|| ServiceError::overloaded().into())
}

/// True if the worker has more to do than it can, and a request is to be refused.
pub(super) fn is_too_much(request: &HttpRequest) -> bool {
    let (Some(waiting), Some(crowd), Some(patience)) =
        (request.app_data::<Rc<Waiting>>(), request.app_data::<Crowd>(), request.app_data::<Patience>())
    else {
        return false;
    };
    crowd.size() > patience.connections && waiting.time() > patience.waiting
}

/// Where very many connections are open, has answers written in pieces: else each connection keeps as much memory as its
/// longest page took. A page by itself is written at once, which is quicker.
pub(super) async fn in_pieces<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<Pieces, B>>, actix_web::Error> {
    let is_crowded = request.app_data::<Crowd>().is_some_and(|crowd| crowd.size() > MANY);
    let response = next.call(request).await?;
    Ok(if is_crowded {
        response.map_body(|_, body| EitherBody::left(Pieces { body: body.boxed(), rest: Bytes::new() }))
    } else {
        response.map_into_right_body()
    })
}

/// A body that is given in pieces.
pub(super) struct Pieces {
    body: BoxBody,
    /// What is left of what the body gave last.
    rest: Bytes,
}

impl MessageBody for Pieces {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        while self.rest.is_empty() {
            match Pin::new(&mut self.body).poll_next(context) {
                Poll::Ready(Some(Ok(more))) => self.rest = more,
                other => return other,
            }
        }
        let length = self.rest.len().min(PIECE);
        Poll::Ready(Some(Ok(self.rest.split_to(length))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn a_worker_that_is_held_up_finds_how_long_others_wait() {
        let waiting = Waiting::measured();
        actix_web::rt::time::sleep(EVERY * 3).await;
        assert!(waiting.time() < Duration::from_secs(1));
        std::thread::sleep(Duration::from_secs(2));
        assert!(waiting.time() > Duration::from_secs(1), "before it looked again");
        actix_web::rt::task::yield_now().await;
        actix_web::rt::time::sleep(EVERY / 4).await;
        assert!(waiting.time() > Duration::from_secs(1), "and after");
        actix_web::rt::time::sleep(EVERY * 3).await;
        assert!(waiting.time() < Duration::from_secs(1), "not for ever");
    }

    #[actix_web::test]
    async fn pieces_are_small_and_nothing_of_them_is_lost() {
        let text = "Zoë, 4 ".repeat(4_000);
        let body = BoxBody::new(text.clone());
        let mut pieces = Pieces { body, rest: Bytes::new() };
        assert!(matches!(pieces.size(), BodySize::Sized(size) if size == text.len() as u64));
        let mut told = Vec::new();
        while let Some(piece) = std::future::poll_fn(|context| Pin::new(&mut pieces).poll_next(context)).await {
            let piece = piece.unwrap();
            assert!(!piece.is_empty() && piece.len() <= PIECE);
            told.extend_from_slice(&piece);
        }
        assert_eq!(told, text.as_bytes());
    }

    #[test]
    fn a_connection_counts_until_it_is_closed() {
        let crowd = Crowd::default();
        let (mut one, mut other) = (Extensions::new(), Extensions::new());
        crowd.let_in(&(), &mut one);
        crowd.let_in(&(), &mut other);
        assert_eq!(crowd.size(), 2);
        drop(one);
        assert_eq!(crowd.size(), 1);
    }
}
