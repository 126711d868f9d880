//! What the routes declare.

use gennaker_front50::Front50;
use gennaker_http::{Coverage, Permission};
use http::{Method, StatusCode};

use super::Node;

#[test]
fn every_route_declares_a_permission() {
    let endpoints = Front50::endpoints();
    let without: Vec<_> = endpoints.iter().filter(|endpoint| endpoint.permission.is_none()).collect();
    assert!(without.is_empty(), "{without:?}");
    let public: Vec<_> = endpoints.iter().filter(|it| it.permission == Some(Permission::Public)).collect();
    assert!(public.is_empty(), "{public:?}");
}

#[tokio::test]
async fn what_is_not_kept_yet_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let node = Node::start(&folder).await;
    let endpoints = Front50::endpoints();
    let missing: Vec<_> = endpoints.iter().filter(|it| it.coverage == Coverage::Unsupported).collect();
    assert_eq!(missing.len(), 17, "plugins and deliveries: {missing:?}");
    for endpoint in missing {
        let method: Method = endpoint.method.parse().expect("a method");
        let path = endpoint.path.replace(['{', '}', '*'], "");
        let answer = node.ask(method, &path, None).await;
        assert_eq!(answer.status, StatusCode::NOT_IMPLEMENTED, "{endpoint:?}");
        let message = answer.body["message"].as_str().expect("a message");
        assert!(message.starts_with("front50 does not ") && message.ends_with(" yet"), "{message}");
    }
}
