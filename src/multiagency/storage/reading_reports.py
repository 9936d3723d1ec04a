"""Reading what was deleted: numbers per run, controller and class, for those who answer for it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.people.models import Agency
from multiagency.storage.models import DeletionReport

SHOWN = 100
"""So many stay under 30 kB."""


@dataclass(frozen=True, slots=True)
class ReportView:
    """What one run deleted of one controller and class, and from when on no backup holds it either."""

    at: datetime
    controller: str
    retention_class: str
    rows: int
    keys: int
    cases: int
    final_in_backups_on: date


async def reports(work: Work, language: str) -> list[ReportView]:
    """Return the newest reports, `SHOWN` at most; row security shows them to auditors and administrators."""
    work.record(Mode.READ)
    query = (
        select(DeletionReport, Agency)
        .join(Agency, Agency.id == DeletionReport.controller_id)
        .order_by(DeletionReport.at.desc(), DeletionReport.id)
        .limit(SHOWN)
    )
    return [
        ReportView(
            report.at,
            agency.name(language),
            report.retention_class,
            report.rows,
            report.keys,
            report.cases,
            report.final_in_backups_on,
        )
        for report, agency in await work.session.execute(query)
    ]
