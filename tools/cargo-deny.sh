#!/bin/sh
# Runs cargo-deny with the given arguments; on first use it is built from crates.io into the user's cache folder (2 minutes).
set -eu

version=0.20.2
home=$HOME/.cache/gennaker/tools/cargo-deny-$version

if [ ! -x "$home/bin/cargo-deny" ]; then
    echo "cargo-deny: building $version into $home, once" >&2
    mkdir -p "$home"
    build=$(mktemp -d "$home/build.XXXXXX")
    trap 'rm -rf "$build"' EXIT
    # Settings of this workspace's builds (another build folder, other flags) are not for it.
    unset CARGO_BUILD_BUILD_DIR
    if ! (cd "$build" && CARGO_TARGET_DIR="$build/target" cargo install --quiet --locked --profile dev \
        --version "$version" --root "$build/root" cargo-deny) >&2; then
        echo "cargo-deny: it could not be built; see above. Its source comes from crates.io: is that reachable?" >&2
        exit 1
    fi
    # In one step, so that nobody runs half a program.
    mkdir -p "$home/bin"
    mv "$build/root/bin/cargo-deny" "$home/bin/cargo-deny"
    rm -rf "$build"
    trap - EXIT
fi

exec "$home/bin/cargo-deny" "$@"
