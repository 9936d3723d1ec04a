"""`multiagency audit verify|export`: the log checked and taken away, from a bundle or from the database."""

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from multiagency.audit import bundle, service
from multiagency.audit.bundle import Verdict
from multiagency.audit.note import Verifier
from multiagency.kernel.access import Act
from multiagency.kernel.errors import Conflict
from multiagency.settings import Settings
from multiagency.wiring import wire
from multiagency.worker import service_session


def add_audit_commands(commands: Any) -> None:
    """Add `audit verify` and `audit export` to the command line."""
    audit = commands.add_parser("audit", help="verify or export the log").add_subparsers(required=True)
    verify = audit.add_parser("verify", help="verify a bundle, or the database; exit 0 when it fits, else 1")
    verify.add_argument("bundle", nargs="?", type=Path, help="without it the database is read")
    verify.add_argument("--key", required=True, metavar="VKEY", help="the log's C2SP verifier key")
    verify.add_argument("--json", action="store_true", help="one JSON document on stdout and nothing else")
    verify.set_defaults(run=_verify)
    export = audit.add_parser("export", help="write the numbered entries as a bundle")
    export.add_argument("bundle", type=Path)
    export.set_defaults(run=_export)


def _verify(options: argparse.Namespace) -> int:
    verdict = _verdict(options)
    if options.json:
        sys.stdout.write(json.dumps(verdict.as_dict()) + "\n")
    elif verdict.ok:
        sys.stdout.write(f"The log fits: {verdict.tree_size} entries, root {verdict.root}.\n")
        if verdict.entries > verdict.tree_size:
            sys.stdout.write(f"{verdict.entries - verdict.tree_size} newer entries are not signed yet.\n")
    else:
        where = "" if verdict.first_bad is None else f" at entry {verdict.first_bad}"
        sys.stdout.write(f"THE LOG DOES NOT FIT{where}: {verdict.reason}\n")
    return 0 if verdict.ok else 1


def _verdict(options: argparse.Namespace) -> Verdict:
    try:
        verifier = Verifier.parse(options.key.strip())
        if options.bundle is None:
            return asyncio.run(_verify_database(verifier))
        with options.bundle.open("rb") as lines:
            return bundle.verify(lines, verifier, _progress)
    except (ValueError, OSError, Conflict) as error:
        return Verdict(False, 0, 0, "", None, str(error))
    finally:
        _progress(None)


def _progress(entries: int | None) -> None:
    """Count on a terminal; say nothing where nobody looks."""
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K" if entries is None else f"\r{entries} entries")


async def _verify_database(verifier: Verifier) -> Verdict:
    runtime = wire(Settings())
    try:
        presented = await service_session(runtime)
        async with runtime.unit_of_work(presented, Act.VERIFY_LOG) as work:
            return await service.verify(work, verifier, _progress)
    finally:
        await runtime.close()


def _export(options: argparse.Namespace) -> int:
    async def read() -> bytes:
        runtime = wire(Settings())
        try:
            presented = await service_session(runtime)
            async with runtime.unit_of_work(presented, Act.VERIFY_LOG) as work:
                return await service.export(work)
        finally:
            await runtime.close()

    options.bundle.write_bytes(asyncio.run(read()))
    return 0
