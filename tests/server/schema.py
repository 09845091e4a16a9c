"""As much of JSON Schema as openapi.json uses, to hold real requests and replies against it. A keyword
that is not known here is an error, so that nothing is passed by without a look."""
import datetime
import re

TYPES = {"object": dict, "array": list, "string": str, "null": type(None)}
SAYS_NOTHING = {"description", "contentMediaType", "title", "examples", "default", "required", "additionalProperties",
                "unevaluatedProperties"}  # the last three go with `properties`


def is_type(name, value):
    if name in ("integer", "boolean"):
        return isinstance(value, int) and isinstance(value, bool) == (name == "boolean")
    return isinstance(value, TYPES[name])


def is_format(name, value):
    if name == "date-time":
        return re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value)
    if name == "date":
        return datetime.date.fromisoformat(value)
    return name in ("int64", "uri", "password")


class Schemas:
    """`faults` tells what is wrong with a value, and where."""

    def __init__(self, document):
        self.document = document

    def resolve(self, schema):
        while "$ref" in schema:
            target = self.document
            for part in schema["$ref"][2:].split("/"):
                target = target[part]
            schema = target
        return schema

    def members(self, schema):
        """Every member that an object of this schema is said to have."""
        schema = self.resolve(schema)
        names = dict(schema.get("properties", {}))
        for part in schema.get("allOf", []):
            names.update(self.members(part))
        return names

    def faults(self, schema, value, at=""):
        schema = self.resolve(schema)
        for keyword, rule in schema.items():
            if keyword not in SAYS_NOTHING:
                yield from getattr(self, "check_" + keyword)(rule, value, at)
        if isinstance(value, dict):
            yield from (f"{at}: {name} is missing" for name in schema.get("required", []) if name not in value)
            if isinstance(schema.get("additionalProperties"), dict):
                for name, member in value.items():
                    yield from self.faults(schema["additionalProperties"], member, f"{at}/{name}")

    def unknown(self, schema, value, at=""):
        """Members that the document does not tell of."""
        schema = self.resolve(schema)
        if "anyOf" in schema:
            schema = self.resolve(schema["anyOf"][0])
        if isinstance(value, list):
            for i, member in enumerate(value):
                yield from self.unknown(schema.get("items", {}), member, f"{at}/{i}")
        names = self.members(schema)
        if not isinstance(value, dict) or not names:
            return
        for name, member in value.items():
            if name not in names:
                yield f"{at}/{name} is not described"
            else:
                yield from self.unknown(names[name], member, f"{at}/{name}")

    def check_type(self, rule, value, at):
        if not any(is_type(name, value) for name in ([rule] if isinstance(rule, str) else rule)):
            yield f"{at}: {value!r} is no {rule}"

    def check_properties(self, rule, value, at):
        for name, schema in rule.items():
            if isinstance(value, dict) and name in value:
                yield from self.faults(schema, value[name], f"{at}/{name}")

    def check_items(self, rule, value, at):
        for i, member in enumerate(value or []):
            yield from self.faults(rule, member, f"{at}/{i}")

    def check_allOf(self, rule, value, at):
        for schema in rule:
            yield from self.faults(schema, value, at)

    def check_anyOf(self, rule, value, at):
        if all(list(self.faults(schema, value, at)) for schema in rule):
            yield f"{at}: {value!r} is nothing of what it may be"

    def check_enum(self, rule, value, at):
        if value not in rule:
            yield f"{at}: {value!r} is none of {rule}"

    def check_pattern(self, rule, value, at):
        if isinstance(value, str) and not re.search(rule, value):
            yield f"{at}: {value!r} does not fit {rule}"

    def check_format(self, rule, value, at):
        if isinstance(value, str) and not is_format(rule, value):
            yield f"{at}: {value!r} is no {rule}"

    def check_minimum(self, rule, value, at):
        if isinstance(value, int) and value < rule:
            yield f"{at}: {value} is below {rule}"

    def check_maximum(self, rule, value, at):
        if isinstance(value, int) and value > rule:
            yield f"{at}: {value} is above {rule}"

    def check_maxLength(self, rule, value, at):
        if isinstance(value, str) and len(value) > rule:
            yield f"{at}: longer than {rule}"

    def check_minLength(self, rule, value, at):
        if isinstance(value, str) and len(value) < rule:
            yield f"{at}: shorter than {rule}"

    def check_minItems(self, rule, value, at):
        if isinstance(value, list) and len(value) < rule:
            yield f"{at}: fewer than {rule}"

    def check_maxItems(self, rule, value, at):
        if isinstance(value, list) and len(value) > rule:
            yield f"{at}: more than {rule}"
