"""The coordinator's queue: who waits, what of the danger was recorded, until when; and the meetings that can take them.

What was recorded is told in words and as a count. Nothing here weighs it: the order is by deadline unless the reader
chooses another, and no word says how great the danger is but a professional's own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, true

from multiagency.cases.desk import seen_on
from multiagency.cases.models import Case, Party
from multiagency.kernel.access import Kind
from multiagency.kernel.actor import Role
from multiagency.kernel.clock import now, to_helsinki, today
from multiagency.kernel.journal import Mode
from multiagency.kernel.portions import SHOWN
from multiagency.kernel.waiting import ME, NOW, Board, Boards, Waits
from multiagency.kernel.work import Work
from multiagency.meetings.models import AgendaItem, Meeting
from multiagency.meetings.reading import leads_to_a_table
from multiagency.meetings.reading_load import Load, LoadWarning, warnings_ahead
from multiagency.meetings.reading_waiting import COMING, IN_QUEUE, QUEUE, TEAMS
from multiagency.pathways.definition import PartyRole
from multiagency.pathways.service import parameter
from multiagency.people import reading as people
from multiagency.risk.models import Answer, Assessment
from multiagency.risk.reading import IS_ITEM, given_in, value_of
from multiagency.risk.reading_instruments import known
from multiagency.web.done import Done

ORDERS = ("deadline", "waiting", "signs")
"""By what the queue may be ordered; the first is the default, the last never is."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What of the danger was recorded: critical signs by the keys of their words, the judgement, and how many.

    `yes` counts all signs, `not_known` what is not known.

    `client_words` is what the client fears, in their own words.
    """

    critical: list[str]
    yes: int
    not_known: int
    judged_high: bool | None
    client_words: str


@dataclass(frozen=True, slots=True)
class Coming:
    """A meeting that is still to come, and how many cases it can still take; `minutes` are taken of `length`.

    `late` is the key of what is late there, with what its sentence needs; None where nothing is.
    """

    reference: str
    row: Waits
    minutes: int
    length: int
    room: int
    late: LoadWarning | None


@dataclass(frozen=True, slots=True)
class Queued:
    """A case in the queue; `signs` is None where they are not in sight, `meeting` where none can take it.

    `first` is the key of what happens first where its model leads from here to no agenda yet.
    """

    case_id: UUID
    reference: str
    signs: Signs | None
    children: int
    waited: int
    due: date | None
    meeting: Coming | None
    first: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A case that has just been put on an agenda and can be taken off again: nobody was invited yet."""

    case_id: UUID
    reference: str
    meeting: str


@dataclass(frozen=True, slots=True)
class QueueView:
    """The queue in its order, the meetings to come, and what can be undone."""

    order: str
    cases: list[Queued]
    coming: list[Coming]
    placed: Placed | None

    @property
    def next(self) -> Queued | None:
        """The case whose turn it is by its deadline."""
        return min(self.cases, key=lambda row: (row.due or date.max, -row.waited), default=None)


_newest = (
    select(Assessment.id)
    .where(Assessment.case_id == Case.id, Assessment.measures.is_(False), Assessment.completed_at.is_not(None))
    .order_by(Assessment.version.desc())
    .limit(1)
    .correlate(Case)
    .scalar_subquery()
)
_answers = (
    select(
        func.array_agg(Answer.item).filter(Answer.answer == "yes").label("yes"),
        func.count().filter(Answer.answer == "not_known").label("not_known"),
        func.string_agg(Answer.item + "=" + Answer.answer, "\n").label("given"),
    )
    .where(Answer.assessment_id == Assessment.id, IS_ITEM)
    .lateral("answers")
)
_children = (
    select(func.count())
    .where(Party.case_id == Case.id, Party.role == PartyRole.CHILD, Party.struck_at.is_(None))
    .correlate(Case)
    .scalar_subquery()
)


class _OfCase:
    case_id = Case.id


_IN_QUEUE = (
    select(Case, Assessment, _answers.c.yes, _answers.c.not_known, _answers.c.given, _children, seen_on(_OfCase))
    .outerjoin(Assessment, Assessment.id == _newest)
    .outerjoin(_answers, true())
    .where(*IN_QUEUE)
    .limit(SHOWN)
)
_by_deadline = (Case.agenda_by.nulls_last(), Case.submitted_at, Case.id)
_ORDERED: Mapping[str, Select[*tuple[Any, ...]]] = {
    "deadline": _IN_QUEUE.order_by(*_by_deadline),
    "waiting": _IN_QUEUE.order_by(Case.submitted_at, Case.id),
    "signs": _IN_QUEUE.order_by(func.cardinality(_answers.c.yes).desc().nulls_last(), *_by_deadline),
}
_JUST_PLACED = (
    select(AgendaItem, Case, Meeting)
    .join(Case, Case.id == AgendaItem.case_id)
    .join(Meeting, Meeting.id == AgendaItem.meeting_id)
    .where(Meeting.team_id.in_(TEAMS), Meeting.state == "planned", Meeting.starts_at > NOW)
    .where(AgendaItem.ended_at.is_(None))
    .order_by(AgendaItem.id.desc())
    .limit(1)
)


async def queue(asked: Boards) -> list[Board]:
    """Show a coordinator the queue and the meetings to come."""
    work = asked.work
    if work.actor.role is not Role.COORDINATOR:
        return []
    coming = [await _coming(work, row) for row in asked.found.parts.get(COMING, ())]
    order = asked.order if asked.order in ORDERS else ORDERS[0]
    cases = await _queued(work, order, coming) if asked.found.number(QUEUE) else []
    placed = await _just_placed(work) if asked.just_done == Done.PLACED else None
    case_ids = {row.case_id for row in (*cases, placed) if row}
    return [Board(QUEUE, QueueView(order, cases, coming, placed), case_ids)]


async def _coming(work: Work, row: Waits) -> Coming:
    team = next(team for team in await people.teams(work) if team.id == row.team_id)
    each = await parameter(work, team.pathway, "case_minutes", team.id)
    taken, length = (row.number or 0) * each, row.minutes or 0
    return Coming(row.item or "", row, taken, length, max(0, length - taken) // each, await _late(work, row, length))


async def _late(work: Work, row: Waits, length: int) -> LoadWarning | None:
    """Return what is late about a draft: the others have been told of what comes on their agenda."""
    if row.since is None or row.moment is None or row.team_id is None:
        return None
    found = await warnings_ahead(work, Load(row.team_id, row.moment, length, row.number or 0, draft=True))
    return next((warning for warning in found if warning.key == "load.agenda_late"), None)


async def _queued(work: Work, order: str, coming: Sequence[Coming]) -> list[Queued]:
    values = {ME.key: work.actor.post_id, NOW.key: now()}
    rows = (await work.session.execute(_ORDERED[order], values)).all()
    await work.vault.expect({case.id for case, *_ in rows})
    return [await _one(work, coming, *row) for row in rows]


async def _one(
    work: Work,
    coming: Sequence[Coming],
    case: Case,
    assessment: Assessment | None,
    yes: Sequence[str] | None,
    not_known: int,
    given: str | None,
    children: int,
    basis: str,
) -> Queued:
    work.rests_on(case.id, basis)
    work.record(Mode.READ, {Kind.PARTY}, subjects=[case.id], case_id=case.id, basis=basis)
    since = to_helsinki(case.submitted_at).date() if case.submitted_at else today()
    return Queued(
        case.id,
        case.reference,
        await _signs(work, assessment, given_in(given), len(yes or ()), not_known) if assessment else None,
        children,
        (today() - since).days,
        case.agenda_by,
        next((meeting for meeting in coming if meeting.row.team_id == case.team_id and meeting.room), None),
        "" if leads_to_a_table(case) else f"model.{case.pathway}.now.{case.stage}",
    )


async def _signs(work: Work, assessment: Assessment, given: Mapping[str, str], yes: int, not_known: int) -> Signs:
    folder = work.tools.settings.instruments_directory
    pack = known(assessment.instrument, assessment.instrument_version, folder)
    signs = [item for item in pack.items if item.critical and pack.is_sign(item, value_of(given.get(item.code, "")))]
    critical = [f"{pack.key}.short.{item.code}" for item in signs]
    words = await work.vault.open(assessment, "client_words")
    return Signs(critical, yes, not_known, assessment.judged_high, words)


async def _just_placed(work: Work) -> Placed | None:
    row = (await work.session.execute(_JUST_PLACED, {NOW.key: now()})).first()
    if row is None:
        return None
    _, case, meeting = row
    return Placed(case.id, case.reference, meeting.reference)
