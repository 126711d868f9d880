//! The load balancers that an object's pods stand behind: its annotation `traffic.spinnaker.io/load-balancers`.
//!
//! Source: clouddriver-kubernetes `KubernetesManifestTraffic`, `KubernetesManifestAnnotater`.

use super::{
    Error, Manifest,
    annotation::{self, TRAFFIC_LOAD_BALANCERS},
};

/// The load balancers that an object's pods stand behind.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Traffic {
    /// Full resource names, for example `service shop`.
    pub load_balancers: Vec<String>,
}

impl Traffic {
    /// What the annotation says, a JSON list; no load balancers if it is absent or no such list.
    ///
    /// Fails on a manifest without metadata and on an annotation that is no text. Source: `getTraffic`.
    pub fn of(manifest: &Manifest) -> Result<Self, Error> {
        let load_balancers = manifest.annotation(TRAFFIC_LOAD_BALANCERS)?.and_then(annotation::texts);
        Ok(Traffic { load_balancers: load_balancers.unwrap_or_default() })
    }
}

/// Writes the load balancers to the annotation. Fails if it names others already, also the same in another order.
///
/// Source: `setTraffic`.
pub fn set_traffic(manifest: &mut Manifest, traffic: &Traffic) -> Result<(), Error> {
    if manifest.has_annotation(TRAFFIC_LOAD_BALANCERS)? {
        let current = Traffic::of(manifest)?;
        if current == *traffic {
            return Ok(());
        }
        return Err(Error::Traffic {
            annotation: TRAFFIC_LOAD_BALANCERS,
            current: current.load_balancers,
            wanted: traffic.load_balancers.clone(),
        });
    }
    let json = serde_json::Value::from(traffic.load_balancers.clone()).to_string();
    manifest.annotations_mut()?.insert(TRAFFIC_LOAD_BALANCERS.into(), json.into());
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn traffic(names: &[&str]) -> Traffic {
        Traffic { load_balancers: names.iter().map(|name| (*name).to_owned()).collect() }
    }

    fn manifest() -> Manifest {
        serde_json::from_value(json!({"metadata": {}})).unwrap()
    }

    #[test]
    fn what_is_set_is_read_and_may_be_set_again() {
        for names in [&[][..], &["service a"], &["service a", "service b"]] {
            let mut manifest = manifest();
            set_traffic(&mut manifest, &traffic(names)).unwrap();
            set_traffic(&mut manifest, &traffic(names)).unwrap();
            assert_eq!(Traffic::of(&manifest).unwrap(), traffic(names));
        }
    }

    #[test]
    fn others_are_refused() {
        for (first, second) in [
            (&[][..], &["service a"][..]),
            (&["service a"], &[]),
            (&["service a", "service b"], &["service b", "service a"]),
        ] {
            let mut manifest = manifest();
            set_traffic(&mut manifest, &traffic(first)).unwrap();
            assert!(matches!(set_traffic(&mut manifest, &traffic(second)), Err(Error::Traffic { .. })));
            assert_eq!(Traffic::of(&manifest).unwrap(), traffic(first));
        }
    }
}
