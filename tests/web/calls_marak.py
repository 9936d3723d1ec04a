"""How the routes of a question to the team, and of what stands beside the client, are called; `calls.py` uses it."""

from tests.consultations.asking import ANSWER, SITUATION

_QUESTION, _CASE = "/api/v1/consultations/{consultation}", "/api/v1/cases/{reference}"


async def _question(world):
    return {"team": await world.house.team(), "text": SITUATION}


async def _supporting(world):
    return {"post": await world.house.post_of("Sanna")}


MARAK = {
    "POST /api/v1/consultations": _question,
    f"POST {_QUESTION}/questions": lambda world: {"text": SITUATION},
    f"POST {_QUESTION}/answers": lambda world: {"text": ANSWER},
    f"POST {_CASE}/plan/review": lambda world: {"answers": []},
    f"PUT {_CASE}/support": _supporting,
    f"PUT {_CASE}/voice": lambda world: {"wishes": "Haluan asua kotona."},
    f"PUT {_CASE}/people/{{party}}/voice": lambda world: {"wishes": "Pelkään iltaisin."},
}
