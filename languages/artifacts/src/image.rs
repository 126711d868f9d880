//! References of container images: `registry:5000/shop:1.4@sha256:...`.

/// The name by which a manifest's image is compared with an artifact's: what stands before the first `@`, else before
/// the last `:`, else all.
///
/// As in the original, a registry's port without a tag behind it is taken for a tag, and with a digest the tag stays:
///
/// ```
/// use gennaker_artifacts::image::binding_name;
///
/// assert_eq!(binding_name("registry:5000/shop:1.4"), "registry:5000/shop");
/// assert_eq!(binding_name("registry:5000/shop"), "registry");
/// assert_eq!(binding_name("shop:1.4@sha256:abc"), "shop:1.4");
/// ```
///
/// Source: clouddriver-kubernetes `Replacer`.
pub fn binding_name(reference: &str) -> &str {
    let end = reference.find('@').or_else(|| reference.rfind(':'));
    &reference[..end.unwrap_or(reference.len())]
}

/// An image's reference, taken apart.
///
/// ```
/// use gennaker_artifacts::image::ImageReference;
///
/// let image = ImageReference::parse("registry:5000/shop:1.4@sha256:abc");
/// assert_eq!((image.name, image.tag, image.digest), ("registry:5000/shop", Some("1.4"), Some("sha256:abc")));
/// assert_eq!(ImageReference::parse("registry:5000/shop").tag, None);
/// ```
///
/// No part is checked. Source: the grammar of CNCF Distribution's `reference` package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ImageReference<'a> {
    /// Registry, if it is given, and repository.
    pub name: &'a str,
    /// The tag.
    pub tag: Option<&'a str>,
    /// The digest with its algorithm.
    pub digest: Option<&'a str>,
}

impl<'a> ImageReference<'a> {
    /// Takes a reference apart: the digest follows the first `@`, the tag the last `:` after the last `/`.
    pub fn parse(reference: &'a str) -> Self {
        let (rest, digest) = match reference.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (reference, None),
        };
        let last_part = rest.rfind('/').map_or(0, |slash| slash + 1);
        match rest[last_part..].rfind(':') {
            Some(colon) => {
                let (name, tag) = rest.split_at(last_part + colon);
                ImageReference { name, tag: Some(&tag[1..]), digest }
            }
            None => ImageReference { name: rest, tag: None, digest },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_to_bind_by() {
        for (reference, name) in [
            ("nginx", "nginx"),
            ("nginx:1.18", "nginx"),
            ("nginx@sha256:a", "nginx"),
            ("a:b:c", "a:b"),
            ("@x", ""),
            (":x", ""),
            ("", ""),
        ] {
            assert_eq!(binding_name(reference), name, "{reference}");
        }
    }

    #[test]
    fn parts() {
        for (reference, name, tag, digest) in [
            ("nginx", "nginx", None, None),
            ("a/b:1", "a/b", Some("1"), None),
            ("r:5000/a", "r:5000/a", None, None),
            ("r:5000/a@sha256:d", "r:5000/a", None, Some("sha256:d")),
            ("a:", "a", Some(""), None),
            ("", "", None, None),
            ("é/ü:ö@ä", "é/ü", Some("ö"), Some("ä")),
        ] {
            assert_eq!(ImageReference::parse(reference), ImageReference { name, tag, digest }, "{reference}");
        }
    }
}
