"""How the routes of who writes and receives minutes are called; `calls_models.py` takes them along."""


async def _recipients(world):
    return {"agency": await world.house.agencies("Police", "Revontuli")}


def draft(world):
    """A draft of a case that has one, so that it is done."""
    return {"case": world.tried.get("drafted", world.tried["reference"]), "text": "Sovittiin."}


async def approval(world):
    """Approve what was written last of it."""
    version = await world.database.fetchval("SELECT max(version) FROM minutes WHERE approved_at IS NULL")
    return {"case": draft(world)["case"], "version": version or 1, "handled": True}


MINUTES = {
    "PUT /api/v1/meetings/{meeting}/writer": lambda world: {"writer": None},
    "PUT /api/v1/meetings/{meeting}/cases/{reference}/minutes/recipients": _recipients,
}
