"""Minutes in the model: whose part may be written at a table, and which agencies receive what is approved there."""

from tests.properties.facts import CONVENER, PEOPLE, Case
from tests.properties.model import Model


def at_the_table(model: Model, case: Case) -> list[str]:
    """Return the agencies that sit there and may be given something."""
    seated = {PEOPLE[login].agency for login, lives in case.seats.items() if lives}
    return sorted(agency for agency in seated if model.offered_basis(case, agency))


def drafts(model: Model, case: Case, parts: list[str]) -> None:
    """What was agreed is written down by the convener, and what each agency alone may record, in its own record."""
    case.rows["minutes", CONVENER] += 1
    for agency in parts:
        case.rows["minutes_part", agency] += 1


def approves(model: Model, case: Case) -> None:
    """What was written down holds, goes to the agencies there and to whoever opened the case, which is followed up."""
    there = {*at_the_table(model, case), PEOPLE[case.opener].agency}
    given = {agency for agency in there if model.offered_basis(case, agency)}
    case.received[case.tables[-1].number] = given
    case.rows["minutes_recipient", CONVENER] += len(given)
    case.stage = "in_follow_up"
