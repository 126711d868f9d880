//! Requests at a steady rate, whatever came of those before.

use std::{sync::Arc, time::Duration};

use tokio::{task::JoinSet, time::Instant};

use crate::{engine::Load, sample::Sample};

/// Sends `count` GETs at `rate` a second, that of number N to `path(N)`; each is measured from when it was due.
pub(super) async fn at_a_rate(
    load: &Load,
    rate: u32,
    count: usize,
    path: impl Fn(usize) -> String,
) -> anyhow::Result<Sample> {
    let load = Arc::new(load.clone());
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / rate);
    let mut answers = JoinSet::new();
    for number in 0..count {
        let due = ticks.tick().await;
        let (load, path) = (load.clone(), path(number));
        answers.spawn(async move {
            load.bytes(&path).await?;
            anyhow::Ok(Instant::now() - due)
        });
    }
    let mut sample = Sample::default();
    while let Some(took) = answers.join_next().await {
        sample.add(took??);
    }
    Ok(sample)
}
