"""The closed list of what a move may ask for: a definition names them, the rooms answer them; there are no others."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Condition:
    """What a condition asks, for whoever writes a definition; what it may carry: a parameter's name, or words."""

    asks: str
    at_least: bool = False
    values: bool = False


CONDITIONS = {
    "age": Condition("the client's birth date is known, and was within the target on the opening day"),
    "people": Condition("the client and every needed party are recorded"),
    "coordinator": Condition("somebody coordinates the team who is neither barred nor in conflict"),
    "child_welfare": Condition("child welfare was decided on for every child (417/2007 section 25)"),
    "child_welfare_of_client": Condition("child welfare was decided on where the client is under age"),
    "consent": Condition("consent, or a ground where the team allows it, gives what convening needs"),
    "first_offence": Condition(
        "whoever opened it has answered whether this is the first offence, in one of the values", values=True
    ),
    "first_appointment": Condition("the client has come to a first appointment"),
    "visits_at_least": Condition(
        "how the period ended is recorded; completed only with so many attended", at_least=True
    ),
    "decision_recorded": Condition("it is recorded when the authority decided, and which"),
    "meeting_agreed": Condition("the client agreed to meet, and each guardian who is neither suspected nor forbidden"),
    "offices_at_table": Condition("each office that the model requires is seated, or secured otherwise and noted"),
    "assessment": Condition("the instrument is answered, and a ground of it carries the case"),
}
"""By the name that a definition uses."""
