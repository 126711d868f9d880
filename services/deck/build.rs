//! Makes the folder whose files are embedded, so that the crate also builds where the page was not built, and looks
//! again when the page was built anew.

use std::{
    fs,
    io::{self, Write as _},
};

/// Where `tools/ui.sh` puts the page.
const PAGE: &str = "../../ui/dist";

fn main() -> io::Result<()> {
    // A tree that cannot be written to either has the folder or is built without the page, which then says so.
    match fs::create_dir_all(PAGE) {
        Err(error) if error.kind() != io::ErrorKind::ReadOnlyFilesystem => return Err(error),
        _ => {}
    }
    writeln!(io::stdout(), "cargo:rerun-if-changed=build.rs\ncargo:rerun-if-changed={PAGE}")
}
