"""The same people again, and whose case it is."""

from multiagency.kernel.access import Act, Operation, Purpose, Rule
from multiagency.kernel.policy.groups import COORDINATE, COORDINATOR, TABLE

RULES = {
    Act.SEE_MATCHES: Rule(Purpose.COORDINATION, COORDINATOR, COORDINATE, reads=Operation.COMBINATION),
    Act.SEARCH_CASES: Rule(Purpose.CASE_WORK, TABLE),
}
