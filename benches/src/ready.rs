//! How soon a started control plane answers.

use gennaker_harness::{Install, InstallOptions, Programs};

use crate::{
    report::{Report, Row, millis},
    sample::Sample,
};

const ROUNDS: usize = 5;

pub(crate) async fn measure(programs: &Programs, report: &mut Report) -> anyhow::Result<()> {
    let (mut first, mut again) = (Sample::default(), Sample::default());
    for _ in 0..ROUNDS {
        let mut install = Install::start(programs, InstallOptions::default()).await?;
        first.add(install.ready_after());
        install.stop_control_plane().await?;
        install.start_control_plane().await?;
        again.add(install.ready_after());
        install.stop().await?;
    }
    for (what, sample) in [("ready, empty folder", first), ("ready, started again", again)] {
        report.add(Row {
            what: what.to_owned(),
            target: Some(("< 1 s".to_owned(), sample.median().as_secs_f64() < 1.0)),
            original: "about a minute a service",
            measured: format!("{} (longest {})", millis(sample.median()), millis(sample.longest())),
            method: format!(
                "median of {}: from the start of `gennaker serve` until `/health` of all four services answers 200, looked \
                 at every 10 to 50 ms; the agent starts at the same time.",
                sample.count()
            ),
        });
    }
    Ok(())
}
