"""The directory: agencies, posts and teams, as any signed-in person may see them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Select, and_, select

from multiagency.kernel.actor import Role
from multiagency.kernel.clock import now
from multiagency.kernel.database import holds_at
from multiagency.kernel.errors import Invalid
from multiagency.kernel.languages import Language
from multiagency.kernel.work import Work
from multiagency.people.models import Agency, Person, Post, Team, TeamMember
from multiagency.web.texts import TEXTS

_RowT = TypeVar("_RowT")

_AT_THE_TABLE = frozenset({Role.OFFICER, Role.SOCIAL_WORKER, Role.REPRESENTATIVE, Role.COORDINATOR})
TO_BE_BARRED = _AT_THE_TABLE | {Role.AUDITOR, Role.INTAKE, Role.SUPERVISOR}
"""Whom a bar may name: also who sits at no table, and reads the log of a case, what is disclosed about it, or its list.
"""


@dataclass(frozen=True, slots=True)
class Colleague:
    """A post with the names needed to choose the right person: namesakes differ by title and agency."""

    post: Post
    person: Person
    agency: Agency

    @property
    def label(self) -> str:
        """Name and title, as shown where somebody has acted."""
        return f"{self.person.name}, {self.post.title}"

    def called(self, language: Language) -> str:
        """Return name, title and office, as shown where somebody is chosen."""
        return f"{self.person.name}, {titled(self.post, language)}"


def titled(post: Post, language: str) -> str:
    """Return the title of a post, with its office behind unless the title says it itself."""
    office = TEXTS.say(Language(language), f"office.{post.office}") if post.office else ""
    return post.title if office.casefold() in post.title.casefold() else f"{post.title} ({office})"


async def agencies(work: Work) -> Sequence[Agency]:
    """Return all agencies by Finnish name."""
    return await work.reference(_agencies)


async def _agencies(work: Work) -> Sequence[Agency]:
    return await _of_no_session(work, select(Agency).order_by(Agency.name_fi))


async def _of_no_session(work: Work, query: Select[_RowT]) -> Sequence[_RowT]:
    """Return rows that serve the whole process."""
    found = (await work.session.scalars(query)).all()
    for row in found:
        work.session.expunge(row)
    return found


async def known_agencies(work: Work, ids: Collection[UUID], field: str) -> list[Agency]:
    """Return the agencies with these ids. Raises `Invalid` naming `field` when one is unknown."""
    wanted = set(ids)
    found = [agency for agency in await agencies(work) if agency.id in wanted]
    if len(found) != len(wanted):
        raise Invalid.of(field, "error.unknown_agency")
    return found


async def teams(work: Work) -> Sequence[Team]:
    """Return all teams in the order in which they were added."""
    return await work.reference(_teams)


async def _teams(work: Work) -> Sequence[Team]:
    return await _of_no_session(work, select(Team).order_by(Team.id))


async def team_with(work: Work, team_id: UUID) -> Team:
    """Return a team that is there."""
    return next(team for team in await teams(work) if team.id == team_id)


async def known_team(work: Work, team_id: UUID, field: str) -> Team:
    """Return a team. Raises `Invalid` naming `field` when it is unknown."""
    team = next((team for team in await teams(work) if team.id == team_id), None)
    if team is None:
        raise Invalid.of(field, "error.unknown_team")
    return team


async def colleagues(
    work: Work, agency_ids: Collection[UUID] | None = None, roles: Collection[Role] = _AT_THE_TABLE
) -> list[Colleague]:
    """Return the posts that may sit at a table, or have these roles, by agency and name; of these agencies if given."""
    query = at_the_table(roles)
    if agency_ids is not None:
        query = query.where(Agency.id.in_(agency_ids))
    return [Colleague(*row) for row in await work.session.execute(query)]


def at_the_table(roles: Collection[Role] = _AT_THE_TABLE) -> Select[Post, Person, Agency]:
    """Return the query for the posts that may sit at a table now, or have these roles, by agency and name."""
    return (
        select(Post, Person, Agency)
        .join(Person, Person.id == Post.person_id)
        .join(Agency, Agency.id == Post.agency_id)
        .where(Post.role.in_(roles), holds_at(Post, now()))
        .order_by(Agency.name_fi, Person.name)
    )


def choices(language: Language, colleagues: Iterable[Colleague]) -> list[tuple[str, str]]:
    """Return posts as choices in a form: name, title, office and agency, because namesakes exist."""
    return [(str(who.post.id), f"{who.called(language)} – {who.agency.name(language)}") for who in colleagues]


async def known_colleague(work: Work, post_id: UUID, field: str, roles: Collection[Role] = _AT_THE_TABLE) -> Colleague:
    """Return one such post. Raises `Invalid` naming `field` when it is unknown or over."""
    row = (await work.session.execute(at_the_table(roles).where(Post.id == post_id))).first()
    if row is None:
        raise Invalid.of(field, "error.unknown_post")
    return Colleague(*row)


async def known_colleagues(work: Work, post_ids: Sequence[UUID], field: str) -> list[Colleague]:
    """Return several, in this order, each once. Raises `Invalid` naming `field` when one is unknown or over."""
    wanted = dict.fromkeys(post_ids)
    rows = await work.session.execute(at_the_table().where(Post.id.in_(wanted)))
    found = {row[0].id: Colleague(*row) for row in rows}
    if found.keys() != wanted.keys():
        raise Invalid.of(field, "error.unknown_post")
    return [found[post_id] for post_id in wanted]


async def coordinators_of(work: Work, team_id: UUID) -> Sequence[Post]:
    """Return the posts that coordinate a team now: none of them over, nor of another agency than the convening one."""

    async def ask() -> Sequence[Post]:
        theirs = coordinators_in_team(team_id)
        return (await work.session.scalars(select(Post).where(Post.id.in_(theirs)).order_by(Post.id))).all()

    return await work.memory.directory((coordinators_of, team_id), ask)


def coordinators_in_team(team_id: UUID) -> Select[UUID]:
    """Return the query for the posts that coordinate a team now."""
    return coordinating(now()).where(TeamMember.team_id == team_id).with_only_columns(TeamMember.post_id)


def coordinators_in(teams: Select[UUID]) -> Select[UUID]:
    """Return the query for the posts that coordinate some of these teams now."""
    return coordinating(now()).where(TeamMember.team_id.in_(teams)).with_only_columns(TeamMember.post_id)


def coordinating(moment: datetime) -> Select[UUID, UUID]:
    """Return the query for who coordinates which team at a moment: team and post."""
    return (
        select(TeamMember.team_id, TeamMember.post_id)
        .join(Team, Team.id == TeamMember.team_id)
        .join(Post, and_(Post.id == TeamMember.post_id, Post.agency_id == Team.convener_id))
        .where(Post.role == Role.COORDINATOR, holds_at(TeamMember, moment), holds_at(Post, moment))
    )


async def posts_in_role(work: Work, role: Role) -> Sequence[Post]:
    """Return the posts that are held in this role now."""
    query = select(Post).where(Post.role == role, holds_at(Post, now()))
    return (await work.session.scalars(query.order_by(Post.id))).all()
