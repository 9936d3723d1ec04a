"""Pages: withdrawing consent, whole, for one agency or one kind of data, after saying in plain words what that ends."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.service_rounds import months_to_begin_again
from multiagency.consent import service
from multiagency.consent.forms import WithdrawalChoice, WithdrawalForm
from multiagency.consent.reading import names
from multiagency.consent.reading_statements import agencies_in
from multiagency.consent.service_withdrawing import Withdrawable, standing, what_is_wanting
from multiagency.kernel.access import Act
from multiagency.kernel.errors import Invalid
from multiagency.people import reading as people
from multiagency.web.done import Done
from multiagency.web.forms import Errors, Filled, typed, without_empty
from multiagency.web.pages import attempt, fill, page, see
from multiagency.web.speaking import language_of
from multiagency.web.texts import TEXTS, own_word

router = APIRouter(prefix="/cases/{reference}/consent")

_Withdrawing = Annotated[Desk, case_door(Act.WITHDRAW_CONSENT)]


@router.get("/withdrawal")
async def get_withdrawal(request: Request, desk: _Withdrawing) -> Response:
    """Say what a withdrawal ends and what remains, and ask from whom it is taken back, and what."""
    return await _interrupt(request, desk, {})


@router.post("/withdrawal")
async def post_withdrawal(request: Request, desk: _Withdrawing) -> Response:
    """Withdraw the consent: effective for the next look of anybody."""
    data = await request.form()

    async def withdraw() -> None:
        await _withdraw(desk, fill(WithdrawalChoice, without_empty(data)))

    errors = await attempt(request, withdraw())
    return (
        await _interrupt(request, desk, typed(data), [_on_page(error) for error in errors])
        if errors
        else see(f"/cases/{desk.case.reference}", Done.WITHDRAWN)
    )


async def _withdraw(desk: Desk, choice: WithdrawalChoice) -> None:
    """Withdraw what was chosen. Raises `Invalid` for a part without which nothing is left: that is the whole."""
    form = WithdrawalForm(
        recipient=None if choice.who == "all" else choice.who,
        kind=None if choice.what == "all" else choice.what,
        giver=choice.giver,
    )
    found = await standing(desk)
    if found and (form.recipient or form.kind) and found.ends_everything(found.chosen(form)):
        raise Invalid.of("who", "withdrawal.would_end_everything")
    await service.withdraw(desk, form)


def _on_page(error: dict[str, str]) -> dict[str, str]:
    return error | {"field": {"recipient": "who", "kind": "what"}.get(error["field"], error["field"])}


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
    """Return who loses sight and what can be chosen, and which of that alone would end everything."""
    language = language_of(request)
    given = agencies_in(found.given)
    named = {agency.id: agency.name(language) for agency in await people.agencies(desk.work) if agency.id in given}
    shareable = desk.model.shareable_kinds
    kinds = {
        kind: TEXTS.say(language, own_word(desk.model.code, f"consent.kind.{kind}"))
        for kind in shareable
        if found.chosen(WithdrawalForm(kind=kind))
    }
    known = await names(desk) if len(found.said) > 1 else {}
    return {
        "months": await months_to_begin_again(desk),
        "agencies": list(named.values()),
        "together": [
            *(name for agency, name in named.items() if _ends_all(found, WithdrawalForm(recipient=agency))),
            *(word for kind, word in kinds.items() if _ends_all(found, WithdrawalForm(kind=kind))),
        ],
        "who": [
            ("all", TEXTS.say(language, "withdrawal.from_all")),
            *((str(one), name) for one, name in named.items()),
        ],
        "what": [
            ("all", TEXTS.say(language, "withdrawal.everything")),
            *((str(kind), word) for kind, word in kinds.items()),
        ],
        "givers": [(str(giver), known[giver][1]) for giver in found.said if giver in known],
    }


def _ends_all(found: Withdrawable, form: WithdrawalForm) -> bool:
    return found.ends_everything(found.chosen(form))
