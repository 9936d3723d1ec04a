"""How what was disclosed is recorded where it arrives: said by whoever discloses.

Documents of social care show in OmaKanta, a child's also to its guardians: an ordinary entry could tell of the case to
one who must not know (decision 0030).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from multiagency.cases.desk import Desk
from multiagency.disclosures.forms import RecordingForm
from multiagency.disclosures.models import Disclosure, Receipt
from multiagency.disclosures.questions import Datum, MustBeHidden
from multiagency.kernel.clock import today
from multiagency.kernel.errors import FieldError
from multiagency.kernel.work import Work
from multiagency.pathways.definition import PartyRole


@dataclass(frozen=True, slots=True)
class RecordingView:
    """What is to be done when it is recorded; `hidden_from` is everybody, guardians or nobody."""

    recorded_under: str
    hidden_from: str
    hidden_until: date | None


def said(form: RecordingForm) -> RecordingView | None:
    """Return what a form says of recording, None where it says nothing."""
    return RecordingView(form.recorded_under, form.hidden_from, form.hidden_until) if form.hidden_from else None


async def wrong_recording(desk: Desk, form: RecordingForm, picked: Iterable[Datum]) -> list[FieldError]:
    """Return what is missing or wrong in what was said of recording.

    It must be answered where what leaves is about a child and a guardian of it must not know, or may be such a one.
    """
    if form.hidden_from is None:
        children = any(datum.who == PartyRole.CHILD for datum in picked)
        answers: list[bool] = await desk.work.ask(MustBeHidden(desk, children))
        needed = any(answers) or form.recorded_under
        return [FieldError("hidden_from", "recording.needed")] if needed else []
    return wrong_details(form)


class Hiding(Protocol):
    """What every form says of showing: from whom it is hidden, under which service task, until when."""

    @property
    def hidden_from(self) -> str | None:
        """From whom; None where nothing is said."""

    @property
    def recorded_under(self) -> str:
        """Under which service task."""

    @property
    def hidden_until(self) -> date | None:
        """The last day, if there is one."""


def wrong_details(form: Hiding) -> list[FieldError]:
    """Return what is wrong in what was said: without a service task, or until a day that is over."""
    found = []
    if form.hidden_from is not None and not form.recorded_under:
        found.append(FieldError("recorded_under", "instruction.under_needed"))
    if form.hidden_until is not None and form.hidden_until <= today():
        found.append(FieldError("hidden_until", "instruction.until_past"))
    return found


async def say_how(work: Work, row: Disclosure | Receipt, form: RecordingForm) -> None:
    """Write onto a row that is about to be added how it is recorded."""
    row.hidden_from, row.hidden_until = form.hidden_from, form.hidden_until
    await work.vault.seal(row, recorded_under=form.recorded_under)


async def recording_of(work: Work, row: Disclosure | Receipt) -> RecordingView | None:
    """Return what was said of recording, None where nothing was."""
    if row.hidden_from is None:
        return None
    return RecordingView(await work.vault.open(row, "recorded_under"), row.hidden_from, row.hidden_until)
