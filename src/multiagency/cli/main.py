"""The command line: one module beside this one per command.

Settings come from `MULTIAGENCY_…`.
"""

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from multiagency.cli.terminal import sentences, tell

COMMANDS = (
    "web",
    "worker",
    "migrate",
    "keys",
    "rotate",
    "retention",
    "audit",
    "witness",
    "clock",
    "hetu",
    "risk",
    "pathways",
    "meeting",
    "demo",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status. Unsafe or missing settings are 2, with a sentence each."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    for talkative in ("alembic", "httpx"):  # httpx would log private addresses
        logging.getLogger(talkative).setLevel(logging.WARNING)
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = _parser(given[:1])
    options, rest = parser.parse_known_args(given)
    if rest and not hasattr(options, "rest"):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    options.rest = rest
    if _nobody_hears() and not options.silent:
        tell("standard output is closed; nothing was done")
        return 1
    try:
        status: int = options.run(options)
    except _told() as error:
        for sentence in sentences(error):
            tell(sentence)
        return 2
    return _said(status)


def _told() -> tuple[type[Exception], ...]:
    """Return the errors that are told in a sentence; loaded when there is one, for some commands need no database."""
    from sqlalchemy.exc import DBAPIError

    from multiagency.kernel.crypto import CannotDecrypt

    return OSError, ValueError, DBAPIError, CannotDecrypt


def _nobody_hears() -> bool:
    """Tell whether the command was started without a standard output, as by `>&-` (then Python has none either)."""
    return getattr(sys, "stdout", None) is None


def _said(status: int) -> int:
    """Return the status, or 1 when what was said reached nobody: a full disk, a reader that went away."""
    if _nobody_hears():
        return status
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python tries again as it ends
        tell("standard output could not be written")
        return 1
    return status


def _parser(asked: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser of the command that is asked for, or of all: some of them load the whole service."""
    parser = argparse.ArgumentParser(prog="multiagency", description=__doc__)
    parser.set_defaults(silent=False)
    commands = parser.add_subparsers(required=True, metavar="command")
    for name in asked if set(asked) & set(COMMANDS) else COMMANDS:
        import_module(f"multiagency.cli.{name}").add(commands)
    return parser
