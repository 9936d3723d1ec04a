"""What pages offer and what they say cannot be done is what the service then does: at each stage, for each person."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from tests.cases.test_rounds import WISH
from tests.pages import at_pages
from tests.safeguards.test_protection import order
from tests.storage.test_closing import CLOSING
from tests.storage.test_ending import ENDING

from multiagency.demo import story
from multiagency.demo.lapland import ACCOUNTS
from multiagency.kernel.access import Act
from multiagency.kernel.languages import Language
from multiagency.kernel.policy import RULES
from multiagency.web.texts import TEXTS

ROLE = {account.login: account.role for account in ACCOUNTS}
REFUSED = {403, 404, 409}
SOON = {
    "starts_at": (datetime.now(UTC) + timedelta(days=5)).isoformat(),
    "ends_at": (datetime.now(UTC) + timedelta(days=5, hours=1)).isoformat(),
}
ORDER = order()
REASON = {"reason": "Kirjattu kahdesti."}


@dataclass(frozen=True)
class What:
    """An act: the page that holds its form, where the form goes, and the same at the API."""

    act: Act
    page: str
    api: str
    body: dict = field(default_factory=dict)
    method: str = "post"
    to: str = ""
    holds: str = ""


def _case(act, page, api, body=None, method="post", holds=""):
    return What(act, f"/cases/{{case}}/{page}", f"/cases/{{case}}/{api}", body or {}, method, holds=holds)


def _item(act, page, api, body=None):
    return What(act, f"/meetings/{{meeting}}/cases/{{case}}/{page}", f"/meetings/{{meeting}}/{api}", body or {})


def _meeting(act, page, body):
    return What(act, f"/meetings/{{meeting}}/{page}", f"/meetings/{{meeting}}/{page}", body)


def _action(page, body):
    return _case(Act.ASSIGN_ACTION, f"actions/{{action}}/{page}", f"actions/{{action}}/{page}", body)


OF_CASE = {"case": "{case}"}
GUARDIAN = {"party": "{parent}", "may_decide": "true", "suspected": "false"}
FORBIDDING = REASON | {"party": "{parent}", "forbidden": "true"}
ACTS = {
    "client": _case(Act.EDIT_CASE, "client", "client", story.CLIENT, "put"),
    "contact": _case(Act.EDIT_CASE, "safe-contact", "safe-contact", story.SAFE_CONTACT, "put"),
    "person": _case(Act.EDIT_CASE, "people/new", "parties", {"role": "other", "name": "Joku"}),
    "part": _case(Act.WRITE_PART, "part", "part", {"narrative": "Lisäys."}, "put"),
    "checklist": _case(Act.ASSESS_RISK, "checklist", "assessment", {"answers": story.answers(15)}, "put", "=answer-"),
    "colleague": _case(Act.ASK_FOR_PART, "colleague", "contributors", {"post": "{sanna}"}),
    "submit": _case(Act.SUBMIT_CASE, "submit", "submission"),
    "consent": _case(Act.RECORD_CONSENT, "consent", "consent", {"consent": ""}),
    "capacity": _case(Act.RECORD_GUARDIANS, "guardians/capacity", "guardians/capacity", {"capable": "true"}),
    "rights": _case(Act.RECORD_GUARDIANS, "guardians/{parent}/rights", "guardians", GUARDIAN),
    "forbidding": _case(Act.RECORD_GUARDIANS, "guardians/{parent}/prohibition", "guardians/prohibitions", FORBIDDING),
    "protection": _case(Act.PROTECT_ADDRESS, "protection/new", "protection", ORDER),
    "withdrawal": _case(Act.WITHDRAW_CONSENT, "consent/withdrawal", "consent/withdrawal"),
    "round": _case(Act.BEGIN_AGAIN, "new-round", "rounds", WISH),
    "ending": _case(Act.END_CASE, "ending", "ending", ENDING),
    "closing": _case(Act.CLOSE_CASE, "closing", "closing", CLOSING),
    "action": _case(
        Act.ASSIGN_ACTION, "actions/new", "actions", {"owner": "{sanna}", "title": "Soittaa", "due_on": "2099-01-01"}
    ),
    "due": _action("due", REASON | {"due_on": "2099-02-01"}),
    "striking": _action("striking", REASON),
    "owner": _case(Act.ASSIGN_ACTION, "actions/{handed}/owner", "actions/{handed}/owner", {"owner": "{aslak}"}),
    "place": What(
        Act.RUN_MEETING,
        "/meetings/{meeting}",
        "/meetings/{meeting}/agenda",
        OF_CASE,
        to="/meetings/{meeting}/agenda",
        holds='name="case" value="{case}"',
    ),
    "seat": _item(Act.RUN_MEETING, "seats", "seats", OF_CASE | {"post": "{sanna}"}),
    "taking_back": What(
        Act.RUN_MEETING,
        "/meetings/{meeting}/cases/{case}/seats",
        "/meetings/{meeting}/seats/removal",
        OF_CASE | {"post": "{heikki}"},
        to="/meetings/{meeting}/cases/{case}/seats/removal",
        holds='value="{heikki}"',
    ),
    "removal": _item(Act.RUN_MEETING, "removal", "agenda/removal", OF_CASE | {"because": "removed"}),
    "minutes": _item(Act.RECORD_MINUTES, "minutes", "minutes", OF_CASE | {"text": story.MINUTES}),
    "addendum": What(
        Act.RECORD_MINUTES,
        "/meetings/{meeting}/cases/{case}/minutes",
        "/meetings/{meeting}/minutes/addenda",
        OF_CASE | {"text": "Lisäys."},
        to="/meetings/{meeting}/cases/{case}/minutes/addenda",
    ),
    "time": _meeting(Act.RUN_MEETING, "time", SOON),
    "cancellation": _meeting(Act.RUN_MEETING, "cancellation", {}),
    "not-held": _meeting(Act.RUN_MEETING, "not-held", {}),
    "report": What(Act.REPORT_ACTION, "/actions/{action}", "/actions/{action}/report", {"outcome": "Soitettu."}),
}
STARTS = {
    "officer": ["/cases/{case}"],
    "coordinator": ["/cases/{case}", "/meetings/{meeting}"],
    "municipality": ["/cases/{case}", "/actions"],
}
READ_TOO = {
    "/cases/{case}/checklist",
    "/cases/{case}/colleague",
    "/cases/{case}/consent",
    "/cases/{case}/closing",
    "/cases/{case}/ending",
    "/cases/{case}/submit",
    "/meetings/{meeting}",
    "/meetings/{meeting}/cases/{case}/seats",
    "/meetings/{meeting}/cases/{case}/minutes",
    "/actions/{action}",
}
"""Pages that are worth a visit where their form is not: they say how something stands."""
HUBS = ["/cases/{case}/consent", "/cases/{case}/guardians", "/cases/{case}/protection", "/cases/{case}/plan"]
HUBS += ["/meetings/{meeting}", "/cases/{case}/people", "/cases/{case}/situation"]
"""Pages from which others are reached."""

FORBIDS = {
    "case.not_draft": ("submit", "checklist", "colleague"),
    "case.people_closed": ("client", "contact", "person"),
    "case.part_closed": ("part",),
    "case.nothing_shared": ("minutes", "action"),
    "consent.case_over": ("consent",),
    "consent.nothing_to_withdraw": ("withdrawal",),
    "plan.new.minutes_first": ("action",),
    "plan.new.case_over": ("action", "due", "striking"),
    "closing.not_yet": ("closing",),
    "ending.over_already": ("ending",),
    "round.too_late": ("round",),
    "round.goes_on": ("round",),
    "minutes.record.early": ("minutes",),
    "meeting.never_opened": ("minutes",),
    "meeting.discussed_already": ("removal",),
    "meeting.has_been_held": ("time", "cancellation", "not-held"),
    "meeting.not_missed_yet": ("not-held",),
    "meeting.was_cancelled": ("time", "cancellation", "not-held", "seat", "place"),
    "meeting.was_not_held": ("time", "cancellation", "not-held", "seat", "place"),
    "meeting.is_over": ("time", "cancellation", "seat"),
    "moving.over": ("time",),
    "minutes.record.stays": ("minutes", "removal"),
}
"""Sentences by which a page says that something cannot be done, with the acts they speak of."""
STATES = (
    "draft",
    "submitted",
    "on_agenda",
    "running",
    "begun",
    "missed",
    "in_follow_up",
    "reported",
    "over",
    "again",
    "closed",
    "withdrawn",
    "new_round",
)
"""Where a case may stand: on an agenda, at a running meeting without and with a draft of minutes, and so on."""
GOING_ON = ("submitted", "on_agenda", "begun", "in_follow_up", "again")
FORETOLD = [
    ("submit.correctable", "draft", "officer", "submit", GOING_ON, ("client", "contact", "person", "consent"), ()),
    ("submit.correctable", "draft", "officer", "submit", GOING_ON, (), ("checklist",)),
    ("submit.parts_open", "draft", "officer", "submit", ("submitted", "on_agenda"), ("part",), ()),
    ("submit.withdrawable", "draft", "officer", "submit", GOING_ON, ("withdrawal",), ()),
    (
        "withdrawal.ends_work",
        "on_agenda",
        "officer",
        "withdrawal",
        ("withdrawn",),
        (),
        ("part", "checklist", "consent", "submit"),
    ),
    ("withdrawal.final", "on_agenda", "officer", "withdrawal", ("withdrawn",), ("round",), ("withdrawal",)),
    ("closing.final", "in_follow_up", "coordinator", "closing", ("closed",), (), ("closing", "ending", "action")),
    (
        "minutes.record.moves",
        "begun",
        "coordinator",
        "minutes",
        ("in_follow_up",),
        ("action", "addendum"),
        ("minutes",),
    ),
    ("round.own_records", "withdrawn", "officer", "round", ("new_round",), ("client", "contact", "person"), ()),
    ("removal.waits", "on_agenda", "coordinator", "removal", ("missed",), (), ("removal",)),
    ("missing_meeting.for_good", "running", "coordinator", "not-held", ("missed",), (), ("time", "cancellation")),
    ("my_actions.final", "in_follow_up", "municipality", "report", ("reported",), (), ("report",)),
]
"""Sentences that say before an act what holds after it: where they stand, and what is then offered and refused."""


async def told(house, state):
    """Bring one case to this state; return what it calls its things."""
    officer, coordinator = await house.person("officer"), await house.person("coordinator")
    names = {name.lower(): await house.post_of(name) for name in ("Sanna", "Heikki", "Aslak")}
    names |= dict.fromkeys(("action", "handed", "meeting"), "BCDF-2345")
    names["case"] = case = await house.filled_draft()
    parent = {"role": "guardian", "name": "Kuvitteellinen Vanhempi"}
    names["parent"] = (await officer.post(f"/cases/{case}/parties", parent, 201))["id"]
    if state == "draft":
        return names
    await officer.post(f"/cases/{case}/submission")
    names["meeting"] = meeting = await house.meeting(minutes=60)
    if state == "submitted":
        return names
    await coordinator.post(f"/meetings/{meeting}/agenda", {"case": case})
    await house.seat(meeting, case, "Heikki")
    await coordinator.post(f"/meetings/{meeting}/opening", expect=200)
    if state == "missed":
        await house.begin(meeting)
        await coordinator.post(f"/meetings/{meeting}/not-held", {})
    elif state == "running":
        await house.begin(meeting)
    elif state == "begun":
        await house.draft_minutes(meeting, case)
    elif state in {"withdrawn", "new_round"}:
        await officer.post(f"/cases/{case}/consent/withdrawal")
    elif state != "on_agenda":
        await _discuss(house, names, state)
    if state == "new_round":
        await officer.post(f"/cases/{case}/rounds", WISH)
    return names


async def _discuss(house, names, state):
    case, coordinator = names["case"], await house.person("coordinator")
    await house.minutes(names["meeting"], case)
    for name, owner in (("action", "Heikki"), ("handed", "Jouni")):
        body = {"owner": await house.post_of(owner), "title": "Soittaa kouluun", "due_on": "2099-01-01"}
        names[name] = (await coordinator.post(f"/cases/{case}/actions", body, 201))["reference"]
    if state == "reported":
        report = {"outcome": "Soitettu."}
        await (await house.person("municipality")).post(f"/actions/{names['action']}/report", report)
    elif state == "closed":
        await coordinator.post(f"/cases/{case}/closing", CLOSING | await house.staying(case))
    elif state == "over":
        long_ago = "UPDATE meeting SET starts_at = now() - interval '3 hours', ends_at = now() - interval '2 hours'"
        await house.fetch(long_ago)
    elif state == "again":
        names["meeting"] = await house.meeting(case, minutes=60)


class Looker:
    """One person who looks at every page that leads on from where they start."""

    def __init__(self, house, login, names):
        self.house, self.login, self.names = house, login, names
        self.pages, self.links = {}, set()

    def path(self, text):
        return text.format(**self.names)

    async def look(self):
        self.visitor = await at_pages(self.house, self.login)
        for start in STARTS[self.login]:
            await self._see(self.path(start), must=False)
        for hub in map(self.path, HUBS):
            if hub in self.links:
                await self._see(hub)
        return self

    async def _see(self, path, *, must=True):
        if path in self.pages:
            return self.pages[path]
        answer = await self.house.http.get(path, headers=self.visitor._headers)
        assert answer.status_code == 200 or not must, f"{self.login}: a link leads to {path}: {answer.status_code}"
        self.pages[path] = main = answer.text.partition("<main")[2] if answer.status_code == 200 else ""
        self.links |= {link.partition("?")[0].partition("#")[0] for link in re.findall(r'href="(/[^"]*)"', main)}
        return main

    async def offers(self, what):
        """Tell whether a form of this act is reached, and see that nothing on its page forbids it."""
        path = self.path(what.page)
        if path not in self.links | {place for place, main in self.pages.items() if main}:
            return False
        main = await self._see(path)
        forms = re.findall(r'<form(?: id="[^"]*")? method="post"(?: action="([^"]*)")?', main)
        here = [form or path for form in forms]
        found = self.path(what.to or what.page) in here and self.path(what.holds) in main
        assert found or what.page in READ_TOO, f"{self.login}: a link leads to {path}, where nothing can be done"
        return found

    async def refuses(self, what):
        """Tell whether the service refuses the act to this person; who may not by their role is another test's."""
        if not RULES[what.act].role_may(ROLE[self.login]):
            return True
        body = {name: self.path(text) if isinstance(text, str) else text for name, text in what.body.items()}
        if "consent" in body:
            body = await self.house.consent_body()
        if "answers" not in body and what.page.endswith(("closing", "ending")):
            body |= await self.house.staying(self.names["case"])
        answer = await self.house.http.request(
            what.method,
            f"/api/v1{self.path(what.api)}",
            json=body,
            headers=(await self.house.person(self.login))._headers,
        )
        wanting = what.act is Act.SUBMIT_CASE or TEXTS.say(Language.EN, "error.unknown_case") in answer.text
        refused = answer.status_code in REFUSED or (answer.status_code == 422 and wanting)
        assert refused, (self.login, what.api, answer.status_code, answer.text)
        return True

    def says(self, key):
        return any(stands(key, main) for main in self.pages.values())


def stands(key, main):
    """Tell whether a sentence stands on a page, whatever its values are."""
    pieces = re.split(r"\{\w+\}", TEXTS.sentences[Language.FI][key])
    text = main.replace("&#39;", "'")
    return all(piece in text for piece in pieces)


@pytest.mark.parametrize("state", STATES)
async def test_what_is_offered_can_be_done_and_what_is_not_is_refused(house, state):
    names = await told(house, state)
    for login in STARTS:
        looker = await Looker(house, login, names).look()
        offered = {name for name, what in ACTS.items() if await looker.offers(what)}
        for key, acts in FORBIDS.items():
            if looker.says(key):
                assert not offered & set(acts), f"{login} reads {key} in {state}, and may: {offered & set(acts)}"
        for key, _, who, _, states, may, may_not in FORETOLD:
            if who == login and state in states:
                assert set(may) <= offered, f"{key} is not true in {state}: {set(may) - offered}"
                assert not set(may_not) & offered, f"{key} is not true in {state}: {set(may_not) & offered}"
        for name in ACTS.keys() - offered:
            assert await looker.refuses(ACTS[name]), name


@pytest.mark.parametrize("state", sorted({row[1] for row in FORETOLD}))
async def test_what_is_said_before_an_act_stands_where_it_is_done(house, state):
    names = await told(house, state)
    for key, where, login, act, *_ in FORETOLD:
        if where == state:
            looker = await Looker(house, login, names).look()
            assert await looker.offers(ACTS[act]), (key, act)
            assert stands(key, looker.pages[looker.path(ACTS[act].page)]), key


SPEAKS_OF_A_RULE = re.compile(
    r"no longer|any more|cannot|can be .* only|only (after|when|while)|at once|after that", re.I
)
ROOMS = ("case", "submit", "round", "meeting", "moving", "minutes", "plan", "action", "my_actions", "closing", "ending")
REFUSALS = {"action.done_already", "case.move_not_allowed", "case.narrative_not_named"}
REFUSALS |= {f"minutes.{key}" for key in ("approved_already", "not_approved", "parts.not_there", "recipients.received")}
"""What the service answers when it refuses: said by the rule itself."""
ELSEWHERE = {
    "action.named_on_purpose": "actions/test_reaching.py",
    "action.owner_means": "actions/test_actions.py",
    "case.correcting": "consent/test_corrections.py",
    "closing.ends_sight": "storage/test_closing.py",
    "ending.final": "storage/test_ending.py",
    "minutes.instruction.confirm_means": "meetings/test_minutes_instructions.py",
    "minutes.recipients.given": "meetings/test_minutes_parts.py",
    "minutes.record.handled_at": "meetings/test_minutes_parts.py",
}
"""Sentences about what an act ends, and where that is tested."""
WORDS = {
    "closing.answer.not_needed",
    "closing.ends",
    "closing.why_needed",
    "ending.lead",
    "ending.reasons.no_longer_wanted",
    "my_actions.done",
    "plan.ended_on",
    "plan.state.not_needed",
}
"""Names of things in which the same words stand."""


def test_no_sentence_about_a_rule_is_checked_by_nobody():
    said = TEXTS.sentences[Language.EN].items()
    rules = {key for key, text in said if key.split(".")[0] in ROOMS and SPEAKS_OF_A_RULE.search(text)}
    assert rules - FORBIDS.keys() - {row[0] for row in FORETOLD} == REFUSALS | ELSEWHERE.keys() | WORDS
