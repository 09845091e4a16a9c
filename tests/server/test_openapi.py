#!/usr/bin/python3
"""openapi.json says what server/routes.def says: the same routes and roles, nothing that leads
nowhere, and the problem codes of core/problem.def. Whether it is OpenAPI at all is for
the openapi gate."""
import json
import re
import sys

DOCUMENT = "server/api/openapi.json"
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
passed = failed = 0


def check(name, wrong):
    """`wrong` holds what is wrong: nothing, if all is well."""
    global passed, failed
    passed, failed = passed + (not wrong), failed + bool(wrong)
    if wrong:
        print(f"FAILED: {name}: {wrong}")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def rows(path, macro):
    return [re.findall(r'"[^"]*"|\w+', row) for row in re.findall(rf"^{macro}\((.*)\)$", read(path), re.MULTILINE)]


def roles():
    """The sets of roles that routes.def names, as server/api/routes.c makes them."""
    every = [row[0] for row in rows("server/roles.def", "ROLE")]
    sets = {"ANYONE": set(), "SIGNED_IN": set(every)}
    for name, text in re.findall(r"^    (\w+) = (.*ROLE_BIT.*),$", read("server/api/routes.c"), re.MULTILINE):
        sets[name] = set(re.findall(r"ROLE_BIT\((\w+)\)", text)).union(
            *(sets[word] for word in re.findall(r"\b[A-Z_]+\b", text) if word in sets))
    return sets


def walk(value, path="#"):
    yield path, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in items:
        yield from walk(member, f"{path}/{str(key).replace('~', '~0').replace('/', '~1')}")


def main():
    document = json.loads(read(DOCUMENT))
    places = dict(walk(document))
    operations = {(method.upper(), path): operation for path, item in document["paths"].items()
                  for method, operation in item.items() if method in METHODS}
    routes = {(row[0], row[1].strip('"')): row[2:4] for row in rows("server/routes.def", "ROUTE")}

    check("every route is described", sorted(routes.keys() - operations.keys()))
    check("nothing else is described", sorted(operations.keys() - routes.keys()))
    check("an operation has its handler's name",
          [route for route, row in routes.items() if route in operations and operations[route]["operationId"] != row[0]])
    ids = [operation["operationId"] for operation in operations.values()]
    check("operation ids are unique", sorted({one for one in ids if ids.count(one) > 1}))
    sets = roles()
    check("roles are those of the table",
          [route for route, row in routes.items()
           if route in operations and set(operations[route]["x-roles"]) != sets[row[1]]])
    check("what anyone may do needs no token, the rest does",
          [route for route, row in routes.items()
           if route in operations and (operations[route].get("security") == []) != (row[1] == "ANYONE")])

    references = {path: value["$ref"] for path, value in places.items()
                  if isinstance(value, dict) and isinstance(value.get("$ref"), str)}
    check("every reference leads somewhere",
          [path for path, target in references.items() if target not in places])
    check("every component is used",
          [f"{kind}/{name}" for kind in ("schemas", "parameters", "responses", "headers")
           for name in document["components"][kind]
           if f"#/components/{kind}/{name}" not in references.values()])

    def parameters(operation):
        return [places[one["$ref"]] if "$ref" in one else one for one in operation.get("parameters", [])]

    check("a path's {parameters} are described, and no others",
          [route for route, operation in operations.items()
           if set(re.findall(r"{(\w+)}", route[1])) != {one["name"] for one in parameters(operation) if one["in"] == "path"}])
    check("required members exist",
          [path for path, value in places.items() if isinstance(value, dict) and isinstance(value.get("required"), list)
           and not set(value["required"]) <= set(value.get("properties", {}))])
    check("every answer but a success is a problem, or a page for people",
          [(route, code) for route, operation in operations.items() for code, answer in operation["responses"].items()
           if code >= "400" and not (route[1].startswith("/p/") and "text/html" in answer.get("content", {})) and "application/problem+json" not in
           (places[answer["$ref"]] if "$ref" in answer else answer).get("content", {})])
    check("codes are those of problem.def",
          sorted(set(document["components"]["schemas"]["Mistake"]["properties"]["code"]["enum"])
                 ^ {row[0] for row in rows("core/problem.def", "PROBLEM")}))
    print(f"openapi: {passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
