"""Still more rules: mistakes are mended, people are away and others stand in, actions say how they are recorded."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from tests.properties.facts import COORDINATORS, PEOPLE, Action, Case, Deputy, Grant, Recorded, Verdict
from tests.properties.mending import SUPERVISOR
from tests.properties.play import COORDINATES, PICK, REFERS, coordinates, refers
from tests.properties.whole import when
from tests.properties.whole_life import LifeMachine

from multiagency.kernel.clock import begin_of, today

NOBODY = Recorded("00000000-0000-7000-8000-000000000000", hashes=0)
INSTRUCTION = {"recorded_under": "Lähisuhdeväkivallan ehkäisy", "hidden_from": "everybody"}
THEIR_SUPERVISOR = st.sampled_from((*(SUPERVISOR,) * 12, *PEOPLE))
COLLEAGUES = st.sampled_from((*("officer", "officer-2") * 6, *("police",) * 3, *PEOPLE))
DAYS = 7


class CareMachine(LifeMachine):
    """Everything that the service can do to sight, and what it does when something was wrong or somebody is away."""

    cases = LifeMachine.cases

    @when("strike", lambda case: case.people)
    @rule(case=cases, actor=REFERS, pick=PICK)
    def strikes_somebody(self, case: Case, actor: str, pick: int) -> None:
        """A person was recorded by mistake."""
        people = [*case.people, NOBODY] if pick % 5 == 0 else case.people or [NOBODY]
        self.strikes(case, actor, people[pick % len(people)])

    def strikes(self, case: Case, actor: str, person: Recorded) -> None:
        login, usual = self.who(case, actor), person in case.people and case.stage != "closed"
        verdict = self.verdict(case, login, refers, "refer", usual)
        if verdict is Verdict.MAY:
            verdict = Verdict.UNASKED  # a door and what is struck behind it may rest on two facts
        place = self.path(case, f"/parties/{person.id}/removal")
        if self.act(verdict, login, "POST", place, {"reason": "Kirjattu väärään asiaan."}) is not None:
            self.model.strikes(case, login, person)

    @precondition(lambda self: "depute" in self.model.offered and self.model.cases)
    @rule(actor=THEIR_SUPERVISOR, away=COLLEAGUES, stands_in=COLLEAGUES, begins=st.sampled_from((0, 0, 0, 1)))
    def names_a_deputy(self, actor: str, away: str, stands_in: str, begins: int) -> None:
        """Somebody is away, and another stands in for them from a day on."""
        living = {(deputy.away, deputy.stands_in) for deputy in self.model.deputies if not deputy.over}
        dated = any(fact.begins or fact.ends for held in self._waiting(away) for fact in (held, held.basis))
        if (away, stands_in) in living or dated or (actor in COORDINATORS and away in COORDINATORS):
            return  # no act dates what somebody has in hand, and who stands in for coordinators is of the team
        usual = actor == SUPERVISOR and self.model.may_stand_in(away, stands_in)
        first = today() + timedelta(begins)
        body = {"post": str(self.world.posts[away]), "deputy": str(self.world.posts[stands_in]), "reason": "holiday"}
        body |= {"starts_on": str(first), "ends_on": str(first + timedelta(DAYS))}
        verdict = Verdict.MUST if usual else Verdict.MUST_NOT
        answer = self.act(verdict, actor, "POST", "/supervision/deputies", body)
        if answer is not None:
            deputy = Deputy(away=away, stands_in=stands_in, ends=begin_of(first + timedelta(DAYS + 1)))
            deputy.begins, deputy.id = begin_of(first) if begins else None, UUID(answer["id"])
            self.model.names(deputy)

    def _waiting(self, away: str) -> Iterator[Grant]:
        mine = (grant for grant in self.model.grants if grant.login == away and grant.deputy is None)
        return (grant for grant in mine if grant.capability in {"refer", "act"} and not grant.over)

    @precondition(lambda self: any(not deputy.over for deputy in self.model.deputies))
    @rule(actor=THEIR_SUPERVISOR, own=st.booleans(), pick=PICK)
    def a_deputy_is_needed_no_more(self, actor: str, own: bool, pick: int) -> None:
        """Whoever was away is back, or their supervisor says so."""
        deputy = self.model.deputies[pick % len(self.model.deputies)]
        login = deputy.away if own else actor
        may = login in {deputy.away, SUPERVISOR} and login not in self.model.away and not deputy.over
        place = f"/supervision/deputies/{deputy.id}/ending"
        if self.act(Verdict.MUST if may else Verdict.MUST_NOT, login, "POST", place) is not None:
            self.model.ends_deputy(deputy)

    @when("instead", lambda case: any(case.seats.values()))
    @rule(case=cases, pick=PICK)
    def sends_something_instead(self, case: Case, pick: int) -> None:
        """Whoever has a seat cannot come, and their agency tells the table something; nobody else does."""
        if self.world.meeting(case) not in self.world.opened:
            self.opens_the_meeting(case)
        people = [*case.seats, *PEOPLE][: max(len(case.seats) + 2, 3)]
        login = people[pick % len(people)]
        seated = case.stage == "on_agenda" and case.seats.get(login, False)
        usual = seated and self.world.meeting(case) in self.world.opened
        verdict = self.model.verdict(login, case, lambda _: True, "read") if usual else Verdict.MUST_NOT
        status = self.run(self.world.send_instead(login, case))
        self.judge(verdict, status, f"{login}: sending something to the table of {case} gave {status}")
        if status < 300:
            case.rows["sent_instead", PEOPLE[login].agency] += 1

    @when("instruct", lambda case: case.actions)
    @rule(case=cases, actor=COORDINATES, pick=PICK)
    def instructs(self, case: Case, actor: str, pick: int) -> None:
        """It is said how an action is recorded, for the first time or anew."""
        action = case.actions[pick % len(case.actions)] if case.actions else None
        verdict = self.verdict(case, actor, coordinates, "coordinate", action is not None)
        if verdict is Verdict.MUST and not self.model.sight(actor).holds(case, "action", "coordinate"):
            verdict = Verdict.MUST_NOT
        place = self.path(case, f"/actions/{action.reference if action else '2222-2222'}/instruction")
        if self.act(verdict, actor, "PUT", place, INSTRUCTION) is not None and action:
            self.model.instructs(case, action)

    @when("instruct", lambda case: any(action.unconfirmed for action in case.actions))
    @rule(case=cases, pick=PICK)
    def confirms(self, case: Case, pick: int) -> None:
        """An owner says that it is recorded so; mostly the owner, or who stands in."""
        if not case.actions:
            return
        action = case.actions[pick % len(case.actions)]
        others = [deputy.stands_in for deputy in self.model.deputies if deputy.away == action.owner]
        people = [action.owner, *others, *PEOPLE]
        login = people[pick % (len(people) if pick % 3 == 0 else 1 + len(others))]
        self.confirms_as(case, login, action)

    def confirms_as(self, case: Case, login: str, action: Action) -> None:
        verdict = Verdict.MUST if self.model.may_confirm(case, login, action) else Verdict.MUST_NOT
        if case.touched_up:
            verdict = Verdict.UNASKED  # what shows an action and what lets it be changed may be two grants
        place = f"/actions/{action.reference}/instruction/confirmation"
        if self.act(verdict, login, "POST", place) is not None:
            action.unconfirmed = False
