"""Disclosing on a ground, what arrives by it, the register of grounds, child welfare."""

from multiagency.kernel.access import Act, Purpose, Rule
from multiagency.kernel.policy.groups import ADMINISTRATOR, ANY, EVERYBODY, INTAKE, REFER, REFERRERS, TABLE

RULES = {
    Act.DISCLOSE: Rule(Purpose.DISCLOSURE, TABLE, ANY),
    Act.READ_DISCLOSURES: Rule(Purpose.DISCLOSURE, TABLE, ANY),
    Act.READ_INBOX: Rule(Purpose.DISCLOSURE, INTAKE),
    Act.CONFIRM_RECORDING: Rule(Purpose.DISCLOSURE, INTAKE),
    Act.SHARE_ON_GROUND: Rule(Purpose.DISCLOSURE, REFERRERS, REFER),
    Act.NOTIFY_CHILD_WELFARE: Rule(Purpose.CHILD_WELFARE, TABLE, ANY),
    Act.NOTIFY_WITHOUT_CASE: Rule(Purpose.CHILD_WELFARE, TABLE | INTAKE),
    Act.DECIDE_CHILD_WELFARE: Rule(Purpose.CHILD_WELFARE, REFERRERS, REFER),
    Act.SEE_GROUNDS: Rule(Purpose.DIRECTORY, EVERYBODY),
    Act.EDIT_GROUNDS: Rule(Purpose.ADMINISTRATION, ADMINISTRATOR),
}
