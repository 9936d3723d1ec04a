"""JSON: consent recorded, read and withdrawn; who decides for the client, and guardians."""

from typing import Annotated, Any

from fastapi import APIRouter, Response

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.consent import service
from multiagency.consent.forms import (
    AgreementForm,
    CapacityForm,
    ConsentForm,
    GuardianForm,
    ProhibitionForm,
    WithdrawalForm,
)
from multiagency.consent.reading import guardians_view
from multiagency.consent.reading_agreement import agreement_view
from multiagency.consent.reading_saved import saved_statement
from multiagency.consent.reading_statements import Statement, agencies_in, kinds_for, read_gate
from multiagency.consent.service_agreement import record_agreement
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.errors import NotVisible
from multiagency.pathways.definition import StageKind
from multiagency.web.entering import BodyRoute
from multiagency.web.etags import tag

router = APIRouter(prefix="/api/v1/cases/{reference}", tags=["consent"], route_class=BodyRoute)

_Recording = Annotated[Desk, case_door(Act.RECORD_CONSENT)]
_Withdrawing = Annotated[Desk, case_door(Act.WITHDRAW_CONSENT)]
Guarding = Annotated[Desk, case_door(Act.RECORD_GUARDIANS)]


@router.post("/consent", status_code=204)
async def post_consent(form: ConsentForm, desk: _Recording) -> None:
    """Record what one giver answered, as a new version."""
    await service.record(desk, form)


@router.get("/consent")
async def get_consent(response: Response, desk: Annotated[Desk, case_door(Act.READ_CASE)]) -> dict[str, Any] | None:
    """Read the newest answer in sight and each giver's; null when there is none, which is never a yes."""
    if Kind.CONSENT not in desk.kinds:
        return None
    tag(response, desk.work, await saved_statement(desk))
    gate = await read_gate(desk)
    said = sorted(gate.said.values(), key=lambda statement: statement.consent.version)
    if not said:
        return None
    state = "withdrawn" if desk.stands(StageKind.WITHDRAWN) else gate.state
    return {**_said(said[-1]), "state": state, "statements": [_said(statement) for statement in said]}


def _said(statement: Statement) -> dict[str, Any]:
    columns = ("version", "capacity", "giver_id", "purpose", "asked_at", "how", "language")
    more = ("text_version", "text_digest", "expires_at")
    return {
        **{column.removesuffix("_id"): getattr(statement.consent, column) for column in (*columns, *more)},
        "state": statement.state,
        "kinds": sorted({kind for _, kind in statement.pairs}),
        "recipients": sorted(map(str, agencies_in(statement.pairs))),
        "pairs": [
            {"agency": str(agency), "kinds": sorted(kinds_for(statement.pairs, agency))}
            for agency in sorted(statement.asked)
        ],
    }


@router.post("/consent/withdrawal", status_code=204)
async def post_withdrawal(desk: _Withdrawing, form: WithdrawalForm | None = None) -> None:
    """Withdraw consent, whole, for one recipient, one kind or both: effective for the next statement of anybody."""
    await service.withdraw(desk, form or WithdrawalForm())


@router.get("/guardians")
async def get_guardians(desk: Annotated[Desk, case_door(Act.SEE_GUARDIANS)]) -> dict[str, Any]:
    """Read who decides for the client, and what each guardian may do and be told."""
    if Kind.CONSENT not in desk.kinds:
        raise NotVisible
    return await guardians_view(desk)


@router.get("/agreement")
async def get_agreement(desk: Annotated[Desk, case_door(Act.RECORD_AGREEMENT)]) -> list[dict[str, Any]]:
    """Read who would be asked to agree to a meeting, and what each said last."""
    if Kind.CONSENT not in desk.kinds:
        raise NotVisible
    return await agreement_view(desk)


@router.post("/agreement", status_code=204)
async def post_agreement(form: AgreementForm, desk: Annotated[Desk, case_door(Act.RECORD_AGREEMENT)]) -> None:
    """Record whether the client or a guardian agreed to a meeting."""
    await record_agreement(desk, form)


@router.post("/guardians", status_code=204)
async def post_guardian(form: GuardianForm, desk: Guarding) -> None:
    """Record what somebody may do as the child's guardian."""
    await service.record_guardian(desk, form)


@router.post("/guardians/capacity", status_code=204)
async def post_capacity(form: CapacityForm, desk: Guarding) -> None:
    """Record whether the client can decide, and who does."""
    await service.judge_capacity(desk, form)


@router.post("/guardians/prohibitions", status_code=204)
async def post_prohibition(form: ProhibitionForm, desk: Guarding) -> None:
    """Record that the child forbids telling a guardian, or allows it again."""
    await service.forbid(desk, form)
