//! The XML that S3 answers with, as a tree: elements with a name, text and children.
//!
//! Text is kept as it is, blanks at its ends too, because a key may end with one.

use quick_xml::{Reader, escape::resolve_xml_entity, events::Event};

/// How deep elements may be nested; S3's are nested 4 deep.
const DEPTH: usize = 16;

/// An element.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Element {
    name: String,
    text: String,
    children: Vec<Element>,
}

impl Element {
    /// The outermost element of a document, or `None` if it is none.
    pub(super) fn parse(bytes: &[u8]) -> Option<Element> {
        let mut reader = Reader::from_str(std::str::from_utf8(bytes).ok()?);
        let mut open = vec![Element::default()];
        loop {
            let event = reader.read_event().ok()?;
            match event {
                Event::Start(start) if open.len() <= DEPTH => open.push(Element::named(start.local_name().as_ref())),
                Event::Start(_) => return None,
                Event::Empty(empty) => open.last_mut()?.children.push(Element::named(empty.local_name().as_ref())),
                Event::End(_) => {
                    let element = open.pop()?;
                    open.last_mut()?.children.push(element);
                }
                Event::Text(text) => open.last_mut()?.text.push_str(&text.xml10_content()),
                Event::CData(text) => open.last_mut()?.text.push_str(&text.xml10_content()),
                Event::GeneralRef(reference) => {
                    let last = &mut open.last_mut()?.text;
                    match reference.resolve_char_ref().ok()? {
                        Some(character) => last.push(character),
                        None => last.push_str(resolve_xml_entity(reference.as_ref())?),
                    }
                }
                Event::Eof => break,
                _ => {}
            }
        }
        let [document] = <[Element; 1]>::try_from(open).ok()?;
        document.children.into_iter().next()
    }

    /// Its name, without a prefix.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The children of that name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the first child of that name, if it has one that is not empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let child = self.children.iter().find(|child| child.name == name);
        child.map(|child| child.text.as_str()).filter(|text| !text.is_empty())
    }

    fn named(name: &str) -> Element {
        Element { name: name.to_owned(), ..Element::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_kept_as_it_is() {
        let document = r#"<?xml version="1.0"?><List xmlns="http://s3"><Key> a&amp;b&#xFC; </Key><Key/><In><Key>x</Key></In></List>"#;
        let list = Element::parse(document.as_bytes()).expect("a document");
        assert_eq!((list.name(), list.text("Key"), list.all("Key").count()), ("List", Some(" a&bü "), 2));
        assert_eq!(list.all("In").next().and_then(|inner| inner.text("Key")), Some("x"));
    }

    #[test]
    fn what_is_no_document_is_none() {
        for text in ["", "x", "<a>", "<a></b>", "<a>&nope;</a>", "{}", &"<a>".repeat(100)] {
            assert_eq!(Element::parse(text.as_bytes()), None, "{text}");
        }
        assert_eq!(Element::parse(b"\xff"), None);
    }
}
