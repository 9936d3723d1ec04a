"""What each person should see, reckoned from the acts alone: plain Python that knows nothing of services or policies.

The design in its own words. A *basis* says what an agency may be given of a case and why; a *grant* gives one person
sight, resting on a basis; a *bar* keeps a person out. A row of some kind is seen by whoever holds a living grant for
that kind on a living basis for that kind, unless barred; on a basis that is the agency's own record, only rows of that
agency's own record are. Acts move bases, grants and bars; time ends them.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from uuid import UUID

SHAREABLE = frozenset({"identity", "contact", "party", "narrative", "risk"})
"""What a client may agree to share; every other kind comes with the work itself."""
OF_THE_WORK = frozenset({"shell", "meeting", "minutes", "action"})
EVERY_KIND = SHAREABLE | OF_THE_WORK | {"consent", "disclosure"}
COORDINATORS_SHELL = frozenset({"shell", "meeting"})
STEERING = frozenset({"refer", "coordinate"})
AROUND_THE_TABLE = frozenset({"agenda_item", "seat", "room_presence"})
"""Who sits where: whoever steers a case sees it in anybody's record."""

FILLED_IN = Counter(client=1, safe_contact=1, party=1, case_part=1, assessment=1, assessment_answer=24)
"""The rows of a referral that has been filled in, all in the record of the referrer's agency."""


class Verdict(Enum):
    """What the model says of an act beforehand."""

    MUST = "must be accepted"
    MUST_NOT = "must be refused"
    MAY = "may be either"


@dataclass(frozen=True, slots=True)
class Person:
    """One person in one post."""

    login: str
    agency: str
    role: str

    @property
    def refers(self) -> bool:
        """Whether the person brings cases."""
        return self.role in {"officer", "social_worker"}

    @property
    def works_with_clients(self) -> bool:
        """Whether the person can tell an agency's part."""
        return self.refers or self.role == "representative"

    @property
    def sits_at_tables(self) -> bool:
        """Whether the person can have a seat."""
        return self.works_with_clients or self.role == "coordinator"


PEOPLE = {
    login: Person(login, agency, role)
    for login, agency, role in (
        ("officer", "police", "officer"),
        ("officer-2", "police", "officer"),
        ("police", "police", "representative"),
        ("police-intake", "police", "intake"),
        ("social-worker", "county", "social_worker"),
        ("coordinator", "county", "coordinator"),
        ("coordinator-2", "county", "coordinator"),
        ("county", "county", "representative"),
        ("child-welfare", "county", "intake"),
        ("auditor", "county", "auditor"),
        ("administrator", "county", "administrator"),
        ("municipality", "revontuli", "representative"),
        ("municipality-2", "kaamosjarvi", "representative"),
        ("shelter", "shelter", "representative"),
        ("support", "support", "representative"),
    )
}
AGENCIES = tuple(sorted({person.agency for person in PEOPLE.values()}))
CONVENER = "county"
COORDINATORS = tuple(login for login, person in PEOPLE.items() if person.role == "coordinator")


@dataclass(eq=False, slots=True)
class Lasting:
    """Something that holds from one moment until another, or until it is ended."""

    begins: datetime | None = None
    ends: datetime | None = None
    over: bool = False
    id: UUID | None = None

    def lives(self, moment: datetime) -> bool:
        """Whether it holds at this moment."""
        begun = self.begins is None or self.begins <= moment
        return begun and not self.over and (self.ends is None or moment < self.ends)


@dataclass(eq=False, slots=True, kw_only=True)
class Basis(Lasting):
    """What an agency may be given of a case, and why."""

    case: "Case"
    agency: str
    reason: str
    kinds: frozenset[str]


@dataclass(eq=False, slots=True, kw_only=True)
class Grant(Lasting):
    """Sight of a case for one person on one occasion."""

    basis: Basis
    login: str
    occasion: str
    capability: str
    kinds: frozenset[str]


@dataclass(eq=False, slots=True, kw_only=True)
class Bar(Lasting):
    """One person kept out of a case."""

    case: "Case"
    login: str


@dataclass(frozen=True, slots=True)
class Consent:
    """One version of the client's answer; the newest counts."""

    state: str
    named: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()


@dataclass(eq=False, slots=True)
class Case:
    """One matter. `touched_up` says that somebody has dated its facts by hand, as no act would."""

    name: str
    referrer: str
    stage: str = "draft"
    consents: list[Consent] = field(default_factory=list)
    seats: dict[str, bool] = field(default_factory=dict)
    """Who was seated, and whether the seat is living."""
    inside: set[str] = field(default_factory=set)
    """Who has ever been in the room."""
    asked: set[str] = field(default_factory=set)
    rows: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many rows of client data stand, by table and agency whose record they are."""
    touched_up: bool = False

    def __repr__(self) -> str:
        return self.name

    @property
    def consent(self) -> Consent | None:
        """The newest answer; none is never a yes."""
        return self.consents[-1] if self.consents else None


@dataclass(frozen=True, slots=True)
class Row:
    """A row by what matters to sight: its table and kind, its case, and whose it is."""

    table: str
    kind: str | None
    case: Case | None
    whose: str | None


class Sight:
    """What one person's living grants open at one moment."""

    def __init__(self, person: Person, signed_in: bool, grants: list[Grant]) -> None:
        self.person, self.signed_in = person, signed_in
        self.grants = grants
        self.any = {grant.basis.case for grant in grants}
        self.shared: set[tuple[Case, str]] = set()
        self.own: set[tuple[Case, str]] = set()
        self.steered: set[tuple[Case, str]] = set()
        for grant in grants:
            opened = {(grant.basis.case, kind) for kind in grant.kinds & grant.basis.kinds}
            (self.own if grant.basis.reason == "own_record" else self.shared).update(opened)
            if grant.capability in STEERING:
                self.steered |= opened

    def holds(self, case: Case, kind: str, *capabilities: str) -> bool:
        """Whether a living grant lets the person do one of these things with this kind of data."""
        return any(
            grant.basis.case is case and grant.capability in capabilities and kind in grant.kinds & grant.basis.kinds
            for grant in self.grants
        )

    def sees(self, row: Row) -> bool:
        """Whether the person should see the row."""
        if row.table == "data_key":
            return self.signed_in and (row.case is None or row.case in self.any)
        if row.table in {"lawful_basis", "access_grant", "access_bar"}:
            return (row.case, "shell") in self.steered or self._is_ones_own(row)
        opened = (row.case, row.kind)
        at_the_table = row.table in AROUND_THE_TABLE and (row.case, "meeting") in self.steered
        return opened in self.shared or (opened in self.own and row.whose == self.person.agency) or at_the_table

    def _is_ones_own(self, row: Row) -> bool:
        """One's own grants always; what one's agency may be given, while one has any sight of the case."""
        if row.table == "access_grant":
            return self.signed_in and row.whose == self.person.login
        return row.table == "lawful_basis" and row.whose == self.person.agency and row.case in self.any


class Model:
    """The world as the acts have made it."""

    def __init__(self) -> None:
        self.cases: list[Case] = []
        self.bases: list[Basis] = []
        self.grants: list[Grant] = []
        self.bars: list[Bar] = []
        self.away: dict[str, str] = {}
        """Who is not signed in, or whose post is over, and which of the two."""

    # Looking.

    def sight(self, login: str) -> Sight:
        """Return what this person sees now."""
        moment, person = datetime.now(UTC), PEOPLE[login]
        if login in self.away:
            return Sight(person, False, [])
        mine = [grant for grant in self.grants if grant.login == login]
        return Sight(person, True, [grant for grant in mine if self._opens(grant, person, moment)])

    def _opens(self, grant: Grant, person: Person, moment: datetime) -> bool:
        basis = grant.basis
        living = grant.lives(moment) and basis.lives(moment) and basis.agency == person.agency
        return living and not any(bar.lives(moment) for bar in self.bars_against(basis.case, person.login))

    def bars_against(self, case: Case, login: str) -> list[Bar]:
        """Return the bars against one person in a case, living or not."""
        return [bar for bar in self.bars if bar.case is case and bar.login == login]

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

    # Who may do what.

    def verdict(self, login: str, case: Case, roles: Callable[[Person], bool], *capabilities: str) -> Verdict:
        """Say whether a person may act on a case at all: by role, and by a living grant that shows the shell."""
        sight, person = self.sight(login), PEOPLE[login]
        shown = sight.sees(Row("case_file", "shell", case, PEOPLE[case.referrer].agency))
        held = any(grant.basis.case is case and grant.capability in capabilities for grant in sight.grants)
        if not (shown and held and roles(person)):
            return Verdict.MUST_NOT
        return Verdict.MAY if case.touched_up else Verdict.MUST

    def may_be_told(self, case: Case, login: str) -> bool:
        """Whether the person may be given sight through the consent: their agency is named, and no bar is up."""
        held = PEOPLE[login].sits_at_tables and self.away.get(login) != "the post ends"
        allowed = held and not self.kept_out(case, login)
        return allowed and any(self.consent_bases(case, PEOPLE[login].agency))

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
        case = Case(f"case {len(self.cases) + 1}", login)
        self.cases.append(case)
        basis = self.give_basis(case, PEOPLE[login].agency, "own_record", EVERY_KIND)
        self.grant(basis, login, "referral", "refer", EVERY_KIND)
        case.rows["case_file", PEOPLE[login].agency] += 1
        return case

    def fills_in(self, case: Case, login: str) -> None:
        """The referrer writes down everything that a referral asks for."""
        for table, count in FILLED_IN.items():
            case.rows[table, PEOPLE[login].agency] = count

    def answers(self, case: Case, login: str, consent: Consent) -> None:
        """The client answers: what flowed from the earlier answer ends, and each agency now named gets its basis."""
        agency = PEOPLE[login].agency
        self.end_consent(case)
        case.consents.append(consent)
        case.rows["consent", agency] += 1
        case.rows["consent_recipient", agency] += len(consent.named)
        for named in consent.named:
            basis = self.give_basis(case, named, "consent", OF_THE_WORK | {"consent"} | consent.kinds)
            if named == agency:
                self.grant(basis, login, "referral", "refer", basis.kinds)

    def end_consent(self, case: Case, agency: str | None = None) -> None:
        """What flows from consent ends, with the grants beneath it."""
        for basis in list(self.consent_bases(case, agency)):
            basis.over = True
        for grant in self.grants:
            if grant.basis.case is case and grant.basis.reason == "consent" and grant.basis.over:
                grant.over = True

    def asks(self, case: Case, login: str) -> None:
        """A colleague may write their agency's part, and sees the case meanwhile; once is enough."""
        if any(g.basis.case is case and g.login == login and g.capability == "contribute" for g in self._given()):
            return
        basis = next(self.consent_bases(case, PEOPLE[login].agency))
        self.grant(basis, login, "referral", "contribute", EVERY_KIND - {"consent"})

    def _given(self) -> Iterator[Grant]:
        return (grant for grant in self.grants if not grant.over)

    def writes_part(self, case: Case, login: str) -> None:
        """An agency has one part, its own record."""
        case.rows["case_part", PEOPLE[login].agency] = 1

    def submits(self, case: Case) -> None:
        """The team's coordinators get the case: a shell for their task, the rest by consent."""
        case.stage = "submitted"
        shell = self.give_basis(case, CONVENER, "coordination", COORDINATORS_SHELL)
        shared = next(self.consent_bases(case, CONVENER))
        for login in COORDINATORS:
            self.grant(shell, login, "coordination", "coordinate", COORDINATORS_SHELL)
            self.grant(shared, login, "coordination", "coordinate", EVERY_KIND)

    def places(self, case: Case) -> None:
        """The case gets a place on an agenda."""
        case.stage = "on_agenda"
        case.rows["agenda_item", CONVENER] += 1

    def seats(self, case: Case, login: str) -> None:
        """A seat shows what the consent names, but not how consent was asked nor how the client is reached."""
        case.seats[login] = True
        case.rows["seat", CONVENER] += 1
        basis = next(self.consent_bases(case, PEOPLE[login].agency))
        self.grant(basis, login, "seat", "read", basis.kinds - {"consent", "contact"})

    def enters(self, case: Case, login: str) -> None:
        """Somebody is in the room."""
        if login not in case.inside:
            case.inside.add(login)
            case.rows["room_presence", PEOPLE[login].agency] += 1

    def minutes(self, case: Case) -> None:
        """What was agreed is written down by the convener."""
        case.stage = "in_follow_up"
        case.rows["minutes", CONVENER] += 1

    def assigns(self, case: Case, owner: str) -> None:
        """An action is its owner's agency's own record."""
        agency = PEOPLE[owner].agency
        case.rows["planned_action", agency] += 1
        basis = self.give_basis(case, agency, "own_record", frozenset({"action"}))
        self.grant(basis, owner, "action", "act", frozenset({"action"}))

    def withdraws(self, case: Case) -> None:
        """The gate shuts: agencies keep their own records, the coordinators a shell, and nobody anything else."""
        before = next(agency for (table, agency), count in case.rows.items() if table == "consent" and count)
        case.stage = "withdrawn"
        case.consents.append(Consent("withdrawn"))
        case.rows["consent", before] += 1
        self.end_consent(case)
        case.seats = dict.fromkeys(case.seats, False)

    def keeps_out(self, case: Case, login: str) -> None:
        """A bar beats everything from now on, and ends the person's seats."""
        self.bars.append(Bar(case=case, login=login))
        if login in case.seats:
            case.seats[login] = False
