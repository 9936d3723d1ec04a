"""What can go wrong, each with its HTTP status and a catalogue key; sentences are made where the language is known."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field: `field` as the caller named it, `key` of the sentence, values the sentence needs."""

    field: str
    key: str
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)


class ServiceError(Exception):
    """Base of everything that is answered to the caller; `key` names the sentence in the catalogues."""

    status = 500
    key = "error.unexpected"

    def __init__(self, key: str | None = None, **values: object) -> None:
        super().__init__(key or self.key)
        self.key = key or self.key
        self.values = values


class Malformed(ServiceError):
    """400: nobody can read the request: no form, no JSON, no text."""

    status = 400
    key = "error.malformed"


class CrossSite(ServiceError):
    """403: another site made the browser send this."""

    status = 403
    key = "error.cross_site"


class NoLength(ServiceError):
    """411: a body whose length is not said before."""

    status = 411
    key = "error.no_length"


class TooLarge(ServiceError):
    """413: a body longer than any that is asked for here."""

    status = 413
    key = "error.too_large"


class NotSignedIn(ServiceError):
    """401: no live session."""

    status = 401
    key = "error.not_signed_in"


class NotVisible(ServiceError):
    """404: no live grant, or no such thing; the two must not be told apart."""

    status = 404
    key = "error.not_found"


class Forbidden(ServiceError):
    """403: a grant or role exists, but not for this act."""

    status = 403
    key = "error.forbidden"


class Conflict(ServiceError):
    """409: the state forbids it; the sentence says which step or basis would do."""

    status = 409
    key = "error.conflict"


class TooOften(ServiceError):
    """429: more often than one person may; the sentence says how often that is."""

    status = 429
    key = "error.too_often"


class Unavailable(ServiceError):
    """503: no database, or the attempt cannot be logged."""

    status = 503
    key = "error.unavailable"


class Invalid(ServiceError):
    """422: one or more fields are wrong."""

    status = 422
    key = "error.invalid"

    def __init__(self, *errors: FieldError) -> None:
        super().__init__()
        self.errors = errors

    @classmethod
    def of(cls, name: str, key: str, /, **values: object) -> "Invalid":
        """Return the error for one field."""
        return cls(FieldError(name, key, values))
