"""The command line: `multiagency web|worker|migrate|keys|rotate|retention|audit|witness|demo`.

Settings come from `MULTIAGENCY_…`.
"""

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import uvicorn
from sqlalchemy.exc import DBAPIError

from multiagency.app import build_app
from multiagency.audit.keyfiles import make_key_files
from multiagency.auditing import add_audit_commands
from multiagency.keeping import add_keeping_commands
from multiagency.kernel.migrations import upgrade
from multiagency.settings import Settings
from multiagency.terminal import sentences
from multiagency.witnessing import add_witness_commands
from multiagency.worker import run


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status. Unsafe or missing settings are 2, with a sentence each."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    for talkative in ("alembic", "httpx"):  # httpx would log private addresses
        logging.getLogger(talkative).setLevel(logging.WARNING)
    options, rest = _parser().parse_known_args(arguments)
    if rest and options.run is not _demo:
        _parser().error(f"unrecognized arguments: {' '.join(rest)}")
    options.rest = rest
    if _nobody_hears() and options.run not in _SILENT:
        _tell("standard output is closed; nothing was done")
        return 1
    try:
        status: int = options.run(options)
    except (OSError, ValueError, DBAPIError) as error:
        for sentence in sentences(error):
            _tell(sentence)
        return 2
    return _said(status)


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
        _tell("standard output could not be written")
        return 1
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="multiagency", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, doing, explained in (
        ("web", _web, "serve pages and API"),
        ("worker", _worker, "deliver mail and number the log"),
        ("migrate", _migrate, "bring the database to the newest revision (needs MULTIAGENCY_DATABASE_URL_OWNER)"),
    ):
        commands.add_parser(name, help=explained).set_defaults(run=doing)
    keys = commands.add_parser("keys", help="make the key files that are missing and print the log's verifier key")
    keys.add_argument("directory", type=Path)
    keys.add_argument("--origin", default=Settings.model_fields["log_origin"].default)
    keys.set_defaults(run=_keys)
    add_keeping_commands(commands)
    add_audit_commands(commands)
    add_witness_commands(commands)
    demo = commands.add_parser("demo", help="a fictitious Lapland on this machine", add_help=False)
    demo.set_defaults(run=_demo)
    return parser


def _tell(sentence: str) -> None:
    sys.stderr.write(f"multiagency: {sentence}\n")


def _web(_: argparse.Namespace) -> int:
    settings = Settings()
    uvicorn.run(
        build_app(settings),
        host=settings.host,
        port=settings.port,
        access_log=False,  # paths hold private addresses
        server_header=False,
        proxy_headers=False,  # a forwarded header never decides anything here
        log_level="warning",
    )
    return 0


def _worker(_: argparse.Namespace) -> int:
    async def until_told() -> None:
        stop = asyncio.Event()
        for told in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(told, stop.set)
        await run(Settings(), stop)

    asyncio.run(until_told())
    return 0


def _migrate(_: argparse.Namespace) -> int:
    url = os.environ.get("MULTIAGENCY_DATABASE_URL_OWNER")
    if not url:
        _tell("MULTIAGENCY_DATABASE_URL_OWNER is missing")
        return 2
    upgrade(url)
    return 0


_SILENT = frozenset({_web, _worker, _migrate})
"""What needs nobody who listens: it runs as a service, or has nothing to say."""


def _keys(options: argparse.Namespace) -> int:
    sys.stdout.write(make_key_files(options.directory, options.origin) + "\n")
    return 0


def _demo(options: argparse.Namespace) -> int:
    try:
        from multiagency.demo.run import main as run_demo  # the demo's servers are an extra, absent in production
    except ImportError as error:
        _tell(f"the demo needs the extra 'demo' ({error.name} is missing)")
        return 2
    return run_demo(options.rest)


if __name__ == "__main__":
    sys.exit(main())
