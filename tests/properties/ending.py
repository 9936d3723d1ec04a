"""What the model says of ends and beginnings: early ends, a no to an invitation, the worker's look, new rounds."""

from datetime import UTC, datetime

from tests.properties.facts import FILLED_IN, PEOPLE, Case
from tests.properties.wider import WiderModel

OVER = frozenset({"closed", "withdrawn"})


class EndingModel(WiderModel):
    """The world, with its ends and what may begin after them."""

    def ends_early(self, case: Case, login: str) -> None:
        """It should not go on: everything that is shared ends, everybody's own record stays."""
        case.stage = "closed"
        case.rows["closing", PEOPLE[login].agency] += 1
        self.end_what_rests_on(case, "consent", "ground", "break_glass")
        self.sweeps(case)

    def may_begin_again(self, case: Case) -> bool:
        """Whether the case has ended, and not so long ago."""
        return case.stage in OVER and not case.ended_long_ago

    def begins_again(self, case: Case, login: str) -> None:
        """It is the referrer's draft anew, with a new risk assessment unless the last one was never sent in.

        Whoever coordinated it has nothing of it, and no earlier yes counts.
        """
        anew = ("case_round", "assessment", "assessment_answer") if case.sent_in else ("case_round",)
        case.stage, case.sent_in = "draft", False
        case.consents.clear()
        agency = PEOPLE[login].agency
        for table in anew:
            case.rows[table, agency] += FILLED_IN.get(table, 1)
        self.end_what_rests_on(case, "coordination")
        self.sweeps(case)

    def declines(self, case: Case, login: str) -> None:
        """Whoever says no to the meeting sees nothing more of what it is about."""
        self.takes_back(case, login)

    def time_is_looked_at(self) -> None:
        """What has run out ends as a withdrawal would; whoever is gone loses the seat."""
        moment = datetime.now(UTC)
        for case in self.cases:
            ran_out = [basis for basis in self.consent_bases(case) if basis.ends is not None and basis.ends <= moment]
            for basis in ran_out:
                basis.over = True
            for grant in self.grants:
                grant.over = grant.over or grant.basis in ran_out
            gone = any(case.seats.get(login) for login, how in self.away.items() if how == "the post ends")
            earlier = [table for table in case.tables if any(table.seats.get(login) for login in self.away)]
            if ran_out or gone or earlier:
                self.sweeps(case)
