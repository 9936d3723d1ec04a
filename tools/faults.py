"""The rounds of `make faults`: hostile rows under a running worker and at the log, and every process killed under load.

Each round has a seed of its own. What was interrupted goes on with the round after the last that passed, which
`build/faults.txt` names; a round that fails says its seed, and `--from SEED` plays it again.
"""

import sys

from blocks import Blocks, tested

GAMES = ("tests/test_hostile_rows.py", "tests/audit/test_hostile.py", "tests/audit/test_kills.py")


def main() -> int:
    """Play until the rounds are played or one fails; return 1 for a failure."""
    blocks = Blocks("faults", 1)
    parser = blocks.parser(3, "rounds", __doc__)
    parser.add_argument("--rows", type=int, default=1000, help="in each round")
    parser.add_argument("--kills", type=int, default=30, help="in each round")
    options = parser.parse_args()

    def play(seed: int, _: int) -> bool:
        told = {"HOSTILE_ROWS": options.rows, "HOSTILE_SEED": seed, "KILLS": options.kills, "KILL_SEED": seed}
        return tested(["--show-capture=no", *GAMES], {name: str(value) for name, value in told.items()})

    return blocks.run(options.total, options.first, play)


if __name__ == "__main__":
    sys.exit(main())
