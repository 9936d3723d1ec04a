"""Which round of a long game passed last, so that one that was interrupted goes on with the next."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Rounds:
    """Remembers in a file the seed of the last round that passed."""

    file: Path

    def last(self) -> int:
        """Return the seed of the last round that passed, 0 before the first."""
        return int(self.file.read_text("ascii").split()[0]) if self.file.exists() else 0

    def passed(self, seed: int) -> None:
        """Remember that the round with this seed passed."""
        self.file.parent.mkdir(exist_ok=True)
        self.file.write_text(f"{seed} is the seed of the last round that passed\n", "ascii")
