"""How more routes are called, most of them brought by models of work; `calls.py` uses it."""

from uuid import uuid4

from tests.web.calls_minutes import MINUTES

from multiagency.kernel.clock import today
from multiagency.meetings.forms import PROMISES

__all__ = ["MODELS", "PROMISES"]

_CASE = "/api/v1/cases/{reference}"
_NURSE = {"office": "nurse", "how": "Kuultiin puhelimessa."}

NOBODY = "00000000-0000-4000-8000-000000000000"


async def _called(world):
    return {"seats": [{"post": await world.house.post_of("Heikki"), "necessity": "Uhka on välitön.", "ground": ""}]}


async def _shift(world):
    times = {"starts_at": "2099-01-01T08:00:00Z", "ends_at": "2099-01-02T08:00:00Z"}
    return times | {"team": await world.house.team(), "post": await world.house.post_of("Heikki")}


async def _jouni(world):
    return {"post": await world.house.post_of("Jouni")}


MODELS = {
    **MINUTES,
    f"POST {_CASE}/aliases": lambda world: {"name": "Aino Entinen", "birth_date": "1994-05-03"},
    f"POST {_CASE}/parties/{{party}}/aliases": lambda world: {"name": "Olli Entinen"},
    f"POST {_CASE}/consent/withdrawal": lambda world: {},
    "POST /api/v1/meetings/{meeting}/not-held": lambda world: {},
    "POST /api/v1/meetings/{meeting}/client": lambda world: {
        "case": world.tried["reference"],
        "beside": world.tried["post"],
    },
    "POST /api/v1/meetings/{meeting}/client/ending": lambda world: {"case": world.tried["reference"]},
    f"POST {_CASE}/events": lambda world: {"kind": "court", "day": "2099-01-01"},
    f"POST {_CASE}/events/removal": lambda world: {"event": "x"},
    f"POST {_CASE}/moves": lambda world: {"to": "nowhere"},
    "POST /api/v1/meetings/{meeting}/offices": lambda world: {
        "case": world.tried["reference"],
        "office": "nurse",
        "how": "Kuultiin puhelimessa.",
    },
    "POST /api/v1/meetings/{meeting}/research": lambda world: {"case": world.tried["reference"]},
    "POST /api/v1/meetings/{meeting}/research/withdrawal": lambda world: {
        "case": world.tried["reference"],
        "agency": str(uuid4()),
    },
    "POST /api/v1/meetings/{meeting}/cases/{reference}/return": lambda world: {"knows": "known"},
    "PUT /api/v1/meetings/{meeting}/chair": _jouni,
    "POST /api/v1/meetings/{meeting}/run": lambda world: {"press": "begin", "turn": 0},
    "POST /api/v1/invitations/{address}/cases/{reference}/instead": lambda world: {"text": "Ei uutta."},
    f"POST {_CASE}/findings": lambda world: {"what": "decision", "answer": "police", "found_on": str(today())},
    f"POST {_CASE}/attendance": lambda world: {"what": "attended", "on_day": str(today())},
    f"POST {_CASE}/version": lambda world: {"version": "1", "reason": "Uudet vaiheet."},
    f"POST {_CASE}/links/ending": lambda world: {},
    f"POST {_CASE}/urgent": _called,
    "POST /api/v1/duty": _shift,
    "POST /api/v1/duty/end": lambda world: {"shift": NOBODY, "team": NOBODY},
}
