//! Makes the folder whose files are embedded, so that the crate also builds where the page was not built, and looks
//! again when the page was built anew.

use std::{fs, io};

/// Where `tools/ui.sh` puts the page.
const PAGE: &str = "../../ui/dist";

fn main() -> io::Result<()> {
    // A tree that cannot be written to either has the folder or is built without the page, which then says so.
    match fs::create_dir_all(PAGE) {
        Err(error) if error.kind() != io::ErrorKind::ReadOnlyFilesystem => return Err(error),
        _ => {}
    }
    cargo_line("rerun-if-changed=build.rs");
    cargo_line(&format!("rerun-if-changed={PAGE}"));
    Ok(())
}

#[expect(clippy::print_stdout, reason = "this is how cargo is told")]
fn cargo_line(text: &str) {
    println!("cargo:{text}");
}
