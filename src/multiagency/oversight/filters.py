"""What the auditor narrows the log by: ids, codes and times that may stand in an address, never a name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Query
from pydantic import Field, StringConstraints
from sqlalchemy import ColumnElement, func, select
from starlette.datastructures import FormData

from multiagency.audit.models import AuditDetail
from multiagency.kernel.access import Act
from multiagency.kernel.actor import Role
from multiagency.kernel.clock import from_helsinki
from multiagency.kernel.errors import Invalid
from multiagency.kernel.ids import as_reference
from multiagency.kernel.inputs import Form, PastDay
from multiagency.kernel.journal import Mode
from multiagency.people.models import Post
from multiagency.web.door import through
from multiagency.web.pages import fill

SUBJECTS = 40
"""Data subjects that one filter takes: a common name, in all its cases."""
_HOUR = "%y%m%d%H"


class Basis(StrEnum):
    """Why somebody could see a case (`lawful_basis.reason`); a disclosure stands on the code of its ground instead."""

    OWN_RECORD = "own_record"
    COORDINATION = "coordination"
    CONSENT = "consent"
    GROUND = "ground"
    BREAK_GLASS = "break_glass"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which entries: everything that is set must hold. `until` is the first moment that is not asked for any more.

    `staff` leaves out what the service's own jobs did.
    """

    case: str = ""
    person: UUID | None = None
    agency: UUID | None = None
    act: str | None = None
    mode: str | None = None
    basis: str | None = None
    subjects: tuple[UUID, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    staff: bool = False

    @property
    def all(self) -> bool:
        """Whether nothing is asked for in particular."""
        return self == Filters()

    def where(self) -> list[ColumnElement[bool]]:
        """Return the conditions on the log's plain columns."""
        row = AuditDetail
        equal = {
            row.case_reference: self.case or None,
            row.person_id: self.person,
            row.agency_id: self.agency,
            row.act: self.act,
            row.mode: self.mode,
        }
        found: list[ColumnElement[bool]] = [column == value for column, value in equal.items() if value is not None]
        if self.basis:
            found.append(func.concat(",", row.basis, ",").contains(f",{self.basis},"))
        if self.subjects:
            found.append(row.subject_id.in_(self.subjects))
        if self.since:
            found.append(row.at >= self.since)
        if self.until:
            found.append(row.at < self.until)
        return [*found, by_staff()] if self.staff else found


def by_staff() -> ColumnElement[bool]:
    """Tell for a line of the log that a person did it, not a job of the service."""
    return AuditDetail.post_id.in_(select(Post.id).where(Post.role.not_in((Role.WORKER, Role.KEEPER))))


class FilterForm(Form):
    """The filter as it is typed. Days and hours are Finland's; `until` counts in, `until_hour` is when it ends."""

    case: str = ""
    person: UUID | None = None
    agency: UUID | None = None
    act: Act | None = None
    mode: Mode | None = None
    basis: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,60}$")] | None = None
    subject: tuple[UUID, ...] = Field((), max_length=SUBJECTS)
    since: PastDay | None = None
    since_hour: Annotated[int, Field(ge=0, le=23)] | None = None
    until: PastDay | None = None
    until_hour: Annotated[int, Field(ge=1, le=24)] | None = None
    staff: bool = False

    def filters(self) -> Filters:
        """Return the filter. Raises `Invalid` for no reference, an hour without its day, an end before the start."""
        reference = as_reference(self.case)
        if self.case and not reference:
            raise Invalid.of("case", "audit.not_a_reference")
        for day, hour in (("since", "since_hour"), ("until", "until_hour")):
            if getattr(self, hour) is not None and getattr(self, day) is None:
                raise Invalid.of(day, "log.filter.day_first")
        since = _moment(self.since, self.since_hour or 0)
        until = _moment(self.until, self.until_hour or 24)
        if since and until and until <= since:
            raise Invalid.of("until", "log.filter.until_before_since")
        return Filters(
            reference,
            self.person,
            self.agency,
            self.act,
            self.mode,
            self.basis,
            self.subject,
            since,
            until,
            self.staff,
        )


def _moment(day: PastDay | None, hour: int) -> datetime | None:
    if day is None:
        return None
    return from_helsinki(datetime.combine(day, time()) + timedelta(hours=hour))


def hour_code(hour: datetime) -> str:
    """Return an hour of Finland's clock as it stands in an address, such as `26112509`."""
    return hour.strftime(_HOUR)


@dataclass(frozen=True, slots=True)
class Typed:
    """The filter as it came with the request, before anybody has looked whether it is one."""

    values: dict[str, Any]

    def filters(self) -> Filters:
        """Return the filter. Raises `Invalid` naming every wrong field."""
        pairs = [(name, value) for name, value in self.values.items() if name != "subject"]
        pairs += [("subject", one) for one in self.values.get("subject", [])]
        return fill(FilterForm, FormData(pairs), ["subject"]).filters()

    @property
    def query(self) -> str:
        """Return it for an address; only what was found right belongs into one."""
        return urlencode(self.values, doseq=True)


_Text = Annotated[str, Query(max_length=200)]


async def _typed(
    case: _Text = "",
    person: _Text = "",
    agency: _Text = "",
    act: _Text = "",
    mode: _Text = "",
    basis: _Text = "",
    subject: Annotated[Sequence[str], Query(max_length=SUBJECTS)] = (),
    since: _Text = "",
    since_hour: _Text = "",
    until: _Text = "",
    until_hour: _Text = "",
    hour: _Text = "",
    staff: _Text = "",
) -> Typed:
    """Take the filter from the address; `hour` stands for a cell of the picture: people's use in one hour of a day."""
    values: dict[str, Any] = {
        "case": as_reference(case) or case.strip(),
        "person": person,
        "agency": agency,
        "act": act,
        "mode": mode,
        "basis": basis,
        "subject": list(subject),
        "since": since,
        "since_hour": since_hour,
        "until": until,
        "until_hour": until_hour,
        "staff": staff,
    }
    return Typed({name: value for name, value in (values | _one_hour(hour)).items() if value})


def _one_hour(code: str) -> dict[str, Any]:
    if not code:
        return {}
    try:
        start = datetime.strptime(code, _HOUR)  # noqa: DTZ007 - a wall clock
    except ValueError:
        return {"since": code}  # refused there
    day = start.date().isoformat()
    return {"since": day, "since_hour": str(start.hour), "until": day, "until_hour": str(start.hour + 1), "staff": "1"}


Asked = Annotated[Typed, through(_typed)]
"""The filter of a request, as a parameter of a route."""
