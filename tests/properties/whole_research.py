"""Rules of research: agencies at a table are asked what they know, answer, and are asked no more."""

from hypothesis import strategies as st
from hypothesis.stateful import rule
from tests.properties.facts import CONVENER, PEOPLE, Case, Verdict
from tests.properties.play import COORDINATES, PICK, coordinates
from tests.properties.whole import when
from tests.properties.whole_care import CareMachine

_WHO_THEY_ARE = {"identity", "party"}


class ResearchMachine(CareMachine):
    """Everything that the service can do to sight, with what it asks agencies before a meeting."""

    cases = CareMachine.cases

    @when("research", lambda case: case.stage == "on_agenda" and any(case.seats.values()))
    @rule(case=cases, actor=COORDINATES)
    def asks_agencies(self, case: Case, actor: str) -> None:
        """Everybody who sits there and may know who the people are."""
        if case.stage == "on_agenda" and self.world.meeting(case) not in self.world.opened and any(case.seats.values()):
            self.opens_the_meeting(case)
        asked = self._askable(case)
        verdict = self.verdict(case, actor, coordinates, "coordinate", bool(asked))
        place = f"/meetings/{self.world.meeting(case)}/research"
        if self.act(verdict, actor, "POST", place, {"case": self.world.cases[case]}) is not None:
            for agency in asked:
                case.tables[-1].asked[agency] = ""
                case.rows["research_request", CONVENER] += 1

    def _askable(self, case: Case) -> set[str]:
        if case.stage != "on_agenda" or self.world.meeting(case) not in self.world.opened or case.tables[-1].begun:
            return set()
        seated = {PEOPLE[login].agency for login, living in case.seats.items() if living} - case.tables[-1].asked.keys()
        bases = {agency: self.model.offered_basis(case, agency) for agency in seated}
        return {agency for agency, basis in bases.items() if basis is not None and basis.kinds & _WHO_THEY_ARE}

    @when("research", lambda case: any(table.asked for table in case.tables))
    @rule(case=cases, pick=PICK, knows=st.sampled_from(("known", "nothing_known")))
    def answers_research(self, case: Case, pick: int, knows: str) -> None:
        people = [*case.seats, *PEOPLE][: max(len(case.seats) + 2, 3)]
        self.answers_as(case, people[pick % len(people)], knows)

    def answers_as(self, case: Case, login: str, knows: str) -> None:
        """Whoever sits there for an agency that is asked, until the meeting begins; the same is not said twice."""
        table, agency = case.tables[-1] if case.tables else None, PEOPLE[login].agency
        usual = case.stage == "on_agenda" and table is not None and not table.begun
        usual = usual and table is not None and table.sits(login) and agency in table.asked
        seen = self.model.verdict(login, case, lambda _: True, "read", "refer", "coordinate", "contribute", "act")
        place = f"/meetings/{self.world.meeting(case)}{self.path(case, '/return')}"
        if (
            self.act(seen if usual else Verdict.MUST_NOT, login, "POST", place, {"knows": knows}) is None
            or table is None
        ):
            return
        case.rows["research_answer", agency] += table.asked[agency] != knows
        table.asked[agency] = knows

    @when("research", lambda case: any(table.asked for table in case.tables))
    @rule(case=cases, actor=COORDINATES, pick=PICK)
    def asks_an_agency_no_more(self, case: Case, actor: str, pick: int) -> None:
        asked = list(case.tables[-1].asked) if case.tables else []
        agency = [*asked, "support"][pick % (len(asked) + 1)]
        usual = case.stage == "on_agenda" and agency in asked
        verdict = self.verdict(case, actor, coordinates, "coordinate", usual)
        body = {"case": self.world.cases[case], "agency": str(self.world.agencies[agency])}
        place = f"/meetings/{self.world.meeting(case)}/research/withdrawal"
        if self.act(verdict, actor, "POST", place, body) is not None:
            del case.tables[-1].asked[agency]
