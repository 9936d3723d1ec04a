"""What may be filled in about consent. Nothing has a default: nothing is pre-ticked."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from multiagency.kernel.access import Kind
from multiagency.kernel.forms import Form, Moment


class ConsentForm(Form):
    """What the client was asked, when, how, and what they answered: for which purpose, which data, which agencies."""

    answer: Literal["given", "refused"]
    purpose: Literal["marak_meeting"]
    asked_at: Moment
    how: Literal["written", "electronic", "spoken"]
    language: Literal["fi", "sv", "en", "se", "smn", "sms", "other"]
    kinds: Annotated[list[Kind], Field(max_length=len(Kind), default_factory=list)]
    recipients: Annotated[list[UUID], Field(max_length=100, default_factory=list)]
