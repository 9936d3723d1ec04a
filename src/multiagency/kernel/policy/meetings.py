"""Calling a meeting, taking part, minutes."""

from multiagency.kernel.access import Act, Operation, Purpose, Rule
from multiagency.kernel.policy.groups import COORDINATE, COORDINATOR, REFERRERS, STEER, TABLE, WORKER

RULES = {
    Act.RUN_MEETING: Rule(Purpose.COORDINATION, COORDINATOR, COORDINATE, gives=Operation.DISCLOSURE),
    Act.CALL_URGENTLY: Rule(Purpose.COORDINATION, REFERRERS | COORDINATOR, STEER, gives=Operation.DISCLOSURE),
    Act.SEE_DUTY: Rule(Purpose.DIRECTORY, TABLE),
    Act.KEEP_DUTY: Rule(Purpose.ADMINISTRATION, COORDINATOR),
    Act.END_SEATS: Rule(Purpose.COORDINATION, WORKER),
    Act.ANSWER_INVITATION: Rule(Purpose.PARTICIPATION, TABLE),
    Act.ANSWER_RESEARCH: Rule(Purpose.PARTICIPATION, TABLE),
    Act.JOIN_ROOM: Rule(Purpose.PARTICIPATION, TABLE),
    Act.RECORD_MINUTES: Rule(Purpose.COORDINATION, COORDINATOR, COORDINATE),
    Act.APPROVE_MINUTES: Rule(Purpose.COORDINATION, COORDINATOR, COORDINATE),
}
