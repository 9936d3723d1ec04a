"""The end of a case, holds, rules of retention, and the keeper's work."""

from multiagency.kernel.access import Act, Operation, Purpose, Rule
from multiagency.kernel.policy.groups import (
    ADMINISTRATOR,
    AUDITOR,
    COORDINATE,
    COORDINATOR,
    EVERYBODY,
    KEEPER,
    REFERRERS,
    STEER,
)

RULES = {
    Act.CLOSE_CASE: Rule(Purpose.COORDINATION, COORDINATOR, COORDINATE),
    Act.END_CASE: Rule(Purpose.CASE_WORK, REFERRERS | COORDINATOR, STEER),
    Act.HOLD_CASE: Rule(Purpose.STORAGE, COORDINATOR, COORDINATE),
    Act.SEE_RETENTION: Rule(Purpose.DIRECTORY, EVERYBODY),
    Act.EDIT_RETENTION: Rule(Purpose.ADMINISTRATION, ADMINISTRATOR),
    Act.READ_DELETIONS: Rule(Purpose.STORAGE, AUDITOR | ADMINISTRATOR),
    Act.ROTATE_KEYS: Rule(Purpose.STORAGE, KEEPER),
    Act.DELETE_EXPIRED: Rule(Purpose.STORAGE, KEEPER, writes=Operation.ERASURE),
}
