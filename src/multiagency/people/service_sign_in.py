"""Signing in and out. Runs as the database role `signin`, the only one that may open a session."""

from datetime import timedelta

from sqlalchemy import Row, select, update

from multiagency.kernel.actor import Actor, Role
from multiagency.kernel.clock import now
from multiagency.kernel.database import holds_at
from multiagency.kernel.errors import NotSignedIn
from multiagency.kernel.ids import secret, secret_hash, uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.people.models import Agency, Credential, LiveSession, Person, Post
from multiagency.people.passwords import NOBODY, matches

_Found = Row[Credential, Post, Person, Agency]


async def sign_in(work: Work, login: str, password: str, kind: str, lifetime: timedelta) -> tuple[str, Actor] | None:
    """Open a session for an account of this kind; return its secret and the actor, or None when refused.

    A refusal is logged like a success, and commits: the caller answers afterwards.
    """
    row = await _find(work, login, kind)
    if not matches(password, row.Credential.password_hash if row else NOBODY) or row is None:
        work.record(Mode.DENY, result="401")
        return None
    token, moment = secret(), now()
    session = LiveSession(
        id=uuid7(),
        secret_hash=secret_hash(token),
        post_id=row.Post.id,
        created_at=moment,
        expires_at=moment + lifetime,
    )
    work.session.add(session)
    work.known = _actor(session, row)
    work.record(Mode.WRITE)
    return token, work.known


async def sign_out(work: Work) -> None:
    """End the present session; its secret opens nothing from the next statement on."""
    work.record(Mode.WRITE)
    work.closing.append(update(LiveSession).where(LiveSession.id == work.actor.session_id).values(ended_at=now()))


async def _find(work: Work, login: str, kind: str) -> _Found | None:
    moment = now()
    query = (
        select(Credential, Post, Person, Agency)
        .join(Post, Post.id == Credential.post_id)
        .join(Person, Person.id == Post.person_id)
        .join(Agency, Agency.id == Post.agency_id)
        .where(Credential.login == login, Credential.kind == kind)
        .where(holds_at(Post, moment))
    )
    return (await work.session.execute(query)).one_or_none()


def _actor(session: LiveSession, row: _Found) -> Actor:
    post = row.Post
    return Actor(
        session_id=session.id,
        post_id=post.id,
        person_id=post.person_id,
        agency_id=post.agency_id,
        role=Role(post.role),
        name=row.Person.name,
        title=post.title,
        agency_name=row.Agency.name_fi,
        language=post.language,
        until=session.expires_at,
    )


def refused() -> NotSignedIn:
    """Return the error for a login that was refused; it never says whether login or password was wrong."""
    return NotSignedIn("sign_in.refused")
