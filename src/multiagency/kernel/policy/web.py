"""Open to everybody: the style sheet, and the choice of language."""

from multiagency.kernel.access import Act, Purpose, Rule

RULES = {
    Act.FETCH_STYLE: Rule(Purpose.SIGN_IN, public=True),
    Act.CHOOSE_LANGUAGE: Rule(Purpose.SIGN_IN, public=True),
}
