"""What the model says where something was wrong or somebody is away: striking, deputies, how actions are recorded.

Written from the sentences of the design: whoever was recorded by mistake vanishes and only the log tells; a deputy has
what somebody has in hand, for a period and for no day longer, and never where a bar stands; an owner confirms how an
action is recorded, each time that it was said anew.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from tests.properties.ending import EndingModel
from tests.properties.facts import PEOPLE, Action, Case, Deputy, Grant, Recorded

SUPERVISOR = "supervisor"


class MendingModel(EndingModel):
    """The world, with what is put right in it, and who stands in for whom."""

    def __init__(self, offered: frozenset[str] = frozenset()) -> None:
        super().__init__(offered)
        self.deputies: list[Deputy] = []

    # Somebody who was recorded by mistake.

    def strikes(self, case: Case, login: str, person: Recorded) -> None:
        """They are nobody's any more, found by nothing, and keep nobody out; seats do not come back."""
        agency, moment = PEOPLE[login].agency, datetime.now(UTC)
        case.people.remove(person)
        case.rows["party", agency] -= 1
        case.rows["struck party", agency] += 1
        if "delete" in self.offered:
            case.rows["lookup_hash", agency] -= person.hashes
        works_there = person.employer in {other.employer for other in case.people}
        for bar in self._bars_of(case):
            if bar.agency is not None and bar.agency == person.employer and bar.ends is None and not works_there:
                bar.ends = moment

    # Standing in.

    def may_stand_in(self, away: str, stands_in: str) -> bool:
        """Whether the supervisor may name one for the other: both work there, and what is done fits the role."""
        agencies = {PEOPLE[login].agency for login in (SUPERVISOR, away, stands_in)}
        here = not [who for who in (away, stands_in) if self.away.get(who) == "the post ends"]
        fits = PEOPLE[stands_in].refers or {PEOPLE[who].role for who in (away, stands_in)} == {"representative"}
        works = PEOPLE[away].works_with_clients and fits
        return SUPERVISOR not in self.away and here and len(agencies) == 1 and works and away != stands_in

    def in_hand(self, away: str, stands_in: str) -> Iterator[Grant]:
        """Yield what somebody has to do: what they refer, and their open actions; nothing from which one is kept."""
        moment = datetime.now(UTC)
        for grant in self.grants:
            case, mine = grant.basis.case, grant.login == away and grant.deputy is None
            waits = grant.capability == "act" or (grant.capability == "refer" and case.stage != "closed")
            kept = any(bar.lives(moment) for who in (stands_in, SUPERVISOR) for bar in self.bars_against(case, who))
            if mine and waits and not kept and not grant.over and not grant.basis.over:
                yield grant

    def names(self, deputy: Deputy) -> None:
        """Whoever stands in has all of that for those days."""
        self.deputies.append(deputy)
        for held in list(self.in_hand(deputy.away, deputy.stands_in)):
            given = self.grant(held.basis, deputy.stands_in, held.occasion, held.capability, held.kinds)
            given.deputy, given.begins, given.ends = deputy, deputy.begins, deputy.ends

    def ends_deputy(self, deputy: Deputy) -> None:
        """They do nothing more for the other."""
        deputy.over = True
        for grant in self.grants:
            grant.over = grant.over or grant.deputy is deputy

    def hands_over(self, case: Case, giver: str, taker: str, what: str) -> None:
        """Whoever stood in for the giver stood in for that too."""
        if what == "referral":
            self._let_go(case, giver)
        super().hands_over(case, giver, taker, what)

    def hands_on(self, case: Case, holder: str, taker: str) -> None:
        """The same where a supervisor does it."""
        self._let_go(case, holder)
        super().hands_on(case, holder, taker)

    def _let_go(self, case: Case, away: str) -> None:
        for grant in self.grants:
            of_it = grant.basis.case is case and grant.capability == "refer" and grant.deputy is not None
            if of_it and grant.deputy is not None and grant.deputy.away == away:
                grant.over = True

    # How an action is recorded.

    def instructs(self, case: Case, action: Action) -> None:
        """It stands in the owner's agency's record, and the owner has not confirmed it."""
        case.rows["recording_instruction", PEOPLE[action.owner].agency] += 1
        action.unconfirmed = True

    def may_confirm(self, case: Case, login: str, action: Action) -> bool:
        """Whether the person does the action, in their own place or another's, and something waits for them."""
        moment = datetime.now(UTC)
        deputies = {
            deputy.stands_in for deputy in self.deputies if deputy.away == action.owner and deputy.lives(moment)
        }
        mine = login in {action.owner, *deputies}
        return mine and action.unconfirmed and self.sight(login).holds(case, "action", "act")
