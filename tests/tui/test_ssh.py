#!/usr/bin/python3
"""The client as the forced command of a real sshd, with the example that we ship: an order from
afar, nothing but the client to be had, and a line that goes down keeps the draft. As root somebody
else signs on (postgres), else oneself.
  BUILD=build/asan   where the program is   test_ssh.py NAME...   only tests whose names hold one"""
import contextlib
import glob
import os
import pwd
import re
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import traceback

import driver
import fake_server
from driver import ROOT, Client, Failed, until

sys.path.insert(0, os.path.join(ROOT, "tests"))
from served import free_port  # noqa: E402

USER = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
BAIT = "this must stay unread"


def check(condition, say):
    if not condition:
        raise Failed(say)


def make_key(path):
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", path], check=True,
                   stdin=subprocess.DEVNULL)


def example(program, server):
    """The example as shipped; only who and where are the test's own."""
    with open(os.path.join(ROOT, "debian/sshd.conf"), encoding="utf-8") as file:
        text = file.read()
    text, groups = re.subn(r"(?m)^Match Group .*$", "Match User " + USER, text)
    text, commands = re.subn(r"(?m)(?<=ForceCommand )/usr/bin/partyline --server .*$",
                             "%s --server %s --user CC-07" % (program, server), text)
    check(groups == 1 and commands == 1, "the example has another form:\n" + text)
    return text


class Sshd:
    """An sshd of our own on the loopback; `folder` holds its keys, ours, and a copy of the client."""

    def __init__(self, folder, server):
        self.folder, self.port = folder, free_port()
        self.program = os.path.join(folder, "partyline")
        os.chmod(folder, 0o755)
        shutil.copy(driver.PROGRAM, self.program)
        for name in ("host_key", "key"):
            make_key(os.path.join(folder, name))
        shutil.copy(os.path.join(folder, "key.pub"), os.path.join(folder, "authorized_keys"))
        os.chmod(os.path.join(folder, "authorized_keys"), 0o644)
        # the sanitizers' reports; and nothing is written into anybody's home
        own = {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}
        own.update(XDG_STATE_HOME="/nonexistent", XDG_CACHE_HOME="/nonexistent")
        with open(os.path.join(folder, "config"), "w", encoding="utf-8") as file:
            file.write("ListenAddress 127.0.0.1:%d\nHostKey %s/host_key\nPidFile none\nUsePAM no\nStrictModes no\n"
                       "AuthorizedKeysFile %s/authorized_keys\nPasswordAuthentication no\n"
                       "KbdInteractiveAuthentication no\nLogLevel VERBOSE\nSubsystem sftp internal-sftp\n"
                       # a careless site: what the example must take back
                       "AcceptEnv *\nPermitTunnel yes\nX11Forwarding yes\nGatewayPorts yes\nSetEnv %s\n%s"
                       % (self.port, folder, folder,
                          " ".join('"%s=%s"' % pair for pair in own.items()), example(self.program, server)))
        # It runs as the one who signs on, so no account's lock or PAM matters; of terminals it may
        # then have only those that are the group tty's already.
        drop = ["setpriv", "--reuid=" + USER, "--regid=tty", "--clear-groups"] if os.geteuid() == 0 else []
        for name in ("host_key", "config") if drop else ():
            shutil.chown(os.path.join(folder, name), USER)
        self.log = open(os.path.join(folder, "log"), "ab")
        self.process = subprocess.Popen([*drop, "/usr/sbin/sshd", "-D", "-e", "-f", os.path.join(folder, "config")],
                                        stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        until(self.answers, self.said)

    def answers(self):
        check(self.process.poll() is None, "sshd ended: " + self.said())
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as link:
            return link.recv(4) == b"SSH-"
        return False

    def said(self, all_of_it=False):
        with open(self.log.name, encoding="utf-8", errors="replace") as file:
            text = file.read()
        return text if all_of_it else text[-3000:]

    def close(self):
        self.process.terminate()
        self.process.wait(10)
        self.log.close()

    def options(self, *more):
        return ["-F", "none", "-i", os.path.join(self.folder, "key"), "-o", "StrictHostKeyChecking=no",
                "-o", "UserKnownHostsFile=/dev/null", "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes",
                "-o", "LogLevel=ERROR", *more]

    def ssh(self, *options, words=()):
        return ["ssh", *self.options("-p", str(self.port)), *options, USER + "@127.0.0.1", *words]

    def clients(self):
        """Process ids of the forced command."""
        found = []
        for exe in glob.glob("/proc/[0-9]*/exe"):
            with contextlib.suppress(OSError):
                if os.readlink(exe) == self.program:
                    found.append(int(exe.split("/")[2]))
        return found

    def gone(self):
        until(lambda: not self.clients(), lambda: "still running: %s" % self.clients())


class Remote(Client):
    """The same terminal and keys as everywhere, with ssh between them and the client."""

    def __init__(self, world, *options, words=(), env=None):
        sshd = world["sshd"]
        path = os.path.join(sshd.folder, "ssh-%d" % Client.count)
        with open(path, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\nexec %s\n" % shlex.join(sshd.ssh("-tt", *options, words=words)))
        os.chmod(path, 0o755)
        super().__init__(world, program=path, env=env)


def run(command, data="", **more):
    return subprocess.run(command, input=data, capture_output=True, text=True, timeout=60, check=False, **more)


def signed_on(world, *options, **more):
    client = Remote(world, *options, **more)
    client.wait("Operator", "CC-07", "Password")
    client.type(world["password"])
    client.press("Enter")
    client.wait("My drafts")
    return client


# ---- working from afar ----------------------------------------------------------------------------

def test_five_line_order(world):
    """The same keys as at the machine itself; at its end the connection ends."""
    a, b, c, d, e = world["skus"]
    client = signed_on(world)
    for text in (world["manager"], a, b, "2*" + c, d, "3*" + e):
        client.line(text)
    client.wait("pending 0 of 5", "178.10")
    client.press("F9")
    client.wait("READ BACK  One")
    client.press("F9")
    client.wait(re.compile(r"placed \d{9}"))
    order, = world["fake"].orders.values()
    check(order["total"] == 17810, order)
    client.press("F3")
    client.wait("ended 0")
    world["sshd"].gone()
    client.close()


def test_language_is_accepted_and_nothing_else(world):
    """What a caller may say about the environment of the client."""
    sent = {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "NO_COLOR": "1", "PARTYLINE_SERVER": "http://127.0.0.1:1", "PARTYLINE_CA": "/etc/passwd",
            "https_proxy": "http://127.0.0.1:1", "LD_PRELOAD": "/tmp/x.so", "TERMINFO": "/tmp", "TERMINFO_DIRS": "/tmp",
            "XDG_CONFIG_HOME": "/tmp", "GCONV_PATH": "/tmp", "BASH_ENV": "/tmp/x", "ENV": "/tmp/x", "SSLKEYLOGFILE": "/tmp/x"}
    client = Remote(world, *["-oSendEnv=" + name for name in sent], env={k: v for k, v in sent.items() if k != "LD_PRELOAD"})
    client.wait("Password")
    pid, = world["sshd"].clients()
    with open("/proc/%d/environ" % pid, "rb") as file:
        have = dict(word.split("=", 1) for word in file.read().decode().split("\0") if "=" in word)
    for name in sent:
        wanted = sent[name] if name in ("LANG", "LC_ALL", "NO_COLOR") else None
        check(have.get(name) == wanted, "%s is %s" % (name, have.get(name)))
    client.press("F3")
    client.wait("ended 0")
    client.close()


# ---- nothing but the client -----------------------------------------------------------------------

def test_commands_are_not_run(world):
    """Whatever is asked for, the client is what there is; without a terminal it says so."""
    sshd = world["sshd"]
    for words in (["sh"], ["bash", "-i"], ["id; echo pwned"], ["cat", sshd.folder + "/bait"], ["--linear"], ["partyline --version"]):
        done = run(sshd.ssh("-T", words=["--", *words]), data="id; echo pw''ned\n")
        check("pwned" not in done.stdout and "uid=" not in done.stdout and BAIT not in done.stdout, done)
        check(done.returncode == 1 and "this is not a terminal" in done.stderr, done)
        check(done.stdout == "", done)
    for words in (["bash"], ["sh", "-c", "id"], ["-v"]):
        client = Remote(world, words=["--", *words])
        client.wait("PARTYLINE", "Operator", absent=["uid=", "$ "])
        client.press("F3")
        client.wait("ended 0")
        client.close()


def test_no_files(world):
    """Neither sftp nor scp, of either kind, brings or takes a file."""
    sshd = world["sshd"]
    there, here = os.path.join(sshd.folder, "bait"), os.path.join(sshd.folder, "taken")
    target = "%s@127.0.0.1" % USER
    for command in (["scp", "-P", str(sshd.port), *sshd.options(), target + ":" + there, here],
                    ["scp", "-O", "-P", str(sshd.port), *sshd.options(), target + ":" + there, here],
                    ["scp", "-O", "-P", str(sshd.port), *sshd.options(), there, target + ":/tmp/partyline-test-taken"],
                    ["sftp", "-P", str(sshd.port), *sshd.options(), "-b", "-", target]):
        done = run(command, data="get %s %s\n" % (there, here))
        check(done.returncode != 0, "%s\n%s" % (command, done))
        check(not os.path.exists(here) and not os.path.exists("/tmp/partyline-test-taken"), "a file went through: %s" % command)


def test_no_forwarding(world):
    """Neither ports nor sockets nor the agent nor X11 nor tunnels, in either direction."""
    sshd = world["sshd"]
    port, fake = free_port(), int(world["server"].rsplit(":", 1)[1])
    done = run(sshd.ssh("-W", "127.0.0.1:%d" % fake), data="GET /api/v1 HTTP/1.0\r\n\r\n")
    check(done.returncode != 0 and "forwarding failed" in done.stderr and "HTTP" not in done.stdout, done)
    for what in (["-R", "127.0.0.1:%d:127.0.0.1:%d" % (port, fake)], ["-R", "/tmp/partyline-test-socket:127.0.0.1:%d" % fake],
                 ["-R", str(port)]):
        done = run(sshd.ssh("-N", "-o", "ExitOnForwardFailure=yes", *what))
        check(done.returncode == 255 and "remote port forwarding failed" in done.stderr, done)
    local, there = os.path.join(sshd.folder, "local"), os.path.join(sshd.folder, "there")
    with socket.socket(socket.AF_UNIX) as target:
        target.bind(there)
        target.listen()
        os.chmod(there, 0o777)
        for what, dial in ((["-L", "127.0.0.1:%d:127.0.0.1:%d" % (port, fake)], port), (["-D", "127.0.0.1:%d" % port], port),
                           (["-L", "%s:%s" % (local, there)], local)):
            refused(sshd, what, dial, fake)
    check("refused streamlocal port forward" in sshd.said(), sshd.said())


def refused(sshd, what, dial, fake):
    """ssh listens here, but nothing comes through the other end."""
    before = sshd.said(all_of_it=True).count("port forward: ")
    process = subprocess.Popen(sshd.ssh("-N", *what), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    try:
        def dialled():
            check(process.poll() is None, "ssh ended")
            link = socket.socket(socket.AF_UNIX if isinstance(dial, str) else socket.AF_INET)
            with contextlib.suppress(OSError):
                link.settimeout(10)
                link.connect(dial if isinstance(dial, str) else ("127.0.0.1", dial))
                return link
            return link.close()
        with until(dialled, "ssh does not listen") as link:
            if what[0] == "-D":
                link.sendall(b"\x05\x01\x00")
                link.recv(2)
                link.sendall(b"\x05\x01\x00\x01\x7f\x00\x00\x01" + fake.to_bytes(2, "big"))
            else:
                link.sendall(b"GET /api/v1 HTTP/1.0\r\n\r\n")
            got = b""
            with contextlib.suppress(OSError):
                while data := link.recv(100):
                    got += data
            check(b"HTTP" not in got and got[:2] != b"\x05\x00", "%s: %r came through" % (what, got))
    finally:
        process.terminate()
        process.wait()
    check(sshd.said(all_of_it=True).count("port forward: ") == before + 1, "%s was not refused: %s" % (what, sshd.said()))


def test_no_agent_no_display(world):
    """What ssh may ask for besides: the client has neither an agent nor a display."""
    sshd = world["sshd"]
    agent = os.path.join(sshd.folder, "agent")
    process = subprocess.Popen(["ssh-agent", "-D", "-a", agent], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: os.path.exists(agent), "no agent")
        client = Remote(world, "-A", "-Y", env={"SSH_AUTH_SOCK": agent, "DISPLAY": "127.0.0.1:77"})
        client.wait("Password")
        pid, = sshd.clients()
        with open("/proc/%d/environ" % pid, "rb") as file:
            have = file.read()
        check(b"SSH_AUTH_SOCK" not in have and b"DISPLAY" not in have, have)
        client.press("F3")
        client.wait("ended 0")
        client.close()
    finally:
        process.terminate()
        process.wait()


def test_keys_that_interrupt(world):
    """^Z, ^C, ^\\ and ^D neither stop the client nor leave it, at sign-on and in an order."""
    def press_all(client):
        for data in (b"\x1a", b"\x03", b"\x1c", b"\x04", b"\x19", b"\x13", b"\x11"):
            client.bytes(data)
    client = Remote(world)
    client.wait("Password")
    press_all(client)
    pid, = world["sshd"].clients()
    client.type(world["password"])
    client.press("Enter")
    client.wait("My drafts")
    press_all(client)
    client.line(world["manager"])
    client.wait("JONES, Sarah")
    press_all(client)
    client.line(world["skus"][0])
    client.wait("pending 0 of 1")
    check(world["sshd"].clients() == [pid], "another client, or none")
    with open("/proc/%d/stat" % pid, encoding="utf-8") as file:
        check(file.read().rsplit(")", 1)[1].split()[0] not in "TZ", "it is stopped")
    client.press("F3")
    client.wait("ended 0")
    client.close()


def test_nothing_is_started(world):
    """No function that runs another program is linked into the client's own code."""
    listing = run(["nm", "-u", *(os.path.join(driver.BUILD, name) for name in ("libtui.a", "libwire.a", "libcore.a"))])
    used = set(re.findall(r"(?m)^\s+U (\w+)", listing.stdout))
    check("getenv" in used, listing)
    starts = {name for name in used if re.fullmatch(r"(__)?(system|popen|v?fork|clone\d*|exec[lv]\w*|f?execve?|posix_spawn\w*|wordexp|forkpty|dlopen)", name)}
    check(not starts, "it can start %s" % starts)


# ---- the line goes down ---------------------------------------------------------------------------

def hang_up(world, cut):
    """Keys an order, cuts the line, and sees the draft on the server and the client gone."""
    fake = world["fake"]
    client = signed_on(world)
    client.line(world["manager"])
    client.line(world["skus"][0])
    client.wait("pending 0 of 1")
    fake.delay = {"/drafts": 0.5, "/quotes": 0.5}  # the last line has not reached the server when the line is cut
    client.line("2*" + world["skus"][1])
    client.wait("pending 1 of 2")
    cut(client)
    world["sshd"].gone()
    fake.delay = {}
    draft, = fake.drafts.values()
    lines = [(line["sku"], line["qty"]) for line in draft["draft"]["lines"]]
    check(lines == [(world["skus"][0], 1), (world["skus"][1], 2)], lines)
    check(draft["locked_by"] == "", "it is still locked")
    client.close()


def test_ssh_is_killed(world):
    hang_up(world, lambda client: os.kill(client_ssh(client), signal.SIGKILL))


def test_ssh_is_left(world):
    """ssh's own way to leave, Enter ~ and a dot, in the middle of an entry."""
    hang_up(world, lambda client: (client.bytes(b"\r"), client.bytes(b"~"), client.bytes(b".")))


def test_sshd_dies(world):
    """The session's sshd is killed: the terminal is simply gone."""
    def cut(_):
        pid, = world["sshd"].clients()
        while command_of(pid) != "sshd":
            pid = parent(pid)
        os.kill(pid, signal.SIGKILL)
    hang_up(world, cut)


def test_the_server_is_gone_too(world):
    """Neither line nor server: the client ends all the same, and does not spin."""
    server, url = fake_server.start()
    with tempfile.TemporaryDirectory(prefix="ssh-", dir="/tmp") as folder, contextlib.closing(Sshd(folder, url)) as sshd:
        own = dict(world, server=url, fake=server.fake, sshd=sshd)
        client = signed_on(own)
        client.line(own["manager"])
        client.wait("JONES, Sarah")
        server.fake.drop = [".*"] * 1000
        server.shutdown()
        server.server_close()
        client.line(own["skus"][0])
        client.wait("no link to the server")
        os.kill(client_ssh(client), signal.SIGKILL)
        sshd.gone()
        client.close()


def parent(pid):
    with open("/proc/%d/stat" % pid, encoding="utf-8") as file:
        return int(file.read().rsplit(")", 1)[1].split()[1])


def command_of(pid):
    with open("/proc/%d/comm" % pid, encoding="utf-8") as file:
        return file.read().strip()


def client_ssh(client):
    """The process id of ssh in the client's pane: below the pane's shell, perhaps with one between."""
    return until(lambda: next((pid for pid in below(client.shell()) if command_of(pid) == "ssh"), None), "no ssh")


def below(pid):
    for child in run(["pgrep", "-P", str(pid)]).stdout.split():
        yield int(child)
        yield from below(int(child))


# ---- the environment, for whoever starts the client otherwise -------------------------------------

class Listener:
    """Takes connections, as TLS where it has a certificate, and keeps what came first."""

    def __init__(self, certificate=None):
        self.socket, self.got = socket.create_server(("127.0.0.1", 0)), []
        self.port = self.socket.getsockname()[1]
        self.context = None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(certificate)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                link, _ = self.socket.accept()
                with contextlib.suppress(OSError), link:
                    link.settimeout(10)
                    if self.context:
                        link = self.context.wrap_socket(link, server_side=True)
                    self.got.append(link.recv(1000))
                    link.sendall(b"HTTP/1.1 404 x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def linear(server, env, *args):
    return run([driver.PROGRAM, "--linear", "--user", "CC-07", "--server", server, *args],
               data="secret\n", env={"LANG": "C.UTF-8", "HOME": "/nonexistent", **env})


def test_proxies_are_not_used(world):
    proxy = Listener()
    where = "http://127.0.0.1:%d" % proxy.port
    env = {name: where for name in ("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")}
    done = linear("https://partyline.invalid:1", env)
    check(done.returncode == 1 and "!! no answer" in done.stdout, done)
    check(not proxy.got, "the proxy was asked: %s" % proxy.got)


def test_keys_and_authorities_are_not_taken_from_the_environment(world):
    with tempfile.TemporaryDirectory(prefix="tls-", dir="/tmp") as folder:
        pem, keys = folder + "/pem", folder + "/keys"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", folder + "/key",
                        "-out", folder + "/cert"], check=True, capture_output=True)
        with open(pem, "w", encoding="utf-8") as out:
            for name in ("key", "cert"):
                with open(os.path.join(folder, name), encoding="utf-8") as part:
                    out.write(part.read())
        server = Listener(pem)
        where = "https://localhost:%d" % server.port
        linear(where, {"SSLKEYLOGFILE": keys}, "--ca", folder + "/cert")
        check(server.got, "the test's server was never reached")
        check(not os.path.exists(keys), "the keys of the connection were written down")
        server.got.clear()
        done = linear(where, {"SSL_CERT_FILE": folder + "/cert", "SSL_CERT_DIR": folder, "CURL_CA_BUNDLE": folder + "/cert"})
        check(done.returncode == 1 and not server.got, "a certificate was believed: %s" % done)


# ---- running --------------------------------------------------------------------------------------

def one(test, world):
    try:
        world["fake"].drafts.clear()
        world["fake"].orders.clear()
        world["fake"].delay = {}
        began = time.monotonic()
        test(world)
        if os.environ.get("TIMES"):
            print("%5.1f %s" % (time.monotonic() - began, test.__name__), flush=True)
        return True
    except (Failed, OSError, ValueError, subprocess.SubprocessError):
        print("FAILED %s\n%s" % (test.__name__, world["sshd"].said()))
        traceback.print_exc(file=sys.stdout)
        return False


def main():
    names = sys.argv[1:]
    wanted = [f for n, f in globals().items() if n.startswith("test_") and (not names or any(name in n for name in names))]
    server, url = fake_server.start()
    passed = 0
    driver.begin()
    try:
        with tempfile.TemporaryDirectory(prefix="ssh-", dir="/tmp") as folder, contextlib.closing(Sshd(folder, url)) as sshd:
            with open(os.path.join(folder, "bait"), "w", encoding="utf-8") as file:
                file.write(BAIT)
            world = dict(fake_server.world(url), fake=server.fake, sshd=sshd)
            passed = sum(one(test, world) for test in wanted)
    finally:
        driver.end()
    print("test_ssh: %d passed, %d failed" % (passed, len(wanted) - passed))
    return 0 if passed == len(wanted) else 1


if __name__ == "__main__":
    sys.exit(main())
