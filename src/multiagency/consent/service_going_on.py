"""Going on in another model of work: a new case of the same person, into which nothing is typed twice.

What the actor's own agency recorded goes along, and of what others recorded no more than the consent of the case gives
that agency. The new case is the agency's own record, and knows nothing of the other unless the client wants that.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from multiagency.cases.desk import Desk
from multiagency.cases.forms import ClientForm, OpenCase, PartyForm, SafeContactForm
from multiagency.cases.models import AccessBar
from multiagency.cases.reading import CaseView, PartyView, read_case, read_own
from multiagency.cases.service import refer, save_safe_contact
from multiagency.cases.service_bars import keep_out
from multiagency.cases.service_grants import CONSENT, sharing_basis
from multiagency.cases.service_people import add_party, save_client
from multiagency.consent.forms_links import GoOnForm, LinkForm
from multiagency.consent.reading_deciding import client_age, required_givers
from multiagency.consent.service_links import join
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.clock import today
from multiagency.kernel.errors import FieldError, Invalid
from multiagency.kernel.policy import RULES
from multiagency.pathways.definition import Pathway
from multiagency.pathways.service import pathway
from multiagency.people import reading as people
from multiagency.people.models import Team
from multiagency.people.reading import Colleague
from multiagency.safeguards import service_protection as protection
from multiagency.safeguards.forms import HandOverForm, ProtectionForm
from multiagency.safeguards.service_handing_over import candidates, hand_over

_CARRIED = frozenset({Kind.IDENTITY, Kind.CONTACT, Kind.PARTY})


@dataclass(slots=True)
class Along:
    """What goes along into the new case, opened; `left` are kinds of which something in sight stays behind."""

    view: CaseView
    left: list[Kind] = field(default_factory=list)


async def teams_of_other_models(desk: Desk) -> list[Team]:
    """Return the teams of every other model in which the actor's agency may open a case, by name."""
    own = (await people.known_agencies(desk.work, [desk.work.actor.agency_id], "team"))[0]
    others = [team for team in await people.teams(desk.work) if team.pathway != desk.case.pathway]
    openers = {team.id: pathway(team.pathway).target.opened_by for team in others}
    return [team for team in others if not openers[team.id] or own.kind in openers[team.id]]


async def what_goes_along(desk: Desk, model: Pathway) -> Along:
    """Return what the new case begins with: of people besides the client, those whom its model knows."""
    given = await _given(desk)
    seen, own = await read_case(desk, _CARRIED), await read_own(desk, _CARRIED)
    roles = {party.role for party in model.parties}
    parties = seen.parties if Kind.PARTY in given else own.parties
    view = CaseView(
        client=seen.client if Kind.IDENTITY in given else own.client,
        contact=seen.contact if Kind.CONTACT in given else own.contact,
        parties=[party for party in parties if party.role in roles],
        protected=seen.protected,
    )
    left = {
        Kind.IDENTITY: view.client != seen.client,
        Kind.CONTACT: view.contact != seen.contact,
        Kind.PARTY: len(view.parties) < len(seen.parties),
    }
    return Along(view, [kind for kind, stays in left.items() if stays])


async def colleagues_who_open(desk: Desk) -> list[Colleague]:
    """Return who of one's own agency may open the new case in one's place; nobody for whoever opens it themself."""
    return [] if opens_cases(desk) else await candidates(desk, "referral")


async def _given(desk: Desk) -> frozenset[Kind]:
    """Return the kinds that the consent of the case gives the actor's agency; a ground or an emergency gives none."""
    basis = await sharing_basis(desk.work, desk.case, desk.work.actor.agency_id)
    return frozenset(map(Kind, basis.kinds)) if basis is not None and basis.reason == CONSENT else frozenset()


async def may_be_linked(desk: Desk, along: Along) -> bool:
    """Tell whether the two can be linked at once: an adult who decides, and who goes along.

    For whom somebody else decides, that is judged for each case by itself (703/2023 section 34), and asked afterwards.
    """
    alone = not desk.is_over and await required_givers(desk) == (desk.case.id,)
    return alone and along.view.client is not None and (await client_age(desk)).minor is False


def opens_cases(desk: Desk) -> bool:
    """Tell whether the actor opens cases in their own task; a coordinator leaves that to a colleague who does."""
    return RULES[Act.OPEN_CASE].role_may(desk.work.actor.role)


async def go_on(desk: Desk, form: GoOnForm) -> Desk:
    """Open a draft for a team of another model, with what goes along; linked where the client says yes.

    Raises `Invalid` as opening a case does, for a team of the same model, for a yes without its day and how it was
    said, or where the two cannot be linked at once, and without the colleague who opens it where one is needed.
    """
    team = await people.known_team(desk.work, form.team, "team")
    if team.pathway == desk.case.pathway:
        raise Invalid.of("team", "going_on.same_model")
    along = await what_goes_along(desk, pathway(team.pathway))
    answer = await _answer(desk, form, along)
    if not opens_cases(desk) and form.colleague is None:
        raise Invalid.of("colleague", "going_on.colleague_needed")
    new = await refer(desk.work, OpenCase.model_validate(form.model_dump(include=set(OpenCase.model_fields))))
    with _said_of("team"):
        await _carry(desk, new, along.view)
    desk.wrote()
    if answer is not None:
        await join(desk, new, answer)
    if form.colleague is not None:
        await _leave_to(new, form.colleague)
    return new


async def _leave_to(new: Desk, post_id: UUID) -> None:
    """Let a colleague refer the new case, who is told of it."""
    with _said_of("colleague"):
        await hand_over(new, HandOverForm(what="referral", post=post_id))


@contextmanager
def _said_of(field: str) -> Iterator[None]:
    """Say what is wrong of this field: nobody typed here what was recorded elsewhere."""
    try:
        yield
    except Invalid as error:
        raise Invalid(*(FieldError(field, one.key, one.values) for one in error.errors)) from error


async def _answer(desk: Desk, form: GoOnForm, along: Along) -> LinkForm | None:
    if form.answer != "yes":
        return None
    if not await may_be_linked(desk, along):
        raise Invalid.of("answer", "going_on.link_afterwards")
    if form.answered_on is None or form.how is None:
        wanting = {"answered_on": form.answered_on, "how": form.how}
        raise Invalid(*(FieldError(name, "error.missing") for name, value in wanting.items() if value is None))
    return LinkForm(reference="-", answer="yes", answered_on=form.answered_on, how=form.how)


async def _carry(desk: Desk, new: Desk, view: CaseView) -> None:
    """Record anew, each as its own page would: bars and the protection of an address before what they protect."""
    for person_id, reason in await _kept_out(desk):
        await keep_out(new, person_id, reason, desk.work.actor.post_id)
    if view.client is not None:
        await save_client(new, ClientForm.model_validate({**_given_texts(view.client), "age_confirmed": True}))
    if view.contact is not None:
        await _carry_protection(desk, new)
        await save_safe_contact(new, SafeContactForm.model_validate(_given_texts(view.contact)))
    for party in view.parties:
        await add_party(new, _party(party))


async def _kept_out(desk: Desk) -> list[tuple[UUID, str]]:
    """Return who is kept out of the case by name; agencies are found anew, by who works there."""
    named = select(AccessBar.person_id, AccessBar.reason).where(
        AccessBar.case_id == desk.case.id,
        AccessBar.person_id.is_not(None),
        AccessBar.person_id != desk.work.actor.person_id,
        AccessBar.valid_to.is_(None),
    )
    found = await desk.work.session.execute(named.distinct())
    return [(person_id, reason) for person_id, reason in found if person_id is not None]


def _given_texts(opened: dict[str, str] | dict[str, str | bool]) -> dict[str, object]:
    return {name: value for name, value in opened.items() if value != ""}


def _party(party: PartyView) -> PartyForm:
    texts = {name: getattr(party, name) for name in ("name", "identity_code", "birth_date", "relation")}
    about = {"role": party.role, "employer": party.employer_id, "age_confirmed": True}
    return PartyForm.model_validate(_given_texts(texts) | about)


async def _carry_protection(desk: Desk, new: Desk) -> None:
    living = (one for one in await protection.protections(desk) if one.ended_at is None and one.valid_until >= today())
    if order := next(living, None):
        days = {"granted_on": order.granted_on, "valid_until": order.valid_until}
        await protection.record(new, ProtectionForm(**days, covers_household=order.covers_household))
