"""`multiagency demo`: start everything, say where it is and who may sign in; or walk through the main job."""

import argparse
import shutil
import socket
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from multiagency.demo.alone import AlreadyRuns, alone, end_in_order
from multiagency.demo.household import HOST, Household, data_directory, free_port
from multiagency.demo.lapland import ACCOUNTS, AGENCIES
from multiagency.embedded.postgres import EmbeddedPostgres
from multiagency.kernel.migrations import UnknownRevision


def main(arguments: Sequence[str]) -> int:
    """Run the demo until Ctrl-C, or the walkthrough; return the exit status."""
    options = _parser().parse_args(arguments)
    if options.walkthrough:
        return _walk(options.json)
    directory = data_directory()
    try:
        with alone(directory, f"http://{HOST}:{options.port}"):
            return _run(directory, options)
    except AlreadyRuns as other:
        _say(f"The demo already runs in {directory}: {other}. Stop it there with Ctrl-C, or by `kill` and its number.")
        return 1


def _run(directory: Path, options: argparse.Namespace) -> int:
    if options.fresh:
        _start_anew(directory)
    if not _is_free(options.port):
        _say(f"Port {options.port} is taken; choose another: make demo ARGS='--port 8010'")
        return 1
    if EmbeddedPostgres(directory / "postgresql").running:
        _say("The database of an earlier demo still runs here; it is taken over.")
    end_in_order()
    try:
        with Household(directory, options.port, on_duty=True) as household:
            _announce(household)
            household.run_until_stopped()
            _say("A process of the demo ended by itself; stopping.")
            return 1
    except UnknownRevision:
        _say("The data of this demo belongs to another version; `make demo ARGS=--fresh` starts anew.")
        return 1
    except KeyboardInterrupt:
        _say("\nStopped. The data is kept; `make demo ARGS=--fresh` starts anew.")
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="multiagency demo", description=__doc__)
    parser.add_argument("--fresh", action="store_true", help="throw the demo's data away first")
    parser.add_argument("--port", type=int, default=8000, help="port of the web application")
    parser.add_argument("--walkthrough", action="store_true", help="do the main job over HTTP as seven people")
    parser.add_argument("--json", action="store_true", help="with --walkthrough: one JSON document on stdout")
    return parser


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) != 0


def _start_anew(directory: Path) -> None:
    """Throw away what the demo made there, and nothing else that may stand in the same directory."""
    EmbeddedPostgres(directory / "postgresql").stop(immediate=True)
    for part in ("postgresql", "mail", "secrets", "keys"):
        shutil.rmtree(directory / part, ignore_errors=True)


def _announce(household: Household) -> None:
    _say(f"\n  Service:  {household.base_url}\n  Mailbox:  {household.mailbox_url}   (what was mailed; demo only)\n")
    _say(f"  Accounts, all with the password  {household.passwords['demo_account']}\n")
    for account in ACCOUNTS:
        _say(f"    {account.login:<23}{account.name}, {account.title}, {AGENCIES[account.agency][1]}")
    _say("\n  Everybody here is fictitious. Ctrl-C stops all of it.\n")


def _walk(as_json: bool) -> int:
    from multiagency.demo.walking import walk  # httpx is needed only here

    directory = Path(tempfile.mkdtemp(prefix="multiagency-"))
    directory.chmod(0o711)  # the database's own user must be able to pass through
    try:
        with Household(directory, free_port()) as household:
            return walk(household, as_json)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
