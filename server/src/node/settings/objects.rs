//! Where front50 keeps its objects: `spinnaker.s3` in `front50.yml`, upstream's keys; a folder of the node without it.
//!
//! What Armory's environment files set counts where these keys do not say otherwise: `ARMORYSPINNAKER_S3_BUCKET` (which
//! also switches the bucket on), `ARMORYSPINNAKER_S3_PREFIX`, `SPINNAKER_AWS_DEFAULT_REGION` and `EC2_REGION`.

use gennaker_base::Redacted;
use gennaker_config::{Error, ServiceConfig};
use gennaker_objects::{BucketOptions, Encryption, Key};
use serde::{Deserialize, Serialize};

/// Where AWS's own tools and Armory's environment files have the region.
const REGION_VARIABLES: [&str; 4] = ["SPINNAKER_AWS_DEFAULT_REGION", "EC2_REGION", "AWS_REGION", "AWS_DEFAULT_REGION"];
/// The object below the root folder with which conditional writes are tried.
const SCRATCH: &str = "gennaker/conditional-writes";

/// Where the objects are.
pub(crate) enum ObjectSettings {
    /// In the folder `objects` of the node's data.
    Folder,
    /// In a bucket.
    Bucket {
        /// How it is reached.
        options: Box<BucketOptions>,
        /// What the keys of all objects begin with.
        root_folder: String,
    },
}

/// One bucket: `spinnaker.s3`, or `spinnaker.s3.failover`.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Place {
    bucket: Option<String>,
    region: Option<String>,
    endpoint: Option<String>,
    proxy_host: Option<String>,
    proxy_port: Option<String>,
    /// `http` by default.
    proxy_protocol: Option<String>,
    path_style_access: bool,
    /// `AES256` or `AWSKMS`; `aws:kms` is the same.
    server_side_encryption: Option<String>,
    /// Upstream's, and of no consequence: whether there is a history is asked of the bucket.
    versioning: bool,
    /// Upstream's, and of no consequence: everything that is sent is signed.
    payload_signing: bool,
}

impl Default for Place {
    fn default() -> Self {
        Place {
            bucket: None,
            region: None,
            endpoint: None,
            proxy_host: None,
            proxy_port: None,
            proxy_protocol: None,
            path_style_access: true,
            server_side_encryption: None,
            versioning: true,
            payload_signing: false,
        }
    }
}

/// What is not a bucket's own: the rest of `spinnaker.s3`.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct S3 {
    enabled: Option<bool>,
    root_folder: Option<String>,
    access_key: Option<String>,
    secret_key: Option<String>,
    max_keys: usize,
    storage_service: Switch,
    eventing: Eventing,
}

impl Default for S3 {
    fn default() -> Self {
        S3 {
            enabled: None,
            root_folder: None,
            access_key: None,
            secret_key: None,
            max_keys: 10_000,
            storage_service: Switch { enabled: true },
            eventing: Eventing::default(),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Switch {
    enabled: bool,
}

/// Upstream's, and of no consequence: changes are followed without SNS.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Eventing {
    enabled: bool,
    sns_topic_name: Option<String>,
    refresh_interval_ms: Option<u64>,
}

/// Reads where the objects are.
pub(super) fn bind(front50: &ServiceConfig) -> Result<ObjectSettings, Error> {
    let s3: S3 = front50.bind("spinnaker.s3")?;
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let armory = given(front50.get_string("ARMORYSPINNAKER_S3_BUCKET")?);
    if !s3.enabled.unwrap_or(armory.is_some()) || !s3.storage_service.enabled {
        return Ok(ObjectSettings::Folder);
    }
    let read_only = front50.get::<bool>("spinnaker.s3.failover.enabled")?.unwrap_or(false);
    let section = if read_only { "spinnaker.s3.failover" } else { "spinnaker.s3" };
    let place: Place = front50.bind(section)?;
    let Some(bucket) = given(place.bucket).or(armory.filter(|_| !read_only)) else {
        let problem = "its `bucket` is missing: name the bucket, or set spinnaker.s3.enabled to false to use a folder";
        return Err(front50.refused(section, problem));
    };
    let prefix = given(front50.get_string("ARMORYSPINNAKER_S3_PREFIX")?);
    let root_folder = s3.root_folder.or(prefix).unwrap_or_else(|| "front50".to_owned());
    let scratch = format!("{}/{SCRATCH}", root_folder.trim_matches('/'));
    let scratch = Key::new(scratch.trim_start_matches('/')).map_err(|_| {
        front50.refused("spinnaker.s3.rootFolder", "it is no folder of a bucket: write for example `front50`")
    })?;
    let mut options = BucketOptions::new(bucket, scratch);
    let mut region = given(place.region);
    for variable in REGION_VARIABLES {
        region = region.or(given(front50.get_string(variable)?));
    }
    options.region = region.unwrap_or(options.region);
    options.endpoint = given(place.endpoint);
    options.path_style = place.path_style_access;
    options.encryption = encryption(front50, section, given(place.server_side_encryption))?;
    options.proxy = match (given(place.proxy_host), given(place.proxy_port)) {
        (Some(host), Some(port)) => {
            let protocol = given(place.proxy_protocol).unwrap_or_else(|| "http".to_owned()).to_lowercase();
            Some(format!("{protocol}://{host}:{port}"))
        }
        (None, None) => None,
        _ => return Err(front50.refused(section, "it has only one of proxyHost and proxyPort: set both, or none")),
    };
    options.keys = match (given(s3.access_key), given(s3.secret_key)) {
        (Some(key), Some(secret)) => Some((key, Redacted::new(secret))),
        (None, None) => None,
        _ => {
            let problem = "it has only one of accessKey and secretKey: set both, or none to use AWS's own credentials";
            return Err(front50.refused("spinnaker.s3", problem));
        }
    };
    options.page = s3.max_keys.clamp(1, 1000);
    options.read_only = read_only;
    Ok(ObjectSettings::Bucket { options: Box::new(options), root_folder })
}

fn encryption(front50: &ServiceConfig, section: &str, name: Option<String>) -> Result<Option<Encryption>, Error> {
    Ok(match name.as_deref() {
        None => None,
        Some("AES256") => Some(Encryption::Aes256),
        Some("AWSKMS" | "aws:kms") => Some(Encryption::AwsKms),
        Some(_) => return Err(front50.refused(&format!("{section}.serverSideEncryption"), "it is AES256 or AWSKMS")),
    })
}
