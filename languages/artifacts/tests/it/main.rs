//! Properties of artifacts: what is written is read back, what is bound was there, and no JSON makes anything panic.

use gennaker_artifacts::{
    Artifact, ExpectedArtifact, Resolver, constraints,
    execution::Execution,
    image::{ImageReference, binding_name},
    manifest::{DockerImageBinding, Replacement, Replacer, find, replace},
    message, pipeline, trigger,
};
use gennaker_naming::kubernetes::{self, Kind};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Map, Value, json};

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        select(vec![
            "a",
            "b",
            "a.",
            "[ab]",
            "a+b",
            "",
            "docker/image",
            "kubernetes/configMap",
            "e1",
            "(",
            "$.a",
            "$..b",
            "x:1"
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ]
}

fn artifact() -> impl Strategy<Value = Artifact> {
    (option::of(text()), option::of(text()), option::of(text()), option::of(text()), any::<bool>(), option::of(text()))
        .prop_map(|(kind, name, version, reference, custom_kind, account)| Artifact {
            kind,
            custom_kind,
            name,
            version,
            reference,
            metadata: account.iter().map(|account| ("account".to_owned(), json!(account))).collect(),
            artifact_account: account,
            ..Artifact::default()
        })
}

fn named(names: &'static str) -> impl Strategy<Value = Artifact> {
    (names, "[12]").prop_map(|(name, version)| Artifact {
        kind: Some("t".into()),
        name: Some(name),
        version: Some(version),
        ..Artifact::default()
    })
}

fn expected() -> impl Strategy<Value = ExpectedArtifact> {
    ("[a-c]|[abc.]\\*", any::<bool>(), any::<bool>(), option::of(named("[a-c]"))).prop_map(
        |(name, use_prior_artifact, use_default_artifact, default_artifact)| ExpectedArtifact {
            match_artifact: Artifact { name: Some(name), ..Artifact::default() },
            use_prior_artifact,
            use_default_artifact,
            default_artifact,
            id: "e".into(),
            ..ExpectedArtifact::default()
        },
    )
}

/// JSON with the fields that are read, of any type.
fn odd_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from)
    ];
    let keys = select(vec![
        "type",
        "name",
        "metadata",
        "account",
        "id",
        "refId",
        "requisiteStageRefIds",
        "parentStageId",
        "matchArtifact",
        "boundArtifact",
        "artifacts",
        "expectedArtifacts",
        "resolvedExpectedArtifacts",
        "expectedArtifactIds",
        "receivedArtifacts",
        "useDefaultArtifact",
        "trigger",
        "stages",
        "outputs",
        "context",
        "kind",
        "spec",
        "template",
        "containers",
        "image",
        "volumes",
        "configMap",
        "scaleTargetRef",
        "startTime",
    ]);
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((keys.clone().prop_map(str::to_owned), inner), 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(artifact in artifact()) {
        prop_assert_eq!(&Artifact::from_value(&json!(artifact)).unwrap(), &artifact);
        prop_assert_eq!(&Artifact::from(kubernetes::Artifact::from(artifact.clone())), &artifact);
        let bound_artifact = Some(artifact.clone());
        let expected = ExpectedArtifact { match_artifact: artifact, bound_artifact, ..Default::default() };
        prop_assert_eq!(ExpectedArtifact::from_value(&json!(expected)).unwrap(), expected);
    }

    #[test]
    fn an_artifact_matches_itself(artifact in artifact()) {
        let expected = ExpectedArtifact { match_artifact: artifact.clone(), ..Default::default() };
        prop_assert!(expected.matches(&artifact).unwrap());
    }

    #[test]
    fn what_is_bound_was_there(
        wanted in vec(expected(), 0..4),
        current in vec(named("[a-c]"), 0..4),
        prior in vec(named("[a-c]"), 0..4),
        require_unique_matches in any::<bool>(),
    ) {
        let resolver = Resolver { current: &current, prior: &prior, require_unique_matches };
        let Ok(resolution) = resolver.resolve(&wanted) else { return Ok(()) };
        for (wanted, resolved) in wanted.iter().zip(&resolution.resolved_expected_artifacts) {
            let bound = resolved.bound_artifact.as_ref().unwrap();
            let allowed = current.contains(bound)
                || wanted.use_prior_artifact && prior.contains(bound)
                || wanted.use_default_artifact && wanted.default_artifact.as_ref() == Some(bound);
            prop_assert!(allowed, "{bound}");
            prop_assert!(resolution.resolved_artifacts.contains(bound));
            prop_assert_eq!(&ExpectedArtifact { bound_artifact: None, ..resolved.clone() }, wanted);
        }
        let distinct: std::collections::HashSet<_> = resolution.resolved_artifacts.iter().collect();
        prop_assert_eq!(distinct.len(), resolution.resolved_artifacts.len());
    }

    #[test]
    fn replacing_again_changes_nothing(images in vec("[ab](:[12]|@x)?", 0..4), tag in "[3-5]") {
        let containers: Vec<_> = images.iter().map(|image| json!({"image": image})).collect();
        let mut manifest = json!({"spec": {"template": {"spec": {"containers": containers}}}});
        let artifacts = ["a", "c"].map(|name| Artifact {
            kind: Some("docker/image".into()),
            name: Some(name.into()),
            reference: Some(format!("{name}:{tag}")),
            ..Artifact::default()
        });
        let replacement = Replacement::of_kind(&Kind::parse("deployment"));
        let bound = replace(&mut manifest, &artifacts, &replacement).unwrap();
        prop_assert_eq!(bound.contains(&&artifacts[0]), images.iter().any(|image| binding_name(image) == "a"));
        let once = manifest.clone();
        prop_assert_eq!(replace(&mut manifest, &artifacts, &replacement).unwrap(), bound);
        prop_assert_eq!(&manifest, &once);
        let found = find(&manifest, replacement.replacers).unwrap();
        let mut of_a = found.iter().filter(|artifact| artifact.name.as_deref() == Some("a"));
        prop_assert!(of_a.all(|artifact| artifact.reference == artifacts[0].reference));
    }

    #[test]
    fn what_satisfies_constraints_satisfies_them_with_paths(payload in odd_json(), pattern in text()) {
        let payload = object(&payload);
        let constraints = payload.keys().map(|key| (key.clone(), json!(pattern))).collect();
        if let Ok(true) = constraints::satisfied(&constraints, &payload) {
            prop_assert!(constraints::satisfied_by_path(&constraints, &payload).unwrap());
        }
    }

    #[test]
    fn the_parts_of_an_image_make_it_up(reference in "[a-z/:@.0-9]{0,12}|\\PC*") {
        let ImageReference { name, tag, digest } = ImageReference::parse(&reference);
        let tag = tag.map_or(String::new(), |tag| format!(":{tag}"));
        let digest = digest.map_or(String::new(), |digest| format!("@{digest}"));
        prop_assert_eq!(format!("{name}{tag}{digest}"), reference.as_str());
        prop_assert!(reference.starts_with(binding_name(&reference)));
    }

    #[test]
    fn nothing_panics(value in odd_json(), other in odd_json(), list in vec(artifact(), 0..3), text in text()) {
        let _ = (Artifact::from_value(&value), message::artifacts(&text, None));
        if let Ok(expected) = ExpectedArtifact::from_value(&value) {
            let _ = trigger::any_artifact_matches(&list, &["", "e1"], std::slice::from_ref(&expected));
            let _ = trigger::matching_ids(&list, &[expected]);
        }
        let mut started = object(&value);
        let before = started.clone();
        let _ = pipeline::needs_prior_artifacts(&started);
        if pipeline::resolve(&mut started, &list).is_err() {
            prop_assert_eq!(started, before);
        }
        if let Ok(execution) = Execution::of(&value) {
            let _ = execution.all_artifacts();
            for stage in &execution.stages {
                let stage = execution.stage_by_id(stage.id).unwrap();
                let _ = (stage.artifacts(), stage.bound_artifact(Some("e1"), None, |_| object(&other)));
            }
        }
        let _ = constraints::satisfied_by_path(&object(&other), &object(&value));
        for kind in ["deployment", "pod", "hpa"] {
            let mut manifest = value.clone();
            let docker_image_binding = DockerImageBinding::of_setting(&text);
            let replacement = Replacement { docker_image_binding, ..Replacement::of_kind(&Kind::parse(kind)) };
            if replace(&mut manifest, &list, &replacement).is_err() {
                prop_assert_eq!(&manifest, &value);
            }
            let _ = find(&manifest, Replacer::of_kind(&Kind::parse(kind)));
        }
    }
}
