//! The folder of images, and the tags that they have here.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use gennaker_base::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Error,
    error::Refusal,
    files::{Files, make_passable_folder},
    validate,
};
use crate::protocol::Image;

/// The file of an image that says what is run.
const MANIFEST: &str = "image.json";
/// The largest such file, in bytes.
const MOST_MANIFEST: u64 = 64 * 1024;

/// The folder of images.
#[derive(Debug, Clone)]
pub(super) struct Images {
    folder: PathBuf,
    tags: Files,
}

/// The tags of one image.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Tagged {
    pub(super) image: String,
    pub(super) tags: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Manifest {
    command: String,
    args: Vec<String>,
}

impl Images {
    pub(super) fn open(state: &Path) -> Result<Images, Error> {
        let folder = state.join("images");
        make_passable_folder(&folder)?;
        Ok(Images { folder, tags: Files::open(state.join("image-tags"))? })
    }

    /// The tags that were written down.
    pub(super) fn read_tags(&self) -> Result<BTreeMap<String, BTreeMap<String, String>>, Error> {
        let tagged: Vec<Tagged> = self.tags.read_all()?;
        Ok(tagged.into_iter().map(|tagged| (tagged.image, tagged.tags)).collect())
    }

    pub(super) async fn write_tags(&self, tagged: &Tagged) -> io::Result<()> {
        self.tags.write(&file_name(&tagged.image), tagged).await
    }

    pub(super) async fn forget_tags(&self, image: &str) -> io::Result<()> {
        self.tags.remove(&file_name(image)).await
    }

    /// Where an image is; none if that is no id of one.
    pub(super) fn path(&self, id: &str) -> Option<PathBuf> {
        let (name, version) = id.split_once(':')?;
        let valid = |part: &str| validate::name("image", part).is_ok();
        (valid(name) && valid(version)).then(|| self.folder.join(name).join(version))
    }

    /// The images that are there now, without tags, by id. What has no name for an image is passed over.
    pub(super) fn scan(&self) -> io::Result<BTreeMap<String, Image>> {
        let mut images = BTreeMap::new();
        for name in folders(&self.folder)? {
            for version in folders(&self.folder.join(&name))? {
                let id = format!("{name}:{version}");
                if let Some(path) = self.path(&id) {
                    images.insert(id.clone(), image(&path, id, name.clone(), version)?);
                }
            }
        }
        Ok(images)
    }

    /// Removes an image. It is renamed first, so that it is there or not.
    pub(super) fn remove(&self, id: &str) -> Result<(), Refusal> {
        let Some(path) = self.path(id) else { return Ok(()) };
        let gone = path.with_file_name(format!(".{}.gone", id.replace(':', "-")));
        let removed = fs::rename(&path, &gone).and_then(|()| fs::remove_dir_all(&gone));
        removed.map_err(|error| Refusal::unavailable(format!("cannot remove the image {id}: {error}")))
    }
}

/// The names of the folders in `folder` that may be names of images.
fn folders(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if let Ok(name) = entry.file_name().into_string()
            && validate::name("image", &name).is_ok()
            && entry.path().is_dir()
        {
            names.push(name);
        }
    }
    Ok(names)
}

fn image(path: &Path, id: String, name: String, version: String) -> io::Result<Image> {
    let changed = fs::metadata(path)?.modified()?.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let (manifest, problem) = match manifest(&path.join(MANIFEST)) {
        Ok(manifest) => (manifest, None),
        Err(problem) => (Manifest::default(), Some(format!("its {MANIFEST} cannot be used: {problem}"))),
    };
    Ok(Image {
        id,
        name,
        version,
        created_at: Timestamp::ZERO.after(changed),
        command: manifest.command,
        args: manifest.args,
        tags: BTreeMap::new(),
        problem,
    })
}

fn manifest(path: &Path) -> Result<Manifest, String> {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Manifest::default()),
        Err(error) => return Err(error.to_string()),
        Ok(metadata) if metadata.len() > MOST_MANIFEST => {
            return Err(format!("it is larger than {MOST_MANIFEST} bytes"));
        }
        Ok(metadata) if !metadata.is_file() => return Err("it is no file".to_owned()),
        Ok(_) => {}
    }
    let text = fs::read(path).map_err(|error| error.to_string())?;
    serde_json::from_slice(&text).map_err(|error| error.to_string())
}

/// An id as the name of a file. Neither part has a `:`, and `~` before it keeps two ids apart.
fn file_name(id: &str) -> String {
    id.replace(':', "~~")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_found_by_name_and_version_and_a_bad_one_says_why() {
        let state = tempfile::tempdir().unwrap();
        let images = Images::open(state.path()).unwrap();
        let make = |path: &str, manifest: Option<&str>| {
            let path = state.path().join("images").join(path);
            fs::create_dir_all(&path).unwrap();
            if let Some(manifest) = manifest {
                fs::write(path.join(MANIFEST), manifest).unwrap();
            }
        };
        make("shop/1.0", Some(r#"{"command": "bin/shop", "args": ["-v"]}"#));
        make("shop/1.1", Some("{"));
        make("shop/1.2", None);
        let made =
            std::process::Command::new("mkfifo").arg(state.path().join("images/shop/1.2").join(MANIFEST)).status();
        assert!(made.unwrap().success());
        make("plain/7", None);
        make(".hidden/1", None);
        make("odd name/1", None);
        let found = images.scan().unwrap();
        assert_eq!(found.keys().collect::<Vec<_>>(), ["plain:7", "shop:1.0", "shop:1.1", "shop:1.2"]);
        assert_eq!((found["shop:1.0"].command.as_str(), found["shop:1.0"].args.len()), ("bin/shop", 1));
        assert!(
            found["shop:1.2"].problem.as_ref().is_some_and(|problem| problem.contains("no file")),
            "nobody waits for a pipe"
        );
        assert!(found["shop:1.1"].problem.is_some() && found["plain:7"].problem.is_none());
        assert_eq!(images.path("shop:../x"), None);
        assert_eq!(images.path("shop"), None);
        images.remove("shop:1.0").unwrap();
        assert_eq!(images.scan().unwrap().len(), 3);
    }
}
