"""The numbers that the auditor's rules turn on: dated parameters over defaults in a file."""

import tomllib
from functools import cache
from pathlib import Path

from multiagency.kernel.work import Work
from multiagency.pathways.service import dated

CODE = "oversight"
"""What these parameters are filed under, beside the pathways."""


@cache
def defaults() -> dict[str, int]:
    """Return every threshold by name, as the service is delivered."""
    return tomllib.loads((Path(__file__).parent / "thresholds.toml").read_text("utf-8"))


async def threshold(work: Work, name: str) -> int:
    """Return the value in force now. Raises KeyError for a name that the file does not have."""
    default = defaults()[name]
    value = await dated(work, CODE, name)
    return default if value is None else value
