//! The field's words: whole bodies of our own making (`documents.json`), and the names and texts in them.

use std::sync::LazyLock;

use serde_json::Value;

/// Bodies that the endpoints take: a pipeline, a start, an event, a template and so on.
pub(crate) static DOCUMENTS: LazyLock<Vec<Value>> =
    LazyLock::new(|| serde_json::from_str(include_str!("documents.json")).expect("documents.json is a list of bodies"));

/// The names of fields.
pub(crate) static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut names: Vec<String> = MORE_NAMES.map(str::to_owned).into();
    DOCUMENTS.iter().for_each(|document| collect(document, &mut |name| names.push(name.to_owned()), &mut |_| {}));
    sorted(names)
});

/// Texts that fields, paths, parameters and headers have.
pub(crate) static TEXTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut texts: Vec<String> = MORE_TEXTS.map(str::to_owned).into();
    DOCUMENTS.iter().for_each(|document| collect(document, &mut |_| {}, &mut |text| texts.push(text.to_owned())));
    sorted(texts)
});

/// Query parameters; those that a route declares come before these.
pub(crate) const PARAMETERS: [&str; 60] = [
    "account",
    "accounts",
    "after",
    "age",
    "aggregate",
    "allowShortQuery",
    "application",
    "applications",
    "at",
    "artifactName",
    "branch",
    "cascade",
    "cloudProvider",
    "clusters",
    "cronExpression",
    "description",
    "digest",
    "dryRun",
    "endTime",
    "eventId",
    "executionId",
    "executionIds",
    "executionType",
    "expand",
    "expression",
    "filters",
    "force",
    "id",
    "ids",
    "includeDetails",
    "includeEvents",
    "limit",
    "name",
    "onlyEnabled",
    "owner",
    "page",
    "pageSize",
    "pipelineConfigId",
    "pipelineConfigIds",
    "pipelineLimit",
    "pipelineName",
    "pipelineNameFilter",
    "platform",
    "prefix",
    "provider",
    "q",
    "reason",
    "refresh",
    "requisiteStageRefIds",
    "restricted",
    "reverse",
    "size",
    "staleCheck",
    "startIndex",
    "statuses",
    "tag",
    "to",
    "triggerTimeStartBoundary",
    "triggerTypes",
    "type",
];

/// Headers that are read.
pub(crate) const HEADERS: [&str; 29] = [
    "accept",
    "authorization",
    "ce-id",
    "ce-source",
    "ce-specversion",
    "ce-subject",
    "ce-time",
    "ce-type",
    "content-type",
    "cookie",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "last-event-id",
    "origin",
    "user-agent",
    "x-event-key",
    "x-gennaker-event-time",
    "x-gennaker-fence",
    "x-github-event",
    "x-gitlab-event",
    "x-hub-signature",
    "x-hub-signature-256",
    "x-ratelimit-app",
    "x-spinnaker-accounts",
    "x-spinnaker-application",
    "x-spinnaker-request-id",
    "x-spinnaker-user",
    "x-spinnaker-user-origin",
];

const MORE_NAMES: [&str; 12] = [
    "alias",
    "appConfig",
    "baseDelay",
    "body",
    "context",
    "executionEngine",
    "isNew",
    "lastModified",
    "outputs",
    "pipelines",
    "runAsUser",
    "tasks",
];

/// Besides plain ones those that have been trouble elsewhere.
const MORE_TEXTS: [&str; 53] = [
    "",
    " ",
    ".",
    "..",
    "*",
    "**",
    "-1",
    "0",
    "1",
    "10",
    "true",
    "false",
    "null",
    "NaN",
    "1e400",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551616",
    "2026-02-30T25:61:00Z",
    "1970-01-01T00:00:00.000Z",
    "P1D",
    "a,b,,c",
    "shop-main-v001",
    "shop-main-v9223372036854775807",
    "local",
    "RUNNING",
    "NOT_STARTED",
    "TERMINAL",
    "%",
    "%s%d",
    "\u{0}",
    "é",
    "\u{1F600}",
    "\u{202E}",
    "A\u{0301}",
    "../../etc",
    "a/b",
    "a:b",
    "${",
    "${}",
    "${1/0}",
    "${#stage('Wait')}",
    "${execution.stages.?[type == 'wait'][0].context}",
    "{{ a }}",
    "{% if %}",
    "${{",
    "[a-",
    "(a+)+$",
    "$.a[?(@.b)]",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV/1",
    "application/json",
    "application/x-www-form-urlencoded",
    "text/html;q=x",
];

fn sorted(mut words: Vec<String>) -> Vec<String> {
    words.sort();
    words.dedup();
    words
}

fn collect(document: &Value, name: &mut dyn FnMut(&str), text: &mut dyn FnMut(&str)) {
    match document {
        Value::Object(fields) => fields.iter().for_each(|(field, value)| {
            name(field);
            collect(value, name, text);
        }),
        Value::Array(items) => items.iter().for_each(|item| collect(item, name, text)),
        Value::String(word) => text(word),
        _ => {}
    }
}
