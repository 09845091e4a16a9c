#!/usr/bin/python3
"""templates.py PAGE.html -> C, to stdout: one function for each page or part of it. In a template

    {page NAME TYPE} ... {end}       void NAME(struct text *out, enum language language, const TYPE *it), as PAGE.h has it
    {part NAME TYPE} ... {end}       the same for this file only
    {EXPRESSION}                     a value: a text or a whole number, escaped for the place where it stands
    {"Pay %s", EXPRESSION}           a text in the reader's language; {tr EXPRESSION} is one that was marked with N_()
    {if C} {else if C} {else} {end}  a branch ends where it began: between tags, in a tag or in a value
    {each NAME in ARRAY of COUNT}    NAME points to one after the other, until {end}
    {call NAME EXPRESSION}           another page or part; nothing else comes in unescaped
    {# a comment #}

Expressions are C: the compiler checks their types, and what it says names the template's line. Words outside of
{"..."}, values outside of quotes, scripts and styles are refused. Indentation is not written."""
import re
import sys

DIRECTIVE = re.compile(r'\{((?:"(?:\\.|[^"\\])*"|[^{}"])*)\}')
CONTROL = re.compile(r"(page|part|if|else|end|each|call)\b\s*(.*)")
ADDRESSES = ("href", "src", "action", "formaction", "cite", "poster", "data", "ping", "srcset")
BANNED = ("script", "style", "iframe", "object", "embed", "base", "srcdoc")
TEXT, TAG = "the text", "a tag"  # what a literal has come into; within a value: the attribute's name


class Wrong(Exception):
    """What is wrong with a template."""


class Template:
    def __init__(self, path):
        self.path, self.line, self.open = path, 0, []  # open: (word, line, place) of what waits for its {end}
        self.place, self.begun = TEXT, False           # begun: something stands in the attribute already
        self.literal = ""
        self.out = [f'#include "server/web/{re.sub(".*/|[.]html$", "", path)}.h"']

    def emit(self, code):
        literal, self.literal = self.literal, ""
        if literal:
            text = literal.replace("\\", "\\\\").replace('"', '\\"').replace("\n", '\\n"\n"')
            self.out.append(f'    text_addn(out, "{text}", {len(literal.encode())});')
        self.out.append(f'#line {self.line} "{self.path}"\n{code}')

    # ---- markup -----------------------------------------------------------------------------------
    def step(self, text):
        """Goes one step through a literal; what is left of it."""
        if self.place == TEXT:
            words, mark, rest = text.partition("<")
            if re.search(r"[^\W\d_]", re.sub(r"&#?\w+;", "", words)):
                raise Wrong('words are written {"..."}, to be translated: ' + words.strip())
            tag = re.match(r"/?([a-zA-Z][\w-]*)|!DOCTYPE html(?=>)", rest)
            if mark and not tag:
                raise Wrong("there is no tag after <")
            if tag and (tag[1] or "").lower() in BANNED:
                raise Wrong(f"<{tag[1]}> has no place on our pages")
            self.place = TAG if tag else TEXT
            return rest[tag.end():] if tag else ""
        if self.place != TAG:
            value, end, rest = text.partition('"')
            self.begun, self.place = self.begun or bool(value), TAG if end else self.place
            return rest
        found = re.match(r'\s+([a-zA-Z][\w-]*)(?:(=")|(?=[\s>]|$))|\s*(>)|\s+$', text)
        if not found:
            raise Wrong('attributes are written name="value"')
        name = (found[1] or "").lower()
        if name.startswith("on") or name in BANNED:
            raise Wrong(f"{name} has no place on our pages")
        self.place, self.begun = name if found[2] else TEXT if found[3] else TAG, False
        return text[found.end():]

    def add(self, text):
        if not self.open and text.strip():
            raise Wrong("this stands outside of every page")
        self.literal += text if self.open else ""
        while self.open and text:
            text = self.step(text)

    # ---- directives -------------------------------------------------------------------------------
    def value(self, what):
        if self.place == TAG or not self.open:
            raise Wrong(f"no value can stand here: {{{what}}}")
        said = re.fullmatch(r'("(?:\\.|[^"\\])*")(?:, *(.+))?', what)
        if said:
            what = f"tr(language, {said[1]})"
            what = f"arena_printf(out->arena, {what}, {said[2]})" if said[2] else what
        elif what.startswith("tr "):
            what = f"tr(language, {what[3:]})"
        kind = "text" if self.place not in ADDRESSES else "piece" if self.begun else "url"
        self.begun = True
        self.emit(f"    web_{kind}(out, {what});")

    def control(self, word, rest):
        function = re.fullmatch(r"(\w+) (\w[\w ]*)", rest)
        loop = re.fullmatch(r"(\w+) in (.+) of (.+)", rest)
        call = re.fullmatch(r"(\w+) (.+)", rest)
        if (word in ("page", "part")) == bool(self.open):
            raise Wrong(f"{{{word}}} {'within' if self.open else 'outside of'} a page")
        if word in ("end", "else"):
            began, line, place = self.open.pop()
            if place != self.place:
                raise Wrong(f"what began in {place} (line {line}) ends in {self.place}")
            if word == "else" and began != "if":
                raise Wrong("{else} without {if}")
            more = re.fullmatch(r"if (.+)", rest)
            self.emit("}" if word == "end" else f"}} else if ({more[1]}) {{" if more else "} else {")
            if word == "else":
                self.open.append(("if" if more else word, self.line, place))
        elif word in ("page", "part") and function:
            self.emit(f"{'static ' if word == 'part' else ''}void {function[1]}(struct text *out, enum language language, "
                      f"const {function[2]} *it)\n{{\n    (void)language, (void)it;")
        elif word == "call" and call and self.place == TEXT:
            self.emit(f"    {call[1]}(out, language, {call[2]});")
        elif word == "if" and rest:
            self.emit(f"if ({rest}) {{")
        elif word == "each" and loop:
            name, array, count = loop.groups()
            self.emit(f"for (size_t {name}_at = 0; {name}_at < (size_t)({count}); {name}_at++) {{ "
                      f"__typeof__(&({array})[0]) {name} = &({array})[{name}_at];")
        else:
            raise Wrong(f"this is no {{{word}}}: {rest}")
        if word not in ("end", "else", "call"):
            self.open.append((word, self.line, self.place))

    def read(self, source):
        without = re.sub(r"\{#.*?#\}", lambda m: "\n" * m[0].count("\n"), source, flags=re.DOTALL)
        for self.line, row in enumerate(without.split("\n"), 1):
            # A line of nothing but loops and branches is no line of the page.
            holds = re.search(r"\S", DIRECTIVE.sub(lambda m: "" if CONTROL.match(m[1]) else "x", row))
            row, at = " " * (self.place == TAG) + row.lstrip() + "\n" if holds else row.strip(), 0
            for found in [*DIRECTIVE.finditer(row), None]:
                text = row[at:found.start() if found else None]
                if "{" in text or "}" in text:
                    raise Wrong("a { or } without the other one")
                self.add(text)
                if found:
                    control, at = CONTROL.match(found[1]), found.end()
                    self.control(*control.groups()) if control else self.value(found[1].strip())
        if self.open:
            raise Wrong(f"{{{self.open[-1][0]}}} of line {self.open[-1][1]} has no {{end}}")
        return "\n".join(self.out)


template = Template(sys.argv[1])
try:
    with open(template.path, encoding="utf-8") as file:
        print(template.read(file.read()))
except Wrong as why:
    sys.exit(f"{template.path}:{template.line}: {why}")
