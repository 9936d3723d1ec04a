"""Finding a person in the log without their name in it: what is typed becomes keyed hashes, the answer is ids."""

from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy import ARRAY, LargeBinary, Uuid, func, literal, select

from multiagency.kernel.access import Act, Kind
from multiagency.kernel.errors import Invalid
from multiagency.kernel.journal import Mode
from multiagency.kernel.lookup import Looked
from multiagency.kernel.work import Work
from multiagency.oversight.filters import SUBJECTS
from multiagency.oversight.forms import SubjectForm
from multiagency.web.door import door
from multiagency.web.forms import take
from multiagency.web.pages import page, see

pages = APIRouter()
api = APIRouter()

Reading = Annotated[Work, door(Act.READ_LOG)]


async def subjects(work: Work, form: SubjectForm) -> list[UUID]:
    """Return the ids under which the log knows whoever has this code, or else this name; none when nobody has.

    Every search is logged with what it found, also when that is nothing: whether somebody is known here is a secret.
    Raises `Invalid` when nothing is typed, and when so many have the name that only a code would do.
    """
    if not form.identity_code and not form.name:
        raise Invalid.of("identity_code", "log.seek.nothing_typed")
    typed = (Looked.IDENTITY_CODE, form.identity_code) if form.identity_code else (Looked.NAME, form.name)
    wanted = literal([work.tools.lookup.hash(*typed)], ARRAY(LargeBinary))
    known = func.logged_subjects(wanted, type_=Uuid).column_valued("known")
    found = list(await work.session.scalars(select(known).order_by(known).limit(SUBJECTS + 1)))
    work.record(Mode.READ, {Kind.IDENTITY}, subjects=found, result=f"sought:{len(found)}")
    if len(found) > SUBJECTS:
        raise Invalid.of("name", "log.seek.too_many")
    return found


@api.post("/subjects")
async def post_subjects_json(work: Reading, form: SubjectForm) -> dict[str, Any]:
    """Return the ids under which the log knows a person, for the filter `subject`."""
    return {"subjects": await subjects(work, form)}


@pages.get("/audit/subjects")
async def get_subjects(request: Request, work: Reading) -> Response:
    """Ask whose entries are looked for."""
    return page(request, "audit_subjects.html", nobody=False)


@pages.post("/audit/subjects")
async def post_subjects(request: Request, work: Reading) -> Response:
    """Go on to the entries about that person; what was typed stays behind."""
    found: list[UUID] = []

    async def look(form: SubjectForm) -> None:
        found.extend(await subjects(work, form))

    filled, errors = await take(request, SubjectForm, look)
    if errors or not found:
        return page(
            request, "audit_subjects.html", 422 if errors else 200, errors=errors, filled=filled, nobody=not errors
        )
    return see("/audit?" + urlencode({"subject": [str(one) for one in found]}, doseq=True), None)
