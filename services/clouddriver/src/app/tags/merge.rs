//! Ids of tagged things, and tags put together. Pure.

use gennaker_base::Timestamp;
use gennaker_wire::{Object, ObjectExt as _};
use serde_json::{Value, json};

/// What upstream writes beside an id.
const ID_PATTERN: &str = "{{cloudProvider}}:{{entityType}}:{{entityId}}:{{account}}:{{region}}";
/// What belongs to a request and not to the tags.
const OF_THE_REQUEST: [&str; 4] = ["isPartial", "user", "credentials", "cloudProvider"];

/// The things with their ids, those of one id put together.
///
/// # Errors
/// All findings.
pub(super) fn identified(items: Vec<Object>) -> Result<Vec<Object>, String> {
    let mut known: Vec<Object> = Vec::new();
    let mut findings = Vec::new();
    for (place, mut item) in items.into_iter().enumerate() {
        for name in OF_THE_REQUEST {
            item.remove(name);
        }
        findings.extend(complete(&mut item).err().map(|finding| format!("entity {place}: {finding}")));
        let same = known.iter_mut().find(|known| known.get("id").is_some_and(|id| item.get("id") == Some(id)));
        match same {
            Some(same) => add(same, tags(&item).to_vec()),
            None => known.push(item),
        }
    }
    if findings.is_empty() { Ok(known) } else { Err(findings.join("; ")) }
}

fn complete(item: &mut Object) -> Result<(), String> {
    let nameless = tags(item).iter().any(|tag| tag["name"].as_str().is_none_or(str::is_empty));
    if nameless || !item.get("tags").is_none_or(Value::is_array) {
        return Err("tags is a list of objects with a name".to_owned());
    }
    if item.text("id").is_some() {
        return Ok(());
    }
    let reference = item.object("entityRef").cloned().unwrap_or_default();
    let part = |name: &str| reference.text(name).filter(|text| !text.is_empty());
    let mut parts = Vec::new();
    for name in ["cloudProvider", "entityType", "entityId"] {
        parts.push(part(name).ok_or_else(|| format!("entityRef.{name} is missing"))?);
    }
    parts.push(part("accountId").or_else(|| part("account")).unwrap_or_else(|| "*".to_owned()));
    parts.push(part("region").unwrap_or_else(|| "*".to_owned()));
    item.insert("id".to_owned(), parts.join(":").to_lowercase().into());
    item.insert("idPattern".to_owned(), ID_PATTERN.into());
    Ok(())
}

/// What is to be stored of `sent`; `None` if that changes nothing. Partial tags are added to what there is, others replace it.
pub(super) fn merged(
    known: Option<&Object>,
    sent: &Object,
    partial: bool,
    user: &str,
    now: Timestamp,
) -> Option<Object> {
    let mut merged = sent.clone();
    let known_tags = known.map(tags).unwrap_or_default();
    let holds = |all: &[Value], one: &Value| all.iter().any(|tag| same_content(tag, one));
    let added = tags(sent).iter().any(|tag| !holds(known_tags, tag));
    let removed = !partial && known_tags.iter().any(|tag| !holds(tags(sent), tag));
    if known.is_some() && !added && !removed {
        return None;
    }
    let kept = known_tags.iter().filter(|known| partial && tags(sent).iter().all(|tag| !same_name(tag, known)));
    let kept: Vec<Value> = kept.cloned().collect();
    add(&mut merged, kept);
    let before = known.and_then(|known| known.get("tagsMetadata")).and_then(Value::as_array);
    let metadata = tags(&merged).iter().map(|tag| {
        let before = before.into_iter().flatten().find(|about| same_name(about, tag));
        let is_sent = tags(sent).iter().any(|sent| same_name(sent, tag));
        about(tag, before, is_sent, user, now)
    });
    let metadata: Vec<Value> = metadata.collect();
    // When a tag is from stands in what is known about it.
    for tag in merged.get_mut("tags").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(tag) = tag.as_object_mut() {
            tag.remove("timestamp");
        }
    }
    merged.insert("tagsMetadata".to_owned(), metadata.into());
    // What it is made from: front50 refuses it if that has changed meanwhile.
    match known.and_then(|known| known.get("lastModified")) {
        Some(made_from) => merged.insert("lastModified".to_owned(), made_from.clone()),
        None => merged.remove("lastModified"),
    };
    Some(merged)
}

/// What is left without the tags of these names; `None` if nothing is.
pub(super) fn without(known: &Object, names: &[String]) -> Option<Object> {
    let mut left = known.clone();
    let unwanted = |one: &Value| {
        let name = one["name"].as_str().unwrap_or_default();
        names.iter().any(|unwanted| unwanted.eq_ignore_ascii_case(name))
    };
    for list in ["tags", "tagsMetadata"] {
        if let Some(items) = left.get_mut(list).and_then(Value::as_array_mut) {
            items.retain(|item| !unwanted(item));
        }
    }
    (!tags(&left).is_empty()).then_some(left)
}

/// The names of the tags that are so.
pub(super) fn names_of(known: &Object, is: impl Fn(&Object) -> bool) -> Vec<String> {
    let wanted = tags(known).iter().filter_map(Value::as_object).filter(|tag| is(tag));
    wanted.filter_map(|tag| tag.text("name")).collect()
}

fn tags(item: &Object) -> &[Value] {
    item.get("tags").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Adds to the tags of a thing.
fn add(item: &mut Object, more: Vec<Value>) {
    let all: Vec<Value> = tags(item).iter().cloned().chain(more).collect();
    item.insert("tags".to_owned(), all.into());
}

fn same_name(left: &Value, right: &Value) -> bool {
    let name = |value: &Value| value["name"].as_str().unwrap_or_default().to_lowercase();
    name(left) == name(right)
}

fn same_content(left: &Value, right: &Value) -> bool {
    let field = |value: &Value, name: &str| value.get(name).cloned().unwrap_or_default();
    same_name(left, right)
        && ["value", "valueType", "namespace", "category"].iter().all(|name| field(left, name) == field(right, name))
}

fn about(tag: &Value, before: Option<&Value>, is_sent: bool, user: &str, now: Timestamp) -> Value {
    let at = tag.get("timestamp").and_then(Value::as_i64).map_or(now, Timestamp::from_millis);
    let mut about = before.cloned().unwrap_or_else(|| {
        json!({
            "name": tag["name"], "created": at, "createdBy": user, "lastModified": at, "lastModifiedBy": user,
        })
    });
    if is_sent {
        about["lastModified"] = json!(at);
        about["lastModifiedBy"] = json!(user);
    }
    about
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(9);

    fn object(value: Value) -> Object {
        value.as_object().expect("an object").clone()
    }

    fn tagged(tags: Value) -> Object {
        let reference =
            json!({"cloudProvider": "Sky", "entityType": "serverGroup", "entityId": "shop-v001", "account": "test"});
        let items = identified(vec![object(json!({"entityRef": reference, "tags": tags, "isPartial": true}))]);
        items.expect("it is right").remove(0)
    }

    #[test]
    fn an_id_is_made_of_the_reference() {
        assert_eq!(tagged(json!([]))["id"], "sky:servergroup:shop-v001:test:*");
        assert!(!tagged(json!([])).contains_key("isPartial"));
        let error = identified(vec![Object::new(), object(json!({"id": "x", "tags": [{}]}))]).expect_err("it is wrong");
        assert!(error.contains("entity 0: entityRef.cloudProvider") && error.contains("entity 1: tags"), "{error}");
        let twice = vec![
            object(json!({"id": "x", "tags": [{"name": "a"}]})),
            object(json!({"id": "x", "tags": [{"name": "b"}]})),
        ];
        let together = identified(twice).expect("it is right");
        assert_eq!((together.len(), tags(&together[0]).len()), (1, 2));
    }

    #[test]
    fn partial_tags_are_added_and_others_replace() {
        let first = tagged(json!([{"name": "a", "value": 1}, {"name": "b", "value": 1}]));
        let known = merged(None, &first, true, "ann", Timestamp::from_millis(1)).expect("it is new");
        assert_eq!(known["tagsMetadata"][0]["createdBy"], "ann");
        assert_eq!(merged(Some(&known), &first, true, "bob", NOW), None, "nothing changes");
        let more = tagged(json!([{"name": "B", "value": 2}]));
        let partial = merged(Some(&known), &more, true, "bob", NOW).expect("it changes");
        let values: Vec<_> = tags(&partial).iter().map(|tag| (tag["name"].clone(), tag["value"].clone())).collect();
        assert_eq!(values, [(json!("B"), json!(2)), (json!("a"), json!(1))]);
        let about = &partial["tagsMetadata"][0];
        assert_eq!((&about["createdBy"], &about["lastModifiedBy"]), (&json!("ann"), &json!("bob")));
        let whole = merged(Some(&known), &more, false, "bob", NOW).expect("it changes");
        assert_eq!(tags(&whole).len(), 1);
    }

    #[test]
    fn what_is_left_without_tags_may_be_nothing() {
        let known = tagged(json!([{"name": "a", "namespace": "x"}, {"name": "b"}]));
        let left = without(&known, &["A".to_owned()]).expect("b is left");
        assert_eq!(names_of(&left, |_| true), ["b"]);
        assert_eq!(without(&left, &["b".to_owned()]), None);
        assert_eq!(names_of(&known, |tag| tag.text("namespace").as_deref() == Some("x")), ["a"]);
    }
}
