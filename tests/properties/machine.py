"""The rules of the game: whatever people do in whatever order, each sees what the model says, after every step."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, initialize, multiple, precondition, rule
from tests.properties import minuting
from tests.properties.facts import (
    CONVENER,
    COORDINATORS,
    HASHES_OF_ONE,
    PEOPLE,
    SHAREABLE,
    Case,
    Consent,
    Lasting,
    Recorded,
    Verdict,
)
from tests.properties.play import (
    ANYBODY,
    AT_THE_TABLE,
    COORDINATES,
    DEPTHS,
    GIVEN,
    OFTEN_DEEP,
    OPENERS,
    PICK,
    REFERS,
    STEERS,
    THE_REFERRER,
    Play,
    coordinates,
    has_consent,
    in_stage,
    is_draft_with_consent,
    refers,
    steers,
    when_a_case,
    works_with_clients,
)
from tests.properties.world import NOWHERE

from multiagency.demo import story


class SightMachine(Play):
    """People open cases, ask for consent, invite, withdraw, keep each other out; after each step all is compared."""

    cases = Bundle("cases")

    # Cases and what is filled in about them.

    @initialize(
        target=cases,
        opener=OPENERS,
        given=GIVEN.map(lambda given: given | {CONVENER: given.get(CONVENER, SHAREABLE) | {"identity"}}),
        depth=OFTEN_DEEP,
        asked=st.lists(AT_THE_TABLE, unique=True, max_size=2),
        seated=st.lists(AT_THE_TABLE, unique=True, max_size=6),
    )
    def begins(
        self,
        opener: str,
        given: Mapping[str, frozenset[str]],
        depth: str,
        asked: list[str],
        seated: list[str],
    ) -> Case:
        """Go the usual way up to some depth, so that the rules begin where their questions begin."""
        case, coordinator = self.opens(opener), COORDINATORS[0]
        if depth != DEPTHS[0]:
            self.answers(case, THE_REFERRER, Consent.to_each(given))
            for login in asked:
                self.asks(case, THE_REFERRER, login)
                self.writes_a_part(case, login)
        steps: list[Callable[[], object]] = [
            lambda: self.submits(case, THE_REFERRER),
            lambda: (self.places(case, coordinator), [self.seats(case, coordinator, login) for login in seated]),
            lambda: (
                self.records_minutes(case, coordinator),
                [self.assigns(case, coordinator, login) for login in asked],
            ),
        ]
        for step in steps[: max(DEPTHS.index(depth) - 1, 0)]:
            step()
        return case

    @precondition(lambda self: len(self.model.cases) < 2)
    @rule(target=cases, opener=st.sampled_from(("officer", "officer-2", "social-worker") * 5 + tuple(PEOPLE)))
    def opens_and_fills_in(self, opener: str) -> Any:
        """Only who brings cases may open one."""
        if PEOPLE[opener].refers and opener not in self.model.away:
            return self.opens(opener)
        self.act(Verdict.MUST_NOT, opener, "POST", "/cases", {"team": str(self.world.team)})
        return multiple()

    def opens(self, opener: str) -> Case:
        answer = self.act(Verdict.MUST, opener, "POST", "/cases", {"team": str(self.world.team)})
        case = self.model.opens(opener)
        self.run(self.world.name_case(case, answer["reference"]))
        self.fills_in(case)
        return case

    def fills_in(self, case: Case) -> None:
        """Everything that a referral asks for."""
        login = case.referrer
        for method, rest, body in (
            ("PUT", "/client", story.CLIENT),
            ("PUT", "/safe-contact", story.SAFE_CONTACT),
            ("POST", "/parties", story.VIOLENT),
            ("PUT", "/assessment", {"answers": story.answers(15)}),
            ("PUT", "/part", {"narrative": story.NARRATIVE}),
        ):
            answer = self.act(Verdict.MUST, login, method, self.path(case, rest), body)
            if rest == "/parties":
                case.people.append(Recorded(answer["id"], HASHES_OF_ONE))
        self.model.fills_in(case, login)

    @in_stage("draft")
    @rule(case=cases, actor=REFERS, given=GIVEN, state=st.sampled_from(("given",) * 4 + ("refused",)))
    def records_consent(self, case: Case, actor: str, given: Mapping[str, frozenset[str]], state: str) -> None:
        self.answers(case, actor, Consent.to_each(given) if state == "given" else Consent(state))

    def answers(self, case: Case, actor: str, consent: Consent) -> None:
        login = self.who(case, actor)
        usual = case.stage not in {"closed", "withdrawn"} and (bool(consent.pairs) or consent.state == "refused")
        verdict = self.verdict(case, login, refers, "refer", usual)
        if verdict is Verdict.MAY and case.stage != "draft":
            verdict = Verdict.UNASKED  # what ends meanwhile may be the last thing that shows whom to share with
        body = story.consent((datetime.now(UTC) - timedelta(hours=1)).isoformat(), []) | {"answer": consent.state}
        body |= self._as_pairs(consent) if consent.denied or not self._is_product(consent) else self._as_lists(consent)
        if self.act(verdict, login, "POST", self.path(case, "/consent"), body) is not None:
            self.model.answers(case, login, consent)

    def _is_product(self, consent: Consent) -> bool:
        return len({consent.kinds_for(agency) for agency in consent.named}) <= 1

    def _as_lists(self, consent: Consent) -> dict[str, Any]:
        """Say it as it was said before there were pairs: all of these to each of those."""
        named = sorted(consent.named)
        kinds = sorted(consent.kinds_for(named[0])) if named else []
        return {"recipients": [str(self.world.agencies[agency]) for agency in named], "kinds": kinds}

    def _as_pairs(self, consent: Consent) -> dict[str, Any]:
        agencies = sorted(consent.named | consent.denied)
        pairs = [(str(self.world.agencies[agency]), sorted(consent.kinds_for(agency))) for agency in agencies]
        return {"kinds": [], "recipients": [], "pairs": [{"agency": one, "kinds": kinds} for one, kinds in pairs]}

    @when_a_case(is_draft_with_consent)
    @rule(case=cases, actor=REFERS, colleague=ANYBODY)
    def asks_for_a_part(self, case: Case, actor: str, colleague: str) -> None:
        self.asks(case, actor, colleague)

    def asks(self, case: Case, actor: str, colleague: str) -> None:
        login, asked = self.who(case, actor), PEOPLE[colleague]
        usual = case.stage == "draft" and asked.works_with_clients and self.model.may_be_told(case, colleague)
        usual = usual and "narrative" in self.model.basis_for(case, asked.agency).kinds
        verdict = self.verdict(case, login, refers, "refer", usual)
        body = {"post": str(self.world.posts[colleague])}
        if self.act(verdict, login, "POST", self.path(case, "/contributors"), body) is not None:
            self.model.asks(case, colleague)

    @in_stage("draft", "submitted", "on_agenda")
    @rule(case=cases, pick=PICK)
    def adds_a_part(self, case: Case, pick: int) -> None:
        self.writes_a_part(case, self.of_the_case(case, pick))

    def writes_a_part(self, case: Case, actor: str) -> None:
        usual = case.stage in {"draft", "submitted", "on_agenda"}
        verdict = self.verdict(case, actor, works_with_clients, "refer contribute", usual)
        body = {"narrative": story.COUNTY_PART}
        if self.act(verdict, actor, "PUT", self.path(case, "/part"), body) is not None:
            self.model.writes_part(case, actor)

    @when_a_case(is_draft_with_consent)
    @rule(case=cases, actor=REFERS)
    def submits(self, case: Case, actor: str) -> None:
        login, consent = self.who(case, actor), case.consent
        usual = consent is not None and is_draft_with_consent(case) and (CONVENER, "identity") in consent.pairs
        usual = usual and self.model.somebody_receives(case) and bool(case.people)
        verdict = self.verdict(case, login, refers, "refer", usual)
        if self.act(verdict, login, "POST", self.path(case, "/submission")) is not None:
            self.model.submits(case)

    # The meeting and what follows from it.

    @in_stage("submitted", "in_follow_up")
    @rule(case=cases, actor=COORDINATES)
    def places(self, case: Case, actor: str) -> None:
        """A meeting is called and the case put on its agenda, for the first time or once more."""
        calls = Verdict.MUST if actor in self.model.members and actor not in self.model.away else Verdict.MUST_NOT
        starts = datetime.now(UTC) + timedelta(minutes=5)
        body = {"team": str(self.world.team), "starts_at": starts.isoformat()}
        called = self.act(
            calls, actor, "POST", "/meetings", body | {"ends_at": (starts + timedelta(hours=1)).isoformat()}
        )
        meeting = called["reference"] if called else NOWHERE
        usual = case.stage in {"submitted", "in_follow_up"}
        verdict = self.verdict(case, actor, coordinates, "coordinate", usual)
        place = f"/meetings/{meeting}/agenda"
        if self.act(verdict, actor, "POST", place, {"case": self.world.cases[case]}) is not None:
            self.model.places(case, starts + timedelta(hours=1))
            self.world.meetings.setdefault(case, []).append(meeting)

    @in_stage("on_agenda")
    @rule(case=cases, actor=COORDINATES)
    def takes_off(self, case: Case, actor: str) -> None:
        """A case comes off its agenda undiscussed."""
        verdict = self.verdict(case, actor, coordinates, "coordinate", case.stage == "on_agenda")
        body = {"case": self.world.cases[case], "because": "removed"}
        place = f"/meetings/{self.world.meeting(case)}/agenda/removal"
        if self.act(verdict, actor, "POST", place, body) is not None:
            self.model.takes_off(case)
            self.world.meetings[case].pop()

    @in_stage("on_agenda", "in_follow_up")
    @rule(case=cases, actor=COORDINATES, colleague=AT_THE_TABLE, to_reach=st.booleans())
    def seats(self, case: Case, actor: str, colleague: str, to_reach: bool = False) -> None:
        usual = self.at_a_table(case) and not case.seats.get(colleague) and self.model.may_be_told(case, colleague)
        verdict = self.verdict(case, actor, coordinates, "coordinate", usual)
        body = {"case": self.world.cases[case], "post": str(self.world.posts[colleague])}
        place = f"/meetings/{self.world.meeting(case)}/seats"
        if self.act(verdict, actor, "POST", place, body | {"reaches_client": to_reach}) is not None:
            self.model.seats(case, colleague, to_reach=to_reach)

    @when_a_case(lambda case: any(case.seats.values()))
    @rule(case=cases, actor=COORDINATES, pick=PICK)
    def takes_a_seat_back(self, case: Case, actor: str, pick: int) -> None:
        people = [*case.seats, *PEOPLE][: max(len(case.seats) + 1, 3)]
        colleague = people[pick % len(people)]
        usual = self.at_a_table(case) and case.seats.get(colleague, False)
        verdict = self.verdict(case, actor, coordinates, "coordinate", usual)
        body = {"case": self.world.cases[case], "post": str(self.world.posts[colleague])}
        place = f"/meetings/{self.world.meeting(case)}/seats/removal"
        if self.act(verdict, actor, "POST", place, body) is not None:
            self.model.takes_back(case, colleague)

    def at_a_table(self, case: Case) -> bool:
        return case.stage in {"on_agenda", "in_follow_up"}

    @when_a_case(lambda case: any(case.seats.values()))
    @rule(case=cases, pick=PICK)
    def enters_the_room(self, case: Case, pick: int) -> None:
        """Somebody presses Join: who has a seat there comes in, and nobody else does."""
        if self.world.meeting(case) not in self.world.opened:
            self.opens_the_meeting(case)
        people = [*case.seats, *PEOPLE][: max(len(case.seats) + 2, 3)]
        login = people[pick % len(people)]
        row_seen = self.model.verdict(login, case, lambda _: True, "read", "refer", "coordinate", "contribute", "act")
        usual = self.world.meeting(case) in self.world.opened and case.seats.get(login, False)
        verdict = row_seen if usual else Verdict.MUST_NOT
        status = self.run(self.world.enter_room(login, case))
        self.judge(verdict, status, f"{login}: entering the room of {case} gave {status}")
        if status < 300:
            self.model.enters(case, login)

    def opens_the_meeting(self, case: Case) -> None:
        for actor in COORDINATORS:
            usual = self.at_a_table(case) and any(case.seats.values())
            verdict = self.verdict(case, actor, coordinates, "coordinate", usual)
            place = f"/meetings/{self.world.meeting(case)}/opening"
            if verdict is not Verdict.MUST_NOT and self.act(verdict, actor, "POST", place) is not None:
                self.world.opened.add(self.world.meeting(case))
                return

    @in_stage("on_agenda")
    @rule(case=cases, actor=COORDINATES)
    def records_minutes(self, case: Case, actor: str) -> None:
        """The meeting has begun; a draft is saved and approved."""
        if case.stage == "on_agenda":
            self.begins_the_meeting(case)
        usual = case.stage == "on_agenda" and self.world.meeting(case) in self.world.opened
        verdict = self.verdict(case, actor, coordinates, "coordinate", usual)
        place = f"/meetings/{self.world.meeting(case)}/minutes"
        named = {"case": self.world.cases[case]}
        there = minuting.at_the_table(self.model, case)
        parts = {str(self.world.agencies[agency]): story.MINUTES for agency in there}
        draft = self.act(verdict, actor, "POST", place, named | {"text": story.MINUTES, "parts": parts})
        if draft is None:
            return
        minuting.drafts(self.model, case, there)
        self.reviews_the_plan(case, actor)
        if self.act(verdict, actor, "POST", f"{place}/approval", named | draft | {"handled": True}) is not None:
            minuting.approves(self.model, case)

    def begins_the_meeting(self, case: Case) -> None:
        """Those who are seated are invited first."""
        opened = self.world.meeting(case) in self.world.opened
        if not opened and any(case.seats.values()):
            self.opens_the_meeting(case)
            opened = self.world.meeting(case) in self.world.opened
        if opened or not any(case.seats.values()):
            self.run(self.world.begin(case))
            case.tables[-1].begun = True

    @in_stage("in_follow_up")
    @rule(case=cases, actor=COORDINATES, owner=AT_THE_TABLE)
    def assigns_an_action(self, case: Case, actor: str, owner: str) -> None:
        self.assigns(case, actor, owner)

    def assigns(self, case: Case, actor: str, owner: str) -> None:
        usual = case.stage == "in_follow_up" and self.model.may_be_told(case, owner)
        verdict = self.verdict(case, actor, coordinates, "coordinate", usual)
        body = {"owner": str(self.world.posts[owner]), "title": "Soittaa kouluun", "due_on": "2099-01-01"}
        answer = self.act(verdict, actor, "POST", self.path(case, "/actions"), body)
        if answer is not None:
            self.model.assigns(case, owner, answer["reference"])

    # What ends sight.

    @when_a_case(has_consent)
    @rule(case=cases, actor=STEERS)
    def withdraws(self, case: Case, actor: str) -> None:
        login, usual = self.who(case, actor), has_consent(case) and case.stage != "closed"
        verdict = self.shown_consent(case, login, self.verdict(case, login, steers, "refer coordinate", usual))
        if verdict is Verdict.MAY and not self.model.keeps_steering(case, login):
            verdict = Verdict.UNASKED  # whoever ends their own last sight does not see the basis that is to end too
        if self.act(verdict, login, "POST", self.path(case, "/consent/withdrawal")) is not None:
            self.model.withdraws(case)

    @rule(case=cases, actor=STEERS, pick=PICK)
    def keeps_out(self, case: Case, actor: str, pick: int) -> None:
        self.bars(case, actor, self.of_the_case(case, pick))

    def bars(self, case: Case, actor: str, colleague: str) -> None:
        login = self.who(case, actor)
        gone = self.model.away.get(colleague) == "the post ends"
        usual = login != colleague and not gone and not self.model.kept_out(case, colleague)
        usual = usual and PEOPLE[colleague].can_be_barred
        verdict = self.verdict(case, login, steers, "refer coordinate", usual)
        body = {"post": str(self.world.posts[colleague]), "reason": "must_never_be_told"}
        if self.act(verdict, login, "POST", self.path(case, "/bars"), body) is not None:
            self.model.keeps_out(case, colleague)

    # Time.

    @rule(
        case=cases,
        table=st.sampled_from(("lawful_basis", "access_grant")),
        pick=PICK,
        when=st.sampled_from(("is over", "begins later", "has been ended")),
    )
    def runs_out(self, case: Case, table: str, pick: int, when: str) -> None:
        """A basis ends without the grants on it, or a grant without its basis; or either has not begun yet."""
        facts = self.facts_of(case, table)
        if facts:
            self.redate(facts[pick % len(facts)], when)

    @precondition(lambda self: any(case.touched_up for case in self.model.cases))
    @rule(case=cases, table=st.sampled_from(("lawful_basis", "access_grant")), pick=PICK)
    def holds_again(self, case: Case, table: str, pick: int) -> None:
        """What had run out, or had not begun, holds."""
        dated = [fact for fact in self.facts_of(case, table) if fact.begins or fact.ends]
        if dated:
            self.redate(dated[pick % len(dated)], "holds without end")

    @precondition(lambda self: self.model.bars)
    @rule(pick=PICK, when=st.sampled_from(("is over", "begins later", "holds without end")))
    def a_bar_changes(self, pick: int, when: str) -> None:
        """A bar runs out, begins later, or holds again."""
        self.redate(self.model.bars[pick % len(self.model.bars)], when)

    def facts_of(self, case: Case, table: str) -> list[Lasting]:
        """Return what can be dated by hand; what has an end of its own keeps it, and nothing takes that away."""
        facts: list[Any] = self.model.bases if table == "lawful_basis" else [*self.model.grants]
        mine = [fact for fact in facts if self.model.case_of(fact) is case and not fact.over]
        return [fact for fact in mine if not self.model.ends_by_itself(fact)]

    def redate(self, fact: Lasting, when: str) -> None:
        moment = datetime.now(UTC)
        fact.begins = moment + timedelta(hours=1) if when == "begins later" else None
        fact.ends = moment - timedelta(hours=1) if when == "is over" else None
        fact.over = when == "has been ended"
        self.model.case_of(fact).touched_up = True
        self.run(self.world.date(fact))

    @rule(case=cases, pick=PICK, how=st.sampled_from(("the session expires", "the post ends")))
    def leaves(self, case: Case, pick: int, how: str) -> None:
        self.goes(self.of_the_case(case, pick), how)

    def goes(self, login: str, how: str) -> None:
        if login not in self.model.away:
            self.run(self.world.leave(login, how))
            self.model.away[login] = how

    @rule(login=st.sampled_from(COORDINATORS))
    def leaves_the_team_or_joins_it(self, login: str) -> None:
        """Sight of what the team coordinates goes with it."""
        self.run(self.world.change_membership(login, ends=login in self.model.members))
        self.model.members ^= {login}

    @precondition(lambda self: self.model.away)
    @rule(pick=PICK)
    def comes_back(self, pick: int) -> None:
        login = sorted(self.model.away)[pick % len(self.model.away)]
        self.run(self.world.come_back(login, self.model.away.pop(login)))
