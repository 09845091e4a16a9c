#!/usr/bin/python3
"""The key matrix: each TERM, each byte form of a key, and gaps after its Escape and in its midst. The
outcome is the key that was meant, or nothing for what is no key; never text in the entry line. All on
the real program, many sessions side by side. What is meant shows on the help screen: F-keys that do
nothing there are named in the message row, the others change the screen.
  test_keys_matrix.py TERM...   only these"""
import concurrent.futures
import os
import sys
import time

import fake_server
from driver import Failed
from rawpty import Pane

TERMS = ["xterm", "xterm-256color", "screen", "screen-256color", "tmux", "tmux-256color", "linux", "vt100", "vt220",
         "rxvt", "rxvt-unicode", "putty", "no-such-terminal"]
GAPS = [0, 0.01, 0.04, 0.08, 0.2]
SPLIT = 5  # sessions per TERM

TILDE = [11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24]
E = "\x1b"


def numbered(forms):
    return list(enumerate(forms, 1))


# byte forms of F1, F2 ...
FUNCTION = [
    ("xterm SS3", numbered(E + "O" + c for c in "PQRS")),
    ("vt220, rxvt, PuTTY", numbered(E + "[%d~" % n for n in TILDE)),
    ("linux console", numbered(E + "[[" + c for c in "ABCDE")),
    ("PuTTY VT100+", numbered(E + "O" + c for c in "PQRSTUVWXYZ[")),
    ("xterm Shift", numbered([E + "[1;2" + c for c in "PQRS"] + [E + "[%d;2~" % n for n in TILDE[4:]])),
    ("xterm Ctrl", numbered([E + "[1;5" + c for c in "PQRS"] + [E + "[%d;5~" % n for n in TILDE[4:]])),
    ("konsole, old VTE", numbered(E + "O5" + c for c in "PQRS")),
    ("rxvt Ctrl", numbered(E + "[%d^" % n for n in TILDE)),
    ("rxvt Shift", numbered(E + "[%d$" % n for n in TILDE)),
    ("rxvt, PuTTY Alt", numbered(E + E + "[%d~" % n for n in TILDE)),
    ("8-bit", numbered("\x9b%d~" % n for n in TILDE)),
    ("Alt or Esc and a digit", numbered(E + str(n % 10) for n in range(1, 11))),
]
# before it "abc" is typed, with the cursor at the beginning or the end; an X shows where it is then
EDITING = [
    ("Home", "end", "Xabc", [E + "[H", E + "OH", E + "[1~", E + "[7~", E + "[1;5H"]),
    ("End", "begin", "abcX", [E + "[F", E + "OF", E + "[4~", E + "[8~", E + "[1;2F"]),
    ("Left", "end", "abXc", [E + "[D", E + "OD", E + "[1;2D", E + "[d", E + "Od", E + "[5D"]),
    ("Right", "begin", "aXbc", [E + "[C", E + "OC", E + "[1;5C", E + "[c", E + "Oc"]),
    ("Delete", "begin", "Xbc", [E + "[3~", E + "[3;5~", E + "[3$"]),
    ("Backspace", "end", "abX", ["\x7f", "\b"]),
    ("Up", "end", "/11X", [E + "[A", E + "OA", E + "[1;3A", E + "[a"]),
    ("number pad", "end", "abc*+-X", [E + "Oj" + E + "Ok" + E + "Om"]),
]
# before and behind which all is as it was; several in a row
NOTHING = [
    ("no keys", [E + "[2~", E + "[25~", E + "[99~", E + "[29~", E + "[N", E + "[X"]),  # Insert, F13, menu, SCO
    ("mice", [E + "[<0;10;5M", E + "[<0;10;5m", E + "[32;10;5M", E + "[I", E + "[O"]),  # SGR, rxvt; focus
    ("answers", [E + "[?1;2c", E + "[24;80R", E + "[8;24;80t", E + "[?2004;2$y", E + "[201~"]),
    ("kitty, modifyOtherKeys", [E + "[57399u", E + "[27;5;65~", E + "[13;2u"]),
    ("controls", [E + "[B" + E + "OB", "\x00", "\x03", "\x1c"]),
]
# in one piece only
AT_ONCE = [("old mouse", "end", "abcX", [E + "[M !!"]), ("answers", "end", "abcX", [E + "]11;rgb:0/0/0\x07", E + "P>|x" + E + "\\"])]


def cases():
    """(name, what F-key or None, before, want, bytes); no two neighbours mean the same F-key."""
    for name, forms in FUNCTION:
        for number, form in forms:
            if number != 3:  # F3 ends the program: a session of its own
                yield name, number, "", "", [form]
    for name, at, want, forms in EDITING:
        for form in forms:
            yield name, None, at, want, [form]
    for name, forms in NOTHING:
        yield name, None, "end", "abcX", forms


def parts(forms, gap, term_index):
    """The pieces that are sent with the gap between: short gaps after the first byte and in the midst,
    long ones at one of the two, which differs between TERMs."""
    pieces = []
    for form in forms:
        form = form.encode("latin-1" if form[0] == "\x9b" else "utf-8")
        midst = max(2, len(form) // 2 + 1)
        cuts = set() if not gap else {1, midst} if gap < 0.08 else {1 if term_index % 2 else midst}
        at = [0, *sorted(c for c in cuts if c < len(form)), len(form)]
        pieces += [form[a:b] for a, b in zip(at, at[1:])]
    return pieces


class Session:
    def __init__(self, world, term):
        self.pane = Pane(world, term=term)
        self.pane.wait("Operator")
        self.help()
        self.pane.line("/11").wait("F11 does nothing", "Operator")  # the history holds it
        self.help()

    def help(self):
        self.pane.write("\x1b1")
        self.pane.until(lambda: "HELP for" in self.pane.row(2), "help")

    def send(self, pieces, gap):
        for i, piece in enumerate(pieces):
            if i:
                self.pane.pause(gap)
            self.pane.write(piece)

    def function(self, number, pieces, gap):
        self.send(pieces, gap)
        if number in (1, 12):  # back to sign-on
            self.pane.until(lambda: "Operator" in self.pane.row(5), "sign-on")
            self.help()
        elif number == 2:  # the menu
            self.pane.until(lambda: "MENU" in self.pane.row(1), "the menu")
            self.pane.write("\x1b[24~")
            self.pane.until(lambda: "Operator" in self.pane.row(5), "sign-on")
            self.help()
        elif number == 10:  # the next language; and by two more back to English
            self.pane.until(lambda: "HELP for" not in self.pane.row(2), "another language")
            for _ in range(2):
                before = self.pane.row(2)
                self.pane.write("\x1b0")
                self.pane.until(lambda seen=before: self.pane.row(2) != seen, "the next language")
            self.pane.until(lambda: "HELP for" in self.pane.row(2), "English")
        else:
            say = "F%d does nothing" % number
            self.pane.until(lambda: say in self.pane.row(21), say)
        if self.pane.entry():
            raise Failed("text in the entry line: %r" % self.pane.entry())

    def editing(self, at, want, pieces, gap):
        message = self.pane.row(21)
        self.pane.write("\x15abc" + ("\x01" if at == "begin" else ""))
        self.send(pieces, gap)
        self.pane.pause(gap)
        self.pane.write("X")
        self.pane.until(lambda: "X" in self.pane.entry(), "X")
        a_key = "does nothing" in self.pane.row(21) and self.pane.row(21) != message
        if self.pane.entry() != want or a_key:
            raise Failed("%r, not %r; %r" % (self.pane.entry(), want, self.pane.row(21)))
        self.pane.write("\x15\x0e\x15")  # and out of the history
        self.pane.until(lambda: not self.pane.entry(), "an empty line")

    def case(self, number, at, want, pieces, gap):
        if number:
            self.function(number, pieces, gap)
        else:
            self.editing(at, want, pieces, gap)


def run(world, term_index, part):
    """One session's part of a TERM's cases; what went wrong. On a machine that is too busy to keep the
    gaps a case is tried again."""
    term, wrong, n = TERMS[term_index], [], 0
    session = Session(world, term)
    todo = [(gap, case) for gap in GAPS for i, case in enumerate(cases()) if i % SPLIT == part]
    if part == 0:
        todo += [(0, (name, None, at, want, forms)) for name, at, want, forms in AT_ONCE]
    for gap, (name, number, at, want, forms) in todo:
        n += 1
        for left in (2, 1, 0):
            began = time.monotonic()
            try:
                session.case(number, at, want, parts(forms, gap, term_index), gap)
                break
            except Failed as failed:
                session.pane.close()
                session = Session(world, term)
                if left and time.monotonic() - began > gap * 2 * len(forms) + 0.5:
                    continue
                wrong.append("%s, %s %r, gap %d ms: %s" % (term, name, forms, gap * 1000, failed))
                break
        if len(wrong) > 2:
            break
    session.pane.close()
    return n, wrong


def f3(world, term_index):
    """F3 in one form per TERM, another each time, ends the program."""
    forms = [form for _, forms in FUNCTION for number, form in forms if number == 3]
    form, gap = forms[term_index % len(forms)], GAPS[term_index % len(GAPS)]
    session = Session(world, TERMS[term_index])
    session.send(parts([form], gap, term_index), gap)
    code = session.pane.wait_end()
    session.pane.close()
    return 1, ["%s, F3 %r: ended %d" % (TERMS[term_index], form, code)] if code else []


def main():
    server, url = fake_server.start()
    world = fake_server.world(url)
    os.environ.pop("ESCDELAY", None)
    wanted = [i for i, t in enumerate(TERMS) if not sys.argv[1:] or t in sys.argv[1:]]
    jobs = [(run, (world, i, part)) for part in range(SPLIT) for i in wanted] + [(f3, (world, i)) for i in wanted]
    passed = failed = 0
    with concurrent.futures.ThreadPoolExecutor(len(jobs)) as pool:
        for job in [pool.submit(*[f, *a]) for f, a in jobs]:
            n, wrong = job.result()
            for each in wrong:
                print("FAIL " + each)
            passed, failed = passed + n - len(wrong), failed + len(wrong)
    server.shutdown()
    print("test_keys_matrix: %d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
