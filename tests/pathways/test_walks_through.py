"""The service walks models that nobody has thought of: it lets a case go where the model says, and nowhere else."""

import pytest
from tests.models import models_from, team_of
from tests.pathways.drafts import CODE, begun
from tests.pathways.generating import generated

from multiagency.cases.desk import open_desk
from multiagency.cases.service import move
from multiagency.demo import story
from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented
from multiagency.kernel.errors import Conflict, Invalid
from multiagency.pathways.definition import StageKind
from multiagency.pathways.service import pathway
from multiagency.storage.forms import ClosingForm
from multiagency.storage.service_closing import close

MET, UNMET = ["age", "people", "coordinator", "child_welfare", "child_welfare_of_client"], ["consent"]
"""What holds for a case of which only the client is recorded, and what does not."""


class TakenBackError(Exception):
    """What was tried is undone, for the next try begins where this one did."""


@pytest.fixture(params=range(3))
async def case(request, house, tmp_path):
    """A case of a model that was made at random."""
    begun(tmp_path, generated(request.param, CODE, [*MET, *UNMET]))
    with models_from(tmp_path):
        team, officer = await team_of(house, CODE), await house.person("officer")
        reasons = pathway(CODE).target.reasons[:1]
        case = (await officer.post("/cases", {"team": team, "reasons": reasons}, 201))["reference"]
        await officer.put(f"/cases/{case}/client", story.CLIENT)
        yield case


async def put_into(house, case, stage):
    """Let the case stand in a stage, however it came there."""
    over = {StageKind.ENDED: "closed_at", StageKind.WITHDRAWN: "withdrawn_at"}.get(stage.kind, "submitted_at")
    dates = "" if stage.kind is StageKind.DRAFT else f", {over} = now()"
    await house.fetch(
        "UPDATE case_file SET submitted_at = NULL, closed_at = NULL, withdrawn_at = NULL, stage = 'none', "
        "stage_kind = 'draft' WHERE reference = $1",
        case,
    )
    sent = "UPDATE case_file SET stage = $2, stage_kind = $3" + dates + " WHERE reference = $1"
    await house.fetch(sent, case, stage.code, stage.kind.value)


async def tried(house, case, doing):
    """Try something with the case and take it back; return what came of it."""
    secret = (await house.person("officer"))._headers["cookie"].split("=", 1)[1]
    try:
        async with house.runtime.unit_of_work(Presented(secret), Act.READ_CASE) as work:
            desk = await open_desk(work, case, Act.READ_CASE)
            await doing(desk)
            raise TakenBackError
    except TakenBackError:
        return "done"
    except Conflict:
        return "conflict"
    except Invalid as error:
        return {each.field for each in error.errors}


async def test_the_service_makes_every_declared_move_and_no_other(house, case):
    model = pathway(CODE)
    for start in model.stages:
        await put_into(house, case, start)
        for to in model.stages:
            for reason in ("", "Perustelu."):
                came = await tried(house, case, lambda desk, to=to, reason=reason: move(desk, to.code, reason))
                if not model.allows(start.code, to.code):
                    assert came == "conflict", (start.code, to.code)
                    continue
                way = model.move(start.code, to.code)
                wanting = {name for name in UNMET if way.asks(name)} | (
                    {"reason"} if way.deviates and not reason else set()
                )
                assert came == (wanting or "done"), (start.code, to.code, reason)


async def test_the_service_ends_a_case_with_a_declared_outcome_and_what_it_needs_only(house, case):
    model = pathway(CODE)
    for stage in model.stages:
        await put_into(house, case, stage)
        for outcome in model.outcomes:
            usual = model.allows(stage.code, outcome.stage) and not model.move(stage.code, outcome.stage).deviates
            unmet = {name for name in UNMET if usual and model.move(stage.code, outcome.stage).asks(name)}
            for said in (
                {},
                {"target": "Perheneuvola"},
                {"reason": "Syy."},
                {"target": "Perheneuvola", "reason": "Syy."},
            ):
                form = ClosingForm(outcome=outcome.code, **said)
                came = await tried(house, case, lambda desk, form=form: close(desk, form))
                if came == "done":
                    assert usual, (stage.code, outcome.code)
                    assert not unmet
                    assert set(outcome.needs) <= set(said)
                elif usual and not unmet:
                    assert came == set(outcome.needs) - set(said), (stage.code, outcome.code)
        form = ClosingForm(outcome="nobody_declared_this", target="x", reason="x")
        assert await tried(house, case, lambda desk, form=form: close(desk, form)) != "done"
