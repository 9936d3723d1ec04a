"""The plan."""

from multiagency.kernel.access import Act, Operation, Purpose, Rule
from multiagency.kernel.policy.groups import ANY, COORDINATE, COORDINATOR, REFERRERS, STEER, TABLE

RULES = {
    Act.ASSIGN_ACTION: Rule(Purpose.FOLLOW_UP, COORDINATOR, COORDINATE, gives=Operation.TRANSFER),
    Act.REVIEW_PLAN: Rule(Purpose.FOLLOW_UP, COORDINATOR, COORDINATE),
    Act.REPORT_ACTION: Rule(Purpose.FOLLOW_UP, TABLE),
    Act.READ_ATTENDANCE: Rule(Purpose.FOLLOW_UP, TABLE, ANY),
    Act.RECORD_ATTENDANCE: Rule(Purpose.FOLLOW_UP, REFERRERS | COORDINATOR, STEER),
}
