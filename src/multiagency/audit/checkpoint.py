"""Checkpoints: what a log says about itself at one moment, as C2SP tlog-checkpoint writes it.

Source: https://c2sp.org/tlog-checkpoint. The text is signed as a note (see `note`).
"""

import re
from dataclasses import dataclass
from typing import Self

from multiagency.audit.note import decode_base64, encode_base64
from multiagency.audit.tree import EMPTY_ROOT, HASH_SIZE

_SIZE = re.compile("0|[1-9][0-9]{0,18}")
_LARGEST = 2**63 - 1
_CONTROL = re.compile(r"[\x00-\x1f]")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The size and root of one log's tree.

    `origin` names the log (one line), `size` counts entries, `root` is the 32-byte RFC 6962 root over them.
    Making one raises ValueError when a field cannot be written down so.
    """

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        if not self.origin or _CONTROL.search(self.origin):
            raise ValueError("The origin of a checkpoint is one line that is not empty.")
        if not _SIZE.fullmatch(str(self.size)) or self.size > _LARGEST:
            raise ValueError("The tree size of a checkpoint is a whole number below 2**63.")
        if len(self.root) != HASH_SIZE:
            raise ValueError(f"The root of a checkpoint has {HASH_SIZE} bytes, not {len(self.root)}.")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise ValueError("A checkpoint of no entries has the root of the empty tree.")

    def text(self) -> str:
        """Return the note text: origin, decimal size and base64 root, each on a line of its own."""
        return f"{self.origin}\n{self.size}\n{encode_base64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a note text; extension lines after the third are ignored.

        Raises ValueError, with a sentence saying what is wrong, when the text is not a checkpoint.
        """
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop() != "" or "" in lines:
            raise ValueError("A checkpoint has at least three lines, none of them empty, and ends with a newline.")
        origin, size, root = lines[:3]
        if not _SIZE.fullmatch(size):
            raise ValueError("The tree size of the checkpoint is not a decimal number without leading zeros.")
        return cls(origin, int(size), _root(root))


def _root(encoded: str) -> bytes:
    try:
        return decode_base64(encoded)
    except ValueError:
        raise ValueError("The root of the checkpoint is not base64.") from None
