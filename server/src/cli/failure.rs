//! Why a stage or a task failed, in the words of those who know: its exception, and the cloud's.
//!
//! Upstream keeps both in the stage's context: `exception.details.errors` (or `.error`), and in `kato.tasks` each task of
//! clouddriver's with its history and, if it failed, its `exception`.

use gennaker_wire::{Object, ObjectExt as _};
use serde_json::Value;

/// Lines that say why, the most telling first; none if the context does not say.
pub(super) fn lines(context: &Object) -> Vec<String> {
    let mut lines = Vec::new();
    let mut add = |line: String| {
        if !line.trim().is_empty() && !lines.contains(&line) {
            lines.push(line);
        }
    };
    exception_lines(context).into_iter().for_each(&mut add);
    let Some(task) = failed_kato_task(context) else { return lines };
    let exception = task.get("exception").and_then(Value::as_object);
    let message = exception.and_then(|exception| exception.text("message").or_else(|| exception.text("cause")));
    message.into_iter().for_each(&mut add);
    let last = task.get("history").and_then(Value::as_array).and_then(|history| history.last());
    if let Some(status) = last.and_then(Value::as_object).and_then(|last| last.text("status")) {
        add(format!("last status of the cloud's task {}: {status}", task.text("id").unwrap_or_default()));
    }
    lines
}

fn exception_lines(context: &Object) -> Vec<String> {
    let details = context.object("exception").and_then(|exception| exception.object("details"));
    let Some(details) = details else { return Vec::new() };
    match details.texts("errors") {
        errors if errors.is_empty() => details.text("error").into_iter().collect(),
        errors => errors,
    }
}

fn failed_kato_task(context: &Object) -> Option<&Object> {
    let mut tasks = context.get("kato.tasks")?.as_array()?.iter().filter_map(Value::as_object);
    let failed = |task: &Object| task.object("status").and_then(|status| status.boolean("failed")) == Some(true);
    tasks.rfind(|task| failed(task))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(context: Value) -> Vec<String> {
        lines(context.as_object().expect("an object"))
    }

    #[test]
    fn the_clouds_words_stand_beside_the_stages_and_none_twice() {
        let context = json!({
            "exception": {"details": {"error": "no free port", "errors": ["no free port", "tried 8000-8010"]}},
            "kato.tasks": [
                {"id": "k-1", "status": {"failed": false}, "history": [{"status": "done"}]},
                {"id": "k-2", "status": {"failed": true}, "exception": {"message": "no free port"},
                 "history": [{"phase": "DEPLOY", "status": "Looking for a port"}, {"status": "Orchestration failed."}]},
            ],
        });
        let expected =
            ["no free port", "tried 8000-8010", "last status of the cloud's task k-2: Orchestration failed."];
        assert_eq!(of(context), expected);
    }

    #[test]
    fn half_of_it_is_said_where_the_rest_is_missing() {
        assert_eq!(of(json!({"exception": {"details": {"error": "Unexpected", "errors": []}}})), ["Unexpected"]);
        let cloud = json!({"kato.tasks": [{"id": "k", "status": {"failed": true}, "exception": {"cause": "gone"}}]});
        assert_eq!(of(cloud), ["gone"]);
        for odd in [json!({}), json!({"exception": "text", "kato.tasks": {}}), json!({"kato.tasks": [1, {}]})] {
            assert_eq!(of(odd), Vec::<String>::new());
        }
    }
}
