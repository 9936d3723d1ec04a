"""What a witness is shown: a checkpoint and the proof that it goes on where the witness last stood.

The text is the body of C2SP tlog-witness's add-checkpoint: `old <size>`, the consistency proof as one base64 hash a
line, a blank line, and the signed checkpoint. It is fetched, or comes by mail.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from multiagency.audit.note import decode_base64, encode_base64

_MAX_HASHES = 63
"""As C2SP tlog-witness has it: a tree that counts in 63 bits needs no more."""
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class Update:
    """`old_size` is the size the proof starts from, `note` the signed checkpoint it leads to."""

    old_size: int
    proof: Sequence[bytes]
    note: str

    def text(self) -> str:
        """Return the update as it is sent."""
        lines = [encode_base64(node) for node in self.proof]
        return "\n".join([f"old {self.old_size}", *lines, "", self.note])

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an update. Raises ValueError with a sentence when it is malformed; the note is not looked into."""
        head, blank, note = text.partition("\n\n")
        first, *lines = head.split("\n")
        old = _OLD.fullmatch(first)
        if not blank or old is None or len(lines) > _MAX_HASHES:
            raise ValueError("This is not a checkpoint with its proof.")
        try:
            proof = [decode_base64(line) for line in lines]
        except ValueError:
            raise ValueError("The proof beside the checkpoint is not base64.") from None
        return cls(int(old[1]), proof, note)
