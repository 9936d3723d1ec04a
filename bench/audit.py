"""What the log costs: writing with and without the journal, and verifying a bundle of a million entries.

`--seconds` of 64 writers with the journal and without it, in turns within one run, and the log verified afterwards.
The journal that does nothing exists only here. Then a bundle is verified in a process of its own, whose peak memory
is read, and beside a plain loop that parses the same lines and only leaf-hashes them. Prints ratios; `--json` as one
object.
"""

import argparse
import asyncio
import base64
import dataclasses
import hashlib
import json
import logging
import resource
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from tests.house import ORIGIN, Ground, House, standing
from tests.throwaway import throwaway

from multiagency.audit import bundle, service
from multiagency.audit.checking import Shown
from multiagency.audit.checkpoint import Checkpoint
from multiagency.audit.note import Signer
from multiagency.audit.tree import Frontier, leaf_hash
from multiagency.audit.trust import Trust
from multiagency.demo import story
from multiagency.demo.person import Unexpected
from multiagency.kernel.access import Act
from multiagency.kernel.actor import Actor
from multiagency.kernel.journal import Line
from multiagency.kernel.vault import Vault

GOALS = {"writes with the journal / without": 0.8, "verify / leaf-hashing loop": 0.5}
"""Lowest ratios; memory at most `MEMORY` MB."""
MEMORY = 200
WRITERS = 64
SIGNER = Signer(ORIGIN, bytes(32))


class NoJournal:
    """Writes nothing: what the service never does."""

    async def write(self, session: AsyncSession, vault: Vault, actor: Actor | None, lines: Sequence[Line]) -> None:
        """Forget the lines."""


async def writes(house: House, cases: Sequence[str], seconds: float) -> float:
    """Let each writer write into a case of its own for so long; return how many writes a second were acknowledged."""
    officer = await house.person("officer")
    until, done = time.perf_counter() + seconds, 0

    async def writer(case: str) -> None:
        nonlocal done
        while time.perf_counter() < until:
            try:
                await officer.put(f"/cases/{case}/part", {"narrative": story.NARRATIVE})
            except Unexpected:  # 503: so many wait for a connection that one is told to come again
                continue
            done += 1

    began = time.perf_counter()
    await asyncio.gather(*map(writer, cases))
    return done / (time.perf_counter() - began)


async def throughput(ground: Ground, seconds: float, rounds: int) -> dict[str, Any]:
    """Measure both in turns, while the log is numbered beside the writers, and verify what was written."""
    rates: dict[bool, list[float]] = {True: [], False: []}
    async with ground.house(pool_size=WRITERS // 2) as house:
        cases = [await house.draft() for _ in range(WRITERS)]
        tools = house.runtime.tools
        silent = dataclasses.replace(tools, journal=NoJournal())
        for number in range(2 * rounds):
            journalled = number % 2 == 0
            house.runtime.tools = tools if journalled else silent
            stop = asyncio.Event()
            numbering = asyncio.create_task(numbered_beside(house, stop))
            rates[journalled].append(await writes(house, cases, seconds / rounds))
            stop.set()
            await numbering
        house.runtime.tools = tools
        await house.number_log()
        async with house.runtime.unit_of_work(await house.service(), Act.VERIFY_LOG) as work:
            verdict = await service.verify(work, Trust.of(ground.verifier_key))
        rows = await house.fetch("SELECT count(*) AS n, max(index) + 1 AS top FROM audit_sequence")
    with_it, without = median(rates[True]), median(rates[False])
    return {
        "writers": WRITERS,
        "seconds each": seconds,
        "with the journal, writes a second": round(with_it, 1),
        "without, writes a second": round(without, 1),
        "writes with the journal / without": round(with_it / without, 3),
        "numbered": rows[0]["n"],
        "contiguous": rows[0]["n"] == rows[0]["top"],
        "verified": verdict.ok,
    }


async def numbered_beside(house: House, stop: asyncio.Event) -> None:
    """Number the log as the worker does while others write."""
    while not stop.is_set():
        await house.number_log()
        await asyncio.sleep(0.25)


def make_bundle(path: Path, entries: int) -> None:
    """Write a bundle of so many entries of the usual length, signed by the bench's own key."""
    edge = Frontier()
    rest = path.with_suffix(".entries")
    with rest.open("wb") as out:
        for index in range(entries):
            body = (
                b'{"act":"read_case","at":"2026-11-25T12:00:00.000000+00:00","detail":"%s",'
                % secrets.token_hex(32).encode()
            )
            body += (
                b'"id":"%s","kinds":["identity","shell"],"mode":"read","operation":"consultation",'
                % secrets.token_hex(16).encode()
            )
            body += b'"purpose":"case_work","result":"done","version":2}'
            edge.append(leaf_hash(body))
            out.write(bundle.line(Shown(index, body)))
    note = SIGNER.sign(Checkpoint(ORIGIN, entries, edge.root()).text())
    with path.open("wb") as out, rest.open("rb") as lines:
        out.write(bundle.opening(note))
        shutil.copyfileobj(lines, out)
    rest.unlink()


def leaf_hashing(path: Path) -> float:
    """Parse every line and leaf-hash its entry; return the seconds it took."""
    began = time.perf_counter()
    with path.open("rb") as lines:
        next(lines)
        for text in lines:
            fields = json.loads(text.decode())
            hashlib.sha256(b"\x00" + base64.b64decode(fields["entry"], validate=True)).digest()
    return time.perf_counter() - began


def verifying(path: Path) -> float:
    """Verify the bundle in this process; return the seconds it took."""
    began = time.perf_counter()
    with path.open("rb") as lines:
        verdict = bundle.verify(lines, Trust.of(SIGNER.verifier_key))
    if not verdict.ok:
        raise RuntimeError(verdict.reason)
    return time.perf_counter() - began


def memory(path: Path) -> float:
    """Verify the bundle with the command, in a process of its own; return its highest resident memory in MB."""
    words = [
        sys.executable,
        "-m",
        "multiagency.cli",
        "audit",
        "verify",
        str(path),
        "--key",
        SIGNER.verifier_key,
        "--json",
    ]
    done = subprocess.run(words, check=True, capture_output=True)  # noqa: S603 (our own command)
    document = json.loads(done.stdout)
    if not document["ok"]:
        raise RuntimeError(document["reason"])
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def verification(entries: int, rounds: int) -> dict[str, Any]:
    """Measure verifying against the plain loop in turns, and the command's memory."""
    with throwaway("bench") as directory:
        path = directory / "log.jsonl"
        make_bundle(path, entries)
        used = memory(path)
        pairs = [(leaf_hashing(path), verifying(path)) for _ in range(rounds)]
    loop, verify = (median(times) for times in zip(*pairs, strict=True))
    return {
        "entries": entries,
        "leaf-hashing loop, seconds": round(loop, 2),
        "verify, seconds": round(verify, 2),
        "verify / leaf-hashing loop": round(loop / verify, 3),
        "memory of the command, MB": round(used, 1),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="make bench NAME=audit", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="of writing, with the journal and without")
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    found = {"bundle": verification(options.entries, options.rounds)}
    with standing(durable=True) as ground:
        found["writing"] = asyncio.run(throughput(ground, options.seconds, options.rounds))
    if options.json:
        sys.stdout.write(json.dumps(found) + "\n")
        return
    for part, figures in found.items():
        for name, value in figures.items():
            goal = f"  (goal: at least {GOALS[name]})" if name in GOALS else ""
            goal = f"  (goal: below {MEMORY})" if "memory" in name else goal
            sys.stdout.write(f"{part:8} {name:40} {value}{goal}\n")


if __name__ == "__main__":
    main()
