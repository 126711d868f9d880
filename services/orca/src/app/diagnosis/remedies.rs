//! What would help, in commands and calls that can be copied.

use gennaker_orca_stages::EXECUTION_WINDOW;
use gennaker_wire::{
    Diagnosis, ExecutionKind,
    diagnosis::{CauseKind, HttpCall, Remedy, StageName, StageWait, StageWaitKind, Verdict},
};
use serde_json::{Value, json};

/// So many stages, or executions, have remedies of their own.
const MOST: usize = 5;
/// The types of stages whose wait `skipRemainingWait` ends.
const SKIPPABLE: [&str; 3] = ["wait", "waitUntil", EXECUTION_WINDOW];

pub(super) fn of(diagnosis: &Diagnosis) -> Vec<Remedy> {
    let mut remedies = Vec::new();
    of_causes(diagnosis, &mut remedies);
    for wait in diagnosis.waits.iter().take(MOST) {
        of_wait(diagnosis, wait, &mut remedies);
    }
    if diagnosis.verdict == Verdict::Failed {
        of_failures(diagnosis, &mut remedies);
    }
    let fine = matches!(diagnosis.verdict, Verdict::Running | Verdict::Succeeded | Verdict::Failed);
    if !fine {
        remedies.push(cancel(diagnosis, &diagnosis.subject.id, "give it up"));
    }
    remedies
}

fn of_causes(diagnosis: &Diagnosis, remedies: &mut Vec<Remedy>) {
    let id = diagnosis.subject.id.as_str();
    for cause in &diagnosis.causes {
        match cause.kind {
            CauseKind::Paused if is_pipeline(diagnosis) => {
                remedies.push(command("let it go on", &["execution", "resume", id]));
            }
            CauseKind::Place => {
                for holder in cause.executions.iter().take(MOST) {
                    remedies.push(command("see why the one before it takes so long", &["doctor", "execution", holder]));
                    remedies.push(cancel(diagnosis, holder, "give up the one that holds the place"));
                }
            }
            CauseKind::NoNode => remedies.push(command("start a node, of the newest version", &["serve"])),
            CauseKind::DeadOwner | CauseKind::Claimable
                if !diagnosis.causes.iter().any(|cause| cause.kind == CauseKind::NoNode) =>
            {
                let message = "look again in some seconds; if it still stands so, every node is full \
                               (orca.activeExecutions) or cannot claim: see the log of the living nodes";
                remedies.push(command(message, &["doctor", "execution", id]));
            }
            CauseKind::Nothing => {
                let message = "keep its recording for the report";
                let file = format!("{id}.json");
                remedies.push(command(message, &["execution", "replay", id, "--export", &file]));
            }
            CauseKind::Paused | CauseKind::DeadOwner | CauseKind::Claimable | CauseKind::Command => {}
        }
    }
}

fn of_wait(diagnosis: &Diagnosis, wait: &StageWait, remedies: &mut Vec<Remedy>) {
    let id = diagnosis.subject.id.as_str();
    let stage = &wait.stage;
    if wait.overdue {
        let owner = diagnosis.ownership.owner.as_ref().and_then(|owner| owner.node.clone()).unwrap_or_default();
        let message = format!(
            "read the log of node {owner} for execution={id}; if its process hangs, stop it: its lease ends within seconds, \
             and the execution goes on elsewhere"
        );
        remedies.push(Remedy { message, ..Remedy::default() });
    }
    match wait.waits_for {
        StageWaitKind::Judgment if is_pipeline(diagnosis) => {
            let handle = stage.ref_id.as_deref().filter(|ref_id| !ref_id.is_empty()).unwrap_or(&stage.id);
            let words = ["execution", "judge", id, "--stage", handle, "continue"];
            remedies.push(command("answer the judgment (or `stop` for `continue`)", &words));
        }
        StageWaitKind::Window | StageWaitKind::Time if SKIPPABLE.contains(&stage.kind.as_str()) => {
            let message = format!("do not wait in stage {:?} any longer", stage.name);
            remedies.extend(patch(diagnosis, stage, message, json!({"skipRemainingWait": true})));
        }
        StageWaitKind::BackOff => {
            let error = wait.error.as_deref().unwrap_or("what its last try says");
            let message = format!("mend what stage {:?} runs into, and it goes on by itself: {error}", stage.name);
            remedies.push(Remedy { message, ..Remedy::default() });
            remedies.extend(skip(diagnosis, stage));
        }
        StageWaitKind::Change => remedies.extend(skip(diagnosis, stage)),
        _ => {}
    }
}

fn of_failures(diagnosis: &Diagnosis, remedies: &mut Vec<Remedy>) {
    if !is_pipeline(diagnosis) {
        return;
    }
    let id = &diagnosis.subject.id;
    let halted = diagnosis.failures.iter().filter(|failure| failure.status.is_halt());
    for failure in halted.take(MOST) {
        let stage = &failure.stage;
        remedies.push(Remedy {
            message: format!("once it is mended, run stage {:?} again, with what comes after it", stage.name),
            command: Vec::new(),
            call: Some(HttpCall {
                method: "PUT".to_owned(),
                path: format!("/pipelines/{id}/stages/{}/restart", stage.id),
                body: json!({}),
            }),
        });
    }
}

/// Leaving a stage out.
fn skip(diagnosis: &Diagnosis, stage: &StageName) -> Option<Remedy> {
    let message = format!("leave stage {:?} out, with the one that it belongs to", stage.name);
    patch(diagnosis, stage, message, json!({"manualSkip": true}))
}

fn patch(diagnosis: &Diagnosis, stage: &StageName, message: String, fields: Value) -> Option<Remedy> {
    let path = format!("/pipelines/{}/stages/{}", diagnosis.subject.id, stage.id);
    let call = HttpCall { method: "PATCH".to_owned(), path, body: fields };
    is_pipeline(diagnosis).then(|| Remedy { message, command: Vec::new(), call: Some(call) })
}

fn cancel(diagnosis: &Diagnosis, id: &str, message: &str) -> Remedy {
    if is_pipeline(diagnosis) {
        return command(message, &["execution", "cancel", id]);
    }
    let call = HttpCall { method: "PUT".to_owned(), path: format!("/tasks/{id}/cancel"), body: Value::Null };
    Remedy { message: message.to_owned(), command: Vec::new(), call: Some(call) }
}

fn command(message: &str, words: &[&str]) -> Remedy {
    let command = words.iter().map(|word| (*word).to_owned()).collect();
    Remedy { message: message.to_owned(), command, call: None }
}

fn is_pipeline(diagnosis: &Diagnosis) -> bool {
    diagnosis.subject.kind == ExecutionKind::Pipeline
}
