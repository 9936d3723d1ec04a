"""Requests that nobody foresaw, made from the OpenAPI document and from real references, by everybody in turn.

Each is right in the most and wrong in something: a reference of somebody else, a field too many, a value of another
kind, text that hurts parsers. What is looked for is an answer of 500, and an answer that the document does not know.
"""

import json
import random
from urllib.parse import quote, urlencode

from fastapi.routing import iter_route_contexts
from tests.web.calls import BODIES, NOBODYS

from multiagency.demo.lapland import ACCOUNTS
from multiagency.kernel.actor import Role
from multiagency.kernel.policy import RULES
from multiagency.web.entering import doors_of

LOGINS = [*sorted(account.login for account in ACCOUNTS), None]
HOSTILE = [
    "",
    " ",
    "0",
    "-1",
    "null",
    "true",
    "[]",
    "{}",
    "a" * 201,
    "a" * 20_000,
    "9" * 400,
    "1e400",
    "٠١",
    "😀",
    "\u202eabc",
]
HOSTILE += [
    "\x00",
    "a\x00b",
    "\ufeff",
    "%00",
    "%s",
    "'--",
    "../..",
    "<script>",
    "{{7*7}}",
    "=1+1",
    "2026-02-30",
    "2026-03-29T03:30",
]
HOSTILE += [
    "9999-12-31T23:59:59Z",
    "0001-01-01",
    "+010000-01-01",
    "131052-308T",
    "010516A903X",
    "a@b",
    "\r\nX: y",
    "\u2028",
]
OTHER_KINDS = [None, True, 0, -1, 2**63, 2**200, 1.5, 1e308, [], {}, [[]], [None], {"a": {"b": []}}]
RAW = [b"", b"{", b"[" * 3000, b"\xff\xfe", b"a=%ff&=&&=b", b'{"a":NaN}', b'"\\ud800"', b"--x\r\n", b"null", b"7"]
KINDS = [
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "a",
    "",
]


class Fuzzer:
    """Sends one request after another at a house; the same seed sends the same."""

    def __init__(self, world, seed):
        self.world, self.house, self.draw = world, world.house, random.Random(seed)  # noqa: S311
        self.document = self.house.app.openapi()
        paths = self.document["paths"]
        self.operations = [(m.upper(), path, paths[path][m]) for path in sorted(paths) for m in sorted(paths[path])]
        acts = {
            (m, c.path): doors_of(c.dependant)[0].act
            for c in iter_route_contexts(self.house.app.routes)
            for m in c.methods
        }
        self.may = {
            (method, path): [a.login for a in ACCOUNTS if RULES[acts[method, path]].role_may(Role(a.role))] or LOGINS
            for method, path, _ in self.operations
        }
        schemas = self.document["components"]["schemas"].values()
        self.fields = sorted({name for schema in schemas for name in schema.get("properties", ())})
        self.statuses = {}

    async def once(self):
        """Send one request; return what is wrong with its answer, or None."""
        method, path, operation = self.draw.choice(self.operations)
        login = self.draw.choice(self.may[method, path] if self.draw.random() < 0.8 else LOGINS)
        address = self._path(path) + self._query(operation)
        headers, content = await self._content(method, path, login)
        if login is not None:
            headers |= (await self.house.person(login))._headers | (
                {"content-type": headers["content-type"]} if headers else {}
            )
        answer = await self.house.http.request(method, address, headers=headers, content=content)
        if login is not None and path.endswith(("/session", "/sign-out", "/sign-in")):
            self.house.forget(login)
        self.statuses[answer.status_code] = self.statuses.get(answer.status_code, 0) + 1
        if answer.status_code < 500 and str(answer.status_code) in operation["responses"]:
            return None
        return f"{answer.status_code}: {login} {method} {address[:200]} {headers.get('content-type')} {content[:300]!r}"

    def _path(self, path):
        def value(name):
            kind = self.draw.random()
            if kind < 0.8 and name in self.world.tried:
                return self.world.tried[name]
            return NOBODYS[name]() if kind < 0.92 and name in NOBODYS else self.draw.choice(HOSTILE)

        parts = [quote(value(part[1:-1]), safe="") if part.startswith("{") else part for part in path.split("/")]
        return "/".join(parts)

    def _query(self, operation):
        named = [p["name"] for p in operation.get("parameters", ()) if p["in"] == "query" and self.draw.random() < 0.5]
        return "?" + urlencode([(name, self._value()) for name in named]) if named else ""

    def _value(self):
        if self.draw.random() < 0.5:
            return self.draw.choice(HOSTILE)
        return self.draw.choice([*self.world.tried.values(), "police", "read", "true", "2026-11-24", "fi", "1"])

    async def _content(self, method, path, login):
        if method in {"GET", "DELETE"}:
            return {}, b""
        if self.draw.random() < 0.08:
            return {"content-type": self.draw.choice(KINDS)}, self.draw.choice(RAW)
        body = await self._right_body(method, path, login)
        for _ in range(self.draw.choice((0, 0, 1, 1, 2, 5))):
            self._spoil(body)
        if path.startswith("/api/"):
            return {"content-type": "application/json"}, json.dumps(body).encode("utf-8", "surrogatepass")
        pairs = [
            (k, v if isinstance(v, str) else json.dumps(v))
            for k, many in body.items()
            for v in (many if isinstance(many, list) else [many])
        ]
        return {"content-type": "application/x-www-form-urlencoded"}, urlencode(pairs).encode()

    async def _right_body(self, method, path, login):
        """What the API takes there, or at the page of the same name; else fields of any form."""
        for key in (f"{method} {path}", f"{method} /api/v1{path}", f"PUT /api/v1{path}"):
            if key in BODIES and login is not None:
                made = await BODIES[key](self.world, login)
                if found := made.get("json") or made.get("data"):
                    return json.loads(json.dumps(found))
        return {name: self._value() for name in self.draw.sample(self.fields, 6)}

    def _spoil(self, body):
        name = self.draw.choice([*body, *self.draw.sample(self.fields, 1)])
        way = self.draw.randrange(4)
        if way == 0:
            body.pop(name, None)
        elif way == 1:
            body[name] = self.draw.choice(OTHER_KINDS)
        elif way == 2 and isinstance(body.get(name), dict | list) and body[name]:
            inner = body[name]
            inner[self.draw.choice(list(inner)) if isinstance(inner, dict) else 0] = self._value()
        else:
            body[name] = self._value()
