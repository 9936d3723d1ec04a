"""What rests on a ground: open cases, and decisions that cite one of its wordings."""

from sqlalchemy import func, select

from multiagency.pathways.questions import Resting, RuleKind, TouchedBy


async def touched_by_ground(question: TouchedBy) -> list[Resting]:
    """Return how many open cases rest on a ground, and how many disclosures and decisions to share cite it."""
    if question.rule is not RuleKind.GROUND:
        return []
    counted = func.touched_by_ground(question.code).table_valued("what", "number")
    rows = await question.work.session.execute(select(counted.c.what, counted.c.number))
    return [Resting(row.what, row.number) for row in rows]
