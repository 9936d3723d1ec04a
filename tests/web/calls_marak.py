"""How the routes of a question to the team are called; `calls.py` makes bodies of these."""

from tests.consultations.asking import ANSWER, SITUATION

_QUESTION = "/api/v1/consultations/{consultation}"


async def _question(world):
    return {"team": await world.house.team(), "text": SITUATION}


MARAK = {
    "POST /api/v1/consultations": _question,
    f"POST {_QUESTION}/questions": lambda world: {"text": SITUATION},
    f"POST {_QUESTION}/answers": lambda world: {"text": ANSWER},
}
