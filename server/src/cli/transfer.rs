//! `gennaker export` and `gennaker import`: everything that front50 keeps, as a folder of files, and back.
//!
//! ```text
//! applications/shop/application.yml      with its permissions
//! applications/shop/pipelines/deploy.yml
//! applications/shop/strategies/canary.yml
//! applications/shop/notifications.yml
//! notifications/global.yml
//! projects/store.yml
//! templates/v1/bake.yml   templates/v2/deploy/stable.yml
//! plugins/  service-accounts/  delivery-configs/  entity-tags/
//! ```
//!
//! An object is a file, its keys in order, without what changes by itself (times, who changed it last): a second export of the same
//! state changes nothing, and a folder can be kept in git. Gate's API has no service accounts, delivery configs and entity tags;
//! `--front50 URL` talks to front50 itself, which has all.
//!
//! It copies no executions, and of a template only what has a tag: older contents that are known by their digest alone stay behind.

mod apply;
mod export;
mod folder;
mod import;
mod item;
mod kind;
mod list;
mod plan;

use url::Url;

pub(crate) use self::{export::Export, import::Import};
pub(super) use self::{export::run as export, import::run as import};
use self::{item::Item, kind::Kind};
use super::{Global, Session, access::Access, exit::Error, gate::Gate, gate_url};

/// What is copied, and where it is.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Scope {
    /// Only this application, with what belongs to it; may be given several times.
    #[arg(long, short, value_name = "NAME", value_delimiter = ',')]
    application: Vec<String>,
    /// Only objects of this kind; may be given several times.
    #[arg(long, value_enum, value_name = "KIND", value_delimiter = ',')]
    kind: Vec<Kind>,
    /// Talk to the front50 at this address instead of gate.
    #[arg(long, value_name = "URL", value_parser = gate_url)]
    front50: Option<Url>,
}

impl Scope {
    /// The kinds that are copied, in the order in which they need each other.
    fn kinds(&self) -> Vec<Kind> {
        let named = |kind: &Kind| self.kind.is_empty() || self.kind.contains(kind);
        let within = |kind: &Kind| self.application.is_empty() || kind.is_of_application();
        Kind::ALL.into_iter().filter(named).filter(within).collect()
    }

    /// Whether it is everything.
    fn is_whole(&self) -> bool {
        self.application.is_empty() && self.kind.is_empty()
    }

    fn has_application(&self, name: &str) -> bool {
        self.application.is_empty() || self.application.iter().any(|wanted| wanted.eq_ignore_ascii_case(name))
    }

    fn has(&self, item: &Item) -> bool {
        self.kinds().contains(&item.kind) && item.application().is_none_or(|name| self.has_application(name))
    }

    /// Front50 itself, if it is asked for. It gets no credentials of gate's, only what the options say for every call.
    fn front50(&self, session: &Session<'_>) -> Result<Option<Gate>, Error> {
        let Some(url) = self.front50.clone() else { return Ok(None) };
        let Global { insecure, default_headers, .. } = session.global;
        Ok(Some(Gate::new(&Access { insecure: *insecure, ..Access::new(url) }.with_headers(default_headers))?))
    }
}
