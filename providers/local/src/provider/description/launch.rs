//! The description of what changes a launch configuration.

use gennaker_provider_api::Result;
use gennaker_wire::Object;

use super::{Reader, artifact::fetched, deploy::like};
use crate::protocol::{ServerGroup, ServerGroupSpec};

/// `updateLaunchConfig` and `updateLaunchTemplate`: another `command`, `arguments`, `environment`, `artifact` or `imageId` (and what
/// else says how a process runs) for the instances of the server group that are started from now on. What is not given stays.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::provider) struct UpdateLaunch {
    pub(in crate::provider) account: String,
    pub(in crate::provider) name: String,
    /// Fields of a [`ServerGroupSpec`] that replace those of now.
    overrides: Object,
    /// The artifact that is fetched for it.
    pub(in crate::provider) fetched: Option<Object>,
}

impl UpdateLaunch {
    pub(in crate::provider) fn read(fields: &Object) -> Result<UpdateLaunch> {
        let mut reader = Reader::new(fields);
        let account = reader.account();
        reader.region();
        let name = reader.server_group_name();
        let overrides = reader.overrides();
        reader.finish(UpdateLaunch { account, name, overrides, fetched: fetched(fields).cloned() })
    }

    /// The server group's specification with what is given, and else with the very artifact that it runs.
    pub(in crate::provider) fn of(
        &self,
        group: &ServerGroup,
    ) -> std::result::Result<ServerGroupSpec, serde_json::Error> {
        Ok(group.spec.with_launch_of(&like(group, &self.overrides)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn update(fields: Value) -> UpdateLaunch {
        UpdateLaunch::read(fields.as_object().expect("an object")).expect("it is right")
    }

    #[test]
    fn what_is_given_of_a_deploy_stage_replaces_what_is_run_and_nothing_else() {
        let group: ServerGroup = serde_json::from_value(json!({
            "spec": {"name": "shop-v003", "command": "bin/shop", "args": ["-v"], "env": {"COLOUR": "blue", "LEVEL": "1"},
                "capacity": 2, "loadBalancers": ["front"], "artifact": {"type": "http", "url": "http://a/1.tgz"}},
            "capacity": 2, "enabled": true, "deleting": false, "createdAt": 1,
            "artifact": {"digest": "abc", "folder": "/artifacts/1"}, "instances": [],
        }))
        .expect("a server group");
        let account = |fields: Value| {
            let mut fields = fields.as_object().expect("an object").clone();
            fields.extend([("credentials".to_owned(), "local".into()), ("asgName".to_owned(), "shop-v003".into())]);
            Value::Object(fields)
        };
        let stage = json!({"environment": {"COLOUR": "green"}, "capacity": {"desired": 9}, "loadBalancers": ["other"],
            "startDisabled": true, "strategy": "rollingpush"});
        let spec = update(account(stage)).of(&group).expect("a spec");
        assert_eq!((spec.env.len(), spec.env["COLOUR"].as_str()), (1, "green"), "as a whole");
        let same = (spec.command.as_str(), spec.capacity, spec.load_balancers.clone(), spec.enabled);
        assert_eq!(same, ("bin/shop", group.spec.capacity, vec!["front".to_owned()], true));
        assert_eq!(spec.artifact.expect("it").digest.as_deref(), Some("abc"), "not what is the latest by now");

        let other = json!({"artifact": {"type": "http", "url": "http://a/2.tgz"}, "command": "bin/new"});
        let spec = update(account(other)).of(&group).expect("a spec");
        assert_eq!((spec.command.as_str(), spec.args.len()), ("bin/new", 0), "another program has other arguments");
        assert_eq!(spec.artifact.expect("it").digest, None);
        assert_eq!(update(account(json!({}))).of(&group).expect("a spec").env, group.spec.env);
        let error = UpdateLaunch::read(json!({"healthCheck": {"type": "smell"}}).as_object().expect("an object"));
        let message = error.expect_err("it is wrong").message;
        assert!(message.contains("serverGroupName is missing") && message.contains("smell"), "{message}");
    }
}
