#!/usr/bin/python3
"""The generator of pages: what a template says comes out, every value escaped for its place; what is wrong with a
template is told with its file and line, by the generator or by the compiler."""
import html.parser
import os
import subprocess
import sys
import tempfile
import urllib.parse

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import Cases  # noqa: E402
from hostile import HOSTILE  # noqa: E402
from served import BUILD  # noqa: E402

t = Cases("test_templates")
TYPES = """#include "server/web/web.h"
struct row { const char *name; int64_t quantity; };
struct shown { const char *name, *url, *code; bool flag; double share; struct row *rows; size_t n; };
void shown_page(struct text *out, enum language language, const struct shown *it);
"""
MAIN = """#include "{page}.c"
#include "core/arena.h"
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv)
{{
    (void)argc;
    struct arena *arena = arena_new();
    struct row rows[] = {{{{"first", 1}}, {{"second", -2}}}};
    struct shown shown = {{argv[1], argv[1], argv[1], argv[2][0] == 'y', 0.5, rows, 2}};
    struct text out;
    text_init(&out, arena);
    shown_page(&out, language_by_name(argv[3]), &shown);
    puts(out.data);
    arena_free(arena);
}}
"""
FLAGS = subprocess.run(["make", "-s", "V=" + os.path.basename(BUILD), "flags-server"], capture_output=True, text=True, check=True).stdout


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.words = [], ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.words += data


class Shop:
    """A folder with one template; where the generator is asked and its C is compiled."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(os.path.join(folder, "server/web"))
        self.write("shown.h", TYPES)

    def write(self, name, text):
        with open(os.path.join(self.folder, "server/web", name), "w", encoding="utf-8") as file:
            file.write(text)

    def generate(self, text):
        """(C, complaint)"""
        self.write("shown.html", text)
        got = subprocess.run([os.path.abspath("server/gen/templates.py"), "server/web/shown.html"], cwd=self.folder, capture_output=True,
                             text=True, check=False)
        assert (got.returncode == 0) == (got.stderr == ""), got
        assert "Traceback" not in got.stderr, got.stderr
        return got.stdout, got.stderr.strip()

    def compile(self, text, program=None):
        """What the compiler says."""
        code, complaint = self.generate(text)
        assert not complaint, complaint
        self.write("shown.c", code)
        self.write("main.c", MAIN.format(page="server/web/shown"))
        rest = f"-o {program} {BUILD}/libserver.a {BUILD}/libcore.a" if program else "-fsyntax-only"
        return subprocess.run(f"gcc -fdiagnostics-color=never -I{self.folder} {FLAGS.strip()} {self.folder}/server/web/main.c {rest}",
                              shell=True, capture_output=True, text=True, check=False).stderr

    def runner(self, text):
        program = os.path.join(self.folder, "shown")
        said = self.compile(text, program)
        assert not said, said
        return lambda value="x", flag="y", language="en": subprocess.run([program, value, flag, language], capture_output=True, check=True,
                                                                        env={"LSAN_OPTIONS": "detect_leaks=0"}).stdout.decode()


def page(body):
    return "{page shown_page struct shown}\n" + body + "\n{end}\n"


# ---- what comes out -----------------------------------------------------------------------------------------

def everything(shop):
    show = shop.runner("""{# a comment:
 {over lines}, <!-- with what is not allowed elsewhere #}
{part row struct row}
<li>{it->name}: {it->quantity}</li>
{end}
{page shown_page struct shown}
<!DOCTYPE html>
<h1>{"Pay %s", it->name}</h1>
<p>{tr "Item"} &amp; {"Quantity"} - "5" \\</p>
{if it->flag}
    <b>1</b>
{else if it->n == 2}
    <b>2</b>
{else}
    <b>3</b>
{end}
{each one in it->rows of it->n}
{call row one}
{end}
<input required
    maxlength="9"{if it->flag} value="{it->name}"{end}
    disabled>
{end}""")
    got = show("Ann")
    t.equal("literals, values, translations, branches, loops and parts, as they stand", got, """<!DOCTYPE html>
<h1>Pay Ann</h1>
<p>Item &amp; Quantity - "5" \\</p>
<b>1</b>
<li>first: 1</li>
<li>second: -2</li>
<input required
 maxlength="9" value="Ann"
 disabled>

""")
    other = show("Ann", "n", "de")
    t.check("the other branch, in the other language", "<b>2</b>" in other and "<b>1</b>" not in other and " value" not in other
            and "<h1>Ann zahlen</h1>" in other and "Artikel &amp; Menge" in other, other)


def hostile(shop):
    show = shop.runner(page("""<p title="{it->name}">{it->name}</p>
<a href="{it->url}">1</a> <a href="/p/{it->code}/pay?q={it->code}">2</a>"""))
    more = {"markup": "\"><script>alert(1)</script>'&<b onclick=x>", "entity": "&lt;&#60;&amp;", "quotes": "\"'`", "way": "../../?a=b&c#d"}
    for kind, text in [*HOSTILE.items(), *more.items()]:
        got = Page(show(text))
        t.equal(f"{kind}: no tag and no attribute comes of it", [(tag, sorted(a)) for tag, a in got.tags],
                [("p", ["title"]), ("a", ["href"]), ("a", ["href"])])
        t.equal(f"{kind}: it can be read", (got.tags[0][1]["title"], got.words[:len(text)]), (text, text))
        piece = urllib.parse.urlsplit(got.tags[2][1]["href"])
        t.equal(f"{kind}: within an address it stays one piece", (piece.path.count("/"), urllib.parse.unquote(piece.path), piece.fragment,
                                                                  urllib.parse.parse_qs(piece.query, keep_blank_values=True)),
                (3, f"/p/{text}/pay", "", {"q": [text]}))


def addresses(shop):
    show = shop.runner(page('<a href="{it->url}">1</a>'))
    for url in ("https://shop.example/a?b=1&c=2#d", "http://127.0.0.1:8080/", "/p/ABC", "/", "#name"):
        t.equal(f"{url} leads there", Page(show(url)).tags[0][1]["href"], url)
    for url in ("javascript:alert(1)", "JavaScript:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)", "data:text/html,x", "//evil.example",
                "/\\evil.example", "/\t/evil.example", "\\\\evil.example", "vbscript:x", "ftp://x", "x", "", "https:evil.example"):
        t.equal(f"{url!r} leads nowhere", Page(show(url)).tags[0][1]["href"], "#")


# ---- what is refused ----------------------------------------------------------------------------------------

BAD = [
    ("<p>\n{it->name</p>", 3, "a { or } without the other one"),
    ("<p>}</p>", 2, "a { or } without the other one"),
    ("<p>Pay now</p>", 2, 'words are written {"..."}'),
    ("<p>支付</p>", 2, 'words are written {"..."}'),
    ("<p {it->name}>", 2, "no value can stand here"),
    ("<p title={it->name}>", 2, 'attributes are written name="value"'),
    ("<p title='{it->name}'>", 2, 'attributes are written name="value"'),
    ("<p title=1>", 2, 'attributes are written name="value"'),
    ("<{it->name}>", 2, "there is no tag after <"),
    ("<h{it->n}>", 2, "no value can stand here"),
    ("<!-- x -->", 2, "there is no tag after <"),
    ("<script>", 2, "<script> has no place"),
    ("<STYLE>", 2, "<STYLE> has no place"),
    ('<p style="x">', 2, "style has no place"),
    ('<p onClick="x">', 2, "onclick has no place"),
    ('{if it->flag}\n<p\n{end}>', 4, "what began in the text (line 2) ends in a tag"),
    ('<p{if it->flag} title="{else}>{end}', 2, "what began in a tag (line 2) ends in title"),
    ("<p", 3, "what began in the text (line 1) ends in a tag"),
    ("{else}", 2, "{else} without {if}"),
    ("{if it->flag}{else}{else}{end}", 2, "{else} without {if}"),
    ("{if}{end}", 2, "this is no {if}"),
    ("{each row of it->n}{end}", 2, "this is no {each}"),
    ("{call}", 2, "this is no {call}"),
    ('<p title="{call row it->rows}">', 2, "this is no {call}"),
    ("{page other struct shown}", 2, "{page} within a page"),
    ("{end}\n<p>", 3, "this stands outside of every page"),
    ("{end}\n{it->name}", 3, "no value can stand here"),
    ("{end}\n{if it->flag}", 3, "{if} outside of a page"),
]


def malformed(shop):
    for text, line, why in BAD:
        code, said = shop.generate(page(text))
        t.check(f"{text!r} is refused", said.startswith(f"server/web/shown.html:{line}: ") and why in said and not code, said)
    _, said = shop.generate("{page shown_page struct shown}\n{if it->flag}\n<p></p>\n{end}\n")
    t.check("a page that does not end is refused", said.endswith("{page} of line 1 has no {end}"), said)


def types(shop):
    t.equal("what is right compiles", shop.compile(page("{it->name}{it->n > 1 ? it->name : it->code}")), "")
    for text in ("{it->nothing}", "{it->flag}", "{it->share}", "{it->rows}", "{it->n}", "{nothing}", '<a href="{it->rows[0].quantity}">',
                 '{"Pay %s", it->n}', "{tr it->n}", "{each row in it->rows of it->n}\n{row->nothing}\n{end}", "{call shown_page it->rows}"):
        said = shop.compile(page("<p>\n" + text))
        line = 3 + ("{row" in text)
        t.check(f"{text!r} does not compile, and the line is named", f"server/web/shown.html:{line}:" in said and "error" in said, said[:600])
    said = shop.compile("{page shown_page struct row}\n{end}\n")
    t.check("nor does a page that is not as its header has it", "server/web/shown.html:1:" in said and "conflicting types" in said, said[:600])


def main():
    for part in (everything, hostile, addresses, malformed, types):
        with tempfile.TemporaryDirectory() as folder:
            part(Shop(folder))
    t.end()


main()
