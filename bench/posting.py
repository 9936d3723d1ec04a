"""What the worker keeps in memory while it delivers: the real command, so many notices, a mail sink beside it."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.house import Ground, House
from tests.throwaway import throwaway

from bench.mail import SINK
from multiagency.demo.household import environment_of
from multiagency.embedded.mailsink import MailSink
from multiagency.kernel.access import Act
from multiagency.kernel.ids import uuid7
from multiagency.mail.message import Envelope, build
from multiagency.mail.outbox import NOTICE, Leaving, enqueue

_AT_ONCE = 500
_LONGEST = 1800.0
_NOTICE = """
    INSERT INTO notice (id, post_id, what, place, urgent, sender_id, created_at, mailed_at, mail_id)
    SELECT id, (SELECT min(id::text)::uuid FROM post WHERE role = 'officer'), 'x', '/', false,
           (SELECT min(id::text)::uuid FROM post WHERE role = 'worker'), now(), now(), id FROM unnest($1::uuid[]) id
"""
_WORDS = "Teille on palvelussa uutta luettavaa. Kirjautukaa sisään, niin näette, mitä se koskee. " * 20


async def _waiting(house: House, mails: int) -> None:
    """Let so many notices wait, each as large as an invitation."""
    for begin in range(0, mails, _AT_ONCE):
        ids = [uuid7() for _ in range(min(_AT_ONCE, mails - begin))]
        await house.fetch(_NOTICE, ids)
        async with house.runtime.unit_of_work(await house.service(), Act.DELIVER_MAIL) as work:
            for each in ids:
                name = f"<{each}@kutsu.example>"
                envelope = Envelope("ei-vastausta@kutsu.example", "Palvelu", "elina@police.example", name)
                message = build(envelope, "Uutta luettavaa", _WORDS)
                await enqueue(work, Leaving(each, 0, NOTICE, name, message))


def _megabytes(process: int, what: str) -> int:
    """Return what the system counts of a process, in MB: VmRSS now, VmHWM at most so far."""
    lines = Path(f"/proc/{process}/status").read_text("ascii").splitlines()
    return round(int(next(line for line in lines if line.startswith(what)).split()[1]) * 1024 / 1e6)


async def _delivered(house: House, mails: int, process: int) -> tuple[int, float]:
    """Wait until nothing waits any more; return the memory after the first, and the seconds."""
    first, began = 0, time.perf_counter()
    while time.perf_counter() - began < _LONGEST:
        sent = (await house.fetch("SELECT count(*) AS n FROM outbox WHERE state = 'sent'"))[0]["n"]
        if sent and not first:
            first = _megabytes(process, "VmRSS")
        if sent == mails:
            return first, time.perf_counter() - began
        await asyncio.sleep(0.2)
    raise RuntimeError("not everything was sent")


@contextmanager
def _running(words: Sequence[str], environment: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    """Run Python with these words, and end it."""
    words = [sys.executable, *words]
    with subprocess.Popen(  # noqa: S603
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


async def worker_memory(ground: Ground, mails: int) -> dict[str, Any]:
    """Return what `multiagency worker` takes while it delivers so many."""
    with throwaway("bench") as directory, _running(["-c", SINK, str(directory)]) as sink:
        there = MailSink(directory, port=int(sink.stdout.readline()) if sink.stdout else 0)
        async with ground.house(there) as house:
            await _waiting(house, mails)
            environment = os.environ | environment_of(house.settings)
            with _running(["-m", "multiagency.cli", "worker"], environment) as worker:
                first, seconds = await _delivered(house, mails, worker.pid)
                return {
                    "mails": mails,
                    "worker MB at the first": first,
                    "worker MB at the last": _megabytes(worker.pid, "VmRSS"),
                    "worker MB at most": _megabytes(worker.pid, "VmHWM"),
                    "mails per second": round(mails / seconds),
                }
