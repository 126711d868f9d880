use serde_json::json;

use super::*;

fn read(canary: Value) -> Result<Settings, Error> {
    let Value::Object(canary) = canary else { panic!("settings are an object") };
    let analysis_configurations = [("canary".to_owned(), Some(canary))].into();
    Settings::of(&MetricConfig { name: "m".into(), analysis_configurations, ..MetricConfig::default() })
}

#[test]
fn without_settings_there_are_defaults() {
    let settings = read(json!({})).unwrap();
    assert_eq!(settings, Settings { comparison: Comparison::by(Measure::MeanRatio), outliers: None, muted: false });
    assert_eq!(Settings::of(&MetricConfig::default()).unwrap(), settings);
    let absent = [("canary".to_owned(), None)].into();
    assert_eq!(
        Settings::of(&MetricConfig { analysis_configurations: absent, ..MetricConfig::default() }).unwrap(),
        settings
    );
}

#[test]
fn every_setting_is_read() {
    let settings = read(json!({
        "direction": "decrease", "nanStrategy": "replace", "critical": true, "mustHaveData": true, "muted": true,
        "outliers": {"strategy": "remove", "outlierFactor": 2},
        "effectSize": {
            "measure": "cles", "allowedIncrease": 0.7, "allowedDecrease": 0.3, "criticalIncrease": 1,
            "criticalDecrease": 0,
        },
    }))
    .unwrap();
    let comparison = Comparison {
        direction: Direction::Decrease,
        missing: missing::Strategy::Replace,
        critical: true,
        must_have_data: true,
        allowed: EffectThresholds { decrease: 0.3, increase: 0.7 },
        critical_from: EffectThresholds { decrease: 0.0, increase: 1.0 },
        ..Comparison::by(Measure::Cles)
    };
    let outliers = Some(Detector::guarded_iqr(2.0).unwrap());
    assert_eq!(settings, Settings { comparison, outliers, muted: true });
}

#[test]
fn thresholds_default_to_no_effect() {
    let of = |measure: &str| read(json!({"effectSize": {"measure": measure}})).unwrap().comparison.allowed.increase;
    assert_eq!((of("cles"), of("meanRatio"), of("bogus")), (0.5, 1.0, 1.0));
}

#[test]
fn unknown_names_and_what_is_no_text_are_the_default() {
    for name in [json!("bogus"), json!(5), json!(["decrease"]), json!({"a": "decrease"}), json!(true)] {
        let settings = read(json!({
            "direction": name, "nanStrategy": name, "outliers": {"strategy": name}, "effectSize": {"measure": name},
        }));
        assert_eq!(settings.unwrap(), read(json!({})).unwrap(), "{name}");
    }
}

#[test]
fn null_is_zero_and_false() {
    let settings = read(json!({"critical": null, "effectSize": {"allowedDecrease": null}})).unwrap();
    assert!(!settings.comparison.critical);
    assert_eq!(settings.comparison.allowed, EffectThresholds { decrease: 0.0, increase: 1.0 });
    assert_eq!(read(json!({"effectSize": null, "outliers": null})).unwrap(), read(json!({})).unwrap());
}

#[test]
fn wrong_types_are_refused_with_their_place() {
    for (canary, problem) in [
        (json!({"critical": "true"}), r#"canary.critical of metric "m" must be true or false, and it is "true""#),
        (json!({"muted": 1}), r#"canary.muted of metric "m" must be true or false, and it is 1"#),
        (
            json!({"mustHaveData": [true]}),
            r#"canary.mustHaveData of metric "m" must be true or false, and it is [true]"#,
        ),
        (json!({"direction": null}), r#"canary.direction of metric "m" must be a text, and it is null"#),
        (
            json!({"effectSize": {"allowedIncrease": "1.1"}}),
            r#"canary.effectSize.allowedIncrease of metric "m" must be a number, and it is "1.1""#,
        ),
        (
            json!({"effectSize": [[{"allowedIncrease": 1.1}]]}),
            r#"canary.effectSize.allowedIncrease of metric "m" must be a number, and it is [[{"allowedIncrease":1.1}]]"#,
        ),
    ] {
        let error = read(canary).unwrap_err().to_string();
        assert_eq!(error, format!("the setting {problem}: correct it in the canary configuration"));
    }
}

#[test]
fn factors_only_matter_where_outliers_are_removed() {
    assert!(read(json!({"outliers": {"outlierFactor": 0}})).is_ok());
    let error = read(json!({"outliers": {"outlierFactor": 0, "strategy": "remove"}})).unwrap_err();
    assert!(error.to_string().starts_with("the setting canary.outliers.outlierFactor of metric \"m\": the factor"));
}

#[test]
fn what_is_no_object_on_the_way_holds_nothing() {
    for size in [json!(7), json!([]), json!([{"measure": "cles"}]), json!("x")] {
        assert_eq!(read(json!({"effectSize": size})).unwrap(), read(json!({})).unwrap());
    }
}
