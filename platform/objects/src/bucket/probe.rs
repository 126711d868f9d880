//! What a bucket and its server can do, found out once when the store is opened.
//!
//! Conditions are tried on one object: it is made under `If-None-Match: *`, which has to fail if it is there, and written
//! and deleted under an `If-Match` that cannot hold. A server that keeps conditions changes nothing but the first time.

use bytes::Bytes;
use http::{Method, StatusCode};

use super::{
    ANSWER_LIMIT, BucketOptions,
    client::{Answer, Call, Client, Failure},
    problem::Problem,
    xml::Element,
};

/// What the object says with which conditions are tried.
const SENTENCE: &str = "With this object it is found out whether the server keeps the conditions of writes.\n";
/// An entity tag that no content has.
const NO_TAG: &str = "\"00000000000000000000000000000000\"";

/// What a bucket and its server can do.
#[derive(Debug, Default)]
pub(super) struct Server {
    /// Whether the bucket keeps, or kept, versions.
    pub(super) has_history: bool,
    /// Whether a deletion may have a condition.
    pub(super) conditional_delete: bool,
    /// What works less well than it could.
    pub(super) notices: Vec<String>,
}

/// Asks the bucket and its server.
pub(super) async fn look(client: &Client, options: &BucketOptions) -> Result<Server, Problem> {
    let mut server = Server::default();
    let bucket = &options.bucket;
    match versioning(client).await? {
        Versioning::On => server.has_history = true,
        Versioning::Suspended => {
            server.has_history = true;
            server.notices.push(format!(
                "the versioning of the bucket {bucket} is suspended: what is overwritten from now on is lost. Switch it on"
            ));
        }
        Versioning::Off => server.notices.push(format!(
            "the bucket {bucket} is not versioned: the history of an object is its present content only, and what is \
             overwritten or deleted is lost. Switch its versioning on"
        )),
        Versioning::Unknown(problem) => {
            server.has_history = true;
            server.notices.push(format!(
                "whether the bucket {bucket} is versioned cannot be found out, since it {problem}. It is taken to be"
            ));
        }
    }
    if options.read_only {
        server.notices.push(format!("the bucket {bucket} is read-only here, as configured"));
        return Ok(server);
    }
    match conditions(client, options).await {
        Ok(conditional_delete) => server.conditional_delete = conditional_delete,
        Err(problem @ Problem::Denied { .. }) => server.notices.push(format!(
            "whether the server of the bucket {bucket} keeps the conditions of writes cannot be found out, since it {problem}"
        )),
        Err(problem) => return Err(problem),
    }
    Ok(server)
}

enum Versioning {
    On,
    Suspended,
    Off,
    Unknown(Problem),
}

async fn versioning(client: &Client) -> Result<Versioning, Problem> {
    const DOING: &str = "the question whether it is versioned";
    let answer = send(client, DOING, Method::GET, None, &[("versioning", "")], &[], "").await?;
    if answer.status.is_success() {
        let document = Element::parse(&answer.body).ok_or(Problem::Unreadable { doing: DOING })?;
        return Ok(match document.text("Status") {
            Some("Enabled") => Versioning::On,
            Some("Suspended") => Versioning::Suspended,
            _ => Versioning::Off,
        });
    }
    match client.problem(&answer, DOING) {
        problem @ (Problem::Denied { .. } | Problem::Refused { .. }) => Ok(Versioning::Unknown(problem)),
        problem => Err(problem),
    }
}

/// Fails if the server writes whatever the condition says; says whether a deletion may have one.
async fn conditions(client: &Client, options: &BucketOptions) -> Result<bool, Problem> {
    const DOING: &str = "a conditional write";
    let key = Some(options.scratch.as_str());
    let encryption = options.encryption.map(|it| ("x-amz-server-side-encryption", it.header()));
    let put = async |condition| {
        let headers: Vec<_> = [Some(condition), encryption].into_iter().flatten().collect();
        send(client, DOING, Method::PUT, key, &[], &headers, SENTENCE).await
    };
    let absent = ("if-none-match", "*");
    let first = put(absent).await?;
    if !first.status.is_success() && !is_broken(&first) {
        return Err(refusal(client, &first, DOING, "If-None-Match"));
    }
    for (condition, name) in [(absent, "If-None-Match"), (("if-match", NO_TAG), "If-Match")] {
        let answer = put(condition).await?;
        if !is_broken(&answer) {
            return Err(if answer.status.is_success() {
                Problem::NoConditions(name)
            } else {
                refusal(client, &answer, DOING, name)
            });
        }
    }
    let deletion = send(client, DOING, Method::DELETE, key, &[], &[("if-match", NO_TAG)], "").await?;
    Ok(is_broken(&deletion))
}

/// Whether the server says that the condition does not hold.
fn is_broken(answer: &Answer) -> bool {
    answer.status == StatusCode::PRECONDITION_FAILED
}

fn refusal(client: &Client, answer: &Answer, doing: &'static str, name: &'static str) -> Problem {
    let unknown = answer.status == StatusCode::NOT_IMPLEMENTED;
    if unknown { Problem::NoConditions(name) } else { client.problem(answer, doing) }
}

async fn send(
    client: &Client,
    doing: &'static str,
    method: Method,
    key: Option<&str>,
    query: &[(&str, &str)],
    headers: &[(&'static str, &str)],
    body: &'static str,
) -> Result<Answer, Problem> {
    let (body, limit) = (Bytes::from_static(body.as_bytes()), ANSWER_LIMIT);
    let call = Call { method, key, query, headers, body, limit, open: false };
    client.send(&call).await.map_err(|failure| match failure {
        Failure::Problem(problem) => problem,
        Failure::TooLarge(_) => Problem::Unreadable { doing },
    })
}
