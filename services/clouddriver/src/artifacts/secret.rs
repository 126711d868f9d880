//! What an account proves who it is with: from the configuration, or from files that are read when it is used.

use std::{io, path::PathBuf};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use gennaker_base::Redacted;
use http::HeaderValue;

use super::Error;

/// A user and a password.
pub(super) struct Basic {
    pub(super) account: String,
    pub(super) username: Option<String>,
    pub(super) password: Option<Redacted<String>>,
    /// A file with `user:password`, which counts before the two.
    pub(super) file: Option<PathBuf>,
}

impl Basic {
    /// `user:password`.
    async fn pair(&self) -> Result<Option<Redacted<String>>, Error> {
        if let Some(path) = &self.file {
            return of_file(&self.account, "usernamePasswordFile", path).await.map(Some);
        }
        let pair = self.username.as_ref().zip(self.password.as_ref());
        Ok(pair.map(|(user, password)| Redacted::new(format!("{user}:{}", password.expose()))))
    }

    /// The value of the header `Authorization`.
    pub(super) async fn header(&self) -> Result<Option<HeaderValue>, Error> {
        match self.pair().await? {
            Some(pair) => Ok(Some(value(&self.account, &basic(pair.expose()))?)),
            None => Ok(None),
        }
    }
}

/// A token.
pub(super) struct Token {
    pub(super) account: String,
    pub(super) token: Option<Redacted<String>>,
    /// A file with a token, which counts before that.
    pub(super) file: Option<PathBuf>,
}

impl Token {
    /// Whether there is one.
    pub(super) fn is_there(&self) -> bool {
        self.file.is_some() || self.token.is_some()
    }

    /// The token itself.
    pub(super) async fn read(&self) -> Result<Option<Redacted<String>>, Error> {
        match &self.file {
            Some(path) => of_file(&self.account, "tokenFile", path).await.map(Some),
            None => Ok(self.token.clone()),
        }
    }

    /// The token behind `before`, as the value of a header.
    pub(super) async fn header(&self, before: &str) -> Result<Option<HeaderValue>, Error> {
        match self.read().await? {
            Some(token) => Ok(Some(value(&self.account, &format!("{before}{}", token.expose()))?)),
            None => Ok(None),
        }
    }
}

/// `Basic` and the pair, as `Authorization` has it.
pub(super) fn basic(pair: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(pair))
}

/// An empty text is none.
pub(super) fn given<T: Clone + PartialEq + Default>(value: Option<&T>) -> Option<T> {
    value.filter(|value| **value != T::default()).cloned()
}

/// A value that is sent to nobody else, and not shown.
fn value(account: &str, text: &str) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(text).map_err(|_| Error::Broken {
        account: account.to_owned(),
        problem: "its token or password has a character that no header can hold: correct it".to_owned(),
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// The text of a file without its line ends.
async fn of_file(account: &str, key: &'static str, path: &PathBuf) -> Result<Redacted<String>, Error> {
    let fail = |source| Error::Secret { account: account.to_owned(), key, path: path.clone(), source };
    let text = tokio::fs::read_to_string(path).await.map_err(fail)?;
    let text = text.replace(['\n', '\r'], "");
    if text.is_empty() {
        return Err(fail(io::Error::new(io::ErrorKind::InvalidData, "it is empty")));
    }
    Ok(Redacted::new(text))
}
