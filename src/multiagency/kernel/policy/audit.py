"""Numbering, and verification in place."""

from multiagency.kernel.access import Act, Purpose, Rule
from multiagency.kernel.policy.groups import AUDITOR, WORKER

RULES = {
    Act.NUMBER_LOG: Rule(Purpose.LOG_KEEPING, WORKER),
    Act.VERIFY_LOG: Rule(Purpose.OVERSIGHT, AUDITOR | WORKER),
}
