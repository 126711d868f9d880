//! The kinds of objects that front50 keeps, and where each lies in a folder.

use std::path::{Component, Path, PathBuf};

use super::item::Key;

/// A kind of object. The order is the one in which they need each other: what comes later may refer to what comes before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, clap::ValueEnum)]
pub(crate) enum Kind {
    /// Applications, with their permissions.
    Application,
    /// Service accounts; with --front50 only.
    ServiceAccount,
    /// What is known of plugins.
    Plugin,
    /// Pipeline templates of version 1.
    TemplateV1,
    /// Pipeline templates of version 2, by their tags.
    TemplateV2,
    /// Deployment strategies.
    Strategy,
    /// Pipelines.
    Pipeline,
    /// Who is told of what: of each application, and global.
    Notifications,
    /// Projects.
    Project,
    /// Delivery configurations; with --front50 only.
    DeliveryConfig,
    /// Tags of infrastructure; with --front50 only.
    EntityTags,
}

impl Kind {
    /// All of them, in their order.
    pub(super) const ALL: [Kind; 11] = [
        Kind::Application,
        Kind::ServiceAccount,
        Kind::Plugin,
        Kind::TemplateV1,
        Kind::TemplateV2,
        Kind::Strategy,
        Kind::Pipeline,
        Kind::Notifications,
        Kind::Project,
        Kind::DeliveryConfig,
        Kind::EntityTags,
    ];

    /// What one of them is called.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Kind::Application => "application",
            Kind::ServiceAccount => "service account",
            Kind::Plugin => "plugin",
            Kind::TemplateV1 => "template (v1)",
            Kind::TemplateV2 => "template",
            Kind::Strategy => "strategy",
            Kind::Pipeline => "pipeline",
            Kind::Notifications => "notifications",
            Kind::Project => "project",
            Kind::DeliveryConfig => "delivery config",
            Kind::EntityTags => "entity tags",
        }
    }

    /// Whether each of them belongs to an application.
    pub(super) fn is_of_application(self) -> bool {
        matches!(self, Kind::Application | Kind::Strategy | Kind::Pipeline | Kind::Notifications | Kind::DeliveryConfig)
    }

    /// Whether gate's API has them.
    pub(super) fn is_in_gate(self) -> bool {
        !matches!(self, Kind::ServiceAccount | Kind::DeliveryConfig | Kind::EntityTags)
    }

    /// Where the object with this key lies, without the ending of the file's name.
    pub(super) fn path(self, key: &Key) -> PathBuf {
        let parts: Vec<String> = key.parts().iter().map(|part| encoded(part)).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let names = match (self, parts.as_slice()) {
            (Kind::Application, [name]) => vec!["applications", name, "application"],
            (Kind::Pipeline, [application, name]) => vec!["applications", application, "pipelines", name],
            (Kind::Strategy, [application, name]) => vec!["applications", application, "strategies", name],
            (Kind::Notifications, [application]) => vec!["applications", application, "notifications"],
            (Kind::Notifications, _) => vec!["notifications", "global"],
            (Kind::TemplateV1, [id]) => vec!["templates", "v1", id],
            (Kind::TemplateV2, [id]) => vec!["templates", "v2", id, "untagged"],
            (Kind::TemplateV2, [id, tag]) => vec!["templates", "v2", id, tag],
            (Kind::Project, names) => [&["projects"], names].concat(),
            (Kind::ServiceAccount, names) => [&["service-accounts"], names].concat(),
            (Kind::Plugin, names) => [&["plugins"], names].concat(),
            (Kind::DeliveryConfig, names) => [&["delivery-configs"], names].concat(),
            (Kind::EntityTags, names) => [&["entity-tags"], names].concat(),
            (_, names) => names.to_vec(),
        };
        names.iter().collect()
    }

    /// The kind of what lies at `path` in a folder, by the folders alone; `None` if nothing lies there.
    pub(super) fn of_path(path: &Path) -> Option<Kind> {
        let names = path.components().map(|component| match component {
            Component::Normal(name) => name.to_str(),
            _ => None,
        });
        let names = names.collect::<Option<Vec<&str>>>()?;
        let (file, folders) = names.split_last()?;
        let stem = file.rsplit_once('.')?.0;
        match (folders, stem) {
            (["applications", _], "application") => Some(Kind::Application),
            (["applications", _], "notifications") | (["notifications"], "global") => Some(Kind::Notifications),
            (["applications", _, "pipelines"], _) => Some(Kind::Pipeline),
            (["applications", _, "strategies"], _) => Some(Kind::Strategy),
            (["projects"], _) => Some(Kind::Project),
            (["templates", "v1"], _) => Some(Kind::TemplateV1),
            (["templates", "v2", _], _) => Some(Kind::TemplateV2),
            (["service-accounts"], _) => Some(Kind::ServiceAccount),
            (["plugins"], _) => Some(Kind::Plugin),
            (["delivery-configs"], _) => Some(Kind::DeliveryConfig),
            (["entity-tags"], _) => Some(Kind::EntityTags),
            _ => None,
        }
    }
}

/// A name as that of a file or folder: letters and digits of any script, spaces and `-_.,+=@()` stay, other bytes become `%XX`; so
/// does a point or a space at the start or the end.
pub(super) fn encoded(name: &str) -> String {
    let last = name.chars().count().saturating_sub(1);
    let mut encoded = String::new();
    for (place, c) in name.chars().enumerate() {
        let is_inside = place > 0 && place < last;
        let stays = c.is_alphanumeric() || "-_,+=@()".contains(c) || (is_inside && ". ".contains(c));
        if stays {
            encoded.push(c);
        } else {
            c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| encoded += &format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_found_where_it_is_put() {
        let keys = [
            (Kind::Application, vec!["shop"], "applications/shop/application"),
            (Kind::Pipeline, vec!["shop", "a/b: 1"], "applications/shop/pipelines/a%2Fb%3A 1"),
            (Kind::Strategy, vec!["shop", ".."], "applications/shop/strategies/%2E%2E"),
            (Kind::Notifications, vec!["shop"], "applications/shop/notifications"),
            (Kind::Notifications, vec![], "notifications/global"),
            (Kind::TemplateV1, vec!["bake"], "templates/v1/bake"),
            (Kind::TemplateV2, vec!["deploy", "stable"], "templates/v2/deploy/stable"),
            (Kind::TemplateV2, vec!["deploy"], "templates/v2/deploy/untagged"),
            (Kind::Project, vec!["größe"], "projects/größe"),
            (Kind::ServiceAccount, vec!["ci@example.com"], "service-accounts/ci@example.com"),
            (Kind::Plugin, vec!["a.b"], "plugins/a.b"),
            (Kind::DeliveryConfig, vec!["d"], "delivery-configs/d"),
            (Kind::EntityTags, vec!["aws:x"], "entity-tags/aws%3Ax"),
        ];
        for (kind, key, expected) in keys {
            let path = kind.path(&Key::new(key));
            assert_eq!(path, PathBuf::from(expected));
            assert_eq!(Kind::of_path(Path::new(&format!("{expected}.yml"))), Some(kind), "{expected}");
        }
        for nowhere in ["a.yml", "applications/shop.yml", "applications/shop/pipelines", "applications/shop/x/y.yml"] {
            assert_eq!(Kind::of_path(Path::new(nowhere)), None, "{nowhere}");
        }
    }
}
