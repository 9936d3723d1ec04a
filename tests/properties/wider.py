"""What the model says of acts around the main job: handing over, emergencies, bars lifted, closing, disclosing."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.properties.facts import (
    CONVENER,
    COORDINATORS,
    COORDINATORS_SHELL,
    EMERGENCY,
    PEOPLE,
    STEERING,
    Bar,
    Basis,
    Case,
    Grant,
    Row,
)
from tests.properties.model import Model

INTAKE = {"county": ("child-welfare",), "police": ("police-intake",)}
"""Who receives what is disclosed to an agency; to every other it is handed over on paper."""


class WiderModel(Model):
    """The world, with everything that the service has learnt since."""

    def held(self, case: Case, login: str, capability: str) -> Iterator[Grant]:
        """Yield a person's grants of one capability that have neither ended nor run out, on bases that have not."""
        for grant in self.grants:
            of_it = grant.basis.case is case and grant.login == login and grant.capability == capability
            of_it = of_it and (capability != "coordinate" or login in self.members)
            if of_it and self.lasts(grant) and self.lasts(grant.basis):
                yield grant

    # Consent for some pairs less.

    def ends_everything(self, case: Case, taken: frozenset[tuple[str, str]]) -> bool:
        """Whether taking these pairs out leaves nothing: nobody can convene any longer, or they are the last."""
        if case.consent is None:
            return False
        convening = (CONVENER, "identity")
        return case.consent.pairs <= taken or (convening in case.consent.pairs and convening in taken)

    def withdraws_pairs(self, case: Case, taken: frozenset[tuple[str, str]]) -> None:
        """These are given no more; everybody keeps the rest of what they have."""
        if case.consent is None:
            raise LookupError(case)
        record = self.record_of_consent(case)
        case.consents[-1] = replace(case.consent, pairs=case.consent.pairs - taken)
        case.rows["consent", record] += 1
        case.rows["consent_pair", record] += len(taken)
        self.narrow_consent(case, case.consents[-1])
        self.sweeps(case)

    def keeps_steering(self, case: Case, login: str, agency: str | None = None) -> bool:
        """Whether the person steers the case on something else than consent (for one agency, or at all)."""
        return any(
            grant.capability in STEERING and not self._flows_from_consent(grant.basis, agency)
            for grant in self.sight(login).grants
            if grant.basis.case is case
        )

    def _flows_from_consent(self, basis: Basis, agency: str | None) -> bool:
        return basis.reason == "consent" and agency in {None, basis.agency}

    # Handing over.

    def may_take(self, case: Case, giver: str, taker: str, what: str) -> bool:
        """Whether the person may take the referral or the coordination over."""
        here = self.away.get(taker) != "the post ends" and not self.kept_out(case, taker) and giver != taker
        if what == "coordination":
            return here and taker in self.members
        return here and PEOPLE[taker].refers and PEOPLE[taker].agency == PEOPLE[giver].agency

    def hands_over(self, case: Case, giver: str, taker: str, what: str) -> None:
        """The same for the taker, and nothing more for the giver but a seat or an action."""
        capability = "refer" if what == "referral" else "coordinate"
        has = {grant.basis for grant in self.held(case, taker, capability)}
        mine = list(self.held(case, giver, capability))
        for grant in mine:
            if grant.basis not in has:
                self.grant(grant.basis, taker, grant.occasion, capability, grant.kinds)
        if capability == "refer":
            for other in ("read", "contribute", "coordinate"):
                mine += [grant for grant in self.held(case, giver, other) if grant.basis.reason == "own_record"]
            case.referrer = taker
        for grant in mine:
            grant.over = True
        case.cleared.discard(giver)

    def may_hand_on(self, case: Case, holder: str, taker: str) -> bool:
        """Whether the supervisor may give the referral of somebody of their agency to another of it."""
        moment, supervisor = datetime.now(UTC), "supervisor"
        kept = {
            login for login in (supervisor, taker) if any(bar.lives(moment) for bar in self.bars_against(case, login))
        }
        here = supervisor not in self.away and self.away.get(taker) != "the post ends" and not kept
        agencies = {PEOPLE[login].agency for login in (supervisor, holder, taker)}
        waits = case in self.cases and case.stage != "closed" and any(self._referral(case, holder))
        return here and len(agencies) == 1 and waits and holder != taker and PEOPLE[taker].refers

    def _referral(self, case: Case, holder: str) -> Iterator[Grant]:
        for grant in self.grants:
            of_it = grant.basis.case is case and grant.login == holder and grant.capability == "refer"
            if of_it and grant.deputy is None and not grant.over and not grant.basis.over:
                yield grant

    def hands_on(self, case: Case, holder: str, taker: str) -> None:
        """The taker has what the holder had; the holder has nothing more but a seat or an action."""
        for grant in list(self._referral(case, holder)):
            given = self.grant(grant.basis, taker, grant.occasion, "refer", grant.kinds)
            given.begins, given.ends = grant.begins, grant.ends
        for grant in self.grants:
            if grant.basis.case is case and grant.login == holder and grant.capability != "act":
                own = grant.basis.reason == "own_record"
                grant.over = grant.over or own or grant.capability == "refer"
        case.cleared.discard(holder)
        case.referrer = taker

    # Emergencies.

    def may_break_glass(self, case: Case, login: str) -> bool:
        """Whether the person may open the case in an emergency: somebody who coordinates it must be told."""
        moment = datetime.now(UTC)
        told = [
            coordinator
            for coordinator in COORDINATORS
            if self.coordinates_now(coordinator)
            and not any(bar.lives(moment) for bar in self.bars_against(case, coordinator))
        ]
        out = any(bar.lives(moment) for bar in self.bars_against(case, login))
        works = PEOPLE[login].works_with_clients and login not in self.away
        return (
            works
            and bool(told)
            and not out
            and case in self.cases
            and case.stage not in {"draft", "closed", "withdrawn"}
        )

    def breaks_glass(self, case: Case, login: str, minutes: int) -> None:
        """Sight for minutes of what is known about the client."""
        basis = self.give_basis(case, PEOPLE[login].agency, "break_glass", EMERGENCY)
        basis.ends = datetime.now(UTC) + timedelta(minutes=minutes)
        self.grant(basis, login, "break_glass", "read", EMERGENCY).ends = basis.ends
        case.rows["break_glass", PEOPLE[login].agency] += 1

    # Bars.

    def in_own_place(self, case: Case, login: str, capability: str) -> bool:
        """Whether the person holds this, and not only for somebody who is away."""
        return any(grant.deputy is None for grant in self.held(case, login, capability))

    def may_declare(self, case: Case, login: str) -> bool:
        """Whether somebody else looks after what the person does for the case."""
        return all(
            any(
                self.in_own_place(case, other, capability)
                for other in PEOPLE
                if other != login and not self.kept_out(case, other) and self.away.get(other) != "the post ends"
            )
            for capability in STEERING
            if self.in_own_place(case, login, capability)
        )

    def employs(self, case: Case, login: str, agency: str) -> None:
        """Somebody in the case works for an agency: it is kept out, but for those of it who steer the case."""
        case.rows["party", PEOPLE[login].agency] += 1
        if "delete" in self.offered:
            case.rows["lookup_hash", PEOPLE[login].agency] += 2  # the name, as it is written and without accents
        moment = datetime.now(UTC)
        if any(bar.agency == agency and (bar.ends is None or bar.ends > moment) for bar in self._bars_of(case)):
            return
        steering = {
            grant.login
            for grant in self.grants
            if grant.basis.case is case
            and not grant.over
            and not grant.basis.over
            and grant.capability in STEERING
            and PEOPLE[grant.login].agency == agency
            and self.away.get(grant.login) != "the post ends"
            and (grant.capability == "refer" or grant.login in self.members)
        }
        self.bars.append(Bar(case=case, agency=agency, exempt=steering))
        self.sweeps(case)

    def _bars_of(self, case: Case) -> Iterator[Bar]:
        return (bar for bar in self.bars if bar.case is case)

    def kept_out_by_name(self, case: Case, login: str) -> bool:
        """Whether a bar that is not over names this very person."""
        moment = datetime.now(UTC)
        return any(bar.login == login and (bar.ends is None or bar.ends > moment) for bar in self._bars_of(case))

    def somebody_receives(self, case: Case) -> bool:
        """Whether a coordinator is left whom no bar names."""
        return any(self.coordinates_now(login) and not self.kept_out_by_name(case, login) for login in COORDINATORS)

    # Coordination follows the team.

    def takes_up(self, case: Case, login: str, capabilities: Iterable[str]) -> list[Grant]:
        """Give a coordinator a case of the team that they do not see whole, as at a submission; return what.

        It is looked for when they may not do what they want, or see no more than a shell.
        """
        moment, shell = datetime.now(UTC), Row("case_file", "shell", case, PEOPLE[case.opener].agency)
        here = login in self.members and login not in self.away and case.stage != "draft"
        out = any(bar.lives(moment) for bar in self.bars_against(case, login))
        sight = self.sight(login)
        mine = [grant for grant in sight.grants if grant.basis.case is case]
        kinds = frozenset().union(*(grant.kinds & grant.basis.kinds for grant in mine))
        whole = any(grant.capability in capabilities for grant in mine) and not kinds <= COORDINATORS_SHELL
        if not here or out or (sight.sees(shell) and whole):
            return []
        wanting = [
            basis
            for basis in self.bases
            if basis.case is case and basis.agency == CONVENER and basis.reason in {"coordination", "consent"}
            if basis.lives(moment) and self._misses(basis, login)
        ]
        return [self.grant(basis, login, "coordination", "coordinate", basis.kinds) for basis in wanting]

    def gives_back(self, taken: list[Grant]) -> None:
        """What was taken up with an act that came to nothing was not taken up."""
        self.grants = [grant for grant in self.grants if grant not in taken]

    def _misses(self, basis: Basis, login: str) -> bool:
        """Whether the person holds nothing there, nor has handed it over to somebody who still has it."""
        mine = [grant for grant in self.grants if grant.basis is basis and grant.login == login]
        mine = [grant for grant in mine if grant.capability == "coordinate"]
        return not mine or (all(grant.over for grant in mine) and not self._somebody_else(basis.case, login))

    def _somebody_else(self, case: Case, login: str) -> bool:
        moment = datetime.now(UTC)
        return any(
            grant.basis.case is case and grant.basis.reason == "coordination" and not grant.basis.over
            for other in COORDINATORS
            if other != login and self.coordinates_now(other)
            if not any(bar.lives(moment) for bar in self.bars_against(case, other))
            for grant in self.grants
            if grant.login == other and grant.capability == "coordinate" and self.lasts(grant)
        )

    def submits(self, case: Case) -> None:
        """Coordinators of an agency that is kept out stay all the same."""
        super().submits(case)
        for bar in self._bars_of(case):
            for login in filter(self.coordinates_now, COORDINATORS):
                named = self.kept_out_by_name(case, login)
                if bar.agency == PEOPLE[login].agency and self.kept_out(case, login) and not named:
                    bar.exempt.add(login)

    # Closing, deleting, disclosing.

    def closes(self, case: Case) -> None:
        """The purpose is fulfilled: what consent gave ends, everybody's own record stays."""
        case.stage = "closed"
        case.rows["closing", CONVENER] += 1
        self.end_what_rests_on(case, "consent", "ground", "break_glass")
        self.sweeps(case)

    def forgets(self, case: Case) -> None:
        """Nothing is left of the case."""
        self.cases.remove(case)
        self.bases = [basis for basis in self.bases if basis.case is not case]
        self.grants = [grant for grant in self.grants if grant.basis.case is not case]
        self.bars = [bar for bar in self.bars if bar.case is not case]

    def receivers(self, case: Case, agency: str) -> list[str]:
        """Return who receives for an agency and is not kept out of the case."""
        return [
            login
            for login in INTAKE.get(agency, ())
            if self.away.get(login) != "the post ends" and not self.kept_out(case, login)
        ]

    def discloses(self, case: Case, login: str, to: str) -> None:
        """It stands in the sender's own part and, where somebody receives, in the recipient's."""
        own, part = PEOPLE[login].agency, frozenset({"disclosure"})
        grants = self.sight(login).grants
        if not any(grant.basis.case is case and "disclosure" in grant.kinds & grant.basis.kinds for grant in grants):
            basis = self._own_part(case, own) or self.give_basis(case, own, "own_record", part)
            self.grant(basis, login, "disclosure", "read", part)
        case.rows["disclosure", own] += 1
        receivers = self.receivers(case, to)
        if not receivers:
            return
        case.rows["receipt", to] += 1
        arrived = self.give_basis(case, to, "own_record", part)
        arrived.received = True
        for receiver in receivers:
            self.grant(arrived, receiver, "disclosure", "read", part)

    def _own_part(self, case: Case, agency: str) -> Basis | None:
        for basis in self.bases:
            own = basis.case is case and basis.agency == agency and basis.reason == "own_record"
            if own and not basis.over and not basis.received and "disclosure" in basis.kinds:
                return basis
        return None
