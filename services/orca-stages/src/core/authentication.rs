//! Who a stage acts for: the execution's user, or the one whose judgment let it go on.
//!
//! A `manualJudgment` with `propagateAuthenticationContext` makes whoever judged `continue` the user of all that follows, with
//! that person's accounts. Upstream: `AuthenticationAware`, `ManualJudgmentStage.authenticatedUser`.

use std::{collections::HashSet, sync::Arc};

use gennaker_wire::{Authentication, ObjectExt, Stage, Status, SyntheticOwner};

use super::manual_judgment::{Judgment, KIND};
use crate::StageView;

/// Who the stage acts for.
///
/// The nearest judgment before it that passes on its user decides, also if nobody was noted there: then it is the execution's own
/// user, and not that of a judgment further away.
pub fn authentication_for(view: &StageView) -> Authentication {
    let judge = nearest_judgment(view).and_then(|stage| judge(&stage));
    judge.unwrap_or_else(|| view.execution.authentication.clone())
}

/// Who said `continue`, if that is what was said and somebody was noted.
fn judge(stage: &Stage) -> Option<Authentication> {
    if Judgment::of(&stage.context) != Judgment::Continue {
        return None;
    }
    let changed = stage.last_modified.as_ref()?.as_object()?;
    let user = changed.text("user").filter(|user| !user.is_empty())?;
    Some(Authentication { user: Some(user), allowed_accounts: changed.texts("allowedAccounts") })
}

fn passes_on(stage: &Stage) -> bool {
    stage.kind == KIND
        && stage.status != Status::Skipped
        && stage.context.boolean("propagateAuthenticationContext") == Some(true)
}

/// The first judgment that passes on its user, in upstream's order: the stage itself; the stages that it requires in the
/// execution's order, their synthetic stages, then what is before each of them; for a stage that requires none its parent, and its
/// parent's before-stages if it is an after-stage.
fn nearest_judgment(view: &StageView) -> Option<Arc<Stage>> {
    // Most executions have none, and the walk looks at every stage for each stage.
    if !view.stages.iter().any(|stage| passes_on(stage)) {
        return None;
    }
    if passes_on(&view.stage) {
        return Some(view.stage.clone());
    }
    let mut visited: HashSet<&str> = HashSet::new();
    let mut next = vec![&view.stage];
    while let Some(stage) = next.pop() {
        if stage.ref_id.as_deref().is_some_and(|ref_id| !visited.insert(ref_id)) {
            continue;
        }
        let (to_go_on, beside) = before(view, stage, &visited);
        if let Some(judgment) = to_go_on.iter().chain(&beside).find(|other| passes_on(other)) {
            return Some(Arc::clone(judgment));
        }
        // The walk goes on behind the first of them first.
        next.extend(to_go_on.into_iter().rev());
    }
    None
}

/// What is directly before a stage: the stages behind which the walk goes on, and those that are only looked at, after them.
fn before<'v>(
    view: &'v StageView,
    stage: &Stage,
    visited: &HashSet<&str>,
) -> (Vec<&'v Arc<Stage>>, Vec<&'v Arc<Stage>>) {
    let chosen = |is_wanted: &dyn Fn(&Stage) -> bool| view.stages.iter().filter(|other| is_wanted(other)).collect();
    if !stage.requisite_stage_ref_ids.is_empty() {
        let required: Vec<&Arc<Stage>> = chosen(&|other| {
            let ref_id = other.ref_id.as_ref().filter(|ref_id| !visited.contains(ref_id.as_str()));
            ref_id.is_some_and(|ref_id| stage.requisite_stage_ref_ids.contains(ref_id))
        });
        let theirs = chosen(&|other| {
            let parent = other.parent_stage_id.as_ref().filter(|_| other.synthetic_stage_owner.is_some());
            parent.is_some_and(|parent| required.iter().any(|stage| stage.id == *parent))
        });
        return (required, theirs);
    }
    let Some(parent) = &stage.parent_stage_id else { return (Vec::new(), Vec::new()) };
    let parent: Vec<&Arc<Stage>> = chosen(&|other| other.id == *parent);
    let siblings = match stage.synthetic_stage_owner {
        Some(SyntheticOwner::StageAfter) => chosen(&|other| {
            other.parent_stage_id == stage.parent_stage_id
                && other.synthetic_stage_owner == Some(SyntheticOwner::StageBefore)
        }),
        _ => Vec::new(),
    };
    (parent, siblings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gennaker_wire::Execution;
    use serde_json::{Value, json};

    fn stage(ref_id: &str, requisites: &[&str]) -> Stage {
        Stage {
            id: format!("id-{ref_id}"),
            ref_id: Some(ref_id.to_owned()),
            kind: "wait".to_owned(),
            status: Status::Succeeded,
            requisite_stage_ref_ids: requisites.iter().map(|text| (*text).to_owned()).collect(),
            ..Stage::default()
        }
    }

    fn judged(ref_id: &str, requisites: &[&str], judgment: &str, user: &str) -> Stage {
        let context = json!({"judgmentStatus": judgment, "propagateAuthenticationContext": "true"});
        Stage {
            kind: KIND.to_owned(),
            context: context.as_object().cloned().expect("an object"),
            last_modified: Some(json!({"user": user, "allowedAccounts": [format!("{user}-account")]})),
            ..stage(ref_id, requisites)
        }
    }

    /// The user of the stage called `of`.
    fn user(stages: Vec<Stage>, of: &str) -> (String, Vec<String>) {
        let authentication =
            Authentication { user: Some("ann".to_owned()), allowed_accounts: vec!["ann-account".to_owned()] };
        let execution = Arc::new(Execution { authentication, ..Execution::default() });
        let stages: Arc<[Arc<Stage>]> = stages.into_iter().map(Arc::new).collect();
        let stage = stages.iter().find(|stage| stage.ref_id.as_deref() == Some(of)).expect("the stage").clone();
        let found = authentication_for(&StageView { execution, stages, stage });
        (found.user.unwrap_or_default(), found.allowed_accounts)
    }

    fn by(name: &str) -> (String, Vec<String>) {
        (name.to_owned(), vec![format!("{name}-account")])
    }

    #[test]
    fn who_judged_is_the_user_of_all_that_follows() {
        let stages = || {
            let child = Stage {
                parent_stage_id: Some("id-3".to_owned()),
                synthetic_stage_owner: Some(SyntheticOwner::StageAfter),
                ..stage("3>1", &[])
            };
            vec![stage("1", &[]), judged("2", &["1"], "continue", "bob"), stage("3", &["2"]), child, stage("4", &["1"])]
        };
        assert_eq!(user(stages(), "1"), by("ann"));
        assert_eq!(user(stages(), "2"), by("bob"), "from its own judgment on");
        assert_eq!(user(stages(), "3"), by("bob"));
        assert_eq!(user(stages(), "3>1"), by("bob"));
        assert_eq!(user(stages(), "4"), by("ann"), "beside the judgment");
    }

    #[test]
    fn the_nearest_judgment_decides_and_of_two_the_first() {
        let chain = |second: Stage| vec![judged("1", &[], "continue", "bob"), second, stage("3", &["2"])];
        assert_eq!(user(chain(judged("2", &["1"], "Continue", "cid")), "3"), by("cid"));
        assert_eq!(user(chain(judged("2", &["1"], "", "cid")), "3"), by("ann"), "nobody judged there yet");
        let silent = Stage { context: Default::default(), ..judged("2", &["1"], "continue", "cid") };
        assert_eq!(user(chain(silent), "3"), by("bob"), "it passes nothing on");
        let skipped = Stage { status: Status::Skipped, ..judged("2", &["1"], "continue", "cid") };
        assert_eq!(user(chain(skipped), "3"), by("bob"));
        let unknown = Stage { last_modified: Some(Value::Null), ..judged("2", &["1"], "continue", "cid") };
        assert_eq!(user(chain(unknown), "3"), by("ann"));
        let join =
            vec![judged("1", &[], "continue", "bob"), judged("2", &[], "continue", "cid"), stage("3", &["2", "1"])];
        assert_eq!(user(join, "3"), by("bob"));
    }

    #[test]
    fn stages_that_require_each_other_end_the_walk() {
        let stages = vec![stage("1", &["2"]), stage("2", &["1"]), judged("3", &[], "continue", "bob")];
        assert_eq!(user(stages, "1"), by("ann"));
    }
}
