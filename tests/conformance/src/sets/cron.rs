//! The set `cron`: when cron triggers fire, and what is said of their expressions (`gennaker-cron`).
//!
//! A case is `{"id", "expression", "valid", ...}` and expects what else it names: `fuzzed`, the expression for the trigger
//! `triggerId`; `next`, the three first times after `base` in `timezone`, and `exhausted` if there are fewer; `nextLocal`,
//! the same times as that zone's clock shows them; `satisfied`, whether it fires at `base`; `description`.
//!
//! The message of a refusal is not compared: ours says what to write instead.

use gennaker_cron::{Expression, fuzzy};
use jiff::{Timestamp, Zoned, tz::TimeZone};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{Case, Failure, Set};

/// The set `cron`.
pub(super) struct Cron;

impl Set for Cron {
    fn name(&self) -> &'static str {
        "cron"
    }

    fn about(&self) -> &'static str {
        "when cron triggers fire"
    }

    fn play(&self, case: &Case) -> Result<(), Failure> {
        let asked = Asked::deserialize(&case.json).map_err(|error| Failure::NotPlayed(error.to_string()))?;
        let got = asked.answer().map_err(|error| Failure::NotPlayed(error.to_string()))?;
        let expected: Map<_, _> = ["valid", "fuzzed", "next", "nextLocal", "exhausted", "satisfied", "description"]
            .into_iter()
            .filter_map(|key| Some((key.to_owned(), case.json.get(key)?.clone())))
            .collect();
        Failure::unless_equal(&Value::Object(expected), got)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    expression: String,
    trigger_id: Option<String>,
    base: Option<Timestamp>,
    timezone: Option<String>,
    next_local: Option<Value>,
    satisfied: Option<bool>,
    description: Option<String>,
}

impl Asked {
    fn answer(&self) -> anyhow::Result<Value> {
        let settled = match &self.trigger_id {
            Some(id) => fuzzy::settle(&self.expression, id),
            None => self.expression.as_str().into(),
        };
        let mut answer = json!({"valid": false});
        if self.trigger_id.is_some() {
            answer["fuzzed"] = json!(settled);
        }
        let Ok(expression) = Expression::parse(&settled) else { return Ok(answer) };
        answer["valid"] = json!(true);
        if let (Some(base), Some(zone)) = (self.base, &self.timezone) {
            let zone = TimeZone::get(zone)?;
            let next: Vec<_> = expression.times_after(base, &zone).take(3).collect();
            answer["next"] = next.iter().map(|time| time.to_string()).collect();
            if self.next_local.is_some() {
                answer["nextLocal"] = next.iter().map(|time| local(&time.to_zoned(zone.clone()))).collect();
            }
            if next.len() < 3 {
                answer["exhausted"] = json!(true);
            }
            if self.satisfied.is_some() {
                answer["satisfied"] = json!(expression.is_satisfied_by(base, &zone));
            }
        }
        if self.description.is_some() {
            answer["description"] = json!(fuzzy::validate(&self.expression)?);
        }
        Ok(answer)
    }
}

/// As Java prints a time with its offset: no seconds if they are 0, and `Z` for none.
fn local(time: &Zoned) -> String {
    let seconds = if time.second() == 0 { "" } else { ":%S" };
    let offset = if time.offset().seconds() == 0 { "Z" } else { "%:z" };
    time.strftime(&format!("%Y-%m-%dT%H:%M{seconds}{offset}")).to_string()
}
