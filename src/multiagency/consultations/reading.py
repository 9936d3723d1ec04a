"""Questions that name nobody, as whoever asked and whoever answers sees them."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from multiagency.consultations.forms_identity import knows, words_like_names
from multiagency.consultations.models import Consultation, ConsultationWords
from multiagency.kernel.errors import NotVisible
from multiagency.kernel.ids import as_reference
from multiagency.kernel.journal import Mode
from multiagency.kernel.portions import Portion, portion
from multiagency.kernel.work import Work
from multiagency.pathways.service import pathway
from multiagency.people import reading as people
from multiagency.people.models import Agency, Person, Post, Team
from multiagency.people.reading import Colleague

DAYS = "consultation_days"
"""The parameter that says for how long; a model of work without it is not asked about."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody said; `asked` tells that it was the one who asks."""

    who: Colleague
    asked: bool
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ConsultationView:
    """A question with its team, and whether it is the actor's own; `said` where it was opened."""

    row: Consultation
    team: Team
    own: bool
    said: Sequence[Remark] = ()


async def teams_to_ask(work: Work) -> list[Team]:
    """Return the teams whose model of work says for how long a question may stay open."""
    return [team for team in await people.teams(work) if DAYS in pathway(team.pathway).parameters]


async def listed(work: Work, start: int = 0) -> Portion[ConsultationView]:
    """Return the open questions in sight: one's own, or those to the teams that one coordinates; first to end first."""
    work.record(Mode.READ)
    query = select(Consultation).where(Consultation.ended_how.is_(None))
    found = await portion(work, query.order_by(Consultation.ends_on, Consultation.id), start)
    teams = {team.id: team for team in await people.teams(work)}
    me = work.actor.post_id
    return found.of([ConsultationView(row, teams[row.team_id], row.asker_id == me) for (row,) in found.rows])


async def known_question(work: Work, wanted: str) -> Consultation:
    """Return an open question in sight. Raises `NotVisible` for any other."""
    row = await work.session.scalar(select(Consultation).where(Consultation.reference == as_reference(wanted)))
    if row is None or row.ended_how is not None:
        raise NotVisible
    return row


async def own_question(work: Work, wanted: str) -> Consultation:
    """Return an open question of the actor's own. Raises `NotVisible` for any other."""
    row = await known_question(work, wanted)
    if row.asker_id != work.actor.post_id:
        raise NotVisible
    return row


async def opened(work: Work, row: Consultation) -> ConsultationView:
    """Return a question with all that was said, in its order."""
    work.record(Mode.READ)
    query = (
        select(ConsultationWords, Post, Person, Agency)
        .join(Post, Post.id == ConsultationWords.author_id)
        .join(Person, Person.id == Post.person_id)
        .join(Agency, Agency.id == Post.agency_id)
        .where(ConsultationWords.consultation_id == row.id)
        .order_by(ConsultationWords.said_at, ConsultationWords.id)
    )
    said = [
        Remark(Colleague(post, person, agency), post.id == row.asker_id, await open_words(work, words), words.said_at)
        for words, post, person, agency in await work.session.execute(query)
    ]
    team = await people.team_with(work, row.team_id)
    return ConsultationView(row, team, row.asker_id == work.actor.post_id, said)


async def open_words(work: Work, words: ConsultationWords) -> str:
    """Return what was said."""
    key = await work.vault.key_of(words.said)
    return key.open_bytes("consultation_words.said", words.id, words.said).decode()


async def own_words(work: Work, row: Consultation) -> list[str]:
    """Return all that the asker has said, in its order."""
    query = select(ConsultationWords).where(
        ConsultationWords.consultation_id == row.id, ConsultationWords.author_id == row.asker_id
    )
    found = await work.session.scalars(query.order_by(ConsultationWords.said_at, ConsultationWords.id))
    return [await open_words(work, words) for words in found]


async def like_names(work: Work, text: str, harmless: Collection[str] = ()) -> list[str]:
    """Return the words of a text that may be names: none of the directory's, nor of those declared `harmless`."""
    known, declared = await in_directory(work), {word.casefold() for word in harmless}
    return words_like_names(text, lambda word: word.casefold() in declared or known(word))


async def in_directory(work: Work) -> Callable[[str], bool]:
    """Return what tells whether a word belongs to the name of an agency, a municipality among them, or of a team."""
    agencies = [name for one in await people.agencies(work) for name in (one.name_fi, one.name_sv, one.name_en)]
    return knows([*agencies, *(team.name for team in await people.teams(work))])
