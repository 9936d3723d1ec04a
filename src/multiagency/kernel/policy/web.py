"""Open to everybody: the style sheet, and the choice of language. What answers are kept for changes sent twice."""

from multiagency.kernel.access import Act, Purpose, Rule
from multiagency.kernel.policy.groups import WORKER

RULES = {
    Act.FETCH_STYLE: Rule(Purpose.SIGN_IN, public=True),
    Act.CHOOSE_LANGUAGE: Rule(Purpose.SIGN_IN, public=True),
    Act.FORGET_ANSWERS: Rule(Purpose.STORAGE, WORKER),
}
