"""The same people again."""

from multiagency.kernel.access import Act, Operation, Purpose, Rule
from multiagency.kernel.policy.groups import COORDINATE, COORDINATOR

RULES = {
    Act.SEE_MATCHES: Rule(Purpose.COORDINATION, COORDINATOR, COORDINATE, reads=Operation.COMBINATION),
}
