//! What a route needs of its caller. Declared with the route, so that a test can list routes without one.

/// What is done to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Look.
    Read,
    /// Start or steer.
    Execute,
    /// Change.
    Write,
}

/// The permission that a route needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Permission {
    /// None: health checks and the like.
    Public,
    /// A known caller; what it may see is filtered from the answer.
    Authenticated,
    /// An access to one resource of a kind (`application`, `account`), named by the path, the query or the body.
    Resource {
        /// The kind of resource.
        kind: &'static str,
        /// The access.
        access: Access,
    },
    /// An administrator.
    Admin,
}

impl Permission {
    /// An access to a resource of `kind`.
    pub const fn of(kind: &'static str, access: Access) -> Self {
        Permission::Resource { kind, access }
    }
}
