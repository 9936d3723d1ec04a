"""Looking at the declared models of work."""

from multiagency.kernel.access import Act, Purpose, Rule
from multiagency.kernel.policy.groups import ADMINISTRATOR

RULES = {
    Act.SEE_PATHWAYS: Rule(Purpose.ADMINISTRATION, ADMINISTRATOR),
}
