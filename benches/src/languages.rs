//! The languages: what they cost the program, in this process, with the program's allocator.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use gennaker_judge::{CanaryConfig, MetricSetPair, ScoreThresholds};
use gennaker_spel::{
    Nothing,
    pipeline::{self, Context, Options},
};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value, json};

use crate::{
    report::{Report, Row, millis},
    sample::Sample,
};

/// How often each is measured.
const TIMES: usize = 200;
/// What is too short for a clock is done so often in a row.
const BATCH: u32 = 1000;

pub(crate) fn measure(report: &mut Report) -> anyhow::Result<()> {
    expressions(report)?;
    cron(report)?;
    judge(report)?;
    yaml(report)
}

/// The median of so many runs, after some that do not count.
fn median(times: usize, mut run: impl FnMut()) -> Duration {
    (0..times.div_ceil(10)).for_each(|_| run());
    let mut sample = Sample::default();
    for _ in 0..times {
        let start = Instant::now();
        run();
        sample.add(start.elapsed());
    }
    sample.median()
}

fn row(what: &str, took: Duration, limit: Duration, method: &str) -> Row {
    Row {
        what: what.to_owned(),
        target: Some((format!("< {}", short(limit)), took < limit)),
        original: "-",
        measured: short(took),
        method: method.to_owned(),
    }
}

fn short(duration: Duration) -> String {
    let micros = duration.as_secs_f64() * 1e6;
    if micros < 100.0 { format!("{micros:.2} us") } else { millis(duration) }
}

fn expressions(report: &mut Report) -> anyhow::Result<()> {
    let execution = json!({
        "id": "01", "type": "PIPELINE", "application": "shop",
        "trigger": {"type": "manual", "user": "ann", "parameters": {"tag": "v7", "regions": "us-east-1,us-west-2"}},
        "stages": [
            {"id": "s1", "refId": "1", "type": "bake", "name": "Bake", "status": "SUCCEEDED", "context": {}, "outputs": {"ami": "ami-1"}},
            {"id": "s2", "refId": "2", "type": "deploy", "name": "Deploy", "status": "RUNNING", "requisiteStageRefIds": ["1"],
             "context": {"replicas": 3, "zones": ["a", "b", "c"], "labels": {"app": {"name": "shop"}}}, "outputs": {}},
        ],
    });
    let execution = execution.as_object().context("an object")?;
    let context = Context::of_stage(execution, "s2").context("a stage")?;
    let options = Options::default();

    let kinds = [
        "${replicas + 1}",
        "${labels.app.name}",
        "${trigger.parameters.tag}-${ami}",
        "${parameters.tag ?: 'latest'}",
        "${zones.?[#this != 'b']}",
        "${replicas > 2 ? zones[0] : zones[1]}",
        "${#stage('Bake').status.toString() == 'SUCCEEDED'}",
        "${parameters.regions.split(',')[0]}",
    ];
    let settings: Map<String, Value> =
        kinds.iter().cycle().take(200).enumerate().map(|(index, text)| (format!("key{index}"), json!(text))).collect();
    let done = pipeline::process(&settings, &context, &Nothing, &options);
    anyhow::ensure!(done.summary.failures().is_empty(), "{:?}", done.summary.failures());
    let took = median(TIMES, || _ = black_box(pipeline::process(&settings, &context, &Nothing, &options)));
    report.add(row(
        "a stage's settings, 200 expressions",
        took,
        Duration::from_millis(1),
        "median of 200 evaluations, one after the other, of settings with 200 expressions of eight kinds, parsed each time.",
    ));

    let took = median(TIMES, || {
        for _ in 0..BATCH {
            _ = black_box(pipeline::evaluate("${replicas + 1}", &context, &Nothing, &options));
        }
    });
    report.add(row(
        "a short expression",
        took / BATCH,
        Duration::from_micros(2),
        "`${replicas + 1}`, parsed and evaluated; median of 200 times 1,000 in a row.",
    ));
    Ok(())
}

fn cron(report: &mut Report) -> anyhow::Result<()> {
    let expression = gennaker_cron::Expression::parse("0 15 10 ? * 6#3")?;
    let zone = TimeZone::get("America/Los_Angeles")?;
    let start: Timestamp = "2026-01-15T10:20:30Z".parse()?;
    let took = median(TIMES, || {
        let mut time = start;
        for _ in 0..BATCH {
            time = expression.next_after(black_box(time), &zone).unwrap_or(start);
        }
    });
    report.add(row(
        "cron: the next time",
        took / BATCH,
        Duration::from_micros(2),
        "`0 15 10 ? * 6#3` in Los Angeles, each time after the one before; median of 200 times 1,000 in a row.",
    ));
    Ok(())
}

fn judge(report: &mut Report) -> anyhow::Result<()> {
    let names: Vec<String> = (0..50).map(|index| format!("metric{index}")).collect();
    let metrics: Vec<Value> = names
        .iter()
        .map(|name| json!({"name": name, "groups": ["all"], "analysisConfigurations": {"canary": {"direction": "either"}}}))
        .collect();
    let config: CanaryConfig = serde_json::from_value(json!({
        "name": "bench", "applications": [], "metrics": metrics, "templates": {},
        "classifier": {"groupWeights": {"all": 100}},
        "judge": {"name": "NetflixACAJudge-v1.0", "judgeConfigurations": {}},
    }))?;
    let thresholds: ScoreThresholds = serde_json::from_value(json!({"pass": 80.0, "marginal": 50.0}))?;
    // A small generator of its own, so that every run has the same numbers.
    let mut state = 1_u64;
    let mut series = |shift: f64| -> Vec<f64> {
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64 / f64::from(1_u32 << 31)
        };
        (0..1440).map(|_| 10.0 + shift + next() + next() + next()).collect()
    };
    let pairs: Vec<MetricSetPair> = names
        .iter()
        .enumerate()
        .map(|(index, name)| {
            let shift = if index % 5 == 0 { 0.3 } else { 0.0 };
            let values = [("control".to_owned(), series(0.0)), ("experiment".to_owned(), series(shift))].into();
            MetricSetPair { name: name.clone(), values, ..MetricSetPair::default() }
        })
        .collect();
    gennaker_judge::judge(&config, &thresholds, &pairs)?;
    let took = median(TIMES / 10, || _ = black_box(gennaker_judge::judge(&config, &thresholds, &pairs)));
    report.add(row(
        "canary judgement, 50 x 1,440",
        took,
        Duration::from_millis(20),
        "median of 20 judgements of 50 metrics with 1,440 points each in control and experiment, a fifth of them shifted.",
    ));
    Ok(())
}

fn yaml(report: &mut Report) -> anyhow::Result<()> {
    let text = manifest(1 << 20);
    gennaker_yaml::read_all_json(&text)?;
    let took = median(TIMES / 4, || _ = black_box(gennaker_yaml::read_all_json(&text)));
    report.add(row(
        "YAML, a manifest of 1 MiB",
        took,
        Duration::from_millis(15),
        "median of 50 readings into JSON of Kubernetes deployments, 1 MiB together.",
    ));
    Ok(())
}

/// Deployments, of that many bytes together.
fn manifest(bytes: usize) -> String {
    let mut text = String::new();
    for number in 0.. {
        if text.len() >= bytes {
            break;
        }
        text.push_str(&format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: shop-{number}\n  labels:\n    app: shop\n    \
             version: \"{number}\"\n  annotations:\n    moniker.spinnaker.io/application: shop\nspec:\n  replicas: 3\n  \
             selector:\n    matchLabels:\n      app: shop\n  template:\n    metadata:\n      labels:\n        app: shop\n    \
             spec:\n      containers:\n        - name: shop\n          image: registry.example.com/shop:v{number}\n          \
             ports:\n            - containerPort: 8080\n          env:\n            - name: LEVEL\n              value: info\n          \
             resources:\n            limits: {{cpu: 500m, memory: 256Mi}}\n          readinessProbe:\n            \
             httpGet:\n              path: /health\n              port: 8080\n            periodSeconds: 10\n---\n"
        ));
    }
    // The last separator would begin an empty document.
    text.truncate(text.len() - "---\n".len());
    text
}
