#!/usr/bin/python3
"""Every size of terminal: pictures of the order screen in all of them and of every screen on a handheld,
themes, and what a change of the size in the midst of things keeps.
  UPDATE_GOLDEN=1 takes the new pictures; test_layouts.py NAME... runs only these"""
import re
import sys

import driver
import each
import fake_server
from driver import Client, Failed, golden, until
from rawpty import Pane


def check(condition, say):
    if not condition:
        raise Failed(say)


def signed_on(world, **more):
    return Client(world, ["--user", world["operator"]], **more).sign_on(world)


def five_lines(client, world, who=None):
    a, b, c, d, e = world["skus"]
    for text in (who or world["manager"], a, b, "2*" + c, d, "3*" + e):
        client.line(text)


def on_focus(client):
    """The cursor stands in the entry line, behind what is typed."""
    def there():
        row, col = client.cursor()
        line = client.row(row)
        return line.startswith(">") and col == len(line[:2].ljust(2)) + len(line[2:].split("  ")[0]) + 1
    until(there, lambda: "the cursor is at %d %d of\n%s" % (*client.cursor(), client.screen()))


def picture(client, world, name):
    on_focus(client)
    golden(client, world, name)


def order_at(world, name, cols, rows, who=None, **more):
    client = Client(world, ["--user", world["operator"]], cols=cols, rows=rows, **more)
    client.wait("Operator")
    client.type(world["password"])
    client.press("Enter")
    client.wait("HOME")
    five_lines(client, world, who)
    client.wait("TOTAL 178.10")
    picture(client, world, name)
    client.close()


def test_order_60x20(world):
    order_at(world, "order-60x20", 60, 20)


def test_order_100x30(world):
    order_at(world, "order-100x30", 100, 30)


def test_order_132x43(world):
    """With the pane: what is read to the caller as the order stands, and what it comes to."""
    order_at(world, "order-132x43", 132, 43)


def test_order_20x16(world):
    order_at(world, "order-20x16", 20, 16)


def test_order_chinese(world):
    order_at(world, "order-chinese", 80, 24, who=fake_server.code("102113"))


def test_order_without_colours(world):
    """Nothing is lost in mono or by NO_COLOR: the picture is the one with colours."""
    order_at(world, "order-no-color", 80, 24, env={"NO_COLOR": "1"})


def unseen(client, words):
    """Those that no page of the screen shows."""
    seen = client.screen()
    for key in ["PageDown"] * 4 + ["PageUp"] * 4:
        client.press(key)
        seen += driver.settled(client.screen)
    seen = " ".join(seen.split())
    return [word for word in words if word not in seen]


def test_handheld(world):
    """An order from sign-on to its number on 20x16, with every screen; nothing that is needed is cut."""
    client = Client(world, ["--user", world["operator"]], cols=20, rows=16)
    client.wait("Operator", "Password", "Key check", re.compile("sign on +ok"))
    golden(client, world, "handheld-signon")
    client.type("x" * 30)
    client.wait("*" * 9)
    until(lambda: client.cursor()[1] == 20, lambda: "the cursor is not at the field's end: %d %d" % client.cursor())
    client.press("C-u")
    client.type(world["password"])
    client.press("Enter")
    client.wait("HOME", "none")
    picture(client, world, "handheld-home")
    client.line("jones sar")
    client.wait("1047296", "Leeds", "07700")
    picture(client, world, "handheld-find")
    client.press("PageDown")
    client.wait("1088431", "terminated", "01904")
    client.press("PageUp")
    client.line("1")
    client.wait("JONES, Sarah", "Manager")
    client.line(world["skus"][0])
    client.line("40235")
    client.wait("!!", "mistyped", "1 40234", "F9 REVIEW")
    picture(client, world, "handheld-bad")
    client.line("1")
    client.wait("TOTAL 39.40 GBP")
    client.line("s" + world["skus"][1])
    client.wait("STOCK", "40227", "Free 512")
    picture(client, world, "handheld-stock")
    client.press("F12")
    client.wait("ORDER")
    client.press("F1")
    client.wait("HELP", "three of an item")
    picture(client, world, "handheld-help")
    client.press("F1", "F9")
    client.wait("REVIEW", "READ BACK", "F9 PLACE")
    client.wait("Going to 14 Mill")
    picture(client, world, "handheld-review")
    words = ("a 2 WORK", "Check", "ok: person, price", "stock", "Due later", "TOTAL 39.40")
    until(lambda: not unseen(client, words), lambda: "%s is not to be seen on\n%s" % (unseen(client, words), client.screen()))
    client.press("F9")
    client.wait("placed", "39.40 GBP")
    picture(client, world, "handheld-placed")
    check(len(world["fake"].orders) == 1, "orders: %r" % world["fake"].orders)
    client.close()


def test_any_size(world):
    """No size ends it, and each shows the entry line as long as there is a row."""
    client = signed_on(world)
    five_lines(client, world)
    client.wait("pending 0 of 5")
    client.type("3*402")
    for key in ((), ("F9",), ("F1",), ("F12", "F12", "F4"), ("F12",)):
        client.press(*key) if key else None
        for cols, rows in ((10, 4), (40, 12), (39, 11), (2, 2), (1, 1), (300, 90), (79, 23), (20, 2), (80, 24)):
            client.resize(cols, rows)
            if cols >= 10:
                client.wait(re.compile(r"^>", re.M))
    client.close()


def test_resize_keeps_what_is_typed(world):
    """Text and cursor, in the midst of a paste and of an Escape, too."""
    client = signed_on(world)
    client.line(world["manager"])
    client.wait("Balance 12.50")
    client.type("3*402")
    client.press("Left", "Left")
    client.resize(60, 20)
    client.wait(re.compile(r"> 3\*402"))
    client.resize(80, 24)
    client.wait("Stock")
    client.cursor_at(23, 6)
    client.press("C-u")
    client.bytes(b"\x1b[200~" + world["skus"][0].encode() + b"\r40")
    client.wait("> 40")
    client.resize(100, 30)
    client.wait(re.compile(r"^> 40 ", re.M))
    client.bytes(b"227\r\x1b[201~")
    client.wait("pending 0 of 2")
    client.line("u")
    client.wait("undone", absent=["40216  "])  # one step
    client.line("r")
    client.bytes(b"\x1b")
    client.resize(80, 24)
    client.bytes(b"9")
    client.wait("READ BACK  One")
    client.close()


def colours(client):
    escapes = driver.tmux("capture-pane", "-e", "-p", "-t", client.name)
    return re.findall(r"\x1b\[[0-9;]*3[0-7]m", escapes)


def test_f5_changes_the_colours(world):
    client = Client(world, ["--user", world["operator"]])
    client.wait("Password", "F5 Colours")
    check(colours(client), "no colours")
    client.press("F5")
    client.wait("colours: mono")
    check(not colours(client), "colours in mono")
    client.press("F5")
    client.wait("colours: contrast")
    client.press("F5")
    client.wait("colours: default")
    check(colours(client), "no colours again")
    client.close()


def test_key_check(world):
    client = Client(world, ["--user", world["operator"]])
    client.wait("Seen: F4 --  F9 --")
    client.press("F4")
    client.wait("Seen: F4 ok  F9 --")
    client.bytes(b"\x1b9")
    client.wait("Seen: F4 ok  F9 ok")
    client.sign_on(world)
    client.close()


def attributes(pane):
    """The cells that are not plain, row by row: text, colour, bold, reverse."""
    out = []
    for y in range(pane.screen.lines):
        runs, x = [], 0
        line = pane.screen.buffer[y]
        while x < pane.screen.columns:
            look = line[x].fg, line[x].bold, line[x].reverse, line[x].bg
            text = ""
            while x < pane.screen.columns and (line[x].fg, line[x].bold, line[x].reverse, line[x].bg) == look:
                text += line[x].data
                x += 1
            if look != ("default", False, False, "default") and text.strip():
                ground = "" if look[3] == "default" else " on " + look[3]
                runs.append("%s%s%s%s %s" % (look[0], ground, " bold" * look[1], " reverse" * look[2], text.rstrip()))
        out += ["%2d %s" % (y + 1, run) for run in runs]
    return "\n".join(out) + "\n"


def looked(pane):
    return driver.settled(lambda: (pane.pump(), attributes(pane))[1])


def looks(world, theme, name, env=None):
    args = ["--user", world["operator"]] + (["--theme", theme] if theme else [])
    pane = Pane(world, args, env=env, term="linux")
    pane.wait("Password", re.compile(r"ok +\d+ms"))
    text = "sign-on\n" + looked(pane)
    pane.sign_on(world)
    pane.line(world["manager"]).line(world["skus"][0]).line("40235")
    pane.wait("mistyped", "pending 0 of 2", "ORDER draft")
    text += "order\n" + looked(pane)
    pane.write("\x1b[20~")
    pane.wait("READ BACK  One", "a 2 WORK", "> F12")
    text += "review\n" + looked(pane)
    pane.close()
    driver.compare(lambda: driver.masked(text, world), name)


def test_looks_default(world):
    looks(world, None, "looks-default")


def test_looks_mono(world):
    looks(world, "mono", "looks-mono")


def test_looks_contrast(world):
    looks(world, "contrast", "looks-contrast")


def test_looks_without_colours(world):
    """NO_COLOR is mono."""
    looks(world, None, "looks-mono", env={"NO_COLOR": "1"})


if __name__ == "__main__":
    sys.exit(each.run("test_layouts", dict(globals()), tmux=True))
