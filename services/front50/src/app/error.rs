//! Why front50 refuses or fails.

use gennaker_base::Kind;

/// Why front50 refuses or fails. The messages that upstream has too are upstream's.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No object has that id.
    #[error("No item found in cache with id of {0}")]
    NoItem(String),
    /// The application has no such pipeline.
    #[error("No pipeline found with name '{name}' in application '{application}'")]
    NoPipeline {
        /// The pipeline.
        name: String,
        /// The application.
        application: String,
    },
    /// The application has no such pipeline; upstream has two sentences for it.
    #[error("No pipeline found in cache with application {application}, name {name}")]
    NoPipelineInCache {
        /// The pipeline.
        name: String,
        /// The application.
        application: String,
    },
    /// An application is created a second time.
    #[error("an application {0} exists already: choose another name, or update it")]
    ApplicationExists(String),
    /// Fields of an application are missing.
    #[error("{}", .0.join("; "))]
    ApplicationInvalid(Vec<&'static str>),
    /// Path and body name two applications.
    #[error("Application name '{name}' does not match path parameter '{path}'")]
    OtherApplication {
        /// The name in the body.
        name: String,
        /// The name in the path.
        path: String,
    },
    /// A pipeline or strategy without a name or an application.
    #[error("A {0} requires name and application fields")]
    ConfigIncomplete(&'static str),
    /// The application has no such strategy.
    #[error("No pipeline strategy found with name '{name}' in application '{application}'")]
    NoStrategy {
        /// The strategy.
        name: String,
        /// The application.
        application: String,
    },
    /// Another strategy of the application has the name.
    #[error("A strategy with name {0}")]
    StrategyExists(String),
    /// Another project has the name.
    #[error("A Project named '{0}' already exists")]
    ProjectExists(String),
    /// A template with that id is there.
    #[error("A pipeline template with the id {0} already exists")]
    TemplateExists(String),
    /// A template without an id.
    #[error("A pipeline template requires an id")]
    TemplateWithoutId,
    /// A snapshot of nothing.
    #[error("A snapshot requires application and account fields")]
    SnapshotIncomplete,
    /// No snapshot was taken at that time.
    #[error("Snapshot not found")]
    NoSnapshot,
    /// There are no notifications of that kind of thing. Upstream names its class.
    #[error("No enum constant com.netflix.spinnaker.front50.model.notification.HierarchicalLevel.{0}")]
    UnknownLevel(String),
    /// There is no such kind of object.
    #[error("Object type {0} is unsupported")]
    UnknownKind(String),
    /// Nothing of that id was deleted.
    #[error("Object {kind}:{id} was not found")]
    NothingToRecover {
        /// The kind of object.
        kind: String,
        /// The id.
        id: String,
    },
    /// Another pipeline of the application has the name.
    #[error("A pipeline with name {name} already exists in application {application}")]
    PipelineExists {
        /// The pipeline.
        name: String,
        /// The application.
        application: String,
    },
    /// Path and body name two pipelines.
    #[error("The provided id {body} doesn't match the existing pipeline id {existing}")]
    OtherPipeline {
        /// The id in the body.
        body: String,
        /// The id of the pipeline that the path names.
        existing: String,
    },
    /// The pipeline or strategy was saved since the submitted one was read.
    #[error("The submitted {what} is stale.  submitted updateTs {submitted} does not match stored updateTs {stored}")]
    Stale {
        /// What it is.
        what: &'static str,
        /// What was submitted.
        submitted: String,
        /// What is stored.
        stored: String,
    },
    /// The request can never succeed as it is.
    #[error("{0}")]
    Invalid(String),
    /// Somebody else saves the same thing at this moment.
    #[error("{0} is being saved by somebody else at this moment: read it again and repeat the change")]
    Concurrent(String),
    /// The stored object cannot be read.
    #[error("the stored object {key} is damaged ({reason}): restore it from its history, or save it anew")]
    Damaged {
        /// The object.
        key: String,
        /// What is wrong with it.
        reason: String,
    },
    /// An object that changed cannot be read at this moment.
    #[error("{0}")]
    Unread(String),
    /// The store refuses or fails.
    #[error(transparent)]
    Objects(#[from] gennaker_objects::Error),
}

impl Error {
    /// What a caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Error::NoItem(_)
            | Error::NoPipeline { .. }
            | Error::NoPipelineInCache { .. }
            | Error::NoStrategy { .. }
            | Error::NoSnapshot
            | Error::UnknownKind(_)
            | Error::NothingToRecover { .. } => Kind::NotFound,
            Error::ApplicationExists(_)
            | Error::ApplicationInvalid(_)
            | Error::OtherApplication { .. }
            | Error::ConfigIncomplete(_)
            | Error::StrategyExists(_)
            | Error::ProjectExists(_)
            | Error::TemplateExists(_)
            | Error::TemplateWithoutId
            | Error::SnapshotIncomplete
            | Error::UnknownLevel(_)
            | Error::PipelineExists { .. }
            | Error::OtherPipeline { .. }
            | Error::Stale { .. }
            | Error::Invalid(_) => Kind::Invalid,
            Error::Concurrent(_) => Kind::Conflict,
            Error::Damaged { .. } => Kind::Bug,
            Error::Unread(_) => Kind::Unavailable,
            Error::Objects(error) => error.kind(),
        }
    }
}
