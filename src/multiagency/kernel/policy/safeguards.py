"""Conflicts of interest, protected addresses, emergencies, handing over."""

from multiagency.kernel.access import Act, Operation, Purpose, Rule
from multiagency.kernel.policy.groups import (
    ANY,
    AUDITOR,
    CASE_WORKERS,
    COORDINATE,
    COORDINATOR,
    REFER,
    REFERRERS,
    STEER,
    SUPERVISOR,
    TABLE,
    WORKER,
)

RULES = {
    Act.DECLARE_CONFLICT: Rule(Purpose.CASE_WORK, TABLE, ANY),
    Act.PROTECT_ADDRESS: Rule(Purpose.CASE_WORK, REFERRERS, REFER, gives=Operation.DISCLOSURE),
    Act.BREAK_GLASS: Rule(Purpose.EMERGENCY, CASE_WORKERS),
    Act.SEE_OPENINGS: Rule(Purpose.OVERSIGHT, COORDINATOR | AUDITOR | SUPERVISOR),
    Act.REVIEW_OPENING: Rule(Purpose.OVERSIGHT, COORDINATOR, COORDINATE),
    Act.REFER_OPENING: Rule(Purpose.OVERSIGHT, WORKER),
    Act.REASSIGN_CASE: Rule(Purpose.CASE_WORK, REFERRERS | COORDINATOR, STEER, writes=Operation.TRANSFER),
    Act.REMIND_OF_EXPIRY: Rule(Purpose.CASE_WORK, WORKER),
    Act.SEE_SUPERVISION: Rule(Purpose.CASE_WORK, SUPERVISOR | COORDINATOR),
    Act.HAND_WORK_ON: Rule(Purpose.CASE_WORK, SUPERVISOR | COORDINATOR, writes=Operation.TRANSFER),
    Act.NAME_DEPUTY: Rule(Purpose.CASE_WORK, SUPERVISOR | COORDINATOR),
    Act.END_DEPUTY: Rule(Purpose.CASE_WORK, SUPERVISOR | TABLE),
    Act.TELL_OF_DEPARTURES: Rule(Purpose.CASE_WORK, WORKER),
}
