"""What is written: every door leaves entries that say who, whose, whose record, what, why and to whom."""

import json
from datetime import datetime
from uuid import uuid4

from fastapi.routing import iter_route_contexts
from tests.web.calls import ENDS_SIGHT, Route, routes_of, world
from tests.web.test_matrix import in_follow_up
from tests.web.test_routes import doors_of

from multiagency.kernel.access import RULES, Act
from multiagency.kernel.journal import Operation

DONE = {200, 201, 204, 303}
WALKERS = ["social-worker", "county", "municipality", "coordinator", "auditor", "child-welfare", "administrator", "officer"]
PLAIN = "at act mode basis person_id post_id agency_id case_id case_reference subject_id controller_id recipient_id"


async def entries_after(database, after):
    rows = await database.fetch(
        "SELECT e.id, e.at AS entry_at, e.body, d.* FROM audit_entry e JOIN audit_detail d ON d.entry_id = e.id "
        "WHERE e.id > $1 ORDER BY e.id",
        after,
    )
    return [dict(row) | {"body": json.loads(row["body"])} for row in rows]


def faults_of(entry):
    """What 703/2023 section 10 asks for and this entry does not say."""
    body = entry["body"]
    found = [name for name in ("person_id", "post_id", "agency_id") if entry[name] is None]
    if body["kinds"]:
        found += [name for name in ("subject_id", "case_id", "controller_id", "basis") if entry[name] is None]
        found += ["operation"] if (body["operation"] == Operation.NONE) != (body["mode"] == "deny") else []
    elif body["operation"] not in {Operation.NONE, Operation.ERASURE}:
        found.append("operation of nothing")
    if body["mode"] == "disclose":
        found += [name for name in ("recipient_id", "basis") if entry[name] is None]
    at = datetime.fromisoformat(body["at"])
    if not (at == entry["at"] == entry["entry_at"] and at.utcoffset().total_seconds() == 0 and "." in body["at"]):
        found.append("time")
    return found


def all_doors(app):
    """The routes that change something, at the API; and everything that can be looked at, pages too."""
    pages = [
        Route("GET", context.path, doors_of(context.dependant)[0].act, takes_body=False)
        for context in iter_route_contexts(app.routes)
        if "GET" in context.methods and not context.path.startswith("/api/")
    ]
    return pages + [route for route in routes_of(app) if route not in pages]


async def walk(there, login, done, skipped):
    """Call every route as one account; return what its entries lack, and how many each of them made."""
    wrong, counts = [], {}
    await there.house.person(login)
    for route in all_doors(there.house.app):
        if route.act in skipped:
            continue
        after = await there.database.fetchval("SELECT id FROM audit_entry ORDER BY id DESC LIMIT 1")
        response = await there.call(login, route)
        made = [e for e in await entries_after(there.database, after) if e["body"]["act"] == route.act or e["body"]["mode"] == "deny"]
        faults = {fault for entry in made for fault in faults_of(entry)}
        if response.status_code in DONE and not RULES[route.act].public:
            done.add(route.act)
            faults |= set() if made else {"no entry"}
        if response.status_code in {403, 404} and [entry["body"]["mode"] for entry in made][-1:] != ["deny"]:
            faults.add("no refusal")
        if faults:
            told = [(entry["mode"], entry["body"]["kinds"]) for entry in made]
            wrong.append(f"{login}: {route.key} {response.status_code} lacks {sorted(faults)}: {told}")
        counts[route.key] = len(made)
    there.house.forget(login)
    return wrong, counts


async def test_every_door_of_every_role_says_who_whose_what_and_why(ground, sink):
    wrong, counts, done = [], {}, set()
    async with ground.house(sink) as house:
        tried = await in_follow_up(house)
        names = {name for route in all_doors(house.app) for name in route.parameters}
        async with world(house, {name: str(uuid4()) for name in names} | {"version": "1"} | tried) as there:
            for login in WALKERS:
                last = login == WALKERS[-1]
                faults, made = await walk(there, login, done, set() if last else ENDS_SIGHT)
                wrong, counts = wrong + faults, {key: max(n, counts.get(key, 0)) for key, n in made.items()}
    print(sorted(((n, k) for k, n in counts.items()), reverse=True)[:12])
    print(set(Act) - done)
    assert wrong == [], "\n".join(wrong)
