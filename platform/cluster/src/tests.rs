//! The rule, on paused time against a store whose answers the test decides, and once against a real store.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use gennaker_base::{Clock as _, Kind, ManualClock, SystemClock, Timestamp};
use gennaker_store::{Epoch, Error, Node, Nodes, Owner, Registration, Result};
use gennaker_store_sql::SqlStore;
use tokio::time::{Instant, advance};

use crate::{Membership, Options, Standing};

/// How the store answers.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Mode {
    Answers,
    Unavailable,
    Fences,
    /// Answers after a while, and has done what was asked.
    Late(Duration),
    Silent,
}

/// A store's node leases, as the test wants them.
#[derive(Debug)]
struct Scripted {
    mode: Mutex<Mode>,
    asked: Mutex<Vec<String>>,
    epochs: Mutex<u64>,
    time: Mutex<Timestamp>,
}

impl Scripted {
    fn new() -> Arc<Self> {
        Arc::new(Scripted {
            mode: Mutex::new(Mode::Answers),
            asked: Mutex::default(),
            epochs: Mutex::default(),
            time: Mutex::new(Timestamp::from_millis(5_000)),
        })
    }

    fn set(&self, mode: Mode) {
        *self.mode.lock().expect("no panic") = mode;
    }

    fn asked(&self, what: &str) -> usize {
        self.asked.lock().expect("no panic").iter().filter(|asked| asked.starts_with(what)).count()
    }

    async fn answer(&self, what: String) -> Result<()> {
        let renews = what.starts_with("renew");
        self.asked.lock().expect("no panic").push(what);
        let mode = *self.mode.lock().expect("no panic");
        match mode {
            Mode::Answers => Ok(()),
            Mode::Unavailable => Err(Error::Unavailable { reason: "told so".to_owned() }),
            Mode::Fences if renews => Err(Error::Fenced { id: String::new(), node: String::new(), epoch: 0 }),
            Mode::Fences => Ok(()),
            Mode::Late(after) => {
                tokio::time::sleep(after).await;
                Ok(())
            }
            Mode::Silent => std::future::pending().await,
        }
    }
}

#[async_trait]
impl Nodes for Scripted {
    async fn join(&self, registration: &Registration, _: Duration) -> Result<Epoch> {
        self.answer(format!("join {}", registration.node)).await?;
        let mut epochs = self.epochs.lock().expect("no panic");
        *epochs += 1;
        Ok(Epoch(*epochs))
    }

    async fn renew(&self, node: &str, epoch: Epoch, _: Duration) -> Result<()> {
        self.answer(format!("renew {node} {}", epoch.0)).await
    }

    async fn leave(&self, node: &str, epoch: Epoch) -> Result<()> {
        self.answer(format!("leave {node} {}", epoch.0)).await
    }

    async fn living(&self) -> Result<Vec<Node>> {
        Ok(Vec::new())
    }

    async fn now(&self) -> Result<Timestamp> {
        self.answer("now".to_owned()).await?;
        Ok(*self.time.lock().expect("no panic"))
    }
}

fn registration() -> Registration {
    Registration { node: "a".to_owned(), address: String::new(), format: 1 }
}

fn owner(epoch: u64) -> Owner {
    Owner { node: "a".to_owned(), epoch: Epoch(epoch) }
}

async fn joined(store: &Arc<Scripted>) -> (Membership, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_000)));
    let membership = Membership::join(store.clone(), registration(), Options::default(), clock.clone()).await;
    (membership.expect("it joins"), clock)
}

/// Lets paused time pass in small steps, so that every timer fires at its time.
async fn pass(time: Duration) {
    let step = Duration::from_millis(50);
    let mut left = time;
    while !left.is_zero() {
        let now = left.min(step);
        advance(now).await;
        left -= now;
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }
}

fn seconds(number: u64) -> Duration {
    Duration::from_secs(number)
}

async fn next_owner(standing: &Standing, epoch: u64) {
    let mut owners = standing.owners();
    let joined = owners.wait_for(|current| *current == Some(owner(epoch)));
    tokio::time::timeout(seconds(60), joined).await.expect("it does not take so long").expect("it joins again");
}

#[tokio::test(start_paused = true)]
async fn a_renewed_lease_lasts() {
    let store = Scripted::new();
    let (membership, _) = joined(&store).await;
    pass(seconds(100)).await;
    assert_eq!(membership.owner(), Some(owner(1)));
    assert_eq!(store.asked("renew a 1"), 50);
    assert_eq!(store.asked("join"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_cannot_be_renewed_is_over_a_margin_before_the_store_ends_it() {
    let store = Scripted::new();
    let (membership, _) = joined(&store).await;
    let standing = membership.standing();
    pass(seconds(2)).await;
    store.set(Mode::Unavailable);
    pass(seconds(8) - Duration::from_millis(50)).await;
    assert_eq!(membership.owner(), Some(owner(1)), "counted from the last renewal that succeeded");
    assert!(store.asked("renew") > 4, "it tries more often after a failure");
    let first = owner(1);
    let lost = standing.lost(&first);
    pass(Duration::from_millis(50)).await;
    lost.await;
    assert_eq!(membership.owner(), None);
    assert_eq!(*standing.owners().borrow(), None);
    store.set(Mode::Answers);
    next_owner(&standing, 2).await;
    assert_eq!(membership.owner(), Some(owner(2)));
}

#[tokio::test(start_paused = true)]
async fn one_failed_renewal_is_no_loss() {
    let store = Scripted::new();
    let (membership, _) = joined(&store).await;
    store.set(Mode::Unavailable);
    pass(seconds(3)).await;
    store.set(Mode::Answers);
    pass(seconds(30)).await;
    assert_eq!(membership.owner(), Some(owner(1)));
    assert_eq!(store.asked("join"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_refused_renewal_is_a_loss_at_once() {
    let store = Scripted::new();
    let (membership, _) = joined(&store).await;
    let standing = membership.standing();
    store.set(Mode::Fences);
    let began = Instant::now();
    standing.lost(&owner(1)).await;
    assert_eq!(began.elapsed(), seconds(2), "at the next renewal");
    store.set(Mode::Answers);
    next_owner(&standing, 2).await;
    standing.lost(&owner(1)).await;
}

#[tokio::test(start_paused = true)]
async fn a_silent_store_ends_the_lease_in_time() {
    let store = Scripted::new();
    let (membership, _) = joined(&store).await;
    let standing = membership.standing();
    let began = Instant::now();
    store.set(Mode::Silent);
    standing.lost(&owner(1)).await;
    assert_eq!(began.elapsed(), seconds(8));
    assert_eq!(membership.owner(), None);
}

#[tokio::test(start_paused = true)]
async fn time_counts_from_before_a_renewal_was_sent() {
    let store = Scripted::new();
    let (membership, _) = joined(&store).await;
    let standing = membership.standing();
    store.set(Mode::Late(seconds(5)));
    // Sent after 2 s, answered after 7: it ends 8 s after it was sent, whatever the store believes.
    pass(seconds(7)).await;
    store.set(Mode::Silent);
    pass(seconds(3) - Duration::from_millis(50)).await;
    assert_eq!(membership.owner(), Some(owner(1)));
    pass(Duration::from_millis(50)).await;
    assert_eq!(membership.owner(), None);
    standing.lost(&owner(1)).await;
}

#[tokio::test(start_paused = true)]
async fn a_process_that_stood_still_knows_it_before_its_task_runs() {
    let store = Scripted::new();
    let (membership, _) = joined(&store).await;
    let standing = membership.standing();
    let stalled = standing.clone();
    advance_without_running(seconds(60), || assert_eq!(stalled.owner(), None)).await;
    next_owner(&standing, 2).await;
    assert_eq!(store.asked("renew a 1"), 0, "the old epoch does not come back");
    assert_eq!(membership.owner(), Some(owner(2)));
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_succeeded_too_late_does_not_revive_an_epoch() {
    let store = Scripted::new();
    let (membership, _) = joined(&store).await;
    let standing = membership.standing();
    // The first renewal is sent after 2 s, so the lease ends after 10; the second one is sent after 9.
    store.set(Mode::Late(seconds(5)));
    pass(seconds(8)).await;
    store.set(Mode::Late(Duration::from_millis(500)));
    pass(Duration::from_millis(1_200)).await;
    assert_eq!(store.asked("renew a 1"), 2);
    // The answer has come when the process goes on, and so has the end of the lease.
    advance_without_running(Duration::from_millis(900), || assert_eq!(standing.owner(), None)).await;
    store.set(Mode::Answers);
    next_owner(&standing, 2).await;
    assert_eq!(membership.owner(), Some(owner(2)));
}

/// Moves the time and calls `then` before any other task is polled.
async fn advance_without_running(by: Duration, then: impl FnOnce()) {
    let mut moving = Box::pin(advance(by));
    // The first poll moves the clock, then yields.
    let _ = std::future::poll_fn(|context| std::task::Poll::Ready(moving.as_mut().poll(context))).await;
    then();
    moving.await;
}

#[tokio::test(start_paused = true)]
async fn the_stores_time_is_the_local_one_with_the_offset_of_the_last_renewal() {
    let store = Scripted::new();
    let (membership, clock) = joined(&store).await;
    let standing = membership.standing();
    assert_eq!(standing.now(), Timestamp::from_millis(5_000));
    clock.advance(seconds(1));
    assert_eq!(standing.now(), Timestamp::from_millis(6_000));
    // The local clock ran too fast: the next renewal shows it.
    *store.time.lock().expect("no panic") = Timestamp::from_millis(5_500);
    pass(seconds(2)).await;
    assert_eq!(standing.now(), Timestamp::from_millis(5_500));
    let sleeper = tokio::spawn({
        let standing = standing.clone();
        async move { standing.sleep_until(Timestamp::from_millis(6_000)).await }
    });
    clock.advance(Duration::from_millis(499));
    tokio::task::yield_now().await;
    assert!(!sleeper.is_finished());
    clock.advance(Duration::from_millis(1));
    sleeper.await.expect("it wakes");
}

#[tokio::test(start_paused = true)]
async fn leaving_tells_the_store_and_everybody_here() {
    let store = Scripted::new();
    let (membership, _) = joined(&store).await;
    let standing = membership.standing();
    membership.leave().await;
    assert_eq!(store.asked("leave a 1"), 1);
    assert_eq!(standing.owner(), None);
    standing.lost(&owner(1)).await;
    pass(seconds(60)).await;
    assert_eq!(store.asked("join"), 1, "it stays away");
}

#[tokio::test(start_paused = true)]
async fn leaving_does_not_wait_for_a_silent_store() {
    let store = Scripted::new();
    let (membership, _) = joined(&store).await;
    store.set(Mode::Silent);
    // In the middle of a renewal.
    pass(seconds(3)).await;
    let began = Instant::now();
    membership.leave().await;
    assert_eq!(began.elapsed(), seconds(2));
}

#[tokio::test(start_paused = true)]
async fn a_dropped_membership_is_dead_to_itself() {
    let store = Scripted::new();
    let (membership, _) = joined(&store).await;
    let standing = membership.standing();
    drop(membership);
    assert_eq!(standing.owner(), None);
    standing.lost(&owner(1)).await;
    let renewals = store.asked("renew");
    pass(seconds(10)).await;
    assert_eq!(store.asked("renew"), renewals);
}

#[tokio::test(start_paused = true)]
async fn joining_tells_why_it_fails() {
    let clock = Arc::new(SystemClock);
    let store = Scripted::new();
    store.set(Mode::Unavailable);
    let error = Membership::join(store.clone(), registration(), Options::default(), clock.clone()).await;
    assert_eq!(error.expect_err("it is unavailable").kind(), Kind::Unavailable);
    store.set(Mode::Silent);
    let error = Membership::join(store.clone(), registration(), Options::default(), clock.clone()).await;
    assert_eq!(error.expect_err("it is silent").kind(), Kind::Timeout);
    let tight = Options { margin: seconds(7), ..Options::default() };
    let error = Membership::join(store, registration(), tight, clock).await.expect_err("it does not fit");
    assert_eq!(error.kind(), Kind::Invalid);
    assert!(error.to_string().contains("must fit"), "{error}");
}

#[tokio::test]
async fn a_second_node_of_the_same_name_replaces_the_first_in_a_real_store() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("gennaker.db");
    let clock = Arc::new(SystemClock);
    let store = SqlStore::open_sqlite(&path, clock.clone(), gennaker_store_sql::Options::default()).await;
    let store = Arc::new(store.expect("it opens"));
    let quick = Options { renew_every: Duration::from_millis(10), ..Options::default() };
    let first = Membership::join(store.clone(), registration(), quick, clock.clone()).await.expect("it joins");
    let before = first.owner().expect("it lives");
    let slow = Options { renew_every: seconds(3), ..Options::default() };
    let second = Membership::join(store.clone(), registration(), slow, clock).await.expect("it joins");
    let replacing = second.owner().expect("it lives");
    first.standing().lost(&before).await;
    let mut owners = first.standing().owners();
    let again = owners.wait_for(|owner| owner.as_ref().is_some_and(|owner| *owner != before)).await;
    let again = again.expect("it joins again").clone().expect("an owner");
    assert!(before.epoch < replacing.epoch && replacing.epoch < again.epoch);
    second.leave().await;
    first.leave().await;
    assert!(store.living().await.expect("nodes are listed").is_empty());
    store.close().await;
}
