"""The long game of `make test-long`: blocks of games, each with a seed of its own, until so many have been played.

What was interrupted goes on with the block after the last that passed, which `build/test-long.txt` names. A block that
fails says its seed, and `--from SEED` plays it again.
"""

import sys

from blocks import Blocks, tested

GAME = "tests/properties/test_sight.py::test_each_sees_exactly_what_the_model_says"
BLOCK = 50
"""Games with one seed: a few minutes, so that an interruption costs little."""


def main() -> int:
    """Play until the games are played or a block fails; return 1 for a failure."""
    blocks = Blocks("test-long", BLOCK)
    parser = blocks.parser(2000, "games", __doc__)
    parser.add_argument("--steps", type=int, default=40)
    options = parser.parse_args()

    def play(seed: int, games: int) -> bool:
        environment = {"SIGHT_EXAMPLES": str(games), "SIGHT_STEPS": str(options.steps)}
        return tested([f"--hypothesis-seed={seed}", GAME], environment)

    return blocks.run(options.total, options.first, play)


if __name__ == "__main__":
    sys.exit(main())
