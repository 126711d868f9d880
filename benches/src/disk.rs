//! The disk's own part: what is recorded before it is acted on waits for it.

use std::{fs::File, io::Write as _, time::Instant};

use gennaker_harness::Install;

use crate::{
    report::{Report, Row, millis},
    sample::Sample,
};

const ROUNDS: usize = 300;

pub(crate) fn measure(install: &Install, report: &mut Report) -> anyhow::Result<()> {
    let mut file = File::create(install.folder().join("sync"))?;
    let mut sample = Sample::default();
    for _ in 0..ROUNDS {
        file.write_all(&[0; 4096])?;
        let begin = Instant::now();
        file.sync_data()?;
        sample.add(begin.elapsed());
    }
    report.add(Row {
        what: "the disk's own sync".to_owned(),
        target: None,
        original: "-",
        measured: format!("p50 {}, p99 {}", millis(sample.median()), millis(sample.percentile(0.99))),
        method: format!(
            "{} times 4 KiB written and synchronised (`fdatasync`) beside the store, right before the pipelines are started: \
             a start waits for a few of these, so a noisy disk shows below.",
            sample.count()
        ),
    });
    Ok(())
}
