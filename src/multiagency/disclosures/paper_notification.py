"""A child-welfare notification by somebody who has no case here: printed, delivered by hand, and not kept.

The duty of 417/2007 section 25 (fact F39) is personal and stays when a seat has ended or there never was one. Every
record here belongs to a case, so nothing could keep it (docs/decisions/0021-notification-without-a-case.md).
"""

from fastapi import Response

from multiagency.disclosures.forms import PaperNotificationForm
from multiagency.disclosures.paper_disclosure import Written, document
from multiagency.disclosures.service_child_welfare import GROUND
from multiagency.disclosures.service_grounds import known_ground
from multiagency.kernel.clock import now, to_helsinki
from multiagency.kernel.errors import Invalid
from multiagency.kernel.identity_code import looks_like_a_code
from multiagency.kernel.journal import Mode
from multiagency.kernel.languages import Language
from multiagency.kernel.work import Work
from multiagency.pathways.reading_ages import question_of_code
from multiagency.people import reading as people
from multiagency.web.texts import TEXTS, full_moment


async def notification_pdf(work: Work, form: PaperNotificationForm, language: Language) -> Response:
    """Return what is to be printed; the log keeps who wrote one and for whom.

    Raises `Invalid` without the ground, and for a child who is of age by their code until somebody confirms it.
    """
    await _ask_about_age(work, form)
    ground = await known_ground(work, GROUND, "recipient_name")
    (agency,) = await people.known_agencies(work, [work.actor.agency_id], "recipient_name")

    def say(key: str) -> str:
        return TEXTS.say(language, key)

    notifier = ", ".join(filter(None, (work.actor.name, work.actor.title, agency.name(language), form.phone)))
    facts = [
        (say("disclosure.to"), form.recipient_name),
        (say("child_welfare.paper.notifier"), notifier),
        (say("child_welfare.paper.made_at"), full_moment(language, to_helsinki(now()))),
        (say("disclosure.ground"), f"{ground.words(language)} ({ground.provision})"),
    ]
    told = {
        "child_welfare.paper.child": form.child,
        "child_welfare.paper.born": form.born,
        "child_welfare.paper.whereabouts": form.whereabouts,
    }
    lines = [(say(label), value or say("contact.not_told")) for label, value in told.items()]
    written = Written(say("child_welfare.title"), facts, say("disclosure.content"), lines, form.reason)
    paper = await document(agency, language, say("child_welfare.paper.filename"), written)
    work.record(Mode.DISCLOSE, recipient_name=form.recipient_name, basis=GROUND)
    return paper


async def _ask_about_age(work: Work, form: PaperNotificationForm) -> None:
    code = form.born if looks_like_a_code(form.born) else ""
    question = await question_of_code(work, code, child=True)
    if question and not form.age_confirmed:
        raise Invalid(question)
