//! Whether an execution would wait for a place among the runs of its pipeline.

use gennaker_wire::{Execution, Outcome, Plan, PlannedWait, Severity, Status, WaitsFor};

/// Says in the plan of `execution` whether it would wait for `others`, the runs of the same pipeline that are not over. Upstream:
/// `OrcaMessageHandler.shouldQueue`; `limitConcurrent` goes before `maxConcurrentExecutions`.
pub(super) fn limit(plan: &mut Plan, execution: &Execution, others: &[Execution]) {
    if execution.pipeline_config_id.is_none() {
        if execution.limit_concurrent || execution.max_concurrent_executions > 0 {
            plan.remark(Severity::Note, "it has no id: its runs are not limited, because nothing says which they are");
        }
        return;
    }
    let most = match execution.max_concurrent_executions {
        _ if execution.limit_concurrent => 1,
        most if most > 0 => usize::try_from(most).unwrap_or(usize::MAX),
        _ => return,
    };
    let has_begun = |other: &&Execution| !matches!(other.status, Status::NotStarted | Status::Buffered);
    let running: Vec<&Execution> = others.iter().filter(has_begun).collect();
    let waiting = others.len() - running.len();
    if running.len() < most && waiting == 0 {
        return;
    }
    let first = running.first().map(|other| format!(", the oldest is {}", other.id)).unwrap_or_default();
    let message =
        format!("{most} at a time may run, {} do{first}, and {waiting} wait for a place already", running.len());
    let behind = running.iter().map(|other| other.id.clone()).collect();
    plan.waits.insert(0, PlannedWait { waits_for: WaitsFor::Place, until: None, behind, message });
    if !execution.keep_waiting_pipelines {
        let message = "keepWaitingPipelines is off: when a place is free the newest run that waits gets it, and the \
                       others are cancelled";
        plan.remark(Severity::Note, message);
    }
    if plan.outcome == Outcome::Runs {
        plan.outcome = Outcome::Waits;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(id: &str, status: Status) -> Execution {
        Execution { id: id.to_owned(), status, ..Execution::default() }
    }

    fn limited(limit_concurrent: bool, most: i64, others: &[Execution]) -> Plan {
        let execution = Execution {
            pipeline_config_id: Some("p".into()),
            limit_concurrent,
            max_concurrent_executions: most,
            keep_waiting_pipelines: true,
            ..Execution::default()
        };
        let mut plan = Plan::default();
        limit(&mut plan, &execution, others);
        plan
    }

    #[test]
    fn it_waits_while_all_places_are_taken_or_others_wait() {
        let running = [run("a", Status::Running), run("b", Status::Paused)];
        let behind = |plan: Plan| plan.waits.first().map(|wait| wait.behind.clone());
        assert_eq!(behind(limited(false, 0, &running)), None);
        assert_eq!(behind(limited(false, 3, &running)), None);
        assert_eq!(behind(limited(false, 2, &running)), Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(behind(limited(true, 9, &running[..1])), Some(vec!["a".to_owned()]), "limitConcurrent goes first");
        assert_eq!(behind(limited(true, 0, &[])), None);
        let waiting = [run("c", Status::NotStarted)];
        let plan = limited(true, 0, &waiting);
        assert_eq!((plan.outcome, plan.waits[0].behind.len()), (Outcome::Waits, 0), "nobody overtakes");
        assert!(plan.remarks.is_empty());
    }

    #[test]
    fn what_happens_to_those_that_wait_is_said() {
        let execution =
            Execution { pipeline_config_id: Some("p".into()), limit_concurrent: true, ..Execution::default() };
        let mut plan = Plan::default();
        limit(&mut plan, &execution, &[run("a", Status::Running)]);
        assert!(plan.remarks[0].message.starts_with("keepWaitingPipelines is off"), "{plan:?}");
        let mut nameless = Plan::default();
        limit(&mut nameless, &Execution { pipeline_config_id: None, ..execution }, &[]);
        assert!(nameless.remarks[0].message.contains("it has no id"), "{nameless:?}");
    }
}
