//! The provider against a real agent: what it shows, what it does, and what it says when the agent is away.

mod accounts;
mod groups;
mod launch;
mod refusals;
mod sent;
mod things;
mod world;
