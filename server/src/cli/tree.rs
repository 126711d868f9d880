//! The stages of an execution as a tree: each synthetic stage under its parent, in the order in which they run.

use gennaker_base::Timestamp;
use gennaker_wire::{Execution, Stage, Status, SyntheticOwner};

use super::{judge, time};

/// A line of the tree.
#[derive(Debug, Clone, Copy)]
pub(super) enum Row<'one> {
    /// A stage, so many levels below the top.
    Stage { depth: usize, stage: &'one Stage },
    /// So many stages at the top that are over.
    Over(usize),
    /// So many stages at the top that have not begun.
    ToCome(usize),
}

/// All stages; those whose parent is not there stand at the top.
pub(super) fn rows(execution: &Execution) -> Vec<Row<'_>> {
    let mut rows = Vec::with_capacity(execution.stages.len());
    let is_top =
        |stage: &&Stage| stage.parent_stage_id.as_deref().is_none_or(|parent| execution.stage(parent).is_none());
    execution.stages.iter().filter(is_top).for_each(|stage| add(execution, stage, 0, &mut rows));
    rows
}

fn add<'one>(execution: &'one Execution, stage: &'one Stage, depth: usize, rows: &mut Vec<Row<'one>>) {
    // Each stage has one parent and stands once, unless a gate sends two of the same id.
    if rows.len() >= execution.stages.len() {
        return;
    }
    rows.push(Row::Stage { depth, stage });
    for owner in [Some(SyntheticOwner::StageBefore), Some(SyntheticOwner::StageAfter), None] {
        let is_child = |child: &&Stage| {
            child.parent_stage_id.as_deref() == Some(&stage.id)
                && child.synthetic_stage_owner == owner
                && child.id != stage.id
        };
        execution.stages.iter().filter(is_child).for_each(|child| add(execution, child, depth + 1, rows));
    }
}

/// At most about `limit` rows: what is over loses its synthetic stages, then rows at the top are counted only.
pub(super) fn compact<'one>(rows: &[Row<'one>], limit: usize) -> Vec<Row<'one>> {
    if rows.len() <= limit {
        return rows.to_vec();
    }
    let mut kept: Vec<Row<'_>> = Vec::new();
    let mut top_is_over = false;
    for row in rows {
        let Row::Stage { depth, stage } = row else { continue };
        if *depth == 0 {
            top_is_over = stage.status.is_complete();
        }
        if *depth == 0 || !top_is_over {
            kept.push(*row);
        }
    }
    for (status_is_meant, count) in
        [(is_over as fn(Status) -> bool, Row::Over as fn(usize) -> Row<'one>), (is_to_come, Row::ToCome)]
    {
        let excess = kept.len().saturating_sub(limit);
        let at_top = |row: &Row<'_>| matches!(row, Row::Stage { depth: 0, stage } if status_is_meant(stage.status));
        let places: Vec<usize> = (0..kept.len()).filter(|place| at_top(&kept[*place])).collect();
        // Of what is over the newest are kept, of what is to come the next ones.
        let dropped: Vec<usize> = match count(0) {
            Row::ToCome(_) => places.into_iter().rev().take(excess + 1).collect(),
            _ => places.into_iter().take(excess + 1).collect(),
        };
        if excess > 0 && dropped.len() > 1 {
            let first = dropped.iter().min().copied().unwrap_or(0);
            kept[first] = count(dropped.len());
            let mut place = 0;
            kept.retain(|_| {
                place += 1;
                place - 1 == first || !dropped.contains(&(place - 1))
            });
        }
    }
    kept
}

fn is_over(status: Status) -> bool {
    status.is_complete()
}

fn is_to_come(status: Status) -> bool {
    status == Status::NotStarted
}

/// Name, status, time taken, running task of each row.
pub(super) fn cells(rows: &[Row<'_>], now: Timestamp) -> Vec<Vec<String>> {
    rows.iter()
        .map(|row| match row {
            Row::Over(count) => vec![format!("... {count} stages are over")],
            Row::ToCome(count) => vec![format!("... {count} stages to come")],
            Row::Stage { depth, stage } => {
                let taken = match stage.status {
                    Status::NotStarted => None,
                    _ => time::taken(stage.start_time, stage.end_time, now),
                };
                let task = stage.tasks.iter().find(|task| task.status == Status::Running);
                vec![
                    format!("{}{}", "  ".repeat(*depth), judge::name(stage)),
                    stage.status.to_string(),
                    taken.map(time::duration).unwrap_or_default(),
                    task.map(|task| task.name.clone()).unwrap_or_default(),
                ]
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::table;
    use serde_json::{Value, json};

    fn execution(stages: Value) -> Execution {
        serde_json::from_value(json!({"id": "E", "stages": stages})).expect("an execution")
    }

    #[test]
    fn synthetic_stages_stand_under_their_parent_in_running_order() {
        let execution = execution(json!([
            {"id": "1", "type": "deploy", "name": "Deploy", "status": "RUNNING", "startTime": 1000,
             "tasks": [{"name": "done", "status": "SUCCEEDED"}, {"name": "monitorDeploy", "status": "RUNNING"}]},
            {"id": "1>1", "name": "After", "parentStageId": "1", "syntheticStageOwner": "STAGE_AFTER"},
            {"id": "1<1", "name": "Before", "parentStageId": "1", "syntheticStageOwner": "STAGE_BEFORE",
             "status": "SUCCEEDED", "startTime": 1000, "endTime": 2500},
            {"id": "2", "type": "wait"},
            {"id": "x", "name": "Orphan", "parentStageId": "gone"},
        ]));
        let lines = table::lines(&cells(&rows(&execution), Timestamp::from_millis(4000)));
        let expected = [
            "Deploy    RUNNING      3.0 s  monitorDeploy",
            "  Before  SUCCEEDED    1.5 s",
            "  After   NOT_STARTED",
            "wait      NOT_STARTED",
            "Orphan    NOT_STARTED",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn a_ring_of_parents_ends() {
        let ring = execution(json!([{"id": "1", "parentStageId": "2"}, {"id": "2", "parentStageId": "1"}]));
        assert!(rows(&ring).is_empty());
    }

    #[test]
    fn a_large_execution_shows_what_is_under_way() {
        let status = |place: usize| match place {
            0..10 => "SUCCEEDED",
            10 => "RUNNING",
            _ => "NOT_STARTED",
        };
        let mut stages: Vec<Value> = (0..20)
            .map(|place| json!({"id": place.to_string(), "name": format!("s{place}"), "status": status(place)}))
            .collect();
        stages.push(json!({"id": "0<1", "name": "over", "parentStageId": "0", "status": "SUCCEEDED"}));
        stages.push(json!({"id": "10<1", "name": "under way", "parentStageId": "10", "status": "RUNNING"}));
        let execution = execution(json!(stages));
        let names = |limit| -> Vec<String> {
            let cells = cells(&compact(&rows(&execution), limit), Timestamp::ZERO);
            cells.into_iter().map(|row| row[0].clone()).collect()
        };
        assert_eq!(names(22).len(), 22);
        assert_eq!(names(21).len(), 21, "what is over loses its synthetic stages first");
        assert_eq!(names(20)[..3], ["... 2 stages are over", "s2", "s3"]);
        let least = ["... 10 stages are over", "s10", "  under way", "s11", "... 8 stages to come"];
        assert_eq!(names(5), least);
    }
}
