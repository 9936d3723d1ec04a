"""More rules: a case ends early, an invitation is declined, the worker looks at what ran out, a new round begins."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from tests.properties.ending import OVER
from tests.properties.facts import Case, Verdict
from tests.properties.play import PICK, REFERS, STEERS, refers, steers
from tests.properties.whole import WholeMachine, when

from multiagency.consent.jobs import end_expired
from multiagency.demo import story
from multiagency.kernel.clock import today
from multiagency.meetings.jobs import end_seats_of_the_gone
from multiagency.worker import service_session


class LifeMachine(WholeMachine):
    """Everything that the service can do to sight, with the ends of it and what begins after them."""

    cases = WholeMachine.cases

    @when("close", lambda case: case.stage not in OVER | {"draft"})
    @rule(case=cases, actor=STEERS)
    def ends_early(self, case: Case, actor: str) -> None:
        """A case that should not go on ends from whatever stage."""
        login = self.who(case, actor)
        verdict = self.verdict(case, login, steers, "refer coordinate", case.stage not in OVER)
        if verdict is Verdict.MAY and not self.model.keeps_steering(case, login):
            verdict = Verdict.UNASKED  # whoever ends their own last sight does not see the basis that is to end too
        body: dict[str, Any] = {"why": "moved_away", "words": "Asiakas muutti pois."} | self.run(
            self.world.house.staying(self.world.cases.get(case, ""))
        )
        if self.act(verdict, login, "POST", self.path(case, "/ending"), body) is not None:
            self.model.ends_early(case, login)

    @when("begin_again", lambda case: case.stage in OVER)
    @rule(case=cases, actor=REFERS)
    def begins_again(self, case: Case, actor: str) -> None:
        """The client wishes to go on after all."""
        login = self.who(case, actor)
        verdict = self.verdict(case, login, refers, "refer", self.model.may_begin_again(case))
        body = {"wished_on": str(today()), "how": "spoken"}
        if self.act(verdict, login, "POST", self.path(case, "/rounds"), body) is not None:
            self.model.begins_again(case, login)
            self.act(Verdict.MAY, login, "PUT", self.path(case, "/assessment"), {"answers": story.answers(15)})

    @when("close", lambda case: any(case.seats.values()))
    @rule(case=cases, pick=PICK)
    def declines(self, case: Case, pick: int) -> None:
        """Somebody who is seated at an open meeting says that they do not come."""
        if self.world.meeting(case) not in self.world.opened:
            self.opens_the_meeting(case)
        seated = [login for login, living in case.seats.items() if living]
        if not seated or self.world.meeting(case) not in self.world.opened:
            return
        login = seated[pick % len(seated)]
        verdict = self.model.verdict(login, case, lambda _: True, "read")
        if verdict is not Verdict.MUST:
            return
        status = self.run(self.world.decline(login, case))
        self.judge(verdict, status, f"{login}: declining the meeting of {case} gave {status}")
        self.model.declines(case, login)

    @when("close", lambda case: any(case.seats.values()))
    @rule(case=cases, pick=PICK, partstat=st.sampled_from(["ACCEPTED", "DECLINED", "DELEGATED"]))
    def answers_by_mail(self, case: Case, pick: int, partstat: str) -> None:
        """Somebody answers an invitation by mail, whoever it was: nobody sees more or less for it."""
        self.run(self.world.answer_by_mail(case, pick, partstat))

    @precondition(lambda self: self.model.away or any(case.touched_up for case in self.model.cases))
    @rule(_=st.none())
    def the_worker_looks(self, _: None) -> None:
        """What has run out is ended, whoever is gone loses their seats."""
        self.run(self.look())
        self.model.time_is_looked_at()

    async def look(self) -> None:
        runtime = self.world.house.runtime
        presented = await service_session(runtime)
        await end_expired(runtime, presented)
        await end_seats_of_the_gone(runtime, presented)
