//! deck: the web page of port 9000, and what it is configured with.
//!
//! ```
//! use gennaker_deck::{Deck, Options};
//!
//! let deck = Deck::new(Options::default());
//! let router = deck.api().into_service((), Default::default());
//! # drop(router);
//! ```
//!
//! The page is what `ui/` was built into when this crate was compiled (`tools/ui.sh`); where it was not built, the page says
//! how to. It talks to gate, from the browser: this crate calls nobody.
//!
//! Guarantees:
//! * Files whose name has their hash are kept by browsers for ever; everything else is asked for each time.
//! * No answer of ours lets a page run a script or a style that does not come from here, or send anything to other than
//!   gate and the addresses that an operator names.
//!
//! Old links (`#/applications/...`) stand behind the `#`, which browsers do not send: the page itself keeps them working.

mod assets;
mod headers;
mod options;
mod page;
mod service;
mod settings;

pub use self::{
    options::{AuthOptions, Gate, Options},
    service::Deck,
};
