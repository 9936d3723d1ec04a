"""What delivery costs: the invitations of one meeting, beside a bare client that hands over the same bytes.

`--people` sit at each of `--cases` cases of one meeting, which is opened once and timed, cold. Then, in turns within
one run: the worker's delivery, from the first look into the outbox until nothing waits (claim, look again, send, erase,
log), and one `aiosmtplib` connection that hands the same messages to the same mail sink, which is a process of its own.
Prints seconds and the ratio; `--json` as one object.
"""

import argparse
import asyncio
import json
import logging
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import aiosmtplib
from tests.house import Ground, House, standing
from tests.pages import at_pages
from tests.throwaway import throwaway

from multiagency.embedded.mailsink import MailSink
from multiagency.kernel.crypto import Sealed
from multiagency.mail.outbox import unseal
from multiagency.mail.smtp import addresses

OPENED, DELIVERED = "opened, seconds", "delivery, seconds"
MOST = {OPENED: 2, DELIVERED: 5}
"""What a meeting of 30 cases and 60 people may take: until all invitations wait to leave, and until all have left."""
RATIO, GOAL = "bare client's time / delivery's time", 0.7
SINK = """
import sys
from pathlib import Path
from multiagency.embedded.mailsink import MailSink
with MailSink(Path(sys.argv[1])) as sink:
    print(sink.port, flush=True)
    sys.stdin.read()
"""
COLLEAGUES = """
    WITH colleague AS (
        INSERT INTO person (id, name) SELECT gen_random_uuid(), 'Henkilö ' || n FROM generate_series(1, $1) n
        RETURNING id, name)
    INSERT INTO post (id, person_id, agency_id, role, title, email, language, valid_from)
    SELECT gen_random_uuid(), id, (SELECT id FROM agency WHERE name_en LIKE '%Revontuli%'), 'representative', 'ohjaaja',
           'henkilo' || substr(name, 9) || '@revontuli.example', 'fi', now() - interval '1 day' FROM colleague
    RETURNING id
"""


async def invited(house: House, people: int, cases: int) -> float:
    """Let so many people be invited to a meeting with so many cases; return the seconds that opening it took.

    What waits in the outbox then is kept.
    """
    coordinator = await at_pages(house, "coordinator")
    posts = [str(row["id"]) for row in await house.fetch(COLLEAGUES, people)]
    waiting = [await house.submitted() for _ in range(cases)]
    meeting = await house.meeting(*waiting, minutes=60)
    for case in waiting:
        await coordinator.post(f"/meetings/{meeting}/cases/{case}/seats", post=posts)
    began = time.perf_counter()
    await coordinator.post(f"/meetings/{meeting}/opening")
    opened = time.perf_counter() - began
    await house.fetch("CREATE TABLE kept AS SELECT * FROM outbox WHERE purpose = 'request'")
    return opened


async def again(house: House) -> None:
    """Let the same messages wait once more."""
    await house.fetch("DELETE FROM outbox")
    await house.fetch("INSERT INTO outbox SELECT * FROM kept")
    await house.fetch("UPDATE invitation_mail SET state = 'waiting', may_have_left = false")


async def bytes_of(house: House) -> list[bytes]:
    """Return the messages as they go onto the wire."""
    rows = await house.fetch("SELECT id, body, wrapped_key FROM kept ORDER BY id")
    master = house.runtime.tools.master
    return [unseal(master, row["id"], Sealed(row["body"]), row["wrapped_key"]) for row in rows]


async def bare(port: int, messages: Sequence[bytes]) -> float:
    """Hand the messages over on one connection; return the seconds."""
    envelopes = [addresses(message) for message in messages]
    began = time.perf_counter()
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
        for (sender, recipient), message in zip(envelopes, messages, strict=True):
            await client.sendmail(sender, [recipient], message)
    return time.perf_counter() - began


async def delivered(house: House, count: int) -> float:
    """Deliver everything that waits; return the seconds."""
    await house.service()
    began = time.perf_counter()
    handled = await house.deliver()
    seconds = time.perf_counter() - began
    states = await house.fetch("SELECT state FROM outbox")
    if handled != count or {row["state"] for row in states} != {"sent"}:
        raise RuntimeError("not everything was sent")
    return seconds


async def compared(ground: Ground, sink: Path, port: int, options: argparse.Namespace) -> dict[str, Any]:
    """Measure both in turns."""
    there = MailSink(sink, port=port)
    async with ground.house(there) as house:
        opened = await invited(house, options.people, options.cases)
        messages = await bytes_of(house)
        pairs = []
        for _ in range(options.rounds + 1):
            await again(house)
            pairs.append((await bare(port, messages), await delivered(house, len(messages))))
    alone, ours = (median(times) for times in zip(*pairs[1:], strict=True))  # the first one warms up
    return {
        "messages": len(messages),
        OPENED: round(opened, 3),
        "bare client, seconds": round(alone, 3),
        DELIVERED: round(ours, 3),
        "delivery, messages a second": round(len(messages) / ours),
        RATIO: round(alone / ours, 3),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="make bench NAME=mail", description=__doc__)
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--cases", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    with throwaway("bench") as directory, standing(durable=True) as ground:
        words = [sys.executable, "-c", SINK, str(directory / "mail")]
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as sink:  # noqa: S603
            port = int(sink.stdout.readline()) if sink.stdout else 0
            found = asyncio.run(compared(ground, directory / "mail", port, options))
            sink.communicate()
    if options.json:
        sys.stdout.write(json.dumps(found) + "\n")
        return
    for name, value in found.items():
        goal = f"  (goal: at least {GOAL})" if name == RATIO else ""
        goal = f"  (goal: under {MOST[name]})" if name in MOST else goal
        sys.stdout.write(f"{name:40} {value}{goal}\n")


if __name__ == "__main__":
    main()
