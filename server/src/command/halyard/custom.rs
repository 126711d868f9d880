//! What an operator has written beside Halyard's own file: custom profiles, and settings of services.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use gennaker_wire::{Object, ObjectExt as _};
use serde_json::Value;

use super::convert::Converted;
use crate::cli::document::Document;

/// Adds what stands in `profiles` and `service-settings` of a deployment's `folder`; returns the files to copy, each with its name in
/// the target.
///
/// A profile with the name of a file that would be written (`gate.yml`) replaces it, as it does with Halyard.
pub(super) fn add(converted: &mut Converted, folder: &Path) -> anyhow::Result<Vec<(PathBuf, PathBuf)>> {
    for path in files(&folder.join("service-settings"))? {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if let Some(service) = name.strip_suffix(".yml") {
            let document = Document::read(&path)?;
            let fields = document.map(|document| document.root().fields().clone()).unwrap_or_default();
            service_settings(converted, service, &fields);
        }
    }
    let profiles = folder.join("profiles");
    let mut copies = Vec::new();
    for path in files(&profiles)? {
        let name = path.strip_prefix(&profiles).unwrap_or(&path).to_path_buf();
        if path.extension().is_some_and(|ending| ending == "yml") {
            // What cannot be read would stop every service that reads it.
            Document::read(&path)?;
        }
        if let Some(name) = name.to_str().filter(|name| converted.files.contains_key(*name)) {
            converted.files.remove(name);
            let key = format!("everything for {name}");
            converted.leave(&key, &format!("{} replaces it, as it does with Halyard", path.display()));
        }
        copies.push((path, name));
    }
    Ok(copies)
}

/// The files below a folder, in order; none if there is no such folder.
fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error).with_context(|| format!("{} cannot be read", folder.display())),
        };
        for entry in entries {
            let path = entry.with_context(|| format!("{} cannot be read", folder.display()))?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn service_settings(converted: &mut Converted, service: &str, settings: &Object) {
    let file = format!("{service}.yml");
    for (name, value) in settings {
        let key = format!("service-settings/{service}.{name}");
        let to = match name.as_str() {
            "overrideBaseUrl" | "baseUrl" => Some(("spinnaker.yml", vec!["services", service, "baseUrl"])),
            "enabled" => Some(("spinnaker.yml", vec!["services", service, "enabled"])),
            "port" => Some((file.as_str(), vec!["server", "port"])),
            "host" | "address" if value.as_str().is_some_and(|text| text.parse::<std::net::IpAddr>().is_ok()) => {
                Some((file.as_str(), vec!["server", "address"]))
            }
            _ => None,
        };
        match to {
            Some((file, path)) => {
                converted.put(file, &path, value.clone());
                converted.take(&key, &format!("{file}, {}", path.join(".")));
            }
            None if name == "env" => {
                let names: Vec<&str> =
                    settings.object("env").into_iter().flat_map(Object::keys).map(String::as_str).collect();
                let advice = format!("set them in the environment of the service: {}", names.join(", "));
                converted.leave(&key, &advice);
            }
            None if *value == Value::Null => {}
            None => converted.leave(&key, "it says how Halyard installs the service"),
        }
    }
}
