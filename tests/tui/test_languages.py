#!/usr/bin/python3
"""The client in Chinese and German, and on terminals that are not UTF-8, with the real program against a fake server.
  BUILD=build/asan   where the program is         UPDATE_GOLDEN=1   takes the new pictures
  test_languages.py NAME...   only the tests whose names hold one of these"""
import fcntl
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import time

import driver
import fake_server
import test_screens
from driver import Client, Failed, golden, until
from test_screens import ENTER_LINE, check, five_lines

HOME = {"de": "Meine Entwürfe", "zh_CN": "我的草稿", "en": "My drafts"}
FIRST_WORD = {"de": "VORLESEN   Einmal", "zh_CN": "复述"}


def signed_on(world, language, args=(), **more):
    client = Client(world, ["--user", world["operator"], "--lang", language, *args], **more)
    client.wait(re.compile("Password|Passwort|密码"))
    client.line(world["password"])
    client.wait(HOME[language], absent=["  ..\n"])
    return client


def pictures(world, language):
    client = signed_on(world, language)
    golden(client, world, "home_" + language)
    client.press("F1")
    client.wait(re.compile("HILFE|帮助："))
    golden(client, world, "help_" + language)
    client.press("F12")
    five_lines(client, world)
    client.wait("106.54", re.compile(r"offen 0 von 5|待确认0/5"), absent=["SUMME ..", "合计 .."])
    golden(client, world, "order_" + language)
    client.press("F9")
    client.wait(FIRST_WORD[language], "a 2 WORK", "178.10")
    golden(client, world, "review_" + language)
    client.press("F1")
    client.wait(re.compile("HILFE|帮助："))
    golden(client, world, "help_review_" + language)
    client.close()


def test_pictures_german(world):
    """Home, order, review and help in German look as they did, with the cursor on the entry line."""
    pictures(world, "de")


def test_pictures_chinese(world):
    """The same in Chinese: columns stand where they stood."""
    pictures(world, "zh_CN")


def test_hints_fit(world):
    """No screen's last row is cut off at 80 columns in any language: the last hint is whole."""
    last = {"de": "F12 Zurück", "zh_CN": "F12 返回", "en": "F12 Back"}
    for language, hint in last.items():
        client = signed_on(world, language)
        five_lines(client, world)
        client.wait("106.54")
        until(lambda want=hint: want in client.row(24), lambda to=language: "order in %s: %r" % (to, client.row(24)))
        client.press("F9")
        client.wait("178.10")
        until(lambda want=hint: want in client.row(24), lambda to=language: "review in %s: %r" % (to, client.row(24)))
        client.close()


def test_switch_at_sign_on(world):
    """F6 at sign-on changes the language in place; what was typed stays."""
    client = Client(world, ["--user", "CC-0"])
    client.wait("Operator", "CC-0", "F6 Language")
    client.press("BTab")
    client.type("7")
    client.wait("CC-07")
    before = client.cursor()
    client.press("F6")
    client.wait("Kennung", "CC-07", "F6 Sprache")
    client.press("F6")
    client.wait("操作员", "CC-07", "F6 语言")
    client.cursor_at(*before)
    client.press("F6")
    client.wait("Operator", "CC-07", "F6 Language")
    client.press("Tab")
    client.line(world["password"])
    client.wait("My drafts")
    client.close()


def test_switch_in_an_order(world):
    """/lang changes the language in mid-order: the lines stay, and what is typed afterwards is read as before."""
    client = signed_on(world, "en")
    five_lines(client, world)
    client.wait("pending 0 of 5")
    client.line("/lang de")
    client.wait("AUFTRAG", "offen 0 von 5", "SUMME 178.10", "60422")
    client.cursor_at(ENTER_LINE, 3)
    client.line("/lang zh")
    client.wait("订单", "待确认0/5", "合计 178.10")
    client.line("/lang")
    client.wait("ORDER", "pending 0 of 5", "TOTAL 178.10")
    client.line("/lang fr")
    client.wait("The language cannot be fr.")
    client.line(world["skus"][0])
    client.wait("pending 0 of 6")
    client.close()


def test_typed_text_survives_a_switch(world):
    """Text and cursor of the entry line stay as they were while F10 goes through the languages."""
    client = signed_on(world, "en")
    client.type("jones s")
    client.press("Left", "Left")
    client.cursor_at(ENTER_LINE, 8)
    before = client.row(ENTER_LINE)
    for word in ("Meine Entwürfe", "我的草稿", "My drafts"):
        client.press("F10")
        client.wait(word)
        client.cursor_at(ENTER_LINE, 8)
        check(client.row(ENTER_LINE) == before, "the entry line changed with " + word)
    client.close()


def test_server_is_asked_in_the_language(world):
    """Every request says which language its answer is read in."""
    client = signed_on(world, "zh_CN")
    client.line(world["manager"])
    client.wait("JONES, Sarah")
    client.line("/lang de")
    client.wait("AUFTRAG")
    client.line(world["skus"][0])
    client.wait("offen 0 von 1")
    said = world["fake"].languages
    check({"zh-CN", "de"} == set(said) and said[-1] == "de", "asked in %s" % said)
    client.close()


def test_items_have_names_in_the_language(world):
    """Names and spoken names are the operator's language's where the catalogue has them, also once the server has
    confirmed the price, and they change with it."""
    world["fake"].catalogue = 7
    world["fake"].names = {"zh-CN": {world["skus"][0]: ("丝绒玫瑰香水 50ml", "玫瑰香水")}}
    client = signed_on(world, "en")
    client.line(world["manager"])
    client.line("2*" + world["skus"][0])
    client.wait("Velvet Rose eau", "pending 0 of 1")
    client.press("F10", "F10")
    client.wait("丝绒玫瑰香水", "待确认0/1", "49.00")
    client.press("F9")
    client.wait("玫瑰香水两件。")
    client.press("F10")
    client.wait("Two of the rose perfume")
    client.close()


def test_language_of_the_environment(world):
    """LC_ALL goes before LC_MESSAGES before LANG; --lang before all; what is not spoken is English."""
    for env, args, word in (
            ({"LC_ALL": "de_DE.UTF-8", "LANG": "zh_CN.UTF-8"}, [], "Kennung"),
            ({"LC_ALL": "", "LC_MESSAGES": "zh_CN.UTF-8", "LANG": "de_DE.UTF-8"}, [], "操作员"),
            ({"LC_ALL": "", "LANG": "de_CH.UTF-8"}, [], "Kennung"),
            ({"LC_ALL": "fr_FR.UTF-8"}, [], "Operator"),
            ({"LC_ALL": "fr_FR.UTF-8"}, ["--lang", "zh"], "操作员")):
        client = Client(world, args, env=env)
        client.wait(word)
        client.close()


# ---- terminals that are not UTF-8 -----------------------------------------------------------------

def test_ascii(world):
    """On a terminal with ASCII alone names are readable, columns stand, and nothing else is sent."""
    client = signed_on(world, "en", ["--charset", "ascii"])
    five_lines(client, world)
    client.line(fake_server.LAST)
    client.wait("pending 0 of 6", "Velvet Rose soap ?? bar")
    client.line("/lang zh")
    client.wait("this terminal does not show the letters of zh_CN.")
    golden(client, world, "order_ascii")
    client.line("/lang de")
    client.wait("Guthaben")
    client.press("F12")
    client.wait("Meine Entwuerfe")
    check(client.screen().isascii(), client.screen())
    client.close()


class Raw:
    """The program on a line of its own, whose bytes are looked at."""

    def __init__(self, world, env, utf8=False, args=()):
        pid, self.fd = pty.fork()
        if pid == 0:
            os.environ.update({"TERM": "xterm", "HOME": "/nonexistent", "LANG": "", "LC_ALL": "", **env})
            self.mark(0, utf8)
            os.execv(driver.PROGRAM, [driver.PROGRAM, "--server", world["server"], "--user", world["operator"], *args])
        self.pid = pid
        self.data = b""

    @staticmethod
    def mark(fd, utf8):
        """The line is UTF-8 or not, and of 80x24."""
        IUTF8 = 0o40000
        flags = termios.tcgetattr(fd)
        flags[0] = flags[0] | IUTF8 if utf8 else flags[0] & ~IUTF8
        termios.tcsetattr(fd, termios.TCSANOW, flags)
        fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))

    def wait(self, want):
        deadline = time.monotonic() + driver.WAIT
        while want not in self.data:
            if not select.select([self.fd], [], [], max(0, deadline - time.monotonic()))[0]:
                raise Failed("waited for %r in\n%r" % (want, self.data))
            try:
                self.data += os.read(self.fd, 65536)
            except OSError:
                raise Failed("ended before %r came:\n%r" % (want, self.data)) from None

    def type(self, data):
        os.write(self.fd, data)

    def close(self):
        os.close(self.fd)
        os.waitpid(self.pid, 0)


def test_latin1(world):
    """A Latin-1 terminal, by its locale: umlauts are single bytes both ways, and what it lacks is a ?."""
    places = tempfile.mkdtemp(prefix="locale-")
    try:
        subprocess.run(["localedef", "-i", "de_DE", "-f", "ISO-8859-1", places + "/de_DE.ISO-8859-1"], check=True)
        raw = Raw(world, {"LC_ALL": "de_DE.ISO-8859-1", "LOCPATH": places}, utf8=True)
        raw.wait(b"Passwort")
        raw.type(world["password"].encode() + b"\r")
        raw.wait("Entwürfe".encode("latin-1"))
        raw.type("jörg 1020\r".encode("latin-1"))
        raw.wait("jörg 1020".encode("latin-1"))
        raw.type(b"/lang zh\r")
        raw.wait("zeigt die Schrift von zh_CN nicht".encode("latin-1"))
        check("ö".encode() not in raw.data and "ü".encode() not in raw.data, "UTF-8 was sent")
        raw.close()
    finally:
        shutil.rmtree(places)


def test_what_the_line_is_marked(world):
    """In the locale C the line's mark of UTF-8 decides; a character set that the locale names goes before it."""
    draft = {"C": "C", "de": "de_DE", "utf8": "C.UTF-8", "latin": "xx_XX.ISO-8859-1"}
    for locale, utf8, word in ((draft["C"], True, "Entwürfe".encode()), (draft["C"], False, b"Entwuerfe"),
                               ("POSIX", False, b"Entwuerfe"), ("", True, "Entwürfe".encode()),
                               (draft["de"], True, "Entwürfe".encode()), (draft["utf8"], False, "Entwürfe".encode()),
                               (draft["latin"], True, b"Entwuerfe")):
        raw = Raw(world, {"LC_ALL": locale}, utf8=utf8, args=["--lang", "de"])
        raw.wait(b"Passwort")
        raw.type(world["password"].encode() + b"\r")
        raw.wait(word)
        raw.close()


def test_chinese_where_it_cannot_be_shown(world):
    """A Chinese locale that this machine lacks, on a line that is not UTF-8: English, and it says why."""
    raw = Raw(world, {"LC_ALL": "zh_CN.GB18030"})
    raw.wait(b"does not show the letters of zh_CN")
    raw.wait(b"Password")
    raw.close()


def main():
    wanted = sys.argv[1:]
    tests = [test for name, test in globals().items()
             if name.startswith("test_") and callable(test) and (not wanted or any(w in name for w in wanted))]
    driver.begin()
    try:
        results = [test_screens.run(test, None) for test in tests]
    finally:
        driver.end()
    print("test_languages: %d passed, %d failed" % (results.count(True), results.count(False)))
    return 1 if results.count(False) or not results else 0


if __name__ == "__main__":
    sys.exit(main())
