"""How the machine plays: its choices, and how an act is done, judged and followed by a comparison of everything."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, NoReturn

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition
from tests.properties.comparing import compare
from tests.properties.facts import AGENCIES, COORDINATORS, PEOPLE, SHAREABLE, Case, Grant, Person, Verdict
from tests.properties.mending import MendingModel
from tests.properties.trespassing import trespass
from tests.properties.world import Village, World

ANYBODY = st.sampled_from(tuple(PEOPLE))
THE_REFERRER = "the referrer"
STEERS = st.sampled_from((*(THE_REFERRER, *COORDINATORS) * 20, *PEOPLE))
REFERS = st.sampled_from((*(THE_REFERRER,) * 30, *PEOPLE))
COORDINATES = st.sampled_from((*COORDINATORS * 15, *PEOPLE))
AT_THE_TABLE = st.sampled_from(tuple(login for login, person in PEOPLE.items() if person.sits_at_tables))
OPENERS = st.sampled_from(("officer", "officer-2", "social-worker"))


def most_of(some: Iterable[str]) -> st.SearchStrategy[frozenset[str]]:
    """Draw all of some names, or all but a few, or just a few: what differs by one name is where mistakes show."""
    everything = frozenset(some)
    one = st.sampled_from(sorted(everything))
    return st.one_of(
        st.frozensets(one, max_size=2).map(everything.difference), st.frozensets(one, min_size=1, max_size=3)
    )


NAMED = most_of(AGENCIES)
KINDS = most_of(SHAREABLE)
GIVEN = st.one_of(
    st.builds(dict.fromkeys, NAMED, KINDS),
    st.fixed_dictionaries({}, optional=dict.fromkeys(AGENCIES, st.one_of(KINDS, st.just(frozenset[str]())))),
)
"""What each agency is given that was asked about: the same, or each its own, and some of them nothing."""
DEPTHS = ("filled in", "consented", "submitted", "on the agenda", "in follow-up")
OFTEN_DEEP = st.sampled_from((*DEPTHS, *DEPTHS[-2:] * 8))
PICK = st.integers(0, 39)
"""Whom or what of several; taken modulo how many there are."""


def refers(person: Person) -> bool:
    return person.refers


def steers(person: Person) -> bool:
    return person.refers or person.role == "coordinator"


def coordinates(person: Person) -> bool:
    return person.role == "coordinator"


def works_with_clients(person: Person) -> bool:
    return person.works_with_clients


def when_a_case(fits: Callable[[Case], object]) -> Callable[[Any], Any]:
    """Play a rule when some case fits, and every seventh step all the same: then it is mostly refused."""
    return precondition(lambda self: self.steps % 7 == 0 or any(fits(case) for case in self.model.cases))


def in_stage(*stages: str) -> Callable[[Any], Any]:
    """Play a rule when a case stands in one of these stages."""
    return when_a_case(lambda case: case.stage in stages)


def is_draft_with_consent(case: Case) -> bool:
    return case.stage == "draft" and has_consent(case)


def has_consent(case: Case) -> bool:
    return case.consent is not None and case.consent.state == "given"


class Play(RuleBasedStateMachine):
    """A game in a world of its own: how acts are done and judged, and what is compared after each."""

    def __init__(self, village: Village, *broken: str) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.world = World(village, *broken)
        self.run = self.runner.run
        self.run(self.world.open())
        self.model = MendingModel(self.world.offered)
        self.taken_up: list[Grant] = []
        """What a coordinator takes up with the act that is being judged."""

    def teardown(self) -> None:
        try:
            if not self.failed:
                self.run(trespass(self.world, self.model))
        finally:
            self.run(self.world.close())
            self.runner.close()

    failed, steps = False, 0

    def now(self) -> datetime:
        return datetime.now(UTC)

    @invariant()
    def each_sees_what_the_model_says(self) -> None:
        self.steps += 1
        try:
            self.run(compare(self.world, self.model))
        except AssertionError:
            self.failed = True
            raise

    # How an act is done and judged.

    def act(self, verdict: Verdict, login: str, method: str, path: str, body: Any = None) -> Any:
        """Do it over HTTP; return the answer when it was accepted, else None. Fails when the verdict is another.

        What a coordinator takes up on the way stands only when the act is accepted.
        """
        taken, self.taken_up = self.taken_up, []
        if verdict is Verdict.UNASKED:
            self.model.gives_back(taken)
            return None
        status, answer = self.run(self.world.call(login, method, path, body))
        self.judge(verdict, status, f"{login}: {method} {path} gave {status} {answer}")
        if status < 300:
            return answer or {}
        self.model.gives_back(taken)
        return None

    def reviews_the_plan(self, case: Case, actor: str) -> None:
        """Of each action of an earlier plan it is said that it helped."""
        place = f"/cases/{self.world.cases[case]}/plan/review"
        asked = (self.act(Verdict.MUST, actor, "GET", place) or {"asked": None})["asked"] or []
        if asked:
            said = [{"action": action["reference"], "helped": "yes"} for action in asked]
            self.act(Verdict.MUST, actor, "POST", place, {"answers": said})
            self.model.reviews(case, [action["reference"] for action in asked])

    def judge(self, verdict: Verdict, status: int, said: str) -> None:
        """Fail unless the answer is what the model says it must be; a fault of the service is never an answer."""
        accepted = status < 300
        if verdict in {Verdict.MAY, Verdict.UNASKED}:
            return
        if status >= 500 or accepted != (verdict is Verdict.MUST):
            self.fail(f"{said}, but it {verdict.value}")

    def fail(self, said: str) -> NoReturn:
        self.failed = True
        raise AssertionError(said)

    def who(self, case: Case, actor: str) -> str:
        """Return who is meant by an actor of a rule."""
        return case.referrer if actor == THE_REFERRER else actor

    def verdict(
        self, case: Case, login: str, roles: Callable[[Person], bool], capabilities: str, usual: bool = True
    ) -> Verdict:
        """Say what must come of an act: `usual` is whether the state of the case allows it.

        The model lets a coordinator take the case up first, as the service does when they name it.
        """
        self.model.gives_back(self.taken_up)
        self.taken_up = self.model.takes_up(case, login, capabilities.split())
        if not usual:
            return Verdict.MUST_NOT
        return self.model.verdict(login, case, roles, *capabilities.split())

    def shown_consent(self, case: Case, login: str, verdict: Verdict) -> Verdict:
        """Say the same of an act that is about the consent: whoever is not shown it does nothing to it."""
        shown = self.model.shows_consent(case, login) if verdict is Verdict.MUST else True
        return verdict if shown else Verdict.MUST_NOT

    def path(self, case: Case, rest: str = "") -> str:
        """Return where a case is found in the API."""
        return f"/cases/{self.world.cases[case]}{rest}"

    def of_the_case(self, case: Case, pick: int) -> str:
        """Return somebody, mostly one of those who have been given sight of the case."""
        given = dict.fromkeys(grant.login for grant in self.model.grants if grant.basis.case is case)
        return [*list(given) * 4, *PEOPLE][pick % (len(given) * 4 + len(PEOPLE))]
