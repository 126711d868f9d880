//! What proves who calls, and whom is trusted, as calls carry it. No error shows a secret.

use reqwest::{
    Certificate, Identity,
    header::{HeaderMap, HeaderName, HeaderValue},
};

use super::{Error, root};
use crate::cli::access::{Access, Secret};

/// The headers of each call that say who calls, and those that are asked for.
pub(super) fn headers(access: &Access) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::new();
    let mut add = |name: &str, value: &str| {
        let wrong = |cause: &str| Error::Credentials { what: format!("the header {name}"), cause: cause.to_owned() };
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong("no header can have this name"))?;
        let mut value =
            HeaderValue::from_str(value).map_err(|_| wrong("its value has characters that no header can carry"))?;
        value.set_sensitive(true);
        headers.insert(name, value);
        Ok(())
    };
    if let Some(token) = &access.bearer {
        add("Authorization", &format!("Bearer {}", token.reveal()))?;
    }
    if let Some(token) = &access.api_token {
        add("X-Spinnaker-Token", token.reveal())?;
    }
    access.headers.iter().try_for_each(|(name, value)| add(name, value.reveal()))?;
    Ok(headers)
}

/// The authorities that are trusted besides the machine's.
pub(super) fn authorities(pem: Option<&str>) -> Result<Vec<Certificate>, Error> {
    let wrong = |cause: String| Error::Credentials { what: "the authorities (ca)".to_owned(), cause };
    let read = pem.map(|pem| Certificate::from_pem_bundle(pem.as_bytes())).transpose();
    match read.map_err(|error| wrong(root(&error)))? {
        Some(none) if none.is_empty() => Err(wrong("the file has no PEM certificate".to_owned())),
        read => Ok(read.unwrap_or_default()),
    }
}

/// The client's certificate, with its key.
pub(super) fn identity(pem: &Secret) -> Result<Identity, Error> {
    let advice = "give a PEM certificate, and its PEM key without a password";
    Identity::from_pem(pem.reveal().as_bytes()).map_err(|error| Error::Credentials {
        what: "the client's certificate (x509)".to_owned(),
        cause: format!("{}; {advice}", root(&error)),
    })
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::cli::gate::Gate;

    #[test]
    fn credentials_that_cannot_be_sent_are_named_and_not_shown() {
        let access = || Access::new(Url::parse("https://gate.example.com").expect("a URL"));
        let refused = |access: Access| Gate::new(&access).err().expect("refused").to_string();
        let token = refused(Access { api_token: Some(Secret::new("hunter\n2")), ..access() });
        assert_eq!(
            token,
            "the header X-Spinnaker-Token cannot be used: its value has characters that no header can carry"
        );
        let x509 = refused(Access { certificate: Some(Secret::new("hunter2")), ..access() });
        assert!(x509.contains("(x509) cannot be used") && !x509.contains("hunter2"), "{x509}");
        let ca = refused(Access { ca: Some("hunter2".to_owned()), ..access() });
        assert!(ca.contains("(ca) cannot be used") && !ca.contains("hunter2"), "{ca}");
    }
}
