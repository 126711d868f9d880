//! Finding an instance of which only the account, the region and the id are known, by clouddriver's search.
//!
//! A search finds every name that holds the text: `shop-v001-1` finds `shop-v001-10`, too. Only the instance itself counts here.

use gennaker_wire::{Object, ObjectExt};
use serde_json::Value;

use crate::{TaskContext, TaskError};

/// What clouddriver finds of the instance; `None` if it has ended.
pub(crate) async fn found(
    context: &TaskContext,
    account: &str,
    region: &str,
    id: &str,
) -> Result<Option<Object>, TaskError> {
    let pages = context.clients.clouddriver.search(&context.caller, id, "instances").await?;
    let results = pages.get(0).and_then(|page| page.get("results")).and_then(Value::as_array);
    let mut results = results.into_iter().flatten().filter_map(Value::as_object);
    Ok(results.find(|result| is_it(result, account, region, id)).cloned())
}

fn is_it(result: &Object, account: &str, region: &str, id: &str) -> bool {
    let is = |field: &str, value: &str| result.text(field).as_deref() == Some(value);
    is("account", account) && is("region", region) && (is("instanceId", id) || is("name", id))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn another_whose_name_begins_alike_is_not_it() {
        let is = |id: &str, name: &str, region: &str| {
            let result = json!({"account": "local", "region": region, "instanceId": id, "name": name});
            is_it(result.as_object().expect("an object"), "local", "here", "shop-v001-1")
        };
        assert!(is("shop-v001-1", "one", "here") && is("i-1", "shop-v001-1", "here"));
        assert!(!is("shop-v001-10", "ten", "here") && !is("shop-v001-1", "one", "there"));
    }
}
