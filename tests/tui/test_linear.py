#!/usr/bin/python3
"""partyline --linear: whole orders through a pipe, at a terminal that knows nothing but lines, in
scripts; against the fake server, and an order against the real one. What is looked at is what a
braille display would get.
  BUILD=build/asan   where the program is         UPDATE_GOLDEN=1   takes the new transcripts
  test_linear.py NAME...   only the tests whose names hold one of these"""
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import termios
import time
import traceback

import driver
import fake_server
from driver import Failed, until

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from served import demo_server  # noqa: E402

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden")
PASSWORD = "partyline-demo"
WAIT = driver.WAIT
HOME = tempfile.TemporaryDirectory(prefix="lin-home-", dir="/tmp")
SANITIZERS = {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}


def check(condition, say):
    if not condition:
        raise Failed(say)


def command(world, args):
    ca = ["--ca", world["ca"]] if world.get("ca") else []
    return [driver.PROGRAM, "--server", world["server"], *ca, *args]


def environment(env):
    return {"LANG": "C.UTF-8", "HOME": HOME.name, "TZ": "UTC", **SANITIZERS, **(env or {})}


def script(world, lines, args=("--linear", "--user", "CC-07"), env=None, password=PASSWORD):
    """The client at the end of a pipe: what it printed, and its exit code."""
    data = lines if isinstance(lines, bytes) else "".join(line + "\n" for line in lines).encode()
    if password is not None:
        data = password.encode() + b"\n" + data
    run = subprocess.run(command(world, args), input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         env=environment(env), timeout=120, check=False)
    errors = run.stderr.decode(errors="replace")
    check("ERROR: " not in errors and "runtime error" not in errors, errors)
    return run.stdout.decode(), run.returncode, errors


class Talk:
    """The client at a pipe or at a terminal, spoken with line by line."""

    def __init__(self, world, args=("--linear", "--user", "CC-07"), env=None, terminal=False, echo=True):
        mine, other = pty.openpty() if terminal else (None, None)
        if terminal and not echo:
            flags = termios.tcgetattr(other)
            flags[3] &= ~termios.ECHO
            termios.tcsetattr(other, termios.TCSANOW, flags)
        self.process = subprocess.Popen(
            command(world, args), env=environment(env), stderr=subprocess.PIPE, start_new_session=True,
            stdin=other if terminal else subprocess.PIPE, stdout=other if terminal else subprocess.PIPE,
            preexec_fn=(lambda: __import__("fcntl").ioctl(0, termios.TIOCSCTTY, 0)) if terminal else None)
        if terminal:
            os.close(other)
        self.write_to = mine if terminal else self.process.stdin.fileno()
        self.read_from = mine if terminal else self.process.stdout.fileno()
        self.text, self.seen = "", 0

    def send(self, text):
        self.bytes(text.encode() + b"\n")
        return self

    def bytes(self, data):
        os.write(self.write_to, data)

    def more(self, seconds):
        if not select.select([self.read_from], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.read_from, 65536)
        except OSError:  # the other side of the terminal is gone
            data = b""
        self.text += data.decode(errors="replace").replace("\r\n", "\n")
        return bool(data)

    def wait(self, pattern, seconds=None):
        """What came since the last one that was waited for, up to the pattern."""
        deadline = time.monotonic() + (seconds or WAIT)
        while True:
            found = re.compile(pattern, re.MULTILINE).search(self.text, self.seen)
            if found:
                answer, self.seen = self.text[self.seen:found.end()], found.end()
                return answer
            if time.monotonic() > deadline or (not self.more(0.2) and self.process.poll() is not None):
                raise Failed("waited for %r after\n%s\n%s" % (pattern, self.text[self.seen:], self.text))

    def end(self, code):
        """The exit code, after the end of the input."""
        if self.process.stdin:
            self.process.stdin.close()
        while self.more(WAIT):
            pass
        errors = self.process.stderr.read().decode()
        got = self.process.wait(WAIT)
        if self.process.stdin is None:
            os.close(self.write_to)
        check("ERROR: " not in errors and "runtime error" not in errors, errors)
        check(got == code, "exit code %d, not %d, after\n%s%s" % (got, code, self.text, errors))
        return self.text


def golden(text, world, name):
    text = text.replace(world["server"], "SERVER")
    text = re.sub(r"(?m)^today .*", "today ...", text)
    text = re.sub(r"(?m)(?<=^placed )\d+", lambda m: "#" * len(m.group(0)), text)
    path = os.path.join(GOLDEN, name + ".txt")
    if os.environ.get("UPDATE_GOLDEN"):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return
    with open(path, encoding="utf-8") as file:
        want = file.read()
    check(text == want, "golden/%s.txt differs (UPDATE_GOLDEN=1 takes the new one)\n--- want\n%s--- have\n%s" % (name, want, text))


def five(world):
    a, b, c, d, e = world["skus"]
    return [world["manager"], a, b, "2*" + c, d, "3*" + e]


def plain(text):
    """Nothing in it could be a command to a terminal, or turn a line around."""
    bad = re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]", text)
    check(not bad, "a control character %r in\n%s" % (bad and bad.group(0), text))
    return text


# ---- also on the real server ----------------------------------------------------------------------

def test_whole_order(world):
    """Sign-on, five lines, review and placing through a pipe; the number is on a line that begins
    with `placed`, and nothing is left over."""
    out, code, _ = script(world, [*five(world), "/9", "/9"])
    if "F9 again" in out:
        out, code, _ = script(world, [*five(world), "/9", "/9", "/9"])  # a duplicate is asked about once
    plain(out)
    check(re.search(r"(?m)^placed \d{9} ", out), out)
    check(len(re.findall(r"(?m)^ok line \d: ", out)) == 5, out)
    check("read back: " in out, out)
    check(code == 0, "exit code %d\n%s" % (code, out))


def test_search_and_choose(world):
    """A name gives a numbered list, from which a number chooses."""
    out, code, _ = script(world, [world["name"], "1", "/3"])
    check(re.search(r"(?m)^FIND people: " + world["name"], out) and re.search(r"(?m)^1: \d{7} ", out), out)
    first = re.search(r"(?m)^1: (\d{7}) ", out).group(1)
    check("\nORDER: %s " % first in out, out)
    check(code == 0, out)


def test_mistyped_distributor(world):
    number = world["manager"]
    out, code, _ = script(world, [number[:-1] + str((int(number[-1]) + 1) % 10)])
    check(re.search(r"(?m)^!! .*check digit does not fit", out), out)
    check(code == 1, "a script must see it\n" + out)


# ---- what is said ---------------------------------------------------------------------------------

def fake_transcript(world):
    """An order as a script or a braille display sees it: each line keyed is answered by itself and
    the total; nothing is said twice."""
    out, code, _ = script(world, [*five(world), ".2*3", "u", "-", "u", "/9", "bal 5.00", "/9"])
    golden(plain(out), world, "linear_order")
    check(code == 0, "exit code %d" % code)


def fake_transcript_trouble(world):
    """A typo with its candidates, too little stock, stock and help in mid-order, a customer, and the
    order held at the end of the input."""
    out, code, _ = script(world, [
        world["manager"], world["skus"][0][:-1] + "7", "2", "4*" + fake_server.LAST, "t cust", "c brown", "1",
        "s" + world["skus"][1], "/12", ".1?", "/1", "n ring twice", "zzz", "nothing here?"])
    golden(plain(out), world, "linear_trouble")
    check(code == 1, "exit code %d" % code)


def fake_last_order_again(world):
    """The last order is said with whoever orders, and /8 repeats its lines."""
    lines = [world["manager"], world["skus"][0], "2*" + world["skus"][1], "/9", "/9"]
    script(world, lines)
    out, code, _ = script(world, [world["manager"], "/8"])
    check(re.search(r"(?m)^last order .*, 46.35; /8 repeats it$", out), out)
    check(re.search(r"(?m)^ok line 2: 2\*%s .*\ntotal 46.35 GBP, lines 2$" % world["skus"][1], out) and code == 0, out)


def test_details_field_by_field(world):
    """The form of a person's details is asked field by field: a line is the new value, an empty one
    leaves the old, /9 saves and /12 leaves it."""
    out, _, _ = script(world, ["i" + world["manager"], "/9", "07700 900999", "", "/12", "/12"])
    check(re.search(r"(?m)^DETAILS: .*\nPhone: (.*)\n", out), out)
    check(re.search(r"(?m)^Phone: 07700 900999\nE-mail\? ", out) and "not saved" in out, out)
    out, _, _ = script(world, ["i" + world["manager"], "/9", "07700 900998", "/9"])
    check(re.search(r"(?m)^saved: .*\nPERSON: (.*\n)*phone 07700 900998$", out), out)


def fake_killed_and_brought_back(world):
    """What a killed client had accepted comes back at the next sign-on and is said."""
    talk = Talk(world)
    talk.send(PASSWORD).wait("^no drafts")
    talk.send(world["manager"]).wait("^ship to")
    world["fake"].delay = {"/drafts": 30, "/quotes": 30}
    talk.send(world["skus"][0])
    until(lambda: world["skus"][0] in journals(), "no journal")
    talk.process.kill()
    talk.process.wait()
    talk.process.stdin.close()
    talk.process.stderr.close()
    talk.process.stdout.close()
    world["fake"].delay = {}
    out, _, _ = script(world, ["/5", "1"])
    check(re.search(r"(?m)^! .*back", out), out)
    check(re.search(r"(?m)^ok line 1: 1\*" + world["skus"][0], out), out)


def journals():
    text = ""
    for folder, _, names in os.walk(HOME.name):
        for name in names:
            with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
                text += file.read()
    return text


def fake_one_answer_each(world):
    """A slow server changes nothing: the next line is read when the one before has been answered."""
    fake = world["fake"]
    fake.delay = {"/quotes": 0.3, "/drafts/.*": 0.1}
    talk = Talk(world)
    talk.send(PASSWORD).wait("^no drafts$|^draft 1")
    talk.bytes(("\n".join(five(world)) + "\n").encode())  # typed ahead
    answers = talk.wait(r"^total .*lines 5$")
    lines = re.findall(r"(?m)^(?:ok line (\d)|total .* lines (\d)$)", answers)
    check(lines == [(str(n // 2 + 1), "") if n % 2 == 0 else ("", str(n // 2 + 1)) for n in range(10)], answers)
    talk.end(0)


def fake_hidden_commands_in_names(world):
    """Names that try to be commands to the terminal, to break lines or to turn them around."""
    evil = "Ev\x1b[2Jil\x9b31m\x07 na\nme\r\u202eabc\u2028x\x7f\u200b"
    stem, person = world["skus"][0], fake_server.PEOPLE[world["manager"]]
    item = fake_server.ITEMS[stem]
    kept = dict(item), dict(person)
    try:
        item["name"] = item["spoken"] = evil
        person["name"] = person["city"] = person["rank_name"] = evil
        out, _, _ = script(world, ["jones", world["manager"], stem, "s", "/12", "/9", "/12", "rose", "n \u202etwist", "/6", "/7"])
    finally:
        item.update(kept[0])
        person.update(kept[1])
    plain(out)
    check("ok line 1: 1*%s Ev" % stem in out, out)
    check(all(not line.startswith("me") for line in out.split("\n")), out)


def fake_chinese_names(world):
    """Names arrive whole, also where the login shell says nothing about characters."""
    number = fake_server.code("102113")
    for env in ({"LANG": "C.UTF-8"}, {"LANG": "C", "LC_ALL": "C"}, {"LANG": ""}):
        out, code, _ = script(world, ["陳", number, fake_server.LAST, "n 請按鈴"], env=env)
        check("ORDER: %s 陳 美玲" % number in out and "soap 名前 bar" in out and "note: 請按鈴" in out, out)
        check(code == 0, out)


def fake_at_a_terminal(world):
    """A prompt, no escape sequences, and the password is never shown; ^D holds the order."""
    talk = Talk(world, args=(), env={"TERM": "dumb"}, terminal=True)
    talk.wait("^Operator: $")
    talk.send("CC-07").wait("^Password: $")
    talk.send("not it").wait("^!! operator or password is wrong")
    talk.wait("^Password: $")
    talk.send(PASSWORD).wait("^> $")
    talk.send(world["manager"]).wait("^ORDER: .*(\n.+)*\n> $")
    talk.send("").wait("^ORDER: .*\n> $")  # where am I?
    talk.bytes(b"\x1b[20~\n")
    talk.wait("^!! .*function keys are typed as /9")
    talk.send(world["skus"][0]).wait("^total .*\n> $")
    talk.bytes(b"\x04")
    talk.wait("held, not placed: %s" % world["manager"])
    text = talk.end(0)
    check(PASSWORD not in text and "not it" not in text, "a password is on the screen:\n" + text)
    check("\x1b" not in text, "an escape sequence in\n%r" % text)  # what is typed the terminal shows as ^[
    draft, = world["fake"].drafts.values()
    check(draft["locked_by"] == "" and len(draft["draft"]["lines"]) == 1, draft)


def fake_echo_is_given_back(world):
    """The terminal shows what is typed but at the password, and is left as it was: also one whose
    editor shows by itself what is typed."""
    for echo in (True, False):
        talk = Talk(world, terminal=True, echo=echo)
        talk.wait("^Password: $")
        check(not termios.tcgetattr(talk.write_to)[3] & termios.ECHO, "the password would be shown")
        talk.send(PASSWORD).wait("^> $")
        flags = termios.tcgetattr(talk.write_to)[3]
        check(bool(flags & termios.ECHO) == echo and not flags & termios.ECHONL, "it is not as it was")
        talk.send("/2").wait("^> $")
        talk.bytes(b"\x04")
        talk.end(0)


def fake_interrupted(world):
    """^C, ^\\ and a hang-up keep the draft and end the program."""
    for data, number in ((b"\x03", None), (b"\x1c", None), (None, signal.SIGHUP), (None, signal.SIGTERM)):
        world["fake"].drafts.clear()
        talk = Talk(world, env={"TERM": "vt100"}, terminal=True)
        talk.wait("^Password: $")
        talk.send(PASSWORD).wait("^> $")
        talk.send(world["manager"]).wait("^> $")
        talk.send(world["skus"][0]).wait("^total .*\n> $")
        if data:
            talk.bytes(data)
        else:
            talk.process.send_signal(number)
        talk.end(0)
        draft, = world["fake"].drafts.values()
        check(draft["locked_by"] == "" and len(draft["draft"]["lines"]) == 1, draft)


# ---- scripts --------------------------------------------------------------------------------------

def fake_exit_codes(world):
    """0: all was done, mended or deliberately held; 1: something could not be done."""
    typo, good, person = world["skus"][0][:-1] + "7", world["skus"][0], world["manager"]
    for lines, want in (([person, good], 0), ([person, typo, "1"], 0), ([person, typo, "-"], 0), ([person, typo], 1),
                        ([person, typo, "/6"], 1), ([person, typo, fake_server.code("102018"), good], 1),
                        ([], 0), ([person, good, "/9", "/9"], 0), ([good, "/9", "/9"], 1), (["/11"], 0), ([person, "2**3"], 1)):
        out, code, _ = script(world, lines)
        check(code == want, "exit code %d, not %d, for %s\n%s" % (code, want, lines, out))
        world["fake"].drafts.clear()


def fake_wrong_password_ends_a_script(world):
    """The next line of the script is not tried as a password."""
    fake = world["fake"]
    fake.log.clear()
    out, code, _ = script(world, ["secret note", world["manager"]], password="wrong")
    check("!! operator or password is wrong." in out and code == 1, out)
    tries = [body for method, path, body in fake.log if path == "/sessions"]
    check([t["password"] for t in tries] == ["wrong"], tries)


def fake_operator_from_the_input(world):
    out, code, _ = script(world, ["CC-07", PASSWORD, world["manager"]], args=["--linear"], password=None)
    check("operator CC-07" in out and code == 0, out)


def fake_one_time_code(world):
    fake = world["fake"]
    fake.otp = "123456"
    try:
        out, code, _ = script(world, ["123456", world["manager"]])
        check("the code of the moment" in out and "ORDER: " in out and code == 0, out)
    finally:
        fake.otp = None


def fake_password_file(world):
    """Its first line is the password, if nobody else can read it; a pipe will do."""
    with tempfile.TemporaryDirectory(prefix="lin-", dir="/tmp") as folder:
        path = os.path.join(folder, "password")
        with open(path, "w", encoding="utf-8") as file:
            file.write(PASSWORD + "\nthe rest is mine\n")
        args = ["--linear", "--user", "CC-07", "--password-file", path]
        for mode, want in ((0o600, 0), (0o400, 0), (0o644, 1), (0o640, 1), (0o604, 1)):
            os.chmod(path, mode)
            world["fake"].log.clear()
            out, code, _ = script(world, [world["manager"]], args=args, password=None)
            check(code == want, "exit code %d for mode %o\n%s" % (code, mode, out))
            check(("ORDER: " in out) == (want == 0), out)
            check(want == 0 or "chmod 600" in out and not [1 for _, p, _ in world["fake"].log if p == "/sessions"], out)
        out, code, _ = script(world, [world["manager"]], args=[*args[:-1], folder], password=None)
        check(code == 1 and "!! " in out, out)
        out, code, _ = script(world, [world["manager"]], args=[*args[:-1], folder + "/none"], password=None)
        check(code == 1 and "cannot be read" in out, out)
        shell = "printf '%%s\\n' %s | %s --linear --user CC-07 --server %s --password-file <(echo %s)" % (
            world["manager"], driver.PROGRAM, world["server"], PASSWORD)
        run = subprocess.run(["bash", "-c", shell], env=environment(None), capture_output=True, text=True, check=False)
        check(run.returncode == 0 and "ORDER: " in run.stdout, run.stdout + run.stderr)
        out, code, errors = script(world, [], args=["--password-file", path], password=None)
        check(code == 64 and "--linear" in errors, errors)


def fake_session_expires(world):
    """With a password file a script goes on by itself; without one it ends and says so."""
    with tempfile.NamedTemporaryFile("w", prefix="lin-", dir="/tmp") as file:
        file.write(PASSWORD + "\n")
        file.flush()
        talk = Talk(world, args=["--linear", "--user", "CC-07", "--password-file", file.name])
        talk.wait("^no drafts|^draft")
        talk.send(world["manager"]).wait("^ship to")
        world["fake"].expire()
        talk.send(world["skus"][0])
        talk.wait("^SIGN ON again")
        talk.wait("^total .*lines 1$")
        talk.send(world["skus"][1]).wait("^total .*lines 2$")
        talk.end(0)
    # an order that cannot be saved any more is not freed either
    asan = SANITIZERS.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
    talk = Talk(world, env={"ASAN_OPTIONS": asan})
    talk.send(PASSWORD).wait("^no drafts|^draft")
    talk.send(world["manager"]).wait("^ship to")
    world["fake"].expire()
    talk.send(world["skus"][0]).wait("^!! session expired")
    talk.end(1)


def fake_lines_that_are_none(world):
    """Too long, not in the locale's characters, control characters: said, not taken, and the next
    line is."""
    good = world["skus"][0].encode()
    for bad, say in ((b"x" * 5000, "too long"), (b"x" * 20000, "too long"), (b"jones \xff\xfe", "not in the characters"),
                     (b"4\x1b[20~", "typed as /9"), (b"\x00", "typed as /9")):
        out, code, _ = script(world, world["manager"].encode() + b"\n" + bad + b"\n" + good + b"\n")
        check(out.count("!! ") == 1 and say in out and "ok line 1: 1*" + good.decode() in out, out)
        check(code == 1, "exit code %d\n%s" % (code, out))
    out, code, _ = script(world, world["manager"].encode() + b"\r\n\x02" + good + b"\r\n" + good)
    check("lines 2" in out and code == 0, "carriage returns, a scanner's prefix, no end of line:\n" + out)


def fake_duplicate_is_asked_once(world):
    world["fake"].duplicate = "The same was ordered at 10:41."
    try:
        out, code, _ = script(world, [world["manager"], world["skus"][0], "/9", "/9"])
        check("! The same was ordered at 10:41." in out and "\nplaced" not in out, out)
        world["fake"].drafts.clear()
        out, code, _ = script(world, [world["manager"], world["skus"][0], "/9", "/9", "/9"])
        check(re.search(r"(?m)^placed \d", out) and code == 0, out)
    finally:
        world["fake"].duplicate = None


def fake_total_changes(world):
    """Another total than the one that was said is said, and nothing is placed by the way."""
    talk = Talk(world)
    talk.send(PASSWORD).wait("^no drafts|^draft")
    for line in (world["manager"], world["skus"][0]):
        talk.send(line)
    talk.wait("^total .*lines 1$")
    talk.send("/9").wait("^total 28.45 GBP, nothing charged yet$")
    world["fake"].total_shift = 100
    try:
        talk.send("/9")
        talk.wait("^!! not placed: the total is no longer the one shown")
        talk.wait("^total 29.45 GBP")
        talk.send("/9").wait(r"^placed \d+ +29.45")
        talk.end(1)
    finally:
        world["fake"].total_shift = 0


def fake_link_lost_and_back(world):
    """Without a link, keying goes on, and what was keyed arrives when there is one again. Placing
    does not hang: it is taken back."""
    server, url = fake_server.start()
    own = dict(world, server=url, fake=server.fake)
    port = server.server_address[1]
    talk = Talk(own)
    talk.send(PASSWORD).wait("^no drafts|^draft")
    talk.send(own["manager"]).wait("^ship to")
    tokens = set(server.fake.tokens)
    server.fake.drop = [".*"] * 1000  # connections that are still open get no answers either
    server.shutdown()
    server.server_close()
    talk.send(own["skus"][0])
    talk.wait("^!! no link to the server", 30)
    talk.send(own["skus"][1]).wait(r"^line 2: 1\*")
    talk.send("/9").wait("^the total is being confirmed")
    talk.send("/9").wait("^!! taken back", 30)
    server, _ = fake_server.start(port)
    server.fake.tokens = tokens
    talk.wait("", 1)
    deadline = time.monotonic() + 30
    while not [1 for method, path, _ in server.fake.log if path == "/quotes"]:
        check(time.monotonic() < deadline, "no link again")
        talk.more(0.05)
    talk.send("").wait("^the link to the server is back")
    talk.send("/9").wait(r"^placed \d+", 30)
    order, = server.fake.orders.values()
    check([line["qty"] for line in order["lines"]] == [1, 1], order)
    talk.end(1)
    server.shutdown()


def fake_no_server(world):
    out, code, _ = script(dict(world, server="http://127.0.0.1:1"), [world["manager"]])
    check("!! " in out and code == 1, out)


def fake_reader_goes_away(world):
    """Nobody listens any more: the draft is kept and the program ends."""
    talk = Talk(world)
    talk.send(PASSWORD).wait("^no drafts|^draft")
    talk.send(world["manager"]).wait("^ship to")
    talk.process.stdout.close()
    talk.send(world["skus"][0])
    talk.process.wait(WAIT)
    talk.process.stdin.close()
    talk.process.stderr.close()
    draft, = world["fake"].drafts.values()
    check(draft["locked_by"] == "" and len(draft["draft"]["lines"]) == 1, draft)


def fake_config_file(world):
    """`linear = yes` in the operator's file; a terminal that can do more still gets lines."""
    with tempfile.TemporaryDirectory(prefix="lin-", dir="/tmp") as folder:
        os.mkdir(folder + "/partyline")
        for word, code in (("yes", 0), ("perhaps", 64), ("no", 1)):
            with open(folder + "/partyline/partyline.conf", "w", encoding="utf-8") as file:
                file.write("linear = %s\nuser = CC-07\n" % word)
            out, got, errors = script(world, [world["manager"]], args=[], env={"XDG_CONFIG_HOME": folder, "TERM": "xterm"})
            check(got == code, "exit code %d for %s\n%s%s" % (got, word, out, errors))
        check("--linear" in errors, "there is no terminal, and nothing says what to do: " + errors)


# ---- running --------------------------------------------------------------------------------------

def run(tests, world):
    passed, failed = 0, []
    for test in tests:
        try:
            if "fake" in world:
                world["fake"].drafts.clear()
                world["fake"].orders.clear()
                world["fake"].delay = {}
            for name in os.listdir(HOME.name):
                shutil.rmtree(os.path.join(HOME.name, name))
            began = time.monotonic()
            test(world)
            passed += 1
            if os.environ.get("TIMES"):
                print("%5.1f %s" % (time.monotonic() - began, test.__name__), flush=True)
        except (Failed, OSError, ValueError, subprocess.SubprocessError):
            failed.append(test.__name__)
            print("FAILED %s" % test.__name__)
            traceback.print_exc(file=sys.stdout)
    return passed, len(failed)


def main():
    names = sys.argv[1:]
    wanted = [f for n, f in globals().items() if callable(f) and n.startswith(("test_", "fake_"))
              and (not names or any(name in n for name in names))]
    server, url = fake_server.start()
    passed, failed = run(wanted, dict(fake_server.world(url), fake=server.fake))
    real = [f for f in wanted if f.__name__.startswith("test_")]
    if real:
        with demo_server() as served:
            world = dict(served.ids, server="https://localhost:%d" % served.port, name="jones sarah",
                         ca=os.path.join(served.folder, "ca.pem"))
            more = run(real, world)
            passed, failed = passed + more[0], failed + more[1]
    print("test_linear: %d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
