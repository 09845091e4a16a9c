#!/bin/bash
# The configuration of nginx that we ship: nginx accepts it, and it says what it must. Skipped where
# there is no nginx.
set -uo pipefail
conf=debian/nginx.conf
passed=0 failed=0
ok() {
    if "${@:2}"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $1"
    fi
}
says() { grep -qE "^[^#]*$1" $conf; }
says_not() { ! says "$1"; }

ok "only TLS 1.2 and 1.3" says 'ssl_protocols TLSv1\.2 TLSv1\.3;'
ok "no cipher without authenticated encryption" says_not 'ssl_ciphers.*(CBC|SHA:|SHA;|RC4|3DES|AES(128|256)-SHA)'
ok "HSTS" says 'add_header Strict-Transport-Security "max-age=[0-9]{8}'
# shellcheck disable=SC2016  # nginx's variable, not ours
ok "X-Forwarded-For is set, not appended to" says 'X-Forwarded-For \$remote_addr;'
ok "X-Forwarded-For of a client is never passed on" says_not 'proxy_add_x_forwarded_for'
ok "the server's certificate is verified" says 'proxy_ssl_verify on;'
ok "requests that change something are not repeated" says_not 'non_idempotent'
ok "metrics stay inside" says 'location \^~ /metrics'

nginx=$(PATH=$PATH:/usr/sbin command -v nginx || true)
if [ -z "$nginx" ]; then
    echo "nginx -t skipped: there is no nginx here"
else
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=orders.example.com \
        -keyout "$work/privkey.pem" -out "$work/fullchain.pem" 2>/dev/null
    cp "$work/fullchain.pem" "$work/ca.pem"
    sed -e "s|/etc/ssl/partyline|$work|; s|/run/nginx.pid|$work/pid|; s|/var/log/nginx|$work|" \
        -e 's/:443 ssl/:18443 ssl/; s/listen 443/listen 18443/; s/:80\b/:18080/; s/listen 80/listen 18080/' \
        -e 's/^user .*//' $conf >"$work/nginx.conf"
    ok "nginx -t accepts it" "$nginx" -t -q -e "$work/error.log" -c "$work/nginx.conf"
fi
echo "test_nginx: $passed passed, $failed failed"
[ $failed = 0 ]
