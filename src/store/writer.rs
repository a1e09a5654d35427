//! Threads that own a connection each and take what is to be done in the order in which it came.
//!
//! The writer commits in groups: while one transaction is being forced to the disk, the steps of other requests wait, and
//! all that wait go into the next one, up to [`BATCH`] of them. Each is told of only after the commit that holds it. A
//! step that is alone is committed at once: nothing waits for company. When more wait than [`WAITING`], a new one is
//! refused at once ([`StoreError::Overloaded`]), so that waiting stays short for those who are let in.
//!
//! A batch in which one statement fails is rolled back and its steps are written one by one: a bad one fails alone. Each
//! step says what it was made from, so that trying one again whose connection broke writes nothing twice.
//!
//! SQLite has one such thread, which all that writes goes through. Postgres has two, so that one batch is made while
//! another one is forced to the disk, and others that read for requests which must not wait in their own thread.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use diesel::r2d2::ManageConnection;
use tokio::sync::oneshot;

use super::connect::{Line, Opener, Use};
use super::step::{self, Step, Stepped};
use super::{Conn, PAUSE, StoreError, TRIES};

/// Most steps in one transaction: past this it only takes longer.
const BATCH: usize = 256;
/// Most that waits to be taken up, some tenths of a second's work.
const WAITING: usize = 2048;

type Ack = oneshot::Sender<Result<Stepped, StoreError>>;
/// A step, and who is told what became of it.
type Asked = (Box<Step>, Ack);

/// What a thread does with its connection, which it gets back if it can still be used.
type Act = Box<dyn FnOnce(&Opener, Option<Line>) -> Option<Line> + Send>;

enum Job {
    Step(Box<Step>, Ack),
    Act(Act),
}

/// The threads; they end when this is dropped and what waits is done.
pub(super) struct Writer {
    jobs: Option<SyncSender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

impl Writer {
    /// Starts `threads` of them; `line` is a connection that is open already.
    pub(super) fn start(opener: &Opener, threads: usize, line: Option<Line>) -> Result<Self, StoreError> {
        let (jobs, taken) = sync_channel(WAITING);
        let taken = Arc::new(Mutex::new(taken));
        let mut line = line;
        let start = |_| {
            let (opener, taken, line) = (opener.clone(), Arc::clone(&taken), line.take());
            std::thread::Builder::new().name("store".to_owned()).spawn(move || work(&opener, &taken, line))
        };
        let threads = (0..threads).map(start).collect::<Result<Vec<_>, _>>().map_err(StoreError::unreachable)?;
        Ok(Self { jobs: Some(jobs), threads })
    }

    /// Writes a step in a transaction with others; it is on the disk when this returns `Done`.
    pub(super) async fn step(&self, step: Step) -> Result<Stepped, StoreError> {
        let (tell, told) = oneshot::channel();
        self.submit(Job::Step(Box::new(step), tell))?;
        told.await.unwrap_or_else(|_| Err(gone()))
    }

    /// Runs `act` on a connection, outside of any transaction; once more if the connection was lost since it was last used.
    pub(super) async fn act<T, E>(
        &self,
        mut act: impl FnMut(&mut Line) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        let job = move |opener: &Opener, mut line: Option<Line>| {
            let outcome = loop {
                let is_old = line.is_some();
                let mut own = match line.take().map_or_else(|| opener.connect(), Ok) {
                    Ok(own) => own,
                    Err(error) => break Err(error.into()),
                };
                let outcome = act(&mut own);
                line = own.usable();
                if outcome.is_ok() || !is_old || line.is_some() {
                    break outcome;
                }
            };
            // Whoever asked may have gone.
            let _ = tell.send(outcome);
            line
        };
        self.submit(Job::Act(Box::new(job)))?;
        told.await.unwrap_or_else(|_| Err(gone().into()))
    }

    /// Runs `act` on the connection in the caller's thread, after all that came before.
    pub(super) fn lend<T, E: From<StoreError>>(&self, act: impl FnOnce(&mut Line) -> Result<T, E>) -> Result<T, E> {
        let (give, given) = sync_channel(1);
        let (lent_back, returned) = sync_channel(1);
        let job = move |opener: &Opener, line: Option<Line>| {
            // Whoever asked may have gone, and the connection with them.
            let own = line.map_or_else(|| opener.connect(), Ok);
            if give.send(own).is_err() { None } else { returned.recv().ok().flatten() }
        };
        let jobs = self.jobs.as_ref().ok_or_else(gone)?;
        jobs.send(Job::Act(Box::new(job))).map_err(|_| gone())?;
        let mut line: Line = given.recv().map_err(|_| gone())??;
        let outcome = act(&mut line);
        let _ = lent_back.send(line.usable());
        outcome
    }

    fn submit(&self, job: Job) -> Result<(), StoreError> {
        let jobs = self.jobs.as_ref().ok_or_else(gone)?;
        jobs.try_send(job).map_err(|refused| match refused {
            TrySendError::Full(_) => StoreError::Overloaded,
            TrySendError::Disconnected(_) => gone(),
        })
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.jobs.take());
        let here = std::thread::current().id();
        // What waits may hold the last handle to the store: its thread cannot wait for itself.
        for thread in self.threads.drain(..).filter(|thread| thread.thread().id() != here) {
            let _ = thread.join();
        }
    }
}

fn gone() -> StoreError {
    StoreError::unreachable("the thread that keeps its connection has ended")
}

fn work(opener: &Opener, jobs: &Mutex<Receiver<Job>>, mut line: Option<Line>) {
    while let Some((steps, act)) = next(jobs) {
        if !steps.is_empty() {
            line = write(opener, line.take(), steps);
        }
        if let Some(act) = act {
            // A panic takes its connection with it, and SQLite and Postgres roll back.
            line = catch_unwind(AssertUnwindSafe(|| act(opener, line.take()))).ok().flatten();
        }
    }
}

/// The steps that wait, and what comes after them if that is something else; none when nothing will come any more.
fn next(jobs: &Mutex<Receiver<Job>>) -> Option<(Vec<Asked>, Option<Act>)> {
    let jobs = jobs.lock().unwrap_or_else(PoisonError::into_inner);
    let mut steps = Vec::new();
    let mut job = jobs.recv().ok()?;
    loop {
        match job {
            Job::Step(step, ack) => steps.push((step, ack)),
            Job::Act(act) => return Some((steps, Some(act))),
        }
        if steps.len() == BATCH {
            return Some((steps, None));
        }
        job = match jobs.try_recv() {
            Ok(job) => job,
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => return Some((steps, None)),
        };
    }
}

/// Writes steps in one transaction, and says so to each.
fn write(opener: &Opener, line: Option<Line>, steps: Vec<Asked>) -> Option<Line> {
    let mut line = line;
    let all: Vec<&Step> = steps.iter().map(|(step, _)| &**step).collect();
    let outcomes = match transact(opener, &mut line, &all) {
        Ok(outcomes) => outcomes.into_iter().map(Ok).collect(),
        Err(error) if all.len() == 1 => vec![Err(error)],
        Err(error) if error.is_of_all() => all.iter().map(|_| Err(error.again())).collect::<Vec<_>>(),
        Err(_) => {
            all.iter().map(|step| transact(opener, &mut line, &[step])?.first().copied().ok_or_else(gone)).collect()
        }
    };
    for ((_, ack), outcome) in steps.into_iter().zip(outcomes) {
        // Whoever asked may have gone: it is written all the same.
        let _ = ack.send(outcome);
    }
    line
}

/// The transaction, once more if Postgres broke it off for the sake of another or the connection was lost.
fn transact(opener: &Opener, line: &mut Option<Line>, steps: &[&Step]) -> Result<Vec<Stepped>, StoreError> {
    let mut tries = 1;
    loop {
        let had_one = line.is_some();
        let mut own = line.take().map_or_else(|| opener.connect(), Ok)?;
        let outcome = own.transact(Use::Write, &mut |conn: &mut Conn| step::write(conn, steps));
        let clashed = own.clashed();
        *line = own.usable();
        match outcome {
            Err(_) if clashed && tries < TRIES => std::thread::sleep(PAUSE * tries),
            // The server was started anew, say.
            Err(_) if had_one && line.is_none() && tries < TRIES => {}
            outcome => return outcome,
        }
        tries += 1;
    }
}
