use gennaker_config::Sources;

use super::*;

fn bind(orca: &str, variables: &[(&str, &str)]) -> anyhow::Result<Settings> {
    bind_file("orca.yml", orca, variables)
}

fn bind_file(name: &str, text: &str, variables: &[(&str, &str)]) -> anyhow::Result<Settings> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join(name), text)?;
    let mut sources = Sources::of_folder(folder.path());
    for (name, value) in variables {
        sources.environment.insert((*name).to_owned(), (*value).to_owned());
    }
    Ok(Settings::bind(&Config::load(&sources)?)?)
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

#[test]
fn what_the_node_refuses_is_said_with_its_place_and_without_its_value() {
    for (name, text, variables, words) in [
        (
            "gate.yml",
            "\nservices.deck.base-url: '${db.password}'",
            &[("DB_PASSWORD", "hunter2 x")][..],
            "gate.yml:2: `services.deck.baseUrl`",
        ),
        (
            "spinnaker.yml",
            "services.orca: {baseUrl: 'http://[', enabled: false}",
            &[],
            "spinnaker.yml:1: `services.orca.baseUrl`",
        ),
        (
            "spinnaker.yml",
            "services.orca.enabled: false",
            &[("DEFAULT_DNS_NAME", "a b")],
            "environment DEFAULT_DNS_NAME: `DEFAULT_DNS_NAME`",
        ),
        (
            "spinnaker.yml",
            "services.echo.enabled: false",
            &[],
            "spinnaker.yml:1: `services.echo.enabled` is not accepted: set services.echo.baseUrl",
        ),
        ("orca.yml", "orca.stepDeadlineMs: 1", &[], "orca.yml:1: `orca.stepDeadlineMs`"),
        ("echo.yml", "scheduler.cron.timezone: Berlin", &[], "echo.yml:1: `scheduler.cron.timezone`"),
        ("spinnaker.yml", "global.spinnaker.timezone: Berlin", &[], "spinnaker.yml:1: `global.spinnaker.timezone`"),
        (
            "gate.yml",
            "gennaker.logging.format: xml",
            &[],
            "gate.yml:1: `gennaker.logging.format` is not accepted: it is text or json",
        ),
    ] {
        let error = bind_file(name, text, variables).err().expect(text);
        let error = format!("{error:#}");
        assert!(error.contains(words) && !error.contains("hunter2"), "{error}");
    }
}

#[test]
fn pages_that_may_call_are_configured_under_upstreams_keys() {
    let pattern = "
cors: {allowed-origins-pattern: 'https://.*[.]corp[.]test', expect-localhost: true}
services: {deck: {base-url: 'https://deck.test', redirect-host-pattern: ui}}
server: {allowed-origins: ['https://tools.test']}
";
    let settings = bind_file("gate.yml", pattern, &[]).expect("settings");
    let named = ["https://tools.test".to_owned(), "https://deck.test".to_owned()];
    let gate = settings.origins("gate");
    assert_eq!(gate.named, named);
    assert_eq!((gate.pattern.as_deref(), gate.hosts), (Some("https://.*[.]corp[.]test"), None));
    assert_eq!(settings.origins("orca"), named.to_vec().into(), "patterns are for gate only");

    let list = "cors: {allow-mode: list, allowed-origins: ['https://a.test', 'https://b.test']}";
    let settings = bind_file("gate.yml", list, &[]).expect("settings");
    assert_eq!(settings.origins("gate").named, ["https://a.test", "https://b.test"]);
    let error = bind_file("gate.yml", "cors: {allowMode: list, allowedOrigins: ['*']}", &[]).err().expect("a refusal");
    let error = error.to_string();
    assert!(error.contains("gate.yml:1: `cors.allowed-origins` is not accepted: `*` cannot be used"), "{error}");
}

#[test]
fn rate_limits_are_configured_under_upstreams_keys() {
    let limits = "
rate-limit:
  enabled: true
  learning: false
  rateSeconds: 60
  capacityByPrincipal: [{principal: bot@example.com, override: 5}]
  enforcing: ['app:deck']
";
    let settings = bind_file("gate.yml", limits, &[]).expect("settings");
    let limit = settings.gate.own.rate_limit;
    assert_eq!((limit.enabled, limit.learning, limit.capacity, limit.rate_seconds), (true, false, 60, 60));
    assert_eq!(limit.capacity_by_principal[0].number, 5);
    assert_eq!(limit.enforcing, ["app:deck"]);
}

/// The bucket's options and the root folder; `None` is a folder.
fn bucket(
    front50: &str,
    variables: &[(&str, &str)],
) -> anyhow::Result<Option<(gennaker_objects::BucketOptions, String)>> {
    let settings = bind_file("front50.yml", front50, variables)?;
    Ok(match settings.objects {
        ObjectSettings::Folder => None,
        ObjectSettings::Bucket { options, root_folder } => {
            assert_eq!(settings.front50.own.root_folder, root_folder);
            Some((*options, root_folder))
        }
    })
}

#[test]
fn a_bucket_is_configured_under_upstreams_keys() {
    assert!(bucket("", &[]).expect("settings").is_none());
    let front50 = r#"
spinnaker:
  s3:
    enabled: true
    bucket: my-bucket
    rootFolder: spinnaker/front50
    region: eu-west-1
    endpoint: http://minio:9000
    path-style-access: false
    proxyHost: proxy
    proxyPort: 3128
    proxyProtocol: HTTPS
    serverSideEncryption: AWSKMS
    maxKeys: 100
    versioning: true
    accessKey: AKIA
    secretKey: hunter2
"#;
    let (options, root) = bucket(front50, &[]).expect("settings").expect("a bucket");
    assert_eq!(
        (options.bucket.as_str(), root.as_str(), options.region.as_str()),
        ("my-bucket", "spinnaker/front50", "eu-west-1")
    );
    assert_eq!(options.scratch.as_str(), "spinnaker/front50/gennaker/conditional-writes");
    assert_eq!((options.endpoint.as_deref(), options.path_style), (Some("http://minio:9000"), false));
    assert_eq!(options.proxy.as_deref(), Some("https://proxy:3128"));
    assert_eq!((options.encryption, options.page), (Some(gennaker_objects::Encryption::AwsKms), 100));
    assert_eq!(
        options.keys.as_ref().map(|(key, secret)| (key.as_str(), secret.expose().as_str())),
        Some(("AKIA", "hunter2"))
    );
    assert!(!format!("{options:?}").contains("hunter2"));

    for (wrong, words) in [
        ("spinnaker.s3.enabled: true", "front50.yml:1: `spinnaker.s3` is not accepted: its `bucket` is missing"),
        ("spinnaker.s3: {enabled: true, bucket: a, accessKey: b}", "only one of accessKey and secretKey"),
        ("spinnaker.s3: {enabled: true, bucket: a, proxyPort: 1}", "only one of proxyHost and proxyPort"),
        (
            "spinnaker.s3: {enabled: true, bucket: a, serverSideEncryption: DES}",
            "`spinnaker.s3.serverSideEncryption` is not accepted: it is AES256 or AWSKMS",
        ),
        ("spinnaker.s3: {enabled: true, bucket: a, rootFolder: ../x}", "`spinnaker.s3.rootFolder` is not accepted"),
    ] {
        let error = bucket(wrong, &[]).expect_err(wrong);
        assert!(format!("{error:#}").contains(words), "{error:#}");
    }
    assert!(
        bucket("spinnaker.s3: {enabled: true, storage-service: {enabled: false}}", &[]).expect("settings").is_none()
    );
}

#[test]
fn a_fail_over_is_another_bucket_and_read_only() {
    let front50 = "spinnaker.s3: {enabled: true, bucket: a, region: eu-west-1, failover: {enabled: true, bucket: b, region: eu-west-2}}";
    let (options, _) = bucket(front50, &[]).expect("settings").expect("a bucket");
    assert_eq!((options.bucket.as_str(), options.region.as_str(), options.read_only), ("b", "eu-west-2", true));
}

#[test]
fn armorys_environment_names_the_bucket() {
    let variables = [
        ("ARMORYSPINNAKER_S3_BUCKET", "armory"),
        ("ARMORYSPINNAKER_S3_PREFIX", "prefix/front50"),
        ("SPINNAKER_AWS_DEFAULT_REGION", "us-west-2"),
    ];
    let (options, root) = bucket("", &variables).expect("settings").expect("a bucket");
    assert_eq!(
        (options.bucket.as_str(), root.as_str(), options.region.as_str()),
        ("armory", "prefix/front50", "us-west-2")
    );
    assert!(bucket("spinnaker.s3.enabled: false", &variables).expect("settings").is_none());
    let (options, _) =
        bucket("spinnaker.s3: {bucket: own, region: eu-west-1}", &variables).expect("settings").expect("a bucket");
    assert_eq!((options.bucket.as_str(), options.region.as_str()), ("own", "eu-west-1"));
}

#[test]
fn artifact_accounts_are_configured_under_upstreams_keys() {
    let clouddriver = r#"
artifacts:
  fetch: {sizeLimit: 1000}
  github:
    enabled: true
    accounts:
      - name: hub
        token: s3cr3t-word
        useContentAPI: true
        githubAPIVersion: v4
        urlRestrictions: {excludedDomainsFromEnvironment: [NAMESPACE], rejectLocalhost: false}
  gitrepo:
    enabled: true
    accounts:
      - {name: forge, tokenFile: /etc/token, allowedHosts: [github.com]}
  s3:
    accounts:
      - {name: builds, awsAccessKeyId: key, awsSecretAccessKey: s3cr3t-word}
"#;
    let settings = bind_file("clouddriver.yml", clouddriver, &[("NAMESPACE", "spinnaker-ns")]).expect("settings");
    let artifacts = settings.artifacts;
    assert_eq!(artifacts.fetch.size_limit, 1000);
    assert!(artifacts.github.enabled && !artifacts.s3.enabled && !artifacts.http.enabled);
    let hub = &artifacts.github.accounts[0];
    assert_eq!((hub.name.as_str(), hub.use_content_api, hub.github_api_version.as_deref()), ("hub", true, Some("v4")));
    assert_eq!(hub.token.as_ref().expect("a token").expose(), "s3cr3t-word");
    assert!(!hub.url_restrictions.reject_localhost && hub.url_restrictions.reject_link_local);
    assert_eq!(hub.url_restrictions.excluded_domains.last().expect("domains"), "spinnaker-ns");
    let forge = &artifacts.git_repo.accounts[0];
    assert_eq!((forge.name.as_str(), &forge.allowed_hosts[..]), ("forge", &["github.com".to_owned()][..]));
    assert!(!format!("{artifacts:?}").contains("s3cr3t-word"));
}

#[test]
fn cron_triggers_fire_in_the_zone_of_the_install() {
    let scheduler = |text: &str| bind_file("spinnaker.yml", text, &[]).expect("settings").echo.own.scheduler;
    assert_eq!((scheduler("").enabled, scheduler("").cron.timezone.as_str()), (true, "America/Los_Angeles"));
    assert_eq!(scheduler("global.spinnaker.timezone: Europe/Berlin").cron.timezone, "Europe/Berlin");
    let both = "{global.spinnaker.timezone: Europe/Berlin, scheduler.cron.timezone: UTC}";
    assert_eq!(scheduler(both).cron.timezone, "UTC");
    assert!(!scheduler("services.echo.cron.enabled: false").enabled);
    assert!(scheduler("{services.echo.cron.enabled: false, scheduler.enabled: true}").enabled);
}

#[test]
fn the_page_is_told_where_gate_is_and_that_host_is_answered() {
    let at = |url: &str| gennaker_deck::Gate::At(Url::parse(url).expect("a URL"));
    for (host, gate, answered) in [
        ("https://gate.example.com/api", at("https://gate.example.com/api"), "gate.example.com"),
        ("gate.example.com", at("http://gate.example.com:8084"), "gate.example.com"),
        ("gate.example.com:9999", at("http://gate.example.com:9999"), "gate.example.com:9999"),
    ] {
        let settings = bind("", &[("API_HOST", host)]).expect("settings");
        assert_eq!(settings.deck.own.gate, gate, "{host}");
        assert!(settings.gate.place.hosts.contains(&answered.to_owned()), "{host}: {:?}", settings.gate.place.hosts);
    }
    let settings = bind("", &[("TIMEZONE", "Europe/Berlin"), ("CANARY_ENABLED", "true")]).expect("settings");
    assert_eq!(settings.deck.own.gate, gennaker_deck::Gate::SameHost(8084));
    assert_eq!(settings.deck.own.time_zone, "Europe/Berlin");
    assert_eq!(settings.deck.own.features.get("canary"), Some(&true));
}
