//! The machine's own memory: a virtual machine's host may take a long time to give a page, or take it back at any moment.

use std::{hint::black_box, time::Duration};

use tokio::time::Instant;

use crate::{
    report::{Report, Row},
    sample::Sample,
};

const PAGE: usize = 4096;
/// More than processors remember, and less than any machine has.
const SIZE: usize = 128 << 20;
const ROUNDS: usize = 4;

pub(crate) fn measure(report: &mut Report) {
    let mut memory: Vec<u8> = Vec::with_capacity(SIZE);
    let begin = Instant::now();
    memory.resize(SIZE, 1);
    let first = each(begin.elapsed());
    let mut again = Sample::default();
    for round in 0..ROUNDS {
        let begin = Instant::now();
        for page in memory.chunks_mut(PAGE) {
            page[round] = black_box(2);
        }
        again.add(begin.elapsed());
    }
    black_box(&memory);
    report.add(Row {
        what: "the machine's own memory".to_owned(),
        target: None,
        original: "-",
        measured: format!("{} a new page, {} a page again", micros(first), micros(each(again.median()))),
        method: format!(
            "{} MiB filled, then each page of 4 KiB written again, {ROUNDS} times: about 1 us and 0.1 us on a machine whose memory \
             is its own. Where the host takes pages back, everything below takes longer.",
            SIZE >> 20
        ),
    });
}

fn each(whole: Duration) -> Duration {
    whole / (SIZE / PAGE) as u32
}

fn micros(duration: Duration) -> String {
    format!("{:.2} us", duration.as_secs_f64() * 1e6)
}
