//! Why an artifact is not fetched or listed.

use std::{io, path::PathBuf, time::Duration};

use gennaker_base::Kind;
use gennaker_http::outbound;
use gennaker_objects::Problem;

/// What a caller is told. No sentence has a secret; addresses are without their queries.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The artifact has no account.
    #[error("An artifact account must be supplied (artifactAccount): GET /artifacts/credentials lists the accounts")]
    NoAccount,
    /// There is no such account.
    #[error(
        "Credentials '{account}' supporting artifact type '{kind}' cannot be found: correct the account or the type, or \
         configure one under artifacts in clouddriver.yml; GET /artifacts/credentials lists the accounts that there are"
    )]
    UnknownAccount {
        /// The account.
        account: String,
        /// The artifact's type.
        kind: String,
    },
    /// The account's configuration cannot be used.
    #[error("the artifact account {account} cannot be used: {problem}")]
    Broken {
        /// The account.
        account: String,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// What the account is for is not fetched.
    #[error("artifacts of the account {account} are not fetched: {instead}")]
    NotFetched {
        /// The account.
        account: String,
        /// What is done with them.
        instead: &'static str,
    },
    /// The account cannot tell what there is.
    #[error("the artifact account {account} cannot list {what}: those of Helm repositories can")]
    NotListed {
        /// The account.
        account: String,
        /// Names or versions.
        what: &'static str,
    },
    /// A field of the artifact cannot be read.
    #[error("the artifact's {field} {value:?} cannot be used: {advice}")]
    Field {
        /// The field.
        field: &'static str,
        /// What it says; its beginning if it is long.
        value: String,
        /// What it has to be.
        advice: String,
    },
    /// The server does not take the account's credentials.
    #[error("{at} answered {answer} to the artifact account {account}: {advice}")]
    Refused {
        /// Where.
        at: String,
        /// The status or the words.
        answer: String,
        /// The account.
        account: String,
        /// What to do.
        advice: &'static str,
    },
    /// There is no such thing.
    #[error("{at} is not there, or the artifact account {account} may not see it: check the reference and the version")]
    Missing {
        /// What, or where it should be.
        at: String,
        /// The account.
        account: String,
    },
    /// The server fails, or wants to be asked later.
    #[error("{at} answered {status} to the artifact account {account}: ask again later")]
    Failing {
        /// Where.
        at: String,
        /// The status.
        status: u16,
        /// The account.
        account: String,
    },
    /// The server answered what is of no use.
    #[error("{at} answered {what} to the artifact account {account}: {advice}")]
    Unexpected {
        /// Where.
        at: String,
        /// What.
        what: String,
        /// The account.
        account: String,
        /// What to do.
        advice: &'static str,
    },
    /// The artifact is over the limit.
    #[error(
        "the artifact has more than {limit} bytes: raise artifacts.fetch.sizeLimit in clouddriver.yml, or make it smaller"
    )]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The fetch took too long.
    #[error("the artifact could not be fetched within {limit:?} (artifacts.fetch.deadlineMs)")]
    TooSlow {
        /// The limit.
        limit: Duration,
    },
    /// A file of secrets cannot be read.
    #[error("the {key} {path} of the artifact account {account} cannot be read: {source}")]
    Secret {
        /// The account.
        account: String,
        /// The key of the configuration.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// What is being fetched cannot be kept.
    #[error("{} cannot be used to keep what is being fetched: {source}", path.display())]
    Disk {
        /// The folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The server could not be called.
    #[error("the artifact account {account}: {source}")]
    Call {
        /// The account.
        account: String,
        /// Why.
        #[source]
        source: outbound::Error,
    },
    /// The bucket could not be read.
    #[error("the artifact account {account}: {source}")]
    Bucket {
        /// The account.
        account: String,
        /// Why.
        #[source]
        source: gennaker_objects::Error,
    },
    /// front50 did not give the template.
    #[error("front50 answers: {0}")]
    Front50(#[source] gennaker_http::Error),
    /// The program `git` failed.
    #[error("git could not fetch {repository} with the artifact account {account}: {said}")]
    Git {
        /// The repository.
        repository: String,
        /// The account.
        account: String,
        /// What it said last.
        said: String,
        /// Whether the same may succeed later.
        may_pass: bool,
    },
    /// A repository that would put files where they do not belong.
    #[error(
        "{path} of the repository {repository} {problem}: it is not fetched. Correct it there, or name a folder without it (location)"
    )]
    Unsafe {
        /// The repository.
        repository: String,
        /// The file in it.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl Error {
    /// What a caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Error::NoAccount
            | Error::Broken { .. }
            | Error::Field { .. }
            | Error::Unexpected { .. }
            | Error::Unsafe { .. } => Kind::Invalid,
            Error::UnknownAccount { .. } | Error::Missing { .. } => Kind::NotFound,
            Error::NotFetched { .. } | Error::NotListed { .. } => Kind::Unsupported,
            Error::Refused { .. } => Kind::Denied,
            Error::Failing { .. } | Error::Secret { .. } | Error::Disk { .. } => Kind::Unavailable,
            Error::TooLarge { .. } => Kind::TooLarge,
            Error::TooSlow { .. } => Kind::Timeout,
            Error::Call { source, .. } => source.kind(),
            Error::Bucket { source, .. } => of_bucket(source),
            Error::Front50(error) => error.kind(),
            Error::Git { may_pass, .. } => {
                if *may_pass {
                    Kind::Unavailable
                } else {
                    Kind::Invalid
                }
            }
        }
    }
}

/// What a bucket refuses because of the account or the artifact does not pass, as it may for a store.
fn of_bucket(error: &gennaker_objects::Error) -> Kind {
    let gennaker_objects::Error::Bucket { problem, .. } = error else { return error.kind() };
    match problem {
        Problem::Missing { .. } => Kind::NotFound,
        Problem::Denied { .. } | Problem::Keys { .. } | Problem::Expired { .. } => Kind::Denied,
        Problem::Options(_) | Problem::Region { .. } => Kind::Invalid,
        _ => error.kind(),
    }
}
