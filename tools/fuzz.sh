#!/bin/sh
# Feeds the languages, the services and the configuration random input, each target for a time. Fails if one panics, hangs
# (10 s for one input) or takes more than 2 GiB. On first use cargo-fuzz is built from crates.io into the user's cache
# folder (2 minutes), and everything with instruments (15 minutes on two cores); it needs a C++ compiler. What a target has
# learned, and inputs that failed, lie in $XDG_CACHE_HOME/gennaker/fuzz.
#
# tools/fuzz.sh                       every target, 10 minutes each, as many at once as there are cores
# SECONDS_EACH=60 tools/fuzz.sh yaml  one target for a minute
set -u
cd "$(dirname "$0")/../fuzz" || exit 1
PATH=$PATH:${HOME:-}/.cargo/bin # where rustup puts cargo
cache=${XDG_CACHE_HOME:-${HOME:?set HOME or XDG_CACHE_HOME}/.cache}/gennaker
version=0.13.1
tool=$cache/tools/cargo-fuzz-$version/bin/cargo-fuzz
seconds=${SECONDS_EACH:-600}
[ $# -gt 0 ] || set -- requests config templates spel cron yaml jsonpath javaregex

say() { echo "fuzz: $*" >&2; }

command -v c++ >/dev/null 2>&1 || { say "missing: a C++ compiler; on Debian: apt-get install -y g++"; exit 1; }
if [ ! -x "$tool" ]; then
    say "building cargo-fuzz $version, once"
    (unset CARGO_BUILD_BUILD_DIR; cd / && cargo install --quiet --locked --profile dev --version $version \
        --root "${tool%/bin/cargo-fuzz}" cargo-fuzz) || exit 1
fi

# Without a sanitiser: there is no unsafe code here to watch, and a stable compiler will do.
export RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$cache/fuzz/target" RUST_BACKTRACE=0
unset CARGO_BUILD_BUILD_DIR
"$tool" build --sanitizer none --release || exit 1
programs=$CARGO_TARGET_DIR/$(rustc -vV | sed -n 's/^host: //p')/release

memory=/dev/shm
[ -w "$memory" ] || memory=${TMPDIR:-/tmp}

# run TARGET: its verdict in the file TARGET.verdict, what it printed in TARGET.log.
run() {
    folder=$cache/fuzz/$1
    mkdir -p "$folder/corpus" "$folder/failed"
    # Not every target has inputs to begin with, and words.
    seeds=seeds/$1 words=dictionaries/$1
    [ -d "$seeds" ] || seeds=
    [ -f "$words" ] || words=
    # A short text says something; a request takes more bytes, from the first on.
    growth=
    [ "$1" != requests ] || growth=-len_control=0
    # Stores are made here, in memory where that is to be had, and removed even if the target is killed.
    scratch=$(mktemp -d -p "$memory" gennaker-fuzz.XXXXXX) || return 1
    trap 'rm -rf "$scratch"' EXIT
    if TMPDIR=$scratch "$programs/$1" ${words:+-dict="$words"} $growth -max_total_time="$seconds" -timeout=10 \
        -rss_limit_mb=2048 -max_len=4096 \
        -artifact_prefix="$folder/failed/" -print_final_stats=1 "$folder/corpus" ${seeds:+"$seeds"} >"$folder/log" 2>&1; then
        sed -n "s/^stat::number_of_executed_units: */fuzz: $1: nothing found, inputs: /p" "$folder/log"
    else
        echo "fuzz: $1: FAILED; the input is in $folder/failed, the end of $folder/log:"
        tail -n 20 "$folder/log"
        return 1
    fi
}

cores=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
failed=0 running=''
for target in "$@"; do
    run "$target" &
    running="$running $!"
    if [ "$(echo "$running" | wc -w)" -ge "$cores" ]; then
        for pid in $running; do wait "$pid" || failed=1; done
        running=''
    fi
done
for pid in $running; do wait "$pid" || failed=1; done
exit $failed
