"""Pages: the picture of use."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from multiagency.kernel.access import Act
from multiagency.kernel.errors import Invalid
from multiagency.kernel.work import Work
from multiagency.kernel.working_days import holidays
from multiagency.oversight import reading_rights as rights
from multiagency.oversight.filters import hour_code
from multiagency.oversight.forms_picture import PictureAsked, picture_form
from multiagency.oversight.reading_picture import Picture, draw, start_of
from multiagency.people import reading as people
from multiagency.web.door import door
from multiagency.web.pages import page, said
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/audit/picture")


@router.get("")
async def get_picture(request: Request, work: Annotated[Work, door(Act.READ_LOG)], typed: PictureAsked) -> Response:
    """Show the same as a table whose cells lead to the entries of their hour."""
    errors: list[dict[str, str]] = []
    picture = Picture((), {})
    try:
        picture = await draw(work, picture_form(typed))
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
