"""Opening a case, filling it in, handing it to the team, keeping somebody out."""

from multiagency.kernel.access import Act, Operation, Purpose, Rule
from multiagency.kernel.policy.groups import (
    ANY,
    CASE_WORKERS,
    COORDINATE,
    COORDINATOR,
    PART,
    REFER,
    REFERRERS,
    STEER,
    TABLE,
    VOICE,
    WORKER,
)

RULES = {
    Act.OPEN_CASE: Rule(Purpose.REFERRAL, REFERRERS, writes=Operation.COLLECTION),
    Act.LIST_CASES: Rule(Purpose.CASE_WORK, TABLE),
    Act.READ_CASE: Rule(Purpose.CASE_WORK, TABLE, ANY),
    Act.EDIT_CASE: Rule(Purpose.REFERRAL, REFERRERS, REFER),
    Act.WRITE_PART: Rule(Purpose.REFERRAL, CASE_WORKERS, PART),
    Act.ASK_FOR_PART: Rule(Purpose.REFERRAL, REFERRERS, REFER, gives=Operation.DISCLOSURE),
    Act.SUBMIT_CASE: Rule(Purpose.REFERRAL, REFERRERS, REFER, gives=Operation.DISCLOSURE),
    Act.TAKE_BACK_CASE: Rule(Purpose.REFERRAL, REFERRERS, REFER),
    Act.MOVE_CASE: Rule(Purpose.COORDINATION, COORDINATOR, COORDINATE),
    Act.BEGIN_AGAIN: Rule(Purpose.REFERRAL, REFERRERS, REFER),
    Act.TAKE_OVER_CASE: Rule(Purpose.COORDINATION, COORDINATOR, COORDINATE, writes=Operation.TRANSFER),
    Act.RECORD_FINDING: Rule(Purpose.CASE_WORK, REFERRERS | COORDINATOR, ANY),
    Act.OPEN_REVIEW: Rule(Purpose.REFERRAL, REFERRERS, REFER, writes=Operation.COLLECTION),
    Act.MOVE_VERSION: Rule(Purpose.COORDINATION, COORDINATOR, COORDINATE),
    Act.REMIND_OF_WORK: Rule(Purpose.CASE_WORK, WORKER),
    Act.NAME_SUPPORT: Rule(Purpose.CASE_WORK, REFERRERS | COORDINATOR, STEER, gives=Operation.DISCLOSURE),
    Act.RECORD_VOICE: Rule(Purpose.CASE_WORK, TABLE, VOICE),
    Act.BAR_PERSON: Rule(Purpose.CASE_WORK, REFERRERS | COORDINATOR, STEER),
}
