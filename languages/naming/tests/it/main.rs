//! Properties of names: what was composed parses back, and no text makes anything panic.

use gennaker_naming::{
    Moniker,
    frigga::{
        Labels, Names, ServerGroupName, TakenSlot, check_name, check_name_with_hyphen, next_group_name,
        uses_reserved_format,
    },
    kubernetes::{
        Artifact, Kind, Manifest, Marking, Strategy as DeployStrategy, Traffic, annotate_artifact, annotated_artifact,
        apply_moniker, derive_moniker, latest_version, next_version, parse_full_resource_name, set_traffic,
        to_artifact,
    },
};
use proptest::{collection::vec, option, prelude::*};
use serde_json::{Value, json};

/// What may stand in a stack, and what looks like a push.
fn stack() -> impl Strategy<Value = Option<String>> {
    option::of(prop_oneof!["[a-zA-Z0-9._]{0,8}", "v[0-9]{2,7}"])
}

/// What may stand in a detail, and what has something like a push among its words.
fn detail() -> impl Strategy<Value = Option<String>> {
    option::of(prop_oneof!["[a-zA-Z0-9._~^-]{0,16}", "([a-z]{0,2}-){0,2}v[0-9]{2,7}(-[a-z]{0,2})?"])
}

fn absent_if_empty(part: Option<String>) -> Option<String> {
    part.filter(|part| !part.is_empty())
}

/// Mostly characters and words that mean something in a name.
fn odd_text() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "app", "-", "v", "v001", "-v012", "c0eu", "z0", "0", "system:", ":", ".", "~", "^", " ", "\n", "é", "\u{2028}",
        "\"", "\\", "[", "]", "{", "}", ",", "true", "null", "1", "1e400", "-7", "/",
    ]);
    prop_oneof![vec(words, 0..8).prop_map(|words| words.concat()), any::<String>()]
}

/// JSON with the fields that names come from, of any type.
fn odd_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        odd_text().prop_map(Value::from)
    ];
    let keys = prop::sample::select(vec![
        "apiVersion",
        "kind",
        "metadata",
        "name",
        "generateName",
        "namespace",
        "annotations",
        "labels",
        "spec",
        "template",
        "moniker.spinnaker.io/sequence",
        "moniker.spinnaker.io/application",
        "traffic.spinnaker.io/load-balancers",
        "strategy.spinnaker.io/versioned",
        "strategy.spinnaker.io/max-version-history",
        "artifact.spinnaker.io/type",
        "kubectl.kubernetes.io/last-applied-configuration",
        "deployment.kubernetes.io/revision",
    ]);
    leaf.prop_recursive(5, 64, 8, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            vec((keys.clone(), inner), 0..8)
                .prop_map(|fields| Value::Object(fields.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())),
        ]
    })
}

fn manifest() -> impl Strategy<Value = Manifest> {
    (odd_text(), odd_text(), odd_json(), odd_json(), odd_json()).prop_map(|(kind, name, annotations, labels, spec)| {
        let metadata = json!({"name": name, "annotations": annotations, "labels": labels});
        let fields = [("kind", json!(kind)), ("metadata", metadata), ("spec", spec)];
        Manifest::from_iter(fields.map(|(key, value)| (key.to_owned(), value)))
    })
}

proptest! {
    #[test]
    fn a_validated_name_parses_back_into_its_parts(
        app in "[a-zA-Z0-9._]{1,8}", stack in stack(), detail in detail(), sequence in option::of(0..=999_999),
    ) {
        let name = ServerGroupName { stack, detail, sequence, ..ServerGroupName::new(app) };
        let Ok(cluster) = name.validated_cluster() else { return Ok(()) };
        let composed = name.compose().unwrap();
        let names = Names::parse(&composed);
        prop_assert_eq!(&names.group, &Some(composed.clone()));
        prop_assert_eq!(&names.cluster, &Some(cluster));
        prop_assert_eq!(&names.app, &name.app);
        prop_assert_eq!(&names.stack, &absent_if_empty(name.stack));
        prop_assert_eq!(&names.detail, &absent_if_empty(name.detail));
        prop_assert_eq!(names.sequence, name.sequence);
        prop_assert_eq!(Moniker::parse(&composed).server_group_name().unwrap(), composed);
    }

    #[test]
    fn labels_parse_back(countries in option::of("[a-zA-Z1-9]{1,5}"), used_by in option::of("[a-zA-Z1-9]{1,5}"), zone in option::of("[a-zA-Z1-9]{1,5}")) {
        let labels = Labels { countries, used_by, zone, ..Labels::default() };
        let name = ServerGroupName { stack: Some("s".into()), labels: labels.clone(), ..ServerGroupName::new("app") };
        prop_assert_eq!(Names::parse(&name.validated_cluster().unwrap()).labels, labels);
    }

    #[test]
    fn the_next_server_group_is_free_and_of_the_same_cluster(
        app in "[a-z]{1,8}", stack in option::of("[a-z]{0,8}"), taken in vec((0..1000_i32, any::<i64>()), 0..40),
    ) {
        let name = ServerGroupName { stack, ..ServerGroupName::new(app) };
        let taken: Vec<_> = taken.into_iter().map(|(sequence, created)| TakenSlot {
            server_group_name: name.numbered(sequence).unwrap().compose().unwrap(),
            sequence: Some(sequence),
            created_time: Some(created),
        }).collect();
        let next = name.next(&taken).unwrap().compose().unwrap();
        prop_assert!(taken.iter().all(|slot| slot.server_group_name != next));
        prop_assert_eq!(Names::parse(&next).cluster, Some(name.cluster().unwrap()));
    }

    #[test]
    fn names_are_made_of_their_parts(name in odd_text()) {
        let names = Names::parse(&name);
        match (&names.group, &names.cluster) {
            (None, None) => prop_assert_eq!(names, Names::default()),
            (Some(group), Some(cluster)) => {
                prop_assert_eq!(group, &name);
                prop_assert_eq!(cluster.clone() + &names.push.map(|push| format!("-{push}")).unwrap_or_default(), name);
            }
            _ => prop_assert!(false, "a group without a cluster, or the other way round"),
        }
    }

    #[test]
    fn no_text_makes_a_name_function_panic(a in odd_text(), b in option::of(odd_text()), c in option::of(odd_text()), n in option::of(any::<i32>())) {
        let _ = (Names::parse_valid(&a), next_group_name(&a), check_name(&a), check_name_with_hyphen(&a), uses_reserved_format(&a));
        let slot = TakenSlot { server_group_name: a.clone(), sequence: n, created_time: None };
        let name = ServerGroupName { app: Some(a.clone()), stack: b, detail: c, sequence: n, ..ServerGroupName::default() };
        let _ = (name.compose(), name.validated_cluster(), name.next(&[slot]));
        let kind = Kind::parse(&a);
        prop_assert_eq!(&Kind::parse(&kind.to_string()), &kind);
        let _ = parse_full_resource_name(&a);
    }

    #[test]
    fn no_manifest_makes_anything_panic(manifest in manifest(), app in option::of(odd_text()), version in any::<u32>(), text in odd_text()) {
        let _ = (DeployStrategy::of(&manifest), Traffic::of(&manifest), annotated_artifact(&manifest, "a"));
        let _ = (manifest.full_resource_name(), to_artifact(&manifest, "a", Some(version)));
        let prior = Artifact { version: Some(format!("v{text}")), ..Artifact::default() };
        let _ = (next_version(&manifest, std::slice::from_ref(&prior)), latest_version(&[prior]));
        let moniker = Moniker { app, sequence: Some(1), ..derive_moniker(&manifest).unwrap_or_default() };
        let mut marked = manifest.clone();
        let results = [
            apply_moniker(&mut marked, &moniker, &Marking::default()).is_ok(),
            annotate_artifact(&mut marked, &Artifact::default()).is_ok(),
            set_traffic(&mut marked, &Traffic { load_balancers: vec![text] }).is_ok(),
        ];
        if !results.contains(&true) {
            prop_assert_eq!(marked, manifest);
        }
    }

    #[test]
    fn an_applied_moniker_is_derived_again(
        app in option::of("[^\"]{0,8}"), cluster in option::of("[^\"]{0,8}"), detail in option::of("[^\"]{0,8}"),
        stack in option::of("[^\"]{0,8}"), sequence in option::of(any::<i32>()),
    ) {
        let moniker = Moniker { app, cluster, detail, stack, sequence };
        let mut manifest: Manifest = serde_json::from_value(json!({"kind": "Deployment", "metadata": {}})).unwrap();
        apply_moniker(&mut manifest, &moniker, &Marking::default()).unwrap();
        prop_assert_eq!(derive_moniker(&manifest).unwrap(), moniker);
    }
}
