//! What a case deleted in front50, and that upstream's answered it all the same.
//!
//! Upstream's front50 looks for one object in its store, and if it is not there in its memory, which forgets a deleted one
//! only at the next refresh (`StorageServiceSupport.findById`). Whether a read right after a deletion finds it is a race of
//! upstream's; ours has forgotten it, which is accepted until the case waits.

use serde_json::Value;

use super::CallFields;

/// What was deleted so far.
#[derive(Debug, Default)]
pub(crate) struct Deleted {
    paths: Vec<String>,
}

impl Deleted {
    /// Notes what a call deleted, by a `DELETE` of front50 or by the jobs of a task, and what one may have made again.
    /// One that was not recorded as done (`status`) did neither.
    pub(crate) fn note(&mut self, call: &CallFields, status: u64) {
        if !(200..300).contains(&status) {
            return;
        }
        let is_front50 = call.service.as_deref() == Some("front50");
        if let (true, Some(path)) = (is_front50, &call.path) {
            match call.method.as_deref() {
                Some("DELETE") => self.paths.push(path.clone()),
                Some("POST" | "PUT") => self.paths.retain(|deleted| collection(deleted) != collection(path)),
                _ => {}
            }
        }
        let jobs = call.body.as_ref().and_then(|body| body["job"].as_array());
        let applications = jobs.into_iter().flatten().filter(|job| job["type"] == "deleteApplication");
        let names = applications.filter_map(|job| job["application"]["name"].as_str());
        self.paths.extend(names.map(|name| format!("/v2/applications/{name}")));
    }

    /// Whether the call reads something deleted, which was recorded as still there and is not there in ours.
    pub(crate) fn explains(&self, call: &CallFields, recorded: (u64, &Value), got: u64) -> bool {
        let is_read = call.service.as_deref() == Some("front50") && call.method.as_deref() == Some("GET");
        let (200, body, 404, true, Some(path)) = (recorded.0, recorded.1, got, is_read, &call.path) else {
            return false;
        };
        let pipeline = match (body["application"].as_str(), body["name"].as_str()) {
            (Some(application), Some(name)) if path.ends_with("/get") => format!("/pipelines/{application}/{name}"),
            _ => String::new(),
        };
        self.paths.iter().any(|deleted| deleted == path || *deleted == pipeline)
    }
}

/// What a path's object is one of: `/pipelines/shop/one` is one of `pipelines`, `/v2/projects/x` of `projects`.
fn collection(path: &str) -> &str {
    let path = path.split('?').next().unwrap_or_default().trim_start_matches('/');
    path.strip_prefix("v2/").unwrap_or(path).split('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn call(method: &str, path: &str, body: Option<Value>) -> CallFields {
        let (service, method, path) = (Some("front50".to_owned()), Some(method.to_owned()), Some(path.to_owned()));
        CallFields { service, method, path, body, ..CallFields::default() }
    }

    #[test]
    fn only_what_was_deleted_may_be_gone() {
        let mut deleted = Deleted::default();
        deleted.note(&call("GET", "/pipelineTemplates/a", None), 200);
        deleted.note(&call("DELETE", "/pipelineTemplates/b", None), 200);
        deleted.note(&call("DELETE", "/pipelines/shop/one", None), 204);
        deleted.note(&call("DELETE", "/strategies/s", None), 404);
        deleted.note(&call("DELETE", "/v2/projects/p", None), 200);
        deleted.note(&call("POST", "/v2/projects", None), 200);
        let job = json!({"job": [{"type": "deleteApplication", "application": {"name": "shop"}}]});
        deleted.note(&call("POST", "/ops", Some(job)), 200);
        let explains = |path: &str, recorded: Value| deleted.explains(&call("GET", path, None), (200, &recorded), 404);
        let pipeline = |name: &str| json!({"application": "shop", "name": name});
        assert!(!explains("/pipelineTemplates/a", json!({})));
        assert!(explains("/pipelineTemplates/b", json!({})));
        assert!(!explains("/strategies/s", json!({})) && !explains("/v2/projects/p", json!({})));
        assert!(explains("/pipelines/id-1/get", pipeline("one")));
        assert!(!explains("/pipelines/id-2/get", pipeline("two")));
        assert!(explains("/v2/applications/shop", json!({})));
        let read = call("GET", "/v2/applications/shop", None);
        assert!(!deleted.explains(&read, (404, &json!({})), 404) && !deleted.explains(&read, (200, &json!({})), 500));
    }
}
