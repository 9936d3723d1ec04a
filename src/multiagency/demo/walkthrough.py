"""The main job in six steps over HTTP, as seven people; a step that does not find what it expects raises."""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from multiagency.demo import story
from multiagency.demo.household import Household
from multiagency.demo.lapland import ACCOUNTS
from multiagency.demo.person import CalendarMail, PersonAtApi, Unexpected
from multiagency.meetings.forms import PROMISES

_PATIENCE = 20
_PEOPLE = ("officer", "social-worker", "coordinator", "police", "county", "municipality", "auditor")
_INVITED = ("police", "county", "municipality")
_EMAIL = {account.login: account.email for account in ACCOUNTS}


class Walkthrough:
    """The six steps, and what they find out on the way."""

    def __init__(self, household: Household, http: httpx.AsyncClient) -> None:
        self._household = household
        self._people = {login: PersonAtApi(http, login) for login in _PEOPLE}
        self._ids: dict[str, str] = {}
        self._posts: dict[str, str] = {}
        self._cases: list[str] = []
        self._meeting, self._begins = "", datetime.now(UTC)
        self._room = ""
        self._mail: dict[str, CalendarMail] = {}
        self.refused = 0
        self.verdict: dict[str, Any] = {}

    def steps(self) -> list[tuple[str, Callable[[], Awaitable[str]]]]:
        """Return the steps in order, with their names."""
        return [
            ("refer", self.refer),
            ("convene", self.convene),
            ("take part", self.take_part),
            ("agree and act", self.agree_and_act),
            ("withdraw", self.withdraw),
            ("audit", self.audit),
        ]

    def calendar_mails(self) -> list[CalendarMail]:
        """Return what every mail at the sink says to a calendar, in order of arrival."""
        parsed = (CalendarMail.parse(mail) for mail in self._household.sink.messages())
        return [mail for mail in parsed if mail is not None]

    async def refer(self) -> str:
        """Officer and social worker each refer a case; the social worker adds the county's part to the first."""
        for person in self._people.values():
            await person.sign_in(self._household.passwords["demo_account"])
        officer, worker = self._people["officer"], self._people["social-worker"]
        await self._learn_the_directory(officer)
        first = await self._open_case(officer, story.CLIENT, story.VIOLENT)
        await officer.put(f"/cases/{first}/safe-contact", story.SAFE_CONTACT)
        await officer.post(f"/cases/{first}/parties", story.CHILD, 201)
        missing = await officer.post(f"/cases/{first}/submission", expect=422)
        await officer.put(f"/cases/{first}/part", {"narrative": story.NARRATIVE})
        await officer.post(f"/cases/{first}/child-welfare", {"decision": "already_notified"})
        await self._consent_and_assess(officer, first, ("police", "county", "revontuli"), yes=15)
        await officer.post(f"/cases/{first}/contributors", {"post": self._posts["Marja Roivas"]})
        await worker.put(f"/cases/{first}/part", {"narrative": story.COUNTY_PART})
        await officer.post(f"/cases/{first}/submission")
        second = await self._open_case(worker, story.SECOND_CLIENT, story.SECOND_VIOLENT)
        await self._consent_and_assess(worker, second, ("police", "county"), yes=6, reason="Kuristaminen ja ero.")
        await worker.post(f"/cases/{second}/submission")
        self._cases = [first, second]
        return f"two cases submitted; the first try named {len(missing['errors'])} missing things"

    async def _learn_the_directory(self, officer: PersonAtApi) -> None:
        self._ids = {agency["name"]: agency["id"] for agency in await officer.get("/agencies")}
        self._posts = {post["name"]: post["id"] for post in await officer.get("/posts")}
        teams = {team["pathway"]: team["id"] for team in await officer.get("/teams")}
        self._ids["team"] = teams["marak"]

    def _agencies(self, keys: tuple[str, ...]) -> list[str]:
        names = {"police": "Police Department", "county": "Wellbeing", "revontuli": "Revontuli"}
        return [next(found for name, found in self._ids.items() if names[key] in name) for key in keys]

    async def _open_case(self, person: PersonAtApi, client: dict[str, str], violent: dict[str, str]) -> str:
        reference: str = (await person.post("/cases", {"team": self._ids["team"]}, 201))["reference"]
        await person.put(f"/cases/{reference}/client", client)
        await person.post(f"/cases/{reference}/parties", violent, 201)
        return reference

    async def _consent_and_assess(
        self, person: PersonAtApi, case: str, agencies: tuple[str, ...], yes: int, reason: str = ""
    ) -> None:
        asked_at = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
        await person.post(f"/cases/{case}/consent", story.consent(asked_at, self._agencies(agencies)))
        given = story.answers(yes)
        half = dict(list(given.items())[:12])
        await person.put(f"/cases/{case}/assessment", {"answers": half})  # a draft is left …
        judged = {"judged_high": True, "judgement_reason": reason} if reason else {}
        rest = {item: answer for item, answer in given.items() if item not in half}
        await person.put(f"/cases/{case}/assessment", {"answers": rest} | judged)  # … and taken up again

    async def convene(self) -> str:
        """The coordinator seats those whom the consent names and opens the meeting; invitations arrive by SMTP."""
        coordinator = self._people["coordinator"]
        self._begins = starts = datetime.now(UTC) + timedelta(seconds=3)
        body = {"team": self._ids["team"], "starts_at": starts.isoformat()}
        body["ends_at"] = (starts + timedelta(hours=1)).isoformat()
        self._meeting = (await coordinator.post("/meetings", body, 201))["reference"]
        for case in self._cases:
            await coordinator.post(f"/meetings/{self._meeting}/agenda", {"case": case})
        for case, names in zip(self._cases, (("Jouni", "Sanna", "Heikki"), ("Jouni", "Sanna")), strict=True):
            for name in names:
                await coordinator.post(f"/meetings/{self._meeting}/seats", {"case": case, "post": self._post(name)})
        unnamed = {"case": self._cases[0], "post": self._post("Tiina")}
        await coordinator.post(f"/meetings/{self._meeting}/seats", unnamed, 409)
        await coordinator.post(f"/meetings/{self._meeting}/opening", expect=200)
        arrived = await self._mails(lambda mail: mail.method == "REQUEST", len(_INVITED))
        self._mail = {mail.recipient: mail for mail in arrived}
        self._check_silence()
        return f"{len(arrived)} invitations arrived; an agency that the consent does not name was refused a seat"

    def _post(self, first_name: str) -> str:
        return next(post for name, post in self._posts.items() if name.startswith(first_name))

    def _check_silence(self) -> None:
        """No mail may tell whom or what it is about."""
        for mail in self._household.sink.messages():
            decoded = b" ".join(part.get_payload(decode=True) or b"" for part in mail.walk())  # type: ignore[misc]
            text = (mail.as_bytes() + decoded).decode("utf-8", "replace")
            if any(secret in text for secret in (*map(str, story.SECRETS), "MARAK", *self._cases)):
                raise Unexpected("a mail tells whom or what it is about")

    def _address(self, login: str) -> str:
        address = self._mail[_EMAIL[login]].address
        if address is None:
            raise Unexpected(f"{login}'s invitation holds no join address")
        return address

    async def take_part(self) -> str:
        """Participants answer, read only what they have a seat for, and join the room of the first case."""
        first, second = self._cases
        for login, answer in zip(_INVITED, ("accepted", "accepted", "accepted"), strict=True):
            await self._people[login].post(f"/invitations/{self._address(login)}/answer", {"answer": answer})
        municipality = self._people["municipality"]
        case = await municipality.get(f"/cases/{first}")
        if case["client"]["name"] != story.CLIENT["name"] or len(case["parts"]) != 2:
            raise Unexpected("the municipality does not see the case that it has a seat for")
        await municipality.get(f"/cases/{second}", 404)
        await self._people["police"].get(f"/invitations/{self._address('municipality')}", 404)
        for login in ("municipality", "county"):
            await self._join(login, first)
        inside = await municipality.get(f"/rooms/{self._room}")
        return f"all answered; {len(inside)} are in the room; the second case stays hidden from the municipality"

    async def _join(self, login: str, case: str) -> None:
        person = self._people[login]
        ticket = await person.post(f"/invitations/{self._address(login)}/join", {"case": case}, 200)
        self._room = ticket["room"]
        await person.post(f"/rooms/{self._room}", {"token": ticket["token"], "promise": PROMISES})

    async def agree_and_act(self) -> str:
        """The coordinator approves minutes and assigns actions; each owner sees their own and reports it done."""
        coordinator, first = self._people["coordinator"], self._cases[0]
        await self._minutes(coordinator, first)
        due = (datetime.now(UTC) + timedelta(days=14)).date().isoformat()
        owners = {"police": "Jouni", "county": "Sanna", "municipality": "Heikki"}
        for login, name in owners.items():
            action = {"owner": self._post(name), "title": story.ACTIONS[login], "due_on": due}
            await coordinator.post(f"/cases/{first}/actions", action, 201)
        for login in owners:
            mine = await self._people[login].get("/actions")
            if [action["title"] for action in mine] != [story.ACTIONS[login]]:
                raise Unexpected(f"{login} does not see exactly their own action")
            await self._people[login].post(f"/actions/{mine[0]['reference']}/report", {"outcome": "Tehty."})
        plan = await coordinator.get(f"/cases/{first}/actions")
        return f"minutes approved; {sum(action['state'] == 'done' for action in plan)} of {len(plan)} actions done"

    async def _minutes(self, coordinator: PersonAtApi, case: str) -> None:
        """When the meeting has begun, save a draft, which nobody at the table sees, and approve it."""
        await asyncio.sleep(max((self._begins - datetime.now(UTC)).total_seconds(), 0))
        place = f"/meetings/{self._meeting}/minutes"
        draft = await coordinator.post(place, {"case": case, "text": story.MINUTES}, 200)
        if await self._people["municipality"].get(f"/cases/{case}/minutes"):
            raise Unexpected("a draft of the minutes is seen at the table")
        await coordinator.post(f"{place}/approval", {"case": case, "version": draft["version"], "handled": True})

    async def withdraw(self) -> str:
        """Consent to the first case is withdrawn: the next request of the invited gets 404, calendars are told."""
        first = self._cases[0]
        await self._people["officer"].post(f"/cases/{first}/consent/withdrawal")
        for login in _INVITED:
            for path in (f"/cases/{first}", f"/cases/{first}/minutes"):
                await self._people[login].get(path, 404)
                self.refused += 1
        await self._people["municipality"].get(f"/invitations/{self._address('municipality')}", 404)
        self.refused += 1
        for login in ("police", "county"):  # they sit at the second case too, and are led to what is left
            left = await self._people[login].get(f"/invitations/{self._address(login)}")
            if first in left["cases"]:
                raise Unexpected("an earlier address shows a case whose consent was withdrawn")
        await self._people["municipality"].get(f"/rooms/{self._room}", 404)
        self.refused += 1
        shell = await self._people["coordinator"].get(f"/cases/{first}")
        own = await self._people["officer"].get(f"/cases/{first}")
        kept = await self._people["municipality"].get("/actions")
        if shell["client"] is not None or shell["stage"] != "withdrawn" or own["client"] is None or len(kept) != 1:
            raise Unexpected("after the withdrawal somebody keeps more or less than they should")
        told = await self._mails(lambda mail: mail.sequence == 1, len(_INVITED))
        if any(mail.uid != self._mail[mail.recipient].uid for mail in told):
            raise Unexpected("an update has another UID than the invitation")
        methods = sorted(mail.method for mail in told)
        return f"{self.refused} requests refused; calendars told by {', '.join(methods)}"

    async def audit(self) -> str:
        """The auditor reads who did what, not the case; a bundle is verified by the command line, without us."""
        auditor, first = self._people["auditor"], self._cases[0]
        await auditor.get(f"/cases/{first}", 403)
        entries = await auditor.get(f"/audit/entries?case={first}")
        text = json.dumps(entries, ensure_ascii=False)
        if not entries or any(str(secret) in text for secret in story.SECRETS):
            raise Unexpected("the log is empty or tells what the case is about")
        await self._numbered(auditor)
        witnesses = await self._cosigned(auditor)
        bundle = await auditor.raw(f"/audit/bundle?quorum={len(witnesses)}")
        self.verdict = await asyncio.to_thread(self._verify, bundle, witnesses)
        if not self.verdict["ok"]:
            raise Unexpected(f"the log does not verify: {self.verdict['reason']}")
        who = {entry["detail"]["actor"]["name"] for entry in entries if entry["detail"] and entry["detail"]["actor"]}
        return (
            f"{len(entries)} entries by {len(who)} people concern the case; {self.verdict['entries']} in all verified, "
            f"co-signed by {', '.join(self.verdict['witnesses']) or 'nobody'}"
        )

    async def stages(self) -> list[str]:
        """Return in which stages the cases of the main job are now."""
        coordinator = self._people["coordinator"]
        return [(await coordinator.get(f"/cases/{case}"))["stage"] for case in self._cases]

    async def _numbered(self, auditor: PersonAtApi) -> None:
        """Wait until the withdrawal has its number in the log."""

        async def seen() -> bool:
            entries = await auditor.get(f"/audit/entries?case={self._cases[0]}")
            return all(e["index"] is not None for e in entries if e["body"]["act"] == "withdraw_consent")

        await _until(seen, "the log was not numbered")

    async def _cosigned(self, auditor: PersonAtApi) -> list[str]:
        """Wait until every witness has co-signed what is in the log now; return their keys."""
        newest = max(e["index"] or 0 for e in await auditor.get("/audit/entries"))

        async def seen() -> bool:
            return all((w["size"] or 0) > newest for w in await auditor.get("/audit/witnesses"))

        await _until(seen, "a witness has not co-signed the log")
        return [witness["vkey"] for witness in await auditor.get("/audit/witnesses")]

    def _verify(self, bundle: bytes, witnesses: list[str]) -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "log.jsonl"
            path.write_bytes(bundle)
            words = [sys.executable, "-m", "multiagency.cli", "audit", "verify", str(path)]
            words += ["--key", self._household.verifier_key, "--json"]
            words += [word for vkey in witnesses for word in ("--witness-key", vkey)]
            done = subprocess.run(words, capture_output=True, check=False)  # noqa: S603
        verdict: dict[str, Any] = json.loads(done.stdout)
        return verdict | {"ok": verdict["ok"] and done.returncode == 0}

    async def _mails(self, wanted: Callable[[CalendarMail], bool], number: int) -> list[CalendarMail]:
        """Wait until so many such mails have arrived at the sink, one for each recipient."""

        async def arrived() -> bool:
            return len({mail.recipient for mail in self.calendar_mails() if wanted(mail)}) >= number

        await _until(arrived, f"fewer than {number} mails arrived")
        return [mail for mail in self.calendar_mails() if wanted(mail)]


async def _until(true: Callable[[], Awaitable[bool]], otherwise: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not await true():
        if time.monotonic() > deadline:
            raise Unexpected(otherwise)
        await asyncio.sleep(0.1)
