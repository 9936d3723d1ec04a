"""How the routes of who writes and receives minutes are called; `calls_models.py` takes them along."""


async def _recipients(world):
    return {"agency": await world.house.agencies("Police", "Revontuli")}


MINUTES = {
    "PUT /api/v1/meetings/{meeting}/writer": lambda world: {"writer": None},
    "PUT /api/v1/meetings/{meeting}/cases/{reference}/minutes/recipients": _recipients,
}
