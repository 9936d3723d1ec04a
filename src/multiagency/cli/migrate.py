"""`multiagency migrate`: brings the database to the newest revision."""

import argparse
import os
from typing import Any

from multiagency.cli.terminal import tell
from multiagency.kernel.migrations import upgrade


def add(commands: Any) -> None:
    """Add `migrate` to the command line; it has nothing to say."""
    explained = "bring the database to the newest revision (needs MULTIAGENCY_DATABASE_URL_OWNER)"
    commands.add_parser("migrate", help=explained).set_defaults(run=_migrate, silent=True)


def _migrate(_: argparse.Namespace) -> int:
    url = os.environ.get("MULTIAGENCY_DATABASE_URL_OWNER")
    if not url:
        tell("MULTIAGENCY_DATABASE_URL_OWNER is missing")
        return 2
    upgrade(url)
    return 0
