//! What the harness knows of Gennaker's command line and configuration files, in one place.

use std::path::Path;

use crate::{Launch, Service, service::Ports};

/// The program that is both the control plane and the agent.
pub(crate) const PROGRAM: &str = "gennaker";

/// The agent of one account: it supervises the account's processes and holds its balancers' sockets.
pub(crate) fn agent(launch: Launch, account: &str, state: &Path) -> Launch {
    launch.args(["local-agent", "--account", account, "--state"]).arg(state)
}

/// The control plane: all services in one process.
pub(crate) fn control_plane(launch: Launch, config: &Path, data: &Path) -> Launch {
    launch.arg("serve").arg("--config").arg(config).arg("--data").arg(data)
}

/// The configuration of a stand-alone install: file names and their content.
///
/// `node` is the node's name, if it has to have another one than the default.
/// Whoever wants other settings writes `<file>-<profile>.yml` beside these, which wins over them.
pub(crate) fn files(ports: &Ports, account: &str, agent_state: &Path, node: Option<&str>) -> Vec<(String, String)> {
    let state = quoted(&agent_state.to_string_lossy());
    let mut spinnaker = format!("healthcheck:\n  port: {}\n", ports.health_check);
    if let Some(node) = node {
        spinnaker.push_str(&format!("gennaker:\n  node: {}\n", quoted(node)));
    }
    let account = quoted(account);
    let local = format!("local:\n  enabled: true\n  accounts:\n    - name: {account}\n      stateDirectory: {state}\n");
    let mut files = vec![("spinnaker.yml".to_owned(), spinnaker)];
    for service in Service::ALL {
        let mut text = format!("server:\n  port: {}\n", ports.of(service));
        if service == Service::Clouddriver {
            text.push_str(&local);
        }
        files.push((format!("{}.yml", service.name()), text));
    }
    files
}

/// YAML's double-quoted form, of which JSON's strings are a part.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
