"""The Merkle tree of RFC 6962 section 2.1 over SHA-256: roots, proofs and their verification.

A tree is given by its leaf hashes in index order. Every hash is 32 bytes; sizes and indexes count leaves from 0.
"""

import hashlib
from collections.abc import Iterable, Sequence

from multiagency.audit.ranges import consistency_ranges, inclusion_ranges

HASH_SIZE = 32
"""Length in bytes of every leaf hash, node hash and root."""

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of the tree without leaves (RFC 6962 section 2.1)."""


def leaf_hash(data: bytes) -> bytes:
    """Hash the bytes of one entry into its leaf: SHA-256(0x00 || data), 32 bytes (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtree roots into their parent: SHA-256(0x01 || left || right), 32 bytes (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree (a compact range): enough to extend the tree and to know its root.

    Holds one 32-byte node for each bit set in the size, largest subtree first: 20 nodes suffice for a million leaves.
    `size` and `nodes` are all that needs storing; `Frontier(size, nodes)` takes the work up again.
    """

    __slots__ = ("_nodes", "_size")

    def __init__(self, size: int = 0, nodes: Iterable[bytes] = ()) -> None:
        """Start empty, or resume from a stored size and its nodes; ValueError when the two do not belong together."""
        self._size = size
        self._nodes = list(nodes)
        if size < 0 or len(self._nodes) != size.bit_count():
            raise ValueError(f"A tree of {size} leaves does not have {len(self._nodes)} frontier nodes.")
        for node in self._nodes:
            _require_hash(node)

    @property
    def size(self) -> int:
        """How many leaves were appended."""
        return self._size

    @property
    def nodes(self) -> tuple[bytes, ...]:
        """The roots of the perfect subtrees that the leaves divide into, largest (leftmost) first, 32 bytes each."""
        return tuple(self._nodes)

    def append(self, node: bytes, level: int = 0) -> list[bytes]:
        """Add the next leaf hash, or the root of a perfect subtree of 2**level leaves, at the right.

        Returns the roots of the subtrees that became whole by it, smallest first: levels `level` + 1 and up. Raises
        ValueError unless the node is 32 bytes and the tree's size a multiple of 2**level.
        """
        _require_hash(node)
        carry = self._size >> level
        if level and carry << level != self._size:
            raise ValueError(f"A subtree of {1 << level} leaves cannot begin at leaf {self._size}.")
        whole = []
        while carry & 1:
            node = node_hash(self._nodes.pop(), node)
            whole.append(node)
            carry >>= 1
        self._nodes.append(node)
        self._size += 1 << level
        return whole

    def root(self) -> bytes:
        """Return the root over all leaves appended so far, 32 bytes (RFC 6962 section 2.1)."""
        return fold(self._nodes)


def fold(nodes: Sequence[bytes]) -> bytes:
    """Return the root over neighbouring perfect subtrees, largest first, as in a frontier; 32 bytes."""
    if not nodes:
        return EMPTY_ROOT
    root = nodes[-1]
    for node in reversed(nodes[:-1]):
        root = node_hash(node, root)
    return root


def root_hash(leaf_hashes: Sequence[bytes]) -> bytes:
    """Return the Merkle Tree Hash over the leaf hashes, 32 bytes (RFC 6962 section 2.1).

    Raises ValueError when a leaf hash is not 32 bytes.
    """
    return _range_root(leaf_hashes, 0, len(leaf_hashes))


def inclusion_proof(index: int, leaf_hashes: Sequence[bytes]) -> list[bytes]:
    """Return the audit path of the leaf at `index`, nearest sibling first (RFC 6962 section 2.1.1).

    Raises ValueError when there is no leaf of that index or a leaf hash is not 32 bytes.
    """
    ranges = inclusion_ranges(index, len(leaf_hashes))
    return [_range_root(leaf_hashes, low, high) for low, high in ranges]


def verify_inclusion(leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Tell whether `proof` shows that the leaf stands at `index` in the tree of that size and root.

    A malformed proof, hash, index or size gives False, never an error (RFC 9162 section 2.1.3.2).
    """
    if not 0 <= index < size or not _are_hashes([leaf_hash, root, *proof]):
        return False
    position, last, node = index, size - 1, leaf_hash
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            node = node_hash(sibling, node)
            position, last = _skip_missing_siblings(position, last)
        else:
            node = node_hash(node, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and node == root


def consistency_proof(old_size: int, leaf_hashes: Sequence[bytes]) -> list[bytes]:
    """Return the proof that the tree's first `old_size` leaves are its beginning (RFC 6962 section 2.1.2).

    It is empty when `old_size` is 0 or the whole tree: then the roots alone decide.
    Raises ValueError when the tree has fewer leaves than that or a leaf hash is not 32 bytes.
    """
    ranges = consistency_ranges(old_size, len(leaf_hashes))
    return [_range_root(leaf_hashes, low, high) for low, high in ranges]


def verify_consistency(old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Tell whether `proof` shows that the new tree begins with the old one, leaf for leaf.

    The empty tree begins every tree, and a tree begins itself, both with an empty proof. A malformed proof,
    root or size gives False, never an error (RFC 9162 section 2.1.4.2).
    """
    if not 0 <= old_size <= new_size or not _are_hashes([old_root, new_root, *proof]):
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    return _proven_roots(old_size, new_size, old_root, proof) == (old_root, new_root)


def _proven_roots(old_size: int, new_size: int, old_root: bytes, proof: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Compute the old and the new root that a proof leads to, None when its length does not fit the sizes."""
    # The proof leaves out the old root where that is itself a node of the new tree.
    path = [old_root, *proof] if old_size.bit_count() == 1 else list(proof)
    if not path:
        return None
    position, last = old_size - 1, new_size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if position & 1 or position == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            position, last = _skip_missing_siblings(position, last)
        else:
            new = node_hash(new, sibling)
        position, last = position >> 1, last >> 1
    return (old, new) if last == 0 else None


def _skip_missing_siblings(position: int, last: int) -> tuple[int, int]:
    """Climb the levels on which the node at the right edge has no left sibling and is carried up unchanged."""
    while position and not position & 1:
        position, last = position >> 1, last >> 1
    return position, last


def _range_root(leaf_hashes: Sequence[bytes], low: int, high: int) -> bytes:
    """Return the root of the subtree over the leaves from `low` up to but not including `high`."""
    frontier = Frontier()
    for index in range(low, high):
        frontier.append(leaf_hashes[index])
    return frontier.root()


def _are_hashes(values: Iterable[object]) -> bool:
    """Tell whether every value is a byte string of a hash's length."""
    return all(isinstance(value, bytes) and len(value) == HASH_SIZE for value in values)


def _require_hash(value: bytes) -> None:
    """Raise ValueError unless the value has a hash's length."""
    if len(value) != HASH_SIZE:
        raise ValueError(f"A hash has {HASH_SIZE} bytes, not {len(value)}.")
