"""Whether a title names somebody of the case: an action stays with its owner when everything else has ended."""

from multiagency.cases.desk import Desk
from multiagency.cases.reading import names_of_people
from multiagency.kernel.naming import is_named, parts_of


async def names_in(desk: Desk, title: str) -> bool:
    """Tell whether the title has a part of a name of the client or a party, also in an inflected form."""
    return is_named(parts_of(await names_of_people(desk)), title)
