"""The first page: what somebody has to do now, by date, and what waits for others."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from multiagency.kernel.access import Act
from multiagency.kernel.clock import today
from multiagency.kernel.journal import Mode
from multiagency.kernel.policy import RULES
from multiagency.kernel.portions import SHOWN
from multiagency.kernel.waiting import Board, Boards, RowWords, Waits, found
from multiagency.kernel.work import Work
from multiagency.people import reading as people
from multiagency.people.reading_waiting import UNREAD
from multiagency.web.done import remembered
from multiagency.web.door import door
from multiagency.web.pages import page
from multiagency.web.speaking import language_of

router = APIRouter(tags=["pages"])

_FIRST = 12
"""So many rows stand on the page until the rest is asked for."""
_WAYS = {"new": Act.OPEN_CASE, "ask": Act.ASK_TEAM, "notify": Act.NOTIFY_WITHOUT_CASE, "break_glass": Act.BREAK_GLASS}


@router.get("/")
async def home(
    request: Request,
    work: Annotated[Work, door(Act.SEE_HOME)],
    order: str = "",
    all: bool = False,  # noqa: A002
) -> Response:
    """Say what waits for whoever is signed in: today, this week, later; then what waits for others."""
    work.record(Mode.READ)
    waits = await found(work, SHOWN if all else _FIRST)
    boards = await work.ask(Boards(work, waits, order, remembered(request) or ""))
    mine, others = waits.parts.get("mine", []), waits.parts.get("others", [])
    own = await people.known_agencies(work, [work.actor.agency_id], "agency")
    request.state.waiting = waits.by_area
    return page(
        request,
        "home.html",
        agency=own[0].name(language_of(request)),
        waits=waits,
        today=today(),
        groups=_by_day(mine),
        others=others,
        more=waits.in_part("mine") > len(mine) or waits.in_part("others") > len(others),
        all=all,
        words=await _words(work, [*mine, *others], boards),
        teams={team.id: team.name for team in await people.teams(work)},
        meetings=waits.parts.get("meetings", []),
        unread=waits.number(UNREAD),
        boards={board.name: board.view for board in boards},
        may={way for way, act in _WAYS.items() if RULES[act].role_may(work.actor.role)},
    )


async def _words(work: Work, rows: Sequence[Waits], boards: Sequence[Board]) -> dict[UUID, dict[str, Any]]:
    also = {case_id for board in boards for case_id in board.case_ids}
    case_ids = also | {row.case_id for row in rows if row.case_id}
    if case_ids:
        await work.vault.expect(case_ids)
    said: dict[UUID, dict[str, Any]] = {}
    for about, words in await work.ask(RowWords(work, rows, also)):
        said.setdefault(about, {}).update(words)
    return said


def _by_day(rows: Sequence[Waits]) -> list[tuple[str, list[Waits]]]:
    """Return the rows in groups: today with what is late, the rest of the week, later; empty ones are left out."""
    day = today()
    sunday = day + timedelta(days=6 - day.weekday())
    groups: dict[str, list[Waits]] = {"today": [], "week": [], "later": []}
    for row in rows:
        groups["later" if row.day is None or row.day > sunday else "week" if row.day > day else "today"].append(row)
    return [(name, found) for name, found in groups.items() if found]
