"""Finding a person in the log without their name in it: what is typed becomes keyed hashes, the answer is ids."""

from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, Uuid, func, literal, select

from multiagency.kernel.access import Kind
from multiagency.kernel.errors import Invalid
from multiagency.kernel.journal import Mode
from multiagency.kernel.lookup import Looked
from multiagency.kernel.work import Work
from multiagency.matching.reading_keys import keys_of
from multiagency.oversight.filters import SUBJECTS
from multiagency.oversight.forms import SubjectForm
from multiagency.pathways.reading_ages import question_of_code

_SOUGHT = frozenset({Looked.IDENTITY_CODE, Looked.NAME, Looked.SIMILAR_NAME})


async def subjects(work: Work, form: SubjectForm) -> list[UUID]:
    """Return the ids under which the log knows whoever has this code, or else this name; none when nobody has.

    Every search is logged with what it found, also when that is nothing: whether somebody is known here is a secret.
    Raises `Invalid` when nothing is typed, for an age that nobody confirmed (a wrong century sign finds nobody), and
    when so many have the name that only a code would do.
    """
    if not form.identity_code and not form.name:
        raise Invalid.of("identity_code", "log.seek.nothing_typed")
    question = await question_of_code(work, form.identity_code)
    if question and not form.age_confirmed:
        raise Invalid(question)
    wanted = literal(_hashes(work, form), ARRAY(LargeBinary))
    known = func.logged_subjects(wanted, type_=Uuid).column_valued("known")
    found = list(await work.session.scalars(select(known).order_by(known).limit(SUBJECTS + 1)))
    work.record(Mode.READ, {Kind.IDENTITY}, subjects=found, result=f"sought:{len(found)}")
    if len(found) > SUBJECTS:
        raise Invalid.of("name", "log.seek.too_many")
    return found


def _hashes(work: Work, form: SubjectForm) -> list[bytes]:
    """Return the hashes of the code, or else of the name as it is written and as it could be; none of a placeholder."""
    names = [] if form.identity_code else [form.name]
    keys = keys_of(work.tools.lookup, names, [], form.identity_code)
    return [hashed for what, hashed in keys if what in _SOUGHT]
