"""What may be filled in at the sign-in page."""

from multiagency.kernel.inputs import Form, Line


class SignInForm(Form):
    """A demo account."""

    login: Line
    password: Line
