"""What a page sends about consent, read: one answer, and for each agency a row of all, some kinds, or nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from starlette.datastructures import FormData

from multiagency.consent.forms import ConsentAnswer, ConsentForm
from multiagency.consent.reading_shares import ALL, NOTHING, SHARE, SOME, share_field
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import end_of, now
from multiagency.kernel.errors import FieldError, Invalid
from multiagency.web.door import NOT_FIELDS
from multiagency.web.forms import without_empty
from multiagency.web.speaking import field_errors

SHARES = "shares"
"""Where an error of the whole matrix is shown."""
_A_MINUTE = timedelta(minutes=1)
"""Before the end of a day, so that what is read of it names that day."""
_CHOICES = frozenset({ALL, SOME, NOTHING})
_ON_PAGE = {"expires_at": "until", "pairs": SHARES}


def share_fields(data: FormData) -> list[str]:
    """Return the fields about agencies, each of which may hold several values."""
    return sorted({name for name in data if name.startswith(SHARE)})


def read_answer(data: FormData, named: Mapping[UUID, str], shareable: Sequence[Kind]) -> ConsentForm:
    """Return the answer that a page sent; `named` is how each agency is called whose row it shows.

    An agency whose row is left open was not asked about. Raises `Invalid` with every wrong field, and naming each
    agency whose row says only half.
    """
    plain = {name: value for name, value in without_empty(data).items() if name not in NOT_FIELDS}
    rows = {agency: data.getlist(share_field(agency)) for agency in named}
    known = {share_field(agency) for agency in named}
    wrong: list[FieldError] = []
    said = None
    try:
        said = ConsentAnswer.model_validate({name: value for name, value in plain.items() if name not in known})
    except ValidationError as error:
        wrong += field_errors(error.errors())
    if plain.get("when") == "earlier" and "asked_at" not in plain:
        wrong.append(FieldError("asked_at", "error.missing"))
    if plain.get("answer") == "given":
        wrong += _wrong_rows(rows, named)
    if wrong or said is None:
        raise Invalid(*wrong)
    return _form(said, rows, shareable)


def _wrong_rows(rows: Mapping[UUID, Sequence[Any]], named: Mapping[UUID, str]) -> Iterator[FieldError]:
    for agency, values in rows.items():
        chosen, boxes = _CHOICES.intersection(values), [value for value in values if value not in _CHOICES]
        if not chosen and boxes:
            yield FieldError(share_field(agency), "consent.share_wanting", {"agency": named[agency]})
        elif chosen == {SOME} and not boxes:
            yield FieldError(share_field(agency), "consent.share_of_what", {"agency": named[agency]})


def _form(said: ConsentAnswer, rows: Mapping[UUID, Sequence[Any]], shareable: Sequence[Kind]) -> ConsentForm:
    """Return the same as a program says it; all and nothing win over the boxes beside them."""
    given = said.model_dump(exclude={"when", "asked_at", "until"})
    asked = {agency: values for agency, values in rows.items() if values}
    pairs = [{"agency": agency, "kinds": _kinds(values, shareable)} for agency, values in asked.items()]
    given["asked_at"] = now() if said.when == "now" else said.asked_at
    given["expires_at"] = end_of(said.until) - _A_MINUTE if said.until else None
    given["pairs"] = pairs if said.answer == "given" else []
    try:
        return ConsentForm.model_validate(given)
    except ValidationError as error:
        raise Invalid(*_placed(field_errors(error.errors()), list(asked))) from error


def _kinds(values: Sequence[Any], shareable: Sequence[Kind]) -> list[Any]:
    if ALL in values:
        return list(shareable)
    return [] if NOTHING in values else [value for value in values if value != SOME]


def _placed(errors: Iterable[FieldError], asked: Sequence[UUID]) -> Iterator[FieldError]:
    """Yield errors with their fields as the page names them: `pairs.1.kinds` is the second row."""
    for error in errors:
        first, *rest = error.field.split(".")
        at = int(rest[0]) if first == "pairs" and rest else None
        yield FieldError(_ON_PAGE.get(first, first) if at is None else share_field(asked[at]), error.key, error.values)


def on_page(error: Mapping[str, str]) -> dict[str, str]:
    """Return an error of the service with its field as the page names it."""
    return dict(error) | {"field": _ON_PAGE.get(error["field"], error["field"])}
