"""Ages that a birth date may tell by a slip: asked about, and saved only when somebody has confirmed them.

The check character of an identity code does not cover its century sign (fact 4.3): one wrong key makes a child an adult
of more than a hundred years, and nobody would ask for a guardian or notify child welfare.
"""

from dataclasses import dataclass
from datetime import date

from multiagency.kernel.clock import today
from multiagency.kernel.errors import FieldError
from multiagency.kernel.identity_code import age_on, birth_date
from multiagency.kernel.work import Work
from multiagency.pathways.service import law
from multiagency.web.texts import full_day

CONFIRMED = "age_confirmed"
"""The field by which somebody says that an unlikely age is right."""


@dataclass(frozen=True, slots=True)
class Ages:
    """The years from which somebody is of age, and from which an age is asked about."""

    adult: int
    asked: int

    def question(self, born: date, *, child: bool = False, field: str = CONFIRMED) -> FieldError | None:
        """Return what to ask about somebody born on this day, recorded as a `child` or not; None for a likely age."""
        years = age_on(today(), born)
        if years < self.asked and not (child and years >= self.adult):
            return None
        kind = "old" if years >= self.asked else "child"
        return FieldError(field, f"person.age_question.{kind}", {"born": full_day(born), "years": years})


async def ages(work: Work) -> Ages:
    """Return the years in force: general law, by date."""
    return Ages(*[await law(work, name) for name in ("adult_age", "asked_age")])


async def question_of_code(work: Work, code: str, *, child: bool = False, field: str = CONFIRMED) -> FieldError | None:
    """Return what to ask about a code that belongs to no case; None without one, or for a likely age."""
    return (await ages(work)).question(birth_date(code), child=child, field=field) if code else None
