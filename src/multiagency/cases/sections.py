"""What cases add to their own page: the client's voice, what a model asks to be recorded, and the ways of the case."""

from multiagency.cases import service_findings as findings
from multiagency.cases.desk import Desk
from multiagency.cases.questions import PageSections, Section
from multiagency.cases.reading import client, contact, protection
from multiagency.cases.reading_clocks import arrival, has_clocks
from multiagency.cases.reading_first import First, LookAhead, first_row
from multiagency.cases.reading_origin import has_origin, origin
from multiagency.cases.reading_steps import filled_in, has_steps
from multiagency.cases.reading_support import hears, support_of, support_person, voice
from multiagency.cases.service_model_version import newer
from multiagency.cases.service_moving import ways
from multiagency.cases.service_review import may_be_reviewed
from multiagency.cases.service_rounds import may_begin_again
from multiagency.cases.service_taking_over import where_to
from multiagency.kernel.access import Act, Kind


async def ahead(asked: LookAhead) -> list[First]:
    """Want the protection of the address, whom the case is about, who stands beside them, whether they were heard."""
    desk = asked.desk
    people = [wanted for kind, wanted in ((Kind.IDENTITY, client), (Kind.CONTACT, contact)) if kind in desk.kinds]
    beside = [support_person, *([voice] if hears(desk) else [])]
    clocks = [arrival] if has_clocks(desk) else []
    opened = [origin] if has_origin(desk) else []
    return [protection, *people, *beside, *clocks, *opened, *([filled_in] if has_steps(desk) else [])]


async def sections(asked: PageSections) -> list[Section]:
    """Add what the model asks to be recorded, and the ways of the case: on, anew, into another agency's hands."""
    desk, here = asked.desk, f"/cases/{asked.desk.case.reference}"
    found = [] if desk.is_over else await _beside_the_client(desk, here)
    if (what := await findings.asked_of(desk)) and desk.may(Act.RECORD_FINDING):
        state = "done" if what in await findings.findings(desk) else "asked"
        found.append(Section(15, "finding.title", f"finding.section.{state}", f"{here}/findings"))
    if desk.may(Act.MOVE_CASE) and ways(desk):
        found.append(Section(40, "moves.title", f"model.{desk.case.pathway}.stage.{desk.case.stage}", f"{here}/moves"))
    if desk.may(Act.OPEN_REVIEW) and await may_be_reviewed(desk):
        found.append(Section(104, "young_review.title", "young_review.section", f"{here}/review"))
    if desk.may(Act.BEGIN_AGAIN) and await may_begin_again(desk):
        found.append(Section(105, "round.title", "round.section", f"{here}/new-round"))
    if desk.may(Act.TAKE_OVER_CASE) and await where_to(desk):
        found.append(Section(106, "taking_over.title", "taking_over.section", f"{here}/taking-over"))
    if desk.may(Act.MOVE_VERSION) and newer(desk):
        found.append(Section(145, "model_version.title", "model_version.section", f"{here}/version"))
    return found


async def _beside_the_client(desk: Desk, here: str) -> list[Section]:
    found = []
    if desk.may(Act.RECORD_VOICE):
        heard = "recorded" if await first_row(desk, voice) is not None else "none"
        found.append(Section(35, "voice.title", f"voice.section.{heard}", f"{here}/voice"))
    if desk.may(Act.NAME_SUPPORT):
        named = "named" if await support_of(desk) else "none"
        found.append(Section(75, "support.title", f"support.section.{named}", f"{here}/support"))
    return found
