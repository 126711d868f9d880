//! Requests that cannot be carried out: a clear message, and nothing left behind.

use serde_json::json;

use crate::agent::{Agent, PROGRAM};

#[tokio::test]
async fn bad_requests_get_a_message_and_leave_nothing() {
    let agent = Agent::start().await;
    let not_executable = agent.folder().join("data.txt");
    std::fs::write(&not_executable, "data").expect("written");
    let group = |fields: serde_json::Value| {
        let mut spec = json!({"command": "sleep", "args": ["600"]});
        spec.as_object_mut().expect("an object").extend(fields.as_object().expect("fields").clone());
        spec.to_string()
    };
    let path = "/serverGroups/a-v000";
    let large = group(json!({"metadata": {"text": "x".repeat(2 << 20)}}));
    let cases = [
        ("PUT", path, "", "{".to_owned(), 400, "not JSON"),
        ("PUT", path, "", "[]".to_owned(), 400, "not a JSON object"),
        ("PUT", path, "", "{}".to_owned(), 400, "command"),
        ("PUT", path, "", group(json!({"capacity": "many"})), 400, "many"),
        ("PUT", path, "", group(json!({"colour": 1})), 400, "colour"),
        ("PUT", path, "", group(json!({"name": "b"})), 400, "must be the same"),
        ("PUT", "/serverGroups/..%2Fa", "", group(json!({})), 400, "no name for a server group"),
        ("PUT", "/serverGroups/%FF", "", group(json!({})), 400, "path"),
        ("PUT", path, "", group(json!({"command": "/nowhere/to/be"})), 400, "/nowhere/to/be was not found"),
        ("PUT", path, "", group(json!({"command": "no-such-command"})), 400, "no-such-command was not found"),
        ("PUT", path, "", group(json!({"command": not_executable})), 400, "executable"),
        ("PUT", path, "", group(json!({"workingDirectory": "/nowhere"})), 400, "/nowhere does not exist"),
        ("PUT", path, "", group(json!({"loadBalancers": ["x"]})), 400, "load balancer x does not exist"),
        ("PUT", path, "", group(json!({"capacity": 9})), 429, "limit of 8"),
        ("PUT", path, "", group(json!({"capacity": 4_000_000_000_u32})), 429, "limit of 8"),
        ("PUT", path, "", large, 413, "larger"),
        ("PUT", path, "no-epoch", group(json!({})), 400, "<execution>/<epoch>"),
        ("PUT", path, "../../x/1", group(json!({})), 400, "<execution>/<epoch>"),
        ("POST", "/serverGroups/nobody/traffic", "", json!({"enabled": true}).to_string(), 404, "nobody"),
        ("POST", "/serverGroups/nobody/traffic", "", "{}".to_owned(), 400, "enabled"),
        ("POST", "/serverGroups/nobody/capacity", "", json!({"capacity": {"desired": 1}}).to_string(), 404, "nobody"),
        ("POST", "/serverGroups/nobody/capacity", "", json!({"capacity": {}}).to_string(), 400, "at least one"),
        ("POST", "/instances/terminate", "", json!({"instances": ["nobody"]}).to_string(), 404, "nobody"),
        ("POST", "/instances/terminate", "", json!({"instances": []}).to_string(), 400, "empty"),
        ("POST", "/instances/registration", "", json!({"registered": true}).to_string(), 400, "percentage"),
        ("DELETE", "/serverGroups/nobody", "", String::new(), 404, "nobody"),
        ("DELETE", "/serverGroups/nobody?drainTimeoutMs=soon", "", String::new(), 400, "query"),
        ("DELETE", "/serverGroups/nobody?drainTimeoutMs=99999999", "", String::new(), 400, "drainTimeoutMs"),
        ("DELETE", "/loadBalancers/nobody", "", String::new(), 404, "nobody"),
        ("PUT", "/loadBalancers/a", "", json!({"port": 70_000}).to_string(), 400, "70000"),
        ("PUT", "/loadBalancers/a", "", json!({"port": 0}).to_string(), 400, "free one"),
        ("PUT", "/loadBalancers/a", "", json!({"maxConnections": 0}).to_string(), 400, "maxConnections"),
        ("GET", "/serverGroups/nobody", "", String::new(), 404, "nobody"),
        ("GET", "/instances/nobody/log", "", String::new(), 404, "nobody"),
        ("GET", "/instances/..%2Fagent/log", "", String::new(), 400, "no name"),
        ("GET", "/state?after=x", "", String::new(), 400, "query"),
        ("GET", "/nothing", "", String::new(), 404, "path"),
        ("PATCH", path, "", String::new(), 405, "method"),
    ];
    let before = agent.client.state().await.expect("the state");
    for (method, path, fence, body, status, words) in cases {
        let shown = &body[..body.len().min(120)];
        let (got, answer) = agent.raw(method, path, fence, &body).await;
        assert_eq!(got, status, "{method} {path} {shown}: {answer}");
        assert_eq!(answer["status"], status, "{method} {path} {shown}: {answer}");
        let message = answer["message"].as_str().unwrap_or_default();
        assert!(message.contains(words), "{method} {path} {shown}: {message}");
    }
    assert_eq!(agent.client.state().await.expect("the state"), before);
    for folder in ["server-groups", "load-balancers", "logs"] {
        let left: Vec<_> = std::fs::read_dir(agent.folder().join(folder)).expect("a folder").collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_refused_and_named() {
    let agent = Agent::start().await;
    let busy = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = busy.local_addr().expect("an address").port();
    let (status, answer) = agent.raw("PUT", "/loadBalancers/a", "", &json!({"port": port}).to_string()).await;
    assert_eq!(status, 409, "{answer}");
    assert!(answer["message"].as_str().expect("a message").contains(&port.to_string()), "{answer}");
    drop(busy);
    let (status, answer) = agent.raw("PUT", "/loadBalancers/a", "", &json!({"port": port}).to_string()).await;
    assert_eq!((status, &answer["port"]), (201, &json!(port)), "{answer}");
    let (status, answer) = agent.raw("PUT", "/loadBalancers/b", "", &json!({"port": port}).to_string()).await;
    assert_eq!(status, 409, "{answer}");
}

#[tokio::test]
async fn a_human_needs_neither_fence_nor_request_id() {
    let agent = Agent::start().await;
    let spec = json!({"command": PROGRAM, "args": ["serve", "1"], "metadata": {"app": "a"}}).to_string();
    let (status, answer) = agent.raw("PUT", "/serverGroups/a-v000", "", &spec).await;
    assert_eq!((status, &answer["spec"]["metadata"]["app"]), (201, &json!("a")), "{answer}");
    let (status, _) = agent.raw("PUT", "/serverGroups/a-v000", "", &spec).await;
    assert_eq!(status, 200);
    agent.until_up("a-v000").await;
    let (status, answer) = agent.raw("DELETE", "/serverGroups/a-v000", "", "").await;
    assert_eq!((status, &answer["name"]), (200, &json!("a-v000")), "{answer}");
    let requests: Vec<_> = std::fs::read_dir(agent.folder().join("requests")).expect("a folder").collect();
    assert!(requests.is_empty(), "{requests:?}");
}
