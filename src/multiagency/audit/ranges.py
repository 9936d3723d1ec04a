"""Which parts of an RFC 6962 tree a proof is made of: plain arithmetic on leaf numbers, no hashing.

A range (low, high) counts leaves from `low` up to but not including `high`. A node (level, index) is the perfect
subtree over the 2**level leaves from `index << level` on; nodes of level 0 are leaf hashes.
"""

Node = tuple[int, int]
Range = tuple[int, int]


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """Return the ranges whose roots are the audit path of a leaf, nearest sibling first (RFC 6962 section 2.1.1).

    Raises ValueError when there is no leaf of that index.
    """
    if not 0 <= index < size:
        raise ValueError(f"There is no leaf {index} in a tree of {size}.")
    low, high = 0, size
    path = []
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append((middle, high))
            high = middle
        else:
            path.append((low, middle))
            low = middle
    return path[::-1]


def consistency_ranges(old_size: int, new_size: int) -> list[Range]:
    """Return the ranges whose roots prove that a tree begins with an older one (RFC 6962 section 2.1.2).

    Raises ValueError when the tree has fewer leaves than that.
    """
    if not 0 <= old_size <= new_size:
        raise ValueError(f"A tree of {new_size} leaves has no beginning of {old_size}.")
    if old_size == 0:
        return []
    low, high = 0, new_size
    path = []
    while old_size < high:
        middle = low + _split(high - low)
        if old_size <= middle:
            path.append((middle, high))
            high = middle
        else:
            path.append((low, middle))
            low = middle
    if low > 0:
        path.append((low, high))
    return path[::-1]


def cover(low: int, high: int) -> list[Node]:
    """Return the fewest nodes that make up a range, left to right; ValueError unless 0 <= low <= high."""
    if not 0 <= low <= high:
        raise ValueError(f"There is no range from {low} to {high}.")
    nodes = []
    while low < high:
        level = (high - low).bit_length() - 1
        if low:
            level = min(level, (low & -low).bit_length() - 1)
        nodes.append((level, low >> level))
        low += 1 << level
    return nodes


def _split(size: int) -> int:
    """Return the largest power of two smaller than `size` (at least 2): the leaves of the left subtree."""
    return 1 << (size - 1).bit_length() - 1
