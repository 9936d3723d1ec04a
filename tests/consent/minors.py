"""A case about a child: fictitious people of any age, and the household at the API."""

from datetime import UTC, date, datetime, timedelta

_CHECK = "0123456789ABCDEFHJKLMNPRSTUVWXY"


def code_of(born: date, number: int = 901) -> str:
    """The identity code that somebody born on this day could have; 900-999 are never issued."""
    digits = f"{born:%d%m%y}"
    sign = "A" if born.year >= 2000 else "-"
    return f"{digits}{sign}{number}{_CHECK[int(digits + str(number)) % len(_CHECK)]}"


def aged(years: int, number: int = 901) -> str:
    today = datetime.now(UTC).date() - timedelta(days=30)
    return code_of(date(today.year - years, today.month, min(today.day, 28)), number)


def an_hour_ago() -> str:
    return (datetime.now(UTC) - timedelta(hours=1)).isoformat()


class ChildsCase:
    """A draft about a child, at the API, with as many guardians as asked for."""

    def __init__(self, house, officer, reference):
        self.house, self.officer, self.reference = house, officer, reference
        self.path = f"/cases/{reference}"

    @classmethod
    async def open(cls, house, years: int | None = 9):
        officer = await house.person("officer")
        child = cls(house, officer, await house.draft())
        client = {"name": "Lapsi Esimerkki"} | ({"identity_code": aged(years)} if years is not None else {})
        await officer.put(f"{child.path}/client", client)
        return child

    async def party(self, role: str, name: str, identity_code: str = "") -> str:
        body = {"role": role, "name": name, "identity_code": identity_code}
        return (await self.officer.post(f"{self.path}/parties", body, 201))["id"]

    async def guardian(self, name: str, *, may_decide=True, suspected=False, reason="", role="guardian", expect=204):
        party = await self.party(role, name)
        body = {"party": party, "may_decide": may_decide, "suspected": suspected, "restriction_reason": reason}
        await self.officer.post(f"{self.path}/guardians", body, expect)
        return party

    async def capacity(self, expect=204, **said):
        return await self.officer.post(f"{self.path}/guardians/capacity", {"reason": "Keskusteltu"} | said, expect)

    async def not_capable(self, *names: str) -> list[str]:
        """The child does not decide; these guardians do."""
        await self.capacity(capable=False)
        return [await self.guardian(name) for name in names]

    async def answers(self, giver: str | None = None, *agencies: str, expect=204, capacity="guardian", **said):
        body = await self.house.consent_body(*agencies) | said
        if giver is not None:
            body |= {"giver": giver, "capacity": capacity}
        return await self.officer.post(f"{self.path}/consent", body, expect)

    async def open_to(self) -> set[str]:
        """The agencies that hold a living basis by consent, by the first word of their name."""
        rows = await self.house.fetch(
            "SELECT a.name_en FROM lawful_basis b JOIN agency a ON a.id = b.agency_id JOIN case_file c "
            "ON c.id = b.case_id WHERE b.reason = 'consent' AND b.ended_at IS NULL AND c.reference = $1",
            self.reference,
        )
        return {row["name_en"].split()[0] for row in rows}

    async def missing(self) -> dict[str, str]:
        problem = await self.officer.post(f"{self.path}/submission", expect=422)
        return {error["field"]: error["message"] for error in problem["errors"]}


def wrong(problem) -> set[str]:
    return {error["field"] for error in problem["errors"]}
