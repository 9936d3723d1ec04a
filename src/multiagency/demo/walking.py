"""Walks through the main job and reports it: each step on stderr as it happens, one JSON document on stdout."""

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any

import httpx

from multiagency.demo.carrying import PEOPLE, ModelsWalk
from multiagency.demo.household import Household
from multiagency.demo.person import PersonAtApi, Unexpected
from multiagency.demo.walkthrough import Walkthrough


@dataclass(frozen=True, slots=True)
class StepReport:
    """How one step went."""

    name: str
    ok: bool
    detail: str


def walk(household: Household, as_json: bool) -> int:
    """Do the six steps; with `as_json` write one document to stdout. Return 0 when every step is ok, else 1."""
    started = time.monotonic()
    report = asyncio.run(_walk(household))
    report["seconds"] = round(time.monotonic() - started, 2)
    if as_json:
        sys.stdout.write(json.dumps(report) + "\n")
    return 0 if report["ok"] else 1


async def _walk(household: Household) -> dict[str, Any]:
    done: list[StepReport] = []
    async with httpx.AsyncClient(base_url=household.base_url, timeout=30) as http:
        walkthrough = Walkthrough(household, http)
        for name, step in walkthrough.steps():
            try:
                report = StepReport(name, True, await step())
            except (Unexpected, httpx.HTTPError, KeyError, StopIteration) as error:
                report = StepReport(name, False, f"{type(error).__name__}: {error}")
            done.append(report)
            sys.stderr.write(f"{'ok  ' if report.ok else 'FAIL'} {report.name}: {report.detail}\n")
            if not report.ok:
                break
        mails, verdict = walkthrough.calendar_mails(), walkthrough.verdict
        ok = len(done) == len(walkthrough.steps()) and all(step.ok for step in done)
        marak = {"ok": ok, "stages": await walkthrough.stages() if ok else []}
        models = await _models(household, http) if ok else {}
    return {
        "ok": ok and all(model["ok"] for model in models.values()),
        "steps": [asdict(step) for step in done],
        "invitations": sum(mail.method == "REQUEST" and mail.sequence == 0 for mail in mails),
        "cancellations": sum(mail.method == "CANCEL" for mail in mails),
        "audit": {
            "entries": verdict.get("entries", 0),
            "verified": verdict.get("ok", False),
            "tree_size": verdict.get("tree_size", 0),
            "root": verdict.get("root", ""),
        },
        "refused_after_withdrawal": walkthrough.refused,
        "models": {"marak": marak} | models,
    }


async def _models(household: Household, http: httpx.AsyncClient) -> dict[str, dict[str, Any]]:
    """Carry a case of each other model to its end; return by model whether that went well, and its stages."""
    people = {login: PersonAtApi(http, login) for login in PEOPLE}
    for person in people.values():
        await person.sign_in(household.passwords["demo_account"])
    walk, found = ModelsWalk(people), dict[str, dict[str, Any]]()
    await walk.learn()
    for code, carry in walk.models().items():
        try:
            found[code] = {"ok": True, "stages": await carry()}
            detail = " → ".join(found[code]["stages"])
        except (Unexpected, httpx.HTTPError, KeyError, StopIteration) as error:
            found[code] = {"ok": False, "stages": []}
            detail = f"{type(error).__name__}: {error}"
        sys.stderr.write(f"model {code}: {detail}\n")
    return found
