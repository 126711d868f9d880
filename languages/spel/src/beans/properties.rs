//! Which properties there are, by class.

use crate::class::Class;

/// What a property is, and what it is where the JSON has none.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Text,
    Boolean,
    Int,
    Long,
    Status,
    Map,
    MapOrNull,
    List,
    Set,
    /// A list of objects of that class.
    Beans(Class),
    /// An object of that class.
    Bean(Class),
    /// What is worked out; see `derived` above.
    Derived,
}

pub(super) type Properties = &'static [(&'static str, Kind)];

const EXECUTION: Properties = &[
    ("id", Kind::Text),
    ("rootId", Kind::Text),
    ("application", Kind::Text),
    ("name", Kind::Text),
    ("status", Kind::Status),
    ("startTime", Kind::Long),
    ("endTime", Kind::Long),
    ("startTimeExpiry", Kind::Long),
    ("buildTime", Kind::Long),
    ("canceled", Kind::Boolean),
    ("canceledBy", Kind::Text),
    ("cancellationReason", Kind::Text),
    ("limitConcurrent", Kind::Boolean),
    ("maxConcurrentExecutions", Kind::Int),
    ("keepWaitingPipelines", Kind::Boolean),
    ("context", Kind::Derived),
    ("stages", Kind::Beans(Class::Stage)),
    ("authentication", Kind::Bean(Class::AuthenticationDetails)),
    ("paused", Kind::Bean(Class::PausedDetails)),
    ("origin", Kind::Text),
    ("trigger", Kind::Derived),
    ("description", Kind::Text),
    ("pipelineConfigId", Kind::Text),
    ("notifications", Kind::List),
    ("spelEvaluator", Kind::Text),
    ("templateVariables", Kind::MapOrNull),
    ("partition", Kind::Text),
    ("initialConfig", Kind::Map),
    ("systemNotifications", Kind::List),
    ("additionalHeaders", Kind::Map),
];

const STAGE: Properties = &[
    ("id", Kind::Text),
    ("refId", Kind::Text),
    ("type", Kind::Text),
    ("name", Kind::Text),
    ("execution", Kind::Derived),
    ("startTime", Kind::Long),
    ("endTime", Kind::Long),
    ("startTimeExpiry", Kind::Long),
    ("scheduledTime", Kind::Long),
    ("status", Kind::Status),
    ("context", Kind::Derived),
    ("outputs", Kind::Map),
    ("tasks", Kind::Beans(Class::Task)),
    ("parentStageId", Kind::Text),
    ("requisiteStageRefIds", Kind::Set),
    ("additionalMetricTags", Kind::Map),
    ("parent", Kind::Derived),
    ("topLevelStage", Kind::Derived),
    ("ancestors", Kind::Derived),
    ("hasSucceeded", Kind::Derived),
    ("hasFailed", Kind::Derived),
    ("join", Kind::Derived),
    ("manualJudgmentType", Kind::Derived),
];

const TASK: Properties = &[
    ("id", Kind::Text),
    ("implementingClass", Kind::Text),
    ("name", Kind::Text),
    ("startTime", Kind::Long),
    ("endTime", Kind::Long),
    ("status", Kind::Status),
    ("stageStart", Kind::Boolean),
    ("stageEnd", Kind::Boolean),
    ("loopStart", Kind::Boolean),
    ("loopEnd", Kind::Boolean),
    ("taskExceptionDetails", Kind::Map),
];

/// Those of every trigger.
const TRIGGER: Properties = &[
    ("type", Kind::Text),
    ("correlationId", Kind::Text),
    ("user", Kind::Text),
    ("parameters", Kind::Map),
    ("artifacts", Kind::Beans(Class::Artifact)),
    ("notifications", Kind::List),
    ("rebake", Kind::Boolean),
    ("dryRun", Kind::Boolean),
    ("strategy", Kind::Boolean),
    ("resolvedExpectedArtifacts", Kind::Beans(Class::ExpectedArtifact)),
    ("other", Kind::Derived),
];

/// Those of one kind of trigger or another: they are there if the trigger has them.
const OF_SOME_TRIGGERS: Properties = &[
    ("account", Kind::Text),
    ("repository", Kind::Text),
    ("tag", Kind::Text),
    ("hash", Kind::Text),
    ("source", Kind::Text),
    ("project", Kind::Text),
    ("branch", Kind::Text),
    ("slug", Kind::Text),
    ("action", Kind::Text),
    ("master", Kind::Text),
    ("job", Kind::Text),
    ("buildNumber", Kind::Int),
    ("propertyFile", Kind::Text),
    ("properties", Kind::Map),
    ("buildInfo", Kind::Bean(Class::BuildInfo)),
    ("parentExecution", Kind::Bean(Class::Execution)),
    ("parentPipelineStageId", Kind::Text),
    ("artifactorySearchName", Kind::Text),
    ("nexusSearchName", Kind::Text),
];

pub(super) const ARTIFACT: Properties = &[
    ("type", Kind::Text),
    ("customKind", Kind::Boolean),
    ("name", Kind::Text),
    ("version", Kind::Text),
    ("location", Kind::Text),
    ("reference", Kind::Text),
    ("metadata", Kind::Map),
    ("artifactAccount", Kind::Text),
    ("provenance", Kind::Text),
    ("uuid", Kind::Text),
];

const EXPECTED_ARTIFACT: Properties = &[
    ("id", Kind::Text),
    ("matchArtifact", Kind::Bean(Class::Artifact)),
    ("usePriorArtifact", Kind::Boolean),
    ("useDefaultArtifact", Kind::Boolean),
    ("defaultArtifact", Kind::Bean(Class::Artifact)),
    ("boundArtifact", Kind::Bean(Class::Artifact)),
];

const BUILD_INFO: Properties = &[
    ("name", Kind::Text),
    ("number", Kind::Int),
    ("url", Kind::Text),
    ("result", Kind::Text),
    ("artifacts", Kind::Beans(Class::JenkinsArtifact)),
    ("scm", Kind::Beans(Class::SourceControl)),
    ("building", Kind::Boolean),
    ("timestamp", Kind::Long),
    ("fullDisplayName", Kind::Derived),
];

const AUTHENTICATION: Properties = &[("user", Kind::Text), ("allowedAccounts", Kind::Set)];

const PAUSED: Properties = &[
    ("pausedBy", Kind::Text),
    ("resumedBy", Kind::Text),
    ("pauseTime", Kind::Long),
    ("resumeTime", Kind::Long),
    ("paused", Kind::Derived),
    ("pausedMs", Kind::Derived),
];

/// The properties of a class, and those that some of its objects have.
pub(super) fn properties(class: Class) -> [Properties; 2] {
    match class {
        Class::Execution => [EXECUTION, &[]],
        Class::Stage => [STAGE, &[]],
        Class::Task => [TASK, &[]],
        Class::Trigger | Class::JenkinsTrigger | Class::PipelineTrigger => [TRIGGER, OF_SOME_TRIGGERS],
        Class::Artifact => [ARTIFACT, &[]],
        Class::ExpectedArtifact => [EXPECTED_ARTIFACT, &[]],
        Class::BuildInfo => [BUILD_INFO, &[]],
        Class::JenkinsArtifact => [&[("fileName", Kind::Text), ("relativePath", Kind::Text)], &[]],
        Class::SourceControl => [&[("name", Kind::Text), ("branch", Kind::Text), ("sha1", Kind::Text)], &[]],
        Class::AuthenticationDetails => [AUTHENTICATION, &[]],
        Class::PausedDetails => [PAUSED, &[]],
        _ => [&[], &[]],
    }
}
