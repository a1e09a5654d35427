//! A body that is written while it is sent, so that its size takes no memory.

use std::io::{self, BufWriter, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::body::{BodySize, MessageBody};
use actix_web::rt::task::spawn_blocking;
use actix_web::rt::time::timeout;
use actix_web::web::Bytes;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::service::{ServiceError, wait};

/// Bytes in one piece.
const PIECE: usize = 64 * 1024;
/// Pieces that wait for a slow reader.
const WAITING: usize = 4;
/// How long a reader may take for a piece: one that takes none keeps what the database holds for it.
const PATIENCE: Duration = Duration::from_mins(1);

/// A body of which each piece comes when it is ready.
pub(super) struct Streamed {
    pieces: Receiver<Bytes>,
    is_whole: Arc<AtomicBool>,
}

/// A body that is not sent, for a request that asks for its headers alone.
pub(super) fn nothing() -> Streamed {
    Streamed { pieces: channel(1).1, is_whole: Arc::new(AtomicBool::new(true)) }
}

/// Sends what `write` writes. If that fails, or the reader takes nothing for a minute, the connection ends without the end
/// of the body, so that nobody takes a part for the whole.
pub(super) fn streamed(
    write: impl FnOnce(&mut BufWriter<Pieces>) -> Result<(), ServiceError> + Send + 'static,
) -> Streamed {
    streamed_within(PATIENCE, write)
}

fn streamed_within(
    patience: Duration,
    write: impl FnOnce(&mut BufWriter<Pieces>) -> Result<(), ServiceError> + Send + 'static,
) -> Streamed {
    let (send, pieces) = channel(WAITING);
    let is_whole = Arc::new(AtomicBool::new(false));
    let ended = Arc::clone(&is_whole);
    spawn_blocking(move || {
        let mut out = BufWriter::with_capacity(PIECE, Pieces { send, patience });
        match write(&mut out).and_then(|()| out.flush().map_err(gone)) {
            Ok(()) => ended.store(true, Ordering::Release),
            Err(error) => {
                // Whoever read it may have gone: what is left is not written out once more.
                let _unsent = out.into_parts();
                tracing::warn!(%error, "a download was broken off");
            }
        }
    });
    Streamed { pieces, is_whole }
}

fn gone(source: io::Error) -> ServiceError {
    ServiceError::File { path: "the download".to_string(), action: "written", source }
}

/// Hands on what is written to it.
pub(super) struct Pieces {
    send: Sender<Bytes>,
    patience: Duration,
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match wait(timeout(self.patience, self.send.send(Bytes::copy_from_slice(bytes)))) {
            Ok(Ok(())) => Ok(bytes.len()),
            Ok(Err(_)) => Err(io::ErrorKind::BrokenPipe.into()),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MessageBody for Streamed {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, io::Error>>> {
        let body = self.get_mut();
        Poll::Ready(match ready!(body.pieces.poll_recv(context)) {
            Some(piece) => Some(Ok(piece)),
            None if body.is_whole.load(Ordering::Acquire) => None,
            None => Some(Err(io::Error::other("the rest could not be written"))),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(body: Streamed) -> (usize, bool) {
        let mut body = std::pin::pin!(body);
        let mut length = 0;
        loop {
            match std::future::poll_fn(|context| body.as_mut().poll_next(context)).await {
                Some(Ok(piece)) => length += piece.len(),
                Some(Err(_)) => return (length, false),
                None => return (length, true),
            }
        }
    }

    fn write(out: &mut BufWriter<Pieces>) -> Result<(), ServiceError> {
        (0..20).try_for_each(|_| out.write_all(&vec![7; PIECE]).map_err(gone))
    }

    #[actix_web::test]
    async fn a_body_ends_only_where_all_of_it_was_written() {
        assert_eq!(read(streamed(write)).await, (20 * PIECE, true));
        let broken = streamed(|out| write(out).and(Err(ServiceError::Random)));
        let (length, is_whole) = read(broken).await;
        assert!(length <= 20 * PIECE && !is_whole);
        assert_eq!(read(nothing()).await, (0, true));
    }

    #[actix_web::test]
    async fn a_reader_who_takes_nothing_is_left() {
        let (tell, told) = tokio::sync::oneshot::channel();
        let unread = streamed_within(Duration::from_millis(20), move |out| {
            let written = write(out);
            let _ = tell.send(written.is_err());
            written
        });
        assert!(told.await.unwrap(), "nothing is held for it any more");
        let (length, is_whole) = read(unread).await;
        assert!(length < 20 * PIECE && !is_whole, "and it cannot take what it has for the whole");
    }
}
