//! Visitors at work side by side on one thread, for a while or until each has nothing left to do.

use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::LocalSet;

use super::latency::Times;
use super::visitor::Visitor;

/// What visitors did together.
pub(crate) struct Load {
    /// How much, in the unit of the measurement.
    pub(crate) done: u64,
    /// In so many seconds.
    pub(crate) seconds: f64,
    /// What each request took.
    pub(crate) times: Times,
}

impl Load {
    /// How much in a second.
    pub(crate) fn rate(&self) -> f64 {
        self.done as f64 / self.seconds
    }
}

/// Runs what is asynchronous, on this thread.
pub(crate) fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(LocalSet::new().run_until(work))
}

/// So many visitors, each with a connection.
pub(crate) async fn visitors(address: SocketAddr, count: usize) -> Vec<Visitor> {
    spread(&[address], count).await
}

/// So many visitors, each with a connection to one of several programs in turn.
pub(crate) async fn spread(addresses: &[SocketAddr], count: usize) -> Vec<Visitor> {
    let mut visitors = Vec::with_capacity(count);
    for address in addresses.iter().cycle().take(count) {
        visitors.push(Visitor::arrive(*address).await);
    }
    visitors
}

/// Has all visitors do the same thing again and again, each on its own, until `seconds` are over or it says that
/// there is no more to do. What they began is brought to its end, and counted.
pub(crate) async fn drive<F>(visitors: Vec<Visitor>, seconds: f64, act: F) -> (Load, Vec<Visitor>)
where
    F: AsyncFn(&mut Visitor) -> bool + 'static,
{
    let act = Rc::new(act);
    let start = Instant::now();
    let until = start + Duration::from_secs_f64(seconds);
    let work = visitors.into_iter().map(|mut visitor| {
        let act = Rc::clone(&act);
        visitor.times = Times::default();
        visitor.done = 0;
        tokio::task::spawn_local(async move {
            while Instant::now() < until && act(&mut visitor).await {
                visitor.done += 1;
            }
            visitor
        })
    });
    let work: Vec<_> = work.collect();
    let mut load = Load { done: 0, seconds: 0.0, times: Times::default() };
    let mut visitors = Vec::with_capacity(work.len());
    for visitor in work {
        let visitor = visitor.await.unwrap();
        load.done += visitor.done;
        load.times.add_all(&visitor.times);
        visitors.push(visitor);
    }
    load.seconds = start.elapsed().as_secs_f64();
    (load, visitors)
}

/// Has each visitor do one thing once.
pub(crate) async fn each<F>(visitors: Vec<Visitor>, act: F) -> Vec<Visitor>
where
    F: AsyncFn(&mut Visitor) + 'static,
{
    let once = async move |visitor: &mut Visitor| {
        let is_first = visitor.done == 0;
        if is_first {
            act(visitor).await;
        }
        is_first
    };
    drive(visitors, 600.0, once).await.1
}
