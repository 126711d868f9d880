//! What a bucket is reached with.

use gennaker_base::Redacted;

use crate::Key;

/// A bucket and how to reach it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketOptions {
    /// Its name.
    pub bucket: String,
    /// Its region, with which requests are signed; `us-east-1` by default, which most other servers take.
    pub region: String,
    /// The server, for example `http://127.0.0.1:9000`; AWS by default.
    pub endpoint: Option<String>,
    /// Whether the bucket's name stands in the path and not in the host name; true by default.
    pub path_style: bool,
    /// An access key and its secret; by default AWS's own chain (environment, profile, web identity, container, instance).
    pub keys: Option<(String, Redacted<String>)>,
    /// How the server should encrypt what is written; by default as the bucket says.
    pub encryption: Option<Encryption>,
    /// The proxy, for example `http://proxy:3128`; by default that of the environment, and none for loopback.
    pub proxy: Option<String>,
    /// How many objects a page of a listing has: 1 to 1,000, and 1,000 by default.
    pub page: usize,
    /// The largest object in bytes, 16 MiB by default.
    pub object_limit: u64,
    /// Whether nothing may be written, as in a copy of the bucket that is only there for a fail-over.
    pub read_only: bool,
    /// The object with which it is found out whether the server keeps conditions. It holds a sentence, and stays.
    pub scratch: Key,
}

/// How a server encrypts what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// `AES256`: keys of the server's own.
    Aes256,
    /// `aws:kms`: the key that the bucket names.
    AwsKms,
}

impl BucketOptions {
    /// The bucket `bucket` on AWS; `scratch` as in [`BucketOptions::scratch`].
    pub fn new(bucket: impl Into<String>, scratch: Key) -> Self {
        BucketOptions {
            bucket: bucket.into(),
            region: "us-east-1".to_owned(),
            endpoint: None,
            path_style: true,
            keys: None,
            encryption: None,
            proxy: None,
            page: 1000,
            object_limit: 16 << 20,
            read_only: false,
            scratch,
        }
    }
}

impl Encryption {
    pub(super) fn header(self) -> &'static str {
        match self {
            Encryption::Aes256 => "AES256",
            Encryption::AwsKms => "aws:kms",
        }
    }
}
