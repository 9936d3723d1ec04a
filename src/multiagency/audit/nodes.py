"""The tree as it is stored: proofs and the right edge from a few nodes, however long the log is."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, LargeBinary, SmallInteger, cast, func, insert, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY

from multiagency.audit.models import AuditNode
from multiagency.audit.ranges import Node, Range, consistency_ranges, cover, inclusion_ranges
from multiagency.audit.tree import Frontier, fold
from multiagency.kernel.errors import Unavailable
from multiagency.kernel.work import Work

_TYPES = (SmallInteger, BigInteger, LargeBinary)


class BrokenTree(Unavailable):
    """Nodes that must be there are not: somebody else than the sequencer was at the tables. No proof can be given."""

    key = "audit.tree_broken"

    def __init__(self, missing: int) -> None:
        super().__init__()
        self.missing = missing

    def __str__(self) -> str:
        return f"{self.missing} nodes of the tree are missing"


async def frontier(work: Work, size: int) -> Frontier:
    """Return the right edge of the tree over the first `size` entries. Raises `BrokenTree` when nodes are missing."""
    wanted = cover(0, size)
    found = await _read(work, wanted)
    return Frontier(size, [found[node] for node in wanted])


async def hashes(work: Work, wanted: Sequence[Node]) -> list[bytes]:
    """Return the hashes of nodes, in the order asked. Raises `BrokenTree` when one is missing."""
    found = await _read(work, wanted)
    return [found[node] for node in wanted]


async def consistency(work: Work, old_size: int, new_size: int) -> list[bytes]:
    """Return the proof that the tree's first `old_size` entries are its beginning (RFC 6962 section 2.1.2).

    Raises ValueError for sizes that do not fit, `BrokenTree` when nodes are missing.
    """
    return await _proof(work, consistency_ranges(old_size, new_size))


async def inclusion(work: Work, index: int, size: int) -> list[bytes]:
    """Return the audit path of an entry (RFC 6962 section 2.1.1).

    Raises ValueError when there is no such entry, `BrokenTree` when nodes are missing.
    """
    return await _proof(work, inclusion_ranges(index, size))


async def extend(work: Work, edge: Frontier, leaves: Iterable[bytes]) -> None:
    """Add leaves to the edge, and store them and every subtree that becomes whole."""
    rows: list[tuple[int, int, bytes]] = []
    for leaf in leaves:
        rows.append((0, edge.size, leaf))
        rows += [(level, (edge.size >> level) - 1, whole) for level, whole in enumerate(edge.append(leaf), 1)]
    columns = zip(*rows, strict=True)
    arrays: list[ColumnElement[Any]] = [
        cast(list(column), ARRAY(kind)) for column, kind in zip(columns, _TYPES, strict=True)
    ]
    whole_subtrees = select(*(func.unnest(array) for array in arrays))
    await work.session.execute(insert(AuditNode).from_select(["level", "index", "hash"], whole_subtrees))


async def _proof(work: Work, ranges: Sequence[Range]) -> list[bytes]:
    covers = [cover(low, high) for low, high in ranges]
    found = await _read(work, [node for nodes in covers for node in nodes])
    return [fold([found[node] for node in nodes]) for nodes in covers]


async def _read(work: Work, wanted: Sequence[Node]) -> dict[Node, bytes]:
    query = select(AuditNode.level, AuditNode.index, AuditNode.hash)
    query = query.where(tuple_(AuditNode.level, AuditNode.index).in_(wanted))
    found = {(level, index): node for level, index, node in await work.session.execute(query)}
    if len(found) < len(set(wanted)):
        raise BrokenTree(len(set(wanted)) - len(found))
    return found
