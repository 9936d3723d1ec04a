"""The auditor's reading of the log and of the register of rights."""

from multiagency.kernel.access import Act, Purpose, Rule
from multiagency.kernel.policy.groups import AUDITOR

RULES = {
    Act.READ_LOG: Rule(Purpose.OVERSIGHT, AUDITOR),
    Act.EXPORT_LOG: Rule(Purpose.OVERSIGHT, AUDITOR),
    Act.REVIEW_LOG: Rule(Purpose.OVERSIGHT, AUDITOR),
    Act.READ_RIGHTS: Rule(Purpose.OVERSIGHT, AUDITOR),
}
