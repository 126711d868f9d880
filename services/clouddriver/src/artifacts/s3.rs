//! `artifacts.s3`: an object of a bucket of S3, or of a server that speaks its protocol, `s3/object`.
//!
//! The reference is `s3://BUCKET/KEY`.

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use gennaker_artifacts::Artifact;
use gennaker_base::SharedClock;
use gennaker_objects::{BucketOptions, BucketReader, Key};
use parking_lot::Mutex;

use super::{AccountKind, Error, Fetcher, S3Account, content::Spool, reference, secret::given};

pub(super) const KIND: AccountKind = AccountKind { name: "artifacts-s3", types: &["s3/object"] };
/// So many buckets are remembered with their connections and credentials.
const MOST_BUCKETS: usize = 64;

pub(super) struct S3 {
    name: String,
    /// How the buckets are reached; its own name is none.
    options: BucketOptions,
    clock: SharedClock,
    readers: Mutex<HashMap<String, Arc<BucketReader>>>,
}

impl S3 {
    pub(super) fn new(account: &S3Account, clock: SharedClock) -> Result<Self, String> {
        let unused = Key::new("unused").map_err(|error| error.to_string())?;
        let mut options = BucketOptions::new("", unused);
        options.endpoint = given(account.api_endpoint.as_ref());
        let region = if options.endpoint.is_some() { &account.api_region } else { &account.region };
        options.region = given(region.as_ref()).unwrap_or(options.region);
        options.keys = match (given(account.aws_access_key_id.as_ref()), given(account.aws_secret_access_key.as_ref()))
        {
            (Some(key), Some(secret)) => Some((key, secret)),
            (None, None) => None,
            _ => return Err("it has only one of awsAccessKeyId and awsSecretAccessKey: set both, or none".to_owned()),
        };
        Ok(S3 { name: account.name.clone(), options, clock, readers: Mutex::default() })
    }

    fn reader(&self, bucket: &str) -> Result<Arc<BucketReader>, Error> {
        if let Some(reader) = self.readers.lock().get(bucket) {
            return Ok(reader.clone());
        }
        let options = BucketOptions { bucket: bucket.to_owned(), ..self.options.clone() };
        let reader = Arc::new(BucketReader::new(options, self.clock.clone()).map_err(|source| self.error(source))?);
        let mut readers = self.readers.lock();
        if readers.len() >= MOST_BUCKETS {
            readers.clear();
        }
        readers.insert(bucket.to_owned(), reader.clone());
        Ok(reader)
    }

    fn error(&self, source: gennaker_objects::Error) -> Error {
        Error::Bucket { account: self.name.clone(), source }
    }
}

#[async_trait]
impl Fetcher for S3 {
    fn name(&self) -> &str {
        &self.name
    }

    fn kind(&self) -> AccountKind {
        KIND
    }

    async fn fetch(&self, artifact: &Artifact, spool: &mut Spool) -> Result<(), Error> {
        let text = reference::text(artifact)?;
        let named = text.strip_prefix("s3://").unwrap_or(text).split_once('/');
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        let is_one =
            |(bucket, key): &(&str, &str)| !bucket.is_empty() && bucket.bytes().all(is_name) && !key.is_empty();
        let Some((bucket, key)) = named.filter(is_one) else {
            return Err(reference::bad("reference", text, "write s3://BUCKET/KEY"));
        };
        let reader = self.reader(bucket)?;
        let Some(mut object) = reader.read(key).await.map_err(|source| self.error(source))? else {
            return Err(Error::Missing { at: format!("s3://{bucket}/{key}"), account: self.name.clone() });
        };
        if object.length().is_some_and(|length| length > spool.limit()) {
            return Err(Error::TooLarge { limit: spool.limit() });
        }
        while let Some(part) = object.part().await.map_err(|source| self.error(source))? {
            spool.put(part).await?;
        }
        Ok(())
    }
}
