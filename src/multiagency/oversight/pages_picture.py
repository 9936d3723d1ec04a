"""The picture of use, as a page and as JSON."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from starlette.datastructures import FormData

from multiagency.kernel.access import Act
from multiagency.kernel.errors import Invalid
from multiagency.kernel.work import Work
from multiagency.oversight import reading_rights as rights
from multiagency.oversight.filters import hour_code
from multiagency.oversight.patterns.working_days import holidays
from multiagency.oversight.reading_picture import Picture, PictureForm, draw, start_of
from multiagency.people import reading as people
from multiagency.web.door import door, through
from multiagency.web.forms import without_empty
from multiagency.web.pages import fill, page, said
from multiagency.web.speaking import language_of

pages = APIRouter()
api = APIRouter()

WEEKS = (1, 4)
Reading = Annotated[Work, door(Act.READ_LOG)]
_Text = Annotated[str, Query(max_length=200)]


async def _typed(weeks: _Text = "", until: _Text = "", agency: _Text = "", person: _Text = "") -> dict[str, str]:
    return {"weeks": weeks, "until": until, "agency": agency, "person": person}


Wanted = Annotated[dict[str, str], through(_typed)]


def _form(typed: dict[str, str]) -> PictureForm:
    """Return the form. Raises `Invalid` naming every wrong field."""
    form = fill(PictureForm, without_empty(FormData(typed)))
    if form.weeks not in WEEKS:
        raise Invalid.of("weeks", "error.wrong_value")
    return form


@api.get("/picture")
async def get_picture_json(work: Reading, typed: Wanted) -> dict[str, Any]:
    """Read how many uses there were in each hour of each day."""
    picture = await draw(work, _form(typed))
    return {"days": [{"day": day, "hours": picture.uses[day]} for day in picture.days]}


@pages.get("/audit/picture")
async def get_picture(request: Request, work: Reading, typed: Wanted) -> Response:
    """Show the same as a table whose cells lead to the entries of their hour."""
    errors: list[dict[str, str]] = []
    picture = Picture((), {})
    try:
        picture = await draw(work, _form(typed))
    except Invalid as error:
        errors = said(request, error)
    language = language_of(request)
    return page(
        request,
        "audit_picture.html",
        422 if errors else 200,
        errors=errors,
        filled=typed | {"weeks": typed["weeks"] or "1"},
        people=[(str(who), name) for who, name in await rights.everybody(work)],
        agencies=[(str(agency.id), agency.name(language)) for agency in await people.agencies(work)],
        table=_table(picture),
        total=sum(sum(hours) for hours in picture.uses.values()),
        kept=urlencode({name: typed[name] for name in ("agency", "person") if typed[name]}),
    )


def _table(picture: Picture) -> list[dict[str, Any]]:
    return [
        {
            "day": day,
            "weekday": day.isoweekday(),
            "free": day.isoweekday() >= 6 or day in holidays(day.year),
            "holiday": day in holidays(day.year),
            "total": sum(picture.uses[day]),
            "cells": [
                {"uses": uses, "shade": picture.shade(uses), "code": hour_code(start_of(day, hour))}
                for hour, uses in enumerate(picture.uses[day])
            ],
        }
        for day in picture.days
    ]
