//! Named objects with atomic, conditional writes and a history, in a folder or a bucket.
//!
//! ```no_run
//! use gennaker_objects::{Condition, FolderObjects, FolderOptions, Key, Objects};
//! # use std::sync::Arc;
//! # let runtime = tokio::runtime::Runtime::new()?;
//! # let folder = std::env::temp_dir().join(format!("gennaker-objects-{}", std::process::id()));
//! # runtime.block_on(async {
//! let objects = FolderObjects::open(folder, FolderOptions::default(), Arc::new(gennaker_base::SystemClock))?;
//! let key = Key::new("letters/a.json")?;
//! let first = objects.put(&key, "1".into(), Condition::IfAbsent).await?;
//! objects.put(&key, "2".into(), Condition::IfVersion(first.clone())).await?;
//! assert!(objects.put(&key, "3".into(), Condition::IfVersion(first)).await.is_err(), "somebody was faster");
//! assert_eq!(objects.history(&key, 10).await?.len(), 2);
//! # objects.delete(&key, Condition::Any).await?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Objects`] is the contract, [`FolderObjects`] its implementation in a local folder, [`BucketObjects`] that in a bucket
//! of S3; [`BucketReader`] reads what others put into a bucket, however large. They know nothing of what the objects are and cache nothing.

mod bucket;
mod error;
mod folder;
mod key;
mod objects;

pub use self::{
    bucket::{BucketObjects, BucketOptions, BucketReader, Encryption, Problem, Reading},
    error::{Error, Result},
    folder::{FolderObjects, FolderOptions},
    key::{Key, KeyError},
    objects::{Condition, Entry, Listing, Object, Objects, Revision, Unread, Version},
};
