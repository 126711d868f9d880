//! Full resource names: a kind, a space and a name, `deployment shop`. Clients name objects so.

use super::{Error, Kind};

/// The kind and the name, joined.
///
/// Source: clouddriver-kubernetes `KubernetesManifest.getFullResourceName`.
pub fn full_resource_name(kind: &Kind, name: &str) -> String {
    format!("{kind} {name}")
}

/// The kind and the name; fails unless there is exactly one space.
///
/// ```
/// use gennaker_naming::kubernetes::parse_full_resource_name;
///
/// let (kind, name) = parse_full_resource_name("svc shop")?;
/// assert_eq!((kind.to_string().as_str(), name), ("service", "shop"));
/// # Ok::<(), gennaker_naming::kubernetes::Error>(())
/// ```
///
/// Source: clouddriver-kubernetes `KubernetesCoordinatesBuilder.fullResourceName`.
pub fn parse_full_resource_name(full: &str) -> Result<(Kind, &str), Error> {
    match full.split_once(' ') {
        Some((kind, name)) if !name.contains(' ') => Ok((Kind::parse(kind), name)),
        _ => Err(Error::FullResourceName(full.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_space_divides() {
        for full in ["", "pod", "pod a b", "pod  a"] {
            assert_eq!(parse_full_resource_name(full), Err(Error::FullResourceName(full.into())));
        }
        assert_eq!(parse_full_resource_name("pod ").unwrap(), (Kind::parse("pod"), ""));
    }
}
