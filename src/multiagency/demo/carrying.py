"""One case of Ankkuri and one of HSS, each from its opening to its end over HTTP: what the demo shows beside MARAK."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from multiagency.demo import story
from multiagency.demo.person import PersonAtApi
from multiagency.kernel.clock import today

PEOPLE = ("officer", "social-worker", "ankkuri-coordinator", "hss-coordinator")


class ModelsWalk:
    """The people who carry both cases, and what they know: teams by model, agencies and posts by name."""

    def __init__(self, people: dict[str, PersonAtApi]) -> None:
        self._people = people
        self._teams: dict[str, str] = {}
        self._agencies: dict[str, str] = {}
        self._posts: dict[str, str] = {}

    def models(self) -> dict[str, Callable[[], Awaitable[list[str]]]]:
        """Return the models by code; each is walked through and returns the stages its case has been in."""
        return {"ankkuri": self.ankkuri, "hss": self.hss}

    async def learn(self) -> None:
        """Read the directory."""
        officer = self._people["officer"]
        self._teams = {team["pathway"]: team["id"] for team in await officer.get("/teams")}
        self._agencies = {agency["name"]: agency["id"] for agency in await officer.get("/agencies")}
        self._posts = {post["name"]: post["id"] for post in await officer.get("/posts")}

    async def ankkuri(self) -> list[str]:
        """A school's concern about somebody under age: reviewed, a meeting agreed and held, guided onward."""
        officer, coordinator = self._people["officer"], self._people["ankkuri-coordinator"]
        case, guardian = await self._concern(officer)
        await coordinator.post(f"{case}/moves", {"to": "situation"})
        for giver in ("client", guardian):
            said = {"giver": giver, "agreed": True, "said_on": str(today()), "how": "call"}
            await coordinator.post(f"{case}/agreement", said)
        await coordinator.post(f"{case}/moves", {"to": "meeting_agreed"})
        await self._meet(coordinator, case)
        await coordinator.post(f"{case}/closing", {"outcome": "guided_onward", "target": story.YOUTH_SERVICE})
        return await self._stages(coordinator, case)

    async def _concern(self, officer: PersonAtApi) -> tuple[str, str]:
        opened = {"team": self._teams["ankkuri"], "reasons": ["substances"], "source": "school"}
        case = f"/cases/{(await officer.post('/cases', opened, 201))['reference']}"
        born = today().replace(day=1, year=today().year - 15)
        await officer.put(f"{case}/client", {"name": story.YOUNG, "birth_date": str(born)})
        party = await officer.post(f"{case}/parties", {"role": "guardian", "name": story.GUARDIAN}, 201)
        await officer.post(f"{case}/guardians", {"party": party["id"], "may_decide": True, "suspected": False})
        heard = {"capable": True, "reason": "Ymmärtää asian.", "heard_at": _an_hour_ago()}
        await officer.post(f"{case}/guardians/capacity", heard)
        await officer.post(f"{case}/child-welfare", {"decision": "already_notified"})
        kinds = ["identity", "contact", "party", "narrative"]
        agencies = [self._agency(part) for part in ("Police", "Wellbeing", "Kaamosj")]
        await officer.post(f"{case}/consent", _consent("ankkuri_meeting") | {"kinds": kinds, "recipients": agencies})
        await officer.post(f"{case}/submission")
        return case, party["id"]

    async def _meet(self, coordinator: PersonAtApi, case: str) -> None:
        """Hold the meeting: three offices are seated, the fourth is secured in another way."""
        reference, begins = case.rpartition("/")[2], datetime.now(UTC) + timedelta(seconds=2)
        times = {"starts_at": begins.isoformat(), "ends_at": (begins + timedelta(hours=1)).isoformat()}
        meeting = await coordinator.post("/meetings", {"team": self._teams["ankkuri"], **times}, 201)
        here = f"/meetings/{meeting['reference']}"
        await coordinator.post(f"{here}/agenda", {"case": reference})
        for name in ("Jouni", "Sanna", "Anne"):
            await coordinator.post(f"{here}/seats", {"case": reference, "post": self._post(name)})
        heard = {"case": reference, "office": "nurse", "how": "Kuultiin puhelimessa ennen tapaamista."}
        await coordinator.post(f"{here}/offices", heard)
        await coordinator.post(f"{here}/opening", expect=200)
        await asyncio.sleep(max((begins - datetime.now(UTC)).total_seconds(), 0))
        draft = await coordinator.post(f"{here}/minutes", {"case": reference, "text": story.MEETING}, 200)
        await coordinator.post(
            f"{here}/minutes/approval", {"case": reference, "version": draft["version"], "handled": True}
        )

    async def hss(self) -> list[str]:
        """A first offence: the service takes the case over, the client comes, the police see that and no more."""
        officer, service, coordinator = (self._people[name] for name in ("officer", *PEOPLE[1:4:2]))
        case = await self._offer(officer)
        await coordinator.post(f"{case}/taking-over", {"post": self._post("Marja")})
        await self._came(service, case, "attended")
        await coordinator.post(f"{case}/moves", {"to": "in_treatment"})
        await self._came(service, case, "attended", "attended", "completed")
        await coordinator.post(f"{case}/moves", {"to": "period_over"})
        await officer.post(f"{case}/findings", _finding("decision", "police"))
        await coordinator.post(f"{case}/closing", {"outcome": "completed"})
        return await self._stages(coordinator, case)

    async def _offer(self, officer: PersonAtApi) -> str:
        case = f"/cases/{(await officer.post('/cases', {'team': self._teams['hss']}, 201))['reference']}"
        await officer.put(f"{case}/client", story.CAUGHT)
        await officer.post(f"{case}/findings", _finding("first_offence", "yes"))
        kinds = ["identity", "contact", "party", "narrative", "attendance"]
        pairs = [
            {"agency": self._agency("Wellbeing"), "kinds": kinds},
            {"agency": self._agency("Police"), "kinds": ["attendance"]},
        ]
        await officer.post(f"{case}/consent", _consent("hss_period") | {"pairs": pairs})
        await officer.post(f"{case}/submission")
        return case

    async def _came(self, service: PersonAtApi, case: str, *whats: str) -> None:
        for what in whats:
            await service.post(f"{case}/attendance", {"what": what, "on_day": str(today())})

    async def _stages(self, coordinator: PersonAtApi, case: str) -> list[str]:
        found: dict[str, Any] = await coordinator.get(f"{case}/moves")
        return [move["stage"] for move in found["history"]]

    def _agency(self, part: str) -> str:
        return next(found for name, found in self._agencies.items() if part in name)

    def _post(self, first_name: str) -> str:
        return next(post for name, post in self._posts.items() if name.startswith(first_name))


def _an_hour_ago() -> str:
    return (datetime.now(UTC) - timedelta(hours=1)).isoformat()


def _consent(purpose: str) -> dict[str, Any]:
    return {"answer": "given", "purpose": purpose, "asked_at": _an_hour_ago(), "how": "spoken", "language": "fi"}


def _finding(what: str, answer: str) -> dict[str, str]:
    return {"what": what, "answer": answer, "found_on": str(today())}
