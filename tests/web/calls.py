"""How every route is called: a value for each parameter of a path, a body for each change.

Whoever adds a route with a body or a new parameter adds a line here; `test_matrix.py` names what is missing.
"""

import re
import secrets
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from fastapi.routing import iter_route_contexts
from tests.web.calls_calendar import CALENDAR
from tests.web.calls_marak import MARAK
from tests.web.calls_minutes import approval, draft
from tests.web.calls_models import MODELS, PROMISES

from multiagency.audit.cosignature import Cosigner
from multiagency.demo import story
from multiagency.kernel.access import Act
from multiagency.kernel.clock import today
from multiagency.kernel.ids import reference
from multiagency.web.assets import STYLE
from multiagency.web.entering import doors_of

DONE = {200, 201, 204, 303}
"""The guard stood aside, and what was asked for was done."""

ENDS_SIGHT = {
    Act.SUBMIT_CASE,
    Act.TAKE_BACK_CASE,
    Act.TAKE_OVER_CASE,
    Act.WITHDRAW_CONSENT,
    Act.BAR_PERSON,
    Act.DECLARE_CONFLICT,
    Act.REASSIGN_CASE,
    Act.CLOSE_CASE,
    Act.END_CASE,
    Act.BREAK_GLASS,
    Act.HAND_WORK_ON,
    Act.END_QUESTION,
    Act.SIGN_OUT,
}
"""Called last, because they change who sees what."""
REACHES_THE_HIDDEN = {Act.BREAK_GLASS, Act.HAND_WORK_ON}
"""Acts that are meant for cases out of sight: without a grant both 404 and being let in are right."""

_IDS = ["party", "room", "disclosure", "receipt", "post", "alias", "bar", "order", "opening", "log_request"]
_IDS += ["clarification", "attachment", "alarm", "witness", "entry", "deputy"]
NOBODYS = {
    **dict.fromkeys(["reference", "consultation", "meeting", "action", "team_meeting"], reference),
    "address": lambda: secrets.token_urlsafe(32),
    **dict.fromkeys(_IDS, lambda: str(uuid4())),
    "code": lambda: "EI-1",
    "name": lambda: "ei-ole.css",
    "rule": lambda: "ei_ole",
}
"""For each parameter of a path, a value of the right form that belongs to nothing."""


@dataclass(frozen=True, slots=True)
class Route:
    """A route with its act; `takes_body` is true where the API declares one."""

    method: str
    path: str
    act: Act
    takes_body: bool

    @property
    def key(self):
        return f"{self.method} {self.path}"

    @property
    def parameters(self):
        return re.findall(r"\{(\w+)\}", self.path)


def routes_of(app):
    """Return all routes of the API, and the pages of those acts that have none; what ends sight stands last."""
    found = [
        Route(method, context.path, doors_of(context.dependant)[0].act, bool(context.dependant.body_params))
        for context in iter_route_contexts(app.routes)
        for method in sorted(context.methods)
    ]
    at_api = {route.act for route in found if route.path.startswith("/api/")}
    wanted = [route for route in found if route.path.startswith("/api/") or route.act not in at_api]
    return sorted(
        wanted,
        key=lambda r: (
            r.act is Act.SIGN_OUT,
            r.path.endswith("/parties/{party}/removal"),  # nothing else finds that party afterwards
            r.act is Act.REASSIGN_CASE,
            r.act is Act.BEGIN_AGAIN,  # of what has ended by then
            r.act in ENDS_SIGHT,
            r.act is Act.CALL_URGENTLY,  # it moves the case
            "GET PUT POST DELETE".index(r.method),
        ),
    )


@dataclass(slots=True)
class World:
    """A house in which something has happened: what is tried in paths, and which of it is whose own."""

    house: object
    database: object
    tried: dict[str, str]
    own: set[tuple[str, str]] = field(default_factory=set)
    """(login, parameter): this account may use the tried value of this parameter."""
    statements: object = None
    """Counts what each route asks of the database, where that is the question."""

    async def call(self, login, route, **replaced):
        """Call the route as this account; a replaced parameter is one that belongs to nothing."""
        headers = (await self.house.person(login))._headers
        path = route.path.format_map(self.tried | {"name": STYLE.name} | replaced)
        body = await BODIES[route.key](self, login) if route.key in BODIES else {}
        if self.statements:
            self.statements.begin()
        response = await self.house.http.request(route.method, path, headers=headers, **body)
        if self.statements and response.status_code in DONE:
            self.statements.end(route.key, login)
        return response


@asynccontextmanager
async def world(house, tried, own=(), statements=None):
    database = await house.superuser()
    try:
        yield World(house, database, tried, set(own), statements)
    finally:
        await database.close()


def json(make):
    async def body(world, login):
        value = make(world)
        return {"json": value if not hasattr(value, "__await__") else await value}

    return body


async def _sign_in(world, login):
    return {"json": {"login": login, "password": world.house.ground.passwords["demo_account"]}}


async def _team(world):
    return {"team": await world.house.team()}


def _times():
    starts = datetime.now(UTC) + timedelta(hours=2)
    return {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=1)).isoformat()}


async def _meeting(world):
    return await _team(world) | _times()


async def _team_and(world, **more):
    return await _team(world) | more


async def _somebody(world, name="Anne", **more):
    return {"post": await world.house.post_of(name)} | more


async def _ticket(world, login):
    """A real ticket where the account may join, else any."""
    path, body = f"/api/v1/invitations/{world.tried['address']}/join", {"case": world.tried["reference"]}
    joined = await world.house.http.post(path, json=body, headers=(await world.house.person(login))._headers)
    return {"json": {"token": joined.json()["token"] if joined.status_code == 200 else "x", "promise": PROMISES}}


INSTRUCTION = {"recorded_under": "Lähisuhdeväkivallan ehkäisy", "hidden_from": "everybody"}


async def _action(world):
    task = {"owner": await world.house.post_of("Heikki"), "title": "Soittaa kouluun", "due_on": "2099-01-01"}
    return task | INSTRUCTION


async def _instruction(world):
    """How the minutes are recorded, where it was said."""
    found = await world.database.fetchval("SELECT id FROM minutes_instruction LIMIT 1")
    return {"instruction": str(found or uuid4())}


async def _owner(world):
    return {"owner": await world.house.post_of("Sanna")}


async def _taker(world):
    return await _somebody(world, "Aslak", what="referral")


async def _waiting(world):
    piece = {"what": "referral", "item": world.tried["reference"], "holder": await world.house.post_of("Elina")}
    return piece | await _somebody(world, "Aslak", reason="has_left")


async def deputy(house):
    """Somebody who holds nothing is away for a day, and a colleague stands in."""
    body = {"post": await house.post_of("Jouni"), "deputy": await house.post_of("Aslak"), "reason": "holiday"}
    return body | {"starts_on": "2099-01-01", "ends_on": "2099-01-01"}


async def _language(world, login):
    return {"data": {"language": "fi"}}


async def _disclosure(world):
    body = {"ground": "PHTL-22", "recipient": await world.house.agency("Wellbeing"), "fields": ["client.name"]}
    body |= {"text": "Vain vastaanottajalle.", "necessity": "Uhka on välitön.", "purpose": "protect_life"}
    body |= {"recorded_under": "Lähisuhdeväkivallan ehkäisy", "hidden_from": "guardians"}
    return body | {"requested_by": "Päivystäjä Kuvitteellinen", "confirmed": True}


async def _notification(world):
    return {"recipient": await world.house.agency("Wellbeing"), "reason": "Lapsi on nähnyt.", "confirmed": True}


async def _sharing(world):
    body = {"ground": "PHTL-22", "agencies": [await world.house.agency("Revontuli")], "kinds": ["identity"]}
    return body | {"necessity": "Uhka on välitön.", "confirmed": True}


async def log_request(house):
    """A client's request to the county, which its intake and the auditor may take."""
    body = {"track": "client_data", "agency": await house.agency("Wellbeing"), "capacity": "self"}
    body |= story.CLIENT | {"contact": "Noutaa itse", "language": "fi", "identified_by": "strong"}
    return body


async def _scan(world, login):
    return {"files": {"file": ("nimi.pdf", b"%PDF-1.7 " + SIGNED.encode(), "application/pdf")}}


SIGNED = "Allekirjoitettu Esimerkkilässä"
"""Stands in every uploaded scan."""
_GROUND = {"provision": "§ 1", "from_kinds": ["police"], "to_kinds": ["police"], "duty": False, "needs_consent": False}
_GROUND |= {
    "discloses": True,
    "on_request": False,
    "text_fi": "Perusteeksi koe.",
    "text_sv": "Grunden prövas.",
    "text_en": "Ground on trial.",
}
_LINK = {"answer": "yes", "answered_on": "2026-01-01", "how": "spoken"}
_RULE = {"retention_class": "working_age_10y", "years": 10, "counted_from": "closed", "provision": "§ 1"}
_CASE = "/api/v1/cases/{reference}"
_REQUEST = "/api/v1/log-requests/{log_request}"


async def _witness(world):
    vkey = Cosigner("witness.example", secrets.token_bytes(32)).verifier_key
    return {"agency": await world.house.agency("Police"), "vkey": vkey}


WITNESS = Cosigner("witness.example", bytes(32))
"""Registered where `with_what_can_be_ended` was."""


async def _cosigned(world, _login):
    note = (await world.house.http.get("/log/checkpoint")).text
    return {"content": (WITNESS.cosign(note, datetime.now(UTC)) if note.count("\n\n") else note).encode()}


async def _with_open_actions(world, **body):
    return body | await world.house.staying(world.tried["reference"])


async def _filling(world):
    return {"case": [world.tried["reference"]], "post": [await world.house.post_of("Jouni")], "others": True}


BODIES = {
    "POST /api/v1/session": _sign_in,
    "POST /api/v1/cases": json(_team),
    f"PUT {_CASE}/client": json(lambda world: story.CLIENT),
    f"PUT {_CASE}/safe-contact": json(lambda world: story.SAFE_CONTACT),
    f"POST {_CASE}/parties": json(lambda world: story.CHILD),
    f"PUT {_CASE}/parties/{{party}}": json(lambda world: story.VIOLENT),
    f"POST {_CASE}/parties/{{party}}/removal": json(lambda world: {"reason": "Kirjattu väärään asiaan."}),
    f"POST {_CASE}/contributors": json(lambda world: _somebody(world, "Heikki")),
    f"PUT {_CASE}/part": json(lambda world: {"narrative": story.COUNTY_PART}),
    f"POST {_CASE}/bars": json(lambda world: _somebody(world, reason="conflict_of_interest")),
    f"POST {_CASE}/consent": json(lambda world: world.house.consent_body()),
    f"PUT {_CASE}/assessment": json(lambda world: {"answers": story.answers(15)}),
    f"POST {_CASE}/actions": json(_action),
    "POST /api/v1/meetings": json(_meeting),
    "POST /api/v1/meetings/{meeting}/agenda": json(lambda world: {"case": world.tried["reference"]}),
    "POST /api/v1/meetings/{meeting}/seats": json(
        lambda world: _somebody(world, "Jouni", case=world.tried["reference"])
    ),
    "POST /api/v1/meetings/{meeting}/filling": json(_filling),
    "POST /api/v1/meetings/{meeting}/seats/removal": json(
        lambda world: _somebody(world, "Jouni", case=world.tried["reference"])
    ),
    "POST /api/v1/meetings/{meeting}/agenda/removal": json(
        lambda world: {"case": world.tried["reference"], "because": "removed"}
    ),
    "POST /api/v1/meetings/{meeting}/order": json(lambda world: {"case": world.tried["reference"], "direction": "up"}),
    "POST /api/v1/meetings/{meeting}/time": json(lambda world: _times()),
    "POST /api/v1/meetings/{meeting}/cancellation": json(lambda world: {"reason": "other"}),
    "POST /api/v1/meetings/{meeting}/invitations/{post}/resending": json(lambda world: {"email": "a@police.example"}),
    "POST /api/v1/meetings/{meeting}/minutes": json(draft),
    "POST /api/v1/meetings/{meeting}/minutes/approval": json(approval),
    "POST /api/v1/meetings/{meeting}/minutes/addenda": json(
        lambda world: {"case": world.tried["reference"], "text": "Oikaisu."}
    ),
    "PUT /api/v1/meetings/{meeting}/cases/{reference}/minutes/instruction": json(lambda world: INSTRUCTION),
    f"POST {_CASE}/minutes/confirmation": json(_instruction),
    "POST /api/v1/invitations/{address}/answer": json(lambda world: {"answer": "accepted"}),
    "POST /api/v1/invitations/{address}/instead": json(_somebody),
    "POST /api/v1/invitations/{address}/join": json(lambda world: {"case": world.tried["reference"]}),
    "POST /api/v1/rooms/{room}": _ticket,
    "POST /api/v1/actions/{action}/instruction/confirmation": json(lambda world: {}),
    f"PUT {_CASE}/actions/{{action}}/instruction": json(lambda world: INSTRUCTION),
    "POST /api/v1/actions/{action}/report": json(lambda world: {"outcome": "Tehty."}),
    "POST /language": _language,
    "POST /api/v1/supervision/handing-on": json(_waiting),
    "POST /api/v1/supervision/deputies": json(lambda world: deputy(world.house)),
    "PUT /api/v1/notices/mail": json(lambda world: {"mail": "daily"}),
    "PUT /api/v1/grounds/{code}": json(lambda world: _GROUND),
    "POST /api/v1/grounds": json(lambda world: _GROUND | {"code": "UUSI-1"}),
    "POST /api/v1/retention": json(lambda world: _RULE | {"valid_from": "2099-01-01"}),
    "POST /api/v1/audit/witnesses": json(_witness),
    "POST /log/cosignatures": _cosigned,
    "POST /api/v1/audit/alarms/{alarm}/settlement": json(lambda world: {"settlement": "no_fault"}),
    f"POST {_CASE}/protection": json(lambda world: {"granted_on": "2020-01-01", "valid_until": "2099-01-01"}),
    f"POST {_CASE}/protection/clearances": json(_somebody),
    f"POST {_CASE}/disclosures": json(_disclosure),
    f"POST {_CASE}/disclosures/{{disclosure}}/delivery": json(
        lambda world: {"how": "post", "delivered_at": datetime.now(UTC).isoformat()}
    ),
    f"POST {_CASE}/child-welfare": json(lambda world: {"decision": "already_notified"}),
    f"POST {_CASE}/child-welfare/notification": json(_notification),
    "POST /api/v1/child-welfare/notification": json(
        lambda world: {"recipient_name": "Sosiaalipäivystys", "child": story.CHILD["name"], "reason": "Huoli lapsesta."}
    ),
    f"POST {_CASE}/sharing": json(_sharing),
    f"POST {_CASE}/links": json(lambda world: _LINK | {"reference": world.tried["reference"]}),
    f"POST {_CASE}/going-on": json(lambda world: _team_and(world, answer="no")),
    f"POST {_CASE}/guardians": json(
        lambda world: {"party": world.tried["party"], "may_decide": True, "suspected": False}
    ),
    f"POST {_CASE}/guardians/capacity": json(lambda world: {"capable": True, "reason": "Ymmärtää kysymyksen."}),
    f"POST {_CASE}/guardians/prohibitions": json(
        lambda world: {"party": world.tried["party"], "forbidden": True, "reason": "Lapsi pelkää."}
    ),
    f"POST {_CASE}/agreement": json(
        lambda world: {"giver": "client", "agreed": True, "said_on": str(today()), "how": "call"}
    ),
    f"POST {_CASE}/actions/{{action}}/owner": json(_owner),
    f"POST {_CASE}/hold": json(lambda world: {"reason": "Oikeudenkäynti kesken."}),
    f"POST {_CASE}/hold/lifting": json(lambda world: {"reason": "Oikeudenkäynti päättyi."}),
    "POST /cases/{reference}/consent/scan": _scan,
    f"POST {_CASE}/conflict": json(lambda world: {"reason": "own_interest"}),
    f"POST {_CASE}/bars/{{bar}}/lifting": json(lambda world: {"reason": "set_by_mistake"}),
    f"POST {_CASE}/bars/{{bar}}/exemptions": json(lambda world: _somebody(world, reason="needed_for_the_task")),
    f"POST {_CASE}/reassignment": json(_taker),
    "POST /api/v1/search": json(lambda world: {"wanted": story.CLIENT["name"]}),
    "POST /api/v1/audit/subjects": json(lambda world: {"name": story.CLIENT["name"]}),
    "POST /api/v1/audit/entries/{entry}/notes": json(
        lambda world: {"conclusion": "justified", "note": "Tehtävään kuuluva käyttö."}
    ),
    "POST /api/v1/break-glass": json(
        lambda world: {"reference": world.tried["reference"], "reason": "Välitön hengenvaara.", "minutes": 30}
    ),
    f"POST {_CASE}/break-glass/{{opening}}/review": json(lambda world: {"needed": "no", "words": "Ei ollut kiire."}),
    f"POST {_CASE}/rounds": json(lambda world: {"wished_on": str(today()), "how": "spoken"}),
    f"POST {_CASE}/taking-over": json(_somebody),
    f"POST {_CASE}/review": json(lambda world: {"team": NOBODYS["party"]()}),
    f"POST {_CASE}/ending": json(lambda world: _with_open_actions(world, why="no_longer_wanted")),
    f"POST {_CASE}/actions/{{action}}/striking": json(lambda world: {"reason": "Kirjattu väärään asiaan."}),
    f"POST {_CASE}/actions/{{action}}/due": json(lambda world: {"reason": "Loma", "due_on": "2099-02-02"}),
    f"POST {_CASE}/closing": json(
        lambda world: _with_open_actions(world, outcome="other", target="Perheneuvola Esimerkki", reason="Uhka on ohi.")
    ),
    "POST /api/v1/log-requests": json(lambda world: log_request(world.house)),
    f"POST {_REQUEST}/decisions": json(lambda world: {"entries": [NOBODYS["party"]()], "decision": "release"}),
    f"POST {_REQUEST}/cases": json(lambda world: {"person": NOBODYS["party"](), "reason": "Kertoi itse."}),
    f"POST {_REQUEST}/cases/{{attachment}}/removal": json(lambda world: {"reason": "Ei olekaan sama."}),
    f"POST {_REQUEST}/answer": json(lambda world: {"confirmed": True, "nothing_confirmed": True}),
    f"POST {_REQUEST}/refusal": json(lambda world: {"ground": "deceased", "reason": "Kuollut.", "confirmed": True}),
    f"POST {_REQUEST}/delivery": json(lambda world: {"how": "post", "delivered_at": datetime.now(UTC).isoformat()}),
    f"POST {_REQUEST}/clarifications": json(lambda world: {"question": "Kuka katsoi?"}),
    f"POST {_REQUEST}/clarifications/{{clarification}}/answer": json(
        lambda world: {"finding": "lawful", "answer": "Käyttö kuului tehtävään."}
    ),
}
BODIES |= {key: json(make) for key, make in (MARAK | MODELS).items()} | CALENDAR
"""For each route that takes a body, what makes one: httpx's `json`, `data` or `files`."""
