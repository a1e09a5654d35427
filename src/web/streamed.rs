//! A body that is written while it is sent, so that its size takes no memory.

use std::io::{self, BufWriter, Write};
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::rt::task::spawn_blocking;
use actix_web::web::Bytes;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::service::ServiceError;

/// Bytes in one piece.
const PIECE: usize = 64 * 1024;
/// Pieces that wait for a slow reader.
const WAITING: usize = 4;

/// A body of which each piece comes when it is ready.
pub(super) struct Streamed(Receiver<Result<Bytes, io::Error>>);

/// Sends what `write` writes. If that fails, the connection ends without the end of the body, so that nobody takes a
/// part for the whole.
pub(super) fn streamed(
    write: impl FnOnce(&mut BufWriter<Pieces>) -> Result<(), ServiceError> + Send + 'static,
) -> Streamed {
    let (send, receive) = channel(WAITING);
    spawn_blocking(move || {
        let mut out = BufWriter::with_capacity(PIECE, Pieces(send.clone()));
        let written = write(&mut out).and_then(|()| out.flush().map_err(gone));
        if let Err(error) = written {
            tracing::warn!(%error, "a download was broken off");
            // Whoever read it may have gone.
            let _ = send.blocking_send(Err(io::Error::other("the rest could not be written")));
        }
    });
    Streamed(receive)
}

fn gone(source: io::Error) -> ServiceError {
    ServiceError::File { path: "the download".to_string(), action: "written", source }
}

/// Hands on what is written to it.
pub(super) struct Pieces(Sender<Result<Bytes, io::Error>>);

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = Ok(Bytes::copy_from_slice(bytes));
        self.0.blocking_send(piece).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        Ok(bytes.len())
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
        self.get_mut().0.poll_recv(context)
    }
}
