//! The trait against a large cloud: a toy EC2 with what makes the real one hard, and a provider of it.
//!
//! What is proved is that the trait has a place for each of these, not that a provider of AWS is right. The decision page is
//! `docs/adr/0010-the-provider-trait-fits-ec2.md`.

mod ec2;
mod journal;
mod walk;
