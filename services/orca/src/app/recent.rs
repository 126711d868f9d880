//! Which executions of a pipeline lists show, and in which order.
//!
//! Upstream: `TaskController.filterPipelinesByHistoryCutoff`, `startTimeOrId`.

use std::{cmp::Ordering, time::Duration};

use gennaker_base::Timestamp;
use gennaker_wire::Execution;
use indexmap::IndexMap;

use crate::options::Lists;

/// The oldest start first; what has not started stands before. Of equal starts the newest id comes first.
pub(crate) fn by_start(a: &Execution, b: &Execution) -> Ordering {
    let start = |execution: &Execution| execution.start_time.unwrap_or_default();
    start(a).cmp(&start(b)).then_with(|| b.id.cmp(&a.id))
}

/// What has not started first, then the newest start; of equal starts the newest id comes first: the order of tasks.
pub(crate) fn newest_start_first(a: &Execution, b: &Execution) -> Ordering {
    let start = |execution: &Execution| execution.start_time.unwrap_or(Timestamp::from_millis(i64::MAX));
    start(b).cmp(&start(a)).then_with(|| b.id.cmp(&a.id))
}

/// The time before which a start is history.
pub(crate) fn cutoff(lists: &Lists, now: Timestamp) -> Timestamp {
    let days = Duration::from_secs(u64::from(lists.days_of_execution_history) * 24 * 3600);
    let millis = i64::try_from(days.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(now.millis().saturating_sub(millis))
}

/// At most `limit` of each pipeline: those that have started within the days of history or not at all; if there are none, a few old ones.
pub(crate) fn of_each_pipeline(
    executions: Vec<Execution>,
    limit: u32,
    lists: &Lists,
    now: Timestamp,
) -> Vec<Execution> {
    let (limit, cutoff) = (usize::try_from(limit).unwrap_or(usize::MAX), cutoff(lists, now));
    let mut pipelines: IndexMap<Option<String>, Vec<Execution>> = IndexMap::new();
    for execution in executions {
        pipelines.entry(execution.pipeline_config_id.clone()).or_default().push(execution);
    }
    let mut shown = Vec::new();
    for (_, mut runs) in pipelines {
        runs.sort_by(|a, b| by_start(b, a));
        let is_recent = |run: &Execution| run.start_time.is_none_or(|start| start > cutoff);
        if runs.iter().any(is_recent) {
            runs.retain(is_recent);
        } else {
            runs.truncate(usize::try_from(lists.number_of_old_pipeline_executions_to_include).unwrap_or(usize::MAX));
        }
        runs.truncate(limit);
        shown.extend(runs);
    }
    shown.sort_by(by_start);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 3600 * 1000;

    fn run(id: &str, pipeline: &str, start: Option<i64>) -> Execution {
        Execution {
            id: id.to_owned(),
            pipeline_config_id: Some(pipeline.to_owned()),
            start_time: start.map(Timestamp::from_millis),
            ..Execution::default()
        }
    }

    fn ids(executions: &[Execution]) -> Vec<&str> {
        executions.iter().map(|execution| execution.id.as_str()).collect()
    }

    #[test]
    fn history_is_left_out_unless_there_is_nothing_else() {
        let now = Timestamp::from_millis(100 * DAY);
        let runs = vec![
            run("a1", "a", Some(80 * DAY)),
            run("a2", "a", Some(99 * DAY)),
            run("a3", "a", None),
            run("b1", "b", Some(10 * DAY)),
            run("b2", "b", Some(11 * DAY)),
            run("b3", "b", Some(12 * DAY)),
        ];
        let shown = of_each_pipeline(runs.clone(), 5, &Lists::default(), now);
        assert_eq!(ids(&shown), ["a3", "b2", "b3", "a2"]);
        let shown = of_each_pipeline(runs, 1, &Lists::default(), now);
        assert_eq!(ids(&shown), ["b3", "a2"]);
    }

    #[test]
    fn tasks_that_wait_come_first_then_the_newest() {
        let mut runs = vec![run("1", "", Some(1)), run("2", "", None), run("3", "", Some(3)), run("4", "", Some(3))];
        runs.sort_by(newest_start_first);
        assert_eq!(ids(&runs), ["2", "4", "3", "1"]);
    }
}
