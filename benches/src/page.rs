//! The web page in Chromium: how soon it is there, how soon it shows what changes, how smoothly it moves, what it holds.
//!
//! An install is filled through gate, and programs of `ui/scripts/figures` drive the page that it serves. Where there is no
//! Node.js, no Chromium or no page in the program, that is said and nothing is measured.

mod figures;
mod prepared;

use std::time::Duration;

use gennaker_harness::{Install, InstallOptions, Programs, Service};

use self::{
    figures::{Figure, Figures},
    prepared::{APPLICATIONS, EXECUTIONS, JUDGED, LARGE, MANY, PIPELINES},
};
use crate::{
    report::{Report, Row, mebibytes, millis},
    say,
};

const MOST_LOADED: f64 = 300_000.0;
const LONGEST_LOAD: Duration = Duration::from_secs(1);
const LONGEST_DRAWING: Duration = Duration::from_millis(300);
const LONGEST_CHANGE: Duration = Duration::from_millis(500);
const LONGEST_FRAME: Duration = Duration::from_millis(50);
/// A frame of 60 a second, in milliseconds.
const FRAME: f64 = 1000.0 / 60.0;
/// How much more may be held at the end than after the first minute.
const MOST_GROWTH: f64 = 0.1;

/// How frames are to be read: this machine draws without a graphics card.
const HEADLESS: &str = "Headless Chromium of 1440 x 900 pixels, which draws with the processor";

/// Measures all of it on one install.
pub(crate) async fn measure(programs: &Programs, report: &mut Report) -> anyhow::Result<()> {
    let install = Install::start(programs, InstallOptions::default()).await?;
    match Figures::of(&install).await? {
        Err(reason) => say(&format!("page: not measured: {reason}"))?,
        Ok(figures) => measure_with(&figures, &install, report).await?,
    }
    install.stop().await?;
    Ok(())
}

async fn measure_with(figures: &Figures, install: &Install, report: &mut Report) -> anyhow::Result<()> {
    let gate = install.client(Service::Gate);
    say("page: first load")?;
    prepared::applications(&gate).await?;
    first_load(figures, report).await?;
    say("page: executions, and how soon they change")?;
    prepared::executions(&gate).await?;
    executions(figures, report).await?;
    prepared::judged(&gate).await?;
    changes(figures, report).await?;
    say("page: scrolling and dragging")?;
    instances(figures, report).await?;
    drag(figures, &prepared::large(&gate).await?, report).await?;
    say("page: ten minutes of events")?;
    memory(figures, report).await
}

async fn first_load(figures: &Figures, report: &mut Report) -> anyhow::Result<()> {
    let measured = figures.run("load", &[]).await?;
    let size = measured.figure("first load, size")?;
    report.add(Row {
        what: "page: first load, compressed".to_owned(),
        target: Some(("<= 300 kB".to_owned(), size.most() <= MOST_LOADED)),
        original: "-",
        measured: kilobytes(size.most()),
        method: format!(
            "what came over the network, headers included, until nothing had come for half a second after the list of \
             {APPLICATIONS} applications was shown in a browser that had nothing of the page; {} of it are gate's answers. \
             The most of {}.",
            kilobytes(size.detail("gate")?),
            size.samples().len(),
        ),
    });
    let times = measured.figure("first load")?.times();
    report.add(Row {
        what: "page: first load until usable".to_owned(),
        target: Some(("< 1 s".to_owned(), times.longest() < LONGEST_LOAD)),
        original: "-",
        measured: format!("{} (longest {})", millis(times.median()), millis(times.longest())),
        method: format!(
            "median of {}, each in a Chromium of its own on the same machine: from the navigation's start until a frame \
             shows the list of applications.",
            times.count(),
        ),
    });
    Ok(())
}

async fn executions(figures: &Figures, report: &mut Report) -> anyhow::Result<()> {
    let measured = figures.run("executions", &[MANY]).await?;
    let figure = measured.figure("executions")?;
    let times = figure.times();
    report.add(Row {
        what: format!("page: {PIPELINES} pipelines x {EXECUTIONS} executions"),
        target: Some(("< 300 ms after the data".to_owned(), times.longest() < LONGEST_DRAWING)),
        original: "-",
        measured: format!("{} (longest {})", millis(times.median()), millis(times.longest())),
        method: format!(
            "median of {}, each in a page that was not loaded before: from the end of the last answer that the screen needs \
             until a frame shows all pipelines and executions, each of six stages; {:.0} ms after the navigation's start.",
            times.count(),
            figure.detail("whole")?,
        ),
    });
    Ok(())
}

async fn changes(figures: &Figures, report: &mut Report) -> anyhow::Result<()> {
    let measured = figures.run("changes", &[MANY, JUDGED]).await?;
    let judged = measured.figure("a judgment")?;
    let since_end = format!(
        "from before the judgment is sent until a frame shows that the execution has succeeded; from its own `endTime` on it \
         takes {:.0} ms (99 %: {:.0} ms)",
        judged.detail("since its end, median")?,
        judged.detail("since its end, 99 %")?,
    );
    let rows = [
        (
            "page: a start is seen",
            measured.figure("a start")?,
            "from before the start is sent until a frame shows that the execution waits for its judgment".to_owned(),
        ),
        ("page: a judgment is seen", judged, since_end),
    ];
    for (what, figure, method) in rows {
        let times = figure.times();
        report.add(Row {
            what: what.to_owned(),
            target: Some(("p99 < 500 ms".to_owned(), times.percentile(0.99) < LONGEST_CHANGE)),
            original: "-",
            measured: format!("p50 {}, p99 {}", millis(times.median()), millis(times.percentile(0.99))),
            method: format!(
                "{} executions of a manual judgment, started and judged by gate's API while the screen above is open: {method}.",
                times.count()
            ),
        });
    }
    Ok(())
}

async fn instances(figures: &Figures, report: &mut Report) -> anyhow::Result<()> {
    let measured = figures.run("instances", &[]).await?;
    for name in ["as squares", "one a row"] {
        let figure = measured.figure(name)?;
        let times = figure.times();
        report.add(Row {
            what: format!("page: 20,000 instances scroll, {name}"),
            target: Some(("no frame over 50 ms".to_owned(), times.longest() <= LONGEST_FRAME)),
            original: "-",
            measured: format!(
                "p50 {}, longest {}, {} over 50 ms",
                millis(times.median()),
                millis(times.longest()),
                times.over(LONGEST_FRAME)
            ),
            method: format!(
                "{} frames down and up {:.0} pixels of 250 server groups, by the times of animation frames. {HEADLESS}; the \
                 program's page stands in front of a stand-in for gate, since nobody runs 20,000 processes for it. {}.",
                times.count(),
                figure.detail("pixels")?,
                tasks(figure)?,
            ),
        });
    }
    Ok(())
}

async fn drag(figures: &Figures, pipeline: &str, report: &mut Report) -> anyhow::Result<()> {
    let measured = figures.run("drag", &[LARGE, pipeline]).await?;
    let figure = measured.figure("drag")?;
    let times = figure.times();
    let dropped: u64 =
        figure.samples().iter().map(|took| (took / FRAME).round() as u64).map(|frames| frames.saturating_sub(1)).sum();
    report.add(Row {
        what: format!("page: {:.0} stages, one is dragged", figure.detail("stages")?),
        target: Some(("no dropped frame".to_owned(), dropped == 0)),
        original: "-",
        measured: format!("{dropped} of {} dropped, longest {}", times.count(), millis(times.longest())),
        method: format!(
            "5 stages, each pressed, moved 180 times by the mouse, once a frame, with the whole graph in sight, and let go; the \
             stage stood elsewhere in {:.0} frames. A frame that took the time of two dropped one; {} took over 17 ms, {} over \
             50 ms. {HEADLESS}. {}.",
            figure.detail("moved")?,
            times.over(Duration::from_millis(17)),
            times.over(LONGEST_FRAME),
            tasks(figure)?,
        ),
    });
    Ok(())
}

async fn memory(figures: &Figures, report: &mut Report) -> anyhow::Result<()> {
    let measured = figures.run("memory", &[MANY]).await?;
    let heap = measured.figure("heap")?;
    let ends = |name: &str| -> anyhow::Result<(f64, f64)> {
        let samples = measured.figure(name)?.samples();
        let [_, first, .., last] = samples else { anyhow::bail!("{name} was looked at {} times only", samples.len()) };
        Ok((*first, *last))
    };
    let (first, last) = ends("heap")?;
    let (nodes, listeners) = (ends("nodes")?, ends("listeners")?);
    let looks: Vec<String> = heap.samples().iter().map(|held| format!("{:.1}", held / f64::from(1 << 20))).collect();
    report.add(Row {
        what: "page: memory over 10 minutes".to_owned(),
        target: Some(("at most 10 % more than after one".to_owned(), last <= first * (1.0 + MOST_GROWTH))),
        original: "-",
        measured: format!("{} after one, {} at the end", mebibytes(first as u64), mebibytes(last as u64)),
        method: format!(
            "what JavaScript holds after collection (`JSHeapUsedSize`), every {:.0} s from the start on: {} MiB. The executions \
             screen is open while {PIPELINES} pipelines of six stages are started in turn, {:.1} a second with {:.0} events a \
             second: six times as often as once a minute each, which is taken for usual. DOM nodes {:.0} after one minute and \
             {:.0} at the end, listeners {:.0} and {:.0}.",
            heap.detail("seconds between")?,
            looks.join(", "),
            heap.detail("executions a second")?,
            heap.detail("events a second")?,
            nodes.0,
            nodes.1,
            listeners.0,
            listeners.1,
        ),
    });
    Ok(())
}

/// What the page's own part in the frames was.
fn tasks(figure: &Figure) -> anyhow::Result<String> {
    let (longest, most) = (figure.detail("longest task")?, figure.detail("tasks, 99 %")?);
    Ok(format!("The page's tasks had a processor for at most {longest:.1} ms (99 %: {most:.1} ms)"))
}

fn kilobytes(bytes: f64) -> String {
    format!("{:.0} kB", bytes / 1000.0)
}
