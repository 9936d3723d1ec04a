"""The client's request for log data."""

from multiagency.kernel.access import Act, Purpose, Rule
from multiagency.kernel.policy.groups import AUDITOR, INTAKE, WORKER

RULES = {
    Act.TAKE_LOG_REQUEST: Rule(Purpose.CLIENTS_RIGHT, INTAKE | AUDITOR),
    Act.HANDLE_LOG_REQUEST: Rule(Purpose.CLIENTS_RIGHT, AUDITOR),
    Act.REMIND_OF_LOG_REQUEST: Rule(Purpose.CLIENTS_RIGHT, WORKER),
}
