use gennaker_base::Timestamp;
use serde_json::json;

use super::*;

const SECRET: &str = "shared";

/// What the trigger is after the event, if it fires.
fn fired(event: Value, trigger: Value) -> Option<Value> {
    let event =
        Event::read(event.as_object().cloned().expect("an object"), Timestamp::from_millis(1)).expect("an event");
    let matcher = read(&event, "").expect("it can be read")?;
    let trigger = trigger.as_object().expect("an object");
    assert!(matcher.types().contains(&trigger["type"].as_str().expect("a type")));
    matcher.fire(trigger).map(Value::Object)
}

fn fires(event: &Value, trigger: Value) -> bool {
    fired(event.clone(), trigger).is_some()
}

#[test]
fn a_webhook_fires_by_source_and_payload() {
    let event = json!({
        "details": {"type": "WEBHOOK", "source": "s"}, "eventId": "e", "content": {"parameters": {"p": 1}},
        "payload": {"branch": "release-1", "list": [{"name": "a"}, {"name": "b"}], "none": null},
    });
    let trigger = |constraints: Value| json!({"type": "webhook", "source": "s", "payloadConstraints": constraints, "parameters": {"own": 1}});
    let after = fired(event.clone(), trigger(Value::Null)).expect("it fires");
    assert_eq!(after["parameters"], json!({"p": 1}));
    assert_eq!((&after["eventId"], &after["payload"]), (&json!("e"), &event["payload"]));
    for (constraints, expected) in [
        (json!({}), true),
        (json!({"branch": "^release"}), true),
        (json!({"branch": "ease"}), true),
        (json!({"branch": "^main$"}), false),
        (json!({"branch": null}), true),
        (json!({"none": null}), false),
        (json!({"other": ".*"}), false),
        (json!({"$.list[*].name": "b"}), true),
        (json!({"$.list[0].name": "b"}), false),
        (json!({"branch": "("}), false),
        (json!({"$.list[": "x"}), false),
    ] {
        assert_eq!(fires(&event, trigger(constraints.clone())), expected, "{constraints}");
    }
    assert!(!fires(&event, json!({"type": "webhook", "source": "S"})));
    assert!(!fires(&event, json!({"type": "webhook"})));
    assert!(
        !fires(&json!({"details": {"type": "webhook"}}), json!({"type": "webhook"})),
        "without a source there is none"
    );
}

#[test]
fn a_cdevent_asks_for_headers_too() {
    let event =
        json!({"details": {"type": "cdevents", "source": "s", "requestHeaders": {"Ce-Type": ["dev.cdevents"]}}});
    let trigger = |constraints: Value| json!({"type": "cdevents", "source": "s", "attributeConstraints": constraints});
    assert!(
        fires(&event, trigger(json!({"ce-type": "dev.cdevents"}))) && fires(&event, trigger(json!({"ce-type": null})))
    );
    assert!(!fires(&event, trigger(json!({"ce-type": "dev"}))) && !fires(&event, trigger(json!({"ce-id": null}))));
}

#[test]
fn a_build_fires_once_it_has_succeeded() {
    let event = |last: Value| {
        json!({
            "details": {"type": "build"}, "eventId": "e", "content": {"master": "ci", "project": {"name": "j", "lastBuild": last}},
        })
    };
    let good = event(json!({"building": false, "result": "SUCCESS", "number": 7, "url": "u"}));
    let trigger = json!({"type": "jenkins", "master": "ci", "job": "j", "hash": "old"});
    let after = fired(good.clone(), trigger.clone()).expect("it fires");
    assert_eq!(
        after,
        json!({"type": "jenkins", "master": "ci", "job": "j", "buildNumber": 7, "eventId": "e", "link": "u"})
    );
    for other in [
        json!({"building": true, "result": "SUCCESS", "number": 7}),
        json!({"building": false, "result": "UNSTABLE", "number": 7}),
        Value::Null,
    ] {
        assert!(!fires(&event(other), trigger.clone()));
    }
    assert!(!fires(&good, json!({"type": "jenkins", "master": "other", "job": "j"})));
    assert!(!fires(&good, json!({"type": "jenkins", "master": "ci", "job": "j", "payloadConstraints": {}})));
}

#[test]
fn a_push_fires_by_repository_and_branch() {
    let event = json!({
        "details": {"type": "git", "source": "GitHub"}, "eventId": "e",
        "content": {"repoProject": "P", "slug": "r", "branch": "feature/x", "hash": "h", "action": "push:push", "number": "4", "draft": "false"},
    });
    let trigger = |fields: Value| {
        let mut trigger = json!({"type": "git", "source": "github", "project": "p", "slug": "R"});
        trigger.as_object_mut().expect("an object").extend(fields.as_object().cloned().expect("an object"));
        trigger
    };
    let after = fired(event.clone(), trigger(json!({"branch": ""}))).expect("it fires");
    assert_eq!(after["properties"], json!({"number": 4, "draft": false}));
    assert_eq!(
        (&after["hash"], &after["branch"], &after["action"]),
        (&json!("h"), &json!("feature/x"), &json!("push:push"))
    );
    for (fields, expected) in [
        (json!({"branch": "feature/.*"}), true),
        (json!({"branch": "feature"}), false),
        (json!({"branch": "("}), false),
        (json!({"events": []}), true),
        (json!({"events": ["push:push"]}), true),
        (json!({"events": ["pull_request:opened"]}), false),
        (json!({"project": "q"}), false),
        (json!({"secret": "s"}), false),
    ] {
        assert_eq!(fires(&event, trigger(fields.clone())), expected, "{fields}");
    }
}

#[test]
fn a_signature_is_of_the_text_as_it_was_sent() {
    let signed = |signature: &str, secret: &str, trigger: Value| {
        let sent = json!({
            "details": {"type": "git", "source": "github", "requestHeaders": {"X-Hub-Signature": [signature]}},
            "content": {"repoProject": "p", "slug": "r"}, "rawContent": "what do ya want for nothing?",
        });
        let event =
            Event::read(sent.as_object().cloned().expect("an object"), Timestamp::from_millis(1)).expect("an event");
        let git = read(&event, secret).expect("it can be read").expect("a matcher");
        git.fire(trigger.as_object().expect("an object")).is_some()
    };
    let trigger =
        |secret: Value| json!({"type": "git", "source": "github", "project": "p", "slug": "r", "secret": secret});
    // RFC 2202, test case 2.
    let right = "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79";
    assert!(signed(right, "", trigger(json!("Jefe"))));
    assert!(signed(&right.to_uppercase().replace("SHA1", "sha1"), "Jefe", trigger(Value::Null)));
    assert!(!signed(right, SECRET, trigger(Value::Null)));
    assert!(!signed(right, "", trigger(Value::Null)), "a trigger without a secret takes no signed event");
    for wrong in ["sha1=", "sha1=e", "sha1=zz", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c78"] {
        assert!(!signed(wrong, "", trigger(json!("Jefe"))), "{wrong}");
    }
}

#[test]
fn an_image_fires_by_its_tag() {
    let event = |tag: &str| {
        json!({
            "details": {"type": "docker"},
            "content": {"account": "hub", "registry": "index.docker.io", "repository": "shop/web", "tag": tag, "digest": "sha256:1"},
        })
    };
    let trigger = |tag: Value| json!({"type": "docker", "account": "hub", "repository": "shop/web", "tag": tag});
    assert!(fires(&event("1.2"), trigger(Value::Null)) && !fires(&event("latest"), trigger(Value::Null)));
    assert!(fires(&event("latest"), trigger(json!("latest"))) && !fires(&event("1.2"), trigger(json!("1"))));
    assert!(fires(&event("1.2"), trigger(json!(" 1\\..* "))) && !fires(&event("1.2"), trigger(json!("["))));
    assert!(!fires(&event(""), trigger(Value::Null)));
    let event = Event::read(event("1.2").as_object().cloned().expect("an object"), Timestamp::from_millis(1))
        .expect("an event");
    let matcher = read(&event, "").expect("it can be read").expect("a matcher");
    assert_eq!(matcher.artifacts()[0].reference.as_deref(), Some("index.docker.io/shop/web:1.2"));
}

#[test]
fn a_message_fires_by_subscription_and_what_it_says() {
    let event = json!({
        "details": {"type": "pubsub"}, "eventId": "e",
        "content": {"messageDescription": {"pubsubSystem": "GOOGLE", "subscriptionName": "sub", "messageAttributes": {"kind": "new"}}},
        "payload": {"a": 1, "link": "https://ci/1", "linkText": "build 1", "parameters": {"p": "q"}},
    });
    let trigger = |fields: Value| {
        let mut trigger = json!({"type": "pubsub", "pubsubSystem": "google", "subscriptionName": "SUB"});
        trigger.as_object_mut().expect("an object").extend(fields.as_object().cloned().expect("an object"));
        trigger
    };
    let after = fired(event.clone(), trigger(json!({}))).expect("it fires");
    assert_eq!((&after["pubsubSystem"], &after["subscriptionName"]), (&json!("google"), &json!("sub")));
    assert_eq!((&after["linkText"], &after["parameters"]), (&json!("build 1"), &json!({"p": "q"})));
    assert!(fires(&event, trigger(json!({"payloadConstraints": {"a": "1"}, "attributeConstraints": {"kind": "new"}}))));
    assert!(!fires(&event, trigger(json!({"payloadConstraints": {"$.a": "1"}}))), "keys are no paths here");
    assert!(!fires(&event, trigger(json!({"attributeConstraints": {"other": null}}))));
}

#[test]
fn searches_charts_and_plugins_fire_by_name() {
    let found = |kind: &str| json!({"details": {"type": kind}, "content": {"name": "s", "artifact": {"type": "maven/file", "name": "g:a"}}});
    assert!(fires(&found("artifactory"), json!({"type": "artifactory", "artifactorySearchName": "s"})));
    assert!(!fires(&found("nexus"), json!({"type": "nexus", "nexusSearchName": "t"})));
    let chart = json!({"details": {"type": "helm"}, "content": {"account": "a", "chart": "c", "version": "1.0.0", "digest": "d"}});
    assert!(fires(&chart, json!({"type": "helm", "account": "a"})));
    assert!(fires(&chart, json!({"type": "helm", "account": "a", "version": "1.0.0"})));
    assert!(!fires(&chart, json!({"type": "helm", "account": "a", "version": "^2.0.0"})));
    let plugin = json!({"details": {"type": "plugin", "attributes": {"pluginEventType": "installed"}}, "content": {"pluginId": "p"}});
    assert!(
        fires(&plugin, json!({"type": "plugin", "pluginEventType": "INSTALLED"}))
            && !fires(&plugin, json!({"type": "plugin"}))
    );
}

#[test]
fn what_is_not_such_an_event_is_refused() {
    for (kind, content) in [
        ("webhook", json!({"artifacts": "x"})),
        ("webhook", json!({"artifacts": [1]})),
        ("webhook", json!({"parameters": []})),
        ("build", json!({})),
        ("pubsub", json!({})),
        ("pubsub", json!({"messageDescription": {"pubsubSystem": "pigeon"}})),
        ("docker", json!({"tag": "1"})),
    ] {
        let sent = json!({"details": {"type": kind}, "content": content});
        let event =
            Event::read(sent.as_object().cloned().expect("an object"), Timestamp::from_millis(1)).expect("an event");
        assert!(read(&event, "").is_err(), "{sent}");
    }
}
