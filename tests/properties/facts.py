"""The words in which the model thinks: people, agencies, cases, and the facts from which sight comes.

Plain Python that knows nothing of services or policies.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from uuid import UUID

SHAREABLE = frozenset({"identity", "contact", "party", "narrative", "risk"})
"""What a client may agree to share; every other kind comes with the work itself."""
OF_THE_WORK = frozenset({"shell", "meeting", "minutes", "action"})
EMERGENCY = frozenset({"shell", "identity", "contact", "party", "risk"})
"""What is shown in an emergency: who they are, how the client is reached, what is feared. No consent, no narrative."""
EVERY_KIND = SHAREABLE | OF_THE_WORK | {"attendance", "consent", "disclosure"}
COORDINATORS_SHELL = frozenset({"shell", "meeting"})
STEERING = frozenset({"refer", "coordinate"})

FILLED_IN = Counter(client=1, safe_contact=1, party=1, case_part=1, assessment=1, assessment_answer=24)
"""The rows of a referral that has been filled in, all in the record of the referrer's agency."""

HASHES_OF_ONE = 7
HASHES = 2 * HASHES_OF_ONE
"""How many look-up hashes that leaves: of two people an identity code, the name as it is written and without accents,
it with the birth date, each of its two parts with the birth date, and both parts."""


class Verdict(Enum):
    """What the model says of an act beforehand."""

    MUST = "must be accepted"
    MUST_NOT = "must be refused"
    MAY = "may be either"
    UNASKED = "is not tried"
    """Facts were dated by hand so that a door and row security differ, as no act makes them: nothing is proved then."""


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

    @property
    def can_be_barred(self) -> bool:
        """Whether a bar can name the person: who sits at tables, reads the log, or receives what is disclosed."""
        return self.sits_at_tables or self.role in {"auditor", "intake", "supervisor"}


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
        ("supervisor", "police", "supervisor"),
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
    received: bool = False
    """Whether it is for what was disclosed to the agency."""


@dataclass(eq=False, slots=True, kw_only=True)
class Deputy(Lasting):
    """One person who does what another has in hand while that one is away, from a day until another."""

    away: str
    stands_in: str


@dataclass(eq=False, slots=True, kw_only=True)
class Grant(Lasting):
    """Sight of a case for one person on one occasion; `deputy` says that they hold it in the place of another."""

    basis: Basis
    login: str
    occasion: str
    capability: str
    kinds: frozenset[str]
    deputy: Deputy | None = None


@dataclass(eq=False, slots=True, kw_only=True)
class Bar(Lasting):
    """One person, or everybody of an agency but those exempt, kept out of a case."""

    case: "Case"
    login: str | None = None
    agency: str | None = None
    exempt: set[str] = field(default_factory=set)

    def against(self, person: "Person") -> bool:
        """Whether the bar is about this person."""
        of_agency = self.agency == person.agency and person.login not in self.exempt
        return self.login == person.login or of_agency


@dataclass(frozen=True, slots=True)
class Consent:
    """One version of the client's answer: pairs of an agency and a kind that it may be given, and who is denied all."""

    state: str
    pairs: frozenset[tuple[str, str]] = frozenset()
    denied: frozenset[str] = frozenset()

    @classmethod
    def to_all(cls, named: frozenset[str], kinds: frozenset[str]) -> "Consent":
        """Return an answer that gives each of these agencies all of these kinds."""
        return cls("given", frozenset((agency, kind) for agency in named for kind in kinds))

    @classmethod
    def to_each(cls, given: Mapping[str, frozenset[str]]) -> "Consent":
        """Return an answer that gives each agency its own kinds; none are a no."""
        pairs = frozenset((agency, kind) for agency, kinds in given.items() for kind in kinds)
        return cls("given", pairs, frozenset(agency for agency, kinds in given.items() if not kinds))

    @property
    def named(self) -> frozenset[str]:
        """The agencies that are given anything."""
        return frozenset(agency for agency, _ in self.pairs)

    def kinds_for(self, agency: str) -> frozenset[str]:
        """Return what an agency is given."""
        return frozenset(kind for named, kind in self.pairs if named == agency)

    def chosen(self, agency: str | None, kind: str | None) -> frozenset[tuple[str, str]]:
        """Return the pairs of an agency, of a kind, or of both."""
        return frozenset(pair for pair in self.pairs if agency in {None, pair[0]} and kind in {None, pair[1]})


@dataclass(eq=False, slots=True)
class Table:
    """A case's place on one agenda: who was seated there and whether the seat lives, and who has been in the room."""

    came_from: str
    seats: dict[str, bool] = field(default_factory=dict)
    inside: set[str] = field(default_factory=set)
    given: list[Grant] = field(default_factory=list)
    """What the seats there gave."""
    ends: datetime | None = None
    """When the meeting is over."""
    number: int = 0
    """Which of the places that the case has had, from 1."""
    begun: bool = False
    asked: dict[str, str] = field(default_factory=dict)
    """Which agencies are asked what they know, and what each has answered last; empty where it has not."""

    def sits(self, login: str) -> bool:
        """Whether the person has a living seat."""
        return self.seats.get(login, False)


@dataclass(frozen=True, slots=True)
class Recorded:
    """Somebody else in a case: the id of the record, by how many hashes they are found, and who employs them."""

    id: str
    hashes: int
    employer: str | None = None


@dataclass(eq=False, slots=True)
class Action:
    """A task and who does it; `unconfirmed` says that they have not confirmed how it is recorded."""

    reference: str
    owner: str
    unconfirmed: bool = False


@dataclass(eq=False, slots=True)
class Case:
    """One matter. `touched_up` says that somebody has dated its facts by hand, as no act would."""

    name: str
    opener: str
    referrer: str
    """Who refers it now."""
    stage: str = "draft"
    sent_in: bool = False
    """Whether it has been submitted in this round, its risk assessment with it."""
    consents: list[Consent] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    """Where it stands on an agenda, the newest last: after its follow-up it may be taken to a meeting again."""
    asked: set[str] = field(default_factory=set)
    rows: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many rows of client data stand, by table and agency whose record they are."""
    told: dict[str, str] = field(default_factory=dict)
    """What each agency tells now."""
    protected: bool = False
    """Whether the client's address is protected."""
    cleared: set[str] = field(default_factory=set)
    """Who may see a protected address."""
    held: bool = False
    """Whether a legal hold keeps everything."""
    ended_long_ago: bool = False
    """Whether twelve years have passed since it ended."""
    touched_up: bool = False
    people: list[Recorded] = field(default_factory=list)
    """Who else is in it; whoever was recorded by mistake is not."""
    actions: list[Action] = field(default_factory=list)
    received: dict[int, set[str]] = field(default_factory=dict)
    """Which agencies received the minutes of which of its places on an agenda."""

    def __repr__(self) -> str:
        return self.name

    @property
    def seats(self) -> dict[str, bool]:
        """Who was seated at the newest table, and whether the seat is living."""
        return self.tables[-1].seats if self.tables else {}

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
    place: int | None = None
    """Of approved minutes: at which of the places on an agenda that their case has had."""
