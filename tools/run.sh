#!/bin/sh
# Runs Gennaker stand-alone: the agent of one local account and the control plane, on upstream's ports, until Ctrl-C, which
# ends both. The next run goes on with what this one leaves: data, logs and a configuration to edit lie in
# $XDG_DATA_HOME/gennaker, or ~/.local/share/gennaker.
#
# tools/run.sh [further arguments of `gennaker serve`, e.g. --set healthcheck.port=15000]
set -u
cd "$(dirname "$0")/.." || exit 1
PATH=$PATH:${HOME:-}/.cargo/bin # where rustup puts cargo
data=${XDG_DATA_HOME:-${HOME:?set HOME or XDG_DATA_HOME}/.local/share}/gennaker
agent='' control_plane=''

say() { echo "run: $*"; }

runs() { [ -n "$1" ] && kill -0 "$1" 2>/dev/null; }

# Ends the program with pid $1 and waits for it.
end() {
    runs "$1" || return 0
    kill -TERM "$1"
    wait "$1"
}

# The control plane first: it still talks to the agent.
end_both() {
    trap '' INT TERM HUP
    end "$control_plane"
    end "$agent"
}

stop() {
    say "stopping"
    end_both
    exit 0
}

fail() {
    say "$1; the end of $data/logs/$2.log:" >&2
    tail -n 20 "$data/logs/$2.log" >&2
    end_both
    exit 1
}

check() {
    runs "$agent" || fail "the agent has ended" agent
    runs "$control_plane" || fail "the control plane has ended" control-plane
}

# A pause that a signal ends.
pause() {
    sleep "$1" &
    wait $!
}

# Cargo says where it puts the program.
program=$(cargo build --bin gennaker --message-format=json-render-diagnostics |
    sed -n 's/.*"executable":"\([^"]*\/gennaker\)".*/\1/p')
[ -x "$program" ] || exit 1

mkdir -p "$data/config" "$data/logs" || exit 1
if [ ! -e "$data/config/clouddriver.yml" ]; then
    cat >"$data/config/clouddriver.yml" <<'END'
# The local provider runs commands on this machine, for whoever may call gate.
local:
  enabled: true
  accounts:
    - name: local
END
fi

trap stop INT TERM HUP
"$program" local-agent --account local --state "$data/agents/local" >>"$data/logs/agent.log" 2>&1 &
agent=$!
"$program" serve --config "$data/config" --data "$data" "$@" >>"$data/logs/control-plane.log" 2>&1 &
control_plane=$!

gate=$(sed -n 's/^ *port: *\([0-9][0-9]*\).*/\1/p' "$data/config/gate.yml" 2>/dev/null | head -n 1)
gate=http://localhost:${gate:-8084}
deck=$(sed -n 's/^ *port: *\([0-9][0-9]*\).*/\1/p' "$data/config/deck.yml" 2>/dev/null | head -n 1)
until "$program" --gate "$gate" app list >/dev/null 2>&1; do
    check
    pause 0.2
done
say "page     http://localhost:${deck:-9000}"
say "gate     $gate"
say "health   http://localhost:5000/healthcheck"
say "account  local, for cloud provider local"
say "config   $data/config"
say "logs     $data/logs"
say "serves until Ctrl-C"
while true; do
    check
    pause 1
done
