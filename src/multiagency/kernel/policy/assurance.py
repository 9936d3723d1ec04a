"""Witnesses, self-check, alarms and numbers for monitoring."""

from multiagency.kernel.access import Act, Purpose, Rule
from multiagency.kernel.policy.groups import ADMINISTRATOR, AUDITOR, WORKER

RULES = {
    Act.FETCH_CHECKPOINT: Rule(Purpose.LOG_KEEPING, public=True),
    Act.COSIGN_CHECKPOINT: Rule(Purpose.LOG_KEEPING, public=True),
    Act.DEMAND_CHECKPOINT: Rule(Purpose.LOG_KEEPING, AUDITOR),
    Act.SEE_WITNESSES: Rule(Purpose.LOG_KEEPING, AUDITOR | ADMINISTRATOR),
    Act.EDIT_WITNESSES: Rule(Purpose.ADMINISTRATION, ADMINISTRATOR),
    Act.CHECK_LOG: Rule(Purpose.OVERSIGHT, WORKER),
    Act.SEE_ALARMS: Rule(Purpose.OVERSIGHT, AUDITOR | ADMINISTRATOR),
    Act.SETTLE_ALARM: Rule(Purpose.OVERSIGHT, AUDITOR),
    Act.READ_METRICS: Rule(Purpose.LOG_KEEPING, public=True),
}
