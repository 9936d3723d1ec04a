"""The desk: one case laid open to one actor. Finding it is the guard; it returns the loaded case or refuses."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, Select, and_, bindparam, func, literal_column, or_, select

from multiagency.cases.models import AccessGrant, Case, LawfulBasis
from multiagency.cases.service_coordination import take_up
from multiagency.kernel.access import Act, Capability, Kind
from multiagency.kernel.actor import Role
from multiagency.kernel.clock import now
from multiagency.kernel.database import holds_at
from multiagency.kernel.errors import Forbidden, NotVisible
from multiagency.kernel.ids import as_reference
from multiagency.kernel.journal import Mode
from multiagency.kernel.policy import RULES
from multiagency.kernel.portions import Portion, portion
from multiagency.kernel.waiting import ME, NOW
from multiagency.kernel.work import Work
from multiagency.pathways.definition import OVER, Pathway, StageKind, definition
from multiagency.pathways.service import parameter_of_day


@dataclass(frozen=True, slots=True)
class Desk:
    """A case in sight: what the actor's live grants allow there, and which kinds of data they show."""

    work: Work
    case: Case
    capabilities: frozenset[Capability]
    kinds: frozenset[Kind]
    lasting: frozenset[Capability]
    """What the actor holds in their own place, and not as somebody's deputy."""

    @property
    def model(self) -> Pathway:
        """The version of the model of work that the case keeps."""
        return definition(self.case.pathway, self.case.pathway_version)

    @property
    def is_over(self) -> bool:
        """Whether the case has ended."""
        return self.case.stage_kind in OVER

    def stands(self, *kinds: StageKind) -> bool:
        """Tell whether the case is in a stage of one of these kinds."""
        return self.case.stage_kind in kinds

    async def number(self, name: str) -> int:
        """Return a parameter of the team as it held when the case, or its present round, was opened."""
        case = self.case
        since = case.round_began_at or case.opened_at
        return await parameter_of_day(self.work, (case.pathway, case.pathway_version), name, case.team_id, since)

    def may(self, act: Act) -> bool:
        """Tell whether the actor may do this act on this case; pages ask before they offer it."""
        rule = RULES[act]
        return rule.role_may(self.work.actor.role) and bool(self.capabilities & rule.capabilities)

    def wrote(self, *kinds: Kind, subjects: Iterable[UUID] = (), **about: Any) -> None:
        """Log that these kinds of data were changed."""
        self._record(Mode.WRITE, kinds, subjects, **about)

    def disclosed(self, *kinds: Kind, subjects: Iterable[UUID] = (), **about: Any) -> None:
        """Log that these kinds of one's own agency's data were given to somebody (703/2023 section 10)."""
        self._record(Mode.DISCLOSE, kinds, subjects, **{"controller_id": self.work.actor.agency_id, **about})

    def _record(self, mode: Mode, kinds: Iterable[Kind], subjects: Iterable[UUID], **about: Any) -> None:
        self.work.record(
            mode,
            {Kind.SHELL, *kinds},
            subjects=list(subjects) or [self.case.id],
            case_id=self.case.id,
            case_reference=self.case.reference,
            **about,
        )


_BY_COORDINATION = frozenset({Kind.SHELL, Kind.MEETING})
"""What a coordinator sees without anybody's consent: perhaps there is one by now."""


async def open_desk(work: Work, reference: str, act: Act) -> Desk:
    """Return the case with this reference, guarded for `act`.

    A coordinator takes up a case of their team that they do not hold yet. Raises `NotVisible` without a live grant
    (same work and answer as for a reference that does not exist), and `Forbidden` when a grant is there but none of its
    capabilities, nor the role, is enough.
    """
    wanted = as_reference(reference)
    desks = await _find(work, _BY_REFERENCE, wanted)
    if (not desks or _wants_more(desks[0], act)) and await take_up(work, wanted):
        desks = await _find(work, _BY_REFERENCE, wanted)
    return _guarded(desks, 1, act)[0]


async def open_desks(work: Work, references: Sequence[str], act: Act) -> list[Desk]:
    """Return several cases in this order, each once, in as many statements as one. Raises as `open_desk` does."""
    wanted = list(dict.fromkeys(map(as_reference, references)))
    desks = await _find(work, _BY_REFERENCES, wanted)
    if (len(desks) < len(wanted) or any(_wants_more(desk, act) for desk in desks)) and await take_up(work):
        desks = await _find(work, _BY_REFERENCES, wanted)
    return sorted(_guarded(desks, len(wanted), act), key=lambda desk: wanted.index(desk.case.reference))


def _wants_more(desk: Desk, act: Act) -> bool:
    return not desk.may(act) or desk.kinds <= _BY_COORDINATION


def _guarded(desks: list[Desk], number: int, act: Act) -> list[Desk]:
    if len(desks) < number:
        raise NotVisible
    if not all(desk.may(act) for desk in desks):
        raise Forbidden
    return desks


async def desk_for(work: Work, case: Case) -> Desk:
    """Lay a visible case open without asking for an act."""
    found = await _find(work, _BY_ID, case.id)
    return found[0] if found else _lay_open(work, case, [])


_BY_TEAM = AccessGrant.occasion_id.in_(select(func.coordinated_teams()))
_GRANT_LIVES = (
    AccessGrant.post_id == ME,
    AccessGrant.ended_at.is_(None),
    holds_at(AccessGrant, NOW),
    or_(AccessGrant.capability != Capability.COORDINATE, _BY_TEAM),
)
_BASIS_LIVES = (LawfulBasis.ended_at.is_(None), holds_at(LawfulBasis, NOW))
_LAID_OPEN = (
    select(Case, AccessGrant, LawfulBasis)
    .outerjoin(AccessGrant, and_(AccessGrant.case_id == Case.id, *_GRANT_LIVES))
    .outerjoin(LawfulBasis, and_(LawfulBasis.id == AccessGrant.basis_id, *_BASIS_LIVES))
)
"""Cases with the actor's live grants there and their bases. Made once: to make it costs more than to ask it."""
_BY_REFERENCE = _LAID_OPEN.where(Case.reference == bindparam("wanted"))
_BY_REFERENCES = _LAID_OPEN.where(Case.reference.in_(bindparam("wanted", expanding=True)))
_BY_ID = _LAID_OPEN.where(Case.id == bindparam("wanted"))
_LIVE_GRANTS = (
    select(AccessGrant, LawfulBasis)
    .join(LawfulBasis, LawfulBasis.id == AccessGrant.basis_id)
    .where(*_GRANT_LIVES, *_BASIS_LIVES)
)
"""The actor's own live grants with their bases; the net below is row security, which asks the same again."""
_REASONS = (
    _LIVE_GRANTS.with_only_columns(AccessGrant.case_id, LawfulBasis.reason)
    .distinct()
    .where(AccessGrant.case_id.in_(bindparam("cases", expanding=True)))
)


def seen_on(row: Any) -> ScalarSelect[str]:
    """Return on which bases the actor sees the case of a row of what waits (`kernel/waiting.py`)."""
    reasons = func.string_agg(LawfulBasis.reason.distinct(), literal_column("','"))
    return _LIVE_GRANTS.with_only_columns(reasons).where(AccessGrant.case_id == row.case_id).scalar_subquery()


def acting(kind: Kind, *capabilities: Capability) -> Select[UUID]:
    """Return the cases of which the actor sees this kind and may do one of these, as the database says."""
    return select(func.acting_cases(literal_column(f"'{kind}'"), literal_column(f"'{{{','.join(capabilities)}}}'")))


def _mine(work: Work) -> dict[str, Any]:
    """Return the values of whose live grants are asked for, and when."""
    return {ME.key: work.actor.post_id, NOW.key: now()}


async def _find(work: Work, query: Select[Case, AccessGrant, LawfulBasis], wanted: object) -> list[Desk]:
    """Return cases with the actor's live grants there and their bases, in one statement."""
    held: dict[Case, list[tuple[AccessGrant, LawfulBasis]]] = {}
    for case, grant, basis in await work.session.execute(query, _mine(work) | {"wanted": wanted}):
        held.setdefault(case, []).extend([(grant, basis)] if basis else [])
    return [_lay_open(work, case, grants) for case, grants in held.items()]


def _lay_open(work: Work, case: Case, held: list[tuple[AccessGrant, LawfulBasis]]) -> Desk:
    work.rests_on(case.id, ",".join(sorted({basis.reason for _, basis in held})))
    return Desk(
        work=work,
        case=case,
        capabilities=frozenset(Capability(grant.capability) for grant, _ in held),
        lasting=frozenset(Capability(grant.capability) for grant, _ in held if grant.deputy_id is None),
        kinds=frozenset(Kind(kind) for grant, basis in held for kind in set(grant.kinds) & set(basis.kinds)),
    )


def shut_desk(work: Work, **case: Any) -> Desk:
    """Return a desk for the worker, who sees no case: its columns as a function of the database told them."""
    nothing = frozenset[Any]()
    return Desk(work, Case(**case), nothing, nothing, nothing)


async def cases_in_sight(work: Work, start: int = 0) -> Portion[Case]:
    """Return the cases the actor holds a live grant on, newest first; starts from grants and joins out.

    A coordinator takes up first what their teams coordinate, and what waits for them stands first.
    """
    await take_up(work)
    mine = _LIVE_GRANTS.with_only_columns(AccessGrant.case_id)
    order = [Case.opened_at.desc(), Case.id]
    if work.actor.role is Role.COORDINATOR:
        order.insert(0, Case.stage_kind != StageKind.OPEN)
    found = await portion(work, select(Case).where(Case.id.in_(mine)).order_by(*order), start, values=_mine(work))
    cases = [row[0] for row in found.rows]
    await rest_on_grants(work, cases)
    return found.of(cases)


async def newest_of_own(work: Work) -> Case | None:
    """Return the case that the actor opened last, as far as they still see it."""
    own = select(Case).where(Case.opened_by_id == work.actor.post_id).order_by(Case.opened_at.desc())
    found = await work.session.scalar(own.limit(1))
    await rest_on_grants(work, [found] if found else [])
    return found


async def rest_on_grants(work: Work, cases: Sequence[Case]) -> None:
    """Say for each case of a list on which bases the actor holds it: its entries in the log rest on them."""
    held: dict[UUID, set[str]] = {}
    about = _mine(work) | {"cases": [case.id for case in cases]}
    for case_id, reason in await work.session.execute(_REASONS, about):
        held.setdefault(case_id, set()).add(reason)
    for case in cases:
        work.rests_on(case.id, ",".join(sorted(held.get(case.id, ()))))
