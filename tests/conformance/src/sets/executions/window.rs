//! Cases outside of their execution window: the window is moved away from the present hour.
//!
//! They were recorded in the afternoon with a window in the night; at that hour they would be inside of it. Then the window
//! is moved by half a day, in what is sent and in what is expected. At other hours a case stays as it was recorded.

use serde_json::Value;

/// The names of the cases in question begin so.
const OUTSIDE: &str = "window-outside";

/// Moves the windows of a case that plays outside of them, if `hour` (UTC, from 0) is in one or within an hour of it.
pub(super) fn move_away(case: &mut Value, hour: i8) {
    let outside = case["name"].as_str().is_some_and(|name| name.starts_with(OUTSIDE));
    if outside && near(case, i64::from(hour)) {
        shift(case);
    }
}

fn near(json: &Value, hour: i64) -> bool {
    let children: Vec<&Value> = match json {
        Value::Object(fields) => {
            let ends =
                fields.get("startHour").and_then(Value::as_i64).zip(fields.get("endHour").and_then(Value::as_i64));
            if let Some((start, end)) = ends {
                return (start - 1..=end + 1).contains(&hour);
            }
            fields.values().collect()
        }
        Value::Array(items) => items.iter().collect(),
        _ => return false,
    };
    children.into_iter().any(|child| near(child, hour))
}

fn shift(json: &mut Value) {
    match json {
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                match field.as_i64() {
                    Some(hour) if ["startHour", "endHour"].contains(&name.as_str()) => {
                        *field = ((hour + 12) % 24).into()
                    }
                    _ => shift(field),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(shift),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_window_is_moved_only_at_its_own_hours() {
        let case = |start: i64, end: i64| {
            let window = json!({"whitelist": [{"startHour": start, "startMin": 0, "endHour": end, "endMin": 0}]});
            json!({"name": "window-outside-skip", "request": {"a": window}, "expected": [window]})
        };
        for (hour, expected) in
            [(15, case(3, 4)), (1, case(3, 4)), (2, case(15, 16)), (3, case(15, 16)), (5, case(15, 16))]
        {
            let mut moved = case(3, 4);
            move_away(&mut moved, hour);
            assert_eq!(moved, expected, "{hour}");
        }
        let mut inside = case(3, 4);
        inside["name"] = "window-inside".into();
        let before = inside.clone();
        move_away(&mut inside, 3);
        assert_eq!(inside, before);
    }
}
