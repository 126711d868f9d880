//! A provider of a toy EC2.

mod account;
mod client;
mod description;
mod operations;
mod provider;
mod view;

pub(crate) use self::{
    client::{Fault, Toy},
    provider::Ec2Provider,
};
