"""A case about a young person under a model of work that agencies plan together: at the API, step by step."""

from datetime import UTC, date, datetime, timedelta

from tests.consent.minors import code_of
from tests.models import add_team

from multiagency.kernel.clock import today

TEXT = "Koululta tuli huoli: nuori on ollut pois ja hänellä on ollut päihteitä."
GUARDIAN = "Huoltaja Esimerkki"
AT_THE_TABLE = ("Jouni", "Sanna", "Anne")
"""Police, social work and youth work: no office of health care is among them."""
NURSE = "Kaisa"
GIVEN = ("Police", "Wellbeing", "Kaamosj", "Riekko", "Revontuli")
"""Agencies that the consent names."""


def turning(years: int, on: date) -> str:
    """The code of somebody who turns that many years old on this day."""
    return code_of(on.replace(year=on.year - years), 905)


def aged(years: int) -> str:
    """The code of somebody of that age, whose birthday was some weeks ago."""
    return turning(years, today() - timedelta(days=40))


class YoungCase:
    """One case of a model, with those who work on it."""

    def __init__(self, house, code: str, team: str):
        self.house, self.code, self.team = house, code, team
        self.reference = self.path = self.meeting = ""

    @classmethod
    async def about(cls, house, code: str, **asked):
        """A house in which the model has a team; a case is opened where what is asked there is said."""
        case = cls(house, code, await add_team(house, code))
        case.officer, case.coordinator = await house.person("officer"), await house.person("ankkuri-coordinator")
        if asked:
            await case.open(**asked)
        return case

    async def open(self, expect: int = 201, who=None, **asked):
        found = await (who or self.officer).post("/cases", {"team": self.team, **asked}, expect)
        if expect == 201:
            self.reference = found["reference"]
            self.path = f"/cases/{self.reference}"
        return found

    async def client(self, identity_code: str, expect: int = 204):
        body = {"name": "Nuori Esimerkki", "identity_code": identity_code}
        return await self.officer.put(f"{self.path}/client", body, expect)

    async def guardian(self, name: str = GUARDIAN, *, suspected: bool = False) -> str:
        body = {"role": "guardian", "name": name}
        party = (await self.officer.post(f"{self.path}/parties", body, 201))["id"]
        rights = {"party": party, "may_decide": True, "suspected": suspected}
        await self.officer.post(f"{self.path}/guardians", rights)
        return party

    async def forbid(self, party: str) -> None:
        body = {"party": party, "forbidden": True, "reason": "Nuori pelkää."}
        await self.officer.post(f"{self.path}/guardians/prohibitions", body)

    async def decides(self) -> None:
        """The young person understands, and decides themself."""
        heard = (datetime.now(UTC) - timedelta(hours=2)).isoformat()
        body = {"capable": True, "reason": "Ymmärtää asian.", "heard_at": heard}
        await self.officer.post(f"{self.path}/guardians/capacity", body)

    async def consent(self, purpose: str, expect: int = 204, kinds=("identity", "contact", "party", "narrative")):
        body = await self.house.consent_body(*GIVEN) | {"purpose": purpose, "kinds": list(kinds)}
        return await self.officer.post(f"{self.path}/consent", body, expect)

    async def notified(self) -> None:
        await self.officer.post(f"{self.path}/child-welfare", {"decision": "already_notified"})

    async def submit(self, expect: int = 204) -> dict[str, str]:
        return messages(await self.officer.post(f"{self.path}/submission", expect=expect))

    async def to(self, stage: str, expect: int = 204, reason: str = "") -> dict[str, str]:
        body = {"to": stage, "reason": reason}
        return messages(await self.coordinator.post(f"{self.path}/moves", body, expect))

    async def stage(self) -> str:
        return (await self.coordinator.get(self.path))["stage"]

    async def agrees(self, giver: str = "client", expect: int = 204, who=None, **said):
        body = {"giver": giver, "agreed": True, "said_on": str(today()), "how": "call"} | said
        return await (who or self.coordinator).post(f"{self.path}/agreement", body, expect)

    async def names(self, name: str, expect: int = 204):
        """Name who stands beside the young person."""
        body = {"post": await self.house.post_of(name)}
        return await self.coordinator.put(f"{self.path}/support", body, expect)

    async def call(self, expect: int = 204):
        """Call a meeting and put the case on its agenda."""
        starts = datetime.now(UTC) + timedelta(minutes=5)
        body = {"team": self.team, "starts_at": starts.isoformat()}
        body["ends_at"] = (starts + timedelta(hours=1)).isoformat()
        self.meeting = (await self.coordinator.post("/meetings", body, 201))["reference"]
        return await self.coordinator.post(f"/meetings/{self.meeting}/agenda", {"case": self.reference}, expect)

    async def seat(self, *names: str, expect: int = 204):
        for name in names:
            body = {"case": self.reference, "post": await self.house.post_of(name)}
            found = await self.coordinator.post(f"/meetings/{self.meeting}/seats", body, expect)
        return found

    async def secure(self, office: str, how: str = "Kuultiin puhelimessa ennen tapaamista.", expect: int = 204):
        body = {"case": self.reference, "office": office, "how": how}
        return await self.coordinator.post(f"/meetings/{self.meeting}/offices", body, expect)

    async def minuted(self, expect: int = 204) -> dict[str, str]:
        """Invite, let the meeting begin, record minutes and approve them."""
        if (await self.coordinator.get(f"/meetings/{self.meeting}"))["state"] == "planned":
            await self.coordinator.post(f"/meetings/{self.meeting}/opening", expect=200)
        await self.house.begin(self.meeting)
        body = {"case": self.reference, "text": "Sovittiin tuesta."}
        version = (await self.coordinator.post(f"/meetings/{self.meeting}/minutes", body, 200))["version"]
        approval = {"case": self.reference, "version": version, "handled": True}
        return messages(await self.coordinator.post(f"/meetings/{self.meeting}/minutes/approval", approval, expect))

    async def close(self, expect: int = 204, **said) -> dict[str, str]:
        return messages(await self.coordinator.post(f"{self.path}/closing", said, expect))

    async def openers_kinds(self) -> set[str]:
        """What whoever opened the case is given of it now."""
        rows = await self.house.fetch(
            "SELECT DISTINCT unnest(g.kinds) AS kind FROM access_grant g JOIN case_file c ON c.id = g.case_id "
            "JOIN lawful_basis b ON b.id = g.basis_id WHERE c.reference = $1 AND g.post_id = c.opened_by_id "
            "AND g.ended_at IS NULL AND b.ended_at IS NULL",
            self.reference,
        )
        return {row["kind"] for row in rows}


def messages(problem) -> dict[str, str]:
    """What a refusal says, by field; of several about one field, all in one."""
    found: dict[str, str] = {}
    for error in (problem or {}).get("errors", ()):
        found[error["field"]] = " ".join(filter(None, (found.get(error["field"]), error["message"])))
    return found
