"""Posted forms: read, checked, done in a savepoint; what was typed is kept."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from fastapi import Request
from pydantic import BaseModel
from starlette.datastructures import FormData

from multiagency.web.door import NOT_FIELDS
from multiagency.web.pages import attempt, fill

FormT = TypeVar("FormT", bound=BaseModel)
DoneT = TypeVar("DoneT")
Filled = dict[str, Any]
Errors = Sequence[dict[str, str]]
_NOT_CARRIED = NOT_FIELDS | {"confirmed"}


def without_empty(data: FormData) -> FormData:
    """Drop what was left empty: a choice not made is missing, not wrong."""
    return FormData([(name, value) for name, value in data.multi_items() if value != ""])


def typed(data: FormData, lists: Sequence[str] = ()) -> Filled:
    """Return everything the person filled in, to be shown again."""
    return dict(data) | {name: data.getlist(name) for name in lists}


async def take(
    request: Request,
    form: type[FormT],
    doing: Callable[[FormT], Awaitable[Any]],
    lists: Sequence[str] = (),
    read: Callable[[FormData], FormData] = without_empty,
) -> tuple[Filled, Errors]:
    """Do what a submitted form asks; return what was typed and the errors to show. No errors: it is done.

    `read` turns what the page sends into fields.
    """
    data = await request.form()

    async def do() -> None:
        await doing(fill(form, read(data), lists))

    return typed(data, lists), await attempt(request, do())


@dataclass(slots=True)
class Taken(Generic[DoneT]):
    """A form that was read: what was typed, what is wrong, what came of it, and what to carry on to the next page."""

    filled: Filled
    errors: Errors
    done: DoneT | None
    carried: list[tuple[str, str]]


async def take_checked(
    request: Request,
    form: type[FormT],
    doing: Callable[[FormT], Awaitable[DoneT]],
    lists: Sequence[str],
    read: Callable[[FormData], FormData] = without_empty,
) -> Taken[DoneT]:
    """Read a form and do something with it in a savepoint; `read` turns what the page sends into fields."""
    data = await request.form()
    done: list[DoneT] = []

    async def do() -> None:
        done.append(await doing(fill(form, read(data), lists)))

    errors = await attempt(request, do())
    carried = [(name, str(value)) for name, value in data.multi_items() if name not in _NOT_CARRIED]
    return Taken(typed(data, lists), errors, done[0] if done else None, carried)
