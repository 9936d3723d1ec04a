"""What was said last of consent and of who decides, as its forms show it, with the version that a form carries.

Every save adds a row that is said anew and whole: who saw an earlier one is shown what was said since.
"""

from collections.abc import Mapping
from uuid import UUID

from multiagency.cases.desk import Desk
from multiagency.cases.service_versions import ROW
from multiagency.consent.reading import names
from multiagency.consent.reading_deciding import guardians_now, newest_capacity, prohibitions_now
from multiagency.consent.reading_shares import share_field, share_of
from multiagency.consent.reading_statements import statements
from multiagency.kernel.versions import Change, Saved, as_text
from multiagency.people import reading as people


async def saved_statement(desk: Desk) -> Saved:
    """Return the newest answer about consent, whosever it is, with what each agency is given as the page has it."""
    about, agencies = f"consent:{desk.case.id}", await people.agencies(desk.work)
    said = max((await statements(desk)).values(), key=lambda one: one.changed.version, default=None)
    values = dict.fromkeys(("answer", "giver", "how", "language"), "")
    if said is None:
        return _saved(about, None, values | {share_field(agency.id): "" for agency in agencies}, None)
    row = said.consent
    values |= {"answer": row.state, "giver": as_text(row.giver_id), "how": row.how, "language": row.language}
    shares = {share_field(agency.id): " ".join(share_of(desk, said, agency.id)) for agency in agencies}
    return _saved(
        about, said.changed.id, values | shares, Change(said.changed.recorded_by_id, said.changed.recorded_at)
    )


async def saved_capacity(desk: Desk) -> Saved:
    """Return who was judged to decide."""
    row = await newest_capacity(desk)
    values = dict.fromkeys(("minor", "capable", "reason", "heard", "legal_representative"), "")
    if row is None:
        return _saved(f"capacity:{desk.case.id}", None, values, None)
    values |= {name: as_text(getattr(row, name)) for name in ("minor", "capable")}
    values |= {name: await desk.work.vault.open(row, name) for name in ("reason", "heard")}
    values["legal_representative"] = as_text(row.representative_id)
    return _saved(f"capacity:{desk.case.id}", row.id, values, Change(row.assessed_by_id, row.assessed_at))


async def saved_rights(desk: Desk, party: UUID) -> Saved:
    """Return what a guardian may do."""
    row = (await guardians_now(desk)).get(party)
    values = dict.fromkeys(("may_decide", "suspected", "restriction_reason"), "")
    if row is None:
        return _saved(f"rights:{party}", None, values, None)
    values |= {name: as_text(getattr(row, name)) for name in ("may_decide", "suspected")}
    values["restriction_reason"] = await desk.work.vault.open(row, "restriction_reason")
    return _saved(f"rights:{party}", row.id, values, Change(row.recorded_by_id, row.recorded_at))


async def saved_prohibition(desk: Desk, party: UUID) -> Saved:
    """Return whether the child forbids telling a guardian."""
    row = (await prohibitions_now(desk)).get(party)
    if row is None:
        return _saved(f"prohibition:{party}", None, {"forbidden": "", "reason": ""}, None)
    values = {"forbidden": as_text(row.forbidden), "reason": await desk.work.vault.open(row, "reason")}
    return _saved(f"prohibition:{party}", row.id, values, Change(row.recorded_by_id, row.recorded_at))


async def names_shown(desk: Desk) -> Mapping[str, str]:
    """Return how agencies and people of the case read where a value is their id."""
    known = {str(agency.id): agency.name(desk.work.actor.language) for agency in await people.agencies(desk.work)}
    return known | {str(party): name for party, (_, name) in (await names(desk)).items()}


def _saved(about: str, row_id: UUID | None, values: Mapping[str, str], change: Change | None) -> Saved:
    whole = {**values, ROW: as_text(row_id)}
    return Saved(about, whole, dict.fromkeys(whole, change) if change else {})
