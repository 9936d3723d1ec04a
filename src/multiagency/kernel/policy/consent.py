"""Consent and who decides about it."""

from multiagency.kernel.access import Act, Purpose, Rule
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
}
