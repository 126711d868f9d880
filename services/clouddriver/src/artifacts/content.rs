//! What was fetched: in memory while it is small, else in a file without a name.

use std::{
    io::{self, SeekFrom},
    path::PathBuf,
    sync::Arc,
};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt as _, stream};
use gennaker_http::outbound::Sink;
use tokio::{
    fs::File,
    io::{AsyncSeekExt as _, AsyncWriteExt as _},
};
use tokio_util::io::ReaderStream;

use super::Error;

/// The most that is kept in memory, in bytes.
const SMALL: usize = 1 << 20;

/// An artifact's content.
#[derive(Debug)]
pub struct Content {
    length: u64,
    held: Held,
}

#[derive(Debug)]
enum Held {
    Memory(BytesMut),
    File(File),
}

impl Content {
    /// How many bytes it has.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The bytes, as they are read.
    pub fn into_stream(self) -> impl Stream<Item = io::Result<Bytes>> + Send {
        match self.held {
            Held::Memory(bytes) => stream::iter([Ok(bytes.freeze())]).left_stream(),
            Held::File(file) => ReaderStream::with_capacity(file, 64 << 10).right_stream(),
        }
    }
}

/// Takes what is being fetched, up to a limit.
pub(super) struct Spool {
    /// Where the file goes; `None` keeps all in memory.
    folder: Option<Arc<PathBuf>>,
    limit: u64,
    length: u64,
    held: Held,
}

impl Spool {
    /// Takes up to `limit` bytes.
    pub(super) fn new(folder: Arc<PathBuf>, limit: u64) -> Self {
        Spool { folder: Some(folder), ..Spool::in_memory(limit) }
    }

    /// Takes up to `limit` bytes, all of them in memory.
    pub(super) fn in_memory(limit: u64) -> Self {
        Spool { folder: None, limit, length: 0, held: Held::Memory(BytesMut::new()) }
    }

    /// The most that it takes, in bytes.
    pub(super) fn limit(&self) -> u64 {
        self.limit
    }

    /// Whether it has taken nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Takes the next part.
    pub(super) async fn put(&mut self, part: Bytes) -> Result<(), Error> {
        self.take(part).await.map_err(|source| self.error(source))
    }

    /// What an error of [`Sink::take`] means.
    pub(super) fn error(&self, source: io::Error) -> Error {
        if source.kind() == io::ErrorKind::FileTooLarge {
            return Error::TooLarge { limit: self.limit };
        }
        Error::Disk { path: self.folder.as_deref().cloned().unwrap_or_default(), source }
    }

    /// What it took, if it was kept in memory.
    pub(super) fn into_bytes(self) -> Bytes {
        match self.held {
            Held::Memory(bytes) => bytes.freeze(),
            Held::File(_) => Bytes::new(),
        }
    }

    /// What it took, to be read from the start.
    pub(super) async fn finish(mut self) -> Result<Content, Error> {
        if let Held::File(file) = &mut self.held {
            let rewound = async {
                file.flush().await?;
                file.seek(SeekFrom::Start(0)).await
            };
            if let Err(source) = rewound.await {
                return Err(self.error(source));
            }
        }
        Ok(Content { length: self.length, held: self.held })
    }
}

#[async_trait]
impl Sink for Spool {
    async fn take(&mut self, part: Bytes) -> io::Result<()> {
        self.length += part.len() as u64;
        if self.length > self.limit {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        if let Held::Memory(bytes) = &mut self.held {
            match self.folder.clone().filter(|_| bytes.len() + part.len() > SMALL) {
                None => {
                    bytes.extend_from_slice(&part);
                    return Ok(());
                }
                Some(folder) => {
                    let mut file = unnamed(folder).await?;
                    file.write_all(bytes).await?;
                    self.held = Held::File(file);
                }
            }
        }
        if let Held::File(file) = &mut self.held {
            file.write_all(&part).await?;
        }
        Ok(())
    }
}

/// A file without a name: it ends with whoever has it open.
async fn unnamed(folder: Arc<PathBuf>) -> io::Result<File> {
    let made = tokio::task::spawn_blocking(move || {
        std::fs::create_dir_all(&*folder)?;
        tempfile::tempfile_in(&*folder)
    });
    Ok(File::from_std(made.await.map_err(io::Error::other)??))
}

#[cfg(test)]
mod tests {
    use futures::TryStreamExt as _;

    use super::*;

    async fn read(content: Content) -> Vec<u8> {
        let parts: Vec<Bytes> = content.into_stream().try_collect().await.expect("it can be read");
        parts.concat()
    }

    #[tokio::test]
    async fn what_was_taken_is_given_whole_whether_it_is_small_or_large() {
        let folder = tempfile::tempdir().expect("a folder");
        let below = Arc::new(folder.path().join("artifacts"));
        for (parts, on_disk) in [(0, false), (1, false), (40, true)] {
            let mut spool = Spool::new(below.clone(), 10 << 20);
            for number in 0..parts {
                spool.put(vec![number; 100_000].into()).await.expect("there is room");
            }
            assert_eq!(matches!(spool.held, Held::File(_)), on_disk);
            let content = spool.finish().await.expect("it can be read");
            assert_eq!(content.length(), u64::from(parts) * 100_000);
            let bytes = read(content).await;
            assert!(bytes.chunks(100_000).zip(0..parts).all(|(part, number)| part.iter().all(|byte| *byte == number)));
            assert_eq!(bytes.len(), usize::from(parts) * 100_000);
        }
        let left = std::fs::read_dir(&*below).expect("a folder").count();
        assert_eq!(left, 0, "the files have no names");
    }

    #[tokio::test]
    async fn more_than_the_limit_and_a_folder_that_is_none_are_errors() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut spool = Spool::new(Arc::new(folder.path().to_owned()), 10);
        spool.put(Bytes::from_static(b"0123456789")).await.expect("as much as is allowed");
        let error = spool.put(Bytes::from_static(b"x")).await.expect_err("more");
        assert!(matches!(error, Error::TooLarge { limit: 10 }), "{error}");

        let file = folder.path().join("file");
        std::fs::write(&file, "x").expect("a file");
        let mut spool = Spool::new(Arc::new(file.clone()), u64::MAX);
        let error = spool.put(vec![0; SMALL + 1].into()).await.expect_err("no folder");
        assert!(matches!(&error, Error::Disk { path, .. } if *path == file), "{error}");
    }
}
