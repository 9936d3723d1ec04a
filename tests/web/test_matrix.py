"""Every act, every role, every route: what the policy on one screen says is what a request gets."""

from tests.consultations.asking import asked
from tests.lodging import coming_back
from tests.meetings.test_team_meetings import prepared
from tests.pages import without_tokens
from tests.safeguards.test_break_glass import break_glass
from tests.sight import sees_case
from tests.web.calls import BODIES, DONE, NOBODYS, REACHES_THE_HIDDEN, WITNESS, deputy, log_request, routes_of, world
from tests.web.statements import Statements, warm

from multiagency.assurance.service_alarms import AlarmCode, raise_alarm
from multiagency.demo.lapland import ACCOUNTS
from multiagency.kernel.access import Act
from multiagency.kernel.actor import Role
from multiagency.kernel.ids import secret_hash
from multiagency.kernel.policy import RULES
from multiagency.meetings.forms import PROMISES

ROLE = {account.login: account.role for account in ACCOUNTS}
ONE_OF_EACH = list({account.role: account.login for account in reversed(ACCOUNTS)}.values())
LET_IN = DONE | {409, 422}
"""The guard stood aside; 409 and 422 speak of the state of a case or of a form."""

OTHER_TEAM = """
    WITH other AS (
        INSERT INTO team (id, pathway, name, convener_id) SELECT gen_random_uuid(), 'marak', 'MARAK muualla', id
        FROM agency WHERE name_en LIKE '%Revontuli%' RETURNING id)
    INSERT INTO meeting (id, reference, team_id, starts_at, ends_at, state)
    SELECT gen_random_uuid(), 'BCDF-2345', id, now(), now() + interval '1 hour', 'planned' FROM other
"""


ON_DUTY = """
    INSERT INTO duty_shift (id, team_id, post_id, starts_at, ends_at)
    VALUES (gen_random_uuid(), $1, $2, now() - interval '1 hour', now() + interval '8 hours')
"""


async def address_of(house, part):
    await house.deliver()
    return [mail.address for mail in house.mails() if mail and part in mail.recipient][-1]


async def in_follow_up(house, login="officer"):
    """A case on which everybody's capability differs; return what can be tried in a path, as its table knows it."""
    officer, case = await house.person(login), await house.filled_draft(login)
    await officer.post(f"/cases/{case}/contributors", {"post": await house.post_of("Marja")})
    await officer.post(f"/cases/{case}/submission")
    meeting = await house.opened(case, "Heikki")
    await house.minutes(meeting, case)
    coordinator = await house.person("coordinator")
    action = {"owner": await house.post_of("Sanna"), "title": "Soittaa kouluun", "due_on": "2099-01-01"}
    action = (await coordinator.post(f"/cases/{case}/actions", action, 201))["reference"]
    address = await address_of(house, "revontuli")
    municipality = await house.person("municipality")
    ticket = await municipality.post(f"/invitations/{address}/join", {"case": case}, 200)
    await municipality.post(f"/rooms/{ticket['room']}", {"token": ticket["token"], "promise": PROMISES})
    await house.number_log()
    party = str((await house.fetch("SELECT id FROM party"))[0]["id"])
    named = {"reference": case, "meeting": meeting, "action": action, "address": address, "room": ticket["room"]}
    named["post"] = await house.post_of("Heikki")
    await house.fetch(ON_DUTY, await house.team(), named["post"])
    return {name: make() for name, make in NOBODYS.items()} | named | {"party": party}


FEED = "INSERT INTO calendar_feed (post_id, secret_hash, made_at) VALUES ($1, $2, now())"


async def with_what_can_be_ended(house, tried):
    """Add what can be acted on in the log: for the auditor an alarm and an entry, a witness, a deputy."""
    async with house.runtime.unit_of_work(await house.service(), Act.CHECK_LOG) as work:
        await raise_alarm(work, AlarmCode.WITNESS_SILENT)
    alarm = str((await house.fetch("SELECT id FROM audit_alarm"))[0]["id"])
    there = {"agency": await house.agency("Police"), "vkey": WITNESS.verifier_key}
    witness = (await (await house.person("administrator")).post("/audit/witnesses", there, 201))["id"]
    entry = str((await house.fetch("SELECT min(id::text) AS id FROM audit_entry"))[0]["id"])
    own_meeting = await prepared(house, "Paula")
    await house.fetch(FEED, await house.post_of("Heikki"), secret_hash(tried["address"]))
    named = await (await house.person("supervisor")).post("/supervision/deputies", await deputy(house), 201)
    await break_glass(house, tried["reference"])
    opening = str((await house.fetch("SELECT id FROM break_glass"))[0]["id"])
    receipt = await received(house, tried["reference"])
    found = {
        "receipt": receipt,
        "alarm": alarm,
        "witness": witness,
        "entry": entry,
        "deputy": named["id"],
        "opening": opening,
        "team_meeting": own_meeting,
    }
    return tried | found


async def received(house, case):
    """What the officer disclosed to the county's child welfare, with a word on how it is recorded."""
    body = {"ground": "PHTL-22", "recipient": await house.agency("Wellbeing"), "fields": [], "text": "Vain tiedoksi."}
    body |= {"necessity": "Uhka on välitön.", "purpose": "protect_life", "confirmed": True}
    body |= {"recorded_under": "Lähisuhdeväkivallan ehkäisy", "hidden_from": "everybody"}
    await (await house.person("officer")).post(f"/cases/{case}/disclosures", body, 201)
    return (await (await house.person("child-welfare")).get("/inbox"))[0]["id"]


async def with_a_draft(house, tried):
    """Add another case to the meeting, of which there are minutes that nobody has approved."""
    case, coordinator = await house.submitted(), await house.person("coordinator")
    await coordinator.post(f"/meetings/{tried['meeting']}/agenda", {"case": case})
    await house.draft_minutes(tried["meeting"], case)
    return tried | {"drafted": case}


async def with_a_log_request(house, tried):
    """Add a client's request that an intake took and the auditor handles, and a question to the team."""
    made = await (await house.person("child-welfare")).post("/log-requests", await log_request(house), 201)
    return tried | {"log_request": made["id"], "consultation": await asked(house)}


OWN = {
    *((login, "party") for login in ROLE),  # whose case it is decides
    *((login, "post") for login in ROLE),  # posts stand in the directory; taking back nothing is no error
    ("coordinator", "meeting"),
    ("coordinator-2", "meeting"),
    ("coordinator", "team_meeting"),
    ("coordinator-2", "team_meeting"),
    ("coordinator", "opening"),
    ("coordinator-2", "opening"),
    ("county", "action"),
    ("auditor", "log_request"),
    *((login, "consultation") for login in ("officer", "coordinator", "coordinator-2")),
    ("municipality", "address"),
    ("municipality", "room"),
    ("auditor", "alarm"),
    ("administrator", "witness"),
    ("supervisor", "deputy"),
    ("police", "deputy"),
    ("child-welfare", "receipt"),
    ("auditor", "entry"),  # the log is the auditor's
}
"""Whose own the things of `in_follow_up` are."""


AT_A_SEAT = {Act.ANSWER_RESEARCH}
"""What is one's own by a seat, until the minutes, which are written here: tests/meetings/test_research.py."""


async def expected(there, login, route):
    """Return the statuses that are right, computed from the rule, the living grants, and whose own a thing is."""
    rule = RULES[route.act]
    if route.act is Act.FETCH_FEED:
        return LET_IN | {404}  # whose feed it is, says the address alone
    if rule.public:
        return LET_IN
    if not rule.role_may(ROLE[login]):
        return {403}
    if route.act in REACHES_THE_HIDDEN:
        return LET_IN | {404}
    if route.act in AT_A_SEAT:
        return {404}
    if "reference" in route.parameters:
        may = await sees_case(there.database, login, there.tried["reference"])
        if may is None:
            return {404}
        if rule.capabilities and not may & rule.capabilities:
            return {403}
    of_the_case = {"reference", "action"} if "reference" in route.parameters else set()
    if any((login, name) not in there.own for name in route.parameters if name not in of_the_case):
        return {404}
    return LET_IN


async def walk(there, login):
    """Call every route as one account; return what was answered wrongly, and the acts that were done."""
    wrong, done = [], set()
    for route in routes_of(there.house.app):
        right = await expected(there, login, route)
        response = await there.call(login, route)
        if response.status_code not in right:
            wrong.append(
                f"{login}: {route.key} gave {response.status_code}, not {sorted(right)}: {response.text[:200]}"
            )
        if response.status_code in DONE:
            done.add(route.act)
    there.house.forget(login)  # has signed out
    return wrong, done


def test_every_route_can_be_called(house):
    """A new route that takes a body, or has a new parameter in its path, gets its line in `calls.py`."""
    routes = routes_of(house.app)
    changes = [route for route in routes if route.takes_body or not route.path.startswith("/api/")]
    without_body = [r.key for r in changes if r.method != "GET" and r.key not in BODIES]
    assert without_body == [], "these routes lack a body in tests/web/calls.py BODIES"
    unknown = {name for route in routes for name in route.parameters} - NOBODYS.keys()
    assert unknown == set(), "these parameters lack a value in tests/web/calls.py NOBODYS"
    gone = set(BODIES) - {route.key for route in routes}
    assert gone == set(), "these routes are no more"


def test_every_role_has_somebody_who_tries():
    assert {ROLE[login] for login in ONE_OF_EACH} == set(Role) - {Role.WORKER, Role.KEEPER}


async def test_without_a_session_only_the_public_is_open(house):
    for route in routes_of(house.app):
        path = route.path.format_map({name: make() for name, make in NOBODYS.items()})
        response = await house.http.request(route.method, path)
        led_to_sign_in = response.headers.get("location", "").startswith("/sign-in")  # as a page is answered
        refused = response.status_code == 401 or (response.status_code == 303 and led_to_sign_in)
        assert refused == (not RULES[route.act].public), route.key


async def test_whoever_sees_no_case_gets_what_the_role_says_and_never_learns_what_exists(ground, sink):
    """403 where the role may not, else 404: byte for byte the same for what is hidden and for what never was."""
    async with ground.house(sink) as house:
        tried = await in_follow_up(house, "officer-2")
        await house.fetch(OTHER_TEAM)
        draft = await house.filled_draft("officer-2")
        party = await house.fetch(
            "SELECT p.id FROM party p JOIN case_file c ON c.id = case_id WHERE reference = $1", draft
        )
        tried |= {"reference": draft, "party": str(party[0]["id"]), "meeting": "BCDF-2345"}
        async with world(house, tried) as there:
            for login in ONE_OF_EACH:
                assert await sees_case(there.database, login, draft) is None
                for route in [route for route in routes_of(house.app) if route.parameters]:
                    await nothing_is_told(there, login, route)
                wrong, _ = await walk(there, login)
                assert wrong == []


async def nothing_is_told(there, login, route):
    if RULES[route.act].public or (route.act in REACHES_THE_HIDDEN and RULES[route.act].role_may(ROLE[login])):
        return
    values = {name: NOBODYS[name]() for name in route.parameters}
    hidden, never = await there.call(login, route), await there.call(login, route, **values)
    assert hidden.status_code in {403, 404}, (login, route.key)
    told, telling = without(hidden.text, there.tried, route), without(never.text, values, route)
    assert (hidden.status_code, told) == (never.status_code, telling), (login, route.key)
    assert hidden.headers.keys() == never.headers.keys(), (login, route.key)


def without(text, values, route):
    """The answer without what was asked for: a page repeats its own address in the choice of language."""
    for name in route.parameters:
        text = text.replace(str(values[name]), name)
    return without_tokens(text)


HOLDERS = [
    *("officer", "social-worker", "coordinator", "coordinator-2", "municipality", "county"),
    *("shelter", "auditor", "child-welfare", "administrator", "supervisor"),
]
"""refer, contribute, coordinate (twice), a seat, an action; nobody, and each role that holds no case."""

OF_OTHER_MODELS = {Act.TAKE_OVER_CASE, Act.RECORD_FINDING, Act.RECORD_ATTENDANCE, Act.OPEN_REVIEW, Act.GO_ON}
"""What no model of this world asks for: who may is seen here, and that it can be done in tests/pathways."""


async def test_each_capability_opens_what_the_policy_says_and_no_more(ground, sink):
    """Each holder finds everything as it was, because some of what the one before did ends what others see."""
    wrong, done, capabilities = [], set(), set()
    async with ground.house(sink) as house:
        tried = await with_what_can_be_ended(house, await in_follow_up(house))
        tried = await with_a_draft(house, await with_a_log_request(house, tried))
        acts = {route.act for route in routes_of(house.app)}
        await warm(house)
        statements = Statements(house)
        async with coming_back(house) as back:
            for login in HOLDERS:
                async with world(house, tried, OWN, statements) as there:
                    capabilities |= await sees_case(there.database, login, tried["reference"]) or set()
                    faults, did = await walk(there, login)
                wrong, done = wrong + faults, done | did
                await back()
    assert wrong == [], "\n".join(wrong)
    assert statements.beyond() == [], "\n".join(statements.beyond())
    assert {"refer", "contribute", "coordinate", "read"} <= capabilities
    wrong, did = await in_a_draft(ground)
    assert wrong == []
    undone = acts - done - did - OF_OTHER_MODELS - AT_A_SEAT
    assert undone == set(), "nobody was able to do these acts: the world of this test lacks something"


async def in_a_draft(ground):
    """What is open to the referrer, and to a colleague who was asked for a part, while a case is being filled in."""
    wrong, done = [], set()
    async with ground.house() as house:
        await house.fetch("UPDATE dated_parameter SET value = 1 WHERE name = 'agenda_without_consent'")
        case = await house.filled_draft()
        officer = await house.person("officer")
        await officer.post(f"/cases/{case}/contributors", {"post": await house.post_of("Marja")})
        party = str((await house.fetch("SELECT id FROM party"))[0]["id"])
        tried = {name: make() for name, make in NOBODYS.items()} | {"reference": case, "party": party}
        own = {(name, what) for name in ROLE for what in ("party", "post")}
        async with coming_back(house) as back:
            for login in ("officer", "social-worker", "coordinator"):
                async with world(house, tried, own) as there:
                    faults, did = await walk(there, login)
                wrong, done = wrong + faults, done | did
                await back()
    return wrong, done
