"""Signing in and out, the first page, the directory, notices and how they are mailed."""

from multiagency.kernel.access import Act, Purpose, Rule
from multiagency.kernel.policy.groups import EVERYBODY, WORKER

RULES = {
    Act.SIGN_IN: Rule(Purpose.SIGN_IN, public=True),
    Act.SIGN_OUT: Rule(Purpose.SIGN_IN, EVERYBODY),
    Act.SEE_HOME: Rule(Purpose.DIRECTORY, EVERYBODY),
    Act.SEE_DIRECTORY: Rule(Purpose.DIRECTORY, EVERYBODY),
    Act.READ_NOTICES: Rule(Purpose.DIRECTORY, EVERYBODY),
    Act.CHOOSE_MAIL: Rule(Purpose.DIRECTORY, EVERYBODY),
    Act.FORGET_SESSIONS: Rule(Purpose.STORAGE, WORKER),
}
