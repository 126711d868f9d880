//! Upstream's endpoints that this build does not answer yet. Each says what is missing.

use gennaker_http::{Api, Permission, unsupported};
use http::Method;

use super::{KNOWN, READ_ACCOUNT, READ_APPLICATION};
use crate::Clouddriver;

const ARTIFACT_STORE: &str =
    "clouddriver keeps no store of artifacts (artifact-store) yet; content stands in the artifact itself";
const CLOUD: &str =
    "the cloud of this endpoint is not in this build yet; GET /credentials lists the accounts there are";
const METRICS: &str = "clouddriver does not read cloud metrics yet";
const MANIFESTS: &str = "the Kubernetes provider is not in this build yet";
const SCHEDULER: &str =
    "clouddriver has no caching agents to administer; GET /cache/introspection tells how fresh it is";
const TAGS: &str = "entity tags are in front50 only: there is no index beside it that has to be made again or compared";
const SAGAS: &str = "clouddriver has no sagas; GET /task/{id} tells how far a task is";

/// Endpoints that need the same permission and lack the same thing.
type Group = (Permission, &'static str, &'static [(Method, &'static str)]);

const GROUPS: [Group; 10] = [
    (
        Permission::Admin,
        SCHEDULER,
        &[
            (Method::PUT, "/admin/db/drop/{namespace}"),
            (Method::PUT, "/admin/db/truncate/{namespace}"),
            (Method::GET, "/admin/scheduler/agents"),
            (Method::DELETE, "/admin/scheduler/agents/{agentType}"),
        ],
    ),
    (
        Permission::Admin,
        TAGS,
        &[
            (Method::GET, "/admin/tags/delta"),
            (Method::POST, "/admin/tags/reconcile"),
            (Method::POST, "/admin/tags/reindex"),
        ],
    ),
    (KNOWN, ARTIFACT_STORE, &[(Method::GET, "/artifacts/content-address/{application}/{hash}")]),
    (KNOWN, CLOUD, &[(Method::GET, "/find")]),
    (
        READ_ACCOUNT,
        METRICS,
        &[
            (Method::GET, "/cloudMetrics/{cloudProvider}/{account}/{region}"),
            (Method::GET, "/cloudMetrics/{cloudProvider}/{account}/{region}/{metricName}/statistics"),
        ],
    ),
    (
        READ_ACCOUNT,
        MANIFESTS,
        &[
            (Method::GET, "/manifests/{account}/_/{name}"),
            (Method::GET, "/manifests/{account}/{location}/{kind}/cluster/{app}/{cluster}"),
            (Method::GET, "/manifests/{account}/{location}/{kind}/cluster/{app}/{cluster}/dynamic/{criteria}"),
            (Method::GET, "/manifests/{account}/{location}/{name}"),
            (Method::GET, "/manifests/{account}/{name}"),
        ],
    ),
    (
        READ_APPLICATION,
        MANIFESTS,
        &[
            (Method::GET, "/applications/{application}/kubernetes/pods/{account}/{namespace}/{podName}/{fileName}"),
            (Method::GET, "/applications/{application}/rawResources"),
        ],
    ),
    (
        READ_APPLICATION,
        CLOUD,
        &[
            (
                Method::GET,
                "/applications/{application}/clusters/{account}/{clusterName}/alicloud/serverGroups/{serverGroupName}/scalingActivities",
            ),
            (
                Method::GET,
                "/applications/{application}/clusters/{account}/{clusterName}/aws/serverGroups/{serverGroupName}/scalingActivities",
            ),
            (
                Method::GET,
                "/applications/{application}/clusters/{account}/{clusterName}/yandex/serverGroups/{serverGroupName}/scalingActivities",
            ),
            (Method::GET, "/applications/{application}/loadBalancersL4"),
            (Method::GET, "/applications/{application}/serverGroups/{account}/{serverGroupName}/events"),
        ],
    ),
    (
        KNOWN,
        CLOUD,
        &[
            (Method::GET, "/alicloud/images/find"),
            (Method::GET, "/aws/cloudFormation/stacks"),
            (Method::GET, "/aws/cloudFormation/stacks/stack"),
            (Method::GET, "/aws/images/find"),
            (Method::GET, "/aws/images/{account}/{region}/{imageId}"),
            (Method::GET, "/azure/images/find"),
            (Method::GET, "/azure/images/{account}/{region}/{imageId}"),
            (Method::GET, "/cloudfoundry/images/find"),
            (Method::GET, "/ecs/cloudMetrics/alarms"),
            (Method::GET, "/ecs/ecsClusterDescriptions/{account}/{region}"),
            (Method::GET, "/ecs/ecsClusters"),
            (Method::GET, "/ecs/images/find"),
            (Method::GET, "/ecs/secrets"),
            (Method::GET, "/ecs/serviceDiscoveryRegistries"),
            (Method::GET, "/gce/images/find"),
            (Method::GET, "/huaweicloud/images/find"),
            (Method::GET, "/oracle/images/find"),
            (Method::GET, "/oracle/images/{account}/{region}/{imageId}"),
            (Method::GET, "/reports/reservation"),
            (Method::GET, "/reports/reservation/{name}"),
            (Method::GET, "/servicebroker/{account}/serviceInstance"),
            (Method::GET, "/servicebroker/{account}/services"),
            (Method::GET, "/storage"),
            (Method::GET, "/v1/data/adhoc/{groupId}/{bucketId}/{*path}"),
            (Method::GET, "/v1/data/static/{id}"),
            (Method::GET, "/yandex/images/find"),
            (Method::GET, "/yandex/serviceAcounts/{account}"),
        ],
    ),
    (KNOWN, SAGAS, &[(Method::GET, "/saga/{name}/{id}")]),
];

pub(super) fn api() -> Api<Clouddriver> {
    let mut api = Api::new("clouddriver");
    for (permission, message, endpoints) in GROUPS {
        for (method, path) in endpoints {
            api = api.route(unsupported(method.clone(), path, message).needs(permission));
        }
    }
    api
}
