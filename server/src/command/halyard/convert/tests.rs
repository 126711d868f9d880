use super::*;

fn converted(deployment: Value) -> Converted {
    convert(deployment.as_object().expect("an object"))
}

fn file(converted: &Converted, name: &str) -> Value {
    converted.files.get(name).cloned().map_or(Value::Null, Value::Object)
}

#[test]
fn what_is_switched_off_and_empty_goes_nowhere() {
    let converted = converted(json!({
        "name": "default",
        "providers": {"aws": {"enabled": false, "accounts": [], "defaultKeyPairTemplate": "{{name}}"}},
        "artifacts": {"github": {"enabled": false, "accounts": []}, "templates": []},
        "ci": {"jenkins": {"enabled": false, "masters": []}},
        "notifications": {"slack": {"enabled": false}},
        "canary": {"enabled": false, "serviceIntegrations": [{"name": "google", "enabled": false}]},
        "metricStores": {"datadog": {"enabled": false}, "period": 30},
        "features": {"chaos": false},
        "telemetry": {"enabled": true},
    }));
    assert!(converted.files.is_empty() && converted.taken.is_empty() && converted.left.is_empty(), "{converted:?}");
}

#[test]
fn each_section_goes_to_the_services_that_read_it() {
    let account = json!({"name": "prod", "kubeconfigFile": "/etc/kube/config"});
    let converted = converted(json!({
        "timezone": "Europe/Berlin",
        "version": "1.30.0",
        "providers": {
            "kubernetes": {"enabled": true, "accounts": [account], "primaryAccount": "prod"},
            "aws": {"enabled": true, "accounts": [{"name": "a"}], "primaryAccount": "a", "bakeryDefaults": {"baseImages": []}},
            "dockerRegistry": {"enabled": true, "accounts": [{"name": "hub", "passwordFile": "encryptedFile:s3!b:x"}]},
        },
        "artifacts": {"http": {"enabled": true, "accounts": [{"name": "web"}]}},
        "ci": {"jenkins": {"enabled": true, "masters": [{"name": "j", "address": "https://ci.example.com", "password": "hunter2"}]}},
        "notifications": {"slack": {"enabled": true, "botName": "bot", "token": "hunter2"}},
        "features": {"pipelineTemplates": true, "chaos": true},
        "deploymentEnvironment": {"type": "LocalDebian"},
        "metricStores": {"prometheus": {"enabled": true}},
        "webhook": {"trust": {"enabled": true}},
        "novelty": {"a": 1},
    }));
    assert_eq!(file(&converted, "clouddriver.yml")["kubernetes"]["accounts"], json!([account]));
    assert_eq!(file(&converted, "clouddriver.yml")["artifacts"]["http"]["enabled"], true);
    assert_eq!(file(&converted, "rosco.yml")["aws"]["primaryAccount"], "a");
    assert_eq!(file(&converted, "igor.yml")["jenkins"]["masters"][0]["name"], "j");
    assert_eq!(file(&converted, "igor.yml")["dockerRegistry"], json!({"enabled": true}));
    assert_eq!(file(&converted, "echo.yml")["slack"]["botName"], "bot");
    assert_eq!(file(&converted, "spinnaker.yml"), json!({"global": {"spinnaker": {"timezone": "Europe/Berlin"}}}));
    let expected = json!({"default": {"bake": {"account": "a"}}, "pipelineTemplates": {"enabled": true}, "webhook": {"trust": {"enabled": true}}});
    assert_eq!(file(&converted, "orca.yml"), expected);
    let left: Vec<&str> = converted.left.iter().map(|(key, _)| key.as_str()).collect();
    let expected = [
        "version",
        "providers.kubernetes.primaryAccount",
        "providers.aws.primaryAccount",
        "providers.dockerRegistry.accounts.passwordFile",
        "features.chaos",
        "deploymentEnvironment",
        "metricStores.prometheus",
        "novelty",
    ];
    assert_eq!(left, expected);
    assert_eq!(converted.paths, ["/etc/kube/config"]);
    let said = format!("{:?}{:?}", converted.taken, converted.left);
    assert!(!said.contains("hunter2"), "{said}");
}

#[test]
fn s3_is_named_as_front50_reads_it() {
    let store = json!({"bucket": "b", "region": "eu", "endpoint": "", "accessKeyId": "AKIA", "secretAccessKey": "s", "rootFolder": "front50"});
    let converted =
        converted(json!({"persistentStorage": {"persistentStoreType": "s3", "s3": store, "gcs": {"bucket": "x"}}}));
    let expected = json!({"spinnaker": {"s3": {"bucket": "b", "region": "eu", "rootFolder": "front50", "accessKey": "AKIA", "secretKey": "s", "enabled": true}}});
    assert_eq!(file(&converted, "front50.yml"), expected);
    assert!(converted.left.is_empty());
    let google = convert(
        json!({"persistentStorage": {"persistentStoreType": "gcs", "gcs": {"bucket": "x"}}})
            .as_object()
            .expect("an object"),
    );
    assert!(google.left[0].1.contains("S3 or a local folder"));
}

#[test]
fn signing_in_is_written_as_todays_gate_reads_it() {
    let converted = converted(json!({"security": {
        "apiSecurity": {"overrideBaseUrl": "https://gate.example.com", "corsAccessPattern": "https://.*", "ssl": {"enabled": false}},
        "uiSecurity": {"overrideBaseUrl": "https://deck.example.com", "ssl": {"enabled": true}},
        "authn": {"enabled": true,
            "oauth2": {"enabled": true, "provider": "GITHUB",
                "client": {"clientId": "c", "clientSecret": "s", "accessTokenUri": "https://t", "userAuthorizationUri": "https://a", "scope": "user"},
                "resource": {"userInfoUri": "https://u"}, "userInfoMapping": {"username": "login"}},
            "saml": {"enabled": true, "metadataLocal": "/m.xml", "serviceAddress": "https://gate.example.com:8084/x"},
            "ldap": {"enabled": false}, "x509": {"enabled": true, "roleOid": "1.2"}},
        "authz": {"enabled": true, "groupMembership": {"service": "GITHUB", "github": {"organization": "o"}}},
    }}));
    let gate = file(&converted, "gate.yml");
    let client = &gate["spring"]["security"]["oauth2"]["client"];
    assert_eq!(
        client["registration"],
        json!({"github": {"clientId": "c", "clientSecret": "s", "scope": "user"}, "userInfoMapping": {"username": "login"}})
    );
    assert_eq!(
        client["provider"],
        json!({"github": {"tokenUri": "https://t", "authorizationUri": "https://a", "userInfoUri": "https://u"}})
    );
    assert_eq!(
        (gate["saml"]["metadataUrl"].as_str(), gate["saml"]["redirectHostname"].as_str()),
        (Some("file:/m.xml"), Some("gate.example.com:8084"))
    );
    assert_eq!((&gate["x509"]["roleOid"], gate.get("ldap")), (&json!("1.2"), None));
    assert_eq!(gate["cors"]["allowedOriginsPattern"], "https://.*");
    assert_eq!(file(&converted, "fiat.yml")["auth"]["groupMembership"]["service"], "GITHUB");
    let services = json!({"gate": {"baseUrl": "https://gate.example.com"}, "deck": {"baseUrl": "https://deck.example.com"}, "fiat": {"enabled": true}});
    assert_eq!(file(&converted, "spinnaker.yml")["services"], services);
    assert_eq!(converted.left[0].0, "security.uiSecurity.ssl");
}
