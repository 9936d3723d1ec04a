"""What may be filled in: a question that names nobody, and what is said about it."""

from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen
from pydantic import Field

from multiagency.kernel.inputs import Form, Narrative, ShortText

_MANY = 200


class WordsForm(Form):
    """What is said; `harmless` are words in it that look like names, declared to be nobody's, one by one."""

    text: Narrative
    harmless: Annotated[list[ShortText], MaxLen(_MANY)] = Field(default_factory=list)


class QuestionForm(WordsForm):
    """A situation, told to a team without saying whose it is."""

    team: UUID
