//! Names of server groups, monikers and Kubernetes objects.

mod moniker;

pub use self::moniker::Moniker;
