"""What is written: every door leaves entries that say who, whose, whose record, what, why and to whom."""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from fastapi.routing import iter_route_contexts
from tests.consultations.asking import asked
from tests.web.calls import ENDS_SIGHT, NOBODYS, Route, routes_of, world
from tests.web.test_matrix import (
    AT_A_SEAT,
    OF_OTHER_MODELS,
    in_follow_up,
    with_a_draft,
    with_a_log_request,
    with_what_can_be_ended,
)

from multiagency.kernel.access import Operation
from multiagency.kernel.policy import RULES
from multiagency.web.entering import doors_of

DONE = {200, 201, 204, 303}
WALKERS = ["social-worker", "county", "municipality", "officer", "auditor", "child-welfare", "administrator"]
MOST = 9
"""Entries of one request: a disclosure about two people that arrives here, with its notice."""


OPERATIONS = {
    ("open_case", "write"): {"collection"},
    ("assess_risk", "write"): {"alteration"},
    ("read_case", "read"): {"consultation"},
    ("see_matches", "read"): {"combination"},
    ("submit_case", "write"): {"disclosure", "alteration"},
    ("disclose", "disclose"): {"disclosure"},
    ("reassign_case", "write"): {"transfer"},
    ("assign_action", "write"): {"collection", "transfer", "alteration"},
    ("sign_in", "write"): {"none"},
    ("read_case", "deny"): {"none"},
}
"""What the police's law calls these acts (1054/2018 section 19); a notice that is sent with one is none of them."""


@dataclass(slots=True)
class Seen:
    """What a walk came across: acts that were done, and the operation words of their entries."""

    acts: set = field(default_factory=set)
    operations: dict = field(default_factory=lambda: defaultdict(set))


def all_doors(app):
    """The routes that change something, at the API; and everything that can be looked at, pages too."""
    pages = [
        Route("GET", context.path, doors_of(context.dependant)[0].act, takes_body=False)
        for context in iter_route_contexts(app.routes)
        if "GET" in context.methods and not context.path.startswith("/api/")
    ]
    return pages + [route for route in routes_of(app) if route not in pages]


def values_for(app, tried):
    names = {name for route in all_doors(app) for name in route.parameters}
    return {name: NOBODYS.get(name, lambda: str(uuid4()))() for name in names} | {"version": "1"} | tried


async def entries_after(database, after):
    rows = await database.fetch(
        "SELECT e.id, e.at AS entry_at, e.body, d.* FROM audit_entry e JOIN audit_detail d ON d.entry_id = e.id "
        "WHERE e.id > $1 ORDER BY e.id",
        after,
    )
    return [dict(row) | {"body": json.loads(row["body"])} for row in rows]


async def newest(database):
    return await database.fetchval("SELECT id FROM audit_entry ORDER BY id DESC LIMIT 1")


OUTSIDE = {"notify_without_case"}
"""Acts whose recipient is none of the service: their name is sealed (tests/disclosures/test_paper.py)."""


def lacks(entry):
    """What 703/2023 section 10 and 1054/2018 section 19 ask for and this entry does not say."""
    body, operation = entry["body"], entry["body"]["operation"]
    wanted = ["person_id", "post_id", "agency_id"]
    if body["act"] == "read_log":  # an auditor asks by whom somebody is known to the log, in whichever case
        wanted += ["subject_id"] if body["kinds"] else []
    elif body["kinds"]:
        wanted += ["subject_id", "case_id", "controller_id", "basis"]
    if "shell" in body["kinds"]:
        wanted.append("case_reference")  # the owner of an action sees no more of the case
    if body["mode"] == "disclose":
        wanted += ["basis"] if body["act"] in OUTSIDE else ["recipient_id", "basis"]
    found = [name for name in wanted if entry[name] in {None, ""}]
    if (operation != Operation.NONE) != bool(body["kinds"] and body["mode"] != "deny"):
        found.append(f"operation, not {operation}")
    if not (datetime.fromisoformat(body["at"]) == entry["at"] == entry["entry_at"] and body["at"][-13] == "."):
        found.append("time")
    return found


async def faults_of(there, login, route, seen):
    """Call a route and return what is wrong with its answer and with what it left in the log."""
    after = await newest(there.database)
    response = await there.call(login, route)
    new = [entry for entry in await entries_after(there.database, after) if entry["body"]["act"] == route.act]
    # at a public door nobody is signed in
    faults = [] if RULES[route.act].public else [fault for entry in new for fault in lacks(entry)]
    for entry in new:
        seen.operations[entry["act"], entry["mode"]].add(entry["body"]["operation"])
    if response.status_code in DONE and not RULES[route.act].public:
        seen.acts.add(route.act)
        faults += [] if new else ["an entry"]
    if response.status_code in {403, 404} and [entry["body"]["mode"] for entry in new][-1:] != ["deny"]:
        faults.append("the refusal")
    if response.status_code == 409 and "reference" in route.parameters and not new:
        faults.append("what was read before the state forbade the rest")
    if response.status_code != 204 and "content-length" not in response.headers:
        faults.append("a length: it was streamed")
    if len(new) > MOST:
        faults.append(f"brevity: {len(new)} entries")
    told = [(entry["mode"], entry["body"]["kinds"]) for entry in new]
    return [f"{login}: {route.key} {response.status_code} lacks {sorted(faults)}: {told}"] if faults else []


async def walk(there, login, seen, skipped=ENDS_SIGHT):
    await there.house.person(login)
    wrong = []
    for route in all_doors(there.house.app):
        if route.act not in skipped:
            wrong += await faults_of(there, login, route, seen)
    there.house.forget(login)
    return wrong


async def test_every_door_of_every_role_says_who_whose_what_why_and_to_whom(ground, sink):
    """The same walk finds a refusal without its entry, and an answer that leaves before its entry is committed."""
    seen = Seen()
    async with ground.house(sink) as house:
        tried = await with_a_log_request(house, await with_what_can_be_ended(house, await in_follow_up(house)))
        tried = await with_a_draft(house, tried)
        tried["entry"] = (await house.fetch("SELECT min(id::text) AS id FROM audit_entry"))[0]["id"]
        async with world(house, values_for(house.app, tried)) as there:
            wrong = [fault for login in WALKERS for fault in await walk(there, login, seen)]
            wrong += await walk(there, "supervisor", seen, skipped=set())
            wrong += await walk(there, "coordinator", seen, skipped=set())
        acts = {route.act for route in all_doors(house.app) if not RULES[route.act].public}
    async with ground.house() as house:
        await house.fetch("UPDATE dated_parameter SET value = 1 WHERE name = 'agenda_without_consent'")
        case, officer = await house.filled_draft(), await house.person("officer")
        await officer.post(f"/cases/{case}/contributors", {"post": await house.post_of("Marja")})
        tried = {"reference": case, "consultation": await asked(house)}
        async with world(house, values_for(house.app, tried)) as there:
            wrong += await walk(there, "social-worker", seen)
            wrong += await walk(there, "officer", seen, skipped=set())
    assert wrong == [], "\n".join(wrong)
    assert acts - seen.acts - OF_OTHER_MODELS - AT_A_SEAT == set(), "nobody was able to do these acts"
    assert {done: seen.operations[done] for done in OPERATIONS} == OPERATIONS


async def test_one_entry_for_each_agency_whose_data_is_shown(house):
    """Of a case that the police opened, the county's part is the county's data, and the entry says so."""
    case, officer = await house.filled_draft(), await house.person("officer")
    await officer.post(f"/cases/{case}/contributors", {"post": await house.post_of("Marja")})
    county = await house.person("social-worker")
    database = await house.superuser()
    own = {login: await agency_of(database, login) for login in ("officer", "social-worker", "municipality")}
    after = await newest(database)
    await county.put(f"/cases/{case}/part", {"narrative": "Maakunnan oma osuus."})
    [made] = [entry for entry in await entries_after(database, after) if entry["mode"] == "write"]
    assert (made["controller_id"], made["body"]["operation"]) == (own["social-worker"], Operation.COLLECTION)
    await officer.post(f"/cases/{case}/submission")
    await house.opened(case, "Heikki")
    after = await newest(database)
    reader = await house.person("municipality")
    await reader.get(f"/cases/{case}")
    read = await entries_after(database, after)
    await database.close()
    narrative = {entry["controller_id"] for entry in read if "narrative" in entry["body"]["kinds"]}
    assert narrative == {own["officer"], own["social-worker"]}
    client = [entry for entry in read if entry["case_id"] and entry["subject_id"] == entry["case_id"]]
    assert len(client) == len({entry["controller_id"] for entry in client})
    assert {entry["recipient_id"] for entry in client} == {own["municipality"]}
    assert {entry["basis"] for entry in client} == {"consent"}


async def agency_of(database, login):
    query = "SELECT p.agency_id FROM credential c JOIN post p ON p.id = c.post_id WHERE login = $1"
    return await database.fetchval(query, login)
