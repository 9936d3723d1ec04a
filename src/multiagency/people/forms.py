"""What may be filled in at the sign-in page."""

from multiagency.kernel.inputs import Form, ShortText


class SignInForm(Form):
    """A demo account."""

    login: ShortText
    password: ShortText
