"""`make fuzz`: odd requests at every route as everybody, in blocks, each in a house of its own and with its own seed.

What was interrupted goes on after the last block that passed, which `build/fuzz.txt` names; `--from SEED` sends one
again.
"""

import sys

from blocks import Blocks, tested

BLOCK = 1000
"""Requests with one seed: some of them end what the others need, so each block begins in a new house."""


def main() -> int:
    """Send until all were sent or a block fails; return 1 for a failure."""
    blocks = Blocks("fuzz", BLOCK)
    options = blocks.parser(10_000, "requests", __doc__).parse_args()

    def play(seed: int, requests: int) -> bool:
        environment = {"FUZZ_SEED": str(seed), "FUZZ_REQUESTS": str(requests)}
        return tested(["-s", "tests/web/test_fuzz.py"], environment)

    return blocks.run(options.total, options.first, play)


if __name__ == "__main__":
    sys.exit(main())
