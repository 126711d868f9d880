#!/bin/sh
# Builds the web page (ui/) into ui/dist, from where cargo embeds it into the program. Takes no time when nothing has
# changed: what was built, and what npm has fetched, lies in the user's cache folder under the hash of its sources.
#
# tools/ui.sh            the page
# tools/ui.sh modules    only ui/node_modules, for an editor or a test
# tools/ui.sh check      types, lints and unit tests
#
# It ends with 3 where there is no Node.js 20: then the program is built without the page, which says so.
set -eu
cd "$(dirname "$0")/.."
least=20
cache=${XDG_CACHE_HOME:-${HOME:?set HOME or XDG_CACHE_HOME}/.cache}/gennaker/ui

say() { echo "ui: $*" >&2; }

version=$(node --version 2>/dev/null || echo v0)
version=${version#v}
if [ "${version%%.*}" -lt $least ] || ! command -v npm >/dev/null 2>&1; then
    say "the web page is not built: it needs Node.js $least or newer with npm (https://nodejs.org), here is ${version%%.*}"
    exit 3
fi

# The hash of the files that are named in the standard input.
hash_of() { LC_ALL=C sort | xargs sha256sum | sha256sum | cut -c 1-20; }

modules=$cache/modules-$(echo ui/package-lock.json | hash_of)
if [ ! -e "$modules/done" ]; then
    say "fetching what package-lock.json names, once"
    mkdir -p "$modules"
    cp ui/package.json ui/package-lock.json "$modules/"
    npm ci --prefix "$modules" --no-audit --no-fund --ignore-scripts --loglevel=error >&2 || {
        say "npm could not fetch the page's packages; see above. Is its registry reachable?"
        exit 1
    }
    touch "$modules/done"
fi
[ "$(readlink ui/node_modules 2>/dev/null)" = "$modules/node_modules" ] || {
    rm -rf ui/node_modules
    ln -s "$modules/node_modules" ui/node_modules
}

case ${1:-page} in
modules) exit 0 ;;
check)
    cd ui
    npm run --silent check >&2
    npm run --silent test >&2
    exit 0
    ;;
esac

sources=$(find ui/src ui/public ui/scripts/compress.mjs ui/index.html ui/package.json ui/package-lock.json ui/vite.config.ts -type f | hash_of)
page=$cache/page-$sources
if [ ! -e "$page/done" ]; then
    say "building the page"
    rm -rf "$page"
    mkdir -p "$page"
    (cd ui && node_modules/.bin/vite build --logLevel warn --outDir "$page/dist" --emptyOutDir >&2 &&
        node scripts/compress.mjs "$page/dist") || {
        say "the page could not be built; see above"
        exit 1
    }
    touch "$page/done"
fi
# Only what differs is written, so that cargo builds nothing anew without need.
[ "$(cat ui/dist/.sources 2>/dev/null)" = "$sources" ] || {
    rm -rf ui/dist
    cp -R "$page/dist" ui/dist
    echo "$sources" >ui/dist/.sources
}
# What nobody has used for a month goes.
find "$cache" -mindepth 1 -maxdepth 1 -mtime +30 -exec rm -rf {} + 2>/dev/null || true
touch "$page" "$modules"
