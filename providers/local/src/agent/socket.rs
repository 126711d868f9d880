//! The Unix socket on which the control plane is answered: mode 0600, so only the agent's own user gets in.

use std::{
    fs,
    os::unix::{fs::PermissionsExt as _, net},
    path::Path,
    time::Duration,
};

use axum::Router;
use tokio::{net::UnixListener, time::sleep};
use tokio_util::sync::CancellationToken;

use super::Error;

/// How long an answer may still take to be read when the agent ends.
const LAST_ANSWERS: Duration = Duration::from_secs(1);
/// The kernel takes 107 bytes.
const LONGEST_PATH: usize = 100;

/// Listens on `path`. A socket file that an earlier agent left is replaced: the state folder's lock is held.
pub(super) fn bind(path: &Path) -> Result<net::UnixListener, Error> {
    if path.as_os_str().len() > LONGEST_PATH {
        return Err(Error::Options(format!(
            "the socket's path {} is longer than {LONGEST_PATH} characters; choose a shorter one",
            path.display()
        )));
    }
    if let Some(folder) = path.parent()
        && !folder.is_dir()
    {
        super::files::make_private_folder(folder)?;
    }
    // Under another name until its mode is right.
    let temporary = path.with_extension("new");
    let bound = || -> std::io::Result<net::UnixListener> {
        if temporary.exists() {
            fs::remove_file(&temporary)?;
        }
        let listener = net::UnixListener::bind(&temporary)?;
        listener.set_nonblocking(true)?;
        fs::set_permissions(&temporary, fs::Permissions::from_mode(0o600))?;
        fs::rename(&temporary, path)?;
        Ok(listener)
    };
    bound().map_err(|source| Error::io(format!("listen on the socket {}", path.display()), source))
}

/// Accepts until `stop`, and answers what is there until it is answered, or `shutdown` is a second ago.
pub(super) async fn serve(
    listener: UnixListener,
    router: Router,
    stop: CancellationToken,
    shutdown: CancellationToken,
) -> Result<(), Error> {
    let serving = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned());
    tokio::select! {
        served = serving.into_future() => served.map_err(|source| Error::io("serve the socket", source)),
        () = async { shutdown.cancelled().await; sleep(LAST_ANSWERS).await } => Ok(()),
    }
}
