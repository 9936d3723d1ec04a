"""What each person should see, reckoned from the acts alone: plain Python that knows nothing of services or policies.

The design in its own words. A *basis* says what an agency may be given of a case and why; a *grant* gives one person
sight, resting on a basis; a *bar* keeps a person out. Acts move bases, grants and bars; time ends them.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count

from tests.properties.facts import (
    CONVENER,
    COORDINATORS,
    COORDINATORS_SHELL,
    EVERY_KIND,
    FILLED_IN,
    HASHES,
    OF_THE_WORK,
    PEOPLE,
    SHAREABLE,
    Action,
    Bar,
    Basis,
    Case,
    Consent,
    Grant,
    Lasting,
    Person,
    Row,
    Table,
    Verdict,
)
from tests.properties.sight import Sight

from multiagency.demo import story


class Model:
    """The world as the acts have made it."""

    def __init__(self, offered: frozenset[str] = frozenset()) -> None:
        self.offered = offered
        """What the service under test offers beyond the main job; see `offering.py`."""
        self._numbers = count(1)
        self.cases: list[Case] = []
        self.bases: list[Basis] = []
        self.grants: list[Grant] = []
        self.bars: list[Bar] = []
        self.away: dict[str, str] = {}
        """Who is not signed in, or whose post is over, and which of the two."""
        self.members = set(COORDINATORS)
        """Who is of the team: coordination lives as long as that."""

    # Looking.

    def sight(self, login: str) -> Sight:
        """Return what this person sees now."""
        moment, person = datetime.now(UTC), PEOPLE[login]
        if login in self.away:
            return Sight(person, False, [], self.offered)
        mine = [grant for grant in self.grants if grant.login == login]
        biased = frozenset(bar.case for bar in self.bars if bar.login == login and bar.lives(moment))
        opened = [grant for grant in mine if self._opens(grant, person, moment)]
        return Sight(person, True, opened, self.offered, biased)

    def _opens(self, grant: Grant, person: Person, moment: datetime) -> bool:
        basis = grant.basis
        living = grant.lives(moment) and basis.lives(moment) and basis.agency == person.agency
        living = living and (grant.capability != "coordinate" or grant.login in self.members)
        return living and not any(bar.lives(moment) for bar in self.bars_against(basis.case, person.login))

    def coordinates_now(self, login: str) -> bool:
        """Whether the person is of the team, in a post that is not over."""
        return login in self.members and self.away.get(login) != "the post ends"

    def bars_against(self, case: Case, login: str) -> list[Bar]:
        """Return the bars against one person in a case, living or not."""
        return [bar for bar in self.bars if bar.case is case and bar.against(PEOPLE[login])]

    def kept_out(self, case: Case, login: str) -> bool:
        """Whether a bar against the person is not over, also one that has not begun."""
        return any(bar.ends is None or bar.ends > datetime.now(UTC) for bar in self.bars_against(case, login))

    def consent_bases(self, case: Case, agency: str | None = None) -> Iterator[Basis]:
        """Yield the bases by consent that nobody has ended, of one agency or all."""
        for basis in self.bases:
            if basis.case is case and basis.reason == "consent" and not basis.over and agency in {None, basis.agency}:
                yield basis

    def case_of(self, fact: Lasting) -> Case:
        """Return the case that a basis, a grant or a bar belongs to."""
        match fact:
            case Basis(case=case) | Bar(case=case) | Grant(basis=Basis(case=case)):
                return case
        raise TypeError(fact)

    def ends_by_itself(self, fact: Lasting) -> bool:
        """Whether it is of an emergency, of somebody who stands in, or until a meeting is over."""
        basis = fact.basis if isinstance(fact, Grant) else fact
        until = isinstance(fact, Grant) and (fact.deputy is not None or fact.occasion == "reaching")
        return until or (isinstance(basis, Basis) and basis.reason == "break_glass")

    def offered_basis(self, case: Case, agency: str) -> Basis | None:
        """Return the basis by consent on which somebody of the agency can be given sight now."""
        moment, strict = datetime.now(UTC), "expiry" in self.offered
        for basis in self.consent_bases(case, agency):
            if not strict or basis.ends is None or basis.ends > moment:
                return basis
        return None

    def basis_for(self, case: Case, agency: str) -> Basis:
        """Return it where it must be there. Raises LookupError."""
        basis = self.offered_basis(case, agency)
        if basis is None:
            raise LookupError(f"no consent for {agency} in {case}")
        return basis

    # Who may do what.

    def verdict(self, login: str, case: Case, roles: Callable[[Person], bool], *capabilities: str) -> Verdict:
        """Say whether a person may act on a case at all: by role, and by a living grant that shows the shell."""
        sight, person = self.sight(login), PEOPLE[login]
        shown = sight.sees(Row("case_file", "shell", case, PEOPLE[case.opener].agency))
        held = any(grant.basis.case is case and grant.capability in capabilities for grant in sight.grants)
        if shown and not held and roles(person) and self._will_hold(login, case, capabilities):
            return Verdict.UNASKED
        if not (shown and held and roles(person)):
            return Verdict.MUST_NOT
        return Verdict.MAY if case.touched_up else Verdict.MUST

    def _will_hold(self, login: str, case: Case, capabilities: tuple[str, ...]) -> bool:
        moment = datetime.now(UTC)
        return any(
            moment < max(fact.begins or moment for fact in (grant, grant.basis))
            for grant in self._given()
            if grant.basis.case is case and grant.login == login and grant.capability in capabilities
        )

    def may_be_told(self, case: Case, login: str) -> bool:
        """Whether the person may be given sight through the consent: their agency is named, and no bar is up."""
        held = PEOPLE[login].sits_at_tables and self.away.get(login) != "the post ends"
        allowed = held and not self.kept_out(case, login)
        return allowed and self.offered_basis(case, PEOPLE[login].agency) is not None

    def somebody_receives(self, case: Case) -> bool:
        """Whether a coordinator is left whom no bar names."""
        return True

    # What acts do.

    def give_basis(self, case: Case, agency: str, reason: str, kinds: frozenset[str]) -> Basis:
        """An agency may be given something."""
        basis = Basis(case=case, agency=agency, reason=reason, kinds=kinds)
        self.bases.append(basis)
        return basis

    def grant(self, basis: Basis, login: str, occasion: str, capability: str, kinds: frozenset[str]) -> Grant:
        """A person is given sight of no more than the basis holds."""
        given = Grant(basis=basis, login=login, occasion=occasion, capability=capability, kinds=kinds & basis.kinds)
        self.grants.append(given)
        return given

    def opens(self, login: str) -> Case:
        """A draft is its opener's agency's own record."""
        case = Case(f"case {next(self._numbers)}", opener=login, referrer=login)
        self.cases.append(case)
        basis = self.give_basis(case, PEOPLE[login].agency, "own_record", EVERY_KIND)
        self.grant(basis, login, "referral", "refer", EVERY_KIND)
        case.rows["case_file", PEOPLE[login].agency] += 1
        return case

    def fills_in(self, case: Case, login: str) -> None:
        """The referrer writes down everything that a referral asks for."""
        if "delete" in self.offered:
            case.rows["lookup_hash", PEOPLE[login].agency] = HASHES
        for table, rows in FILLED_IN.items():
            case.rows[table, PEOPLE[login].agency] = rows
        self._tells(case, PEOPLE[login].agency, story.NARRATIVE)

    def _tells(self, case: Case, agency: str, text: str) -> None:
        """A part that changes leaves the earlier one behind."""
        if case.told.get(agency, text) != text and "earlier" in self.offered:
            case.rows["earlier_part", agency] += 1
        case.told[agency] = text

    def answers(self, case: Case, login: str, consent: Consent) -> None:
        """The client answers: what flowed from the earlier answer ends, and each agency now named gets its basis.

        After the submission every seat ends with it, and whoever coordinates the case then sees what is shared anew.
        """
        agency = PEOPLE[login].agency
        self.end_consent(case)
        if case.stage != "draft":
            self.sweeps(case)
        case.consents.append(consent)
        case.rows["consent", agency] += 1
        case.rows["consent_pair", agency] += len(consent.pairs) + len(consent.denied)
        for named in consent.named:
            kinds = OF_THE_WORK | {"consent"} | consent.kinds_for(named)
            basis = self.give_basis(case, named, "consent", kinds)
            for held in self.held_by_each(case, "refer") if named == agency else ():
                given = self.grant(basis, held.login, "referral", "refer", basis.kinds)
                if held.deputy:  # sight for no other days than those for which they stand in
                    given.deputy, given.begins, given.ends = held.deputy, held.begins, held.ends
            coordinating = filter(self.coordinates_now, self.holding(case, "coordinate"))
            for coordinator in coordinating if named == CONVENER and case.stage != "draft" else ():
                self.grant(basis, coordinator, "coordination", "coordinate", EVERY_KIND)

    def holding(self, case: Case, capability: str) -> list[str]:
        """Return who holds this by a grant that has neither ended nor run out; it may not have begun."""
        return [grant.login for grant in self.held_by_each(case, capability)]

    def held_by_each(self, case: Case, capability: str) -> list[Grant]:
        """Return such a grant of each."""
        held = (grant for grant in self.grants if grant.basis.case is case and grant.capability == capability)
        return list({grant.login: grant for grant in held if self.lasts(grant) and self.lasts(grant.basis)}.values())

    def end_consent(self, case: Case, agency: str | None = None) -> None:
        """What flows from consent ends, with the grants beneath it."""
        for basis in list(self.consent_bases(case, agency)):
            basis.over = True
        self._end_beneath(case)

    def _end_beneath(self, case: Case) -> None:
        for grant in self.grants:
            if grant.basis.case is case and grant.basis.reason == "consent" and grant.basis.over:
                grant.over = True

    def narrow_consent(self, case: Case, consent: Consent) -> None:
        """A basis that holds more than is given still ends, and what is left of it is given as it was, to the same.

        Whoever was asked for a part is asked no longer when their agency may not be told what agencies tell.
        """
        for basis in list(self.consent_bases(case)):
            left = consent.kinds_for(basis.agency)
            if basis.kinds & SHAREABLE == left:
                continue
            basis.over = True
            if left:
                rest = self.give_basis(case, basis.agency, "consent", basis.kinds - SHAREABLE | left)
                rest.begins, rest.ends = basis.begins, basis.ends
                self._give_what_is_left(case, basis, rest)
        self._end_beneath(case)

    def _give_what_is_left(self, case: Case, basis: Basis, rest: Basis) -> None:
        for held in [grant for grant in self.grants if grant.basis is basis and not grant.over]:
            if held.kinds & rest.kinds and (held.capability != "contribute" or "narrative" in rest.kinds):
                given = self.grant(rest, held.login, held.occasion, held.capability, held.kinds)
                given.begins, given.ends, given.deputy = held.begins, held.ends, held.deputy
                for table in case.tables:
                    table.given += [given] if held in table.given else []

    def end_what_rests_on(self, case: Case, *reasons: str) -> None:
        """Everything in the case that rests on one of these ends."""
        for basis in self.bases:
            basis.over = basis.over or (basis.case is case and basis.reason in reasons)
        for grant in self.grants:
            grant.over = grant.over or (grant.basis.case is case and grant.basis.reason in reasons)

    def asks(self, case: Case, login: str) -> None:
        """A colleague may write their agency's part, and sees the case meanwhile; once is enough."""
        if any(g.basis.case is case and g.login == login and g.capability == "contribute" for g in self._given()):
            return
        basis = self.basis_for(case, PEOPLE[login].agency)
        self.grant(basis, login, "referral", "contribute", EVERY_KIND - {"consent"})

    def _given(self) -> Iterator[Grant]:
        return (grant for grant in self.grants if not grant.over)

    def writes_part(self, case: Case, login: str) -> None:
        """An agency has one part, its own record; whoever was asked for it keeps sight of it."""
        agency, kept = PEOPLE[login].agency, frozenset({"shell", "narrative"})
        refers = any(g.login == login and g.capability == "refer" for g in self._given() if g.basis.case is case)
        case.rows["case_part", agency] = 1
        self._tells(case, agency, story.COUNTY_PART)
        if refers or "own_part" not in self.offered:
            return
        parts = (basis for basis in self.bases if basis.case is case and basis.kinds == kept and not basis.over)
        own = next((basis for basis in parts if basis.agency == agency and basis.reason == "own_record"), None)
        basis = own or self.give_basis(case, agency, "own_record", kept)
        if not any(grant.basis is basis and grant.login == login for grant in self._given()):
            self.grant(basis, login, "own_part", "read", kept)

    def submits(self, case: Case) -> None:
        """The team's coordinators get the case: a shell for their task, the rest by consent."""
        case.stage, case.sent_in = "submitted", True
        shell = self.give_basis(case, CONVENER, "coordination", COORDINATORS_SHELL)
        shared = self.basis_for(case, CONVENER)
        for login in filter(self.coordinates_now, COORDINATORS):
            self.grant(shell, login, "coordination", "coordinate", COORDINATORS_SHELL)
            self.grant(shared, login, "coordination", "coordinate", EVERY_KIND)

    def places(self, case: Case, ends: datetime) -> None:
        """The case gets a place on the agenda of a meeting that ends then."""
        case.rows["agenda_item", CONVENER] += 1
        case.tables.append(Table(case.stage, ends=ends, number=case.rows["agenda_item", CONVENER]))
        case.stage = "on_agenda"

    def takes_off(self, case: Case) -> None:
        """The place ends with its seats and what they gave; the case is again where it came from."""
        table = case.tables.pop()
        case.stage = table.came_from
        for grant in table.given:
            grant.over = True
        self.sweeps(case)

    def takes_back(self, case: Case, login: str) -> None:
        """One seat ends with what it gave."""
        case.tables[-1].seats[login] = False
        for grant in case.tables[-1].given:
            grant.over = grant.over or grant.login == login
        self.sweeps(case)

    def seats(self, case: Case, login: str, *, to_reach: bool = False) -> None:
        """A seat shows what the consent names, but not how consent was asked nor how the client is reached.

        That stands at a seat whose task it is, where the consent names it, until the meeting is over or the seat ends.
        """
        table = case.tables[-1]
        table.seats[login] = True
        table.inside.discard(login)
        case.rows["seat", CONVENER] += 1
        basis = self.basis_for(case, PEOPLE[login].agency)
        table.given.append(self.grant(basis, login, "seat", "read", basis.kinds - {"consent", "contact"}))
        if to_reach and "contact" in basis.kinds:
            table.given.append(self.grant(basis, login, "reaching", "read", frozenset({"contact"})))
            table.given[-1].ends = table.ends

    def enters(self, case: Case, login: str) -> None:
        """Somebody is in the room."""
        if login not in case.tables[-1].inside:
            case.tables[-1].inside.add(login)
            case.rows["room_presence", PEOPLE[login].agency] += 1

    def reviews(self, case: Case, references: list[str]) -> None:
        """An answer stands beside its action, in the record of the owner's agency."""
        for action in case.actions:
            case.rows["action_review", PEOPLE[action.owner].agency] += action.reference in references

    def assigns(self, case: Case, owner: str, reference: str) -> None:
        """An action is its owner's agency's own record."""
        case.actions.append(Action(reference, owner))
        agency = PEOPLE[owner].agency
        case.rows["planned_action", agency] += 1
        basis = self.give_basis(case, agency, "own_record", frozenset({"action"}))
        self.grant(basis, owner, "action", "act", frozenset({"action"}))

    def record_of_consent(self, case: Case) -> str:
        """Return whose record consent is in: of the agency that asked, also when another ends it."""
        return next(agency for (table, agency), count in case.rows.items() if table == "consent" and count)

    def shows_consent(self, case: Case, login: str) -> bool:
        """Whether the person is shown what the client answered."""
        return self.sight(login).sees(Row("consent", "consent", case, self.record_of_consent(case)))

    def withdraws(self, case: Case) -> None:
        """The gate shuts: agencies keep their own records, the coordinators a shell, and nobody anything else."""
        case.stage = "withdrawn"
        case.consents.append(Consent("withdrawn"))
        case.rows["consent", self.record_of_consent(case)] += 1
        self.end_what_rests_on(case, "consent", "break_glass")
        self.sweeps(case)

    def keeps_out(self, case: Case, login: str) -> None:
        """A bar beats everything from now on."""
        self.bars.append(Bar(case=case, login=login))
        self.sweeps(case)

    def lasts(self, fact: Grant | Basis) -> bool:
        """Whether it has neither ended nor run out; it may not have begun."""
        return not fact.over and (fact.ends is None or fact.ends > datetime.now(UTC))

    def sweeps(self, case: Case) -> None:
        """Whenever something ends sight of a case, every seat ends that has lost its reason, with what it gave.

        It does not come back when a bar is lifted or a post held again.
        """
        moment = datetime.now(UTC)
        for table in case.tables:
            for login, living in table.seats.items():
                given = [grant for grant in table.given if grant.login == login]
                seats = [grant for grant in given if grant.occasion == "seat"]
                held = any(self.lasts(grant) and self.lasts(grant.basis) for grant in seats)
                out = any(bar.lives(moment) for bar in self.bars_against(case, login))
                if living and (not held or out or self.away.get(login) == "the post ends"):
                    table.seats[login] = False
                    for grant in given:
                        grant.over = True
            seated = {PEOPLE[login].agency for login, living in table.seats.items() if living}
            table.asked = {agency: said for agency, said in table.asked.items() if agency in seated}
