#!/usr/bin/python3
"""Every gate of `make check` is seen to fail: each violation is planted in a copy of the tree, and the gate
must name it, with exit code 1, and must not have named it before. (What else is wrong with the tree is for
`make check` to say.)"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

BUILD = os.environ.get("BUILD", "build/asan")
VARIANT = os.path.basename(BUILD)


def copy_tree(target):
    """What git knows or would know, and the programs as built, so that only the change is compiled."""
    listed = subprocess.run(["git", "ls-files", "-z", "-co", "--exclude-standard"], capture_output=True, check=False)
    if listed.returncode == 0:
        names = [name for name in listed.stdout.decode().split("\0") if name and os.path.exists(name)]
    else:
        names = [os.path.join(path, name)[2:] for path, folders, found in os.walk(".")
                 for name in found if not path.startswith(("./build", "./.git"))]
    for name in names:
        os.makedirs(os.path.dirname(os.path.join(target, name)), exist_ok=True)
        shutil.copy2(name, os.path.join(target, name))
    for name in os.listdir(BUILD) if os.path.isdir(BUILD) else []:
        source = os.path.join(BUILD, name)
        if os.path.isdir(source) and name in ("core", "server", "tui", "gen"):
            shutil.copytree(source, os.path.join(target, source))
        elif name.endswith(".a") or name.startswith("partyline"):
            os.makedirs(os.path.join(target, BUILD), exist_ok=True)
            shutil.copy2(source, os.path.join(target, source))


class Tree:
    """The copy: plant() changes it, run() asks a gate, heal() undoes the change."""

    def __init__(self, root):
        self.root = root
        self.before = {}

    def path(self, name):
        return os.path.join(self.root, name)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as text:
            return text.read()

    def write(self, name, text):
        if name not in self.before:
            self.before[name] = self.read(name) if os.path.exists(self.path(name)) else None
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as out:
            out.write(text)

    def append(self, name, text):
        self.write(name, self.read(name) + text)

    def replace(self, name, pattern, text):
        changed, times = re.subn(pattern, text, self.read(name), flags=re.MULTILINE)
        if not times:
            raise ValueError(f"{pattern} is not in {name}")
        self.write(name, changed)

    def heal(self):
        for name, text in self.before.items():
            if text is None:
                os.remove(self.path(name))
            else:
                with open(self.path(name), "w", encoding="utf-8") as out:
                    out.write(text)
        self.before = {}

    def run(self, gate):
        env = {key: value for key, value in os.environ.items() if key not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
        # As in `make check`, whatever the sanitizers of this run are told; links builds our variant.
        env.update(V=VARIANT if gate == "links" else "rel")
        done = subprocess.run([f"tests/arch/{gate}", self.root], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, env=env, check=False)
        return done.returncode, done.stdout


def rename_column(tree):
    """Renames a column of the schema that a query names, throughout the schema."""
    queries = "".join(tree.read(f"sql/q/{name}") for name in os.listdir(tree.path("sql/q")))
    files = sorted(os.listdir(tree.path("sql/schema")))
    for file in files:
        for column in re.findall(r"^    (\w+_\w+) (?:text|bigint|int|date|boolean|timestamptz)\b",
                                 tree.read("sql/schema/" + file), re.MULTILINE):
            if re.search(rf"\.{column}\b", queries):
                for each in files:
                    text = tree.read("sql/schema/" + each)
                    tree.write("sql/schema/" + each, re.sub(rf"\b{column}\b", column + "_renamed", text))
                return
    raise ValueError("sql/q names no column of sql/schema")


HEADER = '#pragma once\n#include "%s"\n'
# gate, what is planted, where the gate must point, how
CASES = [
    ("floats", "a double in core", r"core/money\.c:\d+: .*double",
     lambda t: t.append("core/money.c", "\nint planted(int x);\nint planted(int x)\n{\n    return (int)((double)x);\n}\n")),
    ("floats", "a float literal in core", r"core/money\.c:\d+: .*1\.5",
     lambda t: t.append("core/money.c", "\nenum { PLANTED = (int)1.5 };\n")),
    ("floats", "core compiled with floating point", r"Makefile:\d+: .*-mgeneral-regs-only",
     lambda t: t.replace("Makefile", "-mgeneral-regs-only", "")),
    ("floats", "no complaint about a float in a comment or string", None,
     lambda t: t.append("core/money.c", '\n/* a float: 1.5 */ // double\nstatic const char planted[] = "double 1.5";\n')),
    ("purity", "a clock in core", r"core/money\.c:\d+: core calls time\(\)",
     lambda t: t.append("core/money.c", "\nlong time(long *);\nlong planted(void);\nlong planted(void)\n{\n    return time(0);\n}\n")),
    ("purity", "state in core", r"core/money\.c:\d+: core keeps state: planted",
     lambda t: t.append("core/money.c", "\nint counts(void);\nint counts(void)\n{\n    static int planted;\n    return ++planted;\n}\n")),
    ("purity", "no complaint about a table of constants", None,
     lambda t: t.append("core/money.c", '\nextern const char *const planted[];\nconst char *const planted[] = {"a", "b"};\n')),
    ("layers", "core includes the server", r"core/money\.h:\d+: core may not include server/net",
     lambda t: t.append("core/money.h", '#include "server/net/log.h"\n')),
    ("layers", "core includes the wire", r"core/money\.h:\d+: core may not include core/wire",
     lambda t: t.append("core/money.h", '#include "core/wire/wire.h"\n')),
    ("layers", "the client includes the server", r"tui/planted\.h:\d+: tui may not include server/net",
     lambda t: t.write("tui/planted.h", HEADER % "server/net/log.h")),
    ("layers", "the server includes the client", r"server/net/log\.h:\d+: server/net may not include tui",
     lambda t: (t.write("tui/planted.h", "#pragma once\n"), t.append("server/net/log.h", '#include "tui/planted.h"\n'))),
    ("layers", "net includes db", r"server/net/log\.h:\d+: server/net may not include server/db",
     lambda t: t.append("server/net/log.h", '#include "server/db/db.h"\n')),
    ("layers", "a page knows of the network", r"server/web/web\.h:\d+: server/web may not include server/net",
     lambda t: t.append("server/web/web.h", '#include "server/net/http.h"\n')),
    ("layers", "the client includes libpq", r"tui/planted\.h:\d+: libpq-fe\.h is for server/db",
     lambda t: t.write("tui/planted.h", "#pragma once\n#include <libpq-fe.h>\n")),
    ("layers", "evhttp outside the HTTP server", r"server/net/log\.h:\d+: event2/http\.h is for server/net/http_private\.h",
     lambda t: t.append("server/net/log.h", "#include <event2/http.h>\n")),
    ("headers", "a header that does not stand alone", r"core/money\.h:1: does not compile alone",
     lambda t: t.append("core/money.h", "struct tm_of_nobody planted(size_of_nothing x);\n")),
    ("format", "a line laid out otherwise", r"core/money\.h:\d+: not as clang-format",
     lambda t: t.append("core/money.h", "int   planted( int x ) ;\n")),
    ("sql", "SQL in a .c", r"server/planted\.c:3: SQL in C",
     lambda t: t.write("server/planted.c", 'const char *planted(void);\nconst char *planted(void) { return\n"Select 1 "\n"from x"; }\n')),
    ("sql", "no complaint about words that SQL has too", None,
     lambda t: t.write("server/planted.c", 'const char *planted[] = {"Delete this line?", "DELETE", "Update", "selected"};\n')),
    ("sql", "a renamed column", r"sql/q/\w+\.sql:\d+: \w+: column .* does not exist", rename_column),
    ("sql", "a column renamed under a function", r"sql/schema/\w+\.sql:\d+: catalogue_changed\(\): column",
     lambda t: t.write("sql/schema/999_planted.sql", "ALTER TABLE catalogue_version RENAME COLUMN version TO planted;\n")),
    ("manual", "a page with a mistake", r"man/planted\.1:\d+",
     lambda t: t.write("man/planted.1", ".Dd November 22, 2025\n.Dt PLANTED 1\n.Os\n.Sh NAME\n.Nm planted\n.Nd x\n.Zz\n")),
    ("docs", "a setting that is not in the manual", r"server/config\.def:\d+: planted_key is not described",
     lambda t: t.append("server/config.def", 'TEXT(planted_key, NULL, "planted")\n')),
    ("docs", "a route that is not in the manual", r"server/routes\.def:\d+: /api/v1/planted is not described",
     lambda t: t.append("server/routes.def", 'ROUTE(GET, "/api/v1/planted", planted)\n')),
    ("docs", "a key that is not in the manual", r"tui/keys\.def:\d+: F99 is not described",
     lambda t: t.append("tui/keys.def", 'KEY(PLANTED, 99, ANYWHERE, "", "planted")\n')),
    ("texts", "a text that is not translated", r"core/po/de\.po:1: \"No item of that kind\.\" is missing",
     lambda t: t.append("core/problem.def", 'PROBLEM(planted, stop, "No item of that kind.")\n')),
    ("texts", "a text of a page that is not translated", r"core/po/de\.po:1: \"planted %s\" is missing",
     lambda t: t.append("server/web/pay.html", '{page planted struct pay}\n<p>{"planted %s", it->code}</p>\n{end}\n')),
    ("texts", "a text that is not marked", r"tui/keys\.c:\d+: \"a planted text\" is not marked",
     lambda t: t.append("tui/keys.c", '\nconst char *planted(void);\nconst char *planted(void)\n{\n    return "a planted text";\n}\n')),
    ("texts", "a translation without its parameter", r"core/po/zh_CN\.po:\d+: .*other conversions or parameters",
     lambda t: t.replace("core/po/zh_CN.po", r"没有商品\{sku\}", "没有商品")),
    ("texts", "a translation with another conversion", r"core/po/de\.po:\d+: .*other conversions or parameters",
     lambda t: t.replace("core/po/de.po", "^msgstr \"Preisliste %s\"", 'msgstr "Preisliste %d"')),
    ("texts", "a fuzzy translation", r"core/po/de\.po:\d+: \"Help\" is not translated",
     lambda t: t.replace("core/po/de.po", '^msgid "Help"', '#, fuzzy\nmsgid "Help"')),
    ("links", "libpq in the client", r"partyline:1: may not link libpq\.so",
     lambda t: (t.replace("Makefile", "^TUI_PKGS := ", "TUI_PKGS := libpq "),
                t.append("tui/partyline.c", "\nint PQlibVersion(void);\nint planted(void);\nint planted(void)\n{\n    return PQlibVersion();\n}\n"))),
    ("links", "ncurses in the server", r"partylined:1: may not link libncursesw\.so",
     lambda t: t.replace("Makefile", "^SERVER_PKGS := ", "SERVER_PKGS := ncursesw ") or
     t.append("server/partylined.c", "\nint doupdate(void);\nint planted(void);\nint planted(void)\n{\n    return doupdate();\n}\n")),
]


def case(tree, clean, gate, expected, plant):
    """None, or what is the matter."""
    if gate not in clean:
        clean[gate] = tree.run(gate)
    code_before, before = clean[gate]
    if (code_before == 0) != (before == ""):
        return f"exit code {code_before} without a planted violation, and:\n{before}"
    try:
        plant(tree)
        code, output = tree.run(gate)
    except (OSError, ValueError) as error:
        return f"cannot be planted: {error}"
    finally:
        tree.heal()
    if expected is None:
        return None if output == before else "refused:\n" + output
    if re.search(expected, before):
        return f"said before it was planted:\n{before}"
    if code != 1 or not re.search(expected, output):
        return f"exit code {code} and no line like {expected} in:\n{output}"
    return None


def main():
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="partyline-gates-") as root:
        copy_tree(root)
        tree, clean = Tree(root), {}
        for gate, name, expected, plant in CASES:
            trouble = case(tree, clean, gate, expected, plant)
            passed, failed = passed + (trouble is None), failed + (trouble is not None)
            print(f"{'FAILED' if trouble else 'ok'} {gate}: {name}" + (f"\n{trouble.rstrip()}" if trouble else ""), flush=True)
    print(f"test_gates: {passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
