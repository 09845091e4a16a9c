"""What the gates share: the list of sources, C without comments and strings, the way to complain."""
import os
import re
import sys

ROOT = sys.argv[1] if len(sys.argv) > 1 else "."
_TOKEN = re.compile(
    r'//(?:\\\n|[^\n])*|/\*.*?\*/'                                # comments
    r'|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)    # strings, characters
_wrong = []


def files(*folders, ext=(".c", ".h")):
    """Sources below the folders, as paths from the root, sorted."""
    found = []
    for folder in folders:
        for path, _, names in os.walk(os.path.join(ROOT, folder)):
            found += [os.path.relpath(os.path.join(path, name), ROOT) for name in names if name.endswith(ext)]
    return sorted(found)


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as text:
        return text.read()


def exists(path):
    return os.path.exists(os.path.join(ROOT, path))


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


def without_comments(text):
    """Comments become spaces, so that lines and columns stay."""
    return _TOKEN.sub(lambda m: _blank(m[0]) if m[0][0] == "/" else m[0], text)


def code_only(text):
    """Comments and what is between quotes become spaces; includes keep their names."""
    lines = []
    for line in without_comments(text).split("\n"):
        lines.append(line if re.match(r"\s*#\s*include\b", line) else _TOKEN.sub(lambda m: _blank(m[0]), line))
    return "\n".join(lines)


def strings(text):
    """(line, content) of each string literal; literals that the compiler joins are joined."""
    for run in re.finditer(r'"(?:\\.|[^"\\\n])*"(?:\s*"(?:\\.|[^"\\\n])*")*', without_comments(text)):
        parts = re.findall(r'"((?:\\.|[^"\\\n])*)"', run[0])
        yield text.count("\n", 0, run.start()) + 1, "".join(parts)


def wrong(path, line, text):
    _wrong.append(f"{path}:{line}: {text}")


def finish():
    print("\n".join(_wrong), end="\n" if _wrong else "")
    sys.exit(1 if _wrong else 0)
