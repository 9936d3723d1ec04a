"""Whether the log is whole, as pages and JSON say it."""

from multiagency.audit import service as audit
from multiagency.audit import witnesses
from multiagency.audit.checking import Verdict, unusable
from multiagency.audit.nodes import BrokenTree
from multiagency.kernel.work import Work


async def verdict_of(work: Work) -> Verdict:
    """Verify the log; a stored tree with missing nodes is a verdict as well, and the page stands.

    Raises `Conflict` while nothing can be verified.
    """
    try:
        return await audit.verify(work, await witnesses.own_trust(work))
    except BrokenTree as error:
        return unusable(f"The stored tree does not fit: {error}.")
