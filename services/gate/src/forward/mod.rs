//! Endpoints whose answer is another service's: declared in tables, performed in one place.
//!
//! ```text
//! get("/images/find", Clouddriver, "/{provider}/images/find", KNOWN).asks(&[text("provider").or("aws"), text("q"), rest()])
//! ```
//!
//! A name in braces in the service's path is a parameter of gate's path, or else of the query, which is then not sent
//! again. A parameter without a value is not sent. The body, a JSON object or list, goes along as it is. Errors keep the service's status and message.

mod perform;
mod specification;

pub(crate) use self::{
    perform::route,
    specification::{
        Body, Forward, Otherwise, Parameter, Service, delete, flag, get, list, number, post, put, rest, text,
    },
};
