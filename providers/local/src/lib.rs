//! The local provider: one machine as a cloud.
