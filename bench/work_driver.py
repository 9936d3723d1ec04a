"""The load of `bench/work.py`, a process of its own: reads who works where on its input, prints what it measured.

Everybody follows their own round without a pause, so that each has one request under way: 64 people are 64 at once.
"""

import asyncio
import contextlib
import json
import re
import sys
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from bench.work_visitor import Answer, Visitor, encoded, form_at, identity_code

NARRATIVE = "Asiakas kertoi kolmannesta väkivaltatilanteesta puolen vuoden sisällä ja uhkauksista. " * 3
_ITEM, _THEN = re.compile(r'name="comment-([a-z_]+)"'), re.compile(r'name="then" value="([a-z_]+)"')
_SEEN = re.compile(r'name="seen" value="([^"]+)"')
_MARAK = re.compile(r'href="(/cases/new\?team=[^"]+)">MARAK')
_TEAM = re.compile(r'name="team" value="([^"]+)"')


@dataclass(slots=True)
class Watch:
    """Counts what begins between two moments of the clock, and notes what was not answered as it should have been."""

    begins: float
    ends: float
    taken: list[float] = field(default_factory=list)
    asked: int = 0
    in_time: int = 0
    saves: int = 0
    wrong: list[str] = field(default_factory=list)

    def note(self, method: str, path: str, began: float, answer: Answer) -> None:
        """Note one answer."""
        ended = time.perf_counter()
        self.asked += 1
        if began < self.begins or began >= self.ends:
            return
        self.taken.append(ended - began)
        self.in_time += ended <= self.ends
        self.saves += method == "POST"
        if answer.status != (303 if method == "POST" else 200):
            self.wrong.append(f"{answer.status} {method} {re.sub(r'[0-9A-Z]{4}-[0-9A-Z]{4}', '…', path)}")


class Over(Exception):
    """The time is over: whoever works stops before the next request."""


class Worker:
    """Somebody at work."""

    def __init__(self, visitor: Visitor, watch: Watch, number: int, about: dict[str, Any]) -> None:
        self._visitor, self._watch, self._number = visitor, watch, number
        self._cases: list[str] = about["cases"]
        self._meeting: str = about["meeting"]

    async def get(self, path: str) -> str:
        """Read a page."""
        return (await self._ask("GET", path)).text

    async def _ask(self, method: str, path: str, body: bytes = b"") -> Answer:
        began = time.perf_counter()
        if began >= self._watch.ends:
            raise Over
        answer = await self._visitor.ask(method, path, body)
        self._watch.note(method, path, began, answer)
        return answer

    async def send(self, page: str, path: str, **fields: str | list[str]) -> tuple[str, str]:
        """Send the form of a page with these fields, and follow where it leads; return path and page there."""
        answer = await self._ask("POST", path, encoded(form_at(page, path) | fields))
        there = answer.header(b"location").partition("#")[0]
        return (there, await self.get(there)) if there else (path, answer.text)

    async def fill(self, path: str, **fields: str) -> str:
        """Open a form, send it filled in, and return the page that it leads to."""
        return (await self.send(await self.get(path), path, **fields))[1]

    async def referring(self) -> None:
        """Look at one's cases, open another and fill it in: people, situation, the checklist heading by heading."""
        await self.get("/cases")
        new = await self.get("/cases/new")
        if several := _MARAK.search(new):  # which team is asked where there are several
            new = await self.get(several[1])
        team = _TEAM.search(new)
        client, people = {"name": f"Aili Esimerkki {self._number}", "identity_code": identity_code()}, {}
        if at_once := 'name="client-name"' in new:
            people = {"client-name": client["name"], "client-born": client["identity_code"]}
            people["person_using_violence-name"] = f"Oiva Keksitty {self._number}"
        there, page = await self.send(new, "/cases/new", team=team[1] if team else "", **people)
        case = there.removesuffix("/situation")
        if at_once:
            await self.send(page, there, narrative=NARRATIVE, seen=_SEEN.findall(page))
        else:  # an older commit: a page for each
            await self.fill(f"{case}/client", **client)
            await self.fill(f"{case}/part", narrative=NARRATIVE)
        path = f"{case}/checklist"
        page = await self.get(path)
        items = _ITEM.findall(page)
        headings = [*(name for name in _THEN.findall(page) if name != "here"), ""]
        for number, heading in enumerate(headings, 1):
            given = len(items) * number // len(headings)
            fields = {f"answer-{item}": "yes" if place < given else "unanswered" for place, item in enumerate(items)}
            fields |= {f"comment-{item}": "Mustelmia" if not place else "" for place, item in enumerate(items)}
            _, page = await self.send(page, path, **fields, judged_high="", judgement_reason="", then=heading)
        await self.get(case)

    async def steering(self) -> None:
        """Look at what waits, read one of it, and place it on the agenda of one's meeting."""
        meeting = f"/meetings/{self._meeting}"
        for path in ("/", "/cases", "/meetings"):
            await self.get(path)
        page = await self.get(meeting)
        if self._cases:
            case = self._cases.pop()
            await self.get(f"/cases/{case}")
            await self.send(page, f"{meeting}/agenda", case=case)

    async def sitting(self) -> None:
        """Read what one sits for."""
        for path in ("/", "/cases", f"/cases/{self._cases[0]}", f"/cases/{self._cases[0]}/checklist", "/actions"):
            await self.get(path)


async def _rounds(one: Callable[[], Coroutine[Any, Any, None]]) -> None:
    with contextlib.suppress(Over):
        while True:
            await one()


async def work(task: dict[str, Any]) -> dict[str, Any]:
    """Let everybody work, at first uncounted; return what was measured."""
    begins = time.perf_counter() + task["warm"]
    watch = Watch(begins, begins + task["seconds"])
    visitors = [Visitor(task["base_url"], about["cookie"]) for about in task["people"]]
    workers = [Worker(v, watch, n, about) for n, (v, about) in enumerate(zip(visitors, task["people"], strict=True))]
    pairs = zip(workers, task["people"], strict=True)
    await asyncio.gather(*(_rounds(getattr(worker, about["does"])) for worker, about in pairs))
    for visitor in visitors:
        visitor.close()
    left = {str(number): worker._cases for number, worker in enumerate(workers)}
    counted = {"asked": watch.asked, "in_time": watch.in_time, "saves": watch.saves}
    return counted | {"taken": watch.taken, "wrong": watch.wrong, "left": left}


def main() -> None:
    """Work as the task on the input says."""
    found = asyncio.run(work(json.load(sys.stdin)))
    json.dump(found | {"driver": time.process_time()}, sys.stdout)


if __name__ == "__main__":
    main()
