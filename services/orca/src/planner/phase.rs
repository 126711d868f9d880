//! The phases of a stage, and which may follow which.

use serde::{Deserialize, Serialize};

/// How far the planner is with a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Phase {
    /// Its requisites have not ended.
    #[default]
    Waiting,
    /// Its definition is asked for tasks and before-stages.
    Composing,
    /// Its before-stages run.
    Before,
    /// Its tasks run.
    Tasks,
    /// Its definition is asked for after-stages.
    ComposingAfter,
    /// Its after-stages run.
    After,
    /// Its definition is asked what cleans up.
    ComposingOnFailure,
    /// Its on-failure stages run.
    OnFailure,
    /// It was cancelled or failed, and undoes what it began.
    CleaningUp,
    /// It is over.
    Done,
}

impl Phase {
    /// All phases.
    pub const ALL: [Phase; 10] = [
        Phase::Waiting,
        Phase::Composing,
        Phase::Before,
        Phase::Tasks,
        Phase::ComposingAfter,
        Phase::After,
        Phase::ComposingOnFailure,
        Phase::OnFailure,
        Phase::CleaningUp,
        Phase::Done,
    ];

    /// The phases that may follow this one: the whole life of a stage.
    pub const fn followers(self) -> &'static [Phase] {
        use Phase::{
            After, Before, CleaningUp, Composing, ComposingAfter, ComposingOnFailure, Done, OnFailure, Tasks, Waiting,
        };
        match self {
            // It starts; or it is left out, too late or by hand.
            Waiting => &[Composing, Done],
            // It was composed; it cannot be, though the pipeline goes on; it cannot be; it is left out or cancelled.
            Composing => &[Before, ComposingAfter, ComposingOnFailure, Done],
            // All succeeded; one failed though the pipeline goes on; one failed; it is cancelled.
            Before => &[Tasks, ComposingAfter, ComposingOnFailure, CleaningUp, Done],
            // All succeeded; one failed; it is cancelled.
            Tasks => &[ComposingAfter, ComposingOnFailure, CleaningUp, Done],
            // It said what comes after; it cannot, or is cancelled.
            ComposingAfter => &[After, CleaningUp, Done],
            // All succeeded, so that it is over; one failed; it is cancelled.
            After => &[ComposingOnFailure, CleaningUp, Done],
            // It said what cleans up; it cannot, or is cancelled.
            ComposingOnFailure => &[OnFailure, CleaningUp, Done],
            OnFailure => &[CleaningUp, Done],
            CleaningUp => &[Done],
            // It is restarted.
            Done => &[Waiting],
        }
    }

    /// Whether a stage may turn from this phase to that one.
    pub fn may_turn_to(self, next: Phase) -> bool {
        self.followers().contains(&next)
    }
}
