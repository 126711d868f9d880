//! The stage catalogue.
