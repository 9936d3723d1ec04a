"""What a change of a rule touches, shown before it is saved (requirement 62)."""

from multiagency.kernel.work import Work
from multiagency.pathways.questions import Resting, RuleKind, TouchedBy


async def touched_by(work: Work, rule: RuleKind, code: str, provision: str = "") -> list[Resting]:
    """Return what rests on a ground, text, clock or definition as it stands: counts, those of nothing left out.

    Each room answers for its own rows (`wiring.py`); `provision` finds the texts that cite the same statute.
    """
    return [found for found in await work.ask(TouchedBy(work, rule, code, provision)) if found.number]
