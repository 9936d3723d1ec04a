"""Models of work as data: one TOML file each, and the dated parameters that a team may change."""

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Row, select

from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now
from multiagency.kernel.work import Work
from multiagency.pathways.models import DatedParameter


class Item(BaseModel):
    """One item of a checklist, in its group; its wording stands in the catalogues under `risk.item.<code>`.

    A `critical` one says at yes what to do now (`risk.alert.<code>`); one that `asks_comment` wants more than that.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    group: str
    critical: bool = False
    asks_comment: bool = False


class SafetyQuestion(BaseModel):
    """What is answered before a checklist is gone through (`risk.safety.<code>`); `tells` is the answer that alerts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    answers: tuple[str, ...]
    tells: str


class PartyRole(BaseModel):
    """Whom a model asks about beside the client, under the headings `party.*` of its role.

    `needed` before the case is sent; asked in `rows` to begin with where there may be several, else about one; how they
    stand to the client is one of `relations` (`party.relations.<code>`), or said in words.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: str
    needed: bool = False
    several: bool = False
    rows: int = 0
    relations: tuple[str, ...] = ()


class Retention(BaseModel):
    """The class of retention of a record, by whom it is about: how long each is kept says a dated rule."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    adult: str
    child: str


class Pathway(BaseModel):
    """A declared model of work. `moves` says from where a case may go where, `ended` what a stage that ends it ends.

    `convening_kinds` is what the consent must give the coordinating agency at least: without it nobody can convene.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    form: str
    consent_purposes: tuple[str, ...]
    shareable_kinds: tuple[Kind, ...]
    convening_kinds: tuple[Kind, ...]
    parties: tuple[PartyRole, ...]
    parameters: dict[str, int]
    retention: Retention
    moves: dict[str, tuple[str, ...]]
    ended: dict[str, tuple[str, ...]]
    sources: tuple[str, ...]
    safety: tuple[SafetyQuestion, ...]
    items: tuple[Item, ...]

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of the checklist, in the order of the form."""
        return tuple(dict.fromkeys(item.group for item in self.items))

    def allows(self, stage: str, to: str) -> bool:
        """Tell whether a case may move from `stage` to `to`."""
        return to in self.moves[stage]

    def is_over(self, stage: str) -> bool:
        """Tell whether a case in this stage has ended."""
        return stage in self.ended


@cache
def pathway(code: str) -> Pathway:
    """Return the pathway with this code. Raises FileNotFoundError for an unknown one."""
    text = (Path(__file__).parent / f"{code}.toml").read_text("utf-8")
    return Pathway.model_validate(tomllib.loads(text))


async def parameter(work: Work, code: str, name: str, team_id: UUID | None) -> int:
    """Return the value in force now: the team's own, else everybody's, else the pathway's default."""
    value = await dated(work, code, name, team_id)
    return pathway(code).parameters[name] if value is None else value


async def dated(work: Work, code: str, name: str, team_id: UUID | None = None) -> int | None:
    """Return the value that somebody has set and that is in force now, the team's own before everybody's."""
    moment = now()
    in_force = [
        row
        for row in await work.reference(_parameters)
        if (row.pathway, row.name) == (code, name)
        and row.team_id in {team_id, None}
        and row.valid_from <= moment
        and (row.valid_to is None or moment < row.valid_to)
    ]
    newest = max(in_force, key=lambda row: (row.team_id is not None, row.valid_from), default=None)
    return None if newest is None else newest.value


async def _parameters(work: Work) -> Sequence[Row[Any]]:
    return (await work.session.execute(select(*DatedParameter.__table__.columns))).all()
