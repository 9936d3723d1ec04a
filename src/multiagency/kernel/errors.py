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
