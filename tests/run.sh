#!/bin/bash
# The server with the demonstration company, and the client on it: `make run`. With --serve the
# server alone, in the foreground: `make demo-server`. The data stays in a folder that is named;
# PARTYLINE_DATA chooses it, BUILD the programs.
set -euo pipefail
build=${BUILD:-build/rel}
data=${PARTYLINE_DATA:-${XDG_DATA_HOME:-${HOME:-/var/lib}/.local/share}/partyline/demo}
note=$data.run   # "PID URL DATA" of the server that works on it
server=
work=

say() { echo "partyline: $*"; }

# Ends the server that this run has started, in good order, and cleans up.
finish() {
    local code=$?
    trap '' INT TERM HUP
    if [ -n "$server" ] && kill -0 "$server" 2>/dev/null; then
        say "stopping the server; the data stays in ${ca%/*}"
        kill -TERM "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    if [ -n "$server" ]; then rm -f "$note"; fi
    if [ -n "$work" ]; then rm -rf "$work"; fi
    exit "$code"
}

# Is one of ours serving this data already? Sets url and ca.
running() {
    local pid folder
    [ -r "$note" ] && read -r pid url folder <"$note" && [ -n "$folder" ] || return 1
    [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = partylined ] && taken "${url##*:}" || return 1
    ca=$folder/ca.pem
}

# Does anything listen on this port of 127.0.0.1?
taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() {
    local port
    for port in $(seq 8443 8543); do
        if ! taken "$port"; then
            echo "$port"
            return
        fi
    done
    say "no port from 8443 to 8543 is free on 127.0.0.1" >&2
    return 1
}

# Starts the server and waits for `ready URL`; sets url and ca. The output goes to files: the
# client's screen comes next.
start() {
    local port waited=0 first=
    port=$(free_port)
    mkdir -p "$(dirname "$data")"
    work=$(mktemp -d)
    say "data folder: $data"
    if [ ! -e "$data" ]; then first=' (the first time it makes a database and fills it: half a minute or so)'; fi
    say "starting the server$first"
    # Of a session of its own: Ctrl-C here is for us, who then stop it.
    setsid "$build/partylined" --embedded "$data" --demo --listen "127.0.0.1:$port" \
        </dev/null >"$work/out" 2>"$work/log" &
    server=$!
    until grep -q '^ready ' "$work/out"; do
        if ! kill -0 "$server" 2>/dev/null; then
            say "the server did not start; its last lines:" >&2
            tail -q -n 20 "$work/log" "$work/out" >&2
            exit 1
        fi
        sleep 0.1
        waited=$((waited + 1))
        if [ $((waited % 100)) = 0 ]; then say "... $((waited / 10)) s"; fi
    done
    url=$(sed -n 's/^ready //p' "$work/out" | head -n 1)
    # The server may have moved the data, where its user cannot reach the folder.
    folder=$(sed -n 's/^data //p' "$work/out" | head -n 1)
    folder=${folder:-$data}
    if [ "$folder" != "$data" ]; then say "the data is in $folder"; fi
    ca=$folder/ca.pem
    echo "$server $url $folder" >"$note"
}

serve() {
    if running; then
        say "already running: $url, data in ${ca%/*}"
        exit 0
    fi
    mkdir -p "$(dirname "$data")"
    say "data folder: $data (Ctrl-C stops the server)"
    # The process becomes the server; beside it somebody notes where, so that `make run` finds it.
    exec "$build/partylined" --embedded "$data" --demo --listen "127.0.0.1:$(free_port)" > >(
        trap '' INT
        folder=$data
        while read -r word rest; do
            echo "$word $rest"
            case $word in
            data) folder=$rest ;;
            ready) echo "$$ $rest $folder" >"$note" ;;
            esac
        done
        rm -f "$note"
    )
}

if [ "${1:-}" = --serve ]; then serve; fi
if [ ! -t 1 ]; then
    say "the client needs a terminal; without one there is \`make demo-server\`" >&2
    exit 1
fi
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
if running; then
    say "using the server that is running: $url, data in ${ca%/*}"
else
    start
fi
say "ready $url"
if [ -t 0 ]; then
    "$build/partyline" --server "$url" --ca "$ca"
else
    "$build/partyline" --server "$url" --ca "$ca" </dev/tty
fi
