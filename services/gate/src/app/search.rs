//! Search over names: applications from front50 and clouddriver together, everything else from clouddriver.

use gennaker_clients::{Call, Clients};
use gennaker_http::{Caller, Result};
use gennaker_wire::{Object, ObjectExt};
use serde_json::{Value, json};

use super::application_list::ApplicationList;

/// The type that front50 knows more about than clouddriver.
const APPLICATIONS: &str = "applications";

/// What is searched.
#[derive(Debug, Clone, Default)]
pub(crate) struct Search {
    /// What the names have in them, in whatever case.
    pub(crate) text: String,
    /// The types, for example `serverGroups`.
    pub(crate) types: Vec<String>,
    /// The page, from 1.
    pub(crate) page: usize,
    /// The most results a page.
    pub(crate) page_size: usize,
    /// Only one cloud's.
    pub(crate) platform: Option<String>,
    /// Fields that the results have.
    pub(crate) filters: Vec<(String, String)>,
}

/// The results: a list of one page. As in upstream, each source counts its pages by itself.
pub(crate) async fn search(
    list: &ApplicationList,
    clients: &Clients,
    caller: &Caller,
    search: &Search,
) -> Result<Value> {
    let (known, others): (Vec<&String>, Vec<&String>) = search.types.iter().partition(|kind| *kind == APPLICATIONS);
    if known.is_empty() {
        return clients.clouddriver.forward(caller, call(search, &others)).await;
    }
    let applications = matching(list.objects(clients, caller).await?, search);
    let mut total = applications.len() as u64;
    let first = search.page_size.saturating_mul(search.page.saturating_sub(1));
    let mut results: Vec<Value> = applications.into_iter().skip(first).take(search.page_size).collect();
    if !others.is_empty() {
        let answer = clients.clouddriver.forward(caller, call(search, &others)).await?;
        for page in answer.as_array().into_iter().flatten() {
            total += page["totalMatches"].as_u64().unwrap_or(0);
            results.extend(page["results"].as_array().cloned().unwrap_or_default());
        }
    }
    Ok(json!([{
        "totalMatches": total,
        "pageNumber": search.page,
        "pageSize": search.page_size,
        "platform": search.platform.as_deref().unwrap_or("gate"),
        "query": search.text,
        "results": results,
    }]))
}

fn call(search: &Search, types: &[&String]) -> Call {
    let mut call = Call::get(&["search"])
        .query("q", &search.text)
        .query("pageSize", search.page_size)
        .query("page", search.page)
        .query_if("platform", search.platform.as_ref());
    for kind in types {
        call = call.query("type", kind);
    }
    search.filters.iter().fold(call, |call, (name, value)| call.query(name, value))
}

/// The applications that are looked for, as results.
fn matching(applications: Vec<Object>, search: &Search) -> Vec<Value> {
    let text = search.text.to_lowercase();
    let mut results = Vec::new();
    for mut application in applications {
        let name = application.text("name").unwrap_or_default();
        let providers = application.text("cloudProviders").unwrap_or_default();
        application.insert("type".to_owned(), APPLICATIONS.into());
        application.insert("application".to_owned(), name.clone().into());
        application.insert("provider".to_owned(), providers.split(',').next().unwrap_or_default().into());
        application.insert("url".to_owned(), format!("/applications/{name}").into());
        let filters = &mut search.filters.iter();
        if name.contains(&text) && filters.all(|(field, value)| application.text(field).as_ref() == Some(value)) {
            results.push(Value::Object(application));
        }
    }
    results
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn applications_are_found_by_name_and_fields() {
        let of = |name: &str| json!({"name": name, "email": "a@b.c"}).as_object().cloned().expect("an object");
        let search =
            Search { text: "SHO".into(), filters: vec![("email".into(), "a@b.c".into())], ..Search::default() };
        let found = matching(vec![of("shop"), of("other")], &search);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0]["application"], "shop");
        let search = Search { filters: vec![("email".into(), "x".into())], ..search };
        assert_eq!(matching(vec![of("shop")], &search), Vec::<Value>::new());
    }
}
