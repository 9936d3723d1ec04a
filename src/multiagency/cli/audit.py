"""`multiagency audit verify|export|inclusion|consistency|check|checkpoint`: the log checked, taken away and proved.

`verify` of a bundle needs neither database nor network nor settings; the others read the database as the worker does.
"""

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError

from multiagency.audit import bundle, nodes, service
from multiagency.audit.checking import Verdict, unusable
from multiagency.audit.note import BadNote, Signer, encode_base64
from multiagency.audit.sequencer import Sequencer
from multiagency.audit.trust import Trust
from multiagency.cli.terminal import progress_bar, sentences, tell
from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented
from multiagency.kernel.clock import HELSINKI
from multiagency.kernel.crypto import read_key
from multiagency.kernel.errors import Conflict, Invalid, NotSignedIn
from multiagency.kernel.journal import Mode
from multiagency.kernel.progress import Progress
from multiagency.kernel.runtime import Runtime
from multiagency.kernel.work import Work


def add(commands: Any) -> None:
    """Add the `audit` commands to the command line."""
    audit = commands.add_parser("audit", help="verify, export or prove the log").add_subparsers(required=True)
    verify = audit.add_parser("verify", help="verify a bundle, or the database; exit 0 when it fits, else 1")
    verify.add_argument("bundle", nargs="?", type=Path, help="without it the database is read")
    verify.add_argument("--key", required=True, metavar="VKEY", help="the log's C2SP verifier key")
    verify.add_argument("--witness-key", action="append", default=[], metavar="VKEY", help="a witness to be believed")
    verify.add_argument("--quorum", type=int, metavar="N", help="so many of them must have co-signed (default: all)")
    verify.add_argument("--against", type=Path, metavar="CHECKPOINT", help="a checkpoint kept from before")
    verify.add_argument("--json", action="store_true", help="one JSON document on stdout and nothing else")
    verify.set_defaults(run=_verify)
    export = audit.add_parser("export", help="write numbered entries as a bundle that proves itself")
    export.add_argument("bundle", nargs="?", type=Path, help="without it the bundle goes to stdout")
    export.add_argument("--from", dest="first", metavar="PLACE", help="entry number, or Helsinki date and time")
    export.add_argument("--to", dest="last", metavar="PLACE", help="up to but not including it")
    export.add_argument("--quorum", type=int, default=0, metavar="N", help="under a checkpoint so many have co-signed")
    export.set_defaults(run=_command(_export))
    inclusion = audit.add_parser("inclusion", help="prove that an entry is in the log (RFC 6962, 2.1.1), as JSON")
    inclusion.add_argument("index", type=int)
    inclusion.set_defaults(run=_command(_inclusion))
    consistency = audit.add_parser("consistency", help="prove that the log of one size begins another (2.1.2), as JSON")
    consistency.add_argument("old", type=int)
    consistency.add_argument("new", type=int, nargs="?", help="without it the newest checkpoint's")
    consistency.set_defaults(run=_command(_consistency))
    checking = audit.add_parser(
        "check", help="run the self-check now and raise its alarms; exit 1 when one does not fit"
    )
    checking.set_defaults(run=_command(_check))
    checkpoint = audit.add_parser("checkpoint", help="number what waits, sign a checkpoint now and print it")
    checkpoint.set_defaults(run=_command(_checkpoint))


def _verify(options: argparse.Namespace) -> int:
    verdict = _verdict(options)
    if options.json:
        sys.stdout.write(json.dumps(verdict.as_dict()) + "\n")
    elif verdict.ok:
        sys.stdout.write(f"The log fits: {verdict.tree_size} entries, root {verdict.root}.\n")
        if verdict.entries < verdict.tree_size:
            sys.stdout.write(f"{verdict.entries} of them are shown, the others stand there as hashes only.\n")
        if verdict.entries > verdict.tree_size:
            sys.stdout.write(f"{verdict.entries - verdict.tree_size} newer entries are not signed yet.\n")
        sys.stdout.write(f"Co-signed by: {', '.join(verdict.witnesses) or 'no witness that you named'}.\n")
    else:
        where = "" if verdict.first_bad is None else f" at entry {verdict.first_bad}"
        sys.stdout.write(f"THE LOG DOES NOT FIT{where}: {verdict.reason}\n")
    return 0 if verdict.ok else 1


def _verdict(options: argparse.Namespace) -> Verdict:
    try:
        kept = None if options.against is None else options.against.read_text("utf-8")
        trust = Trust.of(options.key, options.witness_key, options.quorum, kept)
        with progress_bar() as show:
            if options.bundle is None:
                return asyncio.run(_verify_database(trust, show))
            with options.bundle.open("rb") as lines:
                return bundle.verify(lines, trust, show)
    except (Conflict, NotSignedIn) as error:
        return unusable(_sentence(error))
    except (ValueError, OSError, DBAPIError, BadNote, nodes.BrokenTree) as error:
        return unusable("; ".join(sentences(error)))


async def _verify_database(trust: Trust, progress: Progress | None) -> Verdict:
    async with _log() as (runtime, presented), runtime.unit_of_work(presented, Act.VERIFY_LOG) as work:
        return await service.verify(work, trust, progress)


@asynccontextmanager
async def _log() -> AsyncIterator[tuple[Runtime, Presented]]:
    """The running kernel and a session of the worker's account, loaded here: a bundle is verified without it."""
    from multiagency.settings import Settings
    from multiagency.wiring import wire
    from multiagency.worker import service_session

    runtime = wire(Settings())
    try:
        yield runtime, await service_session(runtime)
    finally:
        await runtime.close()


Command = Callable[[argparse.Namespace, Runtime, Presented], Awaitable[int | None]]


def _command(doing: Command) -> Callable[[argparse.Namespace], int]:
    """Make a function over the database into a command: 0 when it is done, 1 with a sentence when it cannot be."""

    async def run(options: argparse.Namespace) -> int:
        async with _log() as (runtime, presented):
            return await doing(options, runtime, presented) or 0

    def command(options: argparse.Namespace) -> int:
        try:
            return asyncio.run(run(options))
        except (Conflict, Invalid, NotSignedIn, nodes.BrokenTree) as error:
            return tell(_sentence(error))

    return command


def _sentence(error: Exception) -> str:
    if isinstance(error, NotSignedIn):
        return "the worker's account is not signed in; look at WORKER_LOGIN and WORKER_PASSWORD"
    if isinstance(error, Conflict):
        return "there is no such checkpoint yet"
    return str(error) if isinstance(error, nodes.BrokenTree) else "that range is not within the checkpoint"


async def _export(options: argparse.Namespace, runtime: Runtime, presented: Presented) -> None:
    with tempfile.TemporaryFile() as made:
        async with runtime.unit_of_work(presented, Act.VERIFY_LOG) as work:
            first, last = await _range(work, options)
            with progress_bar() as show:
                await service.export(work, made, first, last, options.quorum, show)
        made.seek(0)  # nothing leaves before the entry that says so is committed
        if options.bundle is None:
            shutil.copyfileobj(made, sys.stdout.buffer)
            return
        with options.bundle.open("wb") as out:
            shutil.copyfileobj(made, out)


async def _range(work: Work, options: argparse.Namespace) -> tuple[int, int | None]:
    """Read two places in the log, each a number or a moment; raises ValueError for anything else."""
    first, last = _place(options.first), _place(options.last)
    since, until = (place if isinstance(place, datetime) else None for place in (first, last))
    by_time = await service.range_of(work, since, until, options.quorum) if since or until else (0, None)
    return first if isinstance(first, int) else by_time[0], last if isinstance(last, int) else by_time[1]


def _place(text: str | None) -> int | datetime | None:
    if text is None:
        return None
    if text.isascii() and text.isdigit():
        return int(text)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=HELSINKI)


async def _inclusion(options: argparse.Namespace, runtime: Runtime, presented: Presented) -> None:
    async with runtime.unit_of_work(presented, Act.VERIFY_LOG) as work:
        work.record(Mode.READ)
        note, size = await _newest(work)
        if not 0 <= options.index < size:
            raise Conflict("audit.no_checkpoint")
        (leaf,) = await nodes.hashes(work, [(0, options.index)])
        proof = await nodes.inclusion(work, options.index, size)
    _print(
        index=options.index,
        size=size,
        leaf_hash=encode_base64(leaf),
        proof=[encode_base64(node) for node in proof],
        checkpoint=note,
    )


async def _consistency(options: argparse.Namespace, runtime: Runtime, presented: Presented) -> None:
    async with runtime.unit_of_work(presented, Act.VERIFY_LOG) as work:
        work.record(Mode.READ)
        newest, size = await _newest(work)
        new = size if options.new is None else options.new
        note = newest if new == size else await service.checkpoint_at(work, new)
        if not 0 <= options.old <= new:
            raise Conflict("audit.no_checkpoint")
        proof = await nodes.consistency(work, options.old, new)
    _print(old_size=options.old, new_size=new, proof=[encode_base64(node) for node in proof], checkpoint=note)


async def _check(_: argparse.Namespace, runtime: Runtime, presented: Presented) -> int:
    from multiagency.assurance.jobs_selfcheck import check

    with progress_bar() as show:
        found = await check(runtime, presented, progress=show)
    sys.stdout.write("".join(f"ALARM: {code}\n" for code in found) or "Everything fits.\n")
    return int(bool(found))


async def _checkpoint(_: argparse.Namespace, runtime: Runtime, presented: Presented) -> None:
    from multiagency.worker import number_log

    settings = runtime.settings
    sequencer = Sequencer(Signer(settings.log_origin, read_key(settings.keys_directory / "log.key")))
    while await number_log(runtime, presented, sequencer):
        pass
    async with runtime.unit_of_work(presented, Act.VERIFY_LOG) as work:
        work.record(Mode.READ)
        note = await service.newest_checkpoint(work)
    sys.stdout.write(note)


async def _newest(work: Work) -> tuple[str, int]:
    note = await service.newest_checkpoint(work)
    return note, int(note.splitlines()[1])


def _print(**document: object) -> None:
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
