"""Taking a page's form: read it, check it, do what it asks in a savepoint, and keep what was typed."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel
from starlette.datastructures import FormData

from multiagency.web.pages import attempt, fill

FormT = TypeVar("FormT", bound=BaseModel)
Filled = dict[str, Any]
Errors = Sequence[dict[str, str]]


def without_empty(data: FormData) -> FormData:
    """Drop what was left empty: a choice not made is missing, not wrong."""
    return FormData([(name, value) for name, value in data.multi_items() if value != ""])


def typed(data: FormData, lists: Sequence[str] = ()) -> Filled:
    """Return everything the person filled in, to be shown again."""
    return dict(data) | {name: data.getlist(name) for name in lists}


async def take(
    request: Request, form: type[FormT], doing: Callable[[FormT], Awaitable[Any]], lists: Sequence[str] = ()
) -> tuple[Filled, Errors]:
    """Do what a submitted form asks; return what was typed and the errors to show. No errors: it is done."""
    data = await request.form()

    async def do() -> None:
        await doing(fill(form, without_empty(data), lists))

    return typed(data, lists), await attempt(request, do())
