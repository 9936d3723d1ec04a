"""Pages: withdrawing consent, whole or for one agency, after saying in plain words what that ends."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.service_rounds import months_to_begin_again
from multiagency.consent import service
from multiagency.consent.forms import WithdrawalChoice, WithdrawalForm
from multiagency.consent.reading import names
from multiagency.consent.service_withdrawing import Withdrawable, standing, what_is_wanting
from multiagency.kernel.access import Act
from multiagency.people import reading as people
from multiagency.people.models import Agency
from multiagency.web.done import Done
from multiagency.web.forms import Errors, Filled, typed, without_empty
from multiagency.web.pages import attempt, fill, page, see
from multiagency.web.speaking import language_of
from multiagency.web.texts import TEXTS

router = APIRouter(prefix="/cases/{reference}/consent")

_Withdrawing = Annotated[Desk, case_door(Act.WITHDRAW_CONSENT)]


@router.get("/withdrawal")
async def get_withdrawal(request: Request, desk: _Withdrawing) -> Response:
    """Say what a withdrawal ends and what remains, and ask whether all or one agency is meant."""
    return await _interrupt(request, desk, {})


@router.post("/withdrawal")
async def post_withdrawal(request: Request, desk: _Withdrawing) -> Response:
    """Withdraw the consent: effective for the next look of anybody."""
    data = await request.form()

    async def withdraw() -> None:
        choice = fill(WithdrawalChoice, without_empty(data))
        recipient = None if choice.what == "whole" else choice.what
        await service.withdraw(desk, WithdrawalForm(recipient=recipient, giver=choice.giver))

    errors = await attempt(request, withdraw())
    return (
        await _interrupt(request, desk, typed(data), errors)
        if errors
        else see(f"/cases/{desk.case.reference}", Done.WITHDRAWN)
    )


async def _interrupt(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    found = await standing(desk)
    status = 422 if any(error["field"] for error in errors) else 409
    return page(
        request,
        "consent_withdrawal.html",
        status if errors else 200,
        reference=desk.case.reference,
        errors=errors,
        filled=filled,
        **await _offered(request, desk, found) if found else {"agencies": None, "wanting": what_is_wanting(desk)},
    )


async def _offered(request: Request, desk: Desk, found: Withdrawable) -> dict[str, Any]:
    """Return who loses sight and what can be chosen; an agency whose end is everybody's end is not offered alone."""
    language = language_of(request)
    standing_now: list[Agency] = [agency for agency in await people.agencies(desk.work) if agency.id in found.agencies]
    alone = [agency for agency in standing_now if not found.ends_everything(agency.id)]
    known = await names(desk) if len(found.said) > 1 else {}
    whole = ("whole", TEXTS.say(language, "withdrawal.whole"))
    only = [(str(a.id), TEXTS.say(language, "withdrawal.only", agency=a.name(language))) for a in alone]
    return {
        "months": await months_to_begin_again(desk),
        "agencies": [agency.name(language) for agency in standing_now],
        "together": [agency.name(language) for agency in standing_now if agency not in alone],
        "choices": [whole, *only],
        "givers": [(str(giver), known[giver][1]) for giver in found.said if giver in known],
    }
