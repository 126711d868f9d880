//! What the API offers, as OpenAPI 3.0 and as a page, made of what the routes declare.

use std::fmt::Write as _;

use gennaker_http::{Access, Coverage, Endpoint, Permission};
use serde_json::{Map, Value, json};

/// A subject's name, and its endpoints.
pub(crate) type Subject = (&'static str, Vec<Endpoint>);

/// Methods whose requests may have a body.
const WITH_BODY: [&str; 3] = ["POST", "PUT", "PATCH"];

/// The OpenAPI document.
pub(crate) fn document(subjects: &[Subject]) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for (subject, endpoints) in subjects {
        for endpoint in endpoints {
            let (path, parameters) = path(endpoint.path);
            let operation = operation(subject, endpoint, &parameters);
            let place = paths.entry(path).or_insert_with(|| json!({}));
            place[endpoint.method.to_lowercase()] = operation;
        }
    }
    paths.sort_keys();
    let tags: Vec<Value> = subjects.iter().map(|(name, _)| json!({ "name": name })).collect();
    json!({
        "openapi": "3.0.3",
        "info": {
            "title": "Spinnaker API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The API that Gennaker serves for Spinnaker's clients.",
        },
        "tags": tags,
        "paths": paths,
        "components": { "schemas": { "Error": error_schema() } },
    })
}

fn operation(subject: &str, endpoint: &Endpoint, parameters: &[String]) -> Value {
    let in_path = parameters
        .iter()
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }));
    let in_query = endpoint
        .query
        .iter()
        .map(|name| json!({ "name": name, "in": "query", "required": false, "schema": { "type": "string" } }));
    let mut operation = json!({
        "tags": [subject],
        "operationId": format!("{} {}", endpoint.method, endpoint.path),
        "description": description(endpoint),
        "parameters": in_path.chain(in_query).collect::<Vec<_>>(),
        "responses": {
            "default": {
                "description": "an error",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Error" } } },
            },
        },
    });
    if WITH_BODY.contains(&endpoint.method.as_str()) {
        operation["requestBody"] = json!({ "required": false, "content": { "application/json": { "schema": {} } } });
    }
    if endpoint.coverage == Coverage::Unsupported {
        operation["responses"]["501"] = json!({ "description": "not supported yet; the message says what is missing" });
    } else {
        operation["responses"]["200"] = json!({ "description": "OK" });
    }
    operation
}

/// What every error is.
fn error_schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "timestamp": { "type": "integer", "format": "int64", "description": "epoch milliseconds" },
            "status": { "type": "integer" },
            "error": { "type": "string" },
            "message": { "type": "string" },
            "requestId": { "type": "string" },
        },
    })
}

/// A path as OpenAPI writes it, and the names of its parameters.
fn path(declared: &str) -> (String, Vec<String>) {
    let path = declared.replace("{*", "{");
    let names = path.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    let names = names.map(|(name, _)| name.to_owned()).collect();
    (path, names)
}

/// What an endpoint needs, and how much of it is there.
fn description(endpoint: &Endpoint) -> String {
    let needs = match endpoint.permission {
        None | Some(Permission::Public) => "Needs no permission.".to_owned(),
        Some(Permission::Authenticated) => "Needs a known caller.".to_owned(),
        Some(Permission::Admin) => "Needs an administrator.".to_owned(),
        Some(Permission::Resource { kind, access }) => {
            let access = match access {
                Access::Read => "read",
                Access::Execute => "execute",
                Access::Write => "write",
            };
            format!("Needs {access} on the {kind}.")
        }
    };
    match endpoint.coverage {
        Coverage::Done => needs,
        Coverage::Partly(missing) => format!("{needs} Partly: {missing}."),
        Coverage::Beyond => format!("{needs} Upstream has no such endpoint."),
        Coverage::Unsupported => format!("{needs} Not supported yet."),
    }
}

const HEAD: &str = r"<!doctype html>
<html lang='en'>
<head>
<meta charset='utf-8'>
<meta name='viewport' content='width=device-width'>
<title>Spinnaker API</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark; }
summary { cursor: pointer; font-size: 1.2rem; padding: .3rem 0; }
table { border-collapse: collapse; width: 100%; }
td { padding: .25rem .6rem; vertical-align: top; border-top: 1px solid #8884; }
td:first-child { font-weight: 600; width: 4rem; }
code { overflow-wrap: anywhere; }
.missing { opacity: .55; }
</style>
</head>
<body>
<h1>Spinnaker API</h1>
<p>The same for programs: <a href='/v3/api-docs'>OpenAPI</a>.</p>
";

/// The page: a section a subject, to be opened, without scripts.
pub(crate) fn page(subjects: &[Subject]) -> String {
    let mut page = HEAD.to_owned();
    for (subject, endpoints) in subjects {
        // Writing to a String cannot fail.
        let _ = write!(page, "<details><summary>{}</summary>\n<table>\n", escaped(subject));
        for endpoint in endpoints {
            let class = if endpoint.coverage == Coverage::Unsupported { " class='missing'" } else { "" };
            let query = match endpoint.query.is_empty() {
                true => String::new(),
                false => format!(" <small>?{}</small>", escaped(&endpoint.query.join(", "))),
            };
            let (method, path, text) =
                (escaped(&endpoint.method), escaped(endpoint.path), escaped(&description(endpoint)));
            let _ =
                writeln!(page, "<tr{class}><td>{method}</td><td><code>{path}</code>{query}</td><td>{text}</td></tr>");
        }
        page.push_str("</table>\n</details>\n");
    }
    page.push_str("</body>\n</html>\n");
    page
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\'', "&#39;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subjects() -> Vec<Subject> {
        let endpoint = |method: &str, path, coverage, query: &[&'static str]| Endpoint {
            service: "gate",
            method: method.to_owned(),
            path,
            permission: Some(Permission::of("application", Access::Read)),
            coverage,
            query: query.to_vec(),
        };
        let missing = Coverage::Partly("no <tags>");
        vec![(
            "things",
            vec![
                endpoint("GET", "/things/{id}/{*rest}", missing, &["limit"]),
                endpoint("PUT", "/things/{id}/{*rest}", Coverage::Unsupported, &[]),
            ],
        )]
    }

    #[test]
    fn the_document_has_paths_parameters_and_permissions() {
        let document = document(&subjects());
        let place = &document["paths"]["/things/{id}/{rest}"];
        let names: Vec<_> =
            place["get"]["parameters"].as_array().expect("a list").iter().map(|one| &one["name"]).collect();
        assert_eq!(names, ["id", "rest", "limit"]);
        assert_eq!(place["get"]["description"], "Needs read on the application. Partly: no <tags>.");
        assert_eq!(place["get"]["tags"], json!(["things"]));
        assert!(place["get"].get("requestBody").is_none() && place["put"].get("requestBody").is_some());
        assert!(place["put"]["responses"].get("501").is_some());
    }

    #[test]
    fn the_page_is_whole_and_escaped() {
        let page = page(&subjects());
        assert!(page.contains("no &lt;tags&gt;") && page.ends_with("</html>\n"));
        assert!(!page.contains("<script") && !page.contains("http:") && !page.contains("https:"));
    }
}
