//! What requests write together: each is stored or told that it is not, however many come at once.

#![cfg(test)]

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::mpsc::channel;
use std::task::{Context, Poll, Waker};

use canvass::service::wait;
use canvass::store::step::{Change, Seen, Sent, Step, Stepped};
use canvass::store::survey::{self, Mode, NewVersion, State};
use canvass::store::{Store, StoreError, draft, response};

use crate::db::{Db, each_db};

const MONDAY: &str = "2026-11-23";

pub(crate) fn store(db: &Db) -> Store {
    let store = db.store();
    publish(&store, "parks");
    store
}

fn publish(store: &Store, survey_id: &str) {
    let version = NewVersion {
        survey_id,
        hash: "h1",
        definition: "{}",
        mode: Mode::Invitation,
        published_at: "2026-11-23T09:00:00Z",
    };
    store.write(|conn| survey::publish_version(conn, &version)).unwrap();
}

fn seen() -> Seen {
    Seen { survey_id: "parks".into(), version: 1, state: State::Open, mode: Mode::Invitation }
}

fn step(change: Change) -> Step {
    Step { seen: seen(), change }
}

fn begin(key: &str) -> Step {
    step(Change::Begin { key: key.into(), version: 1, answers: "{}".into(), started_on: MONDAY.into() })
}

fn stored(store: &Store, key: &str) -> Option<draft::Draft> {
    store.read(|conn| draft::load(conn, "parks", key)).unwrap()
}

fn save(from: &draft::Draft, answers: &str) -> Step {
    step(Change::Save {
        from: from.clone(),
        version: 1,
        started_version: None,
        answers: answers.into(),
        saved_on: "2026-11-24".into(),
    })
}

fn send(from: &draft::Draft, mark: Option<&str>) -> Step {
    let response = Sent {
        version: 1,
        idem: format!("idem of {}", from.key),
        receipt_hash: format!("receipt of {}", from.key),
        answers: from.answers.clone(),
        submitted_on: MONDAY.into(),
        started_version: None,
    };
    step(Change::Send { from: from.clone(), mark: mark.map(str::to_string), response })
}

fn sent(store: &Store) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let each = |row: response::Response| {
        assert!(found.insert(row.answers), "stored twice");
        Ok::<_, StoreError>(())
    };
    let mut each = each;
    store.read(|conn| response::for_each(conn, "parks", &mut each)).unwrap();
    found
}

type Waiting<'a> = Pin<Box<dyn Future<Output = Result<Stepped, StoreError>> + 'a>>;

/// Gives all steps to the writer before it can take up any, so that it takes them together.
fn together(store: &Store, steps: Vec<Step>) -> Vec<Result<Stepped, StoreError>> {
    let (release, released) = channel::<()>();
    let released = std::sync::Arc::new(std::sync::Mutex::new(released));
    // Postgres has two writers.
    let holding: Vec<_> = (0..2)
        .map(|_| {
            let released = released.clone();
            let (holds, held) = channel();
            let other = store.clone();
            let thread = std::thread::spawn(move || {
                wait(other.write_aside(move |_| {
                    // On SQLite the second one comes after the steps.
                    let _ = holds.send(());
                    let _ = released.lock().unwrap().recv();
                    Ok::<_, StoreError>(())
                }))
            });
            let _ = held.recv_timeout(std::time::Duration::from_millis(500));
            thread
        })
        .collect();
    let mut waiting: Vec<Waiting> = steps.into_iter().map(|step| Box::pin(store.step(step)) as Waiting).collect();
    // An overloaded writer says so at once; the others are to be waited for.
    let begun: Vec<_> =
        waiting.iter_mut().map(|one| one.as_mut().poll(&mut Context::from_waker(Waker::noop()))).collect();
    drop(release);
    for thread in holding {
        thread.join().unwrap().unwrap();
    }
    begun
        .into_iter()
        .zip(waiting)
        .map(|(begun, waiting)| match begun {
            Poll::Ready(outcome) => outcome,
            Poll::Pending => wait(waiting),
        })
        .collect()
}

fn done(outcomes: &[Result<Stepped, StoreError>]) -> Vec<Stepped> {
    outcomes.iter().map(|outcome| *outcome.as_ref().unwrap()).collect()
}

each_db! {
    fn a_respondent_begins_saves_and_sends_alone_or_with_many(db) {
        let store = store(db);
        for many in [1, 300] {
            let keys: Vec<String> = (0..many).map(|n| format!("{many}-{n}")).collect();
            let all_done = vec![Stepped::Done; many];
            assert_eq!(done(&together(&store, keys.iter().map(|key| begin(key)).collect())), all_done);
            let drafts: Vec<_> = keys.iter().map(|key| stored(&store, key).unwrap()).collect();
            let saves = drafts.iter().map(|draft| save(draft, &format!("{{\"a\":\"{}\"}}", draft.key))).collect();
            assert_eq!(done(&together(&store, saves)), all_done);
            let drafts: Vec<_> = keys.iter().map(|key| stored(&store, key).unwrap()).collect();
            assert!(drafts.iter().all(|draft| draft.saved_on == "2026-11-24" && draft.started_on == MONDAY));
            let sends = drafts.iter().map(|draft| send(draft, Some(&format!("mark of {}", draft.key)))).collect();
            assert_eq!(done(&together(&store, sends)), all_done);
            assert!(keys.iter().all(|key| stored(&store, key).is_none()));
            let wanted: BTreeSet<String> = keys.iter().map(|key| format!("{{\"a\":\"{key}\"}}")).collect();
            assert!(sent(&store).is_superset(&wanted));
        }
        assert_eq!(sent(&store).len(), 301);
    }

    fn of_several_changes_of_one_draft_one_is_written(db) {
        let store = store(db);
        assert_eq!(done(&together(&store, (0..8).map(|n| begin(&format!("k{n}"))).collect())), [Stepped::Done; 8]);
        let drafts: Vec<_> = (0..8).map(|n| stored(&store, &format!("k{n}")).unwrap()).collect();
        let mut steps: Vec<Step> = drafts.iter().map(|draft| save(draft, "{\"first\":1}")).collect();
        steps.push(save(&drafts[3], "{\"second\":1}"));
        steps.push(send(&drafts[3], None));
        let outcomes = done(&together(&store, steps));
        assert_eq!(outcomes[..8], [Stepped::Done; 8]);
        assert_eq!(outcomes[8..], [Stepped::Stale; 2]);
        assert_eq!(stored(&store, "k3").unwrap().answers, "{\"first\":1}");
        assert_eq!(sent(&store).len(), 0);
    }

    fn one_key_and_one_mark_are_others_in_another_survey(db) {
        let store = store(db);
        publish(&store, "roads");
        let begins = |survey: &str, n| Step { seen: Seen { survey_id: survey.into(), ..seen() }, ..begin(&format!("k{n}")) };
        let mut begun: Vec<Step> = (0..12).map(|n| begins("roads", n)).collect();
        begun.extend((0..5).map(|n| begins("parks", n)));
        assert_eq!(done(&together(&store, begun)), [Stepped::Done; 17]);
        let all = |survey: &str| store.read(|conn| draft::all(conn, survey)).unwrap();
        assert_eq!((all("roads").len(), all("parks").len()), (12, 5));
        let drafts = || all("roads").into_iter().chain(all("parks"));
        let of = |from: &draft::Draft, change: Step| Step { seen: Seen { survey_id: from.survey_id.clone(), ..seen() }, ..change };
        let saves: Vec<Step> =
            drafts().map(|from| of(&from, save(&from, &format!("{{\"in\":\"{} {}\"}}", from.survey_id, from.key)))).collect();
        assert_eq!(done(&together(&store, saves)), [Stepped::Done; 17]);
        assert!(drafts().all(|draft| draft.answers == format!("{{\"in\":\"{} {}\"}}", draft.survey_id, draft.key)));
        let sends: Vec<Step> = drafts().map(|from| of(&from, send(&from, Some(&from.key)))).collect();
        assert_eq!(done(&together(&store, sends)), [Stepped::Done; 17]);
        assert_eq!(drafts().count(), 0);
        assert_eq!(sent(&store).len(), 5);
    }

    fn one_mark_lets_one_response_in(db) {
        let store = store(db);
        together(&store, (0..6).map(|n| begin(&format!("k{n}"))).collect());
        let drafts: Vec<_> = (0..6).map(|n| stored(&store, &format!("k{n}")).unwrap()).collect();
        let outcomes = done(&together(&store, drafts.iter().map(|draft| send(draft, Some("the mark"))).collect()));
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == Stepped::Done).count(), 1);
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == Stepped::Spent).count(), 5);
        assert_eq!((0..6).filter(|n| stored(&store, &format!("k{n}")).is_some()).count(), 5, "they keep their drafts");
        assert_eq!(sent(&store).len(), 1);
    }

    fn what_was_made_for_a_survey_that_closed_or_changed_is_stale(db) {
        let store = store(db);
        together(&store, (0..5).map(|n| begin(&format!("k{n}"))).collect());
        let drafts: Vec<_> = (0..5).map(|n| stored(&store, &format!("k{n}")).unwrap()).collect();
        store.write(|conn| survey::close(conn, "parks")).unwrap();
        let sends: Vec<Step> = drafts.iter().map(|draft| send(draft, None)).collect();
        assert_eq!(done(&together(&store, sends.clone())), [Stepped::Stale; 5]);
        assert_eq!(done(&together(&store, sends[..1].to_vec())), [Stepped::Stale]);
        assert_eq!(sent(&store).len(), 0);
    }

    fn a_step_that_cannot_be_stored_fails_alone(db) {
        let store = store(db);
        let bad = step(Change::Begin { key: "bad".into(), version: 7, answers: "{}".into(), started_on: MONDAY.into() });
        let mut steps: Vec<Step> = (0..9).map(|n| begin(&format!("k{n}"))).collect();
        steps.insert(4, bad);
        let outcomes = together(&store, steps);
        assert!(matches!(outcomes[4], Err(StoreError::Conflict(_))), "{:?}", outcomes[4]);
        assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Ok(Stepped::Done))).count(), 9);
        assert!((0..9).all(|n| stored(&store, &format!("k{n}")).is_some()));
    }

    fn what_is_changed_after_sending_takes_the_place_of_what_was_sent(db) {
        let store = store(db);
        together(&store, vec![begin("k")]);
        together(&store, vec![send(&stored(&store, "k").unwrap(), None)]);
        together(&store, (0..5).map(|n| begin(&format!("again{n}"))).collect());
        let from = stored(&store, "again0").unwrap();
        let amend = |from: &draft::Draft| step(Change::Amend {
            from: from.clone(),
            receipt_hash: "receipt of k".into(),
            version: 1,
            answers: "{\"changed\":1}".into(),
        });
        let mut steps = vec![amend(&from), amend(&from)];
        steps.extend((1..5).map(|n| save(&stored(&store, &format!("again{n}")).unwrap(), "{\"x\":1}")));
        let outcomes = done(&together(&store, steps));
        assert_eq!(outcomes[..2], [Stepped::Done, Stepped::Stale]);
        assert_eq!(outcomes[2..], [Stepped::Done; 4]);
        assert_eq!(sent(&store), BTreeSet::from(["{\"changed\":1}".to_string()]));
    }

    fn more_than_can_be_stored_soon_is_refused_at_once_and_the_rest_is_stored(db) {
        let store = store(db);
        let outcomes = together(&store, (0..2300).map(|n| begin(&format!("k{n}"))).collect());
        let refused = outcomes.iter().filter(|outcome| matches!(outcome, Err(StoreError::Overloaded))).count();
        assert!((200..300).contains(&refused), "{refused}");
        for (n, outcome) in outcomes.iter().enumerate() {
            assert_eq!(stored(&store, &format!("k{n}")).is_some(), outcome.is_ok(), "{n}");
        }
    }

    fn a_panic_takes_no_writer_with_it(db) {
        let store = store(db);
        for _ in 0..3 {
            let failed = wait(store.write_aside(|conn| {
                survey::close(conn, "parks")?;
                assert!(survey::all(conn)?.is_empty(), "on purpose");
                Ok::<_, StoreError>(())
            }));
            assert!(matches!(failed, Err(StoreError::Unreachable(_))));
        }
        assert_eq!(done(&together(&store, vec![begin("k")])), [Stepped::Done]);
        assert_eq!(store.read(survey::all).unwrap()[0].state, State::Open, "rolled back");
    }

    fn people_at_once_are_all_stored_and_nobody_twice(db) {
        let store = store(db);
        std::thread::scope(|scope| {
            for person in 0..24 {
                let store = &store;
                scope.spawn(move || {
                    for round in 0..10 {
                        let key = format!("{person}-{round}");
                        assert_eq!(wait(store.step(begin(&key))).unwrap(), Stepped::Done);
                        let draft = wait(store.look({
                            let key = key.clone();
                            move |conn| draft::load(conn, "parks", &key)
                        })).unwrap().unwrap();
                        let answers = format!("{{\"a\":\"{key}\"}}");
                        assert_eq!(wait(store.step(save(&draft, &answers))).unwrap(), Stepped::Done);
                        assert_eq!(wait(store.step(save(&draft, "{}"))).unwrap(), Stepped::Stale);
                        let draft = stored(store, &key).unwrap();
                        assert_eq!(wait(store.step(send(&draft, Some(&key)))).unwrap(), Stepped::Done);
                        assert_eq!(wait(store.step(send(&draft, Some(&key)))).unwrap(), Stepped::Stale);
                    }
                });
            }
        });
        assert_eq!(sent(&store).len(), 240);
    }
}
