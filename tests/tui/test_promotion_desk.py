#!/usr/bin/python3
"""Promotions at the back office's terminal, against the real server: one is made by form, tried on the last orders,
published, and seen at once at an operator's open order on another terminal."""
import os
import re
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, ".."))
import driver  # noqa: E402
from cases import Cases  # noqa: E402
from driver import Client, golden, until  # noqa: E402
from served import demo_server  # noqa: E402

cases = Cases("test_promotion_desk")
P = "/api/v1/promotions"


def desk(world, login="B-02", args=()):
    client = Client(world, ["--user", login, *args])
    client.wait("Operator", "Password")
    client.type(world["password"])
    client.press("Enter")
    client.wait("BACK OFFICE", "9  Promotions")
    client.line("9")
    client.wait("PROMOTION LIST", "KNIVES-2", absent=["  .."])
    return client


def form(client, code, *texts):
    client.line(code)
    client.wait("PROMOTION  ", code, *texts, absent=["PROMOTION LIST", "on its way"])


def field(client, label, by="Down"):
    """To the next field of that name, Down or Up."""
    def there():
        row = next((r for r in client.screen().split("\n") if r[24:25] == ">"), "")
        return row[3:23].strip() == label
    for _ in range(60):
        if there():
            return
        was = client.screen()
        client.press(by)
        until(lambda: client.screen() != was, "nothing moves")
    raise AssertionError("no field " + label)


def put(client, text):
    """Into the field at the cursor; seen there, so that the next key finds the cursor where it goes on."""
    client.line(text)
    until(lambda: any(row[25:79].strip() == text for row in client.screen().split("\n")[2:15]), lambda: client.screen())


def enter(client, label, text, *seen, absent=()):
    field(client, label)
    put(client, text)
    client.wait(*seen, absent=list(absent))


def stored(s, code):
    status, _, got = s.call("GET", f"{P}/{code}", token=s.token("B-02"))
    return got if status == 200 else None


def saved(s, code, *words):
    return until(lambda: (stored(s, code) or {}).get("draft") and all(w in stored(s, code)["draft"] for w in words),
                 lambda: "not stored: %s" % stored(s, code))


def publish(client, code):
    client.press("F9")
    client.wait("F9 again publishes " + code)
    client.press("F9")
    client.wait("published: " + code)


# ---- the whole way ------------------------------------------------------------------------------

def one_is_made_tried_published_and_seen_at_an_open_order(s, world):
    sku = s.ids["skus"][0]
    operator = Client(world, ["--user", "CC-07"]).sign_on(world)
    operator.line(s.ids["manager"])
    operator.wait("Balance")
    operator.line("3*" + sku)
    operator.wait("pending 0 of 1", "TOTAL", absent=["WINTER-5"])
    client = desk(world)
    golden(client, world, "promotions_list")
    form(client, "WINTER-5", "new")
    put(client, "Five off in winter")
    enter(client, "when", "order 5.00", "order 5.00")
    enter(client, "give", "5.00 of everything", "!!", "Write it like this", "1 mistake")
    golden(client, world, "promotions_mistake")
    client.press("F8")
    client.wait("> 5.00 of everything")
    client.press("C-u")
    put(client, "5.00 off everything")
    client.wait("Place an order of 5.00 and get 5.00 off the order.", absent=["!!", "mistake"])
    enter(client, "lane", "post", "post")
    saved(s, "WINTER-5", "give 5.00 off everything", "lane post", "name Five off in winter")
    client.wait("saved, not published")
    golden(client, world, "promotions_form")
    assert s.psql("SELECT state FROM promotion WHERE code = 'WINTER-5'") == "draft"
    client.press("F6")
    client.wait("SIMULATION", "priced again as if WINTER-5 were in force", "to pay", "gain most")
    golden(client, world, "promotions_simulation")
    client.press("F12")
    client.wait("PROMOTION  ", "saved, not published", absent=["SIMULATION"])
    assert "WINTER-5" not in operator.screen()
    publish(client, "WINTER-5")
    client.wait("version 1, on 0 orders", "published")
    # nothing is pressed there
    operator.wait("WINTER-5", "-5.00")
    golden(operator, world, "promotions_seen")
    operator.press("F6")
    operator.wait("held")
    operator.close()
    client.close()


def a_new_version_of_one_in_force_and_its_end(s, world):
    client = desk(world)
    form(client, "WINTER-5", "published", "version 1")
    enter(client, "give", "6.00 off everything", "get 6.00 off the order")
    client.wait("saved, not published")
    saved(s, "WINTER-5", "6.00 off")
    assert stored(s, "WINTER-5")["versions"][0]["text"].count("5.00 off everything") == 1, "published too early"
    tomorrow = s.psql("SELECT business_date('GB') + 1")
    client.type(tomorrow)
    client.press("F9")
    client.wait("F9 again publishes WINTER-5 from " + tomorrow)
    client.press("F9")
    client.wait("published: WINTER-5, version 2", "version 2")
    assert [(v["version"], v["from"]) for v in stored(s, "WINTER-5")["versions"]] == \
        [(2, tomorrow), (1, s.psql("SELECT business_date('GB')"))]
    client.press("F9")
    client.wait("nothing has been written since")
    client.press("F7")
    client.wait("F7 again ends WINTER-5")
    client.press("F7")
    client.wait("ended: WINTER-5", "ended")
    assert stored(s, "WINTER-5")["state"] == "ended"
    client.press("F7")
    client.wait("it is not in force")
    client.press("F12")
    client.wait("PROMOTION LIST")
    client.press("F7", "F7", "F7")
    client.wait("Promotions  GB  ended", "WINTER-5", absent=["KNIVES-2"])
    client.close()


# ---- typing -------------------------------------------------------------------------------------

def a_text_is_pasted_and_undone(s, world):
    client = desk(world)
    form(client, "PASTED", "new")
    client.bytes(b"\x1b[200~promotion SOMETHING\n  name Pasted\n  limit 3 orders\n  when spend 10.00 on group KITCHENWARE\n"
                 b"  give 10% off everything\n  give free delivery\x1b[201~")
    client.wait("Pasted", "spend 10.00 on group KITCHENWARE", "10% off everything", "free delivery", "At", "most 3 orders", absent=["SOMETHING"])
    text = saved(s, "PASTED", "free delivery") and stored(s, "PASTED")["draft"]
    assert text.startswith("promotion PASTED\n"), text
    client.line("u")
    client.wait("Nothing is given yet", absent=["free delivery", "KITCHENWARE"])
    client.line("u")
    client.wait("nothing to undo")
    client.close()


def fields_are_added_and_emptied(s, world):
    client = desk(world)
    form(client, "FIELDS", "new")
    enter(client, "give", "5% off everything", "5% off the order")
    field(client, "give", "Up")
    client.line("+")
    put(client, "free delivery")
    client.wait("and get free delivery")
    enter(client, "exclusive", "yes", "exclusive", "yes")
    saved(s, "FIELDS", "exclusive", "give free delivery", "give 5% off everything")
    field(client, "exclusive", "Up")
    client.line("-")
    until(lambda: "exclusive" not in stored(s, "FIELDS")["draft"], "the flag stays")
    field(client, "promotion", "Up")
    client.line("OTHER")
    client.wait("its code stays")
    client.press("F9")
    client.wait("F9 again publishes FIELDS")
    enter(client, "priority", "x", "!!")  # a change: F9 has to be pressed twice anew
    client.press("F9")
    client.wait("stands in the way")
    client.close()


def texts_go_out_and_come_back_as_files(s, world):
    folder = tempfile.mkdtemp(prefix="pl-files-", dir="/tmp")
    try:
        client = desk(world, args=["--files", folder])
        form(client, "KNIVES-2", "published")
        client.press("F4")
        client.wait("written: GB.KNIVES-2.promo")
        path = os.path.join(folder, "GB.KNIVES-2.promo")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        assert text.startswith("promotion KNIVES-2\n") and "  when spend 100.00 on group KITCHENWARE\n" in text, text
        with open(path, "w", encoding="utf-8") as file:
            file.write("# less\n" + text.replace("100.00", "90.00"))
        client.type("GB.KNIVES-2.promo")
        client.press("F4")
        client.wait("read: GB.KNIVES-2.promo", "spend 90.00 on group KITCHENWARE")
        saved(s, "KNIVES-2", "90.00", "# less")
        client.line("u")
        client.wait("spend 100.00 on group KITCHENWARE")
        os.symlink("/etc/passwd", os.path.join(folder, "link"))
        with open(os.path.join(folder, "long"), "w", encoding="utf-8") as file:
            file.write("promotion A\n" + "# x\n" * 2500)
        for name, why in (("../GB.KNIVES-2.promo", "no plain name"), ("/etc/passwd", "no plain name"), (".hidden", "no plain name"),
                          ("link", "link cannot be read"), ("none", "none cannot be read"), ("long", "long is no text of a promotion")):
            client.type(name)
            client.press("F4")
            client.wait(why)
        client.close()
        client = desk(world)
        form(client, "KNIVES-2", "saved, not published")
        client.press("F4")
        client.wait("this terminal has no folder for files")
        client.close()
    finally:
        shutil.rmtree(folder)


def who_is_slower_is_told_and_keeps_what_was_typed(s, world):
    client = desk(world)
    form(client, "RACED", "new")
    enter(client, "give", "5% off everything", "5% off the order")
    saved(s, "RACED", "5% off")
    got = stored(s, "RACED")
    status = s.call("PUT", f"{P}/RACED", {"market": "GB", "text": got["draft"].replace("5%", "7%")}, s.token("B-03"),
                    {"If-Match": f'"{got["rev"]}"'})[0]
    assert status == 200
    enter(client, "lane", "pre", "somebody else has changed RACED", "not on the server")
    assert "7% off everything" in stored(s, "RACED")["draft"]
    client.press("F9")
    client.wait("F5 shows what is")
    client.press("F5")
    client.wait("Get 7% off the order", "saved, not published")
    form_code = "of another market"
    client.press("F12")
    client.wait("PROMOTION LIST")
    client.line("us-teas")
    client.wait("new")
    enter(client, "give", "5% off everything", form_code)
    client.close()


def other_markets_are_read_with_their_own_catalogue(s, world):
    client = desk(world)
    client.press("F6")
    client.wait("Promotions  US", "US-TEAS", absent=["KNIVES-2", "  .."])
    form(client, "US-TEAS", "published")
    client.wait("US  version 1", absent=["!!", "on its way"])
    sentence = s.call("GET", f"{P}/US-TEAS", token=s.token("B-02"))[2]["say"].split()[:4]
    client.wait(" ".join(sentence))
    client.close()


def only_the_back_office_gets_there(s, world):
    client = Client(world, ["--user", "CC-08"]).sign_on(world)
    client.press("F11")
    client.wait("the sheets are for the back office")
    client.close()


def it_is_spoken_in_other_languages(s, world):
    for language, texts in (("de", ("Stufe", "aktiv")), ("zh_CN", ("阶段", "已发布"))):
        client = Client(world, ["--user", "B-02", "--lang", language])
        client.wait("B-02")
        client.type(world["password"])
        client.press("Enter")
        client.wait(re.compile(r"(?m)^ +9  "))  # not a minute of the clock
        client.line("9")
        client.wait(*texts)
        golden(client, world, "promotions_list_" + language)
        client.close()


ALL = [it_is_spoken_in_other_languages, one_is_made_tried_published_and_seen_at_an_open_order, a_new_version_of_one_in_force_and_its_end,
       a_text_is_pasted_and_undone, fields_are_added_and_emptied, texts_go_out_and_come_back_as_files, who_is_slower_is_told_and_keeps_what_was_typed,
       other_markets_are_read_with_their_own_catalogue, only_the_back_office_gets_there]


def main():
    driver.begin()
    try:
        with demo_server() as s:
            world = dict(s.ids, server=f"https://localhost:{s.port}", ca=os.path.join(s.folder, "ca.pem"))
            for case in ALL:
                if not sys.argv[1:] or any(word in case.__name__ for word in sys.argv[1:]):
                    cases.run(case.__name__.replace("_", " "), case, s, world)
    finally:
        driver.end()
    cases.end()


main()
