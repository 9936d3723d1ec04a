"""Open to everybody: style sheet, choice of language, the kit of pages in the demo. The worker's: what is due."""

from multiagency.kernel.access import Act, Purpose, Rule
from multiagency.kernel.policy.groups import WORKER

RULES = {
    Act.FETCH_ASSET: Rule(Purpose.SIGN_IN, public=True),
    Act.SEE_KIT: Rule(Purpose.SIGN_IN, public=True),
    Act.CHOOSE_LANGUAGE: Rule(Purpose.SIGN_IN, public=True),
    Act.FORGET_ANSWERS: Rule(Purpose.STORAGE, WORKER),
    Act.TAKE_DUE_WORK: Rule(Purpose.STORAGE, WORKER),
}
