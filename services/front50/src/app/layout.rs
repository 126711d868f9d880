//! Where the objects of a group are: upstream's `<root folder>/<group>/<id>/<file>`, and `<group>/last-modified.json`,
//! which every write changes.
//!
//! Ids are in lower case there. An id may have slashes, as an application `slash/y` has upstream.

use gennaker_objects::Key;

use super::Error;

/// The longest id in bytes.
const ID_LIMIT: usize = 200;
const MARKER: &str = "last-modified.json";

/// The place of one group.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    folder: Key,
    marker: Key,
    file: &'static str,
    /// All names of files in the folders of the group's ids.
    files: &'static [&'static str],
}

impl Layout {
    /// The group `group` below `root`, each object in a file named `file`, beside others that are named as one of `files`.
    pub(crate) fn new(
        root: &str,
        group: &str,
        file: &'static str,
        files: &'static [&'static str],
    ) -> Result<Layout, Error> {
        let folder = match root.trim_matches('/') {
            "" => group.to_owned(),
            root => format!("{root}/{group}"),
        };
        let key = |text: String| {
            Key::new(text).map_err(|why| Error::Invalid(format!("the root folder `{root}` cannot be used: {why}")))
        };
        Ok(Layout { marker: key(format!("{folder}/{MARKER}"))?, folder: key(folder)?, file, files })
    }

    /// What all keys of the group begin with.
    pub(crate) fn folder(&self) -> &Key {
        &self.folder
    }

    /// The object that every write of the group changes, its mark.
    pub(crate) fn marker(&self) -> &Key {
        &self.marker
    }

    /// Where the object of an id is.
    ///
    /// # Errors
    /// If the id is none: too long, with parts that begin with a dot, or named as the files here are.
    pub(crate) fn key(&self, id: &str) -> Result<Key, Error> {
        let refuse = |why: &str| Error::Invalid(format!("`{}` cannot be an id: {why}", shorten(id)));
        if id.len() > ID_LIMIT {
            return Err(refuse(&format!("it is longer than {ID_LIMIT} bytes")));
        }
        let id = fold(id);
        if id.split('/').any(|part| self.files.contains(&part) || part == MARKER) {
            return Err(refuse("a part of it is the name of a file of the store"));
        }
        Key::new(format!("{}/{id}/{}", self.folder, self.file)).map_err(|why| refuse(&why.to_string()))
    }

    /// The id of the object at `key`, or `None` if it is another file.
    pub(crate) fn id(&self, key: &Key) -> Option<String> {
        let id = key.as_str().strip_prefix(self.folder.as_str())?.strip_prefix('/')?;
        Some(fold(id.strip_suffix(self.file)?.strip_suffix('/')?))
    }
}

/// The form in which ids are compared.
pub(crate) fn fold(id: &str) -> String {
    id.to_lowercase()
}

/// The beginning of a text that may be long, for messages.
pub(crate) fn shorten(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_keys_belong_together() {
        let layout = Layout::new("/front50/", "pipelines", "p.json", &["p.json", "q.json"]).expect("a layout");
        assert_eq!(layout.marker().as_str(), "front50/pipelines/last-modified.json");
        for (id, path) in [("A1", "a1"), ("slash/Y", "slash/y"), ("üÑ .x", "üñ .x")] {
            let key = layout.key(id).expect("an id");
            assert_eq!(key.as_str(), format!("front50/pipelines/{path}/p.json"));
            assert_eq!(layout.id(&key).as_deref(), Some(path));
        }
        for id in
            ["", "..", "../applications/x", "a/../b", "/a", "a/", ".x", "a\0", "p.json", "a/P.json", "a/Q.json", MARKER]
        {
            assert!(layout.key(id).is_err(), "{id:?}");
        }
        assert!(layout.key(&"x".repeat(201)).is_err());
        for key in ["front50/pipelines/last-modified.json", "front50/pipelines/p.json", "front50/pipelines-2/a/p.json"]
        {
            assert_eq!(layout.id(&Key::new(key).expect("a key")), None, "{key}");
        }
        assert_eq!(Layout::new("", "g", "f", &["f"]).expect("a layout").folder().as_str(), "g");
        assert!(Layout::new("../x", "g", "f", &["f"]).is_err());
    }
}
