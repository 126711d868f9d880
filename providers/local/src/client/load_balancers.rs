//! Calls about load balancers.

use super::{Call, Client, DEADLINE, Error, encoded};
use crate::protocol::{Deleted, LoadBalancer, LoadBalancerSpec};

impl Client {
    /// All load balancers.
    pub async fn load_balancers(&self) -> Result<Vec<LoadBalancer>, Error> {
        self.get("/loadBalancers", DEADLINE).await
    }

    /// One load balancer; [`Kind::NotFound`] if there is none.
    pub async fn load_balancer(&self, name: &str) -> Result<LoadBalancer, Error> {
        self.get(&format!("/loadBalancers/{}", encoded(name)), DEADLINE).await
    }

    /// Creates or changes a load balancer.
    pub async fn put_load_balancer(&self, spec: &LoadBalancerSpec, call: &Call) -> Result<LoadBalancer, Error> {
        let path = format!("/loadBalancers/{}", encoded(&spec.name));
        self.put(&path, spec, call, DEADLINE).await
    }

    /// Deletes a load balancer that no server group uses any more.
    pub async fn delete_load_balancer(&self, name: &str, call: &Call) -> Result<Deleted, Error> {
        let path = format!("/loadBalancers/{}", encoded(name));
        self.delete(&path, call, DEADLINE).await
    }
}
