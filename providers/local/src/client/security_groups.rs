//! Calls about security groups.

use super::{Call, Client, DEADLINE, Error, encoded};
use crate::protocol::{Deleted, SecurityGroup, SecurityGroupSpec};

impl Client {
    /// Creates or changes a security group.
    pub async fn put_security_group(&self, spec: &SecurityGroupSpec, call: &Call) -> Result<SecurityGroup, Error> {
        let path = format!("/securityGroups/{}", encoded(&spec.name));
        self.put(&path, spec, call, DEADLINE).await
    }

    /// Deletes a security group that no load balancer names.
    pub async fn delete_security_group(&self, name: &str, call: &Call) -> Result<Deleted, Error> {
        let path = format!("/securityGroups/{}", encoded(name));
        self.delete(&path, call, DEADLINE).await
    }
}
