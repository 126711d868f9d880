//! The names that Spinnaker gives to what it deploys: server groups, clusters, monikers and Kubernetes objects.
//!
//! A name such as `shop-test-canary-v012` carries its application, stack, detail and number; tools of many years read
//! them back out of it, so the rules here are the original's to the letter, oddities included.
//!
//! ```
//! use gennaker_naming::{Moniker, frigga::{Names, ServerGroupName, TakenSlot}};
//!
//! let names = Names::parse("shop-test-canary-v012");
//! assert_eq!(names.app.as_deref(), Some("shop"));
//! assert_eq!(names.cluster.as_deref(), Some("shop-test-canary"));
//!
//! let taken = [TakenSlot { server_group_name: "shop-test-v012".into(), sequence: Some(12), created_time: Some(1) }];
//! let next = ServerGroupName { stack: Some("test".into()), ..ServerGroupName::new("shop") }.next(&taken)?;
//! assert_eq!(next.compose()?, "shop-test-v013");
//! assert_eq!(Moniker::parse("shop-test-v013").sequence, Some(13));
//! # Ok::<(), gennaker_naming::frigga::Error>(())
//! ```
//!
//! Guarantees: every function is pure, and none panics, whatever it is given.
//!
//! It asks no cloud which names are taken (the caller says so), does not know what a name may hold in one cloud or
//! another (lengths, characters), and models no more of a Kubernetes object than what its name comes from.
//!
//! Sources: Netflix Frigga 0.28.0, kork-moniker, clouddriver-core and clouddriver-kubernetes of August 2026; each item
//! names its class. Left out of Frigga are image versions, sharding and load balancer names.

pub mod frigga;
pub mod kubernetes;
mod moniker;

pub use self::moniker::Moniker;
