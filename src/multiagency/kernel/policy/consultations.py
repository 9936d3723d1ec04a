"""Questions to a team that name nobody."""

from multiagency.kernel.access import Act, Purpose, Rule
from multiagency.kernel.policy.groups import CASE_WORKERS, COORDINATOR, TABLE, WORKER

RULES = {
    Act.ASK_TEAM: Rule(Purpose.CASE_WORK, CASE_WORKERS),
    Act.READ_QUESTION: Rule(Purpose.CASE_WORK, TABLE),
    Act.ANSWER_QUESTION: Rule(Purpose.COORDINATION, COORDINATOR),
    Act.END_QUESTION: Rule(Purpose.CASE_WORK, CASE_WORKERS),
    Act.FORGET_QUESTIONS: Rule(Purpose.STORAGE, WORKER),
}
