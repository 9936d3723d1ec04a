"""What stands before the clock of `bench/work.py` starts: colleagues, their sessions, cases that wait, seats."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg

from bench.work_visitor import Visitor, identity_code
from multiagency.demo import story

LIKE = {"officer": 22, "social-worker": 22, "coordinator": 4, "police": 4, "county": 4, "municipality": 8}
"""How many colleagues each of these accounts gets: 64 people."""
DOES = {"officer": "referring", "social-worker": "referring", "coordinator": "steering"}
WAITING = 25
"""Cases that wait for each coordinator."""
_COPIES = {
    "person": ("p.id = (SELECT person_id FROM post WHERE id = $1)", ("id", "name", "identity_hash")),
    "post": ("p.id = $1", ("id", "person_id", "email")),
    "credential": ("p.post_id = $1", ("post_id", "login")),
    "team_member": ("p.post_id = $1", ("post_id",)),
}
"""Rows of a colleague, copied from somebody's with these columns changed: so it fits every version of the tables."""


async def colleague(database: asyncpg.Connection, like: str, number: int) -> dict[str, Any]:
    """Make a colleague of a demo account, with its password; return who it is."""
    model = await database.fetchval("SELECT post_id FROM credential WHERE login = $1", like)
    person, post, login = str(uuid4()), str(uuid4()), f"{like}-at-work-{number}"
    email = f"{login}@bench.example"
    new = {"name": f"Henkilö {like} {number}", "identity_hash": None, "email": email, "login": login}
    ids = {"person": {"id": person}, "post": {"id": post, "person_id": person}}
    for table, (whose, columns) in _COPIES.items():
        values = new | {"post_id": post} | ids.get(table, {})
        changed = json.dumps({name: values[name] for name in columns})
        copied = f"SELECT (jsonb_populate_record(p, $2::jsonb)).* FROM {table} p WHERE {whose}"
        await database.execute(f"INSERT INTO {table} {copied}", model, changed)
    return {"login": login, "like": like, "post": post, "does": DOES.get(like, "sitting"), "cases": [], "meeting": ""}


async def submitted(officer: Visitor, number: int) -> str:
    """Carry a case to its submission, through the API that both commits have."""
    team = (await officer.api("GET", "/teams"))[0]["id"]
    agencies = {agency["name"]: agency["id"] for agency in await officer.api("GET", "/agencies")}
    named = [i for name, i in agencies.items() if any(part in name for part in ("Police", "Wellbeing", "Revontuli"))]
    case: str = (await officer.api("POST", "/cases", {"team": team}))["reference"]
    client = {"name": f"Aili Esimerkki {number}", "identity_code": identity_code()}
    await officer.api("PUT", f"/cases/{case}/client", client)
    violent = {"role": "person_using_violence", "name": f"Oiva Keksitty {number}", "relation": "aviopuoliso"}
    await officer.api("POST", f"/cases/{case}/parties", violent)
    await officer.api("PUT", f"/cases/{case}/part", {"narrative": story.NARRATIVE})
    asked = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    await officer.api("POST", f"/cases/{case}/consent", story.consent(asked, named))
    await officer.api("PUT", f"/cases/{case}/assessment", {"answers": story.answers(15)})
    await officer.api("POST", f"/cases/{case}/submission")
    return case


async def called(coordinator: Visitor) -> str:
    """Call a meeting."""
    team = (await coordinator.api("GET", "/teams"))[0]["id"]
    starts = datetime.now(UTC) + timedelta(hours=2)
    body = {"team": team, "starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=2)).isoformat()}
    meeting: str = (await coordinator.api("POST", "/meetings", body))["reference"]
    return meeting


async def prepare(service: dict[str, Any]) -> list[dict[str, Any]]:
    """Make everybody and everything that they work on; return everybody, signed in."""
    database = await asyncpg.connect(**service["server"])
    people = [await colleague(database, like, number) for like, many in LIKE.items() for number in range(many)]
    await database.close()
    visitors = {about["login"]: Visitor(service["base_url"]) for about in people}
    for about in people:
        await visitors[about["login"]].sign_in(about["login"], service["password"])
        about["cookie"] = visitors[about["login"]].cookie
    steering = [about for about in people if about["does"] == "steering"]
    officers = [visitors[about["login"]] for about in people if about["does"] == "referring"][:8]
    waiting = await _many_submitted(officers, len(steering) * (WAITING + 1))
    for about in steering:
        about["meeting"] = await called(visitors[about["login"]])
        about["cases"] = [waiting.pop() for _ in range(WAITING)]
    await _seat(visitors[steering[0]["login"]], waiting, [about for about in people if about["does"] == "sitting"])
    for visitor in visitors.values():
        visitor.close()
    return people


async def _many_submitted(officers: list[Visitor], count: int) -> list[str]:
    """Return so many submitted cases, those of each officer one after another."""

    async def some(place: int) -> list[str]:
        return [await submitted(officers[place], n) for n in range(place, count, len(officers))]

    return [case for found in await asyncio.gather(*map(some, range(len(officers)))) for case in found]


async def _seat(coordinator: Visitor, cases: list[str], sitting: list[dict[str, Any]]) -> None:
    """Let everybody who sits have a seat for one of the cases of a meeting that is open."""
    meeting = await called(coordinator)
    for case in cases:
        await coordinator.api("POST", f"/meetings/{meeting}/agenda", {"case": case})
    for number, about in enumerate(sitting):
        about["cases"] = [cases[number % len(cases)]]
        seat = {"case": about["cases"][0], "post": about["post"]}
        await coordinator.api("POST", f"/meetings/{meeting}/seats", seat)
    await coordinator.api("POST", f"/meetings/{meeting}/opening")
