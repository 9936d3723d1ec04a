"""Delivery, and what comes back."""

from multiagency.kernel.access import Act, Purpose, Rule
from multiagency.kernel.policy.groups import WORKER

RULES = {
    Act.DELIVER_MAIL: Rule(Purpose.DELIVERY, WORKER),
    Act.READ_MAILBOX: Rule(Purpose.DELIVERY, WORKER),
    Act.FORGET_MAIL: Rule(Purpose.STORAGE, WORKER),
}
