"""Pages: a measure, filled in again and again, and what it told each time."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.kernel.access import Act
from multiagency.kernel.errors import Invalid
from multiagency.risk.forms import MeasureForm
from multiagency.risk.reading import UNKNOWN
from multiagency.risk.reading_measures import measure_of, measured
from multiagency.risk.service_measures import measure
from multiagency.web.forms import Errors, Filled, typed
from multiagency.web.pages import attempt, page, see
from multiagency.web.speaking import field_errors, language_of
from multiagency.web.texts import TEXTS

router = APIRouter(prefix="/cases/{reference}/measures/{instrument}", tags=["pages"])
_ITEM = "answer-"


@router.get("")
async def get_measure(instrument: str, request: Request, desk: Annotated[Desk, case_door(Act.READ_CASE)]) -> Response:
    """Show what was told each time, and whoever may assess a form to fill it in again."""
    return await _page(request, desk, instrument, {}, ())


@router.post("")
async def post_measure(
    instrument: str, request: Request, desk: Annotated[Desk, case_door(Act.ASSESS_RISK)]
) -> Response:
    """Keep what was answered now."""
    pack, data = measure_of(desk, instrument), await request.form()

    async def keep() -> None:
        answers = {name.removeprefix(_ITEM): value for name, value in data.items() if name.startswith(_ITEM)}
        try:
            form = MeasureForm.model_validate({"answers": answers})
        except ValidationError as error:
            raise Invalid(*field_errors(error.errors())) from error
        await measure(desk, pack, form)

    errors = [_on_page(error) for error in await attempt(request, keep())]
    if errors:
        return await _page(request, desk, instrument, typed(data), errors)
    return see(f"/cases/{desk.case.reference}/measures/{instrument}")


def _on_page(error: dict[str, str]) -> dict[str, str]:
    return {**error, "field": f"{_ITEM}{error['field'].partition('.')[2]}"}


async def _page(request: Request, desk: Desk, instrument: str, filled: Filled, errors: Errors) -> Response:
    pack = measure_of(desk, instrument)
    taken, language = await measured(desk, pack.id), language_of(request)
    choices = {
        item.code: [
            (str(value), TEXTS.say(language, f"{pack.key}.scale.{item.scale}.{value}"))
            for value in (*pack.scale_of(item).values, UNKNOWN)
        ]
        for item in pack.items
    }
    return page(
        request,
        "measure.html",
        422 if errors else 200,
        reference=desk.case.reference,
        pack=pack,
        taken=taken,
        choices=choices,
        may_fill=desk.may(Act.ASSESS_RISK) and not desk.is_over,
        filled=filled,
        errors=errors,
    )
