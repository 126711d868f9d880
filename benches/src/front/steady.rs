//! Requests at a steady rate, whatever came of those before.

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use tokio::{sync::mpsc, task::JoinSet};

use crate::{engine::Load, sample::Sample};

/// Sends `count` GETs at `rate` a second, that of number N to `path(N)`; each is measured from when it was due.
pub(super) async fn at_a_rate(
    load: &Load,
    rate: u32,
    count: usize,
    path: impl Fn(usize) -> String,
) -> anyhow::Result<Sample> {
    let load = Arc::new(load.clone());
    let mut due = due(rate, count);
    let mut answers = JoinSet::new();
    for number in 0..count {
        let Some(due) = due.recv().await else { break };
        let (load, path) = (load.clone(), path(number));
        answers.spawn(async move {
            load.bytes(&path).await?;
            anyhow::Ok(due.elapsed())
        });
    }
    let mut sample = Sample::default();
    while let Some(took) = answers.join_next().await {
        sample.add(took??);
    }
    Ok(sample)
}

/// Tells each time when it is there, `count` of them. A thread sleeps for them: tokio's timers end at whole milliseconds, and
/// the rest of one would be taken for the server's. The thread ends with the last time, or when nobody listens.
fn due(rate: u32, count: usize) -> mpsc::Receiver<Instant> {
    let (sender, receiver) = mpsc::channel(1_000);
    let between = Duration::from_secs(1) / rate;
    thread::spawn(move || {
        let mut next = Instant::now() + between;
        for _ in 0..count {
            thread::sleep(next.saturating_duration_since(Instant::now()));
            if sender.blocking_send(next).is_err() {
                return;
            }
            next += between;
        }
    });
    receiver
}
