//! Messages over a Unix socket: four bytes with the length, big end first, then JSON. Descriptors travel with single
//! bytes of their own (SCM_RIGHTS).

use std::{
    io::{self, IoSlice, IoSliceMut, Read as _, Write as _},
    mem::MaybeUninit,
    os::{
        fd::{BorrowedFd, OwnedFd},
        unix::net::UnixStream,
    },
};

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags,
    recvmsg, sendmsg,
};
use serde::{Serialize, de::DeserializeOwned};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    sync::mpsc,
};

const MOST_BYTES: u32 = 64 * 1024 * 1024;
/// The kernel takes 253 descriptors at once.
const MOST_AT_ONCE: usize = 200;
const WAITING: usize = 64;

/// Sends a message; waits for as long as the socket's time-out says.
pub(super) fn send(mut stream: &UnixStream, message: &impl Serialize) -> io::Result<()> {
    stream.write_all(&framed(message)?)
}

/// Receives a message; `UnexpectedEof` if the other side is gone.
pub(super) fn receive<T: DeserializeOwned>(mut stream: &UnixStream) -> io::Result<T> {
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let mut text = vec![0; checked(length)?];
    stream.read_exact(&mut text)?;
    Ok(serde_json::from_slice(&text)?)
}

/// Sends copies of descriptors.
pub(super) fn send_descriptors(stream: &UnixStream, descriptors: &[BorrowedFd<'_>]) -> io::Result<()> {
    for some in descriptors.chunks(MOST_AT_ONCE) {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST_AT_ONCE))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        if !ancillary.push(SendAncillaryMessage::ScmRights(some)) {
            return Err(io::Error::other("there is no room for the descriptors"));
        }
        sendmsg(stream, &[IoSlice::new(b"d")], &mut ancillary, SendFlags::empty())?;
    }
    Ok(())
}

/// Receives `count` descriptors.
pub(super) fn receive_descriptors(stream: &UnixStream, count: usize) -> io::Result<Vec<OwnedFd>> {
    let mut descriptors = Vec::new();
    while descriptors.len() < count {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST_AT_ONCE))];
        let mut ancillary = RecvAncillaryBuffer::new(&mut space);
        let mut byte = [0];
        let received = recvmsg(stream, &mut [IoSliceMut::new(&mut byte)], &mut ancillary, RecvFlags::CMSG_CLOEXEC)?;
        let before = descriptors.len();
        for message in ancillary.drain() {
            if let RecvAncillaryMessage::ScmRights(received) = message {
                descriptors.extend(received);
            }
        }
        if received.bytes == 0 || descriptors.len() == before {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(descriptors)
}

/// Writes a message.
pub(super) async fn write(to: &mut (impl AsyncWrite + Unpin), message: &impl Serialize) -> io::Result<()> {
    to.write_all(&framed(message)?).await
}

/// Reads messages into a channel until the other side is gone; then the channel ends.
pub(super) async fn read_all<T: DeserializeOwned>(mut from: impl AsyncRead + Unpin, into: mpsc::Sender<T>) {
    let ended = async {
        loop {
            let mut length = [0; 4];
            from.read_exact(&mut length).await?;
            let mut text = vec![0; checked(length)?];
            from.read_exact(&mut text).await?;
            if into.send(serde_json::from_slice(&text)?).await.is_err() {
                return Ok::<_, io::Error>(());
            }
        }
    };
    if let Err(error) = ended.await
        && error.kind() != io::ErrorKind::UnexpectedEof
    {
        tracing::warn!(%error, "the other agent says what this one cannot read");
    }
}

/// A channel for [`read_all`].
pub(super) fn channel<T>() -> (mpsc::Sender<T>, mpsc::Receiver<T>) {
    mpsc::channel(WAITING)
}

fn framed(message: &impl Serialize) -> io::Result<Vec<u8>> {
    let text = serde_json::to_vec(message)?;
    let length = u32::try_from(text.len()).ok().filter(|length| *length <= MOST_BYTES);
    let length = length.ok_or_else(|| io::Error::other("the message is too long"))?;
    Ok([&length.to_be_bytes()[..], &text].concat())
}

fn checked(length: [u8; 4]) -> io::Result<usize> {
    let length = u32::from_be_bytes(length);
    if length > MOST_BYTES {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("a message of {length} bytes")));
    }
    Ok(length as usize)
}

#[cfg(test)]
mod tests {
    use std::{net::TcpListener, os::fd::AsFd as _};

    use super::*;

    #[test]
    fn messages_and_descriptors_arrive_in_order() {
        let (one, other) = UnixStream::pair().unwrap();
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let sender = std::thread::spawn({
            let socket = socket.try_clone().unwrap();
            move || {
                send(&one, &"before").unwrap();
                send_descriptors(&one, &vec![socket.as_fd(); 2 * MOST_AT_ONCE + 1]).unwrap();
                send(&one, &"after").unwrap();
            }
        });
        assert_eq!(receive::<String>(&other).unwrap(), "before");
        let received = receive_descriptors(&other, 2 * MOST_AT_ONCE + 1).unwrap();
        assert_eq!(receive::<String>(&other).unwrap(), "after");
        sender.join().unwrap();
        let last = TcpListener::from(received.into_iter().next_back().unwrap());
        assert_eq!(last.local_addr().unwrap(), socket.local_addr().unwrap());
        assert_eq!(receive::<String>(&other).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }

    #[tokio::test]
    async fn a_channel_ends_with_the_other_side() {
        let (mut one, other) = tokio::net::UnixStream::pair().unwrap();
        let (sender, mut receiver) = channel::<u32>();
        let reading = tokio::spawn(read_all(other, sender));
        write(&mut one, &1).await.unwrap();
        write(&mut one, &2).await.unwrap();
        drop(one);
        assert_eq!((receiver.recv().await, receiver.recv().await, receiver.recv().await), (Some(1), Some(2), None));
        reading.await.unwrap();
    }
}
