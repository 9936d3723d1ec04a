"""Calling a meeting, taking part, minutes."""

from multiagency.kernel.access import Act, Operation, Purpose, Rule
from multiagency.kernel.policy.groups import COORDINATE, COORDINATOR, TABLE, WORKER

RULES = {
    Act.RUN_MEETING: Rule(Purpose.COORDINATION, COORDINATOR, COORDINATE, gives=Operation.DISCLOSURE),
    Act.END_SEATS: Rule(Purpose.COORDINATION, WORKER),
    Act.ANSWER_INVITATION: Rule(Purpose.PARTICIPATION, TABLE),
    Act.KEEP_FEED: Rule(Purpose.PARTICIPATION, TABLE),
    Act.FETCH_FEED: Rule(Purpose.PARTICIPATION, public=True),
    Act.JOIN_ROOM: Rule(Purpose.PARTICIPATION, TABLE),
    Act.RECORD_MINUTES: Rule(Purpose.COORDINATION, COORDINATOR, COORDINATE),
    Act.APPROVE_MINUTES: Rule(Purpose.COORDINATION, COORDINATOR, COORDINATE),
}
