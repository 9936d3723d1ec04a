"""Two people, or two tabs, at one record: what is saved when somebody else saved meanwhile."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from multiagency.cases.desk import Desk
from multiagency.cases.service_grants import one_at_a_time
from multiagency.kernel.clock import now
from multiagency.kernel.database import Versioned
from multiagency.kernel.inputs import Form
from multiagency.kernel.versions import Change, Saved, Stale, Told, as_text, compare, version_of
from multiagency.kernel.work import Work
from multiagency.people.models import Agency, Post

ROW = "row"
"""Stands beside the fields of what is said anew at each save: two rows may say the same and still be two."""


def stamp(work: Work, row: Versioned) -> None:
    """Say on the row who changes it, and when."""
    row.changed_by_id, row.changed_at = work.actor.post_id, now()


async def to_be_saved(
    work: Work, saved: Saved, form: Form, *, new: bool = False, shown: Mapping[str, str] | None = None
) -> set[str]:
    """Return the fields of a form that are to be saved: those that were sent, or all of a new record.

    Raises `Stale` when the record is not what the sender saw.
    """
    sent = {name: as_text(getattr(form, name)) for name in form.model_fields_set & saved.values.keys()}
    await settle(work, saved, sent, shown=shown)
    return set(type(form).model_fields if new else sent)


async def say_anew(desk: Desk, saved: Saved, shown: Mapping[str, str]) -> None:
    """Let a form stand whose record is said anew and whole at each save, of two at the same moment the first.

    Raises `Stale` when something was said since the sender looked, whatever it was.
    """
    work = desk.work
    await one_at_a_time(work, desk.case)
    lookup, seen = work.tools.lookup, work.seen
    if seen is None or (version := saved.version(lookup)) in seen.versions:
        return
    fields = frozenset(saved.values.keys() - {ROW})
    told = await _told(work, list(saved.changes.values()), shown)
    raise Stale(version, {name: saved.values[name] for name in fields}, fields, told)


async def settle(
    work: Work,
    saved: Saved,
    sent: Mapping[str, str],
    *,
    merge: bool = False,
    shown: Mapping[str, str] | None = None,
) -> set[str]:
    """Return which of the sent fields are to be saved: all, where the sender saw what stands there or does not say.

    With `merge` also where others changed other fields: then only what the sender changed. Raises `Stale` otherwise.
    """
    lookup, seen = work.tools.lookup, work.seen
    if seen is None or (version := saved.version(lookup)) in seen.versions:
        return _saving(work, saved, sent, set(sent))
    found = compare(lookup, saved, version_of(saved, seen), sent)
    if merge and not found.both and not seen.strict:
        return _saving(work, saved, sent, set(found.mine))
    differing = found.theirs | found.both
    if not differing and not seen.strict:
        return _saving(work, saved, sent, set(sent))
    told = await _told(work, [saved.changes[name] for name in differing if name in saved.changes], shown or {})
    raise Stale(version, {name: saved.values[name] for name in differing}, found.both, told)


def _saving(work: Work, saved: Saved, sent: Mapping[str, str], names: set[str]) -> set[str]:
    # What the sender has before them: what others changed meanwhile they have not seen, though it stands.
    work.saved = Saved(saved.about, {**saved.values, **sent}).version(work.tools.lookup)
    return names


async def _told(work: Work, changes: list[Change], shown: Mapping[str, str]) -> Told:
    if not changes:
        return Told(shown=shown)
    last = max(changes, key=lambda change: change.at)
    return Told(await _title(work, last.by_id), last.at, shown)


async def _title(work: Work, post_id: UUID) -> str:
    query = select(Post.title, Agency).join(Agency, Agency.id == Post.agency_id).where(Post.id == post_id)
    title, agency = (await work.session.execute(query)).one()
    return f"{title}, {agency.name(work.actor.language)}"
