#!/bin/sh
# Installs what debian/control lists under Build-Depends and this machine does not have.
#   tests/deps.sh           asks apt-get; as root, or through sudo
#   tests/deps.sh --list    prints the missing packages, one a line
# Needs nothing but Debian's essential packages, for it runs before there is anything else.
set -eu
control=$(dirname "$0")/../debian/control

# name or name|alternative|..., one a line; versions, architectures and comments dropped
wanted=$(awk '
    /^#/ { next }
    /^Build-Depends:/ { on = 1; sub(/^[^:]*:/, "") }
    /^[A-Z]/ && !/^Build-Depends:/ { on = 0 }
    /^Package:/ { exit }
    on { gsub(/\([^)]*\)|\[[^]]*\]|<[^>]*>/, ""); gsub(/[ \t]/, ""); gsub(/,/, "\n"); print }
' "$control")

# what is installed, with what it provides
# shellcheck disable=SC2016  # the ${...} are for dpkg-query
have=$(dpkg-query -W -f '${db:Status-Status} ${Package}, ${Provides}\n' |
    sed -n 's/^installed //p' | sed 's/([^)]*)//g; s/,/ /g')

missing=$(printf '%s\n' "$wanted" | HAVE="$have" awk '
    BEGIN { n = split(ENVIRON["HAVE"], word, /[ \n]+/); for (i = 1; i <= n; i++) have[word[i]] = 1 }
    $0 != "" {
        n = split($0, one, "|"); found = 0
        for (i = 1; i <= n; i++) if (one[i] in have) found = 1
        if (!found) print one[1]
    }')

if [ "${1:-}" = --list ]; then
    if [ -n "$missing" ]; then printf '%s\n' "$missing"; fi
    exit 0
fi
if [ -z "$missing" ]; then exit 0; fi
# shellcheck disable=SC2086  # a list of words from here on
set -- $missing
echo "deps: to be installed (Build-Depends of debian/control): $*"

as_root=
if [ "$(id -u)" != 0 ]; then
    # Without a terminal sudo may not ask for a password.
    if [ -t 0 ]; then ask=; else ask=-n; fi
    if command -v sudo >/dev/null && sudo $ask true; then
        as_root="sudo $ask"
    else
        echo "deps: not root, and sudo does not work here. As root, do:" >&2
        echo "    apt-get update && apt-get install -y --no-install-recommends $*" >&2
        exit 1
    fi
fi

# Debian's server package makes a cluster on port 5432 when it is first installed. We want the
# programs only: our servers and tests make private ones.
case " $* " in
*" postgresql-15 "*)
    conf=/etc/postgresql-common/createcluster.d/partyline.conf
    if [ ! -e /usr/lib/postgresql/15/bin/postgres ] && [ ! -e "$conf" ]; then
        echo "deps: writing $conf, so that no cluster is made on port 5432"
        $as_root mkdir -p "${conf%/*}"
        printf '%s\n' "# Partyline makes private clusters; installing PostgreSQL for it starts none." \
            "create_main_cluster = false" | $as_root tee "$conf" >/dev/null
    fi
    ;;
esac

# It starts an SSH server as well. The tests start their own; this file, which Debian knows, keeps
# the machine's from running.
case " $* " in
*" openssh-server "*)
    conf=/etc/ssh/sshd_not_to_be_run
    if [ ! -e "$conf" ]; then
        echo "deps: writing $conf, so that no SSH server is started; remove it to have one"
        $as_root mkdir -p "${conf%/*}"
        $as_root tee "$conf" </dev/null >/dev/null
    fi
    ;;
esac

DEBIAN_FRONTEND=noninteractive
export DEBIAN_FRONTEND
install() {
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
        -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" </dev/null
}
update() {
    echo "deps: apt-get update"
    $as_root apt-get update -q -o Acquire::Retries=3 </dev/null
}

# No lists at all, or too old to fetch by: update and try once more.
if ! ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1; then
    update
    install "$@"
else
    install "$@" || { update && install "$@"; }
fi
