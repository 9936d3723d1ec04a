"""How more routes are called, most of them brought by models of work; `calls.py` uses it."""

from multiagency.kernel.clock import today
from multiagency.meetings.forms import PROMISES

__all__ = ["MODELS", "PROMISES"]

_CASE = "/api/v1/cases/{reference}"
_NURSE = {"office": "nurse", "how": "Kuultiin puhelimessa."}

MODELS = {
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
    f"POST {_CASE}/findings": lambda world: {"what": "decision", "answer": "police", "found_on": str(today())},
    f"POST {_CASE}/attendance": lambda world: {"what": "attended", "on_day": str(today())},
    f"POST {_CASE}/version": lambda world: {"version": "1", "reason": "Uudet vaiheet."},
    f"POST {_CASE}/links/ending": lambda world: {},
}
