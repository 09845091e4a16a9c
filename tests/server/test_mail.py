#!/usr/bin/python3
"""Outgoing mail against a mail server that we did not write (aiosmtpd): what is accepted is sent once, what
may pass is tried again under the same Message-ID, what is refused for good is dead and to be seen."""
import contextlib
import datetime
import email
import email.header
import email.policy
import email.utils
import os
import re
import ssl
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from aiosmtpd.controller import Controller  # noqa: E402
from aiosmtpd.smtp import AuthResult  # noqa: E402
from cases import Cases  # noqa: E402
from desk import Desk, line  # noqa: E402
from damm import damm  # noqa: E402
from served import demo_server, free_port  # noqa: E402

cases = Cases("test_mail")
HOSTILE = ("\"Ann\" <evil@example.org>", "Ann\u2028Bcc: evil@example.org", "=?UTF-8?Q?Bcc?=", "陳 美玲", "Ünïcödé " * 12, "a\\\"b,c;d:e@f", "." * 60, "x" * 200)


def until(happens, say, seen=lambda: ""):
    end = time.monotonic() + 60
    while not happens():
        assert time.monotonic() < end, (say, seen())
        time.sleep(0.05)


class Box:
    """A mail server; `answers` of DATA by recipient, one after the other, then 250."""

    def __init__(self):
        self.mail, self.answers, self.rcpt_answers, self.seen = [], {}, {}, threading.Event()
        self.tls, self.signed = [], []

    def next_of(self, table, who):
        answers = table.get(who)
        return answers.pop(0) if answers else None

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.next_of(self.rcpt_answers, address)
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        answer = self.next_of(self.answers, envelope.rcpt_tos[0])
        if answer == "drop":  # it has the letter, and the answer is lost
            self.keep(session, envelope)
            server.transport.abort()
            return "250 OK"
        if answer:
            return answer
        self.keep(session, envelope)
        return "250 OK"

    def keep(self, session, envelope):
        self.tls.append(bool(session.ssl))
        self.mail.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))

    def to(self, address):
        return [email.message_from_bytes(raw, policy=email.policy.default) for _, to, raw in self.mail if to == [address]]


@contextlib.contextmanager
def mail_server(box, **options):
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port, server_kwargs=options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


class Post(Desk):
    def write(self, address, name="Ann", kind="autosave.empty", language="en", detail='{"due": "2025-12-01"}', ref="1"):
        """A letter to a customer of that name and address."""
        quoted = name.replace("'", "''")
        person = self.s.psql("SELECT c.id FROM customer c ORDER BY c.id LIMIT 1")
        self.s.psql(f"UPDATE person SET name = '{quoted}', email = '{address}', language = '{language}' WHERE id = {person}")
        return self.s.psql(f"INSERT INTO outbox (person_id, market, kind, ref, detail, at) VALUES ({person}, 'GB', '{kind}', '{ref}', '{detail}', now()) RETURNING id")

    def row(self, letter):
        state, tries, error = self.s.psql(f"SELECT outbox_state(x), tries, last_error FROM outbox x WHERE id = {letter}").split("|", 2)
        return state, int(tries), error

    def wait(self, letter, state):
        until(lambda: self.row(letter)[0] == state, f"letter {letter} is {state}", lambda: self.row(letter))
        return self.row(letter)

    def tried(self, letter, n):
        """Tried `n` times, and told; then it may be tried again at once."""
        until(lambda: self.row(letter)[1] == n and self.row(letter)[2] != "", f"{n} tries", lambda: self.row(letter))

    def hurry(self, letter):
        self.s.psql(f"UPDATE outbox SET not_before = now() WHERE id = {letter}")

    def settled(self):
        until(lambda: self.s.psql("SELECT count(*) FROM outbox WHERE sent_at IS NULL AND dead_at IS NULL AND not_before <= now()") == "0", "nothing waits")


def sent_once(d, box):
    letter = d.write("ok@example.org")
    assert d.wait(letter, "sent") == ("sent", 1, "")
    (got,) = box.to("ok@example.org")
    assert got["Subject"] == "Your repeat order of 2025-12-01 was not placed" and got["To"] == "Ann <ok@example.org>", got.as_string()
    assert got["From"] == "Velvet & Vale <orders@example.org>" and got["Auto-Submitted"] == "auto-generated"
    when = email.utils.parsedate_to_datetime(got["Date"])
    assert abs((when - datetime.datetime.now(datetime.timezone.utc)).total_seconds()) < 86400, got["Date"]
    assert got["Message-ID"].startswith(f"<outbox.{letter}.") and got["Message-ID"].endswith("@example.org>")
    assert got.get_content().replace("\r\n", "\n").startswith("Dear Ann,\n\nyour repeat order of 2025-12-01 was not placed"), got.get_content()
    assert box.mail[-1][0] == "orders@example.org"


def tried_again(d, box):
    for address, table, first in (("busy@example.org", box.answers, "451 try later"), ("grey@example.org", box.rcpt_answers, "450 grey"),
                                  ("full@example.org", box.answers, "452 no room")):
        table[address] = [first, first]
        letter = d.write(address)
        for n in (1, 2):
            d.tried(letter, n)
            state, _, error = d.row(letter)
            assert state == "waiting" and error.startswith(first[:3]), (state, error)
            later = float(d.s.psql(f"SELECT extract(epoch FROM not_before - now()) FROM outbox WHERE id = {letter}"))
            assert 10 < later < 30 * 2 ** n * 1.6, later
            d.s.psql(f"UPDATE outbox SET last_error = '' WHERE id = {letter}")
            d.hurry(letter)
        assert d.wait(letter, "sent")[1] == 3
        assert len(box.to(address)) == 1


def dead_for_good(d, box):
    letters = []
    for address, table, answer in (("no@example.org", box.rcpt_answers, "550 no such user"), ("spam@example.org", box.answers, "554 we do not want it")):
        table[address] = [answer] * 9
        letters.append(d.write(address))
        state, tries, error = d.wait(letters[-1], "dead")
        assert tries == 1 and error.startswith(answer[:3]), (tries, error)
        assert box.to(address) == []
    for address in ("", "no-at", "a@b@c", "a b@example.org", "a@example.org>", "ä@example.org", "\"a\"@example.org", "a@example.org,b@example.org"):
        letters.append(d.write(address))
        state, tries, error = d.wait(letters[-1], "dead")
        assert "address" in error and tries == 1, (address, error)
    letters.append(d.write("kind@example.org", kind="nobody.knows"))
    assert "no text" in d.wait(letters[-1], "dead")[2]
    letters.append(d.write("odd@example.org", kind="certificate.issued", ref="no number"))
    assert "cannot be read" in d.wait(letters[-1], "dead")[2]
    status, _, got = d.call("GET", "/outbox?state=dead", login="B-02")
    assert status == 200 and {row["id"] for row in got["items"]} >= set(letters) and got["items"][0]["last_error"], got
    assert d.call("GET", "/outbox?state=dead")[0] == 403 and d.call("GET", "/outbox?state=x", login="B-02")[0] == 400
    page = d.call("GET", "/outbox?limit=2", login="B-02")[2]
    assert len(page["items"]) == 2 and d.call("GET", f"/outbox?limit=2&cursor={page['next']}", login="B-02")[2]["items"][0]["id"] < page["items"][1]["id"]
    listed = d.s.ctl("mail", "list", "dead").stdout
    assert all(f"{letter}  dead" in listed for letter in letters) and "550" in listed
    assert f"{len(letters)} dead (partylinectl mail list dead)" in d.s.ctl("status").stdout
    until(lambda: f"partyline_mail_dead {len(letters)}" in d.s.call("GET", "/metrics")[2], "the gauge")
    assert "1 letters put away" in d.s.ctl("mail", "drop", letters[0]).stdout and d.row(letters[0])[0] == "dropped"
    assert d.s.ctl("mail", "drop", letters[0], check=False).returncode == 1
    assert d.s.ctl("mail", "retry", "x", check=False).returncode == 64
    box.answers["spam@example.org"] = []
    d.s.psql("UPDATE person SET email = 'spam@example.org' WHERE id = (SELECT min(id) FROM customer)")
    assert "1 letters wait" in d.s.ctl("mail", "retry", letters[1]).stdout
    d.wait(letters[1], "sent")
    assert len(box.to("spam@example.org")) == 1
    d.s.ctl("mail", "drop", "all")
    assert "0 dead" in d.s.ctl("status").stdout


def lost_answer(d, box):
    """The letter is there, the answer is not: it may come twice, under the same Message-ID."""
    box.answers["lost@example.org"] = ["drop"]
    letter = d.write("lost@example.org")
    d.tried(letter, 1)
    assert d.row(letter)[0] == "waiting", d.row(letter)
    d.hurry(letter)
    d.wait(letter, "sent")
    got = box.to("lost@example.org")
    assert len(got) == 2 and got[0]["Message-ID"] == got[1]["Message-ID"] and got[0].get_content() == got[1].get_content()


def nobody_there(d, box, port):
    letter = d.write("late@example.org")
    d.tried(letter, 1)
    assert d.row(letter)[0] == "waiting", d.row(letter)
    with mail_server_at(box, port):
        d.hurry(letter)
        d.wait(letter, "sent")


@contextlib.contextmanager
def mail_server_at(box, port, **options):
    controller = Controller(box, hostname="127.0.0.1", port=port, server_kwargs=options)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


def given_up(d, box):
    box.answers["never@example.org"] = ["451 later"] * 99
    letter = d.write("never@example.org")
    d.tried(letter, 1)
    d.s.psql(f"UPDATE outbox SET tries = 23, not_before = now() WHERE id = {letter}")
    assert d.wait(letter, "dead")[1] == 24


def hostile_names(d, box):
    """A name, whatever it is, is a name: no header more, no recipient more, and it comes back as it was."""
    for i, name in enumerate(HOSTILE):
        address = f"h{i}@example.org"
        d.wait(d.write(address, name=name), "sent")
        (raw,) = [raw for _, to, raw in box.mail if to == [address]]
        got = email.message_from_bytes(raw, policy=email.policy.default)
        assert sorted(got.keys()) == sorted(["Date", "From", "To", "Message-ID", "Subject", "MIME-Version", "Content-Type",
                                             "Content-Transfer-Encoding", "Auto-Submitted", "X-Peer", "X-MailFrom", "X-RcptTo"]) or \
            sorted(got.keys()) == sorted(["Date", "From", "To", "Message-ID", "Subject", "MIME-Version", "Content-Type",
                                          "Content-Transfer-Encoding", "Auto-Submitted"]), got.keys()
        to = email.message_from_bytes(raw)["To"]  # as every reader since 1996 has it: no blanks between encoded words
        said, _, there = to.rpartition("<")
        said = str(email.header.make_header(email.header.decode_header(said.strip().replace("\r\n", ""))))
        said = re.sub(r"\\(.)", r"\1", said[1:-1]) if said[:1] == '"' and name[:1] != '"' or to.startswith('"') else said
        assert there == address + ">" and said.split() == name.replace("\u2028", " ").split(), (name, to, said)
        assert f"Dear {name}," in got.get_content(), got.get_content()
        head, body = raw.split(b"\r\n\r\n", 1)
        assert all(len(x) <= 78 and all(9 <= b < 127 for b in x) for x in raw.split(b"\r\n")), raw
    d.wait(d.write("text@example.org", kind="autosave.left_out", detail='{"order": "1\\r\\n.\\r\\nMAIL FROM:<x@y>\\r\\nBcc: z@example.org", "due": "\\n.\\nd", "out": [{"qty": 1, "sku": "x"}]}'), "sent")
    (got,) = box.to("text@example.org")
    assert got["Bcc"] is None and "MAIL FROM" in got["Subject"] and "\n.\n" in got.get_content().replace("\r\n", "\n"), got.as_string()


def languages(d, box):
    for language, word in (("de", "nicht"), ("zh", "订单"), ("xx", "not placed")):
        address = f"{language}@example.org"
        d.wait(d.write(address, name="陳 美玲", language=language), "sent")
        (got,) = box.to(address)
        assert word in got["Subject"], got["Subject"]


def certificates(d, box):
    item = damm("7902")
    order = d.place([line(item, 2, value=12345)])
    d.s.psql(f"UPDATE person SET email = 'gift@example.org' WHERE id = (SELECT distributor_id FROM orders WHERE number = '{order['number']}')")
    d.s.psql(f"""SELECT order_pay('{order['number']}', NULL, 'k{order['number']}', 'h', 1, NULL, 'test', '{{transfer}}', ARRAY[24690]::bigint[], '{{x}}')""")
    until(lambda: len(box.to("gift@example.org")) == 2, "both")
    numbers = d.s.psql(f"SELECT c.number FROM certificate c JOIN orders o ON o.id = c.order_id WHERE o.number = '{order['number']}' ORDER BY c.id").split("\n")
    texts = [got.get_content() for got in box.to("gift@example.org")]
    for number in numbers:
        shown = " ".join(("GC", number[:4], number[4:8], number[8:12], number[12:]))
        assert sum(shown in text and "GBP 123.45" in text and order["number"] in text for text in texts) == 1, texts
    d.settled()


def instructions(d, box):
    d.wait(d.write("ret@example.org", kind="return.instructions", ref="R-10000013", detail='{"order": "100000014", "deadline": "2025-12-24"}'), "sent")
    (got,) = box.to("ret@example.org")
    assert got["Subject"] == "Your return R-10000013" and "Write R-10000013 in large letters" in got.get_content() and "2025-12-24" in got.get_content()


def encrypted(certificate, key):
    """STARTTLS and signing in; a wrong password waits, and is not the letter's fault."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    box = Box()

    def check(server, session, envelope, mechanism, data):
        good = data.login == b"post" and data.password == b"s3cret"
        box.signed.append(good)
        return AuthResult(success=good, handled=not good)

    options = dict(tls_context=context, require_starttls=True, auth_required=True, authenticator=check)
    with tempfile.TemporaryDirectory() as folder, mail_server(box, **options) as port:
        os.chmod(folder, 0o755)
        password = os.path.join(folder, "password")
        write_file(password, "wrong\n")
        config = configuration(folder, port, host="localhost", smtp_user="post", smtp_password_file=password, smtp_ca_file=certificate)
        with demo_server("-f", config) as s:
            d = Post(s)
            letter = d.write("tls@example.org")
            d.tried(letter, 1)
            assert d.row(letter)[0] == "waiting" and box.mail == [] and box.signed == [False], (d.row(letter), box.signed)
        write_file(password, "s3cret\n")
        with demo_server("-f", config) as s:
            d = Post(s)
            d.wait(d.write("tls@example.org"), "sent")
            assert box.tls == [True] and box.signed[-1]
            log = open(os.path.join(os.path.dirname(s.folder), "stderr"), encoding="utf-8").read()
            assert "s3cret" not in log


def write_file(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, 0o644)


def configuration(folder, port, host="127.0.0.1", **more):
    path = os.path.join(folder, "partyline.conf")
    settings = dict(smtp_url=f"smtp://{host}:{port}", mail_from="Velvet & Vale <orders@example.org>", **more)
    write_file(path, "mail_seconds = 1\n" + "".join(f'{name} = "{value}"\n' for name, value in settings.items()))
    return path


def without_server():
    """Mail waits, and the administrator is told."""
    with demo_server() as s:
        d = Post(s)
        letter = d.write("wait@example.org")
        status = s.ctl("status").stdout
        assert "1 waiting, 0 dead; no smtp_url is set: it waits" in status, status
        until(lambda: "partyline_mail_waiting 1" in s.call("GET", "/metrics")[2], "the gauge")
        assert d.row(letter) == ("waiting", 0, "")


def wrong_settings():
    with tempfile.TemporaryDirectory() as folder:
        for text, why in (('smtp_url = "http://x"\nmail_from = "a@b"', "smtp_url must begin"), ('smtp_url = "smtp://x"', "needs mail_from"),
                          ('mail_from = "nobody"', "mail_from must be"), ('mail_from = "A <a@b> c"', "mail_from must be"),
                          ('smtp_user = "x"', "belong together"), ('smtp_tls = "maybe"', "smtp_tls must be")):
            path = os.path.join(folder, "c.conf")
            write_file(path, text + "\n")
            run = subprocess.run([os.environ.get("BUILD", "build/asan") + "/partylined", "-f", path, "--embedded", folder, "--check-config"],
                                 capture_output=True, text=True, check=False)
            assert run.returncode == 78 and why in run.stderr, (text, run)


def make_certificate(folder):
    certificate, key = os.path.join(folder, "c.pem"), os.path.join(folder, "k.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                    "-out", certificate, "-keyout", key], check=True, capture_output=True)
    os.chmod(certificate, 0o644)
    return certificate, key


def main():
    box = Box()
    cases.run("wrong settings are told", wrong_settings)
    cases.run("without a mail server it waits", without_server)
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        with mail_server(box) as port:
            config = configuration(folder, port)
            with demo_server("-f", config) as s:
                d = Post(s)
                for test in (sent_once, tried_again, dead_for_good, lost_answer, given_up, hostile_names, languages, certificates, instructions):
                    cases.run(test.__name__.replace("_", " "), test, d, box)
        port = free_port()
        with demo_server("-f", configuration(folder, port)) as s:
            cases.run("nobody there", nobody_there, Post(s), box, port)
        cases.run("encrypted and signed in", encrypted, *make_certificate(folder))
    cases.end()


if __name__ == "__main__":
    main()
