"""What tests of requests for log data begin with: a right body, so that each test spoils one thing."""

from multiagency.demo import story

CONTACT = "Soitetaan työpaikalle, ei kirjettä kotiin"
COUNTY = {"track": "client_data", "agency": "Wellbeing"}
POLICE = {"track": "police", "agency": "Police"}
OIVA = {name: story.VIOLENT[name] for name in ("name", "identity_code")}
WHY = "Puoliso saisi tietää, missä asiakas on."


async def body(house, **changes):
    about = {"capacity": "self", "contact": CONTACT, "language": "fi", "identified_by": "strong"}
    about |= POLICE | story.CLIENT | changes
    return about | {"agency": await house.agency(about["agency"])}


class Asked:
    """A request that an auditor took, at the API."""

    def __init__(self, house, auditor, made):
        self.house, self.auditor, self.made = house, auditor, made
        self.path = f"/log-requests/{made['id']}"

    @classmethod
    async def of(cls, house, **changes):
        auditor = await house.person("auditor")
        return cls(house, auditor, await auditor.post("/log-requests", await body(house, **changes), 201))

    async def entries(self):
        return await self.auditor.get(f"{self.path}/entries")

    async def decide(self, entries, decision, expect=204, **about):
        decided = {"entries": [entry["id"] for entry in entries], "decision": decision} | about
        return await self.auditor.post(f"{self.path}/decisions", decided, expect)

    async def answer(self, expect=204, **about):
        return await self.auditor.post(f"{self.path}/answer", {"confirmed": True} | about, expect)

    async def document(self):
        return await self.auditor.raw(f"{self.path}/answer")


def wrong(problem):
    return {error["field"] for error in problem["errors"]}
