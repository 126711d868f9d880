use gennaker_config::Sources;

use super::*;

fn bind(orca: &str, variables: &[(&str, &str)]) -> anyhow::Result<Settings> {
    bind_file("orca.yml", orca, variables)
}

fn bind_file(name: &str, content: &str, variables: &[(&str, &str)]) -> anyhow::Result<Settings> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join(name), content)?;
    let mut sources = Sources::of_folder(folder.path());
    for (name, value) in variables {
        sources.environment.insert((*name).to_owned(), (*value).to_owned());
    }
    Settings::bind(&Config::load(&sources)?)
}

#[test]
fn without_configuration_the_stages_have_their_defaults() {
    assert_eq!(bind("", &[]).expect("settings").stages, gennaker_orca_stages::Options::default());
}

#[test]
fn service_accounts_are_configured_under_upstreams_key() {
    let front50 = "service-accounts:\n- name: deploy-bot\n  memberOf: [deploy-team]\n";
    let settings = bind_file("front50.yml", front50, &[]).expect("settings");
    let accounts = settings.front50.own.service_accounts;
    assert_eq!((accounts.len(), accounts[0].name.as_str()), (1, "deploy-bot"));
    assert_eq!(accounts[0].member_of, ["deploy-team"]);
}

#[test]
fn webhooks_are_configured_under_upstreams_keys() {
    let orca = r#"
webhook:
  default-retry-status-codes: 429, 403
  maxResponseBytes: 1000
  trust: {enabled: true, trustPem: /etc/trust.pem}
  allowedRequests:
    - httpMethods: [GET]
      matchStrategy: PATTERN_MATCHES
      urlPattern: https://.*
  preconfigured:
    - label: Some Webhook
      type: customWebhook
      url: https://my.webhook.com/event
      customHeaders:
        Accept:
          - application/json
      sensitiveHeaders:
        Authorization:
          - Basic dXNlcm5hbWU6cGFzc3dvcmQ=
      payload: |
        {"text": "Version ${trigger.buildInfo.artifacts[0].version} deployed"}
      statusUrlResolution: webhookResponse
      failFastStatusCodes: [404, 501]
      parameters:
        - {name: a, label: A}
user-configured-url-restrictions:
  rejectedIps: [10.0.0.0/8]
  excludedDomainsFromEnvironment: [POD_NAMESPACE, NOT_SET]
tasks:
  core:
    bindProducedArtifactsTask:
      excludeKeysFromOutputs: [artifacts]
"#;
    let stages = bind(orca, &[("POD_NAMESPACE", "spinnaker-prod")]).expect("settings").stages;
    let webhook = &stages.webhook;
    assert_eq!(webhook.default_retry_status_codes, [429, 403]);
    assert_eq!((webhook.max_response_bytes, webhook.read_timeout_ms), (1000, 20_000));
    assert_eq!(webhook.trust.trust_pem.as_deref(), Some("/etc/trust.pem"));
    let allowed = &webhook.allowed_requests[0];
    assert_eq!(allowed.match_strategy, gennaker_orca_stages::webhook::MatchStrategy::PatternMatches);
    let prepared = &webhook.preconfigured.0[0];
    assert!(
        prepared.enabled && prepared.payload.as_ref().is_some_and(|payload| payload.contains("${trigger.buildInfo"))
    );
    assert_eq!(prepared.custom_headers.as_ref().expect("headers")["Accept"], ["application/json"]);
    assert!(prepared.sensitive_headers.as_ref().is_some_and(|headers| headers.0.contains_key("Authorization")));
    assert_eq!(prepared.fail_fast_status_codes.as_deref(), Some(&[404, 501][..]));
    assert_eq!(prepared.parameters.as_ref().expect("parameters")[0].kind, "string");
    assert_eq!(stages.urls.rejected_ips, ["10.0.0.0/8"]);
    let excluded = ["spinnaker", "local", "localdomain", "internal", "spinnaker-prod"];
    assert_eq!(stages.urls.excluded_domains, excluded);
    assert!(stages.tasks.core.bind_produced_artifacts_task.exclude_keys_from_outputs.contains("artifacts"));
}

#[test]
fn a_call_ends_before_the_step_that_makes_it() {
    let error = bind("webhook: {deadlineMs: 120000}", &[]).err().expect("an error").to_string();
    assert!(error.contains("webhook.deadlineMs (120000) has to be less than orca.stepDeadlineMs (120000)"), "{error}");
    assert!(bind("webhook: {deadlineMs: 120000}\norca: {stepDeadlineMs: 180000}", &[]).is_ok());
}
