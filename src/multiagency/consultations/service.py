"""Asking a team about a situation without saying whose it is: asked, answered, asked on, ended. Nothing names anybody.

It becomes a case or ends within the days of the team's parameter; then its words are gone, and a count is left.
"""

from datetime import timedelta

from sqlalchemy import func, select

from multiagency.consultations.forms import QuestionForm, WordsForm
from multiagency.consultations.forms_identity import CODES, what_tells
from multiagency.consultations.models import Consultation, ConsultationWords
from multiagency.consultations.reading import DAYS, like_names, own_question, own_words, teams_to_ask
from multiagency.kernel.clock import now, today
from multiagency.kernel.errors import FieldError, Invalid
from multiagency.kernel.ids import reference, uuid7
from multiagency.kernel.inputs import LONG
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.pathways.service import parameter
from multiagency.people import reading as people
from multiagency.people.models import Post
from multiagency.people.service_notices import settle, tell

ASKED, ANSWERED = "asked", "answered"


async def ask(work: Work, form: QuestionForm) -> Consultation:
    """Ask a team; who coordinates it is told.

    Raises `Invalid` for a team that is not asked, and as `nobody_is_named`.
    """
    team = next((team for team in await teams_to_ask(work) if team.id == form.team), None)
    if team is None:
        raise Invalid.of("team", "error.unknown_team")
    await nobody_is_named(work, form)
    days = await parameter(work, team.pathway, DAYS, team.id)
    row = Consultation(
        id=uuid7(),
        reference=reference(),
        team_id=team.id,
        month=today().replace(day=1),
        ends_on=today() + timedelta(days=days),
        asker_id=work.actor.post_id,
        state=ASKED,
        changed_at=now(),
    )
    work.session.add(row)
    await work.session.flush()
    await _say(work, row, form.text, ASKED)
    return row


async def ask_on(work: Work, row: Consultation, form: WordsForm) -> None:
    """Ask on. Raises `Invalid` as `nobody_is_named`, and where all together is longer than a case's part may be."""
    await nobody_is_named(work, form)
    if len(joined([*await own_words(work, row), form.text])) > LONG:
        raise Invalid.of("text", "consultation.too_long")
    await settle(work, place_of(row), "consultation_answered", alone=True)
    await _say(work, row, form.text, ASKED)


async def answer(work: Work, row: Consultation, form: WordsForm) -> None:
    """Answer for the team; the asker is told, and the others who coordinate need not any more.

    Raises `Invalid` for identity codes and names. Numbers and addresses in an answer are those of services: the team
    has been told nobody's.
    """
    await nobody_is_named(work, form, CODES)
    await settle(work, place_of(row), "consultation_asked")
    await _say(work, row, form.text, ANSWERED)


async def end(work: Work, row: Consultation, how: str = "ended") -> bool:
    """End a question: its words are deleted, who asked is forgotten, it is counted. False if it has ended already."""
    work.record(Mode.WRITE)
    await work.session.flush()
    ended: bool | None = await work.session.scalar(select(func.end_consultation(row.id, how)))
    return bool(ended)


async def end_own(work: Work, wanted: str, how: str = "ended") -> None:
    """End a question of the actor's own. Raises `NotVisible` for any other."""
    row = await own_question(work, wanted)
    await settle(work, place_of(row), "consultation_answered", alone=True)
    await end(work, row, how)


async def nobody_is_named(work: Work, form: WordsForm, patterns: tuple[str, ...] | None = None) -> None:
    """Raise `Invalid` with what in the text says who somebody is, and for words like names not declared harmless."""
    told = what_tells(form.text, patterns) if patterns else what_tells(form.text)
    wrong = [FieldError("text", f"consultation.tells.{what}") for what in told]
    if names := await like_names(work, form.text, form.harmless):
        wrong.append(FieldError("harmless", "consultation.tells.names", {"words": ", ".join(names)}))
    if wrong:
        raise Invalid(*wrong)


def joined(texts: list[str]) -> str:
    """Return what was asked bit by bit as one text."""
    return "\n\n".join(texts)


def place_of(row: Consultation) -> str:
    """Return the page of a question."""
    return f"/consultations/{row.reference}"


async def _say(work: Work, row: Consultation, text: str, state: str) -> None:
    """Add what is said and whose turn it is; two at once, or one who ends it meanwhile, collide on the row."""
    team = await people.team_with(work, row.team_id)
    words = ConsultationWords(id=uuid7(), consultation_id=row.id, author_id=work.actor.post_id, said_at=now())
    key = await work.vault.key_for(None, team.convener_id, f"consultation-{row.id}")
    words.said = key.seal_bytes("consultation_words.said", words.id, text.encode())
    row.state, row.changed_at = state, now()
    work.session.add(words)
    await work.session.flush()
    work.record(Mode.WRITE)
    if state == ASKED:
        await tell(work, await people.coordinators_of(work, team.id), "consultation_asked", place_of(row))
    else:
        asker = await work.session.get_one(Post, row.asker_id)
        await tell(work, [asker], "consultation_answered", place_of(row))
