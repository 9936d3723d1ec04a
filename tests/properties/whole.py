"""More rules: consent for one agency less, handing over, emergencies, bars, protected addresses, closing, disclosing.

Each waits for the door it needs (`offering.py`).
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from tests.properties.facts import AGENCIES, CONVENER, COORDINATORS, PEOPLE, SHAREABLE, Case, Person, Recorded, Verdict
from tests.properties.machine import SightMachine
from tests.properties.play import (
    ANYBODY,
    COORDINATES,
    PICK,
    REFERS,
    STEERS,
    coordinates,
    has_consent,
    refers,
    steers,
)

GROUNDS = {"county": "SHL-35-ILM", "police": "RL-15-10", "shelter": "POLL-7-2"}
"""Grounds on which may be disclosed to an agency: the third is for the police only."""
TEXT = "Kuvitteellinen tieto"


def when(name: str, fits: Callable[[Case], object] = lambda _: True) -> Callable[[Any], Any]:
    """Play a rule when the service offers what it needs and some case fits; every seventh step, fitting or not."""
    return precondition(
        lambda self: (
            name in self.model.offered and (self.steps % 7 == 0 or any(fits(case) for case in self.model.cases))
        )
    )


def _sits(person: Person) -> bool:
    return person.sits_at_tables


def _is_shared(case: Case) -> bool:
    return case.stage != "draft"


def _is_open(case: Case) -> bool:
    return case.stage != "closed"


class WholeMachine(SightMachine):
    """Everything that the service can do to sight."""

    cases = SightMachine.cases

    @when("withdraw_one", has_consent)
    @rule(
        case=cases,
        actor=STEERS,
        agency=st.sampled_from((None, *AGENCIES)),
        kind=st.sampled_from((None, *sorted(SHAREABLE))),
    )
    def withdraws_for_one(self, case: Case, actor: str, agency: str | None, kind: str | None) -> None:
        """One agency, one kind, or one of both is taken out; neither is the whole, which is a rule of its own."""
        agency = AGENCIES[0] if agency is None and kind is None else agency
        login = self.who(case, actor)
        taken = case.consent.chosen(agency, kind) if case.consent else frozenset()
        usual = bool(taken) and has_consent(case) and case.stage not in {"withdrawn", "closed"}
        verdict = self.shown_consent(case, login, self.verdict(case, login, steers, "refer coordinate", usual))
        whole = self.model.ends_everything(case, taken)
        only = None if whole or agency is None else agency
        if verdict is Verdict.MAY and not self.model.keeps_steering(case, login, only):
            verdict = Verdict.UNASKED  # whoever ends their own last sight does not see the basis that is to end too
        body: dict[str, str] = {"kind": kind} if kind else {}
        body |= {"recipient": str(self.world.agencies[agency])} if agency else {}
        if self.act(verdict, login, "POST", self.path(case, "/consent/withdrawal"), body) is None:
            return
        if whole:
            self.model.withdraws(case)
        else:
            self.model.withdraws_pairs(case, taken)

    @when("reassign")
    @rule(case=cases, actor=STEERS, pick=PICK, own=st.sampled_from((True, True, True, False)))
    def hands_over(self, case: Case, actor: str, pick: int, own: bool) -> None:
        """Somebody hands over what is theirs, mostly to somebody who could take it."""
        login = self.who(case, actor)
        what = "referral" if (PEOPLE[login].role != "coordinator") == own else "coordination"
        likely = COORDINATORS if what == "coordination" else ("officer", "officer-2")
        takers = (*likely * 12, *PEOPLE)
        taker, capability = takers[pick % len(takers)], "refer" if what == "referral" else "coordinate"
        usual = PEOPLE[taker].sits_at_tables and self.model.may_take(case, login, taker, what)
        usual = usual and (case.touched_up or self.model.in_own_place(case, login, capability))
        verdict = self.verdict(case, login, steers, capability, usual)
        body = {"what": what, "post": str(self.world.posts[taker])}
        if self.act(verdict, login, "POST", self.path(case, "/reassignment"), body) is not None:
            self.model.hands_over(case, login, taker, what)

    @when("supervise")
    @rule(case=cases, holder=REFERS, pick=PICK)
    def a_supervisor_hands_on(self, case: Case, holder: str, pick: int) -> None:
        """What somebody of the agency refers goes to another of it, whether they are still there or not."""
        holder = self.who(case, holder)
        takers = (*("officer", "officer-2") * 12, *PEOPLE)
        taker = takers[pick % len(takers)]
        self.model.gives_back(self.taken_up)
        self.taken_up = []
        verdict = Verdict.MUST if self.model.may_hand_on(case, holder, taker) else Verdict.MUST_NOT
        posts = {"holder": str(self.world.posts[holder]), "post": str(self.world.posts[taker])}
        body = posts | {"what": "referral", "item": self.world.cases[case], "reason": "has_left"}
        if self.act(verdict, "supervisor", "POST", "/supervision/handing-on", body) is not None:
            self.model.hands_on(case, holder, taker)

    @when("break_glass", _is_shared)
    @rule(case=cases, login=ANYBODY, minutes=st.sampled_from((5, 45)))
    def opens_in_an_emergency(self, case: Case, login: str, minutes: int) -> None:
        verdict = Verdict.MUST if self.model.may_break_glass(case, login) else Verdict.MUST_NOT
        body = {"reference": self.world.cases[case], "reason": TEXT, "minutes": minutes}
        if self.act(verdict, login, "POST", "/break-glass", body) is not None:
            self.model.breaks_glass(case, login, minutes)

    # Bars.

    @when("conflict")
    @rule(case=cases, pick=PICK)
    def declares_a_conflict(self, case: Case, pick: int) -> None:
        self.declares(case, self.of_the_case(case, pick))

    def declares(self, case: Case, login: str) -> None:
        usual = self.model.may_declare(case, login)
        verdict = self.verdict(case, login, _sits, "read act contribute refer coordinate", usual)
        body = {"reason": "close_to_a_party"}
        if self.act(verdict, login, "POST", self.path(case, "/conflict"), body) is not None:
            self.model.keeps_out(case, login)

    @precondition(lambda self: "lift_bar" in self.model.offered and self.model.bars)
    @rule(actor=STEERS, pick=PICK)
    def lifts_a_bar(self, actor: str, pick: int) -> None:
        bar = self.model.bars[pick % len(self.model.bars)]
        login = self.who(bar.case, actor)
        usual = bar.login is not None and (bar.ends is None or bar.ends > datetime.now(UTC))
        verdict = self.verdict(bar.case, login, steers, "refer coordinate", usual)
        place = self.path(bar.case, f"/bars/{bar.id}/lifting")
        if self.act(verdict, login, "POST", place, {"reason": "no_longer_holds"}) is not None:
            bar.ends = datetime.now(UTC)

    @when("agency_bar", _is_open)
    @rule(case=cases, actor=REFERS, agency=st.sampled_from(AGENCIES))
    def records_whom_an_agency_employs(self, case: Case, actor: str, agency: str) -> None:
        login = self.who(case, actor)
        verdict = self.verdict(case, login, refers, "refer", _is_open(case))
        body = {"role": "child", "name": "Kuvitteellinen Lapsi", "employer": str(self.world.agencies[agency])}
        body["role"] = "person_using_violence"
        answer = self.act(verdict, login, "POST", self.path(case, "/parties"), body)
        if answer is not None:
            self.model.employs(case, login, agency)
            case.people.append(Recorded(answer["id"], hashes=2, employer=agency))

    @precondition(lambda self: "agency_bar" in self.model.offered and any(bar.agency for bar in self.model.bars))
    @rule(actor=STEERS, pick=PICK, colleague=ANYBODY)
    def lets_one_in(self, actor: str, pick: int, colleague: str) -> None:
        of_agencies = [bar for bar in self.model.bars if bar.agency]
        bar = of_agencies[pick % len(of_agencies)]
        login, person = self.who(bar.case, actor), PEOPLE[colleague]
        living = bar.ends is None or bar.ends > datetime.now(UTC)
        here = person.sits_at_tables and self.model.away.get(colleague) != "the post ends"
        named = self.model.kept_out_by_name(bar.case, colleague)
        usual = living and here and bar.against(person) and not named
        verdict = self.verdict(bar.case, login, steers, "refer coordinate", usual)
        body = {"post": str(self.world.posts[colleague]), "reason": "needed_for_the_task"}
        if self.act(verdict, login, "POST", self.path(bar.case, f"/bars/{bar.id}/exemptions"), body) is not None:
            bar.exempt.add(colleague)

    # Protected addresses.

    @when("protect")
    @rule(case=cases, actor=REFERS)
    def protects_the_address(self, case: Case, actor: str) -> None:
        login, today = self.who(case, actor), datetime.now(UTC).date()
        body = {"granted_on": str(today - timedelta(days=1)), "valid_until": str(today + timedelta(days=300))}
        verdict = self.verdict(case, login, refers, "refer")
        if self.act(verdict, login, "POST", self.path(case, "/protection"), body) is not None:
            case.rows["address_protection", PEOPLE[login].agency] += 1
            case.protected = True
            case.cleared.add(login)

    @when("protect", lambda case: case.protected)
    @rule(case=cases, actor=REFERS, pick=PICK)
    def clears_for_the_address(self, case: Case, actor: str, pick: int) -> None:
        self.clears(case, actor, self.of_the_case(case, pick))

    def clears(self, case: Case, actor: str, cleared: str) -> None:
        login = self.who(case, actor)
        holds = any(
            any(self.model.held(case, cleared, what)) for what in ("read", "contribute", "refer", "coordinate", "act")
        )
        here = self.model.away.get(cleared) != "the post ends" and not self.model.kept_out(case, cleared)
        usual = case.protected and holds and here and PEOPLE[cleared].sits_at_tables and cleared not in case.cleared
        verdict = self.verdict(case, login, refers, "refer", usual)
        body = {"post": str(self.world.posts[cleared])}
        if self.act(verdict, login, "POST", self.path(case, "/protection/clearances"), body) is not None:
            case.cleared.add(cleared)

    @when("protect", lambda case: case.protected)
    @rule(case=cases, actor=REFERS, pick=PICK)
    def takes_a_clearance_back(self, case: Case, actor: str, pick: int) -> None:
        login, cleared = self.who(case, actor), sorted(case.cleared or PEOPLE)[pick % len(case.cleared or PEOPLE)]
        place = self.path(case, f"/protection/clearances/{self.world.posts[cleared]}/ending")
        verdict = self.verdict(case, login, refers, "refer")
        if verdict is Verdict.MAY and not self.model.sight(login).holds(case, "contact", "refer"):
            verdict = Verdict.UNASKED  # row security ends nothing then, and says so to nobody
        if self.act(verdict, login, "POST", place) is not None:
            case.cleared.discard(cleared)

    # The end.

    @when("close", lambda case: case.stage == "in_follow_up")
    @rule(case=cases, actor=COORDINATES)
    def closes(self, case: Case, actor: str) -> None:
        verdict = self.verdict(case, actor, coordinates, "coordinate", case.stage == "in_follow_up")
        if verdict is Verdict.MAY and not self.model.keeps_steering(case, actor):
            verdict = Verdict.UNASKED  # as above
        body = {"outcome": "no_further_need"} | self.run(self.world.house.staying(self.world.cases.get(case, "")))
        if self.act(verdict, actor, "POST", self.path(case, "/closing"), body) is not None:
            self.model.closes(case)

    @when("delete", lambda case: not case.held and _is_shared(case))
    @rule(case=cases, actor=COORDINATES)
    def holds_everything(self, case: Case, actor: str) -> None:
        verdict = self.verdict(case, actor, coordinates, "coordinate", not case.held)
        if self.act(verdict, actor, "POST", self.path(case, "/hold"), {"reason": TEXT}) is not None:
            case.rows["legal_hold", CONVENER] += 1
            case.held = True

    @when("delete", lambda case: case.stage in {"closed", "withdrawn"})
    @rule(case=cases)
    def twelve_years_pass_for_what_is_over(self, case: Case) -> None:
        """What is over is deleted when its time has come, and is gone for everybody; what is held stays."""
        if case not in self.model.cases:
            return
        self.run(self.world.age(case))
        case.ended_long_ago = case.stage in {"closed", "withdrawn"}
        self.run(self.delete_expired())
        if case.stage in {"closed", "withdrawn"} and not case.held:
            self.model.forgets(case)

    async def delete_expired(self) -> None:
        async with self.world.house.keeper() as (runtime, presented):
            await import_module("multiagency.storage.jobs_expiry").expire(runtime, presented)

    @when("disclose")
    @rule(case=cases, pick=PICK, to=st.sampled_from(tuple(GROUNDS)))
    def discloses(self, case: Case, pick: int, to: str) -> None:
        self.tells(case, self.of_the_case(case, pick), to)

    def tells(self, case: Case, login: str, to: str) -> None:
        own = PEOPLE[login].agency
        usual = own != to and (to != "shelter" or own == "police")
        body = {
            "ground": GROUNDS[to],
            "recipient": str(self.world.agencies[to]),
            "text": TEXT,
            "necessity": TEXT,
            "purpose": "protect_life",
            "confirmed": True,
        }
        verdict = self.verdict(case, login, _sits, "read act contribute refer coordinate", usual)
        if self.act(verdict, login, "POST", self.path(case, "/disclosures"), body) is not None:
            self.model.discloses(case, login, to)
