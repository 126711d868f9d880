#!/bin/sh
# Looks for what building and running this repository needs. What is missing it installs, as root and with apt-get, or
# names with the command that gets it. Prints nothing and takes no time when all is there.
#
# tools/preflight.sh         what `make demo` needs
# It also builds the web page, where there is Node.js for it (tools/ui.sh).
#
# tools/preflight.sh test    also the servers and the browser that tests talk to; the tests run without what cannot be had
# tools/preflight.sh check   also what `cargo xtask check` needs
set -u
cd "$(dirname "$0")/.." || exit 1
PATH=$PATH:${HOME:-}/.cargo/bin # where rustup puts cargo; a shell that was open before does not know yet
rustup_command="curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y"

say() { echo "preflight: $*" >&2; }
show() { echo "    $*" >&2; } # a line to copy
has() { command -v "$1" >/dev/null 2>&1; }

# Debian's packages that are missing, in $packages, and why, in $reasons.
find_packages() {
    packages= reasons=
    if ! has cc; then
        packages="gcc libc6-dev" reasons="a C compiler (cc)"
    elif ! printf '#include <stdlib.h>\n' | cc -E - >/dev/null 2>&1; then
        packages="libc6-dev" reasons="the C library's headers (stdlib.h)"
    fi
    for program in git make; do
        has $program || { packages="$packages $program" reasons="$reasons${reasons:+, }$program"; }
    done
    packages=${packages# }
}

# Whether cargo can check who it downloads from.
has_certificates() {
    [ -n "${SSL_CERT_FILE:-}${CARGO_HTTP_CAINFO:-}" ] && return
    for file in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem; do
        [ -e $file ] && return
    done
    false
}

install_packages() {
    say "installing $packages (missing: $reasons)"
    has_certificates || packages="$packages ca-certificates"
    apt-get update -q >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $packages >&2
}

name_packages() {
    say "missing: $reasons. Get it with:"
    if has apt-get; then
        [ "$(id -u)" = 0 ] && sudo= || sudo="sudo "
        show "${sudo}apt-get update && ${sudo}apt-get install -y $packages"
    elif has dnf; then
        show "sudo dnf install -y $(echo "$packages" | sed 's/libc6-dev/glibc-devel/')"
    elif [ "$(uname)" = Darwin ]; then
        show "xcode-select --install"
    else
        show "your system's package manager; on Debian the packages are called: $packages"
    fi
}

# Fails, and says what to do, unless there is a Rust tool chain that is new enough.
check_rust() {
    least=$(sed -n 's/^rust-version = "\([0-9.]*\)"$/\1/p' Cargo.toml)
    if ! has cargo || ! has rustc; then
        say "missing: a Rust tool chain (cargo and rustc $least or newer). Get it with:"
        has curl || show "apt-get install -y curl ca-certificates   (curl is missing too)"
        show "$rustup_command"
        return 1
    fi
    if ! found=$(rustc --version 2>&1); then
        say "rustc does not run: $found"
        say "if rustup has no tool chain yet, get it with:"
        show "rustup default stable"
        return 1
    fi
    found=${found#rustc } found=${found%% *}
    rest=${found#*.}
    if [ "${found%%.*}" -eq "${least%%.*}" ] && [ "${rest%%.*}" -lt "${least#*.}" ]; then
        say "rustc is $found, this needs $least or newer. Get it with:"
        has rustup && show "rustup update stable" || say "    $rustup_command"
        return 1
    fi
}

check_rust_tools() {
    cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 && return
    say "missing: rustfmt or clippy. Get them with:"
    show "rustup component add rustfmt clippy"
    false
}

# Builds the servers that tests talk to. tools/peer.sh says what is missing; nothing fails here for that.
prepare_peers() {
    if ! has go && ! python3 -c 'import venv, ensurepip' 2>/dev/null && [ "$(id -u)" = 0 ] && has apt-get; then
        packages=python3-venv reasons="Go or Python, to build the S3 server of the tests"
        install_packages || say "apt-get failed, see above"
    fi
    tools/peer.sh versitygw >/dev/null || say "note: the tests that need an S3 server will not run"
}

# Builds the web page into ui/dist, from where cargo embeds it. Without Node.js the program is built without the page.
prepare_page() {
    tools/ui.sh || [ $? = 3 ]
}

# The browser that tests drive the page with.
prepare_browser() {
    has chromium && return
    packages="chromium" reasons="Chromium, which drives the web page in tests"
    if [ "$(id -u)" = 0 ] && has apt-get; then
        install_packages || say "apt-get failed, see above"
    fi
    has chromium || { name_packages; say "note: the tests of the web page will not run"; }
}

good=true
find_packages
if [ -n "$packages" ] && [ "$(id -u)" = 0 ] && has apt-get; then
    install_packages || say "apt-get failed, see above"
    find_packages
fi
[ -z "$packages" ] || { name_packages; good=false; }
check_rust || good=false
if $good && [ "${1:-}" = check ]; then check_rust_tools || good=false; fi
if $good && [ "${1:-}" = test ]; then prepare_peers; prepare_browser; fi
if $good && [ "${1:-}" != check ]; then prepare_page || good=false; fi
has_certificates || say "note: no CA certificates were found (package ca-certificates); cargo may fail to download"
$good
