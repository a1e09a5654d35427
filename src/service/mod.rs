//! One function for each thing a person can do; the only callers of the store.

pub mod access;
pub mod account;
pub mod after;
pub mod analyse;
pub mod audit;
pub mod bundle;
pub mod care;
pub mod coding;
pub mod collect;
pub mod compare;
pub mod design;
pub mod embedding;
pub mod export;
pub mod group_result;
pub mod import;
pub mod invite;
pub mod library;
pub mod limit;
pub mod live;
pub mod outbox;
pub mod publish;
pub mod ready;
pub mod redaction;
pub mod report;
pub mod responses;
pub mod retention;
pub mod round;
pub mod sign_in;
pub mod simulate;
pub mod sweep;
pub mod themes;
pub mod time;
pub mod token;
pub mod versions;
pub mod view;
pub mod wall;

mod error;
mod key;
mod polis;
mod sources;
mod table;

pub use error::ServiceError;
pub use library::{Library, Published};

use std::sync::Arc;
use std::task::{Context, Poll, Wake};
use std::thread::Thread;

use crate::response::code::Token;

/// Tells a step of long work and how far it is, from 0 to 1.
pub type Progress<'a> = dyn Fn(&str, f64) + Sync + 'a;

/// Waits in this thread for what is done for a request.
pub fn wait<T>(task: impl Future<Output = T>) -> T {
    struct Waker(Thread);
    impl Wake for Waker {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Waker(std::thread::current())).into();
    let mut task = std::pin::pin!(task);
    loop {
        match task.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(outcome) => return outcome,
            Poll::Pending => std::thread::park(),
        }
    }
}

/// A secret from the system's random numbers.
pub(crate) fn random_token() -> Result<Token, ServiceError> {
    let mut bytes = [0; 26];
    getrandom::fill(&mut bytes).map_err(|_| ServiceError::Random)?;
    Ok(Token::from_random(bytes))
}

/// A short random reference that ties a page to a line of the log.
pub fn reference() -> String {
    random_token().map(|token| token.as_str().chars().take(8).collect()).unwrap_or_default()
}
