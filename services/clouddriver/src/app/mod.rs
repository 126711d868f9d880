//! What the service does. No HTTP here.

pub(crate) mod accounts;
pub(crate) mod definitions;
pub(crate) mod health;
pub(crate) mod inventory;
pub(crate) mod operations;
pub(crate) mod providers;
pub(crate) mod refresh;
pub(crate) mod served;
pub(crate) mod tags;
