"""What fits a rule for unusual patterns: looked for anew each time, and logged."""

from datetime import datetime

from multiagency.kernel.errors import NotVisible
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.oversight import patterns
from multiagency.oversight.patterns.hits import Hit


async def hits_of(work: Work, code: str, since: datetime) -> list[Hit]:
    """Return what fits a rule since a moment. Raises `NotVisible` for a rule that there is not."""
    rule = patterns.BY_CODE.get(code)
    if rule is None:
        raise NotVisible
    found = await rule.find(work, since)
    work.record(Mode.READ, result=f"pattern_{code}:{len(found)}")
    return found
