//! Archives: what an ended execution consists of, in one compressed piece.
//!
//! Format 1: LZ4 of texts (a length of four bytes, then UTF-8) and numbers (eight bytes), all little-endian: the head's
//! body; the number of parts, each with id, position and body; the number of events, each with number, epoch (-1: none),
//! kind, time and body. Of small executions LZ4 leaves 45 % where deflate leaves 30 %, for a tenth of the processor time.

use gennaker_base::Timestamp;
use gennaker_store::{Error, Event, NewEvent, Part};

use crate::{
    error::Step,
    rows::{column, epoch_of, number, signed},
};

/// The format that this version writes, and the highest that it reads.
pub(crate) const FORMAT: i64 = 1;
/// Marks what cannot be packed.
pub(crate) const UNPACKABLE: i64 = 0;
/// No archive is larger when it is unpacked: what says so is damaged.
const LARGEST: usize = 1 << 30;

/// Whether an execution is packed, by its column.
pub(crate) fn is_packed(id: &str, packed: Option<i64>) -> Step<bool> {
    match packed {
        None | Some(UNPACKABLE) => Ok(false),
        Some(FORMAT) => Ok(true),
        Some(format) => {
            Err(damaged(id, &format!("it was packed in format {format}; start the version that did")).into())
        }
    }
}

/// What is packed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Archive {
    /// The head's body.
    pub(crate) body: String,
    /// The parts, in order.
    pub(crate) parts: Vec<Part>,
    /// All events.
    pub(crate) events: Vec<Event>,
}

impl Archive {
    /// The archive's bytes; `None` if it is too large for the format.
    pub(crate) fn pack(&self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        put_text(&mut bytes, &self.body)?;
        put_number(&mut bytes, self.parts.len() as i64);
        for part in &self.parts {
            put_text(&mut bytes, &part.id)?;
            put_number(&mut bytes, i64::from(part.position));
            put_text(&mut bytes, &part.body)?;
        }
        put_number(&mut bytes, self.events.len() as i64);
        for Event { sequence, epoch, event } in &self.events {
            put_number(&mut bytes, signed(*sequence));
            put_number(&mut bytes, epoch.map_or(-1, column));
            put_text(&mut bytes, &event.kind)?;
            put_number(&mut bytes, event.at.millis());
            put_text(&mut bytes, &event.body)?;
        }
        (bytes.len() <= LARGEST).then(|| lz4_flex::block::compress_prepend_size(&bytes))
    }

    /// What is in the archive of execution `id`; the events only if they are wanted.
    pub(crate) fn unpack(id: &str, packed: &[u8], events: bool) -> Step<Archive> {
        let broken = |_| damaged(id, "its archive is damaged");
        let (size, _) = lz4_flex::block::uncompressed_size(packed).map_err(broken)?;
        if size > LARGEST {
            return Err(damaged(id, "its archive is damaged").into());
        }
        let bytes = lz4_flex::block::decompress_size_prepended(packed).map_err(broken)?;
        let mut rest = Rest { id, bytes: &bytes };
        let mut archive = Archive { body: rest.text()?, ..Archive::default() };
        for _ in 0..rest.number()? {
            let (part, position) = (rest.text()?, rest.number()?);
            let position = number("part of execution", id, position)?;
            archive.parts.push(Part { id: part, position, body: rest.text()? });
        }
        let count = if events { rest.number()? } else { 0 };
        for _ in 0..count {
            let sequence = number("event of execution", id, rest.number()?)?;
            let epoch = match rest.number()? {
                -1 => None,
                epoch => Some(epoch_of("event of execution", id, epoch)?),
            };
            let (kind, at) = (rest.text()?, Timestamp::from_millis(rest.number()?));
            archive.events.push(Event { sequence, epoch, event: NewEvent { kind, at, body: rest.text()? } });
        }
        Ok(archive)
    }
}

fn put_text(bytes: &mut Vec<u8>, text: &str) -> Option<()> {
    bytes.extend(u32::try_from(text.len()).ok()?.to_le_bytes());
    bytes.extend(text.as_bytes());
    Some(())
}

fn put_number(bytes: &mut Vec<u8>, number: i64) {
    bytes.extend(number.to_le_bytes());
}

/// What is not read yet.
struct Rest<'a> {
    id: &'a str,
    bytes: &'a [u8],
}

impl Rest<'_> {
    fn text(&mut self) -> Step<String> {
        let length = u32::from_le_bytes(self.take()?) as usize;
        let (text, rest) =
            self.bytes.split_at_checked(length).ok_or_else(|| damaged(self.id, "its archive ends early"))?;
        self.bytes = rest;
        let text =
            std::str::from_utf8(text).map_err(|_| damaged(self.id, "its archive holds no text where it should"))?;
        Ok(text.to_owned())
    }

    fn number(&mut self) -> Step<i64> {
        Ok(i64::from_le_bytes(self.take()?))
    }

    fn take<const LENGTH: usize>(&mut self) -> Step<[u8; LENGTH]> {
        let Some((taken, rest)) = self.bytes.split_first_chunk() else {
            return Err(damaged(self.id, "its archive ends early").into());
        };
        self.bytes = rest;
        Ok(*taken)
    }
}

fn damaged(id: &str, reason: &str) -> Error {
    Error::Corrupt { what: "execution", id: id.to_owned(), reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use gennaker_store::Epoch;

    use super::*;

    fn example() -> Archive {
        let event =
            |kind: &str| NewEvent { kind: kind.to_owned(), at: Timestamp::from_millis(-7), body: "{}".to_owned() };
        Archive {
            body: "ü 🚀".repeat(100),
            parts: vec![
                Part { id: "a".to_owned(), position: 0, body: String::new() },
                Part { id: String::new(), position: u32::MAX, body: "{}".to_owned() },
            ],
            events: vec![
                Event { sequence: 1, epoch: None, event: event("begun") },
                Event { sequence: 2, epoch: Some(Epoch(7)), event: event("") },
            ],
        }
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        for archive in [example(), Archive::default()] {
            let packed = archive.pack().expect("it is small");
            assert_eq!(Archive::unpack("e", &packed, true).expect("it is whole"), archive);
            let without = Archive { events: Vec::new(), ..archive };
            assert_eq!(Archive::unpack("e", &packed, false).expect("it is whole"), without);
        }
    }

    #[test]
    fn what_is_damaged_is_refused_and_named() {
        let packed = example().pack().expect("it is small");
        let mut damaged: Vec<Vec<u8>> = (0..packed.len()).map(|length| packed[..length].to_vec()).collect();
        damaged.push([&[255; 4][..], &packed[4..]].concat());
        for bytes in damaged {
            let failure = Archive::unpack("e", &bytes, true).expect_err("it is damaged");
            assert!(failure.reason().contains("archive"), "{}", failure.reason());
        }
    }
}
