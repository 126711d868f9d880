//! front50: applications and pipelines.
