"""Checklists and judgement."""

from multiagency.kernel.access import Act, Purpose, Rule
from multiagency.kernel.policy.groups import REFER, REFERRERS

RULES = {
    Act.ASSESS_RISK: Rule(Purpose.REFERRAL, REFERRERS, REFER),
}
