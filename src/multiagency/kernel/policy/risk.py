"""Checklists and judgement, and what asks for a new one."""

from multiagency.kernel.access import Act, Purpose, Rule
from multiagency.kernel.policy.groups import COORDINATOR, REFER, REFERRERS, STEER

RULES = {
    Act.ASSESS_RISK: Rule(Purpose.REFERRAL, REFERRERS, REFER),
    Act.TELL_EVENT: Rule(Purpose.REFERRAL, REFERRERS | COORDINATOR, STEER),
}
