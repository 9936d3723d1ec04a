"""The OpenAPI document, complete: every answer that a door can give, and what a caller must present at it."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from multiagency.kernel.policy import RULES
from multiagency.web.door import SESSION_COOKIE
from multiagency.web.entering import doors_of

_PROBLEM = "application/problem+json"
_SCHEMES = {
    "session": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE},
    "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token"},
}
_PROBLEM_SCHEMA = {
    "type": "object",
    "description": "RFC 9457; `errors` names each wrong field with what would be right.",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "version": {"type": "string", "description": "412: of what was saved meanwhile."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
_ANYWHERE = (400, 404, 409, 422, 503)
"""Not to be read; nothing there; not now; a wrong field or value; not to be logged, or no database."""
_OF_A_CHANGE = (403, 411, 412, 413)
"""From another site; of no length; somebody saved first; too large."""
_BEHIND_A_DOOR = (401, 403)


class Documented(FastAPI):
    """The application, whose document tells what doors answer before any route does."""

    def openapi(self) -> dict[str, Any]:
        """Return the document."""
        document = super().openapi()
        parts = document.setdefault("components", {})
        if "securitySchemes" in parts:
            return document
        parts["securitySchemes"] = _SCHEMES
        parts.setdefault("schemas", {})["Problem"] = _PROBLEM_SCHEMA
        for context in iter_route_contexts(self.routes):
            public = all(RULES[door.act].public for door in doors_of(context.dependant))
            for method in context.methods or ():
                _complete(
                    document["paths"][context.path or ""][method.lower()], method, context.path or "", public=public
                )
        return document


def _complete(operation: dict[str, Any], method: str, path: str, *, public: bool) -> None:
    program, changes = path.startswith("/api/"), method != "GET"
    answers = operation.setdefault("responses", {})
    answers.pop("422", None)  # the framework's own shape, which is not what is answered
    statuses = {*_ANYWHERE, *(_OF_A_CHANGE if changes else ()), *(() if public else _BEHIND_A_DOOR)}
    statuses |= {401} if path.endswith(("/session", "/sign-in")) else set()
    if not public:
        operation["security"] = [{"session": [], "csrf": []} if program and changes else {"session": []}]
    if not program:
        answers["303"] = {"description": "On to the page that comes next, or to the sign-in."}
        answers["200"] = {"description": "A page or a file.", "content": {"text/html": {}, "application/pdf": {}}}
    kind = {_PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}} if program else {"text/html": {}}
    for status in sorted(statuses):
        answers[str(status)] = {"description": HTTPStatus(status).phrase, "content": kind}
