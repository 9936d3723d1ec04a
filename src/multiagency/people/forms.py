"""What may be filled in at the sign-in page, and about one's own mail."""

from typing import Literal

from multiagency.kernel.inputs import Form, ShortText


class SignInForm(Form):
    """A demo account."""

    login: ShortText
    password: ShortText


class MailForm(Form):
    """How one wants to be mailed that something waits."""

    mail: Literal["at_once", "daily"]
