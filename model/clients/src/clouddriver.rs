//! clouddriver: accounts, what runs, and operations.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use gennaker_base::Kind;
use gennaker_http::{Call, Caller, Error, Result, Streamed, Transport};
use gennaker_wire::{Account, LastGood, LoadBalancer, Operation, OperationRef, OperationTask, Plan, ServerGroup};
use http::Method;
use serde::Serialize;
use serde_json::Value;

/// How long clouddriver may take to fetch an artifact: longer than its own deadline, so that its error comes first.
const FETCH: Duration = Duration::from_secs(15 * 60);

/// Calls clouddriver.
#[derive(Clone)]
pub struct ClouddriverClient {
    transport: Transport,
}

impl ClouddriverClient {
    /// A client over `transport`.
    pub fn new(transport: Transport) -> Self {
        ClouddriverClient { transport }
    }

    /// Forwards a call and gives its answer unread, so that no field is lost on the way: for gate, which passes on most
    /// answers as they are.
    pub async fn forward(&self, caller: &Caller, call: Call) -> Result<Value> {
        self.transport.send(caller, call).await
    }

    /// The same for an answer that is no JSON.
    pub async fn forward_bytes(&self, caller: &Caller, call: Call) -> Result<Bytes> {
        self.transport.bytes(caller, call).await
    }

    /// The accounts.
    pub async fn accounts(&self, caller: &Caller) -> Result<Vec<Account>> {
        self.transport.send(caller, Call::get(&["credentials"]).query("expand", true)).await
    }

    /// The content of an artifact, to be read as it comes. It is there whole when the answer begins.
    pub async fn fetch_artifact(&self, caller: &Caller, artifact: &(impl Serialize + Sync)) -> Result<Streamed> {
        let call = Call::new(Method::PUT, &["artifacts", "fetch"]).body(artifact)?.deadline(FETCH);
        self.transport.stream(caller, call).await
    }

    /// The content of an artifact that has at most `limit` bytes.
    ///
    /// # Errors
    /// `TooLarge` if it has more; else clouddriver's.
    pub async fn artifact(&self, caller: &Caller, artifact: &(impl Serialize + Sync), limit: usize) -> Result<Bytes> {
        let mut answer = self.fetch_artifact(caller, artifact).await?;
        let mut content = BytesMut::new();
        while let Some(part) = answer.chunk().await? {
            if content.len() + part.len() > limit {
                let message = format!("the artifact has more than {limit} bytes, which is too much for this use of it");
                return Err(Error::new(Kind::TooLarge, message));
            }
            content.extend_from_slice(&part);
        }
        Ok(content.freeze())
    }

    /// Submits operations to a provider. The caller's `Idempotency-Key` goes along as `clientRequestId`: the same id gets
    /// the same task.
    pub async fn submit(
        &self,
        caller: &Caller,
        provider: &str,
        request_id: &str,
        operations: &[Operation],
    ) -> Result<OperationRef> {
        let operations: Vec<Value> = operations.iter().map(Operation::to_value).collect();
        let caller = Caller { idempotency_key: Some(request_id.to_owned()), ..caller.clone() };
        let call =
            Call::new(Method::POST, &[provider, "ops"]).query("clientRequestId", request_id).body(&operations)?;
        self.transport.send(&caller, call).await
    }

    /// What operations would do: a plan of each, in order. Only ours plans.
    pub async fn plan(&self, caller: &Caller, provider: &str, operations: &[Operation]) -> Result<Vec<Plan>> {
        let operations: Vec<Value> = operations.iter().map(Operation::to_value).collect();
        let call = Call::new(Method::POST, &[provider, "ops", "plan"]).body(&operations)?;
        self.transport.send(caller, call).await
    }

    /// The last good version of a cluster, one entry a region. Only ours knows it.
    pub async fn last_good(
        &self,
        caller: &Caller,
        application: &str,
        account: &str,
        cluster: &str,
        provider: &str,
    ) -> Result<Vec<LastGood>> {
        let path = ["applications", application, "clusters", account, cluster, provider, "lastGood"];
        self.transport.send(caller, Call::get(&path)).await
    }

    /// A task. With `wait`, ours answers when the task's state has changed since the call or after that time, whichever is
    /// first; upstream's answers at once.
    pub async fn task(&self, caller: &Caller, id: &str, wait: Option<Duration>) -> Result<OperationTask> {
        let call = Call::get(&["task", id]).query_if("waitMs", wait.map(|wait| wait.as_millis()));
        self.transport.send(caller, call).await
    }

    /// Resumes a failed task that is retryable.
    pub async fn resume_task(&self, caller: &Caller, id: &str) -> Result<OperationRef> {
        let segment = format!("{id}:resume");
        self.transport.send(caller, Call::new(Method::POST, &["task", &segment])).await
    }

    /// Asks for a look at what is named; the answer comes once the provider's knowledge is newer than the request.
    pub async fn refresh(&self, caller: &Caller, provider: &str, kind: &str, target: &Value) -> Result<Value> {
        self.transport.send(caller, Call::new(Method::POST, &["cache", provider, kind]).body(target)?).await
    }

    /// A cluster's server groups of one provider, whole.
    pub async fn cluster_server_groups(
        &self,
        caller: &Caller,
        application: &str,
        account: &str,
        cluster: &str,
        provider: &str,
    ) -> Result<Vec<ServerGroup>> {
        let path = ["applications", application, "clusters", account, cluster, provider, "serverGroups"];
        self.transport.send(caller, Call::get(&path)).await
    }

    /// One server group.
    pub async fn server_group(&self, caller: &Caller, account: &str, region: &str, name: &str) -> Result<ServerGroup> {
        self.transport.send(caller, Call::get(&["serverGroups", account, region, name])).await
    }

    /// The server group that a target word means now (`current_asg_dynamic`, `ancestor_asg_dynamic`, ...).
    #[expect(clippy::too_many_arguments, reason = "the endpoint's path has as many parts")]
    pub async fn target_server_group(
        &self,
        caller: &Caller,
        application: &str,
        account: &str,
        cluster: &str,
        provider: &str,
        region: &str,
        target: &str,
    ) -> Result<ServerGroup> {
        let path = [
            "applications",
            application,
            "clusters",
            account,
            cluster,
            provider,
            region,
            "serverGroups",
            "target",
            target,
        ];
        self.transport.send(caller, Call::get(&path)).await
    }

    /// What runs of an application; not found if nothing does.
    pub async fn application(&self, caller: &Caller, name: &str) -> Result<Value> {
        self.transport.send(caller, Call::get(&["applications", name])).await
    }

    /// What has the text in its name, of one type: a list of pages, `[{"results": [...]}]`.
    pub async fn search(&self, caller: &Caller, text: &str, kind: &str) -> Result<Value> {
        self.transport.send(caller, Call::get(&["search"]).query("q", text).query("type", kind)).await
    }

    /// An application's clusters: cluster names by account.
    pub async fn clusters(&self, caller: &Caller, application: &str) -> Result<Value> {
        self.transport.send(caller, Call::get(&["applications", application, "clusters"])).await
    }

    /// An application's server groups.
    pub async fn server_groups(&self, caller: &Caller, application: &str, expand: bool) -> Result<Vec<ServerGroup>> {
        let call = Call::get(&["applications", application, "serverGroups"]).query("expand", expand);
        self.transport.send(caller, call).await
    }

    /// An application's load balancers.
    pub async fn load_balancers(&self, caller: &Caller, application: &str) -> Result<Vec<LoadBalancer>> {
        self.transport.send(caller, Call::get(&["applications", application, "loadBalancers"])).await
    }

    /// An instance, as its provider describes it.
    pub async fn instance(&self, caller: &Caller, account: &str, region: &str, id: &str) -> Result<Value> {
        self.transport.send(caller, Call::get(&["instances", account, region, id])).await
    }

    /// The last lines of an instance's output.
    pub async fn console_output(&self, caller: &Caller, account: &str, region: &str, id: &str) -> Result<Value> {
        self.transport.send(caller, Call::get(&["instances", account, region, id, "console"])).await
    }

    /// Submits operations of no cloud in particular, for example on entity tags.
    pub async fn submit_any(
        &self,
        caller: &Caller,
        request_id: &str,
        operations: &[Operation],
    ) -> Result<OperationRef> {
        let operations: Vec<Value> = operations.iter().map(Operation::to_value).collect();
        let caller = Caller { idempotency_key: Some(request_id.to_owned()), ..caller.clone() };
        let call = Call::new(Method::POST, &["ops"]).query("clientRequestId", request_id).body(&operations)?;
        self.transport.send(&caller, call).await
    }

    /// A security group; `vpc` is its network, where the cloud has networks.
    pub async fn security_group(
        &self,
        caller: &Caller,
        account: &str,
        provider: &str,
        region: &str,
        name: &str,
        vpc: Option<&str>,
    ) -> Result<Value> {
        let call = Call::get(&["securityGroups", account, provider, region, name]).query_if("vpcId", vpc);
        self.transport.send(caller, call).await
    }

    /// What one server group of a cluster is made of, chosen by `strategy` (`NEWEST`, `OLDEST`, `LARGEST`, `FAIL`); `kind` is
    /// `Images`.
    #[expect(clippy::too_many_arguments, reason = "the endpoint's path has as many parts")]
    pub async fn server_group_summary(
        &self,
        caller: &Caller,
        application: &str,
        account: &str,
        cluster: &str,
        provider: &str,
        place: &str,
        strategy: &str,
        kind: &str,
        only_enabled: bool,
    ) -> Result<Value> {
        let path = [
            "applications",
            application,
            "clusters",
            account,
            cluster,
            provider,
            place,
            "serverGroups",
            "target",
            strategy,
            kind,
        ];
        self.transport.send(caller, Call::get(&path).query("onlyEnabled", only_enabled)).await
    }

    /// The images of a provider whose name has `text` in it, with these tags.
    pub async fn find_images(
        &self,
        caller: &Caller,
        provider: &str,
        text: &str,
        account: Option<&str>,
        tags: &[(String, String)],
    ) -> Result<Vec<Value>> {
        let mut call = Call::get(&[provider, "images", "find"]).query("q", text).query_if("account", account);
        for (name, value) in tags {
            call = call.query(&format!("tag:{name}"), value);
        }
        self.transport.send(caller, call).await
    }

    /// An image, by its id.
    pub async fn image(&self, caller: &Caller, provider: &str, account: &str, region: &str, id: &str) -> Result<Value> {
        self.transport.send(caller, Call::get(&[provider, "images", account, region, id])).await
    }

    /// A job.
    pub async fn job(&self, caller: &Caller, application: &str, account: &str, place: &str, id: &str) -> Result<Value> {
        self.transport.send(caller, Call::get(&["applications", application, "jobs", account, place, id])).await
    }

    /// What a job has left in a file, or printed, as properties.
    pub async fn job_file(
        &self,
        caller: &Caller,
        application: &str,
        account: &str,
        place: &str,
        id: &str,
        file: &str,
    ) -> Result<Value> {
        let path = ["applications", application, "jobs", account, place, id, file];
        self.transport.send(caller, Call::get(&path)).await
    }

    /// Ends a job.
    pub async fn cancel_job(
        &self,
        caller: &Caller,
        application: &str,
        account: &str,
        place: &str,
        id: &str,
    ) -> Result<()> {
        let path = ["applications", application, "jobs", account, place, id];
        self.transport.send::<Value>(caller, Call::new(Method::DELETE, &path)).await.map(drop)
    }
}
