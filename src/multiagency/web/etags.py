"""Versions on the wire: `ETag` and `If-Match` for programs (RFC 9110 sections 8.8.3 and 13.1.1), a field for pages."""

import re
from collections.abc import Sequence
from typing import Any

from fastapi import Request, Response
from starlette.datastructures import FormData

from multiagency.kernel.versions import Saved, Seen
from multiagency.kernel.work import Work

SEEN = "seen"
"""The hidden field of a form with the version that its reader saw."""
_TAG = re.compile(r'(?:W/)?"([^"]*)"')


def tag(response: Response, work: Work, saved: Saved) -> None:
    """Put the version of what was read, or is saved now, on an answer."""
    response.headers["etag"] = f'"{saved.version(work.tools.lookup)}"'


def created(response: Response, place: str) -> None:
    """Say where what was made is read (RFC 9110 section 15.3.2)."""
    response.headers["location"] = place


def filled_with(work: Work, saved: Saved) -> dict[str, Any]:
    """Return a record as its form shows it, with the version that the form carries."""
    return {**saved.values, SEEN: saved.version(work.tools.lookup)}


def filled_with_all(work: Work, records: Sequence[Saved]) -> dict[str, Any]:
    """Return several records as one form shows them, with the version of each."""
    values = {name: value for saved in records for name, value in saved.values.items()}
    return {**values, SEEN: [saved.version(work.tools.lookup) for saved in records]}


def said_anew(work: Work, saved: Saved) -> dict[str, Any]:
    """Return an empty form, for what is said anew each time, with the version that it carries."""
    return {SEEN: saved.version(work.tools.lookup)}


def seen_by(request: Request, form: FormData | None) -> Seen | None:
    """Return which version the caller saw; None where they do not say, or say that any will do."""
    if form is not None:
        versions = tuple(filter(None, map(str, form.getlist(SEEN))))
        return Seen(versions) if versions else None
    given = request.headers.get("if-match", "").strip()
    if not given or given == "*":
        return None
    weak_is_none = tuple("" if found[0].startswith("W/") else found[1] for found in _TAG.finditer(given))
    return Seen(weak_is_none, strict=True)
