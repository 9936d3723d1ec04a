"""A worker of the client's own: where the model wants one, nothing goes on before somebody is named."""

from multiagency.cases.questions import MayMove
from multiagency.cases.reading_support import support_of
from multiagency.kernel.errors import FieldError


async def missing_worker(asked: MayMove) -> list[FieldError]:
    """Veto a move of a case whose client nobody stands beside."""
    if not asked.need("named_worker") or await support_of(asked.desk) is not None:
        return []
    return [FieldError("named_worker", "missing.named_worker")]
