"""Consent and who decides about it, and what one person's cases have to do with each other."""

from multiagency.kernel.access import Act, Operation, Purpose, Rule
from multiagency.kernel.policy.groups import COORDINATOR, REFER, REFERRERS, STEER, WORKER

RULES = {
    Act.RECORD_CONSENT: Rule(Purpose.CONSENT, REFERRERS, REFER),
    Act.WITHDRAW_CONSENT: Rule(Purpose.CONSENT, REFERRERS | COORDINATOR, STEER),
    Act.END_CONSENT: Rule(Purpose.CONSENT, WORKER),
    Act.SEE_GUARDIANS: Rule(Purpose.CONSENT, REFERRERS | COORDINATOR, STEER),
    Act.RECORD_GUARDIANS: Rule(Purpose.CONSENT, REFERRERS, REFER),
    Act.RECORD_AGREEMENT: Rule(Purpose.CONSENT, REFERRERS | COORDINATOR, STEER),
    Act.PRINT_CONSENT: Rule(Purpose.CONSENT, REFERRERS, REFER),
    Act.ATTACH_SCAN: Rule(Purpose.CONSENT, REFERRERS, REFER),
    Act.LINK_CASES: Rule(Purpose.CONSENT, REFERRERS | COORDINATOR, STEER, reads=Operation.COMBINATION),
    Act.GO_ON: Rule(Purpose.REFERRAL, REFERRERS | COORDINATOR, STEER, writes=Operation.COLLECTION),
}
