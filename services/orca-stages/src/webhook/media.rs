//! What a body is written in, by its `Content-Type`.

/// A type of media.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MediaType {
    essence: String,
    charset: Option<String>,
}

impl MediaType {
    /// Reads a header; what makes no sense is a type of its own.
    pub(super) fn read(header: &str) -> Self {
        let mut parts = header.split(';');
        let essence = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let charset = parts.find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"').to_ascii_lowercase())
        });
        MediaType { essence, charset }
    }

    /// `application/json`, `application/hal+json` and the like.
    pub(super) fn is_json(&self) -> bool {
        self.essence == "application/json"
            || self.essence.starts_with("application/") && self.essence.ends_with("+json")
    }

    pub(super) fn is_yaml(&self) -> bool {
        self.essence == "application/yaml"
    }

    /// JSON in a binary form, which upstream reads and writes, and this program does not.
    pub(super) fn is_cbor(&self) -> bool {
        self.essence == "application/cbor"
    }

    pub(super) fn is_form(&self) -> bool {
        self.essence == "application/x-www-form-urlencoded"
    }

    /// Text in bytes. Without a charset Java takes ISO-8859-1, and `?` for what that has not; here such a text is in
    /// UTF-8. JSON always is.
    ///
    /// # Errors
    /// For a charset other than UTF-8, US-ASCII and ISO-8859-1.
    pub(super) fn encode(&self, text: &str) -> Result<Vec<u8>, String> {
        match self.charset.as_deref() {
            Some("utf-8" | "utf8") => Ok(text.as_bytes().to_vec()),
            None if self.is_json() => Ok(text.as_bytes().to_vec()),
            Some("us-ascii" | "ascii") => Ok(replaced(text, 0x7f)),
            Some("iso-8859-1" | "latin1") => Ok(replaced(text, 0xff)),
            None => Ok(latin1(text).unwrap_or_else(|| text.as_bytes().to_vec())),
            Some(other) => Err(format!("the charset {other} of the header Content-Type is not supported: use utf-8")),
        }
    }

    /// Bytes as text. Without a charset Java takes ISO-8859-1; here what is UTF-8 is read as that.
    pub(super) fn decode(&self, bytes: &[u8]) -> String {
        match (self.charset.as_deref(), std::str::from_utf8(bytes)) {
            (Some("iso-8859-1" | "latin1"), _) | (None, Err(_)) => bytes.iter().copied().map(char::from).collect(),
            (_, Ok(text)) => text.to_owned(),
            (Some(_), Err(_)) => String::from_utf8_lossy(bytes).into_owned(),
        }
    }
}

/// The text in ISO-8859-1, if it has no character that this has not.
pub(super) fn latin1(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect()
}

/// `?` for every character beyond the last one that there is.
fn replaced(text: &str, last: u8) -> Vec<u8> {
    let byte = |character: char| u8::try_from(u32::from(character)).ok().filter(|byte| *byte <= last).unwrap_or(b'?');
    text.chars().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_the_type() {
        assert!(MediaType::read("Application/JSON; charset=UTF-8").is_json());
        assert!(MediaType::read("application/vnd.x+json").is_json());
        assert!(!MediaType::read("text/json").is_json());
        assert!(MediaType::read("application/x-www-form-urlencoded").is_form());
        assert!(MediaType::read("application/yaml").is_yaml());
    }

    #[test]
    fn texts_survive_also_where_java_would_lose_them() {
        let encode = |header: &str, text: &str| MediaType::read(header).encode(text);
        assert_eq!(encode("text/plain", "é"), Ok(vec![0xe9]));
        assert_eq!(encode("text/plain", "é€"), Ok("é€".as_bytes().to_vec()));
        assert_eq!(encode("text/plain; charset=\"UTF-8\"", "é"), Ok("é".as_bytes().to_vec()));
        assert_eq!(encode("text/plain; charset=ISO-8859-1", "é€"), Ok(vec![0xe9, b'?']));
        assert_eq!(encode("application/json", "é"), Ok("é".as_bytes().to_vec()));
        assert!(encode("text/plain; charset=utf-16", "a").is_err());
        let decode = |header: &str, bytes: &[u8]| MediaType::read(header).decode(bytes);
        assert_eq!(decode("text/plain", "é€".as_bytes()), "é€");
        assert_eq!(decode("text/plain", &[0xe9]), "é");
        assert_eq!(decode("text/plain; charset=iso-8859-1", "é".as_bytes()), "Ã©");
    }
}
