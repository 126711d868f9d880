use serde_json::json;

use super::*;

fn artifacts(list: Value) -> Vec<Artifact> {
    serde_json::from_value(list).unwrap()
}

fn deployment(pod: Value) -> Value {
    json!({"kind": "Deployment", "spec": {"template": {"spec": pod}}})
}

/// The manifest afterwards, and the references that were put in.
fn replaced(mut manifest: Value, list: Value, binding: DockerImageBinding) -> (Value, Vec<Option<String>>) {
    let kind = Kind::parse(manifest["kind"].as_str().unwrap());
    let replacement = Replacement {
        docker_image_binding: binding,
        namespace: "here",
        account: "mine",
        ..Replacement::of_kind(&kind)
    };
    let list = artifacts(list);
    let bound = replace(&mut manifest, &list, &replacement).unwrap();
    let bound = bound.into_iter().map(|artifact| artifact.reference.clone()).collect();
    (manifest, bound)
}

fn images(containers: Value, list: Value, binding: DockerImageBinding) -> Value {
    let (manifest, _) = replaced(deployment(json!({"containers": containers})), list, binding);
    manifest.pointer("/spec/template/spec/containers").unwrap().clone()
}

use DockerImageBinding::{NameAndTag, NameOnly};

#[test]
fn images_are_bound_by_name_or_as_a_whole() {
    let nginx = json!([{"type": "docker/image", "name": "nginx", "reference": "nginx:9"}]);
    let containers =
        json!([{"image": "nginx"}, {"image": "nginx:1"}, {"image": "nginx@sha256:a"}, {"image": "NGINX"}, {}]);
    let all = json!([{"image": "nginx:9"}, {"image": "nginx:9"}, {"image": "nginx:9"}, {"image": "NGINX"}, {}]);
    assert_eq!(images(containers.clone(), nginx.clone(), NameAndTag), all);
    assert_eq!(images(containers.clone(), nginx, NameOnly)[1], containers[1]);
    let port = json!([{"type": "docker/image", "name": "reg:5000/a", "reference": "reg:5000/a:9"}]);
    assert_eq!(images(json!([{"image": "reg:5000/a"}]), port.clone(), NameOnly)[0]["image"], "reg:5000/a:9");
    assert_eq!(images(json!([{"image": "reg:5000/a"}]), port, NameAndTag)[0]["image"], "reg:5000/a");
}

#[test]
fn one_artifact_may_look_for_what_another_put_in() {
    let chain = json!([
        {"type": "docker/image", "name": "a", "reference": "x"},
        {"type": "docker/image", "name": "x", "reference": "y"},
        {"type": "docker/image", "name": "a", "reference": "z"},
    ]);
    let (manifest, bound) = replaced(deployment(json!({"containers": [{"image": "a:1"}]})), chain, NameAndTag);
    assert_eq!(manifest["spec"]["template"]["spec"]["containers"][0]["image"], "y");
    assert_eq!(bound, [Some("x".to_owned()), Some("y".to_owned())]);
}

#[test]
fn values_that_are_no_text_are_bound_only_as_a_whole() {
    let five = json!([{"type": "docker/image", "name": "5.0", "reference": "x"}]);
    assert_eq!(
        images(json!([{"image": 5}, {"image": true}]), five.clone(), NameOnly),
        json!([{"image": "x"}, {"image": true}])
    );
    assert_eq!(images(json!([{"image": 5}]), five, NameAndTag), json!([{"image": 5}]));
    let nameless = json!([{"type": "docker/image", "reference": "x"}]);
    assert_eq!(images(json!([{"image": null}, {}]), nameless.clone(), NameOnly), json!([{"image": "x"}, {}]));
    assert_eq!(images(json!([{"image": null}]), nameless, NameAndTag), json!([{"image": null}]));
    let without_reference = json!([{"type": "docker/image", "name": "a"}]);
    assert_eq!(images(json!([{"image": "a"}]), without_reference, NameAndTag), json!([{"image": null}]));
}

#[test]
fn kubernetes_artifacts_count_in_their_namespace_and_account_only() {
    let bound = |artifact: Value| {
        let manifest = deployment(json!({"volumes": [{"configMap": {"name": "cfg"}}]}));
        replaced(manifest, json!([artifact]), NameAndTag).1.len()
    };
    let artifact = |location: Value, account: Value| {
        let metadata = json!({"account": account});
        json!({"type": "kubernetes/configMap", "name": "cfg", "location": location, "metadata": metadata})
    };
    assert_eq!(bound(artifact(json!("here"), json!("mine"))), 1);
    assert_eq!(bound(artifact(json!("here"), json!(""))), 1);
    assert_eq!(bound(artifact(json!("here"), json!(null))), 1);
    assert_eq!(bound(artifact(json!("here"), json!("other"))), 0);
    assert_eq!(bound(artifact(json!("there"), json!("mine"))), 0);
    assert_eq!(bound(artifact(json!(null), json!("mine"))), 0);
    // What is somewhere else need not have an account that can be read.
    assert_eq!(bound(artifact(json!("there"), json!(5))), 0);

    let mut manifest = json!({});
    let list = artifacts(json!([artifact(json!(""), json!(5))]));
    let error = replace(&mut manifest, &list, &Replacement::of_kind(&Kind::parse("pod"))).unwrap_err();
    assert_eq!(error.exception(), Some("ClassCastException"));
}

#[test]
fn every_place_is_replaced_and_found() {
    let container = json!({
        "envFrom": [{"configMapRef": {"name": "cfg"}}, {"secretRef": {"name": "key"}}],
        "env": [
            {"valueFrom": {"configMapKeyRef": {"name": "cfg"}}},
            {"valueFrom": {"secretKeyRef": {"name": "key"}}},
            {"value": "cfg"},
        ],
    });
    let pod = json!({
        "containers": [container],
        "initContainers": [container],
        "volumes": [
            {"configMap": {"name": "cfg"}},
            {"secret": {"secretName": "key"}},
            {"projected": {"sources": [{"configMap": {"name": "cfg"}}, {"secret": {"name": "key"}}]}},
        ],
    });
    let list = json!([
        {"type": "kubernetes/secret", "name": "key", "location": "here", "reference": "KEY"},
        {"type": "kubernetes/configMap", "name": "cfg", "location": "here", "reference": "CFG"},
    ]);
    let text = deployment(pod).to_string();
    let expected = text.replace(r#""name":"cfg""#, r#""name":"CFG""#).replace(r#"ame":"key""#, r#"ame":"KEY""#);
    let (manifest, bound) = replaced(serde_json::from_str(&text).unwrap(), list, NameAndTag);
    assert_eq!(manifest.to_string(), expected);
    assert_eq!(bound, [Some("CFG".to_owned()), Some("KEY".to_owned())]);
    let found = find(&manifest, Replacer::of_kind(&Kind::parse("deployment"))).unwrap();
    let found: Vec<_> = found.iter().map(|artifact| (artifact.kind.as_deref(), artifact.name.as_deref())).collect();
    assert_eq!(found, [(Some("kubernetes/configMap"), Some("CFG")), (Some("kubernetes/secret"), Some("KEY"))]);
}

#[test]
fn pods_cron_jobs_and_autoscalers() {
    let nginx = json!([{"type": "docker/image", "name": "nginx", "reference": "nginx:9"}]);
    let spec =
        json!({"containers": [{"image": "nginx"}, {"image": "nginx:1"}], "initContainers": [{"image": "nginx"}]});
    let pod = json!({"kind": "Pod", "spec": spec});
    let (pod, _) = replaced(pod, nginx.clone(), NameAndTag);
    let expected =
        json!({"containers": [{"image": "nginx:9"}, {"image": "nginx:1"}], "initContainers": [{"image": "nginx"}]});
    assert_eq!(pod["spec"], expected);

    let pods = json!({"template": {"spec": {"containers": [{"image": "nginx"}]}}});
    let (job, _) = replaced(json!({"kind": "CronJob", "spec": {"jobTemplate": {"spec": pods}}}), nginx, NameAndTag);
    assert_eq!(job.pointer("/spec/jobTemplate/spec/template/spec/containers/0/image").unwrap(), "nginx:9");

    let targets = json!([
        {"type": "kubernetes/deployment", "name": "t", "location": "here", "reference": "d"},
        {"type": "kubernetes/replicaSet", "name": "t", "location": "here", "reference": "r"},
    ]);
    for (kind, name) in
        [("Deployment", "d"), ("deployment", "d"), ("ReplicaSet", "r"), ("replicaSet", "r"), ("replicaset", "t")]
    {
        let scaler =
            json!({"kind": "HorizontalPodAutoscaler", "spec": {"scaleTargetRef": {"kind": kind, "name": "t"}}});
        let (scaler, _) = replaced(scaler, targets.clone(), NameAndTag);
        assert_eq!(scaler["spec"]["scaleTargetRef"]["name"], name, "{kind}");
    }
}

#[test]
fn what_is_not_laid_out_as_expected_is_left() {
    let nginx = json!([{"type": "docker/image", "name": "nginx", "reference": "nginx:9"}]);
    for manifest in [
        json!({"kind": "Deployment"}),
        json!({"kind": "Deployment", "spec": "x"}),
        deployment(json!({"containers": "nginx"})),
        deployment(json!({"containers": [null, "nginx", [{"image": "nginx"}], {"image": ["nginx"]}]})),
        json!({"kind": "Pod"}),
        json!({"kind": "Pod", "spec": null}),
        json!({"kind": "Rollout", "spec": {"template": {"spec": {"containers": [{"image": "nginx"}]}}}}),
    ] {
        assert_eq!(replaced(manifest.clone(), nginx.clone(), NameAndTag), (manifest, vec![]));
    }
    let one = deployment(json!({"containers": {"image": "nginx"}}));
    assert_eq!(replaced(one, nginx, NameAndTag).0, deployment(json!({"containers": {"image": "nginx:9"}})));
}

#[test]
fn a_pod_whose_containers_are_none_is_refused() {
    let list = artifacts(json!([{"type": "docker/image", "name": "a", "reference": "b"}]));
    let replacement = Replacement::of_kind(&Kind::parse("pod"));
    for containers in [json!("x"), json!(null)] {
        let mut pod = json!({"spec": {"containers": containers}});
        let error = replace(&mut pod, &list, &replacement).unwrap_err();
        assert_eq!(error.exception(), Some("InvalidPathException"));
        assert_eq!(find(&pod, replacement.replacers).unwrap(), []);
        assert_eq!(replace(&mut pod, &[], &replacement).unwrap(), Vec::<&Artifact>::new());
    }
}

#[test]
fn what_is_found_is_text() {
    let manifest = deployment(json!({"containers": [
        {"image": "reg:5000/a@sha256:1"}, {"image": null}, {"image": true}, {"image": 1.5}, {"image": {}},
        {"image": null}, {},
    ]}));
    let found = find(&manifest, Replacer::of_kind(&Kind::parse("deployment"))).unwrap();
    let found: Vec<_> = found.iter().map(|a| (a.name.as_deref().unwrap(), a.reference.as_deref().unwrap())).collect();
    let expected =
        [("reg:5000/a", "reg:5000/a@sha256:1"), ("null", "null"), ("true", "true"), ("1.5", "1.5"), ("", "")];
    assert_eq!(found, expected);
}
